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
    twice = cells.duplicated(list(table.key), keep=False)
    place = table.names.index(table.key[0])
    kind = "id" if table.columns[place].type == "id" else "key"
    yield from ((row, place, kind) for row in cells.index[twice])


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
    placed = {"start", "end"} <= set(table.names)
    valued = [start for start in ("", "default_") if f"{start}value" in table.names]
    for row, texts in rows_of(cells).items():
        found = _offset_faults(texts["start"], texts["end"]) if placed else []
        for start in valued:
            found += _bound_faults(texts, start)
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


def _bound_faults(texts: Mapping[str, str], start: str) -> list[tuple[str, str, str]]:
    kind, state = _kind_of(texts, start), texts.get(f"{start}state")
    told = {f"{start}{part}": texts.get(f"{start}{part}", "") for part in ("value", "low", "high")}
    at, *ends = told
    if kind not in _FORMS and kind not in NUMERIC_KINDS:
        return [(end, f"a {kind} has no bounds", "leave it empty") for end in ends if told[end]]
    fits, problem, remedy = _FORMS.get(kind, _NUMBER)
    if wrong := [column for column, cell in told.items() if cell and not fits(cell)]:
        return [(column, problem, remedy) for column in wrong]
    if state in ("not_reported", "not_applicable"):
        silent = not any(told.values())
        return [] if silent else [(f"{start}state", f"{state}, although there is a value", _FILL)]
    if state is not None and (state == "bounds_only") is bool(told[at]):
        is_there = "a single value" if told[at] else "empty"
        return [(at, f"{is_there}, although the state is {state}", _FILL)]
    value, low, high = (exact(cell, kind) for cell in told.values())
    if not _in_order(low, high):
        return [(ends[0], f"above high {told[ends[1]]}", "exchange them or correct the print")]
    compared = isinstance(value, Fraction) or kind == "day"
    if compared and not (_in_order(low, value) and _in_order(value, high)):
        return [(at, f"outside its bounds {told[ends[0]]} to {told[ends[1]]}", "correct it")]
    return []


_FILL = "correct one of them"
_NUMBER = (DECIMAL.fullmatch, "not a number", "write a plain decimal in base units")
_FORMS: Mapping[str, tuple[Callable[[str], object], str, str]] = {
    "date": (is_date, "not a date or interval", "write ISO"),
    "period": (is_date, "not a date or interval", "write ISO"),
    "day": (lambda cell: is_date(cell) and len(cell) == 10, "not a day", "write ISO"),
}


def _kind_of(texts: Mapping[str, str], start: str) -> str:
    """The kind of a row; outside facts are numbers, results also days, or verdicts in words."""
    if f"{start}state" not in texts or texts["unit"]:
        return "day" if texts.get("unit") == "date" else texts.get("kind", "money")
    return "money" if texts[f"{start}low"] or texts[f"{start}high"] else "verdict"


def _in_order(a: Fraction | str | None, b: Fraction | str | None) -> bool:
    return a is None or b is None or a <= b  # type: ignore[operator]


def stored_cells(study: Study, label: str, table: Table) -> pd.DataFrame:
    """The text cells of a file of a study, which break no rule of single cells or of rows."""
    cells = read_cells(study.folder / label, table.names, name=label)
    faults = cell_faults(cells, table, study, name=label) or row_faults(cells, table, name=label)
    TableError.raise_if_any(faults, what=label)
    return cells
