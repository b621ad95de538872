"""What if: the share of revenue that follows when the rule, the year or a judgement is moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from aidstudy.analysis.desk import NAMES, Desk, Pair, Tables, names
from aidstudy.analysis.ratios import added, commitment, printed_ratio, rule_amount, rule_share
from aidstudy.analysis.switches import SWITCHES
from aidstudy.errors import ResultError
from aidstudy.intervals import Number, plain
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import frame, money, shown
from aidstudy.tables.study import load_study

LAST_YEARS = 20
"""Years after that of the reports to which a what-if may go."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reader moves.

    Parameters
    ----------
    choices : mapping of str to str
        Judgement calls made otherwise, ``rule`` among them: a share is a rule that is not printed.
    year : int or None
        Year in which the sum of the reports is given again; ``None`` for the year of the reports.
    growth : Fraction
        How much the donor's revenue grows in each year after, in per cent: an assumption.
    label, label_zh : str
        What is moved, in words.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    year: int | None = None
    growth: Fraction = Fraction(0)
    label: str = ""
    label_zh: str = ""


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
    moved = Moved(choices, year, _exact(growth_percent, "growth_percent"))
    return what_if_table(Tables(load_study(study)), moved)


def what_if_table(tables: Tables, moved: Moved) -> pd.DataFrame:
    """The same as :func:`what_if`, from loaded tables."""
    desk = Desk(choices=moved.choices, tables=tables)
    return frame((_row(desk, pair, moved) for pair in desk.pairs), _COLUMNS)


_COLUMNS = {
    **NAMES,
    **dict.fromkeys(("aid", "revenue", "share", "printed"), "quantity"),
    "agrees": "flag",
}


def _exact(number: Number | float, name: str) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, (int, float, Fraction, Decimal)):
        raise ResultError(f"what_if: {name} is {number!r}; give a number in per cent")
    try:
        return Fraction(str(number))
    except ValueError:
        raise ResultError(f"what_if: {name} is {number}; give a finite number") from None


def _factor(desk: Desk, moved: Moved) -> Term | None:
    """How much larger the revenue is in the year that is asked for; ``None`` in the first year."""
    first = desk.study.year
    year = first if moved.year is None else moved.year
    if not first <= year <= first + LAST_YEARS:
        raise ResultError(
            f"what_if: the year {year} is out of range; give {first} to {first + LAST_YEARS}"
        )
    if not -100 < moved.growth <= 100:
        raise ResultError(
            f"what_if: growth of {float(moved.growth):g}% a year is out of range; give more than "
            "-100 and at most 100"
        )
    if year == first:
        return None
    grown = (1 + moved.growth / 100) ** (year - first)
    return Term.number(grown, f"growth of revenue to {year}, assumed").as_state("hypothetical")


def _row(desk: Desk, pair: Pair, moved: Moved) -> dict[str, object]:
    aid, rule, factor = commitment(desk, pair), rule_share(desk), _factor(desk, moved)
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
    return names(desk.study, pair.recipient, pair.donor) | {
        "aid": money(aid),
        "revenue": money(revenue),
        "share": shown(share, "%"),
        "printed": shown(printed, "%"),
        "agrees": None if one is None or other is None else one.meet(other) is not None,
    }


def scenarios(tables: Tables, *, growth_percent: Number | float = 10) -> list[Moved]:
    """One thing moved at a time: as printed, other rules, later years, each judgement call.

    The rules are those of other programmes, from the facts outside the page; of the judgement
    calls those are there that move the share of a donor which prints one. Any growth would do to
    show the effect of later years.
    """
    return [
        Moved(label="as printed", label_zh="按原文"),
        *_other_rules(tables),
        *_later_years(tables, _exact(growth_percent, "growth_percent")),
        *_judgements(tables),
    ]


def with_share(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a what-if whose donor prints its share of revenue."""
    return table[table["printed"].notna()]


def _other_rules(tables: Tables) -> Iterator[Moved]:
    desk = Desk(tables=tables)
    seen = {rule_share(desk).value}
    for term in desk.facts_where("rule_ratio"):
        if term.value in seen or term.value is None or term.leaf is None:
            continue
        seen.add(term.value)
        entity = desk.facts_by_id[term.leaf.id]["entity"]
        rule = f"{float(term.value):g}%"
        yield Moved(
            {"rule": rule},
            label=f"rule of {rule}, as in: {entity}",
            label_zh=f"规定为{rule}（{term.leaf.id}）",
        )


def _later_years(tables: Tables, growth: Fraction) -> Iterator[Moved]:
    desk = Desk(tables=tables)
    lengths = [int(t.value) for t in desk.find("plan_period", kind="duration") if t.value]
    last = desk.study.year + max(lengths, default=1) - 1
    grown = f"{float(growth):g}%"
    for year in range(desk.study.year + 1, last + 1):
        yield Moved(
            year=year,
            growth=growth,
            label=f"the same sum in {year}, revenue growing by {grown} a year",
            label_zh=f"{year}年同额，财政收入年增{grown}",
        )


def _judgements(tables: Tables) -> Iterator[Moved]:
    def shares(moved: Moved) -> str:
        return str(with_share(what_if_table(tables, moved)).to_dict("records"))

    first = shares(Moved())
    for switch in SWITCHES.values():
        for option in list(switch.options)[1:]:
            choices = {switch.name: option}
            if shares(Moved(choices)) != first:
                yield Moved(
                    choices=choices,
                    label=f"{switch.name}: {switch.options[option]}",
                    label_zh=f"{switch.name}：{option}",
                )


def what_if_scenarios(
    study: StudyLike = None, *, growth_percent: Number | float = 10
) -> pd.DataFrame:
    """The rows of :func:`what_if` under each of :func:`scenarios`, for donors that have a share.

    Examples
    --------
    >>> table = what_if_scenarios()   # moved_en and moved_zh say what is moved
    >>> table.loc[table["agrees"], "moved_en"].iloc[0]
    'as printed'
    """
    tables = Tables(load_study(study))
    found = []
    for moved in scenarios(tables, growth_percent=growth_percent):
        rows = with_share(what_if_table(tables, moved)).copy()
        rows.insert(0, "moved_en", moved.label)
        rows.insert(1, "moved_zh", moved.label_zh)
        found.append(rows)
    return pd.concat(found, ignore_index=True)
