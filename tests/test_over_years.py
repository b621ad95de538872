"""Several pages of one pair over years: a study for each, and tables over all of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from aidstudy import AidstudyError, load_figures
from aidstudy.cli import commands
from aidstudy.errors import PlotError, StudyError
from aidstudy.pages import over_years as module
from aidstudy.pages.own_plots import plot_over_years
from aidstudy.tables.load import clean_study

FIRST = """青山市对口支援白石县工作报告。
按照安排，青山市对口支援白石县。2013年青山市安排援助资金3000万元，已到位2400万元，完成投资1800万元。
一、项目建设
青山市先后派出 50 余名干部到白石县挂职。
"""
SECOND = """青山市继续对口支援白石县。
2013年青山市安排援助资金3100万元。2014年青山市安排援助资金3500万元，已到位3500万元。
青山市派出60名干部到白石县挂职。
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    (folder / "report2013.txt").write_text(FIRST, encoding="utf-8")
    (folder / "b.txt").write_text(SECOND, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years") / "all"
    table = pages.parent / "years.csv"
    table.write_text("page,year\nb.txt,2014\n", encoding="utf-8")
    found = module.new_studies(folder, pages=pages, years=table)
    assert [where for _, where in found] == [
        "report2013.txt: 2013, from its name",
        "b.txt: 2014, from the table of years",
    ]
    return folder


def test_each_page_is_a_study_and_ids_stay_apart(made: Path) -> None:
    assert list(module.studies_in(made)) == ["2013", "2014"]
    figures = module.figures_over_years(made)
    assert figures["figure_id"].is_unique
    assert figures.groupby("page_id").size().to_dict() == {
        name: len(load_figures(study)) for name, study in module.studies_in(made).items()
    }


def test_what_a_pair_promised_paid_and_spent_by_year(made: Path) -> None:
    table = module.pairs_over_years(made)
    assert set(table["recipient_zh"] + table["donor_zh"]) == {"白石县青山市"}
    money = table.set_index(["year", "step"])["quantity"].astype(float)
    assert money[2013].to_dict() == {"commitment": 30, "disbursement": 24, "expenditure": 18}
    assert money[2014]["commitment"] == 35
    assert table.set_index(["year", "step"])["state"][2014, "expenditure"] == "not_reported"


def test_a_sum_that_a_later_page_revises_stands_beside_the_first(
    made: Path, pages: Path, tmp_path: Path
) -> None:
    (decided,) = module.said_again(made).to_dict("records")
    assert (decided["printed_1"], decided["printed_2"]) == ("3000万元", "3100万元")
    assert (decided["said"], decided["period"]) == ("青山市>白石县, commitment", "2013")
    assert not decided["meet"]
    # The texts tell the same two figures; without a decision on them they still stand there.
    assert module.said_again(made, pages).to_dict("records") == [decided]
    with pytest.raises(StudyError, match="the page of 2013, 2014 is not there"):
        module.said_again(made, made)
    open_rows = shutil.copytree(made, tmp_path / "open")
    for table in open_rows.glob("*/data/raw/figures.csv"):
        told = table.read_text(encoding="utf-8").replace(",commitment,", ",other,")
        table.write_text(told, encoding="utf-8", newline="")
    for study in module.studies_in(open_rows).values():
        clean_study(study)
    assert module.said_again(open_rows).empty
    (row,) = module.said_again(open_rows, pages).to_dict("records")
    assert (row["said"], row["meet"]) == ("青山市安排援助资金", False)
    assert row["figure_id_2"] == "county1_2014-002"
    assert FIRST[row["start_1"] : row["end_1"]] == row["printed_1"] == "3000万元"


def test_the_command_tells_all_and_draws(made: Path, pages: Path, tmp_path: Path) -> None:
    flat = tmp_path / "pairs.csv"
    words = ["over-years", str(made), "-o", str(flat), "--plot", "白石县", "--pages", str(pages)]
    told = CliRunner().invoke(commands, words)
    assert told.exit_code == 0, told.output
    assert "2013: Draft: " in told.output
    assert told.output.count("3100万元 (county1_2014-002)") == 1
    assert "3100万元 (county1_2014-002): does not agree" in told.output
    assert len(flat.read_text(encoding="utf-8").splitlines()) == 7
    assert (made / "白石县.double.en.png").stat().st_size > 1000


def test_the_plot_has_a_mark_for_each_page_that_prints_a_sum(made: Path) -> None:
    axes = plot_over_years(module.pairs_over_years(made), "白石县")
    marks = {bar.get_label(): bar[0].get_xdata().tolist() for bar in axes.containers}
    assert marks == {"promised": [2013, 2014], "paid": [2013, 2014], "spent": [2013]}
    with pytest.raises(PlotError, match="counties: 白石县"):
        plot_over_years(module.pairs_over_years(made), "红土县")


def test_a_page_without_a_year_and_bad_tables_are_refused(pages: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent"
    silent.mkdir()
    (silent / "a.txt").write_text("青山市安排援助资金3000万元。", encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("page,year\nc.txt,2014\n", encoding="utf-8")
    half = tmp_path / "half.csv"
    half.write_text("page,year\nb.txt,14\n", encoding="utf-8")
    for folder, table, words in (
        (silent, None, "no year for a.txt"),
        (pages, wrong, "no such page: c.txt"),
        (pages, half, "line 2"),
        (tmp_path / "none", None, "no page"),
    ):
        with pytest.raises(AidstudyError, match=words):
            module.new_studies(tmp_path / "new", pages=folder, years=table)
        assert not (tmp_path / "new").exists()
    with pytest.raises(StudyError, match="no study below it"):
        module.studies_in(tmp_path)
    assert "give --page" in CliRunner().invoke(commands, ["new", str(tmp_path / "x")]).output
