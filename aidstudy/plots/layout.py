"""Text placed in points, measured before it is placed, and panels fitted to an exact size.

What stands beside an Axes (names, columns of numbers, notes) hangs on its edges at offsets in
points. So a panel is fitted by drawing it, measuring what sticks out, and giving the Axes the
rest: a longer language or a larger preset moves the Axes, never a text into another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import (
    Affine2D,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from aidstudy.errors import PlotError
from aidstudy.plots.style import MM, Palette, Preset, body_size, latin_first, note_size
from aidstudy.plots.words import EXPLAINED, NOT_REPORTED_SHORT, Lang, typeset

EDGE = 2.0
"""Points kept free at the edges of the canvas."""

GUTTER = 16.0
"""Points between two panels."""

# Half the height of capitals and figures: a baseline this far below a point is centred on it.
_HALF_CAP = 0.34

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
        Left-aligned, for words; numbers are right-aligned.

    Returns
    -------
    float
        Points from the right edge of the Axes to the end of the column.
    """
    size = body_size() if size is None else size
    end = start + max(widest(list(header)), widest([cell.text for cell in cells], size=size))
    side, ha = (start, "left") if left else (end, "right")
    head(ax, header, 1, coords="axes", dx=side, ha=ha, palette=palette)
    for cell in cells:
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
                dx=end + 1,
                size=size,
                latin=True,
                colour=palette.grey,
            )
    return end


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


def new_axes() -> Axes:
    """An Axes to draw on where the caller gives none."""
    import matplotlib.pyplot as plt

    return plt.subplots()[1]


@dataclass(frozen=True, slots=True)
class Panel:
    """One Axes of a figure.

    Parameters
    ----------
    ax : Axes
    height : float
        In points, without what sticks out.
    share : float
        Of the width of its row of panels.
    """

    ax: Axes
    height: float
    share: float = 1.0


def rows_of(ax: Axes) -> float:
    """How many rows an Axes has whose rows are one data unit high."""
    low, high = ax.get_ylim()
    return abs(high - low)


def compose(
    figure: Figure,
    rows: Sequence[Sequence[Panel]],
    *,
    preset: Preset,
    lang: Lang,
    palette: Palette,
    plot: str,
    headline: str = "",
    footnotes: Sequence[str] = (),
) -> Figure:
    """Fit panels to the exact width of a preset; the height follows from what is in them.

    Parameters
    ----------
    figure : Figure
    rows : sequence of sequence of Panel
        Panels side by side, row under row. More than one panel get letters.
    headline : str
        The message; shown where the preset has headlines.
    footnotes : sequence of str
        Wrapped to the width, under everything. The one on "n.r." is added where it is needed.

    Raises
    ------
    PlotError
        If the text beside an Axes leaves no room for it.
    """
    width = preset.width_mm * MM * 72
    letters = iter("abcdefgh") if sum(len(row) for row in rows) > 1 else None
    figure.set_size_inches(preset.width_mm * MM, preset.max_height_mm * MM)
    notes = [
        typeset(line)
        for note in (*footnotes, *_unexplained(figure, footnotes))
        for line in wrap(note, width - 2 * EDGE, size=note_size(), lang=lang)
    ]
    note_step = 1.3 * note_size()
    head = 2.0 * body_size() * 1.25 if headline and preset.headline else 0.0
    letter_room = 1.7 * body_size() if letters else 0.0

    cells = [_cells(row, width) for row in rows]
    fits = [
        [_fit(figure, panel, cell, plot) for panel, cell in zip(row, cell_row, strict=True)]
        for row, cell_row in zip(rows, cells, strict=True)
    ]
    fixed = (
        2 * EDGE
        + head
        + len(notes) * note_step
        + (0.6 * note_step if notes else 0)
        + sum(max(f.top for f in fit) + max(f.bottom for f in fit) + letter_room for fit in fits)
        + GUTTER * (len(rows) - 1)
    )
    content = sum(max(panel.height for panel in row) for row in rows)
    stretch = 1.0
    if preset.fixed_height_mm is None:
        height = math.ceil((fixed + content) / 72 / MM) * MM * 72
    else:
        height = preset.fixed_height_mm * MM * 72
        # Dense content is pressed together a little; sparse content stays compact below a headline.
        stretch = min((height - fixed) / content, 1.5)
    figure.set_size_inches(width / 72, height / 72)

    if head:
        figure.text(
            EDGE / width,
            1 - (EDGE + 1.25 * body_size()) / height,
            typeset(headline),
            fontsize=1.25 * body_size(),
            fontweight=600,
            color=palette.ink,
            va="baseline",
        )
    y = height - EDGE - head
    for row, cell_row, fit_row in zip(rows, cells, fits, strict=True):
        if letters:
            for left, _ in cell_row:
                figure.text(
                    left / width,
                    (y - body_size()) / height,
                    next(letters),
                    fontsize=body_size() * 8 / 7,
                    fontweight=600,
                    fontfamily=latin_first(),
                    color=palette.ink,
                    va="baseline",
                )
        y -= letter_room + max(fit.top for fit in fit_row)
        for panel, fit in zip(row, fit_row, strict=True):
            tall = panel.height * stretch
            panel.ax.set_position(
                (fit.left / width, (y - tall) / height, fit.width / width, tall / height)
            )
        y -= max(panel.height for panel in row) * stretch + max(fit.bottom for fit in fit_row)
        y -= GUTTER
    for place, line in enumerate(notes):
        figure.text(
            EDGE / width,
            (EDGE + 0.25 * note_size() + (len(notes) - 1 - place) * note_step) / height,
            line,
            fontsize=note_size(),
            color=palette.grey,
            va="baseline",
        )
    return figure


def _unexplained(figure: Figure, footnotes: Sequence[str]) -> list[str]:
    """The note on an abbreviation that no other note explains."""
    short = any(text.get_text() == NOT_REPORTED_SHORT.en for text in figure.findobj(Text))
    return [f"{EXPLAINED}."] if short and EXPLAINED not in " ".join(footnotes) else []


def _cells(row: Sequence[Panel], width: float) -> list[tuple[float, float]]:
    """Left and right of the cell of each panel, in points."""
    room = width - 2 * EDGE - GUTTER * (len(row) - 1)
    whole = sum(panel.share for panel in row)
    cells, left = [], EDGE
    for panel in row:
        right = left + room * panel.share / whole
        cells.append((left, right))
        left = right + GUTTER
    return cells


@dataclass(frozen=True, slots=True)
class _Fit:
    left: float
    width: float
    top: float
    bottom: float


def _fit(figure: Figure, panel: Panel, cell: tuple[float, float], plot: str) -> _Fit:
    """Where an Axes goes in its cell, and what sticks out above and below, in points."""
    to_points = 72 / figure.dpi
    wide, high = figure.get_size_inches() * 72
    left, right = cell
    # What sticks out on the right can hang on data, so it moves as the Axes gets narrower.
    inner = outer = panel.ax.get_window_extent()
    for _ in range(8):
        panel.ax.set_position(
            (left / wide, 0.3, max(right - left, 1.0) / wide, panel.height / high)
        )
        inner = panel.ax.get_window_extent()
        outer = panel.ax.get_tightbbox() or inner
        over_left = cell[0] - outer.x0 * to_points
        over_right = outer.x1 * to_points - cell[1]
        if abs(over_left) < 0.05 and abs(over_right) < 0.05:
            break
        left, right = left + over_left, right - over_right
        if right - left < 36:
            raise PlotError(
                f"plot {plot}: the text beside the axes leaves {right - left:.0f} pt for them; "
                "rule: at least 36 pt. Shorten the text or take a wider preset"
            )
    return _Fit(
        left,
        right - left,
        (outer.y1 - inner.y1) * to_points,
        (inner.y0 - outer.y0) * to_points,
    )


__all__ = [
    "EDGE",
    "GUTTER",
    "Cell",
    "Panel",
    "column",
    "compose",
    "figure_of",
    "from_edge",
    "head",
    "new_axes",
    "new_figure",
    "put",
    "put_lines",
    "rows_of",
    "text_width",
    "widest",
    "wrap",
]
