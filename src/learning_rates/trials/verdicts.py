"""From the rows of a trial to the verdict on a claim, in two parts: its direction, and its printed size.

A claim's primary contrast is judged on differences paired by seed, counted so that more bears the claim out. What bears
it out has to hold for all claims of its family at once; what speaks against it, by itself. A printed size is held
against what one run gives, because one run was printed: one of the fair comparison, and one of the article's own, which
made the number. Intervals cover the seeds, and neither the test sample nor the split nor the tuning.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from learning_rates.trials import selection
from learning_rates.trials.declared.forms import Claim, Contrast, Lead, Measure, Place, as_published, final
from learning_rates.trials.statistics import (
    ERROR,
    Interval,
    Pooled,
    holm,
    interval,
    p_value,
    pool,
    prediction,
    quantile,
)
from learning_rates.trials.table import Row, TrialTable

Values = npt.NDArray[np.float64]  # one a seed
UNDECIDED = "these runs can't tell"
ALONE = " by itself, but not with all claims at once"
SMALL = "true, below the margin"


class Verdict(NamedTuple):
    """What the runs say of a claim.

    Args:
        name: The claim's name.
        found: The mean difference and its 95 % interval, in the claim's unit; more bears the claim out. Pairs in which
            a run ended without a number are left out.
        narrow: The same at 90 %, which judges equivalence.
        together: The same, widened so that those of all claims of the family hold at once (Bonferroni).
        one_run: Where the difference of one more pair of runs is to be expected, at 95 %.
        as_run: The same for the article's own recipes; None where it states too little.
        p: The p-value of no difference, two-sided.
        direction: The verdict on what was claimed, in words; "" where the trial does not test it.
        holds: Whether that is borne out; None where it is undecided, or not tested.
        size: The verdict on the printed difference, in words; "" where there is none.
        fits: Whether one run may give the printed difference; None where there is none.
        fits_as_run: Whether one run of the article's own recipes may give it; None where there is neither.
        small: Whether it is sure to be better, and as sure to be so by less than the margin.
    """

    name: str
    found: Interval
    narrow: Interval
    together: Interval
    one_run: Interval
    p: float
    direction: str
    holds: bool | None
    size: str = ""
    fits: bool | None = None
    as_run: Interval | None = None
    fits_as_run: bool | None = None
    small: bool = False

    @property
    def call(self) -> str:
        """Whether the claim is borne out, in a word or two; "not tested" where its direction has no words."""
        if not self.direction:
            return "not tested"
        if self.small:
            return SMALL
        return {True: "borne out", False: "not borne out", None: "open"}[self.holds]

    @property
    def words(self) -> str:
        """The whole verdict."""
        return self.call + "".join(f"; {part}" for part in (self.direction, self.size) if part)


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
    """The verdicts on the claims of a family, corrected for their number.

    Args:
        claims: The claims by name, each of a trial in `tables`.
        tables: The table of each trial by name.
    """
    found = {name: differences(claim, tables[claim.trial]) for name, claim in claims.items()}
    p_values = {name: p_value(values) for name, values in found.items()}
    rejected = holm(p_values)
    return {
        name: _verdict(
            name, claims[name], tables[claims[name].trial], values, p_values[name], rejected[name], len(claims)
        )
        for name, values in found.items()
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


def _verdict(
    name: str, claim: Claim, table: TrialTable, values: Values, p: float, rejected: bool, questions: int
) -> Verdict:
    found, narrow, together = (interval_of_finite(values, error) for error in (ERROR, 2 * ERROR, ERROR / questions))
    as_run = _one_run(differences(claim, table, claim.published)) if claim.published else None
    seen = Verdict(name, found, narrow, together, _one_run(values), p, direction="", holds=None, as_run=as_run)
    direction, holds = _direction(claim, values, seen, rejected)
    if claim.ruler:
        direction, holds = f"{direction}, but {claim.ruler}", None
    small = holds is False and not claim.equal and rejected and found.low > 0
    if small:
        direction = f"better by at least {_floor(found.low)}, and {direction}"
    size, fits, fits_as_run = _size(claim, seen)
    return seen._replace(direction=direction, holds=holds, size=size, fits=fits, fits_as_run=fits_as_run, small=small)


def _one_run(values: Values) -> Interval:
    return prediction(values) if np.isfinite(values).all() else Interval(math.nan, math.nan, math.nan, len(values))


def _direction(claim: Claim, values: Values, seen: Verdict, rejected: bool) -> tuple[str, bool | None]:
    """What the runs say of the claim, whatever number it printed, and whether that bears it out."""
    margin, missing = claim.margin, np.count_nonzero(~np.isfinite(values))
    found, narrow, together = seen.found, seen.narrow, seen.together
    if claim.untested:
        return "", None
    if missing:
        return f"{missing} of {len(values)} pairs have no number", None
    if _is_blind(claim, values):
        return f"no run of {len(values)} pairs differed", None
    if -margin < narrow.low and narrow.high < margin:
        sure = not claim.equal or (-margin < together.low and together.high < margin)
        return f"equivalent within ±{margin:g}" + ("" if sure else ALONE), claim.equal if sure else None
    if rejected and found.low > 0:
        return _better(claim, found, together)
    if rejected and found.high < 0:
        return f"worse by at least {_floor(-found.high)}", False
    if claim.equal:
        return (f"not worse by {margin:g}, and no more is sure" if narrow.low > -margin else UNDECIDED), None
    return (f"not better by the margin of {margin:g}", False) if narrow.high < margin else (UNDECIDED, None)


def _better(claim: Claim, found: Interval, together: Interval) -> tuple[str, bool | None]:
    """The words for a claim whose arm is ahead: by the margin, by less, or so that it is open which."""
    least, margin = f"better by at least {_floor(found.low)}", claim.margin
    if claim.equal and not claim.two_sided:
        return least, True
    if claim.equal:
        return least, False if found.low >= margin else None
    if together.low >= margin:
        return least, True
    return (least if found.low < margin else f"better by at least {margin:g}" + ALONE), None


def _size(claim: Claim, seen: Verdict) -> tuple[str, bool | None, bool | None]:
    """Whether one run may give the difference that was printed of one: the fair comparison's, and the article's own."""
    if not claim.claimed or claim.untested or not math.isfinite(seen.one_run.mean):
        return "", None, None
    printed = claim.direction * claim.claimed
    fair, own = (each and each.low <= printed <= each.high for each in (seen.one_run, seen.as_run))
    words = {True: "within", False: "beyond"}
    text = f"the printed {abs(claim.claimed):g} is {words[bool(fair)]} what one run gives"
    if own is not None:
        joint = "and" if own == fair else "but"
        own_run = f"one run gives against {claim.stand_in}" if claim.stand_in else "one as published gives"
        text += f", {joint} {words[own]} what {own_run}"
    return text, fair, own


def interval_of_finite(values: Values, error: float = ERROR) -> Interval:
    """The interval of those pairs that have a number, of which there must be two."""
    able = values[np.isfinite(values)]
    return interval(able, error=error) if len(able) > 1 else Interval(math.nan, math.nan, math.nan, len(able))


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


def pooled(tables: Mapping[str, TrialTable], arm: str, against: str) -> tuple[dict[str, Interval], Pooled]:
    """One arm minus another with the same samples, in every trial that counts accuracy and has both, and pooled.

    Each trial is taken at the whole budget, or at the largest at which it has both arms.

    Args:
        tables: The table of each trial by name.
        arm: The arm's name.
        against: The name of the other.

    Returns:
        The interval of each trial by its name, and what they say together.
    """
    found = {name: ends[0] - ends[1] for name, ends in _ends_of(tables, arm, against).items()}
    return {name: interval(gaps) for name, gaps in found.items()}, pool(
        [float(np.mean(gaps)) for gaps in found.values()], [_error(gaps) for gaps in found.values()]
    )


def pooled_shares(
    tables: Mapping[str, TrialTable], arm: str, against: str, flat: str = "constant"
) -> tuple[dict[str, Interval], Pooled]:
    """One arm's lead over another as a share of what that one gains on a third, and those shares pooled.

    So a task counts as much as it tells, however much or little a schedule is worth on it. Where the interval of the
    gain holds zero there is no share. The error of a share r = a/b is, to first order, that of the mean of a − r·b,
    over b.

    Args:
        tables: The table of each trial by name, taken as by `pooled`.
        arm: The arm's name.
        against: The name of the other.
        flat: The name of the third.

    Returns:
        The share in each trial by its name with its interval, and what they say together.
    """
    found, errors = {}, []
    for name, (ours, theirs, base) in _ends_of(tables, arm, against, flat).items():
        lead, gain = ours - theirs, theirs - base
        if interval(gain).low <= 0:
            continue
        share = float(np.mean(lead) / np.mean(gain))
        error = _error(lead - share * gain) / float(np.mean(gain))
        half = quantile(len(gain)) * error
        found[name] = Interval(share, share - half, share + half, len(gain))
        errors.append(error)
    return found, pool([each.mean for each in found.values()], errors)


def _ends_of(tables: Mapping[str, TrialTable], *arms: str) -> dict[str, list[Values]]:
    """These arms' scores in every trial that counts accuracy and has them, at the largest budget that all have."""
    found = {}
    for name, table in tables.items():
        trial = table.trial
        if set(arms) <= set(trial.arms) and selection.counts_accuracy(trial) and table.is_whole():
            budget = max(set.intersection(*(set(trial.budgets_of(arm)) for arm in arms)))
            found[name] = [np.array([row["score"] for row in table.rows_of(final(arm, budget))]) for arm in arms]
    return found


def _error(values: Values) -> float:
    return float(np.std(values, ddof=1)) / len(values) ** 0.5


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
