"""What has to be run of a trial: its runs, in groups that are trained together."""

from collections.abc import Sequence
from typing import NamedTuple

from learning_rates.trials.declared.forms import Key, Peak, Stage, Trial
from learning_rates.trials.declared.tasks import TASKS


class Group(NamedTuple):
    """Runs that differ in their seed alone."""

    stage: Stage
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
        for seeds in seeds_together(trial, trial.tuning_seeds)
    ]


def published(trial: Trial) -> list[Group]:
    """The article's own recipes, as they stand."""
    return [
        Group(Stage.PUBLISHED, name, 1.0, phases[-1].peak, seeds)
        for name, phases in trial.published.items()
        for seeds in seeds_together(trial, trial.seeds)
    ]


def seeds_together(trial: Trial, seeds: Sequence[int]) -> list[tuple[int, ...]]:
    """The seeds, as many at a time as the engine of the trial's task trains together."""
    return [tuple(part) for part in TASKS[trial.task].engine.groups(seeds)]


def every_key(trial: Trial) -> set[Key]:
    """The keys of all rows that may stand in a trial's table, whichever peak the tuning chooses."""
    groups = [*tuning(trial), *published(trial)]
    for name, arm in trial.arms.items():
        peaks: Sequence[Peak] = trial.rates_of(name) if trial.is_tuned(name) else (arm.peak,)
        groups += [
            Group(Stage.FINAL, name, budget, peak, trial.seeds) for budget in trial.budgets_of(name) for peak in peaks
        ]
    return {key for group in groups for key in group.keys}


def counts(trial: Trial) -> dict[Stage, int]:
    """How many runs each stage has."""
    tuned = sum(len(trial.rates_of(name)) * len(trial.budgets_of(name)) for name in trial.arms if trial.is_tuned(name))
    return {
        Stage.TUNE: tuned * len(trial.tuning_seeds),
        Stage.FINAL: sum(len(trial.budgets_of(name)) for name in trial.arms) * len(trial.seeds),
        Stage.PUBLISHED: len(trial.published) * len(trial.seeds),
    }
