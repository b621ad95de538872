"""Funding ratios: what share of its revenue a donor gives, beside the rules of aid programmes."""

from __future__ import annotations

from math import inf
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.ratios import funding_ratios, revenue_routes
from aidstudy.bilingual import Lang, Words, sign
from aidstudy.plots.drawn import checked_rows, drawn_row, drawn_table, given_table, plain_row
from aidstudy.plots.kit import Canvas, On, drawn_on, text_width
from aidstudy.plots.plot import Plot, Sheet
from aidstudy.plots.voice import Facts, Look, Order, Row, Rows, Table, Voice, listed, texts_of
from aidstudy.plots.words import (
    BILLION,
    bounds_text,
    digits_of,
    falling,
    is_missing,
    numbers_in,
    range_text,
)
from aidstudy.rounding import exact_text
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import load_context

STEM = "funding_ratios"
_OWN_SCHEME = "rule-7plus20"
"""The facts on the page's own scheme: its rule is on the page."""
_LINE = 0.55
"""Height of a line of names, in rows."""


def rows_funding_ratios(
    ratios: Table, rules: Table | None = None, routes: Table | None = None, order: Order = None
) -> Table:
    """The rows of both panels: ratios and rules in per cent, the revenue by each route in CNY."""
    pairs = checked_rows(STEM, ratios, order=order)
    rows = [
        drawn_row(f"ratio-{row.recipient}", "ratio", row.pair(), row, unit="%", prefix="ratio")
        for row in pairs
    ]
    if not is_missing(pairs[0].rule):
        key = "supposed" if pairs[0].rule_state == "hypothetical" else "rule"
        words = texts_of(STEM).words(key)
        rows.append(drawn_row("rule", "rule", words, pairs[0], unit="%", prefix="rule"))
    if rules is not None:
        told = given_table(STEM, rules, **texts_of(STEM).told["rules"])
        others = told[~told["fact_id"].str.startswith(_OWN_SCHEME)]
        rows += [_programme(str(name), own) for name, own in others.groupby("entity", sort=False)]
    rows.sort(key=lambda row: falling(_end(row)))
    return drawn_table(rows + ([] if routes is None else listed(rows_routes(routes))))


def _programme(name: str, facts: Table) -> Row:
    """The rule of another programme, two facts on its ends as one range."""
    texts, ids = texts_of(STEM), list(facts["fact_id"])
    ends = (min(facts["low"]), max(facts["high"]))
    mark, one = ids[0].removesuffix("-low"), ends[0] == ends[1]
    known, floor = mark in texts.told["en"]["labels"], mark in texts.told["rows"]["floors"]
    told: Look = {"bounds": (ends[0], None if floor else ends[1]), "unit": "%"}
    told["figures"] = " ".join(ids)
    told["state"] = "printed" if one else "bounds_only"
    words = texts.words(mark) if known else Words(name, name)
    return plain_row(mark, "programme_rule", words, ends[1] if one else None, **told)


def _end(row: Row) -> Any:
    """Its upper end: of a floor, which has none, the floor."""
    return row.value if is_missing(row.high) else row.high


def _share(row: Row, lang: Lang) -> str:
    """A share as it is written: a floor with its sign, a range by its ends."""
    if row.missing:
        return _percent(range_text(row.low, row.high, lang))
    return f"{'≥' * is_missing(row.high)}{digits_of(row).value}%"


def _percent(text: str) -> str:
    """A number, or a range, in per cent: in Chinese each of its ends has the sign."""
    dash = sign("range", "zh")
    return f"{text.replace(dash, f'%{dash}')}%"


def rows_routes(routes: Table) -> Table:
    """The rows that :func:`plot_revenue_routes` draws, in CNY; the last is where they meet.

    A route for which the page prints too little, and a place where none meet, has no row.
    """
    if routes.empty:
        return drawn_table([])
    found = [row for row in checked_rows(STEM, routes, part="routes") if not is_missing(row.low)]
    several, rows = len({row.donor for row in found}) > 1, []
    for row in found:
        label, mark = row.words("formula"), f"route-{row.recipient}-{row.route}"
        label = row.words("donor").named(label) if several else label
        more = {"overlap": row.route == "overlap", "unit": "CNY"}
        rows.append(drawn_row(mark, "revenue_by_route", label, row, **more))
    return drawn_table(rows)


def plot_funding_ratios(
    ratios: Table,
    rules: Table | None = None,
    *,
    ax: On = None,
    lang: str = "en",
    order: Order = None,
) -> Axes:
    """Draw each printed ratio as a dot, among the rules of programmes, from high to low.

    `ratios`: from :func:`aidstudy.funding_ratios`; some of its rows will do. `rules`: rows of
    :func:`aidstudy.load_context` whose measure is ``rule_ratio``.
    """
    rows = rows_funding_ratios(ratios, rules, order=order)
    return drawn_on(ax, lang, STEM, _draw_ratios, rows)


def _draw_ratios(on: Canvas, rows: Rows, *, room: float = inf) -> None:
    """The shares, and pairs without one in lines of at most `room` points."""
    known = [row for row in rows if not is_missing(_end(row))]
    open_ = [row for row in rows if is_missing(_end(row))]
    pairs = [number for number, row in enumerate(known) if row.quantity == "ratio"]
    rest = [on.say("others" if pairs else "pairs")] * bool(open_)
    on.rows([*map(on.of, known), *rest], strong=pairs)
    on.ax.set_xlim(0, 1.4 * max((float(_end(row)) for row in known), default=1.0))
    for y, row in enumerate(known):
        if row.quantity == "rule":
            ends = (-0.5, len(known) - 0.5)
            on.line([float(row.low)] * 2, ends, linewidth=on.em / 10, zorder=0.5)
        _ratio(on, row, y)
    dx, down = on.gap, float(len(known))
    for place, row in enumerate(open_, start=1):
        first, comma = place == 1, on.say("comma") if place < len(open_) else ""
        text = f"{on.say('missing') if first else ''}{on.county(row)}{comma}"
        if not first and dx + text_width(text.rstrip()) > room:
            dx, down = on.gap, down + _LINE
        on.missing(down, row.mark, text, dx=dx)
        # A space at the end has no width of its own.
        dx += text_width(f"{text}.") - text_width(".")
    # Rows end below the last line of names.
    on.ax.set_ylim(bottom=down + 0.5 if open_ else down - 0.5)
    on.ax.set_xlabel(on.say("axis"))
    if any(row.quantity == "programme_rule" for row in rows):
        on.note(on.say("key"))


def _ratio(on: Canvas, row: Row, y: float) -> None:
    low, high, own = float(row.low), float(_end(row)), row.quantity == "ratio"
    colour = on.palette.accent if own else on.palette.mid
    if row.missing:
        # Two diamonds on a line: a bar is what bounds have in the other panel.
        look: Look = {"marker": "D", "markersize": 0.65 * on.em, "linewidth": 0.2 * on.em}
        on.line([low, high], [y, y], colour, gid=row.mark, **look)
    else:
        size, marker, label = (0.85, "o", "ratio") if own else (0.65, "D", "rule")
        look = {"size": size, "marker": marker, "label": label, "gid": row.mark}
        on.dot(float(row.value), y, colour=colour, **look)
    past = 0.8 * on.em
    if is_missing(row.high):
        past += on.em
        arrow = {"arrowstyle": "->", "color": colour, "linewidth": on.em / 8, "shrinkA": 0}
        there: Look = {"xycoords": on.beyond(low, y), "textcoords": "data", "arrowprops": arrow}
        on.ax.annotate("", (past, 0), (low, y), **there)
        past += 0.3 * on.em
    on.put(_share(row, on.lang), high, y, dx=past, strong=own, backdrop=own)


def plot_revenue_routes(
    routes: Table, *, ax: On = None, lang: str = "en", columns: bool = True
) -> Axes:
    """Draw the revenue by each route as a value with its bounds, and where the routes meet.

    `routes`: from :func:`aidstudy.revenue_routes`; some of its rows will do.
    """
    checked_rows(STEM, routes, part="routes")
    return drawn_on(ax, lang, STEM, _draw_routes, rows_routes(routes), columns=columns)


def _draw_routes(on: Canvas, rows: Rows) -> None:
    lanes = [row for row in rows if not row.overlap]
    below = [numbers_in(row.of.numbers, on.lang) for row in lanes]
    on.rows([on.of(row) for row in lanes], below=below)
    for row in rows:
        if row.overlap:
            _band(on, row, [y for y, lane in enumerate(lanes) if lane.of.donor == row.of.donor])
    for y, row in enumerate(lanes):
        on.held(row, y)
    if on.columns:
        on.numbers([digits_of(row, unit=BILLION.scale(on.lang)) for row in lanes])
    on.ax.margins(x=0.08)
    donors = {on.county(row, "donor") for row in lanes}
    # The rows of several donors begin with their names: a list of them all is wider than the plot.
    title = on.say("revenue", donor=donors.pop()) if len(donors) == 1 else on.say("revenues")
    on.money_axis(BILLION, title, ticks=4)
    on.note(on.say("stroke"))
    on.note(on.say("digits") if on.columns else "")
    on.note(on.say("million"))
    on.note(on.say("terms"))


def _band(on: Canvas, row: Row, places: list[int]) -> None:
    """Where all routes to the revenue of one donor agree."""
    low, high, middle = float(row.low), float(row.high), (places[0] + places[-1]) / 2
    look: Look = {"colour": on.palette.accent_tint, "label": "all routes agree", "zorder": 0}
    on.bar(low, high, middle, mark=row.mark, high=len(places), **look)
    on.head((on.say("agree", range=_meet(row, on)),), (low + high) / 2, coords="column")


def _meet(row: Row, voice: Voice) -> str:
    """What all routes allow at once."""
    return bounds_text(digits_of(row, unit=BILLION.scale(voice.lang)), voice.lang)


def _facts(rows: Rows, voice: Voice) -> Facts:
    pairs = [row for row in rows if row.quantity == "ratio"]
    rules = [row for row in rows if row.quantity in ("rule", "programme_rule")]
    own = next((exact_text(row.value) for row in rules if row.quantity == "rule"), "")
    routes = [row for row in rows if row.quantity == "revenue_by_route" and not row.overlap]
    meet = next((row for row in rows if row.get("overlap") is True), None)
    shares, told = [], []
    for row in (row for row in pairs if not row.missing):
        share, bounds = _share(row, voice.lang), _percent(bounds_text(digits_of(row), voice.lang))
        shares.append(voice.say("share", donor=voice.county(row, "donor"), share=share))
        told.append(voice.say("told", pair=voice.of(row), share=share, bounds=bounds))
    return {
        "shares": voice.listing(shares),
        "pairs": voice.count(len(pairs)),
        "told": voice.joined(told),
        "ruled": voice.count(len(rules)) if rules else "",
        "rules": voice.joined(f"{voice.of(row)} {_share(row, voice.lang)}" for row in rules),
        "rule": own,
        "open": voice.counties(row for row in pairs if row.missing),
        "routes": voice.count(len(routes)) if routes else "",
        "donor": voice.county(meet, "donor") if meet else "",
        "meet": _meet(meet, voice) if meet else "",
    }


def _figure(page: Sheet, message: str, ratios: Table, rules: Table, routes: Table) -> Figure:
    found, wide = rows_routes(routes), page.preset.roomy
    # Beside the routes the shares have about a quarter of the width.
    room = page.width * (0.23 if wide and len(found) else 0.6)
    panels = [page.draw(_draw_ratios, rows_funding_ratios(ratios, rules), room=room)]
    if len(found) and not page.preset.slide:
        panels.append(page.draw(_draw_routes, found, columns=wide))
    beside = (1, 1) if wide and len(panels) == 2 else ()
    return page.compose(*panels, pitch=2.75, headline=message, beside=beside)


def programme_rules(study: StudyLike = None) -> Table:
    """What other sources say of the share that the rules of aid programmes set."""
    context = load_context(study)
    return context[context["measure"] == "rule_ratio"]


_READS = ("context", "figures", "pairs")
_TABLES = {"ratios": funding_ratios, "rules": programme_rules, "routes": revenue_routes}
_OMIT = frozenset({"revenue_by_route"})
PLOT = Plot(STEM, _READS, _TABLES, rows_funding_ratios, _figure, _facts, slides_omit=_OMIT)
