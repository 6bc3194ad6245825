"""Checks of arguments. Each returns the plain value, or raises an error that names argument, rule and value.

This is plain Python that imports only `math`: the book's pages run the files that use these checks.
"""

import math


def reject(rule, received, error=ValueError):
    raise error(f"{rule}. Received: {', '.join([f'{name}={value!r}' for name, value in received])}")


def check_number(name, value):
    """`value` as a finite float."""
    try:
        number = None if isinstance(value, (bool, str, bytes)) else float(value) + 0.0  # + 0.0 makes −0.0 plain 0.0
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        number = None
    if number is None:
        reject(f"{name} must be a real number", [(name, value)], TypeError)
    if not -math.inf < number < math.inf:
        reject(f"{name} must be finite", [(name, value)])
    return number


def check_at_least(name, value, least=0.0):
    number = check_number(name, value)
    if number < least:
        reject(f"{name} must be ≥ {least:g}", [(name, value)])
    return number


def check_positive(name, value):
    number = check_number(name, value)
    if number <= 0:
        reject(f"{name} must be > 0", [(name, value)])
    return number


def check_unit_interval(name, value):
    number = check_number(name, value)
    if not 0 <= number < 1:
        reject(f"{name} must be in [0, 1)", [(name, value)])
    return number


def check_fraction(name, value, whole=False):
    """`value` in (0, 1), or with `whole` in (0, 1]."""
    number = check_number(name, value)
    if not (0 < number < 1 or (whole and number == 1)):
        end = "]" if whole else ")"  # MicroPython cannot parse a bracket in quotes inside an f-string
        reject(f"{name} must be in (0, 1{end}", [(name, value)])
    return number


def check_whole(name, value, least=1):
    """`value` as an int; 100.0 passes, because steps are often the result of a division."""
    if type(value) is int and value >= least:
        return value
    number = check_number(name, value)
    if number != int(number) or number < least:
        reject(f"{name} must be a whole number ≥ {least}", [(name, value)])
    return int(number)


def check_ordered(low_name, low, high_name, high):
    if low >= high:
        reject(f"{high_name} must be > {low_name}", [(high_name, high), (low_name, low)])


def check_choice(name, value, choices):
    if not isinstance(value, str) or value not in choices:
        reject(f"{name} must be one of {', '.join(sorted(choices))}", [(name, value)])
    return value


def check_flag(name, value):
    if value is not True and value is not False:
        reject(f"{name} must be True or False", [(name, value)], TypeError)
    return value


def check_increasing(name, steps):
    for before, after in zip(steps, steps[1:]):
        if before >= after:
            reject(f"{name} must increase", [(name, steps)])
