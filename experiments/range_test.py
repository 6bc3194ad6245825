"""Record what the range-test chapter reports: a grid of rates, sweeps of many kinds, and what their rules' rates earn.

    LEARNING_RATES_DATA=... python -m experiments.range_test

appends to results/range_test_rates.csv, a row a finished run, writes results/range_test_sweeps.csv, a row a sweep, says
in a .json beside each how it was made, and puts a part of both into results/range_test.json, for the explorer. A second
start goes on where the first was stopped. About five minutes on two cores.

Asked before the results, of a linear decay over 600 steps: how much test accuracy does the rate that a rule suggests
lose against the best rate on a grid? Each rule reads eight sweeps of 200 steps; its rate is the median. Margin: 0.5
points. The grid's best rate is chosen on the tuning images with eight seeds; it and the rules' rates then run with
sixteen others on the whole test set. Primary: each of the four rules with momentum 0.9. Secondary: the same without.
"""

import csv
import json

import numpy as np

from experiments.recording import RESULTS, Table, ensure, fashion_mnist, provenance
from learning_rates import schedules, sweeps
from learning_rates.range_test import RangeTest
from learning_rates.trials.engines.runs import Run
from learning_rates.trials.engines.side_by_side import train

BATCH_SIZE, STEPS = 60, 600
MOMENTA = (0.9, 0.0)
LEAST = {0.9: 0.005, 0.0: 0.02}  # of the grid, 17 rates in steps of √2
GRID = {momentum: [float(f"{LEAST[momentum] * 2 ** (k / 2):.3g}") for k in range(17)] for momentum in MOMENTA}
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1008), range(16)
SWEEP_SEEDS = range(2000, 2008)
MIN_LR, MAX_LR = 1e-5, 10.0
SMOOTHING, DIVERGENCE = 0.1, 4.0  # the package's own
READ = (200, BATCH_SIZE)  # steps and batch of the sweeps whose rules are judged
# Steps, batch size, momentum, weight decay: all of the first three for the explorer, then one thing changed at a time.
SWEEPS = [(n, batch, mu, 0.0) for n in (50, 100, 200) for batch in (15, 60, 240) for mu in MOMENTA]
SWEEPS += [(400, 60, 0.9, 0.0), (400, 60, 0.0, 0.0)]
SWEEPS += [(200, 60, 0.9, 1e-2), (200, 60, 0.9, 1e-1), (200, 60, 0.9, 1.0)]
UNREADABLE = 1e3  # a loss beyond which a sweep is not kept


def climb(steps):
    return schedules.piecewise([(0, MIN_LR), (steps - 1, MAX_LR)], shape="exponential")


def sweep(data, steps, batch_size, momentum, weight_decay):
    """The losses of eight sweeps, four digits each, up to where they leave what can be read."""
    runs = [Run((), seed, climb(steps), momentum, weight_decay) for seed in SWEEP_SEEDS]
    ((_, _, losses),) = train(runs, data, batch_size)
    return [kept([float(loss) for loss in row]) for row in losses]


def kept(losses):
    end = next((step for step, loss in enumerate(losses) if not loss < UNREADABLE), len(losses))
    return [float(f"{loss:.4g}") for loss in losses[:end]]


def stopped(losses, steps):
    """The losses up to where `lr_range_test` would have stopped."""
    end = sweeps.diverged_at(np.log10(climb(steps).values()).tolist(), losses, SMOOTHING, DIVERGENCE)
    return losses if end is None else losses[: end + 1]


def swept(data):
    """{setting: the losses of its sweeps}, and results/range_test_sweeps.csv with a row a sweep."""
    found = {}
    for setting in SWEEPS:
        found[setting] = sweep(data["train"], *setting)
        print(setting, flush=True)
    with (RESULTS / "range_test_sweeps.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["steps", "batch_size", "momentum", "weight_decay", "seed", "losses"])
        for setting, several in found.items():
            for seed, losses in zip(SWEEP_SEEDS, several, strict=True):
                writer.writerow([*setting, seed, " ".join(f"{loss:g}" for loss in losses)])
    return found


def runs(stage, name, momentum, max_lr, seeds):
    rate = schedules.polynomial_decay(max_lr, STEPS)
    return [Run((stage, name, momentum, max_lr, seed), seed, rate, momentum) for seed in seeds]


def mean(table, runs):
    return float(np.mean([table[run.key]["accuracy"] for run in runs]))


def judged(table, data, momentum, several):
    """The grid of this momentum, its best rate, and the rates of the rules; all that the table lacks is run."""
    rates, tuned = GRID[momentum], []
    for max_lr in rates:
        group = runs("tune", "grid", momentum, max_lr, TUNING_SEEDS)
        ensure(table, group, data["train"], data["tune"], BATCH_SIZE)
        tuned.append(mean(table, group))
    best = rates[tuned.index(max(tuned))]
    ends = [stopped(losses, READ[0]) for losses in several]
    test = RangeTest(climb(READ[0]).values(), ends, SMOOTHING, DIVERGENCE)
    named = {"best": best} | {rule: float(f"{found.rate:.3g}") for rule, found in test.suggestions.items()}
    for name, max_lr in named.items():
        group = runs("final", name, momentum, max_lr, FINAL_SEEDS)
        ensure(table, group, data["train"], data["final"], BATCH_SIZE)
        print(f"momentum {momentum}, {name}: {max_lr:g}, {mean(table, group):.4f}", flush=True)
    grid = {"momentum": momentum, "rates": rates, "accuracy": [round(each, 5) for each in tuned], "best": best}
    return grid | {"named": [[name, max_lr] for name, max_lr in named.items()]}


def record():
    data = fashion_mnist()
    found = swept(data)
    table = Table("range_test_rates", ("stage", "arm", "momentum", "max_lr", "seed"), ("loss", "accuracy"))
    grids = [judged(table, data, momentum, found[(*READ, momentum, 0.0)]) for momentum in MOMENTA]
    made = provenance("range_test.py", data) | {"model": "models.mlp(): 784-128-10, SGD"}
    table.describe(
        made
        | {"runs": f"linear decay to 0 over {STEPS} steps, batch {BATCH_SIZE}"}
        | {"tuning": "accuracy on the last 10,000 images of the whole training set", "tuning seeds": list(TUNING_SEEDS)}
        | {"final": "accuracy on the whole test set, 10,000 images", "final seeds": list(FINAL_SEEDS)}
        | {"rules": f"medians of eight sweeps of {READ[0]} steps, batch {READ[1]}", "margin": "0.5 points"}
        | {"grids": grids}
    )
    made |= {"rates": [MIN_LR, MAX_LR], "sweep seeds": list(SWEEP_SEEDS), "data": "the embedded 6,000 images"}
    (RESULTS / "range_test_sweeps.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    first = [[*setting[:3], losses[0]] for setting, losses in found.items() if setting[3] == 0 and setting[0] <= 200]
    whole = {"made": made, "min_lr": MIN_LR, "max_lr": MAX_LR, "sweeps": first}
    whole["grids"] = [[grid["momentum"], grid["best"], grid["rates"], grid["accuracy"]] for grid in grids]
    text = json.dumps(whole, separators=(",", ":"), ensure_ascii=False)
    (RESULTS / "range_test.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
