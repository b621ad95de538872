"""What happened in the year of the reports: days and months over an axis, the rest in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from aidstudy.analysis.timeline import timeline, writing_window
from aidstudy.bilingual import Words
from aidstudy.plots.drawn import checked_rows, drawn_table, in_order, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Look, Order, Row, Rows, Table, Voice
from aidstudy.plots.words import is_missing
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

STEM = "events"
_KINDS = ("day", "span", "deadline", "year", "plan")
"""How an event is drawn: days and months, then deadlines, then in words what has only a year."""

_MONTHS_HIGH = 2.6
"""Rows that the names of the months take."""

Counties = Mapping[str, tuple[str, str]]
"""Short names of the counties of a study, English and Chinese, in the order of the page."""


def rows_events(
    events: Table, window: Any = None, counties: Counties | None = None, order: Order = None
) -> Table:
    """The rows that :func:`plot_events` draws; days in ISO form, ``low`` and ``high`` inclusive.

    A county without any event gets a row too, not reported. The window rests on the two events
    that set it. ``offsets`` are the places of the ``figures``, in their order.
    """
    found = checked_rows(STEM, events)
    names = {row.lane: row.words("recipient") for row in found}
    if counties is not None:
        ours = {lane: texts_of(STEM).words("province") for lane in names if lane not in counties}
        names = ours | {lane: Words(*name) for lane, name in counties.items()}
    lanes = list(names)
    found.sort(key=lambda row: (lanes.index(row.lane), _KINDS.index(_kind(row)), row.last_day))
    rows = [_event_row(row, names[row.lane]) for row in found]
    by_event, said = {row.mark: row for row in rows}, {row.lane for row in rows}
    for lane, name in names.items():
        if lane not in said:
            more = {"lane": lane, "place": name, "kind": "none", "state": "not_reported"}
            rows.append(plain_row(f"none-{lane}", "events", name, None, unit="in words", **more))
    rows.sort(key=lambda row: lanes.index(row.lane))
    rows = in_order(STEM, rows, order, "lane")
    if window is not None:
        ends = [by_event[one] for one in (window.first_event, window.last_event) if one in by_event]
        cells: Look = {part: " ".join(end[part] for end in ends) for part in ("figures", "offsets")}
        cells |= {"bounds": (window.first_day, window.last_day), "kind": "window", "unit": "date"}
        cells |= {"state": "bounds_only"}
        words = texts_of(STEM).words("window")
        rows.append(plain_row("window", "writing_window", words, None, **cells))
    return drawn_table(rows)


def _kind(row: Row) -> str:
    if row.deadline:
        return "deadline"
    if row.kind == "plan_period":
        return "plan"
    return {"day": "day", "year": "year"}.get(row.precision, "span")


def _event_row(row: Row, name: Words) -> Row:
    kind, planned = _kind(row), row.realised == "planned"
    pointed = kind == "deadline" or row.precision == "day"
    more: Look = {"kind": kind, "lane": row.lane, "place": name, "planned": planned}
    more |= {"state": "printed" if pointed else "bounds_only"}
    more |= {"unit": "in words" if kind in ("year", "plan") else "date"}
    more |= {"figures": row.figures or "", "offsets": row.places or ""}
    more |= {"bounds": (row.first_day, row.last_day)}
    quantity, value = f"{row.kind}{'_planned' * planned}", row.last_day if pointed else None
    return plain_row(row.event_id, quantity, row.words(), value, **more)


def plot_events(
    events: Table,
    window: Any = None,
    counties: Counties | None = None,
    *,
    ax: On = None,
    lang: str = "en",
    order: Order = None,
) -> Axes:
    """Draw each event with a day or months on a line of its own, by county; the rest in words.

    `events`: from :func:`aidstudy.timeline`; some of its rows will do. `window`: when the page
    was written, from :func:`aidstudy.writing_window`; a band behind the events. `counties`:
    counties to draw, with their names; those that have an event by default.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_events(events, window, counties, order))


def _draw(on: Canvas, rows: Rows, width: float = 0, *, words: bool = True) -> None:
    """Dated events over an axis of months, the rest below it, wrapped to a width in points.

    Without `words` only how many the rest are.
    """
    width, year = width or 0.8 * on.size()[0], _year(rows)
    on.ax.set_xlim(_day(dt.date(year, 1, 1)), _day(dt.date(year + 1, 1, 1)))
    shown = [row for row in rows if row.kind != "window"]
    shown.sort(key=lambda row: row.unit != "date")
    y, foot, last, names, places = 0.0, 0.0, "", [], []
    for (unit, _), run in groupby(shown, key=itemgetter("unit", "lane")):
        own = list(run)
        if unit == last:
            on.ax.axhline(y - 0.6, color=on.palette.rule, linewidth=on.em / 14, zorder=0.5)
        elif last:
            y += _MONTHS_HIGH
        names.append(own[0].place.say(on.lang))
        places.append(y)
        last = unit
        if unit != "date":
            y += _told(on, own, y, year, width, words=words) + 0.3
            continue
        for row in own:
            (_span if row.kind == "span" else _point)(on, row, y)
            y += 1
        foot, y = y - 0.4, y + 0.3
    on.rows(names, places=places)
    on.ax.set_ylim(y - 0.7, -0.7)
    on.bare(*["left"] if foot else [])
    if foot:
        _months(on, year, foot)
        on.note(on.say("key"))
    for row in rows:
        if row.kind == "window":
            _band(on, row, foot)


def _told(on: Canvas, own: Rows, y: float, year: int, width: float, *, words: bool) -> float:
    """What has no month, in words or in number; returns the rows that it takes."""
    if own[0].kind == "none":
        on.missing(y, own[0].mark, on.say("none"), size=on.small)
        return 1
    start, space, counted = y, "" if on.zh else " ", []
    for kind in ("year", "plan"):
        told = [row for row in own if row.kind == kind]
        lead = on.say(kind, year=year)
        if told and words:
            y += 0.82 * _in_words(on, told, lead, y, width) + 0.18
        elif told:
            counted.append(f"{lead}{space}{len(told)}")
    if counted:
        on.quiet(on.joined(counted), 0, y, coords="edge", dx=on.gap)
    return y - start or 1


def _in_words(on: Canvas, rows: Rows, lead: str, y: float, width: float) -> int:
    """Events one after the other in lines of text, each with its id; returns the lines."""
    space, line, used, parts, placed = "" if on.zh else " ", 0, 0.0, [(lead, "")], []
    for row in rows:
        text = on.of(row)
        if row.kind == "plan" and row.low.year != row.high.year:
            text += on.say("years", first=row.low.year, last=row.high.year)
        text += on.say("stop" if row is rows[-1] else "between")
        parts += [(part, row.mark) for part in ([text] if on.zh else text.split(" "))]
    for text, mark in parts:
        wide = text_width(f"{text}{space}", size=on.small)
        if used and used + wide > width:
            line, used = line + 1, 0.0
        placed.append((line, mark, used, text))
        used += wide
    unmarked = {row.mark for row in rows}
    for (number, mark), run in groupby(placed, key=itemgetter(0, 1)):
        (_, _, dx, _), *_ = words = list(run)
        look: Look = {"size": on.small, "colour": on.palette.ink if mark else on.palette.grey}
        look |= {"coords": "edge", "dx": on.gap + dx, "mark": mark if mark in unmarked else None}
        unmarked.discard(mark)
        on.put(space.join(text for *_, text in words), 0, y + 0.82 * number, **look)
    return line + 1


def _point(on: Canvas, row: Row, y: float) -> None:
    # A day is drawn at its noon; a deadline at its end.
    x = _day(row.value) + (1.0 if row.kind == "deadline" else 0.5)
    label = "planned" if row.planned else "day"
    on.dot(x, y, hollow=row.planned, gid=row.mark, label=label)
    late = x > sum(on.ax.get_xlim()) / 2
    way, ha = (-1, "right") if late else (1, "left")
    parts = [(on.day(row.value), on.quiet), (on.of(row), on.put)]
    dx = 0.95 * on.em * way
    for text, put in reversed(parts) if late else parts:
        put(text, x, y, dx=dx, size=on.small, ha=ha)
        dx += way * (text_width(text, size=on.small) + 0.55 * on.em)


def _span(on: Canvas, row: Row, y: float) -> None:
    left, right = _day(row.low), _day(row.high) + 1
    edges = on.ax.get_xlim()
    on.span(max(left, edges[0]), min(right, edges[1]), y, gid=row.mark, label="within this span")
    on.put(on.of(row), min(right, edges[1]), y, dx=0.6 * on.em, size=on.small)


def _day(day: dt.date) -> float:
    return float(date2num(day))  # type: ignore[no-untyped-call]


def _year(rows: Rows) -> int:
    """The year in which most events fall."""
    years = [row.high.year for row in rows if row.kind not in ("plan", "window", "none")]
    return max(set(years), key=years.count) if years else 1970


def _months(on: Canvas, year: int, foot: float) -> None:
    on.ax.spines["bottom"].set_position(("data", foot))
    starts = [_day(dt.date(year + month // 12, month % 12 + 1, 1)) for month in range(13)]
    on.ax.set_xticks(starts, [""] * len(starts))
    middles = [(a + b) / 2 for a, b in pairwise(starts)]
    names = [on.month(month) for month in range(1, 13)]
    on.ax.set_xticks(middles, names, minor=True, fontsize=on.small)
    on.ax.tick_params(axis="x", which="minor", length=0)
    on.ax.set_xlabel(on.say("axis", year=year))


def _band(on: Canvas, row: Row, foot: float) -> None:
    left, right = _day(row.low), _day(row.high) + 1
    look: Look = {"colour": on.palette.band, "zorder": 0, "mark": row.mark}
    on.bar(left, right, (foot - 0.7) / 2, high=foot + 0.7, **look, label="window of writing")
    on.head((on.say("window"),), (left + right) / 2, size=on.small, colour=on.palette.grey)


def _facts(rows: Rows, voice: Voice) -> Facts:
    events = [row for row in rows if row.kind not in ("window", "none")]
    window = next((row for row in rows if row.kind == "window"), None)
    pointed = [row for row in events if row.kind in ("day", "deadline")]
    none = [row.place.say(voice.lang) for row in rows if row.kind == "none"]
    kinds = [row.kind for row in events]
    days, only = kinds.count("day"), kinds.count("year")
    return voice.counts(days=days, events=len(events), only=only) | {
        "year": str(_year(rows)),
        "first": "" if window is None else voice.day(window.low),
        "last": "" if window is None else voice.day(window.high),
        "none": voice.listing(none),
        "told": voice.joined(f"{voice.day(row.value)} {voice.of(row)}" for row in pointed),
    }


def _figure(page: Sheet, message: str, events: Table, window: Any, counties: Counties) -> Figure:
    rows = rows_events(events, window, counties)
    names = (place.say(page.lang) for place in rows["place"] if not is_missing(place))
    width = page.width - widest(names) - 2.2 * body_size()
    ax = page.draw(_draw, rows, width, words=not page.preset.slide)
    return page.compose(ax, pitch=1.4, headline=message)


def _counties(study: StudyLike) -> dict[str, tuple[str, str]]:
    places = load_study(study).recipients
    return {slug: (place.short_en, place.short_zh) for slug, place in places.items()}


_READS = ("events", "figures")
_TABLES: Look = {"events": timeline, "window": writing_window, "counties": _counties}
_OMIT = frozenset({"in words"})
PLOT = Plot(STEM, _READS, _TABLES, rows_events, _figure, _facts, slides_omit=_OMIT)
