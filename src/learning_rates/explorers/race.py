"""Four optimizers on four surfaces, each at its own rate: paths over contours, and the loss along them."""

import math

from learning_rates import descent
from learning_rates.explorers import Figure, Json, Table, choice, curve, fixed, number, panel, slider

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "A race on four surfaces"
QUESTION = "Turn the valley by 45 degrees: whose path only turns with it, and who loses ground?"

RUNNERS = ["momentum 0.9", "AdaGrad", "RMSProp", "Adam"]
RATES = ["momentum_rate", "adagrad_rate", "rmsprop_rate", "adam_rate"]
COLORS = ["#5790fc", "#f89c20", "#964a8b", "#e42536"]
DASHES = ["", "2,3", "8,3,2,3", "8,4"]
SURFACES = [
    ["valley", "valley along the axes"],
    ["turned", "the same valley, turned"],
    ["rosenbrock", "Rosenbrock's valley"],
    ["saddle", "saddle"],
]
FIRST = -1.7  # the coordinate that every race starts from; the other is the slider's
STEEP = 40.0  # curvature across the valley; along it 1
LOST = 1e3  # a coordinate beyond it has diverged
FLOOR, CEILING = 1e-6, 1e4  # of the losses: what lies below is rounding, which no two machines share
RISING = (0.3, 3.0, 20.0, 100.0, 400.0)  # levels of Rosenbrock's contours
TURN = 33  # points round a contour
SHOWN = 30  # points of a curve of losses
LONGEST = 120  # steps
NEAR = 0.005  # less than a pixel: a path that moves less is drawn as standing

_contours: dict[str, list[list[list[float]]]] = {}
_paths: dict[str, tuple[list[object], list[list[float]]]] = {}

CONTROLS = [
    choice("surface", "Surface", SURFACES, "valley", main=True),
    slider("start", "Second coordinate of the start", 1e-6, 1.5, 1.0, step=0.05, scale="log"),
    slider("momentum_rate", "Rate η of momentum 0.9", 1e-4, 1.0, 0.01, step=0.05, scale="log"),
    slider("adagrad_rate", "Rate η of AdaGrad", 1e-3, 10.0, 0.1, step=0.05, scale="log"),
    slider("rmsprop_rate", "Rate η of RMSProp", 1e-3, 10.0, 0.1, step=0.05, scale="log"),
    slider("adam_rate", "Rate η of Adam", 1e-3, 10.0, 0.1, step=0.05, scale="log"),
    slider("steps", "Steps T", 1, LONGEST, 100, step=1, style="integer", plays="up"),
]


def began(surface: str, rates: list[float], start: float = 1.0) -> Json:
    """The values of the controls that start a race."""
    values: Json = dict(zip(RATES, rates))
    values.update({"surface": surface, "start": start, "steps": 100})
    return values


# Of 1, 2 and 5 times the powers of ten, the rate with which each is lowest after 100 steps
PRESETS = [
    ["The valley", began("valley", [0.01, 0.1, 0.1, 0.1])],
    ["The same, turned", began("turned", [0.01, 0.1, 0.1, 0.1])],
    ["Rosenbrock, each at its own rate", began("rosenbrock", [0.001, 2.0, 0.2, 0.5])],
    ["Off the saddle, each at its own rate", began("saddle", [0.1, 0.5, 0.05, 0.2], 1e-6)],
]


def turn(point: list[float]) -> list[float]:
    """The point turned by 45 degrees."""
    a, b = point
    return [(a - b) / math.sqrt(2), (a + b) / math.sqrt(2)]


def surface_of(name: str) -> tuple[descent.Surface, float]:
    """The surface and its least loss."""
    if name == "rosenbrock":
        return descent.rosenbrock(), 0.0
    if name == "saddle":
        return descent.saddle(), -0.25
    return (descent.quadratic([1.0, STEEP]) if name == "valley" else turned_valley()), 0.0


def turned_valley() -> descent.Surface:
    """The valley's loss at the point turned back, multiplied out: L = ½ (1 + λ) / 2 · (a² + b²) + ½ (1 − λ) ab."""
    same, mixed = (1 + STEEP) / 2, (1 - STEEP) / 2
    return descent.Surface(
        lambda point: same * (point[0] ** 2 + point[1] ** 2) / 2 + mixed * point[0] * point[1],
        lambda point: [same * point[0] + mixed * point[1], mixed * point[0] + same * point[1]],
    )


def start_of(name: str, second: float) -> list[float]:
    """The point from which a race on this surface starts."""
    return turn([FIRST, second]) if name == "turned" else [FIRST, second]


def loop(point_at: "Callable[[float], list[float]]", low: float = 0.0, high: float = 2 * math.pi) -> list[list[float]]:
    """A line through the points at evenly spread angles from low to high."""
    return [point_at(low + (high - low) * i / (TURN - 1)) for i in range(TURN)]


def ellipse(level: float) -> list[list[float]]:
    """The line on which the valley's loss is `level`."""
    a, b = math.sqrt(2 * level), math.sqrt(2 * level / STEEP)
    return loop(lambda angle: [a * math.cos(angle), b * math.sin(angle)])


def banana(level: float) -> list[list[list[float]]]:
    """Where Rosenbrock's loss is `level`, as far as the window is wide: a line above the valley's floor, one below."""
    root, (left, right) = math.sqrt(level), window("rosenbrock")[0]
    low, high = max(1 - root, left), min(1 + root, right)

    def point_at(angle: float, side: int) -> list[float]:
        a = (low + high) / 2 - (high - low) / 2 * math.cos(angle)
        return [a, a * a + side * math.sqrt(max(0.0, level - (1 - a) ** 2)) / 10]

    return [loop(lambda angle: point_at(angle, 1), 0.0, math.pi), loop(lambda angle: point_at(angle, -1), 0.0, math.pi)]


def round_the_minima(level: float) -> list[list[list[float]]]:
    """Where the saddle's loss is L = level: with w² = 1 + 4 L, a = ± w / √2 · sin φ and b = ± √(1 + w cos φ)."""
    w = math.sqrt(1 + 4 * level)

    def above(angle: float) -> list[float]:
        return [w / math.sqrt(2) * math.sin(angle), math.sqrt(max(0.0, 1 + w * math.cos(angle)))]

    if w <= 1:  # a loop round each minimum
        upper = loop(above)
        return [upper, [[a, -b] for a, b in upper]]
    end = math.acos(-1 / w)  # one loop round both
    upper = loop(above, -end, end)
    return [upper, [[a, -b] for a, b in upper]]


def contours(name: str) -> list[list[list[float]]]:
    """Lines of equal loss on this surface."""
    if name in ("saddle", "rosenbrock"):
        levels, lines_at = ((-0.2, 0.0, 0.5, 1.5), round_the_minima) if name == "saddle" else (RISING, banana)
        return [line for level in levels for line in lines_at(level)]
    lines = [ellipse(level) for level in (0.1, 0.5, 2.0, 6.0, 16.0)]
    return [[turn(point) for point in line] for line in lines] if name == "turned" else lines


def kept_contours(name: str) -> list[list[list[float]]]:
    """The contours as they are drawn. No control moves them, so they are computed once for each surface."""
    if name not in _contours:
        _contours[name] = [[drawn(point) for point in line] for line in contours(name)]
    return _contours[name]


def window(name: str) -> list[list[float]]:
    """The x and the y range of the paths."""
    return [[-2.4, 2.4], [-1.2, 3.6]] if name == "rosenbrock" else [[-2.4, 2.4], [-2.4, 2.4]]


def optimizers(values: Json) -> list[descent.Optimizer]:
    """A fresh optimizer for each of RUNNERS, in the textbook's form."""
    return [
        descent.SGD(values["momentum_rate"], momentum=0.9),
        descent.AdaGrad(values["adagrad_rate"]),
        descent.RMSProp(values["rmsprop_rate"]),
        descent.Adam(values["adam_rate"]),
    ]


def paths(values: Json) -> list[list[list[float]]]:
    """The path of each runner; one that has diverged is shorter.

    Each is kept, at its longest, until a control that it depends on changes: a slider moves one of four, none or all.
    """
    surface, _ = surface_of(values["surface"])
    start, found = start_of(values["surface"], values["start"]), []
    for runner, optimizer in zip(RUNNERS, optimizers(values)):
        key = [values["surface"], values["start"], optimizer.learning_rate]
        if runner not in _paths or _paths[runner][0] != key:
            _paths[runner] = key, descent.descend(surface.gradient, optimizer, start, LONGEST, limit=LOST)
        found.append(_paths[runner][1][: values["steps"] + 1])
    return found


def drawn(point: list[float]) -> list[float]:
    """The point to a thousandth: a quarter of the digits, and those in which no two machines differ."""
    return [math.floor(1000 * x + 0.5001) / 1000 for x in point]  # .0001 moves it off ties


def trace(path: list[list[float]], ranges: list[list[float]]) -> list[list[float]]:
    """The path as long as it is near the window, so that no line runs to a point a thousand windows away."""
    (left, right), (low, high) = ranges
    left, right, low, high = 2 * left - right, 2 * right - left, 2 * low - high, 2 * high - low
    points, at, up = [], math.inf, math.inf
    for a, b in path:
        if -NEAR < a - at < NEAR and -NEAR < b - up < NEAR:
            continue
        points.append(drawn([a, b]))
        at, up = a, b
        if not (left <= a <= right and low <= b <= high):
            break
    return points if len(points) > 1 else points + points


def thinned(path: list[list[float]], loss: "Callable[[list[float]], float]") -> list[list[float]]:
    """[step, loss] of at most SHOWN + 1 steps, the last one included, within the panel and to three digits."""
    every, last = max(1, -(-len(path) // SHOWN)), len(path) - 1
    steps = list(range(0, last, every)) + [last]
    points = [[step, float(number(min(max(loss(path[step]), FLOOR), CEILING)))] for step in steps]
    return points if last else points + [[1e-9, points[0][1]]]  # a line needs two points


def place(point: list[float]) -> str:
    """The point as text; + 0.0, because what rounds to nothing has no sign."""
    return "(" + ", ".join([fixed(float(fixed(x, 2)) + 0.0, 2) for x in point]) + ")"


def amount(loss: float) -> str:
    """A loss as text."""
    return number(loss) if loss > FLOOR else f"under {number(FLOOR)}"


def compute(values: Json) -> Figure:
    name, steps = values["surface"], values["steps"]
    surface, least = surface_of(name)
    ranges, found = window(name), paths(values)
    above = [curve("", line, "#9c9ca1", width=1) for line in kept_contours(name)]
    below, rows, arrived, diverged = [], [], [], []

    def loss(point: list[float]) -> float:
        return surface.loss(point) - least

    for i, (runner, color, dash, path) in enumerate(zip(RUNNERS, COLORS, DASHES, found)):
        above.append(curve(runner, trace(path, ranges), color, dash=dash))
        above.append(curve("", [drawn(path[-1])], color, width=8, dots=True))  # where it is now
        below.append(curve(runner, thinned(path, loss), color, dash=dash))
        if len(path) <= steps:
            diverged.append(f"{runner} diverged at step {len(path)}")
            rows.append([runner, f"left at step {len(path)}", "diverged"])
        else:
            arrived.append((max(loss(path[-1]), FLOOR), i))
            rows.append([runner, place(path[-1]), amount(arrived[-1][0])])
    arrived.sort()  # below the floor they are level, and keep their order
    words = [f"{RUNNERS[i]} {amount(height)}" for height, i in arrived]
    summary = f"Loss above the least after {steps} steps, best first: {', '.join(words)}. " if words else ""
    summary += "; ".join(diverged) + "." if diverged else "None diverged."
    start = found[0][0]
    marks = [{"x": start[0], "y": start[1], "text": "start"}]
    (x_range, y_range), label = ranges, next(pair[1] for pair in SURFACES if pair[0] == name)
    paths_panel = panel(
        f"Paths: {label}", "parameter θ₁", "parameter θ₂", above, x_range=x_range, y_range=y_range, marks=marks
    )
    loss_panel = panel(
        "Loss", "step t", "loss L above the least", below, x_range=[0, LONGEST], y_scale="log", y_range=[FLOOR, CEILING]
    )
    rates = ", ".join([f"{runner} {number(values[key])}" for runner, key in zip(RUNNERS, RATES)])
    caption = f"After {steps} steps from {place(start)}; rates: {rates}"
    head = ["optimizer", "is at", "loss above the least"]
    table: Table = {"caption": caption, "head": head, "rows": rows}
    return {"summary": summary, "panels": [paths_panel, loss_panel], "table": table}
