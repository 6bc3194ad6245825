"""What the chapters' recordings share. They are declared and run by `learning_rates.trials`, and fill its tables.

A recording appends a row for each finished run, so that a second start goes on where the first was stopped. In a .json
file beside its table it says how the runs were made. It is started as a module from the repository's root, in an
environment with JAX, and needs the whole of Fashion-MNIST:

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.decay
"""

import functools
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from learning_rates import schedules
from learning_rates.trials import selection, training
from learning_rates.trials.declared.forms import Key, Stage, Trial
from learning_rates.trials.declared.policies import rate_and_momentum
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.provenance import provenance
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Row, Table, TrialTable

FASHION = "fashion mlp"  # the task of most chapters
# What most comparisons share: 600 steps of 60 images, judged once, at their end.
STEPS, BATCH_SIZE = 600, 60
comparison_trial = functools.partial(
    Trial, task=FASHION, samples=STEPS * BATCH_SIZE, batch_size=BATCH_SIZE, budgets=(1.0,), checks=1
)
PEAKS = tuple(0.01 * 2.0**k for k in range(-2, 7))
EIGHT_SEEDS, TWENTY_FOUR_SEEDS = tuple(range(1000, 1008)), tuple(range(24))  # of the tuning, and of what is judged
GUESSING = (np.log(10), 0.1)  # loss and accuracy of a network that knows nothing of ten classes


class ComparisonTable(TrialTable):
    """A trial of the chapters' own: arms at their tuned peaks, with a loss and an accuracy for each run.

    Args:
        name: The file's name in `results`, without its ending.
        trial: Its declaration; every arm has the whole budget alone, and accuracies are its scores.
        arm: The column that names the arms.
        others: Further arms that stand in the table, though the trial can't say how they are run.
    """

    def __init__(
        self, name: str, trial: Trial, arm: str = "arm", others: Collection[str] = (), folder: Path = RESULTS
    ) -> None:
        self.others = others
        super().__init__(name, trial, folder, ("stage", arm, "max_lr", "seed", "loss", "accuracy"))

    def _declare(self, made: dict[str, Any]) -> None:
        """`described` says it once the table is whole."""

    def _read_side(self) -> dict[str, Any]:
        return Table._read_side(self)

    def _cells(self, key: Key, result: Row, made: str) -> list[object]:
        # A network whose weights overflowed says nothing: it is judged as one that guesses.
        numbers = (result["loss"], result["score"] / 100) if np.isfinite(result["loss"]) else GUESSING
        return [key.stage, key.arm, key.peak, key.seed, *(f"{number:.6g}" for number in numbers)]

    def _understood(self, cells: dict[str, str]) -> tuple[Key, Row]:
        stage, arm, peak, seed, loss, accuracy = (cells[column] for column in self.columns)
        key = Key(Stage(stage), arm, 1.0, float(peak), int(seed))
        if key not in self.planned and arm not in self.others:
            raise ValueError("it is no run of this trial")
        return key, cells | {"loss": float(loss), "score": 100 * float(accuracy), "diverged": 0.0}


def compare(table: ComparisonTable) -> dict[str, float]:
    """Run what the table lacks of its trial, on Dask's workers; {arm: its peak}."""
    from learning_rates.trials import runner

    with runner.cluster(table.trial) as client:
        runner.run(table, client, lambda stage, done, groups: print(f"{stage}: {done} of {groups}", flush=True))
    return peaks(table)


def peaks(table: ComparisonTable) -> dict[str, float]:
    """{arm: the peak that its tuning chooses}."""
    return {name: float(selection.best_peak(table, name, 1.0)) for name in table.trial.arms}


def described(script: str, tasks: Iterable[str] = (FASHION,), **more: Any) -> dict[str, Any]:
    """What every record says of itself, then what it adds.

    Args:
        script: The recording's file in experiments/.
        tasks: What its runs learn, names in `tasks.TASKS`; none where nothing is trained.
        **more: What else there is to say, a word or two a name; underscores stand for spaces.
    """
    spaced = {name.replace("_", " "): value for name, value in more.items()}
    return {"script": f"experiments/{script}", **provenance(tasks), **spaced}


def comparison(table: ComparisonTable) -> dict[str, Any]:
    """How a trial's arms were compared, and the schedules of each at its peak, from which a reader can make them."""
    trial, steps = table.trial, table.trial.samples // table.trial.batch_size
    return {
        "training": TASKS[trial.task].splits,
        "model": TASKS[trial.task].network,
        "batch size": trial.batch_size,
        "steps": steps,
        "peaks": list(trial.rates),
        "tuning seeds": list(trial.tuning_seeds),
        "final seeds": list(trial.seeds),
        "arms": {name: arm_at(trial, name, peak, steps) for name, peak in peaks(table).items()},
    }


def arm_at(trial: Trial, name: str, peak: float, steps: int) -> dict[str, Any]:
    arm = trial.arms[name]
    rate, momentum = rate_and_momentum(arm.schedule, peak, steps, arm.options)
    shown = momentum.config if isinstance(momentum, schedules.Schedule) else momentum
    return {"max_lr": peak, "rate": rate.config, "momentum": shown}


def write_record(name: str, record: dict[str, Any], indent: int | None = 1) -> None:
    """A record that the book reads, as JSON in `results`."""
    separators = None if indent else (",", ":")
    text = json.dumps(record, indent=indent, separators=separators, ensure_ascii=False, allow_nan=False)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def tune_and_judge(rates: Iterable[float], accuracy: Callable[[Stage, float], float]) -> tuple[float, float]:
    """The best rate of those that are tried, and the accuracy of the final runs at it.

    Args:
        rates: The rates.
        accuracy: Makes the runs of a stage at a rate that are missing, and gives their mean accuracy.
    """
    tried = {rate: accuracy(Stage.TUNE, rate) for rate in rates}
    best = max(tried, key=tried.__getitem__)
    return best, accuracy(Stage.FINAL, best)


def missing(table: Table, runs: Sequence[Run], task: str = FASHION) -> list[Sequence[Run]]:
    """The runs that a table lacks, as many at a time as the task's engine trains together."""
    return TASKS[task].engine.groups([run for run in runs if run.key not in table])


def ensure(table: Table, runs: Sequence[Run], batch_size: int, part: str = "final", task: str = FASHION) -> None:
    """Train those of the runs that the table lacks; it gets their loss and accuracy on this part of the data."""
    learnt, data = TASKS[task], data_of(task)
    for group in missing(table, runs, task):
        ((_, weights, _),) = learnt.engine.trainer().train(group, data["train"], batch_size, build=learnt.build)
        for run, loss, score in zip(group, *training.judge(learnt, weights, data[part]), strict=True):
            table.add(run.key, (loss, score / 100))
