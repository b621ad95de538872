"""How fast and in how much memory a folder of pages becomes one table.

    python benchmarks/pages.py --table docs/how-fast-pages.md

The pages are pieces of one made-up text of the genre, broken as a PDF leaves it. Each measurement
is a process of its own; its memory is what it and its workers hold together, looked at ten times a
second (Linux). The ways take turns, fewer the more pages there are, and the fastest turn counts.
Beside the command a plain loop does the same with the same functions: it drafts page after page,
keeps every row and writes one table at the end. *Two workers always* is `--jobs 2` without the rule
that few or small pages are read in the process itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from reading import made_up

from aidstudy.pages.many import _WORTH_WORKERS

WAYS = ("plain loop", "`--jobs 1`", "`--jobs 2`", "two workers always")
_TURNS_PAGES = 4000
_PAGE_LETTERS = 1000
_TEXT_BYTES = 20_000_000
"""Pages are cut from a text of at most this size; after its end it is cut again from elsewhere."""


def _make_pages(folder: Path, pages: int) -> int:
    """Write the pages into folders of a thousand; returns their bytes."""
    text, _ = made_up(min(_TEXT_BYTES, 3 * pages * _PAGE_LETTERS), broken=True)
    room = len(text) - _PAGE_LETTERS
    size = 0
    for number in range(pages):
        # A prime step, so that no page is the same as another.
        start = number * 7919 * 101 % room
        content = text[start : start + _PAGE_LETTERS].encode("utf-8")
        path = folder / f"{number // 1000:03d}" / f"{number:06d}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        size += len(content)
    return size


def _read(way: str, pages: Path, output: Path) -> int:
    from aidstudy.pages import many
    from aidstudy.pages.pages import Reader, parquet_parts, read_page

    if way == WAYS[3]:
        many._WORTH_WORKERS = 0
    if way != WAYS[0]:
        jobs = 1 if way == WAYS[1] else 2
        return many.read_folder(pages, output, reader=Reader(2017), jobs=jobs).figures
    rows = [
        {many.PAGE_COLUMN: path.relative_to(pages).as_posix(), **row}
        for path in sorted(pages.rglob("*.txt"))
        for row in Reader(2017).rows(read_page(path))
    ]
    output.write_bytes(b"".join(parquet_parts(rows, before=(many.PAGE_COLUMN,))))
    return len(rows)


def _held_mb(process: int) -> float:
    """Memory of a process and all below it, in MB; what they share is counted once for each."""
    held = 0.0
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
        held += int(status.partition("VmRSS:")[2].split()[0]) / 1024
        for thread in Path(f"/proc/{process}/task").iterdir():
            for child in (thread / "children").read_text(encoding="ascii").split():
                held += _held_mb(int(child))
    except (OSError, IndexError):
        pass  # It has ended meanwhile.
    return held


def _measure(way: str, pages: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--one", way, str(pages), f"{folder}/out.parquet"]
        before, started = _processor(), time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            peak = [0.0]
            done = threading.Event()

            def look() -> None:
                while not done.wait(0.1):
                    peak[0] = max(peak[0], _held_mb(process.pid))

            looking = threading.Thread(target=look)
            looking.start()
            said, _ = process.communicate()
            done.set()
            looking.join()
        if process.returncode:
            raise SystemExit(f"{way}: failed")
        seconds = time.monotonic() - started
        return {
            "figures": json.loads(said),
            "seconds": seconds,
            "processor": _processor() - before,
            "mb": peak[0],
        }


def _processor() -> float:
    """Seconds of the processor of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Measured(NamedTuple):
    """One run; seconds of the clock and of the processor, peak memory in MB."""

    pages: int
    size: int
    way: str
    figures: int
    seconds: float
    processor: float
    mb: float

    def line(self) -> str:
        """The run as a row of the table."""
        return (
            f"| {self.pages:,} | {self.size / 1e6:.1f} | {self.way} | {self.figures:,} | "
            f"{self.seconds:.1f} | {self.processor:.1f} | {self.pages / self.seconds:.0f} | "
            f"{self.mb:.0f} |"
        )


def _measured(sizes: list[int], most_turns: int) -> list[Measured]:
    runs = []
    for pages in sizes:
        with tempfile.TemporaryDirectory() as folder:
            size = _make_pages(Path(folder), pages)
            turns = min(most_turns, max(1, _TURNS_PAGES // pages))
            ways = WAYS if size < _WORTH_WORKERS else WAYS[:3]
            found = [(way, _measure(way, Path(folder))) for _ in range(turns) for way in ways]
            for way in ways:
                turned = [Measured(pages, size, way, **one) for name, one in found if name == way]
                runs.append(min(turned, key=lambda run: run.seconds))
                print(runs[-1].line(), file=sys.stderr)
    return runs


def _growth(runs: list[Measured]) -> str:
    """How memory grew from the fewest pages to the most, each way."""
    few, many = min(run.pages for run in runs), max(run.pages for run in runs)
    told = []
    for way in WAYS[:3]:
        memory = {run.pages: run.mb for run in runs if run.way == way}
        told.append(f"{way} {memory[few]:.0f} to {memory[many]:.0f} MB")
    return (
        f"From {few:,} to {many:,} pages memory went: {', '.join(told)}. The command holds one "
        "row group of the table at a time; the loop holds every row."
    )


def _workers(runs: list[Measured]) -> str:
    """From how many bytes on workers start, and what two of them did."""
    seconds = {(run.pages, run.way): run.seconds for run in runs}
    told = []
    for pages in sorted({run.pages for run in runs}):
        two = seconds.get((pages, WAYS[3]), seconds[pages, WAYS[2]])
        told.append(f"{two / seconds[pages, WAYS[1]]:.2f} at {pages:,} pages")
    return (
        "A worker starts Python, imports the reader and compiles its patterns before it reads its "
        f"first page. Two workers took this many times as long as none: {', '.join(told)}. "
        f"So pages of less than {_WORTH_WORKERS / 1e6:.0f} MB together are read in the process "
        "itself, whatever `--jobs` says."
    )


def _page(runs: list[Measured]) -> str:
    words = __doc__.split("\n\n", 2)[2] if __doc__ else ""
    return "\n".join(
        [
            "# How fast many pages are read",
            "",
            "Measured by `benchmarks/pages.py`.",
            "",
            "```",
            "python benchmarks/pages.py --table docs/how-fast-pages.md",
            "```",
            "",
            " ".join(words.split()),
            "",
            f"Python {platform.python_version()}, {platform.system()} on {platform.machine()}, "
            f"{os.cpu_count()} processors. "
            "Seconds are those of the clock, from the start of the process to its end. The machine "
            "was shared with other work, which moves them by a factor of two and leaves least to a "
            "second worker; the seconds of the processor, workers and all, move less.",
            "",
            "| pages | MB of text | way | figures | seconds | processor, s | pages/s "
            "| peak memory, MB |",
            "| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
            *(run.line() for run in runs),
            "",
            _workers(runs),
            "",
            _growth(runs),
            "",
        ]
    )


def main() -> None:
    """Measure every way at every size, or one way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[200, 2_000, 8_000], help="pages")
    parser.add_argument("--small", action="store_true", help="few pages, to try it")
    parser.add_argument("--table", type=Path, help="write the table here instead of printing it")
    parser.add_argument(
        "--one", nargs=3, metavar=("WAY", "PAGES", "OUTPUT"), help=argparse.SUPPRESS
    )
    args = parser.parse_args()
    if args.one:
        way, pages, output = args.one
        print(json.dumps(_read(way, Path(pages), Path(output))))
        return
    page = _page(_measured([40], 1) if args.small else _measured(args.sizes, 5))
    if args.table:
        args.table.parent.mkdir(parents=True, exist_ok=True)
        args.table.write_text(page, encoding="utf-8")
    else:
        print(page)


if __name__ == "__main__":
    main()
