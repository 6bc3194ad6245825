"""The explorer of recorded runs: its curves and its words are the record's."""

import json
import math
from importlib import resources

import numpy as np
import pytest
from hypothesis import given

from learning_rates import explorers, widgets
from learning_rates.explorers import rate_atlas
from learning_rates.trials import statistics
from learning_rates.trials.table import Table
from tests.explorers.settings import raw_values

RECORD = json.loads((resources.files("learning_rates.results") / rate_atlas.RECORD).read_text(encoding="utf-8"))
MADE, RUNS = RECORD["made"], RECORD["runs"]
widgets.load("rate_atlas")  # hands the record over


def entry(batch, rate):
    return RUNS[MADE["batches"].index(batch)][MADE["rates"].index(rate)]


def figure(**raw):
    return explorers.figure("rate_atlas", raw)


def best_rates():
    return {int(row[0]): float(row[2]) for row in figure()["table"]["rows"]}


def test_the_record_holds_every_cell_with_its_seeds():
    assert [len(row) for row in RUNS] == [len(MADE["rates"])] * len(MADE["batches"])
    for row in RUNS:
        for cell in row:
            assert {len(cell[key]) for key in ("losses", "stopped", "accuracy")} == {8}
            for losses, stopped in zip(cell["losses"], cell["stopped"], strict=True):
                assert len(losses) == MADE["points"] if stopped < 0 else len(losses) < MADE["points"]
    assert [str(batch) for batch in MADE["batches"]] == rate_atlas.BATCHES


def test_the_record_is_the_table_of_the_chapter():
    table = Table.recorded("rate_atlas_runs")
    assert table.column("loss29", batch=100, rate=0.04) == pytest.approx(
        [run[-1] for run in entry(100, 0.04)["losses"]], rel=5e-3
    )


@given(raw_values(rate_atlas.CONTROLS))
def test_every_line_is_a_recorded_run(raw):
    shown = explorers.figure("rate_atlas", raw)
    values = shown["values"]
    rate = MADE["rates"][rate_atlas.nearest(MADE["rates"], values["rate"])]
    runs = entry(int(values["batch"]), rate)["losses"]
    runs = runs[int(values["seeds"][0]) - 1 : int(values["seeds"][-1])]
    drawn = [[y for _, y in curve["points"]] for curve in shown["panels"][0]["curves"] if curve["color"] == "#5790fc"]
    thick, thin = drawn[-1], drawn[:-1]
    assert thin == (runs if len(runs) > 1 else [])
    if len({len(run) for run in runs}) == 1:
        assert thick == pytest.approx(np.median(runs, axis=0).tolist())
    last_x = max(x for curve in shown["panels"][0]["curves"] for x, _ in curve["points"])
    end = MADE["samples"] if values["axis"] == "samples" else MADE["samples"] / int(values["batch"])
    assert last_x == pytest.approx(end)
    assert math.isfinite(last_x)


def test_the_default_figure_in_numbers_a_person_can_check():
    summary = figure()["summary"]
    assert summary.startswith("Batch 100: 600 steps see 60000 samples. η = 0.04 ends at a loss of ")
    a, b = (np.array([run[-1] for run in entry(100, rate)["losses"]]) for rate in (0.04, 0.16))
    found = statistics.interval(a - b)
    assert f"{found.mean:+.3f} ± {(found.high - found.low) / 2:.3f} over 8 seeds" in summary
    assert "the interval leaves out zero" in summary
    assert [row[:2] for row in figure()["table"]["rows"]] == [
        ["2000", "30"],
        ["500", "120"],
        ["100", "600"],
        ["20", "3000"],
    ]


def test_the_answer_to_the_question_is_the_one_the_chapter_gives():
    best = best_rates()
    assert best[20] <= best[100] <= best[500] <= best[2000]
    assert best[2000] > 4 * best[20]
    rates, large = MADE["rates"], RUNS[MADE["batches"].index(2000)]
    ends = [rate_atlas.final(cell) for cell in large]
    assert ends[rates.index(best[20])] > 1.2 * min(end for end in ends if end is not None)


def test_one_seed_has_no_interval():
    assert "one seed has no interval" in figure(seeds="1")["summary"]


def test_another_seed_gives_another_winner():
    """As the chapter says of 0.04 and 0.08 at batch 100, of which all eight seeds together can't tell."""
    first, second, every = (figure(rate=0.04, compare=0.08, seeds=each)["summary"] for each in ("1", "2", "1 to 8"))
    assert "η = 0.04 minus η = 0.08, is +0.009 on this seed" in first
    assert "is -0.010 on this seed" in second
    assert "is -0.001 ± 0.014 over 8 seeds: the seeds can't tell them apart." in every


def test_one_seed_has_other_best_rates_as_the_chapter_says():
    best = {row[0]: row[2] for row in figure(seeds="1")["table"]["rows"]}
    assert (best["2000"], best["20"]) == ("0.16", "0.02")


def test_the_accuracy_is_the_mean_that_the_chapter_prints():
    scores = Table.recorded("rate_atlas_runs").column("accuracy", batch=2000, rate=0.32)
    assert figure()["table"]["rows"][0][4] == f"{100 * scores.mean():.1f} %"


def test_the_same_rate_twice_is_no_comparison():
    assert "difference" not in figure(rate=0.02, compare=0.02)["summary"]


def test_a_run_that_exploded_is_counted_and_its_line_ends():
    run = {"losses": [[2.3, 2.0], [2.3]], "stopped": [-1, 7], "accuracy": [0.5, 0.1]}
    assert rate_atlas.fate(run) == "has 1 of 2 runs explode, the first at step 7"
    assert rate_atlas.final(run) is None
    assert rate_atlas.difference(run, run, "") == "With a run that exploded there is no difference to take."
    assert rate_atlas.middle_curve(run["losses"]) == [2.3]
    assert [len(line["points"]) for line in rate_atlas.lines(run, "", "", "", 1)] == [2, 1, 1]


def test_a_batch_of_runs_that_all_explode_has_no_line():
    assert rate_atlas.lines({"losses": [[], []]}, "", "", "", 1) == []
