"""The recording of the language model: its runs are those of `fit`, its rules are kept, and its rows are plausible."""

import json
import math
from collections import defaultdict

import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest

from experiments import transformer, transformer_layers, transformer_starts
from learning_rates import datasets
from learning_rates.trials.table import RESULTS, Table

pytestmark = pytest.mark.jax
STEPS = 6
KINDS = {
    "AdamW": (transformer.Kind(), 0.01),
    "AdamW, β₁ cycled": (transformer.Kind(cycle=STEPS), 0.01),
    "AdamW, the attention slowed": (transformer.Kind(slowed=transformer_layers.GROUPS["attention"]), 0.01),
    "SGD": (transformer.Kind("SGD"), 0.5),
    "Muon": (transformer.Kind("Muon", ratio=0.5), 0.01),
}
SLOWED = {
    "queries and keys": {"query", "key"},
    "values and outputs": {"value", "output"},
    "attention": {"query", "key", "value", "output"},
    "hidden layers": {"up", "down"},
    "embeddings and head": {"embedding", "position", "head"},
}
BOWL = np.array([7.0, 3.0, 0.5, -20.0], "float32")


@pytest.mark.parametrize("name", KINDS)
def test_a_run_is_that_of_fit_with_the_packages_optimizer(name, monkeypatch):
    """Same start, same windows, the schedule inside the compiled step: the same losses and weights."""
    monkeypatch.setattr(transformer, "CHUNK", 3)
    monkeypatch.setattr(transformer, "LOOKS", 2)
    kind, peak = KINDS[name]
    rate = transformer.rate_of(transformer.Arm("AdamW", "linear"), peak, STEPS)
    end = transformer.train(kind, rate, 5, transformer.texts().tune, batch=2)

    model = transformer.build(5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(transformer.optimizer_of(kind, rate), loss)
    batches = [transformer.batch_at(places) for places in transformer.starts(5, STEPS, 2)]
    x, y = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    losses = []
    model.fit(x, y, batch_size=2, shuffle=False, verbose=0, callbacks=[BatchLosses(losses)])
    assert np.reshape(losses, (2, 3)).mean(axis=1) == pytest.approx(end.learnt, abs=1e-4)
    for ours, theirs in zip(end.weights, model.trainable_variables, strict=True):
        np.testing.assert_allclose(np.asarray(ours), keras.ops.convert_to_numpy(theirs), atol=2e-5)
    x, y = transformer.texts().tune
    few = slice(transformer.LOOKED_AT)
    assert end.curve[-1] == pytest.approx(float(loss(y[few], model(x[few]))), abs=1e-3)
    assert end.loss == pytest.approx(float(loss(y, model(x))), abs=1e-3)


class BatchLosses(keras.callbacks.Callback):
    """Keras reports the mean since the epoch began: take the batch's own loss out of it."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def on_train_batch_end(self, batch, logs):
        self.losses.append(logs["loss"] * (batch + 1) - sum(self.losses))


def test_muon_turns_the_matrices_and_leaves_the_rest_to_adam():
    optimizer = transformer.optimizer_of(transformer.Kind("Muon"), 0.01)
    model = transformer.build()
    optimizer.build(model.trainable_variables)
    by_adam = [each.path for each in model.trainable_variables if optimizer._should_use_adamw(each)]
    assert [path for path in by_adam if not path.endswith(("gamma", "beta"))] == [
        "embedding/embeddings",
        "position_embedding/embeddings",
        "head/kernel",
    ]


def test_targets_are_the_characters_that_follow():
    text = datasets.shakespeare()
    x, y = transformer.batch_at(jnp.asarray([0, 100]))
    assert text.decode(x[1]) == text.train[100:164]
    assert text.decode(y[1]) == text.train[101:165]
    x, y = transformer.texts().tune
    half = len(text.validation) // 2
    assert x.shape == y.shape == (475, 64)
    assert text.decode(x[1]) == text.validation[64:128]
    assert text.decode(y[0]) == text.validation[1:65]
    assert text.decode(transformer.texts().final[0][0]) == text.validation[half : half + 64]


def test_a_warm_up_is_a_tenth_of_the_run_and_the_fall_of_wsd_a_fifth():
    arms = {name: transformer.rate_of(arm, 1.0, 400) for name, arm in transformer.ARMS.items()}
    assert {rate.total_steps for rate in arms.values()} == {400}
    warm = {name: rate.values().index(1.0) for name, rate in arms.items()}
    assert {step for name, step in warm.items() if "warm-up" in name} == {40}
    assert {step for name, step in warm.items() if "warm-up" not in name} == {0, 119}
    for name in ("AdamW WSD", "AdamW warm-up + WSD"):
        values = arms[name].values()
        assert max(step for step, value in enumerate(values) if value == 1.0) in (319, 320)
    ends = {name: rate(399) for name, rate in arms.items()}
    assert {round(end, 3) for name, end in ends.items() if "constant" not in name and "tenth" not in name} == {0.0}
    assert ends["AdamW warm-up + cosine to a tenth"] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("losses", "tries", "order"),
    [
        ({-1: 3, 0: 2, 1: 3, 2: 4, -2: 5, 3: 6}, 6, [-1, 0, 1, 2, -2, 3]),  # inside: above, then below, then above
        ({-1: 3, 0: 2, 1: 1, 2: 0.5, 3: 0.7, 4: 1}, 6, [-1, 0, 1, 2, 3, 4]),  # beyond the end, until it turns
        ({-1: 1, 0: 2, 1: 3, -2: 2, -3: 3}, 5, [-1, 0, 1, -2, -3]),  # the same below, where fewer have been tried
    ],
)
def test_the_window_follows_the_best(losses, tries, order):
    asked = []

    def loss(peak):
        asked.append(round(math.log2(peak)))
        return losses[asked[-1]]

    tried = transformer.following(1.0, loss, tries)
    assert asked == order
    assert transformer.best_of(tried) == 2.0 ** min(losses, key=losses.get)
    assert transformer.is_inside(tried)
    assert not transformer.is_inside({1.0: 2.0, 2.0: 1.0})


@pytest.fixture
def pretended(tmp_path, monkeypatch):
    """Runs that take no time, in a folder of their own: the loss is least at a peak of 0.004. Gives what was run."""
    made = []

    def train(kind, rate, seed, part):
        made.append((kind, max(rate.values()), seed))
        loss = 2 + abs(math.log2(max(rate.values()) / 0.004)) / 10 + seed / 1e6
        return transformer.End(loss, [loss] * 16, [loss] * 16, [])

    monkeypatch.setattr(transformer, "RESULTS", tmp_path)
    monkeypatch.setattr(transformer, "train", train)
    monkeypatch.setattr(transformer, "written", lambda weights: "To be,\nor not")
    monkeypatch.setattr(transformer, "START", dict.fromkeys(transformer.START, 0.002))
    return made


def test_a_comparison_is_tuned_with_equal_tries_and_goes_on_where_it_was_stopped(pretended, tmp_path):
    peaks = transformer.Recorder().compare(400)
    assert set(peaks.values()) == {0.004}
    arms = len(transformer.ARMS)
    assert len(pretended) == arms * (6 * 3 + 8)
    muon = {(kind.ratio, peak) for kind, peak, _ in pretended if kind.optimizer == "Muon"}
    assert {round(ratio * peak, 9) for ratio, peak in muon} == {0.004}, "Adam's part has the main arm's best peak"
    lines = (tmp_path / "transformer.csv").read_text().splitlines(keepends=True)
    (tmp_path / "transformer.csv").write_text("".join(lines[:-3]))
    transformer.Recorder().compare(400)
    assert len(pretended) == arms * (6 * 3 + 8) + 3
    text = (tmp_path / "transformer_texts.csv").read_text().splitlines()
    assert len(text) == 1 + arms * (6 + 1)
    assert text[1] == 'tune,AdamW constant,400,0.001,1000,"To be,¶or not"'


def test_every_arm_gets_one_more_try_where_a_best_peak_lies_at_an_end(pretended, monkeypatch):
    monkeypatch.setitem(transformer.START, "SGD", 0.00025 / 2)
    transformer.Recorder().compare(400)
    tries = defaultdict(set)
    for row in Table(transformer.RESULTS / "transformer.csv").rows.values():
        if row["stage"] == "tune":
            tries[row["arm"]].add(row["max_lr"])
    assert {len(peaks) for peaks in tries.values()} == {8}
    assert "0.008" in tries["SGD linear"]


def test_another_declaration_is_refused(pretended, monkeypatch):
    transformer.Recorder()
    monkeypatch.setattr(transformer, "MARGIN", 0.01)
    with pytest.raises(ValueError, match=r"transformer.json must be of the declaration as it stands now, [0-9a-f]{16}"):
        transformer.Recorder()


def test_the_other_horizons_peak_is_asked_for_where_it_differs(pretended):
    recorder = transformer.Recorder()
    recorder.swap_horizons(0.004, 0.004)
    assert pretended == []
    recorder.swap_horizons(0.004, 0.002)
    assert {(row["steps"], row["max_lr"]) for row in recorder.table.rows.values()} == {
        ("400", "0.002"),
        ("1600", "0.004"),
    }


@pytest.mark.parametrize(("roots", "greatest"), [([1, 1, 1, 1], 7), ([7, 1, 0.1, 1], 5)])
def test_sharpness_is_the_greatest_eigenvalue_of_the_scaled_hessian(roots, greatest, monkeypatch):
    """By hand: 7, 3, 0.5 and −20, over the roots' squares; 1, 3, 5 and −20."""
    monkeypatch.setattr(transformer, "slopes", lambda w, x, y: (0.5 * (BOWL * w[0] ** 2).sum(), [BOWL * w[0]]))
    weights, x = [jnp.ones(4)], jnp.zeros(())
    found = transformer.sharpness(weights, [jnp.sqrt(jnp.asarray(roots, "float32"))], x, x)
    assert float(found) == pytest.approx(greatest, rel=1e-4)


def test_sharpness_of_the_network_is_that_of_its_curve():
    """Along the direction of a few steps of power iteration by differences, the gradient turns by no more."""
    weights = transformer.first_weights(0)
    x, y = (part[:2] for part in transformer.texts().tune)
    found = float(transformer.sharpness(weights, [jnp.ones_like(each) for each in weights], x, y))
    slopes = jax.jit(transformer.slopes)
    _, vector = slopes(weights, x, y)
    turns = 0.0
    for _ in range(12):
        length = transformer.norm(vector)
        ends = [
            slopes([w + step * v / length for w, v in zip(weights, vector, strict=True)], x, y)[1]
            for step in (1e-2, -1e-2)
        ]
        turned = [(a - b) / 2e-2 for a, b in zip(*ends, strict=True)]
        turns = sum(float(jnp.vdot(a, b)) for a, b in zip(turned, vector, strict=True)) / length
        vector = turned
    assert found == pytest.approx(turns, rel=0.1)


@pytest.mark.parametrize("done", [1, 3])
def test_adams_roots_are_those_its_step_divides_by(done):
    """Of the norms' weights, which do not decay: θ moves by −η · m / roots²."""
    loop = transformer.loop_of(transformer.Kind())
    state, places = loop.begin(transformer.first_weights(0)), jnp.asarray(transformer.starts(0, done, 2))
    for step in range(done):
        before = state[0]
        state, _ = loop.advance(state, places[step : step + 1], jnp.full(1, 0.01))
    names = [variable.path for variable in transformer.network().trainable_variables]
    held = dict(zip((variable.path for variable in loop.optimizer.variables), state[1], strict=True))
    roots = transformer.adams_roots(loop.optimizer, state[1], done)
    place = names.index("last_norm/beta")
    mean = held[loop.optimizer._momentums[place].path]
    moved = state[0][place] - before[place]
    np.testing.assert_allclose(moved, -0.01 * mean / roots[place] ** 2, rtol=1e-3, atol=1e-7)


def test_a_text_is_drawn_from_what_the_model_says():
    """From zero weights every character is as likely; the draws are the seed's."""
    weights = [jnp.zeros_like(each) for each in transformer.first_weights(0)]
    draws = np.random.default_rng(3).uniform(size=transformer.WRITTEN)
    expected = datasets.shakespeare().decode(np.floor(draws * 66).astype(int))
    agreeing = sum(a == b for a, b in zip(transformer.written(weights, 3), expected, strict=True))
    assert agreeing >= transformer.WRITTEN - 2, "but for draws at an edge, in float32"


DECLARATIONS = {path.stem: transformer.declared() for path in RESULTS.glob("transformer*.json")}
DECLARATIONS["transformer_layers"] = transformer_layers.declared()
DECLARATIONS["transformer_starts"] = transformer_starts.declared()


@pytest.fixture(scope="module")
def rows():
    """The main table's rows, as they were written."""
    return list(Table(RESULTS / "transformer.csv").rows.values())


@pytest.mark.parametrize("name", sorted(DECLARATIONS))
def test_rows_were_made_under_the_declaration_as_it_stands(name):
    made = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    assert made["declared"] == DECLARATIONS[name]
    assert transformer.digest_of(made["declared"]) == made["digest"]
    assert made["data"] == {"shakespeare": transformer.fingerprint()}
    assert made["versions"]["jax"]


def test_every_run_is_a_declared_one_and_plausible(rows):
    seeds = {"tune": transformer.TUNING_SEEDS, "final": transformer.SEEDS, "horizon": transformer.SEEDS}
    assert rows
    for row in rows:
        assert int(row["seed"]) in seeds[row["stage"]]
        assert int(row["steps"]) in (transformer.SHORT, transformer.LONG)
        octave = math.log2(float(row["max_lr"]) / transformer.START[transformer.ARMS[row["arm"]].optimizer])
        assert octave == pytest.approx(round(octave), abs=1e-9)
        losses = [float(row["loss"]), *map(float, f"{row['curve']} {row['learnt']}".split())]
        assert len(losses) == 1 + 2 * transformer.LOOKS
        # Nothing bounds what SGD passes at 4 and 8 times its best peak, tried since every arm has as many peaks.
        wild = row["arm"].startswith("SGD") and float(row["max_lr"]) >= 2
        assert 1.2 < min(losses) < max(losses) < (math.inf if wild else 25)
        assert 1.2 < losses[0] < 5


def test_peaks_were_tried_in_the_declared_order_and_judged_at_the_best(rows):
    tuned, tried, judged = defaultdict(list), defaultdict(list), defaultdict(set)
    for row in rows:
        place, peak = (row["arm"], int(row["steps"])), float(row["max_lr"])
        if row["stage"] == "tune":
            tuned[*place, peak].append(float(row["loss"]))
            if peak not in tried[place]:
                tried[place].append(peak)
        elif row["stage"] == "final":
            judged[place].add(peak)
    whole = {key: np.mean(losses) for key, losses in tuned.items() if len(losses) == len(transformer.TUNING_SEEDS)}
    assert len(whole) >= len(tuned) - 1, "one peak may be under way"
    for (name, steps), peaks in tried.items():
        rule, left = [], dict.fromkeys(peaks)

        def loss(peak, name=name, steps=steps, rule=rule, left=left):
            if peak not in left:
                raise EOFError
            rule.append(peak)
            return whole.get((name, steps, peak), math.inf)

        try:
            found = transformer.following(transformer.START[transformer.ARMS[name].optimizer], loss, len(peaks))
        except EOFError:
            assert len(peaks) < 3, "the rule asks for another"
            continue
        assert rule == peaks
        if judged[name, steps]:
            assert judged[name, steps] == {transformer.best_of(found)}
            assert transformer.is_inside(found)


def test_arms_of_a_finished_horizon_had_the_same_tries(rows):
    for steps in (transformer.SHORT, transformer.LONG):
        judged = {row["arm"] for row in rows if row["stage"] == "final" and int(row["steps"]) == steps}
        if judged:
            tries = {
                name: len({row["max_lr"] for row in rows if (row["stage"], row["arm"], int(row["steps"])) == key})
                for name in transformer.ARMS
                for key in [("tune", name, steps)]
            }
            assert len(set(tries.values())) == 1, tries


def test_every_text_is_of_a_run_and_of_its_characters(rows):
    text = datasets.shakespeare()
    runs = {tuple(row[part] for part in ("stage", "arm", "steps", "max_lr", "seed")) for row in rows}
    texts = Table(RESULTS / "transformer_texts.csv").rows
    assert len(set(texts) - runs) <= 1, "a text is written before its row"
    firsts = {key for key in runs if key[0] != "horizon" and int(key[-1]) in (1000, 0)}
    assert firsts <= set(texts)
    for row in texts.values():
        assert len(text.encode(row["text"].replace("¶", "\n"))) == transformer.WRITTEN


def test_each_group_of_matrices_is_slowed_and_nothing_else():
    for group, pattern in transformer_layers.GROUPS.items():
        optimizer = transformer.optimizer_of(transformer.Kind(slowed=pattern), 0.01)
        optimizer.build(transformer.network().trainable_variables)
        slowed = {path.split("/")[0].rsplit("_", 1)[0] for path, factor in optimizer._factors if factor == 0.25}
        assert slowed == SLOWED[group]


@pytest.mark.parametrize("apart", ["", "query|key"])
def test_what_is_apart_follows_the_other_schedule(apart, monkeypatch):
    """A quarter of the rate, by a schedule of its own and by `layer_rates`, is the same run."""
    monkeypatch.setattr(transformer, "CHUNK", 3)
    monkeypatch.setattr(transformer, "LOOKS", 2)
    line = transformer.rate_of(transformer.Arm("AdamW", "linear"), 0.01, STEPS)
    quarter = transformer.rate_of(transformer.Arm("AdamW", "linear"), 0.0025, STEPS)
    one = transformer.train(transformer.Kind(apart=apart), line, 5, transformer.texts().tune, 2, other=quarter)
    two = transformer.train(transformer.Kind(slowed=apart), line, 5, transformer.texts().tune, 2)
    assert one.learnt == pytest.approx(two.learnt, abs=2e-4)
    for ours, theirs in zip(one.weights, two.weights, strict=True):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), atol=2e-5)


RECORDED = {
    "transformer_layers": (transformer_layers.NONE, transformer_layers.WARM, *transformer_layers.GROUPS),
    "transformer_starts": (transformer_starts.ATTENTION, transformer_starts.REST, transformer_starts.QUARTER),
}


@pytest.mark.parametrize("name", RECORDED)
def test_every_seed_of_every_arm_is_recorded(name):
    rows = Table(RESULTS / f"{name}.csv").rows
    assert set(rows) == {(arm, str(seed)) for arm in RECORDED[name] for seed in transformer_layers.SEEDS}
    assert {len(row["curve"].split()) for row in rows.values()} == {transformer.LOOKS}


def test_the_recordings_are_small():
    assert sum(path.stat().st_size for path in RESULTS.glob("transformer*")) <= 2e6
