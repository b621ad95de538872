"""The stored results and what moves them, held to their own formulas, states and bounds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from copies import REPOSITORY, copy_of_study

from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.errors import TableError

# One changed cell of a stored table, the column that is blamed, and what is said of it.
FAULTS = """
results complete.ganzi.share value 37,3 | value: not a number
results complete.ganzi.share value NA | value: not a number
results complete.ganzi.share low =1+1 | low: not a number
results complete.ganzi.share high 2 | low: above high
results complete.ganzi.share value | value: empty, although the state is derived
results complete.ganzi.share state bounds_only | value: a single value, although
results complete.ganzi.share state not_reported | state: not_reported, although there is a value
results complete.ganzi.share unit %% | unit: neither a base unit
results complete.ganzi.share bounds_by | bounds_by: empty, although there are
results complete.ganzi.share result_id a b | result_id: not the id of a result
results complete.ganzi.share analysis Z | analysis: not an analysis
results paid_of_committed.litang result_id rule | result_id: the same row stands twice
results revenue.ganzi.total_over_ratio figures ganzi-020 | figures: ganzi-021 is missing, which is
results window.first value 2012-02-30 | value: not a day
results window.first value 2012-09 | value: not a day
results window.first low 735000 | low: not a day
results window.first high 1999-01-01 | low: above high
sensitivity spent.ganzi switch toru | switch: no judgement call; did you mean 'touru'?
sensitivity spent.ganzi option commitment | option: no other option of touru
sensitivity spent.ganzi option spending | option: no other option of touru; choose
sensitivity spent.ganzi result_id complete.lhasa | result_id: no such result
sensitivity spent.ganzi difference | difference: empty, although there are two values
sensitivity spent.ganzi difference x | difference: not a number
sensitivity spent.ganzi difference 0.123 | difference: not
sensitivity spent.ganzi default_value 0 | default_value: outside its bounds
sensitivity spent.ganzi default_state hypothetical | default_state: results.csv has
sensitivity spent.ganzi unit m3 | unit: results.csv has
sensitivity spent.ganzi high -1 | low: above high
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_study(tmp_path_factory.mktemp("study"))


@pytest.mark.parametrize("case", FAULTS.strip().splitlines())
def test_a_fault_of_the_stored_results_is_named(case: str, study: Path) -> None:
    told, _, fault = case.partition(" | ")
    (table, result_id, column), cell = told.split(" ")[:3], " ".join(told.split(" ")[3:])
    path = study / "data" / "clean" / f"{table}.csv"
    before = path.read_bytes()
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    (at, *_) = rows.index[rows["result_id"] == result_id]
    assert rows.at[at, column] != cell
    rows.at[at, column] = cell
    path.write_bytes(rows.to_csv(index=False, lineterminator="\n").encode())
    load = exact_results if table == "results" else exact_sensitivity
    with pytest.raises(TableError) as caught:
        load(study)
    path.write_bytes(before)
    blamed, _, problem = fault.partition(": ")
    place = f"data/clean/{table}.csv, row {at + 2} ("
    faults = caught.value.faults
    (found,) = [one for one in faults if one.column == blamed and one.where.startswith(place)]
    assert found.problem.startswith(problem)
    assert "reproduce --update" in found.remedy


def test_what_is_stored_has_no_faults() -> None:
    assert len(exact_results(REPOSITORY)) > 200
    assert len(exact_sensitivity(REPOSITORY)) > 50
