"""Every command with files and arguments that it cannot use: one message, nothing left behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from copies import REPOSITORY

from aidstudy import cli

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
    "table into a folder": ["table", "ratios", "-o", "{folder}"],
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
}  # fmt: skip

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


@pytest.mark.parametrize("name", list(ARGUMENTS))
def test_arguments_that_cannot_be_used(name: str, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "file").write_bytes(b"kept\n")
    (folder / "page.txt").write_bytes(TEXT.encode())
    status, said = run([one.replace("{folder}", str(folder)) for one in ARGUMENTS[name]])
    assert status == 2
    assert _is_one_message(said), said
    assert (folder / "file").read_bytes() == b"kept\n"
    assert sorted(path.name for path in folder.iterdir()) == ["file", "page.txt"]
