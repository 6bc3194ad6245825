"""Losses one can see, their gradients, and optimizers from scratch, in plain Python.

A point is a list of numbers. Like `schedules` this imports nothing but `math`, so that the book's pages can run it.
"""

import math

FORMS = ("textbook", "keras")


# ---------------------------------------------------------------------------------------------------------- surfaces
class Surface:
    """A loss of a point and its gradient.

    Args:
        loss: point → number.
        gradient: point → list of as many numbers.

    Example:
        >>> bowl = quadratic([1.0, 4.0])
        >>> bowl.loss([2.0, 1.0]), bowl.gradient([2.0, 1.0])
        (4.0, [2.0, 4.0])
    """

    def __init__(self, loss, gradient):
        self.loss = loss
        self.gradient = gradient


def quadratic(eigenvalues):
    """L = ½ Σ λᵢ θᵢ², nearly the shape of a smooth loss close to a minimum where no curvature is 0.

    Args:
        eigenvalues: the curvature λᵢ along each coordinate.

    Returns:
        A `Surface`.

    Example:
        >>> quadratic([10.0]).gradient([0.5])
        [5.0]
    """
    return Surface(
        lambda point: sum([curvature * x * x for curvature, x in zip(eigenvalues, point)]) / 2,
        lambda point: [curvature * x for curvature, x in zip(eigenvalues, point)],
    )


def rosenbrock():
    """L = (1 − a)² + 100 (b − a²)²: a curved, flat-bottomed valley with its minimum at (1, 1).

    Example:
        >>> rosenbrock().loss([1.0, 1.0]), rosenbrock().gradient([0.0, 0.0])
        (0.0, [-2.0, 0.0])

    References:
        Rosenbrock (1960), An automatic method for finding the greatest or least value of a function.
    """

    def gradient(point):
        a, b = point
        return [-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]

    return Surface(lambda point: (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2, gradient)


def saddle():
    """L = ½ (a² − b²) + ¼ b⁴: at (0, 0) the gradient vanishes and nothing is a minimum; those are at (0, ±1).

    Example:
        >>> saddle().gradient([0.0, 0.0]), saddle().loss([0.0, 1.0])
        ([0.0, 0.0], -0.25)
    """
    return Surface(
        lambda point: (point[0] ** 2 - point[1] ** 2) / 2 + point[1] ** 4 / 4,
        lambda point: [point[0], point[1] ** 3 - point[1]],
    )


def difference_quotient(function, x, h, *, central=False):
    """(f(x + h) − f(x)) / h, or centred (f(x + h) − f(x − h)) / 2h: a slope without calculus.

    Args:
        function: number → number.
        x: where.
        h: the distance, not 0.
        central: whether to look to both sides.

    Returns:
        A float.

    Raises:
        ValueError: h is 0.

    Example:
        >>> difference_quotient(lambda x: x * x, 3.0, 0.5), difference_quotient(lambda x: x * x, 3.0, 0.5, central=True)
        (6.5, 6.0)
    """
    if h == 0:
        raise ValueError(f"h must not be 0. Received: h={h!r}")
    if central:
        return (function(x + h) - function(x - h)) / (2 * h)
    return (function(x + h) - function(x)) / h


# -------------------------------------------------------------------------------------------------------- optimizers
class Optimizer:
    """Base of the optimizers: a step from one point to the next.

    Args:
        learning_rate: η, a number or a schedule.
    """

    slots = 0  # how many numbers it remembers for each parameter

    def __init__(self, learning_rate):
        self.learning_rate = learning_rate
        self.step = 0
        self.memory = None

    def rate(self):
        return self.learning_rate(self.step) if callable(self.learning_rate) else self.learning_rate

    def update(self, point, gradient):
        """The next point. The memory moves on, so use one optimizer for one descent."""
        if self.memory is None:
            self.memory = [self.start() for _ in point]
        moved = [x + self.move(x, g, memory) for x, g, memory in zip(point, gradient, self.memory)]
        self.step += 1
        return moved

    def start(self):
        return [0.0] * self.slots


class SGD(Optimizer):
    """v ← μ v − η g, θ ← θ + v; with Nesterov's look ahead θ ← θ + μ v − η g.

    Args:
        learning_rate: η, a number or a schedule.
        momentum: μ, a number or a schedule.
        nesterov: whether to look ahead.

    Example:
        >>> SGD(0.1).update([1.0], [2.0])
        [0.8]

    References:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods.
        Sutskever et al. (2013), On the importance of initialization and momentum in deep learning.
    """

    slots = 1

    def __init__(self, learning_rate, momentum=0.0, nesterov=False):
        super().__init__(learning_rate)
        self.momentum = momentum
        self.nesterov = nesterov

    def move(self, x, g, memory):
        momentum = self.momentum(self.step) if callable(self.momentum) else self.momentum
        pushed = self.rate() * g
        memory[0] = momentum * memory[0] - pushed
        return momentum * memory[0] - pushed if self.nesterov else memory[0]


class AdaGrad(Optimizer):
    """s ← s + g², θ ← θ − η g / (√s + ε); in Keras's form s starts at 0.1 and ε stands inside the root.

    Args:
        learning_rate: η, a number or a schedule.
        epsilon: ε > 0.
        form: "textbook" or "keras".

    Example:
        >>> AdaGrad(0.1, epsilon=1e-8).update([1.0], [2.0])
        [0.9000000005]

    References:
        Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning and stochastic optimization.
    """

    slots = 1

    def __init__(self, learning_rate, *, epsilon=1e-7, form="textbook"):
        super().__init__(learning_rate)
        self.epsilon = epsilon
        self.form = check_form(form)

    def start(self):
        return [0.1 if self.form == "keras" else 0.0]

    def move(self, x, g, memory):
        memory[0] += g * g
        return -self.rate() * g / root(memory[0], self.epsilon, self.form)


class RMSProp(Optimizer):
    """s ← ρ s + (1 − ρ) g², θ ← θ − η g / (√s + ε); in Keras's form ε stands inside the root.

    Args:
        learning_rate: η, a number or a schedule.
        rho: ρ, the share of the average that is kept.
        epsilon: ε > 0.
        form: "textbook" or "keras".

    Example:
        >>> RMSProp(0.1, rho=0.75, epsilon=1e-8).update([1.0], [2.0])
        [0.800000002]

    References:
        Tieleman, Hinton (2012), Lecture 6.5, Neural networks for machine learning.
    """

    slots = 1

    def __init__(self, learning_rate, *, rho=0.9, epsilon=1e-7, form="textbook"):
        super().__init__(learning_rate)
        self.rho = rho
        self.epsilon = epsilon
        self.form = check_form(form)

    def move(self, x, g, memory):
        memory[0] = self.rho * memory[0] + (1 - self.rho) * g * g
        return -self.rate() * g / root(memory[0], self.epsilon, self.form)


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g, s ← β₂ s + (1 − β₂) g², θ ← θ − η m̂ / (√ŝ + ε).

    The averages start at 0, so each is divided by the share that has come in: m̂ = m / (1 − β₁ᵗ⁺¹) and
    ŝ = s / (1 − β₂ᵗ⁺¹). Keras's form is the paper's second: ε̂ is added to √s before that correction.

    Args:
        learning_rate: η, a number or a schedule.
        beta_1: β₁ in [0, 1).
        beta_2: β₂ in [0, 1).
        epsilon: ε, or ε̂ in Keras's form; > 0.
        weight_decay: each step also takes η · weight_decay · θ away (AdamW).
        form: "textbook" or "keras".

    Example:
        >>> round(Adam(0.1).update([1.0], [2.0])[0], 6)
        0.9

    References:
        Kingma, Ba (2015), Adam, arXiv 1412.6980.
        Loshchilov, Hutter (2019), Decoupled weight decay regularization, arXiv 1711.05101.
    """

    slots = 2

    def __init__(self, learning_rate, *, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=0.0, form="textbook"):
        super().__init__(learning_rate)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.form = check_form(form)

    def move(self, x, g, memory):
        memory[0] = self.beta_1 * memory[0] + (1 - self.beta_1) * g
        memory[1] = self.beta_2 * memory[1] + (1 - self.beta_2) * g * g
        in_first, in_second = 1 - self.beta_1 ** (self.step + 1), 1 - self.beta_2 ** (self.step + 1)
        if self.form == "keras":
            scaled = memory[0] / in_first * math.sqrt(in_second) / (math.sqrt(memory[1]) + self.epsilon)
        else:
            scaled = memory[0] / in_first / (math.sqrt(memory[1] / in_second) + self.epsilon)
        return -self.rate() * (scaled + self.weight_decay * x)


def check_form(form):
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}. Received: form={form!r}")
    return form


def root(square, epsilon, form):
    """√s + ε, or Keras's √(s + ε)."""
    return math.sqrt(square + epsilon) if form == "keras" else math.sqrt(square) + epsilon


def descend(gradient, optimizer, start, steps, *, limit=1e12):
    """The points of a descent, the start first.

    Args:
        gradient: point → list, as of a `Surface`.
        optimizer: a fresh one.
        start: the first point.
        steps: how many updates.
        limit: the descent ends early where a coordinate exceeds it, as it does when a rate is too large.

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


# ---------------------------------------------------------------------------------------------- what theory predicts
def contraction(rate, eigenvalue, momentum=0.0, nesterov=False):
    """By how much a step shrinks the distance along an eigenvector in the long run; above 1 the descent diverges.

    The greatest absolute root of z² − (1 + μ − ηλ) z + μ, or with Nesterov of z² − (1 + μ)(1 − ηλ) z + μ (1 − ηλ);
    without momentum |1 − ηλ|.

    Args:
        rate: η.
        eigenvalue: λ.
        momentum: μ.
        nesterov: whether it looks ahead.

    Returns:
        A float ≥ 0.

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


def greatest_rate(eigenvalue, momentum=0.0, nesterov=False):
    """The rate beyond which descent on a quadratic diverges: 2 (1 + μ) / λ, with Nesterov 2 (1 + μ) / ((1 + 2μ) λ).

    Args:
        eigenvalue: λ > 0, the greatest of the Hessian.
        momentum: 0 ≤ μ < 1.
        nesterov: whether it looks ahead.

    Returns:
        A float.

    Raises:
        ValueError: an argument breaks its rule; the message names it, the rule and the value.

    Example:
        >>> greatest_rate(4.0), greatest_rate(4.0, 0.9), round(greatest_rate(4.0, 0.9, nesterov=True), 4)
        (0.5, 0.95, 0.3393)

    References:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods.
        Cohen et al. (2021), Gradient descent on neural networks typically occurs at the edge of stability, arXiv
        2103.00065, gives both limits.
    """
    if not eigenvalue > 0:
        raise ValueError(f"eigenvalue must be > 0. Received: eigenvalue={eigenvalue!r}")
    if not 0 <= momentum < 1:
        raise ValueError("momentum must be in [0, 1). " + f"Received: momentum={momentum!r}")
    return 2 * (1 + momentum) / eigenvalue / (1 + 2 * momentum if nesterov else 1)
