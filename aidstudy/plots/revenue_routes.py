"""The revenue behind a printed funding ratio, by every route that the page allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from aidstudy.analysis.ratios import revenue_routes
from aidstudy.plots.axes import money_axis, new_axes, rows_axis, value_in_bounds
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import head, put, put_lines
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, capital, caption_text, named
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size
from aidstudy.plots.words import (
    BILLION,
    NOT_REPORTED,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    bounds_text,
    figure_ids,
    is_missing,
    numbers_in,
    small_number,
    small_number_zh,
)
from aidstudy.tables.ordinary import exact_frame

STEM = "revenue_routes"

_VALUE = Words("value,", "数值")
_BOUNDS = Words("bounds", "上下限")
_SUMS = Words("Sums under the formulas: CNY million.", "")
_NO_WITNESSES = Words(
    "The routes share their inputs, so that they meet is no independent confirmation.",
    "各途径所用数字相互重叠，彼此一致并非独立印证。",
)


@dataclass(frozen=True, slots=True)
class _Donor:
    """The routes to the revenue of one donor, and where they meet."""

    routes: list[dict[str, Any]]
    overlap: dict[str, Any]

    @classmethod
    def of(cls, table: pd.DataFrame) -> _Donor:
        *routes, overlap = table.to_dict("records")
        return cls(routes, overlap)

    @property
    def name(self) -> Words:
        return Words.of(self.overlap, "donor")

    @property
    def meets(self) -> bool:
        return not is_missing(self.overlap["low"])

    def meeting(self, lang: Lang) -> str:
        return bounds_text(BILLION.digits(self.overlap, lang))


def _tables(routes: pd.DataFrame) -> list[pd.DataFrame]:
    return [table for _, table in routes.groupby("recipient", sort=False)]


def _donors(routes: pd.DataFrame) -> list[_Donor]:
    return [_Donor.of(table) for table in _tables(routes)]


def _mark(row: Mapping[str, Any]) -> str:
    return f"route-{row['recipient']}-{row['route']}"


def _formula(row: Mapping[str, Any], lang: Lang) -> str:
    """A formula with the brackets of formulas, as those of Chinese prose are wide."""
    text = Words.of(row, "formula").say(lang)
    return " ".join(text.replace("（", " (").replace("）", ") ").split())


def drawn_revenue_routes(routes: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_revenue_routes` draws, in CNY."""
    return drawn_table(
        drawn_row(_mark(row), "revenue_by_route", Words.of(row, "formula"), row, unit="CNY")
        for donor in _donors(routes)
        # Where the routes do not meet there is no band.
        for row in [*donor.routes, *([donor.overlap] if donor.meets else [])]
    )


def plot_revenue_routes(
    routes: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
) -> Axes:
    """Draw the revenue by each route as a point with its bounds, and where the routes meet.

    Parameters
    ----------
    routes : pandas.DataFrame
        From :func:`aidstudy.analysis.ratios.revenue_routes`; the rows of one donor.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette

    Returns
    -------
    Axes
        One row a route, in CNY; the tinted band is what all routes of a donor allow; value and
        bounds in numbers at the right edge.
    """
    routes = exact_frame(routes)
    ax = ax or new_axes()
    donor = _Donor.of(routes)
    rows_axis(ax, len(donor.routes))
    if donor.meets:
        _band(ax, donor, lang, palette)
    for place, row in enumerate(donor.routes):
        lines = (_formula(row, lang), numbers_in(row["numbers"], lang))
        put_lines(ax, lines, 0, place, palette=palette, dx=-5, ha="right", latin=True)
        _route(ax, row, place, lang, palette)
    columns = [words.say(lang) for words in (_VALUE, _BOUNDS)]
    head(ax, columns, 1, dx=body_size(), ha="left", palette=palette)
    ax.margins(x=0.06)
    money_axis(ax, BILLION, lang, ticks=5, decimals=1 if lang == "zh" else 2)
    name = donor.name.inline(lang)
    words = Words(f"Implied previous-year revenue of {name}", f"推算的{name}上年财政收入")
    ax.set_xlabel(aside(words.say(lang), BILLION.unit(lang), lang))
    return ax


def _band(ax: Axes, donor: _Donor, lang: Lang, palette: Palette) -> None:
    low, high = donor.overlap["low"], donor.overlap["high"]
    ax.add_patch(
        Rectangle(
            (float(low), -0.5),
            float(high - low),
            len(donor.routes),
            facecolor=palette.accent_tint,
            edgecolor="none",
            zorder=0,
            label="all routes agree",
            gid=_mark(donor.overlap),
        )
    )
    words = Words("all agree:", "各途径一致：").say(lang)
    middle = float((low + high) / 2)
    head(ax, (words, donor.meeting(lang)), middle, coords="column", palette=palette)


def _route(ax: Axes, row: Mapping[str, Any], place: int, lang: Lang, palette: Palette) -> None:
    if is_missing(row["value"]):
        text = NOT_REPORTED_SHORT.say(lang)
        put(ax, text, 0.02, place, coords="edge", colour=palette.grey, mark=_mark(row))
        return
    ends = row["low"], row["high"]
    value_in_bounds(ax, ends, row["value"], place, palette=palette, mark=_mark(row))
    digits = BILLION.digits(row, lang)
    put_lines(ax, (digits.value, bounds_text(digits)), 1, place, palette=palette, dx=body_size())


def draw_revenue_routes(
    routes: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure, a panel for each donor."""
    with sheet(STEM, preset, lang) as page:
        panels = [
            plot_revenue_routes(table, ax=page.axes(), lang=page.lang, palette=page.palette)
            for table in _tables(routes)
        ]
        notes = [_SUMS, _NO_WITNESSES]
        return page.compose(*panels, pitch=3.4, headline=headline(routes), notes=notes)


def headline(routes: pd.DataFrame) -> Words:
    """The message of the plot."""
    parts_en, parts_zh = [], []
    for donor in _donors(routes):
        number = len(donor.routes)
        where = Words("have no range in common", "没有共同范围")
        if donor.meets:
            where = Words(
                f"meet at CNY {donor.meeting('en')} billion", f"交于{donor.meeting('zh')}亿元"
            )
        parts_en.append(f"{small_number(number)} routes to {donor.name.en}'s revenue {where.en}")
        parts_zh.append(f"推算{donor.name.zh}财政收入的{small_number_zh(number)}条途径{where.zh}")
    return Words(capital("; ".join(parts_en)), "；".join(parts_zh))


def caption_revenue_routes(routes: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, what the bounds are, and the figures behind it."""
    message = headline(routes)
    told = Words(
        f"{message.en}. The page prints what share of its revenue the donor gives, never the "
        "revenue (CNY billion). Each row is one route: the formula, and under it the printed "
        "numbers (sums in CNY million). Strokes are values; bars are the bounds that the rounding "
        "of the print allows (worst case, no confidence intervals, rounded outward); the tinted "
        "band is what all routes allow. A figure that a formula uses twice has one value in both "
        "places. The rule is taken as exact.",
        f"{message.zh}。原文只载援助资金占财政收入的比例，未载财政收入本身（亿元）。每行为一条途径：上为算式，"
        "下为代入的原文数字；竖线为数值，横条为原文精度所允许的范围（最坏情形，非置信区间，"
        "向外取整），浅色带为各途径均允许的范围。同一数字在算式中出现两次时取同一值。规定比例视为精确值。",
    )
    return caption_text([told, _NO_WITNESSES], figure_ids(routes["figures"]), lang)


def alt_revenue_routes(routes: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every route with its value and bounds."""
    told = []
    for donor in _donors(routes):
        for row in donor.routes:
            amount = NOT_REPORTED.say(lang)
            if not is_missing(row["value"]):
                digits = BILLION.digits(row, lang)
                amount = f"{digits.value} [{bounds_text(digits)}]"
            told.append(named(Words.of(row, "formula").say(lang), amount, lang))
    kind = Words("Interval chart, CNY billion", "区间图，单位亿元")
    return alt_text(kind, told, lang, last=headline(routes))


PLOT = Plot(
    STEM,
    Words("Routes to the implied revenue", "推算财政收入的各条途径"),
    ("figures", "pairs"),
    lambda study: {"routes": revenue_routes(study)},
    draw_revenue_routes,
    drawn_revenue_routes,
    caption_revenue_routes,
    alt_revenue_routes,
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_revenue_routes",
    "caption_revenue_routes",
    "draw_revenue_routes",
    "drawn_revenue_routes",
    "headline",
    "plot_revenue_routes",
]
