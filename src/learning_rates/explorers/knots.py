"""What explorers share that draw a schedule through knots: their order, their handles, their words."""

from learning_rates import schedules
from learning_rates.explorers import Json, number

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    Knot = tuple[int, float, str | None, str]  # step, value, the step's control, the value's control


def rounded(value: float) -> float:
    """The value as it is printed, so that the Python that is copied makes the very schedule that is drawn.

    Example:
        >>> rounded(0.123456)
        0.123
    """
    return float(number(value))


def in_order(values: Json, rates: list[str], between: list[str], last: int) -> "list[Knot]":
    """The knots in order; where two share a step, the second gives way.

    Args:
        values: The values of the controls.
        rates: The controls of the knots' values; the first stands at step 0, the last at `last`.
        between: The controls of the others' steps.
        last: The last step.
    """
    inner = sorted([[values[at], rate, at] for at, rate in zip(between, rates[1:-1])])
    found: list[Knot] = [(0, rounded(values[rates[0]]), None, rates[0])]
    for step, name, at in inner:
        found.append((max(step, found[-1][0] + 1), rounded(values[name]), at, name))
    return found + [(last, rounded(values[rates[-1]]), None, rates[-1])]


def points(knots: "list[Knot]") -> list[tuple[int, float]]:
    """(step, value) of each knot."""
    return [(step, value) for step, value, _, _ in knots]


def handles(knots: "list[Knot]") -> list[Json]:
    """A handle on each knot. They are sorted by name, so that a knot that passes another stays the one that is held.

    Where several knots can pass each other, each handle bears the letter that its sliders bear: A, B, C.
    """
    by_name = sorted(knots, key=lambda knot: knot[3])
    free = [name for _, _, at, name in by_name if at]
    letters = dict(zip(free, "ABCDE" if len(free) > 1 else [""]))
    return [{"x": x, "y": y, "controls": [at, name], "name": letters.get(name, "")} for x, y, at, name in by_name]


def listed(names: list[str]) -> str:
    """a, b and c.

    Example:
        >>> listed(["one", "two", "three"])
        'one, two and three'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)


def rival(
    name: str, peak: float, momentum: "float | list[float]", steps: int
) -> tuple[schedules.Schedule, schedules.Schedule]:
    """A rival's rate and its momentum; the one-cycle's may be cycled, and is then [low, high]."""
    if isinstance(momentum, list):
        low, high = momentum
        held = schedules.one_cycle_momentum(steps, low=low, high=high)
    else:
        held = schedules.constant(momentum, steps)
    if name == "one-cycle":
        return schedules.one_cycle(peak, steps), held
    return (schedules.constant if name == "constant" else schedules.polynomial_decay)(peak, steps), held
