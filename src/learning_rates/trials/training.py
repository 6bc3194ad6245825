"""One group of runs trained and judged, and what there is to say of how."""

import functools
import hashlib
import importlib
import platform
import shutil
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from learning_rates import datasets, lr_range_test
from learning_rates.trials.declared import policies, tasks
from learning_rates.trials.declared.claims import Phase
from learning_rates.trials.engines import keras_fit, timing
from learning_rates.trials.engines.runs import Run, judged

SWEEPS = 5


def _least(test):
    """The rate of the least mean loss of its sweeps: to be read even where the fall is lost in the noise."""
    return float(test.learning_rates[np.nanargmin(np.nanmean(test.smoothed, axis=0))])


# A tenth of the rate of the least loss; or, for the top of a cycle, that rate
RANGE_TEST = {"range test: minimum/10": lambda test: _least(test) / 10, "range test: minimum": _least}
PACKAGES = ("keras", "numpy", "jax", "tensorflow", "scikit-learn")


def train(trial, group):
    """Train a group and judge it: a dict of results for each seed, in their order."""
    if tasks.TASKS[trial.task].engine == "timing":
        return [timing.compare(*trial.published[group.arm])]
    return list(_Training(trial, group).results())


class _Training:
    """One group on its way through its phases."""

    def __init__(self, trial, group):
        self.trial, self.group = trial, group
        part = trial.published[group.arm][0] if group.stage == "published" else trial.arms[group.arm]
        self.name = part.task or trial.task
        self.task = tasks.TASKS[self.name]
        self.engine = importlib.import_module(f"learning_rates.trials.engines.{self.task.engine}")
        self.data = tasks.data_of(self.name)
        self.judging = self.data["tune" if group.stage == "tune" else "final"]
        self.phases = trial.published[group.arm] if group.stage == "published" else [self._phase(part)]

    def _phase(self, arm):
        samples = round(self.group.budget * self.trial.samples)
        usual = {"batch_size": self.trial.batch_size, "optimizer": self.trial.optimizer, "momentum": policies.MOMENTUM}
        return Phase(arm.schedule, self.group.peak, samples, options=arm.options, **usual)

    def results(self):
        begun, weights = time.perf_counter(), None
        curves, diverged = [], np.zeros(len(self.group.seeds), bool)
        for phase in self.phases:
            for _, reached, losses in self._train(phase, weights):
                diverged |= ~np.isfinite(losses).all(axis=1)
                curves.append(self._judge(reached))
            weights = reached
        seconds = (time.perf_counter() - begun) / len(self.group.seeds)
        steps = [self._steps(phase) for phase in self.phases]
        samples = sum(phase.batch_size * count for phase, count in zip(self.phases, steps, strict=True))
        for index in range(len(self.group.seeds)):
            losses, scores = zip(*(check[:, index] for check in curves), strict=True)
            yield {
                "score": scores[-1],
                "loss": losses[-1],
                "diverged": int(diverged[index]),
                "steps": sum(steps),
                "samples": samples,
                "seconds": seconds,
                "curve": scores,
            }

    def _train(self, phase, weights):
        steps = self._steps(phase)
        runs = [self._run(phase, seed, steps) for seed in self.group.seeds]
        every = steps if self.group.stage == "tune" else steps // self.trial.checks
        options = {"every": every, "build": self.task.build, "loss": self.task.loss, "optimizer": phase.optimizer}
        return self.engine.train(runs, self.data["train"], phase.batch_size, start=weights, **options)

    def _steps(self, phase):
        """A multiple of the checks, so that they are evenly spaced."""
        return phase.samples // phase.batch_size // self.trial.checks * self.trial.checks

    def _run(self, phase, seed, steps):
        peak = self._range_test(phase, seed) if phase.peak in RANGE_TEST else phase.peak
        rate, momentum = policies.moving(phase.schedule, peak, steps, phase.options, phase.momentum)
        return Run(seed, seed, rate, momentum)

    def _range_test(self, phase, seed):
        """The peak that sweeps of this seed suggest, on the training data."""
        model = self.task.build(seed=seed)
        optimizer = keras_fit.OPTIMIZERS[phase.optimizer](1e-3, phase.momentum)
        model.compile(optimizer, keras_fit.LOSSES[self.task.loss]())
        sweeps = {"batch_size": phase.batch_size, "repeats": SWEEPS, "seed": seed, "progress": False}
        return RANGE_TEST[phase.peak](lr_range_test(model, *self.data["train"], **sweeps))

    def _judge(self, weights):
        """(loss, score) of each run, of shape (2, runs)."""
        x, y = self.judging
        said = self.engine.outputs(weights, x, build=self.task.build)
        if self.task.loss == "cross-entropy":
            losses, accuracies = judged(said, y)
            return np.array([losses, 100 * accuracies])
        losses = np.mean((said[:, :, 0] - y) ** 2, axis=1)
        return np.array([losses, self.data["unit"] * np.sqrt(losses)])


def made(trial):
    """How a run of this trial is made, by whoever calls: versions, processor, data, commit."""
    return {
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "python": platform.python_version(),
        "processor": _processor(),
        "data": {name: fingerprint(name) for name in _tasks_of(trial)},
        "copies": copies(trial),
        "commit": _commit(),
    }


def copies(trial):
    """{data set: how the copy loaded here differs from the original}, of those that do."""
    sets = sorted({each for name in _tasks_of(trial) for each in tasks.TASKS[name].sets})
    return {each: said for each in sets if (said := datasets.about(each))}


def _tasks_of(trial):
    phases = [phase for phases in trial.published.values() for phase in phases]
    named = {part.task or trial.task for part in [*trial.arms.values(), *phases]}
    return sorted(named)


@functools.cache
def fingerprint(name):
    """Sixteen digits of the SHA-256 of all arrays of a task's data."""
    digest, parts = hashlib.sha256(), tasks.data_of(name)
    for part in ("train", "tune", "final"):
        for array in parts[part]:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def _processor():
    """Its name where the system tells it, which Python's own answer on Linux leaves out."""
    told = Path("/proc/cpuinfo")
    named = (
        [line.split(":")[1].strip() for line in told.open() if line.startswith("model name")] if told.exists() else []
    )
    return f"{platform.machine()}, {next(iter(named), platform.processor())}"


def _version(name):
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit():
    here = {"cwd": Path(__file__).parent, "capture_output": True, "text": True, "check": False}
    git = shutil.which("git")
    # an installed copy may lie within somebody else's repository, which does not track it
    if git and not subprocess.run([git, "ls-files", "--error-unmatch", __file__], **here).returncode:
        return subprocess.run([git, "describe", "--always", "--dirty", "--abbrev=12"], **here).stdout.strip()
    return f"learning-rates {_version('learning-rates')}"
