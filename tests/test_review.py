"""The review page: what the file holds, that nothing of a page runs, and its use in Chromium."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from chromium import unfair
from copies import said, stored, study_of
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring
from review_pages import HOSTILE, OWN, PAGE, place_of, review_html

from aidstudy.bilingual import LANGS
from aidstudy.claims import audit_text
from aidstudy.errors import CodebookError, FileError, TextError
from aidstudy.pages import review_words
from aidstudy.pages.review import write_review
from aidstudy.reading.quantities import find_quantities
from aidstudy.reading.text import RULES, repair_text
from aidstudy.reading.words import NO_UNIT_IN_CODEBOOK
from aidstudy.tables.study import load_study

LONG = "".join(f"第{n}段，投入资金{n}00万元，培训{n}5人次。\n\n\n\n" for n in range(1, 60))
CASES = Path(__file__).with_name("cases")


class _Read:
    """The document as a browser has it: its elements, the text of the page, and its marks."""

    def __init__(self, document: str) -> None:
        page, shown = document_fromstring(document.encode()), "[not(ancestor::*[@class='now'])]"
        self.tags = [(str(one.tag), dict(one.attrib)) for one in page.iter("*")]
        self.page = "".join(page.xpath(f"//*[@class='text']//text(){shown}"))
        marks = page.xpath("//*[@id='page']//a[contains(@class, 'mark')]")
        self.marks = ["".join(mark.xpath(f".//text(){shown}")) for mark in marks]


def test_the_page_stands_as_printed_and_each_figure_is_marked() -> None:
    reader = _Read(review_html(PAGE, year=2012))
    assert reader.page == PAGE
    found = find_quantities(PAGE, year=2012)
    spans = sorted([q.span for q in found.quantities] + [u.span for u in found.unread])
    assert reader.marks == [span.of(PAGE) for span in spans]
    assert len(found.quantities) > 8
    assert found.unread


def test_every_link_leads_to_a_place_in_the_file() -> None:
    for text in (PAGE, HOSTILE, LONG):
        reader = _Read(review_html(text))
        ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
        assert len(ids) == len(set(ids))
        links = [str(attrs["href"]) for tag, attrs in reader.tags if tag == "a"]
        assert links
        assert {link[1:] for link in links} <= set(ids)


def test_a_repair_is_shown_with_what_it_becomes() -> None:
    document = review_html(PAGE)
    steps = repair_text(PAGE).steps
    assert {"line", "space", "width"} <= {step.rule for step in steps}
    for number in range(len(steps)):
        assert document.count(f"id=s{number}>") == 1
    repaired = re.sub(r'<span class="was">[^<]*</span>', "", document.split('<div class="text"')[1])
    text = html.unescape(re.sub("<[^>]+>", "", repaired.split("</div>")[0])).split(">", 1)[1]
    # The signs of kinds are drawn by the style and are no text.
    assert text == repair_text(PAGE).text


@pytest.mark.parametrize("language", LANGS)
def test_nothing_of_a_page_is_markup(language: str) -> None:
    plain = _Read(review_html("青山市投入300万元，5\n个，50余名。", language=language))
    reader = _Read(review_html(HOSTILE, name='<script>"x', language=language))
    tags = {tag for tag, _ in reader.tags}
    assert tags <= {tag for tag, _ in plain.tags}
    assert [tag for tag, _ in reader.tags].count("script") == 1
    for _, attrs in reader.tags:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attrs)
        assert str(attrs.get("href", "#")).startswith("#") or attrs["href"] == "data:,"
    shown = reader.page
    assert '<script>alert("x")</script>' in shown
    assert "⟦U+202E⟧" in shown
    assert "⟦U+2028⟧" in shown
    assert "⟦U+0000⟧" in shown
    assert not re.search("[\x00\x1b\u2028\u202e]", review_html(HOSTILE))


@given(st.text(max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_text_gives_a_file_that_shows_it(text: str) -> None:
    document = review_html(text)
    document.encode("utf-8")
    shown = _Read(document).page
    seen = review_words.UNSEEN.sub(lambda sign: f"⟦U+{ord(sign[0]):04X}⟧", text)
    assert shown == seen


def test_the_policy_allows_this_script_and_nothing_else() -> None:
    document = review_html(PAGE)
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', document)
    for tag in ("style", "script"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"(?i)https?://|//[a-z]|url\(|@import", document)


def test_interface_and_codes_stand_in_both_languages() -> None:
    english, chinese = (review_html(PAGE, language=language) for language in LANGS)
    assert '<html lang="en-GB"' in english
    assert '<html lang="zh-Hans"' in chinese
    told = [re.findall('data-zh="[^"]*"', document) for document in (english, chinese)]
    assert told[0] == told[1] != []
    assert ">金额</td>" in chinese
    assert ">money</td>" in english
    assert set(review_words.RULES_ZH) == set(RULES)
    with pytest.raises(CodebookError, match="'de': there is none; choose one of en, zh"):
        review_html(PAGE, language="de")


def test_a_settled_table_shows_where_the_draft_differs(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(own)
    path = study.raw / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert ",commitment," in lines[1]
    lines[1] = lines[1].replace(",commitment,", ",donation,")
    del lines[-1]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    correction = "figures,county1-001,label_en,Draft: commitment,Aid funds,clearer\n"
    table = study.raw / "corrections.csv"
    table.write_text(table.read_text(encoding="utf-8") + correction, encoding="utf-8", newline="")
    document = review_html(OWN, study=study)
    states = re.findall('data-state="([a-z_]+)"', document)
    assert states.count("draft_only") == 1
    assert states[0] == "differs"
    assert re.search("<del><span[^>]*>commitment</span></del> <ins><span[^>]*>donation", document)
    assert 'id="row"' not in document
    assert "Aid funds" in document
    assert _Read(document).page == OWN
    other = review_html(OWN + "。", study=study)
    assert "data-state" not in other


def test_only_an_unsettled_table_of_this_page_can_be_changed(own: Path) -> None:
    assert 'id="row"' in review_html(OWN, study=load_study(own))
    assert 'id="row"' not in review_html(OWN + "。", study=load_study(own))
    assert 'id="row"' not in review_html(PAGE)


def test_the_study_itself(page: Path) -> None:
    page_text = page.read_bytes().decode("utf-8")
    document = review_html(page_text, study=stored())
    reader = _Read(document)
    assert reader.page == page_text
    states = re.findall('data-state="([a-z_]+)"', document)
    assert len(states) - states.count("draft_only") == 137
    assert 'id="row"' not in document


def test_a_file_is_written_beside_the_page_or_where_asked(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text(PAGE, encoding="utf-8")
    said("review", page, "--year", 2012)
    assert (tmp_path / "a.review.html").read_bytes().startswith(b"<!DOCTYPE html>")
    output = tmp_path / "new" / "b.html"
    said("review", page, "-o", output, "--lang", "zh")
    assert output.exists()
    with pytest.raises(FileError, match="is the page itself"):
        write_review(page, page)
    assert page.read_text(encoding="utf-8") == PAGE
    with pytest.raises(FileError, match="name a file with -o"):
        write_review("-")
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(TextError, match="empty"):
        write_review(tmp_path / "empty.txt")
    assert not (tmp_path / "empty.review.html").exists()


# Made up: the first figure is a slip for 435.1亿元, as its parts and their structure say.
MISPRINT = (
    "全县地区生产总值354.1亿元，其中：第一产业增加值80.2亿元；第二产业增加值200.4亿元；"
    "第三产业增加值154.5亿元。三次产业结构为18.4:46.1:35.5。修路8公里。\n"
)


def test_figures_that_contradict_are_marked_and_told() -> None:
    document = review_html(MISPRINT)
    marks = re.findall(r'<a id="(m[0-9]+)" class="mark ([^"]*)"[^>]*>([^<]*)</a>', document)
    classes = {text: set(told.split()) for _, told, text in marks}
    assert {"contradicts", "suspect"} <= classes["354.1亿元"]
    assert classes["80.2亿元"] & {"contradicts", "suspect"} == {"contradicts"}
    assert not classes["8公里"] & {"contradicts", "suspect"}
    rows = re.findall(r'<tr id="c[0-9]+">.*?</tr>', document)
    # A sum of four figures, and three shares of three.
    assert len(rows) == 4 + 3 * 3
    told = re.sub("<[^>]+>", "|", rows[0])
    for words in ("354.1亿元", "434.95 to 435.25亿元", "435.1亿元", "parts of a whole"):
        assert words in told
    assert re.findall('href="#(m[0-9]+)"', rows[0]) == [marks[0][0]]
    plain = review_html(MISPRINT.replace("354.1", "435.1"))
    assert "suspect" not in re.sub("<style>.*</style>", "", plain, flags=re.DOTALL)
    assert "Nothing that the page says about its own figures contradicts." in plain


def test_what_the_reader_and_the_audit_tell_has_a_chinese_name() -> None:
    many = "7个3.5，第三名，一把，12:30，国发〔2012〕5号，星期三，3/4，www.a1.cn，百余，①，۳"
    reasons = {one.reason for one in find_quantities(many).unread}
    assert len(reasons) > 4
    assert reasons | set(NO_UNIT_IN_CODEBOOK.values()) <= set(review_words.REASONS_ZH)
    texts = [case["text"] for case in json.loads((CASES / "claims.json").read_text("utf-8"))]
    texts.append((CASES / "claims_traps.txt").read_text("utf-8"))
    rules = {claim.rule for text in texts for claim in audit_text(text).found}
    assert len(rules) > 20
    assert rules <= set(review_words.CLAIMS_ZH)


# --- in a browser -------------------------------------------------------------------------------


def _active(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('[id]')?.id"))


@pytest.mark.extra
def test_keys_move_between_figures_and_rows(tab: Any) -> None:
    page = tab(PAGE, year=2012)
    stops = []
    for _ in range(14):
        page.keyboard.press("Tab")
        stops.append(_active(page))
        if stops[-1] == "m0":
            break
    assert {"language", "filters", "keys"} <= set(stops)
    assert stops[-2:] == ["page", "m0"]
    assert page.locator("#details").is_visible()
    assert "30,000,000" in page.inner_text("#details")
    assert page.get_attribute("#m0", "aria-describedby") == "details"
    page.keyboard.press("Escape")
    assert not page.locator("#details").is_visible()
    page.keyboard.press("ArrowRight")
    assert _active(page) == "m1"
    assert "50余名" in page.inner_text("#details")
    page.keyboard.press("Enter")
    assert _active(page) == "f1"
    page.keyboard.press("ArrowDown")
    assert _active(page) == "f2"
    assert page.locator("#m2.current").count() == 1
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.inner_text("a.mark.current").startswith("0836")
    page.keyboard.press("Home")
    assert _active(page) == "m0"


@pytest.mark.extra
def test_filters_hide_rows_and_marks(tab: Any) -> None:
    page = tab(PAGE, year=2012)
    page.click("#filters summary")
    page.click("[data-all=kind][value=none]")
    assert page.locator("#tab-figures tbody tr:visible").count() == 0
    page.check("input[value=money]")
    assert page.inner_text("#count").startswith("2 of ")
    assert page.locator("#tab-figures tbody tr:visible").count() == 2
    page.uncheck("input[value=under]")
    assert page.inner_text("#count").startswith("1 of ")
    off = page.locator("a.mark.off").count()
    assert page.locator("a.mark:not(.off):not(.unread)").count() == 1
    page.select_option("#language", "zh")
    assert page.inner_text("#count").startswith("显示 1 / ")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.locator("a.mark.off").count() == off
    assert page.get_attribute("#page", "aria-label") == "版面原文"
    assert page.inner_text("#tab-figures tbody tr:visible td:nth-child(8)") == "金额"


@pytest.mark.extra
def test_ticked_claims_make_the_command_that_takes_them(tab: Any, tmp_path: Path) -> None:
    page = tab(MISPRINT, study=load_study(study_of(tmp_path, MISPRINT)))
    page.check("#choose-tab-claims")
    ticks = page.locator("#tab-claims input")
    ticks.nth(0).check()
    ticks.nth(1).check()
    numbers = ",".join(ticks.nth(n).get_attribute("value") for n in (0, 1))
    assert f"audit-text PAGE --accept {numbers}" in page.inner_text("#accepting")
    page.select_option("#language", "zh")
    assert page.inner_text("#accepting").startswith("已选 2 项")
    ticks.nth(0).uncheck()
    ticks.nth(1).uncheck()
    assert page.inner_text("#accepting") == ""


# --- accessibility ------------------------------------------------------------------------------


@pytest.mark.extra
@pytest.mark.parametrize(
    ("width", "dark", "language"), [(1200, False, "en"), (390, True, "zh"), (1200, True, "zh")]
)
def test_axe_finds_no_violation(tab: Any, own: Path, width: int, dark: bool, language: str) -> None:
    page = tab(OWN, width=width, dark=dark, study=load_study(own), bypass_csp=True)
    page.select_option("#language", language)
    page.locator("#filters summary").click()
    page.locator("#m0").focus()
    assert unfair(page) == []
    # While a figure is added, and with its row among the others.
    page.locator("#add").click()
    page.fill("#place [name=find]", "一是")
    page.press("#place [name=find]", "Enter")
    assert unfair(page) == []
    page.fill("#place [name=end]", str(place_of(page)[0] + 1))
    page.select_option("#place [name=reading]", index=1)
    page.locator("#place [type=submit]").click()
    page.locator("#row [name=decision][value=rejected]").click()
    assert page.locator("a.mark.out").count() == 1
    page.check("#choose-tab-study")
    assert unfair(page) == []
