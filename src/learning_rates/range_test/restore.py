"""A model as it was before a range test, down to the last bit: what sweeps change is noted, and put back after them."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import keras
import numpy as np

from learning_rates.checks import reject
from learning_rates.range_test import building, traces, twin
from learning_rates.range_test.batches import Batch

State: TypeAlias = tuple[list[Any], ...]  # what JAX's step takes and gives: trainable, other and optimizer's variables


def check_model(model: keras.Model) -> None:
    """Raise TypeError unless `model` is a Keras model, ValueError unless it is one whose rate can be swept."""
    if not isinstance(model, keras.Model):
        reject("model must be a keras.Model", [("model", model)], TypeError)
    if not model.compiled or model.optimizer is None:
        reject("model must be compiled: call model.compile(...) first", [("model", model)])
    if keras.backend.backend() == "tensorflow":
        replicas = model.distribute_strategy.num_replicas_in_sync
        if replicas > 1:
            reject("model must train on one device", [("replicas", replicas)])


def scope(model: keras.Model) -> contextlib.AbstractContextManager[object]:
    """Where the model's variables belong: in its strategy's scope, if it was made in one."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        strategy = model.distribute_strategy
        if strategy is not tf.distribute.get_strategy():
            return strategy.scope()
    return contextlib.nullcontext()


@contextlib.contextmanager
def untouched(
    model: keras.Model, fresh: keras.optimizers.Optimizer, batch: Batch, shared: traces.Restore
) -> Iterator[Callable[[int], State]]:
    """Lend the model to sweeps; on the way out it is as it was, and so is what the process shares.

    The context is a function begin(repeat), which puts the model at the start of a sweep, with the optimizer `fresh`.
    """
    optimizer, bindings = model.optimizer, traces.bindings(model)
    before = traces.values(model)
    try:
        if building.lacks_variables(model):
            try:
                building.make_variables(model, batch)
            finally:
                before()
            shared, before = traces.process(), traces.values(model)  # the weights drawn just now stay drawn
        if not model.trainable_variables:
            reject("model must have trainable variables", [("model", model.name)])
        model.optimizer = fresh
        twin.build(fresh, optimizer, model.trainable_variables)
        start = traces.values(model)
        seeds = [variable for variable in traces.variables(model) if variable.name == "seed_generator_state"]

        def begin(repeat: int) -> State:
            start()
            model.reset_metrics()
            for seed in seeds if repeat else []:  # other random numbers in each repeat
                value = keras.ops.convert_to_numpy(seed)
                seed.assign(value + np.array([10_007 * repeat, 0], value.dtype))
            parts = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
            return tuple([variable.value for variable in part] for part in parts)

        yield begin
    finally:
        model.optimizer = optimizer
        before()
        bindings()
        shared()
