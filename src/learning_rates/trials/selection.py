"""Which peak an arm is judged at: what its tuning runs say, and the runs that follow from it."""

import numpy as np

from learning_rates.trials.declared.forms import Key, Peak, PeakRule, Stage, Trial
from learning_rates.trials.declared.tasks import TASKS
from learning_rates.trials.plan import Group, seeds_together
from learning_rates.trials.table import TrialTable


def finals(table: TrialTable) -> list[Group]:
    """Every arm at its best peak, with other seeds; which peak that is, the tuning runs in the table say."""
    trial = table.trial
    return [
        Group(Stage.FINAL, name, budget, best_peak(table, name, budget), seeds)
        for name in trial.arms
        for budget in trial.budgets_of(name)
        for seeds in seeds_together(trial, trial.seeds)
    ]


def best_peak(table: TrialTable, name: str, budget: float) -> Peak:
    """The peak of greatest merit on the tuning data, or the range test that the arm takes its peak from."""
    rule = table.trial.arms[name].peak
    if rule is not PeakRule.TUNED:
        return rule
    return max(table.trial.rates_of(name), key=lambda peak: merit(table, name, budget, peak))


def merit(table: TrialTable, name: str, budget: float, peak: float) -> tuple[float, float]:
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


def counts_accuracy(trial: Trial) -> bool:
    """Whether a trial's scores are accuracies, which may be compared with those of another trial."""
    return sign(trial) > 0
