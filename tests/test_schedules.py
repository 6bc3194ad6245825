"""Schedules against values a person can check, against their own config, and against bad input."""

import json
import math
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import schedules

# Schedule: the values of its steps, and of three steps past the end.
LITERAL = [
    (schedules.constant(0.5, 2), [0.5, 0.5, 0.5, 0.5, 0.5]),
    (schedules.polynomial_decay(8.0, 5), [8, 6, 4, 2, 0, 0, 0, 0]),
    (schedules.polynomial_decay(9.0, 4, power=2, end_lr=0.0), [9, 4, 1, 0, 0, 0, 0]),
    (schedules.polynomial_decay(5.0, 3, end_lr=1.0), [5, 3, 1, 1, 1, 1]),
    # At its boundaries, 2 and 4, the rate has decayed.
    (
        schedules.step_decay(8.0, 6, boundaries=[2, 4], factor=0.5),
        [8, 8, 4, 4, 2, 2, 2, 2, 2],
    ),
    (schedules.exponential_decay(8.0, 4, end_lr=1.0), [8, 4, 2, 1, 1, 1, 1]),
    # A quarter, a half and three quarters of the way, half a cosine is at 1/2 ± √2/4.
    (
        schedules.cosine_decay(4.0, 5),
        [4, 2 + math.sqrt(2), 2, 2 - math.sqrt(2), 0, 0, 0, 0],
    ),
    # Cycles of 2 and 4 steps; the peak's height over 1 halves.
    (
        schedules.cosine_restarts(5.0, 7, first_cycle=2, cycle_mult=2, min_lr=1.0, cycle_factor=0.5),
        [5, 3, 3, 2 + math.sqrt(2) / 2, 2, 2 - math.sqrt(2) / 2, 2, 2, 2, 2],
    ),
    # Cycles of 2, 3, 4.5, … steps start at 0, 2, 5, 9.5: at step 10 half a step has gone of 6.75.
    (
        schedules.cosine_restarts(2.0, 11, first_cycle=2, cycle_mult=1.5),
        [2, 1, 2, 1.5, 0.5, 2, None, None, None, None, 1 + math.cos(math.pi * 0.5 / 6.75), None, None, None],
    ),
    (
        schedules.warmup_stable_decay(4.0, 9, warmup_steps=2, decay_steps=4),
        [0, 2, 4, 4, 4, 3, 2, 1, 0, 0, 0, 0],
    ),
    (
        schedules.warmup_stable_decay(4.0, 6, warmup_steps=0, decay_steps=4, shape="1-sqrt"),
        [4, 4, 2, 4 - 4 * math.sqrt(0.5), 4 - 4 * math.sqrt(0.75), 0, 0, 0, 0],
    ),
    (
        schedules.warmup_stable_decay(4.0, 5, warmup_steps=2, decay_steps=2, shape="cosine", end_lr=2.0),
        [0, 2, 4, 3, 2, 2, 2, 2],
    ),
    (
        schedules.inverse_sqrt(2.0, 10, warmup_steps=1),
        [0, 2, None, None, 1, None, None, None, None, 2 / 3, 2 / 3, 2 / 3, 2 / 3],
    ),
    (schedules.inverse_sqrt(3.0, 4, warmup_steps=3), [0, 1, 2, 3, 3, 3, 3]),
    (schedules.piecewise([(0, 4.0), (4, 0.0)], shape="1-sqrt"), [4, 2, None, None, 0, 0, 0, 0]),
    (schedules.scale(schedules.polynomial_decay(8.0, 3), 0.25), [2, 1, 0, 0, 0, 0]),
    (schedules.piecewise([(0, 1.0), (2, 3.0), (6, 1.0)]), [1, 2, 3, 2.5, 2, 1.5, 1, 1, 1, 1]),
    (schedules.piecewise([(1, 4.0), (3, 1.0)], shape="exponential"), [4, 4, 2, 1, 1, 1, 1]),
    (schedules.piecewise([(0, 0.0), (2, 8.0)], shape="cosine"), [0, 4, 8, 8, 8, 8]),
    (schedules.cyclical(1.0, 5.0, 10, step_size=2), [1, 3, 5, 3, 1, 3, 5, 3, 1, 3, 3, 3, 3]),
    (schedules.cyclical(1.0, 5.0, 9, step_size=2, mode="triangular2"), [1, 3, 5, 3, 1, 2, 3, 2, 1, 1, 1, 1]),
    (
        schedules.cyclical(0.0, 8.0, 7, step_size=1, mode="exp_range", gamma=0.5),
        [0, 4, 0, 1, 0, 0.25, 0, 0, 0, 0],
    ),
    (schedules.cyclical(0.0, 8.0, 8, step_size=2, step_size_down=4), [0, 4, 8, 6, 4, 2, 0, 4, 4, 4, 4]),
    (schedules.cyclical(0.0, 4.0, 5, step_size=2, window="welch"), [0, 3, 4, 3, 0, 0, 0, 0]),
    (schedules.cyclical(0.0, 4.0, 5, step_size=2, window="hann"), [0, 2, 4, 2, 0, 0, 0, 0]),
    # Peak at 0.5 · 10 − 1 = 4 and end at 9: up from 0.2 in steps of 0.2, down to 0.2 / 2 in steps of 0.18.
    (
        schedules.one_cycle(1.0, 10, pct_start=0.5, anneal="linear", div_factor=5, final_div_factor=2),
        [0.2, 0.4, 0.6, 0.8, 1, 0.82, 0.64, 0.46, 0.28, 0.1, 0.1, 0.1, 0.1],
    ),
    # Half-way up and half-way down, half a cosine is at the mean.
    (
        schedules.one_cycle(1.0, 9, pct_start=5 / 9, div_factor=2, final_div_factor=1),
        [0.5, None, 0.75, None, 1, None, 0.75, None, 0.5, 0.5, 0.5, 0.5],
    ),
    # Three phases: peak at 3, foot at 6, end at 9.
    (
        schedules.one_cycle(
            4.0, 10, pct_start=0.4, anneal="linear", div_factor=4, final_div_factor=4, three_phase=True
        ),
        [1, 2, 3, 4, 3, 2, 1, 0.75, 0.5, 0.25, 0.25, 0.25, 0.25],
    ),
    (
        schedules.one_cycle_momentum(10, low=0.5, high=0.9, pct_start=0.5, anneal="linear"),
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.58, 0.66, 0.74, 0.82, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.one_cycle_momentum(8, low=0.5, high=0.9, pct_start=0.375, anneal="linear", three_phase=True),
        [0.9, 0.7, 0.5, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.ramp_sustain_decay(1.0, 5.0, 1.0, 7, rampup_steps=2, sustain_steps=1, decay_steps=2),
        [1, 3, 5, 5, 1 + 4 / math.sqrt(2), 3, 1 + 2 / math.sqrt(2), None, None, None],
    ),
    (
        schedules.join([schedules.constant(1.0, 9), schedules.polynomial_decay(4.0, 3)], [2]),
        [1, 1, 4, 2, 0, 0, 0, 0],
    ),
    (schedules.warmup(schedules.polynomial_decay(4.0, 3), 2), [0, 2, 4, 2, 0, 0, 0, 0]),
    (schedules.warmup(schedules.constant(4.0, 1), 3, start_lr=1.0), [1, 2, 3, 4, 4, 4, 4]),
    (
        schedules.opposite(schedules.cyclical(1.0, 5.0, 5, step_size=2), low=0.5, high=0.9),
        [0.9, 0.7, 0.5, 0.7, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.opposite(schedules.constant(2.0, 2), low=0.5, high=0.9, min_lr=0.0, max_lr=1.0),
        [0.5, 0.5, 0.5, 0.5, 0.5],
    ),
]
NAMES = [f"{number} {repr(schedule)[10:40]}" for number, (schedule, _) in enumerate(LITERAL)]


@pytest.mark.parametrize(("schedule", "expected"), LITERAL, ids=NAMES)
def test_literal_values(schedule, expected):
    assert len(expected) == schedule.total_steps + 3
    for step, value in enumerate(expected):
        if value is not None:
            assert schedule(step) == pytest.approx(value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in LITERAL], ids=NAMES)
def test_a_schedule_comes_back_from_its_config_its_repr_and_a_pickle(schedule):
    config = json.loads(json.dumps(schedule.config))
    copies = [schedules.from_config(config), eval(repr(schedule)), pickle.loads(pickle.dumps(schedule))]
    for copy in copies:
        assert copy == schedule
        assert hash(copy) == hash(schedule)
        assert copy.values() == schedule.values()


def test_every_factory_has_a_literal_test_and_a_config():
    public = {name for name, value in vars(schedules).items() if getattr(value, "__module__", "") == schedules.__name__}
    helpers = {name for name in public if name.startswith(("_", "check_"))} | {"Schedule", "from_config", "reject"}
    assert {schedule.config["name"] for schedule, _ in LITERAL} == public - helpers == set(schedules._FACTORIES)


def test_numpy_numbers_and_whole_floats_are_numbers():
    schedule = schedules.one_cycle(np.float32(0.5), np.int64(100), pct_start=np.float64(0.25))
    assert schedule.total_steps == 100
    assert json.dumps(schedule.config)
    assert schedule(np.int64(24)) == schedule(24.0) == 0.5


def test_a_rate_beyond_all_floats_is_not_finite():
    with pytest.raises(ValueError, match="lr must be finite"):
        schedules.constant(10**400, 3)


def test_minus_zero_is_zero():
    assert hash(schedules.constant(-0.0, 3)) == hash(schedules.constant(0.0, 3))


def test_a_mirror_of_a_mirror_takes_the_mirrors_bounds():
    momentum = schedules.opposite(schedules.cyclical(1.0, 5.0, 5, step_size=2), low=0.5, high=0.9)
    assert schedules.opposite(momentum, low=0.1, high=0.9).values() == pytest.approx([0.1, 0.5, 0.9, 0.5, 0.1])


def test_importing_schedules_needs_neither_keras_nor_numpy():
    code = "import learning_rates.schedules, sys; print(sorted({'keras', 'numpy', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# What PyTorch 2.13 prints for OneCycleLR(optimizer, 1.0, total_steps=10) and the momentum it sets.
TORCH = {
    False: (
        [0.04, 0.52, 1.0, 0.950484632013, 0.81174565395, 0.611262021936, 0.388741978064, 0.18825834605]
        + [0.0495193679865, 4e-06],
        [0.95, 0.9, 0.85, 0.854951556605, 0.868825509907, 0.888873953302, 0.911126046698, 0.931174490093]
        + [0.945048443395, 0.95],
    ),
    True: (
        [0.04, 0.52, 1.0, 0.52, 0.04, 0.0361807218535, 0.0261817218535, 0.0138222781465, 0.00382327814649, 4e-06],
        [0.95, 0.9, 0.85, 0.9, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95],
    ),
}


@pytest.mark.parametrize("three_phase", [False, True])
def test_one_cycle_is_pytorchs(three_phase):
    rate, momentum = TORCH[three_phase]
    assert schedules.one_cycle(1.0, 10, three_phase=three_phase).values() == pytest.approx(rate, rel=1e-11)
    assert schedules.one_cycle_momentum(10, three_phase=three_phase).values() == pytest.approx(momentum, rel=1e-11)


# ------------------------------------------------------------------------------------------------------ properties
rates = st.floats(1e-6, 10.0)
policies = st.builds(
    lambda max_lr, steps, pct, anneal, div, final, three: (
        max_lr,
        steps,
        {"pct_start": pct, "anneal": anneal, "three_phase": three},
        {"div_factor": div, "final_div_factor": final},
    ),
    rates,
    st.integers(20, 400),
    st.floats(0.1, 0.5),
    st.sampled_from(["cosine", "linear"]),
    st.floats(1.0, 100.0),
    st.floats(1.0, 1e5),
    st.booleans(),
)


@given(policies)
def test_one_cycle_stays_within_its_bounds_and_meets_its_ends(policy):
    max_lr, steps, shape, factors = policy
    schedule = schedules.one_cycle(max_lr, steps, **shape, **factors)
    first = max_lr / factors["div_factor"]
    last = first / factors["final_div_factor"]
    assert schedule(0) == first
    assert schedule(steps - 1) == last
    assert schedule(steps) == schedule(10 * steps) == last
    assert all(last * (1 - 1e-9) <= value <= max_lr * (1 + 1e-9) for value in schedule.values())


@given(policies)
def test_momentum_is_lowest_where_the_rate_is_highest(policy):
    max_lr, steps, shape, factors = policy
    if factors["div_factor"] < 1.01:  # a flat rate has no highest step
        return
    rate = schedules.one_cycle(max_lr, steps, **shape, **factors).values()
    momentum = schedules.one_cycle_momentum(steps, **shape).values()
    mirrored = schedules.opposite(
        schedules.one_cycle(max_lr, steps, **shape, **factors), low=0.5, high=0.9, max_lr=max_lr
    ).values()
    highest = rate.index(max(rate))
    assert momentum[highest] == pytest.approx(min(momentum), abs=1e-3)
    assert mirrored[highest] == min(mirrored)
    assert momentum[0] == 0.95


@given(policies, st.lists(st.integers(0, 500), max_size=20))
def test_the_order_of_calls_changes_nothing(policy, steps):
    schedule = schedules.one_cycle(policy[0], policy[1], **policy[2], **policy[3])
    forwards = [schedule(step) for step in steps]
    assert [schedule(step) for step in reversed(steps)] == forwards[::-1]


@given(rates, st.integers(1, 30), st.integers(1, 30), st.sampled_from(["linear", "welch", "hann"]))
def test_a_triangle_agrees_with_smiths_formula(max_lr, step_size, cycles, window):
    total = 2 * step_size * cycles
    schedule = schedules.cyclical(0.0, max_lr, total, step_size=step_size, window=window)
    height = {"linear": lambda x: 1 - x, "welch": lambda x: 1 - x**2, "hann": lambda x: (1 + math.cos(math.pi * x)) / 2}
    for step in range(total):
        cycle = math.floor(1 + step / (2 * step_size))
        x = abs(step / step_size - 2 * cycle + 1)
        assert schedule(step) == pytest.approx(max_lr * height[window](x), rel=1e-9, abs=1e-9 * max_lr)


@given(st.integers(1, 40), st.integers(1, 40), rates)
def test_a_warm_up_meets_its_schedule(steps, length, lr):
    inner = schedules.constant(lr, length)
    warm = schedules.warmup(inner, steps)
    assert warm(0) == 0.0
    assert warm(steps) == inner(0)
    assert warm.total_steps == steps + length


def test_the_ramp_is_the_articles_function_at_whole_epochs():
    def lr_function(epoch, start=1e-3, low=1e-3, high=2e-3, rampup=6, sustain=0, decay=0.5):
        if epoch < rampup:
            return (high - start) / rampup * epoch + start
        if epoch < rampup + sustain:
            return high
        return (high - low) * decay ** (epoch - rampup - sustain) + low

    per_epoch = 40
    schedule = schedules.ramp_sustain_decay(
        1e-3, 2e-3, 1e-3, 24 * per_epoch, rampup_steps=6 * per_epoch, decay_steps=per_epoch
    )
    for epoch in range(24):
        assert schedule(epoch * per_epoch) == pytest.approx(lr_function(epoch), rel=1e-12)


# ------------------------------------------------------------------------------------------------------- bad input
NOT_REAL = ["0.1", None, True, [0.1], 1j]
NOT_FINITE = [math.nan, math.inf, -math.inf]
FLAT = schedules.constant(0.1, 10)
GOOD = {
    "constant": {"lr": 0.1, "total_steps": 10},
    "polynomial_decay": {"lr": 0.1, "total_steps": 10, "power": 1.0, "end_lr": 0.0},
    "cyclical": {"base_lr": 0.1, "max_lr": 1.0, "total_steps": 10, "step_size": 2, "gamma": 1.0},
    "one_cycle": {"max_lr": 1.0, "total_steps": 100, "pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4},
    "one_cycle_momentum": {"total_steps": 100, "low": 0.85, "high": 0.95, "pct_start": 0.3},
    "ramp_sustain_decay": {
        "start_lr": 0.1,
        "max_lr": 1.0,
        "min_lr": 0.1,
        "total_steps": 10,
        "rampup_steps": 2,
        "sustain_steps": 2,
        "decay_steps": 2,
        "factor": 0.5,
    },
    "warmup": {"schedule": FLAT, "steps": 3, "start_lr": 0.0},
    "opposite": {"schedule": FLAT, "low": 0.85, "high": 0.95, "min_lr": 0.0, "max_lr": 1.0},
}
NUMBERS = [(name, key) for name, arguments in GOOD.items() for key in arguments if key != "schedule"]


@pytest.mark.parametrize(("name", "key"), NUMBERS)
@pytest.mark.parametrize("bad", [*NOT_REAL, *NOT_FINITE], ids=repr)
def test_what_is_no_finite_number_is_refused_by_name(name, key, bad):
    if key in ("min_lr", "max_lr") and name == "opposite" and bad is None:
        return  # None asks for the schedule's own bounds
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(schedules, name)(**GOOD[name] | {key: bad})
    assert key in str(caught.value)
    assert f"Received: {key}={bad!r}" in str(caught.value)
    assert isinstance(caught.value, TypeError if bad in NOT_REAL else ValueError)


RULES = [
    ("constant", {"lr": -0.1}, "lr must be ≥ 0. Received: lr=-0.1"),
    ("constant", {"total_steps": 0}, "total_steps must be a whole number ≥ 1. Received: total_steps=0"),
    ("constant", {"total_steps": -3}, "total_steps must be a whole number ≥ 1. Received: total_steps=-3"),
    ("constant", {"total_steps": 2.5}, "total_steps must be a whole number ≥ 1. Received: total_steps=2.5"),
    ("polynomial_decay", {"total_steps": 1}, "total_steps must be a whole number ≥ 2. Received: total_steps=1"),
    ("polynomial_decay", {"end_lr": 0.1}, "lr must be > end_lr. Received: lr=0.1, end_lr=0.1"),
    ("polynomial_decay", {"power": 0}, "power must be > 0. Received: power=0"),
    ("cyclical", {"base_lr": 2.0}, "max_lr must be > base_lr. Received: max_lr=1.0, base_lr=2.0"),
    ("cyclical", {"base_lr": -0.1}, "base_lr must be ≥ 0. Received: base_lr=-0.1"),
    ("cyclical", {"step_size": 0}, "step_size must be a whole number ≥ 1. Received: step_size=0"),
    ("cyclical", {"step_size_down": 0}, "step_size_down must be a whole number ≥ 1. Received: step_size_down=0"),
    ("cyclical", {"mode": "square"}, "mode must be one of exp_range, triangular, triangular2. Received: mode='square'"),
    ("cyclical", {"window": "boxcar"}, "window must be one of hann, linear, welch. Received: window='boxcar'"),
    ("cyclical", {"mode": "exp_range", "gamma": 1.5}, "gamma must be in (0, 1]. Received: gamma=1.5"),
    (
        "cyclical",
        {"gamma": 0.9},
        "gamma must be 1.0 unless mode is \"exp_range\". Received: gamma=0.9, mode='triangular'",
    ),
    ("one_cycle", {"max_lr": 0.0}, "max_lr must be > 0. Received: max_lr=0.0"),
    ("one_cycle", {"pct_start": 0}, "pct_start must be in (0, 1). Received: pct_start=0.0, three_phase=False"),
    ("one_cycle", {"pct_start": 1}, "pct_start must be in (0, 1). Received: pct_start=1.0, three_phase=False"),
    (
        "one_cycle",
        {"pct_start": 0.6, "three_phase": True},
        "pct_start must be in (0, 0.5] with three_phase=True. Received: pct_start=0.6, three_phase=True",
    ),
    (
        "one_cycle",
        {"pct_start": 0.1, "total_steps": 10},  # PyTorch divides by zero here
        "pct_start · total_steps must be > 1 and < total_steps: the way up needs a step. "
        "Received: pct_start=0.1, total_steps=10",
    ),
    ("one_cycle", {"div_factor": 0.5}, "div_factor must be ≥ 1. Received: div_factor=0.5"),
    (
        "one_cycle",
        {"div_factor": 2, "final_div_factor": 0.4},
        "final_div_factor must be ≥ 1/div_factor. Received: final_div_factor=0.4, div_factor=2.0",
    ),
    ("one_cycle", {"anneal": "cos"}, "anneal must be one of cosine, linear. Received: anneal='cos'"),
    ("one_cycle", {"three_phase": 1}, "three_phase must be True or False. Received: three_phase=1"),
    ("one_cycle_momentum", {"low": -0.1}, "low must be in [0, 1). Received: low=-0.1"),
    ("one_cycle_momentum", {"high": 1.0}, "high must be in [0, 1). Received: high=1.0"),
    ("one_cycle_momentum", {"low": 0.95}, "high must be > low. Received: high=0.95, low=0.95"),
    ("ramp_sustain_decay", {"max_lr": 0.1}, "max_lr must be > min_lr. Received: max_lr=0.1, min_lr=0.1"),
    ("ramp_sustain_decay", {"start_lr": 2.0}, "start_lr must be ≤ max_lr. Received: start_lr=2.0, max_lr=1.0"),
    ("ramp_sustain_decay", {"factor": 1.0}, "factor must be in (0, 1). Received: factor=1.0"),
    (
        "ramp_sustain_decay",
        {"rampup_steps": 9},
        "total_steps must be > rampup_steps + sustain_steps. Received: total_steps=10, rampup_steps=9, sustain_steps=2",
    ),
    ("warmup", {"schedule": 0.1}, "schedule must be a schedule. Received: schedule=0.1"),
    ("warmup", {"steps": 0}, "steps must be a whole number ≥ 1. Received: steps=0"),
    ("warmup", {"start_lr": 0.5}, "start_lr must be ≤ schedule(0). Received: start_lr=0.5, schedule(0)=0.1"),
    ("opposite", {"max_lr": 0.0}, "max_lr must be > min_lr. Received: max_lr=0.0, min_lr=0.0"),
    ("opposite", {"min_lr": None, "max_lr": None}, "max_lr must be > min_lr. Received: max_lr=0.1, min_lr=0.1"),
]


@pytest.mark.parametrize(("name", "bad", "message"), RULES, ids=[f"{name} {bad}" for name, bad, _ in RULES])
def test_a_broken_rule_is_named_with_the_value_received(name, bad, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(schedules, name)(**GOOD[name] | bad)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.piecewise([]), "points must be a list with at least one item. Received: points=[]"),
        (
            lambda: schedules.piecewise([(0, 1.0), 3]),
            "each item of points must be a pair (step, value). Received: points item=3",
        ),
        (
            lambda: schedules.piecewise([(3, 1.0), (3, 2.0)]),
            "steps of points must increase. Received: steps of points=[3, 3]",
        ),
        (
            lambda: schedules.piecewise([(0, 1.0), (3, 0.0)], shape="exponential"),
            'values of points must be > 0 with shape="exponential". Received: points=[(0, 1.0), (3, 0.0)]',
        ),
        (
            lambda: schedules.piecewise([(0, 1.0)], shape="square"),
            "shape must be one of 1-sqrt, cosine, exponential, linear. Received: shape='square'",
        ),
        (lambda: schedules.join([], []), "parts must be a list with at least one item. Received: parts=[]"),
        (lambda: schedules.join([0.1], []), "each item of parts must be a schedule. Received: each item of parts=0.1"),
        (
            lambda: schedules.join([FLAT, FLAT], []),
            "boundaries must have one item fewer than parts. Received: boundaries=[], number of parts=2",
        ),
        (
            lambda: schedules.join([FLAT, FLAT, FLAT], [4, 4]),
            "boundaries must increase. Received: boundaries=[4, 4]",
        ),
        (lambda: FLAT(-1), "step must be a whole number ≥ 0. Received: step=-1"),
        (lambda: FLAT(1.5), "step must be a whole number ≥ 0. Received: step=1.5"),
        (
            lambda: schedules.from_config({"name": "constant", "lr": 0.1}),
            "config must describe a schedule. constant() missing 1 required positional argument: 'total_steps'. "
            "Received: config={'name': 'constant', 'lr': 0.1}",
        ),
        (lambda: schedules.from_config({"lr": 1}), "config must be a dict with a \"name\". Received: config={'lr': 1}"),
    ],
)
def test_a_broken_list_step_or_config_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == message
