"""A light page from the stock theme: no code for kernels, small images that load late, deferred scripts.

The style sheet and the fonts are light_assets' part, the explorers page_explorers', what others are told discovery's.
"""

import base64
import hashlib
import re
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

from PIL import Image

NEEDLESS = ("widget-state+json", "DOCUMENTATION_OPTIONS.pagename")  # for kernels; for a menu of versions


def configure(app, config):
    config.html_theme_options["use_fullscreen_button"] = False
    app.workers = ProcessPoolExecutor()  # they compress figures while Sphinx writes pages, and cut the fonts
    app.figures = {}  # path: its file in the making


def lighten(app, pagename, templatename, context, doctree):
    context["script_files"] = [script for script in context["script_files"] if not is_needless(script)]
    for script in context["script_files"]:
        defer(script, pagename)
    context["header_buttons"] = [plain(button) for button in context.get("header_buttons", [])]
    if context.get("body"):
        context["body"] = without_aria_faults(with_named_boxes(with_light_images(app, context)))


def is_needless(script):
    return any(word in str(script.attributes) for word in NEEDLESS)


def defer(script, pagename):
    """Let the text come first, except where a script within the page waits for this one. All pages share the object."""
    if pagename == "search":
        script.attributes.pop("defer", None)
    elif script.filename and "documentation_options" not in str(script.filename):
        script.attributes["defer"] = "defer"


def plain(button):
    """Show a menu's only entry as a button of its own: one tap to Colab instead of two."""
    if button.get("label") != "launch-buttons":
        return button
    (only,) = button["buttons"]
    return only | {"icon": "fa-solid fa-rocket", "text": "Open in Colab", "label": "launch-button"}


def with_light_images(app, context):
    """Make each figure a WebP file, half of its PNG and the same to the pixel; size it, so that no text jumps."""
    sources = {name: path for path, name in app.builder.images.items()}

    def image(match):
        tag, src = match[0], match[1]
        if src.startswith("data:image/png;base64,"):
            png = base64.b64decode(src.partition(",")[2])
        elif src.endswith(".png") and "_images/" in src:
            png = Path(app.srcdir, sources[src.rpartition("/")[2]]).read_bytes()
        else:
            return tag
        tag = tag.replace(src, context["pathto"](f"_images/{publish(app, png)}", 1))
        width, height = shown_size(png)
        late = ' loading="lazy" decoding="async"' if app.builder.name == "html" else ""
        return tag.replace("<img", f'<img width="{width}" height="{height}"{late}', 1)

    return re.sub(r'<img\b[^>]*?\bsrc="([^"]+)"[^>]*>', image, context["body"])


def publish(app, png):
    """The name at once; the file is made while Sphinx goes on. In an EPUB it stays PNG: few readers know WebP."""
    kind = ".png" if app.builder.name == "epub" else ".webp"
    path = Path(app.outdir, "_images", hashlib.sha256(png).hexdigest()[:20] + kind)
    if path not in app.figures:
        app.figures[path] = app.workers.submit(write, png, path)
    return path.name


def write(png, path):
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".png":
        path.write_bytes(png)
    else:
        Image.open(BytesIO(png)).save(path, lossless=True, method=1)  # those above take longer for nothing


def shown_size(png):
    """Figures are stored at twice the size that they are made for, to be sharp on every screen."""
    image = Image.open(BytesIO(png))
    return image.width // 2, image.height // 2


def finish(app, error):
    app.workers.shutdown()
    for figure in app.figures.values():
        figure.result()  # which raises what went wrong
    if app.builder.name == "epub":
        return
    for path in Path(app.outdir, "_images").glob("*.png"):
        path.unlink()


def search_without_markup(app, error):
    """What search quotes of a page has each formula once; the stock script quotes it drawn, read out and in TeX."""
    script = Path(app.outdir, "_static/searchtools.js")
    if error or not script.exists():
        return
    text = script.read_text(encoding="utf-8")
    script.write_text(text.replace('[".headerlink",', '[".headerlink", ".katex-html", "annotation",'), encoding="utf-8")


def with_named_boxes(body):
    """Notebooks write boxes as block quotes that open with a bold word, such as Trap; the style sheet sees a class."""
    return re.sub(
        r"<blockquote>(?=\s*<div>\s*<p><strong>(\w+))", lambda box: f'<blockquote class="box-{box[1].lower()}">', body
    )


def without_aria_faults(body):
    """Docutils writes bibliographies with a deprecated role, inside a list without list items; MyST-NB says of what
    opens and closes a hidden cell another name than the one that is seen.
    """
    body = body.replace(' role="doc-biblioentry"', "").replace('<div role="list" class="citation-list">', "<div>")
    return body.replace('<summary aria-label="Toggle hidden content">', "<summary>")


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", lighten, priority=900)  # after the theme has had its say
    app.connect("build-finished", finish, priority=950)  # the last, to keep nobody waiting
    app.connect("build-finished", search_without_markup)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
