"""Four optimizers on four surfaces, each at its own rate: paths over contours, and the loss along them."""

import math

from learning_rates import descent
from learning_rates.explorers import choice, curve, number, panel, slider

TITLE = "A race on four surfaces"
QUESTION = "Turn the valley by 45 degrees: whose path only turns with it, and who loses ground?"

RUNNERS = ["SGD, momentum 0.9", "AdaGrad", "RMSProp", "Adam"]
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
FLOOR, CEILING = 1e-8, 1e4  # of the panel of losses
RISING = (0.3, 3.0, 20.0, 100.0, 400.0)  # levels of Rosenbrock's contours
TURN = 33  # points round a contour
SHOWN = 30  # points of a curve of losses

_contours = {}

CONTROLS = [
    choice("surface", "Surface", SURFACES, "valley"),
    slider("start", "Second coordinate of the start", 1e-6, 1.5, 1.0, step=0.05, scale="log"),
    slider("momentum_rate", "Rate η of SGD", 1e-4, 1.0, 0.01, step=0.05, scale="log"),
    slider("squares_rate", "Rate η of AdaGrad, RMSProp", 1e-3, 10.0, 0.1, step=0.05, scale="log"),
    slider("adam_rate", "Rate η of Adam", 1e-3, 10.0, 0.1, step=0.05, scale="log"),
    slider("steps", "Steps T", 10, 120, 100, step=1, style="integer"),
]


# -------------------------------------------------------------------------------------------------------- surfaces
def turn(point):
    """By 45 degrees; `back` undoes it."""
    a, b = point
    return [(a - b) / math.sqrt(2), (a + b) / math.sqrt(2)]


def back(point):
    a, b = point
    return [(a + b) / math.sqrt(2), (b - a) / math.sqrt(2)]


def surface_of(name):
    """The surface and its least loss."""
    if name == "rosenbrock":
        return descent.rosenbrock(), 0.0
    if name == "saddle":
        return descent.saddle(), -0.25
    valley = descent.quadratic([1.0, STEEP])
    if name == "valley":
        return valley, 0.0
    return descent.Surface(lambda p: valley.loss(back(p)), lambda p: turn(valley.gradient(back(p)))), 0.0


def start_of(name, second):
    return turn([FIRST, second]) if name == "turned" else [FIRST, second]


def loop(point_at, low=0.0, high=2 * math.pi):
    return [point_at(low + (high - low) * i / (TURN - 1)) for i in range(TURN)]


def ellipse(level):
    """Where the valley's loss is that."""
    a, b = math.sqrt(2 * level), math.sqrt(2 * level / STEEP)
    return loop(lambda angle: [a * math.cos(angle), b * math.sin(angle)])


def banana(level):
    """Where Rosenbrock's loss is that, as far as the window is wide: one line above the valley's floor, one below."""
    root, (left, right) = math.sqrt(level), window("rosenbrock")[0]
    low, high = max(1 - root, left), min(1 + root, right)

    def point_at(angle, side):
        a = (low + high) / 2 - (high - low) / 2 * math.cos(angle)
        return [a, a * a + side * math.sqrt(max(0.0, level - (1 - a) ** 2)) / 10]

    return [loop(lambda angle: point_at(angle, 1), 0.0, math.pi), loop(lambda angle: point_at(angle, -1), 0.0, math.pi)]


def round_the_minima(level):
    """Where the saddle's loss is that: with w² = 1 + 4 L, a = ± w / √2 · sin φ and b = ± √(1 + w cos φ)."""
    w = math.sqrt(1 + 4 * level)

    def above(angle):
        return [w / math.sqrt(2) * math.sin(angle), math.sqrt(max(0.0, 1 + w * math.cos(angle)))]

    if w <= 1:  # a loop round each minimum
        upper = loop(above)
        return [upper, [[a, -b] for a, b in upper]]
    end = math.acos(-1 / w)  # one loop round both
    upper = loop(above, -end, end)
    return [upper, [[a, -b] for a, b in upper]]


def contours(name):
    if name in ("saddle", "rosenbrock"):
        levels, lines_at = ((-0.2, 0.0, 0.5, 1.5), round_the_minima) if name == "saddle" else (RISING, banana)
        return [line for level in levels for line in lines_at(level)]
    lines = [ellipse(level) for level in (0.1, 0.5, 2.0, 6.0, 16.0)]
    return [[turn(point) for point in line] for line in lines] if name == "turned" else lines


def kept_contours(name):
    """They stand still, so each surface's are computed once."""
    if name not in _contours:
        _contours[name] = contours(name)
    return _contours[name]


def window(name):
    """x and y range of the paths."""
    return [[-2.4, 2.4], [-1.2, 3.6]] if name == "rosenbrock" else [[-2.4, 2.4], [-2.4, 2.4]]


# ------------------------------------------------------------------------------------------------------------ race
def optimizers(values):
    """A fresh one each, in the order of RUNNERS, in the textbook's forms."""
    squares = values["squares_rate"]
    return [
        descent.SGD(values["momentum_rate"], momentum=0.9),
        descent.AdaGrad(squares),
        descent.RMSProp(squares),
        descent.Adam(values["adam_rate"]),
    ]


def paths(values):
    """The path of each; one that has diverged is shorter."""
    surface, _ = surface_of(values["surface"])
    start = start_of(values["surface"], values["start"])
    return [descent.descend(surface.gradient, each, start, values["steps"], limit=LOST) for each in optimizers(values)]


def trace(path, ranges):
    """The path as far as it is near the window, so that no line runs to a point a thousand windows away."""
    (left, right), (low, high) = ranges
    points = []
    for a, b in path:
        points.append([a, b])
        if not (2 * left - right <= a <= 2 * right - left and 2 * low - high <= b <= 2 * high - low):
            break
    return points if len(points) > 1 else points + points


def thinned(path, loss):
    """Its loss at most SHOWN + 1 times, at the last step too, within the panel."""
    every, last = max(1, -(-len(path) // SHOWN)), len(path) - 1
    steps = list(range(0, last, every)) + [last] if last else [0, 1e-9]
    return [[step, min(max(loss(path[int(step)]), FLOOR), CEILING)] for step in steps]


def place(point):
    return f"({point[0]:.2f}, {point[1]:.2f})"


def compute(values):
    name, steps = values["surface"], values["steps"]
    surface, least = surface_of(name)
    ranges, found = window(name), paths(values)
    above = [curve("", line, "#9c9ca1", width=1) for line in kept_contours(name)]
    below, rows, arrived, diverged = [], [], [], []

    def loss(point):
        return surface.loss(point) - least

    for runner, color, dash, path in zip(RUNNERS, COLORS, DASHES, found):
        above.append(curve(runner, trace(path, ranges), color, dash=dash))
        below.append(curve(runner, thinned(path, loss), color, dash=dash))
        if len(path) <= steps:
            diverged.append(f"{runner} diverged at step {len(path)}")
            rows.append([runner, f"left at step {len(path)}", "diverged"])
        else:
            arrived.append([loss(path[-1]), runner])
            rows.append([runner, place(path[-1]), f"{arrived[-1][0]:.1e}"])
    arrived.sort()
    words = [f"{runner} {loss:.1e}" for loss, runner in arrived]
    summary = f"Loss above the least after {steps} steps, best first: {', '.join(words)}. " if words else ""
    summary += "; ".join(diverged) + "." if diverged else "None diverged."
    start = found[0][0]
    marks = [{"x": start[0], "y": start[1], "text": "start"}]
    (x_range, y_range), label = ranges, next(pair[1] for pair in SURFACES if pair[0] == name)
    paths_panel = panel(
        f"Paths: {label}", "parameter θ₁", "parameter θ₂", above, x_range=x_range, y_range=y_range, marks=marks
    )
    loss_panel = panel(
        "Loss", "step t", "loss L above the least", below, x_range=[0, 120], y_scale="log", y_range=[FLOOR, CEILING]
    )
    rates = f"momentum {number(values['momentum_rate'])}, AdaGrad and RMSProp {number(values['squares_rate'])}"
    caption = f"After {steps} steps from {place(start)}; rates: {rates}, Adam {number(values['adam_rate'])}"
    table = {"caption": caption, "head": ["optimizer", "is at", "loss above the least"], "rows": rows}
    return {"summary": summary, "panels": [paths_panel, loss_panel], "table": table}
