"""What is learnt in the trials: parts that do not overlap, and features computed once."""

import numpy as np
import pytest

from learning_rates.trials.declared import tasks


def test_a_table_is_split_once_and_standardised_by_its_training_part():
    x, y = np.arange(200.0).reshape(100, 2), np.arange(100)
    parts = tasks._table(x, y)
    assert [len(parts[name][1]) for name in ("train", "tune", "final")] == [64, 16, 20]
    assert sorted(np.concatenate([labels for _, labels in parts.values()])) == list(range(100))
    assert parts["train"][0].mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-6)
    assert parts["train"][0].std(axis=0) == pytest.approx([1.0, 1.0], rel=1e-6)
    again = tasks._table(x, y)
    assert (again["final"][1] == parts["final"][1]).all()


def test_targets_of_a_regression_are_standardised_and_keep_their_scale():
    parts = tasks._prices(lambda: (np.arange(200.0).reshape(100, 2), 7 * np.arange(100.0)))
    targets = parts["train"][1]
    assert (targets.mean(), targets.std()) == (pytest.approx(0, abs=1e-6), pytest.approx(1, rel=1e-6))
    assert parts["scale"] == pytest.approx(7 * 28.9, rel=0.1)


def test_features_are_computed_once(monkeypatch, tmp_path):
    asked = []

    def features(images, size):
        asked.append(size)
        return np.full((len(images), 3), size, "float32")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    monkeypatch.setattr(tasks.models, "mobilenet_v2_features", features)
    images = np.zeros((2, 4, 4, 3), "uint8")
    for _ in range(2):
        assert tasks._features(images, 64).tolist() == [[64.0] * 3] * 2
    tasks._features(images + 1, 64)
    assert asked == [64, 64]
    assert len(list((tmp_path / "datasets").iterdir())) == 2, "no part is left"


def test_the_sample_task_needs_no_download_and_its_parts_do_not_overlap(monkeypatch):
    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    parts = tasks._sample()
    assert {name: x.shape for name, (x, _) in parts.items()} == {
        "train": (5000, 784),
        "tune": (1000, 784),
        "final": (1000, 784),
    }
    train, tune = ({row.tobytes() for row in parts[name][0]} for name in ("train", "tune"))
    assert not train & tune
