"""Tune what "Train a network" is judged by: the peak and the momentum of its three rivals.

    python -m experiments.train

writes results/train.json. Each rival has equally many tries, every peak with five momenta, and is judged by its mean
loss on the images that the reader tunes on, over eight seeds of its own. The best setting then trains the seeds that
the reader sees, and those of the verdict, which are judged on images that nobody tuned on. Some minutes.
"""

import itertools
from typing import Any

from experiments.recording import described, write_record
from learning_rates import small_network
from learning_rates.explorers import knots, train
from learning_rates.explorers.statistics import mean

PEAKS = [float(f"{0.02 * 2 ** (k / 2):.2g}") for k in range(11)]
HELD: list[Any] = [0.5, 0.7, 0.8, 0.9, 0.95]
# The published cycle takes the place of the lowest momentum, so that the tries stay as many
MOMENTA: dict[str, list[Any]] = {"constant": HELD, "linear decay": HELD, "one-cycle": [[0.85, 0.95], *HELD[1:]]}
TUNING_SEEDS = [777777777 + 1000003 * i for i in range(train.RUNS)]


def trained(name: str, peak: float, momentum: Any, seeds: list[int], images: str) -> dict[str, Any]:
    """The runs of a rival: their mean losses on the way, and each one's loss and accuracy at the end."""
    rate, held = knots.rival(name, peak, momentum, train.STEPS)
    found = small_network.train(rate.values(), held.values(), seeds, images)
    paths = [[train.ceiled(loss) for loss in path] for path in found["losses"]]
    return {
        "losses": [digits(mean(list(at))) for at in zip(*paths, strict=True)],
        "ends": [digits(path[-1]) for path in paths],
        "accuracies": [digits(path[-1]) for path in found["accuracies"]],
    }


def digits(value: float) -> float:
    return float(f"{value:.5g}")


def tries(name: str) -> list[list[Any]]:
    """[peak, momentum, mean loss] of each."""
    return [
        [peak, momentum, digits(mean(trained(name, peak, momentum, TUNING_SEEDS, "seen")["ends"]))]
        for peak, momentum in itertools.product(PEAKS, MOMENTA[name])
    ]


def main() -> None:
    tried = {name: tries(name) for name in knots.RIVALS}
    best = {name: min(found, key=lambda each: each[2]) for name, found in tried.items()}
    tuned = {name: {"peak": peak, "momentum": momentum} for name, (peak, momentum, _) in best.items()}
    record = {
        "made": described("train.py", []),
        "tuning seeds": TUNING_SEEDS,
        "tries": tried,
        "tuned": tuned,
        "runs": {
            runs: {
                name: trained(name, at["peak"], at["momentum"], train.SEEDS[runs], train.images_of(runs))
                for name, at in tuned.items()
            }
            for runs in train.SETS
        },
    }
    write_record("train", record, indent=None)


if __name__ == "__main__":
    main()
