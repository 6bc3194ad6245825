"""Pictures to share: three posters, drawn from results/ whenever the book is built.

`{poster} name` shows one, with a link to its file. Nothing on a poster is typed by hand that a record knows.
"""

import html
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from html_site import assets
from learning_rates import schedules
from learning_rates.trials import verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.statistics import interval
from learning_rates.trials.table import Table, TrialTable
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from sphinx.util.docutils import SphinxDirective

FOLDER = "_static/posters"
DPI = 100
PAPER, INK, FADED, HAIR = "#fdfcfa", "#20252e", "#5d6675", "#d9dce1"
BLUE, RED, ORANGE, GREY = "#2f6be0", "#c81d2c", "#b46500", "#8b929e"
EDGE = 56  # pixels of margin
CHARACTERS = "".join(map(chr, range(32, 127))) + "±−×·–“”’…°é"
ALONE = "linear decay", "constant"  # the comparison that the record calls primary


class Poster:
    """A sheet of paper on which places are pixels, from the upper left corner."""

    def __init__(self, width, height, fonts):
        self.width, self.height, self.fonts = width, height, fonts
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set(xlim=(0, width), ylim=(height, 0))

    def write(self, x, y, text, size=24, color=INK, bold=False, **how):
        """A line of text; y is its baseline."""
        font = self.fonts["bold" if bold else "plain"]
        return self.axes.text(x, y, text.replace("'", "’"), font=font, size=size * 72 / DPI, color=color, **{"va": "baseline", **how})

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


# ----------------------------------------------------------------------------------------------------- thirteen schedules
class Arm(NamedTuple):
    """A schedule at its own best peak: its accuracies, %, a seed a place, and whether the best one is better, seed by seed."""

    name: str
    rates: list[float]  # of each step, over the peak
    averaged: int  # over how many of the last steps the weights were averaged
    accuracy: np.ndarray
    behind: bool


def arms():
    """The arms of chapter 6, from the best to the worst."""
    table = Table.recorded("decay")
    found = []
    for name, arm in table.made["arms"].items():
        rates = np.array(schedules.from_config(arm["rate"]).values()) / arm["max_lr"]
        accuracy = 100 * table.column("accuracy", stage="final", arm=name, max_lr=arm["max_lr"])
        found.append(Arm(name, rates.tolist(), arm["averaged"], accuracy, behind=False))
    best, *others = sorted(found, key=lambda arm: -arm.accuracy.mean())
    gaps = [interval(best.accuracy - arm.accuracy, questions=len(others)) for arm in others]
    return [best, *(arm._replace(behind=gap.low > 0) for arm, gap in zip(others, gaps, strict=True))]


def thirteen_schedules(fonts, book, address):
    made, shown = Table.recorded("decay").made, arms()
    poster = Poster(1200, 1500, fonts)
    by_name = {arm.name: arm.accuracy for arm in shown}
    level = [arm for arm in shown if not arm.behind]
    gain = interval(by_name[ALONE[0]] - by_name[ALONE[1]])
    y = poster.head(
        f"{words(len(shown))} learning-rate schedules, each at its own best peak",
        60,
        f"{ALONE[0].capitalize()} earns {gain.mean:.1f} points over a {ALONE[1]} rate. "
        f"The {words(len(level)).lower()} in blue can’t be told from the best.",
        34,
        INK,
    )
    top, step = y + 22, 71
    left, right, low, high = 668, 1010, 81.4, 84.2

    def place(value):
        return left + (right - left) * (value - low) / (high - low)

    for tick in (82, 83, 84):
        poster.rule(place(tick), top - 18, place(tick), top + step * len(shown) - 16)
        poster.write(place(tick), top + step * len(shown) + 12, f"{tick} %", 24, FADED, ha="center")
    for row, arm in enumerate(shown):
        middle, color = top + row * step + 14, GREY if arm.behind else BLUE
        draw_rates(poster, arm, EDGE, middle - 25, 170, 50, color)
        poster.write(250, middle + 10, arm.name, 32)
        found = interval(arm.accuracy)
        poster.box(place(found.low), middle - 11, place(found.high) - place(found.low), 22, color=color, alpha=0.28)
        poster.rule(place(found.mean), middle - 15, place(found.mean), middle + 15, color, 6)
        poster.write(poster.width - EDGE, middle + 11, f"{found.mean:.1f} %", 34, color if not arm.behind else INK, True, ha="right")
    finals, tries = len(made["final seeds"]), len(made["peaks"])
    poster.write_lines(
        EDGE,
        top + step * len(shown) + 60,
        f"Test accuracy of a small network on Fashion-MNIST after {made['steps']} steps of {made['batch size']} images: mean of "
        f"{finals} seeds with its 95 % interval. Every peak is the best of {tries}, by other images and {len(made['tuning seeds'])} other seeds.",
        24,
        color=FADED,
    )
    poster.sign(book, address)
    return poster.figure


def draw_rates(poster, arm, x, y, width, height, color):
    """The rate over the run as a filled shape; where weights are averaged, the shape is darker."""
    xs = x + width * np.arange(len(arm.rates)) / (len(arm.rates) - 1)
    ys = y + height * (1 - np.array(arm.rates))
    poster.axes.fill_between(xs, ys, y + height, color=color, alpha=0.16, linewidth=0)
    if arm.averaged:
        poster.axes.fill_between(xs[-arm.averaged :], ys[-arm.averaged :], y + height, color=color, alpha=0.35, linewidth=0)
    poster.axes.plot(xs, ys, color=color, linewidth=2.4)
    poster.rule(x, y + height, x + width, y + height, GREY, 1.5)


def words(number):
    named = "no one two three four five six seven eight nine ten eleven twelve thirteen".split()
    return named[number].capitalize()


# ---------------------------------------------------------------------------------------------------------- rate × batch
def atlas():
    """Batch sizes, rates, and the median last training loss of each pair, of shape (batches, rates)."""
    table = Table.recorded("rate_atlas_runs")
    batches, rates = sorted(table.made["batches"]), table.made["rates"]
    last = f"loss{table.made['points'] - 1}"

    def loss(batch, rate):
        return np.median(table.column(last, batch=batch, rate=rate))

    return batches, rates, np.array([[loss(batch, rate) for rate in rates] for batch in batches])


def rate_and_batch(fonts, book, address):
    made = Table.recorded("rate_atlas_runs").made
    batches, rates, losses = atlas()
    best = np.argmin(losses, axis=1)
    growth, batch_growth = rates[best[-1]] / rates[best[0]], batches[-1] / batches[0]
    poster = Poster(1200, 630, fonts)
    y = poster.head(
        f"{batch_growth:.0f} times the batch, {growth:.0f} times the best rate",
        52,
        f"Training loss of a small network after the same {made['samples']:,} images, median of {seeds_of_atlas()} seeds. "
        f"Framed: each batch’s best rate. A square-root rule says {batch_growth**0.5:.0f} times, a linear rule {batch_growth:.0f}.",
        25,
    )
    left, top, height = 226, y - 4, 72
    width = (poster.width - EDGE - left) / len(rates)
    shades = LinearSegmentedColormap.from_list("", ["#12408f", "#2f6be0", "#8fb3f5", "#e4ecfb"])
    scaled = np.log(losses / np.min(losses)) / np.log(8)
    for row, batch in enumerate(batches):
        middle = top + (row + 0.5) * height
        poster.write(left - 18, middle + 2, f"batch {batch:,}", 27, bold=True, ha="right")
        poster.write(left - 18, middle + 27, f"{made['samples'] // batch:,} steps", 20, FADED, ha="right")
        for column, loss in enumerate(losses[row]):
            x, shade = left + column * width, min(scaled[row, column], 1.0)
            poster.box(x + 2, top + row * height + 2, width - 4, height - 4, color=shades(shade))
            ink = "#ffffff" if shade < 0.5 else INK
            poster.write(x + width / 2, middle + 10, f"{loss:.2f}", 29, ink, column == best[row], ha="center")
    for row, column in enumerate(best):
        frame = {"fill": False, "edgecolor": ORANGE, "linewidth": 4.5, "zorder": 5}
        poster.box(left + column * width + 2, top + row * height + 2, width - 4, height - 4, **frame)
    foot = top + len(batches) * height
    for column, rate in enumerate(rates):
        poster.write(left + (column + 0.5) * width, foot + 30, f"{rate:g}", 26, ha="center")
    poster.write(left - 18, foot + 30, "learning rate", 24, FADED, ha="right")
    poster.sign(book, address, 22)
    return poster.figure


def seeds_of_atlas():
    rows = Table.recorded("rate_atlas_runs").rows.values()
    return len({row["seed"] for row in rows})


# -------------------------------------------------------------------------------------------------------- the verdict board
class Line(NamedTuple):
    """What the board says of a claim."""

    name: str
    short: str
    call: str
    found: str = ""
    printed: str = ""
    words: str = ""


FACT = "not for a run to judge"
CALLS = {"borne out": BLUE, "open": ORANGE, "not borne out": RED, "not tested": FADED, FACT: FADED}
LOUD, QUIET = {"size": 28, "bold": True}, {"size": 22, "color": FADED}
WHY = {"not tested": "the trial leaves out what the article did", FACT: "about a fact, and judged by its sources"}


def verdict_lines():
    """Every claim on trial, in the order of the verdicts: what was printed, and what the fair test found."""
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    judged = verdicts.judge_ready(CLAIMS, tables)
    found = [line(name, claim, judged.get(name), tables.get(claim.trial)) for name, claim in CLAIMS.items()]
    return sorted(found, key=lambda each: list(CALLS).index(each.call))


def line(name, claim, verdict, table):
    if verdict is None or claim.untested:
        return Line(name, claim.short, verdict.call if verdict else FACT)
    unit = claim.unit.partition(" of ")[0]
    gap = verdicts.interval_of_finite(claim.direction * verdicts.differences(claim, table))
    said = verdict.direction.replace("better by at least", "at least")  # of what is expensive, “better” would be odd
    said = said.replace(" by itself, but", ",")
    if verdict.holds is None and said.startswith("at least") and claim.margin > verdict.found.low:
        said += f", where {claim.margin:g} were asked for"
    if not gap.low < gap.high:
        return Line(name, claim.short, verdict.call, said)
    printed = f"printed {claim.claimed:+g}".replace("-", "−") if claim.claimed else ""
    printed += verdict.size.replace(f"the printed {abs(claim.claimed or 0):g} is", ",").replace(" ,", ",").replace("what one run gives", "one run's range")
    return Line(name, claim.short, verdict.call, f"{gap} {unit}", printed, said)


def verdict_board(fonts, book, address):
    lines = verdict_lines()
    poster = Poster(1080, 1920, fonts)
    groups = {call: [each for each in lines if each.call == call] for call in CALLS}
    y = poster.head(
        f"{len(lines)} claims about learning rates, and what a fair test found",
        56,
        f"Rivals tuned as well, many seeds, the rule written down first: {len(groups['borne out'])} are borne out, "
        f"{len(groups['not borne out'])} are not, {len(groups['open'])} stay open.",
        29,
        INK,
    )
    left, right, y = EDGE + 26, poster.width - EDGE - 16, y - 16
    for call, color in CALLS.items():
        pace = 38 if call in WHY else 60
        height = 50 + pace * len(groups[call]) + 4
        poster.box(EDGE, y, poster.width - 2 * EDGE, height, color=color, alpha=0.07)
        poster.box(EDGE, y, 8, height, color=color)
        poster.write(left, y + 35, call.capitalize(), 31, color, bold=True)
        poster.write(right, y + 35, WHY.get(call, ""), 23, FADED, ha="right")
        for row, each in enumerate(groups[call]):
            place = y + 73 + row * pace
            poster.write(left, place, each.short, 28)
            poster.write(right, place, each.found or each.name, **LOUD if each.found else QUIET, ha="right")
            if each.words:
                poster.write(right, place + 25, each.words, **QUIET, ha="right")
            if each.found:
                poster.write(left, place + 25, " · ".join(filter(None, (each.name, each.printed))), **QUIET)
        y += height + 8
    poster.write(EDGE, y + 26, "± is a 95 % interval over seeds. A: five articles. S: the paper on super-convergence.", **QUIET)
    poster.sign(book, address)
    return poster.figure


# ------------------------------------------------------------------------------------------------------------- publishing
class Kind(NamedTuple):
    """A poster: what draws it, and its size in pixels."""

    draw: Callable[..., Figure]
    width: int
    height: int


POSTERS = {
    "thirteen-schedules": Kind(thirteen_schedules, 1200, 1500),
    "rate-and-batch": Kind(rate_and_batch, 1200, 630),
    "verdict-board": Kind(verdict_board, 1080, 1920),
}


def publish(app):
    """Draw them before a page is read, since an EPUB is packed before the build is finished."""
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    address = app.config.html_baseurl.removeprefix("https://").rstrip("/")
    with fonts(Path(app.srcdir)) as both:
        for name, kind in POSTERS.items():
            kind.draw(both, app.config.project, address).savefig(folder / f"{name}.png", metadata={"Software": None})


class fonts:
    """The book's serif in two weights, with the characters of the posters, for as long as they are drawn."""

    def __init__(self, root):
        self.root = root

    def __enter__(self):
        self.folder = TemporaryDirectory()
        save = partial(assets.save_weight, self.root, "normal")
        paths = {
            name: save(weight, Path(self.folder.name, f"{name}.ttf"), CHARACTERS)
            for name, weight in (("plain", 400), ("bold", 640))
        }
        return {name: FontProperties(fname=path) for name, path in paths.items()}

    def __exit__(self, *error):
        self.folder.cleanup()


class Show(SphinxDirective):
    """A poster, its finding below it, and a link to its file."""

    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}
    has_content = True

    def run(self):
        name = self.arguments[0]
        kind = POSTERS[name]
        up = "" if self.env.app.builder.name == "singlehtml" else "../" * self.env.docname.count("/")
        source = f"{up}{FOLDER}/{name}.png"
        size = f'width="{kind.width}" height="{kind.height}"'
        image = f'<img class="poster" src="{source}" {size} loading="lazy" alt="{html.escape(self.options["alt"])}">'
        words = nodes.paragraph()
        self.state.nested_parse(self.content, self.content_offset, words)
        download = f'<p><a href="{source}" download="{name}.png">Download this picture</a> ({kind.width} × {kind.height})</p>'
        return [nodes.raw("", f"<p>{image}</p>", format="html"), *words.children, nodes.raw("", download, format="html")]


def setup(app):
    app.add_directive("poster", Show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
