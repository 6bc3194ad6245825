"""What a range test found: the rules with their spread, what is doubtful, and the report."""

import subprocess
import sys

import numpy as np
import pytest

from learning_rates.range_test import RangeTest

RATES = np.geomspace(1e-4, 1.0, 81)


def half_wave(lowest):
    """Losses that fall from 2 to 1 along a cosine, three decades wide, whose lowest point is at this rate."""
    distance = np.log10(RATES / lowest)
    return np.where(np.abs(distance) > 1.5, 2.0, 1.5 - 0.5 * np.cos(np.pi * distance / 1.5))


def test_a_result_is_loaded_without_keras():
    code = """
import sys
from learning_rates.range_test.result import RangeTest
from learning_rates.range_test import lr_range_test
print(sorted({"keras", "tensorflow", "jax", "torch", "matplotlib"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_every_rule_is_reported_with_its_spread_and_the_bracket_spans_them():
    test = RangeTest(RATES, [half_wave(lowest) for lowest in (0.02, 0.05, 0.1)], smoothing=0.0)
    rate, low, high = test.suggestions["minimum/10"]
    assert (low, rate, high) == pytest.approx((0.002, 0.005, 0.01), rel=0.06)
    assert list(test.suggestions) == ["minimum/10", "steepest", "valley", "80%-drop"]
    assert test.bracket == (
        min(suggestion.low for suggestion in test.suggestions.values()),
        max(suggestion.high for suggestion in test.suggestions.values()),
    )
    assert test.phases[1] == pytest.approx(0.05, rel=0.06)
    assert test.stopped_early is False


def test_sweeps_that_stop_at_different_steps_share_one_table():
    exploding = [*half_wave(0.02)[:60], 50.0]
    test = RangeTest(RATES, [half_wave(0.02)[:70], exploding])
    assert test.losses.shape == test.smoothed.shape == (2, 70)
    assert np.isnan(test.losses[1, 61:]).all()
    assert not np.isnan(test.losses[1, :61]).any()
    assert test.stopped_early is True


def test_what_is_doubtful_is_said():
    flat = 2 + np.random.default_rng(0).normal(0, 0.1, 81)
    lost = RangeTest(RATES, [flat, half_wave(0.02)])
    assert lost.warnings[0].startswith("In 1 of 2 sweeps the loss fell by no more than its noise")
    assert lost.bracket[0] > 0
    nothing = RangeTest(RATES, [flat])
    assert np.isnan([*nothing.bracket, *nothing.phases]).all()
    assert "Search from" not in repr(nothing)
    falling = RangeTest(RATES, [2 - np.linspace(0, 1, 81)])
    assert falling.warnings[0] == "The loss still falls at the last rate, 1: raise max_lr."
    assert "trust no single one" in RangeTest(RATES, [half_wave(0.1)]).warnings[-1]


def test_the_report_can_be_read():
    report = repr(RangeTest(RATES, [half_wave(0.02)] * 3))
    assert report.startswith(
        "LR range test: 3 sweeps, 81 steps from 0.0001 to 1\n  minimum/10   0.002 (0.002 to 0.002)\n"
    )
    assert "\nSearch from 0.002 upwards: the best rate may lie above all rules, which end at " in report
    assert "One sweep" not in report


def test_the_report_sends_the_search_beyond_the_rules_up_to_where_the_sweep_diverged():
    report = repr(RangeTest(RATES, [[*half_wave(0.02)[:60], 50.0]]))
    assert "\nSearch from 0.002 up to where it diverged: the best rate may lie above all rules" in report
    assert "\nOne sweep shows no spread: `repeats` would." in report


def test_a_loss_of_nan_without_a_rise_is_no_divergence():
    """fastai#3476, Lightning#1850: NaN among the data was taken for divergence, at whatever rate a shuffle met it."""
    noise = np.random.default_rng(0).normal(0, 0.01, 81)
    calm = RangeTest(RATES, [[*(half_wave(0.5) + noise)[:40], np.nan]])
    assert calm.stopped_early
    assert calm.warnings[0].startswith(
        "The loss became NaN at step 40, rate 0.01, without having risen, which is no divergence: look at the data"
    )
    assert np.isnan(calm.bracket).all()
    assert calm.losses.shape == (1, 40)
    assert "40 steps from 0.0001 to 0.0089, where the loss was no number\n" in repr(calm)

    late = RangeTest(RATES, [[*(half_wave(0.002) + noise)[:60], np.inf], half_wave(0.002)])
    assert late.warnings[0].startswith("In 1 of 2 sweeps the loss became infinite at step 60, rate 0.1, without")
    assert late.bracket[0] > 0

    rising = RangeTest(RATES, [[*(half_wave(0.02) + noise)[:60], 50.0, np.nan]])
    assert not any("became" in warning for warning in rising.warnings)
    assert "to 0.1, where it diverged\n" in repr(rising)
