"""Unit costs: how far the print lets each be off, and which printed number sets that."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from aidstudy.analysis.unitcosts import unit_costs
from aidstudy.codebook import MEASURES, UNITS
from aidstudy.intervals import Interval, plain
from aidstudy.plots.axes import new_axes, rows_axis, value_in_bounds
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.layout import head, put_lines, widest
from aidstudy.plots.plot import Plot
from aidstudy.plots.sentences import alt_text, aside, caption_text
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import COLOUR, Palette, Preset, body_size, latin_first, note_size
from aidstudy.plots.words import (
    MILLION,
    Lang,
    Words,
    bounds_text,
    digits_of,
    figure_ids,
    is_missing,
    range_text,
)
from aidstudy.rounding import Shown, write_number

STEM = "unit_costs"

_AXIS = Words(
    "What the print allows, in multiples of the value (log scale)",
    "原文精度所允许的范围，以数值的倍数表示（对数轴）",
)
_COARSE = Words(
    "Pale bars: if the zeros at the end of a printed number only show its size.",
    "浅色横条：若原数末尾的零只表示大小，不表示精度。",
)
_SET_BY = Words("widened most by", "区间主要取决于")
_PLANNED = Words(
    "Planned total costs over planned sizes; no price that was paid.",
    "均为计划总投资与计划规模之比，并非实付价格。",
)
_THIRD = Words(
    "Third line: the printed number that widens the bounds most.", "名下第三行：使区间最宽的原数。"
)
_TIMES = (Fraction(3, 2), *(Fraction(n) for n in (2, 3, 5, 10, 20, 50, 100)))
"""Multiples that may be marked on the axis, and as fractions below the value."""

_IN_MILLION = 10**6


def _reach(row: Mapping[str, Any]) -> Fraction:
    """The factor by which the value may be off, up or down."""
    return max(Fraction(row["of_value_high"]), 1 / Fraction(row["of_value_low"]))


def _sorted(costs: pd.DataFrame) -> list[dict[str, Any]]:
    """From the one that the print leaves most open to the closest."""
    return sorted(costs.to_dict("records"), key=_reach, reverse=True)


def _mark(row: Mapping[str, Any], *, coarse: bool = False) -> str:
    return f"{'coarse' if coarse else 'cost'}-{row['project_id']}-{row['name']}"


def _moves(row: Mapping[str, Any]) -> bool:
    """Whether it makes a difference how the zeros at the end are read."""
    return bool(row["coarse_low"] != row["low"] or row["coarse_high"] != row["high"])


def _unit(row: Mapping[str, Any], lang: Lang) -> tuple[int, str]:
    """Base units in one that is shown, and its name; a storage is in days already."""
    if not row["unit"].startswith("CNY"):
        return 1, UNITS[row["unit"]].zh if lang == "zh" else f"{row['unit']}s"
    if row["value"] >= _IN_MILLION:
        return MILLION.factor(lang), MILLION.unit(lang)
    return 1, UNITS["CNY"].zh if lang == "zh" else "CNY"


def _numbers(row: Mapping[str, Any], lang: Lang) -> tuple[str, str]:
    """Value and bounds with the digits that the bounds bear."""
    digits = digits_of(row, unit=_unit(row, lang)[0])
    return digits.value, bounds_text(digits)


def _what(row: Mapping[str, Any], lang: Lang) -> str:
    """What is measured, and in which unit."""
    unit = _unit(row, lang)[1] if row["unit"].startswith("CNY") else ""
    return aside(Words.of(row, "label").say(lang), unit, lang)


_SIGNS = {"m2": "m²", "m3": "m³", "m3/day": "m³/day"}


def _setter(row: Mapping[str, Any], lang: Lang) -> tuple[str, str]:
    """The printed number that widens a unit cost most: what it measures, and what it allows."""
    measure = row["widest_measure"]
    if is_missing(measure):
        return ("各数均精确", "") if lang == "zh" else ("all numbers are exact", "")
    if lang == "zh":
        return MEASURES[measure].zh, row["widest_printed"]
    low, high, unit = (row[f"widest_{part}"] for part in ("low", "high", "unit"))
    if unit == "CNY":
        low, high = low / _IN_MILLION, high / _IN_MILLION
    name = measure.replace("_", " ")
    bounds = range_text(low, high)
    return name, (
        f"CNY {bounds} million" if unit == "CNY" else f"{bounds} {_SIGNS.get(unit, unit)}"
    )


def drawn_unit_costs(costs: pd.DataFrame) -> pd.DataFrame:
    """The rows that :func:`draw_unit_costs` draws, each in its own unit."""
    rows = []
    for row in _sorted(costs):
        label = (
            f"{row['project_en']}: {row['label_en']}",
            f"{row['project_zh']}：{row['label_zh']}",
        )
        rows.append(drawn_row(_mark(row), row["name"], label, row, unit=row["unit"]))
        if _moves(row):
            mark, name = _mark(row, coarse=True), f"{row['name']}_coarse"
            rows.append(drawn_row(mark, name, label, row, unit=row["unit"], prefix="coarse"))
    return drawn_table(rows)


def plot_unit_costs(
    costs: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    palette: Palette = COLOUR,
    narrow: bool = False,
) -> Axes:
    """Draw the bounds of each unit cost in multiples of its value, the most open first.

    Parameters
    ----------
    costs : pandas.DataFrame
        From :func:`aidstudy.analysis.unitcosts.unit_costs`.
    ax : Axes, optional
        A new one by default.
    lang : {"en", "zh", "both"}
    palette : Palette
    narrow : bool, default False
        Say under the name, and in no column, which printed number widens it most.

    Returns
    -------
    Axes
        One row a unit cost; logarithmic, 1 is the value; values and bounds in their own units
        are a column at its right edge.
    """
    ax = ax or new_axes()
    rows = _sorted(costs)
    rows_axis(ax, len(rows))
    ax.set_xscale("log")
    ax.axvline(1, color=palette.rule, linewidth=body_size() / 14, zorder=0.5)
    start = body_size()
    numbers = [_numbers(row, lang) for row in rows]
    setters = [_setter(row, lang) for row in rows]
    past = start + max(
        widest([value for value, _ in numbers]),
        widest([bounds for _, bounds in numbers], size=note_size()),
        widest([words.say(lang) for words in _COLUMN]),
    )
    for place, row in enumerate(rows):
        lines = [Words.of(row, "project").inline(lang), _what(row, lang)]
        if narrow:
            lines.append(" ".join(part for part in setters[place] if part))
        put_lines(ax, lines, 0, place, palette=palette, dx=-5, ha="right")
        _interval(ax, row, place, palette)
        put_lines(ax, numbers[place], 1, place, palette=palette, dx=start)
        if not narrow:
            put_lines(ax, setters[place], 1, place, palette=palette, dx=past + 1.4 * body_size())
    header = [words.say(lang) for words in _COLUMN]
    head(ax, header, 1, dx=start, ha="left", palette=palette)
    if not narrow:
        words = (_SET_BY.say(lang),)
        head(ax, words, 1, dx=past + 1.4 * body_size(), ha="left", palette=palette)
    _axis(ax, rows, narrow=narrow)
    ax.set_xlabel(_AXIS.say(lang))
    return ax


_COLUMN = (Words("value,", "数值"), Words("bounds", "上下限"))


def _interval(ax: Axes, row: Mapping[str, Any], place: int, palette: Palette) -> None:
    if _moves(row):
        ax.plot(
            [float(row["coarse_of_value_low"]), float(row["coarse_of_value_high"])],
            [place, place],
            color=palette.tint,
            linewidth=body_size(),
            solid_capstyle="butt",
            gid=_mark(row, coarse=True),
            zorder=1,
        )
    ends = row["of_value_low"], row["of_value_high"]
    value_in_bounds(ax, ends, 1, place, palette=palette, mark=_mark(row), over=3)


def _axis(ax: Axes, rows: list[dict[str, Any]], *, narrow: bool) -> None:
    lows = [row[f"{part}of_value_low"] for row in rows for part in ("", "coarse_")]
    highs = [row[f"{part}of_value_high"] for row in rows for part in ("", "coarse_")]
    low, high = float(min(lows)), float(max(highs))
    ax.set_xlim(low / 1.06, high * 1.06)
    # One and a half is left out where the axis is short.
    times = _TIMES[1:] if narrow else _TIMES
    within = [1 / n for n in reversed(times) if 1 / n >= min(lows)]
    marks = [*within, Fraction(1), *(n for n in times if n <= max(highs))]
    names = [
        "1" if mark == 1 else f"×{plain(mark)}" if mark > 1 else f"÷{plain(1 / mark)}"
        for mark in marks
    ]
    ax.xaxis.set_major_locator(FixedLocator([float(mark) for mark in marks]))
    ax.xaxis.set_major_formatter(FixedFormatter(names))
    ax.xaxis.set_minor_locator(NullLocator())
    # A Chinese font draws these signs as wide as a character.
    for label in ax.get_xticklabels():
        label.set_fontfamily(latin_first())


def draw_unit_costs(
    costs: pd.DataFrame, *, preset: str | Preset = "double", lang: Lang = "en"
) -> Figure:
    """The whole figure."""
    with sheet(STEM, preset, lang) as page:
        ax = plot_unit_costs(
            costs, ax=page.axes(), lang=page.lang, palette=page.palette, narrow=page.narrow
        )
        pale = any(_moves(row) for row in costs.to_dict("records"))
        notes = [_COARSE, _PLANNED] if pale else [_PLANNED]
        notes += [_THIRD] * page.narrow
        pitch = 4.6 if page.narrow else 3.4
        return page.compose(ax, pitch=pitch, headline=headline(costs), notes=notes)


def _held(row: Mapping[str, Any]) -> Words:
    """Where the print holds a unit cost: in per cent of its value, or in multiples if far off."""
    low, high = (Fraction(row[f"of_value_{end}"]) for end in ("low", "high"))
    if _reach(row) >= Fraction(3, 2):
        digits = write_number(Shown(Fraction(1), Interval(low, high)))
        return Words(
            f"between {digits.low} and {digits.high} times its value",
            f"在数值的{digits.low}至{digits.high}倍之间",
        )
    off = 100 * max(high - 1, 1 - low)
    percent = write_number(Shown(None, Interval(None, off))).high
    return Words(f"within {percent}% of its value", f"在数值上下{percent}%以内")


def headline(costs: pd.DataFrame) -> Words:
    """The message of the plot."""
    rows = _sorted(costs)
    most, least = _held(rows[0]), _held(rows[-1])
    if len(rows) == 1:
        return Words(f"The print holds the unit cost {most.en}", f"按原文精度，单位造价{most.zh}")
    return Words(
        f"The print holds one unit cost {most.en}, another {least.en}",
        f"按原文精度，单位造价有的{most.zh}，有的{least.zh}",
    )


def caption_unit_costs(costs: pd.DataFrame, lang: Lang = "en") -> str:
    """What is drawn, what the two bounds are, and the figures behind it."""
    message = headline(costs)
    told = Words(
        f"{message.en}. Unit costs, and storage in days, in multiples of their value (log scale), "
        "from the most open to the closest. Strokes are values; solid bars are the bounds that "
        "the rounding of the print allows (worst case, no confidence intervals); pale bars are "
        "the bounds if zeros at the end of a printed number only show its size (3500 to the "
        "hundred), left out where that changes nothing. Columns: value and bounds in their own "
        "unit, rounded outward, and the printed number that moves the value most when it moves "
        "alone.",
        f"{message.zh}。各单位造价及库容天数，以其数值的倍数表示（对数轴），由宽到窄排列：竖线为数值；"
        "深色横条为原文精度所允许的范围（最坏情形，非置信区间）；浅色横条为末尾的零只表示大小、不表示精度时的范围"
        "（如3500只精确到百位），两者相同者只画一条。右侧为各自单位的数值与上下限（向外取整），"
        "以及单独变动时影响最大的原数。",
    )
    return caption_text([told, _PLANNED], figure_ids(costs["figures"]), lang)


def alt_unit_costs(costs: pd.DataFrame, lang: Lang = "en") -> str:
    """Alternative text: every unit cost with its bounds."""
    told = []
    for row in _sorted(costs):
        project, what = Words.of(row, "project"), _what(row, lang)
        value, bounds = _numbers(row, lang)
        measure, allowed = _setter(row, lang)
        words = Words(
            f"{project.en}, {what} {value} [{bounds}], widened most by {measure} {allowed}",
            f"{project.zh}{what}{value} [{bounds}]，主要取决于{measure}{allowed}",
        )
        told.append(words.say(lang))
    return alt_text(Words("Interval chart", "区间图，对数轴"), told, lang)


PLOT = Plot(
    STEM,
    Words("Unit costs with bounds", "单位造价及其上下限"),
    ("figures", "projects"),
    lambda study: {"costs": unit_costs(study)},
    draw_unit_costs,
    drawn_unit_costs,
    caption_unit_costs,
    alt_unit_costs,
)


__all__ = [
    "PLOT",
    "STEM",
    "alt_unit_costs",
    "caption_unit_costs",
    "draw_unit_costs",
    "drawn_unit_costs",
    "headline",
    "plot_unit_costs",
]
