"""Train a network: what is drawn is trained, rivals are tuned fairly, and the Python that is copied trains the same."""

import ast
import json
import math
from pathlib import Path

import keras
import numpy as np
import pytest

from experiments import train as experiment
from learning_rates import explorers, small_network, widgets
from learning_rates.explorers import train

pytestmark = pytest.mark.slow

RECORD = json.loads((Path(__file__).parents[2] / "results/train.json").read_text(encoding="utf-8"))
DEFAULTS = {control["name"]: control["default"] for control in train.CONTROLS}


def figure(trained=None, **values):
    widgets.load("train")
    return explorers.figure("train", values, trained)


def runs_of(loss, accuracy=0.8, points=16):
    return {"losses": [[loss] * points] * train.RUNS, "accuracies": [[accuracy] * points] * train.RUNS}


def test_the_network_gets_the_schedule_that_is_drawn():
    asked = figure(rate_1=0.0, rate_2=0.1, step_2=10, rate_3=0.1, step_3=100, momentum_1=0.5)["training"]
    assert len(asked["rates"]) == len(asked["momenta"]) == train.STEPS
    assert asked["rates"][5] == pytest.approx(0.05)
    assert asked["rates"][50] == 0.1
    assert asked["rates"][train.LAST] == DEFAULTS["rate_5"]
    assert asked["momenta"][75] == pytest.approx(0.7)
    assert (asked["seeds"], asked["images"]) == (train.SEEDS["seen"], "seen")
    assert figure(runs="first")["training"]["images"] == "fresh"


def test_no_two_sets_share_a_seed_with_each_other_or_with_the_tuning():
    seeds = [seed for seeds in train.SEEDS.values() for seed in seeds] + RECORD["tuning seeds"]
    assert len(set(seeds)) == len(seeds) == 40
    assert all(0 < seed < 2**31 - 1 for seed in seeds)


def test_it_says_how_far_it_is_and_then_what_came_out():
    assert "step 0 of 300" in figure()["summary"]
    halfway = figure(runs_of(1.0, points=6))
    assert "step 100 of 300" in halfway["summary"]
    assert halfway["panels"][0]["rule"] == 100
    assert "training" not in halfway
    best = figure(runs_of(0.1, 0.9))
    assert "your schedule ends at a mean loss of 0.100, 90.0\u00a0% right: first of four" in best["summary"]
    assert "ahead of constant, linear decay and one-cycle" in best["summary"]
    assert best["table"]["rows"][0][0] == "yours"
    worst = figure(runs_of(None, 0.1))
    assert "last of four" in worst["summary"]
    assert "8 of 8 networks exploded" in worst["summary"]


def test_the_verdict_is_paired_by_seed():
    """Losses that are the linear decay's, each less 0.01: the interval has no width."""
    theirs = RECORD["runs"]["seen"]["linear decay"]["ends"]
    runs = {"losses": [[end - 0.01] * 16 for end in theirs], "accuracies": [[0.8] * 16] * 8}
    (row,) = [row for row in figure(runs)["table"]["rows"] if row[0].startswith("linear")]
    assert row[3:] == ["−0.010 (−0.010 to −0.010)", "ahead"]


@pytest.mark.parametrize("label", [label for label, _ in train.PRESETS])
def test_every_preset_draws_what_it_is_called(label):
    rates = figure(**dict(train.PRESETS)[label])["training"]["rates"]
    peak = rates.index(max(rates))
    if "Constant" in label:
        assert max(rates) - min(rates) < 1e-12
    elif "Range" in label:
        assert rates == sorted(rates)
    elif "Linear" in label:
        straight = np.linspace(rates[0], 0, train.STEPS)
        assert np.abs(np.array(rates) - straight).max() < 0.002
    elif "Triangles" in label:
        assert [rates[0], rates[75], rates[150], rates[225], rates[-1]] == [0.01, 0.15, 0.01, 0.15, 0.01]
    else:
        assert rates[0] < rates[peak]
        assert rates[peak:] == sorted(rates[peak:], reverse=True) or "stable" in label
        assert (rates[-1] > rates[peak] / 2) == ("unfinished" in label or "explosion" in label)


def test_the_explosion_explodes():
    asked = figure(**dict(train.PRESETS)["An explosion"])["training"]
    found = small_network.train(**asked)
    assert min(train.ceiled(path[-1]) for path in found["losses"]) > 1.5


def test_every_rival_had_equal_tries_and_is_at_its_best_inside_them():
    assert len({len(tries) for tries in RECORD["tries"].values()}) == 1
    for name, tries in RECORD["tries"].items():
        peak, momentum, _ = min(tries, key=lambda each: each[2])
        assert RECORD["tuned"][name] == {"peak": peak, "momentum": momentum}
        assert min(experiment.PEAKS) < peak < max(experiment.PEAKS)
        assert [each[:2] for each in tries] == [[p, m] for p in experiment.PEAKS for m in experiment.MOMENTA[name]]


def test_a_recorded_rival_can_be_trained_again():
    """In float32 the last digits depend on the machine's sums; a unit at its ReLU's edge may move a run a little."""
    tuned, recorded = RECORD["tuned"]["constant"], RECORD["runs"]["first"]["constant"]
    again = experiment.trained("constant", tuned["peak"], tuned["momentum"], train.SEEDS["first"], "fresh")
    assert again["losses"] == pytest.approx(recorded["losses"], abs=0.02)


def test_the_python_that_is_copied_trains_the_very_networks(capsys):
    before = keras.config.floatx()
    runs = small_network.train(**figure(runs="first")["training"])
    code = figure(runs="first")["code"][0][1].replace(str(train.SEEDS["first"]), str(train.SEEDS["first"][:1]))
    exec(compile(ast.parse(code), "copied", "exec"), {})
    seed, loss, accuracy = capsys.readouterr().out.replace("[", "").replace("]", "").replace(",", "").split()
    assert int(seed) == train.SEEDS["first"][0]
    assert float(loss) == pytest.approx(runs["losses"][0][-1], abs=0.02)
    assert float(accuracy) == pytest.approx(runs["accuracies"][0][-1], abs=0.02)
    assert keras.config.floatx() == before


def test_a_kernel_shows_trained_networks():
    shown = widgets.figure("train", {})
    assert "your schedule ends at a mean loss of" in shown["summary"]
    assert all(math.isfinite(y) for panel in shown["panels"] for curve in panel["curves"] for _, y in curve["points"])


def test_a_preset_is_a_button_under_a_kernel():
    explorer = widgets.explore("train")
    explorer.set(dict(train.PRESETS)["Constant (chapter 2)"])
    assert explorer.values["rate_3"] == explorer.values["rate_1"] == 0.075
