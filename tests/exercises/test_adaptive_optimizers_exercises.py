"""The checks of the exercises on adaptive optimizers."""

import math

import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."
NO_FUNCTION = "A function is asked for, and this is 0.5."
WRONG = [
    ("the share left", 0.5, NO_FUNCTION),
    ("the share left", lambda rates, decay: ..., EMPTY),
    ("the share left", lambda rates, decay: math.nan, "A number is asked for, and this is nan."),
    (
        "the share left",
        lambda rates, decay: 1 - math.prod(1 - rate * decay for rate in rates),
        "For rates=[0.1, 0.1, 0.1], weight_decay=0.5 you give 0.1426: more of the weight is left.",
    ),
    (
        "the share left",
        lambda rates, decay: (1 - rates[0] * decay) ** len(rates),
        "For rates=[0.5, 0.1], weight_decay=1.0 you give 0.25: more of the weight is left.",
    ),
    (
        "the share left",
        lambda rates, decay: 1.0,
        "For rates=[0.1, 0.1, 0.1], weight_decay=0.5 you give 1: less of the weight is left.",
    ),
    ("the exact correction", 0.5, NO_FUNCTION),
    ("the exact correction", lambda betas: ..., EMPTY),
    ("the exact correction", lambda betas: 0, "For betas=[0.9] you divide by 0."),
    (
        "the exact correction",
        lambda betas: 1 - betas[-1] ** len(betas),
        "For betas=[0.5, 0.9] and a constant gradient of 1, dividing by your 0.19 makes m 2.8947, not 1.",
    ),
    ("the epsilon that fits", 0.5, NO_FUNCTION),
    ("the epsilon that fits", lambda epsilon, beta_2, t: ..., EMPTY),
    ("the epsilon that fits", lambda epsilon, beta_2, t: -1.0, "An ε is ≥ 0, and this is -1.0."),
    (
        "the epsilon that fits",
        lambda epsilon, beta_2, t: epsilon * math.sqrt(1 - beta_2 ** max(t, 1)),
        "For epsilon=1e-08, beta_2=0.999, t=9 and gradients of that size, your 9.468e-10 makes Keras's step 1.0262",
    ),
    (
        "the epsilon that fits",
        lambda epsilon, beta_2, t: epsilon,
        "For epsilon=1e-07, beta_2=0.999, t=0 and gradients of that size, your 1e-07 makes Keras's step 0.0613 times",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


RIGHT = [
    ("the share left", lambda rates, decay: math.exp(sum([math.log(1 - rate * decay) for rate in rates]))),
    ("the exact correction", lambda betas: 1 - math.prod(betas)),
    ("the epsilon that fits", lambda epsilon, beta_2, t: epsilon * (1 - beta_2 ** (t + 1)) ** 0.5),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=[name for name, _ in RIGHT])
def test_a_right_answer_is_told_so(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
