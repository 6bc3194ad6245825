"""The checks of the chapter on gradient descent: wrong answers hear what is wrong, right ones pass."""

import math

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
        (CURVATURE, lambda losses, rate: (1 + math.sqrt(losses[-1] / losses[-2])) / rate),
        (MOMENTUM, lambda product: (1 - product / 2) / (product - 1)),
    ],
)
def test_a_right_answer_to_gradient_descent_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
