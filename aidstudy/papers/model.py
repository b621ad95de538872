"""A table for a paper, before it has a language or a file format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from aidstudy.codebook import STATES, did_you_mean
from aidstudy.errors import TableError
from aidstudy.intervals import Interval, plain
from aidstudy.rounding import Shown

Lang = Literal["en", "zh"]
LANGS: tuple[Lang, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Words:
    """The same text in both languages.

    Examples
    --------
    >>> Words("county", "县").text("zh")
    '县'
    """

    en: str
    zh: str

    def text(self, lang: Lang) -> str:
        """The text in one of the languages."""
        return self.zh if lang == "zh" else self.en


def same(text: str) -> Words:
    """What is written alike in both languages: ids, codes, names as printed."""
    return Words(text, text)


@dataclass(frozen=True, slots=True)
class Unit:
    """What numbers are shown in, and how many base units that holds, for each language.

    Parameters
    ----------
    en, zh : str
        As written after a number; empty for plain numbers.
    scale_en, scale_zh : int
        Base units in one shown unit.
    one : str
        The English after the number 1, where that is another word.
    """

    en: str = ""
    zh: str = ""
    scale_en: int = 1
    scale_zh: int = 1
    one: str = ""

    def name(self, lang: Lang, number: str = "") -> str:
        """The unit as written after a number; as in a header without one."""
        if lang == "zh":
            return self.zh
        return self.one if self.one and number == "1" else self.en

    def scale(self, lang: Lang) -> int:
        """Base units in one shown unit."""
        return self.scale_zh if lang == "zh" else self.scale_en


def _counted(one: str, many: str, zh: str) -> Unit:
    return Unit(many, zh, one=one)


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "": Unit(),
        "CNY": Unit("CNY", "元"),
        "CNY million": Unit("CNY million", "万元", 10**6, 10**4),
        "CNY bn": Unit("CNY bn", "亿元", 10**9, 10**8),
        "CNY per CNY": Unit("CNY per CNY", "元/元"),
        "CNY/km": Unit("CNY/km", "元/公里"),
        "CNY/m2": Unit("CNY/m²", "元/平方米"),
        "CNY/(m3/day)": Unit("CNY per m³/day", "元/（立方米/日）"),
        "%": Unit("%", "%"),
        "pp": _counted("percentage point", "percentage points", "个百分点"),
        "times": Unit("times", "倍"),
        "m": Unit("m", "米"),
        "m2": Unit("m²", "平方米"),
        "m3": Unit("m³", "立方米"),
        "m3/day": Unit("m³/day", "立方米/日"),
        "year": _counted("year", "years", "年"),
        "month": _counted("month", "months", "个月"),
        "day": _counted("day", "days", "天"),
        "code": _counted("code", "codes", "个代码"),
        "county": _counted("county", "counties", "个县"),
        "device": _counted("device", "devices", "项机制"),
        "event": _counted("event", "events", "个事件"),
        "line": _counted("line", "lines", "条"),
        "pair": _counted("pair", "pairs", "对"),
        "person": _counted("person", "persons", "人"),
        "project": _counted("project", "projects", "个项目"),
        "relation": _counted("relation", "relations", "条关系"),
        "row": _counted("row", "rows", "行"),
    }
)
"""Units by name. A base unit has scale 1; the money units of a column differ by language."""


def units(name: str) -> Unit:
    """A unit by name; one that has no entry is a thing counted, written as it is named.

    Examples
    --------
    >>> units("CNY bn").name("zh"), units("project").name("en", "1")
    ('亿元', 'project')
    """
    return UNITS.get(name, Unit(name, name))


_MONEY_EN = (("CNY bn", 10**9), ("CNY million", 10**6), ("CNY", 1))
_MONEY_ZH = (("亿元", 10**8), ("万元", 10**4), ("元", 1))


def money_unit(amount: Fraction) -> Unit:
    """The money unit in which a sum has few digits before the point.

    Examples
    --------
    >>> money_unit(Fraction(3160000000)).name("en"), money_unit(Fraction(130000)).name("zh")
    ('CNY bn', '万元')
    """
    en, scale_en = next(step for step in _MONEY_EN if amount >= step[1] or step[1] == 1)
    zh, scale_zh = next(step for step in _MONEY_ZH if amount >= step[1] or step[1] == 1)
    return Unit(en, zh, scale_en, scale_zh)


@dataclass(frozen=True, slots=True)
class Number:
    """A number cell: exact value and bounds in base units, and how it came about.

    Parameters
    ----------
    value : Fraction or None
        ``None`` when there is no single value.
    low, high : Fraction or None
        What the print allows; ``None`` where it sets no end. Both equal to the value when the
        number is exact.
    state : str
        A code of ``codebook.STATES``; empty for a count of rows, which is no figure.
    mark : str
        A sign after the number, explained in a note of the table.

    Raises
    ------
    TableError
        If the state is not in the codebook, or says that there is a value and there is none.
    """

    value: Fraction | None
    low: Fraction | None = None
    high: Fraction | None = None
    state: str = ""
    mark: str = ""

    def __post_init__(self) -> None:
        if self.state and self.state not in STATES:
            raise TableError(
                f"a number for a table: state {self.state!r}{did_you_mean(self.state, STATES)}",
                printed=self.state,
            )
        if self.known == (self.state in ("not_reported", "not_applicable")):
            raise TableError(
                f"a number for a table: state {self.state!r} with value {self.value} and bounds "
                f"{self.low}, {self.high}; a number that is known has another state, and one that "
                "is not known has no value and no bounds",
                printed=self.state,
            )

    @property
    def known(self) -> bool:
        """Whether there is a value, or at least one bound."""
        return not (self.value is None and self.low is None and self.high is None)

    def shown(self, scale: int) -> Shown:
        """The number in a unit that holds so many base units."""
        low, high = (None if end is None else end / scale for end in (self.low, self.high))
        return Shown(None if self.value is None else self.value / scale, Interval(low, high))

    @classmethod
    def exactly(cls, value: int | Fraction, state: str = "") -> Number:
        """A number that has no other value, such as a count of rows."""
        exact = Fraction(value)
        return cls(exact, exact, exact, state)


Cell = Words | Number


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header and unit once, and its side.

    Parameters
    ----------
    header : Words
        Without the unit.
    unit : Unit
        Shown in brackets after the header.
    align : {"left", "right"}
    langs : tuple of str
        The languages in which the column is shown.
    """

    header: Words
    unit: Unit = UNITS[""]
    align: Literal["left", "right"] = "left"
    langs: tuple[Lang, ...] = LANGS

    @property
    def numeric(self) -> bool:
        """Whether it is a column of numbers; these stand at the right."""
        return self.align == "right"


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table that a paper can print.

    Parameters
    ----------
    name : str
        Also its label in a document.
    title : Words
    columns : tuple of Column
    rows : tuple of tuple
        One cell for each column. A column whose rows have units of their own holds numbers of
        :attr:`row_units`.
    notes : tuple of Words
        Under the table.
    row_units : tuple of Unit, optional
        For tables whose rows have units of their own: one a row.

    Raises
    ------
    TableError
        If a row has another number of cells than there are columns.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Words, ...] = ()
    row_units: tuple[Unit, ...] | None = None

    def __post_init__(self) -> None:
        for place, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                raise TableError(
                    f"table {self.name}, row {place}: {len(row)} cells, the table has "
                    f"{len(self.columns)} columns; give one cell for each"
                )
        if self.row_units is not None and len(self.row_units) != len(self.rows):
            raise TableError(
                f"table {self.name}: {len(self.row_units)} units for {len(self.rows)} rows; "
                "give one a row"
            )


def exact_text(value: Fraction | None, end: Literal["value", "low", "high"]) -> str:
    """A number as data hold it: all its digits, an end that does not end rounded outward."""
    if value is None:
        return ""
    if end == "low":
        return plain(value, rounding=ROUND_FLOOR)
    if end == "high":
        return plain(value, rounding=ROUND_CEILING)
    return plain(value)


__all__ = [
    "LANGS",
    "UNITS",
    "Cell",
    "Column",
    "Lang",
    "Number",
    "PaperTable",
    "Unit",
    "Words",
    "exact_text",
    "money_unit",
    "same",
    "units",
]
