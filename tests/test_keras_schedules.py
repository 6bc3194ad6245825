"""A schedule inside Keras's compiled step is the schedule, to float32."""

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
