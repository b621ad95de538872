"""The same words in the two languages that the page and its readers have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

from aidstudy.files import read_toml

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = get_args(Lang)
_FILES = {lang: read_toml(__file__, f"languages/{lang}.toml") for lang in LANGS}


def sign(name: str, lang: Lang) -> str:
    """What a language puts between words; its file in ``languages/`` names all of them."""
    return str(_FILES[lang][name])


def written(name: str, lang: Lang, /, **said: object) -> str:
    """How a language writes what is said: a range, a day, a note beside a text.

    >>> written("days", "en", low="1 May", high="2 May"), written("years", "zh", first=1, last=2)
    ('1 May to 2 May', '1—2年')
    """
    return str(_FILES[lang][name]).format_map(said)


def aside(text: str, note: str, lang: Lang) -> str:
    """A text with a note in brackets; the one that there is, where the other is empty."""
    return written("aside", lang, text=text, note=note) if text and note else text or note


def listing(parts: Iterable[str], lang: Lang) -> str:
    """Parts as a list in a sentence."""
    *first, last = [*parts] or [""]
    return sign("last", lang).join([sign("comma", lang).join(first), last] if first else [last])


def day_text(day: dt.date, lang: Lang, *, year: bool = True, short: bool = False) -> str:
    """A day in words; the names of months that the standard library gives follow the locale."""
    month = month_text(day.month, lang, short=short)
    return written("date" if year else "day", lang, day=day.day, month=month, year=day.year)


def month_text(month: int, lang: Lang, *, short: bool = True) -> str:
    """The name of a month."""
    return str(_FILES[lang]["short_months" if short else "months"][month - 1])


def count_text(number: int, lang: Lang) -> str:
    """A count in prose: words up to ten, in Chinese those before a measure word."""
    small: list[str] = _FILES[lang]["small"]
    return small[number] if 0 <= number < len(small) else str(number)


def sentences(parts: Iterable[str], lang: Lang) -> str:
    """Sentences of one paragraph: Chinese ones need no space between them.

    >>> sentences(["One.", "", "Two."], "en"), sentences(["甲。", "乙。"], "zh")
    ('One. Two.', '甲。乙。')
    """
    return sign("gap", lang).join(filter(None, parts))


class Words(NamedTuple):
    """The same words in both languages.

    Examples
    --------
    >>> Words("Litang", "理塘").named(Words("spent", "完成投资")).say("zh")
    '理塘：完成投资'
    """

    en: str
    zh: str

    @classmethod
    def of(cls, row: Mapping[str, Any], name: str) -> Words:
        """What a row of a table has in its columns ``<name>_en`` and ``<name>_zh``."""
        return cls(row[f"{name}_en"], row[f"{name}_zh"])

    @classmethod
    def told(cls, name: str, /, **said: object) -> Words:
        """What the files of the languages have by this name, with what is said filled in.

        >>> Words.told("draft", left=1, all=9).en
        'Draft: 1 of 9 rows undecided.'
        """
        both = []
        for lang in LANGS:
            own = {key: getattr(one, lang, one) for key, one in said.items()}
            both.append(_FILES[lang]["words"][name].format_map(own))
        return cls(*both)

    @classmethod
    def listed(cls, parts: Iterable[Words], between: str = "comma") -> Words:
        """Several with commas, or another sign, between them."""
        both = list(parts)
        return cls(*(sign(between, lang).join(one.say(lang) for one in both) for lang in LANGS))

    def say(self, lang: Lang) -> str:
        """In one language."""
        return str(getattr(self, lang))

    def named(self, said: Words) -> Words:
        """These words as a name, a colon, and what is said of it."""
        told = (written("named", at, name=self.say(at), said=said.say(at)) for at in LANGS)
        return Words(*told)
