"""The exercises of the chapter on the LR range test."""

from learning_rates import schedules
from learning_rates.exercises import no_function, no_number

LOGS = [  # what Keras reports, and the batches' sizes
    ([2.0, 1.5, 1.25], [10, 10, 10]),  # the losses 2, 1, and 0.75
    ([4.0], [7]),
    ([2.0, 1.5, 1.3], [20, 20, 10]),  # the losses 2, 1, and 0.5
    ([3.0, 3.0, 3.0, 4.0, 5.0], [64, 64, 64, 64, 32]),
]


def lag(answer):
    fault = no_function(answer)
    for beta, min_lr, max_lr, num_steps in (
        ()
        if fault
        else (
            (0.5, 1e-3, 1.0, 4),
            (0.95, 1e-5, 10.0, 200),
            (0.95, 1e-5, 10.0, 100),
            (0.0, 1e-6, 1.0, 50),
        )
    ):
        factor = answer(beta, min_lr, max_lr, num_steps)
        fault = no_number(factor)
        if fault:
            return fault
        rates = schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape="exponential")
        right = (rates(1) / rates(0)) ** (beta / (1 - beta))
        if abs(factor / right - 1) > 1e-6:
            case = f"beta={beta}, min_lr={min_lr}, max_lr={max_lr}, num_steps={num_steps}"
            side = "large" if factor > right else "small"
            return f"For {case} you give {factor:.4g}, which is too {side}."
    return fault


def batch_losses(answer):
    fault = no_function(answer)
    for means, sizes in () if fault else LOGS:
        losses, case = answer(list(means), list(sizes)), f"means={means}, sizes={sizes}"
        if losses is ... or losses is None:
            return "A list of numbers is asked for, and this is empty."
        try:
            losses = list(losses)
        except TypeError:
            return f"A list of numbers is asked for, and this is {losses!r}."
        if len(losses) != len(means):
            return f"For {case} you give {len(losses)} losses: every batch has one."
        for step, mean in enumerate(means):
            fault = no_number(losses[step])
            if fault:
                return fault
            samples = sizes[: step + 1]
            again = sum([size * loss for size, loss in zip(samples, losses, strict=False)]) / sum(samples)
            if abs(again - mean) > 1e-6:
                batches = f"{step + 1} batches" if step else "batch"
                return f"For {case} your first {batches} have a mean of {again:.4g} a sample, and not {mean:.4g}."
    return fault


SWEEPS = [  # curvature, momentum, min_lr, max_lr, num_steps
    (1.0, 0.0, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 400),
    (20.0, 0.5, 1e-5, 1.0, 100),
]


def first_rate(curvature, momentum, min_lr, max_lr, num_steps):
    rates = schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape="exponential")
    theta, velocity = 1.0, 0.0
    for step in range(num_steps):
        if theta * theta <= 0.2:
            return rates(step)
        velocity = momentum * velocity - rates(step) * curvature * theta
        theta += velocity
    raise AssertionError("a sweep that never falls has no such rate")


def sweep_with_momentum(answer):
    fault = no_function(answer)
    for case in () if fault else SWEEPS:
        rate = answer(*case)
        fault = no_number(rate)
        if fault:
            return fault
        right = first_rate(*case)
        if abs(rate / right - 1) > 1e-6:
            named = "curvature={}, momentum={}, min_lr={}, max_lr={}, num_steps={}".format(*case)
            side = "late" if rate > right else "early"
            return f"For {named} you give {rate:.4g}, which is too {side}."
    return fault


EXERCISES = {"the lag": lag, "the batch losses": batch_losses, "the sweep with momentum": sweep_with_momentum}
