"""The explorer of one parabola: its points are the descent's, its words the ones that ηλ deserves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import descent, explorers
from learning_rates.explorers import parabola
from tests.explorers.settings import raw_values


@given(raw_values(parabola.CONTROLS))
def test_the_path_is_the_descents(raw):
    figure = explorers.figure("parabola", raw)
    values = figure["values"]
    path = descent.descend(
        descent.quadratic([values["eigenvalue"]]).gradient,
        descent.SGD(values["rate"]),
        [values["start"]],
        values["steps"],
        limit=parabola.FAR,
    )
    walk = figure["panels"][0]["curves"][1]["points"]
    assert [x for x, _ in walk] == [x for (x,) in path]
    predicted, seen = (curve["points"] for curve in figure["panels"][1]["curves"])
    assert [y for _, y in seen] == pytest.approx([y for _, y in predicted[: len(seen)]], rel=1e-6, abs=1e-9)
    assert len(predicted) == parabola.LONGEST + 1, "what is predicted stands there before it happens"


def test_the_default_parabola_in_numbers_a_person_can_check():
    figure = explorers.figure("parabola", {})
    # λ = 2, η = 0.9, so each step multiplies θ by 1 − 1.8 = −0.8, from −2; the loss is θ².
    assert [row[1] for row in figure["table"]["rows"][:3]] == ["-2", "1.6", "-1.28"]
    assert [row[2] for row in figure["table"]["rows"][:3]] == ["4", "2.56", "1.64"]
    assert figure["summary"].startswith("Descent swings and converges: 1 < ηλ = 1.8 < 2")
    assert figure["summary"].endswith("The limit here is η = 2/λ = 1.")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"rate": 1.05}, "diverges: ηλ = 2.1 > 2, each step makes the distance 1.1 times as long"),
        ({"rate": 1.0}, "swings for ever: ηλ = 2 turns θ into −θ at every step"),
        ({"rate": 0.5}, "arrives in one step: ηλ = 1"),
        ({"rate": 0.25}, "converges from one side: ηλ = 0.5 < 1, each step keeps 0.5 of the distance"),
        ({"rate": 0.01, "steps": 2}, "is too small: ηλ = 0.02, and 96 % of the distance is left after 2 steps"),
        ({"start": 0.0}, "stands still: the start is the minimum, where the gradient is 0"),
    ],
)
def test_the_words_for_a_parabola(raw, words):
    assert explorers.figure("parabola", raw)["summary"].startswith(f"Descent {words}. ")


@given(st.floats(-2.5, 2.5), st.floats(0.5, 4.0))
def test_the_start_never_decides_as_the_chapter_says(start, eigenvalue):
    words = parabola.judge(0.5 * eigenvalue, start or 1.0, 10)
    assert words == parabola.judge(0.5 * eigenvalue, 1.0, 10)
    assert ("diverges" in words) == (0.5 * eigenvalue > 2 + 1e-9)
