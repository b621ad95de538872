"""A table of the model as text in one language: all that the writers have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from types import MappingProxyType
from typing import Literal
from unicodedata import east_asian_width

from aidstudy.papers.model import Cell, Column, Lang, Number, PaperTable, Unit, Words, said, told
from aidstudy.rounding import OPEN, Digits, write_number

MARKS: Mapping[str, str] = MappingProxyType({"derived": "*", "hypothetical": "†"})
"""Signs after numbers that the page does not print, where a table has them beside printed ones."""

LINE = 1000
"""The width of a line of text, in which the widths of columns are given."""

# What a line of 160 mm holds in 8 pt, and at the most in 7 pt, in characters as wide as a digit.
_CHARACTERS, _MORE_CHARACTERS = 100, 108
_GAP = Fraction(3, 2)
_UNBROKEN = 14
_TENTHS: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(".,:;'|!ijlIrtf()[]", 7),
        **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 15),
        **dict.fromkeys("mwMW%", 18),
    }
)
"""Widths in tenths of that of a digit, where they differ from it; Chinese is twice as wide."""

# Chinese may break anywhere, a long id after a point, underscore or hyphen.
ID_BREAK = r"(?<=[a-z0-9][._-])(?=[a-z])"
_UNIT = re.compile(r"[(（][^(（]*[)）]$")
_BREAK = re.compile(rf"(?<=[\u3400-\u9fff])|(?=[\u3400-\u9fff（])|{ID_BREAK}")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as plain text, in one language and no format.

    Widths of columns are in thousandths of a line; it is crowded when the columns have to be
    narrower than their longest words.
    """

    name: str
    lang: Lang
    title: str
    headers: tuple[str, ...]
    aligns: tuple[Literal["left", "right"], ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    crowded: bool

    @property
    def lines(self) -> int:
        """About how many lines of print the rows take, as long cells are broken."""
        holds = [width * _CHARACTERS / LINE for width in self.widths]
        return sum(
            max(ceil(_length(cell) / room) for cell, room in zip(row, holds, strict=True))
            for row in self.rows
        )


def render(table: PaperTable, lang: Lang) -> Grid:
    """A table as text in one language: units in the headers, notes complete.

    Examples
    --------
    >>> from fractions import Fraction
    >>> aid = Number(Fraction(26720000), Fraction(26715000), Fraction(26725000), "printed")
    >>> column = Column(Words("Aid", "援助"), Unit("CNY million", "万元", 10**6, 10**4), "right")
    >>> table = PaperTable("aid", Words("Aid", "援助"), (column,), ((aid,),))
    >>> grid = render(table, "zh")
    >>> grid.headers, grid.rows
    (('援助（万元）',), (('2672（2671.5–2672.5）',),))
    """
    places = [place for place, column in enumerate(table.columns) if lang in column.langs]
    columns = [table.columns[place] for place in places]
    marked = len(states_of(table) & {"printed", *MARKS}) > 1
    texts = [_column_texts(table, place, lang, marked) for place in places]
    headers = tuple(header(column, lang) for column in columns)
    widths, crowded = _widths(headers, texts)
    return Grid(
        name=table.name,
        lang=lang,
        title=table.title.text(lang),
        headers=headers,
        aligns=tuple(column.align for column in columns),
        widths=widths,
        rows=tuple(zip(*texts, strict=True)),
        notes=tuple(
            _one_line(note.text(lang)) for note in (*_common_notes(table, marked), *table.notes)
        ),
        crowded=crowded,
    )


def header(column: Column, lang: Lang) -> str:
    """The header of a column, with its unit in brackets."""
    text, unit = column.header.text(lang), column.unit.name(lang)
    if not unit:
        return text
    return f"{text}（{unit}）" if lang == "zh" else f"{text} ({unit})"


def unit_of(head: str) -> str:
    """The unit of a header with its brackets, which stands on one line.

    Examples
    --------
    >>> unit_of("By the rule (CNY million)"), unit_of("规定金额（万元）"), unit_of("Donor")
    ('(CNY million)', '（万元）', '')
    """
    found = _UNIT.search(head)
    return found.group() if found else ""


def states_of(table: PaperTable) -> set[str]:
    """The states of all numbers of a table."""
    return {cell.state for row in table.rows for cell in row if isinstance(cell, Number)}


def number_text(digits: Digits, lang: Lang, mark: str = "") -> str:
    """A number with its mark and its bounds in brackets; a range alone where it has no value.

    Examples
    --------
    >>> number_text(Digits("3.16", "3.158", "3.162"), "en")
    '3.16 (3.158–3.162)'
    >>> number_text(Digits("", "−1", "2"), "en")
    '−1 to 2'
    >>> number_text(Digits("50", "50", "open"), "en")
    '50 (≥ 50)'
    """
    value, bounds = digits.value, bounds_text(digits, lang)
    if not (value and bounds):
        return (value or bounds) + mark
    return f"{value}{mark}（{bounds}）" if lang == "zh" else f"{value}{mark} ({bounds})"


def bounds_text(digits: Digits, lang: Lang) -> str:
    """The bounds of a number, empty when it is exact."""
    low, high = digits.low, digits.high
    if low == OPEN and high == OPEN:
        return str(told()["bounds"]["none"][lang])
    if high == OPEN:
        return f"≥ {low}"
    if low == OPEN:
        return f"≤ {high}"
    if "−" in low + high:
        return f"{low} 至 {high}" if lang == "zh" else f"{low} to {high}"
    return f"{low}–{high}" if low else ""


def missing_text(state: str, lang: Lang) -> str:
    """The words that stand where a number is missing."""
    return str(told()["missing"][state][lang])


def _column_texts(table: PaperTable, place: int, lang: Lang, marked: bool) -> list[str]:
    units = table.row_units or (table.columns[place].unit,) * len(table.rows)
    return [
        _cell_text(row[place], unit, lang, marked)
        for row, unit in zip(table.rows, units, strict=True)
    ]


def _cell_text(cell: Cell, unit: Unit, lang: Lang, marked: bool) -> str:
    if isinstance(cell, Words):
        return _one_line(cell.text(lang))
    if not cell.known:
        return missing_text(cell.state, lang)
    sign = MARKS.get(cell.state, "") if marked else ""
    return number_text(write_number(cell.shown(unit.scale(lang))), lang, sign + cell.mark)


def _widths(headers: Sequence[str], texts: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], bool]:
    """Widths of the columns, and whether they are crowded.

    Each is as wide as its longest word; what is left of the line goes to the columns that hold
    most text, but none gets more than its longest cell.
    """
    columns = [(head, *cells) for head, cells in zip(headers, texts, strict=True)]
    units_of = [unit_of(head) for head in headers]
    least = [
        _GAP + max([_length(unit), *(_longest_chunk(text) for text in column)])
        for unit, column in zip(units_of, columns, strict=True)
    ]
    whole = [_GAP + max(_length(text) for text in column) for column in columns]
    crowded = sum(least) > _CHARACTERS
    line = max(sum(least), _MORE_CHARACTERS) if crowded else _CHARACTERS
    wish = [
        sum(max(_GAP + _length(text) - word, Fraction(0)) for text in column)
        for word, column in zip(least, columns, strict=True)
    ]
    part = Fraction(line - sum(least), max(sum(wish), 1))
    roomy = sum(whole) <= line
    widths = [
        full if roomy else min(word + extra * part, Fraction(full))
        for word, full, extra in zip(least, whole, wish, strict=True)
    ]
    return tuple(int(width * LINE / line) for width in widths), crowded


def _longest_chunk(text: str) -> Fraction:
    """The longest piece that should stand in one line; long Chinese may break anywhere."""
    return max(
        (
            _length(piece)
            for word in text.split()
            for piece in ([word] if _length(word) <= _UNBROKEN else _BREAK.split(word))
        ),
        default=Fraction(0),
    )


def _length(text: str) -> Fraction:
    """About how wide a text is, in digits."""
    return Fraction(
        sum(20 if east_asian_width(char) in "WF" else _TENTHS.get(char, 10) for char in text), 10
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _common_notes(table: PaperTable, marked: bool) -> list[Words]:
    """The notes that follow from what stands in a table: bounds, marks and missing numbers."""
    numbers = [cell for row in table.rows for cell in row if isinstance(cell, Number)]
    words = told()
    bounded = any(n.known and write_number(n.shown(1)).low for n in numbers)
    states = states_of(table)
    return [said(words["bounds"]["note"])] * bounded + [
        said(note)
        for state, note in words["states"].items()
        if state in states and (marked or state not in MARKS)
    ]
