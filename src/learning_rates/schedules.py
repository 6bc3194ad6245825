"""Schedules: the value of a hyper-parameter at every step of a run.

A schedule is a callable of the step, ``schedule(step) -> float``, where steps are optimizer updates counted from 0.
It lasts `total_steps` steps, holds its last value after the end, gives the same value however often it is called, and
round-trips through `config` and `from_config`.

The module imports nothing but `math` and the checks of arguments, and avoids what MicroPython lacks: the book's pages
run this very file.
"""

import math

from learning_rates.checks import (
    check_at_least,
    check_choice,
    check_flag,
    check_fraction,
    check_increasing,
    check_number,
    check_ordered,
    check_positive,
    check_steps,
    check_unit_interval,
    check_whole,
    reject,
)

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Schedule:
    """A value for every step; made by the functions of this module.

    Args:
        name: The name of the function that makes it.
        arguments: That function's arguments by name, checked and complete.
        total_steps: How many steps it lasts.
        value: The formula: a function of a step from 0 to total_steps − 1.
        bounds: The least and the greatest rate that the arguments state, None for one that they don't. `opposite`
            mirrors between them.

    Example:
        >>> schedule = constant(0.1, 3)
        >>> schedule
        schedules.constant(lr=0.1, total_steps=3)
        >>> schedule(2), schedule(99), schedule.values()
        (0.1, 0.1, [0.1, 0.1, 0.1])
        >>> from_config(schedule.config) == schedule
        True
    """

    def __init__(
        self,
        name: str,
        arguments: "Mapping[str, object]",
        total_steps: int,
        value: "Callable[[int], float]",
        bounds: tuple[float | None, float | None] = (None, None),
    ) -> None:
        self.total_steps = total_steps
        self._name = name
        self._arguments = arguments
        self._value = value
        self._bounds = bounds

    def __call__(self, step: int | None = None) -> float:
        if step is None:  # Keras calls what it takes for a function without arguments
            raise TypeError(
                "a schedule must be called with a step; a Keras optimizer takes it as InGraphSchedule(schedule)"
            )
        return self._value(min(check_whole("step", step, 0), self.total_steps - 1))

    def values(self) -> list[float]:
        """The values of all `total_steps` steps."""
        return [self._value(step) for step in range(self.total_steps)]

    @property
    def config(self) -> dict[str, object]:
        """What `from_config` makes the schedule from: a dict that JSON can hold."""
        config: dict[str, object] = {"name": self._name}
        config.update([(key, _plain(value)) for key, value in self._arguments.items()])
        return config

    def __repr__(self) -> str:
        arguments = ", ".join([f"{key}={value!r}" for key, value in self._arguments.items()])
        return f"schedules.{self._name}({arguments})"  # in two lines: MicroPython can't nest f-strings

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and self.config == other.config

    def __hash__(self) -> int:
        return hash(repr(self))

    def __reduce__(self) -> tuple[object, ...]:
        # Formulas are closures, which pickle and deepcopy refuse: go through the config.
        return from_config, (self.config,)


def _plain(value: object) -> object:
    if isinstance(value, Schedule):
        return value.config
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def check_schedule(name: str, value: object) -> Schedule:
    """`value`, a schedule; TypeError for anything else."""
    if not isinstance(value, Schedule):
        reject(f"{name} must be a schedule", [(name, value)], TypeError)
    return value


# How a value moves from `start` to `end`: x is the position in [0, 1] and y = 1 − x, handed over apart because
# computing it here would lose digits near the end. Each is exact at both ends.
_HALF_PI = math.pi / 2


def _linear(start: float, end: float, x: float, y: float) -> float:
    return start * y + end * x


def _cosine(start: float, end: float, x: float, y: float) -> float:
    # sin² of the nearer end's distance, where textbooks write (1 + cos) / 2, which cancels near the end
    if x < y:
        gone = math.sin(_HALF_PI * x) ** 2
        return start * (1 - gone) + end * gone
    left = math.sin(_HALF_PI * y) ** 2
    return start * left + end * (1 - left)


def _exponential(start: float, end: float, x: float, y: float) -> float:
    return start**y * end**x


def _one_minus_sqrt(start: float, end: float, x: float, y: float) -> float:
    root = math.sqrt(x)
    return start * (1 - root) + end * root


_SHAPES = {"linear": _linear, "cosine": _cosine, "exponential": _exponential, "1-sqrt": _one_minus_sqrt}


def _through(points: "Sequence[tuple[float, float]]", shape: str) -> "Callable[[int], float]":
    """The function that passes through (step, value) points and holds the first and the last value outside them."""
    first_step, first_value = points[0]
    last_value = points[-1][1]
    between = _SHAPES[shape]
    segments = [(a, start, b, end, b - a) for (a, start), (b, end) in zip(points, points[1:])]
    starts, last_step = [step for step, _ in points[:-1]], points[-1][0]

    def value(step: int) -> float:
        if step <= first_step:
            return first_value
        if step >= last_step:
            return last_value
        a, start, b, end, width = segments[_last_start(starts, step)]
        return between(start, end, (step - a) / width, (b - step) / width)

    return value


def _after_ramp(
    start: float | None, end: float, steps: int, after: "Callable[[int], float]"
) -> "Callable[[int], float]":
    """The function that is linear from `start` at step 0 to `end` at step `steps`, and from there on `after(step)`.

    Without a start, step 0 is the first of steps + 1 equal parts of the way: none is spent at rate 0.
    """
    early, begin = (1, 0.0) if start is None else (0, start)
    length = steps + early

    def value(step: int) -> float:
        if step < steps:
            return _linear(begin, end, (step + early) / length, (steps - step) / length)
        return after(step)

    return value


def _held_after(schedule: Schedule) -> "Callable[[int], float]":
    """The values of a schedule, which holds its last one, without the checks of a call."""
    last, formula = schedule.total_steps - 1, schedule._value
    return lambda step: formula(min(step, last))


def _last_start(starts: "Sequence[float]", step: int) -> int:
    """The index of the last of the increasing `starts` that is ≤ step; MicroPython lacks `bisect`."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= step:
            low = middle
        else:
            high = middle
    return low


def constant(lr: float, total_steps: int) -> Schedule:
    """The same value at every step.

    η(t) = lr

    Args:
        lr: The value at every step, ≥ 0.
        total_steps: The number of steps T, ≥ 1.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> constant(0.5, 2).values()
        [0.5, 0.5]

    References:
        Bottou, Curtis, Nocedal (2018), Optimization methods for large-scale machine learning, arXiv 1606.04838.
    """
    lr = check_at_least("lr", lr)
    total_steps = check_steps("total_steps", total_steps)
    return Schedule("constant", {"lr": lr, "total_steps": total_steps}, total_steps, lambda step: lr)


def polynomial_decay(lr: float, total_steps: int, *, power: float = 1.0, end_lr: float = 0.0) -> Schedule:
    """Decay along a power of the time that is left; power = 1 is the linear decay.

    η(t) = end_lr + (lr − end_lr) · (1 − t / (T − 1))^power

    Args:
        lr: The rate at step 0, > end_lr.
        total_steps: The number of steps T, ≥ 2.
        power: The exponent, > 0.
        end_lr: The rate at the last step, T − 1, ≥ 0.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> polynomial_decay(1.0, 5).values()
        [1.0, 0.75, 0.5, 0.25, 0.0]

    References:
        Li, Yumer, Ramanan (2020), Budgeted training, arXiv 1905.04753. Defazio et al. (2023), arXiv 2310.07831.
    """
    lr, end_lr, power = check_number("lr", lr), check_at_least("end_lr", end_lr), check_positive("power", power)
    total_steps = check_steps("total_steps", total_steps, 2)
    check_ordered("end_lr", end_lr, "lr", lr)
    last = total_steps - 1

    def value(step: int) -> float:
        left = ((last - step) / last) ** power
        return lr * left + end_lr * (1 - left)

    arguments = {"lr": lr, "total_steps": total_steps, "power": power, "end_lr": end_lr}
    return Schedule("polynomial_decay", arguments, total_steps, value)


def step_decay(lr: float, total_steps: int, *, boundaries: "Sequence[int]", factor: float = 0.1) -> Schedule:
    """A staircase: the rate is multiplied by factor at each boundary.

    η(t) = lr · factor^n, where n counts the boundaries ≤ t: at a boundary the rate has already dropped.

    Args:
        lr: The rate at step 0, > 0.
        total_steps: The number of steps T, > the last boundary.
        boundaries: The steps at which the rate drops: a sequence of at least one, increasing, each ≥ 1.
        factor: The factor by which each drop multiplies the rate, in (0, 1).

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> step_decay(1.0, 6, boundaries=[2, 5], factor=0.5).values()
        [1.0, 1.0, 0.5, 0.5, 0.5, 0.25]

    References:
        He et al. (2016), Deep residual learning for image recognition, arXiv 1512.03385.
        PyTorch, torch.optim.lr_scheduler.MultiStepLR.
    """
    lr, total_steps = check_positive("lr", lr), check_steps("total_steps", total_steps)
    boundaries = [check_steps("each item of boundaries", step) for step in _items("boundaries", boundaries)]
    check_increasing("boundaries", boundaries)
    factor = check_fraction("factor", factor)
    if boundaries[-1] >= total_steps:
        reject("total_steps must be > the last boundary", [("total_steps", total_steps), ("boundaries", boundaries)])
    starts = [0] + boundaries
    rates = [lr * factor**drops for drops in range(len(starts))]
    arguments = {"lr": lr, "total_steps": total_steps, "boundaries": boundaries, "factor": factor}
    return Schedule("step_decay", arguments, total_steps, lambda step: rates[_last_start(starts, step)])


def exponential_decay(lr: float, total_steps: int, *, end_lr: float) -> Schedule:
    """Decay by the same factor at every step.

    η(t) = lr · (end_lr / lr)^(t / (T − 1))

    Args:
        lr: The rate at step 0, > end_lr.
        total_steps: The number of steps T, ≥ 2.
        end_lr: The rate at the last step, T − 1, > 0.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 6) for rate in exponential_decay(1.0, 4, end_lr=0.001).values()]
        [1.0, 0.1, 0.01, 0.001]

    References:
        PyTorch, torch.optim.lr_scheduler.ExponentialLR, with gamma = (end_lr / lr)^(1 / (T − 1)).
    """
    end_lr = check_positive("end_lr", end_lr)
    return _decay("exponential_decay", "exponential", lr, total_steps, end_lr)


def cosine_decay(lr: float, total_steps: int, *, end_lr: float = 0.0) -> Schedule:
    """Half a cosine from lr down to end_lr.

    η(t) = end_lr + (lr − end_lr) · (1 + cos(πt / (T − 1))) / 2

    Args:
        lr: The rate at step 0, > end_lr.
        total_steps: The number of steps T, ≥ 2.
        end_lr: The rate at the last step, T − 1, ≥ 0.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in cosine_decay(1.0, 5).values()]
        [1.0, 0.854, 0.5, 0.146, 0.0]

    References:
        Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts, arXiv 1608.03983.
        PyTorch, torch.optim.lr_scheduler.CosineAnnealingLR, with T_max = T − 1.
    """
    return _decay("cosine_decay", "cosine", lr, total_steps, check_at_least("end_lr", end_lr))


def _decay(name: str, shape: str, lr: float, total_steps: int, end_lr: float) -> Schedule:
    lr, total_steps = check_number("lr", lr), check_steps("total_steps", total_steps, 2)
    check_ordered("end_lr", end_lr, "lr", lr)
    arguments = {"lr": lr, "total_steps": total_steps, "end_lr": end_lr}
    return Schedule(name, arguments, total_steps, _through([(0, lr), (total_steps - 1, end_lr)], shape))


def cosine_restarts(
    max_lr: float,
    total_steps: int,
    *,
    first_cycle: int,
    cycle_mult: float = 1.0,
    min_lr: float = 0.0,
    cycle_factor: float = 1.0,
) -> Schedule:
    """Cosine decay with warm restarts, whose cycles may grow and whose peaks may shrink.

    Cycle i = 0, 1, … lasts Tᵢ = first_cycle · cycle_multⁱ steps and starts at Sᵢ = T₀ + … + Tᵢ₋₁. In it
    η(t) = min_lr + (max_lr − min_lr) · cycle_factorⁱ · (1 + cos(π(t − Sᵢ) / Tᵢ)) / 2. The rate would reach min_lr at
    Sᵢ₊₁, where it restarts instead. A fractional cycle_mult gives cycles that start between two steps, as in Keras.

    Args:
        max_lr: The rate at the first peak, > min_lr.
        total_steps: The number of steps T, ≥ 1.
        first_cycle: The number of steps of the first cycle, ≥ 1.
        cycle_mult: The ratio of each cycle's length to that of the cycle before, ≥ 1.
        min_lr: The rate that every cycle falls towards, ≥ 0.
        cycle_factor: The ratio of each peak's height above min_lr to that of the peak before, in (0, 1].

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in cosine_restarts(1.0, 7, first_cycle=2, cycle_mult=2).values()]
        [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]

    References:
        Loshchilov, Hutter (2017), arXiv 1608.03983. PyTorch, torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
        Keras, keras.optimizers.schedules.CosineDecayRestarts (first_decay_steps, t_mul, m_mul, alpha · max_lr).
    """
    max_lr, min_lr = check_number("max_lr", max_lr), check_at_least("min_lr", min_lr)
    total_steps, first_cycle = check_steps("total_steps", total_steps), check_steps("first_cycle", first_cycle)
    cycle_mult = check_at_least("cycle_mult", cycle_mult, 1.0)
    cycle_factor = check_fraction("cycle_factor", cycle_factor, whole=True)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    starts = [0.0, float(first_cycle)]
    while starts[-1] < total_steps and cycle_mult > 1:
        starts.append(starts[-1] + (starts[-1] - starts[-2]) * cycle_mult)
    if starts[-1] == math.inf:
        received = [("cycle_mult", cycle_mult), ("first_cycle", first_cycle), ("total_steps", total_steps)]
        reject("cycle_mult must make no cycle longer than a float can say", received)

    def value(step: int) -> float:
        if cycle_mult == 1:
            cycle = step // first_cycle
            start, end = float(cycle * first_cycle), float((cycle + 1) * first_cycle)
        else:
            cycle = _last_start(starts, step)
            start, end = starts[cycle], starts[cycle + 1]
        length = end - start
        height = cycle_factor**cycle
        peak = _linear(min_lr, max_lr, height, 1 - height)
        return _cosine(peak, min_lr, (step - start) / length, (end - step) / length)

    arguments = {"max_lr": max_lr, "total_steps": total_steps, "first_cycle": first_cycle, "cycle_mult": cycle_mult}
    arguments.update({"min_lr": min_lr, "cycle_factor": cycle_factor})
    return Schedule("cosine_restarts", arguments, total_steps, value)


_WINDOWS: "dict[str, Callable[[float], float]]" = {
    "linear": lambda x: 1 - x,
    "welch": lambda x: 1 - x * x,
    "hann": lambda x: math.sin(math.pi / 2 * (1 - x)) ** 2,
}
_SCALES: "dict[str, Callable[[int, int, float], float]]" = {
    "triangular": lambda cycle, step, gamma: 1.0,
    "triangular2": lambda cycle, step, gamma: 0.5**cycle,
    "exp_range": lambda cycle, step, gamma: gamma**step,
}


def cyclical(
    base_lr: float,
    max_lr: float,
    total_steps: int,
    *,
    step_size: int,
    step_size_down: int | None = None,
    mode: str = "triangular",
    window: str = "linear",
    gamma: float = 1.0,
) -> Schedule:
    """Cyclical rates: up from base_lr to max_lr in step_size steps, down again, and so on.

    η(t) = base_lr + (max_lr − base_lr) · window(x) · scale, where x is the distance from the nearest peak: 1 at the
    foot of a cycle, 0 at its top. With equal sides, cycle = ⌊1 + t/(2s)⌋ and x = |t/s − 2·cycle + 1|. Windows are 1 − x
    (linear), 1 − x² (welch), cos²(πx/2) (hann). The scale is 1 (triangular), 1/2^(cycle − 1) (triangular2) or gamma^t
    (exp_range, in the form of the common implementations: the amplitude decays, base_lr stays).

    Args:
        base_lr: The rate at the foot of every cycle, ≥ 0.
        max_lr: The rate at the top of the first cycle, > base_lr.
        total_steps: The number of steps T, ≥ 1.
        step_size: The number of steps s from foot to top, ≥ 1. Smith recommends 2 to 10 epochs.
        step_size_down: The number of steps from top to foot, ≥ 1. None means step_size.
        mode: How the amplitude changes: "triangular", "triangular2" or "exp_range".
        window: The shape of each side of a cycle: "linear", "welch" or "hann".
        gamma: The factor by which each step multiplies the amplitude in mode "exp_range", in (0, 1]; elsewhere 1.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> cyclical(1.0, 5.0, 9, step_size=2, mode="triangular2").values()
        [1.0, 3.0, 5.0, 3.0, 1.0, 2.0, 3.0, 2.0, 1.0]

    References:
        Smith (2017), Cyclical learning rates for training neural networks, arXiv 1506.01186.
    """
    base_lr, max_lr = check_at_least("base_lr", base_lr), check_number("max_lr", max_lr)
    gamma = check_fraction("gamma", gamma, whole=True)
    total_steps, up = check_steps("total_steps", total_steps), check_steps("step_size", step_size)
    down = up if step_size_down is None else check_steps("step_size_down", step_size_down)
    check_ordered("base_lr", base_lr, "max_lr", max_lr)
    check_choice("mode", mode, _SCALES)
    check_choice("window", window, _WINDOWS)
    if gamma != 1 and mode != "exp_range":
        reject('gamma must be 1.0 unless mode is "exp_range"', [("gamma", gamma), ("mode", mode)])
    shape, scale, period = _WINDOWS[window], _SCALES[mode], up + down

    def value(step: int) -> float:
        cycle, position = step // period, step % period
        x = (up - position) / up if position < up else (position - up) / down
        height = shape(x) * scale(cycle, step, gamma)
        return base_lr * (1 - height) + max_lr * height

    arguments: dict[str, object] = {"base_lr": base_lr, "max_lr": max_lr, "total_steps": total_steps, "step_size": up}
    arguments.update({"step_size_down": down, "mode": mode, "window": window, "gamma": gamma})
    return Schedule("cyclical", arguments, total_steps, value, (base_lr, max_lr))


def _cycle_points(
    total_steps: int, pct_start: float, three_phase: bool, foot: float, top: float, end: float
) -> list[tuple[float, float]]:
    """The corners of a one-cycle, where PyTorch puts them: the peak at pct_start·T − 1, the end at T − 1."""
    pct_start = check_number("pct_start", pct_start)
    limit = 0.5 if three_phase else 1.0
    if not (0 < pct_start < 1 and pct_start <= limit):
        rule = "in (0, 0.5] with three_phase=True" if three_phase else "in (0, 1)"
        reject(f"pct_start must be {rule}", [("pct_start", pct_start), ("three_phase", three_phase)])
    peak = pct_start * total_steps - 1
    if not 0 < peak < total_steps - 1:
        rule = "pct_start · total_steps must be > 1 and < total_steps: the way up needs a step"
        reject(rule, [("pct_start", pct_start), ("total_steps", total_steps)])
    middle = [(2 * peak, foot)] if three_phase else []
    return [(0, foot), (peak, top)] + middle + [(total_steps - 1, end)]


def one_cycle(
    max_lr: float,
    total_steps: int,
    *,
    pct_start: float = 0.3,
    anneal: str = "cosine",
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    three_phase: bool = False,
) -> Schedule:
    """One cycle: up to max_lr, then down to almost nothing at the last step.

    From max_lr/div_factor at step 0 to max_lr at pct_start·T − 1 and to max_lr/(div_factor·final_div_factor) at T − 1.
    With three_phase, first back to max_lr/div_factor in as many steps as the way up took, and from there to the end.
    Smith's own policy, one symmetric cycle followed by a short tail, is three_phase=True, anneal="linear",
    pct_start=0.45; the default is the two-phase cosine of today's libraries.

    Args:
        max_lr: The rate at the peak, > 0.
        total_steps: The number of steps T, such that pct_start·T > 1.
        pct_start: The fraction of the run spent going up, in (0, 1); at most 0.5 with three_phase.
        anneal: The shape of each phase, "cosine" or "linear".
        div_factor: The ratio of max_lr to the first rate, ≥ 1.
        final_div_factor: The ratio of the first rate to the last rate, ≥ 1/div_factor.
        three_phase: Whether to come back to the first rate before the final descent.

    Returns:
        A schedule that lasts `total_steps` steps. Its greatest value is max_lr where pct_start·T is whole.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> schedule = one_cycle(1.0, 11, pct_start=5 / 11, anneal="linear", div_factor=5, final_div_factor=100)
        >>> [round(rate, 3) for rate in schedule.values()]
        [0.2, 0.4, 0.6, 0.8, 1.0, 0.834, 0.667, 0.501, 0.335, 0.168, 0.002]

    References:
        Smith (2018), A disciplined approach to neural network hyper-parameters: part 1, arXiv 1803.09820.
        PyTorch, torch.optim.lr_scheduler.OneCycleLR.
    """
    max_lr, total_steps = check_positive("max_lr", max_lr), check_steps("total_steps", total_steps)
    div_factor = check_at_least("div_factor", div_factor, 1.0)
    final_div_factor = check_positive("final_div_factor", final_div_factor)
    if div_factor * final_div_factor < 1:
        received = [("final_div_factor", final_div_factor), ("div_factor", div_factor)]
        reject("final_div_factor must be ≥ 1/div_factor", received)
    anneal, three_phase = check_choice("anneal", anneal, ("cosine", "linear")), check_flag("three_phase", three_phase)
    first = max_lr / div_factor
    points = _cycle_points(total_steps, pct_start, three_phase, first, max_lr, first / final_div_factor)
    arguments: dict[str, object] = {"max_lr": max_lr, "total_steps": total_steps, "pct_start": float(pct_start)}
    arguments.update({"anneal": anneal, "div_factor": div_factor, "final_div_factor": final_div_factor})
    arguments["three_phase"] = three_phase
    return Schedule("one_cycle", arguments, total_steps, _through(points, anneal), (None, max_lr))


def one_cycle_momentum(
    total_steps: int,
    *,
    low: float = 0.85,
    high: float = 0.95,
    pct_start: float = 0.3,
    anneal: str = "cosine",
    three_phase: bool = False,
) -> Schedule:
    """The momentum that goes with `one_cycle`: lowest where the rate is highest.

    From high at step 0 to low at pct_start·T − 1, and back to high: at T − 1, or with three_phase at 2·pct_start·T − 2,
    after which it stays.

    Args:
        total_steps: The number of steps T, such that pct_start·T > 1.
        low: The momentum at the peak of the rate, in [0, 1).
        high: The momentum at the start and at the end, in [0, 1), > low.
        pct_start: The fraction of the run spent going down, as in `one_cycle`.
        anneal: The shape of each phase, "cosine" or "linear".
        three_phase: Whether the rate has three phases, as in `one_cycle`.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> momentum = one_cycle_momentum(11, pct_start=5 / 11, anneal="linear")
        >>> [round(mu, 3) for mu in momentum.values()]
        [0.95, 0.925, 0.9, 0.875, 0.85, 0.867, 0.883, 0.9, 0.917, 0.933, 0.95]

    References:
        Smith (2018), arXiv 1803.09820. PyTorch, torch.optim.lr_scheduler.OneCycleLR (cycle_momentum).
    """
    total_steps = check_steps("total_steps", total_steps)
    low, high = check_unit_interval("low", low), check_unit_interval("high", high)
    check_ordered("low", low, "high", high)
    anneal, three_phase = check_choice("anneal", anneal, ("cosine", "linear")), check_flag("three_phase", three_phase)
    points = _cycle_points(total_steps, pct_start, three_phase, high, low, high)
    arguments: dict[str, object] = {"total_steps": total_steps, "low": low, "high": high, "pct_start": float(pct_start)}
    arguments.update({"anneal": anneal, "three_phase": three_phase})
    return Schedule("one_cycle_momentum", arguments, total_steps, _through(points, anneal))


def ramp_sustain_decay(
    start_lr: float,
    max_lr: float,
    min_lr: float,
    total_steps: int,
    *,
    rampup_steps: int,
    sustain_steps: int = 0,
    decay_steps: int,
    factor: float = 0.5,
) -> Schedule:
    """A linear ramp, a plateau, and an exponential decay towards a floor.

    With r = rampup_steps and s = sustain_steps: start_lr + (max_lr − start_lr)·t/r for t < r; max_lr for t < r + s;
    min_lr + (max_lr − min_lr)·factor^((t − r − s)/decay_steps) afterwards. It approaches min_lr and never arrives.

    Args:
        start_lr: The rate at step 0, from 0 to max_lr.
        max_lr: The rate of the plateau, > min_lr.
        min_lr: The floor that the decay approaches, ≥ 0.
        total_steps: The number of steps T, > rampup_steps + sustain_steps.
        rampup_steps: The number of steps of the ramp, ≥ 0.
        sustain_steps: The number of steps of the plateau, ≥ 0.
        decay_steps: The number of steps in which the excess over min_lr is multiplied by factor, ≥ 1.
        factor: The fraction of the excess over min_lr that decay_steps steps leave, in (0, 1).

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> ramp_sustain_decay(1.0, 5.0, 1.0, 7, rampup_steps=2, sustain_steps=2, decay_steps=1).values()
        [1.0, 3.0, 5.0, 5.0, 5.0, 3.0, 2.0]

    References:
        Bali (2023), "Supercharge Training of Your Deep Learning Models", Towards Data Science, which credits Görner
        (2019).
    """
    start_lr, max_lr = check_at_least("start_lr", start_lr), check_number("max_lr", max_lr)
    min_lr = check_at_least("min_lr", min_lr)
    total_steps, ramp = check_steps("total_steps", total_steps), check_steps("rampup_steps", rampup_steps, 0)
    sustain, decay_steps = check_steps("sustain_steps", sustain_steps, 0), check_steps("decay_steps", decay_steps)
    factor = check_fraction("factor", factor)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    if start_lr > max_lr:
        reject("start_lr must be ≤ max_lr", [("start_lr", start_lr), ("max_lr", max_lr)])
    top = ramp + sustain
    if top >= total_steps:
        received = [("total_steps", total_steps), ("rampup_steps", ramp), ("sustain_steps", sustain)]
        reject("total_steps must be > rampup_steps + sustain_steps", received)

    def decayed(step: int) -> float:
        height = factor ** (max(0, step - top) / decay_steps)
        return _linear(min_lr, max_lr, height, 1 - height)

    arguments = {"start_lr": start_lr, "max_lr": max_lr, "min_lr": min_lr, "total_steps": total_steps}
    arguments.update({"rampup_steps": ramp, "sustain_steps": sustain, "decay_steps": decay_steps, "factor": factor})
    return Schedule("ramp_sustain_decay", arguments, total_steps, _after_ramp(start_lr, max_lr, ramp, decayed))


def warmup_stable_decay(
    max_lr: float,
    total_steps: int,
    *,
    warmup_steps: int,
    decay_steps: int,
    shape: str = "linear",
    end_lr: float = 0.0,
) -> Schedule:
    """A linear warm-up, a plateau, and a decay at the end: a run can be prolonged by prolonging the plateau.

    max_lr · (t + 1) / (w + 1) for t < w, with w = warmup_steps; max_lr up to step T − 1 − decay_steps; from there
    max_lr + (end_lr − max_lr) · d(x), where x is the fraction of decay_steps that has passed and d(x) is x (linear),
    (1 − cos πx) / 2 (cosine) or √x (1-sqrt).

    Args:
        max_lr: The rate of the plateau, > end_lr.
        total_steps: The number of steps T, > warmup_steps + decay_steps.
        warmup_steps: The number of steps of the way up, ≥ 0.
        decay_steps: The number of steps of the way down, ≥ 1.
        shape: The shape of the way down: "linear", "cosine" or "1-sqrt".
        end_lr: The rate at the last step, T − 1, ≥ 0.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> warmup_stable_decay(4.0, 9, warmup_steps=1, decay_steps=4).values()
        [2.0, 4.0, 4.0, 4.0, 4.0, 3.0, 2.0, 1.0, 0.0]

    References:
        Hu et al. (2024), MiniCPM, arXiv 2404.06395. Hägele et al. (2024), Scaling laws and compute-optimal training
        beyond fixed training durations, arXiv 2405.18392 (the 1-sqrt shape).
    """
    max_lr, end_lr = check_number("max_lr", max_lr), check_at_least("end_lr", end_lr)
    total_steps, up = check_steps("total_steps", total_steps), check_steps("warmup_steps", warmup_steps, 0)
    down = check_steps("decay_steps", decay_steps)
    check_ordered("end_lr", end_lr, "max_lr", max_lr)
    check_choice("shape", shape, ("linear", "cosine", "1-sqrt"))
    if up + down >= total_steps:
        received = [("total_steps", total_steps), ("warmup_steps", up), ("decay_steps", down)]
        reject("total_steps must be > warmup_steps + decay_steps", received)
    last = total_steps - 1
    value = _after_ramp(None, max_lr, up, _through([(last - down, max_lr), (last, end_lr)], shape))
    arguments: dict[str, object] = {"max_lr": max_lr, "total_steps": total_steps, "warmup_steps": up}
    arguments.update({"decay_steps": down, "shape": shape, "end_lr": end_lr})
    return Schedule("warmup_stable_decay", arguments, total_steps, value)


def inverse_sqrt(max_lr: float, total_steps: int, *, warmup_steps: int) -> Schedule:
    """A linear warm-up, then a decay with the inverse square root of the step, which need not know when the run ends.

    η(t) = max_lr · min((t + 1) / (w + 1), √((w + 1) / (t + 1))) with w = warmup_steps: the paper counts steps from 1.

    Args:
        max_lr: The rate at step w, its greatest, > 0.
        total_steps: The number of steps T, ≥ 1; the formula does not depend on it.
        warmup_steps: The number of steps w of the way up, ≥ 0.

    Returns:
        A schedule that lasts `total_steps` steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in inverse_sqrt(1.0, 9, warmup_steps=2).values()]
        [0.333, 0.667, 1.0, 0.866, 0.775, 0.707, 0.655, 0.612, 0.577]

    References:
        Vaswani et al. (2017), Attention is all you need, arXiv 1706.03762, with max_lr = 1/√(d_model · (w + 1)).
    """
    max_lr, total_steps = check_positive("max_lr", max_lr), check_steps("total_steps", total_steps)
    warm = check_steps("warmup_steps", warmup_steps, 0)

    value = _after_ramp(None, max_lr, warm, lambda step: max_lr * math.sqrt((warm + 1) / (step + 1)))
    arguments = {"max_lr": max_lr, "total_steps": total_steps, "warmup_steps": warm}
    return Schedule("inverse_sqrt", arguments, total_steps, value)


def piecewise(points: "Sequence[tuple[int, float]]", *, shape: str = "linear") -> Schedule:
    """Values through given points, with the same shape between every two neighbours.

    Between (a, u) and (b, v), with x = (t − a)/(b − a): u + (v − u)·x (linear), v + (u − v)·cos²(πx/2) (cosine),
    u·(v/u)^x (exponential), u + (v − u)·√x (1-sqrt). Before the first point it holds the first value.

    Args:
        points: A sequence of at least one pair (step, value). Steps are whole numbers ≥ 0 that increase; values are
            ≥ 0, and > 0 with shape "exponential".
        shape: The shape between two points: "linear", "cosine", "exponential" or "1-sqrt".

    Returns:
        A schedule that lasts to its last point, so one step more than that point's step.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> piecewise([(0, 0.0), (2, 1.0), (6, 0.0)]).values()
        [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]

    References:
        Optax, optax.piecewise_interpolate_schedule.
    """
    check_choice("shape", shape, _SHAPES)
    pairs = [_point(point) for point in _items("points", points)]
    check_increasing("steps of points", [step for step, _ in pairs])
    if shape == "exponential" and min([value for _, value in pairs]) == 0:
        reject('values of points must be > 0 with shape="exponential"', [("points", pairs)])
    values = [value for _, value in pairs]
    arguments = {"points": pairs, "shape": shape}
    return Schedule("piecewise", arguments, pairs[-1][0] + 1, _through(pairs, shape), (min(values), max(values)))


def _ordered(value: object) -> list[object] | None:
    """The items of a list, a tuple, a range, an array or any other ordered thing; None of what is none."""
    if isinstance(value, (str, bytes, dict, set, frozenset)):
        return None
    try:
        return list(value)  # type: ignore[call-overload]
    except TypeError:
        return None


def _items(name: str, value: object, least: int = 1) -> list[object]:
    """The items of a sequence, at least so many."""
    items = _ordered(value)
    if items is None:
        reject(f"{name} must be a sequence", [(name, value)], TypeError)
    if len(items) < least:
        reject(f"{name} must have at least one item", [(name, value)])
    return items


def _point(point: object) -> tuple[int, float]:
    pair = _ordered(point)
    if pair is None or len(pair) != 2:
        reject("each item of points must be a pair (step, value)", [("points item", point)], TypeError)
    return check_steps("step of points", pair[0], 0), check_at_least("value of points", pair[1])


def join(parts: "Sequence[Schedule]", boundaries: "Sequence[int]") -> Schedule:
    """Schedules one after the other; each part starts at its own step 0.

    η(t) = partᵢ(t − boundaryᵢ₋₁) for boundaryᵢ₋₁ ≤ t < boundaryᵢ, with boundary₋₁ = 0. A part that ends before the next
    one starts holds its last value.

    Args:
        parts: A sequence of schedules, at least one.
        boundaries: The steps at which parts 1, 2, … start: a sequence, increasing, each ≥ 1, one fewer than parts.

    Returns:
        A schedule that lasts to the end of its last part.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> join([constant(1.0, 2), constant(0.1, 3)], [2]).values()
        [1.0, 1.0, 0.1, 0.1, 0.1]

    References:
        Optax, optax.join_schedules. PyTorch, torch.optim.lr_scheduler.SequentialLR.
    """
    parts = [check_schedule("each item of parts", part) for part in _items("parts", parts)]
    boundaries = [check_steps("each item of boundaries", boundary) for boundary in _items("boundaries", boundaries, 0)]
    if len(boundaries) != len(parts) - 1:
        received = [("boundaries", boundaries), ("number of parts", len(parts))]
        reject("boundaries must have one item fewer than parts", received)
    check_increasing("boundaries", boundaries)
    starts = [0] + boundaries

    def value(step: int) -> float:
        index = _last_start(starts, step)
        return parts[index](step - starts[index])

    return Schedule("join", {"parts": parts, "boundaries": boundaries}, starts[-1] + parts[-1].total_steps, value)


def warmup(schedule: Schedule, steps: int, *, start_lr: float | None = None) -> Schedule:
    """A linear ramp in front of any schedule.

    For t < w, with w = steps: s(0) · (t + 1)/(w + 1), so that no step is lost at rate 0; or, from a start_lr,
    start_lr + (s(0) − start_lr) · t/w. Afterwards s(t − w).

    Args:
        schedule: The schedule s to warm up to.
        steps: The number of steps w of the ramp, ≥ 0; 0 returns the schedule itself.
        start_lr: The rate at step 0, from 0 to s(0). None means the first of w + 1 equal parts of the way.

    Returns:
        A schedule that lasts `steps` steps longer than `schedule`; at step `steps` it equals s(0).

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> warmup(polynomial_decay(1.0, 3), 3).values()
        [0.25, 0.5, 0.75, 1.0, 0.5, 0.0]
        >>> warmup(polynomial_decay(1.0, 3), 4, start_lr=0.0).values()
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.5, 0.0]

    References:
        Goyal et al. (2017), arXiv 1706.02677. Gilmer et al. (2021), arXiv 2110.04369.
    """
    schedule, steps = check_schedule("schedule", schedule), check_steps("steps", steps, 0)
    target, formula = schedule(0), schedule._value
    if start_lr is not None:
        start_lr = check_at_least("start_lr", start_lr)
        if start_lr > target:
            reject("start_lr must be ≤ schedule(0)", [("start_lr", start_lr), ("schedule(0)", target)])
    if steps == 0:
        return schedule
    value = _after_ramp(start_lr, target, steps, lambda step: formula(step - steps))
    arguments = {"schedule": schedule, "steps": steps, "start_lr": start_lr}
    return Schedule("warmup", arguments, steps + schedule.total_steps, value)


def cooldown(schedule: Schedule, start: int, steps: int, *, shape: str = "1-sqrt", end_lr: float = 0.0) -> Schedule:
    """A schedule that leaves another at a step and goes down from there: a decay that is decided on the way.

    s(t) for t ≤ start; from there s(start) + (end_lr − s(start)) · d(x), where x = (t − start)/(steps − 1) and d(x) is
    √x (1-sqrt), x (linear) or (1 − cos πx)/2 (cosine).

    Args:
        schedule: The schedule s to leave. It may go on beyond `start`, or have ended before.
        start: The last step of `schedule`, ≥ 0.
        steps: The number of steps of the way down, with `start` as the first and end_lr at the last, ≥ 2.
        shape: The shape of the way down: "1-sqrt", "linear" or "cosine".
        end_lr: The rate at step start + steps − 1, from 0 to s(start).

    Returns:
        A schedule that lasts start + steps steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> cooldown(constant(4.0, 100), start=2, steps=5, shape="linear").values()
        [4.0, 4.0, 4.0, 3.0, 2.0, 1.0, 0.0]

    References:
        Hägele et al. (2024), Scaling laws and compute-optimal training beyond fixed training durations,
        arXiv 2405.18392.
    """
    schedule, start = check_schedule("schedule", schedule), check_steps("start", start, 0)
    steps, end_lr = check_steps("steps", steps, 2), check_at_least("end_lr", end_lr)
    check_choice("shape", shape, ("1-sqrt", "cosine", "linear"))
    top = schedule(start)
    if end_lr > top:
        reject("end_lr must be ≤ schedule(start)", [("end_lr", end_lr), ("schedule(start)", top)])
    way_down = _through([(start, top), (start + steps - 1, end_lr)], shape)
    arguments = {"schedule": schedule, "start": start, "steps": steps, "shape": shape, "end_lr": end_lr}
    value = _held_after(schedule)
    return Schedule("cooldown", arguments, start + steps, lambda step: value(step) if step < start else way_down(step))


def from_step(schedule: Schedule, step: int) -> Schedule:
    """What is left of a schedule: for a run that goes on from its weights alone, with an optimizer that starts anew.

    η(t) = s(t + step)

    Args:
        schedule: The schedule s.
        step: The number of steps that have been made, from 0 to schedule.total_steps − 1.

    Returns:
        A schedule that lasts schedule.total_steps − step steps.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> from_step(polynomial_decay(1.0, 5), 3).values()
        [0.25, 0.0]

    References:
        PyTorch, torch.optim.lr_scheduler.LRScheduler (last_epoch).
    """
    schedule, step = check_schedule("schedule", schedule), check_steps("step", step, 0)
    left, formula = schedule.total_steps - step, schedule._value
    if left < 1:
        reject("step must be < schedule.total_steps", [("step", step), ("schedule.total_steps", schedule.total_steps)])
    return Schedule("from_step", {"schedule": schedule, "step": step}, left, lambda later: formula(step + later))


def count_steps(samples: int, batch_size: int, epochs: int, *, accumulation: int = 1, drop_last: bool = False) -> int:
    """The number of updates of a run: what a schedule asks for as total_steps.

    ⌊epochs · ⌈samples / batch_size⌉ / accumulation⌋, or ⌊samples / batch_size⌋ inside where the last batch is dropped.
    Batches are counted through all epochs, as Keras does it; those at the end that fill no update make none.

    Args:
        samples: The number of training samples, ≥ 1.
        batch_size: The number of samples per batch, ≥ 1.
        epochs: The number of passes over the samples, ≥ 1.
        accumulation: The number of batches per update, as Keras's gradient_accumulation_steps, ≥ 1.
        drop_last: Whether an epoch's last, smaller batch is left out.

    Returns:
        The number of updates, ≥ 1.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> count_steps(50_000, 128, 10), count_steps(50_000, 128, 10, drop_last=True)
        (3910, 3900)
        >>> count_steps(1_000, 32, 3, accumulation=4)
        24

    References:
        Keras, keras.optimizers.Optimizer (gradient_accumulation_steps).
    """
    samples, batch_size = check_steps("samples", samples), check_steps("batch_size", batch_size)
    epochs, accumulation = check_steps("epochs", epochs), check_steps("accumulation", accumulation)
    batches = samples // batch_size if check_flag("drop_last", drop_last) else -(-samples // batch_size)
    updates = epochs * batches // accumulation
    if updates < 1:
        received: list[tuple[str, object]] = [("samples", samples), ("batch_size", batch_size), ("epochs", epochs)]
        received += [("accumulation", accumulation), ("drop_last", drop_last)]
        reject("samples must be enough for one update", received)
    return updates


def scale(schedule: Schedule, factor: float) -> Schedule:
    """A schedule times a factor.

    η(t) = factor · s(t)

    Args:
        schedule: The schedule s to scale.
        factor: The factor of every value, > 0.

    Returns:
        A schedule that lasts as long as `schedule`.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> scale(polynomial_decay(1.0, 3), 0.5).values()
        [0.5, 0.25, 0.0]

    References:
        Goyal et al. (2017), arXiv 1706.02677, who scale the rate with the batch.
    """
    schedule, factor = check_schedule("schedule", schedule), check_positive("factor", factor)
    formula = schedule._value  # without the checks of a call, here and elsewhere: a table of 10⁶ steps is usual

    def product(value: float) -> float:
        if factor * value == math.inf:
            reject("factor must leave every value finite", [("factor", factor), ("a value of schedule", value)])
        return factor * value

    # One of these is nearly always the greatest value. Where none is, the value is refused when it is asked for.
    for value in (schedule._bounds[1] or 0.0, schedule(0), schedule(schedule.total_steps)):
        product(value)
    arguments = {"schedule": schedule, "factor": factor}
    return Schedule("scale", arguments, schedule.total_steps, lambda step: product(formula(step)))


def opposite(
    schedule: Schedule, *, low: float, high: float, min_lr: float | None = None, max_lr: float | None = None
) -> Schedule:
    """A momentum that mirrors a rate: high where the rate is low, low where it is high.

    μ(t) = high − (high − low)·(η(t) − min_lr)/(max_lr − min_lr), kept within [low, high].

    Args:
        schedule: The rate η to mirror.
        low: The momentum at the rate max_lr, in [0, 1).
        high: The momentum at the rate min_lr, in [0, 1), > low.
        min_lr: The rate that gives `high`, ≥ 0. None means the base_lr of a cyclical rate, and the least value of any
            other.
        max_lr: The rate that gives `low`, > min_lr. None means the max_lr of a cyclical or one-cycle rate, and the
            greatest value of any other.

    Returns:
        A schedule that lasts as long as `schedule`.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> rate = cyclical(0.0, 1.0, 5, step_size=2)
        >>> [round(mu, 3) for mu in opposite(rate, low=0.85, high=0.95).values()]
        [0.95, 0.9, 0.85, 0.9, 0.95]

    References:
        Smith (2018), arXiv 1803.09820. PyTorch, torch.optim.lr_scheduler.CyclicLR (cycle_momentum).
    """
    check_schedule("schedule", schedule)
    low, high = check_unit_interval("low", low), check_unit_interval("high", high)
    check_ordered("low", low, "high", high)
    own_least, own_greatest = schedule._bounds
    least = _first_of("min_lr", min_lr, own_least, lambda: min(schedule.values()))
    greatest = _first_of("max_lr", max_lr, own_greatest, lambda: max(schedule.values()))
    check_ordered("min_lr", least, "max_lr", greatest)
    formula, span = schedule._value, greatest - least

    def value(step: int) -> float:
        part = (formula(step) - least) / span
        part = 0.0 if part < 0 else 1.0 if part > 1 else part
        return _linear(high, low, part, 1 - part)

    arguments = {"schedule": schedule, "low": low, "high": high, "min_lr": least, "max_lr": greatest}
    return Schedule("opposite", arguments, schedule.total_steps, value)


def _first_of(name: str, given: float | None, stated: float | None, extreme: "Callable[[], float]") -> float:
    """The bound that is given, else the one that the schedule's own arguments state, else the extreme of its values."""
    if given is not None:
        return check_at_least(name, given)
    return extreme() if stated is None else stated


_FACTORIES: "dict[str, Callable[..., Schedule]]" = {
    "constant": constant,
    "step_decay": step_decay,
    "exponential_decay": exponential_decay,
    "polynomial_decay": polynomial_decay,
    "cosine_decay": cosine_decay,
    "cosine_restarts": cosine_restarts,
    "cyclical": cyclical,
    "one_cycle": one_cycle,
    "one_cycle_momentum": one_cycle_momentum,
    "ramp_sustain_decay": ramp_sustain_decay,
    "warmup_stable_decay": warmup_stable_decay,
    "inverse_sqrt": inverse_sqrt,
    "piecewise": piecewise,
    "join": join,
    "warmup": warmup,
    "scale": scale,
    "opposite": opposite,
    "cooldown": cooldown,
    "from_step": from_step,
}


_REGISTERED: "dict[str, tuple[Callable[..., Schedule], tuple[str, str]]]" = {}  # with module and function of origin


def register(factory: "Callable[..., Callable[[int], float]]") -> "Callable[..., Schedule]":
    """Make a function of your own a schedule, which is saved by its name and revived by `from_config`.

    The function takes what describes the schedule, total_steps among it, and returns the formula: a function of a step
    from 0 to total_steps − 1, with values ≥ 0. A program that loads what was saved has to register the function first.

    Args:
        factory: The function. Its arguments have to be what JSON can hold (numbers, words, flags, None), schedules, or
            lists of these.

    Returns:
        A function with the same arguments that returns a schedule.

    Raises:
        TypeError, ValueError: The function takes no total_steps, or its name is another schedule's; later, an argument
            or a value of the formula breaks its rule.

    Example:
        >>> @register
        ... def sawtooth(lr, total_steps, *, teeth):
        ...     return lambda step: lr * (1 - step * teeth / total_steps % 1)
        >>> schedule = sawtooth(1.0, 8, teeth=2)
        >>> schedule.values()
        [1.0, 0.75, 0.5, 0.25, 1.0, 0.75, 0.5, 0.25]
        >>> from_config(schedule.config) == schedule
        True

    References:
        Keras, keras.saving.register_keras_serializable.
    """
    import functools  # here, as MicroPython lacks these two: the pages register nothing
    import inspect

    if not inspect.isfunction(factory) or not factory.__name__.isidentifier():
        reject("factory must be a function that has a name", [("factory", factory)], TypeError)
    signature, name = inspect.signature(factory), factory.__name__
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    if any(parameter.kind not in plain or key == "name" for key, parameter in signature.parameters.items()):
        rule = "factory must have arguments that a config can hold by name, and none that is called name"
        reject(rule, [("factory", f"{name}{signature}")])
    if "total_steps" not in signature.parameters:
        reject("factory must take total_steps", [("factory", f"{name}{signature}")])
    origin = factory.__module__, factory.__qualname__  # the same function may come again: a cell is run twice
    if name in _FACTORIES or _REGISTERED.get(name, (None, origin))[1] != origin:
        reject("factory must have a name that no other schedule has", [("factory", name)])

    @functools.wraps(factory)
    def make(*args: object, **kwargs: object) -> Schedule:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = {key: _holdable(key, value) for key, value in bound.arguments.items()}
        arguments["total_steps"] = total_steps = check_steps("total_steps", arguments["total_steps"])
        formula = factory(**arguments)
        if not callable(formula):
            reject(f"{name} must return a function of the step", [(f"what {name} returned", formula)], TypeError)
        return Schedule(name, arguments, total_steps, lambda step: check_at_least(f"{name} at {step}", formula(step)))

    _REGISTERED[name] = make, origin
    return make


def _holdable(name: str, value: object) -> object:
    """A value that a config can hold."""
    if value is None or isinstance(value, (bool, str, Schedule)):
        return value
    if isinstance(value, (list, tuple)):
        return [_holdable(f"each item of {name}", item) for item in value]
    if not hasattr(value, "__float__"):
        rule = f"{name} must be a number, a word, a flag, None, a schedule or a list of these"
        reject(rule, [(name, value)], TypeError)
    number = check_number(name, value)
    return int(number) if hasattr(value, "__index__") else number  # NumPy's whole numbers have one, and JSON no NumPy


def from_config(config: dict[str, object]) -> Schedule:
    """The schedule that a config describes.

    Args:
        config: A dict as `Schedule.config` gives it; it may have been through JSON.

    Returns:
        A schedule equal to the one that gave the config.

    Raises:
        TypeError, ValueError: The dict is no config; the message says why.

    Example:
        >>> from_config({"name": "constant", "lr": 0.1, "total_steps": 3})
        schedules.constant(lr=0.1, total_steps=3)
    """
    if not isinstance(config, dict) or "name" not in config:
        reject('config must be a dict with a "name"', [("config", config)], TypeError)
    factory = _factory(config["name"])
    arguments = {key: _revive(value) for key, value in config.items() if key != "name"}
    try:
        return factory(**arguments)
    except TypeError as error:  # an argument is missing or unknown, or is no number: say whose
        raise TypeError(f"config must describe a schedule. {error}. Received: config={config!r}") from error


def _factory(name: object) -> "Callable[..., Schedule]":
    if isinstance(name, str) and name in _FACTORIES:
        return _FACTORIES[name]
    if isinstance(name, str) and name in _REGISTERED:
        return _REGISTERED[name][0]
    known = ", ".join(sorted(list(_FACTORIES) + list(_REGISTERED)))
    rule = f"name must be one of {known}, or that of a function given to schedules.register before"
    return reject(rule, [("name", name)])


def _revive(value: object) -> object:
    if isinstance(value, dict):
        return from_config(value)
    return [_revive(item) for item in value] if isinstance(value, list) else value
