import importlib.util
import os
from pathlib import Path

import numpy as np
import pytest

from learning_rates import datasets

ROOT = Path(__file__).resolve().parents[1]
WHOLE = {"x_train": (60_000, 28, 28), "y_train": (60_000,), "x_test": (10_000, 28, 28), "y_test": (10_000,)}


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """An empty folder that LEARNING_RATES_DATA names."""
    monkeypatch.setenv("LEARNING_RATES_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Keras with an empty cache; its downloads break off after half a file. Gives the cache's folder."""
    file_utils = importlib.import_module("keras.src.utils.file_utils")

    def break_off(url, target, progress):
        Path(target).write_bytes(b"half a file")
        raise ConnectionResetError("connection lost")

    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    monkeypatch.setattr(file_utils, "urlretrieve", break_off)
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
    return tmp_path


def whole_set(**changes):
    return {key: np.zeros(shape, np.uint8) for key, shape in WHOLE.items()} | changes


def test_sample_is_class_balanced():
    (x_train, y_train), (x_test, y_test) = datasets.fashion_mnist()
    assert x_train.shape == (6000, 28, 28)
    assert x_test.shape == (1000, 28, 28)
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}
    np.testing.assert_array_equal(np.bincount(y_train), [600] * 10)
    np.testing.assert_array_equal(np.bincount(y_test), [100] * 10)


def test_sample_starts_as_the_whole_set_does():
    """An ankle boot, a T-shirt, ...: the first labels everyone sees who opens Fashion-MNIST."""
    (x_train, y_train), (_, y_test) = datasets.fashion_mnist()
    assert y_train[:8].tolist() == [9, 0, 0, 3, 0, 2, 7, 2]
    assert y_test[:8].tolist() == [9, 2, 1, 1, 6, 1, 4, 6]
    assert x_train[0].sum() == 76247


def test_sample_is_small_and_has_its_licence_beside_it():
    data = ROOT / "src/learning_rates/data"
    assert (data / "fashion_mnist_sample.npz").stat().st_size <= 3.3e6
    assert "Zalando SE" in (data / "LICENSE-fashion-mnist.txt").read_text()


def test_sample_is_what_the_script_makes():
    spec = importlib.util.spec_from_file_location("make_sample", ROOT / "scripts/make_sample.py")
    make_sample = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_sample)
    if not make_sample.DEBIAN.is_dir():
        pytest.skip("Debian's package dataset-fashion-mnist is not installed")
    with np.load(make_sample.SAMPLE) as stored:
        for key, values in make_sample.make(make_sample.DEBIAN).items():
            np.testing.assert_array_equal(stored[key], values)


@pytest.mark.parametrize("sample", ["yes", 1, None, np.True_])
def test_sample_must_be_a_flag(sample):
    with pytest.raises(TypeError, match=f"sample must be True or False. Received: sample={sample!r}"):
        datasets.fashion_mnist(sample=sample)


def test_whole_set_comes_from_the_mirror(mirror):
    np.savez_compressed(mirror / "fashion_mnist.npz", **whole_set(y_test=np.full(10_000, 7, np.uint8)))
    (x_train, y_train), (x_test, y_test) = datasets.fashion_mnist(sample=False)
    assert {"x_train": x_train.shape, "y_train": y_train.shape, "x_test": x_test.shape, "y_test": y_test.shape} == WHOLE
    assert (y_test == 7).all()


@pytest.mark.skipif("LEARNING_RATES_DATA" not in os.environ, reason="LEARNING_RATES_DATA names no folder of data")
def test_sample_is_part_of_the_real_set():
    _, (x_test, y_test) = datasets.fashion_mnist(sample=False)
    _, (x_sample, y_sample) = datasets.fashion_mnist(sample=True)
    chosen = np.sort(np.concatenate([np.flatnonzero(y_test == label)[:100] for label in range(10)]))
    np.testing.assert_array_equal(x_test[chosen], x_sample)
    np.testing.assert_array_equal(y_test[chosen], y_sample)


def test_mirror_must_hold_every_array(mirror):
    np.savez_compressed(mirror / "fashion_mnist.npz", x_train=np.zeros(3, np.uint8), y_train=np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match=r"x_train in .* must be of shape \(60000, 28, 28\) and dtype uint8"):
        datasets.fashion_mnist(sample=False)
    np.savez_compressed(mirror / "fashion_mnist.npz", images=np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match=r"must hold x_train, y_train, x_test, y_test\. Received: images"):
        datasets.fashion_mnist(sample=False)


def test_mirror_must_hold_uint8(mirror):
    np.savez_compressed(mirror / "fashion_mnist.npz", **whole_set(y_test=np.zeros(10_000, np.int64)))
    with pytest.raises(ValueError, match=r"y_test in .* and dtype uint8. Received: \(10000,\), int64"):
        datasets.fashion_mnist(sample=False)


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x03\x04 cut short", b"\x93NUMPY"])
def test_mirror_must_be_readable(mirror, content):
    (mirror / "fashion_mnist.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"fashion_mnist.npz must be a readable npz file. Received: "):
        datasets.fashion_mnist(sample=False)


def test_missing_set_says_the_three_ways_and_leaves_no_half_file(offline):
    with pytest.raises(FileNotFoundError) as raised:
        datasets.fashion_mnist(sample=False)
    for way in ("LEARNING_RATES_DATA", "~/.keras/datasets/fashion-mnist", "with a connection", "connection lost"):
        assert way in str(raised.value)
    assert [path for path in offline.rglob("*") if path.is_file()] == []
