"""The optimizer that a sweep trains with: of the model's kind, from its config, without its rate."""

import keras
import pytest

from learning_rates.range_test.twin import twin
from tests.range_test.networks import MARKS, everything, linear, swept

pytestmark = MARKS


class Noam(keras.optimizers.schedules.LearningRateSchedule):
    """Without get_config, as in the Transformer tutorial (ncbi/AIONER#5, tf2-transformer-chatbot#12)."""

    def __call__(self, step):
        return 0.01 * keras.ops.rsqrt(keras.ops.cast(step, "float32") + 1)


class Boosted(keras.optimizers.SGD):
    """With an argument that its config lacks."""

    def __init__(self, boost=1.0, **more):
        super().__init__(**more)
        self.boost = boost


class Needy(Boosted):
    def __init__(self, boost, **more):
        super().__init__(boost, **more)


@pytest.mark.parametrize("rate", [Noam(), lambda: 0.1], ids=["a schedule", "a function"])
def test_a_rate_need_not_be_serializable(rate):
    made = twin(keras.optimizers.Adam(rate, beta_1=0.7))
    assert (made.beta_1, float(made.learning_rate.value)) == (0.7, 1.0)


CONFIG = "model.optimizer must be one that its config makes again: get_config must hold "


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (Needy(2.0), f"{CONFIG}what __init__ takes. Received: optimizer=Needy, TypeError: .*'boost'"),
        (Boosted(2.0), f"{CONFIG}boost. Received: optimizer='Boosted', boost=2.0"),
    ],
    ids=["needed", "with a default"],
)
def test_an_optimizer_whose_config_lacks_an_argument_is_refused(optimizer, message):
    model = linear(optimizer)
    before = everything(model)
    with pytest.raises(ValueError, match=message):
        swept(model)
    assert everything(model) == before
