"""Any number of any Keras optimizer as a schedule: held against NumPy's arithmetic on whichever backend Keras runs."""

import functools
import math
import subprocess
import sys

import keras
import numpy as np
import pytest

from learning_rates import SGD, Adam, AdamW, InGraphSchedule, scheduled, schedules
from tests import numpy_optimizers as in_numpy
from tests.known_gradient import TORCH, UPDATES, T, compiled, error, fitted, go_on, reference

pytestmark = pytest.mark.slow

RATE = schedules.one_cycle(0.05, T, final_div_factor=10)
FIRST = schedules.one_cycle_momentum(T, low=0.6, high=0.95)
SECOND = schedules.one_cycle_momentum(T, low=0.9, high=0.999)
DECAY = schedules.piecewise([(0, 0.001), (20, 0.2), (T - 1, 0.01)])
RISING = schedules.piecewise([(0, 0.01), (T - 1, 0.1)])
FACTOR = schedules.piecewise([(0, 0.5), (T - 1, 2.0)])

# Optimizer of Keras, its step in NumPy, the numbers that move, those that stand still.
CASES = {
    "SGD": ("SGD", in_numpy.sgd, {"momentum": FIRST, "weight_decay": DECAY}, {}),
    "SGD, nesterov": ("SGD", in_numpy.sgd, {"momentum": FIRST}, {"nesterov": True}),
    "RMSprop": ("RMSprop", in_numpy.rmsprop, {"rho": SECOND, "momentum": FIRST, "epsilon": RISING}, {}),
    "RMSprop, centered": (
        "RMSprop",
        in_numpy.rmsprop,
        {"rho": SECOND, "epsilon": RISING, "weight_decay": DECAY},
        {"momentum": 0.5, "centered": True},
    ),
    "Adam": ("Adam", in_numpy.adam, {"beta_1": FIRST, "beta_2": SECOND, "epsilon": RISING}, {}),
    "Adam, amsgrad": ("Adam", in_numpy.adam, {"beta_2": SECOND}, {"beta_1": 0.9, "epsilon": 1e-3, "amsgrad": True}),
    "AdamW": ("AdamW", in_numpy.adam, {"beta_2": SECOND, "weight_decay": DECAY}, {"beta_1": 0.9, "epsilon": 1e-3}),
    "Adamax": ("Adamax", in_numpy.adamax, {"beta_1": FIRST, "beta_2": SECOND, "epsilon": RISING}, {}),
    "Nadam": ("Nadam", in_numpy.nadam, {"beta_1": FIRST, "beta_2": SECOND, "epsilon": RISING}, {}),
    "Nadam, one": ("Nadam", in_numpy.nadam, {"beta_2": SECOND}, {"beta_1": 0.9, "epsilon": 0.01}),
    "Lamb": ("Lamb", in_numpy.lamb, {"beta_1": FIRST, "beta_2": SECOND, "epsilon": RISING}, {}),
    "Lion": ("Lion", in_numpy.lion, {"beta_1": FIRST, "beta_2": SECOND, "weight_decay": DECAY}, {}),
    "Adadelta": ("Adadelta", in_numpy.adadelta, {"rho": FIRST, "epsilon": RISING}, {}),
    "Adagrad": ("Adagrad", in_numpy.adagrad, {"epsilon": RISING, "weight_decay": DECAY}, {}),
    "Adafactor": ("Adafactor", in_numpy.adafactor, {"epsilon_2": RISING, "clip_threshold": FACTOR}, {}),
    "Ftrl": (
        "Ftrl",
        in_numpy.ftrl,
        {
            "l1_regularization_strength": RISING,
            "l2_regularization_strength": DECAY,
            "l2_shrinkage_regularization_strength": DECAY,
            "beta": FACTOR,
        },
        {},
    ),
    "Muon": (
        "Muon",
        in_numpy.muon,
        {
            "momentum": FIRST,
            "adam_beta_1": FIRST,
            "adam_beta_2": SECOND,
            "weight_decay": DECAY,
            "adam_weight_decay": DECAY,
            "rms_rate": FACTOR,
            "adam_lr_ratio": FACTOR,
            "muon_a": schedules.piecewise([(0, 3.4445), (T - 1, 3.0)]),
        },
        {"epsilon": 1e-3},
    ),
    # On TensorFlow and torch Keras's reads z after it has moved, where it means z before.
    "ScheduleFreeAdamW" if keras.backend.backend() == "jax" else "": (
        "ScheduleFreeAdamW",
        in_numpy.schedule_free_adamw,
        {"beta_2": SECOND, "epsilon": RISING},
        {"beta_1": 0.9},
    ),
}
# The oldest Keras lacks some.
CASES = {name: case for name, case in CASES.items() if name and hasattr(keras.optimizers, case[0])}
every_case = pytest.mark.parametrize("case", CASES)
EVERY_NUMBER = [(case, number) for case in CASES for number in CASES[case][2]]
TOLERANCE = 1e-5


def made(case, **more):
    name, _, moving, still = CASES[case]
    return scheduled(getattr(keras.optimizers, name), learning_rate=RATE, **moving, **still, **more)


@functools.cache
def found(case):
    return fitted(made(case))


def expected(case, **numbers):
    _, step, moving, still = CASES[case]
    return reference(step, RATE, {**moving, **still, **numbers})


@every_case
def test_every_number_moves_as_in_numpy(case):
    assert error(found(case), expected(case)) < TOLERANCE


@pytest.mark.parametrize(("case", "number"), EVERY_NUMBER)
def test_the_reference_notices_a_number_that_is_frozen(case, number):
    assert error(found(case), expected(case, **{number: CASES[case][2][number](0)})) > 2 * TOLERANCE


@pytest.mark.parametrize(
    ("optimizer", "power"),
    [
        ("Adam", "m"),
        ("Adam", "v"),
        ("AdamW", "v"),
        ("Adamax", "m"),
        ("Nadam", "v"),
        ("Lamb", "v"),
        ("Muon", "m"),
        ("Muon", "v"),
    ],
)
def test_the_reference_notices_the_usual_bias_correction(optimizer, power, monkeypatch):
    """Keras's 1 − β(t)^(t+1), which Kingma, Ba (2015), section 3, derive for a β that stands still."""
    if optimizer not in CASES:
        pytest.skip("this Keras lacks it")

    def averages(g, s, h):
        s["steps"] = s.get("steps", 0) + 1
        for name, beta, value in (("m", h["beta_1"], g), ("v", h["beta_2"], g**2)):
            s[name] = beta * s.get(name, 0) + (1 - beta) * value
            s[f"product {name}"] = beta * s.get(f"product {name}", 1)
            s[f"∏{name}"] = beta ** s["steps"] if name == power else s[f"product {name}"]
        return s["m"] / (1 - s["∏m"]), s["v"] / (1 - s["∏v"])

    monkeypatch.setattr(in_numpy, "_averages", averages)
    assert error(found(optimizer), expected(optimizer)) > 2 * TOLERANCE


# JAX knows no compiled step but jit's, and with torch Keras allows one step per execution.
MODES = {"tensorflow": [(True, 1, 1), (False, 3, 4)], "jax": [(True, 3, 4)], "torch": [(False, 1, 4)]}


@pytest.mark.parametrize(("jit_compile", "steps_per_execution", "accumulation"), MODES[keras.backend.backend()])
@pytest.mark.parametrize(
    "case", [case for case in ("SGD, nesterov", "RMSprop", "AdamW", "Lamb", "Muon") if case in CASES]
)
def test_numbers_move_in_every_mode(case, jit_compile, steps_per_execution, accumulation):
    optimizer = made(case, gradient_accumulation_steps=accumulation if accumulation > 1 else None)
    mode = {"jit_compile": jit_compile, "steps_per_execution": steps_per_execution}
    _, step, moving, still = CASES[case]
    right = reference(step, RATE, {**moving, **still}, accumulation=accumulation)
    assert error(fitted(optimizer, accumulation, **mode), right) < TOLERANCE


def test_the_momentum_of_the_moving_average_moves():
    optimizer = scheduled(keras.optimizers.SGD, learning_rate=RATE, momentum=0.5, use_ema=True, ema_momentum=FIRST)
    model = compiled(optimizer)
    right = reference(in_numpy.sgd, RATE, {"momentum": 0.5}, ema=FIRST)
    assert error(go_on(model), right) < TOLERANCE
    assert error(right, reference(in_numpy.sgd, RATE, {"momentum": 0.5}, ema=lambda t: FIRST(0))) > 2 * TOLERANCE


def test_loss_scaling_goes_around_it():
    scaled = keras.optimizers.LossScaleOptimizer(made("AdamW"), initial_scale=8.0)
    assert error(fitted(scaled), expected("AdamW")) < TOLERANCE


# One of each family, which may keep a state of its own.
@pytest.mark.parametrize(
    "case", [case for case in ("SGD", "RMSprop", "Adam", "Nadam", "Adafactor", "Ftrl", "Muon") if case in CASES]
)
def test_saved_midway_and_reloaded_it_goes_on_bit_for_bit(case, tmp_path):
    model = compiled(made(case))
    go_on(model, slice(0, 37))
    model.save(tmp_path / "midway.keras")
    reloaded = keras.saving.load_model(tmp_path / "midway.keras")
    for whole, resumed in zip(found(case), go_on(reloaded, slice(37, None)), strict=True):
        np.testing.assert_array_equal(whole, resumed)


@keras.saving.register_keras_serializable("tests")
class Halved(keras.optimizers.Adam):
    """A user's own optimizer."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient * 0.5, variable, learning_rate)


def test_a_users_own_optimizer_moves_too():
    numbers = {"beta_1": FIRST, "beta_2": SECOND, "epsilon": 0.1}

    def halved(p, g, s, rate, h):
        return in_numpy.adam(p, g / 2, s, rate, h)

    optimizer = scheduled(Halved, learning_rate=RATE, **numbers)
    assert error(fitted(optimizer), reference(halved, RATE, numbers)) < TOLERANCE
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert isinstance(copy, Halved)
    assert copy.get_config() == optimizer.get_config()


@every_case
def test_a_config_goes_round(case):
    optimizer = made(case, gradient_accumulation_steps=4)
    copy = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert isinstance(copy, getattr(keras.optimizers, CASES[case][0]))
    for number, schedule in CASES[case][2].items():
        assert getattr(copy, number) == schedule
    assert copy.get_config() == optimizer.get_config()


def test_another_program_loads_it_once_it_has_named_the_function(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(scheduled(keras.optimizers.RMSprop, learning_rate=RATE, rho=SECOND), "mse")
    model.save(tmp_path / "model.keras")
    load = "keras.saving.load_model('model.keras')"
    code = f"import keras; from learning_rates import scheduled; print({load}.optimizer.rho)"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == f"{SECOND!r}\n"


def test_nothing_moves_where_nothing_is_scheduled():
    stock = keras.optimizers.Lion(0.01, weight_decay=0.1)
    ours = scheduled(keras.optimizers.Lion, learning_rate=0.01, weight_decay=0.1)
    for a, b in zip(fitted(ours), fitted(stock), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_packages_own_optimizers_take_it_too():
    optimizer = scheduled(AdamW, learning_rate=RATE, beta_2=SECOND, weight_decay=DECAY, beta_1=0.9, epsilon=1e-3)
    assert type(optimizer) is AdamW
    assert error(fitted(optimizer), expected("AdamW")) < TOLERANCE
    assert AdamW.from_config(optimizer.get_config()).get_config() == optimizer.get_config()


def test_variables_of_16_bits_are_refused_where_keras_itself_fails():
    variable = keras.Variable(np.ones(2), dtype="bfloat16", name="v")
    optimizer = scheduled(keras.optimizers.Nadam, beta_2=SECOND)
    with pytest.raises(ValueError, match=r"variables must have 32 bits .* Received: v='bfloat16'"):
        optimizer.build([variable])
    assert not optimizer.built
    scheduled(keras.optimizers.Nadam, learning_rate=RATE).build([variable])


def variables():
    """A number in each of the forms that `assign` or a step could change later."""
    yield keras.Variable(0.5)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        yield tf.Variable(0.5)
    if TORCH:
        import torch

        yield torch.nn.Parameter(torch.tensor(0.5))


NUMBERS = [
    "learning_rate",
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "ema_momentum",
    "loss_scale_factor",
]


def scheduled_as(name):
    return functools.partial(scheduled, getattr(keras.optimizers, name))


@pytest.mark.parametrize("variable", list(variables()), ids=lambda variable: type(variable).__module__)
@pytest.mark.parametrize(
    ("optimizer", "name"),
    [(SGD, "momentum"), *[(adam, name) for adam in (Adam, AdamW) for name in ("beta_1", "beta_2", "epsilon")]]
    + [(SGD, name) for name in [*NUMBERS, "gradient_accumulation_steps", "ema_overwrite_frequency"]]
    + [
        (functools.partial(scheduled, keras.optimizers.RMSprop), name)
        for name in [*NUMBERS, "rho", "momentum", "epsilon"]
    ]
    + [(functools.partial(scheduled, keras.optimizers.Ftrl), "l1_regularization_strength")],
)
def test_a_variable_is_no_number(optimizer, name, variable):
    """keras#19760: stock Keras refuses a variable as the rate, because later assignments would do nothing."""
    with pytest.raises(TypeError, match=rf"^{name} must be a real number\. Received: {name}="):
        optimizer(**{name: variable})


@pytest.mark.parametrize(("counted", "accumulation"), [(1, 4), (4, 1), (2, 4)])
@pytest.mark.parametrize("optimizer", [SGD, Adam, scheduled_as("Lion")])
def test_two_counts_of_one_thing_are_refused(optimizer, counted, accumulation):
    """accelerate#1170, diffusers#2632: a rate that counts micro-batches runs four times as fast as the momentum."""
    rate, steps = InGraphSchedule(RATE, counted), None if accumulation == 1 else accumulation
    rule = r"^learning_rate\.accumulation must be gradient_accumulation_steps\. "
    received = rf"Received: learning_rate\.accumulation={counted}, gradient_accumulation_steps={accumulation}$"
    with pytest.raises(ValueError, match=rule + received):
        optimizer(learning_rate=rate, gradient_accumulation_steps=steps)


REFUSED = [
    ("Ftrl", "initial_accumulator_value", "Keras reads it once"),
    ("Ftrl", "learning_rate_power", "it is negative"),
    ("Adafactor", "beta_2_decay", "it is negative"),
    ("SGD", "loss_scale_factor", "the loss is scaled outside"),
    ("SGD", "clipnorm", "Keras decides by it in Python"),
    ("SGD", "clipvalue", "Keras decides by it in Python"),
    ("SGD", "global_clipnorm", "Keras decides by it in Python"),
    ("SGD", "gradient_accumulation_steps", "it is a count"),
    ("SGD", "ema_overwrite_frequency", "it is a count"),
    ("SGD", "nesterov", "it is no number"),
    ("SGD", "use_ema", "it is no number"),
    ("SGD", "rho", "SGD has no such number"),
    ("Muon", "ns_steps", "it is a count"),
    ("Muon", "muon_b", "it is negative"),
    ("ScheduleFreeAdamW", "beta_1", "Keras recovers the average by it"),
    ("ScheduleFreeAdamW", "warmup_steps", "it is a count"),
]


@pytest.mark.parametrize(("optimizer", "name", "reason"), REFUSED)
def test_what_cannot_move_is_refused_with_the_reason(optimizer, name, reason):
    if not hasattr(keras.optimizers, optimizer):
        pytest.skip("this Keras lacks it")
    with pytest.raises(ValueError, match=rf"^{name} must not be a schedule: {reason}.*Received: {name}=schedules\."):
        scheduled(getattr(keras.optimizers, optimizer), **{name: RATE})


def test_a_users_step_that_may_ask_for_the_momentum_is_refused():
    class Own(keras.optimizers.SGD):
        def update_step(self, gradient, variable, learning_rate):
            super().update_step(gradient, variable, learning_rate)

    if TORCH:
        assert scheduled(Own, momentum=FIRST).momentum == FIRST
    else:
        with pytest.raises(ValueError, match="momentum must not be a schedule: the update_step of Own may ask for it"):
            scheduled(Own, momentum=FIRST)


def test_a_number_that_a_users_optimizer_keeps_elsewhere_is_refused():
    """Where it would stand still, at the schedule's greatest value, and nothing would say so."""

    class Own(keras.optimizers.SGD):
        def __init__(self, *given, pull=1.0, **more):
            super().__init__(*given, **more)
            self.force = pull

    with pytest.raises(ValueError, match=r"pull must not be a schedule: the optimizer must keep it as self\.pull\."):
        scheduled(Own, pull=FIRST)


UNIT, POSITIVE, LEAST = ("in [0, 1)", [-0.1, 1.0]), ("> 0", [0.0, -1.0]), ("≥ 0", [-0.1])
RULES = {
    ("RMSprop", "learning_rate"): LEAST,
    ("RMSprop", "rho"): UNIT,
    ("RMSprop", "momentum"): UNIT,
    ("RMSprop", "epsilon"): POSITIVE,
    ("RMSprop", "weight_decay"): LEAST,
    ("RMSprop", "clipnorm"): LEAST,
    ("RMSprop", "ema_momentum"): ("in [0, 1]", [-0.1, 1.1]),
    ("Lion", "beta_2"): UNIT,
    ("Adafactor", "clip_threshold"): POSITIVE,
}


def bad_numbers():
    for (optimizer, name), (rule, beyond) in RULES.items():
        cases = [(value, "a real number", TypeError) for value in ("0.1", True, [0.1], 1j)]
        cases += [(value, "finite", ValueError) for value in (math.nan, math.inf, -math.inf)]
        cases += [(value, rule, ValueError) for value in beyond]
        for value, broken, kind in cases:
            yield optimizer, name, value, f"{name} must be {broken}. Received: {name}={value!r}", kind
    for name in ("momentum", "rho"):
        message = f"greatest value of {name} must be in [0, 1). Received: greatest value of {name}=1.5"
        yield "RMSprop", name, schedules.piecewise([(0, 0.5), (9, 1.5)]), message, ValueError
        message = f"{name} must have at most 10000000 steps. Received: {name}.total_steps=10000001"
        yield "RMSprop", name, schedules.constant(0.9, 10**7 + 1), message, ValueError
    message = "use_ema must be True where ema_momentum moves. Received: use_ema=False"
    yield "SGD", "ema_momentum", FIRST, message, ValueError
    message = "least value of epsilon must be > 0. Received: least value of epsilon=0.0"
    yield "Adam", "epsilon", schedules.piecewise([(0, 0.0), (9, 0.1)]), message, ValueError
    yield "Ftrl", "beta", math.nan, "beta must be finite. Received: beta=nan", ValueError


@pytest.mark.parametrize(("optimizer", "name", "value", "message", "kind"), list(bad_numbers()))
def test_bad_input_is_named(optimizer, name, value, message, kind):
    with pytest.raises(kind) as caught:
        scheduled(getattr(keras.optimizers, optimizer), **{name: value})
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "value", ["sgd", None, 3, keras.optimizers.SGD(), int, keras.layers.Dense], ids=lambda value: type(value).__name__
)
def test_what_is_no_class_of_optimizers_is_refused(value):
    with pytest.raises(
        TypeError, match=r"optimizer must be a class, such as keras\.optimizers\.Muon\. Received: optim"
    ):
        scheduled(value, learning_rate=0.1)


@pytest.mark.parametrize("name", ["LossScaleOptimizer", "MultiOptimizer", "Optimizer"])
def test_an_optimizer_without_numbers_of_its_own_is_refused(name):
    if not hasattr(keras.optimizers, name):
        pytest.skip("this Keras lacks it")
    with pytest.raises(ValueError, match="optimizer must have numbers of its own"):
        scheduled(getattr(keras.optimizers, name), initial_scale=RATE)


def test_an_argument_that_keras_lacks_is_refused():
    with pytest.raises(ValueError, match=r"not recognized: \{'rho'"):
        scheduled(keras.optimizers.SGD, rho=0.9)


def test_a_class_that_is_unknown_when_loading_is_named():
    config = {**scheduled(keras.optimizers.RMSprop, rho=SECOND).get_config(), "optimizer": "mine>Gone"}
    with pytest.raises(ValueError, match=r"optimizer must be Keras's, registered .* Received: optimizer='mine>Gone'"):
        type(made("SGD")).from_config(config)


@pytest.mark.parametrize("built", [False, True])
def test_assigning_a_number_that_moves_raises_instead_of_doing_nothing(built):
    optimizer = scheduled(keras.optimizers.RMSprop, rho=SECOND, momentum=0.5)
    if built:
        optimizer.build([keras.Variable([1.0])])
    with pytest.raises(AttributeError, match=r"rho is fixed once .* Received: rho=0\.5"):
        optimizer.rho = 0.5
    optimizer.momentum = 0.25  # as in Keras
    assert (optimizer.rho, optimizer.momentum) == (SECOND, 0.25)


def test_the_least_schedule_has_one_step():
    optimizer = scheduled(keras.optimizers.SGD, learning_rate=0.1, momentum=schedules.constant(0.5, 1))
    right = reference(in_numpy.sgd, lambda t: 0.1, {"momentum": 0.5})
    assert error(fitted(optimizer), right) < TOLERANCE
    assert UPDATES > T
