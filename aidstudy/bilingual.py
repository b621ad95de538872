"""The same words in the two languages that the page and its readers have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = get_args(Lang)


def aside(text: str, note: str, lang: Lang) -> str:
    """A text with a note in brackets; the one that there is, where the other is empty."""
    if not (text and note):
        return text or note
    return f"{text}（{note}）" if lang == "zh" else f"{text} ({note})"


def sentences(parts: Iterable[str], lang: Lang) -> str:
    """Sentences of one paragraph: Chinese ones need no space between them.

    >>> sentences(["One.", "", "Two."], "en"), sentences(["甲。", "乙。"], "zh")
    ('One. Two.', '甲。乙。')
    """
    return ("" if lang == "zh" else " ").join(filter(None, parts))


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
    def listed(cls, parts: Iterable[Words]) -> Words:
        """Several with commas between them."""
        both = list(parts)
        return cls(", ".join(one.en for one in both), "、".join(one.zh for one in both))

    def say(self, lang: Lang) -> str:
        """In one language."""
        return self.zh if lang == "zh" else self.en

    def named(self, said: Words) -> Words:
        """These words as a name, a colon, and what is said of it."""
        return Words(f"{self.en}: {said.en}", f"{self.zh}：{said.zh}")
