"""The recording of sharpness: its descent is the package's, its λ_max that of a matrix, and no run is missing."""

import numpy as np
import pytest

from experiments import edge
from learning_rates import descent
from learning_rates.trials.table import Table

pytestmark = pytest.mark.jax
EIGENVALUES = np.array([7.0, 3.0, 0.5], "float32")


def bowl(weights):
    """Loss and gradient of a quadratic with known eigenvalues."""
    (theta,) = weights
    return 0.5 * (EIGENVALUES * theta**2).sum(), [EIGENVALUES * theta]


def test_power_iteration_finds_the_largest_eigenvalue():
    found, _ = edge.sharpness(bowl, 60, [np.ones(3, "float32")], [np.ones(3, "float32")])
    assert float(found) == pytest.approx(7.0, rel=1e-5)


@pytest.mark.parametrize("name", edge.METHODS)
def test_a_method_takes_the_packages_steps(name):
    rate, momentum, nesterov = edge.METHODS[name]
    start, zero = np.array([1.0, -2.0, 3.0], "float32"), np.zeros(3, "float32")
    state, (sharp, loss) = edge.descend(bowl, edge.METHODS[name], 20, ([start], [zero], [np.ones(3, "float32")]), None)
    surface = descent.quadratic(EIGENVALUES.tolist())
    path = descent.descend(surface.gradient, descent.SGD(rate, momentum, nesterov), start.tolist(), 20)
    assert np.asarray(state[0][0]) == pytest.approx(path[20], abs=1e-5)
    assert float(loss) == pytest.approx(surface.loss(path[19]), abs=1e-5), "the loss is that before the last step"
    assert 0 < float(sharp) <= 7.001


def test_no_run_is_missing():
    table = Table.recorded("edge_sharpness")
    wanted = [
        (objective, method, step, seed)
        for objective in edge.OBJECTIVES
        for method in edge.METHODS
        for step in range(0, edge.STEPS + 1, edge.EVERY)
        for seed in edge.SHARPNESS_SEEDS
    ]
    assert [key for key in wanted if key not in table] == []
    assert len(table.rows) == len(wanted)
    catapult = Table.recorded("edge_catapult")
    keys = [(factor, seed) for factor in edge.FACTORS for seed in edge.CATAPULT_SEEDS]
    assert [key for key in keys if key not in catapult] == []
