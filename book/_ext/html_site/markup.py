"""A page's scripts, buttons and boxes: the stock theme's markup without what no reader of this book needs."""

import re

from bs4 import BeautifulSoup

from html_site.patches import Patch, found

VERSIONS = "DOCUMENTATION_OPTIONS.pagename"  # in a script for a menu of versions
HIGHLIGHTS = "sphinx_highlight.js"  # marks words in the sidebar too, and offers to hide marks on pages that have none
BOX = Patch(
    "Sphinx",
    re.compile(r"<blockquote>(?=\s*<div>\s*<p><strong>(\w+))"),
    lambda box: f'<blockquote class="box-{box[1].lower()}">',
)

PRINTED = Patch(
    "myst-nb",
    re.compile(r'(<div class="output [^"]*">\s*<div class="highlight"><pre)(>.*?</pre>)', re.DOTALL),
    lambda output: output[1] + ' class="columns"' * in_columns(output[2]) + output[2],
)
GAP = re.compile(r"\S {2,}\S")
TABLE = 2 / 3  # of its lines have gaps


def configure(app):
    app.config.html_theme_options["use_fullscreen_button"] = False  # Jupyter Book passes no such setting on


def drop_needless_scripts(app, pagename, context):
    for script in list(context["script_files"]):
        versions = found("pydata-sphinx-theme", VERSIONS, VERSIONS in str(script.attributes))
        if found("Sphinx", HIGHLIGHTS, HIGHLIGHTS in str(script.filename)) or versions:
            context["script_files"].remove(script)


def defer_scripts(app, pagename, context):
    """Let the text come first."""
    for script in context["script_files"]:
        if script.filename and "documentation_options" not in str(script.filename):
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


def name_printed_tables(app, pagename, context):
    """What is printed breaks on a phone, but for tables: their columns would be lost."""
    context["body"] = PRINTED(context["body"])


def in_columns(printed):
    """Whether most lines have gaps of two spaces or more, as columns have."""
    lines = BeautifulSoup(printed, "html.parser").get_text().strip("\n").split("\n")
    gaps = [line for line in lines if GAP.search(line)]
    return len(gaps) > 1 and len(gaps) >= TABLE * len(lines)


def make_xml(app, pagename, context):
    """An EPUB's page has no scripts, no fonts, no sheets but its own; and markup from notebooks need not be XML."""
    context |= {"metatags": "", "script_files": [], "css_files": ["_static/pygments.css", "_static/epub.css"]}
    context["body"] = BeautifulSoup(context["body"], "html.parser").decode(formatter="minimal")
