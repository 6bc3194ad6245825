"""Claims on trial, from the command line: `python -m learning_rates.trials list | status | run | report`."""

import argparse
import math
import os
import sys
from pathlib import Path

if __name__ == "__main__":  # networks are trained by the workers, which are told their own
    os.environ.setdefault("KERAS_BACKEND", "numpy")

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table as Grid

from learning_rates.trials import plan, telling, verdicts
from learning_rates.trials.declared.claims import CLAIMS, TRIALS
from learning_rates.trials.table import RESULTS, TrialTable

CONSOLE = Console()


def main(words=None):
    given = parser().parse_args(words)
    try:
        given.command(given)
    except (ValueError, RuntimeError, OSError) as error:
        sys.exit(str(error))


def parser():
    made = argparse.ArgumentParser(prog="python -m learning_rates.trials", description="Claims on trial.")
    made.add_argument("--results", type=Path, default=RESULTS, help="the folder of the tables (default: the book's)")
    commands = made.add_subparsers(required=True)

    def command(name, function, says, named=True):
        added = commands.add_parser(name, help=says, description=says)
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


def trials_of(names):
    """The trials that these names of claims and trials ask for, in the order of TRIALS."""
    for name in names:
        if name not in CLAIMS and name not in TRIALS:
            known = f"a claim ({', '.join(CLAIMS)}) or a trial ({', '.join(TRIALS)})"
            raise ValueError(f"NAME must be {known}. Received: {name!r}")
        if name in CLAIMS and not CLAIMS[name].trial:
            raise ValueError(f"NAME must be a claim that a run can judge. Received: {name!r}. {CLAIMS[name].fault}")
    asked = {CLAIMS[name].trial if name in CLAIMS else name for name in names}
    return {name: trial for name, trial in TRIALS.items() if name in asked or not names}


def show_claims(given):
    grid = Grid("claim", "trial", "said")
    for name, claim in CLAIMS.items():
        grid.add_row(name, claim.trial or "none", claim.said)
    CONSOLE.print(grid)


def show_status(given):
    grid = Grid("trial", "tuned", "judged", "as published")
    for name, trial in trials_of(given.names).items():
        table = TrialTable(name, trial, given.results)
        grid.add_row(name, *(f"{table.count(stage)} of {runs}" for stage, runs in plan.counts(trial).items()))
    CONSOLE.print(grid)


def run(given):
    runner = _runner()

    for name, trial in trials_of(given.names).items():
        with Progress(console=CONSOLE) as bars, runner.cluster(trial, given.workers, given.scheduler) as client:
            stages = {}

            def progress(stage, done, groups, name=name, stages=stages, bars=bars):
                if groups and stage not in stages:
                    stages[stage] = bars.add_task(f"{name}: {stage}", total=groups)
                if groups:
                    bars.update(stages[stage], completed=done)

            runner.run(name, trial, client, given.results, progress)


def _runner():
    """What only a run needs, with Dask."""
    try:
        from learning_rates.trials import runner
    except ModuleNotFoundError as error:
        if error.name != "distributed":
            raise
        sys.exit("To run a trial, Dask is needed: pip install distributed, or learning-rates[trials], which brings it.")
    return runner


def report(given):
    tables = {name: TrialTable(name, trial, given.results) for name, trial in TRIALS.items()}
    judged = verdicts.judge_ready(CLAIMS, tables)  # all of them, whatever is shown: they are corrected for their number
    trials = trials_of(given.names)
    asked = {name: claim for name, claim in CLAIMS.items() if claim.trial in trials or not given.names}
    for name in trials:
        for said in telling.copies(tables[name]):
            CONSOLE.print(f"{name}: {said}")
    grid = Grid("claim", "difference, more bears it out", "seeds", "verdict")
    for verdict in [verdict for name, verdict in judged.items() if name in asked]:
        grid.add_row(verdict.name, str(verdict.found), str(verdict.found.n), verdict.words)
    CONSOLE.print(grid)
    for name in [name for name in asked if name not in judged]:
        why = "not all has been run; see `status`" if CLAIMS[name].trial else "no run can judge it"
        CONSOLE.print(f"{name}: {why}.")
    for name, trial in trials.items():
        if given.names and trial.arms and telling.is_whole(tables[name]):
            CONSOLE.print(_arms(name, tables[name]))
    if given.write:
        telling.write(tables, given.write)


def _arms(name, table):
    """What each arm of a trial came to, and when it first had the best mean of the baseline."""
    goal = verdicts.baseline_best(table)
    heads = "arm", "budget", "peak", telling.unit(table.trial), f"steps to {goal:.2f}", "seconds", "runs"
    grid = Grid(*heads, title=name)
    for place in plan.places(table.trial):
        rows, found = verdicts.rows_of(table, place), verdicts.reached(table, place, goal)
        score = verdicts.interval_of_finite(np.array([row["score"] for row in rows]))
        (peak,) = {key[3] for key in table.rows if key[:3] == place}
        told = place[1], f"{place[2]:.3g}", str(peak), str(score).lstrip("+")
        when = f"{found.steps:,.0f}", f"{found.seconds:,.1f}"
        grid.add_row(*told, *(when if found.steps < math.inf else ("never", "")), f"{found.runs} of {len(rows)}")
    return grid


if __name__ == "__main__":
    main()
