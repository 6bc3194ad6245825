"""The map of learning rate and batch size."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from learning_rates.trials.table import Table
from posters.sheet import EDGE, FADED, INK, ORANGE, Poster


def atlas():
    """Batch sizes, rates, and the median last training loss of each pair, of shape (batches, rates)."""
    table = Table.recorded("rate_atlas_runs")
    batches, rates = sorted(table.made["batches"]), table.made["rates"]
    last = f"loss{table.made['points'] - 1}"

    def loss(batch, rate):
        return np.median(table.column(last, batch=batch, rate=rate))

    return batches, rates, np.array([[loss(batch, rate) for rate in rates] for batch in batches])


def rate_and_batch(fonts, book, address):
    made = Table.recorded("rate_atlas_runs").made
    batches, rates, losses = atlas()
    printed = np.round(losses, 2)
    best = printed == np.min(printed, axis=1, keepdims=True)  # with ties
    first, last = np.flatnonzero(best[0]), np.flatnonzero(best[-1])
    growths = sorted(rates[high] / rates[low] for low in first for high in last)
    growth, batch_growth = " to ".join(f"{each:.0f}" for each in growths), batches[-1] / batches[0]
    poster = Poster(1200, 630, fonts)
    y = poster.head(
        f"{batch_growth:.0f} times the batch, {growth} times the rate",
        52,
        f"Training loss of a small network after the same {made['samples']:,} images, median of {seeds()} seeds. "
        f"Framed: each batch’s best rate, with ties. A square-root rule says {batch_growth**0.5:.0f} times, "
        f"a linear rule {batch_growth:.0f}.",
        25,
    )
    left, top, height = 226, y - 4, 72
    width = (poster.width - EDGE - left) / len(rates)
    shades = LinearSegmentedColormap.from_list("", ["#12408f", "#2f6be0", "#8fb3f5", "#e4ecfb"])
    scaled = np.log(losses / np.min(losses)) / np.log(8)
    for row, batch in enumerate(batches):
        middle = top + (row + 0.5) * height
        poster.write(left - 18, middle + 2, f"batch {batch:,}", 27, bold=True, ha="right")
        poster.write(left - 18, middle + 27, f"{made['samples'] // batch:,} steps", 20, FADED, ha="right")
        for column, loss in enumerate(losses[row]):
            x, shade = left + column * width, min(scaled[row, column], 1.0)
            poster.box(x + 2, top + row * height + 2, width - 4, height - 4, color=shades(shade))
            ink = "#ffffff" if shade < 0.5 else INK
            poster.write(x + width / 2, middle + 10, f"{loss:.2f}", 29, ink, best[row, column], ha="center")
    for row, column in np.argwhere(best):
        frame = {"fill": False, "edgecolor": ORANGE, "linewidth": 4.5, "zorder": 5}
        poster.box(left + column * width + 2, top + row * height + 2, width - 4, height - 4, **frame)
    foot = top + len(batches) * height
    for column, rate in enumerate(rates):
        poster.write(left + (column + 0.5) * width, foot + 30, f"{rate:g}", 26, ha="center")
    poster.write(left - 18, foot + 30, "learning rate", 24, FADED, ha="right")
    poster.sign(book, address, 22)
    return poster.figure


def seeds():
    rows = Table.recorded("rate_atlas_runs").rows.values()
    return len({row["seed"] for row in rows})
