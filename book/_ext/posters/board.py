"""The board of verdicts: every claim on trial."""

from typing import NamedTuple

from learning_rates.trials import verdicts
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import TrialTable
from posters.sheet import BLUE, EDGE, FADED, INK, ORANGE, PURPLE, RED, Poster


class Line(NamedTuple):
    """What the board says of a claim: what was found and printed, and the verdict on the direction."""

    name: str
    short: str
    call: str
    found: str = ""
    printed: str = ""
    words: str = ""


FACT = "not for a run to judge"
CALLS = {
    "borne out": BLUE,
    verdicts.SMALL: PURPLE,
    "open": ORANGE,
    "not borne out": RED,
    "not tested": FADED,
    FACT: FADED,
}
LOUD, QUIET = {"size": 28, "bold": True}, {"size": 22, "color": FADED}
WHY = {"not tested": "the trial leaves out what the article did", FACT: "about a fact, and judged by its sources"}


def verdict_lines():
    """Every claim on trial, in the order of the verdicts: what was printed, and what the fair test found."""
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    judged = verdicts.judge_ready(CLAIMS, tables)
    found = [line(name, claim, judged.get(name), tables.get(claim.trial)) for name, claim in CLAIMS.items()]
    return sorted(found, key=lambda each: list(CALLS).index(each.call))


def line(name, claim, verdict, table):
    if verdict is None or claim.untested:
        return Line(name, claim.short, verdict.call if verdict else FACT)
    unit = claim.unit.partition(" of ")[0]
    gap = verdicts.interval_of_finite(claim.direction * verdicts.differences(claim, table))
    said = verdict.direction.replace("better by at least", "at least")  # of what is expensive, “better” would be odd
    said = said.replace(" by itself, but", ",")
    if verdict.holds is None and said.startswith("at least") and claim.margin > verdict.found.low:
        said += f", where {claim.margin:g} were asked for"
    if not gap.low < gap.high:
        return Line(name, claim.short, verdict.call, said)
    printed = ""
    if verdict.size:  # against the fair comparison's runs; there is no room for the article's own
        where = "within" if verdict.fits else "beyond"
        printed = f"printed {claim.claimed:+g}, {where} a fair run's range".replace("-", "−")
    return Line(name, claim.short, verdict.call, f"{gap} {unit}", printed, said)


def verdict_board(fonts, book, address):
    lines = verdict_lines()
    poster = Poster(1080, 1920, fonts)
    groups = {call: [each for each in lines if each.call == call] for call in CALLS}
    y = poster.head(
        f"{len(lines)} claims about learning rates, and what a fair test found",
        56,
        f"Rivals tuned as well, many seeds, declared first, changes listed: {len(groups['borne out'])} are borne out, "
        f"{len(groups[verdicts.SMALL])} is true but small, {len(groups['not borne out'])} are not borne out, "
        f"{len(groups['open'])} stay open.",
        29,
        INK,
    )
    left, right, y = EDGE + 26, poster.width - EDGE - 16, y - 16
    for call, color in CALLS.items():
        pace = 38 if call in WHY else 60
        height = 50 + pace * len(groups[call]) + 4
        poster.box(EDGE, y, poster.width - 2 * EDGE, height, color=color, alpha=0.07)
        poster.box(EDGE, y, 8, height, color=color)
        poster.write(left, y + 35, call.capitalize(), 31, color, bold=True)
        poster.write(right, y + 35, WHY.get(call, ""), 23, FADED, ha="right")
        for row, each in enumerate(groups[call]):
            place = y + 73 + row * pace
            poster.write(left, place, each.short, 28)
            poster.write(right, place, each.found or each.name, **LOUD if each.found else QUIET, ha="right")
            if each.words:
                poster.write(right, place + 25, each.words, **QUIET, ha="right")
            if each.found:
                poster.write(left, place + 25, " · ".join(filter(None, (each.name, each.printed))), **QUIET)
        y += height + 8
    poster.write(
        EDGE, y + 26, "± is a 95 % interval over seeds. A: five articles. S: the paper on super-convergence.", **QUIET
    )
    poster.sign(book, address)
    return poster.figure
