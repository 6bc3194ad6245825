"""`stats.t`, as much as an exercise and its solutions ask for."""

import math


def _tail(t, freedom):
    """The chance of more than t, a sum for whole degrees of freedom: Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    if freedom != int(freedom):
        raise ValueError("on this page, degrees of freedom must be whole")
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2 == 1
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(3 if odd else 2, int(freedom) - 1, 2):
        term *= square * (k - 1) / k
        total += term
    within = 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total
    return (1 - within) / 2


def _density(t, freedom):
    return _scale(freedom) / math.sqrt(freedom) * (1 + t * t / freedom) ** (-(freedom + 1) / 2)


def _scale(freedom):
    """Γ((ν + 1)/2) / (Γ(ν/2) √π), from two degrees of freedom to the next."""
    first = 1 if freedom % 2 == 1 else 2
    scale = 1 / math.pi if first == 1 else 1 / 2
    for k in range(first, int(freedom), 2):
        scale *= (k + 1) / k
    return scale


class stats:
    class t:
        @staticmethod
        def ppf(share, df):
            if not 0 < share < 1 or not df > 0:
                return math.nan
            if share < 0.5:
                return -stats.t.ppf(1 - share, df)
            t, before = 0.0, -1.0
            while t > before * (1 + 1e-12):  # Newton's way, always from the left: beyond 0 the tail is convex
                before = t
                t += (_tail(t, df) - (1 - share)) / _density(t, df)
            return t

        @staticmethod
        def interval(confidence, df, loc=0.0, scale=1.0):
            half = stats.t.ppf(0.5 + confidence / 2, df) * scale
            return loc - half, loc + half
