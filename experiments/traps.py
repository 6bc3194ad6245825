"""Measure what each trap of the trap museum costs, into results/traps.json.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.traps

A few minutes on two cores. The museum, book/traps.md, takes its numbers from there.
"""

import json
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import keras
import numpy as np

from experiments.recording import FASHION, described, write_record
from learning_rates import SGD, descent, schedules, sweeps
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.engines.side_by_side import judge, train
from learning_rates.trials.runs import Run
from learning_rates.trials.statistics import interval

SEEDS = range(16)
STEPS, BATCH_SIZE = 600, 60
LOW, HIGH, SWEEP_STEPS, SWEEP_BATCH = 1e-4, 10.0, 200, 30  # a sweep is one epoch


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, least and greatest."""
    return {"median": float(np.median(values)), "low": float(min(values)), "high": float(max(values)), "n": len(values)}


def swept(data: Any) -> tuple[Any, list[Any]]:
    """The batch losses of sweeps, up to where they blow up, and log10 of their rates."""
    logs = np.linspace(math.log10(LOW), math.log10(HIGH), SWEEP_STEPS)
    rate = schedules.piecewise([(0, LOW), (SWEEP_STEPS - 1, HIGH)], shape="exponential")
    runs = [Run(seed, seed, rate) for seed in SEEDS]
    rows = []
    for group in TASKS[FASHION].engine.groups(runs):
        ((_, _, losses),) = train(group, data["train"], SWEEP_BATCH)
        rows += [row[: sweeps.diverged_at(list(logs), row.tolist(), 0.1, 4.0)] for row in losses.astype("float64")]
    return logs, rows


def exponential_average(losses: Sequence[float], kept: float) -> list[float]:
    """The corrected exponential average that most finders draw."""
    average, drawn = 0.0, []
    for step, loss in enumerate(losses):
        average = kept * average + (1 - kept) * loss
        drawn.append(average / (1 - kept ** (step + 1)))
    return drawn


def running_mean_and_lag(data: Any) -> tuple[dict[str, float], dict[str, float]]:
    """By which factor the rate of the least loss moves, read off the epoch's running mean or an average of 0.95."""
    logs, rows = swept(data)
    running, lagging = [], []
    for row in rows:
        centred = np.argmin(sweeps.smooth(list(logs), row.tolist(), 0.1, 4.0))
        running_mean = np.cumsum(row) / np.arange(1, len(row) + 1)
        running.append(10 ** (logs[np.argmin(running_mean)] - logs[centred]))
        lagging.append(10 ** (logs[np.argmin(exponential_average(row, 0.95))] - logs[centred]))
    return spread(running), spread(lagging)


class CycleMomentum(keras.callbacks.Callback):
    """The recipe of published callbacks."""

    def __init__(self, momentum: schedules.Schedule) -> None:
        super().__init__()
        self.momentum, self.step = momentum, 0

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.model.optimizer.momentum = self.momentum(self.step)
        self.step += 1


class FollowWeight(keras.callbacks.Callback):
    """Writes down the one weight of a model after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.path.append(float(self.model.get_weights()[0].item()))


def momentum_paths() -> dict[str, Any]:
    """The weight after each step on θ², momentum 0.95 → 0.5 → 0.95 from a callback, and inside the step."""
    steps, paths = 40, {}
    momentum = schedules.one_cycle_momentum(steps, low=0.5, high=0.95)
    recipes = {
        "callback": (keras.optimizers.SGD(0.05, momentum=0.95), [CycleMomentum(momentum)]),
        "inside": (SGD(0.05, momentum), []),
    }
    for name, (optimizer, callbacks) in recipes.items():
        layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
        model = keras.Sequential([keras.Input((1,)), layer])
        model.compile(optimizer, "mse")
        followed = FollowWeight()
        data = np.ones((steps, 1)), np.zeros((steps, 1))
        model.fit(*data, batch_size=1, verbose=0, callbacks=[*callbacks, followed])
        paths[name] = followed.path
    return {"asked for": momentum.values(), **paths}


def frozen_momentum() -> dict[str, float]:
    """How far from the minimum the weight ends either way."""
    paths = momentum_paths()
    ends = {name: abs(paths[name][-1]) for name in ("callback", "inside")}
    return ends | {"factor": ends["callback"] / ends["inside"]}


def epsilon_forms() -> dict[str, float]:
    """How far the textbook's form travels, over how far Keras's does, where gradients are about 1e-4: 100 steps."""
    slope = descent.quadratic([1e-4]).gradient
    factors = {}
    for name, make in {"AdaGrad": descent.AdaGrad, "RMSProp": descent.RMSProp, "Adam": descent.Adam}.items():
        ends = {form: descent.descend(slope, make(0.01, form=form), [1.0], 100)[-1][0] for form in descent.FORMS}
        factors[name] = (1 - ends["textbook"]) / (1 - ends["keras"])
    return factors


def next_steps_rate() -> dict[str, float]:
    """One-cycle over 100 steps: the greatest factor between a step's own rate and the one a logger reads after it."""
    rates = schedules.one_cycle(0.1, 100).values()
    return {"factor": max(max(a / b, b / a) for a, b in pairwise(rates))}


def accuracies(data: Any, steps: int, rate: Callable[[int], schedules.Schedule], every: int) -> Any:
    """Accuracy on the test set after each so many steps, of shape (seeds, checks)."""
    rows = []
    for group in TASKS[FASHION].engine.groups([Run(seed, seed, rate(steps)) for seed in SEEDS]):
        checks = train(group, data["train"], BATCH_SIZE, every=every)
        rows.append(np.stack([judge(weights, data["final"])[1] for _, weights, _ in checks], axis=1))
    return np.concatenate(rows)


def points(differences: Any) -> dict[str, float]:
    """Accuracy points: mean with its 95 % t-interval."""
    found = interval(100 * np.asarray(differences))
    return {"mean": found.mean, "low": found.low, "high": found.high, "n": found.n}


def unequal_budgets(data: Any) -> dict[str, float]:
    """What the same schedule gains by nothing but twice the steps."""

    def linear(steps: int) -> schedules.Schedule:
        return schedules.polynomial_decay(0.08, steps)

    short, double = (accuracies(data, steps, linear, steps)[:, -1] for steps in (STEPS, 2 * STEPS))
    return points(double - short)


def selection_noise(data: Any) -> dict[str, float]:
    """How much better than the last epoch's the best epoch looks, chosen and judged on the same 1,000 images."""
    small = data | {"final": tuple(part[:1000] for part in data["final"])}
    rows = accuracies(small, STEPS, lambda steps: schedules.constant(0.02, steps), STEPS // 12)
    return points(rows.max(axis=1) - rows[:, -1])


def main() -> None:
    data = data_of(FASHION)
    running, lagging = running_mean_and_lag(data)
    damage = {
        "running mean": running,
        "smoothing lag": lagging,
        "frozen momentum": frozen_momentum(),
        "epsilon forms": epsilon_forms(),
        "next step's rate": next_steps_rate(),
        "unequal budgets": unequal_budgets(data),
        "selection noise": selection_noise(data),
    }
    made = described(
        "traps.py",
        seeds=list(SEEDS),
        runs=f"models.mlp(), {STEPS} steps of {BATCH_SIZE} samples",
        sweeps=f"{SWEEP_STEPS} steps of {SWEEP_BATCH} samples, one epoch, {LOW:g} to {HIGH:g}",
    )
    write_record("traps", {"made": made, "damage": damage})
    print(json.dumps(damage, indent=1))


if __name__ == "__main__":
    main()
