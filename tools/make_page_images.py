"""Make the images that the page's network learns from and is judged by, from the whole of Fashion-MNIST (MIT licence).

14 × 14 pixels in sixteen greys, a byte each: the images, then their labels, gzipped. `seen` holds the
first 200 training and the first 50 test images of each class; `fresh` holds 100 test images of each class that neither
`seen` nor the embedded sample has. Run it as `make sample`; `fashion_14.sha256` says what has to come out.
"""

import argparse
import gzip
from hashlib import sha256
from pathlib import Path

import numpy as np

from learning_rates import datasets
from learning_rates.small_network import SIDE, greys_of

DATA = Path(__file__).resolve().parents[1] / "src/learning_rates/data"
EACH = {"train": slice(0, 200), "test": slice(0, 50), "fresh": slice(100, 200)}


def some_of_each(x, y, which):
    """These images of every class, in their order."""
    kept = np.sort(np.concatenate([np.flatnonzero(y == label)[which] for label in np.unique(y)]))
    return greys_of(x[kept]), y[kept]


def pack(*parts):
    """Parts of images and labels as one gzipped file, all images first."""
    images, labels = zip(*parts, strict=True)
    return gzip.compress(b"".join(part.tobytes() for part in [*images, *labels]), 9, mtime=0)


def make(train, test):
    """The files by their names."""
    train, seen, fresh = (
        some_of_each(*split, EACH[name]) for name, split in {"train": train, "test": test, "fresh": test}.items()
    )
    return {"fashion_14_seen.bin": pack(train, seen), "fashion_14_fresh.bin": pack(fresh)}


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    made = make(*datasets.fashion_mnist(sample=False))
    for name, content in made.items():
        (DATA / name).write_bytes(content)
        print(f"{name}: images of {SIDE} × {SIDE}, {len(content) / 1e3:.0f} kB")
    lines = [f"{sha256(gzip.decompress(content)).hexdigest()}  {name}" for name, content in sorted(made.items())]
    (DATA / "fashion_14.sha256").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
