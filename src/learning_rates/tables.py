"""A schedule as a table, which compiled steps read. It needs NumPy alone."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from learning_rates import schedules
from learning_rates.checks import reject

Table: TypeAlias = npt.NDArray[np.float32]

MAX_TABLE_STEPS = 10**7  # 40 MB of float32


def tabulated(name: str, schedule: schedules.Schedule) -> npt.NDArray[np.float64]:
    """All values of a schedule, shape (total_steps,); an error calls the schedule by `name`."""
    if schedule.total_steps > MAX_TABLE_STEPS:
        received = [(f"{name}.total_steps", schedule.total_steps)]
        reject(f"{name} must have at most {MAX_TABLE_STEPS} steps", received)
    return np.array(schedule.values())


def in_float32(name: str, values: npt.NDArray[np.float64]) -> Table:
    """The values as a table; ValueError where float32 makes infinity of a value, or 0 of all.

    A decay that ends below what float32 can tell from 0 is none of these: its end is 0 to float32.
    """
    # The least normal number: backends take those below it for 0. Plain floats, as NumPy would compare in float32.
    least, most = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
    greatest = float(values.max())
    if greatest > most or 0 < greatest < least:
        rule = f"{name}'s greatest value must be 0, or in float32's range from {least:.3g} to {most:.3g}"
        reject(rule, [(f"greatest value of {name}", greatest)])
    return values.astype(np.float32)
