"""The learning-rate range test: a sweep of the rate over a few hundred steps that leaves no trace in the model.

`result` is what a test found, `batches` what it trains on, `sweep` how the rate climbs, and `restore` how the model
comes back to what it was.
"""

import itertools
import warnings

import numpy as np

from learning_rates import schedules
from learning_rates.checks import (
    check_at_least,
    check_choice,
    check_number,
    check_ordered,
    check_positive,
    check_whole,
    reject,
)
from learning_rates.range_test.result import RangeTest, Suggestion

__all__ = ["RangeTest", "Suggestion", "lr_range_test"]


def lr_range_test(
    model,
    x,
    y=None,
    *,
    sample_weight=None,
    min_lr=1e-6,
    max_lr=10.0,
    num_steps=200,
    mode="exponential",
    batch_size=32,
    smoothing=0.1,
    divergence_factor=4.0,
    repeats=1,
    seed=0,
    progress="auto",
):
    """Train while the rate climbs from min_lr to max_lr, record the loss of every batch, and leave no trace.

    η(t) = min_lr · (max_lr / min_lr)^(t / (num_steps − 1)), or linear in t. Every sweep starts from the model's present
    weights with a fresh optimizer of the model's own kind, whose rate, scheduled or not, is replaced and whose momentum
    is held at its first value. The model's own `train_step` runs, in compiled chunks. Afterwards, also after an error,
    an interrupt or a divergence, the model and its optimizer are bit for bit what they were; what Keras does not know
    of, a counter in a loss or the position of a shuffled dataset, is not. A step is an update: with
    `gradient_accumulation_steps` it takes that many batches and its loss is their mean.

    Args:
        model: a compiled `keras.Model`.
        x: an array or a structure of arrays, samples first; or a dataset of batches (x, y) or (x, y, sample_weight):
            `tf.data.Dataset`, `keras.utils.PyDataset`, a torch `DataLoader`, any iterable. A sweep goes on where the
            one before stopped, and an iterable that ends is started again.
        y: targets, an array or a structure of arrays; None with a dataset.
        sample_weight: a weight for every sample; None with a dataset.
        min_lr: rate of the first step, > 0.
        max_lr: rate of the last step, > min_lr.
        num_steps: steps of a sweep, ≥ 2. Fewer steps leave the network less time at each rate, which moves the curve.
        mode: "exponential" or "linear".
        batch_size: samples a batch, ≥ 1; a dataset has batches of its own.
        smoothing: standard deviation of the smoothing kernel, in decades of η; 0 smooths nothing.
        divergence_factor: the sweep stops once the mean loss over the last `smoothing` decades, at least ten steps,
            exceeds its least value so far by this factor, > 1, and its highest by more than the noise.
        repeats: sweeps, each with another order of the samples and other random numbers in dropout, ≥ 1.
        seed: of the order of arrays' samples and of a PyDataset's batches, ≥ 0; other datasets have an order of their
            own.
        progress: True, False, or "auto": a progress bar once the test has run for five seconds.

    Returns:
        A `RangeTest`.

    Raises:
        TypeError, ValueError: an argument breaks its rule, the model is not compiled, there is no data, or the loss is
            not finite from the start.

    Warns:
        UserWarning: the rules disagree by more than a factor of 3, the loss still falls at max_lr, or the fall of a
            sweep is lost in its noise.

    Example:
        >>> import keras, numpy as np, warnings
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(keras.optimizers.SGD(), "mse")
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> with warnings.catch_warnings(action="ignore"):
        ...     test = lr_range_test(model, x, 3 * x, min_lr=1e-4, max_lr=100.0)
        >>> test.warnings
        ['The rules disagree by 4×: trust no single one.']
        >>> test.stopped_early, int(model.optimizer.iterations.value), model.get_weights()[0]
        (True, 0, array([[0.]], dtype=float32))

    References:
        Smith (2017), Cyclical learning rates for training neural networks, arXiv 1506.01186, section 3.3.
        Gugger (2018), How do you find a good learning rate (the exponential sweep).
    """
    from learning_rates.range_test import batches, restore, sweep  # with Keras, which a result does without

    rates = _rates(min_lr, max_lr, num_steps, mode)
    reading = {"smoothing": check_at_least("smoothing", smoothing), "divergence_factor": _factor(divergence_factor)}
    repeats = check_whole("repeats", repeats)
    bar = sweep.Bar(progress, repeats * len(rates))
    restore.check_model(model)
    data = batches.batches(x, y, sample_weight, check_whole("batch_size", batch_size), check_whole("seed", seed, 0))
    first = next(data)
    with restore.untouched(model, first) as begin:
        sweeper = sweep.Sweeper(model, itertools.chain([first], data), bar, sweep.chunk_steps(model, first))
        losses = [sweeper.sweep(begin(repeat), rates, **reading) for repeat in range(repeats)]
    test = RangeTest(rates, losses, **reading)
    for message in test.warnings:
        warnings.warn(message, stacklevel=2)
    return test


def _rates(min_lr, max_lr, num_steps, mode):
    min_lr, max_lr = check_positive("min_lr", min_lr), check_positive("max_lr", max_lr)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    if np.float32(min_lr) == 0 or max_lr > float(np.finfo("float32").max):
        reject("min_lr and max_lr must be rates that float32 can hold", [("min_lr", min_lr), ("max_lr", max_lr)])
    num_steps = check_whole("num_steps", num_steps, 2)
    shape = check_choice("mode", mode, ("exponential", "linear"))
    return np.array(schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape=shape).values())


def _factor(divergence_factor):
    if check_number("divergence_factor", divergence_factor) <= 1:
        reject("divergence_factor must be > 1", [("divergence_factor", divergence_factor)])
    return float(divergence_factor)
