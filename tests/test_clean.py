"""From typed tables to clean ones: what the print says, corrections, the log of adjudication."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import (
    REPOSITORY,
    add_lines,
    case_set,
    change_cell,
    checked,
    copy_of_study,
    stored,
    typed,
)

from aidstudy import (
    load_adjudication,
    load_figures,
)
from aidstudy.analysis.served import moved_results
from aidstudy.errors import Fault, TableError
from aidstudy.rebuild.rebuild import Rebuild, reproduce
from aidstudy.tables.adjudication import (
    CODINGS,
    check_adjudication,
    compare_codings,
)
from aidstudy.tables.check import check_tables
from aidstudy.tables.clean import apply_corrections, clean_context, clean_figures
from aidstudy.tables.study import Study, load_study

CASES = case_set("clean")
DERIVED = ("printed", "numeral", "kind", "value", "unit", "low", "high", "bound")


def _rows(name: str, *rows: dict[str, str], **common: str) -> pd.DataFrame:
    """A raw table of made-up rows, numbered as in a file."""
    columns = list(typed()[name].columns)
    cells = [dict.fromkeys(columns, "") | common | row for row in rows]
    index = range(2, 2 + len(rows))
    return pd.DataFrame(cells, columns=columns, index=index, dtype=object)


def _figures(*rows: dict[str, str]) -> pd.DataFrame:
    return _rows("figures", *rows, figure_id="litang-001", article="litang", measure="other")


def _facts(*rows: dict[str, str]) -> pd.DataFrame:
    return _rows("context", *rows, fact_id="a", measure="population", unit="person")


def _refused(clean: Callable[[], object]) -> list[Fault]:
    with pytest.raises(TableError) as told:
        clean()
    assert all(fault.remedy for fault in told.value.faults)
    return list(told.value.faults)


def _compare(faults: list[Fault], cases: list[dict[str, Any]], where: str) -> None:
    """Each case in a row of its own has its fault, and all are told together."""
    assert [(fault.where, fault.column, fault.problem) for fault in faults] == [
        (where.format(row), case["column"], case["problem"]) for row, case in enumerate(cases, 2)
    ]


# --- the page's figures ----------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["figures"], ids=lambda case: case["figure_id"])
def test_figures_worked_out_by_hand(case: dict[str, str]) -> None:
    figures = checked()["figures"].set_index("figure_id")
    assert figures.loc[case["figure_id"], list(DERIVED)].to_dict() == {
        column: case[column] for column in DERIVED
    }


# --- one figure ------------------------------------------------------------------------------


def test_a_rule_is_exact_because_its_measure_says_so() -> None:
    told = [{"printed": "0.5%", "measure": name} for name in ("rule_ratio", "ratio_to_revenue")]
    rule, rate = clean_figures(_figures(*told))[["low", "high", "bound"]].to_numpy().tolist()
    assert rule == ["0.5", "0.5", "exact"]
    assert rate == ["0.45", "0.55", "rounded"]


def test_bounds_whose_decimals_do_not_end_are_rounded_outward() -> None:
    # 3 mu is 2000 m2; half a mu is 333.33 m2.
    land = clean_figures(_figures({"printed": "3亩", "measure": "site_area"})).loc[2]
    assert (land["value"], land["unit"], land["bound"]) == ("2000", "m2", "rounded")
    assert (land["low"], land["high"]) == ("1666.66666666666", "2333.33333333334")


def test_figures_that_cannot_be_read_and_hints_too_much_are_refused_together() -> None:
    cases = CASES["refused_figures"]
    faults = _refused(lambda: clean_figures(_figures(*(case["cells"] for case in cases))))
    _compare(faults, cases, "data/raw/figures.csv, row {} (litang-001)")
    assert [fault.read for fault in faults] == [case["cells"][case["column"]] for case in cases]


def test_a_table_without_rows_stays_one() -> None:
    assert clean_figures(typed()["figures"].iloc[:0]).shape == (0, 20)
    assert clean_context(typed()["context"].iloc[:0]).shape == (0, 17)


def test_a_program_that_hands_over_another_table_is_told_what_is_wrong() -> None:
    raw = typed()["figures"]
    (fault,) = _refused(lambda: clean_figures(raw.drop(columns="kind_hint")))
    assert (fault.column, fault.problem) == ("kind_hint", "the column is missing")
    (fault,) = _refused(lambda: clean_figures(pd.concat([raw, raw])))
    assert fault.problem == "row numbers stand twice"
    numbers = raw.assign(start=1.0, note=None)
    assert [(f.where, f.column, f.read) for f in _refused(lambda: clean_figures(numbers))] == [
        ("the raw figures, row 2", "start", "1.0"),
        ("the raw figures, row 2", "note", "None"),
    ]


# --- outside facts ---------------------------------------------------------------------------


def test_facts_worked_out_by_hand() -> None:
    found = clean_context(_facts(*(case["cells"] for case in CASES["facts"])))
    assert found[["low", "high", "bound"]].to_dict("records") == [
        {column: case[column] for column in ("low", "high", "bound")} for case in CASES["facts"]
    ]


def test_facts_that_their_print_does_not_bear_are_refused_together() -> None:
    cases = CASES["refused_facts"]
    faults = _refused(lambda: clean_context(_facts(*(case["cells"] for case in cases))))
    _compare(faults, cases, "data/context.csv, row {} (a)")


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


# --- corrections -----------------------------------------------------------------------------


def _corrected(*lines: str) -> dict[str, pd.DataFrame]:
    tables = typed()
    columns = list(tables["corrections"].columns)
    rows = [dict(zip(columns, line.split("|"), strict=True)) for line in lines]
    tables["corrections"] = _rows("corrections", *rows)
    return apply_corrections(tables)


def test_a_correction_changes_the_cell_and_what_follows_from_it_or_empties_or_fills_it() -> None:
    tables = _corrected(
        "figures|litang-020|printed|3500万元|350万元|misread",
        "figures|litang-020|note|all sources||said twice",
        "pairs|luzhou xiangcheng|note||first named|was left out",
        "mechanisms|litang leading_group|start|1471|1470|one short",
        "context|rule-tibet|value|0.1|0.2|misread",
    )
    row = typed()["figures"].set_index("figure_id").index.get_loc("litang-020") + 2
    assert typed()["figures"].at[row, "printed"] == "3500万元", "nothing typed is touched"
    assert tables["figures"].compare(typed()["figures"]).index.tolist() == [row]
    assert tables["figures"].loc[row, ["printed", "note"]].tolist() == ["350万元", ""]
    clean = clean_figures(tables["figures"]).loc[row]
    assert clean[["value", "low", "high"]].tolist() == ["3500000", "3495000", "3505000"]
    assert (tables["pairs"]["note"] == "first named").sum() == 1
    assert tables["mechanisms"].at[2, "start"] == "1470"
    assert "0.2" in set(tables["context"]["value"])


def test_corrections_that_match_nothing_are_refused_together() -> None:
    cases = CASES["refused_corrections"]
    _compare(
        _refused(lambda: _corrected(*(case["line"] for case in cases))),
        cases,
        "data/raw/corrections.csv, row {}",
    )


# === one row is all that a correction or an outside fact needs; what follows from it is told


@pytest.mark.filterwarnings("ignore::aidstudy.StaleWarning")
def test_a_printed_sum_is_corrected_by_one_row(tmp_path: Path) -> None:
    draft, study = "data/draft.csv", load_study(copy_of_study(tmp_path))
    add_lines(study.raw / "corrections.csv", "figures,ganzi-019,printed,1092万元,1192万元,misread")
    assert reproduce(study, update=True, only="tables").ok
    figures = load_figures(study).set_index("figure_id")
    assert figures.loc["ganzi-019", ["low", "high"]].tolist() == [11_915_000, 11_925_000]
    log = load_adjudication(study).query("row == 'ganzi-019'").set_index("column")["rule"]
    assert log.to_dict() == dict.fromkeys(("printed", "value", "low", "high"), "misread")
    assert (study.folder / draft).read_bytes() == (REPOSITORY / draft).read_bytes()


def test_the_summary_says_which_results_moved_from_what_to_what(tmp_path: Path) -> None:
    results = copy_of_study(tmp_path) / "data/clean/results.csv"
    for column in ("value", "low", "high"):
        change_cell(results, "rule", column, "0.5", "0.6")
    moved = moved_results(stored(), load_study(tmp_path))
    assert moved == ["rule: 0.5% -> 0.6%"]
    outcome = Rebuild(
        outputs=(), seconds={}, differences=(), updated=True, why_not_exact="", kept=None,
        moved=tuple(moved)
    )  # fmt: skip
    assert outcome.lines()[-2:] == ["1 result moved:", "  rule: 0.5% -> 0.6%"]


# === the log of the adjudication is recomputed; every way to make it untrue is found


def _refused_log(
    log: pd.DataFrame, clean: dict[str, pd.DataFrame] | None = None, study: Study | None = None
) -> list[Fault]:
    with pytest.raises(TableError, match="log of the adjudication: ") as told:
        check_adjudication(study or stored(), log, clean or dict(checked()))
    return list(told.value.faults)


def _log() -> pd.DataFrame:
    return typed()["adjudication"]


def _line(log: pd.DataFrame, *key: str) -> int:
    (row,) = log.index[(log[["table", "row", "column"]] == list(key)).all(axis=1)]
    return int(row)


def test_the_recomputed_log_is_the_stored_one_line_by_line() -> None:
    columns = ["table", "row", "column", "a", "b", "final"]
    found = compare_codings(stored(), checked())
    assert all(list(line) == columns for line in found)
    assert len(found) == len(_log()) > 200
    told = sorted(tuple(line.values()) for line in found)
    assert told == sorted(map(tuple, _log()[columns].to_numpy()))
    assert (_log()["rule"] != "").all()


def test_a_changed_cell_of_the_log_is_found() -> None:
    log = _log()
    row = _line(log, "figures", "litang-033", "donor")
    old = log.loc[row, ["a", "b", "final"]]
    log.loc[row, ["a", "b", "final"]] = "xindu"
    assert [(f.where, f.column, f.read, f.problem, f.remedy) for f in _refused_log(log)] == [
        (f"data/raw/adjudication.csv, row {row} (figures litang-033 donor)", column, "xindu",
         f"the tables hold {cell!r}", "correct the line and its rule")
        for column, cell in old.items()
    ]  # fmt: skip


def test_changed_cells_and_rows_of_final_tables_are_found() -> None:
    changed = {
        ("figures", "litang-001"): {"measure": "visits", "value": "51", "donor": ""},
        ("projects", "litang-p02"): {"stage": "construction", "next_step": ""},
        ("projects", "litang-p03"): {"donor_amount": ""},
        ("events", "litang-e02"): {"realised": "planned"},
        ("events", "litang-e01"): {"figures": "litang-002 litang-003"},
    }
    clean = {
        name: cells.set_index(cells.columns[0], drop=False) for name, cells in checked().items()
    }
    for (name, row), cells in changed.items():
        assert not (clean[name].loc[row, list(cells)] == list(cells.values())).any()
        clean[name].loc[row, list(cells)] = list(cells.values())
    clean["figures"] = clean["figures"].drop(index="litang-019")
    told = [str(fault) for fault in _refused_log(_log(), clean)]
    for (name, row), cells in changed.items():
        assert all(any(f"{name} {row} {cell}" in line for line in told) for cell in cells)
    for coder in CODINGS:
        assert any(f"figures {coder}:" in line and "final 'absent'" in line for line in told)
