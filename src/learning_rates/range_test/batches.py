"""Batches without end for a sweep, from whatever holds the data."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops, tree

from learning_rates.checks import reject

Structure: TypeAlias = Any  # an array, or a nested dict, list or tuple of arrays
Batch: TypeAlias = tuple[Structure, ...]  # (x,), (x, y) or (x, y, sample_weight)


def endless(x: Any, y: Structure, sample_weight: Structure, batch_size: int, seed: int) -> Iterator[Batch]:
    """Batches without end, from the data as `lr_range_test` takes them."""
    rng = np.random.default_rng(seed)
    if _are_arrays(x):
        if y is None and sample_weight is not None:
            reject("y must be given with sample_weight", [("y", y)])
        return _from_arrays(_present(x, y, sample_weight), batch_size, rng)
    dataset = isinstance(x, keras.utils.PyDataset)
    if isinstance(x, (list, tuple, dict, str)) or not (dataset or hasattr(x, "__iter__")):
        rule = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
        reject(rule, [("x", type(x))], TypeError)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            reject(f"{name} must be None with a dataset, which brings its own", [(name, type(value))])
    return _from_epochs(x, (lambda: _shuffled(x, rng)) if dataset else (lambda: x))


def stacks(batches: Iterator[Batch], count: int) -> Iterator[Batch]:
    """The next `count` batches, as stacks of neighbours of the same shape."""
    chosen = itertools.islice(batches, count)
    for _, alike in itertools.groupby(chosen, key=lambda batch: [leaf.shape for leaf in tree.flatten(batch)]):
        yield tree.map_structure(lambda *leaves: np.stack(leaves), *alike)


def _are_arrays(data: Structure) -> bool:
    leaves = tree.flatten(data)
    return bool(leaves) and all(len(getattr(leaf, "shape", ())) > 0 for leaf in leaves)


def _present(x: Structure, y: Structure = None, sample_weight: Structure = None) -> Batch:
    """The parts that are there: a step that is mapped over batches takes no None."""
    return (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)


def _from_arrays(data: Batch, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
    for name, part in zip(("y", "sample_weight"), data[1:], strict=False):
        if not _are_arrays(part):
            reject(f"{name} must be an array or a structure of arrays, as x is", [(name, type(part))], TypeError)
    data = tree.map_structure(lambda leaf: leaf if isinstance(leaf, np.ndarray) else ops.convert_to_numpy(leaf), data)
    sizes = [len(leaf) for leaf in tree.flatten(data)]
    if min(sizes) == 0 or min(sizes) != max(sizes):
        reject("x, y and sample_weight must hold the same number of samples, at least one", [("samples", sizes)])
    batch_size = min(batch_size, sizes[0])
    while True:
        order = rng.permutation(sizes[0])
        for start in range(0, sizes[0] - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            yield tree.map_structure(lambda leaf: _as_keras_would(leaf[chosen]), data)  # noqa: B023


def _as_keras_would(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array in the precision in which `fit` would hand it on."""
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _shuffled(dataset: keras.utils.PyDataset, rng: np.random.Generator) -> Iterator[Any]:
    """One epoch of a PyDataset, its batches in a new order."""
    count = dataset.num_batches
    dataset.on_epoch_begin()
    for index in itertools.count() if count is None else rng.permutation(count):
        yield dataset[int(index)]
    dataset.on_epoch_end()


def _from_epochs(x: Any, epoch: Callable[[], Iterable[Any]]) -> Iterator[Batch]:
    """The batches of one epoch after another; an error calls the dataset x."""
    while True:
        empty = True
        for batch in epoch():
            empty = False
            batch = keras.utils.unpack_x_y_sample_weight(batch)
            yield tree.map_structure(ops.convert_to_numpy, _present(*batch))
        if empty:
            reject("x must yield a batch for every step, or start again when it ends", [("x", x)])
