"""Wrong answers to the exercises of the chapter on decay and warm-up."""

import math

import numpy as np
import pytest

from learning_rates import exercises
from learning_rates.exercises import decay_and_warmup

EMPTY = "A number is asked for, and this is empty."
WSD = "warm-up, stable, decay"
CASE = "For max_lr=1.0, total_steps=9, warmup_steps=2, decay_steps=4"
WRONG = [
    (WSD, lambda *given: ..., EMPTY),
    (WSD, lambda *given: math.nan, "A number is asked for, and this is nan."),
    (WSD, 0.5, "A function is asked for, and this is 0.5."),
    (
        WSD,
        lambda step, max_lr, steps, up, down: max_lr * min(step / up, 1, (steps - step) / down),
        f"{CASE} the last step, 8, has the rate 0.25; it should have come down to 0.",
    ),
    (
        WSD,
        lambda step, max_lr, steps, up, down: max_lr * min((step + 1) / up, 1, (steps - 1 - step) / down),
        f"{CASE} it starts at 0.5, not at zero.",
    ),
    (
        WSD,
        lambda step, max_lr, steps, up, down: max_lr * min(step / up, 1, ((steps - 1 - step) / down) ** 2),
        f"{CASE} step 5, on the way down, has the rate 0.5625, off the line.",
    ),
    (
        WSD,
        lambda step, max_lr, steps, up, down: max_lr * min(step / (up + 1), 1, (steps - 1 - step) / down),
        f"{CASE} step 2, of the flat part, has the rate 0.666667, off the line.",
    ),
    (
        WSD,
        lambda step, max_lr, steps, up, down: max_lr * min((step / up) ** 2, 1, (steps - 1 - step) / down),
        f"{CASE} step 1, on the way up, has the rate 0.25, off the line.",
    ),
    ("the staircase", lambda epochs, epoch_steps: ..., EMPTY),
    ("the staircase", 1.17, "A function is asked for, and this is 1.17."),
    ("the staircase", lambda epochs, epoch_steps: 1.0, "For epochs=6, epoch_steps=100 you give 1: 1 times the smooth"),
    ("the staircase", lambda epochs, epoch_steps: 1 / epochs, "For epochs=6, epoch_steps=100 you give 0.1667: a ratio"),
    (
        "the staircase",
        lambda epochs, epoch_steps: (epochs + 1) / epochs,
        "For epochs=6, epoch_steps=100 you give 1.16667: the line reaches 0 at the last step, not after it.",
    ),
    ("averaging for decay", ..., EMPTY),
    ("averaging for decay", 12.5, "A number of steps is a whole number ≥ 1, and this is 12.5."),
    ("averaging for decay", 0, "A number of steps is a whole number ≥ 1, and this is 0."),
    ("averaging for decay", 1, "An average of 1 steps still has 13."),
    ("averaging for decay", 118, "An average of 118 steps still has a little more than 1 times the variance"),
    ("averaging for decay", 599, "An average of 599 steps is enough, and so is one of fewer."),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


def test_the_variances_are_those_of_simulated_runs():
    generator = np.random.default_rng(0)
    theta = generator.normal(size=20_000) * decay_and_warmup.variance_of_average(1) ** 0.5
    path = []
    for _ in range(20):
        theta = theta - decay_and_warmup.PEAK * (theta + generator.normal(size=theta.size))
        path.append(theta)
    assert np.var(np.mean(path, axis=0)) == pytest.approx(decay_and_warmup.variance_of_average(20), rel=0.05)
