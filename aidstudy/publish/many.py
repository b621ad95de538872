"""A folder of pages to one table: in pieces, on any number of workers, and not twice.

Pages are read in batches that depend on the folder alone. Each finished batch is one Parquet file
in a folder beside the output, written whole; a run that was killed leaves the finished ones, and
the next run reads the rest. At the end the batches become the output, one row group each, a page
with very many figures several.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from aidstudy.errors import AidstudyError, FileError
from aidstudy.files import UNFINISHED, file_error, read_whole, write_whole
from aidstudy.publish.extras import extra_module
from aidstudy.publish.pages import Reader, draft_tables, parquet_bytes, text_of
from aidstudy.tables.files import csv_text

PAGE_COLUMN = "page"
"""Path of the page below the folder, with forward slashes."""

UNREADABLE_COLUMNS = (PAGE_COLUMN, "reason")

ENGINES = ("joblib", "dask")

_BATCH_PAGES = 64
_BATCH_BYTES = 2_000_000
_PATIENCE = 30
"""Seconds to wait for a Dask scheduler and its first worker."""
_WORKING = ".work"
_KEY = b"unreadable"


_Results = Generator[tuple[int, bytes], None, None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a folder of pages.

    Parameters
    ----------
    output, unreadable_list : Path
        The table, and the list of pages that could not be read.
    pages, figures : int
        Pages found, figures read.
    unreadable : tuple of (str, str)
        Page and reason, in the order of the pages.
    resumed : int
        Pages that an interrupted run had already read.
    """

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


@dataclass(frozen=True, slots=True)
class _Batch:
    """Pages read together: the number of the batch, and their paths below the folder."""

    number: int
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A batch with its bytes, as it goes to a worker, which need not see the folder."""

    number: int
    pages: tuple[tuple[str, bytes | str], ...]
    reader: Reader


def read_folder(
    folder: str | Path,
    output: str | Path,
    *,
    reader: Reader | None = None,
    jobs: int = 1,
    engine: str = "joblib",
    scheduler: str | None = None,
    fresh: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Outcome:
    """The drafts of all pages below a folder as one Parquet table.

    The result is the same for any number of workers and either engine. Interrupted, it goes on
    where it stopped, unless a page, the reader or its settings have changed since.

    Parameters
    ----------
    folder : str or Path
        Every file in it is taken for a page, those in folders below too; names that begin with a
        dot are left out.
    output : str or Path
        The table, ``.parquet``; ``<name>.unreadable.csv`` beside it lists what could not be read.
    reader : Reader, optional
        Year and places.
    jobs : int, default 1
        Worker processes of joblib; -1 for one per core. The backend can be set from outside with
        ``joblib.parallel_config``.
    engine : {"joblib", "dask"}
    scheduler : str, optional
        Address of a running Dask scheduler (``tcp://host:8786``); without it Dask starts `jobs`
        workers here.
    fresh : bool, default False
        Forget what an interrupted run has read.
    progress : callable, optional
        Called with the number of pages read and of all pages.

    Returns
    -------
    Outcome

    Raises
    ------
    FileError
        If the folder is missing or holds no page, a package is missing, workers die again and
        again, or the output cannot be written.
    """
    source, target = Path(folder), Path(output)
    if target.suffix.lower() != ".parquet":
        raise FileError(f"{target}: a folder of pages becomes one Parquet table; end in .parquet")
    if engine not in ENGINES:
        raise FileError(f"engine {engine!r}: not known; use one of {', '.join(ENGINES)}")
    if jobs == 0 or jobs < -1:
        raise FileError(f"--jobs {jobs}: give the number of workers, or -1 for one per core")
    reader = reader or Reader()
    extra_module("pyarrow.parquet", extra="exchange", purpose=f"{target} is a Parquet file")
    working = target.with_name(target.name + _WORKING)
    listed = target.with_suffix(".unreadable.csv")
    found = _pages(source, leave_out=(target, listed, working))
    batches = list(_batches(found))
    with _alone(working, target):
        finished = _resume(working, _plan(found, reader), len(batches), fresh=fresh)
        total, done = len(found), sum(len(batches[number].pages) for number in finished)
        resumed = done
        tell = progress or (lambda done, total: None)
        tell(done, total)
        left = [batch for batch in batches if batch.number not in finished]
        loaded = (_load(source, batch, reader) for batch in left)
        with_dask = engine == "dask"
        run = _with_dask(loaded, jobs, scheduler) if with_dask else _with_joblib(loaded, jobs)
        with contextlib.closing(run) as results:
            for number, content in results:
                write_whole(_part(working, number), content)
                done += len(batches[number].pages)
                tell(done, total)
        figures, unreadable = _join(target, [_part(working, batch.number) for batch in batches])
        rows = [dict(zip(UNREADABLE_COLUMNS, one, strict=True)) for one in unreadable]
        write_whole(listed, csv_text(UNREADABLE_COLUMNS, rows))
        os.replace(_joined(target), target)
        shutil.rmtree(working, ignore_errors=True)
    return Outcome(target, listed, total, figures, tuple(unreadable), resumed)


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


# --- what there is to do ------------------------------------------------------------------------


def _pages(folder: Path, *, leave_out: tuple[Path, ...]) -> list[tuple[str, int, int]]:
    """Path below the folder, size and time of every page, in the order of their paths."""
    if not folder.is_dir():
        raise FileError(f"{folder}: is no folder; name the folder that holds the pages")
    own = {path.resolve() for path in leave_out}
    found = []
    for parent, folders, files in os.walk(folder):
        here = Path(parent)
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and (here / name).resolve() not in own
        ]
        for name in files:
            path = here / name
            if name.startswith(".") or path.resolve() in own:
                continue
            try:
                stat = path.stat()
                size, time = stat.st_size, stat.st_mtime_ns
            except OSError:
                # A broken link is listed with its reason when it is read.
                size = time = 0
            found.append((path.relative_to(folder).as_posix(), size, time))
    if not found:
        raise FileError(f"{folder}: holds no page; put the pages (text or PDF) there")
    return sorted(found)


def _batches(pages: Iterable[tuple[str, int, int]]) -> Iterator[_Batch]:
    """Neighbouring pages, so many or so large; a large page is a batch of its own."""
    number, names, weight = 0, list[str](), 0
    for name, size, _ in pages:
        if names and (len(names) == _BATCH_PAGES or weight + size > _BATCH_BYTES):
            yield _Batch(number, tuple(names))
            number, names, weight = number + 1, [], 0
        names.append(name)
        weight += size
    if names:
        yield _Batch(number, tuple(names))


def _plan(pages: list[tuple[str, int, int]], reader: Reader) -> str:
    """What the parts depend on: pages, settings, and the code that reads."""
    code = hashlib.sha256()
    package = Path(__file__).parent.parent
    for path in sorted([*package.glob("reading/*.py"), *package.glob("*.py"), Path(__file__)]):
        code.update(path.read_bytes())
    # A name that is not Unicode on disk comes with surrogates, which ASCII escapes.
    return json.dumps({"code": code.hexdigest(), "reader": reader.told(), "pages": pages})


def _resume(working: Path, plan: str, batches: int, *, fresh: bool) -> set[int]:
    """The batches that need not be read again; clears what another plan has left."""
    kept = working / "plan.json"
    if fresh or not kept.exists() or read_whole(kept) != plan.encode("utf-8"):
        # The folder itself stays, as this run holds it.
        for path in working.iterdir():
            path.unlink()
        write_whole(kept, plan)
    return {number for number in range(batches) if _part(working, number).exists()}


@contextlib.contextmanager
def _alone(working: Path, target: Path) -> Iterator[None]:
    """Two runs into one table would take each other's parts; the second is refused.

    The system lets go when a run is killed. Windows cannot lock a folder: there it is not seen.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        working.mkdir(parents=True, exist_ok=True)
        handle = os.open(working, os.O_RDONLY)
    except OSError as error:
        raise file_error(error, working, "made") from error
    try:
        try:
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
    finally:
        os.close(handle)


def _part(working: Path, number: int) -> Path:
    return working / f"{number:08d}.parquet"


def _load(folder: Path, batch: _Batch, reader: Reader) -> _Loaded:
    pages: list[tuple[str, bytes | str]] = []
    for name in batch.pages:
        try:
            pages.append((name, read_whole(folder / name)))
        except FileError as error:
            pages.append((name, str(error).removeprefix(f"{folder / name}: ")))
    return _Loaded(batch.number, tuple(pages), reader)


# --- the work -----------------------------------------------------------------------------------


def _read_batch(batch: _Loaded) -> tuple[int, bytes]:
    """A batch as a Parquet file; the pages that could not be read stand in its schema."""
    arrow = extra_module("pyarrow", extra="exchange", purpose="a Parquet file")
    tables = _tables("", [])
    unreadable: list[tuple[str, str]] = []
    for name, content in batch.pages:
        shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(content, str):
            unreadable.append((shown, content))
            continue
        try:
            found = _tables(shown, batch.reader.rows(text_of(content, name=shown)))
        except AidstudyError as error:
            unreadable.append((shown, str(error).removeprefix(f"{shown}: ")))
        except Exception as error:
            # One page out of thousands must not end the run; its reason says what to report.
            reason = f"unforeseen {type(error).__name__}: {error}; please report it"
            unreadable.append((shown, reason))
        else:
            tables += found
    told = {_KEY.decode(): json.dumps(unreadable)}
    return batch.number, parquet_bytes([arrow.concat_tables(tables)], metadata=told)


def _tables(page: str, rows: Iterable[Mapping[str, str]]) -> list[Any]:
    """The draft of one page, each row with the name of the page."""
    named = ({PAGE_COLUMN: page, **row} for row in rows)
    return list(draft_tables(named, before=(PAGE_COLUMN,)))


def _with_joblib(batches: Iterator[_Loaded], jobs: int) -> _Results:
    if jobs == 1:
        yield from map(_read_batch, batches)
        return
    joblib = extra_module("joblib", extra="pages", purpose=f"--jobs {jobs}")
    # Between the processes batches travel as pickles; nothing is unpickled from a file.
    # Batches are taken as workers get free, so that few are in memory at a time.
    parallel = joblib.Parallel(
        n_jobs=jobs, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs"
    )
    try:
        yield from parallel(joblib.delayed(_read_batch)(batch) for batch in batches)
    except (AidstudyError, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:
        raise _stopped(error) from error


def _with_dask(batches: Iterator[_Loaded], jobs: int, scheduler: str | None) -> _Results:
    distributed = extra_module("distributed", extra="dask", purpose="--engine dask")
    with contextlib.ExitStack() as open_now:
        try:
            client = open_now.enter_context(
                distributed.Client(scheduler, timeout=_PATIENCE)
                if scheduler
                else distributed.Client(
                    n_workers=os.cpu_count() if jobs == -1 else jobs,
                    threads_per_worker=1,
                    dashboard_address=None,
                )
            )
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError) as error:
            raise FileError(
                f"Dask scheduler {scheduler or 'here'}: no worker answered ({error}); look at its "
                "address, tcp://HOST:PORT, and whether workers have joined it"
            ) from error
        pending = distributed.as_completed()
        for _ in range(2 * len(client.nthreads())):
            _submit(client, pending, batches)
        try:
            for future in pending:
                result = future.result()
                _submit(client, pending, batches)
                yield result
        except (AidstudyError, GeneratorExit, KeyboardInterrupt):
            raise
        except Exception as error:
            raise _stopped(error) from error


def _submit(client: Any, pending: Any, batches: Iterator[_Loaded]) -> None:
    for batch in batches:
        # Dask runs a batch again elsewhere when its worker is lost.
        pending.add(client.submit(_read_batch, batch, pure=False, retries=2))
        return


def _stopped(error: Exception) -> FileError:
    return FileError(
        f"the workers stopped ({type(error).__name__}: {error}); what they had read is kept: run "
        "the same command again, with fewer --jobs if memory ran out"
    )


# --- the result ---------------------------------------------------------------------------------


def _joined(target: Path) -> Path:
    return target.with_name(f".{target.name}{UNFINISHED}")


def _join(target: Path, parts: list[Path]) -> tuple[int, list[tuple[str, str]]]:
    """All parts in one file, one row group at a time; figures and unreadable pages."""
    parquet = extra_module("pyarrow.parquet", extra="exchange", purpose="a Parquet file")
    figures = 0
    unreadable: list[tuple[str, str]] = []
    schema = parquet.read_schema(io.BytesIO(parquet_bytes(_tables("", []))))
    try:
        with (
            _joined(target).open("wb") as file,
            parquet.ParquetWriter(file, schema, compression="zstd") as out,
        ):
            for part in parts:
                with parquet.ParquetFile(part) as read:
                    told = json.loads(read.schema_arrow.metadata[_KEY])
                    unreadable += [(page, reason) for page, reason in told]
                    figures += read.metadata.num_rows
                    for number in range(read.num_row_groups if read.metadata.num_rows else 0):
                        group = read.read_row_group(number)
                        out.write_table(group.replace_schema_metadata(schema.metadata))
            out.close()
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise file_error(error, target, "written") from error
    return figures, unreadable


__all__ = ["ENGINES", "PAGE_COLUMN", "UNREADABLE_COLUMNS", "Outcome", "bar", "read_folder"]
