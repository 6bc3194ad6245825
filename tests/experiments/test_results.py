"""Recorded comparisons are fair: equal tries, other seeds for the verdict; and they say how they were made."""

import csv
import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from experiments import recording
from learning_rates import schedules
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import Table

RESULTS = Path(__file__).parents[2] / "results"
TABLES = {
    path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in RESULTS.glob("*.csv")
}
COMPARISON = {"stage", "max_lr", "seed", "loss", "accuracy"}  # beside the column that names the arm
JUDGED = sorted(name for name, rows in TABLES.items() if set(rows[0]) in (COMPARISON | {"arm"}, COMPARISON | {"rung"}))
FOREIGN = "published_logs"  # numbers from others' logs
REPLACED = "first_timing"  # a series that a better one replaced
LANGUAGE_MODELS = {"language_model_curves", "language_model_grid", "predict"}  # others' too: see test_language_models
RECORDS = sorted(path.stem for path in RESULTS.glob("*.json") if path.stem not in {FOREIGN, REPLACED, *LANGUAGE_MODELS})


def tries(name, stage):
    """For each arm, its peaks and the seeds that each was run with."""
    found = defaultdict(lambda: defaultdict(set))
    for row in TABLES[name]:
        if row["stage"] == stage:
            arm = tuple(value for key, value in row.items() if key in ("arm", "rung"))
            found[arm][float(row["max_lr"])].add(int(row["seed"]))
    return found


def test_the_recorded_comparisons_are_found():
    assert {"adaptive_optimizers", "cyclical", "decay", "input_scale", "one_cycle_ladder", "transfer"} <= set(JUDGED)


@pytest.mark.parametrize("name", JUDGED)
def test_every_arm_was_tuned_with_the_same_tries(name):
    """As many rates, each with the same seeds; the rates themselves are the arm's own."""
    first, *others = [list(arm.values()) for arm in tries(name, "tune").values()]
    assert len(first) >= 3
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", JUDGED)
def test_every_tuned_arm_was_judged_at_its_best_peak_with_the_same_new_seeds(name):
    tuned, judged = tries(name, "tune"), tries(name, "final")
    all_seeds = set.union(*(seeds for arm in judged.values() for seeds in arm.values()))
    assert len(all_seeds) >= 8
    assert not all_seeds & set.union(*(seeds for arm in tuned.values() for seeds in arm.values()))
    for arm, peaks in tuned.items():
        assert judged[arm] == {best_peak(name, arm, peaks): all_seeds}, arm


def best_peak(name, arm, peaks):
    def mean(peak):
        runs = [row for row in TABLES[name] if row["stage"] == "tune" and arm[0] in row.values()]
        return sum(float(row["accuracy"]) for row in runs if float(row["max_lr"]) == peak)

    return max(peaks, key=mean)


@pytest.mark.parametrize("name", JUDGED)
def test_no_run_stands_twice(name):
    keys = [tuple(value for key, value in row.items() if key not in ("loss", "accuracy")) for row in TABLES[name]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made(name):
    recorded = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    assert_says_how(recorded.get("made", recorded))


def assert_says_how(made):
    """Script, versions and fingerprints of the data; the first edition's have all digits, today's sixteen."""
    assert (RESULTS.parent / made["script"]).is_file()
    data = made.get("data sha256") or made.get("data") or {}
    if data:  # what is computed without data needs Python alone
        assert {"keras", "numpy"} <= set(made["versions"])
    assert all(re.fullmatch("[0-9a-f]{16}|[0-9a-f]{64}", digest) for digest in data.values())


def test_a_new_record_says_as_much():
    assert_says_how(recording.described("decay.py", ["sample"]))
    assert_says_how(recording.described("design.py", []))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_has_its_record(name):
    assert name in RECORDS or name in LANGUAGE_MODELS


def test_the_replaced_series_names_its_commit_and_its_versions():
    first = json.loads((RESULTS / f"{REPLACED}.json").read_text(encoding="utf-8"))
    assert re.search(r"commit [0-9a-f]{40}", first["made"]["source"])
    assert {"keras", "tensorflow"} <= set(first["made"]["versions"])
    recipes = {name: scores for name, scores in first.items() if name != "made"}
    assert set(recipes) == set(TRIALS["timing"].published)
    assert {len(scores) for scores in recipes.values()} == {16}


def test_published_logs_name_their_commit_and_are_whole_counts_of_the_test_images():
    logs = json.loads((RESULTS / f"{FOREIGN}.json").read_text(encoding="utf-8"))
    assert re.search(r"commit [0-9a-f]{40}", logs["made"]["source"])
    for name, last in (("clr3SS5kFig1a", [10_000, 0.9244]), ("lr35Fig1a", [80_000, 0.9032])):
        assert logs[name][-1][:2] == last
        steps = [step for step, _, _ in logs[name]]
        assert steps == sorted(set(steps))
        for _, accuracy, _ in logs[name]:
            assert accuracy * 25_000 == pytest.approx(round(accuracy * 25_000), abs=0.03)


def test_the_ladder_is_complete_and_fair():
    ladder = Table.recorded("one_cycle_ladder")
    made = ladder.made
    assert len(made["rungs"]) == 9
    for rung, entry in made["rungs"].items():
        assert schedules.from_config(entry["rate"]).total_steps == made["steps"]
        assert len(ladder.column("accuracy", stage="final", rung=rung)) == len(made["final seeds"]) == 24
        means = {}
        for peak in made["peaks"]:
            tried = ladder.column("accuracy", stage="tune", rung=rung, max_lr=peak)
            assert len(tried) == len(made["tuning seeds"]) == 8
            means[peak] = tried.mean()
        assert entry["max_lr"] == max(means, key=means.get)
        assert made["peaks"][0] < entry["max_lr"] < made["peaks"][-1], "the best peak lies inside the tried range"


def test_the_ladder_was_made_as_the_chapter_says():
    made = Table.recorded("one_cycle_ladder").made
    assert (made["steps"], made["batch size"], len(made["peaks"])) == (600, 60, 9)
    assert (made["peaks"][0], made["peaks"][-1]) == (0.0025, 0.64)
    assert all(high == 2 * low for low, high in pairwise(made["peaks"]))
    assert not set(made["tuning seeds"]) & set(made["final seeds"])


def test_a_run_without_an_end_is_judged_at_its_own_peak_with_new_seeds():
    table = Table.recorded("open_end")
    made = table.made
    assert not set(made["tuning seeds"]) & set(made["final seeds"])
    for name, peak in made["peaks found"].items():
        arm, _, stop = name.rpartition(", ") if name.startswith("linear decay") else (name, "", "600")
        means = {
            tried: table.column("accuracy", stage="tune", arm=arm, stop=int(stop), max_lr=tried).mean()
            for tried in made["peaks"]
        }
        assert peak == max(means, key=means.get), name
        assert made["peaks"][0] < peak < made["peaks"][-1], "inside the grid"
        for each in made["stops"] if arm != "linear decay" else [int(stop)]:
            finals = table.column("accuracy", stage="final", arm=arm, stop=each, max_lr=peak)
            assert len(finals) == len(made["final seeds"])


def test_every_arm_with_a_moving_momentum_ran_at_every_peak_with_the_same_new_seeds():
    table = Table.recorded("momentum_at_high_peaks")
    used = {seed for each in TABLES.values() for seed in (int(row["seed"]) for row in each if "rung" in row)}
    assert not set(table.made["seeds"]) & used, "the ladder had suggested the question"
    asked = [table.made["primary"], *table.made["questions"], *table.made["later"]]
    for arm, peak in (place for question in asked for place in question):
        assert len(table.column("accuracy", arm=arm, max_lr=peak)) == len(table.made["seeds"]) == 32
