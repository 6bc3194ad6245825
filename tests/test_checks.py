"""The checks of arguments: what they return, and what they say."""

import math

import numpy as np
import pytest

from learning_rates import checks

RETURNED = [
    (checks.check_number("x", 2), 2.0),
    (checks.check_number("x", np.float32(0.5)), 0.5),
    (checks.check_at_least("x", 0), 0.0),
    (checks.check_at_least("x", 1, 1.0), 1.0),
    (checks.check_positive("x", 1e-300), 1e-300),
    (checks.check_unit_interval("x", 0), 0.0),
    (checks.check_fraction("x", 0.5), 0.5),
    (checks.check_fraction("x", 1, whole=True), 1.0),
    (checks.check_whole("x", 100.0), 100),  # steps are often the result of a division
    (checks.check_whole("x", np.int64(3)), 3),
    (checks.check_whole("x", 0, 0), 0),
    (checks.check_steps("x", 2.0**53), 2**53),
    (checks.check_choice("x", "b", {"a": 1, "b": 2}), "b"),
    (checks.check_flag("x", False), False),
    (checks.check_ordered("low", 0.1, "high", 0.2), None),
    (checks.check_increasing("x", []), None),
    (checks.check_increasing("x", [3]), None),
    (checks.check_increasing("x", [1, 2, 5]), None),
]

# A call that breaks a rule, the error that it raises, and the message. tests/site/test_micropython.py repeats them.
BROKEN = [
    ("check_number('x', 'a')", TypeError, "x must be a real number. Received: x='a'"),
    ("check_number('x', b'1')", TypeError, "x must be a real number. Received: x=b'1'"),
    ("check_number('x', True)", TypeError, "x must be a real number. Received: x=True"),
    ("check_number('x', [0.5])", TypeError, "x must be a real number. Received: x=[0.5]"),
    ("check_number('x', None)", TypeError, "x must be a real number. Received: x=None"),
    ("check_number('x', float('nan'))", ValueError, "x must be finite. Received: x=nan"),
    ("check_number('x', -float('inf'))", ValueError, "x must be finite. Received: x=-inf"),
    ("check_at_least('x', -0.5)", ValueError, "x must be ≥ 0. Received: x=-0.5"),
    ("check_at_least('x', 0.5, 1.0)", ValueError, "x must be ≥ 1. Received: x=0.5"),
    ("check_positive('x', 0)", ValueError, "x must be > 0. Received: x=0"),
    ("check_unit_interval('x', 1.0)", ValueError, "x must be in [0, 1). Received: x=1.0"),
    ("check_unit_interval('x', -0.5)", ValueError, "x must be in [0, 1). Received: x=-0.5"),
    ("check_fraction('x', 0)", ValueError, "x must be in (0, 1). Received: x=0"),
    ("check_fraction('x', 1.0)", ValueError, "x must be in (0, 1). Received: x=1.0"),
    ("check_fraction('x', 2.5, whole=True)", ValueError, "x must be in (0, 1]. Received: x=2.5"),
    ("check_whole('x', 2.5)", ValueError, "x must be a whole number ≥ 1. Received: x=2.5"),
    ("check_whole('x', 0)", ValueError, "x must be a whole number ≥ 1. Received: x=0"),
    ("check_whole('x', True)", TypeError, "x must be a real number. Received: x=True"),
    ("check_steps('x', 1, 2)", ValueError, "x must be a whole number ≥ 2. Received: x=1"),
    ("check_steps('x', 10**17)", ValueError, "x must be ≤ 2**53. Received: x=100000000000000000"),
    ("check_ordered('a', 0.5, 'b', 0.5)", ValueError, "b must be > a. Received: b=0.5, a=0.5"),
    ("check_choice('x', 'c', ['b', 'a'])", ValueError, "x must be one of a, b. Received: x='c'"),
    ("check_choice('x', 3, ['b', 'a'])", ValueError, "x must be one of a, b. Received: x=3"),
    ("check_flag('x', 1)", TypeError, "x must be True or False. Received: x=1"),
    ("check_increasing('x', [1, 1])", ValueError, "x must increase. Received: x=[1, 1]"),
    ("reject('a must be ≤ b', [('a', 2), ('b', [1, 'c'])])", ValueError, "a must be ≤ b. Received: a=2, b=[1, 'c']"),
    ("reject('a must be b', [('a', 2)], TypeError)", TypeError, "a must be b. Received: a=2"),
]


@pytest.mark.parametrize(("found", "expected"), RETURNED)
def test_a_check_returns_the_plain_value(found, expected):
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("call", "error", "message"), BROKEN, ids=[call for call, _, _ in BROKEN])
def test_a_broken_rule_is_named_with_what_was_received(call, error, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        eval(f"checks.{call}")
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_every_check_is_broken_above():
    assert {call.split("(")[0] for call, _, _ in BROKEN} == {"reject"} | {
        name for name in vars(checks) if name.startswith("check_")
    }


def test_a_number_beyond_all_floats_is_not_finite():
    with pytest.raises(ValueError, match="x must be finite"):
        checks.check_number("x", 10**400)


def test_minus_zero_becomes_zero():
    """So that schedules that are equal have the same hash, which is that of their repr."""
    assert math.copysign(1, checks.check_number("x", -0.0)) == 1
