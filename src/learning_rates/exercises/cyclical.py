"""The exercises of the chapter on cyclical rates."""

from learning_rates import schedules
from learning_rates.exercises import a_function, a_number

WINDOWS = ("linear", "welch", "hann")


def next_top(answer: object) -> str | None:
    """How many steps are left from step t to the next top of a triangle."""
    left_of = a_function(answer)
    for step, step_size in ((0, 4), (1, 4), (4, 4), (5, 4), (7, 4), (8, 4), (13, 5), (999, 200)):
        left = a_number(left_of(step, step_size))
        case = f"For t={step}, s={step_size} you give {left:.4g}"
        if left != int(left) or left < 0:
            return f"{case}, and the number of steps to come is a whole number ≥ 0."
        top = step + int(left)
        rates = schedules.cyclical(0.0, 1.0, max(top, step + 2 * step_size) + 1, step_size=step_size)
        if rates(top) < 1:
            return f"{case}. Step {top} is no top: the triangle is {rates(top):.4g} of it high."
        if any(rates(sooner) == 1 for sooner in range(step, top)):
            return f"{case}, and there is a top before that."
    return None


def windows_mean(answer: object) -> str | None:
    """The mean rate of a cycle with this window."""
    mean_of = a_function(answer)
    for window in WINDOWS:
        for base_lr, max_lr in ((0.0, 1.0), (0.02, 0.1), (0.3, 0.4)):
            mean = a_number(mean_of(window, base_lr, max_lr))
            case = f'For window="{window}", base_lr={base_lr}, max_lr={max_lr} you give {mean:.4g}'
            if not base_lr < mean < max_lr:
                return f"{case}, which is not between the two bounds."
            values = schedules.cyclical(base_lr, max_lr, 2000, step_size=1000, window=window).values()
            if abs(mean - sum(values) / 2000) > 1e-3 * (max_lr - base_lr):
                return f"{case}: the area under one cycle says otherwise."
    return None


def whole_cycles(answer: object) -> str | None:
    """The stepsize, nearest to the wanted one, that fits whole cycles into the run."""
    size_of = a_function(answer)
    for total_steps, wanted in ((1000, 200), (600, 200), (300, 2000), (8000, 320), (90, 4)):
        step_size = a_number(size_of(total_steps, wanted))
        if step_size != int(step_size) or step_size < 1:
            return f"A stepsize is a whole number ≥ 1, and this is {step_size!r}."
        case = f"For total_steps={total_steps}, wanted={wanted} you give {step_size}"
        if total_steps % (2 * step_size):
            return f"{case}: {total_steps / (2 * step_size):.4g} cycles fit, which is no whole number."
        nearer = abs(step_size - wanted)
        if any(abs(size - wanted) < nearer for size in range(1, total_steps // 2 + 1) if total_steps % (2 * size) == 0):
            return f"{case}, and a stepsize nearer to the one wanted also fits."
    return None


EXERCISES = {"the next top": next_top, "the window's mean": windows_mean, "whole cycles": whole_cycles}
