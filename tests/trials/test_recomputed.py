"""The verdicts again, from the rows by NumPy and SciPy alone: none of the package's statistics is used here."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from learning_rates.trials import verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import SETTINGS, TRIALS
from learning_rates.trials.table import TrialTable

FOLDER = Path(__file__).parents[2] / "results/trials"
# The claim: the file, the arm and its rival (stage, name, budget), 1 or −1, the margin, "better" or "equal" or "same",
# what was printed (counted so that more bears the claim out), and the verdict: is it borne out, may one run give it.
A, F, P = "the articles", "final", "published"
JUDGED = {
    "A2.1": ("fashion", (F, "one-cycle", 1 / 3), (F, "constant", 1), 1, 0.5, "better", None, None, None),
    "A2.2": ("cifar", (F, "one-cycle", 1), (F, "constant", 1), 1, 0.5, "better", 7.8, True, False),
    "A2.3": ("boston", (F, "one-cycle", 1), (F, "constant", 1), -1, 0.5, "better", 10.83, False, False),
    "A2.5": ("scaling", (F, "standardised", 1), (F, "as it comes", 1), 1, 0.5, "better", None, True, None),
    "A3.1": ("timing", (P, "CLR over a constant rate", 1), None, -1, 5.0, "better", 67.0, False, False),
    "A3.2": ("cardio", (F, "triangular", 1), (F, "constant", 1), 1, 0.5, "better", 0.3, False, True),  # and small
    "A3.3": ("timing", (P, "CLR over a constant rate", 1), None, -1, 5.0, "equal", None, None, None),
    "A3.4": ("cardio", (F, "triangular, range test", 1), (F, "constant", 1), 1, 0.5, "equal", None, True, None),
    "A4.1": ("mnist", (F, "triangular", 1), (F, "constant", 1), 1, 0.1, "better", 0.27, None, True),
    "A4.2": ("mnist", (F, "Hann", 1), (F, "triangular", 1), 1, 0.1, "same", None, True, None),
    "A4.5": ("timing", (P, "Adam over SGD", 1), None, 1, 5.0, "better", None, True, None),  # by this ruler
}
UNTESTED = {"A0.1", "A0.2", "A0.3", "A1.1", "A1.2", "A1.3", "A4.4", "S.1", "S.2"}
OWN_TESTS = {"A2.4"}  # counts
TWO_RULERS = {"A4.5"}  # the first one, the clock, says otherwise
AS_PUBLISHED = {  # the arm and its rival, and whether one run of theirs may give what was printed
    "A2.2": ((F, "one-cycle", 1), (P, "Keras's default", 1), True),
    "A3.1": ((P, "CLR at batch 350 over a constant rate at batch 32", 1), None, True),
    "A3.2": ((P, "CLR, batch 350", 1), (P, "SGD, 0.01, batch 32", 1), False),
    "A4.1": ((P, "CLR, weights continued", 1), (P, "Adam, 0.001", 1), True),
}
FAMILIES = (19, 2)  # claims that were run: the articles', the paper's


@pytest.fixture(scope="module")
def judged():
    return verdicts.judge_ready(CLAIMS, {name: TrialTable(name, trial) for name, trial in TRIALS.items()})


def rows_of(file, place):
    stage, name, budget = place
    with (FOLDER / f"{file}.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["stage"], row["arm"]) == (stage, name)]
    rows = [row for row in rows if abs(float(row["budget"]) - budget) < 1e-9]
    return sorted(rows, key=lambda row: int(row["seed"]))


def scores_of(file, place):
    return np.array([float(row["score"]) for row in rows_of(file, place)])


def gaps_of(name, arm=None, against=None):
    file, *places, sign = JUDGED[name][:4]
    arm, against = (arm, against) if arm else places
    return sign * (scores_of(file, arm) - (scores_of(file, against) if against else 0.0))


def room_of(gaps):
    return stats.t.ppf(0.975, len(gaps) - 1) * np.std(gaps, ddof=1) * np.sqrt(1 + 1 / len(gaps))


def limits(gaps, share):
    return np.array(stats.t.interval(share, len(gaps) - 1, np.mean(gaps), stats.sem(gaps)))


def of_family(name):
    return FAMILIES[name.startswith("S")]


def test_every_claim_is_recomputed(judged):
    assert set(judged) == set(JUDGED) | UNTESTED | OWN_TESTS
    assert (sum(name[0] == "A" for name in judged), sum(name[0] == "S" for name in judged)) == FAMILIES
    assert all(judged[name].call == "not tested" for name in UNTESTED)


@pytest.mark.parametrize("name", JUDGED)
def test_the_numbers_of_a_verdict(name, judged):
    verdict, gaps = judged[name], gaps_of(name)
    assert verdict.found.mean == pytest.approx(np.mean(gaps), abs=1e-9)
    assert verdict.found[1:3] == pytest.approx(limits(gaps, 0.95), abs=1e-9)
    assert verdict.narrow[1:3] == pytest.approx(limits(gaps, 0.90), abs=1e-9)
    assert verdict.together[1:3] == pytest.approx(limits(gaps, 1 - 0.05 / of_family(name)), abs=1e-9)
    room = room_of(gaps)
    assert verdict.one_run[1:3] == pytest.approx([np.mean(gaps) - room, np.mean(gaps) + room], abs=1e-9)
    assert verdict.p == pytest.approx(stats.ttest_1samp(gaps, 0).pvalue, abs=1e-9)


@pytest.mark.parametrize("name", JUDGED)
def test_the_verdict_itself(name, judged):
    _, _, _, _, margin, asked, printed, borne_out, fits = JUDGED[name]
    gaps, verdict = gaps_of(name), judged[name]
    narrow, together = limits(gaps, 0.90), limits(gaps, 1 - 0.05 / of_family(name))
    inside = -margin < together[0] and together[1] < margin
    sure = together[0] >= margin if asked == "better" else inside or (asked == "equal" and together[0] > 0)
    falls = narrow[1] < margin if asked == "better" else limits(gaps, 0.95)[1] < 0
    assert (True if sure else False if falls else None) == borne_out
    assert verdict.holds == (None if name in TWO_RULERS else borne_out)
    assert (None if printed is None else abs(printed - np.mean(gaps)) <= room_of(gaps)) == fits == verdict.fits
    assert verdict.small == (name == "A3.2") == (borne_out is False and limits(gaps, 0.95)[0] > 0)


@pytest.mark.parametrize("name", [name for name, row in JUDGED.items() if row[0] == "timing"])
def test_a_timed_claim_is_open_where_the_clock_makes_another_call(name, judged):
    """A4.5 was borne out by the second ruler, after the first had said equivalent; the claim names neither."""
    _, (_, recipe, _), _, sign, margin, asked, *_ = JUDGED[name]
    first = json.loads((FOLDER.parent / "first_timing.json").read_text(encoding="utf-8"))
    clock, processor = sign * np.array(first[recipe]), gaps_of(name)

    def call_of(gaps):
        narrow, together = limits(gaps, 0.90), limits(gaps, 1 - 0.05 / 19)
        if asked == "equal":
            return "borne out" if -margin < together[0] and together[1] < margin else "open"
        return "borne out" if together[0] >= margin else "not borne out" if narrow[1] < margin else "open"

    differ = call_of(clock) != call_of(processor)
    assert differ == (name in TWO_RULERS) == bool(CLAIMS[name].ruler)
    assert judged[name].call == ("open" if differ else call_of(processor))
    if differ:
        assert np.abs(limits(clock, 0.90)).max() < margin, "the clock says equivalent"


@pytest.mark.parametrize("name", [name for name, row in JUDGED.items() if row[6]])
def test_a_printed_size_beside_the_articles_own_comparison(name, judged):
    """The fair comparison alone was held against what the article's own had printed (second referee, 10a-1)."""
    verdict = judged[name]
    if name not in AS_PUBLISHED:
        assert (CLAIMS[name].published, verdict.as_run, verdict.fits_as_run) == (None, None, None)
        return
    *places, fits = AS_PUBLISHED[name]
    gaps = gaps_of(name, *places)
    low, high = np.mean(gaps) - room_of(gaps), np.mean(gaps) + room_of(gaps)
    assert verdict.as_run[1:3] == pytest.approx([low, high], abs=1e-9)
    assert fits == (low <= JUDGED[name][6] <= high) == verdict.fits_as_run


def test_no_run_of_large_or_small_batches_diverged(judged):
    lost = [
        [float(row["diverged"]) for row in rows_of("batch_size", ("published", f"batch {size}, rate 0.64", 1))]
        for size in (32, 2_048)
    ]
    assert lost == [[0.0] * 16] * 2
    assert CLAIMS["A2.4"].margin < 100 * (1 - 0.05 ** (1 / 16)), "so many pairs leave more room than the margin"
    assert judged["A2.4"].holds is None


def test_the_shares_of_variance(judged):
    scores = np.array([scores_of("settings", ("published", name, 1)) for name in SETTINGS]).reshape(7, 3, 3, 3, 8)
    shares = []
    for axis in range(4):
        others = tuple(each for each in range(4) if each != axis)
        means = scores.mean(axis=others)
        shares.append(100 * means.var(axis=0) / scores.reshape(189, 8).var(axis=0))
    lead = shares[0] - np.max(shares[1:], axis=0)
    assert judged["A4.4"].found[:3] == pytest.approx([lead.mean(), *limits(lead, 0.95)], abs=1e-9)
    assert limits(lead, 1 - 0.05 / 19)[0] > CLAIMS["A4.4"].margin, "were its rivals the article's, it would hold"


def test_the_words_of_better_and_worse_pass_holm(judged):
    for count in FAMILIES:
        p_values = sorted((verdict.p, name) for name, verdict in judged.items() if of_family(name) == count)
        bars = [0.05 / (count - rank) for rank in range(count)]
        kept = [p <= bar for (p, _), bar in zip(p_values, bars, strict=True)]
        first = kept.index(False) if False in kept else count
        passed = {name for _, name in p_values[:first]}
        said = {name for _, name in p_values if judged[name].direction.startswith(("better", "worse"))}
        assert said or count == 2
        assert said <= passed


def test_seven_tasks_pooled():
    """Restricted maximum likelihood by a search of its own, Hartung's and Knapp's interval, one new task."""
    files = ("rock_paper_scissors", "ants_and_bees", "fashion", "cifar", "cardio", "mnist", "super-convergence")
    pairs = [
        [scores_of(file, ("final", arm, 1 / 8 if file[0] == "s" else 1)) for arm in ("one-cycle", "linear decay")]
        for file in files
    ]
    gaps = [ours - theirs for ours, theirs in pairs]
    effects, variances = np.array([np.mean(each) for each in gaps]), np.array([stats.sem(each) ** 2 for each in gaps])

    def slope(between):  # of the restricted log-likelihood, with the matrix that projects the mean out
        w = 1 / (variances + between)
        projected = np.diag(w) - np.outer(w, w) / w.sum()
        return np.trace(projected) - effects @ projected @ projected @ effects

    between = optimize.brentq(slope, 0, 1, xtol=1e-16)
    w = 1 / (variances + between)
    mean = w @ effects / w.sum()
    error = np.sqrt(max(1, w @ (effects - mean) ** 2 / 6) / w.sum())
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    found, together = verdicts.pooled(tables, "one-cycle", "linear decay")
    assert sorted(name.replace(" ", "_") for name in found) == sorted(files)
    assert together.tau == pytest.approx(np.sqrt(between), abs=1e-9)
    assert dict(zip(found, together.weights, strict=True))["cardio"] == pytest.approx(w[4] / w.sum(), abs=1e-9)
    half, wide = stats.t.ppf(0.975, 6) * error, stats.t.ppf(0.975, 5) * np.sqrt(between + error**2)
    assert together.mean[:3] == pytest.approx([mean, mean - half, mean + half], abs=1e-9)
    assert together.new[:3] == pytest.approx([mean, mean - wide, mean + wide], abs=1e-9)


def test_shares_of_what_a_decay_is_worth():
    """By the jackknife in place of the first order: the two agree within an eighth."""
    files = {"fashion": 1, "cifar": 1, "cardio": 1, "mnist": 1, "super-convergence": 1 / 8}
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    found, together = verdicts.pooled_shares(tables, "one-cycle", "linear decay")
    assert set(found) == set(files)
    for file, part in files.items():
        ours, line, flat = (scores_of(file, (F, arm, part)) for arm in ("one-cycle", "linear decay", "constant"))
        assert stats.ttest_1samp(line - flat, 0).pvalue < 0.05
        share, count = (ours - line).mean() / (line - flat).mean(), len(line)
        without = [np.delete(np.arange(count), seed) for seed in range(count)]
        again = np.array([(ours - line)[kept].mean() / (line - flat)[kept].mean() for kept in without])
        error = np.sqrt((count - 1) / count * np.sum((again - again.mean()) ** 2))
        assert found[file].mean == pytest.approx(share, abs=1e-9)
        half = stats.t.ppf(0.975, count - 1) * error
        assert found[file].high - share == pytest.approx(half, rel=0.125)
    assert sum(together.weights) == pytest.approx(1)
    assert -0.2 < together.mean.low < 0 < together.mean.high < 0.2
