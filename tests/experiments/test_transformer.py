"""The recording of the language model: its runs are those of `fit`, its rows those declared."""

import keras
import numpy as np
import pytest

from experiments import transformer

pytestmark = pytest.mark.jax
STEPS = 6
KINDS = {
    "AdamW": (transformer.Kind(), 0.01),
    "AdamW, β₁ cycled": (transformer.Kind(cycle=STEPS), 0.01),
    "SGD": (transformer.Kind("SGD"), 0.5),
    "Muon": (transformer.Kind("Muon", ratio=0.5), 0.01),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_run_is_that_of_fit_with_the_packages_optimizer(name, monkeypatch):
    """Same start, same windows, the schedule inside the compiled step: the same losses and weights."""
    monkeypatch.setattr(transformer, "CHUNK", 3)
    monkeypatch.setattr(transformer, "LOOKS", 2)
    kind, peak = KINDS[name]
    rate = transformer.rate_of(transformer.Arm("AdamW", "linear"), peak, STEPS)
    end = transformer.train(kind, rate, 5, transformer.texts().tune, batch=2)

    model = transformer.build(5)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(transformer.optimizer_of(kind, rate), loss)
    batches = [transformer.batch_at(places) for places in transformer.starts(5, STEPS, 2)]
    x, y = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    losses = []
    model.fit(x, y, batch_size=2, shuffle=False, verbose=0, callbacks=[BatchLosses(losses)])
    assert np.reshape(losses, (2, 3)).mean(axis=1) == pytest.approx(end.learnt, abs=1e-4)
    for ours, theirs in zip(end.weights, model.trainable_variables, strict=True):
        np.testing.assert_allclose(np.asarray(ours), keras.ops.convert_to_numpy(theirs), atol=2e-5)


class BatchLosses(keras.callbacks.Callback):
    """Keras reports the mean since the epoch began: take the batch's own loss out of it."""

    def __init__(self, losses):
        super().__init__()
        self.losses = losses

    def on_train_batch_end(self, batch, logs):
        self.losses.append(logs["loss"] * (batch + 1) - sum(self.losses))
