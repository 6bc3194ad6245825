"""fastai's reading of a sweep is fastai's, and the recorded runs of the range-test chapter are all there."""

import numpy as np
import pytest

from experiments import decay, range_test
from learning_rates.trials.table import Table

pytestmark = pytest.mark.jax


def valley_as_fastai_writes_it(rates, losses):
    """The two loops of fastai/callback/schedule.py."""
    lengths, start, end = [1] * len(losses), 0, 0
    for i in range(1, len(losses)):
        for j in range(i):
            if losses[i] < losses[j] and lengths[i] < lengths[j] + 1:
                lengths[i] = lengths[j] + 1
            if lengths[end] < lengths[i]:
                end = i
                start = end - lengths[end]
    third = (end - start) / 3
    return rates[start + int(third) + int(third / 2)]


def test_fastai_reads_a_sweep_as_its_source_says():
    """On a smooth curve that falls and explodes, averaged, stopped and trimmed here step by step."""
    rates = 1e-7 * 1e8 ** (np.arange(100) / 100)
    losses = 2.5 - 1.5 / (1 + (0.02 / rates) ** 2) + (rates / 0.5) ** 2
    kept, average = [], 0.0
    for step, loss in enumerate(losses):
        average = 0.98 * average + 0.02 * loss
        kept.append(average / (1 - 0.98 ** (step + 1)))
        if kept[-1] > 4 * min(kept):
            break
    assert 50 < len(kept) < 100
    expected = valley_as_fastai_writes_it(rates[10:], kept[10:-5])
    assert range_test.fastai_valley(losses.tolist()) == pytest.approx(expected)


def test_fastais_rate_is_the_median_of_its_recorded_sweeps():
    swept, runs = Table.recorded("range_test_fastai"), Table.recorded("range_test_horizon")
    for momentum in range_test.MOMENTA:
        curves = [swept.curve((momentum, seed), "losses") for seed in range_test.SWEEP_SEEDS]
        rate = float(f"{np.median([range_test.fastai_valley(curve) for curve in curves]):.3g}")
        where = {"stage": "final", "arm": "fastai", "momentum": momentum, "max_lr": rate}
        assert len(runs.column("accuracy", **where)) == len(range_test.FINAL_SEEDS)


def test_each_length_has_its_grid_and_its_best_peak_was_judged_with_other_seeds():
    runs = Table.recorded("range_test_horizon")
    best = dict(runs.made["best"])
    assert list(best) == list(range_test.HORIZONS)
    assert not set(range_test.TUNING_SEEDS) & set(range_test.FINAL_SEEDS)
    for steps, peak in best.items():
        grid = {"stage": "tune", "arm": "grid", "steps": steps}
        means = {}
        for rate in range_test.GRID[0.9]:
            tried = runs.column("accuracy", max_lr=rate, **grid)
            assert len(tried) == len(range_test.TUNING_SEEDS)
            means[rate] = tried.mean()
        assert peak == max(means, key=means.get)
        for arm, rate in (("own peak", peak), ("peak of 600 steps", best[600])):
            judged = runs.column("accuracy", stage="final", arm=arm, steps=steps, max_lr=rate)
            assert len(judged) == len(range_test.FINAL_SEEDS)


def test_the_grid_of_600_steps_is_the_one_that_the_rules_were_judged_against():
    """Two recordings of the same runs."""
    again, first = (Table.recorded(name) for name in ("range_test_horizon", "range_test_rates"))
    where = {"stage": "tune", "arm": "grid", "momentum": 0.9}
    for rate in (0.02, 0.08):
        fresh = again.column("loss", steps=600, max_lr=rate, **where)
        assert fresh == pytest.approx(first.column("loss", max_lr=rate, **where), rel=1e-3)


def test_the_hyperbola_falls_as_one_over_t_to_the_end_that_is_asked():
    rate = decay.hyperbola(0.3, 100, end=1 / 100)
    assert (rate(0), rate(99)) == pytest.approx((0.3, 0.003))
    assert 1 / rate(50) - 1 / rate(49) == pytest.approx(1 / rate(1) - 1 / rate(0))
