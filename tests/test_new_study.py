"""A study of one's own, made from a page written for the purpose, through every command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from copies import csv_rows, each_case, figures_of, said, stored, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import made_up, money, project

from aidstudy import funding_ratios, money_flow
from aidstudy.analysis.reliability import paired_codes
from aidstudy.analysis.trace import trace_figure
from aidstudy.codebook import FIGURES_RAW
from aidstudy.course.notebooks import execute_notebooks
from aidstudy.errors import PlotError, StudyError
from aidstudy.pages import new_study as module
from aidstudy.pages.checked import checked
from aidstudy.pages.new_study import new_study
from aidstudy.plots import PLOTS, save_plot
from aidstudy.reading.drafts import reports_of
from aidstudy.reading.quantities import find_quantities
from aidstudy.tables.check import check_study
from aidstudy.tables.page_check import audit_page
from aidstudy.tables.study import load_study

# Two counties that do not exist. Broken lines inside numbers and units, stray spaces, full-width
# digits, money without 元, a name with a word run into it, unread digits.
PAGE = (Path(__file__).parent / "cases" / "new_study.txt").read_text(encoding="utf-8")
NOW = 2012


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.txt"
    path.write_bytes(PAGE.encode())
    return path


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, page: Path) -> Path:
    folder = tmp_path_factory.mktemp("studies") / "own"
    new_study(folder, page=page, year=NOW, title="清溪 \\ “own” #1")
    return folder


def test_two_proposals_that_fit_one_sum_are_told_with_a_remedy(tmp_path: Path) -> None:
    text = "青山市对口支援白石县。2012年，青山市安排援助资金300万元，青山市又安排援助资金200万元。"
    told = list(checked(load_study(study_of(tmp_path, text))))
    (line,) = (one for one in told if "all fit" in one)
    assert "county1-002, county1-003 all fit" in line
    assert "give the others their own period, subject or measure" in line
    assert "no fault found" not in told


def test_every_figure_of_the_page_is_a_row_that_reads_as_on_the_page(own: Path) -> None:
    found = find_quantities(PAGE, year=NOW).quantities
    rows = figures_of(own)
    clean = check_study(load_study(own))["figures"].to_dict("records")
    assert len(rows) == len(clean) == len(found) > 20
    for quantity, row in zip(found, clean, strict=True):
        assert (row["printed"], row["kind"]) == (quantity.printed, quantity.kind)
        assert (row["start"], row["end"]) == tuple(map(str, quantity.span))
        assert row["bound"] == quantity.bound
        if quantity.kind == "money":
            assert row["value"] == str(quantity.value)
    by_print = {row["printed"]: row for row in rows}
    for printed, column, told in (
        ("2672万", "kind_hint", "money"), ("4月17日", "year_hint", "2012"),
        ("2012年", "year_hint", ""), ("1万立方米", "unit_hint", "m3/day"),
        ("3000万元", "measure", "disbursement"), ("1800余名", "counted", "person"),
        ("4个", "counted", "agreement"),
    ):  # fmt: skip
        assert by_print[printed][column] == told
    assert by_print["2至3名"]["counted"]
    assert "paid in full (全部)" in by_print["3000万元"]["note"]
    assert "paid in full" not in by_print["1092万元"]["note"]
    assert "城区饮水工程" in by_print["16.2公里"]["note"]


def test_a_study_of_one_coder_has_no_codes_to_compare(own: Path) -> None:
    assert paired_codes(own).empty


def test_names_come_from_the_print_and_donors_are_paired(own: Path) -> None:
    study = load_study(own)
    assert study.title == "清溪 \\ “own” #1"
    assert [place.zh for place in study.recipients.values()] == ["白石县", "红土县"]
    donors = [place.zh for place in study.donors.values()]
    assert donors[:2] == ["青山市", "绿河区"]
    assert all(not name.startswith("其中") for name in donors)
    pairs = csv_rows(own / "data/raw/pairs.csv")
    assert ("donor1", "county1", "paired_government", "city") in [
        (row["donor"], row["recipient"], row["role"], row["level"]) for row in pairs
    ]
    for row in pairs:
        assert PAGE[int(row["start"]) : int(row["end"])].replace("\n", "") == row["donor_zh"]
    subjects = {row["article"]: row["subject"] for row in figures_of(own)}
    assert subjects["page"] == ""
    assert subjects["county2"].endswith("county2")


def test_the_page_is_not_in_the_folder(own: Path) -> None:
    plain = "".join(PAGE.split())
    for path in own.rglob("*"):
        if path.is_file():
            text = "".join(path.read_text(encoding="utf-8").split())
            for start in range(len(plain) - 16):
                assert plain[start : start + 16] not in text, path


def test_check_and_audit(own: Path, page: Path) -> None:
    assert "no fault found" in said("check", study=own)
    found = audit_page(load_study(own), page)
    assert found.right_page
    assert (found.differing, found.uncovered, found.ok) == ((), (), True)
    # What the reader left is told with its reason: a person looks at it.
    left = [one for one in find_quantities(PAGE, year=NOW).unread if re.search(r"\d", one.printed)]
    assert left
    runs = sum(len(re.findall(r"\d+", one.printed)) for one in left)
    assert len(found.unread) == runs
    assert f", {runs} that the reader takes for none" in str(found)
    assert left[0].reason in str(found)


def test_an_amount_that_cannot_be_read_is_amiss(tmp_path: Path) -> None:
    folder = study_of(tmp_path, "青山市今年到位资金2.5.3万元，为第3期。支持白石县资金5万元。\n")
    found = audit_page(load_study(folder), tmp_path / "page.txt")
    assert [line.split("'")[1] for line in found.unread] == ["3"]
    assert not found.ok
    assert "next to digits" in " ".join(found.uncovered)


def test_a_draft_does_not_pass_for_a_coding_that_agrees_with_it(own: Path, page: Path) -> None:
    told = said("agreement", page, study=own)
    assert f"{len(figures_of(own))} rows of the coding are still the draft's own" in told


def test_results_and_trails(own: Path) -> None:
    flow = money_flow(own).query("recipient == 'county1' and step == 'disbursement'")
    (paid,) = flow.query("realised == 'yes'")["quantity"]
    assert paid.to("CNY").exact == 30_000_000
    (figure,) = paid.figures
    assert trace_figure(figure, own).lines()[0].startswith(f"{figure}: 3000万元")


DRAWN = {"funding_ratios", "money_flow", "completed_shares"}
"""Plots that rest on figures and pairs alone; nobody has typed the other tables yet."""


@pytest.mark.parametrize("stem", list(PLOTS))
def test_plots_are_drawn_where_there_is_a_row(stem: str, own: Path, tmp_path: Path) -> None:
    if stem in DRAWN:
        (path,) = save_plot(stem, tmp_path, study=own, formats=["png"])
        assert path.stat().st_size > 1000
        assert PLOTS[stem].alt(**PLOTS[stem].load(own), lang="zh")
    else:
        with pytest.raises(PlotError, match="no row in this study"):
            save_plot(stem, tmp_path, study=own)
        assert not list(tmp_path.iterdir())


def _shown(folder: Path) -> dict[str, str]:
    """What the cells of each notebook gave, for their code has all its words whatever it gives."""
    told = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.ipynb")}
    return {
        name: json.dumps([cell.get("outputs") for cell in book["cells"]], ensure_ascii=False)
        for name, book in told.items()
    }


@pytest.mark.slow
def test_the_notebooks_analyse_what_the_page_has(own: Path, tmp_path: Path) -> None:
    (tmp_path / "made_up").mkdir()
    sums = [
        money("7000万元", "commitment"),
        money("3500万元", "disbursement"),
        money("0.50%", "ratio_to_revenue"),
    ]
    study = made_up(tmp_path / "made_up", sums, pairs=1, projects=[project(1)])
    sources = sorted((own / "notebooks").glob("0[235]_*.ipynb"))
    execute_notebooks(sources, tmp_path, study=study.folder)
    told = _shown(tmp_path)
    assert "14,000" in told["02_funding_ratios"].replace("14000", "14,000")
    assert re.search(r"50\.\d+%", told["03_money"])
    assert "image/png" in told["03_money"]
    assert "county1-p01" in told["05_stages"]


@pytest.mark.slow
def test_reproduce_stores_and_then_finds_everything_as_stored(page: Path, tmp_path: Path) -> None:
    """Parts for which the page has nothing say so in the notebooks that are stored."""
    folder, title = tmp_path / "own", "清溪 \\ “own” #1"
    told = said("new", folder, "--page", page, "--year", NOW, "--title", title)
    assert "recipients: 白石县, 红土县" in told
    assert "in no row, to be looked at" in told
    assert "brought up to date" in said("reproduce", "--update", study=folder)
    # That all is made the same a second time is asked of the study in the repository.
    assert "Everything is as stored" in said("reproduce", "--only", "tables", study=folder)
    assert (folder / "figures" / "money_flow" / "money_flow.en.svg").exists()
    shown = _shown(folder / "notebooks")
    number = len(figures_of(folder))
    assert f"The page prints {number} figures" in shown["01_first_look"]
    for path in (folder / "notebooks").iterdir():  # in the words above the first cell
        assert f"Draft: {number} of {number} rows undecided." in path.read_text("utf-8")
    first = json.loads((folder / "notebooks" / "01_first_look.ipynb").read_text("utf-8"))
    assert first["cells"][1]["source"][0].startswith("# 清溪 \\\\ “own” \\#")
    assert "nothing to compare" in shown["02_funding_ratios"]
    assert "fill data/raw/events.csv" in shown["04_timelines"]
    assert "sets no window" in shown["04_timelines"]
    assert "No project has a row yet" in shown["05_stages"]


def test_nothing_is_overwritten(own: Path, page: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    with pytest.raises(StudyError, match="is there already"):
        new_study(own, page=page, year=NOW)
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(StudyError, match="is there already"):
        new_study(tmp_path / "link", page=page, year=NOW)


POOR = (
    "没有数字的一页。",
    "投入300万元，培训5名，贷款接近2万亿人民币。",
    "某县投资2亿元。一、项目\n1. 路工程：长3公里。\n\n某县又投资5万元。\n一、项目\n2人。\n",
    "青山市援助3至5万美元、约20%、4倍、5公斤、6度、3千瓦、DN400、5—6月、“十二五”期间、两年半。",
    "⑴ 投资300万元；⑵ 选派教师23名。⒈ 召开会议4次。⑩ 建房360㎡。",
)


@pytest.mark.parametrize("text", POOR)
def test_poor_pages_give_a_study_too(text: str, tmp_path: Path) -> None:
    study = load_study(study_of(tmp_path, text))
    check_study(study)
    assert audit_page(study, tmp_path / "page.txt").differing == ()
    assert set(money_flow(study)["recipient"]) <= set(study.recipients)


_GIVERS = ["青山", "临江", "云海", "东湖", "西岭", "南浦", "北泉", "金川", "银滩"]
_TAKERS = ["白石", "乌兰", "赤水", "红土", "清溪", "石门", "沙坪", "月河", "松岭"]


@pytest.mark.parametrize("pairs", [1, 9])
def test_pages_of_any_number_of_pairs(pairs: int, tmp_path: Path) -> None:
    lines = (
        f"⑴ {giver}市对口支援{taker}县。{giver}市今年安排援助资金{number}00万元，"
        f"占上年财政收入的0.4{number}%，已到位70万元。项目{20 + number}个，已完工{number}个。\n"
        for number, giver, taker in zip(range(1, pairs + 1), _GIVERS, _TAKERS, strict=False)
    )
    study = load_study(study_of(tmp_path, "".join(lines)))
    assert "no fault found" in [*checked(study)][-1]
    assert audit_page(study, tmp_path / "page.txt").ok
    promised = money_flow(study).query("step == 'commitment' and realised == 'yes'")
    assert [one.value for one in promised["quantity"]] == list(range(1, pairs + 1))
    assert funding_ratios(study)["ratio"].notna().all()
    # Each fits a page of a journal: a drawing that is higher is refused.
    for stem in ("funding_ratios", "money_flow", "completed_shares"):
        assert save_plot(stem, tmp_path / "out", study=study, formats=("png",))


_WORDS = """
    青山市 白石县 援助 资金 300万元 5 0 余 名 项目 一、 。 ， 约 3公里 培训 10月 2012年 % 7+20
    半年 亿 省医院
"""
_PIECES = st.sampled_from([*_WORDS.split(), "\n"])


@given(st.lists(_PIECES, min_size=1, max_size=25).map("".join))
@settings(max_examples=60)
def test_any_page_gives_tables_without_a_fault(text: str) -> None:
    draft = module._Draft(text, NOW)
    assert all(set(row) >= set(FIGURES_RAW.names) for row in draft.figures)
    found = find_quantities(text, year=NOW).quantities
    assert len(draft.figures) + sum("does not read" in line for line in draft.left) == len(found)


def test_the_real_page(repository: Path, tmp_path: Path) -> None:
    real = repository.parent / "shared" / "source" / "page.txt"
    if not real.exists():
        pytest.skip("the page's text is not part of the repository: no ../shared/source/page.txt")
    study, known = load_study(new_study(tmp_path / "own", page=real, year=NOW).folder), stored()
    assert len(study.recipients) == len(known.recipients)
    for found, places in ((study.recipients, known.recipients), (study.donors, known.donors)):
        right = {place.zh for place in found.values()} & {place.zh for place in places.values()}
        assert len(right) >= 3
    assert audit_page(study, real).differing == ()


def test_a_county_that_the_page_does_not_name_is_said_to_be_made_up(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("已投入资金300万元。", encoding="utf-8")
    said = new_study(tmp_path / "own", page=page, year=NOW).lines()
    assert "  no county is named in report 1: 受援县1 stands for it" in said


@each_case("new_study", "pairs")
def test_who_gives_to_whom(text: str, pairs: str) -> None:
    assert [f"{a}>{b}" for a, b in reports_of(text)[0].pairs] == pairs.split()


def test_two_pairs_on_a_page_without_sections(tmp_path: Path) -> None:
    """Each figure goes to the county of its sentence, or whom the giver there gives to."""
    text = (
        "青山市对口支援白石县。全年青山市安排援助资金900万元，已到位800万元，其中教育300万元。\n"
        "临江区对口支援乌兰县。今年安排资金700万元。乌兰县自筹30万元，临江区追加20万元。\n"
    )
    study = load_study(study_of(tmp_path, text))
    rows = figures_of(study.folder)
    first, second = ["donor1>county1"] * 3, ["donor2>county2"] * 3
    printed = ["900万元", "800万元", "300万元", "700万元", "30万元", "20万元"]
    assert [row["printed"] for row in rows] == printed
    assert [row["subject"] for row in rows] == first + second
    assert {row["period"] for row in rows} == {"2012"}
    assert [row["part_of"] for row in rows] == ["", "", "county1-002", "", "", ""]
    promised = money_flow(study).query("step == 'commitment' and realised == 'yes'")
    assert [one.to("CNY").exact for one in promised["quantity"]] == [9_000_000, 7_000_000]
