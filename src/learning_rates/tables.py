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
    check_float32(f"greatest value of {name}", float(values.max()))
    return values.astype(np.float32)


def check_float32(name: str, value: float) -> float:
    """`value`, a number ≥ 0 that float32 can hold; ValueError where it would become infinity, or 0."""
    # The least normal number: backends take those below it for 0. Plain floats, as NumPy would compare in float32.
    least, most = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)
    if value > most or 0 < value < least:
        reject(f"{name} must be 0, or in float32's range from {least:.3g} to {most:.3g}", [(name, value)])
    return value
