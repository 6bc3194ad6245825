"""The checks of the chapter on cyclical rates: what they take, and what they say of a wrong answer."""

import itertools
import math

import numpy as np
import pytest

from learning_rates.exercises import check

TOP, CYCLES, SPENDING = "the next top", "whole cycles", "equal spending"
NONE = "A number is asked for, and this is empty: a function without `return` gives None."


def to_top(t, s):
    return (s - t) % (2 * s)


def nearest(total_steps, wanted):
    sizes = [size for size in range(1, total_steps // 2 + 1) if total_steps % (2 * size) == 0]
    return min(sizes, key=lambda size: abs(size - wanted))


def peak(window, base_lr, max_lr):
    return base_lr + {"linear": 1, "welch": 3 / 4, "hann": 1}[window] * (max_lr - base_lr)


def summed(window, base_lr, max_lr):
    """Without an integral: the heights in the middle of a thousand short pieces."""
    height = {"linear": lambda x: 1 - x, "welch": lambda x: 1 - x**2, "hann": lambda x: math.cos(math.pi * x / 2) ** 2}
    mean = sum(height[window]((k + 0.5) / 1000) for k in range(1000)) / 1000
    return base_lr + (max_lr - base_lr) / 2 / mean


RIGHT = [
    (TOP, to_top),
    (TOP, lambda t, s: float(to_top(t, s))),
    (TOP, lambda t, s: np.array([to_top(t, s)])),
    (TOP, lambda t, s: s * abs((t / s + 1) % 2 - 2) if (t / s + 1) % 2 else 0),  # rounded by the check
    (CYCLES, nearest),
    (CYCLES, lambda total, wanted: float(nearest(total, wanted))),
    (CYCLES, lambda total, wanted: np.int64(nearest(total, wanted))),
    (CYCLES, lambda total, wanted: total / (total / nearest(total, wanted))),
    (SPENDING, peak),
    (SPENDING, lambda window, low, high: np.array(peak(window, low, high))),
    (SPENDING, lambda window, low, high: np.float32(peak(window, low, high))),
    (SPENDING, summed),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_right_answers(name, answer, capsys):
    check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


WRONG = [
    (TOP, 0.5, "A function is asked for"),
    (TOP, lambda t, s: ..., "A number is asked for, and this is empty."),
    (TOP, lambda t, s: None, NONE),
    (TOP, lambda t, s: np.array([1, 2]), "A number is asked for, and this is an array of shape (2,)."),
    (TOP, lambda t, s: itertools.count(), "A number is asked for, and this is count(0)."),
    (TOP, lambda t, s: math.inf, "A number is asked for, and this is inf."),
    (TOP, lambda t, s: s - t, "t=5, s=4 you give -1, and the number of steps to come"),
    (TOP, lambda t, s: abs(s - t), "t=5, s=4 you give 1. Step 6 is no top: the triangle is 0.5 of it high"),
    (TOP, lambda t, s: to_top(t, s) or 2 * s, "t=4, s=4 you give 8, and there is a top before that"),
    (TOP, lambda t, s: to_top(t, s) + 0.5, "t=0, s=4 you give 4.5, and the number of steps to come"),
    (TOP, lambda t, s: 1e9, "t=0, s=4 you give 1e+09, and no top is more than a whole cycle away"),
    (TOP, lambda t, s: to_top(s, t or 1), "t=0, s=4 you give"),
    (TOP, lambda t: t, "With the arguments (0, 4) it stops with TypeError: "),
    (CYCLES, None, "A function is asked for, and this is None."),
    (CYCLES, lambda total, wanted: next(iter(())), "With the arguments (1000, 200) it stops with StopIteration"),
    (CYCLES, lambda total, wanted: ..., "A number is asked for, and this is empty."),
    (CYCLES, lambda total, wanted: None, NONE),
    (CYCLES, lambda total, wanted: itertools.cycle([1]), "A number is asked for, and this is <itertools.cycle"),
    (CYCLES, lambda total, wanted: [nearest(total, wanted)], "A number is asked for, and this is [250]."),
    (CYCLES, lambda total, wanted: wanted, "total_steps=1000, wanted=200 you give 200: 2.5 cycles fit"),
    (CYCLES, lambda total, wanted: 0, "A stepsize is a whole number ≥ 1, and this is 0."),
    (CYCLES, lambda total, wanted: 62.5, "A stepsize is a whole number ≥ 1, and this is 62.5."),
    (CYCLES, lambda total, wanted: total // 2, "and a stepsize nearer to the one wanted also fits"),
    (CYCLES, lambda total, wanted: 2 * nearest(total, wanted), "wanted=200 you give 500"),
    (SPENDING, 0.1, "A function is asked for"),
    (SPENDING, lambda window, low, high: {}[window], "With the arguments ('linear', 0.0, 1.0) it stops with"),
    (SPENDING, lambda window, low, high: ..., "A number is asked for, and this is empty."),
    (SPENDING, lambda window, low, high: None, NONE),
    (SPENDING, lambda window, low, high: np.ones(3), "A number is asked for, and this is an array of shape (3,)."),
    (SPENDING, lambda window, low, high: itertools.repeat(1), "A number is asked for, and this is repeat(1)."),
    (SPENDING, lambda window, low, high: (high + low) / 2, "that is the mean rate, and the peak is asked for."),
    (SPENDING, lambda window, low, high: high, 'window="welch", base_lr=0.0, max_lr=1.0 you give 1, with which the'),
    (SPENDING, lambda window, low, high: peak(window, 0, high), 'window="welch", base_lr=0.02, max_lr=0.1 you give'),
    (SPENDING, lambda window, low, high: peak(window, high, low), "and a peak lies above its base"),
]


@pytest.mark.parametrize(("name", "answer", "says"), WRONG, ids=range(len(WRONG)))
def test_wrong_answers_are_told_what_is_wrong(name, answer, says, capsys):
    check(name, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: not yet. ")
    assert says in printed


@pytest.mark.parametrize("name", [TOP, CYCLES, SPENDING])
def test_each_check_meets_answers_of_many_kinds(name):
    assert sum(each == name for each, _ in RIGHT) >= 3
    assert sum(each == name for each, _, _ in WRONG) >= 5
