"""One run: the rate and momentum of its every step, the order of its batches, and how its network is judged."""

from typing import Any

import numpy as np
import numpy.typing as npt

from learning_rates.schedules import Schedule


class Run:
    """What tells one run from another on the same task.

    Args:
        key: The name of its row.
        seed: The seed of first weights, batches and dropout.
        rate: A schedule, whose length is the run's.
        momentum: A number or a schedule: μ of SGD, β₁ of Adam.
        weight_decay: Decoupled weight decay, multiplied by the rate as in Keras.
    """

    def __init__(
        self,
        key: Any,
        seed: int,
        rate: Schedule,
        momentum: float | Schedule = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        self.key, self.seed, self.rate, self.momentum, self.weight_decay = key, seed, rate, momentum, weight_decay
        self.rates: npt.NDArray[np.float32] = np.array(rate.values(), "float32")
        steps = range(len(self.rates))
        momenta = [momentum(step) if isinstance(momentum, Schedule) else momentum for step in steps]
        self.momenta: npt.NDArray[np.float32] = np.array(momenta, "float32")


def order(samples: int, batch_size: int, steps: int, seed: int) -> npt.NDArray[np.int32]:
    """Which samples each batch has, of shape (steps, batch_size): every epoch all of them, in another order.

    The last, smaller batch of an epoch is left out.

    Example:
        >>> order(samples=4, batch_size=2, steps=3, seed=0).shape
        (3, 2)
    """
    generator, a_pass = np.random.default_rng(seed), samples // batch_size
    passes = [generator.permutation(samples)[: a_pass * batch_size] for _ in range(-(-steps // a_pass))]
    return np.concatenate(passes).reshape(-1, batch_size)[:steps].astype("int32")


def loss_and_accuracy(
    logits: npt.NDArray[np.floating], labels: npt.ArrayLike
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Mean cross-entropy and accuracy of logits of shape (runs, samples, classes): two arrays of shape (runs,).

    Example:
        >>> [each.tolist() for each in loss_and_accuracy(np.zeros((1, 2, 2)), np.array([0, 1]))]
        [[0.6931471805599453], [0.5]]
    """
    with np.errstate(all="ignore"):  # a run that diverged has no numbers left, and is a result
        log_probabilities = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    right = np.take_along_axis(log_probabilities, np.asarray(labels)[None, :, None], axis=2)
    return -right.mean(axis=(1, 2)), (logits.argmax(axis=2) == labels).mean(axis=1)
