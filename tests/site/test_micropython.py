"""The plain-Python modules load in MicroPython, which the book's pages run, and say there what they say in CPython."""

import json
import struct
import subprocess
from pathlib import Path

import pytest

from learning_rates import descent, loss_curves, schedules, sweeps
from learning_rates.explorers import statistics
from tests.test_checks import BROKEN
from tests.test_loss_curves import MOMENTUM, MULTI

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/learning_rates"
MICROPYTHON = ROOT / "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"
CONFIGS = [case["config"] for case in json.loads((ROOT / "tests/oracles/golden.json").read_text())["cases"]]
LOGS = [-4 + 0.1 * step for step in range(41)]
LOSSES = [2 - 1.5 / (1 + (log + 1) ** 2) + 0.1 * (step % 3) for step, log in enumerate(LOGS)]

# What the page may run: no module imports more than `math`, `json`, and for exercises what STAND_INS stands in for.
MODULES = ["checks", "descent", "loss_curves", "schedules", "sweeps"]
MODULES += [f"explorers.{path.stem}" for path in sorted((PACKAGE / "explorers").glob("[!_]*.py"))]
MODULES += [f"exercises.{path.stem}" for path in sorted((PACKAGE / "exercises").glob("[!_]*.py"))]
NEED_MORE = {"exercises.claims_on_trial"}  # typing's NamedTuple, and SciPy for the power of a test
STAND_INS = {
    "importlib.py": "import sys\ndef import_module(name):\n    __import__(name)\n    return sys.modules[name]\n",
    "numbers.py": "Real = (int, float)\n",
    "numpy.py": "",  # which one module's functions use
    "reprlib.py": "from builtins import repr\n",
}

NODE = """
import { loadMicroPython } from "%s";
const { files, program } = JSON.parse(await new Response(process.stdin).text());
const python = await loadMicroPython();
for (const folder of ["", "/explorers", "/exercises"]) python.FS.mkdir("learning_rates" + folder);
for (const [name, text] of Object.entries(files)) python.FS.writeFile(name, text);
await python.runPython(program);
"""


def run(program):
    """The lines that a program prints in MicroPython, with the package's plain modules at hand."""
    paths = [PACKAGE / f"{module.replace('.', '/')}.py" for module in [*MODULES, "explorers.__init__"]]
    paths.append(PACKAGE / "exercises/__init__.py")
    files = {str(path.relative_to(PACKAGE.parent)): path.read_text(encoding="utf-8") for path in paths}
    files |= {"learning_rates/__init__.py": ""} | STAND_INS
    finished = subprocess.run(
        ["node", "--input-type=module", "-e", NODE % MICROPYTHON.as_uri()],
        input=json.dumps({"files": files, "program": program}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode == 0, finished.stderr[-300:]  # the loader is one long line: its whole text helps nobody
    return finished.stdout.splitlines()


def test_every_module_loads():
    """Annotations included, which MicroPython parses and never evaluates."""
    wanted = [module for module in MODULES if module not in NEED_MORE]
    lines = [f"import learning_rates.{module}\nprint({module!r})" for module in wanted]
    assert run("\n".join(lines)) == wanted


def test_a_broken_rule_is_said_alike():
    """In the first edition `reject` raised a NameError there: MicroPython can't nest an f-string in an f-string."""
    program = """
from learning_rates import checks
for call in CALLS:
    try:
        eval("checks." + call)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print("no error")
"""
    said = run(f"CALLS = {[call for call, _, _ in BROKEN]!r}\n{program}")
    assert said == [f"{error.__name__} {message}" for _, error, message in BROKEN]


def test_a_schedule_is_written_alike():
    """Like `reject`, `Schedule.__repr__` nested f-strings. One argument, as MicroPython's dicts forget their order."""
    program = "from learning_rates import schedules\nprint(schedules.Schedule('rate', {'lr': 0.5}, 1, None))"
    assert run(program) == [repr(schedules.Schedule("rate", {"lr": 0.5}, 1, lambda step: 0.5))]


NUMBERS = """
import json, struct
from learning_rates import descent, loss_curves, schedules, sweeps
from learning_rates.explorers import statistics

def show(values):  # all bits, which MicroPython's repr does not show
    print(json.dumps([struct.pack("<d", value).hex() for value in values]))

for config in json.loads(CONFIGS):
    show(schedules.from_config(config).values())
logs = [-4 + 0.1 * step for step in range(41)]
losses = [2 - 1.5 / (1 + (log + 1) ** 2) + 0.1 * (step % 3) for step, log in enumerate(logs)]
looking_ahead = descent.SGD(1e-4, 0.9, nesterov=True)
for optimizer in (looking_ahead, descent.AdaGrad(0.1), descent.RMSProp(0.01), descent.Adam(0.01)):
    show([x for point in descent.descend(descent.rosenbrock().gradient, optimizer, [-1.5, 1.0], 100) for x in point])
falling = schedules.cosine_decay(3e-4, 100).values()
show(loss_curves.momentum_law(falling, **json.loads(MOMENTUM)))
show(loss_curves.multi_power_law(falling, **json.loads(MULTI)))
show([loss_curves.convex_bound(falling)])
smoothed = sweeps.smooth(logs, losses, 0.1, 4.0)
show(smoothed)
show([rule(logs, smoothed) for name, rule in sorted(sweeps.RULES.items())])
show([statistics.quantile(n) for n in range(2, 20)])
"""


@pytest.fixture(scope="module")
def printed():
    given = f"CONFIGS = {json.dumps(CONFIGS)!r}\nMOMENTUM = {json.dumps(MOMENTUM)!r}\nMULTI = {json.dumps(MULTI)!r}"
    lines = run(f"{given}\n{NUMBERS}")
    return [[struct.unpack("<d", bytes.fromhex(value))[0] for value in json.loads(line)] for line in lines]


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
    for optimizer, found in zip(optimizers, printed[len(CONFIGS) : -6], strict=True):
        path = descent.descend(descent.rosenbrock().gradient, optimizer, [-1.5, 1.0], 100)
        assert found == pytest.approx([x for point in path for x in point], rel=1e-9), type(optimizer).__name__


def test_a_loss_curve_is_told_alike(printed):
    falling = schedules.cosine_decay(3e-4, 100)
    assert printed[-6] == pytest.approx(loss_curves.momentum_law(falling, **MOMENTUM), rel=1e-12)
    assert printed[-5] == pytest.approx(loss_curves.multi_power_law(falling, **MULTI), rel=1e-12)
    assert printed[-4] == pytest.approx([loss_curves.convex_bound(falling)], rel=1e-12)


def test_a_sweep_is_read_alike(printed):
    smoothed = sweeps.smooth(LOGS, LOSSES, 0.1, 4.0)
    assert printed[-3] == pytest.approx(smoothed, rel=1e-14)
    assert printed[-2] == [rule(LOGS, smoothed) for _, rule in sorted(sweeps.RULES.items())]


def test_quantiles_are_the_same(printed):
    assert printed[-1] == pytest.approx([statistics.quantile(n) for n in range(2, 20)], rel=1e-12)
