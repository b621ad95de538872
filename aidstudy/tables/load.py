"""The clean tables with exact cells, and whether they are what the raw ones give."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import zip_longest

import pandas as pd

from aidstudy.codebook import CLEAN_TABLES, OUTSIDE_TABLES, Table
from aidstudy.errors import Fault, TableError
from aidstudy.files import read_whole, write_whole
from aidstudy.tables.cells import cell_faults, exact, row_faults
from aidstudy.tables.check import check_study
from aidstudy.tables.files import cells_text, read_cells, row_name
from aidstudy.tables.record import RECORD, check_record
from aidstudy.tables.study import Study, load_study

StudyLike = Study | str | os.PathLike[str] | None


def _typed(cells: pd.DataFrame, table: Table, study: Study) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        text = cells[column.name]
        filled = text.where(text != "", None)
        codes = study.codes_of(column)
        if column.type == "integer":
            series = pd.array([None if c is None else int(c) for c in filled], dtype="Int64")
        elif column.type == "exact":
            kinds = cells["kind"] if "kind" in table.names else [""] * len(cells)
            series = pd.Series(
                [exact(c, k) for c, k in zip(text, kinds, strict=True)], dtype=object
            )
        elif column.type == "code" and codes is not None:
            series = pd.Categorical(filled, categories=list(codes))
        else:
            series = pd.array(filled.tolist(), dtype="string")
        columns[column.name] = pd.Series(series)
    return pd.DataFrame(columns)


def exact_table(name: str, study: StudyLike = None) -> pd.DataFrame:
    """A stored table with exact cells: fractions, ISO text, or ``None``.

    What analyses compute with; whoever works in pandas takes the tables of
    :mod:`aidstudy.tables.ordinary`.

    Raises
    ------
    FileError
        If the table is missing; ``python reproduce.py --update`` makes it.
    TableError
        If it breaks the codebook.
    """
    study = load_study(study)
    table = {**OUTSIDE_TABLES, **CLEAN_TABLES}[name]
    label = f"data/clean/{name}.csv" if name in CLEAN_TABLES else f"data/{name}.csv"
    cells = read_cells(study.folder / label, table.names, name=label)
    faults = cell_faults(cells, table, study, name=label) or row_faults(cells, table, name=label)
    if faults:
        raise TableError.from_faults(faults, what=label)
    return _typed(cells, table, study)


def stale_faults(study: Study, derived: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Where a stored clean table is not what the raw tables give: the cells, or the first row.

    Parameters
    ----------
    study : Study
    derived : mapping of str to pandas.DataFrame
        From :func:`aidstudy.tables.check.check_study`.

    Returns
    -------
    list of Fault
        Empty when all are up to date; a table that is not stored yet is passed over.

    Raises
    ------
    TableError
        If a stored table cannot be read.

    Examples
    --------
    >>> study = load_study()
    >>> stale_faults(study, check_study(study))
    []
    """
    faults: list[Fault] = []
    for label in tables_behind(study, derived):
        path = study.folder / label
        if path.exists():
            table = CLEAN_TABLES[path.stem]
            cells = read_cells(path, table.names, name=label)
            found = list(_stale_cells(cells, derived[path.stem], table, label))
            faults += found or [Fault(label, "", "", "the cells are quoted otherwise", _REBUILD)]
    return faults


def _stale_cells(
    cells: pd.DataFrame, wanted: pd.DataFrame, table: Table, label: str
) -> Iterator[Fault]:
    keys, wanted_keys = (
        [" ".join(key) for key in one[list(table.key)].itertuples(index=False)]
        for one in (cells, wanted)
    )
    for row, (found, given) in enumerate(zip_longest(keys, wanted_keys, fillvalue=""), start=2):
        if found != given:
            problem = f"the raw tables give {given or 'no row'} there"
            yield Fault(f"{label}, row {row}", "", found, problem, _REBUILD)
            return
    rows = zip(cells.index, cells.to_dict("records"), wanted.to_dict("records"), strict=True)
    for row, now, then in rows:
        for column in table.names:
            if now[column] != then[column]:
                place = f"{label}, {row_name(cells, row, table)}"
                problem = f"the raw tables give {then[column] or 'an empty cell'!r}"
                yield Fault(place, column, now[column], problem, _REBUILD)


_REBUILD = "rebuild it with aidstudy reproduce --update, or restore it"


def check_files(study: Study, derived: Mapping[str, pd.DataFrame]) -> None:
    """Every file is the recorded one; of a clean table that is not, the cells are named too.

    Where a typed table was changed as well, the clean ones may only be out of date, and the
    files are named alone.

    Parameters
    ----------
    study : Study
    derived : mapping of str to pandas.DataFrame
        From :func:`aidstudy.tables.check.check_study`.

    Raises
    ------
    FileError
        If the record is missing or may not be read.
    TableError
        With every file that is another one, and the cells of clean tables.
    """
    try:
        check_record(study)
    except TableError as error:
        if all(fault.where.startswith("data/clean/") for fault in error.faults):
            faults = [*stale_faults(study, derived), *error.faults]
            raise TableError.from_faults(faults, what=f"files against {RECORD}") from None
        raise


def clean_study(study: Study, into: Study | None = None) -> dict[str, int]:
    """Derive, check and write the clean tables.

    Parameters
    ----------
    study : Study
        Where the raw tables are read.
    into : Study, optional
        Where the clean tables are written, the same study by default.

    Returns
    -------
    dict of str to int
        Rows by table.

    Raises
    ------
    TableError
        If a check fails; nothing is written then.
    """
    clean = check_study(study)
    target = into or study
    for name, cells in clean.items():
        write_whole(target.clean / f"{name}.csv", cells_text(cells))
    return {name: len(cells) for name, cells in clean.items()}


def tables_behind(study: Study, clean: Mapping[str, pd.DataFrame]) -> list[str]:
    """The stored clean tables that are not what the raw ones give now.

    Parameters
    ----------
    study : Study
    clean : mapping of str to pandas.DataFrame
        What they give, from :func:`aidstudy.tables.check.check_study`.

    Returns
    -------
    list of str
        Their files below the study's folder.

    Examples
    --------
    >>> study = load_study()
    >>> tables_behind(study, check_study(study))
    []
    """
    labels = {name: f"data/clean/{name}.csv" for name in clean}
    return [
        label
        for name, label in labels.items()
        if not (study.folder / label).exists()
        or read_whole(study.folder / label) != cells_text(clean[name]).encode("utf-8")
    ]


__all__ = [
    "StudyLike",
    "check_files",
    "clean_study",
    "exact_table",
    "stale_faults",
    "tables_behind",
]
