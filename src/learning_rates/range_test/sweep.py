"""One sweep of the rate, chunk by chunk, and when it stops."""

import itertools
import math
from collections.abc import Iterator

import keras
import numpy as np
import numpy.typing as npt

from learning_rates import sweeps
from learning_rates.checks import reject
from learning_rates.range_test.batches import Batch, named_in_errors, size_in_bytes
from learning_rates.range_test.progress import Bar
from learning_rates.range_test.restore import State
from learning_rates.range_test.steps import runner, updates
from learning_rates.range_test.twin import unwrapped

CHUNK_STEPS = 50  # steps that run compiled before Python looks at their losses
CHUNK_BYTES = 2**28  # the most memory that the batches of a chunk may take


class Sweeper:
    """Sweeps the rate of model.optimizer, chunk by chunk."""

    def __init__(self, model: keras.Model, batches: Iterator[Batch], bar: Bar, chunk_steps: int) -> None:
        self._model, self._batches, self._bar, self._chunk_steps = model, batches, bar, chunk_steps
        self._accumulation = accumulation(model)
        self._run = runner(model)

    def sweep(
        self, state: State, rates: npt.NDArray[np.float64], smoothing: float, divergence_factor: float
    ) -> list[float]:
        """The losses of one sweep, up to where it stopped; only the last may be NaN or infinite."""
        logs: list[float] = np.log10(rates).tolist()
        losses: list[float] = []
        self._bar.start()
        while len(losses) < len(rates):
            state, fresh = self._chunk(state, rates[len(losses) :][: self._chunk_steps])
            if not losses:
                self._check_first(state, fresh, float(rates[0]))
            losses.extend(fresh)
            self._bar.advance(len(fresh))
            end = sweeps.diverged_at(logs, losses, smoothing, divergence_factor)
            if end is not None:
                self._bar.advance(len(rates) - len(losses))
                return losses[: end + 1]
        return losses

    def _check_first(self, state: State, losses: list[float], rate: float) -> None:
        """Refuse what no sweep can tell anything about."""
        made = updates(self._model, state)
        if made < len(losses):
            rule = "model.train_step must update by model.optimizer, or the swept rate trains nothing"
            name = type(self._model.optimizer).__name__
            reject(rule, [("optimizer", name), ("steps", len(losses)), ("updates", made)])
        if not math.isfinite(losses[0]):
            rule = "the loss must be finite at the first step: are the data, the loss and min_lr right?"
            reject(rule, [("loss", losses[0]), ("rate", rate)])

    def _chunk(self, state: State, rates: npt.NDArray[np.float64]) -> tuple[State, list[float]]:
        """The losses of a few updates, each the mean over the batches that it accumulates."""
        rate_of_batch = np.repeat(rates, self._accumulation).astype("float32")
        batches = list(itertools.islice(self._batches, len(rate_of_batch)))
        with named_in_errors(batches[0]):
            state, found = self._run(state, batches, rate_of_batch)
        return state, np.reshape(found, (-1, self._accumulation)).mean(axis=1, dtype="float64").tolist()


def accumulation(model: keras.Model) -> int:
    """The number of batches whose gradients make one update."""
    return unwrapped(model.optimizer).gradient_accumulation_steps or 1


def chunk_steps(model: keras.Model, batch: Batch) -> int:
    """The number of updates that run as one chunk, which the size of a batch limits."""
    size = size_in_bytes(batch) * accumulation(model)
    return max(1, min(CHUNK_STEPS, CHUNK_BYTES // max(1, size)))
