"""Trails down to the page and up to plots and notebooks; numbers that rest on nothing."""

from __future__ import annotations

import json
import random
import shutil
from functools import cache
from pathlib import Path

import pytest
from copies import REPOSITORY, copy_of_study, stored

from aidstudy import analysis
from aidstudy.errors import PageError, ResultError
from aidstudy.rebuild.trace import (
    MARKS,
    Branch,
    KnownNumbers,
    Trace,
    marked_lines,
    shown,
    trace,
    trace_figure,
    trace_lines,
    unknown_in_notebook,
    unknown_in_plot,
    unknown_in_text,
)
from aidstudy.tables.study import load_study


@cache
def known() -> KnownNumbers:
    return KnownNumbers(stored())


def test_a_trail_goes_from_the_result_to_every_figure() -> None:
    lines = trace("spent_of_committed.ganzi", stored()).lines()
    assert lines[0].startswith("spent_of_committed.ganzi = 75.953")
    assert "formula: 100% × spent.ganzi ÷ committed.ganzi" in lines
    assert "with numbers: 100% × 2029.47万元 ÷ 2672万元" in lines
    told = "\n".join(lines)
    assert "ganzi-015: 2029.47万元 = 20,294,700 CNY [20,294,650, 20,294,750]" in told
    assert "article ganzi, characters 5886 to 5896" in told
    assert "commitment: Longquanyi's aid after the addition" in told


def test_a_trail_names_outside_facts_and_plain_numbers_with_their_reasons() -> None:
    told = str(trace("outside.xinlong.aid_of_rule_amount", stored()))
    assert "revenue-yibin-2011: 67.23亿元" in told
    assert "Yibin government work report" in told
    assert "complete projects of litang: litang-p04" in str(
        trace("complete.litang.share", stored())
    )
    assert "10月底前 = 2012-10-31" in str(trace("window.days", stored()))


def test_three_results_at_random_can_be_recomputed_from_their_trails() -> None:
    found = analysis.results(stored())
    with_figures = [r for r in found if r.sources("figure") and r.term.value is not None]
    for result in random.Random(3).sample(with_figures, 3):
        told = str(trace(result.result_id, stored()))
        for figure_id in result.sources("figure"):
            assert f"{figure_id}: " in told
        assert shown(result) in told


def test_a_trail_is_shown_in_a_notebook_with_everything_escaped() -> None:
    html = Trace(Branch(("<b> & co",), (Branch(("child", f"page: {MARKS[0]}5{MARKS[1]}")),)))
    text = html._repr_html_()
    assert "<b>&lt;b&gt; &amp; co</b>" in text
    assert "page: <mark>5</mark>" in text
    assert text.count("<ul>") == text.count("</ul>") == 1
    assert str(html).splitlines() == ["<b> & co", "└─ child", f"   page: {MARKS[0]}5{MARKS[1]}"]


def test_a_trail_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(ResultError, match=r"no such result; did you mean 'spent\.ganzi'"):
        trace("spend.ganzi", stored())
    with pytest.raises(ResultError, match="no such figure; did you mean"):
        trace_figure("ganzi-02", stored())
    with pytest.raises(ResultError, match="name one result, or one figure"):
        trace_lines(stored())


@pytest.mark.page
def test_with_the_page_the_characters_are_marked(page: Path) -> None:
    lines = trace("paid.xinlong", stored(), page=page).lines()
    (line,) = [line for line in lines if "page: " in line]
    assert f"{MARKS[0]}500 万元{MARKS[1]}" in line
    assert f"{MARKS[0]}500 万元{MARKS[1]}" in str(trace_figure("xinlong-009", stored(), page=page))


def test_another_page_is_refused(tmp_path: Path) -> None:
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
    plot = folder / "figures" / "money"
    plot.mkdir(parents=True)
    (plot / "money.csv").write_text("value,figures\n26720000,ganzi-020 ganzi-019\n", "utf-8")
    (folder / "figures" / "other").mkdir()
    (folder / "figures" / "other" / "other.csv").write_text("value,figures\n1,ganzi-0201\n")
    cells = [
        {"cell_type": "markdown", "source": ["The share is 0.845%, not 0.846%."]},
        {
            "cell_type": "code",
            "source": "show()",
            "outputs": [
                {"data": {"text/html": ["<td>rule_amount.ganzi</td><td>15.8</td><td>77.77</td>"]}}
            ],
        },
    ]
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "02.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
    return folder


def test_a_figure_leads_to_every_result_plot_and_notebook_that_rests_on_it(tmp_path: Path) -> None:
    lines = trace_figure("ganzi-020", load_study(_study_with_outputs(tmp_path))).lines()
    told = [line.lstrip("│├└─ ") for line in lines]
    assert "plots: 1" in told
    assert "money" in told
    assert "notebooks: 1" in told
    assert "02.ipynb, cell 2" in told
    assert any(line.startswith("rule_amount.ganzi = 15,800,000 CNY") for line in told)
    expected = [r for r in analysis.results(stored()) if "ganzi-020" in r.sources("figure")]
    assert f"results: {len(expected)}" in told


def test_a_figure_that_repeats_another_is_traced_as_that_one() -> None:
    lines = trace_figure("litang-036", stored()).lines()
    assert lines[1] == "says litang-034 again, which stands for both in every formula"
    assert any("people.litang.seconded_in" in line for line in lines)


# --- numbers that rest on nothing ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "CNY 26.72 million [26.715, 26.725]",
        "2672万元，占0.845%",
        "spent 75.95% of it",
        "from 3.159 to 3.165 billion",  # bounds rounded outward
        "on 12 April 2012, ganzi-020, 7+20, 2012/2016",
        "30,176 万元",
    ],
)
def test_numbers_of_the_tables_are_known_however_they_are_rounded(text: str) -> None:
    assert known().unknown(text) == []


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("CNY 26.7234 million", ["26.7234"]),
        ("0.8467% of revenue", ["0.8467"]),
        ("spent 75.90%, not 75.95%", ["75.90"]),
        ("1767.9123万元", ["1767.9123"]),
    ],
)
def test_a_number_of_no_table_is_found(text: str, unknown: list[str]) -> None:
    assert known().unknown(text) == unknown


def test_a_planted_number_is_found_in_notebooks_plots_and_texts(tmp_path: Path) -> None:
    folder = _study_with_outputs(tmp_path)
    assert unknown_in_notebook(folder / "notebooks" / "02.ipynb", known()) == ["cell 2: 77.77"]
    plot = folder / "figures" / "money"
    assert unknown_in_plot(plot, known()) == []
    (plot / "money.csv").write_text("value,figures\n26720001.25,ganzi-020\n", "utf-8")
    assert unknown_in_plot(plot, known()) == ["money.csv, row 2, value: 26720001.25"]
    text = "Of 3 runs, 26.72 million; CNY 26.7234 million; 75.95%; 99.63%.\n```\n12.345%\n```\n"
    assert unknown_in_text(text, known()) == ["26.7234", "99.63"]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("190 to 610 days", []),  # 199.67 to 601, rounded outward to the tens
        ("CNY 11,480,000 per km", []),
        ("CNY 11,580,000 per km", ["11,580,000"]),
    ],
)
def test_a_whole_number_may_be_rounded_before_the_point(text: str, unknown: list[str]) -> None:
    assert known().unknown(text) == unknown


@pytest.mark.parametrize(
    "path", sorted((REPOSITORY / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem
)
def test_every_number_of_a_notebook_is_one_of_the_tables_or_results(path: Path) -> None:
    assert unknown_in_notebook(path, known()) == []


@pytest.mark.parametrize(
    "folder",
    [folder for folder in sorted((REPOSITORY / "figures").glob("*")) if folder.is_dir()],
    ids=lambda folder: folder.name,
)
def test_every_number_that_a_plot_draws_is_one_of_the_tables_or_results(folder: Path) -> None:
    assert unknown_in_plot(folder, known()) == []


def test_every_number_with_a_unit_in_the_readme_is_one_of_the_tables_or_results() -> None:
    readme = REPOSITORY / "README.md"
    if not readme.exists():
        pytest.skip("no README.md")
    assert unknown_in_text(readme.read_text("utf-8"), known()) == []


def test_a_trail_does_not_store_the_page(tmp_path: Path) -> None:
    before = sorted(p.name for p in REPOSITORY.glob("*"))
    shutil.copytree(REPOSITORY / "data", tmp_path / "data")
    trace("paid.xinlong", tmp_path)
    assert sorted(p.name for p in tmp_path.glob("*")) == ["data"]
    assert sorted(p.name for p in REPOSITORY.glob("*")) == before
