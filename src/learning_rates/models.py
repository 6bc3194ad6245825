"""The networks of the chapters."""

import keras

from learning_rates import schedules


def mlp(*, inputs=784, hidden=128, classes=10, seed=0):
    """A network of one hidden layer that gives logits.

    Args:
        inputs: size of a flattened input.
        hidden: units of the hidden layer, with ReLU.
        classes: number of logits.
        seed: of the initial weights; each seed is another start.

    Returns:
        A `keras.Sequential`, built but not compiled.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> mlp().count_params()
        101770
    """
    inputs, hidden = schedules.check_whole("inputs", inputs), schedules.check_whole("hidden", hidden)
    classes, seed = schedules.check_whole("classes", classes), schedules.check_whole("seed", seed, 0)
    first, second = (keras.initializers.GlorotUniform(seed=2 * seed + i) for i in range(2))
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(hidden, activation="relu", kernel_initializer=first),
            keras.layers.Dense(classes, kernel_initializer=second),
        ]
    )
