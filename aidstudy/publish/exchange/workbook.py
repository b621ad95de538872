"""An Excel workbook of the clean tables, with the codebook as a sheet."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from typing import Any

from aidstudy.codebook import RESULTS, VERSION
from aidstudy.errors import FileError
from aidstudy.intervals import plain
from aidstudy.publish.exchange.source import (
    CREATOR,
    LICENCE,
    LICENCE_URL,
    Source,
    Stored,
    StudyOrSource,
    described,
    page_sha256,
    source_of,
    unit_of,
)
from aidstudy.publish.extras import extra_module

_MADE = dt.datetime(2013, 1, 1)
"""Any fixed moment: the same tables give the same bytes."""

# A program that opens the workbook, or a CSV file saved from it, may run what starts with one of
# these. Full-width forms count too: some versions of Excel turn them into plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DIGITS = 15
_LONGEST = 32767
_ROWS = 1_048_576

Cell = str | Fraction | None
Sheet = tuple[str, Sequence[Sequence[Cell]], int]


def workbook(study: StudyOrSource) -> bytes:
    """The clean tables as an Excel workbook.

    One sheet for each table and one for the results, before them ``about`` and ``codebook``.
    Numbers are numbers where fifteen digits hold them exactly, and text otherwise; a date as
    coarse as the print is text.
    No cell is a formula or a link: text that starts like one is stored as text and marked so,
    that editing it makes none either.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    bytes
        The same for the same tables.

    Raises
    ------
    FileError
        If XlsxWriter is not installed, or a cell is longer than Excel holds.
    TableError
        If a table is not as the codebook says.
    """
    source = source_of(study)
    sheets: list[Sheet] = [("about", _about(source), 24), ("codebook", _codebook(source), 18)]
    sheets += [(stored.name, _rows(stored), 14) for stored in source.clean]
    sheets.append((RESULTS.name, _results(source), 18))
    return sheets_bytes(sheets, title=source.study.title)


def sheets_bytes(
    sheets: Iterable[tuple[str, Sequence[Sequence[Cell]], int]], *, title: str
) -> bytes:
    """Sheets as a workbook; the first row of each is its header.

    Every Excel file of the package is written here, so that text of a page, of a table or of a
    note never runs as a formula.

    Parameters
    ----------
    sheets : iterable of tuple
        Name, rows, and width of the columns in characters.
    title : str
        Title of the document.

    Raises
    ------
    FileError
        If XlsxWriter is not installed, or Excel does not hold as many rows, or as long a cell.
    """
    xlsxwriter = extra_module("xlsxwriter", extra="exchange", purpose="an Excel file")
    out = io.BytesIO()
    plain_text = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    book = xlsxwriter.Workbook(out, plain_text)
    book.set_properties({"title": title, "author": CREATOR, "created": _MADE})
    header = book.add_format({"bold": True, "bottom": 1})
    text_only = book.add_format({"quote_prefix": True})
    for name, rows, width in sheets:
        if len(rows) > _ROWS:
            raise FileError(
                f"Excel file, sheet {name}: {len(rows)} rows with the header, and Excel holds "
                f"{_ROWS}; write another format, such as Parquet"
            )
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(row) for row in rows) - 1, width)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                style = header if number == 0 else text_only
                _write(sheet, number, place, cell, style, where=f"sheet {name}")
        if len(rows) > 1:
            sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, style: Any, *, where: str) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Fraction):
        text = plain(cell)
        if len(text.strip("-0").replace(".", "")) <= _DIGITS and Fraction(text) == cell:
            sheet.write_number(row, column, float(cell))
            return
        cell = text
    if len(cell) > _LONGEST:
        raise FileError(
            f"Excel file, {where}, row {row + 1}: a cell has {len(cell)} characters and Excel "
            f"holds {_LONGEST}; shorten it, or use another format"
        )
    marked = row == 0 or cell.startswith(_FORMULA)
    sheet.write_string(row, column, cell, style if marked else None)


def _rows(stored: Stored) -> list[list[Cell]]:
    columns: list[Sequence[Cell]] = []
    for column in stored.table.columns:
        texts = list(stored.cells[column.name])
        if column.type in ("integer", "exact"):
            numbers = stored.numbers(column)
            columns.append([t if n is None else n for t, n in zip(texts, numbers, strict=True)])
        else:
            columns.append(texts)
    return [list(stored.table.names), *map(list, zip(*columns, strict=True))]


def _about(source: Source) -> list[list[Cell]]:
    study = source.study
    rows: list[list[Cell]] = [
        ["what", "text"],
        ["title", study.title],
        ["title_zh", study.title_zh],
        ["how to read", described(study)],
        ["page sha256", page_sha256(study)],
        ["codebook", f"version {VERSION}, in the sheet codebook"],
        ["licence", f"{LICENCE}, {LICENCE_URL}"],
        ["creator", CREATOR],
    ]
    rows += [[f"sheet {stored.name}", stored.table.meaning] for stored in source.clean]
    return [*rows, [f"sheet {RESULTS.name}", RESULTS.meaning]]


def _results(source: Source) -> list[list[Cell]]:
    """Every result, exact: a bound that does not end is text, rounded outward."""
    from aidstudy.analysis import exact_table_of, results

    table = exact_table_of(results(source.study))
    rounding = {"low": ROUND_FLOOR, "high": ROUND_CEILING}
    rows: list[list[Cell]] = [list(RESULTS.names)]
    for row in table.to_dict("records"):
        cells: list[Cell] = []
        for name in RESULTS.names:
            cell = row[name]
            endless = isinstance(cell, Fraction) and Fraction(plain(cell)) != cell
            how = rounding.get(name, ROUND_HALF_EVEN)
            cells.append(plain(cell, rounding=how) if endless else cell)
        rows.append(cells)
    return rows


def _codebook(source: Source) -> list[list[Cell]]:
    rows: list[list[Cell]] = [
        ["table", "column", "type", "may be empty", "unit", "points to", "code", "meaning", "zh"]
    ]
    for stored in source.clean:
        for column in stored.table.columns:
            empty = "no" if column.required else "yes"
            head: list[Cell] = [stored.name, column.name, column.type, empty]
            head += [unit_of(stored, column), column.to]
            rows.append([*head, "", column.meaning, ""])
            rows += [
                [stored.name, column.name, "", "", "", "", code, what.meaning, what.zh]
                for code, what in stored.codes.get(column.name, {}).items()
            ]
    for column in RESULTS.columns:
        empty = "no" if column.required else "yes"
        told: list[Cell] = [RESULTS.name, column.name, column.type, empty]
        rows.append([*told, "", column.to, "", column.meaning, ""])
    return rows


__all__ = ["Cell", "Sheet", "sheets_bytes", "workbook"]
