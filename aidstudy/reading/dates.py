"""Dates and periods as printed, as coarse as the print."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace

from aidstudy.reading.figure import NOWHERE, Reading, numeral_of, refused
from aidstudy.reading.numerals import read_numeral
from aidstudy.reading.words import PLANS


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
    first = PLANS[match["plan"]]
    ends = [Point(first, None, None, ""), Point(first + 4, None, None, "")]
    return dated(match.group(), ends)


def read_quarter(match: re.Match[str], year: int | None) -> Reading:
    return dated(match.group(), [Point(year, None, None, match.group())])
