"""Record which matrices of the language model cannot bear its peak from the first step on.

    KERAS_BACKEND=jax python -m experiments.transformer_layers

makes transformer_layers in results/; ten minutes on one core. Stopped and started again, it goes on.

Without a warm-up, AdamW with a line from 0.016 to 0 ends where a table of pairs of characters does (transformer.csv).
Ten runs, two tuning seeds for each of five groups of matrices, suggested that a lower rate for the attention's values
and outputs helps most. So it is asked afresh, with seeds that no recording has used. Decided before the first row:

Every arm is the short run of experiments/transformer.py with AdamW, a line from 0.016 to 0, no warm-up, and the same
batches. In each, one group of GROUPS has a quarter of the rate in every step: the matrices of queries and keys, those
of values and outputs, all four of the attention, the hidden layer's two, or the embeddings and the last matrix. Two
arms have none that is slowed: one as it is, and one with the warm-up. Eight seeds, judged on the second half of the
validation text.

Primary question: last loss of "attention" − "none". It counts beyond MARGIN. The others, of each group − "none" and of
"attention" − "warm-up", hold at once with it (Bonferroni). A quarter was not tuned, and nothing is said of other rates.
"""

from __future__ import annotations

import json

from experiments import transformer
from experiments.transformer import MARGIN, SHORT, Arm, Kind, Recorded
from learning_rates.schedules import Schedule

PEAK = 0.016
SEEDS = tuple(range(5000, 5008))
GROUPS = {
    "queries and keys": "query|key",
    "values and outputs": "value|output",
    "attention": "query|key|value|output",
    "hidden layers": "up|down",
    "embeddings and head": "embedding|head",
}
NONE, WARM = "none", "warm-up"
PRIMARY = ("attention", NONE)
QUESTIONS = (PRIMARY, *((group, NONE) for group in GROUPS if group != PRIMARY[0]), ("attention", WARM))


def declared() -> dict[str, object]:
    """All that the recording rests on."""
    found = {
        "words": __doc__,
        "steps": SHORT,
        "peak": PEAK,
        "seeds": SEEDS,
        "groups": GROUPS,
        "margin": MARGIN,
        "primary": PRIMARY,
        "questions": QUESTIONS,
        "of the language model": transformer.digest_of(transformer.declared()),
    }
    return dict(json.loads(json.dumps(found)))


def main() -> None:
    table = Recorded("transformer_layers", ("arm", "seed", "loss", "curve"), "transformer_layers.py", declared())
    for arm in (NONE, WARM, *GROUPS):
        kind = Kind(slowed=GROUPS.get(arm, ""))
        rate = transformer.rate_of(Arm("AdamW", "linear", arm == WARM), PEAK, SHORT)
        record(table, arm, kind, rate)


def record(table: Recorded, arm: str, kind: Kind, rate: Schedule, other: Schedule | None = None) -> None:
    """The runs of an arm that the table lacks; what is apart follows the other schedule."""
    for seed in SEEDS:
        if (arm, seed) not in table:
            end = transformer.train(kind, rate, seed, transformer.texts().final, other=other)
            table.add((arm, seed), (end.loss, end.curve))
            print(arm, seed, end.loss, flush=True)


if __name__ == "__main__":
    main()
