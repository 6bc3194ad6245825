"""The policies that are all called one-cycle, over one run: rate and momentum, peak and end, mean rate."""

from learning_rates import schedules
from learning_rates.explorers import choice, curve, number, panel, slider

TITLE = "Four policies, one name"
QUESTION = "At one peak, which policy spends the most learning rate? And which never falls below where it began?"

VARIANTS = {
    "cosine": {"label": "two-phase cosine", "color": "#5790fc", "dash": ""},
    "linear": {"label": "two-phase linear", "color": "#f89c20", "dash": "2,3"},
    "smith": {"label": "Smith's cycle and tail", "color": "#e42536", "dash": "8,4"},
    "ramp": {"label": "ramp–sustain–decay", "color": "#964a8b", "dash": "8,3,2,3"},
}
ORDER = ["cosine", "linear", "smith", "ramp"]  # MicroPython's dicts forget theirs
HIGH = 0.95  # momentum at the start and at the end
HALVINGS = 24  # the ramp's excess halves 24 times a run: once an epoch in its article
POINTS = 48  # few enough to redraw within a frame, enough for a smooth curve

CONTROLS = [
    choice("variant", "Policy", [[key, VARIANTS[key]["label"]] for key in ORDER], "cosine"),
    slider("max_lr", "Peak rate η_max", 0.001, 1.0, 0.1, step=0.02, scale="log"),
    slider("total_steps", "Steps T", 20, 2000, 600, step=20, style="integer"),
    slider("pct_start", "Way up, part of the run", 0.1, 0.45, 0.3, step=0.01, style="percent"),
    slider("div_factor", "Peak over first rate", 1.0, 100.0, 25.0, step=0.02, scale="log"),
    slider("low", "Momentum at the peak", 0.5, 0.94, 0.85, step=0.01),
    slider("at", "Read at, part of the run", 0.0, 1.0, 0.5, step=0.005, style="percent"),
    choice("axis", "Rate axis", [["linear", "linear"], ["log", "logarithmic"]], "linear"),
]


def policy(variant, max_lr, total_steps, pct_start, div_factor, low):
    """Rate and momentum of a variant, two schedules."""
    if variant == "ramp":
        first, ramp = max_lr / div_factor, round(pct_start * total_steps) - 1
        decay = max(1, round(total_steps / HALVINGS))
        floor = min(first, 0.99 * max_lr)  # the formula wants a peak above its floor, even with nothing to ramp
        rate = schedules.ramp_sustain_decay(
            floor, max_lr, floor, total_steps, rampup_steps=ramp, decay_steps=decay
        )
        return rate, schedules.opposite(rate, low=low, high=HIGH, min_lr=floor)
    anneal, three = ("cosine" if variant == "cosine" else "linear"), variant == "smith"
    rate = schedules.one_cycle(
        max_lr, total_steps, pct_start=pct_start, anneal=anneal, div_factor=div_factor, three_phase=three
    )
    momentum = schedules.one_cycle_momentum(
        total_steps, low=low, high=HIGH, pct_start=pct_start, anneal=anneal, three_phase=three
    )
    return rate, momentum


def sample(total_steps, corners):
    """At most POINTS evenly spread steps, and the whole steps round each corner of the curve."""
    last = total_steps - 1
    steps = set([round(last * i / (POINTS - 1)) for i in range(POINTS)])
    for corner in corners:
        steps.update([min(int(corner), last), min(int(corner) + 1, last)])
    return sorted(steps)


def mean_rate(points, total_steps):
    """Mean over all steps, from some of them: the trapezoids between, and half a step more at either end."""
    area = sum([(b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(points, points[1:])])
    return (area + (points[0][1] + points[-1][1]) / 2) / total_steps


def compute(values):
    chosen, steps, pct_start = values["variant"], values["total_steps"], values["pct_start"]
    at = round(values["at"] * (steps - 1))
    corners = [pct_start * steps - 1, 2 * pct_start * steps - 2]
    grid = sample(steps, corners)
    rates, momenta, rows = [], [], []
    for variant in ORDER:
        style = VARIANTS[variant]
        rate, momentum = policy(variant, values["max_lr"], steps, pct_start, values["div_factor"], values["low"])
        rate_points = [[step, rate(step)] for step in grid]
        momentum_points = [[step, momentum(step)] for step in grid]
        width = 4 if variant == chosen else 1.5
        rates.append(curve(style["label"], rate_points, style["color"], dash=style["dash"], width=width))
        momenta.append(curve(style["label"], momentum_points, style["color"], dash=style["dash"], width=width))
        peak = max(rate_points, key=lambda point: point[1])
        mean = mean_rate(rate_points, steps)
        rows.append(
            [style["label"], f"{number(peak[1])} at {peak[0]}", number(rate_points[-1][1]), number(mean)]
        )
        if variant == chosen:
            read = f"At step {at}: η = {number(rate(at))}, μ = {number(momentum(at))}."
            end = rate_points[-1]
            marks = [
                {"x": peak[0], "y": peak[1], "text": f"peak {number(peak[1])}"},
                {"x": end[0], "y": end[1], "text": f"end {number(end[1])}"},
            ]
            summary = (
                f"{style['label']}: peak {number(peak[1])} at step {peak[0]}, {number(end[1])} at the last step "
                f"{end[0]}; the area under the curve is a mean rate of {number(mean)}. {read}"
            )
    pointer = {"control": "at", "scale": 1 / (steps - 1)}
    return {
        "summary": summary[0].upper() + summary[1:],
        "panels": [
            panel("Learning rate", "step t", "learning rate η", rates, y_scale=values["axis"], marks=marks, rule=at, pointer=pointer),
            panel("Momentum", "step t", "momentum μ", momenta, rule=at, pointer=pointer),
        ],
        "table": {
            "caption": "All four at these settings",
            "head": ["policy", "peak, at step", "last rate", "mean rate"],
            "rows": rows,
        },
    }
