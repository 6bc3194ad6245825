"""Averages of the weights: held against NumPy's arithmetic on whichever backend Keras runs."""

import functools
import math
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import ops

from learning_rates import SGD, Adam, AdamW, Averaged, scheduled, schedules
from tests import numpy_optimizers as in_numpy
from tests.known_gradient import START, TORCH, UPDATES, T, compiled, error, go_on, reference, samples

pytestmark = pytest.mark.slow

RATE = schedules.one_cycle(0.05, T, final_div_factor=10)
WARM = schedules.warmup(schedules.polynomial_decay(0.1, T, end_lr=0.05), 10)
MOVING = schedules.one_cycle_momentum(T, low=0.6, high=0.95)
TOLERANCE = 2e-6
KINDS = {
    "uniform": {},
    "uniform, late": {"start": 40},
    "ema": {"kind": "ema", "decay": 0.9},
    "ema, late": {"kind": "ema", "start": 40},
    "schedule_free": {"kind": "schedule_free"},
}
# Where the averages differ in what they keep and do; that a late one begins late, their values show.
every_kind = pytest.mark.parametrize("kind", ["uniform, late", "ema", "schedule_free"])


def weights(model):
    return [ops.convert_to_numpy(variable).copy() for variable in model.trainable_variables]


@functools.cache
def unaveraged():
    """The weights after the run of the same optimizer without an average."""
    return go_on(compiled(SGD(RATE, MOVING)))


def averages(model, averaged, **how):
    with averaged.weights(model, **how):
        return weights(model)


def path(rate=RATE, momentum=MOVING, accumulation=1):
    """The weights after each update of SGD, in float64."""
    found = []

    def step(p, g, s, rate, h):
        found.append(in_numpy.sgd(p, g, s, rate, h))
        return found[-1]

    reference(step, rate, {"momentum": momentum}, accumulation=accumulation)
    return list(zip(found[::2], found[1::2], strict=True))


def expected(kind, steps):
    """The average of these weights."""
    start = KINDS[kind].get("start", 0)
    if "uniform" in kind:
        return [np.mean([step[i] for step in steps[start:]], axis=0) for i in (0, 1)]
    decay, average = KINDS[kind].get("decay", 0.999), steps[start]
    for step in steps[start + 1 :]:
        average = [decay * a + (1 - decay) * w for a, w in zip(average, step, strict=True)]
    return average


def schedule_free(rate, beta=0.9, decay=0.0, accumulation=1, adam=False):
    """x and y after the run, as Defazio et al. (2024) have it: Σγ² where the package keeps a count."""
    pull = samples(UPDATES * accumulation).astype("float64").reshape(UPDATES, accumulation, 15).mean(1)
    y, z, x = ([start.astype("float64") for start in START] for _ in range(3))
    top = total = 0.0
    v = [0.0, 0.0]
    for t in range(UPDATES):
        top = max(top, rate(t))
        total += top**2
        for i, target in enumerate((pull[t, :12].reshape(4, 3), pull[t, 12:])):
            g = y[i] - target
            v[i] = 0.999 * v[i] + 0.001 * g**2
            step = g / (np.sqrt(v[i] / (1 - 0.999 ** (t + 1))) + 1e-8) if adam else g
            z[i] = z[i] - rate(t) * (step + decay * y[i])
            x[i] = x[i] + (top**2 / total if total else 0.0) * (z[i] - x[i])
            y[i] = (1 - beta) * z[i] + beta * x[i]
    return x, y


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "schedule_free"])
def test_the_average_is_numpys_and_leaves_training_alone(kind):
    averaged = Averaged(SGD(RATE, MOVING), **KINDS[kind])
    model = compiled(averaged)
    found = go_on(model)
    for ours, plain in zip(found, unaveraged(), strict=True):
        np.testing.assert_array_equal(ours, plain)
    steps = path()
    assert error(averages(model, averaged), expected(kind, steps)) < TOLERANCE
    assert error(averages(model, averaged), steps[-1]) > 2 * TOLERANCE
    if "late" in kind:
        assert error(averages(model, averaged), expected(kind, steps[1:])) > 2 * TOLERANCE  # one update later


LATE = schedules.join([schedules.constant(0.0, 3), schedules.constant(0.1, T - 3)], [3])  # x is z until a rate counts


@pytest.mark.parametrize("rate", [WARM, LATE, schedules.constant(0.1, T)], ids=["warm-up", "late", "constant"])
@pytest.mark.parametrize("decay", [0.0, 0.2])
def test_schedule_free_is_the_papers(rate, decay):
    averaged = Averaged(SGD(rate, weight_decay=decay or None), "schedule_free")
    model = compiled(averaged)
    x, y = schedule_free(rate, decay=decay)
    assert error(go_on(model), y) < TOLERANCE
    assert error(averages(model, averaged), x) < TOLERANCE
    assert error(y, x) > 2 * TOLERANCE
    if rate is WARM:  # where weighing all updates alike would differ
        assert error(averages(model, averaged), schedule_free(lambda t: 0.1, decay=decay)[0]) > 2 * TOLERANCE


@pytest.mark.parametrize(
    "make", [AdamW, lambda *given, **more: keras.optimizers.AdamW(*given, **more)], ids=["ours", "Keras's"]
)
def test_schedule_free_takes_adam(make):
    averaged = Averaged(make(0.01, 0.2, beta_1=0.0, beta_2=0.999, epsilon=1e-8), "schedule_free", decay=0.8)
    model = compiled(averaged)
    x, y = schedule_free(lambda t: 0.01, 0.8, 0.2, adam=True)
    assert error(go_on(model), y) < 4e-5  # stock Adam's own error in float32
    assert error(averages(model, averaged), x) < 4e-5


MODES = {"tensorflow": [(True, 1, 1), (False, 3, 4)], "jax": [(True, 3, 4)], "torch": [(False, 1, 4)]}


@pytest.mark.parametrize(("jit_compile", "steps_per_execution", "accumulation"), MODES[keras.backend.backend()])
@pytest.mark.parametrize("kind", ["uniform, late", "ema", "schedule_free"])
def test_averages_count_updates_in_every_mode(kind, jit_compile, steps_per_execution, accumulation):
    more = {"gradient_accumulation_steps": accumulation if accumulation > 1 else None}
    averaged = Averaged(SGD(RATE, 0.0 if kind == "schedule_free" else MOVING, **more), **KINDS[kind])
    model = compiled(averaged, jit_compile=jit_compile, steps_per_execution=steps_per_execution)
    go_on(model, count=UPDATES * accumulation)
    if kind == "schedule_free":
        right = schedule_free(RATE, accumulation=accumulation)[0]
    else:
        right = expected(kind, path(accumulation=accumulation))
    assert error(averages(model, averaged), right) < TOLERANCE


@every_kind
def test_saved_midway_and_reloaded_it_goes_on_bit_for_bit(kind, tmp_path):
    averaged = Averaged(scheduled(keras.optimizers.RMSprop, learning_rate=RATE, rho=MOVING), **KINDS[kind])
    model = compiled(averaged)
    go_on(model, slice(0, 47))
    model.save(tmp_path / "midway.keras")
    reloaded = keras.saving.load_model(tmp_path / "midway.keras")
    assert reloaded.optimizer.get_config() == averaged.get_config()
    pairs = [(go_on(model, slice(47, None)), go_on(reloaded, slice(47, None)))]
    pairs.append((averages(model, averaged), averages(reloaded, reloaded.optimizer)))
    for whole, resumed in pairs:
        for a, b in zip(whole, resumed, strict=True):
            np.testing.assert_array_equal(a, b)


def test_another_program_loads_it_once_it_has_named_the_class(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(Averaged(SGD(RATE, MOVING, layer_rates={"kernel": 0.5}), "ema"), "mse")
    model.save(tmp_path / "model.keras")
    load = "keras.saving.load_model('model.keras')"
    code = f"import keras; from learning_rates import SGD, Averaged; print({load}.optimizer.inner_optimizer.momentum)"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == f"{MOVING!r}\n"


@every_kind
def test_loss_scaling_goes_around_it(kind):
    averaged = Averaged(SGD(RATE, 0.0), **KINDS[kind])
    model = compiled(keras.optimizers.LossScaleOptimizer(averaged, initial_scale=8.0))
    go_on(model)
    right = schedule_free(RATE)[0] if kind == "schedule_free" else expected(kind, path(momentum=0.0))
    assert error(averages(model, averaged), right) < TOLERANCE


@every_kind
def test_the_swap_leaves_no_trace(kind):
    averaged = Averaged(Adam(RATE, MOVING), **KINDS[kind])
    model = compiled(averaged)
    before = go_on(model, slice(0, 60))

    def stumble():
        with averaged.weights(model) as same:
            assert same is model
            assert error(weights(model), before) > 0
            raise RuntimeError("in the block")

    with pytest.raises(RuntimeError, match="in the block"):
        stumble()
    for a, b in zip(weights(model), before, strict=True):
        np.testing.assert_array_equal(a, b)
    plain = compiled(Averaged(Adam(RATE, MOVING), **KINDS[kind]))
    go_on(plain, slice(0, 60))
    for a, b in zip(go_on(model, slice(60, None)), go_on(plain, slice(60, None)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_within_fit_evaluate_sees_the_average():
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch in (30, 99):
                with averaged.weights(self.model):
                    seen.append(weights(self.model))

        def on_epoch_end(self, epoch, logs=None):
            with averaged.weights(self.model):
                seen.append(self.model.evaluate(samples(), np.zeros((UPDATES, 1)), verbose=0))

    averaged = Averaged(SGD(RATE, MOVING))
    model = compiled(averaged)
    model.fit(samples(), np.zeros((UPDATES, 1)), batch_size=1, shuffle=False, verbose=0, callbacks=[Look()])
    steps = path()
    assert error(seen[0], expected("uniform", steps[:31])) < TOLERANCE
    assert error(seen[1], expected("uniform", steps)) < TOLERANCE
    assert error(weights(model), steps[-1]) < TOLERANCE
    with averaged.weights(model):
        assert seen[2] == pytest.approx(model.evaluate(samples(), np.zeros((UPDATES, 1)), verbose=0), rel=1e-6)


def test_a_variable_without_a_gradient_keeps_its_weights():
    kept, moved = keras.Variable(np.ones(2), name="kept"), keras.Variable(np.ones(2), name="moved")
    averaged = Averaged(keras.optimizers.SGD(0.1), "schedule_free")
    averaged.build([kept, moved])
    for _ in range(3):
        with pytest.warns(UserWarning, match="Gradients do not exist"):
            averaged.apply([None, ops.ones((2,))], [kept, moved])
    np.testing.assert_array_equal(ops.convert_to_numpy(kept), 1.0)
    assert (ops.convert_to_numpy(moved) < 1).all()


@pytest.mark.parametrize("kind", ["uniform", "ema", "schedule_free"])
def test_a_variable_that_is_left_out_is_its_own_average(kind):
    """Where a slot that was never filled would put zeros into the model."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    averaged = Averaged(keras.optimizers.SGD(0.5), kind)
    averaged.build(model.trainable_variables)
    averaged.apply([ops.ones((1,))], [model.trainable_variables[1]])
    kernel, bias = averages(model, averaged)
    np.testing.assert_array_equal(kernel, 1.0)
    np.testing.assert_array_equal(bias, -0.5)


def test_an_optimizer_in_use_is_averaged_from_then_on():
    sgd, w = SGD(0.5), keras.Variable([0.0])
    sgd.apply([ops.ones((1,))], [w])
    averaged = Averaged(sgd)
    for _ in range(2):
        averaged.apply([ops.ones((1,))], [w])
    assert float(ops.convert_to_numpy(averaged._x[0])[0]) == -1.25  # the mean of −1 and −1.5
    assert int(averaged.iterations) == 3


def test_it_passes_on_what_is_the_optimizers():
    averaged = Averaged(SGD(0.5, weight_decay=0.1))
    averaged.learning_rate = 0.25
    assert float(averaged.learning_rate) == 0.25
    averaged.exclude_from_weight_decay(var_names=["b"])
    w, b = keras.Variable([1.0], name="w"), keras.Variable([1.0], name="b")
    averaged.apply([ops.zeros((1,)), ops.zeros((1,))], [w, b])
    assert [float(ops.convert_to_numpy(v)[0]) for v in (w, b)] == [np.float32(0.975), 1.0]


@pytest.mark.parametrize("kind", ["uniform", "schedule_free"])
def test_the_average_of_16_bit_weights_is_float32(kind):
    """Where a slot of the weights' own type would stand still: each update moves it by less than half a bit."""
    w = keras.Variable([1.0], dtype="bfloat16")
    averaged = Averaged(keras.optimizers.SGD(2.0**-7), kind)
    for _ in range(50):
        averaged.apply([ops.ones((1,), dtype="bfloat16")], [w])
    assert keras.backend.standardize_dtype(averaged._x[0].dtype) == "float32"
    assert float(ops.convert_to_numpy(averaged._x[0])[0]) == pytest.approx(1 - 25.5 * 2**-7, rel=2e-2)


@pytest.fixture(scope="module")
def normalised():
    """A trained model with batch normalisation, its optimizer and the inputs; who borrows it leaves it as it was."""
    keras.utils.set_random_seed(0)
    layers = [
        keras.layers.Dense(4),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    averaged = Averaged(SGD(0.1))
    model.compile(averaged, "mse")
    x = np.random.default_rng(0).normal(size=(40, 3)).astype("float32")
    model.fit(x, x.sum(1, keepdims=True), batch_size=8, shuffle=False, verbose=0)
    return model, averaged, x


class Pieces(keras.utils.PyDataset):
    def __init__(self, x):
        super().__init__()
        self.x = x

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return self.x[8 * index : 8 * index + 8], np.zeros(8)


@pytest.mark.parametrize("form", ["array", "batches", "tuples", "PyDataset"])
def test_batch_normalisation_takes_its_statistics_anew(form, normalised):
    model, averaged, x = normalised
    batches = [x[first : first + 8] for first in range(0, 40, 8)]
    data = {"array": x, "batches": batches, "tuples": [(b, b) for b in batches], "PyDataset": Pieces(x)}[form]
    before = [ops.convert_to_numpy(variable).copy() for variable in model.variables]
    norm = model.layers[1]
    with averaged.weights(model, data, batch_size=8):
        kernel, bias = (ops.convert_to_numpy(v) for v in model.layers[0].trainable_variables)
        inputs = [batch @ kernel + bias for batch in batches]
        mean, variance = (np.mean([f(i, axis=0) for i in inputs], axis=0) for f in (np.mean, np.var))
        np.testing.assert_allclose(ops.convert_to_numpy(norm.moving_mean), mean, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(ops.convert_to_numpy(norm.moving_variance), variance, rtol=1e-5, atol=1e-6)
    for variable, value in zip(model.variables, before, strict=True):  # dropout's seed too
        np.testing.assert_array_equal(ops.convert_to_numpy(variable), value)
    assert norm.momentum == 0.99


def test_without_data_the_statistics_stay(normalised):
    model, averaged, _ = normalised
    before = ops.convert_to_numpy(model.layers[1].moving_mean).copy()
    with averaged.weights(model):
        np.testing.assert_array_equal(ops.convert_to_numpy(model.layers[1].moving_mean), before)


BAD = [
    ({"kind": "mean"}, ValueError, "kind must be one of ema, schedule_free, uniform. Received: kind='mean'"),
    *[
        ({"kind": value}, ValueError, f"kind must be one of ema, schedule_free, uniform. Received: kind={value!r}")
        for value in (None, 3, True, math.nan, "", ["ema"])
    ],
    ({"start": True}, TypeError, "start must be a real number. Received: start=True"),
    ({"start": [1]}, TypeError, "start must be a real number. Received: start=[1]"),
    ({"start": 2**53 + 1}, ValueError, "start must be ≤ 2**53. Received: start=9007199254740993"),
    ({"start": "1"}, TypeError, "start must be a real number. Received: start='1'"),
    ({"start": None}, TypeError, "start must be a real number. Received: start=None"),
    ({"start": math.nan}, ValueError, "start must be finite. Received: start=nan"),
    ({"start": math.inf}, ValueError, "start must be finite. Received: start=inf"),
    ({"start": -math.inf}, ValueError, "start must be finite. Received: start=-inf"),
    ({"start": -1}, ValueError, "start must be a whole number ≥ 0. Received: start=-1"),
    ({"start": 2.5}, ValueError, "start must be a whole number ≥ 0. Received: start=2.5"),
    *[
        ({"kind": kind, "decay": value}, error, f"decay must be {rule}. Received: decay={value!r}")
        for kind in ("ema", "schedule_free")
        for value, error, rule in [
            ("0.9", TypeError, "a real number"),
            (True, TypeError, "a real number"),
            (MOVING, TypeError, "a real number"),
            (math.nan, ValueError, "finite"),
            (math.inf, ValueError, "finite"),
            (-math.inf, ValueError, "finite"),
            (-0.1, ValueError, "in [0, 1)"),
            (1.0, ValueError, "in [0, 1)"),
        ]
    ],
    (
        {"decay": 0.9},
        ValueError,
        "decay must be None for the kind uniform, which weighs all updates alike. Received: decay=0.9",
    ),
    (
        {"kind": "schedule_free", "start": 1},
        ValueError,
        "start must be 0 for the kind schedule_free, which averages from the first on. Received: start=1",
    ),
]


@pytest.mark.parametrize(("arguments", "kind", "message"), BAD)
def test_bad_input_is_named(arguments, kind, message):
    with pytest.raises(kind) as caught:
        Averaged(SGD(), **arguments)
    assert str(caught.value) == message


def test_a_decay_of_zero_is_the_last_weights():
    assert Averaged(SGD(), "ema", decay=0).decay == 0.0


def bad_optimizers():
    sgd = keras.optimizers.SGD
    yield "sgd", TypeError, "optimizer must be an optimizer"
    for value in (None, 3, math.nan, [sgd()]):
        yield value, TypeError, "optimizer must be an optimizer"
    yield sgd, TypeError, "optimizer must be an optimizer"
    yield keras.optimizers.LossScaleOptimizer(sgd()), ValueError, "LossScaleOptimizer must go around Averaged"
    yield Averaged(sgd()), ValueError, "optimizer must not average the weights itself"
    yield sgd(use_ema=True), ValueError, "use_ema must be False in Averaged"
    if hasattr(keras.optimizers, "ScheduleFreeAdamW"):
        yield keras.optimizers.ScheduleFreeAdamW(), ValueError, "optimizer must not average the weights itself"


@pytest.mark.parametrize(("optimizer", "kind", "message"), list(bad_optimizers()))
def test_an_optimizer_that_cannot_be_averaged_is_refused(optimizer, kind, message):
    with pytest.raises(kind, match=f"^{message}.* Received: "):
        Averaged(optimizer)


def swap(averaged, *given, **more):
    with averaged.weights(*given, **more):
        pass


def test_a_swap_that_cannot_be_is_refused_and_nothing_changes():
    averaged = Averaged(SGD(0.1))
    model = compiled(averaged)
    with pytest.raises(ValueError, match="must have made an update that the average counts"):
        swap(averaged, model)
    before = go_on(model, slice(0, 3))
    bad = [
        ((None,), {}, TypeError, "model must be a keras.Model"),
        ((compiled(SGD()),), {}, ValueError, "model must have the variables"),
        ((model, 3), {}, TypeError, "data must be an array, or batches of inputs"),
        *[
            ((model, data), {}, TypeError, "data must be an array, or batches of inputs")
            for data in ("x", b"x", {"x": samples()}, math.nan, True)
        ],
        ((model, np.zeros((0, 15))), {}, ValueError, "data must hold a sample"),
        ((model, np.float32(1)), {}, ValueError, "data must hold a sample"),
        ((model, []), {}, ValueError, "data must hold a batch"),
        *[
            ((model, samples()), {"batch_size": size}, (TypeError, ValueError), "batch_size must be")
            for size in (0, -1, 0.5, "a", None, True, [1], math.nan, math.inf, -math.inf)
        ],
    ]
    for given, more, kind, message in bad:
        with pytest.raises(kind, match=message):
            swap(averaged, *given, **more)
        for a, b in zip(weights(model), before, strict=True):
            np.testing.assert_array_equal(a, b)
    assert (keras.backend.backend() == "torch") == TORCH
