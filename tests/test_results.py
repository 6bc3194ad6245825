"""Recorded comparisons are fair: equal tries, other seeds for the verdict; and they say how they were made."""

import csv
import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[1] / "results"
TABLES = {
    path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in RESULTS.glob("*.csv")
}
JUDGED = sorted(name for name, rows in TABLES.items() if {"stage", "max_lr", "seed"} <= set(rows[0]))
RECORDS = sorted(path.stem for path in RESULTS.glob("*.json"))


def tries(name, stage):
    """For each arm, its peaks and the seeds that each was run with."""
    found = defaultdict(lambda: defaultdict(set))
    for row in TABLES[name]:
        if row["stage"] == stage:
            arm = tuple(value for key, value in row.items() if key in ("arm", "rung"))
            found[arm][float(row["max_lr"])].add(int(row["seed"]))
    return found


def test_there_are_recorded_comparisons():
    assert JUDGED


@pytest.mark.parametrize("name", JUDGED)
def test_every_arm_was_tuned_with_the_same_tries(name):
    first, *others = tries(name, "tune").values()
    assert len(first) >= 3
    assert all(other == first for other in others)


@pytest.mark.parametrize("name", JUDGED)
def test_every_arm_was_judged_at_one_peak_with_the_same_new_seeds(name):
    judged = [next(iter(arm.values())) for arm in tries(name, "final").values() if len(arm) == 1]
    assert len(judged) == len(tries(name, "final")) == len(tries(name, "tune"))
    assert all(seeds == judged[0] for seeds in judged)
    assert len(judged[0]) >= 8
    tuned_with = {seed for arm in tries(name, "tune").values() for seeds in arm.values() for seed in seeds}
    assert not judged[0] & tuned_with


@pytest.mark.parametrize("name", JUDGED)
def test_no_run_stands_twice(name):
    keys = [tuple(value for key, value in row.items() if key not in ("loss", "accuracy")) for row in TABLES[name]]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_how_it_was_made(name):
    recorded = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    made = recorded.get("made", recorded)
    assert (RESULTS.parent / made["script"]).is_file()
    assert {"keras", "numpy"} <= set(made["versions"])
    assert all(len(digest) == len(hashlib.sha256().hexdigest()) for digest in made["data sha256"].values())


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_has_its_record(name):
    assert name in RECORDS
