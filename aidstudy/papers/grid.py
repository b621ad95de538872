"""A table of the model as text in one language: all that the writers have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice
from math import ceil
from typing import Literal, NamedTuple
from unicodedata import east_asian_width

from aidstudy.bilingual import Lang, Words, aside, sentences
from aidstudy.papers.model import Cell, Marked, PaperTable, Row
from aidstudy.papers.words import TOLD, said
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import ShownUnit, in_unit
from aidstudy.rounding import OPEN, write_number

MARKS = {"derived": "*", "hypothetical": "†"}
"""Signs after numbers that the page does not print, where a table has them beside printed ones."""

DIGIT, POINT = "\u2007", "\u2008"
"""Spaces as wide as a digit and a point, which keep the points of a column in one line."""

LINE = 1000
"""The width of a line of text, in which the widths of columns are given."""

# What the line of a plain LaTeX article (345 pt) holds in 8 pt, and at the most in 7 pt, in
# characters as wide as a digit.
_CHARACTERS, _MORE_CHARACTERS = 80, 84
_GAP = Fraction(17, 10)
_UNBROKEN = 14
_TENTHS = {
    **dict.fromkeys(f".,:;'|!ijlIrtf()[]{POINT}", 8),
    **dict.fromkeys("bdhknpquvxyê", 11),
    **dict.fromkeys("w", 15),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 15),
    **dict.fromkeys("mMW%", 20),
}
"""Widths in tenths of that of a digit, where they differ from it; Chinese is twice as wide."""

# Chinese may break anywhere, a long id after a point, underscore or hyphen, a span of days after
# its stroke.
ID_BREAK = r"(?<=[a-z0-9][._-])(?=[a-z])|(?<=[0-9]/)(?=[0-9])"
_BREAK = re.compile(rf"(?<=[\u3400-\u9fff])|(?=[\u3400-\u9fff（])|{ID_BREAK}")
_NUMERAL = re.compile(r"−?[0-9,]+(\.[0-9]+)?")

Align = Literal["left", "right"]


class Line(NamedTuple):
    """One line of a table; one that heads those below it has its first cell alone."""

    cells: tuple[str, ...]
    head: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as plain text, in one language and no format.

    Widths of columns are in thousandths of a line; it is crowded when it needs smaller letters.
    """

    name: str
    lang: Lang
    title: str
    headers: tuple[str, ...]
    aligns: tuple[Align, ...]
    widths: tuple[int, ...]
    lines: tuple[Line, ...]
    note: str
    crowded: bool

    @property
    def height(self) -> int:
        """About how many lines of print it takes, as long cells are broken."""
        holds = [width * _CHARACTERS / LINE for width in self.widths]
        return sum(
            line.head
            or max(ceil(_length(c) / room) for c, room in zip(line.cells, holds, strict=True))
            for line in self.lines
        )


def render(table: PaperTable, lang: Lang) -> Grid:
    """A table as text in one language: units in the headers, bounds in columns of their own.

    >>> from aidstudy.papers.model import Column
    >>> from aidstudy.quantity.shown import units
    >>> aid = Column(Words("Aid", "援助"), units("CNY million"), "right")
    >>> row = {"aid": Quantity.given("26.72", "CNY million")}
    >>> grid = render(PaperTable("aid", Words("Aid", "援助"), {"aid": aid}, (row,)), "zh")
    >>> grid.headers, grid.lines[0].cells
    (('援助（万元）', '下限', '上限'), ('2672', '2671.5', '2672.5'))
    """
    columns = {
        name: column
        for name, column in table.columns.items()
        if lang in column.langs and name != table.group
    }
    groups = _groups(table, lang)
    rows = [row for _, found in groups for row in found]
    shown = _Shown(table, [row[name] for row in rows for name in columns])
    headers: list[str] = []
    aligns: list[Align] = []
    texts: list[list[str]] = []
    for name, column in columns.items():
        scales = [table.unit(row, name) for row in rows]
        made = [
            _parts(row[name], unit, lang, shown) for row, unit in zip(rows, scales, strict=True)
        ]
        headers.append(aside(column.header.say(lang), column.unit.name(lang), lang))
        texts.append(_aligned([(part.value, part.mark) for part in made], scales))
        if any(part.low for part in made):
            headers += [head[lang] for head in TOLD["bounds"]["ends"].values()]
            texts.append(_aligned([(part.low, "") for part in made], scales))
            texts.append(_aligned([(part.high, "") for part in made], scales))
        aligns += [column.align] * (len(texts) - len(aligns))
    widths, crowded = _widths(headers, texts)
    body = map(Line, zip(*texts, strict=True))
    lines: list[Line] = []
    for head, found in groups:
        lines += [Line((head,), head=True)] * bool(head)
        lines += islice(body, len(found))
    note = _note(table, shown, len(headers) > len(columns), lang)
    sides = (tuple(headers), tuple(aligns), widths)
    return Grid(table.name, lang, table.title.say(lang), *sides, tuple(lines), note, crowded)


def _groups(table: PaperTable, lang: Lang) -> list[tuple[str, list[Row]]]:
    """The rows under the text that heads them; all under no text where a table has no groups."""
    if not table.group:
        return [("", list(table.rows))]

    def head(row: Row) -> str:
        text, unit = words_of(row[table.group], lang), row.get("unit")
        text = text[:1].upper() + text[1:]
        return aside(text, unit.name(lang) if isinstance(unit, ShownUnit) else "", lang)

    groups = [(name, list(rows)) for name, rows in groupby(table.rows, head)]
    return [(name, _gathered(rows) if table.gather else rows) for name, rows in groups]


def _gathered(rows: list[Row]) -> list[Row]:
    """Rows of which nothing is reported become one, which names them all."""

    def silent(row: Row) -> bool:
        return "not_reported" in map(state_of, row.values())

    found = list(filter(silent, rows))
    if len(found) < 2:
        return rows
    joined = dict(found[0])
    for name, cell in found[0].items():
        if isinstance(cell, Words):
            names = (one for row in found if isinstance(one := row[name], Words))
            joined[name] = Words.listed(dict.fromkeys(names))
    return [*(row for row in rows if not silent(row)), joined]


class _Shown:
    """What the notes of a table depend on: the cells that are printed."""

    def __init__(self, table: PaperTable, cells: Sequence[Cell]) -> None:
        self.states = set(map(state_of, cells))
        self.marked = len(self.states & {"printed", *MARKS}) > 1
        self.marks = {cell.mark for cell in cells if isinstance(cell, Marked)}
        self.zero = table.zero


class _Parts(NamedTuple):
    """The text of a cell, and of its mark and bounds where it has some."""

    value: str
    mark: str = ""
    low: str = ""
    high: str = ""


def _parts(cell: Cell, unit: ShownUnit, lang: Lang, shown: _Shown) -> _Parts:
    number, mark = cell if isinstance(cell, Marked) else (cell, "")
    if not isinstance(number, Quantity | int):
        return _Parts(words_of(number, lang))
    sign = MARKS.get(state_of(number), "") if shown.marked else ""
    digits = write_number(in_unit(number, unit.scale(lang)))
    if digits.value == "0" and shown.zero:
        return _Parts(shown.zero)
    none = TOLD["bounds"]["open"][lang]
    low, high = (none if end == OPEN else end for end in (digits.low, digits.high))
    return _Parts(digits.value, sign + mark, low, high)


def state_of(cell: Cell) -> str:
    """How a number came about, or why there is none; empty for what is no figure."""
    number = cell.number if isinstance(cell, Marked) else cell
    return number.state if isinstance(number, Quantity | Missing) else ""


def words_of(cell: Cell, lang: Lang) -> str:
    """A cell without a number as text: words, a unit, or why a number is missing."""
    if isinstance(cell, ShownUnit):
        return cell.name(lang)
    if isinstance(cell, Words):
        return " ".join(cell.say(lang).split())
    return str(TOLD["missing"][state_of(cell)][lang])


def _aligned(cells: Sequence[tuple[str, str]], units: Sequence[ShownUnit]) -> list[str]:
    """Numbers and their marks, filled up so that the points of one unit stand below each other."""
    found = [_NUMERAL.fullmatch(text) for text, _ in cells]
    most: dict[ShownUnit, int] = {}
    for match, unit in zip(found, units, strict=True):
        most[unit] = max(most.get(unit, 0), len(match[1] or "") if match else 0)
    marks = max((len(mark) for _, mark in cells), default=0)
    filled = []
    for (text, mark), match, unit in zip(cells, found, units, strict=True):
        fill = ""
        if match:
            pad = most[unit] - len(match[1] or "")
            fill = DIGIT * pad if match[1] or not pad else POINT + DIGIT * (pad - 1)
            fill += DIGIT * (marks - len(mark))
        filled.append(text + mark + fill)
    return filled


def _note(table: PaperTable, shown: _Shown, bounded: bool, lang: Lang) -> str:
    """One paragraph: what bounds, marks and missing numbers mean, then what the table adds."""
    words = TOLD
    notes = [said(words["bounds"]["note"])] if bounded else []
    notes += [
        said(note)
        for state, note in words["states"].items()
        if state in shown.states and (shown.marked or state not in MARKS)
    ]
    notes += [said(note) for mark, note in words["marks"].items() if mark in shown.marks]
    if shown.zero:
        notes.append(said(words["zero"], zero=shown.zero))
    return sentences((" ".join(note.say(lang).split()) for note in (*notes, *table.notes)), lang)


def _widths(headers: Sequence[str], texts: Sequence[Sequence[str]]) -> tuple[tuple[int, ...], bool]:
    """Widths of the columns, and whether they are crowded.

    Each is as wide as its longest word; what is left of the line goes to the columns that hold
    most text, but none gets more than its longest cell.
    """
    columns = [(head, *cells) for head, cells in zip(headers, texts, strict=True)]
    least = [_GAP + max(map(_longest_chunk, column)) for column in columns]
    whole = [_GAP + max(map(_length, column)) for column in columns]
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
    pieces = (
        piece
        for word in text.split(" ")
        for piece in ([word] if _length(word) <= _UNBROKEN else _BREAK.split(word))
    )
    return max(map(_length, pieces), default=Fraction(0))


def _length(text: str) -> Fraction:
    """About how wide a text is, in digits."""
    return Fraction(
        sum(20 if east_asian_width(char) in "WF" else _TENTHS.get(char, 10) for char in text), 10
    )
