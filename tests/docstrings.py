"""What a docstring says of a function's arguments."""

import inspect
import re


def documented(function):
    """The names in the section Args of a function's or a class's docstring, in their order."""
    _, found, section = inspect.getdoc(function).partition("\nArgs:\n")
    lines = section.split("\n\n")[0].splitlines() if found else []
    return [match[1] for line in lines if (match := re.match(r" {4}(\w+): [A-Z\"{\[]", line))]


def accepted(function):
    """The names of its parameters, in their order."""
    return list(inspect.signature(function).parameters)
