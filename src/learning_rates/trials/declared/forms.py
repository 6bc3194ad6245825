"""The forms of what is declared: arms and phases, the trials that run them, and the claims that are read from those."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

MARGIN = 0.5  # points of accuracy; less counts as none
SGD_RATES = tuple(round(0.001 * 10 ** (k / 3), 6) for k in range(10))  # 0.001 to 1, three a decade
TUNING_SEEDS = tuple(range(1000, 1004))
SEEDS = tuple(range(16))
COMMENTS = ("fault", "short", "answer", "stand_in")  # what a claim says beside what decides it
LATER = ("ruler",)  # fields that came after the first digests, and count where they say something


class Stage(StrEnum):
    """Why a run is made: to choose a peak, to judge an arm at its peak, or to judge a recipe as it was published."""

    TUNE = "tune"
    FINAL = "final"
    PUBLISHED = "published"

    def __repr__(self) -> str:
        return repr(self.value)  # a place is shown to readers


class Place(NamedTuple):
    """One arm at one budget, whose runs differ in their seeds alone."""

    stage: Stage
    name: str
    budget: float


def final(name: str, budget: float = 1.0) -> Place:
    """A tuned arm, as it is judged."""
    return Place(Stage.FINAL, name, budget)


def as_published(name: str) -> Place:
    """A recipe, run as the article has it."""
    return Place(Stage.PUBLISHED, name, 1.0)


class PeakRule(StrEnum):
    """How an arm finds its peak: chosen among the rates it tries, or read from a range test, without tuning.

    What is read is the rate of the least loss, or a tenth of it.
    """

    TUNED = "tuned"
    MINIMUM = "range test: minimum"
    MINIMUM_OVER_10 = "range test: minimum/10"


Peak = float | PeakRule  # of a run


class Key(NamedTuple):
    """What tells one run of a trial from another."""

    stage: Stage
    arm: str
    budget: float
    peak: Peak
    seed: int

    @property
    def place(self) -> Place:
        return Place(self.stage, self.arm, self.budget)


@dataclass(frozen=True)
class Arm:
    """A policy that is judged at its best peak.

    Args:
        schedule: The policy, a name in `policies.SCHEDULES`.
        options: What the policy takes besides the peak and the number of steps.
        task: Other inputs for this arm, a name in `tasks.TASKS`; "" means the trial's task.
        peak: How its peak is found.
        budgets: The budgets of the trial that this arm is run at; () means all of them.
        optimizer: Another optimizer for this arm; "" means the trial's.
        rates: Other peaks for this arm to try, as many as the others'; () means the trial's.
    """

    schedule: str
    options: Mapping[str, Any] = field(default_factory=dict)
    task: str = ""
    peak: PeakRule = PeakRule.TUNED
    budgets: tuple[float, ...] = ()
    optimizer: str = ""
    rates: tuple[float, ...] = ()


@dataclass(frozen=True)
class Phase:
    """A part of a run as published. Each number is the article's, or is explained in the trial's note.

    Args:
        schedule: The policy, a name in `policies.SCHEDULES`.
        peak: The rate that the policy is given.
        samples: How many samples the network sees.
        batch_size: Samples per batch.
        optimizer: "sgd", "adam", "rmsprop" or "adagrad".
        momentum: μ of SGD or β₁ of Adam. A policy that moves the momentum takes precedence.
        options: What the policy takes besides the peak and the number of steps.
        task: Other inputs for this phase, a name in `tasks.TASKS`; "" means the trial's task.
    """

    schedule: str
    peak: Peak
    samples: int
    batch_size: int
    optimizer: str = "sgd"
    momentum: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    task: str = ""


@dataclass(frozen=True)
class Trial:
    """What is run.

    Args:
        task: What is learnt, a name in `tasks.TASKS`.
        arms: The arms by name. The first one that has the whole budget is the baseline.
        samples: The whole budget, in samples that the network sees.
        batch_size: Samples per batch, the same for every arm.
        optimizer: "sgd" (momentum 0.9), "adam", "rmsprop" or "adagrad".
        rates: The peaks that every arm tries.
        budgets: The parts of `samples` at which everything is tuned and judged anew.
        published: Recipes by name, run as they stand: the phases of each, one after the other. Where the task is
            timed, a recipe has two phases, and its score is how much more of the processor's time the first one takes
            per sample than the second, in per cent.
        checks: How many times a run is judged on its way, evenly spaced; the last time is its end.
        tuning_seeds: The seeds with which peaks are chosen.
        seeds: The seeds that are judged, none of them a tuning seed.
        note: What differs from the article, or had to be guessed.
    """

    task: str
    arms: Mapping[str, Arm]
    samples: int
    batch_size: int
    optimizer: str = "sgd"
    rates: tuple[float, ...] = SGD_RATES
    budgets: tuple[float, ...] = (1.0, 0.2)
    published: Mapping[str, tuple[Phase, ...]] = field(default_factory=dict)
    checks: int = 10
    tuning_seeds: tuple[int, ...] = TUNING_SEEDS
    seeds: tuple[int, ...] = SEEDS
    note: str = ""

    def budgets_of(self, name: str) -> tuple[float, ...]:
        """The budgets at which an arm is run."""
        return self.arms[name].budgets or self.budgets

    def rates_of(self, name: str) -> tuple[float, ...]:
        """The peaks that an arm tries."""
        return self.arms[name].rates or self.rates

    def is_tuned(self, name: str) -> bool:
        """Whether an arm's peak is chosen among its rates."""
        return self.arms[name].peak is PeakRule.TUNED

    def places(self) -> list[Place]:
        """All that is judged: the arms at their budgets, then the recipes."""
        arms = [final(name, budget) for name in self.arms for budget in self.budgets_of(name)]
        return arms + [as_published(name) for name in self.published]

    def phases(self) -> list[Phase]:
        """The phases of all recipes."""
        return [phase for phases in self.published.values() for phase in phases]


class Measure(StrEnum):
    """What of the runs is compared."""

    SCORE = "score"
    EPOCHS = "epochs to the baseline's end"
    DIVERGED = "diverged"
    SHARE = "share of variance"


class Contrast(NamedTuple):
    """The arm that a claim speaks for, and the one that it is compared with.

    `against` is None where the arm's own score is a difference already.
    """

    arm: Place
    against: Place | None


class Lead(NamedTuple):
    """A factor of an experiment in which every level of one factor meets every level of the others.

    Its share of the variance is compared with the largest share of another. `levels` is {recipe: {factor: its level}}.
    """

    factor: str
    levels: Mapping[str, Mapping[str, float]]

    @property
    def others(self) -> list[str]:
        return [factor for factor in next(iter(self.levels.values())) if factor != self.factor]


@dataclass(frozen=True)
class Claim:
    """What was said, and what would bear it out.

    Args:
        source: Its entry in the bibliography.
        family: The claims that are corrected together for their number, by Holm's procedure.
        said: At most one sentence of it, or the numbers that were printed.
        trial: The trial that judges it, a name in `trials.TRIALS`; "" where no run can.
        contrast: The primary comparison; None where no run can judge the claim.
        confirms: What result would bear it out, in words.
        refutes: What result would not, in words.
        fault: What is wrong with the article's own comparison.
        published: The comparison of the article's own recipes, run as they stand; None where it states too little.
            Where a baseline's rate alone is missing, Keras's default may stand for it; `stand_in` then says so.
        measure: What of the runs is compared.
        unit: What the differences are counted in.
        at: The part of the run at which the score is taken, in (0, 1].
        direction: 1 where more of the measure bears the claim out, −1 where less does.
        claimed: The difference that was claimed, in `unit`; None where no number was.
        margin: A difference smaller than this, in `unit`, counts as none.
        equal: Whether it is equivalence that was claimed. Being better bears it out as well.
        two_sided: With `equal`: being better by more than the margin refutes it, too.
        printed: Whether `said` sums up printed numbers, so that it is no quotation.
        untested: Why the trial does not test what the article did; "" where it does. Such a claim gets no verdict.
        ruler: What another ruler said, where two were read, the claim names neither, and they make different calls; ""
            elsewhere. Such a claim stays open.
        short: The claim in a few words, for figures and tables.
        answer: What the author could answer to the verdict.
        stand_in: What `published` has as its baseline where the article's own is not known, and why; "" elsewhere.
    """

    source: str
    family: str
    said: str
    trial: str
    contrast: Contrast | Lead | None
    confirms: str
    refutes: str
    fault: str
    published: Contrast | None = None
    measure: Measure = Measure.SCORE
    unit: str = "points"
    at: float = 1.0
    direction: int = 1
    claimed: float | None = None
    margin: float = MARGIN
    equal: bool = False
    two_sided: bool = False
    printed: bool = False
    untested: str = ""
    ruler: str = ""
    short: str = ""
    answer: str = ""
    stand_in: str = ""

    def digest(self) -> str:
        """Sixteen digits of the SHA-256 of all that a verdict rests on; comments may be worded anew.

        Example:
            >>> from dataclasses import replace
            >>> claim = Claim("a", "b", "c", "d", None, "more", "less", "one seed")
            >>> claim.digest() == replace(claim, fault="one run").digest()
            True
            >>> claim.digest() == replace(claim, confirms="more, by the margin").digest()
            False
        """
        declared = {name: value for name, value in asdict(self).items() if name not in COMMENTS}
        declared = {name: value for name, value in declared.items() if value or name not in LATER}
        return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:16]
