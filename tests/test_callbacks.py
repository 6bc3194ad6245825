"""What ScheduleLogger writes down is what the weights show was used."""

import math
import re
import sys

import keras
import numpy as np
import pytest

from learning_rates import SGD, Adam, AdamW, InGraphSchedule, ScheduleLogger, schedules

T = 12
RATE = schedules.polynomial_decay(0.5, T, end_lr=0.25)
MOMENTUM = schedules.one_cycle_momentum(T, pct_start=0.5)


def falling(optimizer, **compiled):
    """A model whose one weight has the gradient 1 at every step, so that it falls by the rate that was used."""
    ones = keras.initializers.Ones()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer=ones)])
    model.compile(optimizer, lambda y, prediction: prediction, **compiled)
    return model


def fit(model, batches, epochs=1, callbacks=(), **more):
    x = np.ones((batches, 1), "float32")
    return model.fit(x, x, batch_size=1, epochs=epochs, callbacks=list(callbacks), verbose=0, **more)


class Falls(keras.callbacks.Callback):
    """How far the weight fell, batch by batch."""

    def on_train_begin(self, logs=None):
        self.weights = [float(self.model.get_weights()[0][0, 0])]

    def on_train_batch_end(self, batch, logs=None):
        self.weights.append(float(self.model.get_weights()[0][0, 0]))

    def falls(self):
        return [before - after for before, after in zip(self.weights, self.weights[1:], strict=False)]


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: SGD(RATE),
        lambda: keras.optimizers.SGD(InGraphSchedule(RATE)),
        lambda: keras.optimizers.SGD(keras.optimizers.schedules.PolynomialDecay(0.5, T - 1, 0.25)),
        lambda: keras.optimizers.SGD(0.5),
    ],
    ids=["ours", "InGraphSchedule", "Keras's schedule", "a number"],
)
def test_each_rate_is_the_one_that_was_used_and_not_the_next(optimizer):
    """Keras's own callbacks and TensorBoard show optimizer.learning_rate after the update: the next step's."""
    logger, falls = ScheduleLogger(), Falls()
    history = fit(falling(optimizer()), 4, epochs=3, callbacks=[logger, falls]).history
    assert logger.history["step"] == list(range(12))
    assert logger.history["learning_rate"] == pytest.approx(falls.falls(), rel=1e-5)
    assert history["learning_rate"] == [logger.history["learning_rate"][step] for step in (3, 7, 11)]


def test_the_values_of_every_step_are_written_where_many_run_in_one_call():
    """A callback that samples at each call sees one in 3: a staircase."""
    if keras.backend.backend() == "torch":
        pytest.skip("Keras on PyTorch runs no steps in one call")
    logger = ScheduleLogger()
    model = falling(SGD(RATE, MOMENTUM), steps_per_execution=3)
    fit(model, 5, epochs=2, callbacks=[logger])  # ragged: calls of 3 and 2 steps
    assert logger.history == {
        "step": list(range(10)),
        "learning_rate": RATE.values()[:10],
        "momentum": MOMENTUM.values()[:10],
    }


@pytest.mark.parametrize("stock", [False, True])
def test_an_update_of_many_batches_is_one_update(stock):
    """A Keras schedule counts batches: the first rate applied, of four, is that of batch 3. Ours counts updates."""
    keras_rate = keras.optimizers.schedules.PolynomialDecay(0.5, T - 1, 0.25)
    optimizer = SGD(keras_rate if stock else RATE, gradient_accumulation_steps=4)
    logger, falls = ScheduleLogger(), Falls()
    fit(falling(optimizer), 6, epochs=2, callbacks=[logger, falls])  # an update goes on in the next epoch
    assert logger.history["step"] == [0, 1, 2]
    assert logger.history["learning_rate"] == pytest.approx([fall for fall in falls.falls() if fall > 0], rel=1e-5)
    assert logger.history["learning_rate"] == pytest.approx(
        [RATE(3), RATE(7), RATE(11)] if stock else [RATE(0), RATE(1), RATE(2)]
    )


def test_an_epoch_without_an_update_says_what_was_used_last():
    logger = ScheduleLogger()
    history = fit(falling(SGD(RATE, gradient_accumulation_steps=4)), 3, epochs=3, callbacks=[logger]).history
    assert logger.history["step"] == [0, 1]
    assert history["learning_rate"] == [RATE(0), RATE(1)]  # nothing yet in the first epoch


def test_a_second_fit_and_a_loaded_model_go_on(tmp_path):
    model, logger = falling(SGD(RATE, MOMENTUM)), ScheduleLogger()
    fit(model, 3, callbacks=[logger])
    fit(model, 3, callbacks=[logger])
    assert logger.history["step"] == [3, 4, 5]
    model.compile(model.optimizer, "mse")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    fit(loaded, 3, callbacks=[logger])
    assert logger.history == {
        "step": [6, 7, 8],
        "learning_rate": RATE.values()[6:9],
        "momentum": MOMENTUM.values()[6:9],
    }


@pytest.mark.parametrize("first", [False, True])
def test_after_a_crash_it_goes_on_with_what_was_restored(tmp_path, first):
    """Before or behind `BackupAndRestore` in the list, which restores when training begins."""

    class Crash(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise KeyboardInterrupt

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(KeyboardInterrupt):
        fit(falling(SGD(RATE)), 3, epochs=4, callbacks=[backup(), Crash()])
    logger = ScheduleLogger()
    callbacks = [logger, backup()] if first else [backup(), logger]
    fit(falling(SGD(RATE)), 3, epochs=4, callbacks=callbacks)
    assert logger.history == {
        "step": [6, 7, 8, 9, 10, 11],
        "learning_rate": RATE.values()[6:12],
        "momentum": [0.0] * 6,
    }


def test_a_step_that_a_loss_scale_skips_is_none():
    inner = SGD(RATE, MOMENTUM)
    model = falling(keras.optimizers.LossScaleOptimizer(inner, initial_scale=4.0))
    x = np.ones((5, 1), "float32")
    x[1] = np.inf  # the gradient is infinite
    logger = ScheduleLogger()
    model.fit(x, x, batch_size=1, shuffle=False, callbacks=[logger], verbose=0)
    assert logger.history == {
        "step": [0, 1, 2, 3],
        "learning_rate": RATE.values()[:4],
        "momentum": MOMENTUM.values()[:4],
    }


def test_a_rate_that_other_callbacks_move_is_the_one_that_was_used():
    class Halves(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch:
                self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) / 2

    logger, falls = ScheduleLogger(), Falls()
    fit(falling(keras.optimizers.SGD(0.5)), 4, callbacks=[logger, falls, Halves()])
    assert logger.history["learning_rate"] == [0.5, 0.25, 0.125, 0.0625]
    assert falls.falls() == [0.5, 0.25, 0.125, 0.0625]


def test_what_an_optimizer_has_is_written_down():
    logger = ScheduleLogger()
    expected = {
        SGD(0.5, 0.25): {"momentum": 0.25},
        Adam(0.5, weight_decay=0.125): {"beta_1": 0.9, "weight_decay": 0.125},
        AdamW(0.5, beta_1=MOMENTUM): {"beta_1": MOMENTUM(0), "weight_decay": 0.004},
        keras.optimizers.Adagrad(0.5): {},
    }
    for optimizer, numbers in expected.items():
        history = fit(falling(optimizer), 1, callbacks=[logger]).history
        assert logger.history == {"step": [0], "learning_rate": [0.5]} | {
            key: [value] for key, value in numbers.items()
        }
        assert {key: value for key, value in history.items() if key != "loss"} == {
            "learning_rate": [0.5],
            **{key: [value] for key, value in numbers.items()},
        }


@keras.saving.register_keras_serializable("test_callbacks")
class Moving(keras.optimizers.SGD):
    """An optimizer of somebody else's, with a schedule for a number of its own."""

    def __init__(self, learning_rate, pull, name="moving"):
        super().__init__(learning_rate, name=name)
        self.pull = pull

    def get_config(self):
        return {"learning_rate": 0.5, "pull": self.pull.config}


def test_any_other_number_that_is_a_schedule_is_written_down():
    logger = ScheduleLogger()
    fit(falling(Moving(0.5, RATE)), 3, callbacks=[logger])
    assert logger.history["pull"] == RATE.values()[:3]


def test_tensorboards_files_have_a_scalar_at_every_update(tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    logger = ScheduleLogger(tmp_path / "logs")
    model = falling(SGD(RATE, MOMENTUM))
    fit(model, 3, epochs=2, callbacks=[logger])
    fit(model, 2, callbacks=[logger])
    written = {}
    for path in sorted((tmp_path / "logs").glob("events.*")):
        for event in tensorflow.compat.v1.train.summary_iterator(str(path)):
            for value in event.summary.value:
                assert value.metadata.plugin_data.plugin_name == "scalars"
                written[value.tag, event.step] = float(tensorflow.make_ndarray(value.tensor))
    assert written == {
        (name, step): float(np.float32(schedule(step)))
        for name, schedule in {"learning_rate": RATE, "momentum": MOMENTUM}.items()
        for step in range(8)
    }


def test_where_nothing_can_write_the_files_it_is_said_at_once(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    message = "log_dir must be None where TensorFlow, which writes TensorBoard's files, is not installed. Received: "
    with pytest.raises(ImportError, match=re.escape(message)):
        ScheduleLogger(tmp_path)
    assert ScheduleLogger().history == {}


@pytest.mark.parametrize("bad", [3, 0, -1, True, 0.5, "", b"logs", ["logs"], math.nan, math.inf, -math.inf])
def test_a_log_dir_that_is_no_path_is_refused(bad):
    with pytest.raises(TypeError, match=re.escape(f"log_dir must be a path. Received: log_dir={bad!r}")):
        ScheduleLogger(bad)


@pytest.mark.skipif(not hasattr(keras.optimizers, "MultiOptimizer"), reason="this Keras has none")
def test_an_optimizer_of_many_optimizers_is_refused():
    many = keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.5)))
    with pytest.raises(ValueError, match=r"^model\.optimizer must be an optimizer with one learning rate"):
        fit(falling(many), 1, callbacks=[ScheduleLogger()])
