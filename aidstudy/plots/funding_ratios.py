"""Funding ratios: what share of its revenue a donor gives, beside the rules of aid programmes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.ratios import funding_ratios, revenue_routes
from aidstudy.plots.drawn import drawn_row, drawn_table, plain_row
from aidstudy.plots.kit import (
    Canvas,
    Cell,
    canvas,
    checked_table,
    in_order,
    joined,
    listed_rows,
    text_width,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    BILLION,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    bounds_text,
    count_word,
    digits_of,
    exact_text,
    falling,
    is_missing,
    listing,
    numbers_in,
    pair_name,
    range_text,
)
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame, load_context

STEM = "funding_ratios"
_NEEDS = ("recipient", "donor", "ratio", "ratio_low", "ratio_high", "ratio_state", "rule")
_ROUTES = ("recipient", "route", "formula_en", "numbers", "value", "low", "high", "state")
_OWN_SCHEME = "rule-7plus20"
"""The facts on the page's own scheme: its rule is on the page."""


def rows_funding_ratios(
    ratios: pd.DataFrame,
    rules: pd.DataFrame | None = None,
    routes: pd.DataFrame | None = None,
    order: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The rows of both panels: ratios and rules in per cent, the revenue by each route in CNY."""
    table = checked_table(STEM, ratios, _NEEDS, "aidstudy.funding_ratios()")
    pairs = in_order(STEM, listed_rows(table), order)
    rows = [
        drawn_row(f"ratio-{row['recipient']}", "ratio", pair_name(row), row, unit="%",
                  prefix="ratio", name=Words.of(row, "recipient"))
        for row in pairs
    ]  # fmt: skip
    for row in pairs[:1]:
        if not is_missing(row["rule"]):
            supposed = row["rule_state"] == "hypothetical"
            words = texts_of(STEM).words("supposed" if supposed else "rule")
            rows.append(drawn_row("rule", "rule", words, row, unit="%", prefix="rule"))
    rows += _programmes(rules)
    rows.sort(key=lambda row: falling(row["high"]))
    return drawn_table([*rows, *(listed_rows(rows_routes(routes)) if _any(routes) else [])])


def _any(table: pd.DataFrame | None) -> bool:
    return table is not None and not table.empty


def _programmes(rules: pd.DataFrame | None) -> list[dict[str, Any]]:
    """The rule of each other programme, two facts on its ends as one range."""
    if rules is None or rules.empty:
        return []
    found, texts = [], texts_of(STEM)
    for name, facts in exact_frame(rules).groupby("entity", sort=False):
        ids = list(facts["fact_id"])
        if ids[0].startswith(_OWN_SCHEME):
            continue
        ends = (min(facts["low"]), max(facts["high"]))
        mark = ids[0].removesuffix("-low")
        known = mark in texts.told["en"]["labels"]
        words = texts.words(mark) if known else Words(str(name), str(name))
        value = ends[1] if ends[0] == ends[1] else None
        state = "printed" if value is not None else "bounds_only"
        more = {"bounds": ends, "figures": " ".join(ids), "unit": "%", "state": state}
        found.append(plain_row(mark, "programme_rule", words, value, **more))
    return found


def rows_routes(routes: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`plot_revenue_routes` draws, in CNY; the last is where they meet."""
    table = checked_table(STEM, routes, _ROUTES, "aidstudy.revenue_routes()")
    return drawn_table(
        drawn_row(
            f"route-{row['recipient']}-{row['route']}",
            "revenue_by_route",
            Words.of(row, "formula"),
            row,
            unit="CNY",
            numbers=row["numbers"],
            overlap=row["route"] == "overlap",
            donor=Words.of(row, "donor"),
        )
        for row in listed_rows(table)
        # Where the routes do not meet there is no band.
        if row["route"] != "overlap" or not is_missing(row["low"])
    )


def plot_funding_ratios(
    ratios: pd.DataFrame,
    rules: pd.DataFrame | None = None,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw each printed ratio as a dot, among the rules of programmes, from high to low.

    `ratios`: from :func:`aidstudy.funding_ratios`; some of its rows will do. `rules`: rows of
    :func:`aidstudy.load_context` whose measure is ``rule_ratio``.
    """
    rows = rows_funding_ratios(ratios, rules, order=order)
    with canvas(STEM, ax, lang) as on:
        _draw_ratios(on, rows)
        return on.ax


def _draw_ratios(on: Canvas, rows: pd.DataFrame) -> None:
    known = [row for row in listed_rows(rows) if not is_missing(row["high"])]
    open_ = [row for row in listed_rows(rows) if is_missing(row["high"])]
    names = [Words.of(row, "label").say(on.lang) for row in known]
    rest = on.say("others" if any(row["quantity"] == "ratio" for row in known) else "pairs")
    pairs = [number for number, row in enumerate(known) if row["quantity"] == "ratio"]
    on.rows([*names, *([rest] if open_ else [])], strong=pairs)
    on.ax.set_xlim(0, 1.1 * max((float(row["high"]) for row in known), default=1.0))
    for y, row in enumerate(known):
        low, high, own = float(row["low"]), float(row["high"]), row["quantity"] == "ratio"
        colour = on.palette.accent if own else on.palette.mid
        if row["quantity"] == "rule":
            on.ax.axvline(low, color=on.palette.rule, linewidth=body_size() / 10, zorder=0.5)
        if is_missing(row["value"]):
            on.span(low, high, y, color=colour, gid=row["mark"])
            text = f"{range_text(row['low'], row['high'])}%"
        else:
            label = "ratio" if own else "rule"
            marker = "o" if own else "D"
            on.dot(
                float(row["value"]), y, colour=colour, size=0.85 if own else 0.65, gid=row["mark"],
                   label=label, marker=marker)  # fmt: skip
            text = f"{digits_of(row).value}%"
        on.put(text, high, y, dx=0.8 * body_size(), strong=own, backdrop=True)
    dx = 4.0
    text = f"{on.say('missing')} "
    for number, row in enumerate(open_):
        text += row["name"].say(on.lang) + (on.say("comma") if number < len(open_) - 1 else "")
        on.missing(len(known), row["mark"], text, dx=dx, backdrop=True)
        dx, text = dx + text_width(text), ""
    on.ax.set_xlabel(on.say("axis"))


def plot_revenue_routes(
    routes: pd.DataFrame, *, ax: Axes | None = None, lang: Lang = "en", columns: bool = True
) -> Axes:
    """Draw the revenue by each route as a value with its bounds, and where the routes meet.

    `routes`: from :func:`aidstudy.revenue_routes`; some of its rows will do.
    """
    rows = rows_routes(routes)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw_routes(on, rows)
        return on.ax


def _draw_routes(on: Canvas, rows: pd.DataFrame) -> None:
    lanes = [row for row in listed_rows(rows) if not row["overlap"]]
    formulas = [" ".join(Words.of(row, "label").say(on.lang).replace("（", " (").replace("）", ") ")
                         .split()) for row in lanes]  # fmt: skip
    on.rows(formulas, below=[numbers_in(row["numbers"], on.lang) for row in lanes])
    for row in listed_rows(rows):
        if row["overlap"]:
            _band(on, row, [y for y, lane in enumerate(lanes) if lane["donor"] == row["donor"]])
    for y, row in enumerate(lanes):
        if is_missing(row["value"]):
            on.missing(y, row["mark"])
            continue
        on.span(float(row["low"]), float(row["high"]), y, gid=row["mark"])
        on.stroke(float(row["value"]), y)
    if on.columns:
        digits = [BILLION.digits(row, on.lang) for row in lanes]
        short = NOT_REPORTED_SHORT.say(on.lang)
        on.column((on.say("value"),), [Cell(y, d.value or short) for y, d in enumerate(digits)])
        ends = [Cell(y, bounds_text(d), quiet=True) for y, d in enumerate(digits)]
        on.column((on.say("bounds"),), ends, gap=1.0)
    on.ax.margins(x=0.08)
    donors = dict.fromkeys(row["donor"].say(on.lang) for row in lanes)
    on.money_axis(BILLION, on.say("revenue", donor=listing(donors, on.lang)), ticks=4)
    on.bare("left")
    if on.lang == "en":
        on.note(on.say("million"))


def _band(on: Canvas, row: dict[str, Any], places: list[int]) -> None:
    low, high = float(row["low"]), float(row["high"])
    on.ax.add_patch(
        Rectangle(
            (low, min(places) - 0.5),
            high - low,
            len(places),
            facecolor=on.palette.accent_tint,
            edgecolor="none",
            zorder=0,
            label="all routes agree",
            gid=row["mark"],
        )
    )
    agreed = on.say("agree", range=bounds_text(BILLION.digits(row, on.lang)))
    on.head((agreed,), (low + high) / 2, coords="column")


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    found, texts = listed_rows(rows), texts_of(STEM)
    pairs = [row for row in found if row["quantity"] == "ratio"]
    said = [row for row in pairs if not is_missing(row["value"])]
    rules = [row for row in found if row["quantity"] in ("rule", "programme_rule")]
    meet = next((row for row in found if row.get("overlap") is True), None)
    routes = [row for row in found if row["quantity"] == "revenue_by_route" and not row["overlap"]]
    told = [
        f"{Words.of(row, 'label').say(lang)} {digits_of(row).value}%"
        f" [{bounds_text(digits_of(row))}%]"
        for row in said
    ]
    ruled = [
        f"{Words.of(row, 'label').say(lang)} {range_text(row['low'], row['high'])}%"
        for row in rules
    ]
    first = count_word(len(said), lang)
    return {
        "said": first if said else texts.label("none", lang),
        "pairs": count_word(len(pairs), lang),
        "told": joined(told, lang),
        "rules": joined(ruled, lang),
        "rule": exact_text(rules[0]["value"]) if rules and rules[0]["quantity"] == "rule" else "",
        "open": listing((row["name"].say(lang) for row in pairs if row not in said), lang),
        "routes": count_word(len(routes), lang) if routes else "",
        "donor": meet["donor"].say(lang) if meet else "",
        "meet": bounds_text(BILLION.digits(meet, lang)) if meet else "",
    }


def _figure(
    page: Sheet, message: str, ratios: pd.DataFrame, rules: pd.DataFrame, routes: pd.DataFrame
) -> Figure:
    panels = [plot_funding_ratios(ratios, rules, ax=page.axes(), lang=page.lang)]
    if _any(routes) and not page.slide:
        routes_ax = page.axes()
        panels.append(
            plot_revenue_routes(routes, ax=routes_ax, lang=page.lang, columns=not page.narrow)
        )
    return page.compose(*panels, pitch=2.5, headline=message)


def programme_rules(study: StudyLike = None) -> pd.DataFrame:
    """What other sources say of the share that the rules of aid programmes set."""
    context = load_context(study)
    return context[context["measure"] == "rule_ratio"]


PLOT = Plot(
    STEM,
    ("context", "figures", "pairs"),
    lambda study: {
        "ratios": funding_ratios(study),
        "rules": programme_rules(study),
        "routes": revenue_routes(study),
    },
    rows_funding_ratios,
    _figure,
    _facts,
    omitted=lambda preset: frozenset({"revenue_by_route"} if preset.headline else ()),
)
