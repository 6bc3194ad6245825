"""What runs a reader's code in the page's MicroPython, with the chapter's imports at hand."""

import builtins
import io
import json
import random  # noqa: F401  which asks the browser for a seed while it still can
import sys

from learning_rates import exercises

YOURS = "your code"
LACKED = " This page's Python does not have that; Colab does."

checks_answer, plainly_told = exercises.check, exercises.told
lacked = []  # names of the chapter that the page has not


def line_of(error):
    """The last line of the reader's own code on the way to an error, or None."""
    told = io.StringIO()
    sys.print_exception(error, told)
    lines = [line for line in told.getvalue().split("\n") if 'File "' + YOURS + '", line ' in line]
    return int(lines[-1].split("line ")[1].split(",")[0]) if lines else None


def told(error):
    """An error as `exercises` tells it, and whether the page is to blame."""
    said = str(error)
    unknown = isinstance(error, ImportError) or said.startswith(("module '", "type object '"))
    unknown = unknown or (isinstance(error, NameError) and any(["'" + name + "'" in said for name in lacked]))
    return plainly_told(error) + ("." + LACKED if unknown else "")


def zip(*parts, strict=False):
    """Python's own `zip`; MicroPython's takes no `strict`."""
    if strict:
        parts = [list(part) for part in parts]
        if len(set([len(part) for part in parts])) > 1:
            raise ValueError("zip() arguments have different lengths")
    return builtins.zip(*parts)


def input(prompt=""):
    """Nobody could answer."""
    raise EOFError("a page has no place to answer input()")


given = {"__name__": "__main__", "zip": zip, "input": input}


def prepare(chapter, imports, names):
    """Import what the chapter has imported and its checks, before the reader needs them.

    Args:
        chapter: The chapter's module of `exercises`.
        imports: The chapter's imports, as far as the page can follow them.
        names: What the other imports would name.
    """
    lacked.extend(names)
    exercises.CHAPTERS = [chapter]
    exercises.line_of, exercises.told = line_of, told
    exec(imports, given)
    exercises.every_exercise()


def check_at_last(last_line):
    """Check what the reader's code has not; without a line number, since the line is none of the reader's."""
    try:
        exec(last_line, given)
    except NameError as error:
        return json.dumps(["Nothing to check: " + str(error) + ".", 0])
    return None


def run(code, last_line):
    """Run the reader's code, with checks where `last_line` says how to check, and without where it is empty.

    Args:
        code: The reader's code.
        last_line: The exercise's own check, for code that has lost it.

    Returns:
        What went wrong and the number of its line or 0, as JSON; or None.
    """
    checked = []

    def check(name, answer):
        checked.append(name)
        if last_line:
            checks_answer(name, answer)

    given["check"] = exercises.check = check
    try:
        exec(compile(code, YOURS, "exec"), given)
        if last_line and not checked:
            return check_at_last(last_line)
    except BaseException as error:  # SystemExit too
        line = line_of(error)
        exercises.line_of = lambda error: None  # which the page says ahead
        return json.dumps([told(error), line or 0])
    return None
