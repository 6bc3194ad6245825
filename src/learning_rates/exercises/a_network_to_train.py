"""The exercises of the chapter on a network to train."""

import math

from learning_rates.exercises import a_function, a_number


def equal_samples(answer: object) -> str | None:
    """How many steps of another batch size see as many samples as the first run, or just fewer."""
    steps_of = a_function(answer)
    for steps, batch, other in ((600, 100, 20), (600, 100, 2000), (100, 60, 32)):
        found = a_number(steps_of(steps, batch, other))
        if found != int(found) or found < 0:
            return f"A number of steps is whole and ≥ 0, and this is {found!r}."
        seen, first = found * other, steps * batch
        case = f"For steps={steps}, batch={batch}, other={other} you give {found}, which see {seen:.0f} samples"
        if seen > first:
            return f"{case}: more than the {first} of the first run."
        if seen + other <= first:
            return f"{case}: the first run sees {first}, so there is room for another step."
    return None


def seeds_needed(answer: object) -> str | None:
    """The fewest seeds whose interval, with standard deviation s, is no wider than a difference."""
    from scipy import stats  # which the other checks do without

    seeds_of = a_function(answer)
    for s, difference in ((1.0, 0.84), (0.5, 0.5), (2.0, 0.5), (0.3, 0.1)):
        found = a_number(seeds_of(s, difference))
        if found != int(found) or found < 2:
            return f"An interval wants a whole number of at least two seeds, and this is {found!r}."

        def half_width(seeds: float, s: float = s) -> float:
            return float(stats.t.ppf(0.975, seeds - 1) * s / math.sqrt(seeds))

        case = f"For s={s}, difference={difference} you give {found}"
        if half_width(found) > difference:
            return f"{case}: with so many the half-width is {half_width(found):.3f}, which is too wide."
        if found > 2 and half_width(found - 1) <= difference:
            return f"{case}: with one seed less the half-width is {half_width(found - 1):.3f}, which is narrow enough."
    return None


# (rate, losses) of each run
RUNS = [
    (0.16, [2.3, 1.9, 1.2, 0.9]),
    (0.64, [2.3, 8.0, math.inf, math.nan]),
    (0.32, [2.3, 4.0, 9.0, math.nan]),
    (0.32, [2.3, 5.0, -math.inf, math.nan]),
    (0.08, [2.3, 2.1, 1.7, 1.5]),
    (0.64, [2.3, math.nan, math.nan, math.nan]),
]


def smallest_unstable(answer: object) -> str | None:
    """The smallest rate whose loss is not finite in some run, and the first step at which it is not."""
    pair_of = a_function(answer)
    for runs, rate, step in ((RUNS, 0.32, 2), (RUNS[5:] + RUNS[:2], 0.64, 1), (RUNS[::4], None, None)):
        rates = ", ".join([f"{each:g}" for each, _ in runs])
        given = f"Of {len(runs)} runs at the rates {rates}"
        found = pair_of(list(runs))
        if rate is None or step is None:
            if found is not None:
                return f"{given} every loss is finite, and you give {found!r}: None is asked for."
            continue
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            shown = "empty" if found in (None, ...) else repr(found)
            return f"A pair, rate and step, is asked for, and this is {shown}."
        found_rate, found_step = a_number(found[0]), a_number(found[1])
        if found_rate != rate:
            finite = all(math.isfinite(loss) for each, losses in runs if each == found_rate for loss in losses)
            why = "no loss of that rate is bad" if finite else "a smaller one is unstable too"
            return f"{given} you give the rate {found_rate:g}: {why}."
        if found_step != step:
            side = "an earlier" if found_step > step else "a later"
            return f"{given} you give the step {found_step}: {side} one is the first that is not finite."
    return None


EXERCISES = {"equal samples": equal_samples, "seeds needed": seeds_needed, "smallest unstable": smallest_unstable}
