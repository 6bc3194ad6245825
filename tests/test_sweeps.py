"""How a sweep is read: smoothing without lag, divergence, and the rules, on curves whose answers a person can see."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import sweeps
from tests.docstrings import accepted, documented

LOGS = [round(-6 + 0.05 * step, 10) for step in range(141)]  # 1e-6 to 10 in 20 steps a decade


def parabola(lowest, width=2.0):
    """Losses 2 on a plateau, then down along a half-wave to 1 at `lowest`, and up again."""
    return [
        2.0 if abs(log - lowest) > width else 1.5 - 0.5 * math.cos(math.pi * (log - lowest) / width) for log in LOGS
    ]


def test_a_straight_line_stays_as_it_is_to_its_very_ends():
    line = [5 + 0.5 * log for log in LOGS]
    assert sweeps.smooth(LOGS, line, 0.1, 1e9) == pytest.approx(line, abs=1e-12)


def test_the_minimum_of_a_smoothed_curve_has_no_lag():
    curve = parabola(lowest=-1.0)
    smoothed = sweeps.smooth(LOGS, curve, 0.1, 4.0)
    assert sweeps.minimum(LOGS, smoothed) == sweeps.minimum(LOGS, curve) == -1.0


def test_an_exponential_average_lags_where_the_centred_one_does_not():
    curve, average, lagging = parabola(lowest=-2.0), 0.0, []
    for step, loss in enumerate(curve):
        average = 0.95 * average + 0.05 * loss
        lagging.append(average / (1 - 0.95 ** (step + 1)))
    assert sweeps.minimum(LOGS, lagging) - (-2.0) > 0.4
    assert sweeps.minimum(LOGS, sweeps.smooth(LOGS, curve, 0.1, 4.0)) == -2.0


def test_smoothing_is_the_weighted_least_squares_line():
    losses = np.random.default_rng(0).normal(2, 0.1, len(LOGS)).tolist()
    smoothed = sweeps.smooth(LOGS, losses, 0.31, 1e9)
    for step in (0, 3, 70, 140):
        distances = np.array(LOGS) - LOGS[step]
        near = np.abs(distances) <= 4 * 0.31
        weights = np.exp(-0.25 * (distances[near] / 0.31) ** 2)  # polyfit squares them
        expected = np.polyfit(distances[near], np.array(losses)[near], 1, w=weights)[1]
        assert smoothed[step] == pytest.approx(expected, rel=1e-9)


def test_an_explosion_does_not_spread_to_the_rates_before_it():
    curve = parabola(lowest=-1.0)[:121]
    exploding = [*curve[:-1], 1e6]
    calm, loud = (sweeps.smooth(LOGS, losses, 0.1, 4.0) for losses in (curve, exploding))
    assert sweeps.minimum(LOGS, loud) == sweeps.minimum(LOGS, calm)
    assert max(loud) < 6


def test_a_high_start_is_no_explosion():
    falling = [10.0 ** (-log) for log in range(5)]
    assert sweeps.smooth([0, 1, 2, 3, 4], falling, 0.01, 4.0) == pytest.approx(falling)


def test_a_lucky_first_batch_caps_nothing():
    losses = [1e-3] + [2.0] * 140
    assert sweeps.smooth(LOGS, losses, 0.1, 4.0)[50:] == pytest.approx([2.0] * 91)


def test_width_zero_and_lonely_points_are_left_alone():
    assert sweeps.smooth([0, 1, 2], [3.0, 1.0, 2.0], 0, 4.0) == [3.0, 1.0, 2.0]
    assert sweeps.smooth([0, 1, 2], [3.0, 1.0, 2.0], 0.01, 4.0) == [3.0, 1.0, 2.0]
    assert sweeps.smooth([], [], 0.1, 4.0) == []


@given(st.lists(st.floats(0.5, 3.0), min_size=1, max_size=141), st.floats(0.0, 1.0))
def test_smoothing_gives_as_many_finite_losses(losses, width):
    smoothed = sweeps.smooth(LOGS, losses, width, 4.0)
    assert len(smoothed) == len(losses)
    assert all(map(math.isfinite, smoothed))


def test_the_trailing_mean_reaches_back_by_the_width_or_ten_steps():
    losses = [float(step) for step in range(40)]
    assert sweeps.trailing_means(LOGS, losses, 1.0)[30] == 20  # of steps 10 to 30: a decade has 20
    assert sweeps.trailing_means(LOGS, losses, 0.1)[30] == 25.5  # of steps 21 to 30
    assert sweeps.trailing_means(LOGS, losses, 0.1)[:3] == [0.0, 0.5, 1.0]


def with_end(start, *end):
    return [start] * 20 + list(end)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        (with_end(1.0, 1.0, 1.0), None),
        (with_end(1.0, 30.9, 0.0), None),  # a mean of 3.99 over ten steps
        (with_end(1.0, 31.1, 0.0), 20),  # and of 4.01
        (with_end(1.0, math.nan, 1.0), 20),
        (with_end(1.0, 1.0, math.inf), 21),
        (with_end(math.nan), 0),
        (with_end(-1.0, 28.9), None),  # below zero, the margin is three times the least loss's size
        (with_end(-1.0, 39.1), 20),
        ([5.0] * 20 + [0.1] * 20 + [4.5] * 20, None),  # many times the least, but no more than at the start
        ([1.0] * 10 + [99.0] * 9, None),  # twice ten losses are not there yet
    ],
)
def test_where_a_sweep_diverges(losses, expected):
    assert sweeps.diverged_at(LOGS, losses, 0.1, 4.0) == expected


@given(st.integers(0, 10**6))
def test_lucky_batches_are_no_divergence(seed):
    """Squared errors of batches of four: the greatest mean of ten is often more than four times the least."""
    losses = (np.random.default_rng(seed).normal(size=(141, 4)) ** 2).mean(axis=1).tolist()
    assert sweeps.diverged_at(LOGS, losses, 0.1, 4.0) is None


@given(st.integers(0, 10**6), st.floats(-3.0, 3.0))
def test_an_explosion_is_noticed_wherever_the_loss_stands(seed, offset):
    noise = np.random.default_rng(seed).normal(0, 0.1, 141)
    losses = (
        offset + 2 - 1.5 / (1 + np.exp(-4 * (np.array(LOGS) + 3))) + 0.01 * np.exp(7 * (np.array(LOGS) + 1)) + noise
    )
    found = sweeps.diverged_at(LOGS, losses.tolist(), 0.1, 4.0)
    assert -1 < LOGS[found] < 0.6


def test_the_rules_on_a_half_wave():
    curve = parabola(lowest=0.0)  # falls from 2 at 10^-2 to 1 at 1
    assert sweeps.minimum(LOGS, curve) == 0.0
    assert sweeps.RULES["minimum/10"](LOGS, curve) == -1.0
    assert sweeps.steepest(LOGS, curve) == pytest.approx(-1.0, abs=0.05)
    # 1.2 = 1.5 − cos(πx/2)/2 where x = −(2/π)·acos(0.6)
    assert sweeps.drop_80_percent(LOGS, curve) == pytest.approx(-2 / math.pi * math.acos(0.6), abs=0.05)
    assert sweeps.start_of_fall(LOGS, curve) == pytest.approx(-2 / math.pi * math.acos(-0.8), abs=0.05)


def test_a_dip_in_the_plateau_is_not_the_start_of_the_fall():
    curve = parabola(lowest=0.0)
    curve[10:12] = [1.8, 1.8]
    assert sweeps.start_of_fall(LOGS, curve) == sweeps.start_of_fall(LOGS, parabola(lowest=0.0))
    assert sweeps.steepest(LOGS, curve) == sweeps.steepest(LOGS, parabola(lowest=0.0))


def fastai_valley(losses):
    """The index that fastai's `valley` picks, written after its description: quadratic, as there."""
    lengths = [1] * len(losses)
    for i in range(len(losses)):
        for j in range(i):
            if losses[i] < losses[j]:
                lengths[i] = max(lengths[i], lengths[j] + 1)
    end = lengths.index(max(lengths))
    start = end - lengths[end]
    third = (end - start) / 3
    return start + int(third) + int(third / 2)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_valley_is_fastais(losses):
    assert sweeps.valley(list(range(len(losses))), losses) == max(0, fastai_valley(losses))


@pytest.mark.parametrize("steps", [31, 61, 201])
def test_noise_alone_is_no_fall(steps):
    logs = np.linspace(-3, 0, steps).tolist()
    for seed in range(20):
        noisy = (2 + np.random.default_rng(seed).normal(0, 0.1, steps)).tolist()
        assert not sweeps.has_fallen(noisy, sweeps.smooth(logs, noisy, 0.1, 4.0))


def test_a_fall_within_the_noise_is_none():
    noisy = (2 + np.random.default_rng(0).normal(0, 0.2, len(LOGS))).tolist()
    assert not sweeps.has_fallen(noisy, sweeps.smooth(LOGS, noisy, 0.1, 4.0))
    assert not sweeps.has_fallen([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert sweeps.has_fallen(parabola(0.0), parabola(0.0))


@given(st.floats(-4.0, 0.5), st.floats(0.1, 100.0), st.floats(-5.0, 5.0))
def test_no_rule_depends_on_the_scale_of_the_loss(lowest, factor, offset):
    curve = parabola(round(lowest, 1))
    other = [factor * loss + offset for loss in curve]
    for rule in (*sweeps.RULES.values(), sweeps.minimum, sweeps.start_of_fall):
        assert rule(LOGS, other) == pytest.approx(rule(LOGS, curve), abs=0.11)


@pytest.mark.parametrize("function", [sweeps.threshold, sweeps.diverged_at, sweeps.smooth])
def test_every_argument_is_documented_in_its_place(function):
    assert documented(function) == accepted(function)
