"""Record what the chapter on super-convergence reports of transfer: a rate for each layer, against one rate for all.

    LEARNING_RATES_DATA=... python -m experiments.transfer

appends to results/transfer.csv, a row a finished run, and says in the .json beside it how it was made. A second start
goes on where the first was stopped.

A network of two hidden layers learns the first five classes of Fashion-MNIST, gets a new last layer, and goes on with a
few images of the other five. Decided before any result. Primary question: test accuracy with rates that fall by 2.6
from layer to layer, as Howard and Ruder (2018) have it, minus that with one rate, each at its own tuned peak; less than
MARGIN points counts as none. The other arms are compared with one rate, too; the intervals of all QUESTIONS hold at
once (Bonferroni).
"""

import functools
import json

import jax.numpy as jnp
import numpy as np

from experiments.recording import Table, fashion_mnist, groups, provenance
from learning_rates import models, schedules
from learning_rates.trials.engines.runs import Run
from learning_rates.trials.engines.side_by_side import first_weights, judge, train

FEW, STEPS, BATCH_SIZE, MARGIN = 20, 200, 20, 0.5  # images a class of the new task
SOURCE_STEPS, SOURCE_BATCH, SOURCE_PEAK = 600, 50, 0.05
PEAKS = [0.0025 * 2.0**k for k in range(10)]  # the last two were added for all when two arms were best at the eighth
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1004), range(16)
HEAD = 2  # the weights of the last layer: kernel and bias
build = functools.partial(models.tabular, inputs=784, hidden=(128, 64), outputs=5)


def by_layer(factor):
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


def half_of(data, new):
    """The images of the first five classes, or of the other five, with labels from 0 to 4."""
    x, y = data
    there = (y >= 5) == new
    return x[there], y[there] - 5 * new


def few_of(data):
    """The first images of each class."""
    x, y = data
    chosen = np.concatenate([np.flatnonzero(y == label)[:FEW] for label in range(5)])
    return x[chosen], y[chosen]


@functools.cache
def trained_before(seeds):
    """Weights after the first task, with a fresh last layer."""
    rate = schedules.polynomial_decay(SOURCE_PEAK, SOURCE_STEPS)
    ((_, weights, _),) = train([Run(seed, seed, rate) for seed in seeds], SOURCE, SOURCE_BATCH, build=build)
    fresh = [first_weights(build, seed) for seed in seeds]
    heads = [jnp.stack(parts) for parts in zip(*(each[-HEAD:] for each in fresh), strict=True)]
    return weights[:-HEAD] + heads


def ensure(table, stage, name, peak, seeds, data):
    rate = schedules.polynomial_decay(peak, STEPS)
    for group in groups([Run((stage, name, peak, seed), seed, rate) for seed in seeds]):
        if all(run.key in table for run in group):
            continue
        start = None if name == "fresh weights" else trained_before(tuple(run.seed for run in group))
        ((_, weights, _),) = train(group, TARGET, BATCH_SIZE, build=build, start=start, factors=ARMS[name])
        for run, loss, accuracy in zip(group, *judge(weights, data, build=build), strict=True):
            if run.key not in table:  # a second start may find half of a group
                table.append(run.key, (loss, accuracy))


def main():
    table, peaks = Table("transfer", ["stage", "arm", "max_lr", "seed"], ["loss", "accuracy"]), {}
    for name in ARMS:
        for peak in PEAKS:
            ensure(table, "tune", name, peak, TUNING_SEEDS, half_of(DATA["tune"], new=True))
        tried = {
            peak: np.mean([table[("tune", name, peak, seed)]["accuracy"] for seed in TUNING_SEEDS]) for peak in PEAKS
        }
        peaks[name] = max(tried, key=tried.get)
        ensure(table, "final", name, peaks[name], FINAL_SEEDS, half_of(DATA["final"], new=True))
        judged = np.mean([table[("final", name, peaks[name], seed)]["accuracy"] for seed in FINAL_SEEDS])
        print(f"{name}: peak {peaks[name]:g}, accuracy {judged:.4f}", flush=True)
    made = provenance("transfer.py", DATA) | {
        "steps": STEPS,
        "batch_size": BATCH_SIZE,
        "images": 5 * FEW,
        "first task": {"steps": SOURCE_STEPS, "batch_size": SOURCE_BATCH, "max_lr": SOURCE_PEAK},
        "schedule": "polynomial_decay, momentum 0.9",
        "peaks": PEAKS,
        "questions": QUESTIONS,
        "margin": MARGIN,
        "arms": {name: {"max_lr": peaks[name], "factors": factors} for name, factors in ARMS.items()},
    }
    table.describe(json.loads(json.dumps(made)))


if __name__ == "__main__":
    DATA = fashion_mnist()
    SOURCE, TARGET = half_of(DATA["train"], new=False), few_of(half_of(DATA["train"], new=True))
    main()
