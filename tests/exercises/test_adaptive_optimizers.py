"""The checks of the exercises on adaptive optimizers."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises

SILENCE = "the step after a silence"
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
    ("the decay that fits", lambda share, rate, steps: None, "A number is asked for, and this is empty: a function"),
    ("the decay that fits", lambda share, rate, steps: [1.0], "A number is asked for, and this is [1.0]."),
    (
        "the decay that fits",
        lambda share, rate, steps: itertools.count(),
        "A number is asked for, and this is count(0).",
    ),
    (
        "the decay that fits",
        lambda share, rate, steps: (1 - (1 - share) ** (1 / steps)) / rate / 2,
        "For share=0.5, rate=0.1, steps=1 your 2.5 takes the share 0.25. Look for a lost factor of 2.",
    ),
    (SILENCE, 0.5, NO_FUNCTION),
    (SILENCE, lambda beta_1, beta_2, k: ..., EMPTY),
    (SILENCE, lambda beta_1, beta_2, k: None, "A number is asked for, and this is empty: a function without `return`"),
    (SILENCE, lambda beta_1, beta_2, k: [1.0, 2.0], "A number is asked for, and this is [1.0, 2.0]."),
    (SILENCE, lambda beta_1, beta_2, k: itertools.repeat(1), "A number is asked for, and this is repeat(1)."),
    (SILENCE, lambda beta_1, beta_2, k: [][k], "With the arguments (0.9, 0.999, 1) it stops with IndexError: "),
    (
        SILENCE,
        lambda beta_1, beta_2, k: 1.0,
        "For beta_1=0.9, beta_2=0.999, k=1 you give 1: after a long silence no bias correction is left.",
    ),
    (
        SILENCE,
        lambda beta_1, beta_2, k: (1 - beta_1**k) / (1 - beta_2**k),
        "For beta_1=0.9, beta_2=0.999, k=1 you give 100: the step divides by a root.",
    ),
    (
        SILENCE,
        lambda beta_1, beta_2, k: (1 - beta_1) / math.sqrt(1 - beta_2),
        "For beta_1=0.9, beta_2=0.999, k=2 you give 3.162: that step is longer.",
    ),
    (
        SILENCE,  # swapped
        lambda beta_1, beta_2, k: (1 - beta_2**k) / math.sqrt(1 - beta_1**k),
        "For beta_1=0.9, beta_2=0.999, k=1 you give 0.003162: that step is longer.",
    ),
    (
        SILENCE,  # upside down
        lambda beta_1, beta_2, k: math.sqrt(1 - beta_2**k) / (1 - beta_1**k),
        "For beta_1=0.9, beta_2=0.999, k=1 you give 0.3162: that step is longer. Look at what is divided by what.",
    ),
    ("the epsilon that fits", lambda epsilon, beta_2, t: None, "A number is asked for, and this is empty: a function"),
    ("the epsilon that fits", lambda epsilon, beta_2, t: (epsilon,), "A number is asked for, and this is (1e-07,)."),
    (
        "the epsilon that fits",
        lambda epsilon, beta_2, t: itertools.count(),
        "A number is asked for, and this is count(0)",
    ),
    ("the epsilon that fits", lambda epsilon, beta_2, t: epsilon / 0, "With the arguments (1e-07, 0.999, 0) it stops"),
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


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


RIGHT = [
    ("the decay that fits", lambda share, rate, steps: -math.expm1(math.log1p(-share) / steps) / rate),
    ("the decay that fits", lambda share, rate, steps: np.array([(1 - (1 - share) ** (1 / steps)) / rate])),
    ("the decay that fits", lambda share, rate, steps: float(f"{(1 - (1 - share) ** (1 / steps)) / rate:.7g}")),
    (SILENCE, lambda beta_1, beta_2, k: (1 - beta_1**k) / math.sqrt(1 - beta_2**k)),
    (SILENCE, lambda beta_1, beta_2, k: np.array((1 - beta_1**k) * (1 - beta_2**k) ** -0.5)),
    (SILENCE, lambda beta_1, beta_2, k: round((1 - beta_1**k) / (1 - beta_2**k) ** 0.5, 7)),
    ("the epsilon that fits", lambda epsilon, beta_2, t: np.float64(epsilon) * np.sqrt(1 - np.power(beta_2, t + 1))),
    ("the epsilon that fits", lambda epsilon, beta_2, t: np.array([epsilon * math.sqrt(1 - beta_2 ** (t + 1))])),
    ("the epsilon that fits", lambda epsilon, beta_2, t: epsilon * (1 - beta_2 ** (t + 1)) ** 0.5),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_a_right_answer_is_told_so(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"
