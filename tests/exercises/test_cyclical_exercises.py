"""The checks of the chapter on cyclical rates: what they take, and what they say of a wrong answer."""

import pytest

from learning_rates.exercises import check


def distance(t, s):
    cycle = 1 + t // (2 * s)
    return abs(t / s - 2 * cycle + 1)


def mean(window, base_lr, max_lr):
    return base_lr + {"linear": 1 / 2, "welch": 2 / 3, "hann": 1 / 2}[window] * (max_lr - base_lr)


def nearest(total_steps, wanted):
    sizes = [size for size in range(1, total_steps // 2 + 1) if total_steps % (2 * size) == 0]
    return min(sizes, key=lambda size: abs(size - wanted))


@pytest.mark.parametrize(
    ("name", "answer"), [("the distance x", distance), ("the window's mean", mean), ("whole cycles", nearest)]
)
def test_right_answers(name, answer, capsys):
    check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


@pytest.mark.parametrize(
    ("name", "answer", "says"),
    [
        ("the distance x", 0.5, "A function is asked for"),
        ("the distance x", lambda t, s: ..., "A number is asked for"),
        ("the distance x", lambda t, s: t / s, "t=0, s=4 you give 0, with which the triangle would be 1 of"),
        ("the distance x", lambda t, s: abs(t / s - 1), "t=13, s=5 you give 1.6, and x lies between"),
        ("the distance x", lambda t, s: 1 - distance(t, s), "t=0, s=4 you give 0, with which"),
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
