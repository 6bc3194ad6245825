"""What nbval lets pass: chapters with stripped outputs, broken images, widget state, markdown that Colab can't draw."""

import base64
import io
import re
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from tools import address
from tools import run_notebooks as notebooks

ROOT = Path(__file__).resolve().parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:content|home|mnt|opt|root|tmp|usr|var|work|Users)/|\b[A-Z]:\\\\")
MYST_DIRECTIVE = re.compile(r"^\s*(?::::|```+\s*\{)", re.MULTILINE)
HTML_IMAGE = re.compile(r"<img\b[^>]*>")


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
    html = notebooks.PNG_IN_HTML.sub("", data.get("text/html", ""))
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
    assert [output for output in outputs(notebook) if notebooks.WIDGET_VIEW in output.get("data", {})] == []
    assert notebook.metadata == notebooks.NOTEBOOK_METADATA
    assert {key for cell in notebook.cells for key in cell.metadata} <= set(notebooks.KEPT_METADATA)


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


def test_every_figure_decodes(notebook):
    for data in [output.get("data", {}) for output in outputs(notebook)]:
        figures = notebooks.PNG_IN_HTML.findall(data.get("text/html", ""))
        for encoded in [*figures, data["image/png"]] if "image/png" in data else figures:
            Image.open(io.BytesIO(base64.b64decode(encoded))).load()


# --------------------------------------------------------------------------------- tools/run_notebooks.py
def made(folder, *sources):
    path = folder / "x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), path)
    return path


def png(image):
    file = io.BytesIO()
    image.save(file, "png", compress_level=0)
    return file.getvalue()


def test_run_stores_outputs_without_noise(tmp_path):
    path = made(tmp_path, "print('one')\nprint('two')", "import ipywidgets\nipywidgets.IntSlider()")
    assert notebooks.run(path) == []
    printed, slider = outputs(nbformat.read(path, as_version=4))
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
    assert complaint in "\n".join(notebooks.run(path))
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
    assert notebooks.complaints("\n".join([*lines, "UserWarning: old name"])) == ["UserWarning: old name"]


def test_a_figure_of_few_colours_shrinks_and_looks_the_same():
    image = Image.radial_gradient("L").convert("RGBA")
    small = Image.open(io.BytesIO(notebooks.shrink(png(image))))
    assert small.mode == "P"
    assert small.convert("RGBA").tobytes() == image.tobytes()


def test_a_photograph_keeps_its_colours():
    image = Image.effect_noise((64, 64), 200).convert("RGB").rotate(90)
    image = Image.merge("RGB", [image.getchannel(0), image.getchannel(1).rotate(90), image.getchannel(2).rotate(180)])
    small = notebooks.shrink(png(image))
    assert Image.open(io.BytesIO(small)).convert("RGB").tobytes() == image.tobytes()
    assert len(small) <= len(png(image))
