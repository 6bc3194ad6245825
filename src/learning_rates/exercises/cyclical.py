"""The exercises of the chapter on cyclical rates."""

from learning_rates import schedules
from learning_rates.exercises import a_function, a_number

ROUNDING = 1e-6  # how far from a whole number a product of floats may come out
BOUNDS = ((0.0, 1.0), (0.02, 0.1), (0.3, 0.4))


def next_top(answer: object) -> str | None:
    """How many steps are left from step t to the next top of a triangle."""
    left_of = a_function(answer)
    for step, step_size in ((0, 4), (1, 4), (4, 4), (5, 4), (7, 4), (8, 4), (13, 5), (999, 200)):
        left = a_number(left_of(step, step_size))
        case = f"For t={step}, s={step_size} you give {left:.4g}"
        if abs(left - round(left)) > ROUNDING or left < -ROUNDING:
            return f"{case}, and the number of steps to come is a whole number ≥ 0."
        top = step + round(left)
        if left > 2 * step_size:
            return f"{case}, and no top is more than a whole cycle away."
        rates = schedules.cyclical(0.0, 1.0, max(top, step + 2 * step_size) + 1, step_size=step_size)
        if rates(top) < 1:
            return f"{case}. Step {top} is no top: the triangle is {rates(top):.4g} of it high."
        if any(rates(sooner) == 1 for sooner in range(step, top)):
            return f"{case}, and there is a top before that."
    return None


def whole_cycles(answer: object) -> str | None:
    """The stepsize, nearest to the wanted one, that fits whole cycles into the run."""
    size_of = a_function(answer)
    for total_steps, wanted in ((1000, 200), (600, 200), (300, 2000), (8000, 320), (90, 4)):
        found = a_number(size_of(total_steps, wanted))
        step_size = round(found)
        if abs(found - step_size) > ROUNDING or step_size < 1:
            return f"A stepsize is a whole number ≥ 1, and this is {found:.6g}."
        case = f"For total_steps={total_steps}, wanted={wanted} you give {step_size}"
        if total_steps % (2 * step_size):
            return f"{case}: {total_steps / (2 * step_size):.4g} cycles fit, which is no whole number."
        nearer = abs(step_size - wanted)
        if any(abs(size - wanted) < nearer for size in range(1, total_steps // 2 + 1) if total_steps % (2 * size) == 0):
            return f"{case}, and a stepsize nearer to the one wanted also fits."
    return None


def equal_spending(answer: object) -> str | None:
    """The peak with which a window spends as much learning rate as the straight one."""
    peak_of = a_function(answer)
    for window in ("linear", "welch", "hann"):
        for base_lr, max_lr in BOUNDS:
            peak = a_number(peak_of(window, base_lr, max_lr))
            case = f'For window="{window}", base_lr={base_lr}, max_lr={max_lr} you give {peak:.4g}'
            if not peak > base_lr:
                return f"{case}, and a peak lies above its base."
            straight = mean_rate("linear", base_lr, max_lr)
            spent = mean_rate(window, base_lr, peak)
            if abs(spent - straight) > 2e-3 * (max_lr - base_lr):
                if abs(peak - straight) < 1e-3 * max_lr:
                    return f"{case}: that is the mean rate, and the peak is asked for."
                return f"{case}, with which the mean rate is {spent:.4g} and not {straight:.4g}."
    return None


def mean_rate(window: str, base_lr: float, max_lr: float) -> float:
    """The mean over one cycle."""
    return sum(schedules.cyclical(base_lr, max_lr, 2000, step_size=1000, window=window).values()) / 2000


EXERCISES = {"the next top": next_top, "whole cycles": whole_cycles, "equal spending": equal_spending}
