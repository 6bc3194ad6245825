"""From the rows of a trial to the verdict on a claim, by rules that stood before the runs.

A claim's primary contrast is judged on differences paired by seed, counted so that more bears the claim out. Intervals
cover the seeds, and neither the test sample nor the split nor the tuning.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from learning_rates.trials import selection
from learning_rates.trials.declared.forms import Claim, Contrast, Lead, Measure, Place, as_published, final
from learning_rates.trials.statistics import ERROR, Interval, holm, interval, p_value
from learning_rates.trials.table import Row, TrialTable

Values = npt.NDArray[np.float64]  # one a seed


class Verdict(NamedTuple):
    """What the runs say of a claim.

    Args:
        name: The claim's name.
        found: The mean difference and its 95 % interval, in the claim's unit; more bears the claim out. Pairs in which
            a run ended without a number are left out.
        narrow: The same at 90 %, which judges equivalence.
        p: The p-value of no difference, two-sided.
        words: The verdict.
        holds: Whether the claim is borne out; None where that is undecided.
    """

    name: str
    found: Interval
    narrow: Interval
    p: float
    words: str
    holds: bool | None


def judge_ready(claims: Mapping[str, Claim], tables: Mapping[str, TrialTable]) -> dict[str, Verdict]:
    """The verdicts on those claims whose runs are complete, family by family.

    Args:
        claims: The claims by name.
        tables: The table of each trial by name.
    """
    ready = {name: claim for name, claim in claims.items() if claim.trial in tables}
    ready = {name: claim for name, claim in ready.items() if is_complete(claim, tables[claim.trial])}
    judged: dict[str, Verdict] = {}
    for family in dict.fromkeys(claim.family for claim in ready.values()):
        judged |= judge({name: claim for name, claim in ready.items() if claim.family == family}, tables)
    return judged


def judge(claims: Mapping[str, Claim], tables: Mapping[str, TrialTable]) -> dict[str, Verdict]:
    """The verdicts on the claims of a family, corrected for their number by Holm's procedure.

    Args:
        claims: The claims by name, each of a trial in `tables`.
        tables: The table of each trial by name.
    """
    found = {name: differences(claim, tables[claim.trial]) for name, claim in claims.items()}
    p_values = {name: p_value(values) for name, values in found.items()}
    rejected = holm(p_values)
    return {
        name: _verdict(name, claims[name], values, p_values[name], rejected[name]) for name, values in found.items()
    }


def is_complete(claim: Claim, table: TrialTable) -> bool:
    """Whether all seeds of all runs that a claim compares are there."""
    if isinstance(claim.contrast, Lead):
        places = [as_published(name) for name in claim.contrast.levels]
    else:
        places = [place for place in claim.contrast or () if place]
    return all(len(table.found(place)) == len(table.trial.seeds) for place in places)


def differences(claim: Claim, table: TrialTable, contrast: Contrast | Lead | None = None) -> Values:
    """arm − against for every seed, counted so that more bears the claim out.

    Args:
        claim: The claim, which says what is measured, and in which direction.
        table: The table of its trial, with all seeds of the arms that are compared.
        contrast: Another comparison than the claim's primary one.
    """
    compared = contrast or claim.contrast
    if compared is None:
        raise ValueError("claim must be one that a run can judge. Received: a claim without a contrast")
    if isinstance(compared, Lead):
        return lead(compared, table)
    baseline = table.rows_of(compared.against) if compared.against else []
    values = _measured(claim, table.rows_of(compared.arm), baseline)
    return claim.direction * (values - _measured(claim, baseline, baseline) if baseline else values)


def _measured(claim: Claim, rows: Sequence[Row], baseline: Sequence[Row]) -> Values:
    measure = {Measure.SCORE: _score, Measure.EPOCHS: _epochs, Measure.DIVERGED: _diverged}[claim.measure]
    return np.array(measure(rows, claim, baseline), "float64")


def _score(rows: Sequence[Row], claim: Claim, baseline: Sequence[Row]) -> list[float]:
    """What is reached in the end, or at the part of the run that the claim names."""
    if claim.at == 1:
        return [row["score"] for row in rows]
    place = round(claim.at * len(rows[0]["curve"])) - 1
    return [row["curve"][place] for row in rows]


def _epochs(rows: Sequence[Row], claim: Claim, baseline: Sequence[Row]) -> list[int]:
    """The check at which a run first has the baseline's mean final accuracy; one that never does counts as the last."""
    goal = np.mean([row["score"] for row in baseline])
    reached = [[value >= goal for value in row["curve"]] for row in rows]
    return [each.index(True) + 1 if any(each) else len(each) for each in reached]


def _diverged(rows: Sequence[Row], claim: Claim, baseline: Sequence[Row]) -> list[float]:
    """100 for a run that diverged, else 0: the mean is a percentage."""
    return [100 * row["diverged"] for row in rows]


def lead(contrast: Lead, table: TrialTable) -> Values:
    """A factor's share of the variance less the largest share of another, for every seed."""
    found = shares(table, contrast.levels)
    return found[contrast.factor] - np.max([found[factor] for factor in contrast.others], axis=0)


def shares(table: TrialTable, levels: Mapping[str, Mapping[str, float]]) -> dict[str, Values]:
    """Each factor's main effect, in per cent of the variance of the scores, for every seed.

    A share is the variance of the means over a factor's levels against that of all scores; the rest is interactions
    and noise.

    Args:
        table: The table of an experiment in which every level of one factor meets every level of the others.
        levels: {recipe: {factor: its level}}.
    """
    scores = np.array([[row["score"] for row in table.rows_of(as_published(name))] for name in levels])
    settings = list(levels.values())
    return {factor: _share(scores, [setting[factor] for setting in settings]) for factor in settings[0]}


def _share(scores: Values, levels: Sequence[float]) -> Values:
    groups = [scores[[level == each for each in levels]].mean(axis=0) for level in sorted(set(levels))]
    return 100 * np.var(groups, axis=0) / np.var(scores, axis=0)


def _verdict(name: str, claim: Claim, values: Values, p: float, rejected: bool) -> Verdict:
    wide, narrow = interval_of_finite(values), interval_of_finite(values, error=2 * ERROR)
    missing = np.count_nonzero(~np.isfinite(values))
    equal = -claim.margin < narrow.low and narrow.high < claim.margin
    holds: bool | None = None
    if missing:
        parts = [f"undecided: {missing} of {len(values)} pairs have no number"]
    elif _is_blind(claim, values):
        parts = [f"undecided: no run of {len(values)} pairs differed"]
    elif equal:
        parts, holds = [f"equivalent within ±{claim.margin:g}"], claim.equal
    elif rejected and wide.low > 0:
        parts, holds = [f"better by at least {_floor(wide.low)}"], _is_enough(claim, wide.low)
    elif rejected and wide.high < 0:
        parts, holds = [f"worse by at least {_floor(-wide.high)}"], False
    elif claim.equal and narrow.low > -claim.margin:
        parts = [f"undecided; not worse by {claim.margin:g}"]
    else:
        parts = ["undecided"]
    if not missing and claim.claimed is not None and wide.high < claim.direction * claim.claimed:
        parts.append(f"refuted: the claimed {abs(claim.claimed):g} is excluded")
        holds = False
    return Verdict(name, wide, narrow, p, "; ".join(parts), holds)


def interval_of_finite(values: Values, error: float = ERROR) -> Interval:
    """The interval of those pairs that have a number, of which there must be two."""
    able = values[np.isfinite(values)]
    return interval(able, error=error) if len(able) > 1 else Interval(math.nan, math.nan, math.nan, len(able))


def _is_enough(claim: Claim, low: float) -> bool | None:
    """Whether being better by at least so much bears a claim out; None where that is undecided."""
    if claim.equal and not claim.two_sided:
        return True
    beyond = low >= claim.margin
    return not claim.equal if beyond else None


def _is_blind(claim: Claim, values: Values) -> bool:
    """Whether counts that agree in every pair leave more room than the margin: their t-interval has no width."""
    room = 100 * (1 - ERROR ** (1 / len(values)))  # the exact upper limit of a share of which none was seen
    return claim.measure == Measure.DIVERGED and not np.any(values) and room > claim.margin


def _floor(value: float) -> str:
    """Two digits after the point, never more than it is."""
    return f"{math.floor(100 * value) / 100:g}"


class Reached(NamedTuple):
    """When the runs of an arm first have a score.

    Args:
        runs: How many ever have it.
        steps: The median over all runs; ∞ where half of them or more never have it.
        seconds: The same in seconds of the clock, with compiling and judging, and a share where runs are trained side
            by side: they rank nothing closely.
    """

    runs: int
    steps: float
    seconds: float


def baseline_best(table: TrialTable) -> float:
    """The best check of the baseline's mean over the seeds; the baseline is the first arm with the whole budget."""
    trial, sign = table.trial, selection.sign(table.trial)
    name = next(name for name in trial.arms if 1.0 in trial.budgets_of(name))
    means = sign * np.mean([row["curve"] for row in table.rows_of(final(name))], axis=0)
    return float(sign * np.max(means[np.isfinite(means)], initial=-math.inf))


def reached(table: TrialTable, place: Place, goal: float) -> Reached:
    """When the runs of an arm first have a score, looked at a few times on the way."""
    rows, sign = table.rows_of(place), selection.sign(table.trial)
    parts = np.array([_first([sign * (value - goal) >= 0 for value in row["curve"]]) for row in rows])
    steps, seconds = (np.array([row[name] for row in rows]) for name in ("steps", "seconds"))
    return Reached(int(np.isfinite(parts).sum()), float(np.median(parts * steps)), float(np.median(parts * seconds)))


def _first(checks: list[bool]) -> float:
    """The part of the run at which the first of the evenly spaced checks holds; ∞ where none does."""
    return (checks.index(True) + 1) / len(checks) if any(checks) else math.inf


def best_arm(table: TrialTable, budget: float) -> str:
    """The tuned arm with the best mean score on the tuning data at that budget, each at its own best peak."""
    trial = table.trial
    able = [name for name in trial.arms if trial.is_tuned(name) and budget in trial.budgets_of(name)]
    return max(able, key=lambda name: max(selection.merit(table, name, budget, peak) for peak in trial.rates_of(name)))


def tuning_curve(table: TrialTable, name: str, budget: float = 1.0) -> list[float]:
    """The score to expect on the tuning data of the best of k peaks tried, drawn without choice, for k = 1, 2, ….

    Returns:
        A list as long as the arm's rates; infinitely bad where all k may be peaks at which a run has no number.

    References:
        Dodge et al. (2019), Show your work: improved reporting of experimental results, arXiv 1909.03004.
    """
    merits = sorted(selection.merit(table, name, budget, peak)[0] for peak in table.trial.rates_of(name))
    count = len(merits)
    weights = [special.comb(np.arange(count), k - 1) / special.comb(count, k) for k in range(1, count + 1)]
    return [selection.sign(table.trial) * _expected(each, merits) for each in weights]


def _expected(probabilities: Sequence[Any], values: Sequence[float]) -> float:
    return float(sum(chance * value for chance, value in zip(probabilities, values, strict=True) if chance))
