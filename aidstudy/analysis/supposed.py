"""Numbers that follow from an assumption: what if the rule, the year or a judgement is moved."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair
from aidstudy.analysis.ratios import added, commitment, printed_ratio, rule_amount, rule_share
from aidstudy.errors import ResultError
from aidstudy.intervals import Number, plain
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import COLUMNS, frame, money, shown


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
    desk = Desk(study, choices)
    factor = _factor(desk, year, _exact(growth_percent, "growth_percent"))
    return frame((_row(desk, pair, factor) for pair in desk.pairs), COLUMNS["what_if"])


def _exact(number: Number | float, name: str) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, (int, float, Fraction, Decimal)):
        raise ResultError(f"what_if: {name} is {number!r}; give a number in per cent")
    try:
        return Fraction(str(number))
    except ValueError:
        raise ResultError(f"what_if: {name} is {number}; give a finite number") from None


def _factor(desk: Desk, asked: int | None, growth: Fraction) -> Term | None:
    """How much larger the revenue is in the year that is asked for; ``None`` in the first year."""
    first = desk.study.year
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
    return Term.number(grown, f"growth of revenue to {year}, assumed").as_state("hypothetical")


def _row(desk: Desk, pair: Pair, factor: Term | None) -> dict[str, object]:
    aid, rule = commitment(desk, pair), rule_share(desk)
    required, printed = rule_amount(desk, pair), printed_ratio(desk, pair)
    splits = required.known and added(desk, pair).known
    revenue = (required if splits else aid) / rule.part()
    if not splits:
        revenue = revenue.as_state("hypothetical")
    share = (aid / revenue).percent() if splits else Term.missing()
    if factor is not None:
        revenue = revenue * factor
        share = share / factor if splits else share
    one, other = share.bounds(), printed.bounds()
    return desk.names(pair) | {
        "aid": money(aid),
        "revenue": money(revenue),
        "share": shown(share, "%"),
        "printed": shown(printed, "%"),
        "agrees": None if one is None or other is None else one.meet(other) is not None,
    }
