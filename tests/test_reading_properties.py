"""What holds for any text: nothing lost, nothing crossed, nothing slow."""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from types import FrameType

import pytest
from copies import case_set
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aidstudy import codebook
from aidstudy.reading import grammar
from aidstudy.reading.drafts import draft_figures
from aidstudy.reading.quantities import find_quantities, plain_print
from aidstudy.reading.text import repair_text
from aidstudy.reading.words import CURRENCIES_BEFORE

WORDS = """
    约 近 逾 超过 不足 至少 余 多 左右 以上 以内 第 每 一 二 两 三 五 十 百 千 万 亿
    半 零 〇 点 壹 佰 个 名 人 次 元 万元 公里 平方米 立方米 % 成 倍 年 月 日 号 底 前
    个百分点 分之 大 类 机制 项目 批 期 0 1 5 12 50 2012 3000 1.39 1,234 ３０ ① ² ٣ + = : -
    — 至 到 ～ 、 ， 。 . ． / ( ） “ ” N ㎡ km USD ￥ @ 资金 投入 电话 规划 十二五 期间
    上半年 今年 年底 季度 的 块 毛 半数 每小时 约有 -3 — 、三 三千六百万元 五百亿元 元月
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", " ", "\u3000", "\n\n", "\r\n", "\x00", "\ud800"])
PAGE_LIKE = st.lists(PIECES, max_size=40).map("".join)
ANY = st.one_of(PAGE_LIKE, st.text(max_size=80), st.text(st.characters(), max_size=40))


@settings(max_examples=400)
@given(ANY, st.sampled_from([None, 2012]), st.booleans())
@example("三0分之1", 2012, False)
@example("0836（0836）8124567", 2012, False)
@example("1、" * 40, None, True)
def test_spans_cut_their_own_text_and_no_digit_is_lost(
    text: str, year: int | None, relative: bool
) -> None:
    found = find_quantities(text, year=year, relative=relative)
    covered = set()
    last = 0
    for quantity in found.quantities:
        start, end = quantity.span
        assert last <= start < end <= len(text)
        last = end
        assert plain_print(text[start:end]) == quantity.printed
        covered.update(range(start, end))
    for left in found.unread:
        assert plain_print(left.span.of(text)) == left.printed
        assert left.reason
        assert covered.isdisjoint(range(*left.span)) or not left.printed[:1].isdigit()
        covered.update(range(*left.span))
    assert [
        place for place, char in enumerate(text) if char.isdigit() and place not in covered
    ] == []


def test_a_digit_of_any_script_is_a_place_to_begin() -> None:
    first = re.compile(grammar.FIRST)
    digits = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isdecimal()]
    assert len(digits) > 600
    assert [char for char in digits if not first.match(char)] == []


@settings(max_examples=400)
@given(ANY)
def test_values_lie_in_their_bounds(text: str) -> None:
    for quantity in find_quantities(text, year=2012, relative=True).quantities:
        assert quantity.kind in codebook.KINDS
        assert quantity.bound in codebook.BOUNDS
        assert quantity.numeral in codebook.NUMERALS
        if quantity.kind in codebook.NUMERIC_KINDS:
            assert isinstance(quantity.value, Fraction)
            assert quantity.interval is not None
            assert quantity.value in quantity.interval
            assert quantity.kind == "count" or (
                quantity.unit in codebook.UNITS
                or quantity.unit in CURRENCIES_BEFORE.values()
                or (quantity.kind == "money" and len(quantity.unit) == 3)
            )
        elif quantity.days is not None:
            first, last = quantity.days
            assert first is None or last is None or first <= last
        else:
            assert quantity.interval is None


@settings(max_examples=400)
@given(ANY)
@example("5200万" + "\n" * 20 + ":" + "\n" * 90 + "元—5400万元")
@example("\u037e\u3000墄")
@example("5\udce40\n\n02\n\n\n|\x00\n\n\nr\x00\x00\n\n\x0b\n\n\udc87\n\t\n\n\n元—2125万元")
@example("全长  12 . 5  %")
@example("全长\n12 . 5 %")
@example("全长12 .\n 5米")
@example("米-元\n3．\n5")
@example("米1~\n\n ~1甲")
@example("123  万\n\n元\u3000甲")
@example("乡 元至12\n\n  \n\n万")
@example("名单\n\n1. 5个村")
@example("名称 x万元\n名甲乡 13 300\n乙乡 15 420")
@example("总投资 1亿\n元甲乡 13 300\n乙乡 15 420")
@example("村村通公路户户通\n道路施工投资增收\n8、 12 300\n-均年十二院时速")
@example(
    "道路七百九十，惠及全县。\n合同：甲乡 12 300\n~\n月2\n8日新建道路学校。迁入人家\n全部迁入新居。"
)
@example("道路施工时速增加12里。\n测图1∶1\n000\r\n户户通电话，路路通车辆")
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    fixed = repair_text(text)
    assert repair_text(fixed.text).steps == ()
    assert fixed.undo(fixed.steps).text == text


@settings(max_examples=400)
@given(ANY, st.data())
def test_spans_map_both_ways(text: str, data: st.DataObject) -> None:
    fixed = repair_text(text)
    if not fixed.text:
        return
    start = data.draw(st.integers(0, len(fixed.text) - 1))
    end = data.draw(st.integers(start + 1, len(fixed.text)))
    assert fixed.text_span(*fixed.raw_span(start, end)) == (start, end)


TEMPTING: list[str] = case_set("tempting")
"""Repeated, these tempt a pattern or a loop to look again at what it has seen."""


def _calls(text: str) -> int:
    """Calls of functions and methods that a draft takes, which repairs the text and finds figures.

    Work that no busy machine changes.
    """
    number = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal number
        number += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        draft_figures(text)
    finally:
        sys.setprofile(before)
    return number


@pytest.mark.parametrize("piece", TEMPTING)
def test_four_times_the_text_takes_four_times_the_calls(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (300, 1200))
    draft_figures(small)
    assert _calls(large) <= 4.5 * _calls(small) + 200


@settings(max_examples=300)
@given(PAGE_LIKE)
@example("达到六点五，共一百二十八")
@example("实施“八八战略”")
def test_no_chinese_numeral_of_two_characters_is_passed_over(text: str) -> None:
    found = find_quantities(text, year=2012)
    seen = {at for one in (*found.quantities, *found.unread) for at in range(*one.span)}
    for run in re.finditer("[一二三五十百千万亿零]{2,24}", text):
        assert not seen.isdisjoint(range(*run.span()))
