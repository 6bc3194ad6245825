"""Checks for the exercises: they say what is wrong, never the answer."""

import math
import numbers

from learning_rates import schedules


def check(name, answer):
    """Look at an answer and say that it is correct, or what is wrong with it.

    Args:
        name: the exercise, as the chapter names it.
        answer: what the exercise asks for: a function or a number.

    Returns:
        None; it prints one line.

    Raises:
        ValueError: there is no exercise of that name; the message lists those there are.

    Example:
        >>> check("the peak's step", lambda pct_start, total_steps: total_steps // 2)
        the peak's step: not yet. For pct_start=0.3, total_steps=100 you give 50: an earlier step is higher.
    """
    fault = _EXERCISES[schedules.check_choice("name", name, _EXERCISES)](answer)
    print(f"{name}: correct." if fault is None else f"{name}: not yet. {fault}")


def _no_number(value):
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
        return None
    return f"A number is asked for, and this is {'empty' if value in (None, ...) else repr(value)}."


def _no_function(answer):
    return None if callable(answer) else f"A function is asked for, and this is {answer!r}."


def _peak_step(answer):
    fault = _no_function(answer)
    for pct_start, total_steps in () if fault else ((0.3, 100), (0.25, 40), (0.5, 10), (0.29, 100)):
        step = answer(pct_start, total_steps)
        fault = _no_number(step)
        if fault or step != int(step) or step < 0:
            return fault or f"A step is a whole number ≥ 0, and this is {step!r}."
        values = schedules.one_cycle(1.0, total_steps, pct_start=pct_start).values()
        peak = values.index(max(values))
        if step != peak:
            case = f"pct_start={pct_start}, total_steps={total_steps}"
            better = "an earlier" if step > peak else "a later"
            return f"For {case} you give {step}: {better} step is higher."
    return fault


def _momentum_used(answer):
    fault = _no_function(answer)
    for rate, momentum, start in () if fault else ((0.1, 0.95, 1.0), (0.3, 0.85, -2.0), (0.05, 0.5, 4.0)):
        weights, velocity = [start], 0.0
        for _ in range(2):
            velocity = momentum * velocity - rate * weights[-1]
            weights.append(weights[-1] + velocity)
        found = answer(weights, rate)
        fault = _no_number(found)
        if fault:
            return fault
        if abs(found - momentum) > 1e-6:
            replayed = weights[1] + found * (weights[1] - weights[0]) - rate * weights[1]
            given = f"weights={[round(weight, 4) for weight in weights]}, rate={rate}"
            return f"For {given} you give {found:.4g}, with which θ₂ would be {replayed:.4f}."
    return fault


def _equal_area(answer):
    fault = _no_number(answer)
    if fault:
        return fault
    if not answer > 0:
        return f"A peak is > 0, and this is {answer!r}."
    linear, cycle = schedules.polynomial_decay(0.08, 600), schedules.one_cycle(answer, 600)
    ratio = sum(cycle.values()) / sum(linear.values())
    if abs(ratio - 1) > 5e-3:  # whoever ends the decay at step 600, not 599, is close enough
        return f"The area under your one-cycle is {ratio:.3f} times that under the linear decay."
    return None


_EXERCISES = {"the peak's step": _peak_step, "the momentum used": _momentum_used, "equal area": _equal_area}
