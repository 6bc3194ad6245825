"""Learning-rate schedules and moving momentum for Keras 3.

Names load when first used, so that `learning_rates.schedules` costs neither Keras nor NumPy.
"""

import importlib

_HOMES = {"InGraphSchedule": "keras_schedules", "SGD": "optimizers"}
__all__ = ["SGD", "InGraphSchedule"]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])
