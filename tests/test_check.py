"""Tables against each other: each rule is broken on a copy of the study and must be found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from copies import TYPED, add_lines, case_set, change_bytes, checked, copy_of_study, stored, typed

from aidstudy.codebook import CLEAN_TABLES
from aidstudy.errors import AidstudyError, FileError, TableError
from aidstudy.tables.check import check_study, check_tables
from aidstudy.tables.clean import clean_tables, file_name
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study


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
    # of the offsets is a second fault of the same row.
    assert [
        (fault.where.partition("row ")[2], fault.column)
        for fault, (place, _) in zip(faults, found, strict=True)
        if place not in wanted
    ] == [
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


def test_rows_in_another_order_are_found() -> None:
    tables = {**typed(), **checked()}
    figures = tables["figures"]
    order = [*figures.index[:10], figures.index[11], figures.index[10], *figures.index[12:]]
    tables["figures"] = figures.loc[order].set_axis(figures.index)
    with pytest.raises(TableError) as told:
        check_tables(tables, stored())
    assert {fault.column for fault in told.value.faults} == {"figure_id", "start"}


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


def _an_unknown_code(data: Path) -> None:
    add_lines(data / "raw/corrections.csv", "figures,litang-020,measure,budget,spent,z")


def _both_codings_gone(data: Path) -> None:
    """The log of their differences is kept."""
    for coder in "ab":
        (data / f"raw/coding_{coder}").rename(data / f"raw/{coder}")


@pytest.mark.parametrize(
    ("crime", "kind", "words"),
    [
        (_three_files, TableError,
         ["4 faults", "data/raw/figures.csv, row 3", "GB 18030",
          "data/raw/events.csv, row 1: read '\\\\r'", "did you mean 'in_list'?"]),
        (_an_unknown_code, TableError,
         ["data/raw/figures.csv, row 22 (litang-020), column measure: read 'spent'",
          "did you mean 'expenditure'?"]),
        (_both_codings_gone, FileError, ["data/raw/coding_a/figures.csv: cannot be read"]),
    ],
)  # fmt: skip
def test_nothing_is_written_when_a_check_fails(
    crime: Callable[[Path], None], kind: type[AidstudyError], words: list[str], tmp_path: Path
) -> None:
    folder = copy_of_study(tmp_path)
    crime(folder / "data")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(kind) as told:
        clean_study(load_study(folder))
    assert [word for word in words if word not in str(told.value)] == []
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_study_without_outside_facts_is_one(tmp_path: Path) -> None:
    folder = copy_of_study(tmp_path)
    change_bytes(folder / "data/context.csv", lambda b: b[: b.index(b"\n") + 1])
    assert len(check_study(load_study(folder))["context"]) == 0
