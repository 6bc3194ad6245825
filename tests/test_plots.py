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
    assert [text.get_text() for text in axes.texts] == ["first: +2.00 ± 12.71", "second: +0.50 ± 6.35"]
    assert axes.yaxis_inverted()


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
