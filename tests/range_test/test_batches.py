"""The batches of a sweep: what each kind of data gives, and in which order."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops, tree

from learning_rates.range_test.batches import alike, endless, stacked
from tests.range_test.networks import MARKS, Batches, X, Y, by_hand, linear, network, swept

pytestmark = MARKS


def first(count, x, y=None, sample_weight=None, class_weight=None, **order):
    """The first batches, in NumPy's arrays and in tuples: PyTorch has lists."""
    batches = itertools.islice(endless(x, y, sample_weight, class_weight, **order), count)
    read = [tree.map_structure(ops.convert_to_numpy, batch) for batch in batches]
    return [tuple(batch) if isinstance(batch, list) else batch for batch in read]


def test_arrays_are_read_once_an_epoch_in_an_order_drawn_from_the_seed():
    rows = np.arange(160)
    epochs = [first(5, rows, seed=seed) for seed in (1, 1, 2)]
    once, again, other = map(np.concatenate, epochs)
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other)
    np.testing.assert_array_equal(np.sort(once), rows)


def test_targets_and_weights_stay_with_their_samples():
    rows = np.arange(160)
    for x, y, weight in first(10, {"left": rows, "right": [-rows]}, 2 * rows, 3.0 * rows):
        np.testing.assert_array_equal(x["right"][0], -x["left"])
        np.testing.assert_array_equal(y, 2 * x["left"])
        np.testing.assert_array_equal(weight, 3.0 * x["left"])


def test_double_precision_arrays_are_read_as_keras_reads_them():
    ((x, y),) = first(1, X.astype("float64"), Y)
    assert (x.dtype, y.dtype) == (np.float32, Y.dtype)


def test_a_batch_larger_than_the_data_is_the_data():
    (x,) = first(1, X, batch_size=1000)
    assert x.shape == X.shape


class Sequence(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_epoch_begin(self):
        self.calls.append("begin")

    def on_epoch_end(self):
        self.calls.append("end")

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[index * 32 : index * 32 + 32], Y[index * 32 : index * 32 + 32]


def test_a_pydataset_is_read_once_an_epoch_in_an_order_drawn_from_the_seed():
    datasets = [Sequence() for _ in range(3)]
    once, again, other = (
        [x[0].tolist() for x, _ in first(11, dataset, seed=seed)]
        for dataset, seed in zip(datasets, (1, 1, 2), strict=True)
    )
    assert once == again != other
    assert sorted(once[:5]) == sorted(once[5:10]) == sorted(X[::32].tolist())
    assert datasets[0].calls == ["begin", "end", "begin", "end", "begin"]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tf.data needs TensorFlow")
def test_tf_data_gives_its_own_batches():
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(32)
    for found, expected in zip(first(10, dataset), first(10, Batches()), strict=True):
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_sample_weights_of_a_dataset_count():
    weights = np.linspace(0, 2, 160).astype("float32")
    test = swept(network(), Batches(weights), None)
    np.testing.assert_allclose(test.losses[0], by_hand(network(), test.learning_rates, weights), rtol=1e-6)


def test_sample_weights_of_arrays_count():
    weights, model = np.linspace(0, 2, 160).astype("float32"), linear()
    test = swept(model, sample_weight=weights, batch_size=160, num_steps=2)
    assert test.losses[0, 0] == pytest.approx(model.evaluate(X, Y, 160, 0, weights), rel=1e-6)
    assert test.losses[0, 0] != pytest.approx(model.evaluate(X, Y, 160, 0), rel=1e-3)


def test_neighbours_of_the_same_form_are_stacked():
    sizes = [3, 3, 2, 3]
    batches = [(np.zeros((size, 6)), {"kind": np.zeros(size), "none": None}) for size in sizes]
    groups = list(alike(batches))
    assert [len(group) for group in groups] == [2, 1, 1]
    x, y = stacked(groups[0])
    assert (x.shape, y["kind"].shape, y["none"]) == ((2, 3, 6), (2, 3), None)
    assert len(list(alike([*batches[:1], batches[0][0], {"x": batches[0][0]}]))) == 3


def test_ragged_last_batches_are_read_as_they_come():
    class Ragged:
        def __iter__(self):
            return ((X[start : start + 50], Y[start : start + 50]) for start in range(0, 160, 50))

    assert swept(network(), Ragged(), None, num_steps=9).losses.shape == (1, 9)


def test_a_generator_may_outlast_the_sweep():
    generator = ((X[:32], Y[:32]) for _ in range(30))
    assert len(first(20, generator)) == 20
    assert len(list(generator)) == 10


@pytest.mark.parametrize("count", [0, 5])
def test_a_dataset_that_runs_dry_says_so(count):
    few = iter([(X[:32], Y[:32])] * count)
    with pytest.raises(ValueError, match="x must yield a batch for every step, or start again when it ends"):
        first(20, few)


NO_DATA = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
SAME_NUMBER = "x, y and sample_weight must hold the same number of samples, at least one"
RULES = [
    ((X[:0], Y[:0]), f"{SAME_NUMBER}. Received: samples=[0, 0]"),
    ((X, Y[:5]), f"{SAME_NUMBER}. Received: samples=[160, 5]"),
    ((3, None), f"{NO_DATA}. Received: x=<class 'int'>"),
    (([[1.0, 2.0], [3.0, 4.0]], Y), f"{NO_DATA}. Received: x=<class 'list'>"),
    ((X, 3), "y must be an array or a structure of arrays, as x is. Received: y=<class 'int'>"),
    ((X, np.array(3)), "y must be an array or a structure of arrays, as x is. Received: y=<class 'numpy.ndarray'>"),
    (
        (X, Y, [1.0]),
        "sample_weight must be an array or a structure of arrays, as x is. Received: sample_weight=<class 'list'>",
    ),
    ((X, None, Y), "y must be given with sample_weight. Received: y=None"),
    ((X, None, None, {0: 1.0}), "y must be given with class_weight. Received: y=None"),
    (
        (X, [Y, X], None, {0: 1.0}),
        "class_weight must be None where y has several parts. Received: class_weight={0: 1.0}, y=<class 'list'>",
    ),
    ((X, Y, Y, {0: 1.0}), "class_weight must be None with sample_weight. Received: class_weight={0: 1.0}"),
    (
        (Batches(), None, None, {0: 1.0}),
        "class_weight must be None with an iterable of batches, which brings its own "
        "sample weights. Received: class_weight={0: 1.0}, x=<class 'tests.range_test.networks.Batches'>",
    ),
    ((np.array([{}] * 160), Y), "x must hold numbers. Received: x.dtype='object'"),
    ((X, np.array([None] * 160)), "y must hold numbers. Received: y.dtype='object'"),
    ((np.array(3.0), Y), f"{NO_DATA}. Received: x=<class 'numpy.ndarray'>"),
    ((keras.Input((6,)), None), f"{NO_DATA}. Received: x=<class '{keras.KerasTensor.__module__}.KerasTensor'>"),
    ((None, Y), f"{NO_DATA}. Received: x=<class 'NoneType'>"),
    ((Batches(), Y), "y must be None with a dataset, which brings its own. Received: y=<class 'numpy.ndarray'>"),
    (
        (Batches(), None, Y),
        "sample_weight must be None with a dataset, which brings its own. "
        "Received: sample_weight=<class 'numpy.ndarray'>",
    ),
]


@pytest.mark.parametrize(("data", "message"), RULES, ids=[message[-50:] for _, message in RULES])
def test_data_that_cannot_be_read_are_named(data, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        first(1, *data)
    assert str(caught.value) == message
