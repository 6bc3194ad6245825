"""The book's figures: one function each, which draws on an Axes.

Results are known here by their attributes alone, so that this module imports none of the modules that make them.
"""

import re
import sys
import textwrap
from collections.abc import ItemsView, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from learning_rates.checks import check_unit_interval, check_whole, reject
from learning_rates.schedules import Schedule, check_schedule

# The look of each policy, the same through the whole book. Relatives share a colour, so the line style has to tell
# them apart, as it must for readers who see no colour.
STYLES: dict[str, dict[str, Any]] = {
    "constant": {"color": "#9c9ca1", "linestyle": (0, (1, 1))},
    "linear decay": {"color": "#f89c20", "linestyle": (0, (6, 2))},
    "warm-up + linear": {"color": "#964a8b", "linestyle": (0, (6, 2, 1, 2))},
    "longer warm-up": {"color": "#964a8b", "linestyle": (0, (2, 1))},
    "one-cycle": {"color": "#5790fc", "linestyle": "-"},
    "one-cycle + momentum": {"color": "#7a21dd", "linestyle": (0, (3, 1))},
    "two-phase cosine": {"color": "#5790fc", "linestyle": "-"},
    "Smith's cycle and tail": {"color": "#e42536", "linestyle": (0, (4, 2))},
    "ramp–sustain–decay": {"color": "#964a8b", "linestyle": (0, (4, 1.5, 1, 1.5))},
}

# An ordered quantity, from its least value on: each is lighter than the one before, and still stands out from white.
SHADES = ("#400568", "#392685", "#17439a", "#0b6187", "#10777c", "#048f67", "#529e41")

LABEL = 24  # letters of a line beside a row

# What Matplotlib writes into an SVG that nobody sees, and the looks of lines as a rule for all that is drawn
_UNSEEN = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<!--.*?-->|<style[^>]*>.*?</style>", re.DOTALL)
_LINES = ' style="stroke-linejoin: round; stroke-linecap: butt"'
_PLACE = re.compile(r'(?<=\s)(?:d|x|y)="[^"]*"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


@runtime_checkable
class _Interval(Protocol):
    """A mean with its interval, such as `trials.statistics.Interval`; as a string, it shows both."""

    @property
    def mean(self) -> float: ...

    @property
    def high(self) -> float: ...


@runtime_checkable
class _RangeTest(Protocol):
    """What `range_test.RangeTest` holds."""

    learning_rates: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    smoothed: npt.NDArray[np.float64]
    phases: tuple[float, float]
    bracket: tuple[float, float]

    @property
    def suggestions(self) -> Mapping[str, tuple[float, float, float]]: ...


def use_style() -> None:
    """Use the book's style for every figure from here on. A notebook then shows its figures as SVG.

    Example:
        >>> use_style()
        >>> plt.rcParams["figure.dpi"]
        240.0
    """
    plt.style.use("learning_rates.book")
    if {"ipykernel", "IPython"} <= sys.modules.keys() and (shell := sys.modules["IPython"].get_ipython()):
        from matplotlib_inline.config import InlineBackend

        # Of the settings, not of the figures' formatter, which Matplotlib's first figure would set back.
        InlineBackend.instance(parent=shell).figure_formats = {"svg"}


def shades(number: int) -> list[str]:
    """Colours for an ordered quantity, one for each of its values, spread over the book's one sequence.

    Args:
        number: How many values there are, from 1 to 7.

    Returns:
        The colours, in hexadecimal digits, from the least value to the greatest.

    Raises:
        TypeError: number is not an integer.
        ValueError: number is not between 1 and 7.

    Example:
        >>> shades(3)
        ['#400568', '#0b6187', '#529e41']
    """
    last = len(SHADES) - 1
    if not 1 <= check_whole("number", number) <= len(SHADES):
        reject(f"number must be ≤ {len(SHADES)}, since that many can be told apart", [("number", number)])
    return [SHADES[round(place * last / max(number - 1, 1))] for place in range(number)]


def compact(svg: str) -> str:
    """A figure of Matplotlib's as a shorter SVG that looks the same, on whichever day it is made.

    Places are rounded to a hundredth of a point; date, comments and the style sheet go, which a page might not allow.

    Args:
        svg: What Matplotlib has written.

    Returns:
        The shorter SVG. Nothing is left to shorten in it, so that a second time gives the same.
    """
    svg = _PLACE.sub(lambda place: _LONG_NUMBER.sub(_rounded, " ".join(place[0].split())), _UNSEEN.sub("", svg))
    svg = re.sub(r">\s+<", "><", svg).strip()
    return svg if _LINES in svg else svg.replace("<svg", f"<svg{_LINES}", 1)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def schedules(named: Mapping[str, Schedule], ax: Axes | None = None, *, ylabel: str = "learning rate η") -> Axes:
    """Schedules over their steps, with a legend.

    Args:
        named: The schedules by their labels in the legend: {label: schedule}.
        ax: The Axes to draw on; None means the current Axes.
        ylabel: What the values are, for the vertical axis.

    Returns:
        The Axes.

    Raises:
        TypeError: named is not a dict, or one of its values is not a schedule.

    Example:
        >>> from learning_rates.schedules import constant
        >>> schedules({"constant": constant(0.1, 10)}).get_xlabel()
        'step t'
    """
    ax = ax or plt.gca()
    for label, schedule in _items(named):
        ax.plot(check_schedule(f"named[{label!r}]", schedule).values(), label=label, **STYLES.get(label, {}))
    ax.set(xlabel="step t", ylabel=ylabel)
    ax.legend()
    return ax


def intervals(
    named: Mapping[str, _Interval],
    ax: Axes | None = None,
    *,
    xlabel: str = "difference in accuracy, points",
    margin: float | None = None,
    marks: Mapping[str, float] | None = None,
    primary: str | None = None,
) -> Axes:
    """Means with their intervals, one row each: labels on the left, numbers on the right, a line at zero.

    Args:
        named: The intervals by their labels, drawn from top to bottom: {label: `trials.statistics.Interval`}.
        ax: The Axes to draw on; None means the current Axes.
        xlabel: What the values are, for the horizontal axis.
        margin: The difference that was declared to count as none, whose band is shaded; None means that there is none.
        marks: Numbers to hold against the intervals, such as printed ones, by the label of their row: red crosses.
        primary: The label of the question that was declared beforehand, which is drawn in red; None means that there is
            none.

    Returns:
        The Axes.

    Raises:
        TypeError: named is not a dict, or one of its values is not an Interval.

    Example:
        >>> from learning_rates.trials.statistics import interval
        >>> intervals({"a − b": interval([1.0, 2.0, 3.0])}).get_xlabel()
        'difference in accuracy, points'
    """
    ax, rows = ax or plt.gca(), list(_items(named))
    if margin is not None:
        ax.axvspan(-margin, margin, color="#9c9ca1", alpha=0.2, linewidth=0, zorder=0)
    ax.axvline(0, color="#333333", linewidth=0.8)
    for row, (label, value) in enumerate(rows):
        _check_is(f"named[{label!r}]", value, _Interval, "an Interval")
        color = "#e42536" if label == primary else "#5790fc"
        ax.errorbar(value.mean, row, xerr=value.high - value.mean, fmt="o", color=color, capsize=4)
        ax.text(1.02, row, str(value), transform=ax.get_yaxis_transform(), fontsize=9, va="center")
        if marks and label in marks:
            ax.plot(marks[label], row, "x", color="#e42536", markersize=8, markeredgewidth=2.5)
    # On a phone a figure is as wide as a label of a few words, so that longer ones are broken.
    labels = [textwrap.fill(label, LABEL, break_on_hyphens=False) for label, _ in rows]
    ax.set_yticks(range(len(rows)), labels, fontsize=9)
    ax.set(xlabel=xlabel, ylim=(len(rows) - 0.5, -0.5))
    ax.tick_params(axis="y", length=0, labelcolor="#333333")
    ax.margins(x=0.1)
    ax.grid(axis="y", visible=False)
    return ax


def range_test(test: _RangeTest, ax: Axes | None = None) -> Axes:
    """An LR range test: losses, their phases, what each rule suggests with its spread, and the bracket.

    Args:
        test: The result of `lr_range_test`.
        ax: The Axes to draw on; None means the current Axes.

    Returns:
        The Axes.

    Raises:
        TypeError: test is not a RangeTest.

    Example:
        >>> from learning_rates.range_test import RangeTest
        >>> test = RangeTest(np.geomspace(1e-3, 1.0, 31), losses=[2 + np.cos(np.linspace(0, 6, 31))])
        >>> range_test(test).get_xscale()
        'log'
    """
    _check_is("test", test, _RangeTest, "a RangeTest")
    ax = ax or plt.gca()
    rates = test.learning_rates
    ax.plot(rates, test.losses.T, color="#9c9ca1", linewidth=0.6, alpha=0.7)
    ax.plot(rates, test.smoothed.T, color="#5790fc", linewidth=1.6)
    lowest, start = np.nanmin(test.smoothed), np.nanmax(test.smoothed[:, 0])
    height = max(start - lowest, 1e-12)
    # The upper third is for the rules. Axes that hold the losses of a sweep that explodes would leave its fall flat.
    ax.set(xscale="log", xlabel="learning rate η", ylabel="loss of the batch")
    ax.set_ylim(lowest - 0.1 * height, start + 0.85 * height)
    _phases(ax, test.phases)
    _suggestions(ax, test.suggestions)
    if not np.isnan(test.bracket).any():
        ax.axvspan(*test.bracket, color="#f89c20", alpha=0.15, linewidth=0)
    return ax


def _phases(ax: Axes, phases: Sequence[float]) -> None:
    left, right = ax.get_xlim()
    edges = [left, *[edge for edge in phases if not np.isnan(edge)], right]
    for edge in edges[1:-1]:  # up to the rules, whose names stand above
        ax.axvline(edge, ymax=0.58, color="#333333", linewidth=0.8, linestyle=":")
    style: dict[str, Any] = {"transform": ax.get_xaxis_transform(), "fontsize": 9, "ha": "center", "color": "#333333"}
    for name, a, b in zip(("flat", "falls", "rises"), edges, edges[1:], strict=False):
        ax.text(np.sqrt(a * b), 1.02, name, **style)
    if not np.isnan(phases[1]):
        ax.text(phases[1], 0.6, "lowest loss", **style)
    ax.set_xlim(left, right)


def _suggestions(ax: Axes, suggestions: Mapping[str, tuple[float, float, float]]) -> None:
    for row, (rule, (rate, low, high)) in enumerate(suggestions.items()):
        place = 0.94 - 0.08 * row
        ax.plot([low, high], [place, place], color="#e42536", linewidth=2, transform=ax.get_xaxis_transform())
        ax.plot(rate, place, "o", color="#e42536", markersize=5, transform=ax.get_xaxis_transform())
        if np.isnan(rate):
            continue
        # A name stands left of its bar, or right of it where the left has no room.
        room = ax.transAxes.inverted().transform(ax.transData.transform((low, 1.0)))[0] > 0.3
        side: dict[str, Any] = {"xytext": (-6 if room else 6, 0), "ha": "right" if room else "left"}
        side |= {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points"}
        ax.annotate(f"{rule}: {rate:.2g}", (low if room else high, place), fontsize=9, va="center", **side)


def bias_correction(momentum: Schedule, ax: Axes | None = None) -> Axes:
    """How far Adam's usual bias correction is from the exact one while β₁ moves.

    At step t the usual correction is 1 − β₁(t)^(t + 1); the exact one is 1 − ∏β₁, over all steps up to t. The figure
    shows usual / exact, the factor by which Adam's step comes out too short: it is 1 while β₁ has not moved.

    Args:
        momentum: The schedule of β₁, with all values in [0, 1).
        ax: The Axes to draw on; None means the current Axes. Several schedules may be drawn on the same Axes.

    Returns:
        The Axes.

    Raises:
        TypeError: momentum is not a schedule.
        ValueError: A value of momentum is outside [0, 1).

    Example:
        >>> from learning_rates.schedules import constant
        >>> [float(ratio) for ratio in bias_correction(constant(0.5, 3)).lines[1].get_ydata()]
        [1.0, 1.0, 1.0]

    References:
        Kingma, Ba (2015), Adam: a method for stochastic optimization, arXiv 1412.6980, section 3.
    """
    values = check_schedule("momentum", momentum).values()
    check_unit_interval("least value of momentum", min(values))
    check_unit_interval("greatest value of momentum", max(values))
    beta = np.array(values)
    ratio = (1 - beta ** np.arange(1, len(beta) + 1)) / (1 - np.cumprod(beta))
    ax = ax or plt.gca()
    ax.axhline(1, color="#333333", linewidth=0.8)
    (line,) = ax.plot(ratio)
    worst = int(np.argmax(abs(ratio - 1)))
    label = f"T = {len(beta)}: {ratio[worst]:.3f} at step {worst}"
    ax.plot(worst, ratio[worst], "o", color=line.get_color())
    ax.annotate(label, (worst, ratio[worst]), (8, 4), textcoords="offset points", color=line.get_color(), fontsize=9)
    ax.set(xlabel="step t", ylabel="bias correction, usual / exact")
    return ax


def explorer(figure: Mapping[str, Any], fig: Figure | None = None) -> Figure:
    """An explorer's figure as the page draws it: its panels one above the other, its marks at their points.

    Args:
        figure: The figure to draw, as `explorers.figure` returns it.
        fig: The matplotlib Figure to draw on; None means a new one.

    Returns:
        The matplotlib Figure.

    Example:
        >>> from learning_rates import explorers
        >>> len(explorer(explorers.figure("one_cycle", {})).axes)
        2
    """
    panels = figure["panels"]
    fig = fig or plt.figure(figsize=(5.6, 2.4 * len(panels)), layout="constrained")
    shared = len({panel["x_label"] for panel in panels}) == 1
    axes = fig.subplots(len(panels), sharex=shared, squeeze=False)[:, 0]
    for ax, panel in zip(axes, panels, strict=True):
        _panel(ax, panel)
    lines = [line for ax in axes for line in ax.lines]
    named = {label: line for line in lines if not (label := str(line.get_label())).startswith("_")}
    fig.legend(named.values(), named, fontsize=9, loc="outside lower center", ncols=2)
    return fig


def _panel(ax: Axes, panel: Mapping[str, Any]) -> None:
    for curve in panel["curves"]:
        x, y = zip(*curve["points"], strict=True)
        dash = (0, [float(part) for part in curve["dash"].split(",")]) if curve["dash"] else "-"
        style = {"color": curve["color"], "linestyle": dash, "linewidth": curve["width"] * 0.75}
        style |= {"marker": "o" if curve["dots"] else "", "markersize": 3}
        ax.plot(x, y, label=curve["label"] or "_nolegend_", **style)
    for handle in panel["handles"]:
        ax.plot(handle["x"], handle["y"], "o", color="#333333", markersize=7)
    if panel["rule"] is not None:
        ax.axvline(panel["rule"], color="#333333", linewidth=0.8, linestyle=":")
    ax.set(xlabel=panel["x_label"], ylabel=panel["y_label"], xscale=panel["x_scale"], yscale=panel["y_scale"])
    ax.margins(y=0.15)
    if panel["x_range"]:
        ax.set_xlim(panel["x_range"])
    if panel["y_range"]:
        ax.set_ylim(panel["y_range"])
    for mark in panel["marks"]:
        point = mark["x"], mark["y"]
        ax.plot(*point, "o", color="#333333", markersize=4)
        place = ax.transAxes.inverted().transform(ax.transData.transform(point))[0]
        side = "left" if place < 0.2 else "right" if place > 0.8 else "center"  # within the panel
        ax.annotate(mark["text"], point, (0, 6), textcoords="offset points", ha=side, fontsize=9)


def _items(named: Mapping[str, Any]) -> ItemsView[str, Any]:
    _check_is("named", named, Mapping, "a dict")
    return named.items()


def _check_is(name: str, value: object, protocol: type, kind: str) -> None:
    if not isinstance(value, protocol):
        reject(f"{name} must be {kind}", [(name, value)], TypeError)
