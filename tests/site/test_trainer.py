"""The page's network is Keras's: the same start, the same batches, the same weights; its kernel is its source's.

In float64 they agree to the last digits. In float32, from the step at which a preactivation close to 0 comes out on
either side of it, two honest runs, of Keras too, go their own ways: they are compared over 100 steps.
"""

import json
import subprocess
from pathlib import Path

import keras
import numpy as np
import pytest

from learning_rates import SGD, schedules, small_network

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
TRAINER = ROOT / "book/_static/trainer"
SEED, LOOKS = 20261130, [100, 600]
RATE, MOMENTUM = schedules.one_cycle(0.1, 600), schedules.one_cycle_momentum(600)


def node(script, given=""):
    finished = subprocess.run(
        ["node", *script], input=given, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False
    )
    assert finished.returncode == 0, finished.stderr[-500:]
    return finished.stdout


@pytest.fixture(scope="module")
def ours():
    asked = {"seed": SEED, "looks": LOOKS, "rates": RATE.values(), "momenta": MOMENTUM.values()}
    return json.loads(node(["tests/site/trained.mjs"], json.dumps(asked)))


@pytest.fixture(scope="module")
def theirs(ours):
    """Keras's weights at each look, laid out as the page lays them: the bias is a layer's last row."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    found = {dtype: by_keras(dtype) for dtype in ("float32", "float64")}
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])
    return found


def by_keras(dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    x, y = small_network.load("train")
    weights, order = small_network.begin(SEED, 600)
    layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(10)]
    network = keras.Sequential([keras.Input((196,)), *layers])
    network.set_weights(weights)
    network.compile(SGD(RATE, MOMENTUM), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    found = {}

    def look(batch, logs=None):
        if batch + 1 in LOOKS:
            found[batch + 1] = [np.vstack(layer.get_weights()).ravel() for layer in layers]

    looking = keras.callbacks.LambdaCallback(on_train_batch_end=look)
    network.fit(
        x.astype(dtype)[order.ravel()], y[order.ravel()], batch_size=50, shuffle=False, verbose=0, callbacks=[looking]
    )
    return found


def distance(ours, theirs):
    return max(np.abs(np.array(one) - other).max() for one, other in zip(ours, theirs, strict=True))


def test_start_and_batches_are_those_of_the_package(ours):
    weights, order = small_network.begin(SEED, 600)
    laid = [np.vstack(weights[:2]).ravel(), np.vstack(weights[2:]).ravel()]
    for kind in ("doubles", "singles", "lanes"):
        assert ours[kind]["order"] == order.tolist()
        assert distance(ours[kind]["start"], laid) == 0


@pytest.mark.parametrize("steps", LOOKS)
def test_in_float64_it_is_keras(ours, theirs, steps):
    assert distance(ours["doubles"]["weights"][str(steps)], theirs["float64"][steps]) < 1e-12


@pytest.mark.parametrize("kind", ["singles", "lanes"])
def test_in_float32_it_is_keras_with_and_without_the_kernel(ours, theirs, kind):
    assert distance(ours[kind]["weights"]["100"], theirs["float32"][100]) < 1e-5


def test_numpy_tests_as_the_page_does(ours):
    found = small_network.train(RATE.values(), MOMENTUM.values(), [SEED])
    assert found["losses"][0][-1] == pytest.approx(ours["doubles"]["test"]["loss"], abs=0.02)
    assert found["accuracies"][0][-1] == pytest.approx(ours["doubles"]["test"]["accuracy"], abs=0.02)


def test_the_kernel_is_made_from_its_source():
    """By wabt, from the text beside it."""
    script = f"""
        const text = require("fs").readFileSync("{TRAINER / "multiply.wat"}", "utf8");
        require("wabt")().then((wabt) => {{
            const made = wabt.parseWat("multiply.wat", text, {{ simd: true }}).toBinary({{}});
            console.log(Buffer.from(made.buffer).toString("hex"));
        }});
    """
    assert bytes.fromhex(node(["-e", script]).strip()) == (TRAINER / "multiply.wasm").read_bytes()


HALF = """
    import { readFileSync } from "node:fs";
    import { gunzip } from "./book/_static/trainer/images.mjs";
    const whole = readFileSync("src/learning_rates/data/fashion_14_seen.bin");
    const wrong = Uint8Array.from(whole);
    wrong[whole.length / 2 | 0] ^= 1;
    for (const bytes of [whole, whole.subarray(0, 100_000), wrong])
        console.log(await gunzip(new Blob([bytes]).stream()).then((found) => found.length, () => "refused"));
"""


def test_half_a_file_of_images_and_a_wrong_one_are_refused():
    assert node(["--input-type=module", "-e", HALF]).split() == [str(2500 * 197), "refused", "refused"]
