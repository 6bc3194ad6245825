"""Keras optimizers whose momentum may be a schedule too, moving inside the compiled step."""

import keras
from keras import ops

from learning_rates import schedules
from learning_rates.keras_schedules import InGraphSchedule


@keras.saving.register_keras_serializable("learning_rates")
class SGD(keras.optimizers.SGD):
    """Keras's SGD with schedules for rate and momentum, both counted in updates.

    v ← μ(t)·v − η(t)·g, then θ ← θ + v, or θ ← θ + μ(t)·v − η(t)·g with nesterov. The rate is part of the velocity,
    as everywhere in Keras (PyTorch multiplies by it afterwards, which differs while η moves).

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

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **keras_arguments):
        accumulation = keras_arguments.get("gradient_accumulation_steps") or 1
        schedules.check_flag("nesterov", nesterov)
        super().__init__(_rate(learning_rate, accumulation), nesterov=nesterov, **keras_arguments)
        self._momentum_now = None
        self._momentum_table = InGraphSchedule(momentum) if isinstance(momentum, schedules.Schedule) else None
        self._momentum = _momentum(momentum)

    @property
    def momentum(self):
        """The float or the schedule it was made with."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum):
        if hasattr(self, "_momentum"):  # Keras would take the number, show it, and go on with the old one
            raise AttributeError(
                "momentum is fixed once SGD is made: a compiled step would not see the change. "
                f"Give SGD a schedule instead. Received: momentum={momentum!r}"
            )

    @property
    def _moves(self):
        return self._momentum_table is not None

    def apply(self, grads, trainable_variables=None):
        if self._moves:
            self._momentum_now = self._momentum_table(self.iterations)
        try:
            super().apply(grads, trainable_variables)
        finally:
            self._momentum_now = None  # a tensor of the traced step must not outlive it

    def update_step(self, gradient, variable, learning_rate):
        if not self._moves:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = ops.cast(self._momentum_now, variable.dtype)
        pull = ops.cast(gradient, variable.dtype) * ops.cast(learning_rate, variable.dtype)
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, velocity * momentum - pull)
        self.assign_add(variable, velocity * momentum - pull if self.nesterov else velocity)

    def get_config(self):
        return {**super().get_config(), "momentum": self.momentum.config if self._moves else self.momentum}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        if isinstance(config.get("momentum"), dict):
            config = {**config, "momentum": schedules.from_config(config["momentum"])}
        return super().from_config(config, custom_objects)


def _rate(rate, accumulation):
    if isinstance(rate, schedules.Schedule):
        return InGraphSchedule(rate, accumulation)
    if isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return rate
    return schedules.check_at_least("learning_rate", rate)


def _momentum(momentum):
    if not isinstance(momentum, schedules.Schedule):
        return schedules.check_momentum("momentum", momentum)
    values = momentum.values()
    schedules.check_momentum("least value of momentum", min(values))
    schedules.check_momentum("greatest value of momentum", max(values))
    return momentum
