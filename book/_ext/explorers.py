"""Explorers on the page: their script, and the package's own Python files for it and for exercises to run.

A mount point in a notebook's output names an explorer; the page is told which files that one needs, and the record of
its runs where it has one. They are published byte for byte, so that what the reader drags is what the tests test.
"""

import ast
import functools
import re
import shutil
from pathlib import Path

import compact
import matplotlib
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import learning_rates.explorers
from learning_rates import plots, widgets

PACKAGE = "learning_rates"
SOURCES = "src/learning_rates"
BUNDLE = "book/_bundle/explorer"  # what `npm run build` makes of _static/explorer.mjs and _static/exercise.mjs
WIDE = "full-width"  # the theme folds the page's contents while something of this class is in sight
MOUNT = re.compile(r'<div data-explorer="(\w+)"')
MOUNTED = re.compile(r"<div data-explorer=[^>]*>")
WITHOUT_SCRIPT = '<noscript><p class="explorer-note">This figure comes to life with JavaScript.</p></noscript>'


def start_list(app):
    app.explorer_files = {}  # path on the site: path in the repository, of all that the pages ask for


def prepare_mounts(app, pagename, context):
    """Tell each mount point what its explorer needs, and load the script on pages that have one."""
    context["body"], mounts = MOUNT.subn(lambda mount: mount[0] + needs(app, mount[1]), context["body"])
    context["body"] = MOUNTED.sub(rf"\g<0>{WITHOUT_SCRIPT}", context["body"])
    if mounts:
        script = context["pathto"]("_static/explorer/explorer.js", 1)
        context["metatags"] += f'<script type="module" src="{script}"></script>'


def needs(app, name):
    record = getattr(learning_rates.explorers.load(name), "RECORD", None)
    files = publish_later(app, f"explorers/{name}.py")
    listed = f' class="{WIDE}" data-files="{" ".join(files)}"'
    if not record:
        return listed
    app.explorer_files[f"{PACKAGE}/results/{record}"] = f"results/{record}"
    return f'{listed} data-record="results/{record}"'


def publish_later(app, *files):
    """The files of the package that these need, themselves among them; `publish` will copy them."""
    needed = files_of(Path(app.srcdir, SOURCES), *files)
    app.explorer_files |= {f"{PACKAGE}/{file}": f"{SOURCES}/{file}" for file in needed}
    return needed


def files_of(sources, *files):
    """The files that the page needs for these: themselves, those that they import from the package, and so on.

    The package's own `__init__` stays away, because it loads Keras; the page writes an empty one. So does `trials/`: an
    exercise that needs that is solved in Colab.

    Args:
        sources: The path of the package's folder.
        *files: Paths within that folder, such as explorers/race.py.

    Returns:
        The paths of the files within that folder, sorted.

    Raises:
        ExtensionError: An imported file of the package is not there. The message names the files and who imports it.
    """
    found, waiting = set(), set(files)
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting.update(str(folder / "__init__.py") for folder in Path(file).parents[:-1])
        for places in imported(sources, file):
            if places[-1].startswith("trials"):
                continue
            tried = [place for place in places if place]
            there = [module for place in tried for module in (f"{place}.py", f"{place}/__init__.py")]
            there = [module for module in there if (sources / module).is_file()]
            if not there:
                wanted = f"{SOURCES}/{places[0]}.py"
                raise ExtensionError(f"{', '.join(files)}: {SOURCES}/{file} imports {wanted}, which is not there.")
            waiting.add(there[0])
        waiting -= found
    return sorted(found)


@functools.cache  # many explorers and exercises come by the same files
def imported(sources, file):
    """The imports from the package in a file: for each name, the paths where its module may lie, without suffix."""
    found = []
    for node in nodes_that_run(ast.parse((sources / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules = [alias.name.split(".") for alias in node.names]
            found += [["/".join(parts)] for package, *parts in modules if package == PACKAGE]
        elif isinstance(node, ast.ImportFrom):
            package, *parts = origin(node, file)
            if package == PACKAGE:  # each name is a module, or stands in one
                found += [["/".join([*parts, alias.name]), "/".join(parts)] for alias in node.names]
    return found


def nodes_that_run(node):
    """All nodes below this one, except what only a type checker reads: `if TYPE_CHECKING:`, but not its `else`."""
    is_for_types = isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    for child in node.orelse if is_for_types else ast.iter_child_nodes(node):
        yield child
        yield from nodes_that_run(child)


def origin(node, file):
    """The parts of the module's name after `from`, with a relative one made absolute."""
    module = node.module.split(".") if node.module else []
    folders = [PACKAGE, *Path(file).parent.parts]
    return [*folders[: len(folders) + 1 - node.level], *module] if node.level else module


def publish(app):
    """Copy the script, and no more of the package and its records than the pages ask for."""
    root, published = Path(app.srcdir), Path(app.outdir, "_static/explorer")
    shutil.rmtree(published, ignore_errors=True)  # an older build may have left it
    shutil.copytree(root / BUNDLE, published)
    for copy, original in app.explorer_files.items():
        (published / copy).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / original, published / copy)


class ExplorerDirective(SphinxDirective):
    """`{explorer} name` puts on a page without cells what a notebook's cell stores.

    With `:compact: PAGE`, it is the compact form, which leads to the whole one on that page. A book that is one file
    has the whole one's figure, and no other.
    """

    required_arguments = 1
    option_spec = {"compact": directives.unchanged_required}  # noqa: RUF012  # docutils' way

    def run(self):
        (name,) = self.arguments
        if "compact" in self.options:
            is_site = self.env.app.builder.name == "html"
            return [nodes.raw("", compact.still(name, self.options["compact"]), format="html")] * is_site
        with matplotlib.rc_context():  # the book's style is for this figure, not for what others draw later
            plots.use_style()
            return [nodes.raw("", widgets.still(name), format="html")]


def setup(app):
    app.add_directive("explorer", ExplorerDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
