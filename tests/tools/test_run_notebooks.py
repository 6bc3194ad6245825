"""Chapters are stored with the outputs of their last run, and without noise; one that fails stays as it was."""

import re

import nbformat
import pytest

from tools import run_notebooks

pytestmark = pytest.mark.slow


def made(folder, *sources):
    path = folder / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), path)
    return path


def test_run_stores_outputs_without_noise(tmp_path):
    path = made(tmp_path, "print('one')\nprint('two')", "import ipywidgets\nipywidgets.IntSlider()")
    assert run_notebooks.run(path) == []
    printed, slider = [output for cell in nbformat.read(path, as_version=4).cells for output in cell.outputs]
    assert printed.text == "one\ntwo\n"
    assert set(slider.data) == {"text/plain"}
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import warnings\nwarnings.warn('old name')", "UserWarning: old name"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_run_leaves_a_notebook_that_warns_or_fails(tmp_path, source, complaint):
    path = made(tmp_path, source)
    before = path.read_bytes()
    assert complaint in "\n".join(run_notebooks.run(path))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_start_up_lines_are_no_complaint():
    lines = [
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
        "I0000 00:00:1795300638.502326   15557 cudart_stub.cc:31] Could not find cuda drivers on your machine.",
        "E0000 00:00:1795300642.608997   15557 cuda_platform.cc:52] failed call to cuInit: UNKNOWN ERROR (303)",
        "2026-11-21 22:00:00.123456: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.",
        "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.",
        "",
    ]
    assert run_notebooks.complaints("\n".join([*lines, "UserWarning: old name"])) == ["UserWarning: old name"]


def test_a_figure_is_stored_as_a_drawing_without_its_date(tmp_path):
    style = "%matplotlib inline\nimport matplotlib.pyplot as plt\nfrom learning_rates import plots\nplots.use_style()"
    path = made(tmp_path, f"{style}\nplt.plot([1, 2])\nplt.show()")
    assert run_notebooks.run(path) == []
    (cell,) = nbformat.read(path, as_version=4).cells
    (shown,) = cell.outputs
    assert set(shown.data) == {"image/svg+xml", "text/plain"}
    assert not re.search(r"20\d\d-\d\d|<style|\d\.\d{7}", shown.data["image/svg+xml"])
