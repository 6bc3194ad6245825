"""Record what the chapter on decay and warm-up reports: eleven schedules and two averages at one budget, the sharpness
at the start of a run with and without warm-up, and the curves of the gallery.

    LEARNING_RATES_DATA=... python -m experiments.decay

appends to results/decay.csv and results/decay_sharpness.csv, a row a finished run, says in a .json beside each how it
was made, and writes results/decay_gallery.json. A second start goes on where the first was stopped.

Decided before any result. Primary question: test accuracy of linear decay minus that of a constant rate, each at its
own tuned peak; less than MARGIN points counts as none. The other arms are compared with linear decay, and a tail
average with the constant rate that it averages as well; the intervals of all QUESTIONS hold at once (Bonferroni).
"""

import json

import jax
import jax.numpy as jnp
import numpy as np

from experiments.recording import RESULTS, Table, ensure, fashion_mnist, groups, provenance
from learning_rates import models, schedules
from learning_rates.trials.engines.runs import Run
from learning_rates.trials.engines.side_by_side import cross_entropy, judge, train

STEPS, BATCH_SIZE, EPOCH, MARGIN = 600, 60, 100, 0.5
PEAKS = [0.01 * 2.0**k for k in range(7)]
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1004), range(16)
EVERY = 10  # steps between two networks of a tail average


def step_decay(max_lr):
    return schedules.step_decay(max_lr, STEPS, boundaries=[STEPS // 2, 3 * STEPS // 4])


def linear_by_epoch(max_lr):
    """What a callback at the start of each of six epochs makes of the linear decay."""
    epochs = STEPS // EPOCH
    parts = [schedules.constant(max_lr * (1 - epoch / epochs), EPOCH) for epoch in range(epochs)]
    return schedules.join(parts, [EPOCH * epoch for epoch in range(1, epochs)])


def warmed_up(max_lr):
    tenth = STEPS // 10
    return schedules.warmup(schedules.polynomial_decay(max_lr, STEPS - tenth), tenth, start_lr=max_lr / 25)


ARMS = {
    "constant": lambda max_lr: schedules.constant(max_lr, STEPS),
    "step decay": step_decay,
    "exponential": lambda max_lr: schedules.exponential_decay(max_lr, STEPS, end_lr=max_lr / 100),
    "linear decay": lambda max_lr: schedules.polynomial_decay(max_lr, STEPS),
    "linear, by epoch": linear_by_epoch,
    "polynomial, power 2": lambda max_lr: schedules.polynomial_decay(max_lr, STEPS, power=2.0),
    "cosine": lambda max_lr: schedules.cosine_decay(max_lr, STEPS),
    "cosine restarts": lambda max_lr: schedules.cosine_restarts(max_lr, STEPS, first_cycle=STEPS // 3),
    "warm-up + linear": warmed_up,
    "inverse square root": lambda max_lr: schedules.inverse_sqrt(max_lr, STEPS, warmup_steps=STEPS // 10),
    "warm-up, stable, decay": lambda max_lr: schedules.warmup_stable_decay(
        max_lr, STEPS, warmup_steps=STEPS // 10, decay_steps=STEPS // 5
    ),
}
AVERAGES = {"average of the last quarter": STEPS // 4, "average of the last half": STEPS // 2}  # of a constant run
QUESTIONS = len(ARMS) - 1 + 2 * len(AVERAGES)

WARM, WATCHED = 60, 160  # steps: of the warm-up, and of the start that is looked at
LOOKS = [0, 2, 4, 6, 8, 12, 16, 24, 32, 40, 60, 80, 120, 160]
START_RATES, START_SEEDS, IMAGES = [0.08, 0.32], range(8), 500
STARTS = {
    "at once": lambda rate: schedules.constant(rate, WATCHED),
    "warmed up": lambda rate: schedules.warmup(schedules.constant(rate, WATCHED - WARM), WARM, start_lr=rate / 25),
}

GALLERY_EVERY, GALLERY_SEEDS, GALLERY_IMAGES = 20, range(8), 2000


# ------------------------------------------------------------------------------------------------------------- arms
def make_rate(name, max_lr):
    return ARMS["constant" if name in AVERAGES else name](max_lr)


def runs_of(stage, name, max_lr, seeds):
    return [Run((stage, name, max_lr, seed), seed, make_rate(name, max_lr)) for seed in seeds]


def looks(runs, data, every):
    """Train side by side; yield (steps done, last weights, {name: the average so far}), the last weights before."""
    sums, counts = dict.fromkeys(AVERAGES), dict.fromkeys(AVERAGES, 0)
    for done, weights, _ in train(runs, data, BATCH_SIZE, every=every):
        means = {}
        for name, tail in AVERAGES.items():
            if done > STEPS - tail:
                counts[name] += 1
                before = sums[name] or [0.0] * len(weights)
                sums[name] = [a + b for a, b in zip(before, weights, strict=True)]
            means[name] = [part / counts[name] for part in sums[name]] if counts[name] else weights
        yield done, weights, means


def add(table, keys, judged):
    for key, loss, accuracy in zip(keys, *judged, strict=True):
        if key not in table:
            table.append(key, (loss, accuracy))


def tune_constant(table, data):
    """The constant arm and the averages of its tails, from the same runs."""
    names = ["constant", *AVERAGES]
    keys = [("tune", name, peak, seed) for name in names for peak in PEAKS for seed in TUNING_SEEDS]
    if all(key in table for key in keys):
        return
    for group in groups([run for peak in PEAKS for run in runs_of("tune", "constant", peak, TUNING_SEEDS)]):
        for _, weights, means in looks(group, data["train"], EVERY):
            last = {"constant": weights} | means
        for name in names:
            add(table, [("tune", name, *run.key[2:]) for run in group], judge(last[name], data["tune"]))


def judge_and_watch(table, name, max_lr, data):
    """The final runs of an arm; of those of the gallery's seeds also accuracy and loss along the way."""
    subset = tuple(part[:GALLERY_IMAGES] for part in data["tune"])
    every = EVERY if name in AVERAGES else GALLERY_EVERY
    losses, accuracies = [], []
    for group in groups(runs_of("final", name, max_lr, FINAL_SEEDS)):
        for done, weights, means in looks(group, data["train"], every):
            shown = means.get(name, weights)
            if done % GALLERY_EVERY == 0 and group[0].seed == GALLERY_SEEDS[0]:
                loss, accuracy = judge(shown, subset)
                losses.append([float(f"{value:.4g}") for value in loss])
                accuracies.append([round(100 * float(value), 2) for value in accuracy])
        add(table, [run.key for run in group], judge(shown, data["final"]))
    final = [round(100 * table["final", name, max_lr, seed]["accuracy"], 2) for seed in FINAL_SEEDS]
    described = {"name": name, "max_lr": max_lr, "rate": make_rate(name, max_lr).config}
    described["averaged"] = AVERAGES.get(name, 0)
    return described | {"accuracy": accuracies, "loss": losses, "final": final}


def record_arms(data):
    table = Table("decay", ("stage", "arm", "max_lr", "seed"), ("loss", "accuracy"))
    tune_constant(table, data)
    tries = [run for name in ARMS for peak in PEAKS for run in runs_of("tune", name, peak, TUNING_SEEDS)]
    ensure(table, tries, data["train"], data["tune"], BATCH_SIZE)
    best, gallery = {}, []
    for name in [*ARMS, *AVERAGES]:
        means = {
            peak: np.mean([table["tune", name, peak, seed]["accuracy"] for seed in TUNING_SEEDS]) for peak in PEAKS
        }
        best[name] = max(means, key=means.get)
        gallery.append(judge_and_watch(table, name, best[name], data))
        print(f"{name}: peak {best[name]:g}, accuracy {np.mean(gallery[-1]['final']):.2f}", flush=True)
    arms = {arm["name"]: {key: arm[key] for key in ("max_lr", "rate", "averaged")} for arm in gallery}
    table.describe(
        shared(data)
        | {"margin": MARGIN, "primary": "linear decay − constant", "questions": QUESTIONS, "peaks": PEAKS}
        | {"tuning": "accuracy on the last 10,000 images of the whole training set, none of them trained on"}
        | {"tuning seeds": list(TUNING_SEEDS), "final seeds": list(FINAL_SEEDS)}
        | {"final": "accuracy on the whole test set, 10,000 images, with other seeds"}
        | {"average": f"mean of the weights after every {EVERY}th step of the tail of a constant run", "arms": arms}
    )
    made = shared(data) | {
        "gallery": f"accuracy (points) and loss on the first {GALLERY_IMAGES} tuning images: a list a look of seeds",
        "gallery seeds": list(GALLERY_SEEDS),
        "final": "accuracy on the whole test set, points, a seed a place, as in decay.csv",
    }
    steps = list(range(GALLERY_EVERY, STEPS + 1, GALLERY_EVERY))
    text = json.dumps({"made": made, "steps": steps, "arms": gallery}, ensure_ascii=False, separators=(",", ":"))
    (RESULTS / "decay_gallery.json").write_text(text + "\n", encoding="utf-8")


def shared(data):
    return provenance("decay.py", data) | {
        "model": "models.mlp(): 784-128-10",
        "training": f"{len(data['train'][0])} embedded images, SGD, momentum 0.9, fresh weights",
        "batch size": BATCH_SIZE,
        "steps": STEPS,
    }


# -------------------------------------------------------------------------------------------------------- sharpness
def make_look(x, y, rounds):
    """A function of weights and a start: λ_max of the loss on (x, y) by power iteration, and its vector."""
    model, x, y = models.mlp(seed=0), jnp.asarray(x), jnp.asarray(y)

    def slopes(weights):
        return jax.grad(lambda at: cross_entropy(model, at, x, y))(weights)

    def normed(vector):
        length = jnp.sqrt(sum(jnp.vdot(part, part) for part in vector))
        return [part / length for part in vector]

    def one_run(weights, vector):
        def turn(vector, _):
            along = jax.jvp(slopes, (weights,), (vector,))[1]
            quotient = sum(jnp.vdot(a, b) for a, b in zip(vector, along, strict=True))
            return normed(along), quotient

        vector, quotients = jax.lax.scan(turn, normed(vector), None, length=rounds)
        return quotients[-1], vector, cross_entropy(model, weights, x, y)

    return jax.jit(jax.vmap(one_run))


def record_sharpness(data):
    table = Table("decay_sharpness", ("arm", "max_lr", "step", "seed"), ("sharpness", "loss"))
    x, y = (part[:IMAGES] for part in data["train"])
    first_look, look = make_look(x, y, 60), make_look(x, y, 12)
    generator = np.random.default_rng(0)
    for name, make in STARTS.items():
        for rate in START_RATES:
            if (name, rate, LOOKS[-1], START_SEEDS[-1]) in table:
                continue
            runs = [Run((name, rate), seed, make(rate)) for seed in START_SEEDS]
            at_first = [models.mlp(seed=seed).trainable_variables for seed in START_SEEDS]
            weights = [jnp.stack([jnp.asarray(part.value) for part in parts]) for parts in zip(*at_first, strict=True)]
            vector = [jnp.asarray(generator.normal(size=part.shape), "float32") for part in weights]
            found, vector, losses = first_look(weights, vector)
            rows = [(0, found, losses)]
            for done, weights, _ in train(runs, data["train"], BATCH_SIZE, every=2):
                if done in LOOKS:
                    found, vector, losses = look(weights, vector)
                    rows.append((done, found, losses))
            for done, found, losses in rows:
                for seed, sharpness, loss in zip(START_SEEDS, found, losses, strict=True):
                    if (name, rate, done, seed) not in table:
                        table.append((name, rate, done, seed), (sharpness, loss))
    table.describe(
        shared(data)
        | {"watched steps": WATCHED, "warm-up": f"linear over {WARM} steps from a 25th of the rate"}
        | {"starts": {name: {f"{rate:g}": make(rate).config for rate in START_RATES} for name, make in STARTS.items()}}
        | {"sharpness": f"power iteration on the Hessian of the mean loss of the first {IMAGES} training images"}
        | {"rounds": "60 at step 0, 12 at each later look, from the last vector", "seeds": list(START_SEEDS)}
    )


if __name__ == "__main__":
    everything = fashion_mnist()
    record_arms(everything)
    record_sharpness(everything)
