"""A folder of pages to one table: on any number of workers, and no page read twice.

The result of each page is one file in a folder beside the output, named after all that it rests on:
the bytes of the page, the settings of the reader and the code that reads. A run that was killed
leaves these files, and the next one reads what has none. At the end they become one table.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import BrokenExecutor
from dataclasses import astuple, dataclass
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import click

from aidstudy.errors import AidstudyError, FileError
from aidstudy.extras import extra_module
from aidstudy.files import file_error, read_whole, write_whole
from aidstudy.pages.pages import Reader, parquet_parts, text_of
from aidstudy.tables.files import csv_text

PAGE_COLUMN = "page"
"""Path of the page below the folder, with forward slashes."""

UNREADABLE_COLUMNS = (PAGE_COLUMN, "reason")

_WORTH_WORKERS = 40_000_000
"""Bytes of pages from which on workers save more time than they take to start and import, on a busy
machine too: at 22 MB two of them took 1.17 times as long as none."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a folder of pages; `resumed` were read by a run that was interrupted."""

    output: Path
    unreadable_list: Path
    pages: int
    figures: int
    unreadable: tuple[tuple[str, str], ...]
    resumed: int

    def lines(self) -> list[str]:
        """What a command says at its end; at most twenty unreadable pages are spelt out."""
        lines = [f"{self.output}: {self.figures} figures of {self.pages} pages"]
        if self.resumed:
            lines.append(f"{self.resumed} pages had been read by an interrupted run")
        if self.unreadable:
            lines.append(f"{len(self.unreadable)} pages could not be read: {self.unreadable_list}")
            lines += [f"  {page}: {reason}" for page, reason in self.unreadable[:20]]
        return lines


class _Result(NamedTuple):
    """What became of one page: the file of its rows, how many, and why it could not be read."""

    file: str
    figures: int
    reason: str


def read_folder(
    folder: str | Path,
    output: str | Path,
    *,
    reader: Reader | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """The drafts of all pages below a folder as one Parquet table, and a list of unreadable ones.

    Every file is taken for a page unless its name begins with a dot. The result is the same for any
    number of workers. Of `jobs` processes (-1: one per core) none is started for few or small
    pages; without `jobs` the workers are those of ``joblib.parallel_config``.
    """
    source, target = Path(folder), Path(output)
    if target.suffix.lower() != ".parquet":
        raise FileError(f"{target}: a folder of pages becomes one Parquet table; end in .parquet")
    if jobs is not None and (jobs == 0 or jobs < -1):
        raise FileError(f"--jobs {jobs}: give the number of workers, or -1 for one per core")
    reader = reader or Reader()
    extra_module("pyarrow.parquet", extra="exchange", purpose=f"{target} is a Parquet file")
    working = target.with_name(f"{target.name}.work")
    listed = target.with_suffix(".unreadable.csv")
    sizes = _pages(source, leave_out=(target, listed, working))
    if jobs is not None and sum(sizes.values()) < _WORTH_WORKERS:
        jobs = 1
    pages = sorted(sizes)
    with _alone(working, target):
        left = {path.name for path in working.iterdir()}
        results = []
        with contextlib.closing(_read_all(source, pages, working, reader, jobs)) as run:
            for result in run:
                results.append(result)
                if progress:
                    progress(len(results), len(pages))
        # A name that is not Unicode on disk comes with surrogates, which no table takes.
        shown = [page.encode("utf-8", "backslashreplace").decode("utf-8") for page in pages]
        found = list(zip(shown, results, strict=True))
        unreadable = tuple((page, result.reason) for page, result in found if result.reason)
        rows = [dict(zip(UNREADABLE_COLUMNS, one, strict=True)) for one in unreadable]
        write_whole(listed, csv_text(UNREADABLE_COLUMNS, rows))
        write_whole(target, parquet_parts(_rows(working, found), before=(PAGE_COLUMN,)))
        shutil.rmtree(working, ignore_errors=True)
    figures = sum(result.figures for result in results)
    resumed = sum(result.file in left for result in results)
    return Outcome(target, listed, len(pages), figures, unreadable, resumed)


def _pages(folder: Path, *, leave_out: tuple[Path, ...]) -> dict[str, int]:
    """The size of every page by its path below the folder."""
    if not folder.is_dir():
        raise FileError(f"{folder}: is no folder; name the folder that holds the pages")
    own = {path.resolve() for path in leave_out}
    found = {}
    for path in folder.rglob("*"):
        below = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in below.parts)
        whole = path.resolve()
        if not hidden and not path.is_dir() and own.isdisjoint((whole, *whole.parents)):
            # A broken link is listed with its reason when it is read.
            found[below.as_posix()] = path.stat().st_size if path.exists() else 0
    if not found:
        raise FileError(f"{folder}: holds no page; put the pages (text or PDF) there")
    return found


@contextlib.contextmanager
def _alone(working: Path, target: Path) -> Iterator[None]:
    """Refuse a second run into one table: the first would take its results away.

    The system lets go when a run is killed. Windows cannot lock a folder: there it is not seen.
    """
    try:
        working.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise file_error(error, working, "made") from error
    with contextlib.ExitStack() as held:
        if sys.platform != "win32":
            import fcntl

            try:
                handle = os.open(working, os.O_RDONLY)
                held.callback(os.close, handle)
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # The other run may have ended, and removed the folder, since it was opened.
                is_there = os.path.samestat(os.fstat(handle), os.stat(working))
            except OSError:
                is_there = False
            if not is_there:
                raise FileError(
                    f"{target}: another run is writing it; wait for its end, or name another output"
                )
        yield


def _read_all(
    source: Path, pages: list[str], working: Path, reader: Reader, jobs: int | None
) -> Generator[_Result]:
    """The result of each page, in order; workers take pages as they get free."""
    joblib = extra_module("joblib", extra="pages", purpose="reading a folder of pages")
    known = _known(reader)
    try:
        yield from joblib.Parallel(n_jobs=jobs, return_as="generator")(
            joblib.delayed(_read)(source / page, working, reader, known) for page in pages
        )
    except BrokenExecutor as error:
        raise FileError(
            f"a worker died ({type(error).__name__}); what was read is kept: run the same command "
            "again, with fewer --jobs if memory ran out"
        ) from error


def _known(reader: Reader) -> bytes:
    """What a result rests on besides its page: the settings and the code, pypdf's with it."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(repr(astuple(reader)).encode("utf-8"))
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.toml")]):
        digest.update(path.read_bytes())
    for pypdf in metadata.distributions(name="pypdf"):
        digest.update(pypdf.version.encode())
    return digest.digest()


def _read(path: Path, working: Path, reader: Reader, known: bytes) -> _Result:
    """Read one page, unless the folder has its result: rows, and why the page is unreadable."""
    try:
        content = read_whole(path)
    except FileError as error:
        return _Result("", 0, str(error).removeprefix(f"{path}: "))
    name = hashlib.sha256(known + hashlib.sha256(content).digest()).hexdigest()
    file = working / f"{name}.json"
    try:
        rows, reason = json.loads(file.read_bytes())
    except (OSError, ValueError):
        # Not there; or torn by a crash of the machine, as to force it to disk takes longer than to
        # read a page.
        rows, reason = _drafted(content, reader)
        write_whole(file, json.dumps([rows, reason]), force=False)
    return _Result(file.name, len(rows), reason)


def _drafted(content: bytes, reader: Reader) -> tuple[list[dict[str, str]], str]:
    """The rows of a page, or why it has none."""
    try:
        return list(reader.rows(text_of(content, name="page"))), ""
    except AidstudyError as error:
        return [], str(error).removeprefix("page: ")
    except Exception as error:
        # One page out of thousands must not end the run; its reason says what to report.
        return [], f"unforeseen {type(error).__name__}: {error}; please report it"


def _rows(working: Path, found: list[tuple[str, _Result]]) -> Iterator[dict[str, str]]:
    """The rows of all pages that could be read, page by page."""
    for page, result in found:
        if not result.reason:
            rows, _ = json.loads((working / result.file).read_bytes())
            yield from ({PAGE_COLUMN: page} | row for row in rows)


@contextlib.contextmanager
def bar() -> Iterator[Callable[[int, int], None]]:
    """A bar of the pages read, on standard error; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1, label="pages", show_pos=True, file=sys.stderr) as shown:

        def tell(done: int, total: int) -> None:
            shown.length = total
            shown.update(done - shown.pos)

        yield tell
