"""Every claim and trial is declared in full, and names what there is; a failure says which file lacks what."""

import re
from pathlib import Path

import pytest

from learning_rates.trials.declared.amendments import AMENDMENTS
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Lead, Stage, as_published
from learning_rates.trials.declared.policies import SCHEDULES
from learning_rates.trials.declared.tasks import TASKS
from learning_rates.trials.declared.trials import TRIALS

BIBLIOGRAPHY = (Path(__file__).parents[3] / "book/references.bib").read_text(encoding="utf-8")
JUDGED = {name: claim for name, claim in CLAIMS.items() if claim.trial}


def test_there_are_twenty_two_claims_of_which_one_no_run_can_judge():
    assert len(CLAIMS) == 22, "the chapter and this test count the claims: change both"
    assert set(CLAIMS) - set(JUDGED) == {"A4.3"}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_has_its_words(name):
    claim = CLAIMS[name]
    for field in ("source", "family", "said", "confirms", "refutes", "fault", "unit", "short", "answer"):
        assert getattr(claim, field), f"trials/declared/claims.py: {name} lacks {field}"
    assert f"{{{claim.source}," in BIBLIOGRAPHY, f"book/references.bib lacks {claim.source}, the source of {name}"
    assert (claim.contrast is None) == (not claim.trial), f"trials/declared/claims.py: {name} lacks contrast or trial"


def test_amendments_name_what_there_is_in_the_order_of_their_days():
    days = [each.day for each in AMENDMENTS]
    assert days == sorted(days)
    named = {word.strip(",") for each in AMENDMENTS for word in f"{each.what} {each.effect}".split()}
    claims = {word.rstrip(".;") for word in named if re.match(r"[AS]\d?\.\d", word.removesuffix("'s"))}
    assert {name.removesuffix("'s") for name in claims} <= set(CLAIMS)
    assert all(all(each) for each in AMENDMENTS)


@pytest.mark.parametrize("name", JUDGED)
def test_a_claim_compares_what_its_trial_runs(name):
    claim = CLAIMS[name]
    assert claim.trial in TRIALS, f"trials/declared/trials.py lacks the trial of {name}: {claim.trial!r}"
    trial = TRIALS[claim.trial]
    assert len(trial.seeds) >= 8
    compared = claim.contrast
    places = [as_published(each) for each in compared.levels] if isinstance(compared, Lead) else compared
    for place in [*places, *(claim.published or ())]:
        assert place is None or place in trial.places(), f"{claim.trial!r} lacks {tuple(place)}, as {name} asks"


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_names_what_there_is(name):
    trial = TRIALS[name]
    parts = [*trial.arms.values(), *trial.phases()]
    assert parts, f"trials/declared/trials.py: {name} runs nothing"
    for part in parts:
        assert part.schedule in SCHEDULES, f"trials/declared/policies.py lacks {part.schedule!r}, as {name} has it"
        task = part.task or trial.task
        assert task in TASKS, f"trials/declared/tasks.py lacks {task!r}, as {name} has it"
        engine, optimizer = TASKS[task].engine, part.optimizer or trial.optimizer
        assert optimizer in engine.optimizers, f"{engine.module} lacks {optimizer!r}, as {name} has it"
    assert not trial.arms or {"constant", "linear decay"} <= {arm.schedule for arm in trial.arms.values()}
    assert not set(trial.seeds) & set(trial.tuning_seeds)


@pytest.mark.parametrize("name", [name for name, trial in TRIALS.items() if trial.arms])
def test_every_arm_has_as_many_tries(name):
    trial = TRIALS[name]
    assert len({len(trial.rates_of(arm)) for arm in trial.arms if trial.is_tuned(arm)}) == 1
    assert Stage.FINAL in {place.stage for place in trial.places()}
