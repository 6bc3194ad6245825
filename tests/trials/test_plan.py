"""Which runs a trial has, and which peak an arm is judged at."""

import dataclasses
import math

from learning_rates.trials import verdicts
from learning_rates.trials.declared.forms import Arm
from learning_rates.trials.declared.trials import CONSTANT
from learning_rates.trials.plan import counts, tuning
from learning_rates.trials.selection import best_peak, finals
from learning_rates.trials.table import TrialTable
from tests.trials.tables import MADE, TRIAL, filled, result

SHORT = Arm("linear decay", budgets=(0.5,))


def test_the_best_peak_is_that_of_the_best_mean_and_of_equals_of_the_least_loss(tmp_path):
    assert best_peak(filled(tmp_path / "a"), "constant", 1.0) == 0.1
    assert best_peak(filled(tmp_path / "b", (80.0, 70.0)), "constant", 1.0) == 0.01
    assert best_peak(filled(tmp_path / "c", (float("nan"), 70.0)), "constant", 1.0) == 0.1
    table = TrialTable("a trial", TRIAL, tmp_path / "d")
    for group in tuning(TRIAL):
        table.add_group(group, [result(80.0, loss=group.peak)], MADE)
    assert best_peak(table, "constant", 1.0) == 0.01


def test_a_peak_at_which_a_run_diverges_is_the_worst_though_chance_is_more(tmp_path):
    table = TrialTable("a trial", TRIAL, tmp_path)
    for group in tuning(TRIAL):
        at_chance = {**result(50.0, loss=float("nan")), "diverged": 1}
        table.add_group(group, [result(40.0) if group.peak == 0.1 else at_chance] * len(group.seeds), MADE)
    assert best_peak(table, "constant", 1.0) == 0.1
    assert verdicts.tuning_curve(table, "constant") == [-math.inf, 40.0]


def test_an_arm_may_be_run_at_some_budgets_alone(tmp_path):
    short = dataclasses.replace(TRIAL, budgets=(1.0, 0.5), arms={"constant": CONSTANT, "linear decay": SHORT})
    assert {(group.arm, group.budget) for group in tuning(short)} == {
        ("constant", 1.0),
        ("constant", 0.5),
        ("linear decay", 0.5),
    }
    assert counts(short) == {"tune": 3 * 2 * 2, "final": 3 * 2, "published": 0}


def test_a_second_start_finds_only_what_is_missing(tmp_path):
    table = filled(tmp_path)
    assert table.missing(tuning(TRIAL)) == []
    assert len(table.missing(finals(table))) == counts(TRIAL)["final"] == 4


def test_an_arm_may_have_rates_of_its_own():
    wide = dataclasses.replace(TRIAL, arms={"constant": CONSTANT, "own": Arm("constant", rates=(1.0, 2.0))})
    assert {(group.arm, group.peak) for group in tuning(wide)} == {
        ("constant", 0.01),
        ("constant", 0.1),
        ("own", 1.0),
        ("own", 2.0),
    }
