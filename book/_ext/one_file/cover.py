"""The cover of PDF and EPUB: the card that a shared link shows, upright, and the cycles that came before."""

from html_site.previews import INK, PAPER, STEPS, draw_cycle, plane, serif
from matplotlib.figure import Figure

from learning_rates import schedules

SIZE = 6.0, 8.0  # inches
QUIET = "#3a475e"


def draw(root, path, title, author):
    """Draw the cover into `path`, whose suffix gives the format."""
    figure = Figure(figsize=SIZE, facecolor=PAPER)
    axes = plane(figure, (0, 0.1, 1, 0.5))
    fading = schedules.cyclical(0.0, 0.72, STEPS, step_size=28, mode="triangular2")
    axes.plot(fading.values(), color=QUIET, linewidth=2.5)
    draw_cycle(axes, 1.0)
    first, last = title.rsplit(" in ", 1)
    with serif(root, title + author) as font:
        figure.text(0.1, 0.83, f"{first}\nin {last}", font=font, size=44, color=INK, linespacing=0.8, va="center")
        figure.text(0.1, 0.05, author, font=font, size=13, color=INK)
        figure.savefig(path, dpi=200, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})
