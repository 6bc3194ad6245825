"""What the recording scripts share: a row a finished run, how it was made, and a fair comparison.

The training itself is `learning_rates.trials.engines.side_by_side`. Run these scripts in an environment with JAX:
`make test-backends` makes one, .venv-backends.
"""

import csv
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np

from learning_rates import datasets
from learning_rates.trials.engines.runs import Run
from learning_rates.trials.engines.side_by_side import judge, train
from learning_rates.trials.plan import AT_ONCE

RESULTS = Path(__file__).parents[1] / "results"


class Table:
    """Finished runs in a CSV file; what is there is not run again.

    Args:
        name: of the file in results/, without its ending.
        keys: the columns that tell one run from another, "seed" the last.
        values: the columns of its results.
    """

    def __init__(self, name, keys, values):
        self.path, self.keys, self.values = RESULTS / f"{name}.csv", keys, values
        self.rows = {}
        if self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.rows[tuple(row[key] for key in keys)] = [float(row[value]) for value in values]

    def __contains__(self, key):
        return _texts(key) in self.rows

    def __getitem__(self, key):
        return dict(zip(self.values, self.rows[_texts(key)], strict=True))

    def append(self, key, values):
        """Write a finished run to the file at once."""
        fresh = not self.path.exists()
        with self.path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            if fresh:
                writer.writerow([*self.keys, *self.values])
            writer.writerow([*key, *(float(f"{value:.6g}") for value in values)])
        self.rows[_texts(key)] = [float(value) for value in values]

    def describe(self, made):
        """Say in a .json beside the table how it was made; refuse to mix versions."""
        file = self.path.with_suffix(".json")
        before = json.loads(file.read_text(encoding="utf-8"))["versions"] if file.exists() else made["versions"]
        if before != made["versions"]:
            raise SystemExit(f"{self.path.name} was begun with {before}: move it away, or install these versions.")
        file.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _texts(key):
    return tuple(str(part) for part in key)


def provenance(script, data):
    """What every table says of itself: script, versions, machine, data."""
    return {
        "script": f"experiments/{script}",
        "engine": "learning_rates.trials.engines.side_by_side: JAX, float32",
        "versions": {name: version(name) for name in ("keras", "jax", "numpy")},
        "python": platform.python_version(),
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
        "data sha256": {name: hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest() for name, (x, y) in data.items()},
    }


def fashion_mnist():
    """Train on the embedded 6,000, tune on the training set's last 10,000 (none embedded), judge on the test set."""
    (x_train, y_train), _ = datasets.fashion_mnist(sample=True)
    (x_all, y_all), test = datasets.fashion_mnist(sample=False)
    parts = {"train": (x_train, y_train), "tune": (x_all[-10_000:], y_all[-10_000:]), "final": test}
    return {name: (x.reshape(len(x), -1).astype("float32") / 255, y.astype("int32")) for name, (x, y) in parts.items()}


def groups(runs):
    """The runs, as many at a time as a trial trains side by side."""
    count = AT_ONCE["side_by_side"]
    return [runs[first : first + count] for first in range(0, len(runs), count)]


def ensure(table, runs, train_data, judge_data, batch_size):
    """Train those of the runs that the table lacks; it gets "loss" and "accuracy" on judge_data."""
    for group in groups([run for run in runs if run.key not in table]):
        ((_, weights, _),) = train(group, train_data, batch_size)
        for run, loss, accuracy in zip(group, *judge(weights, judge_data), strict=True):
            table.append(run.key, (loss, accuracy))


def tune_and_judge(table, arms, peaks, data, batch_size, tuning_seeds, final_seeds, momentum=0.9):
    """A fair comparison: every arm's peak tuned with the same number of tries, then other seeds and other images.

    Args:
        table: with keys ("stage", "arm", "max_lr", "seed") and values ("loss", "accuracy").
        arms: {name: max_lr → rate schedule, or → (rate schedule, momentum)}.
        peaks: the rates to try.
        data: with "train", "tune" and "final", as of `fashion_mnist`.
        batch_size: of every arm.
        tuning_seeds: for the choice of the peak, by mean accuracy on "tune".
        final_seeds: others, at that peak, on "final".
        momentum: of arms that name none.

    Returns:
        {name: its peak}.
    """
    best = {}
    for name, make in arms.items():

        def runs(stage, max_lr, seeds, name=name, make=make):
            made = make(max_lr)
            rate, moving = made if isinstance(made, tuple) else (made, momentum)
            return [Run((stage, name, max_lr, seed), seed, rate, moving) for seed in seeds]

        means = {}
        for max_lr in peaks:
            ensure(table, runs("tune", max_lr, tuning_seeds), data["train"], data["tune"], batch_size)
            means[max_lr] = np.mean([table[("tune", name, max_lr, seed)]["accuracy"] for seed in tuning_seeds])
        best[name] = max(means, key=means.get)
        ensure(table, runs("final", best[name], final_seeds), data["train"], data["final"], batch_size)
        judged = np.mean([table[("final", name, best[name], seed)]["accuracy"] for seed in final_seeds])
        print(f"{name}: peak {best[name]:g}, accuracy {judged:.4f}", flush=True)
    return best
