"""The explorer of cyclical rates: its curves, its words, and the answer to its question."""

import pytest
from hypothesis import given

from learning_rates import explorers
from learning_rates.explorers import cyclical
from tests.explorers.settings import raw_values


@given(raw_values(cyclical.CONTROLS))
def test_the_curves_are_the_schedules_own(raw):
    figure = explorers.figure("cyclical", raw)
    values = figure["values"]
    above, middle, below = figure["panels"]
    for mode, drawn in zip(cyclical.MODE_ORDER, above["curves"][:3], strict=True):
        rate = cyclical.schedule_of(mode, values)
        assert drawn["points"] == [[step, rate(step)] for step, _ in drawn["points"]]
        assert drawn["points"][-1][0] == cyclical.TOTAL_STEPS - 1
    triangle = cyclical.schedule_of("triangular", values | {"max_lr": 1.0, "base": 0.0}, "linear")
    for step, x in middle["curves"][0]["points"]:
        assert 1 - x == pytest.approx(triangle(step), abs=1e-12)
    assert below["marks"][0]["x"] == pytest.approx(cyclical.distance(round(values["at"] * 999), values["step_size"])[1])


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("cyclical", {})
    # 1000 / 600 cycles. At 450: cycle 1, x = |1.5 − 2 + 1| = 0.5, η = 0.01 + 0.09 · 0.5 = 0.055. At 999, 99 steps
    # after the second peak at 900: x = 0.33, η = 0.01 + 0.09 · 0.67 = 0.0703.
    assert figure["summary"] == (
        "1.67 cycles of 600 steps, 6 epochs each: the run ends on the way down, at η = 0.0703. "
        "At step 450: cycle 1, x = 0.50, linear window 0.50, η = 0.055."
    )
    assert figure["table"]["rows"][0] == ["triangular", "0.1", "0.1", "0.0703"]


def test_one_cycle_is_one():
    assert explorers.figure("cyclical", {"step_size": 500})["summary"].startswith(
        "1 cycle of 1000 steps, 10 epochs each"
    )


def test_the_run_ends_at_the_base_or_at_the_top_only_where_whole_sides_fit():
    for step_size in range(40, 1001, 10):
        summary = explorers.figure("cyclical", {"step_size": step_size})["summary"]
        sides, rest = divmod(cyclical.TOTAL_STEPS, step_size)
        assert ("ends at the base" in summary) == (rest == 0 and sides % 2 == 0), step_size
        assert ("ends at the top" in summary) == (rest == 0 and sides % 2 == 1), step_size


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
        (330, "on the way down"),
        (960, "on the way down"),
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
