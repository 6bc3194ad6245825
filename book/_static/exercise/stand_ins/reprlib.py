"""`repr`, which shows no more than the first six of a list or a tuple."""

import builtins

MOST = 6


def repr(value):
    if isinstance(value, (list, tuple)):
        opening, closing = "[]" if isinstance(value, list) else "()"
        shown = [repr(each) for each in value[:MOST]] + ["..."] * (len(value) > MOST)
        only = "," if isinstance(value, tuple) and len(value) == 1 else ""
        return opening + ", ".join(shown) + only + closing
    if callable(value) and hasattr(value, "__name__"):
        return "<function " + value.__name__ + ">"
    return builtins.repr(value)
