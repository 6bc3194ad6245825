"""What the tests of the range test share: data, networks that leave traces, and sweeps of them."""

import keras
import numpy as np
import pytest
from keras import layers

from learning_rates import lr_range_test

# Of files that train: random data and few steps make rules disagree, which is not what they test.
UNSURE = ("ignore:The rules disagree", "ignore:The loss still falls", "ignore:In . of", "ignore:The loss became")
MARKS = [pytest.mark.slow, pytest.mark.filterwarnings(*UNSURE)]

RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 6)).astype("float32")
Y = np.argmax(X @ RNG.normal(size=(6, 3)) + 0.5 * RNG.normal(size=(160, 3)), axis=1)
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(optimizer=None, **compile_arguments):
    """A network with everything that leaves traces: momentum slots, moving statistics, seeds, metrics."""
    keras.utils.set_random_seed(0)
    parts = [layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2), layers.Dense(3)]
    model = keras.Sequential([keras.Input((6,)), *parts])
    model.compile(
        optimizer or keras.optimizers.SGD(0.05, 0.9), CROSS_ENTROPY, metrics=["accuracy"], **compile_arguments
    )
    return model


def trained(optimizer=None, **compile_arguments):
    """The network after an epoch, so that its metrics hold a loss and its slots a momentum."""
    model = network(optimizer, **compile_arguments)
    model.fit(X, Y, epochs=1, verbose=0)
    return model


def linear(optimizer="sgd"):
    """The smallest network."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
    model.compile(optimizer, CROSS_ENTROPY)
    return model


def everything(model):
    """Every number that training moves, bit for bit."""
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [(variable.path, keras.ops.convert_to_numpy(variable).tobytes()) for variable in variables]


def swept(model, x=X, y=Y, **arguments):
    """A short range test."""
    return lr_range_test(model, x, y, **{"num_steps": 20, "max_lr": 1.0, "progress": False} | arguments)


def by_hand(model, rates, weights=None):
    """The losses of the steps of a sweep over `Batches`, taken by `train_on_batch`."""
    losses = []
    for step, rate in enumerate(rates):
        batch = slice(step % 5 * 32, step % 5 * 32 + 32)
        model.optimizer.learning_rate.assign(rate)
        model.reset_metrics()
        losses.append(model.train_on_batch(X[batch], Y[batch], None if weights is None else weights[batch])[0])
    return losses


class Batches:
    """A dataset of five batches of 32, the same in each epoch; with weights where given; it may fail at a batch."""

    def __init__(self, weights=None, fail_at=None, error=None):
        self.weights, self.served, self.fail_at, self.error = weights, 0, fail_at, error

    def __iter__(self):
        parts = (X, Y) if self.weights is None else (X, Y, self.weights)
        for start in range(0, 160, 32):
            if self.served == self.fail_at:
                raise self.error
            self.served += 1
            yield tuple(part[start : start + 32] for part in parts)
