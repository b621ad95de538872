"""A plot of one county over the years, a mark for each page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from aidstudy.errors import PlotError
from aidstudy.plots.save import save_figure
from aidstudy.plots.style import preset_named, style


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
        numbers = known["quantity"].quantity
        if len(known):
            # An end that the print leaves open is not drawn.
            look: Any = {"fmt": marker, "capsize": 3, "label": name}
            axes.errorbar(
                known["year"], numbers.value, yerr=np.nan_to_num(numbers.err, posinf=0), **look
            )
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
