"""Keep the repository's address and tag equal everywhere they are quoted.

They stand in one place, pyproject.toml: `[project.urls] Repository` and `version` (the tag is v + version). This
rewrites the site's configuration, the notebooks' bootstrap cells and Colab links, README.md and CITATION.cff to match.

    make address                                              # after a new version
    make address REPOSITORY=https://github.com/owner/name     # after a move; the site's address moves along
    python tools/address.py --check                         # list what differs, change nothing
"""

import argparse
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
QUOTING = ["pyproject.toml", "README.md", "CITATION.cff", "book/_config.yml", "book/*.md", "notebooks/*.ipynb"]
SLUG = r"[\w-]+/[\w.-]*[\w-]"  # owner/name
ADDRESS = re.compile(rf"https://github\.com/({SLUG})")  # Colab opens notebooks from GitHub, hence one host

# The first code cell of every notebook.
BOOTSTRAP = """\
# Colab lacks the book's package and gets it here, with its own TensorFlow
# left alone; elsewhere this does nothing.
import importlib.util
import os
import subprocess
import sys

if importlib.util.find_spec("learning_rates") is None:
    release = "git+{repository}@{tag}"
    source = os.environ.get("LEARNING_RATES_SOURCE", release)
    package = f"learning-rates[book] @ {{source}}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", package]
    subprocess.run(pip, check=True)"""


def project(root=ROOT):
    """The repository's address and the tag that the notebooks install."""
    table = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return table["urls"]["Repository"], f"v{table['version']}"


def pages(repository):
    """Where GitHub Pages shows the site; in the configuration, a domain of one's own stays."""
    owner, name = ADDRESS.fullmatch(repository)[1].split("/")
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name == host else f"https://{host}/{name}/"


def bootstrap_cell(repository, tag):
    return BOOTSTRAP.format(repository=repository, tag=tag)


def corrected(text, old, repository, tag):
    """`text` with the address and tag it should quote, where `old` is the address it may still quote."""
    slug = ADDRESS.fullmatch(repository)[1]
    for pattern, right in [
        (rf"(?<=github\.com/){re.escape(ADDRESS.fullmatch(old)[1])}(?![\w-])", slug),
        (rf"(?<=colab\.research\.google\.com/github/){SLUG}(?=/blob/)", slug),
        (rf"(?<=git clone https://github\.com/){SLUG}", slug),
        (rf"(?<=git\+https://github\.com/){SLUG}@v[\d.]*\d", f"{slug}@{tag}"),
        (
            rf'(?m)(^ *(?:url|repository-code|Repository|Changelog)\s*[:=]\s*"?https://github\.com/){SLUG}',
            rf"\g<1>{slug}",
        ),
        (r"(?m)(?<=^version: )[\d.]+$", tag[1:]),
        (r"(?<=baseurl: )https://[\w-]+\.github\.io/\S*", pages(repository)),
    ]:
        text = re.sub(pattern, right, text)
    return text


def first_code_cell(notebook):
    return next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def corrected_notebook(text, old, repository, tag):
    """The same for a notebook, whose bootstrap cell is set whole."""
    text = corrected(text, old, repository, tag)
    notebook = json.loads(text)
    source = bootstrap_cell(repository, tag).splitlines(keepends=True)
    cell = first_code_cell(notebook)
    if "LEARNING_RATES_SOURCE" not in "".join(cell["source"]) or cell["source"] == source:
        return text
    cell["source"] = source
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def corrections(root, old, repository, tag):
    """What each quoting file should hold: pairs of its path and text, for the files that differ."""
    for path in sorted({path for pattern in QUOTING for path in root.glob(pattern)}):
        text = path.read_text(encoding="utf-8")
        correct = corrected_notebook if path.suffix == ".ipynb" else corrected
        right = correct(text, old, repository, tag)
        if right != text:
            yield path, right


def rewrite(root, repository):
    """Put `repository` and the present tag everywhere; return the paths that changed."""
    old, tag = project(root)
    changed = list(corrections(root, old, repository, tag))
    for path, text in changed:
        path.write_text(text, encoding="utf-8")
    return [path for path, _ in changed]


def differing(root):
    """Where the files quote another address or tag than pyproject.toml's: lines of the form file:line: text."""
    repository, tag = project(root)
    for path, right in corrections(root, repository, repository, tag):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = set(right.splitlines())
        for number, line in enumerate(lines, 1):
            if line not in kept:
                yield f"{path.relative_to(root)}:{number}: {line.strip()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", nargs="?", help="the new address (default: the present one)")
    parser.add_argument("--check", action="store_true", help="list what differs, change nothing")
    arguments = parser.parse_args()
    if arguments.check:
        found = list(differing(ROOT))
        print("\n".join(found) or "The address is the same everywhere.")
        sys.exit(bool(found))
    repository = (arguments.repository or project()[0]).removesuffix("/").removesuffix(".git")
    if not ADDRESS.fullmatch(repository):
        parser.error(f"repository must be of the form https://github.com/owner/name. Received: {arguments.repository}")
    for path in rewrite(ROOT, repository):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
