"""What has to be run of a trial: its runs, in groups that are trained side by side."""

from typing import NamedTuple

import numpy as np

from learning_rates.trials import tasks

AT_ONCE = {"vectorised": 8, "fitted": 1, "timed": 1}


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
    """(stage, arm, seed) of all that may stand in its table."""
    for name in trial.arms:
        yield from (("tune", name, seed) for seed in trial.tuning_seeds)
        yield from (("final", name, seed) for seed in trial.seeds)
    for name in trial.published:
        yield from (("published", name, seed) for seed in trial.seeds)


def best_peak(trial, table, name, budget):
    """The peak with the best mean score on the tuning data, of equals the one of least loss.

    A peak at which a run ends with no number is the worst.
    """
    if trial.arms[name].peak != "tuned":
        return trial.arms[name].peak

    def merit(peak):
        rows = [table.rows["tune", name, budget, peak, seed] for seed in trial.tuning_seeds]
        score = sign(trial) * np.mean([row["score"] for row in rows])
        return np.isfinite(score), score, -np.mean([row["loss"] for row in rows])

    return max(trial.rates, key=merit)


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
