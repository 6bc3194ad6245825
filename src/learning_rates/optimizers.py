"""Keras's SGD, Adam and AdamW, whose numbers may be schedules, moving inside the compiled step."""

from collections.abc import Mapping
from typing import Any

import keras

from learning_rates import schedules
from learning_rates.checks import check_at_least, check_flag
from learning_rates.families import AdamFamily, SGDFamily
from learning_rates.moving_numbers import Number, Rate, Value
from learning_rates.scheduling import Scheduled, made_by_keras

_KerasSGD: Any = made_by_keras(keras.optimizers.SGD)
_KerasAdam: Any = made_by_keras(keras.optimizers.Adam)
_KerasAdamW: Any = made_by_keras(keras.optimizers.AdamW)


@keras.saving.register_keras_serializable("learning_rates")
class SGD(Scheduled, SGDFamily, _KerasSGD):
    """Keras's SGD with schedules for rate and momentum, both counted in updates.

    v ← μ(t)·v − η(t)·g, then θ ← θ + v, or θ ← θ + μ(t)·v − η(t)·g with nesterov. The rate is part of the velocity,
    as everywhere in Keras; PyTorch multiplies by it afterwards, which differs while η moves. Weight decay comes
    first and follows the rate: θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        momentum: The momentum μ: a float or a schedule, with all values in [0, 1).
        nesterov: Whether to use Nesterov's momentum.
        layer_rates: Factors ≥ 0 of the rate by pattern, for the variables in whose path the pattern is found; more in
            `scheduled`.
        **keras_arguments: Further arguments of `keras.optimizers.SGD`, such as weight_decay, which may be a schedule
            too, clipnorm and gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        ValueError: When the optimizer is built, a pattern of layer_rates finds no variable, or two find the same one.
        AttributeError: A value is assigned to momentum afterwards; a compiled step would not see it.

    Example:
        >>> rate, momentum = schedules.one_cycle(0.1, 100), schedules.one_cycle_momentum(100)
        >>> optimizer = SGD(rate, momentum)
        >>> SGD.from_config(optimizer.get_config()).momentum == momentum
        True

    References:
        Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    momentum: Number = Number(fixed=True)
    weight_decay: Number = Number()
    ema_momentum: Number = Number()

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: Value = 0.0,
        nesterov: bool = False,
        *,
        layer_rates: Mapping[str, float] | None = None,
        **keras_arguments: Any,
    ) -> None:
        check_flag("nesterov", nesterov)
        numbers = {"learning_rate": learning_rate, "momentum": momentum}
        super().__init__(layer_rates=layer_rates, nesterov=nesterov, **numbers, **keras_arguments)


class _Adam(Scheduled, AdamFamily):
    """What Adam and AdamW share."""

    beta_1: Number = Number(fixed=True)
    beta_2: Number = Number()
    epsilon: Number = Number()
    weight_decay: Number = Number()
    ema_momentum: Number = Number()

    def __init__(self, *, amsgrad: bool, **arguments: Any) -> None:
        super().__init__(amsgrad=check_flag("amsgrad", amsgrad), **arguments)


@keras.saving.register_keras_serializable("learning_rates")
class Adam(_Adam, _KerasAdam):
    """Keras's Adam with schedules for rate and β₁, both counted in updates.

    m ← β₁(t)·m + (1 − β₁(t))·g, v ← β₂·v + (1 − β₂)·g², then
    θ ← θ − η(t) · √(1 − β₂^(t+1)) / (1 − β₁(0)·…·β₁(t)) · m / (√v + ε), with v's greatest value so far where amsgrad
    is set. The product is the exact bias correction: m started from 0, and its weights still sum to 1 minus that
    product. The usual 1 − β₁(t)^(t+1) is right only while β₁ stands still. Where β₂ moves, the product of its values
    takes the power's place. As everywhere in Keras, ε is the paper's ε̂, added before √v is corrected. Weight decay is
    decoupled: it comes first and follows the rate, θ ← θ − η(t)·weight_decay·θ.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        beta_1: The decay β₁ of the average of the gradients: a float or a schedule, with all values in [0, 1).
        beta_2: The decay β₂ of the average of the squared gradients: a float or a schedule, with all values in [0, 1).
        epsilon: The constant ε added to the denominator: a float or a schedule, > 0.
        amsgrad: Whether to divide by the greatest v so far, as AMSGrad does.
        layer_rates: Factors ≥ 0 of the rate by pattern, for the variables in whose path the pattern is found; more in
            `scheduled`.
        **keras_arguments: Further arguments of `keras.optimizers.Adam`, such as weight_decay, which may be a schedule
            too, clipnorm and gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        ValueError: When the optimizer is built, a pattern of layer_rates finds no variable, or two find the same one.
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
        beta_1: Value = 0.9,
        beta_2: Value = 0.999,
        epsilon: Value = 1e-7,
        amsgrad: bool = False,
        *,
        layer_rates: Mapping[str, float] | None = None,
        **keras_arguments: Any,
    ) -> None:
        numbers = {"learning_rate": learning_rate, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(layer_rates=layer_rates, amsgrad=amsgrad, **numbers, **keras_arguments)


@keras.saving.register_keras_serializable("learning_rates")
class AdamW(_Adam, _KerasAdamW):
    """Keras's AdamW with schedules for rate and β₁, both counted in updates: `Adam`, with weight decay by default.

    θ ← θ − η(t)·weight_decay·θ, then Adam's step. The decay bypasses m and v but follows the rate, as everywhere in
    Keras: the paper's schedule multiplier and its rate α are one number here.

    Args:
        learning_rate: The learning rate η: a float ≥ 0, a schedule, or a Keras schedule (which counts micro-batches).
        weight_decay: The weight decay per unit of the learning rate: a float or a schedule, ≥ 0.
        beta_1: The decay β₁ of the average of the gradients: a float or a schedule, with all values in [0, 1).
        beta_2: The decay β₂ of the average of the squared gradients: a float or a schedule, with all values in [0, 1).
        epsilon: The constant ε added to the denominator: a float or a schedule, > 0.
        amsgrad: Whether to divide by the greatest v so far, as AMSGrad does.
        layer_rates: Factors ≥ 0 of the rate by pattern, for the variables in whose path the pattern is found; more in
            `scheduled`.
        **keras_arguments: Further arguments of `keras.optimizers.AdamW`, such as clipnorm and
            gradient_accumulation_steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.
        ValueError: When the optimizer is built, a pattern of layer_rates finds no variable, or two find the same one.
        AttributeError: A value is assigned to beta_1 afterwards; a compiled step would not see it.

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
        weight_decay: Value = 0.004,
        beta_1: Value = 0.9,
        beta_2: Value = 0.999,
        epsilon: Value = 1e-7,
        amsgrad: bool = False,
        *,
        layer_rates: Mapping[str, float] | None = None,
        **keras_arguments: Any,
    ) -> None:
        if not isinstance(weight_decay, schedules.Schedule):  # no decay is 0 here, and None in Adam, as in Keras
            weight_decay = check_at_least("weight_decay", weight_decay)
        keras_arguments["weight_decay"] = weight_decay
        numbers = {"learning_rate": learning_rate, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon}
        super().__init__(layer_rates=layer_rates, amsgrad=amsgrad, **numbers, **keras_arguments)
