"""From what a person decided to the clean tables: corrections, then what the print says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod

import pandas as pd

from aidstudy.codebook import (
    CONTEXT,
    CONTEXT_CLEAN,
    DRAFT,
    FIGURES,
    FIGURES_RAW,
    OUTSIDE_TABLES,
    RAW_TABLES,
    UNITS,
    Table,
)
from aidstudy.errors import AidstudyError, Fault, NumeralError, TableError
from aidstudy.intervals import Interval, plain, rounding_interval
from aidstudy.reading.quantities import Reading, read_quantity
from aidstudy.tables.files import read_cells, row_name, rows_of
from aidstudy.tables.study import Study

Cells = Mapping[str, pd.DataFrame]

EXACT_MEASURES = frozenset({"rule_ratio"})
"""What is exact however it is printed, because it sets a rule."""

_FACT = re.compile(r"(?P<near>近)?(?P<numeral>[0-9]{1,40}(?:\.[0-9]{1,40})?)(?P<words>\D*)")
_YEAR = re.compile("[12][0-9]{3}")
_HINTS = {"kind_hint": "kind", "unit_hint": "unit", "year_hint": "year"}
_SCALES = {
    "万": Fraction(10**4),
    "亿": Fraction(10**8),
    "million": Fraction(10**6),
    "公里": Fraction(1000),
    "千米": Fraction(1000),
    "km": Fraction(1000),
}
_UNIT_WORDS = {
    "元": "CNY",
    "%": "%",
    "公里": "m",
    "千米": "m",
    "km": "m",
    "立方米": "m3",
    "人": "person",
    "名": "person",
}


def raw_cells(study: Study) -> dict[str, pd.DataFrame]:
    """Every table that people type, as text cells, before corrections.

    Returns
    -------
    dict of str to pandas.DataFrame
        The tables of ``data/raw/`` and the outside ones, by name.

    Raises
    ------
    TableError
        With the faults of every file together.
    FileError
        If a file is missing.
    """
    faults: list[Fault] = []
    tables: dict[str, pd.DataFrame] = {}
    for name, table in {**RAW_TABLES, **OUTSIDE_TABLES}.items():
        label = file_name(name)
        try:
            tables[name] = read_cells(study.folder / label, table.names, name=label)
        except TableError as error:
            faults.extend(error.faults)
    if faults:
        raise TableError.from_faults(faults, what="tables that cannot be read")
    return tables


def file_name(table: str) -> str:
    """Where a table stands below the study's folder, for paths and messages.

    Examples
    --------
    >>> file_name("figures"), file_name("context")
    ('data/raw/figures.csv', 'data/context.csv')
    """
    beside = table in OUTSIDE_TABLES or table == DRAFT.name
    return f"data/{table}.csv" if beside else f"data/raw/{table}.csv"


def apply_corrections(tables: Cells) -> dict[str, pd.DataFrame]:
    """The tables with every correction made.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Text cells by table, ``corrections`` among them.

    Returns
    -------
    dict of str to pandas.DataFrame
        New tables; the old ones are left as they are.

    Raises
    ------
    TableError
        If a correction names a table, row or column that is not there, or the cell does not
        hold what the correction says it holds.
    """
    corrected = {name: cells.copy() for name, cells in tables.items()}
    faults: list[Fault] = []
    specs = {**RAW_TABLES, **OUTSIDE_TABLES}
    for row, told in corrected["corrections"].to_dict("index").items():
        place = f"{file_name('corrections')}, row {row}"
        name, key, column = told["table"], told["row"], told["column"]
        if name not in corrected or name == "corrections":
            faults.append(
                Fault(
                    place,
                    "table",
                    name,
                    "no such table",
                    "name one of " + ", ".join(t for t in specs if t != "corrections"),
                )
            )
            continue
        cells, table = corrected[name], specs[name]
        keys = cells[list(table.key)].itertuples(index=False)
        rows = [at for at, found in zip(cells.index, keys, strict=True) if " ".join(found) == key]
        if len(rows) != 1:
            faults.append(
                Fault(
                    place,
                    "row",
                    key,
                    f"matches {len(rows)} rows of {name}",
                    f"give the row's {' and '.join(table.key)}",
                )
            )
        elif column not in cells.columns:
            faults.append(
                Fault(
                    place,
                    "column",
                    column,
                    f"not a column of {name}",
                    "name one of " + ", ".join(table.names),
                )
            )
        elif cells.at[rows[0], column] != told["from"]:
            faults.append(
                Fault(
                    place,
                    "from",
                    told["from"],
                    f"the cell holds {cells.at[rows[0], column]!r}",
                    "a correction must match what stands there",
                )
            )
        elif told["to"] == told["from"]:
            faults.append(
                Fault(place, "to", told["to"], "it stands there already", "delete the correction")
            )
        else:
            cells.at[rows[0], column] = told["to"]
    if faults:
        raise TableError.from_faults(faults, what="corrections that match nothing")
    return corrected


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
    faults: list[Fault] = []
    read: list[dict[str, str]] = []
    for row, typed in rows_of(raw).items():
        place = f"{file_name('figures')}, {row_name(raw, row, FIGURES_RAW)}"
        hints = {column: typed[column] for column in _HINTS if typed[column]}
        year = hints.get("year_hint", "2000")
        if not _YEAR.fullmatch(year):
            faults.append(Fault(place, "year_hint", year, "not a year", "write its four digits"))
            continue
        try:
            quantity = _read(typed["printed"], hints)
        except AidstudyError as error:
            faults.append(
                Fault(
                    place,
                    "printed",
                    typed["printed"],
                    "cannot be read as one figure",
                    f"correct it or its hints ({error})",
                )
            )
            continue
        faults += [
            Fault(place, column, hint, "the print says so without the hint", "leave it empty")
            for column, hint in hints.items()
            if _is_idle(typed["printed"], hints, column, quantity)
        ]
        cells = derived_cells(quantity, is_rule=typed["measure"] in EXACT_MEASURES)
        if quantity.kind == "count":
            cells["unit"] = typed["counted"]
        elif typed["counted"]:
            faults.append(
                Fault(
                    place,
                    "counted",
                    typed["counted"],
                    f"the figure is of kind {quantity.kind} and counts nothing",
                    "leave it empty",
                )
            )
        read.append(cells)
    if faults:
        raise TableError.from_faults(faults, what="figures that cannot be read")
    derived = pd.DataFrame(read, index=raw.index, columns=list(_DERIVED), dtype=object)
    return pd.concat([raw, derived], axis=1)[list(FIGURES.names)]


def _check_typed(raw: pd.DataFrame) -> None:
    """A table that a program hands over: its columns, its cells as text, its row numbers."""
    missing = [column for column in FIGURES_RAW.names if column not in raw.columns]
    faults = [
        Fault("the raw figures", column, "", "the column is missing", "add it")
        for column in missing
    ]
    if not raw.index.is_unique:
        faults.append(
            Fault("the raw figures", "", "", "row numbers stand twice", "reset the index")
        )
    if not faults:
        text = raw[list(FIGURES_RAW.names)].map(lambda cell: isinstance(cell, str))
        faults += [
            Fault(
                f"the raw figures, row {raw.index[~text[column]][0]}",
                column,
                str(raw.loc[~text[column], column].iloc[0]),
                "not text",
                "read the file with dtype=str and keep_default_na=False",
            )
            for column in text.columns[~text.all()]
        ]
    if faults:
        raise TableError.from_faults(faults, what="raw figures")


def _read(printed: str, hints: Mapping[str, str]) -> Reading:
    year = hints.get("year_hint")
    return read_quantity(
        printed,
        kind=hints.get("kind_hint"),
        unit=hints.get("unit_hint"),
        year=int(year) if year else None,
    )


def _is_idle(printed: str, hints: Mapping[str, str], column: str, quantity: Reading) -> bool:
    """Whether the figure reads the same without one of its hints, so that the hint says nothing."""
    try:
        return _read(printed, {name: hints[name] for name in hints if name != column}) == quantity
    except AidstudyError:
        return False


_DERIVED = ("numeral", "kind", "value", "unit", "low", "high", "bound")


def derived_cells(quantity: Reading, *, is_rule: bool) -> dict[str, str]:
    """The cells of a clean table that follow from the print alone.

    Examples
    --------
    >>> derived_cells(read_quantity("约1亿元"), is_rule=False)["high"]
    '150000000'
    """
    if is_rule:
        value = low = high = quantity.value
    else:
        value, low, high = quantity.value, quantity.low, quantity.high
    return {
        "numeral": quantity.numeral,
        "kind": quantity.kind,
        "value": _cell(value, "ROUND_HALF_EVEN"),
        "unit": quantity.unit,
        "low": _cell(low, "ROUND_FLOOR"),
        "high": _cell(high, "ROUND_CEILING"),
        "bound": "exact" if is_rule else quantity.bound,
    }


def _cell(value: Fraction | str | None, rounding: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(value, rounding=rounding)


def clean_context(context: pd.DataFrame) -> pd.DataFrame:
    """Outside facts with the bounds that their own print allows.

    Parameters
    ----------
    context : pandas.DataFrame
        Text cells of ``data/context.csv``.

    Returns
    -------
    pandas.DataFrame
        The same columns, then ``low``, ``high`` and ``bound``, by the rules that hold for the
        page. A rule is exact. A population printed to the 万 is rounded, not a count.

    Raises
    ------
    TableError
        With every fact whose print cannot be read, or gives another value than the one typed.
    """
    faults: list[Fault] = []
    read: list[dict[str, str]] = []
    for row, fact in context.to_dict("index").items():
        place = f"{file_name('context')}, {row_name(context, row, CONTEXT)}"
        try:
            value, bounds, bound = _fact_bounds(fact)
        except NumeralError as error:
            faults.append(
                Fault(
                    place,
                    "printed",
                    fact["printed"],
                    "cannot be read as one figure",
                    f"correct it ({error})",
                )
            )
            continue
        wrong_unit = {unit for word, unit in _UNIT_WORDS.items() if word in fact["printed"]} - {
            fact["unit"]
        }
        if wrong_unit:
            faults.append(
                Fault(
                    place,
                    "unit",
                    fact["unit"],
                    f"the print {fact['printed']!r} gives {' '.join(wrong_unit)}",
                    "correct the unit or the print",
                )
            )
        if plain(value) != fact["value"]:
            faults.append(
                Fault(
                    place,
                    "value",
                    fact["value"],
                    f"the print {fact['printed']!r} gives {plain(value)}",
                    "correct the value or the print",
                )
            )
        low, high = bounds.closed()
        read.append({"low": plain(low), "high": plain(high), "bound": bound})
    if faults:
        raise TableError.from_faults(faults, what="outside facts that cannot be read")
    derived = pd.DataFrame(
        read, index=context.index, columns=["low", "high", "bound"], dtype=object
    )
    return pd.concat([context, derived], axis=1)[list(CONTEXT_CLEAN.names)]


def _fact_bounds(fact: Mapping[str, str]) -> tuple[Fraction, Interval, str]:
    """Value, bounds and kind of bound of a fact printed in Chinese or English."""
    found = _FACT.fullmatch(fact["printed"])
    if found is None:
        raise NumeralError(f"read {fact['printed']!r}: it needs digits, such as '67.23亿元'")
    numeral, words = found["numeral"], found["words"]
    scale = prod((factor for word, factor in _SCALES.items() if word in words), start=Fraction(1))
    value = Fraction(numeral) * scale
    if found["near"]:
        decimals = len(numeral.partition(".")[2].rstrip("0"))
        return value, Interval(value - scale / 10**decimals, value), "under"
    counted = fact["unit"] not in UNITS and scale == 1
    if counted or fact["measure"] in EXACT_MEASURES:
        return value, Interval.exactly(value), "exact"
    return value, rounding_interval(numeral, scale=scale), "rounded"


DERIVATIONS: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "figures": clean_figures,
    "context": clean_context,
}


def clean_tables(corrected: Cells, tables: Mapping[str, Table]) -> dict[str, pd.DataFrame]:
    """The clean tables, as text cells, from the corrected ones.

    Parameters
    ----------
    corrected : mapping of str to pandas.DataFrame
        Text cells after :func:`apply_corrections`.
    tables : mapping of str to Table
        Which clean tables to make.

    Returns
    -------
    dict of str to pandas.DataFrame
    """
    return {
        name: DERIVATIONS[name](corrected[name]) if name in DERIVATIONS else corrected[name]
        for name in tables
    }


__all__ = [
    "EXACT_MEASURES",
    "apply_corrections",
    "clean_context",
    "clean_figures",
    "clean_tables",
    "derived_cells",
    "file_name",
    "raw_cells",
]
