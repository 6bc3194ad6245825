"""A trial run through Dask: what is missing, stage by stage, a row a finished run.

Runs are independent. Those that are trained side by side form a group, which is one task of Dask; a group is the same
whoever runs it, so that one process and many give the same rows. Rows are written when their group is done: a kill
loses the groups in flight, and a second start runs what is missing.
"""

import contextlib
import logging
import os

import keras
from distributed import Client, LocalCluster, as_completed

from learning_rates.checks import check_whole
from learning_rates.trials import training
from learning_rates.trials.declared import tasks
from learning_rates.trials.plan import finals, published, tuning
from learning_rates.trials.table import RESULTS, TrialTable

# Of each worker: one core, and memory that it keeps. Dask has every freed buffer handed back to the system, which
# clears it anew for the next step: with small networks, half of the time. And oneDNN's convolutions, twice as fast as
# TensorFlow's own, which it takes on some processors alone unless told.
WORKER = {
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
# Run by each worker as it starts. JAX shares out every step among all cores it sees, which costs a third more than it
# brings, and two workers would fight for them.
PINNED = """
import os

def dask_setup(worker):
    if hasattr(os, "sched_setaffinity"):  # on Linux alone
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.name) % len(cores)]})
"""


def backend(trial):
    """What Keras has to run on: side by side only on JAX; large networks are fastest on TensorFlow."""
    return {"side_by_side": "jax", "keras_fit": "tensorflow", "timing": "tensorflow"}[tasks.TASKS[trial.task].engine]


def cores():
    """How many this process may use: in a container, often fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@contextlib.contextmanager
def cluster(trial, workers=None, scheduler=None):
    """A Dask client: of the scheduler at that address, or of a local cluster.

    Args:
        trial: whose runs it is for.
        workers: processes of the local cluster, ≥ 1; None means one a core. What is timed has one, with nothing beside.
        scheduler: the address of a Dask scheduler, instead.

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
    environment = {**WORKER, "KERAS_BACKEND": backend(trial)}
    count = 1 if tasks.TASKS[trial.task].engine == "timing" else workers or cores()
    with _environment(environment), LocalCluster(n_workers=count, **options) as local, Client(local) as client:
        yield client


@contextlib.contextmanager
def _environment(variables):
    """Of every process started meanwhile, also of a worker started anew: Keras takes its backend when imported."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.update({name: value for name, value in before.items() if value is not None})
        for name in [name for name, value in before.items() if value is None]:
            del os.environ[name]


def run(name, trial, client, folder=RESULTS, progress=lambda stage, done, groups: None):
    """Run what is missing of a trial, stage by stage; `progress(stage, done, groups)` is told after each group."""
    table = TrialTable(name, trial, folder)
    with table.locked():
        # finals can be planned once the tuning is done
        for stage, plan in (("tune", tuning), ("final", lambda trial: finals(trial, table)), ("published", published)):
            groups = plan(trial)
            missing = table.missing(groups)
            done = len(groups) - len(missing)
            progress(stage, done, len(groups))
            for group, results, how in _finished(client, trial, missing) if missing else ():
                table.append(group, results, how)
                done += 1
                progress(stage, done, len(groups))
    return table


def _finished(client, trial, groups):
    """(group, results, how they were made) as they come."""
    futures = {client.submit(work, trial, group, pure=False): group for group in groups}
    for future in as_completed(futures):
        yield futures.pop(future), *future.result()
        future.release()


def work(trial, group):
    """What a worker does: train a group, and say how."""
    if keras.backend.backend() != backend(trial):
        raise RuntimeError(
            f"The workers' Keras must run on {backend(trial)}: start them with KERAS_BACKEND={backend(trial)}. "
            f"Received: {keras.backend.backend()}"
        )
    return training.train(trial, group), training.made(trial)
