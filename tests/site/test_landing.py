"""The page that the book opens with: a network trains in it within moments, and the map leads on from there."""

import re

import pytest
from playwright.sync_api import expect

from tests.site.browsing import SITE
from tests.site.test_browser import LAPTOP, PHONE, SIZES, awake, drag, frame, shown

pytestmark = pytest.mark.browser

LANDING, NAME = "book/intro.html", "train"
ALIVE = 1000  # milliseconds, on a machine that does nothing else
# What the summary says from the start, as the networks come along
HEARD = """addEventListener("DOMContentLoaded", () => {
    globalThis.said = [];
    const note = () => said.at(-1) === words() || said.push(words());
    const words = () => document.querySelector(".explorer-summary").textContent;
    note();
    new MutationObserver(note).observe(document.querySelector("[data-explorer]"), { childList: true, subtree: true });
})"""
SHIFTS = """globalThis.jumped = [];
    new PerformanceObserver((list) => jumped.push(...list.getEntries().map((shift) => shift.value)))
        .observe({ type: "layout-shift", buffered: true });"""


@pytest.fixture
def landing(visit):
    """The book's first page, its networks trained once."""

    def wake(path=LANDING, **options):
        mount = awake(visit(path, **options), NAME, folded=True)
        expect(mount.locator(".explorer-summary")).to_contain_text("ends at a mean loss", timeout=30_000)
        frame(mount)
        return mount

    return wake


def steps_of(said):
    """The steps that were told, in order."""
    return [int(found[1]) for text in said if (found := re.search(r"step (\d+) of", text))]


def test_it_plays_once_when_seen_and_again_when_asked(landing):
    mount = landing(script=HEARD)
    said = mount.page.evaluate("said")
    assert "ends at a mean loss" in said[0], "the still figure is there at once"
    assert steps_of(said)[0] == 0
    assert any(0 < step < 300 for step in steps_of(said))
    mount.page.evaluate("() => void said.splice(0)")
    mount.get_by_role("button", name="Train again").click()
    frame(mount)
    assert steps_of(mount.page.evaluate("said"))[0] == 0
    assert "ends at a mean loss" in mount.page.evaluate("said.at(-1)")


def test_under_reduced_motion_nothing_plays(landing):
    mount = landing(script=HEARD, reduced_motion="reduce")
    assert set(steps_of(mount.page.evaluate("said"))) <= {0}


def test_who_comes_for_the_map_has_it_play_once_they_look(visit):
    page = visit(f"{LANDING}#where-to-start", script=HEARD, viewport=LAPTOP)
    page.wait_for_load_state("networkidle")
    assert not [step for step in steps_of(page.evaluate("said")) if step]
    mount = awake(page, NAME)
    expect(mount.locator(".explorer-summary")).to_contain_text("ends at a mean loss", timeout=30_000)
    frame(mount)


@SIZES
def test_a_knot_is_dragged_and_the_networks_answer_all_in_one_screen(landing, size):
    mount = landing(viewport=size)
    plots = mount.locator(".explorer-plot")
    for plot in plots.all():
        box = plot.bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"]
    before = shown(mount)["summary"], plots.nth(1).inner_html()
    drag(mount, mount.locator(".explorer-handle").nth(4), 0, 25)
    assert "ends at a mean loss" in shown(mount)["summary"]
    assert (shown(mount)["summary"], plots.nth(1).inner_html()) != before
    mount.get_by_role("button", name="Reset").click()
    frame(mount)
    assert shown(mount)["summary"] == before[0]


def test_it_is_the_explorer_of_its_own_page_with_less_of_it_and_leads_there_with_the_schedule(landing):
    mount = landing()
    page = mount.page
    assert mount.locator(".explorer-plot").count() == 2
    assert mount.locator("select, canvas, table").count() == 0
    drag(mount, mount.locator(".explorer-handle").nth(1), 0, -30)
    words = shown(mount)["summary"]
    mount.get_by_text("The knots as sliders").press("Enter")
    sliders = {slider.get_attribute("aria-valuetext") for slider in mount.get_by_role("slider").all()}
    assert mount.get_by_role("slider").count() == 8
    mount.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/book/train.html?train=*")
    whole = awake(page, NAME)
    frame(whole)
    assert sliders <= {slider.get_attribute("aria-valuetext") for slider in whole.get_by_role("slider").all()}
    assert shown(whole)["summary"] == words


def test_keys_alone_draw_a_schedule(landing):
    mount = landing()
    before = shown(mount)["summary"]
    mount.get_by_text("The knots as sliders").press("Enter")
    mount.get_by_label("End: rate η", exact=True).press("Home")
    frame(mount)
    assert shown(mount)["summary"] != before


@SIZES
def test_nothing_jumps_when_it_comes_alive(landing, size):
    mount = landing(viewport=size, script=SHIFTS)
    assert sum(mount.page.evaluate("jumped")) < 0.02  # of the screen, in all; browsers call 0.1 at once good


def test_what_it_loads_is_budgeted(landing):
    """As sent by a host that does not compress: the files that are compressed already, and what gzip would leave."""
    mount = landing()
    files = mount.page.evaluate("performance.getEntriesByType('resource').map((entry) => new URL(entry.name).pathname)")
    from tests.site.test_site import weigh  # which reads the site when it is imported

    weights = {file: weigh(SITE / file.lstrip("/")) for file in [*files, f"/{LANDING}"]}
    assert any(file.endswith(".bin") for file in weights)
    assert sum(weights.values()) <= 900_000, sorted(weights.items(), key=lambda pair: -pair[1])[:6]


def test_without_javascript_its_figure_stands_and_says_what_is_missing(visit):
    page = visit(LANDING, java_script_enabled=False, viewport=PHONE)
    mount = page.locator("[data-explorer]")
    for curve in mount.get_by_role("img").all():
        expect(curve).to_be_visible()
    expect(mount).to_contain_text("ends at a mean loss")
    expect(mount.locator("noscript p")).to_be_visible()
    above = mount.locator(".explorer").bounding_box()
    assert above["y"] + above["height"] <= mount.locator("noscript p").bounding_box()["y"] + 1
    mount.locator("a", has_text="Go on").click()
    expect(page.get_by_role("heading", name="Train a network", level=1)).to_be_visible()
