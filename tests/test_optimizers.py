"""SGD, Adam and AdamW whose rate and momentum move, held against NumPy's arithmetic on whichever backend Keras runs."""

import itertools
import math
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from learning_rates import SGD, Adam, AdamW, InGraphSchedule, schedules

pytestmark = pytest.mark.slow

UPDATES, T = 100, 60  # the schedules end on the way
RATE = schedules.one_cycle(0.05, T, final_div_factor=10)
MOVING = schedules.one_cycle_momentum(T, low=0.5, high=0.95)
START = np.array([1.0, -2.0, 0.5], "float32")
DECAY, BETA_2 = 0.5, 0.99

# Each takes rate and momentum, then further arguments of Keras.
OURS = {
    "sgd": SGD,
    "nesterov": lambda rate, momentum, **more: SGD(rate, momentum, nesterov=True, **more),
    "adam": lambda rate, beta_1, **more: Adam(rate, beta_1, beta_2=BETA_2, **more),
    "adamw": lambda rate, beta_1, **more: AdamW(rate, DECAY, beta_1, beta_2=BETA_2, **more),
}
STOCK = {
    "sgd": keras.optimizers.SGD,
    "nesterov": lambda rate, momentum, **more: keras.optimizers.SGD(rate, momentum, nesterov=True, **more),
    "adam": lambda rate, beta_1, **more: keras.optimizers.Adam(rate, beta_1, beta_2=BETA_2, **more),
    "adamw": lambda rate, beta_1, **more: keras.optimizers.AdamW(rate, DECAY, beta_1, beta_2=BETA_2, **more),
}
every_kind = pytest.mark.parametrize("kind", OURS)


def samples(count=UPDATES):
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 3)).astype("float32"), rng.normal(size=(count, 1)).astype("float32")


def one_layer(optimizer, **compile_arguments):
    """A model whose weights w feel the gradient of (x · w − y)²: each sample is its own quadratic."""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)])
    model.set_weights([START[:, None]])
    model.compile(optimizer, "mse", **compile_arguments)
    return model


def go_on(model, part=slice(None), count=UPDATES):
    x, y = samples(count)
    model.fit(x[part], y[part], batch_size=1, shuffle=False, verbose=0)
    return model.get_weights()[0][:, 0]


def fitted(optimizer, count=UPDATES, **compile_arguments):
    return go_on(one_layer(optimizer, **compile_arguments), count=count)


def gradient(theta, x, y):
    return 2 * (x @ theta - y) @ x / len(x)


def reference(kind, momentum=MOVING, accumulation=1, updates=UPDATES, decay=None, amsgrad=False, exact=True):
    """The same run in float64; for Adam, not `exact` is the usual bias correction, with today's β₁ for every step's."""
    x, y = (array.astype("float64") for array in samples(updates * accumulation))
    decay = decay or (DECAY if kind == "adamw" else 0.0)
    theta, m, v, greatest, product = START.astype("float64"), np.zeros(3), np.zeros(3), np.zeros(3), 1.0
    for t in range(updates):
        batch = slice(t * accumulation, (t + 1) * accumulation)
        g, rate, beta = gradient(theta, x[batch], y[batch, 0]), RATE(t), momentum(t)
        theta = theta - rate * decay * theta
        if kind in ("sgd", "nesterov"):
            m = beta * m - rate * g
            theta = theta + (beta * m - rate * g if kind == "nesterov" else m)
            continue
        product *= beta
        m, v = beta * m + (1 - beta) * g, BETA_2 * v + (1 - BETA_2) * g**2
        greatest = np.maximum(greatest, v)
        size = rate * math.sqrt(1 - BETA_2 ** (t + 1)) / (1 - (product if exact else beta ** (t + 1)))
        theta = theta - size * m / (np.sqrt(greatest if amsgrad else v) + 1e-7)
    return theta


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6)


# JAX knows no compiled step but jit's. With torch, Keras allows only one step per execution, and torch.compile takes a
# minute, so that it has its turn once.
TORCH = keras.backend.backend() == "torch"
MODES = {
    "tensorflow": list(itertools.product(OURS, [False, True], [1, 3], [1, 4])),
    "jax": list(itertools.product(OURS, [True], [1, 3], [1, 4])),
    "torch": [*itertools.product(OURS, [False], [1], [1, 4]), ("adam", True, 1, 1)],
}[keras.backend.backend()]


@pytest.mark.parametrize(("kind", "jit_compile", "steps_per_execution", "accumulation"), MODES)
def test_rate_and_momentum_move_in_every_mode(kind, jit_compile, steps_per_execution, accumulation):
    """Where a callback's `optimizer.momentum = …` does nothing: book/traps.md, the frozen momentum."""
    optimizer = OURS[kind](RATE, MOVING, gradient_accumulation_steps=accumulation if accumulation > 1 else None)
    mode = {"jit_compile": jit_compile, "steps_per_execution": steps_per_execution}
    assert_close(fitted(optimizer, UPDATES * accumulation, **mode), reference(kind, accumulation=accumulation))


# Fewer updates: run eagerly, JAX compiles what accumulates anew at every step.
@pytest.mark.parametrize(
    ("steps_per_execution", "accumulation", "updates"),
    [(1, 1, 100), (1, 2, 10)] if TORCH else [(1, 1, 100), (3, 1, 20), (50, 2, 10)],
)
@every_kind
def test_rate_and_momentum_move_eagerly(kind, steps_per_execution, accumulation, updates):
    optimizer = OURS[kind](RATE, MOVING, gradient_accumulation_steps=accumulation if accumulation > 1 else None)
    found = fitted(optimizer, updates * accumulation, run_eagerly=True, steps_per_execution=steps_per_execution)
    assert_close(found, reference(kind, accumulation=accumulation, updates=updates))


@every_kind
def test_the_reference_notices_a_momentum_that_is_frozen(kind):
    with pytest.raises(AssertionError):
        assert_close(fitted(OURS[kind](RATE, MOVING(0))), reference(kind))


@pytest.mark.parametrize("kind", ["adam", "adamw"])
def test_the_usual_bias_correction_is_not_ours(kind):
    """Kingma, Ba (2015), section 3, derive 1 − β₁^t for a β₁ that stands still."""
    with pytest.raises(AssertionError):
        assert_close(fitted(OURS[kind](RATE, MOVING)), reference(kind, exact=False))


@pytest.mark.parametrize("kind", ["adam", "adamw"])
def test_amsgrad_takes_a_schedule(kind):
    assert_close(fitted(OURS[kind](RATE, MOVING, amsgrad=True)), reference(kind, amsgrad=True))


@pytest.mark.parametrize("kind", ["sgd", "adam"])
def test_weight_decay_follows_the_rate(kind):
    assert_close(fitted(OURS[kind](RATE, MOVING, weight_decay=0.2)), reference(kind, decay=0.2))


@every_kind
def test_a_momentum_of_zero_is_a_value_like_any_other(kind):
    """Keras's SGD skips its velocity where `momentum == 0`, and its torch step leaves it as it was."""
    through_zero = schedules.piecewise([(0, 0.9), (20, 0.0), (30, 0.0), (50, 0.9)])
    assert_close(fitted(OURS[kind](RATE, through_zero)), reference(kind, through_zero))


@every_kind
def test_a_short_schedule_of_long_memory_is_corrected_after_its_end(kind):
    short = schedules.piecewise([(0, 0.5), (3, 0.98)])
    assert_close(fitted(OURS[kind](RATE, short)), reference(kind, short))


@every_kind
def test_loss_scaling_leaves_the_schedules_in_place(kind):
    """A momentum assigned to a LossScaleOptimizer reaches no optimizer."""
    scaled = keras.optimizers.LossScaleOptimizer(OURS[kind](RATE, MOVING), initial_scale=8.0)
    assert_close(fitted(scaled), reference(kind))


@every_kind
def test_a_second_fit_goes_on(kind):
    model = one_layer(OURS[kind](RATE, MOVING))
    go_on(model, slice(0, 37))
    assert_close(go_on(model, slice(37, None)), reference(kind))


@every_kind
def test_applied_by_hand_it_moves_and_keeps_nothing_of_the_step(kind):
    optimizer, theta = OURS[kind](RATE, MOVING), keras.Variable(START)
    for x, y in zip(*samples(), strict=True):
        pull = gradient(ops.convert_to_numpy(theta).astype("float64"), x[None], y)
        optimizer.apply([ops.convert_to_tensor(pull.astype("float32"))], [theta])
        assert held(optimizer) is MOVING
    assert_close(ops.convert_to_numpy(theta), reference(kind))


def embedded(optimizer):
    """Weights after training an embedding, whose gradients TensorFlow keeps sparse."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((2,), dtype="int32"), keras.layers.Embedding(5, 3), keras.layers.Flatten()]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    words = np.random.default_rng(0).integers(0, 5, (40, 2)).astype("int32")
    model.fit(words, words.sum(1, keepdims=True).astype("float32"), batch_size=4, shuffle=False, verbose=0)
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


@pytest.mark.parametrize("train", [fitted, embedded])
@pytest.mark.parametrize(
    ("kind", "more"), [*[(kind, {}) for kind in OURS], *[(kind, {"amsgrad": True}) for kind in ("adam", "adamw")]]
)
def test_constants_are_the_stock_optimizer(kind, more, train):
    stock = train(STOCK[kind](0.02, 0.9, **more))
    np.testing.assert_array_equal(train(OURS[kind](0.02, 0.9, **more)), stock)
    scheduled = OURS[kind](schedules.constant(0.02, T), schedules.constant(0.9, T), **more)
    np.testing.assert_allclose(train(scheduled), stock, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("ours", "stock"),
    [(SGD, keras.optimizers.SGD), (Adam, keras.optimizers.Adam), (AdamW, keras.optimizers.AdamW)],
)
def test_the_defaults_are_the_stock_optimizers(ours, stock):
    assert isinstance(ours(), stock)
    assert {**ours().get_config(), "name": None} == {**stock().get_config(), "name": None}


def held(optimizer):
    return optimizer.momentum if isinstance(optimizer, SGD) else optimizer.beta_1


@every_kind
def test_saved_midway_and_reloaded_it_goes_on_bit_for_bit(kind, tmp_path):
    model = one_layer(OURS[kind](RATE, MOVING))
    go_on(model, slice(0, 37))
    model.save(tmp_path / "midway.keras")
    reloaded = keras.saving.load_model(tmp_path / "midway.keras")
    np.testing.assert_array_equal(go_on(model, slice(37, None)), go_on(reloaded, slice(37, None)))
    assert held(reloaded.optimizer) == MOVING


def test_another_program_loads_it_once_it_has_named_the_class(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(SGD(RATE, MOVING), "mse")
    model.save(tmp_path / "model.keras")
    code = (
        "import keras; from learning_rates import SGD; print(keras.saving.load_model('model.keras').optimizer.momentum)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == f"{MOVING!r}\n"


@pytest.mark.parametrize("accumulation", [None, 4])
@pytest.mark.parametrize("momentum", [0.5, MOVING], ids=["float", "schedule"])
@pytest.mark.parametrize("rate", [0.1, RATE, "in graph"], ids=["float", "schedule", "in graph"])
@every_kind
def test_an_optimizer_comes_back_from_its_config(kind, rate, momentum, accumulation):
    rate = InGraphSchedule(RATE, accumulation or 1) if rate == "in graph" else rate
    optimizer = OURS[kind](rate, momentum, gradient_accumulation_steps=accumulation)
    config = optimizer.get_config()
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(copy) is type(optimizer)
    assert copy.get_config() == config
    assert held(copy) == momentum


@pytest.mark.parametrize(("optimizer", "default"), [(SGD, 0.0), (Adam, 0.9), (AdamW, 0.9)])
def test_a_config_without_momentum_has_the_default(optimizer, default):
    assert held(optimizer.from_config({"learning_rate": 0.1})) == default


MOMENTUM_RULE = ("in [0, 1)", [-0.1, 1.0, 1.5])
RULES = {
    "learning_rate": ("≥ 0", [-0.1]),
    "momentum": MOMENTUM_RULE,
    "beta_1": MOMENTUM_RULE,
    "beta_2": MOMENTUM_RULE,
    "epsilon": ("> 0", [0.0, -1e-7]),
    "weight_decay": ("≥ 0", [-0.1]),
}
UNIT = ("momentum", "beta_1", "beta_2")
FLOAT32 = "0, or in float32's range from 1.18e-38 to 3.4e+38"
ARGUMENTS = [(SGD, ["learning_rate", "momentum", "weight_decay"])]
ARGUMENTS += [(adam, [name for name in RULES if name != "momentum"]) for adam in (Adam, AdamW)]


def bad_arguments():
    """Optimizer, argument, value, rule that the message states, name that it gives the value."""
    for optimizer, names in ARGUMENTS:
        for name in names:
            rule, beyond = RULES[name]
            not_numbers = ["0.1", True, [0.1], 1j]
            if name != "weight_decay" or optimizer is AdamW:  # elsewhere None means no decay
                not_numbers.append(None)
            cases = [(value, "a real number") for value in not_numbers]
            cases += [(value, "finite") for value in (math.nan, math.inf, -math.inf)]
            cases += [(value, rule) for value in beyond]
            cases += [(value, FLOAT32) for value in (1e-50, 1e39) if name not in UNIT or value < 1]
            for value, broken in cases:
                yield optimizer, name, value, f"{name} must be {broken}. Received: {name}={value!r}"
    for optimizer, name in [(SGD, "nesterov"), (Adam, "amsgrad"), (AdamW, "amsgrad")]:
        for value in ("yes", 1, None):
            yield optimizer, name, value, f"{name} must be True or False. Received: {name}={value!r}"
    for optimizer, name in [(SGD, "momentum"), (Adam, "beta_1"), (AdamW, "beta_1")]:
        for value, end, at in [(schedules.constant(1.5, 3), "least", 1.5), (rising(1.0), "greatest", 1.0)]:
            message = f"{end} value of {name} must be in [0, 1). Received: {end} value of {name}={at}"
            yield optimizer, name, value, message
        decay = f"greatest value of weight_decay must be {FLOAT32}. Received: greatest value of weight_decay=1e+39"
        yield optimizer, "weight_decay", schedules.constant(1e39, 3), decay
        message = f"{name} must have at most 10000000 steps. Received: {name}.total_steps=10000001"
        yield optimizer, name, schedules.constant(0.9, 10**7 + 1), message


def rising(end):
    return schedules.piecewise([(0, 0.5), (9, end)])


def label(value):
    return getattr(value, "__name__", None) or repr(value)[:40]


@pytest.mark.parametrize(("optimizer", "name", "value", "message"), list(bad_arguments()), ids=label)
def test_bad_input_is_named(optimizer, name, value, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        optimizer(**{name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize("optimizer", [SGD, Adam, AdamW])
def test_an_argument_that_keras_lacks_is_refused(optimizer):
    with pytest.raises(ValueError, match=r"not recognized: \{'beta'"):
        optimizer(beta=0.9)


@pytest.mark.parametrize("momentum", [0.0, 0.9, MOVING], ids=["zero", "float", "schedule"])
@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize(("optimizer", "name"), [(SGD, "momentum"), (Adam, "beta_1"), (AdamW, "beta_1")])
def test_assigning_momentum_raises_instead_of_doing_nothing(optimizer, name, momentum, built):
    made = optimizer(**{name: momentum})
    if built:
        made.build([keras.Variable([1.0])])
    for value in (0.5, schedules.one_cycle_momentum(T), "x"):
        maker = optimizer.__name__
        with pytest.raises(AttributeError, match=rf"Give {maker} a schedule instead\. Received: {name}="):
            setattr(made, name, value)
    assert getattr(made, name) == momentum


def test_a_momentum_that_float32_would_round_to_one_stays_below():
    nearly = schedules.constant(math.nextafter(1.0, 0.0), T)
    assert np.isfinite(fitted(SGD(RATE, nearly))).all()


@pytest.mark.parametrize("accumulation", [None, 4])
def test_a_schedule_may_take_the_place_of_the_rate(accumulation):
    """Keras takes it for a function, and calls it with a tensor."""
    optimizer = SGD(schedules.constant(0.5, 9), gradient_accumulation_steps=accumulation)
    optimizer.learning_rate = schedules.polynomial_decay(1.0, 5)
    optimizer.build([keras.Variable([1.0])])
    optimizer._iterations.assign(2 * (accumulation or 1))  # counts micro-batches
    assert float(optimizer.learning_rate) == 0.5
    assert optimizer.get_config()["learning_rate"]["registered_name"] == "learning_rates>InGraphSchedule"
