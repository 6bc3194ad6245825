"""The exercises of the chapter on loss and gradient."""

import numpy as np

from learning_rates.exercises import Fault, a_function, a_number, shown


def mse(x: np.ndarray, y: np.ndarray, w: float, b: float) -> float:
    """The mean squared error of the line w x + b."""
    return float(np.mean((w * x + b - y) ** 2))


def cases() -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """Data sets x, y with a slope and an intercept to start from."""
    x, y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 4.0])
    rng = np.random.default_rng(7)
    many = rng.uniform(0, 10, 30)
    return [(x, y, 0.0, 0.0), (x, y, 1.5, -2.0), (many, 3 + 2 * many + rng.normal(0, 2, 30), 1.0, 0.5)]


def a_pair(found: object) -> tuple[float, float]:
    """The value, which must be two finite numbers.

    Raises:
        Fault: The value is something else.
    """
    if not isinstance(found, (tuple, list, np.ndarray)) or len(found) != 2:
        raise Fault(f"Two numbers are asked for, and this is {shown(found)}.")
    return a_number(found[0]), a_number(found[1])


def gradient_of_the_mse(answer: object) -> str | None:
    """The gradient ∂L/∂w, ∂L/∂b of the mean squared error of a line."""
    gradient_of = a_function(answer)
    for x, y, w, b in cases():
        found = a_pair(gradient_of(x, y, w, b))
        for index, name in enumerate("wb"):
            right, up = (1e-3, 0.0) if name == "w" else (0.0, 1e-3)
            ahead, behind = mse(x, y, w + right, b + up), mse(x, y, w - right, b - up)
            slope = (ahead - behind) / 2e-3  # exact for a parabola, but for rounding
            if abs(found[index] - slope) > 1e-6 * (1 + abs(slope)):
                sign = "has the wrong sign" if found[index] * slope < 0 else "has the wrong size"
                given = f"{len(x)} points, w={w}, b={b}"
                return (
                    f"For {given} you give {found[index]:.4g} for ∂L/∂{name}, which {sign}: walk a bit and look at L."
                )
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


def newton_in_one_step(answer: object) -> str | None:
    """The slope and the intercept of the least-squares line."""
    line_of = a_function(answer)
    for x, y, w, b in cases():
        reached, start = mse(x, y, *a_pair(line_of(x, y, w, b))), mse(x, y, w, b)
        slope, intercept = np.polyfit(x, y, 1)
        if reached > mse(x, y, slope, intercept) * (1 + 1e-6):
            given = f"{len(x)} points, w={w}, b={b}"
            way = "up from" if reached > start else "down from"
            return f"For {given} the loss goes {way} {start:.4g} to {reached:.4g}, and some line has less."
    return None


EXERCISES = {
    "the gradient of the MSE": gradient_of_the_mse,
    "the best h": best_h,
    "Newton in one step": newton_in_one_step,
}
