"""An atlas of recorded runs: rate × batch size × seed, every run over the same number of samples."""

import math

from learning_rates.explorers import choice, curve, fixed, number, panel, slider

TITLE = "An atlas of learning rates"
QUESTION = "Which rate ends lowest with the smallest batch, and what becomes of it with the largest?"
RECORD = "rate_atlas.json"

CHOSEN, OTHER, GREY = "#5790fc", "#e42536", "#9c9ca1"
BATCH_LOOKS = [["#964a8b", "8,4"], ["#f89c20", "2,3"], ["#333333", ""], ["#7a21dd", "8,3,2,3"]]
BATCHES = ["2000", "500", "100", "20"]
SEEDS = [["1 to 8", "all eight"], ["1 to 3", "the first three"]]
SEEDS += [[str(seed), "seed " + str(seed) + " alone"] for seed in range(1, 9)]
QUANTILES = {8: 2.365, 3: 4.303}  # of Student's t at 97.5 %, with one degree less
LOWEST, HIGHEST = 0.0, 3.0  # losses drawn
DOUBLE = math.log10(2)

CONTROLS = [
    slider("rate", "Learning rate η", 0.005, 1.28, 0.04, step=DOUBLE, scale="log"),
    choice("batch", "Batch size B", [[each, each] for each in BATCHES], "100"),
    slider("compare", "Compare with η", 0.005, 1.28, 0.16, step=DOUBLE, scale="log"),
    choice("seeds", "Seeds", SEEDS, "1 to 8"),
    choice("axis", "Axis", [["samples", "samples seen"], ["steps", "steps t"]], "samples"),
]


def nearest(rates, rate):
    """The place of the recorded rate that is nearest in log η."""
    return min(range(len(rates)), key=lambda i: abs(math.log(rates[i] / rate)))


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def middle_curve(losses):
    """The median over the runs at each point that all of them reached."""
    return [median([run[point] for run in losses]) for point in range(min([len(run) for run in losses]))]


def seen(entry, seeds):
    """An entry of the record with these of its seeds, of which the first is 1: "1 to 3", "2"."""
    first, last = int(seeds[0]), int(seeds[-1])
    return {key: entry[key][first - 1 : last] for key in ("losses", "stopped", "accuracy")}


def stopped(entry):
    return [step for step in entry["stopped"] if step >= 0]


def final(entry):
    """Median loss of the last point, or None when half of the runs or more have stopped."""
    if 2 * len(stopped(entry)) >= len(entry["stopped"]):
        return None
    return median([run[-1] for run, step in zip(entry["losses"], entry["stopped"]) if step < 0])


def fate(entry):
    """What became of the runs, in words."""
    ended = stopped(entry)
    if ended:
        return f"has {len(ended)} of {len(entry['stopped'])} runs explode, the first at step {min(ended)}"
    last = [run[-1] for run in entry["losses"]]
    if len(last) == 1:
        return f"ends at a loss of {number(last[0])}"
    return f"ends at a loss of {number(median(last))} (median; {number(min(last))} to {number(max(last))})"


def signed(value):
    """Three digits after the point, and a plus."""
    return ("+" if value >= 0 else "") + fixed(value, 3)


def difference(entry, other, names):
    """The paired difference of the last losses with its 95 % interval, in words; names says of what."""
    count = len(entry["stopped"])
    if stopped(entry) or stopped(other):
        return "With a run that exploded there is no difference to take."
    pairs = [a[-1] - b[-1] for a, b in zip(entry["losses"], other["losses"])]
    mean = sum(pairs) / count
    if count == 1:
        return f"The difference, {names}, is {signed(mean)} on this seed: one seed has no interval."
    half = QUANTILES[count] * math.sqrt(sum([(each - mean) ** 2 for each in pairs]) / (count - 1) / count)
    verdict = "the seeds can't tell them apart" if abs(mean) <= half else "the interval leaves out zero"
    return f"The paired difference, {names}, is {signed(mean)} ± {fixed(half, 3)} over {count} seeds: {verdict}."


def lines(entry, label, color, dash, scale):
    """A thin line a run, and a thick one for their median."""
    drawn = []
    if len(entry["losses"]) > 1:
        for run in entry["losses"]:
            if run:
                drawn.append(curve("", [[(i + 1) * scale, loss] for i, loss in enumerate(run)], color, width=0.6))
    points = [[(i + 1) * scale, loss] for i, loss in enumerate(middle_curve(entry["losses"]))]
    if points:
        drawn.append(curve(label, points, color, dash=dash, width=3))
    return drawn


def sums_of(record, seeds):
    """Of every batch size, where its runs end at each rate, and its row of the table: the same at most settings."""
    if seeds not in _sums:
        made = record["made"]
        rows = [[seen(entry, seeds) for entry in row] for row in record["runs"]]
        _sums[seeds] = [sum_of(made, size, row) for size, row in zip(made["batches"], rows)]
    return _sums[seeds]


_sums = {}


def sum_of(made, size, entries):
    ends = [[rate, final(entry)] for rate, entry in zip(made["rates"], entries)]
    points = [point for point in ends if point[1] is not None]
    best = min(points, key=lambda point: point[1])
    scores = entries[made["rates"].index(best[0])]["accuracy"]
    right = fixed(100 * sum(scores) / len(scores), 1) + " %"
    return points, [f"{size}", f"{made['samples'] // size}", number(best[0]), number(best[1]), right]


def compute(values, record):
    made, runs = record["made"], record["runs"]
    rates, batches, seeds = made["rates"], made["batches"], values["seeds"]
    row = BATCHES.index(values["batch"])
    batch, chosen, other = batches[row], nearest(rates, values["rate"]), nearest(rates, values["compare"])
    steps, sample = made["samples"] // batch, made["samples a point"]
    scale = sample if values["axis"] == "samples" else sample / batch
    entry, against = seen(runs[row][chosen], seeds), seen(runs[row][other], seeds)
    rate, rival = number(rates[chosen]), number(rates[other])

    curves = lines(against, f"η = {rival}", OTHER, "6,3", scale) if other != chosen else []
    above = panel(
        f"Batch {batch}, {steps} steps",
        "samples seen" if values["axis"] == "samples" else "step t",
        "training loss",
        curves + lines(entry, f"η = {rate}", CHOSEN, "", scale),
        x_range=[0, scale * made["points"]],
        y_range=[LOWEST, HIGHEST],
    )

    sums, rows = [], []
    for i, (points, row_of_table) in enumerate(sums_of(record, seeds)):
        color, dash = BATCH_LOOKS[i]
        sums.append(curve(f"B = {batches[i]}", points, color, dash=dash, width=4 if i == row else 1.5, dots=True))
        rows.append(row_of_table)
    end = final(entry)
    marks = [] if end is None else [{"x": rates[chosen], "y": end, "text": f"η = {rate}"}]
    below = panel(
        "Where the runs end",
        "learning rate η",
        "last training loss",
        sums,
        x_scale="log",
        y_range=[LOWEST, HIGHEST],
        marks=marks,
        rule=rates[chosen],
        pointer={"control": "rate", "scale": 1},
    )

    summary = f"Batch {batch}: {steps} steps see {made['samples']} samples. η = {rate} {fate(entry)}"
    names = f"η = {rate} minus η = {rival}"
    summary += f"; η = {rival} {fate(against)}. {difference(entry, against, names)}" if other != chosen else "."
    table = {"caption": "The best recorded rate of every batch size, by median last loss", "rows": rows}
    table["head"] = ["batch B", "steps", "best η", "last loss", "mean test accuracy"]
    return {"summary": summary, "panels": [above, below], "table": table}
