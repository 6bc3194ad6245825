"""The repository's address stands in pyproject.toml; whatever else quotes it must agree."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tools import address

ROOT = Path(__file__).resolve().parents[2]
MOVED = "https://github.com/some-one/a.book"


@pytest.fixture
def copy(tmp_path):
    """A copy of every file that quotes the address, with one notebook more."""
    for pattern in address.QUOTING:
        for path in ROOT.glob(pattern):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    old, tag = address.project(ROOT)
    badge = (
        f"[Open in Colab]({old.replace('github.com', 'colab.research.google.com/github')}/blob/main/notebooks/x.ipynb)"
    )
    cells = [
        {"cell_type": "markdown", "source": [badge]},
        {"cell_type": "code", "source": address.bootstrap_cell(old, tag).splitlines(keepends=True)},
    ]
    (tmp_path / "notebooks/x.ipynb").write_text(json.dumps({"cells": cells}, indent=1, ensure_ascii=False) + "\n")
    return tmp_path


def texts(root):
    return {path: path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file()}


def test_address_is_the_same_everywhere():
    assert list(address.differing(ROOT)) == []


def test_each_quoting_file_is_known_to_the_script():
    """Otherwise a move would leave the old address behind."""
    slug = address.ADDRESS.fullmatch(address.project(ROOT)[0])[1]
    known = {path for pattern in address.QUOTING for path in ROOT.glob(pattern)}
    searched = [ROOT / "book", ROOT / "notebooks", ROOT / "src", ROOT / "scripts", ROOT / "tests", ROOT / ".github"]
    files = [path for folder in searched for path in folder.rglob("*") if "_build" not in path.parts and path.is_file()]
    files += [path for path in ROOT.iterdir() if path.is_file()]
    quoting = {path for path in files if slug.encode() in path.read_bytes() and ".egg-info" not in str(path)}
    assert {str(path.relative_to(ROOT)) for path in quoting - known} == set()


def test_move_rewrites_every_place(copy):
    slug = address.ADDRESS.fullmatch(address.project(copy)[0])[1]
    assert address.rewrite(copy, MOVED)
    assert address.project(copy)[0] == MOVED
    assert list(address.differing(copy)) == []
    assert [str(path) for path, text in texts(copy).items() if slug in text] == []
    moved = (copy / "notebooks/x.ipynb").read_text()
    assert "google.com/github/some-one/a.book/blob/main/notebooks/x.ipynb" in moved
    assert "git+https://github.com/some-one/a.book@v" in moved
    assert "url: https://github.com/some-one/a.book\n" in (copy / "book/_config.yml").read_text()
    assert "baseurl: https://some-one.github.io/a.book/ " in (copy / "book/_config.yml").read_text()


def test_move_and_back_leaves_every_byte(copy):
    before = texts(copy)
    old, _ = address.project(copy)
    address.rewrite(copy, MOVED)
    address.rewrite(copy, old)
    assert texts(copy) == before


def test_new_version_moves_the_tag(copy):
    project = copy / "pyproject.toml"
    project.write_text(re.sub('(?m)^version = ".*"', 'version = "7.8.9"', project.read_text()))
    assert any("notebooks/x.ipynb" in line for line in address.differing(copy))
    address.rewrite(copy, address.project(copy)[0])
    assert list(address.differing(copy)) == []
    assert "@v7.8.9" in (copy / "notebooks/x.ipynb").read_text()
    assert "@v7.8.9" in (copy / "README.md").read_text()
    assert "\nversion: 7.8.9\n" in (copy / "CITATION.cff").read_text()


@pytest.mark.parametrize("file", ["README.md", "CITATION.cff", "book/_config.yml", "notebooks/x.ipynb"])
def test_check_lists_a_place_that_differs(copy, file):
    path = copy / file
    path.write_text(
        path.read_text().replace(address.project(copy)[0].removeprefix("https://github.com/"), "some/other")
    )
    assert any(line.startswith(f"{file}:") for line in address.differing(copy))


@pytest.mark.parametrize(
    ("repository", "pages"),
    [
        ("https://github.com/Some-One/book", "https://some-one.github.io/book/"),
        ("https://github.com/some-one/some-one.github.io", "https://some-one.github.io/"),
    ],
)
def test_pages_live_where_github_shows_them(repository, pages):
    assert address.pages(repository) == pages


def test_check_lists_a_site_that_stayed_behind(copy):
    config = copy / "book/_config.yml"
    config.write_text(
        config.read_text().replace(address.pages(address.project(copy)[0]), "https://old.github.io/book/")
    )
    assert any(line.startswith("book/_config.yml:") for line in address.differing(copy))


def test_a_site_at_a_domain_of_its_own_stays(copy):
    config = copy / "book/_config.yml"
    config.write_text(config.read_text().replace(address.pages(address.project(copy)[0]), "https://book.example.org/"))
    address.rewrite(copy, MOVED)
    assert "baseurl: https://book.example.org/ " in config.read_text()


def test_links_to_other_repositories_stay(copy):
    page = copy / "book/intro.md"
    page.write_text(page.read_text() + "\n[Keras](https://github.com/keras-team/keras)\n")
    address.rewrite(copy, MOVED)
    assert "https://github.com/keras-team/keras" in page.read_text()


@pytest.mark.parametrize("wrong", ["http://github.com/a/b", "https://github.com/a", "https://gitlab.com/a/b", "a/b"])
def test_address_must_be_a_github_repository(monkeypatch, capsys, wrong):
    monkeypatch.setattr("sys.argv", ["address.py", wrong])
    with pytest.raises(SystemExit) as stopped:
        address.main()
    assert stopped.value.code == 2
    assert f"must be of the form https://github.com/owner/name. Received: {wrong}" in capsys.readouterr().err
