"""The exercises of the chapter on the LR range test."""

import math

from learning_rates import schedules
from learning_rates.exercises import Fault, a_function, a_number, shown, told

CLOSE = 1e-5  # relative: an answer in float32 is right, too

LOGS = [  # the means that Keras reports, and the batches' sizes
    ([2.0, 1.5, 1.25], [10, 10, 10]),  # the losses 2, 1, and 0.75
    ([4.0], [7]),
    ([2.0, 1.5, 1.3], [20, 20, 10]),  # the losses 2, 1, and 0.5
    ([3.0, 3.0, 3.0, 4.0, 5.0], [64, 64, 64, 64, 32]),
]


def a_list(found: object, length: int) -> list[object]:
    """The value's items, which must be a list or another iterable; of an endless one, one more than `length`.

    Raises:
        Fault: The value is something else, or stops with an error.
    """
    items: list[object] = []
    try:
        for item in found:  # type: ignore[attr-defined]  # whether it is iterable is what is tried here
            if len(items) > length:
                break
            items.append(item)
    except TypeError as error:
        if not items:
            raise Fault(f"A list of numbers is asked for, and this is {shown(found)}.") from error
        raise Fault(f"After {len(items)} numbers your list stops with {told(error)}") from error
    except Exception as error:  # whatever a half-written generator may raise
        raise Fault(f"After {len(items)} numbers your list stops with {told(error)}") from error
    return items


def batch_losses(answer: object) -> str | None:
    """The loss of each batch, from the means so far that Keras reports."""
    losses_of = a_function(answer)
    for means, sizes in LOGS:
        losses, case = a_list(losses_of(list(means), list(sizes)), len(means)), f"means={means}, sizes={sizes}"
        if len(losses) != len(means):
            given = f"more than {len(means)}" if len(losses) > len(means) else f"{len(losses)}"
            return f"For {case} you give {given} losses: every batch has one."
        total = 0.0
        for step, mean in enumerate(means):
            total += sizes[step] * a_number(losses[step])
            again = total / sum(sizes[: step + 1])
            if abs(again - mean) > CLOSE * mean:
                if abs(again / mean / sizes[step] - 1) < CLOSE:
                    return f"For {case} you give the sum over a batch, and its mean is asked for."
                if step:
                    return (
                        f"For {case} your first {step + 1} batches have a mean of {again:.4g} a sample, not {mean:.4g}."
                    )
                return f"For {case} your first batch has a mean of {again:.4g} a sample, not {mean:.4g}."
    return None


AVERAGES = [  # β, min_lr, max_lr, factor
    (0.5, 1e-3, 1.0, 5.0),
    (0.95, 1e-5, 10.0, 2.0),
    (0.98, 1e-7, 10.0, 3.0),
    (0.9, 1e-6, 1.0, 1.1),
]


def enough(beta: float, min_lr: float, max_lr: float, factor: float) -> float:
    """The steps from the first rate to the last, not rounded, at which the average is late by just this factor."""
    return beta / (1 - beta) * math.log(max_lr / min_lr) / math.log(factor)


def length_of_sweep(answer: object) -> str | None:
    """The fewest steps of a sweep in which an exponential average is late by no more than a factor."""
    steps_for = a_function(answer)
    for beta, min_lr, max_lr, factor in AVERAGES:
        given = a_number(steps_for(beta, min_lr, max_lr, factor))
        case = f"For beta={beta}, min_lr={min_lr}, max_lr={max_lr}, factor={factor} you give {given:.6g}"
        exact = enough(beta, min_lr, max_lr, factor)
        right = math.ceil(exact) + 1
        if abs(given - round(given)) > 1e-6:
            return f"{case}: a number of steps is whole."
        if round(given) == right:
            continue
        if given <= 0:
            return f"{case}: a sweep has steps. Is a quotient upside down?"
        if round(given) == math.ceil(exact):
            return f"{case}: from the first of so many rates to the last there is one factor fewer."
        if round(given) == math.ceil(exact / beta) + 1:
            return f"{case}: the lag that you use is a step too long. What is the mean age of what the average holds?"
        if round(given) == math.ceil(exact * math.log(10)) + 1 or round(given) == math.ceil(exact / math.log(10)) + 1:
            return f"{case}: two logarithms of different bases are mixed."
        if given < 2:
            return f"{case}: a sweep has at least two steps."
        if given > right:
            late = (max_lr / min_lr) ** (beta / (1 - beta) / (given - 1))
            return f"{case}, and fewer are enough: the average is late by a factor of {late:.4g} only."
        return f"{case}, in which the average is late by more than {factor}."
    return None


SWEEPS = [  # curvature, momentum, min_lr, max_lr, num_steps
    (1.0, 0.0, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 50),
    (1.0, 0.9, 1e-4, 10.0, 400),
    (20.0, 0.5, 1e-5, 1.0, 100),
]
FALLEN = 0.2  # what is left of the loss


def first_rate(
    curvature: float,
    momentum: float,
    min_lr: float,
    max_lr: float,
    num_steps: int,
    left: float = FALLEN,
    ahead: int = 0,
) -> float | None:
    """The rate of the first step of a sweep on a parabola at which the loss has fallen by 80 %.

    Args:
        curvature, momentum, min_lr, max_lr, num_steps: The sweep.
        left: The part of θ² that is left there.
        ahead: 1 for the rate of the step that brings the loss there, which is one earlier.
    """
    rates = schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape="exponential")
    theta, velocity = 1.0, 0.0
    for step in range(num_steps):
        if theta * theta <= left:
            return rates(step - ahead)
        velocity = momentum * velocity - rates(step) * curvature * theta
        theta += velocity
    return None  # a sweep that never falls has no such rate


def sweep_with_momentum(answer: object) -> str | None:
    """The rate that `first_rate` gives for a sweep with momentum."""
    rate_of = a_function(answer)
    for case in SWEEPS:
        rate = a_number(rate_of(*case))
        right = first_rate(*case)
        if right is None or abs(rate / right - 1) > CLOSE:
            named = "curvature={}, momentum={}, min_lr={}, max_lr={}, num_steps={}".format(*case)
            return f"For {named} you give {rate:.4g}{wrong_sweep(case, rate, right or 1.0)}"
    return None


def wrong_sweep(case: "tuple[float, float, float, float, int]", rate: float, right: float) -> str:
    """What is likely to be wrong with a rate, as the end of a sentence."""
    curvature, momentum, min_lr, max_lr, num_steps = case
    likely = [
        (": that is the rate of the step before, which brings the loss down.", first_rate(*case, ahead=1)),
        (": as if there were no momentum.", first_rate(curvature, 0.0, min_lr, max_lr, num_steps)),
        (": there θ is at a fifth of its start. What is L there?", first_rate(*case, left=FALLEN**2)),
        (": there the loss has fallen by a fifth, and is to fall to a fifth.", first_rate(*case, left=1 - FALLEN)),
        (": the curvature is missing.", first_rate(1.0, momentum, min_lr, max_lr, num_steps)),
    ]
    for words, other in likely:
        if other is not None and other != right and abs(rate / other - 1) < CLOSE:
            return words
    return f", which is too {'late' if rate > right else 'early'}."


EXERCISES = {
    "the batch losses": batch_losses,
    "the sweep's length": length_of_sweep,
    "the sweep with momentum": sweep_with_momentum,
}
