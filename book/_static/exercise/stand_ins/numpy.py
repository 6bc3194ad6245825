"""As much of NumPy as the exercises and their solutions ask for: vectors and small matrices of numbers.

A matrix is a list of rows, each an `ndarray`. There are no types: numbers are Python's own.
"""

import builtins
import math
import random as _random

inf, nan, pi, e = math.inf, math.nan, math.pi, math.e
float64 = float32 = float
int64 = int32 = int


def _any_of(values, kind):
    return builtins.any([isinstance(each, kind) and not isinstance(each, bool) for each in values])


class ndarray:
    def __init__(self, values):
        self.values = [ndarray(each) if isinstance(each, (list, tuple)) else each for each in values]
        if _any_of(self.values, float) and _any_of(self.values, int):
            self.values = [float(each) for each in self.values]

    @property
    def shape(self):
        first = self.values[0] if self.values else 0
        return (len(self.values),) + (first.shape if isinstance(first, ndarray) else ())

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return len(self.ravel())

    @property
    def T(self):
        if self.ndim < 2:
            return self
        return ndarray([[row[column] for row in self.values] for column in range(self.shape[1])])

    def __len__(self):
        return len(self.values)

    def __iter__(self):
        return iter(self.values)

    def __getitem__(self, place):
        if isinstance(place, tuple):
            first, *others = place
            found = self[first]
            if others == [None]:
                return ndarray([[each] for each in found])
            rest = others[0] if len(others) == 1 else tuple(others)
            return ndarray([row[rest] for row in found]) if isinstance(first, slice) else found[rest]
        if isinstance(place, (ndarray, list)):
            places = list(place)
            if places and isinstance(places[0], bool):
                return ndarray([value for value, wanted in zip(self.values, places) if wanted])
            return ndarray([self.values[each] for each in places])
        found = self.values[place]
        return ndarray(found) if isinstance(place, slice) else found

    def __setitem__(self, place, value):
        if isinstance(place, tuple):
            self.values[place[0]][place[1] if len(place) == 2 else place[1:]] = value
        elif isinstance(place, slice):
            for index in range(*place.indices(len(self.values))):
                self.values[index] = value
        else:
            self.values[place] = value

    def __repr__(self):
        return f"array({_shown(self)})"  # as NumPy writes it, while that is short

    def __bool__(self):
        if self.size > 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        return bool(self.ravel()[0]) if self.values else False

    def _with(self, other, do):
        if isinstance(other, (list, tuple)):
            other = ndarray(other)
        if not isinstance(other, ndarray):
            return ndarray([_pair(each, other, do) for each in self.values])
        if self.ndim != other.ndim:  # a row or a number for each row
            if self.ndim < other.ndim:
                return ndarray([_pair(self, row, do) for row in other.values])
            return ndarray([_pair(row, other, do) for row in self.values])
        mine, theirs = self.values, other.values
        if len(mine) != len(theirs) and len(mine) == 1:
            mine = mine * len(theirs)
        elif len(mine) != len(theirs) and len(theirs) == 1:
            theirs = theirs * len(mine)
        if len(mine) != len(theirs):
            shapes = f"{_written(self.shape)} {_written(other.shape)}"
            raise ValueError("operands could not be broadcast together with shapes " + shapes)
        return ndarray([_pair(a, b, do) for a, b in zip(mine, theirs)])

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __radd__(self, other):
        return self._with(other, lambda a, b: b + a)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __rmul__(self, other):
        return self._with(other, lambda a, b: b * a)

    def __truediv__(self, other):
        return self._with(other, _over)

    def __rtruediv__(self, other):
        return self._with(other, lambda a, b: _over(b, a))

    def __floordiv__(self, other):
        return self._with(other, lambda a, b: a // b)

    def __mod__(self, other):
        return self._with(other, lambda a, b: a % b)

    def __pow__(self, other):
        return self._with(other, lambda a, b: a**b)

    def __rpow__(self, other):
        return self._with(other, lambda a, b: b**a)

    def __matmul__(self, other):
        return dot(self, other)

    def __lt__(self, other):
        return self._with(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._with(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._with(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._with(other, lambda a, b: a >= b)

    def __eq__(self, other):
        return self._with(other, lambda a, b: a == b)

    def __ne__(self, other):
        return self._with(other, lambda a, b: a != b)

    def __neg__(self):
        return self * -1

    def __abs__(self):
        return abs(self)

    def ravel(self):
        parts = [list(each.ravel()) if isinstance(each, ndarray) else [each] for each in self.values]
        return ndarray([value for part in parts for value in part])

    def item(self):
        values = self.ravel().values
        if len(values) != 1:
            raise ValueError("can only convert an array of size 1 to a Python scalar")
        return values[0]

    def tolist(self):
        return [each.tolist() if isinstance(each, ndarray) else each for each in self.values]

    def copy(self):
        return ndarray(self.tolist())

    def astype(self, kind):
        return _each(_kind(kind))(self)

    def sum(self):
        return sum(self)

    def mean(self):
        return mean(self)

    def max(self):
        return max(self)

    def min(self):
        return min(self)

    def any(self):
        return any(self)

    def all(self):
        return all(self)

    def argmin(self):
        return argmin(self)

    def argmax(self):
        return argmax(self)


def _pair(a, b, do):
    if isinstance(a, ndarray):
        return a._with(b, do)
    return ndarray([_pair(a, each, do) for each in b.values]) if isinstance(b, ndarray) else do(a, b)


def _over(a, b):
    if b == 0:  # NumPy warns, and goes on
        return nan if a == 0 or a != a else math.copysign(inf, a) * math.copysign(1.0, b)
    return a / b


def _shown(values):
    if isinstance(values, ndarray):
        return "[" + ", ".join([_shown(each) for each in values.values]) + "]"
    return repr(values)[:-1] if isinstance(values, float) and repr(values).endswith(".0") else repr(values)


def _written(shape):
    return "(" + ",".join([str(size) for size in shape]) + ("," if len(shape) == 1 else "") + ")"


def _each(do):
    def on_each(values):
        if isinstance(values, (ndarray, list, tuple)):
            return ndarray([on_each(each) for each in values])
        return do(values)

    return on_each


def _root(value):
    return math.sqrt(value) if value >= 0 else nan


def _logarithm(value):
    return math.log(value) if value > 0 else (-inf if value == 0 else nan)


def _sign(value):
    return nan if value != value else float((value > 0) - (value < 0))


sqrt, exp, log = _each(_root), _each(math.exp), _each(_logarithm)
log10, log2 = _each(math.log10), _each(lambda value: _logarithm(value) / math.log(2))
sin, cos, tan, tanh = _each(math.sin), _each(math.cos), _each(math.tan), _each(math.tanh)
abs, sign, square = _each(builtins.abs), _each(_sign), _each(lambda value: value * value)
floor, ceil = _each(lambda value: float(math.floor(value))), _each(lambda value: float(math.ceil(value)))
round = _each(lambda value: float(builtins.round(value)))
isfinite, isnan, isinf = _each(math.isfinite), _each(math.isnan), _each(math.isinf)
absolute = abs


def array(values, dtype=None):
    if isinstance(values, ndarray):
        made = values.copy()
    elif isinstance(values, (int, float)):
        return values
    else:
        made = ndarray(list(values))
    return made.astype(dtype) if dtype else made


def _kind(dtype):
    return {"float": float, "float64": float, "float32": float, "int": int}.get(dtype, dtype)


asarray = array


def zeros(shape, dtype=float):
    return full(shape, _kind(dtype)(0))


def ones(shape, dtype=float):
    return full(shape, _kind(dtype)(1))


def full(shape, value):
    first, *others = shape if isinstance(shape, tuple) else (shape,)
    return ndarray([full(tuple(others), value) if others else value for _ in range(first)])


def zeros_like(values):
    return zeros(array(values).shape)


def ones_like(values):
    return ones(array(values).shape)


def eye(size):
    return ndarray([[float(row == column) for column in range(size)] for row in range(size)])


def arange(*limits, dtype=None):
    start, stop, step = (0, limits[0], 1) if len(limits) == 1 else (tuple(limits) + (1,))[:3]
    count = builtins.max(0, math.ceil((stop - start) / step))
    return ndarray([(_kind(dtype) or (lambda value: value))(start + step * index) for index in range(count)])


def linspace(start, stop, num=50):
    return ndarray([start + (stop - start) * index / builtins.max(1, num - 1) for index in range(num)])


def geomspace(start, stop, num=50):
    return ndarray([start * (stop / start) ** (index / builtins.max(1, num - 1)) for index in range(num)])


def _flat(values):
    return array(values).ravel().values if isinstance(values, (ndarray, list, tuple)) else [values]


def sum(values):
    return builtins.sum(_flat(values))


def mean(values):
    flat = _flat(values)
    return builtins.sum(flat) / len(flat) if flat else nan


average = mean


def var(values, ddof=0):
    flat, middle = _flat(values), mean(values)
    return builtins.sum([(each - middle) ** 2 for each in flat]) / (len(flat) - ddof)


def std(values, ddof=0):
    return math.sqrt(var(values, ddof))


def max(values):
    return builtins.max(_flat(values))


def min(values):
    return builtins.min(_flat(values))


def any(values):
    return builtins.any(_flat(values))


def all(values):
    return builtins.all(_flat(values))


def prod(values):
    product = 1
    for each in _flat(values):
        product *= each
    return product


def argmin(values):
    flat = _flat(values)
    return flat.index(builtins.min(flat))


def argmax(values):
    flat = _flat(values)
    return flat.index(builtins.max(flat))


def cumsum(values, dtype=None):
    total, sums = 0, []
    for each in _flat(values):
        total += each
        sums.append(total)
    return ndarray(sums)


def diff(values, prepend=None):
    flat = ([] if prepend is None else _flat(prepend)) + _flat(values)
    return ndarray([after - before for before, after in zip(flat, flat[1:])])


def sort(values):
    return ndarray(sorted(_flat(values)))


def median(values):
    flat = sorted(_flat(values))
    middle = len(flat) // 2
    return flat[middle] if len(flat) % 2 else (flat[middle - 1] + flat[middle]) / 2


def maximum(a, b):
    return _pair(a, b, builtins.max)


def minimum(a, b):
    return _pair(a, b, builtins.min)


def clip(values, low, high):
    return minimum(maximum(values, low), high)


def where(choice, a, b):
    if not isinstance(choice, ndarray):
        return a if choice else b
    parts = [value if isinstance(value, ndarray) else [value] * len(choice) for value in (a, b)]
    return ndarray([one if wanted else other for wanted, one, other in zip(choice, *parts)])


def flatnonzero(values):
    return ndarray([index for index, value in enumerate(_flat(values)) if value])


def append(values, more):
    return ndarray(_flat(values) + _flat(more))


def concatenate(parts):
    return ndarray([value for part in parts for value in array(part).values])


def column_stack(columns):
    return ndarray([list(row) for row in zip(*columns)])


def allclose(a, b, rtol=1e-5, atol=1e-8):
    near = _pair(array(a), array(b), lambda one, other: builtins.abs(one - other) <= atol + rtol * builtins.abs(other))
    return all(near)


isclose = math.isclose


def multiply(a, b):
    return _pair(array(a), array(b), lambda one, other: one * other)


def power(a, b):
    return _pair(a, b, lambda one, other: one**other)


def divide(a, b):
    return _pair(a, b, _over)


def floor_divide(a, b):
    return _pair(a, b, lambda one, other: one // other)


def dot(a, b):
    a, b = array(a), array(b)
    if a.ndim == 2:
        return ndarray([dot(row, b) for row in a.values])
    if b.ndim == 2:
        return ndarray([dot(a, column) for column in b.T.values])
    if len(a) != len(b):
        raise ValueError(f"shapes {_written(a.shape)} and {_written(b.shape)} not aligned")
    return sum(a * b)


def polyfit(x, y, degree):
    """The coefficients of the polynomial with the least squares, the highest first."""
    powers = ndarray([[each**power for power in range(degree, -1, -1)] for each in _flat(x)])
    return linalg.solve(powers.T @ powers, powers.T @ array(y))


class linalg:
    class LinAlgError(ValueError):
        pass

    @staticmethod
    def norm(values):
        return math.sqrt(builtins.sum([each * each for each in _flat(values)]))

    @staticmethod
    def solve(matrix, right):
        """By elimination, with the largest pivot of each column."""
        rows = [list(row) + [value] for row, value in zip(matrix, right)]
        size = len(rows)
        for place in range(size):
            pivot = builtins.max(range(place, size), key=lambda row: builtins.abs(rows[row][place]))
            rows[place], rows[pivot] = rows[pivot], rows[place]
            if rows[place][place] == 0:
                raise linalg.LinAlgError("Singular matrix")
            for row in range(size):
                if row != place:
                    factor = rows[row][place] / rows[place][place]
                    rows[row] = [one - factor * other for one, other in zip(rows[row], rows[place])]
        return ndarray([row[-1] / row[place] for place, row in enumerate(rows)])

    @staticmethod
    def inv(matrix):
        columns = [linalg.solve(matrix, unit) for unit in eye(len(matrix))]
        return ndarray([list(column) for column in columns]).T


class _Generator:
    """Random numbers, not those that NumPy draws from the same seed."""

    def __init__(self, seed):
        _random.seed(seed or 0)

    def _many(self, draw, size):
        return draw() if size is None else ndarray([draw() for _ in range(size)])

    def random(self, size=None):
        return self._many(_random.random, size)

    def uniform(self, low=0.0, high=1.0, size=None):
        return self._many(lambda: low + (high - low) * _random.random(), size)

    def normal(self, mean=0.0, deviation=1.0, size=None):
        def draw():
            length = math.sqrt(-2 * math.log(1 - _random.random()))
            return mean + deviation * length * math.cos(2 * pi * _random.random())

        return self._many(draw, size)

    def standard_normal(self, size=None):
        return self.normal(0.0, 1.0, size)


class random:
    default_rng = _Generator
    Generator = _Generator
