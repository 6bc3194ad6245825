"""Explorers under a kernel: the page's definitions as ipywidgets."""

import base64
import functools
import html
import io
import json
import math
import sys
import textwrap
from collections.abc import Mapping
from importlib import metadata, resources
from pathlib import Path
from types import ModuleType
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from learning_rates import explorers, plots, small_network

A_FRAME = 100  # milliseconds from one step of an explorer that is played to the next
FRAMES = 60  # that it takes at most
_FINE = 240  # dots an inch
_WIDE = {"style": {"description_width": "12em"}, "layout": {"width": "36em"}}


def explore(name: str) -> "Explorer":
    """An explorer: live widgets under a kernel, and on the book's page the figure that its controls redraw.

    Args:
        name: The name of the explorer, one of `explorers.NAMES`.

    Returns:
        An `Explorer`. As the last line of a cell it shows itself.

    Raises:
        ValueError: There is no explorer of that name.

    Example:
        >>> explore("one_cycle").values["variant"]
        'cosine'
    """
    return Explorer(name)


def still(name: str) -> str:
    """An explorer's place on the book's page, as HTML: without JavaScript, its figure at the default values.

    Args:
        name: The name of the explorer, one of `explorers.NAMES`.
    """
    title, shown = load(name).TITLE, figure(name, {})
    source = base64.b64encode(plots.compact(_picture(shown, "svg").decode()).encode()).decode()
    alt = html.escape(f"{title}. {shown['summary']}")
    image = f'<img alt="{alt}" src="data:image/svg+xml;base64,{source}">'
    return f'<div data-explorer="{name}" id="explorer-{name}">{image}</div>'


def load(name: str) -> ModuleType:
    """The module that defines an explorer, its recorded runs supplied if it has any."""
    definition = explorers.load(name)
    record = getattr(definition, "RECORD", None)
    if record:
        explorers.supply(name, resources.files("learning_rates.results").joinpath(record).read_text(encoding="utf-8"))
    return definition


def figure(name: str, values: Mapping[str, Any]) -> explorers.Figure:
    """An explorer's figure at these values, with the networks that it asks for trained here, by NumPy."""
    shown = explorers.figure(name, dict(values))
    asked = shown.get("training")
    return explorers.figure(name, dict(values), _trained(json.dumps(asked))) if asked else shown


@functools.lru_cache(maxsize=4)
def _trained(asked: str) -> dict[str, Any]:
    """What the networks come to: to show more or less of a run, or the run before, trains nothing anew."""
    return small_network.train(**json.loads(asked))


class Explorer:
    """The controls of an explorer, its figure and its words, kept in step.

    Args:
        name: The name of the explorer, one of `explorers.NAMES`.

    Example:
        >>> explorer = Explorer("one_cycle")
        >>> explorer.controls["max_lr"].value = 0.5
        >>> "peak 0.5" in explorer.summary.value
        True
    """

    def __init__(self, name: str) -> None:
        self.name: str = name
        self._definition = load(name)
        self._paused = False
        self.controls: dict[str, ipywidgets.Widget] = {
            control["name"]: _widget(control) for control in self._definition.CONTROLS
        }
        self.picture: ipywidgets.Image = ipywidgets.Image(format="png", layout={"max_width": "700px"})
        self.summary: ipywidgets.HTML = ipywidgets.HTML()
        for widget in self.controls.values():
            widget.observe(lambda change: self._draw(), names="value")
        reset = ipywidgets.Button(description="Reset")
        reset.on_click(lambda button: self.reset())
        save = ipywidgets.Button(description="Save picture")
        self._saved = ipywidgets.Label()
        save.on_click(lambda button: self._tell(self.save()))
        presets = ipywidgets.Box(
            [self._preset(*preset) for preset in getattr(self._definition, "PRESETS", [])],
            layout={"flex_flow": "row wrap"},
        )
        heading = ipywidgets.HTML(f"<b>{self._definition.TITLE}</b><br>{self._definition.QUESTION}")
        self.numbers: ipywidgets.HTML = ipywidgets.HTML()
        main: list[ipywidgets.Widget] = []
        more: list[ipywidgets.Widget] = []
        for control in self._definition.CONTROLS:
            (main if control["main"] or control["plays"] else more).append(self.controls[control["name"]])
        folds = [*([ipywidgets.VBox(more)] if more else []), self.numbers]
        titles = [*(["More settings"] if more else []), "Table"]
        fold = ipywidgets.Accordion(folds, selected_index=None)
        for index, title in enumerate(titles):
            fold.set_title(index, title)  # ipywidgets 7, which Colab brings, takes no titles
        buttons = ipywidgets.HBox([reset, save, self._saved])
        self.box: ipywidgets.VBox = ipywidgets.VBox(
            [heading, presets, self.picture, self._player(), *main, self.summary, buttons, fold]
        )
        self._draw()

    @property
    def values(self) -> dict[str, Any]:
        """The values of the controls: {control name: value}."""
        return {name: widget.value for name, widget in self.controls.items()}

    def _player(self) -> ipywidgets.Widget:
        """Play, and a step back or on: they move the control that is made for it."""
        control = next(control for control in self._definition.CONTROLS if control["plays"])
        self._places = _way(control)
        last = len(self._places) - 1
        every = -(-last // FRAMES)
        play = ipywidgets.Play(min=0, max=last, step=every, value=0, interval=A_FRAME, description="Play")
        play.observe(lambda change: self.set({control["name"]: self._places[change["new"]]}), names="value")
        buttons = []
        for label, by, words in (("‹", -1, "A step back"), ("›", 1, "A step on")):
            button = ipywidgets.Button(description=label, tooltip=words, layout={"width": "3em"})
            button.on_click(lambda pressed, by=by: self._step(control["name"], by))
            buttons.append(button)
        return ipywidgets.HBox([play, *buttons])

    def _tell(self, path: Path) -> None:
        self._saved.value = f"Saved as {path}"

    def _step(self, name: str, by: int) -> None:
        """From where the control stands to the next of its places."""
        value = self.controls[name].value
        nearest = min(range(len(self._places)), key=lambda index: abs(self._places[index] - value))
        self.set({name: self._places[min(max(nearest + by, 0), len(self._places) - 1)]})

    def save(self, path: str | Path | None = None) -> Path:
        """Write the figure as a picture, with its title above it and its words, settings and address below.

        Args:
            path: Where to; None means a file with the explorer's name in the working directory.

        Returns:
            The path.
        """
        path = Path(path or f"{self.name}.png")
        told = [f"{control['label']} {_said(control, self.values)}" for control in self._definition.CONTROLS]
        shown = figure(self.name, self.values)
        words = [*textwrap.wrap(shown["summary"], 95), "", *textwrap.wrap(" · ".join(told), 95), "", _address()]
        parts = [_words([self._definition.TITLE], 12), _picture(shown, "png"), _words(words, 8)]
        _stacked([Image.open(io.BytesIO(part)) for part in parts]).save(path)
        return path

    def reset(self) -> None:
        """Put every control back to its default."""
        self.set({control["name"]: control["default"] for control in self._definition.CONTROLS})

    def set(self, values: Mapping[str, Any]) -> None:
        """Move these controls, and draw once."""
        self._paused = True  # not once for every control
        for name, value in values.items():
            self.controls[name].value = value
        self._paused = False
        self._draw()

    def _preset(self, label: str, values: Mapping[str, Any]) -> ipywidgets.Button:
        button = ipywidgets.Button(description=label, layout={"width": "auto"})
        button.on_click(lambda pressed: self.set(values))
        return button

    def _draw(self) -> None:
        if self._paused:
            return
        shown = figure(self.name, self.values)
        self.picture.value = _picture(
            shown, "png", _FINE // 2
        )  # half the pixels of one to keep: a drag should not wait
        code = "".join(f"<b>{name}</b><pre>{html.escape(lines)}</pre>" for name, lines in shown.get("code", []))
        self.summary.value = f"<p>{html.escape(shown['summary'])}</p>"
        self.numbers.value = f"{_table(shown['table'])}{code}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # The view's message is written out because ipywidgets 7, which Colab brings, has no method that gives it.
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        bundle = {"application/vnd.jupyter.widget-view+json": view, "text/plain": f"explorer {self.name}"}
        if "google.colab" not in sys.modules:  # the twin is for pages made of stored outputs; Colab might prefer it
            bundle["text/html"] = still(self.name)
        return bundle


def _widget(control: Mapping[str, Any]) -> ipywidgets.Widget:
    """A control as an ipywidget with the same range, scale and default."""
    common = {"description": control["label"], "value": control["default"], **_WIDE}
    if control["kind"] == "choice":
        return ipywidgets.Dropdown(options=[(label, value) for value, label in control["options"]], **common)
    common |= {"continuous_update": True}
    if control["scale"] == "log":
        low, high = math.log10(control["min"]), math.log10(control["max"])
        return ipywidgets.FloatLogSlider(min=low, max=high, step=control["step"], readout_format=".3g", **common)
    limits = {"min": control["min"], "max": control["max"], "step": control["step"]}
    if control["format"] == "integer":
        return ipywidgets.IntSlider(**limits, **common)
    readout = ".0%" if control["format"] == "percent" else ".3g"
    return ipywidgets.FloatSlider(**limits, readout_format=readout, **common)


def _table(table: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in table["head"])
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in table["rows"])
    return f"<table><caption>{html.escape(table['caption'])}</caption><tr>{head}</tr>{rows}</table>"


def _way(control: Mapping[str, Any]) -> list[float]:
    """The values that a control takes when it is played, in order."""
    logarithmic = control["scale"] == "log"
    low, high = [math.log10(control[end]) if logarithmic else control[end] for end in ("min", "max")]
    steps = [low + index * control["step"] for index in range(round((high - low) / control["step"]) + 1)]
    places = [10**step if logarithmic else step for step in steps]
    if control["format"] == "integer":
        places = [round(place) for place in places]
    return [*reversed(places)] if control["plays"] == "down" else places


def _address() -> str:
    """Where the book lives, as the installed package knows it."""
    urls = metadata.metadata("learning-rates").get_all("Project-URL") or []
    return next((url.partition(", ")[2] for url in urls if url.startswith("Repository, ")), "")


def _said(control: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """A control's value as it reads on it."""
    value = values[control["name"]]
    if control["kind"] == "choice":
        return str(dict(control["options"])[value])
    return f"{value:.0%}" if control["format"] == "percent" else explorers.number(value, 6)


def _picture(figure: Mapping[str, Any], kind: str, dpi: int = _FINE) -> bytes:
    with plt.ioff():
        return _written(plots.explorer(figure), kind, dpi)


def _words(lines: list[str], size: float) -> bytes:
    """Lines of text as a picture as wide as an explorer's."""
    with plt.ioff():
        drawn = plt.figure(figsize=(5.6, (1.6 * len(lines) + 1) * size / 72))
        drawn.text(0.02, 0.95, "\n".join(lines), fontsize=size, va="top", linespacing=1.4)
        return _written(drawn, "png", _FINE)


def _written(drawn: Figure, kind: str, dpi: int) -> bytes:
    buffer = io.BytesIO()
    drawn.savefig(buffer, format=kind, dpi=dpi)
    plt.close(drawn)
    return buffer.getvalue()


def _stacked(pictures: list[Image.Image]) -> Image.Image:
    """Pictures one above the other."""
    whole = Image.new("RGB", (max(each.width for each in pictures), sum(each.height for each in pictures)), "white")
    top = 0
    for each in pictures:
        whole.paste(each, (0, top))
        top += each.height
    return whole
