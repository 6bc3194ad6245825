"""Explorers on the page: their script, and the package's own Python files for it to run.

A mount point in a notebook's output names an explorer; the page is told which files that one needs, and the record of
its runs where it has one. They are published byte for byte, so that what the reader drags is what the tests test.
"""

import re
import shutil
from pathlib import Path

import matplotlib
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.errors import ExtensionError

from learning_rates import plots, widgets

PACKAGE = "src/learning_rates"
PLAIN = ("checks", "schedules", "descent", "sweeps")  # what explorers may import, beside their own package
MOUNT = re.compile(r'<div data-explorer="(\w+)"')
IMPORT = re.compile(r"^from learning_rates import (.+)$", re.MULTILINE)
RECORD = re.compile(r'^RECORD = "(.+)"$', re.MULTILINE)


def check_bundle(app):
    if app.builder.name == "html" and not bundle(app).is_dir():
        raise ExtensionError("The page's script is missing: type `npm ci && npm run build` first.")


def bundle(app):
    return Path(app.srcdir, "book/_bundle")


def prepare_mounts(app, pagename, templatename, context, doctree):
    body = context.get("body") or ""
    if not MOUNT.search(body):
        return

    def prepared(mount):
        record = record_of(app, mount[1])
        recorded = f' data-record="results/{record}"' if record else ""
        return f'{mount[0]} data-files="{" ".join(files(app, mount[1]))}"{recorded}'

    context["body"] = MOUNT.sub(prepared, body)
    script = context["pathto"]("_static/explorer/explorer.js", 1)
    context["metatags"] = context.get("metatags", "") + f'<script type="module" src="{script}"></script>'


def source(app, name):
    return Path(app.srcdir, PACKAGE, f"explorers/{name}.py").read_text(encoding="utf-8")


def files(app, name):
    """What an explorer is made of; the package's own `__init__` stays away, because it loads Keras."""
    imported = ", ".join(IMPORT.findall(source(app, name))).split(", ")
    modules = [module for module in PLAIN if module in imported or module == "checks"]
    return [f"{module}.py" for module in [*modules, "explorers/__init__", f"explorers/{name}"]]


def record_of(app, name):
    found = RECORD.search(source(app, name))
    return found and found[1]


def publish(app, error):
    if error or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    shutil.rmtree(static / "explorer", ignore_errors=True)
    shutil.copytree(bundle(app), static / "explorer")
    published = static / "explorer/learning_rates"
    shutil.copytree(Path(app.srcdir, PACKAGE, "explorers"), published / "explorers", ignore=lambda *_: ["__pycache__"])
    for module in PLAIN:
        shutil.copy(Path(app.srcdir, PACKAGE, f"{module}.py"), published)
    (published / "results").mkdir()
    for explorer in sorted(Path(app.srcdir, PACKAGE, "explorers").glob("*.py")):
        if record := record_of(app, explorer.stem):
            shutil.copy(Path(app.srcdir, "results", record), published / "results")


class ExplorerDirective(Directive):
    """`{explorer} name` on a page without cells: what a notebook's cell stores."""

    required_arguments = 1

    def run(self):
        with matplotlib.rc_context():  # the book's style is for this figure, not for what others draw later
            plots.use_style()
            return [nodes.raw("", widgets.explore(self.arguments[0]).still(), format="html")]


def setup(app):
    app.add_directive("explorer", ExplorerDirective)
    app.connect("builder-inited", check_bundle)
    app.connect("html-page-context", prepare_mounts, priority=902)
    app.connect("build-finished", publish, priority=800)  # light_assets looks into its scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
