"""Batches without end for a sweep, from whatever holds the data."""

import itertools

import keras
import numpy as np
from keras import ops, tree

from learning_rates.checks import reject


def batches(x, y, sample_weight, batch_size, seed):
    """Batches without end: tuples of one to three structures of arrays."""
    rng = np.random.default_rng(seed)
    if _are_arrays(x):
        if y is None and sample_weight is not None:
            reject("y must be given with sample_weight", [("y", y)])
        return _from_arrays(_cut(x, y, sample_weight), batch_size, rng)
    dataset = isinstance(x, keras.utils.PyDataset)
    if isinstance(x, (list, tuple, dict, str)) or not (dataset or hasattr(x, "__iter__")):
        rule = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
        reject(rule, [("x", type(x))], TypeError)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            reject(f"{name} must be None with a dataset, which brings its own", [(name, type(value))])
    if dataset:
        return _from_iterable(x, lambda: _epoch(x, rng))
    return _from_iterable(x, lambda: x)


def _epoch(dataset, rng):
    """A PyDataset's batches in a new order."""
    count = dataset.num_batches
    dataset.on_epoch_begin()
    for index in itertools.count() if count is None else rng.permutation(count):
        yield dataset[int(index)]
    dataset.on_epoch_end()


def _are_arrays(data):
    leaves = tree.flatten(data)
    return bool(leaves) and all(len(getattr(leaf, "shape", ())) > 0 for leaf in leaves)


def _cut(x, y=None, sample_weight=None):
    """The parts that are there: a step that is mapped over batches takes no None."""
    return (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)


def _from_arrays(data, batch_size, rng):
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


def _as_keras_would(array):
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _from_iterable(x, epoch):
    while True:
        empty = True
        for batch in epoch():
            empty = False
            batch = keras.utils.unpack_x_y_sample_weight(batch)
            yield tree.map_structure(ops.convert_to_numpy, _cut(*batch))
        if empty:
            reject("x must yield a batch for every step, or start again when it ends", [("x", x)])


def stacks(batches, count):
    """The next `count` batches, as stacks of neighbours of the same shape."""
    chosen = itertools.islice(batches, count)
    for _, alike in itertools.groupby(chosen, key=lambda batch: [leaf.shape for leaf in tree.flatten(batch)]):
        yield tree.map_structure(lambda *leaves: np.stack(leaves), *alike)
