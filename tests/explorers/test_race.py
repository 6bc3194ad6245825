"""The race: its paths are the optimizers' own, its contours lie on their levels, its answer is the chapter's."""

import json
import math

import pytest
from hypothesis import given

from learning_rates import descent, explorers
from learning_rates.explorers import race
from tests.explorers.settings import raw_values

DEFAULTS = {control["name"]: control["default"] for control in race.CONTROLS}
RUN = ("momentum 0.9", "Adam")
UNDER = f"under {explorers.number(race.FLOOR)}"
NAMES = [name for name, _ in race.SURFACES]


def finals(**changed):
    """{runner: its row's last cell} of the table."""
    rows = explorers.figure("race", changed)["table"]["rows"]
    return {runner: loss for runner, _, loss in rows}


@given(raw_values(race.CONTROLS))
def test_every_curve_is_a_line_and_the_paths_are_descents_own(raw):
    figure = explorers.figure("race", raw)
    lines = [curve for panel in figure["panels"] for curve in panel["curves"] if not curve["dots"]]
    assert all(len(line["points"]) >= 2 for line in lines)
    values = figure["values"]
    surface, _ = race.surface_of(values["surface"])
    adam = next(curve for curve in figure["panels"][0]["curves"] if curve["label"] == "Adam")
    start = race.start_of(values["surface"], values["start"])
    path = descent.descend(surface.gradient, descent.Adam(values["adam_rate"]), start, values["steps"], limit=1e3)
    assert adam["points"] == race.trace(path, race.window(values["surface"]))
    assert race.paths(values)[race.RUNNERS.index("Adam")] == path


def test_a_kept_path_is_the_descent_of_every_setting():
    """Whatever the slider before it was: a rate, the start, the steps, the surface."""
    for changed in ({}, {"steps": 20}, {"start": 0.5, "steps": 20}, {"adam_rate": 1.0}, {"surface": "turned"}, {}):
        values = DEFAULTS | changed
        surface, start = race.surface_of(values["surface"])[0], race.start_of(values["surface"], values["start"])
        for optimizer, found in zip(race.optimizers(values), race.paths(values), strict=True):
            assert found == descent.descend(surface.gradient, optimizer, start, values["steps"], limit=race.LOST)


def test_a_trace_stays_within_a_pixel_of_its_path():
    for name in NAMES:
        for path in race.paths(DEFAULTS | {"surface": name}):
            points = race.trace(path, race.window(name))
            inside = path if len(points) < 3 else [p for p in path if max(map(abs, p)) < 3]
            for a, b in inside:
                assert min(max(abs(a - x), abs(b - y)) for x, y in points) < race.NEAR + 0.001


@pytest.mark.parametrize("name", NAMES)
def test_the_page_gets_some_kilobytes(name):
    """So that a redraw fits in a frame."""
    assert len(explorers.render("race", json.dumps({"surface": name}))) < 16_000


def test_the_default_figure_in_numbers_a_person_can_check():
    figure = explorers.figure("race", {})
    assert figure["values"] == DEFAULTS
    assert figure["summary"].startswith(
        "Loss above the least after 100 steps, best first: Adam 0.000191, momentum 0.9 0.000557,"
    )
    assert figure["summary"].endswith("None diverged.")
    assert figure["panels"][0]["marks"] == [{"x": -1.7, "y": 1.0, "text": "start"}]
    # One step from (−1.7, 1) at the rate 0.01: the slopes are −1.7 and 40; Adam's first step is its rate, 0.1, in each.
    sgd, adam = (next(c["points"][1] for c in figure["panels"][0]["curves"] if c["label"] == n) for n in RUN)
    assert sgd == [-1.683, 0.6]
    assert adam == [-1.6, 0.9]


def test_the_answer_to_the_question_is_the_one_the_chapter_gives():
    straight, turned = finals(), finals(surface="turned")
    assert straight[RUN[0]] == turned[RUN[0]]
    assert float(straight["Adam"]) < float(straight[RUN[0]]) < min(float(straight[name]) for name in race.RUNNERS[1:3])
    for adaptive in race.RUNNERS[1:]:
        assert float(turned[adaptive]) > 10 * float(straight[adaptive])
        assert float(turned[adaptive]) > float(turned[RUN[0]])


def test_at_its_own_rate_adam_is_ahead_straight_or_turned_and_the_other_two_are_not():
    momentum, taken = float(finals()[RUN[0]]), {}
    grid = [10 ** (0.05 * i - 3) for i in range(81)]  # the slider's
    for surface in ("valley", "turned"):
        assert float(finals(surface=surface, adam_rate=0.5)["Adam"]) < momentum
        runs = [finals(surface=surface, adagrad_rate=rate, rmsprop_rate=rate) for rate in grid]
        for name in race.RUNNERS[1:3]:
            taken[surface, name] = min(race.FLOOR if run[name] == UNDER else float(run[name]) for run in runs)
    for name in race.RUNNERS[1:3]:
        assert taken["valley", name] == race.FLOOR
        assert taken["turned", name] > 50 * race.FLOOR


def test_what_lies_below_the_floor_is_level():
    """Rounding errors decide nothing: two Pythons would print two of them."""
    values = {"adagrad_rate": 10**0.25}
    figure = explorers.figure("race", values)
    assert finals(**values)["AdaGrad"] == UNDER
    assert f"best first: AdaGrad {UNDER}, Adam" in figure["summary"]
    for curve in figure["panels"][1]["curves"]:
        assert min(loss for _, loss in curve["points"]) >= race.FLOOR


def test_a_rate_too_large_diverges_and_the_words_say_so():
    assert finals(surface="rosenbrock")[RUN[0]] == "diverged"
    assert "momentum 0.9 diverged at step 2." in explorers.figure("race", {"surface": "rosenbrock"})["summary"]
    assert finals(surface="rosenbrock", momentum_rate=6e-4)[RUN[0]] != "diverged"


def test_on_the_ridge_momentum_waits_for_a_larger_rate():
    slow = finals(surface="saddle", start=1e-6)
    fast = finals(surface="saddle", start=1e-6, momentum_rate=0.25)
    assert float(slow[RUN[0]]) == pytest.approx(0.25, abs=0.01)  # the saddle lies 0.25 above the minima
    assert max(float(slow[adaptive]) for adaptive in race.RUNNERS[1:]) < 0.1
    assert fast[RUN[0]] == UNDER


def test_a_race_begun_by_a_button_has_each_at_its_best_rate_of_a_coarse_grid():
    """Rosenbrock's valley at the valley's rates was no race: one was lost at step 2, and the others stood."""
    grid = [digit * 10.0**power for power in range(-4, 2) for digit in (1, 2, 5)]
    for label, values in race.PRESETS:
        if "own rate" not in label:
            continue
        for name, runner in zip(race.RATES, race.RUNNERS, strict=True):
            control = next(control for control in race.CONTROLS if control["name"] == name)
            tried = [rate for rate in grid if control["min"] <= rate <= control["max"]]
            ends = [finals(**values | {name: rate})[runner] for rate in tried]
            lost = [math.inf if end == "diverged" else 0 if end == UNDER else float(end) for end in ends]
            assert lost[tried.index(values[name])] == min(lost), (label, runner)


def level(name, line):
    surface, least = race.surface_of(name)
    return [surface.loss(point) - least for point in line]


@pytest.mark.parametrize("name", NAMES)
def test_a_contour_lies_on_one_level(name):
    for line in race.contours(name):
        assert level(name, line) == pytest.approx([level(name, line)[0]] * len(line), abs=1e-9)


def test_the_turned_valley_is_the_valley_turned():
    valley, turned, point = race.surface_of("valley")[0], race.surface_of("turned")[0], [0.3, -1.1]
    assert turned.loss(race.turn(point)) == pytest.approx(valley.loss(point))
    assert turned.gradient(race.turn(point)) == pytest.approx(race.turn(valley.gradient(point)))


def test_a_turn_is_one_of_45_degrees():
    assert race.turn([1.0, 0.0]) == pytest.approx([math.sqrt(0.5), math.sqrt(0.5)])
    assert race.turn([0.0, 1.0]) == pytest.approx([-math.sqrt(0.5), math.sqrt(0.5)])
