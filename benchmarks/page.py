"""What the built pages cost: explorers live and redrawn, bytes, Lighthouse's scores, the build itself.

`make bench-page` runs it, on a machine that should be quiet, and keeps what it prints as benchmarks/PAGE.md. Pages are
served compressed, as their host does.
"""

import asyncio
import functools
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil
from playwright.sync_api import sync_playwright
from tornado import netutil, web
from tornado.httpserver import HTTPServer

ROOT = Path(__file__).parent.parent
SITE = ROOT / "book/_build/html"
LIGHTHOUSE = ROOT / "benchmarks/node_modules/.bin/lighthouse"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESIGN, TRAIN, EXERCISES = "book/design.html", "book/train.html", "notebooks/01_loss_and_gradient.html"
QUESTION = "why does my loss become NaN with a big batch"
JUDGED = ["book/intro.html", "notebooks/08_one_cycle.html", DESIGN, TRAIN]
CATEGORIES = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}  # and what is wanted of each
PATHS = ["valley", "race", "design", "predict"]  # explorers that run optimizers or laws, and have two frames for it
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]
BUILD = ["jupyter-book", "build", ".", "--quiet", "--all", "--config", "book/_config.yml", "--toc", "book/_toc.yml"]
QUIET, PATIENCE = 1.0, 300  # load average, and the seconds to wait for it
# When the worker's last answer came: what follows is the page's own work
ANSWERED = """globalThis.Worker = class extends Worker {
    constructor(...given) {
        super(...given);
        this.addEventListener("message", () => (globalThis.answered = performance.now()));
    }
}"""
FOUND = """new MutationObserver(() => {
    if (document.querySelector("#search-results a")) globalThis.found ||= performance.now();
}).observe(document, { childList: true, subtree: true })"""
LIGHTHOUSE_RUNS, VISITS, STEPS, BUILDS = 5, 5, 50, 3


# --------------------------------------------------------------------------------------------------------- printing
def settle():
    """Wait until the load average, which remembers the site's own build for minutes, is that of the machine alone."""
    end = time.monotonic() + PATIENCE
    while os.getloadavg()[0] > QUIET and time.monotonic() < end:
        time.sleep(5)


def heading():
    load, machine = os.getloadavg()[0], f"{os.cpu_count()} cores, {platform.machine()}"
    print("# The pages\n\nMade by `make bench-page`. In brackets: what is wanted.\n")
    print(f"Python {platform.python_version()}; {machine}; load {load:.1f} at the start")
    if load > QUIET:
        print("\n**The machine was busy: times are longer, and scores lower, than they are on a quiet one.**")


def stolen(before):
    """The per cent of the processors' time since then that other guests of the host had: it lengthens what is timed."""
    now = psutil.cpu_times()
    return 100 * (getattr(now, "steal", 0.0) - getattr(before, "steal", 0.0)) / (sum(now) - sum(before))


def section(title, head, rows):
    print(f"\n## {title}\n\n| {' | '.join(head)} |\n| --- |{' --: |' * (len(head) - 1)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def middle(values, digits=0):
    return f"{statistics.median(values):.{digits}f}"


def percentile_95(values):
    return statistics.quantiles(values, n=20)[-1]


# ----------------------------------------------------------------------------------------------------------- pages
class Files(web.StaticFileHandler):
    """Files by the types that a host gives them, whatever this machine's registry says."""

    def get_content_type(self):
        types = {".wasm": "application/wasm", ".py": "text/plain"}
        return types.get(Path(self.absolute_path).suffix, super().get_content_type())


@contextmanager
def served():
    web.GZipContentEncoding.CONTENT_TYPES.add("application/wasm")
    (listening,) = netutil.bind_sockets(0, "127.0.0.1")
    rules = [("/(.*)", Files, {"path": SITE})]

    async def serve():
        site = web.Application(rules, compress_response=True, log_function=lambda request: None)
        HTTPServer(site).add_socket(listening)
        await asyncio.Event().wait()

    threading.Thread(target=asyncio.run, args=[serve()], daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def mounts():
    """The explorers of the site, each with its page."""
    pages = sorted([*SITE.glob("book/*.html"), *SITE.glob("notebooks/*.html")])
    found = [(name, page) for page in pages for name in re.findall(r'data-explorer="(\w+)"', page.read_text("utf-8"))]
    return [(name, str(page.relative_to(SITE))) for name, page in found]


@contextmanager
def visit(browser, address):
    """A first visit, with nothing in any cache: the page, and what is sent for it."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.add_init_script(ANSWERED)
    sent = count_bytes(page)
    page.goto(address, wait_until="networkidle")
    yield page, sent
    context.close()


def count_bytes(page):
    """[(address, bytes)], growing, with what the worker asks for, whose sizes Chromium does not tell."""
    sent = []
    page.context.on("requestfinished", lambda request: sent.append((request.url, weight(request.url))))
    return sent


@functools.cache
def weight(address):
    """Bytes of a compressed answer."""
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})) as answer:
        return len(bytes(answer.headers)) + len(answer.read())


# ------------------------------------------------------------------------------------------------------- explorers
def wake(page, name):
    """Milliseconds from the moment the explorer is scrolled into view until it answers."""
    return page.locator(f"[data-explorer={name}]").evaluate(
        """async (mount) => {
            const start = performance.now();
            mount.scrollIntoView({ behavior: "instant" });
            while (!("live" in mount.dataset)) await new Promise((done) => setTimeout(done));
            return performance.now() - start;
        }"""
    )


def waited(browser, address, name):
    """The same on a first visit; None where the explorer is so near the top that it was live before."""
    with visit(browser, address) as (page, _):
        return None if page.locator(f"[data-explorer={name}][data-live]").count() else wake(page, name)


def drag(browser, address, name):
    """{control: [[milliseconds of script and layout, those from touch to layout], …]}, and whether each frame was late.

    Python computes in a worker: a change waits for it, but the page does not. Frames are counted in a second round, in
    which the control moves at every frame and nothing is waited for.
    """
    with visit(browser, address) as (page, _):
        wake(page, name)
        return page.locator(f"[data-explorer={name}]").evaluate(
            """async (mount, steps) => {
                const frame = () => new Promise(requestAnimationFrame), times = {}, late = [];
                const root = mount.querySelector(".explorer"), asking = () => root.getAttribute("aria-busy") === "true";
                const drawn = () => new Promise((done) => {
                    const busy = new MutationObserver(() => asking() || (busy.disconnect(), done()));
                    busy.observe(root, { attributeFilter: ["aria-busy"] });
                });
                const there = (i) => 1 - Math.abs(1 - (i / steps) % 2); // and back
                const place = ({ min, max, options }, i) =>
                    options ? options[i % options.length].value : Number(min) + (max - min) * there(i);
                const move = (control, i) => {
                    const before = control.value;
                    control.value = place(control, i);
                    if (control.value === before) return false;
                    control.dispatchEvent(new Event(control.options ? "change" : "input"));
                    return true;
                };
                const settled = async () => { while (asking()) await frame(); };
                for (const control of mount.querySelectorAll("input[type=range], select")) {
                    const label = mount.querySelector(`label[for=${control.id}]`).textContent;
                    times[label] = [];
                    for (let i = 0; times[label].length < steps; i++) {
                        const done = drawn(), begun = performance.now();
                        if (!move(control, i)) continue;
                        await done;
                        mount.offsetHeight; // waits for the layout
                        times[label].push([performance.now() - answered, performance.now() - begun]);
                        await frame();
                    }
                    let last = await frame();
                    for (let i = 0; i < steps; i++) {
                        move(control, i);
                        const now = await frame();
                        late.push(now - last > 25);
                        last = now;
                    }
                    await settled();
                    mount.querySelector("button").click(); // Reset
                    await settled();
                }
                return [times, late];
            }""",
            STEPS,
        )


def tried(browser, site, name, page):
    waits = [wait for wait in (waited(browser, site + page, name) for _ in range(VISITS)) if wait is not None]
    live = [middle(waits), f"{max(waits):.0f}"] if waits else ["before", "before"]
    found, late = drag(browser, site + page, name)
    own, whole = zip(*(each for times in found.values() for each in times), strict=True)
    ends = {control: percentile_95([waited for _, waited in times]) for control, times in found.items()}
    slowest = max(ends, key=ends.get)
    redraw = [middle(own, 1), f"{percentile_95(own):.1f} (≤ {33 if name in PATHS else 16})"]
    redraw += [middle(whole, 1), f"{percentile_95(whole):.1f}", f"{slowest}: {ends[slowest]:.1f}"]
    return [name, *live, *redraw, f"{sum(late)} of {len(late)}"]


def try_explorers(browser, site):
    head = ["explorer", "live, ms (≤ 400)", "worst", "script + layout, ms", "its 95 %", "from touch, ms", "its 95 %"]
    head += ["the slowest control's", "frames missed"]
    title = f"Explorers: {VISITS} first visits, from in view to live; {STEPS} redraws a control; Python in its worker"
    section(title, head, (tried(browser, site, *mount) for mount in mounts()))


def first_design(browser, site):
    """Milliseconds of the first figure of "Design a schedule", all its runs included, by a fresh interpreter."""
    module = next(SITE.glob("_static/explorer/python-*.js")).relative_to(SITE)
    with visit(browser, site + DESIGN) as (page, _):
        return page.locator("[data-explorer=design]").evaluate(
            """async ({ dataset }, module) => {
                const { load } = await import(module);
                const { render } = await load(dataset.explorer, dataset.files.split(" "), dataset.record);
                const start = performance.now();
                await render({});
                return performance.now() - start;
            }""",
            f"{site}{module}?fresh",  # a module of its own, and so an interpreter
        )


def try_design(browser, site):
    if not (SITE / DESIGN).exists():
        print(f"\n{DESIGN} is not there: not measured.")
        return
    times = [first_design(browser, site) for _ in range(VISITS)]
    row = [f"{VISITS} first visits", middle(times), f"{max(times):.0f}"]
    section("Design a schedule: all seeds and schedules", ["", "ms (≤ 1000)", "worst"], [row])


def drags(browser, site, count=6):
    """[from a drag to the first point of a curve, to the end of all runs] in milliseconds, of so many drags."""
    with visit(browser, site + TRAIN) as (page, _):
        mount = page.locator("[data-explorer=train]")
        mount.scroll_into_view_if_needed()
        page.locator("[data-explorer=train][data-live]").wait_for()
        page.wait_for_function("() => document.querySelector('.explorer').ariaBusy === 'false'")
        return mount.evaluate(
            """async (mount, count) => {
                const root = mount.querySelector(".explorer"), losses = mount.querySelectorAll(".explorer-plot")[1];
                const slider = mount.querySelectorAll("input[type=range]")[2], found = [];
                for (let drag = 0; drag < count; drag++) {
                    const start = performance.now(), times = [0, 0];
                    const drawn = new MutationObserver(() => {
                        const begun = losses.querySelector('[stroke-width="0.75"]');
                        if (begun) times[0] ||= performance.now() - start;
                    });
                    drawn.observe(losses, { childList: true });
                    slider.value = 0.1 + 0.02 * drag;
                    slider.dispatchEvent(new Event("input", { bubbles: true }));
                    while (root.ariaBusy === "true") await new Promise(requestAnimationFrame);
                    times[1] = performance.now() - start;
                    drawn.disconnect();
                    found.push(times);
                }
                return found;
            }""",
            count,
        )


def try_train(browser, site):
    firsts, alls = zip(*drags(browser, site), strict=True)
    rows = [
        ["first point of a curve (≤ 60)", middle(firsts), f"{max(firsts):.0f}"],
        ["eight seeds, 300 steps (≤ 1000)", middle(alls), f"{max(alls):.0f}"],
    ]
    section("Train a network: from a drag", ["", "ms", "worst"], rows)


def checks(browser, site, count=6):
    """Milliseconds from Check to the answer, of so many presses; the first wakes the interpreter."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(site + EXERCISES, wait_until="networkidle")
        exercise = page.locator("[data-exercise]").first
        exercise.scroll_into_view_if_needed()
        exercise.get_by_role("button", name="Check", exact=True).wait_for()
        return exercise.evaluate(
            """async (exercise, count) => {
                const button = [...exercise.querySelectorAll("button")].find((each) => each.textContent === "Check");
                const status = exercise.querySelector("[role=status]"), found = [];
                for (let press = 0; press < count; press++) {
                    const start = performance.now();
                    status.textContent = "";
                    button.click();
                    while (!status.textContent.includes(":")) await new Promise(requestAnimationFrame);
                    found.push(performance.now() - start);
                }
                return found;
            }""",
            count,
        )


def try_exercises(browser, site):
    visits = [checks(browser, site) for _ in range(VISITS)]
    first, later = [times[0] for times in visits], [time for times in visits for time in times[1:]]
    rows = [
        ["the first Check (≤ 600)", middle(first), f"{max(first):.0f}"],
        ["once alive (≤ 100)", middle(later), f"{max(later):.0f}"],
    ]
    section(f"Exercises: from Check to the answer, {VISITS} first visits", ["", "ms", "worst"], rows)


def searched(browser, site):
    """Milliseconds from the opening of the search page with a question to its first result, nothing in any cache."""
    with browser.new_context() as context:
        page = context.new_page()
        page.add_init_script(FOUND)
        page.goto(f"{site}search.html?q={quote(QUESTION)}")
        page.wait_for_function("() => globalThis.found")
        return page.evaluate("() => globalThis.found")


def try_search(browser, site):
    times = [searched(browser, site) for _ in range(VISITS)]
    row = [f"{VISITS} first visits", middle(times), f"{max(times):.0f}"]
    section("Search: from the address to the first result", ["", "ms (≤ 1000)", "worst"], [row])


# ---------------------------------------------------------------------------------------------------------- weight
def weighed(browser, site, name, address):
    with visit(browser, site + address) as (page, sent):
        # what an explorer near the top has fetched by itself is no part of the text
        text = [size for url, size in sent if "/explorer/" not in url or url.endswith("/explorer.js")]
        wake(page, name)
        page.wait_for_load_state("networkidle")
        return [address, name, f"{sum(text) / 1000:.0f}", f"{sum(size for _, size in sent) / 1000:.0f}"]


def weigh(browser, site):
    head = ["page", "its explorer", "text (≤ 350)", "explorer live (≤ 700)"]
    section("First load, kB as sent", head, (weighed(browser, site, *mount) for mount in mounts()))


# ------------------------------------------------------------------------------------------------------ Lighthouse
def lighthouse(address):
    """One report of the mobile preset."""
    command = [LIGHTHOUSE, address, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command.append(f"--chrome-flags={' '.join(['--headless', *FLAGS])}")
    environment = os.environ | {"CHROME_PATH": CHROMIUM}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def judged(site, page):
    reports = [lighthouse(site + page) for _ in range(LIGHTHOUSE_RUNS)]

    def measured(audit, unit, digits=0):
        return middle([report["audits"][audit]["numericValue"] / unit for report in reports], digits)

    scores = [middle([100 * report["categories"][name]["score"] for report in reports]) for name in CATEGORIES]
    paint, blocked = measured("largest-contentful-paint", 1000, 1), measured("total-blocking-time", 1)
    weight = measured("total-byte-weight", 1000)
    speed = middle([report["environment"]["benchmarkIndex"] for report in reports])
    faulty = sorted({fault for report in reports for fault in faults(report)})
    return [page, *scores, paint, blocked, weight, speed, ", ".join(faulty) or "none"]


def faults(report):
    """Audits that failed; those of speed have their columns."""
    names = [name for name in CATEGORIES if name != "performance"]
    weighing = [each["id"] for name in names for each in report["categories"][name]["auditRefs"] if each["weight"]]
    return [audit for audit in weighing if report["audits"][audit]["score"] == 0]


def judge(site):
    head = ["page", *(f"{name} (≥ {wanted})" for name, wanted in CATEGORIES.items())]
    head += ["largest paint, s", "blocked, ms", "kB", "benchmarkIndex", "faults"]
    there = [page for page in JUDGED if (SITE / page).exists()]
    section(f"Lighthouse, mobile: median of {LIGHTHOUSE_RUNS}", head, (judged(site, page) for page in there))


# ----------------------------------------------------------------------------------------------------------- build
def build():
    """Seconds of a whole build with the stored outputs, into a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [*BUILD, "-W", "-n", "--keep-going", "--path-output", folder]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


def time_build():
    times = [build() for _ in range(BUILDS)]
    row = [f"{BUILDS} builds", middle(times, 1), f"{max(times):.1f}"]
    section("The site built with stored outputs", ["", "s (≤ 30)", "worst"], [row])


def main():
    if not CHROMIUM or not (SITE / JUDGED[0]).exists() or not LIGHTHOUSE.exists():
        sys.exit("Chromium, the site or Lighthouse is missing: install the system's chromium, then `make bench-page`.")
    settle()
    heading()
    before = psutil.cpu_times()
    with served() as site:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            try_explorers(browser, site)
            try_design(browser, site)
            try_train(browser, site)
            try_exercises(browser, site)
            try_search(browser, site)
            weigh(browser, site)
            browser.close()
        judge(site)
    time_build()
    print(f"\nOf the processors' time meanwhile, {stolen(before):.0f} % went to other guests of the host.")


if __name__ == "__main__":
    main()
