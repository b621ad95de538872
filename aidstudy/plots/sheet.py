"""Whole figures: panels under one another, fitted to the exact width of a preset.

A panel is fitted by drawing it, measuring what sticks out, and giving its Axes the rest: a longer
language or a larger preset moves the Axes, never a text into another.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from aidstudy.errors import PlotError
from aidstudy.plots.layout import figure_of, new_figure, wrap
from aidstudy.plots.style import MM, Palette, Preset, body_size, latin_first, note_size, style
from aidstudy.plots.words import (
    EXPLAINED,
    NOT_REPORTED_SHORT,
    Lang,
    Words,
    checked_lang,
    typeset,
)

EDGE = 2.0
"""Points kept free at the edges of the canvas."""

SLIDE_EDGE = 10.0
"""Points kept free at the edges of a slide, which no page surrounds."""

GUTTER = 16.0
"""Points between two panels."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The place where a figure is composed: what a ``draw_*`` needs to know of it.

    Parameters
    ----------
    plot : str
        Stem of the plot, for messages.
    preset : Preset
    lang : {"en", "zh", "both"}
    figure : Figure
        Of no window and no global list.
    """

    plot: str
    preset: Preset
    lang: Lang
    figure: Figure = field(default_factory=new_figure)

    @property
    def palette(self) -> Palette:
        """The colours of the preset."""
        return self.preset.palette

    @property
    def narrow(self) -> bool:
        """Whether it is one column of a page."""
        return self.preset.narrow

    @property
    def roomy(self) -> bool:
        """Whether there is room for notes beside what is drawn."""
        return self.preset.roomy

    @property
    def edge(self) -> float:
        """Points kept free at the edges."""
        return SLIDE_EDGE if self.preset.headline else EDGE

    @property
    def width(self) -> float:
        """Points across, without the edges."""
        return self.preset.width_mm * MM * 72 - 2 * self.edge

    def axes(self) -> Axes:
        """The next Axes of the figure, to draw on."""
        return self.figure.add_subplot(label=str(len(self.figure.axes)))

    def compose(
        self,
        *panels: Axes,
        pitch: float,
        headline: Words | None = None,
        notes: Iterable[Words] = (),
        beside: bool = False,
    ) -> Figure:
        """Fit the panels to the width; the height follows from what is in them.

        Parameters
        ----------
        *panels : Axes
            From the top down, one data unit high for each row. More than one get letters.
        pitch : float
            Height of a row in lines of text.
        headline : Words, optional
            The message; shown where the preset has headlines.
        notes : iterable of Words
            Wrapped to the width, under everything. The one on "n.r." is added where it is needed.
        beside : bool, default False
            The panels are columns of one list: side by side, without letters.

        Raises
        ------
        PlotError
            If the text beside an Axes leaves no room for it.
        """
        heights = [_rows_of(ax) * pitch * body_size() for ax in panels]
        across = self.preset.width_mm * MM
        self.figure.set_size_inches(across, self.preset.max_height_mm * MM)
        lines = self._lines([said for words in notes if (said := words.say(self.lang))])
        step = 1.3 * note_size()
        message = headline.say(self.lang) if headline and self.preset.headline else ""
        over = 2.0 * body_size() * 1.25 if message else 0.0
        letter = 1.7 * body_size() if len(panels) > 1 and not beside else 0.0
        parts = len(panels) if beside else 1
        room = (self.width - GUTTER * (parts - 1)) / parts
        starts = [self.edge + (room + GUTTER) * (number % parts) for number in range(len(panels))]
        fits = [
            self._fit(ax, high, left, left + room)
            for ax, high, left in zip(panels, heights, starts, strict=True)
        ]
        stacked = _beside if beside else _stacked
        fixed = (
            2 * self.edge
            + over
            + len(lines) * step
            + (0.6 * step if lines else 0)
            + stacked(fit.top + letter for fit in fits)
            + stacked(fit.bottom for fit in fits)
            + GUTTER * (0 if beside else len(panels) - 1)
        )
        content = stacked(heights)
        stretch, tall = 1.0, math.ceil((fixed + content) / 72 / MM) * MM * 72
        if self.preset.fixed_height_mm is not None:
            tall = self.preset.fixed_height_mm * MM * 72
            # Dense content is pressed together; sparse content fills the slide, up to a limit.
            stretch = min((tall - fixed) / content, 2.0)
        self.figure.set_size_inches(across, tall / 72)
        if message:
            self._strong(message, tall - self.edge - 1.25 * body_size(), 1.25)
        top = tall - self.edge - over
        y, wide = top, across * 72
        for number, (ax, height, fit) in enumerate(zip(panels, heights, fits, strict=True)):
            if letter:
                self._strong(ascii_lowercase[number], y - body_size(), 8 / 7, latin=True)
            y -= letter + (max(other.top for other in fits) if beside else fit.top)
            high = height * stretch
            ax.set_position((fit.left / wide, (y - high) / tall, fit.width / wide, high / tall))
            y = top if beside else y - high - fit.bottom - GUTTER
        for place, line in enumerate(lines, start=1):
            y = self.edge + 0.25 * note_size() + (len(lines) - place) * step
            # A Chinese font draws a dagger as wide as a character: the notes would not stand flush.
            family = latin_first() if line.startswith("†") else None
            grey = self.palette.grey
            self._write(line, y, fontsize=note_size(), color=grey, fontfamily=family)
        return self.figure

    def _strong(self, text: str, y: float, times: float, *, latin: bool = False) -> None:
        """A line of semibold text, in a multiple of the size of the others."""
        self._write(
            typeset(text),
            y,
            fontsize=times * body_size(),
            fontweight=600,
            fontfamily=latin_first() if latin else None,
            color=self.palette.ink,
        )

    def _write(self, text: str, y: float, **look: Any) -> None:
        """A line that starts at the left edge, y in points."""
        wide, tall = self.figure.get_size_inches() * 72
        self.figure.text(self.edge / wide, y / tall, text, va="baseline", **look)

    def _lines(self, notes: Sequence[str]) -> list[str]:
        """Notes wrapped to the width, with one on an abbreviation that no other explains."""
        short = NOT_REPORTED_SHORT.en
        used = any(text.get_text() == short for text in self.figure.findobj(Text))
        more = [f"{EXPLAINED}."] if used and EXPLAINED not in " ".join(notes) else []
        return [
            typeset(line)
            for note in (*notes, *more)
            for line in wrap(note, self.width, size=note_size(), lang=self.lang)
        ]

    def _fit(self, ax: Axes, height: float, start: float, end: float) -> _Fit:
        """Where an Axes goes, and what sticks out above and below it, in points."""
        to_points = 72 / self.figure.dpi
        wide, high = self.figure.get_size_inches() * 72
        left, right = start, end
        # What sticks out on the right can hang on data, so it moves as the Axes gets narrower.
        inner = outer = ax.get_window_extent()
        for _ in range(8):
            ax.set_position((left / wide, 0.3, max(right - left, 1.0) / wide, height / high))
            inner = ax.get_window_extent()
            outer = ax.get_tightbbox() or inner
            over_left = start - outer.x0 * to_points
            over_right = outer.x1 * to_points - end
            if abs(over_left) < 0.05 and abs(over_right) < 0.05:
                break
            left, right = left + over_left, right - over_right
            if right - left < 36:
                raise PlotError(
                    f"plot {self.plot}: the text beside the axes leaves {right - left:.0f} pt for "
                    "them; rule: at least 36 pt. Shorten the text or take a wider preset"
                )
        return _Fit(
            left,
            right - left,
            (outer.y1 - inner.y1) * to_points,
            (inner.y0 - outer.y0) * to_points,
        )


@dataclass(frozen=True, slots=True)
class _Fit:
    left: float
    width: float
    top: float
    bottom: float


@contextmanager
def sheet(plot: str, preset: str | Preset, lang: str) -> Iterator[Sheet]:
    """A new figure in the style of a preset; afterwards every setting is as before.

    Parameters
    ----------
    plot : str
        Stem of the plot, for messages.
    preset : str or Preset
    lang : {"en", "zh", "both"}

    Raises
    ------
    PlotError
        If preset or language is not known.

    Examples
    --------
    >>> with sheet("own", "single", "en") as page:
    ...     ax = page.axes()
    ...     _ = ax.plot([1, 2], [0, 1])
    ...     figure = page.compose(ax, pitch=20, headline=Words("Two points", "两点"))
    >>> round(figure.get_size_inches()[0] * 25.4)
    89
    """
    language = checked_lang(lang)
    with style(preset, language) as chosen:
        yield Sheet(plot, chosen, language)


def _stacked(heights: Iterable[float]) -> float:
    return sum(heights)


def _beside(heights: Iterable[float]) -> float:
    return max(heights)


def _rows_of(ax: Axes) -> float:
    """How many rows an Axes has whose rows are one data unit high."""
    low, high = ax.get_ylim()
    return abs(high - low)


def column_room(ax: Axes) -> float:
    """Points across one data unit of an Axes in a composed figure."""
    low, high = ax.get_xlim()
    return float(ax.get_window_extent().width) * 72 / figure_of(ax).dpi / (high - low)


__all__ = ["EDGE", "GUTTER", "SLIDE_EDGE", "Sheet", "column_room", "sheet"]
