"""Our schedules against what PyTorch, Optax and Keras gave when tests/oracles/golden.py recorded them.

`make test-backends` holds the record against the libraries themselves.
"""

import json
from pathlib import Path

import pytest

from learning_rates import schedules

RECORDED = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
CASES = RECORDED["cases"]

# No library has it: literal values stand in tests/test_schedules.py.
WITHOUT_AN_ORACLE = {"scale"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_ours_gives_at_every_step_what_the_library_gave(case):
    schedule = schedules.from_config(case["config"])
    assert schedule.values() == pytest.approx(case["values"], rel=case["rel"], abs=case["abs"])


def test_a_millionth_of_the_greatest_value_is_noticed():
    for case in CASES:
        assert case["rel"] <= 1e-6
        assert case["abs"] <= 1e-6 * max(case["values"])


def test_every_schedule_that_a_library_has_is_held_against_one():
    def names(config):
        inner = [config.get("schedule"), *config.get("parts", [])]
        return {config["name"]}.union(*[names(part) for part in inner if part])

    assert set().union(*[names(case["config"]) for case in CASES]) == set(schedules._FACTORIES) - WITHOUT_AN_ORACLE
