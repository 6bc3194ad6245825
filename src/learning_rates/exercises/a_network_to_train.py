"""The exercises of the chapter on a network to train."""

import math

from learning_rates.exercises import no_function, no_number


def equal_samples(answer):
    fault = no_function(answer)
    for steps, batch, other in () if fault else ((600, 100, 20), (600, 100, 2000), (100, 60, 32)):
        found = answer(steps, batch, other)
        fault = no_number(found)
        if fault or found != int(found) or found < 0:
            return fault or f"A number of steps is whole and ≥ 0, and this is {found!r}."
        seen, asked = found * other, steps * batch
        case = f"For steps={steps}, batch={batch}, other={other} you give {found}, which see {seen:.0f} samples"
        if seen > asked:
            return f"{case}: more than the {asked} of the first run."
        if seen + other <= asked:
            return f"{case}: the first run sees {asked}, so there is room for another step."
    return fault


def seeds_needed(answer):
    from scipy import stats  # which the other checks do without

    fault = no_function(answer)
    for s, difference in () if fault else ((1.0, 0.84), (0.5, 0.5), (2.0, 0.5), (0.3, 0.1)):
        found = answer(s, difference)
        fault = no_number(found)
        if fault or found != int(found) or found < 2:
            return fault or f"An interval wants a whole number of at least two seeds, and this is {found!r}."

        def half_width(seeds, s=s):
            return stats.t.ppf(0.975, seeds - 1) * s / math.sqrt(seeds)

        case = f"For s={s}, difference={difference} you give {found}"
        if half_width(found) > difference:
            return f"{case}: with so many the half-width is {half_width(found):.3f}, which is too wide."
        if found > 2 and half_width(found - 1) <= difference:
            return f"{case}: with one seed less the half-width is {half_width(found - 1):.3f}, which is narrow enough."
    return fault


RUNS = [
    (0.16, [2.3, 1.9, 1.2, 0.9]),
    (0.64, [2.3, 8.0, math.inf, math.nan]),
    (0.32, [2.3, 4.0, 9.0, math.nan]),
    (0.32, [2.3, 5.0, -math.inf, math.nan]),
    (0.08, [2.3, 2.1, 1.7, 1.5]),
    (0.64, [2.3, math.nan, math.nan, math.nan]),
]


def smallest_unstable(answer):
    fault = no_function(answer)
    for runs, rate, step in () if fault else ((RUNS, 0.32, 2), (RUNS[5:] + RUNS[:2], 0.64, 1), (RUNS[::4], None, None)):
        given = f"Of {len(runs)} runs at the rates {', '.join(f'{each:g}' for each, _ in runs)}"
        if rate is None:
            found = answer(list(runs))
            if found is not None:
                return f"{given} every loss is finite, and you give {found!r}: None is asked for."
            continue
        found = answer(list(runs))
        if not isinstance(found, tuple | list) or len(found) != 2:
            shown = "empty" if found in (None, ...) else repr(found)
            return f"A pair, rate and step, is asked for, and this is {shown}."
        fault = no_number(found[0]) or no_number(found[1])
        if fault:
            return fault
        if found[0] != rate:
            finite = all(math.isfinite(loss) for each, losses in runs if each == found[0] for loss in losses)
            why = "no loss of that rate is bad" if finite else "a smaller one is unstable too"
            return f"{given} you give the rate {found[0]:g}: {why}."
        if found[1] != step:
            side = "an earlier" if found[1] > step else "a later"
            return f"{given} you give the step {found[1]}: {side} one is the first that is not finite."
    return fault


EXERCISES = {"equal samples": equal_samples, "seeds needed": seeds_needed, "smallest unstable": smallest_unstable}
