"""Record which verdicts of chapters 6 to 8 hold for a small language model, and what its first steps look like.

    KERAS_BACKEND=jax python -m experiments.transformer

makes transformer, transformer_texts, transformer_first_steps, transformer_decays and transformer_batches in results/.
It needs the embedded text alone. Stopped and started again, it goes on with the run that was stopped.

A decoder-only transformer of 111,488 weights learns to predict the next character of Shakespeare: batches of 16 windows
of 64 characters drawn at random, runs of 400 and of 1,600 steps. Decided before the first row, and kept beside it:

Arms. AdamW (β₁ 0.9, β₂ 0.99, weight decay 0.1 on all but the norms' weights) with a constant rate, a line to 0, a
cosine to 0, one to a tenth of the peak, and WSD (constant, then a line to 0 over the last fifth), each from step 0 and
with a tenth of the steps as warm-up; AdamW with one-cycle (rate and β₁, as in PyTorch); SGD (momentum 0.9, no weight
decay) with a line to 0, without and with warm-up; Muon for the matrices (momentum 0.95, weight decay 0.1) with warm-up
and a line to 0, whose Adam part, embeddings, norms and last matrix, has the peak that the same arm of AdamW has after
its first TRIES tries. Gradients are clipped to a global norm of 1 in every arm.

Tuning. Every arm at each horizon tries the same number of peaks, a factor 2 apart, with three seeds each, on the first
half of the validation text. It begins with three peaks around its START. The next try lies beyond the end of the window
that the best peak is at; where the best is inside, on the side where fewer have been tried, above if both are equal.
After TRIES tries the best of every arm must lie inside its window; else every arm gets one more, and so on. The best is
the least mean of the last losses; a loss that is not finite counts as that of a guess, ln 66.

Verdict. Each arm at its best peak with eight other seeds on the second half of the validation text: mean loss in nats
after the last step. QUESTIONS are asked at both horizons and hold at once (Bonferroni, as many as there are); less than
MARGIN nats counts as none. Two more ask what the best peak of the other horizon would have cost, of warm-up + linear.

Mechanisms, described without a verdict. The first 60 steps of the short run with and without warm-up at three peaks:
the size of each update, and λ_max of the Hessian as it is and as Adam's denominators make it. Weight decay × peak in
runs of 800 steps. The best peak with batches of 4, 16 and 64 in runs of 400 steps.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import keras
import numpy as np
import numpy.typing as npt
from jax.flatten_util import ravel_pytree

from experiments.recording import described
from learning_rates import SGD, AdamW, datasets, models, scheduled, schedules
from learning_rates.schedules import Schedule
from learning_rates.trials.table import RESULTS, Table

SHORT, LONG = 400, 1600
BATCH, CONTEXT = 16, 64
MARGIN = 0.02  # nats
TRIES = 6
TUNING_SEEDS, SEEDS = (1000, 1001, 1002), tuple(range(8))
LOOKS, LOOKED_AT = 16, 64  # how often a run is looked at, and on how many windows
WEIGHT_DECAY, BETA_2, CLIP = 0.1, 0.99, 1.0
WARM_UP, FALL = 10, 5  # the tenth that warms up, the fifth that WSD falls in
WRITTEN, TEMPERATURE = 200, 0.8  # characters of the texts
CHUNK = 25  # steps between two returns to Python

MEASURED_STEPS, MEASURED_AT = 60, (1, 2, 4, 8, 16, 32, 48, 60)
MEASURED_PEAKS, MEASURED_SEEDS = (0.002, 0.008, 0.032), (2000, 2001, 2002)
ROUNDS, SHARP_WINDOWS = 16, 32  # of Lanczos's method, and a run's first windows, whose loss is curved
DECAYS, DECAY_PEAKS = (0.0, 0.1, 0.3, 1.0, 3.0), (0.002, 0.004, 0.008, 0.016)
DECAY_STEPS, DECAY_SEEDS = 800, (3000, 3001)
BATCHES, BATCH_SEEDS = (4, 64), TUNING_SEEDS[:2]


class Arm(NamedTuple):
    """A policy: an optimizer, a name in SHAPES, and whether a warm-up comes first."""

    optimizer: str
    shape: str
    warm: bool = False


SHAPES: dict[str, Callable[[float, int, int], Schedule]] = {  # of a peak, the steps after a warm-up, and all steps
    "constant": lambda peak, after, steps: schedules.constant(peak, after),
    "linear": lambda peak, after, steps: schedules.polynomial_decay(peak, after),
    "cosine": lambda peak, after, steps: schedules.cosine_decay(peak, after),
    "cosine to a tenth": lambda peak, after, steps: schedules.cosine_decay(peak, after, end_lr=peak / 10),
    "WSD": lambda peak, after, steps: schedules.warmup_stable_decay(
        peak, after, warmup_steps=0, decay_steps=steps // FALL
    ),
    "one-cycle": lambda peak, after, steps: schedules.one_cycle(peak, after),
}
DECAYING = ("linear", "cosine", "cosine to a tenth", "WSD")
ARMS = {
    **{f"AdamW {shape}": Arm("AdamW", shape) for shape in ("constant", *DECAYING)},
    **{f"AdamW warm-up + {shape}": Arm("AdamW", shape, True) for shape in ("constant", *DECAYING)},
    "AdamW one-cycle": Arm("AdamW", "one-cycle"),
    "SGD linear": Arm("SGD", "linear"),
    "SGD warm-up + linear": Arm("SGD", "linear", True),
    "Muon warm-up + linear": Arm("Muon", "linear", True),
}
MAIN = "AdamW warm-up + linear"
START = {"AdamW": 0.008, "SGD": 0.5, "Muon": 0.008}
QUESTIONS = (
    (MAIN, "AdamW linear"),
    ("AdamW warm-up + cosine to a tenth", "AdamW cosine to a tenth"),
    (MAIN, "AdamW warm-up + constant"),
    ("AdamW warm-up + cosine", MAIN),
    ("AdamW warm-up + cosine to a tenth", "AdamW warm-up + cosine"),
    ("AdamW warm-up + WSD", MAIN),
    ("AdamW one-cycle", MAIN),
    (MAIN, "SGD warm-up + linear"),
    ("SGD warm-up + linear", "SGD linear"),
    ("Muon warm-up + linear", MAIN),
)

Arrays = list[Any]  # of JAX, one for each weight
Seeds = Sequence[int]


def rate_of(arm: Arm, peak: float, steps: int) -> Schedule:
    """The schedule of an arm."""
    warm = steps // WARM_UP if arm.warm else 0
    return schedules.warmup(SHAPES[arm.shape](peak, steps - warm, steps), warm)


class Kind(NamedTuple):
    """What a compiled step depends on.

    Args:
        optimizer: "AdamW", "SGD" or "Muon".
        weight_decay: That of AdamW and Muon.
        cycle: The steps over which β₁ cycles, or 0.
        ratio: The rate of Muon's Adam part over that of its matrices.
        slowed: A pattern that finds the variables which get a quarter of AdamW's rate; an empty one finds none.
        apart: A pattern that finds the variables which follow a second schedule of AdamW's rate, in the same way.
    """

    optimizer: str = "AdamW"
    weight_decay: float = WEIGHT_DECAY
    cycle: int = 0
    ratio: float = 1.0
    slowed: str = ""
    apart: str = ""


def optimizer_of(kind: Kind, rate: float | Schedule) -> Any:
    """The package's optimizer, not yet built."""
    if kind.optimizer == "SGD":
        return SGD(rate, 0.9, global_clipnorm=CLIP)
    if kind.optimizer == "Muon":
        made = scheduled(
            keras.optimizers.Muon,
            learning_rate=rate,
            weight_decay=kind.weight_decay,
            adam_weight_decay=kind.weight_decay,
            adam_lr_ratio=kind.ratio,
            adam_beta_2=BETA_2,
            exclude_layers=["head"],
            global_clipnorm=CLIP,
        )
    else:
        beta_1 = schedules.one_cycle_momentum(kind.cycle) if kind.cycle else 0.9
        slowed = {kind.slowed: 0.25} if kind.slowed else None
        made = AdamW(rate, kind.weight_decay, beta_1, BETA_2, global_clipnorm=CLIP, layer_rates=slowed)
    made.exclude_from_weight_decay(var_names=["gamma", "beta"])  # of the norms
    return made


class Texts(NamedTuple):
    """The characters as numbers: the training text, and windows of (inputs, targets) of both validation halves."""

    train: Any
    tune: tuple[Any, Any]
    final: tuple[Any, Any]


@functools.cache
def texts() -> Texts:
    text = datasets.shakespeare()
    numbers = text.encode(text.validation)
    half = len(numbers) // 2
    return Texts(jnp.asarray(text.encode(text.train)), windows(numbers[:half]), windows(numbers[half:]))


def windows(numbers: npt.NDArray[np.int32]) -> tuple[Any, Any]:
    """All whole windows of a text, one after the other, and the character that follows each of theirs."""
    count = (len(numbers) - 1) // CONTEXT
    inputs, targets = (numbers[first : first + count * CONTEXT].reshape(-1, CONTEXT) for first in (0, 1))
    return jnp.asarray(inputs), jnp.asarray(targets)


def starts(seed: int, steps: int, batch: int) -> npt.NDArray[np.int32]:
    """Where the windows of each batch begin, of shape (steps, batch)."""
    last = len(texts().train) - CONTEXT
    return np.random.default_rng(seed).integers(0, last, (steps, batch), dtype=np.int32)


def batch_at(places: Any) -> tuple[Any, Any]:
    """Inputs and targets of the windows that begin there."""
    window = texts().train[places[:, None] + jnp.arange(CONTEXT + 1)]
    return window[:, :-1], window[:, 1:]


def build(seed: int = 0) -> keras.Model:
    """The model of a seed."""
    return models.transformer(66, width=64, depth=2, heads=4, context=CONTEXT, seed=seed)


@functools.cache
def network() -> keras.Model:
    """The model whose formula every run shares."""
    return build()


@functools.cache
def first_weights(seed: int) -> Arrays:
    return [variable.value for variable in build(seed).trainable_variables]


def loss_of(weights: Arrays, x: Any, y: Any) -> Any:
    """Mean cross-entropy in nats a character."""
    logits, _ = network().stateless_call(weights, [], x)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y[..., None], axis=-1))


slopes = jax.value_and_grad(loss_of)
judge = jax.jit(loss_of)


class Loop(NamedTuple):
    """(weights → the state of a training), and (state, starts, rates, ratios) → (state, losses) of some steps.

    A ratio is the rate of the variables that are apart over that of the others, at each step.
    """

    begin: Callable[[Arrays], Any]
    advance: Callable[..., tuple[Any, Any]]
    optimizer: Any


@functools.cache
def loop_of(kind: Kind) -> Loop:
    """A training with the package's optimizer, compiled once: the rate, in its variable, is that of the step."""
    optimizer = optimizer_of(kind, 0.001)
    optimizer.build(network().trainable_variables)
    (rate_at,) = [place for place, each in enumerate(optimizer.variables) if each is optimizer._learning_rate]
    memory = [variable.value for variable in optimizer.variables]
    paths = [variable.path for variable in network().trainable_variables]
    apart = [bool(kind.apart and re.search(kind.apart, path)) for path in paths]

    def step(state: Any, now: Any) -> tuple[Any, Any]:
        (before, memory), (places, rate, ratio) = state, now
        loss, gradients = slopes(before, *batch_at(places))
        memory = [rate if place == rate_at else each for place, each in enumerate(memory)]
        weights, memory = optimizer.stateless_apply(memory, gradients, before)
        # All that AdamW adds to a weight, its decay too, is proportional to the rate.
        moved = [
            old + ratio * (new - old) if far else new for far, old, new in zip(apart, before, weights, strict=True)
        ]
        return (moved, list(memory)), loss

    def advance(state: Any, places: Any, rates: Any, ratios: Any = None) -> tuple[Any, Any]:
        return jax.lax.scan(step, state, (places, rates, jnp.ones_like(rates) if ratios is None else ratios))

    return Loop(lambda weights: (list(weights), memory), jax.jit(advance), optimizer)


class End(NamedTuple):
    """What is left of a run: its last loss, losses on the way, each the mean of the batches before it, and weights."""

    loss: float
    curve: list[float]
    learnt: list[float]
    weights: Arrays


def train(
    kind: Kind, rate: Schedule, seed: int, part: tuple[Any, Any], batch: int = BATCH, other: Schedule | None = None
) -> End:
    """One run, from the first weights to the last; what is apart follows the other schedule."""
    loop, steps = loop_of(kind), rate.total_steps
    places, rates = jnp.asarray(starts(seed, steps, batch)), jnp.asarray(rate.values(), "float32")
    ratios = jnp.asarray([b / a if a else 1.0 for a, b in zip(rate.values(), (other or rate).values(), strict=True)])
    state, losses, curve = loop.begin(first_weights(seed)), [], []
    few = tuple(each[:LOOKED_AT] for each in part)
    for first in range(0, steps, CHUNK):
        here = slice(first, first + CHUNK)
        state, found = loop.advance(state, places[here], rates[here], ratios[here])
        losses.append(np.asarray(found))
        if (first + CHUNK) % (steps // LOOKS) == 0:
            curve.append(finite(judge(state[0], *few)))
    learnt = np.concatenate(losses).reshape(LOOKS, -1).mean(axis=1)
    return End(finite(judge(state[0], *part)), curve, [finite(loss) for loss in learnt], state[0])


def finite(loss: Any) -> float:
    """A loss to four decimals; what overflowed is judged as a guess."""
    number = float(loss)
    return round(number if math.isfinite(number) else math.log(66), 4)


@jax.jit
def _write(weights: Arrays, window: Any, draws: Any) -> Any:
    def next_character(window: Any, draw: Any) -> tuple[Any, Any]:
        logits, _ = network().stateless_call(weights, [], window[None])
        shares = jnp.cumsum(jax.nn.softmax(logits[0, -1] / TEMPERATURE))
        drawn = jnp.minimum(jnp.searchsorted(shares, draw), len(shares) - 1).astype(window.dtype)
        return jnp.append(window[1:], drawn), drawn

    return jax.lax.scan(next_character, window, draws)[1]


def written(weights: Arrays, seed: int = 0) -> str:
    """How the model goes on after the last window of the training text: characters drawn at TEMPERATURE."""
    draws = jnp.asarray(np.random.default_rng(seed).uniform(size=WRITTEN), "float32")
    return datasets.shakespeare().decode(np.asarray(_write(weights, texts().train[-CONTEXT:], draws)))


class Recorded(Table):
    """A table that states its declaration before its first row, and refuses to go on under another.

    Args:
        name: The file's name in `results`, without its ending.
        columns: Its columns.
        script: The module that makes it.
        declaration: What it rests on; None means what all tables of this module rest on.
    """

    def __init__(
        self,
        name: str,
        columns: Sequence[str],
        script: str = "transformer.py",
        declaration: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(RESULTS / f"{name}.csv", columns)
        declaration = declaration or declared()
        digest = digest_of(declaration)
        if self.made and self.made["digest"] != digest:
            raise ValueError(
                f"{self.side} must be of the declaration as it stands now, {digest}. Received: {self.made['digest']}. "
                "Move both files away to record anew, or take the change back."
            )
        self.describe(
            described(
                script,
                (),
                data={"shakespeare": fingerprint()},
                declared=declaration,
                digest=digest,
            )
        )

    def add_text(self, key: Sequence[object], text: str) -> None:
        """Write a run's text, its line breaks as a pilcrow."""
        self._write([[*key, text.replace("\n", "¶")]])


def digest_of(declaration: dict[str, Any]) -> str:
    """Sixteen digits of its SHA-256."""
    return hashlib.sha256(json.dumps(declaration, sort_keys=True).encode()).hexdigest()[:16]


def fingerprint() -> str:
    """Sixteen digits of the SHA-256 of the text."""
    text = datasets.shakespeare()
    return hashlib.sha256((text.train + text.validation).encode()).hexdigest()[:16]


def declared() -> dict[str, Any]:
    """All that the recordings rest on, as JSON gives it back; the schedules at a peak of 1."""
    rates = {name: {steps: rate_of(arm, 1.0, steps).config for steps in (SHORT, LONG)} for name, arm in ARMS.items()}
    found = {
        "words": __doc__,
        "steps": [SHORT, LONG],
        "model": "models.transformer(66, width=64, depth=2, heads=4, context=64)",
        "batch size": BATCH,
        "context": CONTEXT,
        "margin": MARGIN,
        "tries": TRIES,
        "starts": START,
        "tuning seeds": TUNING_SEEDS,
        "final seeds": SEEDS,
        "arms": {name: arm._asdict() | {"rates": rates[name]} for name, arm in ARMS.items()},
        "questions": QUESTIONS,
        "weight decay": WEIGHT_DECAY,
        "clip": CLIP,
        "curve": f"{LOOKS} looks at the first {LOOKED_AT} windows; learnt: mean loss of the batches before each",
        "texts": f"{WRITTEN} characters at temperature {TEMPERATURE}, of the first seed of each stage",
        "first steps": [MEASURED_STEPS, MEASURED_AT, MEASURED_PEAKS, MEASURED_SEEDS, ROUNDS, SHARP_WINDOWS],
        "decays": [DECAYS, DECAY_PEAKS, DECAY_STEPS, DECAY_SEEDS],
        "batches": [BATCHES, BATCH_SEEDS],
    }
    return json.loads(json.dumps(found))


def following(start: float, loss: Callable[[float], float], tries: int) -> dict[float, float]:
    """{peak: loss} of so many peaks, a factor 2 apart, in a window that follows the least loss.

    Args:
        start: The middle of the first three.
        loss: Gives the mean loss at a peak.
        tries: How many peaks.
    """
    tried = {peak: loss(peak) for peak in (start / 2, start, start * 2)}
    while len(tried) < tries:
        peaks = sorted(tried)
        best = peaks.index(min(peaks, key=tried.__getitem__))
        below, above = best, len(peaks) - 1 - best
        # Beyond the end that the best is at or near; above where both are as far.
        peak = peaks[0] / 2 if below < above else peaks[-1] * 2
        tried[peak] = loss(peak)
    return tried


def best_of(tried: dict[float, float]) -> float:
    """The peak of the least loss."""
    return min(tried, key=tried.__getitem__)


def is_inside(tried: dict[float, float]) -> bool:
    """Whether both neighbours of the best peak were tried."""
    return min(tried) < best_of(tried) < max(tried)


class Recorder:
    """The main table and the texts: makes the runs that they lack."""

    def __init__(self) -> None:
        keys = ("stage", "arm", "steps", "max_lr", "seed")
        self.table = Recorded("transformer", (*keys, "loss", "curve", "learnt"))
        self.texts = Recorded("transformer_texts", (*keys, "text"))

    def run(self, stage: str, name: str, steps: int, peak: float, seed: int) -> None:
        """A run, unless it is there."""
        key = (stage, name, steps, peak, seed)
        writes = stage != "horizon" and seed in (TUNING_SEEDS[0], SEEDS[0])
        if key in self.table and (key in self.texts or not writes):
            return
        part = texts().tune if stage == "tune" else texts().final
        end = train(self.kind(name, steps, peak), rate_of(ARMS[name], peak, steps), seed, part)
        if writes and key not in self.texts:
            self.texts.add_text(key, written(end.weights))
        if key not in self.table:
            self.table.add(key, (end.loss, end.curve, end.learnt))
        print(*key, end.loss, flush=True)

    def kind(self, name: str, steps: int, peak: float) -> Kind:
        """What the step of an arm is compiled for."""
        arm = ARMS[name]
        if arm.optimizer == "Muon":
            return Kind("Muon", ratio=best_of(self.tuned(MAIN, steps, TRIES)) / peak)
        return Kind(arm.optimizer, cycle=steps if arm.shape == "one-cycle" else 0)

    def losses(self, stage: str, name: str, steps: int, peak: float, seeds: Seeds) -> npt.NDArray[np.float64]:
        """The losses of an arm at a peak, after its runs."""
        for seed in seeds:
            self.run(stage, name, steps, peak, seed)
        return self.table.column("loss", stage=stage, arm=name, steps=steps, max_lr=peak)

    def tuned(self, name: str, steps: int, tries: int) -> dict[float, float]:
        """{peak: mean loss} of an arm's first tries."""
        return following(
            START[ARMS[name].optimizer],
            lambda peak: float(self.losses("tune", name, steps, peak, TUNING_SEEDS).mean()),
            tries,
        )

    def compare(self, steps: int) -> dict[str, float]:
        """All arms at a horizon: tuned with equal tries, then judged; {arm: its peak}."""
        tries = TRIES
        while not all(is_inside(self.tuned(name, steps, tries)) for name in ARMS):
            tries += 1
        peaks = {name: best_of(self.tuned(name, steps, tries)) for name in ARMS}
        for name, peak in peaks.items():
            print(f"{steps} steps, {name}: peak {peak:g}", flush=True)
            self.losses("final", name, steps, peak, SEEDS)
        return peaks

    def swap_horizons(self, short: float, long: float) -> None:
        """The main arm at each horizon with the best peak of the other."""
        for steps, peak in ((SHORT, long), (LONG, short)) if short != long else ():
            self.losses("horizon", MAIN, steps, peak, SEEDS)


@jax.jit
def sharpness(weights: Arrays, roots: Arrays, x: Any, y: Any) -> Any:
    """λ_max of D⁻¹ H D⁻¹, where D is diagonal with these roots and H the Hessian of the loss.

    By Lanczos's method: early Hessians have large negative eigenvalues, which power iteration would find instead.
    """
    (_, whole), (root, _) = ravel_pytree(weights), ravel_pytree(roots)

    def product(vector: Any) -> Any:
        turned = jax.jvp(lambda at: slopes(at, x, y)[1], (weights,), (whole(vector / root),))[1]
        return ravel_pytree(turned)[0] / root

    def turn(state: tuple[Any, Any], place: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        basis, vector = state
        basis, turned = basis.at[place].set(vector), product(vector)
        along = vector @ turned
        for _ in range(2):  # once would leave rounding errors
            turned = turned - basis.T @ (basis @ turned)
        length = jnp.linalg.norm(turned)
        # Where the basis already holds all that the product reaches, what is left is rounding: go on with nothing.
        going = length > 1e-5 * jnp.abs(along)
        return (basis, jnp.where(going, turned / length, 0.0)), (along, jnp.where(going, length, 0.0))

    vector = jax.random.normal(jax.random.key(0), root.shape)
    start = jnp.zeros((ROUNDS, root.size)), vector / jnp.linalg.norm(vector)
    _, (along, beside) = jax.lax.scan(turn, start, jnp.arange(ROUNDS))
    return jnp.linalg.eigvalsh(jnp.diag(along) + jnp.diag(beside[:-1], 1) + jnp.diag(beside[:-1], -1))[-1]


def adams_roots(optimizer: Any, memory: Arrays, done: int) -> Arrays:
    """The roots of the denominators that Adam's step divides by, β₁'s correction among them (Cohen et al., 2022)."""
    held = dict(zip((variable.path for variable in optimizer.variables), memory, strict=True))
    squares = [held[variable.path] for variable in optimizer._velocities]
    size = (1 - 0.9**done) / math.sqrt(1 - BETA_2**done)
    return [jnp.sqrt(size * (jnp.sqrt(each) + optimizer.epsilon)) for each in squares]


def norm(arrays: Arrays) -> float:
    return math.sqrt(sum(float(jnp.vdot(each, each)) for each in arrays))


def record_first_steps() -> None:
    """The start of the short run with and without warm-up."""
    columns = ("warm", "max_lr", "seed", "losses", "gradients", "updates", "sharpness", "preconditioned")
    table, loop = Recorded("transformer_first_steps", columns), loop_of(Kind())
    slope = jax.jit(slopes)
    for warm in (False, True):
        for peak in MEASURED_PEAKS:
            rates = jnp.asarray(rate_of(Arm("AdamW", "linear", warm), peak, SHORT).values(), "float32")
            for seed in MEASURED_SEEDS:
                if (int(warm), peak, seed) in table:
                    continue
                places, state = jnp.asarray(starts(seed, SHORT, BATCH)), loop.begin(first_weights(seed))
                # The run's own: of characters that it has not seen, Adam's denominators are 0.
                curved = batch_at(places.reshape(-1)[:SHARP_WINDOWS])
                found: dict[str, list[float]] = {name: [] for name in columns[3:]}
                for done in range(1, MEASURED_STEPS + 1):
                    here = slice(done - 1, done)
                    before = state[0]
                    found["gradients"].append(norm(slope(before, *batch_at(places[done - 1]))[1]))
                    state, losses = loop.advance(state, places[here], rates[here])
                    found["losses"].append(float(losses[0]))
                    moved = [new - old for new, old in zip(state[0], before, strict=True)]
                    found["updates"].append(norm(moved) / norm(before))
                    if done in MEASURED_AT:
                        ones = [jnp.ones_like(each) for each in state[0]]
                        found["sharpness"].append(float(sharpness(state[0], ones, *curved)))
                        roots = adams_roots(loop.optimizer, state[1], done)
                        found["preconditioned"].append(float(sharpness(state[0], roots, *curved)))
                table.add((int(warm), peak, seed), list(found.values()))
                print("first steps", warm, peak, seed, flush=True)


def record_decays() -> None:
    """Every weight decay at every peak."""
    table = Recorded("transformer_decays", ("decay", "max_lr", "seed", "loss", "learnt"))
    for decay in DECAYS:
        for peak in DECAY_PEAKS:
            for seed in DECAY_SEEDS:
                if (decay, peak, seed) not in table:
                    rate = rate_of(ARMS[MAIN], peak, DECAY_STEPS)
                    end = train(Kind(weight_decay=decay), rate, seed, texts().tune)
                    table.add((decay, peak, seed), (end.loss, end.learnt))
                    print("decay", decay, peak, seed, end.loss, flush=True)


def record_batches() -> None:
    """The best peak with smaller and with larger batches; that of 16 is the tuning of the main table."""
    table = Recorded("transformer_batches", ("arm", "batch", "max_lr", "seed", "loss"))

    def loss(name: str, batch: int, peak: float) -> float:
        for seed in BATCH_SEEDS:
            if (name, batch, peak, seed) not in table:
                rate, kind = rate_of(ARMS[name], peak, SHORT), Kind(ARMS[name].optimizer)
                table.add((name, batch, peak, seed), [train(kind, rate, seed, texts().tune, batch).loss])
                print("batch", name, batch, peak, seed, flush=True)
        return float(table.column("loss", arm=name, batch=batch, max_lr=peak).mean())

    for batch in BATCHES:
        for name in (MAIN, "SGD warm-up + linear"):
            tries = TRIES
            while not is_inside(following(START[ARMS[name].optimizer], functools.partial(loss, name, batch), tries)):
                tries += 1


def main() -> None:
    recorder = Recorder()
    short = recorder.compare(SHORT)
    record_first_steps()
    record_decays()
    record_batches()
    long = recorder.compare(LONG)
    recorder.swap_horizons(short[MAIN], long[MAIN])


if __name__ == "__main__":
    main()
