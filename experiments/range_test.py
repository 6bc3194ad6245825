"""Record what the range-test chapter reports: a grid of rates, sweeps of many kinds, and what their rules' rates earn.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.range_test

makes range_test_rates and range_test_sweeps in results/, and puts a part of both into range_test.json, for the
explorer. About five minutes on two cores.

Asked before the results, of a linear decay over 600 steps: how much test accuracy does the rate that a rule suggests
lose against the best rate on a grid? Each rule reads eight sweeps of 200 steps; its rate is the median. Margin: 0.5
points. The grid's best rate is chosen on the tuning images with eight seeds; it and the rules' rates then run with
sixteen others on the whole test set. Primary: each of the four rules with momentum 0.9. Secondary: the same without.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from experiments.recording import FASHION, described, ensure, write_record
from learning_rates import schedules, sweeps
from learning_rates.range_test.result import RangeTest
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.engines.side_by_side import train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table


class Setting(NamedTuple):
    """How a sweep is made."""

    steps: int
    batch_size: int
    momentum: float
    weight_decay: float = 0.0


BATCH_SIZE, STEPS = 60, 600
MOMENTA = (0.9, 0.0)
LEAST = {0.9: 0.005, 0.0: 0.02}  # of the grid, 17 rates in steps of √2
GRID = {momentum: [float(f"{LEAST[momentum] * 2 ** (k / 2):.3g}") for k in range(17)] for momentum in MOMENTA}
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1008), range(16)
SWEEP_SEEDS = range(2000, 2008)
MIN_LR, MAX_LR = 1e-5, 10.0
SMOOTHING, DIVERGENCE = 0.1, 4.0  # the package's own
READ = (200, BATCH_SIZE)  # steps and batch of the sweeps whose rules are judged
# All combinations of the first three for the explorer, then one thing changed at a time.
SWEEPS = [Setting(n, batch, mu) for n in (50, 100, 200) for batch in (15, 60, 240) for mu in MOMENTA]
SWEEPS += [Setting(400, 60, mu) for mu in MOMENTA]
SWEEPS += [Setting(200, 60, 0.9, decay) for decay in (1e-2, 1e-1, 1.0)]
UNREADABLE = 1e3  # a loss beyond which a sweep is not kept


def climb(steps: int) -> schedules.Schedule:
    return schedules.piecewise([(0, MIN_LR), (steps - 1, MAX_LR)], shape="exponential")


def sweep(steps: int, batch_size: int, momentum: float, weight_decay: float) -> list[list[float]]:
    """The losses of eight sweeps, four digits each, up to where they leave what can be read."""
    runs = [Run((), seed, climb(steps), momentum, weight_decay) for seed in SWEEP_SEEDS]
    ((_, _, losses),) = train(runs, data_of(FASHION)["train"], batch_size)
    return [kept([float(loss) for loss in row]) for row in losses]


def kept(losses: Sequence[float]) -> list[float]:
    end = next((step for step, loss in enumerate(losses) if not loss < UNREADABLE), len(losses))
    return [float(f"{loss:.4g}") for loss in losses[:end]]


def stopped(losses: list[float], steps: int) -> list[float]:
    """The losses up to where `lr_range_test` would have stopped."""
    end = sweeps.diverged_at(np.log10(climb(steps).values()).tolist(), losses, SMOOTHING, DIVERGENCE)
    return losses if end is None else losses[: end + 1]


def swept(table: Table) -> dict[Setting, list[list[float]]]:
    """The losses of each setting's sweeps; those that the table lacks are run."""
    for setting in SWEEPS:
        if (*setting, SWEEP_SEEDS[-1]) not in table:
            for seed, losses in zip(SWEEP_SEEDS, sweep(*setting), strict=True):
                table.add((*setting, seed), [losses])
            print(setting, flush=True)
    return {setting: [table.curve((*setting, seed), "losses") for seed in SWEEP_SEEDS] for setting in SWEEPS}


def runs(stage: str, name: str, momentum: float, max_lr: float, seeds: Sequence[int]) -> list[Run]:
    rate = schedules.polynomial_decay(max_lr, STEPS)
    return [Run((stage, name, momentum, max_lr, seed), seed, rate, momentum) for seed in seeds]


def mean(table: Table, stage: str, name: str, momentum: float, max_lr: float) -> float:
    """Mean accuracy at a rate; the runs that the table lacks are made."""
    seeds, part = (TUNING_SEEDS, "tune") if stage == "tune" else (FINAL_SEEDS, "final")
    ensure(table, runs(stage, name, momentum, max_lr, seeds), BATCH_SIZE, part)
    return float(table.column("accuracy", stage=stage, arm=name, momentum=momentum, max_lr=max_lr).mean())


def judged(table: Table, momentum: float, several: list[list[float]]) -> dict[str, Any]:
    """The grid of this momentum, its best rate, and the rates of the rules."""
    rates = GRID[momentum]
    tuned = [mean(table, "tune", "grid", momentum, max_lr) for max_lr in rates]
    best = rates[tuned.index(max(tuned))]
    ends = [stopped(losses, READ[0]) for losses in several]
    test = RangeTest(climb(READ[0]).values(), ends, SMOOTHING, DIVERGENCE)
    named = {"best": best} | {rule: float(f"{found.rate:.3g}") for rule, found in test.suggestions.items()}
    for name, max_lr in named.items():
        print(
            f"momentum {momentum}, {name}: {max_lr:g}, {mean(table, 'final', name, momentum, max_lr):.4f}", flush=True
        )
    grid = {"momentum": momentum, "rates": rates, "accuracy": [round(each, 5) for each in tuned], "best": best}
    return grid | {"named": [[name, max_lr] for name, max_lr in named.items()]}


def record() -> None:
    columns = ("steps", "batch_size", "momentum", "weight_decay", "seed", "losses")
    sweeps_table = Table(RESULTS / "range_test_sweeps.csv", columns)
    found = swept(sweeps_table)
    made = described("range_test.py", rates=[MIN_LR, MAX_LR], sweep_seeds=list(SWEEP_SEEDS))
    sweeps_table.describe(made)
    table = Table(RESULTS / "range_test_rates.csv", ("stage", "arm", "momentum", "max_lr", "seed", "loss", "accuracy"))
    grids = [judged(table, momentum, found[Setting(*READ, momentum)]) for momentum in MOMENTA]
    table.describe(
        described(
            "range_test.py",
            runs=f"linear decay to 0 over {STEPS} steps, batch {BATCH_SIZE}",
            tuning_seeds=list(TUNING_SEEDS),
            final_seeds=list(FINAL_SEEDS),
            rules=f"medians of eight sweeps of {READ[0]} steps, batch {READ[1]}",
            margin="0.5 points",
            grids=grids,
        )
    )
    shown = {each: losses[0] for each, losses in found.items() if each.weight_decay == 0 and each.steps <= 200}
    first = [[each.steps, each.batch_size, each.momentum, losses] for each, losses in shown.items()]
    whole = {"made": made, "min_lr": MIN_LR, "max_lr": MAX_LR, "sweeps": first}
    whole["grids"] = [[grid["momentum"], grid["best"], grid["rates"], grid["accuracy"]] for grid in grids]
    write_record("range_test", whole, indent=None)


if __name__ == "__main__":
    record()
