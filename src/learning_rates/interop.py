"""The same schedules in PyTorch and in Optax: neither is asked for until a function here is called, nor is Keras."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from learning_rates.checks import check_unit_interval, check_whole, reject
from learning_rates.schedules import Schedule, check_schedule
from learning_rates.tables import in_float32, tabulated

Rates = Schedule | Sequence[Schedule]


def to_torch(optimizer: Any, rate: Rates, momentum: Schedule | None = None) -> Any:
    """A PyTorch scheduler that sets rate and momentum of an optimizer: for PyTorch loops that call `scheduler.step()`.

    After k calls of `scheduler.step()`, every parameter group has lr = η(k) and momentum = μ(k), or betas[0] = μ(k).

    A schedule is absolute: each group gets its value, whatever lr the group was made with, as with `OneCycleLR`. To
    give the groups different rates, pass one schedule for each. `scheduler.state_dict()` holds the position in the
    run, and not the schedule. The schedule that is given here applies, so that a resumed run may follow a `cooldown`
    that was decided on the way.

    Args:
        optimizer: A `torch.optim.Optimizer`.
        rate: The schedule of the learning rate η, or a sequence with one for each of optimizer.param_groups.
        momentum: The schedule of the momentum μ, with all values in [0, 1): of `momentum`, or of the first of `betas`.
            None leaves it alone.

    Returns:
        A `torch.optim.lr_scheduler.LRScheduler`. Like all of them, it has set the first values already.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        ImportError: PyTorch is not installed.

    Example:
        >>> import torch
        >>> from learning_rates import schedules
        >>> layer = torch.nn.Linear(3, 1)
        >>> optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
        >>> scheduler = to_torch(optimizer, schedules.one_cycle(0.1, 100), schedules.one_cycle_momentum(100))
        >>> for step in range(29):
        ...     optimizer.step()
        ...     scheduler.step()
        >>> scheduler.get_last_lr()[0], optimizer.param_groups[0]["momentum"]
        (0.1, 0.85)

    References:
        PyTorch, torch.optim.lr_scheduler.OneCycleLR.
    """
    torch = _library("torch", "to_torch", "PyTorch")
    if not isinstance(optimizer, torch.optim.Optimizer):
        reject("optimizer must be a torch.optim.Optimizer", [("optimizer", optimizer)], TypeError)
    groups = optimizer.param_groups
    rates = [rate] if isinstance(rate, Schedule) else _one_each("rate", rate, len(groups))
    if momentum is not None:
        values = tabulated("momentum", check_schedule("momentum", momentum))
        check_unit_interval("greatest value of momentum", float(values.max()))
        if not all("momentum" in group or "betas" in group for group in groups):
            received = [("momentum", momentum), ("optimizer", type(optimizer).__name__)]
            reject("momentum must be None for an optimizer that has neither momentum nor betas", received)
    return _scheduler()(optimizer, rates, momentum)


def _library(module: str, function: str, name: str) -> Any:
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(f"interop.{function} needs {name}, which is not installed: pip install {module}") from error


def _one_each(name: str, given: object, groups: int) -> list[Schedule]:
    if not isinstance(given, Iterable):
        reject(f"{name} must be a schedule, or a sequence of them", [(name, given)], TypeError)
    each = [check_schedule(f"each item of {name}", item) for item in given]
    if len(each) != groups:
        received = [(f"number of items of {name}", len(each)), ("number of param_groups", groups)]
        reject(f"{name} must have a schedule for each of optimizer.param_groups", received)
    return each


@cache
def _scheduler() -> Any:
    """The class of what `to_torch` returns: made once PyTorch is there."""
    from torch.optim.lr_scheduler import LRScheduler

    class ScheduleLR(LRScheduler):
        def __init__(self, optimizer: Any, rates: list[Schedule], momentum: Schedule | None) -> None:
            self._rates, self._momentum = rates, momentum
            super().__init__(optimizer)

        def get_lr(self) -> list[float]:
            """The rates of the step, once the momentum is set, as PyTorch's own cycles do it."""
            groups, step = self.optimizer.param_groups, self.last_epoch
            if self._momentum is not None:
                for group in groups:
                    _set_momentum(group, self._momentum(step))
            rates = self._rates * len(groups) if len(self._rates) == 1 else self._rates
            return [rate(step) for rate in rates]

        def state_dict(self) -> dict[str, Any]:
            """Where the run is: plain numbers, which `torch.load` takes with weights_only."""
            return {"last_epoch": self.last_epoch, "_step_count": self._step_count}

        def load_state_dict(self, state_dict: dict[str, Any]) -> None:
            """Go on where the state says, at this scheduler's values."""
            counts = {key: check_whole(f"state_dict['{key}']", state_dict.get(key), 0) for key in self.state_dict()}
            self.last_epoch, self._step_count = counts["last_epoch"], counts["_step_count"]
            for group, rate in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
                if hasattr(group["lr"], "fill_"):  # a tensor, for compiled steps
                    group["lr"].fill_(rate)
                else:
                    group["lr"] = rate
            self._last_lr = [float(group["lr"]) for group in self.optimizer.param_groups]

    return ScheduleLR


def _set_momentum(group: dict[str, Any], value: float) -> None:
    if "betas" in group:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value


def to_optax(schedule: Schedule) -> Callable[[Any], Any]:
    """A schedule as Optax takes it: for `optax.adamw(learning_rate=…)` and every other place that takes a schedule.

    η(count) = table[min(count, T − 1)], where the table has JAX's default precision: float32, or float64 with
    jax_enable_x64.

    Args:
        schedule: The schedule, of at most 10⁷ steps, with a greatest value that float32 can hold.

    Returns:
        A function of the number of updates that were made, a number or an array; it gives an array of the same shape.
        It works under `jit`, `vmap`, `lax.scan` and in `optax.inject_hyperparams`.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        ImportError: JAX is not installed.

    Example:
        >>> import jax
        >>> from learning_rates import schedules
        >>> rate = to_optax(schedules.polynomial_decay(1.0, 5))
        >>> [float(jax.jit(rate)(count)) for count in (0, 1, 4, 99)]
        [1.0, 0.75, 0.0, 0.0]

    References:
        DeepMind (2020), The DeepMind JAX ecosystem: Optax, optax.Schedule.
    """
    jax = _library("jax", "to_optax", "JAX")
    values = tabulated("schedule", check_schedule("schedule", schedule))
    in_float32("schedule", values)
    table = values.astype(jax.dtypes.canonicalize_dtype(np.float64))
    last = len(table) - 1

    def value(count: Any) -> Any:
        if isinstance(count, (int, float, np.number)):  # under a trace nothing can be refused, and int32 ends at 2³¹
            count = min(check_whole("count", count, 0), last)
        return jax.numpy.take(table, jax.numpy.minimum(count, last), mode="clip")

    return value
