"""What later reports say of the same pairs, beside the page: money per year, a row for each sum."""

from __future__ import annotations

from fractions import Fraction

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.later import later_reports
from aidstudy.bilingual import Words
from aidstudy.intervals import round_text
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.texts import Facts, texts_of
from aidstudy.plots.voice import Order, Row, Rows, Table, Voice
from aidstudy.plots.words import MILLION, bounds_text, is_missing
from aidstudy.rounding import typeset

STEM = "later_reports"
_PARTS = ("per_year", "per_year_low", "per_year_high")


def rows_later_reports(later: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_later_reports` draws, in CNY a year and for one county.

    Only sums of money: the page's own first in each pair, and one row where a pair has none. A sum
    for several counties together is divided by their number.
    """
    rows: Rows = []
    found = checked_rows(STEM, later, order=order)
    summed = {row.recipient for row in found if row.unit == "CNY"}
    for row in found:
        if row.unit != "CNY":
            if row.recipient not in summed:
                label = row.words("recipient").named(texts_of(STEM).words("none"))
                more = {"unit": "CNY/year", "state": "not_reported", "of": row, "page": False}
                more |= {"recipient": row.recipient, "when": ""}
                rows.append(plain_row(f"none-{row.recipient}", "none", label, None, **more))
                summed.add(row.recipient)
            continue
        page, mark, what = row.side == "page", row.figures, texts_of(STEM).words(row.measure)
        if page:
            before = sum(one.page and one.recipient == row.recipient for one in rows)
            mark = f"page-{row.recipient}-{before + 1}"
        when = "" if is_missing(row.period) else "–".join(row.period.split("/"))
        if when:
            what = Words(f"{what.en} ({when})", f"{what.zh}（{when}）")
        cells = dict(row)
        for part in _PARTS:
            cells[part] = None if is_missing(row[part]) else row[part] / (int(row.counties) or 1)
        if is_missing(row.per_year):
            cells |= {"per_year_state": "not_reported", "per_year_figures": row.figures}
        more = {"unit": "CNY/year", "prefix": "per_year", "recipient": row.recipient, "of": row}
        more |= {"page": page, "when": when, "vague": row.bound in ("under", "over", "range")}
        label = row.words("recipient").named(what)
        rows.append(drawn_row(mark, row.measure, label, cells, **more))
    return drawn_table(rows)


def _divided(row: Row) -> str:
    """A sign on a sum for several counties."""
    return "†" if int(row.of.counties) > 1 else ""


def _hollow(row: Row) -> bool:
    """Whether the page's sum is inferred, or a plan whose years are not printed."""
    return bool(row.page and (not row.when or row.of.state == "derived"))


def plot_later_reports(
    later: Table, *, ax: On = None, lang: str = "en", order: Order = None
) -> Axes:
    """Draw each sum as a bar of money per year, the years in words, the page's first in each pair.

    `later`: from :func:`aidstudy.analysis.later.later_reports`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_later_reports(later, order))


def _draw(on: Canvas, rows: Rows) -> None:
    names, places, y = [_what(on, row) for row in rows], [], -0.4
    aside, before = -widest(names) - 2.2 * on.em, None
    for row in rows:
        y += 0 if row.recipient == before else 0.4
        places.append(y)
        if row.recipient != before:
            on.put(on.county(row), 0, y, coords="edge", dx=aside, ha="right", strong=True)
        before, y = row.recipient, y + 1
    ends = [float(row.high) for row in rows if not is_missing(row.high)]
    on.ax.set_xlim(0, 1.004 * max(ends, default=1.0))
    for row, place in zip(rows, places, strict=True):
        _bar(on, row, place)
    on.rows(names, places=places, strong=[at for at, row in enumerate(rows) if row.page])
    on.money_axis(MILLION, on.say("axis"))
    on.note(on.say("key"))
    if any(map(_hollow, rows)):
        on.note(on.say("hollow"))
    if any(map(_divided, rows)):
        on.note(on.say("divided"))


def _kind(row: Row) -> str:
    """The label of its kind; a commitment that is inferred was printed as paid in full."""
    if row.page and not row.when:
        return "planned"
    return "paid" if _hollow(row) else str(row.quantity)


def _what(on: Voice, row: Row) -> str:
    """What kind of sum it is, and of which years."""
    if row.quantity == "none":
        return ""
    kind = on.say(_kind(row))
    return on.say("of_years" if row.when else "of_undated", kind=kind, years=row.when)


def _bar(on: Canvas, row: Row, y: float) -> None:
    """A bar from zero, blank over what the words of the print leave open."""
    if row.quantity == "none":
        on.missing(y, row.mark, on.say("none"))
        return
    if row.missing:
        amount = on.say("in_all", amount=on.money(row.of).value)
        on.missing(y, row.mark, amount)
        return
    ink, end = on.palette, float(row.low if row.vague else row.value)
    colour, fill, label = ink.mid, ink.light, "later"
    if row.page:
        colour, fill, label = ink.accent, ink.accent, "page"
    if _hollow(row):
        fill, label = "white", "inferred"
    on.bar(0, end, y, colour=fill, edge=colour, label=label, mark=row.mark, high=0.62)
    if row.vague:
        on.bar(end, float(row.high), y, colour="white", edge=colour, high=0.62)
        end = float(row.high)
    on.put(_amount(row, on) + _divided(row), end, y, dx=on.gap, latin=True)


def _amount(row: Row, voice: Voice) -> str:
    """A sum as it is printed; a quotient to ten thousand CNY, the unit of the page."""
    if row.vague:
        return bounds_text(voice.money(row))
    text, places = voice.money(row).value, 0 if voice.zh else 2
    if int(row.of.years or 1) == 1 or len(text.partition(".")[2]) <= places:
        return text
    return typeset(round_text(Fraction(row.value) / MILLION.factor(voice.lang), places))


def _facts(rows: Rows, voice: Voice) -> Facts:
    known = [row for row in rows if not row.missing]
    first = {row.recipient: row for row in known if row.page and row.when}
    later = [row for row in known if not row.page and row.recipient in first]
    more = [row for row in later if row.value > first[row.recipient].value]
    paid = {county: "disbursement" for county, row in first.items() if _hollow(row)}
    like = {
        row.recipient
        for row in more
        if row.quantity in (first[row.recipient].quantity, paid.get(row.recipient))
    }
    less = [row for row in later if row.value < first[row.recipient].value]
    other = len({row.recipient for row in more} - like)
    told: dict[str, list[str]] = {voice.county(row): [] for row in rows}
    for row in known:
        kind = voice.say(_kind(row))
        words = [voice.say("page")] if row.page and row.when else [kind, row.when]
        told[voice.county(row)].append(" ".join(filter(None, [*words, _amount(row, voice)])))
    ids = {row.mark: row.quantity for row in rows}
    same = [r for r in rows if not r.page and ids.get(r.of.contradicts or "") == r.quantity]
    return {
        "more": voice.count(len({row.recipient for row in more})),
        "pairs": voice.count(len(told)),
        "larger": voice.say("larger_other" if other else "larger", number=voice.count(other)),
        "less": voice.joined(f"{voice.county(row)} {_what(voice, row)}" for row in less),
        "told": voice.joined(
            voice.named(one, voice.commas(said) or voice.say("none")) for one, said in told.items()
        ),
        "same": voice.listing(dict.fromkeys(map(voice.county, same))),
        "undated": voice.listing(
            voice.county(r) for r in rows if r.missing and r.quantity != "none"
        ),
        "none": voice.listing(voice.county(row) for row in rows if row.quantity == "none"),
        "divided": " " if any(map(_divided, rows)) else "",
    }


def _figure(page: Sheet, message: str, later: Table) -> Figure:
    ax = page.draw(_draw, rows_later_reports(later))
    return page.compose(ax, pitch=1.35, headline=message)


_READS = ("context", "figures", "pairs")
PLOT = Plot(STEM, _READS, {"later": later_reports}, rows_later_reports, _figure, _facts)
