"""Networks: their sizes, their seeds, and bad input."""

import math

import numpy as np
import pytest

from learning_rates import models


def test_the_mlp_has_the_weights_its_sizes_say():
    assert models.mlp(inputs=4, hidden=3, classes=2).count_params() == (4 * 3 + 3) + (3 * 2 + 2)


def test_a_seed_is_a_start():
    first, same, other = (models.mlp(inputs=4, hidden=3, seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("name", ["inputs", "hidden", "classes", "seed"])
@pytest.mark.parametrize("bad", ["3", None, True, math.nan, math.inf, -1, 1.5])
def test_bad_input_is_named(name, bad):
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must be .* Received: {name}="):
        models.mlp(**{name: bad})
