"""What the book reads of the trials is what their tables say."""

import dataclasses
import json

import pytest

from learning_rates.explorers import claims as claims_explorer
from learning_rates.trials import telling, verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Claim, Contrast, as_published, final
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.selection import finals
from learning_rates.trials.table import RESULTS, TrialTable
from tests.trials.tables import MADE, TRIAL, filled, result

CONTRAST = Contrast(final("linear decay"), final("constant"))


@pytest.fixture
def whole(tmp_path):
    """A finished trial, whose linear decay has a point more than its constant rate."""
    table = filled(tmp_path)
    for group in finals(table):
        score = 81.0 if group.arm == "linear decay" else 80.0
        made = MADE | {"copies": {"mnist": "A smaller copy."}}
        table.add_group(group, [result(score + 0.01 * seed) for seed in group.seeds], made)
    return table


def test_the_ways_of_all_seeds_are_one_text(whole):
    constant, linear = telling._trial(whole)["arms"]
    assert constant["curves"] == "40.00 80;40.01 80.01"
    assert (linear["name"], linear["budget"], linear["peak"], linear["samples"]) == ("linear decay", 1.0, "0.1", 1000)
    assert telling._trial(whole)["copies"] == "mnist: A smaller copy."


def test_a_run_without_a_number_has_a_dash():
    assert telling._way([80.125, float("nan"), 80.1234]) == "80.12 - 80.1234"
    assert telling._way([80.0, float("inf")]) == "80.00 -"


def test_what_is_not_whole_is_left_out(tmp_path):
    table = filled(tmp_path)
    assert not table.is_whole()
    assert telling.record({"a trial": table})["trials"] == {}


def test_the_text_of_a_claim_has_its_fault_and_its_verdict(whole, monkeypatch):
    claim = Claim("paul2018cyclical", "T", "It is better.", "a trial", CONTRAST, "It is.", "It is not.", "One seed.")
    monkeypatch.setitem(telling.CLAIMS, "T.1", claim)
    tables = {"a trial": whole}
    judged = verdicts.judge({"T.1": claim}, tables)
    text = telling.claim_text("T.1", judged, tables)
    assert "**T.1 · “It is better.”**" in text
    assert "- *The fault.* One seed." in text
    assert "linear decay − constant: +1.00 ± 0.00 points, 2 seeds." in text
    assert "- *Verdict.* **Borne out**: better by at least 1." in text
    assert "Not yet" in telling.claim_text("T.1", {}, tables)


def test_less_that_bears_out_a_printed_claim_keeps_its_sign(whole, monkeypatch):
    words = ("paul2018cyclical", "T", "Printed: 1 % less.", "a trial", CONTRAST, "It is less.", "It is not.", "One.")
    claim = Claim(*words, published=CONTRAST, direction=-1, printed=True)
    monkeypatch.setitem(telling.CLAIMS, "T.1", claim)
    tables = {"a trial": whole}
    text = telling.claim_text("T.1", verdicts.judge({"T.1": claim}, tables), tables)
    assert "**T.1 · Printed: 1 % less.**" in text
    assert "- *Fair test.* linear decay − constant: +1.00 ± 0.00 points, 2 seeds (less bears it out)." in text
    assert "- *As published.* linear decay − constant: +1.00 ± 0.00 points, 2 seeds (less bears it out)." in text
    assert "- *Verdict.* **Not borne out**: worse by at least 1." in text


def test_a_printed_size_has_what_one_run_gives_beside_it(whole, monkeypatch):
    words = ("paul2018cyclical", "T", "Printed: 7 points.", "a trial", CONTRAST, "It is.", "It is not.", "One.")
    claim = Claim(*words, claimed=7.0, short="decay ends higher", answer="It was one run.")
    monkeypatch.setitem(telling.CLAIMS, "T.1", claim)
    tables = {"a trial": whole}
    judged = verdicts.judge({"T.1": claim}, tables)
    text = telling.claim_text("T.1", judged, tables)
    assert "- *The size.* The printed 7 is beyond what one run gives: +1.00 to +1.00 points." in text
    assert text.endswith("- *The author could answer.* It was one run.")
    head, rule, row = telling.verdict_table(judged, tables).splitlines()
    assert head == "| claim | printed | fair test | as published | verdict | the author could answer |"
    assert rule == "| --- | --- | --- | --- | --- | --- |"
    assert row == (
        "| **T.1** decay ends higher | +7 points | +1.00 ± 0.00 points | – | **borne out**: better by at least 1; the "
        "printed 7 is beyond what one run gives | It was one run. |"
    )


def test_a_baseline_that_nobody_published_is_not_called_published(whole, monkeypatch):
    words = ("paul2018cyclical", "T", "Printed: 7 points.", "a trial", CONTRAST, "It is.", "It is not.", "One.")
    claim = Claim(*words, published=CONTRAST, claimed=7.0, stand_in="the default (no rate is named)")
    monkeypatch.setitem(telling.CLAIMS, "T.1", claim)
    tables = {"a trial": whole}
    judged = verdicts.judge({"T.1": claim}, tables)
    size = "beyond what one run gives, and beyond what one run gives against the default (no rate is named)"
    text = telling.claim_text("T.1", judged, tables)
    assert "- *Against the default (no rate is named).* linear decay − constant: +1.00 ± 0.00 points" in text
    ranges = "+1.00 to +1.00 points, against the default (no rate is named) +1.00 to +1.00 points"
    assert f"- *The size.* The printed 7 is {size}: {ranges}." in text
    assert "published" not in text
    row = telling.verdict_table(judged, tables).splitlines()[2]
    assert "| against the default (no rate is named): +1.00 ± 0.00 points |" in row
    assert f"the printed 7 is {size} |" in row


def test_what_is_not_tested_says_why(whole, monkeypatch):
    words = ("paul2018cyclical", "T", "It is better.", "a trial", CONTRAST, "It is.", "It is not.", "One.")
    claim = Claim(*words, untested="another network")
    monkeypatch.setitem(telling.CLAIMS, "T.1", claim)
    tables = {"a trial": whole}
    judged = verdicts.judge({"T.1": claim}, tables)
    assert "- *Verdict.* **Not tested**: another network." in telling.claim_text("T.1", judged, tables)
    assert "| **not tested** |" in telling.verdict_table(judged, tables)


def test_every_amendment_has_a_row():
    rows = telling.amendment_table().splitlines()
    assert len(rows) == 2 + len(telling.AMENDMENTS)
    assert all(row.count("|") == 6 for row in rows)


def test_a_claim_that_no_run_can_judge_says_so():
    assert "None by a run" in telling.claim_text("A4.3", {}, {})


def test_what_else_a_claim_may_ask_for():
    assert telling.measure_text(CLAIMS["A0.1"]) == "epochs to the baseline's end"
    assert telling.measure_text(CLAIMS["A0.3"]) == "the score after 42 % of the run"
    assert telling.measure_text(CLAIMS["A1.1"]) == ""


def test_a_contrast_in_words():
    short, recipe = final("one-cycle", 1 / 3), as_published("fixed")
    assert telling.contrast_text(Contrast(short, recipe)) == "one-cycle on 1/3 of the samples − “fixed”"
    assert telling.contrast_text(Contrast(recipe, None)) == "“fixed”"


def test_the_text_of_a_trial_has_its_budget_and_its_changes(whole):
    whole.trial = dataclasses.replace(TRIAL, note="Something is changed.")
    text = telling.trial_text("a trial", whole)
    assert text.startswith("**The trial “a trial”.** One hidden layer of 128 units. 5,000 images to train")
    assert "Budget: 1,000 samples, 50 a batch; 2 peaks tried with 2 seeds for each arm and budget." in text
    assert text.endswith("2 seeds are judged. Something is changed. mnist: A smaller copy.")


def test_peaks_at_the_end_of_the_grid_are_warned_of(whole):
    assert telling.edge_warnings(whole) == [
        "*The lowest or highest peak tried was the best* for constant (0.1, 1,000 samples), linear decay (0.1, 1,000 "
        "samples)."
    ]


def test_an_error_is_no_accuracy():
    assert telling.unit(TRIAL) == "test accuracy, %"
    assert telling.unit(TRIALS["boston"]) == "test error (RMSE)"


def test_quantiles_are_those_of_the_tables(whole):
    assert telling.record({"a trial": whole})["quantiles"] == {"2": pytest.approx(12.706, abs=5e-4)}


def test_the_recorded_one_is_that_of_the_tables():
    written = json.loads((RESULTS / claims_explorer.RECORD).read_text(encoding="utf-8"))
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    again = json.loads(json.dumps(telling.record(tables)))
    assert again | {"made": None} == written | {"made": None}, "write it: trials report --write results/claims.json"
