"""Real data sets: an embedded sample, a local mirror, Keras's cache or a download, never a substitute.

Whole sets are looked for in the folder that the environment variable LEARNING_RATES_DATA names, then where Keras keeps
its downloads. Failing that, they are downloaded and checked against a checksum, whole or not at all. Some mirrors hold
reduced copies: `about` says how the copy that would be loaded differs from the original. Keras is imported only by the
sets that it loads.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from learning_rates import _sources
from learning_rates.checks import check_choice, check_flag, check_whole, reject

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

Arrays: TypeAlias = tuple[npt.NDArray[Any], npt.NDArray[Any]]  # inputs and targets
LossCurve: TypeAlias = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]  # steps, rates and losses
Split: TypeAlias = tuple[Arrays, Arrays]  # to train with and to judge by


def _split_shapes(train: int, test: int, image: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {"x_train": (train, *image), "y_train": (train,), "x_test": (test, *image), "y_test": (test,)}


_MNIST = _split_shapes(60_000, 10_000, (28, 28))
_ROCK_PAPER_SCISSORS = _split_shapes(2520, 372, (28, 28, 3))
_CIFAR10_JPEG: dict[str, tuple[int | None, ...]] = {
    f"{name}_{part}": size
    for part, count in (("train", 50_000), ("test", 10_000))
    for name, size in (("jpeg", (None,)), ("offsets", (count + 1,)), ("y", (count,)))
}
_BOSTON_HOUSING = {"x": (506, 13), "y": (506,)}

# Addresses and SHA-256 checksums: TensorFlow Datasets, url_checksums/rock_paper_scissors.txt; PyTorch's tutorials,
# .jenkins/download_data.py; keras.datasets.boston_housing.
_RPS_TRAIN = (
    "rps.zip",
    "https://storage.googleapis.com/download.tensorflow.org/data/rps.zip",
    "c2403444395842ad04c53612bad54b574443eae17a0723117a2ff87b9d72194f",
)
_RPS_TEST = (
    "rps-test-set.zip",
    "https://storage.googleapis.com/download.tensorflow.org/data/rps-test-set.zip",
    "c27ab9fa43ce40b2e453de711365b477f4424586edf0388116674fd320f07503",
)
_HYMENOPTERA = (
    "hymenoptera_data.zip",
    "https://download.pytorch.org/tutorial/hymenoptera_data.zip",
    "fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209",
)
_BOSTON = (
    "boston_housing.npz",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/boston_housing.npz",
    "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
)
_TINY_SHAKESPEARE = (
    "tinyshakespeare.txt",
    "https://github.com/karpathy/char-rnn/raw/6f9487a/data/tinyshakespeare/input.txt",
    "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
)
# Each file's checksum is in data/multi_power_law.sha256.
_LANGUAGE_MODELS = "https://github.com/thu-yao-01-luo/MultiPowerLaw/raw/8da9f19/loss_curve_repo/csv_{}/{}.csv"

# The reduced copies that a mirror may hold in place of the original: the file, and how it differs.
_COPIES = {
    "cifar10": ("cifar10_jpeg.npz", "A JPEG copy in another order: not bit-equal to the original."),
    "rock_paper_scissors": ("rock_paper_scissors_28px.npz", "A copy reduced from 300×300 to 28×28 pixels."),
    "ants_and_bees": ("hymenoptera_256px.zip", "A copy reduced to 256 pixels on the short side."),
}
_ORIGINALS = {
    **dict.fromkeys(("fashion_mnist", "mnist", "cifar10", "ants_and_bees", "cardio", "boston_housing", "diabetes"), ""),
    **dict.fromkeys(("language_model_runs", "shakespeare"), ""),
    "rock_paper_scissors": "Reduced from 300×300 to 28×28 pixels when loaded.",
}

CARDIO_COLUMNS = (
    "age", "gender", "height", "weight", "sbp", "dbp", "cholesterol", "gluc", "smoke", "alco", "active"
)  # fmt: skip
_KAGGLE_NAMES = {"ap_hi": "sbp", "ap_lo": "dbp"}
# The blood pressures, in mmHg, that a resting adult outside intensive care can have, with room to spare.
_SYSTOLIC, _DIASTOLIC = (60, 250), (30, 160)


def about(name: str) -> str:
    """How the copy of a data set that would be loaded here differs from the original, in one sentence.

    Args:
        name: The name of the loader, such as "cifar10".

    Returns:
        The sentence, or "" where there is no difference. Tables of results print it.

    Raises:
        ValueError: There is no loader of that name.

    Example:
        >>> about("mnist")
        ''
    """
    check_choice("name", name, _ORIGINALS)
    return _COPIES[name][1] if _copy(name) else _ORIGINALS[name]


def fashion_mnist(sample: bool = True) -> Split:
    """Fashion-MNIST: 28×28 grey images of ten kinds of clothing, split as Keras splits it.

    Args:
        sample: Whether to load only the embedded 6,000 + 1,000 images, the first 600 and 100 of each class in the
            original order. The whole set has 60,000 + 10,000 images.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: images as uint8 arrays of shape (n, 28, 28), from 0 (black) to 255,
        and labels 0 to 9 as uint8 arrays of shape (n,).

    Raises:
        TypeError: sample is neither True nor False.
        FileNotFoundError: The whole set is in no known place and can't be downloaded.
        ValueError: The local mirror's file holds something else.

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
            return _split(_sources.load(path))
    return _mnist_like("fashion_mnist", "fashion-mnist", sample="The embedded part needs none: sample=True.")


def mnist() -> Split:
    """MNIST: 28×28 grey images of handwritten digits, split as Keras splits it.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: 60,000 + 10,000 images as uint8 arrays of shape (n, 28, 28), from 0
        (background) to 255, and labels 0 to 9 as uint8 arrays of shape (n,).

    Raises:
        FileNotFoundError: The set is in no known place and can't be downloaded.
        ValueError: The local mirror's file holds something else.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = mnist()  # doctest: +SKIP
        >>> x_train.shape, x_test.shape  # doctest: +SKIP
        ((60000, 28, 28), (10000, 28, 28))

    References:
        LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document recognition, Proceedings of
        the IEEE 86 (11).
    """
    return _mnist_like("mnist", "mnist.npz")


def cifar10() -> Split:
    """CIFAR-10: 32×32 colour images of ten kinds of animals and vehicles.

    A mirror may hold the images as JPEG files, in another order; then ``about("cifar10")`` says so.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: 50,000 + 10,000 images as uint8 arrays of shape (n, 32, 32, 3), from
        0 to 255, and labels 0 to 9 as uint8 arrays of shape (n,).

    Raises:
        FileNotFoundError: The set is in no known place and can't be downloaded.
        ImportError: The mirror's copy needs Pillow, which is missing.
        ValueError: The local mirror's file holds something else.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = cifar10()  # doctest: +SKIP
        >>> x_train.shape, x_test.shape  # doctest: +SKIP
        ((50000, 32, 32, 3), (10000, 32, 32, 3))

    References:
        Krizhevsky (2009), Learning multiple layers of features from tiny images, University of Toronto.
    """
    copy = _copy("cifar10")
    if copy is None:
        (x_train, y_train), (x_test, y_test) = _from_keras("cifar10", "cifar10_jpeg.npz", "cifar-10-batches-py-target")
        return (x_train, y_train.reshape(-1)), (x_test, y_test.reshape(-1))  # Keras gives these labels as a column
    arrays = _sources.load_checked(copy, _CIFAR10_JPEG, offsets_train=np.integer, offsets_test=np.integer)
    train, test = (
        (_sources.jpegs(copy, arrays[f"jpeg_{part}"], arrays[f"offsets_{part}"], 32), arrays[f"y_{part}"])
        for part in ("train", "test")
    )
    return train, test


def rock_paper_scissors() -> Split:
    """Rock, paper, scissors: rendered hands on white, reduced from 300×300 to 28×28 colour images.

    The original is reduced when it is loaded, by Pillow's box filter (each pixel is the mean of those it covers), so
    that it has the shape of the reduced copy that a mirror may hold. ``about("rock_paper_scissors")`` says which of the
    two would be loaded; they are alike, but not bit-equal.

    Returns:
        ``(x_train, y_train), (x_test, y_test)``: 2,520 + 372 images as uint8 arrays of shape (n, 28, 28, 3), from 0 to
        255, and labels 0 (rock), 1 (paper), 2 (scissors) as uint8 arrays of shape (n,), in order of the classes.

    Raises:
        FileNotFoundError: The set is in no known place and can't be downloaded.
        ImportError: The original needs Pillow, which is missing.
        ValueError: A file holds something else.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = rock_paper_scissors()  # doctest: +SKIP
        >>> x_train.shape, x_test.shape  # doctest: +SKIP
        ((2520, 28, 28, 3), (372, 28, 28, 3))

    References:
        Moroney (2019), Rock, paper, scissors dataset, CC BY 2.0.
    """
    copy = _copy("rock_paper_scissors")
    if copy is not None:
        return _split(_sources.load_checked(copy, _ROCK_PAPER_SCISSORS))
    pattern, classes = r"rps(?:-test-set)?/(rock|paper|scissors)/[\w-]+\.png", ("rock", "paper", "scissors")
    train, test = (
        _sources.zipped_images(_sources.fetch(*source), pattern, classes, count, _boxed)
        for source, count in ((_RPS_TRAIN, 2520), (_RPS_TEST, 372))
    )
    return train, test


def ants_and_bees(size: int = 128) -> Split:
    """Ants and bees: photographs cropped to the square in their middle and resized; the data of PyTorch's tutorial.

    Args:
        size: The height and width of the images returned, in pixels, ≥ 1.

    Returns:
        ``(x_train, y_train), (x_val, y_val)``: 244 + 153 images as uint8 arrays of shape (n, size, size, 3), from 0 to
        255, and labels 0 (ant), 1 (bee) as uint8 arrays of shape (n,), in order of the classes.

    Raises:
        FileNotFoundError: The set is in no known place and can't be downloaded.
        ImportError: Pillow is missing.
        TypeError, ValueError: The size breaks its rule, or a file holds something else.

    Example:
        >>> (x_train, y_train), (x_val, y_val) = ants_and_bees(size=96)  # doctest: +SKIP
        >>> x_train.shape, x_val.shape  # doctest: +SKIP
        ((244, 96, 96, 3), (153, 96, 96, 3))

    References:
        Chilamkurthy (2017), Transfer learning for computer vision tutorial, PyTorch.
    """
    size = check_whole("size", size)
    path = _copy("ants_and_bees") or _sources.fetch(*_HYMENOPTERA)
    train, val = (
        _sources.zipped_images(
            path, rf"hymenoptera_data/{part}/(ants|bees)/[^/]+\.jpe?g", ("ants", "bees"), count, partial(_square, size)
        )
        for part, count in (("train", 244), ("val", 153))
    )
    return train, val


def cardio(clean: bool = False) -> Arrays:
    """Kaggle's cardiovascular data: eleven findings of a medical examination, and whether disease was found.

    Many of its blood pressures are impossible. They are kept unless ``clean`` is set; `impossible_pressures` finds
    them.

    Args:
        clean: Whether to leave out the rows whose blood pressures are impossible.

    Returns:
        ``x, y``: the findings as a float32 array of shape (70000, 11), whose columns ``CARDIO_COLUMNS`` names (age in
        days, height in cm, weight in kg, systolic and diastolic pressure in mmHg, the rest coded), and 0 or 1 as a
        uint8 array of shape (70000,). With clean there are fewer rows.

    Raises:
        FileNotFoundError: The file is in no known place. Downloading it takes an account at Kaggle.
        TypeError: clean is neither True nor False.
        ValueError: The file holds something else.

    Example:
        >>> x, y = cardio()  # doctest: +SKIP
        >>> x.shape, int(impossible_pressures(x).sum())  # doctest: +SKIP
        ((70000, 11), 1325)

    References:
        Ulianova, Cardiovascular Disease dataset, Kaggle; no licence stated.
    """
    check_flag("clean", clean)
    path = _sources.find("cardio_train.csv")
    if path is None:
        page = "https://www.kaggle.com/datasets/sulianova/cardiovascular-disease-dataset"
        raise FileNotFoundError(_sources.account_needed("cardio_train.csv", page))
    numbers = _sources.table(path, ("id", *CARDIO_COLUMNS, "cardio"), 70_000, _KAGGLE_NAMES)
    x, y = numbers[:, 1:-1].astype(np.float32), numbers[:, -1].astype(np.uint8)
    kept = ~impossible_pressures(x) if clean else slice(None)
    return x[kept], y[kept]


def impossible_pressures(x: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Which rows of the cardiovascular data have blood pressures that nobody examined at rest can have.

    A row is impossible if its systolic pressure is not above its diastolic pressure, if its systolic pressure lies
    outside 60 to 250 mmHg, or if its diastolic pressure lies outside 30 to 160 mmHg. This catches negative numbers,
    swapped columns and misplaced decimal points.

    Args:
        x: The findings, an array of shape (n, 11) with the columns of ``CARDIO_COLUMNS``.

    Returns:
        A boolean array of shape (n,), True for the impossible rows.

    Raises:
        ValueError: x has another shape.

    Example:
        >>> x = np.zeros((4, 11))
        >>> x[:, 4:6] = [[120, 80], [80, 120], [12, 8], [150, 1000]]
        >>> impossible_pressures(x).tolist()
        [False, True, True, True]
    """
    findings = np.asarray(x)
    if findings.ndim != 2 or findings.shape[1] != len(CARDIO_COLUMNS):
        raise ValueError(f"x must be of shape (n, {len(CARDIO_COLUMNS)}). Received: {findings.shape}")
    systolic, diastolic = (findings[:, CARDIO_COLUMNS.index(name)] for name in ("sbp", "dbp"))
    return (systolic <= diastolic) | _outside(systolic, *_SYSTOLIC) | _outside(diastolic, *_DIASTOLIC)


def boston_housing() -> Arrays:
    """Boston housing: prices by district in 1970. Deprecated: here only to run a published claim again.

    One of its columns assumes that house prices follow the race of the neighbours. For that, scikit-learn has removed
    the set, and Keras warns of it. The book shows its results only beside those of another set, `diabetes`.

    Returns:
        ``x, y``: 13 attributes as a float32 array of shape (506, 13), and the median prices, in thousands of dollars,
        as a float32 array of shape (506,); in the original order.

    Raises:
        FileNotFoundError: The set is in no known place and can't be downloaded.
        ValueError: The file holds something else.

    Example:
        >>> x, y = boston_housing()  # doctest: +SKIP
        >>> x.shape, float(y.mean().round(2))  # doctest: +SKIP
        ((506, 13), 22.53)

    References:
        Harrison, Rubinfeld (1978), Hedonic housing prices and the demand for clean air, Journal of Environmental
        Economics and Management 5 (1).
    """
    # Not by Keras's loader, which shuffles the rows. The file, its address and its place in the cache are Keras's.
    path = _sources.fetch(*_BOSTON)
    arrays = _sources.load_checked(path, _BOSTON_HOUSING, x=np.floating, y=np.floating)
    return arrays["x"].astype(np.float32), arrays["y"].astype(np.float32)


def diabetes() -> Arrays:
    """Diabetes: ten findings of 442 patients, and how far the disease had progressed a year later; from scikit-learn.

    Returns:
        ``x, y``: age, sex, body mass index, blood pressure and six blood values, as measured and not standardised, as
        a float32 array of shape (442, 10), and the progression, 25 to 346, as a float32 array of shape (442,).

    Raises:
        ImportError: scikit-learn, which contains the data, is missing.

    Example:
        >>> x, y = diabetes()  # doctest: +SKIP
        >>> x.shape, float(y.min()), float(y.max())  # doctest: +SKIP
        ((442, 10), 25.0, 346.0)

    References:
        Efron, Hastie, Johnstone, Tibshirani (2004), Least angle regression, Annals of Statistics 32 (2).
    """
    x, y = _sources.import_optional("sklearn.datasets", "scikit-learn").load_diabetes(return_X_y=True, scaled=False)
    return x.astype(np.float32), y.astype(np.float32)


class Text(NamedTuple):
    """A text in two parts, and the numbers of its characters.

    Attributes:
        train: The text to learn from.
        validation: The text to judge by, which follows it.
    """

    train: str
    validation: str

    @property
    def vocabulary(self) -> str:
        """The characters of both parts, sorted; a character's number is its place here."""
        return "".join(sorted({*self.train, *self.validation}))

    def encode(self, text: str) -> npt.NDArray[np.int32]:
        """The numbers of the characters of any text in this vocabulary.

        Args:
            text: The text.

        Returns:
            An int32 array of shape (characters,).

        Raises:
            TypeError: text is no string.
            ValueError: A character of text is not in the vocabulary; the message names it and its position.

        Example:
            >>> Text("abba", "cab").encode("cabba").tolist()
            [2, 0, 1, 1, 0]
        """
        if not isinstance(text, str):
            reject("text must be a string", [("text", text)], TypeError)
        numbers = {character: number for number, character in enumerate(self.vocabulary)}
        for position, character in enumerate(text):
            if character not in numbers:
                rule = "text must hold characters of the vocabulary only"
                reject(rule, [("character", character), ("position", position)])
        return np.array([numbers[character] for character in text], np.int32)

    def decode(self, numbers: npt.ArrayLike) -> str:
        """The text that some numbers stand for.

        Args:
            numbers: Whole numbers from 0 to the size of the vocabulary − 1, of shape (characters,).

        Returns:
            The text.

        Raises:
            ValueError: numbers break their rule; the message names the first that does, and its position.

        Example:
            >>> Text("abba", "cab").decode([2, 0, 1])
            'cab'
        """
        vocabulary, found = self.vocabulary, np.asarray(numbers)
        if found.ndim != 1 or not (np.issubdtype(found.dtype, np.integer) or found.size == 0):
            rule = "numbers must be whole numbers, of shape (characters,)"
            raise ValueError(f"{rule}. Received: {found.dtype}, {found.shape}")
        for position in np.flatnonzero((found < 0) | (found >= len(vocabulary))):
            rule = f"numbers must be ≥ 0 and < {len(vocabulary)}, the size of the vocabulary"
            reject(rule, [("number", int(found[position])), ("position", int(position))])
        return "".join(vocabulary[number] for number in found)


def shakespeare(sample: bool = True) -> Text:
    """Plays of Shakespeare as one text, split by position: the first nine tenths to train, the last to validate.

    Args:
        sample: Whether to load only the embedded part: As You Like It, Julius Caesar, Macbeth, Othello and Twelfth
            Night, in this order, 608,679 characters of 66 kinds. The end of Twelfth Night validates. The whole is
            "tiny Shakespeare", 1,115,394 characters of 65 kinds from an edition that writes the names of speakers
            otherwise.

    Returns:
        A `Text`: ``train`` and ``validation`` are strings, ``encode`` gives the numbers of their characters.

    Raises:
        TypeError: sample is neither True nor False.
        FileNotFoundError: The whole text is in no known place and can't be downloaded.
        ValueError: The local mirror's file holds something else.

    Example:
        >>> text = shakespeare()
        >>> len(text.train), len(text.validation), len(text.vocabulary)
        (547811, 60868, 66)
        >>> print(text.train[:41])
        ACT I.
        <BLANKLINE>
        SCENE I. An Orchard near OLIVER'S
        >>> text.decode(text.encode("To be, or not to be"))
        'To be, or not to be'

    References:
        The sample's texts are in the public domain, from the package shakespeare 0.6 (Pollock, Emsley), which has them
        from Project Gutenberg. The whole: Karpathy (2015), github.com/karpathy/char-rnn, data/tinyshakespeare.
    """
    if check_flag("sample", sample):
        packed = resources.files("learning_rates").joinpath("data", "shakespeare_sample.txt.gz").read_bytes()
        text = gzip.decompress(packed).decode("ascii")
    else:
        text = _exactly(_sources.fetch(*_TINY_SHAKESPEARE), _TINY_SHAKESPEARE[2]).decode("ascii")
    end = len(text) * 9 // 10
    return Text(text[:end], text[end:])


def _exactly(path: Path, sha256: str) -> bytes:
    """The content of a file, of a mirror's too, which must have this checksum."""
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"SHA-256 of {path} must be {sha256}. Received: {found}")
    return content


def language_model_runs() -> dict[str, LossCurve]:
    """The loss curves of 27 language models, published with the multi-power law: three sizes, nine schedules each.

    The models have 25, 100 and 400 million parameters. All schedules warm up for 2,160 steps to a peak of 3e-4. Their
    names say the rest: "100M_cosine_24000" falls to a tenth of the peak at step 24,000, "wsd" and "wsdld" do so from
    step 20,000 on, along an exponential and a line; "wsdcon_9" drops to 9e-5 at step 8,000 and ends at 16,000.

    Returns:
        ``{name: (steps, rates, losses)}``: about every 128th step from the end of the warm-up on as an int64 array of
        shape (n,), and the learning rate and the loss in nats there, as float64 arrays of shape (n,).

    Raises:
        FileNotFoundError: A file is in no known place and can't be downloaded.
        ValueError: A file holds something else.

    Example:
        >>> steps, rates, losses = language_model_runs()["100M_cosine_24000"]  # doctest: +SKIP
        >>> int(steps[-1]), float(losses[-1])  # doctest: +SKIP
        (23920, 2.9791)

    References:
        Luo, Wen, Hu, Sun, Liu, Sun, Lyu, Chen (2025), A multi-power law for loss curve prediction across learning rate
        schedules, arXiv:2503.12811; github.com/thu-yao-01-luo/MultiPowerLaw, MIT licence.
    """
    listed = resources.files("learning_rates").joinpath("data", "multi_power_law.sha256").read_text(encoding="utf-8")
    runs = {}
    for checksum, file in (line.split() for line in listed.splitlines()):
        name = file.removesuffix(".csv")
        size, schedule = name.split("M_")
        path = _sources.fetch(f"multi_power_law/{file}", _LANGUAGE_MODELS.format(size, schedule), checksum)
        runs[name] = _loss_curve(path)
    return runs


def _loss_curve(path: Path) -> LossCurve:
    rule = f"{path} must hold the columns step, lr and loss: increasing whole steps, finite numbers"
    try:
        head, *rows = path.read_text(encoding="utf-8").split()
        steps, rates, losses = np.array([row.split(",") for row in rows], float).T
    except ValueError as error:  # of an empty file, and of what is no text, too
        raise ValueError(f"{rule}. Received: {error}") from error
    whole = np.array_equal(steps, np.floor(steps)) and bool((np.diff(steps) > 0).all())
    if head != "step,lr,loss" or not whole or not np.isfinite([steps, rates, losses]).all():
        raise ValueError(f"{rule}. Received: {len(steps)} rows of {head}")
    return steps.astype(np.int64), rates, losses


def _copy(name: str) -> Path | None:
    """The path of the reduced copy of a data set, where the mirror holds one."""
    return _sources.mirror(_COPIES[name][0]) if name in _COPIES else None


def _mnist_like(name: str, cached: str, sample: str = "") -> Split:
    mirror = _sources.mirror(f"{name}.npz")
    if mirror is not None:
        return _split(_sources.load_checked(mirror, _MNIST))
    return _from_keras(name, f"{name}.npz", cached, sample)


def _from_keras(name: str, mirrored: str, cached: str, more: str = "") -> Split:
    loader = importlib.import_module(f"keras.datasets.{name}")
    try:
        train, test = loader.load_data()
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise FileNotFoundError(f"{_sources.unavailable(mirrored, cached, error)} {more}".rstrip()) from error
    return train, test


def _split(arrays: dict[str, npt.NDArray[Any]]) -> Split:
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _boxed(image: Image) -> Image:
    # Resampling.BOX is 4. Pillow is imported here for its type alone, so its name can't be used.
    return image.resize((28, 28), 4)


def _square(size: int, image: Image) -> Image:
    # Cropped first, because resize(box=...) lets the filter see beyond its box. Resampling.BILINEAR is 2.
    side = min(image.size)
    left, top = ((length - side) // 2 for length in image.size)
    return image.crop((left, top, left + side, top + side)).resize((size, size), 2)


def _outside(values: npt.NDArray[Any], least: float, greatest: float) -> npt.NDArray[np.bool_]:
    return ~((values >= least) & (values <= greatest))  # so that nan counts as outside
