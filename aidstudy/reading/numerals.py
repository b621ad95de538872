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
_ARABIC = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_DIGIT, _SCALE = ("".join(table) for table in (DIGITS, SCALES))
_FROM_ONE = _DIGIT.lstrip("零〇○")
_SIMPLE = re.compile(rf"({_ARABIC})([十百千]?(?:[万亿]|万亿)?)")
_ONE_BY_ONE = re.compile(f"[{_DIGIT}]|[{_DIGIT}]{{3,}}|[{_DIGIT}][零〇○]|[零〇○][{_DIGIT}]")
_CHINESE_DECIMAL = re.compile(
    f"(?P<whole>[{_DIGIT}{''.join(SMALL_SCALES)}]+)点(?P<part>[{_DIGIT}]+)(?P<scale>[{_SCALE}]*)"
)
_TWO_DIGITS = re.compile(
    f"(?<![{_DIGIT}、])(?P<zero>[零〇○]?)(?P<low>[{_FROM_ONE}])、?(?P<high>[{_FROM_ONE}])(?![{_DIGIT}、])"
)
"""一百二三十, 十二、三: two digits side by side; 一、二、三 is no numeral."""
_ARABIC_PAIR = re.compile("(?P<zero>)(?P<low>[1-9])、(?P<high>[1-9])(?=[十百千]?[万亿]$)")
"""3、4万: two digits with one scale."""
_NOT_ONE = "these digits and scales do not form one numeral"
_PART = re.compile(f"(?P<zero>[零〇○]?)(?P<digits>{_ARABIC}|[{_FROM_ONE}]?)(?P<scale>[{_SCALE}]?)")


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


def read_numeral(printed: str, factor: Number = 1) -> Side:
    """One numeral, times a factor: Arabic with thousands marks, Chinese, mixed, or neighbours.

    A Chinese numeral is as precise as its last printed digit. Qualifiers and units belong to
    :func:`aidstudy.reading.quantities.read_quantity`; what Chinese does not form (三百五千) is an
    error.

    >>> numeral = read_numeral("两千三百万")
    >>> numeral.low, numeral.step, numeral.arabic
    (23000000, 1000000, False)
    >>> read_numeral("三五百")[:2], read_numeral("3亿5000万").low, read_numeral("壹佰").low
    ((300, 500), 350000000, 100)
    """
    if len(printed) > 4 * LONGEST:
        raise _error(printed, "nothing printed as an amount is so long; give one numeral")
    return _parse("".join(printed.split()).translate(_PLAIN), factor)


@lru_cache(maxsize=4096)
def _parse(text: str, factor: Number) -> Side:
    if not text or len(text) > LONGEST:
        raise _error(text, "give digits or Chinese numerals such as 1.39亿 or 两千三百万")
    if simple := _SIMPLE.fullmatch(text):
        digits, scales = simple.groups()
        return _scaled(digits.replace(",", ""), scales, factor, arabic=True)
    if _ONE_BY_ONE.fullmatch(text):
        return _scaled("".join(str(DIGITS[digit]) for digit in text), "", factor, arabic=False)
    if decimal := _CHINESE_DECIMAL.fullmatch(text):
        part = "".join(str(DIGITS[digit]) for digit in decimal["part"])
        whole = _parse(decimal["whole"], 1).low
        return _scaled(f"{whole}.{part}", decimal["scale"], factor, arabic=False)
    two = _TWO_DIGITS.search(text) or _ARABIC_PAIR.match(text)
    if two and (values := _neighbours(two["low"], two["high"])):
        begin, end = text[: two.end("zero")], text[two.end("high") :]
        try:
            low, high = (_parse(f"{begin}{digit}{end}", factor) for digit in values)
        except NumeralError as error:
            raise _error(text, _NOT_ONE) from error
        return low._replace(high=high.high)
    return _added(text, factor)


def _neighbours(low: str, high: str) -> tuple[str, str] | None:
    """The two digits between which a number is, the lower one first; none of any others."""
    if low + high in ("三两", "三二"):
        return high, low
    value = {**DIGITS, **{str(digit): digit for digit in range(10)}}
    return (low, high) if value[high] - value[low] == 1 or low + high == "三五" else None


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


def _added(text: str, factor: Number) -> Side:
    """The sum of the digits of a mixed numeral, each with its scales."""
    bad = _error(text, _NOT_ONE)
    parts = [part for part in _PART.finditer(text) if part[0]]
    if sum(len(part[0]) for part in parts) != len(text):
        raise _error(text, "keep to digits and the scales 十百千万亿")
    if not all(part["scale"] for part in parts[:-1]):
        raise bad
    total: Number = 0
    section: Number = 0
    number, step, nonzero = None, 1, 1  # type: Number | None, Number, Number
    small = big = last = 0
    counted = False
    for part in parts:
        digits, scale = part["digits"].replace(",", ""), SCALES.get(part["scale"], 0)
        after_zero = part["zero"] or digits[:1] == "0"
        if digits:
            told = str(DIGITS.get(digits, digits))
            number, _, step, nonzero, _ = _scaled(told, "", 1, arabic=True)
        if scale and scale < 10**4:
            if small and scale >= small:
                raise bad
            if number is None:
                # 十五, 百余, 千万: the leading one is not printed, and neither is that of 一百十五
                # or 一千零十五. Else it is an error; 百十 is some hundred.
                inside = scale == 10 and (after_zero or (small == 100 and counted))
                if (section or (total and scale != 10)) and not inside:
                    raise bad
                step = nonzero = 1
            counted, small = number is not None, scale
            section += scale * (1 if number is None else number)
        elif scale:
            section += number or 0
            if not section and not total and number is None and not last:
                section = 1
            # 三万亿: the second scale takes all that stands before it.
            if big and scale <= big:
                if scale == big or not section:
                    raise bad
                total += section * scale
            elif total >= scale or (total and 0 < section < 10 and not after_zero):
                raise bad
            else:
                # 一万七千四百亿: all that stands before 亿 counts hundreds of millions.
                total = (total + section) * scale
            section, small, big = 0, 0, scale
        if scale:
            step, nonzero, number, last = step * scale, nonzero * scale, None, scale
    if number is not None:
        if last >= 100 and not after_zero and step == 1 and number < 10:
            # 三万五, 两千三: the last digit counts the next lower scale.
            step = nonzero = last // 10
        elif last and number >= last:
            raise bad
        section += number * step
    value = (total + section) * factor
    return Side(value, value, step * factor, nonzero * factor, arabic="0" <= text[0] <= "9")


def _error(printed: str, advice: str) -> NumeralError:
    shown = printed if len(printed) <= LONGEST else printed[:LONGEST] + "…"
    return NumeralError(f"numeral: read {shown!r}: not one numeral; {advice}", printed=printed)
