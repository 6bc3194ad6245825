"""How much longer one recipe takes than another for the same samples, measured side by side in one process."""

import statistics
import time

from learning_rates.trials import fitted, recipes, tasks
from learning_rates.trials.runs import Run, order

ROUNDS = 15


def compare(first, second):
    """The median over the rounds of the first phase's seconds a sample over the second's, less one, in per cent."""
    begun, laps = time.perf_counter(), [_prepared(first), _prepared(second)]
    ratios = [100 * (_seconds(*laps[0]) / _seconds(*laps[1]) - 1) for _ in range(ROUNDS)]
    return {
        "score": statistics.median(ratios),
        "loss": 0.0,
        "diverged": 0,
        "steps": 0,
        "samples": ROUNDS * (first.samples + second.samples),
        "seconds": time.perf_counter() - begun,
        "curve": ratios,
    }


def _prepared(phase):
    """(model, x, y, batch size), compiled and warm."""
    task, (x, y) = tasks.TASKS[phase.task], tasks.data_of(phase.task)["train"]
    steps = phase.samples // phase.batch_size
    run = Run(0, 0, *recipes.moving(phase.schedule, phase.peak, steps * (ROUNDS + 1), phase.options, phase.momentum))
    model = fitted.compiled(run, task.build, phase.optimizer, task.loss, None)
    places = order(len(x), phase.batch_size, steps, seed=0).ravel()
    lap = model, x[places], y[places], phase.batch_size
    _seconds(*lap)
    return lap


def _seconds(model, x, y, batch_size):
    """A sample's."""
    begun = time.perf_counter()
    model.fit(x, y, batch_size, shuffle=False, verbose=0)
    return (time.perf_counter() - begun) / len(x)
