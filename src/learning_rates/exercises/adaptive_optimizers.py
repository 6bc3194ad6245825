"""The exercises of the chapter on adaptive optimizers."""

import math

from learning_rates import descent
from learning_rates.exercises import a_function, a_number, slip


def fitting_decay(answer: object) -> str | None:
    """The weight decay that takes a share of a weight away in so many steps."""
    decay_of = a_function(answer)
    for share, rate, steps in ((0.5, 0.1, 1), (0.75, 0.1, 2), (0.1, 0.001, 1000), (0.9, 0.01, 300)):
        found = a_number(decay_of(share, rate, steps))
        optimizer, weight = descent.Adam(rate, weight_decay=found), 1.0
        for _ in range(steps):
            weight = optimizer.update([weight], [0.0])[0]
        if abs(1 - weight - share) > 1e-6:
            right = (1 - (1 - share) ** (1 / steps)) / rate
            given = f"For share={share}, rate={rate}, steps={steps}"
            return f"{given} your {found:.4g} takes the share {1 - weight:.4g}.{slip(found, right)}"
    return None


def step_after_silence(answer: object) -> str | None:
    """The length of Adam's k-th step at η = 1 under a constant gradient, after so long a silence that it forgot all."""
    step_of = a_function(answer)
    for beta_1, beta_2, k in ((0.9, 0.999, 1), (0.9, 0.999, 2), (0.9, 0.999, 12), (0.95, 0.99, 5), (0.5, 0.9, 40)):
        found = a_number(step_of(beta_1, beta_2, k))
        m = s = 0.0
        for _ in range(k):
            m = beta_1 * m + (1 - beta_1)
            s = beta_2 * s + (1 - beta_2)
        step = m / math.sqrt(s)
        if not math.isclose(found, step, rel_tol=1e-6):
            case = f"For beta_1={beta_1}, beta_2={beta_2}, k={k} you give {found:.4g}"
            if math.isclose(found, 1.0, rel_tol=1e-6):
                return f"{case}: after a long silence no bias correction is left."
            if math.isclose(found, m / s, rel_tol=1e-6):
                return f"{case}: the step divides by a root."
            side = "longer" if step > found else "shorter"
            return f"{case}: that step is {side}.{slip(found, step)}"
    return None


def fitting_epsilon(answer: object) -> str | None:
    """The ε with which Keras's form takes the step t that the textbook's takes."""
    epsilon_of = a_function(answer)
    for epsilon, beta_2, t in ((1e-7, 0.999, 0), (1e-8, 0.999, 9), (1e-3, 0.9, 1)):
        found = a_number(epsilon_of(epsilon, beta_2, t))
        if found < 0:
            return f"An ε is ≥ 0, and this is {found!r}."
        book, keras = (
            _step(epsilon, beta_2, t, form, given) for form, given in (("textbook", epsilon), ("keras", found))
        )
        if not math.isclose(book, keras, rel_tol=1e-6):
            case = f"For epsilon={epsilon:g}, beta_2={beta_2}, t={t} and gradients of that size"
            hint = slip(found, epsilon * math.sqrt(1 - beta_2 ** (t + 1)))
            return f"{case}, your {found:.4g} makes Keras's step {keras / book:.4f} times the textbook's.{hint}"
    return None


def _step(gradient: float, beta_2: float, t: int, form: str, epsilon: float) -> float:
    """The length of step t at η = 1 under a constant gradient, which is as large as the textbook's ε."""
    optimizer, points = descent.Adam(1.0, beta_2=beta_2, epsilon=epsilon, form=form), [[0.0]]
    for _ in range(t + 1):
        points.append(optimizer.update(points[-1], [gradient]))
    return points[-2][0] - points[-1][0]


EXERCISES = {
    "the decay that fits": fitting_decay,
    "the step after a silence": step_after_silence,
    "the epsilon that fits": fitting_epsilon,
}
