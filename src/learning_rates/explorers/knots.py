"""What explorers share that draw a schedule through knots: their order and handles, their rivals, curves and words."""

from learning_rates import schedules
from learning_rates.explorers import Curve, Json, curve, number

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    Knot = tuple[int, float, str | None, str]  # step, value, the step's control, the value's control
    Row = tuple[float, str, str, str]  # a rival's loss and name, what the reader's comes to beside it, the verdict

OWN, INK = "yours", "#333333"  # the ink: no policy of the book has this colour
RIVALS = ["constant", "linear decay", "one-cycle"]
# Colours as in `plots.STYLES`, to which the tests hold them. All are broken, for the reader's own is solid.
STYLES = {"constant": ["#9c9ca1", "2,3"], "linear decay": ["#f89c20", "8,4"], "one-cycle": ["#5790fc", "8,3,2,3"]}
PLACES = ["first", "second", "third", "last"]


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


def own_curve(points: list[list[float]]) -> Curve:
    """The reader's own."""
    return curve(OWN, points, INK, width=4)


def run_curve(points: list[list[float]]) -> Curve:
    """One of the reader's runs."""
    return curve("", points, INK, width=0.75)


def rival_curve(name: str, points: list[list[float]]) -> Curve:
    """A rival's."""
    color, dash = STYLES[name]
    return curve(name, points, color, dash=dash, width=1.5)


def place(loss: float, rows: "list[Row]") -> str:
    """Where a loss stands among the rivals'."""
    return PLACES[len([row for row in rows if row[0] < loss])]


def summed_up(end: str, rows: "list[Row]", more: list[str], steps: list[int]) -> str:
    """What became of the reader's schedule, in words.

    Args:
        end: The sentence that says where it ends.
        rows: The rivals, with the verdicts.
        more: Sentences on what went wrong.
        steps: The steps of the knots that can be moved.
    """
    words = [end]
    for found, word in (
        ("ahead", "It is ahead of"),
        ("behind", "It is behind"),
        ("can't tell", "Eight runs can't tell it from"),
    ):
        names = [row[1] for row in rows if row[3] == found]
        if names:
            words.append(f"{word} {listed(names)}.")
    words += more
    if len(set(steps)) < len(steps):
        words.append("Of knots on one step each is taken a step after the other.")
    return " ".join(words)


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
