"""One sweep of the rate: the model's own training steps, compiled in chunks, on each of Keras's backends."""

import math
import time

import keras
import numpy as np
from keras import ops, tree

from learning_rates import sweeps
from learning_rates.checks import reject
from learning_rates.range_test.batches import stacks
from learning_rates.range_test.restore import accumulation, inner

CHUNK_STEPS = 50  # steps that run compiled before Python looks at their losses
CHUNK_BYTES = 2**28  # and the memory their batches may take
PROGRESS_SECONDS = 5.0  # progress="auto" shows its bar after that long


class Sweeper:
    """Sweeps the rate of model.optimizer, chunk by chunk."""

    def __init__(self, model, batches, bar, chunk_steps):
        self.batches, self.bar, self.chunk_steps = batches, bar, chunk_steps
        self.accumulation = accumulation(model)
        self.run = _BACKENDS[keras.backend.backend()](model)

    def sweep(self, state, rates, smoothing, divergence_factor):
        """The losses of one sweep, up to where it stopped."""
        logs, losses = np.log10(rates), []
        while len(losses) < len(rates):
            state, fresh = self._chunk(state, rates[len(losses) :][: self.chunk_steps])
            losses.extend(fresh)
            if not math.isfinite(losses[0]):
                rule = "the loss must be finite at the first step: are the data, the loss and min_lr right?"
                reject(rule, [("loss", losses[0]), ("rate", float(rates[0]))])
            self.bar.advance(len(fresh))
            end = sweeps.diverged_at(logs, losses, smoothing, divergence_factor)
            if end is not None:
                self.bar.advance(len(rates) - len(losses))
                return losses[: end + math.isfinite(losses[end])]
        return losses

    def _chunk(self, state, rates):
        rates = np.repeat(rates, self.accumulation).astype("float32")
        found = []
        for stack in stacks(self.batches, len(rates)):
            count = len(tree.flatten(stack)[0])
            state, losses = self.run(state, stack, rates[len(found) :][:count])
            found.extend(losses)
        return state, np.reshape(found, (-1, self.accumulation)).mean(axis=1, dtype="float64").tolist()


def _step(model, data, rate):
    """One step of the model's own training; with its metrics fresh, the loss that it reports is the batch's."""
    inner(model.optimizer).learning_rate.assign(rate)
    model.reset_metrics()
    return _loss(model.train_step(data))


def _loss(logs):
    if not isinstance(logs, dict) or "loss" not in logs:
        reject('model.train_step must return a dict with "loss"', [("returned", logs)])
    return logs["loss"]


# A backend's function makes run(state, batches, rates) -> (state, losses): batches are stacked, a rate for each. Only
# JAX has a state; the others keep theirs in the variables.
def _tensorflow(model):
    import tensorflow as tf

    if model.distribute_strategy.num_replicas_in_sync > 1:
        reject("model must train on one device", [("replicas", model.distribute_strategy.num_replicas_in_sync)])

    def chunk(batches, rates):
        def step(element):
            return tf.cast(_step(model, *element), "float32")

        return tf.map_fn(step, (batches, rates), fn_output_signature=tf.float32, parallel_iterations=1)

    if not model.run_eagerly:  # without XLA, whose loops are slow on a CPU
        chunk = tf.function(chunk, autograph=False, jit_compile=False, reduce_retracing=True)
    return lambda state, batches, rates: (state, chunk(batches, rates).numpy())


def _jax(model):
    import jax

    rate_variable = inner(model.optimizer).learning_rate
    place = [variable is rate_variable for variable in model.optimizer.variables].index(True)
    model.reset_metrics()  # the values of a fit before would be part of every loss
    metrics = [variable.value for variable in model.metrics_variables]

    def step(state, element):
        trainable, others, optimizer = state
        data, rate = element
        optimizer = [*optimizer[:place], rate, *optimizer[place + 1 :]]
        logs, state = model.train_step((trainable, others, optimizer, metrics), data)
        return state[:3], _loss(logs)

    compiled = jax.jit(lambda state, batches, rates: jax.lax.scan(step, state, (batches, rates)))

    def run(state, batches, rates):
        with jax.disable_jit(model.run_eagerly):
            state, losses = compiled(state, batches, rates)
        return state, np.asarray(losses)

    return run


def _torch(model):
    def run(state, batches, rates):
        batches = tree.map_structure(ops.convert_to_tensor, batches)
        data = [tree.map_structure(lambda leaf: leaf[i], batches) for i in range(len(rates))]  # noqa: B023
        losses = [_step(model, *pair).detach() for pair in zip(data, rates.tolist(), strict=True)]
        return state, ops.convert_to_numpy(ops.stack(losses))

    return run


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}


def chunk_steps(model, batch):
    size = sum(leaf.nbytes for leaf in tree.flatten(batch)) * accumulation(model)
    return max(1, min(CHUNK_STEPS, CHUNK_BYTES // max(1, size)))


class Bar:
    """Keras's progress bar, which appears when asked for, or when the test turns out to be long."""

    def __init__(self, progress, total):
        if not (isinstance(progress, bool) or (isinstance(progress, str) and progress == "auto")):
            reject('progress must be True, False or "auto"', [("progress", progress)])
        self._total, self._done, self._bar, self._started = total, 0, None, time.monotonic()
        self._patience = {True: 0.0, False: float("inf"), "auto": PROGRESS_SECONDS}[progress]

    def advance(self, steps):
        self._done += steps
        if self._bar is None and time.monotonic() - self._started >= self._patience:
            self._bar = keras.utils.Progbar(self._total, unit_name="step")
        if self._bar is not None:
            self._bar.update(self._done)
