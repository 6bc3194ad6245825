"""Figures: WebP files that load late, made by worker processes while Sphinx writes pages."""

import base64
import hashlib
import re
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path

from PIL import Image

IMAGE = re.compile(r'<img\b[^>]*?\bsrc="([^"]+)"[^>]*>')
EMBEDDED = "data:image/png;base64,"  # what a notebook stores, and an explorer's still figure


def start_workers(app):
    app.workers = ProcessPoolExecutor()  # they cut the fonts too
    app.figures = {}  # path: its file in the making


def lighten(app, pagename, context):
    """Make each figure a file, half as heavy as its PNG and the same to the pixel; size it, so that no text jumps."""
    context["body"] = IMAGE.sub(lambda tag: light(app, context["pathto"], tag[0], tag[1]), context["body"])


def light(app, pathto, tag, source):
    png = png_of(app, source)
    if not png:
        return tag
    # Figures are stored at twice the size at which they are shown, to be sharp on every screen.
    width, height = (pixels // 2 for pixels in Image.open(BytesIO(png)).size)
    late = ' loading="lazy" decoding="async"' if app.builder.name == "html" else ""
    tag = tag.replace(source, pathto(f"_images/{publish(app, png)}", 1))
    return tag.replace("<img", f'<img width="{width}" height="{height}"{late}', 1)


def png_of(app, source):
    if source.startswith(EMBEDDED):
        return base64.b64decode(source.removeprefix(EMBEDDED))
    if source.endswith(".png") and "_images/" in source:
        sources = {name: path for path, name in app.builder.images.items()}
        return Path(app.srcdir, sources[source.rpartition("/")[2]]).read_bytes()
    return None


def publish(app, png):
    """Return the name at once, and make the file while Sphinx goes on; a PNG in an EPUB, as few e-readers know WebP."""
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
        Image.open(BytesIO(png)).save(path, lossless=True, method=1)  # higher methods take longer for nothing


def wait(app):
    app.workers.shutdown()
    for figure in app.figures.values():
        figure.result()  # which raises what went wrong


def finish(app):
    """Wait for every figure, and remove the PNG files that Sphinx has copied beside them: no page asks for those."""
    wait(app)
    for path in Path(app.outdir, "_images").glob("*.png"):
        path.unlink()
