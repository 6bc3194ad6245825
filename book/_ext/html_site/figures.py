"""Figures: SVG files that load late, one for the day and one for the night; an EPUB has both too.

A notebook, an explorer and `plot` give a drawing on white paper, in the colours that the book's code names. Here the
paper goes, and each colour becomes the ink that `book.css` has for it; explorers draw with the same. What would be too
faint as letters is set in more of the same ink.
"""

import base64
import functools
import hashlib
import re
from pathlib import Path

from sphinx.errors import ExtensionError

from learning_rates.plots import compact

STYLE = "book/_static/book.css"
EMBEDDED = "data:image/svg+xml;base64,"  # an explorer's still figure
IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"[^>]*>')
SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')
PIXELS = 5 / 3  # of the page, for a point of a figure
PAPER = re.compile(r'(?<=<g id="patch_1">)<path [^>]*fill: #ffffff[^>]*>(?:</path>)?')
THEME = re.compile(r'^html\[data-theme="(light|dark)"\] \{(.*?)^\}', re.MULTILINE | re.DOTALL)
INK = re.compile(r"--ink-([0-9a-f]{6}): (#[0-9a-f]{6});")
BACKGROUND = re.compile(r"--pst-color-background: (#[0-9a-f]{3,6});")
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
LETTERS = re.compile(r'(?<=<g style="fill: )(#[0-9a-f]{6})(?=[^>]*\bscale\()')  # of a text: shapes, scaled as one
WHITE = "#ffffff"
MARK = "dark-light"  # keeps the theme from dimming it by night; its only-light and only-dark would take captions away
READABLE = 4.5  # contrast of letters, WCAG 2.2, 1.4.3


def read_inks(app):
    app.figures = set()  # the files of the pages
    app.inks = inks((Path(app.srcdir) / STYLE).read_text(encoding="utf-8"))


def inks(css):
    """What each colour of the figures becomes: {"light": {colour: ink}, "dark": {colour: ink}}; white is the paper."""
    found = {}
    for theme, rules in THEME.findall(css):
        paper = BACKGROUND.search(rules)[1]
        paper = paper if len(paper) == 7 else "#" + "".join(2 * digit for digit in paper[1:])
        found[theme] = {f"#{name}": ink for name, ink in INK.findall(rules)} | {WHITE: paper}
    return found


def lighten(app, pagename, context):
    """Make each figure two files, of which the page shows one; size it, so that no text jumps."""
    context["body"] = IMAGE.sub(lambda tag: light(app, context["pathto"], tag[0], tag[1]), context["body"])


def light(app, pathto, tag, source):
    drawing = drawing_of(app, source)
    if not drawing:
        return tag
    width, height = (round(PIXELS * float(points)) for points in SIZE.search(drawing).groups())
    tag = tag.replace("<img", f'<img width="{width}" height="{height}"', 1)
    if app.builder.name != "html":
        on_paper = shown(app, pathto, tag, source, dyed(drawing, app.inks["light"]))
        return on_paper if app.builder.name == "singlehtml" else in_an_e_reader(app, pathto, on_paper, source, drawing)
    tag = tag.replace("<img", '<img loading="lazy" decoding="async"', 1)
    drawing = PAPER.sub("", drawing, count=1)
    tags = {theme: marked(tag, f"{MARK} in-{theme}") for theme in app.inks}
    return "".join(shown(app, pathto, tags[theme], source, dyed(drawing, app.inks[theme])) for theme in tags)


def in_an_e_reader(app, pathto, on_paper, source, drawing):
    """A figure with its twin for the night. Both keep their paper: some readers say dark on a bright page, or darken it
    without saying so."""
    by_night = f'<source media="(prefers-color-scheme: dark)" srcset="{source}">'
    return f"<picture>{shown(app, pathto, by_night, source, dyed(drawing, app.inks['dark']))}{on_paper}</picture>"


def drawing_of(app, source):
    if source.startswith(EMBEDDED):
        return compact(base64.b64decode(source.removeprefix(EMBEDDED)).decode())
    if source.endswith(".svg") and "_images/" in source:
        sources = {name: path for path, name in app.builder.images.items()}
        return compact(Path(app.srcdir, sources[source.rpartition("/")[2]]).read_text(encoding="utf-8"))
    return None


def dyed(drawing, inks):
    """The drawing with the inks of a theme.

    Raises:
        ExtensionError: It has a colour for which there is no ink. The message names it.
    """
    unknown = sorted(set(COLOUR.findall(drawing)) - set(inks))
    if unknown:
        raise ExtensionError(f"A figure has {', '.join(unknown)}, for which {STYLE} has no ink by day and by night.")
    letters = {colour: readable(ink, inks[WHITE]) for colour, ink in inks.items() if colour != WHITE}
    letters[WHITE] = inks[WHITE]
    parts = LETTERS.split(drawing)  # every other one is a colour of letters
    parts[::2] = [COLOUR.sub(lambda colour: inks[colour[0]], part) for part in parts[::2]]
    parts[1::2] = [letters[colour] for colour in parts[1::2]]
    return "".join(parts)


@functools.cache  # all figures have the same few
def readable(ink, paper):
    """More of the same ink, until letters of it can be read on the paper."""
    strongest = "#000000" if luminance(paper) > luminance("#808080") else "#ffffff"
    part = 0
    while contrast(mixed(ink, strongest, part / 100), paper) < READABLE:
        part += 1
    return mixed(ink, strongest, part / 100)


def mixed(one, other, part):
    return "#" + "".join(f"{round(a + part * (b - a)):02x}" for a, b in zip(levels(one), levels(other), strict=True))


def contrast(one, other):
    """The contrast of two colours, from 1 to 21, as WCAG 2 defines it."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in levels(colour, 255)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def levels(colour, scale=1):
    return [int(colour[place : place + 2], 16) / scale for place in (1, 3, 5)]


def marked(tag, name):
    """The tag with more classes."""
    if 'class="' in tag:
        return tag.replace('class="', f'class="{name} ', 1)
    return tag.replace("<img", f'<img class="{name}"', 1)


def shown(app, pathto, tag, source, drawing):
    path = Path(app.outdir, "_images", hashlib.sha256(drawing.encode()).hexdigest()[:20] + ".svg")
    path.parent.mkdir(exist_ok=True)
    path.write_text(drawing, encoding="utf-8")
    app.figures.add(path)
    return tag.replace(source, pathto(f"_images/{path.name}", 1))


def remove_originals(app):
    """Remove the drawings that Sphinx has copied beside those of ours: no page asks for them."""
    for path in set(Path(app.outdir, "_images").glob("*.svg")) - app.figures:
        path.unlink()
