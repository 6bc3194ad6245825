"""Seconds to tabulate a schedule of 10⁶ steps, as an optimizer does once when it is made."""

import platform
import statistics
import time

from learning_rates import schedules

STEPS, ROUNDS = 10**6, 5
RATE = schedules.one_cycle(0.1, STEPS)
SCHEDULES = {
    "constant": schedules.constant(0.1, STEPS),
    "polynomial_decay": schedules.polynomial_decay(0.1, STEPS),
    "cosine_restarts": schedules.cosine_restarts(0.1, STEPS, first_cycle=1000, cycle_mult=1.5),
    "cyclical, hann": schedules.cyclical(0.1, 1.0, STEPS, step_size=1000, window="hann"),
    "one_cycle": RATE,
    "warmup of one_cycle": schedules.warmup(RATE, 1000),
    "opposite of one_cycle": schedules.opposite(RATE, low=0.85, high=0.95),
}


def main():
    print(f"\n## Tabulating 10⁶ steps\n\nPython {platform.python_version()}, {platform.machine()}; median of {ROUNDS}")
    print("\n| schedule | seconds |\n| --- | --: |")
    for name, schedule in SCHEDULES.items():
        runs = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            schedule.values()
            runs.append(time.perf_counter() - start)
        print(f"| {name} | {statistics.median(runs):.2f} |")


if __name__ == "__main__":
    main()
