"""What later reports say of the same pairs, beside the page: money per year over the years."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.later import later_reports
from aidstudy.bilingual import Words
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Order, Row, Rows, Table, Voice
from aidstudy.plots.words import MILLION, bounds_text, is_missing

STEM = "later_reports"
_PARTS = ("per_year", "per_year_low", "per_year_high")


def rows_later_reports(later: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_later_reports` draws, in CNY a year and for one county.

    Only sums of money: the page's own first in each pair. A sum for several counties together is
    divided by their number.
    """
    rows: Rows = []
    for row in checked_rows(STEM, later, order=order):
        if row.unit != "CNY":
            continue
        page, mark, what = row.side == "page", row.figures, texts_of(STEM).words(row.measure)
        if page:
            before = sum(one.page and one.recipient == row.recipient for one in rows)
            mark = f"page-{row.recipient}-{before + 1}"
        span = None
        if not is_missing(row.period):
            ends = row.period.split("/")
            span, when = (int(ends[0]), int(ends[-1])), "–".join(ends)
            what = Words(f"{what.en} ({when})", f"{what.zh}（{when}）")
        cells = dict(row)
        for part in _PARTS:
            cells[part] = None if is_missing(row[part]) else row[part] / (int(row.counties) or 1)
        if is_missing(row.per_year):
            cells |= {"per_year_state": "not_reported", "per_year_figures": row.figures}
        more = {"unit": "CNY/year", "prefix": "per_year", "recipient": row.recipient, "of": row}
        more |= {"page": page, "span": span, "vague": row.bound in ("under", "over", "range")}
        label = row.words("recipient").named(what)
        rows.append(drawn_row(mark, row.measure, label, cells, **more))
    return drawn_table(rows)


def _divided(row: Row) -> str:
    """A sign on a sum for several counties."""
    return "†" if int(row.of.counties) > 1 else ""


def plot_later_reports(
    later: Table, *, ax: On = None, lang: str = "en", order: Order = None
) -> Axes:
    """Draw each sum as money per year, over the years that it covers, a block for each pair.

    `later`: from :func:`aidstudy.analysis.later.later_reports`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_later_reports(later, order))


def _draw(
    on: Canvas,
    rows: Rows,
    of: Rows | None = None,
    *,
    room: tuple[float, float] = (0, 0),
) -> None:
    """The blocks side by side in a `room` of about so many points, on the axes `of` more rows."""
    if not any(room):
        wide, tall = on.size()
        room = (0.85 * wide, 0.7 * tall)
    years = [year for row in of or rows for year in row.span or ()]
    first, long = min(years), max(years) - min(years) + 1
    most = 1.12 * max(float(row.high) for row in of or rows if not is_missing(row.high))
    on.ax.set_ylim(0, most)
    counties = list(dict.fromkeys(row.recipient for row in rows))
    texts = {row.mark: _text(on, row) for row in rows}
    words = widest((texts[row.mark][0] for row in rows if not row.missing), size=on.small)
    words += 2 * on.em
    # Years that the words beside a block take, which hang in points.
    gap = long * min(words / max(room[0] / len(counties) - words, 1), 4)
    whole = len(counties) * (long + gap)
    ticks: list[tuple[float, str]] = []
    margin = 0.5
    for number, county in enumerate(counties):
        left, own = number * (long + gap), [row for row in rows if row.recipient == county]
        ends = [str(first), str(first + long - 1)]
        if long * room[0] / whole > 2.8 * text_width(ends[0]):
            ticks += [(left + 0.5, ends[0]), (left + long - 0.5, ends[1])]
        else:
            ticks.append((left + long / 2, "–".join(ends)))
            margin = max(margin, (text_width(ticks[-1][1]) * whole / room[0] - long) / 2 + 0.5)
        on.head((on.county(own[0]),), left + long / 2)
        bars = [(row, _bar(on, row, left, first)) for row in own if not row.missing]
        x, step = left + long, 1.2 * on.small / room[1] * most
        _labels(on, bars, texts, x, step)
        for row in own:
            lines = texts[row.mark] if row.missing else []
            for line, text in enumerate(lines, start=1):
                y, mark = step * (0.6 + len(lines) - line), row.mark if line == 1 else None
                on.quiet(text, x + 0.35, y, dx=on.gap / 2, mark=mark)
    on.ax.set_xlim(-margin, whole)
    on.ax.set_xticks(*zip(*ticks, strict=True))
    on.money_axis(MILLION, on.say("axis"), axis="y")
    on.note(on.say("key"))
    if any(map(_divided, rows)):
        on.note(on.say("divided"))


def _text(on: Canvas, row: Row) -> list[str]:
    """What stands beside a bar, in lines; of a sum without years all of it."""
    if row.missing:
        return on.say("undated", amount=on.money(row.of).value).split("\n")
    key = "plan_of" if row.page and row.span is None else f"{row.quantity}_of"
    return [on.say(key, amount=_amount(row, on)) + _divided(row)]


def _bar(on: Canvas, row: Row, left: float, first: int) -> float:
    """A bar over the years of a sum; where it ends. Hollow where a plan's are not printed."""
    ink, low, high = on.palette, float(row.low), float(row.high)
    later = {"commitment": ink.shared, "disbursement": ink.mid}.get(row.quantity, ink.dark)
    colour = ink.accent if row.page else later
    thick = max(high - low, 0.022 * on.ax.get_ylim()[1])
    middle = _middle(row)
    # A plan without printed years starts at the left.
    start, number = 0, int(row.of.years or 0)
    if row.span is not None:
        start, number = row.span[0] - first, row.span[1] - row.span[0] + 1
    hollow = row.span is None or (row.page and row.of.state == "derived")
    look = {"edgecolor": colour, "linewidth": on.em / 9, "zorder": 2, "gid": row.mark}
    look["facecolor"] = "white" if hollow else colour
    on.ax.add_patch(Rectangle((left + start, middle - thick / 2), number, thick, **look))
    return left + start + number


def _middle(row: Row) -> float:
    return float((row.low + row.high) / 2 if row.vague else row.value)


def _labels(
    on: Canvas, bars: list[tuple[Row, float]], texts: dict[str, list[str]], x: float, step: float
) -> None:
    """The words beside a block, apart from each other, each on a thin line from its bar."""
    bars.sort(key=lambda bar: _middle(bar[0]))
    places = [_middle(row) for row, _ in bars]
    for _ in range(50):
        for one in range(len(places) - 1):
            over = step - (places[one + 1] - places[one])
            if over > 0:
                places[one] -= over / 2
                places[one + 1] += over / 2
    for (row, end), place in zip(bars, places, strict=True):
        y, look = _middle(row), {"size": on.small, "latin": True, "strong": row.page}
        on.line([end, x, x + 0.35], [y, y, place], on.palette.lane, zorder=0.8)
        on.put(texts[row.mark][0], x + 0.35, place, dx=on.gap / 2, **look)


def _amount(row: Row, voice: Voice) -> str:
    return bounds_text(voice.money(row)) if row.vague else voice.money(row).value


def _facts(rows: Rows, voice: Voice) -> Facts:
    known = [row for row in rows if not row.missing]
    first = {row.recipient: row.value for row in known if row.page and row.span is not None}
    later = [row for row in known if not row.page]
    more = {row.recipient for row in later if row.value > first.get(row.recipient, row.value)}
    told: dict[str, list[str]] = {voice.county(row): [] for row in rows}
    for row in known:
        said = voice.say(f"{row.quantity}_of", amount=_amount(row, voice))
        told[voice.county(row)].append(voice.aside(said, voice.say("page") if row.page else ""))
    ids = {row.mark: row.quantity for row in rows}
    same = [r for r in rows if not r.page and ids.get(r.of.contradicts or "") == r.quantity]
    undated = [row for row in rows if row.missing]
    return {
        "more": voice.count(len(more)),
        "pairs": voice.count(len(told)),
        "told": voice.joined(voice.named(one, voice.commas(said)) for one, said in told.items()),
        "same": voice.listing(dict.fromkeys(map(voice.county, same))),
        "undated": voice.listing(dict.fromkeys(map(voice.county, undated))),
        "divided": " " if any(map(_divided, rows)) else "",
    }


def _figure(page: Sheet, message: str, later: Table) -> Figure:
    rows, slide = rows_later_reports(later), page.preset.slide
    counties, high = list(dict.fromkeys(rows["recipient"])), 15 if slide else 20
    size = 2 if page.preset.narrow else len(counties)
    room, panels = (page.width - 5 * body_size(), high * body_size()), []
    for start in range(0, len(counties), size):
        part = rows[rows["recipient"].isin(counties[start : start + size])]
        panels.append(page.draw(_draw, part, rows, room=room))
    return page.compose(*panels, high=high, headline=message, letters=False)


_READS = ("context", "figures", "pairs")
PLOT = Plot(STEM, _READS, {"later": later_reports}, rows_later_reports, _figure, _facts)
