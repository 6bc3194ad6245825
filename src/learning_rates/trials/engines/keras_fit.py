"""A network trained by Keras's `fit`, for those that are too large to be trained side by side.

It yields what `vectorised.train` does, for one run, so that a trial need not know which of the two it has.
"""

import functools

import keras
import numpy as np

from learning_rates import SGD, Adam
from learning_rates.trials.engines.runs import order

STEPS_AT_ONCE = 50  # of a compiled call
LOSSES = {
    "cross-entropy": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "squared": keras.losses.MeanSquaredError,
}
OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def train(runs, data, batch_size, *, every=None, build, optimizer="sgd", loss="cross-entropy", start=None):
    """As `vectorised.train`, one run at a time; weights are those of `get_weights`, with a run an entry."""
    (run,) = runs
    x, y = data
    steps = len(run.rates)
    every = every or steps
    model = compiled(run, build, optimizer, loss, start)
    batches = order(len(x), batch_size, steps, run.seed)
    for begin in range(0, steps, every):
        samples = batches[begin : begin + every].ravel()
        losses = _Losses()
        model.fit(_batches((x[samples], y[samples]), batch_size), shuffle=False, verbose=0, callbacks=[losses])
        yield begin + every, [weight[None] for weight in model.get_weights()], np.array([losses.means])


def _batches(arrays, batch_size):
    """What `fit` makes of arrays itself, without tf.data's tuner.

    The tuner looks in after 10 ms, then after twice as long each time, and `fit` ends only when it does: up to half of
    the time would be spent waiting.
    """
    import tensorflow as tf  # here, because JAX's workers read this module too

    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size).with_options(options)


def compiled(run, build, optimizer, loss, start):
    """The run's model, with the package's own optimizer."""
    keras.utils.set_random_seed(run.seed)  # of dropout and augmentation
    model = build(seed=run.seed)
    if start:
        model.set_weights([weight[0] for weight in start])
    moving = OPTIMIZERS[optimizer](run.rate, run.momentum, weight_decay=run.weight_decay or None)
    model.compile(moving, LOSSES[loss](), steps_per_execution=STEPS_AT_ONCE)
    return model


class _Losses(keras.callbacks.Callback):
    """The mean loss so far, each time that Keras tells it."""

    def __init__(self):
        super().__init__()
        self.means = []

    def on_train_batch_end(self, batch, logs=None):
        self.means.append(logs["loss"])


def outputs(weights, x, *, build):
    """What the network says of x, of shape (1, samples, outputs)."""
    model = _model(build)
    model.set_weights([weight[0] for weight in weights])
    return model.predict(_batches((x,), 500), verbose=0)[None]


@functools.lru_cache(maxsize=1)
def _model(build):
    return build(seed=0)
