"""The networks of the chapters and of the trials, and features from a network trained on ImageNet.

All give logits, and are built but not compiled. Each seed gives other initial weights: layer i of k draws them from
seed k · seed + i, so that no two layers of one network share a stream.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt

from learning_rates import _sources
from learning_rates.checks import check_at_least, check_choice, check_flag, check_unit_interval, check_whole, reject

Initializer: TypeAlias = Callable[..., Any]  # called with seed=
Images: TypeAlias = npt.NDArray[np.uint8]

# The mean and standard deviation that torchvision normalises with, for RGB from 0 to 255.
_TORCH_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_TORCH_DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)

_NEVER = -1e9  # the score of what a place must not see: its share is 0 in float32

_INITIALIZERS: dict[str, Initializer] = {
    "glorot_uniform": keras.initializers.GlorotUniform,
    # Keras's "normal", which the DataCamp article's listing asks for; the string alone can't carry a seed.
    "normal": lambda seed: keras.initializers.RandomNormal(stddev=0.05, seed=seed),
}


def mlp(
    *,
    inputs: int = 784,
    hidden: int = 128,
    classes: int = 10,
    initializer: str = "glorot_uniform",
    seed: int = 0,
) -> keras.Sequential:
    """A network with one hidden layer, for flat inputs.

    Args:
        inputs: The size of an input, ≥ 1.
        hidden: The number of units in the hidden layer, which has a ReLU.
        classes: The number of logits.
        initializer: The distribution of the initial weights: "glorot_uniform", or "normal" for Keras's, whose standard
            deviation is 0.05.
        seed: The seed of the initial weights, ≥ 0.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> mlp().count_params()
        101770
    """
    check_choice("initializer", initializer, _INITIALIZERS)
    inputs, *units = _wholes(inputs=inputs, hidden=hidden, classes=classes)
    return _dense(inputs, units, _INITIALIZERS[initializer], seed)


def tabular(*, inputs: int = 11, hidden: Sequence[int] = (64, 32), outputs: int = 2, seed: int = 0) -> keras.Sequential:
    """A network of three dense layers for tables, to classify or to predict a number.

    The article on the cardiovascular data uses three dense layers and does not give their widths; 64-32-outputs is our
    choice.

    Args:
        inputs: The number of columns.
        hidden: The number of units in each layer before the last; they have a ReLU.
        outputs: The number of logits, or 1 to predict a number.
        seed: The seed of the initial weights, ≥ 0.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> tabular().count_params()
        2914
        >>> tabular(inputs=13, outputs=1).output_shape
        (None, 1)

    References:
        Clemente (2020), Improve your ML models training: cycling learning rates in TensorFlow 2.0, Towards AI.
    """
    inputs, outputs = _wholes(inputs=inputs, outputs=outputs)
    return _dense(inputs, [*_check_wholes("hidden", hidden), outputs], keras.initializers.GlorotUniform, seed)


def logistic_regression(*, inputs: int = 11, classes: int = 2, seed: int = 0) -> keras.Sequential:
    """Logistic regression as a network of one dense layer: the baseline for tables.

    Args:
        inputs: The number of columns.
        classes: The number of logits.
        seed: The seed of the initial weights, ≥ 0. The loss is convex, so every start leads to the same minimum.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> logistic_regression().count_params()
        24
    """
    inputs, classes = _wholes(inputs=inputs, classes=classes)
    return _dense(inputs, [classes], keras.initializers.GlorotUniform, seed)


def head(
    *, inputs: int = 1280, classes: int = 3, dropout: float = 0.5, l2: float = 0.01, seed: int = 0
) -> keras.Sequential:
    """The head for transfer learning on frozen features: dropout, then one dense layer with an L2 penalty.

    Args:
        inputs: The number of features.
        classes: The number of logits.
        dropout: The share of the features that a training step drops, in [0, 1).
        l2: The factor of the sum of the squared weights in the loss, ≥ 0.
        seed: The seed of the initial weights and of the dropout, ≥ 0.

    Returns:
        A ``keras.Sequential``, built but not compiled.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> head().count_params()
        3843
    """
    inputs, classes = _wholes(inputs=inputs, classes=classes)
    (weights,) = _seeded(keras.initializers.GlorotUniform, seed, 1)
    penalty = keras.regularizers.L2(check_at_least("l2", l2))
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dropout(check_unit_interval("dropout", dropout), seed=int(seed)),
            keras.layers.Dense(classes, kernel_initializer=weights, kernel_regularizer=penalty),
        ]
    )


def cnn(
    *,
    shape: Sequence[int] = (28, 28, 1),
    classes: int = 10,
    filters: Sequence[int] = (16, 32),
    units: int = 64,
    seed: int = 0,
) -> keras.Sequential:
    """A small convolutional network: 3×3 convolutions, each followed by pooling, and one hidden dense layer.

    The default has two convolutions, for images of 28×28 pixels; ``shape=(32, 32, 3), filters=(32, 32, 64)`` makes the
    network for CIFAR-10, which has 94,890 weights.

    Args:
        shape: The height, width and number of channels of the images, whose values go from 0 to 255.
        classes: The number of logits.
        filters: The number of filters in each convolution, which has a ReLU and whose maps pooling halves.
        units: The number of units in the hidden dense layer, which has a ReLU.
        seed: The seed of the initial weights, ≥ 0.

    Returns:
        A ``keras.Sequential``, built but not compiled. It divides its inputs by 255.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> cnn().count_params()
        105866
        >>> cnn(shape=(32, 32, 3), filters=(32, 32, 64)).count_params()
        94890
    """
    shape, filters = _check_wholes("shape", shape, 3), _check_wholes("filters", filters)
    units, classes = _wholes(units=units, classes=classes)
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


def resnet(
    *,
    shape: Sequence[int] = (32, 32, 3),
    classes: int = 10,
    filters: int = 16,
    blocks: int = 1,
    averaging: float = 0.9,
    seed: int = 0,
) -> keras.Model:
    """A small residual network with batch normalisation, in the form that He et al. gave it for CIFAR-10.

    It has three stages. The second and the third have half the size and twice the filters of the one before; their
    shortcuts skip every other pixel and fill the new channels with zeros, so they have no weights. This is
    ResNet-(6 · blocks + 2): ResNet-8 with one block in each stage, ResNet-20 with three.

    Args:
        shape: The height, width and number of channels of the images, whose values go from 0 to 255.
        classes: The number of logits.
        filters: The number of filters in the first stage.
        blocks: The number of blocks in each stage, of two convolutions each.
        averaging: The share of the moving mean and variance that a training step keeps, in [0, 1). Keras's default of
            0.99 lags behind in short runs.
        seed: The seed of the initial weights, ≥ 0.

    Returns:
        A ``keras.Model``, built but not compiled. It divides its inputs by 255.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> resnet().count_params()
        75770
        >>> resnet(blocks=3).count_params()
        271098

    References:
        He, Zhang, Ren, Sun (2015), Deep residual learning for image recognition, arXiv:1512.03385, section 4.2.
    """
    shape = _check_wholes("shape", shape, 3)
    classes, filters, blocks = _wholes(classes=classes, filters=filters, blocks=blocks)
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


@keras.saving.register_keras_serializable("learning_rates")
class Positions(keras.layers.Layer):
    """Adds a learnt vector to each place of a sequence of at most `context` places.

    Args:
        context: The largest number of places.
        embeddings_initializer: What draws the vectors.
        **layer_arguments: Further arguments of `keras.layers.Layer`.
    """

    def __init__(self, context: int, embeddings_initializer: Any = "uniform", **layer_arguments: Any) -> None:
        super().__init__(**layer_arguments)
        self.context = context
        self.initializer: Any = keras.initializers.get(embeddings_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the vectors, as wide as the inputs."""
        shape = (self.context, input_shape[-1])
        self.embeddings: Any = self.add_weight(shape=shape, initializer=self.initializer, name="embeddings")

    def call(self, inputs: Any) -> Any:
        """Inputs of shape (batch, places, width), each place with its vector added."""
        places = inputs.shape[1]
        if places is not None and places > self.context:
            reject(f"places must be ≤ {self.context}, the context", [("places", places)])
        return inputs + self.embeddings[: keras.ops.shape(inputs)[1]]

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """That of the inputs."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """What the layer is saved as."""
        initializer = keras.initializers.serialize(self.initializer)
        return {**super().get_config(), "context": self.context, "embeddings_initializer": initializer}


@keras.saving.register_keras_serializable("learning_rates")
class CausalAttention(keras.layers.Layer):
    """Scaled dot-product attention in several heads, in which a place sees itself and what precedes it.

    softmax(QKᵀ/√d + M)·V in each head, where d is the width of a head, and M is −∞ where a key comes later than the
    query. It has no weights of its own: queries, keys and values come from dense layers, whose kernels stay matrices.
    Keras's MultiHeadAttention keeps them as arrays of three axes, which Muon would leave to Adam.

    Args:
        heads: The number of heads, a divisor of the width.
        **layer_arguments: Further arguments of `keras.layers.Layer`.
    """

    def __init__(self, heads: int, **layer_arguments: Any) -> None:
        super().__init__(**layer_arguments)
        self.heads = heads

    def call(self, queries: Any, keys: Any, values: Any) -> Any:
        """Each of shape (batch, places, width), as is what they give."""
        if queries.shape[1] == 1:  # it attends to itself, and Keras would warn of a softmax over one score
            return values
        batch, places, width = keras.ops.shape(queries)[0], keras.ops.shape(queries)[1], queries.shape[2]
        split = (batch, places, self.heads, width // self.heads)
        q, k, v = (
            keras.ops.transpose(keras.ops.reshape(part, split), (0, 2, 1, 3)) for part in (queries, keys, values)
        )
        scores = keras.ops.matmul(q, keras.ops.transpose(k, (0, 1, 3, 2))) / math.sqrt(width // self.heads)
        place = keras.ops.arange(places)
        seen = place[:, None] >= place
        shares = keras.ops.softmax(keras.ops.where(seen, scores, keras.ops.cast(_NEVER, scores.dtype)))
        mixed = keras.ops.transpose(keras.ops.matmul(shares, v), (0, 2, 1, 3))
        return keras.ops.reshape(mixed, (batch, places, width))

    def compute_output_shape(
        self, queries_shape: tuple[int | None, ...], keys_shape: Any = None, values_shape: Any = None
    ) -> tuple[int | None, ...]:
        """That of the queries."""
        return queries_shape

    def get_config(self) -> dict[str, Any]:
        """What the layer is saved as."""
        return {**super().get_config(), "heads": self.heads}


def transformer(
    vocabulary: int, *, width: int = 64, depth: int = 2, heads: int = 4, context: int = 64, seed: int = 0
) -> keras.Model:
    """A decoder-only transformer: at each place, a logit for each symbol that may come next.

    h ← E[x] + P, then in each of `depth` blocks h ← h + Attention(Norm(h))·O and h ← h + ReLU(Norm(h)·U)·D, and at
    the end Norm(h)·H. A place attends to itself and to what precedes it. The norms come first (pre-norm), the hidden
    layer is 4 · width wide, dense layers have no bias, and the last matrix H is not tied to the embedding E, so that an
    optimizer can tell them apart by their paths: "head" and "embedding". All start normal: the embeddings with a
    standard deviation of 1/√width, a matrix with 1/√inputs, and as in GPT-2 those that add to h, O and D, with
    1/√(2 · depth) of that.

    Args:
        vocabulary: The number of symbols.
        width: The number of features of a place, a multiple of heads.
        depth: The number of blocks.
        heads: The number of attention heads in each block.
        context: The largest number of places that the model can see.
        seed: The seed of the initial weights, ≥ 0.

    Returns:
        A ``keras.Model``, built but not compiled, from whole numbers of shape (batch, places), places ≤ context, to
        logits of shape (batch, places, vocabulary).

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> transformer(66).count_params()
        111488

    References:
        Vaswani et al. (2017), Attention is all you need, arXiv:1706.03762.
        Radford et al. (2019), Language models are unsupervised multitask learners (GPT-2).
        Xiong et al. (2020), On layer normalization in the transformer architecture, arXiv:2002.04745.
    """
    vocabulary, width, depth = _wholes(vocabulary=vocabulary, width=width, depth=depth)
    heads, context = _wholes(heads=heads, context=context)
    if width % heads:
        reject("width must be a multiple of heads", [("width", width), ("heads", heads)])
    draws = _seeded(_normal, seed, 6 * depth + 3)

    def dense(
        units: int, name: str, inputs: int = width, scale: float = 1.0, activation: str | None = None
    ) -> keras.layers.Dense:
        start = next(draws)(scale / math.sqrt(inputs))
        return keras.layers.Dense(units, activation, use_bias=False, kernel_initializer=start, name=name)

    def norm(name: str) -> keras.layers.LayerNormalization:
        return keras.layers.LayerNormalization(epsilon=1e-5, name=name)

    vector, added = width**-0.5, (2 * depth) ** -0.5
    symbols = keras.Input((None,), dtype="int32", name="symbols")
    h = keras.layers.Embedding(vocabulary, width, next(draws)(vector), name="embedding")(symbols)
    h = Positions(context, next(draws)(vector), name="position_embedding")(h)
    for block in range(depth):
        x = norm(f"attention_norm_{block}")(h)
        parts = [dense(width, f"{part}_{block}")(x) for part in ("query", "key", "value")]
        x = CausalAttention(heads, name=f"attention_{block}")(*parts)
        h = keras.layers.Add(name=f"attended_{block}")([h, dense(width, f"output_{block}", scale=added)(x)])
        x = dense(4 * width, f"up_{block}", activation="relu")(norm(f"hidden_norm_{block}")(h))
        h = keras.layers.Add(name=f"hidden_{block}")([h, dense(width, f"down_{block}", 4 * width, added)(x)])
    return keras.Model(symbols, dense(vocabulary, "head")(norm("last_norm")(h)))


def _normal(seed: int) -> Callable[[float], Any]:
    return lambda deviation: keras.initializers.RandomNormal(stddev=deviation, seed=seed)


def mobilenet_v2_features(images: Images, *, size: int = 128, batch_size: int = 64) -> npt.NDArray[np.float32]:
    """The features that MobileNetV2, trained on ImageNet, gives images: its last feature maps, each averaged.

    The weights are those in the local mirror (LEARNING_RATES_DATA), converted from torchvision's, or else those that
    Keras downloads. Each set comes with the preprocessing it was trained with, and the two give different features.

    Args:
        images: The RGB images, a uint8 array of shape (n, height, width, 3).
        size: The height and width, in pixels, that the images are resized to bilinearly; a multiple of 32.
        batch_size: The number of images that are computed at once, ≥ 1.

    Returns:
        A float32 array of shape (n, 1280).

    Raises:
        FileNotFoundError: The weights are in no known place and can't be downloaded.
        TypeError, ValueError: An argument breaks its rule, or the mirror's file holds other weights.

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


def mobilenet_v2(
    *,
    size: int = 128,
    classes: int = 3,
    frozen: bool = False,
    augmented: bool = True,
    dropout: float = 0.5,
    l2: float = 0.01,
    seed: int = 0,
) -> keras.Model:
    """MobileNetV2, trained on ImageNet, with a new `head`: a network to fine-tune as a whole.

    Weights and preprocessing are those of `mobilenet_v2_features`.

    Args:
        size: The height and width, in pixels, that images are resized to bilinearly; a multiple of 32.
        classes: The number of logits.
        frozen: Whether to train the head alone; batch normalisation then keeps ImageNet's averages.
        augmented: Whether training steps mirror images at random and turn them by up to a tenth of a full turn.
        dropout: The share of the features that a training step drops, in [0, 1).
        l2: The factor of the sum of the head's squared weights in the loss, ≥ 0.
        seed: The seed of the head's initial weights, of the dropout and of the augmentation, ≥ 0.

    Returns:
        A ``keras.Model``, built but not compiled, for RGB images of any size whose values go from 0 to 255.

    Raises:
        FileNotFoundError: The weights are in no known place and can't be downloaded.
        TypeError, ValueError: An argument breaks its rule, or the mirror's file holds other weights.

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


def _check_size(size: int) -> int:
    size = check_whole("size", size)
    if size % 32:
        reject("size must be a multiple of 32", [("size", size)])
    return size


def _mobilenet_v2(size: int) -> tuple[keras.Model, Callable[[Any], Any]]:
    """The network without its classifier, and the preprocessing that its images need."""
    mirror = _sources.mirror("mobilenet_v2_notop.weights.h5")
    form = {"include_top": False, "input_shape": (size, size, 3), "pooling": "avg"}
    if mirror is None:
        return _from_imagenet(form), keras.applications.mobilenet_v2.preprocess_input
    network = keras.applications.MobileNetV2(weights=None, **form)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)  # Keras merely warns of weights that it could not load
            network.load_weights(mirror)
    except (OSError, ValueError, KeyError, UserWarning) as error:
        raise ValueError(f"{mirror} must hold the weights of MobileNetV2. Received: {error}") from error
    return network, _as_torchvision


def _from_imagenet(form: dict[str, Any]) -> keras.Model:
    try:
        return keras.applications.MobileNetV2(weights="imagenet", **form)
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise FileNotFoundError(
            f"The weights of MobileNetV2 can't be had ({type(error).__name__}: {error}). Set the environment variable "
            "LEARNING_RATES_DATA to a folder that holds mobilenet_v2_notop.weights.h5, or call this again with a "
            "connection, and Keras downloads them into ~/.keras/models."
        ) from error


def _as_torchvision(images: Any) -> Any:
    # TensorFlow pads the right and lower edge where torch pads the left and upper one: the flip makes them agree.
    return keras.ops.flip((images - _TORCH_MEAN) / _TORCH_DEVIATION, axis=(1, 2))


def _resized(images: Images, size: int) -> npt.NDArray[np.float32]:
    floats = images.astype(np.float32)
    if images.shape[1:3] == (size, size):
        return floats
    resized = keras.ops.image.resize(floats, (size, size), "bilinear", antialias=True, data_format="channels_last")
    return keras.ops.convert_to_numpy(resized)


def _dense(inputs: int, units: Sequence[int], initializer: Initializer, seed: int) -> keras.Sequential:
    *hidden, last = zip(units, _seeded(initializer, seed, len(units)), strict=True)
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            *(keras.layers.Dense(count, activation="relu", kernel_initializer=start) for count, start in hidden),
            keras.layers.Dense(last[0], kernel_initializer=last[1]),
        ]
    )


def _normalised(x: Any, filters: int, strides: int, averaging: float, weights: Any) -> Any:
    # Without a bias, which the normalisation that follows would subtract again.
    x = keras.layers.Conv2D(filters, 3, strides, "same", use_bias=False, kernel_initializer=weights)(x)
    return keras.layers.BatchNormalization(momentum=averaging)(x)


def _residual(x: Any, filters: int, strides: int, averaging: float, weights: Iterator[Any]) -> Any:
    inner = keras.layers.ReLU()(_normalised(x, filters, strides, averaging, next(weights)))
    inner = _normalised(inner, filters, 1, averaging, next(weights))
    if strides > 1:
        new = filters - x.shape[-1]
        x = keras.ops.pad(x[:, ::strides, ::strides], [[0, 0], [0, 0], [0, 0], [new // 2, new - new // 2]])
    return keras.layers.ReLU()(keras.layers.Add()([x, inner]))


def _seeded(initializer: Initializer, seed: int, count: int) -> Iterator[Any]:
    """Initializers for the layers of a network, each with a stream of its own."""
    seed = check_whole("seed", seed, 0)
    return (initializer(seed=count * seed + i) for i in range(count))


def _wholes(**named: object) -> list[int]:
    return [check_whole(name, value) for name, value in named.items()]


def _check_wholes(name: str, values: Sequence[int], count: int | None = None) -> tuple[int, ...]:
    """`values` as a tuple of whole numbers, `count` of them where that is given."""
    try:
        wholes = tuple(check_whole(name, value) for value in values)
        if isinstance(values, (str, bytes)) or len(wholes) != (count or len(wholes)) or not wholes:
            raise ValueError
    except (TypeError, ValueError):
        some = "whole numbers" if count is None else f"{count} whole numbers"
        reject(f"{name} must be {some} ≥ 1, in a tuple", [(name, values)])
    return wholes
