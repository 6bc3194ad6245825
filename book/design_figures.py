"""The figure of the page on designing a schedule, drawn while the site is built."""

import json
from importlib import resources

import matplotlib.pyplot as plt

from learning_rates import plots
from learning_rates.explorers import design, knots

plots.use_style()


def found():
    """For each noise the rate and the momentum that the search found, over those of the tuned linear decay."""
    path = resources.files("learning_rates.results") / design.RECORD
    record = json.loads(path.read_text(encoding="utf-8"))
    figure, axes = plt.subplots(2, 3, figsize=(5.6, 4.2), sharex=True, sharey="row", height_ratios=[2, 1])
    for noise, (above, below) in zip(design.NOISES, axes.T, strict=True):
        tuned = record["tuned"][noise]["linear decay"]
        of = {
            "tuned linear decay": knots.rival("linear decay", tuned["rate"], tuned["momentum"], design.STEPS),
            "found": design.own(record["searched"][noise]["values"]),
        }
        wall = [design.wall(momentum) for momentum in of["found"][1].values()]
        above.plot(wall, color=design.RED, linestyle=":", linewidth=1, label="wall at the found momentum")
        for name, (rate, momentum) in of.items():
            look = {"color": knots.INK} if name == "found" else plots.STYLES["linear decay"]
            above.plot([each or None for each in rate.values()], label=name, **look)
            below.plot(momentum.values(), **look)
        above.set(title=f"{noise} noise", yscale="log", ylim=(0.003, 0.6))
        below.set(ylim=(-0.05, 1))
    axes[0, 0].set_ylabel("learning rate η")
    axes[1, 0].set_ylabel("momentum μ")
    figure.supxlabel("step t", fontsize=10)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, fontsize=8.5, columnspacing=1)
