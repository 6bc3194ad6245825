"""The recorded trials are whole, made as they are declared, and say what the report says."""

import pytest

from learning_rates.trials import verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import RESULTS, TrialTable

TRIAL_TABLES = RESULTS / "trials"

# The one that has not been run asks for an accelerator, and judges no claim.
NAMES = [name for name in TRIALS if name != "rock paper scissors, fine-tuned"]


@pytest.mark.parametrize("name", NAMES)
def test_a_recorded_trial_is_whole(name):
    table = TrialTable(name, TRIALS[name])
    assert table.is_whole()
    for made in table.made.values():
        assert made["versions"]["keras"]
        assert not made["commit"].endswith("-dirty")


def test_no_table_is_without_its_trial():
    assert sorted(path.stem for path in TRIAL_TABLES.glob("*.csv")) == sorted(name.replace(" ", "_") for name in NAMES)


def test_every_claim_that_was_run_gets_a_verdict():
    ready = {name: claim for name, claim in CLAIMS.items() if claim.trial in NAMES}
    judged = verdicts.judge_ready(CLAIMS, {name: TrialTable(name, TRIALS[name]) for name in NAMES})
    assert judged.keys() == ready.keys()
    for verdict in judged.values():
        assert verdict.found.low <= verdict.narrow.low <= verdict.narrow.high <= verdict.found.high
