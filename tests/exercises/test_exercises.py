"""The checks of the exercises, and the chapters' own solutions held against them."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from learning_rates import exercises

CHAPTERS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*equal area, .*Received: name='the answer'"):
        exercises.check("the answer", 42)


def test_names_are_unique_over_the_book():
    modules = [importlib.import_module(f"learning_rates.exercises.{chapter}") for chapter in exercises.CHAPTERS]
    assert len(exercises.every_exercise()) == sum(len(module.EXERCISES) for module in modules)
    assert all(len(module.EXERCISES) >= 3 for module in modules)


def cells(path, kind):
    """The sources of a chapter's cells of one kind."""
    every = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in every if cell["cell_type"] == kind]


def imports(path):
    """The chapter's own imports, which are all that a reader who pastes a solution can count on."""
    nodes = [node for source in cells(path, "code") for node in ast.parse(source).body]
    return "\n".join(ast.unparse(node) for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)))


def solutions(path):
    """The Python blocks inside the chapter's folded solutions."""
    folded = "".join(source for source in cells(path, "markdown") if "<details>" in source)
    return re.findall(r"```python\n(.*?)```", folded, re.DOTALL)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapters_solutions_pass_its_checks(path, capsys):
    blocks = solutions(path)
    assert len(blocks) >= 3
    for block in blocks:
        names = {}
        exec(imports(path), names)
        exec(block, names)
        assert capsys.readouterr().out.endswith(": correct.\n")
