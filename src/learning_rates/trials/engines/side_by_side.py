"""Networks trained side by side: several runs of one kind in one compiled loop (JAX).

Runs differ in their seed, which draws first weights, batches and dropout, and in their rates and momenta; network, data
and batch size they share. Eight at once cost less than half of eight calls of `fit` where the network is small. The
steps are those of the package's SGD and Adam.
"""

import functools
from collections import namedtuple

import jax
import jax.numpy as jnp
import numpy as np

from learning_rates import models
from learning_rates.trials.engines.runs import judged, order

BETA_2, EPSILON = 0.999, 1e-7  # Keras's


def train(
    runs,
    data,
    batch_size,
    *,
    every=None,
    build=models.mlp,
    optimizer="sgd",
    loss="cross-entropy",
    start=None,
    factors=None,
):
    """Train a few runs of the same length side by side.

    Args:
        runs: a list of `Run`.
        data: (x, y).
        batch_size: the last, smaller batch of an epoch is left out.
        every: yield after each so many steps, a divisor of the steps; None means at the end.
        build: seed → Keras model.
        optimizer: "sgd" or "adam".
        loss: a name in LOSSES.
        start: the weights to go on from, as yielded; None means first weights.
        factors: of the rate, one a trained weight, the same for all runs; None means 1 for each.

    Yields:
        (steps done, weights, losses): weights is a list of arrays with a run an entry, trained ones before the others;
        losses, of shape (runs, every), are those of the batches since the last time, each before its update.
    """
    x, y = (jnp.asarray(part) for part in data)
    steps = len(runs[0].rates)
    every = every or steps
    firsts = [] if start else [first_weights(build, run.seed) for run in runs]
    weights = start or [jnp.stack(parts) for parts in zip(*firsts, strict=True)]
    orders = jnp.asarray(np.stack([order(len(x), batch_size, steps, run.seed) for run in runs]))
    rates, momenta = (
        jnp.asarray(np.stack(part)) for part in zip(*((run.rates, run.momenta) for run in runs), strict=True)
    )
    decays = jnp.asarray([run.weight_decay for run in runs], "float32")
    start_training, advance = _advance(build, optimizer, loss, None if factors is None else tuple(factors))
    state = start_training(weights)
    for begin in range(0, steps, every):
        part = slice(begin, begin + every)
        state, losses = advance(state, x, y, orders[:, part], rates[:, part], momenta[:, part], decays)
        yield begin + every, state[0] + state[1], np.asarray(losses)


def first_weights(build, seed):
    """Those that are trained, then the others: averages of batch normalisation, states of dropout."""
    model = build(seed=seed)
    return [jnp.asarray(each.value) for each in model.trainable_variables + model.non_trainable_variables]


# ------------------------------------------------------------------------------------------------------------ losses
def _cross_entropy(logits, y):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1))


def _squared(outputs, y):
    return jnp.mean((outputs[:, 0] - y) ** 2)


def cross_entropy(model, weights, x, y):
    """Mean loss of one network without state but its weights."""
    return _cross_entropy(model.stateless_call(weights, [], x)[0], y)


LOSSES = {"cross-entropy": _cross_entropy, "squared": _squared}


# -------------------------------------------------------------------------------------------------------- optimizers
# Each: its state before the first step, and (state, gradients, rate, momentum) → (state, what to add to the weights).
Optimizer = namedtuple("Optimizer", "begin update")


def _zeros(weights):
    return [jnp.zeros_like(weight) for weight in weights]


def _sgd(velocity, gradients, rate, momentum):
    velocity = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]
    return velocity, velocity


def _adam(state, gradients, rate, beta_1):
    means, squares, product, power = state
    means = [beta_1 * m + (1 - beta_1) * g for m, g in zip(means, gradients, strict=True)]
    squares = [BETA_2 * v + (1 - BETA_2) * g**2 for v, g in zip(squares, gradients, strict=True)]
    product, power = product * beta_1, power * BETA_2
    size = rate * jnp.sqrt(1 - power) / (1 - product)
    changes = [-size * m / (jnp.sqrt(v) + EPSILON) for m, v in zip(means, squares, strict=True)]
    return (means, squares, product, power), changes


OPTIMIZERS = {
    "sgd": Optimizer(_zeros, _sgd),
    "adam": Optimizer(lambda weights: (_zeros(weights), _zeros(weights), jnp.float32(1), jnp.float32(1)), _adam),
}


# -------------------------------------------------------------------------------------------------------- one kind
@functools.cache  # compiled once, whatever the rates
def _advance(build, optimizer, loss, factors):
    """(weights → the state of a training), and what takes that state through some steps."""
    model, (begin, update), error = build(seed=0), OPTIMIZERS[optimizer], LOSSES[loss]
    trained = len(model.trainable_variables)
    factors = factors or (1.0,) * trained

    def objective(weights, others, x, y):
        outputs, others, penalties = model.stateless_call(weights, others, x, training=True, return_losses=True)
        return error(outputs, y) + sum(penalties), others

    def one_run(state, x, y, order, rates, momenta, decay):
        def step(state, now):
            (weights, others, memory), (batch, rate, momentum) = state, now
            (value, others), slopes = jax.value_and_grad(objective, has_aux=True)(weights, others, x[batch], y[batch])
            memory, changes = update(memory, slopes, rate, momentum)
            weights = [
                weight * (1 - factor * rate * decay) + factor * change
                for weight, change, factor in zip(weights, changes, factors, strict=True)
            ]
            return (weights, others, memory), value

        return jax.lax.scan(step, state, (order, rates, momenta))

    def start_training(weights):
        return weights[:trained], weights[trained:], jax.vmap(begin)(weights[:trained])

    return start_training, jax.jit(jax.vmap(one_run, in_axes=(0, None, None, 0, 0, 0, 0)))


# ---------------------------------------------------------------------------------------------------------- judging
def outputs(weights, x, *, build=models.mlp):
    """What each run's network says of x, of shape (runs, samples, outputs)."""
    return np.asarray(_call(build)(weights, jnp.asarray(x)))


@functools.cache
def _call(build):
    model = build(seed=0)
    trained = len(model.trainable_variables)

    def call(weights, x):
        return model.stateless_call(weights[:trained], weights[trained:], x, training=False)[0]

    return jax.jit(jax.vmap(call, in_axes=(0, None)))


def judge(weights, data, *, build=models.mlp):
    """Mean cross-entropy and accuracy of each run on (x, y): two arrays of shape (runs,)."""
    x, y = data
    return judged(outputs(weights, x, build=build), y)
