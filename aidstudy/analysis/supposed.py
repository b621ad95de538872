"""Numbers that follow from an assumption, and what several numbers allow at once."""

from __future__ import annotations

from typing import Any

import pandas as pd

from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.result import Term


def supposed(values: Any) -> Any:
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


def overlap(values: pd.Series) -> Quantity | Missing:
    """What all quantities of a column allow at once; not applicable if they exclude each other.

    >>> overlap(pd.Series([Quantity.given("26.7"), Quantity.given("26.72")]))
    [26.715, 26.725]
    """
    found: list[Any] = list(values)
    if not found or any(isinstance(one, Missing) for one in found):
        return Missing("not_reported")
    term = Term.overlap(*(one.term for one in found))
    return Quantity(term, found[0].unit) if term.known else Missing(term.state)
