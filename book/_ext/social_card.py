"""The picture that goes with a shared link: the book's name over one cycle, drawn from its own schedules."""

import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from learning_rates import schedules

WIDTH, HEIGHT = 1200, 630  # pixels, as previews want it
SERIF = "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2"
PAPER, INK, FADED, BLUE, ORANGE = "#12151b", "#ffffff", "#a3adbc", "#6fa1ff", "#f9ab45"
STEPS = 1000
SUBTITLE = "An executable book, from the gradient to super-convergence"


def draw(title, root, path):
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor=PAPER)
    with tempfile.TemporaryDirectory() as folder:
        write(figure, title, serif(root / SERIF, Path(folder, "serif.ttf")))
        draw_cycle(figure)
        figure.savefig(path)


def write(figure, title, font):
    figure.text(0.06, 0.8, title, font=font, fontsize=62, color=INK)
    figure.text(0.06, 0.69, SUBTITLE, font=font, fontsize=25.5, color=FADED)


def draw_cycle(figure):
    looks = [
        (
            schedules.one_cycle_momentum(STEPS),
            {"color": ORANGE, "lw": 5, "ls": (0, (0.1, 2.2)), "dash_capstyle": "round"},
        ),
        (schedules.one_cycle(1.0, STEPS), {"color": BLUE, "lw": 11}),
    ]
    for schedule, look in looks:  # each on a scale of its own
        ax = figure.add_axes((0, 0.06, 1, 0.5), frameon=False, xticks=[], yticks=[], xmargin=0)
        ax.plot(schedule.values(), **look)


def serif(variable, path):
    """The book's font in a form that Matplotlib reads, at the weight of its headings."""
    font = TTFont(variable)
    instancer.instantiateVariableFont(font, {"wght": 640}, inplace=True)
    font.flavor = None
    font.save(path)
    return FontProperties(fname=path)
