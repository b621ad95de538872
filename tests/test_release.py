"""What a release holds, and that it works where there is nothing but the wheel."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from aidstudy import funding_ratios, load_results

REPOSITORY = Path(__file__).resolve().parent.parent


def _build(kind: str, folder: Path, into: Path) -> Path:
    """A release, built by the locked back end, without network."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(into)],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (built,) = into.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    return _build("wheel", REPOSITORY, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="hatchling is not installed")
    return _build("sdist", REPOSITORY, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    found = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run([found, "-c", ask], check=True, capture_output=True, text=True)
    packages = Path(answer.stdout.strip())
    with zipfile.ZipFile(wheel) as files:
        files.extractall(packages)
    # A line that is a folder is searched last, and its own .pth files are not read: the
    # editable install of the repository stays out.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return found


def _run(python: Path, code: str, folder: Path) -> str:
    run = subprocess.run(
        [python, "-I", "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout


ALONE = """
import json, pathlib, aidstudy
from aidstudy.course.lab import copy_notebooks
from aidstudy.plots import save_plot
figure = aidstudy.load_figures().set_index("figure_id").loc["ganzi-021"]
bounds = aidstudy.load_results().set_index("result_id").loc["revenue.ganzi.overlap", "quantity"]
paths = save_plot("funding_ratios", "drawn", formats=("svg",))
copy_notebooks(pathlib.Path("mine"))
print(json.dumps([aidstudy.__file__, str(bounds), figure["printed"], int(figure["start"]),
    str(figure["low"]), [path.suffix for path in paths],
    aidstudy.funding_ratios()["ratio"].quantity.state.tolist()]))
"""


def test_the_wheel_alone_gives_figures_results_a_plot_and_the_notebooks_of_the_lab(
    python: Path, tmp_path: Path
) -> None:
    file, bounds, *told, states = json.loads(_run(python, ALONE, tmp_path))
    assert REPOSITORY not in Path(file).parents
    stored = load_results().set_index("result_id")
    assert bounds == str(stored.loc["revenue.ganzi.overlap", "quantity"])
    assert told == ["0.845%", 6008, "0.8445", [".svg"]]
    assert states == funding_ratios()["ratio"].quantity.state.tolist()
    assert (tmp_path / "drawn").is_dir()
    notebooks = {path.name for path in (REPOSITORY / "notebooks").glob("*.ipynb")}
    assert {path.name for path in (tmp_path / "mine").glob("*.ipynb")} == notebooks


def test_the_source_release_builds_the_same_wheel(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    for name in ("reproduce.py", "requirements.lock", "tests", "figures", "CITATION.cff"):
        assert (source / name).exists(), name
    again = _build("wheel", source, tmp_path / "built")
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert set(one.namelist()) == set(other.namelist())
        for name in one.namelist():
            if not name.endswith("RECORD"):
                assert one.read(name) == other.read(name), name
