"""The range-test explorer: its numbers against the package's own reading, and what its chapter says of it."""

import json
import math
from importlib import resources

import pytest
from hypothesis import given, settings

from learning_rates import explorers, sweeps, widgets
from learning_rates.explorers import range_test
from tests.explorers.settings import raw_values

RECORD = json.loads((resources.files("learning_rates.results") / range_test.RECORD).read_text(encoding="utf-8"))
DEFAULTS = {control["name"]: control["default"] for control in range_test.CONTROLS}


def shown(**values):
    widgets.load("range_test")
    return explorers.figure("range_test", values)


def curves(figure):
    return {curve["label"]: curve["points"] for panel in figure["panels"] for curve in panel["curves"]}


def test_a_sweep_climbs_from_the_first_rate_to_the_last():
    assert range_test.climb({"min_lr": 1e-3, "max_lr": 1.0}, 4) == pytest.approx([-3, -2, -1, 0])


def test_the_average_is_the_one_worked_out_by_hand():
    assert range_test.averaged([4.0, 1.0], 0.5) == pytest.approx([4.0, (0.5 * 0.5 * 4 + 0.5 * 1) / 0.75])
    assert range_test.averaged([4.0, 1.0, 3.0], 0.0) == [4.0, 1.0, 3.0]


def test_an_average_of_095_is_late_by_19_steps():
    line = [5 - 0.01 * step for step in range(400)]
    behind = (range_test.averaged(line, 0.95)[-1] - line[-1]) / 0.01
    late, factor = range_test.lag(0.95, [0.0, 0.1])
    assert (late, factor) == pytest.approx((19, 10**1.9))
    assert behind == pytest.approx(19, abs=1e-3)


def test_at_the_defaults_the_reading_is_that_of_the_package():
    from learning_rates.range_test import RangeTest

    figure = shown()
    raw = curves(figure)["losses of the batches"]
    test = RangeTest([rate for rate, _ in raw], [[loss for _, loss in raw]])
    assert [loss for _, loss in curves(figure)["centred"]] == pytest.approx(test.smoothed[0].tolist())
    found = [row[1] for row in figure["table"]["rows"]]
    assert found == [explorers.number(test.suggestions[rule].rate) for rule in range_test.RULES]
    (suggested, _), *_ = figure["panels"][0]["curves"][-2]["points"]
    assert suggested == pytest.approx(test.suggestions["minimum/10"].rate)
    assert "its lag of 19 steps is a factor of 3.74." in figure["summary"]


def test_both_readings_are_set_against_the_grid_in_words_table_and_figure():
    figure = shown()
    words = (
        "By minimum/10, against the grid's best, 0.08: centred 0.00511, 15.7 times below; averaged 0.0205, 3.9 times"
    )
    assert words in figure["summary"]
    assert figure["table"]["rows"][0] == ["minimum/10", "0.00511", "0.0205", "0.0639", "0.256"]
    line = figure["panels"][1]["curves"][-1]
    assert [x for x, _ in line["points"]] == pytest.approx([0.0205, 0.0205], rel=3e-3)
    assert figure["panels"][0]["curves"][-1]["points"][0][0] == line["points"][0][0]
    assert range_test.verdict(None, 1.0).startswith("no rule applies")
    assert range_test.upright(None, "#333333", 0, 3) == []


@pytest.mark.parametrize("momentum", ["0.9", "0.0"])
def test_the_chapters_two_answers_are_within_a_factor_of_two(momentum):
    rows = shown(momentum=momentum, steps="50")["table"]["rows"]
    assert all(0.5 < float(found) < 2 for found in (rows[1][3], rows[1][4], rows[3][4]))


def test_the_grid_is_drawn_with_its_best():
    for momentum, best, rates, accuracy in RECORD["grids"]:
        panel = shown(momentum=str(momentum))["panels"][1]
        assert panel["curves"][0]["points"] == [[r, 100 * a] for r, a in zip(rates, accuracy, strict=True)]
        assert panel["marks"][0]["x"] == best == rates[accuracy.index(max(accuracy))]


def test_at_the_defaults_every_rule_stays_below_the_best_rate_of_both_grids():
    """What the chapter says has to be seen."""
    for momentum in ("0.9", "0.0"):
        rows = shown(momentum=momentum)["table"]["rows"]
        assert all(float(row[3]) < 0.6 for row in rows), momentum


@pytest.mark.parametrize(
    ("name", "value"), [("momentum", "0.0"), ("batch", "15"), ("steps", "100"), ("width", 0.2), ("factor", 10.0)]
)
def test_the_centred_reading_that_is_kept_is_never_that_of_another_setting(name, value):
    fresh = shown(**{name: value})
    shown(rule="valley")
    assert shown(**{name: value}) == fresh
    assert curves(fresh)["centred"] != curves(shown())["centred"]


def test_every_setting_has_its_sweep():
    options = {c["name"]: [value for value, _ in c["options"]] for c in range_test.CONTROLS if c["kind"] == "choice"}
    for steps in options["steps"]:
        for batch in options["batch"]:
            for momentum in options["momentum"]:
                values = dict(DEFAULTS, steps=steps, batch=batch, momentum=momentum)
                losses, _ = range_test.find(values, RECORD)
                assert len(losses) <= int(steps)
                assert len(losses) > int(steps) / 2


def test_the_lowest_points_lie_on_their_curves():
    """The word "minima" used to stand where the minimum was."""
    figure = shown()
    lowest = [mark for mark in figure["panels"][0]["marks"] if mark["text"].startswith("min ")]
    for mark, label in zip(lowest, ("centred", "exponential average"), strict=True):
        assert [mark["x"], mark["y"]] in curves(figure)[label]
        assert mark["y"] == min(loss for _, loss in curves(figure)[label])


def test_a_sweep_on_its_way_is_read_by_no_rule():
    whole, half = shown(), shown(at=0.5)
    assert half["summary"].startswith("The sweep has come to a rate of ")
    for label in ("losses of the batches", "centred", "exponential average"):
        points = curves(half)[label]
        assert points == curves(whole)[label][: len(points)]
        assert points[-1][0] == half["panels"][0]["rule"]
    assert {cell for row in half["table"]["rows"] for cell in row[1:]} == {"none"}
    assert half["panels"][0]["marks"] == []


@settings(max_examples=50)
@given(raw_values(range_test.CONTROLS))
def test_the_losses_are_the_sweeps_and_their_smoothing_the_packages(raw):
    figure = shown(**raw | {"at": 1.0})
    drawn, values = curves(figure), figure["values"]
    losses, _ = range_test.find(values, RECORD)
    path = [loss for _, loss in drawn["losses of the batches"]]
    assert path == losses[: len(path)]
    logs = [math.log10(rate) for rate, _ in drawn["losses of the batches"]]
    smoothed = sweeps.smooth(logs, path, values["width"], values["factor"])
    assert [loss for _, loss in drawn["centred"]] == pytest.approx(smoothed)
