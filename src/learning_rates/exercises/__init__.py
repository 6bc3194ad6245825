"""Checks for the exercises: they say what is wrong, never the answer.

A module a chapter, whose EXERCISES maps each name to a function of the answer, which returns what is wrong, or None.
"""

import importlib
import math
import numbers
import reprlib

from learning_rates.checks import check_choice

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
]


def check(name, answer):
    """Look at an answer and say that it is correct, or what is wrong with it.

    Args:
        name: the exercise, as the chapter names it.
        answer: what the exercise asks for: a function or a number.

    Returns:
        None; it prints one line.

    Raises:
        ValueError: there is no exercise of that name; the message lists those there are.

    Example:
        >>> check("the peak's step", lambda pct_start, total_steps: total_steps // 2)
        the peak's step: not yet. For pct_start=0.3, total_steps=100 you give 50: an earlier step is higher.
    """
    known = every_exercise()
    fault_of = known[check_choice("name", name, known)]
    try:
        fault = fault_of(_guarded(answer) if callable(answer) else answer)
    except _Stopped as stopped:
        fault = str(stopped)
    print(f"{name}: correct." if fault is None else f"{name}: not yet. {fault}")


class _Stopped(Exception):
    """The reader's function raised an error, which is said like any other fault."""


def _guarded(answer):
    def tried(*arguments):
        try:
            return answer(*arguments)
        except Exception as error:  # whatever a half-written function may raise
            asked = ", ".join(map(reprlib.repr, arguments))
            raise _Stopped(f"With the arguments ({asked}) it stops with {type(error).__name__}: {error}") from error

    return tried


def every_exercise():
    """The checks of all chapters by name."""
    modules = [importlib.import_module(f"{__name__}.{chapter}") for chapter in CHAPTERS]
    return {name: fault for module in modules for name, fault in module.EXERCISES.items()}


def no_number(value):
    """What is wrong with a value that should be a finite number, or None."""
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
        return None
    return f"A number is asked for, and this is {shown(value)}."


def shown(value):
    """A wrong value in few words. Compared by identity: == of an array is an array, which is neither true nor false."""
    if value is None or value is ...:
        return "empty"
    shape = getattr(value, "shape", ())
    return f"an array of shape {shape}" if shape else repr(value)


def no_function(answer):
    """What is wrong with an answer that should be a function, or None."""
    return None if callable(answer) else f"A function is asked for, and this is {answer!r}."
