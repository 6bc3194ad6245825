"""What an engine is: where it lies, which backend it needs, and what it gives.

The engines themselves, in `engines/`, are not imported here: which backend Keras runs on has to be settled first.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

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


Item = TypeVar("Item")


@dataclass(frozen=True)
class Engine:
    """What trains the runs of a task.

    Args:
        module: The dotted name of its module. It gives `train` and `outputs`, or where it is timed, `compare`.
        backend: The backend that Keras has to run on.
        optimizers: The optimizers that it has, by the names of an arm or a phase.
        at_once: How many runs are trained together. More would no longer share the processor's caches.
        timed: Whether it measures times, which asks for a machine with nothing else to do. Its runs are repetitions,
            which have no seed.
    """

    module: str
    backend: str
    optimizers: tuple[str, ...] = ("sgd", "adam")
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
        """Refuse to go on where Keras was loaded on another backend."""
        import keras

        found = keras.backend.backend()
        if found != self.backend:
            raise RuntimeError(
                f"Keras must run on {self.backend} here: start with KERAS_BACKEND={self.backend}. Received: {found}"
            )

    def groups(self, items: Sequence[Item]) -> list[Sequence[Item]]:
        """Seeds or runs, as many at a time as are trained together."""
        return [items[first : first + self.at_once] for first in range(0, len(items), self.at_once)]


_HOME = "learning_rates.trials.engines"
# Small networks, eight runs in one loop; large ones, fastest on TensorFlow; and times.
SIDE_BY_SIDE = Engine(f"{_HOME}.side_by_side", "jax", ("sgd", "adam", "rmsprop", "adagrad"), at_once=8)
KERAS_FIT = Engine(f"{_HOME}.keras_fit", "tensorflow")
TIMING = Engine(f"{_HOME}.timing", "tensorflow", timed=True)
