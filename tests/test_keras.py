"""Rate and momentum inside Keras's compiled step, held against NumPy's arithmetic."""

import keras
import numpy as np
import pytest

from learning_rates import SGD, InGraphSchedule, schedules

T = 30
RATE = schedules.one_cycle(0.3, T)
MOMENTUM = schedules.one_cycle_momentum(T, low=0.5, high=0.95)
START = np.array([1.0, -2.0, 0.5], "float32")


def one_layer(optimizer, **compile_arguments):
    """A model whose weights w feel the gradient x · w: each sample is its own quadratic."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([START[:, None]])
    model.compile(optimizer, "mse", **compile_arguments)
    return model


def samples(count=T, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 3)).astype("float32"), np.zeros((count, 1), "float32")


def reference(rate, momentum, count=T, nesterov=False, accumulation=1):
    """The same run in float64: v ← μv − ηg, θ ← θ + v, or θ + μv − ηg with nesterov."""
    theta, velocity, inputs = START.astype("float64"), np.zeros(3), samples(count)[0].astype("float64")
    for update in range(count // accumulation):
        batch = inputs[update * accumulation : (update + 1) * accumulation]
        gradient = np.mean([2 * (x @ theta) * x for x in batch], axis=0)
        velocity = momentum(update) * velocity - rate(update) * gradient
        theta = theta + (momentum(update) * velocity - rate(update) * gradient if nesterov else velocity)
    return theta


def fitted(optimizer, count=T, **compile_arguments):
    model = one_layer(optimizer, **compile_arguments)
    model.fit(*samples(count), batch_size=1, shuffle=False, verbose=0)
    return model.get_weights()[0][:, 0]


MODES = [{}, {"jit_compile": True}, {"jit_compile": False}, {"run_eagerly": True}]
MODES += [{"steps_per_execution": 7, "jit_compile": False}]


@pytest.mark.parametrize("mode", MODES, ids=str)
@pytest.mark.parametrize("nesterov", [False, True])
def test_rate_and_momentum_move_in_every_mode(mode, nesterov):
    found = fitted(SGD(RATE, MOMENTUM, nesterov), **mode)
    np.testing.assert_allclose(found, reference(RATE, MOMENTUM, nesterov=nesterov), rtol=2e-5, atol=1e-6)


def test_the_reference_notices_a_momentum_that_is_frozen():
    frozen = fitted(SGD(RATE, momentum=0.95))
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(frozen, reference(RATE, MOMENTUM), rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("nesterov", [False, True])
def test_constant_schedules_are_the_stock_optimizer(nesterov):
    constant = [schedules.constant(value, T) for value in (0.05, 0.9)]
    stock = fitted(keras.optimizers.SGD(0.05, momentum=0.9, nesterov=nesterov))
    np.testing.assert_allclose(fitted(SGD(*constant, nesterov)), stock, rtol=1e-6)
    np.testing.assert_array_equal(fitted(SGD(0.05, 0.9, nesterov)), stock)


def test_accumulated_gradients_count_as_one_update():
    found = fitted(SGD(RATE, MOMENTUM, gradient_accumulation_steps=4), count=4 * T)
    np.testing.assert_allclose(found, reference(RATE, MOMENTUM, 4 * T, accumulation=4), rtol=2e-5, atol=1e-6)


def test_loss_scaling_leaves_the_schedules_in_place():
    scaled = keras.optimizers.LossScaleOptimizer(SGD(RATE, MOMENTUM), initial_scale=8.0)
    np.testing.assert_allclose(fitted(scaled), reference(RATE, MOMENTUM), rtol=2e-5, atol=1e-6)


def test_a_second_fit_holds_the_last_values():
    model = one_layer(SGD(RATE, MOMENTUM))
    for part in (slice(0, T), slice(T, T + 10)):
        x, y = samples(T + 10)
        model.fit(x[part], y[part], batch_size=1, shuffle=False, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0][:, 0], reference(RATE, MOMENTUM, T + 10), rtol=2e-5, atol=1e-6)


def test_saved_midway_and_reloaded_it_goes_on_bit_for_bit(tmp_path):
    x, y = samples()
    model = one_layer(SGD(RATE, MOMENTUM, nesterov=True))
    model.fit(x[:12], y[:12], batch_size=1, shuffle=False, verbose=0)
    model.save(tmp_path / "midway.keras")
    reloaded = keras.saving.load_model(tmp_path / "midway.keras")
    for continued in (model, reloaded):
        continued.fit(x[12:], y[12:], batch_size=1, shuffle=False, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], reloaded.get_weights()[0])
    assert reloaded.optimizer.momentum == MOMENTUM


@pytest.mark.parametrize("optimizer", [SGD(0.1), SGD(RATE, 0.5), SGD(0.1, MOMENTUM), SGD(RATE, MOMENTUM, True)])
def test_an_optimizer_comes_back_from_its_config(optimizer):
    config = optimizer.get_config()
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(copy) is SGD
    assert copy.get_config() == config
    assert copy.momentum == optimizer.momentum


def test_any_stock_optimizer_takes_an_in_graph_schedule():
    halved = schedules.polynomial_decay(1.0, 3, end_lr=0.5)
    found = fitted(keras.optimizers.SGD(InGraphSchedule(halved)), count=5)
    np.testing.assert_allclose(found, reference(halved, lambda step: 0.0, 5), rtol=2e-5)


def test_an_in_graph_schedule_is_the_schedule_to_float32():
    rate = InGraphSchedule(RATE)
    found = [float(rate(step)) for step in range(T + 3)]
    np.testing.assert_array_equal(found, np.float32([RATE(step) for step in range(T + 3)]))
    assert [float(InGraphSchedule(RATE, accumulation=4)(step)) for step in range(9)] == [
        float(np.float32(RATE(step // 4))) for step in range(9)
    ]


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
    (lambda: SGD("0.1"), "learning_rate must be a real number. Received: learning_rate='0.1'"),
    (lambda: SGD(-0.1), "learning_rate must be ≥ 0. Received: learning_rate=-0.1"),
    (lambda: SGD(float("nan")), "learning_rate must be finite. Received: learning_rate=nan"),
    (lambda: SGD(0.1, momentum=1.0), "momentum must be in [0, 1). Received: momentum=1.0"),
    (lambda: SGD(0.1, momentum=None), "momentum must be a real number. Received: momentum=None"),
    (
        lambda: SGD(0.1, momentum=schedules.constant(1.5, 3)),
        "least value of momentum must be in [0, 1). Received: least value of momentum=1.5",
    ),
    (lambda: SGD(0.1, nesterov="yes"), "nesterov must be True or False. Received: nesterov='yes'"),
]


@pytest.mark.parametrize(("make", "message"), BAD)
def test_bad_input_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9, MOMENTUM])
def test_assigning_momentum_raises_instead_of_doing_nothing(momentum, built):
    optimizer = SGD(0.1, momentum)
    if built:
        optimizer.build([keras.Variable([1.0])])
    for value in (0.5, schedules.one_cycle_momentum(T), "x"):
        with pytest.raises(AttributeError, match=r"Give SGD a schedule instead\. Received: momentum="):
            optimizer.momentum = value
    assert optimizer.momentum == momentum


def test_a_config_without_momentum_has_the_default():
    assert SGD.from_config({"learning_rate": 0.1}).momentum == 0.0


def test_the_package_names_what_it_has():
    import learning_rates

    assert {"SGD", "InGraphSchedule"} <= set(dir(learning_rates))
    with pytest.raises(AttributeError, match="has no attribute 'Adamant'"):
        _ = learning_rates.Adamant
