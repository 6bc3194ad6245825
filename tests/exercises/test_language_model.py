"""The checks of the chapter on a language model: what they take, and what they say of a wrong answer."""

import math

import numpy as np
import pytest

from learning_rates import exercises
from learning_rates.exercises import language_model

NATS, FORGET, CAUSAL = "nats and guesses", "forgetting", "causal attention"
EMPTY = "A function is asked for, and this is Ellipsis."


def in_order(rates, decay):
    """Forwards, all parts at once: another way than the solution's."""
    parts = []
    for rate in rates:
        parts = [part * (1 - rate * decay) for part in parts] + [rate]
    return sum(parts[len(rates) // 2 :]) / sum(parts)


def attention(queries, keys, values, *, mask=True, root=True, normed=True):
    answers = []
    for place, query in enumerate(queries):
        seen = keys[: place + 1] if mask else keys
        size = math.sqrt(len(query)) if root else 1
        shares = [math.exp(sum([query[n] * key[n] for n in range(len(query))]) / size) for key in seen]
        total = sum(shares) if normed else 1
        parts = [share / total for share in shares]
        columns = range(len(values[0]))
        answers.append([sum([parts[j] * values[j][n] for j in range(len(parts))]) for n in columns])
    return answers


def leaks(*given):
    return attention(*given, mask=False)


def without_root(*given):
    return attention(*given, root=False)


def not_normed(*given):
    return attention(*given, normed=False)


RIGHT = [
    (NATS, (4.953, 2.308)),
    (NATS, [math.exp(1.6), 1.6 / math.log(2)]),
    (NATS, np.array([np.exp(1.6), np.log2(np.exp(1.6))])),
    (NATS, (5, 2.31)),
    (FORGET, in_order),
    (FORGET, language_model.share),
    (FORGET, lambda rates, decay: np.float32(in_order(rates, decay)).item()),
    (FORGET, lambda rates, decay: np.array([in_order(rates, decay)])),
    (CAUSAL, language_model.attended),
    (CAUSAL, attention),
    (CAUSAL, lambda *given: [tuple(row) for row in attention(*given)]),
    (CAUSAL, lambda *given: np.array(attention(*given))),
]

LINE = "For a line to 0 over 40 steps and a decay of 0 "
FLAT = "For a constant rate over 40 steps and a decay of "
SHAPE = "A list of 4 lists is asked for, one a place, and this is "
WRONG = [
    (NATS, ..., "A pair is asked for, guesses and bits, and this is empty."),
    (NATS, 4.95, "A pair is asked for, guesses and bits, and this is 4.95."),
    (NATS, (..., ...), "A number is asked for, and this is empty."),
    (NATS, (2.308, 4.953), "You give both numbers in the wrong order."),
    (NATS, (2**1.6, 2.308), "A guess among n costs ln n nats, and 3.03 are too few."),
    (NATS, (6, 2.308), "A guess among n costs ln n nats, and 6 are too many."),
    (NATS, (4.953, 1.6 * math.log(2)), "A bit is the cost of a guess between two, and 1.11 bits are not 1.6 nats."),
    (FORGET, ..., EMPTY),
    (FORGET, lambda rates, decay: None, "A number is asked for, and this is empty: a function without `return`"),
    (FORGET, lambda rates, decay: 0.5, FLAT + "1 you give 0.5000, too little."),
    (FORGET, lambda rates, decay: sum(rates[20:]), FLAT + "0 you give 0.2000, too little."),
    (FORGET, lambda rates, decay: 1 - in_order(rates, decay), FLAT + "1 you give 0.4499, too little."),
    (FORGET, lambda rates, decay: in_order([0.01] * 40, decay), LINE + "you give 0.5000, too much."),
    (FORGET, lambda rates: 0.5, "With the arguments ([0.01, 0.01, 0.01, 0.01, 0.01, 0.01, ...], 0.0) it stops with"),
    (CAUSAL, ..., EMPTY),
    (CAUSAL, lambda *given: None, SHAPE + "empty: a function without `return` gives None."),
    (CAUSAL, lambda *given: 1.0, SHAPE + "1.0."),
    (CAUSAL, lambda *given: "four", SHAPE + "'four'."),
    (CAUSAL, lambda q, k, v: [1.0] * 4, "What place 0 gets must be as long as a value, 3, and is 1.0."),
    (CAUSAL, lambda q, k, v: q, "What place 0 gets must be as long as a value, 3, and is [1.0, 0.0]."),
    (CAUSAL, leaks, "Place 0 notices that key and value of the last place have changed."),
    (CAUSAL, without_root, "Do its shares add up to 1, and are the scores divided by √d?"),
    (CAUSAL, not_normed, "Do its shares add up to 1, and are the scores divided by √d?"),
    (CAUSAL, lambda q, k, v: [[math.nan] * 3] * 4, "A number is asked for, and this is nan."),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_a_right_answer_is_taken(name, answer, capsys):
    exercises.check(name, answer)
    assert capsys.readouterr().out == f"{name}: correct.\n"


@pytest.mark.parametrize(("name", "answer", "fault"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_answer_hears_what_is_wrong(name, answer, fault, capsys):
    exercises.check(name, answer)
    said = capsys.readouterr().out
    assert said.startswith(f"{name}: not yet. ")
    assert fault in said


def test_shares_of_a_run_that_a_person_can_check():
    """Two equal updates, the first halved by a decay of 0.5 a step: a third and two thirds."""
    assert language_model.share([1.0, 1.0], 0.5) == pytest.approx(2 / 3)
    assert language_model.share([3.0, 1.0], 0.0) == pytest.approx(1 / 4)


def test_two_places_with_equal_keys_share_equally():
    assert language_model.attended([[1.0], [1.0]], [[0.0], [0.0]], [[2.0], [6.0]]) == [[2.0], [4.0]]
