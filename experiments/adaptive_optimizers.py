"""Record what the chapter on adaptive optimizers reports: does Adam need a rate, and does it need a schedule?

    LEARNING_RATES_DATA=... python -m experiments.adaptive_optimizers

appends to results/adaptive_optimizers.csv, a row a finished run, and says in the .json beside it how it was made. A
second start goes on where the first was stopped. About ten minutes on two cores, in an environment with JAX.

Declared before the first run. Primary question: Adam with a linear decay to zero against Adam at a constant rate, each
at its own best rate, in test accuracy; a difference under half a point counts as none. Further questions: RMSProp,
AdaGrad and SGD with momentum against Adam, all at their best constant rates; momentum with a linear decay against Adam
with one; and, on pixels left at 0 to 255, Adam at 0.001, Keras's default, against Adam at its best rate.
"""

import functools
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import keras
import numpy as np

from experiments.recording import Table, fashion_mnist, groups, provenance
from learning_rates import models, schedules
from learning_rates.trials.engines.side_by_side import cross_entropy, judge

STEPS, BATCH_SIZE = 600, 60
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1008), range(24)
DEFAULT = 0.001  # of keras.optimizers.Adam

OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(momentum=0.9),
    "Adagrad": keras.optimizers.Adagrad,
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": keras.optimizers.Adam,
}
# Arm: its optimizer, its rate's shape, what the pixels are multiplied by, and the middle of its eleven rates.
ARMS = {
    "Adam": ("Adam", schedules.constant, 1, DEFAULT),
    "Adam, linear decay": ("Adam", schedules.polynomial_decay, 1, DEFAULT),
    "Adam, raw pixels": ("Adam", schedules.constant, 255, DEFAULT),
    "momentum": ("momentum", schedules.constant, 1, 0.02),
    "momentum, linear decay": ("momentum", schedules.polynomial_decay, 1, 0.02),
    "RMSprop": ("RMSprop", schedules.constant, 1, DEFAULT),
    "Adagrad": ("Adagrad", schedules.constant, 1, 0.02),
}
FACTORS = [2.0**k for k in range(-5, 6)]
QUESTIONS = [
    ["Adam, linear decay", "Adam"],
    ["momentum", "Adam"],
    ["RMSprop", "Adam"],
    ["Adagrad", "Adam"],
    ["momentum, linear decay", "Adam, linear decay"],
    ["Adam, raw pixels, default", "Adam, raw pixels"],
]


def orders(samples, seeds):
    """Which samples each batch has, of shape (seeds, STEPS, BATCH_SIZE); every epoch all samples, in another order."""
    passes = -(-STEPS * BATCH_SIZE // samples)
    generators = [np.random.default_rng(seed) for seed in seeds]
    shuffled = [[generator.permutation(samples) for _ in range(passes)] for generator in generators]
    return np.reshape(shuffled, (len(seeds), -1))[:, : STEPS * BATCH_SIZE].reshape(len(seeds), STEPS, BATCH_SIZE)


@functools.cache  # compiled once an optimizer
def trainer(name):
    """Runs side by side with Keras's own optimizer, whose rate is set anew before each step."""
    model, optimizer = models.mlp(), OPTIMIZERS[name]()
    optimizer.build(model.trainable_variables)
    fresh = [variable.value for variable in optimizer.variables]
    rate_at = [variable is optimizer.learning_rate for variable in optimizer.variables].index(True)

    def one_run(weights, x, y, order, rates):
        def step(state, now):
            weights, remembered = state
            batch, rate = now
            slopes = jax.grad(lambda at: cross_entropy(model, at, x[batch], y[batch]))(weights)
            remembered = [rate if i == rate_at else value for i, value in enumerate(remembered)]
            return tuple(map(list, optimizer.stateless_apply(remembered, slopes, weights))), None

        (weights, _), _ = jax.lax.scan(step, (weights, fresh), (order, rates))
        return weights

    return jax.jit(jax.vmap(one_run, in_axes=(0, None, None, 0, 0)))


def train(name, seeds, rate, x, y):
    """The weights at the end, each array with a run an entry."""
    networks = [[variable.value for variable in models.mlp(seed=seed).trainable_variables] for seed in seeds]
    weights = [jnp.stack(parts) for parts in zip(*networks, strict=True)]
    rates = np.tile(np.array(rate.values(), "float32"), (len(seeds), 1))
    return trainer(name)(weights, jnp.asarray(x), jnp.asarray(y), jnp.asarray(orders(len(x), seeds)), rates)


def record(table, data, arm, stage, max_lr, seeds, *, named=None):
    """Train the arm's runs that the table lacks; their mean accuracy."""
    name, shape, scale, _ = ARMS[arm]
    key = (stage, named or arm, f"{max_lr:g}")
    missing = [seed for seed in seeds if (*key, seed) not in table]
    for group in groups(missing):
        x, y = data["train"]
        weights = train(name, group, shape(max_lr, STEPS), scale * x, y)
        x, y = data[stage]
        for seed, loss, accuracy in zip(group, *judge(weights, (scale * x, y)), strict=True):
            # A network whose weights overflowed says nothing: it is judged as one that guesses.
            finite = np.isfinite(loss)
            table.append((*key, seed), (loss if finite else np.log(10), accuracy if finite else 0.1))
    return np.mean([table[(*key, seed)]["accuracy"] for seed in seeds])


def main():
    data = fashion_mnist()
    table = Table("adaptive_optimizers", ["stage", "arm", "max_lr", "seed"], ["loss", "accuracy"])
    made = provenance("adaptive_optimizers.py", data)
    made |= {"engine": "the script's: JAX, float32, Keras's optimizers", "steps": STEPS, "batch_size": BATCH_SIZE}
    made |= {"tuning_seeds": list(TUNING_SEEDS), "final_seeds": list(FINAL_SEEDS), "default": DEFAULT}
    made |= {"questions": QUESTIONS, "margin": 0.005, "arms": {}}
    tried = {arm: [float(f"{middle * factor:g}") for factor in FACTORS] for arm, (*_, middle) in ARMS.items()}
    for arm, rates in tried.items():
        means = {rate: record(table, data, arm, "tune", rate, TUNING_SEEDS) for rate in rates}
        best = max(means, key=means.get)
        made["arms"][arm] = {"tried": rates, "best": best}
        judged = record(table, data, arm, "final", best, FINAL_SEEDS)
        print(f"{arm}: best rate {best:g}, accuracy {judged:.4f}", flush=True)
    arm = "Adam, raw pixels"
    judged = record(table, data, arm, "final", DEFAULT, FINAL_SEEDS, named=f"{arm}, default")
    print(f"{arm}, default: accuracy {judged:.4f}", flush=True)
    table.describe(made)


if __name__ == "__main__":
    main()
