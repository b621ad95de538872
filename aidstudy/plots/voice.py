"""The rows that a plot speaks of, and the language in which it speaks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from aidstudy.bilingual import LANGS, Lang, Words, aside
from aidstudy.plots.texts import Texts
from aidstudy.plots.words import MILLION, is_missing
from aidstudy.rounding import RANGE, Digits


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


_SMALL_ZH = "零一两三四五六七八九十"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(slots=True)
class Voice:
    """The words of a plot in one language, and how that language joins them.

    Examples
    --------
    >>> en, zh = (Voice(Texts("own", {}), lang) for lang in ("en", "zh"))
    >>> en.listing(["Litang", "Dêgê", "Xinlong"]), zh.listing(["理塘", "德格"])
    ('Litang, Dêgê and Xinlong', '理塘、德格')
    >>> en.aside("Money", "CNY million"), zh.aside("资金", "万元"), en.aside("Money", "")
    ('Money (CNY million)', '资金（万元）', 'Money')
    >>> en.count(5), en.count(22), zh.count(2), en.day(dt.date(2012, 9, 5))
    ('five', '22', '两', '5 Sep')
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

    def of(self, row: Mapping[str, Any], name: str = "label") -> str:
        """What a row has in its column ``<name>_en`` or ``<name>_zh``."""
        return str(row[f"{name}_{self.lang}"])

    def money(self, row: Mapping[str, Any], name: str = "") -> Digits:
        """A sum of a row in the unit of display."""
        return MILLION.digits(row, self.lang, name)

    def county(self, row: Row, side: str = "recipient") -> str:
        """The county, or the donor, of the row of a table behind a drawn one."""
        return self.of(row.of, side)

    def counties(self, rows: Iterable[Row], side: str = "recipient") -> str:
        """Their counties, or donors, each once, as a list in a sentence."""
        return self.listing(dict.fromkeys(self.county(row, side) for row in rows))

    def joined(self, parts: Iterable[str], sep: str = "") -> str:
        """Parts of a sentence, with semicolons between them."""
        return (sep or ("；" if self.zh else "; ")).join(part for part in parts if part)

    def commas(self, parts: Iterable[str]) -> str:
        """Parts with commas between them."""
        return self.joined(parts, "、" if self.zh else ", ")

    def listing(self, parts: Iterable[str]) -> str:
        """Parts as a list in a sentence."""
        items = list(parts)
        if self.zh:
            return "、".join(items)
        return " and ".join(items) if len(items) < 3 else f"{', '.join(items[:-1])} and {items[-1]}"

    def named(self, name: str, said: str) -> str:
        """A name, a colon, and what is said of it."""
        return f"{name}：{said}" if self.zh else f"{name}: {said}"

    def aside(self, text: str, note: str) -> str:
        """A text, and a note on it in parentheses; nothing more where there is no note."""
        return aside(text, note, self.lang)

    def count(self, number: int) -> str:
        """A count in prose: words up to ten, in Chinese those before a measure word."""
        small = _SMALL_ZH if self.zh else _SMALL
        return small[number] if 0 <= number < len(small) else str(number)

    def counts(self, **numbers: int) -> dict[str, str]:
        """Counts of one sentence: in Chinese all in digits where one of them is over ten."""
        digits = self.zh and max(numbers.values()) >= len(_SMALL_ZH)
        return {name: str(n) if digits else self.count(n) for name, n in numbers.items()}

    def years(self, first: Any, last: Any) -> str:
        """A run of years, or the one."""
        if self.zh:
            return f"{first}年" if first == last else f"{first}{RANGE.zh}{last}年"
        return str(first) if first == last else f"{first}–{last}"

    def month(self, month: int) -> str:
        """A month as on an axis."""
        return f"{month}月" if self.zh else _MONTHS[month - 1]

    def day(self, day: dt.date) -> str:
        """A day of the year, without the year."""
        return f"{day.month}月{day.day}日" if self.zh else f"{day.day} {_MONTHS[day.month - 1]}"
