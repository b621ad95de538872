"""What later reports say of the same pairs, beside the page: money per year over the years."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.later import later_reports
from aidstudy.bilingual import Words
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, in_order
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, note_size
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Order, Row, Rows, Table, Voice
from aidstudy.plots.words import MILLION, bounds_text, is_missing

STEM = "later_reports"
_NEEDS = "recipient side measure period value per_year years counties"


def rows_later_reports(later: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_later_reports` draws, in CNY a year and for one county.

    Only sums of money: the page's own first in each pair. A sum for several counties together is
    divided by their number.
    """
    source = "aidstudy.analysis.later.later_reports()"
    money = [row for row in checked_rows(STEM, later, _NEEDS, source) if row.unit == "CNY"]
    pages: dict[str, int] = {}
    rows = []
    for row in in_order(STEM, money, order):
        page, mark = row.side == "page", row.figures
        if page:
            pages[row.recipient] = pages.get(row.recipient, 0) + 1
            mark = f"page-{row.recipient}-{pages[row.recipient]}"
        rows.append(_drawn(row, mark, page=page, together=int(row.counties) or 1))
    return drawn_table(rows)


def _drawn(row: Row, mark: str, *, page: bool, together: int) -> Row:
    parts = ("per_year", "per_year_low", "per_year_high")
    cells = {part: None if is_missing(row[part]) else row[part] / together for part in parts}
    cells |= {part: row[part] for part in ("per_year_state", "per_year_figures")}
    if is_missing(cells["per_year"]):
        cells |= {"per_year_state": "not_reported", "per_year_figures": row.figures}
    return drawn_row(
        mark,
        row.measure,
        _label(row),
        cells,
        unit="CNY/year",
        prefix="per_year",
        page=page,
        recipient=row.recipient,
        county=row.words("recipient"),
        span=_span(row),
        years=row.years,
        together=together,
        whole={part: row[part] for part in ("value", "low", "high")},
        vague=row.bound in ("under", "over", "range"),
        inferred=row.state == "derived" and page,
        against=str(row.contradicts or ""),
    )


def _label(row: Row) -> Words:
    what = texts_of(STEM).words(row.measure)
    if not is_missing(row.period):
        when = row.period.replace("/", "–")
        what = Words(f"{what.en} ({when})", f"{what.zh}（{when}）")
    return row.words("recipient").named(what)


def _span(row: Row) -> tuple[int, int] | None:
    """First and last year of a sum; of a plan only how many years, from the first on the page."""
    if is_missing(row.period):
        return None
    first, _, last = str(row.period).partition("/")
    return int(first), int(last or first)


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
    short: bool = False,
) -> None:
    """The blocks side by side in a `room` of about so many points, on the axes `of` more rows.

    `short` leaves what the colours say out of the words.
    """
    if not any(room):
        wide, tall = on.size()
        room = (0.85 * wide, 0.7 * tall)
    years = [year for row in of or rows for year in row.span or ()]
    first, long = min(years), max(years) - min(years) + 1
    most = 1.12 * max(float(row.high) for row in of or rows if not is_missing(row.high))
    on.ax.set_ylim(0, most)
    counties = list(dict.fromkeys(row.recipient for row in rows))
    texts = {row.mark: _text(on, row, short) for row in rows}
    words = widest((texts[row.mark][0] for row in rows if not row.missing), size=note_size())
    words += 2 * body_size()
    # Years that the words beside a block take, which hang in points.
    gap = long * min(words / max(room[0] / len(counties) - words, 1), 4)
    whole = len(counties) * (long + gap)
    ticks: list[tuple[float, str]] = []
    for number, county in enumerate(counties):
        left, own = number * (long + gap), [row for row in rows if row.recipient == county]
        ends = [str(first), str(first + long - 1)]
        if long * room[0] / whole > 2.8 * text_width(ends[0]):
            ticks += [(left + 0.5, ends[0]), (left + long - 0.5, ends[1])]
        else:
            ticks.append((left + long / 2, "–".join(ends)))
        on.head((own[0].county.say(on.lang),), left + long / 2)
        bars = [_bar(on, row, left, first) for row in own if not row.missing]
        _labels(on, own, bars, texts, left + long, 1.2 * note_size() / room[1] * most)
    on.ax.set_xlim(-0.5, whole)
    on.ax.set_xticks(*zip(*ticks, strict=True))
    on.money_axis(MILLION, on.say("axis"), axis="y")
    on.note(on.say("colours" if short else "key"))
    if any(row.together > 1 for row in rows):
        on.note(on.say("divided"))


def _text(on: Canvas, row: Row, short: bool) -> list[str]:
    """What stands beside a bar, in lines; of a sum without years all of it."""
    if row.missing:
        return on.say("undated", amount=on.money(row.whole).value).split("\n")
    key = "plan_of" if row.page and row.span is None else f"{row.quantity}_of"
    said = _amount(row, on) if short else on.say(key, amount=_amount(row, on))
    return [f"{said}{'†' if row.together > 1 else ''}"]


def _bar(on: Canvas, row: Row, left: float, first: int) -> tuple[Row, float]:
    """A bar over the years of a sum, and where it ends; hollow where a plan's are not printed."""
    ink, low, high = on.palette, float(row.low), float(row.high)
    later = {"commitment": ink.shared, "disbursement": ink.mid}.get(row.quantity, ink.dark)
    colour = ink.accent if row.page else later
    thick = max(high - low, 0.022 * on.ax.get_ylim()[1])
    middle = (low + high) / 2 if row.vague else float(row.value)
    # A plan without printed years starts at the left.
    start, number = 0, int(row.years or 0)
    if row.span is not None:
        start, number = row.span[0] - first, row.span[1] - row.span[0] + 1
    look = {"edgecolor": colour, "linewidth": body_size() / 9, "zorder": 2, "gid": row.mark}
    look["facecolor"] = "white" if row.span is None or row.inferred else colour
    on.ax.add_patch(Rectangle((left + start, middle - thick / 2), number, thick, **look))
    return row, left + start + number


def _labels(
    on: Canvas,
    rows: Rows,
    bars: list[tuple[Row, float]],
    texts: dict[str, list[str]],
    x: float,
    step: float,
) -> None:
    """The words beside a block, apart from each other, each on a thin line from its bar."""
    bars.sort(key=lambda bar: bar[0].value)
    places = [float(row.value) for row, _ in bars]
    for _ in range(50):
        for one in range(len(places) - 1):
            over = step - (places[one + 1] - places[one])
            if over > 0:
                places[one] -= over / 2
                places[one + 1] += over / 2
    for (row, end), place in zip(bars, places, strict=True):
        y = float(row.value)
        on.line([end, x, x + 0.35], [y, y, place], on.palette.lane, zorder=0.8)
        on.put(texts[row.mark][0], x + 0.35, place, dx=2, size=note_size(), latin=True)
    for row in rows:
        for line, text in enumerate(texts[row.mark] if row.missing else []):
            y = step * (0.6 + len(texts[row.mark]) - line - 1)
            on.quiet(text, x + 0.35, y, dx=2, mark=None if line else row.mark)


def _facts(rows: Rows, voice: Voice) -> Facts:
    known = [row for row in rows if not row.missing]
    first = {row.recipient: row.value for row in known if row.page and row.span is not None}
    more = {
        row.recipient
        for row in known
        if not row.page and row.value > first.get(row.recipient, row.value)
    }
    counties = dict.fromkeys(row.recipient for row in rows)
    told = []
    for county in counties:
        own = [row for row in known if row.recipient == county]
        sums = []
        for row in own:
            said = voice.say(f"{row.quantity}_of", amount=_amount(row, voice))
            sums.append(voice.aside(said, voice.say("page") if row.page else ""))
        told.append(voice.named(own[0].county.say(voice.lang), voice.commas(sums)))
    ids = {row.mark: row.quantity for row in rows}
    same = [row for row in rows if not row.page and ids.get(row.against) == row.quantity]

    def names(found: Rows) -> str:
        return voice.listing(dict.fromkeys(row.county.say(voice.lang) for row in found))

    return {
        "more": voice.count(len(more)),
        "pairs": voice.count(len(counties)),
        "told": voice.joined(told),
        "same": names(same),
        "undated": names([row for row in rows if row.missing]),
        "divided": " " if any(row.together > 1 for row in rows) else "",
    }


def _amount(row: Row, voice: Voice) -> str:
    return bounds_text(voice.money(row)) if row.vague else voice.money(row).value


def _figure(page: Sheet, message: str, later: Table) -> Figure:
    rows, high = rows_later_reports(later), 15 if page.slide else 20
    counties = list(dict.fromkeys(rows["recipient"]))
    size = 2 if page.narrow else len(counties)
    wishes = {"room": (page.width - 5 * body_size(), high * body_size()), "short": page.slide}
    panels = []
    for start in range(0, len(counties), size):
        part = rows[rows["recipient"].isin(counties[start : start + size])]
        panels.append(page.draw(_draw, part, rows, **wishes))
    return page.compose(*panels, high=high, headline=message, letters=False)


PLOT = Plot(
    STEM,
    ("context", "figures", "pairs"),
    lambda study: {"later": later_reports(study)},
    rows_later_reports,
    _figure,
    _facts,
)
