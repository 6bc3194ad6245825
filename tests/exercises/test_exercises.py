"""The checks of the exercises, and the chapters' own solutions held against them."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

from learning_rates import exercises

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CHECK = re.compile(r"^(?:\w+\.)?check\(\"([^\"]+)\"", re.MULTILINE)


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*equal area, .*Received: name='the answer'"):
        exercises.check("the answer", 42)


def test_every_chapter_has_its_module_and_every_module_its_chapter():
    files = {path.stem for path in (ROOT / "src/learning_rates/exercises").glob("[!_]*.py")}
    for name in files - set(exercises.CHAPTERS):
        pytest.fail(f"exercises/{name}.py is unknown until CHAPTERS in exercises/__init__.py lists {name!r}.")
    for name in set(exercises.CHAPTERS) - files:
        pytest.fail(f"CHAPTERS in exercises/__init__.py lists {name!r}, but exercises/{name}.py is missing.")
    notebooks = [path.stem.split("_", 1)[1] for path in CHAPTERS]
    assert notebooks == exercises.CHAPTERS, "CHAPTERS in exercises/__init__.py are the notebooks, in their order"


def module_of(chapter):
    return importlib.import_module(f"learning_rates.exercises.{chapter}")


def test_names_are_unique_over_the_book():
    names = [name for chapter in exercises.CHAPTERS for name in module_of(chapter).EXERCISES]
    assert len(set(names)) == len(names), sorted({name for name in names if names.count(name) > 1})


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_checks_its_modules_exercises_and_no_others(path):
    chapter = path.stem.split("_", 1)[1]
    checked = {name for source in cells(path, "code") for name in CHECK.findall(source)}
    known = set(module_of(chapter).EXERCISES)
    for name in checked - known:
        pytest.fail(f"{path.name} checks {name!r}, which EXERCISES in exercises/{chapter}.py lacks.")
    for name in known - checked:
        pytest.fail(f"exercises/{chapter}.py has {name!r}, which no cell of {path.name} checks.")
    assert len(known) >= 3, f"{path.name} has fewer than three exercises."


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
