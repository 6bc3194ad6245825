"""Predict the curve: blocks of steps tell what steps tell, knots give way, the real runs, the Python to take home."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import explorers, loss_curves, schedules, widgets
from learning_rates.explorers import predict
from tests.explorers.settings import raw_values

ROOT = Path(__file__).parents[2]
RECORD = json.loads((ROOT / "results/predict.json").read_text())
CURVES = json.loads((ROOT / "results/language_model_curves.json").read_text())
FALLS = {"part_1": 1.0, "part_2": 1.0, "step_2": 20_000, "step_3": 22_000, "part_3": 0.55, "part_4": 0.1}  # as wsdld


def figure(**raw):
    widgets.load("predict")
    return explorers.figure("predict", raw)


def told_step_by_step(rates):
    """Both laws over all 24,000 steps, after the blocks that are drawn."""
    steps = [(block + 1) * predict.BLOCK - 1 for block in predict.SHOWN]
    first, second = (RECORD["laws"][name]["constants"] for name in ("momentum", "multi-power"))
    return {
        "momentum": loss_curves.momentum_law(rates, steps=steps, warmup_steps=predict.WARMUP, **first),
        "multi-power": loss_curves.multi_power_law(rates, steps=steps, warmup_steps=predict.WARMUP, merge=4, **second),
    }


@pytest.mark.parametrize(
    ("raw", "near", "at_the_end"),
    [
        ({}, 1e-3, 4e-4),
        (FALLS, 1.5e-3, 4e-4),
        ({"part_3": 0.3, "part_4": 0.0}, 1e-3, 4e-4),
        (FALLS | {"step_3": 20_000, "part_3": 0.1}, 8e-3, 3e-3),
    ],
)
def test_blocks_tell_what_steps_tell(raw, near, at_the_end):
    """The last is a cliff, as steep as knots allow."""
    found = predict.knots(explorers.clean(predict.CONTROLS, raw))
    parts = schedules.piecewise([(0, 0.0), *((step, part) for step, part, _, _ in found)]).values()
    exact = told_step_by_step([max(part, predict.LEAST) * predict.PEAK for part in parts])
    told = predict.told_of(predict.in_blocks(predict.parts(found)), RECORD, predict.SHOWN, 3)
    for name, losses in exact.items():
        assert told[name] == pytest.approx(losses, abs=near)
        assert told[name][-1] == pytest.approx(losses[-1], abs=at_the_end)


@pytest.mark.parametrize("key", predict.NAMES)
def test_a_real_run_has_its_schedule_and_is_told_as_step_by_step(key):
    recorded = schedules.from_config(CURVES["schedules"][predict.REAL[key]])
    drawn = predict.real_schedule(key)
    assert [predict.PEAK * drawn(step) for step in range(0, 24_000, 97)] == pytest.approx(
        [recorded(step) for step in range(0, 24_000, 97)], rel=1e-12
    )
    told, exact = predict.told_of_real(key, RECORD), told_step_by_step(recorded.values())
    for name in exact:
        assert told[name][-1] == pytest.approx(exact[name][-1], abs=4e-4)
    assert RECORD["runs"][predict.REAL[key]] == CURVES["curves"]["100M"][predict.REAL[key]]


def test_which_runs_the_laws_had_seen():
    fitted = CURVES["made"]["fitted"]
    assert [key for key in predict.NAMES if predict.REAL[key] in fitted] == predict.FITTED


def test_the_linear_wsd_can_be_drawn_and_is_told_as_the_real_one():
    shown = figure(real="wsdld", **FALLS)
    mine, real = shown["table"]["rows"]
    assert mine[1:3] == real[1:3]
    assert "which they had not seen, ended at 2.95" in shown["summary"]


def test_the_answer_to_the_question():
    """Up to now nobody has trained it; the law that gains most from a cliff tells the lowest loss."""
    rows = figure(real="wsd", **FALLS | {"step_2": 20_800, "step_3": 22_400, "part_3": 0.3, "part_4": 0.0})["table"][
        "rows"
    ]
    assert all(float(told) < float(rows[1][3]) for told in rows[0][1:3])


@given(raw_values(predict.CONTROLS))
def test_knots_keep_their_distance_and_their_order(raw):
    found = predict.knots(explorers.clean(predict.CONTROLS, raw))
    steps = [step for step, _, _, _ in found]
    assert all(after - before >= predict.GAP * predict.BLOCK - 1 for before, after in itertools.pairwise(steps))
    assert len(predict.parts(found)) == predict.BLOCKS


@given(raw_values(predict.CONTROLS), st.sampled_from(list(predict.NAMES)))
def test_the_python_to_take_home_is_the_schedule_drawn(raw, real):
    shown, made = figure(**raw | {"real": real}), {}
    assert [library for library, _ in shown["code"]] == ["Keras", "PyTorch", "Optax"]
    keras = shown["code"][0][1]
    assert "AdamW" in keras
    exec(keras.replace("AdamW, ", "").rpartition("\n")[0], made)
    drawn = shown["panels"][0]["curves"][-1]["points"]
    assert [made["rate"](step) for step, _ in drawn] == pytest.approx([3e-4 * part for _, part in drawn], abs=1e-7)


def test_a_knob_names_the_controls_that_follow_it():
    handles = figure()["panels"][0]["handles"]
    assert [handle["controls"] for handle in handles] == [
        ["step_1", "part_1"], ["step_2", "part_2"], ["step_3", "part_3"], [None, "part_4"],
    ]  # fmt: skip
