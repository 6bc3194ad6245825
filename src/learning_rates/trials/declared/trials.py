"""The trials that judge the articles' claims, each declared before its first run.

What holds for all of them: every arm of a trial has the same network, data, batch size and number of samples, fresh
weights, and the same number of tries for its peak.
"""

from dataclasses import replace
from itertools import product

from learning_rates.trials.declared.forms import (
    SEEDS,
    TUNING_SEEDS,
    Arm,
    PeakRule,
    Phase,
    Trial,
)

ADAM_RATES = tuple(round(0.00003 * 10 ** (k / 3), 8) for k in range(10))  # 0.00003 to 0.03
FEW_SGD_RATES = tuple(round(0.01 * 10 ** (k / 2), 6) for k in range(5))  # 0.01 to 1, for large networks
FEW_ADAM_RATES = tuple(round(0.0001 * 10 ** (k / 2), 6) for k in range(6))  # 0.0001 to 0.03
LOW_SGD_RATES = tuple(round(0.00001 * 10 ** (k / 3), 8) for k in range(16))  # 0.00001 to 1
WIDE_RATES = tuple(float(f"1e{k}") for k in range(-9, 1))  # for inputs of any scale

CONSTANT, LINEAR = Arm("constant"), Arm("linear decay")
USUAL = {
    "constant": CONSTANT,
    "linear decay": LINEAR,
    "warm-up + linear": Arm("warm-up + linear"),
    "one-cycle": Arm("one-cycle"),
}

RAMP = {"epochs": 24, "ramp": 6}

TRIALS = {
    "rock paper scissors": Trial(
        task="rock paper scissors",
        optimizer="adam",
        batch_size=64,
        samples=24 * 2_520,
        checks=24,
        rates=ADAM_RATES,
        arms={**USUAL, "ramp and halve": Arm("ramp and halve", RAMP)},
        published={
            "Adam, 0.001": (Phase("constant", 0.001, 24 * 2_520, 64, "adam", 0.9),),
            "Adam, scheduled": (Phase("ramp once an epoch", 0.002, 24 * 2_520, 64, "adam", 0.9, RAMP),),
        },
        note="The article trains all of MobileNetV2 on augmented images of 128 × 128 pixels; here its features are "
        "frozen, the images are enlarged from 28 × 28, and none is augmented.",
    ),
    "ants and bees": Trial(
        task="ants and bees",
        batch_size=4,
        samples=25 * 244,
        checks=25,
        arms={
            **USUAL,
            "step decay": Arm("step decay", {"every": 7 / 25}),
            "one-cycle, range test": Arm("one-cycle", peak=PeakRule.MINIMUM_OVER_10),
        },
        published={
            "fixed": (Phase("step decay", 0.001, 25 * 244, 4, momentum=0.9, options={"every": 7 / 25}),),
            "1cycle": (Phase("one-cycle", 0.007, 25 * 244, 4),),
        },
        note="The article trains all of ResNet-18; here the features of MobileNetV2 are frozen. Its “fixed” arm is "
        "taken from the tutorial that it starts from.",
    ),
    "fashion": Trial(
        task="fashion",
        batch_size=32,
        samples=27 * 6_000,
        checks=27,
        rates=FEW_SGD_RATES,
        budgets=(1.0, 1 / 3, 0.2),
        tuning_seeds=TUNING_SEEDS[:2],
        arms=USUAL,
        published={"Keras's default": (Phase("constant", 0.01, 27 * 6_000, 32),)},
        note="A tenth of the training images. The article states no rate for its baseline; Keras's default stands for "
        "it.",
    ),
    "cifar": Trial(
        task="cifar",
        batch_size=32,
        samples=10 * 10_000,
        rates=(0.001, 0.003162, *FEW_SGD_RATES[:3]),
        tuning_seeds=TUNING_SEEDS[:2],
        seeds=SEEDS[:8],
        arms=USUAL,
        published={"Keras's default": (Phase("constant", 0.01, 10 * 10_000, 32),)},
        note="A fifth of the training images. The article states neither epochs nor its baseline's rate. An earlier "
        "declaration, of 20 epochs and with peaks from 0.003 to 0.3, was dropped after eight tuning runs of the "
        "constant rate: the lowest was its best, and the whole took too long; nothing else of it had been run.",
    ),
    "boston": Trial(
        task="boston",
        batch_size=32,
        samples=100 * 324,
        arms=USUAL,
        note="The article states neither network nor epochs; here three dense layers and 100 epochs.",
    ),
    "diabetes": Trial(task="diabetes", batch_size=32, samples=100 * 283, arms=USUAL),
    "diabetes longer grid": Trial(
        task="diabetes",
        batch_size=32,
        samples=100 * 283,
        rates=LOW_SGD_RATES,
        arms=USUAL,
        note="No claim: the trial “diabetes” again. There the constant rate on all samples did best at the lowest peak "
        "that was tried, 0.001; here every arm tries six lower ones besides. Declared when the first results were "
        "known.",
    ),
    "batch size": Trial(
        task="fashion",
        arms={},
        batch_size=32,
        samples=0,
        published={
            f"batch {size}, rate {rate}": (Phase("constant", rate, 100 * size, size, momentum=0.9),)
            for rate in (0.64, 0.08)
            for size in (32, 2_048)
        },
        note="100 steps each: with equal samples, batch 2,048 would make a 64th of the steps.",
    ),
    "scaling": Trial(
        task="cardio",
        batch_size=350,
        samples=10 * 44_800,
        rates=WIDE_RATES,
        budgets=(1.0,),
        arms={
            "standardised": CONSTANT,
            "as it comes": Arm("constant", task="cardio as it comes"),
            "standardised, linear": LINEAR,
            "as it comes, linear": Arm("linear decay", task="cardio as it comes"),
        },
    ),
    "cardio": Trial(
        task="cardio",
        batch_size=350,
        samples=50 * 56_000,
        arms={
            **USUAL,
            "triangular": Arm("cycles", {"number": 6}),
            "triangular, range test": Arm("cycles", {"number": 6}, peak=PeakRule.MINIMUM),
        },
        published={
            "SGD, 0.01, batch 32": (Phase("constant", 0.01, 50 * 56_000, 32),),
            "SGD, 0.01, batch 350": (Phase("constant", 0.01, 50 * 56_000, 350),),
            "CLR, batch 350": (
                Phase("unfinished cycle", 0.01, 50 * 56_000, 350, options={"base": 0.0001, "step_size": 400}),
            ),
        },
        note="The article shows neither its bounds nor the sizes of its layers; taken are the example of TensorFlow "
        "Addons' own documentation, 0.0001 to 0.01, and 64, 32 and 2 units.",
    ),
    "yardstick": Trial(
        task="cardio, logistic regression",
        batch_size=350,
        samples=10 * 44_800,
        budgets=(1.0,),
        arms={"constant": CONSTANT, "linear decay": LINEAR},
        note="No claim: what the plainest model reaches on the cardiovascular table.",
    ),
    "cleaned": Trial(
        task="cardio, cleaned",
        batch_size=350,
        samples=10 * 43_950,
        budgets=(1.0,),
        arms={"constant": CONSTANT, "linear decay": LINEAR},
        note="No claim: the cardiovascular table without the rows whose blood pressures are impossible.",
    ),
    "mnist": Trial(
        task="mnist",
        optimizer="adam",
        batch_size=200,
        samples=10 * 60_000,
        rates=FEW_ADAM_RATES,
        tuning_seeds=TUNING_SEEDS[:2],
        arms={
            **USUAL,
            "triangular": Arm("cycles", {"number": 3}),
            "Welch": Arm("cycles", {"number": 3, "window": "welch"}),
            "Hann": Arm("cycles", {"number": 3, "window": "hann"}),
        },
        published={
            "Adam, 0.001": (Phase("constant", 0.001, 600_000, 200, "adam", 0.9),),
            "CLR, weights continued": (
                Phase("constant", 0.001, 600_000, 200, "adam", 0.9),
                Phase("unfinished cycle", 0.006, 600_000, 2_000, "adam", 0.9, {"base": 0.001, "step_size": 2_000}),
            ),
            "constant, weights continued": (
                Phase("constant", 0.001, 600_000, 200, "adam", 0.9),
                Phase("constant", 0.001, 600_000, 2_000, "adam", 0.9),
            ),
            "CLR, fresh weights": (
                Phase("unfinished cycle", 0.006, 600_000, 2_000, "adam", 0.9, {"base": 0.001, "step_size": 2_000}),
            ),
        },
        note="10,000 of the 60,000 training images are kept for tuning; the samples are the article's 600,000.",
    ),
}

EIGHTH = (1 / 8,)  # of the samples, as 10,000 of 80,000 steps
TRIALS["super-convergence"] = Trial(
    task="cifar resnet",
    batch_size=50,
    samples=128 * 1_000,
    rates=FEW_SGD_RATES[1:],
    budgets=(1.0, 1 / 8),
    checks=4,
    tuning_seeds=TUNING_SEEDS[:2],
    seeds=SEEDS[:8],
    arms={
        "drops": Arm("drops", {"at": (5 / 8, 7 / 8)}),
        "linear decay": LINEAR,
        "constant": Arm("constant", budgets=EIGHTH),
        "warm-up + linear": Arm("warm-up + linear", budgets=EIGHTH),
        "one-cycle": Arm("one-cycle", budgets=EIGHTH),
        "one triangle": Arm("cycles", {"number": 1}, budgets=EIGHTH),
    },
    note="The paper trains ResNet-56 on 50,000 mirrored images, 1,000 a batch, for 1,600 and 200 epochs; here ResNet-8 "
    "with 8 filters, 1,000 images as they are, 50 a batch, 128 and 16 epochs. The long run's rate drops at the same "
    "parts of it. The paper's arms differ in batch normalisation's averaging too; here none do.",
)

TRIALS["rock paper scissors, fine-tuned"] = replace(
    TRIALS["rock paper scissors"],
    task="rock paper scissors, fine-tuned",
    note="No claim, and no result yet: the article's own network, trained as a whole on augmented images, for those "
    "who have an accelerator. The images are enlarged from 28 × 28; how the article augments them, it does not state.",
)

# Every level of one factor meets every level of the others.
FACTORS: dict[str, tuple[float, ...]] = {
    "rate": tuple(round(0.001 * 10 ** (k / 2), 6) for k in range(7)),  # 0.001 to 1
    "batch": (16, 64, 256),
    "momentum": (0.0, 0.5, 0.9),
    "units": (32, 128, 512),
}


def _named(levels: tuple[float, ...]) -> tuple[str, dict[str, float]]:
    setting = dict(zip(FACTORS, levels, strict=True))
    return ", ".join(f"{factor} {level:g}" for factor, level in setting.items()), setting


SETTINGS = dict(map(_named, product(*FACTORS.values())))  # {"rate 0.1, batch 64, …": {"rate": 0.1, "batch": 64, …}}

TRIALS["settings"] = Trial(
    task="sample, 128 units",
    arms={},
    batch_size=64,
    samples=12_000,
    seeds=SEEDS[:8],
    published={
        name: (
            Phase(
                "constant",
                setting["rate"],
                12_000,
                int(setting["batch"]),
                momentum=setting["momentum"],
                task=f"sample, {setting['units']} units",
            ),
        )
        for name, setting in SETTINGS.items()
    },
    note="Whatever counts as the usual range of a factor decides its share: here three decades of the rate, and a "
    "factor of 16 in batch size and in width. Steps are rounded down to whole tens: at a batch of 256 that makes 15 % "
    "fewer samples.",
)

TRIANGLE = {"number": 6}
TRIALS["timing"] = Trial(
    task="timing",
    arms={},
    batch_size=350,
    samples=0,
    published={
        "CLR over a constant rate": (
            Phase("cycles", 0.01, 70_000, 350, options=TRIANGLE, task="cardio"),
            Phase("constant", 0.01, 70_000, 350, task="cardio"),
        ),
        "CLR at batch 350 over a constant rate at batch 32": (
            Phase("cycles", 0.01, 70_000, 350, options=TRIANGLE, task="cardio"),
            Phase("constant", 0.01, 70_000, 32, task="cardio"),
        ),
        "Adam over SGD": (
            Phase("constant", 0.001, 20_000, 200, "adam", 0.9, task="mnist"),
            Phase("constant", 0.001, 20_000, 200, "sgd", 0.9, task="mnist"),
        ),
    },
    note="Time of the processor, on one core: for each recipe the shortest of 15 laps, taken in turn in one process.",
)
