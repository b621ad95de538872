"""The pandas dtype ``quantity``: a column of quantities that pandas, NumPy and seaborn can use."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionDtype, register_extension_dtype
from pandas.api.indexers import check_array_indexer

from aidstudy.errors import QuantityError, UnitError
from aidstudy.quantity.reductions import Reductions, check_alike
from aidstudy.quantity.scalar import (
    NO_ROW,
    OPERATIONS,
    Missing,
    Ordered,
    PlainCell,
    Quantity,
    exact_number,
)
from aidstudy.quantity.stored import arrow_array, arrow_type, cells_of
from aidstudy.quantity.sums import share_of_row
from aidstudy.quantity.units import unit

TEXT = "str" if int(pd.__version__.split(".")[0]) >= 3 else "string[python]"
"""The dtype of text in tables: that of pandas itself, which compares without gaps in a mask."""

Cell = Quantity | Missing
Floats = NDArray[np.float64]
Places = NDArray[np.intp]

_MONOTONE = {np.log, np.log10, np.log2, np.log1p, np.exp, np.expm1, np.sqrt, np.cbrt}


# For a pair of categories that no row has pandas 2 fills sums with 0 (`crosstab`, `groupby` with
# observed=False); nothing was added there, so it is a gap as in pandas 3.
_ZERO_FOR_NOTHING = int(pd.__version__.split(".")[0]) < 3


@register_extension_dtype
class QuantityDtype(ExtensionDtype):  # type: ignore[misc]  # pandas has no types
    """The dtype of a column of :class:`~aidstudy.Quantity`; its name is ``"quantity"``.

    Examples
    --------
    >>> import pandas as pd
    >>> pd.Series([Quantity.given("1.5", "m"), None], dtype="quantity")
    0    1.5 [1.45, 1.55] m
    1                   NaN
    dtype: quantity
    """

    name = "quantity"
    type = Quantity
    kind = "f"
    itemsize = 8
    na_value = Missing(NO_ROW)
    _is_numeric = True

    def __repr__(self) -> str:
        return self.name

    @classmethod
    def construct_array_type(cls) -> Any:
        return QuantityArray

    def _get_common_dtype(self, dtypes: list[Any]) -> Any:
        """Quantities with floats, too: objects would add a joint sum twice."""
        plain = (np.dtype, pd.Float64Dtype, pd.Int64Dtype)
        alike = all(
            isinstance(one, QuantityDtype) or (isinstance(one, plain) and one.kind in "fiu")
            for one in dtypes
        )
        return self if alike else None

    def __from_arrow__(self, array: Any) -> QuantityArray:
        return QuantityArray.of(cells_of(array))


class QuantityArray(Ordered, Reductions):
    """The array behind a column of dtype ``quantity``; made by ``QuantityArray.of``.

    Parameters
    ----------
    cells : numpy.ndarray of object
        A quantity or a gap for each row.

    Examples
    --------
    >>> array = QuantityArray.of([Quantity.given("1.5", "m"), None])
    >>> len(array), array.isna().tolist()
    (2, [False, True])
    """

    __array_priority__ = 1000
    dtype = QuantityDtype()

    def __init__(self, cells: NDArray[Any]) -> None:
        self._cells = cells

    # --- made from ------------------------------------------------------------------------------

    @classmethod
    def of(cls, scalars: Iterable[object]) -> QuantityArray:
        """An array of quantities and gaps; a bare number is refused, as nobody knows its bounds."""
        return cls(_objects([_scalar(one) for one in scalars]))

    @classmethod
    def _from_sequence(cls, scalars: Any, *, dtype: object = None, copy: bool | None = None) -> Any:
        if isinstance(scalars, QuantityArray):
            return scalars.copy() if copy else scalars
        if isinstance(scalars, pd.Series) and isinstance(scalars.dtype, QuantityDtype):
            return scalars.array.copy()
        row = isinstance(scalars, np.ndarray) and any(map(_is_number, scalars))
        if row and copy is None and any(isinstance(one, (Quantity, Missing)) for one in scalars):
            # pandas asks so, without `copy`, when it takes a row or the sums out of a table in
            # which quantities stand beside numbers: that row is objects.
            return scalars
        return cls.of(list(scalars))

    @classmethod
    def _from_scalars(cls, scalars: Any, *, dtype: object) -> QuantityArray:
        try:
            return cls.of(scalars)
        except TypeError as error:
            raise ValueError("not all are quantities") from error

    def _cast_pointwise_result(self, values: Any) -> Any:
        if any(isinstance(one, Quantity) for one in values):
            with suppress(TypeError):
                return type(self).of(values)
        return super()._cast_pointwise_result(values)

    # --- parts ----------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._cells)

    @property
    def nbytes(self) -> int:
        return int(self._cells.nbytes)

    @property
    def unit(self) -> str | None:
        """The unit in which all rows are shown; ``None`` if there are several, or no row."""
        units = {cell.unit for cell in self._cells if isinstance(cell, Quantity)}
        return units.pop() if len(units) == 1 else None

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, (int, np.integer)):
            return self._cells[item]
        item = check_array_indexer(self, item)
        made = type(self)(self._cells[item])
        if isinstance(item, slice):
            made._readonly = getattr(self, "_readonly", False)
        return made

    def take(
        self, indices: Any, *, allow_fill: bool = False, fill_value: object = None
    ) -> QuantityArray:
        if _ZERO_FOR_NOTHING and _is_number(fill_value) and fill_value == 0:
            fill_value = Missing("not_reported")
        if not allow_fill:
            return type(self)(self._cells.take(np.asarray(indices, dtype=np.intp)))
        rows = pd.api.extensions.take(
            np.arange(len(self)), np.asarray(indices, dtype=np.intp), allow_fill=True, fill_value=-1
        )
        fill = [_scalar(fill_value)] if (rows < 0).any() else []
        return type(self)(_objects([*self._cells, *fill])[rows])

    def __setitem__(self, item: Any, value: Any) -> None:
        if getattr(self, "_readonly", False):
            raise ValueError("Cannot modify read-only array")
        alone = isinstance(value, (Quantity, Missing)) or not _is_listlike(value)
        if isinstance(item, (int, np.integer)) and not alone:
            if len(value) != 1:
                raise ValueError("setting an array element with a sequence")
            alone, value = True, _array(value)[0]
        _, other = _in_one_unit([self, type(self).of([value]) if alone else _array(value)])
        self._cells[check_array_indexer(self, item)] = other[0] if alone else other

    def copy(self) -> QuantityArray:
        return type(self)(self._cells.copy())

    def view(self, dtype: object = None) -> Any:
        """Another array of the same cells: what is set in one is set in both."""
        return self[:] if dtype is None else super().view(dtype)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[QuantityArray]) -> QuantityArray:
        return cls(np.concatenate(_in_one_unit(to_concat)))

    def isna(self) -> NDArray[np.bool_]:
        return np.array([isinstance(cell, Missing) for cell in self._cells], dtype=bool)

    # --- numbers --------------------------------------------------------------------------------

    def floats(self) -> Floats:
        """Values in the shown unit; NaN where there is no single value."""
        return np.array([cell.value for cell in self._cells], dtype=float)

    def _in_base(self) -> Floats:
        """Values in base units; NaN where there is no single value."""
        values = (None if isinstance(cell, Missing) else cell.in_base_units for cell in self._cells)
        return np.array(list(values), dtype=float)

    def ends(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds in the shown unit; infinite where an end is open."""
        ends = [(cell.low, cell.high) for cell in self._cells]
        low, high = np.array(ends, dtype=float).reshape(-1, 2).T
        return low, high

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("numbers are made of quantities; no array without a copy")
        if dtype is not None and np.dtype(dtype) == object:
            # Matplotlib asks for objects and adds floats to them, pandas prints them.
            return _objects(
                [
                    one if isinstance(one, Missing) else PlainCell(one.term, one.unit)
                    for one in self._cells
                ]
            )
        made = self.floats()
        return made if dtype is None else made.astype(dtype, copy=False)

    def to_numpy(
        self, dtype: Any = None, copy: bool = False, na_value: object = pd.api.extensions.no_default
    ) -> NDArray[Any]:
        # Quantities unless numbers are asked for: pandas turns frames round through here.
        wants_objects = dtype is None or np.dtype(dtype) == object
        made = self._cells.copy() if wants_objects else self.__array__(dtype)
        if na_value is not pd.api.extensions.no_default:
            made[self.isna()] = na_value
        return made

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        if dtype is str:
            return self._texts()
        wanted = pd.api.types.pandas_dtype(dtype)
        if isinstance(wanted, QuantityDtype):
            return self.copy() if copy else self
        if isinstance(wanted, pd.StringDtype):
            texts = self._texts()
            texts[self.isna()] = None
            return wanted.construct_array_type()._from_sequence(texts, dtype=wanted)
        if wanted.kind in "iuf":
            made = pd.Series(self.floats()).astype(wanted)
            return np.array(made) if isinstance(wanted, np.dtype) else made.array
        if isinstance(wanted, np.dtype) and wanted.kind in "OU":
            return (self._cells if wanted.kind == "O" else self._texts()).astype(wanted)
        return super().astype(dtype, copy)

    def _texts(self) -> NDArray[Any]:
        """Numbers as CSV and SQL write them; ``nan`` where there is none."""
        return np.array([repr(float(x)) for x in self.floats()], dtype=object)

    # --- arithmetic -----------------------------------------------------------------------------

    def _operands(self, other: Any) -> Any:
        """The other side: a quantity, an exact number or a gap for each row."""
        if isinstance(other, (pd.Series, pd.DataFrame, pd.Index)):
            return NotImplemented
        if not isinstance(other, QuantityArray) and not _is_listlike(other):
            return [_operand(other)] * len(self)
        rows = other._cells if isinstance(other, QuantityArray) else list(map(_operand, other))
        if len(rows) != len(self):
            raise ValueError(f"Lengths must match: {len(self)} and {len(rows)} rows")
        return rows

    def _binary(self, other: Any, op: str, swapped: bool) -> Any:
        others = self._operands(other)
        if others is NotImplemented:
            return others
        plain = {one for one in others if isinstance(one, Fraction)}
        if len(plain) > 1 and (op == "*" or (op == "/" and not swapped)):
            # One number in every row leaves figures what they are; numbers that differ share a
            # figure out among its rows.
            others = [share_of_row(n) if isinstance(n, Fraction) else n for n in others]
            swapped = False
        return type(self).of(self._row_by_row(OPERATIONS[op], others, swapped))

    def _row_by_row(
        self, function: Callable[[Any, Any], Any], others: Iterable[Any], swapped: bool = False
    ) -> list[Any]:
        """What a function gives of each row and its operand; an error names the row."""
        made = []
        for row, (cell, other) in enumerate(zip(self._cells, others, strict=True)):
            try:
                made.append(function(other, cell) if swapped else function(cell, other))
            except (QuantityError, UnitError) as error:
                raise type(error)(f"row {row}, {error}", printed=error.printed) from None
        return made

    def __neg__(self) -> QuantityArray:
        return type(self).of(-cell for cell in self._cells)

    def __pos__(self) -> QuantityArray:
        return self.copy()

    def __abs__(self) -> QuantityArray:
        return type(self).of(abs(cell) for cell in self._cells)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if any(isinstance(one, (pd.Series, pd.DataFrame, pd.Index)) for one in inputs):
            return NotImplemented
        from pandas.core import arraylike

        made = arraylike.maybe_dispatch_ufunc_to_dunder_op(self, ufunc, method, *inputs, **kwargs)
        if made is not NotImplemented:
            return made
        if method == "reduce":
            made = arraylike.dispatch_reduction_ufunc(self, ufunc, method, *inputs, **kwargs)
            if made is not NotImplemented:
                return made
        if method == "__call__" and ufunc in _MONOTONE and not kwargs:
            return self.apply(ufunc)
        plain = (np.asarray(x) if isinstance(x, QuantityArray) else x for x in inputs)
        return getattr(ufunc, method)(*plain, **kwargs)

    def apply(self, function: Callable[[float], float]) -> QuantityArray:
        """A function that only rises or only falls, of the numbers in the shown unit."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return type(self).of(
                cell if isinstance(cell, Missing) else cell.apply(function) for cell in self._cells
            )

    def to(self, text: str) -> QuantityArray:
        """The same quantities, shown in another unit; rows of another kind are refused."""
        return type(self).of(
            cell if isinstance(cell, Missing) else cell.to(text) for cell in self._cells
        )

    # --- comparison and order -------------------------------------------------------------------

    def _compared(self, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        others = self._operands(other)
        if others is NotImplemented:
            return others
        if compare not in (operator.eq, operator.ne) and not isinstance(other, QuantityArray):
            check_alike(self._cells, "comparison with a number")
        return np.array(self._row_by_row(compare, others), dtype=bool)

    def isin(self, values: Any) -> NDArray[np.bool_]:
        """Whether each row equals one of some quantities or numbers in the shown unit."""
        found = np.zeros(len(self), dtype=bool)
        for one in values:
            found |= self.isna() if _is_gap(one) else self._compared(one, operator.eq)
        return found

    def _kinds(self) -> Places:
        """A number for what each row measures; at a gap it means nothing."""
        dims = [isinstance(cell, Quantity) and cell._unit.dims for cell in self._cells]
        found = sorted({one for one in dims if one is not False})
        return np.array([0 if one is False else found.index(one) for one in dims], dtype=np.intp)

    def _values_for_argsort(self) -> Any:
        """Values, or where several kinds are mixed places by kind and then by value."""
        kinds, base = self._kinds(), self._in_base()
        if not kinds.any():
            return base
        places = np.empty(len(self))
        places[np.lexsort((base, kinds))] = np.arange(len(self))
        return np.where(np.isnan(base), np.nan, places)

    def _keys(self) -> Any:
        """What makes two rows equal: what they measure, and the value."""
        kinds, base = self._kinds(), self._in_base()
        return base + 1j * kinds if kinds.any() else base

    def argsort(
        self,
        *,
        ascending: bool = True,
        kind: Any = "quicksort",
        na_position: str = "last",
        **_: Any,
    ) -> Places:
        """Places of the rows in order; bounds without a value stand behind all values."""
        values, gone, known = self._values_for_argsort(), self.isna(), self._ranked()
        order = known[np.argsort(values[known] if ascending else -values[known], kind="stable")]
        order = np.concatenate([order, np.flatnonzero(np.isnan(values) & ~gone)])
        gaps_ = np.flatnonzero(gone)
        return np.concatenate([order, gaps_] if na_position == "last" else [gaps_, order])

    def argmin(self, skipna: bool = True) -> int:
        return self._first(skipna, "argmin")

    def argmax(self, skipna: bool = True) -> int:
        return self._first(skipna, "argmax")

    def _first(self, skipna: bool, which: str) -> int:
        known = self._ranked()
        if not len(known) or (not skipna and self.isna().any()):
            return int(getattr(super(), which)(skipna))  # raises
        return int(known[getattr(np, which)(self._values_for_argsort()[known])])

    def _ranked(self) -> Places:
        """Rows with a value; bounds without one are neither the least nor the most."""
        return np.flatnonzero(~np.isnan(self._values_for_argsort()))

    def factorize(self, use_na_sentinel: bool = True) -> tuple[Any, QuantityArray]:
        codes, _ = pd.factorize(self._keys(), use_na_sentinel=use_na_sentinel)
        found, firsts = np.unique(codes, return_index=True)
        return codes, self[firsts[found >= 0]]

    def unique(self) -> QuantityArray:
        return self.factorize(use_na_sentinel=False)[1]

    def duplicated(self, keep: Any = "first") -> NDArray[np.bool_]:
        return np.asarray(pd.Series(self._keys()).duplicated(keep=keep))

    def _values_for_factorize(self) -> tuple[Any, Any]:
        return self._keys(), np.nan

    def value_counts(self, dropna: bool = True) -> pd.Series:
        codes, found = self.factorize(use_na_sentinel=dropna)
        counts = np.bincount(codes[codes >= 0], minlength=len(found))
        order = np.argsort(-counts, kind="stable")
        return pd.Series(counts[order], index=pd.Index(found[order]), name="count", dtype="int64")

    def _mode(self, dropna: bool = True) -> Any:
        counts = self.value_counts(dropna=dropna)
        return counts.index[counts == counts.max()].array

    # --- shown and stored -----------------------------------------------------------------------

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str]:
        return repr

    def _values_for_json(self) -> Floats:
        return self.floats()

    def __arrow_array__(self, type: Any = None) -> Any:
        return arrow_array(self, self.floats(), *self.ends())


def _scalar(one: object) -> Quantity | Missing:
    if isinstance(one, (Quantity, Missing)):
        return one
    if _is_gap(one):
        return Missing(NO_ROW)
    raise TypeError(
        f"{one!r}: a bare {type(one).__name__} is no quantity, as nobody knows its unit and "
        "bounds; make one with Quantity.given, a column with quantities(values, unit, half=...), "
        "or leave the quantities first, as in .astype(float).fillna(0)"
    )


def _operand(one: Any) -> Any:
    """A quantity or a gap, or a plain number as an exact one."""
    number = one if isinstance(one, (Quantity, Missing)) else exact_number(one)
    return one if number is NotImplemented else number


def _is_gap(one: object) -> bool:
    return isinstance(one, Missing) or isinstance(exact_number(one), Missing)


def _is_number(one: object) -> bool:
    return isinstance(exact_number(one), Fraction)


def _is_listlike(one: object) -> bool:
    return pd.api.types.is_list_like(one) and not isinstance(one, (Quantity, dict, set))


def _array(values: Any) -> QuantityArray:
    if isinstance(values, pd.Series):
        values = values.array
    return values if isinstance(values, QuantityArray) else QuantityArray.of(list(values))


def _objects(cells: Sequence[Cell]) -> NDArray[Any]:
    return np.fromiter(cells, object, len(cells))


def _in_one_unit(arrays: Sequence[QuantityArray]) -> list[NDArray[Any]]:
    """The cells of columns that are to be one: 万元 and CNY million get the unit of the first."""
    units = [one.unit for one in arrays if not one.isna().all()]
    kinds = {None if text is None else unit(text).dims for text in units}
    if units and len(set(units)) > 1 and len(kinds) == 1 and any(kinds):
        arrays = [one.to(str(units[0])) for one in arrays]
    return [one._cells for one in arrays]


if "pyarrow" in sys.modules:
    arrow_type()  # so that Parquet files give quantities back; pandas has imported pyarrow
