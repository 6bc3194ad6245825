"""The policies that are all called one-cycle, over one run: rate and momentum, peak and end, mean rate."""

from learning_rates import schedules
from learning_rates.explorers import Curve, Figure, Json, Table, choice, curve, number, panel, slider
from learning_rates.explorers.take_home import libraries

TITLE = "Four policies, one name"
QUESTION = "Which policy spends the most learning rate, and does the answer survive when you drag div_factor down to 2?"

VARIANTS = {
    "cosine": {"label": "two-phase cosine", "color": "#5790fc", "dash": ""},
    "linear": {"label": "two-phase linear", "color": "#f89c20", "dash": "2,3"},
    "smith": {"label": "Smith's cycle and tail", "color": "#e42536", "dash": "8,4"},
    "ramp": {"label": "ramp–sustain–decay", "color": "#964a8b", "dash": "8,3,2,3"},
}
ORDER = ["cosine", "linear", "smith", "ramp"]  # MicroPython's dicts forget theirs
HIGH, FIXED = 0.95, 0.9  # momentum at the start and at the end; and where it never moves
SMITH_UP = 0.45  # a symmetric cycle that leaves a tenth of the run for the tail
HALVINGS = 24  # the ramp's excess over its floor halves every 1/24 of the run: once an epoch in its article
POINTS = 48  # few enough to redraw within a frame, enough for a smooth curve

CONTROLS = [
    choice("variant", "Highlight", [[key, VARIANTS[key]["label"]] for key in ORDER], "cosine", main=True),
    slider("max_lr", "Peak, max_lr", 0.001, 1.0, 0.1, step=0.05, scale="log"),
    slider("total_steps", "Steps, total_steps", 20, 2000, 600, step=20, style="integer"),
    slider("pct_start", "Share that goes up, pct_start", 0.1, 0.45, 0.3, step=0.01, style="percent"),
    slider("div_factor", "Peak ÷ first rate, div_factor", 1.0, 100.0, 25.0, step=0.05, scale="log", main=True),
    slider("final_div_factor", "First ÷ last, final_div_factor", 1.0, 1e4, 1e4, step=0.05, scale="log"),
    slider("low", "Momentum at the peak, low", 0.5, 0.94, 0.85, step=0.01),
    slider("at", "Read at", 0.0, 1.0, 0.5, step=0.005, style="percent", plays="up"),
    choice("axis", "Rate axis", [["linear", "linear"], ["log", "logarithmic"]], "linear"),
]


def policy(variant: str, values: Json) -> tuple[schedules.Schedule, schedules.Schedule]:
    """The rate and the momentum of a variant at these values."""
    max_lr, steps = values["max_lr"], values["total_steps"]
    if variant == "ramp":
        # The formula wants a peak above its floor; and what is printed is to be what is drawn.
        floor = float(number(max_lr * min(1 / values["div_factor"], 0.99)))
        ramp, halving = round(values["pct_start"] * steps) - 1, max(1, round(steps / HALVINGS))
        rate = schedules.ramp_sustain_decay(floor, max_lr, floor, steps, rampup_steps=ramp, decay_steps=halving)
        return rate, schedules.constant(FIXED, steps)
    smith = variant == "smith"
    shape: Json = {"pct_start": SMITH_UP if smith else values["pct_start"], "three_phase": smith}
    shape["anneal"] = "cosine" if variant == "cosine" else "linear"
    ends = {"div_factor": values["div_factor"], "final_div_factor": values["final_div_factor"]}
    rate = schedules.one_cycle(max_lr, steps, **ends, **shape)
    return rate, schedules.one_cycle_momentum(steps, low=values["low"], high=HIGH, **shape)


def corners(total_steps: int, pct_start: float) -> list[int]:
    """The first and the last step, and the whole steps on both sides of every corner of a curve."""
    last = total_steps - 1
    steps = {0, last}
    for corner in (pct_start * total_steps - 1, SMITH_UP * total_steps - 1, 2 * SMITH_UP * total_steps - 2):
        steps.update([min(int(corner), last), min(int(corner) + 1, last)])
    return sorted(steps)


def sample(total_steps: int, pct_start: float) -> list[int]:
    """The corners, and at most POINTS evenly spread steps between."""
    last = total_steps - 1
    between = {round(last * i / (POINTS - 1)) for i in range(POINTS)}
    return sorted(between.union(corners(total_steps, pct_start)))


def mean_rate(points: list[list[float]], total_steps: int) -> float:
    """The mean over all steps, from some of them: the trapezoids between, and half a step more at either end."""
    area = sum([(b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in zip(points, points[1:])])
    return (area + (points[0][1] + points[-1][1]) / 2) / total_steps


def peak_of(points: list[list[float]]) -> list[float]:
    """The highest point."""
    return max(points, key=lambda point: point[1])


def line(variant: str, schedule: schedules.Schedule, grid: list[int], chosen: str) -> Curve:
    """A variant's curve through the steps of the grid, thick if it is the chosen one."""
    style = VARIANTS[variant]
    points = [[step, schedule(step)] for step in grid]
    width = 4 if variant == chosen else 1.5
    return curve(style["label"], points, style["color"], dash=style["dash"], width=width)


def start(values: Json) -> list[Curve]:
    """The highlighted rate at the default peak and length, to compare with: the axes follow what is drawn."""
    defaults = {control["name"]: control["default"] for control in CONTROLS}
    moved = [name for name in ("max_lr", "total_steps") if values[name] != defaults[name]]
    if not moved:
        return []
    values = dict(values, max_lr=defaults["max_lr"], total_steps=defaults["total_steps"])
    rate, _ = policy(values["variant"], values)
    points = [[step, rate(step)] for step in sample(values["total_steps"], values["pct_start"])]
    return [curve("as it began", points, "#9c9ca1", dash="1,3", width=1.5)]


def summarize(drawn: Curve, rate: schedules.Schedule, momentum: schedules.Schedule, at: int, total_steps: int) -> str:
    """What the figure shows of the chosen policy, in words."""
    (peak_step, peak), (last_step, last) = peak_of(drawn["points"]), drawn["points"][-1]
    mean = mean_rate(drawn["points"], total_steps)
    label = drawn["label"][0].upper() + drawn["label"][1:]
    return (
        f"{label}: peak {number(peak)} at step {peak_step}, {number(last)} at the last step {last_step}; "
        f"the area under the curve is a mean rate of {number(mean)}. "
        f"At step {at}: η = {number(rate(at))}, μ = {number(momentum(at))}."
    )


def row(drawn: Curve, total_steps: int) -> list[str]:
    """A policy's row of the table."""
    points = drawn["points"]
    step, peak = peak_of(points)
    return [drawn["label"], f"{number(peak)} at {step}", number(points[-1][1]), number(mean_rate(points, total_steps))]


def torch(rate: schedules.Schedule, momentum: schedules.Schedule) -> str:
    """The call of PyTorch's own scheduler that does the same; it has no ramp–sustain–decay."""
    config: Json = rate.config
    cycled: Json = momentum.config
    if config["name"] != "one_cycle":
        return ""
    parts = ["optimizer"]
    for name in ("max_lr", "total_steps", "pct_start", "div_factor", "final_div_factor"):
        parts.append(name + "=" + number(config[name], 6))
    parts.append("anneal_strategy=" + repr("cos" if config["anneal"] == "cosine" else "linear"))
    parts.append("base_momentum=" + number(cycled["low"], 6))
    parts.append("max_momentum=" + number(HIGH))
    if config["three_phase"]:
        parts.append("three_phase=True")
    return "OneCycleLR(" + ", ".join(parts) + ")"


def compute(values: Json) -> Figure:
    steps, chosen = values["total_steps"], values["variant"]
    at, pairs = round(values["at"] * (steps - 1)), {variant: policy(variant, values) for variant in ORDER}
    # A straight line needs only its ends, which halves the time of a redraw; on a logarithmic axis it is not straight.
    curved, straight = sample(steps, values["pct_start"]), corners(steps, values["pct_start"])
    bent = ORDER if values["axis"] == "log" else ["cosine", "ramp"]
    rates = [line(each, pairs[each][0], curved if each in bent else straight, chosen) for each in ORDER]
    momenta = [line(each, pairs[each][1], curved if each == "cosine" else straight, chosen) for each in ORDER]
    drawn = rates[ORDER.index(chosen)]
    (peak_step, peak), (last_step, last) = peak_of(drawn["points"]), drawn["points"][-1]
    marks = [{"x": peak_step, "y": peak, "text": f"max_lr {number(peak)}"}]
    marks.append({"x": 0, "y": drawn["points"][0][1], "text": f"÷ {number(peak / drawn['points'][0][1])}"})
    marks.append({"x": last_step, "y": last, "text": f"end {number(last)}"})
    pointer = {"control": "at", "scale": 1 / (steps - 1)}
    above = panel(
        "Learning rate",
        "step t",
        "learning rate η",
        rates + start(values),
        y_scale=values["axis"],
        marks=marks,
        rule=at,
        pointer=pointer,
    )
    below = panel("Momentum", "step t", "momentum μ", momenta, rule=at, pointer=pointer)
    head = ["policy", "peak, at step", "last rate", "mean rate"]
    table: Table = {"caption": "All four at these settings", "head": head, "rows": [row(each, steps) for each in rates]}
    return {
        "summary": summarize(drawn, *pairs[chosen], at, steps),
        "panels": [above, below],
        "table": table,
        "code": libraries(*pairs[chosen], torch=torch(*pairs[chosen])),
    }
