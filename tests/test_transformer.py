"""The transformer: its step against NumPy's, what it may not see, its size, its start, saving, and bad input."""

import math

import keras
import numpy as np
import pytest

from learning_rates import models
from tests.numpy_transformer import loss_and_slopes

pytestmark = pytest.mark.slow
SMALL = {"width": 8, "depth": 2, "heads": 2, "context": 6}


def symbols(*shape, kinds=11, seed=0):
    return np.random.default_rng(seed).integers(0, kinds, shape, dtype=np.int32)


def logits_of(model, x):
    return keras.ops.convert_to_numpy(model(x))


def weights_of(model):
    return {each.path: keras.ops.convert_to_numpy(each).copy() for each in model.trainable_variables}


def shaken(seed=0, **sizes):
    """A model whose every weight is drawn anew, the norms' too, so that no slope is small by chance."""
    model, generator = models.transformer(11, **SMALL | sizes), np.random.default_rng(seed)
    for each in model.trainable_variables:
        each.assign(keras.ops.convert_to_numpy(each) + generator.normal(0, 0.3, each.shape).astype("float32"))
    return model


@pytest.mark.parametrize("places", [6, 4])
def test_a_step_has_the_loss_and_the_gradient_of_numpys(places):
    """After a step of plain descent at rate 1, each weight has moved by its slope."""
    model, x, y = shaken(), symbols(3, places), symbols(3, places, seed=1)
    before = weights_of(model)
    loss, slopes = loss_and_slopes(before, x, y, depth=2, heads=2)
    model.compile(keras.optimizers.SGD(1.0), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    assert float(model.train_on_batch(x, y)) == pytest.approx(loss, abs=1e-5)
    assert slopes.keys() == before.keys()
    for path, after in weights_of(model).items():
        np.testing.assert_allclose(before[path] - after, slopes[path], atol=1e-5, err_msg=path)
        assert abs(slopes[path]).max() > 1e-3, path


def test_numpys_gradient_is_that_of_its_loss():
    """By central differences, at one weight of each array."""
    weights, x, y = weights_of(shaken()), symbols(3, 6), symbols(3, 6, seed=1)
    weights = {path: array.astype("float64") for path, array in weights.items()}
    _, slopes = loss_and_slopes(weights, x, y, depth=2, heads=2)
    for path, slope in slopes.items():
        place = np.unravel_index(abs(slope).argmax(), slope.shape)
        ends = []
        for step in (1e-5, -1e-5):
            moved = {**weights, path: weights[path].copy()}
            moved[path][place] += step
            ends.append(loss_and_slopes(moved, x, y, depth=2, heads=2)[0])
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(slope[place], rel=1e-5), path


def test_a_place_does_not_see_what_comes_later():
    model, x = shaken(), symbols(2, 6)
    whole = logits_of(model, x)
    for place in range(6):
        changed = x.copy()
        changed[:, place:] = (changed[:, place:] + 1) % 11
        seen = logits_of(model, changed)
        np.testing.assert_allclose(seen[:, :place], whole[:, :place], atol=1e-5)
        assert abs(seen[:, place:] - whole[:, place:]).max() > 1e-2, "what comes at a place and before it is seen"
        np.testing.assert_allclose(logits_of(model, x[:, : place + 1]), whole[:, : place + 1], atol=1e-5)


def test_it_has_the_weights_its_sizes_say():
    """Embeddings and head; four square matrices, two of the hidden layer and two norms a block; the last norm."""
    block = 4 * 64 * 64 + 2 * 64 * 256 + 2 * 2 * 64
    assert models.transformer(66).count_params() == 66 * 64 + 64 * 64 + 2 * block + 2 * 64 + 64 * 66 == 111_488
    assert models.transformer(11, **SMALL).count_params() == 2 * 11 * 8 + 6 * 8 + 2 * (12 * 64 + 32) + 16 == 1840


def test_it_starts_as_its_docstring_says():
    start = weights_of(models.transformer(500, depth=8, width=128, context=256))
    assert start["embedding/embeddings"].std() == pytest.approx(128**-0.5, rel=0.02)
    assert start["position_embedding/embeddings"].std() == pytest.approx(128**-0.5, rel=0.02)
    assert start["query_3/kernel"].std() == pytest.approx(128**-0.5, rel=0.02)
    assert start["head/kernel"].std() == pytest.approx(128**-0.5, rel=0.02)
    assert start["output_3/kernel"].std() == pytest.approx(128**-0.5 / 4, rel=0.02)
    assert start["down_3/kernel"].std() == pytest.approx(512**-0.5 / 4, rel=0.02)
    squares = [array for path, array in start.items() if path.split("_")[0] in ("query", "key", "value")]
    assert not any(np.array_equal(a, b) for i, a in enumerate(squares) for b in squares[:i])


def test_a_seed_is_a_start():
    first, same, other = (weights_of(models.transformer(11, **SMALL, seed=seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[path], same[path]) for path in first)
    assert not np.array_equal(first["head/kernel"], other["head/kernel"])


def test_it_is_saved_whole(tmp_path):
    model, x = shaken(), symbols(2, 5)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(logits_of(again, x), logits_of(model, x))
    assert weights_of(again).keys() == weights_of(model).keys()


def test_it_sees_its_context_and_no_more():
    with pytest.raises(ValueError, match=r"places must be ≤ 6, the context. Received: places=7"):
        models.transformer(11, **SMALL)(symbols(1, 7))


@pytest.mark.parametrize("name", ["vocabulary", "width", "depth", "heads", "context", "seed"])
@pytest.mark.parametrize("bad", ["3", None, True, math.nan, math.inf, -1, 1.5])
def test_bad_input_is_named(name, bad):
    arguments = {"vocabulary": 11, **SMALL, "seed": 0} | {name: bad}
    with pytest.raises((TypeError, ValueError), match=rf"^{name} must .* Received: {name}="):
        models.transformer(arguments.pop("vocabulary"), **arguments)


def test_heads_share_the_width():
    with pytest.raises(ValueError, match=r"^width must be a multiple of heads. Received: width=10, heads=4"):
        models.transformer(11, width=10, heads=4)
