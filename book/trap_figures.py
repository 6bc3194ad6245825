"""The exhibits of the trap museum, drawn while the site is built: the trap on the left; on the right, the way past it.

Each is a `pair` of panels with numbers of `museum`.
"""

import matplotlib.pyplot as plt
import museum
import numpy as np

from learning_rates import plots

plots.use_style()

WRONG, MENDED, INK, FAINT = "#e42536", "#5790fc", "#333333", "#9c9ca1"
LETTERS = 9.5
MINUS = str.maketrans("-", "−")
DASHED = (0, (5, 1.5))


def pair(wrong, mended, *, height=2.9, **shared):
    """Two panels of one figure, each under what is done there."""
    _, axes = plt.subplots(1, 2, figsize=(5, height), **{"sharex": True, "sharey": True, **shared})
    for ax, word, does, color in zip(axes, ("✗ wrong", "✓ mended"), (wrong, mended), (WRONG, MENDED), strict=True):
        ax.set_title(word, color=color, pad=21)
        say(ax, (0, 1), does, xytext=(0, 7), xycoords="axes fraction")
    return axes


def say(ax, place, text, color=INK, **how):
    return ax.annotate(
        text, place, color=color, fontsize=LETTERS, **{"xytext": (4, 4), "textcoords": "offset points", **how}
    )


def smoothed(name, wrong_title, mended_title):
    rates, losses, wrong, own = museum.sweep(name)
    axes = pair(wrong_title, mended_title)
    bottom, top = own.min(), losses[0]
    for ax, curve, color in zip(axes, (wrong, own), (WRONG, MENDED), strict=True):
        ax.semilogx(rates, losses, color=FAINT, linewidth=0.7)
        ax.semilogx(rates, curve, color=color)
        least = int(np.argmin(curve))
        ax.axvline(rates[least], color=color, linewidth=1, linestyle=":")
        ax.plot(rates[least], curve[least], "o", color=color)
        ax.text(
            rates[least],
            bottom - 0.22 * (top - bottom),
            f"{rates[least]:.2g} ",
            color=color,
            fontsize=LETTERS,
            ha="right",
        )
    axes[0].set(ylim=(bottom - 0.3 * (top - bottom), top + 0.35 * (top - bottom)), ylabel="loss")
    for ax in axes:
        ax.set(xlabel="learning rate η", xlim=(1e-4, 2))


def running_mean():
    smoothed("running mean", "the mean of the epoch so far", "the batches' own losses")


def smoothing_lag():
    smoothed("smoothing lag", "an exponential average", "a centred window")


def frozen_momentum():
    axes = pair("set by a callback", "a schedule, in the step")
    for ax, recipe, color in zip(axes, ("callback", "inside"), (WRONG, MENDED), strict=True):
        asked, used, end = museum.momenta(recipe)
        steps = range(1, len(asked) + 1)
        ax.plot(steps, used, color=color, linewidth=3)
        ax.plot(steps, asked, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
        ax.text(
            0.5,
            0.04,
            f"ends {end:.2g}\noff the minimum",
            transform=ax.transAxes,
            ha="center",
            fontsize=LETTERS,
            color=color,
        )
        ax.set(xlabel="step t", ylim=(0.2, 1.05))
    axes[0].set(ylabel="momentum μ")
    say(axes[0], (20, 0.95), "used", WRONG, xytext=(0, 5), ha="center")
    say(axes[0], (39, 0.53), "the attribute", xytext=(0, 0), ha="right")


def forms_of_epsilon():
    axes = pair("the textbook's form", "Keras's form")
    stock, *written = museum.adagrad()
    steps = np.arange(1, len(stock) + 1)
    for ax, path, color in zip(axes, written, (WRONG, MENDED), strict=True):
        ax.semilogy(steps, path, color=color)
        ax.semilogy(steps[4::10], stock[4::10], "o", color=INK, markersize=4)
        ax.set(xlabel="step t")
    axes[0].set(ylabel="distance gone", ylim=(1e-6, 1))
    say(axes[0], (steps[54], written[0][54]), "written out", WRONG, xytext=(0, -14), ha="center")
    say(axes[0], (steps[-1], stock[54]), "Keras's AdaGrad", xytext=(0, -22), ha="right")
    say(axes[1], (steps[-1], stock[54]), "both", xytext=(0, -22), ha="right")


def next_steps_rate():
    axes = pair("the attribute, after the step", "schedule(step)")
    values = museum.CYCLE.values()
    first = len(values) - 12
    steps = np.arange(first, len(values))
    read = [*values[first + 1 :], values[-1]], values[first:]
    for ax, logged, color in zip(axes, read, (WRONG, MENDED), strict=True):
        ax.semilogy(steps, values[first:], "o", color=FAINT, markersize=11, markerfacecolor="none")
        ax.semilogy(steps, logged, "o", color=color, markersize=5)
        ax.set(xlabel="step t")
    axes[0].set(ylabel="learning rate η")
    say(axes[0], (steps[8], values[first + 8]), "used", "#555555", xytext=(10, 2))
    say(axes[0], (steps[5], values[first + 6]), "logged", WRONG, xytext=(-6, -18), ha="right")


def unequal_budgets():
    found = museum.budgets()
    axes = pair(f"{museum.LONG:,} steps against {museum.SHORT}", f"{museum.SHORT} steps against {museum.SHORT}")
    for side, (ax, color) in enumerate(zip(axes, (WRONG, MENDED), strict=True)):
        ax.axvline(0, color=INK, linewidth=0.8)
        for row, gains in enumerate(found.values()):
            ax.errorbar(
                gains[side].mean, row, xerr=gains[side].high - gains[side].mean, fmt="o", color=color, capsize=3
            )
        ax.set(ylim=(len(found) - 0.4, -0.6), xlim=(-1.05, 1.05))
        ax.set_xticks([-0.5, 0, 0.5], ["−0.5", "0", "0.5"])
        ax.grid(axis="y", visible=False)
        ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=LETTERS)
    axes[0].set_yticks(range(len(found)), [name.replace(", ", ",\n").replace("e r", "e\nr") for name in found])
    axes[0].figure.supxlabel("accuracy − a linear decay's, points", fontsize=10, color=INK)


def noise_of_selection():
    wrong, mended = museum.looks()
    axes = pair("chosen on the test images", "chosen on other images", sharex=False)
    columns = (("test images\nthat chose", "others"), ("images\nthat chose", "test\nimages"))
    for ax, rows, names, color, said in zip(axes, (wrong, mended), columns, (WRONG, MENDED), (0, 1), strict=True):
        ax.plot([0, 1], rows.T, color=FAINT, linewidth=0.8)
        ax.plot([0, 1], rows.mean(axis=0), "o-", color=color, linewidth=3)
        mean = rows.mean(axis=0)
        ax.plot(
            said, mean[said], "o", markersize=13, markerfacecolor="none", markeredgecolor=color, markeredgewidth=1.5
        )
        for place, align, gap in ((0, "right", -10), (1, "left", 10)):
            text = f"{mean[place]:+.2f}".translate(MINUS)
            weight = "bold" if place == said else "normal"
            say(ax, (place, mean[place]), text, color, xytext=(gap, 0), ha=align, va="center", fontweight=weight)
        ax.set(xlim=(-0.75, 1.75))
        ax.set_xticks([0, 1], names, fontsize=LETTERS)
        ax.tick_params(axis="x", length=0)
    axes[0].set(ylabel="best look − last, points")


def ahead(axes, *runs):
    """Say beside the lower of two curves' ends that it is ahead."""
    for ax, (name, last), color in zip(axes, runs, (WRONG, MENDED), strict=True):
        steps, losses = museum.curve(name)
        place = int(np.argmin(abs(steps - last)))
        say(ax, (steps[place] / 1000, losses[place]), "ahead", color, xytext=(0, -16), ha="center", fontweight="bold")


def runs_until(ax, runs, last, beyond):
    """Recorded runs up to a step, and a little beyond, each with a dot where it is compared."""
    for name, color, dash in runs:
        steps, losses = museum.curve(name)
        kept = steps <= last + beyond
        ax.plot(steps[kept] / 1000, losses[kept], color=color, linestyle=dash)
        ax.plot(steps[kept][-1] / 1000, losses[kept][-1], "o", color=color, markersize=5)
    ax.set(xlabel="thousand steps")


def name_run(ax, name, thousands, text, color, **how):
    """Words beside a run, where it is so many thousand steps old."""
    steps, losses = museum.curve(name)
    say(ax, (thousands, losses[np.argmin(abs(steps - 1000 * thousands))]), text, color, **how)


def lower_curve_in_mid_run():
    axes = pair("stop the one behind", "compare at the end")
    cosine, wsd, gold = "cosine_24000", "wsd_20000_24000", "#f89c20"
    for ax, last in zip(axes, (20_000, 24_000), strict=True):
        runs_until(ax, [(cosine, INK, "-"), (wsd, gold, DASHED)], last, 200)
        ax.set(ylim=(2.86, 3.22), xlim=(5, 25))
    axes[0].set(ylabel="loss, nats")
    ahead(axes, (cosine, 20_000), (wsd, 24_000))
    name_run(axes[0], wsd, 14, "WSD", gold, xytext=(4, 8))
    name_run(axes[0], cosine, 14, "cosine", INK, xytext=(-4, -16), ha="right")


def wrong_horizon():
    axes = pair("at the end of the shorter", "each at its own end", sharex=False)
    short, long, violet = "cosine_24000", "cosine_72000", "#7a21dd"
    for ax, last in zip(axes, (24_000, 72_000), strict=True):
        runs_until(ax, [(short, INK, "-"), (long, violet, DASHED)], last, 600)
        ax.set(ylim=(2.72, 3.22), xlim=(last / 5000, last / 1000 * 1.04))
    axes[0].set(ylabel="loss, nats")
    ahead(axes, (short, 24_000), (long, 72_000))
    name_run(axes[0], long, 12, "planned for\n72,000 steps", violet, xytext=(4, 6))
    name_run(axes[0], short, 14, "for 24,000", INK, xytext=(-2, -24), ha="center")


def borrowed_peak():
    axes = pair("the short run's best peak, kept", "each run at its own")
    found = museum.hills()
    best = {steps: max(hill, key=hill.get) for steps, hill in found.items()}
    short, long = best
    for ax, peak, color in zip(axes, (best[short], best[long]), (WRONG, MENDED), strict=True):
        for steps, dash in ((short, DASHED), (long, "-")):
            ax.semilogx(found[steps].keys(), found[steps].values(), color="#555555", linestyle=dash, linewidth=1.5)
        ax.plot(best[short], found[short][best[short]], "o", color=INK, markersize=6)
        ax.axvline(peak, color=color, linewidth=1, linestyle=":")
        ax.plot(peak, found[long][peak], "o", color=color, markersize=8)
        say(ax, (peak, found[long][peak]), f"{found[long][peak]:.1f} %", color, xytext=(4, 6), fontweight="bold")
        ax.set(xlabel="peak η", ylim=(77, 88), xlim=(0.012, 0.3))
        ax.set_xticks([0.02, 0.05, 0.1, 0.2], ["0.02", "0.05", "0.1", "0.2"])
        ax.minorticks_off()
    axes[0].set(ylabel="accuracy, %")
    say(axes[0], (0.02, found[long][0.02]), f"{long:,} steps", "#555555", xytext=(-2, -14))
    say(axes[0], (0.02, found[short][0.02]), f"{short} steps", "#555555", xytext=(6, -8))
