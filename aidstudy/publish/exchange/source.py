"""What every export starts from: the stored tables, checked, with their codebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from aidstudy.analysis import exact_sensitivity
from aidstudy.codebook import (
    CLEAN_TABLES,
    OUTSIDE_TABLES,
    RAW_TABLES,
    RESULTS,
    SENSITIVITY,
    Codes,
    Column,
    Table,
)
from aidstudy.errors import TableError
from aidstudy.files import read_whole
from aidstudy.tables.cells import exact
from aidstudy.tables.check import check_study
from aidstudy.tables.files import read_cells
from aidstudy.tables.load import stale_faults
from aidstudy.tables.study import Study

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
CREATOR = "the aidstudy authors"

_RAW = "raw-"
# Facts from outside the page are numbers; other exact columns hold ISO text too.
_ONLY_NUMBERS = frozenset({"context"})
_DATE = "[1-9][0-9]{3}(-[0-9]{2}(-[0-9]{2})?)?"


@dataclass(frozen=True, slots=True)
class Stored:
    """One table as it is stored.

    Parameters
    ----------
    name : str
        Unique among all tables: ``figures`` is the clean table, ``raw-figures`` the typed one.
    path : str
        Below the study's folder ``data``.
    table : Table
        Its columns and their meanings.
    cells : pandas.DataFrame
        Text cells, an empty string for what is missing.
    content : bytes
        The file.
    codes : mapping of str to Codes
        The closed list of each column that has one.
    """

    name: str
    path: str
    table: Table
    cells: pd.DataFrame
    content: bytes
    codes: Mapping[str, Codes]

    def target(self, column: Column) -> str:
        """Name of the table that a reference points to: a raw table points to raw tables."""
        raw = self.name.startswith(_RAW) and column.to in RAW_TABLES
        return f"{_RAW}{column.to}" if raw else column.to

    def is_number(self, column: Column) -> bool:
        """Whether every filled cell of the column is a number."""
        exact_numbers = column.type == "exact" and self.table.name in _ONLY_NUMBERS
        return column.type == "integer" or exact_numbers

    def numbers(self, column: Column) -> list[Fraction | None]:
        """The numbers of a column; ``None`` for text and for what is missing."""
        mixed = column.type == "exact" and "kind" in self.table.names
        kinds = self.cells["kind"] if mixed else [""] * len(self.cells)
        values = [exact(c, k) for c, k in zip(self.cells[column.name], kinds, strict=True)]
        return [value if isinstance(value, Fraction) else None for value in values]

    def rows(self) -> list[dict[str, str]]:
        """The rows, one mapping each."""
        return [{str(k): str(v) for k, v in row.items()} for row in self.cells.to_dict("records")]


@dataclass(frozen=True, slots=True)
class Source:
    """A study with its tables, read and checked once for any number of exports.

    Parameters
    ----------
    study : Study
    clean : tuple of Stored
        The clean tables, and the purpose codes that the projects point to.
    raw : tuple of Stored
        The tables that people type, under names that start with ``raw-``.
    results : tuple of Stored
        The results and what moves them, where the study has stored them.
    """

    study: Study
    clean: tuple[Stored, ...]
    raw: tuple[Stored, ...]
    results: tuple[Stored, ...] = ()

    def table(self, name: str) -> Stored:
        """The clean table of that name."""
        return next(stored for stored in self.clean if stored.name == name)


StudyOrSource = Study | Source


def source_of(study: StudyOrSource) -> Source:
    """Read the tables of a study and check them; a source is given back as it is.

    Parameters
    ----------
    study : Study or Source

    Returns
    -------
    Source

    Raises
    ------
    FileError
        If a table is missing.
    TableError
        If a table breaks the codebook, or a clean table is not what the raw tables give.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> [stored.name for stored in source_of(load_study()).clean][:3]
    ['figures', 'projects', 'events']
    """
    if isinstance(study, Source):
        return study
    derived = check_study(study)
    clean = [
        _stored(study, name, f"clean/{name}.csv", table) for name, table in CLEAN_TABLES.items()
    ]
    stale = stale_faults(study, derived)
    if stale:
        raise TableError.from_faults(stale, what="clean tables, of which nothing is exported")
    outside = {
        name: _stored(study, name, f"{name}.csv", table) for name, table in OUTSIDE_TABLES.items()
    }
    raw = [
        _stored(study, f"{_RAW}{name}", f"raw/{name}.csv", table)
        for name, table in RAW_TABLES.items()
    ]
    raw.append(replace(outside["context"], name=f"{_RAW}context"))
    return Source(study, (*clean, outside["dac_codes"]), tuple(raw), _results(study))


def _results(study: Study) -> tuple[Stored, ...]:
    tables = (RESULTS, SENSITIVITY)
    if not all((study.clean / f"{table.name}.csv").exists() for table in tables):
        return ()
    exact_sensitivity(study)  # It checks both.
    return tuple(_stored(study, table.name, f"clean/{table.name}.csv", table) for table in tables)


def _stored(study: Study, name: str, path: str, table: Table) -> Stored:
    file = study.folder / "data" / path
    codes = {
        column.name: found
        for column in table.columns
        if (found := study.codes_of(column)) is not None
    }
    cells = read_cells(file, table.names, name=f"data/{path}")
    return Stored(name, path, table, cells, read_whole(file), codes)


def key_of(column: Column) -> str:
    """The column of another table that a reference points to."""
    return {**CLEAN_TABLES, **OUTSIDE_TABLES}[column.to].key[0]


def unit_of(stored: Stored, column: Column) -> str:
    """Unit of a column of numbers, an empty string where it has none.

    Examples
    --------
    >>> from aidstudy import load_study
    >>> figures = source_of(load_study()).table("figures")
    >>> unit_of(figures, figures.table.column("low"))
    'as in column unit'
    """
    if column.name in ("start", "end"):
        return "Unicode code points of the page's text"
    return "as in column unit" if column.type == "exact" and "unit" in stored.table.names else ""


def pattern_of(stored: Stored, column: Column) -> str:
    """What a whole cell of a date or of a list looks like, as a regular expression.

    It uses no construct that XML Schema lacks; an empty string stands for no pattern.
    """
    if column.type == "date":
        return f"{_DATE}(/{_DATE})?"
    if column.type == "codes" and column.name in stored.codes:
        one = "(" + "|".join(map(re.escape, stored.codes[column.name])) + ")"
        return f"{one}( {one})*"
    if column.type == "refs":
        return "[^ ]+( [^ ]+)*"
    return ""


def page_sha256(study: Study) -> str:
    """The sha256 of the page, in hexadecimal."""
    return study.page["sha256"]


def described(study: Study) -> str:
    """What the tables are and how to read them, in a few sentences."""
    paper = study.page.get("newspaper")
    source = f"a page of {paper}" if paper else "a printed page"
    return (
        f"Every figure of {source}, with its place on the page and the lowest and highest value "
        "that the print allows (low, high: no confidence interval). An empty cell means that the "
        "page does not say; it is never zero. Offsets are 0-based and half-open, in Unicode code "
        f"points of the page's text, which has the sha256 {page_sha256(study)} and is not part "
        "of the data. Sums that are marked joint stand in several rows and count once."
    )


__all__ = [
    "CREATOR",
    "LICENCE",
    "LICENCE_URL",
    "Source",
    "Stored",
    "StudyOrSource",
    "described",
    "key_of",
    "page_sha256",
    "pattern_of",
    "source_of",
    "unit_of",
]
