"""The listings run, have the fault that is planted in them, and lose it where it is mended."""

import itertools
import math
import time

import keras
import numpy as np
import pytest

from learning_rates import SGD, models, schedules
from learning_rates.exercises import check
from learning_rates.exercises.claims_on_trial import LISTINGS, show

pytestmark = pytest.mark.slow

# What stands in a listing, and what should
MENDED = {
    "listing 1": ("\nmodel.compile(SGD(rate", "\nmodel = models.mlp(seed=0)\nmodel.compile(SGD(rate"),
    "listing 2": ("batch_size=32)", "batch_size=350)"),
    "listing 3": ("len(x) / 10)", "len(x) / batch_size)"),
    "listing 4": ("(x_test, y_test)", "(x_tune, y_tune)"),
    "listing 5": (
        "keras.optimizers.SGD(0.08, momentum=0.95), loss)\nmodel.fit(x, y, batch_size=100, epochs=5, "
        "callbacks=[OneCycle()])",
        "SGD(rate, momentum=momentum), loss)\nmodel.fit(x, y, batch_size=100, epochs=5)",
    ),
}


FITS = []  # emptied before each listing runs


class Watched(keras.Sequential):
    """A network that tells with what its fits were called, and what they saw."""

    def fit(self, *arguments, **options):
        before = [weight.copy() for weight in self.get_weights()]
        seen = super().fit(*arguments, **options, verbose=0)
        FITS.append({"options": options, "before": before, "after": self.get_weights(), "model": self})
        return seen

    def evaluate(self, *arguments, **options):
        return super().evaluate(*arguments, **{"verbose": 0} | options)


def run(name, mended, monkeypatch):
    """A listing's last names, after it ran on 600 images of noise."""
    generator = np.random.default_rng(0)
    shared = {
        name: (generator.random((600, 784), "float32"), generator.integers(0, 10, 600))
        for name in ("train", "test", "tune")
    }
    names = {"keras": keras, "SGD": SGD, "schedules": schedules, "models": models, "time": time, "math": math}
    for end, part in {"": "train", "_test": "test", "_tune": "tune"}.items():
        names[f"x{end}"], names[f"y{end}"] = shared[part]
    names["loss"] = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    code = LISTINGS[name].code
    if mended:
        assert code.count(MENDED[name][0]) == 1
        code = code.replace(*MENDED[name])
    FITS.clear()
    keras.utils.set_random_seed(0)
    build = models.mlp
    monkeypatch.setattr(models, "mlp", lambda **options: Watched(build(**options).layers))
    exec(code, names)
    return names


@pytest.mark.slow
@pytest.mark.parametrize("mended", [False, True])
def test_weights_go_on_only_where_that_is_the_fault(mended, monkeypatch, capsys):
    run("listing 1", mended, monkeypatch)
    first, second = FITS
    from_scratch = all((a == b).all() for a, b in zip(first["before"], second["before"], strict=True))
    assert from_scratch == mended


@pytest.mark.slow
@pytest.mark.parametrize("mended", [False, True])
def test_batches_differ_only_where_that_is_the_fault(mended, monkeypatch, capsys):
    run("listing 2", mended, monkeypatch)
    warm, first, again, second = (fit["options"]["batch_size"] for fit in FITS)
    assert (warm, again) == (first, second)
    assert (first == second) == mended


@pytest.mark.slow
@pytest.mark.parametrize("mended", [False, True])
def test_the_cycle_reaches_its_top_only_when_mended(mended, monkeypatch, capsys):
    rates = run("listing 3", mended, monkeypatch)["rate"].values()
    assert (max(rates) == pytest.approx(0.006)) == mended


@pytest.mark.slow
@pytest.mark.parametrize("mended", [False, True])
def test_the_test_images_choose_only_where_that_is_the_fault(mended, monkeypatch, capsys):
    names = run("listing 4", mended, monkeypatch)
    assert len(FITS) == 3
    for fit in FITS:
        assert (fit["options"]["validation_data"][0] is names["x_test"]) != mended


@pytest.mark.slow
@pytest.mark.parametrize("mended", [False, True])
def test_the_momentum_moves_only_when_mended(mended, monkeypatch, capsys):
    names = run("listing 5", mended, monkeypatch)
    keras.utils.set_random_seed(0)  # of the order of the batches
    frozen = models.mlp(seed=0)
    frozen.compile(SGD(schedules.one_cycle(0.08, 300), momentum=0.95), names["loss"])
    frozen.fit(names["x"], names["y"], batch_size=100, epochs=5)
    pairs = zip(FITS[0]["after"], frozen.get_weights(), strict=True)
    assert all(np.allclose(a, b, atol=1e-5) for a, b in pairs) != mended


FAULTY = {"listing 1": [7, 8], "listing 2": [10, 11], "listing 3": [3], "listing 4": [6, 7, 8], "listing 5": [5]}


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_takes_its_faulty_lines_and_no_other(name, capsys):
    listing = LISTINGS[name]
    for line in range(1, len(listing.code.splitlines()) + 1):
        check(name, line)
        said = capsys.readouterr().out
        assert ("correct" in said) == (line in FAULTY[name])
        assert not any(f"ine {other}" in said for other in FAULTY[name]), "the answer is never given away"
    for right in (np.int64(FAULTY[name][0]), float(FAULTY[name][0]), np.array(FAULTY[name])[-1]):
        check(name, right)
        assert "correct" in capsys.readouterr().out


# What is no number of a line: out of bounds, a fraction, a word, nothing, several, a function, no end, no number
NO_LINES = (0, 99, -3, 1.5, "seven", None, [7], np.array([3, 5]), lambda: 7, itertools.count(), math.nan, True)


@pytest.mark.parametrize("wrong", NO_LINES, ids=lambda value: repr(value).partition(" at 0x")[0])
@pytest.mark.parametrize("name", [*LISTINGS, "seeds to declare"])
def test_what_is_no_number_of_a_line_or_of_seeds_is_named(name, wrong, capsys):
    check(name, wrong)
    said = capsys.readouterr().out
    assert "not yet" in said
    assert len(said) > len(f"{name}: not yet. ") + 10


def test_a_listing_is_shown_with_numbers(capsys):
    show("listing 5")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == " 1  class OneCycle(keras.callbacks.Callback):"
    assert lines[10].startswith("11  model.fit(")


def test_seeds_needed(capsys):
    for answer, says in (
        (14, "find a difference of 0.81 standard deviations that often, not of 0.8."),
        (15, "correct"),
        (15.0, "correct"),
        (np.int64(15), "correct"),
        (16, "and so are fewer"),
        (2.5, "whole number"),
        (..., "A number is asked for, and this is empty."),
    ):
        check("seeds to declare", answer)
        said = capsys.readouterr().out
        assert says in said
        assert ("correct" in said) == (answer == 15)
