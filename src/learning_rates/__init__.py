"""Learning-rate and momentum schedules for Keras 3.

Names load when first used, so that `learning_rates.schedules` costs neither Keras nor NumPy.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from learning_rates.averages import Averaged
    from learning_rates.callbacks import ScheduleLogger
    from learning_rates.keras_schedules import InGraphSchedule
    from learning_rates.optimizers import SGD, Adam, AdamW
    from learning_rates.range_test import lr_range_test
    from learning_rates.scheduling import scheduled

_HOMES = {
    "Adam": "optimizers",
    "AdamW": "optimizers",
    "Averaged": "averages",
    "InGraphSchedule": "keras_schedules",
    "SGD": "optimizers",
    "ScheduleLogger": "callbacks",
    "lr_range_test": "range_test",
    "scheduled": "scheduling",
}
__all__ = ["SGD", "Adam", "AdamW", "Averaged", "InGraphSchedule", "ScheduleLogger", "lr_range_test", "scheduled"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
