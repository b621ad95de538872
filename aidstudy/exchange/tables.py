"""One description of the tables that leave, from which every writer of a format starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from aidstudy import codebook
from aidstudy.analysis.flows import money_flow
from aidstudy.analysis.ratios import funding_ratios
from aidstudy.analysis.served import load_results, load_sensitivity
from aidstudy.analysis.switches import choices_told
from aidstudy.analysis.timeline import project_stages, project_timeline, timeline
from aidstudy.codebook import Code, Codes, Column, Table
from aidstudy.errors import TableError
from aidstudy.files import read_toml
from aidstudy.quantity.accessor import flat
from aidstudy.tables import ordinary
from aidstudy.tables.check import check_study
from aidstudy.tables.load import stale_faults
from aidstudy.tables.study import Study

WORDS = read_toml(__file__, "words.toml")
"""What is said of tables and columns beside the codebook."""

LICENCE = "CC-BY-4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"

_LOADED: Mapping[str, Callable[[Study], pd.DataFrame]] = {
    "dac_codes": ordinary.load_dac_codes,
    "figures": ordinary.load_figures,
    "projects": ordinary.load_projects,
    "events": ordinary.load_events,
    "event_projects": ordinary.load_event_projects,
    "pairs": ordinary.load_pairs,
    "mechanisms": ordinary.load_mechanisms,
    "context": ordinary.load_context,
    "results": load_results,
    # The defaults stand in ordinary columns already.
    "sensitivity": lambda study: load_sensitivity(study).drop(columns="default_quantity"),
    "funding_ratios": funding_ratios,
    "money_flow": money_flow,
    "timeline": timeline,
    "project_stages": project_stages,
    "project_timeline": project_timeline,
}
_STORED = ("results", "sensitivity")
_CODEBOOK: Mapping[str, Table] = {
    **codebook.OUTSIDE_TABLES,
    **codebook.CLEAN_TABLES,
    "results": codebook.RESULTS,
    "sensitivity": codebook.SENSITIVITY,
}
Cell = str | int | float | bool | dt.date | None
_SEVERAL = ("events", "facts", "figures", "group", "places", "projects")
_TYPES = {"f": "number", "i": "integer", "b": "flag", "M": "day"}


@dataclass(frozen=True, slots=True)
class Field:
    """One column as it leaves."""

    name: str
    meaning: str
    type: str  # text, number, integer, flag or day
    unit: str  # of a number; empty where it has none
    codes: Codes  # the closed list of a column of codes, in order; else empty
    to: str  # the table whose rows the column names, one id a cell
    several: bool  # whether a cell lists ids or codes, separated by a space
    required: bool  # whether no cell is empty


@dataclass(frozen=True, slots=True)
class Exported:
    """One table as it leaves: its columns, the key of a row, and its cells."""

    name: str
    meaning: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    frame: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return [field.name for field in self.fields]

    def rows(self) -> list[tuple[Cell, ...]]:
        """The rows in types of Python, ``None`` for what is missing."""
        columns = [[_plain(cell) for cell in self.frame[name]] for name in self.names]
        return list(zip(*columns, strict=True))


def _plain(cell: Any) -> Cell:
    if cell is None or cell is pd.NA or cell is pd.NaT or cell != cell:
        return None
    if isinstance(cell, pd.Timestamp):
        cell = cell.date()
    return cast(Cell, cell.item() if hasattr(cell, "item") else cell)


@dataclass(frozen=True, slots=True)
class Source:
    """A study with its tables, checked and described once for any number of exports."""

    study: Study
    tables: tuple[Exported, ...]

    def table(self, name: str) -> Exported:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


StudyOrSource = Study | Source


def key_of(table: str) -> str:
    """The column by which other tables name the rows of a table."""
    return _CODEBOOK[table].key[0]


def source_of(study: StudyOrSource) -> Source:
    """Read the tables of a study and check them; a source is given back as it is."""
    if isinstance(study, Source):
        return study
    stale = stale_faults(study, check_study(study))
    TableError.raise_if_any(stale, what="clean tables, of which nothing is exported")
    names = [
        name
        for name in _LOADED
        if name not in _STORED or all((study.clean / f"{one}.csv").exists() for one in _STORED)
    ]
    tables = [_exported(name, _LOADED[name](study), study) for name in names]
    return Source(study, (*tables, _codebook(tables, study)))


def _exported(name: str, table: pd.DataFrame, study: Study) -> Exported:
    told, frame = _CODEBOOK.get(name), flat(table)
    key = tuple(WORDS["keys"].get(name) or (told.key if told else ()))
    # What stands in the place of the one number of a row is no longer as the codebook says.
    number = WORDS["parts"] if "quantity" in table else {}
    fields = []
    for column in map(str, frame.columns):
        known = told.column(column) if told and column in told.names else None
        kind = _TYPES.get(frame[column].dtype.kind, "text")
        exact = known is not None and known.type == "exact"
        if (column in number and column != "unit") or exact != (kind == "number"):
            known = None
        listed = known is not None and known.type in ("codes", "refs")
        to = known.to if known and known.type == "ref" else WORDS["to"].get(column, "")
        field = Field(
            name=column,
            meaning=_meaning(name, column, known, number),
            type=kind,
            unit=_unit(column, frame) if kind in ("number", "integer") else "",
            codes=_codes(column, known, frame, study) if kind == "text" else {},
            to="" if (to, column) == (name, *key) else to,
            several=listed or column in _SEVERAL or column.endswith("_figures"),
            required=column in key or (known is not None and known.required),
        )
        fields.append(field)
    meaning = told.meaning if told else WORDS["tables"][name]
    return Exported(name, meaning, tuple(fields), key, frame)


def _meaning(table: str, name: str, known: Column | None, number: Mapping[str, str]) -> str:
    own = WORDS["of"].get(table, {})
    if found := own.get(name) or number.get(name) or (known and known.meaning):
        return str(found)
    base, _, part = name.rpartition("_")
    if base in own:
        return f"{WORDS['parts'][part]}: {own[base]}"
    return str(WORDS["columns"][name])


def _unit(name: str, frame: pd.DataFrame) -> str:
    if name in ("start", "end"):
        return "Unicode code points of the page's text"
    base = name.removesuffix("_low").removesuffix("_high")
    column = f"{base}_unit" if f"{base}_unit" in frame else "unit"
    if column not in frame:
        return ""
    units = frame[column].dropna().unique()
    told = str(units[0]) if len(units) == 1 else f"as in column {column}"
    return f"{told}; days between dates" if name == "difference" else told


def _codes(name: str, known: Column | None, frame: pd.DataFrame, study: Study) -> Codes:
    listed = study.codes_of(known) if known and known.type == "code" else None
    if listed is None:
        of_state = "STATES" if name.endswith("state") else ""
        listed = getattr(codebook, of_state or WORDS["lists"].get(name, ""), None)
    if listed is None and name == "recipient":
        listed = {slug: Code(place.en, place.zh) for slug, place in study.recipients.items()}
    if frame[name].dtype != "category":
        return listed or {}
    more = WORDS["codes"].get(name, {})
    found = {**(listed or {}), **{code: Code(meaning) for code, meaning in more.items()}}
    return {code: found[code] for code in frame[name].cat.categories}


def _codebook(tables: list[Exported], study: Study) -> Exported:
    """The description itself, as a table that every format carries."""
    rows: list[dict[str, str]] = []
    for table in tables:
        for field in table.fields:
            head = {"table": table.name, "column": field.name}
            kind = "ids" if field.several else "code" if field.codes else field.type
            told = {"type": kind, "unit": field.unit, "points_to": field.to}
            rows.append(head | told | {"meaning": field.meaning})
            rows += [
                head | {"code": code, "meaning": what.meaning, "meaning_zh": what.zh}
                for code, what in field.codes.items()
            ]
    columns = dict.fromkeys(WORDS["of"]["codebook"], "text")
    return _exported("codebook", ordinary.frame(rows, columns), study)


def described(study: Study) -> str:
    """What the tables are and how to read them, in a few sentences."""
    paper = study.page.get("newspaper")
    source = f"a page of {paper}" if paper else "a printed page"
    told = WORDS["readme"]["described"].format(source=source, sha256=study.page["sha256"])
    return f"{told} {choices_told(study.choices)}".strip()
