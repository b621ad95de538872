"""Cells as text against the codebook: types, codes, ids, empty cells.

The schema of each table is made from the codebook. pandera's checks pass over missing values
unless told otherwise, so every column says whether it may be empty, and a check never sees an
empty cell.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from aidstudy.codebook import NUMERIC_KINDS, Column, Table, did_you_mean
from aidstudy.errors import Fault
from aidstudy.tables.files import row_name
from aidstudy.tables.study import Study

if TYPE_CHECKING:
    import pandera.pandas as pa

_ISO_POINT = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
ISO = re.compile(rf"{_ISO_POINT}(?:/{_ISO_POINT})?")
"""A date as coarse as the print, or an interval of two."""

INTEGER = re.compile(r"0|[1-9][0-9]*")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_UNSEEMLY = re.compile(r"^\s|\s$|[\x00-\x1f\x7f\ud800-\udfff]")

_REMEDY = {
    "required": ("the cell is empty", "fill it"),
    "tidy": ("stray white space or control character", "delete it"),
    "integer": ("not a whole number", "write digits only, such as 572"),
    "date": (
        "not a date or interval",
        "write ISO, as coarse as the print: 2012-04-12, 2012-10, 2012/2016",
    ),
    "id": ("the id stands twice", "give each row its own id"),
    "key": ("the same row stands twice", "delete one or correct its key"),
}


def exact(cell: str, kind: str = "") -> Fraction | str | None:
    """A cell of an ``exact`` column: a number, ISO text, or nothing.

    The year 2015 and the list number 1 look like numbers; their kind says that they are text.
    """
    if cell == "":
        return None
    is_number = DECIMAL.fullmatch(cell) and (not kind or kind in NUMERIC_KINDS)
    return Fraction(cell) if is_number else cell


def _schema(table: Table, study: Study) -> pa.DataFrameSchema:
    import pandera.pandas as pa

    def column_checks(column: Column) -> list[pa.Check]:
        checks = [pa.Check(lambda cell: not _UNSEEMLY.search(cell), element_wise=True, name="tidy")]
        codes = study.codes_of(column)
        if column.type == "integer":
            checks.append(
                pa.Check(lambda c: bool(INTEGER.fullmatch(c)), element_wise=True, name="integer")
            )
        elif column.type == "date":
            checks.append(
                pa.Check(lambda c: bool(ISO.fullmatch(c)), element_wise=True, name="date")
            )
        elif column.type == "code" and codes is not None:
            checks.append(pa.Check(lambda c: c in codes, element_wise=True, name="code"))
        elif column.type == "codes" and codes is not None:
            checks.append(
                pa.Check(
                    lambda c: all(p in codes for p in c.split(" ")), element_wise=True, name="code"
                )
            )
        return checks

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                object,
                checks=column_checks(column),
                nullable=not column.required,
                unique=column.type == "id",
                required=True,
            )
            for column in table.columns
        },
        unique=list(table.key) if len(table.key) > 1 else None,
        strict=True,
    )


def cell_faults(cells: pd.DataFrame, table: Table, study: Study, *, name: str) -> list[Fault]:
    """What is wrong in single cells, and in ids and keys that stand twice.

    Parameters
    ----------
    cells : pandas.DataFrame
        Text cells, as :func:`aidstudy.tables.files.read_cells` gives them.
    table : Table
    study : Study
        Names the places that ``recipient`` and ``donor`` may hold.
    name : str
        File, for the messages.

    Returns
    -------
    list of Fault
        In the order of rows and columns; empty when nothing is wrong.
    """
    import pandera.errors

    with_missing = cells.astype(object).where(cells != "", None)
    try:
        _schema(table, study).validate(with_missing, lazy=True)
    except pandera.errors.SchemaErrors as found:
        failures = found.failure_cases
    else:
        return []
    faults: dict[tuple[int, str, str], Fault] = {}
    for failure in failures.to_dict("records"):
        if pd.isna(failure["index"]):
            continue
        row = int(failure["index"])
        column_name = str(failure["column"])
        check = str(failure["check"])
        kind = {
            "not_nullable": "required",
            "field_uniqueness": "id",
            "multiple_fields_uniqueness": "key",
        }.get(check, check)
        if kind == "key":
            column_name = table.key[0]
        place = f"{name}, {row_name(cells, row, table)}"
        read = "" if kind == "required" else str(cells.at[row, column_name])
        if kind == "code":
            codes = study.codes_of(table.column(column_name)) or {}
            wrong = next((part for part in read.split(" ") if part not in codes), read)
            problem, remedy = "not in the codebook", did_you_mean(wrong, codes).lstrip("; ")
        else:
            problem, remedy = _REMEDY[kind]
        faults[row, column_name, kind] = Fault(place, column_name, read, problem, remedy)
    order = {column: place for place, column in enumerate(table.names)}
    return [faults[key] for key in sorted(faults, key=lambda k: (k[0], order[k[1]], k[2]))]


__all__ = ["DECIMAL", "INTEGER", "ISO", "cell_faults", "exact"]
