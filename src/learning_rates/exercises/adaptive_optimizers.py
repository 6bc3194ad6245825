"""The exercises of the chapter on adaptive optimizers."""

import math

from learning_rates import descent, schedules
from learning_rates.exercises import a_function, a_number


def fitting_decay(answer: object) -> str | None:
    """The weight decay that takes a share of a weight away in so many steps."""
    decay_of = a_function(answer)
    for share, rate, steps in ((0.5, 0.1, 1), (0.75, 0.1, 2), (0.1, 0.001, 1000), (0.9, 0.01, 300)):
        found = a_number(decay_of(share, rate, steps))
        optimizer, weight = descent.Adam(rate, weight_decay=found), 1.0
        for _ in range(steps):
            weight = optimizer.update([weight], [0.0])[0]
        if abs(1 - weight - share) > 1e-9:
            return f"For share={share}, rate={rate}, steps={steps} your {found:.4g} takes the share {1 - weight:.4g}."
    return None


def usual_step(answer: object) -> str | None:
    """The length of a step after these values of β₁, corrected as if the last of them had held all the time."""
    step_of = a_function(answer)
    for betas in ([0.9], [0.9] * 4, [0.9, 0.5], [0.5, 0.9], schedules.one_cycle_momentum(10).values()):
        found = a_number(step_of(list(betas)))
        m = 0.0
        for beta in betas:
            m = beta * m + (1 - beta)
        step = m / (1 - betas[-1] ** len(betas))
        if not math.isclose(found, step, rel_tol=1e-9):
            case = f"For betas={[round(beta, 3) for beta in betas]} you give {found:.4g}"
            return f"{case}: the last step is {'longer' if step > found else 'shorter'}."
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
        if not math.isclose(book, keras, rel_tol=1e-9):
            case = f"For epsilon={epsilon:g}, beta_2={beta_2}, t={t} and gradients of that size"
            return f"{case}, your {found:.4g} makes Keras's step {keras / book:.4f} times the textbook's."
    return None


def _step(gradient: float, beta_2: float, t: int, form: str, epsilon: float) -> float:
    """The length of step t at η = 1 under a constant gradient, which is as large as the textbook's ε."""
    optimizer, points = descent.Adam(1.0, beta_2=beta_2, epsilon=epsilon, form=form), [[0.0]]
    for _ in range(t + 1):
        points.append(optimizer.update(points[-1], [gradient]))
    return points[-2][0] - points[-1][0]


EXERCISES = {
    "the decay that fits": fitting_decay,
    "the usual correction's step": usual_step,
    "the epsilon that fits": fitting_epsilon,
}
