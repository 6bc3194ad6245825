"""Losses that can be drawn, their gradients, and optimizers from scratch, in plain Python.

A point is a list of numbers. Like `schedules`, this module imports nothing but `math` and the checks of arguments: the
book's pages run it.
"""

import math

from learning_rates.checks import check_choice, check_positive, check_unit_interval, reject

TYPE_CHECKING = False  # MicroPython, which runs this file on the pages, reads no annotation and has no `typing`
if TYPE_CHECKING:
    from collections.abc import Callable

    Point = list[float]
    Scheduled = float | Callable[[int], float]  # a number, or a schedule of it

FORMS = ("textbook", "keras")


class Surface:
    """A loss and its gradient, as functions of a point.

    Args:
        loss: The function that takes a point to its loss.
        gradient: The function that takes a point to the gradient there, a list as long as the point.

    Example:
        >>> bowl = quadratic([1.0, 4.0])
        >>> bowl.loss([2.0, 1.0]), bowl.gradient([2.0, 1.0])
        (4.0, [2.0, 4.0])
    """

    def __init__(self, loss: "Callable[[Point], float]", gradient: "Callable[[Point], Point]") -> None:
        self.loss = loss
        self.gradient = gradient


def quadratic(eigenvalues: list[float]) -> Surface:
    """L = ½ Σ λᵢ θᵢ², which every smooth loss resembles close to a minimum where no curvature is 0.

    Args:
        eigenvalues: The curvature λᵢ along each coordinate.

    Returns:
        A `Surface` over as many coordinates.

    Example:
        >>> quadratic([10.0]).gradient([0.5])
        [5.0]
    """
    return Surface(
        lambda point: sum([curvature * x * x for curvature, x in zip(eigenvalues, point)]) / 2,
        lambda point: [curvature * x for curvature, x in zip(eigenvalues, point)],
    )


def rosenbrock() -> Surface:
    """L = (1 − a)² + 100 (b − a²)²: a curved, flat-bottomed valley with its minimum at (1, 1).

    Example:
        >>> rosenbrock().loss([1.0, 1.0]), rosenbrock().gradient([0.0, 0.0])
        (0.0, [-2.0, 0.0])

    References:
        Rosenbrock (1960), An automatic method for finding the greatest or least value of a function.
    """

    def gradient(point: "Point") -> "Point":
        a, b = point
        return [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]

    return Surface(lambda point: (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2, gradient)


def saddle() -> Surface:
    """L = ½ (a² − b²) + ¼ b⁴: at (0, 0) the gradient vanishes, but the minima are at (0, ±1).

    Example:
        >>> saddle().gradient([0.0, 0.0]), saddle().loss([0.0, 1.0])
        ([0.0, 0.0], -0.25)
    """
    return Surface(
        lambda point: (point[0] ** 2 - point[1] ** 2) / 2 + point[1] ** 4 / 4,
        lambda point: [point[0], point[1] ** 3 - point[1]],
    )


def difference_quotient(function: "Callable[[float], float]", x: float, h: float, *, central: bool = False) -> float:
    """(f(x + h) − f(x)) / h, or centred (f(x + h) − f(x − h)) / 2h: a slope without calculus.

    Args:
        function: The function f of one number.
        x: The point at which to take the slope.
        h: The distance to the other point, not 0.
        central: Whether to take one point on either side of x, instead of x itself and one beyond it.

    Returns:
        The difference quotient.

    Raises:
        ValueError: h is 0.

    Example:
        >>> difference_quotient(lambda x: x * x, 3.0, 0.5), difference_quotient(lambda x: x * x, 3.0, 0.5, central=True)
        (6.5, 6.0)
    """
    if h == 0:
        reject("h must not be 0", [("h", h)])
    if central:
        return (function(x + h) - function(x - h)) / (2 * h)
    return (function(x + h) - function(x)) / h


class Optimizer:
    """Base of the optimizers, which take a point to the next one.

    Args:
        learning_rate: The rate η, a number or a schedule.
    """

    slots: int = 0  # how many numbers it remembers for each parameter
    # Each has a rule of its own: how far a parameter at x moves, where the slope is g; its memory is updated in place.
    move: "Callable[[float, float, list[float]], float]"

    def __init__(self, learning_rate: "Scheduled") -> None:
        self.learning_rate = learning_rate
        self.step: int = 0
        self.memory: list[list[float]] | None = None

    def rate(self) -> float:
        """The learning rate of the present step."""
        return _at(self.step, self.learning_rate)

    def update(self, point: "Point", gradient: "Point") -> "Point":
        """The next point. The optimizer remembers the way so far, so use a fresh one for each descent."""
        if self.memory is None:
            self.memory = [self.start() for _ in point]
        moved = [x + self.move(x, g, memory) for x, g, memory in zip(point, gradient, self.memory)]
        self.step += 1
        return moved

    def start(self) -> list[float]:
        """What the optimizer remembers of a parameter before the first step."""
        return [0.0] * self.slots


def _at(step: int, value: "Scheduled") -> float:
    return value(step) if callable(value) else value


class SGD(Optimizer):
    """v ← μ v − η g, θ ← θ + v; with Nesterov's look-ahead θ ← θ + μ v − η g.

    Args:
        learning_rate: The rate η, a number or a schedule.
        momentum: The momentum μ, a number or a schedule.
        nesterov: Whether to look ahead, as Nesterov does.

    Example:
        >>> SGD(0.1).update([1.0], [2.0])
        [0.8]

    References:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods.
        Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    slots: int = 1

    def __init__(self, learning_rate: "Scheduled", momentum: "Scheduled" = 0.0, nesterov: bool = False) -> None:
        super().__init__(learning_rate)
        self.momentum = momentum
        self.nesterov = nesterov

    def move(self, x: float, g: float, memory: list[float]) -> float:
        momentum = _at(self.step, self.momentum)
        pushed = self.rate() * g
        memory[0] = momentum * memory[0] - pushed
        return momentum * memory[0] - pushed if self.nesterov else memory[0]


class AdaGrad(Optimizer):
    """s ← s + g², θ ← θ − η g / (√s + ε); in Keras's form s starts at 0.1 and ε stands inside the root.

    Args:
        learning_rate: The rate η, a number or a schedule.
        epsilon: The number ε that keeps the divisor above 0, > 0.
        form: "textbook" or "keras".

    Example:
        >>> AdaGrad(0.1, epsilon=1e-8).update([1.0], [2.0])
        [0.9000000005]

    References:
        Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.
    """

    slots: int = 1

    def __init__(self, learning_rate: "Scheduled", *, epsilon: float = 1e-7, form: str = "textbook") -> None:
        super().__init__(learning_rate)
        self.epsilon = epsilon
        self.form: str = check_choice("form", form, FORMS)

    def start(self) -> list[float]:
        return [0.1 if self.form == "keras" else 0.0]

    def move(self, x: float, g: float, memory: list[float]) -> float:
        memory[0] += g * g
        return -self.rate() * g / _root(memory[0], self.epsilon, self.form)


class RMSProp(Optimizer):
    """s ← ρ s + (1 − ρ) g², θ ← θ − η g / (√s + ε); in Keras's form ε stands inside the root.

    Args:
        learning_rate: The rate η, a number or a schedule.
        rho: The fraction ρ of the average that each step keeps, in [0, 1).
        epsilon: The number ε that keeps the divisor above 0, > 0.
        form: "textbook" or "keras".

    Example:
        >>> RMSProp(0.1, rho=0.75, epsilon=1e-8).update([1.0], [2.0])
        [0.800000002]

    References:
        Tieleman, Hinton (2012), Lecture 6.5, Neural networks for machine learning.
    """

    slots: int = 1

    def __init__(
        self, learning_rate: "Scheduled", *, rho: float = 0.9, epsilon: float = 1e-7, form: str = "textbook"
    ) -> None:
        super().__init__(learning_rate)
        self.rho = rho
        self.epsilon = epsilon
        self.form: str = check_choice("form", form, FORMS)

    def move(self, x: float, g: float, memory: list[float]) -> float:
        memory[0] = self.rho * memory[0] + (1 - self.rho) * g * g
        return -self.rate() * g / _root(memory[0], self.epsilon, self.form)


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − η m̂ / (√ŝ + ε).

    The averages start at 0, so each is divided by the weight of the gradients in it: m̂ = m / (1 − β₁ᵗ⁺¹) and
    ŝ = s / (1 − β₂ᵗ⁺¹). Keras's form is the paper's second: ε̂ is added to √s before that correction.

    Args:
        learning_rate: The rate η, a number or a schedule.
        beta_1: The fraction β₁ of the average of gradients that each step keeps, in [0, 1).
        beta_2: The fraction β₂ of the average of their squares that each step keeps, in [0, 1).
        epsilon: The number ε that keeps the divisor above 0, or ε̂ in Keras's form; > 0.
        weight_decay: The decoupled weight decay of AdamW: each step also subtracts η · weight_decay · θ.
        form: "textbook" or "keras".

    Example:
        >>> round(Adam(0.1).update([1.0], [2.0])[0], 6)
        0.9

    References:
        Kingma, Ba (2015), Adam, arXiv 1412.6980.
        Loshchilov, Hutter (2019), Decoupled weight decay regularization, arXiv 1711.05101.
    """

    slots: int = 2

    def __init__(
        self,
        learning_rate: "Scheduled",
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        weight_decay: float = 0.0,
        form: str = "textbook",
    ) -> None:
        super().__init__(learning_rate)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.form: str = check_choice("form", form, FORMS)

    def move(self, x: float, g: float, memory: list[float]) -> float:
        memory[0] = self.beta_1 * memory[0] + (1 - self.beta_1) * g
        memory[1] = self.beta_2 * memory[1] + (1 - self.beta_2) * g * g
        in_first, in_second = 1 - self.beta_1 ** (self.step + 1), 1 - self.beta_2 ** (self.step + 1)
        if self.form == "keras":
            scaled = memory[0] / in_first * math.sqrt(in_second) / (math.sqrt(memory[1]) + self.epsilon)
        else:
            scaled = memory[0] / in_first / (math.sqrt(memory[1] / in_second) + self.epsilon)
        return -self.rate() * (scaled + self.weight_decay * x)


def _root(square: float, epsilon: float, form: str) -> float:
    """√s + ε, or Keras's √(s + ε)."""
    return math.sqrt(square + epsilon) if form == "keras" else math.sqrt(square) + epsilon


def descend(
    gradient: "Callable[[Point], Point]",
    optimizer: Optimizer,
    start: "Point",
    steps: int,
    *,
    limit: float = 1e12,
) -> "list[Point]":
    """The points of a descent, beginning with the start.

    Args:
        gradient: The gradient of a `Surface`.
        optimizer: A fresh optimizer.
        start: The first point.
        steps: The number of updates.
        limit: The descent stops early where a coordinate exceeds this, as happens when a rate is too large.

    Returns:
        A list of at most steps + 1 points, all finite.

    Example:
        >>> descend(quadratic([1.0]).gradient, SGD(0.5), [8.0], 3)
        [[8.0], [4.0], [2.0], [1.0]]
    """
    path = [list(start)]
    for _ in range(steps):
        point = optimizer.update(path[-1], gradient(path[-1]))
        if not all(abs(x) <= limit for x in point):
            break
        path.append(point)
    return path


def contraction(rate: float, eigenvalue: float, momentum: float = 0.0, nesterov: bool = False) -> float:
    """The factor by which a step multiplies the distance along an eigenvector in the long run; above 1 it diverges.

    The greatest absolute root of z² − (1 + μ − ηλ) z + μ, or with Nesterov of z² − (1 + μ)(1 − ηλ) z + μ (1 − ηλ);
    without momentum |1 − ηλ|.

    Args:
        rate: The learning rate η.
        eigenvalue: The curvature λ along that eigenvector.
        momentum: The momentum μ.
        nesterov: Whether the momentum looks ahead, as Nesterov's does.

    Returns:
        The factor, ≥ 0.

    Example:
        >>> contraction(0.5, 1.0), contraction(3.0, 1.0), round(contraction(1.0, 1.0, momentum=0.81), 6)
        (0.5, 2.0, 0.9)

    References:
        O'Donoghue, Candès (2015), Adaptive restart for accelerated gradient schemes, arXiv 1204.3982.
    """
    kept = 1 - rate * eigenvalue
    total = (1 + momentum) * kept if nesterov else momentum + kept
    product = momentum * kept if nesterov else momentum
    discriminant = total * total - 4 * product
    if discriminant < 0:  # a pair of complex roots, whose product is the square of their size
        return math.sqrt(product)
    return (abs(total) + math.sqrt(discriminant)) / 2


def greatest_rate(eigenvalue: float, momentum: float = 0.0, nesterov: bool = False) -> float:
    """The rate beyond which descent on a quadratic diverges: 2 (1 + μ) / λ, with Nesterov 2 (1 + μ) / ((1 + 2μ) λ).

    Args:
        eigenvalue: The greatest eigenvalue λ of the Hessian, > 0.
        momentum: The momentum μ, in [0, 1).
        nesterov: Whether the momentum looks ahead, as Nesterov's does.

    Returns:
        The greatest rate that does not diverge.

    Raises:
        TypeError, ValueError: An argument breaks its rule; the message names it.

    Example:
        >>> greatest_rate(4.0), greatest_rate(4.0, 0.9), round(greatest_rate(4.0, 0.9, nesterov=True), 4)
        (0.5, 0.95, 0.3393)

    References:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods.
        Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of stability, arXiv
        2103.00065, gives both limits.
    """
    eigenvalue, momentum = check_positive("eigenvalue", eigenvalue), check_unit_interval("momentum", momentum)
    return 2 * (1 + momentum) / eigenvalue / (1 + 2 * momentum if nesterov else 1)
