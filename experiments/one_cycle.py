"""Record what the one-cycle chapter reports: the ladder, and how the best peak depends on batch size and weight decay.

    KERAS_BACKEND=tensorflow LEARNING_RATES_DATA=... python -m experiments.one_cycle

makes one_cycle_ladder and one_cycle_settings in results/. About half an hour on two cores. What stands there was made
when `fit` shuffled the batches itself; a new recording draws their order as all engines do.
"""

from experiments.recording import (
    EIGHT_SEEDS,
    FASHION,
    PEAKS,
    TWENTY_FOUR_SEEDS,
    ComparisonTable,
    compare,
    comparison,
    comparison_trial,
    described,
    ensure,
)
from learning_rates.trials.declared.forms import Arm
from learning_rates.trials.declared.policies import rate_and_momentum
from learning_rates.trials.runs import Run
from learning_rates.trials.table import RESULTS, Table

EPOCHS, SAMPLES = 6, 6000
FIT = f"{FASHION}, fit"
RUNG = Arm("one-cycle", {"momentum": "cycled"})
# The first six are the ladder; then the two other policies that go by the name of one-cycle, and a milder momentum.
TRIAL = comparison_trial(
    task=FIT,
    arms={
        "constant": Arm("constant"),
        "linear decay": Arm("linear decay"),
        "warm-up + linear": Arm("warm-up + linear", {"ramp": 1 / 10, "start": 1 / 25}),
        "longer warm-up": Arm("one-cycle", {"momentum": "fixed", "anneal": "linear"}),
        "one-cycle": Arm("one-cycle", {"momentum": "fixed"}),
        "one-cycle + momentum": RUNG,
        "cycle and tail": Arm(
            "one-cycle", {"momentum": "fixed", "pct_start": 0.45, "anneal": "linear", "three_phase": True}
        ),
        "ramp–sustain–decay": Arm("ramp and halve", {"epochs": 24, "ramp": 6}),
        "one-cycle + milder momentum": Arm("one-cycle", {"momentum": "milder"}),
    },
    rates=PEAKS,
    tuning_seeds=EIGHT_SEEDS,
    seeds=TWENTY_FOUR_SEEDS,
)
SETTINGS = [(15, 0.0), (60, 0.0), (240, 0.0), (60, 1e-3), (60, 1e-2)]  # batch size, weight decay


def record_ladder() -> None:
    table = ComparisonTable("one_cycle_ladder", TRIAL, arm="rung")
    compare(table)
    made = comparison(table)
    made["rungs"] = made.pop("arms")
    table.describe(described("one_cycle.py", [FIT]) | made)


def record_settings() -> None:
    columns = ("batch_size", "weight_decay", "max_lr", "seed", "loss", "accuracy")
    table = Table(RESULTS / "one_cycle_settings.csv", columns)
    for batch_size, weight_decay in SETTINGS:
        for peak in TRIAL.rates:
            policy = rate_and_momentum(RUNG.schedule, peak, EPOCHS * (SAMPLES // batch_size), RUNG.options)
            runs = [
                Run((batch_size, weight_decay, peak, seed), seed, *policy, weight_decay) for seed in TRIAL.tuning_seeds
            ]
            ensure(table, runs, batch_size, "tune", FIT)
        print(f"batch {batch_size}, weight decay {weight_decay:g}: done", flush=True)
    table.describe(
        described("one_cycle.py", [FIT], peaks=list(TRIAL.rates), rung="one-cycle + momentum", settings=SETTINGS)
    )


if __name__ == "__main__":
    record_ladder()
    record_settings()
