"""The policies of the trials, at any number of steps."""

import pytest

from learning_rates.trials.declared import policies
from learning_rates.trials.declared.trials import TRIALS

ARMS = [(name, arm) for name, trial in TRIALS.items() for arm in trial.arms]  # some trials run recipes alone


@pytest.mark.parametrize("steps", [100, 936, 8_000])
@pytest.mark.parametrize(("trial", "arm"), ARMS)
def test_every_arm_has_a_rate_for_every_step_and_its_peak(trial, arm, steps):
    policy = TRIALS[trial].arms[arm]
    rate, _ = policies.rate_and_momentum(policy.schedule, 0.6, steps, policy.options)
    assert rate.total_steps == steps
    assert max(rate.values()) == pytest.approx(0.6, rel=0.06)


def test_policies_by_hand():
    assert policies.cycles(0.6, 10, number=1).values() == pytest.approx(
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5, 0.4, 0.3, 0.2]
    )
    assert policies.step_decay(1.0, 10, every=0.4).values() == pytest.approx([1.0] * 4 + [0.1] * 4 + [0.01] * 2)
    assert policies.drops(1.0, 8, at=(5 / 8, 7 / 8)).values() == pytest.approx([1.0] * 5 + [0.1] * 2 + [0.01])
    # twice as high after two epochs, then the excess halves with each
    by_epoch = policies.ramp_once_an_epoch(2.0, 10, epochs=5, ramp=2).values()
    assert by_epoch == pytest.approx([1.0, 1.0, 1.5, 1.5, 2.0, 2.0, 1.5, 1.5, 1.25, 1.25])
    rate, momentum = policies.rate_and_momentum("one-cycle", 1.0, 10, {})
    assert (max(rate.values()), min(momentum.values())) == (1.0, 0.85)
    assert policies.rate_and_momentum("constant", 1.0, 3, {}, momentum=0.5) == (policies.constant(1.0, 3), 0.5)
