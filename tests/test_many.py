"""Many pages: the same table for any number of workers, killed or not, and nothing lost."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY

from aidstudy.errors import FileError
from aidstudy.pages import many, pages
from aidstudy.pages.many import read_folder
from aidstudy.pages.pages import Reader

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the extra exchange")
pytest.importorskip("joblib", reason="joblib is in the extra pages")

READER = Reader(2017)
kills = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


def made(top: Path) -> Path:
    """Sixty pages, one of them in GB 18030, three that cannot be read."""
    pages = top / "pages"
    (pages / "2017").mkdir(parents=True)
    for number in range(60):
        text = f"江岚市援建石溪县，到位资金{number + 100}万元，修路{number}.5公里。\n"
        encoding = "gb18030" if number == 7 else "utf-8"
        (pages / "2017" / f"{number:02d}.txt").write_bytes(text.encode(encoding))
    (pages / "empty.txt").write_bytes(b"")
    (pages / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (pages / "broken.txt").symlink_to(pages / "nowhere")
    (pages / ".hidden").write_bytes(b"\0")
    return pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> many.Outcome:
    """What one worker makes of the pages, without an interruption."""
    top = tmp_path_factory.mktemp("whole")
    return read_folder(made(top), top / "whole.parquet", reader=READER)


def same(one: many.Outcome, other: many.Outcome) -> bool:
    """Whether table and list have the same bytes."""
    paths = [(run.output, run.unreadable_list) for run in (one, other)]
    return all(a.read_bytes() == b.read_bytes() for a, b in zip(*paths, strict=True))


def test_every_page_is_read_or_listed_with_its_reason(folder: Path, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    output = tmp_path / "figures.parquet"
    found = read_folder(folder, output, reader=READER, progress=lambda *step: steps.append(step))
    assert (found.pages, found.figures, found.resumed) == (63, 120, 0)
    assert [page for page, _ in found.unreadable] == ["broken.txt", "empty.txt", "picture.png"]
    reasons = dict(found.unreadable)
    assert reasons["empty.txt"] == "the file is empty; there is nothing to read"
    assert "a picture" in reasons["picture.png"]
    assert reasons["broken.txt"].startswith("cannot be read")
    assert found.unreadable_list.read_text(encoding="utf-8").startswith("page,reason\nbroken.txt,")
    rows = parquet.read_table(found.output).to_pylist()
    assert [row["page"] for row in rows][::2] == [f"2017/{n:02d}.txt" for n in range(60)]
    assert rows[14]["value"] == "1070000"
    assert steps == [(done + 1, 63) for done in range(63)]
    made = {"figures.parquet", "figures.unreadable.csv", "pages"}
    assert {path.name for path in tmp_path.iterdir()} == made
    assert found.lines()[0].endswith("figures.parquet: 120 figures of 63 pages")
    assert "3 pages could not be read" in found.lines()[1]
    assert "  empty.txt: the file is empty; there is nothing to read" in found.lines()


def test_the_output_in_the_folder_itself_is_no_page(folder: Path, whole: many.Outcome) -> None:
    for _ in range(2):
        own = read_folder(folder, folder / "figures.parquet", reader=READER)
        assert same(own, whole)


def test_a_part_of_the_rows_is_in_memory_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "_GROUP_ROWS", 50)
    (tmp_path / "pages").mkdir()

    def peak(number: int) -> int:
        for page in range(number):
            text = f"修路{page}.5公里，到位资金{page + 100}万元。" * 50
            (tmp_path / "pages" / f"{page:03d}.txt").write_text(text, encoding="utf-8")
        tracemalloc.start()
        found = read_folder(tmp_path / "pages", tmp_path / "figures.parquet", reader=READER)
        held = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found.figures == parquet.read_table(found.output).num_rows == 100 * number
        return held

    peak(1)  # What is loaded once is no part of it.
    few, more = peak(5), peak(15)
    assert more < 2 * few


def test_each_of_two_pages_alike_has_its_rows(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("修路77公里。", encoding="utf-8")
    found = read_folder(folder, tmp_path / "figures.parquet")
    rows = parquet.read_table(found.output).to_pylist()
    assert [(row["page"], row["value"]) for row in rows] == [("a.txt", "77000"), ("b.txt", "77000")]
    assert found.resumed == 0


# --- workers ------------------------------------------------------------------------------------


def test_workers_change_nothing(
    folder: Path, whole: many.Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "_WORTH_WORKERS", 0)
    # What is changed here does not reach another process.
    monkeypatch.setattr(Reader, "rows", lambda *_: pytest.fail("read in this process"))
    assert same(read_folder(folder, tmp_path / "two.parquet", reader=READER, jobs=2), whole)


def test_workers_of_ones_own_are_taken_as_the_docs_have_it(
    folder: Path, whole: many.Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads of joblib's; for pages as small as these no process is started by itself."""
    threads: set[threading.Thread] = set()
    read = Reader.rows

    def seen(self: Reader, text: str) -> Iterator[dict[str, str]]:
        threads.add(threading.current_thread())
        return read(self, text)

    monkeypatch.setattr(Reader, "rows", seen)
    assert same(read_folder(folder, tmp_path / "two.parquet", reader=READER, jobs=2), whole)
    assert threads == {threading.main_thread()}
    monkeypatch.chdir(tmp_path)
    page = (REPOSITORY / "docs" / "folders.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.+?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    assert same(names["outcome"], whole)
    assert len(threads) > 1


class Deadly(Reader):
    """Kills the process that reads a certain page."""

    def rows(self, text: str) -> Iterator[dict[str, str]]:
        if "159万元" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return Reader.rows(self, text)


@kills
def test_a_worker_that_dies_is_told_and_what_was_read_is_kept(
    folder: Path, whole: many.Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "_WORTH_WORKERS", 0)
    output = tmp_path / "figures.parquet"
    with pytest.raises(FileError, match=r"a worker died .* run the same command again"):
        read_folder(folder, output, reader=Deadly(2017), jobs=2)
    assert not output.exists()
    again = read_folder(folder, output, reader=READER)
    assert 0 < again.resumed < 62  # Two that cannot be read have a result as well.
    assert same(again, whole)


# --- interruptions ------------------------------------------------------------------------------


def stop(done: int, total: int) -> None:
    if done == 24:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("change", "resumed"),
    [("nothing", 24), ("torn", 24), ("page", 23), ("settings", 0), ("code", 0)],
)
def test_a_stopped_run_goes_on_and_what_no_longer_holds_is_read_again(
    folder: Path,
    whole: many.Outcome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
    resumed: int,
) -> None:
    package = shutil.copytree(REPOSITORY / "aidstudy", tmp_path / "aidstudy")
    monkeypatch.setattr(many, "__file__", str(package / "pages" / "many.py"))
    output = tmp_path / "figures.parquet"
    with pytest.raises(KeyboardInterrupt):
        read_folder(folder, output, reader=READER, progress=stop)
    assert not output.exists()
    if change == "torn":  # A machine that crashes leaves files torn or empty.
        torn, empty, *_ = (tmp_path / "figures.parquet.work").glob("*.json")
        torn.write_bytes(torn.read_bytes()[:500])
        empty.write_bytes(b"")
    if change == "page":
        (folder / "2017" / "00.txt").write_text("修路77公里。", encoding="utf-8")
    if change == "code":
        with (package / "reading" / "words.py").open("a", encoding="utf-8") as file:
            file.write("\n")
    reader = Reader(2018) if change == "settings" else READER
    again = read_folder(folder, output, reader=reader)
    assert again.resumed == resumed
    assert same(again, whole) is (change != "page")
    if resumed:
        assert any(f"{resumed} pages had been read" in line for line in again.lines())


def test_an_unforeseen_fault_of_one_page_does_not_stop_the_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader.rows

    def faulty(self: Reader, text: str) -> Iterator[dict[str, str]]:
        yield from read(self, text)
        if "103万元" in text:
            raise RecursionError("too deep")

    monkeypatch.setattr(Reader, "rows", faulty)
    found = read_folder(folder, tmp_path / "figures.parquet", reader=READER)
    assert dict(found.unreadable)["2017/03.txt"].startswith("unforeseen RecursionError: too deep")
    assert found.figures == parquet.read_table(found.output).num_rows == 118


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere", "is no folder"), ("nothing", "holds no page")]
)
def test_a_folder_without_pages_is_told(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(FileError, match=reason):
        read_folder(tmp_path / name, tmp_path / "figures.parquet")
