"""A few training steps of the model itself, compiled where the backend compiles, each at a rate of its own."""

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops, tree

from learning_rates.checks import reject
from learning_rates.range_test.batches import Batch, alike, are_dense, stacked
from learning_rates.range_test.restore import State
from learning_rates.range_test.twin import unwrapped

# run(state, batches, rates) -> (state, losses): a rate and a loss for each batch.
Rates: TypeAlias = npt.NDArray[np.float32]
Run: TypeAlias = Callable[[State, list[Batch], Rates], tuple[State, list[float]]]


def runner(model: keras.Model) -> Run:
    """The `Run` of the backend. Only JAX has a state; the others keep theirs in the variables."""
    run: Run = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}[keras.backend.backend()](model)
    return run


def updates(model: keras.Model, state: State) -> int:
    """The updates that model.optimizer has made, by its own count."""
    values = zip(model.optimizer.variables, state[2], strict=True) if keras.backend.backend() == "jax" else ()
    with keras.StatelessScope(state_mapping=list(values)):
        optimizer = model.optimizer
        made = int(ops.convert_to_numpy(ops.convert_to_tensor(unwrapped(optimizer).iterations)))
        if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
            # A step that overflows halves the scale, and updates nothing.
            scale = float(ops.convert_to_numpy(ops.convert_to_tensor(optimizer.dynamic_scale)))
            made += 10**9 * (scale != optimizer.initial_scale)
    return made


def _set(model: keras.Model, rate: Any) -> None:
    """Set the rate; and with fresh metrics, the loss that the step reports is the batch's."""
    unwrapped(model.optimizer).learning_rate.assign(rate)
    model.reset_metrics()


def _loss(logs: Any) -> Any:
    if not isinstance(logs, dict) or "loss" not in logs:
        reject('model.train_step must return a dict with "loss"', [("returned", logs)])
    if len(ops.shape(logs["loss"])) > 0:
        reject('model.train_step must return one number as "loss"', [("shape", tuple(ops.shape(logs["loss"])))])
    return logs["loss"]


def _in_groups(group: Callable[[State, list[Batch], Rates], tuple[State, Any]]) -> Run:
    """A `Run` that takes batches of one form together."""

    def run(state: State, batches: list[Batch], rates: Rates) -> tuple[State, list[float]]:
        losses: list[float] = []
        for together in alike(batches):
            state, found = group(state, together, rates[len(losses) :][: len(together)])
            losses.extend(np.asarray(found).tolist())
        return state, losses

    return run


def _tensorflow(model: keras.Model) -> Run:
    import tensorflow as tf

    # Partial objects, because TensorFlow counts how often a plain function is traced in the whole process, and warns.
    many, one = functools.partial(_many_in_tensorflow, model), functools.partial(_one_in_tensorflow, model)
    if not model.run_eagerly:  # without XLA, whose loops are slow on a CPU
        compiled = functools.partial(tf.function, autograph=False, jit_compile=False, reduce_retracing=True)
        many, one = compiled(many), compiled(one)
    in_scope = tf.distribute.has_strategy()  # in whose loops an optimizer can't update

    def group(state: State, batches: list[Batch], rates: Rates) -> tuple[State, Any]:
        if are_dense(batches[0]) and not in_scope:
            return state, many(stacked(batches), rates)
        losses = []
        for batch, rate in zip(batches, rates, strict=True):
            _set(model, rate)
            losses.append(one(batch))
        return state, losses

    return _in_groups(group)


def _many_in_tensorflow(model: keras.Model, batches: Batch, rates: Any) -> Any:
    """The losses of steps over stacked batches, which may hold None where TensorFlow's loops may not."""
    import tensorflow as tf

    leaves = tree.flatten(batches)

    def step(element: Any) -> Any:
        rows, rate = iter(element[0]), element[1]
        _set(model, rate)
        batch = tree.pack_sequence_as(batches, [None if leaf is None else next(rows) for leaf in leaves])
        return tf.cast(_loss(model.train_step(batch)), "float32")

    elements = ([leaf for leaf in leaves if leaf is not None], rates)
    return tf.map_fn(step, elements, fn_output_signature=tf.float32, parallel_iterations=1)


def _one_in_tensorflow(model: keras.Model, batch: Batch) -> Any:
    """The loss of one step in the strategy of the model, as `fit` takes it."""
    import tensorflow as tf

    strategy = model.distribute_strategy
    loss = _loss(strategy.run(model.train_step, args=(batch,)))
    return tf.cast(strategy.experimental_local_results(loss)[0], "float32")


def _jax(model: keras.Model) -> Run:
    import jax

    rate_variable = unwrapped(model.optimizer).learning_rate
    place = [variable is rate_variable for variable in model.optimizer.variables].index(True)
    model.reset_metrics()  # the values of a fit before would be part of every loss
    metrics = [variable.value for variable in model.metrics_variables]

    def step(state: State, element: Any) -> tuple[State, Any]:
        trainable, others, optimizer = state
        data, rate = element
        optimizer = [*optimizer[:place], rate, *optimizer[place + 1 :]]
        logs, state = model.train_step((trainable, others, optimizer, metrics), data)
        return state[:3], _loss(logs)

    many = jax.jit(lambda state, batches, rates: jax.lax.scan(step, state, (batches, rates)))
    one = jax.jit(lambda state, batch, rate: step(state, (batch, rate)))

    def group(state: State, batches: list[Batch], rates: Rates) -> tuple[State, Any]:
        with jax.disable_jit(model.run_eagerly):
            if are_dense(batches[0]):
                return many(state, stacked(batches), rates)
            losses = []
            for batch, rate in zip(batches, rates, strict=True):
                state, loss = one(state, batch, rate)
                losses.append(loss)
            return state, losses

    return _in_groups(group)


def _torch(model: keras.Model) -> Run:
    def run(state: State, batches: list[Batch], rates: Rates) -> tuple[State, list[float]]:
        losses = []
        for batch, rate in zip(batches, rates.tolist(), strict=True):
            _set(model, rate)
            losses.append(ops.convert_to_tensor(_loss(model.train_step(batch))).detach())
        return state, ops.convert_to_numpy(ops.stack(losses)).tolist()

    return run
