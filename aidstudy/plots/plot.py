"""What a plot is: everything that belongs to its files, in one place of its module.

The rows that are drawn are made once (``rows``). The drawing shows them, and what the caption and
the alternative text say comes from them (``facts``), so the three cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from aidstudy.analysis.switches import choices_told
from aidstudy.bilingual import LANGS, Words, sentences
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import Preset
from aidstudy.plots.texts import Facts, Texts, texts_of
from aidstudy.plots.voice import Rows, Voice, listed
from aidstudy.plots.words import checked_lang
from aidstudy.tables.draft import draft_stamp
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import load_study

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
    """``figure(page, message, **tables)`` draws on a :class:`~aidstudy.plots.sheet.Sheet`."""
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

    def _facts(self, lang: str, tables: Tables) -> tuple[Any, Facts]:
        voice = Voice(self.words, checked_lang(lang))
        return voice.lang, self.facts(listed(self.rows(**tables)), voice)

    def draw(self, *, preset: str | Preset = "double", lang: str = "en", **tables: Any) -> Figure:
        """The whole figure for a preset and a language."""
        with sheet(self.stem, preset, lang, self.under.say(checked_lang(lang))) as page:
            return self.figure(page, self.words.message(*self._facts(lang, tables)), **tables)

    def caption(self, lang: str = "en", **tables: Any) -> str:
        """The message, what is drawn, and what it does not show."""
        return self._with_under(self.words.caption(*self._facts(lang, tables)), lang)

    def alt(self, lang: str = "en", **tables: Any) -> str:
        """The alternative text; the drawn rows in words are the long description."""
        return self._with_under(self.words.alt(*self._facts(lang, tables)), lang)

    def _with_under(self, text: str, lang: str) -> str:
        return sentences((self.under.say(checked_lang(lang)), text), checked_lang(lang))
