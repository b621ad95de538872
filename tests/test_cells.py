"""Single cells, and the cells of one row, against the codebook: every column of every table."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest
from copies import TYPED, cases, stored, typed
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.codebook import KINDS, NUMERIC_KINDS, Column
from aidstudy.errors import TableError
from aidstudy.tables.cells import INTEGER, exact, is_date
from aidstudy.tables.check import check_cells
from aidstudy.tables.clean import file_name

# The table of corrections is empty in the repository; a fault needs a row to stand in.
CORRECTIONS = pd.DataFrame(
    [["figures", f"litang-{n:03d}", "note", "was", "is", "because"] for n in range(1, 20)],
    columns=list(TYPED["corrections"].names),
    index=range(2, 21),
    dtype=object,
)


def _tables() -> dict[str, pd.DataFrame]:
    return typed() | {"corrections": CORRECTIONS.copy()}


def _put(contents: list[str], wanted: str, problem: str = "") -> set[tuple[str, str]]:
    """Put each content into every column that wants it, one row for each, and check once."""
    tables = _tables()
    put: dict[tuple[str, str, int], str] = {}
    for name, table in TYPED.items():
        for column in table.columns:
            if not _wants(column, wanted):
                continue
            for row, content in enumerate(contents, 2):
                new = content.replace("{}", str(tables[name].at[row, column.name]))
                tables[name].at[row, column.name] = new
                put[name, column.name, row] = new
    with pytest.raises(TableError) as told:
        check_cells(tables, stored())
    found = {}
    for fault in told.value.faults:
        assert fault.problem
        assert fault.remedy
        place, _, where = fault.where.partition(", row ")
        (table_name,) = [name for name in TYPED if file_name(name) == place]
        if not problem or fault.problem == problem:
            found[table_name, fault.column, int(where.split(" ")[0])] = fault.read
    assert found == put
    return {(name, column) for name, column, _ in put}


def _wants(column: Column, wanted: str) -> bool:
    closed = column.codes is not None or bool(column.places)
    return {
        "all": True,
        "required": column.required,
        "codes": closed or column.type in ("integer", "date"),
        "lists": column.type in ("codes", "refs"),
        "ids": column.type in ("id", "ref"),
        "integers": column.type == "integer",
        "dates": column.type == "date",
    }[wanted]


UNSEEN = (
    " {}x,x{} ,x\u00a0,x  y,x\ty,x\ny,x\0,x\u200by,\ufeffx,x\u202ey,\ufffdx,x\x85y,x\x9fy,\u3000x"
)
DATES = """2012-02-30 2012-13 2012-4-1 2016/2012 2012-06/2012-05 12 0000 20120412 2012/2013/2014
/2012 2012/ ٢٠١٢ 2012-04-31 2011-02-29 2012-00"""


def test_white_space_and_unseen_characters_are_found_in_every_column() -> None:
    put = _put(UNSEEN.split(","), "all", "stray white space, or a character that cannot be seen")
    assert put == {(name, column) for name, table in TYPED.items() for column in table.names}


WRONG = {
    "codes": ("xyzzy =1+1 1.5 -1 NaN YES", 37),
    "integers": (f"{'9' * 10} {'9' * 5000} 007 1e3 ٣٤ １２ 1,000 +1 1_0 ²", 9),
    "dates": (DATES, 6),
    "ids": ("Litang-001 litang- -1 ../x 理塘 a--b a/b", 11),
    "required": ("", 57),
    "lists": ("leshan_leshan", 5),
}


@pytest.mark.parametrize("wanted", WRONG)
def test_what_no_cell_of_a_kind_may_hold_is_found_in_every_column_of_it(wanted: str) -> None:
    contents, columns = WRONG[wanted]
    put = _put([one.replace("_l", " l") for one in contents.split() or [""]], wanted)
    assert len(put) == columns


def test_an_id_that_stands_twice_is_found_in_both_rows() -> None:
    tables = _tables()
    for name, table in TYPED.items():
        for column in table.key:
            tables[name].at[3, column] = tables[name].at[2, column]
    with pytest.raises(TableError) as told:
        check_cells(tables, stored())
    found = {(f.where.split(" (")[0], f.problem) for f in told.value.faults}
    assert found == {
        (f"{file_name(name)}, row {row}", f"the {what} stands twice")
        for name, table in TYPED.items()
        for what in ("id" if len(table.key) == 1 else "same row",)
        for row in (2, 3)
    }


# --- single cells ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell"),
    cases("date | 2015\n period | 2012/2016\n list_number | 1\n code | 1=40\n contact | 2835756"),
)
def test_a_cell_is_a_number_only_where_its_kind_says_so(kind: str, cell: str) -> None:
    assert exact(cell, kind) == cell


def test_a_number_is_exact_and_an_empty_cell_nothing() -> None:
    told = (("30000000", 30_000_000), ("0.5", Fraction(1, 2)), ("-1.25", Fraction(-5, 4)))
    assert [exact(cell, "money") for cell, _ in told] == [value for _, value in told]
    assert exact("", "money") is None


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_a_cell(text: str) -> None:
    for kind in KINDS:
        found = exact(text, kind)
        assert found is None or isinstance(found, str) or kind in NUMERIC_KINDS
    is_date(text)
    if INTEGER.fullmatch(text):
        assert str(int(text)) == text


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date()), st.sampled_from([4, 7, 10]))
def test_every_real_date_passes_at_each_coarseness(day: object, length: int) -> None:
    text = str(day)[:length]
    assert is_date(text)
    assert is_date(f"{text}/{text}")
    assert is_date(f"{text}/{text[:4]}")
