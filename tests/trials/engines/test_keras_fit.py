"""A network trained by `fit`: nothing waits for a tuner, and the optimizers are those that the engine names."""

import keras
import pytest

from learning_rates.trials import plan, training
from learning_rates.trials.engine import KERAS_FIT
from learning_rates.trials.engines import keras_fit
from tests.trials.tables import PHASED as TRIAL

pytestmark = pytest.mark.slow


def test_nothing_that_fit_or_predict_is_given_tunes_itself(monkeypatch):
    given = []

    def noted(method):
        def call(self, x, *rest, **options):
            given.append(x)
            return method(self, x, *rest, **options)

        return call

    monkeypatch.setattr(keras.Model, "fit", noted(keras.Model.fit))
    monkeypatch.setattr(keras.Model, "predict", noted(keras.Model.predict))
    training.train(TRIAL, plan.published(TRIAL)[0])
    assert len(given) == 2 * 4, "two phases, two checks each: trained, then judged"
    assert not any(dataset.options().autotune.enabled for dataset in given)


def test_it_has_the_optimizers_that_it_names():
    assert tuple(keras_fit.OPTIMIZERS) == KERAS_FIT.optimizers
