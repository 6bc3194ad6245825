"""The finished runs of a trial: a row each, appended so that a kill damages nothing, and how each was made."""

import contextlib
import csv
import dataclasses
import hashlib
import io
import json
import os
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import numpy as np

from learning_rates.checks import check_choice, reject
from learning_rates.trials.declared.claims import Arm, Phase, Trial
from learning_rates.trials.plan import every_key

RESULTS = Path(str(resources.files("learning_rates.results")), "trials")
KEYS = ("stage", "arm", "budget", "peak", "seed")
NUMBERS = ("score", "loss", "diverged", "steps", "samples", "seconds")
COLUMNS = (*KEYS, *NUMBERS, "curve", "finished", "made")


class Table:
    """A table of finished runs and how it was made.

    Args:
        name: the table's name in the folder `results`, without its ending.

    Raises:
        FileNotFoundError: there is no such table; the message lists those there are.

    Example:
        >>> record = Table.recorded("one_cycle_ladder")
        >>> record.made["steps"], len(record.column("accuracy", stage="final", rung="constant"))
        (600, 24)
    """

    @classmethod
    def recorded(cls, name):
        """The table of that name in `results/`."""
        return cls(name)

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


def _same(text, value):
    return text == value if isinstance(value, str) else float(text) == value


class TrialTable:
    """The finished runs of a trial, in a CSV file, and how they were made, in a JSON file beside it.

    Args:
        name: the trial's.
        trial: its declaration; rows of another are refused.
        folder: of both files.

    Raises:
        ValueError: a line of the file is damaged, or is no run of this trial; the message names file, line and reason.
    """

    def __init__(self, name, trial, folder=RESULTS):
        self.path, self.trial = Path(folder, f"{name.replace(' ', '_')}.csv"), trial
        self.made, self.rows = {}, {}
        self.side = self.path.with_suffix(".json")
        if self.side.exists():
            self._read_side(self._side_found())
        if self._begun():
            self._read(self.path.read_text(encoding="utf-8"))

    def _begun(self):
        """Whether anything is in it: a writer stopped early leaves an empty file."""
        return self.path.exists() and self.path.stat().st_size > 0

    def _side_found(self):
        try:
            found = json.loads(self.side.read_text(encoding="utf-8"))
            return {"trial": found["trial"], "made": found["made"]}
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self.side} must be JSON with the parts trial and made. Received: a damaged file ({error!r}). "
                "Take it back from where the table came from, or move both files away to run the trial anew."
            ) from None

    def _read_side(self, found):
        # a note says how the trial differs from the article's, and may be worded anew
        declared, recorded = (each | {"note": ""} for each in (declaration(self.trial), _completed(found["trial"])))
        if recorded != declared:
            changed = sorted(key for key in declared if recorded.get(key) != declared[key])
            raise ValueError(
                f"{self.side} must be of the trial as declared now. Received: another {', '.join(changed)}. "
                "Move both files away to run it anew, or take the change back."
            )
        self.made = found["made"]

    def _read(self, text):
        lines = text.splitlines()
        if lines[0] != ",".join(COLUMNS):
            raise ValueError(f"{self.path}, line 1 must name the columns {', '.join(COLUMNS)}. Received: {lines[0]!r}")
        if not text.endswith("\n"):
            raise ValueError(
                f"{self.path}, line {len(lines)} must end with a line break: a writer was cut off. "
                f"Delete this line, and its run is done again. Received: {lines[-1]!r}"
            )
        planned = every_key(self.trial)
        for number, line in enumerate(lines[1:], start=2):
            try:
                self._keep(line, planned)
            except ValueError as error:
                raise ValueError(f"{self.path}, line {number}: {error}. Received: {line!r}") from None

    def _keep(self, line, planned):
        cells = next(csv.reader([line]))
        if len(cells) != len(COLUMNS):
            raise ValueError(f"a row must have {len(COLUMNS)} cells, this has {len(cells)}")
        row = dict(zip(COLUMNS, cells, strict=True))
        for name in NUMBERS:
            row[name] = float(row[name])
        row["curve"] = [float(part) for part in row["curve"].split()]
        key = (row["stage"], row["arm"], float(row["budget"]), _peak(row["peak"]), int(row["seed"]))
        if key in self.rows:
            raise ValueError("the run stands there twice")
        if planned is not None and key not in planned:
            raise ValueError("it is no run of this trial")
        if row["made"] not in self.made:
            raise ValueError(f"nothing in {self.side.name} says how it was made")
        self.rows[key] = row

    def count(self, stage):
        return sum(key[0] == stage for key in self.rows)

    def missing(self, groups):
        return [group for group in groups if not all(key in self.rows for key in group.keys)]

    def append(self, group, results, made):
        """Write a finished group: how it was made first, then its rows, each a whole line, at once."""
        self._describe(made)
        finished = datetime.now(UTC).isoformat(timespec="seconds")
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        if not self._begun():
            writer.writerow(COLUMNS)
        fresh = [(key, result) for key, result in zip(group.keys, results, strict=True) if key not in self.rows]
        for key, result in fresh:
            numbers = [f"{result[name]:.6g}" for name in NUMBERS]
            curve = " ".join(f"{value:.6g}" for value in result["curve"])
            writer.writerow([*key, *numbers, curve, finished, identity(made)])
        with self.path.open("a", encoding="utf-8") as file:
            file.write(buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        for line in buffer.getvalue().splitlines()[-len(fresh) :]:
            self._keep(line, None)

    def _describe(self, made):
        if identity(made) in self.made:
            return
        self.made[identity(made)] = made
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"trial": declaration(self.trial), "made": self.made}, indent=1, ensure_ascii=False)
        part = self.side.with_suffix(".part")
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.side)

    @contextlib.contextmanager
    def locked(self):
        """Nobody else may write meanwhile; on Windows, nothing keeps a second writer out."""
        try:
            import fcntl  # the chapters read tables there, too
        except ImportError:
            yield
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_suffix(".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                text = f"{self.path} must have one writer. Another process is running this trial."
                raise RuntimeError(text) from None
            yield  # the file stays: were it removed, a third writer could lock a new one beside a second


def _peak(text):
    return text if text.startswith("range test") else float(text)


def declaration(trial):
    """A trial as JSON gives it back."""
    return json.loads(json.dumps(dataclasses.asdict(trial)))


def _completed(found):
    """A declaration as it was recorded, where parts that have been added since have their defaults."""
    try:
        arms = {name: Arm(**arm) for name, arm in found["arms"].items()}
        published = {name: tuple(Phase(**phase) for phase in phases) for name, phases in found["published"].items()}
        return declaration(Trial(**found | {"arms": arms, "published": published}))
    except TypeError:  # it has a part that there is no more
        return {}


def identity(made):
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:8]
