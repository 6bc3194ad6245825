"""The reference that Sphinx draws from docstrings, made to suit their plain formulas, backquotes and arXiv numbers."""

import os
import re
import sys

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError
from sphinx.ext.autodoc.mock import mock

ARXIV = re.compile(r"\barXiv[ :](\d{4}\.\d{4,5})")
SHORT_TERM = re.compile(r"(?<=\b\w) ([−+/·]) (?=\w\b)")  # T − 1, which no line should break
COLON = "\0"


def load_keras():
    """Load it ahead of whatever imports it, on its lightest backend, NumPy's: nothing runs, and TensorFlow is slow.

    It asks for JAX and scikit-learn, and mocks will do. A mock of Keras itself would be quicker still, but the
    optimizers are subclasses made from Keras's live classes.
    """
    if "keras" in sys.modules:
        raise ExtensionError("Something has loaded Keras: in book/_config.yml `reference` comes ahead of it.")
    os.environ["KERAS_BACKEND"] = "numpy"
    with mock(["jax", "sklearn"]):
        import keras  # noqa: F401


def keep_whole(app, what, name, obj, options, lines):
    """Napoleon takes what stands before a colon in a property's first line for its type: hide the colon until after."""
    if what == "property":
        lines[:] = [line.replace(":", COLON) for line in lines]


def suit(app, what, name, obj, options, lines):
    """Escape the bars of |x|, which reST takes for a substitution; link arXiv's numbers; leave examples alone."""
    example = False
    for number, line in enumerate(lines):
        example = bool(line.strip()) and (example or line.lstrip().startswith(">>>"))
        if not example:
            line = ARXIV.sub(r"`arXiv \1 <https://arxiv.org/abs/\1>`__", line.replace(COLON, ":"))
            lines[number] = SHORT_TERM.sub("\u00a0\\1\u00a0", line).replace("|", r"\|")


def shorten(app, domain, objtype, content):
    """Show names as they are imported: schedules.constant, SGD."""
    if domain != "py":
        return
    for name in content.parent.findall(addnodes.desc_addname):
        name[:] = [nodes.Text(name.astext().removeprefix("learning_rates."))]


def keep_plain(app, env, node, content):
    """A name in backquotes is a link where this page knows it, else plain code, such as an argument of the function."""
    return content if node.get("reftype") == "obj" and node.get("refdomain") == "py" else None


def setup(app):
    load_keras()
    app.connect("autodoc-process-docstring", keep_whole, priority=400)  # before napoleon
    app.connect("autodoc-process-docstring", suit, priority=600)  # after it
    app.connect("object-description-transform", shorten)
    app.connect("missing-reference", keep_plain)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
