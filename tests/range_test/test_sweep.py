"""A sweep: the same losses as training by hand, on whichever backend runs this file, and when it stops."""

import keras
import numpy as np
import pytest
from keras import layers

from learning_rates import SGD, Adam, Averaged, scheduled, schedules
from learning_rates.range_test.progress import Bar
from tests.range_test.networks import (
    CROSS_ENTROPY,
    MARKS,
    Batches,
    X,
    Y,
    by_hand,
    everything,
    linear,
    network,
    swept,
    trained,
)

pytestmark = MARKS


@pytest.fixture(scope="module")
def usual():
    """The test that others must equal."""
    return swept(network())


def test_the_losses_are_those_of_train_on_batch():
    """Not the epoch's running mean, which callbacks see: keras-team/keras#17167, tensorflow/tensorflow#58098."""
    test = swept(trained(), Batches(), None, num_steps=70)  # trained: its metrics hold a loss
    again = trained()
    again.compile(keras.optimizers.SGD(0.05, 0.9), CROSS_ENTROPY, metrics=["accuracy"])
    np.testing.assert_allclose(test.losses[0], by_hand(again, test.learning_rates), rtol=1e-6)
    assert len(test.learning_rates) > 50  # more than one chunk


MODES = [{"run_eagerly": True}, {"jit_compile": False}]
if keras.backend.backend() != "torch":  # where Keras refuses it
    MODES.append({"steps_per_execution": 3, "jit_compile": False})


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_how_the_model_was_compiled_changes_no_loss(mode, usual):
    found = swept(network(**mode))
    np.testing.assert_allclose(found.losses, usual.losses, rtol=1e-5)


def test_big_batches_run_in_shorter_chunks(monkeypatch, usual):
    monkeypatch.setattr("learning_rates.range_test.sweep.CHUNK_BYTES", 4000)
    np.testing.assert_allclose(swept(network()).losses, usual.losses, rtol=1e-5)


def test_accumulated_gradients_make_one_step_of_several_batches():
    """A stock Keras schedule counts micro-batches, and so runs too fast when gradients are accumulated."""

    def accumulating():
        return network(keras.optimizers.SGD(0.05, gradient_accumulation_steps=5))

    test = swept(accumulating(), Batches(), None, num_steps=12)
    expected = by_hand(accumulating(), np.repeat(test.learning_rates, 5))
    np.testing.assert_allclose(test.losses[0], np.reshape(expected, (-1, 5)).mean(axis=1), rtol=1e-5)


K = keras.optimizers
RATE, MOVING = schedules.one_cycle(0.5, 50), schedules.one_cycle_momentum(50)
HELD = {
    "SGD": (lambda: SGD(RATE, MOVING), lambda: K.SGD(0.1, 0.95)),
    "Adam": (lambda: Adam(schedules.constant(9.0, 5), MOVING), lambda: K.Adam(0.1, 0.95)),
    "Keras's schedule": (lambda: K.SGD(K.schedules.CosineDecay(9.0, 5), 0.9), lambda: K.SGD(0.1, 0.9)),
    "any": (lambda: scheduled(K.RMSprop, learning_rate=RATE, rho=MOVING), lambda: K.RMSprop(0.1, 0.95)),
    "bias corrections": (
        lambda: scheduled(K.Nadam, beta_1=MOVING, beta_2=MOVING, epsilon=MOVING),
        lambda: K.Nadam(beta_1=0.95, beta_2=0.95, epsilon=0.95),
    ),
    "decay": (
        lambda: scheduled(K.Lion, learning_rate=RATE, weight_decay=MOVING),
        lambda: K.Lion(0.1, weight_decay=0.95),
    ),
    "average": (lambda: Averaged(SGD(RATE, MOVING)), lambda: K.SGD(0.1, 0.95)),
    "late average": (lambda: Averaged(SGD(RATE, MOVING), "ema", 3, 0.5), lambda: K.SGD(0.1, 0.95)),
    "scaled average": (
        lambda: K.LossScaleOptimizer(Averaged(SGD(RATE, MOVING)), initial_scale=4.0),
        lambda: K.SGD(0.1, 0.95),
    ),
    "schedule-free": (
        lambda: Averaged(scheduled(K.RMSprop, learning_rate=RATE, rho=MOVING), "schedule_free", decay=0.5),
        lambda: Averaged(K.RMSprop(0.1, 0.95), "schedule_free", decay=0.5),
    ),
}


def measured(optimizer):
    """The smallest network, with a metric, as `by_hand` wants it."""
    model = linear(optimizer)
    model.compile(optimizer, CROSS_ENTROPY, metrics=["accuracy"])
    return model


@pytest.mark.parametrize("name", HELD)
def test_a_scheduled_rate_is_replaced_and_other_numbers_are_held_at_their_first_value(name):
    make, plain = HELD[name]
    model, expected = measured(make()), measured(plain())
    model.fit(X, Y, verbose=0)
    before, config, optimizer = everything(model), model.optimizer.get_config(), model.optimizer
    found = swept(model, Batches(), None)
    assert everything(model) == before
    assert model.optimizer is optimizer
    assert optimizer.get_config() == config
    expected.set_weights(model.get_weights())
    np.testing.assert_allclose(found.losses[0], by_hand(expected, found.learning_rates), rtol=1e-4)


def test_the_factors_of_the_layers_stay(tmp_path):
    """Also those that a loaded model has in its config alone, where the pattern finds nothing."""
    model = measured(SGD(RATE, MOVING, layer_rates={"sequential.*/kernel": 0.1}))
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "model.keras")
    for tested in (model, keras.saving.load_model(tmp_path / "model.keras")):
        before = everything(tested)
        found = swept(tested, Batches(), None)
        assert everything(tested)[: len(before)] == before  # a loaded model's metrics are new
        for factor in (0.1, 1.0):
            expected = measured(SGD(0.1, 0.95, layer_rates={"kernel": factor}))
            expected.set_weights(model.get_weights())
            losses = by_hand(expected, found.learning_rates)
            assert np.allclose(found.losses[0], losses, rtol=1e-4) == (factor == 0.1)


def test_several_inputs_and_outputs():
    keras.utils.set_random_seed(0)
    inputs = {name: keras.Input((size,), name=name) for name, size in (("left", 4), ("right", 2))}
    joined = layers.Dense(8, activation="relu")(layers.Concatenate()(list(inputs.values())))
    model = keras.Model(inputs, [layers.Dense(3, name="kind")(joined), layers.Dense(1, name="size")(joined)])
    model.compile("sgd", [CROSS_ENTROPY, "mse"], metrics=[["accuracy"], ["mae"]])
    before = everything(model)
    data = {"left": X[:, :4], "right": X[:, 4:]}, [Y, X[:, :1]]
    test = swept(model, *data, batch_size=160, num_steps=2)
    assert everything(model)[: len(before)] == before  # the metrics of the outputs are new
    assert test.losses[0, 0] == pytest.approx(model.evaluate(*data, 160, 0, return_dict=True)["loss"], rel=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch has no half precision on a CPU")
def test_mixed_precision(policy):
    keras.config.set_dtype_policy(policy)
    try:
        model = network()
    finally:
        keras.config.set_dtype_policy("float32")
    test = swept(model, Batches(), None)
    assert np.isfinite(test.losses).all()
    # The sweep has left no trace, so that the same first batch gives the same loss again.
    np.testing.assert_allclose(test.losses[0, 0], model.train_on_batch(X[:32], Y[:32])[0], rtol=1e-3)


class NaNAfter(layers.Layer):
    """Turns to nan once a counter of batches, part of its state, reaches a number."""

    def __init__(self, number):
        super().__init__()
        self.number, self.seen = number, self.add_weight(name="seen", initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.seen.assign_add(1.0)
        return inputs * keras.ops.where(self.seen > self.number, float("nan"), 1.0)


def broken_after(number):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3), NaNAfter(number)])
    model.compile("sgd", CROSS_ENTROPY)
    return model


def test_a_loss_that_becomes_nan_ends_the_sweep():
    test = swept(broken_after(7))
    assert test.stopped_early is True
    assert test.losses.shape == (1, 7)
    assert test.warnings[0].startswith(f"The loss became NaN at step 7, rate {1e-6 * 10 ** (7 * 6 / 19):.2g}, without")


def test_a_loss_that_is_nan_from_the_start_is_an_error():
    model = broken_after(0)
    before = everything(model)
    with pytest.raises(
        ValueError, match=r"the loss must be finite at the first step: .* Received: loss=nan, rate=1e-06"
    ):
        swept(model)
    assert everything(model) == before


class Doubled(keras.Model):
    """Reports twice the loss, whichever backend's train_step it extends."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, *arguments):
        result = super().train_step(*arguments)
        if keras.backend.backend() == "jax":
            logs, state = result
            return {"loss": 2 * logs["loss"]}, state
        return {"loss": 2 * result["loss"]}


class Stock(Doubled):
    train_step = keras.Model.train_step


def test_a_model_with_a_train_step_of_its_own_trains_by_it():
    losses = []
    for kind in (Doubled, Stock):
        keras.utils.set_random_seed(0)
        model = kind()
        model.compile("sgd", CROSS_ENTROPY)
        losses.append(swept(model).losses)
    np.testing.assert_allclose(losses[0], 2 * losses[1], rtol=1e-6)


def test_a_train_step_must_report_a_loss():
    class Silent(Stock):
        def train_step(self, *arguments):
            super().train_step(*arguments)
            return ({}, arguments[0]) if keras.backend.backend() == "jax" else {}

    model = Silent()
    model.compile("sgd", CROSS_ENTROPY)
    with pytest.raises(ValueError, match=r'model.train_step must return a dict with "loss". Received: returned=\{\}'):
        swept(model)


def test_the_progress_bar_shows_when_asked_for_and_when_the_test_is_long(capsys, monkeypatch):
    swept(linear(), progress=True, repeats=2, max_lr=0.1)
    assert "40/40" in capsys.readouterr().out

    def shown(progress):
        Bar(progress, 20).advance(20)
        return capsys.readouterr().out

    assert shown(False) == shown("auto") == ""
    monkeypatch.setattr("learning_rates.range_test.progress.PROGRESS_SECONDS", 0.0)
    assert "20/20" in shown("auto")
    assert shown(False) == ""


def test_the_clock_of_the_progress_bar_starts_at_the_first_step(capsys, monkeypatch):
    """Keras's bar counts from when it is made: 0 µs a step, and half of the time left (surmenok/keras_lr_finder)."""
    now = [100.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    bar = Bar(True, 100)
    now[0] += 60  # until then the model is built
    bar.start()
    now[0] += 5
    bar.advance(50)
    shown = capsys.readouterr().out
    assert "100ms/step" in shown
    assert "5s" in shown


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's warning")
def test_many_tests_in_one_process_are_silent():
    """From the fifth on, TensorFlow took them for one function that is traced again and again."""
    import logging

    import tensorflow as tf

    heard, handler = [], logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())
    tf.get_logger().addHandler(handler)
    try:
        for _ in range(6):
            swept(linear(), num_steps=10, max_lr=0.1)
    finally:
        tf.get_logger().removeHandler(handler)
    assert heard == []


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="a step of JAX gets its optimizer's state")
def test_an_optimizer_that_trains_nothing_is_refused():
    """davidtvs/pytorch-lr-finder#16, tensorflow#38061, keras-team/keras-core#318: GANs with optimizers of their own."""

    class Own(Stock):
        def train_step(self, data):
            self.own.apply([keras.ops.zeros_like(v) for v in self.trainable_variables], self.trainable_variables)
            return {"loss": keras.ops.mean(self(data[0]))}

    model = Own()
    model.compile("rmsprop")
    model(X[:1])
    model.own = keras.optimizers.SGD(0.01)
    model.own.build(model.trainable_variables)
    before = everything(model)
    rule = "model.train_step must update by model.optimizer, or the swept rate trains nothing"
    with pytest.raises(ValueError, match=f"{rule}. Received: optimizer='RMSprop', steps=20, updates=0"):
        swept(model)
    assert everything(model) == before
    assert int(model.own.iterations.value) == 0


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="elsewhere a step keeps its state itself")
def test_an_optimizer_whose_state_a_step_leaves_alone_is_refused():
    class Idle(Stock):
        def train_step(self, state, data):
            logs, _ = super().train_step(state, data)
            return logs, state

    model = Idle()
    model.compile("sgd", CROSS_ENTROPY)
    with pytest.raises(ValueError, match=r"or the swept rate trains nothing.* steps=20, updates=0"):
        swept(model)


def test_an_error_of_a_step_tells_which_batch_it_was_given():
    model = linear()
    with pytest.raises(Exception) as caught:  # noqa: PT011
        swept(model, Batches(weights=np.ones((160, 7), "float32")), None)
    assert any("lr_range_test" in note for note in caught.value.__notes__)


def test_a_step_may_take_dicts_or_more_than_x_and_y():
    """davidtvs/pytorch-lr-finder#24, #73, #78; keras-team/keras-io#385."""
    losses = []
    for data in ({"x": X, "y": Y}, (X, Y, Y, Y)):

        class Own(Stock):
            def train_step(self, *arguments):
                batch = arguments[-1]
                pair = (batch["x"], batch["y"]) if isinstance(batch, dict) else tuple(batch[:2])
                return super().train_step(*arguments[:-1], pair)

        def batches(data=data):
            while True:
                yield data

        keras.utils.set_random_seed(0)
        model = Own()
        model.compile("sgd", CROSS_ENTROPY)
        model(X[:1])
        model.evaluate(X, Y, verbose=0)  # so that the loss is built
        losses.append(swept(model, batches(), None).losses)
    np.testing.assert_array_equal(*losses)


def test_class_weights_count_as_the_weights_of_the_samples():
    by_class = swept(linear(), class_weight={0: 1.0, 2: 3.0}).losses
    by_sample = swept(linear(), sample_weight=np.where(Y == 2, 3.0, 1.0)).losses
    np.testing.assert_allclose(by_class, by_sample, rtol=1e-6)
    assert not np.allclose(by_class, swept(linear()).losses, rtol=1e-3)
