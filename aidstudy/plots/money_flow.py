"""From promise to spending: committed, disbursed and spent, for each pair."""

from __future__ import annotations

import datetime as dt

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.flows import SOURCE_NOT_PRINTED, money_flow
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width, widest
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, texts_of
from aidstudy.plots.words import MILLION, NOT_REPORTED, falling, firm, is_missing

Pair = dict[str, Row]
"""The rows of a pair by their quantity."""

STEM = "money_flow"
STEPS = ("commitment", "disbursement", "expenditure")
_LEAST = "expenditure_least_donor"


def rows_money_flow(flow: Table, order: Order = None) -> Table:
    """The rows that :func:`plot_money_flow` draws, in CNY, from the largest commitment down."""
    sums = checked_rows(STEM, flow)
    size = {row.recipient: row.value for row in sums if row.step == "commitment"}
    rows = checked_rows(STEM, flow, key=lambda row: falling(size.get(row.recipient)), order=order)
    # A hope for all of a sum that is not reported says nothing of its own.
    return drawn_table(_drawn(row) for row in rows if row.realised == "yes" or not row.missing)


def _drawn(row: Row) -> Row:
    # What is planned is drawn on the lane of its step.
    step, planned = row.step.removesuffix("_planned"), row.realised == "planned"
    quantity, mark = f"{step}_planned" if planned else step, f"{step}-{row.recipient}"
    mark += "-planned" if planned else ""
    label = row.pair().named(texts_of(STEM).words(quantity))
    return drawn_row(mark, quantity, label, row, unit="CNY", step=step)


def _pairs(rows: Rows) -> list[Pair]:
    pairs: dict[tuple[str, str], Pair] = {}
    for row in rows:
        pairs.setdefault((row.of.recipient, row.of.donor), {})[row.quantity] = row
    return list(pairs.values())


def _said(row: Row) -> str:
    """What is said beside a sum: taken from one that was paid in full, or of no printed source."""
    if row.step == "commitment" and row.state == "derived":
        return "inferred"
    unsaid = row.step == "expenditure" and row.of.words("note") == SOURCE_NOT_PRINTED
    return "unsaid" if unsaid else ""


def _complete(pair: Pair) -> bool:
    """Whether a pair prints every step; a commitment that is inferred is not printed."""
    steps = [pair[step] for step in STEPS if step in pair]
    return len(steps) == len(STEPS) and not any(r.missing or _said(r) == "inferred" for r in steps)


def plot_money_flow(
    flow: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw three bars from zero for each pair: committed, disbursed, spent.

    `flow`: from :func:`aidstudy.money_flow`; some of its rows will do.
    """
    return drawn_on(ax, lang, STEM, _draw, rows_money_flow(flow, order), columns=columns)


def _draw(on: Canvas, rows: Rows, *, headings: bool = True) -> None:
    """The pairs under one another, each under its name or, without headings, beside it."""
    first = int(headings)
    ends = [float(row.value) for row in rows if not row.missing]
    # A little more, so that the longest bar keeps its right edge.
    on.ax.set_xlim(0, 1.004 * max(ends, default=1.0))
    names: dict[float, str] = {}
    left = -widest(map(on.say, STEPS)) - 2.3 * on.em
    for number, pair in enumerate(_pairs(rows)):
        top, one = number * (first + len(STEPS) + 0.7), next(iter(pair.values()))
        beside: Look = {"coords": "edge", "dx": left, "ha": "right"}
        full = beside | {"x": 0, "y": top + 2}
        if headings:
            names[top], beside = on.county(one), {"coords": "edge", "dx": on.gap}
            full |= {"x": 1, "y": top, "dx": -on.gap}
        else:
            on.put(on.county(one), 0, top, strong=True, **beside)
        on.quiet(on.say("from", donor=on.county(one, "donor")), 0, top + 1 - first, **beside)
        if _complete(pair):
            band = (top - 0.6, top + first + len(STEPS) - 0.4)
            on.ax.axhspan(*band, facecolor=on.palette.accent_tint, zorder=0)
            on.put(on.say("full"), **full, size=on.small, strong=True)
        for y, step in enumerate(STEPS, start=first):
            names[top + y] = on.say(step)
            if step in pair:
                _lane(on, pair, step, top + y)
    strong = range(0, len(names), 1 + len(STEPS)) if headings else ()
    on.rows(list(names.values()), places=list(names), strong=strong)
    # The last words stand off the axis.
    on.ax.set_ylim(bottom=on.ax.get_ylim()[0] + 0.2)
    on.money_axis(MILLION, on.say("axis"))


def _lane(on: Canvas, pair: Pair, step: str, y: float) -> None:
    row, ink, said = pair[step], on.palette, _said(pair[step])
    end, text = (
        (0.0, NOT_REPORTED.say(on.lang)) if row.missing else (float(row.value), _sum(row, on))
    )
    if row.missing:
        on.missing(y, row.mark)
    else:
        fills = {"commitment": ink.light, "disbursement": ink.mid, "expenditure": ink.dark}
        fill = (fills | {"inferred": "white", "unsaid": ink.shared})[said or step]
        edge = ink.mid if step == "commitment" else "none"
        on.bar(0, end, y, colour=fill, edge=edge, mark=row.mark, label=said or step, high=0.82)
        on.put(text, end, y, dx=on.gap)
    past = on.gap + text_width(text) + 0.6 * on.em
    if said and on.columns:
        on.quiet(on.say(said), end, y, dx=past)
    elif said:
        on.note(on.say(f"{said}_key"))
    if f"{step}_planned" in pair:
        _due(on, pair[f"{step}_planned"], end, y, past, ink.mid)
    if step == "expenditure" and _LEAST in pair:
        least = pair[_LEAST]
        look: Look = {"colour": "white", "edge": ink.dark, "high": 0.4, "label": "inferred"}
        on.bar(0, float(least.value), y, mark=least.mark, **look)
        part, dx = on.say("least", least=_sum(least, on)), 0.7 * on.gap
        on.quiet(part, float(least.value), y, dx=dx, colour=ink.ink)
        dx += text_width(part, size=on.small)
        on.quiet("†", float(least.value), y, dx=dx, colour=ink.ink, latin=True)
        on.note(on.say("if_only"))


def _sum(row: Row, voice: Voice) -> str:
    """A sum as it is told; of what came from the donor at least, the lower of its bounds."""
    if row.quantity == _LEAST:
        return firm(row, unit=MILLION.scale(voice.lang)).low
    return voice.money(row).value


def _due(on: Canvas, planned: Row, end: float, y: float, past: float, colour: str) -> None:
    """What is hoped for, as a hollow circle at the end of a line from what is there."""
    goal = float(planned.value)
    line = {"arrowstyle": "-", "color": colour, "linewidth": on.em / 8}
    line |= {"shrinkA": 0, "shrinkB": 0}
    on.ax.annotate("", (goal, y), (past, 0), textcoords=on.beyond(end, y), arrowprops=line)
    on.dot(
        goal, y, hollow=True, size=0.7, zorder=4, gid=planned.mark, label="planned", colour=colour
    )
    due = planned.of.due
    day = "" if is_missing(due) else _before(due, on)
    on.quiet(on.say("due", day=day) or on.say("hoped"), goal, y, dx=0.75 * on.em)


def _before(day: dt.date, voice: Voice) -> str:
    """A deadline, the last day of a month as its end: 10月底前 names no day."""
    if (day + dt.timedelta(days=1)).month != day.month:
        return voice.say("month_end", month=voice.month(day.month))
    return voice.day(day)


def _told(row: Row, voice: Voice) -> str:
    """A sum with what is said of it, for the alternative text."""
    key = "told_least" if row.quantity == _LEAST else "told"
    text = voice.say(key, what=voice.say(row.quantity), sum=_sum(row, voice))
    return voice.aside(text, voice.say("inferred") if _said(row) == "inferred" else "")


def _facts(rows: Rows, voice: Voice) -> Facts:
    pairs, spent = _pairs(rows), [row for row in rows if row.quantity == "expenditure"]
    inferred = [row for row in rows if _said(row) == "inferred"]
    noted = [row for row in spent if row.of.note_en and not _said(row)]
    notes = (voice.say("on", county=voice.county(r), note=voice.of(r.of, "note")) for r in noted)
    full, told = sum(map(_complete, pairs)), []
    for pair in pairs:
        sums = voice.commas(_told(row, voice) for row in pair.values() if not row.missing)
        name = voice.county(next(iter(pair.values())))
        told.append(voice.named(name, sums or NOT_REPORTED.say(voice.lang)))
    return {
        "full": voice.count(full) if full else voice.say("none"),
        "pairs": voice.count(len(pairs)),
        "inferred": voice.counties(inferred),
        "undated": voice.counties(r for r in inferred if "no year" in (r.of.note_en or "")),
        "summed": voice.counties(row for row in spent if row.state == "derived"),
        "hoped": voice.counties(row for row in rows if row.quantity.endswith("_planned")),
        "unsaid": voice.counties(row for row in spent if _said(row)),
        "open": voice.joined(notes),
        "told": voice.joined(told),
    }


def _figure(page: Sheet, message: str, flow: Table) -> Figure:
    ax = page.draw(_draw, rows_money_flow(flow), headings=page.preset.narrow)
    return page.compose(ax, pitch=1.35, headline=message)


PLOT = Plot(STEM, ("figures", "pairs"), {"flow": money_flow}, rows_money_flow, _figure, _facts)
