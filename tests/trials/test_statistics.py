"""Intervals, tests and their power by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from learning_rates.trials import statistics


def test_an_interval_by_hand():
    # 1, 2, 3: mean 2, s = 1, and the table's t for two degrees of freedom at 97.5 % is 4.303.
    found = statistics.interval([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.high - 2.0 == pytest.approx(4.303 / math.sqrt(3), rel=1e-3)
    assert found.low == pytest.approx(4.0 - found.high)
    assert str(found) == "+2.00 ± 2.48"


def test_one_more_run_by_hand():
    # 1, 2, 3: 4.303 · 1 · √(4/3) = 4.97 to each side, where the mean's interval has 2.48.
    found = statistics.prediction([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.high - 2.0 == pytest.approx(4.303 * math.sqrt(4 / 3), rel=1e-3)
    values = np.random.default_rng(0).normal(size=(4000, 9))
    inside = [low <= new <= high for *old, new in values for _, low, high, _ in [statistics.prediction(old)]]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.01)


def test_a_pool_by_hand():
    # Errors alike: the weights are, too. Effects 0.1 to 0.4 have the variance 0.01667, of which 0.01 is error.
    found = statistics.pool([0.1, 0.3, 0.2, 0.4], [0.1] * 4)
    assert found.mean.mean == pytest.approx(0.25)
    assert found.tau**2 == pytest.approx(0.05 / 3 - 0.01)
    assert found.mean.high - 0.25 == pytest.approx(3.182 * math.sqrt(0.05 / 3 / 4), rel=1e-3)
    assert found.new.high - 0.25 == pytest.approx(4.303 * math.sqrt(0.05 / 3 - 0.01 + 0.05 / 3 / 4), rel=1e-3)


def test_a_pool_of_effects_that_agree_is_as_narrow_as_their_errors_and_no_narrower():
    found = statistics.pool([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])
    assert found.tau == 0.0
    assert found.mean.high - 0.1 == pytest.approx(4.303 * 0.1 / math.sqrt(3), rel=1e-3)


@pytest.mark.parametrize("bad", [([0.1, 0.2], [0.1, 0.1]), ([0.1, 0.2, 0.3], [0.1, 0.0, 0.1])], ids=repr)
def test_a_pool_wants_three_tasks_with_errors(bad):
    with pytest.raises(ValueError, match=r"effects must be of three tasks or more, each with an error > 0"):
        statistics.pool(*bad)


def test_more_questions_widen_the_interval():
    # Five questions: t at 99.5 % with two degrees of freedom is 9.925.
    wide = statistics.interval([1.0, 2.0, 3.0], questions=5)
    assert wide.high - 2.0 == pytest.approx(9.925 / math.sqrt(3), rel=1e-3)


@pytest.mark.parametrize("bad", [[], [1.0], [1.0, math.nan], [[1.0, 2.0]]], ids=repr)
def test_an_interval_wants_two_finite_numbers(bad):
    with pytest.raises(ValueError, match="values must be at least two finite numbers"):
        statistics.interval(bad)


def test_seeds_that_agree_leave_no_width():
    assert statistics.interval([0.5, 0.5, 0.5]) == (0.5, 0.5, 0.5, 3)


def test_words_are_no_numbers():
    with pytest.raises(TypeError, match=r"values must be at least two finite numbers\. Received: values='ab'"):
        statistics.interval("ab")


def test_holms_steps_by_hand():
    # 0.05/3 = 0.0167, 0.05/2 = 0.025, 0.05: the second fails, and with it the third, though 0.03 < 0.05.
    assert statistics.holm({"a": 0.01, "b": 0.03, "c": 0.04}) == {"a": True, "b": False, "c": False}
    assert statistics.holm({"a": 0.01, "b": 0.02, "c": 0.04}) == {"a": True, "b": True, "c": True}


def test_a_p_value_is_scipys():
    values = np.array([0.3, 0.1, 0.4, -0.2, 0.25])
    assert statistics.p_value(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    assert statistics.p_value(np.zeros(4)) == 1.0
    assert statistics.p_value(np.ones(4)) == 0.0
    assert statistics.p_value(np.array([1.0, 2.0, np.inf])) == 1.0


def test_the_bounds_on_the_printed_counts():
    # As in the articles: 343 against 341 of 372, 147 against 144 of 153; rows and images in ten thousands.
    assert round(statistics.fisher(343, 341, 372), 2) == 0.89
    assert round(statistics.fisher(147, 144, 153), 2) == 0.60
    assert round(statistics.fisher(9100, 9058, 14000), 2) == 0.61
    assert round(statistics.fisher(9836, 9809, 10000), 2) == 0.16
    # the most favourable pairing: every image that was judged differently speaks for the winner
    assert statistics.mcnemar(343, 341, 2) == 0.5
    assert statistics.mcnemar(147, 144, 3) == 0.25


IMPOSSIBLE = {
    "more right answers than questions": (statistics.fisher, (373, 341, 372), "right must be at most total"),
    "no whole number": (statistics.fisher, (1, 1.5, 372), "other must be a whole number ≥ 0"),
    "too few judged differently": (statistics.mcnemar, (9836, 9809, 26), "disagreeing must be"),
    "an odd rest": (statistics.mcnemar, (9836, 9809, 60), "disagreeing must be .* by an even number.*more=9836"),
    "one seed": (statistics.half_width, (1,), "seeds must be a whole number ≥ 2"),
    "one seed's power": (statistics.detectable, (1,), "seeds must be a whole number ≥ 2"),
    "always": (statistics.detectable, (8, 1.0), r"power must be in \(0\.05, 1\)\. Received: power=1\.0"),
}


@pytest.mark.parametrize(("function", "given", "says"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_counts_are_refused(function, given, says):
    with pytest.raises(ValueError, match=says):
        function(*given)


def test_nobody_judged_differently_shows_nothing():
    assert statistics.mcnemar(9836, 9836, 0) == 1.0


def test_power_by_hand():
    assert round(statistics.half_width(8), 2) == 0.84
    assert round(statistics.detectable(8), 2) == 1.16
    assert statistics.detectable(16) < statistics.detectable(8)
