"""The explorers' statistics are the package's own, which need SciPy, and NumPy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from learning_rates.explorers import statistics
from learning_rates.trials import statistics as of_trials

scores = st.lists(st.floats(-100.0, 100.0), min_size=1, max_size=20)


@given(scores)
def test_mean_and_median_are_numpys(values):
    before = list(values)
    assert statistics.mean(values) == pytest.approx(np.mean(values), abs=1e-9)
    assert statistics.median(values) == pytest.approx(np.median(values))
    assert values == before, "sorting leaves the record as it is"


@pytest.mark.parametrize("n", [*range(2, 41), 101, 1000])
def test_a_quantile_is_students(n):
    for error in (0.9, 0.5, 0.05, 0.05 / 3, 0.05 / 14, 1e-3, 1e-6):
        assert statistics.quantile(n, error) == pytest.approx(stats.t.ppf(1 - error / 2, n - 1), rel=1e-9)
    assert statistics.quantile(n) == pytest.approx(of_trials.quantile(n), rel=1e-9)


@given(st.lists(st.floats(-100.0, 100.0), min_size=2, max_size=20))
def test_an_interval_is_that_of_the_trials(values):
    middle, half = statistics.interval(values, statistics.quantile(len(values)))
    wanted = of_trials.interval(values)
    assert middle == pytest.approx(wanted.mean, abs=1e-9)
    assert half == pytest.approx((wanted.high - wanted.low) / 2, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(0.824, 2, "+0.82"), (-1.5, 1, "−1.5"), (0.0, 2, "+0.00"), (0.0025, 2, "+0.00")]
)
def test_a_sign_is_shown(value, digits, text):
    assert statistics.signed(value, digits) == text


def test_a_minus_may_be_typed():
    assert statistics.signed(-0.01, 3, "-") == "-0.010"
