"""What a release holds, and that it works where there is nothing but the wheel."""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from aidstudy import funding_ratios, load_results, load_study
from aidstudy.files import sha256_of

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


def test_the_wheel_carries_tables_notebooks_and_licence_and_no_page(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        names = set(files.namelist())
        contents = {sha256_of(files.read(name)) for name in names}
    for part in ("data", "notebooks"):
        stored = {
            path.relative_to(REPOSITORY).as_posix()
            for path in (REPOSITORY / part).rglob("*")
            if path.is_file() and not path.name.startswith(".")
            and ".ipynb_checkpoints" not in path.parts
        }  # fmt: skip
        packed = {n.removeprefix("aidstudy/_study/") for n in names if f"_study/{part}/" in n}
        assert packed == stored
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert load_study().page["sha256"] not in contents
    assert not [name for name in names if name.startswith("tests")]


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


def test_the_wheel_needs_ten_packages_and_each_extra_is_one_of_the_page(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        (name,) = [name for name in files.namelist() if name.endswith("dist-info/METADATA")]
        told = Parser().parsestr(files.read(name).decode("utf-8"))
    needed = [line for line in told.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert len(needed) <= 10, needed
    page = (REPOSITORY / "docs" / "install.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.*?) \|", page))
    extras = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert set(told.get_all("Provides-Extra") or []) == set(rows) == set(extras)
    for extra, lines in extras.items():
        assert rows[extra] == ", ".join(re.split(r"[<>=]", line)[0] for line in lines)
    assert f"aidstudy-{told['Version']}-py3-none-any.whl" in page


def test_the_commands_run_from_the_wheel(python: Path, wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as files:
        (points,) = [name for name in files.namelist() if name.endswith("entry_points.txt")]
        told = configparser.ConfigParser()
        told.read_string(files.read(points).decode())
    assert told["console_scripts"]["aidstudy"] == "aidstudy.cli:main"
    run = subprocess.run(
        [python, "-I", "-m", "aidstudy", "table", "ratios", "--format", "csv", "-o", "ratios.csv"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "0.845,0.8445,0.8455,printed" in (tmp_path / "ratios.csv").read_text(encoding="utf-8")


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
