"""Every command with files, names and paths that it cannot use: one message, nothing left."""

from __future__ import annotations

import re
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

TEXT = "理塘县2012年获援助资金300万元，龙泉驿区支援1.39亿元。\n" * 3

PAGES: dict[str, bytes | None] = {
    "missing.txt": None,
    "empty.txt": b"",
    "blank.txt": b" \n\t\n",
    "nul.txt": TEXT.encode()[:39] + b"\0" + TEXT.encode()[39:],
    "utf16.txt": TEXT.encode("utf-16"),
    "binary.txt": bytes(range(256)) * 40,
    "cut.txt": TEXT.encode()[:-3],
    "fake.pdf": b"%PDF-1.4\nnothing of a PDF\n",
}
"""Pages that no command can read."""

COMMANDS = (
    ["audit"],
    ["audit-text"],
    ["read"],
    ["review"],
    ["new", "made", "--year", "2012", "--page"],
    ["text", "-o", "made.txt"],
    ["trace", "--figure", "ganzi-021", "--page"],
)

ARGUMENTS = {
    "unknown command": ["publish"],
    "unknown option": ["check", "--fast"],
    "no study": ["--study", "{folder}/none", "check"],
    "study is a file": ["--study", "{folder}/file", "check"],
    "audit without a page": ["audit"],
    "unknown result": ["trace", "revenue.ganzi.overlapp"],
    "unknown figure": ["trace", "--figure", "ganzi-999"],
    "unknown plot": ["plot", "money_flows", "-o", "{folder}/new"],
    "unknown preset": ["plot", "money_flow", "--preset", "singel", "-o", "{folder}/new"],
    "unknown table": ["table", "ratio", "-o", "{folder}/new"],
    "a document without a file": ["table", "ratios", "--format", "docx"],
    "table into a folder": ["table", "ratios", "-o", "{folder}"],
    "macros of nothing": ["export-macros", "-o", "{folder}/new"],
    "macros by name and all": ["export-macros", "--all", "spent.litang", "-o", "{folder}/new"],
    "macros into a folder": ["export-macros", "--all", "-o", "{folder}"],
    "macros below a file": ["export-macros", "--all", "-o", "{folder}/file/macros.tex"],
    "unknown export": ["export", "csvv", "-o", "{folder}/new"],
    "export into a file": ["export", "csv", "-o", "{folder}/file"],
    "year of five digits": ["read", "{folder}/page.txt", "--year", "20122"],
    "unknown form of a draft": ["read", "{folder}/page.txt", "-o", "{folder}/new.doc"],
    "draft below a file": ["read", "{folder}/page.txt", "-o", "{folder}/file/new.csv"],
    "folder without parquet": ["read", "{folder}", "-o", "{folder}/new.csv"],
    "no workers": ["read", "{folder}", "-o", "{folder}/new.parquet", "--jobs", "0"],
    "review below a file": ["review", "{folder}/page.txt", "-o", "{folder}/file/new.html"],
    "new where something is": ["new", "{folder}", "--page", "{folder}/page.txt", "--year", "2012"],
    "new below a file": [
        "new", "{folder}/file/new", "--page", "{folder}/page.txt", "--year", "2012",
    ],
    "new without a year": ["new", "{folder}/new", "--page", "{folder}/page.txt"],
    "draft options for a folder": ["read", "{folder}/page.txt", "--jobs", "2"],
    "claims of another page": ["audit-text", "{folder}/page.txt", "--accept", "sure"],
    "claims by name": ["audit-text", "{folder}/page.txt", "--accept", "first"],
    "claims of two pages": [
        "audit-text", "{folder}/page.txt", "{folder}/file", "--accept", "sure",
    ],
    "compare with nothing": ["compare", "{folder}"],
    "compare what is no study": ["compare", "{folder}", "{folder}"],
    "compare with a file that is no table": ["compare", str(REPOSITORY), "{folder}/page.txt"],
    "decisions without a file": ["compare", "{folder}", "{folder}", "--decided", "{folder}/file"],
    "ratio of one figure": ["ratio", "ganzi-021"],
    "ratio of an unknown figure": ["ratio", "ganzi-021", "ganzi-999"],
    "ratio of a date": ["ratio", "ganzi-021", "litang-003"],
    "ratio in another unit": ["ratio", "ganzi-021", "ganzi-020", "--unit", "km"],
    "solutions without a folder": ["instructors"],
    "lab into a file": ["lab", "-o", "{folder}/file"],
    "text without a file": ["text", "{folder}/page.txt"],
    "text of a folder": ["text", "{folder}", "-o", "{folder}/new.txt"],
    "text over a file": ["text", "{folder}/page.txt", "-o", "{folder}/file"],
    "keep where something is": ["reproduce", "--keep", "{folder}"],
    "keep below a file": ["reproduce", "--keep", "{folder}/file/new"],
    # A path that no system knows.
    "export": ["export", "sqlite", "-o", "{nul}"],
    "plot": ["plot", "funding_ratios", "-o", "{nul}"],
    "table": ["table", "ratios", "-o", "{nul}"],
    "macros": ["export-macros", "--all", "-o", "{nul}"],
    "read": ["read", "{folder}/page.txt", "-o", "{nul}.csv"],
    "read a folder": ["read", "{folder}", "-o", "{nul}.parquet"],
    "review": ["review", "{folder}/page.txt", "-o", "{nul}"],
    "new": ["new", "{nul}", "--page", "{folder}/page.txt", "--year", "2012"],
    "reproduce": ["reproduce", "--keep", "{nul}"],
    "instructors": ["instructors", "-o", "{nul}"],
    "site": ["site", "-o", "{nul}"],
    "study": ["--study", "{nul}", "check"],
    "audit": ["audit", "{nul}"],
    "page": ["read", "{nul}"],
    "trace": ["trace", "revenue.ganzi.overlap", "--page", "{nul}"],
    "new page": ["new", "fresh", "--page", "{nul}", "--year", "2012"],
}  # fmt: skip

NAMES = ("../x", "/x", "C:\\x", "x\0y", "..", "", "money_flow/../x")
LOOKED_UP = (
    ["export", "{name}", "-o", "out"],
    ["plot", "{name}", "-o", "out"],
    ["plot", "money_flow", "--preset", "{name}", "-o", "out"],
    ["table", "{name}", "-o", "out"],
    ["trace", "{name}"],
)
"""Commands that look a name up: it is never a path."""

Run = Callable[[list[str]], tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as a shell would; gives its exit status and what it said on stderr."""

    def one(arguments: list[str]) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["aidstudy", *arguments])
        monkeypatch.setenv("AIDSTUDY_STUDY", str(REPOSITORY))
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        status = ended.value.code
        return (status if isinstance(status, int) else 0), capsys.readouterr().err

    return one


def _is_one_message(said: str) -> bool:
    return len(re.findall(r"(?m)^Error: ", said)) == 1 and "Traceback" not in said


# Other commands read UTF-16; for these two a place is a place in one text that stays as it is.
UTF_8_ONLY = ("audit", "new")


@pytest.mark.parametrize(
    ("command", "page"),
    [
        pytest.param(command, page, id=f"{command[0]}-{page}")
        for command in COMMANDS
        for page in PAGES
        if page != "utf16.txt" or command[0] in UTF_8_ONLY
    ],
)
def test_a_page_that_cannot_be_used(
    command: list[str], page: str, tmp_path: Path, run: Run
) -> None:
    content = PAGES[page]
    if content is not None:
        (tmp_path / page).write_bytes(content)
    status, said = run([*command, page])
    if command == ["audit"] and status == 1:
        return  # a text that can be read, and is not the page: the report on stdout says so
    assert status == 2
    assert _is_one_message(said)
    assert page in said
    assert sorted(path.name for path in tmp_path.iterdir()) == [page] * (content is not None)


CASES = [
    *(pytest.param(arguments, "", id=what) for what, arguments in ARGUMENTS.items()),
    *(
        pytest.param(command, name, id=f"{' '.join(command)} {name!r}")
        for command in LOOKED_UP
        for name in NAMES
        if name or command[0] != "trace"
    ),
]


@pytest.mark.parametrize(("arguments", "name"), CASES)
def test_arguments_that_cannot_be_used(
    arguments: list[str], name: str, tmp_path: Path, run: Run
) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "file").write_bytes(b"kept\n")
    (folder / "page.txt").write_bytes(TEXT.encode())
    parts = {"{folder}": str(folder), "{nul}": "x\0y", "{name}": name}
    for part, meant in parts.items():
        arguments = [one.replace(part, meant) for one in arguments]
    status, said = run(arguments)
    assert status == 2
    assert _is_one_message(said), said
    assert (folder / "file").read_bytes() == b"kept\n"
    assert _files(tmp_path) == ["there", "there/file", "there/page.txt"]


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


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
