"""A schedule inside Keras's compiled training step."""

from typing import Any, Self, TypeAlias

import keras
import numpy as np
from keras import ops

from learning_rates import schedules
from learning_rates.checks import check_whole
from learning_rates.tables import Table, in_float32, tabulated

Tensor: TypeAlias = Any  # the backend's own: tf.Tensor, jax.Array or torch.Tensor


def read(table: Table, step: Tensor) -> Tensor:
    """The table's value at a step of the compiled loop; after the table's end, its last value."""
    # `take`, not an index in brackets: with that, TensorFlow's XLA compiles the training step anew at every step.
    return ops.take(table, ops.minimum(ops.cast(step, "int32"), len(table) - 1))


@keras.saving.register_keras_serializable("learning_rates")
class InGraphSchedule(keras.optimizers.schedules.LearningRateSchedule):
    """Any schedule as a Keras learning-rate schedule: tabulated once, then read inside the compiled step.

    η(t) = table[min(⌊t / accumulation⌋, T − 1)], where the table is float32. The config is saved, never the table.
    A step that is a plain number must be ≥ 0, as for the schedule itself; a tensor is not looked into.

    Args:
        schedule: The schedule to follow, of at most 10⁷ steps, with a greatest value that float32 can hold.
        accumulation: The number of micro-batches in one update, ≥ 1. With `gradient_accumulation_steps`, stock Keras
            counts micro-batches; give the same number here, and the schedule counts updates.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> import keras
        >>> rate = InGraphSchedule(schedules.polynomial_decay(1.0, 5))
        >>> [float(rate(step)) for step in (0, 1, 4, 99)]
        [1.0, 0.75, 0.0, 0.0]
        >>> optimizer = keras.optimizers.Lion(rate)
    """

    def __init__(self, schedule: schedules.Schedule, accumulation: int = 1) -> None:
        self.schedule: schedules.Schedule = schedules.check_schedule("schedule", schedule)
        self.accumulation: int = check_whole("accumulation", accumulation)
        self._table: Table = in_float32("schedule", tabulated("schedule", schedule))

    def __call__(self, step: Tensor) -> Tensor:
        if isinstance(step, (int, float, np.number)):  # `take` would read −1 from the end; and int32 ends at 2³¹
            step = min(check_whole("step", step, 0), len(self._table) * self.accumulation - 1)
        return read(self._table, ops.floor_divide(ops.cast(step, "int32"), self.accumulation))

    def __repr__(self) -> str:
        return f"InGraphSchedule({self.schedule!r}, accumulation={self.accumulation})"

    def get_config(self) -> dict[str, Any]:
        return {"schedule": self.schedule.config, "accumulation": self.accumulation}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(schedules.from_config(config["schedule"]), config["accumulation"])
