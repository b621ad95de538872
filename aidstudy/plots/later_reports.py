"""What later reports say of the same pairs, beside the page: money per year, a row for each sum."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.later import later_reports
from aidstudy.bilingual import LANGS, Words
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on, widest
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import MILLION, bounds_text, is_missing, least_place
from aidstudy.rounding import commas_alike, round_text, typeset

STEM = "later_reports"
_WORDS = frozenset({"none", "undated_sum", "shared_sum"})
"""What stands in words, without a bar."""
_MARKED = frozenset({"paid", "planned", "undated_sum"})
"""What the alternative text marks."""
_PRINT = frozenset({"undated_sum"})
"""What a slide leaves out: a sum beside one that has a bar, not all that there is of a county."""


def rows_later_reports(later: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_later_reports` draws, in CNY a year, the page's first in each pair.

    A sum for several counties together (``shared_sum``) is not divided among them, one without
    years (``undated_sum``) stands as it is. Pairs with a later sum that can be compared are first.
    """
    rows: Rows = []
    found = checked_rows(STEM, later, order=order)
    sums = [row for row in found if row.unit == "CNY" and row.side == "later"]
    told = {row.recipient for row in sums}
    alike = {row.recipient for row in sums if not is_missing(row.per_year) and row.counties == 1}
    places = list(dict.fromkeys(row.recipient for row in found))
    found.sort(key=lambda row: (places.index(row.recipient), *_first(row)))
    if order is None:
        found.sort(key=lambda row: (row.recipient not in alike, row.recipient not in told))
    for row in found:
        if row.unit == "CNY":
            rows.append(_sum_row(row, sum(one.of.recipient == row.recipient for one in rows)))
        elif row.recipient not in told:
            label = row.words("recipient").named(texts_of(STEM).words("none"))
            more: Look = {"unit": "CNY/year", "state": "not_reported", "of": row, "kind": "none"}
            more |= {"what": texts_of(STEM).words("later"), "page": False, "hollow": False}
            rows.append(plain_row(f"none-{row.recipient}", "none", label, None, **more))
            told.add(row.recipient)
    return drawn_table(rows)


def _first(row: Row) -> tuple[bool, str]:
    """The rows of the page stay as they are, later ones follow by the years that they cover."""
    later = row.side == "later"
    return later, row.period if later and not is_missing(row.period) else ""


def _sum_row(row: Row, before: int) -> Row:
    """A sum over its years; where the print leaves it open only its bounds."""
    page, dated, prefix = row.side == "page", not is_missing(row.period), "per_year"
    hollow = page and (not dated or row.state == "derived")
    # A commitment that is inferred was printed as paid in full.
    kind = ("paid" if dated else "planned") if hollow else row.measure
    quantity, cells = "plan" if kind == "planned" else row.measure, Row(row)
    if is_missing(row.per_year):
        quantity, prefix = "undated_sum", ""
    elif int(row.counties) > 1:
        quantity = "shared_sum"
    elif row.bound in ("under", "over", "range"):
        cells |= {"per_year": None, "per_year_state": "bounds_only"}
    voices = [Voice(texts_of(STEM), lang) for lang in LANGS]
    what = Words(*(_what(row, kind, voice) for voice in voices))
    said = Words(*(one.aside(what.say(one.lang), _counties(row, one)) for one in voices))
    said = texts_of(STEM).words("from_page").named(said) if page else said
    label = row.words("recipient").named(said)
    more: Look = {"unit": "CNY/year" if prefix else "CNY", "prefix": prefix, "of": row}
    more |= {"what": what, "kind": kind, "page": page, "hollow": hollow}
    mark = f"page-{row.recipient}-{before + 1}" if page else row.figures
    return drawn_row(mark, quantity, label, cells, **more)


def _what(row: Row, kind: str, voice: Voice) -> str:
    """What kind of sum it is, and of which years."""
    years = _years(row, voice)
    dated = "of_paid" if kind == "paid" else "of_years"
    key = dated if years else "of_undated" if is_missing(row.per_year) else "of_plan"
    number = "" if is_missing(row.years) else voice.count(int(row.years))
    return voice.say(key, kind=voice.say(kind), years=years or "-", number=number or "-")


def _years(row: Row, voice: Voice) -> str:
    ends = [] if is_missing(row.period) else row.period.split("/")
    return voice.years(ends[0], ends[-1]) if ends else ""


def _counties(row: Row, voice: Voice) -> str:
    number = int(row.counties)
    return voice.say("counties", number=voice.count(number)) if number > 1 else ""


def plot_later_reports(
    later: Table, *, ax: On = None, lang: str = "en", order: Order = None
) -> Axes:
    """Draw each sum as a bar of money per year, the years in words, the page's first in each pair.

    `later`: from :func:`aidstudy.analysis.later.later_reports`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_later_reports(later, order))


def _draw(on: Canvas, rows: Rows, *, slide: bool = False, keys: int = 2) -> None:
    """Each pair under its name, on a slide beside it; above, so many `keys` of signs on a line."""
    names: dict[float, str] = {}
    strong, sides, y = [], [], -0.4
    left = [row for row in rows if row.quantity in _PRINT] if slide else []
    rows = [row for row in rows if row not in left]
    amounts = commas_alike([_told(row, on) for row in rows])
    told = {row.mark: text for row, text in zip(rows, amounts, strict=True)}
    for _, run in groupby(rows, key=lambda row: row.of.recipient):
        own = list(run)
        y = head = y + 0.4
        if slide:
            sides.append((head, on.county(own[0])))
        else:
            strong.append(len(names))
            names[head] = on.county(own[0])
            y += 1
        for row in own:
            names[y] = row.what.say(on.lang)
            if row.quantity in _WORDS:
                ink = on.palette.grey if row.missing else on.palette.ink
                on.missing(y, row.mark, told[row.mark], colour=ink)
            else:
                _bar(on, row, y, told[row.mark])
            y += 1
    for place, county in sides:
        aside = -widest(names.values()) - 2.2 * on.em
        on.put(county, 0, place, coords="edge", dx=aside, ha="right", strong=True)
    bars = [row for row in rows if row.quantity not in _WORDS]
    on.ax.set_xlim(0, 1.004 * max((float(row.high) for row in bars), default=1.0))
    on.rows(list(names.values()), places=list(names), strong=strong)
    # The words of a last row would touch the axis.
    on.ax.set_ylim(bottom=y - 0.2)
    on.money_axis(MILLION, on.say("axis"))
    on.key(keys)
    on.note(on.say("open") if any(row.missing for row in bars) else "")
    on.note(on.say("left_out", counties=on.counties(left)))


def _told(row: Row, voice: Voice) -> str:
    """What stands for a row: a sum, in words if no years or several counties are its own."""
    if row.quantity not in _WORDS:
        return _amount(row, voice)
    if row.missing:
        return voice.say("none")
    return voice.say(row.quantity, amount=_amount(row, voice), counties=_counties(row.of, voice))


def _bar(on: Canvas, row: Row, y: float, amount: str) -> None:
    """A bar from zero, blank over what the words of the print leave open."""
    ink, open_ = on.palette, row.missing
    ends = [float(row.low), float(row.high)] if open_ else [float(row.value)]
    edge, fill = (ink.accent, ink.accent) if row.page else (ink.mid, ink.light)
    sign = row.kind if row.hollow else row.of.side
    look: Look = {"edge": edge, "high": 0.62}
    told: Look = {"colour": "white" if row.hollow else fill, "label": sign, "mark": row.mark}
    told["hatched"] = sign == "planned"
    on.bar(0, ends[0], y, **told, **look)
    if open_:
        on.bar(ends[0], ends[1], y, colour="white", **look)
    on.put(amount, ends[-1], y, dx=on.gap)


def _amount(row: Row, voice: Voice) -> str:
    """A sum as printed; a quotient to ten thousand CNY, or about, as far as its bounds leave it."""
    digits, factor = voice.money(row), MILLION.scale(voice.lang)
    if row.missing or row.unit == "CNY" or int(row.of.years) == 1:
        return digits.value or bounds_text(digits, voice.lang)
    place = min(least_place(row, unit=factor), 0 if voice.zh else 2)
    text = typeset(round_text(Fraction(row.value) / factor, place))
    wide = Fraction(row.high) - Fraction(row.low) > factor * Fraction(10) ** -place
    return voice.say("about", amount=text) if wide else text


def _in_words(row: Row, amount: str, voice: Voice) -> str:
    """A sum for who cannot see its bar: of the page, or of a later report with its years."""
    if row.quantity == "none":
        return voice.say("none")
    key = row.kind if row.hollow else row.quantity
    amount = voice.say(f"alt_{key}", amount=amount) if key in _MARKED else amount
    notes = ("" if row.page else _years(row.of, voice), _counties(row.of, voice))
    return voice.aside(amount, voice.commas(notes))


def _facts(rows: Rows, voice: Voice) -> Facts:
    bars = [row for row in rows if row.quantity not in _WORDS]
    first = {row.of.recipient: row for row in bars if row.page and row.kind != "planned"}
    later = [row for row in bars if not row.page and row.of.recipient in first]
    told: dict[str, list[str]] = {}
    amounts = commas_alike([_amount(row, voice) for row in rows])
    for row, amount in zip(rows, amounts, strict=True):
        told.setdefault(voice.county(row), []).append(_in_words(row, amount, voice))
    kinds = {row.mark: row.of.measure for row in rows}
    more = {r.of.recipient for r in later if r.low > first[r.of.recipient].high}
    same = [r for r in rows if r.kind == kinds.get(r.of.differs_from)]
    shared = [row for row in rows if row.quantity == "shared_sum"]
    return {
        "more": voice.count(len(more)),
        "pairs": voice.count(len({row.of.recipient for row in rows})),
        "year": next((row.of.period for row in first.values()), ""),
        "told": voice.joined(voice.named(one, voice.commas(said)) for one, said in told.items()),
        "same": voice.counties(same),
        "shared": voice.counties(shared),
        "none": voice.counties(row for row in rows if row.quantity == "none"),
    }


def _figure(page: Sheet, message: str, later: Table) -> Figure:
    slide, keys = page.preset.slide, 2 if page.preset.narrow else 4
    ax = page.draw(_draw, rows_later_reports(later), slide=slide, keys=keys)
    return page.compose(ax, pitch=1.35, headline=message)


_READS = ("context", "figures", "pairs")
_TABLES = {"later": later_reports}
PLOT = Plot(STEM, _READS, _TABLES, rows_later_reports, _figure, _facts, slides_omit=_PRINT)
