"""A page's scripts, buttons and boxes: the stock theme's markup without what no reader of this book needs."""

import re
from pathlib import Path

from bs4 import BeautifulSoup

from html_site.patches import Patch, found, patch_file

VERSIONS = "DOCUMENTATION_OPTIONS.pagename"  # in a script for a menu of versions
BOX = Patch(
    "Sphinx",
    re.compile(r"<blockquote>(?=\s*<div>\s*<p><strong>(\w+))"),
    lambda box: f'<blockquote class="box-{box[1].lower()}">',
)
FORMULAS = Patch("Sphinx", '[".headerlink",', '[".headerlink", ".katex-html", "annotation",')


def configure(app):
    app.config.html_theme_options["use_fullscreen_button"] = False  # Jupyter Book passes no such setting on


def drop_needless_scripts(app, pagename, context):
    for script in list(context["script_files"]):
        if found("pydata-sphinx-theme", VERSIONS, VERSIONS in str(script.attributes)):
            context["script_files"].remove(script)


def defer_scripts(app, pagename, context):
    """Let the text come first, except where a script within the page waits for this one. All pages share the object."""
    for script in context["script_files"]:
        if pagename == "search":
            script.attributes.pop("defer", None)
        elif script.filename and "documentation_options" not in str(script.filename):
            script.attributes["defer"] = "defer"


def show_colab_at_once(app, pagename, context):
    """One tap to Colab instead of two: the theme makes a menu even of a single entry."""
    context["header_buttons"] = [unfolded(button) for button in context.get("header_buttons", [])]


def unfolded(button):
    if not found("sphinx-book-theme", "launch-buttons", button.get("label") == "launch-buttons"):
        return button
    (only,) = button["buttons"]
    return only | {"icon": "fa-solid fa-rocket", "text": "Open in Colab", "label": "launch-button"}


def name_boxes(app, pagename, context):
    """Notebooks write boxes as block quotes that open with a bold word, such as Trap; the style sheet sees a class."""
    context["body"] = BOX(context["body"])


def make_xml(app, pagename, context):
    """An EPUB's page has no scripts, no fonts, no sheets but its own; and markup from notebooks need not be XML."""
    context |= {"metatags": "", "script_files": [], "css_files": ["_static/pygments.css", "_static/epub.css"]}
    context["body"] = BeautifulSoup(context["body"], "html.parser").decode(formatter="minimal")


def quote_formulas_once(app):
    """Search quotes a page's text; Sphinx's script quotes each formula thrice: drawn, read out and in TeX."""
    patch_file(Path(app.outdir, "_static/searchtools.js"), FORMULAS)
