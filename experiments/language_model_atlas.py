"""Condense the recorded tuning runs of the language model into the record that its explorer reads.

    KERAS_BACKEND=jax python -m experiments.language_model_atlas

makes results/language_model_atlas.json from the tables that `experiments.transformer` has made; it trains nothing.
"""

import numpy as np

from experiments import transformer
from experiments.recording import described, write_record
from learning_rates.explorers import language_model
from learning_rates.trials.table import Table

Entry = dict[str, object]


def atlas() -> dict[str, dict[str, list[Entry]]]:
    """{steps: {arm: an entry for each peak, in order}} of the arms that the explorer shows."""
    table, texts = Table.recorded("transformer"), Table.recorded("transformer_texts")
    shown = [arm for shape in language_model.SHAPES for _, arm, _, _ in language_model.arms(shape)]
    found: dict[str, dict[str, list[Entry]]] = {}
    for steps in map(str, (transformer.SHORT, transformer.LONG)):
        found[steps] = {arm: [] for arm in shown}
        for arm in shown:
            rows = [row for key, row in table.rows.items() if key[:3] == ("tune", arm, steps)]
            for peak in sorted({row["max_lr"] for row in rows}, key=float):
                found[steps][arm].append(entry([row for row in rows if row["max_lr"] == peak], texts))
    return found


def entry(rows: list[dict[str, str]], texts: Table) -> Entry:
    """The runs of one arm at one peak."""
    curves = [[float(loss) for loss in row["curve"].split()] for row in rows]
    (text,) = [texts.rows[key]["text"] for key in map(texts_key, rows) if key in texts.rows]
    return {
        "peak": float(rows[0]["max_lr"]),
        "losses": [float(row["loss"]) for row in rows],
        "curve": np.mean(curves, axis=0).round(3).tolist(),
        "text": text.replace("¶", "\n"),
    }


def texts_key(row: dict[str, str]) -> tuple[str, ...]:
    return row["stage"], row["arm"], row["steps"], row["max_lr"], row["seed"]


def main() -> None:
    data = {"shakespeare": transformer.fingerprint()}
    record = {
        "made": described("language_model_atlas.py", (), data=data),
        "temperature": transformer.TEMPERATURE,
        "runs": atlas(),
    }
    write_record("language_model_atlas", record, indent=None)


if __name__ == "__main__":
    main()
