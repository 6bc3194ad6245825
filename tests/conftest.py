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
# Whose tests train networks, draw figures, start a kernel or install something: what `make check` has no time for.
SLOW = [
    TESTS / name
    for name in (
        "exercises/test_claims_on_trial.py",
        "explorers/test_explorers.py",
        "range_test/test_batches.py",
        "range_test/test_lr_range_test.py",
        "range_test/test_restore.py",
        "range_test/test_sweep.py",
        "test_datasets.py",
        "test_models.py",
        "test_optimizers.py",
        "test_package.py",
        "test_readme.py",
        "test_widgets.py",
        "tools/test_run_notebooks.py",
        "trials/test_runner.py",
    )
]
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


@pytest.hookimpl(tryfirst=True)  # before `-m` deselects
def pytest_collection_modifyitems(items):
    missing = [str(path) for path in SLOW if not path.is_file()]
    if missing:
        raise pytest.UsageError(f"SLOW in tests/conftest.py must name files that exist. Received: {', '.join(missing)}")
    for item in items:
        if item.path in SLOW:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def no_figures_of_others():
    """What draws without naming its axes must not find those that a doctest or another test has left."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")
