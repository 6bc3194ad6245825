"""What nbval lets pass: chapters with stripped outputs, broken images, widget state, markdown that Colab can't draw."""

import base64
import re
from pathlib import Path

import nbformat
import pytest
from lxml import etree

from learning_rates import plots
from tools import address, run_notebooks

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:content|home|mnt|opt|root|tmp|usr|var|work|Users)/|\b[A-Z]:\\\\")
MYST_DIRECTIVE = re.compile(r"^\s*(?::::|```+\s*\{)", re.MULTILINE)
HTML_IMAGE = re.compile(r"<img\b[^>]*>")
EMBEDDED = re.compile(r"(?<=data:image/svg\+xml;base64,)[A-Za-z0-9+/=]+")
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
STYLE = (ROOT / "book/_static/book.css").read_text(encoding="utf-8")
INKS = {"#ffffff", *(f"#{name}" for name in re.findall(r"--ink-(\w{6}):", STYLE))}
CHAPTERS_FIGURES = 1_200_000  # bytes


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def text_of(output):
    """What an output says: its stream or the text in its data, without embedded figures."""
    data = output.get("data", {})
    html = EMBEDDED.sub("", data.get("text/html", ""))
    return "\n".join([output.get("text", ""), data.get("text/plain", ""), html])


def test_chapters_are_found():
    assert PATHS


def test_valid(notebook):
    nbformat.validate(notebook)


def test_every_cell_ran_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_outputs_are_there(notebook):
    """A chapter that prints and draws nothing has been stripped."""
    assert outputs(notebook)
    silent = [cell.execution_count for cell in code_cells(notebook) if "plt.show()" in cell.source and not cell.outputs]
    assert silent == []


def test_no_errors_and_no_stderr(notebook):
    assert [output for output in outputs(notebook) if output.output_type == "error"] == []
    assert [output.text for output in outputs(notebook) if output.get("name") == "stderr"] == []


def test_no_widget_views_and_no_noise_in_the_metadata(notebook):
    assert [output for output in outputs(notebook) if run_notebooks.WIDGET_VIEW in output.get("data", {})] == []
    assert notebook.metadata == run_notebooks.NOTEBOOK_METADATA
    assert {key for cell in notebook.cells for key in cell.metadata} <= set(run_notebooks.KEPT_METADATA)


def test_what_a_reader_solves_is_tagged_so_that_the_page_can_run_it(notebook):
    """And its output is not shown there: that nothing has been written yet is no failure."""
    for cell in code_cells(notebook):
        tags, is_stub = set(cell.metadata.get("tags", [])), bool(re.search(r'^check\("', cell.source, re.MULTILINE))
        assert bool(tags & {"exercise", "exercise-in-colab"}) == is_stub, cell.source
        assert not is_stub or "remove-output" in tags, cell.source


def test_no_paths_of_one_machine(notebook):
    texts = [cell.source for cell in notebook.cells] + [text_of(output) for output in outputs(notebook)]
    assert [found[0] for text in texts for found in MACHINE_PATH.finditer(text)] == []


def test_bootstrap_comes_first(notebook):
    assert code_cells(notebook)[0].source == address.bootstrap_cell(*address.project())
    assert code_cells(notebook)[0].outputs == []


def test_opens_itself_in_colab(notebook, path):
    repository, _ = address.project()
    opens = repository.replace("github.com", "colab.research.google.com/github")
    assert f"{opens}/blob/main/notebooks/{path.name}" in notebook.cells[0].source


def test_markdown_has_no_directive(notebook):
    """Colab would print it as it stands."""
    markdown = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert [found[0] for source in markdown for found in MYST_DIRECTIVE.finditer(source)] == []


def test_every_figure_has_alternative_text(notebook):
    for cell in code_cells(notebook):
        data = [output.get("data", {}) for output in cell.outputs]
        if any(kind.startswith("image/") for item in data for kind in item):
            assert cell.metadata.get("mystnb", {}).get("image", {}).get("alt"), f"cell {cell.execution_count}"
        images = [image for item in data for image in HTML_IMAGE.findall(item.get("text/html", ""))]
        assert [image[:80] for image in images if not re.search(r'\balt="[^"]', image)] == []


def test_a_caption_stands_below_one_figure(notebook):
    """The site puts it below each result of its cell, a table's too."""
    for cell in code_cells(notebook):
        if "figure" in cell.metadata.get("mystnb", {}):
            shown = [output for output in cell.outputs if output.output_type != "stream"]
            assert len(shown) == 1, f"cell {cell.execution_count}"


def test_every_figure_is_a_small_drawing_that_the_page_can_dye(notebook):
    """Pixels would be a grey slab by night."""
    figures = []
    for data in [output.get("data", {}) for output in outputs(notebook)]:
        assert {kind for kind in data if kind.startswith("image/")} <= {run_notebooks.SVG}
        embedded = EMBEDDED.findall(data.get("text/html", ""))
        figures += [base64.b64decode(figure).decode() for figure in embedded]
        figures += [data[run_notebooks.SVG]] if run_notebooks.SVG in data else []
    assert figures
    for figure in figures:
        drawing = etree.fromstring(figure)
        assert not drawing.findall(".//{*}style"), "the page's policy knows no style sheet within a figure"
        assert not drawing.findall(".//{*}image"), "pixels have no inks"
        assert plots.compact(figure) == figure
        assert set(COLOUR.findall(figure)) <= INKS, "book.css says what a colour is by day and by night"
    assert sum(map(len, figures)) <= CHAPTERS_FIGURES
