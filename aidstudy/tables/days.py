"""Dates as coarse as the print, and the days that they cover."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Literal

from aidstudy.errors import TableError

# The names that the standard library gives follow the locale.
_MONTHS = "January February March April May June July August September October November December"


def day_text(day: dt.date, lang: Literal["en", "zh"]) -> str:
    """A day in words.

    Examples
    --------
    >>> day_text(dt.date(2012, 9, 5), "en"), day_text(dt.date(2012, 9, 5), "zh")
    ('5 September 2012', '2012年9月5日')
    """
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}"


def first_day(date: str) -> dt.date:
    """The first day of a date as coarse as the print: ``2012``, ``2012-10`` or ``2012-04-12``.

    Examples
    --------
    >>> first_day("2012-10")
    datetime.date(2012, 10, 1)
    """
    year, month, day = _parts(date)
    return _date(date, year, month or 1, day or 1)


def last_day(date: str) -> dt.date:
    """The last day of a date as coarse as the print.

    Examples
    --------
    >>> last_day("2012"), last_day("2012-02")
    (datetime.date(2012, 12, 31), datetime.date(2012, 2, 29))
    """
    year, month, day = _parts(date)
    month = month or 12
    return _date(date, year, month, day or calendar.monthrange(year, month)[1])


def _parts(date: str) -> tuple[int, int | None, int | None]:
    pieces = date.split("-")
    if not all(piece.isdigit() for piece in pieces) or len(pieces) > 3:
        raise TableError(
            f"date {date!r}: not a date; write 2012, 2012-10 or 2012-04-12", printed=date
        )
    numbers = [int(piece) for piece in pieces] + [None, None]
    year = numbers[0]
    assert year is not None
    return year, numbers[1], numbers[2]


def _date(printed: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise TableError(f"date {printed!r}: {error}; correct it", printed=printed) from None
