"""The clean tables with exact cells, and whether they are what the raw ones give."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from aidstudy.codebook import CLEAN_TABLES, OUTSIDE_TABLES, Table
from aidstudy.errors import AidstudyError, Fault, StaleWarning, TableError
from aidstudy.files import read_whole, write_whole
from aidstudy.intervals import Interval
from aidstudy.quantity.result import Leaf, Source, Term
from aidstudy.tables.cells import exact, stored_cells
from aidstudy.tables.check import check_study
from aidstudy.tables.files import cells_text, fault_at, read_cells, rows_of
from aidstudy.tables.record import RECORD, changed_inputs, check_record, has_record
from aidstudy.tables.study import Study, load_study

StudyLike = Study | str | os.PathLike[str] | None

_REBUILD = "rebuild it with aidstudy reproduce --update, or restore it"


def exact_rows(name: str, study: Study) -> tuple[Table, list[dict[str, Any]]]:
    """A stored table: whole numbers, fractions, text, and ``None`` for an empty cell."""
    table = {**OUTSIDE_TABLES, **CLEAN_TABLES}[name]
    label = f"data/clean/{name}.csv" if name in CLEAN_TABLES else f"data/{name}.csv"
    types = {column.name: column.type for column in table.columns}
    rows: list[dict[str, Any]] = []
    for cells in rows_of(stored_cells(study, label, table)).values():
        row: dict[str, Any] = {column: cell or None for column, cell in cells.items()}
        for column, cell in cells.items():
            if cell and types[column] == "integer":
                row[column] = int(cell)
            elif types[column] == "exact":
                row[column] = exact(cell, cells.get("kind", ""))
        rows.append(row)
    if name == "figures":
        _name_wholes(rows)
    return table, rows


def _name_wholes(rows: list[dict[str, Any]]) -> None:
    """Say of each figure which contain it, from near to far; a repeat stands for the first print.

    Key ``wholes``, ids separated by blanks: what a sum leaves out is decided by them.
    """
    firsts = {row["figure_id"]: row["same_as"] or row["figure_id"] for row in rows}
    direct: dict[str, dict[str, None]] = {}
    for row in rows:
        if row["part_of"]:
            whole = firsts.get(row["part_of"], row["part_of"])
            direct.setdefault(firsts[row["figure_id"]], {})[whole] = None
    for row in rows:
        own = firsts[row["figure_id"]]
        found, left = dict[str, None](), [own]
        while left:
            left = [one for part in left for one in direct.get(part, ()) if one not in found]
            found |= dict.fromkeys(left)
        row["wholes"] = " ".join(one for one in found if one != own)


def exact_table(name: str, study: StudyLike = None) -> pd.DataFrame:
    """The rows of :func:`exact_rows` as one table of objects."""
    table, rows = exact_rows(name, load_study(study))
    return pd.DataFrame(rows, columns=list(table.names), dtype=object)


def leaf_of(row: Mapping[str, Any]) -> Leaf:
    """A printed number or an outside fact; a row of the exact table of figures or of context."""
    source: Source = "figure" if "figure_id" in row else "fact"
    bounds, unit = Interval(row["low"], row["high"]), row["unit"] or ""
    wholes, name = row["wholes"] if source == "figure" else "", row[f"{source}_id"]
    return Leaf(source, name, row["value"], bounds, row["printed"], unit, wholes)


def figure_term(row: Mapping[str, Any], choices: Mapping[str, str]) -> Term:
    """A printed number as judgement calls read it; another rule than the page's is hypothetical."""
    leaf, rule = leaf_of(row), choices.get("rule", "exact")
    if row["measure"] == "rule_ratio" and rule != "exact":
        if rule == "rounded":
            return Term.of(leaf).read_as_rounded()
        share = Fraction(rule.removesuffix("%"))
        moved = Term.number(share, f"the rule, supposed to be {rule}", printed=rule)
        return moved.as_state("hypothetical")
    if choices.get("trailing_zeros") == "coarse" and row["bound"] == "rounded":
        leaf = _without_zeros(leaf)
    return Term.of(leaf)


def _without_zeros(leaf: Leaf) -> Leaf:
    """A rounded figure exact only to its last digit that is not zero; 1.30 keeps its zero."""
    unit = leaf.interval.width
    if not unit or "." in leaf.printed or leaf.value == 0 or (leaf.value / unit).denominator != 1:
        return leaf
    while (leaf.value / (unit * 10)).denominator == 1:
        unit *= 10
    return replace(leaf, interval=Interval(leaf.value - unit / 2, leaf.value + unit / 2))


def fact_source(row: Mapping[str, Any]) -> str:
    """Where an outside fact (a row of the exact table) was read, as far as it is known."""
    known = (row["source_title"], row["publisher"], row["source_date"], row["address"])
    read = row["accessed"] and f"read on {row['accessed']}"
    return ", ".join(part for part in (*known, read) if part)


def stale_faults(study: Study, derived: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Where a stored clean table is not what :func:`check_study` gives: cells, or the first row."""
    faults: list[Fault] = []
    for label in tables_behind(study, derived):
        table = CLEAN_TABLES[PurePosixPath(label).stem]
        if (study.folder / label).exists():
            cells = read_cells(study.folder / label, table.names, name=label)
            found = list(_stale_cells(cells, derived[table.name], table, label))
            faults += found or [Fault(label, "", "", "the cells are quoted otherwise", _REBUILD)]
    return faults


def _stale_cells(
    cells: pd.DataFrame, wanted: pd.DataFrame, table: Table, label: str
) -> Iterator[Fault]:
    nothing = dict.fromkeys(table.names, "")
    both = zip_longest(*(rows_of(one).values() for one in (cells, wanted)), fillvalue=nothing)
    for row, (now, then) in enumerate(both, start=2):
        found, given = (" ".join(one[part] for part in table.key).strip() for one in (now, then))
        if found != given:
            problem = f"the raw tables give {given or 'no row'} there"
            yield Fault(f"{label}, row {row}", "", found, problem, _REBUILD)
            return
        for column in table.names:
            if now[column] != then[column]:
                problem = f"the raw tables give {then[column] or 'an empty cell'!r}"
                yield fault_at(cells, row, table, label, column, problem, _REBUILD)


def check_files(study: Study, derived: Mapping[str, pd.DataFrame]) -> None:
    """Every file is the recorded one; of a clean table that is not, the cells are named too.

    Where a typed table was changed as well, the clean ones may only be out of date, and the
    files are named alone.
    """
    try:
        check_record(study)
    except TableError as error:
        if all(fault.where.startswith("data/clean/") for fault in error.faults):
            faults = [*stale_faults(study, derived), *error.faults]
            TableError.raise_if_any(faults, what=f"files against {RECORD}")
        raise


def clean_study(study: Study) -> dict[str, int]:
    """Derive, check and write the clean tables: rows by table."""
    clean = check_study(study)
    for name, cells in clean.items():
        write_whole(study.clean / f"{name}.csv", cells_text(cells))
    return {name: len(cells) for name, cells in clean.items()}


def tables_behind(study: Study, clean: Mapping[str, pd.DataFrame]) -> list[str]:
    """The files of stored clean tables that are not what :func:`check_study` gives now."""
    wanted = {f"data/clean/{name}.csv": cells_text(cells) for name, cells in clean.items()}
    return [
        label
        for label, text in wanted.items()
        if not (study.folder / label).exists()
        or read_whole(study.folder / label) != text.encode("utf-8")
    ]


_warned: set[tuple[str, ...]] = set()


def warn_if_behind(study: Study) -> bool:
    """Whether typed tables changed since what is derived from them was made; warns once."""
    changed = changed_inputs(study) if has_record(study) else _behind(study.folder, stamps(study))
    key = (str(study.folder), *changed)
    if changed and key not in _warned:
        _warned.add(key)
        told = f"{changed[0]} and {len(changed) - 1} more" if len(changed) > 1 else changed[0]
        said = (
            "changed since the tables and results were made, which are older now"
            if has_record(study)
            else "is not what the typed tables give now"
        )
        run = "run: python reproduce.py --update, or aidstudy reproduce --update"
        warnings.warn(f"{told} {said}; {run}", StaleWarning, stacklevel=4)
    return bool(changed)


def stamps(study: Study) -> tuple[tuple[str, int, int], ...]:
    """When each table of a study was written last, and how large it is."""
    found = ((path, path.stat()) for path in sorted((study.folder / "data").rglob("*.csv")))
    return tuple((str(path), told.st_mtime_ns, told.st_size) for path, told in found)


@lru_cache(maxsize=8)
def _behind(folder: Path, _stamps: object) -> list[str]:
    """Before the first rebuild nothing is recorded: the clean tables are derived and compared."""
    # Of tables that break a rule `aidstudy check` tells.
    with suppress(AidstudyError):
        study = load_study(folder)
        behind = tables_behind(study, check_study(study))
        return [name for name in behind if (folder / name).exists()]
    return []
