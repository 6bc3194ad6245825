"""What is learnt in the trials: data prepared and split, and the network for it.

A task's data are in three parts: "train"; "tune", on which every arm's peak is chosen; and "final", the whole test set,
which no choice is made on: what is judged is the look at the end of a run, and those on its way are recorded too.
"""

import functools
import hashlib
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from learning_rates import _sources, datasets, models
from learning_rates.trials.engine import KERAS_FIT, SIDE_BY_SIDE, TIMING, Build, Engine
from learning_rates.trials.runs import loss_and_accuracy

if TYPE_CHECKING:
    import keras

Parts = dict[str, Any]  # "train", "tune" and "final": pairs of inputs and targets; "scale" where they are scaled
Array = npt.NDArray[Any]


class Metric(NamedTuple):
    """How a network is trained and judged.

    Args:
        loss: The loss that it minimises, by the engines' name.
        unit: What its scores are counted in.
        sign: 1 where a greater score is better, as of accuracies, and −1 where a smaller one is, as of errors.
        judge: Gives the losses and the scores of each run from outputs of shape (runs, samples, outputs), the targets,
            and the scale of the targets.
    """

    loss: str
    unit: str
    sign: int
    judge: Callable[[Array, Array, float], tuple[Array, Array]]


def _accuracy(logits: Array, labels: Array, scale: float) -> tuple[Array, Array]:
    losses, accuracies = loss_and_accuracy(logits, labels)
    return losses, 100 * accuracies


def _root_mean_square(outputs: Array, targets: Array, scale: float) -> tuple[Array, Array]:
    losses = np.mean((outputs[:, :, 0] - targets) ** 2, axis=1)
    return losses, scale * np.sqrt(losses)


ACCURACY = Metric("cross-entropy", "test accuracy, %", 1, _accuracy)
RMSE = Metric("squared", "test error (RMSE)", -1, _root_mean_square)


class Task(NamedTuple):
    """What is learnt.

    Args:
        load: Gives {"train": (x, y), "tune": (x, y), "final": (x, y)}, and with `RMSE` "scale", what 1 of y is worth.
        build: Makes the Keras model from a seed.
        sets: The names of its data in `datasets`, for `datasets.about`.
        splits: How the data are divided, in words.
        network: The network in words.
        metric: How it is judged.
        engine: What trains it.
    """

    load: Callable[[], dict[str, Any]]
    build: Build
    sets: tuple[str, ...]
    splits: str
    network: str = ""
    metric: Metric = ACCURACY
    engine: Engine = SIDE_BY_SIDE


@functools.cache
def data_of(name: str) -> Parts:
    """The task's data, read once a process."""
    return TASKS[name].load()


def _flat(images: Array) -> Array:
    return images.reshape(len(images), -1).astype("float32") / 255


def _whole(labels: npt.ArrayLike) -> Array:
    return np.asarray(labels).reshape(-1).astype("int32")


def _mnist() -> Parts:
    (x, y), (x_test, y_test) = datasets.mnist()
    parts = {"train": (x[:50_000], y[:50_000]), "tune": (x[50_000:], y[50_000:]), "final": (x_test, y_test)}
    return {name: (_flat(images), _whole(labels)) for name, (images, labels) in parts.items()}


def _sample() -> Parts:
    """The embedded images alone: a trial of them needs no download."""
    (x, y), (x_test, y_test) = datasets.fashion_mnist(sample=True)
    tune = np.arange(len(y)) % 6 == 0
    parts = {"train": (x[~tune], y[~tune]), "tune": (x[tune], y[tune]), "final": (x_test, y_test)}
    return {name: (_flat(images), _whole(labels)) for name, (images, labels) in parts.items()}


def _fashion(prepare: Callable[[Array], Array]) -> Parts:
    """Train on the embedded 6,000 images; tune on the whole training set's last 10,000, of which none is embedded."""
    (x, y), _ = datasets.fashion_mnist(sample=True)
    (x_all, y_all), (x_test, y_test) = datasets.fashion_mnist(sample=False)
    parts = {"train": (x, y), "tune": (x_all[-10_000:], y_all[-10_000:]), "final": (x_test, y_test)}
    return {name: (prepare(images), _whole(labels)) for name, (images, labels) in parts.items()}


def _fashion_mlp(inputs: str = "0 to 1") -> Parts:
    """Flat images; where the inputs are standardised, it is by the mean and spread of all training pixels."""
    parts = _fashion(_flat)
    middle, spread = parts["train"][0].mean(), parts["train"][0].std()
    change = {"0 to 1": lambda x: x, "0 to 255": lambda x: x * 255, "standardised": lambda x: (x - middle) / spread}
    return {name: (change[inputs](x).astype("float32"), y) for name, (x, y) in parts.items()}


def _cifar10(train: int) -> Parts:
    (x, y), (x_test, y_test) = datasets.cifar10()
    y = _whole(y)
    return {"train": (x[:train], y[:train]), "tune": (x[-5_000:], y[-5_000:]), "final": (x_test, _whole(y_test))}


def _features(images: Array, size: int = 128) -> Array:
    """`models.mobilenet_v2_features`, kept beside Keras's downloads: every worker needs them, at every start."""
    weights = "mirror" if _sources.mirror("mobilenet_v2_notop.weights.h5") else "imagenet"
    of = hashlib.sha256(images.tobytes()).hexdigest()[:16]
    kept = _sources.cache() / f"features_{weights}_{size}_{of}.npy"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.part.npy")
        np.save(part, models.mobilenet_v2_features(images, size=size))
        part.replace(kept)
    return np.load(kept)


def _rock_paper_scissors(features: Callable[[Array], Array] = _features) -> Parts:
    """The images follow one another by gesture and by hand; those of the seventh hand are kept for tuning."""
    (x, y), (x_test, y_test) = datasets.rock_paper_scissors()
    x, x_test = features(x), features(x_test)
    seventh = np.concatenate([np.flatnonzero(y == gesture)[-120:] for gesture in range(3)])
    others = np.setdiff1d(np.arange(len(y)), seventh)
    parts = {"train": (x[others], y[others]), "tune": (x[seventh], y[seventh]), "final": (x_test, y_test)}
    return {name: (inputs, _whole(labels)) for name, (inputs, labels) in parts.items()}


def _ants_and_bees() -> Parts:
    (x, y), (x_test, y_test) = datasets.ants_and_bees(size=224)
    x, x_test = _features(x, 224), _features(x_test, 224)
    fifth = np.arange(len(y)) % 5 == 0
    parts = {"train": (x[~fifth], y[~fifth]), "tune": (x[fifth], y[fifth]), "final": (x_test, y_test)}
    return {name: (features, _whole(labels)) for name, (features, labels) in parts.items()}


def _table(x: Array, y: Array, standardise: bool = True) -> Parts:
    """80 % to train and tune, four to one, and 20 % to judge; drawn once, the same for every run."""
    x = x.astype("float32")
    places = np.random.default_rng(0).permutation(len(x))
    train, tune, final = np.split(places, [round(0.64 * len(x)), round(0.8 * len(x))])
    if standardise:
        x = (x - x[train].mean(axis=0)) / x[train].std(axis=0)
    return {"train": (x[train], y[train]), "tune": (x[tune], y[tune]), "final": (x[final], y[final])}


def _cardio(standardise: bool = True, clean: bool = False) -> Parts:
    x, y = datasets.cardio(clean)
    return _table(x, _whole(y), standardise)


def _prices(load: Callable[[], tuple[Array, Array]]) -> Parts:
    """Targets are standardised too; "scale" is what 1 of them is worth."""
    x, y = load()
    parts = _table(x, np.asarray(y, "float64"))
    mean, scale = parts["train"][1].mean(), parts["train"][1].std()
    found = {name: (inputs, ((targets - mean) / scale).astype("float32")) for name, (inputs, targets) in parts.items()}
    return found | {"scale": scale}


def _paul(seed: int) -> "keras.Model":
    return models.mlp(hidden=784, initializer="normal", seed=seed)


def _small_start(seed: int) -> "keras.Model":
    """The network whose first layer gets from inputs of 0 to 255 at the start what it gets from 0 to 1."""
    model = models.mlp(seed=seed)
    kernel = model.trainable_variables[0]
    kernel.assign(kernel / 255)
    return model


def _regression(inputs: int) -> Build:
    return lambda seed: models.tabular(inputs=inputs, outputs=1, seed=seed)


def _no_network(seed: int) -> "keras.Model":
    raise ValueError("what is timed must be a phase with a task of its own")


def _cnn(seed: int) -> "keras.Model":
    return models.cnn(seed=seed)


IMAGES = "50,000 images to train, 10,000 to tune, 10,000 to judge"
ROWS = "64 % of the rows to train, 16 % to tune, 20 % to judge; drawn once"
HANDS = "2,160 images of six hands to train, 360 of a seventh to tune, 372 of others to judge"
HEAD = "A dense layer on the features of a frozen MobileNetV2"
DENSE = "Two hidden layers of 64 and 32 units"
FASHION = "6,000 images to train (600 of each class), 10,000 to tune, 10,000 to judge"
SAMPLE = "5,000 images to train, 1,000 to tune, 1,000 to judge"


def _fashion_task(inputs: str = "0 to 1", build: Build = models.mlp, engine: Engine = SIDE_BY_SIDE) -> Task:
    load = functools.partial(_fashion_mlp, inputs)
    return Task(load, build, ("fashion_mnist",), FASHION, "One hidden layer of 128 units", engine=engine)


TASKS: dict[str, Task] = {
    # Those of the chapters' own experiments
    "fashion mlp": _fashion_task(),
    "fashion mlp, fit": _fashion_task(engine=KERAS_FIT),
    "fashion mlp, 0 to 255": _fashion_task("0 to 255"),
    "fashion mlp, standardised": _fashion_task("standardised"),
    "fashion mlp, small start": _fashion_task("0 to 255", _small_start),
    # Those of the articles' claims
    "sample": Task(_sample, models.mlp, ("fashion_mnist",), SAMPLE, "One hidden layer of 128 units", engine=KERAS_FIT),
    **{
        f"sample, {units} units": Task(
            _sample,
            functools.partial(models.mlp, hidden=units),
            ("fashion_mnist",),
            SAMPLE,
            f"One hidden layer of {units} units",
        )
        for units in (32, 128, 512)
    },
    "timing": Task(dict, _no_network, (), "The training data of the tasks that are timed", engine=TIMING),
    "mnist": Task(_mnist, _paul, ("mnist",), IMAGES, "One hidden layer of 784 units"),
    "fashion": Task(
        functools.partial(_fashion, lambda images: images[..., None]),
        _cnn,
        ("fashion_mnist",),
        FASHION,
        "Two pooled convolutions of 16 and 32 filters, and a hidden layer of 64 units",
        engine=KERAS_FIT,
    ),
    "cifar": Task(
        functools.partial(_cifar10, 10_000),
        functools.partial(models.cnn, shape=(32, 32, 3), filters=(16, 32), units=48),
        ("cifar10",),
        "10,000 images to train, 5,000 to tune, 10,000 to judge",
        "Two pooled convolutions of 16 and 32 filters, and a hidden layer of 48 units",
        engine=KERAS_FIT,
    ),
    "cifar resnet": Task(
        functools.partial(_cifar10, 1_000),
        functools.partial(models.resnet, filters=8),
        ("cifar10",),
        "1,000 images to train, 5,000 to tune, 10,000 to judge",
        "ResNet-8, of 8 filters in its first stage",
        engine=KERAS_FIT,
    ),
    "rock paper scissors": Task(_rock_paper_scissors, models.head, ("rock_paper_scissors",), HANDS, HEAD),
    "rock paper scissors, fine-tuned": Task(
        functools.partial(_rock_paper_scissors, features=np.asarray),
        models.mobilenet_v2,
        ("rock_paper_scissors",),
        HANDS,
        "MobileNetV2, all of it trained",
        engine=KERAS_FIT,
    ),
    "ants and bees": Task(
        _ants_and_bees,
        functools.partial(models.head, classes=2),
        ("ants_and_bees",),
        "195 images to train, 49 to tune, 153 to judge",
        HEAD,
    ),
    "cardio": Task(_cardio, models.tabular, ("cardio",), ROWS, DENSE),
    "cardio as it comes": Task(functools.partial(_cardio, standardise=False), models.tabular, ("cardio",), ROWS, DENSE),
    "cardio, cleaned": Task(functools.partial(_cardio, clean=True), models.tabular, ("cardio",), ROWS, DENSE),
    "cardio, logistic regression": Task(_cardio, models.logistic_regression, ("cardio",), ROWS, "Logistic regression"),
    "boston": Task(
        functools.partial(_prices, datasets.boston_housing),
        _regression(13),
        ("boston_housing",),
        ROWS,
        DENSE,
        metric=RMSE,
    ),
    "diabetes": Task(functools.partial(_prices, datasets.diabetes), _regression(10), (), ROWS, DENSE, metric=RMSE),
}
