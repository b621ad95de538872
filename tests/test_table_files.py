"""CSV in: one form only, each other form refused with file, row, what was read and a remedy."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from copies import case_set
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.errors import FileError, TableError
from aidstudy.tables.files import cells_text, csv_text, read_cells

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


def test_a_missing_file_and_a_folder_are_file_errors(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"t\.csv: cannot be read: .*; restore it"):
        read_cells(tmp_path / "t.csv", COLUMNS, name="t.csv")
    with pytest.raises(FileError, match=r"cannot be read: .*; restore it"):
        read_cells(tmp_path, COLUMNS)


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
