"""What has to be run of a trial: its runs, in groups that are trained side by side."""

from typing import NamedTuple

import numpy as np

from learning_rates.trials.declared import tasks

AT_ONCE = {"side_by_side": 8, "keras_fit": 1, "timing": 1}  # runs: more no longer share the processor's caches


class Group(NamedTuple):
    """Runs that differ in their seed alone."""

    stage: str  # "tune", "final" or "published"
    arm: str
    budget: float
    peak: float | str  # or what a range test is asked for
    seeds: tuple

    @property
    def keys(self):
        return [(self.stage, self.arm, self.budget, self.peak, seed) for seed in self.seeds]


def tuning(trial):
    """Every arm at every budget tries every peak on every tuning seed."""
    return [
        Group("tune", name, budget, peak, seeds)
        for name, arm in trial.arms.items()
        if arm.peak == "tuned"
        for budget in trial.budgets_of(name)
        for peak in trial.rates
        for seeds in _at_once(trial, trial.tuning_seeds)
    ]


def finals(trial, table):
    """Every arm at its best peak, on other seeds."""
    return [
        Group("final", name, budget, best_peak(trial, table, name, budget), seeds)
        for name in trial.arms
        for budget in trial.budgets_of(name)
        for seeds in _at_once(trial, trial.seeds)
    ]


def published(trial):
    """The article's own recipes, as they stand."""
    return [
        Group("published", name, 1.0, phases[-1].peak, seeds)
        for name, phases in trial.published.items()
        for seeds in _at_once(trial, trial.seeds)
    ]


def _at_once(trial, seeds):
    count = AT_ONCE[tasks.TASKS[trial.task].engine]
    return [seeds[first : first + count] for first in range(0, len(seeds), count)]


def every_key(trial):
    """The keys of all rows that may stand in its table: which peak is judged, the tuning decides."""
    groups = [*tuning(trial), *published(trial)]
    for name, arm in trial.arms.items():
        peaks = trial.rates if arm.peak == "tuned" else (arm.peak,)
        groups += [
            Group("final", name, budget, peak, trial.seeds) for budget in trial.budgets_of(name) for peak in peaks
        ]
    return {key for group in groups for key in group.keys}


def places(trial):
    """(stage, arm, budget) of all that is judged."""
    arms = [("final", name, budget) for name in trial.arms for budget in trial.budgets_of(name)]
    return arms + [("published", name, 1.0) for name in trial.published]


def best_peak(trial, table, name, budget):
    """The peak of greatest merit on the tuning data, or what a range test is asked for."""
    if trial.arms[name].peak != "tuned":
        return trial.arms[name].peak
    return max(trial.rates, key=lambda peak: merit(table, name, budget, peak))


def merit(table, name, budget, peak):
    """What is compared of tuning runs: the mean score, and of equals the least loss; more is better.

    A peak at which any run ends without a number is worth −∞: a classifier without numbers still names classes, and
    is right by chance.
    """
    rows = [table.rows["tune", name, budget, peak, seed] for seed in table.trial.tuning_seeds]
    if any(row["diverged"] or not np.isfinite(row["score"]) for row in rows):
        return -np.inf, -np.inf
    return sign(table.trial) * np.mean([row["score"] for row in rows]), -np.mean([row["loss"] for row in rows])


def sign(trial):
    """Greater is better for accuracies, smaller for errors."""
    return 1 if tasks.TASKS[trial.task].loss == "cross-entropy" else -1


def counts(trial):
    """{stage: runs of it}."""
    judged = [name for name in trial.arms for _ in trial.budgets_of(name)]
    tuned = [name for name in judged if trial.arms[name].peak == "tuned"]
    return {
        "tune": len(tuned) * len(trial.rates) * len(trial.tuning_seeds),
        "final": len(judged) * len(trial.seeds),
        "published": len(trial.published) * len(trial.seeds),
    }
