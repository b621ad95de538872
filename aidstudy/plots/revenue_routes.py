"""The revenue behind a printed funding ratio, by every route that the page allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from aidstudy.analysis.ratios import revenue_routes
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import (
    Panel,
    compose,
    head,
    new_axes,
    new_figure,
    put,
    put_lines,
    rows_of,
)
from aidstudy.plots.plot import Plot
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, style
from aidstudy.plots.words import (
    BILLION,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    based_on,
    checked_lang,
    figure_ids,
    is_missing,
    numbers_in,
    small_number,
    small_number_zh,
    typeset,
)

STEM = "revenue_routes"

_VALUE = Words("value,", "数值")
_BOUNDS = Words("bounds", "上下限")
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
        return Words(self.overlap["donor_en"], self.overlap["donor_zh"])

    @property
    def meets(self) -> bool:
        return not is_missing(self.overlap["low"])

    def meeting(self, lang: Lang) -> str:
        return BILLION.show_bounds(self.overlap["low"], self.overlap["high"], lang, more=1)


def _tables(routes: pd.DataFrame) -> list[pd.DataFrame]:
    return [table for _, table in routes.groupby("recipient", sort=False)]


def _donors(routes: pd.DataFrame) -> list[_Donor]:
    return [_Donor.of(table) for table in _tables(routes)]


def _mark(row: Mapping[str, Any]) -> str:
    return f"route-{row['recipient']}-{row['route']}"


def drawn_revenue_routes(routes: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_revenue_routes` draws, in CNY.

    Parameters
    ----------
    routes : pandas.DataFrame
        From :func:`aidstudy.analysis.ratios.revenue_routes`.
    """
    return drawn_table(
        drawn_row(
            _mark(row), "revenue_by_route", (row["formula_en"], row["formula_zh"]), row, unit="CNY"
        )
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
    ax = ax or new_axes()
    donor = _Donor.of(routes)
    ax.set_ylim(len(donor.routes) - 0.5, -0.5)
    ax.set_yticks([])
    if donor.meets:
        _band(ax, donor, lang, palette)
    for place, row in enumerate(donor.routes):
        formula = Words(row["formula_en"], row["formula_zh"]).say(lang)
        lines = (formula, numbers_in(row["numbers"], lang))
        put_lines(ax, lines, 0, place, palette=palette, dx=-5, ha="right")
        _route(ax, row, place, lang, palette)
    columns = [words.say(lang) for words in (_VALUE, _BOUNDS)]
    head(ax, columns, 1, dx=body_size(), ha="left", palette=palette)
    ax.margins(x=0.06)
    factor = BILLION.of(lang)[0]
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    decimals = 1 if lang == "zh" else 2
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / factor:.{decimals}f}"))
    unit = BILLION.unit(lang)
    name = donor.name.inline(lang)
    ax.set_xlabel(
        f"推算的{name}上年财政收入（{unit}）"
        if lang == "zh"
        else f"Implied previous-year revenue of {name} ({unit})"
    )
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
    thick = body_size() / 7
    ax.plot(
        [float(row["low"]), float(row["high"])],
        [place, place],
        color=palette.mid,
        linewidth=3.2 * thick,
        solid_capstyle="butt",
        gid=_mark(row),
    )
    ax.plot(
        [float(row["value"])],
        [place],
        marker="|",
        markersize=8 * thick,
        color=palette.ink,
        markeredgewidth=1.2 * thick,
        linestyle="none",
    )
    value = BILLION.show(row["value"], lang, more=1)
    bounds = BILLION.show_bounds(row["low"], row["high"], lang, more=1)
    put_lines(ax, (value, bounds), 1, place, palette=palette, dx=body_size())


def draw_revenue_routes(
    routes: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure.

    Parameters
    ----------
    routes : pandas.DataFrame
    preset : str or Preset, default "double"
    lang : {"en", "zh", "both"}

    Returns
    -------
    Figure
    """
    lang = checked_lang(lang)
    with style(preset, lang) as chosen:
        figure = new_figure()
        panels = [
            plot_revenue_routes(
                table, ax=figure.add_subplot(label=str(number)), lang=lang, palette=chosen.palette
            )
            for number, table in enumerate(_tables(routes))
        ]
        return compose(
            figure,
            [[Panel(ax, rows_of(ax) * 3.4 * body_size())] for ax in panels],
            preset=chosen,
            lang=lang,
            palette=chosen.palette,
            plot=STEM,
            headline=headline(routes).say(lang),
            footnotes=[_NO_WITNESSES.say(lang)],
        )


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
    english = "; ".join(parts_en)
    return Words(english[0].upper() + english[1:], "；".join(parts_zh))


def caption_revenue_routes(routes: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, in which unit, what the bounds are, and the figures behind it.

    Parameters
    ----------
    routes : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    ids = figure_ids(routes["figures"])
    if lang == "zh":
        parts = [
            f"{headline(routes).zh}。原文只载援助资金占财政收入的比例，未载财政收入本身（亿元）。每行为一条途径：上为算式，"
            "下为代入的原文数字；竖线为数值，横条为原文精度所允许的范围（最坏情形，非置信区间，"
            "向外取整），浅色带为各途径均允许的范围。同一数字在算式中出现两次时取同一值。规定比例视为精确值。",
            _NO_WITNESSES.zh,
        ]
        return "".join([*parts, based_on(ids, lang)])
    parts = [
        f"{headline(routes).en}. The page prints what share of its revenue the donor gives, never "
        "the revenue (CNY billion). Each row is one route: the formula, and under it the printed "
        "numbers (sums in CNY million). Strokes are values; bars are the bounds that the rounding "
        "of the print allows (worst case, no confidence intervals, rounded outward); the tinted "
        "band is what all routes allow. A figure that a formula uses twice has one value in both "
        "places. The rule is taken as exact.",
        _NO_WITNESSES.en,
    ]
    return typeset(" ".join([*parts, based_on(ids, lang)]))


def alt_revenue_routes(routes: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every route with its value and bounds.

    Parameters
    ----------
    routes : pandas.DataFrame
    lang : {"en", "zh"}

    Returns
    -------
    str
    """
    zh = lang == "zh"
    told = []
    for donor in _donors(routes):
        for row in donor.routes:
            formula = Words(row["formula_en"], row["formula_zh"]).say(lang)
            if is_missing(row["value"]):
                amount = NOT_REPORTED_SHORT.zh if zh else "not reported"
            else:
                bounds = BILLION.show_bounds(row["low"], row["high"], lang, more=1)
                amount = f"{BILLION.show(row['value'], lang, more=1)} [{bounds}]"
            told.append(f"{formula}：{amount}" if zh else f"{formula}: {amount}")
    if zh:
        return f"区间图，单位亿元。{'；'.join(told)}。{headline(routes).zh}。"
    return typeset(f"Interval chart, CNY billion. {'; '.join(told)}. {headline(routes).en}.")


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
