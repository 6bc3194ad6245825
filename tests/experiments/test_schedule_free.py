"""What the API page says of Keras's ScheduleFreeAdamW: the recorded runs are whole, and say it."""

import csv
from pathlib import Path

import keras
import numpy as np
import pytest

from experiments import schedule_free

ROWS = list(
    csv.DictReader((Path(__file__).parents[2] / "results/schedule_free.csv").read_text(encoding="utf-8").splitlines())
)


def test_no_run_is_missing_and_none_stands_twice():
    planned = [
        ("jax", arm, str(rate), str(seed))
        for arm in schedule_free.ARMS
        for rate in schedule_free.RATES
        for seed in schedule_free.SEEDS
    ]
    assert sorted((row["backend"], row["arm"], row["rate"], row["seed"]) for row in ROWS) == sorted(planned)


def test_no_recorded_run_lost_its_initial_weights():
    assert all(float(row["kept"]) > 0.99 for row in ROWS)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow builds inside the trace")
@pytest.mark.slow
def test_on_tensorflow_keras_discards_the_initial_weights_unless_it_was_built_before(monkeypatch):
    x, y = np.random.default_rng(0).random((50, 784), "float32"), np.arange(50) % 10
    monkeypatch.setattr(schedule_free, "data_of", lambda name: {"train": (x, y)})
    monkeypatch.setattr(schedule_free, "EPOCHS", 0)
    optimizers = [keras.optimizers.ScheduleFreeAdamW(0.0025) for _ in "ab"]
    kept = [schedule_free.trained(each, 0, build)[1] for each, build in zip(optimizers, (False, True), strict=True)]
    assert abs(kept[0]) < 0.05
    assert kept[1] > 0.99


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="elsewhere Keras's reads z after it has moved")
@pytest.mark.slow
def test_keras_leaves_the_model_with_y():
    """Once Keras puts x in, the API page can stop saying so. One weight, gradient 1, rates 1: z is −t, x its mean."""
    for make in (
        lambda: keras.optimizers.ScheduleFreeAdamW(1.0, beta_1=0.5, beta_2=0.0),
        lambda: schedule_free.Averaged(keras.optimizers.SGD(1.0), "schedule_free", decay=0.5),
    ):
        weight, optimizer = keras.Variable([0.0]), make()
        optimizer.build([weight])
        for _ in range(2):
            optimizer.apply([np.ones(1, "float32")], [weight])
        assert float(weight[0]) == pytest.approx(-1.75)  # y = (z + x) / 2, with z = −2 and x = −1.5
