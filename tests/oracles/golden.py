"""Record what PyTorch, Optax and Keras give for our schedules: golden.json beside this file. Run it as `make golden`.

The functions from `one_cycle` on pair a schedule of ours with an oracle: CASES calls them for the settings recorded,
tests/test_oracles.py for many more. PyTorch reckons in Python's float64; JAX, which runs the other two, is told to.
"""

import dataclasses
import json
import math
import os
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"  # Keras's schedules branch on the step; jax.vmap runs them over all steps at once

import jax
import keras
import numpy as np
import optax
import torch

from learning_rates import schedules

jax.config.update("jax_enable_x64", True)
keras.config.set_floatx("float64")

RECORDED = Path(__file__).with_name("golden.json")
SPAN = 512  # JAX compiles for every new length, so its schedules run over one length and are cut
torch_schedules = torch.optim.lr_scheduler
keras_schedules = keras.optimizers.schedules


@dataclass(frozen=True)
class Case:
    """A schedule of ours and what an oracle gives for all its steps.

    Two values agree when they differ by at most max(rel · |value|, abs).
    """

    name: str
    ours: schedules.Schedule
    oracle: Callable[[int], list]
    note: str = ""
    rel: float = 1e-9
    abs: float = 1e-14  # what cancels to zero at the end of a cosine

    def values(self):
        values = self.oracle(self.ours.total_steps)
        assert len(values) == self.ours.total_steps
        return values


def torch_run(make, lr=1.0, key="lr"):
    """What a scheduler of PyTorch puts into the optimizer's group: before each update, from the first."""

    def values(steps):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.5)
        scheduler = make(optimizer)
        found = []
        for step in range(steps):
            if step:
                optimizer.step()  # PyTorch warns of a scheduler that steps before its optimizer
                scheduler.step()
            found.append(optimizer.param_groups[0][key])
        return found

    return values


def over_steps(schedule):
    """A schedule of Optax or Keras at all steps."""

    def values(steps):
        assert steps <= SPAN
        found = jax.vmap(schedule)(jax.numpy.arange(SPAN))
        return np.asarray(found)[:steps].tolist()

    return values


def torch_case(name, ours, make, lr):
    return Case(f"torch {name}", ours, torch_run(make, lr))


def torch_pair(name, rate, momentum, make):
    """PyTorch's cycles move the momentum too."""
    return [
        Case(f"torch {name}: rate", rate, torch_run(make)),
        Case(f"torch {name}: momentum", momentum, torch_run(make, key="momentum")),
    ]


def optax_case(name, ours, schedule, note=""):
    return Case(f"optax {name}", ours, over_steps(schedule), note)


def keras_case(name, ours, schedule, note=""):
    return Case(f"keras {name}", ours, over_steps(schedule), note)


def keras_cosine_case(name, ours, schedule):
    """Keras's cosines use a π of float32 whatever the floats: 1e-7 of the greatest value is what they can agree to."""
    return Case(f"keras {name}", ours, over_steps(schedule), rel=1e-7, abs=1e-7)


# PyTorch
def one_cycle(total_steps, pct_start, anneal, three_phase, max_lr=0.5, factors=(25.0, 1e4), momenta=(0.85, 0.95)):
    # Only up to step T − 1: at step T PyTorch extrapolates, where ours holds.
    def make(optimizer):
        return torch_schedules.OneCycleLR(
            optimizer,
            max_lr,
            total_steps=total_steps,
            pct_start=pct_start,
            anneal_strategy={"cosine": "cos", "linear": "linear"}[anneal],
            base_momentum=momenta[0],
            max_momentum=momenta[1],
            div_factor=factors[0],
            final_div_factor=factors[1],
            three_phase=three_phase,
        )

    shape = {"pct_start": pct_start, "anneal": anneal, "three_phase": three_phase}
    rate = schedules.one_cycle(max_lr, total_steps, div_factor=factors[0], final_div_factor=factors[1], **shape)
    momentum = schedules.one_cycle_momentum(total_steps, low=momenta[0], high=momenta[1], **shape)
    phases = "three" if three_phase else "two"
    return torch_pair(f"OneCycleLR, {phases} phases, {anneal}, T={total_steps}", rate, momentum, make)


def cyclic(up, down, mode, gamma, total_steps=37, rates=(0.1, 1.0), momenta=(0.8, 0.9)):
    def make(optimizer):
        momentum = {"base_momentum": momenta[0], "max_momentum": momenta[1]}
        return torch_schedules.CyclicLR(optimizer, *rates, up, down, mode, gamma, **momentum)

    rate = schedules.cyclical(*rates, total_steps, step_size=up, step_size_down=down, mode=mode, gamma=gamma)
    momentum = schedules.opposite(rate, low=momenta[0], high=momenta[1])
    return torch_pair(f"CyclicLR, {mode}, {up} up, {down} down", rate, momentum, make)


def warm_restarts(first_cycle, cycle_mult, min_lr, total_steps=40, max_lr=0.5):
    def make(optimizer):
        return torch_schedules.CosineAnnealingWarmRestarts(optimizer, first_cycle, cycle_mult, min_lr)

    ours = schedules.cosine_restarts(max_lr, total_steps, first_cycle=first_cycle, cycle_mult=cycle_mult, min_lr=min_lr)
    return [torch_case(f"CosineAnnealingWarmRestarts, T_0={first_cycle}, T_mult={cycle_mult}", ours, make, max_lr)]


def multi_step(boundaries, factor, total_steps, lr=0.5):
    def make(optimizer):
        return torch_schedules.MultiStepLR(optimizer, boundaries, factor)

    ours = schedules.step_decay(lr, total_steps, boundaries=boundaries, factor=factor)
    return [torch_case(f"MultiStepLR, {boundaries}", ours, make, lr)]


def exponential(gamma, total_steps, lr=0.5):
    def make(optimizer):
        return torch_schedules.ExponentialLR(optimizer, gamma)

    ours = schedules.exponential_decay(lr, total_steps, end_lr=lr * gamma ** (total_steps - 1))
    return [torch_case(f"ExponentialLR, gamma={gamma}", ours, make, lr)]


def cosine_annealing(total_steps, end_lr, lr=0.5):
    def make(optimizer):
        return torch_schedules.CosineAnnealingLR(optimizer, total_steps - 1, end_lr)

    ours = schedules.cosine_decay(lr, total_steps, end_lr=end_lr)
    return [torch_case(f"CosineAnnealingLR, T={total_steps}, eta_min={end_lr}", ours, make, lr)]


def polynomial(total_steps, power, lr=0.5):
    def make(optimizer):
        return torch_schedules.PolynomialLR(optimizer, total_steps - 1, power)

    ours = schedules.polynomial_decay(lr, total_steps, power=power)
    return [torch_case(f"PolynomialLR, power={power}", ours, make, lr)]


def linear_then_cosine(steps, start, decay_steps, lr=0.5):
    def make(optimizer):
        parts = [
            torch_schedules.LinearLR(optimizer, start, 1.0, steps),
            torch_schedules.CosineAnnealingLR(optimizer, decay_steps),
        ]
        return torch_schedules.SequentialLR(optimizer, parts, [steps])

    ours = schedules.warmup(schedules.cosine_decay(lr, decay_steps + 1), steps, start_lr=start * lr)
    return [torch_case(f"SequentialLR of LinearLR and CosineAnnealingLR, {steps} up", ours, make, lr)]


# Optax
def optax_constant(lr, total_steps):
    constant = optax.constant_schedule(lr)  # one number whatever the steps: JAX has nothing to run over them
    name = "optax constant_schedule"
    return [Case(name, schedules.constant(lr, total_steps), lambda steps: [constant(step) for step in range(steps)])]


def optax_polynomial(total_steps, power, end_lr, lr=0.5):
    ours = schedules.polynomial_decay(lr, total_steps, power=power, end_lr=end_lr)
    oracle = optax.polynomial_schedule(lr, end_lr, power, total_steps - 1)
    return [optax_case(f"polynomial_schedule, power={power}", ours, oracle)]


def optax_cosine(total_steps, end_lr, lr=0.5):
    ours = schedules.cosine_decay(lr, total_steps, end_lr=end_lr)
    oracle = optax.cosine_decay_schedule(lr, total_steps - 1, alpha=end_lr / lr)
    return [optax_case(f"cosine_decay_schedule, end {end_lr}", ours, oracle)]


def optax_exponential(total_steps, end_lr, lr=0.5):
    ours = schedules.exponential_decay(lr, total_steps, end_lr=end_lr)
    return [optax_case("exponential_decay", ours, optax.exponential_decay(lr, total_steps - 1, end_lr / lr))]


def optax_staircase(every, factor, drops, lr=0.5):
    boundaries = [every * drop for drop in range(1, drops + 1)]
    ours = schedules.step_decay(lr, every * (drops + 1), boundaries=boundaries, factor=factor)
    stairs = optax.exponential_decay(lr, every, factor, staircase=True)
    constants = optax.piecewise_constant_schedule(lr, dict.fromkeys(boundaries, factor))
    return [
        optax_case(f"exponential_decay, staircase, every {every} steps", ours, stairs),
        optax_case(f"piecewise_constant_schedule, every {every} steps", ours, constants),
    ]


def optax_piecewise(first, factors, shape):
    """`factors`: pairs (step, value there over the value before)."""
    points, value = [(0, first)], first
    for step, factor in factors:
        value *= factor
        points.append((step, value))
    ours = schedules.piecewise(points, shape=shape)
    oracle = optax.piecewise_interpolate_schedule(shape, first, dict(factors))
    return [optax_case(f"piecewise_interpolate_schedule, {shape}, {len(factors)} points", ours, oracle)]


def optax_warm_cosine(steps, decay_steps, start_lr, end_lr, max_lr=0.5):
    ours = schedules.warmup(schedules.cosine_decay(max_lr, decay_steps + 1, end_lr=end_lr), steps, start_lr=start_lr)
    # Optax's decay_steps counts the warm-up too.
    oracle = optax.warmup_cosine_decay_schedule(start_lr, max_lr, steps, steps + decay_steps, end_lr)
    return [optax_case(f"warmup_cosine_decay_schedule, {steps} up", ours, oracle)]


def optax_warm_constant(steps, start_lr, lr=0.5):
    ours = schedules.warmup(schedules.constant(lr, 5), steps, start_lr=start_lr)
    return [optax_case("warmup_constant_schedule", ours, optax.warmup_constant_schedule(start_lr, lr, steps))]


def optax_warm_exponential(rampup, sustain, decay_steps, factor, total_steps=40, start_lr=0.1, max_lr=0.5):
    lengths = {"rampup_steps": rampup, "sustain_steps": sustain, "decay_steps": decay_steps}
    ours = schedules.ramp_sustain_decay(start_lr, max_lr, 0.0, total_steps, factor=factor, **lengths)
    oracle = optax.warmup_exponential_decay_schedule(start_lr, max_lr, rampup, decay_steps, factor, sustain)
    note = "Optax clips at its end_value; our min_lr is approached instead, so only min_lr = 0 is the same."
    return [optax_case(f"warmup_exponential_decay_schedule, {rampup} up", ours, oracle, note)]


def optax_sgdr(cycles):
    """`cycles`: (peak, steps up, steps down), one after the other, each from 0.01 and to 0.02."""
    parts, lengths, theirs = [], [], []
    for peak, up, down in cycles:
        cosine = schedules.cosine_decay(peak, down + 1, end_lr=0.02)
        parts.append(schedules.warmup(cosine, up, start_lr=0.01))
        lengths.append(up + down)
        ends = {"init_value": 0.01, "peak_value": peak, "end_value": 0.02}
        theirs.append({**ends, "warmup_steps": up, "decay_steps": up + down})
    ours = schedules.join(parts, np.cumsum(lengths)[:-1].tolist())
    return [optax_case(f"sgdr_schedule, {len(cycles)} cycles", ours, optax.sgdr_schedule(theirs))]


def optax_stable_decay(up, stable, down, end_lr, max_lr=0.5):
    """Warm-up, plateau and linear decay, joined of Optax's parts."""
    plateau_and_decay = schedules.warmup_stable_decay(
        max_lr, stable + down + 1, warmup_steps=0, decay_steps=down, end_lr=end_lr
    )
    ours = schedules.warmup(plateau_and_decay, up, start_lr=0.0)
    parts = [
        optax.linear_schedule(0.0, max_lr, up),
        optax.constant_schedule(max_lr),
        optax.linear_schedule(max_lr, end_lr, down),
    ]
    oracle = optax.join_schedules(parts, [up, up + stable])
    return [optax_case(f"join_schedules of linear, constant, linear, {up} up", ours, oracle)]


def optax_lossless_stable_decay(up, stable, down, end_lr, max_lr=0.5):
    """The same with our default, whose step 0 has a part of the peak."""
    ours = schedules.warmup_stable_decay(
        max_lr, up + stable + down + 1, warmup_steps=up, decay_steps=down, end_lr=end_lr
    )
    parts = [
        optax.linear_schedule(max_lr / (up + 1), max_lr, up),
        optax.constant_schedule(max_lr),
        optax.linear_schedule(max_lr, end_lr, down),
    ]
    oracle = optax.join_schedules(parts, [up, up + stable])
    note = "Our warm-up's default is Optax's with an init_value of peak / (steps + 1)."
    return [optax_case(f"join_schedules of linear, constant, linear, {up} up, no step lost", ours, oracle, note)]


def optax_warm_line(steps, decay_steps, lr=0.5):
    ours = schedules.warmup(schedules.polynomial_decay(lr, decay_steps + 1), steps)
    parts = [optax.linear_schedule(lr / (steps + 1), lr, steps), optax.linear_schedule(lr, 0.0, decay_steps)]
    return [optax_case(f"join_schedules of two lines, {steps} up", ours, optax.join_schedules(parts, [steps]))]


def optax_cooldown(shape, start, steps, end_lr, lr=0.5):
    """A cosine that is left on the way."""
    ours = schedules.cooldown(schedules.cosine_decay(lr, 2 * start + 1), start, steps, shape=shape, end_lr=end_lr)
    running = optax.cosine_decay_schedule(lr, 2 * start)
    top = lr / 2  # half-way along the cosine
    down = {
        "linear": optax.linear_schedule(top, end_lr, steps - 1),
        "cosine": optax.cosine_decay_schedule(top, steps - 1, alpha=end_lr / top),
        # 1 − √x is no schedule of Optax; its polynomial of power 1/2 climbs as √x.
        "1-sqrt": lambda step: top - optax.polynomial_schedule(top - end_lr, 0.0, 0.5, steps - 1)(steps - 1 - step),
    }[shape]
    joined = optax.join_schedules([running, down], [start])
    case = optax_case(f"join_schedules, cooldown of shape {shape}", ours, joined)
    if shape == "1-sqrt":  # Optax reckons 1 − step/steps, whose last bit, 1e-16 where it should be 0, has the root 1e-8
        case = dataclasses.replace(case, abs=1e-8)
    return [case]


def optax_from_step(step, total_steps, lr=0.5):
    whole = optax.cosine_decay_schedule(lr, total_steps - 1)
    ours = schedules.from_step(schedules.cosine_decay(lr, total_steps), step)
    return [optax_case(f"cosine_decay_schedule, from step {step}", ours, lambda later: whole(later + step))]


def torch_from_step(step, total_steps, lr=0.5):
    """PyTorch goes on at `last_epoch`; OneCycleLR reckons each rate from its step, not from the one before."""

    def make(optimizer):
        for group in optimizer.param_groups:
            group.update(initial_lr=lr / 25, max_lr=lr, min_lr=lr / 25 / 1e4, max_momentum=0.95, base_momentum=0.85)
        return torch_schedules.OneCycleLR(optimizer, lr, total_steps=total_steps, last_epoch=step - 1)

    ours = schedules.from_step(schedules.one_cycle(lr, total_steps), step)
    return [torch_case(f"OneCycleLR, last_epoch={step - 1}", ours, make, lr)]


def torch_inverse_sqrt(warmup_steps, total_steps, lr=0.5):
    """As published and widely copied: a factor of LambdaLR, its steps counted from 1."""

    def make(optimizer):
        warm = warmup_steps + 1
        return torch_schedules.LambdaLR(optimizer, lambda t: min((t + 1) / warm, (warm / (t + 1)) ** 0.5))

    ours = schedules.inverse_sqrt(lr, total_steps, warmup_steps=warmup_steps)
    return [torch_case(f"LambdaLR of the inverse square root, {warmup_steps} up", ours, make, lr)]


def optax_join(boundary, total_steps, lr=0.5):
    rest = total_steps - boundary
    ours = [schedules.cosine_decay(lr, 2 * boundary), schedules.polynomial_decay(lr / 2, rest)]
    parts = [optax.cosine_decay_schedule(lr, 2 * boundary - 1), optax.linear_schedule(lr / 2, 0.0, rest - 1)]
    name = "join_schedules of a cosine cut short and a line"
    return [optax_case(name, schedules.join(ours, [boundary]), optax.join_schedules(parts, [boundary]))]


def optax_one_cycle(total_steps, pct_start, pct_final, max_lr=0.5, factors=(25.0, 1e4)):
    div, final = factors
    first, last = max_lr / div, max_lr / div / final
    peak, foot = int(pct_start * total_steps), int(pct_final * total_steps)
    cosine = schedules.piecewise([(0, first), (peak, max_lr), (total_steps, last)], shape="cosine")
    linear = schedules.piecewise([(0, first), (peak, max_lr), (foot, first), (total_steps, last)])
    their_cosine = optax.cosine_onecycle_schedule(total_steps, max_lr, pct_start, div, final)
    their_linear = optax.linear_onecycle_schedule(total_steps, max_lr, pct_start, pct_final, div, final)
    note = (
        "No one_cycle of ours: Optax's corners are at int(pct · T) and at T, a step after the last of T updates, where "
        "PyTorch's and ours are at pct · T − 1 and T − 1."
    )
    end = " Its docstring gives another last value than its code, which ends at peak / (div · final_div)."
    return [
        optax_case(f"cosine_onecycle_schedule, T={total_steps}", cosine, their_cosine, note),
        optax_case(f"linear_onecycle_schedule, T={total_steps}", linear, their_linear, note + end),
    ]


# Keras
def keras_cosine(decay_steps, alpha, lr=0.5):
    ours = schedules.cosine_decay(lr, decay_steps + 1, end_lr=alpha * lr)
    oracle = keras_schedules.CosineDecay(lr, decay_steps, alpha)
    return [keras_cosine_case(f"CosineDecay, alpha={alpha}", ours, oracle)]


def keras_warm_cosine(steps, decay_steps, alpha, start_lr, lr=0.5):
    ours = schedules.warmup(schedules.cosine_decay(lr, decay_steps + 1, end_lr=alpha * lr), steps, start_lr=start_lr)
    oracle = keras_schedules.CosineDecay(start_lr, decay_steps, alpha, warmup_target=lr, warmup_steps=steps)
    return [keras_cosine_case(f"CosineDecay, alpha={alpha}, warm-up of {steps}", ours, oracle)]


def keras_restarts(first, t_mul, m_mul, alpha, total_steps=40, lr=0.5):
    cycles = {"first_cycle": first, "cycle_mult": t_mul, "cycle_factor": m_mul}
    ours = schedules.cosine_restarts(lr, total_steps, min_lr=alpha * lr, **cycles)
    oracle = keras_schedules.CosineDecayRestarts(lr, first, t_mul, m_mul, alpha)
    return [keras_cosine_case(f"CosineDecayRestarts, {first}, t_mul={t_mul}, m_mul={m_mul}", ours, oracle)]


def keras_exponential(decay_steps, rate, total_steps=20, lr=0.5):
    ours = schedules.exponential_decay(lr, total_steps, end_lr=lr * rate ** ((total_steps - 1) / decay_steps))
    boundaries = list(range(decay_steps, total_steps, decay_steps))
    stairs = schedules.step_decay(lr, total_steps, boundaries=boundaries, factor=rate)
    decay = keras_schedules.ExponentialDecay
    return [
        keras_case("ExponentialDecay", ours, decay(lr, decay_steps, rate)),
        keras_case("ExponentialDecay, staircase", stairs, decay(lr, decay_steps, rate, staircase=True)),
    ]


def keras_polynomial(decay_steps, power, end_lr, lr=0.5):
    ours = schedules.polynomial_decay(lr, decay_steps + 1, power=power, end_lr=end_lr)
    oracle = keras_schedules.PolynomialDecay(lr, decay_steps, end_lr, power)
    return [keras_case(f"PolynomialDecay, power={power}", ours, oracle)]


def keras_piecewise_constant(boundaries, factor, total_steps, lr=0.5):
    ours = schedules.step_decay(lr, total_steps, boundaries=[step + 1 for step in boundaries], factor=factor)
    values = [lr * factor**drops for drops in range(len(boundaries) + 1)]
    oracle = keras_schedules.PiecewiseConstantDecay(boundaries, values)
    note = "At its boundary Keras keeps the old value and ours has decayed: our boundaries are a step later."
    return [keras_case(f"PiecewiseConstantDecay, {boundaries}", ours, oracle, note)]


CASES = [
    *[
        case
        for total_steps in (10, 37, 100, 101)
        for anneal in ("cosine", "linear")
        for three_phase in (False, True)
        for case in one_cycle(total_steps, 0.3, anneal, three_phase)
    ],
    *cyclic(4, 9, "triangular", 1.0),
    *cyclic(5, 2, "triangular2", 1.0),
    *cyclic(6, 6, "exp_range", 0.97),
    *warm_restarts(10, 1, 0.0),
    *warm_restarts(5, 2, 0.05),
    *multi_step([3, 7, 20], 0.1, 25),
    *exponential(0.9, 25),
    *cosine_annealing(37, 0.0),
    *cosine_annealing(24, 0.05),
    *polynomial(25, 1.0),
    *polynomial(25, 2.5),
    *linear_then_cosine(5, 0.1, 20),
    *optax_constant(0.5, 5),
    *optax_polynomial(25, 1.0, 0.0),
    *optax_polynomial(25, 3.0, 0.1),
    *optax_cosine(25, 0.05),
    *optax_exponential(25, 0.001),
    *optax_staircase(6, 0.5, 3),
    *optax_piecewise(0.1, [(5, 4.0), (12, 0.5), (25, 0.1)], "linear"),
    *optax_piecewise(0.1, [(5, 4.0), (12, 0.5), (25, 0.1)], "cosine"),
    *optax_warm_cosine(6, 18, 0.05, 0.01),
    *optax_warm_constant(6, 0.1),
    *optax_warm_exponential(6, 4, 5, 0.5),
    *optax_sgdr([(1.0, 2, 8), (0.5, 4, 16)]),
    *optax_stable_decay(5, 10, 9, 0.05),
    *optax_lossless_stable_decay(5, 10, 9, 0.05),
    *optax_warm_line(4, 12),
    *[case for shape in ("linear", "cosine", "1-sqrt") for case in optax_cooldown(shape, 10, 9, 0.05)],
    *optax_from_step(7, 25),
    *torch_from_step(7, 25),
    *torch_inverse_sqrt(6, 30),
    *optax_join(8, 24),
    *optax_one_cycle(37, 0.3, 0.85),
    *keras_cosine(24, 0.0),
    *keras_warm_cosine(6, 18, 0.1, 0.05),
    *keras_restarts(8, 2.0, 1.0, 0.0),
    *keras_restarts(6, 1.5, 0.8, 0.1),
    *keras_exponential(6, 0.5),
    *keras_polynomial(24, 2.0, 0.1),
    *keras_piecewise_constant([4, 9], 0.1, 15),
]


def versions():
    return {module.__name__: module.__version__.split("+")[0] for module in (torch, optax, keras)}


def text():
    """The file: a case a few lines, its values in rows that a person can read and git can compare."""
    rows = []
    for case in CASES:
        head = {"name": case.name, "note": case.note, "rel": case.rel, "abs": case.abs, "config": case.ours.config}
        head = json.dumps(head, ensure_ascii=False).removesuffix("}")
        values = textwrap.fill(json.dumps([float(f"{value:.13g}") for value in case.values()]), 120)
        rows.append(f'{head}, "values":\n{values}}}')
    rows = ",\n".join(rows)
    return f'{{"versions": {json.dumps(versions())},\n"cases": [\n{rows}\n]}}\n'


if __name__ == "__main__":
    for case in CASES:
        ours = case.ours.values()
        for step, value in enumerate(case.values()):
            if not math.isclose(ours[step], value, rel_tol=case.rel, abs_tol=case.abs):
                raise SystemExit(
                    f"{case.name} must agree before it is recorded. At step {step}: {value}, ours {ours[step]}"
                )
    RECORDED.write_text(text(), encoding="utf-8")
    print(f"{RECORDED.name}: {len(CASES)} cases, {sum(case.ours.total_steps for case in CASES)} values")
