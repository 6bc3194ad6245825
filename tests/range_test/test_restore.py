"""No trace of a range test: the model is bit for bit what it was, and every sweep starts from there."""

import random

import keras
import numpy as np
import pytest
from keras import layers
from keras.src.backend.common import global_state

from learning_rates import SGD, Adam, schedules
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

OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.05, 0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "ours": lambda: SGD(schedules.one_cycle(0.1, 20), schedules.one_cycle_momentum(20)),
    "ours, Adam": lambda: Adam(schedules.one_cycle(0.1, 20), schedules.one_cycle_momentum(20)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_as_if_nothing_had_been(name):
    """Restoring the weights alone would leave iterations, slots, metrics, seeds and moving statistics changed."""
    tested, untouched = trained(OPTIMIZERS[name]()), trained(OPTIMIZERS[name]())
    before, optimizer = everything(tested), tested.optimizer
    swept(tested, repeats=2)
    assert tested.optimizer is optimizer
    assert everything(tested) == before
    for model in (tested, untouched):
        keras.utils.set_random_seed(1)
        model.fit(X, Y, epochs=1, verbose=0)
    assert [values for _, values in everything(tested)] == [values for _, values in everything(untouched)]


@pytest.mark.parametrize(
    ("error", "at"),
    [*((RuntimeError("the disk is gone"), at) for at in (0, 3, 60)), (KeyboardInterrupt(), 60)],  # 60: a second chunk
    ids=repr,
)
def test_an_error_or_an_interrupt_leaves_no_trace(error, at):
    model = trained()
    before = everything(model)
    with pytest.raises(type(error)):
        swept(model, Batches(fail_at=at, error=error), None, num_steps=100, max_lr=1e-5)
    assert everything(model) == before


def test_divergence_stops_the_sweep_and_leaves_no_trace():
    model = trained()
    before = everything(model)
    test = swept(model, max_lr=1e30, num_steps=100)
    assert test.stopped_early is True
    assert len(test.learning_rates) < 100
    assert np.isfinite(test.losses).all()
    assert everything(model) == before


def test_loss_scaling_changes_no_loss_and_leaves_no_trace():
    scaled = trained(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.05, 0.9), initial_scale=4.0))
    before = everything(scaled)
    test = swept(scaled)
    assert everything(scaled) == before
    np.testing.assert_allclose(test.losses, swept(trained()).losses, rtol=1e-4)


def test_weights_excluded_from_decay_stay_excluded():
    """An optimizer's config leaves out what exclude_from_weight_decay was told."""

    def model(excluded):
        made = network(keras.optimizers.SGD(0.1, weight_decay=0.5))
        made.optimizer.exclude_from_weight_decay(var_names=excluded)
        return made

    test = swept(model(excluded=["kernel"]), Batches(), None)
    np.testing.assert_allclose(test.losses[0], by_hand(model(excluded=["kernel"]), test.learning_rates), rtol=1e-5)
    assert not np.allclose(test.losses[0], by_hand(model(excluded=["bias"]), test.learning_rates), rtol=1e-4)


def test_every_sweep_starts_from_the_same_weights():
    test = swept(linear(keras.optimizers.Adam(0.1)), repeats=3, batch_size=160)
    np.testing.assert_allclose(test.losses[1:], test.losses[[0, 0]], rtol=1e-5)


def test_an_unbuilt_model_is_built_and_otherwise_untouched():
    model = keras.Sequential([layers.Dense(3)])
    model.compile("adam", CROSS_ENTROPY, metrics=["accuracy"])
    swept(model)
    assert model.built
    assert not model.optimizer.built
    before = everything(model)
    swept(model)
    assert everything(model) == before


class Adversaries(keras.Model):
    """Without a call, and with a second optimizer, as many generative models are."""

    def __init__(self):
        super().__init__()
        self.dense = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
        self.second_optimizer = keras.optimizers.SGD(0.1, 0.9)

    def train_step(self, data):
        for optimizer in (self.optimizer, self.second_optimizer):
            optimizer.apply([keras.ops.zeros_like(each) for each in self.trainable_variables], self.trainable_variables)
        return {"loss": keras.ops.mean(self.dense(data[0]) ** 2)}


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX's train_step needs a call")
def test_a_model_without_a_call_and_with_a_second_optimizer_is_left_as_it_was():
    model = Adversaries()
    model.compile("sgd")
    model.second_optimizer.build(model.dense.trainable_variables)
    assert np.isfinite(swept(model).losses).all()
    assert int(model.second_optimizer.iterations.value) == 0


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="Keras trains no stateful layer there")
def test_the_states_of_recurrent_layers_are_left_as_they_were():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3, 2), batch_size=32), layers.LSTM(4, stateful=True), layers.Dense(3)])
    model.compile("sgd", CROSS_ENTROPY)
    model(X[:32].reshape(32, 3, 2))
    before = [np.array(keras.ops.convert_to_numpy(state)) for state in model.layers[0].states]
    assert before[0].any()
    swept(model, X.reshape(160, 3, 2))
    for state, value in zip(model.layers[0].states, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(state), value)


def test_a_model_that_cannot_be_swept_is_refused():
    with pytest.raises(TypeError, match=r"model must be a keras.Model. Received: model=3"):
        swept(3)
    with pytest.raises(ValueError, match=r"model must be compiled: call model.compile"):
        swept(keras.Sequential([keras.Input((6,)), layers.Dense(3)]))
    frozen = network()
    frozen.trainable = False
    with pytest.raises(ValueError, match="model must have trainable variables"):
        swept(frozen)


class Leaves(keras.Model):
    """Leaves traces where Keras does not look: hidden metrics and lists, numbers, and the global random numbers."""

    def __init__(self):
        super().__init__()
        self.dense, self.steps = layers.Dense(3), 0
        self.hidden = {"mean": [keras.metrics.Mean(name="hidden")]}

    @property
    def metrics(self):
        return []

    def call(self, inputs):
        return self.dense(inputs)

    def train_step(self, data):
        self.steps += 1
        self.hidden["mean"][0].update_state(keras.ops.mean(data[0]))
        keras.random.uniform((1,))
        np.random.random()  # noqa: NPY002
        random.random()
        super().train_step(data)
        return {"loss": keras.ops.mean(self(data[0]) ** 2)}


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="a step of JAX has no side effects")
def test_what_keras_does_not_look_at_is_restored_too():
    keras.utils.set_random_seed(0)
    model = Leaves()
    model.compile("sgd", CROSS_ENTROPY, run_eagerly=True)
    model.fit(X[:32], Y[:32], verbose=0)

    def state():
        total = model.hidden["mean"][0].total
        seed = global_state.get_global_attribute("global_seed_generator").state
        numbers = [model.steps, random.getstate(), np.random.get_state()[1].tolist()]  # noqa: NPY002
        return numbers, [keras.ops.convert_to_numpy(each).tolist() for each in (total, seed)], dict(names())

    def names():
        return global_state.get_global_attribute("object_name_uids")

    before = state()
    swept(model)
    assert state() == before


def test_keras_makes_the_next_names_as_if_nothing_had_been():
    model = trained()
    swept(model)  # the first may make what stays
    before = dict(global_state.get_global_attribute("object_name_uids"))
    swept(model)
    assert dict(global_state.get_global_attribute("object_name_uids")) == before


@pytest.mark.skipif(keras.backend.backend() != "torch", reason="PyTorch's own")
def test_buffers_and_modes_of_torch_modules_are_restored():
    """davidtvs/pytorch-lr-finder#11, Lightning#6675: BatchNorm's statistics stayed those of the last rate."""
    import torch

    norm = torch.nn.BatchNorm1d(6)
    inner = keras.layers.TorchModuleWrapper(norm)
    model = keras.Sequential([keras.Input((6,)), inner, layers.Dense(3)])
    model.compile("adam", CROSS_ENTROPY)
    model.fit(X, Y, verbose=0)
    norm.eval()
    before, predicted = {name: value.clone() for name, value in norm.state_dict().items()}, model.predict(X, verbose=0)
    buffers, mode = dict(norm.named_buffers()), norm.training
    swept(model)
    assert all(torch.equal(value, before[name]) for name, value in norm.state_dict().items())
    assert all(buffers[name] is value for name, value in norm.named_buffers())
    assert norm.training is mode
    np.testing.assert_array_equal(model.predict(X, verbose=0), predicted)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's strategies")
@pytest.mark.parametrize("name", ["MirroredStrategy", "OneDeviceStrategy"])
def test_a_model_of_one_replica_is_swept_in_its_strategy(name):
    """tensorflow#33809, #31796, #44560: it crashed, and left the process in another strategy."""
    import tensorflow as tf

    strategy = tf.distribute.MirroredStrategy(["CPU:0"]) if name[0] == "M" else tf.distribute.OneDeviceStrategy("CPU:0")
    with strategy.scope():
        model = linear()
    before = everything(model)
    found, plain = swept(model), swept(linear())
    np.testing.assert_allclose(found.losses, plain.losses, rtol=1e-5)
    assert everything(model) == before
    assert not tf.distribute.has_strategy()
    with tf.distribute.OneDeviceStrategy("CPU:0").scope():
        pass
