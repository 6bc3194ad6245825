"""The trap museum's exhibits and the posters: they show what was recorded, can be read, and are up to date."""

import csv
import json
import re
import sys
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
RESULTS, POSTERS = ROOT / "results", ROOT / "book/_build/html/_static/posters"
sys.path[:0] = [str(ROOT / "book/_ext"), str(ROOT / "book")]

import museum  # noqa: E402
import posters  # noqa: E402
import quoted  # noqa: E402
import trap_figures  # noqa: E402

from learning_rates.trials.statistics import interval  # noqa: E402

MUSEUM = (ROOT / "book/traps.md").read_text(encoding="utf-8")
ROOMS = {room.splitlines()[0]: room for room in re.split(r"^## ", MUSEUM, flags=re.MULTILINE)[1:]}
EXHIBITS = re.findall(r"^```\{exhibit\} (\w+)$", MUSEUM, flags=re.MULTILINE)
PHONE = 390  # pixels of its width


def chapter(name):
    """What the cells of a chapter have printed and shown, as one text."""
    (path,) = ROOT.glob(f"notebooks/{name}_*.ipynb")
    outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") + output.get("data", {}).get("text/markdown", "") for output in outputs)


def letters(figure):
    """The texts of a figure that are seen."""
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def said(figure):
    return [text.get_text() for text in letters(figure)]


# ---------------------------------------------------------------------------------------------------------- the museum
@pytest.fixture(params=EXHIBITS)
def exhibit(request):
    plt.close("all")
    getattr(trap_figures, request.param)()
    yield plt.gcf()
    plt.close("all")


@pytest.mark.parametrize("trap", ROOMS)
def test_every_trap_has_an_exhibit_with_a_finding_and_a_description(trap):
    shown = re.findall(r"^```\{exhibit\} \w+\n:alt: (.+)\n(.+)\n```$", ROOMS[trap], flags=re.MULTILINE)
    assert shown, trap
    for alt, finding in shown:
        assert "left" in alt
        assert "right" in alt
        assert finding.endswith(".")
        assert not re.search(r"\d\.\d", finding), "a number that is not taken from results/"


def test_every_exhibit_that_is_drawn_is_shown():
    drawn = re.findall(r"^def (\w+)\(\):", Path(trap_figures.__file__).read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(drawn) == sorted(EXHIBITS)


def test_an_exhibit_shows_the_trap_on_the_left_and_the_way_past_it_on_the_right(exhibit):
    wrong, mended = exhibit.axes
    assert wrong.get_title(loc="left") == "✗ wrong"
    assert mended.get_title(loc="left") == "✓ mended"
    assert wrong.get_position().x1 < mended.get_position().x0


def test_an_exhibit_can_be_read_on_a_phone(exhibit):
    """A point is 5/3 pixels of the page, which shrinks to the width of a phone less its margins."""
    shrunk = 5 / 3 * min(1, (PHONE - 40) / (5 / 3 * 72 * exhibit.get_size_inches()[0]))
    assert all(text.get_fontsize() * shrunk > 9 for text in letters(exhibit) if "$" not in text.get_text())


def test_both_walks_start_from_the_same_losses_and_only_the_wrong_one_misreads_them():
    for name, least in (("running mean", 3), ("smoothing lag", 1.5)):
        rates, losses, _, own = museum.sweep(name)
        wrong, mended = museum.minima(name)
        assert wrong > least * mended
        assert losses[np.argmin(abs(rates - mended))] < np.median(losses)
        assert own.min() > losses.min()


def test_the_callback_moves_the_attribute_and_the_schedule_moves_the_weight():
    asked, frozen, far = museum.momenta("callback")
    assert frozen == pytest.approx(np.full(39, 0.95), abs=1e-4)
    asked_too, moved, near = museum.momenta("inside")
    assert moved == pytest.approx(asked, abs=2e-3)
    assert min(asked) == pytest.approx(0.5)
    assert list(asked) == list(asked_too)
    assert far > 100 * near


def test_kerass_form_written_out_goes_where_keras_goes():
    stock, textbook, own = museum.adagrad()
    assert own == pytest.approx(stock, rel=1e-3)
    assert textbook[-1] > 100 * stock[-1]


def test_four_decays_win_with_twice_the_steps_and_none_with_as_many():
    found = museum.budgets()
    assert len(found) == 4
    assert all(double.low > 0 for double, _ in found.values())
    assert sum(equal.high < 0 for _, equal in found.values()) == 3
    assert max(equal.mean for _, equal in found.values()) < 0


def test_gains_at_equal_steps_are_those_of_chapter_6():
    accuracy = defaultdict(list)
    for row in csv.DictReader((RESULTS / "decay.csv").read_text(encoding="utf-8").splitlines()):
        if row["stage"] == "final":
            accuracy[row["arm"]].append(100 * float(row["accuracy"]))
    for name, (_, equal) in museum.budgets().items():
        assert equal.mean == pytest.approx(np.mean(accuracy[name]) - np.mean(accuracy["linear decay"]), abs=0.01)


def test_what_was_chosen_on_the_test_images_shrinks_on_others():
    wrong, mended = (interval(rows[:, 0] - rows[:, 1]) for rows in museum.looks())
    assert wrong.low > 0.2
    assert mended.low < 0 < mended.high


def test_the_best_peak_of_a_short_run_is_past_the_top_for_a_long_one():
    short, long = museum.hills().values()
    assert max(short, key=short.get) > max(long, key=long.get)
    best = dict(json.loads((RESULTS / "range_test_horizon.json").read_text())["best"])
    assert {steps: max(hill, key=hill.get) for steps, hill in museum.hills().items()} == {
        s: best[s] for s in (150, 2400)
    }


def test_the_best_peaks_of_the_grid_are_those_that_chapter_11_finds():
    listed = ", ".join(f"{peak:.2g}" for peak in museum.grid_peaks().values())
    assert f"cooldown {museum.GRID_ARM[1]}, best peaks" in chapter("11")
    assert listed in chapter("11")


# -------------------------------------------------------------------------------------- what pages without cells quote
def test_mid_run_gaps_are_those_that_chapter_11_prints():
    """The pages took the nearest look at a run where the chapter interpolates, and were two thousandths off."""
    said = quoted.of_loss_curves(RESULTS)
    for name, words in {
        "lm_behind_in_mid_run": "WSD − cosine +",
        "lm_ahead_at_the_end": "WSD − cosine −",
        "lm_long_run_behind": "long − short: +",
        "lm_long_run_ahead": "each at its own end:         −",
    }.items():
        assert f"{words}{said[name]} nats" in chapter("11")


def test_shares_of_the_decays_gain_are_those_that_chapter_10_prints():
    """With either CIFAR-10 left out too: a page once gave the narrow intervals of the whole pool alone."""
    said, printed = quoted.of_tasks(), chapter("10")
    for name in ("tasks_one_cycle_share", "tasks_one_cycle_share_new"):
        assert f"| {said[name]} |" in printed
    pairs = zip(
        *(said[f"tasks_one_cycle_{name}"].split(" and ") for name in ("share_once", "share_once_new")), strict=True
    )
    assert all(f"| {share} | {new} |" in printed for share, new in pairs)
    assert said["tasks_one_cycle_share_inside"] in printed


# --------------------------------------------------------------------------------------------------------- the posters
@pytest.fixture(scope="module")
def drawn():
    """The posters as they would be drawn now."""
    with posters.fonts(ROOT) as fonts:
        yield {name: posters.drawn(name, fonts, "The book", "its.address/book") for name in posters.POSTERS}


def test_thirteen_schedules_have_the_accuracies_that_were_recorded_at_their_peaks(drawn):
    peaks = {name: arm["max_lr"] for name, arm in json.loads((RESULTS / "decay.json").read_text())["arms"].items()}
    accuracy = defaultdict(list)
    for row in csv.DictReader((RESULTS / "decay.csv").read_text().splitlines()):
        if row["stage"] == "final":
            assert float(row["max_lr"]) == peaks[row["arm"]]
            accuracy[row["arm"]].append(100 * float(row["accuracy"]))
    means = {name: np.mean(each) for name, each in accuracy.items()}
    texts = said(drawn["thirteen-schedules"])
    assert [text for text in texts if text in means] == sorted(means, key=lambda name: -means[name])
    assert [text for text in texts if re.fullmatch(r"\d\d\.\d %", text)] == [
        f"{mean:.1f} %" for mean in sorted(means.values(), reverse=True)
    ]
    gain = np.mean(np.subtract(accuracy["linear decay"], accuracy["constant"]))
    assert f"{gain:.2f} points" in " ".join(texts)
    assert len(means) == 13


def test_only_schedules_that_are_worse_seed_by_seed_are_grey():
    best, *others = posters.thirteen.arms()
    assert not best.behind
    for arm in others:
        gap = interval(best.accuracy - arm.accuracy, questions=12)
        assert arm.behind == (gap.low > 0), arm.name
    assert {"constant", "exponential"} <= {arm.name for arm in others if arm.behind}
    assert {"linear decay", "cosine"} <= {arm.name for arm in (best, *others) if not arm.behind}


def test_the_map_has_the_losses_of_the_explorers_record(drawn):
    record = json.loads((RESULTS / "rate_atlas.json").read_text())
    rows = [[np.median([run[-1] for run in entry["losses"]]) for entry in row] for row in record["runs"]]
    batches = record["made"]["batches"]
    by_batch = [row for _, row in sorted(zip(batches, rows, strict=True))]
    shown = [float(text) for text in said(drawn["rate-and-batch"]) if re.fullmatch(r"\d\.\d\d", text)]
    losses = shown[: len(batches) * len(rows[0])]
    assert losses == pytest.approx(np.ravel(by_batch), abs=0.011)  # both are rounded
    bold = [
        text.get_text()
        for text in letters(drawn["rate-and-batch"])
        if "bold" in str(text.get_fontproperties().get_file())
    ]
    framed = [f"{loss:.2f}" for row in np.reshape(losses, np.shape(rows)) for loss in row if loss == min(row)]
    assert framed == [text for text in bold if re.fullmatch(r"\d\.\d\d", text)], "ties are framed, as in chapter 4"
    assert len(framed) == 6


def test_the_board_has_every_claim_with_the_verdict_that_was_recorded(drawn):
    claims = json.loads((RESULTS / "claims.json").read_text(encoding="utf-8"))["claims"]
    lines = {each.name: each for each in posters.board.verdict_lines()}
    assert set(lines) == set(claims)
    for name, each in lines.items():
        verdict = claims[name]["verdict"] or posters.board.FACT
        call, *reasons = verdict.split("; ")
        assert each.call == call
        if each.words:
            assert (
                each.words.split(", where")[0]
                == reasons[0].replace("better by at least", "at least").replace(" by itself, but", ",")
                or reasons[0] == each.words
            )
        if len(reasons) > 1:
            assert re.sub("the printed ([\\d.]+) is .*", r"\1", reasons[1]) in each.printed
            assert ("beyond" in reasons[1].split(", ")[0]) == ("beyond" in each.printed)  # of the fair comparison
    texts = said(drawn["verdict-board"])
    for call in {each.call for each in lines.values()}:
        assert call.capitalize() in texts
    counts = {call: sum(each.call == call for each in lines.values()) for call in posters.board.CALLS}
    assert (
        f"{counts['borne out']} are borne out, {counts['true, below the margin']} is true but small, "
        f"{counts['not borne out']} are not borne out, {counts['open']} stay open." in " ".join(texts)
    )


def test_the_boards_numbers_are_those_of_chapter_10():
    table = chapter("10")
    rows = {row.split("**")[1]: row for row in table.splitlines() if row.startswith("| **")}
    for each in posters.board.verdict_lines():
        if each.found and each.name in rows:  # the paper's claims are in chapter 9
            assert each.found in rows[each.name].replace("**open**: ", ""), each.name
            assert each.printed.split(",")[0].removeprefix("printed ") in rows[each.name], each.name


@pytest.mark.parametrize("name", posters.POSTERS)
def test_a_poster_names_the_book_and_its_address(drawn, name):
    assert {"The book", "its.address/book"} <= set(said(drawn[name]))


@pytest.mark.parametrize("name", posters.POSTERS)
def test_a_poster_can_be_read_on_a_phone(drawn, name):
    figure = drawn[name]
    shrunk = PHONE / (figure.get_size_inches()[0] * figure.dpi) * figure.dpi / 72
    assert min(text.get_fontsize() for text in letters(figure)) * shrunk > 6.4
    assert np.median([text.get_fontsize() for text in letters(figure)]) * shrunk > 7.5


@pytest.mark.parametrize("name", posters.POSTERS)
def test_nothing_on_a_poster_overlaps_or_leaves_the_paper(drawn, name):
    figure = drawn[name]
    boxes = [(text.get_text(), text.get_window_extent()) for text in letters(figure)]
    width, height = figure.get_size_inches() * figure.dpi
    for text, box in boxes:
        assert box.x0 > 30, text
        assert box.x1 < width - 30, text
        assert box.y0 > 10, text
        assert box.y1 < height - 10, text
    touching = [
        (one.get_text(), other.get_text())
        for one, other in combinations(letters(figure), 2)
        if abs(one.get_position()[1] - other.get_position()[1]) < 15  # one line, as far as a reader can see
        and one.get_window_extent().padded(4).overlaps(other.get_window_extent())
    ]
    assert not touching


@pytest.mark.parametrize("kind", ["png", "webp"])
@pytest.mark.parametrize("name", posters.POSTERS)
def test_the_files_on_the_site_are_up_to_date(name, kind):
    address = re.search(r"baseurl: &address https://(\S+?)/?\s", (ROOT / "book/_config.yml").read_text())[1]
    with posters.fonts(ROOT) as fonts:
        now = posters.rendered(posters.drawn(name, fonts, "Learning Rates in Motion", address))
    assert now.size == (posters.POSTERS[name].width, posters.POSTERS[name].height)
    with Image.open(POSTERS / f"{name}.{kind}") as built:
        apart = np.subtract(built.convert("L"), now.convert("L"), dtype="int16")
    assert np.abs(apart).max() < 16
