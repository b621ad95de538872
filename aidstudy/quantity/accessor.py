"""What a column of quantities knows beside its numbers, and how a table leaves for elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from html import escape
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from aidstudy.errors import QuantityError
from aidstudy.quantity.dtype import TEXT, QuantityArray, QuantityDtype
from aidstudy.quantity.scalar import NO_ROW, Missing, Quantity, exact_number, unnamed, written
from aidstudy.quantity.stored import from_parts, packed, unpacked
from aidstudy.quantity.sums import each_once


@pd.api.extensions.register_series_accessor("quantity")
class QuantityAccessor:
    """What a column of quantities knows: ``series.quantity``.

    Works on columns of dtype ``quantity``, and on object columns of quantities such as pandas
    makes of ``map`` and ``apply``.

    >>> from aidstudy import funding_ratios
    >>> table = funding_ratios().set_index("recipient")
    >>> table["ratio"].quantity.state["ganzi"], table["ratio"].quantity.figures["ganzi"]
    ('printed', 'ganzi-021')
    """

    def __init__(self, series: pd.Series) -> None:
        if not isinstance(series.dtype, QuantityDtype):
            if series.dtype != object or not all(
                isinstance(one, Quantity) or pd.isna(one) for one in series
            ):
                raise AttributeError(
                    f"column {series.name!r} is {series.dtype}, not quantity; .quantity is for "
                    "columns of quantities. Of a row write row['quantity']"
                )
            series = pd.Series(QuantityArray.of(series), index=series.index, name=series.name)
        self._series = series

    @property
    def _array(self) -> QuantityArray:
        return self._series.array  # type: ignore[no-any-return]

    def _column(self, values: Any, dtype: Any = None) -> pd.Series:
        return pd.Series(values, index=self._series.index, name=self._series.name, dtype=dtype)

    def _told(self, tell: Callable[[Quantity], Any], dtype: str = TEXT) -> pd.Series:
        found = [None if isinstance(one, Missing) else tell(one) for one in self._array]
        return self._column(found, dtype)

    @property
    def value(self) -> pd.Series:
        """Values in the shown unit, float64; NaN where there is none."""
        return self._column(self._array.floats())

    @property
    def low(self) -> pd.Series:
        """Lower bounds in the shown unit, rounded down; -inf where the print sets none."""
        return self._column(self._array.ends()[0])

    @property
    def high(self) -> pd.Series:
        """Upper bounds in the shown unit, rounded up; inf where the print sets none."""
        return self._column(self._array.ends()[1])

    @property
    def err(self) -> np.ndarray[Any, Any]:
        """Distances to both bounds, shape (2, n): ``yerr`` of Matplotlib's ``errorbar``."""
        value, (low, high) = self._array.floats(), self._array.ends()
        with np.errstate(invalid="ignore"):
            return np.maximum(np.vstack([value - low, high - value]), 0.0)

    @property
    def unit(self) -> pd.Series:
        """The unit in which each row is shown."""
        return self._told(lambda one: one.unit)

    @property
    def state(self) -> pd.Series:
        """How each value came about, or why there is none."""
        return self._column([one.state for one in self._array], TEXT)

    @property
    def figures(self) -> pd.Series:
        """Ids of the printed figures behind each row, separated by blanks."""
        return self._told(lambda one: " ".join(one.figures))

    @property
    def facts(self) -> pd.Series:
        """Ids of the outside facts behind each row, separated by blanks."""
        return self._told(lambda one: " ".join(one.facts))

    @property
    def formula(self) -> pd.Series:
        """The formula of each row, over ids."""
        return self._told(lambda one: one.formula)

    @property
    def counts(self) -> pd.Series:
        """Whether a sum of the column takes the row.

        False for a figure that stood in an earlier row, and for a part whose whole is in the
        column. ``table[table["x"].quantity.counts]["value"].sum()`` is right where a column of
        floats alone would count twice.
        """
        told = ~self._array.isna()
        told[told], _, _ = each_once([one.term for one in self._array[told]])
        return self._column(told, "boolean")

    def to(self, unit: str) -> pd.Series:
        """The same quantities shown in another unit; an error if one measures something else."""
        return self._column(self._array.to(unit))

    def apply(self, function: Callable[[float], float]) -> pd.Series:
        """A function that only rises or only falls, with its bounds; the result has no unit."""
        return self._column(self._array.apply(function))

    def flat(self, *, exact: bool = False) -> pd.DataFrame:
        """Value, low, high, unit, state, figures and counts as ordinary columns; see `flat`."""
        return flat(self._series.to_frame("quantity"), exact=exact)


_NUMBERS = ("value", "low", "high")
_TEXTS = ("unit", "state", "figures", "formula")


def flat(table: pd.DataFrame | pd.Series, *, exact: bool = False) -> pd.DataFrame:
    """A table with ordinary columns in place of its quantities, to leave for elsewhere.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series
    exact : bool, default False
        With a text column that holds each formula exactly, so that :func:`read_flat` gives back
        the same quantities and figures that two of them share stay shared.

    Returns
    -------
    pandas.DataFrame
        For a column ``aid`` the columns ``aid`` (float64, in the shown unit), ``aid_low``,
        ``aid_high``, ``aid_unit``, ``aid_state``, ``aid_figures``, ``aid_formula`` and
        ``aid_counts`` (false where a sum must leave the row out); for a column ``quantity``
        plain ``value``, ``low``, ``high`` and so on, which replace those that stand there; what
        the table itself says of a stored result, such as its formula, stays.

    Raises
    ------
    QuantityError
        If the exact bounds of a formula cannot be found.

    Examples
    --------
    >>> from aidstudy import funding_ratios
    >>> flat(funding_ratios()[["recipient", "ratio"]]).columns[:4].tolist()
    ['recipient', 'ratio', 'ratio_low', 'ratio_high']
    """
    if isinstance(table, pd.Series):
        table = table.to_frame(table.name or "quantity")
    columns: dict[Any, Any] = {}
    for name in table.columns:
        column = table[name]
        if not isinstance(column.dtype, QuantityDtype):
            columns.setdefault(name, column)
            continue
        told = column.quantity
        numbers = (column.array.floats(), *column.array.ends())
        cells: dict[str, Any] = dict(zip(_NUMBERS, numbers, strict=True))
        cells |= {part: getattr(told, part).tolist() for part in (*_TEXTS, "counts")}
        if exact:
            cells["exact"] = [
                None if isinstance(one, Missing) else packed(one) for one in column.array
            ]
        if name == "quantity" and {*_NUMBERS, "unit"} <= {*table.columns}:
            _keep_own(cells, column.array, table)
        for part, values in cells.items():
            text = part in _TEXTS or part == "exact"
            dtype = TEXT if text else "boolean" if part == "counts" else float
            columns[_part(name, part)] = pd.Series(values, index=table.index, dtype=dtype)
    return pd.DataFrame(columns, index=table.index)


def _keep_own(cells: dict[str, Any], quantities: QuantityArray, table: pd.DataFrame) -> None:
    """What a table of stored results says of a row that is still as it was loaded.

    A stored result knows its own id alone; the table has its whole formula, and says in `state`
    of a row that holds words or a day that it is derived, where its quantity is not applicable.
    """
    as_loaded = np.ones(len(table), dtype=bool)
    for part in _NUMBERS:
        told, own = np.asarray(cells[part], float), table[part].to_numpy(float, na_value=np.nan)
        as_loaded &= (told == own) | (np.isnan(told) & np.isnan(own))
    texts = [part for part in _TEXTS if part in table]
    for row, (cell, unit) in enumerate(zip(quantities, table["unit"].fillna(""), strict=True)):
        gone = isinstance(cell, Missing)
        if not as_loaded[row] or (cell.state == NO_ROW if gone else cell.unit != unit):
            continue
        if gone or all(leaf.source == "result" for leaf in cell.term.leaves().values()):
            for part in texts:
                if not (gone and part == "state" and cell.state == "not_reported"):
                    cells[part][row] = table[part].iloc[row]


def _part(name: Any, part: str) -> str:
    if name == "quantity":
        return part
    return str(name) if part == "value" else f"{name}_{part}"


def read_flat(table: pd.DataFrame) -> pd.DataFrame:
    """The quantities of a table that :func:`flat` spread, also after a way through CSV.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        With ``exact`` columns the same quantities as before. Without them values, bounds, units,
        states and figures are those of the columns, but nobody knows any more what two numbers
        share or which is part of which: bounds of what is computed from them may be too wide,
        never too narrow, and a sum may add a part to its whole.

    Raises
    ------
    QuantityError
        If the table has no quantity to take back.

    Examples
    --------
    >>> from aidstudy import funding_ratios
    >>> read_flat(flat(funding_ratios()))["ratio"].dtype
    quantity
    """
    names = [str(name) for name in table.columns]
    starts = [name.removesuffix("state") for name in names if name.endswith("state")]
    found = [s for s in starts if f"{s}low" in names and f"{s}unit" in names]
    if not found:
        raise QuantityError(
            f"read_flat: the columns {', '.join(names[:6])}... hold no quantity; it needs value, "
            "low, high, unit and state, as aidstudy.flat writes them"
        )
    made = table.copy()
    for start in found:
        value = start.rstrip("_") or "value"
        parts = ("low", "high", "unit", "state", "figures", "formula", "counts", "exact")
        cells = table[[c for c in (value, *(start + p for p in parts)) if c in names]]
        array = QuantityArray.of(_taken_back(row, value, start) for row in cells.to_dict("records"))
        if value == "value":  # a table with one number a row keeps its floats
            gone, name = ["figures", "formula", "counts", "exact"], "quantity"
        else:
            gone, name = [c for c in cells.columns if c != value], value
        made = made.drop(columns=[c for c in gone if c in cells.columns])
        made[name] = pd.Series(array, index=table.index)
    return made


def _taken_back(row: dict[str, Any], value: str, start: str) -> Quantity | Missing:
    row = {name: None if cell == "" else cell for name, cell in row.items()}  # as Stata says it
    text = row.get(f"{start}exact")
    if isinstance(text, str) and text:
        return unpacked(text)
    if pd.isna(row[f"{start}unit"]) and pd.isna(row[value]) and pd.isna(row[f"{start}low"]):
        return Missing(str(row[f"{start}state"]))
    ends = (_end(row[name]) for name in (value, f"{start}low", f"{start}high"))
    names = ("unit", "state", "figures", "formula")
    told = (row.get(f"{start}{name}", "") for name in names)
    unit, state, figures, formula = ("" if pd.isna(one) else str(one) for one in told)
    name = formula or f"{figures or 'given'} = {row[value]}"
    return from_parts(*ends, unit=unit, state=state, figures=figures, name=name)


def _end(number: Any) -> Any:
    """A stored number as it is written; none for a gap or an open end."""
    if number is None or pd.isna(number) or np.isinf(float(number)):
        return None
    return exact_number(number.item() if isinstance(number, np.generic) else number)


# --- numbers of one's own ---------------------------------------------------------------------


def quantities(
    values: Any,
    unit: str = "",
    *,
    half: Any = None,
    low: Any = None,
    high: Any = None,
    names: Sequence[str] | None = None,
    index: Any = None,
) -> pd.Series:
    """A column of numbers that you bring along, with bounds.

    Parameters
    ----------
    values : array-like of float, shape (n,)
        In the shown unit. Read as they are written: 0.1 is a tenth. NaN is a gap.
    unit : str, default ""
    half : float or array-like, optional
        Half the width of the bounds, such as 0.005 for two printed decimals.
    low, high : array-like, optional
        Bounds instead of `half`. Without any, the numbers are exact.
    names : sequence of str, optional
        What formulas call them.
    index : optional
        Of the series; that of `values` when it is one.

    Returns
    -------
    pandas.Series
        Of dtype ``quantity``. Each call makes numbers of their own: two columns are independent.

    Raises
    ------
    QuantityError
        If a bound is on the wrong side of its value.

    Examples
    --------
    >>> quantities([1.5, 2.5], "m", half=0.05).sum()
    4.0 [3.9, 4.1] m
    """
    index = values.index if index is None and isinstance(values, pd.Series) else index
    shown = np.asarray(values, dtype=float)
    ends = (_exact_column(given, shown.shape) for given in (half, low, high))
    kept = [""] * len(shown) if names is None else [str(name) for name in names]
    rows = enumerate(zip(shown.tolist(), *ends, kept, strict=True))
    return pd.Series(QuantityArray.of(_own(row, unit, *told) for row, told in rows), index=index)


_VALUES = count()


def _exact_column(given: Any, shape: tuple[int, ...]) -> list[Any]:
    """A number for each row, read as it is written; ``None`` where none is given."""
    whole = np.broadcast_to(np.asarray(given, dtype=float), shape).tolist()
    return [None if given is None else exact_number(number) for number in whole]


def _own(
    row: int, unit: str, value: float, half: Any, low: Any, high: Any, name: str
) -> Quantity | Missing:
    """One number of one's own, its bounds on the right side."""
    exact = exact_number(value)
    if isinstance(exact, Missing):
        return exact
    if half is not None:
        low, high = exact - half, exact + half
    low, high = (exact if end is None else end for end in (low, high))
    if not low <= exact <= high:
        raise QuantityError(
            f"quantities, row {row}: read {value:g} with bounds {float(low):g} and "
            f"{float(high):g}: the value lies outside; exchange the ends if they were confused"
        )
    label = name or unnamed(f"value {next(_VALUES)}")
    return Quantity.given(value, unit, low=low, high=high, name=label)


# --- shown in a notebook ------------------------------------------------------------------------


class Shown:
    """A table as HTML: units once in the head, bounds in the cells, figures on hover and focus."""

    def __init__(self, table: pd.DataFrame) -> None:
        self._table = table

    def __repr__(self) -> str:
        return repr(self._table)

    def _repr_html_(self) -> str:
        heads, cells = [], []
        for name in self._table.columns:
            column, unit = self._table[name], ""
            if isinstance(column.dtype, QuantityDtype):
                unit = column.array.unit or ""
                cells.append([_html_cell(cell, unit=not unit) for cell in column.array])
            else:
                cells.append(["" if pd.isna(c) is True else escape(str(c)) for c in column])
            heads.append(
                f"<th scope='col'>{escape(f'{name} ({unit})' if unit else str(name))}</th>"
            )
        names = ("" if name is None else escape(str(name)) for name in self._table.index.names)
        corner = "".join(f"<th scope='col'>{name}</th>" if name else "<th></th>" for name in names)
        index = [
            "".join(f"<th scope='row'>{escape(str(part))}</th>" for part in parts)
            for parts in (one if isinstance(one, tuple) else (one,) for one in self._table.index)
        ]
        rows = (
            f"<tr>{head}{''.join(f'<td>{cell}</td>' for cell in row)}</tr>"
            for head, row in zip(index, zip(*cells, strict=True), strict=True)
        )
        return (
            f"<table class='dataframe'><thead><tr>{corner}{''.join(heads)}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )


def _html_cell(cell: Quantity | Missing, *, unit: bool) -> str:
    if isinstance(cell, Missing):
        return f"<em>{cell}</em>"
    figures, facts = " ".join(cell.figures), " ".join(cell.facts)
    told = [cell.state.replace("_", " "), f"figures {figures}" * bool(figures)]
    # A number as it was printed, or the formula that made it.
    leaf = cell.term.leaf
    told += [f"facts {facts}" * bool(facts), (leaf and leaf.printed) or cell.formula]
    title = escape("; ".join(filter(None, told)), quote=True)
    ids = escape(" ".join((*cell.figures, *cell.facts)), quote=True)
    behind = f" data-figures='{ids}'" if ids else ""
    return f"<span tabindex='0' title='{title}'{behind}>{escape(written(cell, unit=unit))}</span>"


def show(table: pd.DataFrame | pd.Series) -> Shown:
    """A table for a notebook, with bounds, units in the head and figures on hover.

    Parameters
    ----------
    table : pandas.DataFrame or pandas.Series

    Returns
    -------
    Shown
        What a notebook shows as HTML, and a terminal as pandas does. A cell can be reached with
        the keyboard, and tells its figures.

    Raises
    ------
    AttributeError
        If it is no table.

    Examples
    --------
    >>> from aidstudy import funding_ratios
    >>> "aid (CNY million)" in show(funding_ratios())._repr_html_()
    True
    """
    return Shown(table.to_frame() if isinstance(table, pd.Series) else table)


def notebook() -> None:
    """From here on show every table with quantities as :func:`show` does; IPython only.

    Raises
    ------
    QuantityError
        If no IPython is running.

    Examples
    --------
    >>> notebook()
    Traceback (most recent call last):
    aidstudy.errors.QuantityError: notebook: no IPython is running; call it in a notebook
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        raise QuantityError("notebook: no IPython is running; call it in a notebook")
    html = shell.display_formatter.formatters["text/html"]

    def formatted(table: pd.DataFrame) -> str:
        if any(isinstance(dtype, QuantityDtype) for dtype in table.dtypes):
            return Shown(table)._repr_html_()
        return str(table._repr_html_())

    html.for_type(pd.DataFrame, formatted)
