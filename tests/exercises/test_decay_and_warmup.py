"""Wrong answers to the exercises of the chapter on decay and warm-up."""

import itertools
import math

import numpy as np
import pytest

from learning_rates import exercises
from learning_rates.exercises import decay_and_warmup

EMPTY = "A number is asked for, and this is empty"
WSD, STAIRS, AVERAGING = "warm-up, stable, decay", "the staircase", "averaging for decay"
CASE = "For max_lr=1.0, total_steps=9, warmup_steps=2, decay_steps=4"
SIX = "For epochs=6, epoch_steps=100 you give"


def wsd(step, max_lr, total_steps, up, down):
    return max_lr * min(step / up, 1, (total_steps - 1 - step) / down)


def by_parts(step, max_lr, total_steps, up, down):
    if step < up:
        return max_lr / up * step
    left = total_steps - 1 - step
    return max_lr if left > down else max_lr * left / down


def line(epochs, epoch_steps):
    return np.linspace(1, 0, epochs * epoch_steps)


def stairs(epochs, epoch_steps):
    return line(epochs, epoch_steps)[::epoch_steps].mean() / line(epochs, epoch_steps).mean()


WRONG = [
    (WSD, lambda *given: ..., EMPTY),
    (WSD, lambda *given: None, f"{EMPTY}: a function without `return` gives None"),
    (WSD, lambda *given: math.nan, "A number is asked for, and this is nan."),
    (WSD, lambda *given: np.ones(2), "A number is asked for, and this is an array of shape (2,)"),
    (WSD, lambda *given: itertools.count(), "A number is asked for, and this is count(0)"),
    (WSD, lambda step, *given: given[step + 9], "With the arguments (0, 1.0, 9, 2, 4) it stops with IndexError"),
    (WSD, 0.5, "A function is asked for, and this is 0.5."),
    (WSD, [0.0, 0.5, 1.0], "A function is asked for, and this is [0.0, 0.5, 1.0]."),
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
    (
        WSD,
        lambda step, max_lr, *given: wsd(step, 1, *given),
        "For max_lr=0.08, total_steps=600, warmup_steps=60, decay_steps=120 the highest rate is 1: the peak is missing",
    ),
    (
        WSD,
        lambda step, max_lr, steps, up, down: wsd(step, max_lr, steps, down, up),
        f"{CASE} it goes up in 4 steps and down in 2: these two are swapped.",
    ),
    (STAIRS, lambda epochs, epoch_steps: ..., EMPTY),
    (STAIRS, lambda epochs, epoch_steps: None, f"{EMPTY}: a function without `return` gives None"),
    (STAIRS, 1.17, "A function is asked for, and this is 1.17."),
    (STAIRS, lambda epochs, epoch_steps: line(epochs, epoch_steps), "A number is asked for, and this is an array"),
    (STAIRS, lambda epochs, epoch_steps: itertools.cycle([1.0]), "A number is asked for, and this is <itertools.cycle"),
    (STAIRS, lambda epochs, epoch_steps: epochs / 0, "With the arguments (6, 100) it stops with ZeroDivisionError"),
    (STAIRS, lambda epochs, epoch_steps: 1.0, f"{SIX} 1: 1 times the smooth line's mean is 0.5 of the peak"),
    (STAIRS, lambda *case: 1 / stairs(*case), f"{SIX} 0.858166: that is the smooth line over the stairs."),
    (STAIRS, lambda *case: stairs(*case) / 2, f"{SIX} 0.582638: that is the mean of the stairs, and a ratio"),
    (
        STAIRS,
        lambda epochs, epoch_steps: sum(line(epochs, epoch_steps)[::epoch_steps]) / sum(line(epochs, epoch_steps)),
        f"{SIX} 0.0116528: the sums of two lists of different lengths can't be compared; their means can.",
    ),
    (
        STAIRS,
        lambda epochs, epoch_steps: line(epochs, epoch_steps)[epoch_steps - 1 :: epoch_steps].mean() / 0.5,
        f"{SIX} 0.834",
    ),
    (
        STAIRS,
        lambda epochs, epoch_steps: (epochs + 1) / epochs,
        f"{SIX} 1.16667: the line reaches 0 at the last step, not after it.",
    ),
    (AVERAGING, ..., EMPTY),
    (AVERAGING, None, f"{EMPTY}: a function without `return` gives None"),
    (AVERAGING, np.arange(3), "A number is asked for, and this is an array of shape (3,)"),
    (AVERAGING, itertools.count(), "A number is asked for, and this is count(0)"),
    (AVERAGING, "119", "A number is asked for, and this is '119'."),
    (AVERAGING, math.inf, "A number is asked for, and this is inf."),
    (AVERAGING, lambda: 119, "A number is asked for, and this is <function"),
    (AVERAGING, 12.5, "A number of steps is a whole number ≥ 1, and this is 12.5."),
    (AVERAGING, 0, "A number of steps is a whole number ≥ 1, and this is 0."),
    (AVERAGING, 1, "An average of 1 step still has 13."),
    (AVERAGING, 118, "An average of 118 steps still has a little more than 1 times the variance"),
    (AVERAGING, 599, "An average of 599 steps is enough, and so is one of fewer."),
]
RIGHT = [
    (WSD, wsd),
    (WSD, by_parts),
    (WSD, lambda *given: np.float32(wsd(*given))),
    (WSD, lambda step, top, steps, up, down: np.interp(step, [0, up, steps - 1 - down, steps - 1], [0, top, top, 0])),
    (STAIRS, stairs),
    (STAIRS, lambda epochs, epoch_steps: 2 * sum(line(epochs, epoch_steps)[::epoch_steps].tolist()) / epochs),
    (STAIRS, lambda epochs, n: 2 - (epochs - 1) * n / (epochs * n - 1)),  # the sum of the stairs, by hand
    (STAIRS, lambda *case: np.array([stairs(*case)], "float32")),
    (AVERAGING, 119),
    (AVERAGING, 119.0),
    (AVERAGING, np.int64(119)),
    (AVERAGING, np.array([119])),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_passes(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


def test_the_variances_are_those_of_simulated_runs():
    generator = np.random.default_rng(0)
    theta = generator.normal(size=20_000) * decay_and_warmup.variance_of_average(1) ** 0.5
    path = []
    for _ in range(20):
        theta = theta - decay_and_warmup.PEAK * (theta + generator.normal(size=theta.size))
        path.append(theta)
    assert np.var(np.mean(path, axis=0)) == pytest.approx(decay_and_warmup.variance_of_average(20), rel=0.05)
