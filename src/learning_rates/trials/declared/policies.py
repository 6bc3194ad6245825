"""The policies of the trials, by name: from a peak and a number of steps to a rate and a momentum.

Lengths that matter are parts of the run, so that a policy is the same at every budget.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from learning_rates import schedules
from learning_rates.schedules import Schedule

MOMENTUM = 0.9  # where it does not move: μ of SGD, β₁ of Adam
WARM_UP = 0.05  # of the steps
FOOT = 1 / 6  # a cycle's base over its peak, as in the callback's defaults, 0.001 and 0.006

Pair = tuple[Schedule, Schedule]  # rate and momentum


def constant(peak: float, steps: int) -> Schedule:
    return schedules.constant(peak, steps)


def linear_decay(peak: float, steps: int) -> Schedule:
    return schedules.polynomial_decay(peak, steps)


def polynomial(peak: float, steps: int, *, power: float) -> Schedule:
    return schedules.polynomial_decay(peak, steps, power=power)


def linear_by_epoch(peak: float, steps: int, *, epochs: int) -> Schedule:
    """What a callback at the start of each epoch makes of the linear decay."""
    length = steps // epochs
    parts = [schedules.constant(peak * (1 - epoch / epochs), length) for epoch in range(epochs)]
    return schedules.join(parts, [length * epoch for epoch in range(1, epochs)])


def exponential(peak: float, steps: int, *, end: float) -> Schedule:
    """Exponential decay from the peak to `end` · peak."""
    return schedules.exponential_decay(peak, steps, end_lr=peak * end)


def cosine(peak: float, steps: int) -> Schedule:
    return schedules.cosine_decay(peak, steps)


def cosine_restarts(peak: float, steps: int, *, number: int) -> Schedule:
    return schedules.cosine_restarts(peak, steps, first_cycle=steps // number)


def warm_up_linear(peak: float, steps: int, *, ramp: float = WARM_UP, start: float = 0.0) -> Schedule:
    """A ramp over this part of the run, from the part `start` of the peak, then a linear decay."""
    up = round(ramp * steps)
    return schedules.warmup(schedules.polynomial_decay(peak, steps - up), up, start_lr=start * peak)


def inverse_sqrt(peak: float, steps: int, *, ramp: float) -> Schedule:
    """Its first step has the rate 0, as in the recorded runs: peak · min(t/w, √(w/t))."""
    rest = schedules.inverse_sqrt(peak, steps - 1, warmup_steps=round(ramp * steps) - 1)
    return schedules.join([schedules.constant(0.0, 1), rest], [1])


def warm_up_stable_decay(peak: float, steps: int, *, ramp: float, decay: float) -> Schedule:
    """Its first step has the rate 0, as in the recorded runs."""
    up, down = round(ramp * steps), round(decay * steps)
    rest = schedules.warmup_stable_decay(peak, steps - up, warmup_steps=0, decay_steps=down)
    return schedules.warmup(rest, up, start_lr=0.0)


def one_cycle(peak: float, steps: int, *, momentum: str = "cycled", **options: Any) -> Schedule | Pair:
    """With its momentum cycled, or cycled so that it comes back to 0.9 alone ("milder"), or "fixed"."""
    rate = schedules.one_cycle(peak, steps, **options)
    if momentum == "fixed":
        return rate
    if momentum == "milder":
        points = [(0, 0.95), (3 * steps // 10 - 1, 0.85), (steps - 1, 0.9)]
        return rate, schedules.piecewise(points, shape="cosine")
    return rate, schedules.one_cycle_momentum(steps)


def cycles(peak: float, steps: int, *, number: float, foot: float = FOOT, **options: Any) -> Schedule:
    """Cycles from the part `foot` of the peak up to it and back; of a whole number, the last may lack a few steps."""
    return schedules.cyclical(foot * peak, peak, steps, step_size=math.ceil(steps / (2 * number)), **options)


def corners(peak: float, steps: int, *, at: Sequence[tuple[float, float]]) -> Schedule:
    """Straight lines between corners, each a part of the run and a part of the peak."""
    last = steps - 1
    return schedules.piecewise([(min(round(part * steps), last), share * peak) for part, share in at])


def drops(peak: float, steps: int, *, at: Sequence[float], factor: float = 0.1) -> Schedule:
    """Multiplied by `factor` at each of these parts of the run."""
    return schedules.step_decay(peak, steps, boundaries=[round(part * steps) for part in at], factor=factor)


def step_decay(peak: float, steps: int, *, every: float) -> Schedule:
    """Multiplied by a tenth after each part `every` of the run."""
    return drops(peak, steps, at=[every * k for k in range(1, math.ceil(1 / every))])


def ramp_and_halve(peak: float, steps: int, *, epochs: int, ramp: int) -> Schedule:
    """From half the peak up to it in `ramp` epochs; then the excess over that half is halved in each further epoch."""
    epoch = steps / epochs
    return schedules.ramp_sustain_decay(
        peak / 2, peak, peak / 2, steps, rampup_steps=round(ramp * epoch), decay_steps=round(epoch)
    )


def ramp_once_an_epoch(peak: float, steps: int, *, epochs: int, ramp: int) -> Schedule:
    """The same, moved once an epoch, as Keras's LearningRateScheduler does."""
    values = ramp_and_halve(peak, epochs, epochs=epochs, ramp=ramp).values()
    edges = [round(epoch * steps / epochs) for epoch in range(epochs)]
    return schedules.join([schedules.constant(value, steps - edges[-1]) for value in values], edges[1:])


def unfinished_cycle(peak: float, steps: int, *, base: float, step_size: int) -> Schedule:
    """Triangles of a length in steps, whatever the run's."""
    return schedules.cyclical(base, peak, steps, step_size=step_size)


SCHEDULES: dict[str, Callable[..., Schedule | Pair]] = {
    "constant": constant,
    "linear decay": linear_decay,
    "linear by epoch": linear_by_epoch,
    "polynomial": polynomial,
    "exponential": exponential,
    "cosine": cosine,
    "cosine restarts": cosine_restarts,
    "warm-up + linear": warm_up_linear,
    "inverse square root": inverse_sqrt,
    "warm-up, stable, decay": warm_up_stable_decay,
    "one-cycle": one_cycle,
    "cycles": cycles,
    "corners": corners,
    "step decay": step_decay,
    "drops": drops,
    "ramp and halve": ramp_and_halve,
    "ramp once an epoch": ramp_once_an_epoch,
    "unfinished cycle": unfinished_cycle,
}


def rate_and_momentum(
    name: str, peak: float, steps: int, options: Mapping[str, Any], momentum: float = MOMENTUM
) -> tuple[Schedule, float | Schedule]:
    """The rate and the momentum of a policy; the momentum is a number unless the policy moves it."""
    made = SCHEDULES[name](peak, steps, **options)
    return made if isinstance(made, tuple) else (made, momentum)
