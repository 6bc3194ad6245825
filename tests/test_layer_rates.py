"""A rate for each layer: held against NumPy's arithmetic on whichever backend Keras runs."""

import math

import keras
import numpy as np
import pytest

from learning_rates import SGD, Adam, AdamW, scheduled, schedules
from tests import numpy_optimizers as in_numpy
from tests.known_gradient import TORCH, T, compiled, error, fitted, go_on, reference

pytestmark = pytest.mark.slow

RATE = schedules.one_cycle(0.05, T, final_div_factor=10)
MOVING = schedules.one_cycle_momentum(T, low=0.6, high=0.95)
SECOND = schedules.one_cycle_momentum(T, low=0.9, high=0.999)
RATES, FACTORS = {"w$": 0.1, "b$": 3.0}, (0.1, 3.0)
BETAS = {"beta_1": MOVING, "beta_2": SECOND, "epsilon": 0.01}

# Optimizer of Keras, its step in NumPy, its numbers.
CASES = {
    "SGD": (in_numpy.sgd, {"momentum": MOVING, "weight_decay": 0.2}),
    "RMSprop": (in_numpy.rmsprop, {"rho": 0.9, "momentum": MOVING, "epsilon": 0.01}),
    "Adam": (in_numpy.adam, BETAS),
    "AdamW": (in_numpy.adam, {**BETAS, "weight_decay": 0.2}),
    "Adamax": (in_numpy.adamax, BETAS),
    "Nadam": (in_numpy.nadam, BETAS),
    "Lamb": (in_numpy.lamb, BETAS),
    "Lion": (in_numpy.lion, {"beta_1": MOVING, "beta_2": 0.99, "weight_decay": 0.2}),
    "Adadelta": (in_numpy.adadelta, {"rho": 0.9, "epsilon": 0.01}),
    "Adagrad": (in_numpy.adagrad, {"epsilon": 0.01}),
    "Ftrl": (
        in_numpy.ftrl,
        {
            "l1_regularization_strength": 0.01,
            "l2_regularization_strength": 0.02,
            "l2_shrinkage_regularization_strength": 0.0,
            "beta": 0.0,
        },
    ),
    "Muon": (
        in_numpy.muon,
        {
            "momentum": MOVING,
            "adam_beta_1": MOVING,
            "adam_beta_2": 0.99,
            "epsilon": 0.01,
            "rms_rate": 0.2,
            "adam_lr_ratio": 0.5,
            "muon_a": 3.4445,
            "weight_decay": 0.2,
            "adam_weight_decay": 0.1,
        },
    ),
}
CASES = {name: case for name, case in CASES.items() if hasattr(keras.optimizers, name)}  # the oldest Keras lacks Muon
TOLERANCE = 1e-5
OURS = {"SGD": SGD, "Adam": Adam, "AdamW": AdamW}
every_maker = pytest.mark.parametrize(
    "make", [SGD, Adam, AdamW, lambda **given: scheduled(keras.optimizers.Lion, **given)], ids=[*OURS, "scheduled"]
)


def made(name, rates=RATES, **more):
    numbers = {"learning_rate": RATE, **CASES[name][1], "layer_rates": rates, **more}
    return OURS[name](**numbers) if name in OURS else scheduled(getattr(keras.optimizers, name), **numbers)


@pytest.mark.parametrize("name", CASES)
def test_each_variable_has_its_own_rate_and_decay(name):
    step, numbers = CASES[name]
    found = fitted(made(name))
    assert error(found, reference(step, RATE, numbers, FACTORS)) < TOLERANCE
    for frozen in ((1, 3.0), (0.1, 1)):
        assert error(found, reference(step, RATE, numbers, frozen)) > 2 * TOLERANCE


@pytest.mark.parametrize("name", ["SGD", "AdamW", "Nadam"])
def test_it_goes_with_accumulation_and_clipping(name):
    step, numbers = CASES[name]
    optimizer = made(name, gradient_accumulation_steps=4, global_clipnorm=1.5)
    expected = reference(step, RATE, numbers, FACTORS, accumulation=4, clip=1.5)
    assert error(fitted(optimizer, 4), expected) < TOLERANCE


def test_a_factor_of_zero_leaves_a_variable_as_it_was():
    start = compiled(SGD(0.1)).trainable_variables[0]
    start = keras.ops.convert_to_numpy(start).copy()
    w, b = fitted(SGD(0.1, 0.9, weight_decay=0.1, layer_rates={"w$": 0}))
    np.testing.assert_array_equal(w, start)
    assert (b != 0).all()


def test_a_variable_that_no_pattern_finds_keeps_the_rate():
    expected = reference(in_numpy.sgd, RATE, {"momentum": 0.9}, (1, 3.0))
    assert error(fitted(SGD(RATE, 0.9, layer_rates={"pull/b": 3.0})), expected) < TOLERANCE


@pytest.mark.parametrize("excluded", [["w"], ["w", "b"]])
def test_what_is_excluded_from_weight_decay_stays_so(excluded):
    """A group of which nothing decays: PyTorch's fast path refuses an empty list."""
    optimizer = SGD(0.1, weight_decay=0.3, layer_rates=RATES)
    optimizer.exclude_from_weight_decay(var_names=excluded)
    expected = reference(in_numpy.sgd, lambda t: 0.1, {"momentum": 0.0, "weight_decay": 0.3}, FACTORS)
    plain = reference(in_numpy.sgd, lambda t: 0.1, {"momentum": 0.0}, FACTORS)
    right = [(plain if name in excluded else expected)[place] for place, name in enumerate(("w", "b"))]
    assert error(fitted(optimizer), right) < TOLERANCE


@pytest.mark.skipif(not TORCH, reason="the fast path is torch's")
def test_torchs_fast_path_runs_once_for_each_factor(monkeypatch):
    calls = []
    optimizer = made("AdamW", {"w$": 0.1})
    kind = type(optimizer)
    monkeypatch.setattr(kind, "_parallel_update_step", lambda self, grads, variables, rate: calls.append(len(grads)))
    go_on(compiled(optimizer), slice(0, 2))
    assert calls == [1, 1] * 2


@keras.saving.register_keras_serializable("tests")
class Own(keras.Model):
    """Its layers have the names that Keras numbers, anew in each process and at each loading."""

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.first, self.second = keras.layers.Dense(3), keras.layers.Dense(1)

    def call(self, x):
        return self.second(self.first(x))


def sequential():
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="body"), keras.layers.Dense(1, name="head")])


def nested():
    encoder = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="body")], name="encoder")
    return keras.Sequential([encoder, keras.layers.Dense(1, name="head")])


def own():
    model = Own()
    model(np.zeros((1, 4), "float32"))
    return model


def train(model):
    x = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
    model.fit(x, x.sum(1, keepdims=True), batch_size=4, shuffle=False, verbose=0)
    return model.get_weights()


def nadam(**given):
    return scheduled(keras.optimizers.Nadam, **given)


@pytest.mark.parametrize(
    ("make", "build", "pattern"),
    [
        (AdamW, sequential, r"^sequential[_\d]*/head/"),
        (nadam, nested, r"encoder/body/kernel"),
        (AdamW, own, None),
    ],
    ids=["sequential", "nested, any", "own"],
)
def test_a_loaded_model_goes_on_bit_for_bit_although_keras_renames_its_variables(make, build, pattern, tmp_path):
    """Where the pattern was for the path that the variable had."""
    keras.utils.set_random_seed(0)
    model = build()
    if pattern is None:
        pattern = f"^{model.second.kernel.path}$"
    model.compile(make(learning_rate=0.01, layer_rates={pattern: 0.0}), "mse")
    train(model)
    model.save(tmp_path / "model.keras")
    reloaded = keras.saving.load_model(tmp_path / "model.keras")
    before = reloaded.get_weights()
    for whole, resumed in zip(train(model), train(reloaded), strict=True):
        np.testing.assert_array_equal(whole, resumed)
    stood = [np.array_equal(a, b) for a, b in zip(before, reloaded.get_weights(), strict=True)]
    factors = [factor for _, factor in model.optimizer.get_config()["layer_factors"]]
    assert stood == [factor == 0 for factor in factors]
    assert 0 in factors
    assert reloaded.optimizer.get_config() == model.optimizer.get_config()


def test_a_clone_with_an_optimizer_from_the_config_has_the_same_factors():
    model = nested()
    optimizer = SGD(0.1, layer_rates={"encoder/body/kernel": 0.0})
    optimizer.build(model.trainable_variables)
    clone = keras.models.clone_model(model)
    again = SGD.from_config(optimizer.get_config())
    again.build(clone.trainable_variables)
    assert again.get_config() == optimizer.get_config()


def test_another_model_is_searched_anew():
    optimizer = SGD(0.1, layer_rates={"head/kernel": 0.5})
    optimizer.build(sequential().trainable_variables)
    again = SGD.from_config(optimizer.get_config())
    deeper = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4, name="neck"), *sequential().layers])
    again.build(deeper.trainable_variables)
    assert [factor for _, factor in again.get_config()["layer_factors"]] == [1, 1, 1, 1, 0.5, 1]


def test_loss_scaling_goes_around_it():
    step, numbers = CASES["AdamW"]
    scaled = keras.optimizers.LossScaleOptimizer(made("AdamW"), initial_scale=8.0)
    assert error(fitted(scaled), reference(step, RATE, numbers, FACTORS)) < TOLERANCE


@pytest.mark.skipif(not hasattr(keras.optimizers, "MultiOptimizer"), reason="this Keras has none")
def test_what_the_book_says_of_keras_multi_optimizer():
    """Once Keras has mended it, the trap in the chapter on super-convergence can go."""

    def many(pattern, frozen):
        model = sequential()
        others = keras.optimizers.OptimizerMap(keras.optimizers.SGD(0.1), {pattern: frozen})
        model.compile(keras.optimizers.MultiOptimizer(others), "mse")
        before = model.get_weights()
        return [np.array_equal(a, b) for a, b in zip(before, train(model), strict=True)]

    assert many(".*/body/.*", keras.optimizers.SGD(0.0)) == [True, True, False, False]
    assert many("body/.*", keras.optimizers.SGD(0.0)) == [False] * 4  # missed, in silence
    with pytest.raises(ValueError, match="must find a variable"):
        SGD(0.1, layer_rates={"^body/": 0.0}).build(sequential().trainable_variables)


def test_without_layer_rates_the_config_is_keras_own():
    assert "layer_rates" not in SGD().get_config()
    assert "layer_rates" not in Adam(layer_rates={}).get_config()


BAD = [
    ([0.1], TypeError, "layer_rates must be a dict of patterns and factors. Received: layer_rates=[0.1]"),
    (0.1, TypeError, "layer_rates must be a dict of patterns and factors. Received: layer_rates=0.1"),
    ("w", TypeError, "layer_rates must be a dict of patterns and factors. Received: layer_rates='w'"),
    *[
        ({pattern: 0.1}, TypeError, f"each pattern of layer_rates must be a str. Received: pattern={pattern!r}")
        for pattern in (1, None, True, math.nan, b"w", ("w",))
    ],
    *[
        (rates, TypeError, f"layer_rates must be a dict of patterns and factors. Received: layer_rates={rates!r}")
        for rates in (True, math.nan, -1, [("w", 0.1)])
    ],
    ({"w": [0.1]}, TypeError, "layer_rates['w'] must be a real number. Received: layer_rates['w']=[0.1]"),
    ({"b": 1.0, "w": -1}, ValueError, "layer_rates['w'] must be ≥ 0. Received: layer_rates['w']=-1"),
    ({"w": "x"}, TypeError, "layer_rates['w'] must be a real number. Received: layer_rates['w']='x'"),
    ({"w": None}, TypeError, "layer_rates['w'] must be a real number. Received: layer_rates['w']=None"),
    ({"w": True}, TypeError, "layer_rates['w'] must be a real number. Received: layer_rates['w']=True"),
    ({"w": math.nan}, ValueError, "layer_rates['w'] must be finite. Received: layer_rates['w']=nan"),
    ({"w": math.inf}, ValueError, "layer_rates['w'] must be finite. Received: layer_rates['w']=inf"),
    ({"w": -math.inf}, ValueError, "layer_rates['w'] must be finite. Received: layer_rates['w']=-inf"),
    ({"w": -0.1}, ValueError, "layer_rates['w'] must be ≥ 0. Received: layer_rates['w']=-0.1"),
]


@pytest.mark.parametrize(("rates", "kind", "message"), BAD)
@every_maker
def test_bad_input_is_named(make, rates, kind, message):
    with pytest.raises(kind) as caught:
        make(layer_rates=rates)
    assert str(caught.value) == message


def test_a_schedule_or_a_variable_is_no_factor():
    for factor in (RATE, keras.Variable(0.5)):
        with pytest.raises(TypeError, match=r"^layer_rates\['w'\] must be a real number"):
            SGD(layer_rates={"w": factor})


@every_maker
def test_a_pattern_that_is_no_regular_expression_is_refused(make):
    with pytest.raises(ValueError, match=r"must be a regular expression \(.+\)\. Received: pattern='\('$"):
        make(layer_rates={"(": 0.1})


@every_maker
def test_a_pattern_that_finds_nothing_is_refused_and_nothing_is_built(make):
    optimizer, variables = make(layer_rates={"w": 0.1, "tail": 1.0}), compiled(SGD()).trainable_variables
    with pytest.raises(
        ValueError, match=r"must find a variable\. Received: pattern='tail', paths=\['.*pull/w', '.*pull/b'\]$"
    ):
        optimizer.build(variables)
    assert not optimizer.built
    assert len(optimizer.variables) <= 2  # the count of steps, and the rate


@every_maker
def test_two_patterns_that_find_one_variable_are_refused(make):
    optimizer, variables = make(layer_rates={"w": 0.1, "pull/w": 1.0}), compiled(SGD()).trainable_variables
    with pytest.raises(ValueError, match=r"same variable\. Received: patterns=\['w', 'pull/w'\], path='.*pull/w'$"):
        optimizer.build(variables)
    assert not optimizer.built


def test_optimizers_that_bend_the_rate_refuse():
    with pytest.raises(ValueError, match="Adafactor takes the lesser of the rate and 1/√t, after the factor"):
        scheduled(keras.optimizers.Adafactor, layer_rates={"w": 0.1})
    with pytest.raises(
        ValueError, match=r"must be > 0: the step divides by the rate\. Received: layer_rates=\{'w': 0\.0\}"
    ):
        scheduled(keras.optimizers.Ftrl, layer_rates={"w": 0.0})
