"""What guides a contributor is true: files that it names are there, commands are targets, links lead somewhere."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "experiments", "tools", "results", "book")
GUIDES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "benchmarks/README.md")]
GUIDES += [path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/README.md")]
HOMES = [ROOT / home for home in ("", "src/learning_rates", "src/learning_rates/trials", "book/_ext")]
HOMES += [ROOT / "src/learning_rates/trials/declared"]
PAGES = [*ROOT.glob("book/*.md"), *ROOT.glob("notebooks/*.ipynb")]
PLACE = re.compile(r"`([\w./-]+/|[\w./-]+\.(?:py|sh|md|yml|json|toml|ipynb|html|txt))`")
MADE = {"dist/", "content-security-policy.txt", "404.html"}  # by a build
MADE |= {"notebooks/NN_name.ipynb", "exercises/name.py"}  # by those who add a chapter


@pytest.fixture(params=GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def guide(request):
    return request.param


def test_there_are_guides():
    assert len(GUIDES) >= 8


def test_every_named_place_is_there(guide):
    named = {place for place in PLACE.findall(guide.read_text(encoding="utf-8")) if "NAME" not in place} - MADE
    homes = [guide.parent, *HOMES]
    assert [place for place in sorted(named) if not any((home / place).exists() for home in homes)] == []


def test_every_link_leads_somewhere(guide):
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", guide.read_text(encoding="utf-8"))
    assert [target for target in linked if not (guide.parent / target).exists()] == []


def test_every_named_command_is_a_target(guide):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", guide.read_text(encoding="utf-8")))
    assert named - targets == set()


def test_every_module_of_the_package_has_a_place_in_the_architecture():
    """As a word of its own in backquotes or in the drawing: "checks" is also a verb, and "data" part of "datasets"."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawings = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
    places = drawings.findall(text) + re.findall(r"`[^`\n]+`", drawings.sub("", text))
    named = set(re.findall(r"\w+", " ".join(places)))
    package = ROOT / "src/learning_rates"
    modules = [path.stem for path in package.glob("*.py") if not path.stem.startswith("_")]
    folders = [path.name for path in package.iterdir() if (path / "__init__.py").exists() and path.name != "data"]
    assert [name for name in sorted([*modules, *folders]) if name not in named] == []


def test_a_guide_says_what_is_and_promises_nothing(guide):
    """ARCHITECTURE.md once said "soon" of something that nobody had built."""
    promises = r"\b((?<!as )soon|to come|later edition|TODO|not in this build)\b"
    assert re.findall(promises, guide.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda path: path.name)
def test_a_page_promises_nothing_either(path):
    """Chapter 7 spoke of a chapter "which is planned", chapter 8 of "chapter 5, to come", long after both stood."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    promises = r"(\bto come\b(?! down)|which (?:is|are) planned|not in this build|later edition|coming soon|TODO)"
    assert re.findall(promises, text) == []
