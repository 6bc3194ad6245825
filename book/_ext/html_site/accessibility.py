"""The stock theme for those who use no mouse or hear the page: names and roles, as far as markup alone can mend them.

The rest is done by the templates and by frame.mjs, which puts the focus back where it was.
"""

import re

from html_site.patches import Patch, found

# Markdown knows no row headers; in the book's tables the first cell says what its row is about.
FIRST_CELL = Patch(
    "docutils",
    re.compile(r'(<tr class="row-(?:even|odd)">\s*)<td([^>]*)>(.*?)</td>', re.DOTALL),
    r'\1<th scope="row"\2>\3</th>',
)
# The role is deprecated since DPUB-ARIA 1.1 (w3c/dpub-aria#22), and the list around it has no list items.
CITATION = Patch("docutils", ' role="doc-biblioentry"', "")
CITATIONS = Patch("docutils", '<div role="list" class="citation-list">', "<div>")
# The label must contain the visible words: people who steer by voice say what they see.
FOLDED_CELL = Patch("myst-nb", '<summary aria-label="Toggle hidden content">', "<summary>")


def name_downloads(app, pagename, context):
    """The theme calls a page's source by its suffix alone, and calls printing a PDF."""
    for menu in context.get("header_buttons", []):
        if found("sphinx-book-theme", "download-buttons", menu.get("label") == "download-buttons"):
            source, printer = menu["buttons"]
            source["text"] = f"Source ({source['text']})"
            printer |= {"text": "Print", "tooltip": "Print this page", "icon": "fa-solid fa-print"}


def name_rows(app, pagename, context):
    context["body"] = FIRST_CELL(context["body"])


def drop_wrong_roles(app, pagename, context):
    context["body"] = CITATIONS(CITATION(context["body"]))


def name_folded_cells(app, pagename, context):
    context["body"] = FOLDED_CELL(context["body"])
