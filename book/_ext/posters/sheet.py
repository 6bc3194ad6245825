"""The paper of the posters: places are pixels, letters the book's serif."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from html_site import assets
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

DPI = 100
PAPER, INK, FADED, HAIR = "#fdfcfa", "#20252e", "#5d6675", "#d9dce1"
BLUE, RED, ORANGE, PURPLE, GREY = "#2f6be0", "#c81d2c", "#b46500", "#7a3d72", "#8b929e"
EDGE = 56  # pixels of margin
CHARACTERS = "".join(map(chr, range(32, 127))) + "±−×·–“”’…°é"


@contextmanager
def fonts(root):
    """The book's serif in two weights, with the characters of the posters, for as long as they are drawn."""
    with TemporaryDirectory() as folder:
        paths = {
            name: assets.save_weight(root, "normal", weight, Path(folder, f"{name}.ttf"), CHARACTERS)
            for name, weight in (("plain", 400), ("bold", 640))
        }
        yield {name: FontProperties(fname=path) for name, path in paths.items()}


class Poster:
    """A sheet of paper on which places are pixels, from the upper left corner."""

    def __init__(self, width, height, fonts):
        self.width, self.height, self.fonts = width, height, fonts
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER, layout="none")
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set(xlim=(0, width), ylim=(height, 0))

    def write(self, x, y, text, size=24, color=INK, bold=False, **how):
        """A line of text; y is its baseline."""
        font = self.fonts["bold" if bold else "plain"]
        return self.axes.text(
            x, y, text.replace("'", "’"), font=font, size=size * 72 / DPI, color=color, **{"va": "baseline", **how}
        )

    def broken(self, text, width, size, bold=False):
        """A text in lines that are no wider than that."""
        lines, measured = [""], self.write(0, 0, "", size, bold=bold)
        for word in text.split():
            measured.set_text(longer := f"{lines[-1]} {word}".strip())
            if measured.get_window_extent().width > width and lines[-1]:
                lines.append(word)
            else:
                lines[-1] = longer
        measured.remove()
        return lines

    def write_lines(self, x, y, text, size, leading=1.3, width=None, **how):
        """A text of several lines; the baseline of what would come next."""
        for line in self.broken(text, width or self.width - x - EDGE, size, how.get("bold", False)):
            self.write(x, y, line, size, **how)
            y += leading * size
        return y

    def rule(self, x0, y0, x1, y1, color=HAIR, width=1.5, **how):
        self.axes.plot([x0, x1], [y0, y1], color=color, linewidth=width * 72 / DPI, solid_capstyle="butt", **how)

    def box(self, x, y, width, height, **how):
        self.axes.add_patch(Rectangle((x, y), width, height, **{"linewidth": 0, **how}))

    def head(self, title, size, below, small, color=FADED):
        """The title, and under it what is shown; the baseline of what would come next."""
        y = self.write_lines(EDGE, EDGE + 0.75 * size, title, size, leading=1.15, bold=True)
        return self.write_lines(EDGE, y + 0.25 * small, below, small, color=color)

    def sign(self, book, address, size=24):
        self.rule(EDGE, self.height - 34 - 1.6 * size, self.width - EDGE, self.height - 34 - 1.6 * size)
        self.write(EDGE, self.height - 34, book, size, bold=True)
        self.write(self.width - EDGE, self.height - 34, address, size, FADED, ha="right")
