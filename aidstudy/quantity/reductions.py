"""Sums, means, ranks and running sums of a column of quantities, over all rows or by group."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from aidstudy.errors import QuantityError, UnitError
from aidstudy.quantity.columns import (
    KNOWN,
    NOT_APPLICABLE,
    Combined,
    Numbers,
    Places,
    Units,
    gaps,
)
from aidstudy.quantity.scalar import Missing
from aidstudy.quantity.sums import Summed, summed

_AS_FLOATS = ("std", "var", "sem", "skew", "kurt", "prod")


class Reductions(ExtensionArray):  # type: ignore[misc]  # pandas has no types
    """What makes few numbers of the many of a column, or adds them up on the way."""

    def _alike(self: Any, groups: Places, what: str) -> None:
        """All rows of a group measure one kind of thing."""
        if self._units.one is not None:
            return
        rows, kinds = np.flatnonzero((self._node.miss == KNOWN) & (groups >= 0)), self._units.kinds
        first = pd.Series(rows).groupby(groups[rows]).transform("first")
        for row, mate in zip(rows.tolist(), first, strict=True):
            if kinds[mate] != kinds[row]:
                a, b = self._known(mate), self._known(row)
                raise UnitError(
                    f"{what} of a column: {a._named()} is in {a.unit or 'no unit'}, "
                    f"{b._named()} in {b.unit or 'no unit'}; choose rows of one unit first, "
                    "such as query(\"unit == 'CNY'\"), group by unit, or leave the quantities "
                    "with aid.flat(table), as for describe()"
                )

    def _units_of(self: Any, groups: Places, count: int) -> Units:
        """The unit of the first row with a number in each group."""
        if self._units.one is not None:
            return Units.all(self._units.one, count)
        rows = np.flatnonzero((self._node.miss == KNOWN) & (groups >= 0))[::-1]
        found = np.full(count, -1)
        found[groups[rows]] = self._units.codes[rows]
        return Units(found).settled((found < 0).astype(np.uint8))

    def _grouped(
        self: Any, how: str, groups: Places, count: int, *, skipna: bool = True, min_count: int = -1
    ) -> Any:
        """One row a group: a sum, a mean, or the row that a rank picks."""
        if how == "sum":
            self._alike(groups, how)
        elif how in ("mean", "min", "max", "median"):
            try:
                self._alike(groups, how)
            except UnitError as error:
                # `describe` of a whole table asks for these: it gets a gap and a warning.
                warnings.warn(f"{error}; here it is not applicable", stacklevel=2)
                return type(self)(gaps(count, NOT_APPLICABLE), "")
        if how == "sum":
            node = summed(self._node, groups, count, skipna=skipna)
            made = type(self)(node, self._units_of(groups, count))
            if min_count > 0:
                known = groups[(groups >= 0) & (self._node.miss == KNOWN)]
                few = np.bincount(known, minlength=count) < min_count
                if few.any():
                    made[few] = Missing("not_reported")
            return made
        if how == "mean":
            sums = summed(self._node, groups, count, skipna=skipna)
            # As many as were added: a figure of several rows is one, a part of a whole none.
            by = np.maximum(sums.counted[:, 2], 1).tolist()
            alike, each = len(set(by)) == 1, Numbers(by)
            made = sums.scaled(Fraction(1, by[0])) if alike else Combined("/", sums, each)
            return type(self)(made, self._units_of(groups, count))
        return self._picked(how, groups, count, skipna)

    def _picked(self: Any, how: str, groups: Places, count: int, skipna: bool) -> Any:
        known, ranked = self._node.miss == KNOWN, how not in ("first", "last")
        usable = (groups >= 0) & (known | (not ranked and not skipna))
        rows = np.flatnonzero(usable & ~np.isnan(self._node.v) if ranked else usable)
        if ranked:
            rows = rows[np.argsort(self._node.v[rows], kind="stable")]
        group = groups[rows]
        by = pd.Series(rows).groupby(group)
        at, size = by.cumcount().to_numpy(), by.transform("size").to_numpy()

        def picked(place: Any) -> Any:
            """The row of each group that stands at a place in its order."""
            found = np.full(count, -1, dtype=np.intp)
            found[group[at == place]] = rows[at == place]
            return self._taken(found)

        places = {"first": 0, "min": 0, "median": (size - 1) // 2}
        made = picked(places.get(how, size - 1))
        even = np.unique(group[size % 2 == 0])
        if how == "median" and len(even):
            middle = made._combined(picked(size // 2), "+") / 2
            made = made.copy()
            made[even] = middle[even]
        empty = np.bincount(group, minlength=count) == 0
        if not skipna and ranked:
            empty |= np.bincount(groups[(groups >= 0) & ~known], minlength=count) > 0
        if empty.any():
            made[empty] = Missing("not_reported")
        return made

    def _reduce(
        self: Any, name: str, *, skipna: bool = True, keepdims: bool = False, **kwargs: Any
    ) -> Any:
        if name in ("any", "all"):
            return getattr(np, name)(self.floats()[~self.isna()] != 0)
        if name in _AS_FLOATS:
            some = {key: kwargs[key] for key in ("ddof", "min_count") if key in kwargs}
            found = getattr(pd.Series(self.floats()), name)(skipna=skipna, **some)
            return pd.array([found], dtype="Float64") if keepdims else found
        if name in ("argmin", "argmax"):
            return getattr(self, name)(skipna)
        if name not in ("sum", "mean", "min", "max", "median"):
            raise TypeError(f"'QuantityArray' with dtype quantity does not support '{name}'")
        groups = np.zeros(len(self), dtype=np.intp)
        made = self._grouped(name, groups, 1, skipna=skipna, min_count=kwargs.get("min_count", -1))
        return made if keepdims else made[0]

    def sum(self: Any, axis: Any = None, skipna: bool = True, min_count: int = -1, **_: Any) -> Any:
        """What ``np.sum`` calls."""
        return self._reduce("sum", skipna=skipna, min_count=min_count)

    def mean(self: Any, axis: Any = None, skipna: bool = True, **_: Any) -> Any:
        """What ``np.mean`` calls."""
        return self._reduce("mean", skipna=skipna)

    def _accumulate(self: Any, name: str, *, skipna: bool = True, **kwargs: Any) -> Any:
        if name in ("cummin", "cummax"):
            self._alike(np.zeros(len(self), dtype=np.intp), name)
            best = getattr(pd.Series(self._node.v), name)()
            here = pd.Series(np.arange(len(self), dtype=float)).where(best == self._node.v)
            rows = here.ffill().fillna(-1).where(~self.isna(), -1)
            return self._taken(rows.to_numpy(dtype=np.intp))
        if name != "cumsum":
            raise NotImplementedError(f"cannot perform {name} with type quantity")
        return self._running(np.zeros(len(self), dtype=np.intp), 1)

    def _running(self: Any, groups: Places, count: int) -> Any:
        self._alike(groups, "cumsum")
        known = self._node.miss == KNOWN
        rows = np.flatnonzero((groups >= 0) & known)
        order = rows[np.argsort(groups[rows], kind="stable")]
        if summed(self._node, groups, count).spared:
            raise QuantityError(
                "cumsum of a column: some rows are parts of a whole in it or share one figure, and "
                "would be added twice; choose rows first, or use .astype(float)"
            )
        place = np.full(len(self), -1, dtype=np.intp)
        place[order] = np.arange(len(order))
        group = groups[order]
        starts = np.searchsorted(group, group)
        counted = np.column_stack([np.arange(len(order)) - starts + 1] * 3)
        miss = np.zeros(len(order), dtype=np.uint8)
        node = Summed(
            self._node, order, starts, np.arange(1, len(order) + 1), counted, {}, {}, miss
        )
        made = type(self)(node, self._units.taken(order))._taken(place)
        if self.isna().any():
            made[self.isna()] = self[self.isna()]
        return made

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
        if how in ("sum", "mean", "min", "max", "median", "first", "last"):
            return self._grouped(
                how, groups, ngroups, skipna=kwargs.get("skipna", True), min_count=min_count
            )
        if how == "cumsum":
            return self._running(groups, ngroups)
        # Rows of no group have the key NaN, which pandas leaves out.
        by = pd.Series(self.floats()).groupby(np.where(groups < 0, np.nan, groups))
        if how == "rank":
            ranked = {key: kwargs[key] for key in ("ascending", "na_option", "pct")}
            return by.rank(method=kwargs["ties_method"], **ranked).to_numpy()
        if how in ("cumprod", "cummin", "cummax"):
            return getattr(by, how)().to_numpy()
        some = {key: kwargs[key] for key in ("ddof",) if key in kwargs}
        return getattr(by, how)(**some).reindex(range(ngroups)).to_numpy()

    def _quantile(self: Any, qs: Any, interpolation: str) -> Any:
        found = pd.Series(self.floats()).quantile(qs, interpolation)
        return pd.array(found.to_numpy(), dtype="Float64")

    def _rank(self: Any, **kwargs: Any) -> Any:
        kwargs.pop("axis", None)
        return pd.Series(self._values_for_argsort()).rank(**kwargs).to_numpy()

    def round(self: Any, decimals: int = 0, *args: Any, **kwargs: Any) -> Any:
        """Rounded values as floats: a rounded quantity would lose its bounds without a word."""
        return pd.array(np.round(self.floats(), decimals), dtype="Float64")
