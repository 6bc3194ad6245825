"""The content-security policy: what the pages need, and nothing else. Browsers refuse all other scripts and addresses.

It stands in every page, because GitHub Pages sends no headers of ours, and in `content-security-policy.txt` for hosts
that do. The header says more: a `<meta>` cannot forbid other sites to frame the page, and it does not bind workers,
since a worker takes its policy from the headers of its own script, unless that is a blob of the page's. Scripts within
pages are let through by hashes.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from sphinx.errors import ExtensionError

FILE = "content-security-policy.txt"
# Not <script src>, which has no text. Handlers, such as the print button's, count as scripts within the page.
SCRIPTS = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.+?)</script>|\sonclick=\"([^\"]+)\"", re.DOTALL)
CHARSET = re.compile(r"<meta charset=[^>]*>")
STYLES = re.compile(r"<style[^>]*>(.+?)</style>", re.DOTALL)
HEADER_ONLY = {"frame-ancestors": "'self'"}  # in a page, browsers ignore it and complain


def publish(app):
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(Path(app.outdir).rglob("*.html"))}
    directives = policy(pages.values())
    Path(app.outdir, FILE).write_text(written(directives | HEADER_ONLY) + "\n", encoding="utf-8")
    for path, page in pages.items():
        path.write_text(with_meta(page, written(directives), path.name), encoding="utf-8")


def policy(pages):
    """The policy, one for the whole site: the search page reads the others, and its policy applies to their scripts."""
    scripts, styles = hashes(SCRIPTS, pages), hashes(STYLES, pages)
    return {
        "default-src": "'none'",
        # MicroPython comes as WebAssembly, which browsers compile under this name; it does not allow eval
        "script-src": f"'self' 'wasm-unsafe-eval' 'unsafe-hashes' {scripts}",  # 'unsafe-hashes' lets handlers through
        # a worker whose script is text of the page takes this policy with it: an exercise's runs the reader's code
        "worker-src": "'self' blob:",
        "style-src": f"'self' {styles}",
        "style-src-attr": "'unsafe-inline'",  # KaTeX places the parts of each formula so; attributes load no sheet
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
    }


def hashes(pattern, pages):
    found = {"".join(match.groups("")) for page in pages for match in pattern.finditer(page)}
    return " ".join(sorted(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in found))


def written(directives):
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def with_meta(page, directives, name):
    """Put the policy before all that it governs, but after the charset, which must be in the first 1,024 bytes."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{directives}">'
    page, times = CHARSET.subn(lambda charset: charset[0] + meta, page, count=1)
    if not times:
        raise ExtensionError(f"{name} names no charset, behind which its policy would stand")
    return page
