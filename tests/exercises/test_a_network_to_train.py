"""Wrong answers to the exercises of the chapter on a network to train."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from learning_rates import exercises

SCALE = "the noise scale"


def needed(s, difference):
    seeds = 2.0
    while stats.t.interval(0.95, seeds - 1, scale=s / seeds**0.5)[1] > difference:
        seeds += 1
    return seeds


def scale(b, B, squared_b, squared_B):
    square = (B * squared_B - b * squared_b) / (B - b)
    return b * (squared_b - square) / square


WRONG = [
    ("equal samples", 30, "A function is asked for, and this is 30."),
    ("equal samples", lambda steps, batch, other: ..., "A number is asked for, and this is empty."),
    ("equal samples", lambda steps, batch, other: steps * batch / other, "A number of steps is whole"),
    ("equal samples", lambda steps, batch, other: -1, "A number of steps is whole and ≥ 0, and this is -1."),
    ("equal samples", lambda steps, batch, other: steps, "For steps=600, batch=100, other=20 you give 600, which see"),
    (
        "equal samples",
        lambda steps, batch, other: 3000,
        "For steps=600, batch=100, other=2000 you give 3000, which see",
    ),
    ("equal samples", lambda steps, batch, other: -(-steps * batch // other), "other=32 you give 188, which see 6016"),
    ("seeds needed", 8, "A function is asked for, and this is 8."),
    ("seeds needed", lambda s, d: ..., "A number is asked for, and this is empty."),
    ("seeds needed", lambda s, d: 1, "you give 1: a whole number, two or more, is asked for."),
    ("seeds needed", lambda s, d: 8.5, "you give 8.5: a whole number, two or more, is asked for."),
    ("seeds needed", lambda s, d: math.ceil((1.96 * s / d) ** 2), "you give 6: with so many the half-width is 1.049"),
    ("seeds needed", lambda s, d: 100, "you give 100: with one seed less the half-width is 0.199"),
    ("equal samples", lambda steps, batch, other: None, "this is empty: a function without `return` gives None."),
    ("equal samples", lambda steps, batch, other: itertools.count(), "A number is asked for, and this is count(0)."),
    ("equal samples", lambda steps, batch, other: np.ones(3), "this is an array of shape (3,)."),
    ("equal samples", lambda steps, batch, other: steps[batch], "it stops with TypeError"),
    (
        "equal samples",
        lambda steps, batch, other: steps * other // batch,
        "the first run sees 60000, so there is room for another step. Look at what is divided by what.",
    ),
    ("seeds needed", lambda s, d: None, "this is empty: a function without `return` gives None."),
    ("seeds needed", lambda s, d: [8], "A number is asked for, and this is [8]."),
    ("seeds needed", lambda s, d: itertools.count(2), "A number is asked for, and this is count(2)."),
    ("seeds needed", lambda s, d: s / 0, "it stops with ZeroDivisionError"),
    # counting from three or more
    ("seeds needed", lambda s, d: max(needed(s, d), 3), "For s=1.0, difference=10.0 you give 3: with one seed less"),
    ("seeds needed", lambda s, d: max(needed(s, d), 7), "For s=1.0, difference=10.0 you give 7: with one seed less"),
    (SCALE, 4.0, "A function is asked for, and this is 4.0."),
    (SCALE, lambda *given: ..., "A number is asked for, and this is empty."),
    (SCALE, lambda *given: None, "this is empty: a function without `return` gives None."),
    (SCALE, lambda *given: given, "A number is asked for, and this is (1, 2, 5.0, 3.0)."),
    (SCALE, lambda *given: itertools.cycle(given), "A number is asked for, and this is <itertools.cycle"),
    (SCALE, lambda b: b, "it stops with TypeError"),
    (
        SCALE,
        lambda *given: 1 / scale(*given),
        "you give 0.25: with that ratio and |G|² = 1, batches of 2 would have 1.125",
    ),
    (SCALE, lambda *given: 1 / scale(*given), "Look at what is divided by what."),
    (SCALE, lambda *given: -scale(*given), "you give -4: a ratio of squares is > 0. Look for a lost sign."),
    (SCALE, lambda *given: 0.0, "you give 0: a ratio of squares is > 0."),
    (
        SCALE,  # the noise alone, where the gradient's square is 1
        lambda b, B, small, large: (small - large) / (1 / b - 1 / B),
        "For b=10, B=1000, squared_b=6.5, squared_B=0.56 you give 60: that is the noise alone.",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: not yet. ")
    assert fault in printed


RIGHT = [
    ("equal samples", lambda steps, batch, other: math.floor(steps * batch / other)),
    ("equal samples", lambda steps, batch, other: steps * batch // other),
    ("equal samples", lambda steps, batch, other: np.floor_divide(steps * batch, other)),
    ("seeds needed", needed),
    ("seeds needed", lambda s, d: np.array(needed(s, d))),
    ("seeds needed", lambda s, d: next(n for n in range(2, 999) if stats.t.ppf(0.975, n - 1) * s / n**0.5 <= d)),
    (SCALE, scale),
    (SCALE, lambda *given: np.array([scale(*given)])),
    (SCALE, lambda *given: float(f"{scale(*given):.8g}")),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_a_right_answer_is_told_so(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
