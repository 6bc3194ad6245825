"""A fresh optimizer of the model's own kind for a sweep: its rate a variable, other schedules held at their start."""

import inspect
from typing import Any

import keras

from learning_rates import schedules
from learning_rates.averages import Averaged
from learning_rates.checks import reject


def unwrapped(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The optimizer that holds the rate, out of what wraps it: a LossScaleOptimizer, `Averaged`, or both."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer


def twin(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """A fresh optimizer of the same kind and settings, not yet built; ValueError if its config does not tell how."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        scale = {key: getattr(optimizer, key) for key in ("initial_scale", "dynamic_growth_steps")}
        return type(optimizer)(twin(optimizer.inner_optimizer), name=optimizer.name, **scale)
    if isinstance(optimizer, Averaged):  # whole, since the gradients of schedule_free are those at its average
        average = {key: getattr(optimizer, key) for key in ("kind", "start", "decay", "name")}
        return type(optimizer)(twin(optimizer.inner_optimizer), **average)
    try:
        config = _config(optimizer)
        made = type(optimizer).from_config(config)
    except Exception as error:
        rule = "model.optimizer must be one that its config makes again: get_config must hold what __init__ takes"
        named = f"{type(optimizer).__name__}, {type(error).__name__}: {error}"
        raise ValueError(f"{rule}. Received: optimizer={named}") from error
    _check_same(optimizer, made)
    if not isinstance(made.learning_rate, keras.Variable):
        rule = "model.optimizer must have one rate that can be set"
        reject(rule, [("optimizer", type(optimizer).__name__), ("learning_rate", made.learning_rate)])
    return made


def build(made: keras.optimizers.Optimizer, like: keras.optimizers.Optimizer, variables: list[keras.Variable]) -> None:
    """Build a twin, with the variables that `like` excludes from weight decay excluded too."""
    inner, held = unwrapped(made), unwrapped(like)
    # Private, because the config leaves out what exclude_from_weight_decay was told, and nothing public has it.
    inner.exclude_from_weight_decay([variable for variable in variables if not held._use_weight_decay(variable)])
    made.build(variables)


def _config(optimizer: keras.optimizers.Optimizer) -> dict[str, Any]:
    """The optimizer's config with another rate: the rate is replaced, and need not be serializable."""
    # A copy, since Keras serializes the rate that it finds. Not by `copy`, which Keras makes save and load the whole.
    bare = object.__new__(type(optimizer))
    vars(bare).update(vars(optimizer))
    vars(bare)["_learning_rate"] = None
    config: dict[str, Any] = {**bare.get_config(), "learning_rate": 1.0}
    for name, value in config.items():
        held = getattr(optimizer, name, None)
        config[name] = held(0) if isinstance(held, schedules.Schedule) else value
    return config


def _check_same(optimizer: keras.optimizers.Optimizer, made: keras.optimizers.Optimizer) -> None:
    """Refuse an optimizer whose config leaves out an argument that has a default: its twin would train otherwise."""
    for name in inspect.signature(type(optimizer).__init__).parameters:
        given = vars(optimizer).get(name)
        if isinstance(given, (bool, int, float, str)) and vars(made).get(name) != given:
            rule = f"model.optimizer must be one that its config makes again: get_config must hold {name}"
            reject(rule, [("optimizer", type(optimizer).__name__), (name, given)])
