"""The checks of the range-test chapter say what is wrong, and pass what is right."""

import math

import pytest

from learning_rates import exercises


def lag(beta, min_lr, max_lr, num_steps):
    return (max_lr / min_lr) ** (beta / (1 - beta) / (num_steps - 1))


def losses(means, sizes):
    seen = [sum(sizes[:step]) for step in range(len(sizes) + 1)]
    return [(seen[step + 1] * mean - seen[step] * means[step - 1]) / sizes[step] for step, mean in enumerate(means)]


def first(curvature, momentum, min_lr, max_lr, num_steps, share=0.2):
    """The weight's own recursion of two steps: θ(t + 1) = θ(t) + μ (θ(t) − θ(t − 1)) − η λ θ(t)."""
    before = theta = 1.0
    for step in range(num_steps):
        rate = min_lr * (max_lr / min_lr) ** (step / (num_steps - 1))
        if theta**2 <= share:
            return rate
        before, theta = theta, theta + momentum * (theta - before) - rate * curvature * theta
    return math.nan


WRONG = [
    ("the lag", 19, "A function is asked for, and this is 19."),
    ("the lag", lambda *case: ..., "A number is asked for, and this is empty."),
    ("the lag", lambda beta, low, high, n: (high / low) ** (beta / (1 - beta) / n), "For beta=0.5, min_lr=0.001, max"),
    (
        "the lag",
        lambda *case: 2 * lag(*case),
        "For beta=0.5, min_lr=0.001, max_lr=1.0, num_steps=4 you give 20, which is",
    ),
    (
        "the lag",
        lambda *case: 19.0,
        "For beta=0.5, min_lr=0.001, max_lr=1.0, num_steps=4 you give 19, which is too large",
    ),
    ("the batch losses", ..., "A function is asked for, and this is Ellipsis."),
    ("the batch losses", lambda means, sizes: ..., "A list of numbers is asked for, and this is empty."),
    ("the batch losses", lambda means, sizes: 2.0, "A list of numbers is asked for, and this is 2.0."),
    (
        "the batch losses",
        lambda means, sizes: means[1:],
        "For means=[2.0, 1.5, 1.25], sizes=[10, 10, 10] you give 2 losses: every batch has one.",
    ),
    ("the batch losses", lambda means, sizes: ["2"] * len(means), "A number is asked for, and this is '2'."),
    (
        "the batch losses",
        lambda means, sizes: means,
        "For means=[2.0, 1.5, 1.25], sizes=[10, 10, 10] your first 2 batches have a mean of 1.75 a sample, and not",
    ),
    (
        "the batch losses",
        lambda means, sizes: losses(means, [1] * len(sizes)),
        "For means=[2.0, 1.5, 1.3], sizes=[20, 20, 10] your first 3 batches have a mean of 1.38 a sample, and not",
    ),
    ("the sweep with momentum", lambda *case: math.nan, "A number is asked for, and this is nan."),
    (
        "the sweep with momentum",
        lambda curvature, momentum, *sweep: first(curvature, 0.0, *sweep),
        "For curvature=1.0, momentum=0.9, min_lr=0.0001, max_lr=10.0, num_steps=50 you give 0.233, which is too late",
    ),
    (
        "the sweep with momentum",
        lambda *case: first(*case, share=0.8),
        "For curvature=1.0, momentum=0.0, min_lr=0.0001, max_lr=10.0, num_steps=50 you give",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG)
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


@pytest.mark.parametrize(
    ("name", "answer"), [("the lag", lag), ("the batch losses", losses), ("the sweep with momentum", first)]
)
def test_a_right_answer_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


def test_the_numbers_that_the_chapter_speaks_of():
    assert lag(0.5, 1e-3, 1.0, 4) == pytest.approx(10)
    assert losses([2.0, 1.5, 1.25], [10] * 3) == [2.0, 1.0, 0.75]
    assert losses([2.0, 1.5, 1.3], [20, 20, 10]) == pytest.approx([2.0, 1.0, 0.5])
    assert first(1.0, 0.0, 1e-4, 10.0, 400) < first(1.0, 0.0, 1e-4, 10.0, 50) / 4
