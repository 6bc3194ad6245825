"""The explorer of one-cycle policies: its curves, its means, and the answer to its question."""

import numpy as np
import pytest
from hypothesis import given

from learning_rates import explorers, schedules
from learning_rates.explorers import one_cycle
from tests.explorers.settings import raw_values

DEFAULTS = {control["name"]: control["default"] for control in one_cycle.CONTROLS}


@given(raw_values(one_cycle.CONTROLS))
def test_the_curves_and_the_mean_are_the_schedules_own(raw):
    figure = explorers.figure("one_cycle", raw)
    values = figure["values"]
    for index, variant in enumerate(one_cycle.ORDER):
        rate, momentum = one_cycle.policy(variant, values)
        for panel, schedule in zip(figure["panels"], (rate, momentum), strict=True):
            points = panel["curves"][index]["points"]
            assert points[-1][0] == values["total_steps"] - 1
            assert [y for _, y in points] == [schedule(step) for step, _ in points]
        mean = one_cycle.mean_rate(figure["panels"][0]["curves"][index]["points"], values["total_steps"])
        assert mean == pytest.approx(np.mean(rate.values()), rel=0.01)


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("one_cycle", {})
    assert figure["values"] == DEFAULTS
    # Peak at 0.3 · 600 − 1; end 0.1 / 25 / 10⁴; mean 0.3 · (0.1 + 0.004) / 2 + 0.7 · 0.1 / 2 = 0.0506.
    assert figure["summary"].startswith(
        "Two-phase cosine: peak 0.1 at step 179, 4e-07 at the last step 599; "
        "the area under the curve is a mean rate of 0.0505."
    )
    assert "At step 300: η = 0.0809, μ = 0.869." in figure["summary"]
    assert [row[0] for row in figure["table"]["rows"]] == [one_cycle.VARIANTS[key]["label"] for key in one_cycle.ORDER]


def mean_rates(div_factor):
    rows = explorers.figure("one_cycle", {"div_factor": div_factor})["table"]["rows"]
    return dict(zip(one_cycle.ORDER, [float(row[-1]) for row in rows], strict=True))


def test_the_answer_to_the_question_is_the_one_the_chapter_gives():
    wide, narrow = mean_rates(25), mean_rates(2)
    assert wide["ramp"] < wide["smith"] < wide["cosine"] == wide["linear"]
    assert wide["cosine"] == pytest.approx(0.05, rel=0.02)  # about half the peak
    assert narrow["smith"] > narrow["ramp"] > narrow["cosine"] == narrow["linear"]


def test_the_first_the_highest_and_the_last_rate_are_marked_with_what_makes_them():
    marks = explorers.figure("one_cycle", {"div_factor": 10, "final_div_factor": 100})["panels"][0]["marks"]
    assert [mark["text"] for mark in marks] == ["max_lr 0.1", "÷ 10", "end 0.0001"]
    assert [mark["y"] for mark in marks] == pytest.approx([0.1, 0.01, 0.0001])


def test_a_moved_peak_is_seen_against_where_it_began():
    began = explorers.figure("one_cycle", {})["panels"][0]["curves"]
    moved = explorers.figure("one_cycle", {"max_lr": 0.5})["panels"][0]["curves"]
    assert len(began) == 4
    assert moved[4]["label"] == "as it began"
    assert moved[4]["points"] == began[0]["points"]


def test_the_chosen_variant_is_the_package_schedule():
    figure = explorers.figure("one_cycle", {"variant": "cosine", "total_steps": 100, "max_lr": 0.5})
    points = figure["panels"][0]["curves"][0]["points"]
    assert all(rate == schedules.one_cycle(0.5, 100)(step) for step, rate in points)


@given(raw_values(one_cycle.CONTROLS))
def test_the_python_to_take_home_makes_this_policy(raw):
    shown, made = explorers.figure("one_cycle", raw), {}
    exec(shown["code"][0][1], made)
    rate, momentum = one_cycle.policy(shown["values"]["variant"], shown["values"])
    assert made["rate"].values() == pytest.approx(rate.values(), rel=1e-4)  # six digits are printed
    still = schedules.constant(one_cycle.FIXED, rate.total_steps)  # as the ramp has it
    assert made.get("momentum", still).values() == pytest.approx(momentum.values(), rel=1e-4)


def test_the_last_rate_follows_its_factor():
    ends = [
        float(explorers.figure("one_cycle", {"final_div_factor": factor})["table"]["rows"][0][2]) for factor in (1, 100)
    ]
    assert ends == pytest.approx([0.1 / 25, 0.1 / 25 / 100])
