"""What the page of questions alone quotes: numbers from results/, and some that follow from a schedule itself."""

import numpy as np

from learning_rates import schedules
from learning_rates.range_test.result import RangeTest
from learning_rates.trials import statistics
from learning_rates.trials.declared.claims import CLAIMS
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import Table, TrialTable

LINEAR = "linear decay"
EPOCHS, SAMPLES, BATCH = 30, 50_000, 128  # of the example runs
PEAK = 0.1


def of_the_finder():
    """Eight sweeps of one setting, which differ in their seed; and how far a larger batch moves their median."""
    table = Table.recorded("range_test_sweeps")

    def suggested(batch_size, rule):
        where = {"steps": 200, "batch_size": batch_size, "momentum": 0.9, "weight_decay": 0.0}
        rows = [row for row in table.rows.values() if all(float(row[name]) == value for name, value in where.items())]
        losses = [[float(loss) for loss in row["losses"].split()] for row in rows]
        return RangeTest(np.geomspace(1e-5, 10.0, 200), losses).suggestions[rule]

    _, low, high = suggested(60, "minimum/10")
    return {
        "finder_low": f"{low:.2g}",
        "finder_high": f"{high:.2g}",
        "finder_batch": f"{suggested(240, 'minimum/10').rate / suggested(15, 'minimum/10').rate:.1f}",
    }


def of_explosions():
    """Runs of the deeper network at a rate that explodes, of all batches together, and what cures them."""
    table = Table.recorded("explosions")
    rate, batches = table.made["explosive rate"], table.made["batches"]

    def runs(arm, column, rate=rate):
        return np.concatenate([table.column(column, arm=arm, batch=batch, rate=rate) for batch in batches])

    def trained(arm, rate=rate):
        return int(
            np.sum((runs(arm, "stopped", rate) < 0) & (runs(arm, "loss_last", rate) < table.made["trains below"]))
        )

    gone = [int(np.sum(table.column("stopped", arm="plain", batch=batch, rate=rate) >= 0)) for batch in batches]
    total = len(runs("plain", "stopped"))
    safe = max(rate for rate in table.made["rates"] if trained("plain", rate) == total)
    return {
        "nan_rate": f"{rate:g}",
        "nan_runs": str(total // len(batches)),
        "nan_batches": listed(f"{batch:,}" for batch in batches),
        "nan_counts": listed(map(str, gone)),
        "nan_clipped": str(trained("clipnorm 0.1")),
        "nan_warmed": str(trained("warm-up")),
        "nan_all": str(total),
        "nan_safe": f"{safe:g}",
    }


def of_batches():
    """The rate with the least median loss, at each batch size, after as many samples."""
    table = Table.recorded("rate_atlas_runs")
    rates, batches = table.made["rates"], sorted(table.made["batches"])

    def loss(batch, rate):
        ended = table.column("stopped", batch=batch, rate=rate) < 0
        return np.median(
            np.where(ended, table.column(f"loss{table.made['points'] - 1}", batch=batch, rate=rate), np.inf)
        )

    small, large = batches[0], batches[-1]
    best = {}  # with ties as printed, which chapter 4 frames too
    for batch in (small, large):
        losses = [round(float(loss(batch, rate)), 2) for rate in rates]
        best[batch] = [rate for rate, each in zip(rates, losses, strict=True) if each == min(losses)]
    assert (len(best[small]), len(best[large])) == (2, 1), "the pages say that two rates tie"
    return {
        "batch_small": str(small),
        "batch_large": f"{large:,}",
        "batch_growth": f"{best[large][0] / max(best[small]):.0f} to {best[large][0] / min(best[small]):.0f}",
        "batch_linear": f"{large / small:.0f}",
        "batch_root": f"{(large / small) ** 0.5:.0f}",
    }


def of_adam():
    table = Table.recorded("adaptive_optimizers")
    arms, asked = ("Adam, linear decay", "Adam"), len(table.made["questions"])

    def finals(arm):
        peaks = {row["max_lr"] for row in table.rows.values() if row["stage"] == "final" and row["arm"] == arm}
        tuned = {rate: table.column("accuracy", stage="tune", arm=arm, max_lr=rate).mean() for rate in peaks}
        return 100 * table.column("accuracy", stage="final", arm=arm, max_lr=max(tuned, key=tuned.get))

    decayed, constant = map(finals, arms)
    best = {arm: of["best"] for arm, of in table.made["arms"].items()}
    lower = {best["momentum"] / best["Adam"], best["momentum, linear decay"] / best["Adam, linear decay"]}
    assert max(lower) < 1.01 * min(lower), "the page says the same of both"
    return {
        "adam_lower": f"{lower.pop():.0f}",
        "adam_decay": str(statistics.interval(decayed - constant, questions=asked)),
        "adam_seeds": str(len(constant)),
    }


def of_layers():
    table = Table.recorded("transfer")

    def accuracy(arm):
        return 100 * table.column("accuracy", stage="final", arm=arm)

    gains = {
        name: statistics.interval(accuracy(arm) - accuracy("one rate"), questions=table.made["questions"])
        for name, arm in (("layers_mild", "2.6 a layer"), ("layers_steep", "10 a layer"))
    }
    return {name: str(gain) for name, gain in gains.items()} | {"layers_seeds": str(gains["layers_mild"].n)}


def of_super_convergence():
    """Both claims' contrasts, one-cycle on an eighth of the samples against two rivals."""
    table = TrialTable("super-convergence", TRIALS["super-convergence"])

    def scores(place):
        return np.array([row["score"] for row in table.rows_of(place)])

    texts = {}
    for name, claim in (("super_long", "S.1"), ("super_line", "S.2")):
        contrast = CLAIMS[claim].contrast
        texts[name] = str(statistics.interval(scores(contrast.arm) - scores(contrast.against)))
    return texts


def of_cycles():
    """What a long last way down is worth after cycles."""
    table = Table.recorded("last_way_down")

    def behind(arm):
        def accuracy(arm):
            return 100 * table.column("accuracy", stage="final", arm=arm)

        return str(statistics.interval(accuracy(arm) - accuracy(LINEAR), questions=len(table.made["questions"])))

    return {"cycles_short_end": behind("three cycles"), "cycles_long_end": behind("two cycles, long end")}


def of_counting():
    """What follows from the schedules themselves, for a run of the example's length."""
    steps = schedules.count_steps(SAMPLES, BATCH, EPOCHS)
    rate = schedules.one_cycle(PEAK, steps)
    warm = steps // 20
    return {
        "run_epochs": str(EPOCHS),
        "run_batch": str(BATCH),
        "run_samples": f"{SAMPLES:,}",
        "run_steps": f"{steps:,}",
        "run_peak": f"{PEAK:g}",
        "run_start": f"{rate(0):g}",
        "run_by_epoch": f"{rate(EPOCHS - 1):.2g}",
        "run_half": f"{rate(steps // 2):.2g}",
        "run_updates": f"{schedules.count_steps(SAMPLES, BATCH, EPOCHS, accumulation=4):,}",
        "run_warm": str(warm),
        "run_first": f"{schedules.warmup(schedules.constant(PEAK, steps - warm), warm)(0) / PEAK:.1%}".replace(
            "%", " %"
        ),
        "seeds_one": seeds_for(1.0),
        "seeds_half": seeds_for(0.5),
    }


def seeds_for(difference):
    """How many seeds find a difference of so many standard deviations four times out of five."""
    return str(next(n for n in range(2, 1000) if statistics.detectable(n) <= difference))


def listed(texts):
    *first, last = texts
    return f"{', '.join(first)} and {last}"


def all_of_them():
    parts = (of_the_finder, of_explosions, of_batches, of_adam, of_layers, of_super_convergence, of_cycles, of_counting)
    return {name: text for part in parts for name, text in part().items()}
