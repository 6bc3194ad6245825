"""The checks of the chapter on super-convergence take what is right, and say what is wrong."""

import pytest

from learning_rates.exercises import check


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda steps, batch_size, images: steps * batch_size / images, "correct"),
        (lambda steps, batch_size, images: steps * batch_size, "so many samples are seen"),
        (lambda steps, batch_size, images: steps / images, "you give 0.2"),
        (lambda steps, batch_size, images: None, "A number is asked for"),
        (3, "A function is asked for"),
    ],
)
def test_epochs_of_a_run(answer, says, capsys):
    check("epochs of a run", answer)
    assert says in capsys.readouterr().out


def right(curve, samples, goal):
    for place in range(len(curve)):
        if min(curve[place:]) >= goal:
            return samples * (place + 1) / len(curve)
    return None


def first(curve, samples, goal):
    return next((samples * place / len(curve) for place, value in enumerate(curve, 1) if value >= goal), None)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (right, "correct"),
        (first, "and is below it again later"),
        (lambda curve, samples, goal: right(curve, samples, goal) or samples, "None is asked for"),
        (lambda curve, samples, goal: right(curve, samples, goal) - samples / len(curve), "not before any"),
        (lambda curve, samples, goal: int(right(curve, samples, goal) or 0) or None, "you give 33"),
        (lambda curve, samples, goal: samples, "you give 400"),
        (lambda curve, samples, goal: right(curve, samples, goal + 1e-9), "goal=85.0 you give 66.6667."),
    ],
)
def test_samples_to_stay_above(answer, says, capsys):
    check("samples to stay above", answer)
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda rate, layers, factor: [rate / factor**depth for depth in reversed(range(layers))], "correct"),
        (lambda rate, layers, factor: [rate / factor**depth for depth in range(layers)], "should have the whole rate"),
        (lambda rate, layers, factor: [rate] * layers, "layer 1 has 1"),
        (lambda rate, layers, factor: [rate], "a list of 3 numbers"),
        (lambda rate, layers, factor: ["a"] * layers, "A number is asked for"),
    ],
)
def test_rates_of_the_layers(answer, says, capsys):
    check("rates of the layers", answer)
    assert says in capsys.readouterr().out
