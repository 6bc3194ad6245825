"""All answers of `tests/exercises`, right and wrong, given to the checks: the same program for CPython and MicroPython.

The tests' own files are run with a stand-in for pytest that collects what their tests would be given.
"""

import json
import sys

from learning_rates import exercises

cases = []  # name of an exercise, which of its answers, answer


def parametrize(names, values, ids=None):
    """Collect the answers that a test is given; where it is given no name, its own names the exercise."""
    names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)

    def collect(test):
        if "answer" in names and not isinstance(test, Collected):
            keys = list(ids) if isinstance(ids, dict) else range(1000)  # MicroPython's dicts forget their order
            return Collected(test, [(key, dict(zip(names, value))) for key, value in zip(keys, values)])
        return test

    return collect


class Collected:
    """The cases of a test. Decorators further up, and the end of the file, find them."""

    def __init__(self, test, given):
        for key, case in given:
            cases.append((case.get("name") or test.__name__, str(key), case["answer"]))


class pytest:
    class mark:
        parametrize = parametrize
        slow = None

    @staticmethod
    def raises(*errors, **more):
        return None

    @staticmethod
    def approx(value, **tolerance):
        return value

    @staticmethod
    def param(*values, **more):
        return values

    @staticmethod
    def fixture(test=None, **more):
        return test


def said(name, answer):
    """What the check prints."""
    printed = []
    exercises.print = lambda text: printed.append(text)
    try:
        exercises.check(name, answer)
    except Exception as error:
        printed.append(type(error).__name__ + ": " + str(error))
    return " ".join(printed)


def names_of(found):
    """The exercise that is meant: by its name, or by that of a test, `test_steps_of_a_run`."""
    known = exercises.every_exercise()
    plain = found[len("test_") :].replace("_", " ") if found.startswith("test_") else found
    return [plain] if plain in known else []


def main(text):
    """Print what the checks say to the answers in this text of a file of tests."""
    names = {"__name__": "answers", "__file__": "/x/tests/exercises/test.py"}
    if sys.implementation.name == "micropython":
        import run  # the page's own

        exercises.line_of, names["zip"] = run.line_of, run.zip
    sys.modules["pytest"] = pytest
    cases.clear()
    exec(compile(text, "your code", "exec"), names)
    for found, key, answer in cases:
        for name in names_of(found):
            print(json.dumps([name, key, said(name, answer)]))
