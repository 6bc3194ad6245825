"""The exercises of the chapter on gradient descent."""

from learning_rates.descent import SGD, contraction, descend, quadratic
from learning_rates.exercises import a_function, a_number, slip


def best_rate(answer: object) -> str | None:
    """The rate at which the slower of two directions of a valley is fastest."""
    rate_of = a_function(answer)
    for lowest, greatest in ((1.0, 3.0), (0.5, 20.0), (2.0, 2.0)):
        rate = a_number(rate_of(lowest, greatest))
        case = f"For lowest={lowest}, greatest={greatest} you give {rate:.4g}"
        if not rate > 0:
            return f"{case}: a rate is > 0."
        along, across = contraction(rate, lowest), contraction(rate, greatest)
        right = 2 / (lowest + greatest)
        if lowest < greatest and max(along, across) > contraction(right, lowest) + 1e-4:
            which = "greatest" if across > along else "lowest"
            slower = f"the direction of the {which} curvature keeps {max(along, across):.4f} of its distance a step"
            told = f"{case}: {slower}, the other {min(along, across):.4f}. Another rate makes the slower one faster."
            return told + slip(rate, right)
        if lowest == greatest and along > 1e-4:
            return f"{case}: both directions keep {along:.4f}. Another rate makes both faster."
    return None


def curvature_from_losses(answer: object) -> str | None:
    """The curvature of a parabola, from the losses of a descent that diverges."""
    curvature_of = a_function(answer)
    for rate, eigenvalue, start in ((0.1, 25.0, 1.0), (0.5, 4.4, -3.0), (0.03, 80.0, 0.1)):
        surface = quadratic([eigenvalue])
        losses = [surface.loss(point) for point in descend(surface.gradient, SGD(rate), [start], 5)]
        found = a_number(curvature_of(losses, rate))
        if abs(found / eigenvalue - 1) > 1e-6:
            given = f"losses={[round(loss, 4) for loss in losses[:3]]} … and rate={rate}"
            case = f"For {given} you give {found:.4g}"
            if not found > 2 / rate:
                return f"{case}: at that curvature the run would not diverge.{slip(found, eigenvalue)}"
            growth = (1 - rate * found) ** 2
            return f"{case}, with which the loss would grow {growth:.4f} times a step.{slip(found, eigenvalue)}"
    return None


def most_momentum(answer: object) -> str | None:
    """The momentum beyond which Nesterov diverges at this ηλ."""
    momentum_of = a_function(answer)
    for product in (1.5, 1.9, 1.4):
        momentum = a_number(momentum_of(product))
        case = f"For product={product} you give {momentum:.4g}"
        if not 0 <= momentum < 1:
            return f"{case}: a momentum is in [0, 1).{slip(momentum, _limit(product))}"
        factor = contraction(product, 1.0, momentum, nesterov=True)
        if abs(factor - 1) > 1e-4:
            verb = "diverges" if factor > 1 else "still converges"
            told = f"{case}: there Nesterov {verb}, a step multiplies the distance by {factor:.4f}."
            return told + slip(momentum, _limit(product))
    return None


def _limit(product: float) -> float:
    return (2 - product) / (2 * (product - 1))


EXERCISES = {
    "the best rate": best_rate,
    "the curvature of a divergence": curvature_from_losses,
    "the most momentum": most_momentum,
}
