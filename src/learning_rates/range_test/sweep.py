"""One sweep of the rate: the model's own training steps, compiled in chunks, on each of Keras's backends."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops, tree

from learning_rates import sweeps
from learning_rates.checks import reject
from learning_rates.range_test.batches import Batch, stacks
from learning_rates.range_test.restore import State, accumulation, unwrapped

CHUNK_STEPS = 50  # steps that run compiled before Python looks at their losses
CHUNK_BYTES = 2**28  # the most memory that the batches of a chunk may take
PROGRESS_SECONDS = 5.0  # how long progress="auto" waits before it shows its bar

# run(state, batches, rates) -> (state, losses): `batches` is a stack of them, with a rate for each.
Run: TypeAlias = Callable[[State, Batch, npt.NDArray[np.float32]], tuple[State, npt.NDArray[Any]]]


class Bar:
    """Keras's progress bar, which appears when asked for, or when the test turns out to be long."""

    def __init__(self, progress: object, total: int) -> None:
        if not (isinstance(progress, bool) or (isinstance(progress, str) and progress == "auto")):
            reject('progress must be True, False or "auto"', [("progress", progress)])
        self._total, self._done, self._started = total, 0, time.monotonic()
        self._patience = PROGRESS_SECONDS if progress == "auto" else 0.0 if progress else math.inf
        self._bar: keras.utils.Progbar | None = None

    def advance(self, steps: int) -> None:
        """Count further steps as done, and show their number."""
        self._done += steps
        if self._bar is None and time.monotonic() - self._started >= self._patience:
            self._bar = keras.utils.Progbar(self._total, unit_name="step")
        if self._bar is not None:
            self._bar.update(self._done)


class Sweeper:
    """Sweeps the rate of model.optimizer, chunk by chunk."""

    def __init__(self, model: keras.Model, batches: Iterator[Batch], bar: Bar, chunk_steps: int) -> None:
        self._batches, self._bar, self._chunk_steps = batches, bar, chunk_steps
        self._accumulation = accumulation(model)
        self._run = _RUNS[keras.backend.backend()](model)

    def sweep(
        self, state: State, rates: npt.NDArray[np.float64], smoothing: float, divergence_factor: float
    ) -> list[float]:
        """The losses of one sweep, up to where it stopped."""
        logs: list[float] = np.log10(rates).tolist()
        losses: list[float] = []
        while len(losses) < len(rates):
            state, fresh = self._chunk(state, rates[len(losses) :][: self._chunk_steps])
            losses.extend(fresh)
            if not math.isfinite(losses[0]):
                rule = "the loss must be finite at the first step: are the data, the loss and min_lr right?"
                reject(rule, [("loss", losses[0]), ("rate", float(rates[0]))])
            self._bar.advance(len(fresh))
            end = sweeps.diverged_at(logs, losses, smoothing, divergence_factor)
            if end is not None:
                self._bar.advance(len(rates) - len(losses))
                return losses[: end + math.isfinite(losses[end])]
        return losses

    def _chunk(self, state: State, rates: npt.NDArray[np.float64]) -> tuple[State, list[float]]:
        """The losses of a few updates, each the mean over the batches that it accumulates."""
        rate_of_batch = np.repeat(rates, self._accumulation).astype("float32")
        found: list[float] = []
        for stack in stacks(self._batches, len(rate_of_batch)):
            count = len(tree.flatten(stack)[0])
            state, losses = self._run(state, stack, rate_of_batch[len(found) :][:count])
            found.extend(losses)
        return state, np.reshape(found, (-1, self._accumulation)).mean(axis=1, dtype="float64").tolist()


def chunk_steps(model: keras.Model, batch: Batch) -> int:
    """The number of updates that run as one chunk, which the size of a batch limits."""
    size = sum(leaf.nbytes for leaf in tree.flatten(batch)) * accumulation(model)
    return max(1, min(CHUNK_STEPS, CHUNK_BYTES // max(1, size)))


def _step(model: keras.Model, data: Batch, rate: Any) -> Any:
    """One step of the model's own training; with its metrics fresh, the loss that it reports is the batch's."""
    unwrapped(model.optimizer).learning_rate.assign(rate)
    model.reset_metrics()
    return _loss(model.train_step(data))


def _loss(logs: Any) -> Any:
    if not isinstance(logs, dict) or "loss" not in logs:
        reject('model.train_step must return a dict with "loss"', [("returned", logs)])
    return logs["loss"]


# What makes a backend's `Run`. Only JAX has a state; the others keep theirs in the variables.
def _tensorflow(model: keras.Model) -> Run:
    import tensorflow as tf

    if model.distribute_strategy.num_replicas_in_sync > 1:
        reject("model must train on one device", [("replicas", model.distribute_strategy.num_replicas_in_sync)])

    def chunk(batches: Batch, rates: npt.NDArray[np.float32]) -> tf.Tensor:
        def step(element: Any) -> tf.Tensor:
            return tf.cast(_step(model, *element), "float32")

        return tf.map_fn(step, (batches, rates), fn_output_signature=tf.float32, parallel_iterations=1)

    if not model.run_eagerly:  # without XLA, whose loops are slow on a CPU
        chunk = tf.function(chunk, autograph=False, jit_compile=False, reduce_retracing=True)
    return lambda state, batches, rates: (state, chunk(batches, rates).numpy())


def _jax(model: keras.Model) -> Run:
    import jax

    rate_variable = unwrapped(model.optimizer).learning_rate
    place = [variable is rate_variable for variable in model.optimizer.variables].index(True)
    model.reset_metrics()  # the values of an earlier fit would be part of every loss
    metrics = [variable.value for variable in model.metrics_variables]

    def step(state: State, element: Any) -> tuple[State, Any]:
        trainable, others, optimizer = state
        data, rate = element
        optimizer = [*optimizer[:place], rate, *optimizer[place + 1 :]]
        logs, state = model.train_step((trainable, others, optimizer, metrics), data)
        return state[:3], _loss(logs)

    compiled = jax.jit(lambda state, batches, rates: jax.lax.scan(step, state, (batches, rates)))

    def run(state: State, batches: Batch, rates: npt.NDArray[np.float32]) -> tuple[State, npt.NDArray[Any]]:
        with jax.disable_jit(model.run_eagerly):
            state, losses = compiled(state, batches, rates)
        return state, np.asarray(losses)

    return run


def _torch(model: keras.Model) -> Run:
    def run(state: State, batches: Batch, rates: npt.NDArray[np.float32]) -> tuple[State, npt.NDArray[Any]]:
        batches = tree.map_structure(ops.convert_to_tensor, batches)
        data = [tree.map_structure(lambda leaf: leaf[i], batches) for i in range(len(rates))]  # noqa: B023
        losses = [_step(model, *pair).detach() for pair in zip(data, rates.tolist(), strict=True)]
        return state, ops.convert_to_numpy(ops.stack(losses))

    return run


_RUNS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
