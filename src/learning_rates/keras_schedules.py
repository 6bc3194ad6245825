"""A schedule inside Keras's compiled training step."""

import keras
import numpy as np
from keras import ops

from learning_rates import schedules
from learning_rates.checks import check_whole, reject

MAX_TABLE_STEPS = 10**7  # 40 MB of float32


def tabulated(name, schedule):
    """The values of a schedule, an array; `name` is the argument's."""
    if schedule.total_steps > MAX_TABLE_STEPS:
        received = [(f"{name}.total_steps", schedule.total_steps)]
        reject(f"{name} must have at most {MAX_TABLE_STEPS} steps", received)
    return np.array(schedule.values())


def read(table, step):
    """The table's value at a step inside the compiled step, and after its end the last one."""
    # `take`, not an index in brackets: with that, TensorFlow's XLA compiles the training step anew at every step.
    return ops.take(table, ops.minimum(ops.cast(step, "int32"), len(table) - 1))


@keras.saving.register_keras_serializable("learning_rates")
class InGraphSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Any schedule as a Keras learning-rate schedule: tabulated once, read inside the compiled step.

    η(t) = table[min(⌊t / accumulation⌋, T − 1)], the table being float32. The config is saved, never the table.

    Args:
        schedule: a schedule of at most 10⁷ steps.
        accumulation: micro-batches to an update, ≥ 1. With `gradient_accumulation_steps` stock Keras counts
            micro-batches; give the same number here and the schedule counts updates.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> import keras
        >>> rate = InGraphSchedule(schedules.polynomial_decay(1.0, 5))
        >>> [float(rate(step)) for step in (0, 1, 4, 99)]
        [1.0, 0.75, 0.0, 0.0]
        >>> optimizer = keras.optimizers.Lion(rate)
    """

    def __init__(self, schedule, accumulation=1):
        self.schedule = schedules.check_schedule("schedule", schedule)
        self.accumulation = check_whole("accumulation", accumulation)
        self._table = tabulated("schedule", schedule).astype("float32")

    def __call__(self, step):
        return read(self._table, ops.floor_divide(ops.cast(step, "int32"), self.accumulation))

    def __repr__(self):
        return f"InGraphSchedule({self.schedule!r}, accumulation={self.accumulation})"

    def get_config(self):
        return {"schedule": self.schedule.config, "accumulation": self.accumulation}

    @classmethod
    def from_config(cls, config):
        return cls(schedules.from_config(config["schedule"]), config["accumulation"])
