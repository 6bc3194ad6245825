"""Wrong answers to the exercises on predicting loss curves."""

import json
import math
from pathlib import Path

import pytest

from learning_rates import exercises
from learning_rates.exercises import predict_the_curve
from learning_rates.loss_curves import convex_bound, momentum_law

SEVEN = "For rates=[0.2, 0.6, 1.0, 1.0, 0.7, 0.4, 0.1] and L0=1.0, A=1.0, alpha=0.5, C=0.5, lam=0.9, warmup_steps=2 "
NAMES = ("L0", "A", "alpha", "C", "lam", "warmup_steps")


def law(rates, *constants):
    return momentum_law(rates, **dict(zip(NAMES, constants, strict=True)))


def without_warmup(rates, *constants):
    return law(rates, *constants[:-1], 0)


WRONG = [
    ("the momentum law", ..., "A function is asked for, and this is Ellipsis."),
    ("the momentum law", lambda *given: ..., "A list with a loss for each rate is asked for, and this is empty."),
    ("the momentum law", lambda *given: 0.6585, "A list with a loss for each rate is asked for, and this is 0.6585."),
    ("the momentum law", lambda rates, *given: law(rates, *given)[1:], SEVEN + "you give 6 losses for 7"),
    (
        "the momentum law",
        without_warmup,
        SEVEN + "your loss after step 1 is 2.3180, too high; those before it are right.",
    ),
    (
        "the momentum law",
        lambda rates, L0, A, alpha, C, lam, warm: law(rates, L0, A, alpha, C, 0, warm),
        SEVEN + "your loss after step 5 is 1.2064, too high",
    ),
    ("the momentum law", lambda rates, *given: [math.nan] * len(rates), "A number is asked for, and this is nan."),
    ("the best cliff", ..., "A number is asked for, and this is empty."),
    ("the best cliff", 2100, "A multiple of 200 between 200 and 21640 is asked for, and this is 2100."),
    ("the best cliff", 0, "A multiple of 200 between 200 and 21640 is asked for, and this is 0."),
    ("the best cliff", 1000, "Cut 1000 steps before the end, the law tells 2.9241; an earlier cut ends lower."),
    ("the best cliff", 4000, "Cut 4000 steps before the end, the law tells 2.9160; a later cut ends lower."),
    ("the best peak", 0.05, "A function is asked for, and this is 0.05."),
    ("the best peak", lambda shape: ..., "A number is asked for, and this is empty."),
    ("the best peak", lambda shape: -1.0, "A peak is > 0, and for a constant rate this is -1.0."),
    (
        "the best peak",
        lambda shape: 0.05,
        "For a constant rate over 400 steps you give 0.05, with a bound of 0.2142: a lower peak has less.",
    ),
    (
        "the best peak",
        lambda shape: 0.0182,
        "For a linear decay over 400 steps you give 0.0182, with a bound of 0.1555: a higher peak has less.",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault[-40:]}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert fault in capsys.readouterr().out


def test_the_answers_are_the_known_ones(capsys):
    exercises.check("the momentum law", law)
    exercises.check("the best cliff", 2200)
    exercises.check("the best peak", lambda shape: math.sqrt(convex_bound(shape, G=0) / convex_bound(shape, D=0)))
    assert capsys.readouterr().out.count(": correct.") == 3


def test_the_cliff_is_cut_by_the_chapters_fit():
    recorded = json.loads((Path(__file__).parents[2] / "results/predict.json").read_text())
    found = recorded["laws"]["momentum"]["constants"]
    assert found == pytest.approx(predict_the_curve.MOMENTUM, rel=1e-3)
