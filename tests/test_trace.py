"""Trails down to the page and up to plots and notebooks; numbers that rest on nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from copies import copy_of_study, stored

from aidstudy import load_figures, load_results
from aidstudy.analysis.trace import MARKS, Trace, marked_lines, trace, trace_figure
from aidstudy.cli import commands
from aidstudy.errors import PageError, ResultError
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
    for row in found[found["figures"].notna()].sample(12, random_state=3).itertuples():
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
    with pytest.raises(ResultError, match="for a figure say --figure"):
        trace("ganzi-021", stored())
    with pytest.raises(ResultError, match="no such figure; did you mean"):
        trace_figure("ganzi-02", stored())
    told = CliRunner().invoke(commands, ["trace"])
    assert told.exit_code == 2
    assert "name one result, or one figure" in told.output


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
