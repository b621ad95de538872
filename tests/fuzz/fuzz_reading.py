"""Fuzz the reader with atheris: no crash, no hang, nothing lost, whatever the bytes.

    python -m venv fuzz && fuzz/bin/pip install atheris && fuzz/bin/pip install -e . --no-deps
    fuzz/bin/python tests/fuzz/fuzz_reading.py -max_len=400 -timeout=10 -max_total_time=3600

Not part of the test run, as atheris is no dependency. Each input is taken as text twice: as
UTF-8 with whatever cannot be decoded kept as lone surrogates, and as a row of pieces that
figures are made of.
"""

from __future__ import annotations

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["aidstudy.reading"]):
    from aidstudy.reading.quantities import find_quantities, plain_print, read_quantity
    from aidstudy.reading.text import repair_text

from aidstudy.errors import AidstudyError

WORDS = """
    约 近 逾 超过 不足 至少 余 多 左右 以上 以内 第 每 一 二 两 三 五 十 百 千 万 亿 半 零 〇 点
    壹 佰 个 名 人 次 元 万元 公里 平方米 立方米 % 成 倍 年 月 日 号 底 前 个百分点 分之 大 类
    机制 项目 批 期 0 1 5 12 50 2012 3000 1.39 1,234 ３０ ① ² ٣ + = : - — 至 到 ～ 、 ， 。 . ．
    / ( ） “ ” N ㎡ km USD ￥ @ 资金 投入 电话 规划 十二五 期间 上半年 今年 年底 季度 的 块 毛
    半数 每小时 约有 负 元月 届 台（套） 小时 分钟 角 分 里 千瓦 百分 吨 亩 m3/s 00 000 http://
    传真 〔 〕 最 共 达
"""
PIECES = [*WORDS.split(), "\n", " ", "\u3000", "\r\n", "\x00", "\ud800", "\u200b", "\ufeff"]


def check(text: str) -> None:
    """What has to hold for any text."""
    for year, relative in ((None, False), (2012, True)):
        found = find_quantities(text, year=year, relative=relative)
        covered: set[int] = set()
        last = 0
        for quantity in found.quantities:
            start, end = quantity.span
            assert last <= start < end <= len(text), quantity
            assert plain_print(text[start:end]) == quantity.printed, quantity
            if quantity.interval is not None:
                assert quantity.value in quantity.interval, quantity
            last = end
            covered.update(range(start, end))
        for left in found.unread:
            assert left.reason, left
            covered.update(range(*left.span))
        lost = [at for at, char in enumerate(text) if char.isdigit() and at not in covered]
        assert not lost, (text, lost)
    fixed = repair_text(text)
    assert fixed.undo(fixed.steps).text == text
    assert repair_text(fixed.text).steps == (), text
    if fixed.text:
        middle = len(fixed.text) // 2
        assert fixed.text_span(*fixed.raw_span(middle, middle + 1)) == (middle, middle + 1)
    for printed in (text, text[:12]):
        with contextlib.suppress(AidstudyError):
            read_quantity(printed, year=2012)


def one_input(data: bytes) -> None:
    """The entry that atheris calls."""
    check(data.decode("utf-8", "surrogateescape"))
    check("".join(PIECES[byte % len(PIECES)] for byte in data[:60]))


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
