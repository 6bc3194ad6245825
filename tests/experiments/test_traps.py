"""The trap museum: its guards exist, its damage is what was recorded, and one trap that has no better place."""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest

from experiments import trap_exhibits, traps
from learning_rates import InGraphSchedule, schedules, sweeps

ROOT = Path(__file__).parents[2]
MUSEUM = (ROOT / "book/traps.md").read_text(encoding="utf-8")
DAMAGE = json.loads((ROOT / "results/traps.json").read_text(encoding="utf-8"))["damage"]
EXHIBITS = json.loads((ROOT / "results/trap_exhibits.json").read_text(encoding="utf-8"))


def test_every_trap_has_a_guard_that_is_a_test():
    rooms = re.split(r"^## ", MUSEUM, flags=re.MULTILINE)[1:]
    assert len(rooms) == len(DAMAGE) + 2  # two are told of language models that others trained
    for room in rooms:
        guards = re.findall(r"\{guard\}`([\w/]+)::(\w+)`", room)
        assert guards, room.splitlines()[0]
        for file, test in guards:
            assert f"def {test}(" in (ROOT / f"tests/{file}.py").read_text(encoding="utf-8"), test


def test_the_rate_read_after_a_step_is_the_next_ones():
    """A stock optimizer's `learning_rate`, after its first update, is the schedule's second value."""
    rate = schedules.polynomial_decay(0.4, 5)
    optimizer, weight = keras.optimizers.SGD(InGraphSchedule(rate)), keras.Variable([1.0])
    optimizer.apply([np.ones(1, "float32")], [weight])
    assert 1 - float(weight[0]) == pytest.approx(rate(0))
    assert float(optimizer.learning_rate) == pytest.approx(rate(1)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("name", "measure"), [("epsilon forms", traps.epsilon_forms), ("next step's rate", traps.next_steps_rate)]
)
def test_damage_that_takes_no_training_is_what_was_recorded(name, measure):
    assert measure() == pytest.approx(DAMAGE[name], rel=1e-9)


@pytest.mark.slow
def test_a_frozen_momentum_does_the_damage_that_was_recorded():
    """Forty steps of one weight. Backends round its end, which is close to 0, in their own ways."""
    assert traps.frozen_momentum() == pytest.approx(DAMAGE["frozen momentum"], rel=1e-4)


def test_every_trap_does_damage():
    assert DAMAGE["running mean"]["median"] > 1.5
    assert DAMAGE["smoothing lag"]["median"] > 1.5
    assert DAMAGE["frozen momentum"]["factor"] > 2
    assert DAMAGE["epsilon forms"]["AdaGrad"] > 100
    assert DAMAGE["next step's rate"]["factor"] > 2
    assert DAMAGE["unequal budgets"]["low"] > 0
    assert DAMAGE["selection noise"]["low"] > 0


# ------------------------------------------------------------------------ the exhibits are the same walks as the damage
def test_the_sweeps_on_show_are_of_the_median_damage():
    logs = EXHIBITS["sweeps"]["log10 rates"]
    for name, damage in (("running mean", "running mean"), ("smoothing lag", "smoothing lag")):
        losses = EXHIBITS["sweeps"][name]["losses"]
        mean = np.cumsum(losses) / np.arange(1, len(losses) + 1)
        read = mean if name == "running mean" else traps.exponential_average(losses, 0.95)
        own = sweeps.smooth(logs[: len(losses)], losses, 0.1, 4.0)
        factor = 10 ** (logs[np.argmin(read)] - logs[np.argmin(own)])
        assert factor == pytest.approx(DAMAGE[damage]["median"], rel=0.15)


def test_the_weights_on_show_end_where_the_damage_was_measured():
    for recipe in ("callback", "inside"):
        assert abs(EXHIBITS["momentum"][recipe][-1]) == pytest.approx(DAMAGE["frozen momentum"][recipe], rel=1e-6)


def test_twice_the_steps_gain_on_show_what_was_measured():
    linear = EXHIBITS["budgets"]["linear decay"]
    gain = 100 * np.subtract(linear["1200"], linear["600"])
    assert gain.mean() == pytest.approx(DAMAGE["unequal budgets"]["mean"], abs=1e-6)


def test_the_best_look_on_show_gains_what_was_measured():
    """The first of the ten sets of test images is the one on which the damage was measured."""
    looks = 100 * np.array(EXHIBITS["looks"]["tests"])[:, :, 0]
    assert (looks.max(axis=1) - looks[:, -1]).mean() == pytest.approx(DAMAGE["selection noise"]["mean"], abs=1e-6)


def test_stock_adagrad_goes_as_it_was_recorded():
    assert trap_exhibits.stock_adagrad() == pytest.approx(EXHIBITS["adagrad"], rel=1e-4)
