"""How papers say numbers and units in English and in Chinese; the words are in ``words.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from functools import cache
from typing import Any

from aidstudy.bilingual import LANGS, Lang, Words, aside
from aidstudy.files import read_toml
from aidstudy.intervals import Interval, plain
from aidstudy.quantity.scalar import Quantity
from aidstudy.rounding import OPEN, Digits, Shown


@cache
def told() -> dict[str, Any]:
    """What ``words.toml`` holds."""
    return read_toml(__file__, "words.toml")


def said(entry: Mapping[str, Any], **parts: object) -> Words:
    """An entry of ``words.toml``, with its braces filled; words in their own language."""

    def filled(lang: Lang) -> str:
        own = {key: p.say(lang) if isinstance(p, Words) else p for key, p in parts.items()}
        return str(entry.get(lang, "")).format(**own)

    return Words(*map(filled, LANGS))


def same(text: str) -> Words:
    """What is written alike in both languages: ids, codes, names as printed."""
    return Words(text, text)


@dataclass(frozen=True, slots=True)
class Unit:
    """What numbers are shown in, and how many base units that holds, for each language.

    `one` stands after the number 1; `before` and `after` on both sides in an English sentence.
    """

    en: str = ""
    zh: str = ""
    scale_en: int = 1
    scale_zh: int = 1
    one: str = ""
    before: str = ""
    after: str = ""

    def name(self, lang: Lang, number: str = "") -> str:
        """The unit as written after a number; as in a header without one."""
        return self.zh if lang == "zh" else self.one if self.one and number == "1" else self.en

    def scale(self, lang: Lang) -> int:
        """Base units in one shown unit."""
        return self.scale_zh if lang == "zh" else self.scale_en

    def sentence(self, digits: Digits, lang: Lang) -> str:
        """A number with its bounds and its unit, as a sentence has it.

        >>> number = Digits("3.16", "3.158", "3.162")
        >>> units("CNY bn").sentence(number, "en"), units("%").sentence(number, "zh")
        ('CNY 3.16 (3.158–3.162) billion', '3.16%（3.158—3.162%）')
        """
        if self.en == "%":
            # A per cent sign stands at its number, before the bracket as well as in it.
            value, high = (end and f"{end}%" * (end != OPEN) for end in (digits.value, digits.high))
            return number_text(Digits(value, digits.low, high or digits.high), lang)
        number = number_text(digits, lang)
        if lang == "zh":
            return f"{number}{self.zh}"
        after = self.after if self.before else self.name(lang, digits.value)
        return f"{self.before} {number} {after}".strip()


NO_UNIT = Unit()


def units(name: str) -> Unit:
    """A unit by name; one that has no entry is a thing counted, written as it is named.

    >>> units("CNY bn").name("zh"), units("project").name("en", "1")
    ('亿元', 'project')
    """
    return Unit(**told()["units"].get(name, {"en": name, "zh": name}))


def unit_for(number: Quantity) -> Unit:
    """The unit in which a number is shown: a sum has few digits before the point.

    >>> unit_for(Quantity.given(3160000000, "CNY")).en, unit_for(Quantity.given(130000, "CNY")).zh
    ('CNY bn', '万元')
    """
    if number.base_unit != "CNY":
        return units(number.unit)
    base = number.in_base()
    ends = (base.exact, base.interval.low, base.interval.high)
    size = max(abs(end) for end in ends if end is not None)
    steps = [units(name) for name in ("CNY bn", "CNY million", "CNY")]
    en, zh = (
        next(step for step in steps if size >= step.scale(lang) or step.scale(lang) == 1)
        for lang in LANGS
    )
    return replace(en, zh=zh.zh, scale_zh=zh.scale_zh)


def in_unit(number: Quantity | int, scale: int) -> Shown:
    """A number in a unit that holds so many base units: CNY of money, else the unit it is in."""
    if isinstance(number, int):
        return Shown(Fraction(number), Interval.exactly(number))
    if number.base_unit == "CNY":
        number = number.in_base()
    value, low, high = (
        None if end is None else end / scale
        for end in (number.exact, number.interval.low, number.interval.high)
    )
    return Shown(value, Interval(low, high))


_ROUNDED = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def exact_parts(shown: Shown) -> dict[str, str]:
    """Value, low and high as data hold them: all digits, an end that does not end outward."""
    ends = {"value": shown.value, "low": shown.interval.low, "high": shown.interval.high}
    return {
        name: "" if end is None else plain(end, rounding=_ROUNDED.get(name, ROUND_HALF_EVEN))
        for name, end in ends.items()
    }


def number_text(digits: Digits, lang: Lang) -> str:
    """A number with its bounds in brackets, for a sentence; a range alone without a value.

    >>> number_text(Digits("3.16", "3.158", "3.162"), "en")
    '3.16 (3.158–3.162)'
    >>> number_text(Digits("50", "50", "open"), "en"), number_text(Digits("", "−1", "2"), "en")
    ('50 (≥ 50)', '−1 to 2')
    """
    return aside(digits.value, digits.bounds(lang), lang)
