"""Cells as text against the codebook: types, codes, ids, empty cells."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.codebook import NUMERIC_KINDS, Column, Table, did_you_mean
from aidstudy.errors import Fault, TableError
from aidstudy.files import read_toml
from aidstudy.tables.files import fault_at, read_cells, rows_of
from aidstudy.tables.study import Study

_ISO_POINT = r"[1-9][0-9]{3}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_ISO = re.compile(rf"({_ISO_POINT})(?:/({_ISO_POINT}))?")

# No page has more characters, and no figure more digits; pandas holds integers of 64 bits.
INTEGER = re.compile(r"0|[1-9][0-9]{0,8}")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?")
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
# Zero-width and direction marks, byte order marks and the sign of a lost character are not seen on
# a screen, so an id that holds one looks like the id beside it.
_UNSEEMLY = re.compile(
    r"^\s|\s$|\s{2}|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffd]"
)

_HAN = re.compile("[\u4e00-\u9fff]")
# Written in one's own words; a name may be printed in Latin letters.
_IN_CHINESE = frozenset({"label_zh", "next_step_zh", "note_zh"})

RULES: Mapping[str, Any] = read_toml(__file__, "rules.toml")
"""Of single cells below ``cells`` and of whole tables below their names, see ``rules.toml``."""


def is_date(cell: str) -> bool:
    """Whether a cell is a day, month or year that exists, or an interval of two in order.

    >>> is_date("2012-02-29"), is_date("2012-02-30"), is_date("2016/2012")
    (True, False, False)
    """
    found = _ISO.fullmatch(cell)
    if found is None:
        return False
    first, last = found[1], found[2] or found[1]
    for point in (first, last):
        try:
            dt.date.fromisoformat(point + "-01-01"[len(point) - 4 :])
        except ValueError:
            return False
    return first[: len(last)] <= last[: len(first)]


def exact(cell: str, kind: str = "") -> Fraction | str | None:
    """A cell of an ``exact`` column: a number, text (as the year 2015, by its kind), or nothing."""
    if cell == "":
        return None
    is_number = DECIMAL.fullmatch(cell) and (not kind or kind in NUMERIC_KINDS)
    return Fraction(cell) if is_number else cell


def _tests(column: Column, study: Study) -> Iterator[tuple[str, Callable[[str], object]]]:
    """What each cell of a column that is not empty must fulfil, by the kind of the fault."""
    yield "tidy", lambda cell: not _UNSEEMLY.search(cell)
    codes = study.codes_of(column)
    if codes is not None and column.type == "code":
        yield "code", lambda cell: cell in codes
    if codes is not None and column.type == "codes":
        yield "code", lambda cell: all(part in codes for part in cell.split())
    if column.type in ("codes", "refs"):
        yield "list", lambda cell: cell.split(" ") == list(dict.fromkeys(cell.split()))
    if column.type in ("id", "ref"):
        yield "name", _ID.fullmatch
    if column.type == "integer":
        yield "integer", INTEGER.fullmatch
    if column.type == "date":
        yield "date", is_date
    if column.name in _IN_CHINESE:
        yield "chinese", _HAN.search


def _found(cells: pd.DataFrame, table: Table, study: Study) -> Iterator[tuple[int, int, str]]:
    """Row, place of the column and kind of each fault, in no order."""
    for place, column in enumerate(table.columns):
        tests = list(_tests(column, study))
        for row, cell in cells[column.name].items():
            if cell:
                yield from ((row, place, kind) for kind, fits in tests if not fits(cell))
            elif column.required:
                yield row, place, "required"
        if column.type == "id":
            twice = cells[column.name].duplicated(keep=False)
            yield from ((row, place, "id") for row in cells.index[twice])
    if len(table.key) > 1:
        twice = cells.duplicated(list(table.key), keep=False)
        place = table.names.index(table.key[0])
        yield from ((row, place, "key") for row in cells.index[twice])


def cell_faults(cells: pd.DataFrame, table: Table, study: Study, *, name: str) -> list[Fault]:
    """What is wrong in the cells of the file `name`, and in ids and keys that stand twice."""
    faults = []
    for row, place, kind in sorted(_found(cells, table, study)):
        column = table.columns[place]
        read = cells.at[row, column.name]
        told = RULES["cells"].get(kind)
        if told is None:
            codes = study.codes_of(column) or {}
            wrong = next((part for part in read.split() if part not in codes), read)
            told = ("not in the codebook", did_you_mean(wrong, codes).lstrip("; "))
        faults.append(fault_at(cells, row, table, name, column.name, *told))
    return faults


def row_faults(cells: pd.DataFrame, table: Table, *, name: str) -> list[Fault]:
    """What is wrong between sound cells of one row: offsets, and a value with its bounds."""
    faults: list[Fault] = []
    placed, valued = {"start", "end"} <= set(table.names), "value" in table.names
    for row, texts in rows_of(cells).items():
        found = _offset_faults(texts["start"], texts["end"]) if placed else []
        found += _bound_faults(texts) if valued else []
        faults += [fault_at(cells, row, table, name, *told) for told in found]
    return faults


def _offset_faults(start: str, end: str) -> list[tuple[str, str, str]]:
    if start and end:
        if int(start) < int(end):
            return []
        return [("end", f"not after start {start}", "correct the offsets")]
    if start or end:
        return [("end" if start else "start", "one offset without the other", "give both")]
    return []


def _bound_faults(texts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    # Outside facts have no kind; all of them are numbers. A draft has no bounds.
    kind = texts.get("kind", "money")
    told = {column: texts.get(column, "") for column in ("value", "low", "high")}
    if kind in ("date", "period"):
        wrong = [column for column, cell in told.items() if cell and not is_date(cell)]
        problem, remedy = "not a date or interval", "write ISO"
    elif kind in NUMERIC_KINDS:
        wrong = [column for column, cell in told.items() if cell and not DECIMAL.fullmatch(cell)]
        problem, remedy = "not a number", "write a plain decimal in base units"
    else:
        wrong = [column for column in ("low", "high") if told[column]]
        problem, remedy = f"a {kind} has no bounds", "leave it empty"
    if wrong:
        return [(column, problem, remedy) for column in wrong]
    value, low, high = (exact(cell, kind) for cell in told.values())
    if not _in_order(low, high):
        return [("low", f"above high {told['high']}", "exchange them or correct the print")]
    if isinstance(value, Fraction) and not (_in_order(low, value) and _in_order(value, high)):
        return [("value", f"outside its bounds {told['low']} to {told['high']}", "correct it")]
    return []


def _in_order(a: Fraction | str | None, b: Fraction | str | None) -> bool:
    return a is None or b is None or a <= b  # type: ignore[operator]


def stored_cells(study: Study, label: str, table: Table) -> pd.DataFrame:
    """The text cells of a file of a study, which break no rule of single cells or of rows."""
    cells = read_cells(study.folder / label, table.names, name=label)
    faults = cell_faults(cells, table, study, name=label) or row_faults(cells, table, name=label)
    TableError.raise_if_any(faults, what=label)
    return cells
