"""Design a schedule: the problem, the rivals' tuning, the verdicts, and the Python to take home."""

import json
import math
import re
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import given
from scipy import stats

from experiments import design as script
from learning_rates import SGD, descent, explorers, schedules, widgets
from learning_rates.explorers import design, knots
from tests.explorers.settings import raw_values

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "results/design.json").read_text())
DEFAULTS = {control["name"]: control["default"] for control in design.CONTROLS}


def figure(**raw):
    widgets.load("design")
    return explorers.figure("design", raw)


def path_by_descent(optimizer, noise, run):
    """Of one run the losses after every SHOWN steps, by the package's own optimizer."""
    coordinates = design.drawn_runs(noise, "seen")[run // 2]
    part = "real" if run % 2 == 0 else "imag"
    kicks = [[getattr(kick, part) for part_kicks in kicks for kick in part_kicks] for _, kicks in coordinates]
    points, losses = [getattr(start, part) for start, _ in coordinates], []
    loss = descent.quadratic(design.CURVATURES).loss
    for step in range(design.STEPS):
        if step % design.SHOWN == 0:
            losses.append(loss(points))
        curved = zip(design.CURVATURES, points, kicks, strict=True)
        points = optimizer.update(points, [curvature * x + kick[step] for curvature, x, kick in curved])
    return [*losses, loss(points)]


@pytest.mark.parametrize("run", range(design.RUNS))
def test_a_run_is_the_packages_sgd_on_a_noisy_quadratic(run):
    rate, momentum = design.own(dict(DEFAULTS, momentum_1=0.5, momentum_3=0.8))
    found = design.losses(rate.values(), momentum.values(), "some", "seen")[run]
    assert found == pytest.approx(path_by_descent(descent.SGD(rate, momentum), "some", run), rel=1e-9)


def test_keras_would_train_the_same():
    rate, momentum = schedules.piecewise([(0, 0.1), (9, 0.01)]), schedules.piecewise([(0, 0.5), (9, 0.9)])
    before, kicks = 2.0, [0.3, -0.3] * 5
    x, optimizer = keras.Variable(before), SGD(rate, momentum)
    optimizer.build([x])
    for kick in kicks:
        optimizer.apply([keras.ops.convert_to_tensor(4.0 * float(x) + kick, x.dtype)])
    ours = design.descent(4.0, before, [kicks], [rate.values()], [momentum.values()])[-1]
    assert float(x) == pytest.approx(ours.real, rel=1e-5)


@pytest.mark.parametrize("runs", design.SEEDS)
def test_the_coins_are_fair_and_the_starts_have_mean_square_one(runs):
    drawn = design.drawn_runs("much", runs)
    kicks = np.array([[[kick for part in kicks for kick in part] for _, kicks in run] for run in drawn])
    sizes = np.sqrt(design.CURVATURES)[:, None]
    assert np.all(np.isclose(np.abs(kicks.real), sizes) & np.isclose(np.abs(kicks.imag), sizes))
    heads = np.concatenate([kicks.real.ravel(), kicks.imag.ravel()]) > 0
    assert abs(heads.mean() - 0.5) < 4 * 0.5 / math.sqrt(heads.size)
    starts = np.array([start for run in drawn for start, _ in run])
    assert np.mean(np.abs(starts) ** 2) == pytest.approx(2.0, rel=0.3)  # of two parts


def test_no_two_sets_of_runs_are_the_same():
    starts = [design.drawn_runs("some", runs)[0][0][0] for runs in design.SEEDS]
    assert len(set(starts)) == len(starts) == len(design.RUNS_TO_CHOOSE)


def test_the_expected_loss_is_the_mean_of_many_runs():
    pair, rng, runs = design.own(DEFAULTS), np.random.default_rng(0), 4000
    sizes = np.sqrt(design.CURVATURES)
    x, v = rng.uniform(-math.sqrt(3), math.sqrt(3), (runs, len(sizes))), 0.0
    for rate, momentum in zip(pair[0].values(), pair[1].values(), strict=True):
        kicks = 0.3 * sizes * rng.choice([-1.0, 1.0], x.shape)
        v = momentum * v - rate * (sizes**2 * x + kicks)
        x = x + v
    losses = (sizes**2 * x**2).sum(axis=1) / 2
    standard_error = losses.std() / math.sqrt(runs)
    assert script.expected_loss(pair, 0.3) == pytest.approx(losses.mean(), abs=4 * standard_error)


@pytest.mark.parametrize("noise", design.NOISES)
@pytest.mark.parametrize("name", knots.RIVALS)
def test_each_rival_is_the_best_of_its_tries(noise, name):
    """The one-cycle once lacked 0.7, which both others chose at little noise: its loss came out twice as large."""
    assert script.MOMENTA[name][:4] == script.MOMENTA["constant"], "all try the same four momenta that are held"
    found = RECORD["tuned"][noise][name]
    assert script.RATES[0] < found["rate"] < script.RATES[-1], "the best rate is inside the grid"

    def expected(rate, momentum):
        return script.loss_below_the_wall(knots.rival(name, rate, momentum, design.STEPS), design.NOISES[noise])

    best = expected(found["rate"], found["momentum"])
    assert best == pytest.approx(found["expected"], rel=1e-3)
    place = script.RATES.index(found["rate"])
    assert best <= min(expected(rate, found["momentum"]) for rate in script.RATES[place - 3 : place + 4])
    assert best <= min(expected(rate, momentum) for rate in script.RATES[::6] for momentum in script.MOMENTA[name])


def test_the_search_finds_again_what_is_recorded():
    """It also moved the slider that plays, which came later than the record, and so would have gone another way."""
    assert script.searched(design.NOISES["much"]) == RECORD["searched"]["much"]


@pytest.mark.parametrize("noise", design.NOISES)
def test_what_the_page_says_of_the_search_is_so(noise):
    found = RECORD["searched"][noise]
    values = dict(DEFAULTS, **found["values"])
    assert explorers.clean(design.CONTROLS, values) == values
    pair = rate, momentum = design.own(values)
    assert script.loss_below_the_wall(pair, design.NOISES[noise]) == pytest.approx(found["expected"], rel=1e-3)
    assert rate(0) > 0.7 * design.wall(momentum(0)), "close to the wall at first"
    assert rate(0) > 40 * rate(design.LAST), "one long fall"
    assert momentum(design.MIDDLE) < 0.5
    assert momentum(design.LAST) == 0, "momentum goes"


def test_what_the_page_says_in_words():
    """Ten parameters, eight runs, momenta held and cycled; and how little eight runs can tell apart."""
    assert (len(design.CURVATURES), design.RUNS) == (10, 8)
    assert [len(RECORD["momenta tried"][name]) for name in knots.RIVALS] == [4, 4, 4 + 4]
    assert RECORD["momenta tried"]["one-cycle"][4] == [0.85, 0.95], "the published cycle of the momentum is among them"
    for noise, tuned in RECORD["tuned"].items():
        linear, one_cycle = (tuned[name]["expected"] for name in ("linear decay", "one-cycle"))
        assert linear < one_cycle < 1.2 * linear, "near each other at each noise"
        assert isinstance(tuned["one-cycle"]["momentum"], float), "held, though it could have been cycled"
        assert RECORD["cycled"][noise]["expected"] > 1.1 * one_cycle
    found = [row[2] for noise in design.NOISES for row in figure(noise=noise, runs="first")["table"]["rows"] if row[2]]
    assert len(found) == len(design.NOISES) * len(knots.RIVALS)
    seen = [float(mean) / float(low) for mean, low, _ in (re.findall(r"[\d.e+-]+", text) for text in found)]
    assert 1.2 < min(seen) < max(seen) < 4
    assert np.median(seen) == pytest.approx(2, abs=0.5)


def test_the_quantile_is_students_for_three_verdicts():
    assert pytest.approx(float(stats.t.ppf(1 - 0.05 / 6, design.RUNS - 1)), rel=1e-9) == design.QUANTILE


def test_a_ratio_and_its_interval_in_numbers_a_person_can_check():
    # logs: four times ln 2, four times ln 8; mean ln 4, deviation ln 2 · √(8/7) = 0.741, half-width 3.128 · 0.741 / √8
    mean, low, high = design.ratio([2.0] * 4 + [8.0] * 4, [1.0] * 8)
    assert mean == pytest.approx(4.0)
    assert (low, high) == pytest.approx((4.0 / 2.2694, 4.0 * 2.2694), rel=1e-3)
    assert design.verdict(low, high) == "behind"
    assert design.verdict(1 / high, 1 / low) == "ahead"
    assert design.verdict(0.5, 1.5) == "can't tell"


def test_a_schedule_like_a_rival_cannot_be_told_from_it():
    tuned = RECORD["tuned"]["some"]["constant"]
    like = dict.fromkeys(design.RATES, tuned["rate"]) | dict.fromkeys(design.MOMENTA, tuned["momentum"])
    shown = figure(**like)
    row = next(row for row in shown["table"]["rows"] if row[0] == "constant, tuned")
    assert row[2:4] == ["1 (1 to 1)", "can't tell"]
    assert "Eight runs can't tell it from constant" in shown["summary"]


def test_an_explosion_is_said_and_its_size_is_not_invented():
    shown = figure(**dict.fromkeys(design.RATES, 0.5), momentum_1=0)
    assert "ends at a loss of over 1e+04, last of four" in shown["summary"]
    assert "On the way the loss went over 1e+04, from where a network would not come back." in shown["summary"]
    assert all(row[2].startswith("over ") for row in shown["table"]["rows"][:3])
    brief = {"rate_1": 0.3, "rate_2": 0.05, "step_2": 3} | dict.fromkeys(design.MOMENTA, 0.0)
    assert "In 1 of 60 steps its rate is above the wall." in figure(**brief)["summary"]


def test_knots_come_in_order_and_give_way():
    def steps(**raw):
        return [knot[0] for knot in design.rate_knots(dict(DEFAULTS, **raw))]

    assert steps(step_2=50, step_3=40, step_4=30) == [0, 30, 40, 50, 59]
    assert steps(step_2=56, step_3=56, step_4=56) == [0, 56, 57, 58, 59]
    knobs = figure(step_2=40, step_3=30)["panels"][0]["handles"]
    assert [knob["controls"][1] for knob in knobs] == design.RATES, "the knob that is held stays the same"
    assert [knob["x"] for knob in knobs] == [0, 40, 30, 48, 59]


@given(raw_values(design.CONTROLS))
def test_the_python_to_take_home_makes_the_very_schedule(raw):
    shown, made = figure(**raw), {}
    exec(shown["code"][0][1], made)
    rate, momentum = design.own(shown["values"])
    assert made["rate"].values() == rate.values()
    assert made["momentum"].values() == momentum.values()
    assert isinstance(made["optimizer"], SGD)
    points = [[knob["x"], knob["y"]] for knob in shown["panels"][0]["handles"]]
    assert [rate(step) for step, _ in points] == [value for _, value in points]


def test_a_knob_names_the_controls_that_follow_it():
    knobs = figure()["panels"][0]["handles"]
    assert [knob["controls"] for knob in knobs[:2]] == [[None, "rate_1"], ["step_2", "rate_2"]]
    assert [knob["controls"][0] for knob in figure()["panels"][2]["handles"]] == [None, None, None]


def test_the_bound_is_that_of_the_rates_shape_at_its_own_best_peak():
    rows = {row[0]: row[4] for row in figure()["table"]["rows"]}
    # A constant rate η over T steps: D²/2ηT and η/2 (1 + Σ 1/k for k < T); twice the root of their product at η = 1
    harmonic = 1 + sum(1 / k for k in range(1, design.STEPS))
    assert float(rows["constant, tuned"]) == pytest.approx(math.sqrt(harmonic / design.STEPS), rel=2e-3)
    assert float(rows["linear decay, tuned"]) < float(rows["constant, tuned"]) < float(rows["one-cycle, tuned"])
    mine = {row[0]: row[4] for row in figure(**dict.fromkeys(design.RATES, 0.02))["table"]["rows"]}
    assert mine["yours"] == rows["constant, tuned"], "whatever its peak"
