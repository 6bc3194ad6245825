"""Plain descent, heavy ball and Nesterov in a valley of any condition number: the path, and the rate of convergence."""

import math

from learning_rates import descent
from learning_rates.explorers import Curve, Figure, Json, Table, choice, curve, number, panel, slider

TITLE = "Three methods in a valley"
QUESTION = "Set ηλₘₐₓ to 1.5, which plain descent survives. How much momentum does heavy ball bear there, and Nesterov?"

METHODS = {
    "plain": {"label": "plain descent", "color": "#5790fc", "dash": ""},
    "heavy": {"label": "heavy ball", "color": "#f89c20", "dash": "8,4"},
    "nesterov": {"label": "Nesterov", "color": "#e42536", "dash": "2,3"},
}
ORDER = ["plain", "heavy", "nesterov"]
START = [2.0, -9.0]  # across the valley, along it
WIDE, HIGH = 10.0, 3.0  # the axes stand still
LEVELS = [0.1, 0.7, 1.8, 4.0, 9.0]
FLOOR = 1e-300  # a logarithm has no 0
FAR = 1e4  # a descent is drawn no further
LONGEST = 100  # steps
CORNERS = 32  # of an ellipse
CIRCLE = [[math.cos(2 * math.pi * i / CORNERS), math.sin(2 * math.pi * i / CORNERS)] for i in range(CORNERS + 1)]

CONTROLS = [
    choice("method", "Method", [[key, METHODS[key]["label"]] for key in ORDER], "plain", main=True),
    slider("rate", "Learning rate × sharpness, ηλₘₐₓ", 0.02, 4.0, 1.9, step=0.01, main=True),
    slider("momentum", "Momentum μ", 0.0, 0.98, 0.9, step=0.01),
    slider("kappa", "Condition number κ", 1.0, 100.0, 20.0, step=0.05, scale="log"),
    slider("steps", "Steps", 2, LONGEST, 60, step=1, style="integer", plays="up"),
]


def settings(method: str, values: Json) -> tuple[float, bool]:
    """A method's momentum, and whether it looks ahead."""
    return (0.0 if method == "plain" else values["momentum"]), method == "nesterov"


def descended(method: str, values: Json) -> tuple[descent.Surface, list[list[float]]]:
    """The valley, λ = 1 across and 1/κ along, and the points of a descent in it."""
    momentum, nesterov = settings(method, values)
    surface = descent.quadratic([1.0, 1 / values["kappa"]])
    optimizer = descent.SGD(values["rate"], momentum, nesterov)
    return surface, descent.descend(surface.gradient, optimizer, START, values["steps"], limit=FAR)


def predicted(method: str, values: Json) -> list[float]:
    """The factors of the distance a step, across the valley and along it; in the long run the greater one decides."""
    momentum, nesterov = settings(method, values)
    along = 1 / values["kappa"]
    return [descent.contraction(values["rate"], each, momentum, nesterov) for each in (1.0, along)]


def above_floor(losses: list[float]) -> list[float]:
    """The losses until they cannot be told from 0: a slope through those that follow would say that nothing moves."""
    kept: list[float] = []
    for loss in losses:
        if loss <= FLOOR:
            break
        kept.append(loss)
    return kept


def measured(losses: list[float]) -> float:
    """The factor of the distance a step over the second half of a descent: the slope of a line through log loss."""
    kept = above_floor(losses)
    if len(kept) < 3:
        return 0.0 if len(kept) < len(losses) else 1.0  # it arrived at once, or it diverged at once
    logs = [math.log(loss) / 2 for loss in kept[len(kept) // 2 :]]
    middle, mean = (len(logs) - 1) / 2, sum(logs) / len(logs)
    spread = sum([(i - middle) ** 2 for i in range(len(logs))])
    return math.exp(sum([(i - middle) * (log - mean) for i, log in enumerate(logs)]) / spread)


def predicted_slope(losses: list[float], factor: float) -> list[list[float]]:
    """The line that log loss should follow, through the middle of the run, where `measured` begins."""
    middle, last = len(above_floor(losses)) // 2, LONGEST
    level, fall = math.log(max(losses[middle], FLOOR)), 2 * math.log(max(factor, FLOOR))
    steps = sorted({0, middle, last})
    bound = -math.log(FLOOR)
    return [[step, math.exp(min(max(level + fall * (step - middle), -bound), bound))] for step in steps]


def contours(kappa: float) -> list[Curve]:
    """Ellipses of equal loss, ½ (a² + b²/κ) = level."""
    curves = []
    for level in LEVELS:
        high = math.sqrt(2 * level)
        wide = high * math.sqrt(kappa)
        points = [[round(wide * x, 3), round(high * y, 3)] for x, y in CIRCLE]
        curves.append(curve("", points, "#9c9ca1", width=1))
    return curves


def in_sight(path: list[list[float]]) -> list[list[float]]:
    """The points to draw of a path in the background: until it has left the axes."""
    seen = []
    for a, b in path:
        seen.append([b, a])
        if not (-HIGH <= a <= HIGH and -WIDE <= b <= WIDE):
            break
    return seen


def judge(method: str, values: Json) -> str:
    """Whether the chosen method converges, in words."""
    momentum, nesterov = settings(method, values)
    limit = descent.greatest_rate(1.0, momentum, nesterov)
    label, product = METHODS[method]["label"], number(values["rate"], 4)
    label = label[0].upper() + label[1:]
    if abs(values["rate"] - limit) < 1e-9:
        return f"{label} swings across the valley for ever: ηλₘₐₓ = {number(limit, 4)} is its limit"
    if values["rate"] > limit:
        return f"{label} diverges: ηλₘₐₓ = {product} > {number(limit, 4)}"
    across, along = predicted(method, values)
    slower = "along the valley" if along > across else "across the valley" if across > along else "both ways alike"
    return f"{label} converges: ηλₘₐₓ = {product} < {number(limit, 4)}, slowest {slower}"


def compute(values: Json) -> Figure:
    chosen, style = values["method"], METHODS[values["method"]]
    surface, walked = descended(chosen, values)
    across = [surface.loss(point) for point in walked]
    walk = curve(style["label"], [[b, a] for a, b in walked], style["color"], dots=True)
    drawn, rows, rates, walks = [], [], [], []
    for method in ORDER:
        losses = across
        if method != chosen:
            other = descended(method, values)[1]
            losses = [surface.loss(point) for point in other]
            look = METHODS[method]
            walks.append(curve(look["label"], in_sight(other), look["color"], dash=look["dash"], width=1))
        momentum, nesterov = settings(method, values)
        rates.append([max(predicted(method, values)), measured(losses)])
        limit = descent.greatest_rate(1.0, momentum, nesterov)
        rows.append([METHODS[method]["label"], number(limit), number(rates[-1][0]), number(rates[-1][1])])
        stride = 1 if method == chosen else 2  # half the points for those in the background
        points = [[step, max(losses[step], FLOOR)] for step in range(0, len(losses), stride)]
        look = METHODS[method]
        width = 3 if method == chosen else 1
        drawn.append(curve(look["label"], points, look["color"], dash=look["dash"], width=width))
    expected, seen = rates[ORDER.index(chosen)]
    slope = predicted_slope(across, expected)
    above = panel(
        "The valley",
        "along the valley",
        "across it",
        contours(values["kappa"]) + walks + [walk],
        x_range=[-WIDE, WIDE],
        y_range=[-HIGH, HIGH],
        marks=[{"x": START[1], "y": START[0], "text": "start"}],
    )
    below = panel(
        "The loss",
        "step t",
        "loss L",
        drawn + [curve("predicted slope", slope, "#333333", dash="1,3", width=2)],
        y_scale="log",
        x_range=[0.0, float(LONGEST)],
        y_range=[1e-10, 1e6],
    )
    heavy, ahead = [descent.greatest_rate(1.0, values["momentum"], each) for each in (False, True)]
    summary = (
        f"{judge(chosen, values)}. Each step multiplies the distance by {number(expected)} as predicted, "
        f"by {number(seen)} as measured over the second half. Limits of ηλₘₐₓ at μ = {number(values['momentum'])}: "
        f"plain 2, heavy ball {number(heavy)}, Nesterov {number(ahead)}."
    )
    head = ["method", "limit of ηλₘₐₓ", "factor a step, predicted", "measured"]
    table: Table = {"caption": "All three at these settings", "head": head, "rows": rows}
    return {"summary": summary, "panels": [above, below], "table": table}
