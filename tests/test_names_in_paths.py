"""A name that comes from outside never leads out of the folder that a command writes into."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from copies import REPOSITORY, copy_of_study

from aidstudy import cli
from aidstudy.course.lab import copy_notebooks
from aidstudy.errors import AidstudyError
from aidstudy.files import read_whole, write_whole
from aidstudy.pages.many import read_folder

NAMES = ("../x", "/x", "C:\\x", "x\0y", "..", "", "money_flow/../x")

Run = Callable[[list[str]], tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def one(arguments: list[str]) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["aidstudy", *arguments])
        monkeypatch.setenv("AIDSTUDY_STUDY", str(REPOSITORY))
        work = tmp_path / "a" / "b"
        work.mkdir(parents=True)
        monkeypatch.chdir(work)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        status = ended.value.code
        return (status if isinstance(status, int) else 0), capsys.readouterr().err

    return one


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("name", NAMES, ids=repr)
@pytest.mark.parametrize(
    "command",
    [
        ["export", "NAME", "-o", "out"],
        ["plot", "NAME", "-o", "out"],
        ["plot", "money_flow", "--preset", "NAME", "-o", "out"],
        ["table", "NAME", "-o", "out"],
        ["trace", "NAME"],
    ],
    ids=" ".join,
)
def test_a_name_that_a_command_looks_up_is_never_a_path(
    command: list[str], name: str, tmp_path: Path, run: Run
) -> None:
    if name == "" and command[0] == "trace":
        pytest.skip("an empty name is no name: the command asks for one")
    status, said = run([part.replace("NAME", name) for part in command])
    assert (status, said.count("Error: ")) == (2, 1), said
    assert "Traceback" not in said
    assert _files(tmp_path) == ["a", "a/b"]


OUTPUTS = {
    "export": ["export", "sqlite", "-o", "NAME"],
    "plot": ["plot", "funding_ratios", "-o", "NAME"],
    "table": ["table", "ratios", "-o", "NAME"],
    "macros": ["export-macros", "--all", "-o", "NAME"],
    "read": ["read", "PAGE", "-o", "NAME.csv"],
    "read a folder": ["read", "FOLDER", "-o", "NAME.parquet"],
    "review": ["review", "PAGE", "-o", "NAME"],
    "new": ["new", "NAME", "--page", "PAGE", "--year", "2012"],
    "reproduce": ["reproduce", "--keep", "NAME"],
    "instructors": ["instructors", "-o", "NAME"],
    "site": ["site", "-o", "NAME"],
    "study": ["--study", "NAME", "check"],
    "audit": ["audit", "NAME"],
    "page": ["read", "NAME"],
    "trace": ["trace", "revenue.ganzi.overlap", "--page", "NAME"],
    "new page": ["new", "fresh", "--page", "NAME", "--year", "2012"],
}


@pytest.mark.parametrize("case", list(OUTPUTS))
def test_a_path_that_no_system_knows_is_one_error(case: str, tmp_path: Path, run: Run) -> None:
    page = tmp_path / "page.txt"
    page.write_text("理塘县2012年获援助资金300万元。\n", encoding="utf-8")
    folder = tmp_path / "pages"
    folder.mkdir()
    shutil.copy(page, folder)
    before = _files(tmp_path)
    words = {"NAME": "x\0y", "PAGE": str(page), "FOLDER": str(folder)}
    arguments = OUTPUTS[case]
    for word, meant in words.items():
        arguments = [part.replace(word, meant) for part in arguments]
    status, said = run(arguments)
    assert (status, said.count("Error: ")) == (2, 1), said
    assert "Traceback" not in said
    assert _files(tmp_path) == sorted(["a", "a/b", *before])


@pytest.mark.parametrize("name", ["x\0y", "", ".", "/"], ids=repr)
def test_a_file_with_a_name_that_is_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AidstudyError, match="cannot be written"):
        write_whole(name, "x")
    with pytest.raises(AidstudyError, match="cannot be read"):
        read_whole(name)
    assert _files(tmp_path) == []


def test_names_of_pages_become_no_names_of_files(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    pytest.importorskip("joblib")
    parquet = pytest.importorskip("pyarrow.parquet")
    pages = tmp_path / "in" / "pages"
    pages.mkdir(parents=True)
    names = ["x..txt", "C:\\x.txt", "a\nb.txt", "=1+1.txt", "x\\..\\..\\y.txt"]
    for name in names:
        (pages / name).write_text("理塘县2012年获援助资金300万元。\n", encoding="utf-8")
    out = tmp_path / "out" / "figures.parquet"
    before = _files(tmp_path)
    assert read_folder(pages, out, jobs=1).pages == len(names)
    made = set(_files(tmp_path)) - set(before)
    assert made == {"out", "out/figures.parquet", "out/figures.unreadable.csv"}
    assert set(parquet.read_table(out)["page"].to_pylist()) == set(names)


def test_a_notebook_is_copied_by_its_own_name_only(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    shutil.rmtree(folder / "notebooks", ignore_errors=True)
    (folder / "notebooks").mkdir()
    names = ["..\\x.ipynb", "C:\\x.ipynb", "a\nb.ipynb", "..x.ipynb"]
    for name in names:
        (folder / "notebooks" / name).write_text("{}", encoding="utf-8")
    before = set(_files(tmp_path))
    into = tmp_path / "mine"
    assert copy_notebooks(into, folder).new == tuple(sorted(names))
    made = {name for name in set(_files(tmp_path)) - before if (tmp_path / name).is_file()}
    own = {"mine/.aidstudy/copied.json", "mine/.aidstudy/labconfig/page_config.json"}
    made = {name for name in made if not name.startswith("mine/data/clean/")}
    assert made == own | {f"mine/{name}" for name in names}
