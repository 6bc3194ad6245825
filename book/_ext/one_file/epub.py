"""The EPUB: Sphinx's own builder, with what EPUB 3 asks of a book that lies in folders and holds mathematics.

Mathematics is MathML here, which e-readers for EPUB 3 know: it follows the reader's font and size, and is read aloud.
KaTeX's other form depends on its own style sheet and fonts, and e-readers replace both.
"""

import posixpath
import re
from importlib import metadata
from pathlib import Path

from html_site.patches import Patch, patch_file, patch_name
from sphinx.builders.epub3 import HTML_TAG, Epub3Builder
from sphinx.highlighting import PygmentsBridge
from sphinxcontrib import katex

from one_file import cover

STYLE = "_static/epub.css"
COVER = "_static/cover.png"
ITEM = re.compile(r'<item id="[\w-]+" href="([^"]+)"[^>]*/>')


class BookBuilder(Epub3Builder):
    """Sphinx's own, with one language, one style sheet and a manifest that names what it holds."""

    html_tag = Patch("Sphinx", ">", ' lang="en" xml:lang="en">')(HTML_TAG)

    def init(self):
        self.config.epub_cover = (COVER, "epub-cover.html")
        self.config.epub_copyright = self.config.html_theme_options["extra_footer"]
        self.config.version = metadata.version("learning-rates")
        self.config.html_theme_options["launch_buttons"] = {}  # they look for a page's source, and there is none
        self.config.pygments_style = "a11y-high-contrast-light"  # the site's
        mathml = katex.KATEX_DEFAULT_OPTIONS | {
            "output": "mathml"
        }  # katex_options would not do: sphinxcontrib-katex#145
        patch_name("sphinxcontrib-katex", katex, "KATEX_DEFAULT_OPTIONS", mathml)
        super().init()

    def init_highlighter(self):
        """Have the site's colours of code for the night too, which the style sheet asks for."""
        super().init_highlighter()
        self.dark_highlighter = PygmentsBridge("html", "a11y-high-contrast-dark")

    def copy_static_files(self):
        """Write style sheets, with the colours of code, and the cover, and nothing else that a page would load."""
        static = Path(self.outdir, "_static")
        static.mkdir(exist_ok=True)
        self.create_pygments_style_file()
        Path(self.outdir, STYLE).write_bytes(Path(self.srcdir, "book", STYLE).read_bytes())
        cover.draw(Path(self.srcdir), Path(self.outdir, COVER), self.config.project, self.config.author)

    def copy_image_files(self):
        """Copy none: the figures of html_site are there instead."""

    def get_toc(self):
        """Sphinx's own way leaves book/../notebooks in the addresses when the first page lies in a folder."""
        super().get_toc()
        for node in self.refnodes:
            node["refuri"] = posixpath.normpath(node["refuri"])

    def build_content(self):
        """Name in the manifest what holds mathematics, and which picture is the cover."""
        super().build_content()
        patch_file(Path(self.outdir, "content.opf"), Patch("Sphinx", ITEM, self.manifest_item))

    def manifest_item(self, item):
        page = Path(self.outdir, item[1])
        mathematical = page.suffix == ".xhtml" and page.exists() and "<math" in page.read_text(encoding="utf-8")
        properties = "cover-image" if item[1] == COVER else "mathml" if mathematical else ""
        return item[0].replace("/>", f'properties="{properties}" />') if properties else item[0]
