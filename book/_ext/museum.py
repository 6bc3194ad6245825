"""What the exhibits of the trap museum show: numbers that book/trap_figures.py draws and book/traps.md quotes.

`{exhibit} name` shows a figure, with the finding below it.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import ClassVar

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from learning_rates import descent, schedules, sweeps
from learning_rates.trials.statistics import interval
from learning_rates.trials.table import Table

RESULTS = Path(__file__).parents[2] / "results"
FIGURES = "book/trap_figures.py"
WIDTH, FACTOR = 0.1, 4.0  # of the centred smoothing, in decades; of what counts as blown up: as in the package
CYCLE = schedules.one_cycle(0.1, 100)
SHORT, LONG = 600, 1200  # steps of the unequal budgets
SHORT_RUN, LONG_RUN = 150, 2400  # steps of the two runs of chapter 5 whose best peaks differ
GRID_ARM = "linear", 0.1  # of the 124M model: constant, with a linear cooldown over the last tenth


def recorded(name):
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def sweep(name):
    """A recorded sweep: rates, the batches' losses, these misread as the trap does, and with a centred window."""
    record = recorded("trap_exhibits")["sweeps"]
    losses = np.array(record[name]["losses"])
    logs = record["log10 rates"][: len(losses)]
    mean = np.cumsum(losses) / np.arange(1, len(losses) + 1)
    wrong = mean if name == "running mean" else exponential(losses, 0.95)
    return 10 ** np.array(logs), losses, wrong, np.array(sweeps.smooth(logs, losses.tolist(), WIDTH, FACTOR))


def exponential(losses, kept):
    """The corrected exponential average that most finders draw."""
    average, drawn = 0.0, []
    for step, loss in enumerate(losses):
        average = kept * average + (1 - kept) * loss
        drawn.append(average / (1 - kept ** (step + 1)))
    return np.array(drawn)


def minima(name):
    """The rates of the least loss: misread, and on the batches' own losses."""
    rates, _, wrong, own = sweep(name)
    return rates[np.argmin(wrong)], rates[np.argmin(own)]


def momenta(recipe):
    """The momentum that was asked for at each step from the second on, and the one with which the weight moved.

    On θ² with rate 0.05 an update is v ← μ v − 0.05 · 2 θ, from which μ follows.
    """
    record = recorded("trap_exhibits")["momentum"]
    places = np.array([1.0, *record[recipe]])
    moves = np.diff(places)
    used = (moves[1:] + 0.05 * 2 * places[1:-1]) / moves[:-1]
    return np.array(record["asked for"])[1:], used, abs(places[-1])


def adagrad():
    """How far AdaGrad goes down a small slope: Keras's own, the textbook's form and Keras's form, written out."""
    slope = descent.quadratic([1e-4]).gradient
    steps = len(recorded("trap_exhibits")["adagrad"])

    def gone(form):
        path = descent.descend(slope, descent.AdaGrad(0.01, form=form), [1.0], steps)
        return [1 - place[0] for place in path[1:]]

    return recorded("trap_exhibits")["adagrad"], gone("textbook"), gone("keras")


def budgets():
    """{decay: its gain over a linear decay of 600 steps, with twice the steps, and with as many}, in points."""
    record = recorded("trap_exhibits")["budgets"]
    accuracy = {name: {int(steps): 100 * np.array(each) for steps, each in of.items()} for name, of in record.items()}
    linear = accuracy.pop("linear decay")[SHORT]
    return {name: tuple(interval(of[steps] - linear) for steps in (LONG, SHORT)) for name, of in accuracy.items()}


def looks():
    """Gains of the best look over the last, in points, a row a seed: on the images that chose it, and on others.

    First chosen on 1,000 test images, each tenth of them in turn, and checked on the others; then chosen on the tuning
    images, and checked on the test images.
    """
    record = recorded("trap_exhibits")["looks"]
    tuning, tests = 100 * np.array(record["tuning"]), 100 * np.array(record["tests"])
    parts = range(tests.shape[2])
    chosen = [tests[:, :, part] for part in parts]
    others = [np.delete(tests, part, axis=2).mean(axis=2) for part in parts]
    wrong = np.mean([gains(*pair) for pair in zip(chosen, others, strict=True)], axis=0)
    return wrong, gains(tuning, tests.mean(axis=2))


def gains(chosen, others):
    seeds, best = np.arange(len(chosen)), chosen.argmax(axis=1)
    return np.stack([each[seeds, best] - each[:, -1] for each in (chosen, others)], axis=1)


def curve(name):
    """Steps and losses of a run of the 100M language model."""
    run = recorded("language_model_curves")["curves"]["100M"][name]
    return np.array(run["steps"]), np.array(run["losses"])


def hills():
    """{steps of chapter 5's runs: {peak: mean accuracy, %}}, of the runs that were tuned with."""
    table = Table(RESULTS / "range_test_horizon.csv")
    peaks = sorted({float(row["max_lr"]) for row in table.rows.values() if row["arm"] == "grid"})

    def accuracy(steps, peak):
        return 100 * table.column("accuracy", stage="tune", arm="grid", steps=steps, max_lr=peak).mean()

    return {steps: {peak: accuracy(steps, peak) for peak in peaks} for steps in (SHORT_RUN, LONG_RUN)}


def grid_peaks():
    """{steps: the best peak of an arm of the 124M language model}, between the peaks that were tried.

    It is the foot of the parabola, in the logarithm of the peak, through the best of them and its neighbours.
    """
    losses = defaultdict(lambda: defaultdict(list))
    with (RESULTS / "language_model_grid.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["shape"], float(row["part"])) == GRID_ARM:
                losses[int(row["steps"])][float(row["peak"])].append(float(row["loss"]))
    return {steps: foot({peak: np.mean(each) for peak, each in losses[steps].items()}) for steps in sorted(losses)}


def foot(tries):
    peaks = sorted(tries)
    least = min(range(1, len(peaks) - 1), key=lambda place: tries[peaks[place]])
    near = peaks[least - 1 : least + 2]
    bend, slope, _ = np.polyfit(np.log(near), [tries[peak] for peak in near], 2)
    return float(np.exp(-slope / (2 * bend)))


def texts():
    """What book/traps.md quotes of them."""
    said = {}
    for name in ("running mean", "smoothing lag"):
        wrong, own = minima(name)
        short = name.replace(" ", "_")
        said |= {f"{short}_wrong": f"{wrong:.2g}", f"{short}_own": f"{own:.2g}", f"{short}_apart": f"{wrong / own:.1f}"}
    for recipe in ("callback", "inside"):
        _, used, end = momenta(recipe)
        said |= {f"momentum_end_{recipe}": f"{end:.2g}", f"momentum_least_{recipe}": f"{used.min():.2f}"}
    stock, textbook, own = adagrad()
    said |= {
        "adagrad_textbook": f"{textbook[-1]:.2g}",
        "adagrad_stock": f"{stock[-1]:.2g}",
        "adagrad_keras": f"{own[-1]:.2g}",
    }
    values = CYCLE.values()
    said |= {"last_rate": f"{values[-1]:.1g}", "rate_before": f"{values[-2]:.1g}"}
    for name, steps in (("double", 0), ("equal", 1)):
        means = sorted(of[steps].mean for of in budgets().values())
        said[f"budgets_{name}"] = " to ".join(f"{mean:+.2f}".replace("-", "−") for mean in (means[0], means[-1]))
    for name, found in zip(("wrong", "mended"), looks(), strict=True):
        said[f"looks_{name}_seen"], said[f"looks_{name}_kept"] = (
            f"{mean:+.2f}".replace("-", "−") for mean in found.mean(axis=0)
        )
        said[f"looks_{name}_luck"] = str(interval(found[:, 0] - found[:, 1])).removeprefix("+")
    best = {steps: max(of, key=of.get) for steps, of in hills().items()}
    there = hills()[LONG_RUN]
    moved = grid_peaks()
    return said | {
        "short_run": f"{SHORT_RUN}",
        "long_run": f"{LONG_RUN:,}",
        "short_peak": f"{best[SHORT_RUN]:g}",
        "long_peak": f"{best[LONG_RUN]:g}",
        "short_peak_costs": f"{there[best[LONG_RUN]] - there[best[SHORT_RUN]]:.1f}",
        "grid_short": f"{min(moved):,}",
        "grid_long": f"{max(moved):,}",
        "grid_short_peak": f"{moved[min(moved)]:.2g}",
        "grid_long_peak": f"{moved[max(moved)]:.2g}",
    }


class Exhibit(SphinxDirective):
    """A figure of `FIGURES`, the trap on the left and the way past it on the right; its text is the finding."""

    required_arguments = 1
    option_spec: ClassVar = {"alt": directives.unchanged_required}
    has_content = True

    def run(self):
        drawn = f"```{{eval-rst}}\n.. plot:: {FIGURES} {self.arguments[0]}\n   :alt: {self.options['alt']}\n```"
        box, finding = nodes.container(), nodes.container()
        self.state.nested_parse(StringList(drawn.splitlines()), self.content_offset, box)
        self.state.nested_parse(self.content, self.content_offset, finding)
        (paragraph,), (figure,) = finding.children, pages_own(box)
        figure["classes"].append("exhibit")
        figure += nodes.caption("", "", *paragraph.children)
        return [figure]


def pages_own(box):
    """The figures that `plot` means for pages, which an EPUB and the page of a PDF are too."""
    return [
        figure for only in box.findall(addnodes.only) if only["expr"] == "html" for figure in only.findall(nodes.figure)
    ]


def setup(app):
    app.add_directive("exhibit", Exhibit)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
