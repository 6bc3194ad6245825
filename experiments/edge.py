"""Record what the chapter on gradient descent reports of a real network in full-batch descent: where its sharpness goes
in 2,000 steps, with cross-entropy and with squared error, and how far beyond 2/λ it can be started.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.edge

makes edge_sharpness and edge_catapult in results/.

Nothing is compared here, so there is no margin. The rates of the first table are those of the chapter's live runs, and
were chosen before them; the factors of the second were fixed before its first run.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments.recording import FASHION, described
from learning_rates import models
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.engines.side_by_side import first_weights, stacked
from learning_rates.trials.table import RESULTS, Table

IMAGES = 1000  # every step sees all of them
SHARPNESS_SEEDS, STEPS, EVERY = range(4), 2000, 20
ROUNDS, LATER_ROUNDS = 60, 6  # of power iteration, at the start and at each later look
METHODS = {  # rate, momentum, whether it is Nesterov's
    "plain": (0.1, 0.0, False),
    "Nesterov": (0.04, 0.9, True),
    "heavy ball": (0.04, 0.9, False),
}
CATAPULT_SEEDS, CATAPULT_STEPS = range(8), 200
FACTORS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0)  # of 2/λ at the start

Arrays = list[Any]
Slopes = Callable[[Arrays], tuple[Any, Arrays]]  # weights → loss, gradient


def cross_entropy(logits: Any, y: Any) -> Any:
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1))


def squared_error(logits: Any, y: Any) -> Any:
    """Half the squared distance of the ten outputs from 1 for the true class and 0 for the others."""
    return 0.5 * jnp.mean(jnp.sum((logits - jax.nn.one_hot(y, logits.shape[1])) ** 2, axis=1))


OBJECTIVES = {"cross-entropy": cross_entropy, "squared error": squared_error}


def slopes_of(objective: str) -> Slopes:
    model, (x, y) = models.mlp(seed=0), data_of(FASHION)["train"]
    x, y = jnp.asarray(x[:IMAGES]), jnp.asarray(y[:IMAGES])
    return jax.value_and_grad(lambda weights: OBJECTIVES[objective](model.stateless_call(weights, [], x)[0], y))


def dot(one: Arrays, other: Arrays) -> Any:
    return sum(jnp.vdot(a, b) for a, b in zip(one, other, strict=True))


def sharpness(slopes: Slopes, rounds: int, weights: Arrays, vector: Arrays) -> tuple[Any, Arrays]:
    """λ_max by power iteration from a vector, and the vector that it ends with."""

    def turn(vector: Arrays, _: None) -> tuple[Arrays, Any]:
        length = jnp.sqrt(dot(vector, vector))
        vector = [part / length for part in vector]
        turned = jax.jvp(lambda at: slopes(at)[1], (weights,), (vector,))[1]
        return turned, dot(vector, turned)

    vector, found = jax.lax.scan(turn, vector, None, length=rounds)
    return found[-1], vector


def descend(slopes: Slopes, method: tuple[float, float, bool], steps: int, state: Any, _: None) -> tuple[Any, Any]:
    """Some steps of descent; yields the sharpness midway between the last two points, and the last step's loss."""
    rate, momentum, nesterov = method
    weights, velocity, vector = state

    def step(state: Any, _: None) -> tuple[Any, Any]:
        weights, velocity = state
        loss, gradient = slopes(weights)
        kept = [momentum * v - rate * g for v, g in zip(velocity, gradient, strict=True)]
        moves = [momentum * v - rate * g for v, g in zip(kept, gradient, strict=True)] if nesterov else kept
        return ([w + move for w, move in zip(weights, moves, strict=True)], kept), loss

    (before, velocity), _ = jax.lax.scan(step, (weights, velocity), None, length=steps - 1)
    (weights, velocity), loss = step((before, velocity), None)
    middle = [(a + b) / 2 for a, b in zip(before, weights, strict=True)]
    found, vector = sharpness(slopes, LATER_ROUNDS, middle, vector)
    return (weights, velocity, vector), (found, loss)


def starts(seeds: range) -> tuple[Arrays, Arrays]:
    """First weights, and random vectors to begin power iteration with, a seed an entry."""
    weights = stacked([first_weights(models.mlp, seed) for seed in seeds])
    generator = np.random.default_rng(0)
    return weights, [jnp.asarray(generator.normal(size=part.shape), "float32") for part in weights]


def record_sharpness() -> None:
    table = Table(RESULTS / "edge_sharpness.csv", ("objective", "method", "step", "seed", "sharpness", "loss"))
    weights, vectors = starts(SHARPNESS_SEEDS)
    for objective in OBJECTIVES:
        slopes = slopes_of(objective)
        first = jax.jit(jax.vmap(functools.partial(sharpness, slopes, ROUNDS)))
        found, turned = first(weights, vectors)
        losses = jax.jit(jax.vmap(lambda at, slopes=slopes: slopes(at)[0]))(weights)
        for name, method in METHODS.items():
            if (objective, name, STEPS, SHARPNESS_SEEDS[-1]) in table:
                continue
            advance = jax.jit(jax.vmap(lambda state, s=slopes, m=method: descend(s, m, EVERY, state, None)))
            state = weights, [jnp.zeros_like(part) for part in weights], turned
            rows = [(0, found, losses)]
            for done in range(EVERY, STEPS + 1, EVERY):
                state, (sharp, loss) = advance(state)
                rows.append((done, sharp, loss))
            for done, *parts in rows:
                for seed, *values in zip(SHARPNESS_SEEDS, *parts, strict=True):
                    if (objective, name, done, seed) not in table:
                        table.add((objective, name, done, seed), [float(f"{value:.5g}") for value in values])
            print(objective, name, flush=True)
    table.describe(
        described(
            "edge.py",
            images=IMAGES,
            batch="all images, at every step",
            methods={name: dict(zip(("rate", "momentum", "nesterov"), m, strict=True)) for name, m in METHODS.items()},
            objectives={name: (made.__doc__ or "mean over the images") for name, made in OBJECTIVES.items()},
            sharpness=f"λ_max midway between two points; {ROUNDS} rounds of power iteration, {LATER_ROUNDS} later",
            seeds=list(SHARPNESS_SEEDS),
        )
    )


def record_catapult() -> None:
    """The loss after some steps at multiples of each seed's own 2/λ. A run that is not finite has loss NaN."""
    table = Table(RESULTS / "edge_catapult.csv", ("factor", "seed", "sharpness", "highest", "loss"))
    slopes = slopes_of("cross-entropy")
    weights, vectors = starts(CATAPULT_SEEDS)
    found, _ = jax.jit(jax.vmap(functools.partial(sharpness, slopes, ROUNDS)))(weights, vectors)

    def run(weights: Arrays, rate: Any) -> Any:
        def step(at: Arrays, _: None) -> tuple[Arrays, Any]:
            loss, gradient = slopes(at)
            return [w - rate * g for w, g in zip(at, gradient, strict=True)], loss

        return jax.lax.scan(step, weights, None, length=CATAPULT_STEPS)[1]

    train = jax.jit(jax.vmap(run))
    for factor in FACTORS:
        if (factor, CATAPULT_SEEDS[-1]) in table:
            continue
        losses = np.asarray(train(weights, factor * 2 / found))
        for seed, sharp, run_losses in zip(CATAPULT_SEEDS, found, losses, strict=True):
            values = (sharp, run_losses.max(), run_losses[-10:].mean())
            table.add((factor, seed), [float(f"{value:.5g}") for value in values])
        print(factor, np.median(losses[:, -10:]), flush=True)
    table.describe(
        described(
            "edge.py",
            images=IMAGES,
            batch="all images, at every step",
            steps=CATAPULT_STEPS,
            factors=list(FACTORS),
            loss="cross-entropy, mean of the last ten steps; sharpness: λ_max of the first weights",
            seeds=list(CATAPULT_SEEDS),
        )
    )


if __name__ == "__main__":
    record_catapult()
    record_sharpness()
