"""What moving numbers, a rate for each layer and averages cost a training step: each arm against Keras's own optimizer.

MLP 784-128-10, batch 64; every round times one epoch of each arm.
"""

import keras
import numpy as np
from paired import heading, table, timed

from learning_rates import SGD, Adam, AdamW, Averaged, models, scheduled, schedules

STEPS, BATCH_SIZE, ROUNDS = 300, 64, 15
TOTAL = STEPS * (ROUNDS + 1)
KERAS_AVERAGE = "Keras's own average (use_ema)"


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
    found = _all_arms()
    if keras.backend.backend() == "jax":  # `fit` fails there with keras 3.15: one buffer is donated twice
        del found[KERAS_AVERAGE]
    return found


def _all_arms():
    rate, momentum = schedules.one_cycle(0.01, TOTAL), schedules.one_cycle_momentum(TOTAL)
    moving = {"learning_rate": rate, "beta_1": momentum, "beta_2": momentum, "weight_decay": rate}
    stock = keras.optimizers.SGD
    return {
        "constant rate": (stock(0.01, momentum=0.9), []),
        "Keras's CosineDecay": (stock(keras.optimizers.schedules.CosineDecay(0.01, TOTAL), momentum=0.9), []),
        "ours, rate": (SGD(rate, 0.9), []),
        "ours, rate and momentum": (SGD(rate, momentum), []),
        "callback that assigns the rate": (stock(0.01, momentum=0.9), [AssignRate(rate)]),
        "constant rate, Adam": (keras.optimizers.Adam(0.001), []),
        "ours, rate and beta_1, Adam": (Adam(rate, momentum), []),
        "layer rates, two groups": (SGD(0.01, 0.9, layer_rates={"kernel": 0.5}), []),
        KERAS_AVERAGE: (stock(0.01, momentum=0.9, use_ema=True), []),
        "uniform average": (Averaged(stock(0.01, momentum=0.9)), []),
        "schedule-free": (Averaged(stock(0.01), "schedule_free"), []),
        "constant rate, AdamW": (keras.optimizers.AdamW(0.001), []),
        "ours, four numbers, AdamW": (AdamW(**moving), []),
        "ours, layer rates, two groups, AdamW": (AdamW(0.001, layer_rates={"kernel": 0.5}), []),
        "constant rate, RMSprop": (keras.optimizers.RMSprop(0.001), []),
        "scheduled, rate and rho, RMSprop": (
            scheduled(keras.optimizers.RMSprop, learning_rate=rate, rho=momentum),
            [],
        ),
    }


def fits(steps_per_execution):
    """{arm: a function that trains an epoch}, compiled."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(STEPS * BATCH_SIZE, 784)).astype("float32")
    y = rng.integers(0, 10, len(x))
    found = {}
    for name, (optimizer, callbacks) in arms().items():
        model = models.mlp()
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(optimizer, loss, steps_per_execution=steps_per_execution)
        found[name] = lambda model=model, callbacks=callbacks: model.fit(
            x, y, batch_size=BATCH_SIZE, shuffle=False, verbose=0, callbacks=callbacks
        )
        found[name]()
    return found


def _kind(name):
    """What stands behind the last comma where that is an optimizer: SGD has no name here."""
    kind = name.rpartition(", ")[2]
    return f", {kind}" if kind in ("Adam", "AdamW", "RMSprop") else ""


def main():
    heading("A training step")
    for steps_per_execution in (1,) if keras.backend.backend() == "torch" else (1, 50):  # Keras refuses 50 there
        seconds = timed(fits(steps_per_execution), ROUNDS)
        for kind in ("", ", Adam", ", AdamW", ", RMSprop"):
            baseline = f"constant rate{kind}"
            part = {name: runs for name, runs in seconds.items() if _kind(name) == kind}
            table(f"steps_per_execution={steps_per_execution}", part, STEPS, baseline)


if __name__ == "__main__":
    main()
