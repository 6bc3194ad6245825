"""A small trial and a table of it, for the tests of tables and of what is told of them."""

from learning_rates.trials.declared.forms import Phase, Trial
from learning_rates.trials.declared.trials import CONSTANT, LINEAR
from learning_rates.trials.plan import tuning
from learning_rates.trials.table import TrialTable

TRIAL = Trial(
    task="sample",
    arms={"constant": CONSTANT, "linear decay": LINEAR},
    samples=1_000,
    batch_size=50,
    rates=(0.01, 0.1),
    budgets=(1.0,),
    tuning_seeds=(1000, 1001),
    seeds=(0, 1),
)
CYCLE = {"base": 0.01, "step_size": 50}
# Small enough to be run: two phases one after the other, and a run that diverges.
PHASED = Trial(
    task="sample",
    arms={"constant": CONSTANT},
    samples=2_000,
    batch_size=50,
    rates=(0.01, 0.1),
    budgets=(1.0,),
    tuning_seeds=(1000,),
    seeds=(0, 1),
    checks=2,
    published={
        "continued": (
            Phase("constant", 0.01, 1_000, 50),
            Phase("unfinished cycle", 0.06, 1_000, 100, options=CYCLE),
        ),
        "diverging": (Phase("constant", 1e25, 1_000, 50),),
    },
)
MADE = {"versions": {"keras": "3"}, "commit": "abc"}


def result(score=80.0, loss=0.5):
    numbers = {"score": score, "loss": loss, "diverged": 0, "steps": 20, "samples": 1_000, "seconds": 0.25}
    return {**numbers, "curve": [score / 2, score]}


def filled(folder, scores=(70.0, 80.0)):
    """A table whose tuning is done: the scores of the two peaks."""
    table = TrialTable("a trial", TRIAL, folder)
    for group in tuning(TRIAL):
        table.add_group(group, [result(scores[TRIAL.rates.index(group.peak)])] * len(group.seeds), MADE)
    return table
