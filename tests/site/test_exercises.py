"""Exercises on the page: Colab's verdicts, an editor for all readers, and nothing that code can break or reach."""

import pytest
from playwright.sync_api import expect

from tests.exercises.test_exercises import CHAPTERS, cells, solutions
from tests.site.browsing import SITE
from tests.site.test_browser import AXE, LAPTOP, PHONE

pytestmark = pytest.mark.browser

IN_COLAB = ("seeds to declare", "the best cliff")
PAGE = "notebooks/07_cyclical.html"
TOP = "the next top"
RIGHT = 'def steps_to_top(t, s):\n    return (s - t) % (2 * s)\n\n\ncheck("the next top", steps_to_top)'
FRESH = 1_500  # milliseconds for a fresh interpreter on a busy machine; a quiet one takes a tenth


@pytest.fixture
def exercise(visit):
    """An exercise on its page; given a context's options, in such a browser."""

    def open_exercise(name=TOP, path=PAGE, **options):
        root = visit(path, **options).get_by_role("group", name=f"Exercise: {name}", exact=True)
        root.scroll_into_view_if_needed()
        return root

    return open_exercise


def editor(root):
    return root.get_by_role("textbox")


def press(root, button):
    """What the page says after that button."""
    root.get_by_role("button", name=button, exact=True).click()
    return said(root)


def said(root):
    expect(root).to_have_attribute("aria-busy", "false", timeout=15_000)
    return root.get_by_role("status").text_content()


def says(root, code, button="Check"):
    editor(root).fill(code)
    return press(root, button)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_stub_is_told_from_a_solution(exercise, size):
    root = exercise(viewport=size)
    assert press(root, "Check") == f"{TOP}: not yet. A number is asked for, and this is empty."
    assert says(root, RIGHT) == f"{TOP}: correct."
    expect(root.locator("[data-state=correct]")).to_be_visible()


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_solution_is_correct_on_its_page_where_the_host_sends_the_policy(exercise, strict_site, path):
    page = exercise_page(exercise, path, strict_site)
    assert page.locator("[data-exercise]").count() >= 2
    for code in solutions(path):
        name = code.split('check("')[1].split('"')[0]
        if name in IN_COLAB:
            continue
        root = page.get_by_role("group", name=f"Exercise: {name}", exact=True)
        assert says(root, code).endswith(f"{name}: correct."), name


def exercise_page(exercise, path, site):
    first = next(source for source in cells(path, "code") if source.rsplit("\n", 1)[-1].startswith('check("'))
    name = first.rsplit("\n", 1)[-1].split('"')[1]
    return exercise(name, f"notebooks/{path.stem}.html", site=site).page


def test_what_needs_more_leads_to_colab(visit):
    for path in ("notebooks/10_claims_on_trial.html", "notebooks/11_predict_the_curve.html"):
        cell = visit(path).locator(".tag_exercise-in-colab")
        assert "https://colab.research.google.com/github/" in cell.get_by_role("link").get_attribute("href")
        assert cell.get_by_role("button", name="Check").count() == 0


def test_run_runs_without_a_verdict(exercise):
    root = exercise()
    assert says(root, f"print(1 + 1)\n{RIGHT}", "Run") == "2"
    assert says(root, RIGHT, "Run").startswith("It ran, and printed nothing.")


def test_a_check_that_was_deleted_is_made_all_the_same(exercise):
    root = exercise()
    assert says(root, RIGHT.split("\n\n\n")[0]) == f"{TOP}: correct."
    assert says(root, "x = 1") == "Nothing to check: name 'steps_to_top' isn't defined."


def test_each_run_starts_from_nothing(exercise):
    root = exercise()
    says(root, "x = 1", "Run")
    assert says(root, "print(x)", "Run") == "Line 1: NameError: name 'x' isn't defined"


ERRORS = {
    "x = 1\ny = x / 0": "Line 2: ZeroDivisionError: divide by zero",
    "def f(t, s):\n    x = 1\n    return x / 0\n\n\ncheck('the next top', f)": "divide by zero (line 3)",
    "x = 1\ndef (": "Line 2: SyntaxError: invalid syntax",
    "import keras": "Line 1: ImportError: no module named 'keras'. This page's Python does not have that; Colab does.",
    "SGD(0.1)": "Line 1: NameError: name 'SGD' isn't defined. This page's Python does not have that; Colab does.",
    "nothing": "Line 1: NameError: name 'nothing' isn't defined",
    "raise SystemExit": "Line 1: SystemExit",
    "input('?')": "Line 1: EOFError: a page has no place to answer input()",
    "def f():\n    f()\n\n\nf()": "Line 2: RuntimeError: maximum recursion depth exceeded",
    "x = [0] * 10**8": "Line 1: MemoryError",
    "x = []\nwhile True:\n    x.append('.' * 10**5)": "Line 3: MemoryError",
    "while True:\n    pass": "Stopped after 5 seconds. Does a loop never end?",
    "while True:\n    print(1)": "Stopped: it printed more than a page can show.",
    "while True:\n    print('endless', end='')": "Stopped: it printed more than a page can show.",
    "print('x' * 10**6)": "Stopped: it printed more than a page can show.",
    "try:\n    while True:\n        pass\nexcept BaseException:\n    pass": "Stopped after 5 seconds.",
}


def test_errors_floods_and_endless_loops_are_said_and_the_next_run_works(exercise):
    root = exercise()
    for code, message in ERRORS.items():
        assert message in says(root, code), code
        assert says(root, RIGHT) == f"{TOP}: correct.", code


def test_the_page_goes_on_while_code_runs(exercise):
    root = exercise()
    press(root, "Check")
    editor(root).fill("while True:\n    pass")
    root.get_by_role("button", name="Run", exact=True).click()
    expect(root.get_by_role("status")).to_have_text("Running …")
    slowest = root.evaluate(
        """async () => {
            let [before, slowest] = [performance.now(), 0];
            for (let frame = 0; frame < 60; frame++) {
                const now = await new Promise(requestAnimationFrame);
                [before, slowest] = [now, Math.max(slowest, now - before)];
            }
            return slowest;
        }"""
    )
    assert slowest < 500
    assert said(root).startswith("Stopped after")


def test_the_answer_comes_at_once_when_python_is_alive(exercise):
    root = exercise()
    says(root, RIGHT)
    root.page.wait_for_timeout(FRESH)
    took = root.evaluate(
        """async (root) => {
            const begun = performance.now();
            root.querySelector(".exercise-check").click();
            await new Promise((done) => new MutationObserver(done).observe(root, { attributeFilter: ["aria-busy"] }));
            while (root.ariaBusy === "true") await new Promise((done) => setTimeout(done));
            return performance.now() - begun;
        }"""
    )
    assert took < FRESH


def test_what_was_typed_is_kept_until_reset_which_can_be_undone(exercise):
    root = exercise()
    page, reset = root.page, root.get_by_role("button", name="Reset")
    stub = editor(root).input_value()
    expect(reset).to_be_disabled()
    editor(root).fill(RIGHT)
    page.wait_for_load_state("networkidle")  # what a reload cuts off counts as a fault
    page.reload()
    assert editor(root).input_value() == RIGHT
    reset.click()
    assert editor(root).input_value() == stub
    expect(editor(root)).to_be_focused()
    page.keyboard.press("Control+z")
    assert editor(root).input_value() == RIGHT
    reset.click()
    page.wait_for_load_state("networkidle")
    page.reload()
    assert editor(root).input_value() == stub


def test_a_browser_that_keeps_nothing_runs_it_all_the_same(exercise):
    forbidden = """
        const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, value) {
            if (key.startsWith("exercise")) throw new DOMException("full");
            set.call(this, key, value);
        };"""
    assert says(exercise(script=forbidden), RIGHT) == f"{TOP}: correct."


def test_keyboard_alone_solves_it(exercise):
    root = exercise()
    page = root.page
    editor(root).focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("def f(t, s):\nif t:\nreturn (s - t) % (2 * s)")
    assert editor(root).input_value() == "def f(t, s):\n    if t:\n        return (s - t) % (2 * s)"
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type("return s")
    assert editor(root).input_value().endswith("\n    return s")
    page.keyboard.press("Enter")
    page.keyboard.press("Backspace")
    page.keyboard.type(f'check("{TOP}", f)')
    page.keyboard.press("Control+Enter")
    expect(root.get_by_role("status")).to_have_text(f"{TOP}: correct.")
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent"))
    assert reached[:3] == ["Run", "Check", "Reset"]
    assert reached[3] not in reached[:3], "Tab leaves the exercise"


def test_the_coloured_copy_lies_under_the_text(exercise):
    """To the pixel, also where a line is wider than the page, or the caret would stand beside what it changes."""
    root = exercise(viewport=PHONE)
    editor(root).fill(f"{RIGHT}\nx = {'1 + ' * 60}1\ny = 2")
    boxes = root.evaluate(
        """(root) => ["code", "textarea"].map((tag) => {
            const part = root.querySelector(`.exercise-editor ${tag}`);
            const { x, y, width, height } = part.getBoundingClientRect();
            const { font, padding, letterSpacing, tabSize } = getComputedStyle(part);
            const inside = part.scrollWidth - part.clientWidth;
            return { x, y, width, height, font, padding, letterSpacing, tabSize, inside };
        })"""
    )
    assert boxes[0] == boxes[1]
    assert boxes[0]["inside"] == 0, "the text area itself never scrolls"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_no_fault(exercise, dark):
    root = exercise(color_scheme="dark" if dark else "light")
    says(root, "while True:\n    print(1)")
    root.page.evaluate(AXE)
    found = root.page.evaluate("axe.run('.exercise').then((result) => result.violations)")
    assert [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in found] == []


def test_without_script_it_leads_to_colab(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + PAGE)
    assert page.locator(".tag_exercise a[href*=colab]").count() == 3
    assert "def steps_to_top" in page.locator("[data-exercise]").first.text_content()
    context.close()


def test_without_webassembly_it_leads_to_colab(visit):
    page = visit(PAGE, script="delete globalThis.WebAssembly;")
    cell = page.locator("[data-exercise]").first
    assert "no WebAssembly" in cell.text_content()
    assert cell.get_by_role("link", name="open the chapter in Colab").count() == 1


def test_once_alive_it_needs_no_network(exercise):
    root = exercise()
    assert says(root, RIGHT) == f"{TOP}: correct."
    root.page.context.set_offline(True)
    assert says(root, "1 / 0").startswith("Line 1")
    assert says(root, RIGHT) == f"{TOP}: correct."
    root.page.context.set_offline(False)


@pytest.mark.parametrize("missing", ["*.wasm", "exercise-worker.js", "numpy.py", "cyclical.py"])
def test_what_could_not_be_loaded_is_asked_for_again(browser, site, missing):
    context = browser.new_context()
    page = context.new_page()
    page.route(f"**/_static/explorer/**/{missing}", lambda route: route.abort())
    page.goto(site + PAGE)
    root = page.get_by_role("group", name=f"Exercise: {TOP}", exact=True)
    assert says(root, RIGHT).startswith("Python could not be loaded.")
    page.unroute_all()
    assert press(root, "Check") == f"{TOP}: correct."
    context.close()


# --------------------------------------------------------------------------------------------------------- hostile code
HOSTILE = [
    "import js\njs.fetch('/secret')",
    "import js\njs.XMLHttpRequest.new()",
    "import js\njs.postMessage('{}')",
    "import js\njs.eval('1')",
    "import js\njs.indexedDB.open('x')",
    "import js\njs.globalThis.fetch('/secret')",
    "import js\njs.self.close()",
    "import js\njs.constructor",
    "import js\njs.Object.constructor('return this')()",
    "import js\njs.__proto__",
    "import js\njs.setTimeout",
    "import sys\ndel sys.modules['js']\nimport js\njs.fetch('/secret')",
    "import jsffi\njsffi.to_js([1]).constructor.constructor('return globalThis')()",
    "import jsffi\njsffi.to_js({'a': 1}).constructor.constructor('return globalThis')()",
    "import jsffi\njsffi.create_proxy(print).constructor('return globalThis')()",
    "import jsffi\njsffi.create_proxy(print).constructor.constructor('return fetch')()",
    "import jsffi\njsffi.to_js([1]).map.constructor('return globalThis')()",
    "import jsffi\njsffi.to_js([1]).at.call.constructor('return globalThis')()",
    "import jsffi\njsffi.to_js([1]).constructor.from_([1]).fetch('/secret')",
]


@pytest.mark.parametrize("policy", [False, True], ids=["no header", "header"])
def test_hostile_code_reaches_nothing(exercise, site, strict_site, policy):
    root = exercise(site=strict_site if policy else site)
    press(root, "Check")
    asked = []
    root.page.on("request", lambda request: asked.append(request.url))
    for code in HOSTILE:
        told = says(root, f"{code}\nprint('reached')", "Run")
        assert "Error: " in told, (code, told)
        assert "reached" not in told, (code, told)
    assert [url for url in asked if "secret" in url] == []
    assert says(root, RIGHT) == f"{TOP}: correct."


# Every word that a worker knows, seen from where the reader's code runs
REACHABLE = """
import js, jsffi
found = []
for name in %r:
    try:
        if getattr(js, name) is not None:
            found.append(name)
    except AttributeError:
        pass
print(found)
"""


def test_no_global_of_the_worker_is_seen_by_code(exercise):
    root = exercise()
    names = root.evaluate("() => Object.getOwnPropertyNames(window)")
    names += ["importScripts", "postMessage", "onmessage", "WorkerGlobalScope", "FileReaderSync", "close", "caches"]
    assert len(names) > 500
    assert says(root, REACHABLE % [name for name in names if name.isidentifier()], "Run") == "[]"


def test_the_worker_keeps_the_pages_policy_without_a_header(exercise):
    """A blob's policy is that of the page which made it; that of a worker's own address would be the server's."""
    root = exercise()
    outcome = root.page.evaluate(
        """() => new Promise((done) => {
            const script = `try { eval("1"); postMessage("eval ran") } catch (error) { postMessage(error.name) }`;
            const blob = new Blob([script], { type: "text/javascript" });
            const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
            worker.onmessage = ({ data }) => done(data);
        })"""
    )
    assert outcome == "EvalError"


def test_code_never_comes_from_a_link(exercise):
    for link in ("?exercise=print(1)", f"?{TOP}=x", f"#exercise:{TOP}=x", "?the%20next%20top=print(1)"):
        root = exercise(path=f"{PAGE}{link}")
        assert editor(root).input_value().startswith("def steps_to_top(t, s):\n    return ...")
        assert root.get_by_role("status").text_content() == ""


def test_what_is_said_is_text(exercise):
    root = exercise()
    markup = "<img src=x onerror=alert(1)>"
    assert says(root, f"print('{markup}')", "Run") == markup
    assert root.locator("img").count() == 0


def test_no_page_shows_an_empty_answer_as_a_failure():
    for page in SITE.rglob("*.html"):
        assert "not yet. A number is asked for, and this is empty" not in page.read_text(encoding="utf-8"), page.name
