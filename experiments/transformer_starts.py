"""Record whether it is the start that harms the language model's attention.

    KERAS_BACKEND=jax python -m experiments.transformer_starts

makes transformer_starts in results/; five minutes on one core. Stopped and started again, it goes on.

A quarter of the rate for the attention's matrices gains most of what a warm-up gains (transformer_layers.csv). That
does not say whether it is the start that harms them, for the quarter holds in every step. So three more arms, with the
seeds of that recording, whose arms "none", "warm-up" and "attention" they are compared with. Decided before the first
row, and after that recording:

In "attention warmed up" the four matrices of the attention follow the line with warm-up, and all else the line without;
in "all else warmed up" it is the other way round. In "a quarter for all" every weight has a quarter of the rate in
every step, so that the peak is 0.004.

Primary question: last loss of "attention warmed up" − "all else warmed up". It counts beyond MARGIN. The others hold at
once with it (Bonferroni).
"""

from __future__ import annotations

import json

from experiments import transformer, transformer_layers
from experiments.transformer import MARGIN, SHORT, Arm, Kind, Recorded
from experiments.transformer_layers import GROUPS, NONE, PEAK, WARM, record

ATTENTION, REST, QUARTER = "attention warmed up", "all else warmed up", "a quarter for all"
PRIMARY = (ATTENTION, REST)
QUESTIONS = (PRIMARY, (ATTENTION, NONE), (REST, NONE), (ATTENTION, WARM), ("attention", QUARTER))


def declared() -> dict[str, object]:
    """All that the recording rests on."""
    found = {
        "words": __doc__,
        "margin": MARGIN,
        "primary": PRIMARY,
        "questions": QUESTIONS,
        "of the groups": transformer.digest_of(transformer_layers.declared()),
    }
    return dict(json.loads(json.dumps(found)))


def main() -> None:
    table = Recorded("transformer_starts", ("arm", "seed", "loss", "curve"), "transformer_starts.py", declared())
    cold, warm = (transformer.rate_of(Arm("AdamW", "linear", first), PEAK, SHORT) for first in (False, True))
    quarter = transformer.rate_of(Arm("AdamW", "linear"), PEAK / 4, SHORT)
    for arm, rate, attentions in ((ATTENTION, cold, warm), (REST, warm, cold), (QUARTER, quarter, quarter)):
        record(table, arm, Kind(apart=GROUPS["attention"]), rate, attentions)


if __name__ == "__main__":
    main()
