"""Data sets: where they come from, their shapes and values, what is said where they are missing, and bad input."""

import hashlib
import importlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from learning_rates import _sources, datasets
from tools import make_sample, make_text_sample

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
WHOLE = {"x_train": (60_000, 28, 28), "y_train": (60_000,), "x_test": (10_000, 28, 28), "y_test": (10_000,)}
CARDIO = "id;age;gender;height;weight;sbp;dbp;cholesterol;gluc;smoke;alco;active;cardio\n"
WELL, ILL = "7;18393;2;168;62.5;110;80;1;1;0;0;1;0\n", "8;20228;1;156;85.0;140;90;3;1;0;0;1;1\n"
SWAPPED = "9;20000;1;160;70.0;80;120;1;1;0;0;1;1\n"
needs_data = pytest.mark.skipif("'LEARNING_RATES_DATA' not in os.environ", reason="LEARNING_RATES_DATA names no folder")


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """An empty folder that LEARNING_RATES_DATA names; the cache is empty too."""
    monkeypatch.setenv("LEARNING_RATES_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """An empty cache, for Keras and for us; downloads break off after half a file. Gives the cache's folder."""
    file_utils = importlib.import_module("keras.src.utils.file_utils")

    def break_off(url, target, progress):
        Path(target).write_bytes(b"half a file")
        raise ConnectionResetError("connection lost")

    monkeypatch.delenv("LEARNING_RATES_DATA", raising=False)
    monkeypatch.setattr(file_utils, "urlretrieve", break_off)
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: Answer(b"half a file", ConnectionResetError))
    return tmp_path


class Answer(io.BytesIO):
    """What a server sends, and the error that follows instead of the end."""

    def __init__(self, content, error=None):
        super().__init__(content)
        self.error = error

    def read(self, size=-1):
        block = super().read(size)
        if not block and self.error:
            raise self.error("connection lost")
        return block


def files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def encoded(image, form):
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(image, np.uint8)).save(buffer, form)
    return buffer.getvalue()


def write_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def write_rock_paper_scissors(folder, content):
    """Both original files, every image the same."""
    for file, root, prefix, count in (("rps.zip", "rps", "", 840), ("rps-test-set.zip", "rps-test-set", "test", 124)):
        kinds = ("paper", "rock", "scissors")
        names = [f"{root}/{kind}/{prefix}{kind}01-{i:03}.png" for kind in kinds for i in range(count)]
        write_zip(folder / file, dict.fromkeys(["rps/", "__MACOSX/._rps", *names], content))


def write_ants_and_bees(path, content):
    counts = {"train/ants": 123, "train/bees": 121, "val/ants": 70, "val/bees": 83}
    names = [f"hymenoptera_data/{kind}/{i}.jpg" for kind, count in counts.items() for i in range(count - 1)]
    names += [f"hymenoptera_data/{kind}/formica.jpeg" for kind in counts]
    write_zip(path, {"hymenoptera_data/train/ants/imageNotFound.gif": b"", **dict.fromkeys(names, content)})


def write_cifar10(folder, monkeypatch, image, **changes):
    """A mirror's copy of 3 + 2 images instead of 50,000 + 10,000."""
    shapes = {"jpeg_{}": (None,), "offsets_{}": lambda n: (n + 1,), "y_{}": lambda n: (n,)}
    counts = {"train": 3, "test": 2}
    small = {
        key.format(part): shape if isinstance(shape, tuple) else shape(count)
        for part, count in counts.items()
        for key, shape in shapes.items()
    }
    monkeypatch.setattr(datasets, "_CIFAR10_JPEG", small)
    arrays = {}
    for part, count in counts.items():
        arrays[f"jpeg_{part}"] = np.frombuffer(image * count, np.uint8)
        arrays[f"offsets_{part}"] = np.arange(count + 1) * len(image)
        arrays[f"y_{part}"] = np.arange(count, dtype=np.uint8)
    np.savez(folder / "cifar10_jpeg.npz", **arrays | changes)


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


@pytest.mark.skipif(not make_sample.DEBIAN.is_dir(), reason="Debian's dataset-fashion-mnist is not installed")
def test_sample_is_what_the_script_makes():
    with np.load(make_sample.SAMPLE) as stored:
        for key, values in make_sample.make(make_sample.DEBIAN).items():
            np.testing.assert_array_equal(stored[key], values)


@pytest.mark.parametrize("name", ["fashion_mnist", "shakespeare"])
@pytest.mark.parametrize("sample", ["yes", 1, None, np.True_])
def test_sample_must_be_a_flag(name, sample):
    with pytest.raises(TypeError, match=f"sample must be True or False. Received: sample={sample!r}"):
        getattr(datasets, name)(sample=sample)


@pytest.mark.parametrize(("name", "arguments"), [("fashion_mnist", {"sample": False}), ("mnist", {})])
def test_whole_set_comes_from_the_mirror(mirror, name, arguments):
    np.savez_compressed(mirror / f"{name}.npz", **whole_set(y_test=np.full(10_000, 7, np.uint8)))
    (x_train, y_train), (x_test, y_test) = getattr(datasets, name)(**arguments)
    assert {"x_train": x_train.shape, "y_train": y_train.shape, "x_test": x_test.shape, "y_test": y_test.shape} == WHOLE
    assert (y_test == 7).all()


@needs_data
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


@pytest.mark.parametrize(
    ("name", "arguments", "cached"),
    [
        ("fashion_mnist", {"sample": False}, "fashion-mnist"),
        ("mnist", {}, "mnist.npz"),
        ("cifar10", {}, "cifar-10-batches-py-target"),
        ("rock_paper_scissors", {}, "rps.zip"),
        ("ants_and_bees", {}, "hymenoptera_data.zip"),
        ("boston_housing", {}, "boston_housing.npz"),
        ("language_model_runs", {}, "multi_power_law/100M_constant_24000.csv"),
        ("shakespeare", {"sample": False}, "tinyshakespeare.txt"),
    ],
)
def test_missing_set_says_the_three_ways_and_leaves_no_half_file(offline, name, arguments, cached):
    """A half file under the final name spoils every later run: keras-team/keras#1713."""
    with pytest.raises(FileNotFoundError) as raised:
        getattr(datasets, name)(**arguments)
    for way in ("LEARNING_RATES_DATA", f"~/.keras/datasets/{cached}", "with a connection", "connection lost"):
        assert way in str(raised.value)
    assert ("sample=True" in str(raised.value)) == (name == "fashion_mnist")
    assert files(offline) == []


def test_a_download_is_kept_under_its_name_and_asked_for_once(offline, monkeypatch):
    asked = []
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: asked.append(url) or Answer(b"all of it"))
    checksum = hashlib.sha256(b"all of it").hexdigest()
    for _ in range(2):
        path = _sources.fetch("some.zip", "https://example.org/some.zip", checksum)
        assert path == offline / "datasets/some.zip"
        assert path.read_bytes() == b"all of it"
    assert asked == ["https://example.org/some.zip"]
    assert files(offline) == ["some.zip"]


def test_a_download_of_another_checksum_is_refused(offline, monkeypatch):
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: Answer(b"something else"))
    with pytest.raises(
        FileNotFoundError, match=r"SHA-256 of https://.*rps.zip must be c2403444.* Received: [0-9a-f]{64}"
    ):
        datasets.rock_paper_scissors()
    assert files(offline) == []


def test_a_download_that_is_stopped_leaves_no_half_file(offline, monkeypatch):
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: Answer(b"half a file", KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        datasets.ants_and_bees()
    assert files(offline) == []


def test_cifar10_of_a_mirror_is_decoded(mirror, monkeypatch):
    write_cifar10(mirror, monkeypatch, encoded(np.full((32, 32, 3), (200, 100, 50)), "jpeg"))
    (x_train, y_train), (x_test, y_test) = datasets.cifar10()
    assert (x_train.shape, x_test.shape, x_train.dtype) == ((3, 32, 32, 3), (2, 32, 32, 3), np.uint8)
    assert (y_train.tolist(), y_test.tolist()) == ([0, 1, 2], [0, 1])
    assert abs(x_test.astype(int) - (200, 100, 50)).max() <= 2, "JPEG is not exact, but near"


@pytest.mark.parametrize("image", [b"no image", encoded(np.zeros((16, 16, 3)), "jpeg")])
def test_an_image_of_cifar10_must_be_a_jpeg_of_its_size(mirror, monkeypatch, image):
    write_cifar10(mirror, monkeypatch, image)
    with pytest.raises(
        ValueError, match=r"image 0 in .*cifar10_jpeg.npz must be a readable JPEG of 32×32 pixels. Received: "
    ):
        datasets.cifar10()


def test_cifar10_of_a_mirror_must_have_its_arrays(mirror, monkeypatch):
    write_cifar10(mirror, monkeypatch, b"x", offsets_train=np.arange(3))
    with pytest.raises(
        ValueError, match=r"offsets_train in .* must be of shape \(4,\) and dtype integer. Received: \(3,\)"
    ):
        datasets.cifar10()
    write_cifar10(mirror, monkeypatch, b"x", jpeg_train=np.zeros((2, 2), np.uint8))
    with pytest.raises(
        ValueError, match=r"jpeg_train in .* must be of shape \(None,\) and dtype uint8. Received: \(2, 2\)"
    ):
        datasets.cifar10()


def test_cifar10_of_keras_has_flat_labels(offline, monkeypatch):
    split = np.zeros((2, 32, 32, 3), np.uint8), np.array([[3], [4]], np.uint8)
    monkeypatch.setattr("keras.datasets.cifar10.load_data", lambda: (split, split))
    (_, y_train), (_, y_test) = datasets.cifar10()
    assert y_train.tolist() == y_test.tolist() == [3, 4]


def test_rock_paper_scissors_is_reduced_by_averaging(mirror):
    """Columns of 0 and 200 in turn, at twice the size: each pixel becomes their mean."""
    stripes = np.zeros((56, 56, 3))
    stripes[:, 1::2] = 200
    write_rock_paper_scissors(mirror, encoded(stripes, "png"))
    (x_train, y_train), (x_test, y_test) = datasets.rock_paper_scissors()
    assert (x_train.shape, x_test.shape, x_train.dtype) == ((2520, 28, 28, 3), (372, 28, 28, 3), np.uint8)
    assert set(x_test.ravel().tolist()) == {100}
    np.testing.assert_array_equal(y_train, np.repeat([0, 1, 2], 840))
    np.testing.assert_array_equal(y_test, np.repeat([0, 1, 2], 124))


def test_rock_paper_scissors_may_come_reduced(mirror):
    arrays = {"x_train": (2520, 28, 28, 3), "y_train": (2520,), "x_test": (372, 28, 28, 3), "y_test": (372,)}
    zeros = {key: np.zeros(shape, np.uint8) for key, shape in arrays.items()}
    np.savez(mirror / "rock_paper_scissors_28px.npz", **zeros | {"y_test": np.full(372, 2, np.uint8)})
    _, (x_test, y_test) = datasets.rock_paper_scissors()
    assert x_test.shape == (372, 28, 28, 3)
    assert (y_test == 2).all()
    np.savez(mirror / "rock_paper_scissors_28px.npz", **zeros | {"x_test": np.zeros((371, 28, 28, 3), np.uint8)})
    with pytest.raises(ValueError, match=r"x_test in .* must be of shape \(372, 28, 28, 3\)"):
        datasets.rock_paper_scissors()


def test_ants_and_bees_are_cut_to_the_square_in_their_middle(mirror):
    """The middle third is white, so nothing else is seen."""
    picture = np.zeros((16, 48, 3))
    picture[:, 16:32] = 255
    write_ants_and_bees(mirror / "hymenoptera_data.zip", encoded(picture, "jpeg"))
    (x_train, y_train), (x_val, y_val) = datasets.ants_and_bees(size=8)
    assert (x_train.shape, x_val.shape, x_train.dtype) == ((244, 8, 8, 3), (153, 8, 8, 3), np.uint8)
    assert min(x_train.min(), x_val.min()) >= 250
    assert np.bincount(y_train).tolist() == [123, 121]
    assert np.bincount(y_val).tolist() == [70, 83]


@pytest.mark.parametrize("size", ["8", None, True, 0, -1, 1.5])
def test_size_must_be_whole(size):
    with pytest.raises((TypeError, ValueError), match=r"^size must be .* Received: size="):
        datasets.ants_and_bees(size=size)


@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x03\x04 cut short"])
def test_a_zip_file_must_be_readable(mirror, content):
    (mirror / "hymenoptera_data.zip").write_bytes(content)
    with pytest.raises(
        ValueError, match=r"hymenoptera_data.zip must be a readable zip file of 244 images of ants and bees"
    ):
        datasets.ants_and_bees()


def test_a_zip_file_must_hold_all_its_images(mirror):
    write_zip(mirror / "hymenoptera_data.zip", {"hymenoptera_data/train/ants/1.jpg": b""})
    with pytest.raises(ValueError, match=r"244 images of ants and bees. Received: 1 such images"):
        datasets.ants_and_bees()


@pytest.mark.parametrize("cut", [10, 400])
def test_an_image_in_a_zip_file_must_be_whole(mirror, cut):
    noise = np.random.default_rng(0).integers(0, 256, (16, 16, 3))
    write_ants_and_bees(mirror / "hymenoptera_data.zip", encoded(noise, "jpeg")[:cut])
    with pytest.raises(ValueError, match=r"hymenoptera_data.zip must be a readable zip file of 244 images"):
        datasets.ants_and_bees(size=8)


@pytest.mark.parametrize("header", [CARDIO, CARDIO.replace("sbp", "ap_hi").replace("dbp", "ap_lo")])
def test_cardio_keeps_its_values(mirror, header):
    (mirror / "cardio_train.csv").write_text(header + (WELL + ILL) * 34_999 + WELL + SWAPPED)
    x, y = datasets.cardio()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((70_000, 11), np.float32, (70_000,), np.uint8)
    row = dict(zip(datasets.CARDIO_COLUMNS, x[0].tolist(), strict=True))
    assert row == {
        "age": 18393, "gender": 2, "height": 168, "weight": 62.5, "sbp": 110, "dbp": 80,
        "cholesterol": 1, "gluc": 1, "smoke": 0, "alco": 0, "active": 1,
    }  # fmt: skip
    assert y[:4].tolist() == [0, 1, 0, 1]


def test_cardio_is_cleaned_on_request(mirror):
    (mirror / "cardio_train.csv").write_text(CARDIO + WELL * 10 + SWAPPED * 3 + ILL * 69_987)
    x, y = datasets.cardio(clean=True)
    assert x.shape == (69_997, 11)
    assert np.bincount(y).tolist() == [10, 69_987]


@pytest.mark.parametrize("clean", ["yes", 1, None])
def test_clean_must_be_a_flag(clean):
    with pytest.raises(TypeError, match=f"clean must be True or False. Received: clean={clean!r}"):
        datasets.cardio(clean=clean)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CARDIO + WELL * 3, r"must hold 70000 rows of id, age, .*, cardio. Received: 3 rows of id, age"),
        (CARDIO.replace("age", "years") + WELL * 70_000, r"Received: 70000 rows of id, years, gender"),
        (
            CARDIO + WELL.replace("168", "tall") * 9,
            r"must be a semicolon-separated table of numbers. Received: .*'tall'",
        ),
        (CARDIO + WELL + "1;2\n", r"must be a semicolon-separated table of numbers. Received: "),
    ],
)
def test_cardio_must_be_the_whole_table(mirror, text, message):
    (mirror / "cardio_train.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        datasets.cardio()


def test_missing_cardio_says_where_it_is_to_be_had_by_hand(offline):
    with pytest.raises(
        FileNotFoundError, match=r"cardio_train.csv .*LEARNING_RATES_DATA.*account.*https://www.kaggle.com/"
    ):
        datasets.cardio()


@pytest.mark.parametrize(
    ("sbp", "dbp", "impossible"),
    [
        (120, 80, False),
        (80, 120, True),
        (100, 100, True),
        (101, 100, False),
        (60, 30, False),
        (59, 30, True),
        (60, 29, True),
        (250, 160, False),
        (251, 160, True),
        (250, 161, True),
        (-120, -80, True),
        (16020, 80, True),
        (120, np.nan, True),
    ],
)
def test_pressures_are_impossible_beyond_the_limits(sbp, dbp, impossible):
    x = np.zeros((1, 11))
    x[0, 4:6] = sbp, dbp
    assert datasets.impossible_pressures(x).tolist() == [impossible]


@pytest.mark.parametrize("shape", [(11,), (3, 10), (3, 11, 1)])
def test_pressures_are_those_of_eleven_columns(shape):
    with pytest.raises(ValueError, match=r"x must be of shape \(n, 11\). Received: \("):
        datasets.impossible_pressures(np.zeros(shape))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_boston_housing_has_one_type_whatever_the_copy_has(mirror, dtype):
    np.savez(mirror / "boston_housing.npz", x=np.full((506, 13), 0.1, dtype), y=np.arange(506, dtype=dtype))
    x, y = datasets.boston_housing()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((506, 13), np.float32, (506,), np.float32)
    assert x[0, 0] == np.float32(0.1)


def test_boston_housing_must_be_whole(mirror):
    np.savez(mirror / "boston_housing.npz", x=np.zeros((404, 13)), y=np.zeros(404))
    with pytest.raises(
        ValueError, match=r"x in .* must be of shape \(506, 13\) and dtype floating. Received: \(404, 13\)"
    ):
        datasets.boston_housing()


def test_boston_housing_is_documented_as_deprecated():
    assert "Deprecated" in datasets.boston_housing.__doc__.splitlines()[0]


def test_diabetes_is_as_measured():
    """The first patient: 59 years, body mass index 32.1; 151 a year later."""
    x, y = datasets.diabetes()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((442, 10), np.float32, (442,), np.float32)
    assert x[0, :4].tolist() == [59, 2, np.float32(32.1), 101]
    assert (y[0], y.min(), y.max()) == (151, 25, 346)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"needs scikit-learn: pip install scikit-learn"):
        datasets.diabetes()


@pytest.mark.parametrize(
    ("name", "file", "copy", "original"),
    [
        ("fashion_mnist", "fashion_mnist.npz", "", ""),
        ("mnist", "mnist.npz", "", ""),
        ("cifar10", "cifar10_jpeg.npz", "A JPEG copy in another order: not bit-equal to the original.", ""),
        (
            "rock_paper_scissors",
            "rock_paper_scissors_28px.npz",
            "A copy reduced from 300×300 to 28×28 pixels.",
            "Reduced from 300×300 to 28×28 pixels when loaded.",
        ),
        ("ants_and_bees", "hymenoptera_256px.zip", "A copy reduced to 256 pixels on the short side.", ""),
        ("cardio", "cardio_train.csv", "", ""),
        ("boston_housing", "boston_housing.npz", "", ""),
        ("diabetes", "none", "", ""),
        ("shakespeare", "tinyshakespeare.txt", "", ""),
    ],
)
def test_about_says_how_a_copy_differs(mirror, name, file, copy, original):
    assert datasets.about(name) == original
    (mirror / file).touch()
    assert datasets.about(name) == copy
    assert callable(getattr(datasets, name))


@pytest.mark.parametrize("name", ["cifar", None, 3])
def test_about_knows_the_loaders_alone(name):
    with pytest.raises(ValueError, match=r"name must be one of ants_and_bees, .*, shakespeare. Received: name="):
        datasets.about(name)


@needs_data
def test_the_real_sets_have_their_sizes():
    """As data/README.md and the articles give them; CIFAR-10 is left out, because decoding it takes ten seconds."""
    sizes = {name: [len(y) for _, y in getattr(datasets, name)()] for name in ("mnist", "rock_paper_scissors")}
    assert sizes == {"mnist": [60_000, 10_000], "rock_paper_scissors": [2520, 372]}
    (_, y_train), (x_val, _) = datasets.ants_and_bees(size=32)
    assert (len(y_train), x_val.shape) == (244, (153, 32, 32, 3))
    x, y = datasets.boston_housing()
    assert (x.shape, round(float(y.std()), 2)) == ((506, 13), 9.19)


@needs_data
def test_the_real_cardio_has_impossible_pressures():
    x, y = datasets.cardio()
    sbp, dbp = (x[:, datasets.CARDIO_COLUMNS.index(name)] for name in ("sbp", "dbp"))
    assert (int((sbp < dbp).sum()), int(datasets.impossible_pressures(x).sum()), int(y.sum())) == (1234, 1325, 34_979)
    assert len(datasets.cardio(clean=True)[1]) == 68_675


CURVE = "step,lr,loss\n2160,0.0003,3.78\n2288,0.0003,3.73\n"


def write_language_models(folder, content=CURVE):
    listed = (ROOT / "src/learning_rates/data/multi_power_law.sha256").read_text().splitlines()
    (folder / "multi_power_law").mkdir()
    for line in listed:
        (folder / "multi_power_law" / line.split()[1]).write_text(content)


def test_language_model_runs_are_three_sizes_of_nine_schedules(mirror):
    write_language_models(mirror)
    runs = datasets.language_model_runs()
    sizes = {size: sorted(name for name in runs if name.startswith(f"{size}_")) for size in ("25M", "100M", "400M")}
    assert [len(names) for names in sizes.values()] == [9, 9, 9]
    steps, rates, losses = runs["25M_wsdcon_9"]
    assert (steps.tolist(), rates.tolist(), losses.tolist()) == ([2160, 2288], [3e-4, 3e-4], [3.78, 3.73])
    assert steps.dtype == np.int64


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<html>",
        "step,lr\n1,2\n",
        *(CURVE + row for row in ("2288,0.0003,3.7", "2300,0.0003,nan", "2300.5,0.0003,3.7")),
    ],
)
def test_a_loss_curve_must_be_one(mirror, content):
    write_language_models(mirror, content)
    with pytest.raises(ValueError, match=r"100M_constant_24000.csv must hold the columns step, lr and loss"):
        datasets.language_model_runs()


def test_a_loss_curve_of_another_checksum_is_refused(offline, monkeypatch):
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: Answer(CURVE.encode()))
    with pytest.raises(FileNotFoundError, match=r"SHA-256 of https://.*/csv_100/constant_24000.csv must be 034a75e2"):
        datasets.language_model_runs()
    assert files(offline) == []


@needs_data
def test_language_model_runs_are_the_published_ones():
    runs = datasets.language_model_runs()
    steps, _, losses = runs["100M_cosine_24000"]
    assert (int(steps[-1]), float(losses[-1])) == (23920, 2.9791)
    for line in (ROOT / "src/learning_rates/data/multi_power_law.sha256").read_text().splitlines():
        checksum, file = line.split()
        found = _sources.find(f"multi_power_law/{file}")
        assert hashlib.sha256(found.read_bytes()).hexdigest() == checksum


def test_shakespeare_is_five_plays_split_by_position():
    text = datasets.shakespeare()
    whole = text.train + text.validation
    assert (len(whole), len(text.train)) == (608_679, 547_811)
    assert len(text.train) == len(whole) * 9 // 10
    assert whole.count("ACT I.\n") == 5
    firsts = [whole.index(name) for name in ("Orlando", "Cassius", "Macbeth", "Desdemona", "Malvolio")]
    assert firsts == sorted(firsts)
    assert "you are sick of self-love, Malvolio" in text.train
    assert "Some are born great" in text.validation, "Malvolio again, in the third act"
    assert text.validation.endswith("And we'll strive to please you every day.\n\n[Exit.]\n")


def test_the_characters_of_shakespeare_are_plain():
    vocabulary = datasets.shakespeare().vocabulary
    capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert vocabulary == "\n !\"&',-.:;?" + capitals + "[]" + capitals.lower()
    assert len(vocabulary) == 66


def test_the_text_sample_is_small():
    assert make_text_sample.SAMPLE.stat().st_size <= 250e3


def test_a_play_begins_with_its_first_act_and_has_plain_lines():
    raw = "MACBETH\r\n\nPERSONS\n\n\n\nACT I.\n\n\n\nALL.\n  1. Double, /double/  \n{Exit.] (Thunder)\n\nTHE END"
    assert make_text_sample.play(raw) == "ACT I.\n\nALL.\nDouble, double\n[Exit.] Thunder\n"


def test_whole_shakespeare_comes_from_the_mirror_and_must_be_exact(mirror, monkeypatch):
    content = b"To be, or not to be: that is the question.\n"
    checksum = hashlib.sha256(content).hexdigest()
    (mirror / "tinyshakespeare.txt").write_bytes(content)
    with pytest.raises(ValueError, match=rf"SHA-256 of .*tinyshakespeare.txt must be 86c4e6aa.* Received: {checksum}"):
        datasets.shakespeare(sample=False)
    monkeypatch.setattr(datasets, "_TINY_SHAKESPEARE", (*datasets._TINY_SHAKESPEARE[:2], checksum))
    assert datasets.shakespeare(sample=False) == (content[:38].decode(), content[38:].decode())


def test_a_download_of_shakespeare_of_another_checksum_is_refused(offline, monkeypatch):
    monkeypatch.setattr(_sources, "urlopen", lambda url, timeout: Answer(b"To be"))
    with pytest.raises(FileNotFoundError, match=r"SHA-256 of https://.*/tinyshakespeare/input.txt must be 86c4e6aa"):
        datasets.shakespeare(sample=False)
    assert files(offline) == []


def test_a_text_becomes_numbers_and_a_text_again():
    text = datasets.Text("to be", "or not")
    assert text.vocabulary == " benort"
    numbers = text.encode("not to be")
    assert (numbers.tolist(), numbers.dtype) == ([3, 4, 6, 0, 6, 4, 0, 1, 2], np.int32)
    assert text.decode(numbers) == "not to be"
    assert (text.encode("").shape, text.decode([])) == ((0,), "")


@pytest.mark.parametrize(("bad", "position"), [("bone", None), ("café", 3), ("one€", 3), ("0ne", 0), ("a\tb", 1)])
def test_an_unknown_character_names_itself_and_its_position(bad, position):
    text = datasets.Text("abcdefgh", "ijklmnop")
    if position is None:
        assert text.encode(bad).tolist() == [1, 14, 13, 4]
        return
    message = rf"characters of the vocabulary only. Received: character={bad[position]!r}, position={position}"
    with pytest.raises(ValueError, match=message.replace("\\", r"\\")):
        text.encode(bad)


@pytest.mark.parametrize("bad", [None, 3, b"be", ["b", "e"]])
def test_a_text_must_be_a_string(bad):
    with pytest.raises(TypeError, match=r"^text must be a string. Received: text="):
        datasets.Text("to be", "or not").encode(bad)


@pytest.mark.parametrize(
    ("bad", "received"),
    [
        ([0, 7], "number=7, position=1"),
        ([-1], "number=-1, position=0"),
        ([0.5], r"float64, \(1,\)"),
        ([[0]], r"int64, \(1, 1\)"),
        (3, r"int64, \(\)"),
        ("be", r"<U2, \(\)"),
    ],
)
def test_numbers_of_a_text_must_be_those_of_its_characters(bad, received):
    with pytest.raises(ValueError, match=rf"^numbers must be .* Received: {received}"):
        datasets.Text("to be", "or not").decode(bad)


@needs_data
def test_whole_shakespeare_is_as_published():
    text = datasets.shakespeare(sample=False)
    assert (len(text.train), len(text.validation), len(text.vocabulary)) == (1_003_854, 111_540, 65)
    assert text.train.startswith("First Citizen:\nBefore we proceed any further, hear me speak.")
