"""What `train_step` receives from a range test is what it receives from `fit`, for every kind of data.

keras-team/keras-io#385, keras-team/keras#19560: fit(x) hands over the bare batch. davidtvs/pytorch-lr-finder#24, #73,
#78: dicts, and tuples of more than (x, y).
"""

import sys

import keras
import numpy as np
import pytest
from keras import ops, tree

from learning_rates import lr_range_test
from tests.range_test.networks import MARKS, X, Y

pytestmark = MARKS
BACKEND = keras.backend.backend()
W = np.linspace(0.5, 1.5, 160).astype("float32")
OLD_KERAS = tuple(map(int, keras.__version__.split(".")[:2])) < (3, 13)


class Witness(keras.Model):
    """Tells what its train_step receives, and takes a step that needs no data."""

    def __init__(self):
        super().__init__()
        self.scale, self.received = self.add_weight(name="scale", initializer="ones"), []
        self.built = True

    def call(self, x):
        return x

    def _tell(self, data):
        told = tree.map_structure(kind, data)
        sys.modules[__name__].received.append(told)

    if BACKEND == "jax":

        def train_step(self, state, data):
            self._tell(data)
            trainable, others, optimizer, metrics = state
            trainable, optimizer = self.optimizer.stateless_apply(optimizer, [ops.ones(())], trainable)
            return {"loss": trainable[0]}, (trainable, others, optimizer, metrics)

    else:

        def train_step(self, data):
            self._tell(data)
            self.optimizer.apply([ops.ones(())], [self.scale])
            return {"loss": ops.convert_to_tensor(self.scale) + 0.0}


received = []


def kind(leaf):
    """The kind of a tensor, its dtype and its number of axes."""
    if leaf is None:
        return "None"
    names = {type(leaf).__name__, type(leaf).__module__}
    special = [name for name in ("RaggedTensor", "SparseTensor", "BCOO") if name in names]
    return f"{special[0] if special else 'dense'} {keras.backend.standardize_dtype(leaf.dtype)} {len(leaf.shape)}"


def told(train):
    received.clear()
    keras.utils.set_random_seed(0)
    model = Witness()
    model.compile(keras.optimizers.SGD(0.01))
    train(model)
    return received[0]


class Dataset(keras.utils.PyDataset):
    def __init__(self, make, **settings):
        super().__init__(**settings)
        self.make = make

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return self.make(slice(index * 32, index * 32 + 32))


def generator(make):
    while True:
        for start in range(0, 160, 32):
            yield make(slice(start, start + 32))


def of_tensorflow(make):
    if BACKEND != "tensorflow":
        pytest.skip("TensorFlow's own")
    import tensorflow as tf

    return make(tf)


def of_torch(make):
    torch = pytest.importorskip("torch")
    return make(torch)


def frames(make):
    return make(pytest.importorskip("pandas"))


def sparse():
    return pytest.importorskip("scipy.sparse").random(160, 6, 0.3, format="csr", random_state=0, dtype="float32")


def loader(torch, *parts, **settings):
    dataset = torch.utils.data.TensorDataset(*map(torch.tensor, parts))
    return torch.utils.data.DataLoader(dataset, batch_size=32, **settings)


def tf_data(tf, data):
    return tf.data.Dataset.from_tensor_slices(data).batch(32)


ARRAYS = {
    "x and y": lambda: {"x": X, "y": Y},
    "x alone": lambda: {"x": X},
    "a tuple of x alone": lambda: {"x": (X, X)},
    "a list of x alone": lambda: {"x": [X, X]},
    "a dict of x alone": lambda: {"x": {"a": X, "b": [X, Y]}},
    "double precision": lambda: {"x": X.astype("float64"), "y": Y.astype("float64")},
    "half precision and bytes": lambda: {"x": X.astype("float16"), "y": Y.astype("uint8")},
    "weights": lambda: {"x": X, "y": Y, "sample_weight": W},
    "class weights": lambda: {"x": X, "y": Y, "class_weight": {0: 1.0, 2: 3.0}},
    "class weights of one-hot targets": lambda: {"x": X, "y": np.eye(3)[Y], "class_weight": {0: 1.0, 2: 3.0}},
    "one weight for several outputs": lambda: {"x": X, "y": [Y, X], "sample_weight": W},
    "weights for each output": lambda: {"x": X, "y": {"a": Y, "b": X}, "sample_weight": {"a": W, "b": W}},
    "an output without targets": lambda: {"x": X, "y": [Y, None]},
    "tensors": lambda: {"x": ops.convert_to_tensor(X), "y": ops.convert_to_tensor(Y)},
    "data frames": lambda: frames(lambda pandas: {"x": pandas.DataFrame(X), "y": pandas.Series(Y)}),
    "frames in a dict": lambda: frames(lambda pandas: {"x": {"a": pandas.DataFrame(X)}, "y": pandas.DataFrame(X)}),
    "SciPy's sparse arrays": lambda: {"x": sparse(), "y": Y},
    "TensorFlow's sparse tensors": lambda: of_tensorflow(lambda tf: {"x": tf.sparse.from_dense(X), "y": Y}),
    "ragged tensors": lambda: of_tensorflow(
        lambda tf: {"x": tf.RaggedTensor.from_row_lengths(X[:, 0], [0, 2] * 80), "y": Y}
    ),
    "strings": lambda: of_tensorflow(lambda tf: {"x": np.array(["a", "bc"] * 80, dtype=object), "y": Y}),
    "PyTorch's tensors": lambda: of_torch(lambda torch: {"x": torch.tensor(X), "y": torch.tensor(Y)}),
    "tf.data": lambda: {"x": of_tensorflow(lambda tf: tf_data(tf, (X, Y)))},
    "tf.data of x alone": lambda: {"x": of_tensorflow(lambda tf: tf_data(tf, X))},
    "tf.data of dicts": lambda: {"x": of_tensorflow(lambda tf: tf_data(tf, {"a": X, "b": Y}))},
    "tf.data of four": lambda: {"x": of_tensorflow(lambda tf: tf_data(tf, (X, Y, Y, W)))},
    "tf.data of sparse tensors": lambda: {"x": of_tensorflow(lambda tf: tf_data(tf, (tf.sparse.from_dense(X), Y)))},
    "tf.data of ragged tensors": lambda: {
        "x": of_tensorflow(lambda tf: tf_data(tf, (tf.RaggedTensor.from_row_lengths(X[:, 0], [0, 2] * 80), Y)))
    },
    "tf.data and class weights": lambda: {
        "x": of_tensorflow(lambda tf: tf_data(tf, (X, Y))),
        "class_weight": {0: 1.0, 2: 3.0},
    },
    "a PyDataset": lambda: {"x": Dataset(lambda part: (X[part], Y[part]))},
    "a PyDataset of lists": lambda: {"x": Dataset(lambda part: [X[part], Y[part]])},
    "a PyDataset of x alone": lambda: {"x": Dataset(lambda part: X[part])},
    "a PyDataset of dicts": lambda: {"x": Dataset(lambda part: {"a": X[part], "b": Y[part]})},
    "a PyDataset of three": lambda: {"x": Dataset(lambda part: (X[part].astype("float64"), Y[part], W[part]))},
    "a PyDataset and class weights": lambda: {
        "x": Dataset(lambda part: (X[part], Y[part])),
        "class_weight": {0: 1.0, 2: 3.0},
    },
    "a PyDataset with workers": lambda: {"x": Dataset(lambda part: (X[part], Y[part]), workers=2)},
    "a generator": lambda: {"x": generator(lambda part: (X[part], Y[part]))},
    "a generator of four": lambda: {"x": generator(lambda part: (X[part], Y[part], Y[part], W[part]))},
    "a generator of dicts": lambda: {"x": generator(lambda part: ({"a": X[part]}, (Y[part], X[part])))},
    "a generator of doubles": lambda: {"x": generator(lambda part: (X[part].astype("float64"), Y[part]))},
    "a generator of SciPy's": lambda: {"x": generator(lambda part: (sparse()[part], Y[part]))},
    "a DataLoader": lambda: {"x": of_torch(lambda torch: loader(torch, X, Y))},
    "a DataLoader of three": lambda: {"x": of_torch(lambda torch: loader(torch, X, Y, W, shuffle=True))},
}


@pytest.mark.parametrize("name", ARRAYS)
def test_a_step_receives_what_fit_hands_over(name):
    if BACKEND == "torch" and "SciPy" in name:
        pytest.skip("Keras's fit takes no SciPy there")
    if name == "an output without targets" and OLD_KERAS:
        pytest.skip("the oldest Keras's fit takes None for no output")
    expected = told(lambda model: model.fit(**ARRAYS[name](), shuffle=False, steps_per_epoch=3, verbose=0))
    found = told(lambda model: lr_range_test(model, **ARRAYS[name](), num_steps=3, max_lr=0.01, progress=False))
    assert found == expected
