"""How fast the built pages are: Lighthouse medians and weights, and how quickly the explorer boots and redraws.

    npm ci --prefix benchmarks                      # once: Lighthouse, which readers need not install
    python benchmarks/page.py [--runs 5] [PAGE ...]

Wants the site built, Chromium, and a quiet machine: the load is printed beside the numbers. Pages are served
compressed, as a host does.
"""

import argparse
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SITE = ROOT / "book/_build/html"
LIGHTHOUSE = ROOT / "benchmarks/node_modules/.bin/lighthouse"
CHAPTER = "notebooks/08_one_cycle.html"
PAGES = ["book/intro.html", CHAPTER]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
COMPRESSED = (".html", ".css", ".js", ".svg", ".wasm", ".py", ".json")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
REDRAWS, BOOTS = 200, 5


class CompressingHandler(http.server.SimpleHTTPRequestHandler):
    """Static files, gzipped where a host would."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args):
        super().__init__(*args, directory=SITE)

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            super().do_GET()
            return
        body = compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@cache
def compressed(path):
    return gzip.compress(path.read_bytes())


@contextmanager
def serve():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), CompressingHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def lighthouse(url, chromium):
    """One run of the mobile preset: scores, first bytes, faults found, the machine's own benchmark."""
    command = [LIGHTHOUSE, url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command.append(f"--chrome-flags={' '.join(FLAGS)}")
    run = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True, check=True
    )
    report = json.loads(run.stdout)
    audits, categories = report["audits"], report["categories"]
    scored = {reference["id"] for name in CATEGORIES[1:] for reference in categories[name]["auditRefs"]}
    return {
        "scores": [round(100 * categories[name]["score"]) for name in CATEGORIES],
        "kB": audits["total-byte-weight"]["numericValue"] / 1000,
        "LCP": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "TBT": audits["total-blocking-time"]["numericValue"],
        "CLS": audits["cumulative-layout-shift"]["numericValue"],
        "faults": sorted(name for name in scored if audits[name]["score"] == 0),
        "benchmarkIndex": report["environment"]["benchmarkIndex"],
    }


def measure_pages(site, pages, runs, chromium):
    columns = ("kB", "LCP", "TBT", "CLS", "benchmarkIndex")
    print(
        "page".ljust(32), *(name[:5].rjust(5) for name in CATEGORIES), *(f"{name[:9]:>9}" for name in columns), "faults"
    )
    for page in pages:
        results = [lighthouse(site + page, chromium) for _ in range(runs)]
        scores = [statistics.median(column) for column in zip(*(result["scores"] for result in results), strict=True)]
        middles = [statistics.median(result[name] for result in results) for name in columns]
        faults = sorted({fault for result in results for fault in result["faults"]})
        print(f"{page:32}", *(f"{score:5.0f}" for score in scores), *(f"{middle:9.4g}" for middle in middles), *faults)


def boot_time(browser, url):
    """Milliseconds from the moment the explorer is scrolled into view until it answers, on a first visit."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    took = page.locator("[data-explorer]").evaluate(
        """async (mount) => {
            if ("live" in mount.dataset) throw new Error("it was live before it was in view");
            const start = performance.now();
            mount.scrollIntoView({ behavior: "instant" });
            await new Promise((done) => new MutationObserver(done).observe(mount, { attributes: true }));
            return performance.now() - start;
        }"""
    )
    context.close()
    return took


def redraw_times(browser, url):
    """Milliseconds of script and layout for each step of a slider, drawn in its own frame."""
    page = browser.new_page()
    page.goto(url)
    page.locator("[data-explorer]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-live]")
    return page.locator("[data-explorer]").evaluate(
        """async (mount, count) => {
            const slider = mount.querySelector("input[type=range]"), times = [];
            const redrawn = () => new Promise((done) => requestAnimationFrame(done));
            for (let i = 0; i < count; i++) {
                slider.value = Number(slider.min) + ((i % 40) / 40) * (slider.max - slider.min);
                const begun = redrawn().then(() => performance.now()); // callbacks of a frame run in this order
                slider.dispatchEvent(new Event("input"));
                await redrawn();
                mount.offsetHeight; // waits for the layout
                times.push(performance.now() - (await begun));
            }
            return times;
        }""",
        REDRAWS,
    )


def measure_explorer(site, chromium):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS[1:])
        boots = [boot_time(browser, site + CHAPTER) for _ in range(BOOTS)]
        redraws = redraw_times(browser, site + CHAPTER)
        browser.close()
    print(f"explorer live once in view: median {statistics.median(boots):.0f} ms, worst {max(boots):.0f} of {BOOTS}")
    p95 = statistics.quantiles(redraws, n=20)[-1]
    print(f"redraw, script and layout: median {statistics.median(redraws):.1f} ms, p95 {p95:.1f} of {REDRAWS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", default=PAGES)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium or not (SITE / CHAPTER).exists() or not LIGHTHOUSE.exists():
        sys.exit("This wants Chromium, the built site (make book) and Lighthouse (npm ci --prefix benchmarks).")
    print(
        f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; Lighthouse: mobile, median of {arguments.runs}"
    )
    with serve() as site:
        measure_explorer(site, chromium)
        measure_pages(site, arguments.pages, arguments.runs, chromium)


if __name__ == "__main__":
    main()
