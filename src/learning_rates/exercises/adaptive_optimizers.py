"""The exercises of the chapter on adaptive optimizers."""

import math

from learning_rates import descent, schedules
from learning_rates.exercises import no_function, no_number


def share_left(answer):
    fault = no_function(answer)
    linear = schedules.polynomial_decay(0.5, 5).values()
    for rates, weight_decay in () if fault else (([0.1] * 3, 0.5), ([0.5, 0.1], 1.0), (linear, 0.2), ([], 0.3)):
        left = answer(list(rates), weight_decay)
        fault = no_number(left)
        if fault:
            return fault
        weight = 1.0
        for rate in rates:
            optimizer = descent.Adam(rate, weight_decay=weight_decay)
            weight = optimizer.update([weight], [0.0])[0]
        if abs(left - weight) > 1e-9:
            case = f"For rates={[round(rate, 3) for rate in rates]}, weight_decay={weight_decay} you give {left:.4g}"
            return f"{case}: {'less' if left > weight else 'more'} of the weight is left."
    return fault


def exact_correction(answer):
    fault = no_function(answer)
    moving = schedules.one_cycle_momentum(10).values()
    for betas in () if fault else ([0.9], [0.9] * 4, [0.5, 0.9], [0.9, 0.5], moving):
        found = answer(list(betas))
        fault = no_number(found)
        if fault:
            return fault
        m = 0.0
        for beta in betas:
            m = beta * m + (1 - beta)
        if not math.isclose(found, m, rel_tol=1e-9):
            given = f"betas={[round(beta, 3) for beta in betas]}"
            if found == 0:
                return f"For {given} you divide by 0."
            made = f"dividing by your {found:.4g} makes m {m / found:.4f}, not 1"
            return f"For {given} and a constant gradient of 1, {made}."
    return fault


def fitting_epsilon(answer):
    fault = no_function(answer)
    for epsilon, beta_2, t in () if fault else ((1e-7, 0.999, 0), (1e-8, 0.999, 9), (1e-3, 0.9, 1)):
        found = answer(epsilon, beta_2, t)
        fault = no_number(found)
        if fault:
            return fault
        if found < 0:
            return f"An ε is ≥ 0, and this is {found!r}."
        book, keras = (
            _steps(epsilon, beta_2, t, form, given) for form, given in (("textbook", epsilon), ("keras", found))
        )
        if not math.isclose(book, keras, rel_tol=1e-9):
            case = f"For epsilon={epsilon:g}, beta_2={beta_2}, t={t} and gradients of that size"
            return f"{case}, your {found:.4g} makes Keras's step {keras / book:.4f} times the textbook's."
    return fault


def _steps(gradient, beta_2, t, form, epsilon):
    """The length of step t at η = 1 under a constant gradient, which is as large as the textbook's ε."""
    optimizer, points = descent.Adam(1.0, beta_2=beta_2, epsilon=epsilon, form=form), [[0.0]]
    for _ in range(t + 1):
        points.append(optimizer.update(points[-1], [gradient]))
    return points[-2][0] - points[-1][0]


EXERCISES = {
    "the share left": share_left,
    "the exact correction": exact_correction,
    "the epsilon that fits": fitting_epsilon,
}
