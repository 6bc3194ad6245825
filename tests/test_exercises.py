"""The checks of the exercises, and the chapters' own solutions held against them."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from learning_rates import exercises, schedules

CHAPTERS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
EMPTY = "A number is asked for, and this is empty."
NAN = "A number is asked for, and this is nan."
WRONG = [
    ("the peak's step", lambda p, n: ..., EMPTY),
    ("the peak's step", lambda p, n: math.nan, NAN),
    ("the peak's step", lambda p, n: math.inf, "A number is asked for, and this is inf."),
    ("the peak's step", 29, "A function is asked for, and this is 29."),
    ("the peak's step", lambda p, n: p * n, "For pct_start=0.3, total_steps=100 you give 30.0: an earlier step"),
    ("the peak's step", lambda p, n: n + 5, "For pct_start=0.3, total_steps=100 you give 105: an earlier step"),
    ("the peak's step", lambda p, n: 0, "For pct_start=0.3, total_steps=100 you give 0: a later step"),
    ("the peak's step", lambda p, n: int(p * n) - 1, "For pct_start=0.29, total_steps=100 you give 27: a later"),
    ("the peak's step", lambda p, n: 0.5, "A step is a whole number ≥ 0, and this is 0.5."),
    ("the peak's step", lambda p, n: 29, "For pct_start=0.25, total_steps=40 you give 29: an earlier step"),
    ("the momentum used", lambda weights, rate: ..., EMPTY),
    ("the momentum used", lambda weights, rate: math.nan, NAN),
    ("the momentum used", lambda weights, rate: "0.9", "A number is asked for, and this is '0.9'."),
    ("the momentum used", 0.95, "A function is asked for, and this is 0.95."),
    (
        "the momentum used",
        lambda weights, rate: 0.9,
        "For weights=[1.0, 0.9, 0.715], rate=0.1 you give 0.9, with which θ₂ would be 0.7200.",
    ),
    ("equal area", ..., EMPTY),
    ("equal area", math.nan, NAN),
    ("equal area", -1.0, "A peak is > 0, and this is -1.0."),
    ("equal area", 0.04, "The area under your one-cycle is 0.505 times that under the linear decay."),
]


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=[f"{name}: {fault}" for name, _, fault in WRONG])
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out.startswith(f"{name}: not yet. {fault}")


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="name must be one of equal area, the momentum used, the peak's step"):
        exercises.check("the answer", 42)


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
        exec(block, {"check": exercises.check, "schedules": schedules, "np": np, "math": math})
        assert capsys.readouterr().out.endswith(": correct.\n")
