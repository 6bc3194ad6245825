"""Schedules: the value of a hyper-parameter at every step of a run.

A schedule is a callable of the step, ``schedule(step) -> float``, where steps are optimizer updates counted from 0.
It lasts `total_steps` steps, holds its last value after the end, gives the same value however often it is called, and
round-trips through `config` and `from_config`.

The module imports `math` and the checks of arguments alone, and avoids what MicroPython lacks: the book's pages run
this very file.
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
    check_unit_interval,
    check_whole,
    reject,
)


class Schedule:
    """A value for every step; made by the functions of this module.

    Args:
        name: the function that makes it.
        arguments: that function's arguments, checked and complete.
        total_steps: how many steps it lasts.
        value: the formula, a function of a step from 0 to total_steps − 1.

    Example:
        >>> schedule = constant(0.1, 3)
        >>> schedule
        schedules.constant(lr=0.1, total_steps=3)
        >>> schedule(2), schedule(99), schedule.values()
        (0.1, 0.1, [0.1, 0.1, 0.1])
        >>> from_config(schedule.config) == schedule
        True
    """

    def __init__(self, name, arguments, total_steps, value):
        self.total_steps = total_steps
        self._name = name
        self._arguments = arguments
        self._value = value

    def __call__(self, step=None):
        if step is None:  # Keras calls what it takes for a function without arguments
            raise TypeError(
                "a schedule must be called with a step; a Keras optimizer takes it as InGraphSchedule(schedule)"
            )
        return self._value(min(check_whole("step", step, 0), self.total_steps - 1))

    def values(self):
        """All `total_steps` values, a list of floats."""
        return [self._value(step) for step in range(self.total_steps)]

    @property
    def config(self):
        """What `from_config` makes the schedule from: a dict that JSON can hold."""
        return dict([("name", self._name)] + [(key, _plain(value)) for key, value in self._arguments.items()])

    def __repr__(self):
        return f"schedules.{self._name}({', '.join([f'{key}={value!r}' for key, value in self._arguments.items()])})"

    def __eq__(self, other):
        return isinstance(other, Schedule) and self.config == other.config

    def __hash__(self):
        return hash(repr(self))

    def __reduce__(self):  # formulas are closures, which pickle and deepcopy refuse: go through the config
        return from_config, (self.config,)


def _plain(value):
    if isinstance(value, Schedule):
        return value.config
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def check_schedule(name, value):
    if not isinstance(value, Schedule):
        reject(f"{name} must be a schedule", [(name, value)], TypeError)
    return value


# ---------------------------------------------------------------------------------------------------------- shapes
# How a value moves from `start` to `end`: x is the position in [0, 1] and y = 1 − x, handed over apart because
# computing it here would lose digits near the end. Each is exact at both ends.
_HALF_PI = math.pi / 2


def _linear(start, end, x, y):
    return start * y + end * x


def _cosine(start, end, x, y):
    # sin² of the nearer end's distance, where textbooks write (1 + cos) / 2, which cancels near the end
    if x < y:
        gone = math.sin(_HALF_PI * x) ** 2
        return start * (1 - gone) + end * gone
    left = math.sin(_HALF_PI * y) ** 2
    return start * left + end * (1 - left)


def _exponential(start, end, x, y):
    return start**y * end**x


def _one_minus_sqrt(start, end, x, y):
    root = math.sqrt(x)
    return start * (1 - root) + end * root


_SHAPES = {"linear": _linear, "cosine": _cosine, "exponential": _exponential, "1-sqrt": _one_minus_sqrt}


def _through(points, shape):
    """The function that passes through (step, value) points and holds the first and the last value outside."""
    first_step, first_value = points[0]
    last_value = points[-1][1]
    between = _SHAPES[shape]
    segments = [(a, start, b, end, b - a) for (a, start), (b, end) in zip(points, points[1:])]
    starts, last_step = [step for step, _ in points[:-1]], points[-1][0]

    def value(step):
        if step <= first_step:
            return first_value
        if step >= last_step:
            return last_value
        a, start, b, end, width = segments[_last_start(starts, step)]
        return between(start, end, (step - a) / width, (b - step) / width)

    return value


def _last_start(starts, step):
    """Index of the last of the increasing `starts` that is ≤ step; MicroPython lacks `bisect`."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= step:
            low = middle
        else:
            high = middle
    return low


# ------------------------------------------------------------------------------------------------------- schedules
def constant(lr, total_steps):
    """The same value at every step.

    η(t) = lr

    Args:
        lr: the value, ≥ 0.
        total_steps: steps T, ≥ 1.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> constant(0.5, 2).values()
        [0.5, 0.5]

    References:
        Bottou, Curtis, Nocedal (2018), Optimization methods for large-scale machine learning, arXiv 1606.04838.
    """
    lr = check_at_least("lr", lr)
    total_steps = check_whole("total_steps", total_steps)
    return Schedule("constant", {"lr": lr, "total_steps": total_steps}, total_steps, lambda step: lr)


def polynomial_decay(lr, total_steps, *, power=1.0, end_lr=0.0):
    """Decay along a power of the time that is left; power = 1 is the linear decay.

    η(t) = end_lr + (lr − end_lr) · (1 − t / (T − 1))^power

    Args:
        lr: rate at step 0, > end_lr.
        total_steps: steps T, ≥ 2.
        power: exponent, > 0.
        end_lr: rate at step T − 1, ≥ 0.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> polynomial_decay(1.0, 5).values()
        [1.0, 0.75, 0.5, 0.25, 0.0]

    References:
        Li, Yumer, Ramanan (2020), Budgeted training, arXiv 1905.04753. Defazio et al. (2023), arXiv 2310.07831.
    """
    lr, end_lr, power = check_number("lr", lr), check_at_least("end_lr", end_lr), check_positive("power", power)
    total_steps = check_whole("total_steps", total_steps, 2)
    check_ordered("end_lr", end_lr, "lr", lr)
    last = total_steps - 1

    def value(step):
        left = ((last - step) / last) ** power
        return lr * left + end_lr * (1 - left)

    arguments = {"lr": lr, "total_steps": total_steps, "power": power, "end_lr": end_lr}
    return Schedule("polynomial_decay", arguments, total_steps, value)


def step_decay(lr, total_steps, *, boundaries, factor=0.1):
    """A staircase: multiplied by factor at each boundary.

    η(t) = lr · factor^n, where n counts the boundaries ≤ t: at its boundary the rate has decayed.

    Args:
        lr: rate at step 0, > 0.
        total_steps: steps T, > the last boundary.
        boundaries: steps at which the rate drops: increasing, ≥ 1.
        factor: in (0, 1).

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> step_decay(1.0, 6, boundaries=[2, 5], factor=0.5).values()
        [1.0, 1.0, 0.5, 0.5, 0.5, 0.25]

    References:
        He et al. (2016), Deep residual learning for image recognition, arXiv 1512.03385.
        PyTorch, torch.optim.lr_scheduler.MultiStepLR.
    """
    lr, total_steps = check_positive("lr", lr), check_whole("total_steps", total_steps)
    boundaries = [check_whole("each item of boundaries", step) for step in _items("boundaries", boundaries)]
    check_increasing("boundaries", boundaries)
    factor = check_fraction("factor", factor)
    if boundaries[-1] >= total_steps:
        reject("total_steps must be > the last boundary", [("total_steps", total_steps), ("boundaries", boundaries)])
    starts = [0] + boundaries
    rates = [lr * factor**drops for drops in range(len(starts))]
    arguments = {"lr": lr, "total_steps": total_steps, "boundaries": boundaries, "factor": factor}
    return Schedule("step_decay", arguments, total_steps, lambda step: rates[_last_start(starts, step)])


def exponential_decay(lr, total_steps, *, end_lr):
    """Decay by the same factor at every step.

    η(t) = lr · (end_lr / lr)^(t / (T − 1))

    Args:
        lr: rate at step 0, > end_lr.
        total_steps: steps T, ≥ 2.
        end_lr: rate at step T − 1, > 0.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 6) for rate in exponential_decay(1.0, 4, end_lr=0.001).values()]
        [1.0, 0.1, 0.01, 0.001]

    References:
        PyTorch, torch.optim.lr_scheduler.ExponentialLR, with gamma = (end_lr / lr)^(1 / (T − 1)).
    """
    end_lr = check_positive("end_lr", end_lr)
    return _decay("exponential_decay", "exponential", lr, total_steps, end_lr)


def cosine_decay(lr, total_steps, *, end_lr=0.0):
    """Half a cosine from lr down to end_lr.

    η(t) = end_lr + (lr − end_lr) · (1 + cos(πt / (T − 1))) / 2

    Args:
        lr: rate at step 0, > end_lr.
        total_steps: steps T, ≥ 2.
        end_lr: rate at step T − 1, ≥ 0.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in cosine_decay(1.0, 5).values()]
        [1.0, 0.854, 0.5, 0.146, 0.0]

    References:
        Loshchilov, Hutter (2017), SGDR: stochastic gradient descent with warm restarts, arXiv 1608.03983.
        PyTorch, torch.optim.lr_scheduler.CosineAnnealingLR, with T_max = T − 1.
    """
    return _decay("cosine_decay", "cosine", lr, total_steps, check_at_least("end_lr", end_lr))


def _decay(name, shape, lr, total_steps, end_lr):
    lr, total_steps = check_number("lr", lr), check_whole("total_steps", total_steps, 2)
    check_ordered("end_lr", end_lr, "lr", lr)
    arguments = {"lr": lr, "total_steps": total_steps, "end_lr": end_lr}
    return Schedule(name, arguments, total_steps, _through([(0, lr), (total_steps - 1, end_lr)], shape))


def cosine_restarts(max_lr, total_steps, *, first_cycle, cycle_mult=1.0, min_lr=0.0, cycle_factor=1.0):
    """Cosine decay with warm restarts, whose cycles may grow and whose peaks may shrink.

    Cycle i = 0, 1, … lasts Tᵢ = first_cycle · cycle_multⁱ steps and starts at Sᵢ = T₀ + … + Tᵢ₋₁. In it
    η(t) = min_lr + (max_lr − min_lr) · cycle_factorⁱ · (1 + cos(π(t − Sᵢ) / Tᵢ)) / 2. The rate would reach min_lr at
    Sᵢ₊₁, where it restarts instead. A fractional cycle_mult gives cycles that start between two steps, as in Keras.

    Args:
        max_lr: rate at the first peak, > min_lr.
        total_steps: steps T, ≥ 1.
        first_cycle: steps of the first cycle, ≥ 1.
        cycle_mult: each cycle's length over that of the one before, ≥ 1.
        min_lr: the floor, ≥ 0.
        cycle_factor: each peak's height over min_lr against the one before, in (0, 1].

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in cosine_restarts(1.0, 7, first_cycle=2, cycle_mult=2).values()]
        [1.0, 0.5, 1.0, 0.854, 0.5, 0.146, 1.0]

    References:
        Loshchilov, Hutter (2017), arXiv 1608.03983. PyTorch, torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
        Keras, keras.optimizers.schedules.CosineDecayRestarts (first_decay_steps, t_mul, m_mul, alpha · max_lr).
    """
    max_lr, min_lr = check_number("max_lr", max_lr), check_at_least("min_lr", min_lr)
    total_steps, first_cycle = check_whole("total_steps", total_steps), check_whole("first_cycle", first_cycle)
    cycle_mult = check_at_least("cycle_mult", cycle_mult, 1.0)
    cycle_factor = check_fraction("cycle_factor", cycle_factor, whole=True)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    starts = [0.0, float(first_cycle)]
    while starts[-1] < total_steps:
        starts.append(starts[-1] + (starts[-1] - starts[-2]) * cycle_mult)

    def value(step):
        cycle = step // first_cycle if cycle_mult == 1 else _last_start(starts, step)
        start, end = starts[cycle], starts[cycle + 1]
        length = end - start
        height = cycle_factor**cycle
        peak = _linear(min_lr, max_lr, height, 1 - height)
        return _cosine(peak, min_lr, (step - start) / length, (end - step) / length)

    arguments = {"max_lr": max_lr, "total_steps": total_steps, "first_cycle": first_cycle, "cycle_mult": cycle_mult}
    arguments.update({"min_lr": min_lr, "cycle_factor": cycle_factor})
    return Schedule("cosine_restarts", arguments, total_steps, value)


_WINDOWS = {
    "linear": lambda x: 1 - x,
    "welch": lambda x: 1 - x * x,
    "hann": lambda x: math.sin(math.pi / 2 * (1 - x)) ** 2,
}
_SCALES = {
    "triangular": lambda cycle, step, gamma: 1.0,
    "triangular2": lambda cycle, step, gamma: 0.5**cycle,
    "exp_range": lambda cycle, step, gamma: gamma**step,
}


def cyclical(
    base_lr,
    max_lr,
    total_steps,
    *,
    step_size,
    step_size_down=None,
    mode="triangular",
    window="linear",
    gamma=1.0,
):
    """Cyclical rates: up from base_lr to max_lr in step_size steps, down again, and over.

    η(t) = base_lr + (max_lr − base_lr) · window(x) · scale, where x is the distance from the nearest peak: 1 at the
    foot of a cycle, 0 at its top. With equal sides, cycle = ⌊1 + t/(2s)⌋ and x = |t/s − 2·cycle + 1|. Windows are 1 − x
    (linear), 1 − x² (welch), cos²(πx/2) (hann). The scale is 1 (triangular), 1/2^(cycle − 1) (triangular2) or gamma^t
    (exp_range, in the form of the common implementations: the amplitude decays, base_lr stays).

    Args:
        base_lr: rate at the foot, ≥ 0.
        max_lr: rate at the top of the first cycle, > base_lr.
        total_steps: steps T, ≥ 1.
        step_size: steps s from foot to top, ≥ 1 (Smith: 2 to 10 epochs).
        step_size_down: steps from top to foot; None means step_size.
        mode: "triangular", "triangular2" or "exp_range".
        window: "linear", "welch" or "hann".
        gamma: factor of the amplitude a step in mode "exp_range", in (0, 1].

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> cyclical(1.0, 5.0, 9, step_size=2, mode="triangular2").values()
        [1.0, 3.0, 5.0, 3.0, 1.0, 2.0, 3.0, 2.0, 1.0]

    References:
        Smith (2017), Cyclical learning rates for training neural networks, arXiv 1506.01186.
    """
    base_lr, max_lr = check_at_least("base_lr", base_lr), check_number("max_lr", max_lr)
    gamma = check_fraction("gamma", gamma, whole=True)
    total_steps, up = check_whole("total_steps", total_steps), check_whole("step_size", step_size)
    down = up if step_size_down is None else check_whole("step_size_down", step_size_down)
    check_ordered("base_lr", base_lr, "max_lr", max_lr)
    check_choice("mode", mode, _SCALES)
    check_choice("window", window, _WINDOWS)
    if gamma != 1 and mode != "exp_range":
        reject('gamma must be 1.0 unless mode is "exp_range"', [("gamma", gamma), ("mode", mode)])
    shape, scale, period = _WINDOWS[window], _SCALES[mode], up + down

    def value(step):
        cycle, position = step // period, step % period
        x = (up - position) / up if position < up else (position - up) / down
        height = shape(x) * scale(cycle, step, gamma)
        return base_lr * (1 - height) + max_lr * height

    arguments = {"base_lr": base_lr, "max_lr": max_lr, "total_steps": total_steps, "step_size": up}
    arguments.update({"step_size_down": down, "mode": mode, "window": window, "gamma": gamma})
    return Schedule("cyclical", arguments, total_steps, value)


def _cycle_points(total_steps, pct_start, three_phase, foot, top, end):
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
    max_lr,
    total_steps,
    *,
    pct_start=0.3,
    anneal="cosine",
    div_factor=25.0,
    final_div_factor=1e4,
    three_phase=False,
):
    """One cycle: up to max_lr, then down to almost nothing at the last step.

    From max_lr/div_factor at step 0 to max_lr at pct_start·T − 1 and to max_lr/(div_factor·final_div_factor) at T − 1.
    With three_phase, first back to max_lr/div_factor in as many steps as the way up took, and from there to the end.
    Smith's own policy, one symmetric cycle followed by a short tail, is three_phase=True, anneal="linear",
    pct_start=0.45; the default is the two-phase cosine of today's libraries.

    Args:
        max_lr: rate at the peak, > 0.
        total_steps: steps T; pct_start·T must exceed 1.
        pct_start: part of the run spent going up, in (0, 1); at most 0.5 with three_phase.
        anneal: shape of each phase, "cosine" or "linear".
        div_factor: max_lr over the first rate, ≥ 1.
        final_div_factor: first rate over the last rate, ≥ 1/div_factor.
        three_phase: whether to come back to the first rate before the final descent.

    Returns:
        A schedule of total_steps steps. Its greatest value is max_lr where pct_start·T is whole.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> schedule = one_cycle(1.0, 11, pct_start=5 / 11, anneal="linear", div_factor=5, final_div_factor=100)
        >>> [round(rate, 3) for rate in schedule.values()]
        [0.2, 0.4, 0.6, 0.8, 1.0, 0.834, 0.667, 0.501, 0.335, 0.168, 0.002]

    References:
        Smith (2018), A disciplined approach to neural network hyper-parameters: part 1, arXiv 1803.09820.
        PyTorch, torch.optim.lr_scheduler.OneCycleLR.
    """
    max_lr, total_steps = check_positive("max_lr", max_lr), check_whole("total_steps", total_steps)
    div_factor = check_at_least("div_factor", div_factor, 1.0)
    final_div_factor = check_positive("final_div_factor", final_div_factor)
    if div_factor * final_div_factor < 1:
        received = [("final_div_factor", final_div_factor), ("div_factor", div_factor)]
        reject("final_div_factor must be ≥ 1/div_factor", received)
    anneal, three_phase = check_choice("anneal", anneal, ("cosine", "linear")), check_flag("three_phase", three_phase)
    first = max_lr / div_factor
    points = _cycle_points(total_steps, pct_start, three_phase, first, max_lr, first / final_div_factor)
    arguments = {"max_lr": max_lr, "total_steps": total_steps, "pct_start": float(pct_start), "anneal": anneal}
    arguments.update({"div_factor": div_factor, "final_div_factor": final_div_factor, "three_phase": three_phase})
    return Schedule("one_cycle", arguments, total_steps, _through(points, anneal))


def one_cycle_momentum(total_steps, *, low=0.85, high=0.95, pct_start=0.3, anneal="cosine", three_phase=False):
    """The momentum that goes with `one_cycle`: lowest where the rate is highest.

    From high at step 0 to low at pct_start·T − 1, and back to high: at T − 1, or with three_phase at 2·pct_start·T − 2,
    after which it stays.

    Args:
        total_steps, pct_start, anneal, three_phase: as in `one_cycle`.
        low: momentum at the peak of the rate, in [0, 1).
        high: momentum at the start and at the end, in [0, 1), > low.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> momentum = one_cycle_momentum(11, pct_start=5 / 11, anneal="linear")
        >>> [round(mu, 3) for mu in momentum.values()]
        [0.95, 0.925, 0.9, 0.875, 0.85, 0.867, 0.883, 0.9, 0.917, 0.933, 0.95]

    References:
        Smith (2018), arXiv 1803.09820. PyTorch, torch.optim.lr_scheduler.OneCycleLR (cycle_momentum).
    """
    total_steps = check_whole("total_steps", total_steps)
    low, high = check_unit_interval("low", low), check_unit_interval("high", high)
    check_ordered("low", low, "high", high)
    anneal, three_phase = check_choice("anneal", anneal, ("cosine", "linear")), check_flag("three_phase", three_phase)
    points = _cycle_points(total_steps, pct_start, three_phase, high, low, high)
    arguments = {"total_steps": total_steps, "low": low, "high": high, "pct_start": float(pct_start)}
    arguments.update({"anneal": anneal, "three_phase": three_phase})
    return Schedule("one_cycle_momentum", arguments, total_steps, _through(points, anneal))


def ramp_sustain_decay(
    start_lr,
    max_lr,
    min_lr,
    total_steps,
    *,
    rampup_steps,
    sustain_steps=0,
    decay_steps,
    factor=0.5,
):
    """Linear ramp, plateau, exponential decay towards a floor.

    With r = rampup_steps and s = sustain_steps: start_lr + (max_lr − start_lr)·t/r for t < r; max_lr for t < r + s;
    min_lr + (max_lr − min_lr)·factor^((t − r − s)/decay_steps) afterwards. It approaches min_lr and never arrives.

    Args:
        start_lr: rate at step 0, ≥ 0, at most max_lr.
        max_lr: rate of the plateau, > min_lr.
        min_lr: the floor, ≥ 0.
        total_steps: steps T, > rampup_steps + sustain_steps.
        rampup_steps: steps of the ramp, ≥ 0.
        sustain_steps: steps of the plateau, ≥ 0.
        decay_steps: steps in which the excess over min_lr shrinks by factor, ≥ 1.
        factor: in (0, 1).

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> ramp_sustain_decay(1.0, 5.0, 1.0, 7, rampup_steps=2, sustain_steps=2, decay_steps=1).values()
        [1.0, 3.0, 5.0, 5.0, 5.0, 3.0, 2.0]

    References:
        "Supercharge Training of Your Deep Learning Models", Towards Data Science, which credits Görner (2019).
    """
    start_lr, max_lr = check_at_least("start_lr", start_lr), check_number("max_lr", max_lr)
    min_lr = check_at_least("min_lr", min_lr)
    total_steps, ramp = check_whole("total_steps", total_steps), check_whole("rampup_steps", rampup_steps, 0)
    sustain, decay_steps = check_whole("sustain_steps", sustain_steps, 0), check_whole("decay_steps", decay_steps)
    factor = check_fraction("factor", factor)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    if start_lr > max_lr:
        reject("start_lr must be ≤ max_lr", [("start_lr", start_lr), ("max_lr", max_lr)])
    top = ramp + sustain
    if top >= total_steps:
        received = [("total_steps", total_steps), ("rampup_steps", ramp), ("sustain_steps", sustain)]
        reject("total_steps must be > rampup_steps + sustain_steps", received)

    def value(step):
        if step < ramp:
            return _linear(start_lr, max_lr, step / ramp, (ramp - step) / ramp)
        height = factor ** (max(0, step - top) / decay_steps)
        return _linear(min_lr, max_lr, height, 1 - height)

    arguments = {"start_lr": start_lr, "max_lr": max_lr, "min_lr": min_lr, "total_steps": total_steps}
    arguments.update({"rampup_steps": ramp, "sustain_steps": sustain, "decay_steps": decay_steps, "factor": factor})
    return Schedule("ramp_sustain_decay", arguments, total_steps, value)


def warmup_stable_decay(max_lr, total_steps, *, warmup_steps, decay_steps, shape="linear", end_lr=0.0):
    """Linear warm-up, plateau, and a decay at the end: a run can be prolonged by prolonging the plateau.

    max_lr · t / warmup_steps for t < warmup_steps; max_lr up to T − 1 − decay_steps; from there, with x the part of
    decay_steps gone, max_lr + (end_lr − max_lr) · d(x), where d(x) is x (linear), (1 − cos πx) / 2 (cosine) or
    √x (1-sqrt).

    Args:
        max_lr: rate of the plateau, > end_lr.
        total_steps: steps T, > warmup_steps + decay_steps.
        warmup_steps: steps of the way up, ≥ 0.
        decay_steps: steps of the way down, ≥ 1.
        shape: "linear", "cosine" or "1-sqrt".
        end_lr: rate at step T − 1, ≥ 0.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> warmup_stable_decay(4.0, 9, warmup_steps=2, decay_steps=4).values()
        [0.0, 2.0, 4.0, 4.0, 4.0, 3.0, 2.0, 1.0, 0.0]

    References:
        Hu et al. (2024), MiniCPM, arXiv 2404.06395. Hägele et al. (2024), Scaling laws and compute-optimal training
        beyond fixed training durations, arXiv 2405.18392 (the 1-sqrt shape).
    """
    max_lr, end_lr = check_number("max_lr", max_lr), check_at_least("end_lr", end_lr)
    total_steps, up = check_whole("total_steps", total_steps), check_whole("warmup_steps", warmup_steps, 0)
    down = check_whole("decay_steps", decay_steps)
    check_ordered("end_lr", end_lr, "max_lr", max_lr)
    check_choice("shape", shape, ("linear", "cosine", "1-sqrt"))
    if up + down >= total_steps:
        received = [("total_steps", total_steps), ("warmup_steps", up), ("decay_steps", down)]
        reject("total_steps must be > warmup_steps + decay_steps", received)
    last = total_steps - 1
    way_down = _through([(last - down, max_lr), (last, end_lr)], shape)

    def value(step):
        return max_lr * step / up if step < up else way_down(step)

    arguments = {"max_lr": max_lr, "total_steps": total_steps, "warmup_steps": up, "decay_steps": down}
    arguments.update({"shape": shape, "end_lr": end_lr})
    return Schedule("warmup_stable_decay", arguments, total_steps, value)


def inverse_sqrt(max_lr, total_steps, *, warmup_steps):
    """Linear warm-up, then a decay with one over the square root of the step, which needs no end.

    η(t) = max_lr · min(t / w, √(w / t)) with w = warmup_steps.

    Args:
        max_lr: rate at step w, > 0.
        total_steps: steps T, ≥ 1; the formula does not depend on it.
        warmup_steps: steps w of the way up, ≥ 1.

    Returns:
        A schedule of total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> [round(rate, 3) for rate in inverse_sqrt(1.0, 9, warmup_steps=2).values()]
        [0.0, 0.5, 1.0, 0.816, 0.707, 0.632, 0.577, 0.535, 0.5]

    References:
        Vaswani et al. (2017), Attention is all you need, arXiv 1706.03762, with max_lr = 1/√(d_model · w).
    """
    max_lr, total_steps = check_positive("max_lr", max_lr), check_whole("total_steps", total_steps)
    warm = check_whole("warmup_steps", warmup_steps)

    def value(step):
        return max_lr * (step / warm if step < warm else math.sqrt(warm / step))

    arguments = {"max_lr": max_lr, "total_steps": total_steps, "warmup_steps": warm}
    return Schedule("inverse_sqrt", arguments, total_steps, value)


def piecewise(points, *, shape="linear"):
    """Values through given points, and the same shape between each two.

    Between (a, u) and (b, v), with x = (t − a)/(b − a): u + (v − u)·x (linear), v + (u − v)·cos²(πx/2) (cosine),
    u·(v/u)^x (exponential), u + (v − u)·√x (1-sqrt). Before the first point it holds the first value.

    Args:
        points: at least one pair (step, value); whole steps ≥ 0 that increase, values ≥ 0 (> 0 if exponential).
        shape: "linear", "cosine", "exponential" or "1-sqrt".

    Returns:
        A schedule that lasts to its last point: last step + 1 steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> piecewise([(0, 0.0), (2, 1.0), (6, 0.0)]).values()
        [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0]

    References:
        Optax, optax.piecewise_interpolate_schedule.
    """
    check_choice("shape", shape, _SHAPES)
    points = [_point(point) for point in _items("points", points)]
    check_increasing("steps of points", [step for step, _ in points])
    if shape == "exponential" and min([value for _, value in points]) == 0:
        reject('values of points must be > 0 with shape="exponential"', [("points", points)])
    return Schedule("piecewise", {"points": points, "shape": shape}, points[-1][0] + 1, _through(points, shape))


def _items(name, value):
    if not isinstance(value, (list, tuple)) or not value:
        reject(f"{name} must be a list with at least one item", [(name, value)], TypeError)
    return list(value)


def _point(point):
    if not isinstance(point, (list, tuple)) or len(point) != 2:
        reject("each item of points must be a pair (step, value)", [("points item", point)], TypeError)
    return (check_whole("step of points", point[0], 0), check_at_least("value of points", point[1]))


def join(parts, boundaries):
    """Schedules one after the other; each part starts at its own step 0.

    η(t) = partᵢ(t − boundaryᵢ₋₁) for boundaryᵢ₋₁ ≤ t < boundaryᵢ, with boundary₋₁ = 0. A part that is shorter than its
    place holds its last value.

    Args:
        parts: schedules, at least one.
        boundaries: the steps at which parts 1, 2, … start: increasing, ≥ 1, one fewer than parts.

    Returns:
        A schedule that lasts to the last boundary plus its last part.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> join([constant(1.0, 2), constant(0.1, 3)], [2]).values()
        [1.0, 1.0, 0.1, 0.1, 0.1]

    References:
        Optax, optax.join_schedules. PyTorch, torch.optim.lr_scheduler.SequentialLR.
    """
    parts = [check_schedule("each item of parts", part) for part in _items("parts", parts)]
    if not isinstance(boundaries, (list, tuple)):
        reject("boundaries must be a list of steps", [("boundaries", boundaries)], TypeError)
    boundaries = [check_whole("each item of boundaries", boundary) for boundary in boundaries]
    if len(boundaries) != len(parts) - 1:
        received = [("boundaries", boundaries), ("number of parts", len(parts))]
        reject("boundaries must have one item fewer than parts", received)
    check_increasing("boundaries", boundaries)
    starts = [0] + boundaries

    def value(step):
        index = _last_start(starts, step)
        return parts[index](step - starts[index])

    return Schedule("join", {"parts": parts, "boundaries": boundaries}, starts[-1] + parts[-1].total_steps, value)


def warmup(schedule, steps, *, start_lr=0.0):
    """A linear ramp in front of any schedule.

    η(t) = start_lr + (s(0) − start_lr)·t/steps for t < steps; s(t − steps) afterwards.

    Args:
        schedule: the schedule s to warm up to.
        steps: length of the ramp, ≥ 1.
        start_lr: rate at step 0, ≥ 0, at most s(0).

    Returns:
        A schedule of steps + schedule.total_steps steps; at `steps` it equals s(0).

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> warmup(polynomial_decay(1.0, 3), 4).values()
        [0.0, 0.25, 0.5, 0.75, 1.0, 0.5, 0.0]

    References:
        Goyal et al. (2017), arXiv 1706.02677. Gilmer et al. (2021), arXiv 2110.04369.
    """
    schedule, steps = check_schedule("schedule", schedule), check_whole("steps", steps)
    start_lr, target, formula = check_at_least("start_lr", start_lr), schedule(0), schedule._value
    if start_lr > target:
        reject("start_lr must be ≤ schedule(0)", [("start_lr", start_lr), ("schedule(0)", target)])

    def value(step):
        if step < steps:
            return _linear(start_lr, target, step / steps, (steps - step) / steps)
        return formula(step - steps)

    arguments = {"schedule": schedule, "steps": steps, "start_lr": start_lr}
    return Schedule("warmup", arguments, steps + schedule.total_steps, value)


def scale(schedule, factor):
    """A schedule times a factor.

    η(t) = factor · s(t)

    Args:
        schedule: the schedule s.
        factor: > 0.

    Returns:
        A schedule of schedule.total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> scale(polynomial_decay(1.0, 3), 0.5).values()
        [0.5, 0.25, 0.0]

    References:
        Goyal et al. (2017), arXiv 1706.02677, who scale the rate with the batch.
    """
    schedule, factor = check_schedule("schedule", schedule), check_positive("factor", factor)
    formula = schedule._value  # without the checks of a call, as in warmup and opposite: a table of 10⁶ steps is usual
    arguments = {"schedule": schedule, "factor": factor}
    return Schedule("scale", arguments, schedule.total_steps, lambda step: factor * formula(step))


def opposite(schedule, *, low, high, min_lr=None, max_lr=None):
    """A momentum that mirrors a rate: high where the rate is low, low where it is high.

    μ(t) = high − (high − low)·(η(t) − min_lr)/(max_lr − min_lr), kept within [low, high].

    Args:
        schedule: the rate η to mirror.
        low: momentum at max_lr, in [0, 1).
        high: momentum at min_lr, in [0, 1), > low.
        min_lr: rate that gives `high`; None means the base_lr of a cyclical rate, the least value of any other.
        max_lr: rate that gives `low`; None means the max_lr of a cyclical or one-cycle rate, the greatest value of any
            other.

    Returns:
        A schedule of schedule.total_steps steps.

    Raises:
        TypeError, ValueError: an argument breaks its rule; the message names it.

    Example:
        >>> rate = cyclical(0.0, 1.0, 5, step_size=2)
        >>> [round(mu, 3) for mu in opposite(rate, low=0.85, high=0.95).values()]
        [0.95, 0.9, 0.85, 0.9, 0.95]

    References:
        Smith (2018), arXiv 1803.09820. PyTorch, torch.optim.lr_scheduler.CyclicLR (cycle_momentum).
    """
    schedule, low, high = (
        check_schedule("schedule", schedule),
        check_unit_interval("low", low),
        check_unit_interval("high", high),
    )
    check_ordered("low", low, "high", high)
    min_lr = _bound("min_lr", min_lr, schedule, "base_lr", min)
    max_lr = _bound("max_lr", max_lr, schedule, "max_lr", max)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    formula, span = schedule._value, max_lr - min_lr

    def value(step):
        part = (formula(step) - min_lr) / span
        part = 0.0 if part < 0 else 1.0 if part > 1 else part
        return _linear(high, low, part, 1 - part)

    arguments = {"schedule": schedule, "low": low, "high": high, "min_lr": min_lr, "max_lr": max_lr}
    return Schedule("opposite", arguments, schedule.total_steps, value)


def _bound(name, value, schedule, key, extreme):
    if value is not None:
        return check_at_least(name, value)
    config = schedule.config
    own = "base_lr" in config or config["name"] == "one_cycle"  # bounds of these values, not of a rate they mirror
    return config[key] if own and key in config else extreme(schedule.values())


_FACTORIES = {
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
}


def from_config(config):
    """The schedule that a config describes.

    Args:
        config: a dict as `Schedule.config` gives it; JSON may have been in between.

    Returns:
        A schedule equal to the one that gave the config.

    Raises:
        TypeError, ValueError: it is no config; the message says why.

    Example:
        >>> from_config({"name": "constant", "lr": 0.1, "total_steps": 3})
        schedules.constant(lr=0.1, total_steps=3)
    """
    if not isinstance(config, dict) or "name" not in config:
        reject('config must be a dict with a "name"', [("config", config)], TypeError)
    factory = _FACTORIES[check_choice("name", config["name"], _FACTORIES)]
    arguments = {key: _revive(value) for key, value in config.items() if key != "name"}
    try:
        return factory(**arguments)
    except TypeError as error:  # an argument is missing or unknown, or is no number: say whose
        raise TypeError(f"config must describe a schedule. {error}. Received: config={config!r}") from error


def _revive(value):
    if isinstance(value, dict):
        return from_config(value)
    return [_revive(item) for item in value] if isinstance(value, list) else value
