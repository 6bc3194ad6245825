"""The plain-Python modules give in MicroPython, which runs them on the book's pages, the numbers of CPython."""

import json
import struct
import subprocess
from pathlib import Path

import pytest

from learning_rates import checks, descent, schedules, sweeps

ROOT = Path(__file__).parents[2]
MICROPYTHON = ROOT / "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"
CONFIGS = [case["config"] for case in json.loads((ROOT / "tests/oracles/golden.json").read_text())["cases"]]
LOGS = [-4 + 0.1 * step for step in range(41)]
LOSSES = [2 - 1.5 / (1 + (log + 1) ** 2) + 0.1 * (step % 3) for step, log in enumerate(LOGS)]

NODE = """
import { loadMicroPython } from "%s";
const { files, program } = JSON.parse(await new Response(process.stdin).text());
const python = await loadMicroPython();
python.FS.mkdir("learning_rates");
for (const [name, text] of Object.entries(files)) python.FS.writeFile(`learning_rates/${name}`, text);
await python.runPython(program);
"""
PROGRAM = """
import json, struct
from learning_rates import descent, schedules, sweeps

def show(values):  # all bits, which MicroPython's repr does not show
    print(json.dumps([struct.pack("<d", value).hex() for value in values]))

for config in json.loads(CONFIGS):
    show(schedules.from_config(config).values())
logs = [-4 + 0.1 * step for step in range(41)]
losses = [2 - 1.5 / (1 + (log + 1) ** 2) + 0.1 * (step % 3) for step, log in enumerate(logs)]
looking_ahead = descent.SGD(1e-4, 0.9, nesterov=True)
for optimizer in (looking_ahead, descent.AdaGrad(0.1), descent.RMSProp(0.01), descent.Adam(0.01)):
    show([x for point in descent.descend(descent.rosenbrock().gradient, optimizer, [-1.5, 1.0], 100) for x in point])
smoothed = sweeps.smooth(logs, losses, 0.1, 4.0)
show(smoothed)
show([rule(logs, smoothed) for name, rule in sorted(sweeps.RULES.items())])
"""


@pytest.fixture(scope="module")
def printed():
    files = {
        path.name: path.read_text()
        for path in [Path(module.__file__) for module in (checks, descent, schedules, sweeps)]
    }
    given = f"CONFIGS = {json.dumps(CONFIGS)!r}\n"
    run = subprocess.run(
        ["node", "--input-type=module", "-e", NODE % MICROPYTHON.as_uri()],
        input=json.dumps({"files": files | {"__init__.py": ""}, "program": given + PROGRAM}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr[-300:]  # the loader is one long line: its whole text helps nobody
    return [
        [struct.unpack("<d", bytes.fromhex(value))[0] for value in json.loads(line)] for line in run.stdout.splitlines()
    ]


# Not to the last bit: its sine and its reading of decimals come from another library.
def test_every_golden_schedule_is_the_same(printed):
    for config, values in zip(CONFIGS, printed[: len(CONFIGS)], strict=True):
        assert values == pytest.approx(schedules.from_config(config).values(), rel=1e-14, abs=1e-17), config


def test_every_descent_goes_the_same_way(printed):
    optimizers = [
        descent.SGD(1e-4, 0.9, nesterov=True),
        descent.AdaGrad(0.1),
        descent.RMSProp(0.01),
        descent.Adam(0.01),
    ]
    for optimizer, found in zip(optimizers, printed[len(CONFIGS) : -2], strict=True):
        path = descent.descend(descent.rosenbrock().gradient, optimizer, [-1.5, 1.0], 100)
        assert found == pytest.approx([x for point in path for x in point], rel=1e-9), type(optimizer).__name__


def test_a_sweep_is_read_alike(printed):
    smoothed = sweeps.smooth(LOGS, LOSSES, 0.1, 4.0)
    assert printed[-2] == pytest.approx(smoothed, rel=1e-14)
    assert printed[-1] == [rule(LOGS, smoothed) for _, rule in sorted(sweeps.RULES.items())]
