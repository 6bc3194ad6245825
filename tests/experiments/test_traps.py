"""The trap museum: its guards exist, its damage is what was recorded, and one trap that has no better place."""

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest

from experiments import traps
from learning_rates import InGraphSchedule, schedules

ROOT = Path(__file__).parents[2]
MUSEUM = (ROOT / "book/traps.md").read_text(encoding="utf-8")
DAMAGE = json.loads((ROOT / "results/traps.json").read_text(encoding="utf-8"))["damage"]


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
