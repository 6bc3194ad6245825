"""The explorer of cyclical rates: its curves, its words, and the answer to its question."""

import pytest
from explorer_settings import raw_values
from hypothesis import given

from learning_rates import explorers
from learning_rates.explorers import cyclical


@given(raw_values(cyclical.CONTROLS))
def test_the_curves_are_the_schedules_own(raw):
    figure = explorers.figure("cyclical", raw)
    values = figure["values"]
    above, middle, below = figure["panels"]
    for mode, drawn in zip(cyclical.MODE_ORDER, above["curves"], strict=False):
        rate = cyclical.schedule_of(mode, values)
        assert drawn["points"] == [[step, rate(step)] for step, _ in drawn["points"]]
        assert drawn["points"][-1][0] == cyclical.TOTAL_STEPS - 1
    triangle = cyclical.schedule_of("triangular", values | {"max_lr": 1.0, "base": 0.0}, "linear")
    for step, x in middle["curves"][0]["points"]:
        assert 1 - x == pytest.approx(triangle(step), abs=1e-12)
    assert sum(len(curve["points"]) for panel in figure["panels"] for curve in panel["curves"]) < 1500
    assert below["marks"][0]["x"] == pytest.approx(cyclical.distance(round(values["at"] * 999), values["step_size"])[1])


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("cyclical", {})
    # 1000 / 400 cycles. At 450: cycle 2, x = |2.25 − 4 + 1| = 0.75, η = 0.01 + 0.09 · 0.25 = 0.0325.
    assert figure["summary"] == (
        "2.5 cycles of 400 steps, 4 epochs each: the run ends at the top, at η = 0.0995. "
        "At step 450: cycle 2, x = 0.75, linear window 0.25, η = 0.0325."
    )
    assert figure["table"]["rows"][0] == ["triangular", "0.1", "0.0995", "0.0995"]


@pytest.mark.parametrize(
    ("step_size", "ends"),
    [
        (1000, "at the top"),
        (500, "at the base"),
        (250, "at the base"),
        (200, "at the top"),
        (100, "at the base"),
        (40, "at the top"),
        (50, "at the base"),
        (400, "on the way up"),
        (700, "on the way down"),
    ],
)
def test_the_answer_to_the_question_is_the_one_the_chapter_gives(step_size, ends):
    assert f"the run ends {ends}, " in explorers.figure("cyclical", {"step_size": step_size})["summary"]


def test_where_both_bounds_decay_the_run_passes_below_the_base():
    above = explorers.figure("cyclical", {"mode": "exp_range"})["panels"][0]
    package, paper = above["curves"][2]["points"], above["curves"][3]["points"]
    assert min(rate for _, rate in package) == pytest.approx(0.01)
    assert min(rate for _, rate in paper) < 0.005
    assert paper[0] == package[0]
