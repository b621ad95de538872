"""The pandas dtype ``quantity``: a column of quantities that pandas, NumPy and seaborn can use."""

from __future__ import annotations

import numbers
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionDtype, register_extension_dtype
from pandas.api.indexers import check_array_indexer

from aidstudy.quantity.columns import (
    KNOWN,
    STATES,
    Combined,
    Floats,
    Held,
    Mapped,
    Node,
    Numbers,
    Places,
    Taken,
    Units,
    gaps,
    joined,
    taken,
)
from aidstudy.quantity.reductions import Reductions
from aidstudy.quantity.scalar import (
    NO_ROW,
    Missing,
    Ordered,
    PlainCell,
    Quantity,
    exact_number,
    refuse_plain,
    refuse_units,
)
from aidstudy.quantity.stored import arrow_array, arrow_type, cells_of
from aidstudy.quantity.units import unit

TEXT = "str" if int(pd.__version__.split(".")[0]) >= 3 else "string[python]"
"""The dtype of text in tables: that of pandas itself, which compares without gaps in a mask."""

_EQUALITY = (operator.eq, operator.ne)
_MONOTONE = {np.log, np.log10, np.log2, np.log1p, np.exp, np.expm1, np.sqrt, np.cbrt}


# For a pair of categories that no row has pandas 2 fills sums with 0 (`crosstab`, `groupby` with
# observed=False); nothing was added there, so it is a gap as in pandas 3.
_ZERO_FOR_NOTHING = int(pd.__version__.split(".")[0]) < 3

# Up to so many rows bounds are those of the exact formulas, as they would be written; of more
# rows they are rounded outward at each step, a few units of the last binary digit wider.
_EXACT_ENDS = 1_000
# And only of short formulas: each costs the square of its figures, a second for a hundred shares
# of one sum of a hundred.
_EXACT_WORK = 100_000


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
    node : Node
        How the column came about.
    units : str or Units
        In which unit the rows are shown.

    Examples
    --------
    >>> array = QuantityArray.of([Quantity.given("1.5", "m"), None])
    >>> len(array), array.isna().tolist()
    (2, [False, True])
    """

    __array_priority__ = 1000
    dtype = QuantityDtype()

    def __init__(self, node: Node, units: Units | str) -> None:
        told = Units.all(units, len(node)) if isinstance(units, str) else units
        self._content = SimpleNamespace(node=node, units=told)  # which views share

    @property
    def _node(self) -> Node:
        return self._content.node  # type: ignore[no-any-return]

    @property
    def _units(self) -> Units:
        return self._content.units  # type: ignore[no-any-return]

    # --- made from ------------------------------------------------------------------------------

    @classmethod
    def of(cls, scalars: Iterable[object]) -> QuantityArray:
        """An array of quantities and gaps; a bare number is refused, as nobody knows its bounds."""
        found = [_scalar(one) for one in scalars]
        terms = [one.term if isinstance(one, Quantity) else None for one in found]
        codes = [KNOWN if isinstance(one, Quantity) else STATES.index(one.state) for one in found]
        node = Held(terms, codes)
        return cls(node, Units.of(one.unit for one in found).settled(node.miss))

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
        return len(self._node)

    @property
    def nbytes(self) -> int:
        return int(self._node.v.nbytes + self._node.miss.nbytes)

    def _cell(self, row: int) -> Quantity | Missing:
        node, code = self._node, self._node.miss[row]
        if code:
            return Missing(STATES[code])
        return Quantity(lambda: node.term(row), self._units[row], (node, row))

    def _known(self, row: int) -> Quantity:
        """The quantity of a row that has one."""
        cell = self._cell(row)
        assert isinstance(cell, Quantity)
        return cell

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, (int, np.integer)):
            row = int(item)
            if not -len(self) <= row < len(self):
                raise IndexError(f"index {row} is out of bounds for axis 0 with size {len(self)}")
            return self._cell(row % len(self))
        item = check_array_indexer(self, item)
        if isinstance(item, slice) and item == slice(None):
            return self.view()
        made = self._taken(np.arange(len(self), dtype=np.intp)[item])
        if isinstance(item, slice):
            made._readonly = getattr(self, "_readonly", False)
        return made

    def _taken(self, rows: Places) -> QuantityArray:
        return type(self)(taken(self._node, rows), self._units.taken(rows))

    def take(
        self, indices: Any, *, allow_fill: bool = False, fill_value: object = None
    ) -> QuantityArray:
        asked, rows = np.asarray(indices, dtype=np.intp), np.arange(len(self), dtype=np.intp)
        if not allow_fill:
            return self._taken(rows.take(asked))
        made = self._taken(pd.api.extensions.take(rows, asked, allow_fill=True, fill_value=-1))
        if _ZERO_FOR_NOTHING and _is_number(fill_value) and fill_value == 0:
            fill_value = Missing("not_reported")
        plain = _is_gap(fill_value) and getattr(fill_value, "state", NO_ROW) == NO_ROW
        if not plain and (asked < 0).any():
            made[asked < 0] = fill_value
        return made

    def __setitem__(self, item: Any, value: Any) -> None:
        if getattr(self, "_readonly", False):
            raise ValueError("Cannot modify read-only array")
        rows = np.arange(len(self), dtype=np.intp)
        places = np.atleast_1d(rows[check_array_indexer(self, item)])
        if isinstance(value, (Quantity, Missing)) or not _is_listlike(value):
            other = type(self).of([value])
            source = np.zeros(len(places), dtype=np.intp)
        else:
            other = _array(value)
            if isinstance(item, (int, np.integer)) and len(other) != 1:
                raise ValueError("setting an array element with a sequence")
            if len(other) != len(places):
                raise ValueError(f"cannot set {len(places)} rows from {len(other)} values")
            source = np.arange(len(other))
        rows[places] = len(self) + source
        both = type(self)._concat_same_type([self, other])
        made = both._taken(rows)
        self._content.node, self._content.units = made._node, made._units

    def copy(self) -> QuantityArray:
        return type(self)(self._node, self._units)

    def view(self, dtype: object = None) -> Any:
        """Another array of the same content: what is set in one is set in both."""
        if dtype is not None:
            return super().view(dtype)
        made = type(self)(self._node, self._units)
        made._content = self._content
        made._readonly = getattr(self, "_readonly", False)
        return made

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[QuantityArray]) -> QuantityArray:
        node = joined([one._node for one in to_concat])
        texts = [one._units.one for one in to_concat if len(one)]
        kinds = [None if text is None else unit(text).dims for text in texts]
        if texts and kinds[0] and kinds.count(kinds[0]) == len(kinds):
            # Columns in 万元 and CNY million: one unit, that of the first.
            return cls(node, str(texts[0]))
        codes = np.concatenate([one._units.codes for one in to_concat])
        return cls(node, Units(codes).settled(node.miss))

    def isna(self) -> NDArray[np.bool_]:
        return np.asarray(self._node.miss > 0)

    # --- numbers --------------------------------------------------------------------------------

    def floats(self) -> Floats:
        """Values in the shown unit; NaN where there is no single value."""
        if self._units.one is not None:
            return self._node.shown(unit(self._units.one).scale)
        made, scales = np.empty(len(self)), [unit(text).scale for text in self._units]
        for scale in set(scales):
            rows = np.flatnonzero([one == scale for one in scales])
            made[rows] = taken(self._node, rows).shown(scale)
        return made

    def ends(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds in the shown unit; infinite where an end is open."""
        trail = self._node.trail if len(self) <= _EXACT_ENDS else None
        if trail is not None and len(trail[1]) ** 2 <= _EXACT_WORK * len(self):
            cells = [
                (one.low, one.high) if isinstance(one, Quantity) else (np.nan, np.nan)
                for one in self
            ]
            low, high = np.array(cells, dtype=float).reshape(-1, 2).T
            return low, high
        low, high = self._node.bounds
        scales = self._units.told(lambda one: float(one.scale))
        if (scales == 1).all():
            return low, high
        value, same, scaled = self.floats(), low == high, (low / scales, high / scales)
        # A float of a quotient may be half a unit off; nothing, and a number without width, is not.
        low, high = (
            np.where(same, value, np.where(end == 0, end, np.nextafter(end, way)))
            for end, way in zip(scaled, (-np.inf, np.inf), strict=True)
        )
        return low, high

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if dtype is not None and np.dtype(dtype) == object:
            # Matplotlib asks for objects and adds floats to them, pandas prints them.
            known = (
                one if isinstance(one, Missing) else PlainCell(one._term, one.unit) for one in self
            )
            return np.fromiter(known, object, len(self))
        made = self.floats()
        if made is self._node.v:
            # The column's own numbers: whoever wants to change them takes a copy.
            made = made.copy() if copy else made.view()
            made.flags.writeable = bool(copy)
        return made if dtype is None else made.astype(dtype, copy=False)

    def _objects(self) -> NDArray[Any]:
        return np.fromiter(self, object, len(self))

    def to_numpy(
        self, dtype: Any = None, copy: bool = False, na_value: object = pd.api.extensions.no_default
    ) -> NDArray[Any]:
        # Quantities unless numbers are asked for: pandas turns frames round through here.
        wants_objects = dtype is None or np.dtype(dtype) == object
        made = self._objects() if wants_objects else self.__array__(dtype, copy=True)
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
            return self._objects() if wanted.kind == "O" else np.array(self._texts(), dtype=wanted)
        return super().astype(dtype, copy)

    def _texts(self) -> NDArray[Any]:
        """Numbers as CSV and SQL write them; ``nan`` where there is none."""
        return np.array([repr(float(x)) for x in self.floats()], dtype=object)

    # --- arithmetic -----------------------------------------------------------------------------

    def _other(self, other: Any) -> Any:
        """The other side as an array of the same length, an exact number, or a list of them."""
        if isinstance(other, Quantity):
            # A cell of a column goes on knowing its column.
            node, row = other._cell or (Held([other.term], [KNOWN]), 0)
            return type(self)(Taken([node], np.full(len(self), row)), other.unit)
        if _is_gap(other):
            state = getattr(other, "state", NO_ROW)
            return type(self)(gaps(len(self), STATES.index(state)), "")
        if isinstance(other, numbers.Number) or np.isscalar(other):
            return exact_number(other)
        if isinstance(other, QuantityArray):
            found: Any = other
        elif _is_listlike(other):
            found = list(other)
        else:
            return NotImplemented
        if len(found) != len(self):
            raise ValueError(f"Lengths must match: {len(self)} and {len(found)} rows")
        if isinstance(found, QuantityArray):
            return found
        plain = [exact_number(one) for one in found]
        known = found and all(isinstance(one, (Fraction, Missing)) for one in plain)
        return plain if known else type(self).of(found)

    def _binary(self, other: Any, op: str, swapped: bool) -> Any:
        if isinstance(other, (pd.Series, pd.DataFrame, pd.Index)):
            return NotImplemented
        other = self._other(other)
        if other is NotImplemented:
            return other
        if isinstance(other, QuantityArray):
            a, b = (other, self) if swapped else (self, other)
            return a._combined(b, op)
        return self._with_numbers(other, op, swapped)

    def _with_numbers(self, other: Any, op: str, swapped: bool) -> QuantityArray:
        """Plain numbers: factors and divisors; a term only where a quantity has no unit."""
        # One number in every row, told once or in each, leaves figures what they are; numbers that
        # differ share a figure out among its rows.
        one = other[0] if isinstance(other, list) and len(set(other)) == 1 else other
        if isinstance(one, Fraction) and (op == "*" or (op == "/" and one and not swapped)):
            return type(self)(self._node.scaled(one if op == "*" else 1 / one), self._units)
        plain = other if isinstance(other, list) else [other] * len(self)
        told = type(self)(Numbers(plain), "")
        if op == "*" or (op == "/" and not swapped):
            return type(self)(Combined(op, self._node, told._node), self._units)
        if op != "/":
            if all(x == 0 for x in plain):
                return -self if swapped and op == "-" else self.copy()
            growing = self._units.told(lambda one: bool(one.dims) or one.is_share)
            for row in np.flatnonzero(growing & (self._node.miss == KNOWN)).tolist():
                refuse_plain(self._known(row), plain[row], op, f"row {row}, ")
        return told._combined(self, op) if swapped else self._combined(told, op)

    def _combined(self, other: QuantityArray, op: str) -> QuantityArray:
        if op in "+-":
            self._check_alike(other, op)
        node = Combined(op, self._node, other._node)
        return type(self)(node, self._units.combined(op, other._units).settled(node.miss))

    def _check_alike(self, other: QuantityArray, op: str) -> None:
        if self._units.one is not None and self._units.one == other._units.one:
            return
        known = (self._node.miss == KNOWN) & (other._node.miss == KNOWN)
        for row in np.flatnonzero(known & (self._units.kinds != other._units.kinds)).tolist():
            refuse_units(self._known(row), other._known(row), op, f"row {row}, ")

    def __neg__(self) -> QuantityArray:
        return type(self)(self._node.scaled(Fraction(-1)), self._units)

    def __pos__(self) -> QuantityArray:
        return self.copy()

    def __abs__(self) -> QuantityArray:
        return type(self)(Mapped(self._node, None, Fraction(1)), self._units)

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
        if self._units.one is None:
            return type(self).of(
                one if isinstance(one, Missing) else one.apply(function) for one in self
            )
        return type(self)(Mapped(self._node, function, unit(self._units.one).scale), "")

    def to(self, text: str) -> QuantityArray:
        """The same quantities, shown in another unit; rows of another kind are refused."""
        other = self._units.told(lambda one: one.dims != unit(text).dims)
        for row in np.flatnonzero(other & (self._node.miss == KNOWN)).tolist():
            self._known(row).to(text)  # raises, with the row's figures
        return type(self)(self._node, text)

    # --- comparison and order -------------------------------------------------------------------

    def _compared(self, other: Any, compare: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, (pd.Series, pd.DataFrame, pd.Index)):
            return NotImplemented
        equality, unequal = compare in _EQUALITY, np.full(len(self), compare is operator.ne)
        words, plain = (str, bytes), not isinstance(other, QuantityArray) and _is_listlike(other)
        if isinstance(other, words) or (plain and any(isinstance(one, words) for one in other)):
            if not equality:
                raise TypeError(f"cannot compare quantities with {other!r}")
            # No text is a number, and no gap is one either.
            other = [None if isinstance(x, words) else x for x in other] if plain else None
        other = self._other(other)
        if other is NotImplemented:
            return unequal if equality else NotImplemented
        alike = self._node.miss == KNOWN
        if isinstance(other, QuantityArray):
            if not equality:
                self._check_alike(other, "<")
            alike &= (other._node.miss == KNOWN) & (self._units.kinds == other._units.kinds)
            a, b = self._node.v, other._node.v
        else:
            if not equality:
                self._alike(np.zeros(len(self), dtype=np.intp), "comparison with a number")
            other = other if isinstance(other, list) else [other] * len(self)
            a, b = (
                self.floats(),
                np.array([float(x) if isinstance(x, Fraction) else np.nan for x in other]),
            )
            alike &= ~np.isnan(b)
        with np.errstate(invalid="ignore"):
            found = compare(a, b)
            near = (np.abs(a - b) <= 1e-12 * np.abs(a)) & (a != b)
        # Floats that hardly differ, and bounds without a value, are compared as they are.
        for row in np.flatnonzero(alike & (near | (np.isnan(a) & np.isnan(b)))).tolist():
            found[row] = compare(self._cell(row), other[row])
        return np.where(alike, found, unequal)

    def isin(self, values: Any) -> NDArray[np.bool_]:
        """Whether each row equals one of some quantities or numbers in the shown unit."""
        found = np.zeros(len(self), dtype=bool)
        for one in values:
            found |= self.isna() if _is_gap(one) else self._compared(one, operator.eq)
        return found

    def _values_for_argsort(self) -> Any:
        """Values, or where several kinds are mixed places by kind and then by value."""
        kinds = self._units.kinds
        if (kinds == kinds[:1]).all():
            return self._node.v
        places = np.empty(len(self))
        places[np.lexsort((self._node.v, kinds))] = np.arange(len(self))
        return np.where(np.isnan(self._node.v), np.nan, places)

    def _keys(self) -> Any:
        """What makes two rows equal: what they measure, and the value."""
        kinds = self._units.kinds
        return self._node.v if (kinds == kinds[:1]).all() else self._node.v + 1j * kinds

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
        return codes, self._taken(firsts[found >= 0])

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


if "pyarrow" in sys.modules:
    arrow_type()  # so that Parquet files give quantities back; pandas has imported pyarrow
