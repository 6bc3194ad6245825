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
CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)  # most of a chapter's markup, and gone ahead of the slow parsing
FURNITURE = "script, style, img, .headerlink, .viewcode-link, .cell_input, details.hide > summary, [data-explorer]"
# And what is folded, rows of numbers, arguments one by one:
FURNITURE += ", .tag_hide-cell, .cell_output table, dl.field-list"
FURNITURE += ", .predicted > summary, .caption-number"
# And what asks, or says how to read the chapter:
FURNITURE += ", .box-predict, p:has(> a[href^='https://colab.research.google.com/']), p:-soup-contains('In a hurry?')"
ANSWERS = {"Solution", "What you should have seen"}
REPEATED = {
    "What you will be able to do",
    "Summary",
    "Exercises",
    "Explorer",
}  # they promise, repeat or ask what other sections say
NO_DESCRIPTION = {"Example", "References", "Returns"}
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
        app.sections[pagename] = app.workers.submit(sections_of, context["body"])


def load_script(app, pagename, context):
    if pagename == "search":
        context["metatags"] += f'<script type="module" src="{context["pathto"](f"{FOLDER}/page.js", 1)}"></script>'


def publish(app):
    asked = json.loads(Path(app.srcdir, ASKED).read_text(encoding="utf-8"))
    pages = {}
    for page in sorted(app.sections):
        rows = pages[f"{page}.html"] = []
        for anchor, path, heading, text in app.sections[page].result():
            words = asked.pop(f"{page}.html#{anchor}", "")
            same = anchor == slug_of(heading)  # which the page's script makes again
            rows.append(["" if same else anchor, path, heading, text, words])
    if asked:  # said as patches.check does it: an exception would be drowned
        logger.error(f"{ASKED} names sections that the book does not have: {', '.join(asked)}")
        app.statuscode = 1
    published = Path(app.outdir, FOLDER)
    shutil.rmtree(published, ignore_errors=True)  # an older build may have left it
    shutil.copytree(Path(app.srcdir, BUNDLE), published)
    listed = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    (published / "sections.json").write_text(listed, encoding="utf-8")


def slug_of(heading):
    """The anchor of most sections; `_static/search/engine.mjs` has the same."""
    return re.sub("[^a-z0-9]+", "-", heading.lower()).strip("-")


def sections_of(body):
    """The records of a page: [(anchor, path, heading, text)], where `path` has the headings above."""
    body = BeautifulSoup(CODE.sub("", body), "lxml")
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
    return [*entries_of(body), *parts_of(body)]


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


def entries_of(body):
    """Terms, names and works, which are taken out, so that their section has what stands around them."""
    for citation in body.select("div.citation[id]"):
        citation.select_one(".label").decompose()
        text = re.sub(r" URL: \S+|(?<=\.) In [^.]+\.", "", text_of(citation))  # nobody asks for the conference
        authors, *title = SENTENCE_END.split(text, maxsplit=2)
        yield record(citation, title[0], ". ".join([authors, *title[1:]])) if title else record(citation, authors, "")
        citation.decompose()
    names = [name for name in body.select("dl > dt[id]") if not name.find_parent("dd") and definition(name)]
    for name in names:
        heading, text = text_of(name), text_of(definition(name))
        if "sig" in name.get("class", []):  # a signature: its arguments are worth finding, and no heading
            heading, text = heading.removeprefix("class ").split("(")[0], f"{text} {heading}"
        yield record(name, heading, text)
    for name in names:
        if definition(name):  # two terms may share one
            definition(name).decompose()
        name.decompose()


def definition(name):
    return name.find_next_sibling("dd")


def parts_of(body):
    for section in body.select("section[id]"):
        heading = section.find(HEADING, recursive=False)
        if text_of(heading) in REPEATED:
            continue
        parts = [part for part in section.children if part is not heading and part.name != "section"]
        text = squeezed(" ".join(part.get_text() for part in parts))
        yield record(section, text_of(heading), text)


def record(element, heading, text):
    above = [section.find(HEADING, recursive=False) for section in reversed(element.find_parents("section"))]
    return element["id"], [text_of(each) for each in above], heading, text


def text_of(element):
    return squeezed(element.get_text())


def squeezed(text):
    return re.sub(r"\s+", " ", text.translate(INVISIBLE)).strip()
