"""Explorers: one definition in pure Python, drawn by ipywidgets under a kernel and by the page in a browser.

A module that NAMES lists is an explorer. It has a TITLE, a QUESTION that only dragging answers, CONTROLS (made by
`slider` and `choice`), and `compute(values)`, which turns {control name: value} into a figure: a dict of a `summary` in
words, `panels` of curves, a `table`, and `code` where a schedule is drawn that can be taken home: pairs of a library
and its lines. All in it is a list, a string or a finite number, so that JSON carries it.
One slider `plays`: the program that draws the explorer moves it from one end to the other, or step by step. It stands
under the figure, and so does each `main` control; the others are folded.
An explorer over recorded runs names their file in `results/` as RECORD. The program that draws it reads that file and
hands it to `supply`; `compute(values, record)` then gets its content. PRESETS, where an explorer has them, are pairs
[label, values] to start from. COMPACT, where an explorer has it, says what a page shows that has little room: another
title and question, the names of the controls, the number of panels. A figure may ask for `training`: the program that
draws it then trains networks as that says, and hands their losses so far to `compute(values, record, runs)`.
MicroPython runs these files as they are.
"""

import json
import math

from learning_rates.checks import check_choice

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
    "train",
    "claims",
    "predict",
    "language_model",
]

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any, NotRequired, TypedDict

    Json = dict[str, Any]  # what a JSON object holds, read back: values of controls by name, or a record of runs

    class Control(TypedDict, total=False):
        """A slider or a choice, by `kind`; `min` to `format` are a slider's, `options` a choice's."""

        name: str
        label: str
        kind: str
        default: float | str
        min: float
        max: float
        step: float | None
        scale: str
        format: str
        options: list[list[str]]
        main: bool
        plays: str

    class Curve(TypedDict):
        """A line, or dots."""

        label: str
        points: list[list[float]]
        color: str
        dash: str
        width: float
        dots: bool

    class Panel(TypedDict):
        """A plot of curves."""

        label: str
        x_label: str
        y_label: str
        x_scale: str
        y_scale: str
        x_range: list[float] | None
        y_range: list[float] | None
        curves: list[Curve]
        marks: list[Json]
        rule: float | None
        pointer: Json | None
        handles: list[Json]

    class Table(TypedDict):
        """A table of text, whose rows are as long as its head."""

        caption: str
        head: list[str]
        rows: list[list[str]]

    class Figure(TypedDict):
        """What an explorer shows."""

        summary: str
        panels: list[Panel]
        table: Table
        code: NotRequired[list[list[str]]]
        values: NotRequired[Json]
        training: NotRequired[Json]

else:
    Control = Curve = Figure = Json = Panel = Table = dict

_records: dict[str, Json] = {}


def slider(
    name: str,
    label: str,
    low: float,
    high: float,
    default: float,
    *,
    step: float | None = None,
    scale: str = "linear",
    style: str = "number",
    main: bool = False,
    plays: str = "",
) -> Control:
    """A number between low and high.

    Args:
        name: The control's name in the values and in links.
        label: What it is called on the page.
        low: The least value.
        high: The greatest value.
        default: The value at first.
        step: From one value to the next, in powers of ten on a log scale; None means any value.
        scale: "linear" or "log".
        style: How it is printed: "number", "integer" or "percent".
        main: Whether it stands under the figure.
        plays: Which way it goes when the explorer is played, "up" or "down"; "" means that it does not.
    """
    control: Control = {"name": name, "label": label, "kind": "range", "min": low, "max": high, "default": default}
    control.update({"step": step, "scale": scale, "format": style, "main": main, "plays": plays})
    return control


def choice(name: str, label: str, options: list[list[str]], default: str, *, main: bool = False) -> Control:
    """One of several options, given as [value, label] pairs; a `main` one stands under the figure."""
    control: Control = {"name": name, "label": label, "kind": "choice", "options": options, "default": default}
    control.update({"main": main, "plays": ""})
    return control


def panel(
    label: str,
    x_label: str,
    y_label: str,
    curves: list[Curve],
    *,
    x_scale: str = "linear",
    y_scale: str = "linear",
    x_range: list[float] | None = None,
    y_range: list[float] | None = None,
    marks: list[Json] | None = None,
    rule: float | None = None,
    pointer: Json | None = None,
    handles: list[Json] | None = None,
) -> Panel:
    """One plot.

    Args:
        label: The heading of the plot.
        x_label: The name of the horizontal axis.
        y_label: The name of the vertical axis.
        curves: The curves, made by `curve`.
        x_scale: "linear" or "log".
        y_scale: "linear" or "log".
        x_range: [low, high], which holds the axis still and cuts off what lies outside. Without it, the axis follows
            what is drawn.
        y_range: The same for the vertical axis.
        marks: Points with a text: {"x": …, "y": …, "text": …}.
        rule: The x of a vertical line.
        pointer: {"control": name, "scale": factor}: the control that is moved to factor · x where the reader presses.
        handles: Points that can be dragged: {"x": …, "y": …, "controls": [name, name]}, where the controls of those
            names take the point's x and y; None in place of a name holds the point still in that direction. "name" is
            written on the point.
    """
    return {
        "label": label,
        "x_label": x_label,
        "y_label": y_label,
        "x_scale": x_scale,
        "y_scale": y_scale,
        "x_range": x_range,
        "y_range": y_range,
        "curves": curves,
        "marks": marks or [],
        "rule": rule,
        "pointer": pointer,
        "handles": handles or [],
    }


def curve(
    label: str, points: list[list[float]], color: str, *, dash: str = "", width: float = 2, dots: bool = False
) -> Curve:
    """A line through [x, y] points in order, with `dots` on them if wanted. Without a label it is in no legend."""
    return {"label": label, "points": points, "color": color, "dash": dash, "width": width, "dots": dots}


def number(value: float, digits: int = 3) -> str:
    """A number with so many significant digits: 0.0123, 4e-07."""
    return ("%." + str(digits) + "g") % _off_tie(value)


def fixed(value: float, digits: int) -> str:
    """A number with so many digits after the point: 83.62."""
    return ("%." + str(digits) + "f") % _off_tie(value)


def _off_tie(value: float) -> float:
    """The value, moved so that it rounds alike everywhere: CPython rounds a tie to even and MicroPython up."""
    return value * (1 + 1e-12)


def load(name: str) -> "ModuleType":
    """The explorer of that name.

    Raises:
        ValueError: There is no explorer of that name; the message lists those there are.
    """
    check_choice("name", name, NAMES)
    explorer: ModuleType = getattr(__import__("learning_rates.explorers." + name).explorers, name)
    return explorer


def supply(name: str, text: str) -> None:
    """Keep the record of an explorer that has one, from JSON."""
    _records[name] = json.loads(text)


def clean(controls: list[Control], raw: Json) -> Json:
    """Values that are sure to be in range, whatever was given: a link is free text.

    Unknown names are dropped. Anything but a finite number or an option gives the default. Numbers are clamped.
    """
    return {control["name"]: _clean(control, raw.get(control["name"])) for control in controls}


def _clean(control: Control, value: object) -> float | str:
    if control["kind"] == "choice":
        options = [option[0] for option in control["options"]]
        return value if isinstance(value, str) and value in options else control["default"]
    try:
        found = float(value)  # type: ignore[arg-type]  # whether it is a number is what is tried here
    except (TypeError, ValueError):
        return control["default"]
    if not -math.inf < found < math.inf:
        return control["default"]
    found = min(max(found, control["min"]), control["max"])
    return int(found + 0.5) if control["format"] == "integer" else found


def figure(name: str, raw: Json, runs: "Json | None" = None) -> Figure:
    """What the explorer shows at these values, and the values that it took; `runs` is what has been trained for it."""
    explorer = load(name)
    values = clean(explorer.CONTROLS, raw)
    more = [_records[name]] if name in _records else []
    shown: Figure = explorer.compute(values, *(more if runs is None else more + [runs]))
    shown["values"] = values
    return shown


def describe(name: str) -> str:
    """Title, question, controls, presets and the compact form as JSON, for the page."""
    explorer = load(name)
    described = {"title": explorer.TITLE, "question": explorer.QUESTION, "controls": explorer.CONTROLS}
    described["presets"] = getattr(explorer, "PRESETS", [])
    described["compact"] = getattr(explorer, "COMPACT", None)
    return json.dumps(described)


def render(name: str, raw_json: str, runs_json: str = "") -> str:
    """`figure` from JSON to JSON, for the page."""
    return json.dumps(figure(name, json.loads(raw_json), json.loads(runs_json) if runs_json else None))
