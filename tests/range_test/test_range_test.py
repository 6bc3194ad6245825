"""The LR range test: the same losses as training by hand, and no trace of it, on whichever backend runs this file."""

import keras
import numpy as np
import pytest
from keras import layers

from learning_rates import SGD, Adam, lr_range_test, schedules
from learning_rates.range_test import RangeTest

pytestmark = pytest.mark.filterwarnings("ignore:The rules disagree", "ignore:The loss still falls", "ignore:In . of")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(160, 6)).astype("float32")
Y = np.argmax(X @ RNG.normal(size=(6, 3)) + 0.5 * RNG.normal(size=(160, 3)), axis=1)
CROSS_ENTROPY = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def network(optimizer=None, **compile_arguments):
    """With everything that leaves traces: momentum slots, moving statistics, seeds, metrics."""
    keras.utils.set_random_seed(0)
    parts = [layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2), layers.Dense(3)]
    model = keras.Sequential([keras.Input((6,)), *parts])
    model.compile(
        optimizer or keras.optimizers.SGD(0.05, 0.9), CROSS_ENTROPY, metrics=["accuracy"], **compile_arguments
    )
    return model


def trained(optimizer=None, **compile_arguments):
    model = network(optimizer, **compile_arguments)
    model.fit(X, Y, epochs=1, verbose=0)
    return model


def everything(model):
    """Every number that training moves, bit for bit."""
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [(variable.path, keras.ops.convert_to_numpy(variable).tobytes()) for variable in variables]


@pytest.fixture(scope="module")
def idle():
    """For tests that are refused before anything trains."""
    return network()


def swept(model, x=X, y=Y, **arguments):
    return lr_range_test(model, x, y, **{"num_steps": 20, "max_lr": 1.0, "progress": False} | arguments)


class Batches:
    """A dataset: the same five batches of 32 each time."""

    def __init__(self, fail_at=None, error=None):
        self.served, self.fail_at, self.error = 0, fail_at, error

    def __iter__(self):
        for start in range(0, 160, 32):
            if self.served == self.fail_at:
                raise self.error
            self.served += 1
            yield X[start : start + 32], Y[start : start + 32]


# ------------------------------------------------------------------------------------------------- the right losses
def by_hand(model, rates, weights=None):
    losses = []
    for step, rate in enumerate(rates):
        batch = slice(step % 5 * 32, step % 5 * 32 + 32)
        model.optimizer.learning_rate.assign(rate)
        model.reset_metrics()
        losses.append(model.train_on_batch(X[batch], Y[batch], None if weights is None else weights[batch])[0])
    return losses


@pytest.mark.parametrize("mode", ["exponential", "linear"])
def test_the_losses_are_those_of_train_on_batch(mode):
    test = swept(trained(), Batches(), None, mode=mode, num_steps=70)  # trained: its metrics hold a loss
    rates = {"exponential": np.geomspace, "linear": np.linspace}[mode](1e-6, 1.0, 70)
    np.testing.assert_allclose(test.learning_rates, rates[: len(test.learning_rates)], rtol=1e-12)
    again = trained()
    again.compile(keras.optimizers.SGD(0.05, 0.9), CROSS_ENTROPY, metrics=["accuracy"])
    np.testing.assert_allclose(test.losses[0], by_hand(again, test.learning_rates), rtol=1e-6)
    assert len(test.learning_rates) > 50  # more than one chunk


MODES = [{"run_eagerly": True}, {"jit_compile": False}]
if keras.backend.backend() != "torch":  # where Keras refuses it
    MODES.append({"steps_per_execution": 3, "jit_compile": False})


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_how_the_model_was_compiled_changes_no_loss(mode):
    found, expected = (swept(network(**how), num_steps=6) for how in (mode, {}))
    np.testing.assert_allclose(found.losses, expected.losses, rtol=1e-5)


def test_accumulated_gradients_make_one_step_of_several_batches():
    accumulating = network(keras.optimizers.SGD(0.05, gradient_accumulation_steps=5))
    test = swept(accumulating, Batches(), None, num_steps=12)
    expected = by_hand(
        network(keras.optimizers.SGD(0.05, gradient_accumulation_steps=5)), np.repeat(test.learning_rates, 5)
    )
    np.testing.assert_allclose(test.losses[0], np.reshape(expected, (-1, 5)).mean(axis=1), rtol=1e-5)


@pytest.mark.parametrize(
    ("scheduled", "plain"),
    [
        (SGD(schedules.one_cycle(9.0, 50), schedules.one_cycle_momentum(50)), keras.optimizers.SGD(0.1, 0.95)),
        (Adam(schedules.constant(9.0, 5), schedules.one_cycle_momentum(50)), keras.optimizers.Adam(0.1, 0.95)),
        (keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(9.0, 5), 0.9), keras.optimizers.SGD(0.1, 0.9)),
    ],
)
def test_a_scheduled_rate_is_replaced_and_a_momentum_held_at_its_first_value(scheduled, plain):
    np.testing.assert_allclose(swept(network(scheduled)).losses, swept(network(plain)).losses, rtol=1e-5)


def test_loss_scaling_changes_no_loss():
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.05, 0.9), initial_scale=4.0)
    model = trained(scaled)
    before = everything(model)
    test = swept(model)
    assert everything(model) == before
    np.testing.assert_allclose(test.losses, swept(trained()).losses, rtol=1e-4)


def test_weights_excluded_from_decay_stay_excluded():
    def model(excluded):
        made = network(keras.optimizers.SGD(0.1, weight_decay=0.5))
        made.optimizer.exclude_from_weight_decay(var_names=excluded)
        return made

    test = swept(model(excluded=["kernel"]), Batches(), None)
    np.testing.assert_allclose(test.losses[0], by_hand(model(excluded=["kernel"]), test.learning_rates), rtol=1e-5)
    assert not np.allclose(test.losses, swept(model(excluded=["bias"]), Batches(), None).losses, rtol=1e-4)


# ------------------------------------------------------------------------------------------------------------- data
def test_sample_weights_count():
    weights = np.linspace(0, 2, 160).astype("float32")
    weighted = [(x, y, weights[32 * i : 32 * i + 32]) for i, (x, y) in enumerate(Batches())]

    class Weighted:
        def __iter__(self):
            return iter(weighted)

    test = swept(network(), Weighted(), None)
    np.testing.assert_allclose(test.losses[0], by_hand(network(), test.learning_rates, weights), rtol=1e-6)
    assert not np.allclose(test.losses, swept(network(), Batches(), None).losses, rtol=1e-2)


def test_sample_weights_stay_with_their_samples_when_those_are_shuffled():
    weights = np.linspace(0, 2, 160).astype("float32")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
    model.compile("sgd", CROSS_ENTROPY)
    test = swept(model, sample_weight=weights, batch_size=160, num_steps=2)
    assert test.losses[0, 0] == pytest.approx(model.evaluate(X, Y, 160, 0, weights), rel=1e-6)


def several_inputs():
    keras.utils.set_random_seed(0)
    inputs = {name: keras.Input((size,), name=name) for name, size in (("left", 4), ("right", 2))}
    joined = layers.Dense(8, activation="relu")(layers.Concatenate()(list(inputs.values())))
    model = keras.Model(inputs, [layers.Dense(3, name="kind")(joined), layers.Dense(1, name="size")(joined)])
    model.compile("sgd", [CROSS_ENTROPY, "mse"], metrics=[["accuracy"], ["mae"]])
    return model


def test_several_inputs_and_outputs():
    model = several_inputs()
    before = everything(model)
    test = swept(model, {"left": X[:, :4], "right": X[:, 4:]}, [Y, X[:, :1]])
    assert test.losses.shape == (1, len(test.learning_rates))
    assert np.isfinite(test.losses).all()
    assert everything(model)[: len(before)] == before  # the metrics of the outputs are new


class Sequence(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()
        self.calls = []

    def on_epoch_begin(self):
        self.calls.append("begin")

    def on_epoch_end(self):
        self.calls.append("end")

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[index * 32 : index * 32 + 32], Y[index * 32 : index * 32 + 32]


def test_a_pydataset_is_read_in_an_order_drawn_from_the_seed():
    datasets = [Sequence() for _ in range(3)]
    first, again, other = (
        swept(network(), dataset, None, seed=seed).losses for dataset, seed in zip(datasets, (1, 1, 2), strict=True)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert datasets[0].calls[:3] == ["begin", "end", "begin"]


def test_ragged_last_batches_and_generators_are_read_as_they_come():
    class Ragged:
        def __iter__(self):
            return ((X[start : start + 50], Y[start : start + 50]) for start in range(0, 160, 50))

    test = swept(network(), Ragged(), None, num_steps=9)
    assert test.losses.shape == (1, 9)
    endless = ((X[:32], Y[:32]) for _ in range(100))
    assert swept(network(), endless, None).losses.shape == (1, 20)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="tf.data needs TensorFlow")
def test_tf_data():
    import tensorflow as tf

    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(32)
    np.testing.assert_array_equal(swept(network(), dataset, None).losses, swept(network(), Batches(), None).losses)


def test_double_precision_arrays_are_read_as_keras_reads_them():
    np.testing.assert_array_equal(swept(network(), X.astype("float64")).losses, swept(network()).losses)


def test_a_batch_larger_than_the_data_is_the_data():
    assert np.isfinite(swept(network(), batch_size=1000, num_steps=3).losses).all()


def test_big_batches_run_in_shorter_chunks(monkeypatch):
    expected = swept(network()).losses
    monkeypatch.setattr("learning_rates.range_test.sweep.CHUNK_BYTES", 4000)
    np.testing.assert_allclose(swept(network()).losses, expected, rtol=1e-5)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.skipif(keras.backend.backend() == "torch", reason="torch has no half precision on a CPU")
def test_mixed_precision(policy):
    keras.config.set_dtype_policy(policy)
    try:
        model = network()
    finally:
        keras.config.set_dtype_policy("float32")
    test = swept(model, Batches(), None)
    assert np.isfinite(test.losses).all()
    # The sweep has left no trace, so that the same first batch gives the same loss again.
    np.testing.assert_allclose(test.losses[0, 0], model.train_on_batch(X[:32], Y[:32])[0], rtol=1e-3)


# --------------------------------------------------------------------------------------------------------- repeats
def test_repeats_differ_in_order_and_dropout_and_the_first_is_the_single_sweep():
    single, three = swept(trained()), swept(trained(), repeats=3)
    steps = len(single.learning_rates)
    np.testing.assert_array_equal(three.losses[0, :steps], single.losses[0])
    assert three.losses.shape[0] == 3
    assert not np.array_equal(three.losses[0], three.losses[1])

    only_dropout = swept(trained(), repeats=2, batch_size=160, num_steps=2)
    assert only_dropout.losses[0, 0] != only_dropout.losses[1, 0]


def test_every_sweep_starts_from_the_same_weights():
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
    model.compile(keras.optimizers.Adam(0.1), CROSS_ENTROPY)
    test = swept(model, repeats=3, batch_size=160)
    np.testing.assert_allclose(test.losses[1:], test.losses[[0, 0]], rtol=1e-5)


# --------------------------------------------------------------------------------------------------------- no trace
OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.05, 0.9, nesterov=True),
    "Adam": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "ours": lambda: SGD(schedules.one_cycle(0.1, 20), schedules.one_cycle_momentum(20)),
    "ours, Adam": lambda: Adam(schedules.one_cycle(0.1, 20), schedules.one_cycle_momentum(20)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_as_if_nothing_had_been(name):
    tested, untouched = trained(OPTIMIZERS[name]()), trained(OPTIMIZERS[name]())
    before, optimizer = everything(tested), tested.optimizer
    swept(tested, repeats=2)
    assert tested.optimizer is optimizer
    assert everything(tested) == before
    for model in (tested, untouched):
        keras.utils.set_random_seed(1)
        model.fit(X, Y, epochs=1, verbose=0)
    assert [values for _, values in everything(tested)] == [values for _, values in everything(untouched)]


@pytest.mark.parametrize("error", [RuntimeError("the disk is gone"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("at", [0, 3, 60])
def test_an_error_or_an_interrupt_leaves_no_trace(error, at):
    model = trained()
    before = everything(model)
    with pytest.raises(type(error)):
        swept(model, Batches(fail_at=at, error=error), None, num_steps=100, max_lr=1e-5)
    assert everything(model) == before


def test_divergence_stops_the_sweep_and_leaves_no_trace():
    model = trained()
    before = everything(model)
    test = swept(model, max_lr=1e30, num_steps=100)
    assert test.stopped_early
    assert len(test.learning_rates) < 100
    assert np.isfinite(test.losses).all()
    assert everything(model) == before


class NaNAfter(layers.Layer):
    """Turns to nan once a counter of batches, part of its state, reaches a number."""

    def __init__(self, number):
        super().__init__()
        self.number, self.seen = number, self.add_weight(name="seen", initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training:
            self.seen.assign_add(1.0)
        return inputs * keras.ops.where(self.seen > self.number, float("nan"), 1.0)


def broken_after(number):
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3), NaNAfter(number)])
    model.compile("sgd", CROSS_ENTROPY)
    return model


def test_a_loss_that_becomes_nan_ends_the_sweep():
    test = swept(broken_after(7))
    assert test.stopped_early
    assert test.losses.shape == (1, 7)


def test_a_loss_that_is_nan_from_the_start_is_an_error():
    model = broken_after(0)
    before = everything(model)
    with pytest.raises(
        ValueError, match=r"the loss must be finite at the first step: .* Received: loss=nan, rate=1e-06"
    ):
        swept(model)
    assert everything(model) == before


def test_an_unbuilt_model_is_built_and_otherwise_untouched():
    model = keras.Sequential([layers.Dense(3)])
    model.compile("adam", CROSS_ENTROPY, metrics=["accuracy"])
    swept(model)
    assert model.built
    assert not model.optimizer.built
    weights = model.get_weights()
    swept(model)
    np.testing.assert_array_equal(model.get_weights()[0], weights[0])


def test_a_model_with_a_train_step_of_its_own_trains_by_it():
    class Doubled(keras.Model):
        """Reports twice the loss, whichever backend's train_step it extends."""

        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, inputs):
            return self.dense(inputs)

        def train_step(self, *arguments):
            result = super().train_step(*arguments)
            if keras.backend.backend() == "jax":
                logs, state = result
                return {"loss": 2 * logs["loss"]}, state
            return {"loss": 2 * result["loss"]}

    class Stock(Doubled):
        train_step = keras.Model.train_step

    losses = []
    for kind in (Doubled, Stock):
        keras.utils.set_random_seed(0)
        model = kind()
        model.compile("sgd", CROSS_ENTROPY)
        losses.append(swept(model).losses)
    np.testing.assert_allclose(losses[0], 2 * losses[1], rtol=1e-6)


class Adversaries(keras.Model):
    """Without a call, and with a second optimizer, as many generative models are."""

    def __init__(self):
        super().__init__()
        self.dense = keras.Sequential([keras.Input((6,)), layers.Dense(3)])
        self.second_optimizer = keras.optimizers.SGD(0.1, 0.9)

    def train_step(self, data):
        self.second_optimizer.iterations.assign_add(1)
        return {"loss": keras.ops.mean(self.dense(data[0]) ** 2)}


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX's train_step needs a call")
def test_a_model_without_a_call_and_with_a_second_optimizer_is_left_as_it_was():
    model = Adversaries()
    model.compile("sgd")
    model.second_optimizer.build(model.dense.trainable_variables)
    assert np.isfinite(swept(model).losses).all()
    assert int(model.second_optimizer.iterations.value) == 0


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="Keras trains no stateful layer there")
def test_the_states_of_recurrent_layers_are_left_as_they_were():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3, 2), batch_size=32), layers.LSTM(4, stateful=True), layers.Dense(3)])
    model.compile("sgd", CROSS_ENTROPY)
    model(X[:32].reshape(32, 3, 2))
    before = [np.array(keras.ops.convert_to_numpy(state)) for state in model.layers[0].states]
    assert before[0].any()
    swept(model, X.reshape(160, 3, 2))
    for state, value in zip(model.layers[0].states, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(state), value)


# -------------------------------------------------------------------------------------------------------- the result
RATES = np.geomspace(1e-4, 1.0, 81)


def half_wave(lowest):
    distance = np.log10(RATES / lowest)
    return np.where(np.abs(distance) > 1.5, 2.0, 1.5 - 0.5 * np.cos(np.pi * distance / 1.5))


def test_every_rule_is_reported_with_its_spread_and_the_bracket_spans_them():
    test = RangeTest(RATES, [half_wave(lowest) for lowest in (0.02, 0.05, 0.1)], smoothing=0.0)
    rate, low, high = test.suggestions["minimum/10"]
    assert (low, rate, high) == pytest.approx((0.002, 0.005, 0.01), rel=0.06)
    assert list(test.suggestions) == ["minimum/10", "steepest", "valley", "80%-drop"]
    assert test.bracket == (
        min(suggestion.low for suggestion in test.suggestions.values()),
        max(suggestion.high for suggestion in test.suggestions.values()),
    )
    assert test.phases[1] == pytest.approx(0.05, rel=0.06)
    assert not test.stopped_early


def test_sweeps_that_stop_at_different_steps_share_one_table():
    exploding = [*half_wave(0.02)[:60], 50.0]
    test = RangeTest(RATES, [half_wave(0.02)[:70], exploding])
    assert test.losses.shape == test.smoothed.shape == (2, 70)
    assert np.isnan(test.losses[1, 61:]).all()
    assert not np.isnan(test.losses[1, :61]).any()
    assert test.stopped_early


def test_what_is_doubtful_is_said():
    flat = 2 + np.random.default_rng(0).normal(0, 0.1, 81)
    lost = RangeTest(RATES, [flat, half_wave(0.02)])
    assert lost.warnings[0].startswith("In 1 of 2 sweeps the loss fell by no more than its noise")
    assert lost.bracket[0] > 0
    nothing = RangeTest(RATES, [flat])
    assert np.isnan([*nothing.bracket, *nothing.phases]).all()
    assert "Search from" not in repr(nothing)
    falling = RangeTest(RATES, [2 - np.linspace(0, 1, 81)])
    assert falling.warnings[0] == "The loss still falls at the last rate, 1: raise max_lr."
    assert "trust no single one" in RangeTest(RATES, [half_wave(0.1)]).warnings[-1]


@pytest.mark.filterwarnings("default:The rules disagree")
def test_warnings_are_raised_too():
    with pytest.warns(UserWarning, match="The rules disagree by [0-9]+×: trust no single one"):
        swept(network(), num_steps=60, max_lr=100.0)


def test_the_report_can_be_read():
    report = repr(RangeTest(RATES, [half_wave(0.02)] * 3))
    assert report.startswith(
        "LR range test: 3 sweeps, 81 steps from 0.0001 to 1\n  minimum/10   0.002 (0.002 to 0.002)\n"
    )
    assert "\nSearch from 0.002 upwards: the best rate may lie above all rules, which end at " in report
    assert "One sweep" not in report


def test_the_report_sends_the_search_beyond_the_rules_up_to_where_the_sweep_diverged():
    report = repr(RangeTest(RATES, [[*half_wave(0.02)[:60], 50.0]]))
    assert "\nSearch from 0.002 up to where it diverged: the best rate may lie above all rules" in report
    assert "\nOne sweep shows no spread: `repeats` would." in report


def test_the_progress_bar_shows_when_asked_for_and_when_the_test_is_long(capsys, monkeypatch):
    swept(network(), progress=True, repeats=2)
    assert "40/40" in capsys.readouterr().out
    swept(network(), progress="auto")
    assert capsys.readouterr().out == ""
    monkeypatch.setattr("learning_rates.range_test.sweep.PROGRESS_SECONDS", 0.0)
    swept(network(), progress="auto")
    assert "20/20" in capsys.readouterr().out
    swept(network(), progress=False)
    assert capsys.readouterr().out == ""


# --------------------------------------------------------------------------------------------------------- bad input
NOT_NUMBERS = ["0.1", None, [0.1], True]
NUMBERS = ["min_lr", "max_lr", "smoothing", "divergence_factor", "num_steps", "batch_size", "repeats", "seed"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("bad", [*NOT_NUMBERS, float("nan"), float("inf"), -float("inf"), -1], ids=repr)
def test_a_bad_number_is_refused_by_name(name, bad, idle):
    with pytest.raises(TypeError if bad in NOT_NUMBERS else ValueError, match=f"{name} must be .* Received: {name}="):
        swept(idle, **{name: bad})


NO_DATA = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
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
    (
        {"x": X[:0], "y": Y[:0]},
        "x, y and sample_weight must hold the same number of samples, at least one. Received: samples=[0, 0]",
    ),
    (
        {"y": Y[:5]},
        "x, y and sample_weight must hold the same number of samples, at least one. Received: samples=[160, 5]",
    ),
    ({"x": 3, "y": None}, f"{NO_DATA}. Received: x=<class 'int'>"),
    ({"x": [[1.0, 2.0], [3.0, 4.0]]}, f"{NO_DATA}. Received: x=<class 'list'>"),
    ({"y": 3}, "y must be an array or a structure of arrays, as x is. Received: y=<class 'int'>"),
    ({"y": np.array(3)}, "y must be an array or a structure of arrays, as x is. Received: y=<class 'numpy.ndarray'>"),
    (
        {"sample_weight": [1.0]},
        "sample_weight must be an array or a structure of arrays, as x is. Received: sample_weight=<class 'list'>",
    ),
    ({"y": None, "sample_weight": Y}, "y must be given with sample_weight. Received: y=None"),
    ({"max_lr": 1e39}, "min_lr and max_lr must be rates that float32 can hold. Received: min_lr=1e-06, max_lr=1e+39"),
    ({"min_lr": 1e-50}, "min_lr and max_lr must be rates that float32 can hold. Received: min_lr=1e-50, max_lr=1.0"),
]


@pytest.mark.parametrize(("bad", "message"), RULES, ids=[str(list(bad)) for bad, _ in RULES])
def test_a_broken_rule_is_named_with_the_value_received(bad, message, idle):
    before = everything(idle)
    with pytest.raises((TypeError, ValueError)) as caught:
        swept(idle, **bad)
    assert str(caught.value) == message
    assert everything(idle) == before


def test_a_dataset_brings_its_own_targets_and_weights(idle):
    for extra in ({"y": Y}, {"y": None, "sample_weight": Y}):
        with pytest.raises(ValueError, match="must be None with a dataset, which brings its own"):
            swept(idle, Batches(), **extra)


def test_a_dataset_that_runs_dry_says_so():
    for count in (0, 5):
        few = iter([(X[:32], Y[:32])] * count)
        with pytest.raises(ValueError, match="x must yield a batch for every step, or start again when it ends"):
            swept(network(), few, None)


def test_a_model_that_cannot_be_swept_is_refused():
    with pytest.raises(TypeError, match=r"model must be a keras.Model. Received: model=3"):
        swept(3)
    with pytest.raises(ValueError, match=r"model must be compiled: call model.compile"):
        swept(keras.Sequential([keras.Input((6,)), layers.Dense(3)]))
    frozen = network()
    frozen.trainable = False
    with pytest.raises(ValueError, match="model must have trainable variables"):
        swept(frozen)
