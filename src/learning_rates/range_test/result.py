"""What a range test found: the losses, and the rates that several rules read from them. NumPy is all it needs."""

from __future__ import annotations

import itertools
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
    whose loss falls by no more than three standard deviations of its noise suggests nothing, and neither does one that
    a loss of NaN cut short while it fell; if none does, all are nan.

    Args:
        rates: The rates of a whole sweep, shape (num_steps,): η > 0, increasing.
        losses: The losses of each sweep up to where it stopped. Only the last may be NaN or infinite: the loss that
            stopped it.
        smoothing: The standard deviation of the smoothing kernel, in decades of η.
        divergence_factor: How far the loss may rise before a sweep counts as diverged; see `lr_range_test`.

    Attributes:
        learning_rates: The rates swept, shape (steps,); fewer than num_steps if every sweep stopped early.
        losses: The loss of every step, shape (repeats, steps); nan after a sweep has stopped.
        smoothed: The smoothed losses, shape (repeats, steps). The kernel is centred, so that they have no lag.
        stopped_early: Whether a sweep stopped before the last rate: it diverged, or its loss became NaN or infinite
            without having risen, which is no divergence. `warnings` and the report tell the two apart.
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
        cut = [_is_cut(sweep) for sweep in swept]
        self._cuts = [
            (len(sweep) - 1, float(rates[len(sweep) - 1]), sweep[-1]) for sweep in itertools.compress(swept, cut)
        ]
        swept = [sweep if math.isfinite(sweep[-1]) else sweep[:-1] for sweep in swept]
        smoothed = [sweeps.smooth(logs, sweep, *reading) for sweep in swept]
        steps = max(len(sweep) for sweep in swept)
        self.learning_rates = np.asarray(rates)[:steps]
        self.losses, self.smoothed = _rows(swept, steps), _rows(smoothed, steps)
        ends = [len(sweep) < len(rates) or sweeps.diverged_at(logs, sweep, *reading) is not None for sweep in swept]
        self.stopped_early = any(ends)
        self._diverged = sum(ends) > len(self._cuts)
        fallen = [
            row
            for sweep, row, is_cut in zip(swept, smoothed, cut, strict=True)
            if sweeps.has_fallen(sweep, row) and not (is_cut and _falls_to_the_end(row))
        ]
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
        found, (count, steps), (low, high) = self._of_cuts(), self.losses.shape, self.bracket
        if self._lost and not found:
            found.append(
                f"In {self._lost} of {count} sweeps the loss fell by no more than its noise: no rule applies there."
            )
        if not self.stopped_early and np.argmin(self.smoothed, axis=1).max() >= steps - 1 - steps // 50:
            found.append(f"The loss still falls at the last rate, {self.learning_rates[-1]:.2g}: raise max_lr.")
        if high > DISAGREEMENT * low:
            found.append(f"The rules disagree by {high / low:.0f}×: trust no single one.")
        return found

    def _of_cuts(self) -> list[str]:
        """Where the loss stopped being a number although it had not risen: no matter of the rate."""
        if not self._cuts:
            return []
        count = len(self.losses)
        of_count = f"In {len(self._cuts)} of {count} sweeps the" if count > 1 else "The"
        places = "; ".join(f"at step {step}, rate {rate:.2g}" for step, rate, _ in self._cuts)
        became = "NaN" if any(math.isnan(loss) for *_, loss in self._cuts) else "infinite"
        return [
            f"{of_count} loss became {became} {places}, without having risen, which is no divergence: look at the "
            "data for what is no number, and at the loss for a logarithm, a root or a division."
        ]

    def __repr__(self) -> str:
        count, rates = len(self.losses), self.learning_rates
        lines = [f"LR range test: {count} sweep{'s' * (count > 1)}, {len(rates)} steps from {rates[0]:.2g} to "]
        end = ", where it diverged" * self._diverged or ", where the loss was no number" * self.stopped_early
        lines[0] += f"{rates[-1]:.2g}{end}"
        for rule, (rate, low, high) in self.suggestions.items():
            lines.append(f"  {rule:<12} {rate:.2g}{f' ({low:.2g} to {high:.2g})' * (count > 1)}")
        if self._lost < count:
            low, high = self.bracket
            end = "up to where it diverged" if self._diverged else "upwards"
            lines.append(
                f"Search from {low:.2g} {end}: the best rate may lie above all rules, which end at {high:.2g}."
            )
            lines += ["One sweep shows no spread: `repeats` would."] * (count == 1)
        return "\n".join([*lines, *self.warnings])


def _is_cut(losses: list[float]) -> bool:
    """Whether a sweep ended by a loss that is no number, although it had not risen."""
    return not math.isfinite(losses[-1]) and not sweeps.has_risen(losses[:-1])


def _falls_to_the_end(smoothed: list[float]) -> bool:
    """Whether the least loss is among the last, so that it only marks where the sweep was cut."""
    return smoothed.index(min(smoothed)) >= len(smoothed) - sweeps.LEAST_STEPS


def _rows(lists: list[list[float]], steps: int) -> npt.NDArray[np.float64]:
    return np.array([values + [math.nan] * (steps - len(values)) for values in lists])


def _spread(logs: list[float]) -> Suggestion:
    """The median, the least and the greatest of the rates that have these logarithms."""
    if not logs:
        return Suggestion(math.nan, math.nan, math.nan)
    return Suggestion(*(float(10 ** of(logs)) for of in (np.median, np.min, np.max)))
