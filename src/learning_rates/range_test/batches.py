"""Batches without end for a sweep, each as `fit` would hand it to `train_step`, from whatever `fit` takes."""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import keras
import numpy as np
from keras import ops, tree

# Private, because Keras has no public door to what its `fit` makes of arrays, of sparse and ragged tensors, and of
# class weights. tests/range_test/test_as_fit.py compares what comes out with `fit`, on the oldest Keras too.
from keras.src.trainers import data_adapters
from keras.src.trainers.data_adapters import array_slicing, data_adapter_utils
from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter
from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter

from learning_rates.checks import check_at_least, reject

Structure: TypeAlias = Any  # an array, or a nested dict, list or tuple of arrays
Batch: TypeAlias = Any  # what train_step receives: by Keras's own conventions x, (x,), (x, y) or (x, y, sample_weight)
Weights: TypeAlias = dict[int, float]


def endless(
    x: Any,
    y: Structure = None,
    sample_weight: Structure = None,
    class_weight: object = None,
    *,
    batch_size: int = 32,
    seed: int = 0,
) -> Iterator[Batch]:
    """Batches without end, from the data as `lr_range_test` takes them; what is refused is refused at once."""
    rng, weights = np.random.default_rng(seed), _check_class_weight(class_weight)
    if weights is not None and sample_weight is not None:
        reject("class_weight must be None with sample_weight", [("class_weight", class_weight)])
    if _are_arrays(x):
        return _from_arrays(_checked_arrays(x, y, sample_weight, weights), batch_size, rng)
    dataset = isinstance(x, keras.utils.PyDataset)
    single = isinstance(x, (list, tuple, dict, str)) or array_slicing.can_slice_array(x)  # such as an array of no axes
    if single or not (dataset or hasattr(x, "__iter__")):
        rule = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
        reject(rule, [("x", type(x))], TypeError)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            reject(f"{name} must be None with a dataset, which brings its own", [(name, type(value))])
    if dataset:
        return _from_epochs(x, lambda: _converted(_shuffled(x, weights, rng)))
    if data_adapters.is_tf_dataset(x):
        return _from_epochs(x, _tf_data(x, weights))
    if weights is not None:
        rule = "class_weight must be None with an iterable of batches, which brings its own sample weights"
        reject(rule, [("class_weight", class_weight), ("x", type(x))])
    as_it_is = _backend() == "torch" and data_adapters.is_torch_dataloader(x)
    return _from_epochs(x, lambda: x if as_it_is else _converted(x))


def alike(batches: Iterable[Batch]) -> Iterator[list[Batch]]:
    """The batches in groups of neighbours that one array each can hold; sparse and ragged tensors stand alone."""
    for _, group in itertools.groupby(batches, key=lambda batch: tree.map_structure(_form, batch)):
        yield list(group)


def stacked(batches: list[Batch]) -> Batch:
    """One structure of arrays for a group of batches, a new axis first; None stays None."""
    return tree.map_structure(lambda *leaves: None if leaves[0] is None else np.stack(leaves), *batches)


def are_dense(batch: Batch) -> bool:
    """Whether each part of the batch is an array, or None."""
    return all(leaf is None or _is_dense(leaf) for leaf in tree.flatten(batch))


def size_in_bytes(batch: Batch) -> int:
    """About how much memory a batch takes."""
    leaves = [leaf for leaf in tree.flatten(batch) if _is_dense(leaf)]
    return sum(getattr(leaf, "nbytes", 0) or 8 * math.prod(map(int, leaf.shape)) for leaf in leaves)


@contextlib.contextmanager
def named_in_errors(batch: Batch) -> Iterator[None]:
    """Let errors of Keras and the backends, which name none of our arguments, tell what the model was given."""
    try:
        yield
    except Exception as error:
        error.add_note(f"Raised by the model in lr_range_test, which was given the batch {described(batch)}.")
        raise


def described(batch: Batch) -> Structure:
    """The batch with the kind of each of its parts in place of the values, for messages."""

    def kind(leaf: Any) -> str | None:
        return None if leaf is None else f"{getattr(leaf, 'dtype', type(leaf).__name__)}{getattr(leaf, 'shape', '')}"

    return tree.map_structure(kind, batch)


def _backend() -> str:
    return str(keras.backend.backend())


def _is_dense(leaf: Any) -> bool:
    if isinstance(leaf, np.ndarray):
        return True
    is_special = (
        data_adapter_utils.is_tensorflow_ragged,
        data_adapter_utils.is_tensorflow_sparse,
        data_adapter_utils.is_jax_sparse,
    )
    return ops.is_tensor(leaf) and not any(is_one(leaf) for is_one in is_special)


def _form(leaf: Any) -> Any:
    """What must agree for leaves to be stacked; an object of its own where they can't be."""
    if isinstance(leaf, np.ndarray):  # first, because most are, and this is asked of every batch
        return leaf.shape, leaf.dtype
    return None if leaf is None else (tuple(leaf.shape), str(leaf.dtype)) if _is_dense(leaf) else object()


def _check_class_weight(given: object) -> Weights | None:
    if given is None:
        return None
    rule = "class_weight must be a dict of classes and their weights, such as {0: 1.0, 1: 2.5}"
    if not isinstance(given, Mapping):
        reject(rule, [("class_weight", given)], TypeError)
    if not given:
        reject(rule, [("class_weight", given)])
    for number in given:
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            reject("class_weight must have whole numbers as keys, the classes", [("class_weight", given)], TypeError)
    return {int(number): check_at_least(f"class_weight[{number}]", weight) for number, weight in given.items()}


def _are_arrays(data: Structure) -> bool:
    """Whether Keras can slice each leaf, None among them, and at least one is there."""
    leaves = [leaf for leaf in tree.flatten(data) if leaf is not None]
    return bool(leaves) and all(
        not isinstance(leaf, keras.KerasTensor)
        and array_slicing.can_slice_array(leaf)
        and len(getattr(leaf, "shape", ())) > 0
        for leaf in leaves
    )


def _checked_arrays(x: Structure, y: Structure, sample_weight: Structure, weights: Weights | None) -> Structure:
    """The arrays as `fit` packs them."""
    for name, value in (("sample_weight", sample_weight), ("class_weight", weights)):
        if y is None and value is not None:
            reject(f"y must be given with {name}", [("y", y)])
    for name, part in (("y", y), ("sample_weight", sample_weight)):
        if part is not None and not _are_arrays(part):
            reject(f"{name} must be an array or a structure of arrays, as x is", [(name, type(part))], TypeError)
    for name, part in (("x", x), ("y", y), ("sample_weight", sample_weight)):
        _check_numbers(name, part)
    if weights is not None and tree.is_nested(y):
        reject("class_weight must be None where y has several parts", [("class_weight", weights), ("y", type(y))])
    sizes = [int(leaf.shape[0]) for leaf in tree.flatten((x, y, sample_weight)) if leaf is not None]
    if min(sizes) == 0 or min(sizes) != max(sizes):
        reject("x, y and sample_weight must hold the same number of samples, at least one", [("samples", sizes)])
    return ArrayDataAdapter(x, y, sample_weight=sample_weight, class_weight=weights)._inputs


def _check_numbers(name: str, part: Structure) -> None:
    """Refuse arrays of objects, which no backend takes, except strings on TensorFlow."""
    for leaf in tree.flatten(part):
        columns = getattr(leaf, "dtypes", None)  # a data frame has some
        kinds = [getattr(leaf, "dtype", None)] if columns is None else np.ravel(columns).tolist()
        words = _backend() == "tensorflow" and all(isinstance(value, (str, bytes)) for value in np.ravel(leaf)[:100])
        if any(kind == np.dtype(object) for kind in kinds if isinstance(kind, np.dtype)) and not words:
            reject(f"{name} must hold numbers", [(f"{name}.dtype", "object")], TypeError)


def _from_arrays(arrays: Structure, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Whole batches, drawn in an order of our own: Keras's would move the global random numbers, and no seed set it."""
    size = next(int(leaf.shape[0]) for leaf in tree.flatten(arrays) if leaf is not None)
    if _backend() == "tensorflow":  # for which Keras wants no slices, but a tf.data.Dataset
        arrays, target, convert = tree.lists_to_tuples(arrays), None, _sliced_for_tensorflow
    else:
        target, convert = _backend(), _sliced_for_jax if _backend() == "jax" else _sliced_for_torch
    parts, batch_size = array_slicing.convert_to_sliceable(arrays, target_backend=target), min(batch_size, size)
    while True:
        order = rng.permutation(size)
        for start in range(0, size - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            yield tree.map_structure(lambda part: None if part is None else convert(part, chosen), parts)  # noqa: B023


def _sliced_for_tensorflow(part: Any, chosen: Any) -> Any:
    found = part.convert_to_tf_dataset_compatible(part[chosen])
    return found.sparse if isinstance(found, array_slicing.TensorflowSparseWrapper) else found


def _sliced_for_jax(part: Any, chosen: Any) -> Any:
    return part.convert_to_jax_compatible(part[chosen])


def _sliced_for_torch(part: Any, chosen: Any) -> Any:
    return ops.convert_to_tensor(part.convert_to_torch_compatible(part[chosen]))


def _shuffled(dataset: keras.utils.PyDataset, weights: Weights | None, rng: np.random.Generator) -> Iterator[Batch]:
    """One epoch of a PyDataset, its batches in a new order, without the threads that would prepare them in another."""
    count, adapter = dataset.num_batches, PyDatasetAdapter(dataset, class_weight=weights)
    dataset.on_epoch_begin()
    for index in itertools.count() if count is None else rng.permutation(count):
        yield adapter._standardize_batch(dataset[int(index)])
    dataset.on_epoch_end()


def _tf_data(dataset: Any, weights: Weights | None) -> Callable[[], Iterable[Batch]]:
    if weights is not None and min(weights) < 0:
        reject("class_weight must have keys ≥ 0 with a tf.data.Dataset", [("class_weight", weights)])
    adapter = data_adapters.get_data_adapter(dataset, class_weight=weights)
    made = {"tensorflow": "get_tf_dataset", "jax": "get_jax_iterator", "torch": "get_torch_dataloader"}
    return getattr(adapter, made[_backend()])


def _converted(batches: Iterable[Any]) -> Iterable[Batch]:
    """The batches of an iterable as Keras's adapters make them; those ask for tuples, and refuse some that we take."""
    tuples = (tuple(batch) if isinstance(batch, list) else batch for batch in batches)
    if _backend() == "jax":
        return data_adapter_utils.get_jax_iterator(tuples)
    return map(_for_torch if _backend() == "torch" else _for_tensorflow, tuples)


def _for_torch(batch: Any) -> Batch:
    import torch

    batch = tree.map_structure(lambda leaf: None if leaf is None else ops.convert_to_tensor(leaf), batch)
    # As the DataLoader that Keras makes, which has lists for tuples. It would draw from the random numbers of dropout.
    return torch.utils.data.default_convert(batch)


def _for_tensorflow(batch: Any) -> Batch:
    return tree.map_structure(_leaf_for_tensorflow, batch)


def _leaf_for_tensorflow(leaf: Any) -> Any:
    if leaf is None:
        return None
    if data_adapter_utils.is_scipy_sparse(leaf):
        return data_adapter_utils.scipy_sparse_to_tf_sparse(leaf)
    if data_adapter_utils.is_jax_sparse(leaf):
        return data_adapter_utils.jax_sparse_to_tf_sparse(leaf)
    return leaf if data_adapter_utils.is_tensorflow_tensor(leaf) else ops.convert_to_numpy(leaf)


def _from_epochs(x: Any, epoch: Callable[[], Iterable[Batch]]) -> Iterator[Batch]:
    """The batches of one epoch after another; an error calls the dataset x."""
    while True:
        empty = True
        for batch in epoch():
            empty = False
            yield batch
        if empty:
            reject("x must yield a batch for every step, or start again when it ends", [("x", x)])
