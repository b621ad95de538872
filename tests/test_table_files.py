"""CSV in: one form only, each other form refused with file, row, what was read and a remedy."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.errors import Fault, FileError, TableError
from aidstudy.tables.files import cells_text, csv_text, read_cells

COLUMNS = ("id", "text", "number")
GOOD = 'id,text,number\na-1,"one, 两",1\na-2,,2\n'


def _faults(tmp_path: Path, content: bytes) -> list[Fault]:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as told:
        read_cells(path, COLUMNS, name="data/raw/t.csv")
    assert str(told.value).startswith("data/raw/t.csv: ")
    for fault in told.value.faults:
        assert fault.problem
        assert fault.remedy
        assert str(fault) in str(told.value)
    return list(told.value.faults)


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


WHOLE = 0
NOT_UTF_8, CUT = "not UTF-8", "the last line has no end, so the file may be cut off"
SAVED_AS = "it was perhaps saved as {}; save it as UTF-8"
MORE = b"id,text,number\na,b,1\n"
PARTED = GOOD.replace('"one, 两"', "x")


@pytest.mark.parametrize(
    ("content", "row", "read", "problem", "remedy"),
    [
        (GOOD.encode("gb18030"), 2, None, NOT_UTF_8, SAVED_AS.format("GB 18030")),
        (GOOD.replace("两", "约两").encode("utf-16"), 1, "ff fe 69 00", NOT_UTF_8,
         SAVED_AS.format("UTF-16")),
        (GOOD.replace("两", "约两").encode("utf-16-be"), 2, None, NOT_UTF_8,
         SAVED_AS.format("UTF-16")),
        (MORE + "c,Garzê County,2\n".encode("latin-1"), 3, "ea 20 43 6f", NOT_UTF_8,
         SAVED_AS.format("Latin-1 or Windows-1252")),
        (GOOD.encode("utf-8-sig"), WHOLE, "", "starts with a byte order mark",
         "save it as UTF-8 without BOM"),
        (MORE + b"c,d\re,2\n", 3, "\\r", "a carriage return", "LF"),
        (GOOD.encode()[:20], WHOLE, None, CUT, "restore it"),
        (GOOD.encode()[:38], WHOLE, None, CUT, "restore it"),
        (GOOD.encode()[: GOOD.index("两") + 2], 2, "e4 b8", "cut off inside a character",
         "restore it"),
        (b"", WHOLE, "", "the file is empty", "it needs the header id,text,number"),
        (b"\n\n", WHOLE, "", "the file is empty", "it needs the header id,text,number"),
        (GOOD.replace("one", "o\0e").encode(), WHOLE, None, "holds a NUL byte",
         "if it was saved as UTF-16"),
        *(
            (f"{GOOD}{line}\n".encode(), 4, line, f"{cells} cells, the header has 3",
             "quote cells that hold a comma")
            for line, cells in [
                ("a-3,b", 2), ("a-3,b,c,d", 4), ("", 0), ("a-3,one, two,3", 4), (",,,", 4)
            ]
        ),
        *(
            (f"{GOOD}{line}\n".encode(), 4, "", "not CSV: ", "mend the quotes")
            for line in ('a-3,"open,3', 'a-3,"in "side",3', '"a-3"x,b,3', 'a-3,"' + "x" * 140_000)
        ),
        *(
            (PARTED.replace(",", mark).encode(), 1, None, f"cells are parted by {mark!r}",
             "save it with commas")
            for mark in ";\t|"
        ),
        (b"id,text\na,b\n", 1, "", "the column is missing", "add it"),
        (b"id,text,number,more\na,b,1,2\n", 1, "more", "not a column of this table", "delete it"),
        (b"id,text,number,text\na,b,1,2\n", 1, "text", "the column stands twice", "delete one"),
        (b"id,number,text\na,1,b\n", 1, "id,number,text", "the columns are in another order",
         "put them in the order id,text,number"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_one_fault_with_its_row(
    tmp_path: Path, content: bytes, row: int, read: str | None, problem: str, remedy: str
) -> None:
    (fault,) = _faults(tmp_path, content)
    assert fault.where == (f"data/raw/t.csv, row {row}" if row else "data/raw/t.csv")
    assert read in (None, fault.read)
    assert fault.problem.startswith(problem)
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (MORE.decode().encode("utf-16-le"), [(WHOLE, CUT), (WHOLE, "holds a NUL byte")]),
        (GOOD.replace("\n", "\r\n").encode(), [(1, "a carriage return")]),
        (GOOD.replace("\n", "\r").encode(), [(1, "a carriage return"), (WHOLE, CUT)]),
        (b"\n" + MORE, [(1, "an empty line"), *((row, "3 cells") for row in (2, 3))]),
        (b"id,text,nunber\na,b,1\n",
         [(1, "not a column of this table"), (1, "the column is missing")]),
        (b"id,text\na,b\nc\nd,e,f\n", [(1, "the column is missing"), (3, "1 cells"),
                                       (4, "3 cells")]),
    ],
)  # fmt: skip
def test_several_faults_of_a_file_are_told_together(
    tmp_path: Path, content: bytes, told: list[tuple[int, str]]
) -> None:
    for fault, (row, problem) in zip(_faults(tmp_path, content), told, strict=True):
        assert fault.where == (f"data/raw/t.csv, row {row}" if row else "data/raw/t.csv")
        assert fault.problem.startswith(problem)
    if b"nunber" in content:
        assert _faults(tmp_path, content)[0].remedy == "did you mean 'number'?"


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
