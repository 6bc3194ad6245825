"""Pictures to share: three posters, drawn from results/ whenever the book is built.

`{poster} name` shows one, with a link to its file. Nothing on a poster is typed by hand that a record knows.
"""

import html
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from matplotlib import style
from matplotlib.figure import Figure
from PIL import Image
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


def start(app):
    """Have them drawn in a worker process while the pages are read."""
    address = app.config.html_baseurl.removeprefix("https://").rstrip("/")
    folder, for_pages = Path(app.outdir, FOLDER), app.builder.name == "html"
    app.posters = app.workers.submit(publish, Path(app.srcdir), folder, app.config.project, address, for_pages)


def wait(app, env):
    """An EPUB is packed with what is there once its pages are written."""
    app.posters.result()


def publish(root, folder, book, address, for_pages):
    folder.mkdir(parents=True, exist_ok=True)
    with fonts(root) as both:
        for name in POSTERS:
            picture = rendered(drawn(name, both, book, address))
            picture.save(folder / f"{name}.png", optimize=True)
            if for_pages:  # what a page shows is lighter by a third
                picture.convert("RGB").save(folder / f"{name}.webp", lossless=True)


def rendered(figure):
    """A picture of as many colours as a palette holds, which is a third of the weight and looks the same."""
    file = BytesIO()
    figure.savefig(file, dpi=DPI, facecolor=PAPER)
    whole = Image.open(file).convert("RGB")
    return whole.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=4, dither=Image.Dither.NONE)


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
        link = f'<a href="{app.config.html_baseurl}{file}">This picture on the site</a>'
        shown = f'src="{up}{file}"'
        if app.builder.name == "html":
            link = f'<a href="{up}{file}" download="{name}.png">Download this picture</a>'
            shown = f'src="{up}{FOLDER}/{name}.webp" loading="lazy"'
        alt, size = html.escape(self.options["alt"]), f'width="{kind.width}" height="{kind.height}"'
        image = f'<img class="poster dark-light" {shown} {size} alt="{alt}">'
        return [nodes.raw("", f"<p>{image}</p>\n<p>{link} ({kind.width} × {kind.height})</p>", format="html")]


def setup(app):
    app.connect("builder-inited", start)
    app.connect("env-updated", wait)
    app.add_directive("poster", Show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
