"""Gradient descent on one parabola: one number, ηλ, decides between creeping, arriving, swinging and flying apart."""

from learning_rates import descent
from learning_rates.explorers import Figure, Json, Table, curve, number, panel, slider

TITLE = "One parabola, one number"
QUESTION = "At which ηλ does one step arrive, at which does the loss stop falling, and does the start matter?"

SPAN = 3.0  # the axes stand still, from −3 to 3
TOP = 13.0  # and from 0 to above the highest start
FLOOR = 1e-12  # a logarithm has no 0
FAR = 1e4  # the descent is drawn no further
SLOW = 0.1  # below, a step covers less than a tenth of the way
POINTS = 61
LONGEST = 40  # steps

CONTROLS = [
    slider("rate", "Learning rate η", 0.01, 1.2, 0.9, step=0.01, main=True),
    slider("eigenvalue", "Curvature λ", 0.5, 4.0, 2.0, step=0.05),
    slider("start", "Start θ₀", -2.5, 2.5, -2.0, step=0.05),
    slider("steps", "Steps", 1, LONGEST, 12, step=1, style="integer", plays="up"),
]


def judge(product: float, start: float, steps: int) -> str:
    """What descent does at this ηλ, in words."""
    if start == 0:
        return "stands still: the start is the minimum, where the gradient is 0"
    if abs(product - 2) < 1e-9:
        return "swings for ever: ηλ = 2 turns θ into −θ at every step"
    if product > 2:
        return f"diverges: ηλ = {number(product)} > 2, each step makes the distance {number(product - 1)} times as long"
    if abs(product - 1) < 1e-9:
        return "arrives in one step: ηλ = 1"
    if product > 1:
        kept = f"each step keeps {number(product - 1)} of the distance"
        return f"swings and converges: 1 < ηλ = {number(product)} < 2, {kept}"
    left = number(100 * (1 - product) ** steps)
    if product < SLOW:
        return f"is too small: ηλ = {number(product)}, and {left} % of the distance is left after {steps} steps"
    return f"converges from one side: ηλ = {number(product)} < 1, each step keeps {number(1 - product)} of the distance"


def descended(values: Json) -> tuple[descent.Surface, list[float]]:
    """The parabola, and the points of a descent into it."""
    surface = descent.quadratic([values["eigenvalue"]])
    optimizer = descent.SGD(values["rate"])
    path = descent.descend(surface.gradient, optimizer, [values["start"]], values["steps"], limit=FAR)
    return surface, [point[0] for point in path]


def compute(values: Json) -> Figure:
    rate, eigenvalue, steps = values["rate"], values["eigenvalue"], values["steps"]
    surface, path = descended(values)
    losses = [surface.loss([x]) for x in path]
    grid = [-SPAN + 2 * SPAN * i / (POINTS - 1) for i in range(POINTS)]
    bowl = curve("loss L = ½λθ²", [[x, surface.loss([x])] for x in grid], "#9c9ca1")
    walk = curve("descent", [[x, loss] for x, loss in zip(path, losses)], "#5790fc", dots=True)
    above = panel(
        "The parabola",
        "parameter θ",
        "loss L",
        [bowl, walk],
        x_range=[-SPAN, SPAN],
        y_range=[0.0, TOP],
        marks=[{"x": path[-1], "y": losses[-1], "text": f"step {len(path) - 1}"}] if losses[-1] <= TOP else [],
        handles=[{"x": path[0], "y": losses[0], "controls": ["start", None]}],
    )
    factor = descent.contraction(rate, eigenvalue)
    shrunk = [[step, max(losses[0] * factor ** (2 * step), FLOOR)] for step in range(LONGEST + 1)]
    seen = [[step, max(loss, FLOOR)] for step, loss in enumerate(losses)]
    below = panel(
        "The loss",
        "step t",
        "loss L",
        [
            curve("predicted: times (1 − ηλ)² a step", shrunk, "#333333", dash="2,7", width=3),
            curve("descent", seen, "#5790fc", dots=True),
        ],
        y_scale="log",
        x_range=[0.0, float(LONGEST)],
        y_range=[1e-8, 1e4],
    )
    words = judge(rate * eigenvalue, path[0], steps)
    limit = descent.greatest_rate(eigenvalue)
    ending = f"At step {len(path) - 1} the loss is {number(losses[-1])}, at the start it was {number(losses[0])}."
    summary = f"Descent {words}. {ending} The limit here is η = 2/λ = {number(limit)}."
    rows = [[str(step), number(path[step]), number(losses[step])] for step in range(min(len(path), 6))]
    table: Table = {"caption": "The first steps", "head": ["step t", "θ", "loss"], "rows": rows}
    return {"summary": summary, "panels": [above, below], "table": table}
