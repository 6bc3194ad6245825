"""The checks of the chapter on super-convergence take what is right, and say what is wrong."""

import itertools
import math

import numpy as np
import pytest

from learning_rates.exercises import check

# What is wrong with an answer to each of them, whatever is asked for: a scalar, an array, None, an error, no end
NO_ANSWERS = {
    "a scalar": (3, "A function is asked for, and this is 3."),
    "nothing": (None, "A function is asked for"),
    "an array": (lambda *given: np.zeros(3), "this is an array of shape (3,)"),
    "no return": (lambda *given: None, "A number is asked for"),
    "an error": (lambda *given: 1 / 0, "it stops with ZeroDivisionError"),
    "an endless sequence": (lambda *given: itertools.count(), "A number is asked for"),
    "not finite": (lambda *given: math.inf, "A number is asked for, and this is inf."),
    "a word": (lambda *given: "many", "A number is asked for, and this is 'many'."),
    "truth": (lambda *given: True, "A number is asked for, and this is True."),
}


def said_of(name, answer, capsys):
    check(name, answer)
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["steps of a run", "samples to stay above", "layers asleep"])
@pytest.mark.parametrize(("answer", "says"), NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_named(name, answer, says, capsys):
    said = said_of(name, answer, capsys)
    assert says in said
    assert "not yet" in said


STEPS = {
    "ceil": (lambda epochs, batch_size, images: epochs * math.ceil(images / batch_size), "correct"),
    "floor of the negative": (lambda epochs, batch_size, images: epochs * -(-images // batch_size), "correct"),
    "numpy": (lambda epochs, batch_size, images: epochs * np.ceil(images / batch_size), "correct"),
    "counted": (
        lambda epochs, batch_size, images: sum(len(range(0, images, batch_size)) for _ in range(epochs)),
        "correct",
    ),
    "dropped": (lambda epochs, batch_size, images: epochs * (images // batch_size), "left over in each epoch"),
    "a fraction": (lambda epochs, batch_size, images: epochs * images / batch_size, "does not go on into the next"),
    "at the end alone": (
        lambda epochs, batch_size, images: math.ceil(epochs * images / batch_size),
        "not of the run alone",
    ),
    "an epoch's": (lambda epochs, batch_size, images: math.ceil(images / batch_size), "that is one epoch's"),
    "swapped": (lambda batch_size, epochs, images: epochs * math.ceil(images / batch_size), "you give 250000."),
}


@pytest.mark.parametrize(("answer", "says"), STEPS.values(), ids=STEPS)
def test_steps_of_a_run(answer, says, capsys):
    assert says in said_of("steps of a run", answer, capsys)


def right(curve, samples, goal):
    for place in range(len(curve)):
        if min(curve[place:]) >= goal:
            return samples * (place + 1) / len(curve)
    return None


def by_numpy(curve, samples, goal):
    below = np.flatnonzero(np.array(curve) < goal)
    place = below[-1] + 1 if len(below) else 0
    return None if place == len(curve) else np.float64(samples) * (place + 1) / len(curve)


def from_the_end(curve, samples, goal):
    if curve[-1] < goal:
        return None
    held = len(list(itertools.takewhile(lambda value: value >= goal, reversed(curve))))
    return samples * (len(curve) - held + 1) / len(curve)


def first(curve, samples, goal):
    return next((samples * place / len(curve) for place, value in enumerate(curve, 1) if value >= goal), None)


STAYS = {
    "right": (right, "correct"),
    "numpy": (by_numpy, "correct"),
    "from the end": (from_the_end, "correct"),
    "the first": (first, "and is below it again later"),
    "never None": (lambda curve, samples, goal: right(curve, samples, goal) or samples, "None is asked for"),
    "counted from 0": (
        lambda curve, samples, goal: right(curve, samples, goal) - samples / len(curve),
        "not before any",
    ),
    "cut": (lambda curve, samples, goal: int(right(curve, samples, goal) or 0) or None, "you give 33"),
    "all": (lambda curve, samples, goal: samples, "you give 400"),
    "strictly": (lambda curve, samples, goal: right(curve, samples, goal + 1e-9), "equals the goal has at least"),
    "from the first to the last": (
        lambda curve, samples, goal: (
            (right(curve, samples, goal) * len(curve) / samples - 1) * samples / (len(curve) - 1)
        ),
        "not before any",
    ),
    "beyond": (lambda curve, samples, goal: 10 * samples, "you give 4000."),
}


@pytest.mark.parametrize(("answer", "says"), STAYS.values(), ids=STAYS)
def test_samples_to_stay_above(answer, says, capsys):
    assert says in said_of("samples to stay above", answer, capsys)


ASLEEP = {
    "counted": (lambda layers, factor, least: sum(factor**-depth < least for depth in range(layers)), "correct"),
    "numpy": (lambda layers, factor, least: np.sum(factor ** -np.arange(layers, dtype=float) < least), "correct"),
    "from the first": (
        lambda layers, factor, least: len([1 for layer in range(layers) if factor ** (layer + 1 - layers) < least]),
        "correct",
    ),
    "awake": (lambda layers, factor, least: sum(factor**-depth >= least for depth in range(layers)), "are awake"),
    "or equal": (lambda layers, factor, least: sum(factor**-depth <= least for depth in range(layers)), "one too many"),
    "the last too": (
        lambda layers, factor, least: sum(factor ** -(depth + 1) < least for depth in range(layers)),
        "one too many",
    ),
    "not the first": (
        lambda layers, factor, least: sum(factor**-depth < least for depth in range(layers - 1)),
        "one too few",
    ),
    "multiplied": (lambda layers, factor, least: sum(factor**depth < least for depth in range(layers)), "you give 0."),
}


@pytest.mark.parametrize(("answer", "says"), ASLEEP.values(), ids=ASLEEP)
def test_layers_asleep(answer, says, capsys):
    assert says in said_of("layers asleep", answer, capsys)
