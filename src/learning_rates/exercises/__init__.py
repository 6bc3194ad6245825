"""Checks for the exercises: they say what is wrong, never the answer.

There is one module for each chapter. Its EXERCISES maps the name of each exercise to a function of the reader's answer,
which returns what is wrong with it, or None; `a_function` and `a_number` raise it as a `Fault`. The book's pages run
these modules too, in MicroPython.
"""

import importlib
import math
import numbers
import reprlib

from learning_rates.checks import check_choice

TYPE_CHECKING = False  # so that the pages can run it: MicroPython has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable

CHAPTERS = [
    "loss_and_gradient",
    "gradient_descent",
    "adaptive_optimizers",
    "a_network_to_train",
    "range_test",
    "decay_and_warmup",
    "cyclical",
    "one_cycle",
    "super_convergence",
    "claims_on_trial",
    "predict_the_curve",
    "language_model",
]


def check(name: str, answer: object) -> None:
    """Look at an answer and print that it is correct, or what is wrong with it.

    Args:
        name: The name of the exercise, as the chapter gives it.
        answer: What the exercise asks for: a function or a number.

    Raises:
        ValueError: There is no exercise of that name; the message lists those there are.

    Example:
        >>> check("half-way down", lambda pct_start, total_steps: 9)
        half-way down: not yet. For pct_start=0.3, total_steps=100 you give 9, and there the rate has not begun to fall.
    """
    known = every_exercise()
    fault_of = known[check_choice("name", name, known)]
    try:
        fault = fault_of(_guarded(answer) if callable(answer) else answer)
    except Fault as found:
        fault = str(found)
    print(f"{name}: correct." if fault is None else f"{name}: not yet. {fault}")


class Fault(Exception):
    """What is wrong with an answer, in the words that the reader sees."""


def _guarded(answer: "Callable[..., object]") -> "Callable[..., object]":
    """The reader's function, whose errors are reported like any other fault."""

    def tried(*arguments: object) -> object:
        try:
            return answer(*arguments)
        except Exception as error:  # whatever a half-written function may raise
            given = ", ".join(map(reprlib.repr, arguments))
            raise Fault(f"With the arguments ({given}) it stops with {told(error)}") from error

    return tried


def told(error: Exception) -> str:
    """An error's name and message, and the line of the reader's own code that it comes from, where that is known."""
    line = line_of(error)
    return f"{type(error).__name__}: {error}" + (f" (line {line})" if line else "")


def line_of(error: Exception) -> int | None:
    """The last line of the reader's own code on the way to an error. The book's pages have a function of their own."""
    import traceback  # which MicroPython has not

    package = __file__[: -len("__init__.py")]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(package)]
    return next((frame.lineno for frame in reversed(frames) if frame.filename == frames[0].filename), None)


def every_exercise() -> "dict[str, Callable[[object], str | None]]":
    """The checks of all chapters by name."""
    modules = [importlib.import_module(f"{__name__}.{chapter}") for chapter in CHAPTERS]
    return {name: fault_of for module in modules for name, fault_of in module.EXERCISES.items()}


def a_number(value: object) -> float:
    """The value, which must be a finite number, or an array that holds one and nothing else.

    Raises:
        Fault: The value is something else.
    """
    if all(size == 1 for size in getattr(value, "shape", (0,))) and hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise Fault(f"A number is asked for, and this is {shown(value)}.")
    return value  # type: ignore[return-value]  # an int, a float or one of NumPy's: each serves as a float


def a_function(answer: object) -> "Callable[..., object]":
    """The answer, which must be a function.

    Raises:
        Fault: The answer is something else.
    """
    if callable(answer):
        return answer
    raise Fault(f"A function is asked for, and this is {answer!r}.")


def slip(found: float, right: float) -> str:
    """A hint where a number is wrong by a slip of the pen: its sign, a factor of 2, or what is divided by what."""
    slips = (
        (-right, " Look for a lost sign."),
        (right / 2, " Look for a lost factor of 2."),
        (2 * right, " Look for a factor of 2 too many."),
        (1 / right, " Look at what is divided by what."),
    )
    return next((hint for slipped, hint in slips if abs(found - slipped) <= 1e-6 * abs(slipped)), "")


def shown(value: object) -> str:
    """A wrong value in few words. It is compared by identity: == of an array is an array, neither true nor false."""
    if value is ...:
        return "empty"
    if value is None:
        return "empty: a function without `return` gives None"
    shape = getattr(value, "shape", ())
    return f"an array of shape {shape}" if shape else repr(value)
