"""Record what the chapter on super-convergence reports of transfer: a rate for each layer, against one rate for all.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.transfer

A network of two hidden layers learns the first five classes of Fashion-MNIST, gets a new last layer, and goes on with a
few images of the other five. Decided before any result. Primary question: test accuracy with rates that fall by 2.6
from layer to layer, as Howard and Ruder (2018) have it, minus that with one rate, each at its own tuned peak; less than
MARGIN points counts as none. The other arms are compared with one rate, too; the intervals of all QUESTIONS hold at
once (Bonferroni).
"""

import functools
from typing import Any

import jax.numpy as jnp
import numpy as np

from experiments.recording import FASHION, described, missing, tune_and_judge
from learning_rates import models, schedules
from learning_rates.trials.declared.forms import Stage
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.engines.side_by_side import first_weights, judge, stacked, train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

FEW, STEPS, BATCH_SIZE, MARGIN = 20, 200, 20, 0.5  # images a class of the new task
SOURCE_STEPS, SOURCE_BATCH, SOURCE_PEAK = 600, 50, 0.05
PEAKS = [0.0025 * 2.0**k for k in range(10)]  # the last two were added for all when two arms were best at the eighth
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1004), range(16)
HEAD = 2  # the weights of the last layer: kernel and bias
build = functools.partial(models.tabular, inputs=784, hidden=(128, 64), outputs=5)


def by_layer(factor: float) -> list[float]:
    """Of kernels and biases, from the first layer to the last."""
    return [factor**-depth for depth in (2, 2, 1, 1, 0, 0)]


ARMS = {
    "fresh weights": by_layer(1.0),
    "frozen": [0.0] * 4 + [1.0] * 2,
    "one rate": by_layer(1.0),
    "2.6 a layer": by_layer(2.6),
    "10 a layer": by_layer(10.0),
}
QUESTIONS = len(ARMS) - 1


def half_of(part: str, new: bool) -> tuple[Any, Any]:
    """The images of the first five classes, or of the other five, with labels from 0 to 4."""
    x, y = data_of(FASHION)[part]
    there = (y >= 5) == new
    return x[there], y[there] - 5 * new


def few_of(data: tuple[Any, Any]) -> tuple[Any, Any]:
    """The first images of each class."""
    x, y = data
    chosen = np.concatenate([np.flatnonzero(y == label)[:FEW] for label in range(5)])
    return x[chosen], y[chosen]


@functools.cache
def trained_before(seeds: tuple[int, ...]) -> list[Any]:
    """Weights after the first task, with a fresh last layer."""
    rate = schedules.polynomial_decay(SOURCE_PEAK, SOURCE_STEPS)
    source = half_of("train", new=False)
    ((_, weights, _),) = train([Run(seed, seed, rate) for seed in seeds], source, SOURCE_BATCH, build=build)
    heads = stacked([first_weights(build, seed)[-HEAD:] for seed in seeds])
    return [jnp.asarray(weight) for weight in weights[:-HEAD]] + heads


def accuracy(table: Table, name: str, stage: Stage, peak: float) -> float:
    """The mean accuracy of an arm; the runs that the table lacks are made."""
    target, rate = few_of(half_of("train", new=True)), schedules.polynomial_decay(peak, STEPS)
    seeds = TUNING_SEEDS if stage == Stage.TUNE else FINAL_SEEDS
    for group in missing(table, [Run((stage, name, peak, seed), seed, rate) for seed in seeds]):
        start = None if name == "fresh weights" else trained_before(tuple(run.seed for run in group))
        ((_, weights, _),) = train(group, target, BATCH_SIZE, build=build, start=start, factors=ARMS[name])
        for run, *values in zip(group, *judge(weights, half_of(stage, new=True), build=build), strict=True):
            table.add(run.key, values)
    return float(table.column("accuracy", stage=stage, arm=name, max_lr=peak).mean())


def main() -> None:
    table = Table(RESULTS / "transfer.csv", ("stage", "arm", "max_lr", "seed", "loss", "accuracy"))
    peaks = {}
    for name in ARMS:
        peaks[name], judged = tune_and_judge(PEAKS, functools.partial(accuracy, table, name))
        print(f"{name}: peak {peaks[name]:g}, accuracy {judged:.4f}", flush=True)
    table.describe(
        described(
            "transfer.py",
            steps=STEPS,
            batch_size=BATCH_SIZE,
            images=5 * FEW,
            first_task={"steps": SOURCE_STEPS, "batch_size": SOURCE_BATCH, "max_lr": SOURCE_PEAK},
            schedule="polynomial_decay, momentum 0.9",
            peaks=PEAKS,
            questions=QUESTIONS,
            margin=MARGIN,
            arms={name: {"max_lr": peaks[name], "factors": factors} for name, factors in ARMS.items()},
        )
    )


if __name__ == "__main__":
    main()
