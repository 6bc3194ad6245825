"""Our schedules against PyTorch, Optax and Keras as installed: `make test-backends`, in an environment that has them.

Hypothesis draws the settings; tests/oracles/golden.py knows how each is said in either language.
"""

import json
import math

import keras
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from learning_rates import schedules
from tests.oracles import golden

pytestmark = pytest.mark.backends

RECORDED = json.loads(golden.RECORDED.read_text(encoding="utf-8"))


def agree(cases):
    for case in cases:
        assert case.ours.values() == pytest.approx(case.values(), rel=case.rel, abs=case.abs), case.name


def test_the_record_is_of_the_installed_libraries():
    assert RECORDED["versions"] == golden.versions(), "run `make golden`"


def test_the_record_is_of_these_cases():
    found = [
        (case["name"], case["note"], case["rel"], case["abs"], schedules.from_config(case["config"]))
        for case in RECORDED["cases"]
    ]
    assert found == [(case.name, case.note, case.rel, case.abs, case.ours) for case in golden.CASES], (
        "run `make golden`"
    )


@pytest.mark.parametrize("number", range(len(golden.CASES)), ids=lambda number: golden.CASES[number].name)
def test_the_record_is_what_the_library_gives_now(number):
    # 13 digits are recorded; the last bits of a cosine differ from one processor to another.
    assert RECORDED["cases"][number]["values"] == pytest.approx(golden.CASES[number].values(), rel=1e-9, abs=1e-14)


rates = st.floats(0.01, 1.0)
lengths = st.integers(3, 300)
few = settings(max_examples=25)  # Keras's branches are compiled for every example
short = st.integers(1, 40)
factors = st.floats(0.1, 0.95)
anneals = st.sampled_from(["cosine", "linear"])


@given(
    st.integers(10, 400),
    st.floats(0.15, 0.5),
    anneals,
    st.booleans(),
    rates,
    st.tuples(st.floats(1.0, 100.0), st.floats(1.0, 1e4)),
    st.tuples(st.floats(0.0, 0.89), st.floats(0.9, 0.99)),
)
def test_one_cycle_is_pytorchs(total_steps, pct_start, anneal, three_phase, max_lr, divisors, momenta):
    agree(golden.one_cycle(total_steps, pct_start, anneal, three_phase, max_lr, divisors, momenta))


@pytest.mark.parametrize("pct_start", [0.02, 0.55, 0.98])
@pytest.mark.parametrize("anneal", ["cosine", "linear"])
def test_a_lopsided_one_cycle_is_pytorchs(pct_start, anneal):
    agree(golden.one_cycle(350, pct_start, anneal, three_phase=False))


@given(
    short,
    short,
    st.sampled_from([("triangular", 1.0), ("triangular2", 1.0), ("exp_range", 0.99), ("exp_range", 0.5)]),
    lengths,
)
def test_cyclical_and_its_mirror_are_pytorchs(up, down, mode, total_steps):
    agree(golden.cyclic(up, down, *mode, total_steps=total_steps))


@given(short, st.integers(1, 4), st.sampled_from([0.0, 0.05]), lengths, rates.filter(lambda lr: lr > 0.06))
def test_cosine_restarts_is_pytorchs(first_cycle, cycle_mult, min_lr, total_steps, max_lr):
    agree(golden.warm_restarts(first_cycle, cycle_mult, min_lr, total_steps, max_lr))


@given(st.sets(st.integers(1, 300), min_size=1, max_size=6), factors, rates)
def test_step_decay_is_pytorchs(boundaries, factor, lr):
    agree(golden.multi_step(sorted(boundaries), factor, max(boundaries) + 5, lr))


@given(factors, st.integers(2, 100), rates)
def test_exponential_decay_is_pytorchs(gamma, total_steps, lr):
    agree(golden.exponential(gamma, total_steps, lr))


@given(lengths, st.sampled_from([0.0, 0.005]), rates)
def test_cosine_decay_is_pytorchs(total_steps, end_lr, lr):
    agree(golden.cosine_annealing(total_steps, end_lr, lr))


@given(lengths, st.floats(0.5, 4.0), rates)
def test_polynomial_decay_is_pytorchs(total_steps, power, lr):
    agree(golden.polynomial(total_steps, power, lr))


@given(short, st.floats(0.01, 1.0), st.integers(2, 200), rates)
def test_a_warm_up_before_a_cosine_is_pytorchs(steps, start, decay_steps, lr):
    agree(golden.linear_then_cosine(steps, start, decay_steps, lr))


# From power 1: at the end Optax's fraction may be 1e-16 for 0, whose root is 1e-8.
@given(lengths, st.floats(1.0, 4.0), st.sampled_from([0.0, 0.005]), rates)
def test_decays_are_optaxs(total_steps, power, end_lr, lr):
    agree(golden.optax_polynomial(total_steps, power, end_lr, lr))
    agree(golden.optax_cosine(total_steps, end_lr, lr))
    agree(golden.optax_exponential(total_steps, end_lr or 1e-4, lr))


@given(short, factors, st.integers(1, 5))
def test_step_decay_is_optaxs(every, factor, drops):
    agree(golden.optax_staircase(every, factor, drops))


@given(
    rates,
    st.dictionaries(st.integers(1, 400), st.floats(0.1, 3.0), min_size=1, max_size=5),
    anneals,
)
def test_piecewise_is_optaxs(first, scales, shape):
    agree(golden.optax_piecewise(first, sorted(scales.items()), shape))


@given(short, st.integers(2, 200), st.floats(0.0, 0.5), st.floats(0.0, 0.4))
def test_warm_ups_are_optaxs(steps, decay_steps, start_lr, end_lr):
    agree(golden.optax_warm_cosine(steps, decay_steps, start_lr, end_lr))
    agree(golden.optax_warm_constant(steps, start_lr))


@given(short, st.integers(0, 40), short, factors, st.integers(81, 300))
def test_ramp_sustain_decay_without_a_floor_is_optaxs(rampup, sustain, decay_steps, factor, total_steps):
    agree(golden.optax_warm_exponential(rampup, sustain, decay_steps, factor, total_steps))


@given(st.lists(st.tuples(st.floats(0.1, 1.0), short, short), min_size=1, max_size=4))
def test_joined_cosines_are_optaxs(cycles):
    agree(golden.optax_sgdr(cycles))


@given(short, st.integers(1, 100), short, st.sampled_from([0.0, 0.1]))
def test_warmup_stable_decay_is_optaxs_parts_joined(up, stable, down, end_lr):
    agree(golden.optax_stable_decay(up, stable, down, end_lr))


@given(short, st.integers(1, 100), short, st.sampled_from([0.0, 0.1]))
def test_a_warm_up_that_loses_no_step_is_optaxs_with_a_start(up, stable, down, end_lr):
    agree(golden.optax_lossless_stable_decay(up, stable, down, end_lr))
    agree(golden.optax_warm_line(up, down))


@given(st.sampled_from(["linear", "cosine", "1-sqrt"]), st.integers(1, 100), st.integers(2, 200), st.floats(0.0, 0.2))
def test_cooldown_is_optaxs_parts_joined(shape, start, steps, end_lr):
    agree(golden.optax_cooldown(shape, start, steps, end_lr))


@given(st.integers(20, 300), st.floats(0.0, 0.9))
def test_from_step_is_optaxs_and_pytorchs(total_steps, part):
    step = int(part * total_steps)
    agree(golden.optax_from_step(step, total_steps))
    agree(golden.torch_from_step(max(1, step), total_steps))


@given(st.integers(0, 50), st.integers(1, 300), rates)
def test_inverse_sqrt_is_the_lambda_that_users_write(warmup_steps, total_steps, lr):
    agree(golden.torch_inverse_sqrt(warmup_steps, total_steps, lr))


@given(st.integers(2, 100), st.integers(103, 300))
def test_join_is_optaxs(boundary, total_steps):
    agree(golden.optax_join(boundary, total_steps))


@given(st.integers(20, 400), st.floats(0.1, 0.5), st.floats(0.6, 0.9))
def test_optaxs_one_cycles_are_piecewise_with_whole_corners_and_a_later_end(total_steps, pct_start, pct_final):
    agree(golden.optax_one_cycle(total_steps, pct_start, pct_final))


@few
@given(short, st.integers(1, 200), st.sampled_from([0.0, 0.1]), st.floats(0.0, 0.5))
def test_cosine_decay_and_its_warm_up_are_kerass(steps, decay_steps, alpha, start_lr):
    agree(golden.keras_cosine(decay_steps, alpha))
    agree(golden.keras_warm_cosine(steps, decay_steps, alpha, start_lr))


# A few multipliers: Keras finds its cycle by a logarithm, which at the start of one may round to the one before.
@few
@given(
    st.integers(2, 40),
    st.sampled_from([1.0, 1.25, 1.5, 2.0]),
    st.floats(0.5, 1.0),
    st.sampled_from([0.0, 0.1]),
    st.integers(10, 150),
)
def test_cosine_restarts_is_kerass(first, t_mul, m_mul, alpha, total_steps):
    agree(golden.keras_restarts(first, t_mul, m_mul, alpha, total_steps))


@given(short, factors, st.integers(41, 100), st.floats(0.5, 4.0), st.sampled_from([0.0, 0.1]))
def test_keras_decays_are_ours(decay_steps, rate, total_steps, power, end_lr):
    agree(golden.keras_exponential(decay_steps, rate, total_steps))
    agree(golden.keras_polynomial(total_steps, power, end_lr))


@given(st.sets(st.integers(1, 300), min_size=1, max_size=6), factors)
@example({4}, 0.1)
def test_step_decay_is_kerass_a_step_later(boundaries, factor):
    agree(golden.keras_piecewise_constant(sorted(boundaries), factor, max(boundaries) + 5))


def test_past_the_end_pytorch_extrapolates_and_ours_holds():
    rate, _ = golden.one_cycle(10, 0.3, "linear", three_phase=False)
    last = rate.ours(9)
    assert rate.oracle(11)[9:] == pytest.approx([last, last - (0.5 - last) / 7])
    assert rate.ours(10) == last


def test_where_the_way_up_has_no_step_pytorch_divides_by_zero_and_ours_says_why():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0, momentum=0.9)
    with pytest.raises(ZeroDivisionError):
        torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=10, pct_start=0.1)
    with pytest.raises(ValueError, match="the way up needs a step"):
        schedules.one_cycle(1.0, 10, pct_start=0.1)


def test_at_its_boundary_keras_keeps_the_old_value_and_ours_has_decayed():
    theirs = keras.optimizers.schedules.PiecewiseConstantDecay([4], [1.0, 0.1])
    assert float(theirs(4)) == 1.0
    assert schedules.step_decay(1.0, 6, boundaries=[4])(4) == 0.1


def test_optaxs_one_cycle_still_has_a_way_to_go_at_its_last_step():
    cosine, _ = golden.optax_one_cycle(100, 0.3, 0.85)
    last = cosine.values()[99]
    assert last > 100 * schedules.one_cycle(0.5, 100)(99)
    assert math.isclose(cosine.values()[100], schedules.one_cycle(0.5, 100)(99))
