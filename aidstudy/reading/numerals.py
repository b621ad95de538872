"""One printed numeral, Arabic, Chinese or mixed, to an exact value and its precision."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from aidstudy.errors import NumeralError
from aidstudy.intervals import Number

DIGITS = {
    digit: value
    for value, digits in enumerate(
        ["零〇○", "一壹", "二两兩贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖"]
    )
    for digit in digits
}
SMALL_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
SCALES = SMALL_SCALES | BIG_SCALES

LONGEST = 40
"""Characters of the longest numeral that is read; nothing printed as an amount is longer."""

_PLAIN = str.maketrans(
    dict(zip("０１２３４５６７８９．，", "0123456789.,", strict=True))
    | {"廿": "二十", "卅": "三十"}
)
_NOT_PLAIN = re.compile("[０-９．，廿卅]")
"""What the table changes; to look for it takes a tenth of the time of changing nothing."""
_TOKEN = re.compile(
    r"(?P<arabic>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<digits>[{''.join(DIGITS)}]+)"
    rf"|(?P<small>[{''.join(SMALL_SCALES)}])|(?P<big>[{''.join(BIG_SCALES)}])"
)
_NEIGHBOURS = re.compile("(?<![{0}、])([{0}])、([{0}])(?![{0}、])".format("".join(DIGITS)))
"""十二、三: a mark between two neighbouring digits; 一、二、三 is no numeral."""
_PAIR = re.compile("([1-9])、([1-9])([十百千]?[万亿])")
"""3、4万: two neighbouring digits with one scale."""
_SIMPLE = re.compile(
    r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)([十百千]?(?:[万亿]|万亿)?)"
)
_CHINESE_DECIMAL = re.compile(
    rf"(?P<whole>[{''.join(DIGITS)}{''.join(SMALL_SCALES)}]+)点(?P<part>[{''.join(DIGITS)}]+)"
    rf"(?P<scale>[{''.join(SMALL_SCALES)}{''.join(BIG_SCALES)}]*)"
)


class Side(NamedTuple):
    """A number, the unit of its last printed digit (of a rounded figure the precision), and that of
    its last digit that is not zero (the precision after 约, 余 or 近), in base units.

    Low and high differ in 三五百, whose value is between them. Whole numbers are ``int``, as most
    figures need no fraction.
    """

    low: Number
    high: Number
    step: Number
    nonzero_step: Number
    arabic: bool = False

    @property
    def value(self) -> Fraction:
        return (Fraction(self.low) + self.high) / 2

    def times(self, factor: Number) -> Side:
        if factor == 1:
            return self
        low, step = self.low * factor, self.step * factor
        high = low if self.high == self.low else self.high * factor
        nonzero = step if self.nonzero_step == self.step else self.nonzero_step * factor
        return Side(low, high, step, nonzero, self.arabic)


def read_numeral(printed: str, factor: Number = 1) -> Side:
    """One numeral, times a factor: Arabic with thousands marks, Chinese, mixed, or neighbours.

    A Chinese numeral is as precise as its last printed digit. Qualifiers and units belong to
    :func:`aidstudy.reading.quantities.read_quantity`; what Chinese does not form (三百五千) is an
    error.

    Examples
    --------
    >>> numeral = read_numeral("两千三百万")
    >>> numeral.low, numeral.step, numeral.arabic
    (23000000, 1000000, False)
    >>> read_numeral("三五百")[:2], read_numeral("3亿5000万").low, read_numeral("壹佰").low
    ((300, 500), 350000000, 100)
    """
    if len(printed) > 4 * LONGEST:
        raise _error(printed, "nothing printed as an amount is so long; give one numeral")
    text = "".join(printed.split())
    if _NOT_PLAIN.search(text):
        text = text.translate(_PLAIN)
    pair = _PAIR.fullmatch(text) if "、" in text else None
    if pair and int(pair[2]) == int(pair[1]) + 1:
        low, high = (_parse(pair[end] + pair[3], factor) for end in (1, 2))
        return low._replace(high=high.low)
    return _parse(_NEIGHBOURS.sub(r"\1\2", text) if "、" in text else text, factor)


@lru_cache(maxsize=4096)
def _parse(text: str, factor: Number) -> Side:
    if not text or len(text) > LONGEST:
        raise _error(text, "give digits or Chinese numerals such as 1.39亿 or 两千三百万")
    if simple := _SIMPLE.fullmatch(text):
        digits, scales = simple.groups()
        return _scaled(digits.replace(",", ""), scales, factor, arabic=True)
    if decimal := _CHINESE_DECIMAL.fullmatch(text):
        part = "".join(str(DIGITS[digit]) for digit in decimal["part"])
        whole = _parse(decimal["whole"], 1).low
        return _scaled(f"{whole}.{part}", decimal["scale"], factor, arabic=False)
    tokens = list(_TOKEN.finditer(text))
    if sum(len(token.group()) for token in tokens) != len(text):
        raise _error(text, "keep to digits and the scales 十百千万亿")
    low = _Reader(text, tokens, 0)
    high = _Reader(text, tokens, 1) if low.pair else low
    return Side(low.total, high.total, low.step, low.nonzero, low.arabic).times(factor)


def _scaled(digits: str, scales: str, factor: Number, *, arabic: bool) -> Side:
    """Digits with at most one point, times every scale after them."""
    whole, _, part = digits.partition(".")
    for char in scales:
        factor *= SCALES[char]
    places = 10 ** len(part)
    if type(factor) is int and not factor % places:
        step: Number = factor // places
    else:
        step = Fraction(factor) / places
    digits = whole + part
    value = int(digits)
    zeros = len(digits) - len(digits.rstrip("0")) if value else 0
    return Side(low := value * step, low, step, step * 10**zeros if zeros else step, arabic)


class _Reader:
    """Adds up tokens; of two neighbouring digits (一百二三十) it takes one, by its side."""

    def __init__(self, text: str, tokens: list[re.Match[str]], side: int) -> None:
        self.text = text
        self.side = side
        self.total: Number = 0
        self.section: Number = 0
        self.pending: Number | None = None
        self.step: Number = 1
        self.nonzero: Number = 1
        self.last_small = self.last_big = self.last_scale = 0
        self.after_zero = self.counted = self.arabic = self.pair = False
        for index, token in enumerate(tokens):
            if token.lastgroup == "arabic":
                self._number(token.group().replace(",", ""))
                self.arabic |= index == 0
            elif token.lastgroup == "digits":
                self._digits(token.group(), alone=len(tokens) == 1)
            elif token.lastgroup == "small":
                self._small(SMALL_SCALES[token.group()])
            else:
                self._big(BIG_SCALES[token.group()])
        self._end()
        self.total += self.section

    def _number(self, digits: str) -> None:
        if self.pending is not None:
            raise self._bad()
        self.pending, _, self.step, self.nonzero, _ = _scaled(digits, "", 1, arabic=True)
        self.after_zero |= digits.startswith("0")

    def _digits(self, run: str, *, alone: bool) -> None:
        if self.pending is not None:
            raise self._bad()
        values = [DIGITS[digit] for digit in run]
        if alone and (len(run) > 2 or (len(run) == 2 and 0 in values)):
            self._number("".join(map(str, values)))
            return
        if len(values) > 1 and values[0] == 0:
            self.after_zero = True
            values = values[1:]
        if values == [0] and not alone:
            self.after_zero = True
            return
        if run in ("三两", "三二"):
            values = [2, 3]
        if len(values) == 2 and (values[1] - values[0] == 1 or run == "三五"):
            self.pair = True
        elif len(values) > 1:
            raise self._bad()
        self.pending = values[self.side if self.pair and len(values) > 1 else 0]
        self.step = self.nonzero = 1

    def _small(self, scale: int) -> None:
        if self.last_small and scale >= self.last_small:
            raise self._bad()
        if self.pending is None:
            # 十五, 百余, 千万: the leading one is not printed, and neither is that of 一百十五 or
            # 一千零十五. Else it is an error; 百十 is some hundred.
            inside = scale == 10 and (self.after_zero or (self.last_small == 100 and self.counted))
            if (self.section or (self.total and scale != 10)) and not inside:
                raise self._bad()
            self.step = self.nonzero = 1
        self.counted = self.pending is not None
        self.section += scale if self.pending is None else self.pending * scale
        self._scaled(scale)
        self.last_small = scale

    def _big(self, scale: int) -> None:
        self.section += self.pending or 0
        if not self.section:
            if self.total:
                # 三万亿: the second scale takes all that stands before it.
                if scale <= self.last_big:
                    raise self._bad()
            elif self.pending is None and self.last_scale == 0:
                self.section = 1
        if self.last_big and scale <= self.last_big:
            if scale == self.last_big:
                raise self._bad()
            self.total += self.section * scale
        elif self.total >= scale or (self.total and 0 < self.section < 10 and not self.after_zero):
            raise self._bad()
        else:
            # 一万七千四百亿: all that stands before 亿 counts hundreds of millions.
            self.total = (self.total + self.section) * scale
        self.section = 0
        self._scaled(scale)
        self.last_small, self.last_big = 0, scale

    def _scaled(self, scale: int) -> None:
        self.step *= scale
        self.nonzero *= scale
        self.pending = None
        self.last_scale = scale
        self.after_zero = False

    def _end(self) -> None:
        if self.pending is None:
            return
        no_scale_left = self.last_scale >= 100 and not self.after_zero and self.step == 1
        if no_scale_left and self.pending < 10:
            # 三万五, 两千三: the last digit counts the next lower scale.
            self.step = self.nonzero = self.last_scale // 10
            self.pending *= self.step
        elif self.last_scale and self.pending >= self.last_scale:
            raise self._bad()
        self.section += self.pending

    def _bad(self) -> NumeralError:
        return _error(self.text, "these digits and scales do not form one numeral")


def _error(printed: str, advice: str) -> NumeralError:
    shown = printed if len(printed) <= LONGEST else printed[:LONGEST] + "…"
    return NumeralError(f"numeral: read {shown!r}: not one numeral; {advice}", printed=printed)
