"""The package: its names, its annotations, what its wheel holds and asks for, and that it works alone."""

import ast
import email
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import learning_rates

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "src/learning_rates").rglob("*.py"))
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "src/learning_rates", "results"]
NOT_SOURCES = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


def test_the_package_names_what_it_has():
    names = {"SGD", "Adam", "AdamW", "Averaged", "InGraphSchedule", "ScheduleLogger", "lr_range_test", "scheduled"}
    assert names <= set(dir(learning_rates))
    with pytest.raises(AttributeError, match="has no attribute 'Adamant'"):
        _ = learning_rates.Adamant


def is_public(name):
    return not name.startswith("_") or name.endswith("__")


def lacks_annotations(function, method=False):
    """Whether a return or a parameter is bare, but for a method's self or cls."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args][1 if method else 0 :]
    more = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return not function.returns or any(not each.annotation for each in [*named, *arguments.kwonlyargs, *more])


def assigned(function):
    """What a method assigns to its self: pairs of an attribute and the expression, if the pair can be told."""
    for node in ast.walk(function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple):
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [None] * len(target.elts)
                pairs = zip(target.elts, values, strict=True)
            for each, value in pairs:
                if isinstance(each, ast.Attribute) and getattr(each.value, "id", None) == "self":
                    yield each.attr, value


def bare_attributes(kind):
    """The public attributes of a class that get a type neither of their own nor from the parameter that they are."""
    bare, typed = set(), set()
    for node in ast.walk(kind):
        if isinstance(node, ast.AnnAssign):
            typed.add(getattr(node.target, "attr", getattr(node.target, "id", None)))
        elif isinstance(node, ast.FunctionDef):
            parameters = {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
            for name, value in assigned(node):
                (typed if getattr(value, "id", None) in parameters else bare).add(name)
    if not any(
        getattr(base, "id", None) in ("Enum", "IntEnum", "StrEnum") for base in kind.bases
    ):  # those have members
        own = [target for node in kind.body if isinstance(node, ast.Assign) for target in node.targets]
        bare |= {target.id for target in own if isinstance(target, ast.Name)}
    return sorted(filter(is_public, bare - typed))


def bare_names(source):
    """The public functions, methods and attributes of a module that are not annotated."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and is_public(node.name) and lacks_annotations(node):
            yield node.name
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and is_public(each.name):
                    static = any(getattr(decorator, "id", "") == "staticmethod" for decorator in each.decorator_list)
                    if lacks_annotations(each, method=not static):
                        yield f"{node.name}.{each.name}"
            yield from (f"{node.name}.{name}" for name in bare_attributes(node))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src/learning_rates")))
def test_every_public_function_method_and_attribute_is_annotated(path):
    """PEP 561: py.typed promises it. Whether the annotations are true is for mypy to say."""
    assert list(bare_names(path.read_text(encoding="utf-8"))) == []


def test_a_missing_annotation_is_found():
    source = """
def f(a: int): pass
def g(a, *, b: int) -> int: pass
def h(a: int, *rest: int, **more: int) -> int: pass
def _private(a): pass
class C:
    kind = "c"
    _hidden = 1
    typed: int
    def __init__(self, a: int, b: int) -> None:
        self.a, self.product = a, a * b
        self.typed = self.sum = a + b
        self.total: int = a + b
        self._hidden = b
    def method(self, *rest) -> int: pass
    @staticmethod
    def static(a) -> int: pass
    @property
    def size(self) -> int: pass
"""
    assert list(bare_names(source)) == ["f", "g", "C.method", "C.static", "C.kind", "C.product", "C.sum"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the sdist and the wheel made from it; built from a copy: setuptools packs an old build's rest."""
    copy = tmp_path_factory.mktemp("sources")
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, copy / source, ignore=NOT_SOURCES)
        else:
            shutil.copy(ROOT / source, copy)
    run("-m", "build", "--no-isolation", copy)
    return copy / "dist"


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """A folder that holds the package alone, as pip unpacks it."""
    target = tmp_path_factory.mktemp("installed")
    (path,) = built.glob("*.whl")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target", target, path)
    return target


def run(*arguments, cwd=None):
    command = [sys.executable, *map(str, arguments)]
    finished = subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def run_installed(installed, code, *folders):
    """Run code where only the installed package and these folders can be imported; -S keeps the editable one away."""
    found = f"import learning_rates; assert learning_rates.__file__.startswith({str(installed)!r})"
    path = f"import sys; sys.path += {[str(folder) for folder in (installed, *folders)]!r}"
    return run("-I", "-S", "-c", f"{path}\n{found}\n{code}", cwd=installed)


def dist_info(wheel, name):
    (path,) = [path for path in wheel.namelist() if path.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode()


def test_the_wheel_holds_the_package_its_data_and_the_recorded_runs(wheel):
    package = {path.relative_to(ROOT / "src") for path in (ROOT / "src/learning_rates").rglob("*") if path.is_file()}
    runs = {
        Path("learning_rates") / path.relative_to(ROOT)
        for path in (ROOT / "results").rglob("*.*")
        if path.suffix != ".lock"
    }
    files = (path for path in package | runs if path.name != "README.md" and "__pycache__" not in path.parts)
    expected = {path.as_posix() for path in files}
    assert {"learning_rates/py.typed", "learning_rates/book.mplstyle"} <= expected
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected


def test_the_wheel_carries_its_licences(wheel):
    others = "src/learning_rates/data/LICENSE-fashion-mnist.txt", "results/LICENSE-language-models.txt"
    for file in ("LICENSE", *others):
        assert dist_info(wheel, f"licenses/{file}") == (ROOT / file).read_text(encoding="utf-8")


def test_it_asks_for_keras_and_numpy_alone(wheel):
    metadata = email.message_from_string(dist_info(wheel, "METADATA"))
    required = metadata.get_all("Requires-Dist")
    assert [requirement for requirement in required if "extra ==" not in requirement] == ["keras>=3.8", "numpy>=1.26"]
    assert metadata.get_all("Provides-Extra") == ["tensorflow", "book", "trials"]


def test_the_sdist_holds_what_it_is_built_from(built):
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/learning_rates/schedules.py"} <= names


def test_schedules_need_nothing_but_python(installed):
    code = "from learning_rates import schedules; print(schedules.polynomial_decay(1.0, 5).values())"
    assert run_installed(installed, code) == "[1.0, 0.75, 0.5, 0.25, 0.0]\n"


def test_the_data_and_the_recorded_runs_are_read_from_the_package(installed):
    code = """
from importlib import resources
from learning_rates import datasets
(x, y), _ = datasets.fashion_mnist(sample=True)
print(x.shape, y.shape)
assert (resources.files("learning_rates") / "results" / "one_cycle_ladder.csv").is_file()
assert "keras" not in sys.modules
"""
    assert run_installed(installed, code, sysconfig.get_path("purelib")) == "(6000, 28, 28) (6000,)\n"


def test_optimizers_and_schedules_do_without_the_optional_packages(installed):
    code = """
sys.modules.update(dict.fromkeys(["matplotlib", "scipy", "ipywidgets", "IPython"]))
from learning_rates import SGD, InGraphSchedule, schedules
optimizer = SGD(schedules.one_cycle(0.1, 10), schedules.one_cycle_momentum(10))
print(float(InGraphSchedule(schedules.constant(0.5, 3))(2)), optimizer.momentum.total_steps)
"""
    assert run_installed(installed, code, sysconfig.get_path("purelib")) == "0.5 10\n"
