"""A schedule of the reader's own on a small noisy problem, eight runs at once, beside three tuned for it."""

import math

from learning_rates import schedules
from learning_rates.explorers import choice, curve, number, panel, slider

TITLE = "Design a schedule"
QUESTION = "Can you drag the knots to a schedule that beats the tuned linear decay, on runs that you have not seen?"
RECORD = "design.json"

STEPS = 100
LAST, MIDDLE = STEPS - 1, STEPS // 2
CURVATURES = [10.0, 6.6, 4.3, 2.8, 1.9, 1.2, 0.81, 0.53, 0.35, 0.23, 0.15, 0.1]  # λ of each coordinate
NOISES = {"none": 0.0, "some": 0.3, "much": 1.0}  # σ
RUNS, SEEDS = 8, {"seen": 20261122, "fresh": 11222026}
QUANTILE = 3.128  # of Student's t for 7 degrees of freedom and three verdicts at once: 1 − 0.05 / 6
FLOOR, CEILING = 1e-9, 1e4  # of the losses that are drawn and compared
SHOWN = 5  # every so many steps a loss is drawn
LOW, HIGH = 5e-4, 0.5  # rates in sight
RATES = ["rate_1", "rate_2", "rate_3", "rate_4", "rate_5"]
BETWEEN = ["step_2", "step_3", "step_4"]  # the first knot stands at the first step, the fifth at the last
MOMENTA = ["momentum_1", "momentum_2", "momentum_3"]
OWN = "yours"
RIVALS = ["constant", "linear decay", "one-cycle"]
STYLES = {"constant": ["#f89c20", "2,3"], "linear decay": ["#e42536", "8,4"], "one-cycle": ["#964a8b", "8,3,2,3"]}
BLUE, GREY = "#5790fc", "#9c9ca1"
PLACES = ["first", "second", "third", "last"]

_runs, _rivals = {}, {}


def rate_slider(index, place, default):
    return slider(f"rate_{index}", f"{place}: rate η", LOW, HIGH, default, step=0.05, scale="log")


def step_slider(index, place, default):
    """Between its neighbours there is always a step left."""
    low, high = index - 1, LAST - 5 + index
    return slider(f"step_{index}", f"{place}: step t", low, high, default, step=1, style="integer")


CONTROLS = [
    choice("noise", "Noise of the gradient", [["none", "none"], ["some", "some"], ["much", "much"]], "some"),
    choice("runs", "Runs", [["seen", "the 8 to design on"], ["fresh", "8 fresh ones, to judge on"]], "seen"),
    rate_slider(1, "Start", 0.005),
    rate_slider(5, "End", 0.01),
    rate_slider(2, "Knot A", 0.05),
    step_slider(2, "Knot A", 20),
    rate_slider(3, "Knot B", 0.02),
    step_slider(3, "Knot B", 50),
    rate_slider(4, "Knot C", 0.02),
    step_slider(4, "Knot C", 80),
    slider("momentum_1", "Momentum μ at the start", 0.0, 0.99, 0.9, step=0.01),
    slider("momentum_2", "Momentum μ in the middle", 0.0, 0.99, 0.9, step=0.01),
    slider("momentum_3", "Momentum μ at the end", 0.0, 0.99, 0.9, step=0.01),
]


# ------------------------------------------------------------------------------------------------------- schedules
def in_order(values):
    """With each knot after the one before it: a knot that meets the next pushes it on."""
    values, earliest = dict(values), 1
    for name in BETWEEN:
        values[name] = max(values[name], earliest)
        earliest = values[name] + 1
    return values


def rounded(value):
    """As it is printed, so that the Python that is copied makes the very schedule that is drawn."""
    return float(number(value))


def knots(values):
    """[step, value] of the rate's knots and of the momentum's."""
    steps = [0] + [values[name] for name in BETWEEN] + [LAST]
    rates = [[step, rounded(values[name])] for step, name in zip(steps, RATES)]
    return rates, [[step, rounded(values[name])] for step, name in zip((0, MIDDLE, LAST), MOMENTA)]


def own(values):
    rates, momenta = knots(values)
    return schedules.piecewise(rates, shape="exponential"), schedules.piecewise(momenta)


def rival(name, rate):
    """Its rate and its momentum, two schedules; of the three only the one-cycle moves both."""
    if name == "one-cycle":
        return schedules.one_cycle(rate, STEPS), schedules.one_cycle_momentum(STEPS)
    shape = schedules.constant if name == "constant" else schedules.polynomial_decay
    return shape(rate, STEPS), schedules.constant(0.9, STEPS)


# --------------------------------------------------------------------------------------------------------- problem
def drawn_runs(noise, runs):
    """For every two runs, of each coordinate the start, and by how much each step's gradient is off, ± σ √λ.

    Two runs go as the real and the imaginary part of one, which nearly halves their time. All schedules meet the same.
    """
    key = noise + runs
    if key not in _runs:
        draw = minimal_standard(SEEDS[runs])
        sizes = [NOISES[noise] * math.sqrt(curvature) for curvature in CURVATURES]
        _runs[key] = [[coordinate(draw, size) for size in sizes] for _ in range(RUNS // 2)]
    return _runs[key]


def coordinate(draw, size):
    """Two starts, from −√3 to √3, so that their mean square is 1; and the kicks, in the parts of `parts`."""
    start, other = [math.sqrt(3) * (2 * next(draw) / 2147483647 - 1) for _ in range(2)]
    kicks = [complex(a, b) for a, b in zip(signs(draw, size), signs(draw, size))]
    return complex(start, other), parts(kicks)


def parts(steps):
    """A list cut where a loss is drawn."""
    return [steps[first : first + SHOWN] for first in range(0, STEPS, SHOWN)]


def minimal_standard(seed):
    """Park and Miller's generator of whole numbers below 2³¹ − 1: MicroPython's `random` gives other ones."""
    state = seed
    while True:
        state = state * 16807 % 2147483647
        yield state


def signs(draw, size):
    """± size at each step, sixteen to a number drawn."""
    found = []
    while len(found) < STEPS:
        bits = next(draw) >> 8
        for _ in range(16):
            found.append(size if bits & 1 else -size)
            bits >>= 1
    return found[:STEPS]


def losses(rates, momenta, noise, runs):
    """The loss ½ Σ λ θ² of every run, at the start and after every SHOWN steps."""
    rates, momenta, found = parts(rates), parts(momenta), []
    for coordinates in drawn_runs(noise, runs):
        totals, others = [0.0] * (len(rates) + 1), [0.0] * (len(rates) + 1)
        for curvature, (start, kicks) in zip(CURVATURES, coordinates):
            for index, x in enumerate(descent(curvature, start, kicks, rates, momenta)):
                totals[index] += curvature / 2 * x.real * x.real
                others[index] += curvature / 2 * x.imag * x.imag
        found += [totals, others]
    return [[min(max(loss, FLOOR), CEILING) for loss in path] for path in found]


def descent(curvature, x, kicks, rates, momenta):
    """A coordinate's path under SGD as Keras does it: v ← μ v − η g, θ ← θ + v. None touches another."""
    v, path = 0j, [x]
    for part in zip(rates, momenta, kicks):
        for rate, momentum, kick in zip(*part):
            v = momentum * v - rate * (curvature * x + kick)
            x += v
        path.append(x)
    return path


def rivals(noise, runs, record):
    """The three, each run once."""
    key = noise + runs
    if key not in _rivals:
        found = []
        for name in RIVALS:
            rate, momentum = rival(name, record["tuned"][noise][name]["rate"])
            paths = losses(rate.values(), momentum.values(), noise, runs)
            found.append({"name": name, "rate": rate, "momentum": momentum, "paths": paths, "mean": average(paths)})
        _rivals[key] = found
    return _rivals[key]


# -------------------------------------------------------------------------------------------------------- verdicts
def middle(ends):
    """Geometric mean: twice the loss weighs as much as half of it."""
    return math.exp(sum([math.log(end) for end in ends]) / len(ends))


def ratio(ends, others):
    """Ours over theirs, run by run: the geometric mean, and the ends of its interval."""
    logs = [math.log(a / b) for a, b in zip(ends, others)]
    mean = sum(logs) / RUNS
    deviation = math.sqrt(sum([(log - mean) ** 2 for log in logs]) / (RUNS - 1))
    half = QUANTILE * deviation / math.sqrt(RUNS)
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def verdict(low, high):
    return "ahead of" if high < 1 else "behind" if low > 1 else "undecided against"


def judged(ends, found):
    """Of each rival [loss, name, ratio, low, high, verdict]."""
    rows = []
    for each in found:
        others = [path[-1] for path in each["paths"]]
        mean, low, high = ratio(ends, others)
        rows.append([middle(others), each["name"], mean, low, high, verdict(low, high)])
    return rows


def listed(names):
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)


def summarize(loss, rows, values, above):
    place = PLACES[len([row for row in rows if row[0] < loss])]
    where = "On the runs you design on" if values["runs"] == "seen" else "On fresh runs"
    words = [f"{where}, your schedule ends at a loss of {number(loss)}, {place} of four."]
    for word in ("ahead of", "undecided against", "behind"):
        names = [row[1] for row in rows if row[5] == word]
        if names:
            words.append(f"It is {word} {listed(names)}.")
    if above:
        words.append(f"In {above} of {STEPS} steps its rate is above the wall 2(1 + μ)/λ.")
    return " ".join(words)


def ranked(loss, rows):
    """The table, best first."""
    shown = [[loss, [OWN, number(loss), "", ""]]]
    for theirs, name, mean, low, high, word in rows:
        interval = f"{number(mean)} ({number(low)} to {number(high)})"
        shown.append([theirs, [f"{name}, tuned", number(theirs), interval, word]])
    shown.sort(key=lambda row: row[0])
    head = ["schedule", "loss", "yours ÷ its", "yours is"]
    return {"caption": f"Loss after {STEPS} steps, best first", "head": head, "rows": [row for _, row in shown]}


# ---------------------------------------------------------------------------------------------------------- figure
def wall(momentum):
    """The rate beyond which the steepest coordinate swings ever wider, were rate and momentum to stay."""
    return 2 * (1 + momentum) / CURVATURES[0]


def sampled(schedule):
    """Its values at every fifth step and the last; what falls to 0 leaves a logarithmic panel through its floor."""
    return [[step, max(schedule(step), LOW / 2)] for step in list(range(0, LAST, SHOWN)) + [LAST]]


def over_steps(path):
    return [[SHOWN * index, loss] for index, loss in enumerate(path)]


def average(paths):
    return over_steps([middle(at) for at in zip(*paths)])


def handles(points, names, steps):
    """A knob on each knot, with the names of the controls of its step and its value."""
    return [{"x": x, "y": y, "controls": [step, name]} for (x, y), name, step in zip(points, names, steps)]


def styled(name, points):
    color, dash = STYLES[name]
    return curve(name, points, color, dash=dash, width=1.5)


def rate_panel(points, walls, found):
    curves = [curve("wall", [[step, walls[step]] for step in (0, MIDDLE, LAST)], GREY, dash="1,3", width=1.5)]
    curves += [styled(each["name"], sampled(each["rate"])) for each in found]
    curves.append(curve(OWN, points, BLUE, width=4))
    held = handles(points, RATES, [None] + BETWEEN + [None])
    ranges = {"x_range": [0, LAST], "y_range": [LOW, HIGH]}
    return panel("Learning rate", "step t", "learning rate η", curves, y_scale="log", handles=held, **ranges)


def momentum_panel(points, found):
    curves = [styled(each["name"], sampled(each["momentum"])) for each in found if each["name"] == "one-cycle"]
    curves.append(curve(OWN, points, BLUE, width=4))
    held = handles(points, MOMENTA, [None, None, None])
    return panel("Momentum", "step t", "momentum μ", curves, x_range=[0, LAST], y_range=[0, 1], handles=held)


def loss_panel(paths, found):
    curves = [curve("", over_steps(path), BLUE, width=0.75) for path in paths]
    curves += [styled(each["name"], each["mean"]) for each in found]
    curves.append(curve(OWN, average(paths), BLUE, width=4))
    return panel("Loss", "step t", "loss L", curves, y_scale="log")


def python(rates, momenta):
    """What makes this schedule, to be copied."""
    lines = ["from learning_rates import SGD, schedules", ""]
    for name, points, shape in (("rate", rates, ', shape="exponential"'), ("momentum", momenta, "")):
        pairs = ", ".join([f"({step}, {number(value)})" for step, value in points])
        lines.append(f"{name} = schedules.piecewise([{pairs}]{shape})")
    return "\n".join(lines + ["optimizer = SGD(learning_rate=rate, momentum=momentum)"])


def compute(values, record):
    values = in_order(values)
    found, (rate_points, momentum_points) = rivals(values["noise"], values["runs"], record), knots(values)
    rates, momenta = [schedule.values() for schedule in own(values)]
    walls = [wall(momentum) for momentum in momenta]
    paths = losses(rates, momenta, values["noise"], values["runs"])
    ends = [path[-1] for path in paths]
    rows, loss = judged(ends, found), middle(ends)
    above = len([1 for rate, highest in zip(rates, walls) if rate > highest])
    panels = [rate_panel(rate_points, walls, found), loss_panel(paths, found), momentum_panel(momentum_points, found)]
    return {
        "values": values,
        "summary": summarize(loss, rows, values, above),
        "panels": panels,
        "table": ranked(loss, rows),
        "code": python(rate_points, momentum_points),
    }
