"""A network that trains under the reader's own schedule, eight seeds at once, beside three that were tuned for it.

The networks themselves are trained by who draws the figure: the page by its own compiled step, a kernel by NumPy. Both
read the rate and the momentum of each step from the tables that are made here.
"""

from learning_rates import schedules
from learning_rates.explorers import (
    Control,
    Curve,
    Figure,
    Json,
    Panel,
    Table,
    choice,
    fixed,
    number,
    panel,
    slider,
)
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
    run_curve,
    summed_up,
)
from learning_rates.explorers.statistics import interval, mean, quantile, signed
from learning_rates.explorers.take_home import libraries

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    from learning_rates.explorers.knots import Knot, Row

TITLE = "Train a network"
QUESTION = "Can you draw a rate that trains the network better than the tuned schedules do?"
RECORD = "train.json"

STEPS, EVERY = 300, 20  # in all; from one point of a curve to the next
LAST = STEPS - 1
RUNS = 8
SETS = ["seen", "first", "second", "third"]
SEEDS = {name: [20261130 + 100000007 * k + 1000003 * i for i in range(RUNS)] for k, name in enumerate(SETS)}
QUANTILE = quantile(RUNS, 0.05 / 3)  # three verdicts hold at once
CEILING = 10.0  # a loss beyond it, or one that is no number, counts as this much
LOSSES = [0.4, 1.4]  # in sight
HIGH = 0.5  # the highest rate
RATES = ["rate_1", "rate_2", "rate_3", "rate_4", "rate_5"]
BETWEEN = ["step_2", "step_3", "step_4"]
MOMENTA = ["momentum_1", "momentum_2", "momentum_3"]

RUNS_TO_CHOOSE = [["seen", "8 to tune on"], ["first", "8 fresh ones, fresh images"]]
RUNS_TO_CHOOSE += [["second", "8 other fresh ones, fresh images"], ["third", "the last 8 fresh ones, fresh images"]]


def rate_slider(index: int, place: str, default: float) -> Control:
    """The rate of a knot."""
    return slider(f"rate_{index}", f"{place}: rate η", 0, HIGH, default, step=0.005)


def step_slider(name: str, place: str, default: int) -> Control:
    """The step of a knot. The last steps are left for knots that give way."""
    return slider(name, f"{place}: step t", 1, LAST - 3, default, step=1, style="integer")


def momentum_slider(index: int, place: str) -> Control:
    """The momentum of a knot."""
    return slider(f"momentum_{index}", f"Momentum μ {place}", 0.0, 0.99, 0.9, step=0.01)


CONTROLS = [
    choice("runs", "Networks", RUNS_TO_CHOOSE, "seen", main=True),
    rate_slider(1, "Start", 0.05),
    rate_slider(5, "End", 0.02),
    rate_slider(2, "Knot A", 0.15),
    step_slider("step_2", "Knot A", 60),
    rate_slider(3, "Knot B", 0.12),
    step_slider("step_3", "Knot B", 150),
    rate_slider(4, "Knot C", 0.08),
    step_slider("step_4", "Knot C", 225),
    momentum_slider(1, "at the start"),
    momentum_slider(2, "in the middle"),
    step_slider("momentum_step", "Momentum", 150),
    momentum_slider(3, "at the end"),
    slider("at", "Shown up to step t", 0, STEPS, STEPS, step=EVERY, style="integer", plays="up"),
]


def drawn(rates: list[float], steps: list[int], momenta: "list[float] | None" = None, middle: int = 150) -> Json:
    """The values of the controls that draw this schedule."""
    values: Json = dict(zip(RATES, rates))
    values.update(zip(BETWEEN, steps))
    values.update(zip(MOMENTA, momenta or [0.9, 0.9, 0.9]))
    values["momentum_step"] = middle
    return values


# What the book opens with: the rate to draw, and what becomes of the networks
COMPACT = {
    "title": "Draw a learning rate, and eight networks learn under it",
    "question": "Drag the knots. Can you end lower than three schedules that were tuned for this?",
    "controls": RATES + BETWEEN,
    "panels": 2,
}
CYCLED = [0.95, 0.85, 0.95]
PRESETS = [
    ["Constant (chapter 2)", drawn([0.075, 0.075, 0.075, 0.075, 0.075], [75, 150, 225])],
    ["Range test (5)", drawn([0.0, 0.125, 0.25, 0.375, 0.5], [75, 150, 225])],
    ["Linear decay (6)", drawn([0.15, 0.11, 0.075, 0.04, 0.0], [80, 150, 219])],
    ["Warm-up, stable, decay (6)", drawn([0.0, 0.12, 0.12, 0.12, 0.0], [30, 130, 230])],
    ["Triangles (7)", drawn([0.01, 0.15, 0.01, 0.15, 0.01], [75, 150, 225])],
    ["One-cycle (8)", drawn([0.005, 0.15, 0.1, 0.05, 0.0], [90, 160, 229], CYCLED, 90)],
    ["An unfinished cycle", drawn([0.005, 0.1, 0.2, 0.18, 0.155], [90, 180, 240], CYCLED, 180)],
    ["An explosion", drawn([0.05, 0.05, 0.5, 0.5, 0.5], [100, 130, 220], [0.95, 0.95, 0.95])],
]


def rate_knots(values: Json) -> "list[Knot]":
    """The knots of the rate in order."""
    return in_order(values, RATES, BETWEEN, LAST)


def momentum_knots(values: Json) -> "list[Knot]":
    """The knots of the momentum in order."""
    return in_order(values, MOMENTA, ["momentum_step"], LAST)


def own(values: Json) -> tuple[schedules.Schedule, schedules.Schedule]:
    """The reader's own rate and momentum."""
    return schedules.piecewise(points(rate_knots(values))), schedules.piecewise(points(momentum_knots(values)))


def images_of(runs: str) -> str:
    """Which images judge these runs."""
    return "seen" if runs == "seen" else "fresh"


def ceiled(loss: "float | None") -> float:
    """A loss that can be drawn and averaged."""
    return CEILING if loss is None or not loss < CEILING else loss


def step_of(paths: list[list[float]]) -> int:
    """The step that all runs have reached."""
    return min(max(min([len(path) for path in paths]) - 1, 0) * EVERY, STEPS)


def over_steps(path: list[float]) -> list[list[float]]:
    """The losses of a run as points."""
    return [[min(EVERY * index, STEPS), loss] for index, loss in enumerate(path)]


def average(paths: list[list[float]]) -> list[list[float]]:
    """The mean of the runs as points, as far as all have come."""
    return over_steps([mean(list(at)) for at in zip(*paths)])


def judged(ends: list[float], record: Json, runs: str) -> "list[Row]":
    """A row for each rival: its mean loss, its name, yours − its with the interval, the verdict."""
    rows = []
    for name in RIVALS:
        theirs = record["runs"][runs][name]
        middle, half = interval([a - b for a, b in zip(ends, theirs["ends"])], QUANTILE)
        against = f"{signed(middle, 3)} ({signed(middle - half, 3)} to {signed(middle + half, 3)})"
        word = "ahead" if middle + half < 0 else "behind" if middle - half > 0 else "can't tell"
        rows.append((mean(theirs["ends"]), name, against, word))
    return rows


def percent(share: float) -> str:
    """A share in words."""
    return f"{fixed(100 * share, 1)}\u00a0%"  # the sign stays with its number


def summarize(ends: list[float], accuracy: float, rows: "list[Row]", values: Json) -> str:
    """What became of the reader's networks, in words."""
    loss = mean(ends)
    where = "On the images you tune on" if values["runs"] == "seen" else "On fresh images and fresh seeds"
    end = f"{where}, your schedule ends at a mean loss of {fixed(loss, 3)}, {percent(accuracy)} right: "
    lost = len([1 for end in ends if end == CEILING])
    more = [f"{lost} of {RUNS} networks exploded, and count as a loss of {number(CEILING)}."] if lost else []
    return summed_up(f"{end}{place(loss, rows)} of four.", rows, more, [values[at] for at in BETWEEN])


def ranked(mine: "tuple[float, float] | None", rows: "list[Row]", accuracies: dict[str, float]) -> Table:
    """The table, best first; yours stands on top while it trains."""
    loss, accuracy = mine or (0.0, 0.0)
    shown = [(loss, [OWN, fixed(loss, 3) if mine else "…", percent(accuracy) if mine else "…", "", ""])]
    for theirs, name, against, word in rows:
        more = [against, word] if mine else ["…", "…"]
        shown.append((theirs, [f"{name}, tuned", fixed(theirs, 3), percent(accuracies[name])] + more))
    shown.sort(key=lambda row: row[0])
    caption = f"Test loss after {STEPS} steps, the mean of {RUNS} networks, best first; differences run by run"
    head = ["schedule", "loss", "right", "yours − its", "yours is"]
    return {"caption": caption, "head": head, "rows": [row for _, row in shown]}


def sampled(schedule: schedules.Schedule) -> list[list[float]]:
    """The points of a rival's schedule."""
    return [[step, schedule(step)] for step in list(range(0, LAST, 10)) + [LAST]]


def schedule_panel(
    knots: "list[Knot]", rivals: list[Curve], label: str, symbol: str, high: float, rule: "int | None"
) -> Panel:
    """The reader's rate or momentum with its handles, the rivals', and where the training is."""
    return panel(
        label,
        "step t",
        f"{label.lower()} {symbol}",
        rivals + [own_curve([list(point) for point in points(knots)])],
        x_range=[0, LAST],
        y_range=[0, high],
        rule=rule,
        handles=handles(knots),
    )


def loss_panel(paths: list[list[float]], record: Json, runs: str) -> Panel:
    """The reader's networks, their mean, and the rivals' means."""
    curves = [run_curve(over_steps(path)) for path in paths if path]
    curves += [rival_curve(name, over_steps(record["runs"][runs][name]["losses"])) for name in RIVALS]
    if all(paths) and paths:
        curves.append(own_curve(average(paths)))
    return panel("Test loss", "step t", "test loss L", curves, x_range=[0, STEPS], y_range=LOSSES)


def rivals_at(record: Json, which: int) -> list[Curve]:
    """The rivals' rates, or their momenta."""
    found = []
    for name in RIVALS:
        tuned = record["tuned"][name]
        pair = rival(name, tuned["peak"], tuned["momentum"], STEPS)
        found.append(rival_curve(name, sampled(pair[which])))
    return found


def python(rates: list[tuple[int, float]], momenta: list[tuple[int, float]], runs: str) -> str:
    """The Python that trains these very networks in Keras, to be copied."""
    knots = [", ".join([f"({step}, {number(value)})" for step, value in through]) for through in (rates, momenta)]
    return f"""import keras
from learning_rates import SGD, schedules, small_network

rate = schedules.piecewise([{knots[0]}])
momentum = schedules.piecewise([{knots[1]}])
x, y = small_network.load("train")
x_test, y_test = small_network.load("{images_of(runs)}")

for seed in {SEEDS[runs]}:
    weights, order = small_network.begin(seed, rate.total_steps)
    network = keras.Sequential([keras.Input((196,)), keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)])
    network.set_weights(weights)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    network.compile(SGD(learning_rate=rate, momentum=momentum), loss, metrics=["accuracy"])
    network.fit(x[order.ravel()], y[order.ravel()], batch_size=order.shape[1], shuffle=False, verbose=0)
    print(seed, network.evaluate(x_test, y_test, verbose=0))"""


_drawn: dict[str, list[Curve]] = {}  # the rivals' curves, which no control moves


def compute(values: Json, record: Json, runs: "Json | None" = None) -> Figure:
    if not _drawn:
        _drawn["rate"], _drawn["momentum"] = rivals_at(record, 0), rivals_at(record, 1)
    of_rate, of_momentum = rate_knots(values), momentum_knots(values)
    rate, momentum = own(values)
    paths = [[ceiled(loss) for loss in path] for path in runs["losses"]] if runs else []
    step = step_of(paths) if paths else 0
    finished = step == STEPS
    shown_to = min(step, values["at"]) if finished else step  # what trains is seen training, wherever the slider stands
    ends = [path[-1] for path in paths] if finished else [0.0] * RUNS
    accuracy = mean([path[-1] for path in runs["accuracies"]]) if runs and finished else 0.0
    rows = judged(ends, record, values["runs"])
    accuracies = {name: mean(record["runs"][values["runs"]][name]["accuracies"]) for name in RIVALS}
    training = f"{RUNS} networks train under your schedule: step {step} of {STEPS}."
    rule = None if shown_to == STEPS or not runs else shown_to
    come = [path[: shown_to // EVERY + 1] for path in paths] if finished else paths
    shown: Figure = {
        "summary": summarize(ends, accuracy, rows, values) if finished else training,
        "panels": [
            schedule_panel(of_rate, _drawn["rate"], "Learning rate", "η", HIGH, rule),
            loss_panel(come, record, values["runs"]),
            schedule_panel(of_momentum, _drawn["momentum"], "Momentum", "μ", 1, rule),
        ],
        "table": ranked((mean(ends), accuracy) if finished else None, rows, accuracies),
        "code": [["Keras", python(points(of_rate), points(of_momentum), values["runs"])]]
        + libraries(rate, momentum)[1:],
    }
    if not runs:
        shown["training"] = {
            "rates": rate.values(),
            "momenta": momentum.values(),
            "seeds": SEEDS[values["runs"]],
            "images": images_of(values["runs"]),
        }
    return shown
