"""What each of Keras's optimizers needs beside numbers that move, so that its step is the right one.

Two things go wrong with a number that merely moves. Where Keras asks `if momentum > 0`, no compiled step can answer.
And where it divides an average that started from 0 by 1 − βᵗ, the weight that the average has by then, that weight is
1 − ∏β once β moves. Both are mended from outside: Keras's own lines run, with other numbers.
"""

import math
from typing import Any, ClassVar, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from learning_rates.keras_schedules import Tensor
from learning_rates.tables import MAX_TABLE_STEPS

Tables: TypeAlias = dict[str, npt.NDArray[Any]]

# The names of the tables that families add to those of the moving numbers.
RATE_SCALE, EPSILON_SCALE = "scale of the rate", "scale of epsilon"


class Family(keras.optimizers.Optimizer):
    """An optimizer that needs nothing beside its numbers."""

    _refused: ClassVar[dict[str, str]] = {}  # a number of this family that no schedule reaches: the reason
    _corrects_epsilon = False
    _needs_32_bits = False  # Keras's step mixes types where a number moves and variables have 16 bits
    _refuses_layer_rates: str | None = None
    _divides_by_rate = False

    def _shown(self, name: str, default: Tensor = None) -> Tensor:
        """This step's value of a moving number or table."""
        return self._numbers.shown.get(name, default)

    def _scales(self, tables: Tables) -> Tables:
        """Further tables that the step needs while these numbers move."""
        return {}


class SGDFamily(Family):
    """SGD, whose step asks `if momentum != 0`."""

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        momentum = self._shown("momentum")
        if momentum is None or isinstance(momentum, float):
            super().update_step(gradient, variable, learning_rate)
            return
        # Keras's own lines, without the question. Operators won't do, because an embedding's gradient may be sparse.
        # Private, as the only way to a variable's velocity.
        momentum = ops.cast(momentum, variable.dtype)
        pull = ops.multiply(ops.cast(gradient, variable.dtype), ops.cast(learning_rate, variable.dtype))
        velocity = self.momentums[self._get_variable_index(variable)]
        self.assign(velocity, ops.subtract(ops.multiply(velocity, momentum), pull))
        ahead = ops.subtract(ops.multiply(velocity, momentum), pull) if self.nesterov else velocity
        self.assign_add(variable, ahead)


class RMSpropFamily(Family):
    """RMSprop, whose step asks `if momentum > 0`."""

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        shown = self._numbers.shown
        momentum = shown.get("momentum")
        if momentum is None or isinstance(momentum, float):
            super().update_step(gradient, variable, learning_rate)
            return
        # m ← μm + x is m ← μm, then m ← 1·m + x: with 1 for μ, Keras can answer.
        slot = self._momentums[self._get_variable_index(variable)]
        self.assign(slot, ops.multiply(slot, ops.cast(momentum, variable.dtype)))
        shown["momentum"] = 1.0
        try:
            super().update_step(gradient, variable, learning_rate)
        finally:
            shown["momentum"] = momentum


class AdamFamily(Family):
    """Adam and AdamW: θ ← θ − η · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)."""

    _betas: tuple[str | None, str | None] = ("beta_1", "beta_2")  # those that Keras raises to the power t

    def _scales(self, tables: Tables) -> Tables:
        first, second = (_correction(tables.get(name or "")) for name in self._betas)
        length = max(len(first), len(second))
        if length == 1:
            return {}
        first, second = _lengthened(first, length), _lengthened(second, length)
        scales = {RATE_SCALE: (first / np.sqrt(second)).astype("float32")}
        if self._corrects_epsilon:  # ε is added to √(v / (1 − β₂ᵗ)), so that it has to shrink with it
            scales[EPSILON_SCALE] = (1 / np.sqrt(second)).astype("float32")
        return scales

    def _backend_update_step(self, grads: list[Tensor], variables: list[Any], learning_rate: Tensor) -> None:
        # Private, as in Keras's own Nadam: all backends pass here once per update, where torch never calls update_step.
        super()._backend_update_step(grads, variables, self._scaled(learning_rate))

    def _scaled(self, learning_rate: Tensor) -> Tensor:
        scale = self._shown(RATE_SCALE)
        return learning_rate if scale is None else learning_rate * scale


class AdamaxFamily(AdamFamily):
    """Adamax, which corrects β₁'s average alone."""

    _betas = ("beta_1", None)


class NadamFamily(AdamFamily):
    """Nadam, which keeps the product of its β₁ itself; its look-ahead takes today's β₁ for tomorrow's."""

    _betas = (None, "beta_2")
    _corrects_epsilon = True
    _needs_32_bits = True


class LambFamily(AdamFamily):
    """Lamb, whose ratio of norms undoes a scale of the step, but where the variable is 0."""

    _corrects_epsilon = True
    _needs_32_bits = True

    def _scaled(self, learning_rate: Tensor) -> Tensor:
        return learning_rate

    def update_step(self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor) -> None:
        scale = self._shown(RATE_SCALE)
        if scale is not None:
            moved = ops.any(ops.not_equal(variable, 0))
            learning_rate = learning_rate * ops.where(moved, 1.0, scale)
        super().update_step(gradient, variable, learning_rate)


class MuonFamily(AdamFamily):
    """Muon, which is Adam for vectors and embeddings."""

    _betas = ("adam_beta_1", "adam_beta_2")

    def _backend_update_step(self, grads: list[Tensor], variables: list[Any], learning_rate: Tensor) -> None:
        super(AdamFamily, self)._backend_update_step(grads, variables, learning_rate)

    def _adamw_update_step(
        self, gradient: Tensor, variable: keras.Variable, learning_rate: Tensor, m: Any, v: Any
    ) -> None:
        super()._adamw_update_step(gradient, variable, self._scaled(learning_rate), m, v)


class ScheduleFreeFamily(AdamFamily):
    """Keras's ScheduleFreeAdamW; `Averaged` does more, and shows the averaged weights."""

    _betas = (None, "beta_2")
    _corrects_epsilon = True
    _refused: ClassVar = {"beta_1": "Keras recovers the average by it, from weights made with the step before's"}


class FtrlFamily(Family):
    """Ftrl, whose step divides by the rate."""

    _needs_32_bits = True
    _divides_by_rate = True


class AdafactorFamily(Family):
    """Adafactor, which bounds the rate by 1/√t."""

    _refuses_layer_rates = "Adafactor takes the lesser of the rate and 1/√t, after the factor"


def _correction(beta: npt.NDArray[Any] | None) -> npt.NDArray[np.float64]:
    """(1 − β(t)^(t+1)) / (1 − β(0)·…·β(t)) at every step until it stays 1, in float64; [1] where β stands still."""
    if beta is None:
        return np.ones(1)
    # After the schedule's end β stays b, and the factor nears 1 as bᵏ: go on until float32 can't tell it from 1.
    held = min(math.ceil(math.log(2**-25) / math.log(beta[-1])), MAX_TABLE_STEPS)
    beta = np.append(beta, np.full(held, beta[-1])).astype("float64")
    usual = 1 - beta ** np.arange(1, len(beta) + 1)
    exact = 1 - np.cumprod(beta)
    return usual / exact


def _lengthened(table: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    return np.append(table, np.full(length - len(table), table[-1]))


_FAMILIES: dict[str, type[Family]] = {
    "SGD": SGDFamily,
    "RMSprop": RMSpropFamily,
    "Adam": AdamFamily,  # and AdamW, its subclass
    "Adamax": AdamaxFamily,
    "Nadam": NadamFamily,
    "Lamb": LambFamily,
    "Muon": MuonFamily,
    "ScheduleFreeAdamW": ScheduleFreeFamily,
    "Ftrl": FtrlFamily,
    "Adafactor": AdafactorFamily,
}


def family_of(optimizer: Any) -> type[Family]:
    """The family of a class of optimizers: that of Keras's own class which it is, or extends."""
    for name, family in _FAMILIES.items():
        kind: Any = getattr(keras.optimizers, name, None)  # the oldest Keras lacks some
        if kind and issubclass(optimizer, kind):
            return family
    return Family
