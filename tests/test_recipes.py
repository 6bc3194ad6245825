"""The page of recipes: each block runs in a fresh namespace, as a reader pastes it, and does what the page says."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import learning_rates
from learning_rates import schedules

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "book/recipes.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
INTRODUCTION, *SECTIONS = re.split(r"^## .+$", PAGE, flags=re.MULTILINE)


def blocks(text):
    """The blocks of Python, without their fences."""
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_of(heading):
    """The name of the test of the recipe under a heading."""
    return "test_" + re.sub(r"\W+", "_", heading.lower())


test_of.__test__ = False

(BEFORE_EACH,) = blocks(INTRODUCTION)
RECIPES = {test_of(heading): blocks(section) for heading, section in zip(HEADINGS, SECTIONS, strict=True)}


def test_every_recipe_is_one_block_and_has_a_test():
    assert len(RECIPES) == len(HEADINGS) > 0
    assert {name for name, found in RECIPES.items() if len(found) != 1} == set()
    assert {name for name in RECIPES if name not in globals()} == set()


def test_a_line_of_code_fits_into_the_pages_column():
    """On a screen that is wide enough for one."""
    assert [line for block in blocks(PAGE) for line in block.splitlines() if len(line) > 76] == []


def test_the_table_leads_to_every_recipe():
    anchors = re.findall(r"\]\(#([\w-]+)\)", INTRODUCTION)
    assert anchors == [re.sub(r"[^\w]+", "-", heading.lower()) for heading in HEADINGS]


@pytest.fixture
def recipe(request):
    """The block under the heading that the test is named after."""
    (block,) = RECIPES[request.node.originalname]
    return block


@pytest.fixture
def ran(recipe, tmp_path, monkeypatch):
    """The names that the recipe leaves, behind what stands before each."""
    monkeypatch.chdir(tmp_path)
    scope = {}
    try:
        exec(BEFORE_EACH + recipe, scope)
        yield scope
    finally:
        keras.backend.clear_session()
        keras.config.set_dtype_policy("float32")


def run_script(folder, *parts, **environment):
    """Run the parts as one script, in a process and a folder of their own."""
    folder.mkdir(exist_ok=True)
    (folder / "script.py").write_text("\n".join(parts), encoding="utf-8")
    command, environment = [sys.executable, "script.py"], {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def last_line(done):
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def check_that_it_learned(scope, less_than=0.5):
    """A coin's loss is 0.69."""
    assert scope["model"].evaluate(scope["x_val"], scope["y_val"], verbose=0) < less_than


def test_one_cycle_with_a_moving_momentum(ran):
    used, total_steps = ran["used"], ran["total_steps"]
    assert used["step"] == list(range(total_steps))
    assert used["learning_rate"] == schedules.one_cycle(0.5, total_steps).values()
    assert used["momentum"] == schedules.one_cycle_momentum(total_steps).values()
    assert used["learning_rate"][ran["top"]] == pytest.approx(0.5, rel=1e-3)
    assert used["momentum"][ran["top"]] == min(used["momentum"])
    check_that_it_learned(ran)


def test_adamw_with_warm_up_and_cosine_decay(ran):
    rate, total_steps = ran["rate"], ran["total_steps"]
    assert rate.total_steps == total_steps == int(ran["model"].optimizer.iterations)
    assert 0 < rate(0) < rate(ran["warmup_steps"]) == 0.01
    assert rate(total_steps - 1) == 0
    assert schedules.cosine_decay(0.01, total_steps)(total_steps - 1 - ran["warmup_steps"]) > 0  # the trap
    check_that_it_learned(ran)


def test_a_small_transformer(ran):
    rate, total_steps = ran["rate"], ran["total_steps"]
    assert rate.total_steps == total_steps == int(ran["model"].optimizer.iterations)
    assert ran["decay"] * sum(rate.values()) == pytest.approx(1)
    assert {each.name for each in ran["model"].variables} >= {"gamma", "beta"}  # which do not decay
    assert ran["ended"] < 2.6  # a guess costs 4.2


def test_wsd_with_a_cooldown_decided_later(ran):
    optimizer, way_down, start = ran["model"].optimizer, ran["way_down"], ran["start"]
    assert start == 3 * ran["steps"]
    assert int(optimizer.iterations) == start + ran["steps"] == way_down.total_steps
    assert way_down(start) == ran["trunk"](start) == 0.01
    assert float(optimizer.learning_rate) == 0
    ran["model"].save("cooled.keras")
    rates = [float(keras.saving.load_model(f"{name}.keras").optimizer.learning_rate) for name in ("trunk", "cooled")]
    assert rates == [pytest.approx(0.01), 0.0]  # the trunk is still one
    check_that_it_learned(ran)


def test_a_cooldown_that_comes_after_the_first_fit_comes_too_late(tmp_path, monkeypatch):
    """As the page says: the compiled step keeps the rate that it was compiled with."""
    monkeypatch.chdir(tmp_path)
    scope = {}
    exec(BEFORE_EACH, scope)
    model, x, y = scope["make_model"](), scope["x"], scope["y"]
    model.compile(learning_rates.SGD(schedules.constant(0.1, 1)), scope["loss"])
    model.fit(x, y, batch_size=64, verbose=0)
    model.optimizer.learning_rate = learning_rates.InGraphSchedule(schedules.constant(0.0, 1))
    before = model.get_weights()
    model.fit(x, y, batch_size=64, verbose=0)
    assert any((old != new).any() for old, new in zip(before, model.get_weights(), strict=True))


def test_a_learning_rate_for_each_layer_in_transfer_learning(ran):
    weights = zip(ran["model"].variables, ran["before"], ran["model"].get_weights(), strict=True)
    moved = {variable.path: np.abs(new - old).mean() for variable, old, new in weights}
    head = {path: distance for path, distance in moved.items() if "head/" in path}
    assert len(head) == 2
    assert min(head.values()) > 2 * max(moved[path] for path in moved.keys() - head.keys())
    check_that_it_learned(ran, 0.65)


def test_the_name_of_a_network_is_not_in_the_paths_of_its_variables():
    """Which is why the recipe names the head."""
    inputs = keras.Input((8,))
    body = keras.Model(inputs, keras.layers.Dense(4, name="first")(inputs), name="body")  # as in keras.applications
    model = keras.Sequential([keras.Input((8,)), body, keras.layers.Dense(1, name="head")])
    paths = [variable.path for variable in model.trainable_variables]
    assert [re.search("(^|/)body/", path) for path in paths] == [None] * 4
    assert [bool(re.search("(^|/)head/", path)) for path in paths] == [False, False, True, True]


def test_average_the_weights(ran):
    model, averaged = ran["model"], ran["averaged"]
    last = model.get_weights()
    with averaged.weights(model, ran["x"], ran["batch_size"]):
        average = model.get_weights()
    saved = keras.saving.load_model("averaged.keras").get_weights()
    for of_last, of_average, of_saved in zip(last, average, saved, strict=True):
        assert (of_average == of_saved).all()
        assert (of_average != of_last).any()
    check_that_it_learned(ran)


# A stroke of lightning in the third of five epochs, at the tenth of its 25 batches.
LIGHTNING = f"""
import itertools, os, keras
batches = itertools.count()
def strike(self, batch, logs=None):
    if next(batches) == 60:
        os.kill(os.getpid(), {int(signal.SIGKILL)})
keras.callbacks.BackupAndRestore.on_train_batch_begin = strike
"""
LOADS = """
import json, keras
for ending in ("keras", "h5"):
    try:
        optimizer = keras.saving.load_model("trained." + ending).optimizer
        print(json.dumps([type(optimizer).__module__, float(optimizer.learning_rate), optimizer.momentum]))
    except Exception as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


def test_resume_after_a_crash(ran, recipe, tmp_path):
    struck = tmp_path / "struck"
    assert run_script(struck, LIGHTNING, BEFORE_EACH, recipe).returncode == -signal.SIGKILL
    assert (struck / "backup").exists()
    assert not (struck / "trained.keras").exists()

    resumed = run_script(struck, BEFORE_EACH, recipe, 'model.save("trained.h5")')
    assert last_line(resumed) == "125 125"
    assert "Epoch 2/5" not in resumed.stdout
    assert "Epoch 3/5" in resumed.stdout
    assert not (struck / "backup").exists()

    states = []
    for model in (ran["model"], keras.saving.load_model(struck / "trained.keras")):
        variables = [*model.variables, *model.optimizer.variables]
        states.append([keras.ops.convert_to_numpy(variable) for variable in variables])
    assert len(states[0]) == len(states[1]) > 4 * 2  # the weights, their velocities, the step
    for without, after_lightning in zip(*states, strict=True):
        assert (without == after_lightning).all()

    # Why .keras only: what a program finds that does not import the package.
    loaded = run_script(struck, LOADS)
    (error, message), (module, *numbers) = [json.loads(line) for line in loaded.stdout.splitlines()[-2:]]
    assert error == "TypeError"
    assert message.startswith("Could not locate class 'SGD'")
    assert module.startswith("keras.")
    assert numbers == [pytest.approx(0.01), 0.0]


def test_resume_from_weights_alone(ran):
    rate, done, optimizer = ran["rate"], ran["done"], ran["model"].optimizer
    left = ran["total_steps"] - done
    assert 20 < done < ran["total_steps"]
    assert int(optimizer.iterations) == left
    assert optimizer.get_config()["learning_rate"]["config"]["schedule"]["step"] == done
    assert schedules.from_step(rate, done).values() == rate.values()[done:]
    check_that_it_learned(ran)

    # The other way that the page tells: the file has the optimizer's state, if the optimizer is built.
    model = ran["make_model"]()
    model.compile(learning_rates.SGD(rate, momentum=0.9), ran["loss"])
    model.optimizer.build(model.trainable_variables)
    model.load_weights("part.weights.h5")
    assert int(model.optimizer.iterations) == done
    unbuilt = ran["make_model"]()
    unbuilt.compile(learning_rates.SGD(rate, momentum=0.9), ran["loss"])
    with pytest.warns(UserWarning, match="^Skipping variable loading for optimizer"):
        unbuilt.load_weights("part.weights.h5")
    assert int(unbuilt.optimizer.iterations) == 0


# KerasTuner 1.4 asks Python for threads under old names.
@pytest.mark.filterwarnings("ignore:(currentThread|getName):DeprecationWarning")
def test_kerastuner_over_peaks(ran):
    scores = {trial.hyperparameters.get("peak"): trial.score for trial in ran["tuner"].oracle.trials.values()}
    assert sorted(scores) == [0.03, 0.3, 3.0]
    assert min(scores, key=scores.get) == 0.3
    assert ran["tuner"].get_best_hyperparameters()[0].get("peak") == 0.3


def test_several_devices(recipe, tmp_path):
    spread = "print(len(model.layers[0].kernel.value.sharding.device_set), 'devices hold the kernel')"
    done = run_script(tmp_path / "jax", BEFORE_EACH, recipe, spread, KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
    assert last_line(done) == "2 devices hold the kernel"
    assert "2 125 125" in done.stdout.splitlines()


def test_several_devices_of_tensorflow(tmp_path):
    """What the page says for TensorFlow, with the block of the other recipe."""
    two = """
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
"""
    block = RECIPES[test_of("Several devices")][0]
    model_and_compilation = re.search(r"^model = .*?^\)\n", block, re.DOTALL | re.MULTILINE)[0]
    scope = "with tf.distribute.MirroredStrategy(['CPU:0', 'CPU:1']).scope():\n"
    scope += re.sub(r"^", "    ", model_and_compilation, flags=re.MULTILINE)
    fit = "model.fit(x, y, batch_size=batch_size, epochs=epochs)\n"
    assert fit in block
    shown = """
updates = keras.ops.convert_to_numpy(model.optimizer.iterations)
print(model.distribute_strategy.num_replicas_in_sync, updates, total_steps)
"""
    parts = [two, "from learning_rates import SGD", BEFORE_EACH, scope.rstrip(), fit, shown]
    assert last_line(run_script(tmp_path / "tensorflow", *parts, KERAS_BACKEND="tensorflow")) == "2 125 125"


def test_mixed_precision(ran):
    outer, inner = ran["model"].optimizer, ran["optimizer"]
    assert isinstance(outer, keras.optimizers.LossScaleOptimizer)
    assert isinstance(inner, learning_rates.SGD)
    assert 0 < int(inner.iterations) <= ran["total_steps"]
    assert (ran["hidden"].compute_dtype, ran["hidden"].kernel.dtype) == ("float16", "float32")
    assert inner.momentum == schedules.one_cycle_momentum(ran["total_steps"])
    check_that_it_learned(ran)


def test_compile_puts_the_loss_scale_around_averages():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
        model.compile(learning_rates.Averaged(learning_rates.SGD(0.1)), "mse")
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        assert isinstance(model.optimizer.inner_optimizer, learning_rates.Averaged)
    finally:
        keras.config.set_dtype_policy("float32")


def test_gradient_accumulation(ran):
    assert len(ran["used"]) == ran["updates"] == ran["total_steps"] // 4 == int(ran["model"].optimizer.iterations)
    assert (ran["used"][0], ran["used"][-1]) == (0.5, 0.0)
    check_that_it_learned(ran, 0.65)


def test_the_schedule_in_tensorboard(ran, tmp_path):
    rate, per_epoch = ran["rate"], ran["total_steps"] // ran["epochs"]
    ends = range(per_epoch - 1, ran["total_steps"], per_epoch)
    assert ran["last"]["learning_rate"] == [rate(step) for step in ends]
    assert ran["last"]["beta_1"] == [ran["beta_1"](step) for step in ends]
    from tensorflow.compat.v1.train import summary_iterator

    (events,) = (tmp_path / "logs").glob("events.*")
    written = [(value.tag, event.step) for event in summary_iterator(str(events)) for value in event.summary.value]
    names = {"beta_1", "learning_rate", "weight_decay"}
    assert sorted(written) == sorted((name, step) for name in names for step in range(ran["total_steps"]))


def exec_alone(block, folder, monkeypatch):
    monkeypatch.chdir(folder)
    scope = {}
    exec(block, scope)
    return scope


@pytest.mark.backends
def test_a_native_pytorch_loop(recipe, tmp_path, monkeypatch):
    scope = exec_alone(recipe, tmp_path, monkeypatch)
    torch, total_steps = scope["torch"], scope["total_steps"]
    assert total_steps == 125
    rate, momentum = schedules.one_cycle(0.5, total_steps), schedules.one_cycle_momentum(total_steps)
    assert scope["scheduler"].get_last_lr() == [rate(total_steps)]
    assert scope["loss"].item() < 0.5

    # As the page says: made again with the same schedules, the scheduler goes on at its step.
    states = torch.load("states.pt")
    states["scheduler"].update(last_epoch=50)
    optimizer = torch.optim.SGD(scope["model"].parameters(), lr=0.1, momentum=0.9)
    scheduler = learning_rates.interop.to_torch(optimizer, rate, momentum)
    optimizer.load_state_dict(states["optimizer"])
    scheduler.load_state_dict(states["scheduler"])
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] == rate(51)
    assert optimizer.param_groups[0]["momentum"] == momentum(51)


@pytest.mark.backends
def test_a_native_optax_loop(recipe, tmp_path, monkeypatch):
    scope = exec_alone(recipe, tmp_path, monkeypatch)
    total_steps, used = scope["total_steps"], scope["state"].hyperparams
    assert int(scope["state"].count) == total_steps == 125
    rate, momentum = schedules.one_cycle(0.5, total_steps), schedules.one_cycle_momentum(total_steps)
    assert float(used["learning_rate"]) == pytest.approx(rate(total_steps - 1))
    assert float(used["momentum"]) == pytest.approx(momentum(total_steps - 1))
    assert float(scope["loss"](scope["params"], scope["x"], scope["y"])) < 0.5


@pytest.mark.backends
def test_optax_counts_updates_where_gradients_accumulate():
    import jax
    import optax

    rate = learning_rates.interop.to_optax(schedules.polynomial_decay(1.0, 5))
    optimizer = optax.MultiSteps(optax.inject_hyperparams(optax.sgd)(learning_rate=rate), 4)
    weight = jax.numpy.zeros(1)
    state = optimizer.init(weight)
    for _ in range(8):
        _, state = optimizer.update(weight + 1, state, weight)
    assert float(state.inner_opt_state.hyperparams["learning_rate"]) == 0.75  # the second update's


@pytest.mark.backends
@pytest.mark.parametrize("library", ["torch", "optax"])
def test_the_readmes_first_lines_run(library, tmp_path, monkeypatch):
    (block,) = [block for block in blocks(README) if f"import {library}\n" in block]
    scope = exec_alone(block, tmp_path, monkeypatch)
    assert {"torch": "scheduler", "optax": "optimizer"}[library] in scope


@pytest.mark.backends
def test_without_tensorflow_the_backend_must_be_named(tmp_path):
    """What README and page promise to a machine that has JAX alone."""
    home = {"KERAS_HOME": str(tmp_path)}
    message = run_script(tmp_path / "unnamed", "import learning_rates; learning_rates.SGD", KERAS_BACKEND="", **home)
    assert "No module named 'tensorflow'" in message.stderr
    shown = "import learning_rates, keras; learning_rates.SGD; print(keras.backend.backend())"
    assert last_line(run_script(tmp_path / "named", shown, KERAS_BACKEND="jax", **home)) == "jax"
