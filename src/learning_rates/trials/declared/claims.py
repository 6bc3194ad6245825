"""What the articles claim, and the trials that judge it: data, written before the first result of each.

A claim names the difference that would bear it out, and the margin below which a difference counts as none. A trial is
what has to be run for it; several claims may be read from one trial. Rules that hold for all: every arm of a trial has
the same network, data, batch size and number of samples, fresh weights, and the same number of tries for its peak.
"""

from dataclasses import dataclass, field, replace
from itertools import product

MARGIN = 0.5  # points of accuracy; less counts as none
SGD_RATES = tuple(round(0.001 * 10 ** (k / 3), 6) for k in range(10))  # 0.001 to 1, three a decade
ADAM_RATES = tuple(round(0.00003 * 10 ** (k / 3), 8) for k in range(10))  # 0.00003 to 0.03
FEW_SGD_RATES = tuple(round(0.01 * 10 ** (k / 2), 6) for k in range(5))  # 0.01 to 1, for large networks
FEW_ADAM_RATES = tuple(round(0.0001 * 10 ** (k / 2), 6) for k in range(6))  # 0.0001 to 0.03
WIDE_RATES = tuple(float(f"1e{k}") for k in range(-9, 1))  # for inputs of any scale
TUNING_SEEDS = tuple(range(1000, 1004))
SEEDS = tuple(range(16))


@dataclass(frozen=True)
class Arm:
    """A policy whose peak is tuned.

    Args:
        schedule: a name in `recipes.SCHEDULES`.
        options: what that takes beside the peak.
        task: other inputs for this arm alone; "" means the trial's.
        peak: "tuned", or a name in `training.RANGE_TEST`, where a range test gives it, without tuning.
        budgets: the trial's that it is run at; () means all of them.
    """

    schedule: str
    options: dict = field(default_factory=dict)
    task: str = ""
    peak: str = "tuned"
    budgets: tuple = ()


@dataclass(frozen=True)
class Phase:
    """A part of a run as published: each number is the article's, or stands in the trial's note.

    Args:
        schedule, options: as of an `Arm`.
        peak: the rate.
        samples: how many are seen.
        batch_size: of them.
        optimizer: "sgd" or "adam".
        momentum: μ, or β₁; a schedule of the recipe has precedence.
        task: as of an `Arm`.
    """

    schedule: str
    peak: float
    samples: int
    batch_size: int
    optimizer: str = "sgd"
    momentum: float = 0.0
    options: dict = field(default_factory=dict)
    task: str = ""


@dataclass(frozen=True)
class Trial:
    """What is run.

    Args:
        task: a name in `tasks.TASKS`.
        arms: {name: Arm}, each tuned; the first with the whole budget is the baseline.
        samples: the whole budget; budgets are parts of it.
        batch_size: of every arm.
        optimizer: "sgd" (momentum 0.9) or "adam".
        rates: the peaks that every arm tries.
        budgets: the parts of `samples` at which all is tuned and judged anew.
        published: {name: phases}: recipes run as they stand; where the task is timed, how much more of the processor's
            time the first one's samples take than the second's, in per cent.
        checks: how many times a run is looked at on its way.
        tuning_seeds, seeds: of the choice of peaks, and of what is judged.
        note: what of the article is changed or had to be guessed.
    """

    task: str
    arms: dict
    samples: int
    batch_size: int
    optimizer: str = "sgd"
    rates: tuple = SGD_RATES
    budgets: tuple = (1.0, 0.2)
    published: dict = field(default_factory=dict)
    checks: int = 10
    tuning_seeds: tuple = TUNING_SEEDS
    seeds: tuple = SEEDS
    note: str = ""

    def budgets_of(self, name):
        """Those at which an arm is run."""
        return self.arms[name].budgets or self.budgets


@dataclass(frozen=True)
class Claim:
    """What was said, and what would bear it out.

    Args:
        source: its entry in the bibliography.
        said: at most one sentence of it, or the numbers printed.
        trial: a name in TRIALS; "" where no run can judge it.
        contrast: (arm, against), the primary one: arm − against. Each is (stage, name, budget); no `against` where the
            arm's own score is a difference.
        confirms, refutes: what result would, in words.
        fault: what is wrong with the article's own comparison.
        published: the contrast of its own recipes, run as they stand; None where it states too little for that.
        measure: a name in `verdicts.MEASURES`, or "share of variance".
        at: the part of the run at which the measure is taken.
        direction: 1 where more of the measure bears the claim out, −1 where less does.
        claimed: the difference that was claimed, in the measure's unit; None where no number was.
        margin: a difference smaller than that counts as none.
        equal: whether it is equivalence that was claimed; being better bears it out, too.
        two_sided: with `equal`: being better by more than the margin refutes it, too.
    """

    source: str
    said: str
    trial: str
    contrast: tuple
    confirms: str
    refutes: str
    fault: str
    published: tuple | None = None
    measure: str = "score"
    at: float = 1.0
    direction: int = 1
    claimed: float | None = None
    margin: float = MARGIN
    equal: bool = False
    two_sided: bool = False


def final(name, budget=1.0):
    return "final", name, budget


def as_published(name):
    return "published", name, 1.0


CONSTANT, LINEAR = Arm("constant"), Arm("linear decay")
USUAL = {
    "constant": CONSTANT,
    "linear decay": LINEAR,
    "warm-up + linear": Arm("warm-up + linear"),
    "one-cycle": Arm("one-cycle"),
}

# ------------------------------------------------------------------------------------------------------------- trials
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
            "one-cycle, range test": Arm("one-cycle", peak="range test: minimum/10"),
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
            "triangular, range test": Arm("cycles", {"number": 6}, peak="range test: minimum"),
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

EIGHTH = {"budgets": (1 / 8,)}  # of the samples, as 10,000 of 80,000 steps
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
        "constant": Arm("constant", **EIGHTH),
        "warm-up + linear": Arm("warm-up + linear", **EIGHTH),
        "one-cycle": Arm("one-cycle", **EIGHTH),
        "one triangle": Arm("cycles", {"number": 1}, **EIGHTH),
    },
    note="The paper trains ResNet-56 on 50,000 mirrored images, 1,000 a batch, for 1,600 and 200 epochs; here ResNet-8 "
    "with 8 filters, 1,000 images as they are, 50 a batch, 128 and 16 epochs. The long run's rate drops at the same "
    "parts of it. The paper's arms differ in batch normalisation's averaging too; here none do.",
)

TRIALS["rock paper scissors, fine-tuned"] = replace(
    TRIALS["rock paper scissors"],
    task="rock paper scissors, fine-tuned",
    note="No claim, and no result yet: the article's own network, trained as a whole on augmented images, for whoever "
    "has an accelerator. The images are enlarged from 28 × 28; how the article augments them, it does not state.",
)

# The factors of an experiment in which every level of one meets every level of the others
FACTORS = {
    "rate": tuple(round(0.001 * 10 ** (k / 2), 6) for k in range(7)),  # 0.001 to 1
    "batch": (16, 64, 256),
    "momentum": (0.0, 0.5, 0.9),
    "units": (32, 128, 512),
}


def every_setting():
    """{"rate 0.1, batch 64, momentum 0.9, units 128": its one phase, …}."""
    found = {}
    for levels in product(*FACTORS.values()):
        rate, batch, momentum, units = levels
        name = ", ".join(f"{factor} {level:g}" for factor, level in zip(FACTORS, levels, strict=True))
        found[name] = (Phase("constant", rate, 12_000, batch, momentum=momentum, task=f"sample, {units} units"),)
    return found


TRIALS["settings"] = Trial(
    task="sample, 128 units",
    arms={},
    batch_size=64,
    samples=12_000,
    seeds=SEEDS[:8],
    published=every_setting(),
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


# ------------------------------------------------------------------------------------------------------------- claims
SUPERCHARGE = {"source": "supercharge", "trial": "rock paper scissors"}
ACHIEVING = {"source": "achieving", "trial": "ants and bees"}
SCHEDULED = (as_published("Adam, scheduled"), as_published("Adam, 0.001"))
ONE_CYCLE = (as_published("1cycle"), as_published("fixed"))
SUPER = {"source": "smith2017superconvergence", "trial": "super-convergence"}

CLAIMS = {
    "A0.1": Claim(
        **SUPERCHARGE,
        said="It is able to assist our model to achieve convergence in just 5 epochs as compared to the other "
        "two models.",
        contrast=(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        measure="epochs to the baseline's end",
        direction=-1,
        margin=1.0,
        confirms="The schedule reaches the constant rate's final accuracy at least an epoch before that rate does.",
        refutes="It does so within an epoch of it, or later.",
        fault="A curve of one run each, on the test images; and the schedule's own peak was doubled, the "
        "baseline's rate not.",
    ),
    "A0.2": Claim(
        **SUPERCHARGE,
        said="… MobileNetV2_lr outperforms the other two very easily.",
        contrast=(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        claimed=0.0,
        confirms="The schedule's accuracy is higher by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The article's own table shows the schedule behind, 341 against 343 of 372 images; the small CNN "
        "beside it is "
        "another network and no control.",
    ),
    "A0.3": Claim(
        **SUPERCHARGE,
        said="We reach consistent values of validation accuracies ranging between 90–92% within 10 epochs which is so "
        "far the best we have seen across all our models.",
        contrast=(final("ramp and halve"), final("constant")),
        published=SCHEDULED,
        at=10 / 24,
        confirms="After 10 of 24 epochs the schedule is ahead of the constant rate by at least the margin.",
        refutes="It is not: then the constant rate is as quick.",
        fault="Best by a curve of one run each; and validation and test set are the same images.",
    ),
    "A1.1": Claim(
        **ACHIEVING,
        said="Printed: fixed rate 0.9411, 1cycle 0.9607.",
        contrast=(final("one-cycle"), final("step decay")),
        published=ONE_CYCLE,
        claimed=1.96,
        confirms="One-cycle's accuracy is higher than the stepped decay's by at least the margin, both tuned alike.",
        refutes="It is equivalent, or lower.",
        fault="147 against 144 of 153 images; the best epoch was picked on them; only one-cycle's rate was "
        "tuned; and the "
        "“fixed” rate decays.",
    ),
    "A1.2": Claim(
        **ACHIEVING,
        said="Though this experiment is a simple one, it is proven that 1cycle policy does a job in increasing the "
        "accuracy of neural network models and helps for super convergence.",
        contrast=(final("one-cycle", 0.2), final("linear decay")),
        published=None,
        equal=True,
        margin=1.0,
        confirms="One-cycle on a fifth of the samples is equivalent to a tuned linear decay on all of them.",
        refutes="It is worse.",
        fault="One experiment of one seed proves nothing; convergence in fewer steps was not measured.",
    ),
    "A1.3": Claim(
        **ACHIEVING,
        said="Run the LR range finder to find the maximum learning rate value to use on 1cycle learning.",
        contrast=(final("one-cycle, range test"), final("one-cycle")),
        equal=True,
        margin=1.0,
        confirms="One-cycle at the rate that a range test gives is equivalent to one-cycle with a tuned peak.",
        refutes="It is worse.",
        fault="The text reads 5e-3 from its curve and takes 7e-3.",
    ),
    "A2.1": Claim(
        source="quijas2023onecycle",
        said="By epoch 9, the 1cycle model had achieved better validation accuracy compared to the best "
        "baseline validation "
        "accuracy.",
        trial="fashion",
        contrast=(final("one-cycle", 1 / 3), final("constant")),
        claimed=0.0,
        confirms="One-cycle in 9 epochs ends higher than a tuned constant rate in 27, by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The baseline's rate is not stated in our copy, so nobody can tell whether it was tuned.",
    ),
    "A2.2": Claim(
        source="quijas2023onecycle",
        said="The 1cycle variant achieved a 81.2% validation accuracy, compared to 73.4% validation accuracy with the "
        "baseline model.",
        trial="cifar",
        contrast=(final("one-cycle"), final("constant")),
        claimed=7.8,
        confirms="One-cycle's accuracy is higher than a tuned constant rate's by at least the margin.",
        refutes="It is equivalent, or lower.",
        fault="The baseline's rate is not stated in our copy, so nobody can tell whether it was tuned; “10.6 %” is 7.8 "
        "points.",
    ),
    "A2.3": Claim(
        source="quijas2023onecycle",
        said="1cycle achieved a RMSE of 6.27, compared to 17.1 with the baseline model.",
        trial="boston",
        contrast=(final("one-cycle"), final("constant")),
        direction=-1,
        claimed=-10.83,
        confirms="One-cycle's error is smaller than a tuned constant rate's by at least half a thousand dollars.",
        refutes="It is equivalent, or greater.",
        fault="17.1 is nearly twice the error of predicting the mean; read as mean squared errors the numbers would be "
        "plausible.",
    ),
    "A2.4": Claim(
        source="quijas2023onecycle",
        said="… using large batch sizes such as 2048 resulted in exploding weight updates and Nan values.",
        trial="batch size",
        contrast=(as_published("batch 2048, rate 0.64"), as_published("batch 32, rate 0.64")),
        measure="diverged",
        margin=10.0,
        confirms="At the same rate, more runs diverge with batch 2,048 than with batch 32.",
        refutes="As many do, or fewer: then it is the rate.",
        fault="Rate and batch size were not varied apart.",
    ),
    "A2.5": Claim(
        source="quijas2023onecycle",
        said="… do not forget to scale your data.",
        trial="scaling",
        contrast=(final("standardised"), final("as it comes")),
        confirms="With standardised inputs a tuned network is more accurate by at least the margin.",
        refutes="It is equivalent, or less.",
        fault="Stated without a run.",
    ),
    "A3.1": Claim(
        source="clemente2020cycling",
        said="… our model trains much faster, taking even less than 50 seconds in total.",
        trial="timing",
        contrast=(as_published("CLR over a constant rate"), None),
        published=(as_published("CLR at batch 350 over a constant rate at batch 32"), None),
        direction=-1,
        claimed=-67.0,
        margin=5.0,
        confirms="At the same batch size the same samples take at least 5 % less time with cycles.",
        refutes="They take as long, or longer.",
        fault="Batch size 350 against Keras's 32: fewer steps for the same samples.",
    ),
    "A3.2": Claim(
        source="clemente2020cycling",
        said="Testing accuracy also improves, from 64.7% to 65%.",
        trial="cardio",
        contrast=(final("triangular"), final("constant")),
        published=(as_published("CLR, batch 350"), as_published("SGD, 0.01, batch 32")),
        claimed=0.3,
        confirms="The triangular policy is better than a tuned constant rate by at least the margin.",
        refutes="It is equivalent, or worse.",
        fault="Batch size 350 against 32; 0.3 points of 14,000 rows are within the noise of two draws (p = 0.61).",
    ),
    "A3.3": Claim(
        source="clemente2020cycling",
        said="… unlike adaptive learning rates, the CLR method requires no extra computation.",
        trial="timing",
        contrast=(as_published("CLR over a constant rate"), None),
        direction=-1,
        equal=True,
        margin=5.0,
        confirms="A step with a cycling rate takes as long as one with a constant rate, within 5 %.",
        refutes="It takes longer.",
        fault="Stated without a measurement.",
    ),
    "A3.4": Claim(
        source="clemente2020cycling",
        said="… we no longer have to manually tune the learning rates and we can still achieve near-optimal "
        "classification "
        "accuracy.",
        trial="cardio",
        contrast=(final("triangular, range test"), final("constant")),
        equal=True,
        confirms="Triangular cycles whose peak a range test gives are equivalent to a tuned constant rate.",
        refutes="They are worse.",
        fault="No range test is shown, and the accuracy lies below what the table allows.",
    ),
    "A4.1": Claim(
        source="paul2018cyclical",
        said="Printed: error 1.91 % with Adam, 1.64 % with cycles.",
        trial="mnist",
        contrast=(final("triangular"), final("constant")),
        published=(as_published("CLR, weights continued"), as_published("Adam, 0.001")),
        claimed=0.27,
        margin=0.1,
        confirms="The triangular policy is better than a tuned constant rate by at least 0.1 points.",
        refutes="It is equivalent, or worse.",
        fault="The second arm goes on from the first one's weights, at ten times the batch size; its rate "
        "climbs 15 % of one "
        "ramp; the test images serve as validation.",
    ),
    "A4.2": Claim(
        source="paul2018cyclical",
        said="… all of the forms produced equivalent results",
        trial="mnist",
        contrast=(final("Hann"), final("triangular")),
        equal=True,
        two_sided=True,
        margin=0.1,
        confirms="The sinusoidal window is equivalent to the triangular one.",
        refutes="It is better or worse by more than the margin.",
        fault="Reported from the paper, without a run.",
    ),
    "A4.3": Claim(
        source="paul2018cyclical",
        said="The team's configuration was quite simple as the cost is only $40.",
        trial="",
        contrast=(),
        confirms="The run's own report names ordinary hardware.",
        refutes="It names the fastest of its day.",
        fault="The run used 128 V100 cards, and its 93 % is top-5 accuracy.",
    ),
    "A4.4": Claim(
        source="paul2018cyclical",
        said="It is because the learning rate is the most important one among them.",
        trial="settings",
        contrast=(as_published("rate"), as_published("batch, momentum, units")),
        measure="share of variance",
        margin=5.0,
        confirms="The rate's main effect explains at least 5 points more of the variance of accuracy than any other.",
        refutes="Another factor explains as much.",
        fault="Quoted as a rule, without a run. “Them” are the dropout rate and the activation; the trial varies batch "
        "size, momentum and width, and judges the wider rule.",
    ),
    "A4.5": Claim(
        source="paul2018cyclical",
        said="… experimentations with Adaptive Learning Rates are computationally expensive which CLR is not.",
        trial="timing",
        contrast=(as_published("Adam over SGD"), None),
        margin=5.0,
        confirms="A step of Adam takes at least 5 % longer than one of SGD with momentum.",
        refutes="It takes as long, within 5 %.",
        fault="Stated without a measurement.",
    ),
    "S.1": Claim(
        **SUPER,
        said="… neural networks can be trained an order of magnitude faster than with standard training methods.",
        contrast=(final("one-cycle", 1 / 8), final("drops")),
        equal=True,
        confirms="One-cycle on an eighth of the samples is level with the long run whose rate drops twice, or better.",
        refutes="It is worse.",
        fault="One run an arm in Figure 1a; a long arm whose batch normalisation averages over another time.",
    ),
    "S.2": Claim(
        **SUPER,
        said="One of the key elements of super-convergence is training with one learning rate cycle and a large "
        "maximum learning rate.",
        contrast=(final("one-cycle", 1 / 8), final("linear decay", 1 / 8)),
        confirms="At the short budget one-cycle is better than a tuned linear decay by at least the margin.",
        refutes="It is equivalent, or worse: then the cycle is no key element.",
        fault="Figure 1a has no arm that decays at the short budget without a cycle.",
    ),
}
