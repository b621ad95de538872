"""A table of the model as text in one language: all that the writers have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice
from math import ceil
from typing import Literal, NamedTuple
from unicodedata import east_asian_width

from aidstudy.bilingual import Lang, Words
from aidstudy.papers.model import Cell, Column, Instead, Number, PaperTable, Unit, said, same, told
from aidstudy.rounding import OPEN, Digits, write_number

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

# Chinese may break anywhere, a long id after a point, underscore or hyphen.
ID_BREAK = r"(?<=[a-z0-9][._-])(?=[a-z])"
_BREAK = re.compile(rf"(?<=[\u3400-\u9fff])|(?=[\u3400-\u9fff（])|{ID_BREAK}")
_NUMERAL = re.compile(r"−?[0-9,]+(\.[0-9]+)?")

Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; one that heads those below it may have its first cell alone."""

    cells: tuple[str, ...]
    head: bool = False

    @property
    def spans(self) -> bool:
        """Whether the first cell has the whole line."""
        return self.head and not any(self.cells[1:])


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
            line.spans
            or max(ceil(_length(c) / room) for c, room in zip(line.cells, holds, strict=True))
            for line in self.lines
        )


def render(table: PaperTable, lang: Lang) -> Grid:
    """A table as text in one language: units in the headers, bounds in columns of their own.

    Examples
    --------
    >>> aid = Number(Fraction(26720000), Fraction(26715000), Fraction(26725000), "printed")
    >>> column = Column(Words("Aid", "援助"), Unit("CNY million", "万元", 10**6, 10**4), "right")
    >>> grid = render(PaperTable("aid", Words("Aid", "援助"), (column,), ((aid,),)), "zh")
    >>> grid.headers, grid.lines[0].cells
    (('援助（万元）', '下限', '上限'), ('2672', '2671.5', '2672.5'))
    """
    places = [place for place, column in enumerate(table.columns) if lang in column.langs]
    places = [place for place in places if place != table.group]
    groups = _groups(table, lang)
    rows = [row for _, found in groups for row in found]
    shown = _Shown(table, (cells[place] for cells, _ in rows for place in places))
    headers: list[str] = []
    aligns: list[Align] = []
    texts: list[list[str]] = []
    for place in places:
        column, units = table.columns[place], [unit for _, unit in rows]
        made = [_parts(row[place], unit or column.unit, lang, shown) for row, unit in rows]
        headers.append(header(column, lang))
        texts.append(_aligned([(part.value, part.mark) for part in made], units))
        if any(part.low for part in made):
            headers += [head[lang] for head in told()["bounds"]["ends"].values()]
            texts.append(_aligned([(part.low, "") for part in made], units))
            texts.append(_aligned([(part.high, "") for part in made], units))
        aligns += [column.align] * (len(texts) - len(aligns))
    widths, crowded = _widths(headers, texts)
    body = map(Line, zip(*texts, strict=True))
    lines = tuple(_headed(groups, body, len(headers)))
    note = _note(table, shown, len(headers) > len(places), lang)
    head = (table.name, lang, table.title.say(lang), tuple(headers), tuple(aligns))
    return Grid(*head, widths, lines, note, crowded)


_Row = tuple[tuple[Cell, ...], Unit | None]


def _groups(table: PaperTable, lang: Lang) -> list[tuple[str, list[_Row]]]:
    """The rows under the text that heads them; all under no text where a table has no groups."""
    units = table.row_units or (None,) * len(table.rows)
    rows = list(zip(table.rows, units, strict=True))
    if table.group is None:
        return [("", rows)]
    place = table.group

    def head(row: _Row) -> str:
        text, unit = _words(row[0][place], lang), row[1].name(lang) if row[1] else ""
        return with_unit(text[:1].upper() + text[1:], unit, lang)

    return [
        (name, _gathered(found, lang) if table.gather else found)
        for name, found in ((name, list(group)) for name, group in groupby(rows, head))
    ]


def _gathered(rows: list[_Row], lang: Lang) -> list[_Row]:
    """Rows of which nothing is reported become one, which names them all."""

    def silent(row: _Row) -> bool:
        return any(isinstance(c, Number) and c.state == "not_reported" for c in row[0])

    found, comma = list(filter(silent, rows)), "、" if lang == "zh" else ", "
    if len(found) < 2:
        return rows
    joined: list[Cell] = []
    for cells in zip(*(row[0] for row in found), strict=True):
        names = dict.fromkeys(_words(cell, lang) for cell in cells)
        joined.append(same(comma.join(names)) if isinstance(cells[0], Words) else cells[0])
    return [*(row for row in rows if not silent(row)), (tuple(joined), found[0][1])]


def _headed(
    groups: list[tuple[str, list[_Row]]], body: Iterator[Line], columns: int
) -> Iterator[Line]:
    for name, rows in groups:
        if name:
            yield Line((name, *[""] * (columns - 1)), head=True)
        yield from islice(body, len(rows))


class _Shown:
    """What the notes of a table depend on: the cells that are printed."""

    def __init__(self, table: PaperTable, cells: Iterable[Cell]) -> None:
        numbers = [cell for cell in cells if isinstance(cell, Number)]
        self.states = {number.state for number in numbers}
        self.marked = len(self.states & {"printed", *MARKS}) > 1
        self.marks = {mark for number in numbers for mark in number.mark}
        self.zero = table.zero


class _Parts(NamedTuple):
    """The text of a cell, and of its mark and bounds where it has some."""

    value: str
    mark: str = ""
    low: str = ""
    high: str = ""


def _parts(cell: Cell, unit: Unit, lang: Lang, shown: _Shown) -> _Parts:
    if not (isinstance(cell, Number) and cell.known):
        return _Parts(_words(cell, lang))
    sign = MARKS.get(cell.state, "") if shown.marked else ""
    digits = write_number(cell.shown(unit.scale(lang)))
    if digits.value == "0" and shown.zero:
        return _Parts(shown.zero)
    none = told()["bounds"]["open"][lang]
    low, high = (none if end == OPEN else end for end in (digits.low, digits.high))
    return _Parts(digits.value, sign + cell.mark, low, high)


def _words(cell: Cell, lang: Lang) -> str:
    if isinstance(cell, Number):
        return missing_text(cell.state, lang)
    return " ".join((cell.text if isinstance(cell, Instead) else cell).say(lang).split())


def _aligned(cells: Sequence[tuple[str, str]], units: Sequence[Unit | None]) -> list[str]:
    """Numbers and their marks, filled up so that the points of one unit stand below each other."""
    found = [_NUMERAL.fullmatch(text) for text, _ in cells]
    most: dict[Unit | None, int] = {}
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


def header(column: Column, lang: Lang) -> str:
    """The header of a column, with its unit in brackets."""
    return with_unit(column.header.say(lang), column.unit.name(lang), lang)


def with_unit(text: str, unit: str, lang: Lang) -> str:
    if not unit:
        return text
    return f"{text}（{unit}）" if lang == "zh" else f"{text} ({unit})"


def missing_text(state: str, lang: Lang) -> str:
    """The words that stand where a number is missing."""
    return str(told()["missing"][state][lang])


def number_text(digits: Digits, lang: Lang) -> str:
    """A number with its bounds in brackets, for a sentence; a range alone without a value.

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
        return value or bounds
    return f"{value}（{bounds}）" if lang == "zh" else f"{value} ({bounds})"


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


def _note(table: PaperTable, shown: _Shown, bounded: bool, lang: Lang) -> str:
    """One paragraph: what bounds, marks and missing numbers mean, then what the table adds."""
    words = told()
    notes = [said(words["bounds"]["note"])] if bounded else []
    notes += [
        said(note)
        for state, note in words["states"].items()
        if state in shown.states and (shown.marked or state not in MARKS)
    ]
    notes += [said(note) for mark, note in words["marks"].items() if mark in shown.marks]
    if shown.zero:
        notes.append(said(words["zero"], zero=shown.zero))
    told_in = [" ".join(note.say(lang).split()) for note in (*notes, *table.notes)]
    return ("" if lang == "zh" else " ").join(note for note in told_in if note)


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
