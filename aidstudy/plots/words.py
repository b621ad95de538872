"""Words and numbers as a plot shows them, in English or in Chinese."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd

from aidstudy.codebook import STATES, did_you_mean
from aidstudy.errors import PlotError
from aidstudy.intervals import Interval, Number
from aidstudy.reading.quantities import read_quantity
from aidstudy.rounding import Digits, Shown, write_number

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = get_args(Lang)


class Words(NamedTuple):
    """The same words in both languages."""

    en: str
    zh: str

    @classmethod
    def of(cls, row: Mapping[str, Any], name: str) -> Words:
        """What a row of a table has in its columns ``<name>_en`` and ``<name>_zh``."""
        return cls(row[f"{name}_en"], row[f"{name}_zh"])

    def say(self, lang: Lang) -> str:
        """In one language."""
        return self.zh if lang == "zh" else self.en


def checked_lang(lang: str) -> Lang:
    """The language, or an error that names the two there are."""
    for known in LANGS:
        if lang == known:
            return known
    raise PlotError(f"language {lang!r}: not a language of the plots{did_you_mean(lang, LANGS)}")


NOT_REPORTED = Words("not reported", STATES["not_reported"].zh)
NOT_REPORTED_SHORT = Words("n.r.", STATES["not_reported"].zh)
EXPLAINED = f"{NOT_REPORTED_SHORT.en}: {NOT_REPORTED.en}"
"""What has to stand under every plot that says :data:`NOT_REPORTED_SHORT` in English."""

NOT_APPLICABLE = Words("–", "–")


def digits_of(row: Mapping[str, Any], name: str = "", *, unit: int = 1) -> Digits:
    """A number of a row with its bounds, written as every number is.

    Examples
    --------
    >>> row = {"share": Fraction(1, 3), "share_low": Fraction(1, 4), "share_high": Fraction(1, 2)}
    >>> digits_of(row, "share")
    Digits(value='0.333', low='0.250', high='0.500')
    """
    start = f"{name}_" if name else ""
    value, low, high = (
        None if is_missing(row[cell]) else Fraction(row[cell]) / unit
        for cell in (name or "value", f"{start}low", f"{start}high")
    )
    return write_number(Shown(value, Interval(low, high)))


def exact_text(number: Number) -> str:
    """A number that has no bounds, such as a count or a share of counts.

    Examples
    --------
    >>> exact_text(7), exact_text(Fraction(1, 3))
    ('7', '0.333')
    """
    return write_number(Shown(Fraction(number), Interval.exactly(number))).value


def range_text(low: Number, high: Number) -> str:
    """A range without a value of its own, rounded outward.

    Examples
    --------
    >>> range_text(Fraction(1, 3), Fraction(2, 3)), range_text(2, 3), range_text(2, 2)
    ('0.333–0.667', '2–3', '2')
    """
    return bounds_text(write_number(Shown(None, Interval(Fraction(low), Fraction(high)))))


def bounds_text(digits: Digits) -> str:
    """The bounds of a number, or the number itself where it is exact.

    Examples
    --------
    >>> bounds_text(Digits("26.72", "26.715", "26.725")), bounds_text(Digits("7"))
    ('26.715–26.725', '7')
    """
    return f"{digits.low}–{digits.high}" if digits.low else digits.value


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit of display: base units in one of it and its name, by language.

    Both languages show the same digits: CNY 26.72 million is 2672 万元.
    """

    en: tuple[int, str]
    zh: tuple[int, str]

    def factor(self, lang: Lang) -> int:
        """Base units in one."""
        return (self.zh if lang == "zh" else self.en)[0]

    def unit(self, lang: Lang) -> str:
        """Name of the unit."""
        return (self.zh if lang == "zh" else self.en)[1]

    def digits(self, row: Mapping[str, Any], lang: Lang, name: str = "") -> Digits:
        """A number of a row in this unit.

        Examples
        --------
        >>> row = {"value": 26_720_000, "low": 26_715_000, "high": 26_725_000}
        >>> MILLION.digits(row, "en").value, MILLION.digits(row, "zh").value
        ('26.72', '2672')
        """
        return digits_of(row, name, unit=self.factor(lang))


MILLION = Scale(en=(10**6, "CNY million"), zh=(10**4, "万元"))
BILLION = Scale(en=(10**9, "CNY billion"), zh=(10**8, "亿元"))

_MONEY = re.compile(r"[0-9.]+[万亿]?元?(?=[ )）÷×+−-]|$)(?<!%)")


def numbers_in(numbers: str, lang: Lang) -> str:
    """A formula in printed numbers, its sums in million for a reader of English.

    Examples
    --------
    >>> numbers_in("(2672万元 − 1092万元) ÷ 0.5%", "en")
    '(26.72 − 10.92) ÷ 0.5%'
    """
    if lang == "zh":
        return numbers

    def in_million(match: re.Match[str]) -> str:
        printed = match.group()
        if not printed.endswith(("元", "万", "亿")):
            return printed
        # 3000万 is printed without 元, and a formula of sums says that it is money.
        read = read_quantity(printed, kind=None if printed.endswith("元") else "money")
        return MILLION.digits({"value": read.value, "low": read.low, "high": read.high}, lang).value

    return _MONEY.sub(in_million, numbers)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_name(month: int, lang: Lang) -> str:
    """A month as on an axis."""
    return f"{month}月" if lang == "zh" else _MONTHS[month - 1]


def day_name(day: dt.date, lang: Lang) -> str:
    """A day of the year, without the year.

    Examples
    --------
    >>> day_name(dt.date(2012, 9, 5), "en"), day_name(dt.date(2012, 9, 5), "zh")
    ('5 Sep', '9月5日')
    """
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {_MONTHS[day.month - 1]}"


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


def listing(parts: Iterable[str], lang: Lang) -> str:
    """Parts as a list in a sentence.

    Examples
    --------
    >>> listing(["Litang", "Dêgê"], "en"), listing(["理塘", "德格"], "zh")
    ('Litang and Dêgê', '理塘、德格')
    """
    items = list(parts)
    if lang == "zh":
        return "、".join(items)
    return " and ".join(items) if len(items) < 3 else f"{', '.join(items[:-1])} and {items[-1]}"


def typeset(text: str) -> str:
    """Prose with the apostrophes of print.

    Examples
    --------
    >>> typeset("the donor's sum")
    'the donor’s sum'
    """
    return text.replace("'", "’")


_SMALL_ZH = "零一两三四五六七八九十"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count_word(number: int, lang: Lang) -> str:
    """A count in prose: words up to ten, in Chinese those before a measure word.

    Examples
    --------
    >>> count_word(5, "en"), count_word(22, "en"), count_word(2, "zh")
    ('five', '22', '两')
    """
    small = _SMALL_ZH if lang == "zh" else _SMALL
    return small[number] if 0 <= number < len(small) else str(number)


def capital(text: str) -> str:
    """A sentence with a capital at its start."""
    return text[:1].upper() + text[1:]


def named(name: str, said: str, lang: Lang) -> str:
    """A name, a colon, and what is said of it.

    Examples
    --------
    >>> named("Litang", "3 projects", "en"), named("理塘", "3个项目", "zh")
    ('Litang: 3 projects', '理塘：3个项目')
    """
    return f"{name}：{said}" if lang == "zh" else f"{name}: {said}"


def aside(text: str, note: str, lang: Lang) -> str:
    """A text, and a note on it in parentheses; nothing more where there is no note.

    Examples
    --------
    >>> aside("Money", "CNY million", "en"), aside("资金", "万元", "zh"), aside("Money", "", "en")
    ('Money (CNY million)', '资金（万元）', 'Money')
    """
    if not note:
        return text
    return f"{text}（{note}）" if lang == "zh" else f"{text} ({note})"


def pair_name(row: Mapping[str, Any]) -> Words:
    """Donor and recipient of a row.

    Examples
    --------
    >>> names = {"donor_en": "Leshan", "recipient_en": "Litang"}
    >>> pair_name(names | {"donor_zh": "乐山", "recipient_zh": "理塘"}).en
    'Leshan → Litang'
    """
    donor, recipient = Words.of(row, "donor"), Words.of(row, "recipient")
    return Words(f"{donor.en} → {recipient.en}", f"{donor.zh} → {recipient.zh}")
