"""Run what is missing of a trial through Dask, stage by stage, with a row for each finished run.

Runs are independent. Those that are trained side by side form a group, which is one task of Dask; a group gives
the same rows in whichever process it runs. Rows are written when their group is done: a kill
loses the groups in flight, and a second start runs what is missing.
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from typing import Any

from distributed import Client, LocalCluster, as_completed

from learning_rates.checks import check_whole
from learning_rates.trials import training
from learning_rates.trials.declared.forms import Stage, Trial
from learning_rates.trials.declared.tasks import TASKS
from learning_rates.trials.plan import Group, published, tuning
from learning_rates.trials.provenance import provenance
from learning_rates.trials.selection import finals
from learning_rates.trials.table import TrialTable
from learning_rates.trials.training import Result

# What each worker gets. It keeps the memory that it frees: otherwise Dask returns every freed buffer to the system,
# which costs small networks half of their time. It has one core. And it takes oneDNN's convolutions, which are twice
# as fast; on some processors TensorFlow uses them only when told.
WORKER = {
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# Each worker runs this as it starts. JAX shares out every step among all cores that it sees: that costs a third more
# than it brings, and two workers would fight for the cores.
PINNED = """
import os

def dask_setup(worker):
    if hasattr(os, "sched_setaffinity"):  # on Linux alone
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.name) % len(cores)]})
"""


def cores() -> int:
    """How many this process may use: in a container, often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextlib.contextmanager
def cluster(trial: Trial, workers: int | None = None, scheduler: str | None = None) -> Iterator[Client]:
    """A Dask client: of the scheduler at that address, or of a local cluster.

    Args:
        trial: The trial whose runs it is for.
        workers: Processes of the local cluster, ≥ 1; None means one per core. What is timed has one, and nothing beside
            it.
        scheduler: The address of a Dask scheduler to use instead.

    Raises:
        TypeError, ValueError: workers is no whole number ≥ 1.
    """
    if workers is not None:
        check_whole("workers", workers)
    if scheduler:
        with Client(scheduler) as client:
            yield client
        return
    options = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": logging.CRITICAL, "preload": PINNED}
    engine = TASKS[trial.task].engine
    environment = {**WORKER, "KERAS_BACKEND": engine.backend}
    count = 1 if engine.timed else workers or cores()
    with _environment(environment), LocalCluster(n_workers=count, **options) as local, Client(local) as client:
        yield client


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the processes started inside the block, and for a worker started anew in it."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in [name for name, value in before.items() if value is None]:
            del os.environ[name]


Progress = Callable[[str, int, int], None]  # of a stage: its groups done, and all


def run(table: TrialTable, client: Client, progress: Progress = lambda stage, done, groups: None) -> TrialTable:
    """Run what a table lacks of its trial, stage by stage.

    Args:
        table: The trial's table, which is filled.
        client: Where the runs are made.
        progress: Called with a stage, its groups that are done and their number, after each group.
    """
    trial = table.trial
    with table.locked():
        # Finals can be planned once the tuning is done.
        stages: list[tuple[Stage, Callable[[], list[Group]]]] = [
            (Stage.TUNE, lambda: tuning(trial)),
            (Stage.FINAL, lambda: finals(table)),
            (Stage.PUBLISHED, lambda: published(trial)),
        ]
        for stage, plan in stages:
            groups = plan()
            missing = table.missing(groups)
            done = len(groups) - len(missing)
            progress(stage, done, len(groups))
            for group, results, made in _finished(client, trial, missing) if missing else ():
                table.add_group(group, results, made)
                done += 1
                progress(stage, done, len(groups))
    return table


Finished = tuple[list[Result], dict[str, Any]]  # results, and how they were made


def _finished(
    client: Client, trial: Trial, groups: list[Group]
) -> Iterator[tuple[Group, list[Result], dict[str, Any]]]:
    """Groups with their results and how they were made, as they come."""
    futures = {client.submit(work, trial, group, pure=False): group for group in groups}
    for future in as_completed(futures):
        yield futures.pop(future), *future.result()
        future.release()


def work(trial: Trial, group: Group) -> Finished:
    """What a worker does: train a group, and say how.

    Raises:
        RuntimeError: Keras runs on another backend than the trial's engine needs.
    """
    TASKS[trial.task].engine.check_backend()
    return training.train(trial, group), provenance(training.tasks_of(trial))
