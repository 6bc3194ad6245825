"""The exercises of the chapter on decay and warm-up."""

from learning_rates import schedules
from learning_rates.exercises import a_function, a_number

PEAK, STEPS = 0.2, 600  # of the run on the noisy parabola, λ = 1 and σ²/B = 1


def warm_stable_decay(answer: object) -> str | None:
    """The rate at a step of a warm-up, a plateau and a linear decay to 0."""
    rate_of = a_function(answer)
    for max_lr, total_steps, up, down in ((1.0, 9, 2, 4), (0.08, 600, 60, 120), (0.3, 10, 3, 5)):
        flat_and_down = schedules.warmup_stable_decay(max_lr, total_steps - up, warmup_steps=0, decay_steps=down)
        wanted = schedules.warmup(flat_and_down, up, start_lr=0.0)
        last = total_steps - 1
        for step in [0, last, up] + list(range(total_steps)):
            found = a_number(rate_of(step, max_lr, total_steps, up, down))
            if abs(found - wanted(step)) > 1e-9 * max_lr:
                case = f"max_lr={max_lr}, total_steps={total_steps}, warmup_steps={up}, decay_steps={down}"
                if step == 0:
                    return f"For {case} it starts at {found:.6g}, not at zero."
                if step == last:
                    return f"For {case} the last step, {step}, has the rate {found:.6g}; it should have come down to 0."
                part = "on the way up" if step < up else "on the way down" if step > last - down else "of the flat part"
                return f"For {case} step {step}, {part}, has the rate {found:.6g}, off the line."
    return None


def staircase(answer: object) -> str | None:
    """The mean of a linear decay by epochs over that of one by steps."""
    ratio_of = a_function(answer)
    for epochs, epoch_steps in ((6, 100), (2, 50), (30, 10)):
        found = a_number(ratio_of(epochs, epoch_steps))
        smooth = schedules.polynomial_decay(1.0, epochs * epoch_steps)
        stairs = [smooth(epoch_steps * epoch) for epoch in range(epochs)]
        mean = sum(stairs) / epochs
        if abs(found - mean / 0.5) > 1e-6:
            case = f"epochs={epochs}, epoch_steps={epoch_steps}"
            if 0 < found < 1:
                return f"For {case} you give {found:.4g}: a ratio is asked for, stairs over smooth line."
            if abs(found - (epochs + 1) / epochs) < 1e-9:
                return f"For {case} you give {found:.6g}: the line reaches 0 at the last step, not after it."
            spent = f"{found:.4g} times the smooth line's mean is {found / 2:.4g} of the peak"
            return f"For {case} you give {found:.4g}: {spent}, and the mean of the stairs is another."
    return None


def averaged_steps(answer: object) -> str | None:
    """The fewest steps whose average has no more variance than a linear decay leaves."""
    given = a_number(answer)
    if given != int(given) or given < 1:
        return f"A number of steps is a whole number ≥ 1, and this is {answer!r}."
    decayed, count = variance_after_decay(), int(given)
    if variance_of_average(count) > decayed:
        ratio = variance_of_average(count) / decayed
        times = f"{ratio:.3f}" if ratio > 1.01 else "a little more than 1"
        return f"An average of {count} steps still has {times} times the variance that the decay leaves."
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
