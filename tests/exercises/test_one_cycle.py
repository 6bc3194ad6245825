"""The checks of the one-cycle chapter: what they take, and what they say of a wrong answer."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises, schedules

PEAK, AREA, MOMENTUM = "the peak's step", "equal area", "the momentum used"
EMPTY = "A number is asked for, and this is empty."
NONE = "A number is asked for, and this is empty: a function without `return` gives None."
NAN = "A number is asked for, and this is nan."


def momenta(weights, rates):
    moves = np.diff(weights)
    return (moves[1:] + np.array(rates[1:]) * weights[1:-1]) / moves[:-1]


def equal_peak():
    linear = np.mean(schedules.polynomial_decay(0.08, 600).values())
    return linear / np.mean(schedules.one_cycle(1.0, 600).values())


RIGHT = [
    (PEAK, lambda p, n: round(p * n) - 1),
    (PEAK, lambda p, n: p * n - 1),  # as the text writes it: 27.999999999999996 for 0.29 and 100
    (PEAK, lambda p, n: np.array([round(p * n) - 1])),
    (PEAK, lambda p, n: np.int64(round(p * n) - 1)),
    (AREA, equal_peak()),
    (AREA, np.array([equal_peak()])),
    (AREA, float(f"{equal_peak():.3g}")),
    (AREA, np.float32(equal_peak())),
    (MOMENTUM, momenta),
    (MOMENTUM, lambda weights, rates: momenta(weights, rates).tolist()),
    (MOMENTUM, lambda weights, rates: tuple(momenta(weights, rates))),
    (MOMENTUM, lambda weights, rates: momenta(weights, rates)[:, None]),  # a column
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_a_right_answer_is_taken(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


def without_gradient(weights, rates):
    moves = np.diff(weights)
    return moves[1:] / moves[:-1]


def rate_of_the_step_before(weights, rates):
    moves = np.diff(weights)
    return (moves[1:] + np.array(rates[:-1]) * weights[1:-1]) / moves[:-1]


def stops(*arguments):
    raise RuntimeError("half written")


WRONG = [
    (PEAK, lambda p, n: ..., EMPTY),
    (PEAK, lambda p, n: None, NONE),
    (PEAK, lambda p, n: math.nan, NAN),
    (PEAK, lambda p, n: math.inf, "A number is asked for, and this is inf."),
    (PEAK, 29, "A function is asked for, and this is 29."),
    (PEAK, lambda p, n: itertools.count(), "A number is asked for, and this is count(0)."),
    (PEAK, lambda p, n: np.array([29, 9]), "A number is asked for, and this is an array of shape (2,)."),
    (PEAK, lambda p, n: p * n, "For pct_start=0.3, total_steps=100 you give 30: an earlier step is higher. From which"),
    (PEAK, lambda p, n: n + 5, "For pct_start=0.3, total_steps=100 you give 105: an earlier step"),
    (PEAK, lambda p, n: 0, "For pct_start=0.3, total_steps=100 you give 0: a later step"),
    (PEAK, lambda p, n: int(p * n) - 1, "For pct_start=0.29, total_steps=100 you give 27: a later"),
    (PEAK, lambda p, n: 0.5, "A step is a whole number ≥ 0, and this is 0.5."),
    (PEAK, lambda p, n: 29, "For pct_start=0.25, total_steps=40 you give 29: an earlier step"),
    (PEAK, lambda n: n, "With the arguments (0.3, 100) it stops with TypeError"),
    (AREA, ..., EMPTY),
    (AREA, None, "A number is asked for, and this is empty"),
    (AREA, math.nan, NAN),
    (AREA, "0.08", "A number is asked for, and this is '0.08'."),
    (AREA, np.ones((2, 2)), "A number is asked for, and this is an array of shape (2, 2)."),
    (AREA, itertools.count(), "A number is asked for, and this is count(0)."),
    (AREA, lambda: 0.08, "A number is asked for, and this is <function"),
    (AREA, -1.0, "A peak is > 0, and this is -1."),
    (AREA, 0.04, "The area under your one-cycle is 0.505 times that under the linear decay."),
    (MOMENTUM, 0.95, "A function is asked for, and this is 0.95."),
    (MOMENTUM, lambda weights, rates: ..., "A list is asked for, and this is empty."),
    (MOMENTUM, lambda weights, rates: None, "A list is asked for, and this is empty: a function without `return`"),
    (MOMENTUM, lambda weights, rates: 0.95, "A list is asked for, and this is 0.95."),
    (MOMENTUM, lambda weights, rates: itertools.repeat(0.95), "A list is asked for, and this is repeat(0.95)."),
    (MOMENTUM, lambda weights, rates: [0.95] * 3, "2 momenta are asked for, of every step but the first, and these"),
    (MOMENTUM, lambda weights, rates: ["0.95", 0.95], "A number is asked for, and this is '0.95'."),
    (MOMENTUM, lambda weights, rates: [math.nan, 0.95], NAN),
    (MOMENTUM, stops, "With the arguments ([1.0, 0.9, 0.715"),
    (MOMENTUM, lambda weights, rates: [0.95] * (len(rates) - 1), "For weights=[-2.0, -1.4, -0.61"),
    (MOMENTUM, lambda weights, rates: -momenta(weights, rates), "For weights=[1.0, 0.9, 0.715, 0.4678], rates=[0.1"),
    (MOMENTUM, lambda weights, rates: momenta(weights, rates)[::-1], "For weights=[-2.0"),
]
SAID = [
    (lambda weights, rates: -momenta(weights, rates), "you give -0.95 for step 1. The size is right, the sign is not."),
    (without_gradient, "for step 1. The gradient's share of the step is missing."),
    (rate_of_the_step_before, "for step 1. Step 1 has the rate rates[1]."),
    (lambda weights, rates: [0.95] * (len(rates) - 1), "With it step 1 would lead from -1.4000 to -0.5500"),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


@pytest.mark.parametrize(("answer", "said"), SAID, ids=range(len(SAID)))
def test_a_common_slip_is_named(answer, said, capsys):
    exercises.check(MOMENTUM, answer)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("name", [PEAK, AREA, MOMENTUM])
def test_each_check_meets_answers_of_many_kinds(name):
    assert sum(each == name for each, _ in RIGHT) >= 3
    assert sum(each == name for each, _, _ in WRONG) >= 5
