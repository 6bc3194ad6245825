"""Loss curves predicted from a schedule alone: two laws that are fitted to runs, and a bound that needs none.

The laws tell the loss after each step t, counted from 0; the bound tells how good a last iterate must be at least.
`fit` finds a law's constants, and needs NumPy and SciPy, which are loaded when it is called. All else is plain Python,
like `schedules`, because the book's pages run it.
"""

import math

from learning_rates.checks import (
    check_at_least,
    check_fraction,
    check_number,
    check_positive,
    check_unit_interval,
    check_whole,
    reject,
)

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, Protocol

    class Scheduled(Protocol):
        """What `schedules` makes, as far as it matters here."""

        total_steps: int

        def values(self) -> list[float]: ...

    Rates = Scheduled | Sequence[float]
    Curve = tuple[Rates, Sequence[int], Sequence[float]]  # a schedule, and the losses after some of its steps
    Law = Callable[..., list[float]]

LEAST_RATE = 1e-12  # a lower rate counts as this in the multi-power law, which divides by powers of the rate


def momentum_law(
    schedule: "Rates",
    *,
    L0: float,
    A: float,
    alpha: float,
    C: float,
    lam: float,
    warmup_steps: int = 0,
    steps: "Sequence[int] | None" = None,
) -> list[float]:
    """The momentum law: what the rates' sum has earned, and what their falls have earned with a delay.

    L(t) = L₀ + A S₁(t)^(−α) − C S₂(t), where S₁ is the sum of the rates so far. S₂ is the sum of a momentum m so far,
    m(t) = λ m(t − 1) + η(t − 1) − η(t), which the falls of the rate feed. One pass over the schedule.

    Args:
        schedule: The schedule of the run, or the rate of each of its steps.
        L0: The loss of an endless run.
        A: The weight of the sum of the rates, ≥ 0.
        alpha: The exponent of that sum, > 0.
        C: The weight of the falls, ≥ 0.
        lam: What the momentum keeps of itself at each step, in [0, 1).
        warmup_steps: The number of steps of a warm-up, whose rises, up to the rate after it, do not count as falls.
        steps: The steps to tell the loss of, increasing. Without them, all.

    Returns:
        The loss after each of these steps; infinite where all rates so far are 0.

    Raises:
        TypeError: An argument is no number where one is asked for.
        ValueError: A number breaks its rule, or a step lies beyond the schedule's end.

    Example:
        >>> rates = [0.2, 0.6, 1.0, 1.0, 0.7, 0.4, 0.1]
        >>> curve = momentum_law(rates, L0=1, A=1, alpha=0.5, C=0.5, lam=0.9, warmup_steps=2)
        >>> [round(loss, 4) for loss in curve]
        [3.2361, 2.118, 1.7454, 1.5976, 1.3845, 1.0714, 0.6585]

    References:
        Tissue, Wang, Wang (2024), Scaling law with learning rate annealing, arXiv:2408.11029.
    """
    rates, wanted, first = _arguments(schedule, warmup_steps, steps)
    floor, weight, power = _power_law(L0, A, alpha)
    gain, kept = check_at_least("C", C), check_unit_interval("lam", lam)
    area = earned = momentum = 0.0
    before, curve = rates[0], []
    for step, rate in enumerate(rates[: wanted[-1] + 1] if wanted else []):
        area += rate
        momentum = kept * momentum + (before - rate if step >= first else 0.0)
        earned += momentum
        before = rate
        curve.append(floor + weight * area**-power - gain * earned if area else math.inf)
    return curve if steps is None else [curve[step] for step in wanted]


def multi_power_law(
    schedule: "Rates",
    *,
    L0: float,
    A: float,
    alpha: float,
    B: float,
    C: float,
    beta: float,
    gamma: float,
    warmup_steps: int = 0,
    steps: "Sequence[int] | None" = None,
    merge: int = 1,
) -> list[float]:
    """The multi-power law: each fall of the rate earns its own power law of the rates' sum since.

    L(t) = L₀ + A S₁(t)^(−α) − B Σₖ (η(k − 1) − η(k)) G(η(k)^(−γ) Sₖ(t)) with G(x) = 1 − (1 + C x)^(−β), where S₁ is
    the sum of the rates so far and Sₖ the part of it since the fall at step k, that step included.

    Args:
        schedule: The schedule of the run, or the rate of each of its steps.
        L0: The loss of an endless run.
        A: The weight of the sum of the rates, ≥ 0.
        alpha: The exponent of that sum, > 0.
        B: The weight of the falls, ≥ 0.
        C: How fast a fall earns, ≥ 0.
        beta: The exponent with which a fall comes near all that it can earn, > 0.
        gamma: How much faster it earns where the rate is low, ≥ 0.
        warmup_steps: The number of steps of a warm-up, whose rises, up to the rate after it, do not count as falls.
        steps: The steps to tell the loss of, increasing. Without them, all, which takes time with the square of their
            number where the rate falls all the time.
        merge: The number of steps whose falls are taken together, at their weighted middle: faster, less exact.

    Returns:
        The loss after each of these steps; infinite where all rates so far are 0.

    Raises:
        TypeError: An argument is no number where one is asked for.
        ValueError: A number breaks its rule, or a step lies beyond the schedule's end.

    Example:
        >>> curve = multi_power_law([1.0, 1.0, 0.5, 0.5], L0=1, A=1, alpha=1, B=1, C=1, beta=1, gamma=1)
        >>> [round(loss, 4) for loss in curve]  # the last: 1 + 1/3 − 0.5 · (1 − 1/(1 + 1/0.5))
        [2.0, 1.5, 1.15, 1.0]

    References:
        Luo, Wen, Hu, Sun, Liu, Sun, Lyu, Chen (2025), A multi-power law for loss curve prediction across learning rate
        schedules, arXiv:2503.12811.
    """
    rates, wanted, first = _arguments(schedule, warmup_steps, steps)
    floor, weight, power = _power_law(L0, A, alpha)
    gain, speed = check_at_least("B", B), check_at_least("C", C)
    flattening, quickening = check_positive("beta", beta), check_at_least("gamma", gamma)
    falls = [(size, speed * rate**-quickening, area) for size, rate, area in _falls(rates, first, merge)]
    sums, area = [], 0.0
    for rate in rates:
        area += rate
        sums.append(area)
    curve = []
    for step in wanted:
        area, earned = sums[step], 0.0
        for size, pace, before in falls:
            if before >= area:
                break
            earned += size * (1.0 - (1.0 + pace * (area - before)) ** -flattening)
        curve.append(floor + weight * area**-power - gain * earned if area else math.inf)
    return curve


def convex_bound(schedule: "Rates", *, D: float = 1.0, G: float = 1.0, step: int | None = None) -> float:
    """The bound for convex losses: how far above the least loss the last iterate of SGD is expected to be at most.

    D² / (2 S) + G²/2 (Σ η(k)² / (the sum of the rates after k) + the last rate), where S is the sum of all rates. It
    equals the theorem's own form; summing by parts leaves one pass over the rates. The last iterate is the weights at
    which the last gradient is taken, before that step moves them. A last rate of 0 would be divided by, so that the
    sums end with the last rate above 0.

    Args:
        schedule: The schedule of the run, or the rate of each of its steps.
        D: The distance between the start and the minimum, ≥ 0.
        G: A length, ≥ 0, whose square the mean square of a batch's gradient never exceeds.
        step: The last step that counts. Without it, the last of the schedule.

    Returns:
        The bound, in the unit of the loss.

    Raises:
        TypeError: An argument is no number where one is asked for.
        ValueError: A number breaks its rule, the step lies beyond the schedule's end, or all rates up to it are 0.

    Example:
        >>> convex_bound([1.0, 0.5])  # 1/(2 · 1.5) + ½ (1/0.5 + 0.5)
        1.5833333333333333
        >>> convex_bound([1.0, 0.5, 0.0]) == convex_bound([1.0, 0.5])
        True

    References:
        Schaipp, Hägele, Taylor, Simsekli, Bach (2025), The surprising agreement between convex optimization theory and
        learning-rate scheduling for large model training, arXiv:2501.18965, theorem 1.
    """
    rates, _, _ = _arguments(schedule, 0, None if step is None else [step])
    distance, gradient = check_at_least("D", D), check_at_least("G", G)
    last = len(rates) - 1 if step is None else int(step)
    while last >= 0 and not rates[last]:  # such steps move nothing, and the formula would divide by 0
        last -= 1
    if last < 0:
        reject("schedule must have a rate > 0", [("sum of its rates", 0.0)])
    to_come, squares = rates[last], rates[last]
    for k in range(last - 1, -1, -1):
        squares += rates[k] * rates[k] / to_come
        to_come += rates[k]
    return distance * distance / (2 * to_come) + gradient * gradient / 2 * squares


# Where a fit begins. The rates of language models are near 3e-4 and their losses near 3 nats.
_STARTS: "dict[str, dict[str, float]]" = {
    "momentum_law": {"L0": 2.8, "A": 0.55, "alpha": 0.45, "C": 0.8, "lam": 0.998},
    "multi_power_law": {"L0": 2.8, "A": 0.55, "alpha": 0.45, "B": 430.0, "C": 1.0, "beta": 0.6, "gamma": 0.6},
}
# Three curves do not settle all seven: free, they drift to where half of the starts fail, and predict worse.
_HELD: "dict[str, tuple[str, ...]]" = {"momentum_law": (), "multi_power_law": ("beta", "gamma")}


def fit(
    law: "Law",
    curves: "Sequence[Curve]",
    *,
    warmup_steps: int = 0,
    start: "Mapping[str, float] | None" = None,
    held: "Sequence[str] | None" = None,
    merge: int = 16,
    huber: float = 1e-3,
) -> dict[str, float]:
    """The constants of a law that follows loss curves most closely: a robust least-squares fit of log L.

    First plain squares, then Huber's loss, which gives a spike less weight; from far away Huber's straight arms would
    leave the fit stranded. All constants stay positive, because their logarithms are fitted.

    Args:
        law: The law, `momentum_law` or `multi_power_law`.
        curves: The runs to fit, each ``(schedule, steps, losses)``: its schedule, or the rate of each step; increasing
            steps after the warm-up, counted from 0; the loss after each of them, > 0.
        warmup_steps: The number of steps of the runs' warm-up.
        start: Constants to begin from, in place of those that suit language models.
        held: The names of the constants that keep their start. Without it, ``beta`` and ``gamma`` of the multi-power
            law, which a few curves do not settle.
        merge: The number of steps whose falls the multi-power law takes together.
        huber: The error of log L from which on it counts in proportion, no longer squared; > 0.

    Returns:
        The constants by name, for ``law(schedule, **constants)``.

    Raises:
        ImportError: NumPy or SciPy is missing.
        TypeError: An argument is no number where one is asked for.
        ValueError: A number breaks its rule; a curve's steps and losses are of unequal length, or its steps go beyond
            its schedule; there are fewer points than constants to find, or no rate changes where
            what its falls earn is to be found.
        RuntimeError: The fit does not settle.

    Example:
        >>> true = {"L0": 2.5, "A": 0.6, "alpha": 0.5, "C": 0.9, "lam": 0.99}
        >>> falling, steps = [3e-4 * (1 - t / 2000) for t in range(2000)], range(100, 2000, 50)
        >>> curves = [(rates, steps, momentum_law(rates, steps=steps, **true)) for rates in (falling, [3e-4] * 2000)]
        >>> found = fit(momentum_law, curves)
        >>> {name: round(value, 3) for name, value in found.items()}
        {'L0': 2.5, 'A': 0.6, 'alpha': 0.5, 'C': 0.9, 'lam': 0.99}

    References:
        Huber (1964), Robust estimation of a location parameter.
    """
    import numpy as np
    from scipy.optimize import least_squares

    if law is not momentum_law and law is not multi_power_law:
        reject("law must be momentum_law or multi_power_law", [("law", law)])
    begin = dict(_STARTS[law.__name__])
    for name, value in (start or {}).items():
        check = check_fraction if name == "lam" else check_positive
        begin[_known("start", name, begin)] = check(name, value)
    fixed = [_known("held", name, begin) for name in (_HELD[law.__name__] if held is None else held)]
    free = [name for name in begin if name not in fixed]
    margin, together = check_positive("huber", huber), check_whole("merge", merge)
    arrays = [_prepared(index, curve, warmup_steps, together) for index, curve in enumerate(curves)]
    points = sum([len(each["losses"]) for each in arrays])
    if points < len(free):
        reject("curves must have as many points as constants are free", [("points", points), ("free", free)])
    if set(free) - {"L0", "A", "alpha"} and not any(len(each["size"]) for each in arrays):
        reject("curves must hold a schedule whose rate changes after warmup_steps", [("warmup_steps", warmup_steps)])
    measured = np.log(np.concatenate([each["losses"] for each in arrays]))

    def constants(logs: "Any") -> dict[str, float]:
        found = dict(begin)
        for name, log in zip(free, np.exp(np.clip(logs, -60, 60))):
            found[name] = float(np.exp(-log)) if name == "lam" else float(log)
        return found

    def errors(logs: "Any") -> "Any":
        told = np.concatenate([_in_arrays(law, each, **constants(logs)) for each in arrays])
        return np.log(np.maximum(told, 1e-3)) - measured

    logs = np.log([-math.log(begin[name]) if name == "lam" else begin[name] for name in free])
    settings = {"x_scale": "jac", "max_nfev": 400}
    logs = least_squares(errors, logs, **settings).x
    found = least_squares(errors, logs, loss="huber", f_scale=margin, **settings)
    if found.status <= 0:
        raise RuntimeError(f"The fit did not settle in {found.nfev} evaluations; begin elsewhere, or hold a constant.")
    return constants(found.x)


def _known(argument: str, name: str, names: "Mapping[str, float]") -> str:
    """A constant's name, which the law must have."""
    if name not in names:
        reject(f"{argument} must name constants of the law ({', '.join(names)})", [(argument, name)])
    return name


def _power_law(floor: float, weight: float, power: float) -> tuple[float, float, float]:
    """What both laws begin with, checked."""
    return check_number("L0", floor), check_at_least("A", weight), check_positive("alpha", power)


def _arguments(
    schedule: "Rates", warmup_steps: int, steps: "Sequence[int] | None"
) -> "tuple[list[float], Sequence[int], int]":
    """The rates, the steps that are wanted, and the first step whose fall counts."""
    rates = _rates("schedule", schedule)
    first = check_whole("warmup_steps", warmup_steps, 0) + 1
    return rates, (range(len(rates)) if steps is None else _steps("steps", steps, len(rates))), first


def _rates(name: str, schedule: "Rates") -> list[float]:
    """The rate of each step; a fast look first, because explorers come here at each redraw."""
    values = list(schedule.values() if hasattr(schedule, "total_steps") else schedule)  # type: ignore[union-attr]
    if not values:
        reject(f"{name} must have a step", [(name, values)])
    try:
        suspects = [step for step, rate in enumerate(values) if not 0 <= rate < math.inf]
    except TypeError:
        suspects = list(range(len(values)))
    for step in suspects:
        check_at_least(f"{name}[{step}]", values[step])
    return [float(rate) for rate in values]


def _steps(name: str, steps: "Sequence[int]", length: int) -> list[int]:
    """Steps that increase and lie within a schedule of that length."""
    found = [check_whole(f"{name}[{index}]", step, 0) for index, step in enumerate(steps)]
    for index in range(1, len(found)):
        if found[index] <= found[index - 1]:
            reject(
                f"{name} must increase",
                [(f"{name}[{index - 1}]", found[index - 1]), (f"{name}[{index}]", found[index])],
            )
    if found and found[-1] >= length:
        reject(
            f"{name} must be below the schedule's number of steps",
            [(f"{name}[{len(found) - 1}]", found[-1]), ("len(schedule)", length)],
        )
    return found


def _falls(rates: list[float], first: int, merge: int) -> list[tuple[float, float, float]]:
    """The falls of the rate: size, the rate after, the sum of the rates before; merged at their *weighted* middle.

    A plain middle would put a cliff in a block of steps at the wrong place, and move the constants of a fit far.
    """
    found, area = [], 0.0
    for rate in rates[:first]:  # not by sum(), which rounds otherwise than the sums that this is compared with
        area += rate
    every = check_whole("merge", merge)
    for begin in range(first, len(rates), every):
        block = []
        for k in range(begin, min(begin + every, len(rates))):
            if rates[k - 1] != rates[k]:
                block.append((rates[k - 1] - rates[k], rates[k], area))
            area += rates[k]
        if len(block) > 1:
            weight = sum([abs(size) for size, _, _ in block])
            after = sum([abs(size) * rate for size, rate, _ in block]) / weight
            before = sum([abs(size) * place for size, _, place in block]) / weight
            block = [(sum([size for size, _, _ in block]), after, before)]
        for size, rate, place in block:
            found.append((size, max(rate, LEAST_RATE), place))
    return found


def _prepared(index: int, curve: "Curve", warmup_steps: int, merge: int) -> "dict[str, Any]":
    """A curve of a fit as arrays."""
    import numpy as np

    name = f"curves[{index}]"
    if isinstance(curve, str) or not hasattr(curve, "__len__") or len(curve) != 3:
        reject(f"{name} must be (schedule, steps, losses)", [(name, curve)])
    schedule, steps, losses = curve
    rates = _rates(f"{name} schedule", schedule)
    if len(steps) != len(losses):
        reject(
            f"{name} must have as many losses as steps",
            [("len(steps)", len(steps)), ("len(losses)", len(losses))],
        )
    first = check_whole("warmup_steps", warmup_steps, 0) + 1
    places = _steps(f"{name} steps", steps, len(rates))
    if places and places[0] < first - 1:
        reject(f"{name} steps must lie after the warm-up", [("steps[0]", places[0]), ("warmup_steps", warmup_steps)])
    found = [check_positive(f"{name} losses[{place}]", loss) for place, loss in enumerate(losses)]
    size, after, before = np.array(_falls(rates, first, merge)).reshape(-1, 3).T
    falls = np.zeros(len(rates))
    falls[first:] = -np.diff(rates)[first - 1 :]
    return {
        "losses": np.array(found),
        "steps": np.array(places, int),
        "area": np.cumsum(rates)[places],
        "falls": falls,
        "size": size,
        "after": after,
        "before": before,
    }


def _in_arrays(law: "Law", curve: "dict[str, Any]", **constants: float) -> "Any":
    """The same laws over arrays, because a fit asks for hundreds of curves. The tests hold the two equal."""
    import numpy as np
    from scipy.signal import lfilter

    if law is momentum_law:
        momentum = lfilter([1.0], [1.0, -constants["lam"]], curve["falls"])
        earned = constants["C"] * np.cumsum(momentum)[curve["steps"]]
    else:
        pace = constants["C"] * curve["after"] ** -constants["gamma"]
        since = np.maximum(curve["area"][:, None] - curve["before"], 0.0)
        earned = constants["B"] * ((1 - (1 + pace * since) ** -constants["beta"]) @ curve["size"])
    return constants["L0"] + constants["A"] * curve["area"] ** -constants["alpha"] - earned
