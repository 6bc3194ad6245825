"""Times compared: the arithmetic by hand, and one comparison made."""

import pytest

from learning_rates.trials.declared.forms import Phase
from learning_rates.trials.engines import timing


def test_the_shortest_laps_are_compared():
    assert timing.excess([(3.0, 2.0), (9.0, 2.5)]) == 50.0
    assert timing.excess([(1.0, 4.0)]) == -75.0


@pytest.mark.slow
def test_a_comparison_is_a_result_with_a_lap_a_check(monkeypatch):
    monkeypatch.setattr(timing, "ROUNDS", 2)
    phases = (Phase("constant", 0.01, samples, 50, task="sample") for samples in (500, 1_000))
    found = timing.compare(*phases)
    assert len(found["curve"]) == 2
    assert found["samples"] == 2 * 1_500
    assert found["score"] > -100
