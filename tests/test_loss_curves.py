"""Loss curves told from a schedule: values by hand, the same formulas in NumPy, properties, fits, bad input."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import loss_curves, schedules
from learning_rates.loss_curves import convex_bound, fit, momentum_law, multi_power_law
from tests.docstrings import accepted, documented

SEVEN = [0.2, 0.6, 1.0, 1.0, 0.7, 0.4, 0.1]
MOMENTUM = {"L0": 2.78, "A": 0.6, "alpha": 0.45, "C": 0.8, "lam": 0.998}
MULTI = {"L0": 2.78, "A": 0.6, "alpha": 0.45, "B": 490.0, "C": 0.4, "beta": 0.6, "gamma": 0.6}
UNIT = {"L0": 1.0, "A": 1.0, "alpha": 1.0, "B": 1.0, "C": 1.0, "beta": 1.0, "gamma": 1.0}
LAWS = {momentum_law: MOMENTUM, multi_power_law: MULTI}
TINY = st.lists(st.floats(0.0, 1e-3), min_size=2, max_size=60).filter(lambda rates: rates[0] > 1e-6)


# By hand ------------------------------------------------------------------------------------------


def test_the_momentum_law_by_hand():
    """Falls .3, .3, .3 after the warm-up: m = .3, .57, .813; their sum 1.683; the rates' sum 4."""
    told = momentum_law(SEVEN, L0=1, A=1, alpha=0.5, C=0.5, lam=0.9, warmup_steps=2)
    assert told[-1] == pytest.approx(1 + 4**-0.5 - 0.5 * (0.3 + 0.57 + 0.813), abs=1e-12)
    assert round(told[-1], 4) == 0.6585
    assert told[:2] == pytest.approx([1 + 0.2**-0.5, 1 + 0.8**-0.5])


def test_the_multi_power_law_by_hand():
    """One fall of ½ at step 2; two steps later the rates' sum since is 1, and G = 1 − 1/(1 + 1/½)."""
    told = multi_power_law([1.0, 1.0, 0.5, 0.5], **UNIT)
    assert told == pytest.approx([2.0, 1.5, 1 + 1 / 2.5 - 0.5 * (1 - 1 / 2), 1 + 1 / 3 - 0.5 * (1 - 1 / 3)])


def test_the_bound_by_hand():
    assert convex_bound([2.0]) == 1 / 4 + 2 / 2
    assert convex_bound([1.0, 0.5], D=2.0, G=3.0) == pytest.approx(4 / 3 + 4.5 * (1 / 0.5 + 0.5))
    assert convex_bound([1.0, 0.5, 0.0]) == convex_bound([1.0, 0.5])
    assert convex_bound(SEVEN, step=0) == convex_bound([0.2])
    assert convex_bound([0.1] * 100, G=0) == pytest.approx(1 / 20)


def test_the_bound_of_the_usual_schedules_at_their_best_peaks():
    """T = 400, D = G = 1, the best peak of each; the order of Schaipp et al.: linear first, constant last."""

    def best(schedule):
        return 2 * math.sqrt(convex_bound(schedule, G=0) * convex_bound(schedule, D=0))

    wsd = [min(1.0, (400 - t) / 80) for t in range(400)]
    linear, cosine = ([1 - t / 400 for t in range(400)], [(1 + math.cos(math.pi * t / 400)) / 2 for t in range(400)])
    assert [round(best(rates), 4) for rates in (linear, cosine, wsd, [1.0] * 400)] == [0.1006, 0.1034, 0.1093, 0.1375]


def test_a_constant_rate_leaves_the_power_law_alone():
    power = [2.78 + 0.6 * (3e-4 * (t + 1)) ** -0.45 for t in range(50)]
    for law, constants in LAWS.items():
        assert law([3e-4] * 50, **constants) == pytest.approx(power, rel=1e-12)


def test_before_the_first_rate_there_is_no_loss_to_tell():
    for law, constants in LAWS.items():
        assert law([0.0, 0.0, 1e-3], **constants)[:2] == [math.inf, math.inf]


def test_a_schedule_and_its_values_give_the_same():
    cosine = schedules.cosine_decay(3e-4, 200)
    for law, constants in LAWS.items():
        assert law(cosine, **constants) == law(cosine.values(), **constants) == law(tuple(cosine.values()), **constants)
        assert law(np.array(cosine.values()), **constants) == law(cosine, **constants)
    assert convex_bound(cosine) == convex_bound(cosine.values())


# The same in NumPy ---------------------------------------------------------------------------------


def in_numpy(law, rates, *, L0, A, alpha, C, warmup_steps=0, lam=None, B=None, beta=None, gamma=None):
    """Both laws as sums over all pairs of a fall and a later step, written from the papers."""
    rates, first = np.array(rates), warmup_steps + 1
    falls = np.append(0.0, -np.diff(rates))
    falls[:first] = 0
    area = np.cumsum(rates)
    later = np.tri(len(rates))  # [t, k]: whether step t is k or later
    if law is momentum_law:
        age = np.subtract.outer(np.arange(len(rates)), np.arange(len(rates))) + 1
        momenta = np.where(later > 0, (1 - lam ** np.maximum(age, 0.0)) / (1 - lam), 0.0)  # geometric series
        gain = C * momenta @ falls
    else:
        since = np.maximum(area[:, None] - (area - rates), 0.0)
        gain = B * (later * (1 - (1 + C * np.maximum(rates, 1e-12) ** -gamma * since) ** -beta)) @ falls
    return L0 + A * area**-alpha - gain


def bound_of_the_paper(rates):
    """Theorem 1 in its own form: an average term and a last-iterate term."""
    rates = np.array(rates)
    tails, squares = np.cumsum(rates[::-1])[::-1], np.cumsum(rates[::-1] ** 2)[::-1]
    extra = np.sum(rates[:-1] / tails[1:] / tails[:-1] * squares[:-1])
    return (1 + squares[0]) / (2 * tails[0]) + extra / 2


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("warmup_steps", [0, 40])
def test_a_second_implementation_agrees(law, warmup_steps):
    falling = [0.95**t * 3e-4 for t in range(160)]
    for rates in (schedules.warmup(schedules.cosine_decay(3e-4, 360), 40).values(), [3e-4] * 240 + falling):
        told = law(rates, warmup_steps=warmup_steps, **LAWS[law])
        assert told == pytest.approx(in_numpy(law, rates, warmup_steps=warmup_steps, **LAWS[law]), rel=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@given(TINY)
def test_a_second_implementation_agrees_on_anything(law, rates):
    assert law(rates, **LAWS[law]) == pytest.approx(in_numpy(law, rates, **LAWS[law]), rel=1e-9)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_what_a_fit_computes_is_the_law(law):
    rates = schedules.warmup(schedules.cosine_decay(3e-4, 360), 40).values()
    curve = loss_curves._prepared(0, (rates, range(50, 400, 7), [1.0] * 50), 40, 1)
    told = law(rates, warmup_steps=40, steps=range(50, 400, 7), **LAWS[law])
    assert told == pytest.approx(loss_curves._in_arrays(law, curve, **LAWS[law]).tolist(), rel=1e-9)


@given(st.lists(st.floats(1e-6, 10.0), min_size=1, max_size=60))
def test_the_bound_is_the_papers(rates):
    assert convex_bound(rates) == pytest.approx(bound_of_the_paper(rates), rel=1e-9)


# Properties ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@given(TINY, st.data())
def test_the_future_does_not_change_the_past(law, rates, data):
    end = data.draw(st.integers(1, len(rates)))
    assert law(rates[:end], **LAWS[law]) == law(rates, **LAWS[law])[:end]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@given(TINY, st.data())
def test_steps_pick_from_the_whole_curve(law, rates, data):
    steps = sorted(data.draw(st.sets(st.integers(0, len(rates) - 1))))
    whole = law(rates, **LAWS[law])
    assert law(rates, steps=steps, **LAWS[law]) == [whole[step] for step in steps]


@given(st.lists(st.floats(1e-3, 10.0), min_size=1, max_size=40), st.floats(0.1, 10.0))
def test_the_bound_scales(rates, factor):
    """The first term shrinks with the peak, the second grows with it."""
    scaled = [factor * rate for rate in rates]
    assert convex_bound(scaled, G=0) == pytest.approx(convex_bound(rates, G=0) / factor)
    assert convex_bound(scaled, D=0) == pytest.approx(convex_bound(rates, D=0) * factor)


def test_merged_falls_stay_near_also_at_a_cliff_inside_a_block():
    cosine = schedules.warmup(schedules.cosine_decay(3e-4, 2184), 216).values()
    cliff = [3e-4] * 1607 + [3e-5] * 793
    for rates in (cosine, cliff):
        exact = multi_power_law(rates, steps=range(300, 2400, 50), **MULTI)
        for merge in (6, 16, 24):
            merged = multi_power_law(rates, steps=range(300, 2400, 50), merge=merge, **MULTI)
            assert merged == pytest.approx(exact, abs=5e-4)


# Fits ----------------------------------------------------------------------------------------------


def curves_of(law, constants, noise=0.0):
    rng = np.random.default_rng(0)
    runs = [[3e-4] * 4000, schedules.polynomial_decay(3e-4, 4000), [3e-4] * 1600 + [9e-5] * 1600]
    steps = [range(100, 4000, 50), range(100, 4000, 50), range(100, 3200, 40)]
    told = [np.array(law(run, steps=at, **constants)) for run, at in zip(runs, steps, strict=True)]
    return [
        (run, list(at), (losses * np.exp(noise * rng.normal(size=len(losses)))).tolist())
        for run, at, losses in zip(runs, steps, told, strict=True)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_fit_finds_the_constants_it_was_made_with(law):
    truth = dict(LAWS[law], L0=2.5, A=0.7, alpha=0.4)
    assert fit(law, curves_of(law, truth), merge=1) == pytest.approx(truth, rel=2e-3)


@pytest.mark.slow
def test_a_spike_does_not_pull_a_fit():
    calm, spiked = curves_of(momentum_law, MOMENTUM, noise=3e-4), curves_of(momentum_law, MOMENTUM, noise=3e-4)
    spiked[0][2][30] *= 1.1
    assert fit(momentum_law, spiked) == pytest.approx(fit(momentum_law, calm), rel=0.02)


@pytest.mark.slow
def test_what_is_held_keeps_its_start():
    found = fit(momentum_law, curves_of(momentum_law, MOMENTUM), held=["lam"], start={"lam": 0.99})
    assert found["lam"] == 0.99
    assert list(found) == list(MOMENTUM)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_a_constant_run_settles_the_level_alone(law):
    truth = dict(LAWS[law], L0=2.5, A=0.7, alpha=0.4)
    shape = {name: value for name, value in truth.items() if name not in ("L0", "A", "alpha")}
    found = fit(law, curves_of(law, truth)[:1], start=shape, held=list(shape))
    assert found == pytest.approx(truth, rel=1e-4)


GOOD = ([3e-4] * 50 + [1e-4] * 50, list(range(10, 100, 10)), [3.0] * 9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("curve", "error", "message"),
    [
        (
            (GOOD[0], GOOD[1], [3.0] * 8),
            ValueError,
            "curves[0] must have as many losses as steps. Received: len(steps)=9, len(losses)=8",
        ),
        (
            (GOOD[0][:90], *GOOD[1:]),
            ValueError,
            "curves[0] steps must be below the schedule's number of steps. "
            "Received: curves[0] steps[8]=90, len(schedule)=90",
        ),
        (
            (GOOD[0], GOOD[1], [3.0] * 4 + [math.nan] + [3.0] * 4),
            ValueError,
            "curves[0] losses[4] must be finite. Received: curves[0] losses[4]=nan",
        ),
        (
            (GOOD[0], GOOD[1], [3.0] * 4 + [None] + [3.0] * 4),
            TypeError,
            "curves[0] losses[4] must be a real number. Received: curves[0] losses[4]=None",
        ),
        (
            (GOOD[0], GOOD[1], [3.0] * 8 + [0.0]),
            ValueError,
            "curves[0] losses[8] must be > 0. Received: curves[0] losses[8]=0.0",
        ),
        (
            (GOOD[0], [*GOOD[1][:8], 80], GOOD[2]),
            ValueError,
            "curves[0] steps must increase. Received: curves[0] steps[7]=80, curves[0] steps[8]=80",
        ),
        (
            (GOOD[0], [*GOOD[1][:8], 90.5], GOOD[2]),
            ValueError,
            "curves[0] steps[8] must be a whole number ≥ 0. Received: curves[0] steps[8]=90.5",
        ),
        (
            (GOOD[0], [3, *GOOD[1][1:]], GOOD[2]),
            ValueError,
            "curves[0] steps must lie after the warm-up. Received: steps[0]=3, warmup_steps=5",
        ),
        (
            ([3e-4] * 100, *GOOD[1:]),
            ValueError,
            "curves must hold a schedule whose rate changes after warmup_steps. Received: warmup_steps=5",
        ),
        (
            (GOOD[0], GOOD[1][:4], GOOD[2][:4]),
            ValueError,
            "curves must have as many points as constants are free. "
            "Received: points=4, free=['L0', 'A', 'alpha', 'C', 'lam']",
        ),
        (GOOD[:2], ValueError, "curves[0] must be (schedule, steps, losses). Received: curves[0]="),
        (
            ([math.nan] * 100, *GOOD[1:]),
            ValueError,
            "curves[0] schedule[0] must be finite. Received: curves[0] schedule[0]=nan",
        ),
    ],
)
def test_a_curve_that_cannot_be_fitted_is_named(curve, error, message):
    with pytest.raises(error) as raised:
        fit(momentum_law, [curve], warmup_steps=5)
    assert str(raised.value).startswith(message)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"law": convex_bound}, ValueError, "law must be momentum_law or multi_power_law. Received: law="),
        (
            {"start": {"B": 1.0}},
            ValueError,
            "start must name constants of the law (L0, A, alpha, C, lam). Received: start='B'",
        ),
        (
            {"held": ["beta"]},
            ValueError,
            "held must name constants of the law (L0, A, alpha, C, lam). Received: held='beta'",
        ),
        ({"start": {"A": 0.0}}, ValueError, "A must be > 0. Received: A=0.0"),
        ({"start": {"lam": 1.5}}, ValueError, "lam must be in (0, 1). Received: lam=1.5"),
        ({"huber": -1.0}, ValueError, "huber must be > 0. Received: huber=-1.0"),
        ({"merge": 0}, ValueError, "merge must be a whole number ≥ 1. Received: merge=0"),
    ],
)
def test_bad_settings_of_a_fit_are_named(arguments, error, message):
    with pytest.raises(error) as raised:
        fit(**{"law": momentum_law, "curves": [GOOD]} | arguments)
    assert str(raised.value).startswith(message)


# Bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: momentum_law([], **MOMENTUM), ValueError, "schedule must have a step. Received: schedule=[]"),
        (
            lambda: momentum_law([1.0, -0.5], **MOMENTUM),
            ValueError,
            "schedule[1] must be ≥ 0. Received: schedule[1]=-0.5",
        ),
        (
            lambda: momentum_law([1.0, math.nan], **MOMENTUM),
            ValueError,
            "schedule[1] must be finite. Received: schedule[1]=nan",
        ),
        (
            lambda: momentum_law([1.0, "0.5"], **MOMENTUM),
            TypeError,
            "schedule[1] must be a real number. Received: schedule[1]='0.5'",
        ),
        (
            lambda: momentum_law([1.0, None], **MOMENTUM),
            TypeError,
            "schedule[1] must be a real number. Received: schedule[1]=None",
        ),
        (
            lambda: momentum_law([1.0], **MOMENTUM | {"lam": 1.0}),
            ValueError,
            "lam must be in [0, 1). Received: lam=1.0",
        ),
        (
            lambda: momentum_law([1.0], **MOMENTUM | {"alpha": 0.0}),
            ValueError,
            "alpha must be > 0. Received: alpha=0.0",
        ),
        (lambda: momentum_law([1.0], **MOMENTUM | {"L0": math.inf}), ValueError, "L0 must be finite. Received: L0=inf"),
        (
            lambda: momentum_law([1.0], warmup_steps=-1, **MOMENTUM),
            ValueError,
            "warmup_steps must be a whole number ≥ 0. Received: warmup_steps=-1",
        ),
        (
            lambda: momentum_law([1.0], steps=[1], **MOMENTUM),
            ValueError,
            "steps must be below the schedule's number of steps. Received: steps[0]=1, len(schedule)=1",
        ),
        (lambda: multi_power_law([1.0], **UNIT | {"B": -1.0}), ValueError, "B must be ≥ 0. Received: B=-1.0"),
        (lambda: multi_power_law([1.0], **UNIT | {"beta": 0.0}), ValueError, "beta must be > 0. Received: beta=0.0"),
        (
            lambda: multi_power_law([1.0], merge=0, **UNIT),
            ValueError,
            "merge must be a whole number ≥ 1. Received: merge=0",
        ),
        (lambda: convex_bound([0.0, 0.0]), ValueError, "schedule must have a rate > 0. Received: sum of its rates=0.0"),
        (lambda: convex_bound([1.0], D=-1.0), ValueError, "D must be ≥ 0. Received: D=-1.0"),
        (
            lambda: convex_bound([1.0], step=1),
            ValueError,
            "steps must be below the schedule's number of steps. Received: steps[0]=1, len(schedule)=1",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == message


@pytest.mark.parametrize("function", [momentum_law, multi_power_law, convex_bound, fit], ids=lambda f: f.__name__)
def test_every_argument_is_documented_in_its_place(function):
    assert documented(function) == accepted(function)
