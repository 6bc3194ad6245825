"""Recorded sweeps read in two ways, and what the reading is worth: smoothing, divergence and rules under your hands."""

import math

from learning_rates import sweeps
from learning_rates.explorers import Curve, Figure, Json, Panel, Table, choice, curve, number, panel, slider

TITLE = "Reading a sweep"
QUESTION = "Can one setting bring a rule within a factor of two of the best rate, with momentum and without?"
RECORD = "range_test.json"

RULES = ["minimum/10", "steepest", "valley", "80%-drop"]
RAW, CENTRED, AVERAGE = "#9c9ca1", "#5790fc", "#f89c20"
READ_BY = ["steps", "batch", "momentum", "width", "factor"]  # what the centred reading depends on
HIGHEST = 3.0  # the highest loss in sight

_last: Json = {}  # the centred reading that was last asked for, and the values it depends on

CONTROLS = [
    choice("rule", "Rule", [[rule, rule] for rule in RULES], "minimum/10", main=True),
    slider("width", "Centred smoothing, decades", 0.0, 0.3, 0.1, step=0.01),
    slider("beta", "Exponential average β", 0.0, 0.98, 0.95, step=0.01, main=True),
    slider("factor", "Divergence factor", 1.2, 10.0, 4.0, step=0.1),
    choice("steps", "Sweep length", [["50", "50 steps"], ["100", "100 steps"], ["200", "200 steps"]], "200"),
    choice("batch", "Batch size", [["15", "15"], ["60", "60"], ["240", "240"]], "60"),
    choice("momentum", "Momentum μ", [["0.9", "0.9"], ["0.0", "none"]], "0.9"),
    slider("at", "Sweep shown", 0.02, 1.0, 1.0, step=0.01, style="percent", plays="up"),
]


def find(values: Json, record: Json) -> tuple[list[float], tuple[float, list[float], list[float]]]:
    """The losses of the chosen sweep, and the grid of its momentum: best rate, rates, accuracies."""
    chosen = [int(values["steps"]), int(values["batch"]), float(values["momentum"])]
    losses = next(each[3] for each in record["sweeps"] if each[:3] == chosen)
    return losses, next(tuple(each[1:]) for each in record["grids"] if each[0] == chosen[2])


def climb(record: Json, steps: int) -> list[float]:
    """log10 of the rates of a sweep."""
    low, high = math.log10(record["min_lr"]), math.log10(record["max_lr"])
    return [low + (high - low) * step / (steps - 1) for step in range(steps)]


def averaged(losses: list[float], beta: float) -> list[float]:
    """The exponential average of the losses so far, corrected for its start as in Adam."""
    means: list[float] = []
    total, weight = 0.0, 0.0
    for loss in losses:
        total, weight = beta * total + (1 - beta) * loss, beta * weight + 1 - beta
        means.append(total / weight)
    return means


def lag(beta: float, logs: list[float]) -> tuple[float, float]:
    """By how many steps an exponential average lags on a straight line, and by what factor of the rate."""
    steps = beta / (1 - beta)
    return steps, 10 ** (steps * (logs[1] - logs[0]))


def suggestions(logs: list[float], losses: list[float], smoothed: list[float]) -> list[float] | None:
    """log10 of what each rule suggests, or None where the fall is lost in the noise."""
    if not sweeps.has_fallen(losses, smoothed):
        return None
    return [sweeps.RULES[rule](logs, smoothed) for rule in RULES]


def times(factor: float) -> str:
    """A ratio in words: '3.2 times above', or below."""
    return f"{number(factor)} times above" if factor >= 1 else f"{number(1 / factor)} times below"


def verdict(rate: float | None, best: float) -> str:
    """A suggested rate against the best one, '0.00511, 15.7 times below', or why there is none."""
    return "no rule applies, the fall is lost in the noise" if rate is None else f"{number(rate)}, {times(rate / best)}"


def centre(
    values: Json, logs: list[float], raw: list[float]
) -> tuple[int | None, list[float], list[float], list[float] | None]:
    """The step at which the sweep stops, or None; its losses up to there; these smoothed; what the rules suggest."""
    key, width, factor = [values[name] for name in READ_BY], values["width"], values["factor"]
    if _last.get("key") != key:  # kept, because it is slow in a browser and most controls don't change it
        end = sweeps.diverged_at(logs, raw, width, factor)
        losses = raw if end is None else raw[: end + 1]
        smoothed = sweeps.smooth(logs, losses, width, factor)
        _last.update({"key": key, "reading": (end, losses, smoothed, suggestions(logs, losses, smoothed))})
    reading: tuple[int | None, list[float], list[float], list[float] | None] = _last["reading"]
    return reading


def upright(rate: float | None, color: str, low: float, high: float) -> list[Curve]:
    """A dotted vertical line at a suggested rate, in the colour of what it was read from; none without a rate."""
    return [] if rate is None else [curve("", [[rate, low], [rate, high]], color, dash="2,3")]


def sweep_panel(
    curves: list[Curve],
    lowest: list[list[float]],
    suggested: list[float | None],
    shared: Json,
) -> Panel:
    """The whole sweep, the lowest point of both readings, and what the rule makes of them."""
    marks = [{"x": x, "y": y, "text": f"min {number(x)}"} for x, y in lowest]
    drawn = curves[:]
    for rate, color in zip(suggested, (CENTRED, AVERAGE)):
        drawn += upright(rate, color, 0, HIGHEST)
        if rate is not None:
            marks.append({"x": rate, "y": HIGHEST, "text": number(rate)})
    label = "The sweep, and what the rule makes of it"
    return panel(label, "learning rate η", "loss", drawn, y_range=[0, HIGHEST], marks=marks, **shared)


def unfinished(curves: list[Curve], grid: tuple[float, list[float], list[float]], count: int, shared: Json) -> Figure:
    """The sweep on its way, before any rule can be asked."""
    drawn = []
    for each in curves:
        points = each["points"][:count]
        drawn.append(curve(each["label"], points, each["color"], dash=each["dash"], width=each["width"]))
    (rate, centred), (_, average) = drawn[1]["points"][-1], drawn[2]["points"][-1]
    shared = dict(shared, rule=rate)
    words = f"The sweep has come to a rate of {number(rate)} in {count} steps. The centred loss is {number(centred)}, "
    words += f"the average of the losses so far {number(average)}. The rules are asked at the end."
    above = panel("The sweep on its way", "learning rate η", "loss", drawn, y_range=[0, HIGHEST], **shared)
    return {"summary": words, "panels": [above, grid_panel(grid, [], shared)], "table": table(grid[0], [None, None])}


def grid_panel(grid: tuple[float, list[float], list[float]], suggested: "list[float | None]", shared: Json) -> Panel:
    """The accuracy of whole runs at each rate of the grid, and the two suggested rates."""
    best, rates, accuracy = grid
    points, top = [[rate, 100 * share] for rate, share in zip(rates, accuracy)], 100 * max(accuracy)
    shown = [curve("", points, "#7a21dd", dots=True)]
    for rate, color in zip(suggested, (CENTRED, AVERAGE)):
        shown += upright(rate, color, top - 8, top + 2)
    marks = [{"x": best, "y": top, "text": f"best {number(best)}"}]
    y_range = [top - 8, top + 2]
    return panel(
        "Whole runs from each peak", "learning rate η", "accuracy, %", shown, y_range=y_range, marks=marks, **shared
    )


def table(best: float, readings: list[list[float] | None]) -> Table:
    """What each rule suggests of each reading, and its ratio to the best rate."""
    rows = []
    for i, rule in enumerate(RULES):
        found = ["none" if each is None else number(10 ** each[i]) for each in readings]
        ratios = ["none" if each is None else number(10 ** each[i] / best) for each in readings]
        rows.append([rule] + found + ratios)
    head = ["rule", "centred", "average", "centred ÷ best", "average ÷ best"]
    return {"caption": "What each rule suggests", "head": head, "rows": rows}


def compute(values: Json, record: Json) -> Figure:
    raw, grid = find(values, record)
    best, chosen, beta = grid[0], values["rule"], values["beta"]
    logs = climb(record, int(values["steps"]))
    end, losses, centred, of_centred = centre(values, logs, raw)
    average, etas = averaged(losses, beta), [10**log for log in logs]
    readings = [of_centred, suggestions(logs, losses, average)]
    suggested, late = [None if each is None else 10 ** each[RULES.index(chosen)] for each in readings]
    low, high = 10 ** sweeps.minimum(logs, centred), 10 ** sweeps.minimum(logs, average)
    curves = [
        curve("losses of the batches", [list(pair) for pair in zip(etas, losses)], RAW, width=1),
        curve("centred", [list(pair) for pair in zip(etas, centred)], CENTRED, width=3),
        curve("exponential average", [list(pair) for pair in zip(etas, average)], AVERAGE, dash="6,3"),
    ]
    shared: Json = {"x_scale": "log", "x_range": [record["min_lr"], record["max_lr"]]}  # by both panels
    if values["at"] < 1:
        return unfinished(curves, grid, max(1, int(values["at"] * len(losses))), shared)
    lowest = [
        min(each["points"], key=lambda point: abs(math.log(point[0] / x))) for each, x in zip(curves[1:], (low, high))
    ]
    steps, factor = lag(beta, logs)
    words = "It does not diverge. " if end is None else f"It stops at {number(etas[end])}. "
    words += f"The average's minimum is {times(high / low)} the centred one's; "
    words += f"its lag of {number(steps)} steps is a factor of {number(factor)}. "
    words += f"By {chosen}, against the grid's best, {number(best)}: "
    words += f"centred {verdict(suggested, best)}; averaged {verdict(late, best)}."
    return {
        "summary": words,
        "panels": [
            sweep_panel(curves, lowest, [suggested, late], shared),
            grid_panel(grid, [suggested, late], shared),
        ],
        "table": table(best, readings),
    }
