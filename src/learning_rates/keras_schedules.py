"""A schedule inside Keras's compiled training step."""

import keras
import numpy as np
from keras import ops

from learning_rates import schedules

MAX_TABLE_STEPS = 10**7  # 40 MB of float32


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
        self.accumulation = schedules.check_whole("accumulation", accumulation)
        if schedule.total_steps > MAX_TABLE_STEPS:
            received = [("schedule.total_steps", schedule.total_steps)]
            schedules.reject(f"schedule must have at most {MAX_TABLE_STEPS} steps", received)
        self._table = np.asarray(schedule.values(), "float32")

    def __call__(self, step):
        update = ops.floor_divide(ops.cast(step, "int32"), self.accumulation)
        return ops.take(self._table, ops.minimum(update, len(self._table) - 1))

    def get_config(self):
        return {"schedule": self.schedule.config, "accumulation": self.accumulation}

    @classmethod
    def from_config(cls, config):
        return cls(schedules.from_config(config["schedule"]), config["accumulation"])
