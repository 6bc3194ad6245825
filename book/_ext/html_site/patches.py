"""Changes to what other packages write: each has to find its place, or the build fails and names the package.

An upgrade may reword what is changed here. Without this check the page would be left unmended, and nobody would know.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from sphinx.util import logging

logger = logging.getLogger(__name__)
_was_found = {}  # (package, text): whether it has been found anywhere


def found(package, text, here):
    """Whether a package's text is here, as the caller has seen; `check` remembers that it was looked for."""
    _was_found[package, text] = bool(here) or _was_found.get((package, text), False)
    return here


class Patch(NamedTuple):
    """What a package writes, on every page or on some, and what to write there instead: call it with a page's text."""

    package: str
    text: str | re.Pattern
    replacement: str | Callable

    def __call__(self, page):
        pattern = self.text if isinstance(self.text, re.Pattern) else re.compile(re.escape(self.text))
        page, times = pattern.subn(self.replacement, page)
        found(self.package, pattern.pattern, times)
        return page


def patch_file(path, patch):
    if found(patch.package, path.name, path.exists()):
        path.write_text(patch(path.read_text(encoding="utf-8")), encoding="utf-8")


def patch_name(package, owner, name, value):
    """Put another value, such as a function, behind a name of a package."""
    if found(package, f"{owner.__name__}.{name}", hasattr(owner, name)):
        setattr(owner, name, value)


def check(app):
    """Fail the build where something was looked for and found nowhere: many of these texts stand on few pages.

    As an exception it would be drowned: Sphinx then sends `build-finished` again, on which sphinxcontrib-katex's
    handler fails, and that is what would be told first.
    """
    for package, text in [place for place, found in _was_found.items() if not found]:
        logger.error(f"{package} no longer has what is changed here: {text}")
        app.statuscode = 1
