"""A page in, a draft table out: text, PDF or standard input; CSV, Excel or Parquet."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from aidstudy.codebook import FIGURES, NUMERIC_KINDS, Place
from aidstudy.errors import CodebookError, FileError, PageError, TextError
from aidstudy.extras import extra_module
from aidstudy.files import read_whole, sha256_of, write_whole
from aidstudy.pages.documents import document_text, html_charset, html_text, is_html
from aidstudy.pages.pdf import pdf_text
from aidstudy.reading.drafts import DRAFT_COLUMNS, draft_figures
from aidstudy.reading.quantities import find_quantities
from aidstudy.tables.files import csv_text
from aidstudy.tables.study import Study, load_study

STDIN = "-"
"""Name that means standard input."""

_TOLD = 20
"""So many of the places that are left unread are told one by one."""

_EXACT = tuple(column.name for column in FIGURES.columns if column.type == "exact")
_INTEGERS = tuple(column.name for column in FIGURES.columns if column.type == "integer")

Rows = Iterable[Mapping[str, str]]

_GROUP_ROWS = 20_000
"""Rows in one row group of a Parquet file, and rows held as Python objects at a time."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known before a page is read: the year of the reports, and places by short name.

    Without places names are taken from the print.
    """

    year: int | None = None
    recipients: Mapping[str, Place] | None = None
    donors: Mapping[str, Place] | None = None

    def rows(self, text: str) -> Iterator[dict[str, str]]:
        """The draft of one page as rows of text cells, one by one."""
        figures = draft_figures(
            text, year=self.year, recipients=self.recipients, donors=self.donors
        )
        return (figure.cells() for figure in figures)


# --- a page in --------------------------------------------------------------------------------


def read_page(path: str | Path) -> str:
    """The text of a page, as it stands; ``-`` is standard input.

    Text files and standard input are decoded and left alone: no line end is changed and no
    character removed, so that offsets are those of the file. A PDF gives its text page by page.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.txt")
    ...     _ = page.write_bytes("总投资1.39亿元".encode("gb18030"))
    ...     read_page(page)
    '总投资1.39亿元'
    """
    if str(path) == STDIN:
        return text_of(sys.stdin.buffer.read(), name="standard input")
    if Path(path).is_dir():
        raise FileError(
            f"{path}: is a folder; name one page, or read all its pages into one table with "
            "-o figures.parquet"
        )
    return text_of(read_whole(path), name=str(path))


def year_of(path: str | Path) -> int | None:
    """The year in the name of a page's file, if there is one only.

    >>> year_of("report_2012.txt"), year_of("20240514.txt"), year_of("2011-2015.txt")
    (2012, 2024, None)
    """
    found = _YEAR.findall(Path(path).stem)
    return int(found[0]) if len(found) == 1 else None


_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[01]\d(?:[0-3]\d)?)?(?!\d)")


def write_text(page: str | Path, output: str | Path) -> int:
    """Write the text of a page as UTF-8, the one file that the offsets of a study count in.

    The file must be new: one that is there may be the text of a study. Gives its characters.
    """
    target = Path(output)
    if target.exists() or target.is_symlink():
        raise FileError(f"{target}: is there already; name a new file, nothing is overwritten")
    text = read_page(page)
    write_whole(target, text)
    return len(text)


def text_of(content: bytes, *, name: str) -> str:
    """The text of a page from its bytes; `name` is for messages."""
    if not content.strip():
        raise TextError(f"{name}: the file is empty; there is nothing to read")
    if b"%PDF-" in content[:1024]:
        text = pdf_text(content, name=name).text
    elif content.startswith(b"PK\x03\x04"):
        text = document_text(content, name=name)
    elif is_html(content):
        text = html_text(_decoded(content, name, html_charset(content)))
    else:
        text = _decoded(content, name)
    if not text.strip("\ufeff \t\r\n\f\v\u3000"):
        raise TextError(f"{name}: holds white space only; there is nothing to read")
    return text


_SIGNATURES: Mapping[bytes, str] = {
    b"\xd0\xcf\x11\xe0": "an old Word or Excel file: save it as docx, text or PDF",
    **dict.fromkeys(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"),
        "a picture: recognise its text first (OCR)",
    ),
    b"{\\rtf": "a Rich Text file: save it as text or PDF",
    b"\x1f\x8b": "a compressed file: unpack it first",
}
_CONTROL = re.compile(rb"[\x00-\x06\x0e-\x19\x7f]")
# A stray control character is what some PDF tools leave; one byte in a hundred is no text.
_MOST_CONTROL = 100


def _decoded(content: bytes, name: str, charset: str = "") -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:1000]:
        return _utf16(content, name)
    for signature, what in _SIGNATURES.items():
        if content.startswith(signature):
            raise TextError(f"{name}: not text in UTF-8 or GB 18030 but {what}")
    if b"\0" in content or len(_CONTROL.findall(content)) * _MOST_CONTROL > len(content):
        raise TextError(f"{name}: a binary file; save the page as text in UTF-8 or as PDF")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = error
    for encoding in ("gb18030", "big5"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if charset == encoding or _is_chinese(text, encoding):
            return text
    raise TextError(
        f"{name}: byte {wrong.start} ({content[wrong.start : wrong.start + 4].hex(' ')}) is not "
        "UTF-8, and the file as a whole is not Chinese in GB 18030 or Big5; save it as UTF-8"
    )


def _utf16(content: bytes, name: str) -> str:
    """Text in UTF-16, with a mark of the byte order or without one."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-16-le", "utf-16-be"]:
        with suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            sure = marked or (len(text) > _FEW and _is_chinese(text, "gb18030"))
            if sure and "\0" not in text:
                return text
    raise TextError(f"{name}: a binary file; save the page as text in UTF-8 or as PDF")


_FEW = 8
"""Characters of which any bytes may make some Chinese."""

_USUAL = {"gb18030": ("gb2312", 0xA1, 0xA3, 0xB0, 0xD7), "big5": ("big5", 0xA1, 0xA3, 0xA4, 0xC6)}
"""Where an encoding has its marks, and its characters of the first level."""


def _is_chinese(text: str, encoding: str) -> bool:
    """Whether a decoded text reads like Chinese and not like another encoding.

    Nearly every row of bytes is some GB 18030: Big5, Latin-1 and broken UTF-8 give rare
    characters, while a Chinese text keeps to the first level and its marks.
    """
    plain, *ends = _USUAL[encoding]
    outside = [char for char in text[:100_000] if char > "\x7f"]
    usual = 0
    for char in outside:
        code = char.encode(plain, "ignore")
        usual += bool(code) and (ends[0] <= code[0] <= ends[1] or ends[2] <= code[0] <= ends[3])
    return bool(outside) and usual >= 0.85 * len(outside)


def unread_told(text: str) -> str:
    """What of a text is in no figure: numbers that were left, where and why, the first twenty.

    >>> unread_told("一视同仁"), unread_told("投资3万元。")
    ('it has no digits and no numerals', 'no number was left unread')
    >>> unread_told("数千万元，第3名")
    '2 places left unread: 数千万元 (0, indefinite); 3 (6, an ordinal)'
    """
    unread = find_quantities(text).unread
    if not unread:
        digits = any(char.isdigit() for char in text)
        return "no number was left unread" if digits else "it has no digits and no numerals"
    told = [f"{one.printed} ({one.span.start}, {one.reason})" for one in unread]
    more = [f"and {len(told) - _TOLD} more"] * (len(told) > _TOLD)
    places = "place" if len(told) == 1 else "places"
    return f"{len(told)} {places} left unread: {'; '.join([*told[:_TOLD], *more])}"


def is_page_of(study: Study, text: str) -> bool:
    """Whether a study was made from this text."""
    return sha256_of(text.encode("utf-8", "replace")) == study.page["sha256"]


def check_page_of(study: Study, text: str) -> None:
    """Nothing, or an error where a study was made from another text."""
    if not is_page_of(study, text):
        raise PageError(
            f"{study.folder}: made from another page; give the page whose sha256 is page.sha256 in "
            "data/study.toml"
        )


def own_study(text: str) -> Study | None:
    """The default study, if this is the page it was made from; else nothing."""
    study = load_study()
    return study if is_page_of(study, text) else None


def reader_for(study: Study | None, year: int | None = None) -> Reader:
    """A reader with the places and the year of a study; `year` takes the place of its year.

    >>> reader_for(load_study()).year, reader_for(None, 2020).year
    (2012, 2020)
    """
    if study is None:
        return Reader(year)
    return Reader(year or study.year, dict(study.recipients), dict(study.donors))


# --- a draft out --------------------------------------------------------------------------------


def write_draft(rows: Rows, path: str | Path) -> None:
    """Write a draft as CSV, Excel or Parquet, by the end of the file's name.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_draft(Reader().rows("总投资1.39亿元"), Path(folder, "draft.csv"))
    ...     Path(folder, "draft.csv").read_text(encoding="utf-8").splitlines()[1][:21]
    'report1-001,report1,3'
    """
    suffix = Path(path).suffix.lower()
    writers: Mapping[str, Any] = {".csv": draft_csv, ".xlsx": _workbook, ".parquet": parquet_parts}
    if suffix not in writers:
        raise CodebookError(
            f"{path}: no format {repr(suffix) if suffix else 'without an ending'}; end the name in "
            f"{', '.join(writers)}",
            printed=suffix,
        )
    write_whole(path, writers[suffix](rows))


def draft_csv(rows: Rows) -> str:
    """A draft as CSV, in the form in which tables are stored."""
    return csv_text(DRAFT_COLUMNS, rows)


def _workbook(rows: Rows) -> bytes:
    from aidstudy.exchange.excel import Cell, sheets_bytes

    def cell(row: Mapping[str, str], name: str) -> Cell:
        number = name in _INTEGERS or (name in _EXACT and row["kind"] in NUMERIC_KINDS)
        return Fraction(row[name]) if number and row[name] else row[name]

    cells = [[cell(row, name) for name in DRAFT_COLUMNS] for row in rows]
    return sheets_bytes([("draft", [DRAFT_COLUMNS, *cells])], title="draft")


def _arrow_table(arrow: Any, rows: list[Mapping[str, str]], before: Sequence[str]) -> Any:
    columns = {}
    for name in (*before, *DRAFT_COLUMNS):
        cells: list[Any] = [row[name] or None for row in rows]
        if name in _INTEGERS:
            columns[name] = arrow.array([cell and int(cell) for cell in cells], arrow.int64())
            continue
        columns[name] = arrow.array(cells, arrow.string())
        if name in _EXACT:
            numbers = [
                float(Fraction(cell)) if cell and row["kind"] in NUMERIC_KINDS else None
                for cell, row in zip(cells, rows, strict=True)
            ]
            columns[f"{name}_number"] = arrow.array(numbers, arrow.float64())
    return arrow.table(columns)


def parquet_parts(rows: Rows, *, before: Sequence[str] = ()) -> Iterator[bytes]:
    """A draft as a Parquet file, part by part, one row group of it in memory at a time.

    Offsets are 64-bit integers, everything else text as exact as it was read, missing cells
    null; for each exact column ``x`` there is ``x_number``, the nearest double. Text columns
    `before` stand before those of the draft.
    """
    arrow = extra_module("pyarrow", extra="exchange", purpose="a Parquet file")
    parquet = extra_module("pyarrow.parquet", extra="exchange", purpose="a Parquet file")
    left, out, writer = iter(rows), io.BytesIO(), None
    while (group := list(islice(left, _GROUP_ROWS))) or writer is None:
        table = _arrow_table(arrow, group, before)
        writer = writer or parquet.ParquetWriter(out, table.schema, compression="zstd")
        writer.write_table(table, row_group_size=_GROUP_ROWS)
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    writer.close()
    yield out.getvalue()
