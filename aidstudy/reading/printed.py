"""One print, as a whole, to one figure: an amount with its bounds, a date, a name."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from aidstudy import codebook
from aidstudy.intervals import Interval, Number
from aidstudy.reading import grammar as g
from aidstudy.reading import words
from aidstudy.reading.figure import (
    NOWHERE,
    Reading,
    exactly,
    named,
    numeral_of,
    plain_print,
    refused,
)
from aidstudy.reading.numerals import SCALES, Side, read_numeral

# --- amounts ---

_SIGNED = frozenset({"share", "money", "multiple", "length"})
"""Kinds that may be below zero: a change, a loss, a level under the datum."""
_ROUNDED = frozenset(codebook.NUMERIC_KINDS) - {"count", "duration", "map_scale"}
_PIECES = re.compile(rf"个(\s*[{g.MORE}])?")
"""3个亿, 3个多亿: the 多 inside is a qualifier."""
_CURRENCY = re.compile("[A-Z]{3}")


def side_of(number: str, scale: str | None, factor: Number, minus: str | None = None) -> Side:
    number = _PIECES.sub("", number)
    if scale and "亿" in number[:-1] and "亿" not in scale:
        # 1亿5千多万: the scale after 多 belongs to what stands behind 亿.
        head, _, tail = number.rpartition("亿")
        whole, part = side_of(f"{head}亿", None, factor), side_of(tail.lstrip("零"), scale, factor)
        if part.high >= whole.step:
            raise refused("too_much", number + scale)
        low, high = whole.low + part.low, whole.low + part.high
        return Side(low, high, part.step, part.nonzero_step, whole.arabic)
    if scale:
        for char in "".join(scale.split()).lstrip("个"):
            factor *= SCALES[char]
    side = read_numeral(number, factor)
    return side._replace(low=-side.low, high=-side.high) if minus else side


_BOUND_OF = {"about": "about", "near": "under", "more": "over", "above": "over", "below": "under"}


def qualifiers(*printed: str | None) -> list[str]:
    """What the qualifiers of a print do, each once."""
    marks: list[str] = []
    for mark in printed:
        if mark and words.MARKS[mark] not in marks:
            marks.append(words.MARKS[mark])
    return marks


def _bounds(side: Side, mark: str) -> Interval:
    value, unit = Fraction(side.low), Fraction(side.nonzero_step)
    if value < 0 and mark in ("near", "more"):
        # -30余万元 is further from zero than -30万元.
        return -_bounds(Side(-value, -value, side.step, unit), mark)
    if mark == "about":
        return Interval(value - unit / 2, value + unit / 2)
    if mark == "near":
        # 近10亿元 is no nothing: where the one digit is a 1 the unit is the value itself.
        return Interval(value - (value / 10 if unit == value else unit), value)
    if mark == "more":
        return Interval(value, value + unit)
    return Interval(value, None) if mark == "above" else Interval(None, value)


def measured(
    printed: str,
    kind: str,
    unit: str,
    side: Side,
    marks: list[str],
    *,
    last: Side | None = None,
    numeral: str,
    counted: str = "",
    exact: bool = False,
) -> Reading:
    value, half = Fraction(side.low), Fraction(side.step, 2)
    if kind not in _SIGNED and side.low < 0:
        raise refused("below_zero", printed, kind=kind)
    if last is not None or side.low != side.high:
        low, high = value, Fraction((last or side).high)
        if low >= high:
            raise refused("no_rise", printed)
        value, interval, bound = (low + high) / 2, Interval(low, high), "range"
    elif marks:
        interval = _bounds(side, marks[0])
        bound = _BOUND_OF[marks[0]]
        # 超过300余名 says the same twice; 近500余名 leaves both ends in doubt: the wider.
        for mark in marks[1:]:
            interval = interval.join(_bounds(side, mark))
            bound = bound if bound == _BOUND_OF[mark] else "about"
    elif exact or kind not in _ROUNDED:
        interval, bound = Interval(value, value), "exact"
    else:
        # 0万元: a printed amount without a minus sign is not below zero. 增长0% may be.
        low = value if not value and kind != "share" else value - half
        interval, bound = Interval(low, value + half), "rounded"
    return Reading(printed, NOWHERE, kind, value, unit, interval, bound, numeral, None, counted)


def read_amount(match: re.Match[str], kind: str | None, unit: str | None) -> Reading:
    printed = match.group()
    in_range = match.re is g.RANGE_OR_ONE and match["range"] is not None
    first_unit, last_unit = match["u1"], match["u2"] if in_range else None
    inside = None
    if first_unit in g.MONTH_INSIDE or last_unit in g.MONTH_INSIDE:
        inside = "多"
        first_unit = g.MONTH_INSIDE.get(first_unit or "", first_unit)
        last_unit = g.MONTH_INSIDE.get(last_unit or "", last_unit)
    for number in (match["n1"], match["n2"] if in_range else ""):
        inside = inside or "".join(filter(None, _PIECES.findall(number))).strip() or None
    if first_unit == "个" and match["hu"] is not None:
        first_unit = {"月": "个月", "小时": "个小时", "年": "年"}[match["hu"]]
    what, base, factor, counted = _unit(first_unit or last_unit or "", match, kind, unit)
    last_factor = factor
    if first_unit and last_unit and first_unit != last_unit:
        far = _unit(last_unit, match, kind, unit)
        if (what, base) != far[:2]:
            raise refused("two_units", printed, first=first_unit, last=last_unit)
        last_factor = far[2]
    after = match["a"]
    if in_range and match["open"]:
        # 3万元以上5万元以下: two open ends are one range.
        if not match["below"] and (after is None or words.MARKS[after] != "below"):
            raise refused("open_end", printed)
        after = None
    marks = qualifiers(match["q"], match["m1"], inside, match["k"], after)
    if not marks and g.BARE_SCALE.fullmatch(match["n1"] + (match["s1"] or "")):
        # 百万吨, 万亿元: a scale alone says no more than its size.
        marks = ["about"]
    last = None
    if in_range:
        side, last = _range_sides(match, factor, last_factor, bool(first_unit))
    else:
        side = side_of(match["n1"], match["s1"], factor, match["minus1"])
    if any(match.group("cm", "ch", "cn")):
        side, base = _with_shorter(match, side, base)
    elif any(match.group("j", "f", "h", "jj", "mm", "cc")):
        side = _with_small_change(match, side, half=match["h"] is not None, factor=factor)
    return measured(
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
_SHARED_SCALE = re.compile(
    rf"(?:[0-9.,]+|[^百千万亿个]+)(?:{_PIECES.pattern})?(?P<scale>[百千万亿]*)"
)


_SHARED_BIG_SCALE = re.compile(r"[^万亿]+?(?P<scale>[万亿]*)")


def _range_sides(
    match: re.Match[str], first_factor: Number, last_factor: Number, has_unit: bool
) -> tuple[Side, Side]:
    """Both ends; in 3-5万元 the scale of the second end is the first one's too."""
    last = side_of(match["n2"], match["s2"], last_factor, match["minus2"])
    first = side_of(match["n1"], match["s1"], first_factor, match["minus1"])
    printed = match["n1"] + (match["s1"] or "")
    if has_unit or re.search("[万亿]", printed):
        return first, last
    # 一百二十到一百五十万元: the 百 is each end's own, the 万 is both ends'.
    own = re.search("[百千]", printed)
    scale = (_SHARED_BIG_SCALE if own else _SHARED_SCALE).fullmatch(match["n2"])
    if scale is not None:
        scales = scale["scale"] + (match["s2"] or "")
        shared = side_of(match["n1"], scales, last_factor, match["minus1"])
        if shared.low < last.low:
            return shared, last
    if 0 < _WIDEST * first.low < last.low:
        raise refused("too_wide", match.group())
    return first, last


def _with_small_change(match: re.Match[str], side: Side, *, half: bool, factor: Number) -> Side:
    """元 followed by 角 and 分; a unit followed by 半."""
    value, step = side.low, side.step
    tenth = Fraction(1, 10)
    # 七成五 is 75 per cent: what follows 成 counts whole per cents.
    for name, part in (("j", tenth), ("jj", tenth), ("f", tenth / 10), ("cc", Fraction(1))):
        if match[name]:
            value += read_numeral(match[name]).low * part
            step = part
    for digit in match["mm"] or "":
        step = Fraction(step, 10)
        value += read_numeral(digit).low * step
    if half:
        step = Fraction(factor, 2)
        value += step
    if side.low < 0:
        value = 2 * side.low - value
    return Side(value, value, step, step, side.arabic)


def _with_shorter(match: re.Match[str], side: Side, base: str) -> tuple[Side, str]:
    """A duration in two units, in the shorter one: 一年零三个月 is 15 months."""
    if match["cm"]:
        base = "month"
        value = 12 * side.low + read_numeral(match["cm"]).low
        step: Number = 1
    else:
        step = Fraction(1, 24 if match["ch"] else 1440)
        value = side.low + step * read_numeral(match["ch"] or match["cn"]).low
    return Side(value, value, step, step, side.arabic), base


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
            raise refused("scaled_noun", printed, word=word)
        what, counted = "count", word
    elif kind == "money" or (hint and _CURRENCY.fullmatch(hint)):
        what, base = "money", "CNY"
    elif kind != "count":
        if match["n1"][0] in g.CN and not re.search("[万亿]", printed):
            return "count", "", factor, ""
        if re.search("[百千万亿]", printed):
            raise refused("bare_scale", printed)
        raise refused("bare_number", printed)
    if kind is not None and kind != what:
        raise refused("other_kind", printed, what=what, kind=kind)
    if word == "方" and not re.search("[百千万亿]|[0-9]{3}", printed):
        raise refused("parties", printed)
    if hint is None or hint == base:
        return what, base, factor, counted
    if what == "mass" and hint == "kg/day":
        return "flow", hint, factor, counted
    if what == "volume" and hint in _FLOWS:
        return "flow", "m3/day", factor * _FLOWS[hint], counted
    if what == "money" and base == "CNY" and _CURRENCY.fullmatch(hint):
        return what, hint, factor, counted
    raise refused("no_fit", printed, hint=hint, what=f"{what}, {base}" if base else what)


_FLOWS: dict[str, Number] = {"m3/day": 1, "m3/hour": 24, "m3/second": 86400}
"""Times that a volume flows in a day, by the unit printed before it (每小时抽水)."""


# --- dates and periods, as coarse as the print ---


@dataclass(frozen=True, slots=True)
class Point:
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


def whole_number(digits: str | None) -> int | None:
    """The number of a year, month or day; 元月 is the first."""
    if digits is None:
        return None
    return 1 if digits == "元" else int(read_numeral(digits).value)


def _full_year(digits: str | None, year: int | None) -> int | None:
    """A printed year; 08年 is the nearest such year that is no more than ten years ahead."""
    number = whole_number(digits)
    if number is None or number > 99:
        return number
    return None if year is None else year + 10 - (year + 10 - number) % 100


def read_date(match: re.Match[str], year: int | None) -> Reading:
    short = match["y1"] is not None and len("".join(match["y1"].split())) == 2
    first = Point(
        _full_year(match["y1"], year) if short else whole_number(match["y1"]) or year,
        whole_number(match["m1"]),
        whole_number(match["d1"]),
        match["p1"] or "",
    )
    points = [first]
    last_day = match["d2"] or match["d3"]
    if match["y2"] or match["m2"] or last_day:
        month = whole_number(match["m2"])
        if month is None and last_day:
            month = first.month
            if month is None:
                raise refused("no_month", match.group())
        last_year = _full_year(match["y2"], year)
        over_new_year = bool(month and first.month and first.month > month)
        if match["y1"] is None and last_year:
            first = replace(first, year=last_year - over_new_year)
            points = [first]
        elif not match["y2"] and first.year and over_new_year:
            last_year = first.year + 1
        points.append(
            Point(last_year or first.year, month, whole_number(last_day), match["p2"] or "")
        )
    return dated(match.group(), points, before=match["before"] is not None)


def dated(printed: str, points: list[Point], *, before: bool = False) -> Reading:
    of_parts = len(points) == 2 or points[0].part.lstrip("第") in _PARTS
    kind = "period" if of_parts else "date"
    value: str | None = None
    days: tuple[str | None, str | None] | None = None
    for point in points:
        # Without a year 2月29日 may be right; only a leap year can tell.
        known = point.year or 2000
        if point.month and point.day and point.day > calendar.monthrange(known, point.month)[1]:
            raise refused("no_such_day", printed, month=point.month, day=point.day)
    if all(point.year is not None for point in points):
        ends = [point.days() for point in points]
        value = "/".join(end[0] for end in ends)
        first, last = ends[0][1], ends[-1][2]
        if first > last:
            raise refused("backwards", printed)
        days = (None if before else first, last)
    bound = "under" if before else "exact"
    return Reading(printed, NOWHERE, kind, value, "", None, bound, numeral_of(printed), days)


def read_day(match: re.Match[str], year: int | None) -> Reading:
    """2017-04-13 and 13.04.2017."""
    names = ("iy", "im", "id") if match["iy"] else ("fy", "fm1", "fd")
    known, month, day = (whole_number(match[name]) for name in names)
    return dated(match.group(), [Point(known, month, day, "")])


def read_plan_period(match: re.Match[str], year: int | None) -> Reading:
    first = words.PLANS[match["plan"]]
    ends = [Point(first, None, None, ""), Point(first + 4, None, None, "")]
    return dated(match.group(), ends)


def read_quarter(match: re.Match[str], year: int | None) -> Reading:
    return dated(match.group(), [Point(year, None, None, match.group())])


# --- whatever its kind ---


def read_print(printed: str, kind: str | None, unit: str | None, year: int | None) -> Reading:
    """The quantity of a slice in plain print; the span is left for the caller."""
    if not printed:
        raise refused("nothing", printed)
    if len(printed) > _LONGEST_PRINT:
        raise refused("too_long", printed, length=len(printed))
    if unit and g.NUMBER_ALONE.fullmatch(printed) and g.RANGE_OR_ONE.fullmatch(printed + unit):
        # A number of a list, whose scale and unit stand behind the last one: 0.9、5.9个百分点.
        return read_print(printed + unit, kind, None, year)._replace(printed=printed, shared=unit)
    if kind in ("list_number", "contact", "code"):
        return named(printed, kind)
    if match := g.SPECIAL.fullmatch(printed):
        return READERS[str(match.lastgroup)](match, year)
    match = g.RANGE_OR_ONE.fullmatch(printed)
    if match is None and g.AROUND["grade"].fullmatch(printed):
        return named(printed, "code")
    if match is None:
        raise refused("not_one", printed)
    return read_amount(match, kind, unit)


_LONGEST_PRINT = 60
_Reader = Callable[[re.Match[str], int | None], Reading]


def _exact(kind: str, number: str, unit: str, *, noun: str = "", counted: str = "") -> _Reader:
    """Reads a number that no word makes less than exact, with the noun that the print counts."""

    def read(match: re.Match[str], year: int | None) -> Reading:
        what = match[noun] or "" if noun else counted
        value = read_numeral(match[number]).value
        return exactly(match.group(), kind, value, unit, counted=what)

    return read


def _half(match: re.Match[str], year: int | None) -> Reading:
    unit = words.UNITS[match["half_unit"] if match["half_unit"] != "月" else "个月"]
    half = Fraction(unit.factor, 2)
    return measured(
        match.group(),
        unit.kind,
        unit.base,
        Side(half, half, half, half),
        qualifiers(match["hq"], match["hm"], match["hk"], match["ha"]),
        numeral="chinese",
    )


def _fraction(match: re.Match[str], year: int | None) -> Reading:
    if match["of"] is None:
        marks = qualifiers(match["fq"], match["fa"])
        half = Side(50, 50, 10, 10)
        return measured(match.group(), "share", "%", half, marks, numeral="chinese", exact=True)
    whole = read_numeral(match["of"])
    if not whole.value:
        raise refused("of_nothing", match.group())
    percent = 100 / whole.value
    part = side_of(match["fn1"], None, percent, match["fminus"])
    last = None if match["frange"] is None else side_of(match["fn2"], None, percent)
    return measured(
        match.group(),
        "share",
        "%",
        part,
        qualifiers(match["fq"], match["fm"], match["fa"]),
        last=last,
        numeral="arabic" if part.arabic else "chinese",
        # 三分之一 and 百分之百 have no last digit that was rounded; 百分之三十 has.
        exact=match["of"] not in ("百", "千", "万", "100", "1000") or match["fn1"] == "百",
    )


READERS: dict[str, _Reader] = {
    "iso": read_day,
    "day_first": read_day,
    "date": read_date,
    "plan_period": read_plan_period,
    "quarter": read_quarter,
    "map_scale": _exact("map_scale", "denominator", "scale_denominator"),
    "code": lambda match, year: named(match.group(), "code"),
    "fraction": _fraction,
    "half": _half,
    "ones": _exact("count", "ones_number", "个", counted="一"),
    "bigs": _exact("count", "big", "", noun="noun"),
    "bare_nouns": _exact("count", "bare", "", noun="bare_noun"),
}
