"""A table for a paper, before it has a language or a file format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from aidstudy.bilingual import LANGS, Lang, Words
from aidstudy.files import read_toml
from aidstudy.intervals import Interval, plain
from aidstudy.rounding import Shown
from aidstudy.tables.study import Study


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

    def sentence(self, number: str, lang: Lang, alone: str = "") -> str:
        """A number with its unit as a sentence has it; `alone` is its value without bounds.

        Examples
        --------
        >>> units("CNY bn").sentence("3.16", "en"), units("CNY bn").sentence("31.6", "zh")
        ('CNY 3.16 billion', '31.6亿元')
        """
        if lang == "zh":
            return f"{number}{self.zh}"
        after = self.after if self.before else self.name(lang, alone)
        return f"{self.before} {number} {after}".strip()


def units(name: str) -> Unit:
    """A unit by name; one that has no entry is a thing counted, written as it is named.

    Examples
    --------
    >>> units("CNY bn").name("zh"), units("project").name("en", "1")
    ('亿元', 'project')
    """
    return Unit(**told()["units"].get(name, {"en": name, "zh": name}))


def money_unit(amount: Fraction) -> Unit:
    """The money unit in which a sum has few digits before the point.

    Examples
    --------
    >>> money_unit(Fraction(3160000000)).name("en"), money_unit(Fraction(130000)).name("zh")
    ('CNY bn', '万元')
    """
    steps = [units(name) for name in ("CNY bn", "CNY million", "CNY")]
    en, zh = (
        next(step for step in steps if amount >= step.scale(lang) or step.scale(lang) == 1)
        for lang in LANGS
    )
    return replace(en, zh=zh.zh, scale_zh=zh.scale_zh)


@dataclass(frozen=True, slots=True)
class Number:
    """A number cell: exact value and bounds in base units, and how it came about.

    An open end is ``None``; the state is empty for a count of rows, which is no figure. The mark
    is a sign after the number, explained in a note of the table.
    """

    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None
    state: str = ""
    mark: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value, or at least one bound."""
        return not (self.value is None and self.low is None and self.high is None)

    def shown(self, scale: int) -> Shown:
        """The number in a unit that holds so many base units."""
        low, high = (None if end is None else end / scale for end in (self.low, self.high))
        return Shown(None if self.value is None else self.value / scale, Interval(low, high))

    @classmethod
    def exactly(cls, value: int | Fraction) -> Number:
        """A number that has no other value, such as a count of rows."""
        exact = Fraction(value)
        return cls(exact, exact, exact)


def missing(state: str) -> Number:
    """The cell of what the page does not say, or of a question that does not arise."""
    return Number(None, state=state)


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands in print in the place of a number that is given elsewhere; data say `state`."""

    text: Words
    state: str


Cell = Words | Number | Instead


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, unit and side; the languages that print it, and whether a CSV has it."""

    header: Words
    unit: Unit = Unit()
    align: Literal["left", "right"] = "left"
    langs: tuple[Lang, ...] = LANGS
    csv: bool = True

    @property
    def numeric(self) -> bool:
        """Whether it is a column of numbers; these stand at the right."""
        return self.align == "right"


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table that a paper can print; its name is also its label in a document.

    The column at the place `group` is printed as lines that head the rows below them; with
    `gather` rows of a group of which nothing is reported are one. `zero` is a printed nought.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Words, ...] = ()
    row_units: tuple[Unit, ...] | None = None
    group: int | None = None
    gather: bool = False
    zero: str = ""


def _columns(name: str, study: Study | None) -> dict[str, Column]:
    """The columns of a table as ``words.toml`` has them, in order, and one for each county."""
    columns = {}
    for key, entry in told()["tables"][name]["columns"].items():
        if key == "counties" and study is not None:
            for slug, place in study.recipients.items():
                columns[slug] = Column(Words(place.short_en, place.short_zh), align="right")
            continue
        langs = tuple(lang for lang in LANGS if lang in entry.get("print", entry))
        look = (units(entry.get("unit", "")), entry.get("align", "left"), langs)
        columns[key] = Column(said(entry), *look, entry.get("csv", True))
    return columns


def table_of(
    name: str,
    rows: Iterable[tuple[Cell, ...]],
    *,
    study: Study | None = None,
    row_units: Iterable[Unit] | None = None,
    notes: Iterable[Words] = (),
    **parts: object,
) -> PaperTable:
    """A table with the title, columns and notes of ``words.toml``, their braces filled."""
    entry, columns = told()["tables"][name], _columns(name, study)
    group = entry.get("group")
    return PaperTable(
        name,
        said(entry["title"], **parts),
        tuple(columns.values()),
        tuple(rows),
        (*(said(note, **parts) for note in entry["notes"] if not _empty(note, parts)), *notes),
        None if row_units is None else tuple(row_units),
        list(columns).index(group) if group else None,
        entry.get("gather", False),
        entry.get("zero", ""),
    )


_ROUNDED = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def exact_text(value: Fraction | None, end: str) -> str:
    """A number as data hold it: all its digits, an end that does not end rounded outward."""
    return "" if value is None else plain(value, rounding=_ROUNDED.get(end, ROUND_HALF_EVEN))


def _empty(note: Mapping[str, str], parts: Mapping[str, Any]) -> bool:
    """Whether a note speaks of something that the study does not have."""
    return any(value == "" and f"{{{name}}}" in note["en"] for name, value in parts.items())
