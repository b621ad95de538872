"""Runs that are killed, and two runs at once."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from copies import REPOSITORY, add_lines, copy_of_study, ran

from aidstudy import files
from aidstudy.errors import StudyError
from aidstudy.files import UNFINISHED
from aidstudy.pages.many import read_folder
from aidstudy.pages.new_study import new_study
from aidstudy.pages.pages import Reader
from aidstudy.rebuild.rebuild import STAGES, Job, reproduce
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

    stages = {"tables": STAGES["tables"], "rest": rest}
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet):
        reproduce(load_study(folder), update=True, stages=stages)


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

POINTS = 6
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
    killer = KILLER.format(tests=str(REPOSITORY / "tests"))
    told = ran("-W", "ignore", "-c", killer, deed, folder, POINTS)
    old, new, seen = json.loads(told.splitlines()[-1])
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


# --- two runs at once ----------------------------------------------------------------------------


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
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", TWICE, deed, str(both)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY / "tests")}, encoding="utf-8",
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in running:  # Both have loaded what they need before either begins.
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said_at_last = [process.communicate(timeout=120)[0] for process in running]
    refused = [s for p, s in zip(running, said_at_last, strict=True) if p.returncode]
    assert len(refused) < 2
    assert all(TOLD[deed] in said for said in refused), refused
    assert state(both) == state(alone)


TOLD = {
    "reproduce": "nothing is refused: each run builds in a folder of its own",
    "new": "cannot be made",
    "read": "another run is writing it; wait for its end",
}
