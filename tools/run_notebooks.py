"""Run the chapters and store their outputs, in the only form that the tests accept.

    make notebooks          # all of them
    make notebooks NB=08    # those whose names start with 08

A notebook that fails, or says anything on stderr but TensorFlow's start-up lines, is left as it was.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from learning_rates.plots import compact

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
SVG = "image/svg+xml"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT_METADATA = ("jupyter", "mystnb", "tags")
# The same for everybody, so that a rerun elsewhere is no change.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# TensorFlow's C++ side announces its instruction sets and missing GPUs on stderr, whatever TF_CPP_MIN_LOG_LEVEL says.
TENSORFLOW_START = re.compile(
    r"WARNING: All log messages before absl::InitializeLog\(\).*"
    r"|[IWE]\d{4} [\d:.]+ +\d+ \w+\.cc:\d+\] .*"
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IWE] \S+\.cc:\d+\] .*"
    r"|To enable the following instructions: .*"
)


def execute(notebook, folder):
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        coalesce_streams=True,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()


def clean(notebook):
    """Remove from outputs and metadata what is noise or stale without a kernel, and shrink the figures."""
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in KEPT_METADATA if key in cell.metadata})
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_start_up(output)]
            for output in cell.outputs:
                clean_data(output.get("data", {}))


def is_start_up(output):
    """Whether an output is nothing but TensorFlow's announcements."""
    return output.get("name") == "stderr" and not complaints(output.text)


def complaints(stderr):
    """The lines that are not TensorFlow's announcements."""
    return [line for line in stderr.splitlines() if line.strip() and not TENSORFLOW_START.fullmatch(line)]


def clean_data(data):
    data.pop(WIDGET_VIEW, None)
    if SVG in data:
        data[SVG] = compact(data[SVG])


def store(notebook, path):
    """Write all or nothing: an interrupted run must not leave half a chapter."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
        nbformat.write(notebook, file)
    os.chmod(file.name, path.stat().st_mode)
    os.replace(file.name, path)


def run(path):
    """Run one notebook, and store it unless something is wrong; return what is wrong."""
    notebook = nbformat.read(path, as_version=4)
    try:
        execute(notebook, path.parent)
    except CellExecutionError as error:
        return [str(error)]
    clean(notebook)
    said = [
        f"cell {number} says on stderr: {line}"
        for number, cell in enumerate(notebook.cells, 1)
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
        for line in complaints(output.text)
    ]
    if not said:
        store(notebook, path)
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[""], help="how the notebooks' names start (default: all)")
    names = tuple(parser.parse_args().names)
    chosen = [path for path in sorted(FOLDER.glob("*.ipynb")) if path.name.startswith(names)]
    if not chosen:
        parser.error(f"names must start a notebook's name. Received: {' '.join(names)}")
    failed = False
    for path in chosen:
        wrong = run(path)
        print(path.name, "is as it was:" if wrong else "is stored.", *wrong, sep="\n  " if wrong else " ")
        failed |= bool(wrong)
    sys.exit(failed)


if __name__ == "__main__":
    main()
