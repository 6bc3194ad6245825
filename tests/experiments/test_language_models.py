"""What the book quotes of others' language models: where it is from, that it is whole, that the script makes it."""

import csv
import json
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from experiments import language_models as script
from learning_rates import loss_curves, schedules

RESULTS = Path(__file__).parents[2] / "results"
CURVES, GRID, PREDICT = (
    json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("language_model_curves", "language_model_grid", "predict")
)
with (RESULTS / "language_model_grid.csv").open(encoding="utf-8") as file:
    RUNS = list(csv.DictReader(file))
needs_data = pytest.mark.skipif("'LEARNING_RATES_DATA' not in os.environ", reason="LEARNING_RATES_DATA names no folder")


@pytest.mark.parametrize("record", [CURVES, GRID, PREDICT], ids=["curves", "grid", "predict"])
def test_a_record_says_whose_it_is(record):
    made = record["made"]
    assert re.search(r"github\.com/\S+, commit [0-9a-f]{7}, MIT licence, \w+", made["source"])
    assert (RESULTS.parent / made["script"]).is_file()


def test_there_are_nine_curves_of_three_sizes():
    assert list(CURVES["curves"]) == ["25M", "100M", "400M"]
    for size, curves in CURVES["curves"].items():
        assert set(curves) == set(CURVES["schedules"])
        assert len(curves) == 9
        for name, curve in curves.items():
            steps, total = curve["steps"], schedules.from_config(CURVES["schedules"][name]).total_steps
            assert steps == sorted(set(steps))
            assert CURVES["made"]["warmup steps"] < steps[0] < steps[-1] < total
            early = size == "25M" and name.startswith("wsdcon")  # these were logged to step 14,144
            assert total - steps[-1] <= (1856 if early else 256)
            assert len(steps) == len(curve["losses"]) <= 70
            assert all(2.5 < loss < 4.2 for loss in curve["losses"])


def test_every_schedule_warms_up_to_the_peak_and_ends_where_its_name_says():
    ends = {"constant": 3e-4, "cosine": 3e-5, "wsd": 3e-5, "wsdld": 3e-5}
    for name, config in CURVES["schedules"].items():
        rate = schedules.from_config(config)
        kind, last = name.split("_")[0], name.split("_")[-1]
        assert rate(2160) == pytest.approx(3e-4)
        assert rate.total_steps == (16_000 if kind == "wsdcon" else int(last))
        assert rate(rate.total_steps - 1) == pytest.approx(ends.get(kind, float(f"{last}e-5")))


def test_the_grid_is_whole():
    assert len(RUNS) == 152
    assert len({row["run"] for row in RUNS}) == len(RUNS)
    assert all(2.9 < float(row["loss"]) < 3.4 for row in RUNS)
    at_50_000 = Counter((row["shape"], row["part"]) for row in RUNS if row["steps"] == "50000")
    assert len(at_50_000) == 11
    assert min(at_50_000.values()) >= 4, "each arm tried at least four peaks"


def test_twenty_settings_were_run_twice():
    losses = {}
    for row in RUNS:
        losses.setdefault((row["shape"], row["part"], row["steps"], row["peak"]), []).append(float(row["loss"]))
    gaps = [np.subtract(*pair) for pair in losses.values() if len(pair) == 2]
    assert len(gaps) == 20
    assert np.sqrt(np.mean(np.square(gaps)) / 2) == pytest.approx(0.0011, abs=1e-4)


def test_the_laws_of_the_explorer_are_those_that_a_fit_finds():
    again = script.fitted(CURVES)
    for name, law in PREDICT["laws"].items():
        assert again[name]["constants"] == pytest.approx(law["constants"], rel=1e-3)
        assert again[name]["missed"] == pytest.approx(law["missed"], abs=2e-4)
    assert PREDICT["runs"] == {kind: CURVES["curves"]["100M"][kind] for kind in script.REVEALED}


@pytest.mark.parametrize("name", script.LAWS)
def test_no_schedule_nearby_is_told_to_end_lower_than_the_best(name):
    law, constants, best = script.LAWS[name], PREDICT["laws"][name]["constants"], PREDICT["best"][name]
    parts = np.array([part for _, part in best["points"][2:]])
    assert (np.diff([1.0, *parts]) <= 1e-6).all(), "it never rises"
    assert script.last_loss(law, constants, parts) == pytest.approx(best["told"], abs=1e-4)
    rng = np.random.default_rng(0)
    for _ in range(20):
        moved = np.minimum.accumulate(np.clip(parts + rng.normal(0, 0.03, len(parts)), 0, 1))
        assert script.last_loss(law, constants, moved) > best["told"] - 3e-4


@needs_data
def test_the_script_makes_the_curves_and_the_grid():
    assert script.curves() == CURVES
    made = [
        dict(zip(script.COLUMNS, map(str, row), strict=True))
        for row in script.grid(Path(os.environ["LEARNING_RATES_DATA"]))
    ]
    assert made == RUNS


@needs_data
@pytest.mark.parametrize(("law", "most"), [("momentum", 0.0045), ("multi-power", 0.0042)])
def test_the_laws_hold_on_whole_curves_too(law, most):
    """All rows of the six held-out 100M curves, not the sixty points that the book keeps of each."""
    from learning_rates import datasets

    function = loss_curves.momentum_law if law == "momentum" else loss_curves.multi_power_law
    merged = {} if law == "momentum" else {"merge": 16}
    runs, errors = datasets.language_model_runs(), []
    for name in sorted(set(CURVES["schedules"]) - set(CURVES["made"]["fitted"])):
        rate = schedules.from_config(CURVES["schedules"][name])
        steps, _, losses = runs[f"100M_{name}"]
        kept = (steps > 2160) & (steps < rate.total_steps)
        told = function(rate, steps=steps[kept], warmup_steps=2160, **merged, **PREDICT["laws"][law]["constants"])
        errors.append(np.abs(np.array(told) - losses[kept]).mean())
    assert np.mean(errors) < most


def near(name, step):
    """The loss of a run of the 100M model at the kept step nearest to one."""
    run = CURVES["curves"]["100M"][name]
    return run["losses"][int(np.argmin(np.abs(np.array(run["steps"]) - step)))]


def test_the_run_that_is_ahead_in_mid_run_loses():
    """book/traps.md, the lower curve in mid-run."""
    assert near("cosine_24000", 20_000) < near("wsd_20000_24000", 20_000) - 0.05
    assert near("cosine_24000", 24_000) > near("wsd_20000_24000", 24_000) + 0.02


def test_a_run_planned_for_longer_looks_worse_on_the_way():
    """book/traps.md, the wrong horizon."""
    assert near("cosine_72000", 24_000) > near("cosine_24000", 24_000) + 0.03
    assert near("cosine_72000", 72_000) < near("cosine_24000", 24_000) - 0.1
