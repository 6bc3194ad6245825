"""The exercises of the chapter on predicting loss curves."""

import math

from learning_rates.exercises import a_function, a_number, shown
from learning_rates.loss_curves import convex_bound, momentum_law

TYPE_CHECKING = False  # so that the pages can run it: MicroPython has no `typing`
if TYPE_CHECKING:
    from typing import Any

STEPS, WARMUP, PEAK = 24_000, 2_160, 3e-4
MOMENTUM = {"L0": 2.783, "A": 0.599, "alpha": 0.449, "C": 0.804, "lam": 0.9983}  # the chapter's fit to the 100M model
NAMES = "L0", "A", "alpha", "C", "lam", "warmup_steps"  # MicroPython's dicts forget their order
CASES: "tuple[tuple[list[float], dict[str, Any]], ...]" = (
    ([0.2, 0.6, 1.0, 1.0, 0.7, 0.4, 0.1], {"L0": 1.0, "A": 1.0, "alpha": 0.5, "C": 0.5, "lam": 0.9, "warmup_steps": 2}),
    ([0.5, 1.0, 1.0, 0.2, 0.2, 0.6], {"L0": 2.0, "A": 0.7, "alpha": 0.4, "C": 0.3, "lam": 0.8, "warmup_steps": 1}),
    ([1.0, 0.5, 0.25], {"L0": 2.0, "A": 1.0, "alpha": 1.0, "C": 1.0, "lam": 0.0, "warmup_steps": 0}),
)


def by_hand(answer: object) -> str | None:
    """The momentum law, written by the reader."""
    law = a_function(answer)
    for rates, constants in CASES:
        expected = momentum_law(rates, **constants)
        found = law(rates, *[constants[name] for name in NAMES])
        listed = ", ".join([f"{name}={constants[name]}" for name in NAMES])
        given = f"For rates={rates} and {listed}"
        if not isinstance(found, (list, tuple)) and not (hasattr(found, "__len__") and hasattr(found, "__getitem__")):
            return f"A list with a loss for each rate is asked for, and this is {shown(found)}."
        if len(found) != len(rates):
            return f"{given} you give {len(found)} losses for {len(rates)} rates."
        for step, loss in enumerate(expected):
            told = a_number(found[step])
            if abs(told - loss) > 1e-6 * abs(loss):
                side = "high" if told > loss else "low"
                return f"{given} your loss after step {step} is {told:.4f}, too {side}; those before it are right."
    return None


def told_of_cliff(steps: int) -> float:
    """The last loss of a run that is cut to a rate of 0 so many steps before its end."""
    rates = [PEAK * min(1.0, (t + 1) / (WARMUP + 1)) if t < STEPS - steps else 0.0 for t in range(STEPS)]
    return momentum_law(rates, warmup_steps=WARMUP, steps=[STEPS - 1], **MOMENTUM)[0]


def best_cliff(answer: object) -> str | None:
    """How many steps before the end the momentum law would cut the rate to 0."""
    steps = a_number(answer)
    if steps % 200 or not 200 <= steps <= STEPS - WARMUP - 200:
        return f"A multiple of 200 between 200 and {STEPS - WARMUP - 200} is asked for, and this is {answer!r}."
    told = told_of_cliff(int(steps))
    for other, word in ((int(steps) - 200, "a later"), (int(steps) + 200, "an earlier")):
        if told_of_cliff(other) < told:
            return f"Cut {int(steps)} steps before the end, the law tells {told:.4f}; {word} cut ends lower."
    return None


def best_peak(answer: object) -> str | None:
    """The peak at which the bound of a schedule is least."""
    peak_of = a_function(answer)
    shapes = (
        ("a constant rate", [1.0] * 400),
        ("a linear decay", [1 - t / 400 for t in range(400)]),
        ("a cosine", [(1 + math.cos(math.pi * t / 400)) / 2 for t in range(400)]),
    )
    for name, shape in shapes:
        peak = a_number(peak_of(shape))
        if not peak > 0:
            return f"A peak is > 0, and for {name} this is {peak!r}."
        bound = convex_bound([peak * part for part in shape])
        for factor, word in ((1.02, "higher"), (1 / 1.02, "lower")):
            if convex_bound([factor * peak * part for part in shape]) < bound - 1e-12:
                given = f"For {name} over 400 steps you give {peak:.4g}, with a bound of {bound:.4f}"
                return f"{given}: a {word} peak has less."
    return None


EXERCISES = {"the momentum law": by_hand, "the best cliff": best_cliff, "the best peak": best_peak}
