"""What has to be run of a trial: its runs, in groups that are trained together."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from learning_rates.trials.declared.forms import Key, Peak, PeakRule, Stage, Trial
from learning_rates.trials.declared.tasks import TASKS

if TYPE_CHECKING:
    from learning_rates.trials.table import TrialTable


class Group(NamedTuple):
    """Runs that differ in their seed alone."""

    stage: str
    arm: str
    budget: float
    peak: Peak
    seeds: tuple[int, ...]

    @property
    def keys(self) -> list[Key]:
        return [Key(self.stage, self.arm, self.budget, self.peak, seed) for seed in self.seeds]


def tuning(trial: Trial) -> list[Group]:
    """Every arm at every budget tries every peak with every tuning seed."""
    return [
        Group(Stage.TUNE, name, budget, peak, seeds)
        for name in trial.arms
        if trial.is_tuned(name)
        for budget in trial.budgets_of(name)
        for peak in trial.rates_of(name)
        for seeds in _together(trial, trial.tuning_seeds)
    ]


def finals(table: "TrialTable") -> list[Group]:
    """Every arm at its best peak, with other seeds; which peak that is, the tuning runs in the table say."""
    trial = table.trial
    return [
        Group(Stage.FINAL, name, budget, best_peak(table, name, budget), seeds)
        for name in trial.arms
        for budget in trial.budgets_of(name)
        for seeds in _together(trial, trial.seeds)
    ]


def published(trial: Trial) -> list[Group]:
    """The article's own recipes, as they stand."""
    return [
        Group(Stage.PUBLISHED, name, 1.0, phases[-1].peak, seeds)
        for name, phases in trial.published.items()
        for seeds in _together(trial, trial.seeds)
    ]


def _together(trial: Trial, seeds: Sequence[int]) -> list[tuple[int, ...]]:
    count = TASKS[trial.task].engine.at_once
    return [tuple(seeds[first : first + count]) for first in range(0, len(seeds), count)]


def every_key(trial: Trial) -> set[Key]:
    """The keys of all rows that may stand in a trial's table, whichever peak the tuning chooses."""
    groups = [*tuning(trial), *published(trial)]
    for name, arm in trial.arms.items():
        peaks: Sequence[Peak] = trial.rates_of(name) if trial.is_tuned(name) else (arm.peak,)
        groups += [
            Group(Stage.FINAL, name, budget, peak, trial.seeds) for budget in trial.budgets_of(name) for peak in peaks
        ]
    return {key for group in groups for key in group.keys}


def best_peak(table: "TrialTable", name: str, budget: float) -> Peak:
    """The peak of greatest merit on the tuning data, or the range test that the arm takes its peak from."""
    rule = table.trial.arms[name].peak
    if rule is not PeakRule.TUNED:
        return rule
    return max(table.trial.rates_of(name), key=lambda peak: merit(table, name, budget, peak))


def merit(table: "TrialTable", name: str, budget: float, peak: float) -> tuple[float, float]:
    """What is compared of tuning runs: the mean score, and of equals the least loss; more is better.

    A peak at which any run ends without a number is worth −∞: a classifier without numbers still names classes, and
    is right by chance.
    """
    rows = [table.rows[Key(Stage.TUNE, name, budget, peak, seed)] for seed in table.trial.tuning_seeds]
    if any(row["diverged"] or not np.isfinite(row["score"]) for row in rows):
        return -np.inf, -np.inf
    score, loss = (float(np.mean([row[column] for row in rows])) for column in ("score", "loss"))
    return sign(table.trial) * score, -loss


def sign(trial: Trial) -> int:
    """1 where a greater score is better, as of accuracies, and −1 where a smaller one is, as of errors."""
    return TASKS[trial.task].metric.sign


def counts(trial: Trial) -> dict[Stage, int]:
    """How many runs each stage has."""
    tuned = sum(len(trial.rates_of(name)) * len(trial.budgets_of(name)) for name in trial.arms if trial.is_tuned(name))
    return {
        Stage.TUNE: tuned * len(trial.tuning_seeds),
        Stage.FINAL: sum(len(trial.budgets_of(name)) for name in trial.arms) * len(trial.seeds),
        Stage.PUBLISHED: len(trial.published) * len(trial.seeds),
    }
