"""The checks of the one-cycle chapter: what they take, and what they say of a wrong answer."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises, schedules

DOWN, AREA, MOMENTUM = "half-way down", "equal area", "the momentum used"
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
    (DOWN, lambda p, n: ((1 + p) * n - 2) / 2),
    (DOWN, lambda p, n: (p * n - 1 + n - 1) / 2),  # as the text writes the peak: 56.99999999999999 for 0.29 and 200
    (DOWN, lambda p, n: round((p * n + n) / 2) - 1),
    (DOWN, lambda p, n: np.array([round((p * n + n) / 2) - 1])),
    (DOWN, lambda p, n: np.int64(round((p * n + n) / 2) - 1)),
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
    (DOWN, lambda p, n: ..., EMPTY),
    (DOWN, lambda p, n: None, NONE),
    (DOWN, lambda p, n: math.nan, NAN),
    (DOWN, lambda p, n: math.inf, "A number is asked for, and this is inf."),
    (DOWN, 64, "A function is asked for, and this is 64."),
    (DOWN, lambda p, n: itertools.count(), "A number is asked for, and this is count(0)."),
    (DOWN, lambda p, n: np.array([64, 9]), "A number is asked for, and this is an array of shape (2,)."),
    (DOWN, lambda n: n, "With the arguments (0.3, 100) it stops with TypeError"),
    (DOWN, lambda p, n: p * n - 1, "For pct_start=0.3, total_steps=100 you give 29, and there the rate has not begun"),
    (DOWN, lambda p, n: n + 5, "For pct_start=0.3, total_steps=100 you give 105, and a step is a whole number from 0"),
    (DOWN, lambda p, n: 64.5, "For pct_start=0.3, total_steps=100 you give 64.5, and a step is a whole number"),
    (DOWN, lambda p, n: -1, "For pct_start=0.3, total_steps=100 you give -1, and a step is a whole number"),
    (
        DOWN,
        lambda p, n: (p * n + n) / 2,
        "For pct_start=0.3, total_steps=100 you give 65, where the rate is 0.4776 of the",
    ),
    (
        DOWN,
        lambda p, n: (int(p * n) + n) // 2 - 1,
        "For pct_start=0.29, total_steps=200 you give 127, where the rate",
    ),
    (
        DOWN,
        lambda p, n: 64,
        "For pct_start=0.25, total_steps=40 you give 64, and a step is a whole number from 0 to 39",
    ),
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


def test_one_step_too_late_is_asked_where_it_counts_from(capsys):
    exercises.check(DOWN, lambda p, n: (p * n + n) / 2)
    assert capsys.readouterr().out.endswith("From which number are steps counted?\n")


@pytest.mark.parametrize("name", [DOWN, AREA, MOMENTUM])
def test_each_check_meets_answers_of_many_kinds(name):
    assert sum(each == name for each, _ in RIGHT) >= 3
    assert sum(each == name for each, _, _ in WRONG) >= 5
