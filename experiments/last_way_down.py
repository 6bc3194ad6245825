"""Record what a cyclical rate owes to its last way down, and what it owes to the cycles before.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.last_way_down

makes last_way_down in results/. A minute or two on two cores.

Three cycles from zero lose to one linear decay of the same length (cyclical.csv). Two causes were named there and
neither was isolated: the climbs undo what coming down has gained, or the last way down is too short. Decided before
the first row:

Four arms in a square, all ending at zero: before the last way down the rate either cycles or stays at its peak, and the
last way down takes 100 steps or 300. "three cycles": 100 up, 100 down, three times. "two cycles, long end": two of 50
up and 50 down, 100 up, 300 down. "flat, short end": the peak for 500 steps, then 100 down. "flat, long end": the peak
for 300 steps, then 300 down. Beside them a linear decay. Each arm has its own peak, the best of seven on the tuning
images with eight seeds, and is judged with 32 seeds that no recording has used.

Primary question: test accuracy of "two cycles, long end" − "three cycles". It counts beyond MARGIN. Second, and so
wide that all hold at once (Bonferroni), the other QUESTIONS. What decides: the length of the last way down is the cause
if it counts with cycles and the two cycling arms are within the margin of the flat ones of the same end; the cycles
themselves cost something where a cycling arm lies beyond the margin below the flat one of the same end.
"""

from experiments.recording import PEAKS, ComparisonTable, compare, comparison, comparison_trial, described
from learning_rates.trials.declared.forms import Arm

MARGIN = 0.5  # points of accuracy
# (part of the run, part of the peak) of each corner.
THREE = [(0, 0), (1 / 6, 1), (2 / 6, 0), (3 / 6, 1), (4 / 6, 0), (5 / 6, 1), (1, 0)]
TWO = [(0, 0), (1 / 12, 1), (2 / 12, 0), (3 / 12, 1), (4 / 12, 0), (6 / 12, 1), (1, 0)]
TRIAL = comparison_trial(
    arms={
        "linear decay": Arm("linear decay"),
        "three cycles": Arm("corners", {"at": THREE}),
        "two cycles, long end": Arm("corners", {"at": TWO}),
        "flat, short end": Arm("corners", {"at": [(0, 1), (5 / 6, 1), (1, 0)]}),
        "flat, long end": Arm("corners", {"at": [(0, 1), (1 / 2, 1), (1, 0)]}),
    },
    rates=PEAKS[1:8],
    tuning_seeds=tuple(range(1100, 1108)),
    seeds=tuple(range(4000, 4032)),
)
PRIMARY = ("two cycles, long end", "three cycles")
QUESTIONS = [
    ("flat, long end", "flat, short end"),
    ("three cycles", "flat, short end"),
    ("two cycles, long end", "flat, long end"),
    ("three cycles", "linear decay"),
    ("two cycles, long end", "linear decay"),
    ("flat, long end", "linear decay"),
    ("flat, short end", "linear decay"),
]


def main() -> None:
    table = ComparisonTable("last_way_down", TRIAL)
    compare(table)
    questions = {"margin": MARGIN, "primary": PRIMARY, "questions": QUESTIONS}
    table.describe(described("last_way_down.py") | questions | comparison(table))


if __name__ == "__main__":
    main()
