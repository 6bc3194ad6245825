"""Any number of any Keras optimizer as a schedule, and a rate for each layer, inside the compiled step."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import keras

from learning_rates import schedules
from learning_rates.checks import reject
from learning_rates.families import EPSILON_SCALE, Family, SGDFamily, family_of
from learning_rates.keras_schedules import Tensor
from learning_rates.layer_rates import check_layer_rates, path_of, resolve, still_fit
from learning_rates.moving_numbers import (
    TORCH,
    Number,
    Numbers,
    check_still,
    checked_rate,
    value_at,
)

_READ_ONCE = "Keras reads it once, before the first step"
_IN_PYTHON = "Keras decides by it in Python, which a compiled step asks only once"
_COUNT = "it is a count"
_FIXED = {  # arguments that no schedule reaches: the reason
    "initial_accumulator_value": _READ_ONCE,
    "loss_scale_factor": "the loss is scaled outside the optimizer's step",
    "clipnorm": _IN_PYTHON,
    "clipvalue": _IN_PYTHON,
    "global_clipnorm": _IN_PYTHON,
    "beta_2_decay": "it is negative, and schedules are ≥ 0",
    "learning_rate_power": "it is negative, and schedules are ≥ 0",
    "muon_b": "it is negative, and schedules are ≥ 0",
    "gradient_accumulation_steps": _COUNT,
    "ema_overwrite_frequency": _COUNT,
    "ns_steps": _COUNT,
    "warmup_steps": _COUNT,
}


def made_by_keras(optimizer: Any) -> Any:
    """The class of what `optimizer(...)` returns: with torch a faster one, which a subclass of `optimizer` loses."""
    return type(optimizer.__new__(optimizer))


@keras.saving.register_keras_serializable("learning_rates")
class Scheduled(Family):
    """What `scheduled` returns, and what `SGD`, `Adam` and `AdamW` are, as a subclass of one of Keras's optimizers too.

    Each number that may move is a `Number` of the class. What Keras reads of it while it applies gradients is the value
    of this step, so that Keras's own lines run: update, weight decay and moving average.
    """

    _of: Any = None  # the class that `scheduled` was given

    def __init__(self, *, layer_rates: Mapping[str, float] | None = None, **arguments: Any) -> None:
        moving = {name: value for name, value in arguments.items() if _moves(name, value)}
        for name in moving:
            if not isinstance(getattr(type(self), name, None), Number):
                _refuse(type(self).__name__, name, moving[name], self._refused)
        rest = {name: check_still(name, value) for name, value in arguments.items() if name not in {*moving, _RATE}}
        if _RATE in arguments:
            rest[_RATE] = checked_rate(arguments[_RATE], rest.get("gradient_accumulation_steps") or 1)
        if "ema_momentum" in moving and not rest.get("use_ema"):
            reject("use_ema must be True where ema_momentum moves", [("use_ema", rest.get("use_ema", False))])
        rates = self._checked_layer_rates(layer_rates)
        # Past Keras's __setattr__, which tracks what it is given, and asks for `super().__init__()` first.
        numbers = Numbers(moving)
        numbers.tables.update(self._scales(numbers.tables))
        self.__dict__.update(_numbers=numbers, _rates=rates, _factors=None, _factor=1.0)
        super().__init__(**rest, **numbers.greatest)
        # A user's optimizer may keep a number under another name, where it would stand still.
        for name in moving.keys() - numbers.kept.keys():
            _refuse(type(self).__name__, name, moving[name], {name: f"the optimizer must keep it as self.{name}"})
        numbers.shown, numbers.made = numbers.moving, True

    @property
    def learning_rate(self) -> Any:
        return keras.optimizers.Optimizer.learning_rate.fget(self)

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        if isinstance(rate, schedules.Schedule):  # Keras would take it as a function, and call it with a tensor
            rate = checked_rate(rate, self.gradient_accumulation_steps or 1)
        keras.optimizers.Optimizer.learning_rate.fset(self, rate)

    def _checked_layer_rates(self, layer_rates: Mapping[str, float] | None) -> dict[str, float]:
        rates = check_layer_rates({} if layer_rates is None else layer_rates)
        if rates and self._refuses_layer_rates:
            reject(f"layer_rates must be None: {self._refuses_layer_rates}", [("layer_rates", rates)])
        if self._divides_by_rate and 0.0 in rates.values():
            reject("each factor of layer_rates must be > 0: the step divides by the rate", [("layer_rates", rates)])
        return rates

    def build(self, variables: list[keras.Variable]) -> None:
        if self.built:
            return
        numbers = self._numbers
        short = [v for v in variables if keras.backend.standardize_dtype(v.dtype) in ("float16", "bfloat16")]
        if numbers.moving and self._needs_32_bits and short:
            rule = "variables must have 32 bits where a number of Nadam, Lamb or Ftrl moves: Keras's step mixes types"
            reject(rule, [(path_of(short[0]), keras.backend.standardize_dtype(short[0].dtype))])
        paths = [path_of(variable) for variable in variables]
        factors = self._factors
        if self._rates and not (factors and still_fit(factors, paths)):
            factors = resolve(self._rates, paths)
        with self._showing({}):
            super().build(variables)
        self.__dict__["_factors"] = factors

    @contextmanager
    def _showing(self, values: dict[str, Any]) -> Iterator[None]:
        self._numbers.shown = values
        try:
            yield
        finally:
            # Not what was shown before: with several replicas, that is another's step. No tensor may outlive its trace.
            self._numbers.shown = self._numbers.moving

    # Private, as all that follows: Keras has no public place that all backends pass once a step, before weight decay.
    def _backend_apply_gradients(self, grads: list[Tensor], trainable_variables: list[Any]) -> None:
        tables = self._numbers.tables
        if not tables:
            super()._backend_apply_gradients(grads, trainable_variables)
            return
        step = self.iterations
        now = {name: value_at(table, step) for name, table in tables.items()}
        if EPSILON_SCALE in now:
            now["epsilon"] = now.get("epsilon", self._numbers.kept.get("epsilon")) * now[EPSILON_SCALE]
        with self._showing(now):
            super()._backend_apply_gradients(grads, trainable_variables)

    def _factor_of(self, variable: Any) -> float:
        factors = self._factors
        return factors[self._get_variable_index(variable)][1] if factors else 1.0

    def _groups(self, variables: list[Any]) -> dict[float, list[int]]:
        """The places in `variables` of those that share a factor."""
        groups: dict[float, list[int]] = {}
        for place, variable in enumerate(variables):
            groups.setdefault(self._factor_of(variable), []).append(place)
        return groups

    def _backend_update_step(self, grads: list[Tensor], variables: list[Any], learning_rate: Tensor) -> None:
        if not (self._factors and hasattr(self, "_parallel_update_step")):
            super()._backend_update_step(grads, variables, learning_rate)
            return
        # torch's fast path takes one rate for all its variables: once for each factor, then.
        product = getattr(self, "_u_product", None)  # Nadam's, which goes on at each call
        before = None if product is None else product.value.clone()
        for factor, places in self._groups(variables).items():
            if product is not None:
                product.assign(before)
            part = [grads[place] for place in places], [variables[place] for place in places]
            super()._backend_update_step(*part, learning_rate * factor)

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        factor = self._factor_of(variable)
        super().update_step(gradient, variable, learning_rate if factor == 1 else learning_rate * factor)

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        if not self._factors:
            super()._apply_weight_decay(variables)
            return
        for factor, places in self._groups(variables).items():
            part = [variables[place] for place in places if self._use_weight_decay(variables[place])]
            if part:  # torch refuses an empty list
                self.__dict__["_factor"] = factor
                try:
                    super()._apply_weight_decay(part)
                finally:
                    self.__dict__["_factor"] = 1.0

    def _get_current_learning_rate(self) -> Any:
        rate, factor = super()._get_current_learning_rate(), vars(self).get("_factor", 1.0)
        return rate if factor == 1 else rate * factor

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.update({name: schedule.config for name, schedule in self._numbers.moving.items()})
        if self._rates:
            config["layer_rates"] = dict(self._rates)
            if self._factors:
                # Resolved: Keras renames variables when it loads or clones a model, and the patterns may find others.
                config["layer_factors"] = [list(pair) for pair in self._factors]
        if self._of is not None:
            config["optimizer"] = keras.saving.get_registered_name(self._of)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        arguments = {name: _revived(name, value, custom_objects) for name, value in config.items()}
        factors, of = arguments.pop("layer_factors", None), arguments.pop("optimizer", None)
        make: Callable[..., Any] = cls if of is None else partial(scheduled, _class_named(of, custom_objects))
        optimizer = make(**arguments)
        optimizer.__dict__["_factors"] = factors and [(path, factor) for path, factor in factors]
        return optimizer


_RATE = "learning_rate"


def _moves(name: str, value: object) -> bool:
    return name != _RATE and isinstance(value, schedules.Schedule)


def _revived(name: str, value: Any, custom_objects: dict[str, Any] | None) -> Any:
    if not isinstance(value, dict) or name == "layer_rates":
        return value
    if name == _RATE:
        return keras.saving.deserialize_keras_object(value, custom_objects)
    return schedules.from_config(value) if "name" in value else value


def _class_named(name: str, custom_objects: dict[str, Any] | None) -> Any:
    found = getattr(keras.optimizers, name, None) or keras.saving.get_registered_object(name, custom_objects)
    if found is None:
        rule = "optimizer must be Keras's, registered with keras.saving, or in custom_objects"
        reject(rule, [("optimizer", name)])
    return found


def _refuse(of: str, name: str, value: object, reasons: Mapping[str, str]) -> None:
    reason = {**_FIXED, **reasons}.get(name, f"{of} has no such number")
    reject(f"{name} must not be a schedule: {reason}", [(name, value)])


def _defaults(of: Any) -> dict[str, Any]:
    """The arguments that a class takes, and their defaults."""
    found: dict[str, Any] = {}
    for kind in reversed(of.__mro__):
        if "__init__" in vars(kind):
            found.update({name: each.default for name, each in inspect.signature(kind.__init__).parameters.items()})
    return found


def _check_class(of: Any) -> None:
    if not (isinstance(of, type) and issubclass(of, keras.optimizers.Optimizer)):
        reject("optimizer must be a class, such as keras.optimizers.Muon", [("optimizer", of)], TypeError)
    wrappers = [getattr(keras.optimizers, name, None) for name in ("LossScaleOptimizer", "MultiOptimizer")]
    if of in wrappers or of is keras.optimizers.Optimizer:
        reject("optimizer must have numbers of its own; schedule those of the optimizers inside", [("optimizer", of)])


def _check_can_move(of: Any, family: type[Family], name: str, schedule: schedules.Schedule, defaults: Any) -> None:
    if name in _FIXED or name in family._refused or name not in defaults:
        _refuse(of.__name__, name, schedule, family._refused)
    if isinstance(defaults[name], (bool, str, list, tuple)):
        reject(f"{name} must not be a schedule: it is no number", [(name, schedule)])
    own_step = family is SGDFamily and of.update_step is not keras.optimizers.SGD.update_step
    if name == "momentum" and own_step and not TORCH:
        reason = f"the update_step of {of.__name__} may ask for it in Python"
        reject(f"{name} must not be a schedule: {reason}", [(name, schedule)])


_classes: dict[tuple[Any, tuple[str, ...]], Any] = {}


def _class_of(of: Any, family: type[Family], moving: tuple[str, ...]) -> Any:
    """The class of optimizers like `of` whose numbers `moving` move."""
    if (of, moving) not in _classes:
        names = {*moving, "epsilon"} if family._corrects_epsilon else {*moving}
        body = {"__module__": __name__, "__doc__": Scheduled.__doc__, "_of": of, **{name: Number() for name in names}}
        made = type(f"Scheduled{of.__name__}", (Scheduled, family, made_by_keras(of)), body)
        # All under one name: what is saved says which class it was, and `from_config` makes that one.
        _classes[of, moving] = keras.saving.register_keras_serializable("learning_rates", "Scheduled")(made)
    return _classes[of, moving]


def scheduled(optimizer: Any, *, layer_rates: Mapping[str, float] | None = None, **arguments: Any) -> Any:
    """Any Keras optimizer, with schedules allowed for its numbers and a rate for each layer.

    η_i(t) = layer_rates[pattern that finds θ_i]·η(t), and every number h that is given as a schedule is h(t) in step t,
    counted in updates, inside the compiled step. Where Keras divides by 1 − βᵗ⁺¹, in Adam, AdamW, Adamax, Nadam, Lamb
    and Muon, what is divided by is 1 − β(0)·…·β(t). Weight decay follows the rate of its variable.

    Args:
        optimizer: The class of the optimizer, Keras's or one that extends it, such as `keras.optimizers.Muon`.
        layer_rates: Factors ≥ 0 of the rate by pattern. A pattern is a regular expression, and holds for the variables
            in whose path `re.search` finds it; variables that no pattern finds have the factor 1. Paths read as
            "sequential/dense/kernel": name your layers, and write "(^|/)name/", as "dense_1" also finds "dense_10".
            Once the optimizer is built, its config holds what the patterns found; a loaded model goes on with that.
        **arguments: The arguments of the class, by name. learning_rate may be a float ≥ 0, a schedule, or a Keras
            schedule (which counts micro-batches). Any other number may be a schedule of at most 10⁷ steps, or the error
            says why not.

    Returns:
        An optimizer that is an instance of the class, and of `Scheduled`. A number that is a schedule reads as that.

    Raises:
        TypeError, ValueError: An argument breaks its rule, or is a schedule that the compiled step could not follow;
            the message names it and the reason.
        ValueError: When the optimizer is built, a pattern finds no variable, or two find the same one; or a number of
            Nadam, Lamb or Ftrl moves, and a variable has 16 bits, where Keras's own step fails.
        AttributeError: A value is assigned to a number that is a schedule; a compiled step would not see it.

    Example:
        >>> rate, rho = schedules.one_cycle(0.01, 100), schedules.piecewise([(0, 0.9), (99, 0.99)])
        >>> factors = {"(^|/)head/": 10.0}
        >>> optimizer = scheduled(keras.optimizers.RMSprop, learning_rate=rate, rho=rho, layer_rates=factors)
        >>> isinstance(optimizer, keras.optimizers.RMSprop), optimizer.rho == rho
        (True, True)
        >>> scheduled(keras.optimizers.RMSprop, clipnorm=rho)
        Traceback (most recent call last):
        ValueError: clipnorm must not be a schedule: Keras decides by it in Python, ...

    References:
        Smith (2018), A disciplined approach to neural network hyper-parameters: part 1, arXiv 1803.09820.
        Howard, Ruder (2018), Universal language model fine-tuning for text classification, arXiv 1801.06146.
    """
    _check_class(optimizer)
    if issubclass(optimizer, Scheduled):
        return optimizer(layer_rates=layer_rates, **arguments)
    family, defaults = family_of(optimizer), _defaults(optimizer)
    moving = tuple(sorted(name for name, value in arguments.items() if _moves(name, value)))
    for name in moving:
        _check_can_move(optimizer, family, name, arguments[name], defaults)
    return _class_of(optimizer, family, moving)(layer_rates=layer_rates, **arguments)
