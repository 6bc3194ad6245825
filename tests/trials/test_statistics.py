"""Intervals by hand, and the recorded tables."""

import math
from itertools import pairwise

import pytest

from learning_rates import schedules
from learning_rates.trials import statistics
from learning_rates.trials.table import Table


def test_an_interval_by_hand():
    # 1, 2, 3: mean 2, s = 1, and the table's t for two degrees of freedom at 97.5 % is 4.303.
    found = statistics.interval([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.high - 2.0 == pytest.approx(4.303 / math.sqrt(3), rel=1e-3)
    assert found.low == pytest.approx(4.0 - found.high)
    assert str(found) == "+2.00 ± 2.48"


def test_more_questions_widen_the_interval():
    # Five questions: t at 99.5 % with two degrees of freedom is 9.925.
    wide = statistics.interval([1.0, 2.0, 3.0], questions=5)
    assert wide.high - 2.0 == pytest.approx(9.925 / math.sqrt(3), rel=1e-3)


@pytest.mark.parametrize("bad", [[], [1.0], [1.0, math.nan], [[1.0, 2.0]]], ids=repr)
def test_an_interval_wants_two_finite_numbers(bad):
    with pytest.raises(ValueError, match="values must be at least two finite numbers"):
        statistics.interval(bad)


def test_seeds_that_agree_leave_no_width():
    assert statistics.interval([0.5, 0.5, 0.5]) == (0.5, 0.5, 0.5, 3)


def test_words_are_no_numbers():
    with pytest.raises(TypeError, match=r"values must be at least two finite numbers\. Received: values='ab'"):
        statistics.interval("ab")


def test_the_ladder_is_complete_and_fair():
    ladder = Table.recorded("one_cycle_ladder")
    made = ladder.made
    assert len(made["rungs"]) == 9
    for rung, entry in made["rungs"].items():
        assert schedules.from_config(entry["rate"]).total_steps == made["steps"]
        assert len(ladder.column("accuracy", stage="final", rung=rung)) == len(made["final seeds"]) == 24
        means = {}
        for peak in made["peaks"]:
            tried = ladder.column("accuracy", stage="tune", rung=rung, max_lr=peak)
            assert len(tried) == len(made["tuning seeds"]) == 8
            means[peak] = tried.mean()
        assert entry["max_lr"] == max(means, key=means.get)
        assert made["peaks"][0] < entry["max_lr"] < made["peaks"][-1], "the best peak lies inside the tried range"


def test_the_ladder_was_made_as_the_chapter_says():
    made = Table.recorded("one_cycle_ladder").made
    assert (made["steps"], made["batch size"], len(made["peaks"])) == (600, 60, 9)
    assert (made["peaks"][0], made["peaks"][-1]) == (0.0025, 0.64)
    assert all(high == 2 * low for low, high in pairwise(made["peaks"]))
    assert not set(made["tuning seeds"]) & set(made["final seeds"])


def test_a_missing_table_or_row_is_named():
    with pytest.raises(FileNotFoundError, match=r"name must be one of .*one_cycle_ladder.*Received: name='ladder'"):
        Table.recorded("ladder")
    with pytest.raises(ValueError, match=r"column must be one of accuracy, loss, .*Received: column='score'"):
        Table.recorded("one_cycle_ladder").column("score")
    with pytest.raises(ValueError, match=r"a row must match\. Received: rung='nothing'"):
        Table.recorded("one_cycle_ladder").column("accuracy", rung="nothing")
