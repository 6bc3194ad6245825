"""One run: the rate and momentum of its every step, the order of its batches, and how its network is judged."""

import numpy as np


class Run:
    """What tells one run from another on the same task.

    Args:
        key: what its row is called.
        seed: of first weights, batches and dropout.
        rate: a schedule, whose length is the run's.
        momentum: a number or a schedule; Adam's β₁.
        weight_decay: decoupled, times the rate, as in Keras.
    """

    def __init__(self, key, seed, rate, momentum=0.9, weight_decay=0.0):
        self.key, self.seed, self.rate, self.momentum, self.weight_decay = key, seed, rate, momentum, weight_decay
        self.rates = np.array(rate.values(), "float32")
        steps = range(len(self.rates))
        self.momenta = np.array([momentum(step) if callable(momentum) else momentum for step in steps], "float32")


def order(samples, batch_size, steps, seed):
    """Which samples each batch has, of shape (steps, batch_size): every epoch all of them, in another order.

    The last, smaller batch of an epoch is left out.

    Example:
        >>> order(samples=4, batch_size=2, steps=3, seed=0).shape
        (3, 2)
    """
    generator, a_pass = np.random.default_rng(seed), samples // batch_size
    passes = [generator.permutation(samples)[: a_pass * batch_size] for _ in range(-(-steps // a_pass))]
    return np.concatenate(passes).reshape(-1, batch_size)[:steps].astype("int32")


def judged(logits, y):
    """Mean cross-entropy and accuracy of logits of shape (runs, samples, classes): two arrays of shape (runs,).

    Example:
        >>> [each.tolist() for each in judged(np.zeros((1, 2, 2)), np.array([0, 1]))]
        [[0.6931471805599453], [0.5]]
    """
    with np.errstate(all="ignore"):  # a run that diverged has no numbers left, and is a result
        likely = logits - np.logaddexp.reduce(logits, axis=2, keepdims=True)
    right = np.take_along_axis(likely, np.asarray(y)[None, :, None], axis=2)
    return -right.mean(axis=(1, 2)), (logits.argmax(axis=2) == y).mean(axis=1)
