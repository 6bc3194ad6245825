"""What explorers say of several runs: their median, their mean, and the t-interval of paired differences.

The package's own `trials.statistics` needs SciPy; this is plain Python, because the book's pages run it.
"""

import math

from learning_rates.explorers import fixed


def mean(values: list[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values)


def median(values: list[float]) -> float:
    """The middle value, or the mean of the middle two.

    Example:
        >>> median([3.0, 1.0, 2.0]), median([4.0, 1.0, 2.0, 3.0])
        (2.0, 2.5)
    """
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def interval(values: list[float], t: float) -> tuple[float, float]:
    """The mean, and half the width of its t-interval: t · s / √n, where s is the standard deviation with n − 1.

    Args:
        values: At least two numbers; for a comparison, the differences of two arms on the same seeds.
        t: Student's quantile, as `quantile` gives it or a record carries it.

    Returns:
        The pair (mean, half-width).

    Example:
        >>> middle, half = interval([1.0, 2.0, 3.0], quantile(3))
        >>> signed(middle, 2), fixed(half, 2)
        ('+2.00', '2.48')

    References:
        Student (1908), The probable error of a mean, Biometrika 6.
    """
    middle = mean(values)
    return middle, t * math.sqrt(sum([(value - middle) ** 2 for value in values]) / (len(values) - 1) / len(values))


def quantile(n: int, error: float = 0.05) -> float:
    """Student's t(n − 1) that n values of mean zero exceed in absolute value with the probability `error`.

    With θ = atan(t / √(n − 1)), that probability is a finite series in cos θ, which is inverted by bisection.

    Args:
        n: The number of values, ≥ 2.
        error: The probability, in (0, 1); for m intervals that are to hold at once, theirs divided by m (Bonferroni).

    Example:
        >>> round(quantile(16), 3)
        2.131

    References:
        Abramowitz, Stegun (1964), Handbook of mathematical functions, 26.7.3 and 26.7.4.
    """
    low, high = 0.0, math.pi / 2
    for _ in range(60):  # halvings, which leave less than a rounding error
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, n - 1) < 1 - error else (low, middle)
    return math.sqrt(n - 1) * math.tan(low)


def _within(angle: float, freedom: int) -> float:
    """The probability that Student's t with these degrees of freedom is within ± √freedom · tan(angle)."""
    square, odd = math.cos(angle) ** 2, freedom % 2
    term, total = (math.cos(angle), 0.0) if odd else (1.0, 0.0)
    for power in range(odd, freedom - 1, 2):
        total += term
        term *= square * (power + 1) / (power + 2)
    return 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total


def signed(value: float, digits: int, minus: str = "−") -> str:
    """A number with its sign, and so many digits after the point: +0.82."""
    return ("+" if value >= 0 else minus) + fixed(abs(value), digits)
