"""Where data files come from: a local mirror, the cache that Keras fills too, or a download, whole or not at all.

Nothing here imports Keras, so that a data set that needs no Keras loads without it.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import itertools
import os
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL.Image import Image

# What Pillow raises for an image that it can't read, SyntaxError for a broken PNG among them.
_BAD_IMAGE = (OSError, SyntaxError, ValueError, EOFError, zlib.error)


def mirror(name: str) -> Path | None:
    """The path of a file in the local mirror, or None."""
    folder = os.environ.get("LEARNING_RATES_DATA")
    path = Path(folder, name) if folder else None
    return path if path and path.is_file() else None


def cache() -> Path:
    """The folder where Keras keeps its downloads."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def find(name: str) -> Path | None:
    """The path of a file in the local mirror or the cache, or None."""
    cached = cache() / name
    return mirror(name) or (cached if cached.is_file() else None)


def fetch(name: str, url: str, sha256: str) -> Path:
    """The path of a file in the local mirror or the cache, where it is downloaded to if it is in neither."""
    found = find(name)
    if found is not None:
        return found
    try:
        return _download(url, sha256, cache() / name)
    except (OSError, HTTPException, ValueError) as error:
        raise FileNotFoundError(unavailable(name, name, error)) from error


def _download(url: str, sha256: str, path: Path) -> Path:
    # Not by keras.utils.get_file, which writes under the final name, where a wrong checksum or a kill leaves the file.
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"Downloading {url}", file=sys.stderr)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.", suffix=".part", delete=False) as part:
        try:
            with urlopen(url, timeout=60) as response:
                while block := response.read(1 << 20):
                    digest.update(block)
                    part.write(block)
            if digest.hexdigest() != sha256:
                raise ValueError(f"SHA-256 of {url} must be {sha256}. Received: {digest.hexdigest()}")
            part.close()
            os.replace(part.name, path)
        except BaseException:
            part.close()
            Path(part.name).unlink(missing_ok=True)
            raise
    return path


def unavailable(name: str, cached: str, error: BaseException) -> str:
    """The message for a data set that can't be downloaded: the three ways to get it."""
    return (
        f"The whole data set can't be had ({type(error).__name__}: {error}). Three ways to get it: "
        f"set the environment variable LEARNING_RATES_DATA to a folder that holds {name}; "
        f"put the original files where Keras keeps its downloads, ~/.keras/datasets/{cached} (remove damaged ones); "
        "or call this again with a connection, and it is downloaded."
    )


def account_needed(name: str, page: str) -> str:
    """The message for a file that no program may download: where to get it by hand."""
    return (
        f"{name} is neither in the folder that the environment variable LEARNING_RATES_DATA names nor in {cache()}, "
        f"and its publisher asks for an account. Get it by hand from {page} and put it in either place."
    )


def import_optional(module: str, package: str) -> ModuleType:
    """A module that only some data sets need; without it, an ImportError names the package to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(
            f"This data set needs {package}: pip install {package}, or learning-rates[trials], which brings it."
        ) from error


def load(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file."""
    # The file is opened here, because np.load leaves it open when it can't read it.
    with path.open("rb") as file, np.load(file) as arrays:
        return {key: arrays[key] for key in arrays.files}


def load_checked(
    path: Path, shapes: Mapping[str, tuple[int | None, ...]], **dtypes: Any
) -> dict[str, npt.NDArray[Any]]:
    """The arrays of an npz file, each of the shape given here (None is any size), and of dtype uint8 unless named."""
    try:
        arrays = load(path)
    except (ValueError, TypeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"{path} must be a readable npz file. Received: {error}") from error
    for key, shape in shapes.items():
        if key not in arrays:
            raise ValueError(f"{path} must hold {', '.join(shapes)}. Received: {', '.join(arrays) or 'nothing'}")
        found, dtype = arrays[key], dtypes.get(key, np.uint8)
        if not _fits(found.shape, shape) or not np.issubdtype(found.dtype, dtype):
            raise ValueError(
                f"{key} in {path} must be of shape {shape} and dtype {dtype.__name__}. "
                f"Received: {found.shape}, {found.dtype}"
            )
    return arrays


def _fits(found: tuple[int, ...], shape: tuple[int | None, ...]) -> bool:
    return len(found) == len(shape) and all(b in (None, a) for a, b in zip(found, shape, strict=True))


def jpegs(
    path: Path, stream: npt.NDArray[np.uint8], offsets: npt.NDArray[np.integer], side: int
) -> npt.NDArray[np.uint8]:
    """The square images in a stream of JPEG files, of which number i takes bytes offsets[i] to offsets[i + 1]."""
    pillow = import_optional("PIL.Image", "pillow")
    encoded, images = stream.tobytes(), np.empty((len(offsets) - 1, side, side, 3), np.uint8)
    for i, (start, end) in enumerate(itertools.pairwise(offsets)):
        try:
            found = pillow.open(io.BytesIO(encoded[start:end]))
            if found.size != (side, side):
                raise ValueError(f"{found.width}×{found.height} pixels")
            images[i] = found.convert("RGB")
        except _BAD_IMAGE as error:
            raise ValueError(
                f"image {i} in {path} must be a readable JPEG of {side}×{side} pixels. Received: {error}"
            ) from error
    return images


def zipped_images(
    path: Path, pattern: str, classes: Sequence[str], count: int, prepare: Callable[[Image], Image]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """The images of a zip file whose names match a pattern, read without unpacking it to disk.

    Args:
        path: The path of the zip file.
        pattern: The regular expression that the whole name of an image matches, with its class as the only group.
        classes: The names of the classes, in the order of their labels.
        count: The number of images that there must be.
        prepare: The function that makes the image to keep from an RGB image of Pillow's. All must have one size.

    Returns:
        The images, a uint8 array of shape (count, height, width, 3), and their labels, a uint8 array of shape (count,);
        sorted by class, then by name.
    """
    pillow = import_optional("PIL.Image", "pillow")
    try:
        with zipfile.ZipFile(path) as archive:
            matches = (re.fullmatch(pattern, name) for name in archive.namelist())
            members = sorted((classes.index(match[1]), match[0]) for match in matches if match)
            if len(members) != count:
                raise ValueError(f"{len(members)} such images")
            images = []
            for _, name in members:
                with archive.open(name) as file, pillow.open(file) as image:
                    images.append(np.asarray(prepare(image.convert("RGB"))))
    except (zipfile.BadZipFile, *_BAD_IMAGE) as error:
        rule = f"{path} must be a readable zip file of {count} images of {' and '.join(classes)}"
        raise ValueError(f"{rule}. Received: {error}") from error
    return np.stack(images), np.array([label for label, _ in members], np.uint8)


def table(path: Path, columns: tuple[str, ...], rows: int, renamed: Mapping[str, str]) -> npt.NDArray[np.float64]:
    """The numbers of a semicolon-separated file, whose columns must have these names once `renamed` is applied."""
    try:
        with path.open(encoding="utf-8") as file:
            names = [renamed.get(name, name) for name in file.readline().strip().split(";")]
            numbers = np.loadtxt(file, delimiter=";", ndmin=2)
    except ValueError as error:
        raise ValueError(f"{path} must be a semicolon-separated table of numbers. Received: {error}") from error
    if tuple(names) != columns or numbers.shape != (rows, len(columns)):
        raise ValueError(
            f"{path} must hold {rows} rows of {', '.join(columns)}. Received: {len(numbers)} rows of {', '.join(names)}"
        )
    return numbers
