"""The engines that train the runs of a trial, what each needs, and what it gives.

Nothing is imported here: which backend Keras runs on has to be settled before the engine's own module loads it.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy.typing as npt

if TYPE_CHECKING:
    import keras

Weights = Sequence[Any]  # arrays of the backend's, with a run an entry
Build = Callable[..., "keras.Model"]  # of a seed
Data = tuple[npt.NDArray[Any], npt.NDArray[Any]]  # inputs and targets


class Trainer(Protocol):
    """What an engine's module gives: see `side_by_side`.

    `train` takes runs of the same length, and every so many steps yields (steps done, weights, losses since then).
    `outputs` is what the networks give for inputs, of shape (runs, samples, outputs).
    """

    train: Callable[..., Iterator[tuple[int, Weights, npt.NDArray[Any]]]]
    outputs: Callable[..., npt.NDArray[Any]]


@dataclass(frozen=True)
class Engine:
    """What trains the runs of a task.

    Args:
        module: Where it is.
        backend: What Keras has to run on.
        at_once: How many runs are trained together. More would no longer share the processor's caches.
        timed: Whether it measures times, which asks for a machine with nothing else to do. Its runs are repetitions,
            which have no seed.
    """

    module: str
    backend: str
    at_once: int = 1
    timed: bool = False

    def trainer(self) -> Trainer:
        """The engine's module.

        Raises:
            RuntimeError: Keras was loaded on another backend.
        """
        self.check_backend()
        return cast(Trainer, importlib.import_module(self.module))

    def check_backend(self) -> None:
        import keras

        found = keras.backend.backend()
        if found != self.backend:
            raise RuntimeError(
                f"Keras must run on {self.backend} here: start with KERAS_BACKEND={self.backend}. Received: {found}"
            )


SIDE_BY_SIDE = Engine(f"{__name__}.side_by_side", backend="jax", at_once=8)  # small networks, eight runs in one loop
KERAS_FIT = Engine(f"{__name__}.keras_fit", backend="tensorflow")  # large ones, fastest there
TIMING = Engine(f"{__name__}.timing", backend="tensorflow", timed=True)
