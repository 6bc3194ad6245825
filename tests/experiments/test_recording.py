"""The chapters' comparisons are what their declarations say: nothing is missing of them, and the same runs come out."""

import numpy as np
import pytest

from experiments import adaptive_optimizers, cyclical, decay, one_cycle, rate_atlas, recording
from learning_rates import schedules
from learning_rates.trials import plan
from learning_rates.trials.declared.forms import Stage
from learning_rates.trials.plan import Group

COMPARISONS = {
    "adaptive_optimizers": (adaptive_optimizers.TRIAL, "arm"),
    "cyclical": (cyclical.TRIAL, "arm"),
    "cyclical_long": (cyclical.LONG_TRIAL, "arm"),
    "decay": (decay.TRIAL, "arm"),
    "input_scale": (rate_atlas.SCALE, "arm"),
    "one_cycle_ladder": (one_cycle.TRIAL, "rung"),
}
pytestmark = pytest.mark.jax


@pytest.mark.parametrize("name", COMPARISONS)
def test_nothing_is_missing_of_a_recorded_comparison(name):
    """Tuning, the choice of each peak, and the final runs: as `trials.plan` plans them, so they were recorded."""
    trial, arm = COMPARISONS[name]
    table = recording.ComparisonTable(name, trial, arm)
    tuning, finals = plan.tuning(trial), plan.finals(table)
    assert tuning
    assert table.missing(tuning) == []
    assert table.missing(finals) == []


@pytest.mark.parametrize("name", ["decay", "cyclical", "cyclical_long", "one_cycle_ladder"])
def test_an_arm_is_the_schedule_that_was_recorded(name):
    trial, arm = COMPARISONS[name]
    table = recording.ComparisonTable(name, trial, arm)
    recorded = table.made[f"{arm}s"]
    for each, described in recording.comparison(table)["arms"].items():
        assert described["max_lr"] == recorded[each]["max_lr"], each
        for part in {"rate", "momentum"} & recorded[each].keys():
            assert values(described[part]) == pytest.approx(values(recorded[each][part]), rel=1e-12), each


def values(config):
    return schedules.from_config(config).values() if isinstance(config, dict) else [config]


def test_a_second_start_runs_only_what_is_missing(tmp_path):
    trial, _ = COMPARISONS["decay"]
    table = recording.ComparisonTable("decay", trial, folder=tmp_path)
    group = Group(Stage.TUNE, "constant", 1.0, 0.01, trial.tuning_seeds)
    diverged = {"loss": np.nan, "score": 12.0}
    table.add_group(group, [{"loss": 0.5, "score": 75.0}] * 3 + [diverged], {})
    again = recording.ComparisonTable("decay", trial, folder=tmp_path)
    assert again.missing(plan.tuning(trial)) == plan.tuning(trial)[1:]
    assert again.column("accuracy", arm="constant").tolist() == [0.75, 0.75, 0.75, 0.1], (
        "what overflowed is judged as a guess"
    )
    again.describe({"versions": {"jax": "1"}})
    with pytest.raises(ValueError, match=r"decay\.csv must be made with one set of versions, and was begun with"):
        recording.ComparisonTable("decay", trial, folder=tmp_path).describe({"versions": {"jax": "2"}})


def test_what_was_said_of_a_whole_table_stays(tmp_path):
    """A start that finds nothing to run must not claim the runs for its own machine and commit."""
    table = recording.Table(tmp_path / "x.csv", ("seed", "loss"))
    table.add((0,), [0.5])
    table.describe({"versions": {}, "commit": "first"})
    again = recording.Table(tmp_path / "x.csv", ("seed", "loss"))
    again.describe({"versions": {}, "commit": "second"})
    assert recording.Table(tmp_path / "x.csv").made["commit"] == "first"
