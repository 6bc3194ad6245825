"""The explorer of secant and tangent: what it draws, and the answer to its question."""

import math

import numpy as np
import pytest
from hypothesis import given

from learning_rates import descent, explorers
from learning_rates.explorers import tangent
from tests.explorers.settings import raw_values


def swept(figure, name):
    """The drawn errors of a quotient, as [h, error] points."""
    drawn = next(curve for curve in figure["panels"][1]["curves"] if curve["label"] == f"error, {name}")
    return drawn["points"]


def best(figure, name):
    return min(swept(figure, name), key=lambda point: point[1])


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("tangent", {})
    # (sin 1.2 − sin 0.7) / 0.5 = (0.932039 − 0.644218) / 0.5 = 0.575643; cos 0.7 = 0.764842.
    assert figure["summary"] == (
        "sin x at x = 0.7, h = 0.5, forward: the quotient is 0.575643, the slope 0.764842, the error 0.189; "
        "most of it is the bend of the curve between the points: a smaller h helps."
    )
    # sin 1.2 − sin 0.2 = 0.932039 − 0.198669.
    assert figure["table"]["rows"][1][:3] == ["central", "0.73337", "0.0315"]


def test_the_answer_to_the_question_is_the_one_the_chapter_gives():
    for name in ("sine", "exponential"):
        double, single = (explorers.figure("tangent", {"curve": name, "precision": p}) for p in ("double", "single"))
        assert 1e-9 <= best(double, "forward")[0] <= 1e-7  # about the root of 2.2e-16
        assert 1e-7 <= best(double, "central")[0] <= 1e-4  # about its cube root
        assert best(double, "central")[1] < best(double, "forward")[1] / 100
        assert 1e-5 <= best(single, "forward")[0] <= 1e-2  # of 1.2e-7
        assert best(single, "forward")[1] > 100 * best(double, "forward")[1]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"h": 0.1}, "a smaller h helps"),
        ({"h": 1e-11}, "a smaller h hurts"),
        ({"h": 1e-9, "precision": "single"}, "x + h is rounded back to x"),
        ({"curve": "relu", "x": 0.3, "quotient": "central", "h": 1.0}, "the kink lies between the two points"),
        ({"curve": "relu", "x": 0.0}, "no h helps"),
        ({"curve": "relu", "x": -0.05, "h": 0.1}, "the kink lies between the two points"),
        ({"x": 0.0, "h": 0.1}, "a smaller h helps"),  # the second derivative is 0 there, and the error h²/6
        ({"x": -0.3, "h": 0.9}, "cancel near this h"),  # second and third derivative differ in sign
        ({"x": 1.0, "h": 1e-16, "quotient": "central"}, "a smaller h hurts"),  # only x + h is rounded back to x
        ({"curve": "parabola", "x": 0.5, "h": 0.5, "quotient": "central"}, "nothing is lost here"),
    ],
)
def test_the_words_name_what_the_error_is_made_of(raw, words):
    assert words in explorers.figure("tangent", raw)["summary"]


@pytest.mark.parametrize("h", [0.5, 0.1, 0.01])
@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 0.7, 1.0])
@pytest.mark.parametrize("name", ["forward", "central"])
@pytest.mark.parametrize("curve", ["sine", "exponential"])
def test_what_is_said_of_a_smaller_h_is_so(curve, name, x, h):
    raw = {"curve": curve, "x": x, "quotient": name}
    parts, central = tangent.CURVES[curve], name == "central"
    error, smaller = (abs(tangent.slope(parts[0], x, at, central, 53) - parts[1](x)) for at in (h, h / 2))
    helps = "a smaller h helps" in explorers.figure("tangent", raw | {"h": h})["summary"]
    assert helps == (smaller < error)


@pytest.mark.parametrize("bits", [24, 53])
@pytest.mark.parametrize("central", [False, True])
def test_the_predicted_arms_bound_the_error_and_are_not_far_above_it(central, bits):
    parts = tangent.CURVES["exponential"]
    worst = 0.0
    for h in (tangent.rounded(2.0**-k * 1.3, bits) for k in range(2, 2 * bits // 3)):
        error = abs(tangent.slope(parts[0], 0.7, h, central, bits) - math.exp(0.7))
        share = error / (tangent.bend(parts, 0.7, h, central) + tangent.rounding(parts, 0.7, h, central, bits))
        worst = max(worst, share)
    assert 0.5 < worst < 1.2  # of the bend's series, and of the quotient's own rounding, a little is left out


def test_a_secant_passes_through_both_points():
    panel = explorers.figure("tangent", {"curve": "parabola", "x": 1.0, "h": 0.5})["panels"][0]
    (left, low), (right, high) = panel["curves"][2]["points"]
    steepness = (high - low) / (right - left)
    assert steepness == pytest.approx(1.25)  # (1.125 − 0.5) / 0.5
    for mark in panel["marks"]:
        assert low + steepness * (mark["x"] - left) == pytest.approx(mark["y"])


@pytest.mark.parametrize("value", [0.0, 1.0, -0.3, 1e-16, 2 / 3, 1e16])
def test_single_precision_is_numpys(value):
    assert tangent.rounded(value, 24) == float(np.float32(value))


@given(raw_values(tangent.CONTROLS))
def test_the_quotient_is_the_packages(raw):
    x, h, central = round(raw["x"], 6), raw["h"], raw["quotient"] == "central"
    figure = explorers.figure("tangent", raw | {"precision": "double"})
    quotient = descent.difference_quotient(tangent.CURVES[raw["curve"]][0], x, h, central=central)
    assert f"the quotient is {quotient:.6g}," in figure["summary"]
