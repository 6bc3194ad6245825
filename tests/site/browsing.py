"""The built site, served, and a browser to visit it with: fixtures for all tests that need them, by way of conftest."""

import functools
import http.server
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

SITE = Path(__file__).parents[2] / "book/_build/html"
POLICY = SITE / "content-security-policy.txt"
CHAPTER = "notebooks/08_one_cycle.html"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
FLAGS += ("--disable-component-update", "--disable-sync")


class AsGitHubPages(http.server.SimpleHTTPRequestHandler):
    """Sends no policy: that in each page's head has to do."""

    def log_message(self, *args):
        pass


class AsAdvised(AsGitHubPages):
    """Sends the policy that the site suggests to its hosts, beside the page's own."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY.read_text().strip())
        super().end_headers()


@contextmanager
def serve(handler):
    assert (SITE / CHAPTER).exists(), "The site is not built: type `make book` first."
    handler = functools.partial(handler, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def site():
    with serve(AsGitHubPages) as address:
        yield address


@pytest.fixture(scope="session")
def strict_site():
    with serve(AsAdvised) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is missing: install the system's package `chromium`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def open_page(browser, site, path, faults, script="", **options):
    """A page of its own, with nothing in any cache; `script` runs ahead of the page's own."""
    context = browser.new_context(**options)
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.add_init_script(script)
    watch(page, site, faults)
    page.goto(site + path)
    return page


@pytest.fixture
def visit(site, browser):
    """Open a page; at the end of the test, nothing may have gone wrong in it, and nobody else may have been asked."""
    pages, faults = [], []

    def visit(path=CHAPTER, site=site, **options):
        pages.append(open_page(browser, site, path, faults, **options))
        return pages[-1]

    yield visit
    for page in pages:
        page.context.close()
    assert not faults


def watch(page, site, faults):
    def fault(happened, text):
        if happened:
            faults.append(text)

    page.on("console", lambda said: fault(said.type in ("error", "warning"), f"{said.text} {said.location}"))
    page.on("pageerror", lambda error: fault(True, str(error)))
    page.on("dialog", lambda dialog: fault(True, "a link ran a script"))
    page.on("request", lambda request: fault(not request.url.startswith((site, f"blob:{site}", "data:")), request.url))
    page.on("requestfailed", lambda request: fault(True, f"failed: {request.url}"))
    page.on("response", lambda response: fault(response.status >= 400, f"{response.status}: {response.url}"))
