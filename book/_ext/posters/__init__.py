"""Pictures to share: three posters, drawn from results/ whenever the book is built.

`{poster} name` shows one, with a link to its file. Nothing on a poster is typed by hand that a record knows.
"""

import html
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib import style
from matplotlib.figure import Figure
from sphinx.util.docutils import SphinxDirective

from posters import atlas, board, thirteen
from posters.sheet import DPI, PAPER, fonts

FOLDER = "_static/posters"


class Kind(NamedTuple):
    """A poster: what draws it, and its size in pixels."""

    draw: Callable[..., Figure]
    width: int
    height: int


POSTERS = {
    "thirteen-schedules": Kind(thirteen.thirteen_schedules, 1200, 1500),
    "rate-and-batch": Kind(atlas.rate_and_batch, 1200, 630),
    "verdict-board": Kind(board.verdict_board, 1080, 1920),
}


def texts():
    """What book/pictures.md quotes of them."""
    shown = thirteen.arms()
    return {
        "poster_schedules": thirteen.WORDS[len(shown)],
        "poster_level": thirteen.WORDS[sum(not arm.behind for arm in shown)],
    }


def publish(app, config):
    """Draw them before a page is read, since an EPUB is packed before the build is finished."""
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    address = config.html_baseurl.removeprefix("https://").rstrip("/")
    with fonts(Path(app.srcdir)) as both:
        for name in POSTERS:
            save(name, both, config.project, address, folder / f"{name}.png")


def save(name, both, book, address, path):
    figure = drawn(name, both, book, address)
    figure.savefig(path, dpi=DPI, facecolor=PAPER, metadata={"Software": None})


def drawn(name, both, book, address):
    """A poster in Matplotlib's own style, whatever the figures of the pages have set."""
    with style.context("default"):
        return POSTERS[name].draw(both, book, address)


class Show(SphinxDirective):
    """A poster, and a link to its file."""

    required_arguments = 1
    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def run(self):
        name, app = self.arguments[0], self.env.app
        kind = POSTERS[name]
        up = "" if app.builder.name == "singlehtml" else "../" * self.env.docname.count("/")
        file = f"{FOLDER}/{name}.png"
        image = f'<img class="poster" src="{up}{file}" width="{kind.width}" height="{kind.height}" loading="lazy" '
        image += f'alt="{html.escape(self.options["alt"])}">'
        link = f'<a href="{up}{file}" download="{name}.png">Download this picture</a>'
        if app.builder.name != "html":
            link = f'<a href="{app.config.html_baseurl}{file}">This picture on the site</a>'
        return [nodes.raw("", f"<p>{image}</p>\n<p>{link} ({kind.width} × {kind.height})</p>", format="html")]


def setup(app):
    app.connect("config-inited", publish)
    app.add_directive("poster", Show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
