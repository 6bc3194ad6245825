"""What a range test found: the losses, and the rates that several rules read from them. NumPy is all it takes."""

import math
from typing import NamedTuple

import numpy as np

from learning_rates import sweeps

DISAGREEMENT = 3.0  # high/low of the bracket beyond which a warning says so


class Suggestion(NamedTuple):
    """What one rule suggests: the median over the sweeps, and the least and the greatest of them."""

    rate: float
    low: float
    high: float


class RangeTest:
    """What `lr_range_test` found.

    Each rule reads the smoothed loss of one sweep. "minimum/10" is a tenth of the rate of the least loss; "steepest"
    the rate where the loss falls fastest in log η; "valley" half-way through its longest falling subsequence;
    "80%-drop" where 80 % of the fall from the plateau to the minimum has happened. A sweep whose fall is no more than
    three standard deviations of its losses gives no suggestion; without any, all are nan.

    Args:
        rates: the rates of a whole sweep, η > 0, increasing.
        losses: the losses of each sweep up to where it stopped, finite.
        smoothing, divergence_factor: as in `lr_range_test`.

    Attributes:
        learning_rates: the rates swept, shape (steps,); fewer than num_steps if every sweep stopped early.
        losses: the loss of every step, shape (repeats, steps); nan after a sweep has stopped.
        smoothed: the losses smoothed, shape (repeats, steps); centred, so without lag: see `sweeps.smooth`.
        stopped_early: whether a sweep diverged.
        suggestions: {rule: `Suggestion`}.
        bracket: (low, high), the least and the greatest rate of all rules and sweeps: where to search. It is a hint,
            not an optimum, which may well lie above it.
        phases: (start, end), the median rates where the loss starts to fall and where it is least.
        warnings: what the test warned about, a list of texts.

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

    def __init__(self, rates, losses, smoothing=0.1, divergence_factor=4.0):
        logs, reading = [math.log10(rate) for rate in rates], (smoothing, divergence_factor)
        losses = [[float(loss) for loss in sweep] for sweep in losses]
        smoothed = [sweeps.smooth(logs, sweep, *reading) for sweep in losses]
        steps = max(len(sweep) for sweep in losses)
        self.learning_rates = np.asarray(rates)[:steps]
        self.losses, self.smoothed = _rows(losses, steps), _rows(smoothed, steps)
        self.stopped_early = any(
            len(sweep) < len(rates) or sweeps.diverged_at(logs, sweep, *reading) is not None for sweep in losses
        )
        fallen = [row for sweep, row in zip(losses, smoothed, strict=True) if sweeps.has_fallen(sweep, row)]
        self.suggestions = {name: _spread([rule(logs, row) for row in fallen]) for name, rule in sweeps.RULES.items()}
        every = self.suggestions.values()
        self.bracket = (min(each.low for each in every), max(each.high for each in every))
        ends = (sweeps.start_of_fall, sweeps.minimum)
        self.phases = tuple(_spread([end(logs, row) for row in fallen]).rate for end in ends)
        self._lost = len(losses) - len(fallen)
        self.warnings = _warnings(self)

    def plot(self, ax=None):
        """The figure of the test: losses, phases, rules and bracket. See `plots.range_test`."""
        from learning_rates import plots  # Matplotlib is optional

        return plots.range_test(self, ax)

    def __repr__(self):
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


def _rows(lists, steps):
    return np.array([values + [math.nan] * (steps - len(values)) for values in lists])


def _spread(logs):
    if not logs:
        return Suggestion(math.nan, math.nan, math.nan)
    return Suggestion(*(float(10 ** of(logs)) for of in (np.median, np.min, np.max)))


def _warnings(test):
    found, (count, steps), (low, high) = [], test.losses.shape, test.bracket
    if test._lost:
        found.append(
            f"In {test._lost} of {count} sweeps the loss fell by no more than its noise: no rule applies there."
        )
    if not test.stopped_early and np.argmin(test.smoothed, axis=1).max() >= steps - 1 - steps // 50:
        found.append(f"The loss still falls at the last rate, {test.learning_rates[-1]:.2g}: raise max_lr.")
    if high > DISAGREEMENT * low:
        found.append(f"The rules disagree by {high / low:.0f}×: trust no single one.")
    return found
