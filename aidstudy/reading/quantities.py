"""Qualifier, numeral, scale and unit in running text to exact quantities with bounds.

One grammar serves both ways in: :func:`read_quantity` takes one figure as a whole,
:func:`find_quantities` finds every figure of a page. White space is part of the grammar, so that
the raw text is scanned as it stands and every offset is an offset of the raw text.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from aidstudy import codebook
from aidstudy.cards import card
from aidstudy.errors import AidstudyError, NumeralError, QuantityError, TextError, UnitError
from aidstudy.intervals import Interval, Number, plain
from aidstudy.reading import words
from aidstudy.reading.grammar import (
    ADDRESS,
    CHINESE_LEFT,
    CHINESE_RUN,
    CIRCLED,
    CLOCK,
    CN,
    CONTACT,
    CONTACT_BEFORE,
    CUES,
    CURRENCY_BEFORE,
    CURRENCY_ENDS,
    DOCUMENT,
    GRADE,
    HALF_HOUR,
    JUST_ONE,
    LEFT,
    LIST_MARK,
    MONEY_AT_ONCE,
    MONTH_INSIDE,
    MOON_BEFORE,
    NEXT,
    NO_QUALIFIER,
    NO_UNIT,
    NOT_A_FIGURE,
    NOT_A_PIECE,
    NOT_MONEY,
    NOUN,
    NOUN_BEFORE_ONE,
    NUMBER_ALONE,
    OCCASIONS,
    ONE_ALONE,
    ONLY_AMOUNT,
    ORDINAL_BEFORE,
    ORDINALS,
    PACKAGE,
    PEOPLE,
    PER_DAY_AFTER,
    PER_TIME_BEFORE,
    PLAIN_OR_ANCHOR,
    PLANS,
    PRICE_NEXT,
    QUALIFIER_BEFORE,
    QUALIFIER_ENDS,
    QUARTERS,
    RANGE_OR_ONE,
    RATIO,
    RELATIVE,
    RELATIVE_TOO,
    REST_OF_NUMBER,
    RUN,
    SPECIAL,
    SPEED_BEFORE,
    SPOKEN_MONEY,
    SUPERLATIVE_BEFORE,
    WEEKDAY_BEFORE,
    YEARS,
)
from aidstudy.reading.numerals import (
    BIG_SCALES,
    LONGEST,
    SMALL_SCALES,
    parse_numeral,
    read_numeral,
)
from aidstudy.reading.text import Span, ends_a_row, without_radicals

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

    Examples
    --------
    >>> figure = read_quantity("约1亿元")
    >>> print(figure.printed, figure.kind, figure.value, figure.unit, figure.interval, figure.bound)
    约1亿元 money 100000000 CNY [50000000, 150000000] about
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

    def _repr_html_(self) -> str:
        value, low, high = _shown_end(self.value), _shown_end(self.low), _shown_end(self.high)
        allowed = {
            (True, True): value if low == high == value else f"{low} to {high}",
            (True, False): f"{low} and more",
            (False, True): f"up to {high}",
        }.get((bool(low), bool(high)), "")
        return card(
            self.printed,
            [
                ("kind", self.kind),
                ("value", f"{value} {self.unit}".strip()),
                ("the print allows", allowed),
                ("because", f"{self.bound}: {codebook.BOUNDS[self.bound].meaning}"),
                ("counted", self.counted),
                ("characters", f"{self.span.start} to {self.span.end}"),
            ],
        )


def _shown_end(end: Value) -> str:
    if not isinstance(end, Fraction):
        return end or ""
    return f"{int(end):,}" if end.denominator == 1 and end >= 10**4 else plain(end)


class _Open:
    """A quantity while it is filled in: the same slots, not yet frozen.

    To fill these and make the object a :class:`Quantity` at the end takes a third of the time of
    making a frozen dataclass, which sets each field by a call.
    """

    __slots__ = tuple(one.name for one in fields(Quantity))


_new_tuple = tuple.__new__
_put_low, _put_high = (getattr(Interval, one.name).__set__ for one in fields(Interval))


def _between(low: Fraction, high: Fraction) -> Interval:
    """An interval whose ends are known to be exact and in order, without asking again."""
    interval = object.__new__(Interval)
    _put_low(interval, low)
    _put_high(interval, high)
    return interval


_SIGNED = frozenset({"share", "money", "multiple", "length"})
"""Kinds that may be below zero: a change, a loss, a level under the datum."""
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
        日供水能力, ``m3/hour`` after 每小时抽水, ``m3/second``; an ISO currency.
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
    return unicodedata.normalize("NFKC", without_radicals("".join(printed.split())))


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
    match = SPECIAL.fullmatch(printed)
    if match:
        return _READERS[str(match.lastgroup)](match, year)
    match = RANGE_OR_ONE.fullmatch(printed)
    if match is None and GRADE.fullmatch(printed):
        return _named(printed, "code")
    if match is None:
        raise QuantityError(
            f"{_shown(printed)}: not one figure. Give the number with its qualifier and its "
            "measure word or unit, and nothing else.",
            printed=printed,
        )
    return _amount(match, kind, unit)


_LONGEST_PRINT = 60
_NOWHERE = Span(0, 0)
"""The place of a figure that is read; whoever found it knows the place."""


def _named(printed: str, kind: str) -> Quantity:
    """A code, list number or contact: its value is its text."""
    return Quantity(
        printed=printed,
        span=_NOWHERE,
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
    if digits is None:
        return None
    return 1 if digits == "元" else int(read_numeral(digits).value)


def _full_year(digits: str | None, year: int | None) -> int | None:
    """A printed year; 08年 is the nearest such year that is no more than ten years ahead."""
    number = _whole_number(digits)
    if number is None or number > 99:
        return number
    return None if year is None else year + 10 - (year + 10 - number) % 100


def _date(match: re.Match[str], year: int | None) -> Quantity:
    short = match["y1"] is not None and len("".join(match["y1"].split())) == 2
    first = _Point(
        _full_year(match["y1"], year) if short else _whole_number(match["y1"]) or year,
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
            if month is None:
                raise QuantityError(
                    f"{_shown(match.group())}: a day without its month. Give the month too, or "
                    "leave the day out.",
                    printed=match.group(),
                )
        last_year = _full_year(match["y2"], year)
        over_new_year = bool(month and first.month and first.month > month)
        if match["y1"] is None and last_year:
            first = replace(first, year=last_year - over_new_year)
            points = [first]
        elif not match["y2"] and first.year and over_new_year:
            last_year = first.year + 1
        points.append(
            _Point(
                last_year or first.year,
                month,
                _whole_number(last_day),
                match["p2"] or "",
            )
        )
    return _dated(match.group(), points, before=match["before"] is not None)


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
        span=_NOWHERE,
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
    return _dated(match.group(), [_Point(numbers[0], numbers[1], numbers[2], "")])


def _plan_period(match: re.Match[str], year: int | None) -> Quantity:
    first = PLANS[match["plan"]]
    ends = [_Point(first, None, None, ""), _Point(first + 4, None, None, "")]
    return _dated(match.group(), ends)


def _quarter(match: re.Match[str], year: int | None) -> Quantity:
    return _dated(match.group(), [_Point(year, None, None, match.group())])


# --- codes, scales, shares, counts ------------------------------------------------------------


def _code(match: re.Match[str], year: int | None) -> Quantity:
    return _named(match.group(), "code")


def _map_scale(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["denominator"]).value
    return _exact(match.group(), "map_scale", value, "scale_denominator")


def _exact(
    printed: str, kind: str, value: Fraction, unit: str, *, counted: str = "", bound: str = "exact"
) -> Quantity:
    return Quantity(
        printed=printed,
        span=_NOWHERE,
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
    return _exact(match.group(), "count", value, "个", counted="一")


def _big(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["big"]).value
    return _exact(match.group(), "count", value, "", counted=match["noun"] or "")


def _bare_noun(match: re.Match[str], year: int | None) -> Quantity:
    value = read_numeral(match["bare"]).value
    return _exact(match.group(), "count", value, "", counted=match["bare_noun"])


def _half(match: re.Match[str], year: int | None) -> Quantity:
    unit = words.UNITS[match["half_unit"] if match["half_unit"] != "月" else "个月"]
    half = Fraction(unit.factor, 2)
    return _measured(
        match.group(),
        unit.kind,
        unit.base,
        _Side(half, half, half, half),
        _qualifiers(match["hq"], match["hm"], match["hk"], match["ha"]),
        numeral="chinese",
    )


def _fraction(match: re.Match[str], year: int | None) -> Quantity:
    if match["of"] is None:
        marks = _qualifiers(match["fq"], match["fa"])
        half = _Side(50, 50, 10, 10)
        return _measured(match.group(), "share", "%", half, marks, numeral="chinese", exact=True)
    whole = read_numeral(match["of"])
    if not whole.value:
        raise QuantityError(
            f"{_shown(match.group())}: a part of nothing. Look at the print again.",
            printed=match.group(),
        )
    percent = 100 / whole.value
    part = _side(match["fn1"], None, percent, match["fminus"])
    last = None if match["frange"] is None else _side(match["fn2"], None, percent)
    return _measured(
        match.group(),
        "share",
        "%",
        part,
        _qualifiers(match["fq"], match["fm"], match["fa"]),
        last=last,
        numeral="arabic" if part.arabic else "chinese",
        # 三分之一 and 百分之百 have no last digit that was rounded; 百分之三十 has.
        exact=match["of"] not in ("百", "千", "万", "100", "1000") or match["fn1"] == "百",
    )


# --- amounts ----------------------------------------------------------------------------------


class _Side(NamedTuple):
    """A number in base units with its two precisions; low and high differ in a range."""

    low: Number
    high: Number
    step: Number
    nonzero_step: Number
    arabic: bool = False


def _side(number: str, scale: str | None, factor: Number, minus: str | None = None) -> _Side:
    if "个" in number:
        number = number.replace("个", "")
    if scale and "亿" in number[:-1] and "亿" not in scale:
        # 1亿5千多万: the scale after 多 belongs to what stands behind 亿.
        head, _, tail = number.rpartition("亿")
        whole, part = _side(f"{head}亿", None, factor), _side(tail.lstrip("零"), scale, factor)
        if part.high >= whole.step:
            raise QuantityError(
                f"{_shown(number + scale)}: more than 亿 holds. Look at the print again.",
                printed=number,
            )
        return _Side(
            whole.low + part.low,
            whole.low + part.high,
            part.step,
            part.nonzero_step,
            whole.arabic,
        )
    low, high, step, nonzero, arabic = parse_numeral(number)
    if scale:
        for char in "".join(scale.split()).lstrip("个"):
            factor *= BIG_SCALES.get(char) or SMALL_SCALES[char]
    if minus:
        low, high = -low, -high
    if factor == 1:
        return _Side(low, high, step, nonzero, arabic)
    return _Side(low * factor, high * factor, step * factor, nonzero * factor, arabic)


_MARKS = (
    dict.fromkeys(words.ABOUT_BEFORE + words.ABOUT_AFTER + ("来",), "about")
    | dict.fromkeys(words.UNDER_BEFORE, "near")
    | dict.fromkeys(("余", "多"), "more")
    | dict.fromkeys(words.OVER_OPEN_BEFORE + words.OVER_OPEN_AFTER, "above")
    | dict.fromkeys(words.UNDER_OPEN_BEFORE + words.UNDER_OPEN_AFTER, "below")
)
_BOUND_OF = {"about": "about", "near": "under", "more": "over", "above": "over", "below": "under"}


def _qualifiers(*printed: str | None) -> list[str]:
    marks: list[str] = []
    for mark in printed:
        if mark and _MARKS[mark] not in marks:
            marks.append(_MARKS[mark])
    return marks


def _bounds(side: _Side, mark: str) -> Interval:
    value, unit = side.low, side.nonzero_step
    if value < 0 and mark in ("near", "more"):
        # -30余万元 is further from zero than -30万元.
        return -_bounds(_Side(-value, -value, side.step, unit), mark)
    if mark == "about":
        return _between(*_around(value, unit))
    if mark == "near":
        return Interval(Fraction(value - unit), Fraction(value))
    if mark == "more":
        return Interval(Fraction(value), Fraction(value + unit))
    if mark == "above":
        return Interval(Fraction(value), None)
    return Interval(None, Fraction(value))


def _around(value: Number, unit: Number) -> tuple[Fraction, Fraction]:
    """Half a unit each way."""
    if type(value) is int and type(unit) is int and not unit & 1:
        unit >>= 1
        return Fraction(value - unit), Fraction(value + unit)
    # In whole numbers, as each sum of fractions would be brought to its lowest terms.
    middle = 2 * value.numerator * unit.denominator
    half = value.denominator * unit.numerator
    below = 2 * value.denominator * unit.denominator
    return Fraction(middle - half, below), Fraction(middle + half, below)


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
    value = side.low if type(side.low) is Fraction else Fraction(side.low)
    if kind not in _SIGNED and side.low < 0:
        raise QuantityError(
            f"{_shown(printed)}: a {kind} below zero. Leave the dash out if it is no minus sign.",
            printed=printed,
        )
    # Most numbers have one end, the same object twice; to compare two fractions takes long.
    if last is not None or (side.low is not side.high and side.low != side.high):
        low, high = value, Fraction((last or side).high)
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
        interval, bound = _between(value, value), "exact"
    else:
        interval, bound = _between(*_around(side.low, side.step)), "rounded"
        if not side.low and kind != "share":
            # 0万元: a printed amount without a minus sign is not below zero. 增长0% may be.
            interval = Interval(value, interval.high)
    return Quantity(printed, _NOWHERE, kind, value, unit, interval, bound, numeral, None, counted)


def _amount(match: re.Match[str], kind: str | None, unit: str | None) -> Quantity:
    printed = match.group()
    groups = match.groupdict()
    first_unit, last_unit = groups["u1"], groups.get("u2")
    inside = None
    if first_unit in MONTH_INSIDE or last_unit in MONTH_INSIDE:
        inside = "多"
        first_unit = MONTH_INSIDE.get(first_unit or "", first_unit)
        last_unit = MONTH_INSIDE.get(last_unit or "", last_unit)
    if first_unit == "个" and groups["hu"] is not None:
        first_unit = {"月": "个月", "小时": "个小时", "年": "年"}[groups["hu"]]
    what, base, factor, counted = _unit(first_unit or last_unit or "", match, kind, unit)
    last_factor = factor
    if first_unit and last_unit and first_unit != last_unit:
        far = _unit(last_unit, match, kind, unit)
        if (what, base) != far[:2]:
            raise QuantityError(
                f"{_shown(printed)}: a range in two units, {first_unit} and {last_unit}. Give two "
                "figures.",
                printed=printed,
            )
        last_factor = far[2]
    after = groups["a"]
    if groups.get("open"):
        # 3万元以上5万元以下: two open ends are one range.
        if not groups["below"] and (after is None or _MARKS[after] != "below"):
            raise QuantityError(
                f"{_shown(printed)}: an open end and a second figure. Give two figures.",
                printed=printed,
            )
        after = None
    marks = _qualifiers(groups["q"], groups["m1"], inside, groups["k"], after)
    last = None
    if groups.get("range"):
        side, last = _range_sides(match, factor, last_factor, bool(first_unit))
    else:
        side = _side(groups["n1"], groups["s1"], factor, groups["minus1"])
    if groups["cm"] or groups["ch"] or groups["cn"]:
        side, base = _with_shorter(match, side, base)
    elif any(groups[name] for name in ("j", "f", "h", "jj", "mm", "cc")):
        side = _with_small_change(match, side, half=groups["h"] is not None, factor=factor)
    return _measured(
        printed,
        what,
        base,
        side,
        marks,
        last=last,
        numeral="arabic" if side.arabic else "chinese",
        counted=counted,
    )


_WIDEST = 1000
"""Times that the far end of a range may exceed an end printed without its scale."""
_SHARED_SCALE = re.compile(r"(?:[0-9.,]+|[^百千万亿个]+)个?(?P<scale>[百千万亿]*)")


def _range_sides(
    match: re.Match[str], first_factor: Number, last_factor: Number, has_unit: bool
) -> tuple[_Side, _Side]:
    """Both ends; in 3-5万元 the scale of the second end is the first one's too."""
    last = _side(match["n2"], match["s2"], last_factor, match["minus2"])
    first = _side(match["n1"], match["s1"], first_factor, match["minus1"])
    scale = _SHARED_SCALE.fullmatch(match["n2"])
    if has_unit or re.search("[百千万亿]", match["n1"] + (match["s1"] or "")):
        return first, last
    if scale is not None:
        scales = scale["scale"] + (match["s2"] or "")
        shared = _side(match["n1"], scales, last_factor, match["minus1"])
        if shared.low < last.low:
            return shared, last
    if 0 < _WIDEST * first.low < last.low:
        raise QuantityError(
            f"{_shown(match.group())}: no range is so wide. Give two figures, or both ends with "
            "their scale.",
            printed=match.group(),
        )
    return first, last


def _with_small_change(match: re.Match[str], side: _Side, *, half: bool, factor: Number) -> _Side:
    """元 followed by 角 and 分; a unit followed by 半."""
    value, step = side.low, side.step
    tenth = Fraction(1, 10)
    # 七成五 is 75 per cent: what follows 成 counts whole per cents.
    for name, part in (("j", tenth), ("jj", tenth), ("f", tenth / 10), ("cc", Fraction(1))):
        if match[name]:
            value += parse_numeral(match[name]).low * part
            step = part
    for digit in match["mm"] or "":
        step = Fraction(step, 10)
        value += parse_numeral(digit).low * step
    if half:
        step = Fraction(factor, 2)
        value += step
    if side.low < 0:
        value = 2 * side.low - value
    return _Side(value, value, step, step, side.arabic)


def _with_shorter(match: re.Match[str], side: _Side, base: str) -> tuple[_Side, str]:
    """A duration in two units, in the shorter one: 一年零三个月 is 15 months."""
    if match["cm"]:
        base = "month"
        value = 12 * side.low + parse_numeral(match["cm"]).low
        step: Number = 1
    else:
        step = Fraction(1, 24 if match["ch"] else 1440)
        value = side.low + step * parse_numeral(match["ch"] or match["cn"]).low
    return _Side(value, value, step, step, side.arabic), base


def _unit(
    word: str, match: re.Match[str], kind: str | None, hint: str | None
) -> tuple[str, str, Number, str]:
    """Kind, base unit, factor and counted noun of a printed unit with its hints."""
    printed = match.group()
    what, base, counted = kind or "", "", ""
    factor: Number = 1
    if word == "块" and (kind == "money" or match["j"] or match["jj"]):
        word = "块钱"
    if word in words.UNITS:
        what, base, factor, _ = words.UNITS[word]
    elif word in words.MEASURE_WORDS or re.split("[(（]", word)[0] in words.MEASURE_WORDS:
        what, base = "count", plain_print(word)
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
        if match["n1"][0] in CN and not re.search("[万亿]", printed):
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
    if what == "volume" and hint in _FLOWS:
        return "flow", "m3/day", factor * _FLOWS[hint], counted
    if what == "money" and base == "CNY" and _CURRENCY.fullmatch(hint):
        return what, hint, factor, counted
    raise UnitError(
        f"{_shown(printed)}: unit {hint!r} does not fit what is printed ({what}"
        f"{', ' + base if base else ''}). Leave unit out.",
        printed=printed,
    )


_FLOWS: dict[str, Number] = {"m3/day": 1, "m3/hour": 24, "m3/second": 86400}
"""Times that a volume flows in a day, by the unit printed before it (每小时抽水)."""


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
    why_empty : str
        Why there is no quantity; empty when there is one.
    """

    quantities: list[Quantity]
    unread: list[Unread]
    why_empty: str = ""


_BACK = 16


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
        ``quantities`` in reading order, ``unread`` with a reason for each, and ``why_empty``.

    Raises
    ------
    TextError
        If `text` is not a string.

    Notes
    -----
    Codebook, columns ``start`` and ``end``. Ordinals, enumerators, idioms and names are no
    figures. The time needed grows in proportion to the text. With tens of megabytes at once
    Python's garbage collector adds to it, as it walks over all that was found. It belongs to the
    whole process and is left running; whoever reads such texts may pause it (``gc.disable()``).

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
    scan = _Scan(without_radicals(text), year)
    _read_all(scan, _scanner(RELATIVE_TOO if relative else PLAIN_OR_ANCHOR))
    why = "" if scan.quantities else _why_empty(text, scan.unread)
    return Findings(scan.quantities, scan.unread, why)


def _read_all(scan: _Scan, search: Callable[[str, int], re.Match[str] | None]) -> None:
    text, known, write, step = scan.text, _PLAIN_READ.get, scan.write, scan.step
    place = 0
    while match := search(text, place):
        if match.lastgroup:
            # A figure that its own characters tell, unless its unit hangs on its context.
            raw = match[0]
            quantity = known(raw, _UNKNOWN)
            if quantity is _UNKNOWN:
                quantity = _PLAIN_READ.keep(raw, _read_plain(match))
            if quantity is not None:
                start, place = match.span()
                write(quantity, start, place)
                scan.done = place
                continue
        place = step(match.start())


def _why_empty(text: str, unread: list[Unread]) -> str:
    if unread:
        return f"none of {len(unread)} numerals that were seen is a figure; unread says why"
    if not text:
        return "the text is empty"
    if text.isspace():
        return "the text is white space only"
    return "no digit, and no Chinese numeral before anything that it could count"


@cache
def _scanner(pattern: str) -> Callable[[str, int], re.Match[str] | None]:
    """Made when first needed, as few texts need both."""
    return re.compile(pattern).search


class _Cache(dict[Any, Any]):
    """Figures already read, by what they are read from; emptied when full, so that it is bounded.

    The same few thousand prints make up most of the figures of any text.
    """

    def keep(self, key: Any, quantity: Quantity | None) -> Quantity | None:
        if len(self) >= _CACHED:
            self.clear()
        self[key] = quantity
        return quantity


_CACHED = 8192
_UNKNOWN: Any = object()
_PLAIN_READ = _Cache()
_READ = _Cache()


def _plain_units() -> dict[str, tuple[str, str, Number]]:
    """Kind, base unit and factor of the units whose meaning no context changes."""
    return {word: ("count", word, 1) for word in words.MEASURE_WORDS if word != "块"} | {
        word: (unit.kind, unit.base, unit.factor)
        for word, unit in words.UNITS.items()
        # A volume may be a flow (日供水), 方 may be parties, 5日 a day of some month.
        if unit.kind != "volume" and word not in ("方", "年", "日")
    }


_PLAIN_UNITS = _plain_units()


_PLAIN_SCALES = {"": 1, "千": 10**3, "万": 10**4, "亿": 10**8}


def _plain_side(printed: str, scale: str | None, factor: Number) -> _Side:
    """What :func:`_side` gives for plain digits with at most one scale, in a third of the time."""
    digits = "".join(printed.split()).replace(",", "")
    scales = digits.lstrip("0123456789.")
    if scales not in _PLAIN_SCALES:
        return _side(printed, scale, factor)
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
    return _Side(value, value, step, step * 10**zeros if zeros and number else step, True)


def _read_plain(match: re.Match[str]) -> Quantity | None:
    """The figure of a plain match; ``None`` for a unit whose meaning hangs on its context."""
    raw = match.group()
    printed = plain_print(raw)
    if printed == raw:
        return _plain_figure(match, printed)
    # A blank may stand anywhere in it; what is read is the same.
    quantity: Quantity | None = _PLAIN_READ.get(printed, _UNKNOWN)
    if quantity is _UNKNOWN:
        quantity = _PLAIN_READ.keep(printed, _plain_figure(match, printed))
    return quantity


def _plain_figure(match: re.Match[str], printed: str) -> Quantity | None:
    word, more, scale, after = match.group("pu", "pm", "ps", "pa")
    try:
        if word is None:
            return _read(printed, None, None, None)
        unit = _PLAIN_UNITS.get(word) or _PLAIN_UNITS.get("".join(word.split()))
        if unit is None:
            return None
        kind, base, factor = unit
        number = match.string[match.start() : match.start("pn")]
        side = _plain_side(number, scale, factor)
        marks = _qualifiers(more, after and plain_print(after)) if more or after else []
        return _measured(printed, kind, base, side, marks, numeral="arabic")
    except AidstudyError:
        return None


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
        elif char in CN:
            end = self._chinese(at)
        elif char == "半":
            end = self._half(at)
        elif char == "元":
            special = SPECIAL.match(self.text, at)
            end = (special and self._special(special)) or at + 1
        elif char.isdigit() or CIRCLED.match(char):
            end = self._other_digit(at)
        else:
            end = self._relative(at)
        if end > self.done:
            self.done = end
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
        if before.isdigit() and REST_OF_NUMBER.match(text, at):
            return self._leave_run(at, "the rest of a number that is cut")
        if before == "第" and not QUARTERS.match(text, at):
            run = ORDINALS.match(text, at)
            return self._leave(at, run.end() if run else at + 1, "an ordinal")
        next_char = NEXT.match(text, at)
        if next_char and next_char[1] in ONLY_AMOUNT:
            end = self._amount(at)
            if end:
                return end
        if before and before in "〔[［（(":
            document = DOCUMENT.match(text, text.rindex(before, 0, at))
            if document:
                return self._leave(at, document.end(), "the number of a document")
        if self._is_list_number(at):
            end = self._take(at, _run_end(text, at), "list_number")
            if end:
                return end
        contact = CONTACT.match(text, at)
        if contact and (contact["sure"] or CONTACT_BEFORE.search(text, max(0, at - 40), at)):
            bracket = text[at - 1 : at] in ("(", "（") and re.search("[)）]", contact.group())
            end = self._take(at - 1 if bracket else at, contact.end(), "contact")
            if end:
                return end
        special = SPECIAL.match(text, at)
        if special:
            end = self._special(special)
            if end:
                return end
        clock = CLOCK.match(text, at)
        if clock:
            return self._leave(at, clock.end(), "a time of day")
        end = self._amount(at)
        if end:
            return end
        grade = GRADE.match(text, at)
        if grade:
            end = self._take(at, grade.end(), "code")
            if end:
                return end
        ratio = RATIO.match(text, at)
        if ratio:
            return self._leave(at, ratio.end(), "a ratio or a number in parts")
        reason = self._why_left(at)
        number = NUMBER_ALONE.match(text, at)
        end = _run_end(text, at)
        if number and "\n" not in number.group():
            end = max(end, number.end())
        return self._leave(at, end, reason)

    def _chinese(self, at: int) -> int:
        text = self.text
        run_end = CHINESE_RUN.match(text, at).end()  # type: ignore[union-attr]
        before = self._before(at)
        next_char = text[run_end] if run_end < len(text) else ""
        amount_only = next_char in ONLY_AMOUNT and next_char != "期"
        if not amount_only and QUARTERS.match(text, at):
            special = SPECIAL.match(text, at)
            if special and special.lastgroup == "quarter":
                start = text.rindex(before, 0, at) if before and before in "第前" else at
                return self._take(start, special.end(), None, self.year) or run_end
        reason = self._no_figure(at, run_end, before)
        if reason:
            if text.startswith("几", run_end):
                return self._leave(at, run_end + 1, reason)
            unit = RANGE_OR_ONE.match(text, at)
            if unit and unit["u1"] and not unit["range"]:
                return self._leave(at, unit.end("u1"), reason)
            return run_end
        special = None if amount_only else SPECIAL.match(text, at)
        if special:
            end = self._special(special)
            if end:
                return end
        if text[at] == "一" and ONE_ALONE.match(text, at):
            return self._take(at, at + 1, None) or run_end
        return self._amount(at) or self._chinese_left(at, run_end)

    def _chinese_left(self, at: int, run_end: int) -> int:
        """Chinese digits before a unit that form no figure: 七十二岁, 一万零百一十人."""
        left = CHINESE_LEFT.match(self.text, run_end)
        if left and left["word"] == "日":
            return self._leave(at, left.end(), "a day without its month")
        if left:
            reason = words.NO_UNIT_IN_CODEBOOK["".join(left["word"].split())]
            return self._leave(at, left.end(), reason)
        # A single character is a numeral for sure.
        number = JUST_ONE.match(self.text, at) if run_end - at > 1 else None
        if number and number["u1"] and number.end("n1") == run_end:
            try:
                parse_numeral(number["n1"])
            except NumeralError:
                return self._leave(at, number.end("u1"), "digits that form no one numeral")
        return run_end

    def _no_figure(self, at: int, run_end: int, before: str) -> str:
        """Why a Chinese numeral counts nothing; empty when it may count."""
        text = self.text
        if before and (
            before in "第初" or (before == "届" and text[run_end : run_end + 1] == "次")
        ):
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
        if text[at] in "十百千万" and before == "每":
            return "the base of a rate"
        if before == "番" or (before == "家" and text.startswith("口", run_end)):
            return "an idiom or a name"
        if before and before in '“"「『' and PACKAGE.match(text, at):
            return "an idiom or a name"
        if run_end - at == 1 and text[at] == "一":
            noun = NOUN_BEFORE_ONE.search(text, max(0, at - 2), at)
            if before and before in words.SINGLES_BEFORE_ONE and not noun:
                return "part of a word"
            if SUPERLATIVE_BEFORE.search(text, max(0, at - 4), at):
                return "an ordinal"
            if text[run_end : run_end + 8].lstrip()[:1] == "批" and (
                text[run_end : run_end + 8].lstrip()[:2] != "批次"
            ):
                return "indefinite"
        if (
            run_end - at == 1
            and text[at] in "伍陆肆叁参"
            and text[run_end : run_end + 4].lstrip()[:1] not in ("元", *SMALL_SCALES)
        ):
            return "part of a word"
        if before and before in "期拜周" and WEEKDAY_BEFORE.search(text, max(0, at - 2), at):
            return "a day of the week"
        if before and before in "、和及至到—-" and ORDINAL_BEFORE.search(text, max(0, at - 8), at):
            return "an ordinal"
        names = NOT_A_FIGURE.get(text[at])
        if names and names.match(text, at):
            return "an idiom or a name"
        return ""

    def _half(self, at: int) -> int:
        before = self._before(at)
        part_of_word = (
            "大多过对各小一" if HALF_HOUR.match(self.text, at) else "上下大多过前后对各夜小一"
        )
        if before and before in part_of_word and self._qualifier(at, before) == at:
            return at + 1
        special = SPECIAL.match(self.text, self._qualifier(at, before))
        if special is None:
            special = SPECIAL.match(self.text, at)
        if special and special.lastgroup in ("half", "fraction"):
            return self._take(special.start(), special.end(), None) or at + 1
        return at + 1

    def _relative(self, at: int) -> int:
        match = RELATIVE.match(self.text, at)
        if match is None or at < self.done:
            return at + 1
        year = self.year
        if year is not None and match["rel"]:
            year += YEARS["".join(match["rel"].split())]
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
        if CIRCLED.match(self.text, at) and (not before or not before.isalnum()):
            return self._take(at, at + 1, "list_number") or at + 1
        return self._leave(at, at + 1, "a digit of another script, or a mark")

    # Pieces of context.

    def _before(self, at: int) -> str:
        """The last character before `at` that is not white space, at most four back."""
        text = self.text
        char = text[at - 1 : at]
        if not char.isspace():
            return char
        for place in range(at - 2, max(-1, at - 6), -1):
            if not text[place].isspace():
                return text[place]
        return ""

    def _qualifier(self, at: int, before: str) -> int:
        """Where the figure begins: at its qualifier, if one stands before."""
        if before not in QUALIFIER_ENDS:
            return at
        match = QUALIFIER_BEFORE.search(self.text, max(self.done, at - 10), at)
        if match is None:
            return at
        word = "".join(match.group().split())
        previous = self._before(match.start())
        if previous and previous in NO_QUALIFIER.get("约" if word[0] == "约" else word, ""):
            return at
        return match.start()

    def _is_speed(self, start: int) -> bool:
        """时速120公里: the word before a length makes it one."""
        near = self.text[max(0, start - 8) : start]
        return ("速" in near or "每" in near) and SPEED_BEFORE.search(near) is not None

    def _is_list_number(self, at: int) -> bool:
        mark = LIST_MARK.match(self.text, at)
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
        if CURRENCY_BEFORE.search(text, start, at):
            return 0
        address = max(0, at - 60)
        while address < start and not (text[address] in _LETTERS or text[address] in "0123456789"):
            address += 1
        joined = re.compile(r"[A-Za-z0-9._%+/:@-]*\Z").search(text, address, at)
        if joined and ADDRESS.match(text, joined.start()):
            return self._leave_run(at, "part of an address")
        code = SPECIAL.match(text, start)
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
            if MOON_BEFORE.search(text, max(0, start - 6), start):
                return self._leave(start, end, "a day of the old calendar")
            year = self._year_near(start)
        elif name == "plan_period":
            before = self._before(start)
            if before and before in '“"「『':
                start = text.rindex(before, 0, start)
            elif len("".join(match["plan"].split())) == 2:
                return 0
        elif name == "fraction":
            start = self._qualifier(start, self._before(start))
        elif name in ("bigs", "ones", "bare_nouns") and self._before(start) in ("最", "第"):
            return 0
        return self._take(start, end, None, year, None, match)

    def _year_near(self, start: int) -> int | None:
        """The year for a date without one: 去年12月 is the year before."""
        if self.year is None:
            return None
        near = "".join(self.text[max(0, start - 4) : start].split())[-2:]
        return self.year + YEARS.get(near, 0)

    def _amount(self, at: int) -> int:
        """A number with its unit; 0 when it has none that counts."""
        text = self.text
        if text[at - 1 : at] == " " and ends_a_row(text, at):
            return 0
        before = self._before(at)
        start = self._qualifier(at, before)
        if before in _MINUS_SIGNS and self._is_minus(at):
            start = self._qualifier(at - 1, self._before(at - 1))
        elif before == "负":
            sign = text.rindex("负", 0, at)
            start = self._qualifier(sign, self._before(sign)) if sign >= self.done else at
        match = RANGE_OR_ONE.match(text, start)
        if match is None:
            match = RANGE_OR_ONE.match(text, at)
            if match is None:
                return 0
        end = self._try_amount(match)
        if not end and match.re is RANGE_OR_ONE and match["range"]:
            single = JUST_ONE.match(text, match.start())
            end = self._try_amount(single) if single else 0
        if not end and match.start() != at:
            single = JUST_ONE.match(text, at)
            end = self._try_amount(single) if single else 0
        return end

    def _is_minus(self, at: int) -> bool:
        """The dash before a number is its sign, not a range, a name (A-3) or a dash in prose."""
        if at <= self.done or self.text[at - 1] not in _MINUS_SIGNS:
            return False
        before = self._before(at - 1)
        return not (before.isdigit() or before in _NO_MINUS_AFTER or before in _LETTERS)

    def _try_amount(self, match: re.Match[str]) -> int:
        text, start, end = self.text, match.start(), match.end()
        word = match["u1"]
        if match.re is RANGE_OR_ONE and match["range"]:
            if word and not match["u2"]:
                # 5个-3: the second number belongs to something else.
                return 0
            word = match["u2"]
        number_at = match.start("n1")
        chinese = text[number_at] in CN
        if chinese and self._is_base_of_rate(match):
            return self._leave(start, end, "the base of a rate")
        if word is None:
            return self._bare(match, chinese)
        unit = "".join(word.split())
        if unit in ("人", "吨") and text.startswith("公里", match.end()):
            return 0
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
            single = JUST_ONE.match(text, number_at)
            return self._try_amount(single) if single else 0
        if unit in words.COUNTED_NOUNS and re.search("[万亿]", match.group()):
            # 贷款5000万项目资金: the noun does not belong to the number.
            return self._try_amount_alone(match)
        if unit == "块" and self._is_spoken_money(start, end):
            return self._take(start, end, "money", None, None, match)
        hint = self._unit_hint(unit, start, end)
        return self._take(start, end, None, None, hint, match)

    def _is_base_of_rate(self, match: re.Match[str]) -> bool:
        """三块钱一斤, 一亩500元: one unit next to a price, without a word between."""
        if match["n1"] != "一" or not match["u1"] or match.end() != match.end("u1"):
            return False
        last = self.quantities[-1] if self.quantities else None
        if last and last.kind == "money" and not self.text[last.span.end : match.start()].strip():
            return True
        return bool(PRICE_NEXT.match(self.text, match.start()))

    def _is_spoken_money(self, start: int, end: int) -> bool:
        """花了6000块: nothing that could be in pieces follows, and a word before says money."""
        near = self.text[max(0, start - 8) : start]
        return bool(NOT_A_PIECE.match(self.text, end) and SPOKEN_MONEY.search(near))

    def _try_amount_alone(self, match: re.Match[str]) -> int:
        bare = NO_UNIT.match(self.text, match.start())
        return self._bare(bare, self.text[match.start("n1")] in CN) if bare else 0

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
        if not scaled or LEFT.match(text, end):
            return 0
        before = "".join(re.split("[。；！？]", text[max(0, start - _BACK) : start])[-1].split())
        after = "".join(re.split("[。；！？，、]", text[end : end + 8])[0].split())
        if MONEY_AT_ONCE.search(before):
            return self._take(start, end, "money")
        if NOT_MONEY.search(before.rpartition("，")[2] + after) or PEOPLE.match(after):
            return self._take(start, end, "count")
        if self._follows_money(start):
            return self._take(start, end, "money")
        if CUES.search(before) or CUES.search(after):
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
        if match["q"] and _MARKS["".join(match["q"].split())] in ("above", "below"):
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
            per_time = PER_TIME_BEFORE.search(near)
            if per_time and per_time.lastgroup:
                return f"m3/{per_time.lastgroup}"
            if per_time or PER_DAY_AFTER.match(self.text, end):
                return "m3/day"
        return None

    def _currency(self, start: int) -> str | None:
        before = self._before(start)
        if before not in CURRENCY_ENDS:
            return None
        match = CURRENCY_BEFORE.search(self.text, max(self.done, start - 10), start)
        return match and words.CURRENCIES_BEFORE["".join(match["code"].split())]

    # What is written down.

    def _take(
        self,
        start: int,
        end: int,
        kind: str | None,
        year: int | None = None,
        unit: str | None = None,
        match: re.Match[str] | None = None,
    ) -> int:
        """Write a quantity down; 0 when it cannot be read after all."""
        if start < self.done:
            return 0
        raw = self.text[start:end]
        key = raw, kind, year, unit
        if key in _READ:
            quantity = _READ[key]
        else:
            quantity = _READ.keep(key, self._fresh(raw, match, kind, year, unit))
        if quantity is None:
            return 0
        self.write(quantity, start, end)
        return end

    def write(self, quantity: Quantity, start: int, end: int) -> None:
        """The figure at its place, with the thing counted that stands after it."""
        counted = quantity.counted
        if quantity.kind == "count" and not counted and quantity.unit not in OCCASIONS:
            noun = NOUN.match(self.text, end)
            if noun:
                counted = noun.group()
                if not counted.isalpha():
                    counted = plain_print(counted)
        elif quantity.kind == "length" and self._is_speed(start):
            self._leave(start, end, "a speed; the codebook has no unit for it")
            return
        # What `dataclasses.replace` does in ten times the time, for each figure of a text.
        figure: Any = _Open()
        figure.printed = quantity.printed
        figure.span = _new_tuple(Span, (start, end))
        figure.kind = quantity.kind
        figure.value = quantity.value
        figure.unit = quantity.unit
        figure.interval = quantity.interval
        figure.bound = quantity.bound
        figure.numeral = quantity.numeral
        figure.days = quantity.days
        figure.counted = counted
        figure.__class__ = Quantity
        self.quantities.append(figure)

    def _fresh(
        self,
        raw: str,
        match: re.Match[str] | None,
        kind: str | None,
        year: int | None,
        unit: str | None,
    ) -> Quantity | None:
        """A figure that this text has not had yet."""
        printed = plain_print(raw)
        try:
            if match is None or printed != raw or match.group() != raw:
                return _read(printed, kind, unit, year)
            if match.re is SPECIAL:
                return _READERS[str(match.lastgroup)](match, year)
            return _amount(match, kind, unit)
        except AidstudyError:
            return None

    def _leave(self, start: int, end: int, reason: str) -> int:
        """Write down what was seen and left."""
        printed = plain_print(self.text[start:end])
        self.unread.append(Unread(Span(start, end), printed, reason))
        return end

    def _leave_run(self, at: int, reason: str) -> int:
        return self._leave(at, _run_end(self.text, at), reason)

    def _why_left(self, at: int) -> str:
        text = self.text
        number = RANGE_OR_ONE.match(text, at)
        ends = [_run_end(text, at)]
        if number:
            ends.append(number.end())
        for end in ends:
            left = LEFT.match(text, end)
            if left:
                return words.NO_UNIT_IN_CODEBOOK["".join(left["word"].split())]
        if number and number["u1"] and "".join(number["u1"].split()) == "日":
            return "a day without its month"
        if ends[0] - at > LONGEST:
            return "longer than any amount"
        if number and re.search("[百千万亿]", number.group()):
            return "a scale without a unit, and no word near says money"
        return "a number without a unit"


_MINUS_SIGNS = frozenset("-－−–")
_NO_MINUS_AFTER = frozenset("%％‰)）]】-–—－−~～年月日号元") | frozenset(CN)
_LETTERS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
)


def _run_end(text: str, at: int) -> int:
    run = RUN.match(text, at)
    return run.end() if run else at + 1


__all__ = ["Findings", "Quantity", "Unread", "find_quantities", "plain_print", "read_quantity"]
