"""An atlas of recorded runs: rate × batch size × seed, every run over the same number of samples."""

import math

from learning_rates.explorers import Curve, Figure, Json, Table, choice, curve, fixed, number, panel, slider
from learning_rates.explorers.statistics import interval, mean, median, quantile, signed

TITLE = "An atlas of learning rates"
QUESTION = "Which rate ends lowest with the smallest batch, and what becomes of it with the largest?"
RECORD = "rate_atlas.json"

CHOSEN, OTHER, GREY = "#5790fc", "#e42536", "#9c9ca1"
BATCH_LOOKS = [["#964a8b", "8,4"], ["#f89c20", "2,3"], ["#333333", ""], ["#7a21dd", "8,3,2,3"]]
BATCHES = ["2000", "500", "100", "20"]
SEEDS = [["1 to 8", "all eight"], ["1 to 3", "the first three"]]
SEEDS += [[str(seed), "seed " + str(seed) + " alone"] for seed in range(1, 9)]
LOWEST, HIGHEST = 0.0, 3.0  # losses drawn
DOUBLE = math.log10(2)

_sums: "dict[str, list[tuple[list[list[float]], list[str]]]]" = {}

CONTROLS = [
    slider("rate", "Learning rate η", 0.005, 1.28, 0.04, step=DOUBLE, scale="log", plays="up"),
    choice("batch", "Batch size B", [[each, each] for each in BATCHES], "100", main=True),
    slider("compare", "Compare with η", 0.005, 1.28, 0.16, step=DOUBLE, scale="log"),
    choice("seeds", "Seeds", SEEDS, "1 to 8"),
    choice("axis", "Axis", [["samples", "samples seen"], ["steps", "steps t"]], "samples"),
]


def nearest(rates: list[float], rate: float) -> int:
    """The index of the recorded rate that is nearest in log η."""
    return min(range(len(rates)), key=lambda i: abs(math.log(rates[i] / rate)))


def middle_curve(losses: list[list[float]]) -> list[float]:
    """The median over the runs at each point that all of them reached."""
    return [median([run[point] for run in losses]) for point in range(min([len(run) for run in losses]))]


def seen(entry: Json, seeds: str) -> Json:
    """An entry of the record with these seeds alone, which count from 1: "1 to 3", "2"."""
    first, last = int(seeds[0]), int(seeds[-1])
    return {key: entry[key][first - 1 : last] for key in ("losses", "stopped", "accuracy")}


def stopped(entry: Json) -> list[int]:
    """The steps at which runs exploded."""
    return [step for step in entry["stopped"] if step >= 0]


def final(entry: Json) -> float | None:
    """The median of the last losses, or None where half of the runs or more have exploded."""
    if 2 * len(stopped(entry)) >= len(entry["stopped"]):
        return None
    return median([run[-1] for run, step in zip(entry["losses"], entry["stopped"]) if step < 0])


def fate(entry: Json) -> str:
    """What became of the runs, in words."""
    ended = stopped(entry)
    if ended:
        return f"has {len(ended)} of {len(entry['stopped'])} runs explode, the first at step {min(ended)}"
    last = [run[-1] for run in entry["losses"]]
    if len(last) == 1:
        return f"ends at a loss of {number(last[0])}"
    return f"ends at a loss of {number(median(last))} (median; {number(min(last))} to {number(max(last))})"


def difference(entry: Json, other: Json, names: str) -> str:
    """The paired difference of the last losses with its 95 % interval, in words; `names` says which difference."""
    count = len(entry["stopped"])
    if stopped(entry) or stopped(other):
        return "With a run that exploded there is no difference to take."
    pairs = [a[-1] - b[-1] for a, b in zip(entry["losses"], other["losses"])]
    if count == 1:
        return f"The difference, {names}, is {signed(pairs[0], 3, '-')} on this seed: one seed has no interval."
    middle, half = interval(pairs, quantile(count))
    shown = f"{signed(middle, 3, '-')} ± {fixed(half, 3)}"
    verdict = "the seeds can't tell them apart" if abs(middle) <= half else "the interval leaves out zero"
    return f"The paired difference, {names}, is {shown} over {count} seeds: {verdict}."


def lines(entry: Json, label: str, color: str, dash: str, scale: float) -> list[Curve]:
    """A thin line for each run, and a thick one for their median."""
    drawn = []
    if len(entry["losses"]) > 1:
        for run in entry["losses"]:
            if run:
                drawn.append(curve("", [[(i + 1) * scale, loss] for i, loss in enumerate(run)], color, width=0.6))
    points = [[(i + 1) * scale, loss] for i, loss in enumerate(middle_curve(entry["losses"]))]
    if points:
        drawn.append(curve(label, points, color, dash=dash, width=3))
    return drawn


def sums_of(record: Json, seeds: str) -> list[tuple[list[list[float]], list[str]]]:
    """What `sum_of` gives for each batch size. Kept, because it depends on no control but the seeds."""
    if seeds not in _sums:
        made = record["made"]
        rows = [[seen(entry, seeds) for entry in row] for row in record["runs"]]
        _sums[seeds] = [sum_of(made, size, row) for size, row in zip(made["batches"], rows)]
    return _sums[seeds]


def sum_of(made: Json, size: int, entries: list[Json]) -> tuple[list[list[float]], list[str]]:
    """For a batch size the points [rate, last loss] of its rates, and its row of the table."""
    ends = [(rate, final(entry)) for rate, entry in zip(made["rates"], entries)]
    points = [[rate, end] for rate, end in ends if end is not None]
    best = min(points, key=lambda point: point[1])
    scores = entries[made["rates"].index(best[0])]["accuracy"]
    right = fixed(100 * mean(scores), 1) + " %"
    return points, [f"{size}", f"{made['samples'] // size}", number(best[0]), number(best[1]), right]


def compute(values: Json, record: Json) -> Figure:
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
        f"On their way: batch {batch}, {steps} steps",
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
    caption = "The best recorded rate of every batch size, by median last loss"
    head = ["batch B", "steps", "best η", "last loss", "mean test accuracy"]
    table: Table = {"caption": caption, "head": head, "rows": rows}
    return {"summary": summary, "panels": [above, below], "table": table}
