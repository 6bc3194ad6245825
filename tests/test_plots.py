"""Figures: what is drawn is what was given."""

import io
import json
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from lxml import etree

from learning_rates import explorers, plots, schedules
from learning_rates.range_test import RangeTest
from learning_rates.trials.statistics import interval


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def _in_the_books_style():
    with matplotlib.rc_context():
        plots.use_style()
        yield


def svg_of(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg")
    return file.getvalue()


@pytest.mark.usefixtures("_in_the_books_style")
def test_a_compact_figure_has_the_same_marks_at_the_same_places():
    figure = plots.schedules({"linear decay": schedules.polynomial_decay(1.0, 50)}).figure
    figure.axes[0].set_title("a title\nof two lines")
    long = svg_of(figure)
    short = plots.compact(long)
    assert plots.compact(short) == short
    assert len(short) < 0.85 * len(long)
    before, after = etree.fromstring(long.encode()), etree.fromstring(short)
    for tag in ("path", "use", "g"):
        pairs = list(zip(before.iter(f"{{*}}{tag}"), after.iter(f"{{*}}{tag}"), strict=True))
        assert [old.get("style") for old, _ in pairs] == [new.get("style") for _, new in pairs]
        for old, new in pairs:
            for place in ("d", "x", "y"):
                assert numbers(new.get(place)) == pytest.approx(numbers(old.get(place)), abs=0.00501)
        assert [old.get("transform") for old, _ in pairs] == [new.get("transform") for _, new in pairs]


def numbers(text):
    return [float(number) for number in re.findall(r"-?[\d.]+", text or "")]


@pytest.mark.usefixtures("_in_the_books_style")
def test_one_figure_is_the_same_svg_twice():
    figures = [plots.schedules({"a": schedules.constant(0.1, 9)}, plt.figure().add_subplot()).figure for _ in range(2)]
    first, second = [plots.compact(svg_of(figure)) for figure in figures]
    assert first == second


@pytest.mark.parametrize("number", range(1, 8))
def test_shades_begin_at_the_darkest_and_never_repeat(number):
    shades = plots.shades(number)
    assert len(set(shades)) == number
    assert shades[0] == plots.SHADES[0]
    assert number == 1 or shades[-1] == plots.SHADES[-1]


@pytest.mark.parametrize(("number", "error"), [(0, ValueError), (8, ValueError), (2.5, ValueError), ("2", TypeError)])
def test_shades_for_more_than_can_be_told_apart_are_refused(number, error):
    with pytest.raises(error, match="number"):
        plots.shades(number)


def test_schedules_draws_every_step_of_each():
    rate = schedules.polynomial_decay(1.0, 5)
    lines = plots.schedules({"linear decay": rate, "flat": schedules.constant(0.5, 3)}).lines
    assert [list(line.get_ydata()) for line in lines] == [rate.values(), [0.5, 0.5, 0.5]]
    assert lines[0].get_color() == plots.STYLES["linear decay"]["color"]


def test_every_kind_of_schedule_can_be_drawn():
    cases = json.loads((Path(__file__).parent / "oracles/golden.json").read_text(encoding="utf-8"))["cases"]
    named = {case["config"]["name"]: schedules.from_config(case["config"]) for case in cases}
    named["scale"] = schedules.scale(named["constant"], 2.0)
    assert set(named) == set(schedules._FACTORIES)
    for line, schedule in zip(plots.schedules(named).lines, named.values(), strict=True):
        assert list(line.get_ydata()) == schedule.values()


def test_a_range_test_shows_losses_phases_rules_and_bracket():
    falls = [2 + np.cos(np.linspace(0, end, 31)) for end in (5.5, 6.0)]
    test = RangeTest(np.geomspace(1e-3, 1.0, 31), falls)
    ax = test.plot()
    drawn = [list(line.get_ydata()) for line in ax.lines]
    assert all(list(row) in drawn for row in (*test.losses, *test.smoothed))
    texts = [text.get_text() for text in ax.texts]
    assert texts[:3] == ["flat", "falls", "rises"]
    assert texts[3] == "lowest loss"
    assert texts[4:] == [f"{rule}: {each.rate:.2g}" for rule, each in test.suggestions.items()]
    for each in test.suggestions.values():
        assert any(list(line.get_xdata()) == [each.low, each.high] for line in ax.lines)
    (bracket,) = ax.patches
    assert (bracket.get_x(), bracket.get_x() + bracket.get_width()) == pytest.approx(test.bracket)


def test_a_range_test_that_found_nothing_is_drawn_too():
    noise = 2 + np.random.default_rng(0).normal(0, 0.1, 31)
    ax = RangeTest(np.geomspace(1e-3, 1.0, 31), [noise]).plot()
    assert not ax.patches
    assert ax.get_xscale() == "log"


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: plots.schedules({"flat": 0.5}),
            "named['flat'] must be a schedule. Received: named['flat']=0.5",
        ),
        (lambda: plots.schedules([0.5]), "named must be a dict. Received: named=[0.5]"),
        (lambda: plots.range_test(3), "test must be a RangeTest. Received: test=3"),
        (lambda: plots.bias_correction(0.9), "momentum must be a schedule. Received: momentum=0.9"),
        (
            lambda: plots.intervals({"gain": 0.5}),
            "named['gain'] must be an Interval. Received: named['gain']=0.5",
        ),
    ],
)
def test_what_cannot_be_drawn_is_named(draw, message):
    with pytest.raises(TypeError) as caught:
        draw()
    assert str(caught.value) == message


def test_intervals_reads_from_top_to_bottom():
    axes = plots.intervals({"first": interval([1.0, 3.0]), "second": interval([0.0, 1.0])})
    assert [text.get_text() for text in axes.get_yticklabels()] == ["first", "second"]
    assert [text.get_text() for text in axes.texts] == ["+2.00 ± 12.71", "+0.50 ± 6.35"]
    assert axes.yaxis_inverted()


def test_intervals_have_a_band_and_what_they_are_held_against():
    rows = {"one": interval([1.0, 3.0]), "a label that is much too long for a phone": interval([0.0, 1.0])}
    axes = plots.intervals(rows, margin=0.5, marks={"one": 7.8})
    (band,) = axes.patches
    assert (band.get_x(), band.get_width()) == (-0.5, 1.0)
    (mark,) = [line for line in axes.lines if line.get_marker() == "x"]
    assert (mark.get_xdata(), mark.get_ydata()) == ([7.8], [0])
    assert axes.get_yticklabels()[1].get_text() == "a label that is much too\nlong for a phone"
    plain = plots.intervals({"one": interval([1.0, 3.0])}, plt.figure().add_subplot())
    assert list(plain.patches) == []


def test_bias_correction_is_the_usual_over_the_weights_that_adam_has_given():
    """The exact correction is the sum of the weights of Adam's average, written out here step by step."""
    momentum = schedules.one_cycle_momentum(50)
    expected, total = [], 0.0
    for step, beta in enumerate(momentum.values()):
        total = beta * total + (1 - beta)
        expected.append((1 - beta ** (step + 1)) / total)
    axes = plots.bias_correction(momentum)
    _, ratio, mark = axes.lines
    assert ratio.get_ydata() == pytest.approx(expected, rel=1e-12)
    worst = max(range(50), key=lambda step: abs(expected[step] - 1))
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (worst, ratio.get_ydata()[worst])
    assert [text.get_text() for text in axes.texts] == [f"T = 50: {expected[worst]:.3f} at step {worst}"]


def test_bias_correction_matters_in_a_short_run_and_hardly_in_a_long_one():
    """What the page of the package says with this figure."""
    ratios = [plots.bias_correction(schedules.one_cycle_momentum(steps)).lines[-2].get_ydata() for steps in (50, 1000)]
    short, long = (max(abs(ratio - 1)) for ratio in ratios)
    assert short > 0.3
    assert long < 0.02


def test_bias_correction_refuses_a_momentum_of_one():
    with pytest.raises(ValueError, match=r"greatest value of momentum must be in \[0, 1\). Received"):
        plots.bias_correction(schedules.piecewise([(0, 0.9), (5, 1.0)]))


def test_an_explorers_figure_has_its_panels_curves_and_marks():
    figure = explorers.figure("one_cycle", {"axis": "log"})
    above, below = plots.explorer(figure).axes
    assert above.get_yscale() == "log"
    assert below.get_yscale() == "linear"
    assert [text.get_text() for text in above.texts] == [mark["text"] for mark in figure["panels"][0]["marks"]]
    assert list(above.lines[0].get_xdata()) == [x for x, _ in figure["panels"][0]["curves"][0]["points"]]
