"""What the chapters tell of two tables that a reader may not have: Boston's house prices, and blood pressures.

    LEARNING_RATES_DATA=... python -m experiments.data_facts

writes results/boston_housing.json and results/cardio_pressures.json. The folder must hold cardio_train.csv; without
boston_housing.npz in it, the prices are downloaded.
"""

import hashlib
from typing import Any

import numpy as np

from experiments.recording import described, write_record
from learning_rates import datasets


def boston_housing() -> tuple[Any, dict[str, Any]]:
    """How far the prices, in thousand dollars, lie from their mean: the yardstick of the chapter on loss."""
    found = np.sort(datasets.boston_housing()[1].astype("float64"))
    return found, {"prices": len(found), "mean": round(found.mean(), 4), "deviation": round(found.std(), 4)}


def cardio_pressures() -> tuple[Any, dict[str, Any]]:
    """How many rows of the cardiovascular table can't be, and how far out they are, in mmHg."""
    x, _ = datasets.cardio()
    found = x[:, [datasets.CARDIO_COLUMNS.index(name) for name in ("sbp", "dbp")]]
    lows, highs = found.min(axis=0).tolist(), found.max(axis=0).tolist()
    ranges = {name: [low, high] for name, low, high in zip(("systolic", "diastolic"), lows, highs, strict=True)}
    return found, {"rows": len(x), "impossible": int(datasets.impossible_pressures(x).sum()), **ranges}


def main() -> None:
    for make in (boston_housing, cardio_pressures):
        data, numbers = make()
        digest = {make.__name__: hashlib.sha256(data.tobytes()).hexdigest()}
        write_record(make.__name__, {"made": described("data_facts.py", [], data_sha256=digest), **numbers})
        print(numbers)


if __name__ == "__main__":
    main()
