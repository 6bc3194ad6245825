"""A trial's table keeps every finished run, resumes, and refuses what is not its own."""

import dataclasses
import json

import pytest

from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Arm, Claim, Trial
from learning_rates.trials.plan import Group, tuning
from learning_rates.trials.table import Table, TrialTable
from tests.trials.tables import MADE, TRIAL, filled, result

SHORT = Arm("linear decay", budgets=(0.5,))


def test_rows_come_back_as_they_were_written(tmp_path):
    table = filled(tmp_path)
    again = TrialTable("a trial", TRIAL, tmp_path)
    assert again.rows == table.rows
    row = again.rows["tune", "constant", 1.0, 0.1, 1000]
    assert (row["score"], row["seconds"], row["curve"]) == (80.0, 0.25, [40.0, 80.0])
    assert again.made[row["made"]] == MADE
    assert (tmp_path / "a_trial.csv").read_text().splitlines()[0] == ",".join(TrialTable.COLUMNS)


FOREIGN = {
    "cells": ("tune,constant,1.0,0.1\n", "a row must have 14 cells, this has 4"),
    "number": ("tune,constant,1.0,0.1,1000,many,0.5,0,20,1000,0.25,80,now,{made}\n", "could not convert"),
    "arm": ("tune,one-cycle,1.0,0.1,1000,80,0.5,0,20,1000,0.25,80,now,{made}\n", "it is no run of this trial"),
    "seed": ("final,constant,1.0,0.1,1000,80,0.5,0,20,1000,0.25,80,now,{made}\n", "it is no run of this trial"),
    "peak": ("final,constant,1.0,0.2,1,80,0.5,0,20,1000,0.25,80,now,{made}\n", "it is no run of this trial"),
    "budget": ("final,constant,0.5,0.1,1,80,0.5,0,20,1000,0.25,80,now,{made}\n", "it is no run of this trial"),
    "twice": ("tune,constant,1.0,0.1,1000,80,0.5,0,20,1000,0.25,80,now,{made}\n", "the run stands there twice"),
    "unknown": ("final,constant,1.0,0.1,1,80,0.5,0,20,1000,0.25,80,now,1234\n", "nothing in a_trial.json says how"),
    "cut off": ("final,constant,1.0,0.1,1,80,0.5,0,20", "must end with a line break: a writer was cut off"),
}


@pytest.mark.parametrize(("line", "says"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_row_is_refused_by_file_and_line(tmp_path, line, says):
    made = next(iter(filled(tmp_path).made))
    with (tmp_path / "a_trial.csv").open("a") as file:
        file.write(line.format(made=made))
    with pytest.raises(ValueError, match=rf"a_trial\.csv, line 10.*{says}"):
        TrialTable("a trial", TRIAL, tmp_path)


def test_an_empty_file_is_begun_anew(tmp_path):
    rows = filled(tmp_path).rows
    path = tmp_path / "a_trial.csv"
    path.write_text("")  # as a kill leaves it between making and filling it
    table = TrialTable("a trial", TRIAL, tmp_path)
    assert table.rows == {}
    first = tuning(TRIAL)[0]
    table.add_group(first, [result(70.0)] * len(first.seeds), MADE)
    again = TrialTable("a trial", TRIAL, tmp_path).rows
    assert [again[key]["score"] for key in first.keys] == [rows[key]["score"] for key in first.keys]
    assert path.read_text().splitlines()[0] == ",".join(TrialTable.COLUMNS)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"trial": {}}'])
def test_a_damaged_side_file_is_named(tmp_path, text):
    filled(tmp_path)
    (tmp_path / "a_trial.json").write_text(text)
    with pytest.raises(ValueError, match=r"a_trial\.json must be JSON with the parts trial and made\. Received: a dam"):
        TrialTable("a trial", TRIAL, tmp_path)


def test_rows_of_another_declaration_are_refused(tmp_path):
    filled(tmp_path)
    other = Trial(**{**vars(TRIAL), "batch_size": 100})
    with pytest.raises(
        ValueError, match=r"a_trial\.json must be of the trial as declared now\. Received: another batch_"
    ):
        TrialTable("a trial", other, tmp_path)


def test_a_declaration_from_before_a_part_was_added_still_holds(tmp_path):
    rows = filled(tmp_path).rows
    side = tmp_path / "a_trial.json"
    found = json.loads(side.read_text())
    for arm in found["trial"]["arms"].values():
        del arm["budgets"]
    side.write_text(json.dumps(found))
    assert TrialTable("a trial", TRIAL, tmp_path).rows == rows
    found["trial"]["arms"]["constant"]["colour"] = "red"
    side.write_text(json.dumps(found))
    with pytest.raises(ValueError, match="must be of the trial as declared now"):
        TrialTable("a trial", TRIAL, tmp_path)


def test_a_note_may_be_worded_anew(tmp_path):
    rows = filled(tmp_path).rows
    assert TrialTable("a trial", dataclasses.replace(TRIAL, note="As in the article."), tmp_path).rows == rows


def test_a_claim_that_was_reworded_after_its_rows_is_refused(tmp_path, monkeypatch):
    """In the first edition A2.1's condition was reworded while its trial ran, and nothing said so (review, 2)."""
    words = ("source", "family", "said", "a trial", None, "It is better.", "It is worse.", "One seed.")
    claim = Claim(*words)
    monkeypatch.setitem(CLAIMS, "T.1", claim)
    filled(tmp_path)
    side = tmp_path / "a_trial.json"
    assert json.loads(side.read_text())["claims"] == {"T.1": claim.digest()}
    TrialTable("a trial", TRIAL, tmp_path)
    monkeypatch.setitem(CLAIMS, "T.1", dataclasses.replace(claim, fault="Another comment.", short="s", answer="a"))
    TrialTable("a trial", TRIAL, tmp_path)
    monkeypatch.setitem(CLAIMS, "T.1", dataclasses.replace(claim, confirms="It is better, by at least the margin."))
    says = r"a_trial\.json must be of the claims as declared now\. Received: another T\.1\. Take the change back\."
    with pytest.raises(ValueError, match=says):
        TrialTable("a trial", TRIAL, tmp_path)
    monkeypatch.setitem(CLAIMS, "T.1", claim)
    monkeypatch.setitem(CLAIMS, "T.2", dataclasses.replace(claim, said="Asked when the rows were known."))
    with pytest.raises(ValueError, match=r"another T\.2\."):
        TrialTable("a trial", TRIAL, tmp_path)


def test_two_writers_are_refused(tmp_path):
    table = filled(tmp_path)
    with table.locked(), pytest.raises(RuntimeError, match="must have one writer"), table.locked():
        pass
    with table.locked():
        assert table.missing([Group("final", "constant", 1.0, 0.1, (0,))])


def test_a_missing_table_or_row_is_named():
    with pytest.raises(FileNotFoundError, match=r"name must be one of .*one_cycle_ladder.*Received: name='ladder'"):
        Table.recorded("ladder")
    with pytest.raises(ValueError, match=r"column must be one of accuracy, loss, .*Received: column='score'"):
        Table.recorded("one_cycle_ladder").column("score")
    with pytest.raises(ValueError, match=r"a row must match\. Received: rung='nothing'"):
        Table.recorded("one_cycle_ladder").column("accuracy", rung="nothing")
