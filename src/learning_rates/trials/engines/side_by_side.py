"""Networks trained side by side: several runs of one kind in one compiled loop (JAX).

Runs differ in their seed, which draws first weights, batches and dropout, and in their rates and momenta. They share
network, data and batch size. Eight at once cost less than half of eight calls of `fit` where the network is small. The
steps are those of the package's SGD and Adam, and of Keras's RMSprop and Adagrad.
"""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np
import numpy.typing as npt

from learning_rates import models
from learning_rates.trials.engine import SIDE_BY_SIDE, Build, Data, Weights
from learning_rates.trials.runs import Run, loss_and_accuracy, order

BETA_2, EPSILON = 0.999, 1e-7  # Adam's in Keras
RHO, FIRST_SQUARES = 0.9, 0.1  # RMSprop's decay and Adagrad's first accumulator in Keras

Arrays = list[Any]  # of JAX, one for each weight
State = Any  # what an optimizer remembers from step to step


def train(
    runs: Sequence[Run],
    data: Data,
    batch_size: int,
    *,
    every: int | None = None,
    build: Build = models.mlp,
    optimizer: str = "sgd",
    loss: str = "cross-entropy",
    start: Weights | None = None,
    factors: Sequence[float] | None = None,
    clipnorm: float = math.inf,
) -> Iterator[tuple[int, Weights, npt.NDArray[Any]]]:
    """Train a few runs of the same length side by side.

    Args:
        runs: The runs, of equal length.
        data: Inputs and targets, samples first.
        batch_size: Samples per batch. The last, smaller batch of an epoch is left out.
        every: Yield after so many steps, a divisor of their number; None means at the end.
        build: Makes the Keras model from a seed.
        optimizer: A name in `OPTIMIZERS`.
        loss: A name in `LOSSES`.
        start: The weights to go on from, as yielded; None means first weights.
        factors: What each trained weight's rate is multiplied by, the same for all runs; None means 1 for each.
        clipnorm: The largest norm of an array's gradient; what is longer is shortened to it, as Keras's clipnorm does.

    Yields:
        (steps done, weights, losses). Weights are a list of arrays with a run an entry, trained ones before the others.
        Losses, of shape (runs, every), are those of the batches since the last time, each before its update.
    """
    SIDE_BY_SIDE.check_backend()
    x, y = (jnp.asarray(part) for part in data)
    steps = len(runs[0].rates)
    every = every or steps
    firsts = [] if start else [first_weights(build, run.seed) for run in runs]
    weights = start or stacked(firsts)
    orders = jnp.asarray(np.stack([order(len(x), batch_size, steps, run.seed) for run in runs]))
    rates, momenta = (jnp.asarray(np.stack([getattr(run, name) for run in runs])) for name in ("rates", "momenta"))
    decays = jnp.asarray([run.weight_decay for run in runs], "float32")
    kind = build, optimizer, loss, None if factors is None else tuple(factors), clipnorm
    start_training, advance = _advance(*kind)
    state = start_training(weights)
    for begin in range(0, steps, every):
        part = slice(begin, begin + every)
        state, losses = advance(state, x, y, orders[:, part], rates[:, part], momenta[:, part], decays)
        yield begin + every, state[0] + state[1], np.asarray(losses)


def first_weights(build: Build, seed: int) -> Arrays:
    """First weights, trained ones before the others: averages of batch normalisation, states of dropout."""
    model = build(seed=seed)
    return [jnp.asarray(each.value) for each in model.trainable_variables + model.non_trainable_variables]


def stacked(networks: Sequence[Weights]) -> Arrays:
    """The weights of several networks as those of one whose arrays have a run an entry."""
    return [jnp.stack(parts) for parts in zip(*networks, strict=True)]


def _cross_entropy(logits: Any, y: Any) -> Any:
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1))


def _squared(outputs: Any, y: Any) -> Any:
    return jnp.mean((outputs[:, 0] - y) ** 2)


def cross_entropy(model: keras.Model, weights: Weights, x: Any, y: Any) -> Any:
    """Mean loss of one network without state but its weights."""
    return _cross_entropy(model.stateless_call(weights, [], x)[0], y)


LOSSES: dict[str, Callable[[Any, Any], Any]] = {"cross-entropy": _cross_entropy, "squared": _squared}


class Optimizer(NamedTuple):
    """Its state before the first step, and (state, gradients, rate, momentum) → (state, what to add to the weights)."""

    begin: Callable[[Arrays], State]
    update: Callable[[State, Arrays, Any, Any], tuple[State, Arrays]]


def _filled(value: float) -> Callable[[Arrays], Arrays]:
    return lambda weights: [jnp.full_like(weight, value) for weight in weights]


def _sgd(velocity: Arrays, gradients: Arrays, rate: Any, momentum: Any) -> tuple[State, Arrays]:
    velocity = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]
    return velocity, velocity


def _adam(state: State, gradients: Arrays, rate: Any, beta_1: Any) -> tuple[State, Arrays]:
    means, squares, product, power = state
    means = [beta_1 * m + (1 - beta_1) * g for m, g in zip(means, gradients, strict=True)]
    squares = [BETA_2 * v + (1 - BETA_2) * g**2 for v, g in zip(squares, gradients, strict=True)]
    product, power = product * beta_1, power * BETA_2
    size = rate * jnp.sqrt(1 - power) / (1 - product)
    changes = [-size * m / (jnp.sqrt(v) + EPSILON) for m, v in zip(means, squares, strict=True)]
    return (means, squares, product, power), changes


def _rmsprop(squares: Arrays, gradients: Arrays, rate: Any, momentum: Any) -> tuple[State, Arrays]:
    squares = [RHO * v + (1 - RHO) * g**2 for v, g in zip(squares, gradients, strict=True)]
    return squares, _scaled(squares, gradients, rate)


def _adagrad(squares: Arrays, gradients: Arrays, rate: Any, momentum: Any) -> tuple[State, Arrays]:
    squares = [v + g**2 for v, g in zip(squares, gradients, strict=True)]
    return squares, _scaled(squares, gradients, rate)


def _scaled(squares: Arrays, gradients: Arrays, rate: Any) -> Arrays:
    return [-rate * g / jnp.sqrt(v + EPSILON) for v, g in zip(squares, gradients, strict=True)]


OPTIMIZERS = {
    "sgd": Optimizer(_filled(0.0), _sgd),
    "adam": Optimizer(
        lambda weights: (_filled(0.0)(weights), _filled(0.0)(weights), jnp.float32(1), jnp.float32(1)), _adam
    ),
    "rmsprop": Optimizer(_filled(0.0), _rmsprop),
    "adagrad": Optimizer(_filled(FIRST_SQUARES), _adagrad),
}


@functools.cache  # compiled once, whatever the rates
def _advance(
    build: Build, optimizer: str, loss: str, factors: tuple[float, ...] | None, clipnorm: float
) -> tuple[Callable[[Weights], State], Callable[..., tuple[State, Any]]]:
    """(weights → the state of a training), and what takes that state through some steps."""
    model, (begin, update), error = build(seed=0), OPTIMIZERS[optimizer], LOSSES[loss]
    trained = len(model.trainable_variables)
    factors = factors or (1.0,) * trained

    def objective(weights: Arrays, others: Arrays, x: Any, y: Any) -> tuple[Any, Arrays]:
        outputs, others, penalties = model.stateless_call(weights, others, x, training=True, return_losses=True)
        return error(outputs, y) + sum(penalties), others

    def one_run(state: State, x: Any, y: Any, order: Any, rates: Any, momenta: Any, decay: Any) -> tuple[State, Any]:
        def step(state: State, now: Any) -> tuple[State, Any]:
            (weights, others, memory), (batch, rate, momentum) = state, now
            (value, others), slopes = jax.value_and_grad(objective, has_aux=True)(weights, others, x[batch], y[batch])
            memory, changes = update(memory, [_clipped(slope, clipnorm) for slope in slopes], rate, momentum)
            weights = [
                weight * (1 - factor * rate * decay) + factor * change
                for weight, change, factor in zip(weights, changes, factors, strict=True)
            ]
            return (weights, others, memory), value

        return jax.lax.scan(step, state, (order, rates, momenta))

    def start_training(weights: Weights) -> State:
        return weights[:trained], weights[trained:], jax.vmap(begin)(list(weights[:trained]))

    return start_training, jax.jit(jax.vmap(one_run, in_axes=(0, None, None, 0, 0, 0, 0)))


def _clipped(gradient: Any, clipnorm: float) -> Any:
    if clipnorm == math.inf:
        return gradient
    norm = jnp.sqrt(jnp.sum(gradient**2))
    return gradient * jnp.where(norm > clipnorm, clipnorm / norm, 1.0)


def outputs(weights: Weights, x: npt.NDArray[Any], *, build: Build = models.mlp) -> npt.NDArray[Any]:
    """What each run's network gives for x, of shape (runs, samples, outputs)."""
    return np.asarray(_call(build)(weights, jnp.asarray(x)))


@functools.cache
def _call(build: Build) -> Callable[[Weights, Any], Any]:
    model = build(seed=0)
    trained = len(model.trainable_variables)

    def call(weights: Weights, x: Any) -> Any:
        return model.stateless_call(weights[:trained], weights[trained:], x, training=False)[0]

    return jax.jit(jax.vmap(call, in_axes=(0, None)))


def judge(weights: Weights, data: Data, *, build: Build = models.mlp) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Mean cross-entropy and accuracy of each run on (inputs, labels): two arrays of shape (runs,)."""
    x, y = data
    return loss_and_accuracy(outputs(weights, x, build=build), y)
