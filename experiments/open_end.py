"""Record what an average of the weights is worth to a run whose end nobody knows.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.open_end

makes open_end in results/. A few minutes on two cores.

A mean of the last quarter's weights needs to know where the last quarter begins. An exponential moving average does
not: w̄ ← β w̄ + (1 − β) w at every step, from the first weights on, divided by 1 − βᵗ. Decided before the first row:

One constant rate, momentum 0.9, looked at after 300, 600 and 1,200 steps, as if it were stopped there: its last
weights ("constant"), their averages with β 0.97, 0.99 and 0.997, and the mean of the weights of the last quarter up to
the stop ("last quarter"), which had to know it. Each has one peak for all three stops, since the end is unknown: the
best of seven after 600 steps on the tuning images, eight seeds. "linear decay" is planned for each stop, and has the
best of the same peaks there. 24 seeds that no recording has used, the test images.

Primary questions: the average with β = 0.99 − constant, and − linear decay, after 600 steps; less than MARGIN points
counts as none. Second, the same two after 300 and 1,200 steps. All six hold at once (Bonferroni). The two other β and
the last quarter are shown beside them, without a question of their own.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from experiments.recording import BATCH_SIZE, EIGHT_SEEDS, FASHION, GUESSING, PEAKS, described, tune_and_judge
from learning_rates import schedules
from learning_rates.trials.declared.forms import Stage
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.engines.side_by_side import judge, train
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

MARGIN = 0.5  # points of accuracy
STOPS = (300, 600, 1200)
TUNED_AT = 600
BETAS = {"average, β = 0.97": 0.97, "average, β = 0.99": 0.99, "average, β = 0.997": 0.997}
PRIMARY = "average, β = 0.99"
RATES = PEAKS[:7]
SEEDS = tuple(range(5000, 5024))
LAST, QUARTER, DECAY = "constant", "last quarter", "linear decay"
COLUMNS = ("stage", "arm", "stop", "max_lr", "seed", "loss", "accuracy")

Weights = list[Any]


def mixed(old: Weights, new: Weights, share: float) -> Weights:
    """(1 − share) · old + share · new."""
    return [a + share * (b - a) for a, b in zip(old, new, strict=True)]


def looks(peak: float, seeds: Sequence[int], stops: Sequence[int]) -> Iterator[tuple[str, int, Weights]]:
    """One constant run for each seed, side by side; the weights that each arm would leave at each stop."""
    runs = [Run(seed, seed, schedules.constant(peak, max(stops))) for seed in seeds]
    averages: dict[str, Weights] = {}
    for done, weights, _ in train(runs, data_of(FASHION)["train"], BATCH_SIZE, every=1):
        now = list(weights)
        for name, beta in BETAS.items():
            # Divided by 1 − βᵗ, the average is a running mean whose newest member has this share.
            averages[name] = mixed(averages.get(name, now), now, (1 - beta) / (1 - beta**done))
        for stop in stops:
            begun = stop - stop // 4
            if begun < done <= stop:
                name = f"{QUARTER} {stop}"
                averages[name] = mixed(averages.get(name, now), now, 1 / (done - begun))
        if done in stops:
            yield LAST, done, now
            yield QUARTER, done, averages.pop(f"{QUARTER} {done}")
            for name in BETAS:
                yield name, done, averages[name]


def decayed(peak: float, seeds: Sequence[int], stop: int) -> Iterator[tuple[str, int, Weights]]:
    """The same seeds with a decay that was planned for the stop."""
    runs = [Run(seed, seed, schedules.polynomial_decay(peak, stop)) for seed in seeds]
    ((_, weights, _),) = train(runs, data_of(FASHION)["train"], BATCH_SIZE)
    yield DECAY, stop, list(weights)


def add(
    table: Table, stage: Stage, peak: float, seeds: Sequence[int], found: Iterator[tuple[str, int, Weights]]
) -> None:
    """Judge what is found, and keep what the table lacks."""
    for arm, stop, weights in found:
        for seed, loss, accuracy in zip(seeds, *judge(weights, data_of(FASHION)[stage]), strict=True):
            key = (stage, arm, stop, peak, seed)
            if key not in table:
                table.add(key, (loss, accuracy) if np.isfinite(loss) else GUESSING)


def accuracy(table: Table, arm: str, stop: int, stage: Stage, peak: float) -> float:
    """The mean accuracy of an arm at a stop; the runs that the table lacks are made."""
    seeds = EIGHT_SEEDS if stage == Stage.TUNE else SEEDS
    for group in TASKS[FASHION].engine.groups([seed for seed in seeds if (stage, arm, stop, peak, seed) not in table]):
        stops = STOPS if stage == Stage.FINAL else (TUNED_AT,)
        add(table, stage, peak, group, decayed(peak, group, stop) if arm == DECAY else looks(peak, group, stops))
    return float(table.column("accuracy", stage=stage, arm=arm, stop=stop, max_lr=peak).mean())


def main() -> None:
    table, best = Table(RESULTS / "open_end.csv", COLUMNS), {}
    for arm in (LAST, QUARTER, *BETAS):
        best[arm], _ = tune_and_judge(RATES, functools.partial(accuracy, table, arm, TUNED_AT))
        print(f"{arm}: peak {best[arm]:g}", flush=True)
    for stop in STOPS:
        name = f"{DECAY}, {stop}"
        best[name], _ = tune_and_judge(RATES, functools.partial(accuracy, table, DECAY, stop))
        print(f"{name}: peak {best[name]:g}", flush=True)
    table.describe(
        described(
            "open_end.py",
            stops=list(STOPS),
            batch_size=BATCH_SIZE,
            peaks=list(RATES),
            peaks_found=best,
            betas=BETAS,
            primary=PRIMARY,
            tuning_seeds=list(EIGHT_SEEDS),
            final_seeds=list(SEEDS),
            margin=MARGIN,
        )
    )


if __name__ == "__main__":
    main()
