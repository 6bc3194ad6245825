"""The explorer of recorded decays: its curves are the record's, its words are computed from them."""

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given

from learning_rates import explorers, schedules, widgets
from learning_rates.explorers.statistics import interval
from learning_rates.trials import statistics
from learning_rates.trials.table import Table
from tests.explorers.settings import raw_values

gallery = widgets.load("decay_gallery")
RECORD = json.loads((resources.files("learning_rates.results") / gallery.RECORD).read_text(encoding="utf-8"))
ARMS = {arm["name"]: arm for arm in RECORD["arms"]}


def test_the_controls_offer_what_the_record_holds():
    assert [arm["name"] for arm in RECORD["arms"]] == gallery.ARMS


@given(raw_values(gallery.CONTROLS))
def test_the_curves_are_the_record_and_the_schedules_own(raw):
    figure = explorers.figure("decay_gallery", raw)
    values = figure["values"]
    above, below, _ = figure["panels"]
    pair = [ARMS[values["arm"]], ARMS[values["other"]]]
    for arm, drawn in zip(pair, above["curves"], strict=True):
        rate = schedules.from_config(arm["rate"])
        assert all(y == rate(x) for x, y in drawn["points"])
    bold = [drawn for drawn in below["curves"] if drawn["label"]]
    for arm, drawn in zip(pair, bold, strict=True):
        middle = np.median(arm[values["metric"]], axis=1)
        assert [y for _, y in drawn["points"]] == pytest.approx(list(middle))
    assert len(below["curves"]) == 2 + 2 * values["seeds"]


@pytest.mark.parametrize("name", gallery.ARMS)
def test_the_interval_is_that_of_the_recorded_table(name):
    table = Table.recorded("decay")
    accuracy = 100 * table.column("accuracy", stage="final", arm=name)
    constant = 100 * table.column("accuracy", stage="final", arm="constant")
    differences = [a - b for a, b in zip(ARMS[name]["final"], ARMS["constant"]["final"], strict=True)]
    mean, half = interval(differences, gallery.QUANTILE)
    wanted = statistics.interval(accuracy - constant, questions=table.made["questions"])
    assert mean == pytest.approx(wanted.mean, abs=1e-3)
    assert half == pytest.approx((wanted.high - wanted.low) / 2, abs=1e-3)


def test_the_looks_of_a_run_end_where_its_schedule_does():
    assert RECORD["steps"][-1] == 600
    assert {schedules.from_config(arm["rate"]).total_steps for arm in RECORD["arms"]} == {600}
    assert {np.shape(arm[metric]) for arm in RECORD["arms"] for metric in ("accuracy", "loss")} == {(30, 8)}


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("decay_gallery", {})
    assert figure["summary"] == (
        "After 300 steps linear decay has a median accuracy of 81.25 %, behind exponential with 83.63 %, "
        "on 2,000 tuning images. At the end, on the whole test set, linear decay − exponential is +0.82 ± 0.22 points "
        "(16 seeds, an interval as wide as the chapter's for 14 questions)."
    )
    assert figure["table"]["rows"][3][:4] == ["linear decay", "0.08", "81.3", "83.75"]
    assert figure["panels"][1]["marks"] == [{"x": 300, "y": 81.25, "text": ""}]


def test_the_lead_is_the_mean_of_paired_differences_with_its_interval():
    for metric in ("accuracy", "loss"):
        drawn = explorers.figure("decay_gallery", {"metric": metric})["panels"][2]["curves"]
        gaps = np.array(ARMS["linear decay"][metric]) - np.array(ARMS["exponential"][metric])
        assert [y for _, y in drawn[-1]["points"]] == pytest.approx(gaps.mean(axis=1).tolist())
    wanted = statistics.interval(np.array(ARMS["linear decay"]["loss"][9]) - np.array(ARMS["exponential"]["loss"][9]))
    assert [edge["points"][9][1] for edge in drawn[1:3]] == pytest.approx([wanted.low, wanted.high], rel=1e-6)
    assert len(explorers.figure("decay_gallery", {"other": "linear decay"})["panels"][2]["curves"]) == 1


def test_titles_and_axes_follow_the_setting():
    """The page drew "Accuracy" over losses (the visitor's report, 2)."""
    titles = [explorers.figure("decay_gallery", {"metric": m})["panels"][1]["label"] for m in ("accuracy", "loss")]
    assert titles == ["Accuracy, median of 8 runs", "Loss, median of 8 runs"]


def ahead(arm, other, step):
    summary = explorers.figure("decay_gallery", {"arm": arm, "other": other, "at": step})["summary"]
    return "ahead of" in summary


def test_the_answer_to_the_question_is_the_one_the_chapter_gives():
    assert not ahead("linear decay", "exponential", 300)
    assert all(ahead("linear decay", "exponential", step) for step in range(520, 601, 20))
    assert ahead("cosine restarts", "linear decay", 200)
    assert ahead("cosine restarts", "linear decay", 400)
    assert not ahead("cosine restarts", "linear decay", 600)


def test_an_arm_against_itself_has_no_interval():
    summary = explorers.figure("decay_gallery", {"other": "linear decay"})["summary"]
    assert "level with linear decay" in summary
    assert summary.endswith("At the end, on the whole test set, the two are the same.")


def test_a_difference_that_rounds_to_nothing_has_no_sign():
    assert gallery.gained(ARMS["cosine"], ARMS["average of the last quarter"]).startswith("0.00 ± ")
    assert gallery.gained(ARMS["average of the last quarter"], ARMS["cosine"]).startswith("0.00 ± ")
