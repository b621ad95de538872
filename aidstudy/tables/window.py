"""When a page was written: inferred from its own dates, as it prints none of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from aidstudy.tables.days import first_day, last_day


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
