"""What the plots draw with: an Axes with named rows, text in points beside it, a few marks.

A plot is drawn by a function that gets a :class:`Canvas` (:func:`drawn_on`). What stands beside the
Axes (names, columns of numbers) hangs on its edges, so that matplotlib's constrained layout makes
room for it wherever the Axes stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, weight_dict
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Stroke
from matplotlib.text import Annotation, Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform
from matplotlib.transforms import blended_transform_factory as blended

from aidstudy.bilingual import Lang
from aidstudy.plots.fonts import HAN
from aidstudy.plots.preflight import shown_texts
from aidstudy.plots.style import (
    Palette,
    body_size,
    latin_first,
    lettering,
    note_size,
    strong_weight,
)
from aidstudy.plots.voice import Look, Row, Voice, listed, texts_of, typeset
from aidstudy.plots.words import NOT_REPORTED, checked_lang
from aidstudy.quantity.shown import ShownUnit
from aidstudy.rounding import Digits, commas_alike

# Half the height of capitals and figures: a baseline this far below a point is centred on it.
_HALF_CAP = 0.34

# How far above the Axes the head of a column is centred.
_HEAD = 0.85

# The right half of a full-width bracket is empty.
_HALF_EMPTY = 0.5

On = Axes | None
"""Where to draw: on these Axes, or on new ones."""

Coords = Literal["data", "edge", "column", "axes"]
_SYSTEMS: dict[Coords, Any] = {
    "data": "data",
    "edge": ("axes fraction", "data"),
    "column": ("data", "axes fraction"),
    "axes": "axes fraction",
}


# --- text ----------------------------------------------------------------------------------------


def text_width(text: str, *, size: float | None = None, latin: bool = False) -> float:
    """Width of a line of text in points, under the settings that hold now."""
    families = latin_first() if latin else mpl.rcParams["font.family"]
    return _width(text, body_size() if size is None else size, tuple(families))


@lru_cache(maxsize=4096)
def _width(text: str, size: float, families: tuple[str, ...]) -> float:
    line = _ruler()
    line.set(text=text, fontproperties=FontProperties(family=list(families), size=size))
    return float(line.get_window_extent().width) * 72 / line.figure.dpi


@cache
def _ruler() -> Text:
    """A text to measure with, on a figure of its own; a new figure for each line takes longer."""
    figure = new_figure()
    # Small, as its pixels are never looked at; fine, as its widths are.
    figure.set_size_inches(1, 1)
    figure.set_dpi(288)
    return figure.text(0, 0, "", parse_math=False)


def widest(texts: Iterable[str], *, size: float | None = None) -> float:
    """Width of the widest of some lines in points, 0 when there are none."""
    return max((text_width(text, size=size) for text in texts), default=0.0)


_CHARACTERS = re.compile(r"[（“‘]?(?:[ -~]+ ?|.)[，。；：、）”’！？%]*")
"""What no line of Chinese may tear: a word, and the signs that hang on a character."""


def wrap(text: str, width: float, *, size: float, lang: Lang) -> list[str]:
    """Break a text into lines of at most `width` points, at spaces that are not hard ones."""
    pieces = _CHARACTERS.findall(text) if lang == "zh" else [f"{w} " for w in text.split(" ")]
    lines, line = [], ""
    for piece in pieces:
        longer = line + piece
        if line and text_width(longer.rstrip(), size=size) > width:
            # Chinese breaks anywhere, but a line reads best that ends with a clause.
            stop = re.match(r".*[，；。]", line) if lang == "zh" else None
            end = stop.end() if stop and 3 * stop.end() > 2 * len(line) else len(line)
            lines.append(line[:end].rstrip())
            line = line[end:] + piece
        else:
            line = longer
    return [*lines, line.rstrip()] if line.strip() else lines


def new_figure() -> Figure:
    """A figure of no window and no global list, with the canvas that measures its text."""
    figure = Figure()
    # Without a canvas of its own each measurement would draw the whole figure.
    FigureCanvasAgg(figure)
    return figure


_CHINESE = re.compile(r"[\u3400-\u9fff]")
_OUTLINE = 0.045
"""Of an outline, in sizes of the text."""


class Bold(Artist):
    """Draws each text in the Chinese font that is set bold once more, as outlines.

    That font has one weight. In a PDF the text under the outlines stays text, and in an SVG it is
    text with its weight, which the reader's own fonts show.
    """

    zorder = 9

    def draw(self, renderer: Any) -> None:
        """Draw the outlines over the texts, which are drawn by then."""
        if not self.get_visible():
            return
        for text in shown_texts(self.figure.figure):
            weight: Any = text.get_fontweight()
            han = text.get_fontfamily()[0] == HAN or _CHINESE.search(text.get_text())
            if weight_dict.get(weight, weight) >= 600 and han:
                wide, before = _OUTLINE * float(text.get_fontsize()), text.get_path_effects()
                text.set_path_effects([Stroke(linewidth=wide, foreground=text.get_color())])
                text.draw(renderer)
                text.set_path_effects(before)


def embolden(figure: Figure | None) -> None:
    """Have the bold Chinese of a figure drawn bold, whatever is still to come on it."""
    if figure is not None and not any(isinstance(one, Bold) for one in figure.artists):
        figure.add_artist(Bold()).set_in_layout(False)


# --- an Axes -------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """A cell of a column beside an Axes, at `y` in data; `quiet` is grey, `mark` a row's id."""

    y: float
    text: str
    mark: str | None = None
    quiet: bool = False


@dataclass(slots=True)
class Canvas(Voice):
    """An Axes with the language, words and colours in which a plot is drawn on it."""

    ax: Axes
    palette: Palette
    columns: bool = True
    notes: list[str] = field(default_factory=list)
    em: float = field(default_factory=body_size)
    """Size of text in points."""
    small: float = field(default_factory=note_size)
    """Size of notes in points."""
    _right: float = 0.0

    def note(self, text: str) -> None:
        """Say something under the plot, once."""
        if text and text not in self.notes:
            self.notes.append(text)

    def signed(self, name: str, keys: Iterable[str], **facts: str) -> str:
        """A name with the signs of some notes, which are said under the plot.

        Which sign each has stands in the plot's TOML file.
        """
        signs = self.texts.told["rows"]["signs"]
        for key in keys:
            self.note(f"{signs[key]} {self.say(key, **facts)}")
            name += signs[key]
        return name

    @property
    def gap(self) -> float:
        """Points between a mark and its text."""
        return 4 / 7 * self.em

    def size(self) -> tuple[float, float]:
        """Width and height of the Axes in points, as it stands now."""
        box, points = self.ax.get_window_extent(), 72 / self.ax.figure.figure.dpi
        return box.width * points, box.height * points

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
        below = below if any(below) else ()
        ax.set_ylim(max(places, default=0) + 0.5, min(places, default=0) - 0.5)
        ax.set_yticks(places, [typeset(name) for name in names])
        ax.tick_params(axis="y", which="both", length=0, pad=5)
        ax.tick_params(axis="y", which="minor", labelsize=self.small, labelcolor=self.palette.grey)
        ax.yaxis.remove_overlapping_locs = False
        ax.set_yticks(places[: len(below)], [typeset(text) for text in below], minor=True)
        step, chosen = max(0.55 * self.em, 0.6 * self.small), set(strong)
        placed = [(label, -step) for label in ax.get_yticklabels(minor=True)]
        for number, label in enumerate(ax.get_yticklabels()):
            label.set_color(self.palette.ink)
            placed.append((label, step if below and below[number] else 0))
            if label.get_text().endswith(("†", "‡")):
                # A Chinese font draws a dagger as wide as a character.
                label.set_fontfamily(latin_first())
            if number in chosen:
                label.set_fontweight(strong_weight())
        for label, up in placed:
            label.set_verticalalignment("baseline")
            self._shift(label, up - _HALF_CAP * float(label.get_fontsize()))

    def _shift(self, label: Text, up: float, right: float = 0) -> None:
        """Move a tick label by points, and the empty half of a last bracket out of the way."""
        right += _HALF_EMPTY * float(label.get_fontsize()) * label.get_text().endswith("）")
        moved = ScaledTranslation(right / 72, up / 72, self.ax.figure.figure.dpi_scale_trans)
        label.set_transform(label.get_transform() + moved)

    def beyond(self, x: float, y: float, coords: Transform | None = None) -> Transform:
        """Points to the right of and above a point in data, or in other coordinates."""
        scale = Affine2D().scale(1 / 72) + self.ax.figure.figure.dpi_scale_trans
        return scale + ScaledTranslation(x, y, coords or self.ax.transData)  # type: ignore[arg-type]

    def bracket(self, top: float, end: float, *, dx: float) -> None:
        """A bracket around rows, open to the left, `dx` points right of the Axes."""
        edge, arm = self.beyond(1, 0, self.ax.transAxes), 0.3 * self.em
        there = blended(edge, self.ax.transData)
        look: Look = {"linewidth": 0.08 * self.em, "clip_on": False, "transform": there}
        xs, ys = [dx - arm, dx, dx, dx - arm], [top, top, end, end]
        self.line(xs, ys, self.palette.grey, **look)

    def bare(self, *sides: str) -> None:
        """Take away spines; labels stay, and rows have no ticks anyway."""
        for side in sides or ("left", "bottom"):
            self.ax.spines[side].set_visible(False)
            if side != "left":
                self.ax.tick_params(axis="x", which="both", length=0)

    def put(
        self,
        text: str,
        x: float,
        y: float,
        *,
        coords: Coords = "data",
        dx: float = 0,
        dy: float = 0,
        ha: str = "left",
        size: float | None = None,
        colour: str = "",
        strong: bool = False,
        mark: str | None = None,
        backdrop: bool = False,
        latin: bool = False,
    ) -> Annotation:
        """Put one line of text, its capitals centred on a point, `dx` and `dy` points off.

        With `coords` "edge" x is from edge to edge (0 to 1), with "column" y is, with "axes" both
        are. `mark` is the id of the drawn row that it shows, `backdrop` interrupts a line behind
        it, and `latin` looks for glyphs in the Latin font first: a Chinese font draws some signs
        full width.
        """
        size = self.em if size is None else size
        if ha == "right" and text.endswith("）"):
            dx += _HALF_EMPTY * size
        return self.ax.annotate(
            typeset(text),
            (x, y),
            xycoords=_SYSTEMS[coords],
            xytext=(dx, dy - _HALF_CAP * size),
            textcoords="offset points",
            annotation_clip=False,
            ha=ha,
            va="baseline",
            fontsize=size,
            color=colour or self.palette.ink,
            fontweight=strong_weight() if strong else 400,
            fontfamily=latin_first() if latin else None,
            gid=mark,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.2} if backdrop else None,
        )

    def quiet(self, text: str, x: float, y: float, **look: Any) -> Annotation:
        """Text in grey and small, for notes."""
        quiet: Look = {"colour": self.palette.grey, "size": self.small}
        return self.put(text, x, y, **quiet | look)

    def missing(self, y: float, mark: str, text: str = "", **look: Any) -> None:
        """Say in place that a row is not reported."""
        there: Look = {"coords": "edge", "dx": self.gap, "colour": self.palette.grey}
        self.put(text or NOT_REPORTED.say(self.lang), 0, y, mark=mark, **there | look)

    def bar(self, start: float, end: float, y: float, **look: Any) -> Rectangle:
        """A bar along a row; `high` of one row, `colour` inside or `hatched`, `edge` around."""
        high = look.pop("high", 0.5)
        # Hatches do not grow with the text: larger bars need fewer lines.
        look |= {"hatch": "/" * round(36 / self.em)} if look.pop("hatched", False) else {}
        colour, edge, mark = look.pop("colour"), look.pop("edge", "none"), look.pop("mark", None)
        look |= {"facecolor": colour, "edgecolor": edge, "linewidth": self.em / 10}
        patch = Rectangle((start, y - high / 2), end - start, high, gid=mark, **look)
        self.ax.add_patch(patch)
        return patch

    def dot(self, x: float, y: float, *, hollow: bool = False, **look: Any) -> Line2D:
        """A round mark, hollow where it is planned."""
        colour, size = look.pop("colour", self.palette.dark), look.pop("size", 0.8) * self.em
        look = {"marker": "o", "clip_on": False, "zorder": 3, "markersize": size} | look
        look |= {"markerfacecolor": "white" if hollow else colour, "markeredgecolor": colour}
        return self.line([x], [y], linestyle="none", markeredgewidth=0.15 * self.em, **look)

    def stroke(self, x: float, y: float, **look: Any) -> Line2D:
        """An upright stroke at a value, over its bounds."""
        upright: Look = {"color": self.palette.ink, "zorder": 3, "marker": "|", "linestyle": "none"}
        upright |= {"markersize": 1.1 * self.em, "markeredgewidth": 0.17 * self.em}
        return self.line([x], [y], **upright | look)

    def span(self, low: float, high: float, y: float, **look: Any) -> Line2D:
        """A thick line from one end of bounds to the other."""
        thick: Look = {"color": self.palette.mid, "linewidth": 0.45 * self.em}
        return self.line([low, high], [y, y], **thick | look, solid_capstyle="butt")

    def held(self, row: Row, y: float, said: str = "") -> None:
        """A row as its value over its bounds, or in place that it is not reported."""
        if row.missing:
            self.missing(y, row.mark, said)
            return
        self.span(float(row.low), float(row.high), y, gid=row.mark)
        self.stroke(float(row.value), y)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str = "", **look: Any
    ) -> Line2D:
        """A thin line that leads the eye."""
        thin: Look = {"color": colour or self.palette.rule, "linewidth": self.em / 14}
        (line,) = self.ax.plot(xs, ys, **thin | look)
        return line

    def across(self, name: str) -> None:
        """Name the axis of values, and leave out the one of rows."""
        self.bare("left")
        self.ax.set_xlabel(name)

    def money_axis(self, unit: ShownUnit, name: str, *, ticks: int = 6) -> None:
        """Name the axis of sums in CNY, its unit, and at most `ticks` round sums."""
        factor, axis = unit.scale(self.lang), self.ax.xaxis

        def written(cny: float, _: float) -> str:
            number = f"{cny / factor:.10g}".replace("-", "−")
            return commas_alike([*(text.get_text() for text in self.ax.texts), number])[-1]

        axis.set_major_locator(MaxNLocator(nbins=ticks, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(written)
        self.across(self.aside(name, unit.name(self.lang)))

    def key(self, columns: int) -> None:
        """Name each kind of labelled mark above the rows, beside a copy of the first."""
        marks, labels = self.ax.get_legend_handles_labels()
        kinds = dict(zip(reversed(labels), reversed(marks), strict=True))
        order = list(dict.fromkeys(labels))
        names = [typeset(self.say(f"key_{label}")) for label in order]
        look: Look = {"frameon": False, "borderpad": 0, "columnspacing": 1, "handlelength": 1.2}
        look |= {"handletextpad": 0.5}
        there: Look = {"loc": "lower right", "bbox_to_anchor": (1, 1), "fontsize": self.small}
        self.ax.legend([kinds[one] for one in order], names, ncols=columns, **look, **there)

    def heads(
        self, names: Sequence[str], *, steps: bool = False, size: float | None = None
    ) -> None:
        """Names of columns above the Axes, at 0, 1, 2; too wide ones as `steps`."""
        size, axis = size or self.em, self.ax.xaxis
        axis.tick_top()
        self.ax.set_xticks(range(len(names)), names, fontsize=size)
        if not (steps or any("\n" in name for name in names)):
            # On one line with the heads of the columns beside them.
            axis.set_tick_params(pad=(_HEAD - _HALF_CAP) * self.em, length=0)
            for label in self.ax.get_xticklabels():
                label.set_verticalalignment("baseline")
        for place, tick in enumerate(axis.get_major_ticks() if steps else ()):
            # Each name ends left of a line that leads up to it from its column.
            up = 1.25 * size * place
            tick.tick2line.set(markersize=up + size, markeredgecolor=self.palette.rule)
            tick.label2.set_horizontalalignment("right")
            self._shift(tick.label2, up, -0.3 * size)

    def head(self, lines: Sequence[str], x: float, **look: Any) -> None:
        """Lines of text stacked above the top of the Axes, at x in data; `up` points higher."""
        size, up = look.pop("size", self.em), look.pop("up", 0.0)
        look = {"coords": "column", "ha": "center"} | look
        for place, line in enumerate(reversed(lines)):
            self.put(line, x, 1, dy=(_HEAD + 1.2 * place) * size + up, size=size, **look)

    def column(self, header: Sequence[str], texts: Sequence[str | Cell], **look: Any) -> None:
        """A column of text to the right of the Axes and of the columns before it.

        A text stands in its row, a cell where it says. Numbers stand below one another at their
        points, or `flush` to the right; words are `left`-aligned, and `size` is theirs, `head` that
        of the header. `quiet` texts are grey; `gap` is the room before the column.
        """
        size, left = look.get("size", self.em), look.get("left", False)
        flush, quiet = left or look.get("flush", False), look.get("quiet", False)
        cells = [
            Cell(y, one, quiet=quiet) if isinstance(one, str) else one
            for y, one in enumerate(texts)
        ]
        start = self._right + look.get("gap", 1.4) * self.em
        tails = [None if flush else _behind_point(cell.text, size) for cell in cells]
        long = max((tail for tail in tails if tail is not None), default=0.0)
        short = [0.0 if tail is None else long - tail for tail in tails]
        wide = [text_width(c.text, size=size) + gap for c, gap in zip(cells, short, strict=True)]
        end = start + max(widest(header), *wide, 0.0)
        ha = "left" if left else "right"
        small = look.get("head", self.em)
        # On one line with the heads of the columns inside the Axes.
        there: Look = {"size": small, "up": (_HEAD - _HALF_CAP) * (self.em - small)}
        self.head(header, 1, coords="axes", dx=start if left else end, ha=ha, **there)
        for cell, gap in zip(cells, short, strict=True):
            ink = self.palette.grey if cell.quiet else self.palette.ink
            there = {"coords": "edge", "dx": start if left else end - gap, "ha": ha, "size": size}
            self.put(cell.text, 1, cell.y, mark=cell.mark, colour=ink, **there)
        self._right = end

    def numbers(
        self, digits: Sequence[Digits], *, bounds: bool = True, flush: bool = False
    ) -> None:
        """A column of the value of each row and, in grey, one of its bounds."""
        none = NOT_REPORTED.say(self.lang)
        values = [one.value or ("" if one.low else none) for one in digits]
        self.column((self.say("value"),), commas_alike(values), flush=flush)
        if bounds:
            ends = commas_alike([one.bounds(self.lang) for one in digits])
            self.column(self.say("bounds").splitlines(), ends, quiet=True, gap=1.0)


_NUMBER = re.compile(r"−?[\d,]+(?P<behind>(?:\.\d+)?%?)")


def _behind_point(text: str, size: float) -> float | None:
    """How wide a number is from its point on, so that points stand below one another."""
    number = _NUMBER.fullmatch(text)
    return number and text_width(number["behind"], size=size)


_NOTES = "aidstudy_notes"


def drawn_on(
    ax: On,
    lang: str,
    stem: str,
    draw: Callable[..., None],
    *given: Any,
    columns: bool = True,
    **wishes: Any,
) -> Axes:
    """Let a plot draw on an Axes, a new one if there is none; ``draw(canvas, *given, **wishes)``.

    A table among what is `given` comes to `draw` as rows. The Axes keeps left and bottom spines
    only, in any style; the notes of the plot stay with it, and :func:`notes_of` gives them.
    """
    language = checked_lang(lang)
    with lettering(language) as palette:
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots(layout="constrained")[1]
        ax.spines[["top", "right"]].set_visible(False)
        embolden(ax.figure.figure)
        on = Canvas(texts_of(stem), language, ax, palette, columns)
        told = (listed(one) if isinstance(one, pd.DataFrame) else one for one in given)
        draw(on, *told, **wishes)
        setattr(ax, _NOTES, on.notes)
        # On Axes of an author's own style the labels were made before, without Chinese letters.
        if language == "zh" and HAN not in ax.xaxis.label.get_fontfamily():
            for axis in (ax.xaxis, ax.yaxis):
                for label in (axis.label, *axis.get_ticklabels(), *axis.get_ticklabels(minor=True)):
                    label.set_fontfamily(mpl.rcParams["font.family"])
    return ax


def notes_of(ax: Axes) -> list[str]:
    """What a plot says under itself, such as what a sign means; for a place in a caption.

    Examples
    --------
    >>> notes_of(Figure().add_subplot())
    []
    """
    return list(getattr(ax, _NOTES, []))
