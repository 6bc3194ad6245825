"""The exercises of the chapter on a language model."""

import math

from learning_rates.exercises import a_function, a_number, shown

TYPE_CHECKING = False  # so that the pages can run it: MicroPython has no `typing`
if TYPE_CHECKING:
    from typing import Any

LOSS = 1.6  # nats a character
RATES = (
    ("a constant rate", [0.01] * 40),
    ("a line to 0", [0.02 * (1 - t / 39) for t in range(40)]),
    ("a warm-up and a line", [0.02 * min((t + 1) / 10, (39 - t) / 30) for t in range(40)]),
)
DECAYS = (0.0, 1.0, 10.0)
QUERIES = [[1.0, 0.0], [0.5, -1.0], [2.0, 1.0], [0.0, 3.0]]
KEYS = [[0.3, 0.1], [-1.0, 2.0], [0.7, 0.7], [1.5, -0.5]]
VALUES = [[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [5.0, 1.0, 1.0], [2.0, 2.0, 8.0]]


def nats_and_guesses(answer: "Any") -> str | None:
    """As how many guesses a loss is, and how many bits."""
    if not is_sequence(answer) or len(answer) != 2:
        return f"A pair is asked for, guesses and bits, and this is {shown(answer)}."
    guesses, bits = a_number(answer[0]), a_number(answer[1])
    if abs(guesses - LOSS / math.log(2)) < 0.01 and abs(bits - math.exp(LOSS)) < 0.06:
        return "You give both numbers in the wrong order."
    if abs(guesses - math.exp(LOSS)) > 0.06:
        side = "many" if guesses > math.exp(LOSS) else "few"
        return f"A guess among n costs ln n nats, and {guesses:.3g} are too {side}."
    if abs(bits - LOSS / math.log(2)) > 0.01:
        return f"A bit is the cost of a guess between two, and {bits:.3g} bits are not {LOSS} nats."
    return None


def share(rates: list[float], decay: float) -> float:
    """What part of the last weights the updates of the last half are, each as large as its rate."""
    weights, kept = [], 1.0
    for rate in reversed(rates):
        weights.append(rate * kept)
        kept *= 1 - rate * decay
    return sum(weights[: len(rates) // 2]) / sum(weights)


def forgetting(answer: object) -> str | None:
    """The part of the last weights that the last half of the updates makes."""
    function = a_function(answer)
    for name, rates in RATES:
        for decay in DECAYS:
            expected, found = share(rates, decay), a_number(function(list(rates), decay))
            if abs(found - expected) > 1e-6:
                side = "much" if found > expected else "little"
                given = f"For {name} over {len(rates)} steps and a decay of {decay:g}"
                return f"{given} you give {found:.4f}, too {side}."
    return None


def attended(queries: list[list[float]], keys: list[list[float]], values: list[list[float]]) -> list[list[float]]:
    """Causal attention of one head."""
    answers = []
    for place, query in enumerate(queries):
        scores = []
        for key in keys[: place + 1]:
            product = sum([a * b for a, b in zip(query, key)])
            scores.append(math.exp(product / math.sqrt(len(query))))
        mixed = [0.0] * len(values[0])
        for score, value in zip(scores, values):
            mixed = [old + score / sum(scores) * part for old, part in zip(mixed, value)]
        answers.append(mixed)
    return answers


def causal_attention(answer: object) -> str | None:
    """Attention that sees no later place."""
    function = a_function(answer)
    found: Any = function(QUERIES, KEYS, VALUES)
    fault = misshapen(found)
    if fault:
        return fault
    later: Any = function(QUERIES, KEYS[:-1] + [[9.0, 9.0]], VALUES[:-1] + [[9.0, 9.0, 9.0]])
    for place in range(len(QUERIES) - 1):
        if any(abs(a_number(a) - a_number(b)) > 1e-9 for a, b in zip(found[place], later[place])):
            return f"Place {place} notices that key and value of the last place have changed."
    for place, expected in enumerate(attended(QUERIES, KEYS, VALUES)):
        for got, wanted in zip(found[place], expected):
            if abs(a_number(got) - wanted) > 1e-6:
                return (
                    f"Place {place} does not get {shown(found[place])}. Do its shares add up to 1, and are the scores "
                    "divided by √d?"
                )
    return None


def misshapen(found: "Any") -> str | None:
    """What is wrong with the shape of the answers."""
    if not is_sequence(found) or len(found) != len(QUERIES):
        return f"A list of {len(QUERIES)} lists is asked for, one a place, and this is {shown(found)}."
    for place, row in enumerate(found):
        if not is_sequence(row) or len(row) != len(VALUES[0]):
            return f"What place {place} gets must be as long as a value, {len(VALUES[0])}, and is {shown(row)}."
    return None


def is_sequence(thing: "Any") -> bool:
    """A list, a tuple or an array: what has a length. MicroPython's have no `__len__` that one could look for."""
    try:
        return not isinstance(thing, (str, dict, set)) and len(thing) >= 0
    except TypeError:
        return False


EXERCISES = {
    "nats and guesses": nats_and_guesses,
    "forgetting": forgetting,
    "causal attention": causal_attention,
}
