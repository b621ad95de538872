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

    >>> day_text(dt.date(2012, 9, 5), "en"), day_text(dt.date(2012, 9, 5), "zh")
    ('5 September 2012', '2012年9月5日')
    """
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS.split()[day.month - 1]} {day.year}"


def first_day(date: str) -> dt.date:
    """The first day of a date as coarse as the print: ``2012``, ``2012-10`` or ``2012-04-12``.

    >>> first_day("2012-10")
    datetime.date(2012, 10, 1)
    """
    return _days(date)[0]


def last_day(date: str) -> dt.date:
    """The last day of a date as coarse as the print.

    >>> last_day("2012"), last_day("2012-02")
    (datetime.date(2012, 12, 31), datetime.date(2012, 2, 29))
    """
    return _days(date)[1]


def _days(date: str) -> tuple[dt.date, dt.date]:
    try:
        year, month, day, *_ = [*map(int, date.split("-")), 0, 0]
        last = day or calendar.monthrange(year, month or 12)[1]
        return dt.date(year, month or 1, day or 1), dt.date(year, month or 12, last)
    except ValueError as error:
        raise TableError(
            f"date {date!r}: not a date ({error}); write 2012, 2012-10 or 2012-04-12", printed=date
        ) from None


@dataclass(frozen=True, slots=True)
class WritingWindow:
    """When the page was written: inferred, since it prints no date of its own.

    From the last past day that the page dates to the last day of its first future deadline, with
    the ids of the two events.
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
