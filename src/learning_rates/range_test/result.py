"""What a range test found: the losses, and the rates that several rules read from them. NumPy is all it needs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from learning_rates import sweeps

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DISAGREEMENT = 3.0  # the ratio high/low of the bracket above which a warning says so


class Suggestion(NamedTuple):
    """The rate that one rule suggests: the median, the least and the greatest over the sweeps."""

    rate: float
    low: float
    high: float


class RangeTest:
    """What `lr_range_test` found.

    Each rule reads the smoothed loss of one sweep. "minimum/10" is a tenth of the rate where the loss is least;
    "steepest" is the rate where it falls fastest in log η; "valley" is the rate half-way through its longest falling
    subsequence; "80%-drop" is the rate at which 80 % of the fall from the plateau to the minimum has happened. A sweep
    whose loss falls by no more than three standard deviations of its noise suggests nothing; if none does, all are nan.

    Args:
        rates: The rates of a whole sweep, shape (num_steps,): η > 0, increasing.
        losses: The losses of each sweep up to where it stopped, all finite.
        smoothing: The standard deviation of the smoothing kernel, in decades of η.
        divergence_factor: How far the loss may rise before a sweep counts as diverged; see `lr_range_test`.

    Attributes:
        learning_rates: The rates swept, shape (steps,); fewer than num_steps if every sweep stopped early.
        losses: The loss of every step, shape (repeats, steps); nan after a sweep has stopped.
        smoothed: The smoothed losses, shape (repeats, steps). The kernel is centred, so that they have no lag.
        stopped_early: Whether a sweep diverged.
        suggestions: The rate that each rule suggests, with its spread over the sweeps: {rule: `Suggestion`}.
        bracket: The least and the greatest rate of all rules and sweeps, (low, high): where to search. It is a hint,
            not an optimum, which may well lie above it.
        phases: The median rates where the loss starts to fall and where it is least, (start, end).
        warnings: The texts of the test's warnings.

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

    learning_rates: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    smoothed: npt.NDArray[np.float64]
    stopped_early: bool
    suggestions: dict[str, Suggestion]
    bracket: tuple[float, float]
    phases: tuple[float, float]
    warnings: list[str]

    def __init__(
        self,
        rates: Sequence[float] | npt.NDArray[np.float64],
        losses: Iterable[Iterable[float]],
        smoothing: float = 0.1,
        divergence_factor: float = 4.0,
    ) -> None:
        logs, reading = [math.log10(rate) for rate in rates], (smoothing, divergence_factor)
        swept = [[float(loss) for loss in sweep] for sweep in losses]
        smoothed = [sweeps.smooth(logs, sweep, *reading) for sweep in swept]
        steps = max(len(sweep) for sweep in swept)
        self.learning_rates = np.asarray(rates)[:steps]
        self.losses, self.smoothed = _rows(swept, steps), _rows(smoothed, steps)
        self.stopped_early = any(
            len(sweep) < len(rates) or sweeps.diverged_at(logs, sweep, *reading) is not None for sweep in swept
        )
        fallen = [row for sweep, row in zip(swept, smoothed, strict=True) if sweeps.has_fallen(sweep, row)]
        self.suggestions = {name: _spread([rule(logs, row) for row in fallen]) for name, rule in sweeps.RULES.items()}
        every = self.suggestions.values()
        self.bracket = (min(each.low for each in every), max(each.high for each in every))
        start, end = ([rule(logs, row) for row in fallen] for rule in (sweeps.start_of_fall, sweeps.minimum))
        self.phases = (_spread(start).rate, _spread(end).rate)
        self._lost = len(swept) - len(fallen)
        self.warnings = self._doubts()

    def plot(self, ax: Axes | None = None) -> Axes:
        """The figure of the test: losses, phases, rules and bracket. See `plots.range_test`."""
        from learning_rates import plots  # Matplotlib is optional

        return plots.range_test(self, ax)

    def _doubts(self) -> list[str]:
        """What a reader of the test should know before trusting it."""
        found, (count, steps), (low, high) = [], self.losses.shape, self.bracket
        if self._lost:
            found.append(
                f"In {self._lost} of {count} sweeps the loss fell by no more than its noise: no rule applies there."
            )
        if not self.stopped_early and np.argmin(self.smoothed, axis=1).max() >= steps - 1 - steps // 50:
            found.append(f"The loss still falls at the last rate, {self.learning_rates[-1]:.2g}: raise max_lr.")
        if high > DISAGREEMENT * low:
            found.append(f"The rules disagree by {high / low:.0f}×: trust no single one.")
        return found

    def __repr__(self) -> str:
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


def _rows(lists: list[list[float]], steps: int) -> npt.NDArray[np.float64]:
    return np.array([values + [math.nan] * (steps - len(values)) for values in lists])


def _spread(logs: list[float]) -> Suggestion:
    """The median, the least and the greatest of the rates that have these logarithms."""
    if not logs:
        return Suggestion(math.nan, math.nan, math.nan)
    return Suggestion(*(float(10 ** of(logs)) for of in (np.median, np.min, np.max)))
