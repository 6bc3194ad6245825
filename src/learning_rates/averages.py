"""Averages of the weights, taken inside the compiled step and saved with the optimizer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

import keras
from keras import ops

from learning_rates.checks import check_choice, check_steps, check_unit_interval, check_whole, reject
from learning_rates.keras_schedules import Tensor
from learning_rates.moving_numbers import TORCH

_DECAYS = {"uniform": None, "ema": 0.999, "schedule_free": 0.9}  # each kind's decay where none is given


@keras.saving.register_keras_serializable("learning_rates")
class Averaged(keras.optimizers.Optimizer):
    """Any Keras optimizer, with an average of the weights beside it: x, while the model trains with its own weights θ.

    "uniform": x is the mean of θ after each update from number start + 1 on.
    "ema": x ← decay·x + (1 − decay)·θ after each update from number start + 2 on; before, x is θ.
    "schedule_free": the optimizer moves z, by the gradient at y, which the model trains with: z ← z − (its step at y),
    x ← x + c·(z − x), y ← x + (1 − decay)·(z − x), with c = γ² / (γ₀² + … + γₜ²), where γ is the greatest rate so far.
    Weight decay is taken at y. Give that optimizer no momentum (SGD) or β₁ = 0 (Adam): decay has its part.

    The average is float32 whatever the weights are, counts updates, and is saved with the optimizer. Wrap Averaged in
    keras.optimizers.LossScaleOptimizer, not the other way round. Keras's own ScheduleFreeAdamW leaves the model with y,
    never with x; the book's reference page shows what that costs.

    Args:
        optimizer: The optimizer that makes the steps, Keras's or this package's, with its schedules.
        kind: "uniform", "ema" or "schedule_free".
        start: The number of updates before the average begins, ≥ 0; 0 for schedule_free, which averages from the first
            on.
        decay: The share of x that stays at each update (ema, 0.999 if None), or the share of x in y (schedule_free, 0.9
            if None), in [0, 1). None for uniform.
        name: The optimizer's name.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> import numpy as np
        >>> averaged = Averaged(keras.optimizers.SGD(0.5), start=1)
        >>> layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
        >>> model = keras.Sequential([keras.Input((1,)), layer])
        >>> model.compile(averaged, lambda y, prediction: prediction)  # each step takes 0.5
        >>> history = model.fit(np.ones((3, 1)), np.ones((3, 1)), batch_size=1, verbose=0)
        >>> float(model.get_weights()[0][0, 0])
        -0.5
        >>> with averaged.weights(model):  # the mean after the updates 2 and 3: of 0 and −0.5
        ...     float(model.get_weights()[0][0, 0])
        -0.25

    References:
        Polyak, Juditsky (1992), Acceleration of stochastic approximation by averaging.
        Izmailov et al. (2018), Averaging weights leads to wider optima and better generalization, arXiv 1803.05407.
        Defazio et al. (2024), The road less scheduled, arXiv 2405.15682 (schedule_free).
    """

    def __init__(
        self,
        optimizer: keras.optimizers.Optimizer,
        kind: str = "uniform",
        start: int = 0,
        decay: float | None = None,
        name: str | None = None,
    ) -> None:
        check_choice("kind", kind, _DECAYS)
        start = check_steps("start", start, 0)
        if decay is not None:
            decay = check_unit_interval("decay", decay)
        if kind == "uniform" and decay is not None:
            reject("decay must be None for the kind uniform, which weighs all updates alike", [("decay", decay)])
        if kind == "schedule_free" and start:
            reject("start must be 0 for the kind schedule_free, which averages from the first on", [("start", start)])
        _check_optimizer(optimizer, kind)
        super().__init__(learning_rate=0.0, name=name)
        self.inner_optimizer: Any = optimizer
        self.kind: str = kind
        self.start: int = start
        self.decay: float | None = _DECAYS[kind] if decay is None else decay

    def build(self, variables: list[keras.Variable]) -> None:
        if self.built:
            return
        self.inner_optimizer.build(variables)
        super().build(variables)
        # Zeros, filled at the first update: TensorFlow builds inside the trace, where an assignment would be lost.
        # float32, because in 16 bits a small step of the average rounds to none.
        self._x = [self.add_variable(v.shape, dtype="float32", name="average") for v in variables]
        if self.kind == "schedule_free":
            self._z = [self.add_variable(v.shape, dtype="float32", name="z") for v in variables]
            self._greatest_rate = self.add_variable((), dtype="float32", name="greatest_rate")
            self._weight = self.add_variable((), dtype="float32", name="weight")

    def apply(self, grads: list[Tensor], trainable_variables: list[Any] | None = None) -> None:
        variables = list(self._trainable_variables if trainable_variables is None else trainable_variables)
        if not self.built:
            with keras.name_scope(self.name):
                self.build(variables)
        self._check_variables_are_known(variables)
        if self.kind == "schedule_free":
            self._apply_schedule_free(grads, variables)
            return
        before = self._updates()
        self.inner_optimizer.apply(grads, variables)
        moved = self._moved_since(before)
        share = _where(moved, self._share(), 0.0)
        _put(self._x, _mixed(self._x, self._trainable_variables, share))  # those without a gradient too
        self._iterations.assign_add(_where(moved, 1, 0))

    def _updates(self) -> Tensor | None:
        """How often the optimizer has moved the weights; None where each call moves them."""
        return _now(self.inner_optimizer.iterations) if self.inner_optimizer.gradient_accumulation_steps else None

    def _moved_since(self, updates: Tensor | None) -> Any:
        """Whether the weights have moved: not while gradients accumulate."""
        return True if updates is None else _now(self.inner_optimizer.iterations) != updates

    def _share(self) -> Tensor:
        """The weight of the newest θ in x."""
        earlier = _now(self._iterations, "float32") - self.start  # updates averaged before this one
        if self.kind == "uniform":
            return 1.0 / (1.0 + _where(earlier > 0, earlier, 0.0))
        return _where(earlier > 0, 1.0 - (self.decay or 0.0), 1.0)

    def _apply_schedule_free(self, grads: list[Tensor], variables: list[Any]) -> None:
        # z is filled by the way, and x too, as the first share is 1: an assignment of its own is a pass over memory.
        first = _now(self._iterations) == 0
        starts = [_start(first, *pair) for pair in zip(self._trainable_variables, self._z, strict=True)]
        rate = _now(self.inner_optimizer.learning_rate, "float32")  # before the counter moves and with it the schedule
        before = self._updates()
        with self._stepping_from(starts) as stepped:
            self.inner_optimizer.apply(grads, variables)
        if not stepped:  # run eagerly, while gradients accumulate
            return
        moved = self._moved_since(before)
        still = [place for place in range(len(starts)) if place not in stepped]  # without a gradient, it stays
        for slots in (self._x, self._z):
            _put([slots[i] for i in still], [starts[i] for i in still], first)
        start, x, z, weights = ([p[i] for i in stepped] for p in (starts, self._x, self._z, self._trainable_variables))
        z_new = [_where(moved, _stepped(*pair), pair[0]) for pair in zip(start, weights, strict=True)]
        _put(z, z_new)
        _put(x, _mixed(x, z, self._schedule_free_share(rate, moved)))
        _put(weights, _mixed(x, z, 1.0 - (self.decay or 0.0)))  # y, exactly x where z is
        self._iterations.assign_add(_where(moved, 1, 0))

    @contextmanager
    def _stepping_from(self, starts: list[Tensor]) -> Iterator[list[int]]:
        """Let the optimizer decay the weights at y, as it finds them, and make its step from z.

        Between the two it passes its own `_apply_weight_decay`, nothing public. Gives the places of what it stepped.
        """
        stepped: list[int] = []
        # The class's: with several replicas, another thread may have put its own into the instance.
        decay = partial(type(self.inner_optimizer)._apply_weight_decay, self.inner_optimizer)

        def decay_then_switch(variables: list[Any]) -> None:
            stepped[:] = [self._get_variable_index(variable) for variable in variables]
            z = [starts[place] for place in stepped]
            if self.inner_optimizer.weight_decay is None:
                _put(variables, z)
                return
            y = [ops.copy(ops.convert_to_tensor(variable)) for variable in variables]
            decay(variables)
            moved = [ops.convert_to_tensor(variable) - old for variable, old in zip(variables, y, strict=True)]
            _put(variables, [ops.cast(slot, step.dtype) + step for slot, step in zip(z, moved, strict=True)])

        self.inner_optimizer.__dict__["_apply_weight_decay"] = decay_then_switch
        try:
            yield stepped
        finally:
            self.inner_optimizer.__dict__.pop("_apply_weight_decay", None)

    def _schedule_free_share(self, rate: Tensor, moved: Tensor) -> Tensor:
        """c = γ² / Σγ² for this update: 1 until a rate has counted, when x is z; 0 where none was made later."""
        # Kept is Σγ² / γ², a count where the rate stands still: Σγ² itself loses 0.7 % in a million steps of float32.
        greatest, weight = _now(self._greatest_rate), _now(self._weight)
        top = _where(rate > greatest, rate, greatest)
        counts = moved & (top > 0)  # a rate of 0 weighs nothing
        total = _where(counts, weight * (greatest / _where(counts, top, 1.0)) ** 2 + 1.0, weight)
        self._greatest_rate.assign(_where(moved, top, greatest))
        self._weight.assign(total)
        return _where(counts, 1.0 / _where(total > 1.0, total, 1.0), _where(total > 0, 0.0, 1.0))

    @contextmanager
    def weights(
        self, model: keras.Model, data: Iterable[Any] | None = None, batch_size: int = 32
    ) -> Iterator[keras.Model]:
        """Put the average in the model's place, as long as the block lasts; then all is what it was, bit for bit.

        The statistics of batch normalisation belong to the weights that trained, not to their average. With `data` they
        are taken anew: the mean over the batches of each batch's mean and variance, from forward passes in training
        mode.

        Args:
            model: The model that was trained.
            data: The training inputs for the statistics of batch normalisation: an array, shape (samples, …), or
                batches, of inputs or of tuples that begin with them: a tf.data.Dataset, a PyDataset, a DataLoader. None
                leaves the statistics as they are.
            batch_size: The number of samples in a batch, where `data` is an array; that of training is right.

        Returns:
            A context, whose value is the model.

        Raises:
            TypeError, ValueError: An argument breaks its rule, or no update has been averaged yet.
        """
        self._check_model(model)
        batches = None if data is None else _batches(data, check_whole("batch_size", batch_size))
        if hasattr(model, "jax_state_sync"):
            model.jax_state_sync()  # within `fit`, JAX's variables are stale
        # Copies: JAX gives a step's buffers away, and two variables must not share one.
        kept = [(variable, ops.copy(ops.convert_to_tensor(variable))) for variable in model.variables]
        try:
            for x, variable in zip(self._x, self._trainable_variables, strict=True):
                variable.assign(ops.copy(ops.cast(x, variable.dtype)))
            if batches is not None:
                _renew_statistics(model, batches)
            yield model
        finally:
            for variable, value in kept:
                variable.assign(value)

    def _check_model(self, model: Any) -> None:
        if not isinstance(model, keras.Model):
            reject("model must be a keras.Model", [("model", model)], TypeError)
        if not self.built or not int(ops.convert_to_numpy(self._iterations)):
            reject("optimizer must have made an update that the average counts", [("updates", 0)])
        if not {id(v) for v in self._trainable_variables} <= {id(v) for v in model.variables}:
            reject("model must have the variables that the optimizer was built on", [("model", model.name)])

    # What is the optimizer's own, as in keras.optimizers.LossScaleOptimizer.
    @property
    def variables(self) -> list[keras.Variable]:
        return [*self._variables, *self.inner_optimizer.variables]

    @property
    def iterations(self) -> Tensor:
        return self.inner_optimizer.iterations

    @property
    def learning_rate(self) -> Any:
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    def scale_loss(self, loss: Tensor) -> Tensor:
        return self.inner_optimizer.scale_loss(loss)

    def exclude_from_weight_decay(self, *arguments: Any, **keywords: Any) -> None:
        self.inner_optimizer.exclude_from_weight_decay(*arguments, **keywords)

    def get_config(self) -> dict[str, Any]:
        inner = keras.saving.serialize_keras_object(self.inner_optimizer)
        own = {"name": self.name, "kind": self.kind, "start": self.start}
        return {**own, "decay": None if self.kind == "uniform" else self.decay, "optimizer": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Self:
        inner = keras.saving.deserialize_keras_object(config["optimizer"], custom_objects)
        return cls(**{**config, "optimizer": inner})


def _check_optimizer(optimizer: Any, kind: str) -> None:
    def refuse(reason: str) -> None:
        reject(reason, [("optimizer", type(optimizer).__name__)])

    if not isinstance(optimizer, keras.optimizers.Optimizer):
        reject("optimizer must be an optimizer, such as keras.optimizers.SGD()", [("optimizer", optimizer)], TypeError)
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        refuse("LossScaleOptimizer must go around Averaged: inside, JAX refuses its steps, which have side effects")
    if isinstance(optimizer, (Averaged, getattr(keras.optimizers, "ScheduleFreeAdamW", Averaged))):
        refuse("optimizer must not average the weights itself")
    if isinstance(optimizer, getattr(keras.optimizers, "MultiOptimizer", ())):
        refuse("optimizer must be one optimizer: several count their updates apart")
    if optimizer.use_ema:
        reject("use_ema must be False in Averaged: Keras would put its own average into the model", [("use_ema", True)])


# A step's arithmetic, on one number and on many variables. PyTorch runs it eagerly, where a call of Keras's `ops` costs
# more than what it computes: there, numbers are Python's, and its kernels get whole lists of variables, as in Keras.


def _now(value: Any, dtype: str | None = None) -> Any:
    """A variable's value at this moment: a tensor, or with torch a number."""
    tensor = ops.convert_to_tensor(value)
    # A copy, as with TensorFlow `tensor` is the variable itself.
    return tensor.item() if TORCH else ops.copy(tensor if dtype is None else ops.cast(tensor, dtype))


def _where(condition: Any, value: Any, other: Any) -> Any:
    if TORCH or condition is True:
        return value if condition else other
    return ops.where(condition, value, other)


def _start(first: Any, weights: Any, z: Any) -> Any:
    """Where a step of schedule_free begins: at z, or at the weights where it is the first."""
    if TORCH:
        return weights.value.detach().clone() if first else z
    return ops.where(first, ops.cast(ops.convert_to_tensor(weights), "float32"), ops.convert_to_tensor(z))


def _mixed(variables: list[Any], values: list[Any], share: Any) -> list[Tensor]:
    """θ + share·(value − θ) for each variable."""
    if TORCH:
        import torch

        with torch.no_grad():
            return list(torch._foreach_lerp(*_alike(variables, values), share))
    starts = [ops.convert_to_tensor(variable) for variable in variables]
    return [old + share * (ops.cast(value, old.dtype) - old) for old, value in zip(starts, values, strict=True)]


def _put(variables: list[Any], values: list[Any], condition: Any = True) -> None:
    """θ ← value for each variable, where the condition holds."""
    if TORCH:
        import torch

        if condition and variables:  # PyTorch refuses an empty list
            with torch.no_grad():
                torch._foreach_copy_(*_alike(variables, values))
        return
    for variable, value in zip(variables, values, strict=True):
        old = ops.convert_to_tensor(variable)
        value = ops.cast(value, old.dtype)
        variable.assign(value if condition is True else ops.where(condition, value, old))


def _alike(variables: list[Any], values: list[Any]) -> tuple[list[Any], list[Any]]:
    """PyTorch's tensors of both, in the types of the variables."""
    targets = [variable.value for variable in variables]
    sources = [getattr(value, "value", value) for value in values]
    return targets, [source.to(target.dtype) for source, target in zip(sources, targets, strict=True)]


def _stepped(z: Any, variable: Any) -> Any:
    """z after the step that took the variable from where z was, as well as its type could hold that."""
    moved = ops.convert_to_tensor(variable)
    if keras.backend.standardize_dtype(variable.dtype) == "float32":
        return moved
    return z + (ops.cast(moved, "float32") - ops.cast(ops.cast(z, variable.dtype), "float32"))


def _batches(data: Any, batch_size: int) -> Iterator[Any]:
    """The inputs of each batch of `data`."""
    if isinstance(data, keras.utils.PyDataset):
        return (_inputs(data[index]) for index in range(data.num_batches))
    if hasattr(data, "shape"):
        if not len(data.shape) or not data.shape[0]:
            reject("data must hold a sample", [("data.shape", tuple(data.shape))])
        return (data[first : first + batch_size] for first in range(0, len(data), batch_size))
    if isinstance(data, (str, bytes, dict)) or not isinstance(data, Iterable):
        reject("data must be an array, or batches of inputs", [("data", data)], TypeError)
    return (_inputs(batch) for batch in data)


def _inputs(batch: Any) -> Any:
    return batch[0] if isinstance(batch, (tuple, list)) else batch


def _renew_statistics(model: keras.Model, batches: Iterator[Any]) -> None:
    """Let each layer of batch normalisation take the mean over the batches for its moving averages."""
    layers = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    count = 0
    try:
        for count, inputs in enumerate(batches, 1):
            for layer in layers:
                layer.momentum = 1 - 1 / count  # after n batches each weighs 1/n
            model(ops.convert_to_tensor(inputs) if hasattr(inputs, "shape") else inputs, training=True)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
    if not count:
        reject("data must hold a batch", [("batches", 0)])
