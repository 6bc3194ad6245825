"""From the rows of a trial to the verdict on a claim, by rules that stood before the runs.

A claim's primary contrast is judged on differences paired by seed, counted so that more bears the claim out. Intervals
cover the seeds, and neither the test sample nor the split nor the tuning.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from learning_rates.trials import plan
from learning_rates.trials.statistics import ERROR, Interval, holm, interval, p_value


class Verdict(NamedTuple):
    """What the runs say of a claim.

    Args:
        name: of the claim.
        found: the mean difference and its 95 % interval, in the measure's unit; more bears the claim out. Where a run
            ended without a number, that of the other pairs.
        narrow: the same at 90 %, which judges equivalence.
        p: of no difference, two-sided.
        words: the verdict.
        holds: whether the claim is borne out; None where that is undecided.
    """

    name: str
    found: Interval
    narrow: Interval
    p: float
    words: str
    holds: bool | None


# ------------------------------------------------------------------------------------------------------------ measures
def _score(rows, claim, baseline):
    """What is reached in the end, or at the part of the run that the claim names."""
    if claim.at == 1:
        return [row["score"] for row in rows]
    place = round(claim.at * len(rows[0]["curve"])) - 1
    return [row["curve"][place] for row in rows]


def _epochs(rows, claim, baseline):
    """The check at which a run first has the baseline's mean final accuracy; one that never does counts as the last."""
    goal = np.mean([row["score"] for row in baseline])
    reached = [[value >= goal for value in row["curve"]] for row in rows]
    return [each.index(True) + 1 if any(each) else len(each) for each in reached]


def _diverged(rows, claim, baseline):
    """Per cent of the runs."""
    return [100 * row["diverged"] for row in rows]


MEASURES = {"score": _score, "epochs to the baseline's end": _epochs, "diverged": _diverged}


# ----------------------------------------------------------------------------------------------------------- contrasts
def rows_of(table, place):
    """The rows of an arm, in the order of their seeds; place is (stage, name, budget).

    Raises:
        ValueError: seeds are missing; the message says how many are there.
    """
    rows = _found(table, place)
    if len(rows) != len(table.trial.seeds):
        raise ValueError(f"{place} must have {len(table.trial.seeds)} seeds in {table.path}. Received: {len(rows)}")
    return sorted(rows, key=lambda row: int(row["seed"]))


def _found(table, place):
    return [row for (*where, _, _), row in table.rows.items() if tuple(where) == tuple(place)]


def is_complete(claim, table):
    """Whether all seeds of both arms have been run."""
    places = [place for place in claim.contrast if place]
    if claim.measure == "share of variance":
        places = [("published", name, 1.0) for name in table.trial.published]
    return all(len(_found(table, place)) == len(table.trial.seeds) for place in places)


def differences(claim, table, contrast=None):
    """arm − against for every seed, counted so that more bears the claim out."""
    if claim.measure == "share of variance":
        return _lead(shares(table))
    arm, against = contrast or claim.contrast
    measure, baseline = MEASURES[claim.measure], rows_of(table, against) if against else []
    values = [np.array(measure(rows, claim, baseline), "float64") for rows in (rows_of(table, arm), baseline) if rows]
    return claim.direction * (values[0] - values[1] if against else values[0])


# ---------------------------------------------------------------------------------------------------------- importance
def shares(table):
    """{factor: its main effect's per cent of the variance of the scores, for every seed}.

    Arms are named by the levels of their factors, "rate 0.1, batch 64", and every level meets every other. A share is
    the variance of the means over a factor's levels against that of all scores; the rest is interactions and noise.
    """
    names = list(table.trial.published)
    scores = np.array([[row["score"] for row in rows_of(table, ("published", name, 1.0))] for name in names])
    levels = [dict(part.rsplit(" ", 1) for part in name.split(", ")) for name in names]
    return {factor: _share(scores, [each[factor] for each in levels]) for factor in levels[0]}


def _share(scores, levels):
    groups = [scores[[level == each for each in levels]].mean(axis=0) for level in sorted(set(levels))]
    return 100 * np.var(groups, axis=0) / np.var(scores, axis=0)


def _lead(found):
    """The first factor's share less the largest of the others'."""
    first, *others = found.values()
    return first - np.max(others, axis=0)


# ------------------------------------------------------------------------------------------------------------ verdicts
def judge_ready(claims, tables):
    """The verdicts on those claims whose runs are complete; an article's claims and a paper's are families apart."""
    ready = {name: claim for name, claim in claims.items() if claim.trial in tables}
    ready = {name: claim for name, claim in ready.items() if is_complete(claim, tables[claim.trial])}
    families = sorted({name[0] for name in ready})
    judged = {}
    for family in families:
        judged |= judge({name: claim for name, claim in ready.items() if name[0] == family}, tables)
    return judged


def judge(claims, tables):
    """The verdicts on claims, corrected for their number by Holm's procedure.

    Args:
        claims: {name: Claim}, each of a trial in tables.
        tables: {name of trial: Table}.

    Returns:
        {name: Verdict}.
    """
    found = {name: differences(claim, tables[claim.trial]) for name, claim in claims.items()}
    chances = {name: p_value(values) for name, values in found.items()}
    sure = holm(chances)
    return {name: _verdict(name, claims[name], values, chances[name], sure[name]) for name, values in found.items()}


def _verdict(name, claim, values, p, sure):
    wide, narrow = interval_of_finite(values), interval_of_finite(values, error=2 * ERROR)
    missing = np.count_nonzero(~np.isfinite(values))
    equal = -claim.margin < narrow.low and narrow.high < claim.margin
    parts, holds = [], None
    if missing:
        parts = [f"undecided: {missing} of {len(values)} pairs have no number"]
    elif _is_blind(claim, values):
        parts = [f"undecided: no run of {len(values)} pairs differed"]
    elif equal:
        parts, holds = [f"equivalent within ±{claim.margin:g}"], claim.equal
    elif sure and wide.low > 0:
        parts, holds = [f"better by at least {_floor(wide.low)}"], _is_enough(claim, wide.low)
    elif sure and wide.high < 0:
        parts, holds = [f"worse by at least {_floor(-wide.high)}"], False
    elif claim.equal and narrow.low > -claim.margin:
        parts = [f"undecided; not worse by {claim.margin:g}"]
    else:
        parts = ["undecided"]
    if not missing and claim.claimed is not None and wide.high < claim.direction * claim.claimed:
        parts.append(f"refuted: the claimed {abs(claim.claimed):g} is excluded")
        holds = False
    return Verdict(name, wide, narrow, p, "; ".join(parts), holds)


def interval_of_finite(values, error=ERROR):
    """The interval of those pairs that have a number, of which there must be two."""
    able = values[np.isfinite(values)]
    return interval(able, error=error) if len(able) > 1 else Interval(*[math.nan] * 3, len(able))


def _is_enough(claim, low):
    """Whether being better by at least so much bears a claim out; None where that is undecided."""
    if claim.equal and not claim.two_sided:
        return True
    beyond = low >= claim.margin
    return not claim.equal if beyond else None


def _is_blind(claim, values):
    """Whether counts that agree in every pair leave more room than the margin: their t-interval has no width."""
    room = 100 * (1 - ERROR ** (1 / len(values)))  # the exact upper limit of a share of which none was seen
    return claim.measure == "diverged" and not np.any(values) and room > claim.margin


def _floor(value):
    """Two digits after the point, never more than it is."""
    return f"{math.floor(100 * value) / 100:g}"


# ------------------------------------------------------------------------------------------------------ time to reach
class Reached(NamedTuple):
    """When the runs of an arm first have a score.

    Args:
        runs: how many ever have it.
        steps, seconds: the median over all runs; ∞ where half of them or more never have it. Seconds are of the clock,
            with compiling and judging, and a share where runs are trained side by side: they rank nothing closely.
    """

    runs: int
    steps: float
    seconds: float


def baseline_best(table):
    """The best check of the baseline's mean over the seeds; the baseline is the first arm with the whole budget."""
    trial, sign = table.trial, plan.sign(table.trial)
    name = next(name for name in trial.arms if 1.0 in trial.budgets_of(name))
    curves = [row["curve"] for row in rows_of(table, ("final", name, 1.0))]
    means = sign * np.mean(curves, axis=0)
    return float(sign * np.max(means[np.isfinite(means)], initial=-math.inf))


def reached(table, place, goal):
    """When the runs of an arm first have a score, looked at a few times on the way.

    Args:
        table: the trial's Table.
        place: (stage, name, budget).
        goal: the score.
    """
    rows = rows_of(table, place)
    parts = np.array([_first([plan.sign(table.trial) * (value - goal) >= 0 for value in row["curve"]]) for row in rows])
    steps, seconds = ([row[name] for row in rows] for name in ("steps", "seconds"))
    return Reached(int(np.isfinite(parts).sum()), float(np.median(parts * steps)), float(np.median(parts * seconds)))


def _first(checks):
    """The part of the run at which the first of the evenly spaced checks holds; ∞ where none does."""
    return (checks.index(True) + 1) / len(checks) if any(checks) else math.inf


# ------------------------------------------------------------------------------------------------------------- tuning
def best_arm(table, budget):
    """The tuned arm with the best mean score on the tuning data at that budget, each at its own best peak."""
    trial = table.trial

    able = [name for name, arm in trial.arms.items() if arm.peak == "tuned" and budget in trial.budgets_of(name)]
    return max(able, key=lambda name: plan.merit(table, name, budget, plan.best_peak(trial, table, name, budget)))


def tuning_curve(table, name, budget=1.0):
    """The score to expect on the tuning data of the best of k peaks tried, drawn without choice, for k = 1, 2, ….

    Returns:
        A list as long as the trial's rates; infinitely bad where all k may be peaks at which a run has no number.

    References:
        Dodge et al. (2019), Show your work: improved reporting of experimental results, arXiv 1909.03004.
    """
    merits = sorted(plan.merit(table, name, budget, peak)[0] for peak in table.trial.rates)
    count = len(merits)
    chances = [special.comb(np.arange(count), k - 1) / special.comb(count, k) for k in range(1, count + 1)]
    return [plan.sign(table.trial) * _expected(chance, merits) for chance in chances]


def _expected(chances, values):
    return float(sum(chance * value for chance, value in zip(chances, values, strict=True) if chance))
