"""Tables of finished runs: a row each, appended so that a kill damages nothing, and beside it how they were made."""

import contextlib
import csv
import dataclasses
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from learning_rates.checks import check_choice, reject
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Arm, Key, Peak, PeakRule, Phase, Place, Stage, Trial
from learning_rates.trials.plan import Group, counts, every_key

RESULTS = Path(str(resources.files("learning_rates.results")))
Row = dict[str, Any]  # column: what stands there


class Table:
    """Finished runs in a CSV file, and how they were made, in a JSON file beside it.

    Args:
        path: The CSV file, which need not exist yet.
        columns: Its columns. Those up to "seed" tell one run from another. None means those of the file.

    Attributes:
        rows: {key: row}, where a key is the texts of the columns up to "seed".
        made: What the JSON file holds.
        grown: Whether a run has been added.

    Raises:
        ValueError: A line of the file is damaged; the message names file, line and reason.

    Example:
        >>> table = Table.recorded("one_cycle_ladder")
        >>> table.made["steps"], len(table.column("accuracy", stage="final", rung="constant"))
        (600, 24)
    """

    def __init__(self, path: Path, columns: Sequence[str] | None = None) -> None:
        self.path = path
        self.side: Path = path.with_suffix(".json")
        self.rows: dict[Any, Row] = {}
        self.grown: bool = False
        self.made: dict[str, Any] = self._read_side() if self.side.exists() else {}
        text = path.read_text(encoding="utf-8") if path.exists() else ""  # a writer stopped early leaves it empty
        self.columns: tuple[str, ...] = tuple(columns or text.partition("\n")[0].split(","))
        self.keys: tuple[str, ...] = self.columns[: self.columns.index("seed") + 1]
        if text:
            self._read(text)

    @classmethod
    def recorded(cls, name: str) -> "Table":
        """A table that the book reads.

        Args:
            name: The file's name in the folder `results`, without its ending.

        Raises:
            FileNotFoundError: There is no such table; the message lists those that there are.
        """
        path = RESULTS / f"{name}.csv"
        if not path.is_file():
            known = sorted(file.stem for file in RESULTS.glob("*.csv"))
            raise FileNotFoundError(f"name must be one of {', '.join(known)}. Received: name={name!r}")
        return Table(path)

    def column(self, name: str, /, **where: str | float) -> npt.NDArray[np.float64]:
        """The numbers of a column in the rows that match, in the order of their seeds.

        Args:
            name: The column.
            **where: A value for each column that has to match; numbers match as numbers.

        Returns:
            An array of shape (matching rows,).

        Raises:
            ValueError: There is no such column, or no row matches.
        """
        for key in (name, *where):
            check_choice("column", key, self.columns)
        rows = [row for row in self.rows.values() if all(_same(row[key], value) for key, value in where.items())]
        if not rows:
            reject("a row must match", list(where.items()))
        return np.array([float(row[name]) for row in sorted(rows, key=lambda row: int(row["seed"]))])

    def __contains__(self, key: Sequence[object]) -> bool:
        return _texts(key) in self.rows

    def __getitem__(self, key: Sequence[object]) -> dict[str, float]:
        """The numbers of a run: {column: value}."""
        row = self.rows[_texts(key)]
        return {column: float(row[column]) for column in self.columns[len(self.keys) :]}

    def curve(self, key: Sequence[object], column: str) -> list[float]:
        """The numbers of a run's cell that holds several."""
        return [float(number) for number in self.rows[_texts(key)][column].split()]

    def add(self, key: Sequence[object], values: Iterable[float | Sequence[float]]) -> None:
        """Write a finished run to the file at once; a list of numbers becomes one cell."""
        self._write([[*key, *map(_cell, values)]])

    def describe(self, made: dict[str, Any]) -> None:
        """Say beside the table how it was made. Where no run was added to a table that says it, it stays as it is.

        Raises:
            ValueError: It was begun with other versions.
        """
        before, now = self.made.get("versions", {}), made["versions"]
        if any(now.get(package, version) != version for package, version in before.items()):
            raise ValueError(
                f"{self.path.name} must be made with one set of versions, and was begun with {before}. "
                f"Move it away, or install these. Received: {now}"
            )
        if self.grown or not self.made:
            self.made = made
            self._write_side(made)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else may write meanwhile. On Windows, nothing keeps a second writer out."""
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

    def _read_side(self) -> dict[str, Any]:
        return json.loads(self.side.read_text(encoding="utf-8"))

    def _write_side(self, content: dict[str, Any]) -> None:
        """Replace the file in one move, so that a kill leaves the old one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.side.with_suffix(".part")
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(self.side)

    def _read(self, text: str) -> None:
        lines = text.splitlines()
        if lines[0] != ",".join(self.columns):
            raise ValueError(
                f"{self.path}, line 1 must name the columns {', '.join(self.columns)}. Received: {lines[0]!r}"
            )
        if not text.endswith("\n"):
            raise ValueError(
                f"{self.path}, line {len(lines)} must end with a line break: a writer was cut off. "
                f"Delete this line, and its run is done again. Received: {lines[-1]!r}"
            )
        for number, line in enumerate(lines[1:], start=2):
            try:
                self._keep(line)
            except ValueError as error:
                raise ValueError(f"{self.path}, line {number}: {error}. Received: {line!r}") from None

    def _keep(self, line: str) -> None:
        cells = next(csv.reader([line]))
        if len(cells) != len(self.columns):
            raise ValueError(f"a row must have {len(self.columns)} cells, this has {len(cells)}")
        key, row = self._understood(dict(zip(self.columns, cells, strict=True)))
        if key in self.rows:
            raise ValueError("the run stands there twice")
        self.rows[key] = row

    def _understood(self, cells: dict[str, str]) -> tuple[Any, Row]:
        """The key and the row that a line stands for."""
        return tuple(cells[column] for column in self.keys), dict(cells)

    def _write(self, lines: list[list[object]]) -> None:
        """Append whole lines, at once."""
        self.grown = True
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        begun = self.path.exists() and self.path.stat().st_size > 0
        if not begun:
            writer.writerow(self.columns)
        writer.writerows(lines)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(buffer.getvalue())
            file.flush()
            os.fsync(file.fileno())
        for line in buffer.getvalue().splitlines()[-len(lines) :]:
            self._keep(line)


def _texts(key: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, key))


def _cell(value: float | Sequence[float]) -> float | str:
    if isinstance(value, Sequence):
        return " ".join(f"{number:.6g}" for number in value)
    return float(f"{value:.6g}")


def _same(cell: str | float, value: str | float) -> bool:
    return cell == value if isinstance(value, str) else float(cell) == value


NUMBERS = ("score", "loss", "diverged", "steps", "samples", "seconds")


class TrialTable(Table):
    """The finished runs of a trial, each of which names how it was made.

    Args:
        name: The trial's name.
        trial: Its declaration; rows of another are refused, and of claims that were declared otherwise.
        folder: The folder of both files.
        columns: The columns of the CSV file.

    Attributes:
        rows: {Key: row}.
        made: {identity: how the runs that name it were made}.

    Raises:
        ValueError: A line of the file is damaged, or is no run of this trial; the message names file, line and reason.
    """

    COLUMNS: Sequence[str] = (*("stage", "arm", "budget", "peak", "seed"), *NUMBERS, "curve", "finished", "made")

    def __init__(
        self, name: str, trial: Trial, folder: Path = RESULTS / "trials", columns: Sequence[str] = COLUMNS
    ) -> None:
        self.name, self.trial = name, trial
        self.planned: set[Key] = every_key(trial)
        super().__init__(Path(folder, f"{name.replace(' ', '_')}.csv"), columns)

    def count(self, stage: str) -> int:
        """How many runs of a stage are there."""
        return sum(key.stage == stage for key in self.rows)

    def is_whole(self) -> bool:
        """Whether nothing of the trial is missing."""
        return all(self.count(stage) == runs for stage, runs in counts(self.trial).items())

    def missing(self, groups: Sequence[Group]) -> list[Group]:
        """The groups of which any run is missing."""
        return [group for group in groups if not all(key in self.rows for key in group.keys)]

    def rows_of(self, place: Place) -> list[Row]:
        """The rows of an arm, in the order of their seeds.

        Raises:
            ValueError: Seeds are missing; the message says how many are there.
        """
        rows = self.found(place)
        if len(rows) != len(self.trial.seeds):
            text = f"{tuple(place)} must have {len(self.trial.seeds)} seeds in {self.path}. Received: {len(rows)}"
            raise ValueError(text)
        return rows

    def found(self, place: Place) -> list[Row]:
        """The rows of an arm that are there, in the order of their seeds."""
        return [self.rows[key] for key in sorted(self.keys_of(place), key=lambda key: key.seed)]

    def keys_of(self, place: Place) -> list[Key]:
        return [key for key in self.rows if key.place == place]

    def peak_of(self, place: Place) -> Peak:
        """The peak at which an arm was judged."""
        (peak,) = {key.peak for key in self.keys_of(place)}
        return peak

    def add_group(self, group: Group, results: Sequence[Row], made: dict[str, Any]) -> None:
        """Write a finished group: how it was made first, then its rows."""
        self._declare(made)
        done = [(key, result) for key, result in zip(group.keys, results, strict=True) if key not in self.rows]
        self._write([self._cells(key, result, identity(made)) for key, result in done])

    def _declare(self, made: dict[str, Any]) -> None:
        if identity(made) not in self.made:
            self.made[identity(made)] = made
            claims = {"claims": self._digests()} if self._digests() else {}
            self._write_side({"trial": declaration(self.trial), **claims, "made": self.made})

    def _digests(self) -> dict[str, str]:
        """{claim: its digest} of the claims that this trial judges."""
        return {name: claim.digest() for name, claim in CLAIMS.items() if claim.trial == self.name}

    def _cells(self, key: Key, result: Row, made: str) -> list[object]:
        numbers = [f"{result[name]:.6g}" for name in NUMBERS]
        curve = " ".join(f"{value:.6g}" for value in result["curve"])
        return [*key, *numbers, curve, datetime.now(UTC).isoformat(timespec="seconds"), made]

    def _understood(self, cells: dict[str, str]) -> tuple[Key, Row]:
        row: Row = cells | {name: float(cells[name]) for name in NUMBERS}
        row["curve"] = [float(part) for part in cells["curve"].split()]
        key = Key(Stage(cells["stage"]), cells["arm"], float(cells["budget"]), _peak(cells["peak"]), int(cells["seed"]))
        if key not in self.planned:
            raise ValueError("it is no run of this trial")
        if cells["made"] not in self.made:
            raise ValueError(f"nothing in {self.side.name} says how it was made")
        return key, row

    def _read_side(self) -> dict[str, Any]:
        try:
            found = json.loads(self.side.read_text(encoding="utf-8"))
            recorded, made, digests = found["trial"], found["made"], dict(found.get("claims", {}))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{self.side} must be JSON with the parts trial and made. Received: a damaged file ({error!r}). "
                "Take it back from where the table came from, or move both files away to run the trial anew."
            ) from None
        # A note says how the trial differs from the article's, and may be worded anew.
        declared, recorded = (each | {"note": ""} for each in (declaration(self.trial), _completed(recorded)))
        if recorded != declared:
            changed = sorted(key for key in declared if recorded.get(key) != declared[key])
            raise ValueError(
                f"{self.side} must be of the trial as declared now. Received: another {', '.join(changed)}. "
                "Move both files away to run it anew, or take the change back."
            )
        self._check_claims(digests)
        return made

    def _check_claims(self, recorded: dict[str, str]) -> None:
        """Refuse rows that were made under other words: what a claim asks for stands before its first run."""
        declared = self._digests()
        changed = sorted(name for name in declared | recorded if recorded.get(name) != declared.get(name))
        if changed:
            raise ValueError(
                f"{self.side} must be of the claims as declared now. Received: another {', '.join(changed)}. Take the "
                "change back. If it has to be, list it in trials/declared/amendments.py, with what was known by then, "
                f"and write what is declared now under claims: {declared}"
            )


def _peak(text: str) -> Peak:
    return PeakRule(text) if text in set(PeakRule) else float(text)


def declaration(trial: Trial) -> dict[str, Any]:
    """A trial as JSON gives it back."""
    return json.loads(json.dumps(dataclasses.asdict(trial)))


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    """A declaration as it was recorded, where parts that have been added since have their defaults."""
    try:
        arms = {name: Arm(**arm) for name, arm in found["arms"].items()}
        published = {name: tuple(Phase(**phase) for phase in phases) for name, phases in found["published"].items()}
        return declaration(Trial(**found | {"arms": arms, "published": published}))
    except TypeError:  # a field has been removed since
        return {}


def identity(made: dict[str, Any]) -> str:
    """Eight digits that stand for how a run was made."""
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:8]
