"""What pages without cells quote: numbers from results/, and tests.

A page writes `{{ name }}` for a number, which is taken from results/ when the site is built.
`{guard}`file::test`` links the test that guards against a trap.
"""

import csv
import json
import math
from collections import defaultdict
from pathlib import Path

import answers
import museum
import numpy as np
import posters
from docutils import nodes

from learning_rates import schedules, small_network
from learning_rates.explorers import design, knots, train
from learning_rates.explorers.statistics import interval, quantile
from learning_rates.explorers.statistics import signed as with_sign
from learning_rates.trials import statistics, telling, verdicts
from learning_rates.trials.declared.forms import Place, Stage
from learning_rates.trials.declared.trials import TRIALS
from learning_rates.trials.table import Table, TrialTable


def signed(mean, low, high):
    """The numbers as an interval prints itself."""
    return str(statistics.Interval(mean, low, high, 0))


def factor(value):
    """The value with two digits: 0.0041, 2.5, 570."""
    return f"{float(f'{value:.2g}'):,.10g}"


def of_traps(results):
    recorded = json.loads((results / "traps.json").read_text(encoding="utf-8"))
    damage = recorded["damage"]
    texts = {"trap_seeds": str(len(recorded["made"]["seeds"]))}
    for name in ("running mean", "smoothing lag"):
        for part in ("median", "low", "high"):
            texts[f"{name}_{part}".replace(" ", "_")] = factor(damage[name][part])
    texts["frozen_momentum"] = factor(damage["frozen momentum"]["factor"])
    for name, ratio in damage["epsilon forms"].items():
        texts[f"epsilon_{name.lower()}"] = factor(ratio) if ratio > 1.1 else f"{ratio:.3f}"
    texts["next_steps_rate"] = factor(damage["next step's rate"]["factor"])
    for name in ("unequal budgets", "selection noise"):
        mean, low, high = (damage[name][part] for part in ("mean", "low", "high"))
        texts[name.replace(" ", "_")] = signed(mean, low, high)
    return texts


# Name: its table, and what tells the rows of the two arms whose accuracies are subtracted within each seed.
LINEAR, AVERAGED, CONSTANT = "linear decay", "average of the last quarter", "constant"
MOVING = "average, β = 0.99"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
CONTRASTS = {
    "one_cycle_minus_linear": ("one_cycle_ladder", {"rung": "one-cycle"}, {"rung": LINEAR}),
    "cycled_minus_linear": ("one_cycle_ladder", {"rung": "one-cycle + momentum"}, {"rung": LINEAR}),
    "ramp_minus_linear": ("one_cycle_ladder", {"rung": "ramp–sustain–decay"}, {"rung": LINEAR}),
    "linear_minus_constant": ("decay", {"arm": LINEAR}, {"arm": CONSTANT}),
    "cosine_minus_linear": ("decay", {"arm": "cosine"}, {"arm": LINEAR}),
    "warmed_minus_linear": ("decay", {"arm": "warm-up + linear"}, {"arm": LINEAR}),
    "wsd_minus_linear": ("decay", {"arm": "warm-up, stable, decay"}, {"arm": LINEAR}),
    "averaged_minus_linear": ("decay", {"arm": AVERAGED}, {"arm": LINEAR}),
    "triangular_minus_linear": ("cyclical", {"arm": "triangular"}, {"arm": LINEAR}),
    "unfinished_minus_linear": ("cyclical", {"arm": "unfinished"}, {"arm": LINEAR}),
    "moving_minus_constant": ("open_end", {"arm": MOVING, "stop": 600}, {"arm": CONSTANT, "stop": 600}),
    "moving_minus_linear": ("open_end", {"arm": MOVING, "stop": 600}, {"arm": LINEAR, "stop": 600}),
}


def of_contrasts():
    """The gain of each contrast within its seeds, with intervals so wide that all hold at once."""
    gains = {name: gain(*contrast) for name, contrast in CONTRASTS.items()}
    seeds = sorted({each.n for each in gains.values()})
    return {name: str(each) for name, each in gains.items()} | {"seeds": " or ".join(map(str, seeds))}


def gain(table, after, before):
    return statistics.interval(finals(table, after) - finals(table, before), questions=len(CONTRASTS))


def finals(name, where):
    """The accuracies of an arm's final runs, in points, one for each seed."""
    table = Table.recorded(name)
    if name == "open_end":  # where the runs of one arm are looked at for the others too
        found, arm, stop = table.made["peaks found"], where["arm"], where["stop"]
        where = where | {"max_lr": found.get(arm) or found[f"{arm}, {stop}"]}
    return 100 * table.column("accuracy", stage="final", **where)


CIFARS = "super-convergence", "cifar"  # two of the tasks are CIFAR-10, on a small residual network and on another


def of_tasks():
    """What the trials of chapter 10 say of the same questions, on their own tasks."""
    tables = {name: TrialTable(name, trial) for name, trial in TRIALS.items()}
    apart, together = verdicts.pooled(tables, "one-cycle", LINEAR)
    texts = {"tasks_one_cycle": str(together.mean)}
    texts["tasks_heavy_weight"] = f"{100 * sum(sorted(together.weights)[-3:]):.0f} %"
    for name, arm in (("one_cycle", "one-cycle"), ("warmed", "warm-up + linear")):
        shares, all_of_them = verdicts.pooled_shares(tables, arm, LINEAR, CONSTANT)
        fewer = [verdicts.pooled_shares(without(tables, [cifar]), arm, LINEAR, CONSTANT)[1] for cifar in CIFARS]
        texts |= {f"tasks_{name}_share": str(all_of_them.mean), f"tasks_{name}_share_new": str(all_of_them.new)}
        texts[f"tasks_{name}_share_once"] = " and ".join(str(each.mean) for each in fewer)
        texts[f"tasks_{name}_share_once_new"] = " and ".join(str(each.new) for each in fewer)
    gaps, _ = verdicts.pooled({name: tables[name] for name in apart}, LINEAR, CONSTANT)
    *rest, second, most = sorted((gap.mean, name) for name, gap in gaps.items() if gap.low > 0)
    assert (most[1], second[1]) == CIFARS, "the page names them"
    at_the_end = [name for name in shares if "constant (" in " ".join(telling.edge_warnings(tables[name]))]
    assert set(at_the_end) == {"super-convergence", "fashion"}, "the page names them"
    _, inside = verdicts.pooled_shares(without(tables, at_the_end), "one-cycle", LINEAR, CONSTANT)
    return texts | {
        "tasks": WORDS[len(apart)],
        "tasks_sure": WORDS[len(shares)],
        "tasks_decay_ahead": WORDS[len(rest) + 2],
        "tasks_decay_behind": WORDS[sum(gap.high < 0 for gap in gaps.values())],
        "tasks_decay_most": f"{most[0]:.1f}",
        "tasks_decay_second": f"{second[0]:.1f}",
        "tasks_decay_rest": f"{rest[0][0]:.1f} to {rest[-1][0]:.1f}",
        "tasks_one_cycle_share_inside": str(inside.mean),
    }


def without(tables, left_out):
    return {name: table for name, table in tables.items() if name not in left_out}


def of_headlines():
    """The same one-cycle runs on CIFAR-10 against three rivals, the last of which nobody tuned."""
    table = TrialTable("cifar", TRIALS["cifar"])

    def scores(arm, stage=Stage.FINAL):
        return np.array([row["score"] for row in table.rows_of(Place(stage, arm, 1.0))])

    rivals = {"line": scores(LINEAR), "constant": scores(CONSTANT)}
    rivals["default"] = scores("Keras's default", Stage.PUBLISHED)
    cycle = scores("one-cycle")
    return {f"headline_{name}": str(statistics.interval(cycle - rival)) for name, rival in rivals.items()}


def of_lifted():
    """What a warm-up makes of a linear decay from eight times its best peak, on the tuning images."""
    table, peaks = Table.recorded("decay"), {"cold": LINEAR, "warm": "warm-up + linear"}
    assert table.made["arms"][LINEAR]["max_lr"] * 8 == 0.64
    means = {
        name: 100 * table.column("accuracy", stage="tune", arm=arm, max_lr=0.64).mean() for name, arm in peaks.items()
    }
    return {f"lifted_{name}": f"{mean:.0f}" for name, mean in means.items()}


def of_horizons():
    """The best peak of a linear decay at three lengths, of one recording, and at the longest, of another."""
    found, longer = Table.recorded("open_end").made, Table.recorded("cyclical_snapshots_long").made
    peaks = {stop: found["peaks found"][f"{LINEAR}, {stop}"] for stop in found["stops"]}
    peaks[longer["steps"]] = longer["peaks found"][LINEAR]
    last, where = longer["steps"], {"stage": "final", "steps": longer["steps"]}
    table = Table.recorded("range_test_horizon")
    own, other = (100 * table.column("accuracy", arm=arm, **where) for arm in ("own peak", "peak of 600 steps"))
    return {
        "horizon_last": f"{last:,}",
        "horizon_gained": str(statistics.interval(own - other)),
        "horizon_peaks": ", ".join(f"{peak:g}" for peak in peaks.values()),
        "horizon_steps": ", ".join(f"{steps:,}" for steps in peaks),
    }


def of_momentum():
    table = Table.recorded("momentum_at_high_peaks")

    def accuracy(arm):
        return 100 * table.column("accuracy", arm=arm, max_lr=0.16)

    gains = {
        "momentum_moved": statistics.interval(accuracy("milder") - accuracy("held")),
        "cycled_minus_held": statistics.interval(
            finals("one_cycle_ladder", {"rung": "one-cycle + momentum"})
            - finals("one_cycle_ladder", {"rung": "one-cycle"})
        ),
        "momentum_apart": statistics.interval(accuracy("milder") - accuracy("same effective rate"), questions=7),
    }
    return {name: str(each) for name, each in gains.items()}


def of_design(results):
    recorded = json.loads((results / "design.json").read_text(encoding="utf-8"))
    tuned, searched = recorded["tuned"], recorded["searched"]
    return {
        "design_least": f"{min(design.CURVATURES):g}",
        "design_steepest": f"{max(design.CURVATURES):g}",
        "design_little": f"{design.NOISES['little']:g}",
        "design_some": f"{design.NOISES['some']:g}",
        "design_much": f"{design.NOISES['much']:g}",
        "design_steps": str(design.STEPS),
        "design_peaks": str(len(recorded["rates tried"])),
        "design_tries": str(len(recorded["rates tried"]) * len(recorded["momenta tried"]["constant"])),
        "design_more_tries": str(len(recorded["rates tried"]) * len(recorded["momenta tried"]["one-cycle"])),
        "design_near": ", ".join(ratio_of(tuned[noise]["one-cycle"], tuned[noise]["linear decay"]) for noise in tuned),
        "design_cycled": ", ".join(
            ratio_of(recorded["cycled"][noise], tuned[noise]["one-cycle"]) for noise in recorded["cycled"]
        ),
        "design_factor": ", ".join(factor_between(*design.rivals(noise, "first", recorded)[1:]) for noise in tuned),
        "design_searched": f"{recorded['knots tried']:,}",
        "design_table": table_of(tuned),
        "design_links": ", ".join(state_link(noise, searched[noise]["values"]) for noise in design.NOISES),
        "design_findings": ", ".join(found_under(noise, searched[noise], tuned[noise]) for noise in design.NOISES),
    }


def table_of(tuned):
    """The peaks and momenta of the rivals, with a row for each noise."""
    head = "| noise | " + " | ".join(f"{name}: peak, momentum" for name in knots.RIVALS) + " |"
    rows = [head, "|---" * (len(knots.RIVALS) + 1) + "|"]
    for noise, of in tuned.items():
        cells = [f"{of[name]['rate']:g}, {of[name]['momentum']}" for name in design.RIVALS]
        rows.append(f"| {noise} | {' | '.join(cells)} |")
    return "\n".join(rows)


def ratio_of(one, other):
    return f"{one['expected'] / other['expected']:.2f}"


def factor_between(one, other):
    """How far the interval of a ratio of two rivals' last losses goes to either side of it."""
    logs = [math.log(ours[-1] / theirs[-1]) for ours, theirs in zip(one["paths"], other["paths"], strict=True)]
    return f"{math.exp(interval(logs, design.QUANTILE)[1]):.1f}"


def state_link(noise, values):
    """A link to a schedule that was searched, its knots named from left to right: the search let them pass by."""
    steps = sorted((values[at], values[rate]) for at, rate in zip(design.BETWEEN, design.RATES[1:-1], strict=True))
    for at, rate, pair in zip(design.BETWEEN, design.RATES[1:-1], steps, strict=True):
        values = values | {at: pair[0], rate: pair[1]}
    pairs = ",".join(f"{name}:{value:g}" for name, value in values.items())
    return f'<a href="?design=noise:{noise},runs:first,{pairs}#explorer-design">{noise} noise</a>'


def found_under(noise, searched, tuned):
    best = min(rival["expected"] for rival in tuned.values())
    return f"{searched['expected'] / best:.2f} with {noise} noise"


def of_training(results):
    recorded = json.loads((results / "train.json").read_text(encoding="utf-8"))
    tries, tuned, fresh = recorded["tries"], recorded["tuned"], recorded["runs"]["first"]
    x, _ = small_network.load("train")
    cells = [f"| {name} | {at['peak']:g} | {momentum_in_words(at['momentum'])} |" for name, at in tuned.items()]
    return {
        "train_steps": str(train.STEPS),
        "train_hidden": str(small_network.HIDDEN),
        "train_images": f"{len(x):,}",
        "train_batch": str(small_network.BATCH),
        "train_epochs": f"{train.STEPS * small_network.BATCH / len(x):g}",
        "train_seen": str(len(small_network.load("seen")[1])),
        "train_fresh": f"{len(small_network.load('fresh')[1]):,}",
        "train_tries": str(len(tries["constant"])),
        "train_peaks": str(len({peak for peak, _, _ in tries["constant"]})),
        "train_momenta": str(len({momentum for _, momentum, _ in tries["constant"]})),
        "train_table": "\n".join(["| rival | peak | momentum |", "|---|--:|--:|", *cells]),
        "train_linear": difference(fresh["linear decay"]["ends"], fresh["constant"]["ends"]),
        "train_one_cycle": difference(fresh["one-cycle"]["ends"], fresh["linear decay"]["ends"]),
    }


def momentum_in_words(momentum):
    return f"{max(momentum):g} to {min(momentum):g} and back" if isinstance(momentum, list) else f"{momentum:g}"


def difference(ends, others):
    """The mean of the paired differences, with its interval."""
    middle, half = interval([one - other for one, other in zip(ends, others, strict=True)], quantile(len(ends)))
    return f"{with_sign(middle, 3)} ({with_sign(middle - half, 3)} to {with_sign(middle + half, 3)})"


def of_schedule_free(results):
    """What Keras's ScheduleFreeAdamW costs, which leaves the model with y: accuracies, and gains within the seeds."""
    table = Table(results / "schedule_free.csv")
    gains, rows = [], ["| rate | Keras: $y$, as it is | Keras: $x$, put in | `Averaged`: $y$ | `Averaged`: $x$ |"]
    rows.append("|---" * 5 + "|")
    for rate in sorted({row["rate"] for row in table.rows.values()}, key=float):
        accuracies = [
            100 * table.column(f"accuracy of {column}", arm=arm, rate=rate)
            for arm in ("Keras's ScheduleFreeAdamW", "Averaged")
            for column in "yx"
        ]
        rows.append(f"| {rate} | " + " | ".join(f"{each.mean():.1f} %" for each in accuracies) + " |")
        gains.append(accuracies[1] - accuracies[0])
    return {
        "free_seeds": str(len(gains[0])),
        "free_table": "\n".join(rows),
        "free_gains": " and ".join(str(statistics.interval(each, questions=len(gains))) for each in gains),
    }


def change(difference):
    """A difference of losses: −0.028."""
    return f"{difference:+.3f}".replace("-", "−")


def of_language_models(results):
    """The grid of the 124M model at its longest horizon, each arm at its best peak."""
    tries, last = defaultdict(list), 50_000
    with (results / "language_model_grid.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tries[row["shape"], float(row["part"]), int(row["steps"]), row["peak"]].append(float(row["loss"]))
    twice = [pair[0] - pair[1] for pair in tries.values() if len(pair) == 2]
    spread = (sum(gap * gap for gap in twice) / len(twice) / 2) ** 0.5
    tuned = defaultdict(dict)
    for (shape, part, steps, peak), losses in tries.items():
        if steps == last:
            tuned[shape, part][float(peak)] = sum(losses) / len(losses)
    best = {arm: min(of.values()) for arm, of in tuned.items()}
    decays = min(loss for (shape, _), loss in best.items() if shape != "constant")
    to_zero = {arm: of for arm, of in tuned.items() if arm == ("cosine", 0.0) or (arm[0] == "linear" and arm[1] >= 0.6)}
    (peak,) = {min(of, key=of.get) for of in to_zero.values()}
    lower, low = ([of[peak / part] - min(of.values()) for of in to_zero.values()] for part in (4, 20))
    return {
        "lm_steps": f"{last:,}",
        "lm_trust": f"{2 * 2**0.5 * spread:.3f}",
        "lm_best_peak": f"{peak:g}",
        "lm_low_peak": f"{min(low):+.2f} to {max(low):+.2f}",
        "lm_lower_peak": f"{change(min(lower))} to {change(max(lower))}",
        "lm_decay_minus_constant": change(decays - best["constant", 0.0]),
        "lm_zero_minus_tenth": change(best["cosine", 0.0] - best["cosine", 0.1]),
        "lm_long_minus_fifth": change(best["linear", 0.6] - best["linear", 0.2]),
        "lm_all_minus_long": change(best["linear", 0.994] - best["linear", 0.6]),
        "lm_sqrt_minus_linear": change(best["1-sqrt", 0.2] - best["linear", 0.2]),
    }


def of_loss_curves(results):
    """Two pairs of runs of the 100M model, of which the one that looks worse ends lower."""
    runs = json.loads((results / "language_model_curves.json").read_text(encoding="utf-8"))["curves"]["100M"]

    def loss(name, step):
        return float(np.interp(step, runs[name]["steps"], runs[name]["losses"]))

    def end(name):
        return runs[name]["losses"][-1]

    wsd, cosine, long = "wsd_20000_24000", "cosine_24000", "cosine_72000"
    return {
        "lm_behind_in_mid_run": f"{loss(wsd, 20_000) - loss(cosine, 20_000):.3f}",
        "lm_ahead_at_the_end": f"{end(cosine) - end(wsd):.3f}",
        "lm_long_run_behind": f"{loss(long, runs[cosine]['steps'][-1]) - end(cosine):.3f}",
        "lm_long_run_ahead": f"{end(cosine) - end(long):.3f}",
    }


MAIN = "AdamW warm-up + linear"
TRANSFORMERS = {  # the question, and the two arms whose losses are subtracted within each seed
    "warmed": ("Warm-up, before a linear decay", MAIN, "AdamW linear"),
    "warmed_tenth": (
        "Warm-up, before a cosine to a tenth",
        "AdamW warm-up + cosine to a tenth",
        "AdamW cosine to a tenth",
    ),
    "warmed_sgd": ("Warm-up, before a linear decay of SGD", "SGD warm-up + linear", "SGD linear"),
    "line": ("Linear decay − constant", MAIN, "AdamW warm-up + constant"),
    "cosine": ("Cosine − linear decay", "AdamW warm-up + cosine", MAIN),
    "tenth": ("Cosine to a tenth − cosine to zero", "AdamW warm-up + cosine to a tenth", "AdamW warm-up + cosine"),
    "wsd": ("WSD with a last fifth − linear decay", "AdamW warm-up + WSD", MAIN),
    "one_cycle": ("One-cycle − linear decay", "AdamW one-cycle", MAIN),
    "adamw": ("AdamW − SGD with momentum", MAIN, "SGD warm-up + linear"),
    "muon": ("Muon for the matrices − AdamW", "Muon warm-up + linear", MAIN),
}


def of_transformers():
    """The book's own language model: contrasts at both horizons, and what warming up a part of it gains."""
    table, layers, starts = map(Table.recorded, ("transformer", "transformer_layers", "transformer_starts"))
    made, asked = table.made["declared"], starts.made["declared"]["questions"]
    pairs = sorted(tuple(pair) for _, *pair in TRANSFORMERS.values())
    assert pairs == sorted(map(tuple, made["questions"])), "the page says that they hold all at once"
    horizons = dict(zip(("short", "long"), made["steps"], strict=True))
    texts = {f"transformer_{name}": f"{steps:,}" for name, steps in horizons.items()}
    texts["transformer_margin"] = f"{made['margin']}"

    def gap(arm, against, steps, questions=1):
        ours, theirs = (table.column("loss", stage="final", arm=each, steps=steps) for each in (arm, against))
        return statistics.interval(ours - theirs, questions=questions)

    rows = [f"| Question | {' steps | '.join(f'{steps:,}' for steps in made['steps'])} steps |", "|---|--:|--:|"]
    for name, (words, arm, against) in TRANSFORMERS.items():
        cells = []
        for horizon, steps in horizons.items():
            found = gap(arm, against, steps, 2 * len(made["questions"]) + 2)
            texts[f"transformer_{name}_{horizon}"] = str(found)
            counts = found.high < -made["margin"] or found.low > made["margin"]
            cells.append(f"**{found}**" if counts else str(found))
        rows.append(f"| {words} | {' | '.join(cells)} |")
    texts["transformer_table"] = "\n".join(rows)
    for name, shape in (("flat", "constant"), ("late", "WSD")):
        for horizon, steps in horizons.items():
            found = gap(f"AdamW warm-up + {shape}", f"AdamW {shape}", steps)
            texts[f"transformer_warmed_{name}_{horizon}"] = str(found)
    none = layers.column("loss", arm="none")
    for name, part in (("attention", "attention warmed up"), ("rest", "all else warmed up")):
        gained = starts.column("loss", arm=part) - none
        texts[f"transformer_{name}_warmed"] = str(statistics.interval(gained, questions=len(asked)))
    texts["transformer_all_warmed"] = str(statistics.interval(layers.column("loss", arm="warm-up") - none))
    return texts | peaks_of_transformers(table) | decays_of_transformers(made["decays"])


def peaks_of_transformers(table):
    """The best peaks of AdamW's schedules at both horizons: without a warm-up all the same, with one a range."""
    tried = defaultdict(list)
    for row in table.rows.values():
        if row["stage"] == "tune" and row["arm"].startswith("AdamW ") and "one-cycle" not in row["arm"]:
            tried[row["arm"], row["steps"], float(row["max_lr"])].append(float(row["loss"]))
    best = defaultdict(dict)
    for (arm, steps, peak), losses in tried.items():
        best["warm-up" in arm, arm, steps][peak] = sum(losses) / len(losses)
    warm, cold = ({min(of, key=of.get) for key, of in best.items() if key[0] == warmed} for warmed in (True, False))
    (at_once,) = cold
    return {
        "transformer_peak_cold": f"{at_once:g}",
        "transformer_peaks_warm": f"{min(warm):g} to {max(warm):g}",
    }


def decays_of_transformers(declared):
    """The best weight decay of each peak, and how often a run at it forgets its weights."""
    table, (values, peaks, steps, _) = Table.recorded("transformer_decays"), declared
    best, times = [], []
    for peak in peaks:
        losses = {value: table.column("loss", decay=value, max_lr=peak).mean() for value in values}
        best.append(min(losses, key=losses.get))
        line = schedules.polynomial_decay(peak, steps - steps // 10)
        times.append(best[-1] * sum(schedules.warmup(line, steps // 10).values()))
    return {
        "transformer_decay_steps": f"{steps}",
        "transformer_decay_peaks": f"{peaks[0]:g} to {peaks[-1]:g}",
        "transformer_decays": f"{best[0]:g} to {best[-1]:g}",
        "transformer_forgets": f"{min(times):.1f} to {max(times):.1f}",
    }


def of_laws(results):
    """How far the two laws of a loss curve were off, at most, on the runs that they had not seen."""
    laws = json.loads((results / "predict.json").read_text(encoding="utf-8"))["laws"]
    return {"laws_missed": f"{max(abs(end) for law in laws.values() for end in law['missed']):.3f}"}


def supply(app, config):
    results = Path(app.srcdir, "results")
    config.myst_substitutions = (
        of_traps(results)
        | of_contrasts()
        | of_tasks()
        | of_headlines()
        | of_lifted()
        | of_horizons()
        | of_momentum()
        | of_design(results)
        | of_training(results)
        | of_schedule_free(results)
        | of_language_models(results)
        | of_loss_curves(results)
        | of_transformers()
        | of_laws(results)
        | museum.texts()
        | posters.texts()
        | answers.all_of_them()
    )


def guard(name, rawtext, text, lineno, inliner, options=None, content=None):
    config = inliner.document.settings.env.config
    file, _ = text.split("::")
    address = f"{config.html_theme_options['repository_url']}/blob/main/tests/{file}.py"
    return [nodes.reference(rawtext, "", nodes.literal(text, text), refuri=address)], []


def setup(app):
    app.add_role("guard", guard)
    app.connect("config-inited", supply)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
