"""The EPUB: Sphinx's own builder, with what EPUB 3 asks of a book that lies in folders and holds mathematics.

Mathematics is MathML here, which EPUB 3's readers know: it goes with their letter and its size, and is read aloud.
KaTeX's other form needs its style sheet and fonts just so, and readers put their own in place of both.
"""

import posixpath
import re
from importlib import metadata
from pathlib import Path

import cover
from bs4 import BeautifulSoup
from sphinx.builders.epub3 import HTML_TAG, Epub3Builder
from sphinxcontrib import katex

STYLE = "_static/epub.css"
COVER = "_static/cover.png"
NOTHING = {"relbar1": False, "footer": False}


def configure(app, config):
    config.epub_basename = "learning-rates-in-motion"
    config.epub_uid = config.epub_identifier = config.epub_basename  # one name: Sphinx writes either into toc.ncx
    config.epub_description = (
        "An executable book on learning-rate and momentum schedules, from the gradient to one-cycle."
    )
    config.epub_copyright = config.html_theme_options["extra_footer"]
    config.epub_contributor = config.author
    config.epub_theme_options = NOTHING
    config.epub_show_urls = "no"
    config.epub_tocscope = "includehidden"
    config.epub_tocdepth = 2
    config.epub_tocdup = False
    config.epub_use_index = False
    config.epub_cover = (COVER, "epub-cover.html")


class BookBuilder(Epub3Builder):
    html_tag = HTML_TAG.replace(">", ' lang="en" xml:lang="en">')

    def init(self):
        self.config.project = self.config.html_title
        self.config.version = metadata.version("learning-rates")
        self.config.html_theme_options["launch_buttons"] = {}  # they look for a page's source, and there is none
        self.config.pygments_style = "a11y-high-contrast-light"  # the site's
        katex.KATEX_DEFAULT_OPTIONS["output"] = "mathml"
        super().init()

    def copy_static_files(self):
        """A style sheet, the colours of code and the cover: nothing else that a page would load."""
        static = Path(self.outdir, "_static")
        static.mkdir(exist_ok=True)
        self.create_pygments_style_file()
        Path(self.outdir, STYLE).write_bytes(Path(self.srcdir, "book", STYLE).read_bytes())
        cover.draw(Path(self.srcdir), Path(self.outdir, COVER), self.config.project, self.config.author)

    def copy_image_files(self):
        """light_page has published them."""

    def copy_extra_files(self):
        """They are the site's."""

    def get_toc(self):
        """Sphinx's own way leaves book/../notebooks in the addresses when the first page lies in a folder."""
        super().get_toc()
        for node in self.refnodes:
            node["refuri"] = posixpath.normpath(node["refuri"])

    def build_content(self):
        """Name in the manifest what holds mathematics, and which picture is the cover."""
        super().build_content()
        opf = Path(self.outdir, "content.opf")

        def item(match):
            if match[1] == COVER:
                return match[0].replace("/>", 'properties="cover-image" />')
            page = Path(self.outdir, match[1])
            mathematical = page.suffix == ".xhtml" and page.exists() and "<math" in page.read_text(encoding="utf-8")
            return match[0].replace("/>", 'properties="mathml" />') if mathematical else match[0]

        manifest = re.sub(r'<item id="[\w-]+" href="([^"]+)"[^>]*/>', item, opf.read_text(encoding="utf-8"))
        opf.write_text(manifest, encoding="utf-8")


def strip(app, pagename, templatename, context, doctree):
    """No scripts, no fonts, no sheets but its own; and XML, which markup from notebooks need not be."""
    if app.builder.name != "epub":
        return
    context["metatags"] = ""
    context["script_files"] = []
    context["css_files"] = ["_static/pygments.css", STYLE]
    if context.get("body"):
        context["body"] = BeautifulSoup(context["body"], "html.parser").decode(formatter="minimal")


def setup(app):
    app.add_builder(BookBuilder, override=True)
    app.connect("config-inited", configure)
    app.connect("html-page-context", strip, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
