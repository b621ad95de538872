"""Text placed in points, measured before it is placed.

What stands beside an Axes (names, columns of numbers, notes) hangs on its edges at offsets in
points; :mod:`aidstudy.plots.sheet` then gives the Axes the room that this leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import (
    Affine2D,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from aidstudy.errors import PlotError
from aidstudy.plots.style import Palette, body_size, latin_first, note_size
from aidstudy.plots.words import Lang, Words, typeset

# Half the height of capitals and figures: a baseline this far below a point is centred on it.
_HALF_CAP = 0.34

_HALF_EMPTY = 0.5

Coords = Literal["data", "edge", "column", "axes"]
_SYSTEMS: dict[Coords, Any] = {
    "data": "data",
    "edge": ("axes fraction", "data"),
    "column": ("data", "axes fraction"),
    "axes": "axes fraction",
}


def put(
    ax: Axes,
    text: str,
    x: float,
    y: float,
    *,
    coords: Coords = "data",
    dx: float = 0,
    dy: float = 0,
    ha: str = "left",
    size: float | None = None,
    colour: str = "black",
    strong: bool = False,
    rotation: float = 0,
    mark: str | None = None,
    backdrop: bool = False,
    latin: bool = False,
) -> Annotation:
    """Put one line of text, its capitals centred on a point.

    Parameters
    ----------
    ax : Axes
    text : str
    x, y : float
        The point. Both in data; with ``coords`` "edge" x is from edge to edge (0 to 1), with
        "column" y is, with "axes" both are.
    dx, dy : float
        Offset from the point in points.
    mark : str, optional
        Id of the drawn row that this text shows.
    backdrop : bool, default False
        Whether a line behind the text is interrupted.
    latin : bool, default False
        Look for glyphs in the Latin font first, for signs that a Chinese font draws full width.
    """
    size = body_size() if size is None else size
    if ha == "right" and text.endswith("）"):
        # The right half of a full-width bracket is empty.
        dx += _HALF_EMPTY * size
    return ax.annotate(
        typeset(text),
        (x, y),
        xycoords=_SYSTEMS[coords],
        xytext=(dx, dy if rotation else dy - _HALF_CAP * size),
        textcoords="offset points",
        annotation_clip=False,
        ha=ha,
        va="bottom" if rotation else "baseline",
        fontsize=size,
        color=colour,
        fontweight=600 if strong else 400,
        fontfamily=latin_first() if latin or (strong and text.isascii()) else None,
        rotation=rotation,
        gid=mark,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2} if backdrop else None,
    )


def put_lines(
    ax: Axes,
    lines: Sequence[str],
    x: float,
    y: float,
    *,
    palette: Palette,
    coords: Coords = "edge",
    dx: float = 0,
    ha: str = "left",
    strong: bool = False,
    equal: bool = False,
    mark: str | None = None,
    latin: bool = False,
) -> None:
    """Put a main line and the lines below it, all centred on a point.

    The lines below are smaller and grey, unless all are `equal`.
    """
    sizes = [body_size(), *[body_size() if equal else note_size()] * (len(lines) - 1)]
    steps = [1.22 * size for size in sizes[1:]]
    top = sum(steps) / 2
    for place, (line, size) in enumerate(zip(lines, sizes, strict=True)):
        first = place == 0
        put(
            ax,
            line,
            x,
            y,
            coords=coords,
            dx=dx,
            dy=top - sum(steps[:place]),
            ha=ha,
            size=size,
            colour=palette.ink if first or equal else palette.grey,
            strong=strong and first,
            mark=mark if first else None,
            latin=latin,
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a column beside an Axes.

    Parameters
    ----------
    y : float
        In data.
    text : str
    mark : str or None
        Id of the drawn row that it shows.
    sign : str
        A reference to a footnote, hung behind the text.
    quiet : bool
        Grey, for notes and what is not reported.
    """

    y: float
    text: str
    mark: str | None = None
    sign: str = ""
    quiet: bool = False


def column(
    ax: Axes,
    header: Sequence[str],
    cells: Sequence[Cell],
    *,
    start: float,
    palette: Palette,
    size: float | None = None,
    left: bool = False,
) -> float:
    """A column of text to the right of an Axes; returns where it ends.

    Parameters
    ----------
    ax : Axes
    header : sequence of str
        Lines above the top of the Axes.
    cells : sequence of Cell
    start : float
        Points from the right edge of the Axes.
    size : float, optional
        Of the cells, in points.
    left : bool, default False
        Left-aligned, for words; numbers are aligned at their points.

    Returns
    -------
    float
        Points from the right edge of the Axes to the end of the column.
    """
    size = body_size() if size is None else size
    texts = [cell.text for cell in cells]
    behind = [0.0 if left else _behind_point(text, size) for text in texts]
    short = [
        max(behind, default=0.0) - own if _NUMBER.fullmatch(text) and not left else 0.0
        for text, own in zip(texts, behind, strict=True)
    ]
    wide = [text_width(text, size=size) + gap for text, gap in zip(texts, short, strict=True)]
    end = start + max(widest(list(header)), *wide, 0.0)
    ha = "left" if left else "right"
    head(ax, header, 1, coords="axes", dx=start if left else end, ha=ha, palette=palette)
    for cell, gap in zip(cells, short, strict=True):
        side = start if left else end - gap
        colour = palette.grey if cell.quiet else palette.ink
        put(
            ax,
            cell.text,
            1,
            cell.y,
            coords="edge",
            dx=side,
            ha=ha,
            size=size,
            colour=colour,
            mark=cell.mark,
        )
        if cell.sign:
            put(
                ax,
                cell.sign,
                1,
                cell.y,
                coords="edge",
                dx=side + 1,
                size=size,
                latin=True,
                colour=palette.grey,
            )
    return end


_NUMBER = re.compile(r"−?[\d,]+(?P<behind>(?:\.\d+)?%?)")


def _behind_point(text: str, size: float) -> float:
    """How wide a number is from its point on, so that points stand below one another."""
    number = _NUMBER.fullmatch(text)
    return text_width(number["behind"], size=size) if number and number["behind"] else 0.0


def head(
    ax: Axes,
    lines: Sequence[str],
    x: float,
    *,
    palette: Palette,
    coords: Coords = "axes",
    dx: float = 0,
    ha: str = "center",
    size: float | None = None,
    colour: str | None = None,
) -> None:
    """Lines of text stacked above the top of an Axes."""
    size = body_size() if size is None else size
    for place, line in enumerate(reversed(lines)):
        put(
            ax,
            line,
            x,
            1,
            coords="axes" if coords == "axes" else "column",
            dx=dx,
            dy=(0.85 + 1.2 * place) * size,
            ha=ha,
            size=size,
            colour=colour or palette.ink,
        )


def top_name(
    ax: Axes, name: Words, x: float, *, lang: Lang, palette: Palette, upright: bool
) -> None:
    """Name a column of a matrix above it, or along it where there is little room."""
    if not upright:
        head(ax, name.lines(lang), x, coords="column", palette=palette)
        return
    put(
        ax,
        name.inline(lang),
        x,
        1,
        coords="column",
        dy=0.4 * body_size(),
        ha="center",
        colour=palette.ink,
        rotation=90,
    )


def text_width(text: str, *, size: float | None = None, strong: bool = False) -> float:
    """Width of a line of text in points, under the settings that hold now."""
    chosen = latin_first() if strong and text.isascii() else mpl.rcParams["font.family"]
    return _width(text, body_size() if size is None else size, strong, tuple(chosen))


@lru_cache(maxsize=4096)
def _width(text: str, size: float, strong: bool, families: tuple[str, ...]) -> float:
    figure = new_figure()
    # Small, as its pixels are never looked at; fine, as its widths are.
    figure.set_size_inches(1, 1)
    figure.set_dpi(288)
    probe = figure.text(
        0,
        0,
        text,
        fontsize=size,
        fontweight=600 if strong else 400,
        fontfamily=list(families),
        parse_math=False,
    )
    return float(probe.get_window_extent().width) * 72 / figure.dpi


def widest(texts: Sequence[str], *, size: float | None = None, strong: bool = False) -> float:
    """Width of the widest of some lines in points, 0 when there are none."""
    return max((text_width(text, size=size, strong=strong) for text in texts), default=0.0)


_NO_LINE_START = frozenset("，。；：、）”’！？%")


def wrap(text: str, width: float, *, size: float, lang: Lang) -> list[str]:
    """Break a text into lines of at most `width` points."""
    pieces = list(text) if lang == "zh" else [f"{word} " for word in text.split()]
    lines, line = [], ""
    for piece in pieces:
        longer = line + piece
        full = text_width(longer.rstrip(), size=size) > width
        if line and full and piece not in _NO_LINE_START:
            lines.append(line.rstrip())
            line = piece
        else:
            line = longer
    return [*lines, line.rstrip()] if line.strip() else lines


def new_figure() -> Figure:
    """A figure of no window and no global list, with the canvas that measures its text."""
    figure = Figure()
    # Without a canvas of its own each measurement would draw the whole figure.
    FigureCanvasAgg(figure)
    return figure


def figure_of(ax: Axes) -> Figure:
    """The figure that an Axes belongs to."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise PlotError("this Axes is in no figure any more; make a new one")
    return figure


def from_edge(ax: Axes, side: float) -> Transform:
    """Transform for x in points from an edge of the Axes and y in data."""
    figure = figure_of(ax)
    points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
    corner = ScaledTranslation(side, 0, ax.transAxes)  # type: ignore[arg-type]
    return blended_transform_factory(points + corner, ax.transData)


__all__ = [
    "Cell",
    "column",
    "figure_of",
    "from_edge",
    "head",
    "new_figure",
    "put",
    "put_lines",
    "text_width",
    "top_name",
    "widest",
    "wrap",
]
