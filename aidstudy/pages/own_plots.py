"""Plots of any study: rows that somebody names, and a county over the years."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.analysis.served import load_results
from aidstudy.bilingual import Lang
from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.plots.save import save_figure
from aidstudy.plots.style import preset_named, style
from aidstudy.plots.words import checked_lang
from aidstudy.quantity.scalar import Quantity
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import load_context, load_figures
from aidstudy.tables.study import load_study

_MILLION = 1_000_000


def _named(study: StudyLike) -> dict[str, tuple[object, str, str]]:
    """Figures, facts and results by id: the quantity, and what it is called in both languages."""
    opened = load_study(study)
    figures, facts = load_figures(opened), load_context(opened)
    names = {**opened.recipients, **opened.donors}
    found: dict[str, tuple[object, str, str]] = {}
    if (opened.clean / "results.csv").exists():
        for row in load_results(opened).to_dict("records"):
            found[row["result_id"]] = (row["quantity"], row["label"], row["label_zh"])
    for row in facts.to_dict("records"):
        found[row["fact_id"]] = (row["quantity"], row["fact_id"], row["fact_id"])
    for row in figures.to_dict("records"):
        place = names.get(row["article"])
        label = row["label_en"].removeprefix("Draft: ")
        en = f"{place.short_en}: {label}" if place else label
        zh = f"{place.short_zh}：{row['printed']}" if place else row["printed"]
        found[row["figure_id"]] = (row["quantity"], en, zh)
    return found


def plot_rows(
    ids: Sequence[str], study: StudyLike = None, *, ax: Axes | None = None, lang: Lang = "en"
) -> Axes:
    """Draw figures, outside facts and results beside each other: a point, and a bar for the bounds.

    Parameters
    ----------
    ids : sequence of str
        In the order from above; all in one unit, or in units that can be turned into the first.
    study : Study or path, optional
    ax : matplotlib.axes.Axes, optional
    lang : {"en", "zh"}

    Raises
    ------
    PlotError
        If there is no such id, or it is no number.
    UnitError
        If the units differ in kind.

    Examples
    --------
    >>> axes = plot_rows(["ganzi-019", "ganzi-020"])
    >>> axes.get_xlabel(), len(axes.get_yticklabels())
    ('CNY million', 2)
    """
    known, rows = _named(study), []
    for name in ids:
        quantity, en, zh = known.get(name, (None, "", ""))
        if not isinstance(quantity, Quantity):
            why = "is no number" if name in known else f"there is none{did_you_mean(name, known)}"
            raise PlotError(f"{name}: {why}; name figures, facts or results that are numbers")
        rows.append((quantity, zh if lang == "zh" else en))
    if not rows:
        raise PlotError("no row to draw: name figures, facts or results by their ids")
    unit = rows[0][0].unit
    if unit == "CNY" and max(_ends(one)[1] for one, _ in rows) >= _MILLION:
        unit = "CNY million"
    shown = [one.to(unit) for one, _ in rows]
    axes = ax if ax is not None else Figure(layout="constrained").subplots()
    bars(axes, range(len(shown)), shown, upright=False, fmt="o", markersize=4, color="C0")
    axes.set_yticks(range(len(rows)), [label for _, label in rows])
    axes.set(xlabel=unit, ylim=(len(rows) - 0.5, -0.5))
    if min(_ends(one)[0] for one in shown) >= 0:
        axes.set_xlim(0, 1.05 * max(_ends(one)[1] for one in shown) or 1)
    return axes


def _ends(one: Quantity) -> tuple[float, float]:
    """The bounds as far as they can be drawn: an open one ends at the value, or the other bound."""
    told = [end for end in (one.low, one.value, one.high) if math.isfinite(end)]
    return min(told), max(told)


def bars(
    axes: Axes, at: Iterable[float], shown: Sequence[Quantity], *, upright: bool, **look: Any
) -> None:
    """A point for each quantity, and a bar for what its print allows."""
    if not shown:
        return
    places, values = np.array(list(at)), np.array([one.value for one in shown])
    ends = np.array([_ends(one) for one in shown])
    # What has bounds and no value, as where routes meet, is a bar without a point.
    pointless = np.isnan(values)
    middle = np.where(pointless, ends.mean(axis=1), values)
    spread = np.abs(ends.T - middle)
    for some, more in ((~pointless, look), (pointless, {**look, "fmt": "none", "label": None})):
        if some.any():
            x, y = (places, middle) if upright else (middle, places)
            errors: Any = {"yerr" if upright else "xerr": spread[:, some], "capsize": 3}
            axes.errorbar(x[some], y[some], **errors, **more)


def save_rows(
    ids: Sequence[str],
    into: str | Path,
    *,
    study: StudyLike = None,
    stem: str = "rows",
    preset: str = "double",
    lang: str = "en",
    formats: Iterable[str] = ("pdf",),
) -> list[Path]:
    """Write :func:`plot_rows` as ``<stem>.<preset>.<lang>.<format>``, checked as every plot is."""
    language = checked_lang(lang)
    with style(preset, language):
        width = preset_named(preset).width_mm / 25.4
        figure = Figure(figsize=(width, 0.8 + 0.3 * len(ids)), layout="constrained")
        axes = plot_rows(ids, study, ax=figure.subplots(), lang=language)
        if stamp := draft_stamp(load_study(study)).say(language):
            axes.set_xlabel(f"{axes.get_xlabel()}\n{stamp}")
    told = ", ".join(ids)
    return save_figure(
        figure, stem, Path(into), title=stem, alt=told, preset=preset, lang=lang, formats=formats
    )


def plot_over_years(
    table: pd.DataFrame,
    recipient: str,
    *,
    ax: Axes | None = None,
    steps: Mapping[str, str] | None = None,
) -> Axes:
    """Draw what one county was promised, paid and spent over the years: a mark for each page.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`aidstudy.pages.over_years.pairs_over_years`.
    recipient : str
        As printed, such as ``"白石县"``.
    ax : matplotlib.axes.Axes, optional
    steps : mapping of str to str, optional
        Steps to draw, and what the legend calls them.

    Raises
    ------
    PlotError
        If no page has the county, or none prints a sum for it.
    """
    rows = table[table["recipient_zh"] == recipient]
    if rows["quantity"].notna().sum() == 0:
        names = ", ".join(sorted(set(table["recipient_zh"])))
        raise PlotError(f"{recipient!r}: no page prints a sum for it; counties: {names}")
    axes = ax if ax is not None else Figure(layout="constrained").subplots()
    called = steps or {"commitment": "promised", "disbursement": "paid", "expenditure": "spent"}
    for (step, name), marker in zip(called.items(), "osD", strict=False):
        known = rows[rows["step"].astype(str).eq(step) & rows["quantity"].notna()]
        shown = [one for one in known["quantity"] if isinstance(one, Quantity)]
        bars(axes, known["year"], shown, upright=True, fmt=marker, label=name)
    axes.set_xticks(sorted(set(rows["year"])))
    axes.set(xlabel="year of the page", ylabel="CNY million", ylim=(0, None))
    axes.legend(frameon=False)
    return axes


def save_over_years(table: pd.DataFrame, recipient: str, into: Path) -> list[Path]:
    """Write the plot of one county as ``<county>.double.en.png``, checked as every plot is."""
    with style("double", "en"):
        size = preset_named("double").width_mm / 25.4
        figure = Figure(figsize=(size, size / 2.5), layout="constrained")
        plot_over_years(table, recipient, ax=figure.subplots())
    return save_figure(figure, recipient, into, formats=("png",))
