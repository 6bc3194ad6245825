"""Tune what "Design a schedule" is judged by: the three rivals' rates, and the best knots that a search finds.

    python -m experiments.design

writes results/design.json. The loss of a noisy quadratic under SGD with momentum is known in expectation, exactly and
for any schedule, so nothing here hangs on a seed. Each rival may choose among 49 peaks and the same four momenta. The
one-cycle may besides have its momentum cycled in four ways, the published one among them; the best of those is also
kept by itself. The search moves a knot or more by a random amount and keeps what is better. All stay below the wall.
A quarter of a minute.
"""

import itertools
import math
import random
from typing import Any

from experiments.recording import described, write_record
from learning_rates.explorers import Control, design, knots
from learning_rates.schedules import Schedule

Pair = tuple[Schedule, Schedule]  # rate and momentum
RATES = [float(f"{10 ** (-3 + k / 16):.3g}") for k in range(49)]
HELD = [0.0, 0.5, 0.7, 0.9]
CYCLED = [[0.85, 0.95], [0.8, 0.9], [0.5, 0.7], [0.0, 0.5]]  # [low, high]; the first as published
MOMENTA: dict[str, list[Any]] = dict.fromkeys(knots.RIVALS, HELD) | {"one-cycle": HELD + CYCLED}
TRIES = 3000
# Where the search starts, wherever the explorer opens
START = {"rate_1": 0.005, "rate_5": 0.01, "rate_2": 0.05, "step_2": 12, "rate_3": 0.02, "step_3": 30}
START |= {"rate_4": 0.02, "step_4": 48} | dict.fromkeys(design.MOMENTA, 0.9)
KNOTS = [control for control in design.CONTROLS if control["name"] in START]


def expected_loss(pair: Pair, noise: float) -> float:
    """E ½ Σ λ θ² at the end, by the second moments of θ and v, from E θ² = 1 and v = 0."""
    steps = list(zip(*(schedule.values() for schedule in pair), strict=True))
    return sum(coordinate(curvature, steps, noise * noise * curvature) for curvature in design.CURVATURES)


def loss_below_the_wall(pair: Pair, noise: float) -> float:
    """A quadratic forgives an explosion on the way; a network would not, so it counts as lost."""
    steps = zip(*(schedule.values() for schedule in pair), strict=True)
    return expected_loss(pair, noise) if all(rate <= design.wall(momentum) for rate, momentum in steps) else math.inf


def coordinate(curvature: float, steps: list[tuple[float, float]], variance: float) -> float:
    xx, xv, vv = 1.0, 0.0, 0.0
    for rate, momentum in steps:
        pull = rate * curvature  # v ← μ v − pull · x − η ε, x ← x + v
        xv, vv = (
            momentum * xv - pull * xx,
            momentum**2 * vv - 2 * momentum * pull * xv + pull**2 * xx + rate**2 * variance,
        )
        xx, xv = xx + 2 * xv + vv, xv + vv
    return curvature * xx / 2


def best_of(name: str, momenta: list[Any], noise: float) -> dict[str, Any]:
    """The rate and the momentum with which the mean loss to be expected is least."""
    tries = list(itertools.product(RATES, momenta))
    expected = [loss_below_the_wall(knots.rival(name, *tried, design.STEPS), noise) for tried in tries]
    (rate, momentum), loss = tries[expected.index(min(expected))], min(expected)
    return {"rate": rate, "momentum": momentum, "expected": float(f"{loss:.4g}")}


def moved(control: Control, value: Any, source: random.Random) -> float:
    """Another value of a slider, near this one, on one of the slider's own marks."""
    if control["format"] == "integer":
        other = value + source.choice([-8, -3, -1, 1, 3, 8])
    elif control["scale"] == "log":
        mark = round(math.log10(value) / 0.05) + source.choice([-8, -2, -1, 1, 2, 8])
        other = float(f"{10 ** (0.05 * mark):.3g}")
    else:
        other = round(value + source.choice([-0.1, -0.03, -0.01, 0.01, 0.03, 0.1]), 2)
    return min(max(other, control["min"]), control["max"])


def searched(noise: float) -> dict[str, Any]:
    source, values = random.Random(0), dict(START)
    loss = expected_loss(design.own(values), noise)
    for _ in range(TRIES):
        other = dict(values)
        for control in source.sample(KNOTS, source.choice([1, 1, 2, 3])):
            other[control["name"]] = moved(control, values[control["name"]], source)
        pair = design.own(other)
        if (tried := loss_below_the_wall(pair, noise)) < loss:
            loss, values = tried, other
    return {"values": values, "expected": float(f"{loss:.4g}")}


def main() -> None:
    record = {
        "made": described("design.py", []),
        "rates tried": RATES,
        "momenta tried": MOMENTA,
        "knots tried": TRIES,
        "tuned": {
            name: {rival: best_of(rival, MOMENTA[rival], noise) for rival in knots.RIVALS}
            for name, noise in design.NOISES.items()
        },
        "cycled": {name: best_of("one-cycle", CYCLED, noise) for name, noise in design.NOISES.items()},
        "searched": {name: searched(noise) for name, noise in design.NOISES.items()},
    }
    write_record("design", record)


if __name__ == "__main__":
    main()
