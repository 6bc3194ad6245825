"""How a run was made: versions, processor, data and commit."""

import functools
import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from learning_rates import datasets
from learning_rates.trials.declared.tasks import TASKS, data_of

PACKAGES = ("keras", "numpy", "jax", "tensorflow", "scikit-learn")


def provenance(tasks: Iterable[str]) -> dict[str, Any]:
    """How a run on these tasks is made, by the process that calls.

    Args:
        tasks: Names in `tasks.TASKS`.
    """
    names = sorted(set(tasks))
    return {
        "versions": {name: found for name in PACKAGES if (found := _version(name))},
        "python": platform.python_version(),
        "processor": _processor(),
        "data": {name: fingerprint(name) for name in names},
        "copies": copies(names),
        "commit": _commit(),
    }


def copies(tasks: Iterable[str]) -> dict[str, str]:
    """How the copy of a data set that is loaded here differs from the original, of those that do."""
    sets = sorted({each for name in tasks for each in TASKS[name].sets})
    return {each: difference for each in sets if (difference := datasets.about(each))}


@functools.cache
def fingerprint(task: str) -> str:
    """Sixteen digits of the SHA-256 of all arrays of a task's data."""
    digest, parts = hashlib.sha256(), data_of(task)
    for part in ("train", "tune", "final"):
        for array in parts[part]:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]


def _processor() -> str:
    """Its name where the system has it, which Python's own answer on Linux leaves out."""
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{platform.machine()}, {next(iter(names), platform.processor())}"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    git, folder = shutil.which("git"), Path(__file__).parent

    def answer(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([str(git), *words], cwd=folder, capture_output=True, text=True, check=False)

    # An installed copy may lie within somebody else's repository, which does not track it.
    if git and not answer("ls-files", "--error-unmatch", __file__).returncode:
        return answer("describe", "--always", "--dirty", "--abbrev=12").stdout.strip()
    return f"learning-rates {_version('learning-rates')}"
