"""The exercises of the chapter on one-cycle."""

from learning_rates import schedules
from learning_rates.exercises import a_function, a_number


def peak_step(answer: object) -> str | None:
    """The step with the highest rate of a one-cycle."""
    step_of = a_function(answer)
    for pct_start, total_steps in ((0.3, 100), (0.25, 40), (0.5, 10), (0.29, 100)):
        step = a_number(step_of(pct_start, total_steps))
        if step != int(step) or step < 0:
            return f"A step is a whole number ≥ 0, and this is {step!r}."
        values = schedules.one_cycle(1.0, total_steps, pct_start=pct_start).values()
        peak = values.index(max(values))
        if step != peak:
            case = f"pct_start={pct_start}, total_steps={total_steps}"
            better = "an earlier" if step > peak else "a later"
            return f"For {case} you give {step}: {better} step is higher."
    return None


def momentum_used(answer: object) -> str | None:
    """The momentum of a descent, from the weights that it went through."""
    momentum_of = a_function(answer)
    for rate, momentum, start in ((0.1, 0.95, 1.0), (0.3, 0.85, -2.0), (0.05, 0.5, 4.0)):
        weights, velocity = [start], 0.0
        for _ in range(2):
            velocity = momentum * velocity - rate * weights[-1]
            weights.append(weights[-1] + velocity)
        found = a_number(momentum_of(weights, rate))
        if abs(found - momentum) > 1e-6:
            replayed = weights[1] + found * (weights[1] - weights[0]) - rate * weights[1]
            given = f"weights={[round(weight, 4) for weight in weights]}, rate={rate}"
            return f"For {given} you give {found:.4g}, with which θ₂ would be {replayed:.4f}."
    return None


def equal_area(answer: object) -> str | None:
    """The peak of a one-cycle that has the area of a linear decay."""
    peak = a_number(answer)
    if not peak > 0:
        return f"A peak is > 0, and this is {answer!r}."
    linear, cycle = schedules.polynomial_decay(0.08, 600), schedules.one_cycle(peak, 600)
    ratio = sum(cycle.values()) / sum(linear.values())
    if abs(ratio - 1) > 5e-3:  # an answer whose decay ends at step 600, not 599, is close enough
        return f"The area under your one-cycle is {ratio:.3f} times that under the linear decay."
    return None


EXERCISES = {"the peak's step": peak_step, "the momentum used": momentum_used, "equal area": equal_area}
