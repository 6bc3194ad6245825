"""The transformer of `models` once more, by hand in NumPy and float64: its loss, and the slope of every weight."""

import numpy as np


def normalised(x, gamma, beta):
    """Layer norm over the last axis, and what its backward pass needs."""
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)
    return centred / spread * gamma + beta, (centred / spread, spread)


def normalised_back(slope, gamma, kept):
    """The slopes of x, gamma and beta."""
    unit, spread = kept
    inner = slope * gamma
    x = inner - inner.mean(axis=-1, keepdims=True) - unit * (inner * unit).mean(axis=-1, keepdims=True)
    return x / spread, (slope * unit).sum(axis=(0, 1)), slope.sum(axis=(0, 1))


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def in_heads(x, heads):
    """(batch, places, width) → (batch, heads, places, width of a head)."""
    batch, places, width = x.shape
    return x.reshape(batch, places, heads, width // heads).swapaxes(1, 2)


def joined(x):
    """What `in_heads` undoes."""
    batch, heads, places, part = x.shape
    return x.swapaxes(1, 2).reshape(batch, places, heads * part)


def attended(q, k, v, heads):
    q, k, v = (in_heads(part, heads) for part in (q, k, v))
    scores = q @ k.swapaxes(2, 3) / np.sqrt(q.shape[3])
    places = scores.shape[2]
    scores = np.where(np.tri(places, dtype=bool), scores, -np.inf)
    shares = softmax(scores)
    return joined(shares @ v), (q, k, v, shares)


def attended_back(slope, kept):
    """The slopes of queries, keys and values."""
    q, k, v, shares = kept
    slope = in_heads(slope, q.shape[1])
    towards = slope @ v.swapaxes(2, 3)
    scores = shares * (towards - (towards * shares).sum(axis=-1, keepdims=True)) / np.sqrt(q.shape[3])
    return joined(scores @ k), joined(scores.swapaxes(2, 3) @ q), joined(shares.swapaxes(2, 3) @ slope)


def matrix_slope(inputs, slope):
    return np.einsum("bti,bto->io", inputs, slope)


def loss_and_slopes(weights, x, y, *, depth, heads):
    """The mean cross-entropy of y after x, and {path: slope}.

    Args:
        weights: {path: array}, the paths as Keras has them.
        x, y: Whole numbers of shape (batch, places).
    """
    w = {path: np.asarray(array, "float64") for path, array in weights.items()}
    slopes, kept = {}, []
    h = w["embedding/embeddings"][x] + w["position_embedding/embeddings"][: x.shape[1]]
    for block in range(depth):
        names = [f"{name}_{block}/kernel" for name in ("query", "key", "value")]
        norms = [f"{name}_norm_{block}" for name in ("attention", "hidden")]
        n, norm_1 = normalised(h, w[f"{norms[0]}/gamma"], w[f"{norms[0]}/beta"])
        mixed, attention = attended(*(n @ w[name] for name in names), heads)
        h = h + mixed @ w[f"output_{block}/kernel"]
        m, norm_2 = normalised(h, w[f"{norms[1]}/gamma"], w[f"{norms[1]}/beta"])
        hidden = np.maximum(m @ w[f"up_{block}/kernel"], 0)
        h = h + hidden @ w[f"down_{block}/kernel"]
        kept.append((names, norms, n, norm_1, mixed, attention, m, norm_2, hidden))
    last, norm_3 = normalised(h, w["last_norm/gamma"], w["last_norm/beta"])
    shares = softmax(last @ w["head/kernel"])
    right = np.take_along_axis(shares, y[..., None], axis=-1)

    slope = shares.copy()
    np.put_along_axis(slope, y[..., None], right - 1, axis=-1)
    slope /= y.size
    slopes["head/kernel"] = matrix_slope(last, slope)
    slope, slopes["last_norm/gamma"], slopes["last_norm/beta"] = normalised_back(
        slope @ w["head/kernel"].T, w["last_norm/gamma"], norm_3
    )
    for block in reversed(range(depth)):
        names, norms, n, norm_1, mixed, attention, m, norm_2, hidden = kept[block]
        up, down, output = (f"{name}_{block}/kernel" for name in ("up", "down", "output"))
        slopes[down] = matrix_slope(hidden, slope)
        inner = slope @ w[down].T * (hidden > 0)
        slopes[up] = matrix_slope(m, inner)
        back, slopes[f"{norms[1]}/gamma"], slopes[f"{norms[1]}/beta"] = normalised_back(
            inner @ w[up].T, w[f"{norms[1]}/gamma"], norm_2
        )
        slope = slope + back
        slopes[output] = matrix_slope(mixed, slope)
        parts = attended_back(slope @ w[output].T, attention)
        slopes.update({name: matrix_slope(n, part) for name, part in zip(names, parts, strict=True)})
        inner = sum(part @ w[name].T for name, part in zip(names, parts, strict=True))
        back, slopes[f"{norms[0]}/gamma"], slopes[f"{norms[0]}/beta"] = normalised_back(
            inner, w[f"{norms[0]}/gamma"], norm_1
        )
        slope = slope + back
    slopes["embedding/embeddings"] = np.zeros_like(w["embedding/embeddings"])
    np.add.at(slopes["embedding/embeddings"], x, slope)
    slopes["position_embedding/embeddings"] = np.zeros_like(w["position_embedding/embeddings"])
    slopes["position_embedding/embeddings"][: x.shape[1]] = slope.sum(axis=0)
    return -np.log(right).mean(), slopes
