"""A schedule of the reader's own on a small noisy problem, eight runs at once, beside three tuned for it."""

import math

from learning_rates import loss_curves, schedules
from learning_rates.explorers import Control, Figure, Json, Panel, Table, choice, curve, number, panel, slider
from learning_rates.explorers.knots import (
    OWN,
    RIVALS,
    handles,
    in_order,
    own_curve,
    place,
    points,
    rival,
    rival_curve,
    rounded,
    run_curve,
    summed_up,
)
from learning_rates.explorers.statistics import interval, mean, quantile
from learning_rates.explorers.take_home import libraries

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeVar

    from learning_rates.explorers.knots import Knot, Row

    T = TypeVar("T")

TITLE = "Design a schedule"
QUESTION = "Can you drag the knots to a schedule that beats the tuned linear decay, on runs that you have not seen?"
RECORD = "design.json"

STEPS = 60
LAST, MIDDLE = STEPS - 1, STEPS // 2
CURVATURES = [10.0, 6.0, 3.6, 2.2, 1.3, 0.77, 0.46, 0.28, 0.17, 0.1]  # λ of each coordinate
NOISES = {"little": 0.03, "some": 0.3, "much": 1.0}  # σ
RUNS, SEEDS = 8, {"seen": 20261122, "first": 31415926, "second": 27182818, "third": 16180339}
QUANTILE = quantile(RUNS, 0.05 / 3)  # three verdicts hold at once
CEILING = 1e4  # a loss beyond it has blown up
LOSSES = {"little": [1e-5, 100], "some": [1e-3, 100], "much": [1e-2, 100]}  # in sight
SHOWN = 3  # steps between two losses that are drawn
EVERY_THIRD = list(range(0, LAST, SHOWN)) + [LAST]
LOW, HIGH = 5e-4, 0.5  # rates in sight
RATES = ["rate_1", "rate_2", "rate_3", "rate_4", "rate_5"]
BETWEEN = ["step_2", "step_3", "step_4"]  # the first rate is that of the first step, the fifth that of the last
MOMENTA = ["momentum_1", "momentum_2", "momentum_3"]
RED = "#e42536"

RUNS_TO_CHOOSE = [["seen", "the 8 to design on"], ["first", "8 fresh ones"]]
RUNS_TO_CHOOSE += [["second", "8 other fresh ones"], ["third", "the last 8 fresh ones"]]

# The last drawn runs, and the last rivals: keeping more would slow MicroPython's garbage collector down
_runs: "dict[str, list[list[tuple[complex, list[list[complex]]]]]]" = {}
_rivals: dict[str, list[Json]] = {}
_own: "dict[str, list[list[float]]]" = {}  # the reader's, while they are played


def rate_slider(index: int, place: str, default: float) -> Control:
    """The rate of a knot, on a logarithmic scale."""
    return slider(f"rate_{index}", f"{place}: rate η", LOW, HIGH, default, step=0.05, scale="log")


def step_slider(index: int, place: str, default: int) -> Control:
    """The step of a knot. The last steps are left for knots that give way."""
    return slider(f"step_{index}", f"{place}: step t", 1, LAST - 3, default, step=1, style="integer")


CONTROLS = [
    choice("noise", "Noise of the gradient", [["little", "little"], ["some", "some"], ["much", "much"]], "some"),
    choice("runs", "Runs", RUNS_TO_CHOOSE, "seen", main=True),
    rate_slider(1, "Start", 0.05),
    rate_slider(5, "End", 0.01),
    rate_slider(2, "Knot A", 0.12),
    step_slider(2, "Knot A", 12),
    rate_slider(3, "Knot B", 0.1),
    step_slider(3, "Knot B", 30),
    rate_slider(4, "Knot C", 0.05),
    step_slider(4, "Knot C", 48),
    slider("momentum_1", "Momentum μ at the start", 0.0, 0.99, 0.5, step=0.01),
    slider("momentum_2", "Momentum μ in the middle", 0.0, 0.99, 0.5, step=0.01),
    slider("momentum_3", "Momentum μ at the end", 0.0, 0.99, 0.5, step=0.01),
    slider("at", "Shown up to step t", 0, STEPS, STEPS, step=SHOWN, style="integer", plays="up"),
]


def rate_knots(values: Json) -> "list[Knot]":
    """The knots of the rate in order."""
    return in_order(values, RATES, BETWEEN, LAST)


def momentum_knots(values: Json) -> "list[Knot]":
    """The knots of the momentum, whose steps stand still."""
    return [(step, rounded(values[name]), None, name) for step, name in zip((0, MIDDLE, LAST), MOMENTA)]


def own(values: Json) -> tuple[schedules.Schedule, schedules.Schedule]:
    """The reader's own rate and momentum."""
    rate = schedules.piecewise(points(rate_knots(values)), shape="exponential")
    return rate, schedules.piecewise(points(momentum_knots(values)))


def drawn_runs(noise: str, runs: str) -> list[list[tuple[complex, list[list[complex]]]]]:
    """For every two runs and each coordinate: the start, and each step's error of the gradient, ± σ √λ.

    Two runs are the real and the imaginary part of one, which nearly halves their time. All schedules meet the same
    errors.
    """
    key = noise + runs
    if key not in _runs:
        _runs.clear()
        draw = minimal_standard(SEEDS[runs])
        sizes = [NOISES[noise] * math.sqrt(curvature) for curvature in CURVATURES]
        _runs[key] = [[coordinate(draw, size) for size in sizes] for _ in range(RUNS // 2)]
    return _runs[key]


def coordinate(draw: "Iterator[int]", size: float) -> tuple[complex, list[list[complex]]]:
    """Two starts, uniform from −√3 to √3, so that their mean square is 1; and the errors, cut by `parts`."""
    start, other = [math.sqrt(3) * (2 * next(draw) / 2147483647 - 1) for _ in range(2)]
    kicks = [complex(a, b) for a, b in zip(signs(draw, size), signs(draw, size))]
    return complex(start, other), parts(kicks)


def parts(steps: "list[T]") -> "list[list[T]]":
    """A list with an entry for each step, cut where a loss is drawn."""
    return [steps[first : first + SHOWN] for first in range(0, STEPS, SHOWN)]


def minimal_standard(seed: int) -> "Iterator[int]":
    """Park and Miller's generator of whole numbers below 2³¹ − 1: MicroPython's `random` gives other numbers."""
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def signs(draw: "Iterator[int]", size: float) -> list[float]:
    """± size at each step; each number drawn gives sixteen signs."""
    found: list[float] = []
    while len(found) < STEPS:
        bits = next(draw) >> 8
        for _ in range(16):
            found.append(size if bits & 1 else -size)
            bits >>= 1
    return found[:STEPS]


def losses(rates: list[float], momenta: list[float], noise: str, runs: str) -> list[list[float]]:
    """The loss ½ Σ λ θ² of every run, at the start and after every SHOWN steps."""
    of_rate, of_momentum = parts(rates), parts(momenta)
    found: list[list[float]] = []
    for coordinates in drawn_runs(noise, runs):
        totals, others = [0.0] * (len(of_rate) + 1), [0.0] * (len(of_rate) + 1)
        for curvature, (start, kicks) in zip(CURVATURES, coordinates):
            for index, x in enumerate(descent(curvature, start, kicks, of_rate, of_momentum)):
                totals[index] += curvature / 2 * x.real * x.real
                others[index] += curvature / 2 * x.imag * x.imag
        found += [totals, others]
    return [[min(loss, CEILING) for loss in path] for path in found]


def descent(
    curvature: float,
    x: complex,
    kicks: list[list[complex]],
    rates: list[list[float]],
    momenta: list[list[float]],
) -> list[complex]:
    """The path of one coordinate, which depends on no other, under Keras's SGD: v ← μ v − η g, θ ← θ + v.

    It is written out, because calling an optimizer at every step would take the page several times as long.
    """
    v, path = 0j, [x]
    for part in zip(rates, momenta, kicks):
        for rate, momentum, kick in zip(*part):
            v = momentum * v - rate * (curvature * x + kick)
            x += v
        path.append(x)
    return path


def own_losses(rates: list[float], momenta: list[float], noise: str, runs: str) -> list[list[float]]:
    """The losses of the reader's runs; kept while nothing but what is shown of them changes."""
    key = noise + runs + repr(rates) + repr(momenta)
    if key not in _own:
        _own.clear()
        _own[key] = losses(rates, momenta, noise, runs)
    return _own[key]


def rivals(noise: str, runs: str, record: Json) -> list[Json]:
    """Each rival's schedules, its runs, and their mean; kept until other runs are chosen."""
    key = noise + runs
    if key not in _rivals:
        _rivals.clear()
        found = []
        for name in RIVALS:
            tuned = record["tuned"][noise][name]
            rate, momentum = rival(name, tuned["rate"], tuned["momentum"], STEPS)
            paths = losses(rate.values(), momentum.values(), noise, runs)
            found.append({"name": name, "rate": rate, "momentum": momentum, "paths": paths, "mean": average(paths)})
        _rivals[key] = found
    return _rivals[key]


def middle(ends: "Sequence[float]") -> float:
    """The geometric mean, in which twice a loss and half of it weigh the same."""
    return math.exp(mean([math.log(end) for end in ends]))


def ratio(ends: list[float], others: list[float]) -> tuple[float, float, float]:
    """Ours over theirs, run by run: the geometric mean, and the ends of its interval."""
    log, half = interval([math.log(a / b) for a, b in zip(ends, others)], QUANTILE)
    return math.exp(log), math.exp(log - half), math.exp(log + half)


def verdict(low: float, high: float) -> str:
    """What an interval of the ratio says of ours."""
    return "ahead" if high < 1 else "behind" if low > 1 else "can't tell"


def judged(ends: list[float], found: list[Json]) -> "list[Row]":
    """A row for each rival."""
    rows = []
    for each in found:
        others = [path[-1] for path in each["paths"]]
        times, low, high = ratio(ends, others)
        against = f"{number(times)} ({number(low)} to {number(high)})"
        if max(ends) == CEILING:  # how far beyond it, nobody knows
            against = f"over {number(times)}"
        rows.append((middle(others), each["name"], against, verdict(low, high)))
    return rows


def amount(loss: float) -> str:
    """A loss in words."""
    return number(loss) if loss < CEILING else f"over {number(CEILING)}"


def summarize(paths: list[list[float]], rows: "list[Row]", values: Json, above: int) -> str:
    """What became of the reader's schedule, in words; its rate is above the wall at so many steps."""
    loss = middle([path[-1] for path in paths])
    where = "On the runs you design on" if values["runs"] == "seen" else "On fresh runs"
    against = next(row[2] for row in rows if row[1] == "linear decay")
    end = f"{where}, your schedule ends at a loss of {amount(loss)}, {place(loss, rows)} of four: "
    more = []
    if max([max(path) for path in paths]) == CEILING:
        more.append(f"On the way the loss went over {number(CEILING)}, from where a network would not come back.")
    elif above:
        more.append(f"In {above} of {STEPS} steps its rate is above the wall.")
    return summed_up(f"{end}{against} times linear decay's.", rows, more, [values[at] for at in BETWEEN])


def bound(rates: list[float]) -> str:
    """The convex bound of a rate's shape, at its own best peak and for D = G = 1; it knows of no momentum."""
    return number(2 * math.sqrt(loss_curves.convex_bound(rates, G=0) * loss_curves.convex_bound(rates, D=0)))


def ranked(loss: float, rows: "list[Row]", bounds: dict[str, str]) -> Table:
    """The table, best first."""
    shown = [(loss, [OWN, amount(loss), "", "", bounds[OWN]])]
    for theirs, name, against, word in rows:
        shown.append((theirs, [f"{name}, tuned", amount(theirs), against, word, bounds[name]]))
    shown.sort(key=lambda row: row[0])
    caption = (
        f"Loss after {STEPS} steps, best first; the convex bound is of the rate's shape alone, at its own best peak"
    )
    head = ["schedule", "loss", "yours ÷ its", "yours is", "convex bound"]
    return {"caption": caption, "head": head, "rows": [row for _, row in shown]}


def wall(momentum: float) -> float:
    """The rate beyond which the steepest coordinate swings ever wider, if rate and momentum stay as they are."""
    return 2 * (1 + momentum) / CURVATURES[0]


def sampled(schedule: schedules.Schedule) -> list[list[float]]:
    """The points of a schedule. One that falls to 0 leaves a logarithmic panel through its floor."""
    return [[step, max(schedule(step), LOW / 2)] for step in EVERY_THIRD]


def over_steps(path: list[float]) -> list[list[float]]:
    """The losses of a run as points."""
    return [[SHOWN * index, loss] for index, loss in enumerate(path)]


def average(paths: list[list[float]]) -> list[list[float]]:
    """The geometric mean of the runs as points."""
    return over_steps([middle(at) for at in zip(*paths)])


def rate_panel(knots: "list[Knot]", walls: list[float], found: list[Json], rule: "int | None") -> Panel:
    """The reader's rate with its handles, the wall, the rivals' rates, and the step that is shown."""
    curves = [curve("wall", [[step, walls[step]] for step in EVERY_THIRD], RED, dash="1,3", width=1.5)]
    curves += [rival_curve(each["name"], sampled(each["rate"])) for each in found]
    curves.append(own_curve([list(point) for point in points(knots)]))
    return panel(
        "Learning rate",
        "step t",
        "learning rate η",
        curves,
        y_scale="log",
        x_range=[0, LAST],
        y_range=[LOW, HIGH],
        rule=rule,
        handles=handles(knots),
    )


def momentum_panel(knots: "list[Knot]", found: list[Json], rule: "int | None") -> Panel:
    """The reader's momentum with its handles, the rivals' momenta, and the step that is shown."""
    curves = [rival_curve(each["name"], sampled(each["momentum"])) for each in found]
    curves.append(own_curve([list(point) for point in points(knots)]))
    ranges: Json = {"x_range": [0, LAST], "y_range": [0, 1]}
    return panel("Momentum", "step t", "momentum μ", curves, rule=rule, handles=handles(knots), **ranges)


def loss_panel(paths: list[list[float]], found: list[Json], y_range: list[float]) -> Panel:
    """The reader's runs as far as they are shown, their mean, and the rivals' means."""
    curves = [run_curve(over_steps(path)) for path in paths]
    curves += [rival_curve(each["name"], each["mean"]) for each in found]
    curves.append(own_curve(average(paths)))
    return panel("Loss", "step t", "loss L", curves, y_scale="log", x_range=[0, STEPS], y_range=y_range)


def compute(values: Json, record: Json) -> Figure:
    noise, runs = values["noise"], values["runs"]
    of_rate, of_momentum = rate_knots(values), momentum_knots(values)
    rate, momentum = own(values)
    rates, momenta = rate.values(), momentum.values()
    found, paths = rivals(noise, runs, record), own_losses(rates, momenta, noise, runs)
    ends, walls = [path[-1] for path in paths], [wall(momentum) for momentum in momenta]
    rows = judged(ends, found)
    bounds = {each["name"]: bound(each["rate"].values()) for each in found}
    bounds[OWN] = bound(rates)
    above = len([1 for rate, highest in zip(rates, walls) if rate > highest])
    come, rule = values["at"] // SHOWN + 1, None if values["at"] == STEPS else values["at"]
    panels = [
        rate_panel(of_rate, walls, found, rule),
        loss_panel([path[:come] for path in paths], found, LOSSES[noise]),
        momentum_panel(of_momentum, found, rule),
    ]
    return {
        "summary": summarize(paths, rows, values, above),
        "panels": panels,
        "table": ranked(middle(ends), rows, bounds),
        "code": libraries(rate, momentum),
    }
