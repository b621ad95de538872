"""How many digits a number bears: the one place that decides it.

The width of the bounds decides. The last digit of a value counts steps at least half as wide as the
bounds: a print of 26.72 is one step wide, the difference of two such prints two steps, and both
keep two decimals; CNY 3160 million within 3158 and 3162 is 3.16 billion, and not 3.160. Only where
so coarse a value would stand outside its own bounds, or on an end of them (1.5 within 1 and 2),
does it get one digit more. Bounds are rounded outward, and have as many digits as keep that from
widening them by more than a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

from aidstudy.intervals import Interval, round_text

_WIDENED = Fraction(1, 10)
_CUT = Fraction(1, 100)
_IN_FULL = 4
_SIGNIFICANT = 3

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
    low: str
    high: str


def decimals_for(number: Shown) -> Decimals | None:
    """Digits that the bounds of a number allow.

    Parameters
    ----------
    number : Shown

    Returns
    -------
    Decimals or None
        ``None`` when the bounds set no limit: the number is exact, or an end is open.

    Notes
    -----
    A value that is not zero keeps one digit, however wide its bounds.

    Examples
    --------
    >>> revenue = Shown(Fraction(316, 100), Interval(Fraction(3158, 1000), Fraction(3162, 1000)))
    >>> decimals_for(revenue)
    Decimals(value=2, bounds=3)
    >>> decimals_for(Shown(Fraction(100), Interval(50, 150)))   # about 100
    Decimals(value=-2, bounds=-1)
    >>> decimals_for(Shown(Fraction(22), Interval(22, 22))) is None
    True
    """
    width = number.interval.width
    if not width:
        return None
    low, high = number.interval.closed()
    value = number.value
    coarse = -_ceil_log10(width / 2)
    fine = coarse
    while _widened(low, high, fine) > width * _WIDENED:
        fine += 1
    if value is None:
        return Decimals(coarse, fine)
    shown = _nearest(value, coarse)
    inside = _outward(low, fine, up=False) <= shown <= _outward(high, fine, up=True)
    moved_to_an_end = shown != value and shown in (low, high)
    digits = coarse if inside and not moved_to_an_end else coarse + 1
    while value and _nearest(value, digits) == 0:
        digits += 1
    return Decimals(digits, fine)


def write_numbers(
    numbers: Sequence[Shown], *, exact_decimals: int | None = None
) -> tuple[Digits, ...]:
    """Numbers of one column as text.

    All have equally many digits behind the point: as many as most of those that bear any (the lower
    median). One that bears fewer, such as an "about", is written with fewer. One that bears more is
    cut to the column, and so are its bounds where they would no longer hold the value; it
    keeps its own digits where cutting would move it by more than a hundredth.

    Parameters
    ----------
    numbers : sequence of Shown
        In the shown unit. One number alone is a column of one.
    exact_decimals : int, optional
        Digits behind the point, at most, of numbers to which the print sets no limit. Without it
        they are written in full where four digits do, else to three significant ones.

    Returns
    -------
    tuple of Digits

    Examples
    --------
    >>> print(write_numbers([Shown(Fraction(1, 2), Interval(Fraction(9, 20), Fraction(11, 20)))]))
    (Digits(value='0.5', low='0.45', high='0.55'),)
    >>> [digits.value for digits in write_numbers(
    ...     [Shown(Fraction(n, 59), Interval(Fraction(n, 59), Fraction(n, 59))) for n in (22, 59)],
    ...     exact_decimals=3)]
    ['0.373', '1.000']
    """
    borne = [decimals_for(number) for number in numbers]
    usual = _usual([decimals for decimals in borne if decimals is not None])
    wanted = [_digits_of(number, exact_decimals) for number in numbers]
    free = max((digits for digits, d in zip(wanted, borne, strict=True) if d is None), default=0)
    written = []
    for number, own in zip(numbers, borne, strict=True):
        if own is None:
            digits = max(free, 0 if usual is None else usual.value)
            written.append(_write(number, Decimals(digits, digits)))
        elif usual is None or own.value < usual.value or _moved(number, usual):
            written.append(_write(number, own))
        else:
            written.append(_write(number, usual))
    return tuple(written)


def typeset(digits: str) -> str:
    """Digits with a true minus, and commas once there are more than four before the point.

    Examples
    --------
    >>> typeset("-10000.50"), typeset("2672")
    ('−10,000.50', '2672')
    """
    sign, digits = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = digits.partition(".")
    whole = f"{int(whole):,}" if len(whole) > 4 and whole.isdigit() else whole
    return f"{sign}{whole}{point}{rest}"


def _usual(borne: Sequence[Decimals]) -> Decimals | None:
    """The decimals of a column: the fewest that a number bears, leaving out far coarser ones.

    A number that is not exact to the unit sets none: it would cost the others digits before the
    point.
    """
    values = sorted(decimals.value for decimals in borne if decimals.value >= 0)
    if not values:
        return None
    middle = values[(len(values) - 1) // 2]
    value = next(digits for digits in values if digits >= middle - 1)
    return Decimals(value, max(d.bounds for d in borne if d.value == value))


def _digits_of(number: Shown, most: int | None) -> int:
    """Digits behind the point that write an exact number, or an open bound."""
    ends = (number.value, number.interval.low, number.interval.high)
    given = [end for end in ends if end is not None]
    return max((_needed(end, most) for end in given), default=0)


def _needed(number: Fraction, most: int | None) -> int:
    for digits in range(_IN_FULL + 1 if most is None else most):
        if (number * 10**digits).denominator == 1:
            return digits
    return max(0, _SIGNIFICANT - 1 - _floor_log10(abs(number))) if most is None else most


def _write(number: Shown, decimals: Decimals) -> Digits:
    low, high = number.interval.low, number.interval.high
    value = "" if number.value is None else round_text(number.value, decimals.value)
    if number.interval.width == 0:
        return Digits(value or round_text(low or Fraction(0), decimals.value), "", "")
    at = decimals.bounds
    if number.value is not None:
        shown = _nearest(number.value, decimals.value)
        if (low is not None and shown < _outward(low, at, up=False)) or (
            high is not None and shown > _outward(high, at, up=True)
        ):
            at = decimals.value
    return Digits(
        value,
        OPEN if low is None else round_text(low, at, rounding=ROUND_FLOOR),
        OPEN if high is None else round_text(high, at, rounding=ROUND_CEILING),
    )


def _moved(number: Shown, decimals: Decimals) -> bool:
    """Whether a number would be another in all but name if it were cut to so many digits."""
    width, step = number.interval.width, Fraction(10) ** -decimals.bounds
    if number.value is None:
        return width is not None and width < step
    return abs(_nearest(number.value, decimals.value) - number.value) > abs(number.value) * _CUT


def _widened(low: Fraction, high: Fraction, decimals: int) -> Fraction:
    """By how much rounding outward would widen bounds."""
    return _outward(high, decimals, up=True) - high + low - _outward(low, decimals, up=False)


def _nearest(value: Fraction, decimals: int) -> Fraction:
    return Fraction(round_text(value, decimals))


def _outward(value: Fraction, decimals: int, *, up: bool) -> Fraction:
    return Fraction(round_text(value, decimals, rounding=ROUND_CEILING if up else ROUND_FLOOR))


def _floor_log10(value: Fraction) -> int:
    """The power of ten of the first digit, found without floats."""
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if Fraction(10) ** power <= value else power - 1


def _ceil_log10(value: Fraction) -> int:
    power = _floor_log10(value)
    return power if Fraction(10) ** power == value else power + 1


__all__ = ["OPEN", "Decimals", "Digits", "Shown", "decimals_for", "typeset", "write_numbers"]
