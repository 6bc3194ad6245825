"""The networks of the chapters and of the trials, and features from a network trained on ImageNet.

All give logits, and are built but not compiled. A seed is another start: layer i of k takes its weights from seed
k · seed + i, so that no two layers of one network share a stream.
"""

import warnings

import keras
import numpy as np

from learning_rates import _sources
from learning_rates.checks import check_at_least, check_choice, check_flag, check_unit_interval, check_whole, reject

# What torchvision subtracts and divides by, for RGB from 0 to 255.
_TORCH_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_TORCH_DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)

_INITIALIZERS = {
    "glorot_uniform": keras.initializers.GlorotUniform,
    # What the DataCamp article's listing asks for; Keras's string can't carry a seed.
    "normal": lambda seed: keras.initializers.RandomNormal(stddev=0.05, seed=seed),
}


def mlp(*, inputs=784, hidden=128, classes=10, initializer="glorot_uniform", seed=0):
    """A network of one hidden layer that gives logits.

    Args:
        inputs: size of a flattened input.
        hidden: units of the hidden layer, with ReLU.
        classes: number of logits.
        initializer: of the weights: "glorot_uniform", or "normal" for Keras's, of standard deviation 0.05.
        seed: of the initial weights; each seed is another start.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> mlp().count_params()
        101770
    """
    check_choice("initializer", initializer, _INITIALIZERS)
    inputs, hidden = check_whole("inputs", inputs), check_whole("hidden", hidden)
    classes = check_whole("classes", classes)
    return _dense(inputs, (hidden, classes), _INITIALIZERS[initializer], seed)


def tabular(*, inputs=11, hidden=(64, 32), outputs=2, seed=0):
    """A network of three dense layers for tables, for classes or for a number.

    The article on the cardiovascular data has three dense layers and does not say how wide; 64-32-outputs is ours.

    Args:
        inputs: number of columns.
        hidden: units of each layer before the last, with ReLU.
        outputs: number of logits; 1 for a number that is predicted.
        seed: of the initial weights; each seed is another start.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> tabular().count_params()
        2914
        >>> tabular(inputs=13, outputs=1).output_shape
        (None, 1)

    References:
        Clemente (2020), Improve your ML models training: cycling learning rates in TensorFlow 2.0, Towards AI.
    """
    inputs, hidden = check_whole("inputs", inputs), _check_wholes("hidden", hidden)
    outputs = check_whole("outputs", outputs)
    return _dense(inputs, (*hidden, outputs), keras.initializers.GlorotUniform, seed)


def logistic_regression(*, inputs=11, classes=2, seed=0):
    """Logistic regression as a network: one dense layer, the yardstick for tables.

    Args:
        inputs: number of columns.
        classes: number of logits.
        seed: of the initial weights; the loss is convex, so that every start leads to the same end.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> logistic_regression().count_params()
        24
    """
    inputs, classes = check_whole("inputs", inputs), check_whole("classes", classes)
    return _dense(inputs, (classes,), keras.initializers.GlorotUniform, seed)


def head(*, inputs=1280, classes=3, dropout=0.5, l2=0.01, seed=0):
    """The head of transfer learning, on frozen features: dropout, then one dense layer with an L2 penalty.

    Args:
        inputs: number of features.
        classes: number of logits.
        dropout: share of the features left out at a training step, in [0, 1).
        l2: factor of the squared weights in the loss, at least 0.
        seed: of the initial weights and of the dropout.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> head().count_params()
        3843
    """
    inputs, classes = check_whole("inputs", inputs), check_whole("classes", classes)
    dropout = check_unit_interval("dropout", dropout)
    l2, seed = check_at_least("l2", l2), check_whole("seed", seed, 0)
    penalty = keras.regularizers.L2(l2)
    weights = keras.initializers.GlorotUniform(seed=seed)
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dropout(dropout, seed=seed),
            keras.layers.Dense(classes, kernel_initializer=weights, kernel_regularizer=penalty),
        ]
    )


def cnn(*, shape=(28, 28, 1), classes=10, filters=(16, 32), units=64, seed=0):
    """A small convolutional network: 3×3 convolutions, each halved by pooling, and one hidden dense layer.

    The default, of two convolutions, is for images of 28×28 pixels; ``shape=(32, 32, 3), filters=(32, 32, 64)`` makes
    the CIFAR-10 network, of 94,890 weights.

    Args:
        shape: height, width and channels of the images, whose values go from 0 to 255.
        classes: number of logits.
        filters: of each convolution, with ReLU.
        units: of the hidden dense layer, with ReLU.
        seed: of the initial weights; each seed is another start.

    Returns:
        A ``keras.Sequential``, built but not compiled; it divides by 255 itself.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> cnn().count_params()
        105866
        >>> cnn(shape=(32, 32, 3), filters=(32, 32, 64)).count_params()
        94890
    """
    shape, filters = _check_wholes("shape", shape, 3), _check_wholes("filters", filters)
    units, classes = check_whole("units", units), check_whole("classes", classes)
    if min(shape[:2]) < 2 ** len(filters):
        reject("shape must leave a pixel after each halving", [("shape", shape), ("filters", filters)])
    weights = _seeded(keras.initializers.GlorotUniform, seed, len(filters) + 2)
    layers = [keras.Input(shape), keras.layers.Rescaling(1 / 255)]
    for count in filters:
        layers += [
            keras.layers.Conv2D(count, 3, padding="same", activation="relu", kernel_initializer=next(weights)),
            keras.layers.MaxPooling2D(),
        ]
    layers += [
        keras.layers.Flatten(),
        keras.layers.Dense(units, activation="relu", kernel_initializer=next(weights)),
        keras.layers.Dense(classes, kernel_initializer=next(weights)),
    ]
    return keras.Sequential(layers)


def resnet(*, shape=(32, 32, 3), classes=10, filters=16, blocks=1, averaging=0.9, seed=0):
    """A small residual network with batch normalisation, in the form that He et al. gave it for CIFAR-10.

    Three stages, the second and third at half the size and twice the filters of the one before; their shortcuts skip
    every other pixel and fill the new channels with zeros, without weights. It is ResNet-(6 · blocks + 2): ResNet-8
    with one block a stage, ResNet-20 with three.

    Args:
        shape: height, width and channels of the images, whose values go from 0 to 255.
        classes: number of logits.
        filters: of the first stage.
        blocks: blocks of two convolutions in each stage.
        averaging: share of the old moving mean and variance that a training step keeps, in [0, 1). Keras's own 0.99
            lags behind in short runs.
        seed: of the initial weights; each seed is another start.

    Returns:
        A ``keras.Model``, built but not compiled; it divides by 255 itself.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> resnet().count_params()
        75770
        >>> resnet(blocks=3).count_params()
        271098

    References:
        He, Zhang, Ren, Sun (2015), Deep residual learning for image recognition, arXiv:1512.03385, section 4.2.
    """
    shape, classes = _check_wholes("shape", shape, 3), check_whole("classes", classes)
    filters, blocks = check_whole("filters", filters), check_whole("blocks", blocks)
    averaging = check_unit_interval("averaging", averaging)
    weights = _seeded(keras.initializers.HeNormal, seed, 6 * blocks + 2)
    images = keras.Input(shape)
    x = _normalised(keras.layers.Rescaling(1 / 255)(images), filters, 1, averaging, next(weights))
    x = keras.layers.ReLU()(x)
    for stage in range(3):
        for block in range(blocks):
            strides = 2 if stage and not block else 1
            x = _residual(x, filters * 2**stage, strides, averaging, weights)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, keras.layers.Dense(classes, kernel_initializer=next(weights))(x))


def mobilenet_v2_features(images, *, size=128, batch_size=64):
    """What MobileNetV2, trained on ImageNet, sees in images: its last feature maps, averaged over each map.

    The weights are the local mirror's (LEARNING_RATES_DATA), converted from torchvision's, or else those that Keras
    downloads; each with the preprocessing it was trained with. The two give different features.

    Args:
        images: RGB images as a uint8 array of shape (n, height, width, 3).
        size: height and width that they are resized to, bilinearly; a multiple of 32 pixels.
        batch_size: images computed at once.

    Returns:
        A float32 array of shape (n, 1280).

    Raises:
        FileNotFoundError: the weights are in no known place and can't be downloaded.
        TypeError, ValueError: an argument breaks its rule, or the mirror's file holds other weights.

    Example:
        >>> (x, y), _ = datasets.rock_paper_scissors()  # doctest: +SKIP
        >>> mobilenet_v2_features(x).shape  # doctest: +SKIP
        (2520, 1280)

    References:
        Sandler, Howard, Zhu, Zhmoginov, Chen (2018), MobileNetV2: inverted residuals and linear bottlenecks,
        arXiv:1801.04381.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3 or 0 in images.shape:
        raise ValueError(
            "images must be uint8 RGB images of shape (n, height, width, 3), at least one. "
            f"Received: {images.shape}, {images.dtype}"
        )
    size, batch_size = _check_size(size), check_whole("batch_size", batch_size)
    network, preprocess = _mobilenet_v2(size)
    starts = range(0, len(images), batch_size)
    batches = (preprocess(_resized(images[start : start + batch_size], size)) for start in starts)
    return np.concatenate([network.predict_on_batch(batch) for batch in batches])


def mobilenet_v2(*, size=128, classes=3, frozen=False, augmented=True, dropout=0.5, l2=0.01, seed=0):
    """MobileNetV2, trained on ImageNet, with a new `head`: a network to fine-tune as a whole.

    Weights and preprocessing are those of `mobilenet_v2_features`.

    Args:
        size: height and width that images are resized to, bilinearly; a multiple of 32 pixels.
        classes: number of logits.
        frozen: train the head alone; normalisation then keeps ImageNet's averages.
        augmented: mirror images at random and turn them by up to a tenth of a full turn, at training steps only.
        dropout, l2: as of `head`.
        seed: of the head's initial weights, of the dropout and of the augmentation.

    Returns:
        A ``keras.Model`` of RGB images from 0 to 255 and of any size, built but not compiled.

    Raises:
        FileNotFoundError: the weights are in no known place and can't be downloaded.
        TypeError, ValueError: an argument breaks its rule, or the mirror's file holds other weights.

    Example:
        >>> mobilenet_v2(frozen=True)  # doctest: +SKIP
        <Functional name=functional, built=True>

    References:
        Sandler, Howard, Zhu, Zhmoginov, Chen (2018), MobileNetV2: inverted residuals and linear bottlenecks,
        arXiv:1801.04381.
    """
    size = _check_size(size)
    frozen, augmented = (check_flag(*flag) for flag in (("frozen", frozen), ("augmented", augmented)))
    top = head(classes=classes, dropout=dropout, l2=l2, seed=seed)
    network, preprocess = _mobilenet_v2(size)
    network.trainable = not frozen
    images = keras.Input((None, None, 3))
    x = keras.layers.Resizing(size, size)(images)
    if augmented:
        x = keras.layers.RandomFlip("horizontal", seed=seed)(x)
        x = keras.layers.RandomRotation(0.1, fill_mode="nearest", seed=seed)(x)
    return keras.Model(images, top(network(preprocess(x))))


def _check_size(size):
    size = check_whole("size", size)
    if size % 32:
        reject("size must be a multiple of 32", [("size", size)])
    return size


def _mobilenet_v2(size):
    """The network without its classifier, and what its images must go through first."""
    mirror = _sources.mirror("mobilenet_v2_notop.weights.h5")
    form = {"include_top": False, "input_shape": (size, size, 3), "pooling": "avg"}
    if mirror is None:
        return _from_imagenet(form), keras.applications.mobilenet_v2.preprocess_input
    network = keras.applications.MobileNetV2(weights=None, **form)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras only warns of some weights that it leaves as they are
            network.load_weights(mirror)
    except (OSError, ValueError, KeyError, UserWarning) as error:
        raise ValueError(f"{mirror} must hold the weights of MobileNetV2. Received: {error}") from error
    return network, _as_torchvision


def _from_imagenet(form):
    try:
        return keras.applications.MobileNetV2(weights="imagenet", **form)
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise FileNotFoundError(
            f"The weights of MobileNetV2 can't be had ({type(error).__name__}: {error}). Set the environment variable "
            "LEARNING_RATES_DATA to a folder that holds mobilenet_v2_notop.weights.h5, or call this again with a "
            "connection, and Keras downloads them into ~/.keras/models."
        ) from error


def _as_torchvision(images):
    # TensorFlow pads the right and lower edge where torch pads the left and upper one: the flip makes them agree.
    return keras.ops.flip((images - _TORCH_MEAN) / _TORCH_DEVIATION, axis=(1, 2))


def _resized(images, size):
    images = images.astype(np.float32)
    if images.shape[1:3] == (size, size):
        return images
    resized = keras.ops.image.resize(images, (size, size), "bilinear", antialias=True, data_format="channels_last")
    return keras.ops.convert_to_numpy(resized)


def _dense(inputs, units, initializer, seed):
    *hidden, last = zip(units, _seeded(initializer, seed, len(units)), strict=True)
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            *(keras.layers.Dense(count, activation="relu", kernel_initializer=start) for count, start in hidden),
            keras.layers.Dense(last[0], kernel_initializer=last[1]),
        ]
    )


def _normalised(x, filters, strides, averaging, weights):
    # No bias: the normalisation that follows would take it away.
    x = keras.layers.Conv2D(filters, 3, strides, "same", use_bias=False, kernel_initializer=weights)(x)
    return keras.layers.BatchNormalization(momentum=averaging)(x)


def _residual(x, filters, strides, averaging, weights):
    inner = keras.layers.ReLU()(_normalised(x, filters, strides, averaging, next(weights)))
    inner = _normalised(inner, filters, 1, averaging, next(weights))
    if strides > 1:
        new = filters - x.shape[-1]
        x = keras.ops.pad(x[:, ::strides, ::strides], [[0, 0], [0, 0], [0, 0], [new // 2, new - new // 2]])
    return keras.layers.ReLU()(keras.layers.Add()([x, inner]))


def _seeded(initializer, seed, count):
    seed = check_whole("seed", seed, 0)
    return (initializer(seed=count * seed + i) for i in range(count))


def _check_wholes(name, values, count=None):
    """`values` as a tuple of whole numbers, `count` of them where that is given."""
    try:
        wholes = tuple(check_whole(name, value) for value in values)
        if isinstance(values, (str, bytes)) or len(wholes) != (count or len(wholes)) or not wholes:
            raise ValueError
    except (TypeError, ValueError):
        some = "whole numbers" if count is None else f"{count} whole numbers"
        reject(f"{name} must be {some} ≥ 1, in a tuple", [(name, values)])
    return wholes
