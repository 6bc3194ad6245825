"""Wrong answers to the exercises of the chapter on a network to train."""

import math

import pytest
from scipy import stats

from learning_rates import exercises

WRONG = [
    ("equal samples", 30, "A function is asked for, and this is 30."),
    ("equal samples", lambda steps, batch, other: ..., "A number is asked for, and this is empty."),
    ("equal samples", lambda steps, batch, other: steps * batch / other, "A number of steps is whole"),
    ("equal samples", lambda steps, batch, other: -1, "A number of steps is whole and ≥ 0, and this is -1."),
    ("equal samples", lambda steps, batch, other: steps, "For steps=600, batch=100, other=20 you give 600, which see"),
    (
        "equal samples",
        lambda steps, batch, other: 3000,
        "For steps=600, batch=100, other=2000 you give 3000, which see",
    ),
    ("equal samples", lambda steps, batch, other: -(-steps * batch // other), "other=32 you give 188, which see 6016"),
    ("seeds needed", 8, "A function is asked for, and this is 8."),
    ("seeds needed", lambda s, d: ..., "A number is asked for, and this is empty."),
    ("seeds needed", lambda s, d: 1, "An interval wants a whole number of at least two seeds, and this is 1."),
    ("seeds needed", lambda s, d: 8.5, "An interval wants a whole number of at least two seeds, and this is 8.5."),
    ("seeds needed", lambda s, d: math.ceil((1.96 * s / d) ** 2), "you give 6: with so many the half-width is 1.049"),
    ("seeds needed", lambda s, d: 100, "you give 100: with one seed less the half-width is 0.199"),
    ("smallest unstable", 0.32, "A function is asked for, and this is 0.32."),
    ("smallest unstable", lambda runs: ..., "A pair, rate and step, is asked for, and this is empty."),
    ("smallest unstable", lambda runs: 0.32, "A pair, rate and step, is asked for, and this is 0.32."),
    ("smallest unstable", lambda runs: (math.nan, 2), "A number is asked for, and this is nan."),
    ("smallest unstable", lambda runs: (0.08, 2), "you give the rate 0.08: no loss of that rate is bad."),
    ("smallest unstable", lambda runs: (0.64, 1), "you give the rate 0.64: a smaller one is unstable too."),
    ("smallest unstable", lambda runs: (0.32, 3), "you give the step 3: an earlier one is the first"),
    ("smallest unstable", lambda runs: (0.32, 1), "you give the step 1: a later one is the first"),
    (
        "smallest unstable",
        lambda runs: (0.32, 2) if len(runs) == 6 else (0.64, 1),
        "every loss is finite, and you give (0.64, 1): None is asked for.",
    ),
    (
        "smallest unstable",
        lambda runs: min(
            (rate, losses.index(bad)) for rate, losses in runs for bad in losses if not math.isfinite(bad)
        ),
        "it stops with ValueError: min() ",
    ),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{name}: not yet. ")
    assert fault in printed


def test_right_answers_in_another_form_pass(capsys):
    def needed(s, difference):
        seeds = 2.0
        while stats.t.interval(0.95, seeds - 1, scale=s / seeds**0.5)[1] > difference:
            seeds += 1
        return seeds

    def unstable(runs):
        bad = [(rate, [math.isfinite(loss) for loss in losses].index(False)) for rate, losses in runs if broken(losses)]
        return min(bad, default=None)

    def broken(losses):
        return not all(map(math.isfinite, losses))

    exercises.check("equal samples", lambda steps, batch, other: math.floor(steps * batch / other))
    exercises.check("seeds needed", needed)
    exercises.check("smallest unstable", lambda runs: (found := unstable(runs)) and list(found))
    assert capsys.readouterr().out.count(": correct.") == 3
