"""The checks of the chapter on gradient descent: wrong answers hear what is wrong, right ones pass."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."
FUNCTION = "A function is asked for, and this is"
RATE, CURVATURE, MOMENTUM = "the best rate", "the curvature of a divergence", "the most momentum"
LOSSES = "For losses=[12.5, 28.125, 63.2812] … and rate=0.1 you give"
WRONG = [
    (RATE, 0.5, FUNCTION + " 0.5."),
    (RATE, lambda lowest, greatest: ..., EMPTY),
    (RATE, lambda lowest, greatest: -0.5, "For lowest=1.0, greatest=3.0 you give -0.5: a rate is > 0."),
    (
        RATE,
        lambda lowest, greatest: 2 / greatest,
        "For lowest=1.0, greatest=3.0 you give 0.6667: the direction of the greatest curvature keeps 1.0000 of its "
        "distance a step, the other 0.3333. Another rate makes the slower one faster.",
    ),
    (
        RATE,
        lambda lowest, greatest: 1 / greatest,
        "For lowest=1.0, greatest=3.0 you give 0.3333: the direction of the lowest curvature keeps 0.6667",
    ),
    (RATE, lambda lowest, greatest: 1 / lowest if lowest == greatest else 0.5, "For lowest=0.5, greatest=20.0"),
    (
        RATE,
        lambda lowest, greatest: 0.1 if lowest == greatest else 2 / (lowest + greatest),
        "For lowest=2.0, greatest=2.0 you give 0.1: both directions keep 0.8000. Another rate makes both faster.",
    ),
    (RATE, lambda lowest, greatest: None, "A number is asked for, and this is empty: a function without `return`"),
    (RATE, lambda lowest, greatest: [0.5], "A number is asked for, and this is [0.5]."),
    (RATE, lambda lowest, greatest: np.ones(2), "A number is asked for, and this is an array of shape (2,)."),
    (RATE, lambda lowest, greatest: itertools.count(), "A number is asked for, and this is count(0)."),
    (RATE, lambda lowest, greatest: lowest / 0, "With the arguments (1.0, 3.0) it stops with ZeroDivisionError"),
    (RATE, lambda lowest, greatest: 1e-6, "For lowest=1.0, greatest=3.0 you give 1e-06: the direction of the lowest"),
    (
        RATE,
        lambda lowest, greatest: 1 / (lowest + greatest),
        "For lowest=1.0, greatest=3.0 you give 0.25: the direction of the lowest curvature keeps 0.7500 of its "
        "distance a step, the other 0.2500. Another rate makes the slower one faster. Look for a lost factor of 2.",
    ),
    (CURVATURE, lambda losses, rate: None, EMPTY[:-1] + ": a function without `return` gives None."),
    (CURVATURE, lambda losses, rate: losses, "A number is asked for, and this is [12.5, 28.125"),
    (CURVATURE, lambda losses, rate: itertools.repeat(1.0), "A number is asked for, and this is repeat(1.0)."),
    (CURVATURE, lambda losses, rate: losses[99], "With the arguments ([12.5, "),
    (
        CURVATURE,
        lambda losses, rate: (1 + math.sqrt(losses[1] / losses[0])) * rate,
        f"{LOSSES} 0.25: at that curvature the run would not diverge.",
    ),
    (MOMENTUM, lambda product: None, "A number is asked for, and this is empty: a function without `return`"),
    (MOMENTUM, lambda product: (0.5,), "A number is asked for, and this is (0.5,)."),
    (MOMENTUM, lambda product: itertools.count(), "A number is asked for, and this is count(0)."),
    (MOMENTUM, lambda product: 1 / (product - 1.5), "With the arguments (1.5) it stops with ZeroDivisionError"),
    (
        MOMENTUM,
        lambda product: (product - 2) / (2 * (product - 1)),
        "For product=1.5 you give -0.5: a momentum is in [0, 1). Look for a lost sign.",
    ),
    (
        MOMENTUM,
        lambda product: (2 - product) / (product - 1),
        "For product=1.5 you give 1: a momentum is in [0, 1). Look for a factor of 2 too many.",
    ),
    (CURVATURE, 25.0, FUNCTION + " 25.0."),
    (CURVATURE, lambda losses, rate: math.nan, "A number is asked for, and this is nan."),
    (CURVATURE, lambda losses, rate: 1 / rate, f"{LOSSES} 10: at that curvature the run would not diverge."),
    (
        CURVATURE,
        lambda losses, rate: (1 + losses[1] / losses[0]) / rate,
        f"{LOSSES} 32.5, with which the loss would grow 5.0625 times a step.",
    ),
    (MOMENTUM, 0.5, FUNCTION + " 0.5."),
    (MOMENTUM, lambda product: ..., EMPTY),
    (MOMENTUM, lambda product: 1.0, "For product=1.5 you give 1: a momentum is in [0, 1)."),
    (
        MOMENTUM,
        lambda product: 0.9,
        "For product=1.5 you give 0.9: there Nesterov diverges, a step multiplies the distance by 1.2970.",
    ),
    (MOMENTUM, lambda product: 0.0, "For product=1.5 you give 0: there Nesterov still converges"),
    (MOMENTUM, lambda product: 0.5, "For product=1.9 you give 0.5: there Nesterov diverges"),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_to_gradient_descent_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (RATE, lambda lowest, greatest: 2 / (lowest + greatest)),
        (RATE, lambda lowest, greatest: 1.999999 / (lowest + greatest)),  # as a fine search would find it
        (RATE, lambda lowest, greatest: np.array(2 / (lowest + greatest))),
        (RATE, lambda lowest, greatest: np.array([2 / (lowest + greatest)])),
        (CURVATURE, lambda losses, rate: (1 + math.sqrt(losses[-1] / losses[-2])) / rate),
        (CURVATURE, lambda losses, rate: (1 + np.sqrt(np.array(losses)[1:2] / losses[0])) / rate),
        (CURVATURE, lambda losses, rate: round((1 + (losses[1] / losses[0]) ** 0.5) / rate, 6)),
        (MOMENTUM, lambda product: 1 / (2 * product - 2) - 0.5),
        (MOMENTUM, lambda product: np.float32((2 - product) / (2 * product - 2))),
        (MOMENTUM, lambda product: (1 - product / 2) / (product - 1)),
    ],
)
def test_a_right_answer_to_gradient_descent_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
