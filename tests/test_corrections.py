"""One row is all that a correction or an outside fact needs; what follows from it is told."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from copies import REPOSITORY, add_lines, change_cell, copy_of_study, each_case, stored

import aidstudy
from aidstudy import (
    funding_ratios,
    load_adjudication,
    load_context,
    load_figures,
    load_results,
)
from aidstudy.analysis.served import moved_results, stale_results
from aidstudy.errors import StaleWarning
from aidstudy.rebuild.rebuild import Rebuild, reproduce
from aidstudy.tables.study import Study, load_study


def _corrected(folder: Path, line: str) -> Study:
    """A study whose tables were made again after one correction."""
    copy_of_study(folder)
    add_lines(folder / "data/raw/corrections.csv", line)
    study = load_study(folder)
    outcome = reproduce(study, update=True, only="tables", out=io.StringIO())
    assert outcome.ok
    return study


def _rules(study: Study, row: str) -> dict[str, str]:
    log = load_adjudication(study)
    return dict(log.loc[log["row"] == row, ["column", "rule"]].to_numpy().tolist())


@pytest.mark.filterwarnings("ignore::aidstudy.StaleWarning")
def test_a_printed_sum_is_corrected_by_one_row(tmp_path: Path) -> None:
    draft = "data/draft.csv"
    study = _corrected(tmp_path, "figures,ganzi-019,printed,1092万元,1192万元,misread")
    figures = load_figures(study).set_index("figure_id")
    assert figures.loc["ganzi-019", ["low", "high"]].tolist() == [11_915_000, 11_925_000]
    changed = ("printed", "value", "low", "high")
    assert _rules(study, "ganzi-019") == dict.fromkeys(changed, "misread")
    assert (study.folder / draft).read_bytes() == (REPOSITORY / draft).read_bytes()
    stale = stale_results(study)
    assert "rule_amount.ganzi" in stale
    assert "revenue.ganzi.rule_amount_over_rule" in stale
    assert "spent_of_paid.xinlong" not in stale
    with pytest.warns(StaleWarning, match=r"the tables give otherwise now: .*rule_amount\.ganzi"):
        load_results(study)


def test_no_stored_result_is_other_than_its_formula_gives() -> None:
    assert stale_results(REPOSITORY) == []


@pytest.mark.filterwarnings("ignore::aidstudy.StaleWarning")
@each_case("corrections", "lines")
def test_donor_stage_date_and_label_are_corrected_by_one_row(
    line: str, load: str, row: str, column: str, now: str, logged: bool, tmp_path: Path
) -> None:
    study = _corrected(tmp_path, line)
    table = getattr(aidstudy, f"load_{load}")(study)
    cell = table.set_index(table.columns[0])[column].fillna("")[row]
    assert cell == now
    assert (_rules(study, row).get(column) == line.rsplit(",", 1)[1]) is logged


@pytest.mark.filterwarnings("ignore::aidstudy.StaleWarning")
def test_an_outside_fact_is_one_row_read_with_the_bounds_of_its_print(tmp_path: Path) -> None:
    copy_of_study(tmp_path)
    about = "revenue-longquanyi-2011,longquanyi,local_public_budget_revenue,2011"
    told = "约72亿元,7200000000,CNY,made up for a trial,,2011,,,copy,"
    add_lines(tmp_path / "data/context.csv", f"{about},{told}")
    study = load_study(tmp_path)
    assert reproduce(study, update=True, only="tables", out=io.StringIO()).ok
    fact = load_context(study).set_index("fact_id").loc["revenue-longquanyi-2011"]
    assert fact[["low", "high", "bound"]].tolist() == [7_150_000_000, 7_250_000_000, "about"]
    aid = funding_ratios(study).set_index("donor")["aid"]["longquanyi"]
    # By hand: 26.715 over 7250 and 26.725 over 7150 million.
    assert str(aid / fact["quantity"]) == "0.3711% [0.3684, 0.3738]"


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
