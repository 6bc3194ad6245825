"""Explorers under a kernel: the page's definitions as ipywidgets."""

import base64
import html
import io
import math
import sys
from collections.abc import Mapping
from importlib import resources
from types import ModuleType
from typing import Any

import ipywidgets
import matplotlib.pyplot as plt

from learning_rates import explorers, plots, small_network

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
    return explorers.figure(name, dict(values), small_network.train(**asked)) if asked else shown


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
        presets = ipywidgets.Box(
            [self._preset(*preset) for preset in getattr(self._definition, "PRESETS", [])],
            layout={"flex_flow": "row wrap"},
        )
        heading = ipywidgets.HTML(f"<b>{self._definition.TITLE}</b><br>{self._definition.QUESTION}")
        self.box: ipywidgets.VBox = ipywidgets.VBox(
            [heading, presets, *self.controls.values(), reset, self.picture, self.summary]
        )
        self._draw()

    @property
    def values(self) -> dict[str, Any]:
        """The values of the controls: {control name: value}."""
        return {name: widget.value for name, widget in self.controls.items()}

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

    def still(self) -> str:
        """The explorer's place on the book's page, as HTML: without JavaScript, its figure at the default values."""
        shown = figure(self.name, {})
        source = base64.b64encode(plots.compact(_drawn(shown, "svg").decode()).encode()).decode()
        alt = html.escape(f"{self._definition.TITLE}. {shown['summary']}")
        image = f'<img alt="{alt}" src="data:image/svg+xml;base64,{source}">'
        return f'<div data-explorer="{self.name}" id="explorer-{self.name}">{image}</div>'

    def _draw(self) -> None:
        if self._paused:
            return
        shown = figure(self.name, self.values)
        self.picture.value = _drawn(shown, "png")  # of fewer pixels than a figure to keep: a drag should not wait
        code = f"<pre>{html.escape(shown['code'])}</pre>" if "code" in shown else ""
        self.summary.value = f"<p>{html.escape(shown['summary'])}</p>{_table(shown['table'])}{code}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        # The view's message is written out because ipywidgets 7, which Colab brings, has no method that gives it.
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        bundle = {"application/vnd.jupyter.widget-view+json": view, "text/plain": f"explorer {self.name}"}
        if "google.colab" not in sys.modules:  # the twin is for pages made of stored outputs; Colab might prefer it
            bundle["text/html"] = self.still()
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


def _drawn(figure: Mapping[str, Any], kind: str) -> bytes:
    with plt.ioff():
        drawn = plots.explorer(figure)
    buffer = io.BytesIO()
    drawn.savefig(buffer, format=kind, dpi=120)
    plt.close(drawn)
    return buffer.getvalue()
