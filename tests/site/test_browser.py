"""The site in a real browser: explorers live, honest and operable; nobody else asked; readable everywhere."""

import functools
import json
import math
import random
import re
import sys
from io import BytesIO
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import expect

from learning_rates import explorers, widgets
from tests.site.browsing import CHAPTER, SITE, open_page

pytestmark = pytest.mark.browser

TRAIN = "train"
NAME = "one_cycle"  # whose chapter and explorer stand for all where one is enough
RANDOM_SETTINGS = 20
LIVE = "[data-explorer][data-live]"
LAPTOP, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}
SIZES = pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
PAGES = sorted(
    str(path.relative_to(SITE)) for folder in ("book", "notebooks") for path in (SITE / folder).glob("*.html")
)


def controls_of(name):
    return json.loads(explorers.describe(name))["controls"]


CONTROLS = controls_of(NAME)
RANGES = [control for control in CONTROLS if control["kind"] == "range"]


@functools.cache
def page_of(name):
    """The page that shows the explorer of that name, all of it."""
    whole = re.compile(rf'data-explorer="{name}"(?![^>]* data-compact)')
    pages = (path for path in sorted(SITE.rglob("*.html")) if whole.search(path.read_text("utf-8")))
    return str(next(pages).relative_to(SITE))


def rendered(name, raw):
    """What CPython computes for these settings."""
    widgets.load(name)
    return json.loads(explorers.render(name, json.dumps(raw)))


@pytest.fixture
def explorer(visit):
    """An explorer on its page, alive; given a state link's query or a context's options, in that state."""

    def wake(query="", name=NAME, folded=False, **options):
        return awake(visit(f"{page_of(name)}{query}#explorer-{name}", **options), name, folded)

    return wake


def awake(page, name, folded=False):
    """With what is folded unfolded, if nothing else is asked for."""
    mount = page.locator(f"[data-explorer={name}]")
    mount.scroll_into_view_if_needed()
    expect(page.locator(f"[data-explorer={name}][data-live]")).to_have_count(1)
    if not folded:
        mount.evaluate("mount => mount.querySelectorAll('details').forEach((part) => (part.open = true))")
    return mount


@pytest.fixture(scope="session")
def live():
    """Explorers that are alive, each opened once and kept for the tests that leave it as they found it."""
    return {}


@pytest.fixture
def kept(live, site, browser):
    """An explorer at its defaults, from those that are kept; what went wrong in it meanwhile is this test's."""
    used = []

    def take(name):
        if name not in live:
            faults = []
            page = open_page(browser, site, f"{page_of(name)}#explorer-{name}", faults, viewport=LAPTOP)
            live[name] = awake(page, name), faults
        mount, faults = live[name]
        used.append(faults)
        mount.get_by_role("button", name="Reset").click()
        frame(mount)
        return mount

    yield take
    wrong = [fault for faults in used for fault in faults]
    for faults in used:
        faults.clear()
    assert not wrong


def drawing(mount):
    return mount.locator(".explorer-plot").evaluate_all("plots => plots.map((plot) => plot.innerHTML).join()")


def shown(mount):
    """What the explorer says: the summary, the marks' texts, the table, the numbers beside its sliders."""
    return mount.evaluate(
        """mount => ({
            summary: mount.querySelector(".explorer-summary").textContent,
            rows: [...mount.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
            values: [...mount.querySelectorAll("input[type=range]")].map((slider) => slider.valueAsNumber),
        })"""
    )


def frame(mount):
    """Wait until a change has been drawn."""
    expect(mount.locator(".explorer")).not_to_have_attribute("aria-busy", "true", timeout=30_000)  # networks may train
    mount.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def field(mount, control):
    return mount.get_by_label(control["label"], exact=True)


def query(raw, name=NAME):
    return f"?{name}=" + ",".join(f"{key}:{quote(quote(str(value), safe=''))}" for key, value in raw.items())


def some_value(control, source):
    if control["kind"] == "choice":
        return source.choice(control["options"])[0]
    low, high = control["min"], control["max"]
    value = low * (high / low) ** source.random() if control["scale"] == "log" else source.uniform(low, high)
    return float(f"{value:.4g}")


def some_values(controls, source):
    return {control["name"]: some_value(control, source) for control in controls}


def comparable(name, raw):
    """sin and exp differ in their last bit from one C library to another; over a tiny h that bit is all there is.

    In 32 bits it is rounded away; the other curves of that explorer are plain arithmetic.
    """
    transcendental = name == "tangent" and raw["curve"] in ("sine", "exponential")
    return dict(raw, precision="single") if transcendental else raw


EVERY = pytest.mark.parametrize("name", explorers.NAMES)
TRAINED = {"train"}  # what networks come to is no matter of the settings alone: the tests at the end look at it
COMPUTED = pytest.mark.parametrize("name", [name for name in explorers.NAMES if name not in TRAINED])


@EVERY
def test_explorer_comes_alive_also_where_the_host_sends_the_policy(explorer, strict_site, name):
    """There the policy binds the worker too."""
    mount = explorer(name=name, site=strict_site)
    expect(mount.locator("svg[role=img]").first).to_be_visible()
    assert mount.locator("img").count() == 0, "the still figure gives way to the live one"
    spec = rendered(name, {})
    frame(mount)
    assert name in TRAINED or shown(mount)["summary"] == spec["summary"]
    for panel in spec["panels"]:
        assert mount.get_by_role("img", name=panel["label"]).count() == 1


def change(mount, control):
    """Another setting than the default."""
    if control["kind"] == "range":
        field(mount, control).press("End" if control["default"] < control["max"] else "Home")
    else:
        other = next(value for value, _ in control["options"] if value != control["default"])
        field(mount, control).select_option(other)
    frame(mount)


@EVERY
def test_every_control_changes_the_drawing(kept, name):
    mount = kept(name)
    for control in controls_of(name):
        before = drawing(mount), shown(mount)["summary"]
        change(mount, control)
        assert (drawing(mount), shown(mount)["summary"]) != before, control["name"]
        mount.get_by_role("button", name="Reset").click()
        frame(mount)


BAD = ["nan", "1e400", "-inf", "<img src=x onerror=alert(1)>"]


@EVERY
def test_the_page_computes_what_the_package_computes(kept, name):
    """Random settings, and bad ones: the page's Python gives CPython's words, numbers, table and curves."""
    mount, source, controls = kept(name), random.Random(1), controls_of(name)
    settings = [comparable(name, some_values(controls, source)) for _ in range(RANDOM_SETTINGS)]
    specs = mount.evaluate(
        """async (mount, settings) => {
            const files = performance.getEntriesByType("resource").map((entry) => entry.name);
            const python = await import(files.find((file) => /python-\\w+\\.js$/.test(file)));
            const { explorer, files: sources, record } = mount.dataset;
            const { render } = await python.load(explorer, sources.split(" "), record);
            return Promise.all(settings.map((values) => render(values)));
        }""",
        settings + [{control["name"]: bad for control in controls} for bad in BAD],
    )
    for raw, spec in zip(settings, specs, strict=False):
        assert_same(spec, rendered(name, raw))
    assert [spec["values"] for spec in specs[-len(BAD) :]] == [rendered(name, {})["values"]] * len(BAD)


def assert_same(found, expected):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        for key in expected:
            assert_same(found[key], expected[key])
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            assert_same(one, other)
    elif isinstance(expected, float):
        assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12), (found, expected)
    else:
        assert found == expected


@COMPUTED
def test_what_is_shown_is_what_was_computed_from_a_link(explorer, name):
    source = random.Random(2)
    raw = comparable(name, some_values(controls_of(name), source))
    spec = rendered(name, raw)
    found = shown(explorer(query(raw, name), name=name))
    assert found["summary"] == spec["summary"]
    assert found["rows"] == spec["table"]["rows"]


@EVERY
def test_keyboard_alone_operates_it(kept, name):
    mount = kept(name)
    page, controls = mount.page, controls_of(name)
    wanted = {field(mount, control).get_attribute("id") for control in controls}
    wanted |= {"Play", "‹", "›", "Reset", "Copy link", "Save picture"}
    wanted |= {"More settings" for control in controls if not control.get("main") and not control.get("plays")}
    wanted |= {label for label, _ in json.loads(explorers.describe(name))["presets"]}
    mount.get_by_role("button", name="Play", exact=True).focus()
    reached = []
    for _ in range(len(wanted)):
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        page.keyboard.press("Tab")
    assert set(reached) == wanted
    for control in [control for control in controls if control["kind"] == "range"]:
        field(mount, control).focus()
        page.keyboard.press("Home")
        frame(mount)
        least = float(field(mount, control).get_attribute("min"))
        assert float(field(mount, control).input_value()) == pytest.approx(least)
        assert field(mount, control).get_attribute("aria-valuetext")


@EVERY
def test_once_alive_it_needs_no_network(kept, name):
    mount = kept(name)
    mount.page.context.set_offline(True)
    before = drawing(mount), shown(mount)["summary"]
    change(mount, controls_of(name)[0])
    mount.page.context.set_offline(False)
    assert (drawing(mount), shown(mount)["summary"]) != before


def reading(mount):
    """What the legend says of the place under the pointer: {curve: value}."""
    return mount.evaluate(
        """mount => Object.fromEntries([...mount.querySelectorAll(".explorer-legend li")]
            .map((item) => [item.dataset.curve, item.lastChild.textContent]).filter(([, value]) => value))"""
    )


@EVERY
def test_hovering_changes_no_setting_and_moves_nothing(kept, name):
    """It rewrote the start of the parabola, and five more (the visitor's report, 5)."""
    mount = kept(name)
    frame(mount)
    before, places = shown(mount), mount.locator(".explorer-view").bounding_box()
    for plot in mount.locator(".explorer-plot").all():
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        for part in (0.3, 0.7):
            mount.page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
            frame(mount)
    assert shown(mount) == before
    assert mount.locator(".explorer-view").bounding_box()["height"] == places["height"]
    mount.page.mouse.move(0, 0)
    expect(mount.locator(".explorer-reading:visible")).to_have_count(0)
    assert reading(mount) == {}


def test_hovering_reads_every_curve(kept):
    mount = kept(NAME)
    plot = mount.locator(".explorer-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    for part in (0.3, 0.6, 0.9):
        mount.page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        step, read = int(mount.locator(".explorer-reading-at").first.text_content()), reading(mount)
        for variant in ("cosine", "linear", "smith", "ramp"):
            rate = explorers.load(NAME).policy(variant, rendered(NAME, {})["values"])[0](step)
            found = float(read[explorers.load(NAME).VARIANTS[variant]["label"]])
            assert found == pytest.approx(rate, abs=2e-3 * 0.1), "between two points of the curve it is a straight line"


def test_a_path_is_read_at_its_points(kept):
    mount = kept("race")
    dot = mount.locator(".explorer-plot").first.locator("circle").last.bounding_box()
    mount.page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    assert "(-1.7, 1)" in reading(mount).values()


def test_pressed_the_pointer_moves_what_a_panel_lets_it_move(kept):
    mount = kept(NAME)
    spec = rendered(NAME, {})
    control = next(control for control in CONTROLS if control["name"] == spec["panels"][0]["pointer"]["control"])
    plot = mount.locator(".explorer-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    read = []
    mount.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    mount.page.mouse.down()
    for part in (0.3, 0.6, 0.9):
        mount.page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        frame(mount)
        read.append((float(field(mount, control).input_value()), shown(mount)["summary"]))
    mount.page.mouse.up()
    values = [value for value, _ in read]
    assert values == sorted(set(values))
    assert len({summary for _, summary in read}) == 3


PLAY = {"name": "Play", "exact": True}


def played(name):
    return next(control for control in controls_of(name) if control["plays"])


def position(mount, name):
    """How far the control that plays has come, from 0 to 1."""
    slider = field(mount, played(name))
    low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
    part = (float(slider.input_value()) - low) / (high - low)
    return 1 - part if played(name)["plays"] == "down" else part


@EVERY
def test_it_plays_from_one_end_to_the_other(kept, name):
    mount = kept(name)
    mount.evaluate(
        """mount => {
            globalThis.drawn = new Set();
            globalThis.spoke = [];
            const spoken = mount.querySelector("[role=status]");
            const plots = [...mount.querySelectorAll(".explorer-plot")];
            const note = () => drawn.add(plots.map((plot) => plot.innerHTML).join());
            for (const plot of plots) new MutationObserver(note).observe(plot, { childList: true });
            new MutationObserver(() => spoken.textContent && spoke.push(spoken.textContent))
                .observe(spoken, { childList: true });
        }"""
    )
    mount.get_by_role("button", **PLAY).click()
    pause = mount.get_by_role("button", name="Pause", exact=True)
    expect(pause).to_be_visible()
    assert position(mount, name) < 0.5
    expect(pause).to_have_count(0, timeout=20_000)
    frame(mount)
    assert position(mount, name) == pytest.approx(1, abs=1e-6)
    assert mount.page.evaluate("drawn.size") > 5
    mount.page.wait_for_timeout(HUSH)
    assert mount.page.evaluate("spoke") == [shown(mount)["summary"]], "said once, at the end"


def test_a_pause_holds_it_and_play_goes_on_from_there(kept):
    mount = kept("parabola")
    mount.get_by_role("button", **PLAY).click()
    mount.page.wait_for_timeout(800)
    mount.get_by_role("button", name="Pause", exact=True).click()
    frame(mount)
    held = position(mount, "parabola")
    assert 0 < held < 1
    mount.page.wait_for_timeout(300)
    assert position(mount, "parabola") == held
    mount.get_by_role("button", **PLAY).click()
    mount.page.wait_for_timeout(100)
    assert held <= position(mount, "parabola") < 1
    field(mount, next(c for c in controls_of("parabola") if c["name"] == "rate")).press("ArrowRight")
    expect(mount.get_by_role("button", **PLAY)).to_be_visible()  # a hand on a control stops it
    frame(mount)


def test_it_is_stepped_by_button_and_key(kept):
    mount = kept("parabola")
    steps = field(mount, played("parabola"))
    start = int(steps.input_value())
    mount.get_by_role("button", name="A step on").click()
    assert int(steps.input_value()) == start + 1
    mount.get_by_role("button", name="A step back").press("Enter")
    mount.get_by_role("button", name="A step back").press("Space")
    assert int(steps.input_value()) == start - 1
    frame(mount)
    assert f"At step {start - 1} " in shown(mount)["summary"]
    mount = kept("tangent")  # which plays downwards
    before = float(field(mount, played("tangent")).input_value())
    mount.get_by_role("button", name="A step on").click()
    assert float(field(mount, played("tangent")).input_value()) < before


def test_under_reduced_motion_play_shows_the_end_at_once(explorer):
    mount = explorer(name="valley", reduced_motion="reduce")
    mount.get_by_role("button", **PLAY).click()
    frame(mount)
    assert position(mount, "valley") == 1
    expect(mount.get_by_role("button", **PLAY)).to_be_visible()


def test_networks_that_are_played_again_are_not_trained_again(explorer):
    mount = explorer(name=TRAIN)
    frame(mount)
    whole = shown(mount)
    mount.page.evaluate(
        """() => {
            const send = Worker.prototype.postMessage;
            Worker.prototype.postMessage = function (question, ...more) {
                if (question[1] === "begin") globalThis.trains = true;
                send.call(this, question, ...more);
            };
        }"""
    )
    field(mount, played(TRAIN)).press("Home")
    frame(mount)
    field(mount, played(TRAIN)).press("End")
    frame(mount)
    assert shown(mount)["rows"] == whole["rows"]
    assert not mount.page.evaluate("globalThis.trains")


@EVERY
def test_a_picture_is_saved_with_title_words_settings_and_address(kept, name):
    mount = kept(name)
    frame(mount)
    with mount.page.expect_download() as saved:
        mount.get_by_role("button", name="Save picture").click()
    expect(mount.get_by_role("button", name="Saved")).to_be_visible()
    assert saved.value.suggested_filename == f"{name}.png"
    picture = Image.open(saved.value.path())
    box = mount.locator(".explorer-view").bounding_box()
    assert picture.width == pytest.approx(2 * (box["width"] + 48), abs=2)
    assert picture.height > 2 * mount.locator(".explorer-panels").bounding_box()["height"]
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 50, "curves in their colours"
    bottom = picture.convert("L").crop((0, picture.height - 60, picture.width, picture.height))
    assert bottom.getextrema()[0] < 128, "the address is in the last line"


def test_a_picture_is_saved_where_the_host_sends_the_policy_and_by_night(explorer, strict_site):
    mount = explorer(name="design", site=strict_site, color_scheme="dark")
    with mount.page.expect_download() as saved:
        mount.get_by_role("button", name="Save picture").click()
    picture = Image.open(saved.value.path()).convert("L")
    assert picture.getpixel((2, 2)) < 60


def test_the_title_of_a_panel_follows_the_settings(kept):
    """Over Rosenbrock's valley the page went on to say "valley along the axes" (the visitor's report, 2)."""
    mount = kept("race")
    field(mount, controls_of("race")[0]).select_option("rosenbrock")
    frame(mount)
    expect(mount.locator("figcaption").first).to_have_text("Paths: Rosenbrock's valley")


@EVERY
def test_a_title_is_not_glued_to_the_name_of_an_axis(kept, name):
    for caption in kept(name).locator(".explorer-panels figcaption").all_text_contents():
        assert ": loss L" not in caption


WIDE = {"width": 1920, "height": 1080}


@pytest.mark.parametrize("size", [LAPTOP, WIDE], ids=["laptop", "wide"])
def test_on_a_wide_screen_a_figure_takes_text_and_margin(explorer, size):
    mount = explorer(viewport=size)
    text = mount.page.locator(".bd-article h2").first.bounding_box()
    card = mount.locator(".explorer").bounding_box()
    assert card["width"] > text["width"] + 250
    assert card["x"] + card["width"] <= size["width"]
    assert mount.page.evaluate("document.documentElement.scrollWidth") == size["width"]
    mount.evaluate("mount => mount.scrollIntoView()")
    expect(mount.page.locator(".bd-sidebar-secondary")).to_have_class(re.compile(r"\bhide\b"))
    assert mount.locator(".explorer-plot").first.bounding_box()["height"] >= 240


@EVERY
def test_what_matters_least_is_folded(explorer, name):
    mount = explorer(name=name, folded=True)
    frame(mount)
    for control in controls_of(name):
        under = bool(control["plays"] or control["main"])
        assert field(mount, control).is_visible() == under, control["name"]
    expect(mount.locator("table")).to_be_hidden()


def test_a_link_that_moves_a_folded_setting_unfolds_it(explorer):
    mount = explorer("?one_cycle=low:0.6", folded=True)
    expect(mount.get_by_label("Momentum at the peak, low")).to_be_visible()


@EVERY
def test_labels_do_not_lie_on_the_curves(kept, name):
    """Their halo used to erase the data (the visitor's report, 7)."""
    covered = kept(name).evaluate(
        """mount => [...mount.querySelectorAll(".explorer-plot svg")].flatMap((svg) => {
            const labels = [...svg.querySelectorAll("text[font-weight='600']")];
            const thick = (path) => parseFloat(getComputedStyle(path).strokeWidth) > 1;
            const lines = [...svg.querySelectorAll("g path")].filter(thick);
            return labels.filter((label) => {
                const box = label.getBBox();
                return lines.some((line) => {
                    const length = line.getTotalLength();
                    for (let at = 0; at <= length; at += 2) {
                        const { x, y } = line.getPointAtLength(at);
                        const [right, down] = [x - box.x, y - box.y];
                        if (right > 0 && right < box.width && down > 2 && down < box.height - 2) return true;
                    }
                    return false;
                });
            }).map((label) => label.textContent);
        })"""
    )
    assert covered == []


def test_touch_reads_the_curve(explorer):
    mount = explorer(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    before = shown(mount)["summary"]
    plot = mount.locator(".explorer-plot").first
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    mount.page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 100)
    frame(mount)
    assert shown(mount)["summary"] != before


def swipe(mount, place, right, down):
    """With a finger, from there, by so many pixels: the browser may take it for scrolling."""
    box, touches = place.bounding_box(), mount.page.context.new_cdp_session(mount.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for part in range(9):
        points = [{"x": x + right * part / 8, "y": y + down * part / 8}]
        touches.send("Input.dispatchTouchEvent", {"type": "touchMove" if part else "touchStart", "touchPoints": points})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    frame(mount)


def test_a_finger_that_scrolls_over_an_explorer_changes_nothing(explorer):
    mount = explorer(name="parabola", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    before = shown(mount)
    for place in (mount.locator(".explorer-plot").first, mount.get_by_role("slider").first):
        swipe(mount, place, 0, -120)
        assert shown(mount) == before


def test_words_that_grow_longer_do_not_push_the_slider_away(explorer):
    mount = explorer(name="parabola", viewport={"width": 390, "height": 844})
    summary, heights = mount.locator(".explorer-summary"), []
    for value in (0.5, 3.9, 0.5, 1.0, 3.9):
        mount.get_by_role("slider").first.fill(str(value))
        frame(mount)
        heights.append(summary.bounding_box()["height"])
    assert heights == sorted(heights)


def drag(mount, knob, right, down):
    """With the pointer, by so many pixels."""
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mount.page.mouse.move(x, y)
    mount.page.mouse.down()
    mount.page.mouse.move(x + right, y + down, steps=5)
    mount.page.mouse.up()
    frame(mount)


@pytest.mark.parametrize("size", [{"width": 1366, "height": 768}, {"width": 683, "height": 384}, PHONE], ids=str)
def test_every_axis_has_two_ticks_at_least(explorer, size):
    """The logarithmic one of the rate had one, on a laptop and at 200 %."""
    mount = explorer(name="design", viewport=size)
    counts = mount.locator(".explorer-plot").evaluate_all(
        """plots => plots.flatMap((plot) => {
            const sides = { x: [], y: [] };
            for (const text of plot.querySelectorAll("text")) if (/^-?[\\d.]+(e-?\\d+)?$/.test(text.textContent)) {
                const box = text.getBoundingClientRect(), frame = plot.getBoundingClientRect();
                sides[box.right < frame.left + 52 ? "y" : "x"].push(text.textContent);
            }
            return [sides.x.length, sides.y.length];
        })"""
    )
    assert min(counts) >= 2, counts


@pytest.mark.parametrize("name", ["design", "train", "predict"])
def test_a_knot_bears_the_name_that_its_sliders_bear_wherever_it_is(kept, name):
    """Knots may pass each other: the names lost their order."""
    mount = kept(name)
    knobs = mount.locator("figure").first.locator(".explorer-handle")
    free = [knob for knob in knobs.all() if knob.get_attribute("data-name")]
    assert [knob.get_attribute("data-name") for knob in free] == ["A", "B", "C"]
    steps = [control for control in controls_of(name) if control["label"].endswith(": step t")][:3]
    assert [control["label"][:6] for control in steps] == ["Knot A", "Knot B", "Knot C"]
    field(mount, steps[0]).press("End")
    frame(mount)
    places = [knob.bounding_box()["x"] for knob in free]
    assert places[0] > places[1], "A has passed B"
    assert free[0].evaluate("knob => getComputedStyle(knob, '::after').content") == '"A"'


def slider_value(mount, name):
    control = next(control for control in controls_of("design") if control["name"] == name)
    return float(field(mount, control).input_value())


def test_a_knob_moves_what_it_names_and_stays_under_the_pointer(explorer):
    mount = explorer(name="design")
    knob = mount.locator(".explorer-handle").nth(1)  # the second of the rate, free in both directions
    before = shown(mount)["summary"], slider_value(mount, "step_2"), slider_value(mount, "rate_2")
    place = knob.bounding_box()
    drag(mount, knob, 60, 40)
    assert slider_value(mount, "step_2") > before[1]
    assert slider_value(mount, "rate_2") < before[2]
    assert shown(mount)["summary"] != before[0]
    moved = knob.bounding_box()
    assert moved["x"] - place["x"] == pytest.approx(60, abs=5)  # a step is some six pixels wide
    assert moved["y"] - place["y"] == pytest.approx(40, abs=4)


def test_an_end_knob_moves_up_and_down_only_and_no_knob_leaves_the_plot(explorer):
    mount = explorer(name="design")
    knob = mount.locator(".explorer-handle").first
    place = knob.bounding_box()
    drag(mount, knob, 80, -1000)
    moved = knob.bounding_box()
    assert moved["x"] == place["x"]
    assert slider_value(mount, "rate_1") == pytest.approx(math.log10(0.5), abs=1e-6)
    plot = mount.locator(".explorer-plot").first.bounding_box()
    assert moved["y"] + moved["height"] / 2 >= plot["y"]


def test_a_finger_drags_a_knob_and_the_page_stays(explorer):
    mount = explorer(name="design", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    knob = mount.locator(".explorer-handle").nth(2)
    assert knob.evaluate("knob => getComputedStyle(knob).touchAction") == "none"
    assert min(knob.bounding_box()["width"], knob.bounding_box()["height"]) >= 44
    before, scrolled = slider_value(mount, "rate_3"), mount.page.evaluate("scrollY")
    drag(mount, knob, 0, 30)
    assert slider_value(mount, "rate_3") < before
    assert mount.page.evaluate("scrollY") == scrolled


def test_the_python_shown_is_the_schedule_drawn(explorer, monkeypatch):
    mount = explorer(name="design")
    drag(mount, mount.locator(".explorer-handle").nth(1), 60, 40)
    expect(mount.get_by_text("This schedule in Keras, PyTorch and Optax")).to_be_visible()
    code = mount.locator(".explorer-python code").first.text_content()
    made = {}
    monkeypatch.setitem(sys.modules, "learning_rates.optimizers", SimpleNamespace(SGD=dict))  # or else Keras loads
    exec(code, made)
    step, rate = made["rate"].config["points"][1]
    assert step == slider_value(mount, "step_2")
    assert rate == pytest.approx(10 ** slider_value(mount, "rate_2"), rel=5e-3)
    mount.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for index, library in enumerate(("Keras", "PyTorch", "Optax")):
        mount.get_by_role("button", name=f"Copy for {library}").click()
        expect(mount.get_by_role("button", name="Copied").first).to_be_visible()
        code = mount.locator(".explorer-python code").nth(index).text_content()
        assert mount.page.evaluate("navigator.clipboard.readText()") == code


def test_a_link_restores_the_state_and_reset_leaves_it(explorer):
    mount = explorer()
    start = shown(mount)
    field(mount, RANGES[0]).press("ArrowLeft")
    field(mount, CONTROLS[0]).press("ArrowDown")
    frame(mount)
    moved = shown(mount)
    mount.get_by_role("button", name="Copy link").click()
    mount.page.wait_for_function("() => location.search !== ''")
    address = mount.page.url
    assert shown(explorer("?" + address.partition("?")[2].partition("#")[0])) == moved != start
    mount.get_by_role("button", name="Reset").click()
    frame(mount)
    assert shown(mount) == start


def test_reset_clears_the_address(explorer):
    mount = explorer(query({RANGES[0]["name"]: RANGES[0]["min"]}))
    mount.get_by_role("button", name="Reset").click()
    mount.page.wait_for_function("() => location.search === ''")
    assert mount.page.url.endswith(f"{CHAPTER}#explorer-{NAME}")


HUSH = 700  # milliseconds: the page speaks 500 after the last change
SLOW = """globalThis.Worker = class extends Worker {
    postMessage(question) {
        setTimeout(() => super.postMessage(question), question[1] === "render" ? 400 : 0);
    }
}"""


@pytest.fixture
def slow(visit):
    """An explorer whose Python takes its time, alive."""

    def wake(name=NAME):
        return awake(visit(f"{page_of(name)}#explorer-{name}", script=SLOW), name)

    return wake


def test_what_is_copied_is_what_the_sliders_show_however_slow_python_is(slow):
    mount = slow("design")
    mount.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    mount.get_by_role("slider").first.press("ArrowLeft")  # the one that plays, and stands at the last step
    chosen = shown(mount)["values"][0]
    mount.get_by_role("button", name="Copy link").press("Enter")
    expect(mount.get_by_role("button", name="Copied")).to_be_visible()
    assert f"at:{chosen:g}" in mount.page.url
    assert mount.page.evaluate("navigator.clipboard.readText()") == mount.page.url


def test_a_screen_reader_is_told_of_a_change_once_and_of_nothing_else(slow):
    mount = slow()
    spoken = mount.get_by_role("status")
    mount.page.wait_for_timeout(HUSH)
    assert spoken.text_content() == ""
    mount.page.set_viewport_size({"width": 800, "height": 700})
    mount.page.wait_for_timeout(HUSH)
    assert spoken.text_content() == ""
    spoken.evaluate(
        """spoken => {
            globalThis.heard = [];
            new MutationObserver(() => heard.push(spoken.textContent)).observe(spoken, { childList: true });
        }"""
    )
    slider = mount.get_by_role("slider").first
    for _ in range(3):
        slider.press("ArrowRight")
        mount.page.wait_for_timeout(100)
    mount.page.wait_for_function("() => heard.length")
    mount.page.wait_for_timeout(HUSH)
    assert mount.page.evaluate("heard") == [shown(mount)["summary"]]
    assert mount.locator("output").count() == 0, "an output would tell each number once more"


def test_what_cannot_be_computed_leaves_the_settings_and_says_so(explorer):
    mount = explorer()
    before = shown(mount)
    mount.page.evaluate("() => void (Worker.prototype.postMessage = () => { throw new Error('broken') })")
    mount.get_by_role("slider").first.press("End")
    expect(mount.get_by_role("status")).to_have_text("That could not be computed; the settings are as they were.")
    assert shown(mount) == before


@pytest.mark.parametrize("name", ["design", "one_cycle"])
def test_no_button_hides_behind_what_is_pinned(explorer, name):
    mount = explorer(name=name, viewport={"width": 1280, "height": 720})
    mount.locator(".explorer-table").focus()
    for _ in range(2):
        mount.page.keyboard.press("Shift+Tab")
        covered = mount.page.evaluate(
            """() => {
                const { left, top, width, height } = document.activeElement.getBoundingClientRect();
                return !document.activeElement.contains(document.elementFromPoint(left + width / 2, top + height / 2));
            }"""
        )
        assert not covered


def test_a_link_quotes_what_the_controls_show(explorer):
    mount = explorer()
    control = next(control for control in CONTROLS if control["name"] == "at")
    mount.locator(".explorer-plot").first.click(position={"x": 201.7, "y": 60})
    frame(mount)
    mount.get_by_role("button", name="Copy link").click()
    mount.page.wait_for_function("() => location.search !== ''")
    (value,) = re.findall(r"at:([\d.]+)", mount.page.url)
    assert len(value) <= len("0.505")
    assert field(mount, control).get_attribute("aria-valuetext") == f"{100 * float(value):.3g} %"


@SIZES
def test_nothing_jumps_while_a_chapter_is_read(visit, size):
    page = visit(viewport=size)
    page.evaluate(
        """() => {
            globalThis.jumped = 0;
            const add = (list) => list.getEntries().forEach((shift) => (jumped += shift.value));
            new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
        }"""
    )
    all_near_are_live = """() => [...document.querySelectorAll("[data-explorer]:not([data-live])")]
        .every((mount) => mount.getBoundingClientRect().top > 1.5 * innerHeight)"""
    while not page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
        page.mouse.wheel(0, size["height"] / 2)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_function(all_near_are_live)  # on a busy machine, a reader in no hurry
    assert page.locator(LIVE).count() == 1
    assert page.evaluate("jumped") < 0.02  # of the screen, in all; browsers call 0.1 at once good


# Scrolling may start late, and what comes alive on the way moves the rest: a third of a second of rest is the end.
UNTIL_STILL = """async () => {
    const lives = () => document.querySelectorAll("[data-live]").length;
    const place = () => `${scrollY} ${document.documentElement.scrollHeight} ${lives()}`;
    for (let still = 0, before = place(); still < 20; still = place() === before ? still + 1 : 0, before = place())
        await new Promise(requestAnimationFrame);
}"""


@SIZES
def test_contents_links_land_on_their_sections(visit, size):
    """Even past explorers that come alive, and grow, on the way."""
    page = visit(viewport=size)
    links = page.locator("#pst-page-toc-nav a").evaluate_all("links => links.map((link) => link.hash)")
    assert len(links) > 5
    for link in [links[-2], *links]:
        page.evaluate("hash => document.querySelector(`#pst-page-toc-nav a[href='${hash}']`).click()", link)
        page.evaluate(UNTIL_STILL)
        assert_in_place(page, link)


def test_contents_mark_what_is_read_and_show_it(visit):
    """Each section and subsection in turn; above it, the section that it lies in."""
    page = visit("notebooks/06_decay_and_warmup.html", viewport=LAPTOP)
    page.wait_for_load_state("networkidle")
    places = page.locator("article section section").evaluate_all("sections => sections.map(({ id }) => id)")
    marked = page.locator("#pst-page-toc-nav [aria-current]")
    for place in places:
        page.evaluate("place => document.getElementById(place).scrollIntoView()", place)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
            place = places[-1]
        expect(marked).to_have_attribute("href", f"#{place}")
        box, panel = marked.bounding_box(), page.locator(".bd-sidebar-secondary").bounding_box()
        if panel["height"] > 0.9 * LAPTOP["height"]:  # beside a wide figure the theme folds the list
            assert panel["y"] <= box["y"] < panel["y"] + panel["height"]
        above = page.locator(f"section:has(> #{place})").get_attribute("id")
        active = {link.get_attribute("href") for link in page.locator("#pst-page-toc-nav a.active").all()}
        assert active == {f"#{each}" for each in (place, above) if each in places}
    assert page.locator("#pst-page-toc-nav .toc-h3 a:visible").count() > 5


def test_the_package_has_too_many_names_to_show_all_of_them(visit):
    page = visit("book/api.html", viewport=LAPTOP)
    first = page.locator("#pst-page-toc-nav .toc-h2:has(.toc-h3:nth-child(9))").first
    expect(first.locator(".toc-h3").first).to_be_hidden()
    first.locator("a").first.click()
    expect(first.locator(".toc-h3").first).to_be_visible()


@SIZES
def test_an_explorers_link_lands_on_it_and_starts_it(visit, size):
    control = RANGES[0]
    page = visit(f"{CHAPTER}{query({control['name']: control['max']})}#explorer-{NAME}", viewport=size)
    expect(page.locator(LIVE)).to_have_count(1)
    assert_in_place(page, f"#explorer-{NAME}")
    mount = page.locator(LIVE)
    assert field(mount, control).input_value() == field(mount, control).get_attribute("max")


def assert_in_place(page, target):
    top = "hash => document.querySelector(hash).getBoundingClientRect().top"
    end = "scrollY + innerHeight >= document.documentElement.scrollHeight - 2"
    assert 0 <= page.evaluate(top, target) < 150 or page.evaluate(end), target


@EVERY
def test_it_fits_each_screen_and_curves_stay_in_sight_while_a_setting_is_changed(explorer, name):
    mount = explorer(name=name, viewport=LAPTOP)
    for size in (LAPTOP, PHONE):
        mount.page.set_viewport_size(size)
        frame(mount)
        assert mount.page.evaluate("document.documentElement.scrollWidth") == size["width"]
        for control in [control for control in controls_of(name) if control["kind"] == "range"]:
            assert_in_sight(mount, control, size)
    buttons = mount.locator(".explorer-buttons button:visible").all()
    assert len(buttons) >= 2
    for button in buttons:
        assert button.bounding_box()["height"] >= 40


def assert_in_sight(mount, control, size):
    slider = field(mount, control)
    slider.blur()  # or else, if it has the focus already, nothing scrolls
    slider.focus()
    slider.press("ArrowLeft")
    frame(mount)
    shown_at = slider.bounding_box()
    assert shown_at["y"] + shown_at["height"] <= size["height"]
    plots = mount.locator(".explorer-plot").all()
    assert plots
    for part in [*plots, mount.locator(".explorer-legend")]:
        box = part.bounding_box()
        assert box["y"] >= 0, control["name"]
        assert box["y"] + box["height"] <= shown_at["y"], control["name"]


@EVERY
def test_hostile_values_are_refused_quietly(explorer, name):
    """Each of the bad ones in a link; in another test, all of them for every control."""
    names = [control["name"] for control in controls_of(name)]
    first = explorers.NAMES.index(name)  # not the same for the same place everywhere
    mount = explorer(query({each: BAD[(first + i) % len(BAD)] for i, each in enumerate(names)}, name), name=name)
    frame(mount)
    assert name in TRAINED or shown(mount)["rows"] == rendered(name, {})["table"]["rows"]
    assert mount.locator("script, img, iframe").count() == 0


HOSTILE = [
    query({"variant": "<script>alert(1)</script>", "__class__": "1", "__proto__": "1", "constructor": "1"}),
    query({"max_lr": "__import__('os')", "total_steps": "0x7fffffff"}),
    f"?{NAME}=%00%ff,,,:::,max_lr,max_lr:",
    query({"max_lr": "9" * 50_000}),
    *(query({control["name"]: bad for control in CONTROLS}) for bad in BAD),
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_links_are_refused_quietly(explorer, hostile):
    mount = explorer(hostile)
    spec = rendered(NAME, {})
    assert shown(mount)["rows"] == spec["table"]["rows"]
    assert mount.locator("script, img, iframe").count() == 0


def test_numbers_out_of_range_are_clamped(explorer):
    control = RANGES[0]
    mount = explorer(query({control["name"]: "1e300"}))
    assert field(mount, control).input_value() == field(mount, control).get_attribute("max")


def test_where_an_explorer_cannot_start_the_figure_stays(site, browser):
    page = browser.new_page()
    page.route("**/*.wasm", lambda route: route.abort())
    page.goto(f"{site}{CHAPTER}#explorer-{NAME}")
    expect(page.locator(".explorer-note")).to_contain_text("could not start")
    expect(page.locator("[data-explorer] img.in-light")).to_be_visible()
    page.close()


WITHOUT_NETWORK = [  # what does not arrive: the explorer's script, its worker's, the interpreter, the package, all
    "**/view-*.js",
    "**/explorer/worker.js",
    "**/micropython-*.wasm",
    "**/learning_rates/explorers/*.py",
    "**/_static/explorer/*-*",
]


@pytest.mark.parametrize("missing", WITHOUT_NETWORK)
def test_an_explorer_that_could_not_be_loaded_comes_alive_once_the_network_is_back(site, browser, missing):
    page = browser.new_page()
    page.route(missing, lambda route: route.abort())
    page.goto(f"{site}{CHAPTER}#explorer-{NAME}")
    expect(page.locator(".explorer-note:visible")).to_be_visible()
    page.unroute(missing)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(LIVE)).to_have_count(1)
    expect(page.locator(".explorer-note")).to_have_count(0)
    page.close()


def test_a_figure_that_did_not_arrive_is_not_said_to_stand_and_is_asked_for_again(site, browser):
    page = browser.new_page()
    for missing in ("**/_images/*", "**/*.wasm"):
        page.route(missing, lambda route: route.abort())
    page.goto(f"{site}{CHAPTER}#explorer-{NAME}")
    expect(page.locator(".explorer-note")).to_contain_text("could not be loaded")
    page.unroute("**/_images/*")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".explorer-note")).to_contain_text("the figure shows its default setting")
    assert page.locator("[data-explorer] img.in-light").evaluate("figure => figure.naturalWidth")
    page.close()


def test_without_javascript_the_figure_stands(visit):
    page = visit(java_script_enabled=False)
    figure = page.locator("[data-explorer] img.in-light")
    figure.scroll_into_view_if_needed()
    expect(figure).to_be_visible()
    assert len(figure.get_attribute("alt")) > 10
    expect(page.get_by_role("link", name="Open in Colab").first).to_be_visible()


AXE = (SITE.parents[2] / "node_modules/axe-core/axe.min.js").read_text()
AXE_RULES = {
    "target-size": {"enabled": True},
    "empty-table-header": {"enabled": False},  # it does not see the text of a formula
}
DAY_AND_NIGHT = [(LAPTOP, "light"), (PHONE, "dark")]
LOOKS = dict.fromkeys([*PAGES, "search.html?q=momentum", "404.html"], DAY_AND_NIGHT)
LOOKS[CHAPTER] = [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "dark"), (PHONE, "light")]
# A third of a second passes until the theme lets the keyboard scroll what has become too wide.
WIDE_PARTS_SCROLL = """() => [...document.querySelectorAll(".bd-article :is(pre, .pst-scrollable-table-container)")]
    .every((part) => part.scrollWidth <= part.clientWidth || part.tabIndex === 0)"""


def explorers_on(path):
    """How many explorers a page has, as it lies on disk."""
    return (SITE / path.partition("?")[0]).read_text(encoding="utf-8").count("<div data-explorer=")


def test_some_pages_have_explorers():
    assert sum(map(explorers_on, LOOKS)) > 0


@pytest.mark.parametrize("path", LOOKS)
def test_everyone_can_read_and_operate_the_page(visit, path):
    """On a laptop by day and a phone by night. The rules of axe, that of Lighthouse too: names, contrasts, landmarks,
    headings, sizes of what is touched.
    """
    page = visit(path, viewport=LAPTOP, color_scheme="light")
    mounts = page.locator("[data-explorer]").all()
    assert len(mounts) == explorers_on(path)
    for mount in mounts:
        mount.scroll_into_view_if_needed()
        expect(mount).to_have_attribute("data-live", "")
    page.evaluate(AXE)
    for size, scheme in LOOKS[path]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        if path != "404.html":  # which has no button for it
            expect(page.locator("html")).to_have_attribute("data-theme", scheme)
        page.wait_for_function(WIDE_PARTS_SCROLL)
        page.evaluate("() => document.getAnimations().forEach((change) => change.finish())")  # colours change slowly
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
        ink = page.locator("main h1").first.evaluate("element => getComputedStyle(element).color")
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (brightness(ink) > brightness(paper)) == (scheme == "dark"), (size, scheme)
        found = page.evaluate("rules => axe.run({ rules, resultTypes: ['violations'] })", AXE_RULES)["violations"]
        faults = [f"{rule['id']} ({rule['impact']}): {each['html'][:200]}" for rule in found for each in rule["nodes"]]
        assert not faults, (size, scheme)


def brightness(color):
    return sum(float(part) for part in color[color.index("(") + 1 : -1].split(",")[:3])


def test_prints_without_controls_and_stands_still_when_asked(explorer):
    mount = explorer(reduced_motion="reduce")
    moving = mount.page.evaluate("document.getAnimations().length")
    assert moving == 0
    mount.page.emulate_media(media="print")
    for part in (".explorer-bar", ".explorer-settings", ".explorer-buttons"):
        expect(mount.locator(part).first).to_be_hidden()
    expect(mount.locator("svg[role=img]").first).to_be_visible()


def test_of_the_page_on_choosing_the_card_alone_is_printed(visit):
    page = visit("book/choosing.html")
    hidden = ("table", "h2", "#jb-print-toc")
    assert all(page.locator(f"main {part}").count() for part in hidden)
    page.emulate_media(media="print")
    expect(page.locator(".card-to-print")).to_be_visible()
    for part in hidden:
        assert page.locator(f"main {part}:visible").count() == 0, part


def search(visit, question="", **options):
    """The search page, once its list answers the question."""
    page = visit(f"search.html?q={quote(question)}" if question else "search.html", **options)
    if question:
        expect(found_on(page)).to_have_attribute("data-question", question)
    return page


def found_on(page):
    return page.locator("#search-results")


def test_search_finds_sections(visit):
    page = search(visit, "one-cycle")
    assert page.title().startswith("one-cycle · Search")
    expect(found_on(page).locator(f"a[href*='{CHAPTER}#']").first).to_be_visible()
    field = page.get_by_role("searchbox", name="Search the book")
    icon = page.locator("form.bd-search .fa-magnifying-glass:visible").bounding_box()
    text = field.bounding_box()["x"] + field.evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    assert icon["x"] + icon["width"] <= text, "the magnifier covers the query"


def test_search_works_where_the_host_sends_the_policy(visit, strict_site):
    page = visit("search.html?q=momentum", site=strict_site)
    expect(found_on(page).get_by_role("link").first).to_be_visible()


def test_what_search_finds_is_opened_at_its_section_without_marks(visit):
    """Marks reached the sidebar, and a button to hide them followed to other pages."""
    page = search(visit, "why does my loss become NaN with a big batch")
    found_on(page).get_by_role("link").first.click()
    page.wait_for_url("**/*.html#*")
    expect(page.locator(".highlighted, mark, .highlight-link")).to_have_count(0)
    assert page.evaluate("document.querySelector(':target').getBoundingClientRect().top") < LAPTOP["height"]
    page.go_back()
    expect(page.get_by_role("searchbox", name="Search the book")).to_have_value(
        "why does my loss become NaN with a big batch"
    )
    expect(found_on(page).get_by_role("link").first).to_be_visible()


def test_search_answers_while_one_types_and_the_address_keeps_the_question(visit):
    page = search(visit)
    field = page.get_by_role("searchbox", name="Search the book")
    expect(field).to_be_focused()
    field.press_sequentially("warm-up")
    expect(found_on(page)).to_have_attribute("data-question", "warm-up")
    assert page.url.endswith("search.html?q=warm-up")
    field.fill("")
    expect(found_on(page).get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("status")).to_be_empty()
    page.wait_for_function("() => location.search === ''")


def test_search_is_operated_by_keys(visit):
    page = search(visit, "momentum")
    field, links = page.get_by_role("searchbox", name="Search the book"), found_on(page).get_by_role("link")
    field.focus()
    for link in (links.nth(0), links.nth(1)):
        page.keyboard.press("ArrowDown")
        expect(link).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")  # above the field there is nothing
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*.html#*")


def test_search_from_a_chapter_by_key(visit):
    page = visit()
    page.keyboard.press("Control+k")
    page.keyboard.type("range test")
    page.keyboard.press("Enter")
    expect(found_on(page)).to_have_attribute("data-question", "range test")


def test_search_names_the_words_that_the_book_lacks(visit):
    page = search(visit, "momentum Blorbing <img>")
    expect(page.get_by_role("status")).to_contain_text("The book does not have: Blorbing")
    expect(found_on(page).get_by_role("link").first).to_be_visible()
    page = search(visit, "qzx")
    expect(page.get_by_role("status")).to_contain_text("Nothing found. The book does not have: qzx.")


@SIZES
def test_search_fits_the_screen(visit, size):
    """It was 509 px wide on a phone of 390."""
    page = search(visit, "lr_range_test class_weight SparseCategoricalCrossentropy", viewport=size)
    expect(found_on(page).get_by_role("link").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_search_says_that_it_needs_javascript_and_leads_on(visit):
    page = visit("search.html", java_script_enabled=False)
    note = page.locator("article noscript p")  # in which Playwright looks for no text
    expect(note).to_be_visible()
    note.locator("a[href$='glossary.html']").click()
    expect(page.get_by_role("heading", name="Glossary", level=1)).to_be_visible()


def test_search_tries_again_once_the_network_is_back(site, browser):
    page = browser.new_page()
    page.route("**/sections.json", lambda route: route.abort())
    page.goto(f"{site}search.html?q=momentum")
    expect(page.get_by_role("status")).to_contain_text("could not be loaded")
    page.unroute("**/sections.json")
    page.get_by_role("searchbox", name="Search the book").fill("momentum cycle")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a").first).to_be_visible()
    page.close()


def test_the_policy_within_the_page_refuses_scripts_that_are_not_the_sites_own(browser, site):
    page = browser.new_page()
    assert "content-security-policy" not in page.goto(site + CHAPTER).headers
    refused = page.evaluate(
        """() => new Promise((done) => {
            addEventListener("securitypolicyviolation", (violation) => done(violation.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "globalThis.ran = true";
            document.body.append(script);
        })"""
    )
    assert refused == "script-src-elem"
    assert page.evaluate("globalThis.ran === undefined")
    page.close()


def test_light_and_dark_are_switched_and_pages_printed_by_button(visit):
    page = visit()
    page.evaluate("() => void (window.print = () => (window.printed = true))")
    shown = {page.locator("html").get_attribute("data-theme")}
    for _ in range(2):
        page.locator(".theme-switch-button:visible").click()
        shown.add(page.locator("html").get_attribute("data-theme"))
    assert shown == {"light", "dark"}
    page.get_by_role("button", name="Download this page").click()
    page.locator(".btn-download-pdf-button").click()
    assert page.evaluate("window.printed")


TABLET = {"width": 1000, "height": 800}  # too narrow for the contents beside the text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_in_the_header_has_a_ring(visit, scheme):
    page = visit(color_scheme=scheme)
    page.keyboard.press("Tab")
    menus = page.locator(".bd-header-article .dropdown-toggle").all()
    for menu in menus:
        menu.press("Enter")
    controls = page.locator(".bd-header-article :is(a, button):visible").all()
    assert len(controls) > len(menus) > 0
    for control in controls:
        control.focus()
        ring = control.evaluate("control => getComputedStyle(control).outline")
        assert "3px" in ring, control.evaluate("control => control.outerHTML")
        assert "none" not in ring


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_contents_out_of_sight_take_no_focus(visit, size):
    page = visit(viewport=size)
    page.get_by_role("link", name="next").focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.page-toc') === null")
    page.get_by_role("button", name="Toggle secondary sidebar").click()
    expect(page.locator("#pst-page-toc-nav a").first).to_be_visible()


def test_what_is_pressed_by_key_keeps_the_focus(visit):
    page = visit(viewport=LAPTOP)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for pressed in (".copybtn:visible", ".theme-switch-button", ".primary-toggle"):
        button = page.locator(pressed).first
        button.press("Enter")
        page.wait_for_timeout(100)
        expect(button).to_be_focused()


def test_the_colour_mode_is_told(visit):
    page = visit(color_scheme="light")
    for mode in ("as the system has it", "dark", "light"):
        page.get_by_role("button", name=f"Colour mode: {mode}", exact=True).press("Enter")


@pytest.mark.parametrize(("side", "name"), [("primary", "Chapters"), ("secondary", "Contents")])
def test_a_panel_has_a_name_and_gives_the_focus_back(visit, side, name):
    page = visit(viewport=PHONE)
    toggle = page.get_by_role("button", name=f"Toggle {side} sidebar")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.press("Enter")
    expect(page.get_by_role("dialog", name=name)).to_be_visible()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(toggle).to_be_focused()
    expect(toggle).to_have_attribute("aria-expanded", "false")


def test_the_list_of_chapters_tells_whether_it_is_folded(visit):
    page = visit(viewport=LAPTOP)
    toggle = page.get_by_role("button", name="Toggle primary sidebar")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "false")


def test_search_is_heard(visit):
    page = search(visit, "momentum")
    expect(page.get_by_role("status")).to_contain_text("The best 10 sections.")
    page = visit()
    page.get_by_role("button", name="Search").first.press("Enter")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


def test_formulas_use_the_whole_width_of_a_phone(visit):
    page = visit(viewport=PHONE)
    formula = page.locator(".bd-article div.math").first
    width = formula.evaluate("formula => formula.querySelector('.katex-display').clientWidth")
    assert width == formula.evaluate("formula => formula.parentElement.clientWidth")


def test_a_formula_within_a_line_has_no_paper_of_its_own(visit):
    """In a box it stood on white."""
    page = visit(viewport=LAPTOP)
    boxed = page.locator(".bd-article blockquote span.math .katex-html").first
    assert boxed.evaluate("formula => getComputedStyle(formula).backgroundImage") == "none"
    assert boxed.evaluate("formula => getComputedStyle(formula).backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("path", [page for page in PAGES if page.startswith("notebooks/")])
def test_printed_tables_keep_their_columns_on_a_phone_and_code_its_lines_on_a_laptop(visit, path):
    """A line that is wider than its box scrolls or breaks; few of those with code should have to."""
    page = visit(path, viewport=PHONE)
    broken = page.locator("pre.columns").evaluate_all(
        "tables => tables.filter((table) => getComputedStyle(table).whiteSpace !== 'pre').length"
    )
    assert broken == 0
    page.set_viewport_size(LAPTOP)
    wide = "cells => cells.filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length"
    code = page.locator(".cell_input pre:visible")
    assert code.evaluate_all(wide) <= 0.1 * code.count() + 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_only_formulas_that_go_on_have_a_shadow(visit, scheme):
    """To the pixel, at a phone's three dots a pixel, where the shadow might show through."""
    page = visit(viewport=PHONE, device_scale_factor=3, color_scheme=scheme)
    fits = "formula => formula.scrollWidth <= formula.clientWidth"
    short = [formula for formula in page.locator("div.math .katex-html").all() if formula.evaluate(fits)]
    assert short
    for formula in short:
        picture = Image.open(BytesIO(formula.screenshot())).convert("L")
        edge = picture.crop((picture.width - 12, 0, picture.width, picture.height))
        low, high = edge.getextrema()
        assert high - low <= 2


def test_on_a_touch_screen_nothing_waits_for_a_pointer_to_hover(visit):
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    assert float(page.locator(".copybtn").first.evaluate("button => getComputedStyle(button).opacity")) >= 0.5
    page.locator(".theme-switch-button").tap()
    page.wait_for_timeout(800)
    expect(page.locator(".tooltip")).to_be_hidden()


def test_hidden_code_is_easily_tapped(visit):
    page = visit("notebooks/07_cyclical.html", viewport=PHONE)
    page.evaluate("document.querySelectorAll('.predicted').forEach((answer) => (answer.open = true))")
    summaries = page.locator("details.hide > summary, .predicted > summary").all()
    assert summaries
    for summary in summaries:
        assert summary.bounding_box()["height"] >= 36


LOADED = "image => image.decode().then(() => image.naturalWidth)"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_is_opened_from_the_keyboard_and_its_figure_is_the_themes(visit, strict_site, theme):
    """Under the strictest policy, too, which allows a figure no style sheet."""
    page = visit("notebooks/06_decay_and_warmup.html", strict_site, color_scheme=theme)
    answer = page.locator(".predicted").first
    day, night = answer.locator("img.in-light"), answer.locator("img.in-dark")
    expect(day).to_be_hidden()
    expect(night).to_be_hidden()
    answer.locator(":scope > summary").focus()
    page.keyboard.press("Enter")
    shown, other = (day, night) if theme == "light" else (night, day)
    expect(shown).to_be_visible()
    expect(other).to_be_hidden()
    assert shown.evaluate(LOADED) > 0
    assert shown.evaluate("image => getComputedStyle(image).backgroundColor") == "rgba(0, 0, 0, 0)"
    expect(answer.locator("figcaption")).to_be_visible()


def test_on_paper_every_answer_is_open_and_every_figure_the_days(visit):
    page = visit("notebooks/06_decay_and_warmup.html", color_scheme="dark")
    page.emulate_media(media="print")
    answer = page.locator(".predicted").first
    expect(answer.locator("img.in-light")).to_be_visible()
    expect(answer.locator("img.in-dark")).to_be_hidden()
    assert answer.locator("img.in-light").bounding_box()["height"] > 100
    expect(answer.locator(":scope > summary")).to_be_hidden()


def test_a_wrong_address_leads_back_to_the_book(visit):
    page = visit("404.html")
    page.get_by_role("searchbox").fill("one-cycle")
    page.keyboard.press("Enter")
    expect(page.locator(f"#search-results a[href*='{CHAPTER}#']").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page = visit("404.html")
    page.get_by_role("link", name="Learning Rates in Motion").click()
    expect(page.get_by_role("heading", name="Learning Rates in Motion", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")


OWN_LOSS = """mount => [...mount.querySelectorAll("tbody tr")]
    .filter((row) => row.cells[0].textContent === "yours").map((row) => row.cells[1].textContent)[0]"""


def test_networks_train_and_their_end_is_numpys(explorer):
    """Single precision, on another machine's sums: the mean of eight agrees to a hundredth."""
    mount = explorer(name=TRAIN)
    frame(mount)
    loss = float(mount.evaluate(OWN_LOSS))
    widgets.load(TRAIN)
    ends = [row[1] for row in widgets.figure(TRAIN, {})["table"]["rows"] if row[0] == "yours"]
    assert loss == pytest.approx(float(ends[0]), abs=0.01)
    assert "step" not in shown(mount)["summary"].split(":")[0]


def test_curves_grow_while_networks_train_and_give_way_to_a_change(explorer):
    mount = explorer(name=TRAIN)
    frame(mount)
    mount.evaluate(
        """mount => {
            globalThis.said = [];
            const summary = mount.querySelector(".explorer-summary");
            new MutationObserver(() => said.push(summary.textContent)).observe(summary, { childList: true });
        }"""
    )
    mount.get_by_role("button", name="One-cycle (8)").click()
    mount.page.wait_for_function("() => said.some((text) => text.includes('step'))")
    mount.get_by_role("button", name="Constant (chapter 2)").click()
    frame(mount)
    steps = [int(text.split("step ")[1].split(" ")[0]) for text in mount.page.evaluate("said") if "step " in text]
    assert 0 in steps
    assert any(0 < step < 300 for step in steps)
    assert (
        len({field(mount, control).input_value() for control in controls_of(TRAIN) if "rate" in control["name"]}) == 1
    )
    assert "ends at a mean loss" in shown(mount)["summary"]
    ends = shown(mount)["rows"]
    mount.get_by_role("button", name="Constant (chapter 2)").click()
    frame(mount)
    assert shown(mount)["rows"] == ends, "a run that gave way has disturbed the next"


def test_under_reduced_motion_the_end_alone_is_drawn(explorer):
    mount = explorer(name=TRAIN, reduced_motion="reduce")
    frame(mount)
    mount.evaluate(
        """mount => {
            globalThis.drawn = 0;
            const losses = mount.querySelectorAll(".explorer-plot")[1];
            new MutationObserver(() => drawn++).observe(losses, { childList: true });
        }"""
    )
    mount.get_by_role("button", name="Linear decay (6)").click()
    frame(mount)
    assert mount.page.evaluate("drawn") <= 2  # without curves, and with all of them
    assert "ends at a mean loss" in shown(mount)["summary"]


def test_without_simd_networks_train_in_plain_javascript(visit):
    page = visit("book/notation.html")
    page.wait_for_load_state("networkidle")  # what is left half-loaded would count as a fault
    page.context.route(
        "**/multiply-*.wasm", lambda route: route.fulfill(body=b"no kernel", content_type="application/wasm")
    )
    page.goto(page.url.replace("notation.html", "train.html"))
    mount = awake(page, TRAIN)
    frame(mount)
    assert "ends at a mean loss" in shown(mount)["summary"]


def test_half_a_file_of_images_is_refused_and_asked_for_again(visit):
    page = visit("book/notation.html")
    page.wait_for_load_state("networkidle")  # what is left half-loaded would count as a fault
    whole = next((SITE / "_static/explorer").glob("fashion_14_seen-*.bin")).read_bytes()
    page.context.route("**/fashion_14_seen-*.bin", lambda route: route.fulfill(body=whole[: len(whole) // 2]))
    page.goto(page.url.replace("notation.html", "train.html"))
    mount = awake(page, TRAIN)
    frame(mount)
    assert "did not arrive whole" in shown(mount)["summary"]
    expect(mount.locator("svg[role=img]").first).to_be_visible()
    page.context.unroute("**/fashion_14_seen-*.bin")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(mount.locator(".explorer-summary")).to_contain_text("ends at a mean loss", timeout=30_000)


def test_fresh_networks_are_judged_on_fresh_images_from_a_link(explorer):
    mount = explorer("?train=runs:first,rate_5:0", name=TRAIN)
    frame(mount)
    assert "On fresh images and fresh seeds" in shown(mount)["summary"]


def test_the_units_of_the_first_network_are_drawn(explorer):
    mount = explorer(name=TRAIN)
    frame(mount)
    greys = mount.locator("canvas").evaluate(
        "canvas => [...new Set(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data)].length"
    )
    assert greys > 50


def test_the_images_are_loaded_where_networks_train_only(visit):
    page = visit(f"{CHAPTER}#explorer-{NAME}")
    awake(page, NAME)
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert not [name for name in loaded if "train" in name.rpartition("/")[2] or name.endswith(".bin")]
