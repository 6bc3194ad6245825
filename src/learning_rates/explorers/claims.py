"""Claims on trial: the recorded runs behind each verdict, two arms at a time, all seeds."""

from learning_rates.explorers import Curve, Figure, Json, Panel, Table, choice, curve, fixed, number, panel, slider
from learning_rates.explorers.statistics import interval, mean, median, signed

TITLE = "Claims on trial"
QUESTION = "For which claims does the interval come to hold zero when the rival is a tuned linear decay?"
RECORD = "claims.json"

ARM, RIVAL, GREY, BLACK = "#5790fc", "#e42536", "#9c9ca1", "#333333"
OWN = "own"
STAND_IN = "Keras's default"  # in the place of a baseline whose rate the article does not name
CLAIMS = [
    ["A0.1", "Scheduled Adam converges sooner (A0.1)"],
    ["A0.2", "Scheduled Adam ends higher (A0.2)"],
    ["A0.3", "Scheduled Adam is ahead after ten epochs (A0.3)"],
    ["A1.1", "1cycle beats a stepped decay, ants and bees (A1.1)"],
    ["A1.2", "1cycle needs a fifth of the samples (A1.2)"],
    ["A1.3", "A range test gives 1cycle's peak (A1.3)"],
    ["A2.1", "1cycle in a third of the epochs, Fashion-MNIST (A2.1)"],
    ["A2.2", "1cycle ends higher, CIFAR-10 (A2.2)"],
    ["A2.3", "1cycle's error is a third, Boston (A2.3)"],
    ["A2.5", "Standardise the inputs (A2.5)"],
    ["A3.2", "Cycles end higher, cardiovascular table (A3.2)"],
    ["A3.4", "No tuning is left (A3.4)"],
    ["A4.1", "Cycles end higher, MNIST (A4.1)"],
    ["A4.2", "Three windows are alike (A4.2)"],
    ["S.1", "Super-convergence, 8 times shorter (S.1)"],
    ["S.2", "Super-convergence needs the cycle (S.2)"],
]
ARMS = [[OWN, "the claim's own"], ["linear decay", "linear decay"], ["constant", "constant"]]
ARMS += [["warm-up + linear", "warm-up + linear"], ["one-cycle", "one-cycle"], ["published", "the article's recipe"]]
BUDGETS = [[OWN, "the claim's own"], ["short", "the shortest budget"], ["whole", "the whole budget"]]

CONTROLS = [
    choice("claim", "Claim", CLAIMS, "A3.2", main=True),
    choice("arm", "Arm", ARMS, OWN),
    choice("against", "Against", ARMS, OWN, main=True),
    choice("budget", "Budget", BUDGETS, OWN),
    slider("at", "Read at", 0.02, 1.0, 1.0, step=0.02, style="percent", plays="up"),
]


def find(
    trial: Json, place: list[object], chosen: str, budget: str, published: list[object] | None
) -> tuple[Json, bool]:
    """The chosen arm, or the claim's own where the trial has no such arm, and whether it is the chosen one.

    Args:
        trial: The record of the trial.
        place: Stage, name and budget of the claim's own arm.
        chosen: An option of ARMS.
        budget: An option of BUDGETS.
        published: Stage, name and budget of the article's recipe, or None if the claim has none.
    """
    if chosen == "published" and published is None:
        return find(trial, place, OWN, budget, None)[0], False
    stage, name, part = published if chosen == "published" and published else place
    if chosen not in (OWN, "published"):
        name = chosen
    if budget != OWN and stage == "final":
        parts = [arm["budget"] for arm in trial["arms"] if arm["stage"] == "final"]
        part = max(parts) if budget == "whole" else min(parts)
    places: dict[tuple[object, ...], Json] = {(arm["stage"], arm["name"], arm["budget"]): arm for arm in trial["arms"]}
    wanted = (stage, name, part)
    return (places[wanted], True) if wanted in places else (places[tuple(place)], False)


def runs_of(arm: Json) -> list[list[float | None]]:
    """The scores of each seed's run, at each of its checks; None where the run had diverged."""
    return [[None if cell == "-" else float(cell) for cell in run.split(" ")] for run in arm["curves"].split(";")]


def ends(runs: list[list[float | None]]) -> list[float | None]:
    """The last score of each run."""
    return [run[-1] for run in runs]


def until(runs: list[list[float | None]], share: float) -> list[list[float | None]]:
    """The scores of each run up to this share of it, its first check at least."""
    count = max(1, int(share * len(runs[0]) + 1e-9))
    return [run[:count] for run in runs]


def differences(first: list[float | None], second: list[float | None]) -> list[list[float]]:
    """[seed, difference] of each seed at which both runs have a score."""
    return [[seed, a - b] for seed, (a, b) in enumerate(zip(first, second)) if a is not None and b is not None]


def difference(
    first: list[float | None], second: list[float | None], quantiles: dict[str, float]
) -> tuple[float, float] | None:
    """The mean of the paired differences and the half-width of its interval, or None where a run has no last score."""
    gaps = [gap for _, gap in differences(first, second)]
    return interval(gaps, quantiles[str(len(gaps))]) if len(gaps) == len(first) else None


def called(arm: Json) -> str:
    """The arm's name, with its budget where that is not the whole one, and with "as published" if it is."""
    if arm["stage"] == "published":
        return arm["name"] + ("" if arm["name"] == STAND_IN else ", as published")
    part = round(1 / arm["budget"])  # shorter budgets are a third, a fifth, an eighth
    return arm["name"] + (", 1/" + str(part) + " of the samples" if part > 1 else "")


def lines(runs: list[list[float | None]], share: float, samples: int, label: str, color: str, dash: str) -> list[Curve]:
    """A thin line for each seed, and a thick one through their medians, over thousands of samples, up to a share."""
    drawn, places = [], [samples / 1000 * (check + 1) / len(runs[0]) for check in range(len(runs[0]))]
    runs = until(runs, share)
    places = places[: len(runs[0])]
    for run in runs:
        points = [[x, y] for x, y in zip(places, run) if y is not None]
        if points:
            drawn.append(curve("", points, color, width=0.5))
    middle = []
    for check, x in enumerate(places):
        column = [score for score in [run[check] for run in runs] if score is not None]
        if column:
            middle.append([x, median(column)])
    if middle:
        drawn.append(curve(label, middle, color, dash=dash, width=3))
    return drawn


def seed_by_seed(
    label: str, first: list[float | None], second: list[float | None], found: tuple[float, float] | None
) -> Panel:
    """A dot for each seed, at the difference of the two; grey lines show the mean and its interval."""
    last = len(first) - 1
    drawn = [curve("", [[0, 0], [last, 0]], BLACK, width=1)]
    marks = []
    if found:
        middle, half = found
        drawn.append(curve("mean", [[0, middle], [last, middle]], GREY, width=3))
        marks.append({"x": last, "y": middle, "text": f"{signed(middle, 2)} ± {fixed(half, 2)}"})
        for name, edge in (("its 95 % interval", middle - half), ("", middle + half)):
            drawn.append(curve(name, [[0, edge], [last, edge]], GREY, dash="4,3", width=1.5))
    for gap in differences(first, second):
        drawn.append(curve("", [gap], ARM, width=4, dots=True))
    return panel(label, "seed", "difference, seed by seed", drawn, marks=marks)


def in_sight(scores: list[float]) -> list[float]:
    """All scores with a little room, or a stretch round the only one."""
    low, high = min(scores), max(scores)
    room = 0.03 * (high - low) or 1.0
    return [low - room, high + room]


def table(trial: Json, budget: float, against: Json, quantiles: dict[str, float]) -> Table:
    """Every arm at this budget, with its difference from the arm that it is held against."""
    rows, rival = [], ends(runs_of(against))
    for arm in trial["arms"]:
        if arm["stage"] == "final" and arm["budget"] != budget:
            continue
        own = ends(runs_of(arm))
        alive = [value for value in own if value is not None]
        found = difference(own, rival, quantiles)
        gap = "" if arm is against else "no number"
        if arm is not against and found is not None:
            gap = signed(found[0], 2) + " ± " + fixed(found[1], 2)
        rows.append([called(arm), arm["peak"], fixed(mean(alive), 2) if alive else "none", gap])
    head = ["arm", "peak η", trial["unit"], "minus against"]
    caption = "Every arm at this budget, mean over the seeds. " + trial["copies"]
    return {"caption": caption.strip(), "head": head, "rows": rows}


def words(
    claim: Json, name: str, arm: Json, against: Json, found: tuple[float, float] | None, count: int, unit: str, at: str
) -> str:
    """The difference between the two arms, and the verdict on the comparison that was declared."""
    points = " points" if "accuracy" in unit else ""
    shown = called(arm) + " minus " + called(against)
    if found is None:
        seen = shown + ": a run has no number left, so there is no difference."
    else:
        middle, half = found
        zero = "the interval leaves out zero" if abs(middle) > half else "the interval holds zero"
        seen = f"{shown}, {at}: {signed(middle, 2)} ± {fixed(half, 2)}{points} over {count} seeds; {zero}."
    if "error" in unit:
        seen += " Less is better."
    asks = ", which asks for " + claim["asks"] + ", as declared: " if claim["asks"] else ", as declared: "
    if not (is_place(arm, claim["contrast"][0]) and is_place(against, claim["contrast"][1])):
        asks = " was declared for other arms, and on those: "
    return seen + " " + name + asks + (claim["verdict"] or "not run to its end") + "."


def is_place(arm: Json, place: list[object]) -> bool:
    """Whether this is the arm of a stage, a name and a budget."""
    return [arm["stage"], arm["name"], arm["budget"]] == list(place)


def compute(values: Json, record: Json) -> Figure:
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
    share = values["at"]
    here, there = ends(until(first, share)), ends(until(second, share))
    found = difference(here, there, record["quantiles"])
    drawn = lines(second, share, against["samples"], called(against), RIVAL, "6,3")
    if arm is not against:
        drawn += lines(first, share, arm["samples"], called(arm), ARM, "")
    at = "at the end" if share == 1 else f"after {number(100 * share)} % of the run"
    summary = words(claim, name, arm, against, found, len(first), trial["unit"], at)
    longest = max(arm["samples"], against["samples"]) / 1000
    scores = [score for run in first + second for score in run if score is not None]
    if not (is_arm and is_against):
        summary = "This trial has no run of what you chose; the claim's own is shown. " + summary
    return {
        "summary": summary,
        "panels": [
            panel(
                "All seeds on their way; thick: the median",
                "samples seen, thousands",
                trial["unit"],
                drawn,
                x_range=[0, longest],
                y_range=in_sight(scores),
            ),
            seed_by_seed(f"{called(arm)} − {called(against)}", here, there, found),
        ],
        "table": table(trial, arm["budget"], against, record["quantiles"]),
    }


def untried(name: str, claim: Json) -> Figure:
    """The figure of a trial that has not been run to its end, and has nothing to draw yet."""
    empty = panel("No runs yet", "samples seen, thousands", "", [curve("", [[0, 0], [1, 0]], GREY)])
    rows = [["what would bear it out", claim["confirms"]], ["what would refute it", claim["refutes"]]]
    return {
        "summary": name + ": this trial has not been run to its end; see what would decide it.",
        "panels": [empty],
        "table": {"caption": "Declared before the first run", "head": ["", ""], "rows": rows},
    }
