"""The content-security policy that a host may send with every page: what the pages need, and nothing else.

Browsers then refuse all other scripts, styles and addresses. The scripts that stand within pages are let through by
their hashes, so that the policy is made anew with each site.
"""

import base64
import hashlib
import re
from pathlib import Path

FILE = "content-security-policy.txt"
# No <script src>, whose text is nothing; handlers count as scripts within the page, as the print button's does
SCRIPTS = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.+?)</script>|\sonclick=\"([^\"]+)\"", re.DOTALL)
STYLES = re.compile(r"<style[^>]*>(.+?)</style>", re.DOTALL)


def policy(pages):
    scripts, styles = hashes(SCRIPTS, pages), hashes(STYLES, pages)
    return {
        "default-src": "'none'",
        # MicroPython comes as WebAssembly, which browsers compile under this name; it does not allow eval
        "script-src": f"'self' 'wasm-unsafe-eval' 'unsafe-hashes' {scripts}",  # hashes of handlers count by that word
        "style-src": f"'self' {styles}",
        "style-src-attr": "'unsafe-inline'",  # KaTeX places the parts of each formula so; attributes load no sheet
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'self'",
    }


def hashes(pattern, pages):
    found = {"".join(match.groups("")) for page in pages for match in pattern.finditer(page)}
    return " ".join(sorted(f"'sha256-{digest(text)}'" for text in found))


def digest(text):
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def publish(app, error):
    if error or app.builder.name != "html":
        return
    pages = [path.read_text(encoding="utf-8") for path in Path(app.outdir).rglob("*.html")]
    directives = "; ".join(f"{name} {sources}" for name, sources in policy(pages).items())
    Path(app.outdir, FILE).write_text(f"{directives}\n", encoding="utf-8")


def setup(app):
    app.connect("build-finished", publish, priority=950)  # when every page stands
    return {"parallel_read_safe": True, "parallel_write_safe": True}
