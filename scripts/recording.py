"""What the recording scripts share: networks trained side by side, a row a finished run, and how it was made.

Seeds differ in their first weights and in the order of their batches; everything else of a run is in its `Run`. Eight
runs at once (JAX, `vmap`) cost less than half of eight calls of `fit`; their step is Keras's SGD, v ← μv − ηg.
Run the scripts that use this in an environment with JAX: `make test-backends` makes one, .venv-backends.
"""

import csv
import functools
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax
import jax.numpy as jnp
import numpy as np

from learning_rates import datasets, models

RESULTS = Path(__file__).parents[1] / "results"
AT_ONCE = 8  # runs; more no longer share the processor's caches


class Table:
    """Finished runs in a CSV file; what is there is not run again.

    Args:
        name: of the file in results/, without its ending.
        keys: the columns that tell one run from another, "seed" the last.
        values: the columns of its results.
    """

    def __init__(self, name, keys, values):
        self.path, self.keys, self.values = RESULTS / f"{name}.csv", keys, values
        self.rows = {}
        if self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.rows[tuple(row[key] for key in keys)] = [float(row[value]) for value in values]

    def __contains__(self, key):
        return _texts(key) in self.rows

    def __getitem__(self, key):
        return dict(zip(self.values, self.rows[_texts(key)], strict=True))

    def append(self, key, values):
        """Write a finished run to the file at once."""
        fresh = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if fresh:
                writer.writerow([*self.keys, *self.values])
            writer.writerow([*key, *(float(f"{value:.6g}") for value in values)])
        self.rows[_texts(key)] = [float(value) for value in values]

    def describe(self, made):
        """Say in a .json beside the table how it was made; refuse to mix versions."""
        file = self.path.with_suffix(".json")
        before = json.loads(file.read_text(encoding="utf-8"))["versions"] if file.exists() else made["versions"]
        if before != made["versions"]:
            raise SystemExit(f"{self.path.name} was begun with {before}: move it away, or install these versions.")
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _texts(key):
    return tuple(str(part) for part in key)


def provenance(script, data):
    """What every table says of itself: script, versions, machine, data."""
    return {
        "script": f"scripts/{script}",
        "engine": "scripts/recording.py: JAX, float32",
        "versions": {name: version(name) for name in ("keras", "jax", "numpy")},
        "python": platform.python_version(),
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
        "data sha256": {name: hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest() for name, (x, y) in data.items()},
    }


def fashion_mnist():
    """Train on the embedded 6,000, tune on the training set's last 10,000 (none embedded), judge on the test set."""
    (x_train, y_train), _ = datasets.fashion_mnist(sample=True)
    (x_all, y_all), test = datasets.fashion_mnist(sample=False)
    parts = {"train": (x_train, y_train), "tune": (x_all[-10_000:], y_all[-10_000:]), "final": test}
    return {name: (x.reshape(len(x), -1).astype("float32") / 255, y.astype("int32")) for name, (x, y) in parts.items()}


class Run:
    """One run: its seed, rate and momentum at every step, and what the table calls it.

    Args:
        key: of its row.
        seed: of first weights and batches.
        rate: a schedule, whose length is the run's.
        momentum: a number or a schedule.
        weight_decay: decoupled, times the rate, as in Keras.
    """

    def __init__(self, key, seed, rate, momentum=0.9, weight_decay=0.0):
        self.key, self.seed, self.weight_decay = key, seed, weight_decay
        self.rates = np.array(rate.values(), "float32")
        steps = range(len(self.rates))
        self.momenta = np.array([momentum(step) if callable(momentum) else momentum for step in steps], "float32")


def train(runs, data, batch_size, *, every=None, build=models.mlp):
    """Train up to AT_ONCE runs of the same length side by side, with softmax cross-entropy.

    Args:
        runs: a list of `Run`.
        data: (x, y), labels whole numbers.
        batch_size: the last, smaller batch of an epoch is left out.
        every: yield after each so many steps, a divisor of the steps; None means at the end.
        build: seed → Keras model without state but its weights.

    Yields:
        (steps done, weights, losses): weights is a list of arrays with a run an entry; losses, of shape (runs, every),
        are those of the batches since the last time, each before its update.
    """
    x, y = (jnp.asarray(part) for part in data)
    steps = len(runs[0].rates)
    every = every or steps
    weights = [jnp.stack(parts) for parts in zip(*(_first_weights(build, run.seed) for run in runs), strict=True)]
    velocity = [jnp.zeros_like(weight) for weight in weights]
    orders = jnp.asarray(np.stack([_order(len(x), batch_size, steps, run.seed) for run in runs]))
    rates, momenta = (
        jnp.asarray(np.stack(part)) for part in zip(*((run.rates, run.momenta) for run in runs), strict=True)
    )
    decays = jnp.asarray([run.weight_decay for run in runs], "float32")
    advance = _advance(build)
    for begin in range(0, steps, every):
        part = slice(begin, begin + every)
        weights, velocity, losses = advance(
            weights, velocity, x, y, orders[:, part], rates[:, part], momenta[:, part], decays
        )
        yield begin + every, weights, np.asarray(losses)


def _first_weights(build, seed):
    return [jnp.asarray(variable.value) for variable in build(seed=seed).trainable_variables]


def _order(samples, batch_size, steps, seed):
    """Which samples each batch has: every epoch all of them, in another order."""
    generator, a_pass = np.random.default_rng(seed), samples // batch_size
    passes = [generator.permutation(samples)[: a_pass * batch_size] for _ in range(-(-steps // a_pass))]
    return np.concatenate(passes).reshape(-1, batch_size)[:steps].astype("int32")


def cross_entropy(model, weights, x, y):
    """Mean loss of one network at these weights."""
    logits, _ = model.stateless_call(weights, [], x)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1))


@functools.cache  # compiled once, whatever the rates
def _advance(build):
    model = build(seed=0)

    @jax.jit
    def advance(weights, velocity, x, y, orders, rates, momenta, decays):
        def one_run(weights, velocity, order, rates, momenta, decay):
            def step(state, now):
                weights, velocity = state
                batch, rate, momentum = now
                value, slopes = jax.value_and_grad(lambda at: cross_entropy(model, at, x[batch], y[batch]))(weights)
                weights = [weight * (1 - rate * decay) for weight in weights]
                velocity = [momentum * v - rate * g for v, g in zip(velocity, slopes, strict=True)]
                return ([weight + v for weight, v in zip(weights, velocity, strict=True)], velocity), value

            (weights, velocity), losses = jax.lax.scan(step, (weights, velocity), (order, rates, momenta))
            return weights, velocity, losses

        return jax.vmap(one_run)(weights, velocity, orders, rates, momenta, decays)

    return advance


def logits(weights, x, *, build=models.mlp):
    """What each run's network says of x, of shape (runs, samples, classes)."""
    return np.asarray(_call(build)(weights, jnp.asarray(x)))


@functools.cache
def _call(build):
    model = build(seed=0)
    return jax.jit(jax.vmap(lambda weights, x: model.stateless_call(weights, [], x)[0], in_axes=(0, None)))


def judge(weights, data, *, build=models.mlp):
    """Mean loss and accuracy of each run on (x, y): two arrays of shape (runs,)."""
    x, y = data
    said = logits(weights, x, build=build)
    likely = said - np.logaddexp.reduce(said, axis=2, keepdims=True)
    right = np.take_along_axis(likely, np.asarray(y)[None, :, None], axis=2)
    return -right.mean(axis=(1, 2)), (said.argmax(axis=2) == y).mean(axis=1)


def groups(runs):
    """The runs, AT_ONCE at a time."""
    return [runs[first : first + AT_ONCE] for first in range(0, len(runs), AT_ONCE)]


def ensure(table, runs, train_data, judge_data, batch_size):
    """Train those of the runs that the table lacks; it gets "loss" and "accuracy" on judge_data."""
    for group in groups([run for run in runs if run.key not in table]):
        ((_, weights, _),) = train(group, train_data, batch_size)
        for run, loss, accuracy in zip(group, *judge(weights, judge_data), strict=True):
            table.append(run.key, (loss, accuracy))


def tune_and_judge(table, arms, peaks, data, batch_size, tuning_seeds, final_seeds, momentum=0.9):
    """A fair comparison: every arm's peak tuned with the same number of tries, then other seeds and other images.

    Args:
        table: with keys ("stage", "arm", "max_lr", "seed") and values ("loss", "accuracy").
        arms: {name: max_lr → rate schedule, or → (rate schedule, momentum)}.
        peaks: the rates to try.
        data: with "train", "tune" and "final", as of `fashion_mnist`.
        batch_size: of every arm.
        tuning_seeds: for the choice of the peak, by mean accuracy on "tune".
        final_seeds: others, at that peak, on "final".
        momentum: of arms that name none.

    Returns:
        {name: its peak}.
    """
    best = {}
    for name, make in arms.items():

        def runs(stage, max_lr, seeds, name=name, make=make):
            made = make(max_lr)
            rate, moving = made if isinstance(made, tuple) else (made, momentum)
            return [Run((stage, name, max_lr, seed), seed, rate, moving) for seed in seeds]

        means = {}
        for max_lr in peaks:
            ensure(table, runs("tune", max_lr, tuning_seeds), data["train"], data["tune"], batch_size)
            means[max_lr] = np.mean([table[("tune", name, max_lr, seed)]["accuracy"] for seed in tuning_seeds])
        best[name] = max(means, key=means.get)
        ensure(table, runs("final", best[name], final_seeds), data["train"], data["final"], batch_size)
        judged = np.mean([table[("final", name, best[name], seed)]["accuracy"] for seed in final_seeds])
        print(f"{name}: peak {best[name]:g}, accuracy {judged:.4f}", flush=True)
    return best
