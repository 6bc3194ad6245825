"""What the recorded trials say, in words and in one file: verdicts, and the way of every run that was judged.

The chapters' explorer reads the file on the page, where a heap of small lists is slow to keep: the runs of an arm are
one text, seeds parted by ";", checks by " ".
"""

import json
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from learning_rates.trials import selection, verdicts
from learning_rates.trials.declared.amendments import AMENDMENTS
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.forms import Claim, Contrast, Lead, Measure, PeakRule, Place, Stage, Trial
from learning_rates.trials.declared.tasks import TASKS, Task
from learning_rates.trials.provenance import provenance
from learning_rates.trials.statistics import Interval, quantile
from learning_rates.trials.table import TrialTable

SCRIPT = "src/learning_rates/trials/telling.py"  # the tables themselves say how their runs were made


def record(tables: Mapping[str, TrialTable]) -> dict[str, Any]:
    """Claims, trials and quantiles, of the trials that are whole.

    Args:
        tables: The table of each trial by name.
    """
    judged = verdicts.judge_ready(CLAIMS, tables)
    seeds = sorted({len(table.trial.seeds) for table in tables.values()})
    return {
        "made": {"script": SCRIPT, **provenance(())},
        "claims": {name: _claim(claim, judged.get(name)) for name, claim in CLAIMS.items()},
        "trials": {name: _trial(table) for name, table in tables.items() if table.trial.arms and table.is_whole()},
        "quantiles": {str(n): quantile(n) for n in seeds},
    }


def write(tables: Mapping[str, TrialTable], path: Path) -> None:
    text = json.dumps(record(tables), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _claim(claim: Claim, verdict: verdicts.Verdict | None) -> dict[str, Any]:
    return {
        "trial": claim.trial,
        "contrast": claim.contrast if isinstance(claim.contrast, Contrast) else None,
        "published": claim.published,
        "asks": measure_text(claim),
        "confirms": claim.confirms,
        "refutes": claim.refutes,
        "verdict": verdict and verdict.words,
    }


def _trial(table: TrialTable) -> dict[str, Any]:
    return {
        "unit": unit(table.trial),
        "copies": " ".join(copies(table)),
        "arms": [_arm(table, place) for place in table.trial.places()],
    }


def _arm(table: TrialTable, place: Place) -> dict[str, Any]:
    rows, peak = table.rows_of(place), table.peak_of(place)
    return {
        "stage": place.stage,
        "name": place.name,
        "budget": place.budget,
        "peak": peak if isinstance(peak, PeakRule) else f"{peak:.2g}",
        "samples": int(rows[0]["samples"]),
        "curves": ";".join(_way(row["curve"]) for row in rows),
    }


def _way(curve: Sequence[float]) -> str:
    """A run's checks: the last, which is judged, as the table has it, the others to two digits; "-" for no number."""
    *others, last = [value if math.isfinite(value) else None for value in curve]
    cells = ["-" if value is None else f"{value:.2f}" for value in others]
    return " ".join([*cells, "-" if last is None else f"{last:.6g}"])


def unit(trial: Trial) -> str:
    """What a trial's scores are counted in."""
    return TASKS[trial.task].metric.unit


def copies(table: TrialTable) -> list[str]:
    """What there is to say of data that were not the original's, in sentences."""
    return sorted({f"{name}: {text}" for made in table.made.values() for name, text in made.get("copies", {}).items()})


def trial_text(name: str, table: TrialTable) -> str:
    """What a trial runs, in a paragraph of Markdown."""
    trial, parts = table.trial, [f"**The trial “{name}”.** {_task_text(TASKS[table.trial.task])}."]
    if trial.arms:
        tries = f"{len(trial.rates)} peaks tried with {len(trial.tuning_seeds)} seeds"
        budgets = " or ".join(f"{trial.samples * budget:,.0f}" for budget in trial.budgets)
        parts.append(f"Budget: {budgets} samples, {trial.batch_size} a batch; {tries} for each arm and budget.")
        parts += edge_warnings(table)
    parts.append(f"{len(trial.seeds)} {_repetitions(trial)} are judged.")
    return " ".join([*parts, trial.note, *copies(table)]).strip()


def _task_text(task: Task) -> str:
    return f"{task.network}. {task.splits}" if task.network else task.splits


def _repetitions(trial: Trial) -> str:
    """What its intervals are taken over: a time has no seed."""
    return "repetitions" if TASKS[trial.task].engine.timed else "seeds"


def edge_warnings(table: TrialTable) -> list[str]:
    """A warning of arms whose best peak is the first or the last that was tried: a better one may lie beyond."""
    trial = table.trial
    if not table.is_whole():
        return []
    best = {
        place: selection.best_peak(table, place.name, place.budget)
        for place in trial.places()
        if place.stage == Stage.FINAL and trial.is_tuned(place.name)
    }
    found = [
        f"{place.name} ({peak:.2g}, {trial.samples * place.budget:,.0f} samples)"
        for place, peak in best.items()
        if peak in (trial.rates_of(place.name)[0], trial.rates_of(place.name)[-1])
    ]
    return [f"*The lowest or highest peak tried was the best* for {', '.join(found)}."] if found else []


def claim_text(name: str, judged: Mapping[str, verdicts.Verdict], tables: Mapping[str, TrialTable]) -> str:
    """A claim, its fault, its verdict, and what its own recipes give, as Markdown.

    Args:
        name: The claim's name.
        judged: The verdicts by name, as of `verdicts.judge_ready`.
        tables: The table of each trial by name.
    """
    claim = CLAIMS[name]
    quoted = claim.said if claim.printed else f"“{claim.said}”"
    lines = [f"**{name} · {quoted}**", "", f"- *The fault.* {claim.fault}"]
    if claim.contrast is None:
        return "\n".join([*lines, "- *Verdict.* None by a run: it is about a fact, and judged by its sources."])
    lines.append(f"- *Borne out if:* {claim.confirms}")
    if name not in judged:
        return "\n".join([*lines, "- *Verdict.* Not yet: its trial has not been run to its end."])
    verdict, table = judged[name], tables[claim.trial]
    lines.append(f"- *Fair test.* {_result_text(claim, claim.contrast, table)}.")
    if claim.published:
        lines.append(f"- *{_capital(_own_words(claim))}.* {_result_text(claim, claim.published, table)}.")
    lines.append(f"- *Verdict.* **{_capital(verdict.call)}**: {verdict.direction or claim.untested}.")
    if verdict.size:
        lines.append(f"- *The size.* {_capital(verdict.size)}: {_ranges_text(claim, verdict)}.")
    return "\n".join([*lines, f"- *The author could answer.* {claim.answer}"])


def verdict_table(judged: Mapping[str, verdicts.Verdict], tables: Mapping[str, TrialTable]) -> str:
    """All claims of these verdicts, a row each, as a table of Markdown.

    Args:
        judged: The verdicts by name, as of `verdicts.judge_ready`.
        tables: The table of each trial by name.
    """
    heads = ("claim", "printed", "fair test", "as published", "verdict", "the author could answer")
    return _grid(heads, [_verdict_row(verdict, tables) for verdict in judged.values()])


def _verdict_row(verdict: verdicts.Verdict, tables: Mapping[str, TrialTable]) -> list[str]:
    claim = CLAIMS[verdict.name]
    table = tables[claim.trial]
    unit = claim.unit.partition(" of ")[0]  # of what a per cent is, the text of the claim says
    contrasts = claim.contrast, claim.published
    fair, published = (f"{_difference(claim, each, table)} {unit}" if each else "–" for each in contrasts)
    if claim.stand_in:
        published = f"{_own_words(claim)}: {published}"
    printed = f"{claim.claimed:+g} {unit}".replace("-", "−") if claim.claimed else "–"
    found = "; ".join(part for part in (verdict.direction, verdict.size) if part)
    words = f"**{verdict.call}**" + (f": {found}" if found else "")
    return [f"**{verdict.name}** {claim.short}", printed, fair, published, words, claim.answer]


def amendment_table() -> str:
    """What was changed when results were known, as a table of Markdown."""
    heads = ("day", "what", "the change", "known by then", "what it does")
    return _grid(heads, [[each.day, f"**{each.what}**", *each[2:]] for each in AMENDMENTS])


def _grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *rows))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ranges_text(claim: Claim, verdict: verdicts.Verdict) -> str:
    """Where one more run is to be expected, of the fair comparison and of the article's own."""
    fair = _range_text(claim, verdict.one_run)
    return f"{fair}, {_own_words(claim)} {_range_text(claim, verdict.as_run)}" if verdict.as_run else fair


def _own_words(claim: Claim) -> str:
    """What the article's own comparison is called: it is not published where something stands in for its baseline."""
    return f"against {claim.stand_in}" if claim.stand_in else "as published"


def _range_text(claim: Claim, found: Interval) -> str:
    """From one end of an interval to the other, with the sign that the difference has."""
    low, high = sorted(claim.direction * value for value in (found.low, found.high))
    return f"{signed(low)} to {signed(high)} {claim.unit}"


def signed(value: float) -> str:
    """Two digits after the point, and the sign: +0.82."""
    return f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")  # + 0.0: what rounds to nothing has no sign


def _result_text(claim: Claim, contrast: Contrast | Lead, table: TrialTable) -> str:
    """A comparison with its interval, its sign as the difference has it, whatever bears the claim out."""
    less = " (less bears it out)" if claim.direction < 0 else ""
    repetitions = f"{len(table.trial.seeds)} {_repetitions(table.trial)}{less}"
    return f"{contrast_text(contrast)}: {_difference(claim, contrast, table)} {claim.unit}, {repetitions}"


def _difference(claim: Claim, contrast: Contrast | Lead, table: TrialTable) -> Interval:
    return verdicts.interval_of_finite(claim.direction * verdicts.differences(claim, table, contrast))


def measure_text(claim: Claim) -> str:
    """What a claim is judged by, where that is not the score in the end."""
    if claim.measure != Measure.SCORE:
        return claim.measure
    return f"the score after {claim.at:.0%} of the run".replace("%", " %") if claim.at < 1 else ""


def contrast_text(contrast: Contrast | Lead) -> str:
    """What is compared, in words."""
    if isinstance(contrast, Lead):
        return f"“{contrast.factor}” − “{', '.join(contrast.others)}”"
    return " − ".join(_place_text(place) for place in contrast if place)


def _place_text(place: Place) -> str:
    part = f" on {Fraction(place.budget).limit_denominator(100)} of the samples" if place.budget < 1 else ""
    return f"“{place.name}”" if place.stage == Stage.PUBLISHED else f"{place.name}{part}"
