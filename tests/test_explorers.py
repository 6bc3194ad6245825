"""Explorers: what they compute is what the package computes, whatever comes in; widgets show the same."""

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import explorers, schedules, widgets
from learning_rates.explorers import one_cycle

DEFAULTS = {control["name"]: control["default"] for control in one_cycle.CONTROLS}


def raw_values(controls):
    """Any setting of the controls within their ranges."""

    def strategy(control):
        if control["kind"] == "choice":
            return st.sampled_from([option[0] for option in control["options"]])
        return st.floats(control["min"], control["max"])

    return st.fixed_dictionaries({control["name"]: strategy(control) for control in controls})


@pytest.mark.parametrize("name", explorers.NAMES)
def test_an_explorer_describes_itself_as_json(name):
    described = json.loads(explorers.describe(name))
    assert set(described) == {"title", "question", "controls"}
    assert described["question"].endswith("?")
    names = [control["name"] for control in described["controls"]]
    assert len(names) == len(set(names))
    assert explorers.clean(described["controls"], {}) == {c["name"]: c["default"] for c in described["controls"]}


@given(raw_values(one_cycle.CONTROLS))
def test_every_setting_gives_a_figure_of_finite_numbers(raw):
    figure = json.loads(explorers.render("one_cycle", json.dumps(raw)))
    for panel in figure["panels"]:
        for curve in panel["curves"]:
            assert 2 <= len(curve["points"]) <= 256
            steps = [x for x, _ in curve["points"]]
            assert steps == sorted(set(steps))
            assert all(math.isfinite(number) for point in curve["points"] for number in point)


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


HOSTILE = ["nan", "1e400", "-inf", "<script>alert(1)</script>", "", None, [], {}, "9" * 100_000, True]


@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: repr(bad)[:20])
def test_a_hostile_link_gives_values_in_range(bad):
    raw = dict.fromkeys([*DEFAULTS, "unknown", "__class__"], bad)
    values = explorers.figure("one_cycle", raw)["values"]
    assert set(values) == set(DEFAULTS)
    for control in one_cycle.CONTROLS:
        value = values[control["name"]]
        if control["kind"] == "choice":
            assert value == control["default"]
        else:
            assert control["min"] <= value <= control["max"]


def test_an_unknown_explorer_is_named():
    with pytest.raises(ValueError, match=r"name must be one of one_cycle\. Received: name='os'"):
        explorers.load("os")


@pytest.mark.parametrize("name", explorers.NAMES)
def test_every_widget_changes_the_figure_or_the_words(name):
    explorer = widgets.explore(name)
    for control in explorers.load(name).CONTROLS:
        explorer.reset()
        before = explorer.picture.value, explorer.summary.value
        if control["kind"] == "choice":
            other = next(value for value, _ in control["options"] if value != control["default"])
        else:
            other = control["max"]
        explorer.controls[control["name"]].value = other
        assert (explorer.picture.value, explorer.summary.value) != before, control["name"]
    explorer.reset()
    assert explorer.values == {control["name"]: control["default"] for control in explorers.load(name).CONTROLS}


@pytest.mark.parametrize("name", explorers.NAMES)
def test_the_stored_output_is_a_mount_point_with_a_still_figure(name):
    bundle = widgets.explore(name)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith(f'<div data-explorer="{name}" id="explorer-{name}"><img alt="')
    assert "data:image/png;base64," in bundle["text/html"]
    assert bundle["text/plain"] == f"explorer {name}"


def test_colab_gets_the_widget_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert set(widgets.explore("one_cycle")._repr_mimebundle_()) == {
        "application/vnd.jupyter.widget-view+json",
        "text/plain",
    }
