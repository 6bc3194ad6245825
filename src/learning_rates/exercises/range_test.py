"""The exercises of the chapter on the LR range test."""

from learning_rates import schedules
from learning_rates.exercises import Fault, a_function, a_number, shown

LOGS = [  # the means that Keras reports, and the batches' sizes
    ([2.0, 1.5, 1.25], [10, 10, 10]),  # the losses 2, 1, and 0.75
    ([4.0], [7]),
    ([2.0, 1.5, 1.3], [20, 20, 10]),  # the losses 2, 1, and 0.5
    ([3.0, 3.0, 3.0, 4.0, 5.0], [64, 64, 64, 64, 32]),
]


AVERAGES = [  # β, min_lr, max_lr, num_steps
    (0.5, 1e-3, 1.0, 4),
    (0.95, 1e-5, 10.0, 200),
    (0.95, 1e-5, 10.0, 100),
    (0.0, 1e-6, 1.0, 50),
]


def lag(answer: object) -> str | None:
    """The factor of the rate by which an exponential average lags behind a sweep."""
    factor_of = a_function(answer)
    for beta, min_lr, max_lr, num_steps in AVERAGES:
        factor = a_number(factor_of(beta, min_lr, max_lr, num_steps))
        rates = schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape="exponential")
        right = (rates(1) / rates(0)) ** (beta / (1 - beta))
        if abs(factor / right - 1) > 1e-6:
            case = f"beta={beta}, min_lr={min_lr}, max_lr={max_lr}, num_steps={num_steps}"
            side = "large" if factor > right else "small"
            return f"For {case} you give {factor:.4g}, which is too {side}."
    return None


def a_list(found: object) -> list[object]:
    """The value, which must be a list or another iterable.

    Raises:
        Fault: The value is something else.
    """
    try:
        return list(found)  # type: ignore[call-overload]  # whether it is iterable is what is tried here
    except TypeError as error:
        raise Fault(f"A list of numbers is asked for, and this is {shown(found)}.") from error


def batch_losses(answer: object) -> str | None:
    """The loss of each batch, from the means so far that Keras reports."""
    losses_of = a_function(answer)
    for means, sizes in LOGS:
        losses, case = a_list(losses_of(list(means), list(sizes))), f"means={means}, sizes={sizes}"
        if len(losses) != len(means):
            return f"For {case} you give {len(losses)} losses: every batch has one."
        total = 0.0
        for step, mean in enumerate(means):
            total += sizes[step] * a_number(losses[step])
            again = total / sum(sizes[: step + 1])
            if abs(again - mean) > 1e-6:
                batches = f"{step + 1} batches" if step else "batch"
                return f"For {case} your first {batches} have a mean of {again:.4g} a sample, and not {mean:.4g}."
    return None


SWEEPS = [  # curvature, momentum, min_lr, max_lr, num_steps
    (1.0, 0.0, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 400),
    (20.0, 0.5, 1e-5, 1.0, 100),
]


def first_rate(curvature: float, momentum: float, min_lr: float, max_lr: float, num_steps: int) -> float:
    """The rate of the first step of a sweep on a parabola at which the loss has fallen by 80 %."""
    rates = schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape="exponential")
    theta, velocity = 1.0, 0.0
    for step in range(num_steps):
        if theta * theta <= 0.2:
            return rates(step)
        velocity = momentum * velocity - rates(step) * curvature * theta
        theta += velocity
    raise AssertionError("a sweep that never falls has no such rate")


def sweep_with_momentum(answer: object) -> str | None:
    """The rate that `first_rate` gives for a sweep with momentum."""
    rate_of = a_function(answer)
    for case in SWEEPS:
        rate = a_number(rate_of(*case))
        right = first_rate(*case)
        if abs(rate / right - 1) > 1e-6:
            named = "curvature={}, momentum={}, min_lr={}, max_lr={}, num_steps={}".format(*case)
            side = "late" if rate > right else "early"
            return f"For {named} you give {rate:.4g}, which is too {side}."
    return None


EXERCISES = {"the lag": lag, "the batch losses": batch_losses, "the sweep with momentum": sweep_with_momentum}
