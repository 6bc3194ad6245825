"""Checks of arguments. Each returns the plain value, or raises an error that names argument, rule and value.

This is plain Python that imports only `math`: the book's pages run the files that use these checks.
"""

import math

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import NoReturn


def reject(rule: str, received: "Sequence[tuple[str, object]]", error: type[Exception] = ValueError) -> "NoReturn":
    """Raise the error that every check raises: the rule, then the name and the value of each argument received."""
    values = ", ".join([f"{name}={value!r}" for name, value in received])  # MicroPython can't nest f-strings
    raise error(f"{rule}. Received: {values}")


def check_number(name: str, value: object) -> float:
    """`value` as a finite float; TypeError if it is no number, ValueError if it is infinite or not a number."""
    # What float() would take, and should not: text, and variables of Keras, TensorFlow (`assign`) and PyTorch, whose
    # number may change later, unseen.
    refused = isinstance(value, (bool, str, bytes)) or hasattr(value, "assign") or hasattr(value, "requires_grad")
    try:  # + 0.0 makes −0.0 plain 0.0. Whether `value` is a number is what is tried here, hence the ignored type.
        number = None if refused else float(value) + 0.0  # type: ignore[arg-type]
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        number = None
    if number is None:
        reject(f"{name} must be a real number", [(name, value)], TypeError)
    if not -math.inf < number < math.inf:
        reject(f"{name} must be finite", [(name, value)])
    return number


def check_at_least(name: str, value: object, least: float = 0.0) -> float:
    """`value` as a finite float, ≥ `least`."""
    number = check_number(name, value)
    if number < least:
        reject(f"{name} must be ≥ {least:g}", [(name, value)])
    return number


def check_positive(name: str, value: object) -> float:
    """`value` as a finite float, > 0."""
    number = check_number(name, value)
    if number <= 0:
        reject(f"{name} must be > 0", [(name, value)])
    return number


def check_unit_interval(name: str, value: object) -> float:
    """`value` as a float in [0, 1), such as a momentum or a dropout rate."""
    number = check_number(name, value)
    if not 0 <= number < 1:
        reject(f"{name} must be in [0, 1)", [(name, value)])
    return number


def check_fraction(name: str, value: object, whole: bool = False) -> float:
    """`value` as a float in (0, 1), or with `whole` in (0, 1]."""
    number = check_number(name, value)
    if not (0 < number < 1 or (whole and number == 1)):
        end = "]" if whole else ")"  # MicroPython cannot parse a bracket in quotes inside an f-string
        reject(f"{name} must be in (0, 1{end}", [(name, value)])
    return number


def check_whole(name: str, value: object, least: int = 1) -> int:
    """`value` as an int, ≥ `least`; 100.0 passes, because steps are often the result of a division."""
    if type(value) is int and value >= least:
        return value
    number = check_number(name, value)
    if number != int(number) or number < least:
        reject(f"{name} must be a whole number ≥ {least}", [(name, value)])
    return int(number)


def check_steps(name: str, value: object, least: int = 1) -> int:
    """`value` as a number of steps: an int, ≥ `least`, and not beyond 2⁵³, where floats begin to miss whole numbers."""
    steps = check_whole(name, value, least)
    if steps > 2**53:
        reject(f"{name} must be ≤ 2**53", [(name, value)])
    return steps


def check_ordered(low_name: str, low: float, high_name: str, high: float) -> None:
    """Raise ValueError unless `low` < `high`."""
    if low >= high:
        reject(f"{high_name} must be > {low_name}", [(high_name, high), (low_name, low)])


def check_choice(name: str, value: object, choices: "Collection[str]") -> str:
    """`value`, one of the strings in `choices`."""
    if not isinstance(value, str) or value not in choices:
        reject(f"{name} must be one of {', '.join(sorted(choices))}", [(name, value)])
    return value


def check_flag(name: str, value: object) -> bool:
    """`value`, True or False; TypeError for anything else, 0 and 1 included."""
    if not isinstance(value, bool):
        reject(f"{name} must be True or False", [(name, value)], TypeError)
    return value


def check_increasing(name: str, steps: list[int]) -> None:
    """Raise ValueError unless each of `steps` is greater than the one before."""
    for before, after in zip(steps, steps[1:]):
        if before >= after:
            reject(f"{name} must increase", [(name, steps)])
