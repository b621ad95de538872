"""How papers say numbers and units in English and in Chinese; the words are in ``words.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aidstudy.bilingual import LANGS, Lang, Words
from aidstudy.files import read_toml
from aidstudy.intervals import cell_text
from aidstudy.rounding import Shown

TOLD = read_toml(__file__, "words.toml")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def said(entry: Mapping[str, Any], **parts: object) -> Words:
    """An entry of ``words.toml``, with its braces filled; words in their own language."""

    def filled(lang: Lang) -> str:
        own = {key: p.say(lang) if isinstance(p, Words) else p for key, p in parts.items()}
        return str(entry.get(lang, "")).format(**own)

    return Words(*map(filled, LANGS))


def same(text: str) -> Words:
    """What is written alike in both languages: ids, codes, names as printed."""
    return Words(text, text)


def exact_parts(shown: Shown) -> dict[str, str]:
    """Value, low and high as data hold them: all digits, an end that does not end outward."""
    ends = {"value": shown.value, "low": shown.interval.low, "high": shown.interval.high}
    return {name: cell_text(name, end) for name, end in ends.items()}
