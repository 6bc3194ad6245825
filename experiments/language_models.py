"""What the book quotes of language models that others trained: curves of 27 runs, and the ends of a grid of 152.

    LEARNING_RATES_DATA=... python -m experiments.language_models

trains nothing. It writes results/language_model_curves.json (about sixty points of each curve that comes with the
multi-power law), results/language_model_grid.csv with its .json (settings and last loss of every run of the 124M model
in Schaipp et al.) and results/predict.json, which the explorer reads. Beside the curves the folder must hold
llama_runs/runs.csv: a row for each file in the authors' data/, with its settings and its final_val_loss.
"""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from experiments.recording import write_record
from learning_rates import datasets, loss_curves, schedules
from learning_rates.schedules import Schedule
from learning_rates.trials.table import RESULTS

CURVES = "loss_curve_repo/ in github.com/thu-yao-01-luo/MultiPowerLaw, commit 8da9f19, MIT licence, Kairong Luo"
GRID = "data/ in github.com/fabian-sp/lr-scheduling, commit 8ace3a3, MIT licence, Fabian Schaipp and Alexander Hägele"
SCRIPT = "experiments/language_models.py"
WARMUP, PEAK, LOW, POINTS = 2160, 3e-4, 3e-5, 60
FITTED = ("constant_24000", "cosine_24000", "wsdcon_9")
LAWS: dict[str, loss_curves.Law] = {
    "momentum": loss_curves.momentum_law,
    "multi-power": loss_curves.multi_power_law,
}
STEPS = 24_000  # of the schedules that are searched for
KNOTS = (*range(WARMUP, 18_001, 1980), *range(18_500, 22_501, 500), 22_800, 23_100, 23_400, 23_600, 23_800, 23_900)
FLOOR = 1e-4  # of the peak, the least rate of the search
REVEALED = ("constant_24000", "cosine_24000", "wsd_20000_24000", "wsdld_20000_24000")  # by the explorer
COLUMNS = ("shape", "part", "steps", "peak", "loss", "run")
SMALLEST = 5.0  # a greater last loss is a run that diverged


def schedule(name: str) -> Schedule:
    """The schedule of a run by the authors' name of its file, such as "wsd_20000_24000"."""
    kind, *numbers = name.split("_")
    steps = 16_000 if kind == "wsdcon" else int(numbers[-1])
    after = steps - WARMUP
    if kind == "constant":
        rate = schedules.constant(PEAK, after)
    elif kind == "cosine":
        rate = schedules.cosine_decay(PEAK, after, end_lr=LOW)
    elif kind == "wsdcon":
        rate = schedules.step_decay(PEAK, after, boundaries=[8000 - WARMUP], factor=int(numbers[0]) * 1e-5 / PEAK)
    else:
        stable = int(numbers[0]) - WARMUP
        fall = schedules.exponential_decay if kind == "wsd" else schedules.polynomial_decay
        rate = schedules.join([schedules.constant(PEAK, stable), fall(PEAK, after - stable, end_lr=LOW)], [stable])
    return schedules.warmup(rate, WARMUP)


def thinned(name: str, runs: dict[str, datasets.LossCurve]) -> dict[str, Any]:
    """Steps and losses of a run after its warm-up, each so many-th and the last; its rates must be the schedule's."""
    steps, rates, losses = runs[name]
    made = schedule(name.split("_", 1)[1])
    kept = (steps > WARMUP) & (steps < made.total_steps)
    steps, rates, losses = steps[kept], rates[kept], losses[kept]
    worst = np.abs(rates / np.array(made.values())[steps] - 1).max()
    if worst > 3e-3:  # their falls end a step after the package's
        raise ValueError(f"The rates of {name} must be its schedule's. Received: {worst:.1%} apart")
    every = slice(None, None, -max(1, round(len(steps) / POINTS)))
    return {"steps": steps[every][::-1].tolist(), "losses": losses[every][::-1].tolist()}


def curves() -> dict[str, Any]:
    runs = datasets.language_model_runs()
    sizes: dict[str, Any] = {size: {} for size in ("25M", "100M", "400M")}
    for name in runs:
        size, kind = name.split("_", 1)
        sizes[size][kind] = thinned(name, runs)
    made = {
        "script": SCRIPT,
        "source": CURVES,
        "note": f"every k-th row after the warm-up, the last among them, so that about {POINTS} are left; one run each",
        "unit": "nats",
        "warmup steps": WARMUP,
        "peak": PEAK,
        "fitted": list(FITTED),
    }
    configs = {kind: schedule(kind).config for kind in sizes["100M"]}
    return {"made": made, "schedules": configs, "curves": sizes}


def arm(row: dict[str, str]) -> tuple[str, float]:
    """The shape of a run's schedule, and the part of the run that its fall takes, or a cosine's last rate.

    The field cos_final_lr does not tell cosines apart; the rates that were logged do, by the name of the series.
    """
    series = row["file"].split("_")[0]
    if row["scheduler"] == "cos":
        return "cosine", 0.1 if series in ("cos-10-124m", "sl") else 0.0
    part = 0.2 if series == "ann0.2" else float(row["wsd_fract_decay"] or 0)
    if part == 0:
        return "constant", 0.0
    return ("1-sqrt" if row["decay_type"] == "sqrt" else "linear"), part


def grid(folder: Path) -> list[tuple[Any, ...]]:
    with (folder / "llama_runs/runs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ours = [row for row in rows if (row["n_layer"], row["n_head"], row["dataset"]) == ("12", "12", "slimpajama")]
    found = []
    for row in ours:
        loss = float(row["final_val_loss"] or "nan")
        if loss < SMALLEST:
            found.append((*arm(row), int(row["iterations"]), float(row["lr"]), f"{loss:.4f}", int(row["run"])))
    return sorted(found)


def fitted(recorded: dict[str, Any]) -> dict[str, Any]:
    """Both laws fitted to three of the 100M curves, and how far off they were on the six others."""
    points, configs = recorded["curves"]["100M"], recorded["schedules"]
    rates = {name: schedules.from_config(config).values() for name, config in configs.items()}
    fits = {}
    for name, law in LAWS.items():
        given = [(rates[kind], points[kind]["steps"], points[kind]["losses"]) for kind in FITTED]
        constants = loss_curves.fit(law, given, warmup_steps=WARMUP)
        missed = []
        for kind in sorted(set(points) - set(FITTED)):
            told = law(rates[kind], steps=points[kind]["steps"], warmup_steps=WARMUP, **merged(law, 16), **constants)
            missed += [measured - loss for measured, loss in zip(points[kind]["losses"], told, strict=True)]
        band = [math.floor(min(missed) * 1e4) / 1e4, math.ceil(max(missed) * 1e4) / 1e4]
        fits[name] = {"constants": {key: float(f"{value:.6g}") for key, value in constants.items()}, "missed": band}
    return fits


def merged(law: loss_curves.Law, steps: int) -> dict[str, int]:
    return {"merge": steps} if law is loss_curves.multi_power_law else {}


def last_loss(law: loss_curves.Law, constants: dict[str, float], parts: Any) -> float:
    """What a law tells of the end of a schedule through KNOTS, the first at the peak; `parts` of it at the others."""
    rates = PEAK * np.interp(np.arange(STEPS), (0, *KNOTS, STEPS - 1), (0.0, 1.0, *np.clip(parts, FLOOR, 1.0)))
    return law(rates.tolist(), steps=[STEPS - 1], warmup_steps=WARMUP, **merged(law, 20), **constants)[0]


def searched(law: loss_curves.Law, constants: dict[str, float]) -> dict[str, Any]:
    """The schedule of 24,000 steps that never rises and that a law tells to end lowest, found from three starts."""
    from scipy.optimize import LinearConstraint, minimize

    places = np.array((*KNOTS[1:], STEPS - 1))
    count = len(places)
    falls = LinearConstraint(np.eye(count) - np.eye(count, k=1), np.zeros(count), np.full(count, np.inf))
    linear = np.maximum(1 - (places - WARMUP) / (STEPS - WARMUP), FLOOR)
    starts = [linear, np.minimum(1, 5 * linear), np.minimum(1, 2.5 * linear)]
    found = [
        minimize(
            lambda parts: 100 * last_loss(law, constants, parts),
            start,
            method="SLSQP",
            bounds=[(FLOOR, 1)] * count,
            constraints=falls,
            options={"maxiter": 300, "ftol": 1e-9},
        )
        for start in starts
    ]
    best = min(found, key=lambda each: each.fun)
    parts = np.clip(best.x, FLOOR, 1).round(4).tolist()
    return {
        "points": [[0, 0.0], [WARMUP, 1.0], *([int(step), part] for step, part in zip(places, parts, strict=True))],
        "told": round(last_loss(law, constants, parts), 4),
        "told from each start": sorted(round(each.fun / 100, 4) for each in found),
    }


def predict(recorded: dict[str, Any]) -> dict[str, Any]:
    """What the explorer shows: the laws, four real runs, and the schedule that each law likes best."""
    laws = fitted(recorded)
    best = {name: searched(law, laws[name]["constants"]) for name, law in LAWS.items()}
    made = {
        "script": SCRIPT,
        "source": CURVES,
        "missed": "measured minus told, extremes over the six curves that the laws were not fitted to",
        "best": "steps and parts of the peak of the schedule that a law tells to end lowest; nobody has trained them",
    }
    return {
        "made": made,
        "laws": laws,
        "runs": {kind: recorded["curves"]["100M"][kind] for kind in REVEALED},
        "best": best,
    }


def main() -> None:
    recorded = curves()
    write_record("language_model_curves", recorded, indent=None)
    write_record("predict", predict(recorded), indent=None)
    rows = grid(Path(os.environ["LEARNING_RATES_DATA"]))
    with (RESULTS / "language_model_grid.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
    made = {
        "script": SCRIPT,
        "source": GRID,
        "model": "Llama with 124M parameters, 12 layers, 12 heads, width 768, sequences of 512",
        "training": "SlimPajama, AdamW, β₂ 0.95, weight decay 0.1, 300 steps of warm-up, batch 200, seed 0",
        "loss": "final_val_loss, nats",
        "part": "of the run that the fall takes; a cosine's last rate over its peak",
        "left out": "one run that diverged",
    }
    write_record("language_model_grid", {"made": made})
    print(f"{sum(len(kinds) for kinds in recorded['curves'].values())} curves, {len(rows)} runs")


if __name__ == "__main__":
    main()
