"""One style sheet for the whole site, cut down to what its pages use; fonts, cut down to the characters they show.

The pages link `book.css` alone; when all are written, what the theme and the extensions would have linked goes into it.
Mathematics is drawn by KaTeX while the book is built: a page needs its style sheet and fonts, and no script.
"""

import html
import logging
import posixpath
import re
import shutil
import socket
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from itertools import repeat
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from sphinxcontrib import katex

from html_site.patches import Patch, patch_name

BUNDLE = "_static/book.css"
# The theme links its sheet from a template, ahead of all others, and a second one that only imports the first of these.
THEME_SHEETS = ("_static/basic.css", "_static/styles/pydata-sphinx-theme.css")
# Published by the theme and the extensions, and asked for by no page. fontawesome.js weighs most, 543 kB, and would
# hold up the first paint (pydata/pydata-sphinx-theme#2115, #2379); our webpack-macros.html does not load it.
LEFTOVERS = (
    "**/*.html",
    "**/*.map",
    "**/*.ttf",
    "**/*.po",
    "**/*.mo",
    "scripts/fontawesome.js*",
    "sphinx_highlight.js",
)
LEFTOVERS += ("searchtools.js", "language_data.js")  # of Sphinx's own search, which search.py replaces
KATEX = "node_modules/katex/dist"
PATIENCE = 60.0  # seconds that KaTeX has to answer: the library's five are too few on a busy machine
SERIF = "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-{}.woff2"
FIRST_SCREEN = ["fonts/serif"]
FIRST_FORMULAS = ["katex/fonts/KaTeX_Main-Regular", "katex/fonts/KaTeX_Math-Italic"]
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|https?:)([^)"']+)(["']?)""")
FONT_FACE = r"""@font-face\s*\{[^}]*font-family:\s*["']?([^;"'}]+)[^}]*\}"""
BY_DAY = re.compile(r"""html\[data-theme=["']?light["']?\]""")
OLD_FORMATS = re.compile(r',\s*url\([^)]*\.(?:woff|ttf)["\']?\)\s*format\([^)]*\)')
PATCHES = (
    # Readers without JavaScript see the colours of the day, as all do until it runs.
    Patch("pydata-sphinx-theme", BY_DAY, 'html:not([data-theme="dark"])'),
    # Every browser that runs the explorers reads woff2. The other formats are not published.
    Patch("katex", OLD_FORMATS, ""),
)

logging.getLogger("fontTools").setLevel(logging.WARNING)  # otherwise it reports every table that it cuts


def start_workers(app):
    app.workers = ProcessPoolExecutor()  # they draw posters, cut fonts, and cut pages into records for the search


def configure(app):
    app.config.katex_js_path = str(Path(app.srcdir, KATEX, "katex.min.js"))
    patch_name("sphinxcontrib-katex", katex.KaTeXServer, "start_server_process", start_renderer)


def start_renderer(rundir, timeout):
    """KaTeX's server and a socket to it.

    sphinxcontrib-katex 0.9.11 waits until the socket's file exists and then connects once: where the server does not
    listen yet, the build ends with "connection refused". (Its other way, through the network, does try again, but
    there each formula costs 90 ms of delayed acknowledgements.)
    """
    server = katex.KaTeXServer
    path, deadline = rundir / "katex.sock", time.monotonic() + PATIENCE
    command = server.build_command(socket=path)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=rundir)
    connection = socket.socket(socket.AF_UNIX)
    while True:
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                raise server.timeout_error(PATIENCE) from None
            time.sleep(0.01)


def link_one_sheet(app, pagename, context):
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    context["css_files"] = [sheet for sheet in sheets if sheet.filename == BUNDLE]
    linked = [str(sheet.filename) for sheet in sheets if sheet.filename != BUNDLE]
    app.env.site_sheets = [*THEME_SHEETS, *linked, BUNDLE]


def preload_fonts(app, pagename, context):
    """Ask for the fonts of the first screen at once: the browser would find them late, through the style sheet."""
    for font in FIRST_SCREEN + FIRST_FORMULAS * ('class="katex"' in context["body"]):
        href = context["pathto"](f"_static/{font}.woff2", 1)
        context["metatags"] += f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{href}">'


def publish_fonts(app):
    root, static = Path(app.srcdir), Path(app.outdir, "_static")
    ignore = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(root / KATEX / "fonts", static / "katex/fonts", ignore=ignore, dirs_exist_ok=True)
    shutil.copy(root / KATEX / "katex.min.css", static / "katex")
    (static / "fonts").mkdir(exist_ok=True)
    for style, name in (("normal", "serif"), ("italic", "serif-italic")):
        shutil.copy(root / SERIF.format(style), static / f"fonts/{name}.woff2")


def bundle_sheets(app):
    out = Path(app.outdir)
    *others, own = [rebased((out / sheet).read_text(encoding="utf-8"), sheet) for sheet in app.env.site_sheets]
    css = "\n".join([*others, "/* purgecss start ignore */", own, "/* purgecss end ignore */"])
    for patch in PATCHES:
        css = patch(css)
    (out / BUNDLE).write_text(re.sub(r"/\*#.*?\*/|@charset [^;]+;", "", css), encoding="utf-8")


def rebased(css, sheet):
    """The sheet's relative addresses, as seen from `_static`, where the bundle lies."""
    folder = Path(sheet).parent.relative_to("_static")
    return ADDRESS.sub(lambda match: f"url({match[1]}{posixpath.normpath(folder / match[2])}{match[3]}", css)


def remove_leftovers(app):
    static = Path(app.outdir, "_static")
    sheets = [sheet for sheet in static.rglob("*.css") if sheet.name != Path(BUNDLE).name]
    for file in [*sheets, *(file for pattern in LEFTOVERS for file in static.glob(pattern))]:
        file.unlink(missing_ok=True)  # two patterns may match it


def purge_sheet(app):
    """Drop the rules that no page and no script of the site can match: nine tenths of the theme's sheet."""
    root, out = Path(app.srcdir), Path(app.outdir)
    command = [root / "node_modules/.bin/purgecss", "--css", out / BUNDLE, "--output", out / "_static"]
    command += ["--keyframes", "--content", out / "**/*.html", out / "_static/**/*.js"]
    subprocess.run([str(part) for part in command], check=True, cwd=root, stdout=subprocess.DEVNULL)
    css = (out / BUNDLE).read_text(encoding="utf-8")
    rules = re.sub(FONT_FACE, "", css)
    # purgecss has this too, but overlooks families named in the shorthand `font`, as KaTeX does
    css = re.sub(FONT_FACE, lambda face: face[0] if face[1] in rules else "", css)
    (out / BUNDLE).write_text(css, encoding="utf-8")


def cut_fonts(app):
    """Keep the fonts that the sheet still names, and of each the characters in use: about twenty of 2,000 icons."""
    out = Path(app.outdir)
    sheet = (out / BUNDLE).read_text(encoding="utf-8")
    pages = "".join(page.read_text(encoding="utf-8") for page in sorted(out.rglob("*.html")))
    icons = {int(code, 16) for code in re.findall(r'"\\([0-9a-f]{4})"', sheet)}
    characters = icons | {ord(character) for character in set(sheet + html.unescape(pages)) if is_drawn(character)}
    fonts = sorted((out / "_static").rglob("*.woff2"))
    for path in [path for path in fonts if path.name not in sheet]:
        path.unlink()
    list(app.workers.map(cut, [path for path in fonts if path.name in sheet], repeat(characters)))
    app.workers.shutdown()  # whatever else they had to do is done


def is_drawn(character):
    return character.isprintable() or "\ue000" <= character <= "\uf8ff"  # where icon fonts live


def cut(path, characters):
    font = TTFont(path, recalcTimestamp=False)  # the same sources give the same site, byte for byte
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "mark", "lnum"], notdef_outline=True)
    keep(font, options, unicodes=characters)
    if "fvar" in font:  # last, because the time that it takes grows with the number of characters
        weight = 400 if "italic" in path.stem else (400, 700)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    buffer = BytesIO()
    subset.save_font(font, buffer, options)
    path.write_bytes(buffer.getvalue())


def save_weight(root, style, weight, path, characters=None):
    """One weight of the serif, for programs that read no fonts made for the web, or no variable ones.

    With `characters`, the font keeps only these, which takes a moment instead of seconds.
    """
    font = TTFont(root / SERIF.format(style), recalcTimestamp=False)
    font.flavor = None
    if characters:
        keep(font, subset.Options(layout_features=["kern"]), text=characters)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True).save(path)
    return path


def keep(font, options, **characters):
    subsetter = subset.Subsetter(options)
    subsetter.populate(**characters)
    subsetter.subset(font)
