"""Verdicts by hand: intervals, Holm, shares of variance, tuning curves."""

import math

import numpy as np
import pytest
from tables import filled, result

from learning_rates.trials import statistics, verdicts
from learning_rates.trials.declared.claims import CLAIMS, TRIALS, Claim, Phase, Trial, as_published
from learning_rates.trials.plan import Group, published
from learning_rates.trials.table import TrialTable

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
    contrast = (as_published("ours"), as_published("theirs"))
    words = dict.fromkeys(("source", "said", "confirms", "refutes", "fault"), "")
    return Claim(**{**words, "trial": "t", "contrast": contrast, "margin": 0.5, **options})


def table(tmp_path, ours, theirs, curves=None):
    made = TrialTable("t", TRIAL, tmp_path)
    for name, scores in (("ours", ours), ("theirs", theirs)):
        numbers = {"loss": 0.0, "diverged": 0, "steps": 1, "samples": 1, "seconds": 1.0}
        rows = [{**numbers, "score": score, "curve": (curves or {}).get(name, [0.0, score])} for score in scores]
        for seed, row in zip(SEEDS, rows, strict=True):
            made.append(Group("published", name, 1.0, 0.1, (seed,)), [row], {"commit": "abc"})
    return made


def judged(tmp_path, ours, theirs, **options):
    return verdicts.judge({"A": claim(**options)}, {"t": table(tmp_path, ours, theirs)})["A"]


BASE = [80.0, 81.0, 82.0, 83.0]
CASES = {
    "better": ([2.0, 2.1, 1.9, 2.0], {}, "better by at least 1.87", True),
    "worse": ([-2.0, -2.1, -1.9, -2.0], {}, "worse by at least 1.87", False),
    "equivalent": ([0.1, -0.1, 0.0, 0.05], {}, "equivalent within ±0.5", False),
    "equivalent, as claimed": ([0.1, -0.1, 0.0, 0.05], {"equal": True}, "equivalent within ±0.5", True),
    "undecided": ([2.0, -2.0, 1.0, -1.5], {}, "undecided", None),
    "better, though equal was claimed": ([2.0, 2.1, 1.9, 2.0], {"equal": True}, "better by at least 1.87", True),
    "better, where equal alone was claimed": (
        [2.0, 2.1, 1.9, 2.0],
        {"equal": True, "two_sided": True},
        "better by at least 1.87",
        False,
    ),
    "not worse": ([2.0, 0.0, 1.5, 0.1], {"equal": True}, "undecided; not worse by 0.5", None),
    "none diverged": ([0.0] * 4, {"measure": "diverged"}, "undecided: no run of 4 pairs differed", None),
    "never more than it is": ([0.997, 1.0, 1.003, 1.0], {}, "better by at least 0.99", True),
    "less than claimed": (
        [2.0, 2.1, 1.9, 2.0],
        {"claimed": 7.8},
        "better by at least 1.87; refuted: the claimed 7.8 is excluded",
        False,
    ),
    "less is better": ([-2.0, -2.1, -1.9, -2.0], {"direction": -1}, "better by at least 1.87", True),
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
    assert (found["A"].words, found["A"].holds) == ("undecided: 1 of 4 pairs have no number", None)
    assert (found["A"].found.mean, found["A"].found.n) == (pytest.approx(6.5 / 3), 3)
    assert found["B"].words == "better by at least 1.87", "at 0.05/2, as the other claim has been run, too"


def test_no_two_pairs_with_numbers_have_no_interval():
    found = verdicts.interval_of_finite(np.array([1.0, np.nan]))
    assert np.isnan(found.mean)
    assert found.n == 1


def test_holms_steps_by_hand():
    # 0.05/3 = 0.0167, 0.05/2 = 0.025, 0.05: the second fails, and with it the third, though 0.03 < 0.05.
    assert statistics.holm({"a": 0.01, "b": 0.03, "c": 0.04}) == {"a": True, "b": False, "c": False}
    assert statistics.holm({"a": 0.01, "b": 0.02, "c": 0.04}) == {"a": True, "b": True, "c": True}


def test_a_p_value_is_scipys():
    from scipy import stats

    values = np.array([0.3, 0.1, 0.4, -0.2, 0.25])
    assert statistics.p_value(values) == pytest.approx(stats.ttest_1samp(values, 0).pvalue)
    assert statistics.p_value(np.zeros(4)) == 1.0
    assert statistics.p_value(np.ones(4)) == 0.0
    assert statistics.p_value(np.array([1.0, 2.0, np.inf])) == 1.0


def test_epochs_until_the_baselines_end(tmp_path):
    curves = {"ours": [70.0, 82.0, 81.0], "theirs": [60.0, 70.0, 81.5]}
    rows = table(tmp_path, BASE, BASE, curves)
    found = verdicts.differences(claim(measure="epochs to the baseline's end", direction=-1), rows)
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
            rows.append(Group("final", name, 1.0, 0.1, (seed,)), [row], {"commit": "abc"})
    assert verdicts.baseline_best(rows) == 80.0, "the means are 70, 80 and 80"
    # the first run has 80 after two of three checks, the second after three: 200 and 300 steps, 4 and 6 seconds
    assert verdicts.reached(rows, ("final", "constant", 1.0), 80.0) == (2, 250.0, 5.0)
    # one after 100, one never; the median of two is between them
    assert verdicts.reached(rows, ("final", "linear decay", 1.0), 80.0) == (1, math.inf, math.inf)


def test_shares_of_variance_by_hand(tmp_path):
    names = {"rate 1, batch 1": 0.0, "rate 1, batch 2": 1.0, "rate 2, batch 1": 3.0, "rate 2, batch 2": 4.0}
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
        made.append(group, [{**row, "curve": [0.0]}], {"commit": "abc"})
    # the variance of 0, 1, 3, 4 is 2.5; that of the rates' means, 0.5 and 3.5, is 2.25, of the batches', 0.25
    found = verdicts.shares(made)
    assert {name: share.tolist() for name, share in found.items()} == {"rate": [90.0], "batch": [10.0]}
    assert verdicts.differences(claim(measure="share of variance"), made).tolist() == [80.0]


def test_missing_seeds_are_not_judged(tmp_path):
    made = TrialTable("t", TRIAL, tmp_path)
    assert not verdicts.is_complete(claim(), made)
    with pytest.raises(ValueError, match=r"must have 4 seeds in .*t\.csv\. Received: 0"):
        verdicts.differences(claim(), made)


def test_the_bounds_on_the_printed_counts():
    # As in the articles: 343 against 341 of 372, 147 against 144 of 153; rows and images in ten thousands.
    assert round(statistics.fisher(343, 341, 372), 2) == 0.89
    assert round(statistics.fisher(147, 144, 153), 2) == 0.60
    assert round(statistics.fisher(9100, 9058, 14000), 2) == 0.61
    assert round(statistics.fisher(9836, 9809, 10000), 2) == 0.16
    # the most favourable pairing: every image that was judged differently speaks for the winner
    assert statistics.mcnemar(343, 341, 2) == 0.5
    assert statistics.mcnemar(147, 144, 3) == 0.25


IMPOSSIBLE = {
    "more right answers than questions": (statistics.fisher, (373, 341, 372), "right must be at most total"),
    "no whole number": (statistics.fisher, (1, 1.5, 372), "other must be a whole number ≥ 0"),
    "too few judged differently": (statistics.mcnemar, (9836, 9809, 26), "disagreeing must be"),
    "an odd rest": (statistics.mcnemar, (9836, 9809, 60), "disagreeing must be .* by an even number.*more=9836"),
    "one seed": (statistics.half_width, (1,), "seeds must be a whole number ≥ 2"),
    "one seed's power": (statistics.detectable, (1,), "seeds must be a whole number ≥ 2"),
    "always": (statistics.detectable, (8, 1.0), r"power must be in \(0\.05, 1\)\. Received: power=1\.0"),
}


@pytest.mark.parametrize(("function", "given", "says"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_counts_are_refused(function, given, says):
    with pytest.raises(ValueError, match=says):
        function(*given)


def test_nobody_judged_differently_shows_nothing():
    assert statistics.mcnemar(9836, 9836, 0) == 1.0


def test_what_is_judged_in_the_end_is_the_score_and_no_last_lap(tmp_path):
    laps = {"ours": [90.0, 1.0, 3.0], "theirs": [0.0, 0.0, 0.0]}  # a timed run's score is not the last of them
    rows = table(tmp_path, [3.0, 3.1, 2.9, 3.0], [0.0] * 4, laps)
    assert verdicts.differences(claim(), rows) == pytest.approx([3.0, 3.1, 2.9, 3.0])


def test_power_by_hand():
    assert round(statistics.half_width(8), 2) == 0.84
    assert round(statistics.detectable(8), 2) == 1.16
    assert statistics.detectable(16) < statistics.detectable(8)


def test_every_claim_is_declared_in_full():
    assert len(CLAIMS) == 22
    for name, declared in CLAIMS.items():
        assert all((declared.source, declared.said, declared.confirms, declared.refutes, declared.fault)), name
        if not declared.trial:
            continue
        trial = TRIALS[declared.trial]
        assert len(trial.seeds) >= 8
        assert declared.measure in {*verdicts.MEASURES, "share of variance"}
        for stage, arm, budget in [place for place in declared.contrast if place]:
            if declared.measure != "share of variance":
                assert arm in (trial.arms if stage == "final" else trial.published), name
                assert budget in (trial.budgets_of(arm) if stage == "final" else (1.0,))
    for trial in TRIALS.values():
        assert not trial.arms or {"constant", "linear decay"} <= {arm.schedule for arm in trial.arms.values()}


def test_the_best_arm_is_chosen_on_the_tuning_data(tmp_path):
    table = filled(tmp_path)  # both arms alike, so that the first is as good as any
    assert verdicts.best_arm(table, 1.0) == "constant"
    for (stage, arm, *_), row in table.rows.items():
        row["score"] += arm == "linear decay"
        assert stage == "tune"
    assert verdicts.best_arm(table, 1.0) == "linear decay"
