"""Intervals, tests and their power: what a handful of numbers, one a seed, can say."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from learning_rates.checks import check_number, check_whole, reject

ERROR = 0.05  # how often an interval or a family of tests may miss


class Interval(NamedTuple):
    """A mean with its t-interval over n seeds; as text "+1.44 ± 0.39"."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        mean = round(self.mean, 2) + 0.0  # + 0.0: what rounds to nothing has no sign
        return f"{mean:+.2f} ± {(self.high - self.low) / 2:.2f}".replace("-", "−")


def interval(values: npt.ArrayLike, *, questions: int = 1, error: float = ERROR) -> Interval:
    """The mean of values and its t-interval, of 95 % unless said otherwise.

    mean ± t(n − 1) · s / √n, with the quantile t at 1 − error/2/questions (Bonferroni) and the standard deviation s
    taken with n − 1. It covers the seeds drawn, and neither the choice of the test images nor the tuning.

    Args:
        values: One number per seed, at least two. For a comparison, the differences of two arms on the same seeds.
        questions: How many intervals are to hold at once, ≥ 1.
        error: How often one of them may miss, in (0, 1).

    Returns:
        An `Interval`.

    Raises:
        TypeError, ValueError: there are fewer than two values, one is not finite, or another argument breaks its rule.

    Example:
        >>> print(interval([1.0, 2.0, 3.0]))
        +2.00 ± 2.48

    References:
        Student (1908), The probable error of a mean, Biometrika 6.
    """
    try:
        array = np.asarray(values, "float64")
    except (TypeError, ValueError):
        reject("values must be at least two finite numbers", [("values", values)], TypeError)
    if array.ndim != 1 or len(array) < 2 or not np.all(np.isfinite(array)):
        reject("values must be at least two finite numbers", [("values", array.tolist())])
    if not 0 < check_number("error", error) < 1:
        reject("error must be in (0, 1)", [("error", error)])
    t = quantile(len(array), error / check_whole("questions", questions))
    mean, half = float(array.mean()), float(t * array.std(ddof=1) / len(array) ** 0.5)
    return Interval(mean, mean - half, mean + half, len(array))


def prediction(values: npt.ArrayLike, *, error: float = ERROR) -> Interval:
    """Where one more value of the same kind is to be expected, as a single printed run is.

    mean ± t(n − 1) · s · √(1 + 1/n): an interval of the mean grows narrow with n, this one stays as wide as the runs
    scatter.

    Args:
        values: One number per seed, at least two, as of `interval`.
        error: How often a new value may lie outside, in (0, 1).

    Returns:
        An `Interval`, about the mean of the values.

    Raises:
        TypeError, ValueError: as of `interval`.

    Example:
        >>> print(prediction([1.0, 2.0, 3.0]))
        +2.00 ± 4.97

    References:
        Patel (1989), Prediction intervals: a review, Communications in Statistics 18.
    """
    mean, _, high, n = interval(values, error=error)
    half = (high - mean) * (n + 1) ** 0.5
    return Interval(mean, mean - half, mean + half, n)


class Pooled(NamedTuple):
    """What several trials of the same comparison say together.

    Args:
        mean: The mean effect over such tasks, with its 95 % interval; n counts the tasks.
        new: Where the effect on one more such task is to be expected, at 95 %.
        tau: The standard deviation of the true effects from task to task.
        weights: What share of the mean each task has, in their order.
    """

    mean: Interval
    new: Interval
    tau: float
    weights: tuple[float, ...]


def pool(effects: npt.ArrayLike, errors: npt.ArrayLike) -> Pooled:
    """A random-effects meta-analysis: each task has an effect of its own, drawn around a mean.

    The variance τ² between tasks is of restricted maximum likelihood, tasks weigh 1 / (error² + τ²), the interval of
    the mean is Hartung's and Knapp's with t(k − 1), never narrower than the errors and τ² make it by themselves, and
    that of a new task has t(k − 2) and adds τ².

    Args:
        effects: The mean difference of each of k tasks, k ≥ 3.
        errors: Their standard errors, > 0.

    Raises:
        ValueError: There are fewer than three tasks, or an error is not above zero.

    Example:
        >>> found = pool([0.1, 0.3, 0.2, 0.4], [0.1, 0.1, 0.1, 0.1])
        >>> print(found.mean, round(found.tau, 3), found.weights[0])
        +0.25 ± 0.21 0.082 0.25

    References:
        Hartung, Knapp (2001), A refined method for the meta-analysis of controlled clinical trials with binary
        outcome, Statistics in Medicine 20. Higgins, Thompson, Spiegelhalter (2009), A re-evaluation of random-effects
        meta-analysis, Journal of the Royal Statistical Society A 172. Röver, Knapp, Friede (2015), Hartung-Knapp-Sidik-
        Jonkman approach and its modification, BMC Medical Research Methodology 15.
    """
    found, variances = np.asarray(effects, "float64"), np.asarray(errors, "float64") ** 2
    count = len(found)
    if count < 3 or found.shape != variances.shape or not (variances > 0).all():
        given: list[tuple[str, object]] = [("effects", found.tolist()), ("errors", np.sqrt(variances).tolist())]
        reject("effects must be of three tasks or more, each with an error > 0", given)

    def about(between: float) -> tuple[npt.NDArray[np.float64], float]:
        weights = 1 / (variances + between)
        return weights, float(np.sum(weights * found) / np.sum(weights))

    def slope(between: float) -> float:  # of the restricted likelihood's logarithm in τ², times −2
        weights, mean = about(between)
        total, squares = np.sum(weights), weights**2
        return float(total - np.sum(squares) / total - np.sum(squares * (found - mean) ** 2))

    most = float(np.ptp(found) ** 2 + np.max(variances))
    between = float(optimize.brentq(slope, 0.0, 10 * most, xtol=1e-15)) if slope(0.0) < 0 else 0.0
    weights, mean = about(between)
    scatter = np.sum(weights * (found - mean) ** 2) / (count - 1)
    error = float((max(1.0, scatter) / np.sum(weights)) ** 0.5)
    half = quantile(count) * error
    wide = quantile(count - 1) * (between + error**2) ** 0.5
    mean_of, new = (Interval(mean, mean - each, mean + each, count) for each in (half, wide))
    return Pooled(mean_of, new, between**0.5, tuple((weights / np.sum(weights)).tolist()))


def quantile(n: int, error: float = ERROR) -> float:
    """Student's t(n − 1) that n values of mean zero go beyond, on either side, with the probability `error`.

    Example:
        >>> round(quantile(16), 3)
        2.131
    """
    return float(special.stdtrit(n - 1, 1 - error / 2))


def p_value(values: npt.NDArray[np.float64]) -> float:
    """Two-sided, of Student's t for a mean of zero; 1 where all values are zero, 0 where they agree on another.

    It is 1 as well where a value is missing: such a claim is undecided.
    """
    if not np.isfinite(values).all():
        return 1.0
    mean, spread = np.mean(values), np.std(values, ddof=1) / len(values) ** 0.5
    if spread == 0:
        return float(mean == 0)
    return float(2 * special.stdtr(len(values) - 1, -abs(mean / spread)))


def holm(p_values: Mapping[str, float], error: float = ERROR) -> dict[str, bool]:
    """Many tests at once: the smallest p against error/m, the next against error/(m − 1), until one fails.

    Args:
        p_values: The p-value of each of m tests, by name.
        error: How often any of them may be a false alarm, in (0, 1).

    Returns:
        {name: whether its null hypothesis is rejected}, in the order given.

    Example:
        >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
        {'a': True, 'b': False, 'c': False}

    References:
        Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.
    """
    rejected, going = {}, True
    for rank, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        going = going and p_values[name] <= error / (len(p_values) - rank)
        rejected[name] = going
    return {name: rejected[name] for name in p_values}


def half_width(seeds: int) -> float:
    """Half the width of a 95 % interval, in standard deviations of the paired differences: t(n − 1) / √n.

    Args:
        seeds: The number of seeds n, ≥ 2.

    Raises:
        TypeError, ValueError: seeds is no whole number ≥ 2.

    Example:
        >>> round(half_width(8), 2)
        0.84
    """
    check_whole("seeds", seeds, least=2)
    return quantile(seeds, ERROR) / seeds**0.5


def detectable(seeds: int, power: float = 0.8) -> float:
    """What a paired t-test with so many seeds finds that often, in standard deviations of the differences.

    Args:
        seeds: The number of seeds n, ≥ 2.
        power: How often it is found, in (0.05, 1): by chance alone it is 0.05.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> round(detectable(8), 2)
        1.16
    """
    check_whole("seeds", seeds, least=2)
    if not ERROR < check_number("power", power) < 1:
        reject(f"power must be in ({ERROR}, 1)", [("power", power)])
    critical = quantile(seeds, ERROR)
    return float(optimize.brentq(lambda d: stats.nct.sf(critical, seeds - 1, d * seeds**0.5) - power, 1e-6, 1e3))


def fisher(right: int, other: int, total: int) -> float:
    """Two-sided p of two counts of right answers among so many, as if the two had different questions (Fisher's test).

    Args:
        right: The first count.
        other: The second count.
        total: The number of questions, the same for both.

    Raises:
        TypeError, ValueError: a count is no whole number, or more than there are questions.

    Example:
        >>> round(fisher(341, 343, 372), 2)
        0.89
    """
    for name, count in (("right", right), ("other", other)):
        if check_whole(name, count, least=0) > total:
            reject(f"{name} must be at most total", [(name, count), ("total", total)])
    return float(stats.fisher_exact([[right, total - right], [other, total - other]]).pvalue)


def mcnemar(more: int, fewer: int, disagreeing: int) -> float:
    """Two-sided p of two counts of right answers to the same questions (McNemar's exact test).

    Args:
        more: The first count.
        fewer: The second count.
        disagreeing: The number of questions that only one of the two got right: |more − fewer|, or larger by an even
            number.

    Raises:
        TypeError, ValueError: a count is no whole number, or `disagreeing` is impossible with the two others.

    Example:
        >>> round(mcnemar(9836, 9809, 61), 3), round(mcnemar(9836, 9809, 355), 2)
        (0.001, 0.17)
    """
    given = [("more", more), ("fewer", fewer), ("disagreeing", disagreeing)]
    more, fewer, disagreeing = (check_whole(name, count, least=0) for name, count in given)
    beyond = disagreeing - abs(more - fewer)
    if beyond < 0 or beyond % 2:
        reject("disagreeing must be |more − fewer|, or larger by an even number", given)
    ahead = (disagreeing + more - fewer) // 2
    return float(stats.binomtest(ahead, disagreeing).pvalue) if disagreeing else 1.0
