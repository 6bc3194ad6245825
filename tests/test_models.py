"""Networks: their sizes, their seeds, what they give, and bad input; MobileNetV2's features and its weights."""

import itertools
import math

import keras
import numpy as np
import pytest

from learning_rates import models

pytestmark = pytest.mark.slow

NETWORKS = ("mlp", "tabular", "logistic_regression", "head", "cnn", "resnet")
WEIGHTS = "mobilenet_v2_notop.weights.h5"
needs_data = pytest.mark.skipif("'LEARNING_RATES_DATA' not in os.environ", reason="LEARNING_RATES_DATA names no folder")


@pytest.fixture(scope="module")
def untrained():
    """MobileNetV2 without its classifier, and its weights drawn, so that no download is needed."""
    keras.utils.set_random_seed(0)
    network = keras.applications.MobileNetV2(include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg")
    for layer in network.layers:  # averages of a batch: with the first ones, features would be 1e-12
        layer.momentum = 0.0
    network((noise(32) / 127.5 - 1).astype(np.float32), training=True)
    return network


@pytest.fixture
def mirror(tmp_path, monkeypatch, untrained):
    """A folder that LEARNING_RATES_DATA names, with those weights."""
    monkeypatch.setenv("LEARNING_RATES_DATA", str(tmp_path))
    untrained.save_weights(tmp_path / WEIGHTS)
    return tmp_path


def noise(count, side=32):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


def inputs_of(network):
    return np.random.default_rng(0).uniform(0, 255, (4, *network.input_shape[1:])).astype(np.float32)


def test_the_mlp_has_the_weights_its_sizes_say():
    assert models.mlp(inputs=4, hidden=3, classes=2).count_params() == (4 * 3 + 3) + (3 * 2 + 2)


def test_the_mlp_of_the_digits_article_starts_normal():
    """784-784-10; Keras's "normal" has a standard deviation of 0.05 where Glorot's has 0.036."""
    network = models.mlp(hidden=784, initializer="normal")
    assert network.count_params() == 784 * 784 + 784 + 784 * 10 + 10
    first, bias, second, _ = network.get_weights()
    assert first.std() == pytest.approx(0.05, rel=0.01)
    assert second.std() == pytest.approx(0.05, rel=0.05)
    assert abs(first).max() > 0.15, "a normal distribution has tails"
    assert not bias.any()


def test_the_mlp_keeps_the_start_of_its_recorded_runs():
    """Layer i of two starts from seed 2 · seed + i."""
    first, _, second, _ = models.mlp(inputs=4, hidden=3, classes=2, seed=5).get_weights()
    glorot = keras.initializers.GlorotUniform
    np.testing.assert_array_equal(first, keras.ops.convert_to_numpy(glorot(seed=10)((4, 3))))
    np.testing.assert_array_equal(second, keras.ops.convert_to_numpy(glorot(seed=11)((3, 2))))


@pytest.mark.parametrize("initializer", ["zeros", None, 3])
def test_an_initializer_is_one_of_two(initializer):
    with pytest.raises(ValueError, match=r"^initializer must be one of glorot_uniform, normal. Received: initializer="):
        models.mlp(initializer=initializer)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_seed_is_a_start(name):
    first, same, other = (getattr(models, name)(seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("mlp", {"inputs": 8, "hidden": 8, "classes": 8}),
        ("tabular", {"inputs": 8, "hidden": (8, 8), "outputs": 8}),
        ("cnn", {"shape": (8, 8, 4), "filters": (4, 4)}),
        ("resnet", {}),
    ],
)
def test_layers_of_one_shape_start_apart(name, sizes):
    weights = [w for w in getattr(models, name)(**sizes).get_weights() if w.ndim > 1]
    alike = [(a, b) for a, b in itertools.combinations(weights, 2) if a.shape == b.shape]
    assert alike
    assert not any(np.array_equal(a, b) for a, b in alike)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_gives_logits(name):
    """One for each class, of both signs, and not a share each."""
    network = getattr(models, name)(classes=40) if name != "tabular" else models.tabular(outputs=40)
    logits = keras.ops.convert_to_numpy(network(inputs_of(network)))
    assert logits.shape == (4, 40)
    assert logits.min() < 0 < logits.max()
    assert not network.compiled


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_saved_whole(name, tmp_path):
    network = getattr(models, name)(seed=3)
    network.save(tmp_path / "network.keras")
    again, x = keras.models.load_model(tmp_path / "network.keras"), inputs_of(network)
    np.testing.assert_array_equal(again.predict(x, verbose=0), network.predict(x, verbose=0))


def test_the_tabular_network_has_three_dense_layers():
    assert models.tabular().count_params() == (11 * 64 + 64) + (64 * 32 + 32) + (32 * 2 + 2)
    assert [layer.units for layer in models.tabular(inputs=13, hidden=(8, 4), outputs=1).layers] == [8, 4, 1]


def test_logistic_regression_is_one_dense_layer():
    assert models.logistic_regression(inputs=4, classes=3).count_params() == 4 * 3 + 3


def test_the_head_drops_out_by_its_seed_and_only_in_training():
    first, same, other = (models.head(inputs=200, seed=seed) for seed in (1, 1, 2))
    x = np.ones((1, 200), np.float32)
    dropped = [keras.ops.convert_to_numpy(network.layers[0](x, training=True)) for network in (first, same, other)]
    assert set(dropped[0].ravel().tolist()) == {0.0, 2.0}
    np.testing.assert_array_equal(dropped[0], dropped[1])
    assert not np.array_equal(dropped[0], dropped[2])
    np.testing.assert_array_equal(first.layers[0](x, training=False), x)


def test_the_heads_penalty_is_its_factor_times_the_squared_weights():
    network = models.head(inputs=2, classes=1, l2=0.01)
    network.layers[-1].set_weights([np.array([[3.0], [4.0]]), np.array([7.0])])
    network(np.zeros((1, 2), np.float32))
    assert float(keras.ops.convert_to_numpy(sum(network.losses))) == pytest.approx(0.25)


def test_the_cnns_have_the_weights_their_sizes_say():
    grey = (9 * 1 * 16 + 16) + (9 * 16 * 32 + 32) + (7 * 7 * 32 * 64 + 64) + (64 * 10 + 10)
    assert models.cnn().count_params() == grey
    colour = (9 * 3 * 16 + 16) + (9 * 16 * 32 + 32) + (7 * 7 * 32 * 64 + 64) + (64 * 3 + 3)
    assert models.cnn(shape=(28, 28, 3), classes=3).count_params() == colour
    assert models.cnn(shape=(32, 32, 3), filters=(32, 32, 64)).count_params() == 94_890


def test_resnets_have_the_depth_and_the_weights_of_the_paper():
    """The paper's table 6: 20 layers, 0.27 million weights; 32 layers, 0.46 million."""
    for blocks, layers, weights in ((1, 8, 75_290), (3, 20, 269_722), (5, 32, 464_154)):
        network = models.resnet(blocks=blocks)
        kernels = [weight for weight in network.trainable_weights if len(weight.shape) > 1]
        assert len(kernels) == layers
        assert sum(math.prod(weight.shape) for weight in network.trainable_weights) == weights


def test_a_resnets_stages_halve_and_double():
    shapes = [
        layer.output.shape[1:] for layer in models.resnet(filters=4).layers if isinstance(layer, keras.layers.Add)
    ]
    assert shapes == [(32, 32, 4), (16, 16, 8), (8, 8, 16)]


def test_a_resnets_averages_keep_their_share():
    """After one step the moving mean is that of the batch, times 1 − averaging."""
    means = []
    for averaging in (0.0, 0.75):
        network = models.resnet(averaging=averaging)
        network(inputs_of(network), training=True)
        means.append(keras.ops.convert_to_numpy(network.layers[3].moving_mean))
    np.testing.assert_allclose(means[1], means[0] / 4, rtol=1e-4)


@pytest.mark.parametrize("name", ["cnn", "resnet"])
def test_images_may_be_bytes_and_are_scaled_inside(name):
    network, images = getattr(models, name)(shape=(32, 32, 3)), noise(2)
    of_bytes, of_floats = (keras.ops.convert_to_numpy(network(x)) for x in (images, images.astype(np.float32)))
    np.testing.assert_allclose(of_bytes, of_floats, rtol=1e-5)
    scaled = network.layers[0] if name == "cnn" else network.layers[1]
    assert float(keras.ops.max(scaled(np.full((1, 32, 32, 3), 255.0)))) == pytest.approx(1)


WHOLE = ["3", None, True, math.nan, math.inf, -1, 1.5]
SHARE = ["3", None, True, math.nan, math.inf, -0.1, 1]
RULES = {
    "mlp": {"inputs": WHOLE, "hidden": WHOLE, "classes": WHOLE, "seed": WHOLE},
    "tabular": {"inputs": WHOLE, "hidden": [3, None, (), "64", (0,), (1.5, 2)], "outputs": WHOLE, "seed": WHOLE},
    "logistic_regression": {"inputs": WHOLE, "classes": WHOLE, "seed": WHOLE},
    "head": {"inputs": WHOLE, "classes": WHOLE, "dropout": SHARE, "l2": SHARE[:-1], "seed": WHOLE},
    "cnn": {
        "shape": [28, None, (28, 28), (28, 28, 0), (2, 28, 1)],
        "filters": [3, (), (0,), "16", (8,) * 5],
        "units": WHOLE,
        "classes": WHOLE,
        "seed": WHOLE,
    },
    "resnet": {
        "shape": [32, None, (32, 32), (32, 32, 3, 1), "323"],
        "filters": WHOLE,
        "blocks": WHOLE,
        "averaging": SHARE,
        "classes": WHOLE,
        "seed": WHOLE,
    },
    "mobilenet_v2": {
        "size": [*WHOLE, 100],
        "classes": WHOLE,
        "frozen": [1, None, "yes"],
        "augmented": [0, None],
        "dropout": SHARE,
        "l2": SHARE[:-1],
        "seed": WHOLE,
    },
}


@pytest.mark.parametrize(
    ("network", "name", "bad"),
    [(network, name, bad) for network, rules in RULES.items() for name, values in rules.items() for bad in values],
)
def test_bad_input_is_named(network, name, bad):
    with pytest.raises((TypeError, ValueError), match=rf"^\w+ must .* Received: .*\b{name}="):
        getattr(models, network)(**{name: bad})


def test_the_mirrors_weights_get_the_preprocessing_they_were_trained_with(mirror, untrained):
    """Centred and divided as torchvision does, then flipped on both axes; batches make no difference."""
    images = noise(5)
    expected = (images - np.float32([123.675, 116.28, 103.53])) / np.float32([58.395, 57.12, 57.375])
    expected = untrained.predict_on_batch(expected[:, ::-1, ::-1, :].astype(np.float32))
    features = models.mobilenet_v2_features(images, size=32, batch_size=2)
    assert features.std() > 0.1
    assert (features.shape, features.dtype) == ((5, 1280), np.float32)
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-5)


def test_images_are_resized_bilinearly():
    """From two columns to four: the new ones stand a quarter of the way in from the middle of the old."""
    images = np.zeros((1, 2, 2, 3), np.uint8)
    images[:, :, 1] = 200
    np.testing.assert_allclose(models._resized(images, 4)[0, :, :, 1], [[0, 50, 150, 200]] * 4, atol=1e-4)
    np.testing.assert_array_equal(models._resized(images, 2), images)


def test_without_a_mirror_the_weights_are_keras_own_with_its_preprocessing(monkeypatch, untrained):
    asked = []
    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    monkeypatch.setattr(keras.applications, "MobileNetV2", lambda **form: asked.append(form) or untrained)
    features = models.mobilenet_v2_features(noise(2), size=32)
    assert asked == [{"include_top": False, "weights": "imagenet", "input_shape": (32, 32, 3), "pooling": "avg"}]
    expected = untrained.predict_on_batch(noise(2).astype(np.float32) / 127.5 - 1)
    np.testing.assert_allclose(features, expected, rtol=1e-3, atol=1e-5)


def test_missing_weights_say_what_to_do(monkeypatch):
    def break_off(**form):
        raise Exception("URL fetch failure")

    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    monkeypatch.setattr(keras.applications, "MobileNetV2", break_off)
    with pytest.raises(FileNotFoundError, match=rf"URL fetch failure.*LEARNING_RATES_DATA .*{WEIGHTS}.*a connection"):
        models.mobilenet_v2_features(noise(1))


def test_the_mirrors_weights_must_be_those_of_the_network(mirror):
    (mirror / WEIGHTS).write_bytes(b"<html>404</html>")
    with pytest.raises(ValueError, match=rf"{WEIGHTS} must hold the weights of MobileNetV2. Received: "):
        models.mobilenet_v2_features(noise(1))
    (mirror / WEIGHTS).unlink()
    models.mlp().save_weights(mirror / WEIGHTS)
    with pytest.raises(ValueError, match=rf"{WEIGHTS} must hold the weights of MobileNetV2. Received: "):
        models.mobilenet_v2_features(noise(1))


@pytest.mark.parametrize(
    "images", [noise(1)[0], noise(1) / 255, noise(1)[..., :1], noise(1)[:0], noise(1).astype(np.float32), "x", None]
)
def test_images_must_be_bytes_in_colour(images):
    with pytest.raises(
        ValueError, match=r"^images must be uint8 RGB images of shape \(n, height, width, 3\).*Received: \("
    ):
        models.mobilenet_v2_features(images)


@pytest.mark.parametrize(
    ("name", "bad"), [(name, bad) for name in ("size", "batch_size") for bad in WHOLE] + [("size", 100)]
)
def test_sizes_of_features_are_named(name, bad):
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must be .* Received: {name}="):
        models.mobilenet_v2_features(noise(1), **{name: bad})


def test_the_whole_network_is_its_features_with_a_head_for_images_of_any_size(mirror):
    network, images = models.mobilenet_v2(size=32, classes=2, seed=3), noise(4, side=20)[:, :, :14]
    features = models.mobilenet_v2_features(images, size=32)
    expected = keras.ops.convert_to_numpy(models.head(classes=2, seed=3)(features))
    found = keras.ops.convert_to_numpy(network(images, training=False))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_frozen_the_head_alone_is_trained(mirror, untrained):
    whole, frozen = (models.mobilenet_v2(size=32, frozen=flag) for flag in (False, True))
    assert [weight.shape for weight in frozen.trainable_variables] == [(1280, 3), (3,)]
    assert len(whole.trainable_variables) == len(untrained.trainable_variables) + 2
    for network, keeps in ((whole, False), (frozen, True)):  # the averages of batch normalisation
        averages = [weight for weight in network.non_trainable_variables if weight.name.startswith("moving")]
        before = [keras.ops.convert_to_numpy(weight) for weight in averages]
        network(noise(4), training=True)
        after = [keras.ops.convert_to_numpy(weight) for weight in averages]
        assert len(averages) == 2 * 52
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True)) == keeps


def test_images_are_augmented_at_training_steps_alone(mirror):
    plain, varied = (models.mobilenet_v2(size=32, frozen=True, augmented=flag, dropout=0) for flag in (False, True))
    logits = [keras.ops.convert_to_numpy(network(noise(4), training=True)) for network in (plain, varied)]
    assert not np.allclose(*logits, atol=1e-3)
    logits = [keras.ops.convert_to_numpy(network(noise(4), training=False)) for network in (plain, varied)]
    np.testing.assert_allclose(*logits, rtol=1e-5)


@needs_data
def test_real_weights_tell_ants_from_bees():
    """The nearer of the two classes' mean features is right for most of the validation images."""
    from learning_rates import datasets

    (x_train, y_train), (x_val, y_val) = datasets.ants_and_bees(size=96)
    train, val = (models.mobilenet_v2_features(x, size=96) for x in (x_train, x_val))
    centres = np.stack([train[y_train == label].mean(axis=0) for label in (0, 1)])
    nearest = np.linalg.norm(val[:, None] - centres, axis=-1).argmin(axis=1)
    assert (nearest == y_val).mean() > 0.8
