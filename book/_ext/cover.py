"""The book's cover, drawn by its own package: one-cycle over cycles that fade."""

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from light_assets import save_weight
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from learning_rates import schedules

SIZE = 6.0, 8.0  # inches
PAPER, INK, RATE, MOMENTUM, QUIET = "#12151b", "#ffffff", "#5790fc", "#f89c20", "#3a475e"
STEPS = 400


def draw(root, path, title, author):
    """Draw it into `path`, whose suffix says as what."""
    figure = Figure(figsize=SIZE, facecolor=PAPER)
    draw_curves(figure.add_axes((0, 0.1, 1, 0.5)))
    with TemporaryDirectory() as folder, matplotlib.rc_context({"svg.hashsalt": "cover"}):
        serif = FontProperties(fname=save_weight(root, "normal", 600, Path(folder, "serif.ttf")))
        first, last = title.rsplit(" in ", 1)
        figure.text(0.1, 0.83, f"{first}\nin {last}", font=serif, size=44, color=INK, linespacing=0.8, va="center")
        figure.text(0.1, 0.05, author, font=serif, size=13, color=INK)
        figure.savefig(path, dpi=200, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None})


def draw_curves(axes):
    axes.set_axis_off()
    axes.set(xlim=(0, STEPS - 1), ylim=(-0.05, 1.1))
    cycles = schedules.cyclical(0.0, 0.72, STEPS, step_size=28, mode="triangular2").values()
    axes.plot(cycles, color=QUIET, linewidth=2.5)
    momentum = schedules.one_cycle_momentum(STEPS, low=0.35, high=0.9).values()
    axes.plot(momentum, color=MOMENTUM, linewidth=3, linestyle=(0, (0.01, 2.5)), dash_capstyle="round")
    rate = schedules.one_cycle(1.0, STEPS).values()
    axes.plot(rate, color=RATE, linewidth=6, solid_capstyle="round")
    peak = max(range(STEPS), key=rate.__getitem__)
    axes.plot(peak, rate[peak], "o", color=INK, markersize=13)
