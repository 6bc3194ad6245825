"""The exercises of the chapter on loss and gradient."""

import numpy as np

from learning_rates.exercises import Fault, a_function, a_number, shown

TYPE_CHECKING = False  # so that the pages can run it: MicroPython has no `collections.abc`
if TYPE_CHECKING:
    from collections.abc import Callable

    Array = np.ndarray


def mean_absolute_error(x: "Array", y: "Array", w: float, b: float) -> float:
    """The mean absolute error of the line w x + b."""
    return float(np.mean(np.abs(w * x + b - y)))


def cases() -> "list[tuple[Array, Array, float, float]]":
    """Data sets x, y with a slope and an intercept; no point lies on its line."""
    x, y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 4.0])
    rng = np.random.default_rng(7)
    many = rng.uniform(0, 10, 30)
    return [(x, y, 0.0, 0.0), (x, y, 1.5, -1.0), (many, 3 + 2 * many + rng.normal(0, 2, 30), 2.0, 2.5)]


def numbers_of(found: object, size: int, asked: str) -> "list[float]":
    """The value, which must be so many finite numbers: a tuple, a list or an array.

    Raises:
        Fault: The value is something else.
    """
    if isinstance(found, np.ndarray):
        found = list(found.ravel()) if found.size == size else found
    if not isinstance(found, (tuple, list)) or len(found) != size:
        raise Fault(f"{asked} asked for, and this is {shown(found)}.")
    return [a_number(each) for each in found]


def gradient_of_the_absolute_error(answer: object) -> str | None:
    """The gradient ∂L/∂w, ∂L/∂b of the mean absolute error of a line."""
    gradient_of = a_function(answer)
    for x, y, w, b in cases():
        found = numbers_of(gradient_of(x, y, w, b), 2, "Two numbers are")
        given, near = f"For {len(x)} points, w={w}, b={b}", 1e-6  # so near that no error changes its sign
        slopes = [
            (mean_absolute_error(x, y, w + right, b + up) - mean_absolute_error(x, y, w - right, b - up)) / (2 * near)
            for right, up in ((near, 0.0), (0.0, near))
        ]
        if np.allclose(found, slopes, rtol=1e-6, atol=1e-6):
            continue
        if np.allclose(found, slopes[::-1], rtol=1e-6, atol=1e-6):
            return f"{given} you give both numbers in the wrong order: ∂L/∂w comes first."
        factors = [one / other for one, other in zip(found, slopes) if abs(other) > 1e-6]
        if factors and np.allclose(factors, factors[0], rtol=1e-6) and abs(factors[0]) > 1e-6:
            if abs(factors[0] + 1) < 1e-6:
                return f"{given} both numbers have the wrong sign."
            return f"{given} both numbers are off by the same factor, {abs(factors[0]):.4g}."
        index = 0 if abs(found[0] - slopes[0]) > 1e-6 * (1 + abs(slopes[0])) else 1
        wrong = "sign" if found[index] * slopes[index] < 0 else "size"
        name = f"∂L/∂{'wb'[index]}"
        return f"{given} you give {found[index]:.4g} for {name}, which has the wrong {wrong}: walk a bit and look at L."
    return None


def best_h(answer: object) -> str | None:
    """The distance h at which bending and rounding together distort a second difference least."""
    h_of = a_function(answer)
    for value, fourth, epsilon in ((1.0, 1.0, 2.0**-52), (50.0, 0.1, 2.0**-52), (1.0, 3.0, 2.0**-23)):
        h = a_number(h_of(value, fourth, epsilon))
        if not h > 0:
            return f"A distance is > 0, and this is {h!r}."
        bending, rounding = fourth * h**2 / 12, 2 * epsilon * value / h**2
        if abs(bending / rounding - 1) > 0.02:
            given = f"value={value}, fourth={fourth}, epsilon={epsilon:.1e}"
            more = ("bending is more than rounding", "smaller") if bending > rounding else ("rounding leads", "larger")
            return f"For {given} you give {h:.2e}: {more[0]}, and a {more[1]} h makes the sum smaller."
    return None


# A Hessian and the minimum of its quadratic, each
BOWLS = [
    ([[5.0, 2.0], [2.0, 2.0]], [1.0, -2.0]),
    ([[3.0]], [4.0]),
    ([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]], [0.5, 0.0, -3.0]),
]


def newton_from_gradients(answer: object) -> str | None:
    """The minimum of a quadratic, reached in one step with nothing but its gradient."""
    reached_by = a_function(answer)
    for hessian, minimum in BOWLS:
        fault = _not_there(reached_by, np.array(hessian), np.array(minimum))
        if fault:
            return fault
    return None


def _not_there(reached_by: "Callable[..., object]", hessian: "Array", minimum: "Array") -> str | None:
    """What is wrong with a step on this quadratic, from 0."""
    asked = []  # where the gradient was taken

    def gradient(theta: "Array") -> "Array":
        asked.append(theta)
        return np.asarray(hessian @ (np.asarray(theta, dtype=float) - minimum))

    size = len(minimum)
    theta = np.zeros(size)
    found = np.array(
        numbers_of(reached_by(gradient, theta), size, f"{size} numbers are" if size > 1 else "One number is")
    )
    given = f"With {size} parameter{'s' if size > 1 else ''}"
    if len(asked) > 10 * (size + 1):
        return f"{given} you ask for {len(asked)} gradients: Newton's step needs only a few."
    if np.allclose(found, minimum, rtol=1e-3, atol=1e-3):
        return None
    if np.allclose(found, -minimum, rtol=1e-3, atol=1e-3):
        return f"{given} you walk as far as you should, in the opposite direction."
    left = np.linalg.norm(found - minimum) / np.linalg.norm(minimum)
    return f"{given} a step from the start leaves {left:.3g} of the distance to the minimum."


EXERCISES = {
    "the gradient of the absolute error": gradient_of_the_absolute_error,
    "the best h": best_h,
    "Newton from gradients": newton_from_gradients,
}
