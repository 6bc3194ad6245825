"""Keras optimizers whose momentum may be a schedule too, moving inside the compiled step."""

import math
from typing import Any, Self, TypeAlias

import keras
import numpy as np
from keras import ops

from learning_rates import schedules
from learning_rates.checks import check_at_least, check_flag, check_positive, check_unit_interval
from learning_rates.keras_schedules import InGraphSchedule, Tensor, read
from learning_rates.tables import MAX_TABLE_STEPS, Table, tabulated

Rate: TypeAlias = float | schedules.Schedule | keras.optimizers.schedules.LearningRateSchedule
Momentum: TypeAlias = float | schedules.Schedule


def _made_by_keras(optimizer: Any) -> Any:
    """The class of what `optimizer(...)` returns: torch has a faster one, which a subclass of `optimizer` loses."""
    return type(optimizer.__new__(optimizer))


_KerasSGD: Any = _made_by_keras(keras.optimizers.SGD)
_KerasAdam: Any = _made_by_keras(keras.optimizers.Adam)
_KerasAdamW: Any = _made_by_keras(keras.optimizers.AdamW)


class _Moving(keras.optimizers.Optimizer):
    """What the optimizers share: one of Keras's numbers, which `_name` names, may be a schedule."""

    _name: str

    def __init__(self, learning_rate: Rate, given: Momentum, **keras_arguments: Any) -> None:
        rate = _rate(learning_rate, keras_arguments.get("gradient_accumulation_steps") or 1)
        if keras_arguments.get("weight_decay") is not None:  # Keras lets NaN pass
            check_at_least("weight_decay", keras_arguments["weight_decay"])
        table = None
        if isinstance(given, schedules.Schedule):
            table = _momentum_table(self._name, given)
        else:
            given = check_unit_interval(self._name, given)
        super().__init__(rate, **keras_arguments)
        self._given: Momentum = given
        self._table: Table | None = table
        self._now: Tensor = None  # this step's value, while Keras updates

    def _held(self) -> Momentum:
        """What the optimizer was made with, and while Keras updates, this step's value."""
        return self._given if self._now is None else self._now

    def _refuse(self, value: object) -> None:
        if hasattr(self, "_given"):  # Keras would take the number, show it, and go on with the old one
            maker = type(self).__name__
            raise AttributeError(
                f"{self._name} is fixed once {maker} is made: a compiled step would not see the change. "
                f"Give {maker} a schedule instead. Received: {self._name}={value!r}"
            )

    def _backend_update_step(
        self, grads: list[Tensor], trainable_variables: list[keras.Variable], learning_rate: Tensor
    ) -> None:
        # Private, as in Keras's own Nadam: all backends pass here once per update, where torch never calls update_step.
        if self._table is not None:
            self._now = read(self._table, self.iterations)
            learning_rate = self._step_size(learning_rate)
        try:
            super()._backend_update_step(grads, trainable_variables, learning_rate)
        finally:
            self._now = None  # a tensor of the traced step must not outlive it

    def _step_size(self, learning_rate: Tensor) -> Tensor:
        return learning_rate

    def get_config(self) -> dict[str, Any]:
        given = self._given
        return {**super().get_config(), self._name: given.config if isinstance(given, schedules.Schedule) else given}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        if isinstance(config.get(cls._name), dict):
            config = {**config, cls._name: schedules.from_config(config[cls._name])}
        return super().from_config(config, custom_objects)


@keras.saving.register_keras_serializable("learning_rates")
class SGD(_Moving, _KerasSGD):
    """Keras's SGD with schedules for rate and momentum, both counted in updates.

    v ← μ(t)·v − η(t)·g, then θ ← θ + v, or θ ← θ + μ(t)·v − η(t)·g with nesterov. The rate is part of the velocity,
    as everywhere in Keras; PyTorch multiplies by it afterwards, which differs while η moves. Weight decay comes
    first and follows the rate: θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        momentum: The momentum μ: a float or a schedule, with all values in [0, 1).
        nesterov: Whether to use Nesterov's momentum.
        **keras_arguments: Further arguments of `keras.optimizers.SGD`, such as weight_decay, clipnorm and
            gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        AttributeError: A value is assigned to momentum afterwards; a compiled step would not see it.

    Example:
        >>> rate, momentum = schedules.one_cycle(0.1, 100), schedules.one_cycle_momentum(100)
        >>> optimizer = SGD(rate, momentum)
        >>> SGD.from_config(optimizer.get_config()).momentum == momentum
        True

    References:
        Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    _name = "momentum"

    def __init__(
        self, learning_rate: Rate = 0.01, momentum: Momentum = 0.0, nesterov: bool = False, **keras_arguments: Any
    ) -> None:
        check_flag("nesterov", nesterov)
        super().__init__(learning_rate, momentum, nesterov=nesterov, **keras_arguments)

    @property
    def momentum(self) -> Momentum:
        """The float or the schedule given as momentum."""
        return self._held()

    @momentum.setter
    def momentum(self, value: object) -> None:
        self._refuse(value)

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        if self._now is None:
            super().update_step(gradient, variable, learning_rate)
            return
        # Keras's own lines, without its `if momentum != 0`, which no compiled step can decide. Operators won't do,
        # because an embedding's gradient may be sparse. Private, as the only way to a variable's velocity.
        momentum = ops.cast(self._now, variable.dtype)
        pull = ops.multiply(ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype))
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, ops.subtract(ops.multiply(velocity, momentum), pull))
        ahead = ops.subtract(ops.multiply(velocity, momentum), pull) if self.nesterov else velocity
        self.assign_add(variable, ahead)


class _MovingBeta(_Moving):
    """What Adam and AdamW share."""

    _name = "beta_1"

    def __init__(
        self,
        learning_rate: Rate,
        beta_1: Momentum,
        beta_2: float,
        epsilon: float,
        amsgrad: bool,
        **keras_arguments: Any,
    ) -> None:
        numbers = {"beta_2": check_unit_interval("beta_2", beta_2), "epsilon": check_positive("epsilon", epsilon)}
        super().__init__(learning_rate, beta_1, amsgrad=check_flag("amsgrad", amsgrad), **numbers, **keras_arguments)
        if self._table is not None:
            self._corrections: Table = _corrections(self._table)

    @property
    def beta_1(self) -> Momentum:
        """The float or the schedule given as beta_1."""
        return self._held()

    @beta_1.setter
    def beta_1(self, value: object) -> None:
        self._refuse(value)

    def _step_size(self, learning_rate: Tensor) -> Tensor:
        return learning_rate * read(self._corrections, self.iterations)


def _corrections(beta_1: Table) -> Table:
    """The factors that turn Keras's division by 1 − β₁(t)^(t+1) into one by 1 − ∏β₁, until they stay 1."""
    # After the schedule's end β₁ stays b, and the factor nears 1 as bᵏ: go on until float32 can't tell it from 1.
    held = min(math.ceil(math.log(2**-25) / math.log(beta_1[-1])), MAX_TABLE_STEPS)
    beta = np.append(beta_1, np.full(held, beta_1[-1])).astype("float64")
    usual = 1 - beta ** np.arange(1, len(beta) + 1)
    exact = 1 - np.cumprod(beta)
    return (usual / exact).astype("float32")


@keras.saving.register_keras_serializable("learning_rates")
class Adam(_MovingBeta, _KerasAdam):
    """Keras's Adam with schedules for rate and β₁, both counted in updates.

    m ← β₁(t)·m + (1 − β₁(t))·g, v ← β₂·v + (1 − β₂)·g², then
    θ ← θ − η(t) · √(1 − β₂^(t+1)) / (1 − β₁(0)·…·β₁(t)) · m / (√v + ε), with v's greatest value so far where amsgrad
    is set. The product is the exact bias correction: m started from 0, and its weights still sum to 1 minus that
    product. The usual 1 − β₁(t)^(t+1) is right only while β₁ stands still. As everywhere in Keras, ε is the paper's ε̂,
    added before √v is corrected. Weight decay is decoupled: it comes first and follows the rate,
    θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        beta_1: The decay β₁ of the average of the gradients: a float or a schedule, with all values in [0, 1).
        beta_2: The decay β₂ of the average of the squared gradients, in [0, 1).
        epsilon: The constant ε added to the denominator, > 0.
        amsgrad: Whether to divide by the greatest v so far, as AMSGrad does.
        **keras_arguments: Further arguments of `keras.optimizers.Adam`, such as weight_decay, clipnorm and
            gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        AttributeError: A value is assigned to beta_1 afterwards; a compiled step would not see it.

    Example:
        >>> rate, beta_1 = schedules.one_cycle(0.01, 100), schedules.one_cycle_momentum(100)
        >>> optimizer = Adam(rate, beta_1)
        >>> Adam.from_config(optimizer.get_config()).beta_1 == beta_1
        True

    References:
        Kingma, Ba (2015), Adam: a method for stochastic optimization, arXiv 1412.6980.
        Reddi, Kale, Kumar (2018), On the convergence of Adam and beyond, arXiv 1904.09237 (amsgrad).
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: Momentum = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **keras_arguments: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **keras_arguments)


@keras.saving.register_keras_serializable("learning_rates")
class AdamW(_MovingBeta, _KerasAdamW):
    """Keras's AdamW with schedules for rate and β₁, both counted in updates: `Adam`, with weight decay by default.

    θ ← θ − η(t)·weight_decay·θ, then Adam's step. The decay bypasses m and v but follows the rate, as everywhere in
    Keras: the paper's schedule multiplier and its rate α are one number here.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        weight_decay: The weight decay per unit of the learning rate, ≥ 0.
        beta_1: The decay β₁ of the average of the gradients: a float or a schedule, with all values in [0, 1).
        beta_2: The decay β₂ of the average of the squared gradients, in [0, 1).
        epsilon: The constant ε added to the denominator, > 0.
        amsgrad: Whether to divide by the greatest v so far, as AMSGrad does.
        **keras_arguments: Further arguments of `keras.optimizers.AdamW`, such as clipnorm and
            gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        AttributeError: A value is assigned to beta_1 afterwards; a compiled step would not see it.
        AttributeError: beta_1 is assigned afterwards; a compiled step would not see it.

    Example:
        >>> optimizer = AdamW(schedules.one_cycle(0.01, 100), beta_1=schedules.one_cycle_momentum(100))
        >>> optimizer.weight_decay
        0.004

    References:
        Loshchilov, Hutter (2019), Decoupled weight decay regularization, arXiv 1711.05101.
    """

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        weight_decay: float = 0.004,
        beta_1: Momentum = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **keras_arguments: Any,
    ) -> None:
        keras_arguments["weight_decay"] = check_at_least("weight_decay", weight_decay)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **keras_arguments)


def _rate(rate: Rate, accumulation: int) -> Any:
    if isinstance(rate, schedules.Schedule):
        return InGraphSchedule(rate, accumulation)
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return rate
    return check_at_least("learning_rate", rate)


def _momentum_table(name: str, schedule: schedules.Schedule) -> Table:
    values = tabulated(name, schedule)
    check_unit_interval(f"least value of {name}", float(values.min()))
    check_unit_interval(f"greatest value of {name}", float(values.max()))
    # Below 1 in float32 too; and above 0, where Keras's torch step would leave the velocity as it was, stale.
    limits = np.finfo("float32")
    return np.clip(values, limits.tiny, 1 - limits.epsneg).astype("float32")
