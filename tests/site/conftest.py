"""One browser for the process: Playwright refuses a second."""

from tests.site.browsing import browser, site, strict_site, visit  # noqa: F401
