"""lr_range_test as a whole: its rates, its repeats, its warnings, and bad input."""

import numpy as np
import pytest

from learning_rates.range_test import _rates
from tests.range_test.networks import MARKS, Y, everything, network, swept, trained

pytestmark = MARKS


@pytest.mark.parametrize(("mode", "spaced"), [("exponential", np.geomspace), ("linear", np.linspace)])
def test_the_rates_climb_from_the_least_to_the_greatest(mode, spaced):
    np.testing.assert_allclose(_rates(1e-6, 1.0, 70, mode), spaced(1e-6, 1.0, 70), rtol=1e-12)


def test_repeats_differ_in_order_and_dropout_and_the_first_is_the_single_sweep():
    single, three = swept(trained()), swept(trained(), repeats=3)
    np.testing.assert_array_equal(single.learning_rates, _rates(1e-6, 1.0, 20, "exponential")[: single.losses.size])
    np.testing.assert_array_equal(three.losses[0, : single.losses.size], single.losses[0])
    assert three.losses.shape[0] == 3
    assert not np.array_equal(three.losses[0], three.losses[1])

    only_dropout = swept(trained(), repeats=2, batch_size=160, num_steps=2)
    assert only_dropout.losses[0, 0] != only_dropout.losses[1, 0]


@pytest.mark.filterwarnings("default:The rules disagree")
def test_what_the_result_warns_of_is_warned():
    with pytest.warns(UserWarning, match="The rules disagree by [0-9]+×: trust no single one") as caught:
        test = swept(network(), num_steps=60, max_lr=100.0)
    assert [str(warning.message) for warning in caught if warning.category is UserWarning] == test.warnings


@pytest.fixture(scope="module")
def idle():
    """For tests that are refused before anything trains."""
    return network()


NOT_NUMBERS = ["0.1", None, [0.1], True]
NUMBERS = ["min_lr", "max_lr", "smoothing", "divergence_factor", "num_steps", "batch_size", "repeats", "seed"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("bad", [*NOT_NUMBERS, float("nan"), float("inf"), -float("inf"), -1], ids=repr)
def test_a_bad_number_is_refused_by_name(name, bad, idle):
    with pytest.raises(TypeError if bad in NOT_NUMBERS else ValueError, match=f"{name} must be .* Received: {name}="):
        swept(idle, **{name: bad})


CLASSES = "class_weight must be a dict of classes and their weights, such as {0: 1.0, 1: 2.5}"
RULES = [
    ({"min_lr": 0.0}, "min_lr must be > 0. Received: min_lr=0.0"),
    ({"max_lr": 0.0}, "max_lr must be > 0. Received: max_lr=0.0"),
    ({"min_lr": 1.0, "max_lr": 1.0}, "max_lr must be > min_lr. Received: max_lr=1.0, min_lr=1.0"),
    ({"num_steps": 1}, "num_steps must be a whole number ≥ 2. Received: num_steps=1"),
    ({"num_steps": 2.5}, "num_steps must be a whole number ≥ 2. Received: num_steps=2.5"),
    ({"mode": "log"}, "mode must be one of exponential, linear. Received: mode='log'"),
    ({"batch_size": 0}, "batch_size must be a whole number ≥ 1. Received: batch_size=0"),
    ({"repeats": 0}, "repeats must be a whole number ≥ 1. Received: repeats=0"),
    ({"divergence_factor": 1.0}, "divergence_factor must be > 1. Received: divergence_factor=1.0"),
    ({"progress": "yes"}, "progress must be True, False or \"auto\". Received: progress='yes'"),
    *(
        ({"progress": bad}, f'progress must be True, False or "auto". Received: progress={bad!r}')
        for bad in (1, 0, None, float("nan"), float("inf"), ["auto"])
    ),
    *(
        ({"mode": bad}, f"mode must be one of exponential, linear. Received: mode={bad!r}")
        for bad in (None, 3, True, float("nan"))
    ),
    (
        {"y": Y[:5]},
        "x, y and sample_weight must hold the same number of samples, at least one. Received: samples=[160, 5]",
    ),
    *(
        ({"class_weight": bad}, f"{CLASSES}. Received: class_weight={bad!r}")
        for bad in (3, "balanced", [1.0, 2.0], {}, np.ones(3))
    ),
    *(
        (
            {"class_weight": bad},
            f"class_weight must have whole numbers as keys, the classes. Received: class_weight={bad}",
        )
        for bad in ({"a": 1.0}, {0.5: 1.0}, {None: 1.0}, {True: 1.0})
    ),
    *(
        ({"class_weight": {0: bad}}, f"class_weight[0] must be a real number. Received: class_weight[0]={bad!r}")
        for bad in ("1", None, True)
    ),
    *(
        ({"class_weight": {0: bad}}, f"class_weight[0] must be finite. Received: class_weight[0]={bad!r}")
        for bad in (float("nan"), float("inf"), -float("inf"))
    ),
    ({"class_weight": {1: -1.0}}, "class_weight[1] must be ≥ 0. Received: class_weight[1]=-1.0"),
    (
        {"class_weight": {0: 1.0}, "sample_weight": np.ones(160)},
        "class_weight must be None with sample_weight. Received: class_weight={0: 1.0}",
    ),
    ({"max_lr": 1e39}, "min_lr and max_lr must be rates that float32 can hold. Received: min_lr=1e-06, max_lr=1e+39"),
    ({"min_lr": 1e-50}, "min_lr and max_lr must be rates that float32 can hold. Received: min_lr=1e-50, max_lr=1.0"),
]


@pytest.mark.parametrize(("bad", "message"), RULES, ids=[message[-40:] for _, message in RULES])
def test_a_broken_rule_is_named_with_the_value_received(bad, message, idle):
    before = everything(idle)
    with pytest.raises((TypeError, ValueError)) as caught:
        swept(idle, **bad)
    assert str(caught.value) == message
    assert everything(idle) == before
