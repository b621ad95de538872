"""What if: the share of revenue that follows when the rule, the year or a judgement is moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from aidstudy.analysis.desk import Desk, Pair, Tables, cells, names
from aidstudy.analysis.ratios import added, commitment, printed_ratio, rule_amount, rule_share
from aidstudy.analysis.switches import SWITCHES
from aidstudy.errors import ResultError
from aidstudy.intervals import Number
from aidstudy.result import Term
from aidstudy.tables.load import StudyLike
from aidstudy.tables.study import load_study

HIGHEST_RULE = 100
LAST_YEARS = 20
"""Years after that of the reports to which a what-if may go."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a reader moves.

    Parameters
    ----------
    rule : Fraction or None
        Share of revenue that the rule asks for, in per cent; ``None`` for the printed one.
    year : int or None
        Year in which the sum of the reports is given again; ``None`` for the year of the reports.
    growth : Fraction
        How much the donor's revenue grows in each year after, in per cent: an assumption.
    choices : mapping of str to str
        Judgement calls made otherwise.
    label, label_zh : str
        What is moved, in words.
    """

    rule: Fraction | None = None
    year: int | None = None
    growth: Fraction = Fraction(0)
    choices: Mapping[str, str] = field(default_factory=dict)
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
        The rule's share of revenue; the printed one when left out.
    year : int, optional
        A later year in which the same sum is given.
    growth_percent : number, default 0
        Growth of the donor's revenue in each year after that of the reports. No source says it.
    **choices : str
        Judgement calls, such as ``rule="rounded"``.

    Returns
    -------
    pandas.DataFrame
        Each of ``aid``, ``revenue``, ``share`` and ``printed`` (the share as the page prints it)
        with ``_low``, ``_high``, ``_state`` and ``_figures``; ``agrees`` says whether the two
        shares can be the same, ``None`` where one of them is missing. A share is computed only
        where the page splits the sum into rule and addition: elsewhere it would be the rule itself
        again. What rests on something moved is ``hypothetical``.

    Raises
    ------
    ResultError
        If a number is out of range, or a choice is not known.

    Examples
    --------
    >>> table = what_if(rule_percent=0.6).set_index("donor")
    >>> [str(table.loc["longquanyi", one]) for one in ("share_state", "agrees")]
    ['hypothetical', 'False']
    """
    moved = Moved(
        None if rule_percent is None else _exact(rule_percent, "rule_percent"),
        year,
        _exact(growth_percent, "growth_percent"),
        choices,
    )
    return what_if_table(Tables(load_study(study)), moved)


def what_if_table(tables: Tables, moved: Moved) -> pd.DataFrame:
    """The same as :func:`what_if`, from loaded tables."""
    desk = Desk(choices=moved.choices, tables=tables)
    return pd.DataFrame([_row(desk, pair, moved) for pair in desk.pairs], dtype=object)


def _exact(number: Number | float, name: str) -> Fraction:
    if isinstance(number, bool) or not isinstance(number, (int, float, Fraction, Decimal)):
        raise ResultError(f"what_if: {name} is {number!r}; give a number in per cent")
    try:
        return Fraction(str(number))
    except ValueError:
        raise ResultError(f"what_if: {name} is {number}; give a finite number") from None


def _rule(desk: Desk, moved: Moved) -> Term:
    if moved.rule is None:
        return rule_share(desk)
    if not 0 < moved.rule <= HIGHEST_RULE:
        raise ResultError(
            f"what_if: a rule of {float(moved.rule):g}% is none; give more than 0 and at most "
            f"{HIGHEST_RULE}"
        )
    return Term.number(moved.rule, "the rule, as the reader moves it").as_state("hypothetical")


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
    aid, rule, factor = commitment(desk, pair), _rule(desk, moved), _factor(desk, moved)
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
    return (
        names(desk.study, pair.recipient, pair.donor)
        | cells("aid", aid)
        | cells("revenue", revenue)
        | cells("share", share)
        | cells("printed", printed)
        | {"agrees": None if one is None or other is None else one.meet(other) is not None}
    )


# --- scenarios ------------------------------------------------------------------------------


def scenarios(tables: Tables, *, growth_percent: Number | float = 10) -> list[Moved]:
    """One thing moved at a time: as printed, other rules, later years, each judgement call.

    Parameters
    ----------
    tables : Tables
    growth_percent : number, default 10
        Growth of revenue that the later years assume; any number would do to show the effect.

    Returns
    -------
    list of Moved
        The rules are those of other programmes, from the facts outside the page. Of the judgement
        calls those are there that move the share of a donor which prints one.
    """
    return [
        Moved(label="as printed", label_zh="按原文"),
        *_other_rules(tables),
        *_later_years(tables, _exact(growth_percent, "growth_percent")),
        *_judgements(tables),
    ]


def with_share(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a what-if whose donor prints its share of revenue."""
    return table[table["printed_state"] != "not_reported"]


def _other_rules(tables: Tables) -> Iterator[Moved]:
    desk = Desk(tables=tables)
    seen = {rule_share(desk).value}
    for term in desk.facts_where("rule_ratio"):
        if term.value in seen or term.value is None or term.leaf is None:
            continue
        seen.add(term.value)
        entity = desk.facts_by_id[term.leaf.id]["entity"]
        shown = f"{float(term.value):g}%"
        yield Moved(
            rule=term.value,
            label=f"rule of {shown}, as in: {entity}",
            label_zh=f"规定为{shown}（{term.leaf.id}）",
        )


def _later_years(tables: Tables, growth: Fraction) -> Iterator[Moved]:
    desk = Desk(tables=tables)
    lengths = [int(t.value) for t in desk.find("plan_period", kind="duration") if t.value]
    last = desk.study.year + max(lengths, default=1) - 1
    shown = f"{float(growth):g}%"
    for year in range(desk.study.year + 1, last + 1):
        yield Moved(
            year=year,
            growth=growth,
            label=f"the same sum in {year}, revenue growing by {shown} a year",
            label_zh=f"{year}年同额，财政收入年增{shown}",
        )


def _judgements(tables: Tables) -> Iterator[Moved]:
    first = with_share(what_if_table(tables, Moved()))
    for switch in SWITCHES.values():
        for option in list(switch.options)[1:]:
            choices = {switch.name: option}
            if not with_share(what_if_table(tables, Moved(choices=choices))).equals(first):
                yield Moved(
                    choices=choices,
                    label=f"{switch.name}: {switch.options[option]}",
                    label_zh=f"{switch.name}：{option}",
                )


def what_if_scenarios(
    study: StudyLike = None, *, growth_percent: Number | float = 10
) -> pd.DataFrame:
    """The rows of :func:`what_if` under each of :func:`scenarios`, for donors that have a share.

    Parameters
    ----------
    study : Study or path, optional
    growth_percent : number, default 10

    Returns
    -------
    pandas.DataFrame
        As :func:`what_if` gives, with ``moved_en`` and ``moved_zh``.

    Examples
    --------
    >>> table = what_if_scenarios()
    >>> table.loc[table["agrees"].astype(bool), "moved_en"].iloc[0]
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


__all__ = [
    "Moved",
    "scenarios",
    "what_if",
    "what_if_scenarios",
    "what_if_table",
    "with_share",
]
