"""How the losses of a learning-rate sweep are read: smoothing, divergence, and the rules that suggest a rate.

Rates come as `logs`, their logarithms to base 10, which increase; losses as a list as long or shorter. Like `schedules`
this is plain Python, so that the book's pages can run it.
"""

import math

LEAST_STEPS = 10  # that a mean takes: with small batches, a few losses say little


# ------------------------------------------------------------------------------------------------------- divergence
def trailing_means(logs, losses, width):
    """The mean loss of the last `width` decades, at least ten steps, at each step: what is known while sweeping."""
    means, first, total = [], 0, 0.0
    for step, loss in enumerate(losses):
        total += loss
        while logs[first] < logs[step] - width - 1e-9 and first + LEAST_STEPS <= step:
            total -= losses[first]
            first += 1
        means.append(total / (step + 1 - first))
    return means


def times(factor, loss):
    """factor · loss where the loss is positive, and as much above it where it is negative."""
    return loss + (factor - 1) * abs(loss)


def threshold(best, highest, noise, factor):
    """The mean loss that counts as diverged: factor · best, and six standard errors above the highest mean before.

    Both, because a lucky batch makes a small `best`, and near a loss of zero any factor of it is small. `noise` is the
    standard deviation of a loss.
    """
    return max(times(factor, best), highest + 6 * noise / math.sqrt(LEAST_STEPS))


def diverged_at(logs, losses, width, factor):
    """The first step whose loss is not finite, or whose trailing mean is beyond the threshold; None if there is none.

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
        past = step - LEAST_STEPS  # the last step that this mean has nothing of
        best, squares = min(best, means[step - 1]), squares + (losses[past] - losses[max(past - 1, 0)]) ** 2
        if past < LEAST_STEPS - 1:
            continue
        highest = max(highest, means[past])
        noise = math.sqrt(squares / 2 / past)  # from neighbours' differences, which a trend leaves small
        if means[step] > threshold(best, highest, noise, factor):
            return step
    return finite if finite < len(losses) else None


# -------------------------------------------------------------------------------------------------------- smoothing
def smooth(logs, losses, width, factor):
    """A local linear fit at each rate, weighted by a Gaussian of standard deviation `width` decades.

    It is centred, so the curve has no lag, and linear, so its ends lean to neither side. After the minimum, losses
    beyond factor times the least mean and beyond all before count as that much: otherwise the explosion would spread to
    the rates before it.

    Args:
        logs: log10 of the rates.
        losses: finite losses.
        width: decades; 0 smooths nothing.
        factor: the divergence factor.

    Returns:
        A list as long as losses.

    Example:
        >>> [round(loss, 6) for loss in smooth([0.0, 0.1, 0.2, 0.3], [4.0, 3.0, 2.0, 1.0], width=0.1, factor=4.0)]
        [4.0, 3.0, 2.0, 1.0]

    References:
        Fan, Gijbels (1996), Local polynomial modelling and its applications.
    """
    if width == 0 or not losses:
        return list(losses)
    means = trailing_means(logs, losses, width)
    whole = min(LEAST_STEPS, len(losses)) - 1  # the first mean of enough losses
    best = min(means[whole:])
    lowest = means.index(best, whole)
    most = max(times(factor, best), max(losses[: lowest + 1]))
    capped = losses[: lowest + 1] + [min(loss, most) for loss in losses[lowest + 1 :]]
    smoothed, first, end = [], 0, 0
    for step in range(len(losses)):
        while logs[first] < logs[step] - 4 * width:
            first += 1
        while end < len(losses) and logs[end] <= logs[step] + 4 * width:
            end += 1
        distances = [(log - logs[step]) / width for log in logs[first:end]]
        smoothed.append(_local_fit(distances, capped[first:end]))
    return smoothed


def _local_fit(distances, losses):
    exp, s0, s1, s2, t0, t1 = math.exp, 0.0, 0.0, 0.0, 0.0, 0.0
    for distance, loss in zip(distances, losses):  # the page's Python spends most of its time here
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


# ------------------------------------------------------------------------------------------------------------ rules
# Each takes log10 of the rates and the smoothed losses of a sweep that `has_fallen`, and gives log10 of a rate.
def _lowest(smoothed):
    return smoothed.index(min(smoothed))


def minimum(logs, smoothed):
    """The rate of the least loss."""
    return logs[_lowest(smoothed)]


def start_of_fall(logs, smoothed):
    """Where, on the way to the minimum, the loss leaves the upper tenth of its fall for good."""
    return logs[_fall(smoothed)[0]]


def steepest(logs, smoothed):
    """Where the loss falls fastest in log η, between the start of its fall and its minimum."""
    start, lowest = _fall(smoothed)
    slopes = []
    for step in range(start, lowest + 1):
        before, after = max(step - 1, 0), min(step + 1, len(smoothed) - 1)
        slopes.append((smoothed[after] - smoothed[before]) / (logs[after] - logs[before]))
    return logs[start + slopes.index(min(slopes))]


def valley(logs, smoothed):
    """fastai's: half-way through the longest falling subsequence, rounded as there."""
    lengths = _falling_lengths(smoothed)
    length = max(lengths)
    third = length / 3
    return logs[max(0, lengths.index(length) - length + int(third) + int(third / 2))]


def _falling_lengths(values):
    """For each value, how long the longest strictly falling subsequence is that ends there."""
    greatest_ends, lengths = [], []  # greatest_ends[k]: the greatest value that ends a falling subsequence of k + 1
    for value in values:
        low, high = 0, len(greatest_ends)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if greatest_ends[middle] > value else (low, middle)
        greatest_ends[low : low + 1] = [value]
        lengths.append(low + 1)
    return lengths


def drop_80_percent(logs, smoothed):
    """The first rate at which 80 % of the fall from the plateau to the minimum has happened."""
    mark = _mark(smoothed, 0.8)
    return logs[[loss <= mark for loss in smoothed].index(True)]


def _fall(smoothed):
    """Its first step and its last."""
    mark, lowest = _mark(smoothed, 0.1), _lowest(smoothed)
    above = [step for step in range(lowest) if smoothed[step] > mark]
    return (above[-1] + 1 if above else 0), lowest


def _mark(smoothed, part):
    """The loss when that part of the fall has happened."""
    return min(smoothed) * part + plateau(smoothed) * (1 - part)


def plateau(smoothed):
    """The loss before it falls: the median of the first quarter of the way to the minimum, at least five steps."""
    start = sorted(smoothed[: max(5, _lowest(smoothed) // 4)])
    return (start[(len(start) - 1) // 2] + start[len(start) // 2]) / 2


def has_fallen(losses, smoothed):
    """Whether the smoothed loss falls by more than three standard deviations of a loss, by neighbours' differences.

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


RULES = {
    "minimum/10": lambda logs, smoothed: minimum(logs, smoothed) - 1,
    "steepest": steepest,
    "valley": valley,
    "80%-drop": drop_80_percent,
}
