"""From recorded runs to intervals."""

import csv
import json
from collections import namedtuple
from importlib import resources

import numpy as np
from scipy import special

from learning_rates.schedules import check_choice, check_number, check_whole, reject


class Record:
    """A table of finished runs and how it was made.

    Args:
        name: the table's name in the folder `results`, without its ending.

    Raises:
        FileNotFoundError: there is no such table; the message lists those there are.

    Example:
        >>> record = Record("one_cycle_ladder")
        >>> record.made["steps"], len(record.column("accuracy", stage="final", rung="constant"))
        (600, 24)
    """

    def __init__(self, name):
        folder = resources.files("learning_rates.results")
        table = folder / f"{name}.csv"
        if not table.is_file():
            known = sorted(file.name[:-4] for file in folder.iterdir() if file.name.endswith(".csv"))
            raise FileNotFoundError(f"name must be one of {', '.join(known)}. Received: name={name!r}")
        self.rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
        self.made = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

    def column(self, name, /, **where):
        """The numbers of a column in the rows that match, in the order of their seeds.

        Args:
            name: the column.
            **where: column=value; numbers match as numbers.

        Returns:
            A float array of shape (matching rows,).

        Raises:
            ValueError: there is no such column, or no row matches.
        """
        for key in (name, *where):
            check_choice("column", key, self.rows[0])
        rows = [row for row in self.rows if all(_same(row[key], value) for key, value in where.items())]
        if not rows:
            reject("a row must match", where.items())
        return np.array([float(row[name]) for row in sorted(rows, key=lambda row: int(row["seed"]))])


def _same(text, value):
    return text == value if isinstance(value, str) else float(text) == value


class Interval(namedtuple("Interval", "mean low high n")):
    """A mean with its t-interval over n seeds; as text "+1.44 ± 0.39"."""

    def __str__(self):
        mean = round(self.mean, 2) + 0.0  # + 0.0: what rounds to nothing has no sign
        return f"{mean:+.2f} ± {(self.high - self.low) / 2:.2f}".replace("-", "−")


def interval(values, *, questions=1, error=0.05):
    """The mean of values and its t-interval, of 95 % unless said otherwise.

    mean ± t(n − 1) · s / √n, with the quantile t at 1 − error/2/questions (Bonferroni) and the standard deviation s
    taken with n − 1. It covers the seeds drawn, and neither the choice of the test images nor the tuning.

    Args:
        values: one number a seed, at least two; for a comparison, the differences of two arms on the same seeds.
        questions: how many intervals are to hold at once, ≥ 1.
        error: how often one of them may miss, in (0, 1).

    Returns:
        An `Interval`.

    Raises:
        TypeError, ValueError: there are fewer than two values, one is not finite, or another argument breaks its rule.

    Example:
        >>> print(interval([1.0, 2.0, 3.0]))
        +2.00 ± 2.48

    References:
        Student (1908), The probable error of a mean, Biometrika 6.
    """
    try:
        values = np.asarray(values, "float64")
    except (TypeError, ValueError):
        reject("values must be at least two finite numbers", [("values", values)], TypeError)
    if values.ndim != 1 or len(values) < 2 or not np.all(np.isfinite(values)):
        reject("values must be at least two finite numbers", [("values", values.tolist())])
    if not 0 < check_number("error", error) < 1:
        reject("error must be in (0, 1)", [("error", error)])
    t = quantile(len(values), error / check_whole("questions", questions))
    mean, half = float(values.mean()), float(t * values.std(ddof=1) / len(values) ** 0.5)
    return Interval(mean, mean - half, mean + half, len(values))


def quantile(n, error=0.05):
    """Student's t(n − 1) that n values of mean zero go beyond, on either side, with the probability `error`.

    Example:
        >>> round(quantile(16), 3)
        2.131
    """
    return float(special.stdtrit(n - 1, 1 - error / 2))
