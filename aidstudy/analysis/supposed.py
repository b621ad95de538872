"""Numbers that follow from an assumption: what if the rule, the year or a judgement is moved."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.ratios import funding_ratios
from aidstudy.errors import ResultError
from aidstudy.intervals import Number, plain
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame
from aidstudy.tables.study import load_study


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


LAST_YEARS = 20
"""Years after that of the reports to which a what-if may go."""


def what_if(
    study: StudyLike = None,
    *,
    rule_percent: Number | float | None = None,
    year: int | None = None,
    growth_percent: Number | float = 0,
    **choices: str,
) -> pd.DataFrame:
    """For each pair: the revenue behind its sum, and the share of it that the sum would be.

    Parameters
    ----------
    study : Study or path, optional
    rule_percent : number, optional
        The rule's share of revenue, as in ``rule="0.6%"``; the printed one when left out.
    year : int, optional
        A later year in which the same sum is given.
    growth_percent : number, default 0
        Growth of the donor's revenue in each year after that of the reports. No source says it.
    **choices : str
        Judgement calls, such as ``rule="rounded"``.

    Returns
    -------
    pandas.DataFrame
        One row a pair. ``aid`` and ``revenue`` are quantities in CNY million, ``share`` and
        ``printed`` (the share as the page prints it) in per cent; ``agrees`` says whether the two
        shares can be the same, and is missing where one of them is. A share is computed only
        where the page splits the sum into rule and addition: elsewhere it would be the rule itself
        again. What rests on something moved is ``hypothetical``.

    Raises
    ------
    ResultError
        If a number is out of range, or a choice is not known.

    Examples
    --------
    >>> table = what_if(rule_percent=0.6).set_index("donor")
    >>> table.loc["longquanyi", "share"], table.loc["longquanyi", "agrees"]
    (1.01468% [1.01423, 1.01514], np.False_)
    """
    if rule_percent is not None:
        choices["rule"] = f"{plain(_exact(rule_percent, 'rule_percent'))}%"
    opened = load_study(study)
    factor = _factor(opened.year, year, _exact(growth_percent, "growth_percent"))
    table = funding_ratios(opened, **choices).rename(columns={"ratio": "printed"})
    given = zip(
        *(table[name] for name in ("aid", "rule_amount", "revenue", "printed")), strict=True
    )
    kinds: Mapping[str, Any] = {"revenue": "quantity", "share": "quantity", "agrees": "flag"}
    moved = frame((_moved(factor, *cells) for cells in given), kinds)
    return table.assign(**moved)[list(COLUMNS["what_if"])]


def _moved(
    factor: Quantity | None, aid: Any, required: Any, revenue: Any, printed: Any
) -> dict[str, Any]:
    """The revenue, perhaps of a later year, and the share of it beside the printed one."""
    share: Any = required if isinstance(required, Missing) else aid / revenue
    if factor is not None:
        revenue, share = revenue * factor, share / factor
    gap = any(isinstance(one, Missing) for one in (share, printed))
    agrees = None if gap else share.interval.meet(printed.interval) is not None
    return {"revenue": revenue, "share": share, "agrees": agrees}


def _exact(number: Number | float, name: str) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, (int, float, Fraction, Decimal)):
        raise ResultError(f"what_if: {name} is {number!r}; give a number in per cent")
    try:
        return Fraction(str(number))
    except ValueError:
        raise ResultError(f"what_if: {name} is {number}; give a finite number") from None


def _factor(first: int, asked: int | None, growth: Fraction) -> Quantity | None:
    """How much larger the revenue is in the year that is asked for; ``None`` in the first year."""
    year = first if asked is None else asked
    if not first <= year <= first + LAST_YEARS:
        raise ResultError(
            f"what_if: the year {year} is out of range; give {first} to {first + LAST_YEARS}"
        )
    if not -100 < growth <= 100:
        raise ResultError(
            f"what_if: growth of {float(growth):g}% a year is out of range; give more than "
            "-100 and at most 100"
        )
    if year == first:
        return None
    grown = (1 + growth / 100) ** (year - first)
    term = Term.number(grown, f"growth of revenue to {year}, assumed")
    return Quantity(term.as_state("hypothetical"))
