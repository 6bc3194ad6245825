"""Record what the chapter on adaptive optimizers reports: does Adam need a rate, and does it need a schedule?

    KERAS_BACKEND=jax LEARNING_RATES_DATA=... python -m experiments.adaptive_optimizers

About ten minutes on two cores.

Declared before the first run. Primary question: Adam with a linear decay to zero against Adam at a constant rate, each
at its own best rate, in test accuracy; a difference under half a point counts as none. Further questions: RMSProp,
AdaGrad and SGD with momentum against Adam, all at their best constant rates; momentum with a linear decay against Adam
with one; and, on pixels left at 0 to 255, Adam at 0.001, Keras's default, against Adam at its best rate.
"""

from experiments.recording import (
    BATCH_SIZE,
    EIGHT_SEEDS,
    FASHION,
    STEPS,
    TWENTY_FOUR_SEEDS,
    ComparisonTable,
    compare,
    comparison_trial,
    described,
)
from learning_rates.trials import training
from learning_rates.trials.declared.forms import Arm, Stage
from learning_rates.trials.plan import Group

DEFAULT = 0.001  # of keras.optimizers.Adam
FACTORS = [2.0**k for k in range(-5, 6)]


def rates(middle: float) -> tuple[float, ...]:
    return tuple(float(f"{middle * factor:g}") for factor in FACTORS)


RAW = "Adam, raw pixels"
AT_DEFAULT = f"{RAW}, default"
TRIAL = comparison_trial(
    arms={
        "Adam": Arm("constant"),
        "Adam, linear decay": Arm("linear decay"),
        RAW: Arm("constant", task=f"{FASHION}, 0 to 255"),
        "momentum": Arm("constant", optimizer="sgd", rates=rates(0.02)),
        "momentum, linear decay": Arm("linear decay", optimizer="sgd", rates=rates(0.02)),
        "RMSprop": Arm("constant", optimizer="rmsprop"),
        "Adagrad": Arm("constant", optimizer="adagrad", rates=rates(0.02)),
    },
    optimizer="adam",
    rates=rates(DEFAULT),
    tuning_seeds=EIGHT_SEEDS,
    seeds=TWENTY_FOUR_SEEDS,
)
QUESTIONS = [
    ["Adam, linear decay", "Adam"],
    ["momentum", "Adam"],
    ["RMSprop", "Adam"],
    ["Adagrad", "Adam"],
    ["momentum, linear decay", "Adam, linear decay"],
    [AT_DEFAULT, RAW],
]


def record_default(table: ComparisonTable) -> None:
    """Adam on raw pixels at Keras's own rate, which is not tuned."""
    at_default = Group(Stage.FINAL, RAW, 1.0, DEFAULT, TRIAL.seeds)
    named = at_default._replace(arm=AT_DEFAULT)
    if table.missing([named]):
        table.add_group(named, training.train(TRIAL, at_default), {})


def main() -> None:
    table = ComparisonTable("adaptive_optimizers", TRIAL, others=[AT_DEFAULT])
    best = compare(table)
    record_default(table)
    table.describe(
        described(
            "adaptive_optimizers.py",
            [FASHION, f"{FASHION}, 0 to 255"],
            steps=STEPS,
            batch_size=BATCH_SIZE,
            tuning_seeds=list(TRIAL.tuning_seeds),
            final_seeds=list(TRIAL.seeds),
            default=DEFAULT,
            questions=QUESTIONS,
            margin=0.005,
            arms={name: {"tried": TRIAL.rates_of(name), "best": peak} for name, peak in best.items()},
        )
    )


if __name__ == "__main__":
    main()
