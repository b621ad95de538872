"""The words of a plot, the language in which it speaks, and the rows of which it speaks.

The words stand in one TOML file: title, message, labels, caption and alternative text. A text has
places for facts in braces, ``{pairs}``; the facts come from the rows that were drawn. A sentence
of a caption is left out where a fact in it is empty, so a file says what *would* be said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, TypeAlias

import pandas as pd

from aidstudy.bilingual import (
    LANGS,
    Lang,
    Words,
    aside,
    count_text,
    day_text,
    listing,
    month_text,
    sentences,
    sign,
    written,
)
from aidstudy.codebook import did_you_mean
from aidstudy.errors import PlotError
from aidstudy.files import read_toml
from aidstudy.plots.words import MILLION, digits_of, is_missing
from aidstudy.rounding import Digits

Facts = Mapping[str, str]
"""What the texts of a plot say of its drawn rows, in one language."""


def typeset(text: str) -> str:
    """Prose with the apostrophes of print."""
    return text.replace("'", "’")


@dataclass(frozen=True)
class Texts:
    """The words of one plot, ``told[lang]`` with title, message, caption, alt and labels."""

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
        return self.filled(labels[key], facts) if facts else typeset(str(labels[key]))

    def words(self, key: str, **facts: Any) -> Words:
        """One text of the drawing in both languages."""
        return Words(*(self.label(key, lang, **facts) for lang in LANGS))

    def filled(self, text: str, facts: Mapping[str, Any]) -> str:
        """A text with its facts, empty where one of them is."""
        names = [name for _, name, _, _ in Formatter().parse(text) if name]
        for name in names:
            if name not in facts:
                raise PlotError(
                    f"plot {self.stem}: {text!r} wants {name!r}, which the rows do not say"
                    f"{did_you_mean(name, facts)}"
                )
        return typeset(text.format_map(facts)) if all(facts[name] for name in names) else ""


@cache
def texts_of(stem: str) -> Texts:
    """The words of a plot of the study, from ``texts/<stem>.toml``."""
    return read_texts(Path(__file__).with_name("texts") / f"{stem}.toml")


def read_texts(path: Path) -> Texts:
    """The words of a plot from a TOML file with one part for each language."""
    return Texts(path.stem, read_toml(path))


class Row(dict[str, Any]):
    """A row of a table, its cells by name."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def missing(self) -> bool:
        """Whether it has no value."""
        return is_missing(self["value"])

    def words(self, name: str = "label") -> Words:
        """What it says in both languages."""
        return Words.of(self, name)

    def pair(self) -> Words:
        """Its donor and recipient."""
        return Words(*(f"{self[f'donor_{one}']} → {self[f'recipient_{one}']}" for one in LANGS))


Rows = list[Row]
Table: TypeAlias = pd.DataFrame
Look: TypeAlias = dict[str, Any]
"""Keywords of a mark, or cells of a row."""
Order = Sequence[str] | None
"""Which rows to draw and in which order; all, as they are, where none is given."""


def listed(table: Table) -> Rows:
    """The rows of a table."""
    return [Row(row) for row in table.to_dict("records")]


@dataclass(slots=True)
class Voice:
    """The words of a plot in one language, and how that language joins them.

    >>> en, zh = (Voice(Texts("own", {}), lang) for lang in ("en", "zh"))
    >>> en.listing(["Litang", "Dêgê", "Xinlong"]), zh.listing(["理塘", "德格"])
    ('Litang, Dêgê and Xinlong', '理塘、德格')
    >>> en.aside("Money", "CNY million"), zh.aside("资金", "万元"), en.aside("Money", "")
    ('Money (CNY million)', '资金（万元）', 'Money')
    >>> en.count(5), en.count(22), zh.count(2), en.day(dt.date(2012, 9, 5))
    ('five', '22', '两', '5 Sep')
    >>> told = {"caption": ["Of {n} pairs.", "Not {what}."]}
    >>> Voice(Texts("own", {"en": told}), "en").caption({"n": "five", "what": ""})
    'Of five pairs.'
    """

    texts: Texts
    lang: Lang

    @property
    def zh(self) -> bool:
        """Whether it speaks Chinese."""
        return self.lang == "zh"

    def say(self, key: str, **facts: Any) -> str:
        """A label of the plot."""
        return self.texts.label(key, self.lang, **facts)

    def message(self, facts: Facts) -> str:
        """What the plot says; the headline of a slide, and the start of the caption.

        Of several the first of which every fact is known.
        """
        said = next(self._filled("message", facts), "")
        return said[:1].upper() + said[1:]

    def caption(self, facts: Facts) -> str:
        """The message, and the sentences of which every fact is known."""
        message = self.message(facts)
        said = (message and message + sign("stop", self.lang), *self._filled("caption", facts))
        # A hard space is for lines that must not break there.
        return sentences(said, self.lang).replace("\u00a0", " ")

    def alt(self, facts: Facts) -> str:
        """What a reader who cannot see the plot needs."""
        return sentences(self._filled("alt", facts), self.lang)

    def _filled(self, key: str, facts: Facts) -> Iterator[str]:
        """The texts of a key that has one, several or none, of which every fact is known."""
        told = self.texts.told[self.lang].get(key, "")
        several = [told] if isinstance(told, str) else told
        return filter(None, (self.texts.filled(text, facts) for text in several))

    def of(self, row: Mapping[str, Any], name: str = "label") -> str:
        """What a row has in its column ``<name>_en`` or ``<name>_zh``."""
        return str(row[f"{name}_{self.lang}"])

    def money(self, row: Mapping[str, Any], name: str = "") -> Digits:
        """A sum of a row in the unit of display."""
        return digits_of(row, name, unit=MILLION.scale(self.lang))

    def county(self, row: Row, side: str = "recipient") -> str:
        """The county, or the donor, of the row of a table behind a drawn one."""
        return self.of(row.of, side)

    def counties(self, rows: Iterable[Row], side: str = "recipient") -> str:
        """Their counties, or donors, each once, as a list in a sentence."""
        return self.listing(dict.fromkeys(self.county(row, side) for row in rows))

    def joined(self, parts: Iterable[str], sep: str = "") -> str:
        """Parts of a sentence, with semicolons between them."""
        return (sep or sign("semicolon", self.lang)).join(filter(None, parts))

    def commas(self, parts: Iterable[str]) -> str:
        """Parts with commas between them."""
        return self.joined(parts, sign("comma", self.lang))

    def listing(self, parts: Iterable[str]) -> str:
        """Parts as a list in a sentence."""
        return listing(parts, self.lang)

    def named(self, name: str, said: str) -> str:
        """A name, a colon, and what is said of it."""
        return written("named", self.lang, name=name, said=said)

    def aside(self, text: str, note: str) -> str:
        """A text, and a note on it in parentheses; nothing more where there is no note."""
        return aside(text, note, self.lang)

    def count(self, number: int) -> str:
        """A count in prose: words up to ten, in Chinese those before a measure word."""
        return count_text(number, self.lang)

    def counts(self, **numbers: int) -> dict[str, str]:
        """Counts of one sentence: all in digits where one of them is over ten."""
        digits = any(self.count(n) == str(n) for n in numbers.values())
        return {name: str(n) if digits else self.count(n) for name, n in numbers.items()}

    def years(self, first: Any, last: Any) -> str:
        """A run of years, or the one."""
        name = "year" if first == last else "years"
        return written(name, self.lang, year=first, first=first, last=last)

    def month(self, month: int) -> str:
        """A month as on an axis."""
        return month_text(month, self.lang)

    def day(self, day: dt.date) -> str:
        """A day of the year, without the year."""
        return day_text(day, self.lang, year=False, short=True)
