"""An explorer's compact form on the page: what stands there at once, until it is alive and wherever it cannot be.

Its figure is part of the page, so that it needs no second request, and it has the colours of the page, by day and by
night. `_static/explorer/compact.mjs` puts the live one in its place, part for part, so that nothing jumps.
"""

import re
from html import escape
from io import BytesIO

import matplotlib
import matplotlib.pyplot as plt
from bs4 import BeautifulSoup

from learning_rates import plots, widgets

SIZE = 3.4, 2.3  # inches
LETTERS = {"svg.fonttype": "none", "svg.hashsalt": "still"}  # text as text; the same bytes in every build
SLIDERS, WHOLE = "The knots as sliders", "Go on: momentum, fresh networks, Python"  # as compact.mjs calls the way there
COLOUR = re.compile(r"#([0-9a-f]{6})")
FONT = re.compile(r"font-family: [^;]+; ")


def still(name, whole):
    """The compact form of an explorer at its default values; `whole` is the page where all of it stands."""
    definition = widgets.load(name)
    shown, compact = widgets.figure(name, {}), definition.COMPACT
    panels = shown["panels"][: compact["panels"]]
    figures = "".join(map(figure, panels))
    return (
        f'<div data-explorer="{name}" data-compact="{whole}" id="explorer-{name}">'
        '<div class="explorer explorer-compact">'
        f'<p class="explorer-title">{escape(compact["title"])}</p>'
        f'<p class="explorer-question">{escape(compact["question"])}</p>'
        f'<div class="explorer-view"><div class="explorer-panels">{figures}</div>'
        f'<ul class="explorer-legend">{legend(panels)}</ul></div>'
        f'<p class="explorer-summary">{escape(shown["summary"])}</p>'
        f'<div class="explorer-buttons"><a href="{whole}">{WHOLE}</a></div>'
        f'<details class="explorer-sliders"><summary>{SLIDERS}</summary></details></div></div>'
    )


def figure(panel):
    label, axis = panel["label"], panel["y_label"]
    caption = label + axis.removeprefix(label.lower())  # "Test loss" and "test loss L": the axis says both
    return (
        f'<figure><figcaption>{escape(caption)}</figcaption><div class="explorer-frame">'
        f'<div class="explorer-plot">{drawn(panel)}</div></div></figure>'
    )


def drawn(panel):
    """The panel as SVG whose colours the style sheet sets, without the names that a second one would repeat."""
    buffer = BytesIO()
    with matplotlib.rc_context():  # the book's style is for this figure, not for what others draw later
        plots.use_style()
        plt.rcParams.update(LETTERS)
        picture = plots.explorer({"panels": [panel]}, fig=plt.figure(figsize=SIZE, layout="constrained"))
        picture.legends.clear()
        picture.axes[0].set_ylabel("")  # the caption says it
        picture.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
        plt.close(picture)
    svg = BeautifulSoup(buffer.getvalue().decode(), "xml").svg
    for part in [*svg.find_all("metadata"), *svg.find_all("style")]:
        part.decompose()
    uses = " ".join(str(value) for part in svg.find_all(True) for value in part.attrs.values())
    for part in svg.find_all(id=True):
        if f"#{part['id']}" not in uses:
            del part["id"]
    for part in svg.find_all(style=True):
        part["style"] = FONT.sub("", COLOUR.sub(r"var(--ink-\1, #\1)", part["style"]))
    del svg["width"], svg["height"]
    svg["role"], svg["aria-label"] = "img", f"{panel['label']}: {panel['y_label']} over {panel['x_label']}"
    return re.sub(r"\s+", " ", str(svg)).replace("> <", "><")


def legend(panels):
    """The curves that have a name, once for all panels, as the live explorer lists them."""
    named = {curve["label"]: curve for panel in panels for curve in panel["curves"] if curve["label"]}
    return "".join(f"<li>{swatch(curve)}{escape(label)}</li>" for label, curve in named.items())


def swatch(curve):
    stroke = f"stroke: var(--ink-{curve['color'][1:]}, {curve['color']})"
    line = f'<line x1="0" x2="36" y1="6" y2="6" stroke-width="{curve["width"]}" stroke-dasharray="{curve["dash"]}"'
    return f'<svg aria-hidden="true">{line} style="{stroke}"></line></svg>'
