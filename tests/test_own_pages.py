"""Pages of one's own: two codings, claims taken as relations, one pair over years."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from copies import csv_rows, figures_of, said, study_of

from aidstudy import audit_text, load_figures
from aidstudy.analysis.arithmetic import check_arithmetic
from aidstudy.errors import AidstudyError, PageError, PlotError, StudyError, TableError
from aidstudy.pages import over_years as module
from aidstudy.pages.accept import accept_claims
from aidstudy.pages.compare import compare, settled
from aidstudy.pages.plot_over_years import plot_over_years
from aidstudy.tables.check import check_study
from aidstudy.tables.files import csv_text
from aidstudy.tables.load import clean_study
from aidstudy.tables.study import load_study

# Made up. Five figures: two of money, a count, a length, a share.
PAGE = (
    "青山市对口支援白石县。青山市安排援助资金300万元，另有资金200万元已到位；"
    "培训教师50名，修路8.6公里，完成80%。\n"
)
Rows = list[dict[str, str]]


@pytest.fixture
def coders(tmp_path: Path) -> tuple[Path, Path]:
    return study_of(tmp_path, PAGE, name="a"), study_of(tmp_path, PAGE, name="b")


def write(path: Path, rows: Rows) -> Path:
    path.write_bytes(csv_text(list(rows[0]), rows).encode())
    return path


def second_coder(study: Path) -> Path:
    """Another measure for the first sum, the count as a unit of its own, the share left out."""
    rows = figures_of(study)
    rows[0]["measure"] = "donation"
    rows[2]["counted"] = "teacher"
    return write(study / "data" / "raw" / "figures.csv", rows[:-1])


def test_agreement_by_column_and_a_line_for_each_cell(coders: tuple[Path, Path]) -> None:
    a, b = coders
    second_coder(b)
    found = compare(a, b)
    assert found.rows.loc["figures"].tolist() == [4, 1, 0]
    measure = found.columns.loc[("figures", "measure")]
    assert (measure["both"], measure["alike"], measure["agreement"]) == (4, 3, 75)
    # Wilson's interval of 3 of 4, by hand: (0.75 + 0.480 ± 0.534) / 1.960.
    assert round(measure["agreement_low"], 1) == 30.1
    assert round(measure["agreement_high"], 1) == 95.4
    # Three codes of four alike; by chance 0.75 x 0 and so on: (3/4 - 3/16) / (1 - 3/16).
    assert round(measure["kappa"], 3) == round((3 / 4 - 3 / 16) / (1 - 3 / 16), 3)
    assert found.columns.loc[("figures", "kind"), "agreement"] == 100
    cells = found.log[["row", "column", "a", "b"]].values.tolist()
    assert ["county1-001", "measure", "commitment", "donation"] in cells
    assert ["county1-003", "unit", "person", "teacher"] in cells
    assert ["county1-005", "row", "present", "absent"] in cells
    assert len(cells) == 3
    assert "figures, measure: 3 of 4 alike, 75.0 [30.1, 95.4]%" in "\n".join(found.lines())
    assert "5 figures of A are still the draft's own" in "\n".join(found.lines())
    # A table that was saved from the review page will do.
    saved = (b / "data" / "raw" / "figures.csv").rename(b.parent / "figures.csv")
    assert compare(a, saved).log[["row", "column", "a", "b"]].values.tolist() == cells


def test_short_names_of_places_are_each_coders_own(coders: tuple[Path, Path]) -> None:
    a, b = coders
    for path in [b / "data" / "study.toml", *(b / "data" / "raw").glob("*.csv")]:
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("county1", "baishi").replace("donor1", "qingshan"),
            encoding="utf-8",
            newline="",
        )
    found = compare(a, b)
    assert len(found.log) == 0
    assert (found.rows["a"] == 0).all()
    assert found.rows.loc["pairs", "both"] == 1


def test_the_decisions_make_one_table(coders: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = coders
    second_coder(b)
    log, output = tmp_path / "log.csv", tmp_path / "figures.csv"
    assert "3 cells differ" in said("compare", a, b, "-o", log)
    with pytest.raises(TableError, match=r"row 2 \(county1-001 measure\).*not decided"):
        settled(a, b, log)
    lines = csv_rows(log)
    # What is read off the print can only be what one of the coders has.
    write(log, [line | {"final": "present", "rule": "talked over"} for line in lines])
    with pytest.raises(TableError, match="write person or teacher"):
        settled(a, b, log)
    final = {"measure": "donation", "unit": "teacher", "row": "absent"}
    write(log, [line | {"final": final[line["column"]], "rule": "talked over"} for line in lines])
    said("compare", a, b, "--decided", log, "-o", output)
    output.replace(a / "data" / "raw" / "figures.csv")
    rows = figures_of(a)
    assert rows[0]["measure"] == "donation"
    assert rows[2]["counted"] == "teacher"
    assert [row["figure_id"] for row in rows] == [f"county1-{n:03d}" for n in range(1, 5)]
    check_study(load_study(a))
    with pytest.raises(TableError, match="nothing differs there; delete the line"):
        settled(a, b, log)


def test_a_figure_of_the_second_coder_alone_is_taken_and_numbered(
    coders: tuple[Path, Path], tmp_path: Path
) -> None:
    a, b = coders
    rows = figures_of(a)
    write(
        a / "data" / "raw" / "figures.csv",
        [rows[0], *({**r, "figure_id": f"county1-{n:03d}"} for n, r in enumerate(rows[2:], 2))],
    )
    log = tmp_path / "log.csv"
    lines = compare(a, b).log.to_dict("records")
    assert [(line["row"], line["a"], line["b"]) for line in lines] == [
        ("b:county1-002", "absent", "present")
    ]
    write(log, [line | {"final": "present", "rule": "the page prints it"} for line in lines])
    table = csv_rows(settled(a, b, log))
    assert [row["printed"] for row in table] == [row["printed"] for row in figures_of(b)]
    assert [row["figure_id"] for row in table] == [row["figure_id"] for row in figures_of(b)]


def test_codings_of_two_pages_are_refused(coders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(PageError, match="made from another page"):
        compare(coders[0], study_of(tmp_path, PAGE + "2人。", name="other"))
    with pytest.raises(AidstudyError, match="no study here"):
        compare(coders[0], tmp_path / "none")


# === claims of a page taken into the relations of its study, where its arithmetic is checked


# Made up. The whole of the sectors is a slip for 435.1; the rest agrees.
CLAIMS = (
    "全县地区生产总值354.1亿元，其中：第一产业增加值80.2亿元；第二产业增加值200.4亿元；"
    "第三产业增加值154.5亿元。财政收入80万元，税收收入60万元，占财政收入的75%。"
    "投入由50万元增加到60万元，增加10万元，增长20%。甲县、乙县、丙县三个县。\n"
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return study_of(tmp_path, CLAIMS)


def relations(own: Path) -> list[dict[str, str]]:
    return csv_rows(own / "data" / "raw" / "relations.csv")


def test_what_the_page_says_is_a_relation_and_is_tested(own: Path) -> None:
    accepted = accept_claims(load_study(own), CLAIMS)
    figure = {row["figure_id"]: row["printed"] for row in figures_of(own)}

    def words(cells: str) -> list[str]:
        return [figure.get(one, one) for one in cells.split(" ")]

    found = [(row["kind"], words(row["left"]), words(row["right"])) for row in relations(own)]
    assert ("sum", ["80.2亿元", "200.4亿元", "154.5亿元"], ["354.1亿元"]) in found
    assert ("ratio", ["60万元", "80万元"], ["75%"]) in found
    assert ("sum", ["10万元", "50万元"], ["60万元"]) in found
    assert ("count_of_list", ["三个"], ["3"]) in found
    assert f"{len(found)} relations added; delete from the table what does not hold" in accepted
    assert accept_claims(load_study(own), CLAIMS)[0].startswith("0 relations added")
    assert len(relations(own)) == len(found)
    with pytest.raises(PageError, match="made from another page"):
        accept_claims(load_study(own), CLAIMS + "。")
    # A growth between two values has no kind of relation, and is told.
    assert any("growth over the value before" in line for line in accepted[len(found) :])
    audit = check_arithmetic(own)
    verdicts = dict(zip(audit["relation"], audit["verdict"], strict=True))
    wrong = [name for name, verdict in verdicts.items() if verdict == "contradicts"]
    (whole,) = [row["relation_id"] for row in relations(own) if len(row["left"].split()) == 3]
    assert wrong == [whole]
    # Beside them stands what the draft calls a part of a whole.
    assert sum(name.startswith("claim-") for name in verdicts) == len(found)


def test_claims_are_chosen_by_number(own: Path) -> None:
    """A claim that is only likely too, as a person chose it; what no claim has is an error."""
    page = CLAIMS.replace("甲县", "其中教育12万元。甲县")
    study = study_of(own.parent, page, name="second")
    claims = audit_text(page, year=2012).claims
    (chosen,) = claims.index[claims["printed"] == "60万元"][-1:]
    words = ["audit-text", own.parent / "page.txt"]
    listed = said(*words, "--list", study=study, status=1)
    assert f"{chosen} agrees (likely): part is not above the whole" in listed
    told = said(*words, "--accept", f"0,{chosen}-{chosen}", study=study, status=1)
    assert "2 relations added" in told
    assert [row["kind"] for row in relations(study)] == ["sum", "at_most"]
    again = accept_claims(load_study(study), page, {0, chosen})
    assert again == ["0 relations added; delete from the table what does not hold"]
    with pytest.raises(PageError, match="claim 99: not a number of"):
        accept_claims(load_study(study), page, {99})


# === several pages of one pair over years


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
    told = said("over-years", made, "-o", flat, "--plot", "白石县", "--pages", pages)
    assert "2013: Draft: " in told
    assert told.count("3100万元 (county1_2014-002)") == 1
    assert "3100万元 (county1_2014-002): does not agree" in told
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
    assert "give --page" in said("new", tmp_path / "x", status=2)
