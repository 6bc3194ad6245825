"""Keras optimizers whose momentum may be a schedule too, moving inside the compiled step."""

import math

import keras
import numpy as np
from keras import ops

from learning_rates import schedules
from learning_rates.checks import check_at_least, check_flag, check_positive, check_unit_interval
from learning_rates.keras_schedules import MAX_TABLE_STEPS, InGraphSchedule, read, tabulated


def _made_by_keras(optimizer):
    """The class of what `optimizer(...)` returns: with torch a faster one, which a subclass of `optimizer` loses."""
    return type(optimizer.__new__(optimizer))


def _held(name):
    """A property: what the optimizer was made with, and while Keras updates, this step's value."""

    def get(self):
        return self._given if self._now is None else self._now

    def refuse(self, value):
        if hasattr(self, "_given"):  # Keras would take the number, show it, and go on with the old one
            maker = type(self).__name__
            raise AttributeError(
                f"{name} is fixed once {maker} is made: a compiled step would not see the change. "
                f"Give {maker} a schedule instead. Received: {name}={value!r}"
            )

    return property(get, refuse, doc=f"The float or the schedule given as {name}.")


class _Moving:
    """What the optimizers share: one of Keras's numbers, which `_name` names, may be a schedule."""

    def __init__(self, learning_rate, given, **keras_arguments):
        rate = _rate(learning_rate, keras_arguments.get("gradient_accumulation_steps") or 1)
        if keras_arguments.get("weight_decay") is not None:  # Keras lets NaN pass
            check_at_least("weight_decay", keras_arguments["weight_decay"])
        moves = isinstance(given, schedules.Schedule)
        table = _momentum_table(self._name, given) if moves else None
        given = given if moves else check_unit_interval(self._name, given)
        super().__init__(rate, **keras_arguments)
        self._now, self._table, self._given = None, table, given

    def _backend_update_step(self, grads, trainable_variables, learning_rate):
        # Private, as in Keras's own Nadam: all backends pass here once per update, where torch never calls update_step.
        if self._table is not None:
            self._now = read(self._table, self.iterations)
            learning_rate = self._step_size(learning_rate)
        try:
            super()._backend_update_step(grads, trainable_variables, learning_rate)
        finally:
            self._now = None  # a tensor of the traced step must not outlive it

    def _step_size(self, learning_rate):
        return learning_rate

    def get_config(self):
        given = self._given
        return {**super().get_config(), self._name: given if self._table is None else given.config}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        if isinstance(config.get(cls._name), dict):
            config = {**config, cls._name: schedules.from_config(config[cls._name])}
        return super().from_config(config, custom_objects)


@keras.saving.register_keras_serializable("learning_rates")
class SGD(_Moving, _made_by_keras(keras.optimizers.SGD)):
    """Keras's SGD with schedules for rate and momentum, both counted in updates.

    v ← μ(t)·v − η(t)·g, then θ ← θ + v, or θ ← θ + μ(t)·v − η(t)·g with nesterov. The rate is part of the velocity,
    as everywhere in Keras (PyTorch multiplies by it afterwards, which differs while η moves). Weight decay comes
    first and follows the rate: θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        momentum: a float or a schedule, all values in [0, 1).
        nesterov: whether to look ahead.
        **keras_arguments: those of `keras.optimizers.SGD` (weight_decay, clipnorm, gradient_accumulation_steps, …).

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.
        AttributeError: momentum is assigned afterwards; a compiled step would not see it.

    Example:
        >>> rate, momentum = schedules.one_cycle(0.1, 100), schedules.one_cycle_momentum(100)
        >>> optimizer = SGD(rate, momentum)
        >>> SGD.from_config(optimizer.get_config()).momentum == momentum
        True

    References:
        Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    _name = "momentum"
    momentum = _held("momentum")

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **keras_arguments):
        check_flag("nesterov", nesterov)
        super().__init__(learning_rate, momentum, nesterov=nesterov, **keras_arguments)

    def update_step(self, gradient, variable, learning_rate):
        if self._now is None:
            super().update_step(gradient, variable, learning_rate)
            return
        # Keras's own lines, less its `if momentum != 0`, which no compiled step can decide. As there, operators won't
        # do: an embedding's gradient may be sparse. Its index of variables is the one way to their velocities.
        momentum = ops.cast(self._now, variable.dtype)
        pull = ops.multiply(ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype))
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, ops.subtract(ops.multiply(velocity, momentum), pull))
        ahead = ops.subtract(ops.multiply(velocity, momentum), pull) if self.nesterov else velocity
        self.assign_add(variable, ahead)


class _MovingBeta(_Moving):
    """What Adam and AdamW share."""

    _name = "beta_1"
    beta_1 = _held("beta_1")

    def __init__(self, learning_rate, beta_1, beta_2, epsilon, amsgrad, **keras_arguments):
        check_unit_interval("beta_2", beta_2)
        check_positive("epsilon", epsilon)
        check_flag("amsgrad", amsgrad)
        numbers = {"beta_2": float(beta_2), "epsilon": float(epsilon), "amsgrad": amsgrad}
        super().__init__(learning_rate, beta_1, **numbers, **keras_arguments)
        if self._table is not None:
            self._factors = _factors(self._table)

    def _step_size(self, learning_rate):
        return learning_rate * read(self._factors, self.iterations)


def _factors(beta_1):
    """What turns a division by 1 − β₁(t)^(t+1), Keras's, into one by 1 − ∏β₁, at every step until it stays 1."""
    # After the schedule's end β₁ stays b, and the factor nears 1 as bᵏ: go on until that is lost in float32.
    held = min(math.ceil(math.log(2**-25) / math.log(beta_1[-1])), MAX_TABLE_STEPS)
    beta_1 = np.append(beta_1, np.full(held, beta_1[-1])).astype("float64")
    usual = 1 - beta_1 ** np.arange(1, len(beta_1) + 1)
    exact = 1 - np.cumprod(beta_1)
    return (usual / exact).astype("float32")


@keras.saving.register_keras_serializable("learning_rates")
class Adam(_MovingBeta, _made_by_keras(keras.optimizers.Adam)):
    """Keras's Adam with schedules for rate and β₁, both counted in updates.

    m ← β₁(t)·m + (1 − β₁(t))·g, v ← β₂·v + (1 − β₂)·g², then
    θ ← θ − η(t) · √(1 − β₂^(t+1)) / (1 − β₁(0)·…·β₁(t)) · m / (√v + ε), with v's greatest value so far where amsgrad
    is set. The product is exact: m started from 0 and still lacks just that share of its weight, whereas the usual
    1 − β₁(t)^(t+1) takes today's β₁ for that of every step before. As everywhere in Keras, ε is the paper's ε̂, added
    before √v is corrected. Weight decay comes first, apart from the gradient, and follows the rate:
    θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        beta_1: a float or a schedule, all values in [0, 1).
        beta_2: a float in [0, 1).
        epsilon: a float > 0.
        amsgrad: whether v is never to shrink.
        **keras_arguments: those of `keras.optimizers.Adam` (weight_decay, clipnorm, gradient_accumulation_steps, …).

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.
        AttributeError: beta_1 is assigned afterwards; a compiled step would not see it.

    Example:
        >>> rate, beta_1 = schedules.one_cycle(0.01, 100), schedules.one_cycle_momentum(100)
        >>> optimizer = Adam(rate, beta_1)
        >>> Adam.from_config(optimizer.get_config()).beta_1 == beta_1
        True

    References:
        Kingma, Ba (2015), Adam: a method for stochastic optimization, arXiv 1412.6980.
        Reddi, Kale, Kumar (2018), On the convergence of Adam and beyond, arXiv 1904.09237 (amsgrad).
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **keras_arguments):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **keras_arguments)


@keras.saving.register_keras_serializable("learning_rates")
class AdamW(_MovingBeta, _made_by_keras(keras.optimizers.AdamW)):
    """Keras's AdamW with schedules for rate and β₁, both counted in updates: `Adam`, with weight decay by default.

    θ ← θ − η(t)·weight_decay·θ, then Adam's step. The decay bypasses m and v, but follows the rate, as everywhere in
    Keras: the paper's schedule multiplier and its rate α are one number here.

    Args:
        learning_rate: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        weight_decay: a float ≥ 0.
        beta_1: a float or a schedule, all values in [0, 1).
        beta_2: a float in [0, 1).
        epsilon: a float > 0.
        amsgrad: whether v is never to shrink.
        **keras_arguments: those of `keras.optimizers.AdamW` (clipnorm, gradient_accumulation_steps, …).

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.
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
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **keras_arguments,
    ):
        keras_arguments["weight_decay"] = check_at_least("weight_decay", weight_decay)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, **keras_arguments)


def _rate(rate, accumulation):
    if isinstance(rate, schedules.Schedule):
        return InGraphSchedule(rate, accumulation)
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return rate
    return check_at_least("learning_rate", rate)


def _momentum_table(name, schedule):
    values = tabulated(name, schedule)
    check_unit_interval(f"least value of {name}", float(values.min()))
    check_unit_interval(f"greatest value of {name}", float(values.max()))
    # Below 1 in float32 too; and above 0, where Keras's torch step would leave the velocity as it was, stale.
    limits = np.finfo("float32")
    return np.clip(values, limits.tiny, 1 - limits.epsneg).astype("float32")
