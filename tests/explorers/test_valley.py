"""The explorer of the valley: three methods' paths, limits and rates of convergence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import descent, explorers
from learning_rates.explorers import valley
from tests.explorers.settings import raw_values


@given(raw_values(valley.CONTROLS))
def test_the_path_is_the_descents(raw):
    figure = explorers.figure("valley", raw)
    values = figure["values"]
    momentum = 0.0 if values["method"] == "plain" else values["momentum"]
    path = descent.descend(
        descent.quadratic([1.0, 1 / values["kappa"]]).gradient,
        descent.SGD(values["rate"], momentum, values["method"] == "nesterov"),
        valley.START,
        values["steps"],
        limit=valley.FAR,
    )
    assert figure["panels"][0]["curves"][-1]["points"] == [[b, a] for a, b in path]


def test_all_three_paths_are_drawn_until_they_leave():
    figure = explorers.figure("valley", {})
    paths = {curve["label"]: curve["points"] for curve in figure["panels"][0]["curves"] if curve["label"]}
    assert set(paths) == {look["label"] for look in valley.METHODS.values()}
    assert len(paths["plain descent"]) == 61
    assert len(paths["Nesterov"]) < 61, "which diverges at 1.9"
    assert all(abs(a) <= valley.HIGH for _, a in paths["Nesterov"][:-1])


def test_the_default_valley_in_numbers_a_person_can_check():
    figure = explorers.figure("valley", {})
    # Across: |1 − 1.9| = 0.9; along: 1 − 1.9 / 20 = 0.905, which is slower and rules.
    assert figure["summary"].startswith("Plain descent converges: ηλₘₐₓ = 1.9 < 2, slowest along the valley.")
    assert "multiplies the distance by 0.905 as predicted, by 0.903 as measured" in figure["summary"]
    assert figure["summary"].endswith("Limits of ηλₘₐₓ at μ = 0.9: plain 2, heavy ball 3.8, Nesterov 1.36.")
    assert [row[1] for row in figure["table"]["rows"]] == ["2", "3.8", "1.36"]
    first = figure["panels"][0]["curves"][-1]["points"][:2]
    # One step from 2 across and −9 along.
    assert first == [[-9.0, 2.0], pytest.approx([-9.0 * 0.905, 2.0 * -0.9])]


@pytest.mark.parametrize(
    ("method", "momentum", "words"),
    [
        ("plain", 0.98, "Plain descent converges: ηλₘₐₓ = 1.5 < 2"),
        ("heavy", 0.98, "Heavy ball converges: ηλₘₐₓ = 1.5 < 3.96"),
        ("nesterov", 0.49, "Nesterov converges: ηλₘₐₓ = 1.5 < 1.505"),
        ("nesterov", 0.5, "Nesterov swings across the valley for ever: ηλₘₐₓ = 1.5 is its limit"),
        ("nesterov", 0.51, "Nesterov diverges: ηλₘₐₓ = 1.5 > 1.495"),
    ],
)
def test_the_answer_to_the_valleys_question_is_the_one_the_chapter_gives(method, momentum, words):
    summary = explorers.figure("valley", {"rate": 1.5, "method": method, "momentum": momentum})["summary"]
    assert summary.startswith(words)


@given(st.floats(0.05, 1.9), st.floats(1.0, 20.0))
def test_the_measured_rate_of_plain_descent_is_the_predicted_one(rate, kappa):
    values = explorers.figure("valley", {"rate": rate, "kappa": kappa, "steps": 100})["values"]
    surface, path = valley.descended("plain", values)
    losses = [surface.loss(point) for point in path]
    assert valley.measured(losses) == pytest.approx(max(valley.predicted("plain", values)), abs=0.02)


@pytest.mark.parametrize(
    ("raw", "factor"),
    [
        ({"kappa": 3.0, "rate": 1.5}, "0.5"),  # |1 − 1.5| across and 1 − 1.5 / 3 along
        ({"kappa": 1.0, "rate": 0.8}, "0.2"),
        ({"kappa": 1.0, "rate": 1.0}, "0"),
    ],
)
@pytest.mark.parametrize("steps", [20, 60, 100])
def test_a_descent_that_has_arrived_is_measured_on_its_way_there(raw, factor, steps):
    raw = {**raw, "steps": steps}
    summary = explorers.figure("valley", raw)["summary"]
    assert f"multiplies the distance by {factor} as predicted, by {factor} as measured" in summary


def test_nesterov_leads_at_momentum_0_9_but_for_very_small_rates_and_those_close_to_its_limit():
    def factors(rate, kappa=20.0):
        rows = explorers.figure("valley", {"rate": rate, "kappa": kappa})["table"]["rows"]
        return float(rows[2][2]), float(rows[1][2])

    for rate in (0.5, 1.0, 1.3):
        nesterov, heavy = factors(rate)
        assert nesterov < heavy == 0.949
    nesterov, heavy = factors(1.34)
    assert heavy < nesterov < 1
    assert factors(0.25, kappa=100.0) == (0.963, 0.96)
    nesterov, heavy = factors(0.3, kappa=100.0)
    assert nesterov < heavy == 0.949
