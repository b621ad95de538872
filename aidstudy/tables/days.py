"""Dates as coarse as the print, the days that they cover, and when a page was written."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aidstudy.errors import TableError


def first_day(date: str) -> dt.date:
    """The first day of a date as coarse as the print: ``2012``, ``2012-10`` or ``2012-04-12``."""
    return _days(date)[0]


def last_day(date: str) -> dt.date:
    """The last day of a date as coarse as the print."""
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
    """When the page was written: from its last past day to its first future deadline."""

    first_day: dt.date
    last_day: dt.date
    first_event: str
    last_event: str


def window_of(events: Iterable[Mapping[str, Any]]) -> WritingWindow | None:
    """The window in which a page was written; none without a past day and a deadline behind it."""
    ends = [(last_day(row["end_date"]), row) for row in events]
    past = [p for p in ends if p[1]["realised"] == "yes" and p[1]["precision"] == "day"]
    first, opening = max(past, key=lambda pair: pair[0], default=(None, None))
    coming = [p for p in ends if first and pd.isna(p[1]["start_date"]) and p[0] > first]
    last, closing = min(coming, key=lambda pair: pair[0], default=(None, None))
    if first is None or opening is None or last is None or closing is None:
        return None
    return WritingWindow(first, last, opening["event_id"], closing["event_id"])


def dated(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Events with their first and last day; what had happened ends with the window of writing."""
    rows = [{**event, "projects": event["project_id"]} for event in events]
    window = window_of(rows)
    for row in rows:
        row["first_day"] = None if pd.isna(row["start_date"]) else first_day(row["start_date"])
        row["last_day"] = last_day(row["end_date"])
        if row["realised"] == "yes" and window is not None:
            row["last_day"] = min(row["last_day"], window.last_day)
    return rows
