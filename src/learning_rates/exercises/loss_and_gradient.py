"""The exercises of the chapter on loss and gradient."""

import numpy as np

from learning_rates.exercises import no_function, no_number, shown


def mse(x, y, w, b):
    return float(np.mean((w * x + b - y) ** 2))


def cases():
    """Data sets with a slope and an intercept to start from."""
    points = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 4.0])
    rng = np.random.default_rng(7)
    x = rng.uniform(0, 10, 30)
    return (*points, 0.0, 0.0), (*points, 1.5, -2.0), (x, 3 + 2 * x + rng.normal(0, 2, 30), 1.0, 0.5)


def no_pair(found):
    """What is wrong with a value that should be two numbers, or None."""
    if not isinstance(found, (tuple, list, np.ndarray)) or len(found) != 2:
        return f"Two numbers are asked for, and this is {shown(found)}."
    return no_number(found[0]) or no_number(found[1])


def gradient_of_the_mse(answer):
    fault = no_function(answer)
    for x, y, w, b in () if fault else cases():
        found = answer(x, y, w, b)
        fault = no_pair(found)
        if fault:
            return fault
        for index, name in enumerate("wb"):
            ahead = [w, b]
            ahead[index] += 1e-3
            behind = [w, b]
            behind[index] -= 1e-3
            slope = (mse(x, y, *ahead) - mse(x, y, *behind)) / 2e-3  # exact for a parabola, but for rounding
            if abs(found[index] - slope) > 1e-6 * (1 + abs(slope)):
                sign = "has the wrong sign" if found[index] * slope < 0 else "has the wrong size"
                given = f"{len(x)} points, w={w}, b={b}"
                return (
                    f"For {given} you give {found[index]:.4g} for ∂L/∂{name}, which {sign}: walk a bit and look at L."
                )
    return fault


def best_h(answer):
    fault = no_function(answer)
    for value, fourth, epsilon in () if fault else ((1.0, 1.0, 2.0**-52), (50.0, 0.1, 2.0**-52), (1.0, 3.0, 2.0**-23)):
        h = answer(value, fourth, epsilon)
        fault = no_number(h)
        if fault:
            return fault
        if not h > 0:
            return f"A distance is > 0, and this is {h!r}."
        bending, rounding = fourth * h**2 / 12, 2 * epsilon * value / h**2
        if abs(bending / rounding - 1) > 0.02:
            given = f"value={value}, fourth={fourth}, epsilon={epsilon:.1e}"
            more = ("bending is more than rounding", "smaller") if bending > rounding else ("rounding leads", "larger")
            return f"For {given} you give {h:.2e}: {more[0]}, and a {more[1]} h makes the sum smaller."
    return fault


def newton_in_one_step(answer):
    fault = no_function(answer)
    for x, y, w, b in () if fault else cases():
        found = answer(x, y, w, b)
        fault = no_pair(found)
        if fault:
            return fault
        slope, intercept = np.polyfit(x, y, 1)
        least, reached = mse(x, y, slope, intercept), mse(x, y, *found)
        if reached > least * (1 + 1e-6):
            given = f"{len(x)} points, w={w}, b={b}"
            way = "up from" if reached > mse(x, y, w, b) else "down from"
            start = mse(x, y, w, b)
            return f"For {given} the loss goes {way} {start:.4g} to {reached:.4g}, and some line has less."
    return fault


EXERCISES = {
    "the gradient of the MSE": gradient_of_the_mse,
    "the best h": best_h,
    "Newton in one step": newton_in_one_step,
}
