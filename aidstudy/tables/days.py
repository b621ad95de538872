"""Dates as coarse as the print, the days that they cover, and when a page was written."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

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


@dataclass(frozen=True, slots=True)
class WritingWindow:
    """When the page was written: inferred, since it prints no date of its own.

    Parameters
    ----------
    first_day, last_day : datetime.date
        The last past day that the page dates, and the last day of its first future deadline.
    first_event, last_event : str
        Ids of the two events.
    """

    first_day: dt.date
    last_day: dt.date
    first_event: str
    last_event: str


def window_of(events: Iterable[Mapping[str, Any]]) -> WritingWindow | None:
    """The window in which a page was written, from the rows of its events.

    ``None`` when no past event has a day, or no deadline follows it.
    """
    rows = list(events)
    past = [row for row in rows if row["realised"] == "yes" and row["precision"] == "day"]
    if not past:
        return None
    opening = max(past, key=lambda row: last_day(row["end_date"]))
    first = last_day(opening["end_date"])
    coming = [
        row for row in rows if pd.isna(row["start_date"]) and last_day(row["end_date"]) > first
    ]
    if not coming:
        return None
    closing = min(coming, key=lambda row: last_day(row["end_date"]))
    return WritingWindow(
        first, last_day(closing["end_date"]), opening["event_id"], closing["event_id"]
    )


def days_of(
    event: Mapping[str, Any], window: WritingWindow | None
) -> tuple[dt.date | None, dt.date]:
    """First and last day on which an event can have been; a deadline has no first.

    What had happened when the page was written ends with the window of writing at the latest,
    however coarse its date is.
    """
    first = None if pd.isna(event["start_date"]) else first_day(event["start_date"])
    last = last_day(event["end_date"])
    if event["realised"] == "yes" and window is not None:
        last = min(last, window.last_day)
    return first, last
