"""One step of each of Keras's optimizers in NumPy, in float64: the references of tests that let its numbers move.

Each takes the variable p, its gradient g, its state s (a dict, empty at first), this step's rate and its numbers h, and
returns the new variable. Where a number moves, the share that an average has taken in is 1 − ∏β.
"""

import numpy as np


def sgd(p, g, s, rate, h):
    s["m"] = h["momentum"] * s.get("m", 0) - rate * g
    return p + (h["momentum"] * s["m"] - rate * g if h.get("nesterov") else s["m"])


def rmsprop(p, g, s, rate, h):
    s["v"] = h["rho"] * s.get("v", 0) + (1 - h["rho"]) * g**2
    s["a"] = h["rho"] * s.get("a", 0) + (1 - h["rho"]) * g
    spread = s["v"] - s["a"] ** 2 if h.get("centered") else s["v"]
    s["m"] = h["momentum"] * s.get("m", 0) + rate * g / np.sqrt(spread + h["epsilon"])
    return p - s["m"]


def _averages(g, s, h):
    """Adam's m and v, each divided by what it has taken in."""
    for name, beta, value in (("m", h["beta_1"], g), ("v", h["beta_2"], g**2)):
        s[name] = beta * s.get(name, 0) + (1 - beta) * value
        s[f"∏{name}"] = beta * s.get(f"∏{name}", 1)
    return s["m"] / (1 - s["∏m"]), s["v"] / (1 - s["∏v"])


def adam(p, g, s, rate, h):
    m, _ = _averages(g, s, h)
    s["top"] = np.maximum(s.get("top", 0), s["v"])
    v = s["top"] if h.get("amsgrad") else s["v"]
    return p - rate * np.sqrt(1 - s["∏v"]) * m / (np.sqrt(v) + h["epsilon"])


def adamax(p, g, s, rate, h):
    m, _ = _averages(g, s, h)
    s["u"] = np.maximum(h["beta_2"] * s.get("u", 0), np.abs(g))
    return p - rate * m / (s["u"] + h["epsilon"])


def nadam(p, g, s, rate, h):
    t = s["t"] = s.get("t", 0) + 1
    _, v = _averages(g, s, h)
    now, ahead = (h["beta_1"] * (1 - 0.5 * 0.96 ** (t + later)) for later in (0, 1))
    product = s["∏u"] = s.get("∏u", 1) * now
    m = ahead * s["m"] / (1 - product * ahead) + (1 - now) * g / (1 - product)
    return p - rate * m / (np.sqrt(v) + h["epsilon"])


def lamb(p, g, s, rate, h):
    m, v = _averages(g, s, h)
    update = m / (np.sqrt(v) + h["epsilon"])
    norm, size = np.linalg.norm(p), np.linalg.norm(update)
    return p - (norm / size if norm > 0 and size > 0 else 1) * rate * update


def lion(p, g, s, rate, h):
    m = s.get("m", np.zeros_like(p))
    s["m"] = h["beta_2"] * m + (1 - h["beta_2"]) * g
    return p - rate * np.sign(h["beta_1"] * m + (1 - h["beta_1"]) * g)


def adadelta(p, g, s, rate, h):
    s["v"] = h["rho"] * s.get("v", 0) + (1 - h["rho"]) * g**2
    step = -np.sqrt(s.get("d", 0) + h["epsilon"]) * g / np.sqrt(s["v"] + h["epsilon"])
    s["d"] = h["rho"] * s.get("d", 0) + (1 - h["rho"]) * step**2
    return p + rate * step


def adagrad(p, g, s, rate, h):
    s["v"] = s.get("v", 0.1) + g**2
    return p - rate * g / np.sqrt(s["v"] + h["epsilon"])


def muon(p, g, s, rate, h):
    if p.ndim != 2:
        numbers = {"beta_1": h["adam_beta_1"], "beta_2": h["adam_beta_2"], "epsilon": h["epsilon"]}
        return adam(p, g, s, rate * h["adam_lr_ratio"], numbers)
    m = s["m"] = h["momentum"] * s.get("m", 0) + g
    x = g + h["momentum"] * m
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (np.linalg.norm(x) + 1e-7)
    for _ in range(5):
        a = x @ x.T
        x = h["muon_a"] * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return p - rate * (x.T if tall else x) * np.sqrt(max(p.shape)) * h["rms_rate"]


def ftrl(p, g, s, rate, h):
    n = s.get("n", 0.1)
    s["n"] = n + g**2
    pull = g + 2 * h["l2_shrinkage_regularization_strength"] * p
    s["z"] = s.get("z", 0) + pull - (np.sqrt(s["n"]) - np.sqrt(n)) / rate * p
    l1, l2 = h["l1_regularization_strength"], h["l2_regularization_strength"] + h["beta"] / (2 * rate)
    return (np.clip(s["z"], -l1, l1) - s["z"]) / (np.sqrt(s["n"]) / rate + 2 * l2)


def adafactor(p, g, s, rate, h):
    def rms(x):
        return np.sqrt(np.mean(x**2))

    t = s["t"] = s.get("t", 0) + 1
    size = max(h["epsilon_2"], rms(p)) * min(rate, 1 / np.sqrt(t))
    square, beta = g**2 + 1e-30, 1 - t**-0.8
    if p.ndim == 2:
        s["r"] = beta * s.get("r", 0) + (1 - beta) * square.mean(1)
        s["c"] = beta * s.get("c", 0) + (1 - beta) * square.mean(0)
        v = (s["r"] / s["r"].mean())[:, None] * s["c"][None]
    else:
        v = s["v"] = beta * s.get("v", 0) + (1 - beta) * square
    update = g / np.sqrt(v)
    return p - size * update / max(1, rms(update) / h["clip_threshold"])


def schedule_free_adamw(y, g, s, rate, h):
    """Keras's, whose x weighs all updates alike."""
    t = s["t"] = s.get("t", 0) + 1
    z = s.setdefault("z", y)
    x = (y - (1 - h["beta_1"]) * z) / h["beta_1"]
    _, v = _averages(g, s, h)
    z = s["z"] = z - rate * g / (np.sqrt(v) + h["epsilon"])
    x = x + (z - x) / t
    return (1 - h["beta_1"]) * z + h["beta_1"] * x
