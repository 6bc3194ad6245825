"""What the search page looks through: the book's sections, and no page furniture.

A record is a section without its subsections, a term of the glossary, a name of the package's page, or an entry of the
bibliography. Code and solutions stay out: nobody searches for a line of code by its words, and an excerpt must not give
an answer away. `book/asked.json` adds what visitors ask who look for a section in other words than its own.
"""

import json
import re
import shutil
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from html_site.patches import patch_name

logger = logging.getLogger(__name__)
BUNDLE = "book/_bundle/search"  # what `npm run build` makes of _static/search
FOLDER = "_static/search"
ASKED = "book/asked.json"
HEADING = re.compile("^h[1-6]$")
SENTENCE_END = re.compile(r"(?<!\b[A-Z])\. ")  # and no initial of a name
FURNITURE = "pre, script, style, img, .headerlink, .viewcode-link, .cell_input, details.hide > summary, [data-explorer]"
# And what is folded, rows of numbers, arguments one by one:
FURNITURE += ", .tag_hide-cell, .cell_output table, dl.field-list"
FURNITURE += ", .predicted > summary, .caption-number, a[href^='https://colab.research.google.com/']"
ANSWERS = {"Solution", "What you should have seen"}
REPEATED = {
    "What you will be able to do",
    "Summary",
    "Exercises",
}  # they promise, repeat or ask what other sections say
NO_DESCRIPTION = {"Example", "References"}
LONGEST_FORMULA = 12  # characters
ABOVE_OR_BELOW = re.compile(r"\^|\\[dt]?frac")
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b"))


def configure(app):
    """Have a page of our own: Sphinx's search knows pages, not sections, and wants every word of a question on one."""
    patch_name("Sphinx", StandaloneHTMLBuilder, "search", False)
    app.config.html_additional_pages["search"] = "search.html"
    app.sections = {}  # page: its records in the making


def collect(app, pagename, context):
    """Cut the page into records in a worker process, while Sphinx writes the next one."""
    if pagename in app.env.found_docs:
        app.sections[pagename] = app.workers.submit(sections_of, f"{pagename}.html", context["body"])


def load_script(app, pagename, context):
    if pagename == "search":
        context["metatags"] += f'<script type="module" src="{context["pathto"](f"{FOLDER}/page.js", 1)}"></script>'


def publish(app):
    asked = json.loads(Path(app.srcdir, ASKED).read_text(encoding="utf-8"))
    records = [record for page in sorted(app.sections) for record in app.sections[page].result()]
    for record in records:
        record["asked"] = asked.pop(record["id"], "")
    if asked:  # said as patches.check does it: an exception would be drowned
        logger.error(f"{ASKED} names sections that the book does not have: {', '.join(asked)}")
        app.statuscode = 1
    published = Path(app.outdir, FOLDER)
    shutil.rmtree(published, ignore_errors=True)  # an older build may have left it
    shutil.copytree(Path(app.srcdir, BUNDLE), published)
    listed = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    (published / "sections.json").write_text(listed, encoding="utf-8")


def sections_of(page, body):
    """The records of a page: [{id, path, heading, text}], where `path` has the headings above."""
    body = BeautifulSoup(body, "lxml")
    for part in body.select(FURNITURE):
        part.decompose()
    for folded in body.select("details"):
        if folded.summary and text_of(folded.summary) in ANSWERS:
            folded.decompose()
    for formula in body.select(".katex"):
        formula.replace_with(words_of(formula))
    for table in body.select("table"):
        table.replace_with(" " + "; ".join(row_of(row) for row in table.select("tr")) + ". ")
    for head in body.select("p.rubric"):
        if text_of(head).removesuffix(":") in NO_DESCRIPTION:
            drop_below(head)
    return [*entries_of(page, body), *parts_of(page, body)]


def words_of(formula):
    """A symbol belongs to its sentence; of an equation, or with what stands above it in line, no words are left."""
    text, tex = text_of(formula.select_one(".katex-html")), formula.select_one("annotation").get_text()
    return text if len(text) < LONGEST_FORMULA and not ABOVE_OR_BELOW.search(tex) else "…"


def row_of(row):
    """The cells that have words: a number without its row and column says nothing."""
    cells = [text_of(cell) for cell in row.select("th, td")]
    return " · ".join(cell for cell in cells if any(character.isalpha() for character in cell))


def drop_below(head):
    """Drop a field's or a rubric's head, and what belongs to it."""
    for part in list(head.find_next_siblings()):
        if part.name in ("dl", "dt") or "rubric" in part.get("class", []):
            break
        part.decompose()
    head.decompose()


def entries_of(page, body):
    """Terms, names and works, which are taken out, so that their section has what stands around them."""
    for citation in body.select("div.citation[id]"):
        citation.select_one(".label").decompose()
        text = re.sub(r" URL: \S+", "", text_of(citation))
        authors, *title = SENTENCE_END.split(text, maxsplit=2)
        yield record(page, citation, title[0] if title else authors, text)
        citation.decompose()
    names = [name for name in body.select("dl > dt[id]") if not name.find_parent("dd") and definition(name)]
    for name in names:
        heading, text = text_of(name), text_of(definition(name))
        if "sig" in name.get("class", []):  # a signature: its arguments are worth finding, and no heading
            heading, text = heading.removeprefix("class ").split("(")[0], f"{text} {heading}"
        yield record(page, name, heading, text)
    for name in names:
        if definition(name):  # two terms may share one
            definition(name).decompose()


def definition(name):
    return name.find_next_sibling("dd")


def parts_of(page, body):
    for section in body.select("section[id]"):
        heading = section.find(HEADING, recursive=False)
        if text_of(heading) in REPEATED:
            continue
        parts = [part for part in section.children if part is not heading and part.name != "section"]
        text = squeezed(" ".join(part.get_text() for part in parts))
        yield record(page, section, text_of(heading), text)


def record(page, element, heading, text):
    above = [section.find(HEADING, recursive=False) for section in reversed(element.find_parents("section"))]
    return {
        "id": f"{page}#{element['id']}",
        "path": [text_of(each) for each in above],
        "heading": heading,
        "text": text,
    }


def text_of(element):
    return squeezed(element.get_text())


def squeezed(text):
    return re.sub(r"\s+", " ", text.translate(INVISIBLE)).strip()
