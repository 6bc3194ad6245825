"""How the losses of a learning-rate sweep are read: smoothing, divergence, and the rules that suggest a rate.

`logs` are the logarithms of the rates to base 10, one a step, and increase; `losses` are one a step, too, but may stop
early. Like `schedules` this is plain Python, because the book's pages run it.
"""

import math

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_STEPS = 10  # fewest losses in a mean: with small batches, a few losses say little


def trailing_means(logs: list[float], losses: list[float], width: float) -> list[float]:
    """At each step the mean loss of the last `width` decades, or ten steps if that is more: what is known by then."""
    means, first, total = [], 0, 0.0
    for step, loss in enumerate(losses):
        total += loss
        while logs[first] < logs[step] - width - 1e-9 and first + LEAST_STEPS <= step:
            total -= losses[first]
            first += 1
        means.append(total / (step + 1 - first))
    return means


def times(factor: float, loss: float) -> float:
    """factor · loss for a positive loss; a negative one rises by the same (factor − 1) · |loss|."""
    return loss + (factor - 1) * abs(loss)


def threshold(best: float, highest: float, noise: float, factor: float) -> float:
    """The mean loss beyond which a sweep has diverged: factor · best, or six standard errors above the highest mean.

    The greater of the two, because lucky batches make `best` small, and near zero any multiple of a loss is small.

    Args:
        best: The least mean so far.
        highest: The greatest mean of the steps that the present mean does not cover.
        noise: The standard deviation of a single loss.
        factor: The divergence factor, > 1.
    """
    return max(times(factor, best), highest + 6 * noise / math.sqrt(LEAST_STEPS))


def diverged_at(logs: list[float], losses: list[float], width: float, factor: float) -> int | None:
    """The first step whose loss is not finite, or whose trailing mean is beyond the threshold; None if there is none.

    Args:
        logs: The logarithms of the rates to base 10, which increase.
        losses: One loss a step; they may stop early.
        width: How far the trailing means reach back, in decades of the rate.
        factor: The divergence factor, > 1.

    Example:
        >>> logs = [-6 + 0.3 * step for step in range(25)]
        >>> diverged_at(logs, [1.0] * 20 + [2.0, 8.0, 50.0, 200.0, 300.0], width=0.1, factor=4.0)
        22
        >>> diverged_at(logs, [1.0] * 15 + [math.nan] * 5, width=0.1, factor=4.0)
        15
    """
    finite = 0
    while finite < len(losses) and -math.inf < losses[finite] < math.inf:
        finite += 1
    means, best, highest, squares = trailing_means(logs, losses[:finite], width), math.inf, -math.inf, 0.0
    for step in range(LEAST_STEPS, finite):
        past = step - LEAST_STEPS  # the last step that this mean may not cover
        best, squares = min(best, means[step - 1]), squares + (losses[past] - losses[max(past - 1, 0)]) ** 2
        if past < LEAST_STEPS - 1:
            continue
        highest = max(highest, means[past])
        noise = math.sqrt(squares / 2 / past)  # from differences of neighbours, to which a trend adds little
        if means[step] > threshold(best, highest, noise, factor):
            return step
    return finite if finite < len(losses) else None


def has_risen(losses: list[float]) -> bool:
    """Whether the last of finite losses stands above those before it: what is no number after it has then diverged.

    It does where it exceeds the mean of the ten losses before it by more than six standard deviations of a single loss,
    taken from the differences of their neighbours.

    Example:
        >>> has_risen([2.0, 2.2, 1.9, 2.1, 9.0]), has_risen([2.0, 2.2, 1.9, 2.1, 2.3])
        (True, False)
    """
    before = losses[-1 - LEAST_STEPS : -1]
    if len(before) < 2:
        return False
    squares = sum([(before[step + 1] - before[step]) ** 2 for step in range(len(before) - 1)])
    noise = math.sqrt(squares / 2 / (len(before) - 1))
    return losses[-1] > sum(before) / len(before) + 6 * noise


def smooth(logs: list[float], losses: list[float], width: float, factor: float) -> list[float]:
    """A local linear fit at each rate, weighted by a Gaussian of standard deviation `width` decades.

    It is centred, so the curve does not lag, and linear, so its ends are not biased. After the minimum, losses are
    capped at factor times the least mean, or at the greatest loss before if that is more: otherwise an explosion would
    spread to the rates before it.

    Args:
        logs: The logarithms of the rates to base 10, which increase.
        losses: One finite loss a step; they may stop early.
        width: The standard deviation in decades of the rate; 0 smooths nothing.
        factor: The divergence factor, > 1.

    Returns:
        The smoothed losses, as many as `losses`.

    Example:
        >>> [round(loss, 6) for loss in smooth([0.0, 0.1, 0.2, 0.3], [4.0, 3.0, 2.0, 1.0], width=0.1, factor=4.0)]
        [4.0, 3.0, 2.0, 1.0]

    References:
        Fan, Gijbels (1996), Local polynomial modelling and its applications.
    """
    if width == 0 or not losses:
        return list(losses)
    means = trailing_means(logs, losses, width)
    whole = min(LEAST_STEPS, len(losses)) - 1  # the step of the first mean of enough losses
    best = min(means[whole:])
    lowest = means.index(best, whole)
    most = max(times(factor, best), max(losses[: lowest + 1]))
    capped = losses[: lowest + 1] + [min(loss, most) for loss in losses[lowest + 1 :]]
    smoothed: list[float] = []
    first, end = 0, 0
    for step in range(len(losses)):
        while logs[first] < logs[step] - 4 * width:
            first += 1
        while end < len(losses) and logs[end] <= logs[step] + 4 * width:
            end += 1
        distances = [(log - logs[step]) / width for log in logs[first:end]]
        smoothed.append(_local_fit(distances, capped[first:end]))
    return smoothed


def _local_fit(distances: list[float], losses: list[float]) -> float:
    """The value at distance 0 of the line that fits the losses best, each weighted by exp(−distance² / 2)."""
    exp, s0, s1, s2, t0, t1 = math.exp, 0.0, 0.0, 0.0, 0.0, 0.0
    for distance, loss in zip(distances, losses):  # a page spends most of its time here
        weight = exp(-0.5 * distance * distance)
        moment = weight * distance
        s0 += weight
        s1 += moment
        s2 += moment * distance
        t0 += weight * loss
        t1 += moment * loss
    determinant = s0 * s2 - s1 * s1
    if determinant <= 1e-9 * s0 * s0:  # no neighbour within reach
        return t0 / s0
    return (s2 * t0 - s1 * t1) / determinant


def _lowest(smoothed: list[float]) -> int:
    """The step of the least loss."""
    return smoothed.index(min(smoothed))


# The rules. Each takes the logarithms of the rates to base 10 and the smoothed losses of a sweep that `has_fallen`, and
# gives the logarithm of a rate.
def minimum(logs: list[float], smoothed: list[float]) -> float:
    """The rate of the least loss."""
    return logs[_lowest(smoothed)]


def start_of_fall(logs: list[float], smoothed: list[float]) -> float:
    """The rate at which, on the way to the minimum, the loss leaves the upper tenth of its fall for good."""
    return logs[_fall(smoothed)[0]]


def steepest(logs: list[float], smoothed: list[float]) -> float:
    """The rate at which the loss falls fastest in log η, between the start of its fall and its minimum."""
    start, lowest = _fall(smoothed)
    slopes = []
    for step in range(start, lowest + 1):
        before, after = max(step - 1, 0), min(step + 1, len(smoothed) - 1)
        slopes.append((smoothed[after] - smoothed[before]) / (logs[after] - logs[before]))
    return logs[start + slopes.index(min(slopes))]


def valley(logs: list[float], smoothed: list[float]) -> float:
    """fastai's rule: half-way through the longest falling subsequence, rounded as fastai does."""
    lengths = _falling_lengths(smoothed)
    length = max(lengths)
    third = length / 3
    return logs[max(0, lengths.index(length) - length + int(third) + int(third / 2))]


def _falling_lengths(values: list[float]) -> list[int]:
    """For each value, the length of the longest strictly falling subsequence that ends there."""
    greatest_ends: list[float] = []  # greatest_ends[k]: the greatest value that ends a falling subsequence of k + 1
    lengths: list[int] = []
    for value in values:
        low, high = 0, len(greatest_ends)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if greatest_ends[middle] > value else (low, middle)
        greatest_ends[low : low + 1] = [value]
        lengths.append(low + 1)
    return lengths


def drop_80_percent(logs: list[float], smoothed: list[float]) -> float:
    """The first rate at which the loss has come 80 % of the way from the plateau to the minimum."""
    mark = _mark(smoothed, 0.8)
    return logs[[loss <= mark for loss in smoothed].index(True)]


def _fall(smoothed: list[float]) -> tuple[int, int]:
    """The first and the last step of the fall."""
    mark, lowest = _mark(smoothed, 0.1), _lowest(smoothed)
    above = [step for step in range(lowest) if smoothed[step] > mark]
    return (above[-1] + 1 if above else 0), lowest


def _mark(smoothed: list[float], part: float) -> float:
    """The loss that is this part of the way from the plateau to the minimum."""
    return min(smoothed) * part + plateau(smoothed) * (1 - part)


def plateau(smoothed: list[float]) -> float:
    """The loss before the fall: the median over the first quarter of the way to the minimum, at least five steps."""
    start = sorted(smoothed[: max(5, _lowest(smoothed) // 4)])
    return (start[(len(start) - 1) // 2] + start[len(start) // 2]) / 2


def has_fallen(losses: list[float], smoothed: list[float]) -> bool:
    """Whether the smoothed loss falls by more than three standard deviations of a single loss.

    The standard deviation is taken from the differences of neighbours, to which the fall itself adds little.

    Example:
        >>> losses = [2.0, 2.0, 2.0, 2.0, 2.0, 1.5, 1.0, 1.5, 4.0]
        >>> logs = [-4, -3.5, -3, -2.5, -2, -1.5, -1, -0.5, 0]
        >>> has_fallen(losses, losses), {name: rule(logs, losses) for name, rule in RULES.items()}
        (True, {'minimum/10': -2, 'steepest': -1.5, 'valley': -2, '80%-drop': -1})
    """
    lowest = _lowest(smoothed)
    if lowest == 0:
        return False
    squares = sum([(losses[step + 1] - losses[step]) ** 2 for step in range(lowest)])
    return plateau(smoothed) - smoothed[lowest] > 3 * math.sqrt(squares / 2 / lowest)


RULES: "dict[str, Callable[[list[float], list[float]], float]]" = {
    "minimum/10": lambda logs, smoothed: minimum(logs, smoothed) - 1,
    "steepest": steepest,
    "valley": valley,
    "80%-drop": drop_80_percent,
}
