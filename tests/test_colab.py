"""Plays Colab: an environment with the main packages, unpinned, but not ours; a folder that holds only the notebook.

The environment is made once, in .venv-colab; `rm -r .venv-colab` brings it up to date. COLAB_ALL=1 runs every notebook.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import address

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv-colab"
PYTHON = ENVIRONMENT / "bin/python"
# Colab's pip is current; pip 23 refuses the override's git+file:/// address.
COLAB_HAS = ["pip", "tensorflow", "keras", "matplotlib", "scipy", "ipywidgets", "nbclient", "ipykernel"]
CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb" if os.environ.get("COLAB_ALL") == "1" else "08_*.ipynb"))
# What points at this checkout, its environment or its data must not reach the newcomer's kernel.
OURS = ("LEARNING_RATES_DATA", "VIRTUAL_ENV", "PYTHONPATH", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "MPLBACKEND")

pytestmark = pytest.mark.colab


def pip(*arguments):
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packages():
    return set(pip("list", "--format=freeze").splitlines())


@pytest.fixture
def environment():
    """Colab's packages without ours; the stamp comes last, so that an interrupted installation is made again."""
    stamp = ENVIRONMENT / "made-of"
    if not stamp.exists() or stamp.read_text() != " ".join(COLAB_HAS):
        subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=True)
        pip("install", "--quiet", "--upgrade", *COLAB_HAS)
        stamp.write_text(" ".join(COLAB_HAS))
    pip("uninstall", "--quiet", "--yes", "learning-rates")
    yield ENVIRONMENT
    pip("uninstall", "--quiet", "--yes", "learning-rates")


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A repository with the working tree as its pinned tag: what a reader installs once this is pushed."""
    clone = tmp_path_factory.mktemp("release") / "repository"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(lambda name: name and (ROOT / name).is_file(), names):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, clone / name)
    identity = ["-c", "user.name=reader", "-c", "user.email=reader@example.org", "-c", "commit.gpgsign=false"]
    tag = f"v{address.project()[1]}"
    for command in (["init"], ["add", "--all"], ["commit", "--message", "snapshot"], ["tag", tag]):
        subprocess.run(["git", *identity, *command], cwd=clone, check=True, capture_output=True)
    return f"git+{clone.as_uri()}@{tag}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_chapter_runs_to_its_end(chapter, environment, release, tmp_path):
    before = packages()
    notebook = Path(shutil.copy(chapter, tmp_path))
    kept = {key: value for key, value in os.environ.items() if key not in OURS}
    path = os.pathsep.join([str(environment / "bin"), "/usr/local/bin", "/usr/bin", "/bin"])
    subprocess.run(
        [environment / "bin/jupyter", "execute", "--inplace", "--timeout=600", notebook.name],
        cwd=tmp_path,
        env={**kept, "PATH": path, "LEARNING_RATES_SOURCE": release},
        check=True,
    )
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert [output for cell in cells for output in cell.outputs if output.output_type == "error"] == []
    added = {package.split("==")[0] for package in packages() ^ before}
    assert added == {"learning-rates"}, "the bootstrap cell touched what Colab had"


def test_there_is_a_chapter_to_run():
    assert CHAPTERS
