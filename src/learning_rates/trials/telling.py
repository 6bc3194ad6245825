"""What the recorded trials say, in one file: verdicts, and the way of every run that was judged.

The chapters' explorer reads it on the page, where a heap of small lists is slow to keep: the runs of an arm are one
text, seeds parted by ";", checks by " ".
"""

import json
import math
import platform
from fractions import Fraction

from learning_rates.trials import plan, verdicts
from learning_rates.trials.declared import tasks
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.statistics import quantile

SCRIPT = "src/learning_rates/trials/record.py"  # of which the tables say how their runs were made


def record(tables):
    """{"claims": …, "trials": …, "quantiles": …} of the trials that are whole.

    Args:
        tables: {name of trial: Table}.
    """
    judged = verdicts.judge_ready(CLAIMS, tables)
    seeds = sorted({len(table.trial.seeds) for table in tables.values()})
    return {
        "made": {"script": SCRIPT, "versions": {"python": platform.python_version()}, "data sha256": {}},
        "claims": {name: _claim(claim, judged.get(name)) for name, claim in CLAIMS.items()},
        "trials": {name: _trial(table) for name, table in tables.items() if table.trial.arms and is_whole(table)},
        "quantiles": {str(n): quantile(n) for n in seeds},
    }


def write(tables, path):
    text = json.dumps(record(tables), indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def is_whole(table):
    """Whether nothing of a trial is missing."""
    return all(table.count(stage) == runs for stage, runs in plan.counts(table.trial).items())


def _claim(claim, verdict):
    return {
        "trial": claim.trial,
        "contrast": claim.contrast,
        "published": claim.published,
        "asks": asked(claim),
        "confirms": claim.confirms,
        "refutes": claim.refutes,
        "verdict": verdict and verdict.words,
    }


def _trial(table):
    trial = table.trial
    return {
        "unit": unit(trial),
        "copies": " ".join(copies(table)),
        "arms": [_arm(table, *place) for place in plan.places(trial)],
    }


def unit(trial):
    """What its scores are counted in."""
    return "test accuracy, %" if plan.sign(trial) > 0 else "test error (RMSE)"


def copies(table):
    """What is to be said of the data that were not the original's, in sentences."""
    return sorted({f"{name}: {said}" for made in table.made.values() for name, said in made.get("copies", {}).items()})


def _arm(table, stage, name, budget):
    rows = verdicts.rows_of(table, (stage, name, budget))
    (peak,) = {key[3] for key in table.rows if key[:3] == (stage, name, budget)}
    curves = ";".join(_way(row["curve"]) for row in rows)
    return {
        "stage": stage,
        "name": name,
        "budget": budget,
        "peak": peak if isinstance(peak, str) else f"{peak:.2g}",
        "samples": int(rows[0]["samples"]),
        "curves": curves,
    }


def _way(curve):
    """A run's checks: the last, which is judged, as the table has it, the others to two digits; "-" for no number."""
    *others, last = [value if math.isfinite(value) else None for value in curve]
    cells = ["-" if value is None else f"{value:.2f}" for value in others]
    return " ".join([*cells, "-" if last is None else f"{last:.6g}"])


# --------------------------------------------------------------------------------------------------------------- words
def asked(claim):
    """What a claim asks for, where that is not the score in the end."""
    if claim.measure != "score":
        return claim.measure
    return f"the score after {claim.at:.0%} of the run".replace("%", " %") if claim.at < 1 else ""


UNITS = {
    "epochs to the baseline's end": "epochs",
    "diverged": "% of the runs",
    "share of variance": "% of the variance",
}


def set_up(name, table):
    """What a trial runs, in a paragraph of Markdown."""
    trial, parts = table.trial, [f"**The trial “{name}”.** {_task(tasks.TASKS[table.trial.task])}."]
    if trial.arms:
        tries = f"{len(trial.rates)} peaks tried with {len(trial.tuning_seeds)} seeds"
        budgets = " or ".join(f"{trial.samples * budget:,.0f}" for budget in trial.budgets)
        parts.append(f"Budget: {budgets} samples, {trial.batch_size} a batch; {tries} for each arm and budget.")
        parts += at_the_edge(table)
    parts.append(f"{len(trial.seeds)} {_repeated(trial)} are judged.")
    return " ".join([*parts, trial.note, *copies(table)]).strip()


def _task(task):
    return f"{task.network}. {task.splits}" if task.network else task.splits


def _repeated(trial):
    """What its intervals are taken over: a time has no seed."""
    return "repetitions" if tasks.TASKS[trial.task].engine == "timing" else "seeds"


def at_the_edge(table):
    """A warning of arms whose best peak is the first or the last that was tried: a better one may lie beyond."""
    trial = table.trial
    if not is_whole(table):
        return []
    found = [
        f"{name} ({plan.best_peak(trial, table, name, budget):g} at {trial.samples * budget:,.0f})"
        for name, arm in trial.arms.items()
        for budget in trial.budgets_of(name)
        if arm.peak == "tuned" and plan.best_peak(trial, table, name, budget) in (trial.rates[0], trial.rates[-1])
    ]
    return [f"*Best at the end of the grid*: {', '.join(found)}."] if found else []


def told(name, judged, tables):
    """A claim, its fault, its verdict, and what its own recipes give, as Markdown.

    Args:
        name: of the claim.
        judged: {name: Verdict}, of `verdicts.judge`.
        tables: {name of trial: Table}.
    """
    claim, counted = CLAIMS[name], UNITS.get(CLAIMS[name].measure) or _counted(CLAIMS[name].trial)
    said = claim.said if claim.said.startswith("Printed:") else f"“{claim.said}”"
    lines = [f"**{name} · {said}**", "", f"- *The fault.* {claim.fault}"]
    if claim.contrast:
        lines.append(f"- *Borne out if:* {claim.confirms}")
    if name in judged:
        table, verdict = tables[claim.trial], judged[name]
        less = " (less bears it out)" if claim.direction < 0 else ""
        seeds = _repeated(table.trial) + less
        found = verdicts.interval_of_finite(claim.direction * verdicts.differences(claim, table))
        lines.append(f"- *Fair test.* {compared(claim.contrast)}: {found} {counted}, {found.n} {seeds}.")
        if claim.published:
            own = verdicts.interval_of_finite(claim.direction * verdicts.differences(claim, table, claim.published))
            lines.append(f"- *As published.* {compared(claim.published)}: {own} {counted}, {own.n} {seeds}.")
        lines.append(f"- *Verdict.* **{verdict.words[0].upper()}{verdict.words[1:]}.**")
    elif claim.contrast:
        lines.append("- *Verdict.* Not yet: its trial has not been run to its end.")
    else:
        lines.append("- *Verdict.* None by a run: it is about a fact, and judged by its sources.")
    return "\n".join(lines)


def _counted(trial):
    return {"timing": "% of the processor's time", "boston": "thousand dollars"}.get(trial, "points")


def compared(contrast):
    """(arm, against) in words."""
    return " − ".join(_called(*place) for place in contrast if place)


def _called(stage, name, budget):
    part = f" on {Fraction(budget).limit_denominator(100)} of the samples" if budget < 1 else ""
    return f"“{name}”" if stage == "published" else f"{name}{part}"
