"""The stored results and what moves them, held to their own formulas, states and bounds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from copies import REPOSITORY, change_cell, copy_of_study

from aidstudy import analysis
from aidstudy.analysis.stored import result_faults, sensitivity_faults
from aidstudy.codebook import CONTEXT_CLEAN, FIGURES, RESULTS, SENSITIVITY, Table
from aidstudy.errors import Fault, TableError
from aidstudy.tables.files import read_cells


def _cells(table: Table) -> pd.DataFrame:
    return read_cells(REPOSITORY / "data" / "clean" / f"{table.name}.csv", table.names)


def _faults(cells: pd.DataFrame) -> list[Fault]:
    return result_faults(
        cells,
        name="results.csv",
        letters=analysis.LETTERS,
        figures=set(_cells(FIGURES)["figure_id"]),
        facts=set(_cells(CONTEXT_CLEAN)["fact_id"]),
    )


def _changed(cells: pd.DataFrame, result_id: str, changes: dict[str, str]) -> int:
    row = int(cells.index[cells["result_id"] == result_id][0])
    for column, cell in changes.items():
        assert cells.at[row, column] != cell
        cells.at[row, column] = cell
    return row


@pytest.mark.parametrize(
    ("result_id", "changes", "column", "problem"),
    [
        ("complete.ganzi.share", {"value": "37,3"}, "value", "not a number"),
        ("complete.ganzi.share", {"value": "NA"}, "value", "not a number"),
        ("complete.ganzi.share", {"low": "=1+1"}, "low", "not a number"),
        ("complete.ganzi.share", {"high": "2"}, "value", "not between"),
        ("complete.ganzi.share", {"value": ""}, "value", "empty, although the state is derived"),
        ("complete.ganzi.share", {"state": "bounds_only"}, "value", "a single value, although"),
        ("complete.ganzi.share", {"state": "not_reported"}, "state", "although there is a number"),
        ("complete.ganzi.share", {"unit": "%%"}, "unit", "neither a base unit"),
        ("complete.ganzi.share", {"bounds_by": ""}, "bounds_by", "empty, although there are"),
        ("complete.ganzi.share", {"result_id": "a b"}, "result_id", "not the id of a result"),
        ("paid_of_committed.litang", {"result_id": "paid.litang"}, "result_id", "stands twice"),
        ("revenue.ganzi.total_over_ratio", {"figures": "ganzi-020"}, "figures",
         "ganzi-021 is missing, which is behind the formula"),
    ],
)  # fmt: skip
def test_a_fault_of_the_results_is_named(
    result_id: str, changes: dict[str, str], column: str, problem: str
) -> None:
    cells = _cells(RESULTS)
    row = _changed(cells, result_id, changes)
    told = {(fault.where.split(" (")[0], fault.column): fault for fault in _faults(cells)}
    fault = told[f"results.csv, row {row}", column]
    assert problem in fault.problem
    assert "reproduce --update" in fault.remedy


def test_days_are_days_and_in_order() -> None:
    cells = _cells(RESULTS)
    day = cells[(cells["unit"] == "date") & (cells["low"] != "")].iloc[0]
    for changes, column, problem in (
        ({"value": "2012-02-30"}, "value", "not a day"),
        ({"low": "735000"}, "low", "not a day"),
        ({"high": "1999-01-01"}, "value", "not between"),
    ):
        cells = _cells(RESULTS)
        _changed(cells, day["result_id"], changes)
        assert (column, problem) in [(f.column, f.problem[: len(problem)]) for f in _faults(cells)]


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"switch": "toru"}, "switch", "no judgement call; did you mean 'touru'?"),
        ({"option": "commitment"}, "option", "no other option of touru"),
        ({"option": "spending"}, "option", "no other option of touru; choose one of expenditure"),
        ({"result_id": "complete.lhasa"}, "result_id", "no such result"),
        ({"difference": ""}, "difference", "empty, although there are two values"),
        ({"difference": "x"}, "difference", "not a number"),
        ({"difference": "0.123"}, "difference", "less"),
        ({"value": "", "state": "not_reported", "low": "", "high": ""}, "difference", "no two"),
        ({"default_value": "0"}, "default_value", "results.csv has"),
        ({"default_state": "derived"}, "default_state", "results.csv has"),
        ({"unit": "m3"}, "unit", "results.csv has"),
        ({"high": "-1"}, "value", "not between"),
    ],
)
def test_a_fault_of_what_moves_is_named(changes: dict[str, str], column: str, problem: str) -> None:
    cells, results = _cells(SENSITIVITY), _cells(RESULTS)
    (row,) = cells.index[(cells["switch"] == "touru") & (cells["result_id"] == "spent.ganzi")]
    for name, cell in changes.items():
        assert cells.at[row, name] != cell
        cells.at[row, name] = cell
    told = {f.column: f.problem for f in sensitivity_faults(cells, results, name="s.csv")}
    assert problem in told[column]


def test_what_is_stored_has_no_faults() -> None:
    results = _cells(RESULTS)
    assert _faults(results) == []
    assert sensitivity_faults(_cells(SENSITIVITY), results, name="s.csv") == []


def test_the_loaders_refuse_what_the_rules_refuse(tmp_path: Path) -> None:
    study = copy_of_study(tmp_path)
    clean = study / "data" / "clean"
    change_cell(clean / "results.csv", "complete.ganzi.share", "unit", "%", "%%")
    for loader in (analysis.exact_results, analysis.exact_sensitivity):
        with pytest.raises(TableError, match=r"results\.csv, row \d+ \(complete.ganzi.share\)"):
            loader(study)
    change_cell(clean / "results.csv", "complete.ganzi.share", "unit", "%%", "%")
    moved = (clean / "sensitivity.csv").read_text(encoding="utf-8")
    (clean / "sensitivity.csv").write_text(moved.replace(",rule,", ",rules,"), encoding="utf-8")
    with pytest.raises(TableError, match="read 'rules': no judgement call"):
        analysis.exact_sensitivity(study)
