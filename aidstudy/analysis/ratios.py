"""Funding ratios: what the rule asks for, what is given, and the revenue that they imply."""

from __future__ import annotations

import re

import pandas as pd

from aidstudy.analysis.desk import WORDS, Desk, Pair
from aidstudy.analysis.served import load_results
from aidstudy.quantity.result import Term
from aidstudy.quantity.scalar import Missing, Quantity
from aidstudy.tables.load import StudyLike
from aidstudy.tables.ordinary import (
    COLUMNS,
    exact_frame,
    frame,
    load_context,
    load_figures,
    long_cells,
    money,
    of_study,
    shown,
)
from aidstudy.tables.study import load_study

_PARTS = {"cost": r"donor_share\..+", "plan": r"five_year\..+\.share"}
"""Results that are a share of a printed whole."""


def rule_share(desk: Desk) -> Term:
    """The share of revenue that the rule sets, in per cent."""
    return next(iter(desk.find("rule_ratio")), Term.missing())


def commitment(desk: Desk, pair: Pair) -> Term:
    """What a donor committed for the year of the reports.

    Derived where the page prints no such sum and says of every payment that it was made in full:
    the note of the figure has ``paid in full`` then. A part paid to date is no commitment.
    """
    committed = desk.one("commitment", subject=pair.subject, period=str(desk.study.year))
    if committed.known or desk.chosen("paid_in_full") == "leave":
        return committed
    paid = payments(desk, pair)
    if desk.chosen("undated") == "leave":
        paid = [term for term in paid if _cell(desk, term, "period") is not None]
    # Where the page says that all of the money came (全部, 全额), a part of the note says so.
    notes = [_cell(desk, term, "note") or "" for term in desk.wholes(paid)]
    in_full = all(re.search(r"(?:^|;)\s*paid in full", note) for note in notes)
    return desk.total(paid).as_state("derived") if in_full else Term.missing()


def payments(desk: Desk, pair: Pair) -> list[Term]:
    """What a donor is printed to have transferred to a county for the year of the reports.

    A payment without a time counts, as the reports tell what was done up to their own date; one of
    another year, or by another giver, does not.
    """
    year = str(desk.study.year)
    return [
        term
        for term in desk.find("disbursement", subject=pair.subject)
        if all(point.startswith(year) for point in (_cell(desk, term, "period") or year).split("/"))
        and pair.donor in (_cell(desk, term, "donor") or pair.donor).split()
    ]


def _cell(desk: Desk, term: Term, column: str) -> str | None:
    """A cell of the row of a printed figure, ``None`` when it is empty."""
    assert term.leaf is not None
    cell: str | None = desk.rows[term.leaf.id][column]
    return cell


def added(desk: Desk, pair: Pair) -> Term:
    """What a donor gives over the rule."""
    return desk.one("commitment_increment", subject=pair.subject)


def rule_amount(desk: Desk, pair: Pair) -> Term:
    """What the rule asks of a donor: its commitment without what it added."""
    return commitment(desk, pair) - added(desk, pair)


def printed_ratio(desk: Desk, pair: Pair) -> Term:
    """The share of its revenue that a donor says it gives, in per cent."""
    return desk.one("ratio_to_revenue", subject=pair.subject)


@of_study
def funding_ratios(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """For each pair: aid of the year, its share of the donor's revenue, and the revenue implied.

    One row a pair. ``aid`` is what the donor committed for the year, or what was paid in full
    where only that is printed (``.quantity.state`` is ``derived`` then). ``aid``,
    ``rule_amount``, ``added`` and ``revenue`` are quantities in CNY million, ``ratio`` and
    ``rule`` shares in per cent; ``.quantity.state`` says why one is missing.
    ``revenue`` answers two questions: where the page splits the sum into rule and addition it
    is the revenue that the rule implies (``derived``); elsewhere it is the revenue that would
    be true if the whole sum were exactly the rule (``hypothetical``).
    ``aid_dated`` says whether the page prints the year of the aid.

    >>> table = funding_ratios().set_index("donor")
    >>> table["ratio"].dropna()
    donor
    longquanyi    0.845% [0.8445, 0.8455]
    Name: ratio, dtype: quantity
    >>> table.loc["longquanyi", "aid"] / table.loc["longquanyi", "ratio"]
    3162.1 [3159.6, 3164.6] CNY million
    """
    desk = Desk(study, choices)
    rule = rule_share(desk)
    rows = []
    for pair in desk.pairs:
        aid, required = commitment(desk, pair), rule_amount(desk, pair)
        splits = required.known
        revenue = (required if splits else aid) / rule.part()
        note = WORDS["notes"]["implied" if splits else "if_all_were_rule"]
        row = desk.names(pair) | {
            "aid": money(aid),
            "aid_dated": all(desk.rows[one.id]["period"] for one in aid.leaves().values()),
            "ratio": shown(printed_ratio(desk, pair), "%"),
            "rule": shown(rule, "%"),
            "rule_amount": money(required),
            "added": money(added(desk, pair)),
            "revenue": money(revenue if splits else revenue.as_state("hypothetical")),
        }
        rows.append(row | dict(zip(("note_en", "note_zh"), note, strict=True)))
    return frame(rows, COLUMNS["funding_ratios"])


def aid_per_head(study: StudyLike = None) -> pd.DataFrame:
    """Aid of the year per head of each county, whose people are counted outside the page.

    Beside names and aid ``population`` and ``per_head``, and ``period`` and ``grade`` of the
    count, all missing where none was found. No row where nobody counted any people.
    """
    context = load_context(study).rename(columns={"entity": "recipient", "quantity": "population"})
    people = context.loc[context["measure"] == "population"]
    kept = ["recipient", "recipient_en", "recipient_zh", "aid"]
    table = (
        funding_ratios(study)[kept]
        .iloc[: None if len(people) else 0]
        .merge(people[["recipient", "population", "period", "grade"]], how="left", on="recipient")
    )
    return table.assign(per_head=table["aid"].quantity.to("CNY") / table["population"])


def printed_shares(study: StudyLike = None) -> pd.DataFrame:
    """The recorded shares of a printed whole, each with the part and the whole as figures.

    ``kind`` is "cost" for a donor's share of a cost, "plan" for a first year's share of a plan. No
    row where no notebook of a new study has recorded anything yet.
    """
    if not (load_study(study).clean / "results.csv").exists():
        return pd.DataFrame()
    results = exact_frame(load_results(study))
    figures = exact_frame(load_figures(study)).set_index("figure_id")
    kept = []
    for kind, pattern in _PARTS.items():
        found = results[results["result_id"].str.fullmatch(pattern)]
        for row in found.to_dict("records"):
            ids = row["formula"].split(" ÷ ")
            part, whole = (figures.loc[one].to_dict() for one in ids)
            recipient = ids[0].rpartition("-")[0]
            kept.append({**row, "kind": kind, "part": part, "whole": whole, "recipient": recipient})
    return pd.DataFrame(kept, dtype=object)


@of_study
def revenue_routes(study: StudyLike = None, **choices: str) -> pd.DataFrame:
    """The revenue of the donor that prints its ratio, by every route, and where the routes meet.

    One row a route with its ``quantity`` in CNY million, then the row ``overlap`` (bounds
    only). Empty when no donor prints a ratio.

    >>> revenue_routes().set_index("route")["quantity"]["total_over_ratio"]
    3162.1 [3159.6, 3164.6] CNY million
    """
    desk = Desk(study, choices)
    rule = rule_share(desk)
    rows: list[dict[str, object]] = []
    for pair in desk.pairs:
        share = printed_ratio(desk, pair)
        if not share.known:
            continue
        given, more = commitment(desk, pair), added(desk, pair)
        increase = desk.one("increase_ratio", subject=pair.subject)
        ways = {
            "total_over_ratio": given / share.part(),
            "rule_amount_over_rule": (given - more) / rule.part(),
            "added_over_excess": more / (share - rule).part(),
            "added_over_increase": more / increase.part() / rule.part(),
        }
        ways["overlap"] = Term.overlap(*ways.values())
        for route, term in ways.items():
            en, zh = WORDS["routes"][route]
            numbers = "" if route == "overlap" else term.formula(numbers=True)
            rows.append(
                desk.names(pair)
                | {"route": route, "formula_en": en, "formula_zh": zh, "numbers": numbers}
                | long_cells(money(term))
            )
    return frame(rows, COLUMNS["revenue_routes"])


def ratio(above: str, below: str, *, unit: str = "", study: StudyLike = None) -> Quantity | Missing:
    """The ratio of two printed figures or outside facts, with its bounds and both ids.

    Parameters
    ----------
    above, below : str
        Ids of figures, or of facts from outside the page.
    unit : str, optional
        In which it is shown; per cent where both figures measure the same.
    study : Study or path, optional

    Returns
    -------
    Quantity
        Or a gap that says why, where the figure below is zero.

    Raises
    ------
    ResultError
        If there is no such figure, or one is a date or a code.
    UnitError
        If the ratio cannot be shown in `unit`.

    Examples
    --------
    >>> ratio("ganzi-016", "ganzi-014")   # 22 projects of 59 are complete
    37.3%
    """
    terms = map(Desk(study).figure, (above, below))
    over, under = (Quantity.from_shown(one, one.leaf.unit if one.leaf else "") for one in terms)
    found = over / under
    return found.to(unit) if unit and isinstance(found, Quantity) else found
