"""Thirteen schedules with their accuracies, each at its own best peak."""

from typing import NamedTuple

import numpy as np

from learning_rates import schedules
from learning_rates.trials.statistics import interval
from learning_rates.trials.table import Table
from posters.sheet import BLUE, EDGE, FADED, GREY, INK, Poster

WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
WORDS += ("twelve", "thirteen")
ALONE = "linear decay", "constant"  # the comparison that the record calls primary


class Arm(NamedTuple):
    """A schedule at its own best peak."""

    name: str
    rates: list[float]  # of each step, over the peak
    averaged: int  # over how many of the last steps the weights were averaged
    accuracy: np.ndarray  # in %, a seed a place
    behind: bool  # whether the best one is better, seed by seed


def arms():
    """The arms of chapter 6, from the best to the worst."""
    table = Table.recorded("decay")
    found = []
    for name, arm in table.made["arms"].items():
        rates = np.array(schedules.from_config(arm["rate"]).values()) / arm["max_lr"]
        accuracy = 100 * table.column("accuracy", stage="final", arm=name, max_lr=arm["max_lr"])
        found.append(Arm(name, rates.tolist(), arm["averaged"], accuracy, behind=False))
    best, *others = sorted(found, key=lambda arm: -arm.accuracy.mean())
    gaps = [interval(best.accuracy - arm.accuracy, questions=len(others)) for arm in others]
    return [best, *(arm._replace(behind=gap.low > 0) for arm, gap in zip(others, gaps, strict=True))]


def thirteen_schedules(fonts, book, address):
    made, shown = Table.recorded("decay").made, arms()
    poster = Poster(1200, 1500, fonts)
    by_name = {arm.name: arm.accuracy for arm in shown}
    level = [arm for arm in shown if not arm.behind]
    gain = interval(by_name[ALONE[0]] - by_name[ALONE[1]])
    y = poster.head(
        f"{WORDS[len(shown)].capitalize()} learning-rate schedules, each at its own best peak",
        60,
        f"{ALONE[0].capitalize()} earns {gain.mean:.2f} points over a {ALONE[1]} rate. "
        f"The {WORDS[len(level)]} in blue can’t be told from the best.",
        34,
        INK,
    )
    top, step = y + 22, 71
    left, right, low, high = 668, 1010, 81.4, 84.2

    def place(value):
        return left + (right - left) * (value - low) / (high - low)

    for tick in (82, 83, 84):
        poster.rule(place(tick), top - 18, place(tick), top + step * len(shown) - 16)
        poster.write(place(tick), top + step * len(shown) + 12, f"{tick} %", 24, FADED, ha="center")
    for row, arm in enumerate(shown):
        middle, color = top + row * step + 14, GREY if arm.behind else BLUE
        draw_rates(poster, arm, EDGE, middle - 25, 170, 50, color)
        poster.write(250, middle + 10, arm.name, 32)
        found = interval(arm.accuracy)
        poster.box(place(found.low), middle - 11, place(found.high) - place(found.low), 22, color=color, alpha=0.28)
        poster.rule(place(found.mean), middle - 15, place(found.mean), middle + 15, color, 6)
        percent = f"{found.mean:.1f} %"
        poster.write(poster.width - EDGE, middle + 11, percent, 34, INK if arm.behind else BLUE, bold=True, ha="right")
    seeds, others, tries = (len(made[name]) for name in ("final seeds", "tuning seeds", "peaks"))
    note = (
        "Test accuracy of a small network on Fashion-MNIST "
        f"after {made['steps']} steps of {made['batch size']} images, "
        f"mean of {seeds} seeds with its 95 % interval. Every peak is the best of {tries}, by other images and by "
        f"{others} other seeds."
    )
    poster.write_lines(EDGE, top + step * len(shown) + 60, note, 24, color=FADED)
    poster.sign(book, address)
    return poster.figure


def draw_rates(poster, arm, x, y, width, height, color):
    """The rate over the run as a filled shape; where weights are averaged, the shape is darker."""
    xs = x + width * np.arange(len(arm.rates)) / (len(arm.rates) - 1)
    ys = y + height * (1 - np.array(arm.rates))
    poster.axes.fill_between(xs, ys, y + height, color=color, alpha=0.16, linewidth=0)
    if arm.averaged:
        poster.axes.fill_between(
            xs[-arm.averaged :], ys[-arm.averaged :], y + height, color=color, alpha=0.35, linewidth=0
        )
    poster.axes.plot(xs, ys, color=color, linewidth=2.4)
    poster.rule(x, y + height, x + width, y + height, GREY, 1.5)
