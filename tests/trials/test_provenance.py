"""How a run was made is said in full, and the same data have the same fingerprint."""

import re

import numpy as np

from learning_rates.trials import provenance


def test_it_names_versions_processor_data_and_commit():
    made = provenance.provenance(["sample"])
    assert made["versions"].keys() >= {"keras", "numpy"}
    assert re.fullmatch("[0-9a-f]{16}", made["data"]["sample"])
    assert all(made[part] for part in ("python", "processor", "commit"))
    assert provenance.provenance(())["data"] == {}


def test_a_changed_number_changes_the_fingerprint(monkeypatch):
    parts = {part: (np.zeros(3), np.zeros(3)) for part in ("train", "tune", "final")}
    monkeypatch.setattr(provenance, "data_of", lambda task: parts)
    whole = provenance.fingerprint.__wrapped__("any")
    parts["final"] = (np.zeros(3), np.array([0, 0, 1e-9]))
    assert provenance.fingerprint.__wrapped__("any") != whole


def test_a_copy_that_is_not_the_original_is_told(monkeypatch):
    monkeypatch.setattr(provenance.datasets, "about", lambda name: {"mnist": "smaller"}.get(name, ""))
    assert provenance.copies(["mnist", "sample"]) == {"mnist": "smaller"}
