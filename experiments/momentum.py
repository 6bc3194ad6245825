"""Record what moving the momentum buys where the peak is too high.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.momentum

makes momentum_at_high_peaks in results/. A minute or two on two cores.

Where the question comes from: in the tuning runs of one_cycle_ladder, at twice the best peak, a one-cycle whose
momentum comes back to 0.9 stood two points above one whose momentum is held. That was found by looking at eight seeds,
so it is asked afresh: other seeds, the test images, another engine. Decided before the first row:

Arms. "held": the one-cycle with momentum 0.9. "milder": 0.95 → 0.85 → 0.9. "full": 0.95 → 0.85 → 0.95, as published.
"linear decay", momentum 0.9. "same effective rate": momentum 0.9, and at each step the rate with which η / (1 − μ) is
what "milder" has there. Nothing is tuned: all run at three peaks, 0.08, where the ladder's rungs do best, twice and
four times that. 32 seeds that no recording has used. A run that overflows is judged as one that guesses.

Primary question: test accuracy of milder − held at 0.16. Momentum helps there if the 95 % interval lies beyond MARGIN.
Second, and so wide that all hold at once (Bonferroni), the other QUESTIONS. What decides between causes: if "same
effective rate" − held lies beyond the margin and milder − "same effective rate" within it, the effective rate explains
what is gained; if the latter lies beyond the margin, moving the momentum does something of its own. And milder at 0.16
− held at 0.08 says whether a higher ceiling is gained, or only a peak that forgives.

Added after these answers and before its own first row: "full's effective rate", momentum 0.9 and the rate with which
η / (1 − μ) is that of "full". It asks whether the return to 0.95 costs something of its own: LATER, both at once, with
the same margin.
"""

import numpy as np

from experiments.recording import BATCH_SIZE, FASHION, GUESSING, STEPS, described, missing
from learning_rates import schedules
from learning_rates.schedules import Schedule
from learning_rates.trials import training
from learning_rates.trials.declared.policies import MOMENTUM, Pair, rate_and_momentum
from learning_rates.trials.declared.tasks import TASKS, data_of
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

MARGIN = 0.5  # points of accuracy
BEST, TWICE, FOUR_TIMES = PEAKS = (0.08, 0.16, 0.32)
SEEDS = tuple(range(3000, 3032))
PRIMARY = (("milder", TWICE), ("held", TWICE))
QUESTIONS = [
    (("milder", TWICE), ("linear decay", TWICE)),
    (("same effective rate", TWICE), ("held", TWICE)),
    (("milder", TWICE), ("same effective rate", TWICE)),
    (("full", TWICE), ("milder", TWICE)),
    (("milder", FOUR_TIMES), ("held", FOUR_TIMES)),
    (("milder", BEST), ("held", BEST)),
    (("milder", TWICE), ("held", BEST)),
]
LATER = [(("full", peak), ("full's effective rate", peak)) for peak in (BEST, TWICE)]


def one_cycle(peak: float, momentum: str) -> Pair:
    rate, moved = rate_and_momentum("one-cycle", peak, STEPS, {"momentum": momentum})
    return rate, moved if isinstance(moved, Schedule) else schedules.constant(moved, STEPS)


def same_effective_rate(rate: Schedule, momentum: Schedule) -> Pair:
    """Momentum held, and the rate with which η / (1 − μ) is at each step what these two make it."""
    points = [(step, rate(step) * (1 - MOMENTUM) / (1 - momentum(step))) for step in range(STEPS)]
    return schedules.piecewise(points), schedules.constant(MOMENTUM, STEPS)


def arms(peak: float) -> dict[str, Pair]:
    """The rate and the momentum of each arm."""
    return {
        "linear decay": (schedules.polynomial_decay(peak, STEPS), schedules.constant(MOMENTUM, STEPS)),
        "held": one_cycle(peak, "fixed"),
        "milder": one_cycle(peak, "milder"),
        "full": one_cycle(peak, "cycled"),
        "same effective rate": same_effective_rate(*one_cycle(peak, "milder")),
        "full's effective rate": same_effective_rate(*one_cycle(peak, "cycled")),
    }


def main() -> None:
    table = Table(RESULTS / "momentum_at_high_peaks.csv", ("arm", "max_lr", "seed", "loss", "accuracy"))
    task, data = TASKS[FASHION], data_of(FASHION)
    for peak in PEAKS:
        for name, (rate, momentum) in arms(peak).items():
            runs = [Run((name, peak, seed), seed, rate, momentum) for seed in SEEDS]
            for group in missing(table, runs):
                ((_, weights, _),) = task.engine.trainer().train(group, data["train"], BATCH_SIZE, build=task.build)
                for run, loss, score in zip(group, *training.judge(task, weights, data["final"]), strict=True):
                    table.add(run.key, (loss, score / 100) if np.isfinite(loss) else GUESSING)
        print(f"peak {peak:g}: done", flush=True)
    table.describe(
        described(
            "momentum.py",
            steps=STEPS,
            batch_size=BATCH_SIZE,
            peaks=list(PEAKS),
            tuning="none: every arm runs at every peak",
            seeds=list(SEEDS),
            margin=MARGIN,
            primary=PRIMARY,
            questions=QUESTIONS,
            later=LATER,
        )
    )


if __name__ == "__main__":
    main()
