"""Record what the chapter on decay and warm-up reports: eleven schedules and two averages at one budget, the sharpness
at the start of a run with and without warm-up, and the curves of the gallery.

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.decay

makes decay, decay_hyperbola, decay_sharpness and decay_gallery in results/.

Decided before any result. Primary question: test accuracy of linear decay minus that of a constant rate, each at its
own tuned peak; less than MARGIN points counts as none. The other arms are compared with linear decay, and a tail
average with the constant rate that it averages as well; the intervals of all QUESTIONS hold at once (Bonferroni).

Asked for the second edition, before its result, as a test of two models. On a noisy parabola of one curvature no shape
is better than η ∝ 1/t; on one that is fifty times flatter along a second axis, 1/t is the worst of all that the chapter
compares. Which is the network like? The arm is the hyperbola peak / (1 + 99 z), z from 0 to 1, which ends at a
hundredth of its peak as the exponential does; tuned and judged as the others are. Test accuracy of 1/t minus linear
decay, with the same MARGIN.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from experiments.recording import (
    BATCH_SIZE,
    FASHION,
    PEAKS,
    STEPS,
    ComparisonTable,
    compare,
    comparison,
    comparison_trial,
    described,
    ensure,
    tune_and_judge,
    write_record,
)
from learning_rates import models, schedules
from learning_rates.trials.declared.forms import Arm, Stage
from learning_rates.trials.declared.policies import rate_and_momentum
from learning_rates.trials.declared.tasks import data_of
from learning_rates.trials.engines.side_by_side import cross_entropy, first_weights, judge, stacked, train
from learning_rates.trials.plan import Group, seeds_together
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

MARGIN = 0.5  # points of accuracy
EVERY = 10  # steps between two networks of a tail average
TRIAL = comparison_trial(
    arms={
        "constant": Arm("constant"),
        "step decay": Arm("drops", {"at": (1 / 2, 3 / 4)}),
        "exponential": Arm("exponential", {"end": 1 / 100}),
        "linear decay": Arm("linear decay"),
        "linear, by epoch": Arm("linear by epoch", {"epochs": 6}),
        "polynomial, power 2": Arm("polynomial", {"power": 2.0}),
        "cosine": Arm("cosine"),
        "cosine restarts": Arm("cosine restarts", {"number": 3}),
        "warm-up + linear": Arm("warm-up + linear", {"ramp": 1 / 10, "start": 1 / 25}),
        "inverse square root": Arm("inverse square root", {"ramp": 1 / 10}),
        "warm-up, stable, decay": Arm("warm-up, stable, decay", {"ramp": 1 / 10, "decay": 1 / 5}),
    },
    rates=PEAKS[2:],
)
AVERAGES = {"average of the last quarter": STEPS // 4, "average of the last half": STEPS // 2}  # of a constant run
QUESTIONS = len(TRIAL.arms) - 1 + 2 * len(AVERAGES)

WARM, WATCHED = 60, 160  # steps: of the warm-up, and of the start that is looked at
LOOKS = [0, 2, 4, 6, 8, 12, 16, 24, 32, 40, 60, 80, 120, 160]
START_RATES, START_SEEDS, IMAGES = [0.08, 0.32], range(8), 500
STARTS: dict[str, Callable[[float], schedules.Schedule]] = {
    "at once": lambda rate: schedules.constant(rate, WATCHED),
    "warmed up": lambda rate: schedules.warmup(schedules.constant(rate, WATCHED - WARM), WARM, start_lr=rate / 25),
}
ROUNDS = 60  # of power iteration at each look; twelve gave single values up to a quarter too low
GALLERY_EVERY, GALLERY_SEEDS, GALLERY_IMAGES = 20, range(8), 2000


def rate_of(name: str, peak: float) -> schedules.Schedule:
    arm = TRIAL.arms["constant" if name in AVERAGES else name]
    rate, _ = rate_and_momentum(arm.schedule, peak, STEPS, arm.options)
    return rate


def looks(name: str, peak: float, seeds: Sequence[int], every: int) -> Iterator[tuple[int, Any]]:
    """Train side by side; yield (steps done, the last weights, or the average so far that the name asks for)."""
    total, count = None, 0
    runs = [Run(seed, seed, rate_of(name, peak)) for seed in seeds]
    for done, weights, _ in train(runs, data_of(FASHION)["train"], BATCH_SIZE, every=every):
        if done > STEPS - AVERAGES.get(name, 0):
            total = [a + b for a, b in zip(total, weights, strict=True)] if total else weights
            count += 1
        yield done, [part / count for part in total] if total else weights


def average(table: ComparisonTable, name: str, stage: Stage, peak: float) -> float:
    """The mean accuracy of an average; the runs that the table lacks are made."""
    seeds = TRIAL.tuning_seeds if stage == Stage.TUNE else TRIAL.seeds
    groups = [Group(stage, name, 1.0, peak, part) for part in seeds_together(TRIAL, seeds)]
    for group in table.missing(groups):
        *_, (_, mean) = looks(name, peak, group.seeds, EVERY)
        judged = zip(*judge(mean, data_of(FASHION)[stage]), strict=True)
        table.add_group(group, [{"loss": loss, "score": 100 * accuracy} for loss, accuracy in judged], {})
    return float(table.column("accuracy", stage=stage, arm=name, max_lr=peak).mean())


def gallery_entry(table: ComparisonTable, name: str, peak: float) -> dict[str, Any]:
    """An arm with its accuracy and loss along the way, for the gallery's seeds."""
    x, y = (part[:GALLERY_IMAGES] for part in data_of(FASHION)["tune"])
    losses, accuracies = [], []
    for done, weights in looks(name, peak, GALLERY_SEEDS, EVERY if name in AVERAGES else GALLERY_EVERY):
        if done % GALLERY_EVERY == 0:
            loss, accuracy = judge(weights, (x, y))
            losses.append([float(f"{value:.4g}") for value in loss])
            accuracies.append([round(100 * float(value), 2) for value in accuracy])
    final = [round(100 * float(score), 2) for score in table.column("accuracy", stage="final", arm=name)]
    entry = {"name": name, "max_lr": peak, "rate": rate_of(name, peak).config, "averaged": AVERAGES.get(name, 0)}
    return entry | {"accuracy": accuracies, "loss": losses, "final": final}


def record_arms() -> None:
    table = ComparisonTable("decay", TRIAL, others=AVERAGES)
    best = compare(table)
    for name in AVERAGES:
        best[name], _ = tune_and_judge(TRIAL.rates, functools.partial(average, table, name))
    arms = {
        name: {"max_lr": peak, "rate": rate_of(name, peak).config, "averaged": AVERAGES.get(name, 0)}
        for name, peak in best.items()
    }
    averaged = f"mean of the weights after every {EVERY}th step of the tail of a constant run"
    questions = {"primary": "linear decay − constant", "questions": QUESTIONS}
    made = described("decay.py", margin=MARGIN, average=averaged) | questions
    table.describe(made | comparison(table) | {"arms": arms})
    record = {
        "made": described(
            "decay.py",
            gallery=f"accuracy (points) and loss on the first {GALLERY_IMAGES} tuning images: a list a look of seeds",
            gallery_seeds=list(GALLERY_SEEDS),
            final="accuracy on the whole test set, points, a seed a place, as in decay.csv",
        ),
        "steps": list(range(GALLERY_EVERY, STEPS + 1, GALLERY_EVERY)),
        "arms": [gallery_entry(table, name, peak) for name, peak in best.items()],
    }
    write_record("decay_gallery", record, indent=None)


@schedules.register
def hyperbola(peak: float, total_steps: int, *, end: float) -> Callable[[int], float]:
    """η(t) = peak / (1 + (1/end − 1) z), with z from 0 to 1: as 1/t, from the peak to `end` times the peak."""
    return lambda step: peak / (1 + (1 / end - 1) * step / (total_steps - 1))


def record_hyperbola() -> None:
    table = Table(RESULTS / "decay_hyperbola.csv", ("stage", "arm", "max_lr", "seed", "loss", "accuracy"))

    def accuracy(stage: Stage, peak: float) -> float:
        seeds = TRIAL.tuning_seeds if stage == Stage.TUNE else TRIAL.seeds
        rate = hyperbola(peak, STEPS, end=1 / 100)
        ensure(table, [Run((stage, "1/t", peak, seed), seed, rate) for seed in seeds], BATCH_SIZE, stage)
        return float(table.column("accuracy", stage=stage, arm="1/t", max_lr=peak).mean())

    best, mean = tune_and_judge(TRIAL.rates, accuracy)
    print(f"1/t: peak {best:g}, {mean:.4f}", flush=True)
    table.describe(
        described(
            "decay.py",
            margin=MARGIN,
            rate="peak / (1 + 99 z), z from 0 to 1",
            steps=STEPS,
            batch_size=BATCH_SIZE,
            peaks=list(TRIAL.rates),
            tuning_seeds=list(TRIAL.tuning_seeds),
            final_seeds=list(TRIAL.seeds),
            peak=best,
        )
    )


def make_look(x: Any, y: Any, rounds: int) -> Callable[[Any, Any], Any]:
    """A function of weights and a start: λ_max of the loss on (x, y) by power iteration, and its vector."""
    model, x, y = models.mlp(seed=0), jnp.asarray(x), jnp.asarray(y)

    def slopes(weights: Any) -> Any:
        return jax.grad(lambda at: cross_entropy(model, at, x, y))(weights)

    def normed(vector: Any) -> Any:
        length = jnp.sqrt(sum(jnp.vdot(part, part) for part in vector))
        return [part / length for part in vector]

    def one_run(weights: Any, vector: Any) -> Any:
        def turn(vector: Any, _: None) -> Any:
            along = jax.jvp(slopes, (weights,), (vector,))[1]
            quotient = sum(jnp.vdot(a, b) for a, b in zip(vector, along, strict=True))
            return normed(along), quotient

        vector, quotients = jax.lax.scan(turn, normed(vector), None, length=rounds)
        return quotients[-1], vector, cross_entropy(model, weights, x, y)

    return jax.jit(jax.vmap(one_run))


def record_sharpness() -> None:
    table = Table(RESULTS / "decay_sharpness.csv", ("arm", "max_lr", "step", "seed", "sharpness", "loss"))
    data = data_of(FASHION)["train"]
    x, y = (part[:IMAGES] for part in data)
    look = make_look(x, y, ROUNDS)
    generator = np.random.default_rng(0)
    for name, make in STARTS.items():
        for rate in START_RATES:
            if (name, rate, LOOKS[-1], START_SEEDS[-1]) in table:
                continue
            first = stacked([first_weights(models.mlp, seed) for seed in START_SEEDS])
            vector = [jnp.asarray(generator.normal(size=part.shape), "float32") for part in first]
            found, vector, losses = look(first, vector)
            rows = [(0, found, losses)]
            for done, weights, _ in train(
                [Run((name, rate), seed, make(rate)) for seed in START_SEEDS], data, BATCH_SIZE, every=2
            ):
                if done in LOOKS:
                    found, vector, losses = look(weights, vector)
                    rows.append((done, found, losses))
            for done, found, losses in rows:
                for seed, *values in zip(START_SEEDS, found, losses, strict=True):
                    if (name, rate, done, seed) not in table:
                        table.add((name, rate, done, seed), values)
    table.describe(
        described(
            "decay.py",
            batch_size=BATCH_SIZE,
            watched_steps=WATCHED,
            starts={name: {f"{rate:g}": make(rate).config for rate in START_RATES} for name, make in STARTS.items()},
            sharpness=f"power iteration on the Hessian of the mean loss of the first {IMAGES} training images",
            rounds=f"{ROUNDS} at each look, from the last vector",
            seeds=list(START_SEEDS),
        )
    )


if __name__ == "__main__":
    record_arms()
    record_hyperbola()
    record_sharpness()
