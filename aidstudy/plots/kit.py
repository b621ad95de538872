"""What the plots draw with: an Axes with named rows, text in points beside it, a few marks.

A plot opens a :func:`canvas` on an Axes and draws its rows there. What stands beside the Axes
(names, columns of numbers) hangs on its edges, so that matplotlib's constrained layout makes room
for it wherever the Axes stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import (
    Affine2D,
    ScaledTranslation,
    Transform,
    blended_transform_factory,
)

from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.plots.style import Palette, body_size, latin_first, lettering, note_size
from aidstudy.plots.texts import Texts, texts_of
from aidstudy.plots.words import NOT_REPORTED, Lang, Scale, aside, checked_lang, typeset
from aidstudy.tables.ordinary import exact_frame

# Half the height of capitals and figures: a baseline this far below a point is centred on it.
_HALF_CAP = 0.34

# The right half of a full-width bracket is empty.
_HALF_EMPTY = 0.5

Coords = Literal["data", "edge", "column", "axes"]
_SYSTEMS: dict[Coords, Any] = {
    "data": "data",
    "edge": ("axes fraction", "data"),
    "column": ("data", "axes fraction"),
    "axes": "axes fraction",
}


# --- text ----------------------------------------------------------------------------------------


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
    """Put one line of text, its capitals centred on a point, `dx` and `dy` points off.

    With `coords` "edge" x is from edge to edge (0 to 1), with "column" y is, with "axes" both are.
    `mark` is the id of the drawn row that it shows, `backdrop` interrupts a line behind it, and
    `latin` looks for glyphs in the Latin font first: a Chinese font draws some signs full width.
    """
    size = body_size() if size is None else size
    if ha == "right" and text.endswith("）"):
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


def widest(texts: Iterable[str], *, size: float | None = None, strong: bool = False) -> float:
    """Width of the widest of some lines in points, 0 when there are none."""
    return max((text_width(text, size=size, strong=strong) for text in texts), default=0.0)


_NO_LINE_START = frozenset("，。；：、）”’！？%")


def wrap(text: str, width: float, *, size: float, lang: Lang) -> list[str]:
    """Break a text into lines of at most `width` points."""
    pieces = re.findall(r"[ -~]+ ?|.", text) if lang == "zh" else [f"{w} " for w in text.split()]
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


# --- tables --------------------------------------------------------------------------------------


def checked_table(stem: str, table: Any, needs: Sequence[str], source: str) -> pd.DataFrame:
    """The exact cells of a table that a plot can draw.

    Raises
    ------
    PlotError
        If it is no table, has no row, or lacks a column; `source` names what gives such a table.
    """
    where = f"plot {stem}"
    if not isinstance(table, pd.DataFrame):
        raise PlotError(f"{where}: {type(table).__name__} is no table; pass what {source} gives")
    if table.empty:
        raise PlotError(
            f"{where}: its table has no row, so nothing to draw; fill the tables it rests on, or "
            "draw another plot"
        )
    exact = exact_frame(table)
    for name in needs:
        if name not in exact:
            guess = did_you_mean(name, [str(column) for column in table])
            raise PlotError(f"{where}: no column {name!r} in the table{guess}; {source} has it")
    return exact


def in_order(
    stem: str, rows: list[dict[str, Any]], order: Sequence[str] | None, key: str = "recipient"
) -> list[dict[str, Any]]:
    """Rows in the order that an author wants, those alone; as they are where none is given."""
    if order is None:
        return rows
    known = {str(row[key]) for row in rows}
    for name in order:
        if name not in known:
            raise PlotError(f"plot {stem}: order has {name!r}, the table not"
                            f"{did_you_mean(name, known)}")  # fmt: skip
    return sorted((r for r in rows if r[key] in order), key=lambda r: list(order).index(r[key]))


def listed_rows(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Drawn rows as mappings."""
    return rows.to_dict("records")  # type: ignore[return-value]


# --- an Axes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a column beside an Axes, at `y` in data.

    `mark` is the id of the drawn row that it shows, `sign` a reference to a note, hung behind the
    text; `quiet` is grey, for notes and what is not reported.
    """

    y: float
    text: str
    mark: str | None = None
    sign: str = ""
    quiet: bool = False


@dataclass(slots=True)
class Canvas:
    """An Axes with the language, words and colours in which a plot is drawn on it."""

    ax: Axes
    lang: Lang
    texts: Texts
    palette: Palette
    columns: bool = True
    notes: list[str] = field(default_factory=list)
    _right: float = 0.0

    def say(self, key: str, **facts: Any) -> str:
        """A label of the plot in its language."""
        return self.texts.label(key, self.lang, **facts)

    def note(self, text: str) -> None:
        """Say something under the plot, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def rows(
        self,
        names: Sequence[str],
        *,
        below: Sequence[str] = (),
        strong: Iterable[int] = (),
        places: Sequence[float] | None = None,
    ) -> None:
        """Name the rows with tick labels, from the top down; lines `below` them in grey."""
        ax, places = self.ax, list(range(len(names)) if places is None else places)
        ax.set_ylim(max(places, default=0) + 0.5, min(places, default=0) - 0.5)
        ax.set_yticks(places, [typeset(name) for name in names])
        ax.tick_params(axis="y", which="both", length=0, pad=5)
        step = 0.62 * body_size()
        chosen = set(strong)
        for number, label in enumerate(ax.get_yticklabels()):
            label.set_color(self.palette.ink)
            if number in chosen:
                label.set_fontweight(600)
                if names[number].isascii():
                    label.set_fontfamily(latin_first())
            if below and below[number]:
                label.set_transform(label.get_transform() + self._up(step))
        if any(below):
            axis = ax.yaxis
            axis.remove_overlapping_locs = False
            axis.set_ticks(places, [typeset(text) for text in below], minor=True)
            for label in axis.get_ticklabels(minor=True):
                label.set(color=self.palette.grey, fontsize=note_size())
                label.set_transform(label.get_transform() + self._up(-step))

    def _up(self, points: float) -> ScaledTranslation:
        if self.ax.figure is None:
            raise PlotError("this Axes is in no figure any more; make a new one")
        return ScaledTranslation(0, points / 72, self.ax.figure.figure.dpi_scale_trans)

    def beyond(self, x: float, y: float) -> Transform:
        """Points to the right of and above a point in data."""
        figure = self.ax.figure.figure
        scale = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
        return scale + ScaledTranslation(x, y, self.ax.transData)  # type: ignore[arg-type]

    def bracket(self, top: float, end: float, *, dx: float) -> None:
        """A bracket around rows, open to the left, `dx` points right of the Axes."""
        figure = self.ax.figure.figure
        points = Affine2D().scale(1 / 72) + figure.dpi_scale_trans
        edge = points + ScaledTranslation(1, 0, self.ax.transAxes)  # type: ignore[arg-type]
        arm = 0.3 * body_size()
        self.ax.plot(
            [dx - arm, dx, dx, dx - arm],
            [top, top, end, end],
            color=self.palette.grey,
            linewidth=0.08 * body_size(),
            clip_on=False,
            transform=blended_transform_factory(edge, self.ax.transData),
        )

    def bare(self, *sides: str) -> None:
        """Take away spines; labels stay, and rows have no ticks anyway."""
        for side in sides or ("left", "bottom"):
            self.ax.spines[side].set_visible(False)
            if side != "left":
                self.ax.tick_params(axis="x", which="both", length=0)

    def put(self, text: str, x: float, y: float, **look: Any) -> Annotation:
        """Text in ink; see :func:`put`."""
        return put(self.ax, text, x, y, **{"colour": self.palette.ink} | look)

    def quiet(self, text: str, x: float, y: float, **look: Any) -> Annotation:
        """Text in grey and small, for notes."""
        return self.put(text, x, y, **{"colour": self.palette.grey, "size": note_size()} | look)

    def missing(self, y: float, mark: str, text: str = "", **look: Any) -> None:
        """Say in place that a row is not reported."""
        said = text or NOT_REPORTED.say(self.lang)
        self.put(
            said, 0, y, **{"coords": "edge", "dx": 4} | look, colour=self.palette.grey, mark=mark
        )

    def bar(self, start: float, end: float, y: float, **look: Any) -> Rectangle:
        """A bar along a row; `high` of one row by default, `colour` inside, `edge` around."""
        high = look.pop("high", 0.5)
        colour, edge = look.pop("colour"), look.pop("edge", "none")
        patch = Rectangle(
            (start, y - high / 2),
            end - start,
            high,
            facecolor=colour,
            edgecolor=edge,
            linewidth=look.pop("width", body_size() / 10),
            gid=look.pop("mark", None),
            **look,
        )
        self.ax.add_patch(patch)
        return patch

    def open_bar(self, start: float, end: float, y: float, **look: Any) -> Rectangle:
        """A bar that is only an outline: inferred, not printed."""
        edge = look.pop("edge", self.palette.mid)
        return self.bar(start, end, y, colour="white", edge=edge, **look)

    def dot(self, x: float, y: float, *, hollow: bool = False, **look: Any) -> Line2D:
        """A round mark, hollow where it is planned."""
        colour = look.pop("colour", self.palette.dark)
        size = look.pop("size", 0.8) * body_size()
        (mark,) = self.ax.plot(
            [x],
            [y],
            **{"marker": "o", "clip_on": False, "zorder": 3} | look,
            markersize=size,
            linestyle="none",
            markerfacecolor="white" if hollow else colour,
            markeredgecolor=colour,
            markeredgewidth=0.15 * body_size(),
        )
        return mark

    def span(self, low: float, high: float, y: float, **look: Any) -> Line2D:
        """A thick line from one end of bounds to the other."""
        (line,) = self.ax.plot(
            [low, high],
            [y, y],
            **{"color": self.palette.mid, "linewidth": 0.45 * body_size()} | look,
            solid_capstyle="butt",
        )
        return line

    def stroke(self, x: float, y: float, **look: Any) -> Line2D:
        """An upright stroke at a value, over its bounds."""
        (line,) = self.ax.plot(
            [x],
            [y],
            **{"color": self.palette.ink, "zorder": 3} | look,
            marker="|",
            markersize=1.1 * body_size(),
            markeredgewidth=0.17 * body_size(),
            linestyle="none",
        )
        return line

    def money_axis(self, scale: Scale, name: str, *, ticks: int = 6, axis: str = "x") -> None:
        """Name an axis of sums in CNY, its unit, and at most `ticks` round sums."""
        factor, chosen = scale.factor(self.lang), getattr(self.ax, f"{axis}axis")
        chosen.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10]))
        chosen.set_major_formatter(
            FuncFormatter(lambda value, _: f"{value / factor:.10g}".replace("-", "−"))
        )
        chosen.set_label_text(aside(name, scale.unit(self.lang), self.lang))

    def head(self, lines: Sequence[str], x: float, **look: Any) -> None:
        """Lines of text stacked above the top of the Axes, at x in data."""
        size = look.pop("size", body_size())
        look = {"coords": "column", "ha": "center"} | look
        for place, line in enumerate(reversed(lines)):
            self.put(line, x, 1, dy=(0.85 + 1.2 * place) * size, size=size, **look)

    def column(self, header: Sequence[str], cells: Sequence[Cell], **look: Any) -> None:
        """A column of text to the right of the Axes and of the columns before it.

        Numbers stand below one another at their points; words are `left`-aligned, and `size` is
        theirs. `gap` is the room before the column.
        """
        size, left = look.get("size", body_size()), look.get("left", False)
        start = self._right + look.get("gap", 1.4) * body_size()
        texts = [cell.text for cell in cells]
        behind = [0.0 if left else _behind_point(text, size) for text in texts]
        short = [
            max(behind, default=0.0) - own if _NUMBER.fullmatch(text) and not left else 0.0
            for text, own in zip(texts, behind, strict=True)
        ]
        wide = [text_width(text, size=size) + gap for text, gap in zip(texts, short, strict=True)]
        end = start + max(widest(header), *wide, 0.0)
        ha = "left" if left else "right"
        self.head(header, 1, coords="axes", dx=start if left else end, ha=ha)
        for cell, gap in zip(cells, short, strict=True):
            side = start if left else end - gap
            ink = self.palette.grey if cell.quiet else self.palette.ink
            there = {"coords": "edge", "dx": side, "ha": ha, "size": size, "colour": ink}
            self.put(cell.text, 1, cell.y, mark=cell.mark, **there)
            if cell.sign:
                there |= {"dx": side + 1, "ha": "left", "latin": True}
                self.put(cell.sign, 1, cell.y, **there)
        self._right = end


_NUMBER = re.compile(r"−?[\d,]+(?P<behind>(?:\.\d+)?%?)")


def _behind_point(text: str, size: float) -> float:
    """How wide a number is from its point on, so that points stand below one another."""
    number = _NUMBER.fullmatch(text)
    return text_width(number["behind"], size=size) if number and number["behind"] else 0.0


_NOTES = "aidstudy_notes"


@contextmanager
def canvas(
    stem: str, ax: Axes | None, lang: str, *, columns: bool = True, texts: Texts | None = None
) -> Iterator[Canvas]:
    """An Axes to draw a plot on, a new one if none is given.

    It keeps left and bottom spines only, in any style. The notes of the plot stay with it:
    :func:`notes_of` gives them.
    """
    language = checked_lang(lang)
    with lettering(language) as palette:
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots(layout="constrained")[1]
        ax.spines[["top", "right"]].set_visible(False)
        on = Canvas(ax, language, texts or texts_of(stem), palette, columns)
        yield on
        setattr(ax, _NOTES, on.notes)


def notes_of(ax: Axes) -> list[str]:
    """What a plot says under itself, such as what a sign means; for a place in a caption.

    Examples
    --------
    >>> notes_of(Figure().add_subplot())
    []
    """
    return list(getattr(ax, _NOTES, []))


def joined(parts: Iterable[Mapping[str, Any] | str], lang: Lang, *, sep: str = "") -> str:
    """Parts of a sentence, with semicolons between them."""
    return (sep or ("；" if lang == "zh" else "; ")).join(str(part) for part in parts if part)
