"""Explorers: what they compute is what the package computes, whatever comes in; a stored output holds it."""

import json
import math
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import explorers, plots, widgets
from learning_rates.explorers import knots
from tests.explorers.settings import raw_values

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SHARED = {"knots", "statistics", "take_home"}  # modules that explorers share, and no explorers


def test_every_explorer_is_listed_and_has_its_file():
    files = {path.stem for path in (ROOT / "src/learning_rates/explorers").glob("[!_]*.py")} - SHARED
    for name in files - set(explorers.NAMES):
        pytest.fail(f"explorers/{name}.py is no explorer until NAMES in explorers/__init__.py lists {name!r}.")
    for name in set(explorers.NAMES) - files:
        pytest.fail(f"NAMES in explorers/__init__.py lists {name!r}, but explorers/{name}.py is missing.")
    assert len(set(explorers.NAMES)) == len(explorers.NAMES)


@pytest.mark.parametrize("name", explorers.NAMES)
def test_an_explorer_has_its_parts_and_its_record(name):
    explorer = explorers.load(name)
    lacking = {"TITLE", "QUESTION", "CONTROLS", "compute"} - set(vars(explorer))
    assert not lacking, f"explorers/{name}.py lacks {', '.join(sorted(lacking))}."
    record = getattr(explorer, "RECORD", None)
    assert record is None or (ROOT / "results" / record).is_file(), (
        f"explorers/{name}.py reads results/{record}: missing"
    )


def test_every_explorer_stands_in_the_book_and_no_other():
    """A cell of a notebook ends in `explore("name")`; a page in book/ has the directive `{explorer} name`."""
    shown = {}
    for path in [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "book").glob("*.md")]:
        for found in re.finditer(
            r'explore\(\\"(\w+)\\"\)|^```\{explorer\} (\w+)', path.read_text(encoding="utf-8"), re.M
        ):
            shown[found[1] or found[2]] = path.name
    for name in set(shown) - set(explorers.NAMES):
        pytest.fail(f"{shown[name]} shows the explorer {name!r}, which NAMES in explorers/__init__.py does not list.")
    for name in set(explorers.NAMES) - set(shown):
        pytest.fail(f"explorers/{name}.py stands in no chapter and on no page.")


@pytest.mark.parametrize("name", explorers.NAMES)
def test_an_explorer_describes_itself_as_json(name):
    described = json.loads(explorers.describe(name))
    assert set(described) == {"title", "question", "controls", "presets", "compact"}
    assert described["question"].endswith("?")
    names = [control["name"] for control in described["controls"]]
    assert len(names) == len(set(names))
    for _, values in described["presets"]:
        assert explorers.clean(described["controls"], values).items() >= values.items(), "a preset is out of range"
    assert explorers.clean(described["controls"], {}) == {c["name"]: c["default"] for c in described["controls"]}
    if compact := described["compact"]:
        assert set(compact) == {"title", "question", "controls", "panels"}
        assert set(compact["controls"]) < set(names)
        assert compact["question"].endswith("?")


@pytest.mark.parametrize("name", explorers.NAMES)
def test_one_control_plays_and_few_stand_under_the_figure(name):
    controls = explorers.load(name).CONTROLS
    (played,) = [control for control in controls if control["plays"]]
    assert played["plays"] in ("up", "down")
    assert played["step"], "it can be stepped"
    assert len([control for control in controls if control["main"] and not control["plays"]]) in (1, 2)


# What moves along a run without its axes: they would be another picture at each step.
STILL = [name for name in explorers.NAMES if name != "tangent"]


@pytest.mark.parametrize("name", STILL)
def test_axes_stand_still_while_it_is_played(name):
    widgets.load(name)
    controls = explorers.load(name).CONTROLS
    (played,) = [control for control in controls if control["plays"]]
    low, high = [explorers.figure(name, {played["name"]: played[end]})["panels"] for end in ("min", "max")]
    for one, other in zip(low, high, strict=True):
        if one["curves"] != other["curves"] and one["x_label"] != "seed":  # whose differences shrink on their way
            assert [one["x_range"], one["y_range"]] == [other["x_range"], other["y_range"]]
            assert one["y_range"], one["label"]


@pytest.mark.parametrize("name", explorers.NAMES)
@given(st.data())
def test_every_setting_gives_a_figure_of_finite_numbers(name, data):
    raw = data.draw(raw_values(widgets.load(name).CONTROLS))
    figure = json.loads(explorers.render(name, json.dumps(raw)))
    assert figure["summary"]
    assert sum(len(curve["points"]) for panel in figure["panels"] for curve in panel["curves"]) <= 1500  # in a frame
    for panel in figure["panels"]:
        for curve in panel["curves"]:
            assert 1 <= len(curve["points"]) <= 256
            assert all(math.isfinite(number) for point in curve["points"] for number in point)
        for axis, scale in enumerate((panel["x_scale"], panel["y_scale"])):
            if scale == "log":
                assert all(point[axis] > 0 for curve in panel["curves"] for point in curve["points"])


@pytest.mark.parametrize("name", explorers.NAMES)
def test_a_figure_has_what_the_page_draws(name):
    widgets.load(name)
    figure = explorers.figure(name, {})
    assert set(figure) - {"code", "training"} == {"summary", "panels", "table", "values"}
    for panel in figure["panels"]:
        assert set(panel) == set(explorers.panel("", "", "", []))
        assert all(set(curve) == set(explorers.curve("", [], "")) for curve in panel["curves"])
    assert all(len(row) == len(figure["table"]["head"]) for row in figure["table"]["rows"])


HOSTILE = ["nan", "1e400", "-inf", "<script>alert(1)</script>", "", None, [], {}, "9" * 100_000, True]


@pytest.mark.parametrize("name", explorers.NAMES)
@pytest.mark.parametrize("bad", HOSTILE, ids=lambda bad: repr(bad)[:20])
def test_a_hostile_link_gives_values_in_range(name, bad):
    controls = widgets.load(name).CONTROLS
    raw = dict.fromkeys([*(control["name"] for control in controls), "unknown", "__class__"], bad)
    values = explorers.figure(name, raw)["values"]
    assert set(values) == {control["name"] for control in controls}
    for control in controls:
        value = values[control["name"]]
        if control["kind"] == "choice":
            assert value == control["default"]
        else:
            assert control["min"] <= value <= control["max"]


def test_an_unknown_explorer_is_named():
    with pytest.raises(ValueError, match=r"name must be one of claims, .*valley\. Received: name='os'"):
        explorers.load("os")


@pytest.mark.slow
@pytest.mark.parametrize("name", explorers.NAMES)
def test_the_stored_output_is_a_mount_point_with_a_still_figure(name):
    bundle = widgets.explore(name)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].startswith(f'<div data-explorer="{name}" id="explorer-{name}"><img alt="')
    assert "data:image/svg+xml;base64," in bundle["text/html"]
    assert bundle["text/plain"] == f"explorer {name}"


@pytest.mark.slow
def test_colab_gets_the_widget_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert set(widgets.explore("one_cycle")._repr_mimebundle_()) == {
        "application/vnd.jupyter.widget-view+json",
        "text/plain",
    }


@pytest.mark.parametrize("name", ["decay_gallery", "design", "one_cycle", "train"])
def test_a_schedule_has_one_colour_through_the_whole_book(name):
    """Where one was designed or trained under, the linear decay was red and the constant rate orange."""
    widgets.load(name)
    choices = [control for control in explorers.load(name).CONTROLS if control["kind"] == "choice"]
    settings = [{control["name"]: option} for control in choices for option, _ in control["options"]]
    panels = [panel for setting in settings for panel in explorers.figure(name, setting)["panels"]]
    drawn = {curve["label"]: curve["color"] for panel in panels for curve in panel["curves"]}
    known = drawn.keys() & plots.STYLES.keys()
    assert len(known) >= 3
    assert {label: drawn[label] for label in known} == {label: plots.STYLES[label]["color"] for label in known}
    assert drawn.get(knots.OWN) not in {look["color"] for look in plots.STYLES.values()}


@pytest.mark.parametrize("name", explorers.NAMES)
def test_every_colour_has_one_for_the_night(name):
    widgets.load(name)
    night = (ROOT / "book/_static/book.css").read_text().split('data-theme="dark"')[1]
    for panel in explorers.figure(name, {})["panels"]:
        for curve in panel["curves"]:
            assert f"--ink-{curve['color'][1:]}: " in night, curve["label"]
