"""Record what the chapter on cyclical rates reports: cycles against a decay and a constant, and snapshot ensembles.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.cyclical

makes cyclical, cyclical_long, cyclical_controls, cyclical_snapshots and cyclical_snapshots_long in results/.

Decided before any result. Primary question: test accuracy of the triangular policy minus that of linear decay, each at
its own tuned peak; less than MARGIN points counts as none. Second: the three windows are equivalent if the 90 %
intervals of all three pairwise differences lie within ± MARGIN. Third: an ensemble of three snapshots against one
linear decay, and against three independent runs, at the same number of steps in all.

Added after the first answers: the arm from base 0; snapshots and cycles at four times the steps, where three whole
cycles of the length that Smith advises fit; and controls: what a range test gives without tuning, to a cycle and to a
decay, and the walk along a decay, which does not cycle.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from experiments.recording import (
    BATCH_SIZE,
    EIGHT_SEEDS,
    FASHION,
    PEAKS,
    STEPS,
    TWENTY_FOUR_SEEDS,
    ComparisonTable,
    compare,
    comparison,
    comparison_trial,
    described,
    missing,
    tune_and_judge,
)
from learning_rates import models, schedules
from learning_rates.trials.declared.forms import Arm, Stage, Trial
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.engines.side_by_side import cross_entropy, judge, outputs, train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

MARGIN = 0.5  # points of accuracy
LONG = 4 * STEPS  # 24 epochs: three cycles of eight
MEMBERS = 3
BOUNDS = (0.00063, 0.064)  # what the chapter's range test reads: where the loss begins to fall, where it is least
ON_THE_WAY = np.linspace(0, 1, 11)  # from one snapshot to the next, both ends included

THREE = {"number": 3, "foot": 1 / 10}  # whole cycles, whose base is a tenth of the peak
TRIAL = comparison_trial(
    arms={
        "linear decay": Arm("linear decay"),
        "constant": Arm("constant"),
        "triangular": Arm("cycles", THREE),
        "Welch": Arm("cycles", {**THREE, "window": "welch"}),
        "Hann": Arm("cycles", {**THREE, "window": "hann"}),
        "triangular2": Arm("cycles", {**THREE, "mode": "triangular2"}),
        "exp_range": Arm("cycles", {**THREE, "mode": "exp_range", "gamma": 0.5 ** (MEMBERS / STEPS)}),
        "unfinished": Arm("cycles", {**THREE, "number": 1.5}),
        "base 0": Arm("cycles", {**THREE, "foot": 0.0}),  # added after the others' results, to see what a floor costs
    },
    rates=PEAKS,
    tuning_seeds=EIGHT_SEEDS,
    seeds=TWENTY_FOUR_SEEDS,
)
# Whole cycles with a stepsize of four epochs; the decay of the same length is among the ensembles.
LONG_TRIAL = replace(
    TRIAL,
    arms={mode: Arm("cycles", {**THREE, "mode": mode}) for mode in ("triangular2", "triangular")},
    samples=LONG * BATCH_SIZE,
    rates=TRIAL.rates[3:7],
    seeds=TRIAL.seeds[:16],
)


class Key(NamedTuple):
    """Runs of an ensemble that differ in their seed alone."""

    stage: str
    ensemble: str
    peak: float


def snapshots(key: Key, seed: int, steps: int) -> list[Run]:
    """One run of three cosine cycles; a snapshot where each has come down."""
    return [Run((*key, seed), seed, schedules.cosine_restarts(key.peak, steps, first_cycle=steps // MEMBERS))]


def independent(key: Key, seed: int, steps: int) -> list[Run]:
    """Three runs of a third of the steps, each with its own first weights, decayed to zero."""
    rate = schedules.polynomial_decay(key.peak, steps // MEMBERS)
    return [Run((*key, seed), 10_000 + MEMBERS * seed + k, rate) for k in range(MEMBERS)]


def one_decay(key: Key, seed: int, steps: int) -> list[Run]:
    """One run, one network: what an ensemble has to beat."""
    return [Run((*key, seed), seed, schedules.polynomial_decay(key.peak, steps))]


# The networks that are averaged: all that a third of the steps brings forth, or the last alone.
ENSEMBLES: dict[str, tuple[Callable[[Key, int, int], list[Run]], slice]] = {
    "snapshots": (snapshots, slice(None)),
    "independent": (independent, slice(None)),
    "linear decay": (one_decay, slice(-1, None)),
}


def members(key: Key, seeds: Sequence[int], steps: int) -> list[Any]:
    """The networks of each ensemble: a list of lists of weights, whose first axis is the seed."""
    make, kept = ENSEMBLES[key.ensemble]
    found: list[Any] = []
    for part in zip(*[make(key, seed, steps) for seed in seeds], strict=True):
        every = steps // MEMBERS
        found += [weights for _, weights, _ in train(list(part), data_of(FASHION)["train"], BATCH_SIZE, every=every)]
    return found[kept]


def probabilities(weights: Any, x: Any) -> Any:
    logits = outputs(weights, x)
    return np.exp(logits - np.logaddexp.reduce(logits, axis=2, keepdims=True))


def barriers(networks: Sequence[Any]) -> Any:
    """The barriers between neighbours, their mean for each seed."""
    return np.mean([barrier(*pair) for pair in pairwise(networks)], axis=0)


def barrier(first: Any, second: Any) -> Any:
    """How far the training loss rises above the straight line between its values at two networks, for each seed."""
    model, (x, y) = models.mlp(seed=0), data_of(FASHION)["train"]
    heights = []
    for seed in range(len(first[0])):
        ends = [[part[seed] for part in weights] for weights in (first, second)]
        on_the_way = [[a + part * (b - a) for a, b in zip(*ends, strict=True)] for part in ON_THE_WAY]
        losses = np.array([float(cross_entropy(model, weights, x, y)) for weights in on_the_way])
        heights.append(max(losses - (losses[0] + ON_THE_WAY * (losses[-1] - losses[0]))))
    return np.array(heights)


def accuracy(table: Table, trial: Trial, steps: int, name: str, stage: Stage, peak: float) -> float:
    """The mean accuracy of an ensemble; the runs that the table lacks are made."""
    key, (x, y) = Key(stage, name, peak), data_of(FASHION)[stage]
    seeds = trial.tuning_seeds if stage == Stage.TUNE else trial.seeds
    for group in TASKS[FASHION].engine.groups([seed for seed in seeds if (*key, seed) not in table]):
        found = members(key, group, steps)
        each = [probabilities(weights, x) for weights in found]
        alone = [(shares.argmax(axis=2) == y).mean(axis=1) for shares in each]
        together = (np.mean(each, axis=0).argmax(axis=2) == y).mean(axis=1)
        heights = barriers(found) if stage == Stage.FINAL and len(found) > 1 else np.zeros(len(group))
        for seed, *values in zip(group, together, alone[-1], np.mean(alone, axis=0), heights, strict=True):
            table.add((*key, seed), values)
    return float(table.column("accuracy", stage=stage, arm=name, max_lr=peak).mean())


def record_ensembles(name: str, ensembles: Sequence[str], trial: Trial, steps: int) -> None:
    columns = ("stage", "arm", "max_lr", "seed", "accuracy", "last_member", "mean_member", "barrier")
    table, best = Table(RESULTS / f"{name}.csv", columns), {}
    for ensemble in ensembles:
        best[ensemble], _ = tune_and_judge(trial.rates, functools.partial(accuracy, table, trial, steps, ensemble))
        print(f"{steps} steps, {ensemble}: peak {best[ensemble]:g}", flush=True)
    table.describe(
        described(
            "cyclical.py",
            members=MEMBERS,
            steps=steps,
            peaks=list(trial.rates),
            peaks_found=best,
            tuning_seeds=list(trial.tuning_seeds),
            final_seeds=list(trial.seeds),
            accuracy="of the mean of the members' probabilities",
            barrier="rise of the training loss over a straight line, between neighbours, mean of 2; final stage only",
        )
    )


def record_cycles(name: str, trial: Trial) -> dict[str, float]:
    table = ComparisonTable(name, trial)
    best = compare(table)
    table.describe(described("cyclical.py", margin=MARGIN) | comparison(table))
    return best


def record_controls(decay_peak: float) -> None:
    """The tuned decay, and two arms without tuning: accuracy, and barriers between the weights after each third."""
    low, high = BOUNDS
    rates = {
        "linear decay": schedules.polynomial_decay(decay_peak, STEPS),
        "bounds as read": schedules.cyclical(low, high, STEPS, step_size=STEPS // (2 * MEMBERS)),
        "decay from the upper bound": schedules.polynomial_decay(high, STEPS),
    }
    table, data = Table(RESULTS / "cyclical_controls.csv", ("arm", "seed", "accuracy", "barrier")), data_of(FASHION)
    for name, rate in rates.items():
        runs = [Run((name, seed), seed, rate) for seed in TRIAL.seeds]
        for group in missing(table, runs):
            thirds = [weights for _, weights, _ in train(group, data["train"], BATCH_SIZE, every=STEPS // MEMBERS)]
            _, accuracies = judge(thirds[-1], data["final"])
            for run, *values in zip(group, accuracies, barriers(thirds), strict=True):
                table.add(run.key, values)
    table.describe(
        described(
            "cyclical.py",
            arms={name: {"rate": rate.config} for name, rate in rates.items()},
            peaks=[decay_peak],
            tuning="of linear decay only, in cyclical.csv; the others by one range test",
            final_seeds=list(TRIAL.seeds),
            barrier="rise of the training loss over a straight line, thirds of one run, mean of 2",
        )
    )


if __name__ == "__main__":
    peaks = record_cycles("cyclical", TRIAL)
    record_controls(peaks["linear decay"])
    record_cycles("cyclical_long", LONG_TRIAL)
    record_ensembles("cyclical_snapshots", ("snapshots", "independent"), TRIAL, STEPS)
    record_ensembles("cyclical_snapshots_long", tuple(ENSEMBLES), LONG_TRIAL, LONG)
