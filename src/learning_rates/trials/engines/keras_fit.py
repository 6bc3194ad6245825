"""A network trained by Keras's `fit`, for those that are too large to be trained side by side.

It yields what `side_by_side.train` does, for one run, so that a trial need not know which of the two it has.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import numpy.typing as npt

from learning_rates import SGD, Adam
from learning_rates.trials.engine import Build, Data, Weights
from learning_rates.trials.runs import Run, order

if TYPE_CHECKING:
    import tensorflow as tf

STEPS_AT_ONCE = 50  # of a compiled call
LOSSES = {
    "cross-entropy": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "squared": keras.losses.MeanSquaredError,
}
OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def train(
    runs: Sequence[Run],
    data: Data,
    batch_size: int,
    *,
    every: int | None = None,
    build: Build,
    optimizer: str = "sgd",
    loss: str = "cross-entropy",
    start: Weights | None = None,
) -> Iterator[tuple[int, Weights, npt.NDArray[Any]]]:
    """As `side_by_side.train`, one run at a time; weights are those of `get_weights`, with a run an entry."""
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


def _batches(arrays: tuple[npt.NDArray[Any], ...], batch_size: int) -> "tf.data.Dataset":
    """What `fit` makes of arrays itself, without tf.data's tuner.

    The tuner looks in after 10 ms, then after twice as long each time, and `fit` ends only when it does: up to half of
    the time would be spent waiting.
    """
    import tensorflow as tf  # here, because JAX's workers read this module too

    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(arrays).batch(batch_size).with_options(options)


def compiled(run: Run, build: Build, optimizer: str, loss: str, start: Weights | None) -> keras.Model:
    """The run's model, with the package's own optimizer."""
    keras.utils.set_random_seed(run.seed)  # of dropout and augmentation
    model = build(seed=run.seed)
    if start:
        model.set_weights([weight[0] for weight in start])
    moving = OPTIMIZERS[optimizer](run.rate, run.momentum, weight_decay=run.weight_decay or None)
    model.compile(moving, LOSSES[loss](), steps_per_execution=STEPS_AT_ONCE)
    return model


class _Losses(keras.callbacks.Callback):
    """The mean loss so far, each time that Keras gives it."""

    def __init__(self) -> None:
        super().__init__()
        self.means: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self.means.append(logs["loss"])


def outputs(weights: Weights, x: npt.NDArray[Any], *, build: Build) -> npt.NDArray[Any]:
    """What the network gives for x, of shape (1, samples, outputs)."""
    model = _model(build)
    model.set_weights([weight[0] for weight in weights])
    return model.predict(_batches((x,), 500), verbose=0)[None]


@functools.lru_cache(maxsize=1)
def _model(build: Build) -> keras.Model:
    return build(seed=0)
