"""The checks of the range-test chapter say what is wrong, and pass what is right."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises


def losses(means, sizes):
    seen = [sum(sizes[:step]) for step in range(len(sizes) + 1)]
    return [(seen[step + 1] * mean - seen[step] * means[step - 1]) / sizes[step] for step, mean in enumerate(means)]


def by_numpy(means, sizes):
    sums = np.array(means) * np.cumsum(sizes)
    return np.diff(sums, prepend=0) / sizes


def enough(beta, min_lr, max_lr, factor):
    return 1 + math.ceil(beta / (1 - beta) * math.log(max_lr / min_lr) / math.log(factor))


def by_trying(beta, min_lr, max_lr, factor):
    lag, decades = beta / (1 - beta), math.log10(max_lr / min_lr)
    return next(n for n in itertools.count(2) if lag * decades / (n - 1) <= math.log10(factor))


def first(curvature, momentum, min_lr, max_lr, num_steps, share=0.2):
    """The weight's own recursion of two steps: θ(t + 1) = θ(t) + μ (θ(t) − θ(t − 1)) − η λ θ(t)."""
    before = theta = 1.0
    for step in range(num_steps):
        rate = min_lr * (max_lr / min_lr) ** (step / (num_steps - 1))
        if theta**2 <= share:
            return rate
        before, theta = theta, theta + momentum * (theta - before) - rate * curvature * theta
    return math.nan


def by_the_loss(curvature, momentum, min_lr, max_lr, num_steps):
    """With L itself, and rates from NumPy."""
    theta, velocity, start = 3.0, 0.0, curvature * 9 / 2
    for rate in np.geomspace(min_lr, max_lr, num_steps):
        if curvature * theta**2 / 2 <= start / 5:
            return rate
        velocity = momentum * velocity - rate * curvature * theta
        theta += velocity
    return math.nan


def after(curvature, momentum, min_lr, max_lr, num_steps):
    """The rate of the step that brings the loss down, where that of the step that finds it there is asked for."""
    theta, velocity = 1.0, 0.0
    for rate in np.geomspace(min_lr, max_lr, num_steps):
        velocity = momentum * velocity - rate * curvature * theta
        theta += velocity
        if theta**2 <= 0.2:
            return rate
    return math.nan


def half_written(means, sizes):
    yield means[0]
    yield means[1] / 0


BATCHES, LENGTH, MOMENTUM = "the batch losses", "the sweep's length", "the sweep with momentum"
EMPTY = "A number is asked for, and this is empty"
LOG = "For means=[2.0, 1.5, 1.25], sizes=[10, 10, 10]"
AVERAGE = "For beta=0.5, min_lr=0.001, max_lr=1.0, factor=5.0 you give"
WITHOUT, WITH = (
    f"For curvature=1.0, momentum={momentum}, min_lr=0.0001, max_lr=10.0, num_steps=50 you give"
    for momentum in (0.0, 0.9)
)
WRONG = [
    (BATCHES, ..., "A function is asked for, and this is Ellipsis."),
    (BATCHES, np.ones(3), "A function is asked for, and this is array"),
    (BATCHES, lambda means, sizes: ..., "A list of numbers is asked for, and this is empty."),
    (
        BATCHES,
        lambda means, sizes: None,
        "A list of numbers is asked for, and this is empty: a function without `return`",
    ),
    (BATCHES, lambda means, sizes: 2.0, "A list of numbers is asked for, and this is 2.0."),
    (BATCHES, lambda means, sizes: means[1:], f"{LOG} you give 2 losses: every batch has one."),
    (BATCHES, lambda means, sizes: itertools.count(1.0), f"{LOG} you give more than 3 losses: every batch has one."),
    (BATCHES, lambda means, sizes: itertools.repeat(2.0), f"{LOG} you give more than 3 losses"),
    (BATCHES, half_written, "After 1 numbers your list stops with ZeroDivisionError"),
    (
        BATCHES,
        lambda means, sizes: means[5],
        "With the arguments ([2.0, 1.5, 1.25], [10, 10, 10]) it stops with IndexError",
    ),
    (BATCHES, lambda means, sizes: ["2"] * len(means), "A number is asked for, and this is '2'."),
    (
        BATCHES,
        lambda means, sizes: np.ones((len(means), 2)),
        "A number is asked for, and this is an array of shape (2,)",
    ),
    (BATCHES, lambda means, sizes: means, f"{LOG} your first 2 batches have a mean of 1.75 a sample, not 1.5."),
    (
        BATCHES,
        lambda means, sizes: np.multiply(losses(means, sizes), sizes),
        f"{LOG} you give the sum over a batch, and its mean is asked for.",
    ),
    (
        BATCHES,
        lambda means, sizes: losses(means, [1] * len(sizes)),
        "For means=[2.0, 1.5, 1.3], sizes=[20, 20, 10] your first 3 batches have a mean of 1.38 a sample, not 1.3.",
    ),
    (LENGTH, 200, "A function is asked for, and this is 200."),
    (LENGTH, lambda *case: ..., EMPTY),
    (LENGTH, lambda *case: None, f"{EMPTY}: a function without `return` gives None"),
    (LENGTH, lambda *case: np.array([5, 6]), "A number is asked for, and this is an array of shape (2,)"),
    (LENGTH, lambda *case: itertools.count(), "A number is asked for, and this is count(0)"),
    (LENGTH, lambda *case: 1 / 0, "With the arguments (0.5, 0.001, 1.0, 5.0) it stops with ZeroDivisionError"),
    (LENGTH, lambda *case: enough(*case) + 0.5, f"{AVERAGE} 6.5: a number of steps is whole."),
    (LENGTH, lambda *case: enough(*case) - 1, f"{AVERAGE} 5: from the first of so many rates to the last"),
    (
        LENGTH,
        lambda *case: enough(*case) + 1,
        f"{AVERAGE} 7, and fewer are enough: the average is late by a factor of 3.162 only.",
    ),
    (LENGTH, lambda *case: 4, f"{AVERAGE} 4, in which the average is late by more than 5.0"),
    (LENGTH, lambda beta, low, high, factor: enough(beta, high, low, factor), f"{AVERAGE} -3: a sweep has steps. Is a"),
    (
        LENGTH,
        lambda beta, low, high, factor: 1 + math.ceil(1 / (1 - beta) * math.log(high / low) / math.log(factor)),
        f"{AVERAGE} 10: the lag that you use is a step too long.",
    ),
    (
        LENGTH,
        lambda beta, low, high, factor: 1 + math.ceil(beta / (1 - beta) * math.log10(high / low) / math.log(factor)),
        f"{AVERAGE} 3: two logarithms of different bases are mixed.",
    ),
    (MOMENTUM, 0.3, "A function is asked for, and this is 0.3."),
    (MOMENTUM, lambda *case: None, f"{EMPTY}: a function without `return` gives None"),
    (MOMENTUM, lambda *case: math.nan, "A number is asked for, and this is nan."),
    (MOMENTUM, lambda *case: [0.2], "A number is asked for, and this is [0.2]."),
    (MOMENTUM, lambda *case: case[9], "With the arguments (1.0, 0.0, 0.0001, 10.0, 50) it stops with IndexError"),
    (MOMENTUM, lambda *case: np.geomspace(1, 2, 3), "A number is asked for, and this is an array of shape (3,)"),
    (MOMENTUM, lambda curvature, momentum, *sweep: first(curvature, 0.0, *sweep), f"{WITH} 0.233: as if there were no"),
    (MOMENTUM, lambda curvature, *sweep: first(1.0, *sweep), "For curvature=20.0, momentum=0.5"),
    (MOMENTUM, lambda *case: first(*case, share=0.8), f"{WITHOUT} 0.03556: there the loss has fallen by a fifth"),
    (MOMENTUM, lambda *case: first(*case, share=0.04), f"{WITHOUT} 0.4715: there θ is at a fifth of its start."),
    (MOMENTUM, after, f"{WITHOUT} 0.1842: that is the rate of the step before"),
    (MOMENTUM, lambda *case: 2 * first(*case), f"{WITHOUT} 0.466, which is too late."),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


RIGHT = [
    (BATCHES, losses),
    (BATCHES, by_numpy),
    (BATCHES, lambda means, sizes: by_numpy(means, sizes).astype("float32")),
    (BATCHES, lambda means, sizes: iter(losses(means, sizes))),
    (LENGTH, enough),
    (LENGTH, by_trying),
    (LENGTH, lambda *case: float(enough(*case))),
    (LENGTH, lambda *case: np.array([enough(*case)])),
    (MOMENTUM, first),
    (MOMENTUM, by_the_loss),
    (MOMENTUM, lambda *case: np.float32(first(*case))),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


def test_the_numbers_that_the_chapter_speaks_of():
    assert losses([2.0, 1.5, 1.25], [10] * 3) == [2.0, 1.0, 0.75]
    assert losses([2.0, 1.5, 1.3], [20, 20, 10]) == pytest.approx([2.0, 1.0, 0.5])
    assert first(1.0, 0.0, 1e-4, 10.0, 400) < first(1.0, 0.0, 1e-4, 10.0, 50) / 4
