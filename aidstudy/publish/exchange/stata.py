"""Stata files of the clean tables."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd

from aidstudy.publish.exchange.source import Stored, StudyOrSource, source_of
from aidstudy.tables.study import Study

_MADE = dt.datetime(2013, 1, 1)
_LABEL = 80
"""Characters that Stata keeps of the label of a variable or a file."""

# The word ends a program in Stata.
_RENAMED = {"end": "end_"}


def stata_files(study: StudyOrSource) -> dict[str, bytes]:
    """Each clean table as a Stata file, format 118 (Stata 14 and later), text in UTF-8.

    Codes are strings; ``status``, whose codes are numbers, is a number with value labels.
    Exact values stay strings, with a double beside them, such as ``low_number`` beside ``low``.
    The column ``end`` is called ``end_``. An empty string or ``.`` is missing.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    dict of str to bytes
        By file name.

    Raises
    ------
    TableError
        If a table is not as the codebook says.
    """
    source = source_of(study)
    return {f"{one.name}.dta": _stata_file(one, source.study) for one in source.clean}


def _stata_file(stored: Stored, study: Study) -> bytes:
    columns: dict[str, pd.Series] = {}
    labels: dict[str, str] = {}
    value_labels: dict[str, dict[int, str]] = {}
    for column in stored.table.columns:
        name, cells = _RENAMED.get(column.name, column.name), stored.cells[column.name]
        codes = stored.codes.get(column.name, {})
        labels[name] = _cut(column.meaning)
        if column.type == "integer":
            columns[name] = _integers(cells)
        elif column.type == "code" and all(code.isdigit() for code in codes):
            columns[name] = _integers(cells)
            value_labels[name] = {int(code): what.meaning for code, what in codes.items()}
        else:
            columns[name] = pd.Series(cells.tolist(), dtype=object)
        if column.type == "exact":
            numbers = [None if n is None else float(n) for n in stored.numbers(column)]
            columns[f"{name}_number"] = pd.Series(numbers, dtype="float64")
            labels[f"{name}_number"] = _cut(f"{name} as a number: {column.meaning}")
    out = io.BytesIO()
    pd.DataFrame(columns).to_stata(
        out,
        write_index=False,
        time_stamp=_MADE,
        data_label=_cut(f"{study.title}: {stored.table.meaning}"),
        variable_labels=labels,
        value_labels=value_labels or None,
        version=118,
    )
    return out.getvalue()


def _integers(cells: pd.Series) -> pd.Series:
    return pd.Series([int(cell) if cell else None for cell in cells], dtype="Int64")


def _cut(text: str) -> str:
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


__all__ = ["stata_files"]
