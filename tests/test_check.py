"""Tables against the codebook, each other and the page: each rule is broken and must be found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import (
    REPOSITORY,
    TYPED,
    add_lines,
    case_set,
    cases,
    change_bytes,
    change_cell,
    checked,
    copy_of_study,
    stored,
    typed,
)
from hypothesis import given
from hypothesis import strategies as st

from aidstudy.codebook import CLEAN_TABLES, Column
from aidstudy.errors import FileError, PageError, TableError
from aidstudy.tables.cells import exact, is_date
from aidstudy.tables.check import check_cells, check_tables
from aidstudy.tables.clean import clean_tables, file_name
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.page_check import audit_page
from aidstudy.tables.study import Study, load_study


def test_the_study_in_the_repository_passes_and_gives_every_clean_table() -> None:
    assert list(checked()) == list(CLEAN_TABLES)
    # Counted on the page: 137 figures, 23 projects, 26 events, 21 pairs, 5 counties x 16 devices.
    assert [len(cells) for cells in checked().values()] == [137, 23, 26, 21, 80, 32]


# --- rules between tables --------------------------------------------------------------------
FAULTS = case_set("faults_between_tables")


def test_every_rule_between_tables_finds_its_fault_and_drags_no_others_after_it() -> None:
    """All are put in at once, so that each must be found beside the others."""
    tables, wanted = typed(), {}
    for fault in FAULTS:
        cells, key = tables[fault["table"]], list(TYPED[fault["table"]].key)
        keys = [" ".join(found) for found in typed()[fault["table"]][key].to_numpy()]
        row = cells.index[keys.index(fault["row"])]
        assert fault["old"] in ("*", cells.at[row, fault["column"]]), fault
        cells.at[row, fault["column"]] = fault["new"]
        wanted[f"{file_name(fault['table'])}, row {row}", fault["blamed"]] = fault["problem"]
    with pytest.raises(TableError) as told:
        check_tables({**tables, **clean_tables(tables, CLEAN_TABLES)}, stored())
    faults = told.value.faults
    assert all(fault.remedy for fault in faults)
    found = [((fault.where.partition(" (")[0], fault.column), fault.problem) for fault in faults]
    # One valid code for another is no fault that a rule can find.
    assert [
        (place, words)
        for place, words in wanted.items()
        if [at == place and words in problem for at, problem in found].count(True) != bool(words)
    ] == []
    # An id or code that was changed is missed by who names it, a measure by who needs it, and half
    # of the offsets is a second fault of the same row: no more than these six.
    assert sum(place not in wanted for place, _ in found) == 6


# --- what is missing altogether --------------------------------------------------------------


def _without(name: str, drop: Callable[[pd.DataFrame], pd.Series]) -> list[str]:
    tables = {**typed(), **{name: cells.copy() for name, cells in checked().items()}}
    tables[name] = tables[name][~drop(tables[name])]
    with pytest.raises(TableError) as told:
        check_tables(tables, stored())
    return [str(fault) for fault in told.value.faults]


def test_rows_taken_out_are_found_and_who_names_them() -> None:
    assert _without("mechanisms", lambda cells: cells["mechanism"] == "mentoring") == [
        f"data/raw/mechanisms.csv: read '{county} mentoring': has no row; "
        "add it, with present yes or not_mentioned"
        for county in ("litang", "xiangcheng", "xinlong", "ganzi", "dege")
    ]
    number, named = _without("figures", lambda cells: cells["figure_id"] == "litang-009")
    assert number == (
        "data/raw/figures.csv, row 12 (litang-010), column figure_id: read 'litang-010': "
        "out of order, with a gap, or of another county; next is litang-009"
    )
    assert named.startswith(
        "data/raw/projects.csv, row 2 (litang-p01), column budget: read 'litang-009': "
        "not a figure of litang; name one"
    )
    assert _without("pairs", lambda cells: cells["donor"] == "prefecture_religion") == [
        "data/raw/pairs.csv, column donor: read 'prefecture_religion': "
        "named in data/study.toml but in no pair; add the pair or delete the name there"
    ]


def test_a_unit_that_is_one_sign_on_the_page_is_not_longer_than_its_slice() -> None:
    tables = typed()
    figures = tables["figures"]
    (row,) = figures.index[figures["figure_id"] == "litang-023"]
    # 5800㎡ is five characters of a page and six in plain print.
    figures.at[row, "printed"] = "5800m2"
    figures.at[row, "end"] = str(int(figures.at[row, "start"]) + 5)
    check_tables({**tables, **clean_tables(tables, CLEAN_TABLES)}, stored())


# --- whole studies, from files ---------------------------------------------------------------


def _three_files(data: Path) -> None:
    change_bytes(data / "raw/figures.csv", lambda b: b.decode().encode("gb18030"))
    change_bytes(data / "raw/events.csv", lambda b: b.replace(b"\n", b"\r\n"))
    change_bytes(data / "dac_codes.csv", lambda b: b.replace(b"in_list", b"inlist", 1))


@pytest.mark.parametrize(
    ("crime", "words"),
    [
        (_three_files,
         ["4 faults", "data/raw/figures.csv, row 3", "GB 18030",
          "data/raw/events.csv, row 1: read '\\\\r'", "did you mean 'in_list'?"]),
        (lambda data: add_lines(data / "raw/corrections.csv",
                                "figures,litang-020,measure,budget,spent,z"),
         ["data/raw/figures.csv, row 22 (litang-020), column measure: read 'spent'",
          "did you mean 'expenditure'?"]),
    ],
)  # fmt: skip
def test_nothing_is_written_when_a_check_fails(
    crime: Callable[[Path], None], words: list[str], tmp_path: Path
) -> None:
    folder = copy_of_study(tmp_path)
    crime(folder / "data")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(TableError) as told:
        clean_study(load_study(folder))
    assert [word for word in words if word not in str(told.value)] == []
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# === single cells, and the cells of one row, against the codebook


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


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date()), st.sampled_from([4, 7, 10]))
def test_every_real_date_passes_at_each_coarseness(day: object, length: int) -> None:
    text = str(day)[:length]
    assert is_date(text)
    assert is_date(f"{text}/{text}")
    assert is_date(f"{text}/{text[:4]}")


# === the audit


CASES = case_set("page_check")
PAGE = CASES["page"]


def _study(folder: Path, figures: Iterable[Sequence[object]]) -> Study:
    """A study with a clean table of figures, one pair, no project and one device."""
    place = ("figure_id", "start", "end", "printed", "kind", "value")
    told = {"article": "litang", "numeral": "arabic", "bound": "exact", "measure": "other"}
    names = {"donor_zh": "甲市", "donor_en": "Jia City", "level": "city", "role": "other"}
    rows: dict[str, list[dict[str, str]]] = {
        "figures": [
            told | {"label_en": "Made up"} | dict(zip(place, map(str, cells), strict=True))
            for cells in figures
        ],
        "pairs": [names | {"donor": "leshan", "recipient": "litang", "start": "0", "end": "2"}],
        "projects": [],
        "mechanisms": [{"recipient": "litang", "mechanism": "mentoring", "present": "yes"}
                       | {"start": "2", "end": "4"}],
    }  # fmt: skip
    (folder / "data/clean").mkdir(parents=True)
    settings = (REPOSITORY / "data/study.toml").read_text(encoding="utf-8")
    digest = hashlib.sha256(PAGE.encode()).hexdigest()
    settings = settings.replace(stored().page["sha256"], digest)
    (folder / "data/study.toml").write_text(settings, encoding="utf-8")
    for name, found in rows.items():
        names = CLEAN_TABLES[name].names
        text = csv_text(names, [dict.fromkeys(names, "") | row for row in found])
        (folder / f"data/clean/{name}.csv").write_bytes(text.encode())
    return load_study(folder)


@pytest.mark.parametrize("case", CASES["audits"], ids=lambda case: case["note"])
def test_every_slice_and_every_run_of_digits_is_looked_at(
    case: dict[str, Any], tmp_path: Path
) -> None:
    """A made-up page small enough to read, offsets by hand; figures by number of `figures`."""
    page = case.get("page", PAGE)
    path = tmp_path / "page.txt"
    path.write_bytes(page.encode())
    figures = [CASES["figures"][one] if isinstance(one, int) else one for one in case["figures"]]
    found = audit_page(_study(tmp_path, figures), path)
    assert found.sha256 == hashlib.sha256(page.encode()).hexdigest()
    assert found.right_page == ("page" not in case)
    assert [list(found.differing), list(found.uncovered)] == [case["differing"], case["uncovered"]]
    assert found.ok == (found.right_page and not case["differing"] + case["uncovered"])
    assert [line for line in case["lines"] if line not in str(found).splitlines()] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.4\xe2\xe3\xcf\xd3", r"byte 8 is not UTF-8; give the page's text, not the PDF"),
        ("甲市投入".encode("gb18030"), r"byte \d is not UTF-8"),
        (None, r"page\.txt: cannot be read \(.*; there is none: look whether the path is right"),
    ],
)
def test_a_page_that_cannot_be_read_is_an_error(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    study = _study(tmp_path, CASES["figures"])
    if content is not None:
        (tmp_path / "page.txt").write_bytes(content)
    with pytest.raises(PageError if content else FileError, match=words):
        audit_page(study, tmp_path / "page.txt")
    with pytest.raises(FileError, match="cannot be read"):
        audit_page(study, tmp_path)


# --- the real page ---------------------------------------------------------------------------


def test_typed_tables_with_faults_or_newer_than_the_clean_ones_are_told(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    page = folder / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    assert audit_page(load_study(folder), page).behind == ()
    raw = folder / "data" / "raw" / "pairs.csv"
    name = "Sichuan Hydropower Investment Company"
    change_cell(raw, "sc_hydropower", "donor_en", name, "Sichuan Hydropower")
    (told,) = audit_page(load_study(folder), page).behind
    assert told.startswith("data/clean/pairs.csv is not what data/raw gives now")
    change_cell(raw, "sc_hydropower", "donor_en", "Sichuan Hydropower", "")
    (told,) = audit_page(load_study(folder), page).behind
    assert told.startswith("data/raw has faults")


@pytest.mark.page
def test_the_tables_agree_with_their_page(page: Path) -> None:
    found = audit_page(stored(), page)
    assert found.right_page, "another text than the one the tables were made from"
    assert (found.differing, found.uncovered, found.ok) == ((), (), True)
    assert found.figures == len(checked()["figures"])
