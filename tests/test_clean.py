"""From typed tables to clean ones: what the print says, and corrections."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from copies import REPOSITORY, checked, stored, typed

from aidstudy.codebook import CLEAN_TABLES, NUMERIC_KINDS
from aidstudy.errors import Fault, TableError
from aidstudy.intervals import Interval
from aidstudy.tables.check import check_tables
from aidstudy.tables.clean import apply_corrections, clean_context, clean_figures
from aidstudy.tables.files import cells_text

CASES = json.loads((Path(__file__).parent / "cases" / "clean_figures.json").read_text("utf-8"))
DERIVED = ("printed", "numeral", "kind", "value", "unit", "low", "high", "bound")


def _one(**cells: str) -> pd.DataFrame:
    """The raw table of one made-up figure."""
    columns = list(typed()["figures"].columns)
    row = dict.fromkeys(columns, "") | {
        "figure_id": "litang-001",
        "article": "litang",
        "measure": "other",
    }
    return pd.DataFrame([row | cells], columns=columns, index=[7], dtype=object)


def _refused(raw: pd.DataFrame) -> list[Fault]:
    with pytest.raises(TableError) as told:
        clean_figures(raw)
    return list(told.value.faults)


# --- the page's figures ----------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=[case["figure_id"] for case in CASES])
def test_figures_worked_out_by_hand(case: dict[str, str]) -> None:
    figures = checked()["figures"].set_index("figure_id")
    assert case["note"]
    assert set(case) == {"figure_id", "note", *DERIVED}
    for column in DERIVED:
        assert figures.at[case["figure_id"], column] == case[column], column


def test_the_stored_clean_tables_are_what_the_raw_ones_give() -> None:
    assert set(checked()) == set(CLEAN_TABLES)
    for name, cells in checked().items():
        path = REPOSITORY / "data" / "clean" / f"{name}.csv"
        assert path.read_text(encoding="utf-8") == cells_text(cells), name


def test_every_figure_lies_in_its_bounds_as_its_bound_says() -> None:
    for row in checked()["figures"].to_dict("records"):
        if row["kind"] not in NUMERIC_KINDS:
            assert row["unit"] == ""
            continue
        assert row["unit"]
        value, low, high = (Fraction(row[column]) for column in ("value", "low", "high"))
        assert value in Interval(low, high)
        if row["bound"] == "exact":
            assert low == value == high
        elif row["bound"] == "over":
            assert low == value < high
        elif row["bound"] == "under":
            assert low < value == high
        else:
            assert low < value < high
            assert value - low == high - value


# --- one figure ------------------------------------------------------------------------------


def test_a_rule_is_exact_because_its_measure_says_so() -> None:
    rule = clean_figures(_one(printed="0.5%", measure="rule_ratio")).loc[7]
    rate = clean_figures(_one(printed="0.5%", measure="ratio_to_revenue")).loc[7]
    assert rule[["low", "high", "bound"]].tolist() == ["0.5", "0.5", "exact"]
    assert rate[["low", "high", "bound"]].tolist() == ["0.45", "0.55", "rounded"]


def test_bounds_whose_decimals_do_not_end_are_rounded_outward() -> None:
    # 3 mu is 2000 m2; half a mu is 333.33 m2.
    land = clean_figures(_one(printed="3亩", measure="site_area")).loc[7]
    assert (land["value"], land["unit"], land["bound"]) == ("2000", "m2", "rounded")
    assert (land["low"], land["high"]) == ("1666.66666666666", "2333.33333333334")


def test_the_unit_of_a_count_is_the_thing_counted() -> None:
    assert clean_figures(_one(printed="12个", counted="project")).at[7, "unit"] == "project"


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"printed": "3000万"}, "printed", "cannot be read as one figure"),
        ({"printed": "一视同仁"}, "printed", "cannot be read as one figure"),
        ({"printed": "4月17日"}, "printed", "cannot be read as one figure"),
        ({"printed": "=1+1"}, "printed", "cannot be read as one figure"),
        ({"printed": "9" * 5000}, "printed", "cannot be read as one figure"),
        ({"printed": "12个", "kind_hint": "money"}, "printed", "cannot be read as one figure"),
        ({"printed": "16.2公里", "unit_hint": "m2"}, "printed", "cannot be read as one figure"),
        ({"printed": "3000万元", "kind_hint": "money"}, "kind_hint",
         "the print says so without the hint"),
        ({"printed": "2012年", "year_hint": "2013"}, "year_hint",
         "the print says so without the hint"),
        ({"printed": "3000万元", "year_hint": "2012"}, "year_hint",
         "the print says so without the hint"),
        ({"printed": "4月17日", "year_hint": "99999"}, "year_hint", "not a year"),
        ({"printed": "4月17日", "year_hint": "0"}, "year_hint", "not a year"),
        ({"printed": "4月17日", "year_hint": "x"}, "year_hint", "not a year"),
        ({"printed": "16.2公里", "counted": "road"}, "counted",
         "the figure is of kind length and counts nothing"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_read_or_a_hint_too_much_is_refused(
    cells: dict[str, str], column: str, problem: str
) -> None:
    (fault,) = _refused(_one(**cells))
    assert fault.where == "data/raw/figures.csv, row 7 (litang-001)"
    assert (fault.column, fault.problem) == (column, problem)
    assert fault.read == cells[column]
    assert fault.remedy


def test_all_figures_that_cannot_be_read_are_told_together() -> None:
    raw = typed()["figures"]
    for row in (5, 50, 130):
        raw.at[row, "printed"] = "很多"
    assert [fault.where.split(" (")[0] for fault in _refused(raw)] == [
        f"data/raw/figures.csv, row {row}" for row in (5, 50, 130)
    ]


def test_a_table_without_rows_stays_one() -> None:
    assert clean_figures(typed()["figures"].iloc[:0]).shape == (0, 20)
    assert clean_context(typed()["context"].iloc[:0]).shape == (0, 17)


def test_a_program_that_hands_over_another_table_is_told_what_is_wrong() -> None:
    raw = typed()["figures"]
    (fault,) = _refused(raw.drop(columns="kind_hint"))
    assert (fault.column, fault.problem) == ("kind_hint", "the column is missing")
    (fault,) = _refused(pd.concat([raw, raw]))
    assert fault.problem == "row numbers stand twice"
    numbers = raw.assign(start=1.0, note=None)
    assert [(f.where, f.column, f.read) for f in _refused(numbers)] == [
        ("the raw figures, row 2", "start", "1.0"),
        ("the raw figures, row 2", "note", "None"),
    ]


# --- outside facts ---------------------------------------------------------------------------


def _fact(**cells: str) -> pd.DataFrame:
    row = dict.fromkeys(typed()["context"].columns, "")
    row |= {"fact_id": "a", "measure": "population", "unit": "person"}
    return pd.DataFrame([row | cells], index=[2], dtype=object)


@pytest.mark.parametrize(
    ("cells", "low", "high", "bound"),
    [
        ({"printed": "6万人", "value": "60000"}, "55000", "65000", "rounded"),
        ({"printed": "68523", "value": "68523"}, "68523", "68523", "exact"),
        ({"printed": "近3.2亿元", "value": "320000000", "unit": "CNY", "measure": "gdp"},
         "310000000", "320000000", "under"),
        ({"printed": "515 million", "value": "515000000", "unit": "CNY", "measure": "gdp"},
         "514500000", "515500000", "rounded"),
        ({"printed": "约72亿元", "value": "7200000000", "unit": "CNY", "measure": "gdp"},
         "7150000000", "7250000000", "about"),
        ({"printed": "1000余人", "value": "1000"}, "1000", "2000", "over"),
        ({"printed": "0.3", "value": "0.3", "unit": "%", "measure": "rule_ratio"},
         "0.3", "0.3", "exact"),
        ({"printed": "3万亿元", "value": "3000000000000", "unit": "CNY", "measure": "gdp"},
         "2500000000000", "3500000000000", "rounded"),
    ],
)  # fmt: skip
def test_facts_worked_out_by_hand(cells: dict[str, str], low: str, high: str, bound: str) -> None:
    row = clean_context(_fact(**cells)).loc[2]
    assert row[["low", "high", "bound"]].tolist() == [low, high, bound]


def test_every_fact_says_where_it_was_read_as_far_as_is_known() -> None:
    facts = typed()["context"]
    assert (facts["source_title"] + facts["publisher"] != "").all()
    # No address is known of any of them, so none is given.
    assert not (facts["address"] + facts["accessed"]).any()


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"source_title": "", "publisher": ""}, "source_title"),
        ({"address": "the library"}, "address"),
        ({"accessed": "2024-05-01"}, "accessed"),
    ],
)
def test_a_source_that_says_too_little_is_refused(cells: dict[str, str], column: str) -> None:
    tables = {**typed(), **checked()}
    facts = tables["context"] = tables["context"].copy()
    facts.loc[2, list(cells)] = list(cells.values())
    with pytest.raises(TableError, match=rf"data/context\.csv, row 2 .*column {column}"):
        check_tables(tables, stored())


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"printed": "many", "value": "1"}, "printed", "cannot be read as one figure"),
        ({"printed": "9" * 5000, "value": "1"}, "printed", "cannot be read as one figure"),
        ({"printed": "6万人", "value": "6"}, "value", "the print '6万人' gives 60000"),
        ({"printed": "6万人", "value": "60000.0"}, "value", "the print '6万人' gives 60000"),
        ({"printed": "6万人", "value": "x"}, "value", "the print '6万人' gives 60000"),
        ({"printed": "6万元", "value": "60000"}, "unit", "the print '6万元' gives CNY"),
    ],
)
def test_a_fact_that_its_print_does_not_bear_is_refused(
    cells: dict[str, str], column: str, problem: str
) -> None:
    with pytest.raises(TableError, match=r"data/context\.csv, row 2 \(a\)") as told:
        clean_context(_fact(**cells))
    (fault,) = told.value.faults
    assert (fault.column, fault.problem) == (column, problem)


# --- corrections -----------------------------------------------------------------------------


def _corrected(*lines: str) -> dict[str, pd.DataFrame]:
    tables = typed()
    columns = list(tables["corrections"].columns)
    tables["corrections"] = pd.DataFrame(
        [line.split("|") for line in lines],
        columns=columns,
        index=range(2, 2 + len(lines)),
        dtype=object,
    )
    return apply_corrections(tables)


def test_a_correction_that_matches_changes_the_cell_and_what_follows_from_it() -> None:
    old, tables = typed(), _corrected("figures|litang-020|printed|3500万元|350万元|misread")
    (row,) = old["figures"].index[old["figures"]["figure_id"] == "litang-020"]
    assert tables["figures"].at[row, "printed"] == "350万元"
    clean = clean_figures(tables["figures"]).loc[row]
    assert clean[["value", "low", "high"]].tolist() == ["3500000", "3495000", "3505000"]
    changed = tables["figures"].compare(old["figures"])
    assert changed.shape == (1, 2)
    assert typed()["figures"].at[row, "printed"] == "3500万元"


def test_a_correction_may_empty_a_cell_or_fill_one() -> None:
    tables = _corrected(
        "figures|litang-020|note|all sources||said twice",
        "pairs|luzhou xiangcheng|note||first named|was left out",
        "mechanisms|litang leading_group|start|1471|1470|one short",
        "context|rule-tibet|value|0.1|0.2|misread",
    )
    figures = tables["figures"].set_index("figure_id")
    assert figures.at["litang-020", "note"] == ""
    assert (tables["pairs"]["note"] == "first named").sum() == 1
    assert tables["mechanisms"].at[2, "start"] == "1470"
    assert "0.2" in set(tables["context"]["value"])


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("figs|litang-020|note|all sources|x|y", "table", "no such table"),
        ("corrections|litang-020|note|all sources|x|y", "table", "no such table"),
        ("figures|litang-999|note|all sources|x|y", "row", "matches 0 rows of figures"),
        ("figures||note|all sources|x|y", "row", "matches 0 rows of figures"),
        ("pairs|luzhou|note||x|y", "row", "matches 0 rows of pairs"),
        ("figures|litang-020|value|35000000|x|y", "column", "not a column of figures"),
        ("figures|litang-020|note|all source|x|y", "from", "the cell holds 'all sources'"),
        ("figures|litang-020|donor|leshan|x|y", "from", "the cell holds ''"),
        ("figures|litang-020|note|all sources|all sources|y", "to", "it stands there already"),
    ],
)
def test_a_correction_that_matches_nothing_is_refused(line: str, column: str, problem: str) -> None:
    with pytest.raises(TableError, match="corrections that match nothing: 1 fault") as told:
        _corrected(line)
    (fault,) = told.value.faults
    assert fault.where == "data/raw/corrections.csv, row 2"
    assert (fault.column, fault.problem) == (column, problem)
    assert fault.remedy


def test_all_corrections_that_match_nothing_are_told_together() -> None:
    with pytest.raises(TableError) as told:
        _corrected("figs|a|b|c|d|e", "figures|litang-020|note|all sources|x|y", "figures|a|b|c|d|e")
    assert [fault.where[-1] for fault in told.value.faults] == ["2", "4"]
