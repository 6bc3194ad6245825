"""Record what the exhibits of the trap museum draw, into results/trap_exhibits.json.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.trap_exhibits

Two minutes on two cores. Each is the walk into a trap of which `traps` measures the damage, and the same walk with the
trap avoided. book/trap_figures.py draws them, and beside them what a formula or a chapter's record gives.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from experiments import decay
from experiments.recording import BATCH_SIZE, FASHION, STEPS, arm_at, described, write_record
from experiments.traps import SEEDS, accuracies, exponential_average, momentum_paths, swept
from learning_rates import schedules, sweeps
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.engines.side_by_side import judge, train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import Table

ARMS = ("linear decay", "step decay", "exponential", "polynomial, power 2", "cosine restarts")
LOOKS, SETS = 12, 10  # looks at each run; sets of 1,000 that the test images are cut into
GRADIENT, RATE, TRAVELLED = 1e-4, 0.01, 100  # of the slope down which AdaGrad goes, and for how many steps


def typical_sweeps(data: Any) -> dict[str, Any]:
    """For each of two ways to smooth the sweep whose damage is nearest to the median, as a list of losses."""
    logs, rows = swept(data)
    ways: dict[str, Callable[[Any], Any]] = {
        "running mean": lambda row: np.cumsum(row) / np.arange(1, len(row) + 1),
        "smoothing lag": lambda row: exponential_average(row, 0.95),
    }
    found: dict[str, Any] = {"log10 rates": [round(float(each), 6) for each in logs]}
    for name, smoothed in ways.items():
        shifts = [
            logs[np.argmin(smoothed(row))] - logs[np.argmin(sweeps.smooth(list(logs), row.tolist(), 0.1, 4.0))]
            for row in rows
        ]
        typical = int(np.argmin(np.abs(np.array(shifts) - np.median(shifts))))
        found[name] = {"seed": SEEDS[typical], "losses": [float(f"{loss:.6g}") for loss in rows[typical]]}
    return found


def stock_adagrad() -> list[float]:
    """How far Keras's AdaGrad has gone after each step, where the gradient is always the same, and small."""
    optimizer, place = keras.optimizers.Adagrad(RATE), keras.Variable([0.0])
    gone = []
    for _ in range(TRAVELLED):
        optimizer.apply([np.full(1, GRADIENT, "float32")], [place])
        gone.append(float(f"{-float(keras.ops.convert_to_numpy(place)[0]):.6g}"))
    return gone


def unequal_budgets(data: Any) -> dict[str, Any]:
    """Accuracies of five decays, at their peaks of chapter 6, after as many steps as there and after twice as many."""
    peaks = {name: Table.recorded("decay").made["arms"][name]["max_lr"] for name in ARMS}

    def rate(name: str) -> Callable[[int], schedules.Schedule]:
        return lambda steps: schedules.from_config(arm_at(decay.TRIAL, name, peaks[name], steps)["rate"])

    return {
        name: {
            str(steps): [round(float(each), 4) for each in accuracies(data, steps, rate(name), steps)[:, -1]]
            for steps in (STEPS, 2 * STEPS)
        }
        for name in ARMS
    }


def looked_at(data: Any) -> dict[str, Any]:
    """A constant rate's accuracies at each look, on the tuning images and on each set of test images."""
    runs = [Run(seed, seed, schedules.constant(0.02, STEPS)) for seed in SEEDS]
    sets = list(zip(*(np.array_split(part, SETS) for part in data["final"]), strict=True))
    tuning, tests = [], []
    for group in TASKS[FASHION].engine.groups(runs):
        checks = [weights for _, weights, _ in train(group, data["train"], BATCH_SIZE, every=STEPS // LOOKS)]
        tuning.append(np.stack([judge(weights, data["tune"])[1] for weights in checks], axis=1))
        tests.append(np.array([[judge(weights, each)[1] for each in sets] for weights in checks]).transpose(2, 0, 1))
    shown = {"tuning": np.concatenate(tuning), "tests": np.concatenate(tests)}
    return {name: np.round(values.astype("float64"), 4).tolist() for name, values in shown.items()}


def main() -> None:
    data = data_of(FASHION)
    made = described(
        "trap_exhibits.py",
        seeds=list(SEEDS),
        runs=f"models.mlp(), {STEPS} steps of {BATCH_SIZE} samples, or twice as many steps",
        looks=f"accuracy at {LOOKS} looks: tuning, on 10,000 images; tests, on {SETS} sets of 1,000",
        slope=f"gradient {GRADIENT:g}, rate {RATE:g}",
    )
    record = {
        "made": made,
        "sweeps": typical_sweeps(data),
        "momentum": momentum_paths(),
        "adagrad": stock_adagrad(),
        "budgets": unequal_budgets(data),
        "looks": looked_at(data),
    }
    write_record("trap_exhibits", record, indent=None)


if __name__ == "__main__":
    main()
