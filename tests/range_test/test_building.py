"""What a model needs before its first step, and what it must be given."""

import keras
import numpy as np
import pytest
from keras import layers

from tests.range_test.networks import CROSS_ENTROPY, MARKS, X, Y, everything, linear, swept

pytestmark = MARKS


def labelled():
    while True:
        yield {"input": X[:8], "labels": Y[:8]}


@pytest.mark.parametrize(
    "x",
    [X, (X, Y), [(X[:8], Y[:8])] * 30, labelled(), iter([X[:32]] * 40)],
    ids=["x", "(x, y)", "list", "dict", "rows"],
)
def test_forgotten_targets_are_named(x):
    """davidtvs/pytorch-lr-finder#24, #71, surmenok/keras_lr_finder#35: a backend failed on None."""
    model = linear()
    before = everything(model)
    with pytest.raises(
        ValueError, match=r"y must be given: the compiled loss needs it. Pass x and y apart, or a .* y=None"
    ):
        swept(model, x, None)
    assert everything(model) == before


def test_a_loss_of_the_model_itself_needs_no_targets():
    inputs = keras.Input((6,))
    model = keras.Model(inputs, layers.ActivityRegularization(l2=0.1)(layers.Dense(3)(inputs)))
    model.compile("sgd")
    assert np.isfinite(swept(model, X, None).losses).all()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="elsewhere fit builds no such model either")
def test_a_model_that_only_its_step_can_build_is_built_by_tracing_it():
    class Coder(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(6)

        def train_step(self, data):
            import tensorflow as tf

            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self.dense(data) - data) ** 2)
            variables = self.dense.trainable_variables
            self.optimizer.apply(tape.gradient(loss, variables), variables)
            return {"loss": loss}

    keras.utils.set_random_seed(0)
    model = Coder()
    model.compile(keras.optimizers.SGD(0.1))
    test = swept(model, X, None)
    assert test.losses[0, 0] == pytest.approx(np.mean((X @ model.get_weights()[0] - X) ** 2), rel=0.2)
    assert not model.optimizer.built
    before = everything(model)
    swept(model, X, None)
    assert everything(model) == before


def test_outputs_without_a_loss():
    inputs = keras.Input((6,))
    output = layers.Dense(3)(inputs)
    model = keras.Model(inputs, {"a": output, "b": layers.Activation("relu")(output)})
    model.compile("sgd", {"a": CROSS_ENTROPY})
    test = swept(model, X, {"a": Y}, batch_size=160, num_steps=2)
    assert test.losses[0, 0] == pytest.approx(model.evaluate(X, {"a": Y}, 160, 0), rel=1e-6)
