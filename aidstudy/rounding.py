"""How many digits a number bears: the one place that decides it, for every number that is shown.

It depends on the number alone, never on the numbers beside it, and a unit ten times as large moves
the point and nothing else. Bounds are rounded outward. They have the fewest digits that widen them
by no more than a tenth, but three significant ones in the larger end, unless fewer already write
the number in full. A value that was computed ends at the same digit as its bounds; both get more
only where it would be written as nought, or as an end that it is not. A value that was printed has
the digits of its print, which the bounds tell: they are one unit of its last digit wide, and the
value is a multiple of that unit and their middle (26.72 within 26.715 and 26.725, 100 within 50
and 150) or one of their ends (300 within 300 and 400).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import count

from aidstudy.bilingual import Lang, Words, sign, written
from aidstudy.intervals import Interval, Number

_WIDENED = Fraction(1, 10)
_IN_FULL = 4
_SIGNIFICANT = 3

_ONE_VALUE = Fraction(1, 10**13)
"""Numbers closer than this share of their size are one that does not end, cut to fifteen digits."""

OPEN = "open"
"""The text of an end that the print does not set."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A number in the unit in which it is shown: value, if there is one, and bounds."""

    value: Fraction | None
    interval: Interval


@dataclass(frozen=True, slots=True)
class Digits:
    """A number as text: value, low and high, each empty where there is nothing to say."""

    value: str
    low: str = ""
    high: str = ""

    def bounds(self, lang: Lang) -> str:
        """The bounds as text, empty where the number is exact.

        >>> shown = Digits("3.16", "3.158", "3.162")
        >>> shown.bounds("en"), shown.bounds("zh"), Digits("50", "50", OPEN).bounds("zh")
        ('3.158–3.162', '3.158—3.162', '≥ 50')
        >>> Digits("", "−1", "2").bounds("en"), Digits("", "−1", "2").bounds("zh")
        ('−1 to 2', '−1 至 2')
        """
        low, high = self.low, self.high
        if low == OPEN and high == OPEN:
            return Words.told("no_bounds").say(lang)
        if high == OPEN:
            return f"≥ {low}"
        if low == OPEN:
            return f"≤ {high}"
        if "−" in low + high:
            return written("to", lang, low=low, high=high)
        return sign("range", lang).join((low, high)) if low else ""


def write_number(number: Shown) -> Digits:
    """A number as it is shown everywhere, with a true minus and commas in what is long.

    An exact one has no bounds. It is written in full where four digits behind the point do, else
    to three significant ones.

    >>> write_number(Shown(Fraction(5, 10), Interval(Fraction(45, 100), Fraction(55, 100))))
    Digits(value='0.5', low='0.45', high='0.55')
    >>> write_number(Shown(Fraction(185), Interval(Fraction(1353, 10), Fraction(2354, 10))))
    Digits(value='185', low='135', high='236')
    >>> write_number(Shown(Fraction(22, 59), Interval(Fraction(22, 59), Fraction(22, 59)))).value
    '0.373'
    """
    value, low, high = number.value, number.interval.low, number.interval.high
    if low is not None and high is not None and _same(low, high):
        exact = low if value is None else value
        return Digits(typeset(round_text(exact, _needed(exact))))
    digits, of_bounds = decimals_for(number)
    texts = (
        "" if value is None else typeset(round_text(value, digits)),
        OPEN if low is None else typeset(round_text(low, of_bounds, rounding=ROUND_FLOOR)),
        OPEN if high is None else typeset(round_text(high, of_bounds, rounding=ROUND_CEILING)),
    )
    return Digits(*commas_alike(texts))


def exact_text(number: Number) -> str:
    """A number that has no bounds, such as a count or a share of counts."""
    return write_number(Shown(Fraction(number), Interval.exactly(number))).value


def decimals_for(number: Shown) -> tuple[int, int]:
    """Digits behind the point of value and bounds of a number that is not exact.

    Negative for tens, hundreds, and so on.

    >>> revenue = Shown(Fraction(316, 100), Interval(Fraction(3158, 1000), Fraction(3162, 1000)))
    >>> decimals_for(revenue), decimals_for(Shown(Fraction(100), Interval(50, 150)))   # about 100
    ((3, 3), (-2, -1))
    """
    value, width = number.value, number.interval.width
    ends = [end for end in (number.interval.low, number.interval.high) if end is not None]
    parts = ends if value is None else [value, *ends]
    if width is None:
        needed = max(map(_needed, parts), default=0)
        return needed, needed
    low, high = ends
    unit = -_floor_log10(width)
    step = Fraction(10) ** -unit
    in_the_middle = value is not None and value - low == high - value
    if value is not None and width == step and value % step == 0:
        if value in ends:
            return unit, unit
        if in_the_middle:
            return unit, unit + 1
    first = -_floor_log10(max(abs(low), abs(high)))
    for digits in count(first):
        if _in_full(parts, digits):
            # The middle of a printed range (1-2) may need a digit that its ends have not.
            of_ends = (n for n in count(first) if _in_full(ends, n))
            return digits, next(of_ends) if in_the_middle else digits
        if digits > first + 1:
            written = (_outward(low, digits, ROUND_FLOOR), _outward(high, digits, ROUND_CEILING))
            widened = written[1] - high + low - written[0]
            if widened <= width * _WIDENED and (
                value is None or _tells(value, digits, ends, written)
            ):
                return digits, digits
    raise AssertionError("a number has its last digit somewhere")


def _in_full(parts: Iterable[Fraction], decimals: int) -> bool:
    """Whether so many digits write numbers without rounding anything."""
    return all((part * Fraction(10) ** decimals).denominator == 1 for part in parts)


def _tells(
    value: Fraction, decimals: int, ends: Iterable[Fraction], written: Iterable[Fraction]
) -> bool:
    """Whether the value is rounded neither to zero nor to an end of its bounds."""
    text = Fraction(round_text(value, decimals))
    pairs = zip(ends, written, strict=True)
    return bool(text or not value) and all(text != out or _same(value, end) for end, out in pairs)


def _same(a: Fraction, b: Fraction) -> bool:
    return abs(a - b) <= abs(b) * _ONE_VALUE


def _needed(number: Fraction) -> int:
    """Digits behind the point of an exact number, or of a bound opposite an open one."""
    for digits in range(_IN_FULL + 1):
        if (number * 10**digits).denominator == 1:
            return digits
    return max(0, _SIGNIFICANT - 1 - _floor_log10(abs(number)))


def _outward(value: Fraction, decimals: int, rounding: str) -> Fraction:
    return Fraction(round_text(value, decimals, rounding=rounding))


def _floor_log10(value: Fraction) -> int:
    """The power of ten of the first digit, found without floats."""
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if Fraction(10) ** power <= value else power - 1


_ROUNDED: Mapping[str, Callable[[Fraction], int]] = {
    ROUND_HALF_EVEN: round,
    ROUND_FLOOR: math.floor,
    ROUND_CEILING: math.ceil,
}


def round_text(value: Number, decimals: int, *, rounding: str = ROUND_HALF_EVEN) -> str:
    """An exact number as text with a fixed number of decimals."""
    units = _ROUNDED[rounding](value * Fraction(10) ** decimals)
    return format(Decimal(f"{units}E{-decimals}"), "f")


def typeset(digits: str) -> str:
    """Digits with a true minus, and commas once there are more than four before the point."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = digits.partition(".")
    whole = f"{int(whole):,}" if len(whole) > 4 else whole
    return f"{sign}{whole}{point}{rest}"


def commas_alike(texts: Sequence[str]) -> list[str]:
    """Numbers that stand together: where one has a comma, four digits have one, too.

    >>> commas_alike(["3300–30,000", "4998.7"]), commas_alike(["3300", "0.1234"])
    (['3,300–30,000', '4,998.7'], ['3300', '0.1234'])
    """
    if not any(_COMMA.search(text) for text in texts):
        return list(texts)
    return [_FOUR.sub(lambda four: f"{int(four[0]):,}", text) for text in texts]


_COMMA = re.compile(r"\d,\d{3}")
_FOUR = re.compile(r"(?<![\d.,])\d{4}(?!\d)")
