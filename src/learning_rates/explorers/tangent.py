"""A secant that turns into the tangent as h shrinks, until rounding eats the difference."""

import math

from learning_rates import descent
from learning_rates.explorers import Figure, Json, Panel, choice, curve, number, panel, slider

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    from collections.abc import Callable

    Parts = list[Callable[[float], float]]  # a function and its first three derivatives

TITLE = "Secant and tangent"
QUESTION = "Where does making h smaller stop helping, and what stops it?"

CURVES: "dict[str, Parts]" = {
    "sine": [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x)],
    "exponential": [math.exp, math.exp, math.exp, math.exp],
    "parabola": [lambda x: x * x / 2, lambda x: x, lambda x: 1.0, lambda x: 0.0],
    "relu": [lambda x: max(x, 0.0), lambda x: 1.0 if x > 0 else 0.0, lambda x: 0.0, lambda x: 0.0],
}
HEIGHTS = {"sine": [-2.2, 2.2], "exponential": [-3.0, 12.0], "parabola": [-2.0, 5.0], "relu": [-1.5, 3.5]}  # of plots
LABELS = {"sine": "sin x", "exponential": "eˣ", "parabola": "x² / 2", "relu": "max(0, x), ReLU"}
ORDER = ["sine", "exponential", "parabola", "relu"]  # MicroPython's dicts forget theirs
BITS = {"double": 53, "single": 24}  # of a significand
WIDE = 3.0  # the plot of the curve spans −3 to 3
SMALLEST = 1e-16  # of h, and of an error on its logarithmic axis, where 0 has no place
A_DECADE = 4  # values of h in the lower plot
FORWARD, CENTRAL = "#f89c20", "#7a21dd"

CONTROLS = [
    choice("curve", "Curve f", [[name, LABELS[name]] for name in ORDER], "sine", main=True),
    slider("x", "Point x", -2.0, 2.0, 0.7, step=0.05),
    slider("h", "Distance h", SMALLEST, 1.0, 0.5, step=0.1, scale="log", plays="down"),
    choice("quotient", "Quotient", [["forward", "forward"], ["central", "central"]], "forward"),
    choice("precision", "Numbers", [["double", "64 bits"], ["single", "32 bits"]], "double"),
]


def rounded(value: float, bits: int) -> float:
    """A number as a float of so many significant bits stores it."""
    fraction, exponent = math.frexp(value)
    return math.ldexp(math.floor(math.ldexp(fraction, bits) + 0.5), exponent - bits) if bits < 53 else value


def slope(function: "Callable[[float], float]", x: float, h: float, central: bool, bits: int) -> float:
    """The difference quotient, with every intermediate result rounded; with 53 bits the package's own."""
    if bits >= 53:
        return descent.difference_quotient(function, x, h, central=central)
    right = rounded(function(rounded(x + h, bits)), bits)
    left = rounded(function(rounded(x - h, bits) if central else x), bits)
    return rounded(rounded(right - left, bits) / (2 * h if central else h), bits)


def grid() -> list[float]:
    """Values of h, evenly spread in powers of ten; none but 1 is a power of two, where little would be rounded."""
    decades = round(-math.log10(SMALLEST))
    return [SMALLEST * 10 ** (i / A_DECADE) for i in range(decades * A_DECADE + 1)]


def bend(parts: "Parts", x: float, h: float, central: bool) -> float:
    """The error that the curve's bend makes, by Taylor's formula up to the third derivative."""
    _, _, second, third = parts
    return abs((0.0 if central else second(x) * h / 2) + third(x) * h * h / 6)


def rounding(parts: "Parts", x: float, h: float, central: bool, bits: int) -> float:
    """The greatest error that rounding makes: half a unit in the last place of each value of f, and of each x ± h."""
    height, moved = abs(parts[0](x)), abs(x * parts[1](x))
    return 2.0 ** (1 - bits) * ((height + moved) / 2 if central else height + moved / 2) / h


def line_through(at: float, height: float, steepness: float, reach: float) -> list[list[float]]:
    """Two points of a straight line, as far as the plot goes."""
    return [[x, height + steepness * (x - at)] for x in (-reach, reach)]


def verdict(parts: "Parts", x: float, h: float, central: bool, bits: int, error: float) -> str:
    """What the error at this h is made of, in words."""
    if error == 0:
        return "nothing is lost here"
    if parts is CURVES["relu"] and x == 0:
        return "a kink has no slope (software takes 0), and no h helps"
    if rounded(x + h, bits) == x and not (central and rounded(x - h, bits) != x):
        return "x + h is rounded back to x: no difference is left"
    if parts is CURVES["relu"] and x - (h if central else 0) < 0 < x + h:
        return "the kink lies between the two points: a smaller h helps"
    lost = rounding(parts, x, h, central, bits)
    if bend(parts, x, h / 2, central) > max(bend(parts, x, h, central), lost):
        return "two parts of the bend cancel near this h: a luck that a smaller h loses"
    if bend(parts, x, h, central) > lost:
        return "most of it is the bend of the curve between the points: a smaller h helps"
    return "most of it is rounding, which the division by h enlarges: a smaller h hurts"


def upper(values: Json, parts: "Parts", x: float, h: float, quotient: float) -> Panel:
    """The curve, its tangent, and the secant whose slope is the quotient."""
    function, central = parts[0], values["quotient"] == "central"
    true, height = parts[1](x), function(x)
    xs = [-WIDE + 2 * WIDE * i / 60 for i in range(61)]
    drawn = [curve(LABELS[values["curve"]], [[at, function(at)] for at in xs], "#5790fc", width=3)]
    drawn.append(curve("tangent: the slope", line_through(x, height, true, WIDE), "#333333", dash="2,3"))
    ends = [x - h, x + h] if central else [x, x + h]
    color, dash = (CENTRAL, "2,2") if central else (FORWARD, "8,4")
    middle, through = (ends[0] + ends[1]) / 2, (function(ends[0]) + function(ends[1])) / 2
    secant = line_through(middle, through, quotient, WIDE)
    drawn.append(curve("secant: the quotient", secant, color, dash=dash))
    names = ["x − h", "x + h"] if central else ["x", "x + h"]
    marks = [{"x": at, "y": function(at), "text": name} for at, name in zip(ends, names)]
    y_range = HEIGHTS[values["curve"]]
    return panel("The curve", "x", "f(x)", drawn, x_range=[-WIDE, WIDE], y_range=y_range, marks=marks, rule=x)


def lower(
    values: Json,
    parts: "Parts",
    x: float,
    h: float,
    error: float,
    swept: dict[str, list[list[float]]],
) -> Panel:
    """The errors of both quotients against h, and what is predicted of them."""
    central, bits = values["quotient"] == "central", BITS[values["precision"]]
    drawn = []
    for name, color, dash in (("forward", FORWARD, "8,4"), ("central", CENTRAL, "2,2")):
        points = [[at, max(off, SMALLEST)] for at, off in swept[name]]
        width = 2.5 if name == values["quotient"] else 1.2
        drawn.append(curve("error, " + name, points, color, dash=dash, width=width))
    bends = [[at, max(bend(parts, x, at, central), SMALLEST)] for at in grid()]
    losses = [[at, rounding(parts, x, at, central, bits)] for at in (SMALLEST, 1.0)]  # a power law: two points
    for name, arm, dash in (("bending, predicted", bends, "12,3"), ("rounding, predicted", losses, "1,3")):
        if arm[0][1] > SMALLEST or arm[-1][1] > SMALLEST:
            drawn.append(curve(name, arm, "#9c9ca1", dash=dash, width=1.5))
    marks = [{"x": h, "y": max(error, SMALLEST), "text": number(error)}]
    pointer = {"control": "h", "scale": 1.0}
    axes: Json = {"x_scale": "log", "y_scale": "log", "x_range": [SMALLEST, 1.0], "y_range": [SMALLEST, 10.0]}
    return panel("Its error", "distance h", "|quotient − slope|", drawn, marks=marks, rule=h, pointer=pointer, **axes)


def compute(values: Json) -> Figure:
    parts, bits = CURVES[values["curve"]], BITS[values["precision"]]
    x, h = rounded(round(values["x"], 6), bits), rounded(values["h"], bits)  # a slider's 0 may be 1e-17
    true = parts[1](x)
    found, swept = {}, {}
    for name in ("forward", "central"):
        central = name == "central"
        found[name] = slope(parts[0], x, h, central, bits)
        steps = [rounded(at, bits) for at in grid()]
        swept[name] = [[at, abs(slope(parts[0], x, at, central, bits) - true)] for at in steps]
    chosen = values["quotient"]
    quotient = found[chosen]
    error = abs(quotient - true)
    summary = (
        f"{LABELS[values['curve']]} at x = {number(x)}, h = {number(h)}, {chosen}: "
        f"the quotient is {number(quotient, 6)}, the slope {number(true, 6)}, the error {number(error)}; "
        f"{verdict(parts, x, h, chosen == 'central', bits, error)}."
    )
    rows = []
    for name in ("forward", "central"):
        best = min(swept[name], key=lambda pair: pair[1])
        off = abs(found[name] - true)
        rows.append([name, number(found[name], 6), number(off), f"{number(best[1])} at h = {number(best[0], 1)}"])
    head = ["quotient", "at this h", "error", "least error drawn"]
    return {
        "summary": summary,
        "panels": [upper(values, parts, x, h, quotient), lower(values, parts, x, h, error, swept)],
        "table": {"caption": "Both quotients at this h", "head": head, "rows": rows},
    }
