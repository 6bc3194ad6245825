"""What a moving rate and momentum cost a training step: each arm against a constant rate, side by side in one run.

    python benchmarks/step_time.py

Every round times one epoch of each arm, in turning order; the ratio is taken within a round, and its median printed.
"""

import os
import platform
import statistics
import time
from importlib.metadata import version

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from learning_rates import SGD, models, schedules

STEPS, BATCH_SIZE, ROUNDS = 500, 64, 31
TOTAL = STEPS * (ROUNDS + 1)


class AssignRate(keras.callbacks.Callback):
    """The usual way: the rate is assigned before each batch."""

    def __init__(self, schedule):
        super().__init__()
        self.schedule, self.step = schedule, 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.schedule(self.step)
        self.step += 1


def arms():
    """Name: the optimizer and the callbacks."""
    rate, momentum = schedules.one_cycle(0.01, TOTAL), schedules.one_cycle_momentum(TOTAL)
    stock = keras.optimizers.SGD
    return {
        "constant rate": (stock(0.01, momentum=0.9), []),
        "Keras's CosineDecay": (stock(keras.optimizers.schedules.CosineDecay(0.01, TOTAL), momentum=0.9), []),
        "ours, rate": (SGD(rate, 0.9), []),
        "ours, rate and momentum": (SGD(rate, momentum), []),
        "callback that assigns the rate": (stock(0.01, momentum=0.9), [AssignRate(rate)]),
    }


def timed(steps_per_execution):
    """{arm: seconds of each round}."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * BATCH_SIZE, 784)).astype("float32")
    y = rng.integers(0, 10, len(x))
    fits = {}
    for name, (optimizer, callbacks) in arms().items():
        model = models.mlp()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss, steps_per_execution=steps_per_execution)
        fits[name] = lambda model=model, callbacks=callbacks: model.fit(
            x, y, batch_size=BATCH_SIZE, shuffle=False, verbose=0, callbacks=callbacks
        )
        fits[name]()  # compile
    seconds = {name: [] for name in fits}
    for turn in range(ROUNDS):
        names = list(fits)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = time.perf_counter()
            fits[name]()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def main():
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", "tensorflow", "numpy"))
    print(f"{packages}; Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"Backend {keras.backend.backend()}, MLP 784-128-10, batch {BATCH_SIZE}; median of {ROUNDS} rounds")
    for steps_per_execution in (1, 50):
        seconds = timed(steps_per_execution)
        print(f"\n| steps_per_execution={steps_per_execution} | µs a step | against constant |\n| --- | --- | --- |")
        for name, runs in seconds.items():
            ratio = statistics.median(a / b for a, b in zip(runs, seconds["constant rate"], strict=True))
            print(f"| {name} | {1e6 * statistics.median(runs) / STEPS:.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
