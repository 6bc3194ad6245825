"""Explorers: one definition in pure Python, drawn by ipywidgets under a kernel and by the page in a browser.

A module of this package is an explorer. It has a TITLE, a QUESTION that only dragging answers, CONTROLS (made by
`slider` and `choice`), and `compute(values)`, which turns {control name: value} into a figure: a dict of a `summary` in
words, `panels` of curves, a `table`, and `code` where what is shown can be taken home as Python. All in it is a list, a
string or a finite number, so that JSON carries it.
An explorer over recorded runs names their file in `results/` as RECORD; whoever draws it reads that file and hands it
to `supply`, and `compute(values, record)` gets what it holds. MicroPython runs these files as they are.
"""

import json
import math

NAMES = [
    "tangent",
    "parabola",
    "valley",
    "race",
    "rate_atlas",
    "range_test",
    "decay_gallery",
    "cyclical",
    "one_cycle",
    "design",
    "claims",
]

_records = {}


# -------------------------------------------------------------------------------------------------------- controls
def slider(name, label, low, high, default, *, step=None, scale="linear", style="number"):
    """A number between low and high; `step` counts in powers of ten on a log scale, `style` says how to print it."""
    control = {"name": name, "label": label, "kind": "range", "min": low, "max": high, "default": default}
    control.update({"step": step, "scale": scale, "format": style})
    return control


def choice(name, label, options, default):
    """One of several options, given as [value, label] pairs."""
    return {"name": name, "label": label, "kind": "choice", "options": options, "default": default}


# --------------------------------------------------------------------------------------------------------- figures
def panel(
    label,
    x_label,
    y_label,
    curves,
    *,
    x_scale="linear",
    y_scale="linear",
    x_range=None,
    y_range=None,
    marks=(),
    rule=None,
    pointer=None,
    handles=(),
):
    """One plot. A range, [low, high], holds an axis still, and what lies outside is cut off; without, an axis follows
    what is drawn. `rule` is the x of a vertical line; `pointer`, {"control": name, "scale": factor}, names the control
    that the pointer moves, to factor · x. `handles` can be dragged: {"x": …, "y": …, "controls": [name, name]}, where
    the controls of those names take its x and its y; None for one holds the handle still in that direction.
    """
    parts = {"label": label, "x_label": x_label, "y_label": y_label, "x_scale": x_scale, "y_scale": y_scale}
    parts.update({"x_range": x_range, "y_range": y_range, "curves": curves})
    parts.update({"marks": list(marks), "rule": rule, "pointer": pointer, "handles": list(handles)})
    return parts


def curve(label, points, color, *, dash="", width=2, dots=False):
    """A line through [x, y] points, in their order, with `dots` on them if wanted; no label: it is in no legend."""
    return {"label": label, "points": points, "color": color, "dash": dash, "width": width, "dots": dots}


def number(value, digits=3):
    """So many significant digits: 0.0123, 4e-07."""
    return ("%." + str(digits) + "g") % _off_tie(value)


def fixed(value, digits):
    """So many digits after the point: 83.62."""
    return ("%." + str(digits) + "f") % _off_tie(value)


def _off_tie(value):
    """What rounds alike everywhere: of a tie, CPython takes the even neighbour and MicroPython the greater."""
    return value * (1 + 1e-12)


# ------------------------------------------------------------------------------------------------------ front ends
def load(name):
    """The explorer of that name.

    Raises:
        ValueError: there is none; the message lists those there are.
    """
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(NAMES)}. Received: name={name!r}")
    return getattr(__import__("learning_rates.explorers." + name).explorers, name)


def supply(name, text):
    """Keep the record of an explorer that has one, from JSON."""
    _records[name] = json.loads(text)


def clean(controls, raw):
    """Values that are sure to be in range, whatever came in: a link is free text.

    Unknown names are dropped; what is no finite number, or no option, gives the default; numbers are clamped.
    """
    return {control["name"]: _clean(control, raw.get(control["name"])) for control in controls}


def _clean(control, value):
    if control["kind"] == "choice":
        return value if value in [option[0] for option in control["options"]] else control["default"]
    try:
        value = float(value)
    except (TypeError, ValueError):
        return control["default"]
    if not -math.inf < value < math.inf:
        return control["default"]
    value = min(max(value, control["min"]), control["max"])
    return int(value + 0.5) if control["format"] == "integer" else value


def figure(name, raw):
    """What the explorer shows at these values, and the values that it took."""
    explorer = load(name)
    values = clean(explorer.CONTROLS, raw)
    shown = explorer.compute(values, _records[name]) if name in _records else explorer.compute(values)
    return dict(shown, values=values)


def describe(name):
    """Title, question and controls as JSON, for the page."""
    explorer = load(name)
    return json.dumps({"title": explorer.TITLE, "question": explorer.QUESTION, "controls": explorer.CONTROLS})


def render(name, raw_json):
    """`figure` from JSON to JSON, for the page."""
    return json.dumps(figure(name, json.loads(raw_json)))
