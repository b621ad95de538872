"""Numbers that follow from an assumption, and numbers of which only the ends are known."""

from __future__ import annotations

from typing import Any, TypeVar

import pandas as pd

from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.result import Term

Values = TypeVar("Values", Quantity, Missing, pd.Series)


def supposed(values: Values) -> Values:
    """The same quantities, marked as true under an assumption only (state ``hypothetical``).

    What is computed from them is marked too.

    >>> from aidstudy import funding_ratios
    >>> aid = funding_ratios().set_index("donor")["aid"]
    >>> (supposed(aid["yibin"]) * 2).state
    'hypothetical'
    """
    if isinstance(values, pd.Series):
        marked = [supposed(one) for one in values]
        return pd.Series(marked, values.index, dtype="quantity", name=values.name)
    if isinstance(values, Missing):
        return values
    return Quantity(values.term.as_state("hypothetical"), values.unit)


def between(least: Quantity | Missing, most: Quantity | Missing) -> Quantity | Missing:
    """Anything from one quantity to another: bounds without a value.

    >>> between(Quantity.given(30, "%"), Quantity.given(67, "%"))
    [30, 67] %
    """
    for end in (least, most):
        if isinstance(end, Missing):
            return end
    return _bounds_only(Term.between(least.term, most.term), least.unit)


def overlap(values: pd.Series) -> Quantity | Missing:
    """What all quantities of a column allow at once; not applicable if they exclude each other.

    >>> overlap(pd.Series([Quantity.given("26.7"), Quantity.given("26.72")]))
    [26.715, 26.725]
    """
    found: list[Any] = list(values)
    if not found or any(isinstance(one, Missing) for one in found):
        return Missing("not_reported")
    return _bounds_only(Term.overlap(*(one.term for one in found)), found[0].unit)


def _bounds_only(term: Term, unit: str) -> Quantity | Missing:
    return Quantity(term, unit) if term.known else Missing(term.state)
