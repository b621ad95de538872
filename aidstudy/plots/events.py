"""What happened in the year of the reports: days as points, vague dates as spans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

from aidstudy.analysis.timeline import timeline, writing_window
from aidstudy.plots.axes import new_axes
from aidstudy.plots.drawn import drawn_table, plain_row
from aidstudy.plots.layout import head, put, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, capital, caption_text, named, series
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, note_size
from aidstudy.plots.words import (
    Lang,
    Words,
    day_name,
    figure_ids,
    month_name,
    small_number,
    small_number_zh,
)
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import load_study

STEM = "events"

_PROVINCE = Words("Province", "全省")
_WINDOW = Words("written in this window (inferred)", "版面写作时段（推断）")
_NO_EVENT = Words("no event dated", "未载日期")
_BAR = 0.86
_AFTER = 0.4


Counties = Mapping[str, tuple[str, str]]
"""Short names of the counties of a study, English and Chinese, in the order of the page."""


class Window(Protocol):
    """When the page was written, as :func:`aidstudy.analysis.timeline.writing_window` says."""

    first_day: dt.date
    last_day: dt.date
    first_event: str
    last_event: str


def _order(row: Mapping[str, Any]) -> tuple[int, dt.date]:
    """Days, then spans, then deadlines, then the years of plans."""
    if row["kind"] == "plan_period":
        return 3, row["last_day"]
    if row["deadline"]:
        return 2, row["last_day"]
    return int(row["precision"] != "day"), row["last_day"]


def _lanes(events: pd.DataFrame, counties: Counties) -> dict[str, list[dict[str, Any]]]:
    """Events by lane: what concerns all first, then counties in the order of the page."""
    rows = events.to_dict("records")
    names = [*(row["lane"] for row in rows if row["lane"] not in counties), *counties]
    lanes: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for row in rows:
        lanes[row["lane"]].append(row)
    return {lane: sorted(found, key=_order) for lane, found in lanes.items()}


def _name(lane: str, counties: Counties) -> Words:
    return Words(*counties[lane]) if lane in counties else _PROVINCE


def drawn_events(events: pd.DataFrame, window: Window | None, counties: Counties) -> pd.DataFrame:
    """The rows that :func:`draw_events` draws; days in ISO form, ``low`` and ``high`` inclusive.

    A county of `counties` without any event gets a row too, not reported. The window rests on the
    two events that set it. ``offsets`` are the places of the ``figures``, in their order.
    """
    lanes = _lanes(events, counties)
    by_event = {row["event_id"]: _event_row(row) for found in lanes.values() for row in found}
    rows = list(by_event.values())
    rows += [
        plain_row(
            f"none-{lane}", "events", _name(lane, counties), None, unit="date", state="not_reported"
        )
        for lane, found in lanes.items()
        if not found
    ]
    if window is not None:
        ends = [by_event[event] for event in (window.first_event, window.last_event)]
        rows.append(
            plain_row(
                "window",
                "writing_window",
                _WINDOW,
                None,
                bounds=(window.first_day, window.last_day),
                unit="date",
                state="bounds_only",
                figures=" ".join(end["figures"] for end in ends),
                offsets=" ".join(end["offsets"] for end in ends),
            )
        )
    return drawn_table(rows)


def _event_row(row: Mapping[str, Any]) -> dict[str, Any]:
    pointed = row["precision"] == "day" or row["deadline"]
    return plain_row(
        row["event_id"],
        f"{row['kind']}{'_planned' if row['realised'] == 'planned' else ''}",
        Words.of(row, "label"),
        row["last_day"] if pointed else None,
        bounds=(row["first_day"], row["last_day"]),
        unit="date",
        state="printed" if pointed else "bounds_only",
        figures=row["figures"] or "",
        offsets=row["places"] or "",
    )


def _year(events: pd.DataFrame) -> int:
    years = [
        row["last_day"].year for row in events.to_dict("records") if row["kind"] != "plan_period"
    ]
    return max(set(years), key=years.count) if years else 1970


def plot_events(
    events: pd.DataFrame,
    window: Window | None = None,
    counties: Counties | None = None,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
) -> Axes:
    """Draw each event on a line of its own, by county.

    Parameters
    ----------
    events : pandas.DataFrame
        From :func:`aidstudy.analysis.timeline.timeline`.
    window : Window, optional
        When the page was written; a band behind the events.
    counties : mapping, optional
        Counties to draw, with their names; those that have an event by default.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette

    Returns
    -------
    Axes
        x in days of :mod:`matplotlib.dates`, from the first to the last day of the year.
    """
    events = exact_frame(events)
    ax = ax or new_axes()
    if counties is None:
        rows_ = events.to_dict("records")
        counties = {row["recipient"]: Words.of(row, "recipient") for row in rows_}
    lanes = _lanes(events, counties)
    total = sum(len(rows) or 1 for rows in lanes.values()) + _AFTER * (len(lanes) - 1)
    ax.set_ylim(total - 0.4, -0.6)
    year = _year(events)
    start, end = _day(dt.date(year, 1, 1)), _day(dt.date(year + 1, 1, 1))
    ax.set_xlim(start, end)
    _months(ax, year, lang)
    if window is not None:
        _band(ax, window, lang, palette)
    gap = 1.2 * body_size()
    names = {lane: _name(lane, counties).lines(lang) for lane in lanes}
    room = gap + max(
        widest([lines[0] for lines in names.values()], strong=True),
        widest([line for lines in names.values() for line in lines[1:]]),
    )
    y = 0.0
    for lane, rows in lanes.items():
        for place, line in enumerate(names[lane]):
            # Two lines do not fit beside a lane of one row: there they stand side by side.
            alone = place > 0 and len(rows) <= 1
            past = text_width(names[lane][0], strong=True) + 0.4 * body_size()
            put(
                ax,
                line,
                0,
                y if alone else y + place,
                coords="edge",
                dx=-room + (past if alone else 0),
                strong=place == 0,
                colour=palette.grey if place else palette.ink,
            )
        for row in rows:
            _event(ax, row, y, window, lang, palette)
            y += 1
        if not rows:
            text = _NO_EVENT.say(lang)
            put(
                ax,
                text,
                start,
                y,
                dx=0.5 * body_size(),
                size=note_size(),
                colour=palette.grey,
                mark=f"none-{lane}",
            )
            y += 1
        y += _AFTER
        if y < total:
            ax.axhline(y - 0.5 - _AFTER / 2, color=palette.rule, linewidth=0.5, zorder=0.5)
    return ax


def _day(day: dt.date) -> float:
    return float(date2num(day))  # type: ignore[no-untyped-call]


def _months(ax: Axes, year: int, lang: Lang) -> None:
    starts = [_day(dt.date(year, month, 1)) for month in range(1, 13)]
    starts.append(_day(dt.date(year + 1, 1, 1)))
    ax.set_xticks(starts, [""] * len(starts))
    middles = [(a + b) / 2 for a, b in pairwise(starts)]
    ax.set_xticks(middles, [month_name(m, lang) for m in range(1, 13)], minor=True)
    ax.tick_params(axis="x", which="minor", length=0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(f"{year}年" if lang == "zh" else f"{year}")


def _band(ax: Axes, window: Window, lang: Lang, palette: Palette) -> None:
    left, right = _day(window.first_day), _day(window.last_day) + 1
    ax.axvspan(
        left,
        right,
        facecolor=palette.band,
        edgecolor="none",
        zorder=0,
        gid="window",
        label="window of writing",
    )
    head(
        ax,
        (_WINDOW.say(lang),),
        (left + right) / 2,
        coords="column",
        palette=palette,
        size=note_size(),
        colour=palette.grey,
    )


def _event(
    ax: Axes, row: Mapping[str, Any], y: float, window: Window | None, lang: Lang, palette: Palette
) -> None:
    label = Words.of(row, "label").say(lang)
    if row["deadline"] or row["precision"] == "day":
        _point(ax, row, y, label, lang, palette)
    else:
        _span(ax, row, y, label, window, palette)


def _point(
    ax: Axes, row: Mapping[str, Any], y: float, label: str, lang: Lang, palette: Palette
) -> None:
    planned = row["realised"] == "planned"
    # A day is drawn at its noon; a deadline at its end.
    x = _day(row["last_day"]) + (1.0 if row["deadline"] else 0.5)
    ax.plot(
        [x],
        [y],
        marker="o",
        markersize=0.85 * body_size(),
        linestyle="none",
        clip_on=False,
        markerfacecolor="white" if planned else palette.dark,
        markeredgecolor=palette.dark,
        markeredgewidth=0.16 * body_size(),
        zorder=3,
        gid=row["event_id"],
        label="planned" if planned else "day",
    )
    day, step = _when(row, lang), 0.95 * body_size()
    gap = 0.55 * body_size()
    if x > sum(ax.get_xlim()) / 2:
        put(ax, label, x, y, dx=-step, ha="right", size=note_size(), colour=palette.ink)
        past = step + text_width(label, size=note_size()) + gap
        put(ax, day, x, y, dx=-past, ha="right", size=note_size(), colour=palette.grey)
    else:
        put(ax, day, x, y, dx=step, size=note_size(), colour=palette.grey)
        past = step + text_width(day, size=note_size()) + gap
        put(ax, label, x, y, dx=past, size=note_size(), colour=palette.ink)


def _span(
    ax: Axes,
    row: Mapping[str, Any],
    y: float,
    label: str,
    window: Window | None,
    palette: Palette,
) -> None:
    start, end = ax.get_xlim()
    first, last = _day(row["first_day"]), _day(row["last_day"]) + 1
    planned = row["realised"] == "planned"
    if not planned and window is not None:
        # What has happened had happened when the page was written.
        last = min(last, _day(window.last_day) + 1)
    left, right = max(first, start), min(last, end)
    ax.add_patch(
        Rectangle(
            (left, y - _BAR / 2),
            right - left,
            _BAR,
            facecolor="white" if planned else palette.tint,
            edgecolor=palette.mid if planned else "none",
            linewidth=body_size() / 10,
            gid=row["event_id"],
            label="years of a plan" if planned else "within this span",
            zorder=1,
            clip_on=False,
        )
    )
    put(
        ax,
        label,
        left,
        y,
        dx=0.5 * body_size(),
        size=note_size(),
        colour=palette.ink,
        mark=f"label-{row['event_id']}",
    )
    if last > end:
        put(
            ax,
            f"→ {row['last_day'].year}",
            end,
            y,
            dx=0.4 * body_size(),
            size=note_size(),
            colour=palette.grey,
            latin=True,
        )


def draw_events(
    events: pd.DataFrame,
    window: Window | None,
    counties: Counties,
    *,
    preset: str | Preset = "double",
    lang: Lang = "en",
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_events(
            events, window, counties, ax=page.axes(), lang=page.lang, palette=page.palette
        )
        figure = page.compose(ax, pitch=1.55, headline=headline(events))
        _move_out(ax)
        return figure


def _move_out(ax: Axes) -> None:
    """Move a name that is longer than its bar behind it."""
    bars = {bar.get_gid(): bar for bar in ax.patches}
    for text in ax.texts:
        bar = bars.get(str(text.get_gid()).removeprefix("label-"))
        if not (isinstance(text, Annotation) and isinstance(bar, Rectangle)):
            continue
        if text.get_window_extent().x1 > bar.get_window_extent().x1:
            text.xy = (bar.get_x() + bar.get_width(), text.xy[1])


def _count(events: pd.DataFrame) -> tuple[int, int]:
    """Events, and how many of them have a day on which they happened."""
    rows = events.to_dict("records")
    return len(rows), sum(row["precision"] == "day" and not row["deadline"] for row in rows)


def headline(events: pd.DataFrame) -> Words:
    """The message of the plot."""
    number, days = _count(events)
    verb = "has" if days == 1 else "have"
    of_all = f"{small_number(days)} of {small_number(number)} dated events"
    text = f"{of_all} {verb} a day; most have only a year"
    return Words(
        capital(text),
        f"{small_number_zh(number)}件载有时间的事件中，仅{small_number_zh(days)}件载明日期，多数只载年份",
    )


def caption_events(
    events: pd.DataFrame, window: Window | None, counties: Counties, lang: Lang = "en"
) -> str:
    """What is drawn, what is inferred, and the figures behind it."""
    message, year = headline(events), _year(events)
    parts = [
        Words(
            f"{message.en}. Solid circle: the day is printed. Tinted bar: at some time or times "
            "within it. Hollow circle: a deadline that is planned. Outline: the years of a plan. "
            f"The year, {year}, is inferred: no report prints its own date.",
            f"{message.zh}。实心圆：日期已载明；色带：只知发生在此期间；空心圆：计划期限；空心框：规划期。"
            f"年份{year}系推断，各报道均未载自身日期。",
        )
    ]
    if window is not None:
        first, last = (_both(day) for day in (window.first_day, window.last_day))
        parts.append(
            Words(
                "Grey band: when the page was written (inferred), not before the last day that it "
                f"reports as past ({first.en}) and not after its first deadline ({last.en}); bars "
                "of what has happened end with it.",
                f"灰色竖带为版面写作时段（推断）：不早于所载最后一件已发生之事（{first.zh}），"
                f"不晚于最早的期限（{last.zh}）；已发生之事的色带止于此。",
            )
        )
    return caption_text(parts, figure_ids(events["figures"]), lang)


def _both(day: dt.date) -> Words:
    return Words(day_name(day, "en"), day_name(day, "zh"))


def alt_events(
    events: pd.DataFrame, window: Window | None, counties: Counties, lang: Lang = "en"
) -> str:
    """Alternative text: the events in words."""
    told = []
    for lane, rows in _lanes(events, counties).items():
        parts = [aside(Words.of(row, "label").say(lang), _when(row, lang), lang) for row in rows]
        said = series(parts or [_NO_EVENT.say(lang)], lang)
        told.append(named(_name(lane, counties).say(lang), said, lang))
    return alt_text(Words("Timeline", "时间线"), told, lang)


def _when(row: Mapping[str, Any], lang: Lang) -> str:
    day = _both(row["last_day"])
    if row["deadline"]:
        return Words(f"by {day.en}", f"{day.zh}前").say(lang)
    if row["precision"] == "day":
        return day.say(lang)
    first, last = row["first_day"], row["last_day"]
    if first.year != last.year:
        return f"{first.year}–{last.year}"
    if (first.month, last.month) == (1, 12):
        return Words(f"{first.year}", f"{first.year}年").say(lang)
    between = Words(" to ", "至").say(lang)
    return between.join(month_name(day.month, lang) for day in (first, last))


def _counties(study: StudyLike) -> dict[str, tuple[str, str]]:
    places = load_study(study).recipients
    return {slug: (place.short_en, place.short_zh) for slug, place in places.items()}


PLOT = Plot(
    STEM,
    Words("Events of the year", "年内事件"),
    ("events", "figures"),
    lambda study: {
        "events": timeline(study),
        "window": writing_window(study),
        "counties": _counties(study),
    },
    draw_events,
    drawn_events,
    caption_events,
    alt_events,
)


__all__ = [
    "PLOT",
    "STEM",
    "Counties",
    "Window",
    "alt_events",
    "caption_events",
    "draw_events",
    "drawn_events",
    "headline",
    "plot_events",
]
