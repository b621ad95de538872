"""Axes on which the plots draw: rows from the top down, and scales of money."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from aidstudy.plots.style import Palette, body_size
from aidstudy.plots.words import Lang, Scale
from aidstudy.rounding import typeset


def new_axes() -> Axes:
    """An Axes to draw on where the caller gives none."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


def rows_axis(ax: Axes, number: int) -> None:
    """Rows that are one data unit high, from the top down, without ticks."""
    ax.set_ylim(number - 0.5, -0.5)
    ax.set_yticks([])


def bare(ax: Axes) -> None:
    """No ticks and no lines at the sides: a matrix, in which columns and rows are named."""
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)


def money_axis(ax: Axes, scale: Scale, lang: Lang, *, ticks: int, decimals: int = 0) -> None:
    """Label an axis of sums in CNY in the unit of a language, at `ticks` round sums at most."""
    factor = scale.factor(lang)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: typeset(f"{value / factor:.{decimals}f}"))
    )


def value_in_bounds(
    ax: Axes,
    bounds: tuple[Any, Any],
    value: Any,
    y: float,
    *,
    palette: Palette,
    mark: str,
    over: float = 2,
) -> None:
    """Draw what the print allows as a bar, and the value as a stroke over it.

    Parameters
    ----------
    ax : Axes
    bounds : pair of numbers
    value : number
    y : float
    palette : Palette
    mark : str
        Id of the drawn row.
    over : float, default 2
        Order of drawing of the stroke; the bar has 2.
    """
    thick = body_size() / 7
    ax.plot(
        [float(end) for end in bounds],
        [y, y],
        color=palette.mid,
        linewidth=3.2 * thick,
        solid_capstyle="butt",
        gid=mark,
    )
    ax.plot(
        [float(value)],
        [y],
        marker="|",
        markersize=8 * thick,
        color=palette.ink,
        markeredgewidth=1.2 * thick,
        linestyle="none",
        zorder=over,
    )


__all__ = ["bare", "money_axis", "new_axes", "rows_axis", "value_in_bounds"]
