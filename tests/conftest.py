"""Settings that all tests share."""

import os
import re
import sys
from collections import defaultdict
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "agg")

from hypothesis import settings

# A busy machine is no bug: examples have no deadline, and the same ones are drawn each time.
settings.register_profile("book", deadline=None, derandomize=True)
settings.load_profile("book")

TESTS = Path(__file__).parent
MARK_OF_ALL = re.compile(r"^pytestmark = pytest\.mark\.(\w+)$", re.MULTILINE)


def pytest_ignore_collect(collection_path, config):
    """Leave alone what tests only import, and a file that `-m` deselects by the mark of all its tests.

    Otherwise pytest imports both, the one to look for doctests, the other to read its marks. That may take what only
    some environments have: PyTorch, JAX, Chromium's driver, the built site.
    """
    if collection_path.suffix != ".py":
        return None
    if not collection_path.name.startswith("test_"):
        return True
    mark = MARK_OF_ALL.search(collection_path.read_text(encoding="utf-8"))
    expression = config.getoption("markexpr")
    # A mark expression is a Python expression: the file's own mark is true in it, and no other.
    deselected = mark and expression and not eval(expression, {}, defaultdict(bool, {mark[1]: True}))
    return True if deselected else None


@pytest.fixture(autouse=True)
def no_figures_of_others():
    """What draws without naming its axes must not find those that a doctest or another test has left."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")
