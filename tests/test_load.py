"""Files of tables: one form only, and the stored tables with exact cells."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import REPOSITORY, case_set, change_bytes, checked, copy_of_study, csv_rows
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.analysis.served import exact_results, exact_sensitivity
from aidstudy.codebook import CLEAN_TABLES, OUTSIDE_TABLES
from aidstudy.errors import Fault, FileError, TableError
from aidstudy.tables.check import check_draft
from aidstudy.tables.files import cells_text, csv_text, read_cells
from aidstudy.tables.load import exact_table, stale_faults
from aidstudy.tables.study import Study, load_study

COLUMNS = ("id", "text", "number")
GOOD = 'id,text,number\na-1,"one, 两",1\na-2,,2\n'


def test_good_cells_keep_their_text_and_the_row_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(GOOD.encode())
    cells = read_cells(path, COLUMNS)
    assert cells.to_dict("index") == {
        2: {"id": "a-1", "text": "one, 两", "number": "1"},
        3: {"id": "a-2", "text": "", "number": "2"},
    }
    assert cells_text(cells).encode() == path.read_bytes()
    path.write_bytes(b"id,text,number\n")
    assert read_cells(path, COLUMNS).shape == (0, 3), "a header alone is a table without rows"


@pytest.mark.parametrize("word", ["NA", "NaN", "None", "null", "007", "1e5", "TRUE", "-", "=1+1"])
def test_no_cell_is_taken_for_something_else_than_its_text(tmp_path: Path, word: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,text,number\n{word},{word},{word}\n", encoding="utf-8")
    assert read_cells(path, COLUMNS).loc[2].tolist() == [word] * 3


@pytest.mark.parametrize("case", case_set("table_files"), ids=lambda case: case["content"][-40:])
def test_a_file_of_another_form_is_refused_with_row_and_remedy(
    case: dict[str, Any], tmp_path: Path
) -> None:
    """Row 0 is the whole file; all faults of a file are told together."""
    content = case["content"].replace("{long}", "x" * 140_000).encode(case.get("encoding", "utf-8"))
    path = tmp_path / "t.csv"
    path.write_bytes(content[: case.get("cut")])
    with pytest.raises(TableError, match=r"^data/raw/t\.csv: ") as told:
        read_cells(path, COLUMNS, name="data/raw/t.csv")
    for fault, wanted in zip(told.value.faults, case["faults"], strict=True):
        row = f", row {wanted['row']}" if wanted["row"] else ""
        assert fault.where == f"data/raw/t.csv{row}"
        assert fault.problem.startswith(wanted["problem"])
        assert fault.read == wanted.get("read", fault.read)
        assert wanted.get("remedy", "") in fault.remedy != ""
        assert str(fault) in str(told.value)


cell = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(cell, cell, cell), max_size=5))
def test_what_is_written_is_read_back_as_it_was(rows: list[tuple[str, str, str]]) -> None:
    text = csv_text(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows])
    assert "\r" not in text
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(text.encode())
        cells = read_cells(path, COLUMNS)
    assert [tuple(row) for row in cells.to_numpy()] == rows


@given(st.binary(max_size=60), st.integers(0, len(GOOD.encode())))
def test_bytes_put_in_anywhere_never_end_in_another_error(new: bytes, at: int) -> None:
    content = GOOD.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(content[:at] + new + content[at:])
        with suppress(TableError):
            assert list(read_cells(path, COLUMNS).columns) == list(COLUMNS)


# === the stored tables with exact cells


TABLES = {**CLEAN_TABLES, "dac_codes": OUTSIDE_TABLES["dac_codes"]}


def test_what_the_page_does_not_say_is_missing_and_never_zero() -> None:
    frames = {name: exact_table(name, REPOSITORY) for name in TABLES}
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
    rows = csv_rows(before.decode())
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
