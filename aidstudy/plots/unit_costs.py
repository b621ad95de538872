"""Unit costs: how far the print lets each be off, and which printed number sets that."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from aidstudy.analysis.unitcosts import unit_costs
from aidstudy.codebook import MEASURES
from aidstudy.intervals import Interval, plain
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, Cell, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import digits_of, is_missing, with_bounds
from aidstudy.quantity.shown import units
from aidstudy.rounding import Digits, Shown, commas_alike, write_number

STEM = "unit_costs"
_FRACTIONS = ("1/100", "1/50", "1/20", "1/10", "1/5", "1/3", "1/2", "2/3")
_MARKS = (*_FRACTIONS, "1", "3/2", "2", "3", "5", "10", "20", "50", "100")
"""Multiples that are marked on the axis."""


def rows_unit_costs(costs: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_unit_costs` draws, each in its own unit, the most open first."""
    rows = []
    widest = checked_rows(STEM, costs, key=lambda row: -_reach(row), order=order, by="project_id")
    for row in widest:
        label, mark = row.words("project").named(row.words()), f"{row.project_id}-{row['name']}"
        more = {"unit": row.unit, "coarse": False}
        rows.append(drawn_row(f"cost-{mark}", row["name"], label, row, **more))
        # Left out where it makes no difference how the zeros at the end are read.
        if row.coarse_low != row.low or row.coarse_high != row.high:
            more |= {"coarse": True, "prefix": "coarse"}
            label = label.named(texts_of(STEM).words("as_size"))
            # The value is that of the row before.
            ends = Row(row, coarse=None)
            rows.append(drawn_row(f"coarse-{mark}", f"{row['name']}_coarse", label, ends, **more))
    return drawn_table(rows)


def _reach(row: Row, start: str = "") -> Fraction:
    """The factor by which the value may be off, up or down."""
    low, high = (Fraction(row[f"{start}of_value_{end}"]) for end in ("low", "high"))
    return max(high, 1 / low)


def plot_unit_costs(
    costs: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw the bounds of each unit cost in multiples of its value, the most open first.

    `costs`: from :func:`aidstudy.analysis.unitcosts.unit_costs`; some of its rows will do.
    """
    rows = rows_unit_costs(costs, order)
    return drawn_on(ax, lang, STEM, _draw, rows, columns=columns, setters=columns)


def _draw(on: Canvas, rows: Rows, *, setters: bool) -> None:
    costs = [row.of for row in rows if not row.coarse]
    shown = [_shown(cost, on) for cost in costs]
    on.rows([on.of(cost, "project") for cost in costs], below=[what for what, _ in shown])
    on.ax.set_xscale("log")
    on.ax.margins(x=0.03)
    on.ax.axvline(1, color=on.palette.rule, linewidth=on.em / 14, zorder=0.5)
    y = -1
    for row in rows:
        # A pale bar stands behind the dark one before it.
        y, start = y + (not row.coarse), "coarse_" * row.coarse
        low, high = (float(row.of[f"{start}of_value_{end}"]) for end in ("low", "high"))
        pale: Look = {"color": on.palette.tint, "linewidth": on.em, "zorder": 1}
        on.span(low, high, y, gid=row.mark, snap=False, **(pale if row.coarse else {}))
        # Thin, so that narrow bars are seen on both sides of it.
        on.stroke(1, y, snap=False).set_markeredgewidth(0.1 * on.em)
    if on.columns:
        # In units of their own, so their points need not stand below one another.
        on.numbers([digits for _, digits in shown], flush=True)
    if setters:
        told = commas_alike([_setter(cost, on) for cost in costs])
        cells = [Cell(y, text, quiet=True) for y, text in enumerate(told)]
        on.column((on.say("set_by"),), cells, left=True, size=on.small)
    on.note(on.say("stroke"))
    on.note(on.say("coarse") if len(rows) > len(costs) else "")
    on.note(on.say("narrow"))
    on.note(on.say("planned"))
    low, high = on.ax.get_xlim()
    marks = [mark for mark in _MARKS if low <= Fraction(mark) <= high]
    # Fewer where the axis is short.
    marks = marks if setters else [mark for mark in marks if mark not in ("1/2", "2/3", "3/2", "2")]
    on.ax.set_xticks([float(Fraction(mark)) for mark in marks], marks)
    on.ax.xaxis.set_minor_locator(NullLocator())
    on.across(on.say("axis"))


def _shown(cost: Row, voice: Voice) -> tuple[str, Digits]:
    """What is measured, with its unit, and the number; the name of a storage has its days."""
    if not cost.unit.startswith("CNY"):
        return voice.of(cost), digits_of(cost)
    unit = units("CNY million" if cost.value >= 10**6 else "CNY")
    name = voice.aside(voice.of(cost), unit.name(voice.lang))
    return name, digits_of(cost, unit=unit.scale(voice.lang))


def _setter(cost: Row, voice: Voice) -> str:
    """The printed number that widens a unit cost most: what it measures, and what it allows."""
    measure = cost.widest_measure
    if is_missing(measure):
        return voice.say("exact")
    unit = units("CNY million" if cost.widest_unit == "CNY" else cost.widest_unit)
    ends = (cost[f"widest_{end}"] / Fraction(unit.scale(voice.lang)) for end in ("low", "high"))
    bounds = unit.sentence(write_number(Shown(None, Interval(*ends))), voice.lang)
    return MEASURES[measure].zh + bounds if voice.zh else f"{measure.replace('_', ' ')} {bounds}"


def _off(off: Fraction, voice: Voice) -> str:
    """How far rounding lets a unit cost be off: by a factor, or by so many per cent at most."""
    if off >= Fraction(3, 2):
        return voice.say("factor", off=plain(Fraction(round(10 * off), 10)))
    return voice.say("percent", off=str(ceil(100 * (off - 1))))


def _facts(rows: Rows, voice: Voice) -> Facts:
    costs = [row.of for row in rows if not row.coarse]
    # As wide as either reading of the zeros at the end makes it.
    reaches = [_reach(cost, "coarse_") for cost in costs]
    names, numbers = zip(*(_shown(cost, voice) for cost in costs), strict=True)
    told = commas_alike([with_bounds(one, voice.lang) for one in numbers])
    return {
        "most": _off(max(reaches), voice),
        "pale": voice.say("pale") if len(rows) > len(costs) else "",
        "told": voice.joined(map(" ".join, zip(names, told, strict=True))),
    }


def _figure(page: Sheet, message: str, costs: Table) -> Figure:
    ax = page.draw(_draw, rows_unit_costs(costs), setters=page.preset.roomy)
    return page.compose(ax, pitch=2.75, headline=message)


_READS = ("figures", "projects")
PLOT = Plot(STEM, _READS, {"costs": unit_costs}, rows_unit_costs, _figure, _facts)
