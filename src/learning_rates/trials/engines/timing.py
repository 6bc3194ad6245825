"""How much more of the processor's time one recipe takes than another, measured side by side in one process."""

import time

from learning_rates.trials.declared import policies, tasks
from learning_rates.trials.engines import keras_fit
from learning_rates.trials.engines.runs import Run, order

ROUNDS = 15


def compare(first, second):
    """The row of a run: the first phase's seconds a sample over the second's, less one, in per cent."""
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


def excess(laps):
    """How much longer the first takes, in per cent, by the shortest lap of each, which other work disturbs least.

    Args:
        laps: (seconds of the first, seconds of the second), for every round.

    Example:
        >>> excess([(3.0, 2.0), (9.0, 2.5)])
        50.0
    """
    shortest, other = (min(seconds) for seconds in zip(*laps, strict=True))
    return 100 * (shortest / other - 1)


def _prepared(phase):
    """(model, x, y, batch size), compiled and warm."""
    task, (x, y) = tasks.TASKS[phase.task], tasks.data_of(phase.task)["train"]
    steps = phase.samples // phase.batch_size
    run = Run(0, 0, *policies.moving(phase.schedule, phase.peak, steps * (ROUNDS + 1), phase.options, phase.momentum))
    model = keras_fit.compiled(run, task.build, phase.optimizer, task.loss, None)
    places = order(len(x), phase.batch_size, steps, seed=0).ravel()
    lap = model, x[places], y[places], phase.batch_size
    _seconds(*lap)
    return lap


def _seconds(model, x, y, batch_size):
    """A sample's, of the processor's: time spent waiting while the machine does something else is not counted."""
    begun = time.process_time()
    model.fit(x, y, batch_size, shuffle=False, verbose=0)
    return (time.process_time() - begun) / len(x)
