"""The words of a plot: title, message, labels, caption and alternative text, from one TOML file.

A text has places for facts in braces, ``{pairs}``; the facts come from the rows that were drawn. A
sentence of a caption is left out where a fact in it is empty, so a file says what *would* be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from aidstudy.bilingual import LANGS, Lang, Words, sentences
from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.files import read_toml

Facts = Mapping[str, str]
"""What the texts of a plot say of its drawn rows, in one language."""


def typeset(text: str) -> str:
    """Prose with the apostrophes of print."""
    return text.replace("'", "’")


@dataclass(frozen=True)
class Texts:
    """The words of one plot, ``told[lang]`` with title, message, caption, alt and labels.

    Examples
    --------
    >>> words = {"title": "Aid", "caption": ["Of {n} pairs.", "Not {what}."], "labels": {}}
    >>> Texts("own", {"en": words, "zh": words}).caption("en", {"n": "five", "what": ""})
    'Of five pairs.'
    """

    stem: str
    told: Mapping[str, Mapping[str, Any]]

    @property
    def title(self) -> Words:
        """For metadata; the message is in the caption."""
        return Words(*(self.told[lang]["title"] for lang in LANGS))

    def label(self, key: str, lang: Lang, **facts: Any) -> str:
        """One text of the drawing."""
        labels = self.told[lang].get("labels", {})
        if key not in labels:
            guess = did_you_mean(key, labels)
            raise PlotError(f"plot {self.stem} ({lang}): no text {key!r}{guess}")
        return typeset(self._filled(labels[key], facts) if facts else str(labels[key]))

    def words(self, key: str, **facts: Any) -> Words:
        """One text of the drawing in both languages."""
        return Words(*(self.label(key, lang, **facts) for lang in LANGS))

    def message(self, lang: Lang, facts: Facts) -> str:
        """What the plot says; the headline of a slide, and the start of the caption.

        Of several the first of which every fact is known.
        """
        several = (self._filled(text, facts) for text in self._several("message", lang))
        said = typeset(next(filter(None, several), ""))
        return said[:1].upper() + said[1:]

    def caption(self, lang: Lang, facts: Facts) -> str:
        """The message, and the sentences of which every fact is known."""
        message, stop = self.message(lang, facts), "。" if lang == "zh" else "."
        return self._sentences(message and f"{message}{stop}", "caption", lang, facts)

    def alt(self, lang: Lang, facts: Facts) -> str:
        """What a reader who cannot see the plot needs."""
        return self._sentences("", "alt", lang, facts)

    def _several(self, key: str, lang: Lang) -> list[str]:
        """The texts of a key that has one, several or none."""
        told = self.told[lang].get(key, "")
        return [told] if isinstance(told, str) else told

    def _sentences(self, first: str, key: str, lang: Lang, facts: Facts) -> str:
        more = (self._filled(text, facts) for text in self._several(key, lang))
        return typeset(sentences((first, *more), lang))

    def _filled(self, text: str, facts: Mapping[str, Any]) -> str:
        names = [name for _, name, _, _ in Formatter().parse(text) if name]
        for name in names:
            if name not in facts:
                raise PlotError(
                    f"plot {self.stem}: {text!r} wants {name!r}, which the rows do not say"
                    f"{did_you_mean(name, facts)}"
                )
        return text.format_map(facts) if all(facts[name] for name in names) else ""


@cache
def texts_of(stem: str) -> Texts:
    """The words of a plot of the study, from ``texts/<stem>.toml``."""
    return read_texts(Path(__file__).with_name("texts") / f"{stem}.toml")


def read_texts(path: Path) -> Texts:
    """The words of a plot from a TOML file with one part for each language."""
    return Texts(path.stem, read_toml(path))
