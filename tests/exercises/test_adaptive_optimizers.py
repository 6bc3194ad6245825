"""The checks of the exercises on adaptive optimizers."""

import math

import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."
NO_FUNCTION = "A function is asked for, and this is 0.5."
WRONG = [
    ("the decay that fits", 0.5, NO_FUNCTION),
    ("the decay that fits", lambda share, rate, steps: ..., EMPTY),
    ("the decay that fits", lambda share, rate, steps: math.nan, "A number is asked for, and this is nan."),
    ("the decay that fits", lambda share: 1.0, "With the arguments (0.5, 0.1, 1) it stops with TypeError: "),
    (
        "the decay that fits",
        lambda share, rate, steps: share / rate / steps,
        "For share=0.75, rate=0.1, steps=2 your 3.75 takes the share 0.6094.",
    ),
    (
        "the decay that fits",
        lambda share, rate, steps: (1 - share ** (1 / steps)) / rate,
        "For share=0.75, rate=0.1, steps=2 your 1.34 takes the share 0.25.",
    ),
    (
        "the decay that fits",
        lambda share, rate, steps: -math.log(1 - share) / rate / steps,
        "For share=0.5, rate=0.1, steps=1 your 6.931 takes the share 0.6931.",
    ),
    ("the usual correction's step", 0.5, NO_FUNCTION),
    ("the usual correction's step", lambda betas: ..., EMPTY),
    ("the usual correction's step", lambda betas: [][0], "With the arguments ([0.9]) it stops with IndexError: "),
    (
        "the usual correction's step",
        lambda betas: 1.0,
        "For betas=[0.9, 0.5] you give 1: the last step is shorter.",
    ),
    (
        "the usual correction's step",
        lambda betas: (1 - betas[-1] ** len(betas)) / (1 - math.prod(betas)),
        "For betas=[0.9, 0.5] you give 1.364: the last step is shorter.",
    ),
    (
        "the usual correction's step",
        lambda betas: 1 - math.prod(betas),
        "For betas=[0.9] you give 0.1: the last step is longer.",
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
    ("the decay that fits", lambda share, rate, steps: -math.expm1(math.log1p(-share) / steps) / rate),
    ("the usual correction's step", lambda betas: (1 - math.prod(betas)) / (1 - betas[-1] ** len(betas))),
    ("the epsilon that fits", lambda epsilon, beta_2, t: epsilon * (1 - beta_2 ** (t + 1)) ** 0.5),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=[name for name, _ in RIGHT])
def test_a_right_answer_is_told_so(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
