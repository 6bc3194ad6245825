"""The stock theme's frame for those who use no mouse, or hear the page: names, states, and the focus where it was.

What markup alone can mend is mended here and in the templates; the rest is frame.mjs' part.
"""

import re
from pathlib import Path

SCRIPT = "frame.mjs"
FIRST_CELL = re.compile(r'(<tr class="row-(?:even|odd)">\s*)<td([^>]*)>(.*?)</td>', re.DOTALL)


def configure(app, config):
    config.html_static_path.append(f"book/_static/{SCRIPT}")
    config.html_js_files.append((SCRIPT, {"type": "module"}))


def name(app, pagename, templatename, context, doctree):
    for menu in context.get("header_buttons", []):
        if menu.get("label") == "download-buttons":
            name_downloads(*menu["buttons"])
    if context.get("body"):
        context["body"] = with_named_rows(context["body"])


def name_downloads(source, printer):
    """The theme calls the source by its suffix alone, and printing a PDF."""
    source["text"] = f"Source ({source['text']})"
    printer |= {"text": "Print", "tooltip": "Print this page", "icon": "fa-solid fa-print"}


def with_named_rows(body):
    """Markdown knows no row headers; in the book's tables the first cell says what its row is about."""
    return FIRST_CELL.sub(r'\1<th scope="row"\2>\3</th>', body)


def say_what_was_found(app, error):
    """The number of pages found comes after a while; as a status it is heard then."""
    script = Path(app.outdir, "_static/searchtools.js")
    if error or not script.exists():
        return
    text = script.read_text(encoding="utf-8")
    summary = 'searchSummary.classList.add("search-summary");'
    script.write_text(text.replace(summary, f'{summary} searchSummary.role = "status";'), encoding="utf-8")


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", name, priority=899)  # after the theme, before light_page
    app.connect("build-finished", say_what_was_found)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
