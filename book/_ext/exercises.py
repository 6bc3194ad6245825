"""Exercises on the page: what turns a stub into an editor with a button, and leads to Colab where no page can run it.

A notebook's cell with the tag `exercise` is solved on the page; the tag `exercise-in-colab` says that it asks for more
modules, or more time, than a page's Python has. Its output says no more than that nothing has been written yet, so
`remove-output` hides it.
"""

import ast
import html
import re
import shutil
from pathlib import Path

import explorers
import nbformat
from sphinx.errors import ExtensionError

STATIC = "book/_static/exercise"
PUBLISHED = "_static/explorer/exercise"
CELL = re.compile(
    r'(?P<start><div class="cell[^"]* tag_(?P<tag>exercise(?:-in-colab)?)(?= |")[^"]*")>'
    r'(?P<code>\s*<div class="cell_input[^"]*">\s*<div class="highlight-[^>]*><div class="highlight"><pre>.*?</pre>'
    r"\s*</div>\s*</div>\s*</div>)",
    re.DOTALL,
)
TAGGED = re.compile(r'<div class="cell[^"]* tag_exercise')
COLAB = re.compile(r'href="(https://colab\.research\.google\.com/github/[^"]+)"')
CHECKED = re.compile(r'^check\("([^"]+)"', re.MULTILINE)
PLAIN = ("checks", "descent", "loss_curves", "schedules", "sweeps")  # of the package, what the page's Python runs
MODULES = ("json", "math", "numpy")  # MicroPython's own, and one with a stand-in
IN_COLAB = (
    '<p class="exercise-note">This exercise asks too much of a page\'s Python: '
    '<a href="{}">open the chapter in Colab</a>.</p>'
)
NO_SCRIPT = (
    '<noscript><p class="exercise-note">With JavaScript, this exercise is solved here; without, '
    '<a href="{}">in Colab</a>.</p></noscript>'
)


def prepare_cells(app, pagename, context):
    """Tell each exercise's cell what it needs, and load the script on pages that have one."""
    path = Path(app.srcdir, f"{pagename}.ipynb")
    tagged = len(TAGGED.findall(context["body"]))
    if not tagged or not path.exists():
        return
    chapter = path.stem.split("_", 1)[1]
    imports, lacked = imports_of(path)
    plain = [f"{module}.py" for module in PLAIN]  # all, since solutions import some that their chapter does not
    files = explorers.publish_later(app, f"exercises/{chapter}.py", *plain)
    given = {"chapter": chapter, "files": " ".join(files), "imports": imports, "lacked": " ".join(lacked)}
    given["colab"] = html.unescape(COLAB.search(context["body"])[1])
    context["body"], times = CELL.subn(lambda cell: prepared(cell, given), context["body"])
    if times != tagged:
        raise ExtensionError(f"{path.name}: myst-nb no longer writes cells as this extension reads them")
    script = context["pathto"]("_static/explorer/exercise.js", 1)
    context["metatags"] += f'<script type="module" src="{script}"></script>'


def prepared(cell, given):
    colab = html.escape(given["colab"])
    if cell["tag"] != "exercise":
        return f"{cell['start']}>{cell['code']}{IN_COLAB.format(colab)}"
    name = CHECKED.search(html.unescape(re.sub("<[^>]*>", "", cell["code"])))[1]
    data = {"exercise": name} | given
    attributes = "".join(f' data-{key}="{html.escape(value)}"' for key, value in data.items())
    return f"{cell['start']}{attributes}>{cell['code']}{NO_SCRIPT.format(colab)}"


def imports_of(path):
    """A chapter's imports, for the page.

    Returns:
        Those that the page can follow, as Python, and the names of all others.
    """
    can, cannot = [], []
    for node in (node for cell in code_cells(path) for node in ast.parse(cell).body):
        if isinstance(node, ast.Import):
            module_of = {alias: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module_of = dict.fromkeys(node.names, node.module)
        else:
            continue
        for alias, module in module_of.items():
            own = module == explorers.PACKAGE and alias.name in PLAIN
            checks = module.startswith(f"{explorers.PACKAGE}.exercises")
            if own or checks or module in MODULES or (module, alias.name) == ("scipy", "stats"):
                one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(module, [alias], 0)
                can.append(ast.unparse(one))
            else:
                cannot.append(alias.asname or alias.name.split(".")[0])
    return "\n".join(can), sorted(set(cannot))


def code_cells(path):
    """Without the first, which installs the package in Colab."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return [cell.source for cell in cells[1:]]


def publish(app):
    """Copy what runs the reader's code, and the stand-ins for modules that MicroPython lacks."""
    source, published = Path(app.srcdir, STATIC), Path(app.outdir, PUBLISHED)
    published.mkdir(parents=True, exist_ok=True)
    for file in [source / "run.py", *sorted((source / "stand_ins").glob("*.py"))]:
        shutil.copy(file, published)


def setup(app):
    return {"parallel_read_safe": True, "parallel_write_safe": False}
