"""Real data sets: an embedded sample, a local mirror, Keras's cache or a download, and nothing else in their stead.

Whole sets are looked for in the folder that the environment variable LEARNING_RATES_DATA names, then where Keras keeps
its downloads; then Keras downloads them. Nothing here imports Keras before that is needed.
"""

import os
import zipfile
from importlib import resources
from pathlib import Path

import numpy as np

from learning_rates.schedules import check_flag

_FASHION_MNIST = {
    "x_train": (60_000, 28, 28),
    "y_train": (60_000,),
    "x_test": (10_000, 28, 28),
    "y_test": (10_000,),
}


def fashion_mnist(sample=True):
    """Fashion-MNIST: 28×28 grey images of ten kinds of clothing, split as Keras splits it.

    Args:
        sample: True for the embedded 6,000 + 1,000 images, the first 600 and 100 of each class in the original order;
            False for the whole set of 60,000 + 10,000.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: images as uint8 arrays of shape (n, 28, 28), from 0 (black) to 255,
        and labels 0 to 9 as uint8 arrays of shape (n,).

    Raises:
        TypeError: sample is neither True nor False.
        FileNotFoundError: the whole set is in no known place and can't be downloaded.
        ValueError: the local mirror's file holds something else.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = fashion_mnist()
        >>> x_train.shape, x_test.shape, x_train.dtype
        ((6000, 28, 28), (1000, 28, 28), dtype('uint8'))

    References:
        Xiao, Rasul, Vollgraf (2017), Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms,
        arXiv:1708.07747.
    """
    if check_flag("sample", sample):
        with resources.as_file(resources.files("learning_rates") / "data" / "fashion_mnist_sample.npz") as path:
            return _split(_load(path))
    mirror = _mirror("fashion_mnist.npz")
    if mirror is not None:
        return _split(_load_checked(mirror, _FASHION_MNIST))
    from keras.datasets import fashion_mnist as keras_fashion_mnist

    try:
        return keras_fashion_mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise FileNotFoundError(_three_ways("fashion_mnist.npz", "fashion-mnist", error)) from error


def _mirror(name):
    folder = os.environ.get("LEARNING_RATES_DATA")
    path = Path(folder, name) if folder else None
    return path if path and path.is_file() else None


def _load(path):
    # Opened here, because np.load leaves the file open when it can't be read.
    with path.open("rb") as file, np.load(file) as arrays:
        return {key: arrays[key] for key in arrays.files}


def _load_checked(path, shapes):
    """The arrays of an npz file, each of the shape given here and of dtype uint8."""
    try:
        arrays = _load(path)
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} must be a readable npz file. Received: {error}") from error
    for key, shape in shapes.items():
        if key not in arrays:
            raise ValueError(f"{path} must hold {', '.join(shapes)}. Received: {', '.join(arrays) or 'nothing'}")
        found = arrays[key]
        if found.shape != shape or found.dtype != np.uint8:
            raise ValueError(
                f"{key} in {path} must be of shape {shape} and dtype uint8. Received: {found.shape}, {found.dtype}"
            )
    return arrays


def _split(arrays):
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _three_ways(name, cache, error):
    return (
        f"The whole data set can't be had ({type(error).__name__}: {error}). Three ways to get it: "
        f"set the environment variable LEARNING_RATES_DATA to a folder that holds {name}; "
        f"put the original files where Keras keeps its downloads, ~/.keras/datasets/{cache} (remove damaged ones); "
        "or call this again with a connection, and Keras downloads it. The embedded part needs none: sample=True."
    )
