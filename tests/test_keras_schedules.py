"""A schedule inside Keras's compiled step is the schedule, to float32."""

import re

import keras
import numpy as np
import pytest

from learning_rates import InGraphSchedule, schedules

T = 30
RATE = schedules.one_cycle(0.3, T)


def test_an_in_graph_schedule_is_the_schedule_to_float32():
    rate = InGraphSchedule(RATE)
    found = [float(rate(step)) for step in range(T + 3)]
    np.testing.assert_array_equal(found, np.float32([RATE(step) for step in range(T + 3)]))
    assert [float(InGraphSchedule(RATE, accumulation=4)(step)) for step in range(9)] == [
        float(np.float32(RATE(step // 4))) for step in range(9)
    ]


def test_any_stock_optimizer_takes_an_in_graph_schedule():
    halved = schedules.polynomial_decay(1.0, 3, end_lr=0.5)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(InGraphSchedule(halved)), lambda y, prediction: prediction)
    model.fit(np.full((5, 1), 0.25, "float32"), np.zeros((5, 1)), batch_size=1, verbose=0)
    assert float(model.get_weights()[0][0, 0]) == 1 - 0.25 * (1.0 + 0.75 + 0.5 + 0.5 + 0.5)


def test_a_schedule_given_to_a_stock_optimizer_is_told_the_way():
    with pytest.raises(TypeError, match=r"a Keras optimizer takes it as InGraphSchedule\(schedule\)"):
        float(keras.optimizers.Lion(RATE).learning_rate)


def test_its_repr_shows_how_to_make_it_again():
    rate = InGraphSchedule(RATE, accumulation=2)
    assert repr(rate) == f"InGraphSchedule({RATE!r}, accumulation=2)"


def test_only_the_config_is_saved_never_the_table():
    config = InGraphSchedule(RATE, accumulation=2).get_config()
    assert config == {"schedule": RATE.config, "accumulation": 2}
    assert InGraphSchedule.from_config(config).get_config() == config


def test_a_step_that_is_a_plain_number_keeps_the_schedules_rules():
    """`take` reads −1 from the table's end: InGraphSchedule(schedule)(-1) gave the last value (cases/f19)."""
    rate = InGraphSchedule(RATE, accumulation=4)
    last = float(np.float32(RATE(T)))
    assert float(rate(2**40)) == float(rate(np.int64(2**40))) == last  # int32, in the graph, ends at 2³¹
    for bad in (-1, np.int32(-1), -0.5, 1.5, float("nan")):
        with pytest.raises(ValueError, match=r"^step must be .*\. Received: step="):
            rate(bad)


@pytest.mark.parametrize(
    ("samples", "batch_size", "epochs", "accumulation"), [(10, 3, 3, 1), (10, 3, 3, 2), (10, 3, 3, 5), (4, 8, 5, 4)]
)
def test_as_many_updates_are_counted_as_fit_makes(samples, batch_size, epochs, accumulation):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    option = {"gradient_accumulation_steps": accumulation} if accumulation > 1 else {}
    model.compile(keras.optimizers.SGD(0.1, **option), "mse")
    model.fit(np.ones((samples, 1)), np.ones((samples, 1)), batch_size=batch_size, epochs=epochs, verbose=0)
    counted = schedules.count_steps(samples, batch_size, epochs, accumulation=accumulation)
    # Stock Keras counts an update of several micro-batches in `iterations` only.
    assert int(model.optimizer.iterations) == counted


def test_as_many_updates_are_counted_as_fit_makes_without_the_last_batch():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    batches = [(np.ones((3, 1)), np.ones((3, 1)))] * (10 // 3)
    for _ in range(2):
        for x, y in batches:
            model.train_on_batch(x, y)
    assert int(model.optimizer.iterations) == schedules.count_steps(10, 3, 2, drop_last=True) == 6


@pytest.mark.parametrize(
    ("schedule", "greatest"),
    [
        (schedules.constant(1e39, 10), "1e+39"),
        (schedules.constant(1e-50, 10), "1e-50"),
        (schedules.constant(1e-40, 10), "1e-40"),  # float32 has it, but the backends take it for 0
        (schedules.warmup(schedules.polynomial_decay(3.5e38, 3), 2), "3.5e+38"),
        (schedules.cosine_decay(1e-45, 3), "1e-45"),
    ],
    ids=repr,
)
def test_a_rate_that_float32_cannot_hold_is_refused(schedule, greatest):
    """A rate of 1e39 was infinite in the table, one of 1e-50 was 0: cases/f19, deepspeed#8589."""
    message = (
        "greatest value of schedule must be 0, or in float32's range from 1.18e-38 to 3.4e+38. "
        f"Received: greatest value of schedule={greatest}"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        InGraphSchedule(schedule)


def test_a_decay_may_end_below_what_float32_can_tell_from_zero():
    rate = InGraphSchedule(schedules.exponential_decay(0.1, 3, end_lr=1e-99))
    assert [float(rate(step)) for step in range(3)] == [float(np.float32(0.1)), 0.0, 0.0]
    assert float(InGraphSchedule(schedules.constant(0.0, 3))(1)) == 0.0


BAD = [
    (lambda: InGraphSchedule(0.1), "schedule must be a schedule. Received: schedule=0.1"),
    (
        lambda: InGraphSchedule(RATE, accumulation=0),
        "accumulation must be a whole number ≥ 1. Received: accumulation=0",
    ),
    (
        lambda: InGraphSchedule(schedules.constant(0.1, 10**7 + 1)),
        "schedule must have at most 10000000 steps. Received: schedule.total_steps=10000001",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_bad_input_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == message
