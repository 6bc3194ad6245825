"""Record what the chapter on cyclical rates reports: cycles against a decay and a constant, and snapshot ensembles.

    LEARNING_RATES_DATA=... python -m experiments.cyclical

appends to results/cyclical.csv, cyclical_long.csv, cyclical_controls.csv, cyclical_snapshots.csv and
cyclical_snapshots_long.csv, a row a finished run, and says in a .json beside each how it was made. A second start goes
on where the first was stopped.

Decided before any result. Primary question: test accuracy of the triangular policy minus that of linear decay, each at
its own tuned peak; less than MARGIN points counts as none. Second: the three windows are equivalent if the 90 %
intervals of all three pairwise differences lie within ± MARGIN. Third: an ensemble of three snapshots against one
linear decay, and against three independent runs, at the same number of steps in all.

Added after the first answers: the arm from base 0; snapshots and cycles at four times the steps, where three whole
cycles of the length that Smith advises fit; and controls: what a range test gives without tuning, to a cycle and to a
decay, and the walk along a decay, which does not cycle.
"""

from itertools import pairwise

import numpy as np

from experiments.recording import Table, fashion_mnist, groups, provenance, tune_and_judge
from learning_rates import models, schedules
from learning_rates.trials.engines.runs import Run
from learning_rates.trials.engines.side_by_side import cross_entropy, judge, outputs, train

STEPS, BATCH_SIZE, MARGIN = 600, 60, 0.5
SIDE = 100  # steps from foot to top: three whole cycles in 600 steps
FOOT = 1 / 10  # the base over the peak
PEAKS = [0.01 * 2.0**k for k in range(-2, 7)]
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1008), range(24)
MEMBERS = 3
LONG = 4 * STEPS  # 24 epochs: three cycles of eight
BOUNDS = (0.00063, 0.064)  # what the chapter's range test reads: where the loss begins to fall, where it is least
ON_THE_WAY = np.linspace(0, 1, 11)  # from one snapshot to the next, both ends included


def cycling(step_size=SIDE, foot=FOOT, steps=STEPS, **options):
    return lambda max_lr: schedules.cyclical(foot * max_lr, max_lr, steps, step_size=step_size, **options)


ARMS = {
    "linear decay": lambda max_lr: schedules.polynomial_decay(max_lr, STEPS),
    "constant": lambda max_lr: schedules.constant(max_lr, STEPS),
    "triangular": cycling(),
    "Welch": cycling(window="welch"),
    "Hann": cycling(window="hann"),
    "triangular2": cycling(mode="triangular2"),
    "exp_range": cycling(mode="exp_range", gamma=0.5 ** (1 / (2 * SIDE))),
    "unfinished": cycling(step_size=2 * SIDE),
    "base 0": cycling(foot=0.0),  # added after the others' results, to see what their floor costs
}

# Whole cycles with a stepsize of four epochs; the decay of the same length is among the ensembles.
LONG_ARMS = {mode: cycling(step_size=LONG // 6, steps=LONG, mode=mode) for mode in ("triangular2", "triangular")}


def snapshots(key, max_lr, seed, steps):
    """One run of three cosine cycles; a snapshot where each has come down."""
    return [Run(key, seed, schedules.cosine_restarts(max_lr, steps, first_cycle=steps // MEMBERS))]


def independent(key, max_lr, seed, steps):
    """Three runs of a third of the steps, each with its own first weights, decayed to zero."""
    rate = schedules.polynomial_decay(max_lr, steps // MEMBERS)
    return [Run(key, 10_000 + MEMBERS * seed + k, rate) for k in range(MEMBERS)]


def one_decay(key, max_lr, seed, steps):
    """One run, one network: what an ensemble has to beat."""
    return [Run(key, seed, schedules.polynomial_decay(max_lr, steps))]


# The networks that are averaged: all that a third of the steps brings forth, or the last alone.
ENSEMBLES = {
    "snapshots": (snapshots, slice(None)),
    "independent": (independent, slice(None)),
    "linear decay": (one_decay, slice(-1, None)),
}


def members(key, seeds, steps, data):
    """The networks of each ensemble: a list of lists of weights, whose first axis is the seed."""
    _, name, max_lr = key
    make, kept = ENSEMBLES[name]
    runs, found = [make((*key, seed), max_lr, seed, steps) for seed in seeds], []
    for part in zip(*runs, strict=True):
        found += [weights for _, weights, _ in train(list(part), data["train"], BATCH_SIZE, every=steps // MEMBERS)]
    return found[kept]


def probabilities(weights, x):
    said = outputs(weights, x)
    return np.exp(said - np.logaddexp.reduce(said, axis=2, keepdims=True))


def barrier(first, second, data):
    """How far the training loss rises above the straight line between its values at two networks, for each seed."""
    model, (x, y) = models.mlp(seed=0), data["train"]
    heights = []
    for seed in range(len(first[0])):
        ends = [[part[seed] for part in weights] for weights in (first, second)]
        on_the_way = [[a + part * (b - a) for a, b in zip(*ends, strict=True)] for part in ON_THE_WAY]
        losses = np.array([float(cross_entropy(model, weights, x, y)) for weights in on_the_way])
        heights.append(max(losses - (losses[0] + ON_THE_WAY * (losses[-1] - losses[0]))))
    return np.array(heights)


def ensure_ensembles(table, key, seeds, steps, data):
    stage, (x, y) = key[0], data[key[0]]
    for group in groups([seed for seed in seeds if (*key, seed) not in table]):
        found = members(key, group, steps, data)
        each = [probabilities(weights, x) for weights in found]
        alone = [(said.argmax(axis=2) == y).mean(axis=1) for said in each]
        together = (np.mean(each, axis=0).argmax(axis=2) == y).mean(axis=1)
        pairs = list(pairwise(found)) if stage == "final" else []
        heights = np.mean([barrier(*pair, data) for pair in pairs], axis=0) if pairs else np.zeros(len(group))
        for i, seed in enumerate(group):
            table.append((*key, seed), (together[i], alone[-1][i], np.mean(alone, axis=0)[i], heights[i]))


def record_ensembles(file, names, steps, peaks, final_seeds, data):
    table = Table(
        file,
        ("stage", "arm", "max_lr", "seed"),
        ("accuracy", "last_member", "mean_member", "barrier"),
    )
    best = {}
    for name in names:
        means = {}
        for max_lr in peaks:
            ensure_ensembles(table, ("tune", name, max_lr), TUNING_SEEDS, steps, data)
            means[max_lr] = np.mean([table["tune", name, max_lr, seed]["accuracy"] for seed in TUNING_SEEDS])
        best[name] = max(means, key=means.get)
        ensure_ensembles(table, ("final", name, best[name]), final_seeds, steps, data)
        print(f"{steps} steps, {name}: peak {best[name]:g}", flush=True)
    table.describe(
        shared(data)
        | {"members": MEMBERS, "steps": steps, "peaks": peaks, "peaks found": best, "final seeds": list(final_seeds)}
        | {"accuracy": "of the mean of the members' probabilities"}
        | {"barrier": "rise of the training loss over a straight line, between neighbours, mean of 2; final stage only"}
    )


def shared(data):
    return provenance("cyclical.py", data) | {
        "model": "models.mlp(): 784-128-10",
        "training": f"{len(data['train'][0])} embedded images, SGD, momentum 0.9, fresh weights",
        "batch size": BATCH_SIZE,
        "steps": STEPS,
        "margin": MARGIN,
        "peaks": PEAKS,
        "tuning": "accuracy on the last 10,000 images of the whole training set, none of them trained on",
        "tuning seeds": list(TUNING_SEEDS),
        "final": "accuracy on the whole test set, 10,000 images, with other seeds",
        "final seeds": list(FINAL_SEEDS),
    }


def record_cycles(file, arms, steps, peaks, final_seeds, data):
    table = Table(file, ("stage", "arm", "max_lr", "seed"), ("loss", "accuracy"))
    best = tune_and_judge(table, arms, peaks, data, BATCH_SIZE, TUNING_SEEDS, final_seeds)
    made = {name: {"max_lr": best[name], "rate": make(best[name]).config} for name, make in arms.items()}
    table.describe(shared(data) | {"steps": steps, "peaks": peaks, "final seeds": list(final_seeds), "arms": made})
    return best


def record_controls(decay_peak, data):
    """The tuned decay, and two arms without tuning: accuracy, and barriers between the weights after each third."""
    low, high = BOUNDS
    rates = {
        "linear decay": ARMS["linear decay"](decay_peak),
        "bounds as read": schedules.cyclical(low, high, STEPS, step_size=SIDE),
        "decay from the upper bound": schedules.polynomial_decay(high, STEPS),
    }
    table = Table("cyclical_controls", ("arm", "seed"), ("accuracy", "barrier"))
    for name, rate in rates.items():
        runs = [Run((name, seed), seed, rate) for seed in FINAL_SEEDS]
        for group in groups([run for run in runs if run.key not in table]):
            thirds = [weights for _, weights, _ in train(group, data["train"], BATCH_SIZE, every=STEPS // MEMBERS)]
            heights = np.mean([barrier(*pair, data) for pair in pairwise(thirds)], axis=0)
            _, accuracies = judge(thirds[-1], data["final"])
            for run, *values in zip(group, accuracies, heights, strict=True):
                table.append(run.key, values)
    table.describe(
        shared(data)
        | {"arms": {name: {"rate": rate.config} for name, rate in rates.items()}}
        | {"peaks": [decay_peak], "tuning": "of linear decay only, in cyclical.csv; the others by one range test"}
        | {"barrier": "rise of the training loss over a straight line, thirds of one run, mean of 2"}
    )


if __name__ == "__main__":
    everything = fashion_mnist()
    peaks = record_cycles("cyclical", ARMS, STEPS, PEAKS, FINAL_SEEDS, everything)
    record_controls(peaks["linear decay"], everything)
    record_cycles("cyclical_long", LONG_ARMS, LONG, PEAKS[3:7], FINAL_SEEDS[:16], everything)
    record_ensembles("cyclical_snapshots", ("snapshots", "independent"), STEPS, PEAKS, FINAL_SEEDS, everything)
    record_ensembles("cyclical_snapshots_long", tuple(ENSEMBLES), LONG, PEAKS[3:7], FINAL_SEEDS[:16], everything)
