"""Move the repository's address, or the version, everywhere they are quoted.

Both stand in one place, pyproject.toml: `[project.urls] Repository` and `version` (the release's tag is v + version).
A test holds every other place equal to it, so that a move is a literal replacement.

    make address REPOSITORY=https://github.com/owner/name     # the site's address on GitHub Pages moves along
    make address VERSION=0.2.0
"""

import argparse
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUOTING = ["pyproject.toml", "README.md", "CITATION.cff", "book/_config.yml", "book/*.md", "notebooks/*.ipynb"]
HOST = "https://github.com/"  # Colab opens notebooks from GitHub, hence one host

# The first code cell of every notebook.
BOOTSTRAP = """\
# Colab lacks the book's package and gets it here, with its own TensorFlow
# left alone; elsewhere this does nothing.
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("learning_rates") is None:
    release = "git+{repository}@v{version}"
    source = os.environ.get("LEARNING_RATES_SOURCE", release)
    package = f"learning-rates[book] @ {{source}}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", package]
    subprocess.run(pip, check=True)"""


def project(root=ROOT):
    """The repository's address and the version, from pyproject.toml."""
    table = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table["urls"]["Repository"], table["version"]


def bootstrap_cell(repository, version):
    return BOOTSTRAP.format(repository=repository, version=version)


def pages(slug):
    """Where GitHub Pages shows the site of owner/name."""
    owner, name = slug.split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name == host else f"https://{host}/{name}/"


def quoted(repository, version):
    """The forms in which the files quote the two; a bare version number could be another package's."""
    slug = repository.removeprefix(HOST)
    return [
        slug,
        pages(slug),
        f"cd {slug.split('/')[1]}\n",
        f"@v{version}",
        f'\nversion = "{version}"\n',
        f"\nversion: {version}\n",
    ]


def quoting(root=ROOT):
    return sorted({path for pattern in QUOTING for path in root.glob(pattern)})


def move(root, repository, version):
    """Put the new address and version in place of the present ones; return the paths that changed."""
    replacements = list(zip(quoted(*project(root)), quoted(repository, version), strict=True))
    changed = []
    for path in quoting(root):
        text = before = path.read_text(encoding="utf-8")
        for old, new in replacements:
            text = text.replace(old, new)
        if text != before:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    repository, version = project()
    parser.add_argument("--repository", default=repository, help="the new address (default: the present one)")
    parser.add_argument("--version", default=version, help="the new version (default: the present one)")
    arguments = parser.parse_args()
    moved = arguments.repository.removesuffix("/").removesuffix(".git")
    if not re.fullmatch(rf"{HOST}[\w-]+/[\w.-]*[\w-]", moved):
        parser.error(f"repository must be of the form {HOST}owner/name. Received: {arguments.repository}")
    if not re.fullmatch(r"\d+\.\d+\.\d+", arguments.version):
        parser.error(f"version must be three numbers. Received: {arguments.version}")
    for path in move(ROOT, moved, arguments.version):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
