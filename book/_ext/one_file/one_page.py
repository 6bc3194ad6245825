"""The whole book on one page, from which Chromium prints the PDF: Sphinx's single page, with chapters side by side."""

import re
import shutil
from importlib import metadata
from pathlib import Path

from docutils import nodes
from html_site.assets import save_weight
from html_site.patches import Patch
from sphinx import addnodes
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

from one_file import cover

COVER = "_static/cover.svg"
WEIGHTS = ("normal", 400), ("normal", 700), ("italic", 400)
PAGE = "book.html"
PLACE = re.compile(r"#document-([^#]+)#(.+)")
# Spans that have no colour of their own: without them, the page's code has 60 % less markup, and prints in less time
COLOURLESS = Patch("Pygments", re.compile(r'<span class="[npw]">([^<]*)</span>'), r"\1")


class BookBuilder(SingleFileHTMLBuilder):
    """Sphinx's own, with names for places that no two chapters share (sphinx-doc/sphinx#4814, #13149)."""

    def assemble_doctree(self):
        """Chapters stand beside the first page, not within it; their names for places are told apart."""
        tree = super().assemble_doctree()
        chapters = list(tree.findall(addnodes.start_of_file))
        for chapter in chapters:
            chapter.parent.remove(chapter)
        first = addnodes.start_of_file("", *tree.children, docname=tree["docname"])
        tree[:] = [first, *chapters]
        for chapter in tree:
            for node in chapter.findall(nodes.Element):
                name_apart(node, chapter["docname"])
        return tree

    def fix_refuris(self, tree):
        """Sphinx makes `#document-chapter#place` the place alone, but several chapters have one of that name."""
        for link in tree.findall(nodes.reference):
            if place := PLACE.fullmatch(link.get("refuri", "")):
                link["refuri"] = f"#{apart(place[2], place[1])}"

    def get_doc_context(self, docname, body, metatags):
        own = {"cover": COVER, "address": self.config.html_baseurl, "version": metadata.version("learning-rates")}
        return super().get_doc_context(docname, body, metatags) | own

    def handle_page(self, pagename, addctx, templatename="page.html", **arguments):
        addctx["body"] = COLOURLESS(addctx["body"])
        super().handle_page(pagename, addctx, "one-page.html", **arguments)

    def get_outfilename(self, pagename):
        """The page lies where its style sheets are; Sphinx would put it into the first page's folder."""
        return str(Path(self.outdir, PAGE))

    def copy_static_files(self):
        super().copy_static_files()
        root, static = Path(self.srcdir), Path(self.outdir, "_static")
        shutil.copy(root / "book/_static/one-page.css", static)
        (static / "fonts").mkdir(exist_ok=True)
        for style, weight in WEIGHTS:
            save_weight(root, style, weight, static / f"fonts/serif-{style}-{weight}.ttf")
        cover.draw(root, Path(self.outdir, COVER), self.config.html_title, self.config.author)


def name_apart(node, document):
    node["ids"] = [apart(place, document) for place in node["ids"]]
    if "refid" in node:
        node["refid"] = apart(node["refid"], document)


def apart(place, document):
    return f"{document}-{place}"
