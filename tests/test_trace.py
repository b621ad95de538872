"""What may be asked of a number: its trail, its quotient with another, and what if."""

from __future__ import annotations

import json
import re
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from copies import copy_of_study, each_case, said, stored

from aidstudy import load_figures, load_results
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.supposed import what_if
from aidstudy.analysis.trace import MARKS, Trace, marked_lines, trace, trace_figure
from aidstudy.errors import AidstudyError, PageError, PlotError, ResultError, UnitError
from aidstudy.intervals import Interval
from aidstudy.plots import plot_rows
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import load_study

TOLD = {
    "spent_of_committed.ganzi": (
        "spent_of_committed.ganzi: 75.953",
        "ganzi-015: 2029.47万元 = 20,294,700 [20,294,650, 20,294,750] CNY",
        "article ganzi, characters 5886 to 5896",
        "Longquanyi's aid after the addition",
    ),
    "outside.xinlong.aid_of_rule_amount": (
        "revenue-yibin-2011: 67.23亿元",
        "Yibin government work report",
    ),
    "window.days": ("10月底前 = 2012-10",),
    "complete.litang.wilson": ("16.7%, 95% interval 3.01 to 56.4",),
}


@pytest.mark.parametrize("result", TOLD)
def test_a_trail_goes_from_the_result_to_figures_facts_and_reasons(result: str) -> None:
    lines = str(trace(result, stored()))
    assert lines.startswith(f"{result}: ")
    assert [one for one in TOLD[result] if one not in lines] == []


def test_a_trail_of_any_result_names_every_figure_behind_it_and_its_print() -> None:
    found = load_results(stored())
    printed = load_figures(stored()).set_index("figure_id")["printed"]
    for row in found[found["figures"].notna()].sample(6, random_state=3).itertuples():
        told = str(trace(row.result_id, stored()))
        for figure_id in row.figures.split():
            assert f"{figure_id}: {printed[figure_id]} = " in told


def test_a_trail_is_shown_in_a_notebook_with_everything_escaped() -> None:
    html = Trace(("<b> & co",), (Trace(("child", f"page: {MARKS[0]}5{MARKS[1]}")),))
    text = html._repr_html_()
    assert "<b>&lt;b&gt; &amp; co</b>" in text
    assert "page: <mark>5</mark>" in text
    assert text.count("<ul>") == text.count("</ul>") == 1
    assert str(html).splitlines() == ["<b> & co", "└─ child", f"   page: {MARKS[0]}5{MARKS[1]}"]


def test_a_trail_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ResultError, match=r"no such result; did you mean 'spent\.ganzi'"):
        trace("spend.ganzi", stored())
    with pytest.raises(ResultError, match="of a figure ask trace_figure"):
        trace("ganzi-021", stored())
    with pytest.raises(ResultError, match="no such figure; did you mean"):
        trace_figure("ganzi-02", stored())
    assert "name one result, or one figure" in said("trace", status=2)


@pytest.mark.page
def test_with_the_page_the_characters_are_marked_and_another_is_refused(
    page: Path, tmp_path: Path
) -> None:
    marked = f"{MARKS[0]}500 万元{MARKS[1]}"
    (line,) = [one for one in trace("paid.xinlong", stored(), page=page).lines() if "page: " in one]
    assert marked in line
    assert marked in str(trace_figure("xinlong-009", stored(), page=page))
    other = tmp_path / "page.txt"
    other.write_text("another page", "utf-8")
    with pytest.raises(PageError, match="is not that of the study's page"):
        trace("paid.xinlong", stored(), page=other)


def test_a_figure_broken_by_a_line_end_is_marked_over_both_lines() -> None:
    assert marked_lines("a 12\n34 b\nc", 2, 7) == ["page: a ⟦12", "page: 34⟧ b"]
    assert marked_lines("12", 0, 2) == ["page: ⟦12⟧"]


# --- upwards ------------------------------------------------------------------------------------


def _study_with_outputs(folder: Path) -> Path:
    """A copy with one plot that draws a figure, and a notebook that shows a result of it."""
    copy_of_study(folder)
    for name, figures in (("money", "ganzi-020 ganzi-019"), ("other", "ganzi-0201")):
        (folder / "figures" / name).mkdir(parents=True)
        rows = f"value,figures\n26720000,{figures}\n"
        (folder / "figures" / name / f"{name}.csv").write_text(rows, "utf-8")
    shown = {"data": {"text/html": ["<td>rule_amount.ganzi</td><td>15.8</td><td>77.77</td>"]}}
    cells = [
        {"cell_type": "markdown", "source": ["The share is 0.845%, not 0.846%."]},
        {"cell_type": "code", "source": "show()", "outputs": [shown]},
    ]
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "02.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    return folder


def test_a_figure_leads_to_every_result_plot_and_notebook_that_rests_on_it(tmp_path: Path) -> None:
    lines = trace_figure("ganzi-020", load_study(_study_with_outputs(tmp_path))).lines()
    told = [line.lstrip("│├└─ ") for line in lines]
    assert {"plots: 1", "money", "notebooks: 1", "02.ipynb, cell 2"} <= set(told)
    assert any(line.startswith("rule_amount.ganzi: 15,800,000 [") for line in told)
    behind = load_results(stored())["figures"].fillna("").str.split()
    expected = [ids for ids in behind if "ganzi-020" in ids]
    assert f"results: {len(expected)}" in told
    shutil.rmtree(tmp_path / "figures")
    told = str(trace_figure("ganzi-020", load_study(tmp_path)))
    assert "plots: not known here, as" in told, "not known is not none"


def test_a_figure_that_repeats_another_is_traced_as_that_one() -> None:
    lines = trace_figure("litang-036", stored()).lines()
    assert "says again: litang-034, which stands for both in every formula" in lines[2]
    assert any("people.litang.seconded_in" in line for line in lines)


# === one quotient from the command line


def test_a_quotient_with_bounds_and_trail() -> None:
    told = said("ratio", "ganzi-019", "ganzi-020")
    # By hand: 1091.5 / 2672.5 = 40.842% and 1092.5 / 2671.5 = 40.895%.
    assert told.startswith("40.868% [40.841, 40.895]\n")
    assert "formula: ganzi-019 ÷ ganzi-020" in told
    assert "with numbers: 1092万元 ÷ 2672万元" in told
    assert "characters 5977 to 5985" in told
    told = said("ratio", "ganzi-019", "ganzi-014", "--unit", "CNY million/project")
    assert told.split(" ")[0] == "0.18508"
    with pytest.raises(AidstudyError, match="ganzi-999"):
        said("ratio", "ganzi-019", "ganzi-999")


def test_a_plot_of_any_rows(tmp_path: Path) -> None:
    names = ["ganzi-019", "ganzi-020", "rule_amount.ganzi"]
    said("plot", *names, "--lang", "zh", "--format", "svg", "-o", tmp_path)
    assert (tmp_path / "rows.double.zh.svg").stat().st_size > 1000
    axes = plot_rows(names[:2])
    strokes = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "|"]
    assert strokes == pytest.approx([10.92, 26.72])
    assert {"26.72", "26.715–26.725"} <= {text.get_text() for text in axes.texts}
    assert axes.get_yticklabels()[0].get_text().startswith("Garzê County")
    # Where routes to a revenue meet there are bounds and no value: a bar, and nothing is cut off.
    axes = plot_rows(["ganzi-020", "revenue.ganzi.overlap"])
    *_, span = axes.lines
    (low, high), right = span.get_xdata(), axes.get_xlim()[1]
    assert 3159 < low < high < 3163 < right
    for wrong, words in (
        (["ganzi-999"], "there is none"),
        ([], "no row"),
        (["page-001"], "no"),
    ):
        with pytest.raises(PlotError, match=words):
            plot_rows(wrong)
    with pytest.raises(UnitError):
        plot_rows(["ganzi-019", "ganzi-014"])


# === what if the rule, the year or a judgement were another


def row(donor: str = "longquanyi", **moved: Any) -> pd.Series[Any]:
    return exact_frame(what_if(stored(), **moved)).set_index("donor").loc[donor]


# --- the numbers ---------------------------------------------------------------------------------


def test_nothing_moved_is_what_the_results_say() -> None:
    q = load_figures(stored()).set_index("figure_id")["quantity"]
    share = q["ganzi-018"] * q["ganzi-020"] / (q["ganzi-020"] - q["ganzi-019"])
    found = row()
    assert found["share"] == share.exact
    assert Interval(found["share_low"], found["share_high"]) == share.interval
    ratios = exact_frame(funding_ratios(stored())).set_index("donor")
    for donor, one in exact_frame(what_if(stored())).set_index("donor").iterrows():
        for column in ("aid", "revenue", "revenue_low", "revenue_high", "revenue_state"):
            assert one[column] == ratios.loc[donor, column]
        assert one["printed"] is ratios.loc[donor, "ratio"] or (
            one["printed"] == ratios.loc[donor, "ratio"]
        )


def test_the_share_moves_with_the_rule_and_the_revenue_against_it() -> None:
    first, twice = row(), row(rule_percent=1)
    for end in ("", "_low", "_high"):
        assert twice[f"share{end}"] == 2 * first[f"share{end}"]
        assert twice[f"revenue{end}"] == first[f"revenue{end}"] / 2
    assert (first["share_state"], twice["share_state"]) == ("derived", "hypothetical")
    assert (first["agrees"], twice["agrees"]) == (True, False)


def test_only_rules_near_the_printed_one_agree_with_the_printed_share() -> None:
    agreeing = [
        rule for rule in (n / 1000 for n in range(490, 511)) if row(rule_percent=rule)["agrees"]
    ]
    # By hand: 0.8445 ÷ 1.69193 = 0.49914 and 0.8455 ÷ 1.69031 = 0.50021, the bounds of the print
    # over those of 2672 ÷ (2672 − 1092).
    assert agreeing == [0.5]


def test_a_later_year_divides_by_the_growth_in_between() -> None:
    first, later = row(), row(year=2015, growth_percent=10)
    assert later["share"] == first["share"] / Fraction(11, 10) ** 3
    assert later["revenue_high"] == first["revenue_high"] * Fraction(11, 10) ** 3
    assert later["share_state"] == "hypothetical"
    assert row(year=2015)["share"] == first["share"]


def test_a_donor_that_splits_nothing_gets_no_share() -> None:
    for moved in ({}, {"rule_percent": 0.3}, {"year": 2014, "growth_percent": 5}):
        found = row("luzhou", **moved)
        assert found["share"] is None
        assert found["share_state"] == "not_reported"
        assert found["agrees"] is None
        assert found["revenue_state"] == "hypothetical"
    left = row("leshan", paid_in_full="leave")
    assert left["aid"] is None
    assert left["revenue"] is None


@each_case("what_if", "refused")
def test_what_cannot_be_moved_is_said(moved: dict[str, Any], message: str) -> None:
    with pytest.raises(ResultError, match=re.escape(message)):
        what_if(stored(), **moved)
