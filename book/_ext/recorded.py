"""What pages without cells quote: numbers, `{{ name }}` there, taken from results/ when the site is built; and tests.

`{guard}`file::test`` links the test that guards against a trap.
"""

import json
from pathlib import Path

from docutils import nodes

from learning_rates.trials import report


def signed(mean, low, high):
    """As an interval prints itself."""
    return str(report.Interval(mean, low, high, 0))


def factor(value):
    """Two digits: 0.0041, 2.5, 570."""
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


def of_ladder():
    ladder = report.Record("one_cycle_ladder")

    def gain(after, before):
        runs = [100 * ladder.column("accuracy", stage="final", rung=rung) for rung in (after, before)]
        return str(report.interval(runs[0] - runs[1]))

    return {
        "decay_gain": gain("linear decay", "constant"),
        "one_cycle_gain": gain("one-cycle + momentum", "linear decay"),
        "ladder_seeds": str(len(ladder.column("accuracy", stage="final", rung="constant"))),
    }


def supply(app, config):
    config.myst_substitutions = of_traps(Path(app.srcdir, "results")) | of_ladder()


def guard(name, rawtext, text, lineno, inliner, options=None, content=None):
    config = inliner.document.settings.env.config
    file, _ = text.split("::")
    address = f"{config.html_theme_options['repository_url']}/blob/main/tests/{file}.py"
    return [nodes.reference(rawtext, "", nodes.literal(text, text), refuri=address)], []


def setup(app):
    app.add_role("guard", guard)
    app.connect("config-inited", supply)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
