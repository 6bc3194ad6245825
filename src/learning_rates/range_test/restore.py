"""A model as it was before a range test, down to the last bit: what a sweep moves is noted, and put back."""

import contextlib

import keras
import numpy as np
from keras import ops, tree

from learning_rates import schedules
from learning_rates.checks import reject


def check_model(model: keras.Model) -> None:
    if not isinstance(model, keras.Model):
        reject("model must be a keras.Model", [("model", model)], TypeError)
    if not model.compiled or model.optimizer is None:
        reject("model must be compiled: call model.compile(...) first", [("model", model)])


@contextlib.contextmanager
def untouched(model, batch):
    """begin(repeat): put the model at the start of a sweep, with a twin of its optimizer. Undone on the way out."""
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

        def begin(repeat):
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


def _variables(model):
    """All that training moves, with the states of recurrent layers and further optimizers, which `variables` lacks."""
    states = [
        getattr(layer, "states", None) for layer in model._flatten_layers()
    ]  # `layers` would lack the nested ones
    others = [each.variables for each in vars(model).values() if isinstance(each, keras.optimizers.Optimizer)]
    found = tree.flatten([model.variables, model.metrics_variables, states, others])
    return list({id(each): each for each in found if isinstance(each, keras.Variable)}.values())


def _values(variables):
    return [(variable, np.array(ops.convert_to_numpy(variable))) for variable in variables]


def _assign(values):
    for variable, value in values:
        variable.assign(value)


def _gradients(model):
    """torch's parameters with the gradients that they hold; the other backends keep none."""
    if keras.backend.backend() != "torch":
        return []
    return [(variable.value, variable.value.grad) for variable in model.trainable_variables]


def _build_metrics(model, batch):
    """Make the variables of metrics and losses now: a compiled loop can't."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tree.map_structure(ops.convert_to_tensor, batch))
    y_pred = model(x)
    if model.loss is not None:
        model.compute_loss(x, y, y_pred, sample_weight)
    model.compute_metrics(x, y, y_pred, sample_weight)


def _twin(optimizer, variables):
    """A fresh optimizer of the same kind and settings: its rate a variable, its momentum held."""
    config = optimizer.get_config()
    if inner(optimizer) is not optimizer:
        wrapped = _twin(optimizer.inner_optimizer, variables)
        scale = {key: config[key] for key in ("initial_scale", "dynamic_growth_steps")}
        twin = type(optimizer)(wrapped, **scale)
    else:
        config["learning_rate"] = 1.0
        for name in ("momentum", "beta_1"):
            if isinstance(getattr(optimizer, name, None), schedules.Schedule):
                config[name] = getattr(optimizer, name)(0)
        twin = type(optimizer).from_config(config)
        # Private, because the config leaves out what exclude_from_weight_decay was told, and nothing public has it.
        twin.exclude_from_weight_decay(
            [variable for variable in variables if not optimizer._use_weight_decay(variable)]
        )
    twin.build(variables)
    return twin


def inner(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it in a LossScaleOptimizer


def accumulation(model):
    return inner(model.optimizer).gradient_accumulation_steps or 1
