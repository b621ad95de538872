"""Many pages: the same table for any number of workers, killed or not, and nothing lost."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from copies import REPOSITORY

from aidstudy.errors import FileError
from aidstudy.publish import many, pages
from aidstudy.publish.many import read_folder
from aidstudy.publish.pages import Reader

pytest.importorskip("pyarrow", reason="pyarrow is in the extra exchange")

READER = Reader(2017)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty pages, one of them in GB 18030, three that cannot be read."""
    pages = tmp_path / "pages"
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


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "_BATCH_PAGES", 8)


def rows(path: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as parquet

    found: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return found


def test_every_page_is_read_or_listed_with_its_reason(folder: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    steps: list[tuple[int, int]] = []
    output = tmp_path / "figures.parquet"
    found = read_folder(
        folder, output, reader=READER, progress=lambda done, total: steps.append((done, total))
    )
    assert (found.pages, found.figures, found.resumed) == (63, 120, 0)
    assert [page for page, _ in found.unreadable] == ["broken.txt", "empty.txt", "picture.png"]
    reasons = dict(found.unreadable)
    assert reasons["empty.txt"] == "the file is empty; there is nothing to read"
    assert "a picture" in reasons["picture.png"]
    assert reasons["broken.txt"].startswith("cannot be read")
    assert found.unreadable_list.read_text(encoding="utf-8").startswith("page,reason\nbroken.txt,")
    assert [row["page"] for row in rows(output)][::2] == [f"2017/{n:02d}.txt" for n in range(60)]
    assert rows(output)[14]["value"] == "1070000"
    assert parquet.ParquetFile(output).num_row_groups == 8
    assert steps[0] == (0, 63)
    assert steps[-1] == (63, 63)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "figures.parquet",
        "figures.unreadable.csv",
        "pages",
    ]


def test_a_page_with_very_many_figures_becomes_several_row_groups(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.parquet as parquet

    whole = read_folder(folder, tmp_path / "whole.parquet", reader=READER)
    monkeypatch.setattr(pages, "_GROUP_ROWS", 3)
    parts = read_folder(folder, tmp_path / "parts.parquet", reader=READER)
    assert parquet.ParquetFile(parts.output).num_row_groups > 40
    assert rows(parts.output) == rows(whole.output)


def test_the_output_in_the_folder_itself_is_no_page(folder: Path) -> None:
    first = read_folder(folder, folder / "figures.parquet", reader=READER)
    content = first.output.read_bytes()
    again = read_folder(folder, folder / "figures.parquet", reader=READER)
    assert again.pages == first.pages
    assert again.output.read_bytes() == content


def test_the_table_is_the_same_for_any_number_of_workers(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("joblib", reason="joblib is in the extra pages")
    one = read_folder(folder, tmp_path / "one.parquet", reader=READER)
    two = read_folder(folder, tmp_path / "two.parquet", reader=READER, jobs=2)
    assert one.output.read_bytes() == two.output.read_bytes()
    assert one.unreadable == two.unreadable
    assert one.unreadable_list.read_bytes() == two.unreadable_list.read_bytes()


KILLED = """
import os, signal, sys
from aidstudy.publish import many
from aidstudy.publish.pages import Reader

many._BATCH_PAGES = 8

def tell(done, total):
    if done >= 24:
        os.kill(os.getpid(), signal.SIGKILL)

many.read_folder(sys.argv[1], sys.argv[2], reader=Reader(2017), progress=tell)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_run_goes_on_where_it_stopped(folder: Path, tmp_path: Path) -> None:
    whole = read_folder(folder, tmp_path / "whole.parquet", reader=READER)
    output = tmp_path / "figures.parquet"
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), str(output)], cwd=REPOSITORY, check=False
    )
    assert run.returncode == -signal.SIGKILL
    assert not output.exists()
    (tmp_path / "figures.parquet.work" / ".00000003.parquet.ab.part").write_bytes(b"half")
    steps: list[int] = []
    again = read_folder(
        folder, output, reader=READER, progress=lambda done, total: steps.append(done)
    )
    assert steps[0] == again.resumed == 24
    assert output.read_bytes() == whole.output.read_bytes()
    assert again.unreadable == whole.unreadable


def stop(done: int, total: int) -> None:
    if done >= 24:
        raise KeyboardInterrupt


@pytest.mark.parametrize("change", ["page", "settings", "fresh"])
def test_what_an_interrupted_run_has_read_is_not_used_when_it_no_longer_holds(
    folder: Path, tmp_path: Path, change: str
) -> None:
    output = tmp_path / "figures.parquet"
    with pytest.raises(KeyboardInterrupt):
        read_folder(folder, output, reader=READER, progress=stop)
    assert (tmp_path / "figures.parquet.work" / "00000002.parquet").exists()
    if change == "page":
        (folder / "2017" / "00.txt").write_text("修路77公里。", encoding="utf-8")
    reader = Reader(2018) if change == "settings" else READER
    again = read_folder(folder, output, reader=reader, fresh=change == "fresh")
    assert again.resumed == 0
    assert again.figures == (119 if change == "page" else 120)


def test_an_unforeseen_fault_of_one_page_does_not_stop_the_others(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Reader.rows

    def faulty(self: Reader, text: str) -> list[dict[str, str]]:
        if "103万元" in text:
            raise RecursionError("too deep")
        return read(self, text)

    monkeypatch.setattr(Reader, "rows", faulty)
    found = read_folder(folder, tmp_path / "figures.parquet", reader=READER)
    assert dict(found.unreadable)["2017/03.txt"].startswith("unforeseen RecursionError: too deep")
    assert found.figures == 118


def test_few_batches_are_in_memory_at_a_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[int] = []
    load, read = many._load, many._read_batch
    monkeypatch.setattr(many, "_load", lambda *told: loaded.append(1) or load(*told))

    def reading(batch: Any) -> tuple[int, bytes]:
        assert len(loaded) == batch.number + 1
        return read(batch)

    monkeypatch.setattr(many, "_read_batch", reading)
    read_folder(folder, tmp_path / "figures.parquet", reader=READER)
    assert len(loaded) == 8


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"output": "figures.csv"}, "becomes one Parquet table"),
        ({"engine": "spark"}, "engine 'spark': not known"),
        ({"jobs": 0}, "--jobs 0: give the number of workers"),
        ({"folder": "nowhere"}, "is no folder"),
        ({"folder": "nothing"}, "holds no page"),
    ],
)
def test_what_cannot_be_done_is_told(
    folder: Path, tmp_path: Path, told: dict[str, Any], reason: str
) -> None:
    (tmp_path / "nothing").mkdir()
    source = tmp_path / told.pop("folder", folder.name)
    output = tmp_path / told.pop("output", "figures.parquet")
    with pytest.raises(FileError, match=reason):
        read_folder(source, output, **told)


def test_the_outcome_is_told_in_lines(folder: Path, tmp_path: Path) -> None:
    lines = read_folder(folder, tmp_path / "figures.parquet", reader=READER).lines()
    assert lines[0].endswith("figures.parquet: 120 figures of 63 pages")
    assert "3 pages could not be read" in lines[1]
    assert "  empty.txt: the file is empty; there is nothing to read" in lines


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
# Closing a cluster whose worker was killed leaves sockets to the collector, with a warning each.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@pytest.mark.extra
def test_dask_gives_the_same_table_although_a_worker_is_killed(
    folder: Path, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed", reason="distributed is in the extra dask")
    one = read_folder(folder, tmp_path / "one.parquet", reader=READER)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        with distributed.Client(cluster) as client:
            workers = client.run(os.getpid)
        killed: list[int] = []

        def kill_one(done: int, total: int) -> None:
            if done and not killed:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)

        two = read_folder(
            folder,
            tmp_path / "two.parquet",
            reader=READER,
            engine="dask",
            scheduler=cluster.scheduler_address,
            progress=kill_one,
        )
    assert killed
    assert one.output.read_bytes() == two.output.read_bytes()
    assert one.unreadable == two.unreadable


@pytest.mark.filterwarnings("ignore")
@pytest.mark.extra
def test_a_scheduler_that_does_not_answer_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="distributed is in the extra dask")
    monkeypatch.setattr(many, "_PATIENCE", 1)
    with pytest.raises(FileError, match=r"Dask scheduler tcp://127.0.0.1:9: no worker answered"):
        read_folder(folder, tmp_path / "f.parquet", engine="dask", scheduler="tcp://127.0.0.1:9")


class Terminal(io.StringIO):
    """Says of itself that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [io.StringIO(), Terminal()])
def test_a_bar_counts_the_pages_on_a_terminal_and_is_silent_elsewhere(
    out: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", out)
    with many.bar() as tell:
        for done in (16, 40, 63):
            tell(done, 63)
    counts = [place for place in ("16/63", "40/63", "63/63") if place in out.getvalue()]
    assert counts == (["16/63", "40/63", "63/63"] if out.isatty() else [])
    assert out.isatty() or out.getvalue() == ""


def test_the_plan_names_pages_settings_and_code() -> None:
    plan = json.loads(many._plan([("a.txt", 3, 4)], READER))
    assert plan["pages"] == [["a.txt", 3, 4]]
    assert json.loads(plan["reader"])[0] == 2017
    assert len(plan["code"]) == 64
