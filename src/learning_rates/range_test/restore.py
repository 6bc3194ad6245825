"""A model as it was before a range test, down to the last bit: what sweeps change is noted, and put back after them."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops, tree

from learning_rates import schedules
from learning_rates.checks import reject
from learning_rates.range_test.batches import Batch

Values: TypeAlias = list[tuple[keras.Variable, npt.NDArray[Any]]]
State: TypeAlias = tuple[list[Any], ...]  # what JAX's step takes and gives: trainable, other and optimizer's variables


def check_model(model: keras.Model) -> None:
    """Raise TypeError unless `model` is a Keras model, ValueError unless it is compiled."""
    if not isinstance(model, keras.Model):
        reject("model must be a keras.Model", [("model", model)], TypeError)
    if not model.compiled or model.optimizer is None:
        reject("model must be compiled: call model.compile(...) first", [("model", model)])


@contextlib.contextmanager
def untouched(model: keras.Model, batch: Batch) -> Iterator[Callable[[int], State]]:
    """Lend the model to sweeps, and put it back as it was on the way out.

    The context is a function begin(repeat), which puts the model at the start of a sweep, with a twin of its optimizer.
    """
    has_call = type(model).call is not keras.Model.call  # some models have no more than a train_step
    if has_call and not model.built:
        model(batch[0])
    if not model.trainable_variables:
        reject("model must have trainable variables", [("model", model.name)])
    optimizer, before, gradients = model.optimizer, _values(_variables(model)), _gradients(model)
    try:
        if has_call:
            _build_metrics(model, batch)
        model.optimizer = _twin(optimizer, model.trainable_variables)
        fresh = _values(model.optimizer.variables)

        def begin(repeat: int) -> State:
            model.reset_metrics()
            _assign([*before, *fresh])
            for variable, value in before:
                if repeat and variable.name == "seed_generator_state":
                    variable.assign(value + np.array([10_007 * repeat, 0], value.dtype))
            parts = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
            return tuple([variable.value for variable in part] for part in parts)

        yield begin
    finally:
        model.optimizer = optimizer
        model.reset_metrics()  # those that the first batch built
        _assign(before)
        for parameter, gradient in gradients:
            parameter.grad = gradient


def unwrapped(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """The optimizer that holds the rate: mixed precision wraps it in a LossScaleOptimizer."""
    return getattr(optimizer, "inner_optimizer", optimizer)


def accumulation(model: keras.Model) -> int:
    """The number of batches whose gradients make one update."""
    return unwrapped(model.optimizer).gradient_accumulation_steps or 1


def _variables(model: keras.Model) -> list[keras.Variable]:
    """All that training changes; `variables` lacks the states of recurrent layers and further optimizers."""
    # Private, because `layers` lacks the nested ones.
    states = [getattr(layer, "states", None) for layer in model._flatten_layers()]
    others = [each.variables for each in vars(model).values() if isinstance(each, keras.optimizers.Optimizer)]
    found = tree.flatten([model.variables, model.metrics_variables, states, others])
    return list({id(each): each for each in found if isinstance(each, keras.Variable)}.values())


def _values(variables: Iterable[keras.Variable]) -> Values:
    return [(variable, np.array(ops.convert_to_numpy(variable))) for variable in variables]


def _assign(values: Values) -> None:
    for variable, value in values:
        variable.assign(value)


def _gradients(model: keras.Model) -> list[tuple[Any, Any]]:
    """torch's parameters with the gradients that they hold; the other backends keep none."""
    if keras.backend.backend() != "torch":
        return []
    return [(variable.value, variable.value.grad) for variable in model.trainable_variables]


def _build_metrics(model: keras.Model, batch: Batch) -> None:
    """Make the variables of metrics and losses now: a compiled loop can't."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tree.map_structure(ops.convert_to_tensor, batch))
    y_pred = model(x)
    if model.loss is not None:
        model.compute_loss(x, y, y_pred, sample_weight)
    model.compute_metrics(x, y, y_pred, sample_weight)


def _twin(optimizer: keras.optimizers.Optimizer, variables: list[keras.Variable]) -> keras.optimizers.Optimizer:
    """A fresh optimizer of the same kind and settings, whose rate is a variable and whose momentum is held."""
    config = optimizer.get_config()
    if unwrapped(optimizer) is not optimizer:
        scale = {key: config[key] for key in ("initial_scale", "dynamic_growth_steps")}
        twin = type(optimizer)(_twin(optimizer.inner_optimizer, variables), **scale)
    else:
        config["learning_rate"] = 1.0
        for name in ("momentum", "beta_1"):
            if isinstance(getattr(optimizer, name, None), schedules.Schedule):
                config[name] = getattr(optimizer, name)(0)
        twin = type(optimizer).from_config(config)
        # Private, because the config leaves out what exclude_from_weight_decay was told, and nothing public has it.
        excluded = [variable for variable in variables if not optimizer._use_weight_decay(variable)]
        twin.exclude_from_weight_decay(excluded)
    twin.build(variables)
    return twin
