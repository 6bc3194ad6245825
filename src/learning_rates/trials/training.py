"""One group of runs trained and judged."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from learning_rates import lr_range_test
from learning_rates.trials.declared.forms import Peak, PeakRule, Phase, Stage, Trial
from learning_rates.trials.declared.policies import MOMENTUM, rate_and_momentum
from learning_rates.trials.declared.tasks import TASKS, Task, data_of
from learning_rates.trials.engine import Data, Weights
from learning_rates.trials.plan import Group
from learning_rates.trials.runs import Run

if TYPE_CHECKING:
    from learning_rates.range_test import RangeTest

SWEEPS = 5
Result = dict[str, Any]  # "score", "loss", "diverged", "steps", "samples", "seconds" and "curve"


def _rate_of_least_loss(test: "RangeTest") -> float:
    """The rate at the minimum of the sweeps' mean loss, which can be read even where the fall is lost in the noise."""
    return float(test.learning_rates[np.nanargmin(np.nanmean(test.smoothed, axis=0))])


READINGS: dict[Peak, Callable[["RangeTest"], float]] = {
    PeakRule.MINIMUM_OVER_10: lambda test: _rate_of_least_loss(test) / 10,
    PeakRule.MINIMUM: _rate_of_least_loss,
}


def train(trial: Trial, group: Group) -> list[Result]:
    """Train a group and judge it: a result for each seed, in their order."""
    if TASKS[trial.task].engine.timed:
        from learning_rates.trials.engines import timing  # which runs Keras on TensorFlow

        return [timing.compare(*trial.published[group.arm])]
    return list(_Training(trial, group).results())


class _Training:
    """One group on its way through its phases."""

    def __init__(self, trial: Trial, group: Group) -> None:
        self.trial, self.group = trial, group
        self.phases = trial.published[group.arm] if group.stage == Stage.PUBLISHED else (self._phase(),)
        name = self.phases[0].task or trial.task
        self.task, self.data = TASKS[name], data_of(name)
        self.trainer = self.task.engine.trainer()
        self.judging = self.data["tune" if group.stage == Stage.TUNE else "final"]

    def _phase(self) -> Phase:
        """An arm's one phase."""
        arm, trial = self.trial.arms[self.group.arm], self.trial
        samples, optimizer = round(self.group.budget * trial.samples), arm.optimizer or trial.optimizer
        peak, size = self.group.peak, trial.batch_size
        return Phase(arm.schedule, peak, samples, size, optimizer, MOMENTUM, arm.options, arm.task)

    def results(self) -> Iterator[Result]:
        begun, weights = time.perf_counter(), None
        curves, diverged = [], np.zeros(len(self.group.seeds), bool)
        for phase in self.phases:
            for _, reached, batch_losses in self._train(phase, weights):
                diverged |= ~np.isfinite(batch_losses).all(axis=1)
                curves.append(self._judge(reached))
            weights = reached
        seconds = (time.perf_counter() - begun) / len(self.group.seeds)
        steps = [self._steps(phase) for phase in self.phases]
        samples = sum(phase.batch_size * count for phase, count in zip(self.phases, steps, strict=True))
        for index in range(len(self.group.seeds)):
            losses, scores = zip(*(check[:, index] for check in curves), strict=True)
            yield {
                "score": scores[-1],
                "loss": losses[-1],
                "diverged": int(diverged[index]),
                "steps": sum(steps),
                "samples": samples,
                "seconds": seconds,
                "curve": scores,
            }

    def _train(self, phase: Phase, weights: Weights | None) -> Iterator[tuple[int, Weights, npt.NDArray[Any]]]:
        steps = self._steps(phase)
        return self.trainer.train(
            [self._run(phase, seed, steps) for seed in self.group.seeds],
            self.data["train"],
            phase.batch_size,
            every=steps if self.group.stage == Stage.TUNE else steps // self.trial.checks,
            build=self.task.build,
            optimizer=phase.optimizer,
            loss=self.task.metric.loss,
            start=weights,
        )

    def _steps(self, phase: Phase) -> int:
        """A multiple of the checks, so that they are evenly spaced."""
        return phase.samples // phase.batch_size // self.trial.checks * self.trial.checks

    def _run(self, phase: Phase, seed: int, steps: int) -> Run:
        peak = self._range_test(phase, phase.peak, seed) if isinstance(phase.peak, PeakRule) else phase.peak
        return Run(seed, seed, *rate_and_momentum(phase.schedule, peak, steps, phase.options, phase.momentum))

    def _range_test(self, phase: Phase, rule: PeakRule, seed: int) -> float:
        """The peak that sweeps of this seed suggest, on the training data."""
        from learning_rates.trials.engines import keras_fit

        model = self.task.build(seed=seed)
        optimizer = keras_fit.OPTIMIZERS[phase.optimizer](1e-3, phase.momentum)
        model.compile(optimizer, keras_fit.LOSSES[self.task.metric.loss]())
        x, y = self.data["train"]
        test = lr_range_test(model, x, y, batch_size=phase.batch_size, repeats=SWEEPS, seed=seed, progress=False)
        return READINGS[rule](test)

    def _judge(self, weights: Weights) -> npt.NDArray[Any]:
        """(loss, score) of each run, of shape (2, runs)."""
        return np.array(judge(self.task, weights, self.judging, self.data.get("scale", 1.0)))


def judge(task: Task, weights: Weights, part: Data, scale: float = 1.0) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The loss and the score of each run on inputs and targets: two arrays of shape (runs,)."""
    x, y = part
    return task.metric.judge(task.engine.trainer().outputs(weights, x, build=task.build), y, scale)


def tasks_of(trial: Trial) -> list[str]:
    """The tasks that a trial's arms and recipes learn."""
    named = {arm.task for arm in trial.arms.values()} | {phase.task for phase in trial.phases()}
    return sorted({name or trial.task for name in named})
