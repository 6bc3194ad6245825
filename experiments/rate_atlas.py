"""Record what the chapter on a network to train reports: the atlas, the inputs' scale, and what explodes.

    LEARNING_RATES_DATA=... python -m experiments.rate_atlas

appends to results/rate_atlas_runs.csv, results/input_scale.csv and results/explosions.csv, a row a finished run, and
says in a .json beside each how it was made; results/rate_atlas.json holds the atlas's curves for the explorer. A second
start goes on where the first was stopped.

Stated before the results. Primary question: does the network reach, with inputs from 0 to 255, the test accuracy that
it reaches with inputs from 0 to 1, each at its own best rate? A difference of less than 0.5 points counts as none.
"""

import functools
import json
import sys

import jax
import jax.numpy as jnp
import numpy as np

from experiments import recording
from experiments.recording import RESULTS, Table
from learning_rates import models, schedules
from learning_rates.trials.engines.runs import Run, order
from learning_rates.trials.engines.side_by_side import cross_entropy, judge, train

MOMENTUM = 0.9
SAMPLES, POINT = 60_000, 2_000  # of a run; and those that a point of a curve is the mean loss of
POINTS = SAMPLES // POINT
RATES = [0.005 * 2.0**k for k in range(9)]
BATCHES = [2000, 500, 100, 20]
SEEDS = range(8)

# The inputs' scale: rates in factors of four, wide enough for pixels of 0 to 255.
WIDE_RATES = [0.32 / 4.0**k for k in range(12)]
SCALE_BATCH, SCALE_STEPS = 60, 600
TUNING_SEEDS, FINAL_SEEDS = range(1000, 1004), range(16)
SMALL_START = "small start"

# What explodes: a deeper network, a hundred steps at every batch size: a cure has to hold for equal steps.
HIDDEN = [64, 64, 64, 64]
DEEP_STEPS = 100
DEEP_RATES = [0.04, 0.08, 0.16, 0.32, 0.64, 1.28]
DEEP_BATCHES = [32, 256, 2000]
EXPLOSIVE, WARMUP_STEPS = 0.64, 30
CURES = {"clipnorm 1": 1.0, "clipnorm 0.1": 0.1, "warm-up": None}  # the largest norm of an array's gradient
CURE_RATES = [0.16, 0.32, EXPLOSIVE]
TRAINS_BELOW = 2.0  # mean loss of the last ten steps; ten equally likely classes have log 10 = 2.30


# -------------------------------------------------------------------------------------------------------------- atlas
def atlas(data):
    values = ["stopped", "loss", "accuracy", *(f"loss{point}" for point in range(POINTS))]
    table = Table("rate_atlas_runs", ["batch", "rate", "seed"], values)
    made = recording.provenance("rate_atlas.py", data)
    made |= {"momentum": MOMENTUM, "samples": SAMPLES, "samples a point": POINT, "points": POINTS}
    made |= {"batches": BATCHES, "rates": RATES, "network": "784-128-10, models.mlp"}
    made["columns"] = (
        "stopped: first step whose loss is not finite, -1 if none; loss and accuracy: on the whole test set; "
        "loss0 …: mean loss of each 2,000 training samples, every batch before its update"
    )
    table.describe(made)
    for batch in BATCHES:
        steps = SAMPLES // batch
        for rate in RATES:
            runs = [Run((batch, rate, seed), seed, schedules.constant(rate, steps), MOMENTUM) for seed in SEEDS]
            missing = [run for run in runs if run.key not in table]
            if not missing:
                continue
            ((_, weights, losses),) = train(missing, data["train"], batch)
            means = losses.astype("float64").reshape(len(missing), POINTS, -1).mean(axis=2)
            judged = judge(weights, data["final"])
            for run, each, mean, loss, accuracy in zip(missing, losses, means, *judged, strict=True):
                table.append(run.key, (first_not_finite(each), loss, accuracy, *mean))
            print(f"batch {batch}, rate {rate:g}: last {np.round(means[:, -1], 3)}", flush=True)
    write_record(table, made)


def first_not_finite(losses):
    return next((step for step, loss in enumerate(losses) if not np.isfinite(loss)), -1)


def write_record(table, made):
    """The curves for the explorer: JSON knows no NaN, so a curve ends with its last finite point."""
    runs = []  # a list a batch size, in it an entry a rate
    for batch in BATCHES:
        runs.append([])
        for rate in RATES:
            rows = [table[(batch, rate, seed)] for seed in SEEDS]
            curves = [[row[f"loss{point}"] for point in range(POINTS)] for row in rows]
            entry = {"losses": [[float(f"{loss:.3g}") for loss in curve if np.isfinite(loss)] for curve in curves]}
            entry["stopped"] = [int(row["stopped"]) for row in rows]
            entry["accuracy"] = [round(row["accuracy"], 4) for row in rows]
            runs[-1].append(entry)
    record = {"made": made, "runs": runs}
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    (RESULTS / "rate_atlas.json").write_text(text + "\n", encoding="utf-8")


# ------------------------------------------------------------------------------------------------- the inputs' scale
def input_scale(data):
    x, _ = data["train"]
    middle, spread = x.mean(), x.std()
    inputs = {
        "0 to 255": lambda x: x * 255,
        "0 to 1": lambda x: x,
        "standardised": lambda x: (x - middle) / spread,
    }
    table = Table("input_scale", ["stage", "arm", "max_lr", "seed"], ["loss", "accuracy"])
    made = recording.provenance("rate_atlas.py", data)
    made |= {"momentum": MOMENTUM, "batch": SCALE_BATCH, "steps": SCALE_STEPS, "rates": WIDE_RATES}
    made |= {"tuning seeds": list(TUNING_SEEDS), "final seeds": list(FINAL_SEEDS)}
    made |= {"question": "0 to 255 against 0 to 1, test accuracy", "margin": 0.005, "peaks": {}}
    made["added after the results"] = f"{SMALL_START}: 0 to 255, the first layer's weights divided by 255 at the start"
    file = table.path.with_suffix(".json")
    if file.exists():  # the last run's peaks stay until they are found again
        made["peaks"] = json.loads(file.read_text(encoding="utf-8"))["peaks"]
    table.describe(made)
    for arm, change in inputs.items():
        changed = {name: (change(x).astype("float32"), y) for name, (x, y) in data.items()}
        arms = {arm: lambda rate: schedules.constant(rate, SCALE_STEPS)}
        best = recording.tune_and_judge(
            table, arms, WIDE_RATES, changed, SCALE_BATCH, TUNING_SEEDS, FINAL_SEEDS, MOMENTUM
        )
        made["peaks"] |= best
    changed = {name: (inputs["0 to 255"](x).astype("float32"), y) for name, (x, y) in data.items()}
    made["peaks"][SMALL_START] = small_start(table, changed)
    table.describe(made)


def small_mlp(seed=0):
    """The network whose first layer gets from inputs of 0 to 255 at the start what it gets from 0 to 1."""
    model = models.mlp(seed=seed)
    kernel = model.trainable_variables[0]
    kernel.assign(kernel / 255)
    return model


def small_start(table, data):
    """`recording.tune_and_judge` for the arm that starts from `small_mlp`; gives its peak."""

    def accuracy(stage, rate, seeds, images):
        schedule = schedules.constant(rate, SCALE_STEPS)
        runs = [Run((stage, SMALL_START, rate, seed), seed, schedule, MOMENTUM) for seed in seeds]
        for group in recording.groups([run for run in runs if run.key not in table]):
            ((_, weights, _),) = train(group, data["train"], SCALE_BATCH, build=small_mlp)
            for run, *judged in zip(group, *judge(weights, data[images]), strict=True):
                table.append(run.key, judged)
        return np.mean([table[run.key]["accuracy"] for run in runs])

    best = max(WIDE_RATES, key=lambda rate: accuracy("tune", rate, TUNING_SEEDS, "tune"))
    print(f"{SMALL_START}: peak {best:g}, accuracy {accuracy('final', best, FINAL_SEEDS, 'final'):.4f}", flush=True)
    return best


# --------------------------------------------------------------------------------------------------- what explodes
def deep_mlp(seed=0):
    """Hidden layers as Keras makes them by default."""
    import keras  # only now: `recording` has to choose its backend first

    starts = [keras.initializers.GlorotUniform(seed=10 * seed + i) for i in range(len(HIDDEN) + 1)]
    hidden = [
        keras.layers.Dense(units, activation="relu", kernel_initializer=start)
        for units, start in zip(HIDDEN, starts[:-1], strict=True)
    ]
    return keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, kernel_initializer=starts[-1])])


@functools.cache
def advance_deep():
    model = deep_mlp()

    @jax.jit
    def advance(weights, x, y, orders, rates, clip):
        def one_run(weights, order):
            def step(state, now):
                weights, velocity = state
                batch, rate = now
                loss = functools.partial(cross_entropy, model, x=x[batch], y=y[batch])
                value, slopes = jax.value_and_grad(loss)(weights)
                # Keras's clipnorm: every array by itself.
                norms = [jnp.sqrt(jnp.sum(slope**2)) for slope in slopes]
                slopes = [g * jnp.where(norm > clip, clip / norm, 1.0) for g, norm in zip(slopes, norms, strict=True)]
                velocity = [MOMENTUM * v - rate * g for v, g in zip(velocity, slopes, strict=True)]
                return ([w + v for w, v in zip(weights, velocity, strict=True)], velocity), value

            still = [jnp.zeros_like(weight) for weight in weights]
            return jax.lax.scan(step, (weights, still), (order, rates))[1]

        return jax.vmap(one_run)(weights, orders)

    return advance


def train_deep(seeds, data, batch, rates, clip):
    """Losses of these seeds, each batch's before its update, of shape (seeds, steps)."""
    firsts = [[jnp.asarray(variable.value) for variable in deep_mlp(seed).trainable_variables] for seed in seeds]
    weights = [jnp.stack(parts) for parts in zip(*firsts, strict=True)]
    orders = jnp.asarray(np.stack([order(len(data[0]), batch, len(rates), seed) for seed in seeds]))
    x, y = (jnp.asarray(part) for part in data)
    return np.asarray(advance_deep()(weights, x, y, orders, jnp.asarray(rates, "float32"), clip))


def explosions(data):
    table = Table("explosions", ["arm", "batch", "rate", "seed"], ["stopped", "loss_first", "loss_last"])
    made = recording.provenance("rate_atlas.py", data)
    made |= {"momentum": MOMENTUM, "steps": DEEP_STEPS, "batches": DEEP_BATCHES, "rates": DEEP_RATES}
    made |= {"hidden": HIDDEN, "cures": CURES, "warm-up steps": WARMUP_STEPS, "explosive rate": EXPLOSIVE}
    made |= {"cure rates": CURE_RATES}
    made |= {"seeds": list(SEEDS), "trains below": TRAINS_BELOW}
    made["columns"] = "stopped: first step whose loss is not finite, -1 if none; loss_last: mean of the last ten steps"
    table.describe(made)
    for batch in DEEP_BATCHES:
        plain, cured = [("plain", rate) for rate in DEEP_RATES], [(cure, rate) for cure in CURES for rate in CURE_RATES]
        for arm, rate in plain + cured:
            missing = [seed for seed in SEEDS if (arm, batch, rate, seed) not in table]
            if not missing:
                continue
            rates = np.full(DEEP_STEPS, rate)
            if arm == "warm-up":
                rates[:WARMUP_STEPS] *= np.arange(1, WARMUP_STEPS + 1) / WARMUP_STEPS
            losses = train_deep(missing, data["train"], batch, rates, CURES.get(arm) or np.inf)
            for seed, each in zip(missing, losses.astype("float64"), strict=True):
                table.append((arm, batch, rate, seed), (first_not_finite(each), each[0], each[-10:].mean()))
            print(f"{arm}, batch {batch}, rate {rate:g}: last {np.round(losses[:, -10:].mean(axis=1), 2)}", flush=True)


if __name__ == "__main__":
    parts = recording.fashion_mnist()
    for part in sys.argv[1:] or ["explosions", "atlas", "input_scale"]:
        globals()[part](parts)
