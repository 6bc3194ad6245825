"""Claims on trial: the recorded runs behind each verdict, two arms at a time, all seeds."""

import math

from learning_rates.explorers import choice, curve, fixed, panel

TITLE = "Claims on trial"
QUESTION = "For which claims does the interval come to hold zero when the rival is a tuned linear decay?"
RECORD = "claims.json"

ARM, RIVAL, GREY, BLACK = "#5790fc", "#e42536", "#9c9ca1", "#333333"
OWN = "own"
CLAIMS = [
    ["A0.1", "A0.1 · scheduled Adam converges sooner"],
    ["A0.2", "A0.2 · scheduled Adam ends higher"],
    ["A0.3", "A0.3 · scheduled Adam, after ten epochs"],
    ["A1.1", "A1.1 · 1cycle beats stepped decay, ants and bees"],
    ["A1.2", "A1.2 · 1cycle in a fifth of the samples"],
    ["A1.3", "A1.3 · a range test gives the peak"],
    ["A2.1", "A2.1 · 1cycle by epoch 9, Fashion-MNIST"],
    ["A2.2", "A2.2 · 1cycle, CIFAR-10"],
    ["A2.3", "A2.3 · 1cycle, Boston housing"],
    ["A2.5", "A2.5 · standardising"],
    ["A3.2", "A3.2 · cycles, cardiovascular table"],
    ["A3.4", "A3.4 · no tuning is left"],
    ["A4.1", "A4.1 · cycles, MNIST"],
    ["A4.2", "A4.2 · three windows alike"],
    ["S.1", "S.1 · super-convergence, 8 times shorter"],
    ["S.2", "S.2 · super-convergence needs the cycle"],
]
ARMS = [[OWN, "the claim's own"], ["linear decay", "linear decay"], ["constant", "constant"]]
ARMS += [["warm-up + linear", "warm-up + linear"], ["one-cycle", "one-cycle"], ["published", "the article's recipe"]]
BUDGETS = [[OWN, "the claim's own"], ["short", "the shortest budget"], ["whole", "the whole budget"]]

CONTROLS = [
    choice("claim", "Claim", CLAIMS, "A3.2"),
    choice("arm", "Arm", ARMS, OWN),
    choice("against", "Against", ARMS, OWN),
    choice("budget", "Budget", BUDGETS, OWN),
]


def find(trial, place, choice, budget, published):
    """The arm that is asked for, or the claim's own where the trial has none such, and whether it is the one."""
    if choice == "published" and published is None:
        return find(trial, place, OWN, budget, None)[0], False
    stage, name, part = published if choice == "published" else place
    if choice not in (OWN, "published"):
        name = choice
    if budget != OWN and stage == "final":
        parts = [arm["budget"] for arm in trial["arms"] if arm["stage"] == "final"]
        part = max(parts) if budget == "whole" else min(parts)
    own = None
    for arm in trial["arms"]:
        if [arm["stage"], arm["name"], arm["budget"]] == [stage, name, part]:
            return arm, True
        if [arm["stage"], arm["name"], arm["budget"]] == place:
            own = arm
    return own, False


def runs_of(arm):
    """A list of accuracies a seed, with None where a run had no number left."""
    return [[None if cell == "-" else float(cell) for cell in run.split(" ")] for run in arm["curves"].split(";")]


def ends(runs):
    return [run[-1] for run in runs]


def mean(values):
    return sum(values) / len(values)


def signed(value):
    return ("+" if value >= 0 else "−") + fixed(abs(value), 2)


def difference(first, second, quantiles):
    """Mean and half-width of the paired differences, or None where a run has no end."""
    pairs = [[a, b] for a, b in zip(first, second) if a is not None and b is not None]
    if len(pairs) < len(first):
        return None
    gaps = [a - b for a, b in pairs]
    middle = mean(gaps)
    spread = math.sqrt(sum([(gap - middle) ** 2 for gap in gaps]) / (len(gaps) - 1) / len(gaps))
    return middle, quantiles[str(len(gaps))] * spread


def called(arm):
    """The arm's name, with its budget where that is not the whole, and where it comes from."""
    if arm["stage"] == "published":
        return arm["name"] + ", as published"
    part = round(1 / arm["budget"])  # shorter budgets are a third, a fifth, an eighth
    return arm["name"] + (", 1/" + str(part) + " of the samples" if part > 1 else "")


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def lines(runs, samples, label, color, dash):
    """A thin line a seed, and a thick one through their medians, over thousands of samples."""
    drawn, places = [], [samples / 1000 * (check + 1) / len(runs[0]) for check in range(len(runs[0]))]
    for run in runs:
        points = [[x, y] for x, y in zip(places, run) if y is not None]
        if points:
            drawn.append(curve("", points, color, width=0.5))
    middle = []
    for check, x in enumerate(places):
        column = [run[check] for run in runs if run[check] is not None]
        if column:
            middle.append([x, median(column)])
    if middle:
        drawn.append(curve(label, middle, color, dash=dash, width=3))
    return drawn


def seed_by_seed(first, second, found):
    """A dot a seed, at the difference of the two; the grey line is their mean, with its interval about it."""
    gaps = [[seed, a - b] for seed, (a, b) in enumerate(zip(first, second)) if a is not None and b is not None]
    last = len(first) - 1
    drawn = [curve("", [[0, 0], [last, 0]], BLACK, width=1)]
    if found:
        middle, half = found
        drawn.append(curve("mean", [[0, middle], [last, middle]], GREY, width=3))
        edges = [[[0, edge], [last, edge]] for edge in (middle - half, middle + half)]
        drawn.append(curve("its 95 % interval", edges[0], GREY, dash="4,3", width=1.5))
        drawn.append(curve("", edges[1], GREY, dash="4,3", width=1.5))
    for gap in gaps:
        drawn.append(curve("", [gap], ARM, width=4, dots=True))
    return panel("Arm − against, seed by seed", "seed", "difference", drawn)


def table(trial, budget, against, quantiles):
    rows, rival = [], ends(runs_of(against))
    for arm in trial["arms"]:
        if arm["stage"] == "final" and arm["budget"] != budget:
            continue
        own = ends(runs_of(arm))
        alive = [value for value in own if value is not None]
        found = difference(own, rival, quantiles)
        gap = "" if arm is against else "no number" if found is None else signed(found[0]) + " ± " + fixed(found[1], 2)
        rows.append([called(arm), arm["peak"], fixed(mean(alive), 2) if alive else "none", gap])
    head = ["arm", "peak η", trial["unit"], "minus against"]
    caption = "Every arm at this budget, mean over the seeds. " + trial["copies"]
    return {"caption": caption.strip(), "head": head, "rows": rows}


def words(claim, name, arm, against, found, count, unit):
    """What is seen, and what the declared contrast's verdict is."""
    points = " points" if "accuracy" in unit else ""
    shown = called(arm) + " minus " + called(against)
    if found is None:
        seen = shown + ": a run has no number left, so there is no difference."
    else:
        middle, half = found
        told = "the interval leaves out zero" if abs(middle) > half else "the interval holds zero"
        seen = f"{shown}, at the end: {signed(middle)} ± {fixed(half, 2)}{points} over {count} seeds; {told}."
    if "error" in unit:
        seen += " Less is better."
    asks = ", which asks for " + claim["asks"] + ", as declared: " if claim["asks"] else ", as declared: "
    return seen + " " + name + asks + (claim["verdict"] or "not run to its end") + "."


def compute(values, record):
    name = values["claim"]
    claim = record["claims"][name]
    trial = record["trials"].get(claim["trial"])
    if trial is None:
        return untried(name, claim)
    budget = values["budget"]
    places, recipes = claim["contrast"], claim["published"] or [None, None]
    arm, is_arm = find(trial, places[0], values["arm"], budget, recipes[0])
    against, is_against = find(trial, places[1], values["against"], budget, recipes[1])
    first, second = runs_of(arm), runs_of(against)
    found = difference(ends(first), ends(second), record["quantiles"])
    drawn = lines(second, against["samples"], called(against), RIVAL, "6,3")
    if arm is not against:
        drawn += lines(first, arm["samples"], called(arm), ARM, "")
    summary = words(claim, name, arm, against, found, len(first), trial["unit"])
    if not (is_arm and is_against):
        summary = "This trial has no run of what you chose; the claim's own is shown. " + summary
    return {
        "summary": summary,
        "panels": [
            panel("All seeds on their way; thick: the median", "samples seen, thousands", trial["unit"], drawn),
            seed_by_seed(ends(first), ends(second), found),
        ],
        "table": table(trial, arm["budget"], against, record["quantiles"]),
    }


def untried(name, claim):
    """A trial that has not been run to its end has nothing to draw yet."""
    empty = panel("No runs yet", "samples seen, thousands", "", [curve("", [[0, 0], [1, 0]], GREY)])
    rows = [["what would bear it out", claim["confirms"]], ["what would refute it", claim["refutes"]]]
    return {
        "summary": name + ": this trial has not been run to its end; see what would decide it.",
        "panels": [empty],
        "table": {"caption": "Declared before the first run", "head": ["", ""], "rows": rows},
    }
