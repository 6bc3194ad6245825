"""What the runner of the trials costs, and what a second worker brings: equal runs on one process and on two."""

import tempfile
import time
from pathlib import Path

import paired

from learning_rates.trials import runner
from learning_rates.trials.declared.forms import Trial
from learning_rates.trials.declared.trials import CONSTANT
from learning_rates.trials.table import TrialTable

TRIAL = Trial(
    task="sample",
    arms={"constant": CONSTANT},
    samples=75_000,
    batch_size=50,
    rates=(0.01,),
    budgets=(1.0,),
    tuning_seeds=tuple(range(24)),
    seeds=(),
)


def measured(workers):
    """Seconds from the first run's start to the last one's row, and those that the runs themselves took, in all."""
    with tempfile.TemporaryDirectory() as folder, runner.cluster(TRIAL, workers) as client:
        list(client.run(runner.work, TRIAL, runner.tuning(TRIAL)[0]))  # data read, packages imported, on each
        start = time.perf_counter()
        table = runner.run(TrialTable("timing", TRIAL, Path(folder)), client)
        return time.perf_counter() - start, sum(row["seconds"] for row in table.rows.values())


def main():
    paired.heading("Trials")
    (one, alone), (two, shared) = (measured(workers) for workers in (1, 2))
    print("\n| workers | seconds | of it the runs' own | overhead |\n| --- | --: | --: | --: |")
    for workers, whole, own in ((1, one, alone), (2, two, shared)):
        print(f"| {workers} | {whole:.1f} | {own / workers:.1f} a worker | {100 * (1 - own / workers / whole):.1f} % |")
    print(f"\nTwo workers are {one / two:.2f} times as fast as one.")


if __name__ == "__main__":
    main()
