"""The network that trains in the page, in NumPy: the same images, the same starts, the same batches, the same steps.

196 pixels, 32 hidden units, 10 classes, cross-entropy, SGD with momentum as Keras has it. What chance decides comes
from a seed alone, through a generator that Python and JavaScript both have, so that a run on the page can be repeated
here, and in Keras.
"""

import functools
import gzip
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from learning_rates.checks import check_choice
from learning_rates.explorers.design import minimal_standard

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]
Weights = list[Any]  # the arrays of `set_weights`: kernel, bias, kernel, bias

SIDE, HIDDEN, CLASSES = 14, 32, 10
PIXELS = SIDE * SIDE
BATCH, TRAINING = 50, 2000  # images
EVERY = 20  # steps from one point of a curve to the next
GREYS = 15  # the lightest of sixteen


def greys_of(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Images of 28 × 28 bytes at half the size: the mean of every 2 × 2 pixels, in sixteen greys."""
    means = images.reshape(-1, SIDE, 2, SIDE, 2).mean((2, 4))
    return np.round(means * GREYS / 255).astype(np.uint8)


@functools.cache
def load(part: str) -> tuple[Floats, Labels]:
    """Images of Fashion-MNIST at 14 × 14 in sixteen greys.

    Args:
        part: "train" (2,000 images), "seen" (500, which schedules may be tuned on) or "fresh" (1,000 for the verdict).

    Returns:
        Images as rows of 196 numbers in [0, 1], and their labels 0 to 9.

    Example:
        >>> x, y = load("fresh")
        >>> x.shape, y.shape
        ((1000, 196), (1000,))

    References:
        Xiao, Rasul, Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms,
        arXiv:1708.07747.
    """
    check_choice("part", part, ["train", "seen", "fresh"])
    name = "fashion_14_fresh.bin" if part == "fresh" else "fashion_14_seen.bin"
    packed = np.frombuffer(
        gzip.decompress(resources.files("learning_rates.data").joinpath(name).read_bytes()), np.uint8
    )
    count = len(packed) // (PIXELS + 1)
    images = (packed[: count * PIXELS].reshape(count, PIXELS) / np.float32(GREYS)).astype(np.float32)
    mine = {"train": slice(0, TRAINING), "seen": slice(TRAINING, None), "fresh": slice(None)}[part]
    return images[mine], packed[count * PIXELS :][mine]


def begin(seed: int, steps: int) -> tuple[Weights, npt.NDArray[np.intp]]:
    """What chance decides in a run.

    Args:
        seed: From 1 to 2,147,483,646.
        steps: How many batches to draw.

    Returns:
        The weights at the start, uniform as Glorot has them, in the order of Keras's `set_weights`; and the places of
        every batch's images, of shape (steps, 50): every image comes once before any comes again.

    Example:
        >>> weights, order = begin(1, 40)
        >>> [array.shape for array in weights], sorted(order.ravel()) == list(range(2000))
        ([(196, 32), (32,), (32, 10), (10,)], True)
    """
    draw = (state / 2147483647 for state in minimal_standard(seed))
    weights: Weights = []
    for inputs, outputs in ((PIXELS, HIDDEN), (HIDDEN, CLASSES)):
        width = np.sqrt(6 / (inputs + outputs))
        drawn = [width * (2 * next(draw) - 1) for _ in range(inputs * outputs)]
        weights += [np.array(drawn, np.float32).reshape(inputs, outputs), np.zeros(outputs, np.float32)]
    order: list[int] = []
    while len(order) < steps * BATCH:
        shuffled = list(range(TRAINING))
        for i in range(TRAINING - 1, 0, -1):
            j = int((i + 1) * next(draw))
            shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
        order += shuffled
    return weights, np.array(order[: steps * BATCH]).reshape(steps, BATCH)


def train(
    rates: Sequence[float], momenta: Sequence[float], seeds: Sequence[int], images: str = "seen"
) -> dict[str, Any]:
    """Train a network for each seed, all side by side, and test them on the way.

    Args:
        rates: The learning rate of each step.
        momenta: The momentum of each step.
        seeds: A run for each.
        images: What they are tested on, "seen" or "fresh".

    Returns:
        "losses" and "accuracies": for each run, its mean test loss and the share of images it names right, at the start
        and after every 20 steps. A loss that is no number is None.

    Example:
        >>> found = train([0.1] * 40, [0.9] * 40, [1, 2])
        >>> len(found["losses"]), len(found["losses"][0]), found["losses"][0][-1] < 1.5
        (2, 3, True)
    """
    starts, orders = zip(*(begin(seed, len(rates)) for seed in seeds), strict=True)
    weights = [np.stack(arrays) for arrays in zip(*starts, strict=True)]
    velocities = [np.zeros_like(array) for array in weights]
    x, y = load("train")
    tables = np.array(rates, np.float32), np.array(momenta, np.float32)
    tested = [_test(weights, *load(images))]
    with np.errstate(all="ignore"):  # a network that explodes is no error here
        for step, (rate, momentum) in enumerate(zip(*tables, strict=True), start=1):
            batch = np.stack([order[step - 1] for order in orders])
            for array, velocity, gradient in zip(
                weights, velocities, _gradients(weights, x[batch], y[batch]), strict=True
            ):
                velocity *= momentum
                velocity -= rate * gradient
                array += velocity
            if step % EVERY == 0 or step == len(rates):
                tested.append(_test(weights, *load(images)))
    losses, accuracies = (np.stack(part, 1).tolist() for part in zip(*tested, strict=True))
    return {"losses": [[_finite(loss) for loss in run] for run in losses], "accuracies": accuracies}


def _finite(loss: float) -> float | None:
    return loss if np.isfinite(loss) else None


def _scores(weights: Weights, x: Floats) -> tuple[Floats, Floats]:
    kernel, bias, kernel_2, bias_2 = weights
    hidden = np.maximum(x @ kernel + bias[:, None], 0)
    return hidden, hidden @ kernel_2 + bias_2[:, None]


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def _gradients(weights: Weights, x: Floats, y: Labels) -> list[Floats]:
    hidden, scores = _scores(weights, x)
    wrong = np.exp(_log_softmax(scores))
    wrong -= np.eye(CLASSES, dtype=np.float32)[y]
    wrong /= np.float32(BATCH)
    back = wrong @ weights[2].transpose(0, 2, 1) * (hidden > 0)
    return [x.transpose(0, 2, 1) @ back, back.sum(1), hidden.transpose(0, 2, 1) @ wrong, wrong.sum(1)]


def _test(weights: Weights, x: Floats, y: Labels) -> tuple[Floats, Floats]:
    with np.errstate(all="ignore"):
        logs = _log_softmax(_scores(weights, x[None])[1])
    each = np.arange(len(y))
    return -logs[:, each, y].mean(-1), (logs.argmax(-1) == y).mean(-1)
