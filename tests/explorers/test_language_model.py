"""The explorer of the language model's recorded runs: its curves, its words and its texts are the record's."""

import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given

from learning_rates import explorers, widgets
from learning_rates.explorers import language_model
from learning_rates.trials.table import Table
from tests.explorers.settings import raw_values

RECORD = json.loads((resources.files("learning_rates.results") / language_model.RECORD).read_text(encoding="utf-8"))
TABLE, TEXTS = Table.recorded("transformer"), Table.recorded("transformer_texts")
SHOWN = [arm for shape in language_model.SHAPES for _, arm, _, _ in language_model.arms(shape)]
widgets.load("language_model")  # hands the record over


def figure(**raw):
    return explorers.figure("language_model", raw)


def rows_of(arm, steps):
    """{peak: the rows of its tuning runs}."""
    found = {}
    for key, row in TABLE.rows.items():
        if key[:3] == ("tune", arm, steps):
            found.setdefault(float(row["max_lr"]), []).append(row)
    return found


@pytest.mark.parametrize("steps", ["400", "1600"])
@pytest.mark.parametrize("arm", SHOWN)
def test_the_record_is_the_tables(arm, steps):
    rows, entries = rows_of(arm, steps), RECORD["runs"][steps][arm]
    assert [entry["peak"] for entry in entries] == sorted(rows)
    for entry in entries:
        runs = rows[entry["peak"]]
        assert entry["losses"] == [float(row["loss"]) for row in runs]
        curves = [[float(loss) for loss in row["curve"].split()] for row in runs]
        assert entry["curve"] == pytest.approx(np.mean(curves, axis=0), abs=6e-4)
        (text,) = [
            row["text"]
            for key, row in TEXTS.rows.items()
            if key[:3] == ("tune", arm, steps) and float(key[3]) == entry["peak"]
        ]
        assert entry["text"] == text.replace("¶", "\n")


@given(raw_values(language_model.CONTROLS))
def test_every_line_is_a_recorded_one(raw):
    shown = explorers.figure("language_model", raw)
    values = shown["values"]
    recorded = RECORD["runs"][values["steps"]]
    for (_, arm, _, _), above, below in zip(
        language_model.arms(values["shape"]), *(panel["curves"] for panel in shown["panels"]), strict=True
    ):
        entry = language_model.nearest(recorded[arm], values["peak"])
        assert [loss for _, loss in above["points"]] == entry["curve"]
        assert above["points"][-1][0] == int(values["steps"])
        assert below["points"] == [[one["peak"], pytest.approx(np.mean(one["losses"]))] for one in recorded[arm]]
    assert all(len(row) == len(shown["table"]["head"]) for row in shown["table"]["rows"])


def test_a_peak_that_was_not_tried_gives_the_nearest():
    runs = [{"peak": 0.001}, {"peak": 0.004}]
    assert language_model.nearest(runs, 0.0019)["peak"] == 0.001
    assert language_model.nearest(runs, 0.0021)["peak"] == 0.004


def test_a_text_is_cut_into_its_lines():
    assert language_model.lines_of("one\n\ntwo\n \n") == ["one", "two", "", "", "", ""]
    assert language_model.lines_of("1\n2\n3\n4\n5\n6\n7") == ["1", "2", "3", "4", "5", "6"]


def test_the_default_figure_in_words():
    with_warmup, without = (
        np.mean([float(row["loss"]) for row in rows_of(arm, "400")[0.008]])
        for arm in ("AdamW warm-up + linear", "AdamW linear")
    )
    assert figure()["summary"] == (
        f"Linear, 400 steps: with warm-up at η_max = 0.008 ends at {with_warmup:.3f} nats; "
        f"without warm-up at η_max = 0.008 ends at {without:.3f} nats. Means of 3 seeds."
    )


def test_one_cycle_has_no_arm_without_its_way_up():
    assert figure(shape="one-cycle")["table"]["head"][0].startswith("one-cycle, ")
    assert len(figure(shape="one-cycle")["panels"][0]["curves"]) == 1
