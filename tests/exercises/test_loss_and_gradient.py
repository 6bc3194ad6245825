"""The checks of the exercises on loss and gradient."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."
GRADIENT, H, NEWTON = "the gradient of the absolute error", "the best h", "Newton from gradients"


def gradient(x, y, w, b):
    sign = np.sign(w * x + b - y)
    return np.mean(sign * x), np.mean(sign)


def newton(gradient, theta):
    g = gradient(theta)
    columns = [gradient(theta + unit) - g for unit in np.eye(len(theta))]
    return theta - np.linalg.solve(np.array(columns).T, g)


def stops(*arguments):
    raise RuntimeError("half written")


WRONG = [
    (GRADIENT, 3.0, "A function is asked for, and this is 3.0."),
    (GRADIENT, None, "A function is asked for, and this is None."),
    (GRADIENT, lambda x, y, w, b: ..., "Two numbers are asked for, and this is empty."),
    (GRADIENT, lambda x, y, w, b: None, "Two numbers are asked for, and this is empty: a function without `return`"),
    (GRADIENT, lambda x, y, w, b: 1.0, "Two numbers are asked for, and this is 1.0."),
    (GRADIENT, lambda x, y, w, b: np.array(1.0), "Two numbers are asked for, and this is array(1.)."),
    (GRADIENT, lambda x, y, w, b: itertools.count(), "Two numbers are asked for, and this is count(0)."),
    (GRADIENT, lambda x, y, w, b: (..., 1.0), EMPTY),
    (GRADIENT, lambda x, y, w, b: (x, x), "A number is asked for, and this is an array of shape (3,)."),
    (GRADIENT, lambda x, y, w, b: x, "Two numbers are asked for, and this is an array of shape (3,)."),
    (GRADIENT, lambda x: x, f"{'With the arguments (array([1., 2., 4.])'}"),
    (GRADIENT, stops, "With the arguments (array([1., 2., 4.])"),
    (
        GRADIENT,
        lambda x, y, w, b: gradient(x, y, w, b)[::-1],
        "For 3 points, w=0.0, b=0.0 you give both numbers in the wrong order",
    ),
    (
        GRADIENT,
        lambda x, y, w, b: [len(x) * each for each in gradient(x, y, w, b)],
        "For 3 points, w=0.0, b=0.0 both numbers are off by the same factor, 3.",
    ),
    (
        GRADIENT,
        lambda x, y, w, b: [-each for each in gradient(x, y, w, b)],
        "For 3 points, w=0.0, b=0.0 both numbers have the wrong sign.",
    ),
    (
        GRADIENT,
        lambda x, y, w, b: (2 * np.mean((w * x + b - y) * x), 2 * np.mean(w * x + b - y)),
        "For 3 points, w=0.0, b=0.0 you give -19.33 for ∂L/∂w, which has the wrong size",
    ),
    (
        GRADIENT,
        lambda x, y, w, b: (gradient(x, y, w, b)[0], 1.0),
        "For 3 points, w=0.0, b=0.0 you give 1 for ∂L/∂b, which has the wrong sign",
    ),
    (H, 1e-4, "A function is asked for, and this is 0.0001."),
    (H, lambda value, fourth, epsilon: ..., EMPTY),
    (H, lambda value, fourth, epsilon: None, "A number is asked for, and this is empty: a function without `return`"),
    (
        H,
        lambda value, fourth, epsilon: np.array([1e-4, 1e-3]),
        "A number is asked for, and this is an array of shape (2,).",
    ),
    (H, lambda value, fourth, epsilon: itertools.count(), "A number is asked for, and this is count(0)."),
    (H, lambda value, fourth, epsilon: math.nan, "A number is asked for, and this is nan."),
    (H, lambda value, fourth, epsilon: 1j, "A number is asked for, and this is 1j."),
    (H, lambda value, fourth, epsilon: -1e-4, "A distance is > 0, and this is -0.0001."),
    (
        H,
        lambda value, fourth, epsilon: 1 / 0,
        "With the arguments (1.0, 1.0, 2.220446049250313e-16) it stops with Zero",
    ),
    (
        H,
        lambda value, fourth, epsilon: epsilon**0.5,
        "For value=1.0, fourth=1.0, epsilon=2.2e-16 you give 1.49e-08: rounding leads, and a larger h",
    ),
    (
        H,
        lambda value, fourth, epsilon: 0.1,
        "For value=1.0, fourth=1.0, epsilon=2.2e-16 you give 1.00e-01: bending is more than rounding, and a smaller h",
    ),
    (
        H,  # a lost factor: the root of 12, not of 24
        lambda value, fourth, epsilon: (12 * epsilon * value / fourth) ** 0.25,
        "For value=1.0, fourth=1.0, epsilon=2.2e-16 you give 2.27e-04: rounding leads",
    ),
    (NEWTON, ..., "A function is asked for, and this is Ellipsis."),
    (NEWTON, lambda gradient, theta: ..., "2 numbers are asked for, and this is empty."),
    (
        NEWTON,
        lambda gradient, theta: np.zeros((2, 2)),
        "2 numbers are asked for, and this is an array of shape (2, 2).",
    ),
    (NEWTON, lambda gradient, theta: [1.0, math.nan], "A number is asked for, and this is nan."),
    (NEWTON, lambda gradient, theta: itertools.repeat(1.0), "2 numbers are asked for, and this is repeat(1.0)."),
    (NEWTON, stops, "With the arguments ("),
    (
        NEWTON,
        lambda gradient, theta: 2 * theta - newton(gradient, theta),
        "With 2 parameters you walk as far as you should, in the opposite direction.",
    ),
    (
        NEWTON,
        lambda gradient, theta: theta - 0.1 * gradient(theta),
        "With 2 parameters a step from the start leaves 0.9 of the distance to the minimum.",
    ),
    (
        NEWTON,
        lambda gradient, theta: [theta := theta - 0.1 * gradient(theta) for _ in range(500)][-1],
        "With 2 parameters you ask for 500 gradients: Newton's step needs only a few.",
    ),
    (
        NEWTON,  # one curvature for all: right with one parameter only
        lambda gradient, theta: theta - gradient(theta) / (gradient(theta + 1)[0] - gradient(theta)[0]),
        "With 2 parameters a step from the start leaves",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


RIGHT = [
    (GRADIENT, gradient),
    (GRADIENT, lambda x, y, w, b: list(gradient(x, y, w, b))),
    (GRADIENT, lambda x, y, w, b: np.array([gradient(x, y, w, b)])),  # a row
    (GRADIENT, lambda x, y, w, b: tuple(np.array([each]) for each in gradient(x, y, w, b))),
    (H, lambda value, fourth, epsilon: (24 * epsilon * value / fourth) ** 0.25),
    (H, lambda value, fourth, epsilon: np.array((24 * epsilon * value / fourth) ** 0.25)),
    (H, lambda value, fourth, epsilon: float(f"{(24 * epsilon * value / fourth) ** 0.25:.3g}")),  # rounded
    (NEWTON, newton),
    (NEWTON, lambda gradient, theta: list(newton(gradient, theta))),
    (NEWTON, lambda gradient, theta: tuple(newton(gradient, theta))),
    (NEWTON, lambda gradient, theta: newton(gradient, theta)[:, None]),  # a column
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_a_right_answer_is_correct(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
