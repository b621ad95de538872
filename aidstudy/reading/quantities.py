"""Qualifier, numeral, scale and unit in running text to exact quantities with bounds.

One grammar serves both ways in: :func:`read_quantity` takes one figure as a whole,
:func:`find_quantities` finds every figure of a page. White space is part of the grammar, so that
the raw text is scanned as it stands and every offset is an offset of the raw text.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from aidstudy import codebook
from aidstudy.errors import AidstudyError, QuantityError, TextError, UnitError
from aidstudy.intervals import Interval
from aidstudy.reading import words
from aidstudy.reading.numerals import (
    BIG_SCALES,
    DIGITS,
    LONGEST,
    SMALL_SCALES,
    read_numeral,
)
from aidstudy.reading.text import Span
from aidstudy.reading.words import SPACE as W
from aidstudy.reading.words import pattern_of, spaced

Value = Fraction | str | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One printed figure with its value and what the print allows.

    Parameters
    ----------
    printed : str
        The slice without white space, digits and punctuation in their plain (NFKC) form.
    span : Span
        Half-open code points of the raw text.
    kind : str
        Codebook kind.
    value : Fraction or str or None
        In base units; dates, periods, codes, list numbers and contacts are text; ``None`` for a
        date that needs a year nobody gave.
    unit : str
        Base unit; for counts the measure word as printed; empty for text values.
    interval : Interval or None
        What the print allows, in base units; ``None`` where the value is text.
    bound : str
        Codebook bound.
    numeral : str
        ``arabic`` or ``chinese``.
    days : tuple of str, optional
        First and last ISO day of a date or period; ``None`` on an open side.
    counted : str
        For counts the Chinese noun after the measure word, where one is known.
    """

    printed: str
    span: Span
    kind: str
    value: Value
    unit: str
    interval: Interval | None
    bound: str
    numeral: str
    days: tuple[str | None, str | None] | None = None
    counted: str = ""

    @property
    def low(self) -> Fraction | str | None:
        """Lowest value, or first ISO day, that the print allows; ``None`` when it sets none."""
        if self.days is not None:
            return self.days[0]
        return None if self.interval is None else self.interval.low

    @property
    def high(self) -> Fraction | str | None:
        """Highest value, or last ISO day, that the print allows; ``None`` when it sets none."""
        if self.days is not None:
            return self.days[1]
        return None if self.interval is None else self.interval.high


# --- the grammar ------------------------------------------------------------------------------

_D = "[0-9０-９]"
_CD = "".join(DIGITS)
_CN = f"{_CD}十百千万亿拾佰仟萬億廿卅"
_HAN = "\u4e00-\u9fff"

# Thousands marks join three digits only: 100,200 is one number, 2011,500 two. A full-width comma
# joins full-width digits only, as 120，300 is an enumeration. A line end inside digits (301⏎76万元)
# joins them only behind a word and before a unit; the columns of a table stay apart.
_ARABIC = (
    rf"(?:{_D}{{1,3}}(?:,{_D}{{3}}){{1,6}}+(?!{_D})"
    rf"|[０-９]{{1,3}}(?:，[０-９]{{3}}){{1,6}}+(?![０-９])"
    rf"|{_D}{{1,3}}(?:[ \u00a0\u2009\u202f]{_D}{{3}}){{1,6}}+(?!{_D}|{W}[月年日])"
    rf"|(?:(?<=[{_HAN}])|(?<=[{_HAN}] )){_D}++\n{_D}++(?= ?[万亿元余多个名人公平立%％])"
    rf"|{_D}++)(?:[.．]{_D}++(?![.．]{_D}))?+"
)
_PART = rf"{_D}{{1,4}}(?:[.．]{_D}{{1,4}})?"
_HUNDREDS = rf"(?:{W}零?{_PART}{W}[千仟])?(?:{W}零?{_PART}{W}[百佰])?"
_MIXED = (
    rf"{_ARABIC}(?:{W}(?:"
    rf"(?:[十百千]{W})?[万萬]{W}[亿億]"
    rf"|(?:[十百千]{W})?[亿億](?:{W}零?{_PART}{W}(?:[十百千]{W})?[万萬])?{_HUNDREDS}"
    rf"|(?:[十百千]{W})?[万萬]{_HUNDREDS}"
    rf"|个{W}[亿億]"
    rf"|[千仟](?:{W}零?{_PART}{W}[百佰])?(?:{W}[万萬])?"
    rf"|[百佰](?!{W}分{W}[点之])"
    rf")(?:零?{_D}{{1,4}}(?!{_D}|[.．]{_D}|{W}[十百千万亿年月日号]))?+)?"
)
_CHINESE = (
    rf"[{_CN}](?:\s{{0,2}}[{_CN}]){{0,24}}+(?:点[{_CD}]{{1,4}}+[十百千万亿]{{0,3}}+)?"
    rf"(?:{W}个{W}[亿億])?"
)
_NUMBER = rf"(?:{_MIXED}|{_CHINESE})"
_DASH = r"(?:[-–—－‐‑‒―─~～〜∼−]{1,2}+|至|到)"


_MONTH_INSIDE = {
    f"{name[0]}{more}{name[1:]}": name
    for name in ("个月", "个小时", "个星期", "个百分点")
    for more in "多余"
}
"""1个多月: the qualifier stands inside the unit."""


def _unit_pattern() -> str:
    parts = {name: unit.not_before for name, unit in words.UNITS.items()}
    parts.update(words.MEASURE_WORDS)
    parts.update(words.COUNTED_NOUNS)
    parts.update(dict.fromkeys(_MONTH_INSIDE, ""))
    return "|".join(
        spaced(name) + (rf"(?!{W}[{parts[name]}])" if parts[name] else "")
        for name in sorted(parts, key=len, reverse=True)
    )


_UNIT = _unit_pattern()
_SCALE = rf"(?:[十百千]{W})?[万萬亿億](?:{W}[亿億])?|[百千佰仟]"
_BEFORE = pattern_of(
    words.ABOUT_BEFORE + words.UNDER_OPEN_BEFORE + words.OVER_OPEN_BEFORE + words.UNDER_BEFORE
)
# 上下 and 以下 also begin other phrases: 上下联动, 以下简称.
_AFTER = (
    rf"左{W}右(?!{W}[两手岸侧])|上{W}下(?!{W}[联齐一游级楼班同五功半])"
    rf"|及?{W}以{W}上|及?{W}以{W}下(?!{W}[简几问方措])|[以之]{W}内"
)


def _one(side: int) -> str:
    return (
        rf"(?P<n{side}>{_NUMBER})"
        rf"(?:{W}(?P<m{side}>[余多来])(?:{W}(?P<s{side}>{_SCALE}))?)?"
        rf"(?:{W}(?P<u{side}>{_UNIT}))?"
    )


# What may follow the first unit: 角 and 分 after 元, 半 (一个半, 两年半), 多 (3年多).
_TAIL = (
    rf"(?:(?<=元){W}(?P<j>[{_CD}0-9０-９]){W}角)?(?:(?<=[元角]){W}(?P<f>[{_CD}0-9０-９]){W}分)?"
    rf"(?:{W}(?P<h>半)(?!{W}[岛成导径决数自山农封截职])(?:{W}(?P<hu>月|小{W}时|年))?)?"
    rf"(?:(?<=[年月天周里米亩吨斤时钟成倍%％]){W}(?P<k>[多余])"
    rf"(?!{W}[次方家种个名项元民部样数头处年户所地]))?"
)
_QUALIFIED = rf"(?:(?P<q>{_BEFORE}){W})?"
_SINGLE = rf"{_QUALIFIED}{_one(1)}{_TAIL}(?:{W}(?P<a>{_AFTER}))?"
_AMOUNT = (
    rf"{_QUALIFIED}{_one(1)}{_TAIL}"
    rf"(?P<range>{W}{_DASH}{W}(?:百{W}分{W}之{W})?{_one(2)})?(?:{W}(?P<a>{_AFTER}))?"
)

_YEAR = (
    rf"(?:(?:[1１][89８９]|[2２][0０]){_D}{_D}(?!{_D})"
    rf"|(?:[一壹][八九]|[二贰][〇○零])[{_CD}]{{2}}(?![{_CN}]))"
)
_MONTH = rf"(?:(?:[1１][0-2０-２]|[0０]?[1-9１-９])(?!{_D})|十{W}[一二]|[一二三四五六七八九十])"
_DAY = (
    rf"(?:(?:[12１２]{_D}|[3３][01０１]|[0０]?[1-9１-９])(?!{_D})"
    rf"|[二三]?{W}十{W}[一二三四五六七八九]|[二三]?{W}十|[一二三四五六七八九])"
)
_AD = rf"{W}年(?!{W}(?:代(?!{W}表)|[龄级]))"
_QUARTER = rf"(?:[第前]{W})?[一二三四1-4１-４]{W}季{W}度"


def _point(side: int) -> str:
    """A year, month or day; a part may lend its 年, 月 or 日 from the far end of a range."""
    lend = {"y": "", "m": "", "d": ""}
    if side == 1:
        lend = {
            "y": rf"|(?={W}{_DASH}{W}{_YEAR})",
            "m": rf"|(?={W}{_DASH}{W}{_MONTH}{W}月)",
            "d": rf"|(?={W}{_DASH}{W}{_DAY}{W}[日号])",
        }
    else:
        lend["y"] = rf"|(?!{W}[万亿元人名个户米吨公平亩立项次所座条期.．,])"
    return (
        rf"(?:(?P<y{side}>{_YEAR})(?:{_AD}(?:{W}度(?!{W}[假过]))?{lend['y']}))?"
        rf"(?:{W}(?P<m{side}>{_MONTH})(?:{W}月(?:{W}份(?!{W}[额子]))?{lend['m']}))?"
        rf"(?:(?<=[月份]){W}(?P<d{side}>{_DAY})(?:{W}[日号]{lend['d']})"
        + (rf"|(?P<d3>{_DAY}){W}[日号]" if side == 2 else "")
        + rf")?(?:(?<=[年月度份]){W}(?P<p{side}>[上下]{W}半{W}年|{_QUARTER}"
        rf"|底(?!{W}[线薪])|末(?!{W}期)|初(?!{W}[步审选中级次始期])|[上中下]{W}旬))?"
    )


_DATE = (
    rf"(?={_YEAR}(?:{_AD}|{W}{_DASH}{W}{_YEAR})|{_MONTH}{W}(?:月|{_DASH}{W}{_MONTH}{W}月))"
    rf"{_point(1)}(?:{W}{_DASH}{W}(?={_YEAR}|{_MONTH}{W}月|{_DAY}{W}[日号]){_point(2)})?"
    # 前 begins 前三季度, 前期 and 前后 too; those are no deadline.
    rf"(?P<before>{W}[之以]?{W}前(?!{W}[后期来往头身方景段几半述沿提一二三四五六七八九十0-9]))?"
)
_ISO = (
    rf"(?P<iy>{_YEAR})(?P<sep>[-/.．－／])(?P<im>{_MONTH})(?P=sep)(?P<id>{_DAY})(?!{_D}|[-/.]{_D})"
)
_PLANS = {
    "六五": 1981,
    "七五": 1986,
    "八五": 1991,
    "九五": 1996,
    "十五": 2001,
    "十一五": 2006,
    "十二五": 2011,
    "十三五": 2016,
    "十四五": 2021,
    "十五五": 2026,
}
_PLAN = rf"[“\"「『]?(?P<plan>{pattern_of(_PLANS)})[”\"」』]?{W}(?:规{W}划{W})?(?:期{W}间|时{W}期)"
_LETTER = "[NnXxＮＸｎｘ]"
_CODE = (
    rf"{_D}{{1,3}}(?:{W}[+＋=＝]{W}(?:{_D}{{1,3}}(?!{_D})|{_LETTER}(?![A-Za-z]))){{1,6}}+"
    rf"(?!{W}[%％.万亿元])"
    rf"|[A-Za-zＡ-Ｚａ-ｚ]{{1,8}}+[-+.＋]?{_D}{{1,6}}+(?:[-+.·＋]{_D}{{1,5}}+){{0,4}}"
    rf"(?:[A-Za-z]{{1,2}}{_D}{{0,3}}+)?(?![A-Za-z])"
)
_MAP_SCALE = rf"[1１]{W}[:：∶]{W}(?P<denominator>{_ARABIC}(?:{W}[万千])?)"
_FRACTION = (
    rf"(?:(?P<fq>{_BEFORE}){W})?"
    rf"(?:一{W}半(?!{W}[{_HAN}]?[月年天])|(?P<of>[百千万]|[{_CN}]{{1,4}}|{_D}{{1,4}})"
    rf"{W}分{W}之{W}(?P<fn1>{_NUMBER})"
    rf"(?P<frange>{W}{_DASH}{W}(?:[百千万]{W}分{W}之{W})?(?P<fn2>{_NUMBER}))?"
    rf"(?:{W}(?P<fm>[多余]))?)(?:{W}(?P<fa>{_AFTER}))?"
)
_HALF = (
    rf"(?:(?P<hq>{_BEFORE}){W})?半{W}(?:个{W}(?P<hm>多{W})?)?"
    rf"(?P<half_unit>小{W}时|年(?!{W}[报级])|月(?!{W}[刊板谈形])|天(?!{W}[然空])|日(?!{W}制))"
    rf"(?:{W}(?P<hk>[多余]))?(?:{W}(?P<ha>{_AFTER}))?"
)
# 五个一 is a name that counts: whole, as it has no noun. The closing mark keeps 落实了五个一批 out.
_ONES = rf"(?P<ones_number>[{_CN}]|{_D}{{1,2}}){W}个{W}一(?={W}(?:[”\"’'」』]|工{W}程|目{W}标|$))"
_BIG = (
    rf"(?P<big>[二两三四五六七八九十]|十{W}[一二三四五]|{_D}{{1,2}}){W}大"
    rf"(?:{W}(?P<noun>{pattern_of(words.BIG_NOUNS)})"
    rf"|(?!{W}[家队爷妈伯叔哥洋会人学地主姓娘幅力量批规于精报以项理夫名]))"
)
_BARE_NOUN = rf"(?P<bare>[{_CN}]{{1,3}}+){W}(?P<bare_noun>机{W}制|类{W}型|项{W}目)"
# 一连片开发项目 has neither a measure word nor a noun next to its numeral.
_ONE_ALONE = re.compile(rf"一(?={W}连{W}片)")

_NAMES = {
    "iso": _ISO,
    "date": _DATE,
    "plan_period": _PLAN,
    "quarter": _QUARTER,
    "map_scale": _MAP_SCALE,
    "code": _CODE,
    "fraction": _FRACTION,
    "half": _HALF,
    "ones": _ONES,
    "bigs": _BIG,
    "bare_nouns": _BARE_NOUN,
}
_SPECIAL = re.compile("|".join(f"(?P<{name}>{body})" for name, body in _NAMES.items()))
_RANGE_OR_ONE = re.compile(_AMOUNT)
_JUST_ONE = re.compile(_SINGLE)
_NO_UNIT = re.compile(rf"{_QUALIFIED}(?P<n1>{_NUMBER})(?:{W}(?P<m1>[余多]))?")
# 4A, 3G; tried only where no unit fits, as 300W is a power.
_GRADE = re.compile(rf"{_D}{{1,3}}[A-Z](?![A-Za-z])")

_ROUNDED = frozenset(codebook.NUMERIC_KINDS) - {"count", "duration", "map_scale"}
_CURRENCY = re.compile("[A-Z]{3}")


def read_quantity(
    printed: str, *, kind: str | None = None, unit: str | None = None, year: int | None = None
) -> Quantity:
    """One printed figure, as a whole, by the codebook.

    Parameters
    ----------
    printed : str
        The number with its qualifier and its measure word or unit, and nothing else.
    kind : str, optional
        Where the print does not tell: ``money`` (3000万), ``list_number``, ``contact``, ``count``
        or ``code``.
    unit : str, optional
        The base unit where part of it stands elsewhere: ``m3/day`` for 1万立方米 after
        日供水能力; an ISO currency.
    year : int, optional
        The year of a date that is printed without one.

    Returns
    -------
    Quantity
        Its span runs over `printed`.

    Raises
    ------
    QuantityError
        If `printed` is not exactly one figure, or a date lacks its year.
    UnitError
        If a number stands without a unit, or `unit` does not fit what is printed.
    NumeralError
        If digits and scales form no numeral.

    Notes
    -----
    Codebook, table ``figures``, columns ``value``, ``low``, ``high`` and ``bound``.

    Examples
    --------
    >>> water = read_quantity("约1亿元")
    >>> water.kind, int(water.value), water.unit, str(water.interval), water.bound
    ('money', 100000000, 'CNY', '[50000000, 150000000]', 'about')
    >>> deadline = read_quantity("10月底前", year=2012)
    >>> deadline.value, deadline.low, deadline.high, deadline.bound
    ('2012-10', None, '2012-10-31', 'under')
    >>> read_quantity("3000 万")
    Traceback (most recent call last):
        ...
    aidstudy.errors.UnitError: '3000万': scale without unit. Pass kind='money' if it is money.
    """
    if not isinstance(printed, str):
        raise QuantityError(
            f"read_quantity: read a {type(printed).__name__}; give the figure as printed, as text",
            printed=str(printed),
        )
    if kind is not None and kind not in codebook.KIND_HINTS:
        raise QuantityError(
            f"{_shown(printed)}: kind {kind!r} cannot be passed"
            f"{codebook.did_you_mean(kind, codebook.KIND_HINTS)}",
            printed=printed,
        )
    quantity = _read(plain_print(printed), kind, unit, year)
    if quantity.kind in ("date", "period") and quantity.value is None:
        raise QuantityError(
            f"{_shown(printed)}: a date without its year. Pass year=, such as year=2012.",
            printed=printed,
        )
    return replace(quantity, span=Span(0, len(printed)))


def plain_print(printed: str) -> str:
    """A slice as the codebook's column ``printed`` has it: no white space, NFKC.

    Examples
    --------
    >>> plain_print("1800\\n余名"), plain_print("６ 期")
    ('1800余名', '6期')
    """
    return unicodedata.normalize("NFKC", "".join(printed.split()))


@lru_cache(maxsize=8192)
def _read(printed: str, kind: str | None, unit: str | None, year: int | None) -> Quantity:
    """The quantity of a slice in plain print; the span is left for the caller."""
    if not printed:
        raise QuantityError("'': nothing to read. Give one figure as printed.", printed=printed)
    if len(printed) > _LONGEST_PRINT:
        raise QuantityError(
            f"{_shown(printed)}: {len(printed)} characters. Give one figure only.", printed=printed
        )
    if kind in ("list_number", "contact", "code"):
        return _named(printed, kind)
    match = _SPECIAL.fullmatch(printed)
    if match:
        return _READERS[str(match.lastgroup)](match, year)
    match = _RANGE_OR_ONE.fullmatch(printed)
    if match is None and _GRADE.fullmatch(printed):
        return _named(printed, "code")
    if match is None:
        raise QuantityError(
            f"{_shown(printed)}: not one figure. Give the number with its qualifier and its "
            "measure word or unit, and nothing else.",
            printed=printed,
        )
    return _amount(match, kind, unit)


_LONGEST_PRINT = 60


def _named(printed: str, kind: str) -> Quantity:
    """A code, list number or contact: its value is its text."""
    return Quantity(
        printed=printed,
        span=Span(0, len(printed)),
        kind=kind,
        value=printed,
        unit="",
        interval=None,
        bound="exact",
        numeral=_numeral_of(printed),
    )


def _numeral_of(printed: str) -> str:
    return "arabic" if re.search("[0-9]", printed) else "chinese"


# --- dates and periods ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Point:
    """One end of a date as printed; what it does not say is ``None``."""

    year: int | None
    month: int | None
    day: int | None
    part: str

    def days(self) -> tuple[str, str, str]:
        """ISO form as coarse as the print, first and last day."""
        year = self.year
        assert year is not None
        if self.day is not None:
            iso = f"{year}-{self.month:02d}-{self.day:02d}"
            return iso, iso, iso
        if self.month is None:
            first, last = _PARTS.get(self.part.lstrip("第"), (1, 12))
        else:
            first = last = self.month
        start, end = 1, calendar.monthrange(year, last)[1]
        if self.part in _TENS_OF_DAYS:
            start, end = _TENS_OF_DAYS[self.part][0], _TENS_OF_DAYS[self.part][1] or end
        if self.month is not None:
            iso = f"{year}-{first:02d}"
        elif (first, last) == (1, 12):
            iso = f"{year}"
        else:
            iso = f"{year}-{first:02d}/{year}-{last:02d}"
        return iso, f"{year}-{first:02d}-{start:02d}", f"{year}-{last:02d}-{end:02d}"


_PARTS = {"上半年": (1, 6), "下半年": (7, 12), "前二季度": (1, 6), "前三季度": (1, 9)} | {
    f"{name}季度": (3 * index + 1, 3 * index + 3)
    for index, names in enumerate(("一1", "二2", "三3", "四4"))
    for name in names
}
_TENS_OF_DAYS = {"上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 0)}


def _whole_number(digits: str | None) -> int | None:
    return None if digits is None else int(read_numeral(digits).value)


def _date(match: re.Match[str], year: int | None) -> Quantity:
    first = _Point(
        _whole_number(match["y1"]) or year,
        _whole_number(match["m1"]),
        _whole_number(match["d1"]),
        match["p1"] or "",
    )
    points = [first]
    last_day = match["d2"] or match["d3"]
    if match["y2"] or match["m2"] or last_day:
        month = _whole_number(match["m2"])
        if month is None and last_day:
            month = first.month
        points.append(
            _Point(
                _whole_number(match["y2"]) or first.year,
                month,
                _whole_number(last_day),
                match["p2"] or "",
            )
        )
    return _dated(match.string, points, before=match["before"] is not None)


def _dated(printed: str, points: list[_Point], *, before: bool = False) -> Quantity:
    kind = "period" if len(points) == 2 or points[0].part in _PARTS else "date"
    if points[0].part.lstrip("第") in _PARTS:
        kind = "period"
    value: str | None = None
    days: tuple[str | None, str | None] | None = None
    for point in points:
        # Without a year 2月29日 may be right; only a leap year can tell.
        known = point.year or 2000
        if point.month and point.day and point.day > calendar.monthrange(known, point.month)[1]:
            raise QuantityError(
                f"{_shown(printed)}: month {point.month} has no day {point.day}. Look at the print "
                "again.",
                printed=printed,
            )
    if all(point.year is not None for point in points):
        ends = [point.days() for point in points]
        value = "/".join(end[0] for end in ends)
        days = (ends[0][1], ends[-1][2])
        if days[0] is not None and days[1] is not None and days[0] > days[1]:
            raise QuantityError(
                f"{_shown(printed)}: ends before it begins. Give two dates, or look at the print "
                "again.",
                printed=printed,
            )
        if before:
            days = (None, days[1])
    return Quantity(
        printed=printed,
        span=Span(0, len(printed)),
        kind=kind,
        value=value,
        unit="",
        interval=None,
        bound="under" if before else "exact",
        numeral=_numeral_of(printed),
        days=days,
    )


def _iso(match: re.Match[str], year: int | None) -> Quantity:
    numbers = [_whole_number(match[name]) for name in ("iy", "im", "id")]
    return _dated(match.string, [_Point(numbers[0], numbers[1], numbers[2], "")])


def _plan_period(match: re.Match[str], year: int | None) -> Quantity:
    first = _PLANS[match["plan"]]
    ends = [_Point(first, None, None, ""), _Point(first + 4, None, None, "")]
    return _dated(match.string, ends)


def _quarter(match: re.Match[str], year: int | None) -> Quantity:
    return _dated(match.string, [_Point(year, None, None, match.string)])


# --- codes, scales, shares, counts ------------------------------------------------------------


def _code(match: re.Match[str], year: int | None) -> Quantity:
    return _named(match.string, "code")


def _map_scale(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["denominator"]).value
    return _exact(match.string, "map_scale", value, "scale_denominator")


def _exact(
    printed: str, kind: str, value: Fraction, unit: str, *, counted: str = "", bound: str = "exact"
) -> Quantity:
    return Quantity(
        printed=printed,
        span=Span(0, len(printed)),
        kind=kind,
        value=value,
        unit=unit,
        interval=Interval.exactly(value),
        bound=bound,
        numeral=_numeral_of(printed),
        counted=counted,
    )


def _ones(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["ones_number"]).value
    return _exact(match.string, "count", value, "个", counted="一")


def _big(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["big"]).value
    return _exact(match.string, "count", value, "", counted=match["noun"] or "")


def _bare_noun(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["bare"]).value
    return _exact(match.string, "count", value, "", counted=match["bare_noun"])


def _half(match: re.Match[str], year: int | None) -> Quantity:
    unit = words.UNITS[match["half_unit"] if match["half_unit"] != "月" else "个月"]
    half = unit.factor / 2
    return _measured(
        match.string,
        "duration",
        unit.base,
        _Side(half, half, half, None),
        _qualifiers(match["hq"], match["hm"], match["hk"], match["ha"]),
        numeral="chinese",
    )


def _fraction(match: re.Match[str], year: int | None) -> Quantity:
    if match["of"] is None:
        marks = _qualifiers(match["fq"], match["fa"])
        half = _Side(Fraction(50), Fraction(10), Fraction(10), None)
        return _measured(match.string, "share", "%", half, marks, numeral="chinese", exact=True)
    whole = read_numeral(match["of"])
    if not whole.value:
        raise QuantityError(
            f"{_shown(match.string)}: a part of nothing. Look at the print again.",
            printed=match.string,
        )
    percent = 100 / whole.value
    part = _side(match["fn1"], None, percent)
    last = None if match["frange"] is None else _side(match["fn2"], None, percent)
    return _measured(
        match.string,
        "share",
        "%",
        part,
        _qualifiers(match["fq"], match["fm"], match["fa"]),
        last=last,
        numeral=read_numeral(match["fn1"]).numeral,
        # 三分之一 and 百分之百 have no last digit that was rounded; 百分之三十 has.
        exact=match["of"] not in ("百", "千", "万", "100", "1000") or match["fn1"] == "百",
    )


# --- amounts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """A number in base units with its two precisions, and its own ends if it is a range."""

    value: Fraction
    step: Fraction
    nonzero_step: Fraction
    ends: tuple[Fraction, Fraction] | None


def _side(number: str, scale: str | None, factor: Fraction) -> _Side:
    numeral = read_numeral(number.replace("个", ""))
    for char in scale or "":
        factor *= BIG_SCALES.get(char) or SMALL_SCALES[char]
    ends = numeral.ends
    if factor == 1:
        return _Side(numeral.value, numeral.step, numeral.nonzero_step, ends)
    return _Side(
        numeral.value * factor,
        numeral.step * factor,
        numeral.nonzero_step * factor,
        None if ends is None else (ends[0] * factor, ends[1] * factor),
    )


_MARKS = (
    dict.fromkeys(words.ABOUT_BEFORE + words.ABOUT_AFTER + ("来",), "about")
    | dict.fromkeys(words.UNDER_BEFORE, "near")
    | dict.fromkeys(("余", "多"), "more")
    | dict.fromkeys(words.OVER_OPEN_BEFORE + words.OVER_OPEN_AFTER, "above")
    | dict.fromkeys(words.UNDER_OPEN_BEFORE + words.UNDER_OPEN_AFTER, "below")
)
_BOUND_OF = {"about": "about", "near": "under", "more": "over", "above": "over", "below": "under"}


def _qualifiers(*printed: str | None) -> list[str]:
    return list(dict.fromkeys(_MARKS[mark] for mark in printed if mark))


def _bounds(side: _Side, mark: str) -> Interval:
    value, unit = side.value, side.nonzero_step
    if mark == "about":
        return Interval(value - unit / 2, value + unit / 2)
    if mark == "near":
        return Interval(value - unit, value)
    if mark == "more":
        return Interval(value, value + unit)
    if mark == "above":
        return Interval(value, None)
    return Interval(None, value)


def _measured(
    printed: str,
    kind: str,
    unit: str,
    side: _Side,
    marks: list[str],
    *,
    last: _Side | None = None,
    numeral: str,
    counted: str = "",
    exact: bool = False,
) -> Quantity:
    value = side.value
    if last is not None or side.ends is not None:
        low = side.ends[0] if side.ends else side.value
        far = last or side
        high = far.ends[1] if far.ends else far.value
        if low >= high:
            raise QuantityError(
                f"{_shown(printed)}: the range does not rise. Give two figures, or look at the "
                "print again.",
                printed=printed,
            )
        value, interval, bound = (low + high) / 2, Interval(low, high), "range"
    elif marks:
        interval = _bounds(side, marks[0])
        bound = _BOUND_OF[marks[0]]
        # 超过300余名 says the same twice; 近500余名 leaves both ends in doubt: the wider.
        for mark in marks[1:]:
            interval = interval.join(_bounds(side, mark))
            bound = bound if bound == _BOUND_OF[mark] else "about"
    elif exact or kind not in _ROUNDED:
        interval, bound = Interval.exactly(value), "exact"
    else:
        interval, bound = Interval(value - side.step / 2, value + side.step / 2), "rounded"
    return Quantity(
        printed=printed,
        span=Span(0, len(printed)),
        kind=kind,
        value=value,
        unit=unit,
        interval=interval,
        bound=bound,
        numeral=numeral,
        counted=counted,
    )


def _amount(match: re.Match[str], kind: str | None, unit: str | None) -> Quantity:
    printed = match.string
    first_unit, last_unit = match["u1"], match["u2"] if match["range"] else None
    half_month = first_unit == "个" and match["hu"] is not None
    if half_month:
        first_unit = {"月": "个月", "小时": "个小时", "年": "年"}[match["hu"]]
    inside = next((w for w in (first_unit, last_unit) if w in _MONTH_INSIDE), None)
    if first_unit in _MONTH_INSIDE:
        first_unit = _MONTH_INSIDE[first_unit]
    if last_unit in _MONTH_INSIDE:
        last_unit = _MONTH_INSIDE[last_unit]
    known = [_unit(word, match, kind, unit) for word in (first_unit, last_unit) if word]
    if not known:
        known = [_unit("", match, kind, unit)]
    if len(known) == 2 and known[0][:2] != known[1][:2]:
        raise QuantityError(
            f"{_shown(printed)}: a range in two units, {first_unit} and {last_unit}. Give two "
            "figures.",
            printed=printed,
        )
    what, base, factor, counted = known[0]
    marks = _qualifiers(match["q"], match["m1"], "多" if inside else None, match["k"], match["a"])
    number = read_numeral(match["n1"].replace("个", ""))
    if match["range"]:
        side, last = _range_sides(match, known[0][2], known[-1][2], bool(match["u1"]))
    else:
        side, last = _side(match["n1"], match["s1"], factor), None
    side = _with_small_change(match, side, half=match["h"] is not None, factor=factor)
    return _measured(
        printed, what, base, side, marks, last=last, numeral=number.numeral, counted=counted
    )


_WIDEST = 1000
"""Times that the far end of a range may exceed an end printed without its scale."""
_SHARED_SCALE = re.compile(r"(?:[0-9.,]+|[^百千万亿个]+)个?(?P<scale>[百千万亿]*)")


def _range_sides(
    match: re.Match[str], first_factor: Fraction, last_factor: Fraction, has_unit: bool
) -> tuple[_Side, _Side]:
    """Both ends; in 3-5万元 the scale of the second end is the first one's too."""
    last = _side(match["n2"], match["s2"], last_factor)
    first = _side(match["n1"], match["s1"], first_factor)
    scale = _SHARED_SCALE.fullmatch(match["n2"])
    if has_unit or re.search("[百千万亿]", match["n1"] + (match["s1"] or "")):
        return first, last
    if scale is not None:
        shared = _side(match["n1"], scale["scale"] + (match["s2"] or ""), last_factor)
        if shared.value < last.value:
            return shared, last
    if last.value > _WIDEST * first.value:
        raise QuantityError(
            f"{_shown(match.string)}: no range is so wide. Give two figures, or both ends with "
            "their scale.",
            printed=match.string,
        )
    return first, last


def _with_small_change(match: re.Match[str], side: _Side, *, half: bool, factor: Fraction) -> _Side:
    """元 followed by 角 and 分; a unit followed by 半."""
    value, step = side.value, side.step
    for name, part in (("j", Fraction(1, 10)), ("f", Fraction(1, 100))):
        if match[name]:
            value += read_numeral(match[name]).value * part
            step = part
    if half:
        value += factor / 2
        step = factor / 2
    if step == side.step:
        return side
    return _Side(value, step, step, None)


def _unit(
    word: str, match: re.Match[str], kind: str | None, hint: str | None
) -> tuple[str, str, Fraction, str]:
    """Kind, base unit, factor and counted noun of a printed unit with its hints."""
    printed = match.string
    what, base, factor, counted = kind or "", "", Fraction(1), ""
    if word in words.UNITS:
        what, base, factor, _ = words.UNITS[word]
    elif word in words.MEASURE_WORDS:
        what, base = "count", word
    elif word:
        if re.search("[万亿]", printed):
            raise UnitError(
                f"{_shown(printed)}: a scale before {word}, which has no measure word. Give the "
                "amount alone, with kind='money' if it is money.",
                printed=printed,
            )
        what, counted = "count", word
    elif kind == "money" or (hint and _CURRENCY.fullmatch(hint)):
        what, base = "money", "CNY"
    elif kind != "count":
        if match["n1"][0] in _CN and not re.search("[万亿]", printed):
            return "count", "", factor, ""
        if re.search("[百千万亿]", printed):
            raise UnitError(
                f"{_shown(printed)}: scale without unit. Pass kind='money' if it is money.",
                printed=printed,
            )
        raise UnitError(
            f"{_shown(printed)}: number without unit. Pass kind='count', 'list_number' or "
            "'contact', or give the unit too.",
            printed=printed,
        )
    if kind is not None and kind != what:
        raise UnitError(
            f"{_shown(printed)}: printed as {what}, not as {kind}. Leave kind out.",
            printed=printed,
        )
    if word == "方" and not re.search("[百千万亿]|[0-9]{3}", printed):
        raise UnitError(
            f"{_shown(printed)}: 方 after a small number may be parties. Give 立方米 if it is a "
            "volume.",
            printed=printed,
        )
    if hint is None or hint == base:
        return what, base, factor, counted
    if what == "volume" and hint == "m3/day":
        return "flow", hint, factor, counted
    if what == "money" and base == "CNY" and _CURRENCY.fullmatch(hint):
        return what, hint, factor, counted
    raise UnitError(
        f"{_shown(printed)}: unit {hint!r} does not fit what is printed ({what}"
        f"{', ' + base if base else ''}). Leave unit out.",
        printed=printed,
    )


def _shown(printed: str) -> str:
    return repr(printed if len(printed) <= 40 else printed[:39] + "…")


_READERS = {
    "iso": _iso,
    "date": _date,
    "plan_period": _plan_period,
    "quarter": _quarter,
    "map_scale": _map_scale,
    "code": _code,
    "fraction": _fraction,
    "half": _half,
    "ones": _ones,
    "bigs": _big,
    "bare_nouns": _bare_noun,
}


# --- running text -----------------------------------------------------------------------------


class Unread(NamedTuple):
    """Digits, or a Chinese numeral before a measure word, that were seen and left."""

    span: Span
    printed: str
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a text gives: its quantities in reading order, and what was left unread and why.

    Parameters
    ----------
    quantities : list of Quantity
        Their spans do not overlap.
    unread : list of Unread
        In reading order. Each digit of the text is in a quantity or here.
    """

    quantities: list[Quantity]
    unread: list[Unread]


_BACK = 16
_CUES = re.compile(words.MONEY_CUES)
_NOT_MONEY = re.compile(words.NOT_MONEY_CUES)
_QUALIFIER_BEFORE = re.compile(rf"(?:{_BEFORE})\s{{0,4}}\Z")
_QUALIFIER_ENDS = frozenset(
    word[-1]
    for word in words.ABOUT_BEFORE
    + words.UNDER_OPEN_BEFORE
    + words.OVER_OPEN_BEFORE
    + words.UNDER_BEFORE
)
# 节约, 签约, 附近, 最近, 赶超: the last character of another word is no qualifier.
_NO_QUALIFIER = {
    "约": "节签契公条合预制履违邀集简特相毁失续盟和缔守隐",
    "近": "最附靠临邻贴就远亲新相逼",
    "超": "赶反高",
    "不足": "的",
}
_CURRENCY_BEFORE = re.compile(rf"(?P<code>{pattern_of(words.CURRENCIES_BEFORE)})\s{{0,4}}\Z")
_CURRENCY_ENDS = frozenset(word[-1] for word in words.CURRENCIES_BEFORE)
_PER_DAY_BEFORE = re.compile(
    rf"(?:日均?|每天|每日|昼夜)(?:供|处理|产|输|取|净化|制|排|用|污水|生产)[{_HAN}]{{0,6}}(?:[:：为达]\s?)?\Z"
)
_PER_DAY_AFTER = re.compile(r"\s{0,2}的?日(?:供|处理|产|输|净化)")
_CONTACT_BEFORE = re.compile(
    r"(?:电话|热线|传真|手机|联系方式|邮编|邮政编码|QQ|微信|拨打|专线|Tel|TEL|Fax|FAX)[^。；\n]{0,24}\Z"
)
_CONTACT = re.compile(
    rf"(?P<sure>0{_D}{{2,3}}\s?[-—－)）]\s?{_D}{{7,8}}(?!{_D})|1[3-9]{_D}{{9}}(?!{_D})"
    rf"|400[- —]?{_D}{{3}}[- —]?{_D}{{4}}(?!{_D}))"
    rf"|{_D}{{3,4}}[-—－]{_D}{{3,4}}(?!{_D})|{_D}{{3,12}}(?!{_D}|[.．,]{_D}|{W}[万亿元人年%％])"
)
_DOCUMENT = re.compile(rf"[〔\[［（(]\s?{_D}{{4}}\s?[〕\]］）)]\s?(?:第\s?)?{_D}{{1,5}}\s?号")
_CLOCK = re.compile(
    rf"{_D}{{1,2}}[:：]{_D}{{2}}(?:[:：]{_D}{{2}})?(?!{_D})"
    rf"|{_D}{{1,2}}{W}[时点](?!{W}[{_HAN}]?[期代段候尚装髦])(?:{W}{_D}{{1,2}}{W}分)?(?!{W}{_D})"
)
_RATIO = re.compile(rf"{_ARABIC}(?:\s?[:：∶/／·•×]\s?{_ARABIC}){{1,4}}+")
_LIST_MARK = re.compile(rf"({_D}{{1,2}})\s?(?:[.．、)）](?!{_D})|[.．、)）](?={_D}{{4}}年))")
_QUARTERS = re.compile(_QUARTER)
_NUMBER_ALONE = re.compile(rf"{_ARABIC}(?:{W}[十百千]?[万亿])?")
# Before these an amount is the only thing that digits can begin; most figures end here.
_ONLY_AMOUNT = frozenset("名元万亿人次户余多平公米亩条座批期所册株头件台套幅家支千%％")
_NEXT = re.compile(rf"{_D}++(?:[.．]{_D}++)?{W}(.)")
_RUN = re.compile(rf"{_D}++")
_ORDINALS = re.compile(rf"{_D}++(?:\s?(?:{_DASH}|、)\s?(?:第\s?)?{_D}{{1,4}}(?!{_D})){{0,9}}+")
_CHINESE_RUN = re.compile(f"[{_CN}]{{1,24}}+")
_LEFT = re.compile(rf"{W}(?P<word>{pattern_of(words.NO_UNIT_IN_CODEBOOK)})", re.DOTALL)
_HEADS = pattern_of(words.HEAD_NOUNS.split("|"))
_COUNTED = re.compile(
    rf"{W}(?:(?!的|组{W}织|召{W}开|具{W}有|完{W}成|进{W}行|参{W}加|参{W}与)[{_HAN}]{W}){{0,6}}?"
    rf"(?:{pattern_of(words.HEAD_NOUNS.split('|'))})+"
)
_OCCASIONS = frozenset({"次", "回", "趟", "轮", "人次", "场次"})
"""Measure words of what is done; the verb or its object follows, not the thing counted."""
_WEEKDAY_BEFORE = re.compile(r"(?:星期|礼拜|周)\Z")
_ORDINAL_BEFORE = re.compile(
    rf"第\s?[{_CN}]{{1,3}}\s?(?:[、和及至到—-]\s?[{_CN}]{{0,3}}\s?){{1,3}}\Z"
)
_SHORT_NOUN = re.compile(
    rf"{W}(?![的已均被在于由和与及或参分来到进受为是有从向把将给等])(?:(?!的)[{_HAN}]{W}){{2,4}}(?![{_HAN}])"
)
_ADDRESS = re.compile(r"[A-Za-z0-9._%+/:@-]{0,60}(?:@|://|www\.|\.(?:com|cn|net|org|gov))")
_NOT_A_FIGURE = re.compile(
    "|".join(
        W.join(re.findall(r"\[[^\]]*\]\??|.\??", word)) for word in words.NOT_FIGURES.split("|")
    )
    + f"|{words.PHASE}"
)
_FIRST_OF_UNIT = "".join(
    sorted(
        {
            name[0]
            for name in [*words.UNITS, *words.MEASURE_WORDS, *words.COUNTED_NOUNS]
            if "\u4e00" <= name[0] <= "\u9fff" or name[0] in "%％‰㎡"
        }
    )
)
_OTHER_DIGITS = "¹²³⁰⁴-⁹₀-₉①-⑳⑴-⒇⒈-⒛⓪⓵-⓾⓿❶-❿➀-➓"
_CIRCLED = re.compile("[①-⑳⑴-⒇⒈-⒛❶-❿➀-➓]")
# A Chinese numeral is looked at only where something that counts may follow; 一 is too common a
# character to try at each.
_ANCHOR_PATTERN = (
    rf"[\d{_OTHER_DIGITS}]"
    rf"|(?<![{_CN}])[{_CN}]{{1,24}}+(?:(?<=[万亿萬億])|\s{{0,4}}(?:"
    rf"[{_FIRST_OF_UNIT}余多来点分半大机类项季几连时月{_CN}]"
    rf"|[”\"」』]\s{{0,4}}[期时]|[-–—－~～至到]{{1,2}}\s{{0,4}}[{_CN}]))"
    r"|半\s{0,4}[年月天日个小]"
)
_ANCHOR = re.compile(_ANCHOR_PATTERN)
_YEARS = {
    "今年": 0,
    "本年度": 0,
    "本年": 0,
    "去年": -1,
    "上年度": -1,
    "上年": -1,
    "明年": 1,
    "来年": 1,
    "前年": -2,
    "后年": 2,
}
_RELATIVE = re.compile(
    rf"(?:(?P<rel>{pattern_of(_YEARS)})(?!{W}[均度])"
    rf"(?:{W}(?P<rm>{_MONTH}){W}月(?:{W}(?P<rd>{_DAY}){W}[日号])?)?"
    rf"(?:{W}(?P<rp>[上下]{W}半{W}年|{_QUARTER}|年?{W}[底末初内]|[上中下]{W}旬))?"
    rf"|(?P<alone>[上下]{W}半{W}年|(?<!每年)年{W}[底末初内]))"
    rf"(?P<before>{W}[之以]?{W}前(?!{W}[后期来往头身方景段几半述沿提一二三四五六七八九十0-9]))?"
)
_ANCHOR_RELATIVE = re.compile(
    rf"{_ANCHOR_PATTERN}|[今去明来前后上本]\s{{0,4}}年|[上下]\s{{0,4}}半\s{{0,4}}年"
    r"|年\s{0,4}[底末初内]"
)


def find_quantities(text: str, *, year: int | None = None, relative: bool = False) -> Findings:
    """Every figure of a text, and the digits that are none.

    Takes the text as it came: lines broken inside numbers, stray spaces and full-width digits
    are part of the grammar, and offsets are those of `text`.

    Parameters
    ----------
    text : str
        Raw text.
    year : int, optional
        Year of dates that are printed without one. Without it their value is ``None``.
    relative : bool, default False
        Whether times without a numeral (今年, 上半年, 年底前) are figures too.

    Returns
    -------
    Findings
        ``quantities`` in reading order, and ``unread`` with a reason for each.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Codebook, columns ``start`` and ``end``. Ordinals, enumerators, idioms and names are no
    figures. The time needed grows in proportion to the text.

    Examples
    --------
    >>> found = find_quantities("总投资1.39亿\\n元，第2批", year=2012)
    >>> [(q.printed, q.span.start, q.span.end) for q in found.quantities]
    [('1.39亿元', 3, 10)]
    >>> [(left.printed, left.reason) for left in found.unread]
    [('2', 'an ordinal')]
    """
    if not isinstance(text, str):
        raise TextError(
            f"find_quantities: read a {type(text).__name__}; decode the page to text first",
            printed=str(text)[:40],
        )
    scan = _Scan(text, year)
    search = (_ANCHOR_RELATIVE if relative else _ANCHOR).search
    place = 0
    while anchor := search(text, place):
        place = scan.step(anchor.start())
    return Findings(scan.quantities, scan.unread)


class _Scan:
    """One pass over a text; each step reads what starts at an anchor and says where to go on."""

    def __init__(self, text: str, year: int | None) -> None:
        self.text = text
        self.year = year
        self.quantities: list[Quantity] = []
        self.unread: list[Unread] = []
        self.done = 0

    def step(self, at: int) -> int:
        char = self.text[at]
        if "0" <= char <= "9" or "０" <= char <= "９":
            end = self._arabic(at)
        elif char in _CN:
            end = self._chinese(at)
        elif char == "半":
            end = self._half(at)
        elif char.isdigit() or _CIRCLED.match(char):
            end = self._other_digit(at)
        else:
            end = self._relative(at)
        self.done = max(self.done, end)
        return end

    # What each kind of anchor may be, the surest first.

    def _arabic(self, at: int) -> int:
        text = self.text
        before = self._before(at)
        joined = text[at - 2 : at - 1] if before == "-" else before
        if joined and joined in _LETTERS and text[at - 1] == before:
            end = self._latin(at)
            if end:
                return end
        if before == "第" and not _QUARTERS.match(text, at):
            run = _ORDINALS.match(text, at)
            return self._leave(at, run.end() if run else at + 1, "an ordinal")
        next_char = _NEXT.match(text, at)
        if next_char and next_char[1] in _ONLY_AMOUNT:
            end = self._amount(at)
            if end:
                return end
        if before and before in "〔[［（(":
            document = _DOCUMENT.match(text, text.rindex(before, 0, at))
            if document:
                return self._leave(at, document.end(), "the number of a document")
        if self._is_list_number(at):
            end = self._take(at, _run_end(text, at), "list_number")
            if end:
                return end
        contact = _CONTACT.match(text, at)
        if contact and (contact["sure"] or _CONTACT_BEFORE.search(text, max(0, at - 40), at)):
            bracket = text[at - 1 : at] in ("(", "（") and re.search("[)）]", contact.group())
            end = self._take(at - 1 if bracket else at, contact.end(), "contact")
            if end:
                return end
        special = _SPECIAL.match(text, at)
        if special:
            end = self._special(special)
            if end:
                return end
        clock = _CLOCK.match(text, at)
        if clock:
            return self._leave(at, clock.end(), "a time of day")
        end = self._amount(at)
        if end:
            return end
        grade = _GRADE.match(text, at)
        if grade:
            end = self._take(at, grade.end(), "code")
            if end:
                return end
        ratio = _RATIO.match(text, at)
        if ratio:
            return self._leave(at, ratio.end(), "a ratio or a number in parts")
        reason = self._why_left(at)
        number = _NUMBER_ALONE.match(text, at)
        end = _run_end(text, at)
        if number and "\n" not in number.group():
            end = max(end, number.end())
        return self._leave(at, end, reason)

    def _chinese(self, at: int) -> int:
        text = self.text
        run_end = _CHINESE_RUN.match(text, at).end()  # type: ignore[union-attr]
        before = self._before(at)
        next_char = text[run_end] if run_end < len(text) else ""
        special = None if next_char in _ONLY_AMOUNT else _SPECIAL.match(text, at)
        if special and special.lastgroup == "quarter":
            start = text.rindex(before, 0, at) if before and before in "第前" else at
            return self._take(start, special.end(), None, self.year) or run_end
        reason = self._no_figure(at, run_end, before)
        if reason:
            if text.startswith("几", run_end):
                return self._leave(at, run_end + 1, reason)
            unit = _RANGE_OR_ONE.match(text, at)
            if unit and unit["u1"] and not unit["range"]:
                return self._leave(at, unit.end("u1"), reason)
            return run_end
        if special:
            end = self._special(special)
            if end:
                return end
        if text[at] == "一" and _ONE_ALONE.match(text, at):
            return self._take(at, at + 1, None) or run_end
        return self._amount(at) or run_end

    def _no_figure(self, at: int, run_end: int, before: str) -> str:
        """Why a Chinese numeral counts nothing; empty when it may count."""
        text = self.text
        if before and before in "第初":
            return "an ordinal"
        if (before and before in "几数") or text[run_end : run_end + 1] == "几":
            return "indefinite"
        if (
            text[at] in "百千"
            and before
            and before in "上成过"
            and not text.startswith("分", run_end)
        ):
            return "indefinite"
        if run_end - at == 1 and text[at] == "一":
            if before and before in words.SINGLES_BEFORE_ONE:
                return "part of a word"
            if text[run_end : run_end + 8].lstrip()[:1] == "批" and (
                text[run_end : run_end + 8].lstrip()[:2] != "批次"
            ):
                return "indefinite"
        if run_end - at == 1 and text[at] in "伍陆肆叁参" and not text.startswith("元", run_end):
            return "part of a word"
        if _WEEKDAY_BEFORE.search(text, max(0, at - 2), at):
            return "a day of the week"
        if before and before in "、和及至到—-" and _ORDINAL_BEFORE.search(text, max(0, at - 8), at):
            return "an ordinal"
        if _NOT_A_FIGURE.match(text, at):
            return "an idiom or a name"
        return ""

    def _half(self, at: int) -> int:
        before = self._before(at)
        if before and before in "上下大多过前后对各夜小一":
            return at + 1
        special = _SPECIAL.match(self.text, self._qualifier(at, before))
        if special is None:
            special = _SPECIAL.match(self.text, at)
        if special and special.lastgroup == "half":
            return self._take(special.start(), special.end(), None) or at + 1
        return at + 1

    def _relative(self, at: int) -> int:
        match = _RELATIVE.match(self.text, at)
        if match is None or at < self.done:
            return at + 1
        year = self.year
        if year is not None and match["rel"]:
            year += _YEARS["".join(match["rel"].split())]
        part = "".join((match["rp"] or match["alone"] or "").split())
        point = _Point(year, _whole_number(match["rm"]), _whole_number(match["rd"]), part)
        printed = plain_print(match.group())
        try:
            quantity = _dated(printed, [point], before=match["before"] is not None)
        except AidstudyError:
            return at + 1
        self.quantities.append(replace(quantity, span=Span(at, match.end())))
        return match.end()

    def _other_digit(self, at: int) -> int:
        before = self._before(at)
        if _CIRCLED.match(self.text, at) and (not before or not before.isalnum()):
            return self._take(at, at + 1, "list_number") or at + 1
        return self._leave(at, at + 1, "a digit of another script, or a mark")

    # Pieces of context.

    def _before(self, at: int) -> str:
        """The last character before `at` that is not white space, at most four back."""
        text = self.text
        for place in range(at - 1, max(-1, at - 6), -1):
            if not text[place].isspace():
                return text[place]
        return ""

    def _qualifier(self, at: int, before: str) -> int:
        """Where the figure begins: at its qualifier, if one stands before."""
        if before not in _QUALIFIER_ENDS:
            return at
        match = _QUALIFIER_BEFORE.search(self.text, max(self.done, at - 10), at)
        if match is None:
            return at
        word = "".join(match.group().split())
        previous = self._before(match.start())
        if previous and previous in _NO_QUALIFIER.get(word, ""):
            return at
        return match.start()

    def _is_list_number(self, at: int) -> bool:
        mark = _LIST_MARK.match(self.text, at)
        if mark is None:
            return False
        place = at - 1
        stop = max(-1, at - 12)
        while place > stop and self.text[place] in " \t\u3000\xa0（(":
            place -= 1
        if place >= 0 and self.text[place] not in "\n\r。；;：:":
            return False
        # 1) and （1） are list numbers; 3、4月 in the middle of a line is not.
        return place < 0 or self.text[place] in "\n\r" or mark.group()[-1] not in "、"

    def _latin(self, at: int) -> int:
        """Digits right after letters: a name (DN400), an address, or a currency (USD500万)."""
        text = self.text
        start = at - 1 if text[at - 1] == "-" else at
        while start > max(self.done, at - 8) and text[start - 1] in _LETTERS:
            start -= 1
        if _CURRENCY_BEFORE.search(text, start, at):
            return 0
        address = max(self.done, at - 40)
        while address < start and not (text[address] in _LETTERS or text[address] in "0123456789"):
            address += 1
        joined = re.compile(r"[A-Za-z0-9._%+/:@-]*\Z").search(text, address, at)
        if joined and _ADDRESS.match(text, joined.start()):
            return self._leave_run(at, "part of an address")
        code = _SPECIAL.match(text, start)
        if code and code.lastgroup == "code" and code.end() > at:
            return self._take(start, code.end(), "code")
        return 0

    def _special(self, match: re.Match[str]) -> int:
        """A date, code, scale, fraction or name; 0 when the place speaks against it."""
        text, start, end = self.text, match.start(), match.end()
        name = match.lastgroup
        year = None
        if name == "map_scale":
            digits = "".join(match["denominator"].split())
            near = text[max(0, start - 8) : start] + text[end : end + 6]
            if len(digits) < 3 and not re.search("比例尺|图", near):
                return 0
        elif name in ("date", "quarter"):
            year = self._year_near(start)
        elif name == "plan_period":
            before = text[start - 1] if start else ""
            if before and before in '“"「『':
                start -= 1
            elif len("".join(match["plan"].split())) == 2:
                return 0
        elif name == "fraction":
            start = self._qualifier(start, self._before(start))
        elif name in ("bigs", "ones", "bare_nouns") and self._before(start) in ("最", "第"):
            return 0
        return self._take(start, end, None, year)

    def _year_near(self, start: int) -> int | None:
        """The year for a date without one: 去年12月 is the year before."""
        if self.year is None:
            return None
        near = "".join(self.text[max(0, start - 4) : start].split())[-2:]
        return self.year + _YEARS.get(near, 0)

    def _amount(self, at: int) -> int:
        """A number with its unit; 0 when it has none that counts."""
        text = self.text
        before = self._before(at)
        start = self._qualifier(at, before)
        match = _RANGE_OR_ONE.match(text, start)
        if match is None:
            match = _RANGE_OR_ONE.match(text, at)
            if match is None:
                return 0
        end = self._try_amount(match)
        if not end and match.re is _RANGE_OR_ONE and match["range"]:
            single = _JUST_ONE.match(text, match.start())
            end = self._try_amount(single) if single else 0
        if not end and match.start() != at:
            single = _JUST_ONE.match(text, at)
            end = self._try_amount(single) if single else 0
        return end

    def _try_amount(self, match: re.Match[str]) -> int:
        text, start, end = self.text, match.start(), match.end()
        word = match["u1"]
        if match.re is _RANGE_OR_ONE and match["range"]:
            if word and not match["u2"]:
                # 5个-3: the second number belongs to something else.
                return 0
            word = match["u2"]
        number_at = match.start("n1")
        chinese = text[number_at] in _CN
        if word is None:
            return self._bare(match, chinese)
        unit = "".join(word.split())
        if chinese and text[number_at] in "百千万亿" and not (match["q"] or match["m1"]):
            # 百姓, 千瓦 and 万元 (a table's heading) have no number of their own; 百名干部 has.
            counts = text[number_at] in "百千" and unit in ("名", "人", "户", "亩")
            if not counts:
                return 0
        if unit == "日" and not self._counts_days(match, number_at):
            return self._day_after_day(match)
        recent = match["q"] == "近" and unit in ("年", "天", "个月", "周")
        if recent and self._before(start) not in ("时", "达", "历", "经", "用", "期"):
            # 近三年 is the last three years, 历时近三年 nearly three.
            single = _JUST_ONE.match(text, number_at)
            return self._try_amount(single) if single else 0
        if unit in words.COUNTED_NOUNS and re.search("[万亿]", match.group()):
            # 贷款5000万项目资金: the noun does not belong to the number.
            return self._try_amount_alone(match)
        hint = self._unit_hint(unit, start, end)
        return self._take(start, end, None, None, hint)

    def _try_amount_alone(self, match: re.Match[str]) -> int:
        bare = _NO_UNIT.match(self.text, match.start())
        return self._bare(bare, self.text[match.start("n1")] in _CN) if bare else 0

    def _bare(self, match: re.Match[str], chinese: bool) -> int:
        """A number without a unit: money when the words around say so."""
        text, start, end = self.text, match.start(), match.end()
        code = self._currency(start)
        printed = match.group()
        scaled = re.search("[万亿]", printed) is not None
        if chinese and text[match.start("n1")] in "百千万亿":
            return 0
        if code and not chinese:
            return self._take(start, end, "money", None, code)
        if not scaled or _LEFT.match(text, end):
            return 0
        before = "".join(re.split("[。；！？]", text[max(0, start - _BACK) : start])[-1].split())
        after = "".join(re.split("[。；！？，、]", text[end : end + 8])[0].split())
        if _NOT_MONEY.search(before.rpartition("，")[2] + after):
            return self._take(start, end, "count")
        if self._follows_money(start):
            return self._take(start, end, "money")
        if _CUES.search(before) or _CUES.search(after):
            return self._take(start, end, "money")
        return 0

    def _follows_money(self, start: int) -> bool:
        """中央1.2亿，省级5000万: the second sum says as little as the first."""
        if not self.quantities or self.quantities[-1].kind != "money":
            return False
        between = self.text[self.quantities[-1].span.end : start]
        return len(between) <= 12 and re.search("[。；！？0-9]", between) is None

    def _counts_days(self, match: re.Match[str], number_at: int) -> bool:
        """15日 alone is a day of a month nobody names, 为期15日 a duration."""
        if match["m1"] or match["k"] or match["a"]:
            return True
        return self._before(number_at) in ("期", "达", "时", "共", "用", "续", "足")

    def _day_after_day(self, match: re.Match[str]) -> int:
        """4月12日、15日: the second day has the month of the first."""
        last = self.quantities[-1] if self.quantities else None
        if last is None or last.kind != "date" or not re.fullmatch(r"[0-9-]{10}", str(last.value)):
            return 0
        between = "".join(self.text[last.span.end : match.start()].split())
        day = match["n1"]
        if between not in ("、", "和", "及", "与") or plain_print(match.group()) != f"{day}日":
            return 0
        year, month, _ = (int(part) for part in str(last.value).split("-"))
        try:
            point = _Point(year, month, _whole_number(day), "")
            quantity = _dated(plain_print(match.group()), [point])
        except AidstudyError:
            return 0
        self.quantities.append(replace(quantity, span=Span(match.start(), match.end())))
        return match.end()

    def _unit_hint(self, unit: str, start: int, end: int) -> str | None:
        if unit in ("元", "圆", "块钱"):
            return self._currency(start)
        if words.UNITS.get(unit, words.UNITS["元"]).base == "m3":
            near = "".join(self.text[max(0, start - _BACK) : start].split())
            if _PER_DAY_BEFORE.search(near) or _PER_DAY_AFTER.match(self.text, end):
                return "m3/day"
        return None

    def _currency(self, start: int) -> str | None:
        before = self._before(start)
        if before not in _CURRENCY_ENDS:
            return None
        match = _CURRENCY_BEFORE.search(self.text, max(self.done, start - 10), start)
        return match and words.CURRENCIES_BEFORE["".join(match["code"].split())]

    # What is written down.

    def _take(
        self,
        start: int,
        end: int,
        kind: str | None,
        year: int | None = None,
        unit: str | None = None,
    ) -> int:
        """Write a quantity down; 0 when it cannot be read after all."""
        if start < self.done:
            return 0
        try:
            quantity = _read(plain_print(self.text[start:end]), kind, unit, year)
        except AidstudyError:
            return 0
        counted = quantity.counted
        if quantity.kind == "count" and not counted and quantity.unit not in _OCCASIONS:
            noun = _COUNTED.match(self.text, end) or _SHORT_NOUN.match(self.text, end)
            counted = plain_print(noun.group()) if noun else ""
        self.quantities.append(
            Quantity(
                quantity.printed,
                Span(start, end),
                quantity.kind,
                quantity.value,
                quantity.unit,
                quantity.interval,
                quantity.bound,
                quantity.numeral,
                quantity.days,
                counted,
            )
        )
        return end

    def _leave(self, start: int, end: int, reason: str) -> int:
        """Write down what was seen and left."""
        printed = plain_print(self.text[start:end])
        self.unread.append(Unread(Span(start, end), printed, reason))
        return end

    def _leave_run(self, at: int, reason: str) -> int:
        return self._leave(at, _run_end(self.text, at), reason)

    def _why_left(self, at: int) -> str:
        text = self.text
        number = _RANGE_OR_ONE.match(text, at)
        ends = [_run_end(text, at)]
        if number:
            ends.append(number.end())
        for end in ends:
            left = _LEFT.match(text, end)
            if left:
                return words.NO_UNIT_IN_CODEBOOK["".join(left["word"].split())]
        if number and number["u1"] and "".join(number["u1"].split()) == "日":
            return "a day without its month"
        if ends[0] - at > LONGEST:
            return "longer than any amount"
        if number and re.search("[百千万亿]", number.group()):
            return "a scale without a unit, and no word near says money"
        return "a number without a unit"


_LETTERS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
)


def _run_end(text: str, at: int) -> int:
    run = _RUN.match(text, at)
    return run.end() if run else at + 1


__all__ = ["Findings", "Quantity", "Unread", "find_quantities", "plain_print", "read_quantity"]
