"""The numbers of an optimizer that move: their rules, their tables, and what Keras reads of them at each moment."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt

from learning_rates import schedules
from learning_rates.checks import (
    check_at_least,
    check_number,
    check_positive,
    check_unit_interval,
    check_whole,
    reject,
)
from learning_rates.keras_schedules import InGraphSchedule, Tensor, read
from learning_rates.tables import Table, check_float32, in_float32, tabulated

Rate: TypeAlias = float | schedules.Schedule | keras.optimizers.schedules.LearningRateSchedule
Value: TypeAlias = float | schedules.Schedule

TORCH = keras.backend.backend() == "torch"


def _check_accumulation(name: str, value: object) -> int:
    return check_whole(name, value, 2)


def _check_share(name: str, value: object) -> float:
    """`value` as a float in [0, 1]."""
    number = check_number(name, value)
    if not 0 <= number <= 1:
        reject(f"{name} must be in [0, 1]", [(name, value)])
    return number


# The rule of each number that Keras's optimizers take. Keras itself lets NaN pass, and −1 as "no clipping".
_RULES: dict[str, Callable[[str, object], float]] = {
    **dict.fromkeys(("momentum", "beta_1", "beta_2", "rho", "adam_beta_1", "adam_beta_2"), check_unit_interval),
    **dict.fromkeys(("epsilon", "epsilon_1", "epsilon_2", "clip_threshold", "loss_scale_factor"), check_positive),
    **dict.fromkeys(("weight_decay", "adam_weight_decay", "rms_rate", "adam_lr_ratio", "beta"), check_at_least),
    **dict.fromkeys(("clipnorm", "clipvalue", "global_clipnorm"), check_at_least),
    **dict.fromkeys(("ema_overwrite_frequency", "ns_steps"), check_whole),
    "ema_momentum": _check_share,
    "gradient_accumulation_steps": _check_accumulation,
}
_NEVER_NONE = {name for name, rule in _RULES.items() if rule is check_unit_interval} | {"epsilon", "ema_momentum"}


def check_still(name: str, value: Any) -> Any:
    """An argument that stands still: a number by its rule, and all else as it is, for Keras to judge."""
    if value is None and name not in _NEVER_NONE:
        return None
    if name in _RULES:
        return check_float32(name, _RULES[name](name, value))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number or hasattr(value, "assign") or hasattr(value, "requires_grad"):  # a variable: `check_number` refuses it
        check_number(name, value)
    return value


def checked_rate(rate: object, accumulation: int) -> Any:
    """The learning rate as Keras takes it, with a schedule that counts updates."""
    if isinstance(rate, schedules.Schedule):
        return InGraphSchedule(rate, accumulation)
    if isinstance(rate, InGraphSchedule) and rate.accumulation != accumulation:
        # The rate would run `accumulation` times as fast as momentum, or slower.
        received = [("learning_rate.accumulation", rate.accumulation), ("gradient_accumulation_steps", accumulation)]
        reject("learning_rate.accumulation must be gradient_accumulation_steps", received)
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return rate
    return check_float32("learning_rate", check_at_least("learning_rate", rate))


def checked_table(name: str, schedule: schedules.Schedule) -> Table:
    """All values of a number's schedule, which keep the number's rule, in float32 too."""
    values = tabulated(name, schedule)
    rule = _RULES.get(name, check_at_least)
    rule(f"least value of {name}", float(values.min()))
    rule(f"greatest value of {name}", float(values.max()))
    if rule is check_unit_interval:
        # Below 1 in float32 too; and above 0, where Keras's torch step would leave the velocity as it was, stale.
        limits = np.finfo("float32")
        values = np.clip(values, limits.tiny, 1 - limits.epsneg)
    return in_float32(name, values)


def value_at(table: Table, step: Tensor) -> Tensor:
    """The table's value at a step: a tensor, but with torch, run eagerly, a float, which its fast path takes faster."""
    if TORCH and not _compiling():
        return float(table[min(int(step), len(table) - 1)])
    return read(table, step)


def _compiling() -> bool:
    import torch

    return torch.compiler.is_compiling()


class Numbers:
    """An optimizer's numbers: those that Keras keeps, those that move, and what is seen of the latter now.

    Keras is given each schedule's greatest value to keep, and sees that while it builds the optimizer: 0 might tell it
    to make no slot. In a step it sees the step's values; otherwise anyone sees the schedules.
    """

    def __init__(self, moving: Mapping[str, schedules.Schedule]) -> None:
        tables = {name: checked_table(name, schedule) for name, schedule in moving.items()}
        self.kept: dict[str, Any] = {}
        self.moving: dict[str, Any] = dict(moving)
        self.greatest: dict[str, Any] = {name: float(table.max()) for name, table in tables.items()}
        self.shown: dict[str, Any] = {}
        self.tables: dict[str, npt.NDArray[Any]] = tables
        self.made: bool = False


class Number:
    """The attribute of an optimizer that holds one of its numbers, which `Numbers` shows or keeps.

    Args:
        fixed: Whether the number may not be assigned even where it stands still.
    """

    def __init__(self, fixed: bool = False) -> None:
        self._fixed = fixed

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, optimizer: Any, owner: type | None = None) -> Any:
        if optimizer is None:
            return self
        numbers = vars(optimizer).get("_numbers")
        for values in (numbers.shown, numbers.kept) if numbers else ():
            if self._name in values:
                return values[self._name]
        raise AttributeError(self._name)  # never KeyError: with TensorFlow, Keras reads before it writes

    def __set__(self, optimizer: Any, value: Any) -> None:
        numbers = vars(optimizer)["_numbers"]
        if numbers.made and (self._fixed or self._name in numbers.moving):
            maker = type(optimizer).__name__  # Keras would take the number, show it, and go on with the old one
            raise AttributeError(
                f"{self._name} is fixed once {maker} is made: a compiled step would not see the change. "
                f"Give {maker} a schedule instead. Received: {self._name}={value!r}"
            )
        numbers.kept[self._name] = value
