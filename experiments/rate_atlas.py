"""Record what the chapter on a network to train reports: the atlas, the inputs' scale, and what explodes.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.rate_atlas [explosions | atlas | input_scale] ...

makes rate_atlas_runs, input_scale and explosions in results/, and puts the atlas's curves into rate_atlas.json, for the
explorer.

Stated before the results. Primary question: does the network reach, with inputs from 0 to 255, the test accuracy that
it reaches with inputs from 0 to 1, each at its own best rate? A difference of less than 0.5 points counts as none.
"""

import math
import sys
from typing import Any

import keras
import numpy as np

from experiments.recording import FASHION, ComparisonTable, compare, comparison_trial, described, missing, write_record
from learning_rates import schedules
from learning_rates.trials.declared.forms import Arm
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.engines.side_by_side import judge, train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

MOMENTUM = 0.9
SAMPLES, POINT = 60_000, 2_000  # of a run; and those that a point of a curve is the mean loss of
POINTS = SAMPLES // POINT
RATES = [0.005 * 2.0**k for k in range(9)]
BATCHES = [2000, 500, 100, 20]
SEEDS = range(8)

# The inputs' scale: rates in factors of four, wide enough for pixels of 0 to 255.
SCALE = comparison_trial(
    arms={
        "0 to 255": Arm("constant", task=f"{FASHION}, 0 to 255"),
        "0 to 1": Arm("constant"),
        "standardised": Arm("constant", task=f"{FASHION}, standardised"),
        "small start": Arm("constant", task=f"{FASHION}, small start"),  # added after the others' results
    },
    rates=tuple(0.32 / 4.0**k for k in range(12)),
)

# What explodes: a deeper network, a hundred steps at every batch size: a cure has to hold for equal steps.
HIDDEN = [64, 64, 64, 64]
DEEP_STEPS = 100
DEEP_RATES = [0.04, 0.08, 0.16, 0.32, 0.64, 1.28]
DEEP_BATCHES = [32, 256, 2000]
EXPLOSIVE, WARMUP_STEPS = 0.64, 30
CURES = {"clipnorm 1": 1.0, "clipnorm 0.1": 0.1, "warm-up": None}  # the largest norm of an array's gradient
CURE_RATES = [0.16, 0.32, EXPLOSIVE]
TRAINS_BELOW = 2.0  # mean loss of the last ten steps; ten equally likely classes have log 10 = 2.30


def atlas() -> None:
    losses_along = [f"loss{point}" for point in range(POINTS)]
    columns = ("batch", "rate", "seed", "stopped", "loss", "accuracy", *losses_along)
    table, data = Table(RESULTS / "rate_atlas_runs.csv", columns), data_of(FASHION)
    for batch in BATCHES:
        for rate in RATES:
            constant = schedules.constant(rate, SAMPLES // batch)
            runs = [Run((batch, rate, seed), seed, constant, MOMENTUM) for seed in SEEDS]
            for group in missing(table, runs):
                ((_, weights, losses),) = train(group, data["train"], batch)
                means = losses.astype("float64").reshape(len(group), POINTS, -1).mean(axis=2)
                found = zip(group, losses, *judge(weights, data["final"]), means, strict=True)
                for run, each, loss, accuracy, along in found:
                    table.add(run.key, (first_not_finite(each), loss, accuracy, *along))
                print(f"batch {batch}, rate {rate:g}: last {np.round(means[:, -1], 3)}", flush=True)
    made = described("rate_atlas.py", momentum=MOMENTUM, samples=SAMPLES, samples_a_point=POINT, points=POINTS)
    made |= {"batches": BATCHES, "rates": RATES, "network": "784-128-10, models.mlp"}
    made["columns"] = (
        "stopped: first step whose loss is not finite, -1 if none; loss and accuracy: on the whole test set; "
        "loss0 …: mean loss of each 2,000 training samples, every batch before its update"
    )
    table.describe(made)
    runs_of = [[entry([table[batch, rate, seed] for seed in SEEDS]) for rate in RATES] for batch in BATCHES]
    write_record("rate_atlas", {"made": made, "runs": runs_of}, indent=None)


def first_not_finite(losses: Any) -> int:
    return next((step for step, loss in enumerate(losses) if not np.isfinite(loss)), -1)


def entry(rows: list[dict[str, float]]) -> dict[str, Any]:
    """A rate's runs for the explorer: JSON knows no NaN, so a curve ends with its last finite point."""
    curves = [[row[f"loss{point}"] for point in range(POINTS)] for row in rows]
    return {
        "losses": [[float(f"{loss:.3g}") for loss in curve if np.isfinite(loss)] for curve in curves],
        "stopped": [int(row["stopped"]) for row in rows],
        "accuracy": [round(row["accuracy"], 4) for row in rows],
    }


def input_scale() -> None:
    table = ComparisonTable("input_scale", SCALE)
    best = compare(table)
    table.describe(
        described(
            "rate_atlas.py",
            [arm.task or FASHION for arm in SCALE.arms.values()],
            momentum=MOMENTUM,
            batch=SCALE.batch_size,
            steps=SCALE.samples // SCALE.batch_size,
            rates=list(SCALE.rates),
            tuning_seeds=list(SCALE.tuning_seeds),
            final_seeds=list(SCALE.seeds),
            question="0 to 255 against 0 to 1, test accuracy",
            margin=0.005,
            peaks=best,
            added_after_the_results="small start: 0 to 255, the first layer's weights divided by 255 at the start",
        )
    )


def deep_mlp(seed: int = 0) -> keras.Model:
    """Hidden layers as Keras makes them by default."""
    starts = [keras.initializers.GlorotUniform(seed=10 * seed + i) for i in range(len(HIDDEN) + 1)]
    hidden = [
        keras.layers.Dense(units, activation="relu", kernel_initializer=start)
        for units, start in zip(HIDDEN, starts[:-1], strict=True)
    ]
    return keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, kernel_initializer=starts[-1])])


def deep_rate(arm: str, rate: float) -> schedules.Schedule:
    if arm != "warm-up":
        return schedules.constant(rate, DEEP_STEPS)
    return schedules.piecewise([(0, rate / WARMUP_STEPS), (WARMUP_STEPS - 1, rate), (DEEP_STEPS - 1, rate)])


def explosions() -> None:
    columns = ("arm", "batch", "rate", "seed", "stopped", "loss_first", "loss_last")
    table, data = Table(RESULTS / "explosions.csv", columns), data_of(FASHION)["train"]
    plain, cured = [("plain", rate) for rate in DEEP_RATES], [(cure, rate) for cure in CURES for rate in CURE_RATES]
    for batch in DEEP_BATCHES:
        for arm, rate in plain + cured:
            made = deep_rate(arm, rate)
            runs = [Run((arm, batch, rate, seed), seed, made, MOMENTUM) for seed in SEEDS]
            for group in missing(table, runs):
                ((_, _, losses),) = train(group, data, batch, build=deep_mlp, clipnorm=CURES.get(arm) or math.inf)
                for run, each in zip(group, losses.astype("float64"), strict=True):
                    table.add(run.key, (first_not_finite(each), each[0], each[-10:].mean()))
                ends = np.round(losses[:, -10:].mean(axis=1), 2)
                print(f"{arm}, batch {batch}, rate {rate:g}: last {ends}", flush=True)
    table.describe(
        described(
            "rate_atlas.py",
            momentum=MOMENTUM,
            steps=DEEP_STEPS,
            batches=DEEP_BATCHES,
            rates=DEEP_RATES,
            hidden=HIDDEN,
            cures=CURES,
            explosive_rate=EXPLOSIVE,
            cure_rates=CURE_RATES,
            seeds=list(SEEDS),
            trains_below=TRAINS_BELOW,
            columns="stopped: first step whose loss is not finite, -1 if none; loss_last: mean of the last ten steps",
        )
        | {"warm-up steps": WARMUP_STEPS}
    )


PARTS = {part.__name__: part for part in (explosions, atlas, input_scale)}

if __name__ == "__main__":
    for part in sys.argv[1:] or PARTS:
        PARTS[part]()
