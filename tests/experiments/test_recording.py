"""The chapters' comparisons are what their declarations say: nothing is missing of them, and the same runs come out."""

import numpy as np
import pytest

from experiments import (
    adaptive_optimizers,
    cyclical,
    decay,
    last_way_down,
    momentum,
    one_cycle,
    open_end,
    rate_atlas,
    recording,
)
from learning_rates import schedules
from learning_rates.trials import plan, selection
from learning_rates.trials.declared.forms import Stage
from learning_rates.trials.plan import Group

COMPARISONS = {
    "adaptive_optimizers": (adaptive_optimizers.TRIAL, "arm", [adaptive_optimizers.AT_DEFAULT]),
    "cyclical": (cyclical.TRIAL, "arm"),
    "cyclical_long": (cyclical.LONG_TRIAL, "arm"),
    "decay": (decay.TRIAL, "arm", decay.AVERAGES),
    "input_scale": (rate_atlas.SCALE, "arm"),
    "last_way_down": (last_way_down.TRIAL, "arm"),
    "one_cycle_ladder": (one_cycle.TRIAL, "rung"),
}
pytestmark = pytest.mark.jax


@pytest.mark.parametrize("name", COMPARISONS)
def test_nothing_is_missing_of_a_recorded_comparison(name):
    """Tuning, the choice of each peak, and the final runs: as `trials.plan` plans them, so they were recorded."""
    trial, arm, *others = COMPARISONS[name]
    table = recording.ComparisonTable(name, trial, arm, *others)
    tuning, finals = plan.tuning(trial), selection.finals(table)
    assert tuning
    assert table.missing(tuning) == []
    assert table.missing(finals) == []


@pytest.mark.parametrize("name", ["decay", "cyclical", "cyclical_long", "last_way_down", "one_cycle_ladder"])
def test_an_arm_is_the_schedule_that_was_recorded(name):
    trial, arm, *others = COMPARISONS[name]
    table = recording.ComparisonTable(name, trial, arm, *others)
    recorded = table.made[f"{arm}s"]
    for each, described in recording.comparison(table)["arms"].items():
        assert described["max_lr"] == recorded[each]["max_lr"], each
        assert "rate" in recorded[each]
        for part in {"rate", "momentum"} & recorded[each].keys():
            assert values(described[part]) == pytest.approx(values(recorded[each][part]), rel=1e-12), each


def values(config):
    return schedules.from_config(config).values() if isinstance(config, dict) else [config]


def test_a_second_start_runs_only_what_is_missing(tmp_path):
    trial = decay.TRIAL
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


def test_a_row_of_another_arm_is_refused(tmp_path):
    (tmp_path / "decay.csv").write_text("stage,arm,max_lr,seed,loss,accuracy\nfinal,zigzag,0.08,0,0.5,0.8\n")
    with pytest.raises(ValueError, match=r"decay\.csv, line 2: it is no run of this trial"):
        recording.ComparisonTable("decay", decay.TRIAL, folder=tmp_path)


def test_the_best_rate_is_tried_and_then_judged():
    made = []

    def accuracy(stage, rate):
        made.append((stage, rate))
        return {0.1: 0.8, 0.2: 0.9, 0.4: 0.7}[rate] - 0.01 * (stage == Stage.FINAL)

    assert recording.tune_and_judge([0.1, 0.2, 0.4], accuracy) == (0.2, pytest.approx(0.89))
    assert made == [("tune", 0.1), ("tune", 0.2), ("tune", 0.4), ("final", 0.2)]


@pytest.mark.parametrize("peak", momentum.PEAKS)
@pytest.mark.parametrize(("held", "moved"), [("same effective rate", "milder"), ("full's effective rate", "full")])
def test_two_arms_with_one_effective_rate_have_it_at_each_step(peak, held, moved):
    arms = momentum.arms(peak)
    effective = [
        [rate(step) / (1 - mu(step)) for step in range(recording.STEPS)] for rate, mu in (arms[held], arms[moved])
    ]
    assert effective[0] == pytest.approx(effective[1], rel=1e-12)
    assert set(arms[held][1].values()) == {0.9}


def test_the_corners_of_the_square_are_where_the_docstring_has_them():
    arms = last_way_down.TRIAL.arms
    rates = {
        name: recording.rate_and_momentum(arm.schedule, 1.0, recording.STEPS, arm.options)[0].values()
        for name, arm in arms.items()
    }
    assert all(each[-1] == 0 for each in rates.values())
    ends = {
        name: next(step for step in range(599, 0, -1) if each[step] == 1)
        for name, each in rates.items()
        if max(each[1:]) == 1
    }
    assert ends == {"three cycles": 500, "two cycles, long end": 300, "flat, short end": 500, "flat, long end": 300}


def test_an_average_without_an_end_is_the_weighted_mean_it_says(monkeypatch):
    """Four weights, 1, 2, 4 and 8; β = ½ gives (1 + 2 · 2 + 4 · 4 + 8 · 8) / 15, by hand."""
    seen = [(step, [np.array([float(2 ** (step - 1))])], None) for step in (1, 2, 3, 4)]
    monkeypatch.setattr(open_end, "train", lambda *args, **kwargs: iter(seen))
    monkeypatch.setattr(open_end, "data_of", lambda task: {"train": None})
    monkeypatch.setattr(open_end, "BETAS", {"half": 0.5})
    found = {name: weights[0][0] for name, _, weights in open_end.looks(0.1, [0], (4,))}
    assert found["constant"] == found["last quarter"] == 8
    assert found["half"] == pytest.approx(85 / 15)
