"""The checks of the exercises, and the chapters' own solutions held against them."""

import importlib
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from learning_rates import descent, exercises, schedules

CHAPTERS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match=r"name must be one of .*equal area, .*Received: name='the answer'"):
        exercises.check("the answer", 42)


def test_names_are_unique_over_the_book():
    modules = [importlib.import_module(f"learning_rates.exercises.{chapter}") for chapter in exercises.CHAPTERS]
    assert len(exercises.every_exercise()) == sum(len(module.EXERCISES) for module in modules)
    assert all(len(module.EXERCISES) >= 3 for module in modules)


def solutions(path):
    """The Python blocks inside the chapter's folded solutions."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    folded = "".join("".join(cell["source"]) for cell in cells if "<details>" in "".join(cell["source"]))
    return re.findall(r"```python\n(.*?)```", folded, re.DOTALL)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapters_solutions_pass_its_checks(path, capsys):
    blocks = solutions(path)
    assert len(blocks) >= 3
    for block in blocks:
        exec(block, {"check": exercises.check, "schedules": schedules, "descent": descent, "np": np, "math": math})
        assert capsys.readouterr().out.endswith(": correct.\n")
