"""What the benchmarks share: arms timed in turn, so that a busy moment hits them all, and the table of their ratios."""

import os
import platform
import statistics
import time
from importlib.metadata import version

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras


def timed(arms, rounds):
    """{arm: seconds of each round}; the arm that goes first changes from round to round."""
    seconds = {name: [] for name in arms}
    for turn in range(rounds):
        names = list(arms)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            start = time.perf_counter()
            arms[name]()
            seconds[name].append(time.perf_counter() - start)
    return seconds


def table(title, seconds, steps, baseline):
    """µs a step and the median, over the rounds, of the ratio to the baseline's time in the same round."""
    print(f"\n| {title} | µs a step | against {baseline} |\n| --- | --: | --: |")
    for name, runs in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(runs, seconds[baseline], strict=True))
        print(f"| {name} | {1e6 * statistics.median(runs) / steps:.0f} | {ratio:.2f} |")


def heading(title):
    """A heading and what it was measured with."""
    backend = keras.backend.backend()
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", backend, "numpy"))
    load = f"load {os.getloadavg()[0]:.1f} at the start"  # other work on the machine moves even paired ratios
    machine = f"Python {platform.python_version()}; {os.cpu_count()} cores, {platform.machine()}; {load}"
    print(f"\n## {title}, {backend}\n\n{packages}; {machine}")
