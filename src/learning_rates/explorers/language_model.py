"""An atlas of a language model's runs: schedule × peak × warm-up × horizon, and how each run goes on writing."""

import math

from learning_rates.explorers import Curve, Figure, Json, Table, choice, curve, fixed, number, panel, slider
from learning_rates.explorers.statistics import mean

TITLE = "An atlas of a language model's runs"
QUESTION = "From which peak on does a run without a warm-up fall behind, and can you read it in what the run writes?"
RECORD = "language_model_atlas.json"

SHAPES = ["constant", "linear", "cosine", "cosine to a tenth", "WSD", "one-cycle"]
WARM, COLD = "#5790fc", "#e42536"
DOUBLE = math.log10(2)
HIGHEST = 0.0640000001  # so that seven doublings fit, whichever way they are rounded
LINES = 6  # of a text

CONTROLS = [
    slider("peak", "Peak η_max", 0.0005, HIGHEST, 0.008, step=DOUBLE, scale="log", plays="up"),
    choice("shape", "Schedule", [[shape, shape] for shape in SHAPES], "linear", main=True),
    choice("steps", "Horizon", [["400", "400 steps"], ["1600", "1,600 steps"]], "400", main=True),
]


def arms(shape: str) -> list[list[str]]:
    """[label, arm, colour, dash] with and without warm-up; one-cycle has its own."""
    if shape == "one-cycle":
        return [["one-cycle", "AdamW one-cycle", WARM, ""]]
    return [
        ["with warm-up", "AdamW warm-up + " + shape, WARM, ""],
        ["without warm-up", "AdamW " + shape, COLD, "6,3"],
    ]


def nearest(runs: list[Json], peak: float) -> Json:
    """The recorded runs whose peak is nearest in log η."""
    return min(runs, key=lambda run: abs(math.log(run["peak"] / peak)))


def lines_of(text: str) -> list[str]:
    """The first LINES lines of a text, none of them empty until it ends."""
    found = [line for line in text.split("\n") if line.strip()][:LINES]
    return found + [""] * (LINES - len(found))


def on_the_way(run: Json, label: str, color: str, dash: str, steps: int) -> Curve:
    """The mean loss of the seeds at each look."""
    looks = len(run["curve"])
    points = [[steps * (look + 1) / looks, loss] for look, loss in enumerate(run["curve"])]
    return curve(label + ", η_max = " + number(run["peak"]), points, color, dash=dash, width=3)


def ends(runs: list[Json], label: str, color: str, dash: str) -> Curve:
    """The mean of the last losses against the peak."""
    return curve(label, [[run["peak"], mean(run["losses"])] for run in runs], color, dash=dash, dots=True)


def compute(values: Json, record: Json) -> Figure:
    recorded, shape, steps = record["runs"][values["steps"]], values["shape"], int(values["steps"])
    shown = [(nearest(recorded[arm], values["peak"]), label, color, dash) for label, arm, color, dash in arms(shape)]
    above = panel(
        "On the way, " + shape,
        "step t",
        "validation loss, nats",
        [on_the_way(run, label, color, dash, steps) for run, label, color, dash in shown],
        x_range=[0, steps],
        y_range=[1.6, 3.2],
    )
    below = panel(
        "Where the runs end",
        "peak η_max",
        "last loss, nats",
        [ends(recorded[arm], label, color, dash) for label, arm, color, dash in arms(shape)],
        x_scale="log",
        x_range=[0.0004, 0.08],
        y_range=[1.6, 3.2],
        rule=shown[0][0]["peak"],
        pointer={"control": "peak", "scale": 1},
    )
    written = [lines_of(run["text"]) for run, _, _, _ in shown]
    caption = "How a run goes on after the same 64 characters, drawn at temperature " + number(record["temperature"])
    table: Table = {
        "caption": caption,
        "head": [label + ", " + fixed(mean(run["losses"]), 2) + " nats" for run, label, _, _ in shown],
        "rows": [[lines[row] for lines in written] for row in range(LINES)],
    }
    said = [
        label + " at η_max = " + number(run["peak"]) + " ends at " + fixed(mean(run["losses"]), 3) + " nats"
        for run, label, _, _ in shown
    ]
    seeds = str(len(shown[0][0]["losses"]))
    summary = shape + ", " + values["steps"] + " steps: " + "; ".join(said) + ". Means of " + seeds + " seeds."
    return {"summary": summary[0].upper() + summary[1:], "panels": [above, below], "table": table}
