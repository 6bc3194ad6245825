"""The checks of the range-test chapter say what is wrong, and pass what is right."""

import math

import pytest

from learning_rates import exercises


def lag(beta, min_lr, max_lr, num_steps):
    return (max_lr / min_lr) ** (beta / (1 - beta) / (num_steps - 1))


def losses(means):
    return [(step + 1) * mean - step * means[step - 1] for step, mean in enumerate(means)]


def first(curvature, min_lr, max_lr, num_steps, share=0.2, power=2):
    loss = 1.0
    for step in range(num_steps):
        rate = min_lr * (max_lr / min_lr) ** (step / (num_steps - 1))
        if loss <= share:
            return rate
        loss *= (1 - rate * curvature) ** power
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
    ("the batch losses", lambda means: ..., "A list of numbers is asked for, and this is empty."),
    ("the batch losses", lambda means: 2.0, "A list of numbers is asked for, and this is 2.0."),
    ("the batch losses", lambda means: means[1:], "For [2.0, 1.5, 1.25] you give 2 losses: every batch has one."),
    ("the batch losses", lambda means: ["2"] * len(means), "A number is asked for, and this is '2'."),
    (
        "the batch losses",
        lambda means: means,
        "For [2.0, 1.5, 1.25] your first 2 losses have the mean 1.75, and not 1.5.",
    ),
    ("the sweep's length", lambda *case: math.nan, "A number is asked for, and this is nan."),
    (
        "the sweep's length",
        lambda *case: first(*case, power=1),
        "For curvature=1.0, min_lr=0.0001, max_lr=10.0, num_st",
    ),
    (
        "the sweep's length",
        lambda *case: first(*case, share=0.8),
        "For curvature=1.0, min_lr=0.0001, max_lr=10.0, num_s",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG)
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


@pytest.mark.parametrize(
    ("name", "answer"), [("the lag", lag), ("the batch losses", losses), ("the sweep's length", first)]
)
def test_a_right_answer_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


def test_the_numbers_that_the_chapter_speaks_of():
    assert lag(0.5, 1e-3, 1.0, 4) == pytest.approx(10)
    assert losses([2.0, 1.5, 1.25]) == [2.0, 1.0, 0.75]
    assert first(1.0, 1e-4, 10.0, 400) < first(1.0, 1e-4, 10.0, 50) / 4
