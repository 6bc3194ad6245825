"""What was changed in declarations or in rules once results were known, in the order in which it was changed.

A claim's digest stands in its trial's side file: changed words stop every reading of the rows. A change that has to be
is listed here.
"""

from typing import NamedTuple


class Amendment(NamedTuple):
    """A change that came after results.

    Args:
        day: When, as the repository's history has it.
        what: The claims, trials or rules that it touches.
        change: What was declared before, and what was put in its place.
        known: Which results were there.
        effect: What it does to a verdict.
    """

    day: str
    what: str
    change: str
    known: str
    effect: str


AMENDMENTS = (
    Amendment(
        "2026-11-22",
        "ants and bees",
        "Two recipes mended: a cycle whose half is no whole number of steps, and how a range test is read whose fall "
        "is lost in noise.",
        "other arms of that trial",
        "None on a recorded row.",
    ),
    Amendment(
        "2026-11-22",
        "S.1, S.2",
        "The first miniature, of 4,000 images, dropped for the present one; S.1 asks whether one-cycle is level with "
        "the long run, where it asked whether it ends above it.",
        "first rows, thrown away unread; nobody can verify that they were",
        "S.1's condition became easier, and was missed.",
    ),
    Amendment(
        "2026-11-22",
        "Holm's families",
        "One family of claims split into two, the articles' and the paper's.",
        "the articles' first trials, none of S.1's",
        "In one family S.1 would have been undecided; no other verdict changes.",
    ),
    Amendment(
        "2026-11-22",
        "A2.4",
        "Counts that agree in every pair leave a claim open; they counted as equivalent.",
        "A2.4's rows",
        "A2.4 is open, where it had fallen.",
    ),
    Amendment(
        "2026-11-22",
        "A3.1, A3.3, A4.5",
        "Time of the processor in place of the clock's, and shortest laps in place of medians.",
        "a whole series by the clock",
        "A4.5 is borne out, where it had fallen.",
    ),
    Amendment(
        "2026-11-22",
        "yardstick, cleaned",
        "Two trials without a claim added.",
        "the cardiovascular trial",
        "None: they judge nothing.",
    ),
    Amendment(
        "2026-11-23",
        "A2.1",
        "“Is better than a tuned constant rate” became “ends higher, by at least the margin”, in a commit whose "
        "message does not say so.",
        "all runs of the baseline, and one-cycle's tuning",
        "A2.1 is open, where by the first words it is borne out.",
    ),
    Amendment(
        "2026-11-23",
        "A2.2",
        "Ten epochs and a grid that begins lower, in place of twenty.",
        "eight tuning runs of the constant rate",
        "None on a recorded row: they were dropped.",
    ),
    Amendment(
        "2026-11-30",
        "diabetes",
        "Run again with six lower peaks for every arm, as “diabetes longer grid”.",
        "the first trial",
        "No verdict; a short run's lead on this set was the grid's, and is gone.",
    ),
    Amendment(
        "2026-11-30",
        "all verdicts",
        "Two parts, direction and size. A claim is borne out by limits that hold for all claims at once; a printed "
        "size is held against one run and not against the mean; “not better by the margin” and “not tested” are "
        "verdicts.",
        "everything",
        "A4.1 is no longer sure to reach its margin; A1.1's and A4.1's printed sizes are no longer excluded; A2.2's "
        "direction is borne out; A0.1 to A0.3 and A1.3 are not tested.",
    ),
    Amendment(
        "2026-11-30",
        "A1.1, A1.2, A4.4, S.1, S.2",
        "“Not tested” is applied to all claims alike: to every trial that leaves out what the article did. It had been "
        "applied to A0.1 to A0.3 and A1.3 alone.",
        "everything",
        "A1.1 and S.1 are not tested, where they were not borne out; A1.2 and S.2, where they were open; A4.4, where "
        "it was borne out.",
    ),
    Amendment(
        "2026-11-30",
        "printed sizes",
        "Held against one run of the article's own comparison as well as of the fair one. Where A2.2's article names "
        "no rate, Keras's default stands for its baseline.",
        "everything",
        "A3.1's and A2.2's sizes are beyond the fair comparison and within the article's own; A3.2's is the other way "
        "round.",
    ),
    Amendment(
        "2026-11-30",
        "A3.2",
        "A call of its own, “true, below the margin”, for a difference that is sure and surely smaller than was "
        "declared to count.",
        "everything",
        "A3.2 has it, where it was not borne out.",
    ),
    Amendment(
        "2026-11-30",
        "A4.5",
        "A claim that names no ruler is open where two were read and make different calls. The processor's time had "
        "taken the clock's place without a word on which of them the claim means.",
        "everything",
        "A4.5 is open, where it was borne out. Of A3.1 and A3.3 both rulers say the same.",
    ),
)
