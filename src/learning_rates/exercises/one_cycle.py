"""The exercises of the chapter on one-cycle."""

from learning_rates import schedules
from learning_rates.exercises import Fault, a_function, a_number, shown

ROUNDING = 1e-6  # how far from a whole number a product of floats may come out
# Rates and momenta of a few steps each: (start, [(rate, momentum), …]).
DESCENTS = (
    (1.0, [(0.1, 0.95), (0.1, 0.95), (0.1, 0.95)]),  # a momentum that is frozen
    (-2.0, [(0.3, 0.95), (0.2, 0.85), (0.1, 0.5)]),  # rate and momentum move
    (4.0, [(0.05, 0.5), (0.4, 0.6), (0.2, 0.9), (0.01, 0.95)]),
)


def half_way_down(answer: object) -> str | None:
    """The step at which a one-cycle has come half-way down from its peak."""
    step_of = a_function(answer)
    for pct_start, total_steps in ((0.3, 100), (0.25, 40), (0.5, 12), (0.29, 200)):
        found = a_number(step_of(pct_start, total_steps))
        step = round(found)
        case = f"For pct_start={pct_start}, total_steps={total_steps} you give {found:.6g}"
        if abs(found - step) > ROUNDING or not 0 <= step < total_steps:
            return f"{case}, and a step is a whole number from 0 to {total_steps - 1}."
        rate = schedules.one_cycle(1.0, total_steps, pct_start=pct_start)
        peak, middle = round(pct_start * total_steps) - 1, (1.0 + rate(total_steps - 1)) / 2
        if step <= peak:
            return f"{case}, and there the rate has not begun to fall."
        if abs(rate(step) - middle) > ROUNDING:
            late = abs(rate(step - 1) - middle) < ROUNDING
            hint = " From which number are steps counted?" if late else ""
            return f"{case}, where the rate is {rate(step):.4g} of the peak, not {middle:.4g}.{hint}"
    return None


def equal_area(answer: object) -> str | None:
    """The peak of a one-cycle that has the area of a linear decay."""
    peak = a_number(answer)
    if not peak > 0:
        return f"A peak is > 0, and this is {peak:.6g}."
    linear, cycle = schedules.polynomial_decay(0.08, 600), schedules.one_cycle(peak, 600)
    ratio = sum(cycle.values()) / sum(linear.values())
    if abs(ratio - 1) > 5e-3:  # an answer whose decay ends at step 600, not 599, is close enough
        return f"The area under your one-cycle is {ratio:.3f} times that under the linear decay."
    return None


def momenta_used(answer: object) -> str | None:
    """The momenta of a descent, from the weights that it went through."""
    momenta_of = a_function(answer)
    for start, steps in DESCENTS:
        weights = walked(start, steps)
        rates, used = [rate for rate, _ in steps], [momentum for _, momentum in steps[1:]]
        found = some_numbers(momenta_of(list(weights), list(rates)), len(used))
        given = f"For weights={[round(weight, 4) for weight in weights]}, rates={rates}"
        for step, momentum in enumerate(used, 1):
            value = found[step - 1]
            if abs(value - momentum) > 1e-6:
                return f"{given} you give {value:.4g} for step {step}. {why(value, momentum, weights, rates, step)}"
    return None


def walked(start: float, steps: "list[tuple[float, float]]") -> "list[float]":
    """The weights of Keras's SGD on L = θ²/2, whose gradient is θ."""
    weights, velocity = [start], 0.0
    for rate, momentum in steps:
        velocity = momentum * velocity - rate * weights[-1]
        weights.append(weights[-1] + velocity)
    return weights


def why(value: float, momentum: float, weights: "list[float]", rates: "list[float]", step: int) -> str:
    """What is wrong with a momentum."""
    last, moved = weights[step - 1], weights[step] - weights[step - 1]
    if abs(value + momentum) < 1e-6:
        return "The size is right, the sign is not."
    if abs(value * moved - momentum * moved + rates[step] * weights[step]) < 1e-6:
        return "The gradient's share of the step is missing."
    if abs((value - momentum) * moved - (rates[step - 1] - rates[step]) * weights[step]) < 1e-6:
        return f"Step {step} has the rate rates[{step}]."
    replayed = weights[step] + value * moved - rates[step] * weights[step]
    return f"With it step {step} would lead from {weights[step]:.4f} to {replayed:.4f} (it came from {last:.4f})."


def some_numbers(found: object, size: int) -> "list[float]":
    """The value, which must be so many numbers: a tuple, a list or an array.

    Raises:
        Fault: The value is something else, such as a sequence without an end.
    """
    if hasattr(found, "ravel"):
        found = list(found.ravel())
    if not isinstance(found, (tuple, list)):
        raise Fault(f"A list is asked for, and this is {shown(found)}.")
    if len(found) != size:
        raise Fault(f"{size} momenta are asked for, of every step but the first, and these are {len(found)}.")
    return [a_number(each) for each in found]


EXERCISES = {"half-way down": half_way_down, "equal area": equal_area, "the momentum used": momenta_used}
