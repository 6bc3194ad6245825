"""A light page from the stock theme: no code for kernels, sized and lazy images, a description, deferred scripts.

The style sheet and the fonts are light_assets' part, the explorers page_explorers'.
"""

import base64
import hashlib
import re
from pathlib import Path

from docutils import nodes
from PIL import Image

KERNEL_ONLY = "widget-state+json"
CSS_PIXELS_PER_INCH = 96
DESCRIPTION_LENGTH = 155


def configure(app, config):
    config.html_theme_options["use_fullscreen_button"] = False


def lighten(app, pagename, templatename, context, doctree):
    context["script_files"] = [
        script for script in context["script_files"] if KERNEL_ONLY not in str(script.attributes)
    ]
    for script in context["script_files"]:
        defer(script, pagename)
    context["header_buttons"] = [plain(button) for button in context.get("header_buttons", [])]
    context["metatags"] = context.get("metatags", "") + describe(doctree)
    if context.get("body"):
        context["body"] = without_aria_faults(with_named_boxes(with_sized_images(app, context)))


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


def describe(doctree):
    """The page's first paragraph, for search engines and link previews."""
    first = next(iter(doctree.findall(nodes.paragraph)), None) if doctree else None
    if first is None:
        return ""
    text = " ".join(first.astext().split())
    if len(text) > DESCRIPTION_LENGTH:
        text = text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"
    return f'<meta name="description" content="{nodes.unescape(text).replace(chr(34), "&quot;")}">'


def with_sized_images(app, context):
    """Give every image its size, so that the text does not jump, and load it when it comes near."""
    sources = {name: path for path, name in app.builder.images.items()}

    def image(match):
        tag, src = match[0], match[1]
        if src.startswith("data:image/png;base64,"):
            path = write_image(app, base64.b64decode(src.partition(",")[2]))
            tag = tag.replace(src, context["pathto"](f"_images/{path.name}", 1))
        elif "_images/" in src:
            path = Path(app.srcdir, sources[src.rpartition("/")[2]])
        else:
            return tag
        width, height = size(path)
        return tag.replace("<img", f'<img width="{width}" height="{height}" loading="lazy" decoding="async"', 1)

    return re.sub(r'<img\b[^>]*?\bsrc="([^"]+)"[^>]*>', image, context["body"])


def write_image(app, data):
    """A figure embedded in a notebook's HTML becomes a file, which can load late."""
    path = Path(app.outdir, "_images", hashlib.sha256(data).hexdigest() + ".png")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def size(path):
    """Width and height in CSS pixels: a figure is shown as large as its author made it, however sharp it is."""
    with Image.open(path) as image:
        scale = CSS_PIXELS_PER_INCH / image.info.get("dpi", (CSS_PIXELS_PER_INCH,))[0]
        return round(image.width * scale), round(image.height * scale)


def with_named_boxes(body):
    """Notebooks write boxes as block quotes that open with a bold word, such as Trap; the style sheet sees a class."""
    return re.sub(
        r"<blockquote>(?=\s*<div>\s*<p><strong>(\w+))", lambda box: f'<blockquote class="box-{box[1].lower()}">', body
    )


def without_aria_faults(body):
    """Docutils writes bibliographies with a deprecated role, inside a list without list items."""
    return body.replace(' role="doc-biblioentry"', "").replace('<div role="list" class="citation-list">', "<div>")


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", lighten, priority=900)  # after the theme has had its say
    return {"parallel_read_safe": True, "parallel_write_safe": True}
