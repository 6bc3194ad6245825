"""The steps that make the book's pages: they change what they mean to change, or say what is missing."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import pytest
from matplotlib.colors import to_hex

from learning_rates import plots
from learning_rates.explorers import NAMES

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/learning_rates"
COLOUR = re.compile("#[0-9a-f]{6}")
sys.path.insert(0, str(ROOT / "book/_ext"))

import predictions  # noqa: E402
from docutils import nodes  # noqa: E402
from explorers import files_of  # noqa: E402
from html_site import FINISH, PAGE, figures, markup, patches, policy, previews  # noqa: E402
from sphinx.errors import ExtensionError  # noqa: E402


@pytest.fixture
def told(monkeypatch):
    """What a build is told that has not looked for anything yet."""
    errors = []
    monkeypatch.setattr(patches, "_was_found", {})
    monkeypatch.setattr(patches.logger, "error", errors.append)
    return errors


def status_after_check():
    app = SimpleNamespace(statuscode=0)
    patches.check(app)
    return app.statuscode


def test_a_patch_that_finds_its_place_on_one_page_of_three_is_content(told):
    patch = patches.Patch("theme", "<b class='(x)'>", "<b>")
    assert [patch(page) for page in ("none", "<b class='(x)'>", "none")] == ["none", "<b>", "none"]
    assert status_after_check() == 0
    assert told == []


def change_text(folder):
    patches.Patch("somebody's theme", "no such (text)", "")("a page")


def change_file(folder):
    (folder / "script.js").write_text("a script")
    patches.patch_file(folder / "script.js", patches.Patch("somebody's theme", "no such text", ""))


def change_missing_file(folder):
    patches.patch_file(folder / "script.js", patches.Patch("somebody's theme", "text", ""))


def change_name(folder):
    patches.patch_name("somebody's theme", patches, "no_such_function", None)


@pytest.mark.parametrize("change", [change_text, change_file, change_missing_file, change_name])
def test_a_patch_that_finds_nothing_fails_the_build_and_names_the_package(told, tmp_path, change):
    change(tmp_path)
    assert status_after_check() == 1
    (error,) = told
    assert error.startswith("somebody's theme no longer has")


def stock_patches():
    """Every patch that stands in a module of the steps: {where: patch}."""
    modules = [(name, module) for name, module in sys.modules.items() if name.startswith(("html_site.", "one_file."))]
    values = {f"{home}.{name}": value for home, module in modules for name, value in vars(module).items()}
    several = {name: value for name, value in values.items() if type(value) is tuple}
    values |= {f"{name}[{i}]": each for name, value in several.items() for i, each in enumerate(value)}
    return {name: value for name, value in values.items() if isinstance(value, patches.Patch)}


@pytest.mark.parametrize("name", stock_patches())
def test_each_patch_of_a_stock_text_tells_when_that_is_gone(told, name):
    patch = stock_patches()[name]
    assert patch("Nothing of a stock page.") == "Nothing of a stock page."
    assert status_after_check() == 1
    (error,) = told
    assert error.startswith(patch.package)


@pytest.mark.parametrize("form", PAGE)
def test_every_form_of_the_book_ends_with_the_check_of_its_patches(form):
    assert FINISH[form][-1] is patches.check


# ------------------------------------------------------------------------------------------------------- predictions
def paragraph(text):
    return nodes.paragraph(text, text)


def predict():
    return nodes.block_quote("", paragraph("Predict. What comes?"))


def cell(shows=None, **attributes):
    parts = [nodes.container("", paragraph("code"), nb_element="cell_code_source")]
    parts += [nodes.container("", paragraph(shows), nb_element="cell_code_output")] if shows else []
    return nodes.container("", *parts, classes=["cell"], **attributes)


def folded(*parts, builder="html"):
    """The words that stay and, in brackets, those that are folded."""
    section = nodes.section("", *parts)
    predictions.fold(SimpleNamespace(builder=SimpleNamespace(name=builder)), section)
    open_, hidden = (["|".join(part.astext().split()) for part in found] for found in sorted_out(section))
    return open_, hidden


def sorted_out(section):
    answers = list(section.findall(predictions.Answer))
    return [part for part in section if part not in answers], [part for answer in answers for part in answer]


DRAWS = {"hide_mode": "input"}
ASSERTS = {"hide_mode": "all"}


def test_the_result_and_the_paragraph_that_reads_it_are_folded():
    parts = predict(), paragraph("set-up"), cell("figure", **DRAWS), cell(**ASSERTS), paragraph("why"), paragraph("on")
    assert folded(*parts) == (["Predict.|What|comes?", "set-up", "on"], ["code|figure", "code", "why"])


def test_code_that_teaches_stays_above_its_folded_result():
    assert folded(predict(), cell(), cell("figure")) == (["Predict.|What|comes?", "code", "code"], ["figure"])


@pytest.mark.parametrize(
    "parts",
    [
        (predict(), paragraph("the answer comes later")),
        (predict(), nodes.section("", cell("a figure of another section"))),
        (predict(), nodes.block_quote("", paragraph("Trap. Another box.")), cell("its figure")),
        (nodes.block_quote("", paragraph("The question. Why?")), cell("figure")),
    ],
)
def test_what_answers_no_prediction_stays_open(parts):
    assert folded(*[part.deepcopy() for part in parts])[1] == []


@pytest.mark.parametrize("builder", ["singlehtml", "epub"])
def test_on_paper_and_in_an_e_reader_nothing_is_folded(builder):
    assert folded(predict(), cell("figure"), builder=builder)[1] == []


# ----------------------------------------------------------------------------------------------------------- figures
INKS = figures.inks((ROOT / figures.STYLE).read_text(encoding="utf-8"))
STYLE = matplotlib.rc_params_from_file(PACKAGE / "book.mplstyle", use_default_template=False)
CYCLE = STYLE["axes.prop_cycle"].by_key()["color"]
LINES = {to_hex(STYLE["axes.edgecolor"]), *CYCLE, *plots.SHADES, *(look["color"] for look in plots.STYLES.values())}
LETTERS = {to_hex(STYLE[part]) for part in ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")}


def test_white_on_black_has_the_contrast_of_the_standard():
    assert figures.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert figures.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's example


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_stand_out_and_letters_can_be_read_by_day_and_by_night(theme):
    inks = INKS[theme]
    paper = inks["#ffffff"]
    for colour in LINES:
        assert figures.contrast(inks[colour], paper) >= 3, colour
    for colour in LETTERS:
        assert figures.contrast(inks[colour], paper) >= 4.5, colour
    for colour in LINES:
        assert figures.contrast(figures.readable(inks[colour], paper), paper) >= 4.5, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_in_order_goes_from_most_to_least_contrast(theme):
    contrasts = [figures.contrast(INKS[theme][shade], INKS[theme]["#ffffff"]) for shade in plots.SHADES]
    assert contrasts == sorted(contrasts, reverse=True)


def test_a_figure_is_dyed_and_its_letters_more_so():
    drawing = '<path style="stroke: #f89c20"/><g style="fill: #f89c20" transform="translate(1 2) scale(0.1 -0.1)"></g>'
    line, letters = COLOUR.findall(figures.dyed(drawing, INKS["light"]))
    assert line == INKS["light"]["#f89c20"]
    assert figures.contrast(letters, "#ffffff") >= 4.5 > figures.contrast(line, "#ffffff")


def test_a_colour_without_an_ink_fails_the_build_and_is_named():
    with pytest.raises(ExtensionError, match="#abcdef"):
        figures.dyed('<path style="fill: #ffffff; stroke: #abcdef"/>', INKS["dark"])


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("<pre><span></span>peak 0.08  held: +0.15\npeak 0.16  held: +1.35\n</pre>", True),
        ("rung          loss\none-cycle     0.43\n\nlinear        0.44", True),
        ("Search from 0.0015 up to where it diverged.\nThe best may lie above.", False),
        ("one line  alone", False),
        ("", False),
    ],
)
def test_printed_tables_are_known_by_their_gaps(printed, expected):
    assert markup.in_columns(printed) == expected


# ------------------------------------------------------------------------------------------------- explorers' files
@pytest.mark.parametrize("name", NAMES)
def test_an_explorer_needs_itself_and_never_the_packages_own_init(name):
    files = files_of(PACKAGE, f"explorers/{name}.py")
    assert {"explorers/__init__.py", f"explorers/{name}.py"} <= set(files)
    assert "__init__.py" not in files, "it would load Keras"


@pytest.fixture
def package(tmp_path):
    """Write the files of a small package."""

    def write(sources):
        for file, text in ({"__init__.py": "import keras", "explorers/__init__.py": "import json"} | sources).items():
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(text)
        return tmp_path

    return write


FORMS = {
    "from learning_rates import a, b": ["a.py", "b.py"],
    "from learning_rates import (\n    a,\n    b as c,\n)": ["a.py", "b.py"],
    "import math, learning_rates.a": ["a.py"],
    "from learning_rates.a import (\n    x,\n    y,\n)": ["a.py"],
    "from learning_rates.explorers.other import x": ["explorers/other.py"],
    "from learning_rates.explorers import choice, other": ["explorers/other.py"],
    "from learning_rates.folder.deep import x": ["folder/__init__.py", "folder/deep.py"],
    "from . import other": ["explorers/other.py"],
    "from .other import x": ["explorers/other.py"],
    "from .. import a": ["a.py"],
    "from ..folder import deep": ["folder/__init__.py", "folder/deep.py"],
    "def late():\n    from ..b import x": ["b.py"],
    '"""\nfrom learning_rates import a\n"""': [],
    "from json import a": [],
    "if TYPE_CHECKING:\n    from learning_rates import a\nelse:\n    from learning_rates import b": ["b.py"],
    "import typing\nif typing.TYPE_CHECKING:\n    from learning_rates import gone": [],
    "def late():\n    from learning_rates.trials import statistics": [],
    "if not TYPE_CHECKING:\n    from learning_rates import a": ["a.py"],
}
FILES = dict.fromkeys(["a.py", "b.py", "explorers/other.py", "folder/__init__.py", "folder/deep.py"], "")


@pytest.mark.parametrize("text", FORMS)
def test_imports_of_every_form_are_followed(package, text):
    files = files_of(package(FILES | {"explorers/one.py": text}), "explorers/one.py")
    assert files == sorted(["explorers/__init__.py", "explorers/one.py", *FORMS[text]])


def test_imports_are_followed_through_other_files_and_in_circles(package):
    chain = {"explorers/one.py": "from learning_rates import a", "a.py": "from .b import x", "b.py": "from . import a"}
    assert files_of(package(chain), "explorers/one.py") == ["a.py", "b.py", "explorers/__init__.py", "explorers/one.py"]


@pytest.mark.parametrize(
    "text", ["from learning_rates import gone", "from learning_rates.gone import x", "import learning_rates.gone"]
)
def test_what_is_missing_is_named_with_the_explorer_and_the_file_that_asks_for_it(package, text):
    folder = package({"explorers/one.py": "from learning_rates import a", "a.py": text})
    with pytest.raises(ExtensionError, match=r"explorers/one\.py: src/learning_rates/a\.py imports .*gone.*not there"):
        files_of(folder, "explorers/one.py")


# ------------------------------------------------------------------------------------------------ cards and policies
def test_the_card_of_a_shared_link_says_the_books_name(tmp_path, monkeypatch):
    """It said "Project name not set", which is what Sphinx calls a book that has only a title."""
    drawn = []
    monkeypatch.setattr(previews, "card", lambda root, title, path: drawn.append(title))
    config = SimpleNamespace(html_title="The Book", project="Project name not set")
    previews.draw_card(SimpleNamespace(srcdir=ROOT, outdir=tmp_path, config=config))
    assert drawn == ["The Book"]
    monkeypatch.undo()
    figure = previews.card(ROOT, "The Book", tmp_path / "card.png")
    assert "The Book" in [text.get_text() for text in figure.texts]


def test_a_page_without_a_charset_has_no_place_for_its_policy():
    assert policy.with_meta('<meta charset="utf-8"><title>', "none", "a.html").endswith('content="none"><title>')
    with pytest.raises(ExtensionError, match=r"a\.html"):
        policy.with_meta("<title>", "none", "a.html")
