"""Schedules against values a person can check, against their own config, and against bad input."""

import inspect
import json
import math
import pickle
import re
import subprocess
import sys
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from learning_rates import schedules
from tests.docstrings import accepted, documented

# Schedule: the values of its steps, and of three steps past the end.
LITERAL = [
    (schedules.constant(0.5, 2), [0.5, 0.5, 0.5, 0.5, 0.5]),
    (schedules.polynomial_decay(8.0, 5), [8, 6, 4, 2, 0, 0, 0, 0]),
    (schedules.polynomial_decay(9.0, 4, power=2, end_lr=0.0), [9, 4, 1, 0, 0, 0, 0]),
    (schedules.polynomial_decay(5.0, 3, end_lr=1.0), [5, 3, 1, 1, 1, 1]),
    # At its boundaries, 2 and 4, the rate has decayed.
    (
        schedules.step_decay(8.0, 6, boundaries=[2, 4], factor=0.5),
        [8, 8, 4, 4, 2, 2, 2, 2, 2],
    ),
    (schedules.exponential_decay(8.0, 4, end_lr=1.0), [8, 4, 2, 1, 1, 1, 1]),
    # A quarter, a half and three quarters of the way, half a cosine is at 1/2 ± √2/4.
    (
        schedules.cosine_decay(4.0, 5),
        [4, 2 + math.sqrt(2), 2, 2 - math.sqrt(2), 0, 0, 0, 0],
    ),
    # Cycles of 2 and 4 steps; the peak's height over 1 halves.
    (
        schedules.cosine_restarts(5.0, 7, first_cycle=2, cycle_mult=2, min_lr=1.0, cycle_factor=0.5),
        [5, 3, 3, 2 + math.sqrt(2) / 2, 2, 2 - math.sqrt(2) / 2, 2, 2, 2, 2],
    ),
    # Cycles of 2, 3, 4.5, … steps start at 0, 2, 5, 9.5: at step 10 half a step has gone of 6.75.
    (
        schedules.cosine_restarts(2.0, 11, first_cycle=2, cycle_mult=1.5),
        [2, 1, 2, 1.5, 0.5, 2, None, None, None, None, 1 + math.cos(math.pi * 0.5 / 6.75), None, None, None],
    ),
    (
        schedules.warmup_stable_decay(6.0, 9, warmup_steps=2, decay_steps=4),
        [2, 4, 6, 6, 6, 4.5, 3, 1.5, 0, 0, 0, 0],
    ),
    (
        schedules.warmup_stable_decay(4.0, 6, warmup_steps=0, decay_steps=4, shape="1-sqrt"),
        [4, 4, 2, 4 - 4 * math.sqrt(0.5), 4 - 4 * math.sqrt(0.75), 0, 0, 0, 0],
    ),
    (
        schedules.warmup_stable_decay(6.0, 5, warmup_steps=2, decay_steps=2, shape="cosine", end_lr=2.0),
        [2, 4, 6, 4, 2, 2, 2, 2],
    ),
    (
        schedules.inverse_sqrt(2.0, 18, warmup_steps=1),
        [1, 2, None, None, None, None, None, 1, *[None] * 9, 2 / 3, 2 / 3, 2 / 3, 2 / 3],
    ),
    (schedules.inverse_sqrt(4.0, 4, warmup_steps=3), [1, 2, 3, 4, 4, 4, 4]),
    (schedules.inverse_sqrt(6.0, 4, warmup_steps=0), [6, 3 * math.sqrt(2), 2 * math.sqrt(3), 3, 3, 3, 3]),
    (schedules.piecewise([(0, 4.0), (4, 0.0)], shape="1-sqrt"), [4, 2, None, None, 0, 0, 0, 0]),
    (schedules.scale(schedules.polynomial_decay(8.0, 3), 0.25), [2, 1, 0, 0, 0, 0]),
    (schedules.piecewise([(0, 1.0), (2, 3.0), (6, 1.0)]), [1, 2, 3, 2.5, 2, 1.5, 1, 1, 1, 1]),
    (schedules.piecewise([(1, 4.0), (3, 1.0)], shape="exponential"), [4, 4, 2, 1, 1, 1, 1]),
    (schedules.piecewise([(0, 0.0), (2, 8.0)], shape="cosine"), [0, 4, 8, 8, 8, 8]),
    (schedules.cyclical(1.0, 5.0, 10, step_size=2), [1, 3, 5, 3, 1, 3, 5, 3, 1, 3, 3, 3, 3]),
    (schedules.cyclical(1.0, 5.0, 9, step_size=2, mode="triangular2"), [1, 3, 5, 3, 1, 2, 3, 2, 1, 1, 1, 1]),
    (
        schedules.cyclical(0.0, 8.0, 7, step_size=1, mode="exp_range", gamma=0.5),
        [0, 4, 0, 1, 0, 0.25, 0, 0, 0, 0],
    ),
    (schedules.cyclical(0.0, 8.0, 8, step_size=2, step_size_down=4), [0, 4, 8, 6, 4, 2, 0, 4, 4, 4, 4]),
    (schedules.cyclical(0.0, 4.0, 5, step_size=2, window="welch"), [0, 3, 4, 3, 0, 0, 0, 0]),
    (schedules.cyclical(0.0, 4.0, 5, step_size=2, window="hann"), [0, 2, 4, 2, 0, 0, 0, 0]),
    # Peak at 0.5 · 10 − 1 = 4 and end at 9: up from 0.2 in steps of 0.2, down to 0.2 / 2 in steps of 0.18.
    (
        schedules.one_cycle(1.0, 10, pct_start=0.5, anneal="linear", div_factor=5, final_div_factor=2),
        [0.2, 0.4, 0.6, 0.8, 1, 0.82, 0.64, 0.46, 0.28, 0.1, 0.1, 0.1, 0.1],
    ),
    # Half-way up and half-way down, half a cosine is at the mean.
    (
        schedules.one_cycle(1.0, 9, pct_start=5 / 9, div_factor=2, final_div_factor=1),
        [0.5, None, 0.75, None, 1, None, 0.75, None, 0.5, 0.5, 0.5, 0.5],
    ),
    # Three phases: peak at 3, foot at 6, end at 9.
    (
        schedules.one_cycle(
            4.0, 10, pct_start=0.4, anneal="linear", div_factor=4, final_div_factor=4, three_phase=True
        ),
        [1, 2, 3, 4, 3, 2, 1, 0.75, 0.5, 0.25, 0.25, 0.25, 0.25],
    ),
    (
        schedules.one_cycle_momentum(10, low=0.5, high=0.9, pct_start=0.5, anneal="linear"),
        [0.9, 0.8, 0.7, 0.6, 0.5, 0.58, 0.66, 0.74, 0.82, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.one_cycle_momentum(8, low=0.5, high=0.9, pct_start=0.375, anneal="linear", three_phase=True),
        [0.9, 0.7, 0.5, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.ramp_sustain_decay(1.0, 5.0, 1.0, 7, rampup_steps=2, sustain_steps=1, decay_steps=2),
        [1, 3, 5, 5, 1 + 4 / math.sqrt(2), 3, 1 + 2 / math.sqrt(2), None, None, None],
    ),
    (
        schedules.join([schedules.constant(1.0, 9), schedules.polynomial_decay(4.0, 3)], [2]),
        [1, 1, 4, 2, 0, 0, 0, 0],
    ),
    (
        schedules.join([schedules.polynomial_decay(8.0, 5)] * 3, [2, 4]),
        [8, 6, 8, 6, 8, 6, 4, 2, 0, 0, 0, 0],
    ),
    # Without a start the way up has a part more than steps: step 0 has one of three parts.
    (schedules.warmup(schedules.polynomial_decay(6.0, 3), 2), [2, 4, 6, 3, 0, 0, 0, 0]),
    (schedules.warmup(schedules.polynomial_decay(4.0, 3), 2, start_lr=0.0), [0, 2, 4, 2, 0, 0, 0, 0]),
    (schedules.warmup(schedules.constant(4.0, 1), 3, start_lr=1.0), [1, 2, 3, 4, 4, 4, 4]),
    # The way down begins at the value that the schedule has at the start, and has the end as its last step.
    (schedules.cooldown(schedules.constant(8.0, 3), 3, 5, shape="linear"), [8, 8, 8, 8, 6, 4, 2, 0, 0, 0, 0]),
    (
        schedules.cooldown(schedules.polynomial_decay(8.0, 9), 2, 3, shape="cosine", end_lr=2.0),
        [8, 7, 6, 4, 2, 2, 2, 2],
    ),
    # A quarter of the way has gone at step 2, and √(1/4) of the height.
    (schedules.cooldown(schedules.constant(4.0, 99), 1, 5), [4, 4, 2, None, None, 0, 0, 0, 0]),
    (schedules.cooldown(schedules.constant(4.0, 9), 0, 2), [4, 0, 0, 0, 0]),
    (schedules.from_step(schedules.polynomial_decay(8.0, 5), 2), [4, 2, 0, 0, 0, 0]),
    (
        schedules.from_step(schedules.join([schedules.constant(1.0, 2), schedules.constant(3.0, 2)], [2]), 1),
        [1, *[3] * 5],
    ),
    (
        schedules.opposite(schedules.cyclical(1.0, 5.0, 5, step_size=2), low=0.5, high=0.9),
        [0.9, 0.7, 0.5, 0.7, 0.9, 0.9, 0.9, 0.9],
    ),
    (
        schedules.opposite(schedules.constant(2.0, 2), low=0.5, high=0.9, min_lr=0.0, max_lr=1.0),
        [0.5, 0.5, 0.5, 0.5, 0.5],
    ),
]
NAMES = [f"{number} {repr(schedule)[10:40]}" for number, (schedule, _) in enumerate(LITERAL)]


@pytest.mark.parametrize(("schedule", "expected"), LITERAL, ids=NAMES)
def test_literal_values(schedule, expected):
    assert len(expected) == schedule.total_steps + 3
    for step, value in enumerate(expected):
        if value is not None:
            assert schedule(step) == pytest.approx(value, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("schedule", [schedule for schedule, _ in LITERAL], ids=NAMES)
def test_a_schedule_comes_back_from_its_config_its_repr_and_a_pickle(schedule):
    config = json.loads(json.dumps(schedule.config))
    copies = [schedules.from_config(config), eval(repr(schedule)), pickle.loads(pickle.dumps(schedule))]
    for copy in copies:
        assert copy == schedule
        assert hash(copy) == hash(schedule)
        assert copy.values() == schedule.values()


def test_every_factory_has_a_literal_test_and_a_config():
    public = {name for name, value in vars(schedules).items() if getattr(value, "__module__", "") == schedules.__name__}
    others = {name for name in public if name.startswith("_")}
    others |= {"Schedule", "check_schedule", "count_steps", "from_config", "register"}
    assert {schedule.config["name"] for schedule, _ in LITERAL} == public - others == set(schedules._FACTORIES)


BESIDE = [schedules.count_steps, schedules.register]  # public too, and no schedules


@pytest.mark.parametrize("function", [*schedules._FACTORIES.values(), *BESIDE])
def test_every_function_is_documented_in_the_same_order(function):
    text = inspect.getdoc(function)
    sections = ["Args:", "Returns:", "Raises:", "Example:", "References:"]
    assert [line for line in text.splitlines() if line in sections] == sections


@pytest.mark.parametrize(
    "factory", [*schedules._FACTORIES.values(), *BESIDE, schedules.Schedule, schedules.from_config]
)
def test_every_argument_is_documented_in_its_place(factory):
    assert documented(factory) == accepted(factory)


def test_numpy_numbers_and_whole_floats_are_numbers():
    schedule = schedules.one_cycle(np.float32(0.5), np.int64(100), pct_start=np.float64(0.25))
    assert schedule.total_steps == 100
    assert json.dumps(schedule.config)
    assert schedule(np.int64(24)) == schedule(24.0) == 0.5


def test_minus_zero_is_zero():
    assert hash(schedules.constant(-0.0, 3)) == hash(schedules.constant(0.0, 3))


def test_a_mirror_takes_the_bounds_that_a_rates_own_arguments_state_and_else_its_extremes():
    """The first edition looked for them in configs, and so depended on what other factories call their arguments."""

    def bounds(rate):
        config = schedules.opposite(rate, low=0.5, high=0.9).config
        return config["min_lr"], config["max_lr"]

    cut_short = schedules.cyclical(1.0, 5.0, 2, step_size=4)  # never reaches its top
    between_steps = schedules.one_cycle(1.0, 11, pct_start=0.5, div_factor=2.0)  # has its peak at step 4.5
    assert bounds(cut_short) == (1.0, 5.0)
    assert bounds(between_steps) == (min(between_steps.values()), 1.0)
    assert max(between_steps.values()) < 1.0
    for rate in (schedules.scale(cut_short, 2.0), schedules.warmup(cut_short, 3), schedules.polynomial_decay(2.0, 5)):
        assert bounds(rate) == (min(rate.values()), max(rate.values()))


def test_a_mirror_of_a_mirror_takes_the_mirrors_bounds():
    momentum = schedules.opposite(schedules.cyclical(1.0, 5.0, 5, step_size=2), low=0.5, high=0.9)
    assert schedules.opposite(momentum, low=0.1, high=0.9).values() == pytest.approx([0.1, 0.5, 0.9, 0.5, 0.1])


def test_importing_schedules_needs_neither_keras_nor_numpy():
    code = "import learning_rates.schedules, sys; print(sorted({'keras', 'numpy', 'matplotlib'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


rates = st.floats(1e-6, 10.0)
lower = st.floats(0.0, 0.9)  # a floor, as a part of what stands above it
parts = st.floats(0.01, 0.99)
spans = st.integers(1, 40)
anneals = st.sampled_from(["cosine", "linear"])
momenta = st.tuples(st.floats(0.0, 0.89), st.floats(0.9, 0.99))


@dataclass(frozen=True)
class Drawn:
    """A schedule, the bounds it must keep, and where it must start and end: None where no value is promised."""

    schedule: schedules.Schedule
    low: float
    high: float
    first: float | None
    last: float | None


@st.composite
def constants(draw):
    lr = draw(rates)
    return Drawn(schedules.constant(lr, draw(spans)), lr, lr, lr, lr)


@st.composite
def polynomial_decays(draw):
    lr, part, steps, power = draw(rates), draw(lower), draw(spans), draw(st.floats(0.1, 5.0))
    schedule = schedules.polynomial_decay(lr, steps + 1, power=power, end_lr=part * lr)
    return Drawn(schedule, part * lr, lr, lr, part * lr)


@st.composite
def step_decays(draw):
    lr, factor, after = draw(rates), draw(parts), draw(spans)
    boundaries = sorted(draw(st.sets(st.integers(1, 50), min_size=1, max_size=5)))
    schedule = schedules.step_decay(lr, boundaries[-1] + after, boundaries=boundaries, factor=factor)
    last = lr * factor ** len(boundaries)
    return Drawn(schedule, last, lr, lr, last)


@st.composite
def exponential_decays(draw):
    lr, part = draw(rates), draw(parts)
    schedule = schedules.exponential_decay(lr, draw(spans) + 1, end_lr=part * lr)
    return Drawn(schedule, part * lr, lr, lr, part * lr)


@st.composite
def cosine_decays(draw):
    lr, part = draw(rates), draw(lower)
    schedule = schedules.cosine_decay(lr, draw(spans) + 1, end_lr=part * lr)
    return Drawn(schedule, part * lr, lr, lr, part * lr)


@st.composite
def cosine_restarts(draw):
    max_lr, part = draw(rates), draw(lower)
    schedule = schedules.cosine_restarts(
        max_lr,
        draw(st.integers(1, 80)),
        first_cycle=draw(spans),
        cycle_mult=draw(st.floats(1.0, 3.0)),
        min_lr=part * max_lr,
        cycle_factor=draw(st.floats(0.01, 1.0)),
    )
    return Drawn(schedule, part * max_lr, max_lr, max_lr, None)


@st.composite
def cyclicals(draw):
    max_lr, part, mode = draw(rates), draw(lower), draw(st.sampled_from(["triangular", "triangular2", "exp_range"]))
    up, down, cycles = draw(spans), draw(spans), draw(st.integers(1, 4))
    schedule = schedules.cyclical(
        part * max_lr,
        max_lr,
        cycles * (up + down) + 1,
        step_size=up,
        step_size_down=down,
        mode=mode,
        window=draw(st.sampled_from(["linear", "welch", "hann"])),
        gamma=draw(st.floats(0.5, 1.0)) if mode == "exp_range" else 1.0,
    )
    return Drawn(schedule, part * max_lr, max_lr, part * max_lr, part * max_lr)


@st.composite
def one_cycles(draw):
    max_lr, div, final = draw(rates), draw(st.floats(1.0, 100.0)), draw(st.floats(1.0, 1e5))
    schedule = schedules.one_cycle(
        max_lr,
        draw(st.integers(20, 100)),
        pct_start=draw(st.floats(0.1, 0.5)),
        anneal=draw(anneals),
        div_factor=div,
        final_div_factor=final,
        three_phase=draw(st.booleans()),
    )
    return Drawn(schedule, max_lr / div / final, max_lr, max_lr / div, max_lr / div / final)


@st.composite
def one_cycle_momenta(draw):
    low, high = draw(momenta)
    schedule = schedules.one_cycle_momentum(
        draw(st.integers(20, 100)),
        low=low,
        high=high,
        pct_start=draw(st.floats(0.1, 0.5)),
        anneal=draw(anneals),
        three_phase=draw(st.booleans()),
    )
    return Drawn(schedule, low, high, high, high)


@st.composite
def ramps(draw):
    max_lr, part, start = draw(rates), draw(lower), draw(lower)
    ramp, sustain, after = draw(st.integers(0, 20)), draw(st.integers(0, 20)), draw(spans)
    schedule = schedules.ramp_sustain_decay(
        start * max_lr,
        max_lr,
        part * max_lr,
        ramp + sustain + after,
        rampup_steps=ramp,
        sustain_steps=sustain,
        decay_steps=draw(spans),
        factor=draw(parts),
    )
    return Drawn(schedule, min(start, part) * max_lr, max_lr, start * max_lr if ramp else max_lr, None)


@st.composite
def warmup_stable_decays(draw):
    max_lr, part = draw(rates), draw(lower)
    up, stable, down = draw(st.integers(0, 20)), draw(spans), draw(spans)
    schedule = schedules.warmup_stable_decay(
        max_lr,
        up + stable + down,
        warmup_steps=up,
        decay_steps=down,
        shape=draw(st.sampled_from(["linear", "cosine", "1-sqrt"])),
        end_lr=part * max_lr,
    )
    first = max_lr / (up + 1)
    return Drawn(schedule, min(first, part * max_lr), max_lr, None if up else max_lr, part * max_lr)


@st.composite
def inverse_sqrts(draw):
    max_lr, steps, warm = draw(rates), draw(spans), draw(st.integers(0, 40))
    low = max_lr * min(1 / (warm + 1), math.sqrt((warm + 1) / max(steps, warm + 1)))
    return Drawn(schedules.inverse_sqrt(max_lr, steps, warmup_steps=warm), low, max_lr, None, None)


@st.composite
def piecewises(draw):
    steps = sorted(draw(st.sets(st.integers(0, 80), min_size=1, max_size=5)))
    values = draw(st.lists(rates, min_size=len(steps), max_size=len(steps)))
    shape = draw(st.sampled_from(["linear", "cosine", "exponential", "1-sqrt"]))
    schedule = schedules.piecewise(list(zip(steps, values, strict=True)), shape=shape)
    return Drawn(schedule, min(values), max(values), values[0], values[-1])


def joins(inner):
    @st.composite
    def build(draw):
        drawn = draw(st.lists(inner, min_size=1, max_size=3))
        gaps = draw(st.lists(spans, min_size=len(drawn) - 1, max_size=len(drawn) - 1))
        schedule = schedules.join([part.schedule for part in drawn], list(accumulate(gaps)))
        low, high = min(part.low for part in drawn), max(part.high for part in drawn)
        return Drawn(schedule, low, high, drawn[0].first, drawn[-1].last)

    return build()


def warmups(inner):
    @st.composite
    def build(draw):
        drawn, steps = draw(inner), draw(st.integers(0, 40))
        start = draw(st.one_of(st.none(), lower.map(lambda part: part * drawn.schedule(0))))
        schedule = schedules.warmup(drawn.schedule, steps, start_lr=start)
        first = drawn.schedule(0) if steps == 0 else start
        least = drawn.schedule(0) / (steps + 1) if start is None else start
        return Drawn(schedule, min(least, drawn.low), drawn.high, first, drawn.last)

    return build()


def cooldowns(inner):
    @st.composite
    def build(draw):
        drawn, start, steps = draw(inner), draw(st.integers(0, 60)), draw(st.integers(2, 40))
        end = draw(lower) * drawn.schedule(start)
        shape = draw(st.sampled_from(["1-sqrt", "linear", "cosine"]))
        schedule = schedules.cooldown(drawn.schedule, start, steps, shape=shape, end_lr=end)
        return Drawn(schedule, min(end, drawn.low), drawn.high, drawn.first, end)

    return build()


def rests(inner):
    @st.composite
    def build(draw):
        drawn = draw(inner)
        step = draw(st.integers(0, drawn.schedule.total_steps - 1))
        first = drawn.schedule(step)
        return Drawn(schedules.from_step(drawn.schedule, step), drawn.low, drawn.high, first, drawn.last)

    return build()


def scales(inner):
    @st.composite
    def build(draw):
        drawn, factor = draw(inner), draw(st.floats(0.1, 10.0))
        ends = [value if value is None else factor * value for value in (drawn.first, drawn.last)]
        return Drawn(schedules.scale(drawn.schedule, factor), factor * drawn.low, factor * drawn.high, *ends)

    return build()


def opposites(inner):
    @st.composite
    def build(draw):
        drawn, (low, high) = draw(inner), draw(momenta)
        schedule = schedules.opposite(drawn.schedule, low=low, high=high, min_lr=0.0, max_lr=drawn.high * 1.5)
        return Drawn(schedule, low, high, None, None)

    return build()


FROM_NUMBERS = {
    "constant": constants(),
    "step_decay": step_decays(),
    "exponential_decay": exponential_decays(),
    "polynomial_decay": polynomial_decays(),
    "cosine_decay": cosine_decays(),
    "cosine_restarts": cosine_restarts(),
    "cyclical": cyclicals(),
    "one_cycle": one_cycles(),
    "one_cycle_momentum": one_cycle_momenta(),
    "ramp_sustain_decay": ramps(),
    "warmup_stable_decay": warmup_stable_decays(),
    "inverse_sqrt": inverse_sqrts(),
    "piecewise": piecewises(),
}
leaves = st.one_of(*FROM_NUMBERS.values())
FROM_SCHEDULES = {"join": joins, "warmup": warmups, "scale": scales, "opposite": opposites}
FROM_SCHEDULES |= {"cooldown": cooldowns, "from_step": rests}
nested = st.one_of(leaves, *[make(leaves) for make in FROM_SCHEDULES.values()])
STRATEGIES = FROM_NUMBERS | {name: make(nested) for name, make in FROM_SCHEDULES.items()}
every_factory = pytest.mark.parametrize("name", STRATEGIES)
some = settings(max_examples=40)  # of each factory


def test_every_factory_has_a_strategy():
    assert set(STRATEGIES) == set(schedules._FACTORIES)


@every_factory
@some
@given(st.data())
def test_a_schedule_keeps_its_bounds_meets_its_ends_and_holds_the_last(name, data):
    drawn = data.draw(STRATEGIES[name])
    values = drawn.schedule.values()
    assert len(values) == drawn.schedule.total_steps
    assert all(drawn.low * (1 - 1e-12) <= value <= drawn.high * (1 + 1e-12) for value in values)
    assert drawn.first in (None, values[0])
    assert drawn.last in (None, values[-1])
    for past in (0, 1, 1000):
        assert drawn.schedule(drawn.schedule.total_steps + past) == values[-1]


@every_factory
@some
@given(st.data())
def test_any_schedule_comes_back_from_its_config_its_repr_and_a_pickle(name, data):
    schedule = data.draw(STRATEGIES[name]).schedule
    config = json.loads(json.dumps(schedule.config))
    for copy in (schedules.from_config(config), eval(repr(schedule)), pickle.loads(pickle.dumps(schedule))):
        assert copy == schedule
        assert copy.config == schedule.config
        assert copy.values() == schedule.values()


@every_factory
@some
@given(st.data())
def test_a_value_does_not_depend_on_what_was_asked_before(name, data):
    schedule = data.draw(STRATEGIES[name]).schedule
    steps = data.draw(st.permutations(range(schedule.total_steps)))
    found = {step: schedule(step) for step in steps}
    assert [found[step] for step in range(schedule.total_steps)] == schedule.values()


# The peak falls on a step. Between two steps the rate's greatest value and the momentum's least may lie on either.
@given(rates, st.integers(1, 50), st.integers(0, 100), anneals, st.floats(1.01, 100.0), st.booleans())
def test_momentum_is_lowest_where_the_rate_is_highest(max_lr, peak, more, anneal, div_factor, three_phase):
    total_steps = 2 * (peak + 1) + more
    shape = {"pct_start": (peak + 1) / total_steps, "anneal": anneal, "three_phase": three_phase}
    rate = schedules.one_cycle(max_lr, total_steps, div_factor=div_factor, **shape)
    for momentum in (
        schedules.one_cycle_momentum(total_steps, low=0.5, high=0.9, **shape),
        schedules.opposite(rate, low=0.5, high=0.9),
    ):
        assert max(rate.values()) == pytest.approx(rate(peak)) == max_lr
        assert min(momentum.values()) == pytest.approx(momentum(peak)) == 0.5


@given(nested)
def test_a_mirror_is_lowest_where_its_rate_is_highest(drawn):
    rate = drawn.schedule.values()
    assume(min(rate) < max(rate))  # a flat rate has nothing to mirror
    momentum = schedules.opposite(drawn.schedule, low=0.5, high=0.9, min_lr=min(rate), max_lr=max(rate)).values()
    assert momentum[rate.index(max(rate))] == min(momentum) == 0.5
    assert momentum[rate.index(min(rate))] == max(momentum) == 0.9


@given(rates, st.integers(1, 400), st.integers(1, 200), st.integers(1, 1024))
def test_inverse_sqrt_is_the_articles_formula(scale, warmup_steps, more, width):
    def article(step):  # Vaswani et al. (2017), equation 3, which counts steps from 1, as ours does inside
        return scale * width**-0.5 * min(step**-0.5, step * warmup_steps**-1.5)

    peak = scale * (width * warmup_steps) ** -0.5
    schedule = schedules.inverse_sqrt(peak, warmup_steps + more, warmup_steps=warmup_steps - 1)
    assert schedule.values() == pytest.approx([article(step + 1) for step in range(schedule.total_steps)])


@pytest.mark.parametrize(("low", "high"), [(0.07, 0.6), (0.07, 0.82), (0.001, 0.3)])
def test_peaks_are_met_to_the_last_digit(low, high):  # 0.07 + (0.6 − 0.07) misses 0.6
    assert schedules.cosine_restarts(high, 9, first_cycle=4, min_lr=low)(4) == high
    assert schedules.ramp_sustain_decay(0.0, high, low, 9, rampup_steps=4, decay_steps=2)(4) == high
    assert schedules.cyclical(low, high, 9, step_size=4)(4) == high


@given(rates, st.integers(1, 30), st.integers(1, 30), st.sampled_from(["linear", "welch", "hann"]))
def test_a_triangle_agrees_with_smiths_formula(max_lr, step_size, cycles, window):
    total = 2 * step_size * cycles
    schedule = schedules.cyclical(0.0, max_lr, total, step_size=step_size, window=window)
    height = {"linear": lambda x: 1 - x, "welch": lambda x: 1 - x**2, "hann": lambda x: (1 + math.cos(math.pi * x)) / 2}
    for step in range(total):
        cycle = math.floor(1 + step / (2 * step_size))
        x = abs(step / step_size - 2 * cycle + 1)
        assert schedule(step) == pytest.approx(max_lr * height[window](x), rel=1e-9, abs=1e-9 * max_lr)


@given(st.integers(1, 40), st.integers(1, 40), rates)
def test_a_warm_up_meets_its_schedule(steps, length, lr):
    inner = schedules.polynomial_decay(lr, length + 1)
    warm, from_zero = schedules.warmup(inner, steps), schedules.warmup(inner, steps, start_lr=0.0)
    assert from_zero(0) == 0.0
    assert warm(0) == pytest.approx(lr / (steps + 1))
    assert warm.values()[:steps] == pytest.approx(
        schedules.warmup(inner, steps + 1, start_lr=0.0).values()[1 : steps + 1]
    )
    assert warm.values()[steps:] == from_zero.values()[steps:] == inner.values()


def test_a_warm_up_of_no_steps_is_the_schedule_itself():
    """Wanted by users whose recipes have warmup_steps=0: transformers#34754 and others."""
    assert schedules.warmup(FLAT, 0) is FLAT
    assert schedules.warmup(FLAT, 0.0, start_lr=0.0) is FLAT


@pytest.mark.parametrize("steps", [1, 2, 10])
@pytest.mark.parametrize(
    "warmed_up",
    [
        lambda steps: schedules.warmup(FLAT, steps),
        lambda steps: schedules.warmup_stable_decay(0.1, steps + 5, warmup_steps=steps, decay_steps=2),
        lambda steps: schedules.inverse_sqrt(0.1, steps + 5, warmup_steps=steps),
    ],
)
def test_no_warm_up_loses_a_step_at_rate_zero(warmed_up, steps):
    """In the first edition step 0 had the rate 0, which changes nothing: transformers#34754."""
    assert warmed_up(steps).values()[: steps + 1] == pytest.approx(
        [0.1 * (step + 1) / (steps + 1) for step in range(steps + 1)]
    )


@given(st.integers(1, 30), st.integers(2, 30))
def test_a_cooldown_of_a_plateau_is_a_warm_up_stable_decay(plateau, steps):
    """The decay that is planned and the one that is decided on the way are one: Hägele et al. (2024)."""
    planned = schedules.warmup_stable_decay(
        0.3, plateau + steps, warmup_steps=plateau, decay_steps=steps - 1, shape="1-sqrt"
    )
    running = schedules.warmup_stable_decay(0.3, 10**6, warmup_steps=plateau, decay_steps=1)
    assert schedules.cooldown(running, plateau, steps).values() == pytest.approx(planned.values(), abs=1e-15)


@given(st.data())
def test_what_is_left_goes_on_where_the_run_stopped(data):
    schedule = data.draw(nested).schedule
    step = data.draw(st.integers(0, schedule.total_steps - 1))
    assert schedules.from_step(schedule, step).values() == schedule.values()[step:]


def test_a_sequence_of_any_kind_is_a_list():
    """NumPy's arrays, tuples, ranges and pandas' columns were refused in the first edition."""
    wanted = schedules.step_decay(1.0, 12, boundaries=[2, 4, 6])
    for boundaries in ((2, 4, 6), range(2, 8, 2), np.array([2, 4, 6]), iter([2, 4, 6]), {2: 0, 4: 0, 6: 0}.keys()):
        assert schedules.step_decay(1.0, 12, boundaries=boundaries) == wanted
    assert schedules.join((FLAT, FLAT), np.array([4])) == schedules.join([FLAT, FLAT], [4])
    points = [(0, 1.0), (4, 0.5)]
    for given_points in (np.array(points), tuple(points), zip([0, 4], [1.0, 0.5], strict=True), [[0, 1.0], (4, 0.5)]):
        assert schedules.piecewise(given_points) == schedules.piecewise(points)
    assert json.dumps(schedules.step_decay(1.0, 12, boundaries=np.array([2, 4, 6])).config)


@pytest.mark.parametrize(
    ("samples", "batch_size", "epochs", "options", "steps"),
    [
        (100, 32, 1, {}, 4),
        (100, 32, 1, {"drop_last": True}, 3),
        (96, 32, 2, {}, 6),
        (96, 32, 2, {"drop_last": True}, 6),
        (100, 32, 3, {"accumulation": 4}, 3),
        (100, 32, 3, {"accumulation": 5}, 2),
        (100, 32, 3, {"accumulation": 4, "drop_last": True}, 2),
        (1, 32, 7, {}, 7),
        (1000.0, 10.0, 2, {}, 200),
    ],
)
def test_the_updates_of_a_run_are_counted(samples, batch_size, epochs, options, steps):
    counted = schedules.count_steps(samples, batch_size, epochs, **options)
    assert counted == steps
    assert type(counted) is int


COUNTED = {"samples": 100, "batch_size": 32, "epochs": 3, "accumulation": 2}


@pytest.mark.parametrize("key", COUNTED)
@pytest.mark.parametrize("bad", ["3", None, True, [3], 1j, math.nan, math.inf, -math.inf, 0, -1, 2.5, 2**53 + 1])
def test_a_count_that_is_none_is_refused_by_name(key, bad):
    with pytest.raises((TypeError, ValueError), match=rf"^{key} must be .*\. Received: {key}="):
        schedules.count_steps(**COUNTED | {key: bad})


def test_a_run_without_an_update_and_a_wrong_flag_are_refused():
    message = (
        "samples must be enough for one update. Received: samples=31, batch_size=32, epochs=5, accumulation=1, "
        "drop_last=True"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        schedules.count_steps(31, 32, 5, drop_last=True)
    with pytest.raises(ValueError, match="samples must be enough for one update"):
        schedules.count_steps(32, 32, 3, accumulation=4)
    with pytest.raises(TypeError, match=re.escape("drop_last must be True or False. Received: drop_last=1")):
        schedules.count_steps(**COUNTED, drop_last=1)


def test_the_ramp_is_the_articles_function_at_whole_epochs():
    def lr_function(epoch, start=1e-3, low=1e-3, high=2e-3, rampup=6, sustain=0, decay=0.5):
        if epoch < rampup:
            return (high - start) / rampup * epoch + start
        if epoch < rampup + sustain:
            return high
        return (high - low) * decay ** (epoch - rampup - sustain) + low

    per_epoch = 40
    schedule = schedules.ramp_sustain_decay(
        1e-3, 2e-3, 1e-3, 24 * per_epoch, rampup_steps=6 * per_epoch, decay_steps=per_epoch
    )
    for epoch in range(24):
        assert schedule(epoch * per_epoch) == pytest.approx(lr_function(epoch), rel=1e-12)


NOT_REAL = ["0.1", None, True, [0.1], 1j]
NOT_FINITE = [math.nan, math.inf, -math.inf]
FLAT = schedules.constant(0.1, 10)
GOOD = {
    "constant": {"lr": 0.1, "total_steps": 10},
    "step_decay": {"lr": 0.1, "total_steps": 10, "boundaries": [3, 6], "factor": 0.5},
    "exponential_decay": {"lr": 0.1, "total_steps": 10, "end_lr": 0.01},
    "polynomial_decay": {"lr": 0.1, "total_steps": 10, "power": 1.0, "end_lr": 0.0},
    "cosine_decay": {"lr": 0.1, "total_steps": 10, "end_lr": 0.0},
    "cosine_restarts": {
        "max_lr": 0.1,
        "total_steps": 10,
        "first_cycle": 3,
        "cycle_mult": 1.5,
        "min_lr": 0.0,
        "cycle_factor": 0.5,
    },
    "cyclical": {
        "base_lr": 0.1,
        "max_lr": 1.0,
        "total_steps": 10,
        "step_size": 2,
        "step_size_down": 3,
        "mode": "triangular",
        "window": "linear",
        "gamma": 1.0,
    },
    "one_cycle": {
        "max_lr": 1.0,
        "total_steps": 100,
        "pct_start": 0.3,
        "anneal": "linear",
        "div_factor": 25.0,
        "final_div_factor": 1e4,
        "three_phase": False,
    },
    "one_cycle_momentum": {
        "total_steps": 100,
        "low": 0.85,
        "high": 0.95,
        "pct_start": 0.3,
        "anneal": "linear",
        "three_phase": False,
    },
    "ramp_sustain_decay": {
        "start_lr": 0.1,
        "max_lr": 1.0,
        "min_lr": 0.1,
        "total_steps": 10,
        "rampup_steps": 2,
        "sustain_steps": 2,
        "decay_steps": 2,
        "factor": 0.5,
    },
    "warmup_stable_decay": {
        "max_lr": 0.1,
        "total_steps": 10,
        "warmup_steps": 2,
        "decay_steps": 3,
        "shape": "linear",
        "end_lr": 0.0,
    },
    "inverse_sqrt": {"max_lr": 0.1, "total_steps": 10, "warmup_steps": 3},
    "cooldown": {"schedule": FLAT, "start": 3, "steps": 5, "shape": "linear", "end_lr": 0.0},
    "from_step": {"schedule": FLAT, "step": 3},
    "piecewise": {"points": [(0, 1.0), (3, 0.5)], "shape": "linear"},
    "join": {"parts": [FLAT, FLAT], "boundaries": [4]},
    "warmup": {"schedule": FLAT, "steps": 3, "start_lr": 0.0},
    "scale": {"schedule": FLAT, "factor": 0.5},
    "opposite": {"schedule": FLAT, "low": 0.85, "high": 0.95, "min_lr": 0.0, "max_lr": 1.0},
}
NONE_IS_GOOD = {  # the default
    ("cyclical", "step_size_down"),
    ("opposite", "min_lr"),
    ("opposite", "max_lr"),
    ("warmup", "start_lr"),
}
NUMBERS = [
    (name, key) for name, arguments in GOOD.items() for key, value in arguments.items() if type(value) in (int, float)
]
REST = [(name, key) for name, arguments in GOOD.items() for key in arguments if (name, key) not in NUMBERS]


def test_the_table_of_bad_input_knows_every_parameter_of_every_factory():
    assert set(GOOD) == set(schedules._FACTORIES)
    for name, arguments in GOOD.items():
        assert set(arguments) == set(inspect.signature(getattr(schedules, name)).parameters)
        assert getattr(schedules, name)(**arguments).total_steps > 0


NO_NUMBER = [
    (name, key, bad)
    for name, key in NUMBERS
    for bad in [*NOT_REAL, *NOT_FINITE]
    if bad is not None or (name, key) not in NONE_IS_GOOD
]


@pytest.mark.parametrize(("name", "key", "bad"), NO_NUMBER)
def test_what_is_no_finite_number_is_refused_by_name(name, key, bad):
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(schedules, name)(**GOOD[name] | {key: bad})
    assert key in str(caught.value)
    assert f"Received: {key}={bad!r}" in str(caught.value)
    assert isinstance(caught.value, TypeError if bad in NOT_REAL else ValueError)


# Numbers beyond each bound that a parameter has by itself. A second parameter sets the bound of the rest: see RULES.
COUNT, RATE, ABOVE_A_FLOOR, PART = [0, -3, 2.5], [-0.1], [0.0, -0.1], [0.0, -0.5, 1.0, 1.5]
BEYOND = {
    "constant": {"lr": RATE, "total_steps": COUNT},
    "step_decay": {"lr": ABOVE_A_FLOOR, "total_steps": COUNT, "factor": PART},
    "exponential_decay": {"lr": ABOVE_A_FLOOR, "total_steps": [*COUNT, 1], "end_lr": ABOVE_A_FLOOR},
    "polynomial_decay": {"lr": ABOVE_A_FLOOR, "total_steps": [*COUNT, 1], "power": [0.0, -1.0], "end_lr": RATE},
    "cosine_decay": {"lr": ABOVE_A_FLOOR, "total_steps": [*COUNT, 1], "end_lr": RATE},
    "cosine_restarts": {
        "max_lr": ABOVE_A_FLOOR,
        "total_steps": COUNT,
        "first_cycle": COUNT,
        "cycle_mult": [0.0, -1.0, 0.99],
        "min_lr": RATE,
        "cycle_factor": [0.0, -0.5, 1.5],
    },
    "cyclical": {
        "base_lr": RATE,
        "max_lr": ABOVE_A_FLOOR,
        "total_steps": COUNT,
        "step_size": COUNT,
        "step_size_down": COUNT,
        "gamma": [0.0, -0.5, 1.5],
    },
    "one_cycle": {
        "max_lr": ABOVE_A_FLOOR,
        "total_steps": COUNT,
        "pct_start": PART,
        "div_factor": [0.0, -1.0, 0.99],
        "final_div_factor": [0.0, -1.0],
    },
    "one_cycle_momentum": {"total_steps": COUNT, "low": [-0.1, 1.0], "high": [-0.1, 1.0], "pct_start": PART},
    "ramp_sustain_decay": {
        "start_lr": RATE,
        "max_lr": ABOVE_A_FLOOR,
        "min_lr": RATE,
        "total_steps": COUNT,
        "rampup_steps": [-1, 2.5],
        "sustain_steps": [-1, 2.5],
        "decay_steps": COUNT,
        "factor": PART,
    },
    "warmup_stable_decay": {
        "max_lr": ABOVE_A_FLOOR,
        "total_steps": COUNT,
        "warmup_steps": [-1, 2.5],
        "decay_steps": COUNT,
        "end_lr": RATE,
    },
    "inverse_sqrt": {"max_lr": ABOVE_A_FLOOR, "total_steps": COUNT, "warmup_steps": [-1, 2.5]},
    "cooldown": {"start": [-1, 2.5], "steps": [*COUNT, 1], "end_lr": RATE},
    "from_step": {"step": [-1, 2.5, 10, 11]},
    "warmup": {"steps": [-1, 2.5], "start_lr": RATE},
    "scale": {"factor": [0.0, -1.0]},
    "opposite": {"low": [-0.1, 1.0], "high": [-0.1, 1.0], "min_lr": RATE, "max_lr": ABOVE_A_FLOOR},
}


def named(name, key, bad):
    """The error of a factory whose parameter `key` is bad: it must name that parameter, before and after "Received"."""
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(schedules, name)(**GOOD[name] | {key: bad})
    rule, received = str(caught.value).split(". Received: ")
    assert re.search(rf"\b{key}\b", rule)
    assert re.search(rf"\b{key}\b", received)
    return caught.value


@pytest.mark.parametrize(("name", "key"), NUMBERS)
def test_a_number_beyond_its_bound_is_refused_by_name(name, key):
    for bad in BEYOND[name][key]:
        assert isinstance(named(name, key, bad), ValueError)


CHOICE = ["", "square", "Linear", None, 3, True, ["linear"]]
NO_SCHEDULE = [0.1, None, "constant", FLAT.config, [FLAT]]
WRONG = {
    "mode": CHOICE,
    "window": CHOICE,
    "anneal": CHOICE,
    "shape": CHOICE,
    "three_phase": [0, 1, None, "yes", 0.5],
    "schedule": NO_SCHEDULE,
    "parts": [None, FLAT, 2, [], *[[part, FLAT] for part in NO_SCHEDULE]],
    "boundaries": [None, 3, "3", {3}, [], *[[step] for step in [0, -3, 2.5, *NOT_REAL, *NOT_FINITE]]],
    "points": [
        *[None, 3, "3", {}, [], [3], [None], [(0,)], [(0, 1.0, 2.0)], ["01"]],
        *[[(step, 1.0)] for step in [-3, 2.5, *NOT_REAL, *NOT_FINITE]],
        *[[(0, value)] for value in [-0.1, *NOT_REAL, *NOT_FINITE]],
    ],
}


@pytest.mark.parametrize(("name", "key"), REST)
def test_a_wrong_word_flag_list_or_schedule_is_refused_by_name(name, key):
    for bad in WRONG[key]:
        named(name, key, bad)


RULES = [
    ("constant", {"lr": -0.1}, "lr must be ≥ 0. Received: lr=-0.1"),
    ("constant", {"total_steps": 0}, "total_steps must be a whole number ≥ 1. Received: total_steps=0"),
    ("constant", {"total_steps": -3}, "total_steps must be a whole number ≥ 1. Received: total_steps=-3"),
    ("constant", {"total_steps": 2.5}, "total_steps must be a whole number ≥ 1. Received: total_steps=2.5"),
    ("polynomial_decay", {"total_steps": 1}, "total_steps must be a whole number ≥ 2. Received: total_steps=1"),
    ("polynomial_decay", {"end_lr": 0.1}, "lr must be > end_lr. Received: lr=0.1, end_lr=0.1"),
    ("polynomial_decay", {"power": 0}, "power must be > 0. Received: power=0"),
    (
        "step_decay",
        {"total_steps": 6},
        "total_steps must be > the last boundary. Received: total_steps=6, boundaries=[3, 6]",
    ),
    ("step_decay", {"boundaries": [6, 3]}, "boundaries must increase. Received: boundaries=[6, 3]"),
    (
        "step_decay",
        {"boundaries": [0, 3]},
        "each item of boundaries must be a whole number ≥ 1. Received: each item of boundaries=0",
    ),
    ("step_decay", {"factor": 1.0}, "factor must be in (0, 1). Received: factor=1.0"),
    ("exponential_decay", {"end_lr": 0.0}, "end_lr must be > 0. Received: end_lr=0.0"),
    ("exponential_decay", {"end_lr": 0.2}, "lr must be > end_lr. Received: lr=0.1, end_lr=0.2"),
    ("cosine_decay", {"end_lr": 0.1}, "lr must be > end_lr. Received: lr=0.1, end_lr=0.1"),
    ("cosine_decay", {"total_steps": 1}, "total_steps must be a whole number ≥ 2. Received: total_steps=1"),
    ("cosine_restarts", {"min_lr": 0.1}, "max_lr must be > min_lr. Received: max_lr=0.1, min_lr=0.1"),
    ("cosine_restarts", {"cycle_mult": 0.5}, "cycle_mult must be ≥ 1. Received: cycle_mult=0.5"),
    ("cosine_restarts", {"cycle_factor": 1.5}, "cycle_factor must be in (0, 1]. Received: cycle_factor=1.5"),
    (
        "warmup_stable_decay",
        {"decay_steps": 8},
        "total_steps must be > warmup_steps + decay_steps. Received: total_steps=10, warmup_steps=2, decay_steps=8",
    ),
    ("warmup_stable_decay", {"end_lr": 0.1}, "max_lr must be > end_lr. Received: max_lr=0.1, end_lr=0.1"),
    (
        "warmup_stable_decay",
        {"shape": "exponential"},
        "shape must be one of 1-sqrt, cosine, linear. Received: shape='exponential'",
    ),
    ("inverse_sqrt", {"warmup_steps": -1}, "warmup_steps must be a whole number ≥ 0. Received: warmup_steps=-1"),
    ("cooldown", {"start": -1}, "start must be a whole number ≥ 0. Received: start=-1"),
    ("cooldown", {"steps": 1}, "steps must be a whole number ≥ 2. Received: steps=1"),
    (
        "cooldown",
        {"shape": "exponential"},
        "shape must be one of 1-sqrt, cosine, linear. Received: shape='exponential'",
    ),
    ("cooldown", {"end_lr": 0.2}, "end_lr must be ≤ schedule(start). Received: end_lr=0.2, schedule(start)=0.1"),
    ("from_step", {"step": 10}, "step must be < schedule.total_steps. Received: step=10, schedule.total_steps=10"),
    ("constant", {"total_steps": 10**17}, "total_steps must be ≤ 2**53. Received: total_steps=100000000000000000"),
    (
        "cosine_restarts",
        {"cycle_mult": 1e308},
        "cycle_mult must make no cycle longer than a float can say. "
        "Received: cycle_mult=1e+308, first_cycle=3, total_steps=10",
    ),
    ("scale", {"factor": 0.0}, "factor must be > 0. Received: factor=0.0"),
    ("scale", {"factor": 0}, "factor must be > 0. Received: factor=0"),
    ("scale", {"schedule": 0.1}, "schedule must be a schedule. Received: schedule=0.1"),
    ("cyclical", {"base_lr": 2.0}, "max_lr must be > base_lr. Received: max_lr=1.0, base_lr=2.0"),
    ("cyclical", {"base_lr": -0.1}, "base_lr must be ≥ 0. Received: base_lr=-0.1"),
    ("cyclical", {"step_size": 0}, "step_size must be a whole number ≥ 1. Received: step_size=0"),
    ("cyclical", {"step_size_down": 0}, "step_size_down must be a whole number ≥ 1. Received: step_size_down=0"),
    ("cyclical", {"mode": "square"}, "mode must be one of exp_range, triangular, triangular2. Received: mode='square'"),
    ("cyclical", {"window": "boxcar"}, "window must be one of hann, linear, welch. Received: window='boxcar'"),
    ("cyclical", {"mode": "exp_range", "gamma": 1.5}, "gamma must be in (0, 1]. Received: gamma=1.5"),
    (
        "cyclical",
        {"gamma": 0.9},
        "gamma must be 1.0 unless mode is \"exp_range\". Received: gamma=0.9, mode='triangular'",
    ),
    ("one_cycle", {"max_lr": 0.0}, "max_lr must be > 0. Received: max_lr=0.0"),
    ("one_cycle", {"pct_start": 0}, "pct_start must be in (0, 1). Received: pct_start=0.0, three_phase=False"),
    ("one_cycle", {"pct_start": 1}, "pct_start must be in (0, 1). Received: pct_start=1.0, three_phase=False"),
    (
        "one_cycle",
        {"pct_start": 0.6, "three_phase": True},
        "pct_start must be in (0, 0.5] with three_phase=True. Received: pct_start=0.6, three_phase=True",
    ),
    (
        "one_cycle",
        {"pct_start": 0.1, "total_steps": 10},  # PyTorch divides by zero here
        "pct_start · total_steps must be > 1 and < total_steps: the way up needs a step. "
        "Received: pct_start=0.1, total_steps=10",
    ),
    ("one_cycle", {"div_factor": 0.5}, "div_factor must be ≥ 1. Received: div_factor=0.5"),
    (
        "one_cycle",
        {"div_factor": 2, "final_div_factor": 0.4},
        "final_div_factor must be ≥ 1/div_factor. Received: final_div_factor=0.4, div_factor=2.0",
    ),
    ("one_cycle", {"anneal": "cos"}, "anneal must be one of cosine, linear. Received: anneal='cos'"),
    ("one_cycle", {"three_phase": 1}, "three_phase must be True or False. Received: three_phase=1"),
    ("one_cycle_momentum", {"low": -0.1}, "low must be in [0, 1). Received: low=-0.1"),
    ("one_cycle_momentum", {"high": 1.0}, "high must be in [0, 1). Received: high=1.0"),
    ("one_cycle_momentum", {"low": 0.95}, "high must be > low. Received: high=0.95, low=0.95"),
    ("ramp_sustain_decay", {"max_lr": 0.1}, "max_lr must be > min_lr. Received: max_lr=0.1, min_lr=0.1"),
    ("ramp_sustain_decay", {"start_lr": 2.0}, "start_lr must be ≤ max_lr. Received: start_lr=2.0, max_lr=1.0"),
    ("ramp_sustain_decay", {"factor": 1.0}, "factor must be in (0, 1). Received: factor=1.0"),
    (
        "ramp_sustain_decay",
        {"rampup_steps": 9},
        "total_steps must be > rampup_steps + sustain_steps. Received: total_steps=10, rampup_steps=9, sustain_steps=2",
    ),
    ("warmup", {"schedule": 0.1}, "schedule must be a schedule. Received: schedule=0.1"),
    ("warmup", {"steps": -1}, "steps must be a whole number ≥ 0. Received: steps=-1"),
    (
        "warmup",
        {"steps": 0, "start_lr": 0.5},
        "start_lr must be ≤ schedule(0). Received: start_lr=0.5, schedule(0)=0.1",
    ),
    ("warmup", {"start_lr": 0.5}, "start_lr must be ≤ schedule(0). Received: start_lr=0.5, schedule(0)=0.1"),
    ("opposite", {"max_lr": 0.0}, "max_lr must be > min_lr. Received: max_lr=0.0, min_lr=0.0"),
    ("opposite", {"min_lr": None, "max_lr": None}, "max_lr must be > min_lr. Received: max_lr=0.1, min_lr=0.1"),
]


@pytest.mark.parametrize(("name", "bad", "message"), RULES, ids=[f"{name} {bad}" for name, bad, _ in RULES])
def test_a_broken_rule_is_named_with_the_value_received(name, bad, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        getattr(schedules, name)(**GOOD[name] | bad)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.piecewise([]), "points must have at least one item. Received: points=[]"),
        (lambda: schedules.piecewise("ab"), "points must be a sequence. Received: points='ab'"),
        (
            lambda: schedules.piecewise([(0, 1.0), 3]),
            "each item of points must be a pair (step, value). Received: points item=3",
        ),
        (
            lambda: schedules.piecewise([(3, 1.0), (3, 2.0)]),
            "steps of points must increase. Received: steps of points=[3, 3]",
        ),
        (
            lambda: schedules.piecewise([(0, 1.0), (3, 0.0)], shape="exponential"),
            'values of points must be > 0 with shape="exponential". Received: points=[(0, 1.0), (3, 0.0)]',
        ),
        (
            lambda: schedules.piecewise([(0, 1.0)], shape="square"),
            "shape must be one of 1-sqrt, cosine, exponential, linear. Received: shape='square'",
        ),
        (lambda: schedules.join([], []), "parts must have at least one item. Received: parts=[]"),
        (lambda: schedules.join(FLAT, []), f"parts must be a sequence. Received: parts={FLAT!r}"),
        (lambda: schedules.join([0.1], []), "each item of parts must be a schedule. Received: each item of parts=0.1"),
        (
            lambda: schedules.join([FLAT, FLAT], []),
            "boundaries must have one item fewer than parts. Received: boundaries=[], number of parts=2",
        ),
        (
            lambda: schedules.join([FLAT, FLAT, FLAT], [4, 4]),
            "boundaries must increase. Received: boundaries=[4, 4]",
        ),
        (lambda: FLAT(-1), "step must be a whole number ≥ 0. Received: step=-1"),
        (lambda: FLAT(1.5), "step must be a whole number ≥ 0. Received: step=1.5"),
        (
            lambda: schedules.from_config({"name": "constant", "lr": 0.1}),
            "config must describe a schedule. constant() missing 1 required positional argument: 'total_steps'. "
            "Received: config={'name': 'constant', 'lr': 0.1}",
        ),
        (lambda: schedules.from_config({"lr": 1}), "config must be a dict with a \"name\". Received: config={'lr': 1}"),
    ],
)
def test_a_broken_list_step_or_config_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == message


LONG = 2**53  # the greatest number of steps
HUGE = 1.7e308


def made_or_refused(name, key, value):
    try:
        return getattr(schedules, name)(**GOOD[name] | {key: value}), None
    except ValueError as error:
        return None, str(error)


@pytest.mark.parametrize("name", GOOD)
def test_whatever_numbers_a_factory_takes_its_values_are_finite(name):
    """cosine_restarts(cycle_mult=1e308) gave NaN, and one_cycle(0.1, 10**400) an OverflowError: cases/f19."""
    numbers = [key for factory, key in NUMBERS if factory == name]
    for key in numbers:
        for extreme in (5e-324, 1e-308, 1e-150, 1e150, HUGE, 1, 2**31, LONG, LONG + 1, 10**400):
            schedule, message = made_or_refused(name, key, extreme)
            if message:
                assert re.search(rf"\b{key}\b.*\. Received: .*\b{key}=", message)
                continue
            last = schedule.total_steps - 1
            for step in {0, 1, 2, 3, 5, 7, last // 3, last // 2, last - 1, last, last + 1, LONG + 1} - {-1}:
                assert 0 <= schedule(step) < math.inf, (key, extreme, step)


@pytest.mark.parametrize("factor", [10.0, 1e200])
@pytest.mark.parametrize(
    "rate",
    [
        schedules.constant(1e308, 3),
        schedules.polynomial_decay(1e308, 3),
        schedules.piecewise([(0, 1.0), (2, 1e308), (4, 1.0)]),
        schedules.one_cycle(1e308, 11, pct_start=0.5),
        schedules.scale(schedules.constant(1e154, 3), 1e154),
    ],
    ids=repr,
)
def test_a_factor_that_makes_infinity_is_refused(rate, factor):
    with pytest.raises(ValueError, match=r"^factor must leave every value finite\. Received: factor=.*=1e\+308"):
        schedules.scale(rate, factor)


def test_a_factor_that_makes_infinity_where_nobody_looked_is_refused_there():
    scaled = schedules.scale(schedules.warmup(schedules.polynomial_decay(1e308, 3), 1, start_lr=0.0), 10.0)
    with pytest.raises(ValueError, match=r"^factor must leave every value finite\. Received: factor=10\.0"):
        scaled(1)


def teeth(lr, total_steps, *, number=2, then=None):
    """Falls that repeat, then another schedule's first value."""
    return lambda step: lr * (1 - step * number / total_steps % 1) + (then(0) if then else 0.0)


@pytest.fixture
def _registers(monkeypatch):
    monkeypatch.setattr(schedules, "_REGISTERED", {})


@pytest.mark.usefixtures("_registers")
def test_a_registered_function_makes_schedules_like_any_other():
    sawtooth = schedules.register(teeth)
    schedule = sawtooth(1.0, 4, number=np.int64(2))
    assert schedule.values() == [1.0, 0.5, 1.0, 0.5]
    assert schedule(99) == 0.5
    assert repr(schedule) == "schedules.teeth(lr=1.0, total_steps=4, number=2, then=None)"
    config = json.loads(json.dumps(schedule.config))
    assert config == {"name": "teeth", "lr": 1.0, "total_steps": 4, "number": 2, "then": None}
    for copy in (schedules.from_config(config), pickle.loads(pickle.dumps(schedule))):
        assert copy == schedule
        assert copy.values() == schedule.values()
    nested = schedules.warmup(sawtooth(0.5, 4, then=FLAT), 2)
    assert schedules.from_config(json.loads(json.dumps(nested.config))).values() == nested.values()
    assert inspect.signature(sawtooth) == inspect.signature(teeth)
    assert sawtooth.__doc__ == teeth.__doc__


@pytest.mark.usefixtures("_registers")
def test_the_same_function_may_be_registered_again_and_another_of_its_name_not():
    schedules.register(teeth)
    schedules.register(teeth)  # a notebook's cell is run twice

    def other(lr, total_steps):
        return lambda step: lr

    other.__name__ = "teeth"
    with pytest.raises(
        ValueError, match=r"^factory must have a name that no other schedule has\. Received: factory='teeth'"
    ):
        schedules.register(other)
    other.__name__ = "constant"
    with pytest.raises(ValueError, match=r"Received: factory='constant'"):
        schedules.register(other)
    assert schedules.from_config(FLAT.config) == FLAT


def anything(lr, total_steps, words=("a",)):
    return {"no formula": None, "bad": lambda step: lr - 1.0, "nan": lambda step: math.nan}.get(words, lambda step: lr)


@pytest.mark.usefixtures("_registers")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.register(3), "factory must be a function that has a name. Received: factory=3"),
        (lambda: schedules.register(None), "factory must be a function that has a name. Received: factory=None"),
        (lambda: schedules.register(lambda lr, total_steps: None), "factory must be a function that has a name"),
        (lambda: schedules.register(schedules.Schedule), "factory must be a function that has a name"),
        (
            lambda: schedules.register(test_minus_zero_is_zero),
            "factory must take total_steps. Received: factory='test_minus_zero_is_zero()'",
        ),
        (
            lambda: schedules.register(schedules.register),
            "factory must take total_steps. Received: factory=",
        ),
        (
            lambda: schedules.register(open_to_all),
            "factory must have arguments that a config can hold by name, and none that is called name. Received: "
            "factory='open_to_all(total_steps, **options)'",
        ),
        (
            lambda: schedules.register(named_twice),
            "factory must have arguments that a config can hold by name, and none",
        ),
        (
            lambda: schedules.register(anything)(0.1, 0),
            "total_steps must be a whole number ≥ 1. Received: total_steps=0",
        ),
        (lambda: schedules.register(anything)(math.nan, 3), "lr must be finite. Received: lr=nan"),
        (
            lambda: schedules.register(anything)(0.1, 3, {"a": 1}),
            "words must be a number, a word, a flag, None, a schedule or a list of these. Received: words={'a': 1}",
        ),
        (
            lambda: schedules.register(anything)(0.1, 3, "no formula"),
            "anything must return a function of the step. Received: what anything returned=None",
        ),
        (
            lambda: schedules.register(anything)(0.1, 3, "bad").values(),
            "anything at 0 must be ≥ 0. Received: anything at 0=-0.9",
        ),
        (
            lambda: schedules.register(anything)(0.1, 3, "nan")(2),
            "anything at 2 must be finite. Received: anything at 2=nan",
        ),
    ],
)
def test_what_cannot_be_registered_or_made_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value).startswith(message)


def open_to_all(total_steps, **options):
    return lambda step: 0.1


def named_twice(name, total_steps):
    return lambda step: 0.1


def test_a_registered_schedule_is_revived_in_another_program_that_registers_it_and_else_refused(tmp_path):
    """As a model's file is: whoever loads it has to know the function."""
    (tmp_path / "mine.py").write_text(
        "from learning_rates import schedules\n"
        "@schedules.register\n"
        "def halved(lr, total_steps):\n"
        "    return lambda step: lr / 2**step\n"
    )
    config = {"name": "scale", "schedule": {"name": "halved", "lr": 1.0, "total_steps": 3}, "factor": 2.0}
    revive = f"from learning_rates import schedules; print(schedules.from_config({config!r}).values())"
    run = [sys.executable, "-c"]
    loaded = subprocess.run([*run, f"import mine; {revive}"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert loaded.stdout == "[2.0, 1.0, 0.5]\n"
    failed = subprocess.run([*run, revive], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert re.search(
        r"ValueError: name must be one of constant, .*, or that of a function given to schedules\.register before\. "
        r"Received: name='halved'",
        failed.stderr,
    )


@pytest.mark.parametrize("bad", [None, 3, ["constant"], "", "rsqrt"])
def test_a_config_of_an_unknown_name_is_refused(bad):
    with pytest.raises(ValueError, match=r"name must be one of constant, .*\. Received: name="):
        schedules.from_config({"name": bad, "total_steps": 3})
