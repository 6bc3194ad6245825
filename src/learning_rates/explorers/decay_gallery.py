"""Recorded runs of thirteen recipes at one budget: the rate, what accuracy did under it, and the difference of two."""

from learning_rates import schedules
from learning_rates.explorers import choice, curve, fixed, number, panel, slider

TITLE = "A gallery of decays"
QUESTION = "At step 300 the exponential decay leads the linear one. Where is it overtaken, and what does it lose?"
RECORD = "decay_gallery.json"

# In the order of the record: MicroPython's dicts forget theirs.
NAMES = [
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
CHOSEN, OTHER = "#5790fc", "#f89c20"
# Student's t with 15 degrees of freedom (16 seeds) at 1 − 0.025/14: as wide as in the chapter, for its 14 questions.
T_15 = 3.4501
STEPS = sorted(set(range(0, 600, 20)).union([99, 199, 299, 399, 449, 450, 499, 599]))  # a curve's, jumps included
METRICS = [["accuracy", "accuracy"], ["loss", "loss"]]

CONTROLS = [
    choice("arm", "Recipe", [[name, name] for name in NAMES], "linear decay"),
    choice("other", "Compare with", [[name, name] for name in NAMES], "exponential"),
    choice("metric", "Below, show", METRICS, "accuracy"),
    slider("at", "Read at step", 20, 600, 300, step=20, style="integer"),
    slider("seeds", "Single runs shown", 0, 8, 0, step=1, style="integer"),
    choice("axis", "Rate axis", [["linear", "linear"], ["log", "logarithmic"]], "linear"),
]


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interval(differences):
    """Mean and half the width of the t-interval over the 16 seeds, 14 of which hold at once with 95 %."""
    mean = sum(differences) / len(differences)
    variance = sum([(value - mean) ** 2 for value in differences]) / (len(differences) - 1)
    return mean, T_15 * (variance / len(differences)) ** 0.5


def gained(arm, other):
    """Points by which an arm is ahead on the whole test set, in words."""
    if arm["name"] == other["name"]:
        return "the same"
    mean, half = interval([a - b for a, b in zip(arm["final"], other["final"])])
    return f"{signed(mean)} ± {fixed(half, 2)}"


def signed(value):
    digits = fixed(abs(value), 2)
    return digits if float(digits) == 0 else ("+" if value > 0 else "−") + digits


def rate_points(arm, axis):
    """Every twentieth step, and the steps before each jump; what a logarithmic axis cannot show is left out."""
    rate = schedules.from_config(arm["rate"])
    points = [[step, rate(step)] for step in STEPS]
    return points if axis == "linear" else [point for point in points if point[1] > 1e-7]


def medians(steps, rows):
    return [[step, median(row)] for step, row in zip(steps, rows)]


def nearest(steps, step):
    """Where in the looks, which are evenly spread, is the one nearest to `step`."""
    return max(0, min(len(steps), int(step / steps[0] + 0.5)) - 1)


def lines(record, arm, values, color, dash):
    steps, rows = record["steps"], arm[values["metric"]]
    drawn = [curve(arm["name"], medians(steps, rows), color, dash=dash, width=3)]
    for seed in range(values["seeds"]):
        points = [[step, row[seed]] for step, row in zip(steps, rows)]
        drawn.append(curve("", points, color, dash=dash, width=0.7))
    return drawn


def compute(values, record):
    arm = record["arms"][NAMES.index(values["arm"])]
    other = record["arms"][NAMES.index(values["other"])]
    both = [(arm, CHOSEN, ""), (other, OTHER, "8,4")]
    metric = values["metric"]
    rates = [curve(one["name"], rate_points(one, values["axis"]), color, dash=dash) for one, color, dash in both]
    below = []
    for one, color, dash in both:
        below = below + lines(record, one, values, color, dash)
    place = nearest(record["steps"], values["at"])
    here, reads, beside = record["steps"][place], median(arm[metric][place]), median(other[metric][place])
    shared = {"x_range": [0, 600], "rule": here, "pointer": {"control": "at", "scale": 1}}
    label = "Accuracy, median of 8 runs" if metric == "accuracy" else "Loss, median of 8 runs"
    panels = [
        panel("Learning rate", "step t", "learning rate η", rates, y_scale=values["axis"], **shared),
        panel(
            label,
            "step t",
            "accuracy, %" if metric == "accuracy" else "loss",
            below,
            y_range=[66, 86] if metric == "accuracy" else [0.4, 1.0],
            marks=[{"x": here, "y": reads, "text": f"{number(reads, 4)}"}],
            **shared,
        ),
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
            fixed(sum(one["final"]) / len(one["final"]), 2),
            gained(one, other),
        ]
        for one in record["arms"]
    ]
    table = {
        "caption": "Every recipe at its own tuned peak; accuracies in %: along the way on 2,000 tuning images, "
        "which are easier, at the end on the test set",
        "head": ["recipe", "peak", f"after {here} steps", "at the end", "minus " + other["name"] + ", points"],
        "rows": rows,
    }
    return {"summary": summary, "panels": panels, "table": table}
