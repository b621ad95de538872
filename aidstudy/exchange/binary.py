"""Parquet, Stata and SQLite files of the tables."""

from __future__ import annotations

import datetime as dt
import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aidstudy.codebook import VERSION
from aidstudy.exchange.tables import LICENCE, Cell, Exported, Field, Source, described
from aidstudy.extras import extra_module

_MADE = dt.datetime(2013, 1, 1)
_LABEL = 80
"""Characters that Stata keeps of the label of a variable or a file."""
_RESERVED = {"end", "if", "in", "using", "with", "byte", "int", "long", "float", "double"}


def parquet_files(source: Source) -> dict[str, bytes]:
    """Each table as Parquet, as pandas, R and DuckDB read it, with the meaning of each column."""
    arrow = extra_module("pyarrow", extra="exchange", purpose="a Parquet file")
    writer = extra_module("pyarrow.parquet", extra="exchange", purpose="a Parquet file")
    files = {}
    for table in source.tables:
        made = arrow.Table.from_pandas(table.frame, preserve_index=False)
        schema = made.schema
        for place, field in enumerate(table.fields):
            told = {"description": field.meaning, "unit": field.unit}
            schema = schema.set(place, schema.field(place).with_metadata(told))
        about = {
            "title": source.study.title,
            "table": table.meaning,
            "description": described(source.study),
            "page_sha256": source.study.page["sha256"],
            "codebook_version": str(VERSION),
            "licence": LICENCE,
        }
        out = io.BytesIO()
        writer.write_table(made.cast(schema.with_metadata(made.schema.metadata | about)), out)
        files[f"{table.name}.parquet"] = out.getvalue()
    return files


def stata_files(source: Source) -> dict[str, bytes]:
    """Each table as Stata, format 118 (Stata 14 and later).

    A column of codes is a number whose value labels are the codes, in their order; codes that are
    numbers themselves are labelled with what they mean. A bound that is open is missing, as Stata
    has nothing infinite.
    """
    return {f"{table.name}.dta": _stata(table, source.study.title) for table in source.tables}


def _stata(table: Exported, title: str) -> bytes:
    columns, labels, dates = {}, {}, {}
    values: dict[str, dict[int | float, str]] = {}
    for field in table.fields:
        name = f"{field.name}_" if field.name in _RESERVED else field.name
        columns[name] = _stata_column(table.frame[field.name], field)
        labels[name] = _cut(f"{field.meaning} [{field.unit}]" if field.unit else field.meaning)
        if field.type == "day":
            dates[name] = "td"
        if _numbered(field):
            values[name] = {int(code): what.meaning for code, what in field.codes.items()}
    out = io.BytesIO()
    pd.DataFrame(columns).to_stata(
        out,
        write_index=False,
        time_stamp=_MADE,
        convert_dates=dates,
        data_label=_cut(f"{title}: {table.meaning}"),
        variable_labels=labels,
        value_labels=values or None,
        version=118,
    )
    return out.getvalue()


def _numbered(field: Field) -> bool:
    return bool(field.codes) and all(code.isdigit() for code in field.codes)


def _stata_column(column: pd.Series, field: Field) -> pd.Series:
    if _numbered(field):
        return column.astype(object).map(int, na_action="ignore").astype("Int64")
    # pandas writes no labels of a column without rows.
    if field.codes and len(column):
        return column.astype(pd.CategoricalDtype(list(field.codes), ordered=True))
    if field.type == "text":
        return column.astype(object).where(column.notna(), "")
    if field.type == "flag":
        return column.astype("Int8")
    return column.replace([np.inf, -np.inf], np.nan) if field.type == "number" else column


def _cut(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


_SQL_TYPES = {"number": "REAL", "integer": "INTEGER", "flag": "INTEGER"}


def sqlite_file(source: Source) -> dict[str, bytes]:
    """All tables in one SQLite database with keys and codes enforced, and a view per question."""
    views = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as database:
        for table in source.tables:
            database.execute(_create(table))
            marks = ", ".join("?" * len(table.fields))
            rows = [[_stored(cell) for cell in row] for row in table.rows()]
            database.executemany(f"INSERT INTO {table.name} VALUES ({marks})", rows)
        database.executescript(views)
        database.commit()
        return {"tables.sqlite": bytes(database.serialize())}


def _create(table: Exported) -> str:
    lines = [_sql_column(field) for field in table.fields]
    if table.key:
        lines.append(f"PRIMARY KEY ({', '.join(map(_quoted, table.key))})")
    lines += [
        f"FOREIGN KEY ({_quoted(field.name)}) REFERENCES {field.to}"
        for field in table.fields
        if field.to
    ]
    return f"CREATE TABLE {table.name} (\n  " + ",\n  ".join(lines) + "\n)"


def _sql_column(field: Field) -> str:
    line = f"{_quoted(field.name)} {_SQL_TYPES.get(field.type, 'TEXT')}"
    line += " NOT NULL" * field.required
    if field.codes:
        listed = ", ".join("'" + code.replace("'", "''") + "'" for code in field.codes)
        line += f" CHECK ({_quoted(field.name)} IN ({listed}))"
    return line


def _quoted(name: str) -> str:
    return f'"{name}"'


def _stored(cell: Cell) -> Any:
    return cell.isoformat() if isinstance(cell, dt.date) else cell
