"""The audit of a page by itself: what is claimed, what contradicts, which figure is wrong."""

from __future__ import annotations

import json
import math
import random
import runpy
from fractions import Fraction
from pathlib import Path

import pytest
from copies import case_set, said, study_of

from aidstudy import audit_text, audit_texts
from aidstudy.errors import TextError

HERE = Path(__file__).resolve().parent
PAGES = HERE.parent.parent / "shared" / "pages"
CASES = case_set("claims")
JUDGED = case_set("claims_judged")
YEARS = case_set("claims_years")
BENCHMARK = runpy.run_path(str(HERE.parent / "benchmarks" / "claims.py"))


def verdicts(text: str) -> list[list[str]]:
    found = audit_text(text)
    return [
        [claim.rule, claim.verdict, *(member.figure.printed for member in claim.members)]
        for claim in found.found
        if claim.rule != "part is not above the whole"
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case: dict) -> None:
    """Made-up sentences, each claim worked out by hand; ``note`` says why."""
    assert case["note"]
    assert sorted(verdicts(case["text"])) == sorted(case["claims"])
    suspects = audit_text(case["text"]).suspects
    assert suspects["printed"].tolist() == case.get("suspects", [])
    if "candidate" in case:
        assert suspects["candidates"][0][0] == case["candidate"]


def test_sentences_that_look_like_contradictions_are_none() -> None:
    """Made-up sentences of the genre that all agree, and invite a hasty rule: see the notes.

    Kinds of ownership that overlap, changes since the new year beside those of a year, residents
    and those registered, two measures by turns, lists in lists, villages of counties.
    """
    text = (HERE / "cases" / "claims_traps.txt").read_text(encoding="utf-8")
    found = audit_text(text)
    assert found.ok, found.lines()
    assert len(found.claims) >= 30
    for line in text.splitlines():
        assert audit_text(line).ok, line


def test_columns_are_exact_and_point_into_the_raw_text() -> None:
    text = (
        "一般公共预算收入完成1,000万元。按来源分，税收收入为610 \n万元，"
        "占一般公共预算收入的61%；非税收入完成390万\n元，其中：罚没收入12万元。"
    )
    claims = audit_text(text).claims
    share = claims[claims["rule"] == "share of a whole"].iloc[0]
    assert [(text[start:end], role) for start, end, role in share["figures"]] == [
        ("61%", "share"), ("610 \n万元", "part"), ("1,000万元", "whole")
    ]  # fmt: skip
    assert share["low"] == Fraction(6095, 10005)
    assert share["high"] == Fraction(6105, 9995)
    order = claims[claims["rule"] == "part is not above the whole"].iloc[0]
    assert order["high"] == math.inf
    assert order["low"] == 115_000


@pytest.mark.parametrize(
    ("whole", "verdict", "touches"),
    [
        ("30.4亿元", "agrees", False),  # 10.1 + 20.3 itself
        ("30.5亿元", "agrees_unrounded", False),  # at least 30.45
        ("31亿元", "agrees_unrounded", True),  # at least 30.5, at most 30.5
        ("30.55亿元", "contradicts", False),  # at least 30.545
    ],
)
def test_a_touch_at_the_end_of_the_bounds_agrees_and_is_flagged(
    whole: str, verdict: str, touches: bool
) -> None:
    """The parts allow 30.3 to 30.5."""
    claims = audit_text(f"进出口总额{whole}，其中：出口10.1亿元，进口20.3亿元。").claims
    row = claims[claims["rule"] == "parts of a whole"].iloc[0]
    assert (row["verdict"], row["touches"]) == (verdict, touches)


def test_what_is_written_can_be_read_again() -> None:
    found = audit_text(CASES[0]["text"])
    told = json.loads(found.to_json())
    assert [row["verdict"] for row in told["claims"]] == found.claims["verdict"].tolist()
    assert [row["candidates"] for row in told["suspects"]] == found.suspects["candidates"].tolist()
    lines = found.to_csv().splitlines()
    assert len(lines) == len(found.claims) + 1
    assert "<mark>354.1亿元</mark>" in found._repr_html_()


def test_what_no_claim_holds_is_told() -> None:
    """A page that agrees was not all checked: the road, and none of the day and the sum."""
    text = "2012年进出口总额30.4亿元，其中：出口10.1亿元，进口20.3亿元。公路总里程2,300公里。"
    found = audit_text(text)
    assert found.untested.values.tolist() == [[43, 50, "2,300公里"]]
    assert text[43:50] == "2,300公里"
    assert found.lines()[-1].endswith("; 1 of 4 figures stand in no claim")
    assert json.loads(found.to_json())["untested"] == found.untested.to_dict("records")


def test_unrelated_random_figures_contradict_nothing() -> None:
    """Names and numbers without a word that joins them: no contradiction, and hardly a claim."""
    rng = random.Random(11)
    nouns = [
        "公路里程",
        "供电能力",
        "仓库面积",
        "苗木株数",
        "商铺租金",
        "设备货值",
        "用水定额",
        "堤坝造价",
    ]
    units = ["公里", "万元", "亿元", "吨", "个", "人", "%", "亩"]
    claimed = 0
    for _ in range(60):
        text = ""
        for _ in range(30):
            number = str(rng.randint(1, 9999)) + rng.choice(["", ".5", ".37"])
            text += rng.choice(nouns) + number + rng.choice(units) + rng.choice("，，；。")
        found = audit_text(text)
        assert found.ok, found.lines()
        claimed += len(found.found)
    assert claimed <= 18  # of 1,800 figures


def test_shuffled_numbers_do_not_agree() -> None:
    """The words of a page with the numbers of other pages: the sums it claims do not hold."""
    rng = random.Random(3)
    agrees = claims = 0
    for _ in range(40):
        page = BENCHMARK["made_up_page"](rng.choice(BENCHMARK["GENRES"]), rng)
        other = {name: f"{rng.randint(100, 9999)}{value.lstrip('0123456789,.')}"
                 for name, value in page.printed.items()}  # fmt: skip
        found = [
            claim
            for claim in audit_text(page.text(other)[0]).found
            if claim.form in ("sum", "product", "number")
        ]
        claims += len(found)
        agrees += sum(claim.verdict != "contradicts" for claim in found)
    assert claims > 100
    assert agrees <= claims / 20


def test_check_audits_the_text_of_the_study_where_its_folder_holds_it(tmp_path: Path) -> None:
    page, own = tmp_path / "page.txt", tmp_path / "own"
    study_of(tmp_path, CASES[0]["text"], 2020)
    assert "contradict" not in said("check", study=own)
    (own / "pages").mkdir()
    (own / "pages" / "report.txt").write_bytes(page.read_bytes())
    (own / "notes.txt").write_text("总投资5万元。", encoding="utf-8")
    for arguments, status in (([], 0), (["--arithmetic"], 1)):
        lines = said("check", *arguments, study=own, status=status)
        told = [line for line in lines.splitlines() if line.startswith("report.txt: ")]
        assert sum("contradicts: " in line for line in told) == 4
        assert any("may be wrong: 354.1亿元" in line for line in told)
        assert "notes.txt" not in lines


def test_planted_slips_are_found_and_the_misprint_named() -> None:
    """A hundred slips; the thousand of the docs are the benchmark's, which counts them the same."""
    told = BENCHMARK["measure"](100, seed=7)
    assert told["false alarms on clean pages"] == 0
    assert told["identities found"] == told["identities"] > 250
    assert told["slips found"] >= 98
    named = told["decidable, misprint first"] + told["not decidable, misprint among the suspects"]
    assert named >= 97
    assert told["named, the right print a candidate"] >= 95


@pytest.mark.page
@pytest.mark.parametrize("name", sorted(JUDGED))
def test_real_pages_as_judged(name: str) -> None:
    """Every claim here was judged by hand once: none contradicts, and those are found."""
    path = PAGES / name
    if not path.exists():
        pytest.skip(f"{name} is not there: real pages are kept outside the project")
    text = path.read_text(encoding="utf-8")
    found = audit_text(text)
    assert found.ok, found.lines()
    held = [{(m.figure.start, m.figure.end) for m in claim.members} for claim in found.found]
    right = [row for row in JUDGED[name] if row["judged"] == "right"]
    for row in right:
        for (start, end), printed in zip(row["figures"], row["printed"], strict=True):
            assert "".join(text[start:end].split()) == printed
    places = [{tuple(place) for place in row["figures"]} for row in right]
    again = [row for row in places if any(row <= claim for claim in held)]
    assert len(again) >= 0.95 * len(right)


# --- the study's page, the command and the page of the docs --------------------------------------

PAGE = HERE.parent.parent / "shared" / "source" / "page.txt"


@pytest.mark.page
def test_what_is_stored_of_the_study_page_is_what_the_audit_finds() -> None:
    if not PAGE.exists():
        pytest.skip("the page's text is not there: it is kept outside the project")
    found = audit_text(PAGE.read_text(encoding="utf-8"))
    assert found.to_csv() == (HERE.parent / "data" / "claims.csv").read_text(encoding="utf-8")
    assert found.ok


@pytest.mark.parametrize(("name", "status"), [("misprint-of-the-whole", 1), ("each", 0)])
def test_the_command_tells_by_its_exit_status(tmp_path: Path, name: str, status: int) -> None:
    case = next(case for case in CASES if case["id"] == name)
    page, out = tmp_path / "page.txt", tmp_path / "claims.json"
    page.write_text(case["text"], encoding="utf-8")
    told = said("audit-text", page, "-o", out, status=status)
    assert ("435.1亿元" in told) == bool(status)
    assert len(json.loads(out.read_text(encoding="utf-8"))["claims"]) > 0
    assert ".json, .csv, .html" in said("audit-text", page, "-o", tmp_path / "a.txt", status=2)


def test_review_and_new_say_that_a_page_contradicts_itself(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    for case, says in ((CASES[0], True), (CASES[1], False)):
        page.write_text(case["text"], encoding="utf-8")
        assert ("4 contradict: aidstudy audit-text" in said("review", page)) == says
    page.write_text(CASES[0]["text"], encoding="utf-8")
    told = said("new", tmp_path / "own", "--page", page, "--year", 2020)
    assert "4 contradict: aidstudy audit-text" in told


def test_what_a_later_page_says_again_stands_beside_it(tmp_path: Path) -> None:
    """Totals that are revised, digits that are exchanged, and what is no year or another thing."""
    with pytest.raises(TextError, match="no text is given"):
        audit_texts({})
    case = YEARS["revised"]
    texts = case["texts"]
    found = audit_texts(texts, year={"gz_2011.txt": 2011, "gz_2012.txt": 2012})
    columns = ["name", "printed", "again_printed", "verdict", "one_slip"]
    assert found.restated[columns].values.tolist() == case["again"]
    for row in found.restated.to_dict("records"):
        assert texts[row["page"]][row["start"] : row["end"]] == row["printed"]
        again = texts[row["again_page"]][row["again_start"] : row["again_end"]]
        assert again == row["again_printed"]
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    paths, out = [str(tmp_path / name) for name in texts], tmp_path / "claims.json"
    told_of = said("audit-text", *paths, "-o", out)  # a revision is no contradiction
    assert "3 figures said again in another page, 2 of them differ" in told_of
    told = json.loads(out.read_text(encoding="utf-8"))
    assert [row["verdict"] for row in told["restated"]] == [row[3] for row in case["again"]]
    assert set(found.claims["page"]) <= set(texts)


def test_another_page_decides_which_figure_is_wrong() -> None:
    """453.1 = 200.1 + 153.0 is wrong in one of three; the next year's page has 353.1, one slip."""
    first = "全县进出口总额453.1亿元，其中出口200.1亿元，进口153.0亿元。"
    years = {"2011": 2011, "2012": 2012}
    alone = audit_text(first).suspects["printed"].tolist()
    assert sorted(alone) == ["153.0亿元", "200.1亿元", "453.1亿元"]
    found = audit_texts(
        {"2011": first, "2012": "进出口总额由上年的353.1亿元增加到400亿元。"}, year=years
    )
    assert found.suspects[["page", "printed", "claims"]].values.tolist() == [
        ["2011", "453.1亿元", [0]]
    ]
    assert found.suspects["candidates"][0][0] == "353.1亿元"
    assert "  may be wrong: 453.1亿元 at 7 of 2011, for 353.1亿元" in found.lines()
    # One that says the same speaks for a figure.
    same = audit_texts(
        {"2011": first, "2012": "进出口总额由上年的453.1亿元增加到480亿元。"}, year=years
    )
    assert sorted(same.pages["2011"].suspects["printed"]) == ["153.0亿元", "200.1亿元"]
    assert same.pages["2012"].suspects.empty
