"""The book's own pictures, drawn by its own package: the cover of PDF and EPUB, the card that a shared link shows."""

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from light_assets import save_weight
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from learning_rates import schedules

COVER = 6.0, 8.0  # inches
CARD = 1200, 630  # pixels, as link previews want it
SUBTITLE = "An executable book, from the gradient to super-convergence"
PAPER, INK, FADED, RATE, MOMENTUM, QUIET = "#12151b", "#ffffff", "#a3adbc", "#5790fc", "#f89c20", "#3a475e"
STEPS = 400


def draw(root, path, title, author):
    """The cover, into `path`, whose suffix says as what."""
    figure = Figure(figsize=COVER, facecolor=PAPER)
    axes = plane(figure, (0, 0.1, 1, 0.5))
    fading = schedules.cyclical(0.0, 0.72, STEPS, step_size=28, mode="triangular2")
    axes.plot(fading.values(), color=QUIET, linewidth=2.5)
    draw_cycle(axes, 1.0)
    first, last = title.rsplit(" in ", 1)
    with serif(root, title + author) as font:
        figure.text(0.1, 0.83, f"{first}\nin {last}", font=font, size=44, color=INK, linespacing=0.8, va="center")
        figure.text(0.1, 0.05, author, font=font, size=13, color=INK)
        figure.savefig(path, dpi=200, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})


def draw_card(root, path, title):
    figure = Figure(figsize=(CARD[0] / 100, CARD[1] / 100), dpi=100, facecolor=PAPER)
    draw_cycle(plane(figure, (0, 0.06, 1, 0.5)), 1.7)
    with serif(root, title + SUBTITLE) as font:
        figure.text(0.06, 0.8, title, font=font, size=62, color=INK)
        figure.text(0.06, 0.69, SUBTITLE, font=font, size=25.5, color=FADED)
        figure.savefig(path, metadata={"Software": None})


def plane(figure, place):
    axes = figure.add_axes(place)
    axes.set_axis_off()
    axes.set(xlim=(0, STEPS - 1), ylim=(-0.05, 1.1))
    return axes


def draw_cycle(axes, thickness):
    """A rate that rises and falls, and the momentum that moves against it."""
    momentum = schedules.one_cycle_momentum(STEPS, low=0.35, high=0.9).values()
    dots = {"linestyle": (0, (0.01, 2.5)), "dash_capstyle": "round"}
    axes.plot(momentum, color=MOMENTUM, linewidth=3 * thickness, **dots)
    rate = schedules.one_cycle(1.0, STEPS).values()
    axes.plot(rate, color=RATE, linewidth=6 * thickness, solid_capstyle="round")
    peak = max(range(STEPS), key=rate.__getitem__)
    axes.plot(peak, rate[peak], "o", color=INK, markersize=13 * thickness)


@contextmanager
def serif(root, text):
    """The book's font with the characters of a text, for as long as that is drawn."""
    with TemporaryDirectory() as folder, matplotlib.rc_context({"svg.hashsalt": "cover"}):
        yield FontProperties(fname=save_weight(root, "normal", 640, Path(folder, "serif.ttf"), text))
