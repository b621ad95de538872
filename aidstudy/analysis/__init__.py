"""The analyses A to P, their results, and which of them hang on a judgement call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import DATE, Analysis, Desk, Tables
from aidstudy.analysis.recorded import moved, worded
from aidstudy.analysis.stored import result_faults, sensitivity_faults, written
from aidstudy.analysis.switches import SWITCHES
from aidstudy.codebook import CONTEXT_CLEAN, FIGURES, RESULTS, SENSITIVITY, Table
from aidstudy.errors import TableError
from aidstudy.files import write_whole
from aidstudy.intervals import Interval
from aidstudy.result import Result, Results
from aidstudy.tables.cells import cell_faults, exact
from aidstudy.tables.files import csv_text, read_cells
from aidstudy.tables.load import StudyLike
from aidstudy.tables.record import warn_if_behind
from aidstudy.tables.study import Study, load_study

ANALYSES: Mapping[str, tuple[Analysis, ...]] = MappingProxyType({})
"""What gives the results of each letter, in the order in which they run."""

LETTERS = tuple("ABCDEFGHIJKLMNOP")
"""Of the analyses, computed here or recorded by a notebook."""


def results(study: StudyLike = None, *, choices: Mapping[str, str] | None = None) -> Results:
    """Every result of a study, each with its bounds and its trail.

    Parameters
    ----------
    study : Study or path, optional
    choices : mapping of str to str, optional
        Judgement calls made otherwise than by default, such as ``{"rule": "rounded"}``; all of
        them stand in ``aidstudy.analysis.switches.SWITCHES``.

    Returns
    -------
    Results
        In the order of the letters A to P; each also by its id.

    Raises
    ------
    ResultError
        If a choice names no judgement call, or an option that it does not have.
    """
    opened = load_study(study)
    warn_if_behind(opened)
    return Desk(opened, choices).run(ANALYSES)


def exact_table_of(found: Results) -> pd.DataFrame:
    """Results as a table with exact cells and the columns of the codebook.

    Parameters
    ----------
    found : Results

    Returns
    -------
    pandas.DataFrame
        Values and bounds are exact (``fractions.Fraction``), days are ISO text, verdicts words;
        ``None`` where there is none.
    """
    return pd.DataFrame(
        [_row(result) for result in found], columns=list(RESULTS.names), dtype=object
    )


def _row(result: Result) -> dict[str, object]:
    bounds, bounds_by = result.term.bounded() if result.term.known else (None, "")
    return {
        "result_id": result.result_id,
        "analysis": result.analysis,
        "label": result.label,
        "label_zh": result.label_zh,
        **_numbers(result, bounds),
        "unit": result.unit,
        "state": result.term.state,
        "formula": result.term.formula(),
        "figures": " ".join(result.sources("figure")),
        "facts": " ".join(result.sources("fact")),
        "depends_on": " ".join(result.term.results()),
        "note": result.note,
        "bounds_by": "" if result.text else bounds_by,
        **dict.fromkeys(("ci_low", "ci_high", "level")),
        "notebook": "",
        "cell": "",
    }


def _numbers(result: Result, bounds: Interval | None) -> dict[str, object]:
    """Value, low and high of a result, days in ISO form, verdicts without bounds."""
    if result.text:
        return {"value": result.text, "low": None, "high": None}
    numbers = {
        "value": result.term.value,
        "low": None if bounds is None else bounds.low,
        "high": None if bounds is None else bounds.high,
    }
    if result.unit == DATE:
        return {name: _iso(number) for name, number in numbers.items()}
    return dict(numbers)


def _iso(day: Fraction | None) -> str | None:
    """The day in which a moment falls."""
    return None if day is None else dt.date.fromordinal(int(day)).isoformat()


def table_text(table: pd.DataFrame, spec: Table) -> str:
    """A table of results as CSV text.

    Parameters
    ----------
    table : pandas.DataFrame
        With exact cells.
    spec : Table
        Its columns.
    """
    rows = (
        {column: written(column, row[column]) for column in spec.names}
        for row in table.to_dict("records")
    )
    return csv_text(spec.names, rows)


def write_results(
    study: Study, into: Study | None = None, recorded: Sequence[dict[str, Any]] = ()
) -> dict[str, int]:
    """All results and which of them move under each judgement call, computed and written.

    Parameters
    ----------
    study : Study
    into : Study, optional
        Where ``data/clean/`` is written, the same study by default.
    recorded : sequence of dict
        What notebooks recorded, from :func:`aidstudy.analysis.recorded.collected`.

    Returns
    -------
    dict of str to int
        Rows by table.
    """
    target = (into or study).clean
    tables = Tables(study)
    found = Desk(tables=tables).run(ANALYSES)
    tables_of = (
        (RESULTS, exact_table_of(found), worded(study, recorded)),
        (SENSITIVITY, sensitivity_table(tables, found), moved(recorded)),
    )
    counts = {}
    for spec, computed, told in tables_of:
        given = {row["result_id"] for row in recorded}
        kept = computed[~computed["result_id"].isin(given)]
        filled = [dict.fromkeys(spec.names, "") | row for row in told]
        rows = pd.DataFrame(filled, columns=list(spec.names), dtype=object)
        # Recorded ones first: formulas of those that are computed may name them.
        whole = pd.concat([rows, kept], ignore_index=True) if told else kept
        write_whole(target / f"{spec.name}.csv", table_text(whole, spec))
        counts[spec.name] = len(whole)
    return counts


def exact_results(study: StudyLike = None) -> pd.DataFrame:
    """The stored results with exact cells: decimals as fractions, days and verdicts as text."""
    opened = load_study(study)
    return _typed(_result_cells(opened), RESULTS)


def exact_sensitivity(study: StudyLike = None) -> pd.DataFrame:
    """Which results move under each judgement call, as stored, with exact cells."""
    opened = load_study(study)
    results = _result_cells(opened)
    cells, label = _checked_cells(SENSITIVITY, opened)
    faults = sensitivity_faults(cells, results, name=label)
    if faults:
        raise TableError.from_faults(faults, what=label)
    return _typed(cells, SENSITIVITY)


def _result_cells(study: Study) -> pd.DataFrame:
    cells, label = _checked_cells(RESULTS, study)
    figures, facts = (
        set(read_cells(study.folder / name, spec.names, name=name)[spec.key[0]])
        for spec in (FIGURES, CONTEXT_CLEAN)
        for name in [_label(spec)]
    )
    faults = result_faults(cells, name=label, letters=LETTERS, figures=figures, facts=facts)
    if faults:
        raise TableError.from_faults(faults, what=label)
    return cells


def _label(spec: Table) -> str:
    return f"data/clean/{spec.name}.csv"


def _checked_cells(spec: Table, study: Study) -> tuple[pd.DataFrame, str]:
    """A stored table as text cells, each as the codebook says, and its name."""
    label = _label(spec)
    cells = read_cells(study.folder / label, spec.names, name=label)
    faults = cell_faults(cells, spec, study, name=label)
    if faults:
        raise TableError.from_faults(faults, what=label)
    return cells, label


def _typed(cells: pd.DataFrame, spec: Table) -> pd.DataFrame:
    for column in spec.columns:
        if column.type == "exact":
            values = [exact(cell) for cell in cells[column.name]]
            cells[column.name] = pd.Series(values, index=cells.index, dtype=object)
    return cells.reset_index(drop=True)


# --- judgement calls ----------------------------------------------------------------------------


def moves_of(study: StudyLike = None) -> pd.DataFrame:
    """Which results move when one judgement call is made otherwise, with exact cells."""
    tables = Tables(load_study(study))
    return sensitivity_table(tables, Desk(tables=tables).run(ANALYSES))


def sensitivity_table(tables: Tables, default: Results) -> pd.DataFrame:
    """The same as :func:`moves_of`, from loaded tables and the results under the defaults."""
    before = {result.result_id: result for result in default}
    rows: list[dict[str, object]] = []
    for switch in SWITCHES.values():
        for option in list(switch.options)[1:]:
            under = Desk(choices={switch.name: option}, tables=tables).run(ANALYSES)
            after = {result.result_id: result for result in under}
            for result_id in dict.fromkeys([*before, *after]):
                row = _moved(before.get(result_id), after.get(result_id))
                if row is not None:
                    rows.append({"switch": switch.name, "option": option, **row})
    return pd.DataFrame(rows, columns=list(SENSITIVITY.names), dtype=object)


_NONE: Mapping[str, object] = {"value": None, "low": None, "high": None, "state": "not_reported"}


def _moved(before: Result | None, after: Result | None) -> dict[str, object] | None:
    old, new = (
        dict(_NONE)
        if result is None
        else {**_numbers(result, result.term.bounds()), "state": result.term.state}
        for result in (before, after)
    )
    if old == new:
        return None
    either = after or before
    assert either is not None
    return {
        "result_id": either.result_id,
        **new,
        **{f"default_{name}": value for name, value in old.items()},
        "difference": _difference(before, after),
        "unit": either.unit,
    }


def _difference(before: Result | None, after: Result | None) -> Fraction | None:
    if before is None or after is None or before.text or after.text:
        return None
    old, new = before.term.value, after.term.value
    return None if old is None or new is None else new - old


__all__ = [
    "ANALYSES",
    "exact_results",
    "exact_sensitivity",
    "exact_table_of",
    "moves_of",
    "results",
    "sensitivity_table",
    "table_text",
    "write_results",
]
