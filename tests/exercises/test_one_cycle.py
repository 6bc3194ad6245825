"""Wrong answers to the one-cycle chapter's exercises."""

import math

import pytest

from learning_rates import exercises

EMPTY = "A number is asked for, and this is empty."
NAN = "A number is asked for, and this is nan."
WRONG = [
    ("the peak's step", lambda p, n: ..., EMPTY),
    ("the peak's step", lambda p, n: math.nan, NAN),
    ("the peak's step", lambda p, n: math.inf, "A number is asked for, and this is inf."),
    ("the peak's step", 29, "A function is asked for, and this is 29."),
    ("the peak's step", lambda p, n: p * n, "For pct_start=0.3, total_steps=100 you give 30.0: an earlier step"),
    ("the peak's step", lambda p, n: n + 5, "For pct_start=0.3, total_steps=100 you give 105: an earlier step"),
    ("the peak's step", lambda p, n: 0, "For pct_start=0.3, total_steps=100 you give 0: a later step"),
    ("the peak's step", lambda p, n: int(p * n) - 1, "For pct_start=0.29, total_steps=100 you give 27: a later"),
    ("the peak's step", lambda p, n: 0.5, "A step is a whole number ≥ 0, and this is 0.5."),
    ("the peak's step", lambda p, n: 29, "For pct_start=0.25, total_steps=40 you give 29: an earlier step"),
    ("the momentum used", lambda weights, rate: ..., EMPTY),
    ("the momentum used", lambda weights, rate: math.nan, NAN),
    ("the momentum used", lambda weights, rate: "0.9", "A number is asked for, and this is '0.9'."),
    ("the momentum used", 0.95, "A function is asked for, and this is 0.95."),
    (
        "the momentum used",
        lambda weights, rate: 0.9,
        "For weights=[1.0, 0.9, 0.715], rate=0.1 you give 0.9, with which θ₂ would be 0.7200.",
    ),
    ("equal area", ..., EMPTY),
    ("equal area", math.nan, NAN),
    ("equal area", -1.0, "A peak is > 0, and this is -1.0."),
    ("equal area", 0.04, "The area under your one-cycle is 0.505 times that under the linear decay."),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")
