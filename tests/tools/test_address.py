"""The repository's address and version stand in pyproject.toml; whatever quotes them agrees, and moves along."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tools import address

ROOT = Path(__file__).resolve().parents[2]
MOVED = "https://github.com/some-one/a.book"
SLUG = r"([\w-]+/[\w.-]*[\w-])"
# Where the files name this repository, and how: other repositories are linked in other ways.
ADDRESSES = {
    "pyproject.toml": [rf"(?:Repository|Changelog) = \"https://github\.com/{SLUG}"],
    "README.md": [rf"git clone https://github\.com/{SLUG}", rf"research\.google\.com/github/{SLUG}/blob/"],
    "CITATION.cff": [rf"repository-code: \"https://github\.com/{SLUG}\""],
    "book/_config.yml": [rf"url: https://github\.com/{SLUG}"],
    "notebooks/*.ipynb": [rf"research\.google\.com/github/{SLUG}/blob/", rf"git\+https://github\.com/{SLUG}@"],
    "book/api.md": [rf"git\+https://github\.com/{SLUG}@"],
}
VERSIONS = {
    "README.md": r"git\+https://github\.com/\S+@v([\d.]*\d)",
    "book/api.md": r"git\+https://github\.com/\S+@v([\d.]*\d)",
    "notebooks/*.ipynb": r"git\+https://github\.com/\S+@v([\d.]*\d)",
    "CITATION.cff": r"(?m)^version: ([\d.]+)$",
}


@pytest.fixture
def copy(tmp_path):
    """A copy of every file that quotes the address or the version."""
    for path in address.quoting(ROOT):
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tmp_path


def texts(root):
    return {path: path.read_text(encoding="utf-8") for path in address.quoting(root)}


def site(root):
    return yaml.safe_load((root / "book/_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]


def unequal(root):
    """Where another address or version is quoted than pyproject.toml's, or none."""
    repository, version = address.project(root)
    slug = repository.removeprefix(address.HOST)
    for pattern, forms in ADDRESSES.items():
        for path in root.glob(pattern):
            text = path.read_text(encoding="utf-8")
            yield from (f"{path.name}: {form}" for form in forms if set(re.findall(form, text)) != {slug})
    for pattern, form in VERSIONS.items():
        for path in root.glob(pattern):
            if set(re.findall(form, path.read_text(encoding="utf-8"))) != {version}:
                yield f"{path.name}: {form}"


def test_address_and_version_are_the_same_everywhere():
    assert list(unequal(ROOT)) == []


def test_each_quoting_file_is_known_to_the_tool():
    """Otherwise a move would leave the old address behind."""
    slug = address.project()[0].removeprefix(address.HOST)
    found = subprocess.run(["git", "grep", "--files-with-matches", slug], cwd=ROOT, capture_output=True, text=True)
    assert {ROOT / name for name in found.stdout.splitlines()} <= set(address.quoting())


def test_a_move_rewrites_every_place_and_back_leaves_every_byte(copy):
    before, old = texts(copy), address.project(copy)
    assert {path.suffix for path in address.move(copy, MOVED, "7.8.9")} == {".toml", ".md", ".cff", ".yml", ".ipynb"}
    assert address.project(copy) == (MOVED, "7.8.9")
    assert list(unequal(copy)) == []
    assert [str(path) for path, text in texts(copy).items() if old[0].removeprefix(address.HOST) in text] == []
    assert site(copy) == "https://some-one.github.io/a.book/"
    assert "\ncd a.book\n" in (copy / "README.md").read_text(encoding="utf-8")
    address.move(copy, *old)
    assert texts(copy) == before


@pytest.mark.parametrize("file", ["README.md", "CITATION.cff", "book/_config.yml", "notebooks/08_one_cycle.ipynb"])
def test_a_place_that_differs_is_noticed(copy, file):
    path = copy / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(address.project(copy)[0].removeprefix(address.HOST), "some/other"), encoding="utf-8")
    assert any(place.startswith(path.name) for place in unequal(copy))


@pytest.mark.parametrize(
    ("slug", "pages"),
    [
        ("Some-One/book", "https://some-one.github.io/book/"),
        ("some-one/some-one.github.io", "https://some-one.github.io/"),
    ],
)
def test_pages_live_where_github_shows_them(slug, pages):
    assert address.pages(slug) == pages


def test_a_site_at_a_domain_of_its_own_stays(copy):
    config = copy / "book/_config.yml"
    text = config.read_text(encoding="utf-8")
    pages = address.pages(address.project(copy)[0].removeprefix(address.HOST))
    config.write_text(text.replace(pages, "https://book.example.org/"), encoding="utf-8")
    address.move(copy, MOVED, "7.8.9")
    assert site(copy) == "https://book.example.org/"


@pytest.mark.parametrize(
    ("option", "received", "rule"),
    [
        *[
            ("--repository", wrong, "repository must be of the form https://github.com/owner/name")
            for wrong in ("http://github.com/a/b", "https://github.com/a", "https://gitlab.com/a/b", "a/b")
        ],
        ("--version", "v1.0", "version must be three numbers"),
    ],
)
def test_what_is_no_address_or_version_is_refused(monkeypatch, capsys, option, received, rule):
    monkeypatch.setattr("sys.argv", ["address.py", option, received])
    with pytest.raises(SystemExit) as stopped:
        address.main()
    assert stopped.value.code == 2
    assert f"{rule}. Received: {received}" in capsys.readouterr().err
