"""Explorers on the page: their script, and the package's own Python files for it to run.

A mount point in a notebook's output names an explorer; the page is told which files that one needs, and they are
published byte for byte, so that what the reader drags is what the tests test.
"""

import re
import shutil
from pathlib import Path

from sphinx.errors import ExtensionError

PACKAGE = "src/learning_rates"
SHARED = ("schedules.py", "descent.py", "explorers/__init__.py")
MOUNT = re.compile(r'<div data-explorer="(\w+)"')


def check_bundle(app):
    if not bundle(app).is_dir():
        raise ExtensionError("The page's script is missing: type `npm ci && npm run build` first.")


def bundle(app):
    return Path(app.srcdir, "book/_bundle")


def prepare_mounts(app, pagename, templatename, context, doctree):
    body = context.get("body") or ""
    if not MOUNT.search(body):
        return

    def prepared(mount):
        return f'{mount[0]} id="explorer-{mount[1]}" data-files="{" ".join(files(app, mount[1]))}"'

    context["body"] = MOUNT.sub(prepared, body)
    script = context["pathto"]("_static/explorer/explorer.js", 1)
    context["metatags"] = context.get("metatags", "") + f'<script type="module" src="{script}"></script>'


def files(app, name):
    """What an explorer is made of; the package's own `__init__` stays away, because it loads Keras."""
    wanted = [*SHARED, f"explorers/{name}.py"]
    return [file for file in wanted if Path(app.srcdir, PACKAGE, file).exists()]


def publish(app, error):
    if error or app.builder.name != "html":
        return
    static = Path(app.outdir, "_static")
    shutil.rmtree(static / "explorer", ignore_errors=True)
    shutil.copytree(bundle(app), static / "explorer")
    for source in sorted(Path(app.srcdir, PACKAGE).rglob("*.py")):
        relative = source.relative_to(Path(app.srcdir, PACKAGE))
        if str(relative) in SHARED or relative.parent.name == "explorers":
            target = static / "explorer/learning_rates" / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def setup(app):
    app.connect("builder-inited", check_bundle)
    app.connect("html-page-context", prepare_mounts, priority=902)
    app.connect("build-finished", publish, priority=800)  # light_assets looks into its scripts
    return {"parallel_read_safe": True, "parallel_write_safe": True}
