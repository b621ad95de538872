"""The stored tables with exact cells: types, order of codes, exact values, what is missing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import REPOSITORY, case_set, change_bytes, change_cell, checked, copy_of_study

from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.codebook import CLEAN_TABLES, NUMERIC_KINDS, OUTSIDE_TABLES
from aidstudy.errors import Fault, FileError, TableError
from aidstudy.tables.check import check_draft
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import exact_table, stale_faults
from aidstudy.tables.study import Study, load_study

NAMES = ("figures", "projects", "events", "pairs", "mechanisms", "context", "dac_codes")
TABLES = {**CLEAN_TABLES, "dac_codes": OUTSIDE_TABLES["dac_codes"]}


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return {name: exact_table(name, REPOSITORY) for name in NAMES}


def test_what_the_page_does_not_say_is_missing_and_never_zero(
    frames: dict[str, pd.DataFrame],
) -> None:
    figures = frames["figures"].set_index("figure_id")
    assert figures.at["xinlong-027", "low"] is None
    assert figures.at["xinlong-027", "high"] == "2012-10-31"
    assert figures.at["litang-032", "low"] is None
    assert figures.at["xiangcheng-008", "donor"] is None
    assert pd.isna(figures.at["page-001", "period"])
    mechanisms = frames["mechanisms"]
    unmentioned = mechanisms[mechanisms["present"] == "not_mentioned"]
    assert len(unmentioned) > 0
    assert unmentioned["start"].isna().all()
    for name, frame in frames.items():
        for column in TABLES[name].columns:
            if not column.required and column.type in ("integer", "exact"):
                assert 0 not in [cell for cell in frame[column.name] if not pd.isna(cell)]


def test_values_are_exact(frames: dict[str, pd.DataFrame]) -> None:
    figures = frames["figures"].set_index("figure_id")
    assert figures.at["ganzi-021", "low"] == Fraction(8445, 10_000)
    assert figures.at["xinlong-023", "value"] == 17_677_500
    assert figures.at["xiangcheng-020", "value"] == Fraction(3, 2)
    # The year 2015 and the list number 1 look like numbers and are text.
    assert figures.at["xinlong-020", "value"] == "2015"
    assert figures.at["litang-008", "value"] == "1"
    numeric = figures["kind"].isin(NUMERIC_KINDS)
    for values, kind in (
        (figures.loc[numeric, "value"], Fraction),
        (figures.loc[~numeric, "value"], str),
        (frames["context"]["value"], Fraction),
    ):
        assert {type(value) for value in values} == {kind}


# --- stored tables that were changed by hand -------------------------------------------------


READ: dict[str, Callable[[Study], object]] = {
    "data/clean/figures.csv": lambda study: exact_table("figures", study),
    "data/clean/results.csv": exact_results,
    "data/clean/sensitivity.csv": exact_sensitivity,
    "data/draft.csv": lambda study: check_draft(study, checked()["figures"]),
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(copy_of_study(tmp_path_factory.mktemp("study")))


@pytest.mark.parametrize(
    "case", case_set("stored_faults"), ids=lambda case: f"{case['row']} {case['cells']}"
)
def test_a_fault_of_a_stored_table_is_named_at_its_cell(case: dict[str, Any], study: Study) -> None:
    """Other cells of one row, the columns that are blamed, and the first problem; or none."""
    path = study.folder / case["file"]
    before = path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(before.decode(), newline="")))
    number, row = next((n, row) for n, row in enumerate(rows, 2) if case["row"] in row.values())
    row |= case["cells"]
    path.write_bytes(csv_text(list(row), rows).encode())
    faults: Sequence[Fault] = ()
    try:
        READ[case["file"]](study)
    except TableError as error:
        faults = error.faults
    finally:
        path.write_bytes(before)
    assert [fault.column for fault in faults] == case["columns"]
    if faults:
        assert any(fault.where.startswith(f"{case['file']}, row {number} (") for fault in faults)
        assert faults[0].problem.startswith(case["problem"])
        assert faults[0].remedy


# --- stored and derived ------------------------------------------------------------------------


def test_a_clean_cell_that_the_raw_tables_do_not_give_is_named(tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    assert stale_faults(study, checked()) == []
    change_cell(study.clean / "figures.csv", "litang-002", "high", "30005000", "30005001")
    (fault,) = stale_faults(study, checked())
    assert str(fault) == (
        "data/clean/figures.csv, row 4 (litang-002), column high: read '30005001': the raw tables "
        "give '30005000'; rebuild it with aidstudy reproduce --update, or restore it"
    )


def test_a_clean_row_too_few_or_too_many_is_named_once(tmp_path: Path) -> None:
    study = load_study(copy_of_study(tmp_path))
    change_bytes(study.clean / "pairs.csv", lambda content: _lines(content, slice(0, -1)))
    change_bytes(study.clean / "events.csv", lambda content: _lines(content, [*range(27), 26]))
    (study.clean / "mechanisms.csv").unlink()
    with pytest.raises(FileError, match=r"data/clean/mechanisms\.csv: cannot be read"):
        exact_table("mechanisms", study)
    assert [(f.where, f.read, f.problem) for f in stale_faults(study, checked())] == [
        ("data/clean/events.csv, row 28", "ganzi-e07", "the raw tables give no row there"),
        ("data/clean/pairs.csv, row 22", "", "the raw tables give prefecture_hospital dege there"),
    ]


def _lines(content: bytes, chosen: slice | list[int]) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(lines[chosen] if isinstance(chosen, slice) else [lines[at] for at in chosen])
