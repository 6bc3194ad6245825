"""The lines to copy make the schedule that is drawn: in Keras here, in PyTorch and Optax where those are."""

from pathlib import Path

import numpy as np
import pytest

from learning_rates import explorers, schedules
from learning_rates.explorers import cyclical, decay_gallery, one_cycle
from learning_rates.explorers.take_home import libraries, written

ROOT = Path(__file__).parents[2]
SETTINGS = [("one_cycle", {"variant": variant, "total_steps": 200}) for variant in one_cycle.ORDER]
SETTINGS.append(("one_cycle", {"div_factor": 3.3, "final_div_factor": 77.0, "pct_start": 0.17, "low": 0.7}))
SETTINGS += [("cyclical", {"mode": mode, "step_size": 130, "left": 0.1}) for mode in cyclical.MODE_ORDER]
SETTINGS += [("cyclical", {"window": window, "base": 0.3}) for window in cyclical.WINDOW_ORDER]
SETTINGS += [("decay_gallery", {"arm": arm}) for arm in decay_gallery.ARMS]
SETTINGS += [("design", {}), ("train", {}), ("predict", {})]
EACH = pytest.mark.parametrize(("name", "raw"), SETTINGS, ids=[f"{name} {raw}" for name, raw in SETTINGS])
UNCHANGED = "learning_rates"  # what stands in the lines is imported from here


def lines(name, raw):
    """{library: its lines}."""
    record = getattr(explorers.load(name), "RECORD", None)
    if record:
        explorers.supply(name, (ROOT / "results" / record).read_text(encoding="utf-8"))
    return dict(explorers.figure(name, raw)["code"])


def schedules_of(name, raw):
    """The rate and the momentum of the lines for Keras, of which only the schedules are made here."""
    found = {"schedules": schedules}
    for line in lines(name, raw)["Keras"].splitlines():
        if line.startswith(("rate = ", "momentum = ")):
            exec(line, found)
    return found["rate"], found.get("momentum")


def drawn(name, raw):
    """The schedule as the figure has it: the points of the thickest curve of its first panel."""
    panel = explorers.figure(name, raw)["panels"][0]
    return max(panel["curves"], key=lambda curve: (curve["width"], curve["label"] == raw.get("arm")))["points"]


@EACH
def test_the_schedule_copied_is_the_one_drawn(name, raw):
    rate, _ = schedules_of(name, raw)
    scale = 3e-4 if name == "predict" else 1.0  # which draws parts of the peak
    points = [(step, value) for step, value in drawn(name, raw) if float(step).is_integer() and step < rate.total_steps]
    assert points
    wanted = [max(scale * value, 0) for _, value in points]
    assert [rate(step) for step, _ in points] == pytest.approx(wanted, rel=1e-6, abs=1e-7)


@EACH
def test_the_lines_are_python_and_name_their_library(name, raw):
    found = lines(name, raw)
    assert list(found) == ["Keras", "PyTorch", "Optax"]
    for library, text in found.items():
        compile(text, library, "exec")
    assert "torch.optim" in found["PyTorch"]
    assert "optax." in found["Optax"]


def test_pytorchs_own_schedulers_are_used_where_they_do_the_same():
    own = {key: lines("one_cycle", {"variant": key})["PyTorch"] for key in one_cycle.ORDER}
    assert [key for key, text in own.items() if "OneCycleLR" in text] == ["cosine", "linear", "smith"]
    assert all(UNCHANGED not in text for key, text in own.items() if key != "ramp")
    assert "CyclicLR" in lines("cyclical", {})["PyTorch"]
    assert "CyclicLR" not in lines("cyclical", {"window": "hann"})["PyTorch"]


def test_what_is_written_is_read_back_as_the_same_schedule():
    whole = schedules.warmup(schedules.cosine_restarts(0.1, 90, first_cycle=30), 10, start_lr=0.01)
    parts = schedules.join([whole, schedules.piecewise([(0, 0.1), (9, 0.0)])], [100])
    assert eval(written(parts)) == parts


def test_keras_takes_what_is_copied():
    made = {}
    exec(dict(libraries(schedules.one_cycle(0.1, 50), schedules.one_cycle_momentum(50)))["Keras"], made)
    assert type(made["optimizer"]).__name__ == "SGD"
    exec(lines("predict", {})["Keras"], made)
    assert type(made["optimizer"]).__name__ == "AdamW"


@pytest.mark.backends
@EACH
def test_pytorch_follows_the_schedule(name, raw):
    import torch

    rate, momentum = schedules_of(name, raw)
    made = {"model": torch.nn.Linear(2, 1)}
    exec(lines(name, raw)["PyTorch"], made)
    optimizer, scheduler = made["optimizer"], made["scheduler"]
    steps = min(rate.total_steps, 2000)
    group = optimizer.param_groups[0]
    for step in range(steps):
        assert group["lr"] == pytest.approx(rate(step), rel=1e-6, abs=1e-12), step
        if momentum is not None:
            assert group["momentum"] == pytest.approx(momentum(step), rel=1e-6), step
        if step < steps - 1:
            optimizer.step()
            scheduler.step()


@pytest.mark.backends
@EACH
def test_optax_follows_the_schedule(name, raw):
    import optax

    rate, momentum = schedules_of(name, raw)
    made = {}
    exec(lines(name, raw)["Optax"], made)
    one = np.ones(1, np.float32)
    state = made["optimizer"].init(one)
    if momentum is None:  # a step of plain gradient descent is its rate long; Adam's first step too
        update, _ = made["optimizer"].update(one, state, one)
        assert np.isfinite(update).all()
        assert made["interop"].to_optax(made["rate"])(7) == pytest.approx(rate(7), rel=1e-6, abs=1e-12)
        return
    for step in range(3):
        update, state = made["optimizer"].update(one, state, one)
        assert float(state.hyperparams["learning_rate"]) == pytest.approx(rate(step), rel=1e-6, abs=1e-12)
        assert float(state.hyperparams["momentum"]) == pytest.approx(momentum(step), rel=1e-6)
    assert optax.apply_updates(one, update) is not None
