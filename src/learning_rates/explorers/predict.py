"""A schedule of the reader's own for a language model of 100 million parameters, and the loss that two laws predict."""

import math

from learning_rates import loss_curves, schedules
from learning_rates.explorers import Control, Curve, Figure, Json, Panel, Table, choice, curve, fixed, panel, slider
from learning_rates.explorers.knots import OWN, handles, own_curve
from learning_rates.explorers.statistics import signed
from learning_rates.explorers.take_home import libraries

TYPE_CHECKING = False  # as in the package's other files that MicroPython runs
if TYPE_CHECKING:
    Knot = tuple[int, float, str | None, str]  # step, part of the peak, the step's control, the part's control

TITLE = "Predict the curve"
QUESTION = "Can you draw a schedule that both laws predict to end below the real WSD run, and would you bet on it?"
RECORD = "predict.json"

STEPS, WARMUP, PEAK = 24_000, 2_160, 3e-4
BLOCK = 80  # steps taken together, so that a redraw is quick: 300 blocks, of which 27 warm up
BLOCKS, WARM = STEPS // BLOCK, WARMUP // BLOCK
GAP = 5  # blocks between two knots, because a cliff inside a block would be told wrong
LEAST = 0.001  # of the peak: the multi-power law divides by powers of the rate
FIRST = 10_000  # the first step whose loss is drawn
EACH = 4  # blocks from one loss that is drawn to the next
SHOWN = [block for block in range(BLOCKS) if (block + 1) * BLOCK >= FIRST and (BLOCKS - 1 - block) % EACH == 0]
READ = (SHOWN[0] + 1) * BLOCK  # the step of the first of them
ORANGE, RED, PURPLE = "#f89c20", "#e42536", "#7a21dd"
REAL = {"none": "", "constant": "constant_24000", "cosine": "cosine_24000"}
REAL.update({"wsd": "wsd_20000_24000", "wsdld": "wsdld_20000_24000"})
NAMES = {"constant": "constant", "cosine": "cosine to a tenth", "wsd": "WSD, exponential", "wsdld": "WSD, linear"}
FITTED = ["constant", "cosine"]  # the laws have seen these two; a third is not shown
STEPS_OF, PARTS_OF = ["step_1", "step_2", "step_3"], ["part_1", "part_2", "part_3"]

_told: "dict[str, dict[str, list[float]]]" = {}  # what the laws tell of the real runs, which no control changes


def step_slider(index: int, name: str, default: int) -> Control:
    """The step of a knot. It keeps away from the warm-up, and leaves room for knots that give way."""
    high = STEPS - (4 - index) * GAP * BLOCK
    return slider(f"step_{index}", f"{name}: step t", WARMUP + 12 * BLOCK, high, default, step=BLOCK, style="integer")


CONTROLS = [
    choice(
        "real", "Reveal a real run", [["none", "none yet"]] + [[key, NAMES[key]] for key in NAMES], "none", main=True
    ),
    step_slider(1, "Knot A", 12_000),
    slider("part_1", "Knot A: rate over the peak", 0.0, 1.0, 0.7, step=0.01),
    step_slider(2, "Knot B", 20_000),
    slider("part_2", "Knot B: rate over the peak", 0.0, 1.0, 0.3, step=0.01),
    step_slider(3, "Knot C", 22_000),
    slider("part_3", "Knot C: rate over the peak", 0.0, 1.0, 0.2, step=0.01),
    slider("part_4", "End: rate over the peak", 0.0, 1.0, 0.1, step=0.01),
    slider("at", "Read at step t", READ, STEPS, STEPS, step=EACH * BLOCK, style="integer", plays="up"),
]


def knots(values: Json) -> "list[Knot]":
    """The knots in order, on the edges of blocks; where two are too close, the second gives way."""
    between = sorted([[values[at], part, at] for at, part in zip(STEPS_OF, PARTS_OF)])
    found: list[Knot] = [(WARMUP, 1.0, None, "")]
    for step, part, at in between:
        edge = int(step / BLOCK + 0.5) * BLOCK
        found.append((max(edge, found[-1][0] + GAP * BLOCK), values[part], at, part))
    return found + [(STEPS - 1, values["part_4"], None, "part_4")]


def parts(found: "list[Knot]") -> list[float]:
    """The reader's rate over the peak at the middle of each block; written out, because it is redrawn all the time."""
    drawn: list[float] = []
    before, low = 0, 0.0
    for step, high, _, _ in found:
        edge = int(step / BLOCK + 0.5)
        drawn += [low + (high - low) * (k + 0.5) / (edge - before) for k in range(edge - before)]
        before, low = edge, high
    return drawn


def in_blocks(drawn: list[float]) -> list[float]:
    """The sum of the rates of each block, from its part of the peak."""
    return [max(part, LEAST) * BLOCK * PEAK for part in drawn]


def in_middles(schedule: schedules.Schedule) -> list[float]:
    """A schedule at the middle of each block."""
    return [schedule(block * BLOCK + (BLOCK - 1) // 2) for block in range(BLOCKS)]


def momentum(rates: list[float], constants: Json) -> list[float]:
    """The momentum law after each block; its constants, which count steps, are turned into those of blocks."""
    kept, lam = constants["lam"] ** BLOCK, constants["lam"]
    gain = constants["C"] * (1 - kept) / (BLOCK * (1 - lam))
    told = {"L0": constants["L0"], "A": constants["A"], "alpha": constants["alpha"], "C": gain, "lam": kept}
    return loss_curves.momentum_law(rates, warmup_steps=WARM, **told)


def multi_power(rates: list[float], constants: Json, blocks: list[int], merge: int) -> list[float]:
    """The multi-power law after some blocks, in the same way."""
    told = dict(constants)
    told["B"] /= BLOCK
    told["C"] *= BLOCK ** constants["gamma"]
    return loss_curves.multi_power_law(rates, warmup_steps=WARM, steps=blocks, merge=merge, **told)


def told_of(rates: list[float], record: Json, blocks: list[int], merge: int = 1) -> dict[str, list[float]]:
    """What each law tells after some blocks; `merge` is the multi-power law's."""
    laws = record["laws"]
    first = momentum(rates, laws["momentum"]["constants"])
    second = multi_power(rates, laws["multi-power"]["constants"], blocks, merge)
    return {"momentum": [first[block] for block in blocks], "multi-power": second}


def bound(rates: list[float]) -> float:
    """The convex bound at the schedule's own best peak, for D = G = 1 and blocks as steps."""
    return 2 * math.sqrt(loss_curves.convex_bound(rates, G=0) * loss_curves.convex_bound(rates, D=0))


def real_schedule(key: str) -> schedules.Schedule:
    """A real run's schedule, in parts of the peak."""
    after, stable = STEPS - WARMUP, 20_000 - WARMUP
    if key == "constant":
        rest = schedules.constant(1.0, after)
    elif key == "cosine":
        rest = schedules.cosine_decay(1.0, after, end_lr=0.1)
    else:
        fall = schedules.exponential_decay if key == "wsd" else schedules.polynomial_decay
        rest = schedules.join([schedules.constant(1.0, stable), fall(1.0, after - stable, end_lr=0.1)], [stable])
    return schedules.warmup(rest, WARMUP)


def told_of_real(key: str, record: Json) -> dict[str, list[float]]:
    """What the laws tell of a real run at the last step that was logged, and of its end, kept; and its bound."""
    if key not in _told:
        rates, logged = in_blocks(in_middles(real_schedule(key))), record["runs"][REAL[key]]["steps"][-1]
        _told[key] = told_of(rates, record, [int(logged / BLOCK + 0.5) - 1, BLOCKS - 1])
        _told[key]["bound"] = [bound(rates)]
    return _told[key]


def over_steps(losses: list[float], shift: float = 0.0) -> list[list[float]]:
    """Losses after the blocks in SHOWN as points."""
    return [[(block + 1) * BLOCK, loss + shift] for block, loss in zip(SHOWN, losses)]


def rate_panel(found: "list[Knot]", key: str, at: int) -> Panel:
    """The reader's rate with its handles, the real run's, and the step that is read."""
    curves = []
    if key != "none":
        shape = real_schedule(key)
        points = [[step, shape(step)] for step in list(range(0, STEPS, 240)) + [STEPS - 1]]
        curves.append(curve(NAMES[key], points, RED, dash="6,3"))
    curves.append(own_curve([[0, 0.0]] + [[step, part] for step, part, _, _ in found]))
    return panel(
        "Schedule",
        "step t",
        "rate η over its peak",
        curves,
        x_range=[0, STEPS],
        y_range=[0, 1.05],
        rule=at if at < STEPS else None,
        handles=handles(found[1:]),
    )


def loss_panel(told: dict[str, list[float]], key: str, record: Json, at: int) -> Panel:
    """What both laws tell of the reader's schedule, each with the edges of its band, and the real run."""
    curves: list[Curve] = []
    for name, color, dash in (("momentum", ORANGE, "8,4"), ("multi-power", PURPLE, "")):
        low, high = record["laws"][name]["missed"]
        curves.append(curve("", over_steps(told[name], low), color, dash="2,3", width=1))
        curves.append(curve("", over_steps(told[name], high), color, dash="2,3", width=1))
        curves.append(curve(name + " law", over_steps(told[name]), color, dash=dash, width=2.5))
    if key != "none":
        run = record["runs"][REAL[key]]
        points = [[step, loss] for step, loss in zip(run["steps"], run["losses"]) if step >= FIRST]
        curves.append(curve(NAMES[key] + ", measured", points, RED, width=1, dots=True))
    marks = [{"x": at, "y": told[name][place(at)], "text": ""} for name in ("momentum", "multi-power")]
    return panel(
        "Loss",
        "step t",
        "loss in nats",
        curves,
        x_range=[FIRST, STEPS],
        y_range=[2.88, 3.2],
        marks=marks if at < STEPS else [],
        rule=at if at < STEPS else None,
        pointer={"control": "at", "scale": 1},
    )


def place(at: int) -> int:
    """The index in SHOWN of the block that ends next to a step."""
    return int((at - READ) / (EACH * BLOCK) + 0.5)


def row(name: str, told: dict[str, list[float]], measured: str, bounded: float) -> list[str]:
    """A row of the table."""
    return [name, fixed(told["momentum"][-1], 3), fixed(told["multi-power"][-1], 3), measured, fixed(bounded, 4)]


def summarize(told: dict[str, list[float]], key: str, record: Json, at: int) -> str:
    """What the laws predict for the end, and for the step that is read, in words."""
    first, second = told["momentum"][-1], told["multi-power"][-1]
    words = f"For your schedule the momentum law predicts a last loss of {fixed(first, 3)} nats, the multi-power law "
    words += f"{fixed(second, 3)}. On runs that they had not seen, their worst errors were "
    worst = [max(abs(edge) for edge in record["laws"][name]["missed"]) for name in ("momentum", "multi-power")]
    words += f"{fixed(worst[0], 3)} and {fixed(worst[1], 3)}, as wide as the dotted bands."
    if at < STEPS:
        read = [fixed(told[name][place(at)], 3) for name in ("momentum", "multi-power")]
        words += f" At step {(SHOWN[place(at)] + 1) * BLOCK} they predict {read[0]} and {read[1]}."
    if key == "none":
        return words
    run, real = record["runs"][REAL[key]], told_of_real(key, record)
    last = run["losses"][-1]
    misses = [signed(real[name][0] - last, 3, "-") for name in ("momentum", "multi-power")]
    seen = "one of the three that they were fitted to" if key in FITTED else "which they had not seen"
    words += f" The real run {NAMES[key]}, {seen}, ended at {fixed(last, 3)}; "
    return words + f"the predictions for it are off by {misses[0]} and {misses[1]}."


def compute(values: Json, record: Json) -> Figure:
    key, found = values["real"], knots(values)
    rates = in_blocks(parts(found))
    told = told_of(rates, record, SHOWN, 3)  # nearly a straight line within three blocks, and quicker
    rows = [row(OWN, told, "", bound(rates))]
    if key != "none":
        real = told_of_real(key, record)
        rows.append(row(NAMES[key], real, fixed(record["runs"][REAL[key]]["losses"][-1], 3), real["bound"][0]))
    head = ["schedule", "momentum law", "multi-power law", "measured", "convex bound"]
    caption = "Last loss in nats; the bound is at each schedule's own best peak and has a unit of its own"
    table: Table = {"caption": caption, "head": head, "rows": rows}
    points = [(0, 0.0)] + [(step, float(fixed(PEAK * part, 7))) for step, part, _, _ in found]
    return {
        "summary": summarize(told, key, record, values["at"]),
        "panels": [rate_panel(found, key, values["at"]), loss_panel(told, key, record, values["at"])],
        "table": table,
        "code": libraries(schedules.piecewise(points), optimizer="AdamW"),
    }
