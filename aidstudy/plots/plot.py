"""Whole figures: panels composed in the exact width of a preset, and what belongs to their files.

The rows that are drawn are made once (``rows``). The drawing shows them, and what the caption and
the alternative text say comes from them (``facts``), so the three cannot disagree.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from aidstudy.analysis.switches import choices_told
from aidstudy.bilingual import LANGS, Lang, Words, sentences
from aidstudy.errors import PlotError
from aidstudy.plots.kit import drawn_on, embolden, new_figure, notes_of, text_width, wrap
from aidstudy.plots.style import MM, Palette, Preset, body_size, latin_first, note_size, style
from aidstudy.plots.voice import Facts, Look, Rows, Texts, Voice, listed, texts_of, typeset
from aidstudy.plots.words import checked_lang
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import load_study

_LEAST = 36
"""Points that an Axes needs."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The place where a figure is composed: stem of the plot, preset and language.

    >>> with sheet("own", "single", "en") as page:
    ...     ax = page.axes()
    ...     _ = ax.plot([1, 2], [0, 1])
    ...     figure = page.compose(ax, pitch=20, headline="Two points")
    >>> round(figure.get_size_inches()[0] * 25.4)
    89
    """

    plot: str
    preset: Preset
    lang: Lang
    under: str = ""
    """What is read otherwise than by default: the first of the notes."""
    figure: Figure = field(default_factory=new_figure)

    @property
    def palette(self) -> Palette:
        """The colours of the preset."""
        return self.preset.palette

    @property
    def width(self) -> float:
        """Points across, without the edges."""
        return self.preset.width_mm * MM * 72 - 2 * self.preset.edge_pt

    def axes(self) -> Axes:
        """The next Axes of the figure, to draw on."""
        return self.figure.add_subplot(label=str(len(self.figure.axes)))

    def draw(self, *drawing: Any, **wishes: Any) -> Axes:
        """Let a plot draw on the next Axes; see :func:`aidstudy.plots.kit.drawn_on`."""
        return drawn_on(self.axes(), self.lang, self.plot, *drawing, **wishes)

    def compose(
        self,
        *panels: Axes,
        pitch: float = 0,
        high: float = 0,
        headline: str = "",
        beside: Sequence[float] = (),
        letters: str = "a",
    ) -> Figure:
        """Lay the panels out in the exact width; the height follows from what is in them.

        Parameters
        ----------
        *panels : Axes
            From the top down. Under everything stand their notes.
        pitch : float
            Height of a data unit of y in lines of text, for panels with rows.
        high : float
            Height of each panel in lines of text, for others.
        headline : str
            The message; shown on slides.
        beside : sequence of float
            Widths of the panels where they stand side by side, not under one another.
        letters : str, default "a"
            How the first of several panels is marked, such as "(a)" or "A"; the others follow. With
            "", and on slides, none are.
        """
        wanted = [(high or pitch * abs(ax.viewLim.height)) * body_size() for ax in panels]
        notes = [self.under, *(note for ax in panels for note in notes_of(ax))]
        lines = self._lines(notes, self.width, note_size())
        step, big = 1.3 * note_size(), 1.25 * body_size()
        bottom = len(lines) * step + 0.6 * step * bool(lines)
        message = self._lines([headline] * self.preset.slide, self.width / 1.05, big)
        top = (1.25 * len(message) + 0.75) * big * bool(message)
        shape = (1, len(panels)) if beside else (len(panels), 1)
        ratios = {"width_ratios": list(beside)} if beside else {"height_ratios": wanted}
        grid = self.figure.add_gridspec(*shape, **ratios)  # type: ignore[arg-type]
        for ax, place in zip(panels, grid, strict=True):  # type: ignore[call-overload]
            ax.set_subplotspec(place)
        inside = max(wanted) if beside else sum(wanted)
        if len(panels) > 1 and letters and not self.preset.slide:
            # Roughly, as what stands left of and above an Axes is as wide in any height.
            self._laid(panels, inside, top, bottom, bool(beside), turns=1)
            self._letters(panels, bool(beside), letters)
        tall = self._laid(panels, inside, top, bottom, bool(beside))
        self.figure.set_layout_engine("none")
        for ax in self.figure.axes:
            # The solver's last digits differ from run to run, and names in an SVG are made of them.
            ax.set_position([round(end, 6) for end in ax.get_position().bounds])  # type: ignore[arg-type]
        for place, line in enumerate(message):
            y = tall - self.preset.edge_pt - (1 + 1.25 * place) * big
            self._write(line, y, fontsize=big, fontweight=600, color=self.palette.ink)
        for place, line in enumerate(lines, start=1):
            y = self.preset.edge_pt + 0.25 * note_size() + (len(lines) - place) * step
            self._note(line, y)
        return self.figure

    def _laid(
        self,
        panels: Sequence[Axes],
        inside: float,
        top: float,
        bottom: float,
        beside: bool,
        turns: int = 7,
    ) -> float:
        """Lay out so that the Axes are `inside` points high together; the height of the figure."""
        fixed, free = (self.preset.fixed_height_mm or 0) * MM * 72, 0.0
        # Room to start with for axes, heads and letters: more than the rows of small panels.
        tall = fixed or inside + top + bottom + 6 * body_size() * len(panels)
        for turn in range(turns):
            self.figure.set_size_inches(self.preset.width_mm * MM, tall / 72)
            used = tall - top - bottom - free
            # The first turn finds the height, which need not be exact.
            self._solve(
                (0, (bottom + free) / tall, 1, used / tall), times=3 if fixed or turn else 1
            )
            heights = [ax.get_position().height * tall for ax in panels]
            found = max(heights) if beside else sum(heights)
            if fixed:
                # Few rows would float on a whole slide: the rest stays free under them.
                over = found - 2.2 * inside
                if over <= 1 or turn > 2:
                    break
                free += over
            else:
                whole = math.ceil((tall + inside - found) / 72 / MM - 1e-6) * MM * 72
                if abs(whole - tall) < 1e-6 and turn:
                    break
                tall = whole
        narrowest = min(ax.get_position().width for ax in panels) * self.preset.width_mm * MM * 72
        if narrowest < _LEAST:
            raise self._no_room(narrowest)
        return tall

    def _solve(self, rect: tuple[float, float, float, float], times: int) -> None:
        look: Look = {
            "w_pad": self.preset.edge_pt / 72,
            "h_pad": self.preset.edge_pt / 72,
            "hspace": 0,
            "wspace": 0.05,
        }
        engine = ConstrainedLayoutEngine(rect=rect, **look)
        self.figure.set_layout_engine(engine)
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="constrained_layout not applied")
            try:
                # Text that hangs on data moves as the Axes gets narrower.
                for _ in range(times):
                    before = self._places()
                    engine.execute(self.figure)
                    if np.allclose(before, self._places(), rtol=0, atol=1e-7):
                        break
            except UserWarning:
                raise self._no_room(0) from None

    def _places(self) -> list[tuple[float, ...]]:
        return [ax.get_position().bounds for ax in self.figure.axes]

    def _no_room(self, left: float) -> PlotError:
        return PlotError(
            f"plot {self.plot}: the text beside the axes leaves {left:.0f} pt for them; rule: at "
            f"least {_LEAST} pt. Shorten the text or take a wider preset"
        )

    def _letters(self, panels: Sequence[Axes], beside: bool, first: str) -> None:
        """A letter above the top left of each panel, flush where panels are under one another."""
        points = 72 / self.figure.dpi
        boxes = [(ax.get_window_extent(), ax.get_tightbbox()) for ax in panels]
        lefts = [(outer.x0 - inner.x0) * points for inner, outer in boxes if outer]
        tops = [(outer.y1 - inner.y1) * points for inner, outer in boxes if outer]
        look: Look = {"fontsize": 8 / 7 * body_size(), "fontweight": 600, "color": self.palette.ink}
        look |= {"xycoords": "axes fraction", "textcoords": "offset points"}
        for letter, ax, left, above in zip(ascii_lowercase, panels, lefts, tops, strict=False):
            x, y = (left, max(tops)) if beside else (min(lefts), above)
            there: Look = {"xytext": (x, y + 0.5 * body_size()), "fontfamily": latin_first()}
            text = first.replace("a", letter).replace("A", letter.upper())
            ax.annotate(text, (0, 1), annotation_clip=False, **there, **look)

    def _note(self, line: str, y: float) -> None:
        """A line under the plot, its sign narrow: a Chinese font draws one as wide as a letter."""
        sign = line[: line[:1] in "†*·"]
        wide = text_width(sign, size=note_size(), latin=True)
        look: Look = {"fontsize": note_size(), "color": self.palette.grey}
        self._write(sign, y, **look, fontfamily=latin_first())
        self._write(line.removeprefix(sign), y, wide, **look)

    def _write(self, text: str, y: float, x: float = 0, **look: Any) -> None:
        """A line that starts at the left edge, or `x` points beside it, y in points."""
        wide, tall = self.figure.get_size_inches() * 72
        if text:
            at = (self.preset.edge_pt + x) / wide, y / tall
            self.figure.text(*at, text, va="baseline", **look)

    def _lines(self, notes: Iterable[str], width: float, size: float) -> list[str]:
        """Texts in one paragraph, each once, that does not end in a line of one word."""
        text = typeset(sentences(dict.fromkeys(notes), self.lang))
        full = lines = wrap(text, width, size=size, lang=self.lang)
        for part in range(19, 8, -1):
            if len(lines) != len(full) or len(full) < 2:
                break
            if 3 * text_width(lines[-1], size=size) > width:
                return lines
            lines = wrap(text, width * part / 20, size=size, lang=self.lang)
        return full


@contextmanager
def sheet(plot: str, preset: str | Preset, lang: str, under: str = "") -> Iterator[Sheet]:
    """A new figure in the style of a preset; afterwards every setting is as before."""
    language = checked_lang(lang)
    with style(preset, language) as chosen:
        page = Sheet(plot, chosen, language, under)
        embolden(page.figure)
        page.figure.set_size_inches(chosen.width_mm * MM, chosen.max_height_mm * MM)
        yield page


Tables = Mapping[str, Any]
"""What the functions of a plot take, by the names of their parameters."""


_AS_PRINTED = Words("", "")


@dataclass(frozen=True)
class Plot:
    """One plot, and everything that belongs to its files."""

    stem: str
    """Name of its folder and files."""
    reads: tuple[str, ...]
    """The tables that it rests on: a clean one by its name, another by its place in ``data/``."""
    tables: Mapping[str, Callable[[StudyLike], Any]]
    """What the other functions take, by the names of their parameters: functions of a study."""
    rows: Callable[..., pd.DataFrame]
    """``rows(**tables)``: the rows that are drawn."""
    figure: Callable[..., Figure]
    """``figure(page, message, **tables)`` draws on a :class:`~Sheet`."""
    facts: Callable[[Rows, Voice], Facts]
    """``facts(rows, voice)``: what the words say of the rows in the language ``voice.lang``."""
    texts: Texts | None = None
    """The words; of a plot of the study those in ``texts/<stem>.toml``."""
    slides_omit: frozenset[str] = frozenset()
    """Quantities among the drawn rows, or all in a unit, that a slide has no room for."""
    columns_omit: frozenset[str] = frozenset()
    """Those that one column of a page has no room for."""
    under: Words = _AS_PRINTED
    """What is read otherwise than by default; stands under the plot and in its texts."""

    @cached_property
    def words(self) -> Texts:
        """Title, labels, caption and alternative text."""
        return self.texts or texts_of(self.stem)

    @property
    def title(self) -> Words:
        """For metadata; the message is in the caption."""
        return self.words.title

    def omitted(self, preset: Preset) -> frozenset[str]:
        """What a preset leaves out of the drawn rows."""
        narrow = self.columns_omit if preset.narrow else frozenset()
        return self.slides_omit if preset.slide else narrow

    def of(self, study: StudyLike) -> Plot:
        """The plot of a study, which says what is undecided and which judgement calls it took."""
        opened = load_study(study)
        draft, taken = draft_stamp(opened), opened.choices
        told = (sentences((draft.say(lang), choices_told(taken, lang)), lang) for lang in LANGS)
        return replace(self, under=Words(*told))

    def load(self, study: StudyLike) -> Tables:
        """The tables of a study with exact cells, as drawing rounds only what it writes."""
        found = {name: table(study) for name, table in self.tables.items()}
        return {k: exact_frame(v) if isinstance(v, pd.DataFrame) else v for k, v in found.items()}

    def draw(self, *, preset: str | Preset = "double", lang: str = "en", **tables: Any) -> Figure:
        """The whole figure for a preset and a language."""
        voice, facts = self._facts(lang, tables)
        with sheet(self.stem, preset, lang, self.under.say(voice.lang)) as page:
            return self.figure(page, voice.message(facts), **tables)

    def caption(self, lang: str = "en", **tables: Any) -> str:
        """The message, what is drawn, and what it does not show."""
        voice, facts = self._facts(lang, tables)
        return sentences((self.under.say(voice.lang), voice.caption(facts)), voice.lang)

    def alt(self, lang: str = "en", **tables: Any) -> str:
        """The alternative text; the drawn rows in words are the long description."""
        voice, facts = self._facts(lang, tables)
        return sentences((self.under.say(voice.lang), voice.alt(facts)), voice.lang)

    def _facts(self, lang: str, tables: Tables) -> tuple[Voice, Facts]:
        voice = Voice(self.words, checked_lang(lang))
        return voice, self.facts(listed(self.rows(**tables)), voice)
