"""The plain-Python modules load in MicroPython, which the book's pages run, and say there what they say in CPython."""

import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from learning_rates import descent, exercises, loss_curves, schedules, sweeps
from learning_rates.explorers import statistics
from tests.exercises.test_exercises import CHAPTERS, CHECK, cells, solutions
from tests.site import answers
from tests.test_checks import BROKEN
from tests.test_loss_curves import MOMENTUM, MULTI

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "book/_ext"))

from exercises import imports_of  # noqa: E402

PACKAGE = ROOT / "src/learning_rates"
MICROPYTHON = ROOT / "node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"
CONFIGS = [case["config"] for case in json.loads((ROOT / "tests/oracles/golden.json").read_text())["cases"]]
LOGS = [-4 + 0.1 * step for step in range(41)]
LOSSES = [2 - 1.5 / (1 + (log + 1) ** 2) + 0.1 * (step % 3) for step, log in enumerate(LOGS)]

# What the page may run: no module imports more than `math`, `json`, and for exercises what a stand-in is there for.
MODULES = ["checks", "descent", "loss_curves", "schedules", "sweeps"]
MODULES += [f"explorers.{path.stem}" for path in sorted((PACKAGE / "explorers").glob("[!_]*.py"))]
MODULES += [f"exercises.{path.stem}" for path in sorted((PACKAGE / "exercises").glob("[!_]*.py"))]
EXERCISE = ROOT / "book/_static/exercise"
STAND_INS = {path.name: path.read_text(encoding="utf-8") for path in (EXERCISE / "stand_ins").glob("*.py")}
RUN = {"run.py": (EXERCISE / "run.py").read_text(encoding="utf-8")}

NODE = """
import { loadMicroPython } from "%s";
const { files, program } = JSON.parse(await new Response(process.stdin).text());
const python = await loadMicroPython({ heapsize: 8 * 2 ** 20 });
for (const folder of ["", "/explorers", "/exercises"]) python.FS.mkdir("learning_rates" + folder);
for (const [name, text] of Object.entries(files)) python.FS.writeFile(name, text);
await python.runPython(program);
"""


def run(program, **more):
    """The lines that a program prints in MicroPython, with the package's plain modules and more files at hand."""
    paths = [PACKAGE / f"{module.replace('.', '/')}.py" for module in [*MODULES, "explorers.__init__"]]
    paths.append(PACKAGE / "exercises/__init__.py")
    files = {str(path.relative_to(PACKAGE.parent)): path.read_text(encoding="utf-8") for path in paths}
    files |= {"learning_rates/__init__.py": ""} | STAND_INS | more
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
    lines = [f"import learning_rates.{module}\nprint({module!r})" for module in MODULES]
    assert run("\n".join(lines)) == MODULES


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


# ------------------------------------------------------------------------------------------------------------ exercises
GIVEN = sorted(set((ROOT / "tests/exercises").glob("test_*.py")) - {ROOT / "tests/exercises/test_exercises.py"})
# Python's own modules that a test's answers import, and the page has not: as much as makes such an answer
ITERTOOLS = """
class count:
    def __init__(self, start=0):
        self.n = start

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        return self.n - 1

    def __repr__(self):
        return "count(%d)" % self.n


class repeat(count):
    def __init__(self, value):
        self.n = value

    def __repr__(self):
        return "repeat(%r)" % self.n


class cycle(count):
    def __init__(self, values):
        self.n = 0

    def __repr__(self):
        return "<cycle>"
"""
ANSWERS = {"answers.py": Path(answers.__file__).read_text(encoding="utf-8"), "itertools.py": ITERTOOLS} | RUN
# What the two interpreters themselves word otherwise
WORDINGS = [
    (r"(?:float )?division by zero|divide by zero", "a zero divides"),
    (r"(\w+) is ?n[o'](?:t|'t)? (\w+)", r"\1 isn't \2"),
    (r"takes (\d+) positional arguments? but", r"takes \1 but"),
    (r"<.*>", "an object"),
    (r"KeyError: '?(\w+)'?", r"KeyError: \1"),
    (r"array\((\d)\.\)", r"\1.0"),
]
# Answers that use what the page's Python does not have: it says so, in an error and not in a verdict
LACKING = r"it stops with (?:(?:AttributeError|ImportError|NotImplementedError|NameError): |ValueError: on this page)"


def worded(line):
    for pattern, replacement in WORDINGS:
        line = re.sub(pattern, replacement, line)
    return line


@pytest.fixture
def answered(monkeypatch, capsys):
    """What the checks say to a test file's answers, by exercise and number: in CPython, and in MicroPython."""
    monkeypatch.setitem(sys.modules, "pytest", answers.pytest)
    monkeypatch.setattr(exercises, "print", print, raising=False)

    def answered(path):
        text = path.read_text(encoding="utf-8")
        answers.main(text)
        here = capsys.readouterr().out.splitlines()
        there = run(f"import answers\nanswers.main({text!r})", **ANSWERS)
        for lines in (here, there):
            found = [json.loads(line) for line in lines]
            yield {(name, key): said for name, key, said in found}

    return answered


@pytest.mark.parametrize("path", [path for path in GIVEN if "claims" not in path.stem], ids=lambda path: path.stem)
def test_every_answer_hears_the_same_on_the_page(answered, path):
    """All right and wrong answers of the chapter's tests: one verdict, in the same words but for the interpreters'."""
    here, there = answered(path)
    assert here.keys() == there.keys()
    assert len(here) >= 15
    lacking = {case for case, said in there.items() if re.search(LACKING, said) and said != here[case]}
    assert len(lacking) <= len(here) / 10, {case: there[case] for case in lacking}
    for case in here.keys() - lacking:
        assert worded(there[case]) == worded(here[case]), case


def test_a_listing_hears_the_same_on_the_page(capsys):
    program = """
from learning_rates import exercises
exercises.CHAPTERS = ["claims_on_trial"]
for listing in range(1, 6):
    for answer in list(range(12)) + [7.0, 2.5, None, "seven", True, ...]:
        exercises.check("listing " + str(listing), answer)
exercises.CHAPTERS = CHAPTERS
"""
    exec(f"CHAPTERS = {exercises.CHAPTERS!r}\n{program}", {})
    assert run(f"CHAPTERS = []\n{program}") == capsys.readouterr().out.splitlines()


def test_every_stub_and_solution_hears_the_same_on_the_page(capsys):
    """With the imports that the page gives it."""
    for path in CHAPTERS:
        imports, lacked = imports_of(path)
        codes = [source for source in cells(path, "code") if CHECK.search(source)] + solutions(path)
        codes = [
            code for code in codes if "seeds to declare" not in code and "best cliff" not in code
        ]  # see their tags
        for code in codes:
            names = {}
            exec(f"{imports}\n{code}", names)
        expected = capsys.readouterr().out.splitlines()
        program = """
import json, run
for code in json.loads(CODES):
    run.given.clear()
    run.given.update({"zip": run.zip})
    run.prepare(CHAPTER, IMPORTS, LACKED)
    fault = run.run(code, "check()")
    if fault: print(fault)
"""
        given = f"CODES, CHAPTER, IMPORTS, LACKED = {json.dumps(codes)!r}, {path.stem[3:]!r}, {imports!r}, {lacked!r}\n"
        assert run(given + program, **RUN) == expected, path.stem


def test_the_line_of_the_readers_error_survives_the_check():
    program = """
import run
run.prepare("cyclical", "from learning_rates.exercises import check", [])
run.run("def f(t, s):\\n    x = 1\\n    return x / 0\\n\\n\\ncheck('the next top', f)", "check()")
"""
    (said,) = run(program, **RUN)
    assert said.endswith("it stops with ZeroDivisionError: divide by zero (line 3)")


VECTORS = """
import numpy as np
A = np.array([[2.0, 1.0], [1.0, 3.0]])
x = np.array([1, 2, 4.0])
results = [A @ np.array([1.0, 2.0]), A @ A, A.T, A[:, 0], A[1, 0], A + 1, 2 * A - A, A / 2, A.shape, A.ndim]
results += [x[::2], x[x > 1], x[[0, 2]], x[:, None], -x, 1 / x, x**2, 2.0**x, 1.5 * x, x.tolist(), x.shape, len(x)]
results += [np.mean(x), np.std(x), np.sum(x), np.median(x), np.argmax(x), np.argmin(x), np.cumsum(x), np.diff(x)]
results += [np.sqrt(x), np.sign(x - 2), np.exp(x), np.log(x), np.abs(-x), np.diff(x, prepend=0)]
results += [np.eye(2), np.zeros(2), np.ones((2, 2)), np.arange(3), np.arange(1, 2, 0.25), np.linspace(0, 1, 5)]
results += [np.linalg.norm(x), np.linalg.solve(A, np.array([1.0, 2.0])), np.linalg.inv(A)]
results += [np.polyfit([0, 1, 2, 3], [1, 3, 5, 8], 1), np.column_stack([x, x]), np.concatenate([x, x])]
results += [np.maximum(x, 2), np.minimum(x, 2), np.clip(x, 1.5, 3), np.where(x > 1, x, 0)]
results += [np.power(x, 2), np.multiply(x, x), np.dot(x, x), np.allclose(x, x + 1e-9), x.size]
def plain(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else float(value)
import json
for result in results:
    print(json.dumps(plain(result)))
"""


def test_the_small_numpy_computes_what_numpy_computes():
    here = subprocess.run([sys.executable, "-c", VECTORS], capture_output=True, text=True, timeout=60, check=True)
    for found, expected in zip(run(VECTORS), here.stdout.splitlines(), strict=True):
        assert np.allclose(json.loads(found), json.loads(expected), rtol=1e-9, atol=1e-12), (found, expected)


def test_the_small_scipy_computes_what_scipy_computes():
    cases = [(share, freedom) for share in (0.025, 0.5, 0.9, 0.975, 0.999) for freedom in (1, 2, 3, 9, 30, 99)]
    found = run(f"import scipy\nfor case in {cases!r}:\n    print(scipy.stats.t.ppf(*case))")
    assert [float(line) for line in found] == pytest.approx([stats.t.ppf(*case) for case in cases], rel=1e-9, abs=1e-12)
