"""The learning-rate range test: a sweep of the rate over a few hundred steps that leaves no trace in the model."""

import contextlib
import itertools
import math
import time
import warnings
from typing import NamedTuple

import keras
import numpy as np
from keras import ops, tree

from learning_rates import schedules, sweeps
from learning_rates.schedules import (
    check_at_least,
    check_choice,
    check_number,
    check_ordered,
    check_positive,
    check_whole,
    reject,
)

CHUNK_STEPS = 50  # steps that run compiled before Python looks at their losses
CHUNK_BYTES = 2**28  # and the memory their batches may take
PROGRESS_SECONDS = 5.0  # progress="auto" shows its bar after that long
DISAGREEMENT = 3.0  # high/low of the bracket beyond which a warning says so


def lr_range_test(
    model,
    x,
    y=None,
    *,
    sample_weight=None,
    min_lr=1e-6,
    max_lr=10.0,
    num_steps=200,
    mode="exponential",
    batch_size=32,
    smoothing=0.1,
    divergence_factor=4.0,
    repeats=1,
    seed=0,
    progress="auto",
):
    """Train while the rate climbs from min_lr to max_lr, record the loss of every batch, and leave no trace.

    η(t) = min_lr · (max_lr / min_lr)^(t / (num_steps − 1)), or linear in t. Every sweep starts from the model's present
    weights with a fresh optimizer of the model's own kind, whose rate, scheduled or not, is replaced and whose momentum
    is held at its first value. The model's own `train_step` runs, in compiled chunks. Afterwards, also after an error,
    an interrupt or a divergence, the model and its optimizer are bit for bit what they were; what Keras does not know
    of, a counter in a loss or the position of a shuffled dataset, is not. A step is an update: with
    `gradient_accumulation_steps` it takes that many batches and its loss is their mean.

    Args:
        model: a compiled `keras.Model`.
        x: an array or a structure of arrays, samples first; or a dataset of batches (x, y) or (x, y, sample_weight):
            `tf.data.Dataset`, `keras.utils.PyDataset`, a torch `DataLoader`, any iterable. A sweep goes on where the
            one before stopped, and an iterable that ends is started again.
        y: targets, an array or a structure of arrays; None with a dataset.
        sample_weight: a weight for every sample; None with a dataset.
        min_lr: rate of the first step, > 0.
        max_lr: rate of the last step, > min_lr.
        num_steps: steps of a sweep, ≥ 2. Fewer steps leave the network less time at each rate, which moves the curve.
        mode: "exponential" or "linear".
        batch_size: samples a batch, ≥ 1; a dataset has batches of its own.
        smoothing: standard deviation of the smoothing kernel, in decades of η; 0 smooths nothing.
        divergence_factor: the sweep stops once the mean loss over the last `smoothing` decades, at least ten steps,
            exceeds its least value so far by this factor, > 1, and its highest by more than the noise.
        repeats: sweeps, each with another order of the samples and other random numbers in dropout, ≥ 1.
        seed: of the order of arrays' samples and of a PyDataset's batches, ≥ 0; other datasets have an order of their
            own.
        progress: True, False, or "auto": a progress bar once the test has run for five seconds.

    Returns:
        A `RangeTest`.

    Raises:
        TypeError, ValueError: an argument breaks its rule, the model is not compiled, there is no data, or the loss is
            not finite from the start.

    Warns:
        UserWarning: the rules disagree by more than a factor of 3, the loss still falls at max_lr, or the fall of a
            sweep is lost in its noise.

    Example:
        >>> import keras, numpy as np, warnings
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
        >>> model.compile(keras.optimizers.SGD(), "mse")
        >>> x = np.linspace(-1, 1, 64)[:, None]
        >>> with warnings.catch_warnings(action="ignore"):
        ...     test = lr_range_test(model, x, 3 * x, min_lr=1e-4, max_lr=100.0)
        >>> test.warnings
        ['The rules disagree by 4×: trust no single one.']
        >>> test.stopped_early, int(model.optimizer.iterations.value), model.get_weights()[0]
        (True, 0, array([[0.]], dtype=float32))

    References:
        Smith (2017), Cyclical learning rates for training neural networks, arXiv 1506.01186, section 3.3.
        Gugger (2018), How do you find a good learning rate (the exponential sweep).
    """
    rates = _rates(min_lr, max_lr, num_steps, mode)
    reading = {"smoothing": check_at_least("smoothing", smoothing), "divergence_factor": _factor(divergence_factor)}
    repeats = check_whole("repeats", repeats)
    bar = _Bar(progress, repeats * len(rates))
    _check_model(model)
    batches = _batches(x, y, sample_weight, check_whole("batch_size", batch_size), check_whole("seed", seed, 0))
    first = next(batches)
    with _untouched(model, first) as begin:
        sweeper = _Sweeper(model, itertools.chain([first], batches), bar, _chunk_steps(model, first))
        losses = [sweeper.sweep(begin(repeat), rates, **reading) for repeat in range(repeats)]
    test = RangeTest(rates, losses, **reading)
    for message in test.warnings:
        warnings.warn(message, stacklevel=2)
    return test


def _rates(min_lr, max_lr, num_steps, mode):
    min_lr, max_lr = check_positive("min_lr", min_lr), check_positive("max_lr", max_lr)
    check_ordered("min_lr", min_lr, "max_lr", max_lr)
    if np.float32(min_lr) == 0 or max_lr > float(np.finfo("float32").max):
        reject("min_lr and max_lr must be rates that float32 can hold", [("min_lr", min_lr), ("max_lr", max_lr)])
    num_steps = check_whole("num_steps", num_steps, 2)
    shape = check_choice("mode", mode, ("exponential", "linear"))
    return np.array(schedules.piecewise([(0, min_lr), (num_steps - 1, max_lr)], shape=shape).values())


def _factor(divergence_factor):
    if check_number("divergence_factor", divergence_factor) <= 1:
        reject("divergence_factor must be > 1", [("divergence_factor", divergence_factor)])
    return float(divergence_factor)


def _check_model(model):
    if not isinstance(model, keras.Model):
        reject("model must be a keras.Model", [("model", model)], TypeError)
    if not model.compiled or model.optimizer is None:
        reject("model must be compiled: call model.compile(...) first", [("model", model)])


# -------------------------------------------------------------------------------------------------------- the result
class Suggestion(NamedTuple):
    """What one rule suggests: the median over the sweeps, and the least and the greatest of them."""

    rate: float
    low: float
    high: float


class RangeTest:
    """What `lr_range_test` found.

    Each rule reads the smoothed loss of one sweep. "minimum/10" is a tenth of the rate of the least loss; "steepest"
    the rate where the loss falls fastest in log η; "valley" half-way through its longest falling subsequence;
    "80%-drop" where 80 % of the fall from the plateau to the minimum has happened. A sweep whose fall is no more than
    three standard deviations of its losses gives no suggestion; without any, all are nan.

    Args:
        rates: the rates of a whole sweep, η > 0, increasing.
        losses: the losses of each sweep up to where it stopped, finite.
        smoothing, divergence_factor: as in `lr_range_test`.

    Attributes:
        learning_rates: the rates swept, shape (steps,); fewer than num_steps if every sweep stopped early.
        losses: the loss of every step, shape (repeats, steps); nan after a sweep has stopped.
        smoothed: the losses smoothed, shape (repeats, steps); centred, so without lag: see `sweeps.smooth`.
        stopped_early: whether a sweep diverged.
        suggestions: {rule: `Suggestion`}.
        bracket: (low, high), the least and the greatest rate of all rules and sweeps: where to search. It is a hint,
            not an optimum, which may well lie above it.
        phases: (start, end), the median rates where the loss starts to fall and where it is least.
        warnings: what the test warned about, a list of texts.

    Example:
        >>> rates = np.geomspace(1e-3, 1.0, 31)
        >>> RangeTest(rates, losses=[2 + np.cos(np.linspace(0, 6, 31))])
        LR range test: 1 sweep, 31 steps from 0.001 to 1
          minimum/10   0.004
          steepest     0.0063
          valley       0.004
          80%-drop     0.016
        Search from 0.004 upwards: the best rate may lie above all rules, which end at 0.016.
        One sweep shows no spread: `repeats` would.
        The rules disagree by 4×: trust no single one.

    References:
        "minimum/10" and "valley": fastai, fastai/callback/schedule.py.
    """

    def __init__(self, rates, losses, smoothing=0.1, divergence_factor=4.0):
        logs, reading = [math.log10(rate) for rate in rates], (smoothing, divergence_factor)
        losses = [[float(loss) for loss in sweep] for sweep in losses]
        smoothed = [sweeps.smooth(logs, sweep, *reading) for sweep in losses]
        steps = max(len(sweep) for sweep in losses)
        self.learning_rates = np.asarray(rates)[:steps]
        self.losses, self.smoothed = _rows(losses, steps), _rows(smoothed, steps)
        self.stopped_early = any(
            len(sweep) < len(rates) or sweeps.diverged_at(logs, sweep, *reading) is not None for sweep in losses
        )
        fallen = [row for sweep, row in zip(losses, smoothed, strict=True) if sweeps.has_fallen(sweep, row)]
        self.suggestions = {name: _spread([rule(logs, row) for row in fallen]) for name, rule in sweeps.RULES.items()}
        every = self.suggestions.values()
        self.bracket = (min(each.low for each in every), max(each.high for each in every))
        ends = (sweeps.start_of_fall, sweeps.minimum)
        self.phases = tuple(_spread([end(logs, row) for row in fallen]).rate for end in ends)
        self._lost = len(losses) - len(fallen)
        self.warnings = _warnings(self)

    def plot(self, ax=None):
        """The figure of the test: losses, phases, rules and bracket. See `plots.range_test`."""
        from learning_rates import plots  # Matplotlib is optional

        return plots.range_test(self, ax)

    def __repr__(self):
        count, rates = len(self.losses), self.learning_rates
        lines = [f"LR range test: {count} sweep{'s' * (count > 1)}, {len(rates)} steps from {rates[0]:.2g} to "]
        lines[0] += f"{rates[-1]:.2g}{', where it diverged' * self.stopped_early}"
        for rule, (rate, low, high) in self.suggestions.items():
            lines.append(f"  {rule:<12} {rate:.2g}{f' ({low:.2g} to {high:.2g})' * (count > 1)}")
        if self._lost < count:
            low, high = self.bracket
            end = "up to where it diverged" if self.stopped_early else "upwards"
            lines.append(
                f"Search from {low:.2g} {end}: the best rate may lie above all rules, which end at {high:.2g}."
            )
            lines += ["One sweep shows no spread: `repeats` would."] * (count == 1)
        return "\n".join([*lines, *self.warnings])


def _rows(lists, steps):
    return np.array([values + [math.nan] * (steps - len(values)) for values in lists])


def _spread(logs):
    if not logs:
        return Suggestion(math.nan, math.nan, math.nan)
    return Suggestion(*(float(10 ** of(logs)) for of in (np.median, np.min, np.max)))


def _warnings(test):
    found, (count, steps), (low, high) = [], test.losses.shape, test.bracket
    if test._lost:
        found.append(
            f"In {test._lost} of {count} sweeps the loss fell by no more than its noise: no rule applies there."
        )
    if not test.stopped_early and np.argmin(test.smoothed, axis=1).max() >= steps - 1 - steps // 50:
        found.append(f"The loss still falls at the last rate, {test.learning_rates[-1]:.2g}: raise max_lr.")
    if high > DISAGREEMENT * low:
        found.append(f"The rules disagree by {high / low:.0f}×: trust no single one.")
    return found


# ---------------------------------------------------------------------------------------------------------- the data
def _batches(x, y, sample_weight, batch_size, seed):
    """Batches without end: tuples of one to three structures of arrays."""
    rng = np.random.default_rng(seed)
    if _are_arrays(x):
        if y is None and sample_weight is not None:
            reject("y must be given with sample_weight", [("y", y)])
        return _from_arrays(_cut(x, y, sample_weight), batch_size, rng)
    dataset = isinstance(x, keras.utils.PyDataset)
    if isinstance(x, (list, tuple, dict, str)) or not (dataset or hasattr(x, "__iter__")):
        rule = "x must be an array, a structure of arrays, or a dataset of batches; np.asarray makes an array of a list"
        reject(rule, [("x", type(x))], TypeError)
    for name, value in (("y", y), ("sample_weight", sample_weight)):
        if value is not None:
            reject(f"{name} must be None with a dataset, which brings its own", [(name, type(value))])
    if dataset:
        return _from_iterable(x, lambda: _epoch(x, rng))
    return _from_iterable(x, lambda: x)


def _epoch(dataset, rng):
    """A PyDataset's batches in a new order."""
    count = dataset.num_batches
    dataset.on_epoch_begin()
    for index in itertools.count() if count is None else rng.permutation(count):
        yield dataset[int(index)]
    dataset.on_epoch_end()


def _are_arrays(data):
    leaves = tree.flatten(data)
    return bool(leaves) and all(len(getattr(leaf, "shape", ())) > 0 for leaf in leaves)


def _cut(x, y=None, sample_weight=None):
    """The parts that are there: a step that is mapped over batches takes no None."""
    return (x,) if y is None else (x, y) if sample_weight is None else (x, y, sample_weight)


def _from_arrays(data, batch_size, rng):
    for name, part in zip(("y", "sample_weight"), data[1:], strict=False):
        if not _are_arrays(part):
            reject(f"{name} must be an array or a structure of arrays, as x is", [(name, type(part))], TypeError)
    data = tree.map_structure(lambda leaf: leaf if isinstance(leaf, np.ndarray) else ops.convert_to_numpy(leaf), data)
    sizes = [len(leaf) for leaf in tree.flatten(data)]
    if min(sizes) == 0 or min(sizes) != max(sizes):
        reject("x, y and sample_weight must hold the same number of samples, at least one", [("samples", sizes)])
    batch_size = min(batch_size, sizes[0])
    while True:
        order = rng.permutation(sizes[0])
        for start in range(0, sizes[0] - batch_size + 1, batch_size):
            chosen = order[start : start + batch_size]
            yield tree.map_structure(lambda leaf: _as_keras_would(leaf[chosen]), data)  # noqa: B023


def _as_keras_would(array):
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _from_iterable(x, epoch):
    while True:
        empty = True
        for batch in epoch():
            empty = False
            batch = keras.utils.unpack_x_y_sample_weight(batch)
            yield tree.map_structure(ops.convert_to_numpy, _cut(*batch))
        if empty:
            reject("x must yield a batch for every step, or start again when it ends", [("x", x)])


def _stacks(batches, count):
    """The next `count` batches, as stacks of neighbours of the same shape."""
    chosen = itertools.islice(batches, count)
    for _, alike in itertools.groupby(chosen, key=lambda batch: [leaf.shape for leaf in tree.flatten(batch)]):
        yield tree.map_structure(lambda *leaves: np.stack(leaves), *alike)


def _chunk_steps(model, batch):
    size = sum(leaf.nbytes for leaf in tree.flatten(batch)) * _accumulation(model)
    return max(1, min(CHUNK_STEPS, CHUNK_BYTES // max(1, size)))


# --------------------------------------------------------------------------------------------------------- the sweep
class _Sweeper:
    """Sweeps the rate of model.optimizer, chunk by chunk."""

    def __init__(self, model, batches, bar, chunk_steps):
        self.batches, self.bar, self.chunk_steps = batches, bar, chunk_steps
        self.accumulation = _accumulation(model)
        self.run = _BACKENDS[keras.backend.backend()](model)

    def sweep(self, state, rates, smoothing, divergence_factor):
        """The losses of one sweep, up to where it stopped."""
        logs, losses = np.log10(rates), []
        while len(losses) < len(rates):
            state, fresh = self._chunk(state, rates[len(losses) :][: self.chunk_steps])
            losses.extend(fresh)
            if not math.isfinite(losses[0]):
                rule = "the loss must be finite at the first step: are the data, the loss and min_lr right?"
                reject(rule, [("loss", losses[0]), ("rate", float(rates[0]))])
            self.bar.advance(len(fresh))
            end = sweeps.diverged_at(logs, losses, smoothing, divergence_factor)
            if end is not None:
                self.bar.advance(len(rates) - len(losses))
                return losses[: end + math.isfinite(losses[end])]
        return losses

    def _chunk(self, state, rates):
        rates = np.repeat(rates, self.accumulation).astype("float32")
        found = []
        for stack in _stacks(self.batches, len(rates)):
            count = len(tree.flatten(stack)[0])
            state, losses = self.run(state, stack, rates[len(found) :][:count])
            found.extend(losses)
        return state, np.reshape(found, (-1, self.accumulation)).mean(axis=1, dtype="float64").tolist()


def _step(model, data, rate):
    """One step of the model's own training; with its metrics fresh, the loss that it reports is the batch's."""
    _inner(model.optimizer).learning_rate.assign(rate)
    model.reset_metrics()
    return _loss(model.train_step(data))


def _loss(logs):
    if not isinstance(logs, dict) or "loss" not in logs:
        reject('model.train_step must return a dict with "loss"', [("returned", logs)])
    return logs["loss"]


# A backend's function makes run(state, batches, rates) -> (state, losses): batches are stacked, a rate for each. Only
# JAX has a state; the others keep theirs in the variables.
def _tensorflow(model):
    import tensorflow as tf

    if model.distribute_strategy.num_replicas_in_sync > 1:
        reject("model must train on one device", [("replicas", model.distribute_strategy.num_replicas_in_sync)])

    def chunk(batches, rates):
        def step(element):
            return tf.cast(_step(model, *element), "float32")

        return tf.map_fn(step, (batches, rates), fn_output_signature=tf.float32, parallel_iterations=1)

    if not model.run_eagerly:  # without XLA, whose loops are slow on a CPU
        chunk = tf.function(chunk, autograph=False, jit_compile=False, reduce_retracing=True)
    return lambda state, batches, rates: (state, chunk(batches, rates).numpy())


def _jax(model):
    import jax

    rate_variable = _inner(model.optimizer).learning_rate
    place = [variable is rate_variable for variable in model.optimizer.variables].index(True)
    model.reset_metrics()  # the values of a fit before would be part of every loss
    metrics = [variable.value for variable in model.metrics_variables]

    def step(state, element):
        trainable, others, optimizer = state
        data, rate = element
        optimizer = [*optimizer[:place], rate, *optimizer[place + 1 :]]
        logs, state = model.train_step((trainable, others, optimizer, metrics), data)
        return state[:3], _loss(logs)

    compiled = jax.jit(lambda state, batches, rates: jax.lax.scan(step, state, (batches, rates)))

    def run(state, batches, rates):
        with jax.disable_jit(model.run_eagerly):
            state, losses = compiled(state, batches, rates)
        return state, np.asarray(losses)

    return run


def _torch(model):
    def run(state, batches, rates):
        batches = tree.map_structure(ops.convert_to_tensor, batches)
        data = [tree.map_structure(lambda leaf: leaf[i], batches) for i in range(len(rates))]  # noqa: B023
        losses = [_step(model, *pair).detach() for pair in zip(data, rates.tolist(), strict=True)]
        return state, ops.convert_to_numpy(ops.stack(losses))

    return run


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}


# --------------------------------------------------------------------------------------------------------- no trace
@contextlib.contextmanager
def _untouched(model, batch):
    """begin(repeat): put the model at the start of a sweep, with a twin of its optimizer. Undone on the way out."""
    has_call = type(model).call is not keras.Model.call  # some models have no more than a train_step
    if has_call and not model.built:
        model(batch[0])
    if not model.trainable_variables:
        reject("model must have trainable variables", [("model", model.name)])
    optimizer, before, gradients = model.optimizer, _values(_variables(model)), _gradients(model)
    try:
        if has_call:
            _build_metrics(model, batch)
        model.optimizer = _twin(optimizer, model.trainable_variables)
        fresh = _values(model.optimizer.variables)

        def begin(repeat):
            model.reset_metrics()
            _assign([*before, *fresh])
            for variable, value in before:
                if repeat and variable.name == "seed_generator_state":
                    variable.assign(value + np.array([10_007 * repeat, 0], value.dtype))
            parts = (model.trainable_variables, model.non_trainable_variables, model.optimizer.variables)
            return tuple([variable.value for variable in part] for part in parts)

        yield begin
    finally:
        model.optimizer = optimizer
        model.reset_metrics()  # those that the first batch built
        _assign(before)
        for parameter, gradient in gradients:
            parameter.grad = gradient


def _variables(model):
    """All that training moves, with the states of recurrent layers and further optimizers, which `variables` lacks."""
    states = [
        getattr(layer, "states", None) for layer in model._flatten_layers()
    ]  # `layers` would lack the nested ones
    others = [each.variables for each in vars(model).values() if isinstance(each, keras.optimizers.Optimizer)]
    found = tree.flatten([model.variables, model.metrics_variables, states, others])
    return list({id(each): each for each in found if isinstance(each, keras.Variable)}.values())


def _values(variables):
    return [(variable, np.array(ops.convert_to_numpy(variable))) for variable in variables]


def _assign(values):
    for variable, value in values:
        variable.assign(value)


def _gradients(model):
    """torch's parameters with the gradients that they hold; the other backends keep none."""
    if keras.backend.backend() != "torch":
        return []
    return [(variable.value, variable.value.grad) for variable in model.trainable_variables]


def _build_metrics(model, batch):
    """Make the variables of metrics and losses now: a compiled loop can't."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(tree.map_structure(ops.convert_to_tensor, batch))
    y_pred = model(x)
    if model.loss is not None:
        model.compute_loss(x, y, y_pred, sample_weight)
    model.compute_metrics(x, y, y_pred, sample_weight)


def _twin(optimizer, variables):
    """A fresh optimizer of the same kind and settings: its rate a variable, its momentum held."""
    config = optimizer.get_config()
    if _inner(optimizer) is not optimizer:
        inner = _twin(optimizer.inner_optimizer, variables)
        scale = {key: config[key] for key in ("initial_scale", "dynamic_growth_steps")}
        twin = type(optimizer)(inner, **scale)
    else:
        config["learning_rate"] = 1.0
        for name in ("momentum", "beta_1"):
            if isinstance(getattr(optimizer, name, None), schedules.Schedule):
                config[name] = getattr(optimizer, name)(0)
        twin = type(optimizer).from_config(config)
        # Private, because the config leaves out what exclude_from_weight_decay was told, and nothing public has it.
        twin.exclude_from_weight_decay(
            [variable for variable in variables if not optimizer._use_weight_decay(variable)]
        )
    twin.build(variables)
    return twin


def _inner(optimizer):
    return getattr(optimizer, "inner_optimizer", optimizer)  # mixed precision wraps it in a LossScaleOptimizer


def _accumulation(model):
    return _inner(model.optimizer).gradient_accumulation_steps or 1


# ---------------------------------------------------------------------------------------------------------- progress
class _Bar:
    """Keras's progress bar, which appears when asked for, or when the test turns out to be long."""

    def __init__(self, progress, total):
        if not (isinstance(progress, bool) or (isinstance(progress, str) and progress == "auto")):
            reject('progress must be True, False or "auto"', [("progress", progress)])
        self._total, self._done, self._bar, self._started = total, 0, None, time.monotonic()
        self._patience = {True: 0.0, False: float("inf"), "auto": PROGRESS_SECONDS}[progress]

    def advance(self, steps):
        self._done += steps
        if self._bar is None and time.monotonic() - self._started >= self._patience:
            self._bar = keras.utils.Progbar(self._total, unit_name="step")
        if self._bar is not None:
            self._bar.update(self._done)
