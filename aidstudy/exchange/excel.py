"""Excel workbooks, in which no cell is a formula."""

from __future__ import annotations

import datetime as dt
import io
import math
import unicodedata
from collections.abc import Iterable, Sequence
from fractions import Fraction

from aidstudy.codebook import VERSION
from aidstudy.errors import FileError
from aidstudy.exchange import tables
from aidstudy.exchange.tables import LICENCE, LICENCE_URL, Source, described
from aidstudy.extras import extra_module
from aidstudy.intervals import plain
from aidstudy.version import AUTHORS

_MADE = dt.datetime(2013, 1, 1)
"""Any fixed moment: the same tables give the same bytes."""

# A program that opens the workbook, or a CSV file saved from it, may run what starts with one of
# these. Full-width forms count too: some versions of Excel turn them into plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DIGITS = 15
_LONGEST, _TOO_LONG = 32767, -2
_ROWS = 1_048_576
_WIDEST = 60

Cell = tables.Cell | Fraction
Sheet = tuple[str, Sequence[Sequence[Cell]]]


def workbook(source: Source) -> dict[str, bytes]:
    """All tables as one workbook, a sheet each and one about the study; an open bound is empty."""
    study = source.study
    about: list[tuple[Cell, Cell]] = [
        ("what", "text"),
        ("title", study.title),
        ("title_zh", study.title_zh),
        ("how to read", described(study)),
        ("page sha256", study.page["sha256"]),
        ("codebook", f"version {VERSION}, in the sheet codebook"),
        ("licence", f"{LICENCE}, {LICENCE_URL}"),
        ("creator", AUTHORS),
        *((f"sheet {table.name}", table.meaning) for table in source.tables),
    ]
    sheets: list[Sheet] = [("about", about)]
    sheets += [(table.name, [table.names, *table.rows()]) for table in source.tables]
    return {"tables.xlsx": sheets_bytes(sheets, title=study.title)}


def sheets_bytes(sheets: Iterable[Sheet], *, title: str) -> bytes:
    """Sheets as a workbook; the first row of each is its header.

    Every Excel file of the package is written here, so that text of a page, of a table or of a
    note never runs as a formula. Columns are as wide as what stands in them. More rows, or a longer
    cell, than Excel holds is a ``FileError``.
    """
    xlsxwriter = extra_module("xlsxwriter", extra="exchange", purpose="an Excel file")
    out = io.BytesIO()
    plain_text = dict.fromkeys(
        ("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False
    )
    days = {"default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **days, **plain_text})
    book.set_properties({"title": title, "author": AUTHORS, "created": _MADE})
    header = book.add_format({"bold": True, "bottom": 1})
    text_only = book.add_format({"quote_prefix": True})
    for name, rows in sheets:
        if len(rows) > _ROWS:
            raise FileError(
                f"Excel file, sheet {name}: {len(rows)} rows with the header, and Excel holds "
                f"{_ROWS}; write another format, such as Parquet"
            )
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(zip(*rows, strict=True)):
            sheet.set_column(place, place, min(_WIDEST, 3 + max(map(_width, column))))
        for number, row in enumerate(rows):
            for place, cell in enumerate(map(_shown, row)):
                text = cell if isinstance(cell, str) else ""
                style = text_only if text.startswith(_FORMULA) else None
                if sheet.write(number, place, cell, style if number else header) == _TOO_LONG:
                    raise FileError(
                        f"Excel file, sheet {name}, row {number + 1}: a cell has {len(text)} "
                        f"characters and Excel holds {_LONGEST}; shorten it, or use another format"
                    )
        if len(rows) > 1:
            sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    book.close()
    return out.getvalue()


def _width(cell: Cell) -> int:
    """Characters that a cell takes on the screen; a Chinese one is twice as wide."""
    text = "" if cell is None else str(cell)[:_WIDEST]
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _shown(cell: Cell) -> Cell:
    """What Excel can hold: an open end is empty, a number of more than its fifteen digits text."""
    if isinstance(cell, float) and math.isinf(cell):
        return None
    if not isinstance(cell, Fraction):
        return cell
    text = plain(cell)
    fits = len(text.strip("-0").replace(".", "")) <= _DIGITS and Fraction(text) == cell
    return float(cell) if fits else text
