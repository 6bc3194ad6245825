"""A progress bar over the steps of all sweeps."""

import math
import time

import keras

from learning_rates.checks import reject

PROGRESS_SECONDS = 5.0  # how long progress="auto" waits before it shows its bar


class Bar:
    """Keras's progress bar, which appears when asked for, or when the test turns out to be long."""

    def __init__(self, progress: object, total: int) -> None:
        if not (isinstance(progress, bool) or (isinstance(progress, str) and progress == "auto")):
            reject('progress must be True, False or "auto"', [("progress", progress)])
        self._total, self._done = total, 0
        self._patience = PROGRESS_SECONDS if progress == "auto" else 0.0 if progress else math.inf
        self._bar: keras.utils.Progbar | None = None

    def start(self) -> None:
        """Start the clock, before the first step: Keras's bar takes the time from when it is made, shown or not."""
        if self._bar is None:
            self._started = time.monotonic()
            self._bar = keras.utils.Progbar(self._total, unit_name="step")

    def advance(self, steps: int) -> None:
        """Count further steps as done, and show it."""
        self.start()
        self._done += steps
        if self._bar is not None and time.monotonic() - self._started >= self._patience:
            self._bar.update(self._done)
