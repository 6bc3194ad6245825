"""What a shared link shows: sphinxext-opengraph writes the tags, from settings in _config.yml; here is what it lacks.

It can draw a card for each page, in its own design, but not one for the book; its descriptions run on into the button
"Open in Colab" and stop within a word; and it gives no tags to a page without a document, as the site's root is.
"""

import html
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from docutils import nodes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from sphinxext import opengraph

from html_site import assets
from html_site.patches import patch_name
from learning_rates import schedules

CARD = "_static/social_card.png"
SIZE = 1200, 630  # pixels, as link previews want it; _config.yml tells them
SUBTITLE = "An executable book, from the gradient to super-convergence"
PAPER, INK, FADED, RATE, MOMENTUM = "#12151b", "#ffffff", "#a3adbc", "#5790fc", "#f89c20"
STEPS = 400


def configure(app):
    patch_name("sphinxext-opengraph", opengraph, "get_description", first_words)


def first_words(doctree, length, titles):
    """The page's first paragraph."""
    first = next(iter(doctree.findall(nodes.paragraph)), None)
    text = nodes.unescape(" ".join(first.astext().split())) if first else ""
    return html.escape(text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …")


def introduce_the_root(app, pagename, context):
    """The site's root leads on to the book's first page, which Sphinx writes earlier, and is previewed as that."""
    if pagename == app.config.root_doc:
        app.introduction = {"introduction": context["metatags"], "pageurl": context["pageurl"]}
    elif pagename == "index":
        context |= app.introduction


def draw_card(app):
    card(Path(app.srcdir), app.config.html_title, Path(app.outdir, CARD))


def card(root, title, path):
    figure = Figure(figsize=(SIZE[0] / 100, SIZE[1] / 100), dpi=100, facecolor=PAPER, layout="none")
    draw_cycle(plane(figure, (0, 0.06, 1, 0.5)), 1.7)
    with serif(root, title + SUBTITLE) as font:
        figure.text(0.06, 0.8, title, font=font, size=62, color=INK)
        figure.text(0.06, 0.69, SUBTITLE, font=font, size=25.5, color=FADED)
        figure.savefig(path, metadata={"Software": None})
    return figure


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
        yield FontProperties(fname=assets.save_weight(root, "normal", 640, Path(folder, "serif.ttf"), text))
