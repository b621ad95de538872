"""Runs that are killed, disks that are full, folders that may not be written, two runs at once."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from copies import REPOSITORY, add_lines, copy_of_study

from aidstudy import cli, files
from aidstudy.errors import StudyError
from aidstudy.files import UNFINISHED
from aidstudy.pages.many import read_folder
from aidstudy.pages.new_study import new_study
from aidstudy.pages.pages import Reader
from aidstudy.rebuild.rebuild import STAGES, Job, Stage, reproduce
from aidstudy.tables.check import check_study
from aidstudy.tables.record import RECORD, record_text
from aidstudy.tables.study import load_study

# Loaded once for all the children that read.
with contextlib.suppress(ImportError):
    import joblib  # noqa: F401

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL, no fork")

PAGE = "理塘县2012年获援助资金300万元，用于2个项目。\n龙泉驿区支援甘孜县1.39亿元。\n"

# Runs a deed again and again in children, each killed at another of the calls by which files are
# made, forced to disk, renamed and removed; after each, what lies in the folder is written down.
KILLER = """
import builtins, hashlib, json, os, pathlib, shutil, signal, sys

sys.path.insert(0, {tests!r})
from test_crashes import DEEDS, state

name, folder, points = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
CALLS = ("replace", "rename", "fsync", "mkdir", "unlink", "rmdir")
before, run = DEEDS[name]
before(folder)
fresh = folder.with_name("fresh")
shutil.copytree(folder, fresh)


def child(last):
    count = 0

    def counted(call):
        def one(*arguments, **words):
            nonlocal count
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **words)
        return one

    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        for call in CALLS:
            setattr(os, call, counted(getattr(os, call)))
        run(folder)
        os.write(writer, str(count).encode())
        os._exit(0)
    os.close(writer)
    status = os.waitpid(pid, 0)[1]
    told = os.read(reader, 20)
    os.close(reader)
    return status, int(told or 0)


def reset():
    shutil.rmtree(folder)
    shutil.copytree(fresh, folder)


old = state(folder)
status, calls = child(0)
assert status == 0, status
new = state(folder)
seen = []
for point in sorted({{1 + (calls - 1) * n // (points - 1) for n in range(points)}}):
    reset()
    status, _ = child(point)
    killed = state(folder)
    again, _ = child(0)
    seen.append([status, again, killed, state(folder)])
print(json.dumps([old, new, seen]))
"""


def state(folder: Path) -> dict[str, str]:
    """What lies in a folder, by name; what a crash may leave half done has a name of its own."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        own = ("build", "matplotlib", "figures.parquet.work")
        if path.is_file() and not any(p.endswith(UNFINISHED) or p in own for p in name.parts):
            found[name.as_posix()] = files.sha256_of(path.read_bytes())
    return found


def correct(folder: Path) -> None:
    """A study that was checked, and two corrections of its tables."""
    copy_of_study(folder)
    add_lines(
        folder / "data/raw/corrections.csv",
        "pairs,exim_bank xiangcheng,donor_en,Export-Import Bank of China,Exim Bank,a test",
        "projects,litang-p01,name_short_en,Drinking water works,Water works,a test",
    )
    check_study()


def reproduced(folder: Path) -> None:
    """``reproduce --update``, with the stages that take no minute."""

    def rest(job: Job) -> None:
        for name in ("clean/results.csv", "clean/sensitivity.csv"):
            path = f"data/{name}"
            files.write_whole(job.built.folder / path, (folder / path).read_bytes())
        files.write_whole(job.built.folder / RECORD, record_text(job.built))

    stages = (STAGES[0], Stage("rest", rest))
    with open(os.devnull, "w") as quiet:
        reproduce(load_study(folder), update=True, stages=stages, out=quiet)


def one_page(folder: Path) -> None:
    (folder / "page.txt").write_text(PAGE, encoding="utf-8", newline="")
    new_study(folder / "first", page=folder / "page.txt", year=2012)


def new(folder: Path) -> None:
    # Killed after the last step, the study is there, and whole.
    with contextlib.suppress(StudyError):
        new_study(folder / "own", page=folder / "page.txt", year=2012)


def many_pages(folder: Path) -> None:
    for number in range(9):
        text = f"{PAGE}第{number + 1}页有{number + 3}个村。\n"
        (folder / f"page{number}.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "figures.parquet").write_bytes(b"the table of an earlier run")


def read(folder: Path) -> None:
    read_folder(folder, folder / "figures.parquet", reader=Reader(2012))


DEEDS = {"reproduce": (correct, reproduced), "new": (one_page, new), "read": (many_pages, read)}
"""What a folder holds before, and what is done in it, killed and twice at a time."""

POINTS = 10
"""Moments at which each run is killed."""


@pytest.fixture(params=DEEDS)
def deed(request: pytest.FixtureRequest) -> str:
    """One whose packages are installed."""
    if request.param == "read":
        pytest.importorskip("pyarrow", reason="pyarrow is in the extra exchange")
        pytest.importorskip("joblib", reason="joblib is in the extra pages")
    return str(request.param)


def test_a_killed_run_leaves_old_files_or_new_ones_and_the_next_run_ends_it(
    deed: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLER.format(tests=str(REPOSITORY / "tests")),
         deed, str(folder), str(POINTS)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    old, new, seen = json.loads(run.stdout.splitlines()[-1])
    assert old != new
    assert len(seen) == POINTS
    kept = [path for path in new if old.get(path) == new[path]]
    for killed_by, again, killed, at_last in seen:
        assert killed_by == signal.SIGKILL
        for path in killed:
            assert killed[path] in (old.get(path), new.get(path)), path
        assert all(killed.get(path) == old[path] for path in kept)
        if deed == "new":
            own = {path for path in killed if path.startswith("own/")}
            assert own in (set(), {path for path in new if path.startswith("own/")})
        assert again == 0
        assert at_last == new


# --- full disks, folders that may not be written -------------------------------------------------

WRITING = {
    "export": ["export", "csv", "-o", "{folder}/new"],
    "macros": ["export-macros", "--all", "-o", "{folder}/new.tex"],
    "new": ["new", "{folder}/new", "--page", "{page}", "--year", "2012"],
    "plot": ["plot", "events", "--format", "svg", "-o", "{folder}/new"],
    "read": ["read", "{page}", "-o", "{folder}/new.csv"],
    "reproduce": ["--study", "{folder}", "reproduce"],
    "review": ["review", "{page}", "-o", "{folder}/new.html"],
    "table": ["table", "ratios", "-o", "{folder}/new.tex"],
}
ADVICE = {
    errno.ENOSPC: "the disk is full: free some space and run the same command again",
    errno.EFBIG: "larger than a file may be here: raise the limit",
    errno.EROFS: "the disk is read-only: work in a copy of the folder",
    errno.EACCES: "the folder may not be written: change its rights or work in a copy",
}


CASES = sorted({*((name, errno.ENOSPC) for name in WRITING), *(("export", one) for one in ADVICE)})


@pytest.mark.parametrize(("name", "number"), CASES)
def test_what_cannot_be_written_is_one_message_and_no_file(
    name: str,
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder, page = tmp_path / "there", tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8", newline="")
    folder.mkdir()
    if name == "reproduce":
        copy_of_study(folder)
    else:
        (folder / "new.tex").write_bytes(b"old\n")
    before = state(folder)

    def fails(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    # A disk that is full says so when a file is forced to it, at the latest.
    monkeypatch.setattr(os, "fsync", fails)
    arguments = [one.format(folder=folder, page=page) for one in WRITING[name]]
    monkeypatch.setattr(sys, "argv", ["aidstudy", *arguments])
    monkeypatch.setenv("AIDSTUDY_STUDY", str(REPOSITORY))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.count("Error: ") == 1
    assert "Traceback" not in said
    assert ADVICE[number] in said
    assert state(folder) == before
    if name != "reproduce":
        assert not [path for path in folder.rglob("*") if path.name.endswith(UNFINISHED)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 kB, where the system lets one be made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be made here: that takes root and mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_really_full_keeps_the_old_file(
    small_disk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old = small_disk / "old.txt"
    old.write_bytes(b"x" * 20000)
    monkeypatch.setattr(sys, "argv", ["aidstudy", "export", "sqlite", "-o", str(small_disk)])
    monkeypatch.setenv("AIDSTUDY_STUDY", str(REPOSITORY))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert ADVICE[errno.ENOSPC] in capsys.readouterr().err
    assert [path.name for path in small_disk.iterdir()] == ["old.txt"]
    assert old.read_bytes() == b"x" * 20000


# --- two runs at once ----------------------------------------------------------------------------


def _side_by_side(code: str, *arguments: str) -> list[tuple[int, str]]:
    """The same program twice at the same time: exit status and last line of each."""
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", code, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}, encoding="utf-8",
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = []
    for process in running:
        said, _ = process.communicate(timeout=120)
        ended.append((process.returncode, said.strip().rpartition("\n")[2]))
    return ended


TWICE = """
import pathlib, sys
from test_crashes import DEEDS

_, run = DEEDS[sys.argv[1]]
print("ready", flush=True)
sys.stdin.readline()
run(pathlib.Path(sys.argv[2]))
"""


def test_two_runs_at_once_do_not_mix(deed: str, tmp_path: Path) -> None:
    both, alone = tmp_path / "both", tmp_path / "alone"
    both.mkdir()
    before, run = DEEDS[deed]
    before(both)
    shutil.copytree(both, alone, copy_function=shutil.copy2)
    run(alone)
    ended = _side_by_side(TWICE, deed, str(both))
    refused = [said for status, said in ended if status]
    assert len(refused) < 2
    assert all(TOLD[deed] in said for said in refused), refused
    assert state(both) == state(alone)


TOLD = {
    "reproduce": "nothing is refused: each run builds in a folder of its own",
    "new": "cannot be made",
    "read": "another run is writing it; wait for its end",
}
