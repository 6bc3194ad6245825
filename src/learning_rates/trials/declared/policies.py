"""The policies of the trials, by name: from a peak and a number of steps to a rate and a momentum.

Lengths that matter are parts of the run, so that a policy is the same at every budget.
"""

import math

from learning_rates import schedules

MOMENTUM = 0.9  # where it does not move: μ of SGD, β₁ of Adam
WARM_UP = 0.05  # of the steps
FOOT = 1 / 6  # a cycle's base over its peak, as in the callback's defaults, 0.001 and 0.006


def constant(peak, steps):
    return schedules.constant(peak, steps)


def linear_decay(peak, steps):
    return schedules.polynomial_decay(peak, steps)


def warm_up_linear(peak, steps):
    ramp = round(WARM_UP * steps)
    return schedules.warmup(schedules.polynomial_decay(peak, steps - ramp), ramp)


def one_cycle(peak, steps):
    return schedules.one_cycle(peak, steps), schedules.one_cycle_momentum(steps)


def cycles(peak, steps, *, number, window="linear"):
    """Whole triangles, parabolas or half-waves of the sine; the last may lack a few steps of its foot."""
    return schedules.cyclical(FOOT * peak, peak, steps, step_size=math.ceil(steps / (2 * number)), window=window)


def drops(peak, steps, *, at, factor=0.1):
    """Times `factor` at each of these parts of the run."""
    return schedules.step_decay(peak, steps, boundaries=[round(part * steps) for part in at], factor=factor)


def step_decay(peak, steps, *, every):
    """Times a tenth after each part `every` of the run."""
    return drops(peak, steps, at=[every * k for k in range(1, math.ceil(1 / every))])


def ramp_and_halve(peak, steps, *, epochs, ramp):
    """From half the peak up to it in `ramp` epochs; then the excess over the half is halved in each of the others."""
    epoch = steps / epochs
    return schedules.ramp_sustain_decay(
        peak / 2, peak, peak / 2, steps, rampup_steps=round(ramp * epoch), decay_steps=round(epoch)
    )


def ramp_once_an_epoch(peak, steps, *, epochs, ramp):
    """The same, moved once an epoch, as Keras's LearningRateScheduler does."""
    values = ramp_and_halve(peak, epochs, epochs=epochs, ramp=ramp).values()
    edges = [round(epoch * steps / epochs) for epoch in range(epochs)]
    return schedules.join([schedules.constant(value, steps - edges[-1]) for value in values], edges[1:])


def unfinished_cycle(peak, steps, *, base, step_size):
    """Triangles of a length in steps, whatever the run's."""
    return schedules.cyclical(base, peak, steps, step_size=step_size)


SCHEDULES = {
    "constant": constant,
    "linear decay": linear_decay,
    "warm-up + linear": warm_up_linear,
    "one-cycle": one_cycle,
    "cycles": cycles,
    "step decay": step_decay,
    "drops": drops,
    "ramp and halve": ramp_and_halve,
    "ramp once an epoch": ramp_once_an_epoch,
    "unfinished cycle": unfinished_cycle,
}


def moving(name, peak, steps, options, momentum=MOMENTUM):
    """(rate, momentum) of a policy; the momentum is a number unless the policy moves it."""
    made = SCHEDULES[name](peak, steps, **options)
    return made if isinstance(made, tuple) else (made, momentum)
