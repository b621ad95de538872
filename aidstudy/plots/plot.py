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
from aidstudy.plots.sheet import sheet
from aidstudy.plots.style import Preset
from aidstudy.plots.texts import Facts, Texts, texts_of
from aidstudy.plots.words import LANGS, Lang, Words, checked_lang
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import exact_frame
from aidstudy.tables.study import load_study

Tables = Mapping[str, Any]
"""What the functions of a plot take, by the names of their parameters."""


_AS_PRINTED = Words("", "")


def _nothing(preset: Preset) -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True)
class Plot:
    """One plot, and everything that belongs to its files.

    Parameters
    ----------
    stem : str
        Name of its folder and files.
    reads : tuple of str
        The tables that it rests on: a clean one by its name, another by its place in ``data/``.
    tables : callable
        ``tables(study)`` gives what the other functions take, by the names of their parameters.
    rows : callable
        ``rows(**tables)``: the rows that are drawn.
    figure : callable
        ``figure(page, message, **tables)`` draws them on a :class:`~aidstudy.plots.sheet.Sheet` and
        gives what ``page.compose`` gives.
    facts : callable
        ``facts(rows, lang)``: what the words say of the rows.
    texts : Texts, optional
        The words; of a plot of the study those in ``texts/<stem>.toml``.
    under : Words, optional
        What is read otherwise than by default; stands under the plot and in its texts.
    omitted : callable
        Quantities among the drawn rows, or all in a unit, that a preset has no room for.
    """

    stem: str
    reads: tuple[str, ...]
    tables: Callable[[StudyLike], Tables]
    rows: Callable[..., pd.DataFrame]
    figure: Callable[..., Figure]
    facts: Callable[[pd.DataFrame, Lang], Facts]
    texts: Texts | None = None
    under: Words = _AS_PRINTED
    omitted: Callable[[Preset], frozenset[str]] = _nothing

    @cached_property
    def words(self) -> Texts:
        """Title, labels, caption and alternative text."""
        return self.texts or texts_of(self.stem)

    @property
    def title(self) -> Words:
        """For metadata; the message is in the caption."""
        return self.words.title

    def of(self, study: StudyLike) -> Plot:
        """The plot of a study, which says under which judgement calls it was made."""
        choices = load_study(study).choices
        return replace(self, under=Words(*(choices_told(choices, lang) for lang in LANGS)))

    def load(self, study: StudyLike) -> Tables:
        """The tables of a study with exact cells, as drawing rounds only what it writes."""
        return {
            name: exact_frame(table) if isinstance(table, pd.DataFrame) else table
            for name, table in self.tables(study).items()
        }

    def draw(self, *, preset: str | Preset = "double", lang: str = "en", **tables: Any) -> Figure:
        """The whole figure for a preset and a language."""
        with sheet(self.stem, preset, lang, self.under.say(checked_lang(lang))) as page:
            facts = self.facts(self.rows(**tables), page.lang)
            return self.figure(page, self.words.message(page.lang, facts), **tables)

    def caption(self, lang: str = "en", **tables: Any) -> str:
        """The message, what is drawn, and what it does not show."""
        chosen = checked_lang(lang)
        return self._with_under(self.words.caption(chosen, self._facts(chosen, tables)), chosen)

    def alt(self, lang: str = "en", **tables: Any) -> str:
        """The alternative text; the drawn rows in words are the long description."""
        chosen = checked_lang(lang)
        return self._with_under(self.words.alt(chosen, self._facts(chosen, tables)), chosen)

    def _facts(self, lang: Lang, tables: Tables) -> Facts:
        return self.facts(self.rows(**tables), lang)

    def _with_under(self, text: str, lang: Lang) -> str:
        under = self.under.say(lang)
        return f"{under}{'' if lang == 'zh' or not under else ' '}{text}"
