"""Every command with files, names and paths that it cannot use: one message, nothing left."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from copies import REPOSITORY, case_set, copy_of_study

from aidstudy import cli

TEXT = "理塘县2012年获援助资金300万元，龙泉驿区支援1.39亿元。\n" * 3

UTF_16 = "utf16.txt"
PAGES: dict[str, bytes | None] = {
    "missing.txt": None,
    "empty.txt": b"",
    "blank.txt": b" \n\t\n",
    "nul.txt": TEXT.encode()[:39] + b"\0" + TEXT.encode()[39:],
    UTF_16: TEXT.encode("utf-16"),
    "binary.txt": bytes(range(256)) * 40,
    "cut.txt": TEXT.encode()[:-3],
    "fake.pdf": b"%PDF-1.4\nnothing of a PDF\n",
}
"""Pages that no command can read."""

COMMANDS = (
    "audit", "audit-text", "read", "review", "new made --year 2012 --page", "text -o made.txt",
    "trace --figure ganzi-021 --page",
)  # fmt: skip
# Others read UTF-16; for these two a place is a place in one text that stays as it is.
UTF_8_ONLY = ("audit", "new made --year 2012 --page")
NAMES = ("../x", "/x", "C:\\x", "..", "", "money_flow/../x")
"""Names that are looked up, and never a path."""

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


@pytest.mark.parametrize(
    ("command", "page"),
    [(one, page) for one in COMMANDS for page in PAGES if page != UTF_16 or one in UTF_8_ONLY],
)
def test_a_page_that_cannot_be_used(command: str, page: str, tmp_path: Path, run: Run) -> None:
    content = PAGES[page]
    if content is not None:
        (tmp_path / page).write_bytes(content)
    status, said = run([*command.split(), page])
    if command == "audit" and status == 1:
        return  # a text that can be read, and is not the page: the report on stdout says so
    assert status == 2
    assert _is_one_message(said)
    assert page in said
    assert _files(tmp_path) == [page] * (content is not None)


WRONG = [
    *((case["command"], "") for case in case_set("commands")["arguments"]),
    *((case["command"], name) for case in case_set("commands")["looked_up"] for name in NAMES),
]
WRONG.remove(("trace {name}", ""))  # that is every result


@pytest.mark.parametrize(("command", "name"), WRONG)
def test_arguments_that_cannot_be_used(command: str, name: str, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "file").write_bytes(b"kept\n")
    (folder / "page.txt").write_bytes(TEXT.encode())
    parts = {"folder": folder, "repository": REPOSITORY, "name": name}
    status, said = run([word.format(**parts) for word in command.split()])
    assert status == 2
    assert _is_one_message(said), said
    assert (folder / "file").read_bytes() == b"kept\n"
    assert _files(tmp_path) == ["there", "there/file", "there/page.txt"]


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and run the same command again",
    errno.EFBIG: "larger than a file may be here: raise the limit",
    errno.EROFS: "the disk is read-only: work in a copy of the folder",
    errno.EACCES: "the folder may not be written: change its rights or work in a copy",
}
WRITING = [case["command"] for case in case_set("commands")["writing"]]


@pytest.mark.parametrize(
    ("command", "number"),
    [*((one, errno.ENOSPC) for one in WRITING[1:]), *((WRITING[0], one) for one in ADVICE)],
)
def test_what_cannot_be_written_is_one_message_and_no_file(
    command: str, number: int, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_of_study(tmp_path / "there")
    (folder / "page.txt").write_bytes(TEXT.encode())
    (folder / "new.tex").write_bytes(b"old\n")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def fails(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    # A disk that is full says so when a file is forced to it, at the latest.
    monkeypatch.setattr(os, "fsync", fails)
    status, said = run(command.format(folder=folder).split())
    assert status == 2
    assert _is_one_message(said), said
    assert ADVICE[number] in said
    if command.endswith("reproduce"):
        shutil.rmtree(folder / "build")  # It is kept, and said to be.
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
