"""The explorer of the trials: its differences, intervals and words are the package's own."""

import json
from importlib import resources

import numpy as np
import pytest

from learning_rates import explorers, widgets
from learning_rates.explorers import claims
from learning_rates.trials import statistics, verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import TrialTable

RECORD = json.loads((resources.files("learning_rates.results") / claims.RECORD).read_text(encoding="utf-8"))
widgets.load("claims")  # hands the record over
SHOWN = [name for name, _ in claims.CLAIMS]
READY = [name for name in SHOWN if RECORD["claims"][name]["trial"] in RECORD["trials"]]


def figure(**raw):
    return explorers.figure("claims", raw)


def test_every_claim_with_two_arms_that_are_trained_can_be_chosen():
    wanted = [name for name, claim in CLAIMS.items() if claim.trial and TRIALS[claim.trial].arms]
    assert wanted == SHOWN


def test_claims_are_called_as_everywhere():
    """In words first: a code tells a visitor nothing."""
    short = {name: CLAIMS[name].short for name in SHOWN}
    assert dict(claims.CLAIMS) == {name: f"{words[0].upper()}{words[1:]} ({name})" for name, words in short.items()}


def test_a_verdict_is_said_to_be_of_the_declared_arms():
    """With another rival "holds zero" stood beside the verdict on the declared one (the visitor's report, 10)."""
    own, other = (figure(claim="A2.1", against=each)["summary"] for each in ("own", "linear decay"))
    assert "A2.1, as declared: open; better by at least 0.23." in own
    assert "A2.1 was declared for other arms, and on those: open; better by at least 0.23." in other
    assert "was declared for other arms" in figure(claim="A2.1", budget="whole")["summary"]


def test_every_trial_has_been_run_to_its_end():
    """So that the tests below are of every claim."""
    assert READY == SHOWN


@pytest.mark.parametrize("name", READY)
def test_the_difference_at_the_defaults_is_the_tables(name):
    claim = CLAIMS[name]
    table = TrialTable(claim.trial, TRIALS[claim.trial])
    ends = [[row["score"] for row in table.rows_of(place)] for place in claim.contrast]
    found = statistics.interval(np.subtract(*ends))
    said = figure(claim=name)["summary"]
    mean, half = said.split(": ")[1].split(" over ")[0].replace(" points", "").replace("−", "-").split(" ± ")
    assert float(mean) == pytest.approx(found.mean, abs=0.0051)
    assert float(half) == pytest.approx(found.high - found.mean, abs=0.0051)
    assert f"over {found.n} seeds" in said
    assert said.endswith(f"{RECORD['claims'][name]['verdict']}.")


@pytest.mark.parametrize("name", READY)
def test_the_table_has_every_arm_at_the_budget(name):
    shown = figure(claim=name, budget="whole")["table"]["rows"]
    trial, arm = TRIALS[CLAIMS[name].trial], CLAIMS[name].contrast[0][1]
    budget = 1.0 if 1.0 in trial.budgets_of(arm) else trial.budgets_of(arm)[0]
    beside = [other for other in trial.arms if budget in trial.budgets_of(other)]
    assert [row[0].split(", 1/")[0] for row in shown][: len(beside)] == beside
    assert len(shown) == len(beside) + len(trial.published)


def test_a_part_of_the_samples_is_a_fraction():
    assert figure(claim="S.2")["summary"].startswith("one-cycle, 1/8 of the samples minus linear decay, 1/8 of the")
    assert "This trial has no run" in figure(claim="S.2", budget="whole")["summary"]


def test_an_arm_that_a_trial_lacks_is_said_to_be_missing():
    assert figure(claim="A2.5", arm="one-cycle")["summary"].startswith("This trial has no run of what you chose")
    assert not figure(claim="A3.2", arm="one-cycle")["summary"].startswith("This trial has no run")


def test_an_arm_against_itself_differs_by_nothing():
    shown = figure(claim="A3.2", arm="constant", against="constant")
    assert "constant minus constant, at the end: +0.00 ± 0.00 points" in shown["summary"]
    assert "holds zero" in shown["summary"]


def test_a_run_without_a_number_is_no_point():
    arm = {"curves": "80.00 -;81.00 82.00", "samples": 100}
    runs = claims.runs_of(arm)
    assert runs == [[80.0, None], [81.0, 82.0]]
    assert claims.difference(claims.ends(runs), [80.0, 80.0], {"2": 12.7}) is None
    thick = claims.lines(runs, 1.0, 100, "arm", "#000000", "")[-1]
    assert thick["points"] == [[0.05, 80.5], [0.1, 82.0]]


def test_on_their_way_the_seeds_are_compared_at_that_check():
    shown = figure(claim="A3.2", at=0.5)
    arm, rival = (curve["points"] for curve in shown["panels"][0]["curves"] if curve["label"])
    assert arm[-1][0] == rival[-1][0] == pytest.approx(shown["panels"][0]["x_range"][1] / 2)
    assert "after 50 % of the run" in shown["summary"]
    trial = RECORD["trials"][RECORD["claims"]["A3.2"]["trial"]]
    places = [tuple(place) for place in RECORD["claims"]["A3.2"]["contrast"]]
    first, second = (
        np.array([run[: len(run) // 2][-1] for run in claims.runs_of(arm)])
        for place in places
        for arm in trial["arms"]
        if (arm["stage"], arm["name"], arm["budget"]) == place
    )
    assert f"{(first - second).mean():+.2f}".replace("-", "−") in shown["summary"]
    assert shown["panels"][0]["y_range"] == figure(claim="A3.2")["panels"][0]["y_range"], "axes stand still when played"


def test_a_trial_that_is_not_finished_says_so():
    empty = {"claims": RECORD["claims"], "trials": {}, "quantiles": {}}
    values = {"claim": "A3.2", "arm": "own", "against": "own", "budget": "own", "at": 1.0}
    shown = claims.compute(values, empty)
    assert "has not been run to its end" in shown["summary"]
    assert shown["table"]["rows"][0][1] == CLAIMS["A3.2"].confirms


def test_the_articles_recipes_are_those_of_the_claim():
    said = figure(claim="A1.1", arm="published", against="published")["summary"]
    table = TrialTable("ants and bees", TRIALS["ants and bees"])
    found = statistics.interval(verdicts.differences(CLAIMS["A1.1"], table, CLAIMS["A1.1"].published))
    assert said.startswith("1cycle, as published minus fixed, as published, at the end: ")
    assert str(found) in said
    assert figure(claim="A1.2", arm="published")["summary"].startswith("This trial has no run of what you chose")


def test_a_baseline_that_nobody_published_is_not_called_published():
    said = figure(claim="A2.2", against="published")["summary"]
    assert said.startswith("one-cycle minus Keras's default, at the end: ")
    assert "as published" not in said


def test_of_errors_less_is_better():
    assert "Less is better." in figure(claim="A2.3")["summary"]
    assert "Less is better." not in figure(claim="A3.2")["summary"]
