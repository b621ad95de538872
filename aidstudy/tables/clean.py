"""From what a person decided to the clean tables: corrections, then what the print says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from aidstudy import codebook
from aidstudy.codebook import Table, did_you_mean
from aidstudy.errors import AidstudyError, Fault, TableError
from aidstudy.reading.figure import EXACT_MEASURES, Reading, derived_cells
from aidstudy.reading.quantities import read_quantity
from aidstudy.tables.files import fault_at, read_cells, rows_of
from aidstudy.tables.study import Study

Cells = Mapping[str, pd.DataFrame]
Row = Mapping[str, str]
Told = list[tuple[str, str, str]]
"""What is wrong in a row: column, problem, remedy."""

_YEAR = re.compile("[12][0-9]{3}")
_HINTS = ("kind_hint", "unit_hint", "year_hint")
_DERIVED = ("numeral", "kind", "value", "unit", "low", "high", "bound")
_SCALES = {"million": "百万", "billion": "十亿"}
_ENGLISH_SCALE = re.compile(r"\s*(million|billion)$")
_BARE_END = re.compile("[0-9万亿]$")
_SCALED = re.compile(".*[0-9][万亿百十]+")
_ALONE = {"%": "%", "CNY": "元", "m": "米", "m3": "立方米"}
"""What a number of an outside fact is read with where it stands alone; else it counts things."""


def raw_cells(study: Study) -> dict[str, pd.DataFrame]:
    """Every table that people type, as text cells, before corrections: raw and outside ones."""
    faults: list[Fault] = []
    tables: dict[str, pd.DataFrame] = {}
    for name, table in {**codebook.RAW_TABLES, **codebook.OUTSIDE_TABLES}.items():
        label = file_name(name)
        try:
            tables[name] = read_cells(study.folder / label, table.names, name=label)
        except TableError as error:
            faults.extend(error.faults)
    TableError.raise_if_any(faults, what="tables that cannot be read")
    return tables


def file_name(table: str) -> str:
    """Where a table that is typed stands below the study's folder, for paths and messages."""
    beside = table in codebook.OUTSIDE_TABLES or table == codebook.DRAFT.name
    return f"data/{table}.csv" if beside else f"data/raw/{table}.csv"


def apply_corrections(tables: Cells) -> dict[str, pd.DataFrame]:
    """New tables with every correction made; one that matches nothing is an error."""
    corrected = {name: cells.copy() for name, cells in tables.items()}
    faults = [
        Fault(f"{file_name('corrections')}, row {row}", column, told[column], problem, remedy)
        for row, told in rows_of(corrected["corrections"]).items()
        for column, problem, remedy in _correct(corrected, told)
    ]
    TableError.raise_if_any(faults, what="corrections that match nothing")
    return corrected


def _correct(corrected: Cells, told: Row) -> Told:
    """Make one correction where it matches; else what is wrong with it."""
    specs = {**codebook.RAW_TABLES, **codebook.OUTSIDE_TABLES}
    name, column = told["table"], told["column"]
    if name not in corrected or name == "corrections":
        tables = ", ".join(table for table in specs if table != "corrections")
        return [("table", "no such table", f"name one of {tables}")]
    cells, table = corrected[name], specs[name]
    keys = [" ".join(key) for key in cells[list(table.key)].itertuples(index=False)]
    rows = [at for at, key in zip(cells.index, keys, strict=True) if key == told["row"]]
    if len(rows) != 1:
        remedy = f"give the row's {' and '.join(table.key)}{did_you_mean(told['row'], keys)}"
        return [("row", f"matches {len(rows)} rows of {name}", remedy)]
    if column not in cells.columns:
        derived = name == "figures" and column in _DERIVED
        remedy = "correct what is printed" if derived else "name one of " + ", ".join(table.names)
        return [("column", f"not a column of {name}", remedy)]
    found = cells.at[rows[0], column]
    if found != told["from"]:
        return [("from", f"the cell holds {found!r}", "a correction must match what stands there")]
    if told["to"] == found:
        return [("to", "it stands there already", "delete the correction")]
    cells.at[rows[0], column] = told["to"]
    return []


def clean_figures(raw: pd.DataFrame) -> pd.DataFrame:
    """Derive numeral, kind, value, unit, low, high and bound of every figure from its print.

    Parameters
    ----------
    raw : pandas.DataFrame
        Text cells with the columns of ``data/raw/figures.csv``; shape (figures, 17).

    Returns
    -------
    pandas.DataFrame
        Text cells with the codebook's columns; shape (figures, 20). Numbers are plain decimals
        in base units; bounds that do not end as decimals are rounded outward.

    Raises
    ------
    TableError
        With every figure that cannot be read.

    Notes
    -----
    Codebook, table ``figures``. A rule (measure ``rule_ratio``) is exact because its measure
    says so; the unit of a count is the thing counted.

    Examples
    --------
    >>> from aidstudy.tables.study import load_study
    >>> clean = clean_figures(raw_cells(load_study())["figures"]).set_index("figure_id")
    >>> clean.loc["ganzi-021", ["printed", "low", "high", "unit"]].tolist()
    ['0.845%', '0.8445', '0.8455', '%']
    """
    _check_typed(raw)
    read = _read_rows(raw, codebook.FIGURES_RAW, _read_figure, what="figures that cannot be read")
    derived = pd.DataFrame(read, index=raw.index, columns=list(_DERIVED), dtype=object)
    return pd.concat([raw, derived], axis=1)[list(codebook.FIGURES.names)]


def _check_typed(raw: pd.DataFrame) -> None:
    """A table that a program hands over: its columns, its cells as text, its row numbers."""
    place = "the raw figures"
    missing = [column for column in codebook.FIGURES_RAW.names if column not in raw.columns]
    faults = [Fault(place, column, "", "the column is missing", "add it") for column in missing]
    if not raw.index.is_unique:
        faults.append(Fault(place, "", "", "row numbers stand twice", "reset the index"))
    remedy = "read the file with dtype=str and keep_default_na=False"
    for column in () if faults else codebook.FIGURES_RAW.names:
        other = raw[column][~raw[column].map(lambda cell: isinstance(cell, str)).astype(bool)]
        for row, cell in other.iloc[:1].items():
            faults.append(Fault(f"{place}, row {row}", column, str(cell), "not text", remedy))
    TableError.raise_if_any(faults, what="raw figures")


def _read_rows(
    cells: pd.DataFrame,
    table: Table,
    read: Callable[[Row], tuple[dict[str, str], Told]],
    *,
    what: str,
) -> list[dict[str, str]]:
    """What follows from the print of each row; all that cannot be read is one error."""
    made, faults = [], []
    for number, row in rows_of(cells).items():
        derived, told = read(row)
        made.append(derived)
        faults += [fault_at(cells, number, table, file_name(table.name), *one) for one in told]
    TableError.raise_if_any(faults, what=what)
    return made


def _read_figure(typed: Row) -> tuple[dict[str, str], Told]:
    printed, hints = typed["printed"], {name: typed[name] for name in _HINTS if typed[name]}
    if not _YEAR.fullmatch(hints.get("year_hint", "2000")):
        return {}, [("year_hint", "not a year", "write its four digits")]
    try:
        quantity = _read(printed, hints)
    except AidstudyError as error:
        remedy = f"correct it or its hints ({error})"
        return {}, [("printed", "cannot be read as one figure", remedy)]
    told = [
        (hint, "the print says so without the hint", "leave it empty")
        for hint in hints
        if _is_idle(printed, hints, hint, quantity)
    ]
    cells = derived_cells(quantity, is_rule=typed["measure"] in EXACT_MEASURES)
    if quantity.kind == "count":
        cells["unit"] = typed["counted"]
    elif typed["counted"]:
        problem = f"the figure is of kind {quantity.kind} and counts nothing"
        told.append(("counted", problem, "leave it empty"))
    return cells, told


def _read(printed: str, hints: Row) -> Reading:
    kind, unit, year = (hints.get(name) for name in _HINTS)
    return read_quantity(printed, kind=kind, unit=unit, year=int(year) if year else None)


def _is_idle(printed: str, hints: Row, column: str, quantity: Reading) -> bool:
    """Whether the figure reads the same without one of its hints, so that the hint says nothing."""
    try:
        return _read(printed, {name: hints[name] for name in hints if name != column}) == quantity
    except AidstudyError:
        return False


def clean_context(context: pd.DataFrame) -> pd.DataFrame:
    """Outside facts with the ``low``, ``high`` and ``bound`` that their own print allows.

    By the rules that hold for the page, hedges among them (约72亿元): a rule is exact; a population
    printed to the 万 is rounded, not a count. A print that gives another value or unit than the one
    typed is an error.
    """
    read = _read_rows(
        context, codebook.CONTEXT, _read_fact, what="outside facts that cannot be read"
    )
    columns = ["low", "high", "bound"]
    derived = pd.DataFrame(read, index=context.index, columns=columns, dtype=object)
    return pd.concat([context, derived], axis=1)[list(codebook.CONTEXT_CLEAN.names)]


def _read_fact(fact: Row) -> tuple[dict[str, str], Told]:
    printed, unit = fact["printed"], fact["unit"]
    text = _ENGLISH_SCALE.sub(lambda found: _SCALES[found[1]], printed)
    if _BARE_END.search(text):
        text += _ALONE.get(unit, "个")
    try:
        quantity = read_quantity(text)
        scaled = _SCALED.match(text)
        if scaled and (quantity.kind, quantity.bound) == ("count", "exact"):
            # Nobody counts 6万人 one by one: it is rounded, as a length is.
            interval = read_quantity(f"{scaled[0]}米").interval
            quantity = quantity._replace(interval=interval, bound="rounded")
    except AidstudyError as error:
        return {}, [("printed", "cannot be read as one figure", f"correct it ({error})")]
    cells = derived_cells(quantity, is_rule=fact["measure"] in EXACT_MEASURES)
    of_people = "person" if quantity.unit in ("人", "名") else unit
    wanted = {"unit": of_people if quantity.kind == "count" else cells["unit"]}
    wanted["value"] = cells["value"]
    told = [
        (column, f"the print {printed!r} gives {given}", f"correct the {column} or the print")
        for column, given in wanted.items()
        if given != fact[column]
    ]
    return {name: cells[name] for name in ("low", "high", "bound")}, told


def clean_tables(corrected: Cells, tables: Mapping[str, Table]) -> dict[str, pd.DataFrame]:
    """The clean tables that are asked for, as text cells, from the corrected ones."""
    derivations = {"figures": clean_figures, "context": clean_context}
    return {name: derivations.get(name, lambda cells: cells)(corrected[name]) for name in tables}
