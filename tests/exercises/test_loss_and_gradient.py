"""The checks of the exercises on loss and gradient."""

import math

import numpy as np
import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."


def errors(x, y, w, b):
    return w * x + b - y


WRONG = [
    ("the gradient of the MSE", 3.0, "A function is asked for, and this is 3.0."),
    ("the gradient of the MSE", lambda x, y, w, b: ..., "Two numbers are asked for, and this is empty."),
    ("the gradient of the MSE", lambda x, y, w, b: 1.0, "Two numbers are asked for, and this is 1.0."),
    ("the gradient of the MSE", lambda x, y, w, b: (..., 1.0), EMPTY),
    (
        "the gradient of the MSE",
        lambda x, y, w, b: (2 * errors(x, y, w, b) * x, 2 * errors(x, y, w, b)),
        "A number is asked for, and this is an array of shape (3,).",
    ),
    (
        "the gradient of the MSE",
        lambda x, y, w, b: 2 * errors(x, y, w, b) * x,
        "Two numbers are asked for, and this is an array of shape (3,).",
    ),
    (
        "the gradient of the MSE",
        lambda x, y, w, b: (np.mean(errors(x, y, w, b) * x), np.mean(errors(x, y, w, b))),
        "For 3 points, w=0.0, b=0.0 you give -9.667 for ∂L/∂w, which has the wrong size",
    ),
    (
        "the gradient of the MSE",
        lambda x, y, w, b: (-2 * np.mean(errors(x, y, w, b) * x), -2 * np.mean(errors(x, y, w, b))),
        "For 3 points, w=0.0, b=0.0 you give 19.33 for ∂L/∂w, which has the wrong sign",
    ),
    (
        "the gradient of the MSE",
        lambda x, y, w, b: (2 * np.mean(errors(x, y, w, b) * x), 2 * np.sum(errors(x, y, w, b))),
        "For 3 points, w=0.0, b=0.0 you give -24 for ∂L/∂b, which has the wrong size",
    ),
    ("the best h", 1e-4, "A function is asked for, and this is 0.0001."),
    ("the best h", lambda value, fourth, epsilon: ..., EMPTY),
    (
        "the best h",
        lambda value, fourth, epsilon: np.array([1e-4, 1e-3]),
        "A number is asked for, and this is an array of shape (2,).",
    ),
    ("the best h", lambda value, fourth, epsilon: math.nan, "A number is asked for, and this is nan."),
    ("the best h", lambda value, fourth, epsilon: -1e-4, "A distance is > 0, and this is -0.0001."),
    (
        "the best h",
        lambda value, fourth, epsilon: epsilon**0.5,
        "For value=1.0, fourth=1.0, epsilon=2.2e-16 you give 1.49e-08: rounding leads, and a larger h",
    ),
    (
        "the best h",
        lambda value, fourth, epsilon: 0.1,
        "For value=1.0, fourth=1.0, epsilon=2.2e-16 you give 1.00e-01: bending is more than rounding, and a smaller h",
    ),
    ("Newton in one step", ..., "A function is asked for, and this is Ellipsis."),
    ("Newton in one step", lambda x, y, w, b: ..., "Two numbers are asked for, and this is empty."),
    (
        "Newton in one step",
        lambda x, y, w, b: np.zeros((2, 2)),
        "A number is asked for, and this is an array of shape (2,).",
    ),
    ("Newton in one step", lambda x, y, w, b: (w, math.nan), "A number is asked for, and this is nan."),
    (
        "Newton in one step",
        lambda x, y, w, b: (w + 0.1, b),
        "For 3 points, w=0.0, b=0.0 the loss goes down from 16.67 to 14.8, and some line has less.",
    ),
    (
        "Newton in one step",
        lambda x, y, w, b: (w - 1, b),
        "For 3 points, w=0.0, b=0.0 the loss goes up from 16.67 to 43, and some line has less.",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


def gradient(x, y, w, b):
    return 2 * np.array([np.mean(errors(x, y, w, b) * x), np.mean(errors(x, y, w, b))])


def newton(x, y, w, b):
    hessian = 2 * np.array([[np.mean(x * x), np.mean(x)], [np.mean(x), 1.0]])
    return np.array([w, b]) - np.linalg.solve(hessian, gradient(x, y, w, b))


RIGHT = [
    ("the gradient of the MSE", gradient),
    ("the gradient of the MSE", lambda x, y, w, b: tuple(gradient(x, y, w, b))),
    ("the best h", lambda value, fourth, epsilon: (24 * epsilon * value / fourth) ** 0.25),
    ("Newton in one step", newton),
    ("Newton in one step", lambda x, y, w, b: np.polyfit(x, y, 1)),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_is_correct(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
