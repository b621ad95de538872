"""What happened in the year of the reports: days as points, months as spans, the rest in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import timeline, writing_window
from aidstudy.plots.drawn import drawn_table, plain_row
from aidstudy.plots.kit import (
    Canvas,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    text_width,
    widest,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    Lang,
    Words,
    count_word,
    day_name,
    is_missing,
    listing,
    month_name,
)
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

STEM = "events"
_NEEDS = ("event_id", "lane", "first_day", "last_day", "precision", "kind", "realised", "deadline")

Counties = Mapping[str, tuple[str, str]]
"""Short names of the counties of a study, English and Chinese, in the order of the page."""


class Window(Protocol):
    """When the page was written, as :func:`aidstudy.analysis.timeline.writing_window` says."""

    first_day: dt.date
    last_day: dt.date
    first_event: str
    last_event: str


def rows_events(
    events: pd.DataFrame,
    window: Window | None = None,
    counties: Counties | None = None,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The rows that :func:`plot_events` draws; days in ISO form, ``low`` and ``high`` inclusive.

    A county without any event gets a row too, not reported. The window rests on the two events
    that set it. ``offsets`` are the places of the ``figures``, in their order.
    """
    found = listed_rows(checked_table(STEM, events, _NEEDS, "aidstudy.timeline()"))
    names = {row["lane"]: Words.of(row, "recipient") for row in found}
    if counties is not None:
        ours = {lane: texts_of(STEM).words("province") for lane in names if lane not in counties}
        names = ours | {lane: Words(*name) for lane, name in counties.items()}
    lanes = list(names)
    found.sort(key=lambda row: (lanes.index(row["lane"]), _rank(row)))
    rows = [_event_row(row, names[row["lane"]]) for row in found]
    by_event = {row["mark"]: row for row in rows}
    said = {row["lane"] for row in rows}
    for lane in lanes:
        if lane not in said:
            rows.append(plain_row(f"none-{lane}", "events", names[lane], None, unit="in words",
                                  state="not_reported", lane=lane, place=names[lane],
                                  kind="none"))  # fmt: skip
    rows.sort(key=lambda row: lanes.index(row["lane"]))
    rows = in_order(STEM, rows, order, "lane")
    if window is not None:
        ends = [by_event[one] for one in (window.first_event, window.last_event) if one in by_event]
        bounds = (window.first_day, window.last_day)
        rows.append(plain_row("window", "writing_window", texts_of(STEM).words("window"), None,
                              bounds=bounds, unit="date", state="bounds_only", kind="window",
                              figures=" ".join(end["figures"] for end in ends),
                              offsets=" ".join(end["offsets"] for end in ends)))  # fmt: skip
    return drawn_table(rows)


def _rank(row: Mapping[str, Any]) -> tuple[int, dt.date]:
    """Days and months, then deadlines, then what has only a year, then plans."""
    kinds = ("day", "span", "deadline", "year", "plan")
    return kinds.index(_kind(row)), row["last_day"]


def _kind(row: Mapping[str, Any]) -> str:
    """How an event is drawn: with a day, a span of months, or in words as it has only a year."""
    if row["deadline"]:
        return "deadline"
    if row["kind"] == "plan_period":
        return "plan"
    return {"day": "day", "year": "year"}.get(row["precision"], "span")


def _event_row(row: Mapping[str, Any], name: Words) -> dict[str, Any]:
    pointed = row["precision"] == "day" or row["deadline"]
    return plain_row(
        row["event_id"],
        f"{row['kind']}{'_planned' if row['realised'] == 'planned' else ''}",
        Words.of(row, "label"),
        row["last_day"] if pointed else None,
        bounds=(row["first_day"], row["last_day"]),
        unit="date" if _kind(row) in ("day", "deadline", "span") else "in words",
        state="printed" if pointed else "bounds_only",
        figures=row["figures"] or "",
        offsets=row["places"] or "",
        kind=_kind(row),
        lane=row["lane"],
        place=name,
        planned=row["realised"] == "planned",
    )


def plot_events(
    events: pd.DataFrame,
    window: Window | None = None,
    counties: Counties | None = None,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw each event with a day or months on a line of its own, by county; the rest in words.

    `events`: from :func:`aidstudy.timeline`; some of its rows will do. `window`: when the page
    was written, from :func:`aidstudy.writing_window`; a band behind the events. `counties`:
    counties to draw, with their names; those that have an event by default.
    """
    rows = rows_events(events, window, counties, order)
    with canvas(STEM, ax, lang) as on:
        figure = on.ax.figure.figure
        inside = on.ax.get_window_extent().width * 72 / figure.dpi
        _draw(on, listed_rows(rows), 0.8 * inside)
        return on.ax


def _draw(on: Canvas, rows: list[dict[str, Any]], width: float) -> None:
    """The lanes under one another, words wrapped to a width in points."""
    shown = [row for row in rows if row["kind"] != "window"]
    year = _year(rows)
    start, end = _day(dt.date(year, 1, 1)), _day(dt.date(year + 1, 1, 1))
    on.ax.set_xlim(start, end)
    y, names, places = 0.0, [], []
    for lane in dict.fromkeys(row["lane"] for row in shown):
        own = [row for row in shown if row["lane"] == lane]
        if y:
            on.ax.axhline(y - 0.6, color=on.palette.rule, linewidth=body_size() / 14, zorder=0.5)
        names.append(own[0]["place"].say(on.lang))
        places.append(y)
        for row in own:
            if row["kind"] in ("day", "deadline"):
                _point(on, row, y)
            elif row["kind"] == "span":
                _span(on, row, y)
            elif row["kind"] == "none":
                on.missing(y, row["mark"], on.say("none"), size=note_size())
            else:
                continue
            y += 1
        for kind in ("year", "plan"):
            words = [row for row in own if row["kind"] == kind]
            if words:
                y += 0.82 * _in_words(on, words, on.say(kind, year=year), y, width) + 0.18
        y += 0.3
    on.rows(names, places=places)
    on.ax.set_ylim(y - 0.7, -0.7)
    on.bare("left")
    _months(on, year)
    for row in rows:
        if row["kind"] == "window":
            _band(on, row)


def _in_words(
    on: Canvas, rows: Sequence[Mapping[str, Any]], lead: str, y: float, width: float
) -> int:
    """Events one after the other in lines of text, each with its id; returns the lines."""
    size, line, used = note_size(), 0, 0.0
    pieces = [(lead, "")]
    for row in rows:
        text = Words.of(row, "label").say(on.lang)
        if row["kind"] == "plan" and row["low"].year != row["high"].year:
            text += on.say("years", first=row["low"].year, last=row["high"].year)
        text += on.say("stop" if row is rows[-1] else "between")
        parts = [text] if on.lang == "zh" else text.split(" ")
        pieces += [(part, row["mark"]) for part in parts]
    runs: list[list[Any]] = []  # line, offset, text, mark
    for text, mark in pieces:
        wide = text_width(f"{text} ", size=size) if on.lang == "en" else text_width(text, size=size)
        if used and used + wide > width:
            line, used = line + 1, 0.0
        if runs and runs[-1][0] == line and runs[-1][3] == mark and on.lang == "en":
            runs[-1][2] += f" {text}"
        else:
            runs.append([line, used, text, mark])
        used += wide
    told = set()
    for number, dx, text, mark in runs:
        colour = on.palette.ink if mark else on.palette.grey
        gid = None if mark in told else mark or None
        told.add(mark)
        on.put(text, 0, y + 0.82 * number, coords="edge", dx=4 + dx, size=size, colour=colour,
               mark=gid)  # fmt: skip
    return line + 1


def _point(on: Canvas, row: Mapping[str, Any], y: float) -> None:
    # A day is drawn at its noon; a deadline at its end.
    x = _day(row["value"]) + (1.0 if row["kind"] == "deadline" else 0.5)
    label = "planned" if row["planned"] else "day"
    on.dot(x, y, hollow=row["planned"], gid=row["mark"], label=label)
    day, name = day_name(row["value"], on.lang), Words.of(row, "label").say(on.lang)
    late = x > sum(on.ax.get_xlim()) / 2
    step = 0.95 * body_size() * (-1 if late else 1)
    first, then = (name, day) if late else (day, name)
    past = text_width(first, size=note_size()) + 0.55 * body_size()
    look = {"ha": "right" if late else "left"}
    for text, dx in ((first, step), (then, step + (-past if late else past))):
        (on.put if text is name else on.quiet)(text, x, y, dx=dx, size=note_size(), **look)


def _span(on: Canvas, row: Mapping[str, Any], y: float) -> None:
    left, right = _day(row["low"]), _day(row["high"]) + 1
    edges = on.ax.get_xlim()
    on.span(max(left, edges[0]), min(right, edges[1]), y, gid=row["mark"], label="within this span")
    text = Words.of(row, "label").say(on.lang)
    on.put(text, min(right, edges[1]), y, dx=0.6 * body_size(), size=note_size())


def _day(day: dt.date) -> float:
    return float(date2num(day))  # type: ignore[no-untyped-call]


def _year(rows: Sequence[Mapping[str, Any]]) -> int:
    """The year in which most events fall."""
    years = [row["high"].year for row in rows if row["kind"] not in ("plan", "window", "none")]
    return max(set(years), key=years.count) if years else 1970


def _months(on: Canvas, year: int) -> None:
    starts = [_day(dt.date(year, month, 1)) for month in range(1, 13)]
    starts.append(_day(dt.date(year + 1, 1, 1)))
    on.ax.set_xticks(starts, [""] * len(starts))
    middles = [(a + b) / 2 for a, b in pairwise(starts)]
    names = [month_name(month, on.lang) for month in range(1, 13)]
    on.ax.set_xticks(middles, names, minor=True, fontsize=note_size())
    on.ax.tick_params(axis="x", which="minor", length=0)
    on.ax.set_xlabel(on.say("axis", year=year))


def _band(on: Canvas, row: Mapping[str, Any]) -> None:
    left, right = _day(row["low"]), _day(row["high"]) + 1
    look = {"facecolor": on.palette.band, "edgecolor": "none", "zorder": 0, "gid": row["mark"]}
    on.ax.axvspan(left, right, **look, label="window of writing")
    on.head((on.say("window"),), (left + right) / 2, size=note_size(), colour=on.palette.grey)


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found = listed_rows(rows)
    events = [row for row in found if row["kind"] not in ("window", "none")]
    window = next((row for row in found if row["kind"] == "window"), None)
    days = [row for row in events if row["kind"] == "day"]
    told = [
        f"{day_name(row['value'], lang)} {Words.of(row, 'label').say(lang)}"
        for row in events
        if row["kind"] in ("day", "deadline")
    ]
    none = [row["place"].say(lang) for row in found if row["kind"] == "none"]
    return {
        "days": count_word(len(days), lang),
        "events": count_word(len(events), lang),
        "only": count_word(sum(row["kind"] == "year" for row in events), lang),
        "year": str(_year(found)),
        "first": "" if window is None else day_name(window["low"], lang),
        "last": "" if window is None else day_name(window["high"], lang),
        "none": listing(none, lang),
        "told": joined(told, lang),
    }


def _figure(
    page: Sheet, message: str, events: pd.DataFrame, window: Window | None, counties: Counties
) -> Figure:
    rows = listed_rows(rows_events(events, window, counties))
    if page.slide:
        rows = [row for row in rows if row["kind"] not in ("year", "plan", "none")]
    names = widest(row["place"].say(page.lang) for row in rows if not is_missing(row["lane"]))
    with canvas(STEM, page.axes(), page.lang) as on:
        _draw(on, rows, page.width - names - 2.2 * body_size())
    return page.compose(on.ax, pitch=1.4, headline=message)


def _counties(study: StudyLike) -> dict[str, tuple[str, str]]:
    places = load_study(study).recipients
    return {slug: (place.short_en, place.short_zh) for slug, place in places.items()}


PLOT = Plot(
    STEM,
    ("events", "figures"),
    lambda study: {
        "events": timeline(study),
        "window": writing_window(study),
        "counties": _counties(study),
    },
    rows_events,
    _figure,
    _facts,
    omitted=lambda preset: frozenset({"in words"} if preset.headline else ()),
)
