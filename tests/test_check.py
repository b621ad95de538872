"""Tables against each other: each rule is broken on a copy of the study and must be found."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from copies import TYPED, add_lines, cases, change_bytes, checked, copy_of_study, stored, typed

from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import AidstudyError, FileError, TableError
from aidstudy.tables.check import check_study, check_tables
from aidstudy.tables.clean import clean_tables, file_name
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study


def test_the_study_in_the_repository_passes_and_gives_every_clean_table() -> None:
    assert list(checked()) == list(CLEAN_TABLES)
    rows = {name: len(cells) for name, cells in checked().items()}
    # Counted on the page: 137 figures, 23 projects, 26 events, 21 pairs, 5 counties x 16 devices.
    assert rows == {
        "figures": 137,
        "projects": 23,
        "events": 26,
        "pairs": 21,
        "mechanisms": 80,
        "context": 32,
    }


# --- rules between tables --------------------------------------------------------------------
# One line is one fault: table, key of the row, column, what stands there, what is put there, the
# column that is blamed (where it is another one) and words of the problem.

FAULTS = cases("""
    figures | litang-004 | figure_id | litang-004 | litang-104 | | out of order
    figures | litang-007 | end | 398 | 394 | | not after start 394
    figures | litang-010 | start | 591 | 578 | | before the end 579
    figures | litang-014 | end | 640 | 634 | printed | longer than its slice 633-634
    figures | litang-018 | printed | 3.05公里 | 3.05 公里 | | white space, or signs
    figures | litang-019 | printed | 20米 | ２０米 | | white space, or signs
    figures | litang-020 | measure | budget | other | | not a measure of money
    figures | litang-020 | note | * | | measure | no note says what it is
    figures | litang-022 | measure | budget | length | | of kind money, not length
    figures | litang-023 | measure | site_area | width | | of kind area, not length
    figures | litang-024 | part_of | litang-022 | litang-222 | | no such figure
    figures | litang-026 | part_of | | litang-028 | | a money beside a area
    figures | litang-033 | counted | person | =cmd() | unit | a count needs the thing
    figures | litang-034 | counted | person | | unit | a count needs the thing
    figures | litang-035 | same_as | litang-033 | litang-037 | | a later figure
    figures | litang-036 | same_as | litang-034 | litang-036 | | or the figure itself
    figures | litang-037 | subject | leshan>litang | yibin>litang | | neither a project
    figures | xiangcheng-001 | subject | luzhou>xiangcheng | | | the cell is empty
    figures | xiangcheng-004 | subject | xiangcheng | litang | | of another county
    figures | xiangcheng-008 | donor | | yibin | | yibin>xiangcheng is not in pairs
    figures | xiangcheng-009 | part_of | xiangcheng-008 | xiangcheng-005 |
        | 1.32亿元 cannot be a part of 13余万元
    figures | xinlong-014 | same_as | xinlong-001 | litang-003 | | of the article litang
    figures | xinlong-026 | same_as | xinlong-003 | xinlong-005 | | 六个 cannot be the same as 5个
    figures | ganzi-009 | measure | plan_period | frequency |
        | of kind period, not count or duration
    figures | ganzi-022 | measure | increase_ratio | visits | | kind share, not count
    figures | ganzi-021 | measure | ratio_to_revenue | increase_ratio | |
    figures | page-001 | donor | | leshan | | leshan>page is not in pairs
    projects | litang-p01 | sector | 14021 | 14022 | | not in data/dac_codes.csv
    projects | litang-p02 | donor | leshan | yibin | | yibin>litang is not in pairs
    projects | litang-p03 | budget | litang-022 | litang-024 | | its measure is disburs
    projects | litang-p03 | donor_amount | litang-024 | litang-009 | | its measure is bu
    projects | litang-p04 | budget | litang-026 | litang-999 | | not a figure of litang
    projects | litang-p05 | expenditure | | xinlong-012 | | not a figure of litang
    projects | litang-p06 | end | 1303 | 1221 | | not after start 1221
    projects | xiangcheng-p01 | project_id | xiangcheng-p01 | xiangcheng-p99 | | out of order
    events | litang-e01 | end_date | 2012-06 | 2012-07 | | not half a year from 2012-01
    events | litang-e02 | start_date | 2012-04-17 | 2012-04 | | not as coarse as the
    events | xiangcheng-e01 | donor | luzhou | yibin | | yibin>xiangcheng is not in
    events | xiangcheng-e02 | start_date | 2012-09-05 | 2012-09-06 | end_date
        | before start_date 2012-09-06
    events | xiangcheng-e03 | start_date | 2012 | | | the event is reported as realised
    events | xinlong-e01 | figures | * | litang-002 | | not a figure of xinlong
    events | xinlong-e02 | project_id | * | litang-p01 | | not a project of xinlong
    events | xinlong-e11 | event_id | xinlong-e11 | xinlong-e13 | | out of order
    pairs | luzhou xiangcheng | end | 1729 | 1726 | | not after start 1726
    mechanisms | litang leading_group | start | 1471 | | | present without evidence
    mechanisms | litang fund_rules | end | 1625 | | | one offset without the other
    mechanisms | litang framework_agreement | start | | 5 |
        | evidence for a device that is not mentioned
    mechanisms | litang project_rules | present | yes | not_mentioned | start
        | evidence for a device that is not mentioned
    dac_codes | 14031 | code | 14031 | 1403 | | not a purpose code
    dac_codes | 14021 | in_list | 2013 | soon | | not a list
    context | rule-tibet | unit | % | person | | not a unit of rule_ratio
    context | gdp-xiangcheng-2011 | unit | CNY | yuan! | | not a unit of gdp
""")


@pytest.fixture(scope="module")
def broken() -> tuple[TableError, list[tuple[str, str]]]:
    """All faults put in at once, so that each must be found beside the others."""
    tables = typed()
    places = []
    for name, key, column, old, new, blamed, _ in FAULTS:
        cells, table = tables[name], TYPED[name]
        keys = [" ".join(found) for found in typed()[name][list(table.key)].to_numpy()]
        row = cells.index[keys.index(key)]
        assert old in ("*", cells.at[row, column]), (key, column)
        cells.at[row, column] = new
        places.append((f"{file_name(name)}, row {row} ", blamed or column))
    with pytest.raises(TableError) as told:
        check_tables({**tables, **clean_tables(tables, CLEAN_TABLES)}, stored())
    return told.value, places


@pytest.mark.parametrize(
    "place", range(len(FAULTS)), ids=[f"{fault[1]}-{fault[2]}" for fault in FAULTS]
)
def test_every_rule_between_tables_finds_its_fault(
    place: int, broken: tuple[TableError, list[tuple[str, str]]]
) -> None:
    error, places = broken
    where, column = places[place]
    words = FAULTS[place][-1]
    hits = [
        fault
        for fault in error.faults
        if fault.where.startswith(where) and fault.column == column and words in fault.problem
    ]
    if not words:
        assert not hits, "one valid code for another is no fault that a rule can find"
        return
    assert len(hits) == 1
    assert hits[0].remedy


def test_one_fault_does_not_drag_others_after_it(
    broken: tuple[TableError, list[tuple[str, str]]],
) -> None:
    error, places = broken
    others = [
        (fault.where.partition("row ")[2], fault.column)
        for fault in error.faults
        if (fault.where.partition("(")[0], fault.column) not in places
    ]
    # An id or code that was changed is missed by who names it, a measure by who needs it, and half
    # of the offsets is a second fault of the same row.
    assert others == [
        ("7 (litang-005)", "same_as"),
        ("3 (litang-p02)", "budget"),
        ("14 (xinlong-p01)", "sector"),
        ("7 (xiangcheng-e04)", "project_id"),
        ("8 (xiangcheng-e05)", "project_id"),
        ("3 (litang framework_agreement)", "end"),
    ]


# --- what is missing altogether --------------------------------------------------------------


def _without(name: str, drop: Callable[[pd.DataFrame], pd.Series]) -> list[str]:
    tables = {**typed(), **{name: cells.copy() for name, cells in checked().items()}}
    tables[name] = tables[name][~drop(tables[name])]
    with pytest.raises(TableError) as told:
        check_tables(tables, stored())
    return [str(fault) for fault in told.value.faults]


def test_a_device_without_a_row_is_found() -> None:
    assert _without("mechanisms", lambda cells: cells["mechanism"] == "mentoring") == [
        f"data/raw/mechanisms.csv: read '{county} mentoring': has no row; "
        "add it, with present yes or not_mentioned"
        for county in ("litang", "xiangcheng", "xinlong", "ganzi", "dege")
    ]


def test_a_row_taken_out_is_found_by_its_number_and_by_who_names_it() -> None:
    faults = _without("figures", lambda cells: cells["figure_id"] == "litang-009")
    assert len(faults) == 2
    assert faults[0] == (
        "data/raw/figures.csv, row 12 (litang-010), column figure_id: read 'litang-010': "
        "out of order, with a gap, or of another county; next is litang-009"
    )
    assert faults[1].startswith(
        "data/raw/projects.csv, row 2 (litang-p01), column budget: read 'litang-009': "
        "not a figure of litang; name one"
    )


def test_rows_in_another_order_are_found() -> None:
    tables = {**typed(), **checked()}
    figures = tables["figures"]
    order = [*figures.index[:10], figures.index[11], figures.index[10], *figures.index[12:]]
    tables["figures"] = figures.loc[order].set_axis(figures.index)
    with pytest.raises(TableError) as told:
        check_tables(tables, stored())
    assert {fault.column for fault in told.value.faults} == {"figure_id", "start"}


def test_a_donor_of_the_study_without_a_pair_is_found() -> None:
    faults = _without("pairs", lambda cells: cells["donor"] == "prefecture_religion")
    assert faults == [
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


def _state(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


CRIMES: list[tuple[str, Callable[[Path], object], type[AidstudyError], list[str]]] = [
    (
        "a correction that matches nothing",
        lambda data: add_lines(data / "raw/corrections.csv", "figures,litang-020,note,x,y,z"),
        TableError,
        ["data/raw/corrections.csv, row 2, column from: read 'x'", "'all sources'"],
    ),
    (
        "a correction that brings in an unknown code",
        lambda data: add_lines(
            data / "raw/corrections.csv", "figures,litang-020,measure,budget,spent,z"
        ),
        TableError,
        ["data/raw/figures.csv, row 22 (litang-020), column measure: read 'spent'",
         "did you mean 'expenditure'?"],
    ),
    (
        "three files broken in three ways",
        lambda data: (
            change_bytes(data / "raw/figures.csv", lambda b: b.decode().encode("gb18030")),
            change_bytes(data / "raw/events.csv", lambda b: b.replace(b"\n", b"\r\n")),
            change_bytes(data / "dac_codes.csv", lambda b: b.replace(b"in_list", b"inlist", 1)),
        ),
        TableError,
        ["4 faults", "data/raw/figures.csv, row 3", "GB 18030",
         "data/raw/events.csv, row 1: read '\\\\r'", "did you mean 'in_list'?"],
    ),
    (
        "figures cut off at the end of a line",
        lambda data: change_bytes(
            data / "raw/figures.csv", lambda b: b[: b.index(b"\n", 5000) + 1]
        ),
        TableError,
        ["data/raw/projects.csv, row 8 (xiangcheng-p01), column donor_amount"],
    ),
    (
        "both codings gone, folders and all, while the log of their differences is kept",
        lambda data: [(data / f"raw/coding_{c}").rename(data / f"raw/{c}") for c in "ab"],
        FileError,
        ["data/raw/coding_a/figures.csv: cannot be read"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("crime", "kind", "words"),
    [crime[1:] for crime in CRIMES],
    ids=[crime[0].replace(" ", "-") for crime in CRIMES],
)
def test_nothing_is_written_when_a_check_fails(
    crime: Callable[[Path], object], kind: type[AidstudyError], words: list[str], tmp_path: Path
) -> None:
    folder = copy_of_study(tmp_path)
    crime(folder / "data")
    before = _state(folder)
    with pytest.raises(kind) as told:
        clean_study(load_study(folder))
    for word in words:
        assert word in str(told.value)
    assert _state(folder) == before


def test_a_study_without_outside_facts_is_one(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    change_bytes(folder / "data/context.csv", lambda b: b[: b.index(b"\n") + 1])
    assert len(check_study(load_study(folder))["context"]) == 0
