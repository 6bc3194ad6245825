"""A trial through Dask: the same rows from one process and from two, though one of them is killed."""

import os
import platform
import resource
import signal

import numpy as np
import pytest

from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import TrialTable
from tests.trials.tables import PHASED as TRIAL

pytestmark = pytest.mark.slow

runner = pytest.importorskip("learning_rates.trials.runner")


def rows(table):
    timing = ("seconds", "finished", "made")
    return {key: {name: row[name] for name in row if name not in timing} for key, row in table.rows.items()}


def kill_once(client):
    killed = []

    def progress(stage, done, groups):
        if done and not killed:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    return progress


def run_on(workers, folder, progress=lambda *stage: None):
    with runner.cluster(TRIAL, workers) as client:
        return runner.run(TrialTable("a trial", TRIAL, folder), client, progress(client) if workers == 2 else progress)


class Nobody:
    """A client of which nothing may be asked."""

    def submit(self, *task, **options):
        raise AssertionError("nothing is left to run")


def test_one_process_and_two_of_which_one_is_killed_give_the_same_rows(tmp_path):
    one, two = run_on(1, tmp_path / "one"), run_on(2, tmp_path / "two", kill_once)
    found = rows(one)
    assert len(found) == 2 + 2 + 4
    assert {key: str(row) for key, row in found.items()} == {key: str(row) for key, row in rows(two).items()}

    diverging = found["published", "diverging", 1.0, 1e25, 0]
    assert diverging["diverged"] == 1, "a run that diverges is a result"
    assert 0 <= diverging["score"] <= 100

    (made,) = one.made.values()
    assert made["versions"].keys() >= {"keras", "numpy", "tensorflow"}
    assert len(made["data"]["sample"]) == 16
    assert made["commit"]

    stages = []
    table = TrialTable("a trial", TRIAL, tmp_path / "one")
    runner.run(table, Nobody(), lambda *progress: stages.append(progress))
    assert stages == [("tune", 2, 2), ("final", 2, 2), ("published", 4, 4)], "a second start runs nothing"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="cores are kept to on Linux alone")
def test_each_worker_keeps_to_a_core_of_its_own():
    cores = sorted(os.sched_getaffinity(0))
    with runner.cluster(TRIAL, 2) as client:
        kept = [
            client.submit(lambda: sorted(os.sched_getaffinity(0)), workers=[worker], pure=False).result()
            for worker in client.scheduler_info()["workers"]
        ]
    assert sorted(kept) == sorted([cores[number % len(cores)]] for number in range(2))


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="glibc's settings, on Linux alone")
def test_a_worker_keeps_the_memory_that_it_frees():
    def pages_taken():  # sent as it is: a worker can't import the tests
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(100):
            np.ones(2**18)  # 2 MB, 512 pages
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    with runner.cluster(TRIAL, 1) as client:
        assert client.submit(pages_taken, pure=False).result() < 5_000


@pytest.mark.skipif(platform.machine() != "x86_64", reason="TensorFlow has oneDNN's kernels for x86 alone")
def test_a_worker_takes_the_same_convolutions_on_every_processor():
    def with_one_dnn():
        from tensorflow.python.framework import test_util

        return test_util.IsMklEnabled()

    with runner.cluster(TRIAL, 1) as client:
        assert client.submit(with_one_dnn, pure=False).result()


def test_what_is_timed_has_one_worker_and_nothing_beside_it():
    with runner.cluster(TRIALS["timing"], 2) as client:
        assert len(client.scheduler_info()["workers"]) == 1


def test_no_workers_are_refused_at_once():
    refused = pytest.raises(ValueError, match=r"workers must be a whole number ≥ 1\. Received: workers=0")
    with refused, runner.cluster(TRIAL, 0):
        pass


def test_workers_with_another_backend_are_refused():
    with pytest.raises(
        RuntimeError, match=r"must run on jax here: start with KERAS_BACKEND=jax\. Received: tensorflow"
    ):
        runner.work(TRIALS["cardio"], None)
