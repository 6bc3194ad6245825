"""Cyclical rates over one run: three modes, the distance x from the nearest peak, and the window's height over it."""

from learning_rates import schedules
from learning_rates.explorers import Curve, Figure, Json, Table, choice, curve, fixed, number, panel, slider
from learning_rates.explorers.take_home import libraries

TITLE = "A cycle and its window"
QUESTION = "Which stepsizes let this run of 1,000 steps end at the base, and which make it end at the top?"

TOTAL_STEPS, EPOCH = 1000, 100  # ten epochs of a hundred steps
MODES = {
    "triangular": {"label": "triangular", "color": "#5790fc", "dash": ""},
    "triangular2": {"label": "triangular2", "color": "#7a21dd", "dash": "8,4"},
    "exp_range": {"label": "exp_range", "color": "#e42536", "dash": "2,3"},
}
WINDOWS = {
    "linear": {"label": "linear window", "color": "#f89c20", "dash": ""},
    "welch": {"label": "Welch window", "color": "#964a8b", "dash": "8,4"},
    "hann": {"label": "Hann window", "color": "#9c9ca1", "dash": "2,3"},
}
MODE_ORDER = ["triangular", "triangular2", "exp_range"]  # MicroPython's dicts forget theirs
WINDOW_ORDER = ["linear", "welch", "hann"]
PARTS = 32  # of a side, in the panel of windows
CLOSE = 1.5  # steps from the base or the top that count as being there: the last step is one before either

CONTROLS = [
    choice("mode", "Highlight, mode", [[key, MODES[key]["label"]] for key in MODE_ORDER], "triangular", main=True),
    choice("window", "Window, window", [[key, WINDOWS[key]["label"]] for key in WINDOW_ORDER], "linear"),
    slider("step_size", "Stepsize s, step_size", 40, 1000, 300, step=10, style="integer", main=True),
    slider("max_lr", "Upper bound ηₘₐₓ, max_lr", 0.01, 1.0, 0.1, step=0.05, scale="log"),
    slider("base", "Base ÷ upper bound, base_lr ÷ max_lr", 0.0, 0.9, 0.1, step=0.05, style="percent"),
    slider(
        "left", "exp_range: amplitude left at the end, gamma to the power T", 0.01, 1.0, 0.2, step=0.01, style="percent"
    ),
    slider("at", "Read at", 0.0, 1.0, 0.45, step=0.005, style="percent", plays="up"),
]


def schedule_of(mode: str, values: Json, window: str | None = None) -> schedules.Schedule:
    """The package's schedule of that mode at these values."""
    gamma = values["left"] ** (1 / TOTAL_STEPS) if mode == "exp_range" else 1.0
    return schedules.cyclical(
        values["base"] * values["max_lr"],
        values["max_lr"],
        TOTAL_STEPS,
        step_size=values["step_size"],
        mode=mode,
        window=window or values["window"],
        gamma=gamma,
    )


def distance(step: int, step_size: int) -> tuple[int, float]:
    """The number of the cycle, and the distance x from its peak."""
    cycle = 1 + step // (2 * step_size)
    return cycle, abs(step / step_size - 2 * cycle + 1)


def window_curve(window: str) -> list[list[float]]:
    """[x, height] from the top to the foot of one side, as the package's schedule has it."""
    side = schedules.cyclical(0.0, 1.0, PARTS + 1, step_size=PARTS, window=window)
    return [[i / PARTS, side(PARTS - i)] for i in range(PARTS + 1)]


def sample(step_size: int) -> list[int]:
    """Every foot and top, steps between them, and the last step."""
    parts = min(16, max(4, int(100 * step_size / TOTAL_STEPS)))
    sides = TOTAL_STEPS // step_size + 1
    steps = {round(step_size * i / parts) for i in range(sides * parts + 1)}
    return sorted({step for step in steps if step < TOTAL_STEPS}.union([TOTAL_STEPS - 1]))


def place(step: int, step_size: int) -> str:
    """Where in its cycle a step is, in words."""
    _, x = distance(step, step_size)
    if (1 - x) * step_size <= CLOSE:
        return "at the base"
    if x * step_size <= CLOSE:
        return "at the top"
    return "on the way up" if step % (2 * step_size) < step_size else "on the way down"


def both_bounds(values: Json, grid: list[int]) -> list[list[float]]:
    """exp_range as Smith's text has it: both bounds decay alike, and so does the whole curve."""
    triangle = schedule_of("triangular", values)
    gamma = values["left"] ** (1 / TOTAL_STEPS)
    return [[step, triangle(step) * gamma**step] for step in grid]


def line(style: dict[str, str], points: list[list[float]], chosen: bool) -> Curve:
    """A curve in the style of its mode or window, thick if it is the chosen one."""
    return curve(style["label"], points, style["color"], dash=style["dash"], width=4 if chosen else 1.5)


def torch(config: Json) -> str:
    """The call of PyTorch's own scheduler, which knows no window but the linear one."""
    if config["window"] != "linear":
        return ""
    parts = ["optimizer", "base_lr=" + number(config["base_lr"], 6), "max_lr=" + number(config["max_lr"], 6)]
    parts += ["step_size_up=" + str(config["step_size"]), "mode=" + repr(config["mode"])]
    parts += ["gamma=" + number(config["gamma"], 10), "cycle_momentum=False"]
    return "CyclicLR(" + ", ".join(parts) + ")"


def compute(values: Json) -> Figure:
    size, mode, window = values["step_size"], values["mode"], values["window"]
    grid, at = sample(size), round(values["at"] * (TOTAL_STEPS - 1))
    rates = {key: schedule_of(key, values) for key in MODE_ORDER}
    lines = [line(MODES[key], [[step, rates[key](step)] for step in grid], key == mode) for key in MODE_ORDER]
    if mode == "exp_range":
        lines.append(curve("both bounds decay", both_bounds(values, grid), "#e42536", dash="8,3,2,3", width=1.5))
    cycle, x = distance(at, size)
    own = schedules.cyclical(0.0, 1.0, TOTAL_STEPS, step_size=size, window=window)
    last = TOTAL_STEPS - 1
    pointer = {"control": "at", "scale": 1 / last}
    marks = [{"x": last, "y": rates[mode](last), "text": f"end {number(rates[mode](last))}"}]
    top = panel("Learning rate", "step t", "learning rate η", lines, marks=marks, rule=at, pointer=pointer)

    distances: list[list[float]] = [[step, distance(step, size)[1]] for step in grid]
    style = WINDOWS[window]
    heights = curve(style["label"], [[step, own(step)] for step in grid], style["color"], dash=style["dash"], width=4)
    middle = panel(
        f"Distance and {style['label']}",
        "step t",
        "distance x, height",
        [curve("distance x", distances, "#333333", width=1.5), heights],
        y_range=[-0.05, 1.2],
        rule=at,
        pointer=pointer,
    )

    windows = [line(WINDOWS[key], window_curve(key), key == window) for key in WINDOW_ORDER]
    read = [{"x": x, "y": own(at), "text": f"t = {at}"}]
    below = panel("The windows over the distance", "distance x", "height", windows, marks=read, y_range=[-0.05, 1.2])

    cycles = TOTAL_STEPS / (2 * size)
    cycle_or_cycles = "cycle" if cycles == 1 else "cycles"
    summary = (
        f"{number(cycles)} {cycle_or_cycles} of {2 * size} steps, {number(2 * size / EPOCH)} epochs each: the run ends "
        f"{place(last, size)}, at η = {number(rates[mode](last))}. At step {at}: cycle {cycle}, x = {fixed(x, 2)}, "
        f"{WINDOWS[window]['label']} {fixed(own(at), 2)}, η = {number(rates[mode](at))}."
    )
    start = 2 * size * (last // (2 * size))  # of the last cycle
    rows = []
    for key, drawn in zip(MODE_ORDER, lines):
        tops = [max([y for step, y in drawn["points"] if first <= step]) for first in (0, start)]
        rows.append([MODES[key]["label"], number(tops[0]), number(tops[1]), number(rates[key](last))])
    head = ["mode", "highest rate", "highest in the last cycle", "last rate"]
    table: Table = {"caption": "The three modes at these settings", "head": head, "rows": rows}
    code = libraries(rates[mode], torch=torch(rates[mode].config))
    return {"summary": summary, "panels": [top, middle, below], "table": table, "code": code}
