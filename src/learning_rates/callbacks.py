"""What the optimizer used at each step, written down."""

import os
from typing import Any

import keras

from learning_rates.checks import reject
from learning_rates.keras_schedules import InGraphSchedule
from learning_rates.schedules import Schedule

NUMBERS = ("momentum", "beta_1", "weight_decay")  # logged beside the rate where an optimizer has them


class ScheduleLogger(keras.callbacks.Callback):
    """Writes down the rate, the momentum and the weight decay that each update used.

    Update u, counted from 0 through all runs of the optimizer, used η(u), μ(u), …: what the schedules say, not what an
    attribute happens to show between two steps, which is the next step's rate. So the values are those of every update
    also where many steps run in one call (`steps_per_execution`) or many batches make one update
    (`gradient_accumulation_steps`), after a resumption, and around a `LossScaleOptimizer`, which skips steps. A rate
    that is no schedule is read after each batch, because other callbacks may move it.

    It logs learning_rate; momentum, beta_1 and weight_decay where the optimizer has them; and every other number of the
    optimizer that is a schedule.

    Args:
        log_dir: The folder for TensorBoard's files, with a scalar of each name at each update. None writes none.

    Attributes:
        history: A dict of lists about the last `fit`, with an item for each update: "step" has the updates' numbers u,
            and each other name its values. What `fit` returns gets the values of each epoch's last update.

    Raises:
        TypeError, ValueError: An argument breaks its rule, or the model's optimizer cannot be followed; the message
            says why.
        ImportError: A log_dir is given, and TensorFlow, which writes the files, is not installed.

    Example:
        >>> import keras, numpy as np
        >>> from learning_rates import SGD, schedules
        >>> model = keras.Sequential([keras.layers.Dense(1)])
        >>> model.compile(SGD(schedules.polynomial_decay(1.0, 5), momentum=0.5), "mse")
        >>> logger = ScheduleLogger()
        >>> run = model.fit(np.ones((6, 1)), np.ones((6, 1)), batch_size=2, callbacks=[logger], verbose=0)
        >>> logger.history
        {'step': [0, 1, 2], 'learning_rate': [1.0, 0.75, 0.5], 'momentum': [0.5, 0.5, 0.5]}
        >>> run.history["learning_rate"]
        [0.5]

    References:
        Keras, keras.callbacks.LearningRateScheduler, which logs its rate as "learning_rate" too.
    """

    def __init__(self, log_dir: str | os.PathLike[str] | None = None) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self._log_dir = None if log_dir is None else _path(log_dir)
        self._tensorflow: Any = None if log_dir is None else _tensorflow(log_dir)
        self._writer: Any = None
        self._numbers: dict[str, Any] = {}
        self._done = 0  # updates that are written down, or were made before

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        optimizer = _innermost(self.model.optimizer)
        if isinstance(optimizer, getattr(keras.optimizers, "MultiOptimizer", ())):  # which Keras has from 3.15 on
            reject("model.optimizer must be an optimizer with one learning rate", [("model.optimizer", optimizer)])
        self._numbers = _numbers(optimizer)
        self.history = {name: [] for name in ["step", *self._numbers]}
        if self._tensorflow:
            self._writer = self._tensorflow.summary.create_file_writer(self._log_dir)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        # Here and not when training begins: `BackupAndRestore` puts its state back then, perhaps after this callback.
        self._done = _updates(_innermost(self.model.optimizer))

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        # Once an epoch is enough for schedules, and the device need not wait for us.
        if isinstance(self._numbers["learning_rate"], keras.Variable):
            self._write_down()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self._write_down()
        if self._writer:
            self._writer.flush()
        if logs is not None and self.history["step"]:
            logs.update({name: values[-1] for name, values in self.history.items() if name != "step"})

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        if self._writer:
            self._writer.close()
            self._writer = None

    def _write_down(self) -> None:
        """Add what the updates used that were made since the last time."""
        optimizer = _innermost(self.model.optimizer)
        done = _updates(optimizer)
        micro_batches = optimizer.gradient_accumulation_steps or 1
        for update in range(self._done, done):
            self.history["step"].append(update)
            for name, number in self._numbers.items():
                self.history[name].append(_value(number, update, micro_batches))
        if self._writer:
            self._write_scalars(done - self._done)
        self._done = done

    def _write_scalars(self, updates: int) -> None:
        """Hand the last so many updates to TensorBoard."""
        # What `summary.scalar` writes, which itself needs TensorBoard installed on the machine that trains.
        metadata = self._tensorflow.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "scalars"})
        with self._writer.as_default():
            for name in self.history.keys() - {"step"}:
                for place in range(len(self.history["step"]) - updates, len(self.history["step"])):
                    value = self._tensorflow.constant(self.history[name][place], "float32")
                    self._tensorflow.summary.write(name, value, step=self.history["step"][place], metadata=metadata)


def _path(log_dir: object) -> str:
    if not isinstance(log_dir, (str, os.PathLike)) or not os.fspath(log_dir):
        reject("log_dir must be a path", [("log_dir", log_dir)], TypeError)
    return str(os.fspath(log_dir))


def _tensorflow(log_dir: object) -> Any:
    try:
        import tensorflow
    except ImportError as error:
        raise ImportError(
            "log_dir must be None where TensorFlow, which writes TensorBoard's files, is not installed. "
            f"Received: log_dir={log_dir!r}"
        ) from error
    return tensorflow


def _innermost(optimizer: Any) -> Any:
    """The optimizer itself, out of what wraps it: a LossScaleOptimizer counts, and has a rate, of its own."""
    while hasattr(optimizer, "inner_optimizer"):
        optimizer = optimizer.inner_optimizer
    return optimizer


def _updates(optimizer: Any) -> int:
    """How many updates an optimizer has made."""
    return int(keras.ops.convert_to_numpy(optimizer.iterations))


def _numbers(optimizer: Any) -> dict[str, Any]:
    """The numbers to write down, by name: schedules, variables or plain numbers."""
    # Private, as `learning_rate` gives the value of the next step, and not the schedule.
    numbers = {"learning_rate": optimizer._learning_rate}
    for name in [*NUMBERS, *optimizer.get_config()]:
        number = getattr(optimizer, name, None)
        plain = isinstance(number, (int, float)) and not isinstance(number, bool)
        if isinstance(number, Schedule) or (plain and name in NUMBERS):
            numbers.setdefault(name, number)
    return numbers


def _value(number: Any, update: int, micro_batches: int) -> float:
    """What an update used of a number."""
    batch = (update + 1) * micro_batches - 1  # the batch that completes the update: Keras's schedules count batches
    if isinstance(number, Schedule):
        return number(update)
    if isinstance(number, InGraphSchedule):
        return number.schedule(batch // number.accumulation)
    if isinstance(number, keras.optimizers.schedules.LearningRateSchedule):
        number = number(batch)
    return float(keras.ops.convert_to_numpy(number))
