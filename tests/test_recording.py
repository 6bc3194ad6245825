"""The engine of the recorded runs does what Keras's own training step does."""

import keras
import numpy as np
import pytest

pytest.importorskip("jax")
pytestmark = pytest.mark.backends
if keras.backend.backend() != "jax":
    pytest.skip("the engine runs Keras on JAX", allow_module_level=True)

import recording  # noqa: E402

from learning_rates import SGD, models, schedules  # noqa: E402

GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.normal(size=(40, 6)).astype("float32"), GENERATOR.integers(0, 3, 40).astype("int32")


def build(seed):
    return models.mlp(inputs=6, hidden=5, classes=3, seed=seed)


def keras_weights(seed, rate, momentum, weight_decay):
    model = build(seed)
    optimizer = SGD(rate, momentum, weight_decay=weight_decay)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for batch in recording._order(len(X), 10, rate.total_steps, seed):
        model.train_on_batch(X[batch], Y[batch])
    return model.get_weights()


def test_a_run_is_kerass():
    rate, momentum = schedules.one_cycle(0.5, 12), schedules.one_cycle_momentum(12)
    runs = [recording.Run(("run", seed), seed, rate, momentum, weight_decay=0.1) for seed in (3, 4)]
    ((steps, weights, losses),) = recording.train(runs, (X, Y), 10, build=build)
    assert steps == 12
    assert losses.shape == (2, 12)
    for index, seed in enumerate((3, 4)):
        for ours, theirs in zip(weights, keras_weights(seed, rate, momentum, 0.1), strict=True):
            np.testing.assert_allclose(ours[index], theirs, atol=1e-5)


def test_in_parts_or_in_one_go_is_the_same():
    runs = [recording.Run(("run", 0), 0, schedules.polynomial_decay(0.5, 12))]
    ((_, whole, losses),) = recording.train(runs, (X, Y), 10, build=build)
    parts = list(recording.train(runs, (X, Y), 10, every=4, build=build))
    assert [steps for steps, _, _ in parts] == [4, 8, 12]
    np.testing.assert_allclose(np.concatenate([part for _, _, part in parts], axis=1), losses, atol=1e-6)
    for a, b in zip(parts[-1][1], whole, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_every_epoch_sees_every_sample():
    order = recording._order(40, 10, 8, seed=1)
    assert sorted(order[:4].ravel()) == sorted(order[4:].ravel()) == list(range(40))
    assert (order[:4] != order[4:]).any()


def test_judge_is_kerass_evaluate():
    model = build(0)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    losses, accuracies = recording.judge([w[None] for w in model.get_weights()], (X, Y), build=build)
    loss, accuracy = model.evaluate(X, Y, verbose=0)
    assert losses[0] == pytest.approx(loss, abs=1e-6)
    assert accuracies[0] == pytest.approx(accuracy)


def test_a_second_start_runs_only_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "RESULTS", tmp_path)
    table = recording.Table("trial", ("arm", "seed"), ("loss", "accuracy"))
    table.append(("constant", 0), (0.5, 0.75))
    again = recording.Table("trial", ("arm", "seed"), ("loss", "accuracy"))
    assert ("constant", 0) in again
    assert ("constant", 1) not in again
    assert again["constant", 0] == {"loss": 0.5, "accuracy": 0.75}
    again.describe({"versions": {"jax": "1"}})
    with pytest.raises(SystemExit, match="was begun with"):
        again.describe({"versions": {"jax": "2"}})
