"""Record what the API page says of schedule-free training: what a model loses that keeps its weights, not their mean.

    KERAS_BACKEND=jax python -m experiments.schedule_free

Schedule-free training takes its gradients at y, and what it promises is the accuracy of an average x. Keras's
ScheduleFreeAdamW trains the model with y and leaves it there. Decided before any result: with the same runs, test
accuracy of x minus that of y, for Keras's optimizer and for `Averaged` around Adam, over all SEEDS at each of RATES.
"""

import keras
import numpy as np

from experiments.recording import described
from learning_rates import Adam, Averaged, models
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.table import RESULTS, Table

SEEDS, RATES, EPOCHS, BATCH_SIZE = range(5), (0.0025, 0.01), 10, 50
BETA = 0.9  # the share of x in y
KERAS, OURS = "Keras's ScheduleFreeAdamW", "Averaged"


def trained(optimizer: keras.optimizers.Optimizer, seed: int, build: bool) -> tuple[keras.Model, float]:
    """The model, and the share of each initial weight that is left after the first update."""
    data = data_of("sample")
    model = models.mlp(seed=seed)
    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    if build:
        optimizer.build(model.trainable_variables)
    before = model.get_weights()[0].ravel()
    x, y = data["train"]
    model.fit(x[:BATCH_SIZE], y[:BATCH_SIZE], batch_size=BATCH_SIZE, verbose=0)
    kept = float(np.dot(model.get_weights()[0].ravel(), before) / np.dot(before, before))
    model.fit(x, y, epochs=EPOCHS, batch_size=BATCH_SIZE, verbose=0)
    return model, kept


def accuracy(model: keras.Model) -> float:
    return float(model.evaluate(*data_of("sample")["final"], batch_size=1000, verbose=0)[1])


def of_keras(rate: float, seed: int) -> tuple[float, float, float]:
    """Accuracy of y, that of x, which is put in by hand, and the share of the initial weights that is kept."""
    optimizer = keras.optimizers.ScheduleFreeAdamW(rate, beta_1=BETA)
    model, kept = trained(optimizer, seed, build=True)
    y = accuracy(model)
    # Private, as Keras has no other way to them: z, whatever the name says.
    z = [keras.ops.convert_to_numpy(variable) for variable in optimizer._momentums]
    pairs = zip(model.get_weights(), z, strict=True)
    model.set_weights([(weight - (1 - BETA) * other) / BETA for weight, other in pairs])
    return y, accuracy(model), kept


def of_ours(rate: float, seed: int) -> tuple[float, float, float]:
    """The same of `Averaged`."""
    optimizer = Averaged(Adam(rate, beta_1=0.0, epsilon=1e-8), "schedule_free", decay=BETA)
    model, kept = trained(optimizer, seed, build=True)
    y = accuracy(model)
    with optimizer.weights(model):
        return y, accuracy(model), kept


ARMS = {KERAS: of_keras, OURS: of_ours}


def main() -> None:
    columns = ("backend", "arm", "rate", "seed", "accuracy of y", "accuracy of x", "kept")
    table, backend = Table(RESULTS / "schedule_free.csv", columns), keras.backend.backend()
    for name, run in ARMS.items():
        for rate in RATES:
            for seed in SEEDS:
                if (backend, name, rate, seed) not in table:
                    table.add((backend, name, rate, seed), run(rate, seed))
            print(name, rate, flush=True)
    runs = f"models.mlp(), {EPOCHS} epochs in batches of {BATCH_SIZE}"
    table.describe(described("schedule_free.py", ["sample"], runs=runs, seeds=list(SEEDS), rates=list(RATES)))


if __name__ == "__main__":
    main()
