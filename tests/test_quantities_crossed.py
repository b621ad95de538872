"""Every form of numeral with every qualifier, unit and kind of broken white space.

The text is put together from a value that is known, so what has to be read follows from the
codebook by sums done here and not from the reader.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import NamedTuple

import pytest
from copies import case_set

from aidstudy.reading.quantities import find_quantities


class Number(NamedTuple):
    """A numeral in pieces that white space may part, its value and its two precisions."""

    pieces: tuple[str, ...]
    value: Fraction
    step: Fraction
    nonzero: Fraction
    numeral: str

    @property
    def is_round(self) -> bool:
        """余 and 多 need a last digit that leaves room: 30余, 300多万, not 35余."""
        return self.nonzero >= 10


NUMBERS = [
    Number(
        tuple(case["pieces"].split("|")),
        *(Fraction(case[part]) for part in ("value", "step", "nonzero_step")),
        case["numeral"],
    )
    for case in case_set("numerals")
    if "pieces" in case
]
BEFORE = {
    "about": ("约", "大约"),
    "near": ("近", "将近", "接近"),
    "above": ("逾", "超", "超过", "至少", "不少于", "不低于"),
    "below": ("不足", "不到", "最多", "不超过", "至多"),
}
AFTER = {"about": ("左右", "上下"), "above": ("以上",), "below": ("以下", "以内")}
UNITS = {
    "元": ("money", "CNY", Fraction(1)),
    "公里": ("length", "m", Fraction(1000)),
    "米": ("length", "m", Fraction(1)),
    "平方米": ("area", "m2", Fraction(1)),
    "亩": ("area", "m2", Fraction(2000, 3)),
    "公顷": ("area", "m2", Fraction(10000)),
    "立方米": ("volume", "m3", Fraction(1)),
    "吨": ("mass", "kg", Fraction(1000)),
    "公斤": ("mass", "kg", Fraction(1)),
    "千瓦": ("power", "W", Fraction(1000)),
    "美元": ("money", "USD", Fraction(1)),
    "倍": ("multiple", "times", Fraction(1)),
}
MEASURE_WORDS = """
    人 人次 名 位 户 家 个 项 所 座 条 次 批 套 台 头 只 匹 株 件 册 份 篇 场 起 例 床 间 栋 幢 处
    口 眼 辆 艘 架 枚 支 班 棵 张 块 片 段 层 门 种 类 笔 轮 组 对 根 部 本 幅 盏 顶 袋 箱 瓶 桶
"""
BOUND = {"about": "about", "near": "under", "more": "over", "above": "over", "below": "under"}


def _bounds(number: Number, mark: str, kind: str) -> tuple[Fraction | None, Fraction | None]:
    value, unit = number.value, number.nonzero
    if mark == "about":
        return value - unit / 2, value + unit / 2
    if mark == "near":
        # Down by a tenth where the value is a power of ten: 近10亿 is no nothing.
        return value - (value / 10 if unit == value else unit), value
    if mark == "more":
        return value, value + unit
    if mark == "above":
        return value, None
    if mark == "below":
        return None, value
    if kind == "count":
        return value, value
    return value - number.step / 2, value + number.step / 2


def _marked(number: Number, unit: str) -> list[tuple[list[str], str]]:
    """The pieces of the print with each qualifier, and what the qualifier does."""
    if unit == "千瓦" and number.pieces[-1] == "5":
        # 1万5千瓦 may be 1万5千 watts.
        return []
    pieces = list(number.pieces)
    marked: list[tuple[list[str], str]] = [([*pieces, unit], "")]
    for mark, words in BEFORE.items():
        marked += [([word, *pieces, unit], mark) for word in words]
    for mark, words in AFTER.items():
        marked += [([*pieces, unit, word], mark) for word in words]
    if number.is_round:
        for word in "余多":
            marked.append(([*pieces, word, unit], "more"))
            # 300余万: the scale may follow the qualifier, where digits alone stand before it.
            if len(pieces) == 2 and pieces[-1] in ("万", "亿") and float(number.value) % 10 == 0:
                digits = Fraction(pieces[0].translate(str.maketrans("３", "3")))
                if digits >= 10 and digits % 10 == 0:
                    marked.append(([pieces[0], word, pieces[1], unit], "more"))
    return marked


def _check(number: Number, pieces: list[str], mark: str, unit: str, gap: str, seed: int) -> None:
    kind, base, factor = UNITS.get(unit, ("count", unit, Fraction(1)))
    if gap:
        # 1 万 5 名 may be two figures; only 1万5 is one.
        pieces = "|".join(pieces).replace("1|万|5", "1万5").split("|")
    if gap == "one":
        place = random.Random(seed).randrange(1, len(pieces)) if len(pieces) > 1 else 0
        printed = "".join(pieces[:place]) + "\n" + "".join(pieces[place:])
        printed = printed.lstrip()
    else:
        printed = gap.join(pieces)
    text = f"全县累计{printed}，按期完成。"
    low, high = (None if end is None else end * factor for end in _bounds(number, mark, kind))
    bound = BOUND.get(mark, "exact" if kind == "count" else "rounded")
    assert [
        (q.span.of(text), q.kind, q.value, q.unit, q.low, q.high, q.bound, q.numeral)
        for q in find_quantities(text).quantities
    ] == [(printed, kind, number.value * factor, base, low, high, bound, number.numeral)], text


@pytest.mark.parametrize(("place", "unit"), list(enumerate([*UNITS, *MEASURE_WORDS.split()])))
def test_numerals_qualifiers_and_units(place: int, unit: str) -> None:
    """Each numeral has each kind of white space with a quarter of the units and measure words."""
    for seed, number in enumerate(NUMBERS):
        gap = ("", " ", "\n", "one")[(place + seed) % 4]
        marked = _marked(number, unit)
        assert marked or unit == "千瓦"
        for pieces, mark in marked:
            _check(number, pieces, mark, unit, gap, seed)
