"""CSV files in and out: strict on the way in, one form on the way out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from aidstudy.codebook import Table, did_you_mean
from aidstudy.errors import Fault, FileError, TableError

ROW = "_row"
"""Name of the index of cells: the row in the file, where the header is row 1."""


Found = tuple[int, str, str, str, str]
"""A fault of a file: row (0 for the whole file), column, what was read, problem, remedy."""


def read_cells(path: Path, columns: Sequence[str], *, name: str = "") -> pd.DataFrame:
    """Cells of a CSV file as text, an empty cell as an empty string.

    The index is the row in the file, where the header is row 1. The file is UTF-8 without byte
    order mark, with lines ended by LF and the header in order; all that is wrong with it is one
    :class:`TableError`. `name` is its name in messages.
    """
    name = name or str(path)
    reader = csv.reader(io.StringIO(_decode(_read(path, name), name), newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        _refuse(name, [(len(rows) + 1, "", "", f"not CSV: {error}", "mend the quotes")])
    if not any(rows):
        remedy = f"it needs the header {','.join(columns)}"
        _refuse(name, [(0, "", "", "the file is empty", remedy)])
    faults = list(_header_faults(rows[0], columns))
    for row, cells in enumerate(rows[1:], start=2):
        if len(cells) != len(rows[0]):
            problem = f"{len(cells)} cells, the header has {len(rows[0])}"
            remedy = "quote cells that hold a comma, and delete empty lines"
            faults.append((row, "", ",".join(cells), problem, remedy))
    _refuse(name, faults)
    index = pd.Index(list(range(2, len(rows) + 1)), name=ROW)
    return pd.DataFrame(rows[1:], columns=list(columns), index=index, dtype=object)


def _refuse(name: str, faults: Iterable[Found]) -> None:
    """An error with the faults of a file, if there are any."""
    told = (Fault(f"{name}, row {row}" if row else name, *rest) for row, *rest in faults)
    TableError.raise_if_any(told, what=name)


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(
            f"{name}: cannot be read: {error.strerror}; restore it from the repository"
        ) from None


def _decode(content: bytes, name: str) -> str:
    text = ""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.end == len(content) and error.reason == "unexpected end of data"
        problem = "cut off inside a character" if cut else "not UTF-8"
        saved = f"it was perhaps saved as {_guess(content)}; save it as UTF-8"
        at, read = error.start, content[error.start : error.start + 4].hex(" ")
        _refuse(name, [(_row(content, at), "", read, problem, "restore it" if cut else saved)])
    end = content[-20:].decode("utf-8", "replace")
    faults: list[tuple[bool, Found]] = [
        (content.startswith(b"\xef\xbb\xbf"), (0, "", "", *_BOM)),
        (b"\r" in content, (_row(content, content.find(13)), "", "\\r", *_RETURN)),
        (not content.endswith(b"\n") and content != b"", (0, "", end, *_CUT)),
        (b"\x00" in content, (0, "", "\\0", *_NUL)),
    ]
    _refuse(name, (told for there, told in faults if there))
    return text


_BOM = ("starts with a byte order mark", "save it as UTF-8 without BOM")
_RETURN = ("a carriage return", "save it with LF line ends; in git, .gitattributes sees to that")
_CUT = (
    "the last line has no end, so the file may be cut off",
    "restore it, or end it with a line feed",
)
_NUL = ("holds a NUL byte", "restore it, or save it as UTF-8 if it was saved as UTF-16")


def _row(content: bytes, at: int) -> int:
    return content[:at].count(10) + 1


def _guess(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content:
        return "UTF-16"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "Latin-1 or Windows-1252"
    return "GB 18030"


def _header_faults(found: Sequence[str], wanted: Sequence[str]) -> Iterator[Found]:
    if not found:
        yield 1, "", "", "an empty line", f"the header is {','.join(wanted)}"
        return
    other = next((mark for mark in ";\t|" if found[0].count(mark) == len(wanted) - 1), None)
    if len(found) == 1 and other:
        yield 1, "", found[0], f"cells are parted by {other!r}", "save it with commas"
        return
    missing = [column for column in wanted if column not in found]
    extra = [column for column in found if column not in wanted]
    for column in extra:
        near = did_you_mean(column, missing) if missing else "; delete it"
        yield 1, "", column, "not a column of this table", near.lstrip("; ")
    for column in missing:
        yield 1, column, "", "the column is missing", "add it"
    doubles = sorted({column for column in found if list(found).count(column) > 1})
    for column in doubles:
        yield 1, "", column, "the column stands twice", "delete one"
    if not missing and not extra and not doubles and list(found) != list(wanted):
        remedy = f"put them in the order {','.join(wanted)}"
        yield 1, "", ",".join(found), "the columns are in another order", remedy


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Rows in the one form in which tables are stored."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue()


def rows_of(cells: pd.DataFrame) -> dict[int, dict[str, str]]:
    """The rows of text cells by their row in the file; ``to_dict`` would look at every cell."""
    rows = zip(*(cells[name].tolist() for name in cells.columns), strict=True)
    told = (dict(zip(cells.columns, row, strict=True)) for row in rows)
    return dict(zip(cells.index.tolist(), told, strict=True))


def cells_text(cells: pd.DataFrame) -> str:
    """A table of text cells as CSV."""
    return csv_text(list(cells.columns), rows_of(cells).values())


def fault_at(
    cells: pd.DataFrame, row: int, table: Table, name: str, column: str, problem: str, remedy: str
) -> Fault:
    """What is wrong in one cell of a table, which stands in the file `name`."""
    place = f"{name}, {row_name(cells, row, table)}"
    read = cells.at[row, column] if column else ""
    return Fault(place, column, read, problem, table.remedy or remedy)


def row_name(cells: pd.DataFrame, row: int, table: Table) -> str:
    """Row number and id, for messages: ``row 13 (ganzi-020)``."""
    key = [str(cells.at[row, column]) for column in table.key if column in cells.columns]
    return f"row {row}" + (f" ({' '.join(key)})" if any(key) else "")
