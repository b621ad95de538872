"""Numbers as a plot shows them, in English or in Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy import codebook
from aidstudy.bilingual import Lang, Words
from aidstudy.codebook import STATES
from aidstudy.errors import PlotError
from aidstudy.intervals import Interval, Number
from aidstudy.quantity.shown import units
from aidstudy.reading.quantities import read_quantity
from aidstudy.rounding import OPEN, Digits, Shown, round_text, typeset, write_number

NOT_REPORTED = Words("not reported", STATES["not_reported"].zh)


def checked_lang(lang: str) -> Lang:
    """The language, or an error that names the two there are."""
    return codebook.checked_lang(lang, PlotError)


def is_missing(value: Any) -> bool:
    """Whether a cell holds nothing: ``None``, ``pd.NA`` or NaN."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


def falling(value: Any) -> tuple[bool, Any]:
    """A key that sorts from the highest value down, with what is missing at the end.

    Examples
    --------
    >>> sorted([2, None, 3], key=falling)
    [3, 2, None]
    """
    return (True, 0) if is_missing(value) else (False, -value)


def digits_of(
    row: Mapping[str, Any], name: str = "", *, unit: int = 1, places: int | None = None
) -> Digits:
    """A number of a row with its bounds, written as every number is, in so many decimals at most.

    >>> row = {"share": Fraction(1, 3), "share_low": Fraction(1, 4), "share_high": Fraction(1, 2)}
    >>> digits_of(row, "share")
    Digits(value='0.333', low='0.250', high='0.500')
    """
    start = f"{name}_" if name else ""
    cells = [row[cell] for cell in (name or "value", f"{start}low", f"{start}high")]
    parts = [None if is_missing(cell) else Fraction(cell) / unit for cell in cells]
    shown = write_number(Shown(parts[0], Interval(*parts[1:])))
    if places is None or len(shown.value.partition(".")[2]) <= places:
        return shown
    how = (ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING) if shown.low else (ROUND_HALF_EVEN,)
    cut = (
        OPEN if part is None else typeset(round_text(part, places, rounding=rounding))
        for part, rounding in zip(parts, how, strict=False)
    )
    return Digits(*cut)


def rough(row: Mapping[str, Any]) -> str:
    """A value in three digits, or in fewer where its bounds leave fewer: for a headline or a mark.

    >>> value, low, high = Fraction("15.9746"), Fraction("15.9738"), Fraction("15.9754")
    >>> rough({"value": value, "low": low, "high": high})
    '16.0'
    """
    whole = digits_of(row).value.partition(".")[0]
    return digits_of(row, places=max(0, 3 - len(whole))).value


def least_place(row: Mapping[str, Any], *, unit: int = 1) -> int:
    """The last decimal place that the bounds of a value leave, for one that stands without them.

    Half of what is between the bounds is at most two in that place: so far off is a sum of four
    printed sums at most, which ends where they do.

    >>> quotient = {"value": 46_333_333, "low": 46_250_000, "high": 46_416_667}
    >>> least_place(quotient, unit=10**6), least_place(quotient, unit=10**4)
    (1, -1)
    """
    half, place = abs(Fraction(row["high"]) - Fraction(row["low"])) / 2 / unit, 4
    while place > -9 and half > 2 * Fraction(10) ** -place:
        place -= 1
    return place


def firm(row: Mapping[str, Any], *, unit: int = 1, most: int = 4) -> Digits:
    """A number in the digits that its bounds fix, for a place where they do not stand beside it.

    With `most` decimals, such as none for shares in whole per cent.

    A sum of printed sums ends where the coarsest of them does: 26.72 + 1.65 + 12.3094. Beside its
    bounds it has a digit more, so that they are not widened.

    Examples
    --------
    >>> row = {"value": Fraction("40.6794"), "low": Fraction("40.66935")}
    >>> firm(row | {"high": Fraction("40.68945")})
    Digits(value='40.68', low='40.66', high='40.69')
    """
    shown = digits_of(row, unit=unit)
    if not shown.value or OPEN in (shown.low, shown.high):
        return shown
    if row["high"] - row["low"] > abs(row["value"]):
        return shown
    return digits_of(row, unit=unit, places=min(most, least_place(row, unit=unit)))


def range_text(low: Number, high: Number, lang: Lang = "en") -> str:
    """A range without a value of its own, none of it below zero, rounded outward.

    >>> range_text(Fraction(1, 3), Fraction(2, 3)), range_text(2, 3), range_text(2, 2)
    ('0.333–0.667', '2–3', '2')
    """
    return bounds_text(write_number(Shown(None, Interval(Fraction(low), Fraction(high)))), lang)


def bounds_text(digits: Digits, lang: Lang) -> str:
    """The bounds of a number, or the number itself where it is exact."""
    return digits.bounds(lang) or digits.value


def with_bounds(digits: Digits, lang: Lang) -> str:
    """A number with its bounds in brackets, as a text has both."""
    bounds = digits.bounds(lang)
    return f"{digits.value} [{bounds}]" if digits.value and bounds else digits.value or bounds


MILLION, BILLION = units("CNY million"), units("CNY billion")

_MONEY = re.compile(r"[0-9.]+[万亿]?元?(?=[ )）÷×+−-]|$)(?<!%)")


def numbers_in(numbers: str, lang: Lang) -> str:
    """A formula in printed numbers, its sums in million for a reader of English.

    >>> numbers_in("(2672万元 − 1092万元) ÷ 0.5%", "en")
    '(26.72 − 10.92) ÷ 0.5%'
    """
    if lang == "zh":
        return re.sub(r"\) ?", "）", re.sub(r" ?\(", "（", numbers))

    def in_million(match: re.Match[str]) -> str:
        printed = match.group()
        if not printed.endswith(("元", "万", "亿")):
            return printed
        # 3000万 is printed without 元, and a formula of sums says that it is money.
        read = read_quantity(printed, kind=None if printed.endswith("元") else "money")
        row = {"value": read.value, "low": read.low, "high": read.high}
        return digits_of(row, unit=MILLION.scale(lang)).value

    return _MONEY.sub(in_million, numbers)
