"""A short way for plain figures: an amount with its unit that its own characters tell.

Without it the reader takes more than twice the time and misses both its aims. What it reads is
what the long way reads, which a property holds it to.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from aidstudy.errors import AidstudyError
from aidstudy.intervals import Number
from aidstudy.reading import words
from aidstudy.reading.amounts import Side, measured, qualifiers, side_of
from aidstudy.reading.figure import Reading, plain_print
from aidstudy.reading.grammar import AFTER, BEFORE_WORDS, CD, CN, CURRENCY_ENDS, UNIT
from aidstudy.reading.printed import read_print
from aidstudy.reading.words import SPACE as W
from aidstudy.reading.words import pattern_with

_SINGLE_BEFORE = {word for word in BEFORE_WORDS if len(word) == 1} | CURRENCY_ENDS
_PAIRS_BEFORE = sorted({word[-2:] for word in BEFORE_WORDS if len(word) > 1})
_PAIRS_END = "".join(sorted({pair[1] for pair in _PAIRS_BEFORE}))
_UNSAFE = rf"A-Za-zＡ-Ｚａ-ｚ\d０-９.．,\-－−–—第最负{re.escape(''.join(sorted(_SINGLE_BEFORE)))}"
_SAFE = rf"[^{_UNSAFE}{_PAIRS_END}\s]"


def _nothing_before(first: str) -> str:
    """Look behinds, from after `first`, for what could change a figure's meaning from before it.

    Letters, digits, signs, currencies, and the last characters of a qualifier; one blank or line
    end may stand between. Before most figures stands a character that is none of these and ends
    no qualifier, so that one look is enough.
    """
    looks = []
    for gap in ("", r"\s"):
        two = "|".join(f"{pair}{gap}{first}" for pair in _PAIRS_BEFORE)
        looks.append(
            rf"(?<![\d０-９]，{gap}{first})(?<![{_UNSAFE}]{gap}{first})(?<!{two})(?<!\s[{_PAIRS_END}]{gap}{first})"
        )
    return rf"(?>(?<={_SAFE}{first})|{''.join(looks)}(?<!\s\s{first}))"


# Most figures are an Arabic number with its unit, a sum in round Chinese numerals (三千六百万元) or
# a whole date, where no character beside it can change what it means. Such a figure is read once,
# by its own characters; all else, and each place where a look behind or ahead is in doubt, goes
# the long way.
_RANGE_NEXT = rf"\d０-９{CD}\-–—－‐‑‒―─~～〜∼−至到"
_NOTHING_AFTER = rf"(?!{W}[左上以之半及多余来公亿億（({_RANGE_NEXT}])"
_PLAIN_YUAN = pattern_with(
    {name: unit.not_before for name, unit in words.UNITS.items() if name[0] == "元"}
)
_PLAIN_DATE = (
    rf"(?>(?:(?<=1)[89]|(?<=2)0)[0-9][0-9]{W}年"
    rf"(?:{W}(?:1[0-2]|[1-9]){W}月(?:{W}(?:[12][0-9]|3[01]|[1-9]){W}日)?)?)"
    rf"(?!{W}[上下底末初前以之第度代级龄份中十元多余{_RANGE_NEXT}])"
)
_PLAIN_AMOUNT = (
    r"(?>(?:[0-9]{0,6}+(?![\d,])|[0-9]{0,2}(?:(?:,[0-9]{3}){1,3}+|(?:[ \u00a0][0-9]{3}){1,3}+))"
    rf"(?:\.[0-9]{{1,4}}+)?(?:{W}(?:亿(?:{W}[0-9]{{1,4}}{W}万)?|万|[十百千]{W}万|千))?(?P<pn>)"
    rf"(?:{W}(?P<pm>[余多])(?:{W}(?P<ps>[万亿]))?)?{W}(?!年)(?P<pu>{UNIT}))"
    rf"(?:{_NOTHING_AFTER}|(?>{W}(?P<pa>{AFTER}))(?!{W}[、，,]?{W}[{CN}\d０-９不约]))"
)
# Before a Chinese numeral more characters count: an ordinal, an enumeration, a name in quotes.
_PLAIN_SUM = (
    rf"(?<={_SAFE}[一二两三四五六七八九])(?<![{CN}几数每番家届初期拜周上成过、和及至到“\"「『].)"
    rf"(?>(?:千(?:[一二三四五六七八九]百)?|百)(?:[一二三四五六七八九]十)?[万亿]{_PLAIN_YUAN})"
    rf"{_NOTHING_AFTER}"
)
PLAIN_PATTERN = (
    rf"(?:(?<=[0-9]){_nothing_before('[0-9]')}(?:{_PLAIN_DATE}|{_PLAIN_AMOUNT})|{_PLAIN_SUM})"
    r"(?P<plain>)"
)


class Cache(dict[Any, Any]):
    """Figures already read, by what they are read from; emptied when full, so that it is bounded.

    The same few thousand prints make up most of the figures of any text.
    """

    def keep(self, key: Any, quantity: Reading | None) -> Reading | None:
        if len(self) >= _CACHED:
            self.clear()
        self[key] = quantity
        return quantity


_CACHED = 8192
UNKNOWN: Any = object()
KNOWN = Cache()


def _plain_units() -> dict[str, tuple[str, str, Number]]:
    """Kind, base unit and factor of the units whose meaning no context changes."""
    return {word: ("count", word, 1) for word in words.MEASURE_WORDS if word != "块"} | {
        word: (unit.kind, unit.base, unit.factor)
        for word, unit in words.UNITS.items()
        # A volume or weight may be a flow (日供水), 方 may be parties, 5日 a day of some month.
        if unit.kind not in ("volume", "mass") and word not in ("方", "年", "日")
    }


_PLAIN_UNITS = _plain_units()


_PLAIN_SCALES = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8}


def _plain_side(printed: str, scale: str | None, factor: Number) -> Side:
    """What :func:`side_of` gives for plain digits and one scale, in a third of the time."""
    digits = "".join(printed.split()).replace(",", "")
    scales = digits.lstrip("0123456789.")
    if scales not in _PLAIN_SCALES:
        return side_of(printed, scale, factor)
    factor *= _PLAIN_SCALES[scales] * _PLAIN_SCALES[scale or ""]
    whole, _, part = digits[: len(digits) - len(scales)].partition(".")
    digits = whole + part
    number, zeros = int(digits), len(digits) - len(digits.rstrip("0"))
    places = 10 ** len(part)
    if type(factor) is int and not factor % places:
        step: Number = factor // places
        value: Number = number * step
    else:
        step = Fraction(factor.numerator, factor.denominator * places)
        value = Fraction(number * step.numerator, step.denominator)
    return Side(value, value, step, step * 10**zeros if zeros and number else step, True)


def read_plain(match: re.Match[str]) -> Reading | None:
    """The figure of a plain match; ``None`` for a unit whose meaning hangs on its context.

    Examples
    --------
    >>> from aidstudy.reading.grammar import FIRST
    >>> print(read_plain(re.search(f"{FIRST}(?:{PLAIN_PATTERN})", "，300万元。")).value)
    3000000
    """
    raw = match[0]
    quantity: Reading | None = KNOWN.get(raw, UNKNOWN)
    if quantity is UNKNOWN:
        printed = plain_print(raw)
        # A blank may stand anywhere in it; what is read is the same.
        quantity = UNKNOWN if printed == raw else KNOWN.get(printed, UNKNOWN)
        if quantity is UNKNOWN:
            quantity = KNOWN.keep(printed, _plain_figure(match, printed))
        KNOWN.keep(raw, quantity)
    return quantity


def _plain_figure(match: re.Match[str], printed: str) -> Reading | None:
    word, more, scale, after = match.group("pu", "pm", "ps", "pa")
    try:
        if word is None:
            return read_print(printed, None, None, None)
        unit = _PLAIN_UNITS.get(word) or _PLAIN_UNITS.get("".join(word.split()))
        if unit is None:
            return None
        kind, base, factor = unit
        number = match.string[match.start() : match.start("pn")]
        side = _plain_side(number, scale, factor)
        marks = qualifiers(more, after and plain_print(after)) if more or after else []
        return measured(printed, kind, base, side, marks, numeral="arabic")
    except AidstudyError:
        return None
