"""Verdicts by hand: families, shares of variance, tuning curves."""

import dataclasses
import math

import numpy as np
import pytest

from learning_rates.trials import verdicts
from learning_rates.trials.declared.forms import Claim, Contrast, Lead, Measure, Phase, Trial, as_published, final
from learning_rates.trials.plan import Group, published
from learning_rates.trials.table import TrialTable
from tests.trials.tables import filled, result

SEEDS = (0, 1, 2, 3)
TRIAL = Trial(
    task="sample",
    arms={},
    samples=0,
    batch_size=50,
    seeds=SEEDS,
    published={name: (Phase("constant", 0.1, 1_000, 50),) for name in ("ours", "theirs")},
)


def claim(**options):
    contrast = Contrast(as_published("ours"), as_published("theirs"))
    words = dict.fromkeys(("source", "family", "said", "confirms", "refutes", "fault"), "")
    return Claim(**{**words, "trial": "t", "contrast": contrast, "margin": 0.5, **options})


def table(tmp_path, ours, theirs, curves=None):
    made = TrialTable("t", TRIAL, tmp_path)
    for name, scores in (("ours", ours), ("theirs", theirs)):
        numbers = {"loss": 0.0, "diverged": 0, "steps": 1, "samples": 1, "seconds": 1.0}
        rows = [{**numbers, "score": score, "curve": (curves or {}).get(name, [0.0, score])} for score in scores]
        for seed, row in zip(SEEDS, rows, strict=True):
            made.add_group(Group("published", name, 1.0, 0.1, (seed,)), [row], {"commit": "abc"})
    return made


def judged(tmp_path, ours, theirs, **options):
    return verdicts.judge({"A": claim(**options)}, {"t": table(tmp_path, ours, theirs)})["A"]


BASE = [80.0, 81.0, 82.0, 83.0]
CASES = {
    "better": ([2.0, 2.1, 1.9, 2.0], {}, "borne out; better by at least 1.87", True),
    "worse": ([-2.0, -2.1, -1.9, -2.0], {}, "not borne out; worse by at least 1.87", False),
    "equivalent": ([0.1, -0.1, 0.0, 0.05], {}, "not borne out; equivalent within ±0.5", False),
    "equivalent, as claimed": ([0.1, -0.1, 0.0, 0.05], {"equal": True}, "borne out; equivalent within ±0.5", True),
    "better by less than the margin": (
        [0.1, 0.12, 0.11, 0.1],
        {},
        "true, below the margin; better by at least 0.09, and equivalent within ±0.5",
        False,
    ),
    "undecided": ([2.0, -2.0, 1.0, -1.5], {}, "open; these runs can't tell", None),
    "less than the margin, or more": ([0.6, 0.7, 0.5, 0.6], {}, "open; better by at least 0.47", None),
    "never by the margin": (
        [-3.0, 0.2, -3.0, 0.2],
        {"margin": 1.0},
        "not borne out; not better by the margin of 1",
        False,
    ),
    "better, though equal was claimed": (
        [2.0, 2.1, 1.9, 2.0],
        {"equal": True},
        "borne out; better by at least 1.87",
        True,
    ),
    "better, where equal alone was claimed": (
        [2.0, 2.1, 1.9, 2.0],
        {"equal": True, "two_sided": True},
        "not borne out; better by at least 1.87",
        False,
    ),
    "not worse": ([2.0, 0.0, 1.5, 0.1], {"equal": True}, "open; not worse by 0.5, and no more is sure", None),
    "none diverged": ([0.0] * 4, {"measure": Measure.DIVERGED}, "open; no run of 4 pairs differed", None),
    "never more than it is": ([0.997, 1.0, 1.003, 1.0], {}, "borne out; better by at least 0.99", True),
    "more than one run gives": (  # 2 ± 3.182 · 0.0816 · √(5/4): up to 2.29
        [2.0, 2.1, 1.9, 2.0],
        {"claimed": 2.3},
        "borne out; better by at least 1.87; the printed 2.3 is beyond what one run gives",
        True,
    ),
    "as much as one run gives": (
        [2.0, 2.1, 1.9, 2.0],
        {"claimed": 2.25},
        "borne out; better by at least 1.87; the printed 2.25 is within what one run gives",
        True,
    ),
    "less is better": ([-2.0, -2.1, -1.9, -2.0], {"direction": -1}, "borne out; better by at least 1.87", True),
    "less is better, and was printed": (
        [-2.0, -2.1, -1.9, -2.0],
        {"direction": -1, "claimed": -2.25},
        "borne out; better by at least 1.87; the printed 2.25 is within what one run gives",
        True,
    ),
    "two rulers that disagree": (
        [2.0, 2.1, 1.9, 2.0],
        {"ruler": "equivalent by the clock"},
        "open; better by at least 1.87, but equivalent by the clock",
        None,
    ),
    "not what the article ran": (
        [2.0, 2.1, 1.9, 2.0],
        {"untested": "another network", "claimed": 7.8},
        "not tested",
        None,
    ),
}


@pytest.mark.parametrize(("gains", "options", "words", "holds"), CASES.values(), ids=CASES)
def test_a_verdict_by_hand(tmp_path, gains, options, words, holds):
    ours = [base + gain for base, gain in zip(BASE, gains, strict=True)]
    found = judged(tmp_path, ours, BASE, **options)
    assert (found.words, found.holds) == (words, holds)
    assert found.found.mean == pytest.approx(options.get("direction", 1) * np.mean(gains))


def test_a_run_without_a_number_leaves_its_claim_open_and_the_others_judged(tmp_path):
    tables = {"t": table(tmp_path / "t", [82.0, float("nan"), 84.0, 85.5], BASE)}
    tables["u"] = table(tmp_path / "u", [82.0, 83.1, 83.9, 85.0], BASE)
    found = verdicts.judge({"A": claim(claimed=7.8), "B": claim(trial="u")}, tables)
    assert (found["A"].words, found["A"].holds) == ("open; 1 of 4 pairs have no number", None)
    assert math.isnan(found["A"].one_run.low)
    assert (found["A"].found.mean, found["A"].found.n) == (pytest.approx(6.5 / 3), 3)
    assert found["B"].words == "borne out; better by at least 1.87", "at 0.05/2, as the other claim has been run, too"


def test_what_bears_a_claim_out_holds_for_all_claims_at_once(tmp_path):
    """The first edition's limits were each claim's own, so that A4.1 was beyond its margin by a hundredth."""
    tables = {"t": table(tmp_path / "t", [80.9, 82.1, 82.9, 84.1], BASE)}  # 1 ± 0.18 alone
    alone = verdicts.judge({"A": claim(margin=0.8)}, tables)["A"]
    assert (alone.call, alone.holds) == ("borne out", True)
    many = {f"A{number}": claim(margin=0.8) for number in range(20)}
    among = verdicts.judge(many, tables)["A0"]
    assert among.found == alone.found
    assert among.together.low < 0.8 < among.found.low
    assert among.words == "open; better by at least 0.8 by itself, but not with all claims at once"
    level = {name: dataclasses.replace(each, equal=True, margin=1.2) for name, each in many.items()}
    assert verdicts.judge({"A0": level["A0"]}, tables)["A0"].words == "borne out; equivalent within ±1.2"
    assert (
        verdicts.judge(level, tables)["A0"].words
        == "open; equivalent within ±1.2 by itself, but not with all claims at once"
    )


def test_no_two_pairs_with_numbers_have_no_interval():
    found = verdicts.interval_of_finite(np.array([1.0, np.nan]))
    assert np.isnan(found.mean)
    assert found.n == 1


def test_epochs_until_the_baselines_end(tmp_path):
    curves = {"ours": [70.0, 82.0, 81.0], "theirs": [60.0, 70.0, 81.5]}
    rows = table(tmp_path, BASE, BASE, curves)
    found = verdicts.differences(claim(measure=Measure.EPOCHS, direction=-1), rows)
    assert found.tolist() == [1.0, 1.0, 1.0, 1.0], "theirs gets to 81.5, its mean end, in three, ours in two"


def test_when_half_of_the_runs_have_the_baselines_best(tmp_path):
    rows = filled(tmp_path)
    ways = {
        "constant": ([70.0, 90.0, 80.0], [70.0, 70.0, 80.0]),
        "linear decay": ([80.0, 60.0, 85.0], [0.0, 0.0, 79.0]),
    }
    for name, curves in ways.items():
        for seed, curve in enumerate(curves):
            row = {**result(curve[-1]), "curve": curve, "steps": 300, "seconds": 6.0}
            rows.add_group(Group("final", name, 1.0, 0.1, (seed,)), [row], {"commit": "abc"})
    assert verdicts.baseline_best(rows) == 80.0, "the means are 70, 80 and 80"
    # the first run has 80 after two of three checks, the second after three: 200 and 300 steps, 4 and 6 seconds
    assert verdicts.reached(rows, final("constant"), 80.0) == (2, 250.0, 5.0)
    # one after 100, one never; the median of two is between them
    assert verdicts.reached(rows, final("linear decay"), 80.0) == (1, math.inf, math.inf)


def test_shares_of_variance_by_hand(tmp_path):
    names = {"a": 0.0, "b": 1.0, "c": 3.0, "d": 4.0}
    settings = [{"rate": rate, "batch": batch} for rate in (1, 2) for batch in (1, 2)]
    levels = dict(zip(names, settings, strict=True))
    trial = Trial(
        task="sample",
        arms={},
        samples=0,
        batch_size=1,
        seeds=(0,),
        published={name: (Phase("constant", 0.1, 1, 1),) for name in names},
    )
    made = TrialTable("shares", trial, tmp_path)
    for group in published(trial):
        row = {"score": names[group.arm], "loss": 0, "diverged": 0, "steps": 1, "samples": 1, "seconds": 1}
        made.add_group(group, [{**row, "curve": [0.0]}], {"commit": "abc"})
    # the variance of 0, 1, 3, 4 is 2.5; that of the rates' means, 0.5 and 3.5, is 2.25, of the batches', 0.25
    found = verdicts.shares(made, levels)
    assert {name: share.tolist() for name, share in found.items()} == {"rate": [90.0], "batch": [10.0]}
    assert verdicts.differences(claim(contrast=Lead("rate", levels)), made).tolist() == [80.0]


def test_missing_seeds_are_not_judged(tmp_path):
    made = TrialTable("t", TRIAL, tmp_path)
    assert not verdicts.is_complete(claim(), made)
    with pytest.raises(ValueError, match=r"must have 4 seeds in .*t\.csv\. Received: 0"):
        verdicts.differences(claim(), made)


def test_what_is_judged_in_the_end_is_the_score_and_no_last_lap(tmp_path):
    laps = {"ours": [90.0, 1.0, 3.0], "theirs": [0.0, 0.0, 0.0]}  # a timed run's score is not the last of them
    rows = table(tmp_path, [3.0, 3.1, 2.9, 3.0], [0.0] * 4, laps)
    assert verdicts.differences(claim(), rows) == pytest.approx([3.0, 3.1, 2.9, 3.0])


def test_the_best_arm_is_chosen_on_the_tuning_data(tmp_path):
    table = filled(tmp_path)  # both arms alike, so that the first is as good as any
    assert verdicts.best_arm(table, 1.0) == "constant"
    for (stage, arm, *_), row in table.rows.items():
        row["score"] += arm == "linear decay"
        assert stage == "tune"
    assert verdicts.best_arm(table, 1.0) == "linear decay"


def test_families_are_corrected_apart(tmp_path):
    """In the first edition the family was the first letter of the claim's name (review of the architecture, 3)."""
    tables = {"t": table(tmp_path, [82.0, 83.2, 83.8, 85.0], BASE)}
    one = {"A": claim(family="ours")}
    alone = verdicts.judge_ready(one, tables)["A"]
    hopeless = {f"A{number}": claim(family="theirs", margin=9.0, direction=-1) for number in range(9)}
    assert verdicts.judge_ready(one | hopeless, tables)["A"] == alone
    assert alone.p < 0.05


def test_tasks_are_pooled_at_the_largest_budget_that_both_arms_have(tmp_path, monkeypatch):
    tables = {}
    for number, gain in enumerate([1.0, 2.0, 3.0]):
        rows = filled(tmp_path / str(number))
        for name, ahead in (("constant", 0.0), ("linear decay", gain)):
            for seed in (0, 1):
                score = 80.0 + ahead + (0.1 if seed and ahead else 0.0)
                rows.add_group(Group("final", name, 1.0, 0.1, (seed,)), [result(score)], {"commit": "abc"})
        tables[f"task {number}"] = rows
    tables["not run"] = filled(tmp_path / "not run")
    found, together = verdicts.pooled(tables, "linear decay", "constant")
    assert [round(each.mean, 2) for each in found.values()] == [1.05, 2.05, 3.05]
    assert (together.mean.n, round(together.mean.mean, 2), round(together.tau, 2)) == (3, 2.05, 1.0)
    with pytest.raises(ValueError, match="three tasks or more"):
        verdicts.pooled_shares(tables, "constant", "linear decay")  # which is behind: no gain is sure
    monkeypatch.setattr(verdicts.selection, "counts_accuracy", lambda trial: False)
    with pytest.raises(ValueError, match="three tasks or more"):
        verdicts.pooled(tables, "linear decay", "constant")
