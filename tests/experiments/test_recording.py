"""What the recording scripts share keeps what has been run."""

import pytest

from experiments import recording

pytestmark = pytest.mark.jax


def test_a_second_start_runs_only_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "RESULTS", tmp_path)
    table = recording.TrialTable("trial", ("arm", "seed"), ("loss", "accuracy"))
    table.append(("constant", 0), (0.5, 0.75))
    again = recording.TrialTable("trial", ("arm", "seed"), ("loss", "accuracy"))
    assert ("constant", 0) in again
    assert ("constant", 1) not in again
    assert again["constant", 0] == {"loss": 0.5, "accuracy": 0.75}
    again.describe({"versions": {"jax": "1"}})
    with pytest.raises(SystemExit, match="was begun with"):
        again.describe({"versions": {"jax": "2"}})
