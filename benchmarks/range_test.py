"""The LR range test against the usual callback: sweeps of 200 steps, cold (compiling included) and warm."""

import statistics
import warnings

import keras
import numpy as np
from paired import heading, table, timed

from learning_rates import lr_range_test, models

STEPS, ROUNDS, REPEATS = 200, 7, 10
NETWORKS = {"MLP 20-32-10, batch 32": ((20, 32), 32), "MLP 784-128-10, batch 64": ((784, 128), 64)}
RATES = np.geomspace(1e-6, 1e-2, STEPS)  # stops where no network diverges, so that every arm takes every step


class Finder(keras.callbacks.Callback):
    """The usual way: assign the rate before each batch, take the loss out of the running mean after it."""

    def on_train_begin(self, logs=None):
        self.losses, self.mean = [], 0.0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = RATES[len(self.losses)]

    def on_train_batch_end(self, batch, logs=None):
        before, self.mean = self.mean, logs["loss"]
        step = len(self.losses) + 1
        self.losses.append(step * self.mean - (step - 1) * before)


def sweeps(sizes, batch_size):
    """(a callback's cold sweep, ours, a callback's warm sweep, ours over many repeats)"""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * batch_size, sizes[0])).astype("float32")
    y = rng.integers(0, 10, len(x))

    def compiled():
        model = models.mlp(inputs=sizes[0], hidden=sizes[1])
        model.compile(keras.optimizers.SGD(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def usual(model):
        weights = model.get_weights()
        model.fit(x, y, batch_size=batch_size, verbose=0, callbacks=[Finder()])
        model.set_weights(weights)

    def ours(model, repeats=1):
        settings = {"min_lr": RATES[0], "max_lr": RATES[-1], "num_steps": STEPS, "batch_size": batch_size}
        lr_range_test(model, x, y, **settings, repeats=repeats, progress=False)

    warm = compiled()
    usual(warm)
    return {
        "callback, cold": lambda: usual(compiled()),
        "lr_range_test, cold": lambda: ours(compiled()),
        "callback, warm": lambda: usual(warm),
        "repeats": lambda: ours(compiled(), repeats=1 + REPEATS),
    }


def main():
    warnings.simplefilter("ignore")
    heading("The LR range test")
    for name, (sizes, batch_size) in NETWORKS.items():
        seconds = timed(sweeps(sizes, batch_size), ROUNDS)
        # A sweep of ours is warm from the second repeat on: what ten more of them cost, a tenth of it.
        more = zip(seconds.pop("repeats"), seconds["lr_range_test, cold"], strict=True)
        seconds["lr_range_test, warm"] = [(eleven - one) / REPEATS for eleven, one in more]
        table(name, seconds, STEPS, "callback, cold")
        ratios = zip(seconds["callback, warm"], seconds["lr_range_test, warm"], strict=True)
        print(f"\nWarm, the callback takes {statistics.median(a / b for a, b in ratios):.1f} times as long.")


if __name__ == "__main__":
    main()
