"""One style sheet for the whole site, cut down to what its pages use; fonts cut down to the characters they show.

The pages link `book.css` alone; when all are written, what the theme and the extensions would have linked goes into it.
"""

import html
import logging
import re
import shutil
import socket
import subprocess
import time
from io import BytesIO
from itertools import repeat
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from sphinxcontrib import katex

BUNDLE = "_static/book.css"
# The theme links its sheet from a template, ahead of all others, and a second one that only imports the first of these
THEME_SHEETS = ("_static/basic.css", "_static/styles/pydata-sphinx-theme.css")
# Published by the theme and the extensions, and asked for by no page
LEFTOVERS = ("**/*.html", "**/*.map", "**/*.ttf", "**/*.po", "**/*.mo", "scripts/fontawesome.js*")
KATEX = "node_modules/katex/dist"
RENDERER_TIMEOUT = 60.0  # seconds
SERIF = "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-{}.woff2"
FONT_FACE = r"""@font-face\s*\{[^}]*font-family:\s*["']?([^;"'}]+)[^}]*\}"""

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table it cuts


def configure(app, config):
    katex.KaTeXServer.start_server_process = start_renderer
    config.katex_js_path = str(Path(app.srcdir, KATEX, "katex.min.js"))
    config.katex_css_path = "katex/katex.min.css"
    config.html_static_path.append("book/_static/book.css")
    config.html_css_files.append("book.css")


def start_renderer(rundir, timeout):
    """KaTeX's server and a socket to it; the library's own way gives up when the socket is there before it listens.

    Its other way, through the network, waits too, but there each formula costs 80 ms of delayed acknowledgements.
    """
    server = katex.KaTeXServer
    path, deadline = rundir / "katex.sock", time.monotonic() + RENDERER_TIMEOUT
    process = subprocess.Popen(
        server.build_command(socket=path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=rundir
    )
    connection = socket.socket(socket.AF_UNIX)
    while True:
        try:
            connection.connect(str(path))
            return process, connection
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > deadline:
                raise server.timeout_error(RENDERER_TIMEOUT) from None
            time.sleep(0.01)


def link_one_sheet(app, pagename, templatename, context, doctree):
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    context["css_files"] = [sheet for sheet in sheets if sheet.filename == BUNDLE]
    linked = [str(sheet.filename) for sheet in sheets if sheet.filename != BUNDLE]
    app.env.site_sheets = [*THEME_SHEETS, *linked, BUNDLE]
    context["metatags"] = context.get("metatags", "") + preloads(context)


def preloads(context):
    """The fonts of the first screen, asked for at once: found through the style sheet they come late."""
    fonts = ["fonts/serif"]
    if 'class="katex"' in (context.get("body") or ""):
        fonts += ["katex/fonts/KaTeX_Main-Regular", "katex/fonts/KaTeX_Math-Italic"]
    hrefs = [context["pathto"](f"_static/{font}.woff2", 1) for font in fonts]
    return "".join(f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{href}">' for href in hrefs)


def finish(app, error):
    if error or app.builder.name == "epub":
        return
    root, out = Path(app.srcdir), Path(app.outdir)
    publish_fonts(root, out)
    bundle_sheets(app.env.site_sheets, out)
    if app.builder.name != "html":
        return
    remove_leftovers(out / "_static")
    purge(root, out)
    cut_fonts(out, app.workers)


def publish_fonts(root, out):
    """Mathematics is drawn while building: the page needs only KaTeX's style sheet and fonts."""
    ignore = shutil.ignore_patterns("*.ttf", "*.woff")
    shutil.copytree(root / KATEX / "fonts", out / "_static/katex/fonts", ignore=ignore, dirs_exist_ok=True)
    shutil.copy(root / KATEX / "katex.min.css", out / "_static/katex")
    (out / "_static/fonts").mkdir(exist_ok=True)
    for style, name in (("normal", "serif"), ("italic", "serif-italic")):
        shutil.copy(root / SERIF.format(style), out / f"_static/fonts/{name}.woff2")


def save_weight(root, style, weight, path, characters=None):
    """One weight of the serif, for programs that read no fonts made for the web, or no variable ones.

    With `characters`, only those of it: then it takes a moment instead of seconds.
    """
    font = TTFont(root / SERIF.format(style), recalcTimestamp=False)
    font.flavor = None
    if characters:
        subsetter = subset.Subsetter(subset.Options(layout_features=["kern"]))
        subsetter.populate(text=characters)
        subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True).save(path)
    return path


def bundle_sheets(sheets, out):
    *others, own = [rebased((out / sheet).read_text(), sheet) for sheet in sheets]
    css = "\n".join([*others, "/* purgecss start ignore */", own, "/* purgecss end ignore */"])
    # whoever has no JavaScript, and everyone until it runs, reads by day
    css = re.sub(r"""html\[data-theme=["']?light["']?\]""", 'html:not([data-theme="dark"])', css)
    # every browser that runs the explorers reads woff2; the other formats are not published
    css = re.sub(r',\s*url\([^)]*\.(?:woff|ttf)["\']?\)\s*format\([^)]*\)', "", css)
    (out / BUNDLE).write_text(re.sub(r"/\*#.*?\*/|@charset [^;]+;", "", css))


def rebased(css, sheet):
    """The sheet's relative addresses, as seen from `_static`, where the bundle lies."""
    folder = Path(sheet).parent.relative_to("_static")

    def address(match):
        parts = []
        for part in (folder / match[2]).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        return f"url({match[1]}{'/'.join(parts)}{match[3]}"

    return re.sub(r"""url\((["']?)(?!data:|#|https?:)([^)"']+)(["']?)""", address, css)


def remove_leftovers(static):
    sheets = [sheet for sheet in static.rglob("*.css") if sheet.name != Path(BUNDLE).name]
    for file in [*sheets, *(file for pattern in LEFTOVERS for file in static.glob(pattern))]:
        file.unlink(missing_ok=True)  # two patterns may match it
    for folder in sorted(static.rglob("*/"), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def purge(root, out):
    """Drop the rules that no page and no script of the site can match: nine tenths of the theme's sheet."""
    command = [root / "node_modules/.bin/purgecss", "--css", out / BUNDLE, "--output", out / "_static"]
    command += ["--keyframes", "--content", out / "**/*.html", out / "_static/**/*.js"]
    subprocess.run([str(part) for part in command], check=True, cwd=root, stdout=subprocess.DEVNULL)
    css = (out / BUNDLE).read_text()
    rules = re.sub(FONT_FACE, "", css)
    # purgecss has this too, but overlooks families named in the shorthand `font`, as KaTeX does
    (out / BUNDLE).write_text(re.sub(FONT_FACE, lambda face: face[0] if face[1] in rules else "", css))


def cut_fonts(out, workers):
    """Keep the fonts that the sheet still names, and of each the characters in use: of 2,000 icons, about twenty."""
    sheet = (out / BUNDLE).read_text()
    pages = "".join(page.read_text() for page in sorted(out.rglob("*.html")))
    icons = {int(code, 16) for code in re.findall(r'"\\([0-9a-f]{4})"', sheet)}
    characters = icons | {ord(character) for character in set(sheet + html.unescape(pages)) if is_drawn(character)}
    fonts = sorted((out / "_static").rglob("*.woff2"))
    for path in [path for path in fonts if path.name not in sheet]:
        path.unlink()
    list(workers.map(cut, [path for path in fonts if path.name in sheet], repeat(characters)))


def is_drawn(character):
    return character.isprintable() or "\ue000" <= character <= "\uf8ff"  # where icon fonts live


def cut(path, characters):
    font = TTFont(path, recalcTimestamp=False)  # the same sources give the same site, byte for byte
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga", "mark", "lnum"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    if "fvar" in font:  # last, because its time goes with the number of characters
        weight = 400 if "italic" in path.stem else (400, 700)
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    buffer = BytesIO()
    subset.save_font(font, buffer, options)
    path.write_bytes(buffer.getvalue())


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", link_one_sheet, priority=901)
    app.connect("build-finished", finish, priority=900)  # the theme writes pygments.css as late as this
    return {"parallel_read_safe": True, "parallel_write_safe": False}
