"""Money for one county: where it comes from, and what share of it was spent."""

from __future__ import annotations

from decimal import ROUND_CEILING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.flows import denominators
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, On, drawn_on
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, listed, texts_of
from aidstudy.plots.words import MILLION, digits_of, falling, firm, is_missing, rough
from aidstudy.rounding import exact_text, round_text

STEM = "denominators"
_ALONE = ("whole", "spent")


def rows_denominators(shares: Table, ratios: Table | None = None, order: Order = None) -> Table:
    """The rows of both panels: the waterfall in CNY, then the shares in per cent.

    With `ratios` the donor's sum is split into what the rule asks for and what was added.
    """
    found = checked_rows(STEM, shares, order=order)
    pairs = [] if ratios is None else checked_rows(STEM, ratios, part="ratios")
    splits = {row.recipient: row for row in pairs if not is_missing(row.added)}
    rows: Rows = []
    for recipient in dict.fromkeys(row.recipient for row in found):
        own = [row for row in found if row.recipient == recipient]
        rows += _waterfall(own, splits.get(recipient))
        for row in sorted(own, key=lambda row: falling(row.value)):
            words = texts_of(STEM).words(f"over_{row.denominator}")
            mark = f"share-{recipient}-{row.denominator}"
            rows.append(drawn_row(mark, "spent_share", words, row, unit="%"))
    return drawn_table(rows)


def _waterfall(own: Rows, split: Row | None) -> Rows:
    """Each sum with the place where it starts: where the one before ends."""
    full = min(own, key=lambda row: falling(row.whole))
    steps = [("rule_amount", split), ("added", split)] if split else [("from_donor", full)]
    steps += [(name, full) for name in ("from_matching", "from_donations", *_ALONE)]
    start, rows = 0, []
    for name, row in steps:
        if is_missing(row[name]):
            continue
        more: Look = {"unit": "CNY", "prefix": name, "start": 0 if name in _ALONE else start}
        words, mark = texts_of(STEM).words(name), f"{name}-{full.recipient}"
        rows.append(drawn_row(mark, name, words, row, **more))
        start += 0 if name in _ALONE else row[name]
    return rows


def plot_waterfall(
    shares: Table, ratios: Table | None = None, *, ax: On = None, lang: str = "en"
) -> Axes:
    """Draw the money for a county part by part, all of it, and what was spent.

    `shares`: from :func:`aidstudy.analysis.flows.denominators`; the rows of one county.
    `ratios`: from :func:`aidstudy.funding_ratios`, to split the donor's sum at the rule.
    """
    return drawn_on(ax, lang, STEM, _draw_parts, rows_denominators(shares, ratios))


def _in(rows: Rows, unit: str) -> Rows:
    return [row for row in rows if row.unit == unit]


def _draw_parts(on: Canvas, rows: Rows) -> None:
    ink, rows = on.palette, _in(rows, "CNY")
    others, donor = (ink.shared, "none", "from others"), (ink.mid, "none", "the donor's")
    looks = {"from_donor": donor, "added": donor, "spent": (ink.dark, "none", "spent")}
    looks |= {
        "rule_amount": ("white", ink.mid, "computed"),
        "whole": ("white", ink.grey, "computed"),
    }
    on.rows([on.of(row) for row in rows])
    ends = [float(row.start + row.value) for row in rows]
    # A little more, so that the longest bar keeps its right edge.
    on.ax.set_xlim(0, 1.004 * max(ends))
    for y, (row, end) in enumerate(zip(rows, ends, strict=True)):
        colour, edge, label = looks.get(row.quantity, others)
        look = {"colour": colour, "edge": edge, "label": label, "high": 0.62}
        on.bar(float(row.start), end, y, mark=row.mark, **look)
        on.put(_sum(row, on), end, y, dx=on.gap)
        on.note(_asked(row, on))
        on.note(on.say("open") if colour == "white" else "")
        if row.quantity not in _ALONE and y + 1 < len(rows):
            on.line([end, end], [y + 0.31, y + 0.69], linewidth=on.em / 12)
    on.money_axis(MILLION, on.say("money", county=on.county(rows[0])), ticks=5)


def _sum(row: Row, voice: Voice) -> str:
    return firm(row, unit=MILLION.scale(voice.lang)).value


def _asked(row: Row, voice: Voice) -> str:
    """Of the amount under the rule what it is: a difference, which is not printed."""
    if row.quantity != "rule_amount" or is_missing(row.of.rule):
        return ""
    sums = {name: voice.money(row.of, name).value for name in ("aid", "added")}
    return voice.say("asked", **sums, amount=_sum(row, voice), rule=f"{exact_text(row.of.rule)}%")


def plot_denominators(
    shares: Table, *, ax: On = None, lang: str = "en", columns: bool = True, order: Order = None
) -> Axes:
    """Draw what was spent as a share of every denominator, and the line of 100%.

    `shares`: from :func:`aidstudy.analysis.flows.denominators`; some of its rows will do.
    """
    rows = rows_denominators(shares, order=order)
    return drawn_on(ax, lang, STEM, _draw_shares, rows, columns=columns)


def _draw_shares(on: Canvas, rows: Rows, *, bounds: bool = True) -> None:
    for row in rows:
        on.note(_asked(row, on))
    rows = _in(rows, "%")
    several = len({row.of.recipient for row in rows}) > 1
    on.rows([on.named(on.county(row), on.of(row)) if several else on.of(row) for row in rows])
    on.ax.set_xlim(0, 1.05 * max([100.0, *(float(row.high) for row in rows if not row.missing)]))
    good = [y for y, row in enumerate(rows) if not row.missing and not row.of.impossible]
    if len(good) > 1 and not several:
        # How far the choice of a denominator moves the share: what the plot is about.
        ends = (float(rows[good[-1]].value), float(rows[good[0]].value), (good[0] + good[-1]) / 2)
        on.bar(*ends, colour=on.palette.tint, high=good[-1] - good[0] + 1, zorder=0)
        # On the band, where the row above it, of more than 100%, has room.
        middle = (ends[0] + ends[1]) / 2
        on.put(on.say("band"), middle, good[0] - 0.5, dy=0.65 * on.em, ha="center")
    on.ax.axvline(100, color=on.palette.ink, linewidth=on.em / 12, zorder=1)
    on.head((on.say("hundred"),), 100)
    for y, row in enumerate(rows):
        if row.missing:
            on.missing(y, row.mark)
            continue
        bad = bool(row.of.impossible)
        on.note(on.say("impossible") if bad else "")
        look: Look = {"marker": "D", "colour": on.palette.accent} if bad else {}
        on.dot(float(row.value), y, gid=row.mark, label="impossible" if bad else "", **look)
    if on.columns:
        on.numbers([digits_of(row, places=1) for row in rows], bounds=bounds)
    on.across(on.say("axis", county=on.counties(rows)))


def _facts(rows: Rows, voice: Voice) -> Facts:
    shares = [row for row in _in(rows, "%") if not row.missing]
    good = sorted((r for r in shares if not r.of.impossible), key=lambda row: row.value)
    halves = [max(row.high - row.value, row.value - row.low) for row in shares]
    return {
        "asked": next(filter(None, (_asked(row, voice) for row in rows)), ""),
        "county": voice.counties(rows),
        "low": rough(good[0]) if good else "",
        "high": rough(good[-1]) if good else "",
        "bad": voice.listing(voice.of(row) for row in shares if row.of.impossible),
        "most": round_text(max(halves), 1, rounding=ROUND_CEILING) if halves else "",
        "sums": voice.joined(f"{voice.of(row)} {_sum(row, voice)}" for row in _in(rows, "CNY")),
        "told": voice.joined(
            f"{voice.of(row)} {digits_of(row, places=1).value}%" for row in shares
        ),
    }


def _figure(page: Sheet, message: str, shares: Table, ratios: Table) -> Figure:
    panels, rows = [], listed(rows_denominators(shares, ratios))
    for county in dict.fromkeys(row.of.recipient for row in rows):
        own = [row for row in rows if row.of.recipient == county]
        if not page.preset.slide:
            panels.append(page.draw(_draw_parts, own))
        panels.append(page.draw(_draw_shares, own, bounds=page.preset.roomy))
    wide = page.preset.roomy and len(panels) == 2
    return page.compose(*panels, pitch=2.0, headline=message, beside=(1, 1) if wide else ())


_READS = ("figures", "pairs", "projects")
_TABLES = {"shares": denominators, "ratios": funding_ratios}
_OMIT = frozenset({"CNY"})
PLOT = Plot(STEM, _READS, _TABLES, rows_denominators, _figure, _facts, slides_omit=_OMIT)
