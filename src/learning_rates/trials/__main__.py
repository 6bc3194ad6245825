"""Claims on trial, from the command line: `python -m learning_rates.trials list | status | run | report`."""

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

if __name__ == "__main__":  # networks are trained by the workers, which are told their own
    os.environ.setdefault("KERAS_BACKEND", "numpy")

import numpy as np
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table as Grid

from learning_rates.trials import plan, telling, verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Trial
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import RESULTS, TrialTable

CONSOLE = Console()
Given = argparse.Namespace


def main(words: Sequence[str] | None = None) -> None:
    given = parser().parse_args(words)
    try:
        given.command(given)
    except (ValueError, RuntimeError, OSError) as error:
        sys.exit(str(error))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m learning_rates.trials", description="Claims on trial.")
    made.add_argument(
        "--results", type=Path, default=RESULTS / "trials", help="the folder of the tables (default: the book's)"
    )
    commands = made.add_subparsers(required=True)

    def command(name: str, function: Callable[[Given], None], text: str, named: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=function)
        if named:
            added.add_argument("names", nargs="*", metavar="NAME", help="a claim, as A4.1, or a trial; none means all")
        return added

    command("list", show_claims, "what was claimed, and by which trial it is judged", named=False)
    command("status", show_status, "how much of each trial has been run")
    running = command("run", run, "run what is missing; a second start goes on where the first was stopped")
    running.add_argument(
        "--workers", type=int, help="processes of the local cluster (default: one a core; what is timed has one)"
    )
    apart = "of a Dask scheduler, instead of a local cluster; its workers should have a core each"
    running.add_argument("--scheduler", metavar="ADDRESS", help=apart)
    reporting = command("report", report, "the verdicts, from the tables alone")
    reporting.add_argument("--write", type=Path, metavar="FILE", help="write what the book reads of them to this file")
    return made


def trials_of(names: Sequence[str]) -> dict[str, Trial]:
    """The trials that these names of claims and trials ask for, in the order of TRIALS."""
    for name in names:
        if name not in CLAIMS and name not in TRIALS:
            known = f"a claim ({', '.join(CLAIMS)}) or a trial ({', '.join(TRIALS)})"
            raise ValueError(f"NAME must be {known}. Received: {name!r}")
        if name in CLAIMS and not CLAIMS[name].trial:
            raise ValueError(f"NAME must be a claim that a run can judge. Received: {name!r}. {CLAIMS[name].fault}")
    chosen = {CLAIMS[name].trial if name in CLAIMS else name for name in names}
    return {name: trial for name, trial in TRIALS.items() if name in chosen or not names}


def show_claims(given: Given) -> None:
    grid = Grid("claim", "trial", "said")
    for name, claim in CLAIMS.items():
        grid.add_row(name, claim.trial or "none", claim.said)
    CONSOLE.print(grid)


def show_status(given: Given) -> None:
    grid = Grid("trial", "tuned", "judged", "as published")
    for name, trial in trials_of(given.names).items():
        table = TrialTable(name, trial, given.results)
        grid.add_row(name, *(f"{table.count(stage)} of {runs}" for stage, runs in plan.counts(trial).items()))
    CONSOLE.print(grid)


def run(given: Given) -> None:
    try:
        from learning_rates.trials import runner
    except ModuleNotFoundError as error:
        if error.name != "distributed":
            raise
        sys.exit("To run a trial, Dask is needed: pip install distributed, or learning-rates[trials], which brings it.")
    for name, trial in trials_of(given.names).items():
        with Progress(console=CONSOLE) as bars, runner.cluster(trial, given.workers, given.scheduler) as client:
            runner.run(TrialTable(name, trial, given.results), client, _shown(name, bars))


def _shown(name: str, bars: Progress) -> Callable[[str, int, int], None]:
    """A bar for each stage that has anything to run."""
    stages: dict[str, TaskID] = {}

    def progress(stage: str, done: int, groups: int) -> None:
        if groups and stage not in stages:
            stages[stage] = bars.add_task(f"{name}: {stage}", total=groups)
        if groups:
            bars.update(stages[stage], completed=done)

    return progress


def report(given: Given) -> None:
    tables = {name: TrialTable(name, trial, given.results) for name, trial in TRIALS.items()}
    judged = verdicts.judge_ready(CLAIMS, tables)  # all of them, whatever is shown: they are corrected for their number
    trials = trials_of(given.names)
    for name in trials:
        for text in telling.copies(tables[name]):
            CONSOLE.print(f"{name}: {text}")
    grid, missing = Grid("claim", "difference, more bears it out", "seeds", "verdict"), []
    for name, claim in CLAIMS.items():
        if name in judged and claim.trial in trials:
            verdict = judged[name]
            grid.add_row(name, str(verdict.found), str(verdict.found.n), verdict.words)
        elif claim.trial in trials or not given.names:
            why = "not all has been run; see `status`" if claim.trial else "no run can judge it"
            missing.append(f"{name}: {why}.")
    CONSOLE.print(grid)
    for line in missing:
        CONSOLE.print(line)
    for name, trial in trials.items():
        if given.names and trial.arms and tables[name].is_whole():
            CONSOLE.print(_arms(name, tables[name]))
    if given.write:
        telling.write(tables, given.write)


def _arms(name: str, table: TrialTable) -> Grid:
    """What each arm of a trial came to, and when it first had the best mean of the baseline."""
    goal = verdicts.baseline_best(table)
    heads = "arm", "budget", "peak", telling.unit(table.trial), f"steps to {goal:.2f}", "seconds", "runs"
    grid = Grid(*heads, title=name)
    for place in table.trial.places():
        rows, found = table.rows_of(place), verdicts.reached(table, place, goal)
        score = verdicts.interval_of_finite(np.array([row["score"] for row in rows]))
        cells = place.name, f"{place.budget:.3g}", str(table.peak_of(place)), str(score).lstrip("+")
        when = f"{found.steps:,.0f}", f"{found.seconds:,.1f}"
        grid.add_row(*cells, *(when if found.steps < math.inf else ("never", "")), f"{found.runs} of {len(rows)}")
    return grid


if __name__ == "__main__":
    main()
