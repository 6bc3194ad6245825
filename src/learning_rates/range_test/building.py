"""What a model lacks before its first step, made before a sweep: a compiled loop can't make variables."""

import functools

import keras
from keras import ops, tree

from learning_rates.checks import reject
from learning_rates.range_test.batches import Batch, described, named_in_errors
from learning_rates.range_test.twin import twin


def check_targets(model: keras.Model, batch: Batch) -> None:
    """Refuse data without targets for a compiled loss, before a backend fails on None."""
    losses = [loss for loss in tree.flatten(model.loss) if loss is not None]
    if not losses or not _steps_as_keras(model):  # what a step of one's own needs, nobody knows
        return
    x, y, _ = keras.utils.unpack_x_y_sample_weight(batch)
    if y is None:
        rule = "y must be given: the compiled loss needs it. Pass x and y apart, or a dataset of batches (x, y)"
        reject(rule, [("y", None), ("x", described(x))])


def lacks_variables(model: keras.Model) -> bool:
    """Whether a step would make variables: of layers, or of the compiled metrics and losses."""
    # Private, because `layers` lacks the nested ones, and nothing public has what `compile` made.
    layers = [layer for layer in model._flatten_layers() if layer is not model or _has_call(model)]
    compiled = [part for part in (model._compile_metrics, model._compile_loss) if part is not None]
    return not all(part.built for part in [*layers, *compiled])


def make_variables(model: keras.Model, batch: Batch) -> None:
    """Make them, as `fit` does before or at its first step; metrics are fresh afterwards."""
    with named_in_errors(batch):
        if keras.backend.backend() == "tensorflow" and not _steps_as_keras(model):
            _trace(model, batch)
        elif _has_call(model):
            _call(model, batch)
    model.reset_metrics()


def _has_call(model: keras.Model) -> bool:
    return type(model).call is not keras.Model.call  # some models have no more than a train_step


def _steps_as_keras(model: keras.Model) -> bool:
    kind = type(model)
    return kind.train_step is keras.Model.train_step and kind.compute_loss is keras.Model.compute_loss


def _call(model: keras.Model, batch: Batch) -> None:
    """Call the model, its loss and its metrics once."""
    batch = tree.map_structure(lambda leaf: None if leaf is None else ops.convert_to_tensor(leaf), batch)
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
    y_pred = model(x)
    if model.loss is not None:
        model.compute_loss(x, y, y_pred, sample_weight)
    model.compute_metrics(x, y, y_pred, sample_weight)


def _trace(model: keras.Model, batch: Batch) -> None:
    """Trace a step without running it, which makes all that it needs."""
    import tensorflow as tf

    optimizer = model.optimizer
    model.optimizer = twin(optimizer)  # or the model's own would be built
    try:
        strategy = model.distribute_strategy
        tf.function(functools.partial(_in_replica, strategy, model), autograph=False).get_concrete_function(batch)
    finally:
        model.optimizer = optimizer


def _in_replica(strategy: object, model: keras.Model, batch: Batch) -> object:
    return strategy.run(model.train_step, args=(batch,))  # type: ignore[attr-defined]
