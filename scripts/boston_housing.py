"""The yardstick of the chapter on loss and gradient: how far the house prices in Boston lie from their mean.

    LEARNING_RATES_DATA=... python scripts/boston_housing.py

writes results/boston_housing.json. Without the folder, or without boston_housing.npz in it, Keras downloads the prices.
"""

import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parents[1] / "results"


def prices():
    """All 506, in thousand dollars."""
    mirror = Path(os.environ.get("LEARNING_RATES_DATA", "."), "boston_housing.npz")
    if mirror.is_file():
        with np.load(mirror) as arrays:
            return arrays["y"]
    from keras.datasets import boston_housing

    (_, found), _ = boston_housing.load_data(test_split=0)
    return found


def main():
    found = np.sort(prices().astype("float64"))
    made = {
        "script": "scripts/boston_housing.py",
        "versions": {name: version(name) for name in ("keras", "numpy")},
        "data sha256": {"sorted prices": hashlib.sha256(found.tobytes()).hexdigest()},
    }
    numbers = {"prices": len(found), "mean": round(found.mean(), 4), "deviation": round(found.std(), 4)}
    text = json.dumps({"made": made, **numbers}, indent=1)
    (RESULTS / "boston_housing.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
