"""Faults put into every table and file of the study, one at a time, and what finds each.

    python tests/mutations.py              try all of them and say what came out
    python tests/mutations.py --update     the same, then write docs/faults.md

Every fault must end in an error of aidstudy that names the place and the remedy. What no rule can
find, as one valid code in the place of another, the recorded sha256 of the file has to find.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from copies import REPOSITORY, checked

from aidstudy.analysis.arithmetic import relations
from aidstudy.analysis.desk import Desk
from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.codebook import Table
from aidstudy.course.notebooks import _read
from aidstudy.errors import AidstudyError, Fault, FileError, TableError
from aidstudy.files import sha256_of
from aidstudy.pages.agreement import draft_agreement
from aidstudy.rebuild.compare import compare_contents
from aidstudy.tables import check
from aidstudy.tables.cells import cell_faults
from aidstudy.tables.check import check_study
from aidstudy.tables.files import cells_text
from aidstudy.tables.load import exact_table, stale_faults
from aidstudy.tables.record import RECORD, check_record
from aidstudy.tables.study import Study, load_study

PAGE_OF_FAULTS = REPOSITORY / "docs" / "faults.md"

Rows = list[list[str]]


@dataclass(frozen=True)
class Mutation:
    """One fault: what becomes of a file, and where a person would look for it."""

    file: str
    kind: str
    content: bytes | None  # None: the file is not there
    row: int = 0
    column: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        place = f" row {self.row}" if self.row else ""
        place += f" column {self.column}" if self.column else ""
        return f"{self.file}: {self.kind}{place}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True)
class Verdict:
    """How a fault was found: ``cell``, ``file``, ``elsewhere``, ``record``; or it was not."""

    mutation: Mutation
    found: str
    message: str

    @property
    def bad(self) -> bool:
        return self.found in ("silent", "traceback", "unclear")


FOUND = {
    "cell": "at its cell",
    "file": "in its file",
    "elsewhere": "in another table",
    "record": "by sha256 alone",
}


# --- what can happen to a table ----------------------------------------------------------------


def _csv(rows: Rows) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _file_faults(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """What an editor, a spreadsheet, a disk or a transfer does to a whole file."""
    text, size = content.decode("utf-8"), len(content)
    lines = text.splitlines(keepends=True)
    middle = len(lines) // 2
    before, after = ("".join(part).encode() for part in (lines[:middle], lines[middle:]))
    conflict = ["<<<<<<< HEAD\n", lines[middle] if lines[middle:] else "", "=======\n"]
    yield "missing file", None
    yield "empty file", b""
    yield "only a header", lines[0].encode()
    yield from (("truncated file", content[: size * share // 10]) for share in (3, 5, 7, 9))
    at = next((place for place, byte in enumerate(content) if byte >= 0xE0), None)
    if at is not None:
        yield "truncated file", content[: at + 1]
    yield "last line end lost", content[:-1]
    yield "byte order mark", b"\xef\xbb\xbf" + content
    yield "CRLF", content.replace(b"\n", b"\r\n")
    yield "CRLF", content.replace(b"\n", b"\r\n", 1)
    yield "old Mac line ends", content.replace(b"\n", b"\r")
    for encoding in ("gb18030", "utf-16", "utf-16-le", "latin-1", "cp1252", "big5"):
        other = text.encode(encoding, "replace")
        if other != content:
            yield f"encoding {encoding}", other
    yield "NUL byte", content[: size // 2] + b"\0" + content[size // 2 :]
    yield "byte that is no UTF-8", content[:20] + b"\xff" + content[20:]
    yield "lost character", content[:-2] + "\ufffd".encode() + content[-2:]
    yield "open quote", content + b'"\n'
    yield "open quote", content + b'a,"b\n'
    yield "empty line", before + b"\n" + after
    yield "empty line", content + b"\n"
    yield "no header", "".join(lines[1:]).encode()
    yield "header twice", lines[0].encode() + content
    yield "conflict of a merge", before + "".join(conflict).encode()


def _table_faults(rows: Rows) -> Iterator[tuple[str, Rows, int, str]]:
    """Columns and rows that are missing, too many, twice or in another order."""
    header, body = rows[0], rows[1:]
    for place, column in enumerate(header):
        yield "column missing", [row[:place] + row[place + 1 :] for row in rows], 1, column
        yield "column twice", [[*row, row[place]] for row in rows], 1, column
        renamed = [[*header[:place], column.upper() + "2", *header[place + 1 :]], *body]
        yield "column renamed", renamed, 1, column
        if place:
            order = [*range(place - 1), place, place - 1, *range(place + 1, len(header))]
            moved = [[row[p] for p in order] for row in rows]
            yield "columns in another order", moved, 1, column
            yield "headers exchanged", [moved[0], *body], 1, column
    yield "column too many", [[*row, "x"] for row in rows], 1, ""
    yield "parted by semicolons", [[";".join(row)] for row in rows], 1, ""
    yield "parted by tabs", [["\t".join(row)] for row in rows], 1, ""
    for at in sorted({0, len(body) // 2, len(body) - 1} & set(range(len(body)))):
        row, above, below = body[at], body[:at], body[at + 1 :]
        for kind, instead in (
            ("row missing", []),
            ("row twice", [row, row]),
            ("cell missing", [row[:-1]]),
            ("cell too many", [[*row, ""]]),
        ):
            yield kind, [header, *above, *instead, *below], at + 2, ""
        if at and body[at - 1] != row:
            yield "rows exchanged", [header, *above[:-1], row, body[at - 1], *below], at + 2, ""


CELL_FAULTS = {
    "word of no list": "zzz",
    "not reported as a number": "0",
    "not reported in words": "NA",
    "number as a spreadsheet writes it": "1,234.50",
    "number in powers": "1e9",
    "negative number": "-7",
    "date that does not exist": "2012-02-30",
    "date as a spreadsheet writes it": "12/4/2012",
    "id of nothing": "litang-999",
    "way out of the folder": "../../x",
    "formula": "=1+1",
    "very long": "x" * 40000,
}


def _cell_faults(text: str, others: list[str], beside: str) -> Iterator[tuple[str, str]]:
    """What becomes of one cell: `others` stand in its column, `beside` is in the next."""
    if text:
        yield "emptied", ""
        yield "space before", " " + text
        yield "space after", text + " "
        yield "sign that is not seen", text[:1] + "\u200b" + text[1:]
        yield "line end in a cell", text + "\n"
        yield "cut off", text[:-1]
        yield "doubled", f"{text} {text}"
        yield "other case", text.swapcase()
        wide = (chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)
        yield "full-width signs", "".join(wide)
    yield "valid cell of another row", next((o for o in others if o and o != text), text)
    yield "cell of another column", beside
    yield from CELL_FAULTS.items()


def _of_file(file: str, content: bytes, is_tried: Callable[[str], bool]) -> Iterator[Mutation]:
    for number, (kind, changed) in enumerate(_file_faults(content), start=1):
        if changed != content and is_tried(kind):
            yield Mutation(file, kind, changed, note=str(number))


def table_mutations(file: str, content: bytes) -> Iterator[Mutation]:
    """Every fault of one CSV file; each cell fault once in every column."""
    yield from _of_file(file, content, lambda kind: True)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    for kind, changed_rows, row, column in _table_faults(rows):
        if changed_rows != rows:
            yield Mutation(file, kind, _csv(changed_rows), row, column)
    header, body = rows[0], rows[1:]
    for place, column in enumerate(header if body else ()):
        filled = [at for at, cells in enumerate(body) if cells[place]]
        chosen = random.Random(f"{file} {column}")
        at = chosen.choice(filled or range(len(body)))
        others = [cells[place] for cells in body]
        chosen.shuffle(others)
        beside = body[at][(place + 1) % len(header)]
        for kind, cell in _cell_faults(body[at][place], others, beside):
            if cell != body[at][place]:
                changed_rows = [list(cells) for cells in rows]
                changed_rows[at + 1][place] = cell
                yield Mutation(file, kind, _csv(changed_rows), at + 2, column)


# --- what can happen to the settings -----------------------------------------------------------


def settings_mutations(file: str, content: bytes) -> Iterator[Mutation]:
    """Every fault of ``study.toml``: the file, and each line of it."""
    skipped = {"only a header", "open quote", "empty line", "no header", "header twice"}
    yield from _of_file(file, content, lambda kind: kind not in skipped)
    lines = content.decode("utf-8").splitlines(keepends=True)
    for at, line in enumerate(lines):
        found = re.fullmatch(r"(\w+) = (.*)\n", line)
        if not found and not line.startswith("["):
            continue
        ways = {"line missing": "", "line twice": line * 2}
        if found:
            key = found[1]
            ways |= {
                "emptied": f'{key} = ""\n',
                "another type": f"{key} = true\n",
                "no quotes": f"{key} = x y\n",
                "unknown key": line.replace(key, key + "_2", 1),
                "open quote": line.replace('"', "", 1),
                "word changed": line.replace('"\n', 'x"\n'),
            }
        else:
            ways |= {
                "unknown part": line.replace("]", "_2]"),
                "open bracket": line.replace("]", ""),
                "no short name": line.replace("]", " X]"),
            }
        for kind, changed_line in ways.items():
            if changed_line != line:
                changed = "".join([*lines[:at], changed_line, *lines[at + 1 :]]).encode()
                yield Mutation(file, kind, changed, at + 1)


# --- what can happen to notebooks and other outputs --------------------------------------------


def notebook_mutations(file: str, content: bytes) -> Iterator[Mutation]:
    """Every fault of a notebook's form."""
    keep = {"missing file", "empty file", "truncated file", "byte order mark", "NUL byte",
            "byte that is no UTF-8", "encoding utf-16", "encoding gb18030",
            "conflict of a merge"}  # fmt: skip
    yield from _of_file(file, content, keep.__contains__)
    whole = json.loads(content)

    def book(kind: str, changed: object, note: str = "") -> Mutation:
        return Mutation(file, kind, json.dumps(changed).encode(), note=note)

    for key in whole:
        less = {name: part for name, part in whole.items() if name != key}
        yield book("part missing", less, key)
        yield book("part of another type", {**whole, key: "x"}, key)
    yield book("old format", {**whole, "nbformat": 3})
    for number in (0, len(whole["cells"]) // 2, len(whole["cells"]) - 1):
        cell = whole["cells"][number]
        for key in ("cell_type", "source", "metadata", "id"):
            less = {name: part for name, part in cell.items() if name != key}
            for kind, instead in (("missing", less), ("of another type", {**cell, key: 7})):
                cells = [*whole["cells"][:number], instead, *whole["cells"][number + 1 :]]
                yield book(f"part of a cell {kind}", {**whole, "cells": cells}, f"{number} {key}")


def output_mutations(file: str, content: bytes) -> Iterator[Mutation]:
    """A built file that was lost, cut or changed."""
    yield Mutation(file, "missing file", None)
    yield Mutation(file, "empty file", b"")
    yield Mutation(file, "truncated file", content[: len(content) // 2])
    yield Mutation(file, "last line end lost", content[:-1])
    for share in (1, 3, 5, 7, 9):
        at = len(content) * share // 10
        changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
        yield Mutation(file, "one bit turned", changed, note=str(share))
    yield Mutation(file, "bytes behind the end", content + b"x")
    yield Mutation(file, "byte order mark", b"\xef\xbb\xbf" + content)


# --- which files, and what finds their faults --------------------------------------------------


@cache
def originals() -> Mapping[str, bytes]:
    """The files of ``data/``, the notebooks and one drawing, by name."""
    patterns = ("data/**/*", "notebooks/*.ipynb", "figures/funding_ratios/*")
    found = {}
    for path in (path for pattern in patterns for path in REPOSITORY.glob(pattern)):
        if path.is_file() and not path.name.endswith(".part"):
            found[path.relative_to(REPOSITORY).as_posix()] = path.read_bytes()
    return dict(sorted(found.items()))


def all_mutations() -> Iterator[Mutation]:
    """Every fault, in the order of the files."""
    drawings = {}
    for file, content in originals().items():
        if file.startswith("data/clean/") or (file.startswith("data/") and file.endswith(".csv")):
            yield from table_mutations(file, content)
        elif file == "data/study.toml":
            yield from settings_mutations(file, content)
        elif file.startswith("notebooks/01_"):
            yield from notebook_mutations(file, content)
        elif file.startswith("data/"):
            yield from output_mutations(file, content)
        elif file.startswith("figures/"):
            # One of each form: what is compared is the form, not the drawing.
            drawings.setdefault(Path(file).suffix, (file, content))
    for file, content in drawings.values():
        yield from output_mutations(file, content)


def _typed_is_read(folder: Path, file: str) -> None:
    """All that reads a typed table: rules of cells, rows and tables, codings, relations."""
    study = load_study(folder)
    if Path(file).stem in ("relations", "readings"):
        desk = Desk(study)
        relations(desk)
        _ = desk.readings
    else:
        check_study(study)


def _clean_is_read(folder: Path, file: str) -> None:
    """Its loader, then the comparison with the typed tables that ``aidstudy check`` makes."""
    name = Path(file).stem
    loaders = {"sensitivity": exact_sensitivity, "results": exact_results}
    loaders.get(name, lambda folder: exact_table(name, folder))(folder)
    faults = stale_faults(load_study(folder), checked()) if name in checked() else []
    TableError.raise_if_any(faults, what=file)


def reader_of(file: str) -> Callable[[Path, str], object]:
    """What reads a file; a built one has no reader and is compared with what is built."""
    if file.startswith("data/clean/"):
        return _clean_is_read
    if file.startswith("notebooks/"):
        return lambda folder, file: _read(folder / file)
    if file == "data/draft.csv":
        return lambda folder, file: draft_agreement(folder)
    if file.endswith(".csv") or file == "data/study.toml":
        return _typed_is_read
    return lambda folder, file: None


def _recorded(folder: Path, file: str) -> None:
    """The last resort: the record of ``data/``, or the comparison with what is built."""
    if file.startswith("data/") and file != RECORD:
        check_record(load_study(folder))
        return
    built = originals()[file]
    path = folder / file
    if not path.exists() or compare_contents(file, path.read_bytes(), built, exact=True):
        raise FileError(f"{file} differs from what is built; --update stores what is built")


def _verdict(folder: Path, mutation: Mutation) -> Verdict:
    """What finds a fault that stands in a copy of the study."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            # That the tables are older than a changed one finds no fault in it.
            warnings.filterwarnings("ignore", message=".*which are older now")
            reader_of(mutation.file)(folder, mutation.file)
    except AidstudyError as error:
        return Verdict(mutation, place_of(error, mutation), str(error))
    except Exception:
        return Verdict(mutation, "traceback", traceback.format_exc())
    try:
        _recorded(folder, mutation.file)
    except AidstudyError as error:
        return Verdict(mutation, "record" if mutation.file in str(error) else "unclear", str(error))
    except Exception:
        return Verdict(mutation, "traceback", traceback.format_exc())
    return Verdict(mutation, "silent", "")


def place_of(error: Exception, mutation: Mutation) -> str:
    """Whether an error names the cell, or the file, of a fault; or where else it sends a reader."""
    faults = getattr(error, "faults", ())
    if any(not (fault.where and fault.problem and fault.remedy) for fault in faults):
        return "unclear"
    if not faults and ";" not in str(error):
        return "unclear"  # an error without a list of faults still says what to do
    for fault in faults:
        same_row = re.search(rf"{re.escape(mutation.file)}, row {mutation.row}\b", fault.where)
        if same_row and fault.column == mutation.column:
            return "cell"
    places = [fault.where for fault in faults] or [str(error)]
    return "file" if any(mutation.file in place for place in places) else "elsewhere"


def run(mutations: list[Mutation]) -> list[Verdict]:
    """Try some faults in a copy of the study, in which one file after the other is broken."""
    verdicts = []
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "cell_faults", _remembering_cell_faults())
        folder = Path(name)
        for file, content in originals().items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(content)
        for mutation in mutations:
            path = folder / mutation.file
            if mutation.content is None:
                path.unlink()
            else:
                path.write_bytes(mutation.content)
            verdicts.append(_verdict(folder, mutation))
            path.write_bytes(originals()[mutation.file])
    return verdicts


@cache
def _remembering_cell_faults() -> Callable[..., list[Fault]]:
    """The check of single cells, made once for each content: a fault changes one table of many.

    It takes three quarters of the time of all checks, and looks at the cells and the places alone.
    """
    known: dict[tuple[object, ...], list[Fault]] = {}

    def remembering(cells: pd.DataFrame, table: Table, study: Study, *, name: str) -> list[Fault]:
        digest = sha256_of(cells_text(cells).encode("utf-8"))
        key = (name, table.names, digest, *study.recipients, "", *study.donors)
        if key not in known:
            known[key] = cell_faults(cells, table, study, name=name)
        return known[key]

    return remembering


def run_all(mutations: list[Mutation], workers: int) -> list[Verdict]:
    """Try them side by side; one that is not found as it should be is told at once."""
    parts = [mutations[at : at + 50] for at in range(0, len(mutations), 50)]
    verdicts: list[Verdict] = []
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(run, parts):
            verdicts += found
            for verdict in found:
                if verdict.bad:
                    print(f"{verdict.found}: {verdict.mutation.name}\n    {verdict.message[-800:]}")
            if len(verdicts) % 500 == 0:
                print(f"{len(verdicts)} of {len(mutations)}", flush=True)
    return verdicts


# --- the page of faults ------------------------------------------------------------------------

INTRODUCTION = (REPOSITORY / "tests" / "cases" / "faults.md").read_text("utf-8")


def _table(first: str, verdicts: list[Verdict], key: Callable[[Verdict], str]) -> list[str]:
    counts = Counter((key(verdict), verdict.found) for verdict in verdicts)
    total = Counter(verdict.found for verdict in verdicts)
    rows = [
        (name, [counts[name, found] for found in FOUND]) for name in sorted({*map(key, verdicts)})
    ]
    lines = [[str(sum(row)), *(str(number or "") for number in row)] for _, row in rows]
    last = [f"**{number}**" for number in (total.total(), *(total[found] for found in FOUND))]
    names = [*(name for name, _ in rows), "**all**"]
    return [
        "| " + " | ".join([first, "tried", *FOUND.values()]) + " |",
        "| --- |" + " ---: |" * (1 + len(FOUND)),
        *(
            f"| {name} | {' | '.join(cells)} |"
            for name, cells in zip(names, [*lines, last], strict=True)
        ),
    ]


def page_of_faults(verdicts: list[Verdict]) -> str:
    """The page as it is stored."""
    lines = [INTRODUCTION, "## By file", ""]
    lines += _table("file", verdicts, lambda one: f"`{one.mutation.file}`")
    lines += ["", "## By kind", ""]
    lines += _table("kind", verdicts, lambda one: one.mutation.kind)
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--update", action="store_true", help="write docs/faults.md")
    parser.add_argument("--only", metavar="TEXT", default="", help="files whose name holds this")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    chosen = [one for one in all_mutations() if asked.only in one.file]
    verdicts = run_all(chosen, asked.workers)
    bad = [verdict for verdict in verdicts if verdict.bad]
    print(*_table("file", verdicts, lambda one: one.mutation.file), sep="\n")
    if asked.update and not asked.only and not bad:
        PAGE_OF_FAULTS.write_text(page_of_faults(verdicts), encoding="utf-8", newline="\n")
    return 1 if bad else 0


if __name__ == "__main__":
    os.environ.pop("AIDSTUDY_STUDY", None)
    sys.exit(main())
