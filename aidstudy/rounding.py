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

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from itertools import count

from aidstudy.intervals import Interval, round_text

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
class Decimals:
    """Digits behind the point of value and bounds; negative for tens, hundreds, and so on."""

    value: int
    bounds: int


@dataclass(frozen=True, slots=True)
class Digits:
    """A number as text: value, low and high, each empty where there is nothing to say."""

    value: str
    low: str = ""
    high: str = ""


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
    digits = decimals_for(number)
    return Digits(
        "" if value is None else typeset(round_text(value, digits.value)),
        OPEN if low is None else typeset(round_text(low, digits.bounds, rounding=ROUND_FLOOR)),
        OPEN if high is None else typeset(round_text(high, digits.bounds, rounding=ROUND_CEILING)),
    )


def decimals_for(number: Shown) -> Decimals:
    """Digits behind the point of a number that is not exact.

    >>> revenue = Shown(Fraction(316, 100), Interval(Fraction(3158, 1000), Fraction(3162, 1000)))
    >>> decimals_for(revenue)
    Decimals(value=3, bounds=3)
    >>> decimals_for(Shown(Fraction(100), Interval(50, 150)))   # about 100
    Decimals(value=-2, bounds=-1)
    """
    value, width = number.value, number.interval.width
    if width is None:
        ends = (value, number.interval.low, number.interval.high)
        needed = max((_needed(end) for end in ends if end is not None), default=0)
        return Decimals(needed, needed)
    low, high = number.interval.closed()
    unit = -_floor_log10(width)
    step = Fraction(10) ** -unit
    if value is not None and width == step and value % step == 0:
        if value in (low, high):
            return Decimals(unit, unit)
        if value - low == high - value:
            return Decimals(unit, unit + 1)
    first = -_floor_log10(max(abs(low), abs(high)))
    fewest = next(
        digits
        for digits in count(first)
        if _in_full(number, digits)
        or (
            digits > first + 1
            and _widened(low, high, digits) <= width * _WIDENED
            and _tells(number, digits)
        )
    )
    if value is not None and value - low == high - value and _in_full(number, fewest):
        # The middle of a printed range (1-2) may need a digit that its ends have not.
        bounds = Shown(None, number.interval)
        return Decimals(fewest, next(n for n in count(first) if _in_full(bounds, n)))
    return Decimals(fewest, fewest)


def _in_full(number: Shown, decimals: int) -> bool:
    """Whether so many digits write a number without rounding anything."""
    return all((part * Fraction(10) ** decimals).denominator == 1 for part in _parts(number))


def _tells(number: Shown, decimals: int) -> bool:
    """Whether the value is rounded neither to zero nor to an end of its bounds."""
    if number.value is None:
        return True
    low, high = number.interval.closed()
    value = Fraction(round_text(number.value, decimals))
    ends = ((_outward(low, decimals, up=False), low), (_outward(high, decimals, up=True), high))
    return bool(value or not number.value) and all(
        value != text or _same(number.value, end) for text, end in ends
    )


def _parts(number: Shown) -> Iterator[Fraction]:
    for part in (number.value, number.interval.low, number.interval.high):
        if part is not None:
            yield part


def _same(a: Fraction, b: Fraction) -> bool:
    return abs(a - b) <= abs(b) * _ONE_VALUE


def _needed(number: Fraction) -> int:
    """Digits behind the point of an exact number, or of a bound opposite an open one."""
    for digits in range(_IN_FULL + 1):
        if (number * 10**digits).denominator == 1:
            return digits
    return max(0, _SIGNIFICANT - 1 - _floor_log10(abs(number)))


def _widened(low: Fraction, high: Fraction, decimals: int) -> Fraction:
    """By how much rounding outward would widen bounds."""
    return _outward(high, decimals, up=True) - high + low - _outward(low, decimals, up=False)


def _outward(value: Fraction, decimals: int, *, up: bool) -> Fraction:
    return Fraction(round_text(value, decimals, rounding=ROUND_CEILING if up else ROUND_FLOOR))


def _floor_log10(value: Fraction) -> int:
    """The power of ten of the first digit, found without floats."""
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if Fraction(10) ** power <= value else power - 1


def typeset(digits: str) -> str:
    """Digits with a true minus, and commas once there are more than four before the point."""
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = digits.partition(".")
    whole = f"{int(whole):,}" if len(whole) > 4 else whole
    return f"{sign}{whole}{point}{rest}"
