"""The images are those that their script makes, and no image of the verdict is one that was tuned on."""

import gzip
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from learning_rates import datasets, small_network

DATA = Path(small_network.__file__).parent / "data"
pytestmark = pytest.mark.slow


def test_the_files_are_what_was_made():
    for line in (DATA / "fashion_14.sha256").read_text().splitlines():
        digest, name = line.split()
        assert sha256(gzip.decompress((DATA / name).read_bytes())).hexdigest() == digest


def test_the_images_are_the_samples():
    """The first 200 and 50 of each class, which the embedded sample has at 28 × 28."""
    for part, (x, y), each in zip(("train", "seen"), datasets.fashion_mnist(), (200, 50), strict=True):
        kept = np.sort(np.concatenate([np.flatnonzero(y == label)[:each] for label in range(10)]))
        images, labels = small_network.load(part)
        assert (images == small_network.greys_of(x[kept]).reshape(-1, 196) / np.float32(15)).all()
        assert (labels == y[kept]).all()


def test_the_verdicts_images_are_in_no_other_part():
    (_, _), (x, _) = datasets.fashion_mnist()
    rows = {part: {image.tobytes() for image in small_network.load(part)[0]} for part in ("train", "seen", "fresh")}
    sample = {image.tobytes() for image in small_network.greys_of(x).reshape(-1, 196) / np.float32(15)}
    assert not rows["fresh"] & (rows["train"] | rows["seen"] | sample)
    assert np.bincount(small_network.load("fresh")[1]).tolist() == [100] * 10


def test_every_image_comes_once_before_any_comes_again():
    weights, order = small_network.begin(12345, 100)
    assert sorted(order[:40].ravel()) == sorted(order[40:80].ravel()) == list(range(2000))
    assert (order[:40] != order[40:80]).any()
    assert all(np.abs(kernel).max() <= np.sqrt(6 / sum(kernel.shape)) for kernel in weights[::2])


def test_an_explosion_is_no_error():
    found = small_network.train([50.0] * 60, [0.99] * 60, [1, 2])
    assert all(loss is None or loss > 1 for run in found["losses"] for loss in run[1:])
