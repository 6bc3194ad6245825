"""Record what the one-cycle chapter reports: the ladder, and the peak's company of batch size and weight decay.

    LEARNING_RATES_DATA=... python -m experiments.one_cycle

appends to results/one_cycle_ladder.csv and results/one_cycle_settings.csv, a row a finished run, and says in a .json
beside each how it was made. A second start goes on where the first was stopped. About half an hour on two cores.
"""

import csv
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from learning_rates import SGD, datasets, models, schedules

RESULTS = Path(__file__).parents[1] / "results"
EPOCHS, BATCH_SIZE = 6, 60
PEAKS = [0.01 * 2.0**k for k in range(-2, 7)]
TUNING_SEEDS = range(1000, 1008)
FINAL_SEEDS = range(24)


def warmed_up(max_lr, steps):
    return schedules.warmup(schedules.polynomial_decay(max_lr, steps - steps // 10), steps // 10, start_lr=max_lr / 25)


def cycle_and_tail(max_lr, steps):
    return schedules.one_cycle(max_lr, steps, pct_start=0.45, anneal="linear", three_phase=True)


def ramp_sustain_decay(max_lr, steps):
    low, ramp, epoch = max_lr / 2, steps // 4, steps // 24
    return schedules.ramp_sustain_decay(low, max_lr, low, steps, rampup_steps=ramp, decay_steps=epoch)


def straight(max_lr, steps):
    return schedules.one_cycle(max_lr, steps, anneal="linear")


def back_to_the_middle(steps):
    """The momentum of one-cycle, but it comes back to 0.9 and not to 0.95."""
    return schedules.piecewise([(0, 0.95), (3 * steps // 10 - 1, 0.85), (steps - 1, 0.9)], shape="cosine")


# Rung: its rate, made from the peak and the steps, and its momentum, made from the steps. The first six are the ladder;
# then the two other policies that go by the name of one-cycle, and a milder momentum.
RUNGS = {
    "constant": (schedules.constant, None),
    "linear decay": (schedules.polynomial_decay, None),
    "warm-up + linear": (warmed_up, None),
    "longer warm-up": (straight, None),
    "one-cycle": (schedules.one_cycle, None),
    "one-cycle + momentum": (schedules.one_cycle, schedules.one_cycle_momentum),
    "cycle and tail": (cycle_and_tail, None),
    "ramp–sustain–decay": (ramp_sustain_decay, None),
    "one-cycle + milder momentum": (schedules.one_cycle, back_to_the_middle),
}
SETTINGS_RUNG = "one-cycle + momentum"
SETTINGS = [(15, 0.0), (60, 0.0), (240, 0.0), (60, 1e-3), (60, 1e-2)]  # batch size, weight decay


class Table:
    """Finished runs in a CSV file; what is there is not run again."""

    def __init__(self, name, keys):
        self.path, self.keys = RESULTS / f"{name}.csv", keys
        self.accuracy = {}
        if self.path.exists():
            with self.path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.accuracy[tuple(row[key] for key in keys)] = float(row["accuracy"])

    def ensure(self, key, compute):
        """The accuracy of the run of that key."""
        key = tuple(str(part) for part in key)
        if key not in self.accuracy:
            loss, accuracy = compute()
            fresh = not self.path.exists()
            with self.path.open("a", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                if fresh:
                    writer.writerow([*self.keys, "loss", "accuracy"])
                writer.writerow([*key, loss, accuracy])
            self.accuracy[key] = accuracy
        return self.accuracy[key]

    def describe(self, provenance):
        made = self.path.with_suffix(".json")
        before = json.loads(made.read_text(encoding="utf-8"))["versions"] if made.exists() else provenance["versions"]
        if before != provenance["versions"]:
            raise SystemExit(f"{self.path.name} was begun with {before}: move it away, or install these versions.")
        text = json.dumps(provenance, indent=1, ensure_ascii=False) + "\n"
        made.write_text(text, encoding="utf-8")


def load_data():
    """Training data: the embedded 6,000. Tuning: the last 10,000 of the whole training set, none of them embedded."""
    (x_train, y_train), _ = datasets.fashion_mnist(sample=True)
    (x_all, y_all), test = datasets.fashion_mnist(sample=False)
    parts = {"train": (x_train, y_train), "tune": (x_all[-10_000:], y_all[-10_000:]), "final": test}
    return {name: (x.reshape(len(x), -1).astype("float32") / 255, y.astype("int32")) for name, (x, y) in parts.items()}


def schedules_of(rung, max_lr, batch_size=BATCH_SIZE):
    """Rate and momentum of a rung over the run's steps."""
    steps = EPOCHS * 6000 // batch_size
    rate, momentum = RUNGS[rung]
    return rate(max_lr, steps), momentum(steps) if momentum else 0.9


def run(data, stage, rung, max_lr, seed, batch_size=BATCH_SIZE, weight_decay=0.0):
    """Train one network; its mean loss and accuracy on the images of the stage."""
    keras.backend.clear_session()  # hundreds of runs in one process: let go of the graphs of those before
    keras.utils.set_random_seed(seed)
    rate, momentum = schedules_of(rung, max_lr, batch_size)
    model = models.mlp(seed=seed)
    model.compile(
        SGD(rate, momentum, weight_decay=weight_decay or None),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        steps_per_execution=6000 // batch_size,
    )
    model.fit(*data["train"], batch_size=batch_size, epochs=EPOCHS, verbose=0)
    x, y = data[stage]
    logits = keras.ops.convert_to_numpy(model(x))
    losses = keras.ops.sparse_categorical_crossentropy(y, logits, from_logits=True)
    return float(np.mean(losses)), float(np.mean(logits.argmax(axis=1) == y))


def provenance(data):
    """What the two tables share."""
    return {
        "script": "experiments/one_cycle.py",
        "model": "models.mlp(): 784-128-10",
        "training": f"{len(data['train'][0])} embedded images, {EPOCHS} epochs, fresh weights, no augmentation",
        "peaks": PEAKS,
        "tuning": "accuracy on the last 10,000 images of the whole training set, none of them trained on",
        "tuning seeds": list(TUNING_SEEDS),
        "versions": {name: version(name) for name in ("keras", "tensorflow", "numpy")},
        "python": platform.python_version(),
        "processor": f"{platform.machine()}, {os.cpu_count()} cores",
        "data sha256": {name: hashlib.sha256(x.tobytes() + y.tobytes()).hexdigest() for name, (x, y) in data.items()},
    }


def rung_config(rung, max_lr):
    """A rung at its peak, as configs from which a reader can build its schedules again."""
    rate, momentum = schedules_of(rung, max_lr)
    moving = isinstance(momentum, schedules.Schedule)
    return {"max_lr": max_lr, "rate": rate.config, "momentum": momentum.config if moving else momentum}


def record_ladder(data):
    table, peaks = Table("one_cycle_ladder", ("stage", "rung", "max_lr", "seed")), {}

    def mean(stage, rung, max_lr, seeds):
        runs = [
            table.ensure((stage, rung, max_lr, seed), lambda seed=seed: run(data, stage, rung, max_lr, seed))
            for seed in seeds
        ]
        return sum(runs) / len(runs)

    for rung in RUNGS:
        means = {max_lr: mean("tune", rung, max_lr, TUNING_SEEDS) for max_lr in PEAKS}
        peaks[rung] = max(means, key=means.get)
        print(f"{rung}: peak {peaks[rung]:g}, {mean('final', rung, peaks[rung], FINAL_SEEDS):.4f}", flush=True)
    table.describe(
        provenance(data)
        | {"batch size": BATCH_SIZE, "steps": EPOCHS * 6000 // BATCH_SIZE, "final seeds": list(FINAL_SEEDS)}
        | {"final": "accuracy on the whole test set, 10,000 images, touched once, with other seeds"}
        | {"rungs": {rung: rung_config(rung, peaks[rung]) for rung in RUNGS}}
    )


def record_settings(data):
    table = Table("one_cycle_settings", ("batch_size", "weight_decay", "max_lr", "seed"))
    for batch_size, weight_decay in SETTINGS:
        for max_lr in PEAKS:
            for seed in TUNING_SEEDS:
                key = (batch_size, weight_decay, max_lr, seed)
                table.ensure(key, lambda key=key: run(data, "tune", SETTINGS_RUNG, key[2], key[3], key[0], key[1]))
        print(f"batch {batch_size}, weight decay {weight_decay:g}: done", flush=True)
    table.describe(provenance(data) | {"rung": SETTINGS_RUNG, "settings": SETTINGS})


if __name__ == "__main__":
    everything = load_data()
    record_ladder(everything)
    record_settings(everything)
