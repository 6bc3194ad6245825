"""How much more of the processor's time one recipe takes than another, measured side by side in one process."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from learning_rates.trials.declared.forms import Phase
from learning_rates.trials.declared.policies import rate_and_momentum
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.engines import keras_fit
from learning_rates.trials.runs import Run, order

if TYPE_CHECKING:
    import keras

ROUNDS = 15
Lap = tuple["keras.Model", npt.NDArray[Any], npt.NDArray[Any], int]  # model, inputs, targets, batch size


def compare(first: Phase, second: Phase) -> dict[str, Any]:
    """The result of a run: the first phase's seconds per sample over the second's, less one, in per cent."""
    begun, (one, other) = time.perf_counter(), (_prepared(first), _prepared(second))
    laps = [(_seconds(*one), _seconds(*other)) for _ in range(ROUNDS)]
    return {
        "score": excess(laps),
        "loss": 0.0,
        "diverged": 0,
        "steps": 0,
        "samples": ROUNDS * (first.samples + second.samples),
        "seconds": time.perf_counter() - begun,
        "curve": [excess([lap]) for lap in laps],
    }


def excess(laps: Sequence[tuple[float, float]]) -> float:
    """How much longer the first takes, in per cent, by the shortest lap of each, which other work disturbs least.

    Args:
        laps: For every round, the seconds of the first and of the second.

    Example:
        >>> excess([(3.0, 2.0), (9.0, 2.5)])
        50.0
    """
    shortest, other = (min(seconds) for seconds in zip(*laps, strict=True))
    return 100 * (shortest / other - 1)


def _prepared(phase: Phase) -> Lap:
    """A lap of the phase, its model compiled and warm."""
    task, (x, y) = TASKS[phase.task], data_of(phase.task)["train"]
    steps = phase.samples // phase.batch_size
    peak, whole = float(phase.peak), steps * (ROUNDS + 1)
    policy = rate_and_momentum(phase.schedule, peak, whole, phase.options, phase.momentum)
    model = keras_fit.compiled(Run(0, 0, *policy), task.build, phase.optimizer, task.metric.loss, None)
    places = order(len(x), phase.batch_size, steps, seed=0).ravel()
    lap = model, x[places], y[places], phase.batch_size
    _seconds(*lap)
    return lap


def _seconds(model: "keras.Model", x: npt.NDArray[Any], y: npt.NDArray[Any], batch_size: int) -> float:
    """Processor seconds per sample, which do not count waiting while the machine does something else."""
    begun = time.process_time()
    model.fit(x, y, batch_size, shuffle=False, verbose=0)
    return (time.process_time() - begun) / len(x)
