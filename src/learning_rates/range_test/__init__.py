"""The learning-rate range test: a sweep of the rate over a few hundred steps that leaves no trace in the model.

`result` holds what a test found, `batches` what it trains on, `sweep` how the rate climbs, `steps` how each backend
takes its steps, and `restore` how the model comes back to what it was: `traces` knows what a step can change,
`building` what a model lacks before its first, and `twin` makes the optimizer that a sweep trains with.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

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

if TYPE_CHECKING:
    import keras

__all__ = ["RangeTest", "Suggestion", "lr_range_test"]


def lr_range_test(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
    min_lr: float = 1e-6,
    max_lr: float = 10.0,
    num_steps: int = 200,
    mode: str = "exponential",
    batch_size: int = 32,
    smoothing: float = 0.1,
    divergence_factor: float = 4.0,
    repeats: int = 1,
    seed: int = 0,
    progress: bool | str = "auto",
) -> RangeTest:
    """Train while the rate climbs from min_lr to max_lr, record the loss of every batch, and leave no trace.

    η(t) = min_lr · (max_lr / min_lr)^(t / (num_steps − 1)), or linear in t. Every sweep starts from the model's present
    weights with a fresh optimizer of the model's own kind. Its rate, scheduled or not, is replaced; momentum and all
    other scheduled numbers are held at their first values; layer_rates and `Averaged` stay. The model's own
    `train_step` runs, in compiled chunks, and receives what `fit` hands over. Afterwards, also after an error or an
    interrupt, the model and its optimizer are bit for bit what they were, and so are PyTorch's buffers and modes,
    metrics that `metrics` does not list, plain numbers and tensors that attributes hold, and the random numbers of
    Keras, NumPy, Python and PyTorch. What other objects hold, such as the position of a shuffled dataset or an array
    changed in place, is not restored. A step is an update: with `gradient_accumulation_steps` it takes that many
    batches, and its loss is their mean.

    Args:
        model: The model to test, a compiled `keras.Model` whose steps update by its own optimizer. It trains on one
            device; with TensorFlow also in a strategy of one replica.
        x: What `fit` takes. Either the inputs, samples first: an array, tensor, data frame, sparse or ragged tensor, or
            a structure of them. Or a dataset of batches in the form that `train_step` takes, such as (x, y) or
            (x, y, sample_weight): a `tf.data.Dataset`, a `keras.utils.PyDataset`, a torch `DataLoader`, a generator or
            any other iterable. A sweep goes on where the one before stopped; an iterable that ends is started again.
        y: The targets, an array or a structure of arrays. It is None with a dataset, and where the model needs none.
        sample_weight: The weight of every sample, shape (samples,), or one such array for each output. It is None with
            a dataset.
        class_weight: The weight ≥ 0 of the samples of each class, {class: weight}; a class that it lacks weighs 1. The
            model has one output. It is None with sample_weight and with datasets other than `tf.data.Dataset` and
            `PyDataset`.
        min_lr: The rate of the first step, > 0.
        max_lr: The rate of the last step, > min_lr.
        num_steps: The number of steps in a sweep, ≥ 2. Fewer steps leave the network less time at each rate, which
            moves the curve.
        mode: How the rate climbs, "exponential" or "linear".
        batch_size: The number of samples in a batch, ≥ 1. A dataset has batches of its own.
        smoothing: The standard deviation of the smoothing kernel, in decades of η; 0 smooths nothing.
        divergence_factor: How far the loss may rise before the sweep stops, > 1: it stops once the mean loss over the
            last `smoothing` decades, at least ten steps, exceeds this factor times its least value so far, and its
            highest by more than the noise.
        repeats: The number of sweeps, ≥ 1, each with another order of the samples and other random numbers in dropout.
        seed: The seed of the order of arrays' samples and of a PyDataset's batches, ≥ 0. Other datasets have an order
            of their own.
        progress: Whether to show a progress bar: True, False, or "auto" for once the test has run for five seconds.

    Returns:
        A `RangeTest`: the losses, what each rule suggests, and the bracket to search.

    Raises:
        TypeError, ValueError: An argument breaks its rule, the model is not compiled, its optimizer's config does not
            hold what makes it again, its steps update by another optimizer, there are no data, or the loss is not
            finite at the first step.

    Warns:
        UserWarning: The rules disagree by more than a factor of 3, the loss still falls at max_lr, the fall of a sweep
            is lost in its noise, or a loss became NaN or infinite without having risen, which is no divergence.

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
    # With Keras, which a result does without.
    from learning_rates.range_test import batches, building, restore, sweep, traces, twin
    from learning_rates.range_test.progress import Bar

    rates = _rates(min_lr, max_lr, num_steps, mode)
    reading = {
        "smoothing": check_at_least("smoothing", smoothing),
        "divergence_factor": _check_factor(divergence_factor),
    }
    repeats = check_whole("repeats", repeats)
    order = {"batch_size": check_whole("batch_size", batch_size), "seed": check_whole("seed", seed, 0)}
    bar = Bar(progress, repeats * len(rates))
    restore.check_model(model)
    data = batches.endless(x, y, sample_weight, class_weight, **order)
    shared = traces.process()
    with restore.scope(model):
        fresh = twin.twin(model.optimizer)
        first = next(data)
        building.check_targets(model, first)
        with restore.untouched(model, fresh, first, shared) as begin:
            sweeper = sweep.Sweeper(model, itertools.chain([first], data), bar, sweep.chunk_steps(model, first))
            losses = [sweeper.sweep(begin(repeat), rates, **reading) for repeat in range(repeats)]
    test = RangeTest(rates, losses, **reading)
    for message in test.warnings:
        warnings.warn(message, stacklevel=2)
    return test


def _rates(min_lr: float, max_lr: float, num_steps: int, mode: str) -> npt.NDArray[np.float64]:
    """The rate of every step, shape (num_steps,)."""
    min_lr, max_lr = check_positive("min_lr", min_lr), check_positive("max_lr", max_lr)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    if np.float32(min_lr) == 0 or max_lr > float(np.finfo("float32").max):
        reject("min_lr and max_lr must be rates that float32 can hold", [("min_lr", min_lr), ("max_lr", max_lr)])
    num_steps = check_whole("num_steps", num_steps, 2)
    shape = check_choice("mode", mode, ("exponential", "linear"))
    return np.array(schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape=shape).values())


def _check_factor(divergence_factor: float) -> float:
    factor = check_number("divergence_factor", divergence_factor)
    if factor <= 1:
        reject("divergence_factor must be > 1", [("divergence_factor", divergence_factor)])
    return factor
