"""The schedules in PyTorch's and Optax's own loops, against these libraries' own schedules."""

import json
import math
import subprocess
import sys

import jax
import numpy as np
import optax
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from learning_rates import interop, schedules

pytestmark = pytest.mark.backends


@pytest.fixture(autouse=True)
def float32():
    """JAX's default, which the recording of the oracles changes for the whole process when it is imported."""
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", False)
    yield
    jax.config.update("jax_enable_x64", before)


T = 30
RATE, MOMENTUM = schedules.one_cycle(0.5, T), schedules.one_cycle_momentum(T)
of_torch = torch.optim.lr_scheduler


def made(kind=torch.optim.SGD, groups=1, lr=0.5, **options):
    parameters = [torch.nn.Parameter(torch.tensor([1.0, 2.0, 3.0])) for _ in range(groups)]
    return kind([{"params": [parameter]} for parameter in parameters], lr=lr, **options)


def followed(optimizer, scheduler, steps=T, key="lr"):
    """What each of the optimizer's updates uses."""
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0][key])
        optimizer.step()
        scheduler.step()
    return found


SAME = [
    (  # a step longer, as PyTorch's raises when it is stepped past its end
        schedules.one_cycle(0.5, T + 1),
        lambda optimizer: of_torch.OneCycleLR(optimizer, 0.5, total_steps=T + 1, cycle_momentum=False),
    ),
    (
        schedules.cyclical(0.1, 1.0, T, step_size=4, step_size_down=7),
        lambda optimizer: of_torch.CyclicLR(optimizer, 0.1, 1.0, 4, 7, cycle_momentum=False),
    ),
    (
        schedules.warmup(schedules.constant(0.5, 20), 10, start_lr=0.05),
        lambda optimizer: of_torch.LinearLR(optimizer, 0.1, 1.0, 10),
    ),
    (
        schedules.cosine_decay(0.5, T, end_lr=0.01),
        lambda optimizer: of_torch.CosineAnnealingLR(optimizer, T - 1, 0.01),
    ),
    (schedules.step_decay(0.5, T, boundaries=[5, 20]), lambda optimizer: of_torch.MultiStepLR(optimizer, [5, 20])),
    (schedules.polynomial_decay(0.5, T, power=2.0), lambda optimizer: of_torch.PolynomialLR(optimizer, T - 1, 2.0)),
    (
        schedules.cosine_restarts(0.5, T, first_cycle=4, cycle_mult=2),
        lambda optimizer: of_torch.CosineAnnealingWarmRestarts(optimizer, 4, 2),
    ),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME, ids=[ours.config["name"] for ours, _ in SAME])
def test_the_rates_that_an_optimizer_uses_are_those_of_pytorchs_own_scheduler(ours, theirs):
    optimizer, other = made(), made()
    scheduler = interop.to_torch(optimizer, ours)
    assert isinstance(scheduler, of_torch.LRScheduler)
    assert followed(optimizer, scheduler) == pytest.approx(followed(other, theirs(other)), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("kind", "options", "key"),
    [
        (torch.optim.SGD, {"momentum": 0.9}, "momentum"),
        (torch.optim.RMSprop, {"momentum": 0.9}, "momentum"),
        (torch.optim.AdamW, {"betas": (0.9, 0.95)}, "betas"),
        (torch.optim.NAdam, {}, "betas"),
    ],
)
def test_momentum_or_the_first_beta_is_that_of_pytorchs_own_one_cycle(kind, options, key):
    whole = schedules.one_cycle(0.5, T + 1), schedules.one_cycle_momentum(T + 1)
    optimizer, other = made(kind, **options), made(kind, **options)
    scheduler, theirs = interop.to_torch(optimizer, *whole), of_torch.OneCycleLR(other, 0.5, total_steps=T + 1)
    found, expected = followed(optimizer, scheduler, key=key), followed(other, theirs, key=key)
    assert [value for row in found for value in np.atleast_1d(row)] == pytest.approx(
        [value for row in expected for value in np.atleast_1d(row)], rel=1e-12
    )


def test_weights_end_where_pytorchs_own_scheduler_takes_them():
    def trained(make_scheduler):
        torch.manual_seed(0)
        optimizer = made(momentum=0.9, nesterov=True)
        scheduler, (weights,) = make_scheduler(optimizer), optimizer.param_groups[0]["params"]
        for _ in range(T):
            optimizer.zero_grad()
            (weights * torch.tensor([1.0, 0.1, 0.01]) * weights).sum().backward()
            optimizer.step()
            scheduler.step()
        return weights.detach().numpy()

    ours = trained(lambda o: interop.to_torch(o, schedules.one_cycle(0.5, T + 1), schedules.one_cycle_momentum(T + 1)))
    np.testing.assert_array_equal(ours, trained(lambda o: of_torch.OneCycleLR(o, 0.5, total_steps=T + 1)))


def test_past_the_end_the_last_value_holds_where_pytorchs_raises():
    optimizer = made()
    assert followed(optimizer, interop.to_torch(optimizer, RATE), T + 5)[T:] == [RATE(T - 1)] * 5


def test_every_group_gets_the_value_and_groups_may_have_schedules_of_their_own():
    optimizer = made(groups=2)
    optimizer.param_groups[1]["lr"] = 0.001
    scheduler = interop.to_torch(optimizer, RATE)
    assert scheduler.get_last_lr() == [RATE(0), RATE(0)]
    body = schedules.scale(RATE, 0.1)
    scheduler = interop.to_torch(optimizer, [body, RATE])
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [body(1), RATE(1)] == [group["lr"] for group in optimizer.param_groups]


def test_a_group_that_is_added_later_follows_too():
    optimizer = made()
    scheduler = interop.to_torch(optimizer, RATE)
    optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(2))], "lr": 7.0})
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [RATE(1), RATE(1)]


def test_a_rate_in_a_tensor_is_filled_and_not_replaced():
    """torch.compile would compile anew for each number: pytorch#163093."""
    optimizer = made(torch.optim.AdamW, lr=torch.tensor(0.5))
    rate = optimizer.param_groups[0]["lr"]
    scheduler = interop.to_torch(optimizer, RATE)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    state = scheduler.state_dict()
    rate.fill_(9.0)
    scheduler.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] is rate
    assert float(rate) == pytest.approx(RATE(1))


def test_a_run_goes_on_exactly_from_its_saved_state(tmp_path):
    def start():
        torch.manual_seed(0)
        optimizer = made(torch.optim.AdamW)
        return optimizer, interop.to_torch(optimizer, RATE, MOMENTUM)

    def train(optimizer, scheduler, steps):
        (weights,) = optimizer.param_groups[0]["params"]
        for _ in range(steps):
            optimizer.zero_grad()
            (weights**4).sum().backward()
            optimizer.step()
            scheduler.step()
        return weights.detach().clone()

    straight = train(*start(), 20)
    optimizer, scheduler = start()
    weights = train(optimizer, scheduler, 9)
    states = {"weights": weights, "optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()}
    torch.save(states, tmp_path / "run.pt")
    assert json.loads(json.dumps(states["scheduler"])) == {"last_epoch": 9, "_step_count": 10}

    saved = torch.load(tmp_path / "run.pt", weights_only=True)
    optimizer, scheduler = start()
    optimizer.param_groups[0]["params"][0].data.copy_(saved["weights"])
    scheduler.load_state_dict(saved["scheduler"])
    optimizer.load_state_dict(saved["optimizer"])
    assert scheduler.get_last_lr() == [RATE(9)]
    assert optimizer.param_groups[0]["betas"][0] == MOMENTUM(9)
    assert torch.equal(train(optimizer, scheduler, 11), straight)


def test_a_cooldown_that_was_decided_on_the_way_takes_over():
    plateau = schedules.warmup_stable_decay(0.5, 1000, warmup_steps=5, decay_steps=1)
    optimizer = made()
    scheduler = interop.to_torch(optimizer, plateau)
    followed(optimizer, scheduler, 12)
    state, optimizer = scheduler.state_dict(), made()
    scheduler = interop.to_torch(optimizer, schedules.cooldown(plateau, 15, 5, shape="linear"))
    scheduler.load_state_dict(state)
    assert followed(optimizer, scheduler, 8) == pytest.approx([0.5] * 4 + [0.375, 0.25, 0.125, 0.0])


def test_it_works_as_a_part_of_pytorchs_own_sequence():
    optimizer = made()
    parts = [of_torch.LinearLR(optimizer, 0.1, 1.0, 4), interop.to_torch(optimizer, schedules.cosine_decay(0.5, 11))]
    scheduler = of_torch.SequentialLR(optimizer, parts, [4])
    expected = schedules.warmup(schedules.cosine_decay(0.5, 11), 4, start_lr=0.05)
    assert followed(optimizer, scheduler, 15) == pytest.approx(expected.values())


FLAT = schedules.constant(0.5, 10)
BAD = [
    (lambda: interop.to_torch(None, FLAT), "optimizer must be a torch.optim.Optimizer. Received: optimizer=None"),
    (lambda: interop.to_torch(made(), 0.5), "rate must be a schedule, or a sequence of them. Received: rate=0.5"),
    (lambda: interop.to_torch(made(), None), "rate must be a schedule, or a sequence of them. Received: rate=None"),
    (
        lambda: interop.to_torch(made(), [FLAT, FLAT]),
        "rate must have a schedule for each of optimizer.param_groups. "
        "Received: number of items of rate=2, number of param_groups=1",
    ),
    (lambda: interop.to_torch(made(), [0.5]), "each item of rate must be a schedule. Received: each item of rate=0.5"),
    (lambda: interop.to_torch(made(), FLAT, 0.9), "momentum must be a schedule. Received: momentum=0.9"),
    (
        lambda: interop.to_torch(made(), FLAT, schedules.constant(1.0, 3)),
        "greatest value of momentum must be in [0, 1). Received: greatest value of momentum=1.0",
    ),
    (
        lambda: interop.to_torch(made(torch.optim.Adagrad), FLAT, MOMENTUM),
        "momentum must be None for an optimizer that has neither momentum nor betas. "
        f"Received: momentum={MOMENTUM!r}, optimizer='Adagrad'",
    ),
    (
        lambda: interop.to_torch(made(), FLAT).load_state_dict({"last_epoch": -1, "_step_count": 1}),
        "state_dict['last_epoch'] must be a whole number ≥ 0. Received: state_dict['last_epoch']=-1",
    ),
    (
        lambda: interop.to_torch(made(), FLAT).load_state_dict({"last_epoch": 1}),
        "state_dict['_step_count'] must be a real number. Received: state_dict['_step_count']=None",
    ),
    (lambda: interop.to_optax(0.5), "schedule must be a schedule. Received: schedule=0.5"),
    (
        lambda: interop.to_optax(schedules.constant(1e39, 3)),
        "greatest value of schedule must be 0, or in float32's range from 1.18e-38 to 3.4e+38. "
        "Received: greatest value of schedule=1e+39",
    ),
    (
        lambda: interop.to_optax(schedules.constant(0.5, 10**7 + 1)),
        "schedule must have at most 10000000 steps. Received: schedule.total_steps=10000001",
    ),
    (lambda: interop.to_optax(FLAT)(-1), "count must be a whole number ≥ 0. Received: count=-1"),
    (lambda: interop.to_optax(FLAT)(0.5), "count must be a whole number ≥ 0. Received: count=0.5"),
    (lambda: interop.to_optax(FLAT)(math.nan), "count must be finite. Received: count=nan"),
]


@pytest.mark.parametrize(("make", "message"), BAD, ids=[message for _, message in BAD])
def test_bad_input_is_named(make, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == message


def test_what_is_refused_leaves_the_optimizer_as_it_was():
    optimizer = made(torch.optim.Adagrad)
    before = {key: value for key, value in optimizer.param_groups[0].items() if key != "params"}
    with pytest.raises(ValueError, match="momentum must be None"):
        interop.to_torch(optimizer, FLAT, MOMENTUM)
    assert {key: value for key, value in optimizer.param_groups[0].items() if key != "params"} == before


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "jax", None)
    for call, name in ((lambda: interop.to_torch(None, FLAT), "torch"), (lambda: interop.to_optax(FLAT), "jax")):
        with pytest.raises(
            ImportError, match=rf"^interop\.to_.* needs .*, which is not installed: pip install {name}$"
        ):
            call()


def test_neither_keras_nor_the_other_library_is_imported():
    code = """
import sys
from learning_rates import interop, schedules
assert not {"keras", "torch", "jax", "optax"} & set(sys.modules)
interop.to_optax(schedules.constant(0.5, 3))(1)
assert not {"keras", "torch", "optax"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


SAME_OPTAX = [
    (schedules.polynomial_decay(0.5, T, power=2.0), optax.polynomial_schedule(0.5, 0.0, 2.0, T - 1)),
    (schedules.cosine_decay(0.5, T, end_lr=0.05), optax.cosine_decay_schedule(0.5, T - 1, 0.1)),
    (
        schedules.warmup(schedules.cosine_decay(0.5, T - 5), 5, start_lr=0.0),
        optax.warmup_cosine_decay_schedule(0.0, 0.5, 5, T - 1),
    ),
    (schedules.exponential_decay(0.5, T, end_lr=0.005), optax.exponential_decay(0.5, T - 1, 0.01)),
]


@pytest.mark.parametrize(("ours", "theirs"), SAME_OPTAX, ids=[ours.config["name"] for ours, _ in SAME_OPTAX])
def test_the_values_are_optaxs_to_float32(ours, theirs):
    rate = interop.to_optax(ours)
    counts = np.arange(T)
    np.testing.assert_allclose(rate(counts), [theirs(count) for count in counts], rtol=3e-6, atol=1e-7)
    np.testing.assert_array_equal(rate(counts), np.float32(ours.values()))


@given(st.sampled_from([RATE, MOMENTUM, schedules.step_decay(1.0, 9, boundaries=[3])]), st.integers(0, 2**40))
def test_a_count_gives_the_schedules_value_to_float32(schedule, count):
    rate = interop.to_optax(schedule)
    assert float(rate(count)) == float(np.float32(schedule(count)))
    assert float(jax.jit(rate)(min(count, 2**31 - 1))) == float(np.float32(schedule(count)))


def test_it_works_under_jit_vmap_and_scan():
    rate, expected = interop.to_optax(RATE), np.float32(RATE.values())
    counts = jax.numpy.arange(T)
    np.testing.assert_array_equal(jax.vmap(rate)(counts), expected)
    np.testing.assert_array_equal(jax.jit(jax.vmap(rate))(counts), expected)
    _, found = jax.lax.scan(lambda count, _: (count + 1, rate(count)), 0, length=T)
    np.testing.assert_array_equal(found, expected)


def trained(optimizer, steps=T):
    """The weights of a quadratic after each update, the whole loop in one `scan`."""
    weights = jax.numpy.ones(3)

    def step(carry, _):
        weights, state = carry
        updates, state = optimizer.update(jax.numpy.array([1.0, 0.1, 0.01]) * weights, state, weights)
        return (optax.apply_updates(weights, updates), state), weights

    (_, state), path = jax.jit(lambda: jax.lax.scan(step, (weights, optimizer.init(weights)), length=steps))()
    return path, state


def test_optax_trains_with_it_as_with_its_own():
    ours, theirs = SAME_OPTAX[2]
    path, _ = trained(optax.adamw(interop.to_optax(ours)))
    expected, _ = trained(optax.adamw(theirs))
    np.testing.assert_allclose(path, expected, rtol=1e-5)


def test_injected_rate_and_momentum_are_those_of_each_update():
    inject = optax.inject_hyperparams(optax.sgd)
    path, state = trained(inject(learning_rate=interop.to_optax(RATE), momentum=interop.to_optax(MOMENTUM)), steps=7)
    assert float(state.hyperparams["learning_rate"]) == pytest.approx(RATE(6), rel=1e-6)
    assert float(state.hyperparams["momentum"]) == pytest.approx(MOMENTUM(6), rel=1e-6)
    weights, trace = np.ones(3), np.zeros(3)
    for step in range(7):
        np.testing.assert_allclose(path[step], weights, rtol=1e-5)
        trace = np.array([1.0, 0.1, 0.01]) * weights + MOMENTUM(step) * trace
        weights = weights - RATE(step) * trace


def test_with_64_bits_the_values_are_those_of_the_schedule():
    code = f"""
import jax
jax.config.update("jax_enable_x64", True)
from learning_rates import interop, schedules
rate = schedules.from_config({RATE.config!r})
assert [float(value) for value in interop.to_optax(rate)(jax.numpy.arange({T}))] == rate.values()
"""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
