"""Unit costs: how far the print lets each be off, and which printed number sets that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from aidstudy.analysis.unitcosts import unit_costs
from aidstudy.codebook import MEASURES, UNITS
from aidstudy.intervals import Interval, plain
from aidstudy.plots.drawn import drawn_row, drawn_table
from aidstudy.plots.kit import Canvas, Cell, canvas, checked_table, in_order, joined, listed_rows
from aidstudy.plots.plot import Plot
from aidstudy.plots.sheet import Sheet
from aidstudy.plots.style import body_size, latin_first, note_size
from aidstudy.plots.texts import texts_of
from aidstudy.plots.words import (
    MILLION,
    Lang,
    Words,
    aside,
    bounds_text,
    digits_of,
    is_missing,
    named,
    range_text,
)
from aidstudy.rounding import Shown, write_number

STEM = "unit_costs"
_NEEDS = ("project_id", "name", "value", "low", "high", "of_value_low", "coarse_of_value_low")
_TIMES = (Fraction(3, 2), *(Fraction(n) for n in (2, 3, 5, 10, 20, 50, 100)))
"""Multiples that may be marked on the axis, and as fractions below the value."""
_SIGNS = {"m2": "m²", "m3": "m³", "m3/day": "m³/day", "CNY": ""}
_SIGNS_ZH = {"m2": "平方米", "m3": "立方米", "m3/day": "立方米/日", "m": "米", "CNY": ""}


def rows_unit_costs(costs: pd.DataFrame, order: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows that :func:`plot_unit_costs` draws, each in its own unit, the most open first."""
    table = listed_rows(checked_table(STEM, costs, _NEEDS, "aidstudy.unit_costs()"))
    found = in_order(STEM, sorted(table, key=_reach, reverse=True), order, "project_id")
    rows = []
    for row in found:
        project, what = Words.of(row, "project"), Words.of(row, "label")
        label = (named(project.en, what.en, "en"), named(project.zh, what.zh, "zh"))
        mark = f"{row['project_id']}-{row['name']}"
        more = {"unit": row["unit"], "cost": row, "coarse": False}
        rows.append(drawn_row(f"cost-{mark}", row["name"], label, row, **more))
        # Left out where it makes no difference how the zeros at the end are read.
        if row["coarse_low"] != row["low"] or row["coarse_high"] != row["high"]:
            more |= {"coarse": True, "prefix": "coarse"}
            rows.append(drawn_row(f"coarse-{mark}", f"{row['name']}_coarse", label, row, **more))
    return drawn_table(rows)


def _reach(row: Mapping[str, Any]) -> Fraction:
    """The factor by which the value may be off, up or down."""
    return max(Fraction(row["of_value_high"]), 1 / Fraction(row["of_value_low"]))


def plot_unit_costs(
    costs: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: Lang = "en",
    columns: bool = True,
    order: Sequence[str] | None = None,
) -> Axes:
    """Draw the bounds of each unit cost in multiples of its value, the most open first.

    `costs`: from :func:`aidstudy.unit_costs`; some of its rows will do.
    """
    rows = rows_unit_costs(costs, order)
    with canvas(STEM, ax, lang, columns=columns) as on:
        _draw(on, listed_rows(rows), columns=3 if columns else 0)
        return on.ax


def _draw(on: Canvas, rows: list[dict[str, Any]], *, columns: int) -> None:
    shown = [row for row in rows if not row["coarse"]]
    pale = {row["cost"]["project_id"] + row["cost"]["name"]: row for row in rows if row["coarse"]}
    projects = [Words.of(row["cost"], "project").say(on.lang) for row in shown]
    on.rows(projects, below=[_what(row["cost"], on.lang) for row in shown])
    on.ax.set_xscale("log")
    on.ax.axvline(1, color=on.palette.rule, linewidth=body_size() / 14, zorder=0.5)
    for y, row in enumerate(shown):
        cost = row["cost"]
        coarse = pale.get(cost["project_id"] + cost["name"])
        if coarse is not None:
            ends = (float(cost[f"coarse_of_value_{end}"]) for end in ("low", "high"))
            on.span(*ends, y, color=on.palette.tint, linewidth=body_size(), zorder=1,
                    gid=coarse["mark"])  # fmt: skip
        on.span(float(cost["of_value_low"]), float(cost["of_value_high"]), y, gid=row["mark"])
        on.stroke(1, y)
    digits = [digits_of(row["cost"], unit=_unit(row["cost"], on.lang)[0]) for row in shown]
    places = list(enumerate(digits))
    if columns:
        on.column((on.say("value"),), [Cell(y, d.value) for y, d in places])
    if columns > 1:
        on.column((on.say("bounds"),), [Cell(y, bounds_text(d), quiet=True) for y, d in places],
                  gap=1.0)  # fmt: skip
        setters = [Cell(y, _setter(row["cost"], on.lang)) for y, row in enumerate(shown)]
        on.column((on.say("set_by"),), setters, left=True, size=note_size())
    if pale:
        on.note(on.say("coarse"))
    on.note(on.say("planned"))
    _axis(on.ax, [row["cost"] for row in shown], few=columns < 3)
    on.bare("left")
    on.ax.set_xlabel(on.say("axis"))


def _unit(row: Mapping[str, Any], lang: Lang) -> tuple[int, str]:
    """Base units in one that is shown, and its name; a storage is in days already."""
    if not row["unit"].startswith("CNY"):
        return 1, UNITS[row["unit"]].zh if lang == "zh" else f"{row['unit']}s"
    if row["value"] >= 10**6:
        return MILLION.factor(lang), MILLION.unit(lang)
    return 1, UNITS["CNY"].zh if lang == "zh" else "CNY"


def _what(row: Mapping[str, Any], lang: Lang) -> str:
    """What is measured, and in which unit."""
    unit = _unit(row, lang)[1] if row["unit"].startswith("CNY") else ""
    return aside(Words.of(row, "label").say(lang), unit, lang)


def _setter(row: Mapping[str, Any], lang: Lang) -> str:
    """The printed number that widens a unit cost most: what it measures, and what it allows."""
    measure = row["widest_measure"]
    if is_missing(measure):
        return texts_of(STEM).label("exact", lang)
    low, high, unit = (row[f"widest_{part}"] for part in ("low", "high", "unit"))
    factor, name = (MILLION.factor(lang), MILLION.unit(lang)) if unit == "CNY" else (1, "")
    bounds = range_text(low / factor, high / factor)
    if lang == "zh":
        return f"{MEASURES[measure].zh} {bounds}{name or _SIGNS_ZH.get(unit, unit)}"
    if name:
        return f"{measure.replace('_', ' ')} CNY {bounds} million"
    return f"{measure.replace('_', ' ')} {bounds} {_SIGNS.get(unit, unit)}"


def _axis(ax: Axes, costs: list[Mapping[str, Any]], *, few: bool) -> None:
    lows = [row[f"{part}of_value_low"] for row in costs for part in ("", "coarse_")]
    highs = [row[f"{part}of_value_high"] for row in costs for part in ("", "coarse_")]
    ax.set_xlim(float(min(lows)) / 1.06, float(max(highs)) * 1.06)
    # One and a half is left out where the axis is short.
    times = _TIMES[1:] if few else _TIMES
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


def _held(row: Mapping[str, Any], lang: Lang) -> str:
    """Where the print holds a unit cost: in per cent of its value, or in multiples if far off."""
    low, high = (Fraction(row[f"of_value_{end}"]) for end in ("low", "high"))
    if _reach(row) >= Fraction(3, 2):
        digits = write_number(Shown(Fraction(1), Interval(low, high)))
        return texts_of(STEM).label("between", lang, low=digits.low, high=digits.high)
    off = write_number(Shown(None, Interval(None, 100 * max(high - 1, 1 - low)))).high
    return texts_of(STEM).label("within", lang, off=off)


def _facts(rows: pd.DataFrame, lang: Lang) -> dict[str, str]:
    costs = [row["cost"] for row in listed_rows(rows) if not row["coarse"]]
    told = []
    for cost in costs:
        digits = digits_of(cost, unit=_unit(cost, lang)[0])
        told.append(f"{_what(cost, lang)} {digits.value} [{bounds_text(digits)}]")
    return {
        "most": _held(costs[0], lang),
        "least": _held(costs[-1], lang),
        "pale": " " if any(row["coarse"] for row in listed_rows(rows)) else "",
        "told": joined(told, lang),
    }


def _figure(page: Sheet, message: str, costs: pd.DataFrame) -> Figure:
    rows = listed_rows(rows_unit_costs(costs))
    columns = 1 if page.narrow or page.slide else 3
    with canvas(STEM, page.axes(), page.lang, columns=True) as on:
        _draw(on, rows, columns=columns)
    return page.compose(on.ax, pitch=2.6, headline=message)


PLOT = Plot(
    STEM,
    ("figures", "projects"),
    lambda study: {"costs": unit_costs(study)},
    rows_unit_costs,
    _figure,
    _facts,
)
