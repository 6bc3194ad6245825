"""What an engine says of itself holds."""

import pytest

from learning_rates.trials import engine


def test_runs_are_grouped_as_they_are_trained_together():
    eight = engine.Engine("nowhere", "jax", at_once=8)
    assert eight.groups(range(10)) == [range(8), range(8, 10)]
    assert engine.KERAS_FIT.groups((1, 2)) == [(1,), (2,)]


def test_another_backend_is_refused_with_the_way_out():
    other = engine.Engine("nowhere", "numpy")
    with pytest.raises(
        RuntimeError, match=r"Keras must run on numpy here: start with KERAS_BACKEND=numpy\. Received: "
    ):
        other.trainer()
