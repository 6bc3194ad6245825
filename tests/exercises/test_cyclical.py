"""The checks of the chapter on cyclical rates: what they take, and what they say of a wrong answer."""

import pytest

from learning_rates.exercises import check


def to_top(t, s):
    return (s - t) % (2 * s)


def mean(window, base_lr, max_lr):
    return base_lr + {"linear": 1 / 2, "welch": 2 / 3, "hann": 1 / 2}[window] * (max_lr - base_lr)


def nearest(total_steps, wanted):
    sizes = [size for size in range(1, total_steps // 2 + 1) if total_steps % (2 * size) == 0]
    return min(sizes, key=lambda size: abs(size - wanted))


@pytest.mark.parametrize(
    ("name", "answer"), [("the next top", to_top), ("the window's mean", mean), ("whole cycles", nearest)]
)
def test_right_answers(name, answer, capsys):
    check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("the next top", 0.5, "A function is asked for"),
        ("the next top", lambda t, s: ..., "A number is asked for"),
        ("the next top", lambda t, s: s - t, "t=5, s=4 you give -1, and the number of steps to come"),
        (
            "the next top",
            lambda t, s: abs(s - t),
            "t=5, s=4 you give 1. Step 6 is no top: the triangle is 0.5 of it high",
        ),
        ("the next top", lambda t, s: to_top(t, s) or 2 * s, "t=4, s=4 you give 8, and there is a top before that"),
        ("the next top", lambda t, s: to_top(t, s) + 0.5, "t=0, s=4 you give 4.5, and the number of steps to come"),
        ("the next top", lambda t: t, "With the arguments (0, 4) it stops with TypeError: "),
        (
            "the window's mean",
            lambda window, low, high: {}[window],
            "With the arguments ('linear', 0.0, 1.0) it stops with",
        ),
        (
            "whole cycles",
            lambda total, wanted: next(iter(())),
            "With the arguments (1000, 200) it stops with StopIteration",
        ),
        ("the window's mean", lambda window, low, high: ..., "A number is asked for"),
        ("the window's mean", lambda window, low, high: (high - low) / 2, "the area under one cycle says otherwise"),
        ("the window's mean", lambda window, low, high: (high + low) / 2, 'window="welch"'),
        ("whole cycles", lambda total, wanted: ..., "A number is asked for"),
        ("whole cycles", lambda total, wanted: wanted, "total_steps=1000, wanted=200 you give 200: 2.5 cycles fit"),
        ("whole cycles", lambda total, wanted: 0, "A stepsize is a whole number ≥ 1"),
        ("whole cycles", lambda total, wanted: total // 2, "and a stepsize nearer to the one wanted also fits"),
    ],
)
def test_wrong_answers_are_told_what_is_wrong(name, answer, says, capsys):
    check(name, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: not yet. ")
    assert says in printed
