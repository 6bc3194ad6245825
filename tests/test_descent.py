"""Losses, gradients and optimizers from scratch: by hand, by Keras, by brute force."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import descent, schedules
from tests.docstrings import accepted, documented

SURFACES = {
    "quadratic": descent.quadratic([1.0, 30.0]),
    "rosenbrock": descent.rosenbrock(),
    "saddle": descent.saddle(),
}
coordinates = st.floats(-2.0, 2.0)


@pytest.mark.parametrize("name", SURFACES)
@given(coordinates, coordinates)
def test_gradients_are_the_slopes(name, a, b):
    surface = SURFACES[name]
    slopes = [
        descent.difference_quotient(lambda x: surface.loss([x, b]), a, 1e-5, central=True),
        descent.difference_quotient(lambda x: surface.loss([a, x]), b, 1e-5, central=True),
    ]
    assert surface.gradient([a, b]) == pytest.approx(slopes, rel=1e-6, abs=1e-5)


def test_the_known_minima_and_the_saddle():
    assert descent.rosenbrock().gradient([1.0, 1.0]) == [0.0, 0.0]
    assert descent.saddle().gradient([0.0, 0.0]) == [0.0, 0.0]
    assert descent.saddle().gradient([0.0, -1.0]) == [0.0, 0.0]
    assert descent.saddle().loss([0.0, 0.1]) < descent.saddle().loss([0.0, 0.0])


def keras_path(optimizer, start, steps):
    """The points that a Keras optimizer takes down Rosenbrock's valley."""
    variable, path = keras.Variable(start, dtype="float32"), [start]
    for _ in range(steps):
        point = [float(x) for x in keras.ops.convert_to_numpy(variable)]
        gradient = descent.rosenbrock().gradient(point)
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [variable])
        path.append([float(x) for x in keras.ops.convert_to_numpy(variable)])
    return np.array(path)


PAIRS = {
    "SGD": (descent.SGD(1e-3), keras.optimizers.SGD(1e-3)),
    "momentum": (descent.SGD(1e-4, 0.9), keras.optimizers.SGD(1e-4, 0.9)),
    "Nesterov": (descent.SGD(1e-4, 0.9, nesterov=True), keras.optimizers.SGD(1e-4, 0.9, nesterov=True)),
    "AdaGrad": (descent.AdaGrad(0.1, form="keras"), keras.optimizers.Adagrad(0.1)),
    "RMSProp": (descent.RMSProp(0.01, form="keras"), keras.optimizers.RMSprop(0.01)),
    "Adam": (descent.Adam(0.01, form="keras"), keras.optimizers.Adam(0.01)),
    "AdamW": (
        descent.Adam(0.01, weight_decay=0.1, form="keras"),
        keras.optimizers.AdamW(0.01, weight_decay=0.1),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_kerass_forms_are_kerass(name):
    ours, theirs = PAIRS[name]
    path = descent.descend(descent.rosenbrock().gradient, ours, [-1.5, 1.0], 100)
    assert np.array(path) == pytest.approx(keras_path(theirs, [-1.5, 1.0], 100), abs=2e-5)


@pytest.mark.parametrize("optimizer", [descent.AdaGrad, descent.RMSProp, descent.Adam])
def test_an_unknown_form_is_refused(optimizer):
    with pytest.raises(ValueError, match=r"form must be one of keras, textbook\. Received: form='pytorch'"):
        optimizer(0.1, form="pytorch")


def test_rate_and_momentum_may_be_schedules():
    rate, momentum = schedules.polynomial_decay(0.4, 3), schedules.piecewise([(0, 0.0), (2, 0.8)])
    # η = 0.4, 0.2, 0; μ = 0, 0.4, 0.8; on L = ½θ²: v = −0.4, −0.28, −0.224
    path = descent.descend(descent.quadratic([1.0]).gradient, descent.SGD(rate, momentum), [1.0], 3)
    assert [x for (x,) in path] == pytest.approx([1.0, 0.6, 0.32, 0.096])


def test_a_descent_that_diverges_ends_early_and_finite():
    path = descent.descend(descent.quadratic([1.0]).gradient, descent.SGD(12.0), [1.0], 1000)
    assert len(path) == 12  # times −11 a step: 11¹¹ is below 10¹², 11¹² above
    assert path[1] == [-11.0]


@pytest.mark.parametrize("nesterov", [False, True])
@given(st.floats(0.01, 4.5), st.floats(0.0, 0.95))
def test_contraction_is_what_a_long_descent_shows(nesterov, rate, momentum):
    step = [[momentum, -rate], [momentum, 1 - rate]]  # of velocity and distance; λ = 1
    if nesterov:
        step = [[momentum, -rate], [momentum * momentum, 1 - rate * (1 + momentum)]]
    greatest = max(abs(np.linalg.eigvals(np.array(step))))
    assert descent.contraction(rate, 1.0, momentum, nesterov) == pytest.approx(greatest, abs=1e-6)


@given(st.floats(0.1, 100.0), st.floats(0.0, 0.99), st.booleans())
def test_the_wall_is_where_contraction_reaches_one(eigenvalue, momentum, nesterov):
    wall = descent.greatest_rate(eigenvalue, momentum, nesterov)
    assert descent.contraction(0.999 * wall, eigenvalue, momentum, nesterov) < 1
    assert descent.contraction(1.001 * wall, eigenvalue, momentum, nesterov) > 1


def test_the_walls_at_0_9():
    assert descent.greatest_rate(1.0) == 2.0
    assert descent.greatest_rate(1.0, 0.9) == pytest.approx(3.8)
    assert descent.greatest_rate(1.0, 0.9, nesterov=True) == pytest.approx(3.8 / 2.8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: descent.greatest_rate(0.0), "eigenvalue must be > 0. Received: eigenvalue=0.0"),
        (lambda: descent.greatest_rate("1"), "eigenvalue must be a real number. Received: eigenvalue='1'"),
        (lambda: descent.greatest_rate(1.0, 1.0), "momentum must be in [0, 1). Received: momentum=1.0"),
        (lambda: descent.difference_quotient(abs, 1.0, 0), "h must not be 0. Received: h=0"),
    ],
)
def test_errors_name_the_argument_the_rule_and_the_value(call, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    assert str(caught.value) == message


PUBLIC = {name: made for name, made in vars(descent).items() if getattr(made, "__module__", "") == descent.__name__}


@pytest.mark.parametrize("name", [name for name in PUBLIC if not name.startswith("_")])
def test_every_argument_is_documented_in_its_place(name):
    assert documented(PUBLIC[name]) == accepted(PUBLIC[name])
