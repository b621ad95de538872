"""What happened in the year of the reports: days and months over an axis, the rest in number."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory as blended

from aidstudy.analysis.timeline import timeline, writing_window
from aidstudy.bilingual import Words
from aidstudy.errors import PlotError
from aidstudy.plots.drawn import checked_kind, checked_rows, drawn_table, in_order, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, listed, texts_of
from aidstudy.tables.days import WritingWindow
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

STEM = "events"
_KINDS = ("day", "span", "deadline", "year", "plan", "none")
"""How an event is drawn: days and months, then deadlines, then in number what has only a year."""

_SIGNS = ("day", "year", "planned")

_MONTHS_HIGH = 3.5
"""Rows that the names of the months take, and the rule below them."""

Counties = Mapping[str, tuple[str, str]]
"""Short names of the counties of a study, English and Chinese, in the order of the page."""


def rows_events(
    events: Table, window: Any = None, counties: Counties | None = None, order: Order = None
) -> Table:
    """The rows that :func:`plot_events` draws; days in ISO form, ``low`` and ``high`` inclusive.

    A county without any event gets a row too, not reported. The window rests on the two events
    that set it. ``offsets`` are the places of the ``figures``, in their order.
    """
    found, province = checked_rows(STEM, events), texts_of(STEM).words("province")
    names = {row.lane: province for row in found if row.lane != row.recipient}
    if counties is None:
        names |= {row.lane: row.words("recipient") for row in found if row.lane not in names}
    else:
        names |= _named(counties)
    lanes, rows = list(names), [_event_row(row, names[row.lane]) for row in found]
    by_event = {row.mark: row for row in rows}
    for lane in names.keys() - {row.lane for row in rows}:
        more: Look = {"lane": lane, "place": names[lane], "kind": "none", "state": "not_reported"}
        rows.append(plain_row(f"none-{lane}", "events", names[lane], None, unit="year", **more))
    rows.sort(key=lambda row: (lanes.index(row.lane), _KINDS.index(row.kind), row.high))
    rows = in_order(STEM, rows, order, "lane")
    if window is not None:
        checked_kind(STEM, window, WritingWindow, "window", "aidstudy.writing_window()")
        ends = [by_event[one] for one in (window.first_event, window.last_event) if one in by_event]
        more = {part: " ".join(end[part] for end in ends) for part in ("figures", "offsets")}
        more |= {"bounds": (window.first_day, window.last_day), "kind": "window", "unit": "date"}
        more |= {"place": texts_of(STEM).words("page"), "state": "bounds_only"}
        words = texts_of(STEM).words("window")
        rows.append(plain_row("window", "writing_window", words, None, **more))
    return drawn_table(rows)


def _named(counties: Counties) -> dict[str, Words]:
    """The names of counties by their ids, or an error that says what they look like."""
    try:
        return {lane: Words(english, chinese) for lane, (english, chinese) in counties.items()}
    except (AttributeError, TypeError, ValueError):
        raise PlotError(
            f"plot {STEM}: counties is {counties!r}; pass a dict of names in English and Chinese, "
            "such as {'litang': ('Litang', '理塘')}"
        ) from None


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
    # 10月底前 and 年底前 name no day: the last one follows from the month or the year.
    state = "printed" if row.precision == "day" else "derived" if pointed else "bounds_only"
    more |= {"state": state, "precision": row.precision}
    more |= {"unit": "year" if kind in ("year", "plan") else "date"}
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
    """Draw each event with a day or months on a line of its own, by county; the rest in number.

    `events`: from :func:`aidstudy.timeline`; some of its rows will do. `window`: when the page
    was written, from :func:`aidstudy.writing_window`; a band behind the events. `counties`:
    counties to draw, with their names; those that have an event by default.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_events(events, window, counties, order))


def _draw(on: Canvas, rows: Rows, *, room: float = 0) -> None:
    """What has a day, a deadline or months over an axis; below it the rest, by name in `room`."""
    year, lanes, y, foot = _year(rows), [], 0.0, 0.0
    on.ax.set_xlim(_day(dt.date(year, 1, 1)), _day(dt.date(year + 1, 1, 1)))
    for row in rows:
        if row.kind == "window":
            _window(on, row)
            lanes.append((y, row))
            y += 1.3
    shown = [row for row in rows if row.kind != "window"]
    dated, rest = ([row for row in shown if row.unit == unit] for unit in ("date", "year"))
    for _, run in groupby(dated, key=itemgetter("lane")):
        own = list(run)
        if y:
            on.ax.axhline(y - 0.6, color=on.palette.rule, linewidth=on.em / 14, zorder=0.5)
        lanes.append((y, own[0]))
        for row in own:
            (_span if row.kind == "span" else _point)(on, row, y)
            y += 1
        foot, y = y - 0.4, y + 0.3
    y += _MONTHS_HIGH * bool(dated)
    if dated and rest:
        on.ax.axhline(y - 1.8, color=on.palette.grey, linewidth=on.em / 10)
    if rest:
        heading = on.say("year_only", counts=_counts(rest, on))
        on.quiet(heading, 0, y - 1, coords="edge", dx=on.gap)
    y = _listed(on, rest, y, lanes, room)
    on.rows([row.place.say(on.lang) for _, row in lanes], places=[place for place, _ in lanes])
    on.ax.set_ylim(y - 0.5, -0.7)
    on.bare(*["left"] if foot else [])
    if foot:
        _months(on, year, foot)


def _listed(on: Canvas, rest: Rows, y: float, lanes: list[tuple[float, Row]], room: float) -> float:
    """What has only a year, by county: a mark and a name for each in columns, or how many."""
    signs = {sign: on.say(f"key_{sign}") for sign in _SIGNS}
    wide, top, end = widest(map(on.of, rest), size=on.small) + 2.4 * on.em, y, 0.0
    across = max(1, int(room / wide))
    for _, run in groupby(rest, key=itemgetter("lane")):
        own = list(run)
        lanes.append((y, own[0]))
        if own[0].kind == "none":
            on.missing(y, own[0].mark, on.say("none"), size=on.small)
            y += 1.1
            continue
        for place, row in enumerate(own):
            line, column = divmod(place, across) if room else (0, place)
            dx = on.gap + on.em * 0.4 + column * (room / across or 1.05 * on.em)
            _sign(on, "planned" if row.planned else "year", dx, y + line, gid=row.mark)
            if room:
                look: Look = {"coords": "edge", "dx": dx + 0.8 * on.em, "size": on.small}
                on.put(on.of(row), 0, y + line, **look)
        if not room:
            dx = on.gap + on.em * (0.6 + 1.05 * len(own))
            on.quiet(counts := _counts(own, on), 0, y, coords="edge", dx=dx)
            end = max(end, dx + text_width(counts, size=on.small))
        y += -(-len(own) // across) + 0.25 if room else 1.1
    back = widest(signs.values(), size=on.small)
    if room or on.size()[0] - back < end + 3 * on.em:
        on.note(on.say("key", **signs))
        return y
    # Where there is room beside the counts each sign is explained by itself.
    for place, (sign, text) in enumerate(signs.items()):
        _sign(on, sign, -back - on.em, top + 1.1 * place, x=1)
        on.quiet(text, 1, top + 1.1 * place, coords="edge", dx=-back)
    return max(y, top + 1.1 * len(signs))


def _sign(on: Canvas, sign: str, dx: float, y: float, *, x: float = 0, **look: Any) -> None:
    """The sign of a day, of a year alone or of a plan, `dx` points right of the edge, or of x."""
    there = blended(on.beyond(x, 0, on.ax.transAxes), on.ax.transData)
    look |= {"colour": on.palette.tint if sign == "year" else on.palette.dark, "label": sign}
    on.dot(dx, y, hollow=sign == "planned", transform=there, **look)


def _counts(rows: Rows, voice: Voice) -> str:
    """How many events and how many plans there are."""
    counts = Counter(row.kind for row in rows)
    return voice.commas(
        voice.say(f"{kind}_{'one' if counts[kind] == 1 else 'many'}", number=counts[kind])
        for kind in ("year", "plan")
        if counts[kind]
    )


def _when(row: Row, voice: Voice) -> str:
    """A day, or a deadline as it is printed: 10月底前 names no day."""
    if row.kind != "deadline" or row.precision == "day":
        return voice.day(row.value)
    return voice.say(f"by_{row.precision}", month=voice.month(row.value.month))


def _unsaid(row: Row, voice: Voice) -> str:
    """Its date, if its label does not say it."""
    when = _when(row, voice)
    return "" if when in voice.of(row) else when


def _point(on: Canvas, row: Row, y: float) -> None:
    """A day, drawn at its noon, or a deadline, at its end; late in the year words stand left."""
    x = _day(row.value) + (1.0 if row.kind == "deadline" else 0.5)
    on.dot(x, y, hollow=row.planned, gid=row.mark, label="planned" if row.planned else "day")
    way, dx = -1 if x > sum(on.ax.get_xlim()) / 2 else 1, 0.95 * on.em
    look: Look = {"size": on.small, "ha": "right" if way < 0 else "left"}
    for text, put in ((_unsaid(row, on), on.quiet), (on.of(row), on.put))[::way]:
        put(text, x, y, dx=way * dx, **look)
        dx += text_width(text, size=on.small) + 0.55 * on.em


def _span(on: Canvas, row: Row, y: float) -> None:
    """The months within which it was, as a line between two strokes and not as a bar that lasts."""
    edges = on.ax.get_xlim()
    ends = [max(_day(row.low), edges[0]), min(_day(row.high) + 1, edges[1])]
    look: Look = {"marker": "|", "markersize": on.em, "markeredgewidth": on.em / 7}
    look |= {"clip_on": False, "gid": row.mark}
    on.line(ends, [y, y], on.palette.dark, **look)
    on.quiet(on.say("within"), sum(ends) / 2, y, ha="center", backdrop=True)
    on.put(on.of(row), ends[1], y, dx=0.95 * on.em, size=on.small)


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


def _window(on: Canvas, row: Row) -> None:
    """When the page was written, as a bar in a row of its own above the events."""
    left, right = _day(row.low), _day(row.high) + 1
    look: Look = {"colour": on.palette.shared, "mark": row.mark, "label": "window of writing"}
    on.bar(left, right, 0, high=0.4, **look)
    on.quiet(on.say("window"), left, 0, dx=-0.55 * on.em, ha="right")


def _facts(rows: Rows, voice: Voice) -> Facts:
    events = [row for row in rows if row.kind not in ("window", "none")]
    window = next((row for row in rows if row.kind == "window"), None)
    pointed = [row for row in events if row.kind in ("day", "deadline")]
    none = [row.place.say(voice.lang) for row in rows if row.kind == "none"]
    ends = {row.value: _when(row, voice) for row in pointed}
    kinds = [row.kind for row in events]
    days, only = kinds.count("day"), sum(row.unit == "year" for row in events)
    return voice.counts(days=days, events=len(events), only=only) | {
        "year": str(_year(rows)),
        "first": "" if window is None else voice.day(window.low),
        "last": "" if window is None else ends.get(window.high, voice.day(window.high)),
        "counts": _counts(events, voice),
        "none": voice.listing(none),
        "told": voice.joined(f"{_unsaid(row, voice)} {voice.of(row)}".strip() for row in pointed),
    }


def _figure(page: Sheet, message: str, events: Table, window: Any, counties: Counties) -> Figure:
    rows = rows_events(events, window, counties)
    names = [row.place.say(page.lang) for row in listed(rows)]
    room = page.width - widest(names) - 2 * body_size() if page.preset.roomy else 0
    ax = page.draw(_draw, rows, room=room)
    return page.compose(ax, pitch=1.4, headline=message)


def _counties(study: StudyLike) -> dict[str, tuple[str, str]]:
    places = load_study(study).recipients
    return {slug: (place.short_en, place.short_zh) for slug, place in places.items()}


_READS = ("events", "figures")
_TABLES: Look = {"events": timeline, "window": writing_window, "counties": _counties}
PLOT = Plot(STEM, _READS, _TABLES, rows_events, _figure, _facts)
