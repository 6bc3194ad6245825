"""Record what the range-test chapter reports: a grid of rates, sweeps of many kinds, and what their rules' rates earn.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.range_test

makes range_test_rates, range_test_sweeps, range_test_fastai and range_test_horizon in results/, and puts a part of the
first two into range_test.json, for the explorer. About ten minutes on two cores.

Asked before the results, of a linear decay over 600 steps: how much test accuracy does the rate that a rule suggests
lose against the best rate on a grid? Each rule reads eight sweeps of 200 steps; its rate is the median. Margin: 0.5
points. The grid's best rate is chosen on the tuning images with eight seeds; it and the rules' rates then run with
sixteen others on the whole test set. Primary: each of the four rules with momentum 0.9. Secondary: the same without.

Asked for the second edition, before its results. First: what does fastai's own rule lose, swept, averaged, stopped and
read as `lr_find` does by default? The same sweep seeds, momenta, final seeds and margin. Second, the horizon: is the
best peak of a linear decay another one when the run is shorter or longer than 600 steps? At five lengths, with momentum
0.9, the peak is chosen on the tuning images with eight seeds; this peak and the best of 600 steps then run with sixteen
others on the whole test set. Primary: at 2,400 steps, accuracy at the peak chosen there minus accuracy at the peak of
600 steps; less than the margin counts as none.
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

FASTAI_STEPS, FASTAI_MIN_LR = (
    100,
    1e-7,
)  # `lr_find` takes its steps at k / 100 of the way to MAX_LR, which it never reaches
FASTAI_BETA, FASTAI_STOP, FASTAI_SKIP = (
    0.98,
    4.0,
    (10, 5),
)  # the average, where it stops, what it leaves out at the ends
HORIZONS = (150, 300, 600, 1200, 2400)


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


def fastai_rates() -> list[float]:
    return [FASTAI_MIN_LR * (MAX_LR / FASTAI_MIN_LR) ** (step / FASTAI_STEPS) for step in range(FASTAI_STEPS)]


def fastai_valley(losses: Sequence[float]) -> float:
    """The rate that fastai's `lr_find` suggests by default, from the losses of its batches.

    References:
        fastai, fastai/callback/schedule.py: LRFinder, lr_find and valley.
    """
    average, weight, means = 0.0, 0.0, [float("inf")]
    for loss in losses:
        average, weight = FASTAI_BETA * average + (1 - FASTAI_BETA) * loss, FASTAI_BETA * weight + 1 - FASTAI_BETA
        means.append(average / weight)
        if means[-1] > FASTAI_STOP * min(means):
            break
    begin, end = FASTAI_SKIP
    read = means[1:][begin:-end]
    logs = np.log10(fastai_rates())[begin:].tolist()
    return float(10 ** sweeps.valley(logs, read))


def record_fastai(table: Table) -> None:
    """fastai's sweeps, and whole runs at the median of the rates that it reads off them."""
    swept = Table(RESULTS / "range_test_fastai.csv", ("momentum", "seed", "losses"))
    rates = schedules.piecewise(list(enumerate(fastai_rates())), shape="exponential")
    for momentum in MOMENTA:
        if (momentum, SWEEP_SEEDS[-1]) not in swept:
            tried = [Run((), seed, rates, momentum) for seed in SWEEP_SEEDS]
            ((_, _, losses),) = train(tried, data_of(FASHION)["train"], BATCH_SIZE)
            for seed, row in zip(SWEEP_SEEDS, losses, strict=True):
                swept.add((momentum, seed), [kept([float(loss) for loss in row])])
        read = [fastai_valley(swept.curve((momentum, seed), "losses")) for seed in SWEEP_SEEDS]
        ensure(table, decays("final", "fastai", STEPS, momentum, float(f"{np.median(read):.3g}")), BATCH_SIZE)
        print(f"fastai, momentum {momentum}: {read}", flush=True)
    swept.describe(
        described(
            "range_test.py",
            steps=FASTAI_STEPS,
            batch_size=BATCH_SIZE,
            rates=[FASTAI_MIN_LR, MAX_LR],
            read=f"averaged with β = {FASTAI_BETA}, stopped at {FASTAI_STOP:g} times the least average, without its "
            f"first {FASTAI_SKIP[0]} and last {FASTAI_SKIP[1]} steps; the rate is the median of eight valleys",
            sweep_seeds=list(SWEEP_SEEDS),
        )
    )


def decays(stage: str, name: str, steps: int, momentum: float, max_lr: float) -> list[Run]:
    rate, seeds = schedules.polynomial_decay(max_lr, steps), TUNING_SEEDS if stage == "tune" else FINAL_SEEDS
    return [Run((stage, name, steps, momentum, max_lr, seed), seed, rate, momentum) for seed in seeds]


def record_horizon(table: Table) -> None:
    """The grid at five lengths, and whole runs at the peak of each and at the peak of 600 steps."""
    momentum, best = MOMENTA[0], {}
    for steps in HORIZONS:
        means = {}
        for max_lr in GRID[momentum]:
            ensure(table, decays("tune", "grid", steps, momentum, max_lr), BATCH_SIZE, "tune")
            tried = table.column("accuracy", stage="tune", arm="grid", steps=steps, max_lr=max_lr)
            means[max_lr] = tried.mean()
        best[steps] = max(means, key=means.__getitem__)
        print(f"{steps} steps: best peak {best[steps]:g}, {means[best[steps]]:.4f}", flush=True)
    for steps in HORIZONS:
        for name, max_lr in (("own peak", best[steps]), ("peak of 600 steps", best[STEPS])):
            ensure(table, decays("final", name, steps, momentum, max_lr), BATCH_SIZE)
    table.describe(
        described(
            "range_test.py",
            runs=f"linear decay to 0, batch {BATCH_SIZE}",
            tuning_seeds=list(TUNING_SEEDS),
            final_seeds=list(FINAL_SEEDS),
            margin="0.5 points",
            primary="at 2,400 steps, own peak − peak of 600 steps",
            best=[[steps, peak] for steps, peak in best.items()],
        )
    )


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


def record_lengths() -> None:
    """What the second edition asks: fastai's reading, and the horizon."""
    columns = ("stage", "arm", "steps", "momentum", "max_lr", "seed", "loss", "accuracy")
    table = Table(RESULTS / "range_test_horizon.csv", columns)
    record_fastai(table)
    record_horizon(table)


if __name__ == "__main__":
    record()
    record_lengths()
