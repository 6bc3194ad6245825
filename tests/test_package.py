"""The built package: what the wheel holds, what it asks for, and that it works alone."""

import email
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "src/learning_rates", "results"]
NOT_SOURCES = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")


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
    expected = {path.as_posix() for path in package | runs if "__pycache__" not in path.parts}
    assert {"learning_rates/py.typed", "learning_rates/book.mplstyle"} <= expected
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected


def test_the_wheel_carries_both_licences(wheel):
    for file in ("LICENSE", "src/learning_rates/data/LICENSE-fashion-mnist.txt"):
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
