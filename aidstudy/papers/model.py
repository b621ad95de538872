"""A table for a paper, before it has a language or a file format."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from aidstudy import codebook
from aidstudy.bilingual import LANGS, Lang, Words
from aidstudy.codebook import Codes
from aidstudy.papers.words import TOLD, said, same
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.shown import NO_UNIT, ShownUnit, units
from aidstudy.tables.study import Study


class Marked(NamedTuple):
    """A number with a sign after it, which a note of the table explains."""

    number: Quantity | Missing
    mark: str


Cell = Words | ShownUnit | Quantity | Missing | Marked | int
"""What a cell holds; a whole number is a count of rows, which is no figure and has no bounds."""
Row = Mapping[str, Cell]
"""The cells by the names of the columns; a cell that is a unit is that of the numbers beside it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: header, unit and side; the languages that print it, and whether a CSV has it."""

    header: Words
    unit: ShownUnit = NO_UNIT
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

    The column `group` is printed as lines that head the rows below them; with `gather` rows of a
    group of which nothing is reported are one. `zero` is a printed nought.
    """

    name: str
    title: Words
    columns: Mapping[str, Column]
    rows: tuple[Row, ...]
    notes: tuple[Words, ...] = ()
    group: str = ""
    gather: bool = False
    zero: str = ""

    def unit(self, row: Row, column: str) -> ShownUnit:
        """The unit of a number: that of its row, or of its column."""
        of_row = row.get("unit")
        return of_row if isinstance(of_row, ShownUnit) else self.columns[column].unit


def table_of(
    name: str,
    rows: Iterable[Mapping[str, Any]],
    *,
    study: Study | None = None,
    notes: Iterable[Words] = (),
    **parts: object,
) -> PaperTable:
    """A table with the title, columns and notes of ``words.toml``, their braces filled.

    Its cells are taken from the rows as the columns say there.
    """
    entry = TOLD["tables"][name]
    columns = _columns(entry["columns"], study)
    looks = {column: entry["columns"].get(column, {}) for column in columns}
    return PaperTable(
        name,
        said(entry["title"], **parts),
        columns,
        tuple({one: _cell(row, one, **look) for one, look in looks.items()} for row in rows),
        (*(said(note, **parts) for note in entry["notes"] if not _empty(note, parts)), *notes),
        entry.get("group", ""),
        entry.get("gather", False),
        entry.get("zero", ""),
    )


def _cell(
    row: Mapping[str, Any],
    name: str,
    *,
    of: str = "",
    codes: str = "",
    meaning: bool = False,
    none: str = "not_reported",
    **_: object,
) -> Cell:
    """The cell of a column, of what a row has there or in the column `of`."""
    of = of or name
    cell = row.get(name, row.get(of))
    if isinstance(cell, str | None) and row.get(f"{of}_en"):
        return Words.of(row, of)
    if cell is None:
        return Missing(none)
    if isinstance(cell, str) and codes:
        return code_words(cell, getattr(codebook, codes), meaning=meaning)
    if isinstance(cell, dt.datetime):
        return same(cell.date().isoformat())
    return same(cell) if isinstance(cell, str) else cell


def code_words(code: str, codes: Codes, *, meaning: bool = False) -> Words:
    """A code of a closed list in words; its meaning, without what explains it, where it names."""
    name = codes[code].meaning.partition(":")[0] if meaning else code.replace("_", " ")
    return Words(name, codes[code].zh)


def _columns(entries: Mapping[str, Any], study: Study | None) -> dict[str, Column]:
    """The columns of a table, in order; where one stands for all counties, one for each."""
    columns = {}
    for key, entry in entries.items():
        if key == "counties" and study is not None:
            for slug, place in study.recipients.items():
                columns[slug] = Column(Words(place.short_en, place.short_zh), align="right")
            continue
        langs = tuple(lang for lang in LANGS if lang in entry.get("print", entry))
        look = (units(entry.get("unit", "")), entry.get("align", "left"), langs)
        columns[key] = Column(said(entry), *look, entry.get("csv", True))
    return columns


def _empty(note: Mapping[str, str], parts: Mapping[str, Any]) -> bool:
    """Whether a note speaks of something that the study does not have."""
    return any(value == "" and f"{{{name}}}" in note["en"] for name, value in parts.items())
