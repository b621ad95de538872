"""Units as people read them, in both languages; which there are stands in ``shown.toml``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from aidstudy.bilingual import LANGS, Lang, Words, aside
from aidstudy.files import read_toml
from aidstudy.intervals import Interval
from aidstudy.quantity.scalar import Quantity
from aidstudy.quantity.units import unit
from aidstudy.rounding import OPEN, Digits, Shown

_TOLD = read_toml(__file__, "shown.toml")


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """What numbers are shown in; money in the powers of ten that each language counts in.

    Both languages show the same digits: CNY 26.72 million is 2672 万元. `one` stands after the
    number 1; `before` and `after` on both sides in an English sentence.
    """

    en: str = ""
    zh: str = ""
    one: str = ""
    before: str = ""
    after: str = ""

    def name(self, lang: Lang, number: str = "") -> str:
        """The unit as written after a number; as in a header without one."""
        one = self.one if number == "1" else ""
        return Words(one or self.en, self.zh).say(lang)

    def scale(self, lang: Lang) -> int:
        """CNY in one of a unit of money; other numbers are shown in the unit they are in."""
        told = unit(self.name(lang))
        return int(told.scale) if told.dims == (("CNY", 1),) else 1

    def sentence(self, digits: Digits, lang: Lang) -> str:
        """A number with its bounds and its unit, as a sentence has it.

        >>> number = Digits("3.16", "3.158", "3.162")
        >>> units("CNY billion").sentence(number, "en"), units("%").sentence(number, "zh")
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


NO_UNIT = ShownUnit()


def units(name: str) -> ShownUnit:
    """A unit by name; one that has no entry is a thing counted, written as it is named.

    >>> units("CNY billion").name("zh"), units("project").name("en", "1")
    ('亿元', 'project')
    """
    return ShownUnit(**_TOLD.get(name, {"en": name, "zh": name}))


def unit_for(number: Quantity) -> ShownUnit:
    """The unit in which a number is shown: a sum has few digits before the point.

    >>> unit_for(Quantity.given(3160000000, "CNY")).en, unit_for(Quantity.given(130000, "CNY")).zh
    ('CNY billion', '万元')
    """
    if number.base_unit != "CNY":
        return units(number.unit)
    base = number.in_base()
    ends = (base.exact, base.interval.low, base.interval.high)
    size = max(abs(end) for end in ends if end is not None)
    steps = [units(name) for name in ("CNY billion", "CNY million", "CNY")]
    en, zh = (
        next(step for step in steps if size >= step.scale(lang) or step.scale(lang) == 1)
        for lang in LANGS
    )
    return replace(en, zh=zh.zh)


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


def number_text(digits: Digits, lang: Lang) -> str:
    """A number with its bounds in brackets, for a sentence; a range alone without a value.

    >>> number_text(Digits("3.16", "3.158", "3.162"), "en")
    '3.16 (3.158–3.162)'
    >>> number_text(Digits("50", "50", "open"), "en"), number_text(Digits("", "−1", "2"), "en")
    ('50 (≥ 50)', '−1 to 2')
    """
    return aside(digits.value, digits.bounds(lang), lang)
