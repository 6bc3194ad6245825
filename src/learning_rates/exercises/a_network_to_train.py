"""The exercises of the chapter on a network to train."""

import math

from learning_rates.exercises import a_function, a_number, slip


def equal_samples(answer: object) -> str | None:
    """How many steps of another batch size see as many samples as the first run, or just fewer."""
    steps_of = a_function(answer)
    for steps, batch, other in ((600, 100, 20), (600, 100, 2000), (100, 60, 32)):
        found = a_number(steps_of(steps, batch, other))
        if found != int(found) or found < 0:
            return f"A number of steps is whole and ≥ 0, and this is {found!r}."
        seen, first = found * other, steps * batch
        swapped = " Look at what is divided by what." if found == steps * other // batch else ""
        case = f"For steps={steps}, batch={batch}, other={other} you give {found}, which see {seen:.0f} samples"
        if seen > first:
            return f"{case}: more than the {first} of the first run."
        if seen + other <= first:
            return f"{case}: the first run sees {first}, so there is room for another step.{swapped}"
    return None


def seeds_needed(answer: object) -> str | None:
    """The fewest seeds whose interval, with standard deviation s, is no wider than a difference."""
    from scipy import stats  # which the other checks do without

    seeds_of = a_function(answer)
    for s, difference in ((1.0, 0.84), (0.5, 0.5), (2.0, 0.5), (0.3, 0.1), (1.0, 10.0), (1.0, 3.0)):
        found = a_number(seeds_of(s, difference))
        if found != int(found) or found < 2:
            return f"For s={s}, difference={difference} you give {found!r}: a whole number, two or more, is asked for."

        def half_width(seeds: float, s: float = s) -> float:
            return float(stats.t.ppf(0.975, seeds - 1) * s / math.sqrt(seeds))

        case = f"For s={s}, difference={difference} you give {found}"
        if half_width(found) > difference:
            return f"{case}: with so many the half-width is {half_width(found):.3f}, which is too wide."
        if found > 2 and half_width(found - 1) <= difference:
            return f"{case}: with one seed less the half-width is {half_width(found - 1):.3f}, which is narrow enough."
    return None


def noise_scale(answer: object) -> str | None:
    """The noise over the square of the gradient, from the mean squared lengths of gradients of two batch sizes."""
    scale_of = a_function(answer)
    for small, large, square, noise in ((1, 2, 1.0, 4.0), (10, 1000, 0.5, 60.0), (32, 256, 0.02, 7.0)):
        lengths = square + noise / small, square + noise / large
        found = a_number(scale_of(small, large, *lengths))
        right = noise / square
        if abs(found / right - 1) > 1e-6:
            given = f"b={small}, B={large}, squared_b={lengths[0]:.4g}, squared_B={lengths[1]:.4g}"
            case = f"For {given} you give {found:.4g}"
            if abs(found / noise - 1) < 1e-6:
                return f"{case}: that is the noise alone. What is it divided by?"
            hint = slip(found, right)
            if not found > 0:
                return f"{case}: a ratio of squares is > 0.{hint}"
            half = square * (1 + found / large)
            told = f"with that ratio and |G|² = {square:g}, batches of {large} would have {half:.4g}"
            return f"{case}: {told}.{hint}"
    return None


EXERCISES = {"equal samples": equal_samples, "seeds needed": seeds_needed, "the noise scale": noise_scale}
