"""A rate for each layer: factors of the learning rate, by patterns that find variables."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from learning_rates.checks import check_at_least, reject

Factors: TypeAlias = list[tuple[str, float]]  # a variable's path and its factor, in the order of the variables


def check_layer_rates(layer_rates: object) -> dict[str, float]:
    """`layer_rates` as a dict of patterns and factors ≥ 0."""
    if not isinstance(layer_rates, Mapping):
        reject("layer_rates must be a dict of patterns and factors", [("layer_rates", layer_rates)], TypeError)
    return {_pattern(pattern): _factor(pattern, factor) for pattern, factor in layer_rates.items()}


def _pattern(pattern: object) -> str:
    if not isinstance(pattern, str):
        reject("each pattern of layer_rates must be a str", [("pattern", pattern)], TypeError)
    try:
        re.compile(pattern)
    except re.error as error:
        reject(f"each pattern of layer_rates must be a regular expression ({error})", [("pattern", pattern)])
    return pattern


def _factor(pattern: object, factor: object) -> float:
    return check_at_least(f"layer_rates[{pattern!r}]", factor)


def resolve(layer_rates: Mapping[str, float], paths: Iterable[str]) -> Factors:
    """The factor of each variable: that of the pattern that finds its path, or 1; see `scheduled`'s Raises."""
    paths = list(paths)
    found = {pattern: [path for path in paths if re.search(pattern, path)] for pattern in layer_rates}
    for pattern, hits in found.items():
        if not hits:
            reject("each pattern of layer_rates must find a variable", [("pattern", pattern), ("paths", paths)])
    factors = []
    for path in paths:
        patterns = [pattern for pattern in layer_rates if path in found[pattern]]
        if len(patterns) > 1:
            rule = "no two patterns of layer_rates may find the same variable"
            reject(rule, [("patterns", patterns), ("path", path)])
        factors.append((path, layer_rates[patterns[0]] if patterns else 1.0))
    return factors


def still_fit(factors: Factors, paths: Iterable[str]) -> bool:
    """Whether saved factors are those of these variables, whose paths Keras may have cut or numbered anew.

    `sequential/dense/kernel` is `dense/kernel` in a model that was loaded or cloned, so only the last part is compared.
    """
    return [_last(path) for path, _ in factors] == [_last(path) for path in paths]


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def path_of(variable: Any) -> str:
    """The variable's path; TensorFlow's own variables have a name alone."""
    return getattr(variable, "path", None) or variable.name
