"""CSV in: one form only, each other form refused with file, row, what was read and a remedy."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.codebook import PAIRS
from aidstudy.errors import Fault, FileError, TableError
from aidstudy.tables.files import cells_text, csv_text, read_cells, row_name

COLUMNS = ("id", "text", "number")
GOOD = 'id,text,number\na-1,"one, 两",1\na-2,,2\n'


def _faults(tmp_path: Path, content: bytes, columns: tuple[str, ...] = COLUMNS) -> list[Fault]:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as told:
        read_cells(path, columns, name="data/raw/t.csv")
    assert str(told.value).startswith("data/raw/t.csv: ")
    for fault in told.value.faults:
        assert fault.where.startswith("data/raw/t.csv")
        assert fault.problem
        assert fault.remedy
        assert str(fault) in str(told.value)
    return list(told.value.faults)


def _fault(tmp_path: Path, content: bytes) -> Fault:
    (fault,) = _faults(tmp_path, content)
    return fault


def test_good_cells_keep_their_text_and_the_row_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(GOOD.encode())
    cells = read_cells(path, COLUMNS)
    assert cells.to_dict("index") == {
        2: {"id": "a-1", "text": "one, 两", "number": "1"},
        3: {"id": "a-2", "text": "", "number": "2"},
    }
    assert cells_text(cells).encode() == path.read_bytes()


@pytest.mark.parametrize("word", ["NA", "NaN", "None", "null", "007", "1e5", "TRUE", "-", "=1+1"])
def test_no_cell_is_taken_for_something_else_than_its_text(tmp_path: Path, word: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,text,number\n{word},{word},{word}\n", encoding="utf-8")
    assert read_cells(path, COLUMNS).loc[2].tolist() == [word] * 3


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"id,text,number\n")
    cells = read_cells(path, COLUMNS)
    assert cells.shape == (0, 3)
    assert cells_text(cells) == "id,text,number\n"


@pytest.mark.parametrize(
    ("encoding", "row", "guess"),
    [
        ("gb18030", 2, "GB 18030"),
        ("utf-16", 1, "UTF-16"),
        ("utf-16-le", 2, "UTF-16"),
        ("utf-16-be", 2, "UTF-16"),
    ],
)
def test_another_encoding_is_named_once(
    tmp_path: Path, encoding: str, row: int, guess: str
) -> None:
    fault = _fault(tmp_path, GOOD.replace("两", "约两").encode(encoding))
    assert fault.where == f"data/raw/t.csv, row {row}"
    assert fault.problem == "not UTF-8"
    assert fault.remedy == f"it was perhaps saved as {guess}; save it as UTF-8"


def test_utf_16_of_plain_letters_is_valid_utf_8_but_for_its_zeros(tmp_path: Path) -> None:
    faults = _faults(tmp_path, b"id,text,number\na,b,1\n".decode().encode("utf-16-le"))
    assert [fault.problem for fault in faults] == [
        "the last line has no end, so the file may be cut off",
        "holds a NUL byte",
    ]
    assert "if it was saved as UTF-16" in faults[1].remedy


def test_latin_1_is_guessed_where_it_cannot_be_gb_18030(tmp_path: Path) -> None:
    fault = _fault(tmp_path, "id,text,number\na,b,1\nc,Garzê County,2\n".encode("latin-1"))
    assert fault.where == "data/raw/t.csv, row 3"
    assert fault.read == "ea 20 43 6f"
    assert "Latin-1 or Windows-1252" in fault.remedy


def test_a_byte_order_mark_is_refused(tmp_path: Path) -> None:
    fault = _fault(tmp_path, GOOD.encode("utf-8-sig"))
    assert (fault.problem, fault.remedy) == (
        "starts with a byte order mark",
        "save it as UTF-8 without BOM",
    )


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_carriage_returns_are_refused(tmp_path: Path, end: str) -> None:
    fault = _faults(tmp_path, GOOD.replace("\n", end).encode())[0]
    assert fault.where == "data/raw/t.csv, row 1"
    assert (fault.read, fault.problem) == ("\\r", "a carriage return")
    assert "LF" in fault.remedy


def test_one_carriage_return_is_found_in_its_row(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"id,text,number\na,b,1\nc,d\re,2\n")
    assert fault.where == "data/raw/t.csv, row 3"


@pytest.mark.parametrize("kept", [20, 30, 38])
def test_a_file_cut_off_inside_a_line_is_found(tmp_path: Path, kept: int) -> None:
    fault = _fault(tmp_path, GOOD.encode()[:kept])
    assert fault.problem in (
        "the last line has no end, so the file may be cut off",
        "cut off inside a character",
    )
    assert "restore it" in fault.remedy


def test_a_file_cut_off_inside_a_character_says_so(tmp_path: Path) -> None:
    content = GOOD.encode()
    fault = _fault(tmp_path, content[: content.index("两".encode()) + 2])
    assert fault.where == "data/raw/t.csv, row 2"
    assert (fault.read, fault.problem) == ("e4 b8", "cut off inside a character")


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n"])
def test_an_empty_file_is_told_its_header(tmp_path: Path, content: bytes) -> None:
    fault = _fault(tmp_path, content)
    assert fault.problem == "the file is empty"
    assert fault.remedy == "it needs the header id,text,number"


def test_an_empty_line_in_the_place_of_the_header_is_told_it(tmp_path: Path) -> None:
    faults = _faults(tmp_path, b"\n" + GOOD.encode())
    assert (faults[0].where, faults[0].problem) == ("data/raw/t.csv, row 1", "an empty line")
    assert faults[0].remedy == "the header is id,text,number"


def test_a_nul_byte_is_refused(tmp_path: Path) -> None:
    assert _fault(tmp_path, GOOD.replace("one", "o\0e").encode()).problem == "holds a NUL byte"


@pytest.mark.parametrize(
    ("line", "cells"),
    [("a-3,b", 2), ("a-3,b,c,d", 4), ("", 0), ("a-3,one, two,3", 4), (",,,", 4)],
)
def test_a_ragged_row_is_shown_and_counted(tmp_path: Path, line: str, cells: int) -> None:
    fault = _fault(tmp_path, f"{GOOD}{line}\n".encode())
    assert fault.where == "data/raw/t.csv, row 4"
    assert fault.read == line
    assert fault.problem == f"{cells} cells, the header has 3"
    assert "quote cells that hold a comma" in fault.remedy


@pytest.mark.parametrize(
    "line",
    ['a-3,"open,3', 'a-3,"in "side",3', '"a-3"x,b,3', 'a-3,"' + "x" * 140_000 + '",3'],
)
def test_quotes_that_do_not_close_are_refused(tmp_path: Path, line: str) -> None:
    fault = _fault(tmp_path, f"{GOOD}{line}\n".encode())
    assert fault.where == "data/raw/t.csv, row 4"
    assert fault.problem.startswith("not CSV: ")


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_cells_parted_by_another_mark_are_one_fault(tmp_path: Path, mark: str) -> None:
    fault = _fault(tmp_path, GOOD.replace(",", mark).replace('"one; 两"', "x").encode())
    assert fault.problem == f"cells are parted by {mark!r}"
    assert fault.remedy == "save it with commas"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"id,text\na,b\n")
    assert (fault.where, fault.column) == ("data/raw/t.csv, row 1", "number")
    assert (fault.problem, fault.remedy) == ("the column is missing", "add it")


def test_a_misspelt_column_is_told_the_right_one(tmp_path: Path) -> None:
    extra, missing = _faults(tmp_path, b"id,text,nunber\na,b,1\n")
    assert (extra.read, extra.remedy) == ("nunber", "did you mean 'number'?")
    assert missing.column == "number"


def test_a_column_too_many_or_twice_is_named(tmp_path: Path) -> None:
    extra = _fault(tmp_path, b"id,text,number,more\na,b,1,2\n")
    assert (extra.read, extra.problem) == ("more", "not a column of this table")
    assert extra.remedy == "delete it"
    twice = _fault(tmp_path, b"id,text,number,text\na,b,1,2\n")
    assert (twice.read, twice.problem) == ("text", "the column stands twice")


def test_columns_in_another_order_are_told_the_order(tmp_path: Path) -> None:
    fault = _fault(tmp_path, b"id,number,text\na,1,b\n")
    assert (fault.read, fault.problem) == ("id,number,text", "the columns are in another order")
    assert fault.remedy == "put them in the order id,text,number"


def test_header_and_ragged_rows_are_reported_together(tmp_path: Path) -> None:
    faults = _faults(tmp_path, b"id,text\na,b\nc\nd,e,f\n")
    assert [fault.where for fault in faults] == [f"data/raw/t.csv, row {row}" for row in (1, 3, 4)]


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


def test_a_row_is_named_by_number_and_key(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("donor,recipient\nleshan,litang\n,\n", encoding="utf-8")
    cells = read_cells(path, ("donor", "recipient"))
    assert row_name(cells, 2, PAIRS) == "row 2 (leshan litang)"
    assert row_name(cells, 3, PAIRS) == "row 3"
