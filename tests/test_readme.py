"""The README and the package's page: their files exist, their commands are the Makefile's, their examples run."""

import doctest
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGE = (ROOT / "book/api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)]+)\)", README))))
def test_a_linked_file_is_there(target):
    assert (ROOT / target).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([\w-]+)", README, re.MULTILINE))))
def test_a_named_command_is_a_target(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def run_blocks(text):
    """Run a text's Python from top to bottom, as a reader would type it; return the names it leaves.

    What needs PyTorch or Optax, `test_recipes` runs where they are.
    """
    scope = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        if not re.search("^import (torch|optax)$", block, re.MULTILINE):
            exec(block, scope)
    return scope


# Both texts say that a range test warns where its rules disagree; whether they do is the machine's affair.
may_disagree = pytest.mark.filterwarnings("ignore:The rules disagree:UserWarning")


@may_disagree
def test_the_readmes_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope = run_blocks(README)
    optimizer, total_steps = scope["model"].optimizer, scope["total_steps"]
    assert optimizer.momentum.total_steps == total_steps
    assert int(optimizer.iterations) == total_steps
    assert scope["model"].evaluate(scope["x_test"], scope["y_test"], verbose=0)[1] > 0.7
    low, high = scope["test"].bracket
    assert 0 < low <= high
    plt.close("all")


@may_disagree
def test_the_pages_python_runs():
    scope = run_blocks(PAGE)
    assert int(scope["model"].optimizer.iterations) == scope["steps"]
    assert 0 < scope["low"] <= scope["high"]


def test_the_pages_sessions_answer_as_printed():
    sessions = re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL)
    assert sessions
    for session in sessions:
        parsed = doctest.DocTestParser().get_doctest(session, {}, "book/api.md", "book/api.md", 0)
        assert doctest.DocTestRunner().run(parsed).failed == 0
