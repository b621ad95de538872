"""Sums, means, ranks and running sums of a column of quantities, over all rows or by group."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from aidstudy.errors import QuantityError, UnitError
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.quantity.sums import total

Cell = Quantity | Missing

_KEPT = ("sum", "mean", "min", "max", "median", "first", "last")
_OF_ONE_KIND = _KEPT[:5]
_AS_FLOATS = ("std", "var", "sem", "skew", "kurt", "prod")


def check_alike(cells: Iterable[Cell], what: str) -> None:
    """An error unless all cells measure one kind of thing."""
    known = [cell for cell in cells if isinstance(cell, Quantity)]
    for a, b in product(known[:1], known):
        if b.base_unit != a.base_unit:
            raise UnitError(
                f"{what} of a column: {a._named()} is in {a.unit or 'no unit'}, "
                f"{b._named()} in {b.unit or 'no unit'}; choose rows of one unit first, "
                "such as query(\"unit == 'CNY'\"), group by unit, or leave the quantities "
                "with aid.flat(table), as for describe()"
            )


def _reduced(how: str, cells: Sequence[Cell], skipna: bool, min_count: int) -> Cell:
    """One cell of many: a sum, a mean, or the one that a rank picks."""
    known = [cell for cell in cells if isinstance(cell, Quantity)]
    if how in ("first", "last"):
        usable = known if skipna else cells
        return usable[0 if how == "first" else -1] if usable else Missing("not_reported")
    if how in ("sum", "mean"):
        added = total(cells, skipna=skipna)
        if how == "mean":
            return added.cell / added.rows if added.rows > 1 else added.cell
        return added.cell if len(known) >= min_count else Missing("not_reported")
    ranked = [cell for cell in known if cell.exact is not None]
    ranked.sort(key=lambda cell: cell.in_base_units or 0)
    if not ranked or (len(known) < len(cells) and not skipna):
        return Missing("not_reported")
    if how == "median":
        low, high = ranked[(len(ranked) - 1) // 2], ranked[len(ranked) // 2]
        return low if low is high else (low + high) / 2
    return ranked[0 if how == "min" else -1]


def _running(cells: Sequence[Cell]) -> list[Cell]:
    """The sum of all cells up to each; a gap stays one."""
    check_alike(cells, "cumsum")
    if total(cells).spares:
        raise QuantityError(
            "cumsum of a column: some rows are parts of a whole in it or share one figure, and "
            "would be added twice; choose rows first, or use .astype(float)"
        )
    so_far: Any = 0
    made, known, wanted = list[Cell](), 0, 0
    for cell in cells:
        if isinstance(cell, Missing):
            wanted += cell.rows * (cell.state == "not_reported")
            made.append(cell)
            continue
        rested, asked = cell.term.counted or (1, 1)
        so_far, known, wanted = so_far + cell, known + rested, wanted + asked
        counted = (known, wanted) if known < wanted else None
        made.append(Quantity(replace(so_far.term, counted=counted), so_far.unit))
    return made


class Reductions(ExtensionArray):  # type: ignore[misc]  # pandas has no types
    """What makes few numbers of the many of a column, or adds them up on the way."""

    def _reduce(
        self: Any, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any
    ) -> Any:
        if name in ("any", "all"):
            return getattr(np, name)(self.floats()[~self.isna()] != 0)
        if name in _AS_FLOATS:
            some = {key: kwargs[key] for key in ("ddof", "min_count") if key in kwargs}
            alike = self._alike(slice(None), name)
            found = getattr(pd.Series(self.floats()), name)(skipna=skipna, **some)
            found = found if alike else np.nan
            return pd.array([found], dtype="Float64") if keepdims else found
        if name in ("argmin", "argmax"):
            return getattr(self, name)(skipna)
        if name not in _OF_ONE_KIND:
            raise TypeError(f"'QuantityArray' with dtype quantity does not support '{name}'")
        groups = np.zeros(len(self), dtype=np.intp)
        made = self._grouped(name, groups, 1, skipna, kwargs.get("min_count", -1))
        return made if keepdims else made[0]

    def _grouped(
        self: Any, how: str, groups: NDArray[np.intp], count: int, skipna: bool, min_count: int
    ) -> Any:
        """One row a group."""
        members = self._members(groups, count)
        for rows in members if how in _OF_ONE_KIND else ():
            if not self._alike(rows, how):
                return type(self).of([Missing("not_applicable")] * count)
        return type(self).of(
            _reduced(how, self._cells[rows].tolist(), skipna, min_count) for rows in members
        )

    def _alike(self: Any, rows: Any, how: str) -> bool:
        """Whether some rows measure one kind of thing, with a warning if not; an error for a sum.

        `describe` of a whole table asks for the others: it gets a gap.
        """
        try:
            check_alike(self._cells[rows], how)
        except UnitError as error:
            if how == "sum":
                raise
            warnings.warn(f"{error}; here it is not applicable", stacklevel=3)
            return False
        return True

    def _members(self, groups: NDArray[np.intp], count: int) -> list[NDArray[np.intp]]:
        """The rows of each group; those of none have the number -1."""
        order = np.argsort(groups, kind="stable")
        return np.split(order, np.searchsorted(groups[order], range(count + 1)))[1:-1]

    def sum(self: Any, axis: Any = None, skipna: bool = True, min_count: int = -1, **_: Any) -> Any:
        """What ``np.sum`` calls."""
        return self._reduce("sum", skipna=skipna, min_count=min_count)

    def mean(self: Any, axis: Any = None, skipna: bool = True, **_: Any) -> Any:
        """What ``np.mean`` calls."""
        return self._reduce("mean", skipna=skipna)

    def _accumulate(self: Any, name: str, *, skipna: bool = True, **kwargs: Any) -> Any:
        if name == "cumsum":
            return type(self).of(_running(self._cells))
        if name not in ("cummin", "cummax"):
            raise NotImplementedError(f"cannot perform {name} with type quantity")
        check_alike(self._cells, name)
        base = self._in_base()
        best = getattr(pd.Series(base), name)()
        here = pd.Series(np.arange(len(self), dtype=float)).where(best == base)
        rows = here.ffill().fillna(-1).where(~self.isna(), -1).to_numpy(dtype=np.intp)
        return self.take(rows, allow_fill=True)

    def _groupby_op(
        self: Any,
        *,
        how: str,
        has_dropped_na: bool,
        min_count: int,
        ngroups: int,
        ids: Any,
        **kwargs: Any,
    ) -> Any:
        groups = np.asarray(ids, dtype=np.intp)
        if how in _KEPT:
            return self._grouped(how, groups, ngroups, kwargs.get("skipna", True), min_count)
        if how == "cumsum":
            made = self.take(np.full(len(self), -1), allow_fill=True)
            for rows in self._members(groups, ngroups):
                made[rows] = _running(self._cells[rows])
            return made
        # Rows of no group have the key NaN, which pandas leaves out.
        by = pd.Series(self.floats()).groupby(np.where(groups < 0, np.nan, groups))
        if how == "rank":
            ranked = {key: kwargs[key] for key in ("ascending", "na_option", "pct")}
            return by.rank(method=kwargs["ties_method"], **ranked).to_numpy()
        if how in ("cumprod", "cummin", "cummax"):
            return getattr(by, how)().to_numpy()
        some = {key: kwargs[key] for key in ("ddof",) if key in kwargs}
        found = getattr(by, how)(**some).reindex(range(ngroups)).to_numpy()
        if how in _AS_FLOATS:
            mixed = [not self._alike(rows, how) for rows in self._members(groups, ngroups)]
            found = np.where(mixed, np.nan, found)
        return found

    def _quantile(self: Any, qs: Any, interpolation: str) -> Any:
        values = pd.Series(self.floats() if self._alike(slice(None), "quantile") else [np.nan])
        return pd.array(values.quantile(qs, interpolation).to_numpy(), dtype="Float64")

    def _rank(self: Any, **kwargs: Any) -> Any:
        kwargs.pop("axis", None)
        return pd.Series(self._values_for_argsort()).rank(**kwargs).to_numpy()

    def round(self: Any, decimals: int = 0, *args: Any, **kwargs: Any) -> Any:
        """Rounded values as floats: a rounded quantity would lose its bounds without a word."""
        return pd.array(np.round(self.floats(), decimals), dtype="Float64")
