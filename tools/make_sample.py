"""Make the embedded sample of Fashion-MNIST from Debian's package dataset-fashion-mnist (MIT licence).

The first 600 training and 100 test images of each class, in the original order. Run it as `make sample`.
"""

import argparse
import gzip
import math
import struct
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
SAMPLE = ROOT / "src/learning_rates/data/fashion_mnist_sample.npz"
UINT8 = 0x08


def read_idx(path):
    """The uint8 array in a gzipped IDX file: two zero bytes, type, number of axes, their lengths, the values."""
    content = gzip.decompress(path.read_bytes())
    zeros, kind, axes = struct.unpack(">HBB", content[:4])
    if zeros != 0 or kind != UINT8:
        raise ValueError(f"{path} must be an IDX file of uint8. Received: {content[:4].hex()}")
    shape = struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
    if len(values) != math.prod(shape):
        raise ValueError(f"{path} must hold {math.prod(shape)} values. Received: {len(values)}")
    return values.reshape(shape)


def first_of_each(labels, count):
    """Where the first `count` examples of every class stand, in the original order."""
    return np.sort(np.concatenate([np.flatnonzero(labels == label)[:count] for label in np.unique(labels)]))


def make(source):
    """The sample's arrays by their names, from a folder with the four IDX files."""
    arrays = {}
    for part, prefix, count in [("train", "train", 600), ("test", "t10k", 100)]:
        images = read_idx(source / f"{prefix}-images-idx3-ubyte.gz")
        labels = read_idx(source / f"{prefix}-labels-idx1-ubyte.gz")
        chosen = first_of_each(labels, count)
        arrays[f"x_{part}"], arrays[f"y_{part}"] = images[chosen], labels[chosen]
    return arrays


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, default=DEBIAN, help=f"folder of the IDX files (default: {DEBIAN})")
    source = parser.parse_args().source
    if not source.is_dir():
        parser.error(f"{source} is missing: install Debian's dataset-fashion-mnist, or name a folder with --source")
    np.savez_compressed(SAMPLE, **make(source))
    print(f"{SAMPLE.relative_to(ROOT)}: {SAMPLE.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
