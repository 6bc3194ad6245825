"""Figures: what is drawn is what was given."""

import matplotlib.pyplot as plt
import pytest

from learning_rates import explorers, plots, schedules
from learning_rates.trials.report import interval


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_schedules_draws_every_step_of_each():
    rate = schedules.polynomial_decay(1.0, 5)
    lines = plots.schedules({"linear decay": rate, "flat": schedules.constant(0.5, 3)}).lines
    assert [list(line.get_ydata()) for line in lines] == [rate.values(), [0.5, 0.5, 0.5]]
    assert lines[0].get_color() == plots.STYLES["linear decay"]["color"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (
            lambda: plots.schedules({"flat": 0.5}),
            "named['flat'] must be a schedule. Received: named['flat']=0.5",
        ),
        (lambda: plots.schedules([0.5]), "named must be a dict. Received: named=[0.5]"),
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
    assert [text.get_text() for text in axes.texts] == ["first: +2.00 ± 12.71", "second: +0.50 ± 6.35"]
    assert axes.yaxis_inverted()


def test_an_explorers_figure_has_its_panels_curves_and_marks():
    figure = explorers.figure("one_cycle", {"axis": "log"})
    above, below = plots.explorer(figure).axes
    assert above.get_yscale() == "log"
    assert below.get_yscale() == "linear"
    assert [text.get_text() for text in above.texts] == [mark["text"] for mark in figure["panels"][0]["marks"]]
    assert list(above.lines[0].get_xdata()) == [x for x, _ in figure["panels"][0]["curves"][0]["points"]]
