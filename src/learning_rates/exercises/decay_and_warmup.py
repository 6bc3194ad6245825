"""The exercises of the chapter on decay and warm-up."""

from learning_rates import schedules
from learning_rates.exercises import a_function, a_number

PEAK, STEPS = 0.2, 600  # of the run on the noisy parabola, λ = 1 and σ²/B = 1


CLOSE = 1e-6  # of the peak, or relative: an answer in float32 is right, too


def warm_stable_decay(answer: object) -> str | None:
    """The rate at a step of a warm-up, a plateau and a linear decay to 0."""
    rate_of = a_function(answer)
    for max_lr, total_steps, up, down in ((1.0, 9, 2, 4), (0.08, 600, 60, 120), (0.3, 10, 3, 5)):
        wanted = wsd_values(max_lr, total_steps, up, down)
        swapped = wsd_values(max_lr, total_steps, down, up)
        last = total_steps - 1
        found = {}
        for step in [0, last, up] + list(range(total_steps)):
            found[step] = a_number(rate_of(step, max_lr, total_steps, up, down))
        case = f"For max_lr={max_lr}, total_steps={total_steps}, warmup_steps={up}, decay_steps={down}"
        if all(abs(found[step] - wanted[step] / max_lr) <= CLOSE for step in found) and max_lr != 1:
            return f"{case} the highest rate is {found[up]:.6g}: the peak is missing as a factor."
        if all(abs(found[step] - swapped[step]) <= CLOSE * max_lr for step in found):
            return f"{case} it goes up in {down} steps and down in {up}: these two are swapped."
        for step in [0, last, up] + list(range(total_steps)):
            if abs(found[step] - wanted[step]) > CLOSE * max_lr:
                if step == 0:
                    return f"{case} it starts at {found[step]:.6g}, not at zero."
                if step == last:
                    return (
                        f"{case} the last step, {step}, has the rate {found[step]:.6g}; it should have come down to 0."
                    )
                part = "on the way up" if step < up else "on the way down" if step > last - down else "of the flat part"
                return f"{case} step {step}, {part}, has the rate {found[step]:.6g}, off the line."
    return None


def wsd_values(max_lr: float, total_steps: int, up: int, down: int) -> list[float]:
    """The rates of a run that warms up from 0, stays, and comes down to 0."""
    flat_and_down = schedules.warmup_stable_decay(max_lr, total_steps - up, warmup_steps=0, decay_steps=down)
    return schedules.warmup(flat_and_down, up, start_lr=0.0).values()


def staircase(answer: object) -> str | None:
    """The mean of a linear decay by epochs over that of one by steps."""
    ratio_of = a_function(answer)
    for epochs, epoch_steps in ((6, 100), (2, 50), (30, 10)):
        found = a_number(ratio_of(epochs, epoch_steps))
        smooth = schedules.polynomial_decay(1.0, epochs * epoch_steps)
        stairs = [smooth(epoch_steps * epoch) for epoch in range(epochs)]
        right = sum(stairs) / epochs / 0.5
        if abs(found - right) > CLOSE:
            case = f"For epochs={epochs}, epoch_steps={epoch_steps} you give {found:.6g}"
            lowest = sum([smooth(epoch_steps * epoch - 1) for epoch in range(1, epochs + 1)]) / epochs / 0.5
            told = [
                (": that is the smooth line over the stairs.", 1 / right),
                (": that is the mean of the stairs, and a ratio of two means is asked for.", right / 2),
                (
                    ": the sums of two lists of different lengths can't be compared; their means can.",
                    right / epoch_steps,
                ),
                (": the line reaches 0 at the last step, not after it.", (epochs + 1) / epochs),
                (": so low are the stairs if they are read at the last step of each epoch.", lowest),
            ]
            for words, other in told:
                if abs(found - other) <= CLOSE * other:
                    return case + words
            spent = f"{found:.4g} times the smooth line's mean is {found / 2:.4g} of the peak"
            return f"{case}: {spent}, and the mean of the stairs is another."
    return None


def averaged_steps(answer: object) -> str | None:
    """The fewest steps whose average has no more variance than a linear decay leaves."""
    given = a_number(answer)
    if given != int(given) or given < 1:
        return f"A number of steps is a whole number ≥ 1, and this is {given!r}."
    decayed, count = variance_after_decay(), int(given)
    if variance_of_average(count) > decayed:
        ratio = variance_of_average(count) / decayed
        times = f"{ratio:.3f}" if ratio > 1.01 else "a little more than 1"
        return (
            f"An average of {count} step{'s' * (count > 1)} still has {times} times the variance that the decay leaves."
        )
    if count > 1 and variance_of_average(count - 1) <= decayed:
        return f"An average of {count} steps is enough, and so is one of fewer."
    return None


def variance_after_decay() -> float:
    """The variance of θ on the noisy parabola after a linear decay, which begins with the constant rate's variance."""
    variance = PEAK / (2 - PEAK)
    for rate in schedules.polynomial_decay(PEAK, STEPS).values():
        variance = (1 - rate) ** 2 * variance + rate * rate
    return variance


def variance_of_average(count: int) -> float:
    """The variance of the mean of θ over so many steps in a row at the constant rate PEAK.

    The correlation of two steps that are k apart is (1 − η)^k.
    """
    kept, total = 1 - PEAK, float(count)
    for apart in range(1, count):
        total += 2 * (count - apart) * kept**apart
    return PEAK / (2 - PEAK) * total / count**2


EXERCISES = {
    "warm-up, stable, decay": warm_stable_decay,
    "the staircase": staircase,
    "averaging for decay": averaged_steps,
}
