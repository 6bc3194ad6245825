"""A model whose gradient is known, and the same run in float64: what `fit` gives must be what NumPy gives."""

import keras
import numpy as np
from keras import ops

UPDATES, T = 100, 60  # the schedules end on the way
SHAPES = {"w": (4, 3), "b": (3,)}
START = [np.random.default_rng(1).normal(size=(4, 3)).astype("float32"), np.zeros(3, "float32")]  # Lamb treats 0 apart
TORCH = keras.backend.backend() == "torch"


def samples(count=UPDATES):
    return np.random.default_rng(0).normal(size=(count, 15)).astype("float32")


@keras.saving.register_keras_serializable("tests")
class Pull(keras.layers.Layer):
    """Its output is (w, b) − x, so that the gradient of half its square is (w, b) − x."""

    def build(self, shape):
        self.w, self.b = (self.add_weight(shape=SHAPES[name], name=name) for name in SHAPES)

    def call(self, x):
        return ops.concatenate([ops.reshape(self.w, (1, 12)), ops.reshape(self.b, (1, 3))], 1) - x

    def compute_output_shape(self, shape):
        return shape


@keras.saving.register_keras_serializable("tests")
def half_square(_, difference):
    return 0.5 * ops.sum(ops.square(difference), -1)


def compiled(optimizer, **arguments):
    model = keras.Sequential([keras.Input((15,)), Pull(name="pull")])
    model.set_weights(START)
    model.compile(optimizer, half_square, **arguments)
    return model


def go_on(model, part=slice(None), count=UPDATES):
    """The weights after a fit on a part of the samples."""
    x = samples(count)[part]
    model.fit(x, np.zeros((len(x), 1)), batch_size=1, shuffle=False, verbose=0)
    return [ops.convert_to_numpy(variable) for variable in model.trainable_variables]


def fitted(optimizer, accumulation=1, **arguments):
    return go_on(compiled(optimizer, **arguments), count=UPDATES * accumulation)


def reference(step, rate, numbers, factors=(1, 1), accumulation=1, clip=None, ema=None):
    """The weights after the same run; `numbers` are floats and schedules. Weight decay comes before the step."""
    x = samples(UPDATES * accumulation).astype("float64").reshape(UPDATES, accumulation, 15).mean(1)
    weights, states, average = [start.astype("float64") for start in START], [{}, {}], None
    for t in range(UPDATES):
        h = {name: value(t) if callable(value) else value for name, value in numbers.items()}
        gradients = [weights[0] - x[t, :12].reshape(4, 3), weights[1] - x[t, 12:]]
        if clip:
            norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
            gradients = [g * min(1, clip / norm) for g in gradients]
        for i, g in enumerate(gradients):
            own = rate(t) * factors[i]
            decay = h.get(
                "adam_weight_decay" if weights[i].ndim == 1 and "adam_weight_decay" in h else "weight_decay", 0
            )
            weights[i] = step(weights[i] * (1 - own * decay), g, states[i], own, h)
        if ema:
            keep = ema(t) if t else 0
            average = [keep * a + (1 - keep) * w for a, w in zip(average or weights, weights, strict=True)]
    return average or weights


def error(found, expected):
    """The greatest difference over the greatest weight."""
    pairs = zip(found, expected, strict=True)
    return max(np.max(np.abs(a - b)) / np.max(np.abs(b)) for a, b in pairs)
