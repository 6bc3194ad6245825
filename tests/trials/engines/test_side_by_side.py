"""Runs trained side by side are those that Keras trains one by one."""

import keras
import numpy as np
import pytest

from learning_rates import SGD, Adam, models, schedules
from learning_rates.trials.engine import SIDE_BY_SIDE
from learning_rates.trials.engines.side_by_side import OPTIMIZERS, judge, outputs, train
from learning_rates.trials.runs import Run, order

pytestmark = pytest.mark.jax

GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.normal(size=(40, 6)).astype("float32"), GENERATOR.integers(0, 3, 40).astype("int32")


def build(seed):
    return models.mlp(inputs=6, hidden=5, classes=3, seed=seed)


def keras_weights(seed, optimizer):
    model = build(seed)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    for batch in order(len(X), 10, 12, seed):
        model.train_on_batch(X[batch], Y[batch])
    return model.get_weights()


def test_a_run_is_kerass():
    rate, momentum = schedules.one_cycle(0.5, 12), schedules.one_cycle_momentum(12)
    runs = [Run(("run", seed), seed, rate, momentum, weight_decay=0.1) for seed in (3, 4)]
    ((steps, weights, losses),) = train(runs, (X, Y), 10, build=build)
    assert steps == 12
    assert losses.shape == (2, 12)
    for index, seed in enumerate((3, 4)):
        for ours, theirs in zip(weights, keras_weights(seed, SGD(rate, momentum, weight_decay=0.1)), strict=True):
            np.testing.assert_allclose(ours[index], theirs, atol=1e-5)


def test_in_parts_or_in_one_go_is_the_same():
    runs = [Run(("run", 0), 0, schedules.polynomial_decay(0.5, 12))]
    ((_, whole, losses),) = train(runs, (X, Y), 10, build=build)
    parts = list(train(runs, (X, Y), 10, every=4, build=build))
    assert [steps for steps, _, _ in parts] == [4, 8, 12]
    np.testing.assert_allclose(np.concatenate([part for _, _, part in parts], axis=1), losses, atol=1e-6)
    for a, b in zip(parts[-1][1], whole, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_factor_is_a_rate_of_its_own(optimizer):
    def weights_after(rate, factors=None):
        runs = [Run(("run", 0), 0, schedules.polynomial_decay(rate, 12))]
        ((_, weights, _),) = train(runs, (X, Y), 10, build=build, optimizer=optimizer, factors=factors)
        return weights

    first = [weight[None] for weight in build(0).get_weights()]
    for ours, theirs in zip(weights_after(0.1, [0.5] * 4), weights_after(0.05), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    frozen = weights_after(0.1, [0.0, 0.0, 1.0, 1.0])
    for place, (after, before) in enumerate(zip(frozen, first, strict=True)):
        assert (np.asarray(after) == before).all() == (place < 2)


def test_every_epoch_sees_every_sample():
    batches = order(40, 10, 8, seed=1)
    assert sorted(batches[:4].ravel()) == sorted(batches[4:].ravel()) == list(range(40))
    assert (batches[:4] != batches[4:]).any()


def test_judge_is_kerass_evaluate():
    model = build(0)
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    losses, accuracies = judge([w[None] for w in model.get_weights()], (X, Y), build=build)
    loss, accuracy = model.evaluate(X, Y, verbose=0)
    assert losses[0] == pytest.approx(loss, abs=1e-6)
    assert accuracies[0] == pytest.approx(accuracy)


def test_an_adam_run_with_moving_momentum_is_the_packages():
    rate, beta_1 = schedules.one_cycle(0.05, 12), schedules.one_cycle_momentum(12)
    ((_, weights, _),) = train([Run("run", 3, rate, beta_1)], (X, Y), 10, build=build, optimizer="adam")
    for ours, theirs in zip(weights, keras_weights(3, Adam(rate, beta_1)), strict=True):
        np.testing.assert_allclose(ours[0], theirs, atol=1e-5)


def test_a_second_phase_goes_on_from_the_weights_of_the_first():
    rate = schedules.constant(0.1, 4)
    ((_, first, _),) = train([Run("run", 0, rate, 0.0)], (X, Y), 10, build=build)
    ((_, both, _),) = train([Run("run", 0, rate, 0.0)], (X, Y), 10, build=build, start=first)
    ((_, whole, _),) = train([Run("run", 0, schedules.constant(0.1, 8), 0.0)], (X, Y), 40, build=build)
    assert max(abs(a - b).max() for a, b in zip(first, both, strict=True)) > 0.01
    assert [weight.shape for weight in both] == [weight.shape for weight in whole]


def penalised(seed):
    first = keras.initializers.GlorotUniform(seed=seed)
    dense = keras.layers.Dense(3, kernel_initializer=first, kernel_regularizer="l2")
    return keras.Sequential([keras.Input((6,)), keras.layers.Dropout(0.5, seed=seed), dense])


def test_dropout_and_penalties_count_while_training_and_not_while_judging():
    ((_, weights, losses),) = train([Run("run", 0, schedules.constant(0.0, 4))] * 2, (X, Y), 40, build=penalised)
    assert len(set(losses[0])) == 4, "dropout draws anew at each step"
    assert (losses[0] == losses[1]).all(), "and the same for the same seed"
    said = outputs(weights, X, build=penalised)
    np.testing.assert_allclose(said[0], X @ np.asarray(weights[0][0]), atol=1e-5)
    shown = penalised(0)
    assert losses[0].min() > float(sum(shown.losses)) > 0


def test_squared_errors_are_those_of_a_regression():
    ((_, _, losses),) = train(
        [Run("run", 0, schedules.constant(0.0, 1))], (X, Y.astype("float32")), 40, build=one_output, loss="squared"
    )
    expected = np.mean((one_output(0)(X)[:, 0] - Y) ** 2)
    assert losses[0, 0] == pytest.approx(float(expected), rel=1e-5)


def one_output(seed):
    return models.mlp(inputs=6, hidden=5, classes=1, seed=seed)


@pytest.mark.parametrize(
    ("name", "make"), [("rmsprop", keras.optimizers.RMSprop), ("adagrad", keras.optimizers.Adagrad)]
)
def test_other_optimizers_are_kerass(name, make):
    ((_, weights, _),) = train([Run("run", 3, schedules.constant(0.02, 12))], (X, Y), 10, build=build, optimizer=name)
    for ours, theirs in zip(weights, keras_weights(3, make(0.02)), strict=True):
        np.testing.assert_allclose(ours[0], theirs, atol=1e-5)


def test_clipped_gradients_are_kerass():
    """`clipnorm` shortens each array's gradient by itself: 0.05 is shorter than most of them here."""
    rate = schedules.constant(0.5, 12)
    ((_, weights, _),) = train([Run("run", 3, rate, 0.9)], (X, Y), 10, build=build, clipnorm=0.05)
    clipped, free = (keras_weights(3, SGD(0.5, 0.9, clipnorm=norm)) for norm in (0.05, None))
    for ours, theirs in zip(weights, clipped, strict=True):
        np.testing.assert_allclose(ours[0], theirs, atol=1e-5)
    assert max(abs(a - b).max() for a, b in zip(clipped, free, strict=True)) > 0.1


def test_it_has_the_optimizers_that_it_names():
    assert tuple(OPTIMIZERS) == SIDE_BY_SIDE.optimizers
