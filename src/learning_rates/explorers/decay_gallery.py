"""Recorded runs of thirteen recipes at one budget: the rate, what accuracy did under it, and the difference of two."""

from learning_rates import schedules
from learning_rates.explorers import Curve, Figure, Json, Panel, Table, choice, curve, fixed, number, panel, slider
from learning_rates.explorers.statistics import interval, mean, median, quantile, signed
from learning_rates.explorers.take_home import libraries

TITLE = "A gallery of decays"
QUESTION = "At step 300 the exponential decay leads the linear one. Where is it overtaken, and what does it lose?"
RECORD = "decay_gallery.json"

# In the order of the record: MicroPython's dicts forget theirs.
ARMS = [
    "constant",
    "step decay",
    "exponential",
    "linear decay",
    "linear, by epoch",
    "polynomial, power 2",
    "cosine",
    "cosine restarts",
    "warm-up + linear",
    "inverse square root",
    "warm-up, stable, decay",
    "average of the last quarter",
    "average of the last half",
]
# As in `plots.STYLES`, to which the tests hold them, and else as in the chapter. Relatives share a colour.
GREY, INK = "#9c9ca1", "#333333"
COLORS = {
    "constant": GREY,
    "step decay": "#7a21dd",
    "exponential": "#e42536",
    "linear decay": "#f89c20",
    "linear, by epoch": "#f89c20",
    "polynomial, power 2": "#f89c20",
    "cosine": "#5790fc",
    "cosine restarts": "#5790fc",
    "warm-up + linear": "#964a8b",
    "inverse square root": "#7a21dd",
    "warm-up, stable, decay": "#5790fc",
    "average of the last quarter": GREY,
    "average of the last half": GREY,
}
QUANTILE = quantile(16, 0.05 / 14)  # of 16 seeds, as in the chapter, whose 14 intervals hold at once
OF_EIGHT = quantile(8)  # of the runs that are drawn
STEPS = sorted(set(range(0, 600, 20)).union([99, 199, 299, 399, 449, 450, 499, 599]))  # a curve's points
METRICS = [["accuracy", "accuracy"], ["loss", "loss"]]

CONTROLS = [
    choice("arm", "Recipe", [[name, name] for name in ARMS], "linear decay", main=True),
    choice("other", "Compare with", [[name, name] for name in ARMS], "exponential", main=True),
    choice("metric", "Show", METRICS, "accuracy"),
    slider("at", "Read at step", 20, 600, 300, step=20, style="integer", plays="up"),
    slider("seeds", "Single runs shown", 0, 8, 0, step=1, style="integer"),
    choice("axis", "Rate axis", [["linear", "linear"], ["log", "logarithmic"]], "linear"),
]


def gained(arm: Json, other: Json) -> str:
    """By how many points an arm leads on the whole test set, in words."""
    if arm["name"] == other["name"]:
        return "the same"
    middle, half = interval([a - b for a, b in zip(arm["final"], other["final"])], QUANTILE)
    points = fixed(0, 2) if abs(middle) < 0.005 else signed(middle, 2)  # a value that rounds to 0 has no sign
    return f"{points} ± {fixed(half, 2)}"


def rate_points(arm: Json, axis: str) -> list[list[float]]:
    """[step, rate] of an arm at the STEPS; what a logarithmic axis cannot show is left out."""
    rate = schedules.from_config(arm["rate"])
    points = [[step, rate(step)] for step in STEPS]
    return points if axis == "linear" else [point for point in points if point[1] > 1e-7]


def nearest(steps: list[int], step: int) -> int:
    """The index of the check that is nearest to `step`; checks are evenly spread."""
    return max(0, min(len(steps), int(step / steps[0] + 0.5)) - 1)


def lines(record: Json, arm: Json, values: Json, color: str, dash: str) -> list[Curve]:
    """A thick line through the medians of an arm's runs, and a thin one for each run that is to be shown."""
    steps, rows = record["steps"], arm[values["metric"]]
    middle = [[step, median(row)] for step, row in zip(steps, rows)]
    drawn = [curve(arm["name"], middle, color, dash=dash, width=3)]
    for seed in range(values["seeds"]):
        points = [[step, row[seed]] for step, row in zip(steps, rows)]
        drawn.append(curve("", points, color, dash=dash, width=0.7))
    return drawn


def lead(record: Json, arm: Json, other: Json, values: Json, here: int) -> Panel:
    """How far the one is above the other at each check: the mean over the runs of the same seed, and its interval."""
    found = []
    for step, ours, theirs in zip(record["steps"], arm[values["metric"]], other[values["metric"]]):
        found.append([step, interval([a - b for a, b in zip(ours, theirs)], OF_EIGHT)])
    drawn = [curve("", [[0, 0], [600, 0]], GREY, width=1)]
    if arm["name"] != other["name"]:
        for sign in (-1, 1):
            edge = [[step, middle + sign * half] for step, (middle, half) in found]
            drawn.append(curve("" if sign < 0 else "95 % interval of 8 runs", edge, INK, dash="2,3", width=1))
        drawn.append(curve("difference", [[step, middle] for step, (middle, _) in found], INK, width=3))
    accuracy = values["metric"] == "accuracy"
    return panel(
        f"{arm['name']} − {other['name']}",
        "step t",
        "points" if accuracy else "loss",
        drawn,
        x_range=[0, 600],
        y_range=[-6, 6] if accuracy else [-0.2, 0.2],
        rule=here,
        pointer={"control": "at", "scale": 1},
    )


def compute(values: Json, record: Json) -> Figure:
    arm = record["arms"][ARMS.index(values["arm"])]
    other = record["arms"][ARMS.index(values["other"])]
    both = [(arm, COLORS[arm["name"]], ""), (other, COLORS[other["name"]], "8,4")]
    metric = values["metric"]
    rates = [curve(one["name"], rate_points(one, values["axis"]), color, dash=dash) for one, color, dash in both]
    below = []
    for one, color, dash in both:
        below += lines(record, one, values, color, dash)
    place = nearest(record["steps"], values["at"])
    here, reads, beside = record["steps"][place], median(arm[metric][place]), median(other[metric][place])
    x_range: list[float] = [0, 600]
    pointer = {"control": "at", "scale": 1}
    label = "Accuracy, median of 8 runs" if metric == "accuracy" else "Loss, median of 8 runs"
    panels = [
        panel(
            "Learning rate",
            "step t",
            "learning rate η",
            rates,
            y_scale=values["axis"],
            x_range=x_range,
            rule=here,
            pointer=pointer,
        ),
        panel(
            label,
            "step t",
            "accuracy, %" if metric == "accuracy" else "loss",
            below,
            x_range=x_range,
            y_range=[66, 86] if metric == "accuracy" else [0.4, 1.0],
            marks=[{"x": here, "y": reads, "text": ""}],  # the words have the value: written here it would hide the gap
            rule=here,
            pointer=pointer,
        ),
        lead(record, arm, other, values, here),
    ]
    unit = " %" if metric == "accuracy" else ""
    ahead = reads - beside if metric == "accuracy" else beside - reads
    leads = "level with" if abs(ahead) < 1e-9 else "ahead of" if ahead > 0 else "behind"
    at_the_end = "the two are the same."
    if arm["name"] != other["name"]:
        at_the_end = (
            f"{arm['name']} − {other['name']} is {gained(arm, other)} points (16 seeds, an interval as wide as "
            "the chapter's for 14 questions)."
        )
    summary = (
        f"After {here} steps {arm['name']} has a median {metric} of {number(reads, 4)}{unit}, {leads} {other['name']} "
        f"with {number(beside, 4)}{unit}, on 2,000 tuning images. At the end, on the whole test set, {at_the_end}"
    )
    rows = [
        [
            one["name"],
            number(one["max_lr"]),
            fixed(median(one["accuracy"][place]), 1),
            fixed(mean(one["final"]), 2),
            gained(one, other),
        ]
        for one in record["arms"]
    ]
    table: Table = {
        "caption": "Every recipe at its own tuned peak; accuracies in %: along the way on 2,000 tuning images, "
        "which are easier, at the end on the test set",
        "head": ["recipe", "peak", f"after {here} steps", "at the end", "minus " + other["name"] + ", points"],
        "rows": rows,
    }
    code = libraries(schedules.from_config(arm["rate"]), schedules.constant(0.9, 600))
    return {"summary": summary, "panels": panels, "table": table, "code": code}
